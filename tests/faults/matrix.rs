//! The kill matrix: `docs/kill-matrix.md`, made from the tables and from what the last sweep kept.
//!
//! The committed file is compared here, and what was kept is played again in part: each fault in the best case of each
//! dialect. What is old is written anew with `STOREPROOF_BLESS=1 cargo test --test faults matrix`, or by a sweep where cases or
//! faults have come or gone.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use rstest::rstest;
use storeproof::market;
use storeproof::spec::embedded;
use storeproof::verdict::Level;

use crate::support;
use crate::sweep::{Kill, Swept, cases, subjects};
use crate::table::{Row, Shown, rows};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

pub(crate) fn kept(marketplace: &str) -> Swept {
    let path = root().join(format!("tests/fixtures/kills/{marketplace}.tsv"));
    Swept::kept(&std::fs::read_to_string(path).expect("a sweep has written it"))
}

/// The whole file.
pub(crate) fn rendered() -> String {
    let mut text = "\
# Kill matrix

Every rule of a store is looked after by a check, and every check is tried against vendors that break it: the reference
vendors of `storeproof vendor` and `--vendor reference:FAULT`. This is which fault was caught by which rule. `tests/faults`
makes this file, and fails where a fault survives that is not among those that no judge can see, where a rule has no fault
that breaks it, and where this file is not what was played.

A number behind a rule says in how many cases it is reported; the case named is the one that shows the fault best. Several
rules behind one fault are its consequences: a vendor that answers nothing but HTML breaks more than one.
"
    .to_owned();
    for marketplace in market::MARKETPLACES {
        section(&mut text, marketplace).expect("text takes text");
    }
    text
}

fn section(text: &mut String, marketplace: &str) -> std::fmt::Result {
    let swept = kept(marketplace);
    let rows = rows(marketplace);
    let whats: BTreeMap<&str, &str> = market::faults(marketplace).into_iter().collect();
    let (caught, survivors): (Vec<&Row>, Vec<&Row>) =
        rows.iter().partition(|row| matches!(row.shown, Shown::In { .. }));
    writeln!(text, "\n## {marketplace}\n")?;
    writeln!(
        text,
        "{} faults are caught, by {} rules in {} cases; {} cannot be seen by any judge.\n",
        caught.len(),
        swept.kills.iter().map(|kill| &kill.requirement).collect::<BTreeSet<_>>().len(),
        swept.cases.len(),
        survivors.len()
    )?;
    writeln!(text, "### Faults\n\n| fault | what the vendor does | caught by | case |\n|---|---|---|---|")?;
    for row in caught {
        let Shown::In { case, requirement } = row.shown else { continue };
        let subject = row.name();
        let mut kills: Vec<&Kill> = swept.kills.iter().filter(|kill| kill.subject == subject).collect();
        kills.sort_by_key(|kill| (kill.requirement != requirement, std::cmp::Reverse(kill.count), &kill.requirement));
        let rules: Vec<String> = kills
            .iter()
            .map(|kill| match kill.requirement == requirement {
                true => format!("**{}** ({})", kill.requirement, kill.count),
                false => format!("{} ({})", kill.requirement, kill.count),
            })
            .collect();
        let what = match row.fault {
            Some(fault) => whats.get(fault).copied().unwrap_or_default().to_owned(),
            None => "nothing wrong".to_owned(),
        };
        let what = what + &row.under.words();
        let short = case.strip_prefix(&format!("{marketplace}/")).unwrap_or(case);
        writeln!(text, "| `{subject}` | {} | {} | {short} |", what.replace('|', "\\|"), rules.join(", "))?;
    }
    writeln!(text, "\n### Faults that no judge can see\n\n| fault | what the vendor does | why |\n|---|---|---|")?;
    for row in survivors {
        let (Shown::Never(why), Some(fault)) = (&row.shown, row.fault) else { continue };
        writeln!(text, "| `{fault}` | {} | {why} |", whats.get(fault).copied().unwrap_or_default())?;
    }
    writeln!(text, "\n### Rules\n\n| rule | level | broken by | cases |\n|---|---|---|---|")?;
    let proofs = embedded::proofs(marketplace);
    let judged: BTreeSet<String> = market::judged(marketplace).iter().map(ToString::to_string).collect();
    for requirement in embedded::catalogue(marketplace).iter() {
        let id = requirement.id.as_str();
        let level = match requirement.level {
            Level::Must => "must",
            Level::Should => "should",
            Level::Advice => "advice",
            Level::Manual => continue,
        };
        let faults: Vec<String> = swept
            .kills
            .iter()
            .filter(|kill| kill.requirement == id)
            .map(|kill| format!("`{}`", kill.subject))
            .collect();
        let broken = match faults.len() {
            _ if support::TOLD_ONLY.contains(&id) => "nothing: both readings are told".to_owned(),
            0 if support::ELSEWHERE.iter().any(|(rule, _)| *rule == id) => {
                let (_, test) = support::ELSEWHERE.iter().find(|(rule, _)| *rule == id).expect("it was found");
                (*test).to_owned()
            }
            0 if !judged.contains(id) => continue,
            0 => "nothing".to_owned(),
            1..=6 => faults.join(", "),
            many => format!("{}, and {} more", faults[..5].join(", "), many - 5),
        };
        let count = proofs.get(id).map_or(0, Vec::len);
        writeln!(text, "| {id} | {level} | {broken} | {count} |")?;
    }
    Ok(())
}

