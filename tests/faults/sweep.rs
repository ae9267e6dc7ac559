//! Every fault against every case: where each shows, and which cases look at each requirement.
//!
//! The sweep takes minutes, so it is no part of `cargo test`. `tests/fixtures/kills/<marketplace>.tsv` keeps what it found, and
//! `specs/<marketplace>/proofs.yaml` what follows for certifications. `STOREPROOF_BLESS=1 cargo test --test faults -- --ignored
//! sweep` writes both: it plays what is new since the last sweep, cases that have come against every fault and faults that
//! have come against every case. `STOREPROOF_BLESS=whole` plays everything again, as a changed check asks for.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

use storeproof::certify::derive::Written;
use storeproof::engine::CaseRecord;
use storeproof::market;
use storeproof::scenario::plan::Plan;
use storeproof::spec::embedded;
use storeproof::verdict::Catalogue;

use crate::support::{self, pure, sockets};
use crate::table::{Circumstances, Shown, rows};

/// A vendor of the sweep: one fault, or none, and what has to be so.
#[derive(Clone, Debug)]
pub(crate) struct Subject {
    pub(crate) fault: Option<&'static str>,
    pub(crate) under: Circumstances,
    /// The cases that the table names for it.
    pub(crate) shown: Vec<&'static str>,
}

impl Subject {
    /// Its name in lists.
    pub(crate) fn name(&self) -> String {
        crate::table::name(self.fault, &self.under)
    }
}

/// The vendors of a marketplace, in the order of its table.
pub(crate) fn subjects(marketplace: &str) -> Vec<Subject> {
    let mut subjects: Vec<Subject> = Vec::new();
    for row in rows(marketplace) {
        let shown = match row.shown {
            Shown::In { case, .. } => Some(case),
            Shown::Never(_) => None,
        };
        match subjects.iter_mut().find(|known| known.name() == row.name()) {
            Some(known) => known.shown.extend(shown),
            None => subjects.push(Subject { fault: row.fault, under: row.under, shown: shown.into_iter().collect() }),
        }
    }
    subjects
}

/// The embedded cases of a marketplace with their plans.
pub(crate) fn cases(marketplace: &str) -> Vec<Arc<Plan>> {
    let files = embedded::scenarios().filter(|file| file.marketplace() == marketplace);
    files.map(|file| support::plan(file.name())).collect()
}

/// The cases that a certification computes for a marketplace, with their plans, and the walks that the table names. They
/// are many and alike, so that they are played against those faults only that the table says they show.
pub(crate) fn computed(marketplace: &str, subjects: &[Subject]) -> Vec<Arc<Plan>> {
    let files = embedded::scenarios().filter(|file| file.marketplace() == marketplace);
    let grounds = files.map(|file| file.name()).filter(|name| name.contains("/sound/"));
    let derived = grounds.flat_map(|ground| support::derived(ground, &Written::default()));
    let cases = derived.chain(support::of_lives(marketplace, 1, 0));
    let shown = subjects.iter().flat_map(|subject| &subject.shown);
    let walks: BTreeSet<&str> = shown.copied().filter(|name| is_walk(name)).collect();
    cases.map(|case| support::plan_of(&case)).chain(walks.into_iter().map(support::plan)).collect()
}

/// Whether a case of this name is computed.
fn is_computed(name: &str) -> bool {
    name.contains("/derived/") || name.contains("/deliveries/") || is_walk(name)
}

/// Whether a case of this name is a walk, which is another one with each seed and so proves nothing by its name.
fn is_walk(name: &str) -> bool {
    name.contains("/walks/")
}

/// Where one requirement was reported of one vendor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Kill {
    pub(crate) subject: String,
    pub(crate) requirement: String,
    /// In how many cases.
    pub(crate) count: usize,
    /// Some of them, one for each dialect.
    pub(crate) cases: Vec<String>,
}

/// What a sweep has found of a marketplace.
#[derive(Debug, Default)]
pub(crate) struct Swept {
    /// The embedded cases that were played.
    pub(crate) cases: Vec<String>,
    /// The vendors that they were played against.
    pub(crate) vendors: BTreeSet<String>,
    pub(crate) kills: Vec<Kill>,
}

