//! What kind of problem a breach is, and where, in the reader's language.
//!
//! The sentence of a breach is English, as its values and phrases come from many places. A reader who does not read it
//! is told the kind, the place and both sides.

use crate::verdict::{Breach, Place};

use super::Scene;

/// The key of a breach's kind.
pub(super) fn kind(breach: &Breach) -> &'static str {
    match breach {
        Breach::Lost { .. } => "kind-lost-answer",
        Breach::Tls { .. } => "kind-tls",
        Breach::Status { .. } => "kind-status",
        Breach::ServerError { .. } => "kind-server-error",
        Breach::Accepted { .. } => "kind-accepted",
        Breach::Refused { .. } => "kind-refused",
        Breach::Otherwise { .. } => "kind-otherwise",
        Breach::Answered { .. } => "kind-answered",
        Breach::HeaderMissing { .. } | Breach::HeaderRepeated { .. } | Breach::HeaderValue { .. } => "kind-header",
        Breach::ContentType { .. } => "kind-content-type",
        Breach::Charset { .. } => "kind-charset",
        Breach::NotJson(_) => "kind-json",
        Breach::Schema { .. } => "kind-schema",
        Breach::Url { .. } => "kind-url",
        Breach::Page { .. } => "kind-page",
        Breach::Slow { .. } => "kind-slow",
        Breach::Form { .. } | Breach::Method { .. } => "kind-form",
        Breach::Calendar { .. } => "kind-calendar",
        Breach::Code { .. } => "kind-code",
        Breach::Value { .. } => "kind-value",
        Breach::Sum { .. } => "kind-sum",
        Breach::Falls { .. } => "kind-falls",
        Breach::NotReset { .. } => "kind-not-reset",
        Breach::State { .. } => "kind-state",
        Breach::Missing { .. } => "kind-missing",
        Breach::Unwanted { .. } => "kind-unwanted",
        Breach::Program { .. } => "kind-program",
        Breach::Differs { .. } => "kind-differs",
        Breach::Criterion { .. } | Breach::Unevaluable { .. } => "kind-criterion",
        Breach::Signature { .. } => "kind-signature",
        Breach::Died { .. } => "kind-died",
        Breach::Snapshot { .. } | Breach::SnapshotForm { .. } => "kind-snapshot",
    }
}

/// A place in the reader's language.
pub(super) fn place(scene: &Scene<'_>, place: &Place) -> String {
    let words = scene.words;
    let named = |key: &str, name: &str| words.tell(key, &[("name", scene.told(name).into())]);
    match place {
        Place::Connection => words.say("place-connection"),
        Place::Status => words.say("place-status"),
        Place::Url => words.say("place-url"),
        Place::Query(name) => named("place-query", name),
        Place::Header(name) => named("place-header", name),
        Place::Body(pointer) if pointer.is_empty() => words.say("place-body"),
        Place::Body(pointer) => named("place-in-body", pointer),
        Place::Time => words.say("place-time"),
        Place::Course => words.say("place-course"),
    }
}
