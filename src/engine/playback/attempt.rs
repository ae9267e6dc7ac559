//! One attempt of a step: what is sent, what came back, what it is worth.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::callbacks::Callback;
use super::player::Player;
use crate::engine::compose::Composed;
use crate::engine::event::{SnapshotRecord, StepRecord};
use crate::market::{CallError, Delivery};
use crate::scenario::plan::{Step, Target};
use crate::verdict::{
    Breach, Catalogue, Finding, Judgement, Level, Move, Place, Reading, RequirementId, Skipped, Weighed,
};
use crate::wire::{Exchange, Loss, Request, Visit};

/// The rule behind criteria that name none.
pub(super) static CRITERION: RequirementId = RequirementId::known("SCENARIO-CRITERION");
/// The rule behind `same-answer` of steps that name none.
pub(super) static SAME_ANSWER: RequirementId = RequirementId::known("SCENARIO-SAME-ANSWER");
/// A vendor answers every call with a whole HTTP response.
const HTTP_ANSWER: RequirementId = RequirementId::known("HTTP-ANSWER");
/// A vendor survives every call.
const ALIVE: RequirementId = RequirementId::known("VENDOR-ALIVE");

/// A request to send, and how.
#[derive(Clone, Debug)]
pub struct Dispatch {
    /// The signed request; its target is relative to the vendor's base address.
    pub request: Request,
    /// What it is for.
    pub purpose: Purpose,
    /// Whether to hang up before the answer is read; the exchange is then lost as [`Loss::HungUp`].
    pub lose_answer: bool,
    /// Whether to open the answer's `Location` afterwards, as the customer's browser would.
    pub follow: bool,
    /// How long the whole exchange may take.
    pub time_limit: Duration,
}

/// What a request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// It is a delivery of the step's call.
    Call,
    /// It shows whether the vendor still lives.
    Probe,
}

/// What became of a [`Dispatch`].
#[derive(Clone, Debug)]
pub struct Returned {
    /// The exchange.
    pub exchange: Exchange,
    /// The page behind `Location`, where it was asked for and there was one.
    pub visit: Option<Visit>,
}

/// How far an attempt is.
#[derive(Debug)]
pub(super) enum Stage {
    /// Copies of the call are sent.
    Copies,
    /// The vendor is asked whether it still lives.
    Probe(Request),
}

/// What came of handing over results.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Progress {
    /// Something is left to send.
    Unfinished,
    /// Everything came back.
    Complete,
    /// The vendor was never reached.
    Unreachable(String),
    /// The vendor stopped answering.
    Died,
    /// Fewer or more results than requests were handed over.
    Miscounted,
}

/// One attempt of a step that calls an operation.
#[derive(Debug)]
pub(super) struct Attempt {
    pub(super) composed: Composed,
    stage: Stage,
    copies: u32,
    together: bool,
    lose_answer: bool,
    follow: bool,
    tamper: Option<String>,
    clock: SignedDuration,
    /// Whether the call is made to be refused, so that the vendor is probed afterwards.
    negative: bool,
    /// How many copies were handed out.
    sent: u32,
    /// Deliveries that are under way.
    outstanding: Vec<Delivery>,
    /// Every exchange so far; those of copies come first.
    pub(super) exchanges: Vec<Exchange>,
    visits: Vec<Visit>,
    pub(super) findings: Vec<Weighed>,
    readings: Vec<Reading>,
    skipped: Vec<Skipped>,
    moves: Vec<Move>,
}

impl Attempt {
    pub(super) fn new(step: &Step, composed: Composed) -> Self {
        let deliver = &step.extension.deliver;
        // A lost answer makes the marketplace deliver again.
        let least = if deliver.lose_answer { 2 } else { 1 };
        Self {
            composed,
            stage: Stage::Copies,
            copies: deliver.copies.max(least),
            together: deliver.together,
            lose_answer: deliver.lose_answer,
            follow: deliver.follow,
            tamper: deliver.tamper.clone(),
            clock: SignedDuration::from_millis(deliver.clock_ms),
            negative: deliver.tamper.is_some() || deliver.method.is_some() || deliver.path.is_some(),
            sent: 0,
            outstanding: Vec::new(),
            // Exchanges are large and kept to the end; a vector that grows by itself takes room for four.
            exchanges: Vec::with_capacity(usize::try_from(deliver.copies.max(least)).unwrap_or_default()),
            visits: Vec::new(),
            findings: Vec::new(),
            readings: Vec::new(),
            skipped: Vec::new(),
            moves: Vec::new(),
        }
    }

