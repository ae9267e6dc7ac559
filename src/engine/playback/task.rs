//! A step in which the vendor calls: its program is asked to do a task, its calls are taken, the whole is judged.
//!
//! When the program has ended, all calls have come. Where somebody starts it by hand nobody tells us, and its silence
//! has to do: it is over when a task that looks done is followed by [`QUIET`] without a call, or one that does not by the
//! whole time that the task has. Until the first call comes somebody may have to find the right window ([`FIRST_CALL`]).

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::attempt::{self, CRITERION};
use super::prepare::{Unplayed, resolve};
use super::turn::{Ended as StepEnd, standing};
use super::verdicts::{self, Decision};
use super::{Phase, Playback};
use crate::engine::evaluate::{Context, Message, Values};
use crate::engine::event::{StepRecord, TaskRecord};
use crate::market::{Course, DECLINED, Ended, Task};
use crate::scenario::plan::{Exec, Step};
use crate::spec::Operation;
use crate::verdict::{Blocked, Breach, Finding, Level, Place, RequirementId, Weighed};

/// How long a program that nobody watches may be silent before its task counts as done.
const QUIET: Duration = Duration::from_secs(3);
/// How long somebody at a keyboard may take to start the program.
const FIRST_CALL: Duration = Duration::from_secs(120);
/// How long the caller may take to say how the program ended, beyond the time that the program has.
const LATE: Duration = Duration::from_secs(10);

/// A task under way.
#[derive(Debug)]
pub(super) struct Watch {
    task: Task,
    /// When it was handed out.
    since: Timestamp,
    /// Whether nobody sees how the program ends.
    unattended: bool,
    /// How the program ended, as soon as somebody has said so.
    ended: Option<Ended>,
}

impl Watch {
    pub(super) fn new(task: Task, now: Timestamp) -> Self {
        Self { task, since: now, unattended: false, ended: None }
    }
}

impl Playback {
    /// Takes how the vendor's program ended, after all of its calls. Ignored when it has nothing to do.
    pub fn performed(&mut self, ended: Ended) {
        if let Phase::Watching(watch) = &mut self.phase {
            watch.ended.get_or_insert(ended);
        }
    }

    /// The program that does the task was started by somebody else: that it is done shows only in its silence.
    pub fn unattended(&mut self) {
        if let Phase::Watching(watch) = &mut self.phase {
            watch.unattended = true;
        }
    }

    /// What the vendor's program is to do in a step.
    pub(super) fn task(&self, step: &Step, operation: &Arc<Operation>, exec: &Exec) -> Result<Task, Unplayed> {
        let Some(frame) = self.frames.last() else { return Err(Unplayed::Harness("no workflow is played".to_owned())) };
        let none = Values::new();
        let context = self.context(frame, &none);
        let mut arguments = Vec::with_capacity(step.arguments.len());
        for argument in &step.arguments {
            let value = resolve(context, &argument.value, || format!("parameter {}", argument.name))?;
            arguments.extend(value.map(|value| (argument.name.clone(), value)));
        }
        let mut environment = Vec::with_capacity(exec.environment.len());
        for (name, template) in &exec.environment {
            let value = resolve(context, template, || format!("variable {name}"))?;
            environment.extend(value.map(|value| (name.clone(), Task::texts(&value).join("\n"))));
        }
        let answers = exec.answers.iter().cloned().map(|mut rule| {
            // The step's operation is meant unless the scenario says another.
            rule.operation.get_or_insert_with(|| operation.id.clone());
            rule
        });
        Ok(Task {
            name: exec.task.clone(),
            operation: Arc::clone(operation),
            arguments,
            command: exec.command.clone(),
            environment,
            within: exec.within,
            answers: answers.collect(),
        })
    }

