//! Plays one scenario: says what to do next, takes what came of it, and keeps the record.
//!
//! [`Playback::next`] gives one [`Next`] at a time; the caller does it and hands the results to [`Playback::received`].
//! Records of steps can be taken as they end ([`Playback::take_events`]), and the whole case comes with
//! [`Next::Finish`].
//!
//! What Arazzo leaves open, and what we do:
//!
//! - **Which workflows run**: see `schedule.rs`. A workflow whose dependency did not end well is not played, and the
//!   case is then not judged, unless the contract was broken.
//! - **When a step succeeds**: all its criteria hold on every copy that was delivered, and no answer was lost. A step
//!   without criteria succeeds when nothing of level `must` was found. Criteria that stand for a requirement below
//!   `must` do not stop the workflow: they are reported, and where no failure action applies the next step follows.
//! - **What a failed criterion is**: a finding, unless the scenario goes on because of it. An attempt after which the
//!   step is retried, or that a `goto` of `onFailure` takes care of, is evidence (`superseded`). Whatever the
//!   marketplace itself finds of level `must` stands in any case; then the attempt stands without its criteria.
//! - **`goto` to a workflow** hands over control for good: where the workflow was called by a step, that step goes on
//!   when the other workflow ends. Actions have no parameters in Arazzo 1.0, so the other workflow gets those inputs of
//!   the one before that it declares too.
//! - **`retry` with a step or workflow** runs that first and then retries, however it came out. A step run so comes back
//!   by itself; its `goto` leads away for good.
//! - **Outputs of a step that calls a workflow** are those it names (`$outputs` is then the called workflow's); when it
//!   names none, all of the called workflow's.
//!
//! A step whose operation the vendor calls sends nothing: the caller has the vendor's program do a task
//! ([`Next::Perform`]) and tells how it ended ([`Playback::performed`]); see `task.rs`.
//!
//! Calls of the vendor come at any time: [`Playback::called`] takes those that belong to the case. They are judged at
//! once and kept with the step that ends next; a step with `await` does not end before its call has come, or its time is
//! over.

mod attempt;
mod callbacks;
mod frame;
mod inputs;
mod player;
mod prepare;
mod schedule;
mod task;
#[cfg(test)]
mod tests;
mod turn;
mod verdicts;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

pub use attempt::{Dispatch, Purpose, Returned};
pub use inputs::InputError;

use super::evaluate::Values;
use super::event::{CaseRecord, StepRecord};
use crate::market::{Session, Task};
use crate::scenario::plan::{Plan, Step};
use crate::verdict::{Blocked, Catalogue, Level, Outcome};
use crate::wire::{Exchange, Loss};
use attempt::{Attempt, Progress};
use callbacks::Callbacks;
use frame::{Back, Frame};
use inputs::Inputs;
use player::Player;
use schedule::{Library, WorkflowAt};
use task::Watch;

/// How a scenario is played.
#[derive(Clone, Debug)]
pub struct Options {
    /// Seed of all generated inputs.
    pub seed: u64,
    /// Inputs by name. Every workflow that is played on its own gets those that it declares; they win over generated
    /// ones and defaults. Names that no workflow declares are ignored here.
    pub inputs: Values,
    /// How many steps are played at most, attempts included, so that a `goto` in a circle comes to an end.
    pub max_steps: u32,
    /// How long one exchange may take.
    pub time_limit: Duration,
    /// How many calls may run out of time before the rest of the case is left unplayed: each takes the whole time limit,
    /// and a vendor that hangs on one call hangs on those like it.
    pub most_time_outs: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            seed: 0,
            inputs: Values::new(),
            max_steps: 10_000,
            time_limit: Duration::from_secs(30),
            most_time_outs: 6,
        }
    }
}

/// Why a scenario cannot be played at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StartError {
    /// A step waits for a call of the vendor, and nobody is there to take it.
    #[error("step {step} of workflow {workflow} waits for a call of the vendor, which this marketplace does not take")]
    NoCallbacks {
        /// The workflow.
        workflow: String,
        /// The step.
        step: String,
    },
    /// Workflows depend on each other in a circle.
    #[error("workflow {workflow} depends on itself")]
    DependencyCircle {
        /// One of them.
        workflow: String,
    },
    /// The inputs are not right.
    #[error(transparent)]
    Inputs(#[from] InputError),
}

