//! Rules as they are written, in scenarios and for the control API: a flat object, in which most keys are left out.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Disturbance, Harm};

/// The longest delay; a caller that waits longer has long given up.
const LONGEST_DELAY: Duration = Duration::from_secs(600);

/// A rule as it is written; unknown keys are refused.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Written {
    /// The operation's id; absent: every call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// Answers that pass first; absent: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skip: Option<u32>,
    /// Answers that are disturbed, or `"all"`; absent: one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<Times>,
    /// From 0 to 1; absent: 1, always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probability: Option<f64>,
    /// A time such as `3s` or `500ms`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// A status that is sent in place of the answer's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Fields of that answer; only with `status`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// Its body; only with `status`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
    /// `true` closes the connection without an answer.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub close: bool,
    /// `true` closes it inside the body.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cut: bool,
    /// `true` breaks the JSON.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub malformed: bool,
}

/// How many answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Times {
    /// So many.
    Count(u32),
    /// The word `all`.
    Word(All),
}

/// The word for answers without end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum All {
    /// `all`
    All,
}

/// Why a rule cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DisturbanceError {
    /// It says nothing to do, or several things that exclude each other.
    #[error("give exactly one of status, close, cut and malformed, or only `after`; found {found}")]
    Harm {
        /// What it has.
        found: String,
    },
    /// Fields or a body, and no status to send them with.
    #[error("{key} belongs to an answer with a `status`")]
    WithoutStatus {
        /// `headers` or `body`.
        key: &'static str,
    },
    /// A status that cannot end a call.
    #[error("status {0} is none of an answer; give 200 to 599")]
    Status(u16),
    /// A field that would break the message in ways that were not asked for.
    #[error("the header field {0:?} has characters that no header field may have")]
    Header(String),
    /// No chance between never and always.
    #[error("probability {0} is not between 0 and 1")]
    Probability(String),
    /// No time, or too long.
    #[error("after {0:?} is no time up to 10m; write 3s or 500ms")]
    After(String),
    /// A rule that never disturbs.
    #[error("times is 0, so that nothing would be disturbed; leave it out for one answer")]
    Never,
}

impl TryFrom<Written> for Disturbance {
    type Error = DisturbanceError;

    fn try_from(written: Written) -> Result<Self, DisturbanceError> {
        let after = written.after.as_deref().map(delay).transpose()?;
        let kinds = [
            (written.status.is_some(), "status"),
            (written.close, "close"),
            (written.cut, "cut"),
            (written.malformed, "malformed"),
        ];
        let kinds: Vec<&str> = kinds.into_iter().filter(|(given, _)| *given).map(|(_, key)| key).collect();
        let harm = match (kinds.as_slice(), written.status) {
            ([], _) if after.is_some() => Harm::None,
            (["status"], Some(status)) => {
                if !(200..=599).contains(&status) {
                    return Err(DisturbanceError::Status(status));
                }
                let headers: Vec<_> = written.headers.clone().into_iter().collect();
                if let Some((name, _)) = headers.iter().find(|(name, value)| !is_field(name, value)) {
                    return Err(DisturbanceError::Header(name.clone()));
                }
                Harm::Replaced { status, headers, body: written.body.clone() }
            }
            (["close"], _) => Harm::Closed,
            (["cut"], _) => Harm::Cut,
            (["malformed"], _) => Harm::Malformed,
            (several, _) => {
                let found = if several.is_empty() { "none".to_owned() } else { several.join(" and ") };
                return Err(DisturbanceError::Harm { found });
            }
        };
        if written.status.is_none() {
            let given = [(!written.headers.is_empty(), "headers"), (written.body.is_some(), "body")];
            if let Some((_, key)) = given.into_iter().find(|(given, _)| *given) {
                return Err(DisturbanceError::WithoutStatus { key });
            }
        }
        let probability = written.probability.unwrap_or(1.0);
        if !(0.0..=1.0).contains(&probability) {
            return Err(DisturbanceError::Probability(probability.to_string()));
        }
        let times = match written.times {
            None => Some(1),
            Some(Times::Count(0)) => return Err(DisturbanceError::Never),
            Some(Times::Count(count)) => Some(count),
            Some(Times::Word(All::All)) => None,
        };
        let skip = written.skip.unwrap_or_default();
        let after = after.unwrap_or_default();
        Ok(Self { operation: written.operation, skip, times, probability, after, harm })
    }
}

