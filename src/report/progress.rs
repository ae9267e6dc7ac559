//! A bar for long runs.

use std::io;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::engine::Event;

use super::Reporter;

/// Shorter runs end before a bar would tell anything.
const WORTH_SHOWING: Duration = Duration::from_secs(1);

/// A bar that counts cases, on standard error. Make one only where that is a terminal.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
    target: Option<ProgressDrawTarget>,
}

impl Progress {
    /// A bar on standard error that appears after a second.
    pub fn on_stderr() -> Self {
        Self::on(ProgressDrawTarget::stderr())
    }

    fn on(target: ProgressDrawTarget) -> Self {
        let style = ProgressStyle::with_template("{bar:30} {pos} of {len} cases  {elapsed}  {msg}")
            .expect("the template is ours and good");
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden()).with_style(style);
        Self { bar, target: Some(target) }
    }

    /// Does something that writes to the terminal, with the bar out of the way.
    pub fn suspend<T>(&self, write: impl FnOnce() -> T) -> T {
        self.bar.suspend(write)
    }
}

impl Reporter for Progress {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        match event {
            Event::RunStarted { cases, .. } => self.bar.set_length(cases.len() as u64),
            Event::CaseStarted { name } => self.bar.set_message(crate::wire::printable(name.as_bytes())),
            Event::CaseFinished(_) => self.bar.inc(1),
            Event::RunFinished { .. } => self.bar.finish_and_clear(),
            Event::Troubled(_)
            | Event::TaskLeft { .. }
            | Event::Sending { .. }
            | Event::StepFinished { .. }
            | Event::Reduced(_)
            | Event::Assessed(_) => self.bar.tick(),
        }
        if self.bar.elapsed() >= WORTH_SHOWING
            && let Some(target) = self.target.take()
        {
            self.bar.set_draw_target(target);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cases_are_counted_and_nothing_is_drawn_at_once() {
        let mut progress = Progress::on(ProgressDrawTarget::hidden());
        let name = "kt-bizstore/a".into();
        let events = [
            Event::RunStarted { seed: 1, cases: vec!["kt-bizstore/a".into(); 3], vendor: "reference".to_owned() },
            Event::CaseStarted { name },
        ];
        for event in &events {
            progress.event(event).expect("nothing is written");
        }
        assert_eq!((progress.bar.length(), progress.bar.position()), (Some(3), 0));
        assert!(progress.target.is_some(), "a run of no time needs no bar");
        assert_eq!(progress.suspend(|| 1), 1);
    }
}
