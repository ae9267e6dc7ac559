//! The search for the smallest document that still breaks what a case broke.

use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash as _, Hasher as _};

use serde_json::Value;

use super::cut::{cut, tidy};
use super::ddmin::Ddmin;
use super::outline::{Outline, Place, place_of};
use super::parts::{Part, fewer_copies, parts, with_parts};
use crate::spec::Operation;

/// What came of a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trial {
    /// It breaks the same, and nothing else.
    StillBreaks,
    /// It does not, or something else as well.
    Not,
    /// It was not played: it is no scenario, or breaks with a vendor without faults too. It costs no trial.
    Invalid,
}

/// A search that says what to play and is told what came of it.
///
/// The case is played once more as it is; where it does not break again, there is nothing to reduce. Then whole steps
/// go, then parts of the step that breaks, then copies of its call, then steps that only those parts needed. After so
/// many trials it ends with the smallest document so far.
#[derive(Clone, Debug)]
pub struct Reduction {
    /// The case as it is.
    whole: Value,
    /// The smallest so far that breaks.
    best: Value,
    /// The workflow and the step that break.
    names: (String, String),
    operation: Option<std::sync::Arc<Operation>>,
    phase: Phase,
    /// What the caller was given and has not told of.
    pending: Option<Value>,
    left: usize,
    /// What came of documents, by their hash: the same one is not played twice.
    known: HashMap<u64, bool>,
    broke_again: bool,
}

#[derive(Clone, Debug)]
enum Phase {
    Again,
    /// Whole steps go. `rounds` is how often this was done.
    Steps {
        base: Value,
        outline: Outline,
        at: usize,
        search: Ddmin,
        rounds: usize,
    },
    Parts {
        base: Value,
        place: Place,
        parts: Vec<Part>,
        search: Ddmin,
    },
    Copies {
        candidates: Vec<Value>,
    },
    Done,
}

impl Reduction {
    /// The search for a document, given the step in which it breaks, and the operation of that step. At most `trials`
    /// candidates are played. `None` when the document has no such step.
    pub fn new(
        document: Value,
        workflow: &str,
        step: &str,
        operation: Option<std::sync::Arc<Operation>>,
        trials: usize,
    ) -> Option<Self> {
        let place = place_of(&document, workflow, step)?;
        let outline = Outline::new(&document, place);
        let whole = cut(&document, &outline, &outline.closed(0..outline.len()));
        Some(Self {
            best: whole.clone(),
            whole,
            names: (workflow.to_owned(), step.to_owned()),
            operation,
            phase: Phase::Again,
            pending: None,
            left: trials,
            known: HashMap::new(),
            broke_again: false,
        })
    }

    /// The next document to play; nothing when the search is over. The same until it is told what came of it.
    pub fn candidate(&mut self) -> Option<Value> {
        if self.pending.is_none() {
            self.pending = self.search();
        }
        self.pending.clone()
    }

    /// Takes what came of the candidate. Ignored when there is none.
    pub fn tell(&mut self, trial: Trial) {
        let Some(candidate) = self.pending.take() else { return };
        if trial != Trial::Invalid {
            self.left = self.left.saturating_sub(1);
        }
        let breaks = trial == Trial::StillBreaks;
        self.known.insert(hash(&candidate), breaks);
        self.advance(candidate, breaks);
    }

    /// The smallest document that broke; `None` where the case did not break a second time, or is as small as it goes.
    pub fn reduced(&self) -> Option<&Value> {
        (self.broke_again && self.best != self.whole).then_some(&self.best)
    }

    fn search(&mut self) -> Option<Value> {
        loop {
            if self.left == 0 {
                self.phase = Phase::Done;
            }
            let candidate = match &self.phase {
                Phase::Again => self.best.clone(),
                Phase::Steps { base, outline, at, search, rounds } => match search.candidate() {
                    Some(kept) => cut(base, outline, &outline.closed(kept.into_iter().chain([*at]))),
                    None => {
                        self.phase = if *rounds == 0 { self.parts() } else { Phase::Done };
                        continue;
                    }
                },
                Phase::Parts { base, place, parts, search } => match search.candidate() {
                    Some(kept) => replaced(base, *place, |step| with_parts(step, parts, &kept)),
                    None => {
                        self.phase = self.copies();
                        continue;
                    }
                },
                Phase::Copies { candidates } => match candidates.first() {
                    Some(candidate) => candidate.clone(),
                    None => {
                        self.phase = self.steps(1);
                        continue;
                    }
                },
                Phase::Done => return None,
            };
            if candidate == self.best && !matches!(self.phase, Phase::Again) {
                // What another step needs comes back with it. It stays in the search, for when that one has gone.
                self.advance(candidate, false);
            } else if let Some(breaks) = self.known.get(&hash(&candidate)).copied() {
                self.advance(candidate, breaks);
            } else {
                return Some(candidate);
            }
        }
    }