    /// Until when to wait for more calls; `None` when the task is over.
    pub(super) fn watched(&self, watch: &Watch, now: Timestamp) -> Option<Timestamp> {
        if watch.ended.is_some() {
            return None;
        }
        let after = |when: Timestamp, time: Duration| {
            SignedDuration::try_from(time).ok().and_then(|time| when.checked_add(time).ok()).unwrap_or(Timestamp::MAX)
        };
        let within = watch.task.within;
        let until = match self.callbacks.iter().last() {
            _ if !watch.unattended => after(watch.since, within + LATE),
            None => after(watch.since, within.max(FIRST_CALL)),
            Some(last) => {
                let answered = after(last.exchange.started, last.exchange.timing.total);
                let exchanges = self.callbacks.iter().map(|call| &call.exchange).collect();
                let operations = self.callbacks.iter().map(|call| call.operation.as_deref()).collect();
                let course = Course { task: &watch.task, exchanges, operations, ended: &Ended::Silent };
                after(answered, if self.player.is_complete(&course) { QUIET } else { within })
            }
        };
        (now < until).then_some(until)
    }

    /// The task is over: judges its calls and the whole, and goes where the scenario goes.
    pub(super) fn conclude_task(&mut self, watch: Watch, now: Timestamp) {
        let Some(frame) = self.frames.last() else { return };
        let plan = Arc::clone(&self.library.document(frame.at.0).plan);
        let Some((workflow, step)) = standing(&plan, frame) else { return };
        let mut record = attempt::record(step, &workflow.id, frame.cursor.attempts + 1);
        let Watch { task, ended, unattended, .. } = watch;
        let ended = ended.unwrap_or(match unattended {
            false => Ended::TimedOut { limit: task.within, output: String::new() },
            true => Ended::Silent,
        });
        let mut operations = Vec::new();
        for call in self.callbacks.drain(&self.player) {
            let at = record.exchanges.len();
            record.exchanges.push(call.exchange);
            operations.push(call.operation);
            record.findings.extend(call.judgement.findings.into_iter().map(|finding| self.weighed(finding, Some(at))));
            record.readings.extend(call.judgement.readings);
            record.skipped.extend(call.judgement.skipped);
        }
        self.reached |= !record.exchanges.is_empty();
        let called = operations.iter().any(|operation| operation.as_deref() == Some(task.operation.id.as_str()));
        record.task = Some(TaskRecord::new(&task, ended.clone()));

        // One that says that it does not do this has nothing that could be judged.
        if record.exchanges.is_empty() && ended.declines() {
            self.records.push(Arc::new(record));
            self.block(Blocked::Declined { task: task.name });
            return;
        }
        // A program that says that all went well has left the call out; any other may never have come to it.
        if record.exchanges.is_empty() && !ended.well() {
            self.records.push(Arc::new(record));
            self.block(Blocked::Unreachable(uncalled(&ended)));
            return;
        }
        // One that went astray is told by what is wrong with it.
        let astray = record.findings.iter().any(|found| found.level == Level::Must);
        if !called
            && !astray
            && let Some(rule) = self.player.missed(&task.operation.id)
        {
            let what = format!("a call of {}", task.operation.id);
            let because = format!("the task was {}, and the vendor's program {ended}", task.name);
            let mut finding = Finding::new(rule, Place::Course, Breach::Missing { what, because });
            // What it called instead is most often what it should have been, nearly.
            if let Some(last) = record.exchanges.last() {
                let target: String = last.request.target.chars().take(200).collect();
                finding = finding.because(format!("it called {} {target} instead", last.request.method));
            }
            record.findings.push(self.weighed(finding, None));
        }
        let course = Course {
            task: &task,
            exchanges: record.exchanges.iter().collect(),
            operations: operations.iter().map(Option::as_deref).collect(),
            ended: &ended,
        };
        let judged = self.player.judge_course(&course);
        let last = course.calls().next_back().map(|(at, _)| at);
        let counted = self.counted(step, &course);
        // A call that is wrong because the task asked for it is no mistake of the vendor's.
        record.findings.retain(|found| {
            let finding = &found.finding;
            let same = |(at, rule, place): &(usize, RequirementId, Place)| {
                found.exchange == Some(*at) && finding.requirement == *rule && finding.place == *place
            };
            !judged.excused.iter().any(same)
        });
        record.findings.extend(judged.findings.into_iter().map(|(finding, at)| self.weighed(finding, at)));
        record.findings.extend(counted);
        record.readings.extend(judged.readings);
        record.skipped.extend(judged.skipped);
        let broken = record.findings.iter().any(|found| found.level == Level::Must);
        if let Some(why) = judged.unseen.filter(|_| !broken) {
            self.blocked.get_or_insert(Blocked::NotShown(why));
        }
        self.demand(step, record, last, now);
    }

