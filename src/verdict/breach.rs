//! The ways in which an exchange can break a contract.

use std::time::Duration;

use super::{Place, advice};
use crate::wire::{Loss, NotJson, TlsTrouble};

/// One way in which a contract can be broken, with what was expected and what came.
///
/// `Display` makes the message; [`Breach::rule`] names the kind, [`Breach::expected`] and [`Breach::actual`] the two
/// sides.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Breach {
    /// The answer was lost on the way, and the vendor is to blame.
    #[error("no whole answer: {loss}")]
    Lost {
        /// How.
        loss: Loss,
    },
    /// Something is wrong with the certificate or the TLS version.
    #[error("{trouble}")]
    Tls {
        /// What.
        trouble: TlsTrouble,
    },
    /// A status that the contract does not know for this call.
    #[error("the status is {actual}, but this call answers {}", list(expected))]
    Status {
        /// What is documented, such as `200` or `4xx`.
        expected: Vec<String>,
        /// What came.
        actual: u16,
    },
    /// The vendor's own failure (5xx), which no contract of a store knows.
    #[error("the vendor's server failed with status {actual}")]
    ServerError {
        /// What came.
        actual: u16,
    },
    /// A call that must be refused was accepted.
    #[error("{what} was accepted with status {actual}, but must be refused with {}", list(expected))]
    Accepted {
        /// What was wrong with the call, as the start of a sentence: "a token signed with another key".
        what: String,
        /// The statuses that refuse it.
        expected: Vec<String>,
        /// What came.
        actual: u16,
    },
    /// A call that must be accepted was refused.
    #[error("{what} was refused with status {actual}")]
    Refused {
        /// What was right with the call, as the start of a sentence: "a valid token".
        what: String,
        /// What came.
        actual: u16,
    },
    /// What is right was refused, and this, which is not, is accepted.
    #[error("{how} is accepted with status {actual}, and what the store sends is not")]
    Otherwise {
        /// What is accepted, as the start of a sentence: "a token with exp".
        how: String,
        /// What came.
        actual: u16,
    },
    /// A call was answered with another result than it must have, whatever the status.
    #[error("{what} was answered with {actual}, expected {}", list(expected))]
    Answered {
        /// What the call was, as the start of a sentence: "a call signed with another key".
        what: String,
        /// The results that it may have.
        expected: Vec<String>,
        /// The result that it had.
        actual: String,
    },
    /// A mandatory header field is missing.
    #[error("header {name} is missing")]
    HeaderMissing {
        /// Its documented name.
        name: String,
    },
    /// A header field appears more than once.
    #[error("header {name} appears {count} times")]
    HeaderRepeated {
        /// Its documented name.
        name: String,
        /// How often.
        count: usize,
    },
    /// A header field has another value than it must have.
    #[error("header {name} is {actual:?}, expected {expected}")]
    HeaderValue {
        /// Its name.
        name: String,
        /// What it must be, in words.
        expected: String,
        /// What it is.
        actual: String,
    },
    /// The content type is missing or another.
    #[error("the content type is {}, expected {}", actual.as_deref().unwrap_or("missing"), list(expected))]
    ContentType {
        /// The documented media types.
        expected: Vec<String>,
        /// What came.
        actual: Option<String>,
    },
    /// The bytes of the body do not fit the declared or implied character set.
    #[error("{}{problem}", declaration(declared))]
    Charset {
        /// The character set that holds, declared or by the media type's default.
        declared: String,
        /// What shows that it does not.
        problem: String,
    },
    /// The body is not JSON.
    #[error("the body is not JSON: {0}")]
    NotJson(NotJson),
    /// The body is JSON of another shape.
    #[error("{problem}")]
    Schema {
        /// The JSON Schema keyword that failed, such as `required`.
        keyword: String,
        /// What is wrong, in words.
        problem: String,
        /// What the schema asks for.
        expected: String,
        /// What stands there.
        actual: String,
    },
    /// A URL is not what it must be.
    #[error("{actual:?} is {problem}")]
    Url {
        /// What is wrong: "relative", "plain http".
        problem: String,
        /// What it must be.
        expected: String,
        /// What it is.
        actual: String,
    },
    /// A page that must be there is not.
    #[error("the page {url} answers {status}")]
    Page {
        /// Where it was looked for.
        url: String,
        /// What came.
        status: u16,
    },
    /// The answer took too long.
    #[error("the answer took {actual:?}, the limit is {limit:?}")]
    Slow {
        /// The limit.
        limit: Duration,
        /// How long it took.
        actual: Duration,
    },
    /// A value is not in its documented form.
    #[error("{actual:?} is not {expected}")]
    Form {
        /// The form in words: "a date yyyymmdd".
        expected: String,
        /// The value.
        actual: String,
    },
    /// A call was sent with another method.
    #[error("{what} was sent as {actual}; it is a {expected}")]
    Method {
        /// The call: "the order query".
        what: String,
        /// The documented method.
        expected: String,
        /// The method that was sent.
        actual: String,
    },
    /// A date that no calendar has, or a period that ends before it begins.
    #[error("{actual:?} is {problem}")]
    Calendar {
        /// What is wrong with it: "a day that does not exist".
        problem: String,
        /// The value.
        actual: String,
    },
    /// A code outside of the documented list.
    #[error("{actual:?} is no documented code, expected {}", list(expected))]
    Code {
        /// The documented codes, with meanings.
        expected: Vec<String>,
        /// The value.
        actual: String,
    },
    /// A value that must repeat what was sent or said before does not.
    #[error("is {actual}, expected {expected} ({because})")]
    Value {
        /// What it must be.
        expected: String,
        /// What it is.
        actual: String,
        /// Why it must: "the customer that was asked for".
        because: String,
    },
    /// A total that is not the sum of its parts.
    #[error("{total} is {actual}, but {} make {expected}", parts(terms))]
    Sum {
        /// Name of the total.
        total: String,
        /// The parts with their names.
        terms: Vec<(String, i64)>,
        /// Their sum.
        expected: i64,
        /// What the total says.
        actual: i64,
    },
    /// A figure that may only grow has fallen.
    #[error("falls from {before} on {day_before} to {after} on {day_after}")]
    Falls {
        /// The earlier day.
        day_before: String,
        /// Its figure.
        before: i64,
        /// The later day of the same month.
        day_after: String,
        /// Its figure.
        after: i64,
    },
    /// A month-to-date figure that goes on over the end of the month.
    #[error("goes on from {before} on {day_before} to {after} on {day_after}, the first day of a new month")]
    NotReset {
        /// Last day of the month.
        day_before: String,
        /// Its figure.
        before: i64,
        /// First day of the next.
        day_after: String,
        /// Its figure.
        after: i64,
    },
    /// The state of a customer or order is not one that can follow.
    #[error("{after} the state is {actual}, expected {}", list(expected))]
    State {
        /// What happened before: "after resigning".
        after: String,
        /// The states that can follow.
        expected: Vec<String>,
        /// The state that was reported.
        actual: String,
    },
    /// Something that must be there is not.
    #[error("{what} is missing ({because})")]
    Missing {
        /// What: "customer M12345".
        what: String,
        /// Why it must be there.
        because: String,
    },
    /// Something that must not be there is.
    #[error("{what} is there ({because})")]
    Unwanted {
        /// What: "a stack trace".
        what: String,
        /// Why it must not be there.
        because: String,
    },
    /// The vendor's program did not do its task, or did not end, as a program should.
    #[error("the vendor's program {did}, expected {expected} ({because})")]
    Program {
        /// What it did: "ended with exit code 1".
        did: String,
        /// What it should have done: "exit code 0".
        expected: String,
        /// Why.
        because: String,
    },
    /// Several deliveries of one call, or several answers on one thing, disagree.
    #[error("{what} differs between deliveries: {first} first, then {other}")]
    Differs {
        /// What differs, as an expression or in words.
        what: String,
        /// The first answer's.
        first: String,
        /// Another answer's.
        other: String,
    },
    /// A criterion of the scenario does not hold.
    #[error("{}", criterion(condition, observed))]
    Criterion {
        /// The condition as written.
        condition: String,
        /// Expressions in it and what they are.
        observed: Vec<(String, String)>,
    },
    /// A criterion could not be evaluated on this answer.
    #[error("the criterion `{condition}` cannot be evaluated: {problem}")]
    Unevaluable {
        /// The condition as written.
        condition: String,
        /// Why.
        problem: String,
    },
    /// The vendor stopped answering after a call.
    #[error("the vendor stopped answering after this call: {loss}")]
    Died {
        /// What the probe met.
        loss: Loss,
    },
    /// A signature that is not that of the content and the key.
    #[error("the signature of {of} is not right: {problem}")]
    Signature {
        /// What was signed: "the order query".
        of: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The answer differs from the reviewed snapshot.
    #[error("the answer differs from the reviewed snapshot {name}")]
    Snapshot {
        /// Name of the snapshot.
        name: String,
        /// The difference as lines that begin with `-`, `+` or a blank.
        diff: String,
    },
    /// A value that the snapshot replaces by its form does not have that form.
    #[error("{actual:?} is not {expected}, as the snapshot asks")]
    SnapshotForm {
        /// The form: `uuid`, `date`, ….
        expected: String,
        /// The value.
        actual: String,
    },
}

