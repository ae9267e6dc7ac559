//! Judges an answer as KT Cloud Biz Store would read it.
//!
//! [`exchange`] goes from the outside in: was there a whole answer in time, was a bad token refused, is the status one
//! that the call has, are the bytes what they are declared to be, has the body its shape; then the rules of the one
//! operation (`apply`, `status`, `resign`, `bill`). Nothing stops at the first finding, save where what follows would
//! only repeat it: an error page for JSON is one finding, not twelve missing fields.

mod apply;
mod bill;
mod charge;
mod flawed;
mod form;
mod key;
mod list;
mod month;
mod refusal;
mod resign;
mod rounding;
mod status;
mod whole;

use std::hash::{DefaultHasher, Hash, Hasher};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::Value;

pub(crate) use apply::page;
pub(crate) use refusal::requirement_of;

use super::life;
use super::memory::{Customer, Memory, Standing};
use super::rule;
use super::settings::Settings;
use crate::check::body::text_of;
use crate::check::{body, charset, leak, message};
use crate::market::{Delivery, Draft, Expects};
use crate::verdict::{Breach, Finding, Judgement, Move, Place, RequirementId};
use crate::wire::{Exchange, Loss, Response};

/// How keys begin that `trial-mem-sq` generates: nobody but the reference vendor knows them.
const TRIAL: &str = "TRIAL-";

/// Codes of the document's response catalogue that refuse a call.
pub(crate) const REFUSALS: [u16; 6] = [400, 401, 403, 404, 405, 406];

/// What the judge is told besides the exchange.
pub(crate) struct Case<'a> {
    pub(crate) draft: &'a Draft,
    pub(crate) delivery: &'a Delivery,
    pub(crate) exchange: &'a Exchange,
    pub(crate) settings: &'a Settings,
}

impl Case<'_> {
    /// The customer in the path.
    fn mem_sq(&self) -> String {
        self.draft.argument("mem-sq").map(text_of).unwrap_or_default()
    }

    /// The day in the path of a bill, as it was sent.
    fn bill_day(&self) -> String {
        self.draft.argument("bill-day").map(text_of).unwrap_or_default()
    }

    /// Today in Korea, where the store and its calendar are.
    fn today(&self) -> Date {
        korean_day(self.delivery.now)
    }

    /// A digest of the token that was sent.
    fn token(&self) -> Option<u64> {
        let token = self.exchange.request.headers.get(crate::sign::kt_jwt::HEADER)?;
        let mut digest = DefaultHasher::new();
        token.value.hash(&mut digest);
        Some(digest.finish())
    }

    fn other_method(&self) -> bool {
        self.draft.request.method != self.draft.operation.method
    }
}

/// The calendar day in Korea (UTC+9, no daylight saving time).
pub(crate) fn korean_day(now: jiff::Timestamp) -> Date {
    now.to_zoned(TimeZone::fixed(jiff::tz::offset(9))).date()
}

/// Judges one delivery.
pub(crate) fn exchange(case: &Case<'_>, memory: &mut Memory) -> Judgement {
    let mut judgement = Judgement::default();
    let response = match &case.exchange.answer {
        Ok(response) => response,
        Err(loss) => {
            lost(case, loss, memory, &mut judgement);
            return judgement;
        }
    };
    transport(case, &mut judgement);
    let limit = message::time(&rule::HTTP_TIME, case.settings.time_limit, case.exchange.timing.total);
    judgement.findings.extend(limit);
    judgement.findings.extend(leak::answer(&rule::LEAK, &case.exchange.request, response));

    if let Some(mistake) = &case.delivery.tamper
        && refusal::token(case, mistake, response, memory, &mut judgement)
    {
        return judgement;
    }
    // What a server says of a method that it does not know (RFC 9110, 15.6.2).
    if case.other_method() && response.status == 501 {
        judgement.read(rule::METHOD, Place::Status, "501 for a method that the path does not have");
        return judgement;
    }
    let rule_5xx = if flawed::stumbling(case) { rule::REQUEST_ODD } else { rule::HTTP_5XX };
    if let Some(finding) = message::server_error(&rule_5xx, response) {
        judgement.find(with_customer(finding, case, memory));
        return judgement;
    }
    if case.other_method() {
        refusal::method(case, response, &mut judgement);
        return judgement;
    }
    // What becomes of a path on which nothing is, nobody says.
    if case.draft.behind.is_some() {
        return judgement;
    }
    // Refusing what is odd is right; with 403 it is the call that a filter refuses, not its token.
    let refused = (400..500).contains(&response.status) && response.status != 401;
    if refused && flawed::of(case) {
        return judgement;
    }
    if refused_though_valid(case, response, memory, &mut judgement) {
        return judgement;
    }
    if response.status < 400 {
        memory.accepted.extend(case.token());
    }
    if case.draft.operation.id != "applyCustomer" && state(case, memory) == Some(life::UNKNOWN) {
        let mem_sq = case.mem_sq();
        if !mem_sq.is_empty() {
            memory.customer(&mem_sq).named_before = true;
        }
    }
    let before = state(case, memory);
    judgement.absorb(match case.draft.operation.id.as_str() {
        "applyCustomer" => apply::answer(case, response, memory),
        "getStatus" => status::answer(case, response, memory),
        "withdrawCustomer" => resign::answer(case, response, memory),
        "getBillByDay" => bill::by_day(case, response, memory),
        "getBillByCustomer" => bill::by_customer(case, response, memory),
        // An operation of a user's own document that names this marketplace: nothing is known of it here.
        _ => Judgement::default(),
    });
    moved(case, response, before, memory, &mut judgement);
    judgement
}