impl From<Disturbance> for Written {
    fn from(rule: Disturbance) -> Self {
        let mut written = Self {
            operation: rule.operation,
            skip: (rule.skip > 0).then_some(rule.skip),
            times: match rule.times {
                None => Some(Times::Word(All::All)),
                Some(1) => None,
                Some(count) => Some(Times::Count(count)),
            },
            probability: (rule.probability < 1.0).then_some(rule.probability),
            after: (!rule.after.is_zero()).then(|| spelled(rule.after)),
            ..Self::default()
        };
        match rule.harm {
            Harm::None => written.after = Some(spelled(rule.after)),
            Harm::Replaced { status, headers, body } => {
                written.status = Some(status);
                written.headers = headers.into_iter().collect();
                written.body = body;
            }
            Harm::Closed => written.close = true,
            Harm::Cut => written.cut = true,
            Harm::Malformed => written.malformed = true,
        }
        written
    }
}

/// A name that is a token, and a value of visible characters and blanks (RFC 9110, 5.5 and 5.6.2). The length of the
/// message is the server's affair.
fn is_field(name: &str, value: &str) -> bool {
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    let framing = ["content-length", "transfer-encoding"].iter().any(|framing| name.eq_ignore_ascii_case(framing));
    !name.is_empty() && name.bytes().all(token) && !framing && !value.chars().any(char::is_control)
}

fn delay(text: &str) -> Result<Duration, DisturbanceError> {
    let read = text.parse::<SignedDuration>().ok().and_then(|time| Duration::try_from(time).ok());
    read.filter(|time| *time <= LONGEST_DELAY).ok_or_else(|| DisturbanceError::After(text.to_owned()))
}

fn spelled(time: Duration) -> String {
    SignedDuration::try_from(time).map(|time| format!("{time:#}")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    #[rstest]
    #[case(json!({ "status": 429, "times": 2, "headers": { "Retry-After": "1" } }))]
    #[case(json!({ "status": 500, "body": { "errors": [] }, "operation": "ListProducts" }))]
    #[case(json!({ "after": "3s" }))]
    #[case(json!({ "after": "500ms", "cut": true, "times": "all", "skip": 1 }))]
    #[case(json!({ "close": true, "probability": 0.25 }))]
    #[case(json!({ "malformed": true }))]
    fn rules_are_written_as_they_were_read(#[case] written: Value) {
        let rule: Disturbance = serde_json::from_value(written.clone()).expect("the rule is one");
        assert_eq!(serde_json::to_value(rule).expect("a rule is JSON"), written);
    }

    #[rstest]
    #[case(json!({}), "found none")]
    #[case(json!({ "cut": true, "close": true }), "found close and cut")]
    #[case(json!({ "close": true, "body": "x" }), "body belongs to")]
    #[case(json!({ "after": "3s", "headers": { "A": "b" } }), "headers belongs to")]
    #[case(json!({ "status": 100 }), "status 100")]
    #[case(json!({ "status": 429, "headers": { "Retry-After": "1\r\nX: y" } }), "\"Retry-After\"")]
    #[case(json!({ "status": 429, "headers": { "Content-Length": "9" } }), "\"Content-Length\"")]
    #[case(json!({ "close": true, "probability": 1.5 }), "probability 1.5")]
    #[case(json!({ "after": "3" }), "\"3\" is no time")]
    #[case(json!({ "after": "1h" }), "\"1h\" is no time")]
    #[case(json!({ "close": true, "times": 0 }), "times is 0")]
    #[case(json!({ "close": true, "tines": 2 }), "unknown field `tines`")]
    fn what_cannot_be_meant_is_refused(#[case] written: Value, #[case] expected: &str) {
        let error = serde_json::from_value::<Disturbance>(written).expect_err("the rule is none").to_string();
        assert!(error.contains(expected), "{error}");
    }
}
