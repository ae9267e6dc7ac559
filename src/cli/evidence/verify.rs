//! `storeproof verify`: judges a recording again, without the vendor, and says whether that comes to the same.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::Write;
use std::sync::Arc;

use super::keeping::keys;
use super::{Judged, judge, ours};
use crate::cli::args;
use crate::cli::exit::Ended;
use crate::cli::settings::UsageError;
use crate::evidence::{Evidence, Manifest, Unpacked, digest, specs, unpack};
use crate::report::json::{self, Document};
use crate::run::{NotReplayed, files};
use crate::wire::printable;

/// Longest archive that is read.
const MOST_BYTES: u64 = 256 * 1024 * 1024;
/// Most lines about what differs.
const MOST_LINES: usize = 50;

/// Reads, judges, compares. 0: it agrees; 1: it was changed, or comes to something else; 2: it cannot be read; 3: it
/// cannot be judged again here.
pub(in crate::cli) fn verify(arguments: &args::Verify, out: &mut dyn Write) -> Result<Ended, UsageError> {
    let shown = arguments.file.display();
    let bytes = files::bytes_up_to(&arguments.file, MOST_BYTES).map_err(UsageError::new)?;
    let unreadable =
        |error: &dyn std::fmt::Display| UsageError(format!("{shown}: {}", printable(error.to_string().as_bytes())));
    let Unpacked { changed, evidence } = unpack(&bytes).map_err(|error| unreadable(&error))?;
    let mut text = format!("{shown}\n  SHA-256 {}\n", digest(&bytes));
    let (ended, last) = match evidence {
        None => {
            for changed in changed.iter().take(MOST_LINES) {
                let _ = writeln!(text, "  {changed}");
            }
            (Ended::Breaks, "does not agree: it was changed after it was written".to_owned())
        }
        Some(evidence) => {
            text.push_str(&about(&evidence.manifest));
            for marketplace in evidence.manifest.lanes.iter().filter_map(|lane| lane.marketplace.as_deref()) {
                crate::cli::known_marketplace(marketplace).map_err(|error| unreadable(&error))?;
            }
            // Where no key was set nothing of the configuration is needed, and a broken one stands in nobody's way.
            let with_keys = evidence.manifest.lanes.iter().filter(|lane| !lane.keys.is_empty());
            match keys(with_keys.map(|lane| lane.marketplace.as_deref()), &arguments.common) {
                Ok(keys) => conclusion(&evidence, &keys, &mut text),
                Err(error) => (Ended::NotJudged, format!("it cannot be judged again here: {error}")),
            }
        }
    };
    // Names and texts of an archive are whatever its maker wrote.
    let mut safe: String = text.lines().map(|line| printable(line.as_bytes()) + "\n").collect();
    let _ = writeln!(safe, "{}", printable(last.as_bytes()));
    crate::cli::write(out, safe.as_bytes())?;
    Ok(ended)
}

/// What the archive says of itself.
fn about(manifest: &Manifest) -> String {
    let mut text = String::new();
    let marketplaces: Vec<&str> =
        manifest.lanes.iter().map(|lane| lane.marketplace.as_deref().unwrap_or("plain documents")).collect();
    let kind = if manifest.certification.is_some() { "certification" } else { "run" };
    let _ = writeln!(
        text,
        "  a {kind} of {}, vendor {}, seed {}, {} to {}",
        marketplaces.join(", "),
        manifest.vendor,
        manifest.seed,
        manifest.started,
        manifest.ended
    );
    let _ = writeln!(
        text,
        "  {} cases; written by storeproof {}; {} secrets were taken out",
        manifest.cases.len(),
        manifest.storeproof,
        manifest.redactions.len()
    );
    text
}

/// Judges again and compares; gives the last line.
fn conclusion(evidence: &Evidence, keys: &crate::run::Keys, text: &mut String) -> (Ended, String) {
    let manifest = &evidence.manifest;
    let other_specs = other_specs(manifest);
    if !other_specs.is_empty() {
        for line in &other_specs {
            let _ = writeln!(text, "  {line}");
        }
        let install = format!("it cannot be judged again here: install storeproof {}", manifest.storeproof);
        return (Ended::NotJudged, install);
    }
    let ours = env!("CARGO_PKG_VERSION");
    if manifest.storeproof != ours {
        let _ = writeln!(text, "  this is storeproof {ours}, with the same documents");
    }
    let catalogue = Arc::new(crate::cli::every_requirement());
    let others = ours::others(evidence, &catalogue);
    others.iter().take(MOST_LINES).for_each(|line| text.extend(["  ", line, "\n"]));
    let judged = match judge(evidence, keys, &catalogue) {
        Ok(judged) => judged,
        Err(error) => return (Ended::NotJudged, format!("it cannot be judged again here: {error}")),
    };
    let mut lines: Vec<String> = judged.replayed.unfit.iter().map(ToString::to_string).collect();
    let differences = differences(&evidence.report, &judged);
    if let Some(marketplace) = with_other_keys(manifest, &differences) {
        let why = NotReplayed::OtherKeys { marketplace: marketplace.to_owned() };
        return (Ended::NotJudged, format!("it cannot be judged again here: {why}"));
    }
    lines.extend(differences.into_iter().map(|(_, line)| line));
    if judged.word != manifest.outcome {
        lines.push(format!("it says \"{}\", and is judged \"{}\"", manifest.outcome, judged.word));
    }
    for line in lines.iter().take(MOST_LINES) {
        let _ = writeln!(text, "  {line}");
    }
    if lines.len() > MOST_LINES {
        let _ = writeln!(text, "  and {} more", lines.len() - MOST_LINES);
    }
    match (lines.is_empty(), others.is_empty()) {
        (true, true) => (Ended::Well, format!("agrees: judged again, it comes to the same ({})", judged.word)),
        (true, _) if manifest.storeproof != ours => (
            Ended::NotJudged,
            format!("its scenarios are those of storeproof {}; install that one", manifest.storeproof),
        ),
        _ => (Ended::Breaks, "does not agree: judged again, it does not come to what it says".to_owned()),
    }
}

