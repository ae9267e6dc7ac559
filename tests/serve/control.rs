//! The control API: the log, the clock, the state, and everything that it refuses.

use rstest::rstest;
use serde_json::{Value, json};
use storeproof::wire::Request;

use crate::support::{Folder, interface, order};

#[test]
fn every_operation_of_the_document_is_served() {
    let served = Folder::new().serve("");
    let document = served.get("/openapi.json");
    assert_eq!(document["paths"].as_object().map(|paths| paths.len()), Some(11));
    for operation in &interface().operations {
        let path = operation.path.replace("{marketplace}", "nowhere").replace("{id}", "999999");
        if operation.id == "watchExchanges" {
            // Its answer has no end; another test reads it.
            continue;
        }
        let body = operation.body.as_ref().map(|_| json!({}));
        let answer = served.api(&operation.method, path.trim_start_matches("/api"), body.as_ref());
        let detail = answer.body["detail"].as_str().unwrap_or_default();
        assert!(answer.status != 405 && !detail.contains("there is nothing at"), "{}: {detail}", operation.id);
    }
}

#[test]
fn marketplaces_are_listed_with_what_they_call() {
    let folder = Folder::new();
    let served = folder.serve("--vendor kt-bizstore=reference");
    let listed = served.get("/marketplaces");
    let all = listed["marketplaces"].as_array().expect("a list");
    let names: Vec<&str> = all.iter().filter_map(|it| it["name"].as_str()).collect();
    assert_eq!(names, storeproof::market::MARKETPLACES);
    let of = |name: &str| all.iter().find(|it| it["name"] == name).expect("is there");
    assert_eq!(of("kt-bizstore")["base"], served.base("kt-bizstore"));
    assert!(of("kt-bizstore")["vendor"].as_str().is_some_and(|vendor| vendor.starts_with("http://127.0.0.1:")));
    assert!(of("kt-bizstore")["calls"].as_array().expect("a list").contains(&json!("applyCustomer")));
    assert_eq!(of("koogallery")["vendor"], Value::Null);
    assert!(of("koogallery")["callbacks"].as_array().expect("a list").contains(&json!("queryOrder")));
    assert_eq!(of("koogallery")["clock"]["ahead_ms"], 0);
}

#[test]
fn a_call_of_the_vendors_is_in_the_log_with_what_was_found() {
    let served = Folder::new().serve("koogallery");
    served.ask_order("MOCKPERIODYEARNEW").expect("an answer");
    let mut unsigned = Request::new("GET", "/api/mkp-openapi-public/global/v1/order/query?orderId=MOCK%20A");
    unsigned.headers.push("X-Odd", "b");
    served.send("koogallery", unsigned);
    let mut bytes = Request::new("POST", "/nowhere");
    bytes.body = vec![0xff, 0xfe, 0x00];
    served.send("koogallery", bytes);

    let listed = served.get("/exchanges");
    let lines = listed["exchanges"].as_array().expect("a list");
    let told: Vec<(u64, &str, &str)> = lines
        .iter()
        .map(|line| {
            let text = |name: &str| line[name].as_str().unwrap_or_default();
            (line["id"].as_u64().expect("a number"), text("operation"), text("verdict"))
        })
        .collect();
    assert_eq!(told, [(3, "", "breaks"), (2, "queryOrder", "breaks"), (1, "queryOrder", "conforms")]);
    assert_eq!((&listed["last"], &listed["more"]), (&json!(3), &json!(false)));

    let detail = served.get("/exchanges/2");
    assert_eq!((&detail["status"], &detail["caller"]), (&json!(401), &json!("vendor")));
    let finding = &detail["findings"][0];
    assert_eq!((&finding["requirement"], &finding["level"]), (&json!("KG-ORDER-SIGNED"), &json!("must")));
    for told in ["rule", "why", "mend", "message", "place", "source"] {
        assert!(finding[told].as_str().is_some_and(|text| !text.is_empty()), "{told}: {finding}");
    }
    assert_eq!(detail["parsed"]["query"], json!([{ "name": "orderId", "value": "MOCK A" }]));
    let raw = detail["raw"]["request"]["data"].as_str().expect("text");
    assert!(
        raw.starts_with("GET /api/mkp-openapi-public/global/v1/order/query?orderId=MOCK%20A HTTP/1.1\r\n"),
        "{raw}"
    );
    assert!(raw.contains("\r\nX-Odd: b\r\n") && raw.ends_with("\r\n\r\n"), "{raw}");
    assert!(detail["parsed"]["answer"]["error_code"].is_string());

    // What a terminal would obey is never written as it is.
    let mut hostile = Request::new("POST", "/nowhere");
    hostile.body = "\u{1b}[31m\u{9b}31m\u{202e}".as_bytes().to_vec();
    served.send("koogallery", hostile);
    let shown = served.api("GET", "/exchanges/4", None);
    assert!(!shown.response.text().contains(['\u{1b}', '\u{9b}', '\u{202e}']), "{}", shown.response.text());
    assert_eq!(shown.body["exchange"]["request"]["body"]["data"], "\u{1b}[31m\u{9b}31m\u{202e}");

    let bytes = served.get("/exchanges/3");
    assert_eq!(
        bytes["exchange"]["request"]["body"],
        json!({"encoding": "base64", "data": "//4A", "bytes": 3, "truncated": false})
    );
    assert_eq!(bytes["raw"]["request"]["encoding"], "base64");
}

