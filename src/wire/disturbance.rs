//! Answers that go wrong on purpose: late, refused, cut short, broken or never sent.
//!
//! A [`Disturbance`] says which answers, how many, how likely and what happens to them; [`Disturbances`] is a list of
//! them in use, with a generator of its own, so that the same seed disturbs the same answers. Both are pure: an answer
//! goes in, a [`Reply`] comes out, and nothing waits or sends.
//!
//! The list is read from the top, for every answer anew. The first rule that is about the answer, is not used up and
//! whose chance falls decides; so rules in a row disturb calls in a row:
//!
//! ```
//! # use storeproof::wire::disturbance::{Disturbance, Disturbances};
//! # use storeproof::wire::{ReplyKind, Response};
//! // In the notation of scenarios and of the control API.
//! let rules: Vec<Disturbance> = serde_json::from_str(
//!     r#"[{ "status": 429, "headers": { "Retry-After": "1" } }, { "operation": "ListProducts", "after": "3s" }]"#,
//! )?;
//! let mut disturbances = Disturbances::new(rules, 1);
//! let refused = disturbances.apply(Some("ListProducts"), Response::new(200));
//! assert!(matches!(refused.kind, ReplyKind::Response(answer) if answer.status == 429));
//! let late = disturbances.apply(Some("ListProducts"), Response::new(200));
//! assert_eq!(late.after.as_secs(), 3);
//! // Both are used up.
//! assert_eq!(disturbances.apply(Some("ListProducts"), Response::new(200)), Response::new(200).into());
//! # Ok::<(), serde_json::Error>(())
//! ```

mod written;

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use written::{All, DisturbanceError, Times, Written};

use super::{Loss, Reply, ReplyKind, Response};

/// One rule: which answers are disturbed, how many of them, and how.
///
/// Read and written as a flat object, see [`Written`] for the keys. Without `times` one answer is disturbed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Disturbance {
    /// The operation whose answers are meant; `None` means those of all, and of calls of no operation.
    pub operation: Option<String>,
    /// How many answers pass whole before the first is disturbed.
    pub skip: u32,
    /// How many answers are disturbed; `None` means all from then on.
    pub times: Option<u32>,
    /// How likely an answer is disturbed, from 0 to 1. One that is not does not count, and later rules may have it.
    pub probability: f64,
    /// How long the answer is held back; together with anything else.
    pub after: Duration,
    /// What becomes of the answer.
    pub harm: Harm,
}

/// What becomes of a disturbed answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Harm {
    /// Nothing: it is only late.
    None,
    /// This is sent in its place.
    Replaced {
        /// The status code, 200 to 599.
        status: u16,
        /// Fields beside those of the body.
        headers: Vec<(String, String)>,
        /// A text is sent as it is, anything else as JSON; `None` sends no body.
        body: Option<Value>,
    },
    /// The connection is closed before the first byte.
    Closed,
    /// Header fields come whole, with the length of the whole body; the connection is closed after half of it.
    Cut,
    /// The message is whole HTTP, and its JSON ends in the middle.
    Malformed,
}

impl Disturbance {
    /// What is sent in place of this answer.
    pub fn apply(&self, answer: Response) -> Reply {
        let kind = match &self.harm {
            Harm::None => ReplyKind::Response(answer),
            Harm::Replaced { status, headers, body } => ReplyKind::Response(replaced(*status, headers, body.as_ref())),
            Harm::Closed => ReplyKind::Close,
            Harm::Cut => ReplyKind::Response(cut(answer)),
            Harm::Malformed => ReplyKind::Response(malformed(answer)),
        };
        Reply { after: self.after, kind }
    }

    /// Whether it is about the answers of this operation.
    fn is_about(&self, operation: Option<&str>) -> bool {
        self.operation.as_deref().is_none_or(|meant| Some(meant) == operation)
    }
}

/// Rules in use: how often each was applied, and chance.
#[derive(Clone, Debug)]
pub struct Disturbances {
    rules: Vec<InUse>,
    random: fastrand::Rng,
}

#[derive(Clone, Debug)]
struct InUse {
    rule: Disturbance,
    /// Answers that still pass.
    skip: u32,
    /// Answers that are still disturbed.
    left: Option<u32>,
}

impl Disturbances {
    /// Rules in their order; the seed decides what chance does.
    pub fn new(rules: impl IntoIterator<Item = Disturbance>, seed: u64) -> Self {
        let mut made = Self { rules: Vec::new(), random: fastrand::Rng::with_seed(seed) };
        rules.into_iter().for_each(|rule| made.add(rule));
        made
    }

    /// Adds a rule behind the others.
    pub fn add(&mut self, rule: Disturbance) {
        self.rules.push(InUse { skip: rule.skip, left: rule.times, rule });
    }

    /// Forgets all rules.
    pub fn clear(&mut self) {
        self.rules.clear();
    }

    /// Every rule, with how many answers it will still disturb; `None` means all.
    pub fn rules(&self) -> impl Iterator<Item = (&Disturbance, Option<u32>)> {
        self.rules.iter().map(|used| (&used.rule, used.left))
    }

    /// What happens to the next answer of this operation, counted as done; `None` leaves it whole.
    ///
    /// For callers that must know before they answer, because a call that is refused is not carried out.
    pub fn draw(&mut self, operation: Option<&str>) -> Option<Disturbance> {
        for used in &mut self.rules {
            if used.left == Some(0) || !used.rule.is_about(operation) {
                continue;
            }
            if used.skip > 0 {
                used.skip -= 1;
                return None;
            }
            if used.rule.probability < 1.0 && self.random.f64() >= used.rule.probability {
                continue;
            }
            used.left = used.left.map(|left| left - 1);
            return Some(used.rule.clone());
        }
        None
    }