/// What the caller is to do.
#[derive(Debug)]
pub enum Next {
    /// Send these requests; more than one at one instant. Then hand over the results, in the same order.
    Send(Vec<Dispatch>),
    /// Have the vendor's program do this. Its calls go to [`Playback::called`], how it ended to [`Playback::performed`];
    /// where nobody sees that, say so by [`Playback::unattended`].
    Perform(Box<Task>),
    /// Nothing before this time.
    SleepUntil(Timestamp),
    /// The case has ended.
    Finish(Box<CaseRecord>),
}

/// One scenario being played.
#[derive(Debug)]
pub struct Playback {
    player: Player,
    catalogue: Arc<Catalogue>,
    options: Options,
    inputs: Inputs,
    library: Library,
    /// Workflows still to play on their own, with their inputs.
    schedule: VecDeque<(WorkflowAt, Values)>,
    frames: Vec<Frame>,
    phase: Phase,
    records: Vec<Arc<StepRecord>>,
    /// How many records were taken as events.
    told: usize,
    /// How many steps were begun.
    played: u32,
    /// Calls of the vendor that belong to no step yet.
    callbacks: Callbacks,
    /// Whether the vendor was ever reached.
    reached: bool,
    /// How many calls ran out of time.
    time_outs: usize,
    died: bool,
    /// Why playing ended before its time.
    blocked: Option<Blocked>,
    started: Timestamp,
}

/// What a playback is about to do.
#[derive(Debug)]
enum Phase {
    /// Begin the step at the cursor.
    Ready,
    /// Send what the attempt has to send.
    Calling(Box<Attempt>),
    /// Wait for the results of what was sent.
    Waiting(Box<Attempt>),
    /// Everything came back; wait for a call of the vendor's, until this time at most.
    Awaiting(Box<Attempt>, Timestamp),
    /// Hand out what the vendor's program is to do.
    Asking(Box<Task>),
    /// Take the calls of the vendor's program until it has ended.
    Watching(Box<Watch>),
    /// Wait for a time, then begin the step at the cursor.
    Sleeping(Timestamp),
    /// Nothing.
    Done,
}

impl Playback {
    /// Prepares a scenario: nothing is sent yet.
    ///
    /// # Errors
    ///
    /// When inputs are missing or wrong, workflows depend on each other in a circle, or a step waits for a callback.
    pub fn new(
        plan: Arc<Plan>,
        session: Session,
        catalogue: Arc<Catalogue>,
        options: Options,
        now: Timestamp,
    ) -> Result<Self, StartError> {
        Self::start(plan, Player::Session(session), catalogue, options, now)
    }

    fn start(
        plan: Arc<Plan>,
        mut player: Player,
        catalogue: Arc<Catalogue>,
        options: Options,
        now: Timestamp,
    ) -> Result<Self, StartError> {
        let library = Library::new(plan);
        for workflow in library.documents().flat_map(|document| &document.plan.workflows) {
            let waits = |step: &&Step| {
                let awaited = step.extension.await_call.as_ref().map(|awaited| &awaited.operation);
                let called = step.extension.exec.as_ref().and(step.target.operation());
                let mut operations = awaited.into_iter().chain(called);
                operations.any(|operation| player.awaited(&operation.id).is_none())
            };
            if let Some(step) = workflow.steps.iter().find(waits) {
                return Err(StartError::NoCallbacks { workflow: workflow.id.clone(), step: step.id.clone() });
            }
        }
        let order = library.schedule().map_err(|workflow| StartError::DependencyCircle { workflow })?;
        let mut inputs = Inputs::new(options.seed);
        let mut schedule = VecDeque::with_capacity(order.len());
        for at in order {
            let workflow = library.workflow(at);
            let given = inputs::declared(workflow, &options.inputs);
            schedule.push_back((at, inputs.fill(workflow, given, &mut player, now)?));
        }
        Ok(Self {
            player,
            catalogue,
            options,
            inputs,
            library,
            schedule,
            frames: Vec::new(),
            phase: Phase::Ready,
            records: Vec::new(),
            told: 0,
            played: 0,
            callbacks: Callbacks::default(),
            reached: false,
            time_outs: 0,
            died: false,
            blocked: None,
            started: now,
        })
    }