#[test]
fn a_list_is_narrowed_and_read_in_pages() {
    let served = Folder::new().serve("--vendor kt-bizstore=reference");
    for order in ["MOCKPERIODYEARNEW", "MOCKONDEMAND", "NONE"] {
        served.ask_order(order).expect("an answer");
    }
    let call = json!({ "operation": "getStatus", "parameters": { "mem-sq": "M1" } });
    served.post("/kt-bizstore/calls", &call).is(200);
    let ids = |query: &str| {
        let listed = served.get(&format!("/exchanges?{query}"));
        let ids: Vec<u64> =
            listed["exchanges"].as_array().expect("a list").iter().filter_map(|it| it["id"].as_u64()).collect();
        (ids, listed["more"] == true)
    };
    assert_eq!(ids("marketplace=koogallery"), (vec![3, 2, 1], false));
    assert_eq!(ids("caller=vendor&verdict=conforms"), (vec![2, 1], false));
    assert_eq!(ids("text=mockondemand"), (vec![2], false));
    assert_eq!(ids("text=KG-ORDER-IDS"), (vec![3], false));
    assert_eq!(ids("operation=getStatus").0[..], [4]);
    assert_eq!(ids("limit=1&marketplace=koogallery"), (vec![3], true));
    assert_eq!(ids("limit=1&before=3"), (vec![2], true));
    assert_eq!(ids("after=1&before=3&text=&verdict="), (vec![2], false));
    served.api("DELETE", "/exchanges", None).is(204);
    assert_eq!(ids(""), (vec![], false));
    served.api("GET", "/exchanges/1", None).problem(404, "the log was emptied");
    served.ask_order("MOCKONDEMAND").expect("an answer");
    assert!(ids("").0[0] > 4, "numbers go on");
}

#[rstest]
#[case("/exchanges?limits=5", 400, "did you mean limit?", "limits")]
#[case("/exchanges?limit=0", 400, "1 to 1000", "limit")]
#[case("/exchanges?limit=many", 400, "not a whole number", "limit")]
#[case("/exchanges?verdict=good", 400, "none of conforms, noted, breaks, not-judged", "verdict")]
#[case("/exchanges?caller=me", 400, "none of marketplace, vendor", "caller")]
#[case("/exchanges?marketplace=scp9", 400, "is not served", "marketplace")]
#[case("/exchanges?text=a&text=b", 400, "there twice", "text")]
#[case("/events?limit=1", 400, "unknown", "limit")]
#[case("/marketplaces?x=1", 400, "there are none here", "x")]
#[case("/exchanges/1", 404, "has not been yet", "id")]
#[case("/exchanges/first", 404, "no number of an exchange", "id")]
#[case("/nowhere/clock", 404, "no marketplace that is served here", "marketplace")]
fn what_is_asked_wrongly_is_told_with_its_name(
    #[case] path: &str,
    #[case] status: u16,
    #[case] detail: &str,
    #[case] parameter: &str,
) {
    let served = Folder::new().serve("koogallery");
    let problem = served.api("GET", path, None).problem(status, detail);
    assert_eq!((&problem["parameter"], &problem["status"]), (&json!(parameter), &json!(status)));
}

