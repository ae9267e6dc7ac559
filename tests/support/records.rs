//! Records of a run as the engine would keep them, built by hand: conforming, failing, polled, tampered, unreachable
//! and unreviewed steps of one invented vendor.

use std::sync::Arc;
use std::time::Duration;

use storeproof::engine::{CaseRecord, Event, StepRecord, Totals};
use storeproof::report::{Background, Reporter, Reproduce};
use storeproof::scenario::plan::Spot;
use storeproof::verdict::{
    Blocked, Breach, Catalogue, Finding, Level, Outcome, Place, Provenance, Reading, Requirement, RequirementId,
    Skipped, Weighed,
};
use storeproof::wire::{
    Caller, Exchange, Headers, Hop, Loss, Peer, Raw, Request, Response, Secret, Timing, Visit, VisitEnd,
};

/// The token of every request; no report may show it in any form.
pub(crate) const TOKEN: &str = "eyJhbGciOiJSUzI1NiJ9.eyJpYXQiOjE3Njg0MzUyMDB9.Y2FuYXJ5LXNpZ25hdHVyZQ";
/// A key of the configuration; no report may show it in any form.
pub(crate) const KEY: &str = "canary+key/4711==";

/// The rules that the sample breaks.
pub(crate) fn catalogue() -> Catalogue {
    let rule = |id: &str, level, provenance, rule: &str, why: &str, source: &str, mend: &str| Requirement {
        id: RequirementId::new(id),
        level,
        rule: rule.to_owned(),
        why: why.to_owned(),
        source: source.to_owned(),
        provenance,
        code: None,
        dialects: Vec::new(),
        calls: Vec::new(),
        if_called: None,
        may_be_stated: false,
        applies: Default::default(),
        mend: mend.to_owned(),
    };
    Catalogue::new([
        rule(
            "KT-BILL-SUM",
            Level::Must,
            Provenance::Documented,
            "The total of a bill (pay-amt) is the sum of the usage fee and the one-time fee.",
            "The store charges the customer the total and pays the vendor by the parts; when they differ, settlement stops.",
            "Document 2.1.2, schema Bill",
            "Compute pay-amt from usage-pay-amt and onetime-pay-amt of the same bill.",
        ),
        rule(
            "KT-CONTENT-TYPE",
            Level::Must,
            Provenance::Inferred,
            "Answers with JSON say so in Content-Type.",
            "The store's client picks its parser by this field.",
            "Document 2.1.2, operation bill-list",
            "Send Content-Type: application/json.",
        ),
        rule(
            "KT-AUTH-SIGNATURE",
            Level::Must,
            Provenance::Documented,
            "A token whose signature does not fit the store's public key is refused with 401.",
            "Whoever knows the address could otherwise read and end contracts of other customers.",
            "Document 2.1.2, diagram token-management",
            "Verify the token with the public key that the store handed out, and allow RS256 only.",
        ),
        rule(
            "KT-LOCATION-ABSOLUTE",
            Level::Should,
            Provenance::Contradictory,
            "Location is an absolute URL of the login page.",
            "The portal opens it from its own origin, where a relative address leads nowhere.",
            "Document 2.1.2, operation customers; README",
            "Put scheme and host in front of the path.",
        ),
        rule(
            "KT-ANSWER-WHOLE",
            Level::Must,
            Provenance::Documented,
            "Every call gets a complete HTTP answer.",
            "The store cannot tell what became of the call, and repeats it.",
            "RFC 9112",
            "Look into the server's log for this call.",
        ),
    ])
    .expect("the names differ")
}

/// An exchange with a JSON answer.
pub(crate) fn exchange(method: &str, target: &str, response: Response) -> Exchange {
    let mut head = format!("HTTP/1.1 {} {}\r\n", response.status, response.reason).into_bytes();
    for header in &response.headers {
        head.extend_from_slice(header.name.as_bytes());
        head.extend_from_slice(b": ");
        head.extend_from_slice(&header.value);
        head.extend_from_slice(b"\r\n");
    }
    head.extend_from_slice(b"\r\n");
    head.extend_from_slice(&response.body);
    let received_total = head.len() as u64;
    Exchange {
        answer: Ok(response),
        raw: Raw { received: head, received_total, ..Raw::default() },
        ..lost(method, target)
    }
}

fn lost(method: &str, target: &str) -> Exchange {
    let mut request = Request::new(method, format!("/api{target}"));
    request.headers = Headers::from_iter([("Host", "127.0.0.1:8080"), ("encoded-jwt", TOKEN)]);
    if method == "POST" {
        request.headers.push("Content-Type", "application/json");
        request.body = r#"{"service-info":"2","license-states-cd":"0"}"#.into();
    }
    request.secrets = vec![Secret::new(TOKEN)];
    Exchange {
        request,
        answer: Err(Loss::Refused),
        raw: Raw::default(),
        started: "2026-01-15T00:00:00.25Z".parse().expect("a time"),
        timing: Timing { connected: Duration::from_millis(1), first_byte: None, total: Duration::from_millis(12) },
        peer: Peer { base: "http://127.0.0.1:8080/api".to_owned(), loopback: true, ..Peer::default() },
        caller: Caller::Marketplace,
    }
}

