//! Exchanges as the control API shows them: without secrets, and with all that was found.

use serde::Serialize;
use serde_json::Value;

use crate::report::json::{Content, Exchange, content, exchange, text};
use crate::serve::{Entry, Hall};
use crate::verdict::{Catalogue, Level, Provenance, Weighed};
use crate::wire::{self, Caller, Headers, Redactor};

/// Raw bytes are shown up to so many; no body that is taken is longer.
const LONGEST_RAW: usize = 4 * 1024 * 1024;

/// Bodies are shown as parsed JSON up to so many bytes; longer ones only as they were.
const LONGEST_PARSED: usize = 256 * 1024;

/// One exchange in a list.
#[derive(Debug, Serialize)]
pub(super) struct Summary {
    /// Its number.
    id: u64,
    marketplace: &'static str,
    /// Who called: `marketplace` or `vendor`.
    caller: &'static str,
    /// The operation, where it is one.
    operation: Option<String>,
    method: String,
    target: String,
    /// The status of the answer; `null` where none came, or none was sent on purpose.
    status: Option<u16>,
    /// `conforms`, `noted`, `breaks` or `not-judged`.
    verdict: &'static str,
    /// How many rules were found broken, by their weight.
    found: Found,
    /// When it began by the marketplace's clock, RFC 3339.
    started: String,
    /// What was done to the answer on purpose.
    disturbance: Option<String>,
    /// Why what came was not taken for a request.
    refused: Option<String>,
}

/// How many findings there are.
#[derive(Debug, Default, Serialize)]
struct Found {
    must: usize,
    should: usize,
    advice: usize,
}

/// One exchange with everything that is known of it.
#[derive(Debug, Serialize)]
pub(super) struct Detail {
    #[serde(flatten)]
    summary: Summary,
    /// As reports show it.
    exchange: Exchange,
    /// The bytes of both messages.
    raw: Raw,
    /// What stands in them.
    parsed: Parsed,
    findings: Vec<Finding>,
    /// Documented readings that were met where the documents leave more than one.
    readings: Vec<Note>,
    /// Rules that could not be judged.
    not_judged: Vec<Note>,
    /// The step of a scenario that made the call.
    step: Option<Value>,
}

/// The bytes of both messages.
#[derive(Debug, Serialize)]
struct Raw {
    /// Whether they crossed the socket so; else they are put together from a message whose fields kept their order and
    /// spelling.
    recorded: bool,
    request: Option<Content>,
    answer: Option<Content>,
}

/// What stands in the messages.
#[derive(Debug, Serialize)]
struct Parsed {
    path: String,
    /// Parameters of the query, decoded, in their order.
    query: Vec<Parameter>,
    /// The body of the request, where it is JSON.
    request: Option<Value>,
    /// The body of the answer, where it is JSON.
    answer: Option<Value>,
}

#[derive(Debug, Serialize)]
struct Parameter {
    name: String,
    value: String,
}

/// A rule that was broken.
#[derive(Debug, Serialize)]
struct Finding {
    requirement: String,
    level: Level,
    /// The kind of check.
    kind: String,
    /// What the requirement says.
    rule: Option<String>,
    /// Why the store cares.
    why: Option<String>,
    /// Where in the exchange, such as `status` or `body /0/name`.
    place: String,
    expected: String,
    actual: String,
    /// Both in a sentence.
    message: String,
    /// A likely cause.
    cause: Option<String>,
    /// What may come of it.
    consequence: Option<String>,
    remark: Option<String>,
    /// What to change.
    mend: Option<String>,
    /// The document behind the requirement.
    source: Option<String>,
    provenance: Option<Provenance>,
}

#[derive(Debug, Serialize)]
struct Note {
    requirement: String,
    text: String,
}

/// The caller in one word.
pub(super) fn word(caller: Caller) -> &'static str {
    match caller {
        Caller::Marketplace => "marketplace",
        Caller::Vendor => "vendor",
    }
}

/// The line of an exchange in a list.
pub(super) fn summary(redactor: &Redactor, entry: &Entry) -> Summary {
    let seen = &entry.seen;
    let count = |level| seen.findings.iter().filter(|weighed| weighed.level == level).count();
    Summary {
        id: entry.id,
        marketplace: seen.marketplace,
        caller: word(seen.exchange.caller),
        operation: seen.operation.clone(),
        method: text(redactor, &seen.exchange.request.method),
        target: text(redactor, &seen.exchange.request.target),
        status: seen.exchange.response().map(|response| response.status),
        verdict: entry.verdict().name(),
        found: Found { must: count(Level::Must), should: count(Level::Should), advice: count(Level::Advice) },
        started: seen.exchange.started.to_string(),
        disturbance: seen.disturbance.clone(),
        refused: seen.refused.as_deref().map(|why| text(redactor, why)),
    }
}