/// The marketplace whose keys are others here, where that explains what differs.
///
/// What a key made of a request is a secret itself and made again here, so that it always fits; only the vendor's own
/// signatures do not. Who has changed something has left most of it as it was: where most cases come out otherwise,
/// nothing can be said of any.
fn with_other_keys<'a>(manifest: &'a Manifest, differences: &[(Option<String>, String)]) -> Option<&'a str> {
    let mut with_keys = manifest.lanes.iter().enumerate().filter(|(_, lane)| !lane.keys.is_empty());
    let differs = |name: &str| differences.iter().any(|(case, _)| case.as_deref() == Some(name));
    let lane = with_keys.find(|(index, _)| {
        let cases = || manifest.cases.iter().filter(|case| case.lane == *index);
        cases().filter(|case| differs(&case.name)).count() * 2 > cases().count()
    });
    lane.and_then(|(_, lane)| lane.marketplace.as_deref())
}

/// The documents by which was judged and that are others here.
fn other_specs(manifest: &Manifest) -> Vec<String> {
    let marketplaces: Vec<&str> = manifest.lanes.iter().filter_map(|lane| lane.marketplace.as_deref()).collect();
    let ours = specs(&marketplaces);
    let edition = |edition: &Option<String>| edition.as_ref().map(|it| format!(" ({it})")).unwrap_or_default();
    let mut lines = Vec::new();
    for spec in &manifest.specs {
        match ours.iter().find(|known| known.path == spec.path) {
            None => lines.push(format!("{}{} is not in this storeproof", spec.path, edition(&spec.edition))),
            Some(known) if known.sha256 != spec.sha256 => lines.push(format!(
                "{}{} is another one here{}",
                spec.path,
                edition(&spec.edition),
                edition(&known.edition)
            )),
            Some(_) => {}
        }
    }
    let lacking = ours.iter().filter(|known| !manifest.specs.iter().any(|spec| spec.path == known.path));
    lines.extend(lacking.map(|spec| format!("{}{} was not there", spec.path, edition(&spec.edition))));
    lines
}

/// A line for each case that comes out otherwise than it was reported, and for what differs beside them.
fn differences(reported: &str, judged: &Judged) -> Vec<(Option<String>, String)> {
    if reported == judged.report {
        return Vec::new();
    }
    let documents = (serde_json::from_str::<Document>(reported), serde_json::from_str::<Document>(&judged.report));
    let (Ok(reported), Ok(again)) = documents else {
        return vec![(None, "report.json is no report of this format".to_owned())];
    };
    let mut lines = Vec::new();
    let names = |document: &Document| document.cases.iter().map(|case| case.name.clone()).collect::<Vec<_>>();
    if names(&reported) != names(&again) {
        lines.push((None, "report.json tells of other cases than were played".to_owned()));
    }
    for case in &again.cases {
        let Some(before) = reported.cases.iter().find(|before| before.name == case.name) else { continue };
        lines.extend(of_case(before, case).map(|line| (Some(case.name.clone()), line)));
    }
    if lines.is_empty() {
        lines.push((None, "report.json differs in what it says beside its cases".to_owned()));
    }
    lines
}

/// How a case differs: rules that are broken now and were not reported, and the other way round.
fn of_case(reported: &json::Case, again: &json::Case) -> Option<String> {
    let broken = |case: &json::Case| -> BTreeSet<String> {
        case.findings.iter().map(|found| format!("{} in {}", found.requirement, found.step)).collect()
    };
    let (before, now) = (broken(reported), broken(again));
    let mut parts = Vec::new();
    if reported.outcome != again.outcome {
        parts.push(format!("reported as {}, is {}", outcome(reported.outcome), outcome(again.outcome)));
    }
    let list = |names: Vec<&String>| names.into_iter().map(String::as_str).collect::<Vec<_>>().join(", ");
    let gained: Vec<&String> = now.difference(&before).collect();
    let lost: Vec<&String> = before.difference(&now).collect();
    if !gained.is_empty() {
        parts.push(format!("breaks what was not reported: {}", list(gained)));
    }
    if !lost.is_empty() {
        parts.push(format!("does not break what was reported: {}", list(lost)));
    }
    let same = || serde_json::to_value(reported).ok() == serde_json::to_value(again).ok();
    if parts.is_empty() && !same() {
        parts.push("is told in other words, or with other exchanges, than was reported".to_owned());
    }
    (!parts.is_empty()).then(|| format!("{}: {}", again.name, parts.join("; ")))
}

fn outcome(outcome: json::CaseOutcome) -> &'static str {
    match outcome {
        json::CaseOutcome::Conforms => "conforming",
        json::CaseOutcome::Breaks => "breaking the contract",
        json::CaseOutcome::Unreviewed => "unreviewed",
        json::CaseOutcome::NotJudged => "not judged",
        json::CaseOutcome::LeftOut => "left out",
    }
}