/// A JSON answer.
pub(crate) fn json(status: u16, body: impl Into<Vec<u8>>) -> Response {
    Response {
        status,
        reason: "OK".to_owned(),
        headers: Headers::from_iter([("content-TYPE", "application/json"), ("Server", "vendor/1.0")]),
        body: body.into(),
    }
}

/// A step that calls an operation.
pub(crate) fn step(id: &str, operation: &str, line: usize, exchanges: Vec<Exchange>) -> StepRecord {
    StepRecord {
        task: None,
        workflow: "main".to_owned(),
        id: id.to_owned(),
        description: None,
        spot: Spot { line, column: 7 },
        operation: Some(operation.to_owned()),
        tamper: None,
        derived: None,
        later: Vec::new(),
        attempt: 1,
        superseded: false,
        exchanges,
        visits: Vec::new(),
        findings: Vec::new(),
        readings: Vec::new(),
        skipped: Vec::new(),
        moves: Vec::new(),
        snapshot: None,
    }
}

/// A finding that the step's first exchange shows.
pub(crate) fn finding(requirement: &str, level: Level, place: Place, breach: Breach) -> Weighed {
    Weighed { finding: Finding::new(RequirementId::new(requirement), place, breach), level, exchange: Some(0) }
}

/// A case of these steps.
pub(crate) fn case(name: &str, outcome: Outcome, steps: Vec<StepRecord>) -> CaseRecord {
    CaseRecord {
        name: name.into(),
        title: format!("Case {name}"),
        marketplace: Some("kt-bizstore".to_owned()),
        dialect: Some("bizstore-2.1.2".to_owned()),
        outcome,
        steps: steps.into_iter().map(Arc::new).collect(),
        elapsed: Duration::from_millis(214),
    }
}

fn bill(usage: i64, once: i64, total: i64) -> String {
    format!(
        r#"{{"mem-sq":"M10001","bill-date":"2026-01-15","service-info":"2","free-period":"20260101~20260107","license-count":"5","usage-pay-amt":{usage},"onetime-pay-amt":{once},"pay-amt":{total},"note":"{}"}}"#,
        "가".repeat(1_100)
    )
}

fn sum(pointer: &str) -> Weighed {
    let breach = Breach::Sum {
        total: "pay-amt".to_owned(),
        terms: vec![("usage-pay-amt".to_owned(), 10_000), ("onetime-pay-amt".to_owned(), 5_000)],
        expected: 15_000,
        actual: 14_000,
    };
    let mut weighed = finding("KT-BILL-SUM", Level::Must, Place::Body(pointer.to_owned()), breach);
    weighed.finding = weighed.finding.because("the total is the usage fee with tax, without the one-time fee");
    weighed
}