/// Where the customer in the path stands.
fn state(case: &Case<'_>, memory: &Memory) -> Option<&'static str> {
    memory.known(&case.mem_sq()).map_or(Some(life::UNKNOWN), Customer::state)
}

/// Notes what the call has moved, or has carried out without moving anything, as a sign-on does.
fn moved(
    case: &Case<'_>,
    response: &Response,
    before: Option<&'static str>,
    memory: &Memory,
    judgement: &mut Judgement,
) {
    let (Some(from), Some(to)) = (before, state(case, memory)) else { return };
    let code = case.draft.payload.as_ref().and_then(|payload| payload.get("license-states-cd")).map(text_of);
    let done = response.status < 300;
    let by = match case.draft.operation.id.as_str() {
        "applyCustomer" if code.as_deref() == Some("2") && done => life::SUSPEND,
        "applyCustomer" if from == life::SUSPENDED && code.as_deref() == Some("0") && done => life::RESUME,
        "applyCustomer" if done => life::APPLY,
        "getStatus" if from != to => life::STATUS,
        "withdrawCustomer" if from != to => life::RESIGN,
        _ => return,
    };
    judgement.moves.push(Move { from, by, to });
}

fn lost(case: &Case<'_>, loss: &Loss, memory: &mut Memory, judgement: &mut Judgement) {
    if case.draft.operation.id == "applyCustomer" && case.delivery.tamper.is_none() {
        let customer = memory.customer(&case.mem_sq());
        if matches!(customer.standing, Standing::Unknown | Standing::Deleted) {
            customer.standing = Standing::Uncertain;
        }
    }
    if case.draft.operation.id == "withdrawCustomer" && case.delivery.tamper.is_none() {
        let customer = memory.customer(&case.mem_sq());
        if customer.active() {
            customer.standing = Standing::Uncertain;
        }
    }
    let (requirement, breach) = match loss {
        // Nothing to hold against the vendor: it was never reached, or we hung up ourselves.
        Loss::HungUp => return,
        unreachable if unreachable.unreachable() => return,
        Loss::Tls(trouble) => (rule::TLS, Breach::Tls { trouble: trouble.clone() }),
        Loss::TimeOut { .. } => (rule::HTTP_TIME, Breach::Lost { loss: loss.clone() }),
        _ => (rule::HTTP_ANSWER, Breach::Lost { loss: loss.clone() }),
    };
    let place = if matches!(loss, Loss::TimeOut { .. }) { Place::Time } else { Place::Connection };
    judgement.find(Finding::new(requirement, place, breach));
}

/// HTTPS is mandatory; a vendor on this machine is judged as if TLS stood in front of it.
fn transport(case: &Case<'_>, judgement: &mut Judgement) {
    let peer = &case.exchange.peer;
    if peer.tls.is_some() {
        return;
    }
    if peer.loopback {
        let why = "the vendor is on this machine; TLS is taken to stand in front of it";
        [rule::HTTPS, rule::TLS].into_iter().for_each(|requirement| judgement.skip_local(requirement, why));
    } else {
        let breach = Breach::Url {
            problem: "a plain http address".to_owned(),
            expected: "https".to_owned(),
            actual: peer.base.clone(),
        };
        judgement.find(Finding::new(rule::HTTPS, Place::Connection, breach));
    }
}

/// A 401 for a call that only a wrong token could deserve.
/// True when it was found: one refusal, one finding.
fn refused_though_valid(case: &Case<'_>, response: &Response, memory: &mut Memory, judgement: &mut Judgement) -> bool {
    let operation = case.draft.operation.id.as_str();
    let mem_sq = case.mem_sq();
    let refused = response.status == 401 || response.status == 403;
    if !refused {
        if response.status < 400 && memory.unproven.as_deref().is_some_and(|customer| customer != mem_sq) {
            let met = "401 for a deleted customer; a control call with the same kind of token was accepted";
            judgement.read(rule::RESIGN_PROOF, Place::Status, met);
            memory.unproven = None;
        }
        return false;
    }
    // Of several withdrawals at one instant another one may have been the first.
    let second = operation == "withdrawCustomer" && case.delivery.together;
    let served = matches!(operation, "applyCustomer" | "getBillByDay") || (memory.serves(&mem_sq) && !second);
    // A filter in front of a server refuses keys that look odd to it; see `key`.
    let odd = operation == "applyCustomer" && response.status == 403 && key::oddness(&mem_sq).is_some();
    if !served || (odd && !mem_sq.starts_with(TRIAL)) {
        return false;
    }
    if operation == "applyCustomer" && memory.known(&mem_sq).is_some_and(|customer| customer.resigned_on.is_some()) {
        let breach = Breach::Refused {
            what: "a new application of a customer who had resigned".to_owned(),
            actual: response.status,
        };
        judgement.find(Finding::new(rule::APPLY_AGAIN, Place::Status, breach));
        return true;
    }
    if memory.unproven.take().is_some() {
        let breach = Breach::Refused {
            what: "the control call after the deletion, with a valid token,".to_owned(),
            actual: response.status,
        };
        let cause = "the 401 before it was then about the token, not about a deleted customer";
        judgement.find(Finding::new(rule::RESIGN_PROOF, Place::Status, breach).because(cause));
    }
    memory.refused_valid = true;
    let used = case.token().is_some_and(|token| memory.accepted.contains(&token));
    let breach = Breach::Refused { what: "a call with a valid token".to_owned(), actual: response.status };
    judgement.find(Finding::new(rule::AUTH_VALID, Place::Status, breach).because(refusal::why_refused(response, used)));
    true
}

fn with_customer(finding: Finding, case: &Case<'_>, memory: &Memory) -> Finding {
    let mem_sq = case.mem_sq();
    if mem_sq.is_empty() || memory.known(&mem_sq).is_some() || case.draft.operation.id == "applyCustomer" {
        return finding;
    }
    finding.because("the customer of this call was never applied for: most likely its missing record is not handled")
}

/// The status is one that the call has; false when what follows would only repeat the finding.
fn documented(
    case: &Case<'_>,
    success: &[u16],
    requirement: RequirementId,
    response: &Response,
    memory: &Memory,
    judgement: &mut Judgement,
) -> bool {
    if success.contains(&response.status) {
        return true;
    }
    let mem_sq = case.mem_sq();
    if matches!(response.status, 404 | 410) && memory.serves(&mem_sq) {
        let requirement = if key::oddness(&mem_sq).is_some() { rule::MEM_SQ } else { requirement };
        let cause =
            "the customer applied for above is no longer known: it was not kept, or is looked up under another key";
        let finding = message::status(&requirement, success, response);
        judgement.findings.extend(finding.map(|finding| finding.because(cause)));
        return false;
    }
    let refused_by_catalogue = REFUSALS.contains(&response.status);
    let undecided = case.draft.expects == Expects::Criteria;
    if refused_by_catalogue && undecided {
        return false;
    }
    if (400..500).contains(&response.status) && undecided {
        let met = format!("{} is outside of the response catalogue, and is read as a refusal", response.status);
        judgement.read(rule::HTTP_STATUS, Place::Status, met);
        return false;
    }
    let finding = message::status(&requirement, success, response);
    let answered = !memory.accepted.is_empty();
    judgement.findings.extend(finding.map(|finding| match response.status {
        404 if answered && !case.bill_day().is_empty() => finding.because(NO_CHARGES),
        404 if memory.any().is_none() => finding.because(WRONG_ADDRESS),
        _ => finding,
    }));
    false
}

/// What a 404 for a day means where other calls were answered.
const NO_CHARGES: &str = "a day on which nobody is charged is answered with an empty list and 200, not with 404";

/// What a 404 means most often where no customer is asked for.
const WRONG_ADDRESS: &str =
    "is the address after --vendor right? The store puts /customers/…, /status/… and /bill-list/… behind it";

/// A body that is compressed, told once and read no further. The store asked for none.
fn compressed(case: &Case<'_>, requirement: &RequirementId, response: &Response, judgement: &mut Judgement) -> bool {
    let asked = case.exchange.request.headers.get("accept-encoding").is_some();
    let coding = response.headers.text("content-encoding").filter(|coding| !coding.eq_ignore_ascii_case("identity"));
    let how = message::compressed(response);
    if asked || (coding.is_none() && how.is_none()) {
        return false;
    }
    let breach = Breach::Unwanted {
        what: format!("a compressed body ({})", coding.as_deref().unwrap_or("without Content-Encoding")),
        because: "no Accept-Encoding was sent".to_owned(),
    };
    let finding = Finding::new(requirement.clone(), Place::Body(String::new()), breach);
    judgement.find(match how {
        Some(how) => finding.because(how),
        None => finding,
    });
    true
}

/// A JSON body of this answer, judged by the schema of its status. `None` when there is nothing further to judge.
/// `members` are those that the body has to have: where all stand under other names, that is one mistake.
fn json_body(
    case: &Case<'_>,
    response: &Response,
    members: &[&str],
    requirement: impl Fn(&str, &str) -> RequirementId,
    judgement: &mut Judgement,
) -> Option<Value> {
    if compressed(case, &rule::HTTP_JSON, response, judgement) {
        return None;
    }
    let value = match body::json(&rule::HTTP_JSON, response) {
        Ok(value) => value,
        // A page that is declared as one is one mistake, and text in another encoding too.
        Err(finding) => {
            judgement.find(*finding);
            return None;
        }
    };
    let none_of = |object: &serde_json::Map<String, Value>| !members.iter().any(|&member| object.contains_key(member));
    if value.as_object().is_some_and(none_of)
        && let Some(said) = refusal::says_fail(response)
    {
        judgement.find(refusal::hidden(&said, response));
        return None;
    }
    match message::content_type(&rule::HTTP_JSON, &["application/json"], response) {
        // What is not declared as JSON is not declared as anything in UTF-8 either.
        Some(finding) => judgement.find(finding),
        None => judgement.findings.extend(charset::text(&rule::HTTP_CHARSET, response)),
    }
    if let Some(at) = body::twice(response) {
        let name = at.rsplit('/').next().unwrap_or_default();
        let breach = Breach::Unwanted {
            what: format!("member `{name}` a second time"),
            because: "readers of JSON disagree on which of the two counts (RFC 8259, 4)".to_owned(),
        };
        let finding = Finding::new(rule::HTTP_JSON, Place::Body(String::new()), breach);
        judgement.find(finding.because(format!("member `{name}` occurs twice in one object ({at})")));
        return None;
    }
    let first = value.get(0).unwrap_or(&value);
    if let Some(how) = body::disguise(&value, members).or_else(|| body::disguise(first, members)) {
        let expected = format!("an object with {}", members.join(", "));
        let names = first.as_object().map(|object| object.keys().cloned().collect::<Vec<_>>().join(", "));
        let breach = Breach::Form { expected, actual: names.unwrap_or_default() };
        let finding = Finding::new(
            requirement(if value.is_array() { "/0" } else { "" }, "required"),
            Place::Body(String::new()),
            breach,
        );
        judgement.find(finding.because(how));
        return None;
    }
    let schema = case.draft.operation.answer(response.status).and_then(|answer| {
        answer.content.iter().find(|media| media.media_type.starts_with("application/json"))?.schema.as_ref()
    });
    if let Some(schema) = schema {
        judgement.findings.extend(body::shape(schema, &value, requirement));
    }
    Some(value)
}

/// The member of an object as text, when it is a string or a number.
fn scalar(value: &Value, member: &str) -> Option<String> {
    match value.get(member)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