    /// What to do now.
    ///
    /// Between [`Next::Send`] and [`Playback::received`] there is nothing to do, and the answer is to sleep until `now`.
    /// After the end it is [`Next::Finish`] again.
    pub fn next(&mut self, now: Timestamp) -> Next {
        loop {
            match std::mem::replace(&mut self.phase, Phase::Ready) {
                Phase::Ready => self.begin(now),
                Phase::Sleeping(until) if now < until => {
                    self.phase = Phase::Sleeping(until);
                    return Next::SleepUntil(until);
                }
                Phase::Sleeping(_) => self.begin(now),
                Phase::Waiting(attempt) => {
                    self.phase = Phase::Waiting(attempt);
                    return Next::SleepUntil(now);
                }
                Phase::Awaiting(attempt, until) if now < until && !self.has_come() => {
                    self.phase = Phase::Awaiting(attempt, until);
                    return Next::SleepUntil(until);
                }
                Phase::Awaiting(attempt, _) => self.conclude(*attempt, now),
                Phase::Asking(task) => {
                    self.phase = Phase::Watching(Box::new(Watch::new((*task).clone(), now)));
                    return Next::Perform(task);
                }
                Phase::Watching(watch) => match self.watched(&watch, now) {
                    Some(until) => {
                        self.phase = Phase::Watching(watch);
                        return Next::SleepUntil(until);
                    }
                    None => self.conclude_task(*watch, now),
                },
                Phase::Calling(mut attempt) => match attempt.dispatch(&mut self.player, self.options.time_limit, now) {
                    Ok(dispatches) => {
                        self.phase = Phase::Waiting(attempt);
                        return Next::Send(dispatches);
                    }
                    Err(error) => {
                        self.file(*attempt);
                        self.block(Blocked::Harness(error.to_string()));
                    }
                },
                Phase::Done => {
                    self.phase = Phase::Done;
                    return Next::Finish(Box::new(self.record(now)));
                }
            }
        }
    }

    /// Takes the results of the last [`Next::Send`], in the order of its requests. Ignored when nothing was sent.
    pub fn received(&mut self, back: Vec<Returned>, now: Timestamp) {
        let mut attempt = match std::mem::replace(&mut self.phase, Phase::Ready) {
            Phase::Waiting(attempt) => attempt,
            other => {
                self.phase = other;
                return;
            }
        };
        // That a probe hangs says the same again of the call before it.
        if !attempt.is_probing() {
            let ran_out = |returned: &&Returned| matches!(returned.exchange.answer, Err(Loss::TimeOut { .. }));
            self.time_outs += back.iter().filter(ran_out).count();
        }
        match attempt.take(back, &mut self.player, &self.catalogue, &mut self.reached, now) {
            Progress::Unfinished => self.phase = Phase::Calling(attempt),
            Progress::Complete => match self.awaited() {
                Some(within) if !self.has_come() => {
                    self.phase = Phase::Awaiting(attempt, now.checked_add(within).unwrap_or(now));
                }
                _ => self.conclude(*attempt, now),
            },
            Progress::Unreachable(how) => {
                self.file(*attempt);
                self.block(Blocked::Unreachable(how));
            }
            Progress::Died => {
                self.died = true;
                self.file(*attempt);
                self.finish();
            }
            Progress::Miscounted => {
                self.file(*attempt);
                self.block(Blocked::Harness("not every request that was sent has a result".to_owned()));
            }
        }
    }