/// A conforming case with a status that was polled.
pub(crate) fn conforming() -> CaseRecord {
    let poll = |attempt, status: &str| StepRecord {
        attempt,
        superseded: attempt < 5,
        ..step(
            "wait",
            "getStatus",
            31,
            vec![exchange("GET", "/status/M10001", json(200, format!(r#"{{"status":"{status}"}}"#)))],
        )
    };
    let mut steps =
        vec![step("register", "applyCustomer", 20, vec![exchange("POST", "/customers/M10001", json(201, ""))])];
    steps.extend((1..=4).map(|attempt| poll(attempt, "0")));
    steps.push(StepRecord {
        readings: vec![Reading {
            requirement: RequirementId::new("KT-RESIGN-END"),
            place: Place::Status,
            met: "a deleted customer's status is answered with 401".to_owned(),
        }],
        skipped: vec![Skipped {
            requirement: RequirementId::new("KT-HTTPS"),
            why: "the vendor runs on this machine".to_owned(),
            local: true,
        }],
        ..poll(5, "1")
    });
    case("kt-bizstore/lifecycle/first-month", Outcome::Conforms, steps)
}

/// Wrong sums, a wrong content type, and one mistake over several steps.
pub(crate) fn failing() -> CaseRecord {
    let bills = format!("[{},{}]", bill(1, 2, 3), bill(10_000, 5_000, 14_000));
    let html =
        Breach::ContentType { expected: vec!["application/json".to_owned()], actual: Some("text/html".to_owned()) };
    let mut answer = json(200, bills);
    answer.headers.set("content-type", "text/html");
    let first = StepRecord {
        description: Some("Charges of the 15th, month to date.".to_owned()),
        findings: vec![
            sum("/1/pay-amt"),
            finding("KT-CONTENT-TYPE", Level::Must, Place::Header("content-TYPE".to_owned()), html),
        ],
        ..step("bill-day", "getBillByDay", 44, vec![exchange("GET", "/bill-list/date/2026-01-15", answer.clone())])
    };
    let again = |id: &str| StepRecord {
        findings: vec![sum("/1/pay-amt")],
        ..step(id, "getBillByDay", 60, vec![exchange("GET", "/bill-list/date/2026-01-16", answer.clone())])
    };
    let waiting = |attempt| StepRecord {
        attempt,
        superseded: attempt < 3,
        ..step("wait", "getStatus", 31, vec![exchange("GET", "/status/M10001", json(200, r#"{"status":"1"}"#))])
    };
    let steps = vec![
        waiting(1),
        waiting(2),
        waiting(3),
        first,
        again("bill-16"),
        again("bill-17"),
        again("bill-18"),
        again("bill-19"),
        again("bill-20"),
    ];
    case("kt-bizstore/billing/by-day", Outcome::Breaks, steps)
}

/// The same mistake in another case.
pub(crate) fn failing_again() -> CaseRecord {
    let answer = json(200, format!("[{}]", bill(10_000, 5_000, 14_000)));
    let steps = vec![StepRecord {
        findings: vec![sum("/0/pay-amt")],
        ..step("bill-customer", "getBillByCustomer", 12, vec![exchange("GET", "/bill-list/customer/M10001", answer)])
    }];
    case("kt-bizstore/billing/by-customer", Outcome::Breaks, steps)
}

/// A forged token that was accepted; the vendor echoes it, a key, and what a terminal would obey.
pub(crate) fn tampered() -> CaseRecord {
    let mut answer = json(
        200,
        format!("{{\n  \"echo\": \"{TOKEN}\",\n  \"key\": \"{KEY}\",\n  \"owner\": \"홍\u{1b}[31m\u{202e}길동"),
    );
    answer.body.extend_from_slice(b"\xe9\"\r\n}");
    let breach = Breach::Accepted {
        what: "a token signed with another key".to_owned(),
        expected: vec!["401".to_owned()],
        actual: 200,
    };
    let not_text = Breach::NotJson(answer.json().expect_err("byte e9 is not UTF-8"));
    let steps = vec![StepRecord {
        tamper: Some("other-key".to_owned()),
        findings: vec![
            finding("KT-AUTH-SIGNATURE", Level::Must, Place::Status, breach),
            finding("KT-CONTENT-TYPE", Level::Must, Place::Body(String::new()), not_text),
        ],
        ..step(
            "forged",
            "getStatus",
            18,
            vec![exchange("GET", "/status/M10001", answer), lost("GET", "/status/M10001")],
        )
    }];
    case("kt-bizstore/authentication/status", Outcome::Breaks, steps)
}

/// A relative `Location`, which weighs as advice only, and the page behind it.
pub(crate) fn advised() -> CaseRecord {
    let mut answer = json(200, "<html></html>");
    answer.headers.set("content-type", "text/html; charset=utf-8");
    answer.headers.push("Location", "/login?member=M10001");
    let relative = Breach::Url {
        problem: "relative".to_owned(),
        expected: "an absolute URL".to_owned(),
        actual: "/login?member=M10001".to_owned(),
    };
    let page = Breach::Page { url: "http://127.0.0.1:8080/login?member=M10001".to_owned(), status: 404 };
    let mut seen = finding("KT-LOCATION-ABSOLUTE", Level::Should, Place::Course, page);
    seen.exchange = None;
    let place = Place::Header("Location".to_owned());
    let steps = vec![StepRecord {
        findings: vec![finding("KT-LOCATION-ABSOLUTE", Level::Should, place, relative), seen],
        visits: vec![Visit {
            url: "http://127.0.0.1:8080/login?member=M10001".to_owned(),
            hops: vec![Hop { url: "http://127.0.0.1:8080/login?member=M10001".to_owned(), status: 404 }],
            end: VisitEnd::Page { media_type: Some("text/html".to_owned()), text: "not here".to_owned() },
        }],
        ..step("sign-on", "applyCustomer", 25, vec![exchange("POST", "/customers/M10001", answer)])
    }];
    case("kt-bizstore/lifecycle/single-sign-on", Outcome::Conforms, steps)
}

/// An answer that is no HTTP.
pub(crate) fn garbage() -> CaseRecord {
    let loss = Loss::Malformed { problem: "a header field has no name".to_owned(), at: Some(17) };
    let received = b"HTTP/1.1 200 OK\r\n: nothing\r\n\r\n".to_vec();
    let answer = Exchange {
        answer: Err(loss.clone()),
        raw: Raw { received_total: received.len() as u64, received, ..Raw::default() },
        ..lost("DELETE", "/customers/M10001")
    };
    let steps = vec![StepRecord {
        findings: vec![finding("KT-ANSWER-WHOLE", Level::Must, Place::Connection, Breach::Lost { loss })],
        ..step("resign", "deleteCustomer", 70, vec![answer])
    }];
    case("kt-bizstore/lifecycle/resign", Outcome::Breaks, steps)
}

/// An answer that differs from what was reviewed.
pub(crate) fn unreviewed() -> CaseRecord {
    let breach = Breach::Snapshot {
        name: "snapshots/kt-bizstore/lifecycle/status/installed.snap".to_owned(),
        diff: " HTTP 200\n-Content-Type: application/json\n+content-TYPE: application/json".to_owned(),
    };
    let steps = vec![StepRecord {
        findings: vec![finding("SNAPSHOT", Level::Advice, Place::Course, breach)],
        ..step("installed", "getStatus", 33, vec![exchange("GET", "/status/M10001", json(200, r#"{"status":"1"}"#))])
    }];
    case("kt-bizstore/lifecycle/status", Outcome::Unreviewed, steps)
}

/// A vendor that was not there.
pub(crate) fn unreachable() -> CaseRecord {
    let outcome = Outcome::NotJudged(Blocked::Unreachable("the connection was refused".to_owned()));
    case(
        "kt-bizstore/lifecycle/again",
        outcome,
        vec![step("register", "applyCustomer", 9, vec![lost("POST", "/customers/M10002")])],
    )
}

/// A whole run.
pub(crate) fn events() -> Vec<Event> {
    let cases =
        [conforming(), failing(), failing_again(), tampered(), advised(), garbage(), unreviewed(), unreachable()];
    let mut totals = Totals { steps: 14, exchanges: 18, ..Totals::default() };
    let names = cases.iter().map(|case| case.name.clone()).collect();
    let mut events = vec![Event::RunStarted { seed: 7, cases: names, vendor: "http://127.0.0.1:8080/api".to_owned() }];
    for case in cases {
        match case.outcome {
            Outcome::Conforms => totals.conform += 1,
            Outcome::Breaks => totals.break_ += 1,
            Outcome::Unreviewed => totals.unreviewed += 1,
            Outcome::NotJudged(Blocked::Declined { .. }) => totals.declined += 1,
            Outcome::NotJudged(_) => totals.not_judged += 1,
        }
        events.push(Event::CaseStarted { name: case.name.clone() });
        events.push(Event::CaseFinished(Arc::new(case)));
    }
    events.push(Event::RunFinished { totals, interrupted: false, elapsed: Duration::from_millis(1_712) });
    events
}

/// The command line that would have been typed.
pub(crate) struct Typed;

impl Reproduce for Typed {
    fn rerun(&self, case: &CaseRecord) -> Vec<String> {
        let words = ["storeproof", "run", &case.name, "--vendor", "http://127.0.0.1:8080/api", "--seed", "7"];
        words.map(str::to_owned).to_vec()
    }

    fn export(&self, case: &CaseRecord) -> Option<Vec<String>> {
        let words = ["storeproof", "certify", "kt-bizstore", "--filter", &case.name, "--export", "DIR"];
        case.name.contains("/derived/").then(|| words.map(str::to_owned).to_vec())
    }

    fn stand_in(&self, _case: &CaseRecord, step: &StepRecord, header: &str) -> Option<Vec<String>> {
        if header != "encoded-jwt" {
            return None;
        }
        let mut words: Vec<String> = ["storeproof", "keys", "kt-bizstore", "--token"].map(str::to_owned).to_vec();
        words.extend(step.tamper.iter().flat_map(|mistake| ["--tamper".to_owned(), mistake.clone()]));
        Some(words)
    }
}

/// What a reporter writes about a whole run.
pub(crate) fn report(make: impl for<'a> FnOnce(&'a mut Vec<u8>, Background<'a>) -> Box<dyn Reporter + 'a>) -> String {
    report_of(&events(), make)
}

/// What a reporter writes about these events.
pub(crate) fn report_of(
    events: &[Event],
    make: impl for<'a> FnOnce(&'a mut Vec<u8>, Background<'a>) -> Box<dyn Reporter + 'a>,
) -> String {
    let catalogue = catalogue();
    let secrets = [Secret::new(KEY)];
    let background = Background { catalogue: &catalogue, secrets: &secrets, reproduce: &Typed };
    let mut out = Vec::new();
    let mut reporter = make(&mut out, background);
    for event in events {
        reporter.event(event).expect("memory takes everything");
    }
    drop(reporter);
    String::from_utf8(out).expect("reports are text")
}
