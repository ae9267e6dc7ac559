use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

use jiff::SignedDuration;
use proptest::prelude::*;
use rstest::rstest;

use super::*;
use crate::sign::kt_jwt::{Mistake, Settings};

/// Noon of 10 March 2026 in Korea.
const START: &str = "2026-03-10T03:00:00Z";

/// Values by time and mistake.
type Tokens = BTreeMap<(Timestamp, Option<&'static str>), Option<String>>;

/// The header's value at a time. Every course begins at the same time, and signing each token once saves most of the
/// time of these tests.
fn token_at(now: Timestamp, mistake: Option<Mistake>) -> Option<String> {
    static TOKENS: Mutex<Tokens> = Mutex::new(BTreeMap::new());
    let make = || match mistake {
        None => Some(kt_jwt::sign(SigningKey::test(), now, &Settings::default()).expect("signed").token),
        Some(mistake) => kt_jwt::forge(mistake, SigningKey::test(), now, &Settings::default()).expect("forged"),
    };
    let mut tokens = TOKENS.lock().unwrap_or_else(PoisonError::into_inner);
    let value =
        tokens.entry((now, mistake.map(Mistake::name))).or_insert_with(|| make().map(|it| it.expose().to_owned()));
    value.clone()
}

/// A vendor and a store that calls it at times of its own.
struct Course {
    vendor: Vendor,
    start: Timestamp,
    /// Seconds since the start.
    second: i64,
}

impl Course {
    fn new(options: Options) -> Self {
        let options = Options {
            setup_delay: Duration::from_secs(10),
            deletion_delay: Duration::from_secs(5),
            base_url: options.base_url.or(Some("https://vendor.example".to_owned())),
            ..options
        };
        Self { vendor: Vendor::new(options), start: START.parse().expect("a time"), second: 0 }
    }

    fn with(fault: Fault) -> Self {
        Self::new(Options { faults: vec![fault], ..Options::default() })
    }

    fn good() -> Self {
        Self::new(Options::default())
    }

    fn now(&self) -> Timestamp {
        self.start.saturating_add(SignedDuration::from_secs(self.second)).expect("a time")
    }

    fn later(&mut self, seconds: i64) -> &mut Self {
        self.second += seconds;
        self
    }

    fn token(&self) -> String {
        token_at(self.now(), None).expect("a good token is sent")
    }

    fn raw(&mut self, mut request: Request) -> Reply {
        request.headers.push("Host", "127.0.0.1:8080");
        self.vendor.answer(&request, self.now())
    }

    fn reply(&mut self, method: &str, target: &str, body: &str) -> Reply {
        let mut request = Request { body: body.into(), ..Request::new(method, target) };
        request.headers.push("encoded-jwt", self.token());
        self.raw(request)
    }

    fn call(&mut self, method: &str, target: &str, body: &str) -> Response {
        match self.reply(method, target, body).kind {
            ReplyKind::Response(response) => response,
            other => panic!("{method} {target}: {other:?}"),
        }
    }

    fn get(&mut self, target: &str) -> (u16, Value) {
        let response = self.call("GET", target, "");
        (response.status, response.json().expect("JSON"))
    }

    fn apply(&mut self, key: &str, body: &str) -> Response {
        self.call("POST", &format!("/customers/{key}"), body)
    }

    fn tampered(&mut self, mistake: Mistake, method: &str, target: &str) -> Reply {
        let mut request = Request::new(method, target);
        if let Some(value) = token_at(self.now(), Some(mistake)) {
            request.headers.push("encoded-jwt", value);
        }
        self.raw(request)
    }

    /// Opens a link as a browser does: cookies kept, five redirects at most, the vendor's own origin only.
    fn browse(&mut self, location: &str) -> String {
        let (mut url, mut cookie, mut trace) = (location.to_owned(), None, String::new());
        for _ in 0..5 {
            let Some(target) = url.strip_prefix("https://vendor.example").or(url.strip_prefix("http://vendor.example"))
            else {
                return trace + &url;
            };
            let mut request = Request::new("GET", target);
            if let Some(cookie) = &cookie {
                request.headers.push("Cookie", format!("theme=dark; {cookie}"));
            }
            let ReplyKind::Response(response) = self.raw(request).kind else { return trace + "no answer" };
            trace.push_str(&format!("{} ", response.status));
            if let Some(set) = response.headers.text("Set-Cookie") {
                cookie = set.split(';').next().map(str::to_owned);
            }
            match response.headers.text("Location") {
                Some(next) if next.starts_with('/') => url = format!("https://vendor.example{next}"),
                Some(next) => url = next,
                None => return trace + &response.text(),
            }
        }
        trace
    }
}

fn location(response: &Response) -> String {
    response.headers.text("Location").unwrap_or_default()
}

#[test]
fn the_life_of_a_customer() {
    let mut course = Course::good();
    let first =
        course.apply("M12345", r#"{"service-info":"3","license-start-date":"20260310","license-states-cd":"0"}"#);
    assert_eq!(
        (first.status, first.media_type().as_deref(), first.charset().as_deref()),
        (201, Some("text/html"), Some("utf-8"))
    );
    assert!(location(&first).starts_with("https://vendor.example/login?customer=M12345&ticket="));
    assert!(first.text().contains("M12345"));

    let (code, status) = course.get("/status/M12345");
    assert_eq!(code, 200);
    assert_eq!(
        status,
        json!({
            "mem-sq": "M12345", "license-start-date": "20260310", "reg-date": "20260310",
            "install-complete-date": "99999999", "status": "0",
            "service-manager": "김하나(010-0000-0001,manager@vendor.example)",
            "service-engineer": "이두리(010-0000-0002,engineer@vendor.example)",
        })
    );
    let (_, status) = course.later(10).get("/status/M12345");
    assert_eq!((&status["status"], &status["install-complete-date"]), (&json!("1"), &json!("20260310")));

    let known = course.apply("M12345", "");
    assert_eq!((known.status, location(&known)), (200, location(&first)));
    assert!(course.browse(&location(&known)).starts_with("302 200 <!doctype html>"));

    let (code, bills) = course.get("/bill-list/date/2026-03-31");
    let entry = json!({
        "mem-sq": "M12345", "bill-date": "2026-03-31", "service-info": "3", "free-period": "20260310~20260310",
        "license-count": "5", "usage-pay-amt": 27_097, "install-complete-date": "2026-03-10", "onetime-pay-amt": 0,
        "pay-amt": 27_097,
    });
    assert_eq!((code, bills), (200, json!([entry])));
    let (code, bill) = course.get("/bill-list/customer/M12345");
    assert_eq!((code, &bill["bill-date"], &bill["pay-amt"]), (200, &json!("2026-03-10"), &json!(0)));

    let resigned = course.call("DELETE", "/customers/M12345", "");
    assert_eq!((resigned.status, resigned.json().expect("JSON")["success"].clone()), (200, json!(true)));
    assert_eq!(course.get("/status/M12345").1["status"], "98");
    assert_eq!(course.later(5).get("/status/M12345").1["status"], "99");
    assert!(course.browse(&location(&known)).starts_with("403 "));
    assert_eq!(course.call("DELETE", "/customers/M12345", "").status, 200);
    assert_eq!(course.get("/bill-list/date/2026-04-01"), (200, json!([])));

    assert_eq!(course.apply("M12345", "").status, 201);
    assert_eq!(course.get("/status/M12345").1["status"], "0");
    assert_eq!(course.get("/bill-list/date/2026-04-01").1.as_array().map(Vec::len), Some(1));
}

#[test]
fn a_deleted_customer_may_be_gone_for_good() {
    let mut course = Course::new(Options { deleted_as: DeletedAs::Unauthorized, ..Options::default() });
    course.apply("M1", "");
    course.call("DELETE", "/customers/M1", "");
    assert_eq!(course.get("/status/M1").1["status"], "98");
    assert_eq!(course.later(5).get("/status/M1").0, 401);
    course.apply("M2", "");
    assert_eq!(course.get("/status/M2").0, 200, "the same token is good for another customer");
}

#[test]
fn state_codes_suspend_resume_and_terminate() {
    let mut course = Course::good();
    let figure = |course: &mut Course, day: &str| course.get(&format!("/bill-list/date/{day}")).1[0]["pay-amt"].clone();
    course.apply("M1", "");
    course.later(10);
    assert_eq!(figure(&mut course, "2026-04-30"), 30_000);
    assert_eq!(course.apply("M1", r#"{"license-states-cd":"2"}"#).status, 200);
    assert_eq!(figure(&mut course, "2026-04-30"), 0);
    assert_eq!(course.apply("M1", r#"{"license-states-cd":0}"#).status, 200);
    assert_eq!(figure(&mut course, "2026-04-30"), 30_000);
    assert_eq!(course.apply("M1", r#"{"license-states-cd":"1"}"#).status, 200);
    assert_eq!(course.get("/status/M1").1["status"], "98");
}

#[rstest]
#[case("%ED%99%8D%EA%B8%B8%EB%8F%99", "홍길동")]
#[case("a%2Fb+c%20%26%3C%3E%22", "a/b+c &<>\"")]
#[case("%2541", "%41")]
#[case("%2E%2E", "..")]
#[case("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", &"x".repeat(105))]
fn customer_keys_come_back_as_they_are(#[case] segment: &str, #[case] key: &str) {
    let mut course = Course::good();
    let applied = course.apply(segment, "");
    assert_eq!(applied.status, 201);
    assert_eq!(course.get(&format!("/status/{segment}")).1["mem-sq"], key);
    assert_eq!(course.get("/bill-list/date/2026-03-10").1[0]["mem-sq"], key);
    assert_eq!(course.get(&format!("/bill-list/customer/{segment}")).1["mem-sq"], key);
    assert!(url::Url::parse(&location(&applied)).is_ok());
    assert!(course.browse(&location(&applied)).starts_with("302 200 "));
    assert!(!applied.text().contains("&<"), "escaped");
}

#[rstest]
#[case("GET", "/status/M404", 404)]
#[case("GET", "/bill-list/customer/M404", 404)]
#[case("DELETE", "/customers/M404", 404)]
#[case("POST", "/customers/TRIAL-1", 406)]
#[case("GET", "/bill-list/date/2026-02-30", 400)]
#[case("GET", "/bill-list/date/20260210", 400)]
#[case("PUT", "/customers/M1", 405)]
#[case("GET", "/customers/M1", 405)]
#[case("DELETE", "/status/M1", 405)]
#[case("GET", "/", 404)]
fn what_cannot_be_answered_is_refused(#[case] method: &str, #[case] target: &str, #[case] status: u16) {
    let response = Course::good().call(method, target, "");
    assert_eq!(response.status, status);
    assert!(response.json().expect("JSON")["reason"].is_string());
    assert_eq!(response.headers.get("Allow").is_some(), status == 405);
}

/// Tokens at a limit, and right ones with more than the store puts into them.
fn is_accepted(mistake: Mistake) -> bool {
    matches!(
        mistake,
        Mistake::TooOld50s
            | Mistake::IatAhead2s
            | Mistake::IatAhead5s
            | Mistake::ExpInMs
            | Mistake::AuthorizationBearer
            | Mistake::WithExp
            | Mistake::WithSub
    )
}

#[test]
fn every_mistake_is_refused_on_every_call_and_nothing_is_done() {
    let mut course = Course::good();
    course.apply("M1", "");
    course.later(10);
    let calls = [
        ("GET", "/status/M1"),
        ("POST", "/customers/M2"),
        ("DELETE", "/customers/M1"),
        ("GET", "/bill-list/date/2026-03-10"),
        ("GET", "/bill-list/customer/M1"),
    ];
    for mistake in Mistake::ALL {
        if is_accepted(*mistake) {
            assert!(
                matches!(course.tampered(*mistake, "GET", "/status/M1").kind, ReplyKind::Response(answer) if answer.status == 200)
            );
            continue;
        }
        for (method, target) in calls {
            let ReplyKind::Response(answer) = course.tampered(*mistake, method, target).kind else {
                panic!("{mistake}")
            };
            assert_eq!(answer.status, 401, "{mistake} on {method} {target}");
            assert!(answer.json().is_ok());
        }
    }
    assert_eq!(course.get("/status/M2").0, 404);
    assert_eq!(course.get("/status/M1").1["status"], "1");
}

#[test]
fn a_base_address_with_a_path_is_expected_and_named() {
    let base = Some("https://vendor.example/api/".to_owned());
    let mut course = Course::new(Options { base_url: base, ..Options::default() });
    let applied = course.apply("M1", "");
    assert_eq!(applied.status, 404);
    let applied = course.call("POST", "/api/customers/M1", "");
    assert!(location(&applied).starts_with("https://vendor.example/api/login?"));
    assert!(course.browse(&location(&applied)).starts_with("302 200 "));

    let mut vendor = Vendor::new(Options::default());
    let token = course.token();
    let mut request = Request::new("POST", "/customers/M1");
    request.headers.push("encoded-jwt", token);
    request.headers.push("Host", "127.0.0.1:9");
    let ReplyKind::Response(answer) = vendor.answer(&request, course.now()).kind else { panic!("an answer") };
    assert!(location(&answer).starts_with("http://127.0.0.1:9/login?"));
}

/// Everything that a store and a browser see of a vendor on one long course.
fn transcript(mut course: Course) -> Vec<String> {
    let mut lines = Vec::new();
    let mut note = |what: String, reply: Reply| {
        let kind = match &reply.kind {
            ReplyKind::Response(answer) => {
                format!("{} {:?} {}", answer.status, answer.headers, String::from_utf8_lossy(&answer.body))
            }
            ReplyKind::Raw(bytes) => format!("raw {}", String::from_utf8_lossy(bytes)),
            ReplyKind::Endless { head, limit, .. } => format!("endless {} {limit}", String::from_utf8_lossy(head)),
            other => format!("{other:?}"),
        };
        lines.push(format!("{what}: {:?} {kind}", reply.after));
    };
    let trial = course.reply("POST", "/customers/TRIAL-1", "");
    note("trial".into(), trial);
    let bodies = [
        (
            "M1",
            r#"{"service-info":"3","onetime-type":"2","contract-discount-period":"20260101~20261231","license-start-date":"20260309","license-states-cd":"0"}"#,
        ),
        ("M1", ""),
        ("M2", r#"{"onetime-type":"1","surprise":true}"#),
        ("m2", ""),
        ("%ED%99%8D", "{"),
        ("%ED%99%8D", "{}"),
        ("%2541", "{}"),
        ("a+b", "{}"),
        ("a%2Fb", "{}"),
        ("%20a", "{}"),
        (&"x".repeat(70), "{}"),
    ];
    for (key, body) in bodies {
        let reply = course.reply("POST", &format!("/customers/{key}"), body);
        note(format!("apply {key}"), reply);
        let reply = course.reply("GET", &format!("/status/{key}"), "");
        note(format!("status {key}"), reply);
    }
    let reply = course.reply("GET", "/bill-list/customer/M1", "");
    note("bill while installing".into(), reply);
    course.later(10);
    for mistake in Mistake::ALL {
        let reply = course.tampered(*mistake, "GET", "/status/M1");
        note(mistake.to_string(), reply);
    }
    for (method, target) in [
        ("POST", "/customers/M1"),
        ("DELETE", "/customers/M404"),
        ("GET", "/bill-list/date/2026-03-10"),
        ("GET", "/bill-list/customer/M1"),
    ] {
        let reply = course.tampered(Mistake::MissingToken, method, target);
        note(format!("no token on {method} {target}"), reply);
    }
    let token = course.token();
    for (name, value) in [("Authorization", token.clone()), ("encoded-jwt", format!("Bearer {token}"))] {
        let mut request = Request::new("GET", "/status/M1");
        request.headers.push(name, value);
        let reply = course.raw(request);
        note(name.to_owned(), reply);
    }
    let walk = [
        ("GET", "/status/M1", ""),
        ("GET", "/status/M1", ""),
        ("GET", "/status/M404", ""),
        ("PUT", "/customers/M1", ""),
        ("GET", "/bill-list/customer/M1", ""),
        ("GET", "/bill-list/customer/M404", ""),
        ("GET", "/bill-list/date/2026-02-28", ""),
        ("GET", "/bill-list/date/2026-03-10", ""),
        ("GET", "/bill-list/date/2026-03-12", ""),
        ("GET", "/bill-list/date/2026-03-31", ""),
        ("GET", "/bill-list/date/2026-04-01", ""),
        ("GET", "/bill-list/date/2026-02-30", ""),
        ("GET", "/bill-list/date/20260310", ""),
        ("POST", "/customers/M1", r#"{"license-states-cd":"2"}"#),
        ("POST", "/customers/M1", r#"{"license-states-cd":"2"}"#),
        ("GET", "/status/M1", ""),
        ("GET", "/bill-list/date/2026-03-31", ""),
        ("POST", "/customers/M1", r#"{"license-states-cd":"0"}"#),
        ("GET", "/bill-list/date/2026-03-31", ""),
        ("POST", "/customers/M2", r#"{"license-states-cd":"1"}"#),
        ("GET", "/status/M2", ""),
        ("DELETE", "/customers/M404", ""),
    ];
    for (method, target, body) in walk {
        let reply = course.later(1).reply(method, target, body);
        note(format!("{method} {target} {body}"), reply);
    }
    for (method, body) in [("POST", r#"{"license-states-cd":"2"}"#), ("DELETE", ""), ("DELETE", "")] {
        let reply = course.later(1).reply(method, "/customers/m2", body);
        note(format!("suspended and leaving: {method}"), reply);
        let reply = course.reply("GET", "/status/m2", "");
        note(format!("suspended and leaving: status after {method}"), reply);
    }
    for time in 1..=14 {
        let reply = course.reply("GET", "/status/a+b", "");
        note(format!("asked {time} times"), reply);
    }
    let link = match course.reply("POST", "/customers/M1", "").kind {
        ReplyKind::Response(answer) => location(&answer),
        _ => String::new(),
    };
    let opened = course.browse(&link);
    let end = [
        ("DELETE", "/customers/M1"),
        ("GET", "/status/M1"),
        ("GET", "/bill-list/customer/M1"),
        ("GET", "/bill-list/date/2026-03-31"),
        ("DELETE", "/customers/M1"),
    ];
    for (method, target) in end {
        let reply = course.reply(method, target, "");
        note(format!("leaving: {method} {target}"), reply);
    }
    let closed = course.browse(&link);
    let after = [
        ("GET", "/status/M1"),
        ("GET", "/status/a%2Fb"),
        ("POST", "/customers/M1"),
        ("GET", "/status/M1"),
        ("GET", "/bill-list/date/2026-03-31"),
    ];
    for (method, target) in after {
        let reply = course.later(5).reply(method, target, "");
        note(format!("left: {method} {target}"), reply);
    }
    lines.push(format!("opened: {opened}"));
    lines.push(format!("closed: {closed}"));
    lines
}

#[test]
fn each_fault_can_be_seen_and_told_from_every_other() {
    let good = transcript(Course::good());
    let mut seen: HashMap<Vec<String>, Fault> = HashMap::new();
    for fault in Fault::ALL {
        let bad = transcript(Course::with(*fault));
        assert_eq!(bad.len(), good.len());
        assert!(bad != good, "{fault} changes nothing");
        if let Some(same) = seen.insert(bad, *fault) {
            panic!("{fault} looks like {same}");
        }
    }
}

/// The fault of each mistake's name accepts just that mistake.
#[test]
fn who_accepts_one_mistake_refuses_the_others() {
    // Times that only a vendor with another clock takes are of no use to look for holes.
    let clocks = [Mistake::IatInMs, Mistake::IatAhead9h];
    let strict = |mistake: &Mistake| !is_accepted(*mistake) && !clocks.contains(mistake);
    for mistake in Mistake::ALL.iter().filter(|mistake| strict(mistake)) {
        let name = format!("accept-{mistake}");
        let Ok(fault) = name.parse::<Fault>() else {
            assert!(mistake.name().starts_with("malformed-"), "{mistake} has no fault");
            continue;
        };
        let mut course = Course::with(fault);
        course.apply("M1", "");
        let accepted: Vec<_> = Mistake::ALL
            .iter()
            .filter(|mistake| strict(mistake))
            .filter(|mistake| {
                let reply = course.tampered(**mistake, "GET", "/status/M1");
                matches!(reply.kind, ReplyKind::Response(answer) if answer.status == 200)
            })
            .collect();
        assert!(accepted.contains(&mistake), "{fault} refuses {mistake}");
        let expected = match mistake {
            // Whoever waits longer accepts what is younger as well, and whoever takes any unreadable token takes all.
            // A token that brings its own key along is signed with that key all the same.
            Mistake::OtherKey | Mistake::TooOld70s => 2,
            Mistake::TooOld9m => 3,
            Mistake::TooOld1h => 4,
            Mistake::MalformedToken => 6,
            _ => 1,
        };
        assert_eq!(accepted.len(), expected, "{fault}: {accepted:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_request_panics(
        method in "GET|POST|DELETE|HEAD",
        target in "/(status|customers|bill-list/date|bill-list/customer|login|home)/?(%[0-9A-F]{2}|\\PC){0,8}(\\?\\PC{0,8})?",
        body in proptest::collection::vec(any::<u8>(), 0..40),
        cookie in "\\PC{0,20}",
    ) {
        let mut course = Course::good();
        let mut request = Request { body, ..Request::new(method, target) };
        request.headers.push("encoded-jwt", course.token());
        request.headers.push("Cookie", cookie);
        let ReplyKind::Response(answer) = course.raw(request).kind else { panic!("a good vendor answers") };
        prop_assert!(answer.status < 500);
    }

    #[test]
    fn figures_never_fall_within_a_month(first in 1i8..=28, steps in proptest::collection::vec(0i64..4, 4)) {
        let mut course = Course::good();
        course.apply("M1", r#"{"onetime-type":"1"}"#);
        for (step, code) in steps.iter().zip(["2", "0", "2", "0"]) {
            course.later(step * 86_400);
            course.apply("M1", &format!(r#"{{"license-states-cd":"{code}"}}"#));
        }
        let figure = |course: &mut Course, day: i8| {
            let (_, bills) = course.get(&format!("/bill-list/date/2026-03-{day:02}"));
            bills[0]["pay-amt"].as_i64().unwrap_or_default()
        };
        prop_assert!(figure(&mut course, first) <= figure(&mut course, first + 1));
    }
}

#[test]
fn a_secret_of_a_request_is_not_repeated() {
    let mut course = Course::good();
    let reply = course.tampered(Mistake::OtherKey, "GET", "/status/M1");
    let token = token_at(course.now(), Some(Mistake::OtherKey)).expect("a token is sent");
    let ReplyKind::Response(answer) = reply.kind else { panic!("an answer") };
    assert!(!answer.text().contains(&token));
}

/// A shared clock can be moved back; who was registered then is known all the same.
#[test]
fn a_clock_that_was_moved_back_makes_no_customer_unknown() {
    let mut course = Course::good();
    course.later(40 * 86_400).apply("M1", "{}");
    let (status, bill) = course.later(-39 * 86_400).get("/bill-list/customer/M1");
    assert_eq!((status, &bill["mem-sq"]), (200, &json!("M1")));
}
