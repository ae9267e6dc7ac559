//! Steps in which the vendor's program calls: what it was to do, how it ended, and all that it called.

use std::io;

use crate::engine::{StepRecord, TaskRecord};
use crate::wire::{Caller, Exchange, Loss, Redactor};

use super::super::redact::words;
use super::super::summary::{counted, duration};
use super::Human;

/// Calls of one step that are listed; of more the first and the last.
const MOST: usize = 16;

impl Human<'_> {
    /// What the program was to do, and how it ended.
    pub(super) fn task(&mut self, task: &TaskRecord, redactor: &Redactor) -> io::Result<()> {
        let what = [std::slice::from_ref(&task.name), &task.arguments].concat().join(" ");
        let text = format!("{what}; the vendor's program {}", task.ended);
        self.printer.entry("task", &words(redactor, &text))
    }

    /// Every call of a step, a line each, where there are several.
    pub(super) fn calls(&mut self, step: &StepRecord, shown: Option<usize>, redactor: &Redactor) -> io::Result<()> {
        let calls: Vec<(usize, &Exchange)> = calls(step).collect();
        let (true, Some((_, first))) = (calls.len() > 1, calls.first()) else { return Ok(()) };
        let started = first.started;
        self.printer.line("")?;
        self.printer.line("    calls of the vendor's program")?;
        let left_out = calls.len().saturating_sub(MOST);
        for (nth, (index, exchange)) in calls.iter().enumerate() {
            if left_out > 0 && nth == MOST - 1 {
                self.printer.line(&format!("      … {}", counted(left_out, "call")))?;
            }
            if (MOST - 1..MOST - 1 + left_out).contains(&nth) {
                continue;
            }
            let after = exchange.started.duration_since(started).as_secs_f64();
            let request = &exchange.request;
            let call = words(redactor, &format!("{} {}", request.method, request.target));
            let mark = if shown == Some(*index) { ">" } else { " " };
            self.printer.line(&format!("    {mark} {:>3}  +{after:.3} s  {call}  {}", nth + 1, came(exchange)))?;
        }
        Ok(())
    }
}

/// The calls that the vendor made in a step, with their positions.
pub(super) fn calls(step: &StepRecord) -> impl Iterator<Item = (usize, &Exchange)> {
    step.exchanges.iter().enumerate().filter(|(_, exchange)| exchange.caller == Caller::Vendor)
}

/// Which of the vendor's calls this is, where there are several.
pub(in crate::report) fn nth(step: &StepRecord, index: usize) -> String {
    let all = calls(step).count();
    let nth = calls(step).take_while(|(at, _)| *at <= index).count();
    if all > 1 { format!(", {nth} of {all}") } else { String::new() }
}

/// What came of a call, in few words.
fn came(exchange: &Exchange) -> String {
    let late = match exchange.timing.total {
        time if time.is_zero() => String::new(),
        time => format!(" after {}", duration(time)),
    };
    match &exchange.answer {
        Ok(answer) if answer.json().is_err() && !answer.body.is_empty() => {
            format!("{}, broken JSON{late}", answer.status)
        }
        Ok(answer) => format!("{}{late}", answer.status),
        Err(Loss::HungUp) => format!("closed without an answer{late}"),
        Err(_) => format!("cut short{late}"),
    }
}