impl Swept {
    /// What was kept of the last sweep.
    pub(crate) fn kept(text: &str) -> Self {
        let mut swept = Self::default();
        for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            match line.split('\t').collect::<Vec<_>>().as_slice() {
                ["case", name] => swept.cases.push((*name).to_owned()),
                ["vendor", name] => _ = swept.vendors.insert((*name).to_owned()),
                [subject, requirement, count, cases] => swept.kills.push(Kill {
                    subject: (*subject).to_owned(),
                    requirement: (*requirement).to_owned(),
                    count: count.parse().expect("a number"),
                    cases: cases.split(' ').map(str::to_owned).collect(),
                }),
                _ => panic!("{line:?} has two columns or four"),
            }
        }
        swept
    }

    fn text(&self, marketplace: &str) -> String {
        let mut text = format!(
            "# Every fault of {marketplace} against every case, as tests/faults/sweep.rs has played them; not to be edited by hand.\n\
             # The cases and the vendors; then fault, requirement, in how many cases it was reported, one of them for each dialect.\n"
        );
        self.cases.iter().for_each(|case| text.push_str(&format!("case\t{case}\n")));
        self.vendors.iter().for_each(|vendor| text.push_str(&format!("vendor\t{vendor}\n")));
        for Kill { subject, requirement, count, cases } in &self.kills {
            text.push_str(&format!("{subject}\t{requirement}\t{count}\t{}\n", cases.join(" ")));
        }
        text
    }
}

/// Requirements that a case reports against this vendor.
pub(crate) fn seen(record: &CaseRecord) -> BTreeSet<String> {
    crate::reported(record).into_keys().collect()
}

/// Requirements that are only ever told, with the cases that tell which reading the faultless vendor meets.
fn told(plans: &[Arc<Plan>], catalogue: &Arc<Catalogue>) -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for plan in plans {
        let Ok(record) = pure::try_play_plan(plan, &[], &Circumstances::default(), catalogue) else { continue };
        let readings = record.steps.iter().filter(|step| !step.superseded).flat_map(|step| &step.readings);
        for requirement in readings.map(|reading| reading.requirement.as_str()) {
            if support::TOLD_ONLY.contains(&requirement) {
                found.entry(requirement.to_owned()).or_default().insert(plan.name.clone());
            }
        }
    }
    found
}

/// Plays every case against one vendor. A fault that needs sockets is played in the one case of the table.
fn play(marketplace: &str, subject: &Subject, plans: &[Arc<Plan>]) -> BTreeMap<String, Vec<usize>> {
    let catalogue = support::catalogue(marketplace);
    let faults: Vec<&str> = subject.fault.into_iter().collect();
    let mut found: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    let shown_there = subject.shown.iter().any(|case| is_computed(case));
    for (index, plan) in plans.iter().enumerate().filter(|(_, plan)| shown_there || !is_computed(&plan.name)) {
        let record = match pure::try_play_plan(plan, &faults, &subject.under, &catalogue) {
            Ok(record) => record,
            Err(pure::NeedsSockets) if subject.shown.contains(&plan.name.as_str()) => {
                sockets::play(&plan.name, &faults)
            }
            Err(pure::NeedsSockets) => continue,
        };
        for requirement in seen(&record) {
            found.entry(requirement).or_default().push(index);
        }
    }
    found
}

/// One case of each dialect for each requirement that was found: few cases altogether, that of the table and short ones
/// first.
fn best(subject: &Subject, plans: &[Arc<Plan>], found: &BTreeMap<String, Vec<usize>>) -> BTreeMap<String, Vec<String>> {
    let weight = |index: usize| {
        let plan = &plans[index];
        let steps: usize = plan.workflows.iter().map(|workflow| workflow.steps.len()).sum();
        (!subject.shown.contains(&plan.name.as_str()), steps, index)
    };
    let dialect = |index: usize| plans[index].dialect.as_deref().unwrap_or_default();
    let mut open: BTreeSet<(&str, &str)> = BTreeSet::new();
    for (requirement, cases) in found {
        open.extend(cases.iter().map(|index| (requirement.as_str(), dialect(*index))));
    }
    let mut best: BTreeMap<String, Vec<String>> = BTreeMap::new();
    while !open.is_empty() {
        // The case that shows most of what is still open.
        let shows = |index: usize| {
            let shown = found.iter().filter(|(_, cases)| cases.binary_search(&index).is_ok());
            shown.filter(|(requirement, _)| open.contains(&(requirement.as_str(), dialect(index)))).count()
        };
        let candidates = (0..plans.len()).filter(|index| shows(*index) > 0);
        let Some(chosen) = candidates.max_by_key(|index| (shows(*index), std::cmp::Reverse(weight(*index)))) else {
            break;
        };
        for (requirement, cases) in found {
            if cases.binary_search(&chosen).is_ok() && open.remove(&(requirement.as_str(), dialect(chosen))) {
                best.entry(requirement.clone()).or_default().push(plans[chosen].name.clone());
            }
        }
    }
    best
}