impl Breach {
    /// The breach at a place, as a whole sentence. Its `Display` speaks of a value without naming it.
    pub fn at(&self, place: &Place) -> String {
        let it = place.subject();
        match self {
            Self::Value { .. } | Self::Falls { .. } | Self::NotReset { .. } => format!("{it} {self}"),
            Self::Form { expected, actual } => format!("{it} is {}, expected {expected}", shown(actual)),
            Self::SnapshotForm { expected, actual } => {
                format!("{it} is {}, but the snapshot asks for {expected}", shown(actual))
            }
            Self::Calendar { problem, actual } => format!("{it} is {actual:?}: {problem}"),
            Self::Code { expected, actual } => {
                format!("{it} is {actual:?}, which is no documented code; expected {}", list(expected))
            }
            Self::Url { problem, expected, actual } => format!("{it} is {actual:?}: {problem}, expected {expected}"),
            Self::Schema { problem, .. } => {
                let verb = ["is ", "has ", "fits ", "does "].iter().any(|verb| problem.starts_with(verb));
                if verb { format!("{it} {problem}") } else { format!("{it}: {problem}") }
            }
            _ => self.to_string(),
        }
    }

    /// What to change, where the way in which an answer was lost says more than the rule can.
    pub fn mend(&self) -> Option<&'static str> {
        match self {
            Self::Lost { loss } | Self::Died { loss: loss @ Loss::TimeOut { .. } } => advice::for_loss(loss),
            Self::Tls { trouble } => Some(advice::for_tls(trouble)),
            _ => None,
        }
    }

    /// The kind of check, as a word that `explain` knows.
    pub fn rule(&self) -> &'static str {
        match self {
            Self::Lost { .. } => "lost-answer",
            Self::Tls { .. } => "tls",
            Self::Status { .. } => "status",
            Self::ServerError { .. } => "server-error",
            Self::Accepted { .. } => "accepted",
            Self::Refused { .. } => "refused",
            Self::Otherwise { .. } => "otherwise",
            Self::Answered { .. } => "result",
            Self::HeaderMissing { .. } | Self::HeaderRepeated { .. } | Self::HeaderValue { .. } => "header",
            Self::ContentType { .. } => "content-type",
            Self::Charset { .. } => "charset",
            Self::NotJson(_) => "json",
            Self::Schema { .. } => "schema",
            Self::Url { .. } => "url",
            Self::Page { .. } => "page",
            Self::Slow { .. } => "time-limit",
            Self::Form { .. } | Self::Method { .. } => "form",
            Self::Calendar { .. } => "calendar",
            Self::Code { .. } => "code",
            Self::Value { .. } => "value",
            Self::Sum { .. } => "sum",
            Self::Falls { .. } => "falls",
            Self::NotReset { .. } => "not-reset",
            Self::State { .. } => "state",
            Self::Missing { .. } => "missing",
            Self::Unwanted { .. } => "unwanted",
            Self::Program { .. } => "program",
            Self::Differs { .. } => "same-answer",
            Self::Criterion { .. } | Self::Unevaluable { .. } => "criterion",
            Self::Signature { .. } => "signature",
            Self::Died { .. } => "alive",
            Self::Snapshot { .. } | Self::SnapshotForm { .. } => "snapshot",
        }
    }

    /// What the contract asks for, as a short phrase.
    pub fn expected(&self) -> String {
        match self {
            Self::Lost { .. } => "a complete HTTP answer".to_owned(),
            Self::Tls { .. } => "a certificate and a TLS version that verify".to_owned(),
            Self::Status { expected, .. } | Self::Accepted { expected, .. } => list(expected),
            Self::ServerError { .. } => "a documented status below 500".to_owned(),
            Self::Refused { .. } => "a status that accepts it".to_owned(),
            Self::Otherwise { .. } => "that what the store sends is accepted".to_owned(),
            Self::HeaderMissing { name } => format!("header {name}"),
            Self::HeaderRepeated { .. } => "once".to_owned(),
            Self::ContentType { expected, .. }
            | Self::Code { expected, .. }
            | Self::State { expected, .. }
            | Self::Answered { expected, .. } => list(expected),
            Self::Charset { declared, .. } if declared == UNDECLARED => "a character set that is named".to_owned(),
            Self::Charset { declared, .. } => declared.clone(),
            Self::NotJson(_) => "JSON".to_owned(),
            Self::HeaderValue { expected, .. }
            | Self::Schema { expected, .. }
            | Self::Url { expected, .. }
            | Self::Form { expected, .. }
            | Self::Method { expected, .. }
            | Self::Value { expected, .. }
            | Self::Program { expected, .. }
            | Self::SnapshotForm { expected, .. } => expected.clone(),
            Self::Page { .. } => "200".to_owned(),
            Self::Slow { limit, .. } => format!("within {limit:?}"),
            Self::Calendar { .. } => "a day or period that exists".to_owned(),
            Self::Sum { expected, .. } => expected.to_string(),
            Self::Falls { before, .. } => format!("at least {before}"),
            Self::NotReset { .. } => "the charge of one day".to_owned(),
            Self::Missing { what, .. } => what.clone(),
            Self::Unwanted { what, .. } => without(what),
            Self::Differs { first, .. } => first.clone(),
            Self::Criterion { condition, .. } => statuses(condition).map_or(condition.clone(), |wanted| list(&wanted)),
            Self::Unevaluable { condition, .. } => condition.clone(),
            Self::Signature { .. } => "a signature over what was sent, by the key that both sides know".to_owned(),
            Self::Died { .. } => "an answer to the next call".to_owned(),
            Self::Snapshot { name, .. } => format!("as in {name}"),
        }
    }

    /// What came, as a short phrase.
    pub fn actual(&self) -> String {
        match self {
            Self::Lost { loss } | Self::Died { loss } => loss.to_string(),
            Self::Tls { trouble } => trouble.to_string(),
            Self::Status { actual, .. }
            | Self::ServerError { actual }
            | Self::Accepted { actual, .. }
            | Self::Refused { actual, .. }
            | Self::Otherwise { actual, .. } => actual.to_string(),
            Self::HeaderMissing { .. } | Self::Missing { .. } => "missing".to_owned(),
            Self::HeaderRepeated { count, .. } => format!("{count} times"),
            Self::ContentType { actual, .. } => actual.clone().unwrap_or_else(|| "missing".to_owned()),
            Self::Charset { problem, .. } => problem.clone(),
            Self::NotJson(problem) => problem.to_string(),
            Self::HeaderValue { actual, .. }
            | Self::Schema { actual, .. }
            | Self::Url { actual, .. }
            | Self::Form { actual, .. }
            | Self::Method { actual, .. }
            | Self::Calendar { actual, .. }
            | Self::Code { actual, .. }
            | Self::Value { actual, .. }
            | Self::State { actual, .. }
            | Self::Answered { actual, .. }
            | Self::SnapshotForm { actual, .. } => actual.clone(),
            Self::Page { status, .. } => status.to_string(),
            Self::Slow { actual, .. } => format!("{actual:?}"),
            Self::Sum { actual, .. } => actual.to_string(),
            Self::Falls { after, .. } | Self::NotReset { after, .. } => after.to_string(),
            Self::Unwanted { what, .. } => what.clone(),
            Self::Program { did, .. } => did.clone(),
            Self::Differs { other, .. } => other.clone(),
            Self::Criterion { condition, observed } => match observed.as_slice() {
                [(_, status)] if statuses(condition).is_some() => status.clone(),
                _ => observed.iter().map(|(name, value)| format!("{name} is {value}")).collect::<Vec<_>>().join(", "),
            },
            Self::Unevaluable { problem, .. } | Self::Signature { problem, .. } => problem.clone(),
            Self::Snapshot { diff, .. } => diff.clone(),
        }
    }
}

