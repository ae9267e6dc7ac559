//! Evidence: what a run leaves behind with `--evidence`, and what `storeproof verify` makes of it.
//!
//! Both judge the recording in the same way ([`judge`]). A run does it before anything is written: evidence that would
//! not come to what the run came to proves nothing, and is never handed out.

mod keeping;
mod ours;
mod verify;

use std::sync::Arc;

use crate::certify::{self, Choice, Grounds, Statements};
use crate::engine::{CaseRecord, Event, StepRecord};
use crate::evidence::{Certification, Evidence};
use crate::market::Market;
use crate::market::setting::Values;
use crate::report::{self, Background, Json, Reporter as _, Reproduce, RunOutcome, Verdict};
use crate::run::{Keys, Loader, NotReplayed, Replayed, plan_of, replay};
use crate::scenario::plan::Plan;
use crate::spec::embedded;
use crate::verdict::assessment::Readiness;
use crate::verdict::{Assessment, Catalogue};
use crate::wire::Secret;

pub(super) use keeping::Keeping;
pub(super) use verify::verify;

/// What judging a recording comes to.
pub(super) struct Judged {
    replayed: Replayed,
    /// The JSON report.
    report: String,
    /// The word, as reports have it.
    word: String,
}

/// Plays the journal again and reports what comes of it.
fn judge(evidence: &Evidence, keys: &Keys, catalogue: &Arc<Catalogue>) -> Result<Judged, NotReplayed> {
    let manifest = &evidence.manifest;
    let loader = Loader::new(None, Arc::clone(catalogue));
    let plans = manifest.cases.iter().map(|case| plan_of(evidence, &loader, &case.document, &case.name));
    let plans = plans.collect::<Result<Vec<_>, _>>()?;
    let mut events = Vec::new();
    let replayed = replay(evidence, &plans, keys, catalogue, &mut |event| events.push(event))?;
    let assessment = match &manifest.certification {
        Some(certification) => Some(assess(evidence, certification, &plans, &loader, &replayed, catalogue)?),
        None => None,
    };
    let end = events.pop();
    events.extend(replayed.record.every_trouble().into_iter().map(Event::Troubled));
    let readiness = assessment.as_ref().map(|assessment| assessment.readiness);
    events.extend(assessment.map(|assessment| Event::Assessed(Arc::new(assessment))));
    events.extend(end);
    let mut secrets: Vec<Secret> = manifest.lanes.iter().flat_map(|lane| secrets(lane, keys)).collect();
    // Where cases were played side by side, one may have been shown a call that holds a secret of another.
    let steps = replayed.record.cases.iter().flat_map(|case| &case.steps);
    let exchanges = steps.flat_map(|step| &step.exchanges);
    secrets.extend(exchanges.flat_map(|exchange| exchange.request.secrets.iter().cloned()));
    let again = Again { vendor: &manifest.vendor, seed: manifest.seed };
    let background = Background { catalogue, secrets: &secrets, reproduce: &again };
    let mut report = Vec::new();
    let mut json = Json::new(&mut report, background);
    for event in &events {
        // Nothing keeps a vector from being written to.
        let _ = json.event(event);
    }
    let record = &replayed.record;
    let verdict = report::verdict(&record.totals, record.interrupted, &record.every_trouble(), readiness);
    let report = String::from_utf8_lossy(&report).into_owned();
    Ok(Judged { report, word: word(&replayed, verdict), replayed })
}

/// The keys that a marketplace of the run was set with.
fn secrets(lane: &crate::evidence::Lane, keys: &Keys) -> Vec<Secret> {
    let keys = keys.get(lane.marketplace.as_deref().unwrap_or_default());
    lane.keys.keys().filter_map(|setting| keys?.get(setting)).map(Secret::new).collect()
}

/// What the vendor would be told, in a few words.
fn word(replayed: &Replayed, verdict: Verdict) -> String {
    let totals = &replayed.record.totals;
    let mut counts = Vec::new();
    let mut count = |number: usize, word: &str| {
        if number > 0 {
            counts.push(format!("{number} {word}"));
        }
    };
    count(totals.conform, "conform");
    count(totals.break_, if totals.break_ == 1 { "breaks the contract" } else { "break the contract" });
    count(totals.not_judged, "not judged");
    count(totals.declined, "left out");
    format!("{}: {}", of_run(verdict), if counts.is_empty() { "no case".to_owned() } else { counts.join(", ") })
}