#[rstest]
#[case("PUT", "/koogallery/clock", json!({}), "", "give either ahead")]
#[case("PUT", "/koogallery/clock", json!({"ahead": "soon"}), "/ahead", "is no time such as 2h")]
#[case("PUT", "/koogallery/clock", json!({"ahead": 5}), "/ahead", "invalid type")]
#[case("PUT", "/koogallery/clock", json!({"now": "tomorrow"}), "/now", "is no time")]
#[case("PUT", "/koogallery/clock", json!({"behind": "2h"}), "/behind", "unknown field")]
#[case("POST", "/koogallery/disturbances", json!({"status": 500, "close": true}), "", "exactly one of")]
#[case("POST", "/koogallery/disturbances", json!({"status": 99}), "", "status 99")]
#[case("POST", "/koogallery/disturbances", json!({"operation": "queryOrders", "close": true}), "/operation", "known: authorize, issueToken")]
#[case("POST", "/kt-bizstore/disturbances", json!({"operation": "getStatus", "close": true}), "/operation", "there are none")]
#[case("PUT", "/koogallery/disturbances", json!({"rules": [{"cut": true}, {"operation": "x", "cut": true}]}), "/rules/1/operation", "no operation")]
#[case("PUT", "/koogallery/disturbances", json!({"rules": [{"cut": true}, {"cuts": true}]}), "/rules/1/cuts", "unknown field")]
#[case("PUT", "/koogallery/disturbances", json!([[]]), "", "an object")]
#[case("POST", "/koogallery/seed", json!({"orders": [order("CS1"), {"orderId": "CS2"}]}), "/orders/1", "missing field")]
#[case("POST", "/koogallery/seed", json!({"shelves": []}), "/shelves", "unknown field")]
#[case("POST", "/kt-bizstore/seed", json!({}), "", "nothing to put into it")]
#[case("POST", "/koogallery/calls", json!({"operation": 5}), "/operation", "invalid type")]
#[case("POST", "/koogallery/calls", json!({"operations": "x"}), "/operations", "unknown field")]
#[case("POST", "/koogallery/reset", json!({"all": true}), "/all", "send no body")]
fn what_is_said_wrongly_is_pointed_at(
    #[case] method: &str,
    #[case] path: &str,
    #[case] body: Value,
    #[case] pointer: &str,
    #[case] detail: &str,
) {
    let served = Folder::new().serve("kt-bizstore koogallery");
    let problem = served.api(method, path, Some(&body)).problem(422, detail);
    assert_eq!(problem["pointer"], pointer);
    assert_eq!(problem["title"], "Unprocessable Entity");
}

#[test]
fn what_is_no_json_is_not_read() {
    let served = Folder::new().serve("koogallery");
    let ask = |typed: Option<&str>, body: &[u8]| {
        let mut request = Request::new("POST", "/api/koogallery/seed");
        if let Some(typed) = typed {
            request.headers.push("Content-Type", typed);
        }
        request.body = body.to_vec();
        served.ask(request)
    };
    ask(Some("application/json"), b"{\"orders\": [").problem(400, "the body is not JSON: EOF while parsing");
    ask(Some("application/json; charset=utf-8"), b"{}").is(200);
    ask(Some("application/xml"), b"{}").problem(415, "found \"application/xml\"");
    ask(None, b"{}").problem(415, "found none");
    ask(Some("text/plain"), b"{}").problem(403, "what a form of a web page sends");
    let long = vec![b' '; 8 * 1024 * 1024 + 1];
    ask(Some("application/json"), &long).problem(413, "8388608 bytes");
}

