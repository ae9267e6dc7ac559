//! What is kept over a restart, whatever ends the server.

use std::fs;

use serde_json::{Value, json};

use crate::support::{Folder, Served, Signal, order};

fn seed(served: &Served, from: usize, count: usize) {
    let orders: Vec<Value> = (from..from + count).map(|number| order(&format!("CS{number}"))).collect();
    served.post("/koogallery/seed", &json!({ "orders": orders })).is(200);
}

#[test]
fn a_restart_goes_on_from_the_file() {
    let folder = Folder::new();
    let served = folder.serve("koogallery --state state.json");
    assert!(!folder.path("state.json").exists(), "there is nothing to keep yet");
    seed(&served, 0, 3);
    served.put("/koogallery/clock", &json!({ "ahead": "30s" })).is(200);
    assert_eq!(served.stopped().code, Some(0));

    let served = folder.serve("koogallery --state state.json");
    assert_eq!(served.ask_order("CS2").expect("an answer").status, 200);
    assert_eq!(served.get("/koogallery/clock")["ahead_ms"], 30_000);
    let ran = served.stopped();
    assert!(ran.err.contains("the clock of koogallery is 30s off, as state.json has it"), "{}", ran.err);

    // Who does not serve a marketplace keeps what is known of it.
    assert_eq!(folder.serve("kt-bizstore --state state.json").stopped().code, Some(0));
    let served = folder.serve("koogallery --state state.json");
    assert_eq!(served.ask_order("CS2").expect("an answer").status, 200);
    served.api("POST", "/reset", None).is(204);
    served.stopped();
    let served = folder.serve("koogallery --state state.json");
    assert_eq!(served.ask_order("CS2").expect("an answer").status, 401, "it was told to forget");
}

#[test]
fn rows_of_a_catalogue_are_kept_too() {
    let folder = Folder::new();
    let listed = |served: &Served| {
        let base = served.base("scp").to_owned();
        let request = storeproof::wire::Request::new("GET", "/v1/product-categories/PRODUCTCATEGORY-KEPT");
        let secret = storeproof::wire::Secret::new("storeproof-scp-test-secret-01");
        let signed = storeproof::sign::scp::sign(&request, &base, "SCPDEMO", &secret, None, jiff::Timestamp::now());
        served.send("scp", signed.request).answer.expect("an answer").status
    };
    let served = folder.serve("scp --state state.json");
    assert_eq!(listed(&served), 404);
    let row = json!({ "category_id": "PRODUCTCATEGORY-KEPT", "display_name": "Kept", "display_name_ko": "보관" });
    let refused = served.post("/scp/seed", &json!({ "product_categories": [row, { "category_id": 5 }] }));
    assert!(refused.is(422)["pointer"].as_str().is_some_and(|at| at.starts_with("/product_categories/1")));
    assert_eq!(listed(&served), 404);
    served.post("/scp/seed", &json!({ "product_categories": [row] })).is(200);
    assert_eq!(listed(&served), 200);
    served.stopped();
    let served = folder.serve("scp --state state.json");
    assert_eq!(listed(&served), 200);
    served.api("POST", "/scp/reset", None).is(204);
    assert_eq!(listed(&served), 404);
}

/// The file is written while nobody asks for it, and a kill finds it whole at any moment: the state of some moment, all
/// of it.
#[test]
fn a_kill_amid_writes_leaves_a_whole_file() {
    let folder = Folder::new();
    let mut kept = 0;
    for round in 0..20 {
        let served = folder.serve("koogallery --state state.json");
        // A few megabytes are under way to the disk when the signal comes, at another moment each time.
        for part in 0..=(round % 4) {
            seed(&served, part * 1000, 1000 + round);
        }
        for _ in 0..round {
            served.get("/koogallery/clock");
        }
        served.signal(Signal::KILL);
        assert_eq!(served.ended().code, None);
        let Ok(text) = fs::read_to_string(folder.path("state.json")) else { continue };
        let state: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("round {round}: {error}"));
        assert_eq!((&state["kind"], &state["version"]), (&json!("storeproof state"), &json!(1)));
        let orders = state["marketplaces"]["koogallery"]["market"]["orders"].as_object().expect("orders").len();
        assert!(orders == 0 || orders >= 1000, "round {round}: {orders} of a change that is made at once");
        kept = kept.max(orders);
    }
    assert!(kept >= 1000, "nothing was ever written");
    let served = folder.serve("koogallery --state state.json");
    assert_eq!(served.ask_order("CS999").expect("an answer").status, 200);
}

