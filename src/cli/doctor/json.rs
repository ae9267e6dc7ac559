//! What was found, for a program.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::examine::{Moment, Seen};
use crate::market::{Carrier, Examined};
use crate::report::escape;
use crate::wire::Redactor;

/// Writes one object: every signature with its steps, and how many messages carry none.
pub(super) fn tell(out: &mut dyn Write, seen: &[Seen], unsigned: usize, redactor: &Redactor) -> io::Result<()> {
    let entries: Vec<Value> = seen.iter().map(|seen| entry(seen, redactor)).collect();
    let text = format!("{:#}\n", json!({ "messages": entries, "unsigned": unsigned }));
    out.write_all(escape::json(&text).as_bytes())
}

fn entry(seen: &Seen, redactor: &Redactor) -> Value {
    let (at, moment) = seen.judged_at;
    let moment = match moment {
        Moment::Asked => "asked",
        Moment::Sent => "sent",
        Moment::Signed => "signed",
        Moment::Present => "present",
    };
    let signatures: Vec<Value> = seen.examined.iter().map(|examined| signature(examined, redactor)).collect();
    json!({
        "entry": seen.entry,
        "what": redactor.text(&seen.what),
        "marketplace": seen.marketplace,
        "guessed": seen.guessed,
        "signed-at": seen.signed_at.map(|at| at.to_string()),
        "judged-at": at.to_string(),
        "judged-as": moment,
        "trimmed": seen.trimmed,
        "signatures": signatures,
    })
}

fn signature(examined: &Examined, redactor: &Redactor) -> Value {
    let steps = examined.expected.iter().map(|step| {
        let signed = examined.signed.iter().flatten().find(|signed| signed.name == step.name);
        json!({
            "name": step.name,
            "right": redactor.text(&step.value),
            "signed": signed.map(|signed| redactor.text(&signed.value)),
        })
    });
    let mistake = examined
        .mistake
        .map(|mistake| json!({ "name": mistake.name, "what": mistake.what, "why": mistake.consequence }));
    json!({
        "recipe": examined.recipe,
        "of": match examined.carrier { Carrier::Request => "request", Carrier::Answer => "answer" },
        "encrypted": examined.value,
        "right": examined.diagnosis.is_empty(),
        "causes": examined.diagnosis.iter().map(|cause| redactor.text(cause)).collect::<Vec<_>>(),
        "mistake": mistake,
        "received": examined.received.as_deref().map(|received| redactor.text(received)),
        "steps": steps.collect::<Vec<_>>(),
    })
}
