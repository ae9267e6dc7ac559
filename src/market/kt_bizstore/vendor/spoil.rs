//! Faults in the form of an answer: members, content types, bytes, and HTTP itself.
//!
//! The vendor makes a good answer first; what stands here spoils it on its way out. Faults in what an answer says are
//! not here but where it is made.

use std::time::Duration;

use serde_json::{Value, json};

use super::answer::{self, Call};
use super::fault::{Fault, Faults};
use crate::wire::{Headers, Reply, ReplyKind, Response};

/// A customer whom nobody has registered.
const SOMEBODY_ELSE: &str = "M00000";

/// How much a huge body has.
const HUGE: u64 = 100 * 1024 * 1024;

/// Where endless header fields end after all, so that a test ends.
const ENDLESS: u64 = 64 * 1024 * 1024;

/// Sends an answer, spoilt as the faults say. `late` is how long slow answers take.
pub(crate) fn send(call: Call, mut response: Response, faults: &Faults, late: Duration) -> Reply {
    let good = matches!(response.status, 200 | 201);
    for fault in faults.iter() {
        if good {
            change_members(call, fault, &mut response);
            change_response(call, fault, &mut response);
        }
        change_location(fault, &mut response);
    }
    let is_late = match call {
        Call::Status => faults.has(Fault::Slow),
        Call::Apply => faults.has(Fault::SlowApply),
        Call::BillByDay | Call::BillByCustomer => faults.has(Fault::SlowBill),
        Call::Resign | Call::Page => false,
    };
    let broken = if good { faults.iter().find_map(|fault| broken_http(call, fault, &response)) } else { None };
    let kind = broken.unwrap_or(ReplyKind::Response(response));
    Reply { after: if is_late && good { late } else { Duration::ZERO }, kind }
}

/// Charges so many won for use in a bill that is well-formed.
pub(crate) fn charge(response: &mut Response, won: u64) {
    let Ok(mut bill) = response.json() else { return };
    for member in ["usage-pay-amt", "pay-amt"] {
        bill[member] = json!(won);
    }
    response.body = bill.to_string().into_bytes();
}

/// Changes one member of the JSON body.
fn change_members(call: Call, fault: Fault, response: &mut Response) {
    let Some((body, member, change)) = edit(fault) else { return };
    let of_this_call = match body {
        Body::Status => call == Call::Status,
        Body::Resign => call == Call::Resign,
        Body::Bill => matches!(call, Call::BillByDay | Call::BillByCustomer),
    };
    let Ok(mut value) = response.json() else { return };
    if !of_this_call {
        return;
    }
    let objects: Vec<&mut Value> = match &mut value {
        Value::Array(items) => items.iter_mut().collect(),
        object => vec![object],
    };
    for object in objects {
        let whole = object.clone();
        let Some(members) = object.as_object_mut() else { continue };
        match change {
            // Other members keep their order.
            Change::Remove => {
                members.shift_remove(member);
            }
            Change::To(text) => {
                members.insert(member.to_owned(), json!(text));
            }
            Change::Value(make) => {
                members.insert(member.to_owned(), make(&whole));
            }
        }
    }
    response.body = value.to_string().into_bytes();
}

/// Which body a member belongs to.
enum Body {
    Status,
    Resign,
    /// An entry of either bill call.
    Bill,
}