/// All of an exchange.
pub(super) fn detail(hall: &Hall, redactor: &Redactor, entry: &Entry) -> Detail {
    let seen = &entry.seen;
    let catalogue = hall.stand(seen.marketplace).map(|stand| &stand.catalogue);
    let note = |requirement: &crate::verdict::RequirementId, said: &str| Note {
        requirement: requirement.to_string(),
        text: text(redactor, said),
    };
    Detail {
        summary: summary(redactor, entry),
        exchange: exchange(redactor, &seen.exchange),
        raw: raw(redactor, &seen.exchange),
        parsed: parsed(redactor, &seen.exchange),
        findings: seen
            .findings
            .iter()
            .map(|weighed| finding(redactor, catalogue.map(AsRef::as_ref), weighed))
            .collect(),
        readings: seen.readings.iter().map(|reading| note(&reading.requirement, &reading.met)).collect(),
        not_judged: seen.skipped.iter().map(|skipped| note(&skipped.requirement, &skipped.why)).collect(),
        step: seen.step.as_ref().and_then(|step| without_secrets(redactor, step)),
    }
}

fn finding(redactor: &Redactor, catalogue: Option<&Catalogue>, weighed: &Weighed) -> Finding {
    let found = &weighed.finding;
    let requirement = catalogue.and_then(|catalogue| catalogue.get(&found.requirement));
    let text = |foreign: &str| text(redactor, foreign);
    let mend = match found.breach.mend() {
        Some(mend) => Some(mend.to_owned()),
        None => requirement.map(|requirement| requirement.mend.clone()),
    };
    Finding {
        requirement: found.requirement.to_string(),
        level: weighed.level,
        kind: found.breach.rule().to_owned(),
        rule: requirement.map(|requirement| requirement.rule.clone()),
        why: requirement.map(|requirement| requirement.why.clone()),
        place: text(&found.place.to_string()),
        expected: text(&found.breach.expected()),
        actual: text(&found.breach.actual()),
        message: text(&found.problem()),
        cause: found.cause.as_deref().map(text),
        consequence: found.consequence.as_deref().map(text),
        remark: found.remark.as_deref().map(text),
        mend,
        source: requirement.map(|requirement| requirement.source.clone()),
        provenance: requirement.map(|requirement| requirement.provenance),
    }
}

fn raw(redactor: &Redactor, exchange: &wire::Exchange) -> Raw {
    let show = |bytes: &[u8], all: usize| content(redactor, bytes, all, LONGEST_RAW);
    if !exchange.raw.sent.is_empty() {
        let total = usize::try_from(exchange.raw.received_total).unwrap_or(usize::MAX);
        let (sent, received) = (&exchange.raw.sent, &exchange.raw.received);
        return Raw {
            recorded: true,
            request: show(sent, sent.len()),
            answer: show(received, total.max(received.len())),
        };
    }
    let request = &exchange.request;
    let line = format!("{} {} HTTP/1.1", request.method, request.target);
    let asked = message(&line, &request.headers, &request.body);
    let answered = exchange.response().map(|response| {
        let line = format!("HTTP/1.1 {} {}", response.status, response.reason);
        message(line.trim_end(), &response.headers, &response.body)
    });
    Raw {
        recorded: false,
        request: show(&asked, asked.len()),
        answer: answered.and_then(|answered| show(&answered, answered.len())),
    }
}

fn message(line: &str, headers: &Headers, body: &[u8]) -> Vec<u8> {
    let mut bytes = format!("{line}\r\n").into_bytes();
    for field in headers.iter() {
        bytes.extend([field.name.as_bytes(), b": ", &field.value, b"\r\n"].concat());
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(body);
    bytes
}

fn parsed(redactor: &Redactor, exchange: &wire::Exchange) -> Parsed {
    let (path, query) = exchange.request.target.split_once('?').unwrap_or((&exchange.request.target, ""));
    let pairs = url::form_urlencoded::parse(query.as_bytes());
    let parameter = |(name, value): (std::borrow::Cow<'_, str>, std::borrow::Cow<'_, str>)| Parameter {
        name: text(redactor, &name),
        value: text(redactor, &value),
    };
    let json = |body: &[u8]| {
        let value: Value = (body.len() <= LONGEST_PARSED).then(|| serde_json::from_slice(body).ok()).flatten()?;
        without_secrets(redactor, &value)
    };
    Parsed {
        path: text(redactor, path),
        query: pairs.map(parameter).collect(),
        request: json(&exchange.request.body),
        answer: exchange.response().and_then(|response| json(&response.body)),
    }
}

/// A value without secrets. A secret that is no text (`null` is none, a number could be one) takes the whole with it.
fn without_secrets(redactor: &Redactor, value: &Value) -> Option<Value> {
    serde_json::from_str(&redactor.text(&value.to_string())).ok()
}