    /// Whether what was sent last is the probe behind the call.
    pub(super) fn is_probing(&self) -> bool {
        matches!(self.stage, Stage::Probe(_))
    }

    /// What is sent next: one copy, all of them, or the probe. Each copy is signed anew.
    pub(super) fn dispatch(
        &mut self,
        player: &mut Player,
        time_limit: Duration,
        now: Timestamp,
    ) -> Result<Vec<Dispatch>, CallError> {
        if let Stage::Probe(request) = &self.stage {
            let request = request.clone();
            return Ok(vec![Dispatch {
                request,
                purpose: Purpose::Probe,
                lose_answer: false,
                follow: false,
                time_limit,
            }]);
        }
        let end = if self.together { self.copies } else { self.sent + 1 };
        let mut dispatches = Vec::new();
        for copy in self.sent..end {
            let delivery = Delivery {
                now: now.checked_add(self.clock).unwrap_or(now),
                tamper: self.tamper.clone(),
                copy,
                together: self.together,
            };
            let request = player.sign(&self.composed.draft, &delivery)?;
            let lose_answer = self.lose_answer && copy == 0;
            let follow = self.follow && !lose_answer;
            dispatches.push(Dispatch { request, purpose: Purpose::Call, lose_answer, follow, time_limit });
            self.outstanding.push(delivery);
        }
        self.sent = end;
        Ok(dispatches)
    }

    /// Takes what came back and judges it. `reached` says whether the vendor was reached before in this case.
    pub(super) fn take(
        &mut self,
        back: Vec<Returned>,
        player: &mut Player,
        catalogue: &Catalogue,
        reached: &mut bool,
        now: Timestamp,
    ) -> Progress {
        match std::mem::replace(&mut self.stage, Stage::Copies) {
            Stage::Probe(_) => self.take_probe(back, catalogue),
            Stage::Copies => self.take_copies(back, player, catalogue, reached, now),
        }
    }

    fn take_probe(&mut self, back: Vec<Returned>, catalogue: &Catalogue) -> Progress {
        let Ok([Returned { exchange, .. }]) = <[Returned; 1]>::try_from(back) else { return Progress::Miscounted };
        let died = exchange.answer.as_ref().err().cloned();
        self.exchanges.push(exchange);
        match died {
            None => Progress::Complete,
            Some(loss) if loss.unreachable() => {
                self.died(loss, catalogue);
                Progress::Died
            }
            // It still takes connections, so it has not died; it is this plain call that it does not answer. That
            // may be so whatever came before, and other calls are worth playing.
            Some(loss) => {
                let lost = |breach: &Breach| matches!(breach, Breach::Lost { .. } | Breach::Tls { .. });
                let told = self.findings.iter().any(|found| lost(&found.finding.breach));
                if !told {
                    let at = self.exchanges.len() - 1;
                    let finding = Finding::new(HTTP_ANSWER, Place::Connection, Breach::Lost { loss })
                        .with("this is the call by which we see whether the vendor still answers after the one before");
                    self.find(finding, Some(at), catalogue);
                }
                Progress::Complete
            }
        }
    }

    fn take_copies(
        &mut self,
        back: Vec<Returned>,
        player: &mut Player,
        catalogue: &Catalogue,
        reached: &mut bool,
        now: Timestamp,
    ) -> Progress {
        let deliveries = std::mem::take(&mut self.outstanding);
        if back.len() != deliveries.len() {
            return Progress::Miscounted;
        }
        let before = *reached;
        // A vendor that answers one of several calls at one instant has not died because it refused another.
        let answers = back.iter().any(|returned| unreachable(&returned.exchange).is_none());
        *reached |= answers;
        for (Returned { exchange, visit }, delivery) in back.into_iter().zip(deliveries) {
            match unreachable(&exchange).cloned() {
                Some(loss) if !answers => {
                    self.exchanges.push(exchange);
                    if !before {
                        return Progress::Unreachable(loss.to_string());
                    }
                    self.died(loss, catalogue);
                    return Progress::Died;
                }
                _ => self.judge(exchange, visit, &delivery, player, catalogue),
            }
        }
        if self.sent < self.copies {
            return Progress::Unfinished;
        }
        if self.negative
            && let Some(request) = player.probe(now)
        {
            self.stage = Stage::Probe(request);
            return Progress::Unfinished;
        }
        Progress::Complete
    }