/// `a`, `a or b`, `a, b or c`.
fn list(items: &[String]) -> String {
    match items {
        [] => "nothing".to_owned(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} or {last}", most.join(", ")),
    }
}

fn parts(terms: &[(String, i64)]) -> String {
    terms.iter().map(|(name, value)| format!("{name} {value}")).collect::<Vec<_>>().join(" and ")
}

/// A value in quotation marks, unless it is JSON with marks of its own or a word for a kind of value.
fn shown(actual: &str) -> String {
    let kind = ["a ", "an ", "null", "{", "[", "\""].iter().any(|start| actual.starts_with(start));
    if kind { actual.to_owned() } else { format!("{actual:?}") }
}

/// The declared character set of a body that declares none.
const UNDECLARED: &str = "nothing";

fn declaration(declared: &str) -> String {
    match declared {
        UNDECLARED => "no character set is declared: ".to_owned(),
        declared => format!("the body is declared as {declared}, but "),
    }
}

/// "no second bill" for "a second bill", "not the token" for "the token".
fn without(what: &str) -> String {
    match what.split_once(' ') {
        Some(("a" | "an", rest)) => format!("no {rest}"),
        Some(("the", _)) => format!("not {what}"),
        _ => format!("no {what}"),
    }
}

/// The statuses that a criterion asks for, where it is about the status alone: `$statusCode == 200 || $statusCode == 404`.
fn statuses(condition: &str) -> Option<Vec<String>> {
    let one = |part: &str| {
        let status = part.trim().strip_prefix("$statusCode")?.trim_start().strip_prefix("==")?.trim();
        (status.len() == 3 && status.bytes().all(|byte| byte.is_ascii_digit())).then(|| status.to_owned())
    };
    condition.split("||").map(one).collect()
}