/// What becomes of a member.
#[derive(Clone, Copy)]
enum Change {
    Remove,
    To(&'static str),
    /// Made from the whole object.
    Value(fn(&Value) -> Value),
}

fn amount(whole: &Value, member: &str) -> i64 {
    whole.get(member).and_then(Value::as_i64).unwrap_or_default()
}

fn edit(fault: Fault) -> Option<(Body, &'static str, Change)> {
    use Change::{Remove, To, Value as Made};
    Some(match fault {
        Fault::StatusWithoutMemSq => (Body::Status, "mem-sq", Remove),
        Fault::StatusWithoutRegDate => (Body::Status, "reg-date", Remove),
        Fault::StatusWithoutInstallCompleteDate => (Body::Status, "install-complete-date", Remove),
        Fault::StatusWithoutStatus => (Body::Status, "status", Remove),
        Fault::StatusWithoutServiceManager => (Body::Status, "service-manager", Remove),
        Fault::StatusWithoutServiceEngineer => (Body::Status, "service-engineer", Remove),
        Fault::StatusCodeNumber => (
            Body::Status,
            "status",
            Made(|whole| {
                let code = whole["status"].as_str().and_then(|code| code.parse::<i64>().ok());
                json!(code)
            }),
        ),
        Fault::StatusCodeNull => (Body::Status, "status", Made(|_| Value::Null)),
        Fault::StatusCodeUndocumented => (Body::Status, "status", To("2")),
        Fault::StatusCodeWord => (Body::Status, "status", To("installed")),
        Fault::BillPlanAlwaysStandard => (Body::Bill, "service-info", To("2")),
        Fault::StatusDateImpossible => (Body::Status, "reg-date", To("20210231")),
        Fault::StatusDateNineDigits => (Body::Status, "reg-date", To("202010501")),
        Fault::StatusDateDashed => (Body::Status, "reg-date", Made(|whole| with_dashes(&whole["reg-date"]))),
        Fault::StatusDateNull => (Body::Status, "reg-date", Made(|_| Value::Null)),
        Fault::StatusDateAhead => (
            Body::Status,
            "reg-date",
            Made(|whole| {
                let year = whole["reg-date"].as_str().and_then(|day| day.get(..4)?.parse::<i32>().ok());
                json!(format!("{:04}1231", year.unwrap_or_default() + 1))
            }),
        ),
        Fault::StatusLicenseStartOther => (Body::Status, "license-start-date", To("20000101")),
        Fault::StatusLicenseStartImpossible => (Body::Status, "license-start-date", To("20210230")),
        Fault::StatusMemSqOther => (Body::Status, "mem-sq", To(SOMEBODY_ELSE)),
        Fault::StatusContactForm => (Body::Status, "service-manager", To("김하나")),
        Fault::StatusEngineerForm => (
            Body::Status,
            "service-engineer",
            Made(|_| json!({ "name": "이두리", "phone": "010-0000-0002", "e-mail": "engineer@vendor.example" })),
        ),
        Fault::ResignSuccessFalse => (Body::Resign, "success", Made(|_| json!(false))),
        Fault::ResignWithoutSuccess => (Body::Resign, "success", Remove),
        Fault::ResignWithoutDescription => (Body::Resign, "description", Remove),
        Fault::ResignSuccessNull => (Body::Resign, "success", Made(|_| Value::Null)),
        Fault::ResignSuccessWord => (Body::Resign, "success", To("ok")),
        Fault::BillWithoutMemSq => (Body::Bill, "mem-sq", Remove),
        Fault::BillWithoutBillDate => (Body::Bill, "bill-date", Remove),
        Fault::BillWithoutServiceInfo => (Body::Bill, "service-info", Remove),
        Fault::BillWithoutFreePeriod => (Body::Bill, "free-period", Remove),
        Fault::BillWithoutLicenseCount => (Body::Bill, "license-count", Remove),
        Fault::BillWithoutPayAmt => (Body::Bill, "pay-amt", Remove),
        Fault::BillMemSqOther => (Body::Bill, "mem-sq", To(SOMEBODY_ELSE)),
        Fault::BillMemSqNumber => (Body::Bill, "mem-sq", Made(|_| json!(12345))),
        Fault::BillAmountFloat => {
            (Body::Bill, "pay-amt", Made(|whole| json!(whole["pay-amt"].as_f64().unwrap_or_default() + 0.5)))
        }
        Fault::BillAmountText => (Body::Bill, "pay-amt", Made(|whole| json!(whole["pay-amt"].to_string()))),
        Fault::BillAmountNegative => (Body::Bill, "pay-amt", Made(|_| json!(-1))),
        Fault::BillAmountNull => (Body::Bill, "pay-amt", Made(|_| Value::Null)),
        Fault::BillAmountHuge => (Body::Bill, "pay-amt", Made(|_| json!(3_000_000_000_u64))),
        Fault::BillUsageText => (Body::Bill, "usage-pay-amt", Made(|whole| json!(whole["usage-pay-amt"].to_string()))),
        Fault::BillWrongSum => (Body::Bill, "pay-amt", Made(|whole| json!(amount(whole, "pay-amt") + 1))),
        Fault::BillSumWithoutOnetime => (Body::Bill, "pay-amt", Made(|whole| whole["usage-pay-amt"].clone())),
        Fault::BillSumOfCount => (
            Body::Bill,
            "pay-amt",
            Made(|whole| {
                let count: i64 =
                    whole["license-count"].as_str().and_then(|count| count.parse().ok()).unwrap_or_default();
                json!(count + amount(whole, "onetime-pay-amt"))
            }),
        ),
        Fault::BillLicenseCountNumber => (Body::Bill, "license-count", Made(|_| json!(5))),
        Fault::BillServiceInfoUndocumented => (Body::Bill, "service-info", To("9")),
        Fault::BillServiceInfoOther => {
            (Body::Bill, "service-info", Made(|whole| json!(if whole["service-info"] == "5" { "3" } else { "5" })))
        }
        Fault::BillServiceInfoName => (Body::Bill, "service-info", To("standard")),
        Fault::BillDateImpossible => (Body::Bill, "bill-date", To("2021-02-31")),
        Fault::BillDateOther => (Body::Bill, "bill-date", To("2021-01-01")),
        Fault::BillPeriodReversed => (Body::Bill, "free-period", To("20210501~20210301")),
        Fault::BillPeriodNineDigits => (Body::Bill, "free-period", To("20210301~202010501")),
        Fault::BillPeriodOneDate => (Body::Bill, "free-period", To("20210301")),
        Fault::BillDiscountReversed => (Body::Bill, "contract-discount-period", To("20210501~20210301")),
        Fault::BillDiscountImpossible => (Body::Bill, "contract-discount-period", To("20210230~20210501")),
        Fault::BillInstallDateImpossible => (Body::Bill, "install-complete-date", To("2021-02-31")),
        _ => return None,
    })
}

/// `yyyymmdd` as `yyyy-mm-dd`.
fn with_dashes(day: &Value) -> Value {
    match day.as_str() {
        Some(day) if day.len() == 8 && day.is_ascii() => json!(format!("{}-{}-{}", &day[..4], &day[4..6], &day[6..])),
        _ => day.clone(),
    }
}

/// Changes content type, body as a whole, or status.
fn change_response(call: Call, fault: Fault, response: &mut Response) {
    let (of_status, of_apply) = (call == Call::Status, call == Call::Apply);
    let of_day = call == Call::BillByDay;
    match fault {
        Fault::StatusArray if of_status => wrap(response, |value| json!([value])),
        Fault::Status201 if of_status => response.status = 201,
        Fault::StatusHtml if of_status => {
            response.headers.set("Content-Type", "text/html; charset=utf-8");
            response.body = b"<!doctype html><html><body>OK</body></html>".to_vec();
        }
        Fault::StatusTextPlain if of_status => response.headers.set("Content-Type", "text/plain; charset=utf-8"),
        Fault::StatusNoContentType if of_status => response.headers.remove("Content-Type"),
        Fault::StatusTwoContentTypes if of_status => response.headers.push("Content-Type", "text/plain"),
        Fault::StatusGzip if of_status => {
            // Nobody unpacks it, so what follows the first bytes does not matter.
            response.headers.set("Content-Encoding", "gzip");
            response.body.splice(..0, [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]);
        }
        Fault::StatusMemberTwice if of_status => {
            response.body.splice(..1, br#"{"status":"0","#.iter().copied());
        }
        Fault::StatusCamelCase if of_status => wrap(response, in_camel_case),
        Fault::StatusWrapped if of_status => wrap(response, |value| json!({ "code": 0, "data": value })),
        Fault::DayCamelCase if of_day => wrap(response, in_camel_case),
        Fault::KeyPadded if call != Call::Apply => wrap(response, padded),
        Fault::StatusBom if of_status => {
            response.body.splice(..0, "\u{feff}".bytes());
        }
        Fault::StatusBrokenJson if of_status => {
            response.body.pop();
            response.body.extend_from_slice(b",}");
        }
        Fault::StatusEmptyBody if of_status => response.body.clear(),
        Fault::StatusEucKr if of_status => in_euc_kr(response),
        Fault::ApplyEucKr if of_apply => in_euc_kr(response),
        Fault::ApplyJson if of_apply => {
            let location = response.headers.text("Location");
            let headers = std::mem::take(&mut response.headers);
            *response = Response { headers, ..answer::json(response.status, &json!({ "Location": location })) };
            response.headers.set("Content-Type", "application/json; charset=utf-8");
        }
        Fault::ApplyNoContentType if of_apply => response.headers.remove("Content-Type"),
        Fault::ApplyNoCharset if of_apply => response.headers.set("Content-Type", "text/html"),
        Fault::ApplyEmptyBody if of_apply => response.body.clear(),
        Fault::Resign204 if call == Call::Resign => *response = Response::new(204),
        Fault::Resign202 if call == Call::Resign => response.status = 202,
        Fault::ResignHtml if call == Call::Resign => {
            *response = answer::html(200, "<!doctype html><html><body>OK</body></html>".to_owned());
        }
        Fault::DayObject if of_day => wrap(response, |value| value.get(0).cloned().unwrap_or_else(|| json!({}))),
        Fault::DayWrapped if of_day => wrap(response, |value| json!({ "bills": value })),
        Fault::DayNull if of_day => {
            wrap(response, |value| if value.as_array().is_some_and(Vec::is_empty) { Value::Null } else { value });
        }
        Fault::DayHtml if of_day => response.headers.set("Content-Type", "text/html; charset=utf-8"),
        Fault::DayBrokenJson if of_day => {
            let half = response.body.len() / 2;
            response.body.truncate(half);
        }
        Fault::CustomerBillText if call == Call::BillByCustomer => wrap(response, |value| json!(value.to_string())),
        Fault::CustomerBillNull if call == Call::BillByCustomer => wrap(response, |_| Value::Null),
        _ => {}
    }
}

fn wrap(response: &mut Response, change: impl Fn(Value) -> Value) {
    if let Ok(value) = response.json() {
        response.body = change(value).to_string().into_bytes();
    }
}

/// The same with members such as `memSq`.
fn in_camel_case(value: Value) -> Value {
    let name = |name: &str| {
        let mut parts = name.split('-');
        let first = parts.next().unwrap_or_default().to_owned();
        parts.fold(first, |name, part| name + &part[..1].to_ascii_uppercase() + &part[1..])
    };
    match value {
        Value::Array(items) => items.into_iter().map(in_camel_case).collect(),
        Value::Object(members) => members.into_iter().map(|(member, value)| (name(&member), value)).collect(),
        other => other,
    }
}

/// The same with blanks in front of customer keys, as fields of fixed width have them.
fn padded(mut value: Value) -> Value {
    let objects: Vec<&mut Value> = match &mut value {
        Value::Array(items) => items.iter_mut().collect(),
        object => vec![object],
    };
    for object in objects {
        if let Some(key) = object.get_mut("mem-sq") {
            *key = json!(format!("{:>20}", key.as_str().unwrap_or_default()));
        }
    }
    value
}

/// Replaces the Korean words of our answers by their EUC-KR bytes. The words are ours, so a table is enough.
fn in_euc_kr(response: &mut Response) {
    const WORDS: [(&str, &[u8]); 2] =
        [("로그인", b"\xb7\xce\xb1\xd7\xc0\xce"), ("김하나", b"\xb1\xe8\xc7\xcf\xb3\xaa")];
    for (word, bytes) in WORDS {
        let mut at = 0;
        while at + word.len() <= response.body.len() {
            if response.body[at..].starts_with(word.as_bytes()) {
                response.body.splice(at..at + word.len(), bytes.iter().copied());
            }
            at += 1;
        }
    }
}

/// Changes the header `Location` of an apply answer; other answers have none but the login's own redirect.
fn change_location(fault: Fault, response: &mut Response) {
    let Some(location) = response.headers.text("Location") else { return };
    if response.headers.get("Set-Cookie").is_some() || !matches!(response.status, 200..=302) {
        return;
    }
    let behind_scheme = location.split_once("://").map_or(location.as_str(), |(_, rest)| rest);
    let path = behind_scheme.find('/').map_or("/", |at| &behind_scheme[at..]);
    let known = response.status == 200;
    let changed = match fault {
        Fault::LocationMissing => None,
        Fault::LocationMissingWhenKnown if known => None,
        Fault::LocationEmpty => Some(String::new()),
        Fault::LocationRelative => Some(path.to_owned()),
        Fault::LocationWithoutScheme => Some(format!("//{behind_scheme}")),
        Fault::LocationPlainHttp => Some(format!("http://{behind_scheme}")),
        Fault::LocationForeignHost => Some(format!("https://login.elsewhere.example{path}")),
        Fault::LocationPlaceholder => Some("http://연동대상시스템URL/SSO_URI?Query".to_owned()),
        Fault::LocationBlank => Some(format!("{location}&name=Min Ji")),
        Fault::LocationOtherPort => {
            let host = behind_scheme.split([':', '/']).next().unwrap_or_default();
            Some(format!("http://{host}:9{path}"))
        }
        Fault::LocationNotAUrl => Some("http://[login page]".to_owned()),
        Fault::LocationTwice => {
            response.headers.push("Location", format!("{location}&again=1"));
            return;
        }
        _ => return,
    };
    match changed {
        Some(location) => response.headers.set("Location", location),
        None => response.headers.remove("Location"),
    }
}

/// HTTP that is broken below the answer.
fn broken_http(call: Call, fault: Fault, response: &Response) -> Option<ReplyKind> {
    let length = response.body.len();
    let with_length = |length: usize| Some(ReplyKind::Raw(raw(response, &[format!("Content-Length: {length}")])));
    match (call, fault) {
        (Call::Status, Fault::StatusHangs) => Some(ReplyKind::Hang),
        (Call::Status, Fault::StatusCloses)
        | (Call::Apply, Fault::ApplyCloses)
        | (Call::Resign, Fault::ResignCloses) => Some(ReplyKind::Close),
        (Call::Status, Fault::StatusShortBody) | (Call::BillByDay, Fault::DayShortBody) => with_length(length + 100),
        (Call::Status, Fault::StatusLongBody) => with_length(length / 2),
        (Call::Status, Fault::StatusTwoLengths) => {
            let lengths = [format!("Content-Length: {length}"), format!("Content-Length: {}", length + 1)];
            Some(ReplyKind::Raw(raw(response, &lengths)))
        }
        (Call::Status, Fault::StatusBadChunk) => {
            let bare = Response { body: b"xyz\r\n{\r\n0\r\n\r\n".to_vec(), ..response.clone() };
            Some(ReplyKind::Raw(raw(&bare, &["Transfer-Encoding: chunked".to_owned()])))
        }
        (Call::Status, Fault::StatusGarbage) => {
            Some(ReplyKind::Raw(b"\x16\x03\x01\x00\xff no HTTP here\r\n\r\n".to_vec()))
        }
        (Call::Status, Fault::StatusEndlessHeaders) => Some(ReplyKind::Endless {
            head: b"HTTP/1.1 200 OK\r\n".to_vec(),
            chunk: b"X-Filler: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n".to_vec(),
            limit: ENDLESS,
        }),
        (Call::Status, Fault::StatusHugeBody) | (Call::BillByDay, Fault::DayHugeBody) => {
            let bare = Response { body: Vec::new(), ..response.clone() };
            Some(ReplyKind::Endless {
                head: raw(&bare, &[format!("Content-Length: {HUGE}")]),
                chunk: vec![b' '; 64 * 1024],
                limit: HUGE,
            })
        }
        (Call::Resign, Fault::DiesAfterResign) => Some(ReplyKind::Die),
        _ => None,
    }
}

/// An answer as bytes, with these fields about its length.
fn raw(response: &Response, lengths: &[String]) -> Vec<u8> {
    let mut bytes = format!("HTTP/1.1 {} OK\r\n", response.status).into_bytes();
    let lengths: Headers = lengths.iter().filter_map(|line| line.split_once(": ")).collect();
    for header in response.headers.iter().chain(lengths.iter()) {
        bytes.extend_from_slice(header.name.as_bytes());
        bytes.extend_from_slice(b": ");
        bytes.extend_from_slice(&header.value);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(&response.body);
    bytes
}
