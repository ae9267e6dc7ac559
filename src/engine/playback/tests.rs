//! Scenarios by hand against a vendor that is a closure: each path through the state machine.

mod callbacks;
mod calls;
mod flow;
mod losses;
mod tasks;
mod workflows;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::super::testing::{answered, exchange, response};
use super::player::Player;
use super::{Dispatch, Next, Options, Playback, Purpose, Returned, StartError};
use crate::engine::{CaseRecord, StepRecord};
use crate::market::{CallError, Course, CourseJudgement, Delivery, Draft, Ended, Expects};
use crate::scenario::plan::Plan;
use crate::verdict::{
    Blocked, Breach, Catalogue, Finding, Judgement, Level, Outcome, Place, Provenance, Requirement, RequirementId,
};
use crate::wire::{Exchange, Loss, Request, Response, Visit};

/// A marketplace for tests: it keeps what it signed, and finds what it is told to find.
#[derive(Debug, Default)]
pub(super) struct Script {
    /// Each signed delivery, with what was expected of its answer.
    signed: Vec<(Delivery, Expects)>,
    /// Whether there is a probe.
    probes: bool,
    /// Whether a lost answer is judged by the marketplace itself.
    judges_losses: bool,
    /// How many exchanges were judged.
    judged: usize,
}

impl Script {
    pub(super) fn sign(&mut self, draft: &Draft, delivery: &Delivery) -> Result<Request, CallError> {
        if delivery.tamper.as_deref() == Some("unheard-of") {
            return Err(CallError::Signing("no such mistake".to_owned()));
        }
        self.signed.push((delivery.clone(), draft.expects));
        let mut request = draft.request.clone();
        request.headers.push("X-Copy", delivery.copy.to_string());
        Ok(request)
    }

    /// A 5xx breaks `MUST-BE-WELL`, a 418 breaks `SHOULD-BE-NICE`.
    pub(super) fn judge(&mut self, exchange: &Exchange) -> Judgement {
        self.judged += 1;
        let mut judgement = Judgement::default();
        match &exchange.answer {
            Ok(answer) if answer.status >= 500 => {
                judgement.find(finding("MUST-BE-WELL", Breach::ServerError { actual: answer.status }));
            }
            Ok(answer) if answer.status == 418 => {
                judgement.find(finding("SHOULD-BE-NICE", Breach::Unwanted { what: "tea".into(), because: "".into() }));
            }
            Err(loss) if self.judges_losses || *loss == Loss::HungUp => {
                judgement.find(finding("MUST-ANSWER", Breach::Lost { loss: loss.clone() }));
            }
            _ => {}
        }
        judgement
    }

    /// A program that fails breaks `SHOULD-BE-NICE`; one that was fed `/ours/boring` has shown nothing.
    pub(super) fn judge_course(&mut self, course: &Course<'_>) -> CourseJudgement {
        let mut judgement = CourseJudgement::default();
        if !course.ended.well() && *course.ended != Ended::Silent {
            let what = format!("a program that {}", course.ended);
            let breach = Breach::Unwanted { what, because: "it shall not".to_owned() };
            judgement.find(finding("SHOULD-BE-NICE", breach));
        }
        let bores = course.calls().any(|(_, exchange)| exchange.request.target == "/ours/boring");
        judgement.unseen = bores.then(|| "nothing but boredom".to_owned());
        judgement
    }

    pub(super) fn judge_visit(&mut self, visit: &Visit) -> Judgement {
        let mut judgement = Judgement::default();
        judgement.find(finding("SHOULD-BE-NICE", Breach::Page { url: visit.url.clone(), status: 404 }));
        judgement
    }

    pub(super) fn probe(&self) -> Option<Request> {
        self.probes.then(|| Request::new("GET", "/probe"))
    }
}

fn finding(id: &'static str, breach: Breach) -> Finding {
    Finding::new(RequirementId::known(id), Place::Status, breach)
}

fn catalogue() -> Arc<Catalogue> {
    catalogue_with("ANYTHING", Level::Must)
}

/// The catalogue of these tests, with one requirement more.
fn catalogue_with(id: &str, level: Level) -> Arc<Catalogue> {
    let requirement = |id: &str, level| Requirement {
        id: RequirementId::new(id),
        level,
        rule: String::new(),
        why: String::new(),
        source: String::new(),
        provenance: Provenance::Documented,
        code: None,
        dialects: Vec::new(),
        calls: Vec::new(),
        if_called: None,
        may_be_stated: false,
        applies: Default::default(),
        mend: String::new(),
    };
    let all = [
        requirement("MUST-BE-WELL", Level::Must),
        requirement("SHOULD-BE-NICE", Level::Should),
        requirement(id, level),
    ];
    Arc::new(Catalogue::new(all).unwrap())
}