fn criterion(condition: &str, observed: &[(String, String)]) -> String {
    match (statuses(condition), observed) {
        (Some(wanted), [(_, status)]) => {
            format!("the status is {status}, but this call answers {} (criterion `{condition}`)", list(&wanted))
        }
        (None, [(expression, value)]) if condition.split("==").count() == 2 && !condition.contains(['&', '|']) => {
            match (condition.split_once("=="), expression.strip_prefix("$response.body#")) {
                (Some((left, right)), Some(pointer)) if left.trim() == expression => {
                    let it = Place::Body(pointer.to_owned()).subject();
                    format!("{it} is {value}, expected {} (criterion `{condition}`)", right.trim())
                }
                _ => format!("the criterion `{condition}` does not hold{}", values(observed)),
            }
        }
        _ => format!("the criterion `{condition}` does not hold{}", values(observed)),
    }
}

fn values(observed: &[(String, String)]) -> String {
    if observed.is_empty() {
        return String::new();
    }
    let shown: Vec<String> = observed.iter().map(|(name, value)| format!("{name} is {value}")).collect();
    format!(": {}", shown.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_name_both_sides() {
        let breach = Breach::Status { expected: vec!["200".into(), "201".into(), "401".into()], actual: 302 };
        assert_eq!(breach.to_string(), "the status is 302, but this call answers 200, 201 or 401");
        let breach = Breach::Sum {
            total: "pay-amt".into(),
            terms: vec![("usage-pay-amt".into(), 10), ("onetime-pay-amt".into(), 5)],
            expected: 15,
            actual: 14,
        };
        assert_eq!(breach.to_string(), "pay-amt is 14, but usage-pay-amt 10 and onetime-pay-amt 5 make 15");
    }

    #[test]
    fn sentences_have_a_subject() {
        let at = |place: &str, breach: &Breach| breach.at(&Place::Body(place.to_owned()));
        let value = Breach::Value { expected: "0".into(), actual: "7".into(), because: "suspended".into() };
        assert_eq!(at("/3/pay-amt", &value), "pay-amt is 7, expected 0 (suspended)");
        assert_eq!(at("", &value), "the body is 7, expected 0 (suspended)");
        let form = Breach::Form { expected: "a list of bills".into(), actual: "an object".into() };
        assert_eq!(at("", &form), "the body is an object, expected a list of bills");
        let schema = |problem: &str| Breach::Schema {
            keyword: "type".into(),
            problem: problem.into(),
            expected: "text".into(),
            actual: "7".into(),
        };
        assert_eq!(at("/status", &schema("is a number, expected text")), "status is a number, expected text");
        assert_eq!(at("/3", &schema("property mem-sq is missing")), "entry 3 of the list: property mem-sq is missing");
    }

    #[test]
    fn criteria_on_the_status_alone_speak_of_the_status() {
        let criterion = |condition: &str| Breach::Criterion {
            condition: condition.into(),
            observed: vec![("$statusCode".into(), "400".into())],
        };
        let breach = criterion("$statusCode == 200 || $statusCode == 201");
        assert!(breach.to_string().starts_with("the status is 400, but this call answers 200 or 201 (criterion `"));
        assert_eq!((breach.expected().as_str(), breach.actual().as_str()), ("200 or 201", "400"));
        let breach = Breach::Criterion {
            condition: "$response.body#/status == '1'".into(),
            observed: vec![("$response.body#/status".into(), "\"0\"".into())],
        };
        assert_eq!(breach.to_string(), "status is \"0\", expected '1' (criterion `$response.body#/status == '1'`)");
        let breach = criterion("$statusCode < 300");
        assert_eq!(breach.to_string(), "the criterion `$statusCode < 300` does not hold: $statusCode is 400");
    }

    #[test]
    fn what_must_not_be_there_is_denied_in_english() {
        let denied = |what: &str| Breach::Unwanted { what: what.into(), because: String::new() }.expected();
        assert_eq!(denied("a second bill"), "no second bill");
        assert_eq!(denied("the token of the request"), "not the token of the request");
        assert_eq!(denied("charges"), "no charges");
    }
}