    /// What the step's own bounds make of how often its operation was called.
    fn counted(&self, step: &Step, course: &Course<'_>) -> Option<Weighed> {
        let exec = step.extension.exec.as_ref()?;
        let operation = &course.task.operation.id;
        let count = course.calls().count();
        let bound = |bound: Option<u32>| bound.and_then(|bound| usize::try_from(bound).ok());
        let (breach, at) = match (bound(exec.least), bound(exec.most)) {
            (Some(least), _) if count > 0 && count < least => {
                let because = format!("the step asks for {least}");
                (Breach::Missing { what: format!("call {} of {operation}", count + 1), because }, None)
            }
            (_, Some(most)) if count > most => {
                let because = format!("the step allows {most}");
                let at = course.calls().nth(most).map(|(at, _)| at);
                (Breach::Unwanted { what: format!("call {} of {operation}", most + 1), because }, at)
            }
            _ => return None,
        };
        let requirement = step.extension.requirement.as_ref().unwrap_or(&CRITERION);
        Some(self.weighed(Finding::new(requirement.clone(), Place::Course, breach), at))
    }

    /// What the step's own criteria make of the last call, and where to go from there.
    fn demand(&mut self, step: &Step, mut record: StepRecord, last: Option<usize>, now: Timestamp) {
        let Some(frame) = self.frames.last() else { return };
        let none = Values::new();
        let exchange = last.and_then(|at| record.exchanges.get(at));
        // What was sent is looked at, not what was asked for.
        let message = exchange.map(|exchange| Message::new(exchange, &[], &[]));
        let context = Context { message: message.as_ref(), ..self.context(frame, &none) };
        let criteria =
            if message.is_some() { verdicts::criteria(step, context, last, &self.catalogue) } else { Vec::new() };
        let success = message.is_some() && criteria.is_empty();
        let advice = message.is_some() && criteria.iter().all(|found| found.level < Level::Must);
        let outputs = if message.is_some() { verdicts::outputs(step, context) } else { Values::new() };
        let decision = if success {
            verdicts::after_success(step, context)
        } else {
            match verdicts::after_failure(step, context, &frame.cursor.used, None, now) {
                Decision::Stop if advice => Decision::Next,
                decision => decision,
            }
        };
        let new: Vec<Weighed> =
            criteria.into_iter().filter(|finding| !verdicts::repeats(finding, &record.findings)).collect();
        record.findings.extend(new);
        self.keep(&step.id, outputs);
        self.settle(StepEnd { record, success, decision }, None, now);
    }

    fn weighed(&self, finding: Finding, exchange: Option<usize>) -> Weighed {
        let level = self.catalogue.level(&finding.requirement);
        Weighed { finding, level, exchange }
    }
}

/// Why nothing was called, as a phrase that reads after "the vendor could not be reached: ".
fn uncalled(ended: &Ended) -> String {
    // Most programs say last what stopped them.
    let wrote = match ended.output().lines().rev().find(|line| !line.trim().is_empty()) {
        None => String::new(),
        Some(line) => format!("; it wrote last: {}", line.trim().chars().take(300).collect::<String>()),
    };
    match ended {
        Ended::Silent => "nobody called in time".to_owned(),
        Ended::Exited { .. } => {
            format!(
                "its program {ended} and called nothing{wrote} (one that does not do the task ends with exit code {DECLINED})"
            )
        }
        other => format!("its program {other} and called nothing{wrote}"),
    }
}