    fn advance(&mut self, candidate: Value, breaks: bool) {
        if breaks {
            self.best = candidate;
        }
        match &mut self.phase {
            Phase::Again => {
                self.broke_again = breaks;
                self.phase = if breaks { self.steps(0) } else { Phase::Done };
            }
            Phase::Steps { outline, at, search, .. } => {
                let kept = search.candidate().unwrap_or_default();
                let closed = outline.closed(kept.into_iter().chain([*at]));
                search.tell(breaks, |step| closed.contains(&step));
            }
            Phase::Parts { search, .. } => search.tell(breaks, |_| false),
            Phase::Copies { candidates } => {
                if breaks {
                    candidates.clear();
                } else {
                    candidates.remove(0);
                }
            }
            Phase::Done => {}
        }
    }

    fn place(&self) -> Option<Place> {
        place_of(&self.best, &self.names.0, &self.names.1)
    }

    fn steps(&self, rounds: usize) -> Phase {
        let Some(place) = self.place() else { return Phase::Done };
        let outline = Outline::new(&self.best, place);
        let Some(at) = outline.index(place) else { return Phase::Done };
        let needed = outline.closed([at]);
        // What comes last is least likely to be needed.
        let optional = (0..outline.len()).rev().filter(|step| !needed.contains(step));
        Phase::Steps { search: Ddmin::new(optional), base: self.best.clone(), outline, at, rounds }
    }

    fn parts(&self) -> Phase {
        let Some(place) = self.place() else { return Phase::Done };
        let Some(step) = self.best.pointer(&place.pointer()) else { return Phase::Done };
        let parts = parts(step, self.operation.as_deref());
        Phase::Parts { search: Ddmin::new(0..parts.len()), base: self.best.clone(), place, parts }
    }

    fn copies(&self) -> Phase {
        let Some(place) = self.place() else { return Phase::Done };
        let Some(step) = self.best.pointer(&place.pointer()) else { return Phase::Done };
        let candidates =
            fewer_copies(step).into_iter().map(|fewer| replaced(&self.best, place, |_| fewer.clone())).collect();
        Phase::Copies { candidates }
    }
}

/// The document with another step in this place, tidied.
fn replaced(document: &Value, place: Place, with: impl Fn(&Value) -> Value) -> Value {
    let mut document = document.clone();
    if let Some(step) = document.pointer_mut(&place.pointer()) {
        *step = with(step);
    }
    tidy(&mut document);
    document
}

fn hash(document: &Value) -> u64 {
    let mut hasher = DefaultHasher::new();
    document.to_string().hash(&mut hasher);
    hasher.finish()
}

