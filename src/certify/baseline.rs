//! A list of known failures made from what a certification has found, for `certify --baseline`.
//!
//! A vendor that begins late has more to mend than one day holds. The list names it all, each entry with a month to its
//! end and an owner who is nobody yet, so that whatever breaks from now on is seen at once. What stands in the list
//! already is left as it is written, comments too; entries that no longer fail are for a person to take off.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::ToSpan as _;
use jiff::civil::Date;
use serde_json::{Value, json};

use crate::engine::CaseRecord;
use crate::spec::{Document, read_known_failures};
use crate::verdict::{Catalogue, KnownFailure, Level, Outcome, RequirementId, matches};
use crate::wire::{KnownSecrets, Secret, printable};

/// Who answers for an entry that nobody has taken.
const NOBODY: &str = "nobody yet";
/// How long an entry is accepted.
const DAYS: i64 = 30;
/// Longest account of a problem, in characters.
const LONGEST: usize = 160;

/// A list as it is to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Baseline {
    /// The whole file.
    pub text: String,
    /// How many entries are new.
    pub added: usize,
}

/// Adds what broke to a list. `text` is the file so far, empty where there is none; `entries` is what it says.
///
/// What an entry names is not added, expired or not. Cases of one folder are one entry where all of them break the same
/// rule. Vendors' values may stand in the reasons; `secrets` and whatever the requests carried do not.
///
/// # Errors
///
/// When entries cannot be added to the text as it is written; then it must be done by hand.
pub fn baseline(
    cases: &[Arc<CaseRecord>],
    text: &str,
    entries: &[KnownFailure],
    secrets: &[Secret],
    catalogue: &Catalogue,
    today: Date,
) -> Result<Baseline, String> {
    let mut known = KnownSecrets::new(secrets);
    let exchanges = cases.iter().flat_map(|case| &case.steps).flat_map(|step| &step.exchanges);
    exchanges.flat_map(|exchange| &exchange.request.secrets).for_each(|secret| known.meet(secret));
    let redactor = known.redactor();
    let mut broken: BTreeMap<RequirementId, BTreeMap<&str, String>> = BTreeMap::new();
    for case in cases {
        for weighed in held(case) {
            let requirement = &weighed.finding.requirement;
            let listed = |entry: &KnownFailure| entry.requirement == *requirement && matches(&entry.case, &case.name);
            if !entries.iter().any(listed) {
                let of_case = broken.entry(requirement.clone()).or_default();
                of_case.entry(&case.name).or_insert_with(|| {
                    let problem = printable(redactor.text(&weighed.finding.problem()).as_bytes());
                    problem.chars().take(LONGEST).collect()
                });
            }
        }
    }
    let expires = today.saturating_add(DAYS.days());
    let mut added = Vec::new();
    for (requirement, of_cases) in &broken {
        for (case, problem) in grouped(cases, of_cases) {
            added.push(json!({
                "case": case,
                "rule": requirement.as_str(),
                "reason": format!("found by storeproof certify on {today}: {problem}"),
                "owner": NOBODY,
                "expires": expires.to_string(),
            }));
        }
    }
    let text = appended(text, &added);
    let count = |text: &str| {
        let document = Document::parse(text).map_err(|error| error.to_string())?;
        read_known_failures(&document, catalogue).map(|read| read.len()).map_err(|problems| problems.to_string())
    };
    match count(&text) {
        Ok(count) if count == entries.len() + added.len() => Ok(Baseline { text, added: added.len() }),
        Ok(_) => Err("its entries are written in another way than one below the other".to_owned()),
        Err(problem) => Err(problem),
    }
}

/// What is held against the vendor in a case that breaks the contract.
fn held(case: &CaseRecord) -> impl Iterator<Item = &crate::verdict::Weighed> {
    let steps = case.steps.iter().filter(|step| !step.superseded);
    steps.flat_map(|step| step.findings.iter().filter(|weighed| weighed.level == Level::Must))
}