    /// What is sent for the next answer of this operation.
    pub fn apply(&mut self, operation: Option<&str>, answer: Response) -> Reply {
        match self.draw(operation) {
            Some(rule) => rule.apply(answer),
            None => answer.into(),
        }
    }
}

impl Reply {
    /// What the peer gets of this, as a client of ours would have seen it: for the record of an exchange that we
    /// answered.
    pub fn outcome(&self) -> Result<Response, Loss> {
        match &self.kind {
            ReplyKind::Response(response) => {
                let promised = response.headers.text("content-length").and_then(|length| length.parse::<usize>().ok());
                match promised {
                    Some(promised) if promised > response.body.len() => {
                        Err(Loss::ShortBody { got: response.body.len() as u64, expected: promised.to_string() })
                    }
                    _ => Ok(response.clone()),
                }
            }
            _ => Err(Loss::HungUp),
        }
    }
}

fn replaced(status: u16, headers: &[(String, String)], body: Option<&Value>) -> Response {
    let mut response = Response::new(status);
    for (name, value) in headers {
        response.headers.push(name.as_str(), value.as_str());
    }
    let typed = response.headers.get("content-type").is_some();
    match body {
        None => {}
        Some(Value::String(text)) => response.body = text.clone().into_bytes(),
        Some(value) => {
            response.body = value.to_string().into_bytes();
            if !typed {
                response.headers.push("Content-Type", "application/json");
            }
        }
    }
    response
}

/// Half of the body behind the length of the whole one. A body that cannot be halved is promised instead.
fn cut(mut answer: Response) -> Response {
    let length = answer.body.len().max(1);
    answer.headers.set("Content-Length", length.to_string());
    answer.body.truncate(length / 2);
    answer
}

/// Half of the body and its own length; what was no JSON becomes the beginning of one.
fn malformed(mut answer: Response) -> Response {
    answer.headers.remove("Content-Length");
    if answer.json().is_ok_and(|value| value.is_object() || value.is_array()) {
        answer.body.truncate(answer.body.len() / 2);
    } else {
        answer.headers.set("Content-Type", "application/json");
        answer.body = b"{".to_vec();
    }
    answer
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::wire::Headers;

    fn rule(written: Value) -> Disturbance {
        serde_json::from_value(written).expect("the rule is one")
    }

    fn page() -> Response {
        let headers = Headers::from_iter([("Content-Type", "application/json")]);
        Response { headers, body: br#"{"count":1,"products":[]}"#.to_vec(), ..Response::new(200) }
    }

    #[test]
    fn rules_in_a_row_disturb_calls_in_a_row() {
        let rules = [
            json!({ "status": 429, "times": 2 }),
            json!({ "operation": "ListProducts", "skip": 1, "close": true }),
            json!({ "operation": "ShowProduct", "after": "1s", "times": "all" }),
        ];
        let mut disturbances = Disturbances::new(rules.map(rule), 1);
        let mut draw = |operation| disturbances.draw(Some(operation)).map(|rule| rule.harm);
        assert!(matches!(draw("ShowProduct"), Some(Harm::Replaced { status: 429, .. })));
        assert!(matches!(draw("ListProducts"), Some(Harm::Replaced { status: 429, .. })));
        assert_eq!(draw("ShowProduct"), Some(Harm::None));
        assert_eq!(draw("ListProducts"), None);
        assert_eq!(draw("ListProducts"), Some(Harm::Closed));
        assert_eq!(draw("ListProducts"), None);
        assert_eq!(draw("ShowProduct"), Some(Harm::None));
        assert_eq!(disturbances.rules().map(|(_, left)| left).collect::<Vec<_>>(), [Some(0), Some(0), None]);
        disturbances.clear();
        assert_eq!(disturbances.draw(None), None);
    }

    #[test]
    fn chance_is_the_seeds() {
        let drawn = |seed| {
            let rule = rule(json!({ "close": true, "times": "all", "probability": 0.3 }));
            let mut disturbances = Disturbances::new([rule], seed);
            (0..1000).map(|_| disturbances.draw(None).is_some()).collect::<Vec<bool>>()
        };
        assert_eq!(drawn(7), drawn(7));
        assert_ne!(drawn(7), drawn(8));
        let share = drawn(7).iter().filter(|drawn| **drawn).count();
        assert!((250..350).contains(&share), "{share} of 1000");
    }

    #[test]
    fn what_is_sent_is_as_broken_as_was_asked_for() {
        let sent = |written| rule(written).apply(page());
        assert_eq!(sent(json!({ "after": "2s" })), Reply { after: Duration::from_secs(2), ..page().into() });
        assert_eq!(sent(json!({ "close": true })).outcome(), Err(Loss::HungUp));
        let short = Err(Loss::ShortBody { got: 12, expected: "25".to_owned() });
        assert_eq!(sent(json!({ "cut": true })).outcome(), short);
        let broken = sent(json!({ "malformed": true })).outcome().expect("it is whole");
        assert!(broken.status == 200 && broken.json().is_err());
        let refused = sent(json!({ "status": 503, "body": { "a": 1 } })).outcome().expect("it is whole");
        assert_eq!((refused.status, refused.media_type().as_deref()), (503, Some("application/json")));
        assert_eq!(refused.body, br#"{"a":1}"#);
    }

    #[test]
    fn answers_without_a_body_are_broken_too() {
        let cut = rule(json!({ "cut": true })).apply(Response::new(204)).outcome();
        assert_eq!(cut, Err(Loss::ShortBody { got: 0, expected: "1".to_owned() }));
        let broken = rule(json!({ "malformed": true })).apply(Response::new(200)).outcome().expect("it is whole");
        assert!(broken.json().is_err());
    }
}