    fn judge(
        &mut self,
        exchange: Exchange,
        visit: Option<Visit>,
        delivery: &Delivery,
        player: &mut Player,
        catalogue: &Catalogue,
    ) {
        let at = self.exchanges.len();
        let mut judgement = if unreachable(&exchange).is_some() {
            Judgement::default()
        } else {
            player.judge(&self.composed.draft, delivery, &exchange)
        };
        match &exchange.answer {
            Ok(response) => self.negative |= response.status >= 500,
            // We hung up ourselves; whatever a rule says about that is nothing the vendor did.
            Err(Loss::HungUp) => {
                judgement.findings.retain(|finding| !matches!(finding.breach, Breach::Lost { loss: Loss::HungUp }));
            }
            Err(loss) => {
                self.negative = true;
                let judged = judgement.findings.iter().any(|found| catalogue.level(&found.requirement) == Level::Must);
                if !judged {
                    let breach = Breach::Lost { loss: loss.clone() };
                    judgement.find(Finding::new(HTTP_ANSWER, Place::Connection, breach));
                }
            }
        }
        if let Some(visit) = visit {
            judgement.absorb(player.judge_visit(&self.composed.draft, &visit));
            self.visits.push(visit);
        }
        self.exchanges.push(exchange);
        for finding in judgement.findings {
            self.find(finding, Some(at), catalogue);
        }
        self.readings.extend(judgement.readings);
        self.skipped.extend(judgement.skipped);
        self.moves.extend(judgement.moves);
    }

    fn died(&mut self, loss: Loss, catalogue: &Catalogue) {
        let at = self.exchanges.len().checked_sub(1);
        self.find(Finding::new(ALIVE, Place::Connection, Breach::Died { loss }), at, catalogue);
    }

    fn find(&mut self, finding: Finding, exchange: Option<usize>, catalogue: &Catalogue) {
        let level = catalogue.level(&finding.requirement);
        self.findings.push(Weighed { finding, level, exchange });
    }

    /// The exchanges of copies whose answer was not dropped on purpose, with their positions.
    pub(super) fn copies(&self) -> impl DoubleEndedIterator<Item = (usize, &Exchange)> {
        let copies = usize::try_from(self.sent).unwrap_or(usize::MAX);
        let kept = self.exchanges.iter().enumerate().take(copies);
        kept.filter(|(_, exchange)| exchange.answer != Err(Loss::HungUp))
    }

    /// Keeps the vendor's own calls with this attempt, behind the exchanges that we began.
    pub(super) fn absorb(&mut self, callbacks: Vec<Callback>, catalogue: &Catalogue) {
        for callback in callbacks {
            let at = self.exchanges.len();
            self.exchanges.push(callback.exchange);
            for finding in callback.judgement.findings {
                self.find(finding, Some(at), catalogue);
            }
            self.readings.extend(callback.judgement.readings);
            self.skipped.extend(callback.judgement.skipped);
        }
    }

    /// A call that the vendor should have made has not come.
    pub(super) fn missed(&mut self, operation: &str, within: Duration, rule: RequirementId, catalogue: &Catalogue) {
        let what = format!("a call of {operation}");
        let because = format!("none came within {within:?} after the answer");
        self.find(Finding::new(rule, Place::Course, Breach::Missing { what, because }), None, catalogue);
    }

    /// The record of this attempt, with the findings so far.
    pub(super) fn record(self, step: &Step, workflow: &str, attempt: u32) -> StepRecord {
        StepRecord {
            exchanges: self.exchanges,
            visits: self.visits,
            findings: self.findings,
            readings: self.readings,
            skipped: self.skipped,
            moves: self.moves,
            ..record(step, workflow, attempt)
        }
    }
}

/// A record of a step without any exchange.
pub(super) fn record(step: &Step, workflow: &str, attempt: u32) -> StepRecord {
    StepRecord {
        workflow: workflow.to_owned(),
        id: step.id.clone(),
        description: step.description.clone(),
        spot: step.spot,
        operation: match &step.target {
            Target::Operation(operation) => Some(operation.id.clone()),
            Target::Workflow(_) => None,
        },
        task: None,
        tamper: step.extension.deliver.tamper.clone(),
        derived: step.extension.derived.clone(),
        later: step.extension.deliver.after.clone(),
        attempt,
        superseded: false,
        exchanges: Vec::new(),
        visits: Vec::new(),
        findings: Vec::new(),
        readings: Vec::new(),
        skipped: Vec::new(),
        moves: Vec::new(),
        snapshot: step.extension.snapshot.as_ref().map(|rule| SnapshotRecord { redact: rule.redact.clone() }),
    }
}

fn unreachable(exchange: &Exchange) -> Option<&Loss> {
    exchange.answer.as_ref().err().filter(|loss| loss.unreachable())
}
