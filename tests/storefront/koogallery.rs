//! The pages of KooGallery, as a browser without scripts has them.

use std::sync::atomic::{AtomicUsize, Ordering};

use rstest::rstest;
use serde_json::{Value, json};
use storeproof::serve::Verdict;
use storeproof::transport::spawn_in_thread;
use storeproof::wire::{Headers, Reply, Response};

use crate::clicks::storeproof;
use crate::support::{Page, Standing, Vendor, Visitor, kept, standing};

async fn with(settings: &[(&str, &str)], vendor: Vendor<'_>) -> Standing {
    standing(&[("koogallery", settings, vendor)]).await
}

/// Buys something and gives the page of the purchase.
async fn buy(visitor: &Visitor, what: &str, interface: &str) -> (String, Page) {
    let home = visitor.get("/koogallery").await;
    assert_eq!(home.status, 200, "{}", home.text);
    let ticket = home.value("ticket");
    let fields = [("ticket", ticket.as_str()), ("what", what), ("interface", interface)];
    let home = visitor.press("/koogallery/buy", &fields).await;
    let at = home.text.find("/koogallery/purchases/").unwrap_or_else(|| panic!("{}", home.text));
    let path = home.text[at..].split('"').next().unwrap().to_owned();
    (path, home)
}

async fn act(visitor: &Visitor, path: &str, act: &str) -> Page {
    let page = visitor.get(path).await;
    assert!(page.text.contains(&format!("value=\"{act}\"")), "no button {act}: {}", page.text);
    visitor.press(path, &[("ticket", &page.value("ticket")), ("act", act)]).await
}

fn all_is_green(standing: &Standing) {
    for entry in standing.hall.log.newest(1000, |_| true) {
        let said = (&entry.seen.operation, &entry.seen.findings);
        assert_ne!(entry.verdict(), Verdict::Breaks, "{said:#?}");
        assert_ne!(entry.verdict(), Verdict::NotJudged, "{said:#?}");
    }
}

#[rstest]
#[case::year("order-period", "v2", &["details", "renew", "cancel", "change", "check", "freeze", "unfreeze", "notify", "release"])]
#[case::trial("order-trial", "v2", &["details", "formal", "renew", "freeze", "unfreeze", "release"])]
#[case::once("order-one-time", "v2", &["details", "release"])]
#[case::by_use("order-on-demand", "v2", &["details", "freeze", "unfreeze", "release"])]
#[case::year_in_the_old_way("order-period", "v1", &["details", "renew", "change", "freeze", "renew", "release"])]
#[case::trial_in_the_old_way("order-trial", "v1", &["details", "formal", "release"])]
#[case::by_use_in_the_old_way("order-on-demand", "v1", &["freeze", "unfreeze", "release"])]
#[tokio::test(flavor = "multi_thread")]
async fn a_life_is_clicked_saved_and_played_again(#[case] what: &str, #[case] interface: &str, #[case] acts: &[&str]) {
    let standing = with(&[], Vendor::Reference(&[])).await;
    let visitor = standing.visitor("en");
    let (path, home) = buy(&visitor, what, interface).await;
    assert!(home.text.contains("the answer conforms"), "{}", home.text);
    for button in acts {
        let page = act(&visitor, &path, button).await;
        assert!(page.text.contains("the answer conforms"), "{button}: {}", page.text);
    }
    let page = visitor.get(&path).await;
    assert!(page.text.contains("released"), "{}", page.text);
    all_is_green(&standing);
    let home = visitor.get("/koogallery").await;
    assert!(home.text.contains("Every call was taken"), "{}", home.text);
    let scenario = visitor.get(&format!("{path}/scenario")).await.text;
    let (code, said) = storeproof(&["lint"], &scenario);
    assert_eq!(code, Some(0), "{said}\n{scenario}");
    let (code, said) = storeproof(&["run", "--vendor", "reference"], &scenario);
    assert_eq!(code, Some(0), "{said}\n{scenario}");
}