/// The committed file is what was played.
#[test]
fn the_matrix_is_what_was_played() {
    let path = root().join("docs/kill-matrix.md");
    let rendered = rendered();
    if std::env::var_os("STOREPROOF_BLESS").is_some() {
        std::fs::write(&path, &rendered).expect("the folder is there");
        return;
    }
    let published = std::fs::read_to_string(&path).expect("it is there");
    let old = "docs/kill-matrix.md is old: run this test with STOREPROOF_BLESS=1";
    assert!(published == rendered, "{old}");
}

/// A case, a fault or a rule that has come since the last sweep has not met the others.
#[rstest]
fn the_sweep_knows_every_case_and_every_fault(#[values("kt-bizstore", "koogallery", "scp")] marketplace: &str) {
    let again = "run STOREPROOF_BLESS=1 cargo test --test faults -- --ignored sweep";
    let swept = kept(marketplace);
    let names: Vec<String> = cases(marketplace).iter().map(|plan| plan.name.clone()).collect();
    assert_eq!(swept.cases, names, "cases have come or gone: {again}");
    let known: BTreeSet<String> = subjects(marketplace).iter().map(|subject| subject.name()).collect();
    assert_eq!(swept.vendors, known, "vendors have come or gone: {again}");
    for row in rows(marketplace) {
        let kills: BTreeSet<&str> = swept
            .kills
            .iter()
            .filter(|kill| kill.subject == row.name())
            .map(|kill| kill.requirement.as_str())
            .collect();
        match row.shown {
            Shown::In { requirement, .. } => {
                assert!(kills.contains(requirement), "{} is not known to break {requirement}: {again}", row.name());
            }
            Shown::Never(_) => assert!(kills.is_empty(), "{} is seen after all, by {kills:?}", row.name()),
        }
    }
}

/// What was kept is true: each fault is played again in the best case of each dialect.
#[rstest]
fn what_the_sweep_has_kept_is_true(
    #[values(0, 1, 2, 3, 4, 5, 6, 7)] part: usize,
    #[values("kt-bizstore", "koogallery", "scp")] marketplace: &str,
) {
    let swept = kept(marketplace);
    let proofs = embedded::proofs(marketplace);
    let mut wrong = Vec::new();
    for subject in subjects(marketplace).iter().skip(part).step_by(8) {
        let name = subject.name();
        let kills: Vec<&Kill> = swept.kills.iter().filter(|kill| kill.subject == name).collect();
        let shown: BTreeSet<&str> = kills.iter().flat_map(|kill| kill.cases.iter().map(String::as_str)).collect();
        // What the table names is played by a test of its own.
        let others =
            shown.into_iter().filter(|case| !subject.shown.contains(case) && embedded::scenario(case).is_some());
        for case in others {
            let seen = crate::sweep::seen(&support::play_under(case, subject.fault, &subject.under));
            for kill in kills.iter().filter(|kill| kill.cases.iter().any(|one| one == case)) {
                if !seen.contains(&kill.requirement) {
                    wrong.push(format!("{name}: {case} does not report {}", kill.requirement));
                }
                if !proofs.get(&kill.requirement).is_some_and(|cases| cases.iter().any(|one| one == case)) {
                    wrong.push(format!("{case} is no proof of {}", kill.requirement));
                }
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{}\nrun STOREPROOF_BLESS=1 cargo test --test faults -- --ignored sweep",
        wrong.join("\n")
    );
}
