//! One long course in which every fault shows, in parts.

use super::*;
use crate::market::koogallery::vendor::Area;

/// Notes what a vendor answers and what it asks.
pub(super) struct Notes {
    course: Course,
    /// The instance that most of the course is about.
    id: String,
    lines: Vec<String>,
}

impl Notes {
    fn note(&mut self, what: &str, reply: &Reply) {
        let kind = match &reply.kind {
            ReplyKind::Response(answer) => {
                format!("{} {:?} {}", answer.status, answer.headers, answer.body.escape_ascii())
            }
            ReplyKind::Raw(bytes) => format!("raw {}", bytes.escape_ascii()),
            ReplyKind::Endless { limit, .. } => format!("endless {limit}"),
            other => format!("{other:?}"),
        };
        self.lines.push(format!("{what}: {:?} {kind}", reply.after));
        for request in self.course.asked.drain(..) {
            let Request { method, target, headers, body, .. } = request;
            let length = body.len();
            let body: String = body.escape_ascii().to_string().chars().take(600).collect();
            self.lines.push(format!("  asks {method} {target} {headers:?} {length} {body}"));
        }
    }

    fn v2(&mut self, body: Value) -> String {
        let reply = self.course.v2(&body);
        self.note(&body.to_string(), &reply);
        told(&reply)
    }

    /// The same call as a test.
    fn test(&mut self, mut body: Value) -> String {
        body["testFlag"] = json!("1");
        self.v2(body)
    }

    fn info(&mut self, id: &str) {
        self.v2(json!({ "activity": "queryInstance", "instanceId": id }));
    }

    fn create(&mut self, order: &str) -> String {
        self.v2(creation(order, &format!("{order}-000001")))
    }

    fn v1(&mut self, activity: &str, more: &[(&str, &str)]) -> String {
        let reply = self.course.v1(&[&[("activity", activity)], more].concat());
        self.note(&format!("{activity} {more:?}"), &reply);
        told(&reply)
    }

    /// A call of version 2.0 with exactly this body.
    fn exactly(&mut self, body: &str, mistake: Option<v2::Mistake>) {
        let request = self.course.signed(body, mistake, self.course.now);
        let reply = self.course.raw(&request);
        self.note(&format!("{body} {mistake:?}"), &reply);
    }
}

/// The id in an answer, under which the store goes on.
fn told(reply: &Reply) -> String {
    let ReplyKind::Response(response) = &reply.kind else { return "none".to_owned() };
    let body = response.json().unwrap_or_default();
    body["instanceId"].as_str().filter(|id| !id.is_empty()).unwrap_or("none").to_owned()
}

const PARTS: [fn(&mut Notes); 8] =
    [creations, queries, usage, terms, tests, authentication, requests_and_notifications, version_1];

/// The faults that cannot be told from each other, or from none. Whoever is told apart from everybody does not go on.
pub(super) fn told_apart() -> Vec<Vec<&'static str>> {
    let notes = |course| Notes { course, id: String::new(), lines: Vec::new() };
    let mut all = vec![("no fault", notes(Course::good()))];
    // Those of the kit and of the login show in calls that no course here has; the table of faults plays each.
    let played = Fault::ALL.iter().filter(|fault| !matches!(fault.area(), Area::Kit | Area::Login));
    all.extend(played.map(|fault| (fault.name(), notes(Course::with(*fault)))));
    let mut alike = vec![all];
    for part in PARTS {
        let mut still = Vec::new();
        for group in alike {
            let mut seen: HashMap<Vec<String>, Vec<(&'static str, Notes)>> = HashMap::new();
            for (name, mut notes) in group {
                part(&mut notes);
                let lines = std::mem::take(&mut notes.lines);
                seen.entry(lines).or_default().push((name, notes));
            }
            still.extend(seen.into_values().filter(|group| group.len() > 1));
        }
        alike = still;
    }
    alike.into_iter().map(|group| group.into_iter().map(|(name, _)| name).collect()).collect()
}

