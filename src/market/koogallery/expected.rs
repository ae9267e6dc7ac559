//! What KooGallery's documents allow as the answer to a call that is wrong, or odd, on purpose.
//!
//! General requirements (CN `zh-cn_topic_0070649475`): every call is answered with HTTP 200, and what went wrong stands in
//! resultCode. The table of result codes (CN `zh-cn_topic_0070649421`) has 000001 for authentication and 000002 for a
//! parameter that is wrong; which code refuses what else is not said, so that any that is no success is taken.

use serde_json::{Value, json};

use crate::market::expected::{Expected, Oddity};
use crate::sign::koogallery::v2;
use crate::spec::Operation;

/// What the store writes into every call.
pub(crate) fn filled(operation: &Operation) -> Vec<(&'static str, Value)> {
    let mut filled = vec![("activity", json!(operation.id))];
    if operation.id == "newInstance" {
        filled.push(("businessId", json!("storeproof-derived")));
    }
    if operation.id == "orderNotify" {
        filled.push(("testFlag", json!("0")));
    }
    filled
}

pub(crate) fn expected(oddity: &Oddity<'_>) -> Expected {
    const REFUSED: &str = "HTTP 200 with resultCode 000002, or another code that is no success";
    const ANY: &str = "HTTP 200 with any resultCode of the table";
    let decides = matches!(oddity.member, Some("activity" | "scene" | "status" | "instanceStatus"));
    let v2 = oddity.operation.signatures.iter().any(|recipe| recipe == v2::RECIPE);
    match oddity.flaw {
        "authentication" => Expected::answers(["HTTP 200 with resultCode 000001", "HTTP 200 with resultCode 000002"]),
        "missing" | "broken-json" => Expected::answers([REFUSED]),
        "null" | "empty" if oddity.mandatory => Expected::answers([REFUSED]),
        "date" if oddity.operation.id == "refreshInstance" => Expected::answers([REFUSED]),
        "type" if oddity.member.is_none() => Expected::answers([REFUSED]),
        "enum" | "type" if decides => Expected::answers([REFUSED]),
        "length" if oddity.member == Some("instanceId") => Expected::answers([REFUSED]),
        "length" if !oddity.forbidden => Expected::answers(["HTTP 200 with resultCode 000000, the value kept whole"]),
        "length" => {
            Expected::answers(["HTTP 200 with resultCode 000002", "HTTP 200 with a success, the value kept whole"])
        }
        "extra" => Expected::answers(["HTTP 200 with the resultCode of the same call without the member"]),
        "method" => Expected::answers(["HTTP 405 or another 4xx", REFUSED]),
        "path" => Expected::answers(["any HTTP status below 500"]),
        "charset" if !oddity.forbidden => Expected::answers(["HTTP 200 with resultCode 000000"]),
        "content-type" | "charset" | "size" => Expected::answers([ANY, "HTTP 4xx"]),
        "text" | "nesting" | "duplicate-keys" => Expected::answers([ANY, "HTTP 4xx"]),
        _ if v2 => Expected::answers([ANY]),
        _ => Expected::answers([ANY, REFUSED]),
    }
}