#[test]
fn two_servers_on_one_file_refuse_each_other() {
    let folder = Folder::new();
    let first = folder.serve("koogallery --state state.json");
    let second =
        folder.refused("kt-bizstore --listen kt-bizstore=127.0.0.1:0 --listen console=127.0.0.1:0 --state state.json");
    assert_eq!(second.code, Some(2));
    assert!(second.err.contains("--state state.json: another storeproof keeps its state there"), "{}", second.err);
    drop(first);
    assert_eq!(folder.serve("koogallery --state state.json").stopped().code, Some(0), "a kill leaves no lock behind");
}

#[test]
fn a_file_that_is_not_understood_is_never_overwritten() {
    let folder = Folder::new();
    let kind = "\"kind\": \"storeproof state\"";
    for (text, told) in [
        ("{\n  \"kind\": ".to_owned(), "state.json:2:10: EOF while parsing"),
        (format!("{{ {kind}, \"version\": 7, \"marketplaces\": {{}} }}"), "/version: this storeproof reads version 1"),
        ("{ \"name\": \"something else\" }".to_owned(), "this is no state of storeproof's"),
        (
            format!(
                "{{ {kind}, \"version\": 1, \"marketplaces\": {{ \"koogallery\": {{\n\"market\": {{ \"orders\": 5 }} }} }} }}"
            ),
            "state.json:2:23: /marketplaces/koogallery/market/orders: invalid type",
        ),
    ] {
        folder.put("state.json", &text);
        let ran = folder
            .refused("koogallery --listen koogallery=127.0.0.1:0 --listen console=127.0.0.1:0 --state state.json");
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{text}");
        assert!(ran.err.contains(told) && ran.err.contains("--state state.json"), "{told} is not in {}", ran.err);
        assert_eq!(folder.text("state.json"), text);
    }
}

#[test]
fn a_state_that_can_no_longer_be_written_is_told_and_fails_the_end() {
    let folder = Folder::new();
    fs::create_dir(folder.path("gone")).expect("is made");
    let served = folder.serve("koogallery --state gone/state.json");
    fs::remove_dir_all(folder.path("gone")).expect("is removed");
    seed(&served, 0, 1);
    let ran = served.stopped();
    assert_eq!(ran.code, Some(2));
    assert!(ran.err.contains("the state could not be kept: gone/state.json: "), "{}", ran.err);
}

/// What is kept outlives the built-in vendor, who is then told nothing else than what it never knew.
#[test]
fn a_built_in_vendor_that_begins_anew_is_not_held_to_what_another_one_was_told() {
    let folder = Folder::new();
    let call = |served: &Served, operation: &str| {
        let click = json!({ "operation": operation, "parameters": { "mem-sq": "M1" } });
        let made = served.post("/kt-bizstore/calls", &click).is(200);
        let broken =
            made["exchanges"].as_array().expect("a list").iter().filter(|it| it["verdict"] == "breaks").count();
        assert_eq!(broken, 0, "{operation}: {made:#}");
    };
    let words = "kt-bizstore --vendor reference --state state.json";
    let served = folder.serve(words);
    ["applyCustomer", "getStatus"].iter().for_each(|operation| call(&served, operation));
    served.stopped();
    let served = folder.serve(words);
    ["getStatus", "getBillByCustomer", "applyCustomer", "applyCustomer", "withdrawCustomer"]
        .iter()
        .for_each(|operation| call(&served, operation));
    let ran = served.stopped();
    let told = "storeproof: the built-in vendor of kt-bizstore begins anew and knows nobody whom state.json remembers";
    assert!(ran.err.contains(told), "{}", ran.err);
}

/// State code 1 ends a service, and a vendor that has none to end may say so.
#[test]
fn a_first_application_that_ends_the_service_may_be_refused() {
    let served = Folder::new().serve("kt-bizstore --vendor reference");
    let click = json!({
        "operation": "applyCustomer", "parameters": { "mem-sq": "M1" },
        "body": { "service-info": "2", "license-states-cd": "1" },
    });
    let made = served.post("/kt-bizstore/calls", &click).is(200);
    let exchange = &made["exchanges"][0];
    assert_eq!((&exchange["status"], &exchange["verdict"]), (&json!(400), &json!("conforms")), "{made:#}");
    assert_eq!(exchange["readings"].as_array().map(Vec::len), Some(1), "{made:#}");
}
