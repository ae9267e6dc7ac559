//! The life of an instance: sheet of the production interface, A.3 to A.10 and A.13 for version 2.0, B.2 for 1.0.
//!
//! No answer shows whether an instance is frozen, and none its term; what shows are its access data, which stay the same
//! through everything until the release, and are told no more after it.

mod v1;
mod v2;

use std::time::Duration;

use serde_json::Value;

use crate::market::life::{Call, Life, Rule, Subject, Why};

/// The order is placed, and nothing was opened.
pub(super) const NONE: &str = "ordered";
/// The vendor has said that it is being opened (000004).
pub(super) const OPENING: &str = "being opened";
/// It is open.
pub(super) const IN_USE: &str = "in use";
/// It was frozen, or in version 1.0 has expired.
pub(super) const FROZEN: &str = "frozen";
/// It was released.
pub(super) const RELEASED: &str = "released";

/// The lives of this marketplace.
pub(crate) const LIVES: &[&Life] = &[&v2::LIFE, &v1::LIFE];

/// An operation, with the value that tells one use from another, as moves name it.
pub(super) fn by(operation: &str, status: Option<&str>) -> Option<&'static str> {
    Some(match (operation, status) {
        ("newInstance", _) => "newInstance",
        ("queryInstance", _) => "queryInstance",
        ("refreshInstance", _) => "refreshInstance",
        ("updateInstanceStatus", Some("FREEZE")) => "updateInstanceStatus FREEZE",
        ("updateInstanceStatus", Some("UNFREEZE")) => "updateInstanceStatus UNFREEZE",
        ("instanceStatus", Some("FREEZE")) => "instanceStatus FREEZE",
        ("instanceStatus", Some("NORMAL")) => "instanceStatus NORMAL",
        ("expireInstance", _) => "expireInstance",
        ("upgradeInstance", _) => "upgradeInstance",
        ("upgrade", _) => "upgrade",
        ("releaseInstance", _) => "releaseInstance",
        _ => return None,
    })
}

/// Charged by period.
const PERIOD: &[&str] = &["period"];
/// Pay-per-use.
const ON_DEMAND: &[&str] = &["on-demand"];
/// Everything that has an end of its own to be frozen at.
const NOT_ONCE: &[&str] = &["period", "on-demand"];
/// Every kind.
const ALL: &[&str] = &[];

const fn hours(hours: u64) -> Duration {
    Duration::from_secs(hours * 3600)
}

const fn call(name: &'static str, by: &'static str, what: &'static str, step: fn(&Subject<'_>) -> Value) -> Call {
    Call { name, what, by, order: None, applies: &[], waits: false, refusable: false, step }
}

const fn ordered(call: Call, input: &'static str, generator: &'static str) -> Call {
    Call { order: Some((input, generator)), ..call }
}

const fn upgradable(call: Call) -> Call {
    Call { applies: &[("upgradable", &["true"])], ..call }
}

const fn rule(
    call: &'static str,
    (from, to): (&'static str, &'static str),
    why: Why,
    kinds: &'static [&'static str],
    weight: u32,
    source: &'static str,
) -> Rule {
    Rule { call, from, to, why, kinds, weight, source }
}

/// A rule that moves nothing.
const fn stays(
    call: &'static str,
    at: &'static str,
    why: Why,
    kinds: &'static [&'static str],
    weight: u32,
    source: &'static str,
) -> Rule {
    rule(call, (at, at), why, kinds, weight, source)
}
