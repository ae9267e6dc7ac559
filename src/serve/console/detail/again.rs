//! The same once more: as a command, and as a step of a scenario.

use maud::{Markup, html};
use serde_json::{Value, json};

use super::{Scene, yaml};
use crate::market;
use crate::report::reproduce::curl_with;
use crate::serve::console::show::copied;
use crate::wire::{Caller, printable_text};

/// A command that sends the request again, and the step that does.
pub(super) fn section(scene: &Scene<'_>) -> Markup {
    let words = scene.words;
    let marketplace = scene.entry.seen.marketplace;
    let stand_in = |header: &str| {
        let fresh = market::token_header(marketplace).is_some_and(|token| header.eq_ignore_ascii_case(token));
        fresh.then(|| ["storeproof", "keys", marketplace, "--token"].map(str::to_owned).to_vec())
    };
    let curl = curl_with(scene.exchange(), scene.redactor, &stand_in);
    let signed = scene.exchange().caller == Caller::Marketplace && market::token_header(marketplace).is_none();
    html! {
        section aria-labelledby="again" {
            h2 #again { (words.say("again")) }
            (copied(words, &words.say("as-curl"), &curl))
            @if signed { p.muted { (words.say("curl-signed-once")) } }
            @if let Some(step) = step(scene) {
                (copied(words, &words.say("as-step"), &printable_text(scene.redactor.text(&step).as_bytes())))
                p.muted { (words.say("step-where")) }
            }
        }
    }
}

/// The step that made the call; for a call of the vendor's, the step that waits for one.
fn step(scene: &Scene<'_>) -> Option<String> {
    let seen = &scene.entry.seen;
    if let Some(step) = &seen.step {
        return Some(yaml::list_of(step));
    }
    let operation = seen.operation.as_ref().filter(|_| seen.exchange.caller == Caller::Vendor)?;
    let step: Value = json!({
        "stepId": format!("await-{operation}"),
        "x-storeproof": { "await": { "operationId": operation, "within": "10s" } },
    });
    Some(yaml::list_of(&step))
}
