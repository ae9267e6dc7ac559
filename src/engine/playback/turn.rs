//! One turn of a playback: from the step at the cursor to the next one.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::attempt::{self, Attempt, CRITERION};
use super::frame::{Back, Cursor, DEPTH, Frame};
use super::inputs;
use super::prepare::Unplayed;
use super::schedule::WorkflowAt;
use super::verdicts::{self, Decision, is_criterion, stands, weigh};
use super::{Phase, Playback};
use crate::engine::evaluate::{Context, Message, Values};
use crate::engine::event::StepRecord;
use crate::scenario::plan::{Goto, Plan, Step, Target, Workflow, WorkflowRef};
use crate::verdict::{Blocked, Breach, Level, Place, RequirementId};

/// How a step ended, before anybody has decided where to go.
pub(super) struct Ended {
    pub(super) record: StepRecord,
    pub(super) success: bool,
    pub(super) decision: Decision,
}

impl Playback {
    /// Begins the step at the cursor, or what comes when there is none.
    pub(super) fn begin(&mut self, now: Timestamp) {
        let Some(frame) = self.frames.last_mut() else {
            self.begin_workflow();
            return;
        };
        let plan = Arc::clone(&self.library.document(frame.at.0).plan);
        let Some(step) = plan.workflows[frame.at.1].steps.get(frame.cursor.step) else {
            self.end_workflow(true, now);
            return;
        };
        if self.time_outs >= self.options.most_time_outs {
            self.block(Blocked::Slow { calls: self.time_outs });
            return;
        }
        if self.played >= self.options.max_steps {
            let text = format!("it goes on after {} steps, perhaps in a circle", self.options.max_steps);
            self.block(Blocked::Harness(text));
            return;
        }
        self.played += 1;
        frame.cursor.since.get_or_insert(now);
        let unplayed = match &step.target {
            Target::Operation(operation) if let Some(exec) = &step.extension.exec => {
                match self.task(step, operation, exec) {
                    Ok(task) => {
                        self.phase = Phase::Asking(Box::new(task));
                        return;
                    }
                    Err(unplayed) => unplayed,
                }
            }
            Target::Operation(operation) => match self.compose(step, operation) {
                Ok(composed) => {
                    self.phase = Phase::Calling(Box::new(Attempt::new(step, composed)));
                    return;
                }
                Err(unplayed) => unplayed,
            },
            Target::Workflow(to) => match self.call(step, to, now) {
                Ok(()) => return,
                Err(unplayed) => unplayed,
            },
        };
        match unplayed {
            Unplayed::Harness(why) => self.block(Blocked::Harness(format!("step {}: {why}", step.id))),
            Unplayed::Vendor(breach) => self.conclude_unplayed(&plan, breach, now),
        }
    }

    /// Begins the next workflow of the schedule whose dependencies ended well.
    fn begin_workflow(&mut self) {
        let Some((at, inputs)) = self.schedule.pop_front() else {
            self.finish();
            return;
        };
        let failed = self.library.dependencies(at).find(|on| self.library.run(*on).well != Some(true));
        if let Some(on) = failed {
            let (id, on) = (&self.library.workflow(at).id, &self.library.workflow(on).id);
            let why = format!("workflow {id} depends on {on}, which did not end well");
            self.blocked.get_or_insert(Blocked::Harness(why));
            self.library.run_mut(at).well = Some(false);
            return;
        }
        self.enter(at, inputs, Vec::new(), Back::Schedule);
    }

    pub(super) fn enter(&mut self, at: WorkflowAt, inputs: Values, passed: Vec<WorkflowAt>, back: Back) {
        let inputs = Arc::new(inputs);
        let run = self.library.run_mut(at);
        run.inputs = Arc::clone(&inputs);
        run.outputs.clear();
        run.well = None;
        self.frames.push(Frame { passed, ..Frame::new(at, inputs, back) });
    }

