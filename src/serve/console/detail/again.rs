//! The same once more: as a command, and as a step of a scenario.

use maud::{Markup, html};
use serde_json::{Value, json};

use super::Scene;
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
            @if let Some((label, text, hint)) = saved(scene) {
                (copied(words, &label, &printable_text(scene.redactor.text(&text).as_bytes())))
                p.muted { (hint) }
            }
        }
    }
}

/// What a scenario needs so that the same happens again: how it is called, its text, and where it belongs.
///
/// A call of the marketplace's is the step that made it. A call of the vendor's is one that a step waits for, or, where the
/// marketplace calls nobody, a step of its own, in which the vendor's program is started.
fn saved(scene: &Scene<'_>) -> Option<(String, String, String)> {
    let words = scene.words;
    let seen = &scene.entry.seen;
    if let Some(step) = &seen.step {
        return Some((words.say("as-step"), yaml(&json!([**step])), words.say("step-where")));
    }
    let operation = seen.operation.as_ref().filter(|_| seen.exchange.caller == Caller::Vendor)?;
    if market::calls_vendors(seen.marketplace) {
        let awaited = json!({ "x-storeproof": { "await": { "operationId": operation, "within": "10s" } } });
        return Some((words.say("as-await"), yaml(&awaited), words.say("await-where")));
    }
    let step = json!({
        "stepId": operation,
        "operationId": operation,
        "x-storeproof": { "exec": { "task": operation } },
    });
    Some((words.say("as-step"), yaml(&json!([step])), words.say("exec-where")))
}

/// Writing into a text cannot fail; JSON is YAML, so that even then something can be pasted.
fn yaml(value: &Value) -> String {
    serde_saphyr::to_string(value).unwrap_or_else(|_| format!("{value:#}")).trim_end().to_owned()
}
