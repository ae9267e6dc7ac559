//! The body of every answer: JSON of its documented shape, with a result code that the store knows.

use serde_json::Value;

use super::super::rule;
use super::{Case, shape};
use crate::check::{body, charset, message};
use crate::verdict::{Breach, Finding, Judgement, Place, RequirementId};
use crate::wire::Response;

/// Success.
pub(super) const SUCCESS: &str = "000000";
/// The vendor takes the call for one that is not the store's.
pub(super) const AUTHENTICATION: &str = "000001";
/// A parameter is wrong.
pub(super) const PARAMETER: &str = "000002";
/// The instance is unknown.
pub(super) const UNKNOWN: &str = "000003";
/// The instance is being opened.
pub(super) const PENDING: &str = "000004";

/// The tables of result codes (CN `zh-cn_topic_0070649421`, INTL `topic_0070649099`, V1 `zh-cn_topic_0070649057`).
const CODES: &[(&str, &str)] = &[
    (SUCCESS, "success"),
    (AUTHENTICATION, "authentication failed"),
    (PARAMETER, "invalid parameter"),
    (UNKNOWN, "unknown instance"),
    (PENDING, "in progress"),
    ("000005", "other internal error"),
    ("000100", "no resource left"),
    ("000101", "phone empty or used already"),
    ("000102", "e-mail empty or used already"),
    ("000103", "bought already"),
    ("000104", "internal error of the product"),
    ("000105", "benefit held already"),
    ("000106", "sold out"),
    ("000107", "domain of the e-mail used already"),
    ("000900", "of the License interface"),
    ("000901", "of the License interface"),
    ("000902", "of the License interface"),
    ("000903", "of the License interface"),
];

/// Where the code stands.
pub(super) fn place() -> Place {
    Place::Body("/resultCode".to_owned())
}

/// A code with its meaning.
pub(super) fn named(code: &str) -> String {
    let meaning = CODES.iter().find(|(known, _)| *known == code).map_or("undocumented", |(_, meaning)| meaning);
    format!("{code} ({meaning})")
}

/// An answer with a result code that can be read.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) value: Value,
    pub(super) code: String,
}

impl Answer {
    /// Whether it says that the call was, or is being, carried out.
    pub(super) fn done(&self) -> bool {
        matches!(self.code.as_str(), SUCCESS | PENDING)
    }

    /// `resultMsg`.
    pub(super) fn message(&self) -> &str {
        self.value.get("resultMsg").and_then(Value::as_str).unwrap_or_default()
    }

    /// That a call was answered with this code in place of one of `expected`.
    pub(super) fn instead(&self, what: impl Into<String>, expected: &[&str], requirement: RequirementId) -> Finding {
        let expected = expected.iter().map(|code| named(code)).collect();
        let breach = Breach::Answered { what: what.into(), expected, actual: named(&self.code) };
        Finding::new(requirement, place(), breach)
    }
}

/// Reads an answer with HTTP 200, and judges what holds for all. `unreadable` is the rule of a body without a code.
///
/// `None` when there is no code on which further judging could rest.
pub(super) fn read(
    case: &Case<'_>,
    response: &Response,
    unreadable: &RequirementId,
    judgement: &mut Judgement,
) -> Option<Answer> {
    let media = message::content_type(&rule::ANSWER_CONTENT_TYPE, &["application/json"], response);
    judgement.findings.extend(media.map(|finding| match response.media_type().as_deref() {
        Some("text/html") => finding.because("it looks like a page of the framework or of a proxy in front of it"),
        _ => finding,
    }));
    judgement.findings.extend(charset::text(&rule::ANSWER_CHARSET, response).filter(|_| {
        // A body that is not UTF-8 is told below.
        std::str::from_utf8(&response.body).is_ok()
    }));
    let value = match body::json(unreadable, response) {
        Ok(value) => value,
        Err(finding) => {
            judgement.find(not_json(*finding, response));
            return None;
        }
    };
    judgement.findings.extend(shape::answer(case, response, &value, unreadable));
    let Some(code) = value.get("resultCode") else {
        if value.is_object() {
            judgement.find(no_code(&value, unreadable));
        }
        return None;
    };
    let Some(code) = code.as_str().filter(|code| CODES.iter().any(|(known, _)| known == code)) else {
        judgement.find(undocumented(code));
        return None;
    };
    Some(Answer { code: code.to_owned(), value })
}

/// Bytes that are no JSON; text in another encoding is a rule of its own.
fn not_json(finding: Finding, response: &Response) -> Finding {
    let decoded = response.body.iter().map(|&byte| char::from(byte)).collect::<String>();
    if std::str::from_utf8(&response.body).is_ok() || serde_json::from_str::<Value>(&decoded).is_err() {
        return finding;
    }
    let problem = "it has bytes that are not UTF-8".to_owned();
    let breach = Breach::Charset { declared: "JSON, which is UTF-8".to_owned(), problem };
    let cause = "it is JSON once it is read byte by byte: the server writes text in Latin-1, GBK or another encoding of its \
                 own; set the response's encoding to UTF-8 before you get its writer";
    Finding::new(rule::ANSWER_CHARSET, Place::Body(String::new()), breach).because(cause)
}

fn no_code(value: &Value, unreadable: &RequirementId) -> Finding {
    let because = "the store reads the outcome of the call there and nowhere else".to_owned();
    let breach = Breach::Missing { what: "resultCode".to_owned(), because };
    let finding = Finding::new(unreadable.clone(), Place::Body(String::new()), breach);
    let members = value.as_object().into_iter().flatten();
    let wrapped = members.clone().find(|(_, inner)| inner.get("resultCode").is_some()).map(|(name, _)| name);
    if let Some(name) = wrapped {
        return finding.because(format!("it stands inside {name}: answer with that object alone, without a wrapper"));
    }
    let near = members.map(|(name, _)| name).find(|name| {
        let plain = name.replace(['_', '-'], "").to_ascii_lowercase();
        matches!(plain.as_str(), "resultcode" | "code" | "errcode" | "errorcode" | "retcode" | "status")
    });
    match near {
        Some(name) => finding.because(format!("there is a member {name}; the store's name is resultCode")),
        None => finding,
    }
}

fn undocumented(code: &Value) -> Finding {
    let expected = CODES.iter().take(6).map(|(code, _)| named(code)).collect();
    let breach = Breach::Code { expected, actual: body::text_of(code) };
    let finding = Finding::new(rule::ANSWER_CODE, place(), breach);
    let cause = match code {
        Value::Number(_) => "it is a number, and numbers have no leading zeros: write the six digits in quotes",
        Value::String(text) if text.len() == 7 && text.chars().all(|char| char == '0' || char == '4') => {
            "it has seven digits; one page of the store prints it so, which is a misprint"
        }
        Value::String(text) if text.starts_with("MKT.") || text.starts_with("CBC.") => {
            "it is a code of the store's own open API, passed on: map it to one of the vendor's codes"
        }
        Value::String(_) => "it looks like a code of your own: map your codes to those of the store",
        _ => "it is no text",
    };
    finding.because(cause)
}