#[test]
fn what_is_not_there_and_what_is_not_done_there_are_problems_too() {
    let served = Folder::new().serve("koogallery");
    for path in ["/nowhere", "/koogallery/nowhere", "/", "", "/exchanges/1/2"] {
        served.api("GET", path, None).problem(404, "there is nothing at /api");
    }
    let refused = served.api("PUT", "/exchanges", None);
    assert_eq!(refused.response.headers.text("allow").as_deref(), Some("GET,HEAD,DELETE"));
    refused.problem(405, "knows no PUT");
}

#[test]
fn only_this_machine_and_its_own_pages_are_answered() {
    let served = Folder::new().serve("koogallery");
    let ask = |fields: &[(&str, &str)], target: &str| {
        let mut request = Request::new("GET", target);
        fields.iter().for_each(|(name, value)| request.headers.push(*name, *value));
        served.ask(request)
    };
    ask(&[("Host", "evil.example")], "/api/marketplaces").problem(403, "is not this machine");
    ask(&[("Origin", "http://evil.example")], "/api/marketplaces").problem(403, "is another page");
    ask(&[("Origin", "null")], "/api/marketplaces").problem(403, "is another page");
    ask(&[("Sec-Fetch-Site", "cross-site")], "/api/exchanges").problem(403, "another page");
    assert_eq!(ask(&[("Host", "evil.example")], "/").status, 403);
    let host = served.base("console").trim_start_matches("http://").to_owned();
    let own = ask(&[("Origin", &format!("http://{host}")), ("Sec-Fetch-Site", "same-origin")], "/api/marketplaces");
    assert_eq!(own.response.headers.text("cache-control").as_deref(), Some("no-store"));
    own.is(200);
    let port = host.rsplit(':').next().expect("a port");
    ask(&[("Host", &format!("localhost:{port}"))], "/api/marketplaces").is(200);
}

#[test]
fn objects_are_put_into_the_state_and_forgotten() {
    let served = Folder::new().serve("koogallery");
    let status = |id: &str| served.ask_order(id).expect("an answer").status;
    assert_eq!(status("CS7"), 401);
    let seeded = served.post("/koogallery/seed", &json!({ "orders": [order("CS7"), order("CS8")] })).is(200);
    assert_eq!(seeded["seeded"]["orders"], 2);
    assert_eq!((status("CS7"), status("CS8")), (200, 200));
    let told = served.ask_order("CS7").expect("an answer").json().expect("JSON");
    assert_eq!(told["orderInfo"]["buyerInfo"]["customerId"], "c-1");
    served.api("POST", "/koogallery/reset", None).is(204);
    assert_eq!(status("CS7"), 401);
    served.post("/koogallery/seed", &json!({ "orders": [order("CS7")] })).is(200);
    served.api("POST", "/reset", Some(&json!({}))).is(204);
    assert_eq!(status("CS7"), 401);
    assert_eq!(served.get("/exchanges")["exchanges"].as_array().map(Vec::len), Some(6), "the log stays");
}

#[test]
fn a_clock_that_is_moved_refuses_what_is_signed_by_the_real_time() {
    let served = Folder::new().serve("koogallery");
    let status = || served.ask_order("MOCKONDEMAND").expect("an answer").status;
    assert_eq!(status(), 200);
    let clock = served.put("/koogallery/clock", &json!({ "ahead": "2h" })).is(200);
    assert_eq!((&clock["ahead"], &clock["ahead_ms"]), (&json!("2h"), &json!(7_200_000)));
    assert_eq!(status(), 401);
    let newest = served.get("/exchanges?limit=1");
    assert_eq!(newest["exchanges"][0]["verdict"], "breaks");
    let now: jiff::Timestamp =
        served.get("/koogallery/clock")["now"].as_str().expect("a time").parse().expect("a time");
    assert!(now.duration_since(jiff::Timestamp::now()) > jiff::SignedDuration::from_mins(119));
    let back = jiff::Timestamp::now().to_string();
    assert_eq!(served.put("/koogallery/clock", &json!({ "now": back })).status, 200);
    assert_eq!(status(), 200);
    served.put("/koogallery/clock", &json!({ "ahead": "-16m" })).is(200);
    assert_eq!(status(), 401);
    served.api("POST", "/koogallery/reset", None).is(204);
    assert_eq!(status(), 200);
}
