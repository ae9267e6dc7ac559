//! The marketplaces themselves: which are served, what they know, and a fresh start.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use serde_json::Value;

use super::ask::{Nothing, Plain, Sent};
use super::clock::Clock;
use super::disturbances::operations;
use super::shown::Shown;
use super::{At, Problem};
use crate::market::Seeded;
use crate::serve::Hall;
use crate::spec::Caller;

/// All that are served.
#[derive(Debug, Serialize)]
pub(super) struct Listed {
    marketplaces: Vec<Served>,
}

/// One of them.
#[derive(Debug, Serialize)]
struct Served {
    name: &'static str,
    /// Where vendors find it.
    base: String,
    /// The vendor that it calls.
    vendor: Option<String>,
    clock: Clock,
    /// How many rules of disturbance are in use.
    disturbances: usize,
    /// What it calls at the vendor.
    calls: Vec<String>,
    /// What vendors call here.
    callbacks: Vec<String>,
}

/// What was put into a marketplace, by kind.
#[derive(Debug, Serialize)]
pub(super) struct Put {
    seeded: Seeded,
}

/// Lists them.
pub(super) async fn list(State(hall): State<Arc<Hall>>, _: Plain) -> Shown<Listed> {
    let served = |stand: &Arc<crate::serve::Stand>| Served {
        name: stand.name,
        base: stand.base.clone(),
        vendor: stand.vendor.as_ref().map(|vendor| vendor.endpoint().base().to_owned()),
        clock: Clock::of(stand),
        disturbances: stand.disturbances().rules().count(),
        calls: operations(stand.name, Caller::Marketplace),
        callbacks: operations(stand.name, Caller::Vendor),
    };
    let mut marketplaces: Vec<Served> = hall.stands.iter().map(served).collect();
    hall.redacted(|redactor| {
        for served in &mut marketplaces {
            // A user may have written a password into the vendor's address.
            served.vendor = served.vendor.take().map(|vendor| redactor.text(&vendor));
        }
    });
    Shown(Listed { marketplaces })
}

/// Lets one forget everything.
pub(super) async fn reset(State(hall): State<Arc<Hall>>, at: At, _: Plain, _: Nothing) -> Result<StatusCode, Problem> {
    at.stand(&hall)?.reset().await;
    Ok(StatusCode::NO_CONTENT)
}

/// Lets all forget everything.
pub(super) async fn reset_all(State(hall): State<Arc<Hall>>, _: Plain, _: Nothing) -> StatusCode {
    for stand in &hall.stands {
        stand.reset().await;
    }
    StatusCode::NO_CONTENT
}

/// Puts objects into one.
pub(super) async fn seed(
    State(hall): State<Arc<Hall>>,
    at: At,
    _: Plain,
    Sent(objects): Sent<Value>,
) -> Result<Shown<Put>, Problem> {
    let seeded = at.stand(&hall)?.seed(&objects)?;
    Ok(Shown(Put { seeded }))
}