/// Sweeps a marketplace beyond what was `kept`: what was found, and the proofs that follow.
fn sweep(marketplace: &str, kept: &Swept) -> (Swept, BTreeMap<String, BTreeSet<String>>) {
    let (mut plans, subjects) = (cases(marketplace), subjects(marketplace));
    let embedded = plans.len();
    plans.extend(computed(marketplace, &subjects));
    let names: BTreeSet<&str> = plans.iter().map(|plan| plan.name.as_str()).collect();
    let fresh: Vec<Arc<Plan>> =
        plans[..embedded].iter().filter(|plan| !kept.cases.contains(&plan.name)).cloned().collect();
    let next = AtomicUsize::new(0);
    let (tell, told) = mpsc::channel();
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            let (next, tell, plans, fresh, subjects) = (&next, tell.clone(), &plans, &fresh, &subjects);
            scope.spawn(move || {
                while let Some(subject) = subjects.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let known = kept.vendors.contains(&subject.name());
                    let plans: &[Arc<Plan>] = if known { fresh } else { plans };
                    let found = play(marketplace, subject, plans);
                    let best = best(subject, plans, &found);
                    let named = found.into_iter().map(|(requirement, cases)| {
                        let cases: Vec<String> = cases.iter().map(|index| plans[*index].name.clone()).collect();
                        (requirement, cases)
                    });
                    tell.send((subject.name(), (named.collect::<BTreeMap<_, _>>(), best))).expect("somebody listens");
                }
            });
        }
    });
    drop(tell);
    let mut found: BTreeMap<String, _> = told.into_iter().collect();
    let mut proofs = self::told(&plans[..embedded], &support::catalogue(marketplace));
    if !kept.vendors.is_empty() {
        for (requirement, cases) in embedded::proofs(marketplace) {
            let there = cases.into_iter().filter(|case| names.contains(case.as_str()));
            proofs.entry(requirement).or_default().extend(there);
        }
    }
    let mut swept = Swept {
        cases: plans[..embedded].iter().map(|plan| plan.name.clone()).collect(),
        vendors: subjects.iter().map(Subject::name).collect(),
        kills: Vec::new(),
    };
    let dialect = |name: &str| plans.iter().find(|plan| plan.name == name).and_then(|plan| plan.dialect.clone());
    for subject in &subjects {
        let (mut found, mut best) = found.remove(&subject.name()).unwrap_or_default();
        let known = kept.kills.iter().filter(|kill| kill.subject == subject.name()).cloned();
        for mut kill in known.filter(|kill| kill.cases.iter().any(|case| names.contains(case.as_str()))) {
            let more = found.remove(&kill.requirement).unwrap_or_default();
            kill.count += more.len();
            let dialects: BTreeSet<_> = kill.cases.iter().map(|case| dialect(case)).collect();
            let of_others = best.remove(&kill.requirement).unwrap_or_default();
            kill.cases.extend(of_others.into_iter().filter(|case| !dialects.contains(&dialect(case))));
            proofs.entry(kill.requirement.clone()).or_default().extend(more);
            swept.kills.push(kill);
        }
        for (requirement, cases) in found {
            let (subject, count) = (subject.name(), cases.len());
            let kill = Kill {
                subject,
                count,
                cases: best.remove(&requirement).unwrap_or_default(),
                requirement: requirement.clone(),
            };
            proofs.entry(requirement).or_default().extend(cases);
            swept.kills.push(kill);
        }
    }
    for cases in proofs.values_mut() {
        cases.retain(|case| !is_walk(case));
    }
    proofs.retain(|_, cases| !cases.is_empty());
    (swept, proofs)
}

fn yaml(proofs: &BTreeMap<String, BTreeSet<String>>) -> String {
    let mut text = "# Which cases look at a requirement: a fault of the reference vendor that breaks it shows in each of them. Generated by\n\
                    # tests/faults/sweep.rs from what it has played; not to be edited by hand.\n"
        .to_owned();
    for (requirement, cases) in proofs {
        text.push_str(&format!("{requirement}:\n"));
        cases.iter().for_each(|case| text.push_str(&format!("  - {case}\n")));
    }
    text
}

/// Writes what a sweep finds, or says where it differs from what was kept.
#[test]
#[ignore = "plays every case against every vendor, which takes minutes"]
fn sweep_of_every_fault_against_every_case() {
    let bless = std::env::var_os("STOREPROOF_BLESS");
    let whole = bless.as_ref().is_none_or(|bless| bless == "whole");
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    for marketplace in market::MARKETPLACES {
        let kept = if whole { Swept::default() } else { crate::matrix::kept(marketplace) };
        let (swept, proofs) = sweep(marketplace, &kept);
        let files = [
            (format!("tests/fixtures/kills/{marketplace}.tsv"), swept.text(marketplace)),
            (format!("specs/{marketplace}/proofs.yaml"), yaml(&proofs)),
        ];
        for (path, text) in files {
            if bless.is_some() {
                std::fs::write(root.join(&path), text).expect("the folder is there");
            } else {
                let kept = std::fs::read_to_string(root.join(&path)).expect("it is there");
                assert!(kept == text, "{path} is old: run this test with STOREPROOF_BLESS=1");
            }
        }
    }
}