/// The cases that break a rule, those of one folder as a pattern where it holds no other case.
fn grouped<'a>(cases: &[Arc<CaseRecord>], broken: &'a BTreeMap<&str, String>) -> Vec<(String, &'a str)> {
    let whole = |folder: &str| {
        let within = |name: &str| name.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
        let mut of_folder = cases.iter().filter(|case| within(&case.name)).peekable();
        of_folder.peek().is_some()
            && of_folder.all(|case| broken.contains_key(&*case.name) && !matches!(case.outcome, Outcome::NotJudged(_)))
            && broken.keys().filter(|name| within(name)).count() > 1
    };
    let mut patterns = BTreeSet::new();
    let mut entries = Vec::new();
    for (case, problem) in broken {
        let folders = case.match_indices('/').map(|(at, _)| &case[..at]);
        let pattern = match folders.filter(|folder| !is_file(case) && whole(folder)).min_by_key(|folder| folder.len()) {
            Some(folder) => format!("{folder}/*"),
            None => (*case).to_owned(),
        };
        if patterns.insert(pattern.clone()) {
            entries.push((pattern, problem.as_str()));
        }
    }
    entries
}

/// Whether a case is named by its file: then others may stand in its folder that were not played.
fn is_file(case: &str) -> bool {
    [".yaml", ".yml", ".json"].iter().any(|ending| case.ends_with(ending))
}