fn requests_and_notifications(notes: &mut Notes) {
    requests(notes);
    notifications(notes);
}

fn creations(notes: &mut Notes) {
    let id = notes.create("P1");
    notes.create("P1");
    let same = json!({ "activity": "newInstance", "orderId": "P1", "orderLineId": "P1-000001", "businessId": "b-1" });
    notes.v2(same.clone());
    notes.v2(same);
    notes.info(&id);
    for order in ["P2", "T1", "C1", "unknown", "MOCKPERIODYEARNEW", "P 9"] {
        notes.create(order);
    }
    notes.v2(creation("P3", "P3-000001"));
    notes.v2(creation("P3", "P3-000002"));
    // Two deliveries of one instant: the second was sent before the first was done.
    let (first, second) = ("b-race-1", "b-race-2");
    let sent = notes.course.now;
    for business in [first, second] {
        let body =
            json!({ "activity": "newInstance", "businessId": business, "orderId": "P4", "orderLineId": "P4-000001" });
        let request = notes.course.signed(&body.to_string(), None, sent);
        let reply = notes.course.raw(&request);
        notes.note(business, &reply);
    }
    notes.course.mood = Mood::Down;
    notes.create("P5");
    notes.course.mood = Mood::Good;
    notes.create("P5");
    notes.id = id;
}

fn authentication(notes: &mut Notes) {
    let id = notes.id.clone();
    let id = id.as_str();
    let query = json!({ "activity": "queryInstance", "instanceId": id }).to_string();
    for mistake in v2::Mistake::ALL {
        notes.exactly(&query, Some(*mistake));
    }
    // Its body has something to escape.
    let noted = json!({ "activity": "queryInstance", "instanceId": id, "note": "云" }).to_string();
    notes.exactly(&noted, Some(v2::Mistake::EscapesInBody));
    for note in ["云", "a/b", "a&b", "plain"] {
        notes.v2(json!({ "activity": "queryInstance", "instanceId": id, "note": note }));
    }
    // The store's clock may run ahead of the vendor's.
    let request = notes.course.signed(
        &query,
        None,
        notes.course.now.saturating_add(SignedDuration::from_secs(3)).expect("a time"),
    );
    let reply = notes.course.raw(&request);
    notes.note("ahead", &reply);
    let victim = notes.create("P6");
    notes.exactly(
        &json!({ "activity": "releaseInstance", "instanceId": victim }).to_string(),
        Some(v2::Mistake::WrongKey),
    );
    notes.info(&victim);
    for (activity, flag) in [("queryInstance", "1"), ("orderNotify", "0")] {
        let body =
            json!({ "activity": activity, "instanceId": id, "orderId": "P1", "orderLineId": "l", "testFlag": flag });
        notes.exactly(&body.to_string(), Some(v2::Mistake::WrongKey));
    }
    notes.v1("queryInstance", &[("instanceId", id)]);
    for mistake in auth_token::Mistake::ALL {
        let parameters = [("activity", "queryInstance"), ("instanceId", id), ("note", "a b")];
        let request = notes.course.query_v1(&parameters, Some(*mistake));
        let reply = notes.course.raw(&request);
        notes.note(mistake.name(), &reply);
    }
    let victim = notes.create("P7");
    let parameters = [("activity", "releaseInstance"), ("instanceId", victim.as_str()), ("orderId", "o")];
    let request = notes.course.query_v1(&parameters, Some(auth_token::Mistake::WrongKey));
    let reply = notes.course.raw(&request);
    notes.note("v1 release by a stranger", &reply);
    notes.info(&victim);
    // Of several tokens some have a plus sign.
    for _ in 0..6 {
        notes.v1("queryInstance", &[("instanceId", id)]);
        let request = notes
            .course
            .query_v1(&[("activity", "queryInstance"), ("instanceId", id)], Some(auth_token::Mistake::RawPlus));
        let reply = notes.course.raw(&request);
        notes.note("raw", &reply);
    }
    for (name, value) in
        [("customerName", "云"), ("customerName", "a b"), ("surprise", "x"), ("productId", ""), ("zeta", "x")]
    {
        notes.v1("queryInstance", &[("instanceId", id), (name, value)]);
    }
    // Sorted by name, up to the time that is signed with the rest.
    notes.v1("queryInstance", &[("businessId", "b"), ("instanceId", id)]);
}

