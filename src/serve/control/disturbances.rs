//! Answers that go wrong on purpose.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};

use super::ask::{Nothing, Plain, Sent};
use super::shown::Shown;
use super::{At, Problem};
use crate::serve::{Hall, Stand};
use crate::spec::{Caller, embedded};
use crate::wire::disturbance::Disturbance;

/// The rules of a marketplace, in the order in which they are looked at.
#[derive(Debug, Serialize)]
pub(super) struct Listed {
    /// Decides where chance does.
    seed: u64,
    disturbances: Vec<InUse>,
}

/// A rule in use.
#[derive(Debug, Serialize)]
struct InUse {
    rule: Disturbance,
    /// How many answers it will still disturb; `null` is all.
    left: Option<u32>,
}

/// Rules that take the place of all others.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rules {
    rules: Vec<Disturbance>,
}

fn listed(stand: &Stand) -> Shown<Listed> {
    let in_use = |(rule, left): (&Disturbance, Option<u32>)| InUse { rule: rule.clone(), left };
    Shown(Listed { seed: stand.chance(), disturbances: stand.disturbances().rules().map(in_use).collect() })
}

/// Lists them.
pub(super) async fn read(State(hall): State<Arc<Hall>>, at: At, _: Plain) -> Result<Shown<Listed>, Problem> {
    Ok(listed(at.stand(&hall)?))
}

/// Takes these rules in the place of all others.
pub(super) async fn replace(
    State(hall): State<Arc<Hall>>,
    at: At,
    _: Plain,
    Sent(Rules { rules }): Sent<Rules>,
) -> Result<Shown<Listed>, Problem> {
    let stand = at.stand(&hall)?;
    for (index, rule) in rules.iter().enumerate() {
        known(stand, rule, &format!("/rules/{index}"))?;
    }
    if rules.len() > MOST {
        return Err(Problem::body("/rules", format!("{} rules; {MOST} are looked at for each answer", rules.len())));
    }
    stand.disturb(rules);
    Ok(listed(stand))
}

/// Adds a rule behind the others.
pub(super) async fn add(
    State(hall): State<Arc<Hall>>,
    at: At,
    _: Plain,
    Sent(rule): Sent<Disturbance>,
) -> Result<(StatusCode, Shown<Listed>), Problem> {
    let stand = at.stand(&hall)?;
    known(stand, &rule, "")?;
    {
        let mut disturbances = stand.disturbances();
        if disturbances.rules().count() >= MOST {
            return Err(Problem::body("", format!("there are {MOST} rules already; DELETE them first")));
        }
        disturbances.add(rule);
    }
    Ok((StatusCode::CREATED, listed(stand)))
}

/// Lets all answers be whole again.
pub(super) async fn clear(State(hall): State<Arc<Hall>>, at: At, _: Plain, _: Nothing) -> Result<StatusCode, Problem> {
    at.stand(&hall)?.disturb([]);
    Ok(StatusCode::NO_CONTENT)
}

/// Most rules at one time: all of them are looked at for every answer.
const MOST: usize = 100;

/// Refuses a rule about an operation that no vendor calls: it would wait for ever.
fn known(stand: &Stand, rule: &Disturbance, below: &str) -> Result<(), Problem> {
    let Some(operation) = &rule.operation else { return Ok(()) };
    let known = callbacks(stand.name);
    if known.iter().any(|known| known == operation) {
        return Ok(());
    }
    let all = if known.is_empty() { "there are none".to_owned() } else { known.join(", ") };
    let detail = format!("{operation} is no operation that vendors call here; known: {all}");
    Err(Problem::body(format!("{below}/operation"), detail))
}

/// The operations of a marketplace's own that vendors call.
pub(super) fn callbacks(marketplace: &str) -> Vec<String> {
    operations(marketplace, Caller::Vendor)
}

/// The operations of a marketplace's interfaces with this caller, each once.
pub(super) fn operations(marketplace: &str, caller: Caller) -> Vec<String> {
    let files = embedded::interface_texts().filter(|file| file.marketplace() == marketplace);
    let interfaces = files.filter_map(|file| embedded::interface(file.name()));
    let mut names: Vec<String> = Vec::new();
    for interface in interfaces.filter(|interface| interface.caller == caller) {
        for operation in &interface.operations {
            if !names.contains(&operation.id) {
                names.push(operation.id.clone());
            }
        }
    }
    names
}