/// The text with these entries behind the others.
fn appended(text: &str, added: &[Value]) -> String {
    let list = serde_saphyr::to_string(&json!({ "known-failures": added })).unwrap_or_default();
    let read = Document::parse(text).ok();
    let first = read.as_ref().filter(|read| read.value.pointer("/known-failures/0").is_some());
    let Some(read) = first else {
        let head = "# Failures that are known and accepted for a time. They are played all the same; one that no longer \
                    fails, whose last\n# day has passed, or that names no case fails the run. `case` is a name or a \
                    pattern with `*`.\n";
        return if added.is_empty() && !text.is_empty() { text.to_owned() } else { format!("{head}{list}") };
    };
    if added.is_empty() {
        return text.to_owned();
    }
    // A dash stands two columns before what it begins.
    let indent = " ".repeat(read.position("/known-failures/0").column.saturating_sub(3));
    let mut text = text.trim_end().to_owned();
    for line in list.lines().skip(1) {
        text.push('\n');
        text.push_str(&indent);
        text.push_str(line);
    }
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    //! Lists made from cases that came out in every way.

    use std::time::Duration;

    use jiff::civil::date;

    use super::*;
    use crate::engine::StepRecord;
    use crate::scenario::plan::Spot;
    use crate::verdict::{Blocked, Breach, Finding, Place, Weighed};

    const SUM: RequirementId = RequirementId::known("KT-BILL-SUM");
    const ALIVE: RequirementId = RequirementId::known("KT-HTTP-5XX");
    const TODAY: Date = date(2026, 11, 28);

    fn case(name: &str, broken: &[(RequirementId, Level)]) -> Arc<CaseRecord> {
        let findings = broken.iter().map(|(requirement, level)| {
            let breach = Breach::Missing { what: "the canary-7 total".to_owned(), because: "it is billed".to_owned() };
            let finding = Finding::new(requirement.clone(), Place::Status, breach);
            Weighed { finding, level: *level, exchange: None }
        });
        let step = StepRecord {
            workflow: "order".to_owned(),
            id: "ask".to_owned(),
            description: None,
            spot: Spot::default(),
            operation: None,
            derived: None,
            task: None,
            tamper: None,
            attempt: 1,
            superseded: false,
            exchanges: Vec::new(),
            visits: Vec::new(),
            findings: findings.collect(),
            readings: Vec::new(),
            skipped: Vec::new(),
            moves: Vec::new(),
            later: Vec::new(),
            snapshot: None,
        };
        let outcome = if broken.is_empty() { Outcome::Conforms } else { Outcome::Breaks };
        record(name, outcome, vec![Arc::new(step)])
    }

    fn record(name: &str, outcome: Outcome, steps: Vec<Arc<StepRecord>>) -> Arc<CaseRecord> {
        Arc::new(CaseRecord {
            name: name.into(),
            title: String::new(),
            marketplace: None,
            dialect: None,
            outcome,
            steps,
            elapsed: Duration::ZERO,
        })
    }

    fn read(text: &str) -> Vec<KnownFailure> {
        let document = Document::parse(text).expect("parses");
        let catalogue = crate::spec::embedded::catalogue("kt-bizstore");
        read_known_failures(&document, catalogue).unwrap_or_else(|problems| panic!("{problems}\n{text}"))
    }

    fn made(cases: &[Arc<CaseRecord>], text: &str) -> Result<Baseline, String> {
        let entries = if text.is_empty() { Vec::new() } else { read(text) };
        let catalogue = crate::spec::embedded::catalogue("kt-bizstore");
        baseline(cases, text, &entries, &[Secret::new("canary-7")], catalogue, TODAY)
    }

    fn named(text: &str) -> Vec<String> {
        read(text).into_iter().map(|entry| format!("{} {}", entry.case, entry.requirement)).collect()
    }

    #[test]
    fn what_broke_is_listed_and_read_back() {
        let cases = [
            case("shop/bill/a", &[(SUM, Level::Must), (ALIVE, Level::Should)]),
            case("shop/bill/b", &[]),
            case("shop/ask/c", &[(ALIVE, Level::Must)]),
        ];
        let made = made(&cases, "").expect("is made");
        assert_eq!(made.added, 2);
        assert_eq!(named(&made.text), ["shop/bill/a KT-BILL-SUM", "shop/ask/c KT-HTTP-5XX"]);
        let entry = &read(&made.text)[0];
        assert_eq!(
            entry.reason,
            "found by storeproof certify on 2026-11-28: the [redacted] total is missing (it is billed)"
        );
        assert_eq!((entry.owner.as_str(), entry.expires), ("nobody yet", date(2026, 12, 28)));
    }

    #[test]
    fn a_folder_that_breaks_as_a_whole_is_one_entry() {
        let broken = [(SUM, Level::Must)];
        let mut cases = vec![case("shop/bill/a", &broken), case("shop/bill/b", &broken), case("shop/ask/c", &[])];
        assert_eq!(named(&made(&cases, "").expect("is made").text), ["shop/bill/* KT-BILL-SUM"]);
        cases.push(record("shop/bill/d", Outcome::NotJudged(Blocked::Ended), Vec::new()));
        let text = made(&cases, "").expect("is made").text;
        assert_eq!(named(&text), ["shop/bill/a KT-BILL-SUM", "shop/bill/b KT-BILL-SUM"], "of one nothing is known");
        let files = [case("mine/a.arazzo.yaml", &broken), case("mine/b.arazzo.yaml", &broken)];
        assert_eq!(named(&made(&files, "").expect("is made").text).len(), 2, "others may stand beside them");
    }

    const LIST: &str = "\
# Ours.
known-failures:
    # Agreed with the billing team.
    - case: shop/bill/*
      rule: KT-BILL-SUM
      reason: being mended
      owner: Kim Mi-rae
      expires: 2026-01-01 # a while ago
";

    #[test]
    fn what_is_listed_stays_as_it_is_written() {
        let cases = [case("shop/bill/a", &[(SUM, Level::Must)]), case("shop/ask/c", &[(ALIVE, Level::Must)])];
        let made_of_all = made(&cases, LIST).expect("is made");
        assert!(made_of_all.text.starts_with(LIST), "{}", made_of_all.text);
        assert_eq!(named(&made_of_all.text), ["shop/bill/* KT-BILL-SUM", "shop/ask/c KT-HTTP-5XX"]);
        let again = made(&cases, &made_of_all.text).expect("is made");
        assert_eq!(again, Baseline { text: made_of_all.text, added: 0 });
        assert_eq!(made(&[], LIST).expect("is made").text, LIST);
    }

    #[test]
    fn a_list_that_cannot_be_added_to_is_left_alone() {
        let flow = "known-failures: [{case: a, rule: KT-BILL-SUM, reason: x, owner: y, expires: 2026-12-01}]\n";
        made(&[case("shop/ask/c", &[(ALIVE, Level::Must)])], flow).expect_err("must be done by hand");
        let empty = made(&[case("shop/ask/c", &[(ALIVE, Level::Must)])], "known-failures: []\n").expect("is made");
        assert_eq!(named(&empty.text), ["shop/ask/c KT-HTTP-5XX"]);
    }
}