fn requests(notes: &mut Notes) {
    let id = notes.id.clone();
    let id = id.as_str();
    let query = json!({ "activity": "queryInstance", "instanceId": id });
    for charset in ["application/json;charset=utf-8", "application/json", "text/plain"] {
        let mut request = notes.course.signed(&query.to_string(), None, notes.course.now);
        request.headers.set("Content-Type", charset);
        let reply = notes.course.raw(&request);
        notes.note(charset, &reply);
    }
    for method in ["GET", "PUT"] {
        let mut request = notes.course.signed(&query.to_string(), None, notes.course.now);
        request.method = method.to_owned();
        let reply = notes.course.raw(&request);
        notes.note(method, &reply);
    }
    for flag in ["0", "1"] {
        let mut flagged = query.clone();
        flagged["testFlag"] = json!(flag);
        notes.v2(flagged);
    }
    let mut elsewhere = notes.course.signed(&query.to_string(), None, notes.course.now);
    elsewhere.target = format!("/more{}", elsewhere.target);
    let reply = notes.course.raw(&elsewhere);
    notes.note("elsewhere", &reply);
    notes.exactly("{\"activity\":", None);
    notes.exactly(&format!("{{\"activity\":{}{}}}", "[".repeat(100), "]".repeat(100)), None);
    notes.exactly(r#"{"activity":"queryInstance","instanceId":"i","instanceId":"i"}"#, None);
    notes.exactly(&format!("{{\"activity\":\"queryInstance\",\"instanceId\":\"{}\"}}", "i".repeat(40_000)), None);
    notes.exactly("", None);
    for call in [
        json!({ "activity": "surprise", "orderId": "P8", "orderLineId": "P8-000001", "businessId": "b-8" }),
        json!({ "instanceId": id }),
        json!({ "activity": "newInstance", "orderId": "P9" }),
        json!({ "activity": "newInstance", "orderId": "P9", "orderLineId": "" }),
        json!({ "activity": "newInstance", "orderId": "P9", "orderLineId": "P9-000001".repeat(8) }),
        json!({ "activity": "newInstance", "orderId": "P9", "orderLineId": 7 }),
        json!({ "activity": "queryInstance", "instanceId": null }),
        json!({ "activity": "queryInstance", "instanceId": "实例" }),
        json!({ "activity": "changeInstanceCheck", "instanceId": id, "productInfo": { "linearValue": 0 } }),
        json!({ "activity": "changeInstanceCheck", "instanceId": id, "productInfo": { "linearValue": 10 } }),
    ] {
        notes.v2(call);
    }
}

fn queries(notes: &mut Notes) {
    let id = notes.id.clone();
    let id = id.as_str();
    let (second, third) = (notes.create("P2"), notes.create("T1"));
    notes.info(&[id, &second, &third].join(","));
    notes.info(&[id, &second].join(","));
    notes.info("nobody");
    notes.info(&[id, "nobody"].join(","));
    let many = |count: usize| (0..count).map(|at| format!("nobody-{at}")).collect::<Vec<_>>().join(",");
    notes.info(&format!("{id},{}", many(99)));
    notes.info(&format!("{id},{}", many(100)));
    notes.info(id);
}

fn usage(notes: &mut Notes) {
    let id = notes.create("D1");
    notes.info(&id);
    notes.v2(creation("D1", "D1-000002"));
    notes.course.later(10);
    notes.info(&id);
    notes.create("D1");
    notes.course.later(2);
    notes.info(&id);
    let package = notes.create("K1");
    notes.course.later(10);
    for id in [&package, &id] {
        notes.info(id);
    }
    for mood in [Mood::Down, Mood::Picky, Mood::Good] {
        notes.course.mood = mood;
        notes.course.later(2);
        notes.info(&id);
    }
    for status in ["FREEZE", "UNFREEZE"] {
        notes.v2(json!({ "activity": "updateInstanceStatus", "instanceId": id, "status": status }));
    }
    notes.course.later(2);
    notes.v2(json!({ "activity": "releaseInstance", "instanceId": id }));
    notes.course.later(5);
    notes.info(&id);
}

fn refresh(notes: &mut Notes, id: &str, scene: &str, order: &str, expires: &str, product: Option<&str>) {
    let mut call = json!({ "activity": "refreshInstance", "scene": scene, "orderId": order, "instanceId": id,
                           "orderLineId": format!("{order}-000001"), "expireTime": expires });
    if let Some(product) = product {
        call["productId"] = json!(product);
    }
    notes.v2(call);
}

fn terms(notes: &mut Notes) {
    let id = notes.id.clone();
    let id = id.as_str();
    let other = notes.create("P10");
    refresh(notes, id, "RENEWAL", "P-R1", "20280310030000", None);
    notes.info(id);
    refresh(notes, id, "RENEWAL", "P-R1", "20280310030000", None);
    notes.info(id);
    refresh(notes, id, "TRIAL_TO_FORMAL", "P-R2", "20290310030000", Some("p-2"));
    refresh(notes, id, "UNSUBSCRIBE_RENEWAL_PERIOD", "P-R3", "20280310030000", None);
    refresh(notes, id, "RENEWAL_CHANGE", "P-R4-BIG", "20290310030000", None);
    notes.info(id);
    refresh(notes, id, "RENEWAL", "P-R5", "20300310030000000", None);
    refresh(notes, id, "CANCEL_RENEW", "P-R6", "20290310030000", None);
    refresh(notes, id, "RENEWAL", "P-R7", "20290230030000", None);
    refresh(notes, "nobody", "RENEWAL", "P-R8", "20290310030000", None);
    notes.info(id);
    let change =
        |id: &str, status: &str| json!({ "activity": "updateInstanceStatus", "instanceId": id, "status": status });
    for status in ["FREEZE", "FREEZE"] {
        notes.v2(change(id, status));
    }
    notes.info(&[id, &other].join(","));
    refresh(notes, id, "RENEWAL", "P-R9", "20310310030000", None);
    for status in ["UNFREEZE", "UNFREEZE", "FROZEN"] {
        notes.v2(change(id, status));
    }
    notes.info(id);
    notes.v2(change("nobody", "FREEZE"));

    let upgrade = |id: &str, order: &str| json!({ "activity": "upgradeInstance", "instanceId": id, "orderId": order, "orderLineId": format!("{order}-000001") });
    for order in ["P-U1-BIG", "P-U1-BIG", "unknown"] {
        notes.v2(upgrade(&other, order));
    }
    notes.info(&other);
    notes.v2(upgrade("nobody", "P-U2"));
    let check = |id: &str, seats: u32| json!({ "activity": "changeInstanceCheck", "instanceId": id, "productInfo": { "linearValue": seats } });
    for (id, seats) in [(id, 1), (id, 90), ("nobody", 90)] {
        notes.v2(check(id, seats));
    }
    notes.info(id);

    let release = |id: &str| json!({ "activity": "releaseInstance", "instanceId": id });
    let frozen = notes.create("P11");
    notes.v2(change(&frozen, "FREEZE"));
    notes.v2(release(&frozen));
    refresh(notes, &frozen, "RENEWAL", "P-R11", "20310310030000", None);
    notes.info(&frozen);
    let mut with_order = release(id);
    with_order["orderId"] = json!("P1");
    notes.v2(with_order);
    notes.info(&[id, &other].join(","));
    for call in [release(id), release("nobody"), upgrade(id, "P-U3"), change(id, "UNFREEZE")] {
        notes.v2(call);
    }
    notes.create("P1");
}

fn tests(notes: &mut Notes) {
    let real = notes.create("P12");
    for _ in 0..2 {
        let id = notes.test(creation("D7", "D7-000001"));
        notes.test(creation("invented", "invented-000001"));
        for id in [id.as_str(), "nobody", &real] {
            let status = json!({ "activity": "updateInstanceStatus", "instanceId": id, "status": "FREEZE" });
            notes.test(status);
            notes.test(json!({ "activity": "queryInstance", "instanceId": id }));
            notes.test(json!({ "activity": "releaseInstance", "instanceId": id }));
        }
        notes.info(&id);
    }
    notes.info(&real);
}

fn notifications(notes: &mut Notes) {
    let notify =
        |order: &str| json!({ "activity": "orderNotify", "orderId": order, "orderLineId": format!("{order}-000001") });
    for order in ["P13", "P13", "P13-R1", "unknown"] {
        notes.v2(notify(order));
    }
    let mut flagged = notify("P14");
    flagged["testFlag"] = json!("0");
    notes.v2(flagged);
}

fn version_1(notes: &mut Notes) {
    let buy = |order: &'static str| {
        [
            ("customerId", "c-1"),
            ("orderId", order),
            ("productId", "p-1"),
            ("expireTime", "20270310030000"),
            ("chargingMode", "1"),
        ]
    };
    let id = notes.v1("newInstance", &buy("CS1"));
    for _ in 0..2 {
        notes.v1("newInstance", &buy("CS1"));
    }
    let second = notes.v1("newInstance", &buy("CS2"));
    for more in [
        ("mobilePhone", "0123456789abcdefAAAA"),
        ("saasExtendParams", "W3sibmFtZSI6ImEiLCJ2YWx1ZSI6bnVsbH1d"),
        ("saasExtendParams", "W3sibmFtZSI6ImEiLCJ2YWx1ZSI6ImIifV0="),
        ("amount", "9999999"),
        ("trialFlag", "1"),
        ("testFlag", "1"),
        ("testFlag", "1"),
    ] {
        notes.v1("newInstance", &[&buy("CS3")[..], &[more]].concat());
    }
    for product in ["p-1", "p-2"] {
        notes.v1("newInstance", &[("customerId", "c-2"), ("orderId", "CS4"), ("productId", product)]);
    }
    for _ in 0..2 {
        notes.v1("queryInstance", &[("instanceId", &id)]);
    }
    let about = |id: &'static str| [("instanceId", id), ("orderId", "CS5")];
    let unknown = about("nobody");
    let known = [("instanceId", id.as_str()), ("orderId", "CS5")];
    let other = [("instanceId", second.as_str()), ("orderId", "CS6")];
    let renewal = ("expireTime", "20280310030000");
    notes.v1("refreshInstance", &[&known[..], &[renewal]].concat());
    notes.v1("refreshInstance", &[&other[..], &[renewal, ("productId", "")]].concat());
    notes.v1("refreshInstance", &[&other[..], &[renewal, ("productId", "p-9"), ("trialToFormal", "1")]].concat());
    notes.v1("refreshInstance", &[&unknown[..], &[renewal]].concat());
    for call in ["expireInstance", "expireInstance"] {
        notes.v1(call, &known);
    }
    notes.v1("expireInstance", &unknown);
    for status in ["NORMAL", "FREEZE", "OPEN"] {
        notes.v1("instanceStatus", &[&known[..1], &[("instanceStatus", status)]].concat());
    }
    notes.v1("upgrade", &[&known[..], &[("amount", "50")]].concat());
    for (call, about) in [("releaseInstance", &known), ("releaseInstance", &unknown), ("queryInstance", &known)] {
        notes.v1(call, about);
    }
    notes.v1("surprise", &known);
    notes.v1("newInstance", &[("customerId", "c-1"), ("orderId", "CS9")]);
}