#[tokio::test(flavor = "multi_thread")]
async fn access_data_are_shown_as_the_buyer_sees_them() {
    for (settings, interface, expected) in [
        (&[][..], "v2", "(plain text)"),
        (&[("credentials", "encrypted")][..], "v2", "(decrypted, "),
        (&[][..], "v1", "(decrypted, "),
    ] {
        let standing = with(settings, Vendor::Reference(&[])).await;
        let visitor = standing.visitor("en");
        let (path, _) = buy(&visitor, "order-period", interface).await;
        let page = act(&visitor, &path, "details").await;
        assert!(page.text.contains(expected), "{interface}: {}", page.text);
        assert!(!page.text.contains("cannot be decrypted"), "{}", page.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn cases_of_the_debugging_page_are_saved_run_again_and_deleted() {
    let standing = with(&[], Vendor::Reference(&[])).await;
    let visitor = standing.visitor("en");
    for activity in ["newInstance", "queryInstance", "releaseInstance"] {
        let page = visitor.get(&format!("/koogallery/debugging?activity={activity}")).await;
        let ticket = page.value("ticket");
        let mut fields = vec![("ticket".to_owned(), ticket), ("activity".to_owned(), activity.to_owned())];
        let names: &[&str] = if activity == "newInstance" { &["orderId", "orderLineId"] } else { &["instanceId"] };
        fields.extend(names.iter().map(|name| ((*name).to_owned(), page.value(name))));
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let page = visitor.press("/koogallery/debugging", &fields).await;
        assert!(page.text.contains("Save as a case"), "{activity}: {}", page.text);
        let saved = visitor.post("/koogallery/debugging/cases", &[("do", "save")]).await;
        assert_eq!(saved.status, 303);
    }
    let page = visitor.get("/koogallery/debugging").await;
    assert!(page.text.contains("value=\"run-3\""), "{}", page.text);
    let before = standing.hall.log.newest(1000, |_| true).len();
    visitor.press("/koogallery/debugging/cases", &[("ticket", "1"), ("do", "all")]).await;
    let calls = |entry: &storeproof::serve::Entry| entry.seen.step.is_some();
    assert_eq!(standing.hall.log.newest(1000, calls).len(), 6);
    assert!(standing.hall.log.newest(1000, |_| true).len() > before);
    visitor.post("/koogallery/debugging/cases", &[("do", "delete-2")]).await;
    let page = visitor.get("/koogallery/debugging").await;
    assert!(!page.text.contains("value=\"run-2\"") && page.text.contains("value=\"run-1\""), "{}", page.text);
    all_is_green(&standing);
}

/// A vendor that answers these codes one after another, then the last one for ever.
fn answering(codes: &'static [&'static str]) -> storeproof::transport::Running {
    let asked = AtomicUsize::new(0);
    spawn_in_thread(move |_, _| {
        let at = asked.fetch_add(1, Ordering::Relaxed).min(codes.len() - 1);
        let body = json!({ "resultCode": codes[at], "resultMsg": "said", "instanceId": "i-1" });
        let headers = Headers::from_iter([("Content-Type", "application/json")]);
        Reply::from(Response { headers, body: body.to_string().into_bytes(), ..Response::new(200) })
    })
    .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_was_not_taken_is_sent_again_until_it_is() {
    let vendor = answering(&["000005", "000005", "000000"]);
    let standing = with(&[], Vendor::At(vendor.base())).await;
    let visitor = standing.visitor("en");
    buy(&visitor, "order-one-time", "v2").await;
    let mut businesses = std::collections::BTreeSet::new();
    for tries in 1..=2 {
        let home = visitor.get("/koogallery").await;
        assert!(home.text.contains(&format!("<td class=\"number\">{tries}</td>")), "{tries}: {}", home.text);
        assert!(home.text.contains("once an hour for three hours"), "{}", home.text);
        let number = home.value("number");
        visitor.press("/koogallery/retry", &[("ticket", &tries.to_string()), ("number", &number)]).await;
    }
    let home = visitor.get("/koogallery").await;
    assert!(home.text.contains("Every call was taken"), "{}", home.text);
    let calls = standing.hall.log.newest(100, |entry| entry.seen.operation.as_deref() == Some("newInstance"));
    let mut orders = std::collections::BTreeSet::new();
    for entry in calls {
        let body: Value = serde_json::from_slice(&entry.seen.exchange.request.body).unwrap();
        orders.insert(body["orderId"].to_string());
        businesses.insert(body["businessId"].to_string());
    }
    assert_eq!((orders.len(), businesses.len()), (1, 3), "the same order, each time with another business id");
}

#[rstest]
#[case("en", "Purchases")]
#[case("ko", "구매 목록")]
#[case("zh-CN", "购买记录")]
#[tokio::test(flavor = "multi_thread")]
async fn pages_are_in_the_readers_language(#[case] language: &'static str, #[case] word: &str) {
    let standing = with(&[], Vendor::Reference(&[])).await;
    let visitor = standing.visitor(language);
    let (path, home) = buy(&visitor, "order-period", "v2").await;
    assert!(home.text.contains(word), "{}", home.text);
    let keys = regex::Regex::new(">(?:kg|kt|shop)-[a-z0-9-]+<").unwrap();
    let page = act(&visitor, &path, "details").await;
    let debugging = visitor.get("/koogallery/debugging").await;
    for text in [&home.text, &page.text, &debugging.text] {
        assert!(!keys.is_match(text), "a key without words: {:?}", keys.find(text));
    }
}

const HOSTILE: &str = "<script>alert(1)</script>\u{202e}\u{1b}[31m\"'><img src=x onerror=alert(1)>";

#[tokio::test(flavor = "multi_thread")]
async fn what_a_hostile_vendor_sends_is_harmless() {
    let vendor = spawn_in_thread(|_, _| {
        let body = json!({
            "resultCode": "000000", "resultMsg": HOSTILE, "instanceId": HOSTILE, "encryptType": "1",
            "info": [{ "instanceId": HOSTILE, "appInfo": {
                "frontEndUrl": "javascript:alert(1)", "adminUrl": HOSTILE, "userName": HOSTILE,
                "password": HOSTILE.repeat(500), "memo": HOSTILE,
            } }],
        });
        let headers = Headers::from_iter([("Content-Type", "application/json")]);
        Reply::from(Response { headers, body: body.to_string().into_bytes(), ..Response::new(200) })
    })
    .unwrap();
    let standing = with(&[], Vendor::At(vendor.base())).await;
    let visitor = standing.visitor("en");
    let (path, home) = buy(&visitor, "order-one-time", "v2").await;
    let page = act(&visitor, &path, "details").await;
    let debugging = visitor.get("/koogallery/debugging?activity=<script>").await;
    for text in [&home.text, &page.text, &debugging.text] {
        assert!(!text.contains("<script>alert") && !text.contains("<img src=x"), "{text}");
        assert!(!text.contains('\u{202e}') && !text.contains('\u{1b}'), "{text}");
        assert!(!text.contains("href=\"javascript:"), "{text}");
    }
    assert!(page.text.contains("breaks the contract"), "{}", page.text);
}

#[rstest]
#[case("v2")]
#[case("v1")]
#[tokio::test(flavor = "multi_thread")]
async fn purchases_are_known_and_judged_on_after_a_restart(#[case] interface: &str) {
    // The vendor asks another store for orders: version 2.0 has to be bought before, and is then only used.
    let vendors = with(&[], Vendor::Reference(&[])).await;
    let address = vendors.stand("koogallery").vendor.as_ref().unwrap().endpoint().base().to_owned();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state.json");
    let vendor = answering(&["000000"]);
    let vendor = if interface == "v1" { address.as_str() } else { vendor.base() };
    let before = kept(&[("koogallery", &[], Vendor::At(vendor))], Some(&file)).await;
    let visitor = before.visitor("en");
    let (path, home) = buy(&visitor, "order-period", interface).await;
    let bought = home.text.contains("the answer conforms");
    assert_eq!(bought, interface == "v1", "{}", home.text);
    before.end().await;
    let after = kept(&[("koogallery", &[], Vendor::At(vendor))], Some(&file)).await;
    let visitor = after.visitor("en");
    assert!(visitor.get("/koogallery").await.text.contains(&path));
    for button in ["renew", "freeze", "release"] {
        let page = act(&visitor, &path, button).await;
        assert!(page.text.contains(": the answer conforms"), "{button}: {}", page.text);
    }
}