/// How many steps a document has.
pub fn steps(document: &Value) -> usize {
    let workflows = document["workflows"].as_array().into_iter().flatten();
    workflows.map(|workflow| workflow["steps"].as_array().map_or(0, Vec::len)).sum()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::Arc;

    use proptest::collection::btree_set;
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    /// A document of so many steps, of which each refers to the outputs of these.
    fn document(count: usize, refers: &[(usize, usize)]) -> Value {
        let step = |index: usize| {
            let refers = refers.iter().filter(|(from, _)| *from == index);
            let payload: serde_json::Map<String, Value> = refers
                .map(|(_, to)| (format!("of-{to}"), json!(format!("$steps.s{to}.outputs.id"))))
                .chain([("a".to_owned(), json!(1)), ("b".to_owned(), json!(format!("$inputs.i{index}")))])
                .collect();
            json!({
                "stepId": format!("s{index}"),
                "requestBody": { "payload": payload },
                "outputs": { "id": "$response.body#/id" },
            })
        };
        let inputs: serde_json::Map<String, Value> = (0..count).map(|index| (format!("i{index}"), json!({}))).collect();
        let steps: Vec<Value> = (0..count).map(step).collect();
        json!({ "workflows": [{
            "workflowId": "w",
            "inputs": { "type": "object", "properties": inputs },
            "steps": steps,
        }] })
    }

    fn ids(document: &Value) -> Vec<usize> {
        let steps = document["workflows"][0]["steps"].as_array().into_iter().flatten();
        let id = |step: &Value| step["stepId"].as_str()?.strip_prefix('s')?.parse().ok();
        steps.map(|step| id(step).expect("a step")).collect()
    }

    /// The result, and how many candidates were played.
    fn reduce(document: &Value, at: usize, trials: usize, oracle: impl Fn(&Value) -> Trial) -> (Option<Value>, usize) {
        let mut reduction =
            Reduction::new(document.clone(), "w", &format!("s{at}"), None, trials).expect("the step is there");
        let mut played = 0;
        while let Some(candidate) = reduction.candidate() {
            assert_eq!(reduction.candidate().as_ref(), Some(&candidate), "the same until it is told");
            let trial = oracle(&candidate);
            played += usize::from(trial != Trial::Invalid);
            reduction.tell(trial);
        }
        (reduction.reduced().cloned(), played)
    }

    #[test]
    fn one_broken_step_of_thirty_is_left_with_what_it_refers_to() {
        let refers: Vec<(usize, usize)> = (2..32).map(|step| (step, 0)).chain([(1, 0)]).collect();
        let (reduced, played) = reduce(&document(32, &refers), 17, 40, |candidate| {
            if ids(candidate).contains(&17) { Trial::StillBreaks } else { Trial::Not }
        });
        let reduced = reduced.expect("it breaks again");
        assert_eq!(ids(&reduced), [17], "nothing of the payload is needed, so neither is what it refers to");
        assert_eq!(reduced["workflows"][0]["steps"][0]["requestBody"]["payload"], json!({}));
        assert!(reduced["workflows"][0].get("inputs").is_none());
        assert!(played < 8, "{played} trials");
    }

    #[test]
    fn what_does_not_break_again_is_not_reduced() {
        assert_eq!(reduce(&document(3, &[]), 1, 40, |_| Trial::Not), (None, 1));
        assert_eq!(reduce(&document(3, &[]), 1, 0, |_| Trial::StillBreaks), (None, 0));
        assert!(Reduction::new(document(3, &[]), "w", "s7", None, 40).is_none());
        assert!(Reduction::new(json!({}), "w", "s7", None, 40).is_none());
    }

    #[test]
    fn an_operations_members_go_as_far_as_the_interface_allows() {
        let interface = crate::spec::embedded::interface("koogallery/saas-v2").expect("is embedded");
        let operation = interface.operation("newInstance").map(Arc::clone);
        let mut document = document(2, &[]);
        let payload = json!({ "orderId": "$inputs.i0", "orderLineId": "x", "testFlag": "1", "businessId": null });
        document["workflows"][0]["steps"][1]["requestBody"]["payload"] = payload;
        let mut reduction = Reduction::new(document, "w", "s1", operation, 40).expect("the step is there");
        while reduction.candidate().is_some() {
            reduction.tell(Trial::StillBreaks);
        }
        let step = &reduction.reduced().expect("breaks")["workflows"][0]["steps"][0];
        let left = json!({ "orderId": "$inputs.i0", "orderLineId": "x", "businessId": null });
        assert_eq!(step["requestBody"]["payload"], left);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// What comes out breaks, has no dangling reference, and is no larger; where there were trials enough, no step
        /// can go alone.
        #[test]
        fn what_comes_out_breaks_and_nothing_more_can_go(
            needed in btree_set(0_usize..20, 0..4),
            refers in proptest::collection::vec((0_usize..20, 0_usize..20), 0..12),
            at in 0_usize..20,
            trials in 0_usize..120,
        ) {
            let refers: Vec<(usize, usize)> = refers.into_iter().filter(|(from, to)| to < from).collect();
            let mut needed: BTreeSet<usize> = needed;
            needed.insert(at);
            let breaks = |document: &Value| {
                let ids = ids(document);
                needed.iter().all(|step| ids.contains(step))
            };
            let whole = document(20, &refers);
            let (reduced, played) = reduce(&whole, at, trials, |candidate| {
                let ids = ids(candidate);
                let text = candidate.to_string();
                let dangling = (0..20).any(|step| !ids.contains(&step) && text.contains(&format!("$steps.s{step}.")));
                assert!(!dangling, "{candidate}");
                if breaks(candidate) { Trial::StillBreaks } else { Trial::Not }
            });
            prop_assert!(played <= trials);
            let reduced = reduced.unwrap_or(whole);
            prop_assert!(breaks(&reduced));
            if played < trials {
                let outline = Outline::new(&reduced, place_of(&reduced, "w", &format!("s{at}")).expect("is there"));
                for gone in 0..outline.len() {
                    let kept = (0..outline.len()).filter(|step| *step != gone);
                    let less = cut(&reduced, &outline, &outline.closed(kept));
                    prop_assert!(steps(&less) == outline.len() || !breaks(&less), "{} can go", gone);
                }
            }
        }
    }
}