fn of_run(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Interrupted => "interrupted",
        Verdict::OutdatedList => "the list of known failures is out of date",
        Verdict::Troubled => "troubled",
        Verdict::Cases(RunOutcome::Conforms) => "conforms",
        Verdict::Cases(RunOutcome::Breaks) => "breaks",
        Verdict::Cases(RunOutcome::Unreviewed) => "unreviewed",
        Verdict::Cases(RunOutcome::NotJudged) => "not judged",
        Verdict::Cases(RunOutcome::NothingSelected) => "nothing was selected",
        Verdict::Certified(Readiness::Ready) => "ready",
        Verdict::Certified(Readiness::Refused) => "refused",
        Verdict::Certified(Readiness::Open) => "open",
    }
}

/// How the requirements stand, from what was recorded alone.
fn assess(
    evidence: &Evidence,
    certification: &Certification,
    plans: &[Arc<Plan>],
    loader: &Loader,
    replayed: &Replayed,
    catalogue: &Catalogue,
) -> Result<Assessment, NotReplayed> {
    let manifest = &evidence.manifest;
    let name = certification.marketplace.as_str();
    let mut candidates = Vec::new();
    for candidate in &certification.candidates {
        let played = manifest.cases.iter().position(|case| case.name == candidate.name);
        let plan = match played.and_then(|at| plans.get(at)) {
            Some(plan) => Arc::clone(plan),
            None => plan_of(evidence, loader, &candidate.document, &candidate.name)?,
        };
        let (computed, left_out) = (candidate.computed, candidate.left_out.clone());
        candidates.push(certify::Candidate { plan, computed, left_out });
    }
    let (market, choice) = chosen(evidence, certification)?;
    let own = super::certify::own(name).unwrap_or_default();
    let proofs = embedded::proofs(name);
    let programme = certify::programme(choice, &candidates, &own, &proofs, &|applies| market.refuses(applies));
    let interfaces = super::certify::interfaces(plans);
    let transitions = super::certify::transitions(&programme);
    let grounds = Grounds {
        interfaces: &interfaces,
        called: &|request| market.called(request),
        transitions: &transitions,
        code: market.result_code(),
    };
    let statements: Statements = certification.statements.clone().into_iter().collect();
    Ok(certify::assess(&programme, catalogue, &replayed.record.cases, &statements, &grounds))
}

/// The marketplace of a certification without its keys, and what chooses the programme.
fn chosen(evidence: &Evidence, certification: &Certification) -> Result<(Market, Choice), NotReplayed> {
    let name = certification.marketplace.as_str();
    let lane = evidence.manifest.lanes.iter().find(|lane| lane.marketplace.as_deref() == Some(name));
    let mut values = Values::default();
    let settings = lane.into_iter().flat_map(|lane| &lane.settings);
    settings.for_each(|(setting, value)| values.set(setting, value.as_str()));
    let market = Market::new(Some(name), &values, None)
        .map_err(|error| NotReplayed::Setting { marketplace: name.to_owned(), error })?;
    let dialects = certification.dialects.clone();
    let choice = Choice { marketplace: name.to_owned(), dialects, traits: market.traits() };
    Ok((market, choice))
}

/// How a case is played again by whoever has the vendor.
struct Again<'a> {
    vendor: &'a str,
    seed: u64,
}

/// Whether a case stands in a folder of those that are computed.
fn is_computed(case: &str, marketplace: &str) -> bool {
    let within = |folder: &String| case.strip_prefix(folder.as_str()).is_some_and(|rest| rest.starts_with('/'));
    certify::computed_folders(marketplace).iter().any(within)
}

impl Reproduce for Again<'_> {
    fn rerun(&self, case: &CaseRecord) -> Vec<String> {
        let seed = self.seed.to_string();
        let what = match case.marketplace.as_deref().filter(|marketplace| is_computed(&case.name, marketplace)) {
            Some(marketplace) => vec!["certify", marketplace, "--filter", &case.name],
            None => vec!["run", &case.name],
        };
        let words = [vec!["storeproof"], what, vec!["--vendor", self.vendor, "--seed", &seed]].concat();
        words.into_iter().map(str::to_owned).collect()
    }

    fn export(&self, case: &CaseRecord) -> Option<Vec<String>> {
        let marketplace = case.marketplace.as_deref().filter(|marketplace| is_computed(&case.name, marketplace))?;
        let seed = self.seed.to_string();
        let words = ["storeproof", "certify", marketplace, "--filter", &case.name, "--seed", &seed, "--export", "DIR"];
        Some(words.map(str::to_owned).to_vec())
    }

    fn stand_in(&self, _: &CaseRecord, _: &StepRecord, _: &str) -> Option<Vec<String>> {
        None
    }
}