fn options() -> Options {
    Options { time_limit: Duration::from_secs(3), ..Options::default() }
}

/// A playback, its clock, and a diary of what it asked for.
struct Stage {
    playback: Playback,
    now: Timestamp,
    diary: Vec<String>,
}

impl Stage {
    fn try_new(plan: Plan, script: Script, options: Options) -> Result<Self, StartError> {
        let now = Timestamp::from_second(1_700_000_000).unwrap();
        let playback = Playback::start(Arc::new(plan), Player::Script(script), catalogue(), options, now)?;
        Ok(Self { playback, now, diary: Vec::new() })
    }

    fn new(plan: Plan) -> Self {
        Self::try_new(plan, Script::default(), options()).unwrap()
    }

    fn probing(plan: Plan) -> Self {
        Self::try_new(plan, Script { probes: true, ..Script::default() }, options()).unwrap()
    }

    fn script(&self) -> &Script {
        match &self.playback.player {
            Player::Script(script) => script,
            Player::Session(_) => panic!("tests play a script"),
        }
    }

    /// Plays to the end. A dispatch whose answer is to be lost is lost. Each exchange takes a millisecond.
    fn play(&mut self, mut vendor: impl FnMut(&Dispatch) -> Result<Response, Loss>) -> CaseRecord {
        loop {
            match self.playback.next(self.now) {
                Next::Finish(record) => return *record,
                Next::Perform(task) => panic!("nobody does {}", task.name),
                Next::SleepUntil(until) => {
                    let wait = until.duration_since(self.now);
                    assert!(wait.is_positive(), "a sleep takes time");
                    self.diary.push(format!("sleep {:.1}", wait.as_secs_f64()));
                    self.now = until;
                }
                Next::Send(dispatches) => {
                    let names: Vec<_> = dispatches
                        .iter()
                        .map(|sent| format!("{} {}", sent.request.method, sent.request.target))
                        .collect();
                    self.diary.push(names.join(" + "));
                    let back = dispatches.iter().map(|sent| {
                        let answer = if sent.lose_answer { Err(Loss::HungUp) } else { vendor(sent) };
                        let visit = (sent.follow && answer.is_ok()).then(|| Visit {
                            url: "https://vendor.example/login".to_owned(),
                            hops: Vec::new(),
                            end: crate::wire::VisitEnd::NotAUrl,
                        });
                        Returned { exchange: exchange(sent.request.clone(), answer), visit }
                    });
                    let back = back.collect();
                    self.now += SignedDuration::from_millis(1);
                    self.playback.received(back, self.now);
                }
            }
        }
    }
}

/// A vendor that answers each target with its statuses in turn, the last one for ever; 200 where it has none.
fn statuses(script: &[(&str, &[u16])]) -> impl FnMut(&Dispatch) -> Result<Response, Loss> {
    let mut left: HashMap<String, Vec<u16>> = script
        .iter()
        .map(|(target, statuses)| ((*target).to_owned(), statuses.iter().rev().copied().collect()))
        .collect();
    move |sent| {
        let status = match left.get_mut(sent.request.path()) {
            None => 200,
            Some(left) if left.len() > 1 => left.pop().unwrap(),
            Some(left) => left[0],
        };
        Ok(response(status, "{}"))
    }
}

fn fine(_: &Dispatch) -> Result<Response, Loss> {
    Ok(response(200, "{}"))
}

fn steps(record: &CaseRecord) -> Vec<String> {
    let shown = |step: &Arc<StepRecord>| {
        let superseded = if step.superseded { " superseded" } else { "" };
        format!("{}/{} {}{superseded}", step.workflow, step.id, step.attempt)
    };
    record.steps.iter().map(shown).collect()
}

/// Requirement and breach of every finding that is held against the vendor.
fn findings(record: &CaseRecord) -> Vec<String> {
    let standing = record.steps.iter().filter(|step| !step.superseded);
    standing
        .flat_map(|step| {
            step.findings
                .iter()
                .map(|weighed| format!("{} {}: {}", step.id, weighed.finding.requirement, weighed.finding.breach))
        })
        .collect()
}

fn harness(record: &CaseRecord) -> &str {
    match &record.outcome {
        Outcome::NotJudged(Blocked::Harness(why)) => why,
        other => panic!("{other:?}"),
    }
}
