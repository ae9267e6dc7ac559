//! Calls of the vendor, made on request.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use serde_json::Value;

use super::ask::{Plain, Sent};
use super::document::{Detail, detail};
use super::shown::Shown;
use super::{At, Problem};
use crate::serve::click::{Click, PressError};
use crate::serve::{Entry, Hall};

/// What came of a call.
#[derive(Debug, Serialize)]
pub(super) struct Made {
    /// `conforms`, `breaks` or `not-judged`.
    outcome: String,
    /// What was called, with the values that it had: the interface, parameters, body, generated inputs, outputs.
    called: Value,
    /// Every exchange, in the order in which they began: the deliveries, the vendor's own calls meanwhile, and the
    /// question whether the vendor still lives.
    exchanges: Vec<Detail>,
}

/// Calls the vendor and judges what comes back.
pub(super) async fn make(
    State(hall): State<Arc<Hall>>,
    at: At,
    _: Plain,
    Sent(click): Sent<Click>,
) -> Result<Shown<Made>, Problem> {
    let stand = at.stand(&hall)?;
    let pressed = stand.press(click).await.map_err(|error| refused(&hall, &error))?;
    let shown = hall.redacted(|redactor| {
        let called = serde_json::to_value(&pressed.clicked).unwrap_or_default();
        let called = serde_json::from_str(&redactor.text(&called.to_string())).unwrap_or_default();
        let show = |entry: &Arc<Entry>| detail(&hall, redactor, entry);
        Made {
            outcome: pressed.outcome.word().replace(' ', "-"),
            called,
            exchanges: pressed.entries.iter().map(show).collect(),
        }
    });
    Ok(Shown(shown))
}

fn refused(hall: &Hall, error: &PressError) -> Problem {
    let detail = hall.redacted(|redactor| redactor.text(&error.to_string()));
    match error {
        PressError::NoVendor { .. } => Problem::new(StatusCode::CONFLICT, detail),
        PressError::Unreachable { entries, .. } => {
            let numbers = entries.iter().map(|entry| entry.id).collect();
            Problem::new(StatusCode::BAD_GATEWAY, detail).seen_in(numbers)
        }
        PressError::Scenario(_) => Problem::body("", detail),
        PressError::Harness(_) => Problem::new(StatusCode::INTERNAL_SERVER_ERROR, detail),
    }
}