    /// What expressions can refer to in the innermost workflow.
    pub(super) fn context<'a>(&'a self, frame: &'a Frame, outputs: &'a Values) -> Context<'a> {
        let document = self.library.document(frame.at.0);
        Context { message: None, inputs: &frame.inputs, outputs, steps: &frame.steps, document }
    }

    /// Everything of an attempt came back: tests it, decides where to go, and goes there.
    pub(super) fn conclude(&mut self, mut attempt: Attempt, now: Timestamp) {
        let Some(frame) = self.frames.last() else { return };
        let plan = Arc::clone(&self.library.document(frame.at.0).plan);
        let Some((workflow, step)) = standing(&plan, frame) else { return };
        if let Some(awaited) = &step.extension.await_call
            && !self.callbacks.came(&awaited.operation.id)
            && let Some(rule) = self.player.missed(&awaited.operation.id)
        {
            // The requirement of a step without criteria is about the call, and says more than the rule that holds for
            // every such call.
            let own = step.extension.requirement.clone().filter(|_| step.criteria.is_empty());
            let rule = own.unwrap_or(rule);
            attempt.missed(&awaited.operation.id, awaited.within, rule, &self.catalogue);
        }
        attempt.absorb(self.callbacks.drain(&self.player), &self.catalogue);
        let Some(frame) = self.frames.last() else { return };
        let none = Values::new();
        let context = self.context(frame, &none);

        let mut findings = Vec::new();
        let mut whole = false;
        let mut lost = false;
        let mut outputs = Values::new();
        for (at, exchange) in attempt.copies() {
            if exchange.answer.is_err() {
                lost = true;
                continue;
            }
            whole = true;
            let message = Message::new(exchange, &attempt.composed.draft.arguments, &attempt.composed.places);
            let context = Context { message: Some(&message), ..context };
            findings.extend(verdicts::criteria(step, context, Some(at), &self.catalogue));
            outputs = verdicts::outputs(step, context);
        }
        // What fails criteria of a requirement below `must` is reported and does not count as failure; see `settle`.
        let held = findings.is_empty();
        // Without criteria of its own a step succeeds when its call does. What else is wrong with an answer is reported
        // and stops nothing: the steps that follow show more, and leave the vendor as it was found. So is a call that
        // was wrong on purpose and got through.
        let on_purpose = step.extension.deliver.tamper.is_some() || step.extension.derived.is_some();
        let broken = step.criteria.is_empty()
            && !on_purpose
            && attempt.findings.iter().any(|found| found.level == Level::Must && found.finding.place == Place::Status);
        let success = whole && !lost && held && !broken;
        let advice = whole && !lost && !broken && findings.iter().all(|found| found.level < Level::Must);
        findings.extend(verdicts::same_answer(step, &attempt, context, &self.catalogue));
        findings.retain(|finding| !verdicts::repeats(finding, &attempt.findings));
        attempt.findings.extend(findings);

        self.keep(&step.id, outputs);
        let Some(frame) = self.frames.last() else { return };
        let context = self.context(frame, &none);
        let last = attempt.copies().next_back().map(|(_, exchange)| exchange);
        let message = last.map(|last| Message::new(last, &attempt.composed.draft.arguments, &attempt.composed.places));
        let context = Context { message: message.as_ref(), ..context };
        let decision = if success {
            verdicts::after_success(step, context)
        } else {
            let header = last.and_then(|last| last.response()).and_then(|answer| answer.headers.text("retry-after"));
            match verdicts::after_failure(step, context, &frame.cursor.used, header.as_deref(), now) {
                // A computed call is one of many; that its answer was lost says nothing of the others.
                Decision::Stop if advice || (step.extension.derived.is_some() && step.outputs.is_empty()) => {
                    Decision::Next
                }
                decision => decision,
            }
        };
        let record = attempt.record(step, &workflow.id, frame.cursor.attempts + 1);
        self.settle(Ended { record, success, decision }, None, now);
    }

    /// The workflow that the step at the cursor called has ended.
    fn conclude_call(&mut self, called: Values, well: bool, held: Option<usize>, now: Timestamp) {
        let Some(frame) = self.frames.last() else { return };
        let plan = Arc::clone(&self.library.document(frame.at.0).plan);
        let Some((workflow, step)) = standing(&plan, frame) else { return };
        let mut record = attempt::record(step, &workflow.id, frame.cursor.attempts + 1);
        let context = self.context(frame, &called);
        if well {
            record.findings = verdicts::criteria(step, context, None, &self.catalogue);
        }
        let success = well && record.findings.is_empty();
        let advice = well && record.findings.iter().all(|found| found.level < Level::Must);
        let outputs = if step.outputs.is_empty() { called.clone() } else { verdicts::outputs(step, context) };
        self.keep(&step.id, outputs);
        let Some(frame) = self.frames.last() else { return };
        let context = self.context(frame, &called);
        let decision = if success {
            verdicts::after_success(step, context)
        } else {
            match verdicts::after_failure(step, context, &frame.cursor.used, None, now) {
                Decision::Stop if advice => Decision::Next,
                decision => decision,
            }
        };
        self.settle(Ended { record, success, decision }, held, now);
    }

    /// A step could not be played because of what the vendor answered before.
    fn conclude_unplayed(&mut self, plan: &Plan, breach: Breach, now: Timestamp) {
        let Some(frame) = self.frames.last() else { return };
        let Some((workflow, step)) = standing(plan, frame) else { return };
        let requirement = step.extension.requirement.as_ref().unwrap_or(&CRITERION);
        let none = Values::new();
        let context = self.context(frame, &none);
        let decision = verdicts::after_failure(step, context, &frame.cursor.used, None, now);
        let source = self.broken_source(&workflow.id, &breach);
        let mut weighed = weigh(source.as_ref().unwrap_or(requirement), Place::Course, breach, None, &self.catalogue);
        if source.is_some() {
            weighed.finding = weighed.finding.because("it follows from the answer that should have given it");
        }
        let findings = vec![weighed];
        let record = StepRecord { findings, ..attempt::record(step, &workflow.id, frame.cursor.attempts + 1) };
        self.settle(Ended { record, success: false, decision }, None, now);
    }

    /// The rule that the answer has broken from which a value is missing: one mistake is told under one name.
    fn broken_source(&self, workflow: &str, breach: &Breach) -> Option<RequirementId> {
        let Breach::Missing { what, .. } = breach else { return None };
        let step = what.strip_prefix("$steps.")?.split('.').next()?;
        let of_step = |record: &&Arc<StepRecord>| record.workflow == workflow && record.id == step;
        let source = self.records.iter().rev().filter(|record| !record.superseded).find(of_step)?;
        let must = source.findings.iter().find(|found| found.level == Level::Must)?;
        Some(must.finding.requirement.clone())
    }

    /// Keeps the record of a step that has ended and goes where the scenario goes. Records from `held` on are those of
    /// the workflow that the step called.
    pub(super) fn settle(&mut self, ended: Ended, held: Option<usize>, now: Timestamp) {
        let Ended { mut record, success, decision } = ended;
        let Some(frame) = self.frames.last_mut() else { return };
        let goes_on = !success && matches!(decision, Decision::Retry { .. } | Decision::Goto(_));
        if goes_on {
            supersede(&mut record);
            for earlier in self.records.iter_mut().skip(held.unwrap_or(usize::MAX)) {
                if earlier.findings.iter().any(is_criterion) {
                    supersede(Arc::make_mut(earlier));
                }
            }
        } else if !success && frame.cursor.attempts > 0 {
            let took = frame.cursor.since.map(|since| now.duration_since(since).as_secs_f64()).unwrap_or_default();
            let said = format!("still so after {} attempts in {took:.1} s", frame.cursor.attempts + 1);
            for weighed in record.findings.iter_mut().filter(|weighed| is_criterion(weighed)) {
                weighed.finding.remark = Some(said.clone());
            }
        }
        // An end that the scenario chose is a good one unless something is held against the vendor.
        let well = success || record.findings.iter().all(|found| found.level < Level::Must);
        self.records.push(Arc::new(record));
        match decision {
            Decision::Next => self.step_done(),
            Decision::End => self.end_workflow(well, now),
            Decision::Goto(Goto::Step(step)) => {
                frame.waiting.clear();
                frame.cursor = Cursor::at(step);
            }
            Decision::Goto(Goto::Workflow(to)) => self.hand_over(&to, now),
            Decision::Retry { action, wait, first } => {
                frame.cursor.attempts += 1;
                frame.cursor.take(action);
                self.run_first(first, now);
                if wait > Duration::ZERO && !matches!(self.phase, Phase::Done) {
                    self.phase = Phase::Sleeping(now.checked_add(wait).unwrap_or(now));
                }
            }
            Decision::Stop => match frame.waiting.pop() {
                // It was run for the sake of a retry, which follows however it came out.
                Some(cursor) => frame.cursor = cursor,
                None => self.end_workflow(false, now),
            },
        }
    }

    /// Goes to the next step, or back to the step that is retried behind this one.
    fn step_done(&mut self) {
        let Some(frame) = self.frames.last_mut() else { return };
        frame.cursor = match frame.waiting.pop() {
            Some(cursor) => cursor,
            None => Cursor::at(frame.cursor.step + 1),
        };
    }

    /// Arranges that a step or workflow is run before the step at the cursor is retried.
    fn run_first(&mut self, first: Option<Goto>, now: Timestamp) {
        let deep = self.frames.len() >= DEPTH;
        let Some(frame) = self.frames.last_mut() else { return };
        match first {
            None => {}
            Some(_) if deep || frame.waiting.len() >= DEPTH => {
                self.block(Blocked::Harness(format!("retries lead into each other more than {DEPTH} deep")));
            }
            Some(Goto::Step(step)) => {
                let waiting = std::mem::replace(&mut frame.cursor, Cursor::at(step));
                frame.waiting.push(waiting);
            }
            Some(Goto::Workflow(to)) => self.enter_by_action(&to, Vec::new(), Back::Retry, now),
        }
    }

    /// Leaves the innermost workflow for another, for good.
    fn hand_over(&mut self, to: &WorkflowRef, now: Timestamp) {
        let Some(mut frame) = self.frames.pop() else { return };
        let outputs = self.outputs_of(&frame);
        self.library.run_mut(frame.at).outputs = outputs;
        let mut passed = std::mem::take(&mut frame.passed);
        if !passed.contains(&frame.at) {
            passed.push(frame.at);
        }
        let back = frame.back;
        // The other workflow may ask for inputs of this one.
        self.frames.push(frame);
        let depth = self.frames.len();
        self.enter_by_action(to, passed, back, now);
        if self.frames.len() > depth {
            self.frames.swap_remove(depth - 1);
        }
    }

    /// Enters a workflow that an action names. It gets those inputs of the user, and of the workflow before, that it
    /// declares.
    fn enter_by_action(&mut self, to: &WorkflowRef, passed: Vec<WorkflowAt>, back: Back, now: Timestamp) {
        let Some(frame) = self.frames.last() else { return };
        let Some(at) = self.library.find(frame.at.0, to) else {
            self.block(Blocked::Harness("an action names a workflow that does not exist".to_owned()));
            return;
        };
        let workflow = self.library.workflow(at);
        let mut given = inputs::declared(workflow, &self.options.inputs);
        given.extend(inputs::declared(workflow, &frame.inputs));
        match self.inputs.fill(workflow, given, &mut self.player, now) {
            Ok(inputs) => self.enter(at, inputs, passed, back),
            Err(error) => self.block(Blocked::Harness(error.to_string())),
        }
    }

    /// Ends the innermost workflow and goes back to where it was called.
    pub(super) fn end_workflow(&mut self, well: bool, now: Timestamp) {
        let Some(frame) = self.frames.pop() else { return };
        let outputs = self.outputs_of(&frame);
        for passed in frame.passed {
            self.library.run_mut(passed).well = Some(well);
        }
        let run = self.library.run_mut(frame.at);
        run.well = Some(well);
        run.outputs = outputs.clone();
        match frame.back {
            Back::Step { held } => self.conclude_call(outputs, well, held, now),
            Back::Retry => {}
            Back::Schedule if well => {}
            Back::Schedule => {
                // This matters only where nothing is held against the vendor: what was not played has shown nothing.
                let workflow = self.library.workflow(frame.at);
                let step = workflow.steps.get(frame.cursor.step).map_or("its end", |step| step.id.as_str());
                let why = format!("workflow {} ended early, at {step}", workflow.id);
                self.blocked.get_or_insert(Blocked::Harness(why));
            }
        }
    }

    /// The outputs of a workflow as far as they can be evaluated; later ones may refer to earlier ones.
    fn outputs_of(&self, frame: &Frame) -> Values {
        let mut outputs = Values::new();
        for (name, expression) in &self.library.workflow(frame.at).outputs {
            let found = self.context(frame, &outputs).evaluate(expression);
            let value = found.ok().and_then(|found| found.into_value());
            if let Some(value) = value {
                outputs.insert(name.clone(), value);
            }
        }
        outputs
    }

    pub(super) fn keep(&mut self, step: &str, outputs: Values) {
        let Some(frame) = self.frames.last_mut() else { return };
        match frame.steps.get_mut(step) {
            Some(kept) => *kept = outputs,
            None if outputs.is_empty() => {}
            None => {
                frame.steps.insert(step.to_owned(), outputs);
            }
        }
    }

    /// Keeps the record of an attempt that ends the case.
    pub(super) fn file(&mut self, attempt: Attempt) {
        let Some(frame) = self.frames.last() else { return };
        let plan = Arc::clone(&self.library.document(frame.at.0).plan);
        let Some((workflow, step)) = standing(&plan, frame) else { return };
        if !attempt.exchanges.is_empty() {
            self.records.push(Arc::new(attempt.record(step, &workflow.id, frame.cursor.attempts + 1)));
        }
    }
}

/// The workflow and step at which a frame stands.
pub(super) fn standing<'a>(plan: &'a Plan, frame: &Frame) -> Option<(&'a Workflow, &'a Step)> {
    let workflow = plan.workflows.get(frame.at.1)?;
    Some((workflow, workflow.steps.get(frame.cursor.step)?))
}

/// Takes back what a record holds against the vendor by criteria alone. When the contract was broken besides, that
/// stays.
fn supersede(record: &mut StepRecord) {
    if record.findings.iter().any(stands) {
        record.findings.retain(|weighed| !is_criterion(weighed));
    } else {
        record.superseded = true;
    }
}