    /// Takes a call that the vendor made to the marketplace, and the marketplace's answer. False when it belongs to
    /// another case.
    pub fn called(&mut self, exchange: &Exchange) -> bool {
        let ours = !matches!(self.phase, Phase::Done) && self.player.claims(exchange);
        if ours {
            self.callbacks.take(exchange.clone(), &mut self.player);
        }
        ours
    }

    /// How long the step at the cursor waits for a call of the vendor's.
    fn awaited(&self) -> Option<Duration> {
        Some(self.step()?.extension.await_call.as_ref()?.within)
    }

    /// Whether the call that the step at the cursor waits for has come.
    fn has_come(&self) -> bool {
        let awaited = self.step().and_then(|step| step.extension.await_call.as_ref());
        awaited.is_none_or(|awaited| self.callbacks.came(&awaited.operation.id))
    }

    fn step(&self) -> Option<&Step> {
        let frame = self.frames.last()?;
        let workflow = self.library.document(frame.at.0).plan.workflows.get(frame.at.1)?;
        workflow.steps.get(frame.cursor.step)
    }

    /// Records of steps that have ended since the last call, in the order in which they were played.
    ///
    /// Steps of a called workflow come late where the calling step may be retried or may lead elsewhere on failure,
    /// because only then it is known what their findings are worth.
    pub fn take_events(&mut self) -> Vec<Arc<StepRecord>> {
        let held = self.frames.iter().find_map(|frame| match frame.back {
            Back::Step { held } => held,
            Back::Schedule | Back::Retry => None,
        });
        let end = held.unwrap_or(self.records.len()).max(self.told);
        let events = self.records[self.told..end].to_vec();
        self.told = end;
        events
    }

    /// Whether the vendor stopped answering in this case, so that later cases need not be tried.
    pub fn died(&self) -> bool {
        self.died
    }

    /// Gives the session back, for the next case of a marketplace that stays up.
    pub fn into_session(self) -> Option<Session> {
        self.player.into_session()
    }

    /// Ends the case before its time and gives what was played so far. What was broken until then stays broken; else
    /// the case is not judged, for this reason.
    pub fn abandon(&mut self, why: Blocked, now: Timestamp) -> Box<CaseRecord> {
        match std::mem::replace(&mut self.phase, Phase::Done) {
            Phase::Done => {}
            Phase::Calling(attempt) | Phase::Waiting(attempt) | Phase::Awaiting(attempt, _) => {
                self.file(*attempt);
                self.block(why);
            }
            Phase::Ready | Phase::Sleeping(_) | Phase::Asking(_) | Phase::Watching(_) => self.block(why),
        }
        Box::new(self.record(now))
    }

    /// Ends the case with a reason why it is not judged. The first reason holds.
    fn block(&mut self, why: Blocked) {
        self.blocked.get_or_insert(why);
        self.finish();
    }

    fn finish(&mut self) {
        self.callbacks.append_to(self.records.last_mut(), &self.player, &self.catalogue);
        self.frames.clear();
        self.schedule.clear();
        self.phase = Phase::Done;
    }

    fn record(&self, now: Timestamp) -> CaseRecord {
        let plan = &self.library.document(0).plan;
        let breaks = self
            .records
            .iter()
            .any(|step| !step.superseded && step.findings.iter().any(|weighed| weighed.level == Level::Must));
        let outcome = match &self.blocked {
            _ if breaks => Outcome::Breaks,
            Some(why) => Outcome::NotJudged(why.clone()),
            // A scenario in which nothing was played has shown nothing.
            None if self.died => Outcome::NotJudged(Blocked::DiedIn { case: plan.name.clone() }),
            None if self.records.is_empty() => {
                Outcome::NotJudged(Blocked::Harness("it has no step to play".to_owned()))
            }
            None => Outcome::Conforms,
        };
        CaseRecord {
            name: Arc::from(plan.name.as_str()),
            title: plan.title.clone(),
            marketplace: plan.marketplace.clone(),
            dialect: plan.dialect.clone(),
            outcome,
            steps: self.records.clone(),
            elapsed: Duration::try_from(now.duration_since(self.started)).unwrap_or_default(),
        }
    }
}
