//! The pages of KT Cloud Biz Store, as a browser without scripts has them.

use rstest::rstest;
use storeproof::serve::Verdict;
use storeproof::transport::spawn_in_thread;
use storeproof::wire::{Headers, Reply, Response};

use crate::support::{Page, Standing, Vendor, Visitor, kept, standing};

async fn with(vendor: Vendor<'_>) -> Standing {
    standing(&[("kt-bizstore", &[], vendor)]).await
}

/// Fills the application in as it is offered, with some fields of its own.
async fn apply(visitor: &Visitor, more: &[(&str, &str)]) -> (String, Page) {
    let home = visitor.get("/kt-bizstore").await;
    assert_eq!(home.status, 200, "{}", home.text);
    let (ticket, offered) = (home.value("ticket"), home.value("offered"));
    let mut fields = vec![("ticket", ticket.as_str()), ("offered", &offered), ("mem-sq", &offered)];
    fields.extend([("service-info", "2"), ("onetime-type", "2"), ("license-states-cd", "0")]);
    fields.extend_from_slice(more);
    let page = visitor.press("/kt-bizstore/apply", &fields).await;
    (offered, page)
}

async fn act(visitor: &Visitor, key: &str, act: &str) -> Page {
    let page = visitor.get(&format!("/kt-bizstore/customers/{key}")).await;
    visitor.press(&format!("/kt-bizstore/customers/{key}"), &[("ticket", &page.value("ticket")), ("act", act)]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newcomer_applies_signs_on_is_billed_and_resigns_and_all_is_green() {
    let standing = with(Vendor::Reference(&[])).await;
    let visitor = standing.visitor("en");
    let (key, page) = apply(&visitor, &[]).await;
    assert!(page.text.contains("applyCustomer: the answer conforms"), "{}", page.text);
    let page = act(&visitor, &key, "status").await;
    assert!(page.text.contains("set up (1)"), "{}", page.text);
    let page = act(&visitor, &key, "sign-on").await;
    let login = page.text.split("href=\"http").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    assert!(
        page.text.contains("Open the vendor&#39;s login page") || page.text.contains("Open the vendor's login page")
    );
    assert!(login.contains("127.0.0.1"), "{login}");
    let page = act(&visitor, &key, "bills").await;
    assert!(page.text.contains("id=\"owed\""), "{}", page.text);
    let home = visitor.get("/kt-bizstore").await;
    let (ticket, day) = (home.value("ticket"), home.value("bill-day"));
    let home = visitor.press("/kt-bizstore/bills", &[("ticket", &ticket), ("bill-day", &day)]).await;
    assert!(home.text.contains("Bills through"), "{}", home.text);
    assert!(home.text.contains(&format!("/kt-bizstore/customers/{key}")), "the bill leads to its customer");
    act(&visitor, &key, "suspend").await;
    act(&visitor, &key, "resume").await;
    let page = act(&visitor, &key, "resign").await;
    assert!(page.text.contains("leaving"), "{}", page.text);
    let page = act(&visitor, &key, "status").await;
    assert!(page.text.contains("deleted (99)") || page.text.contains("no record any more"), "{}", page.text);
    for entry in standing.hall.log.newest(100, |_| true) {
        assert_eq!(entry.verdict(), Verdict::Conforms, "{:?}: {:#?}", entry.seen.operation, entry.seen.findings);
    }
    let scenario = visitor.get(&format!("/kt-bizstore/customers/{key}/scenario")).await;
    assert!(
        scenario.text.contains("operationId: $sourceDescriptions.bizstore-2-1-2.withdrawCustomer"),
        "{}",
        scenario.text
    );
    assert!(!scenario.text.contains(&key), "{}", scenario.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_click_is_not_a_second_application() {
    let standing = with(Vendor::Reference(&[])).await;
    let visitor = standing.visitor("en");
    let home = visitor.get("/kt-bizstore").await;
    let (ticket, offered) = (home.value("ticket"), home.value("offered"));
    let fields = [("ticket", ticket.as_str()), ("offered", &offered), ("mem-sq", &offered)];
    let other = standing.visitor("en");
    let (first, second) =
        tokio::join!(visitor.post("/kt-bizstore/apply", &fields), other.post("/kt-bizstore/apply", &fields));
    assert_eq!((first.status, second.status), (303, 303));
    assert_eq!(first.location, second.location, "both see what came of it");
    assert_eq!(standing.hall.log.extent().0, 1);
}

#[rstest]
#[case("en", "Customers", "Apply")]
#[case("ko-KR", "고객", "신청")]
#[case("zh-CN", "客户", "申请")]
#[tokio::test(flavor = "multi_thread")]
async fn pages_are_in_the_readers_language(
    #[case] language: &'static str,
    #[case] customers: &str,
    #[case] apply_word: &str,
) {
    let standing = with(Vendor::Reference(&[])).await;
    let visitor = standing.visitor(language);
    let (key, page) = apply(&visitor, &[]).await;
    let home = visitor.get("/kt-bizstore").await;
    assert!(home.text.contains(customers) && home.text.contains(apply_word), "{}", home.text);
    let keys = regex::Regex::new(">(?:kt|shop)-[a-z0-9-]+<").unwrap();
    for page in [&home.text, &page.text] {
        assert!(!keys.is_match(page), "a key without words: {:?}", keys.find(page));
        assert!(page.contains(&key));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_vendor_is_shown_with_its_rule() {
    let standing = with(Vendor::Reference(&["location-missing"])).await;
    let (_, page) = apply(&standing.visitor("en"), &[]).await;
    assert!(page.text.contains("breaks the contract") && page.text.contains("KT-APPLY-LOCATION"), "{}", page.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vendor_that_is_not_there_and_one_that_was_not_named() {
    let (_, page) = apply(&with(Vendor::Nobody).await.visitor("en"), &[]).await;
    assert!(page.text.contains("No vendor is named") && page.text.contains("--vendor reference"), "{}", page.text);
    let (_, page) = apply(&with(Vendor::At("http://127.0.0.1:9")).await.visitor("en"), &[]).await;
    assert!(page.text.contains("could not be reached") && page.text.contains("not judged"), "{}", page.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_field_is_named_and_what_was_typed_stays() {
    let standing = with(Vendor::Reference(&[])).await;
    let visitor = standing.visitor("en");
    let page = visitor.post("/kt-bizstore/bills", &[("bill-day", "2026-02-30")]).await;
    assert_eq!(page.status, 422);
    assert!(page.text.contains("href=\"#bill-day\"") && page.text.contains("value=\"2026-02-30\""), "{}", page.text);
    let page = visitor.post("/kt-bizstore/apply", &[("mem-sq", " "), ("contract-period", "\"><b>")]).await;
    assert_eq!(page.status, 422);
    assert!(page.text.contains("aria-invalid=\"true\"") && page.text.contains("&quot;&gt;&lt;b&gt;"), "{}", page.text);
    assert_eq!(standing.hall.log.extent().0, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_passes_for_the_store_and_its_built_in_vendor_alike() {
    let standing = with(Vendor::Reference(&[])).await;
    let visitor = standing.visitor("en");
    let (key, _) = apply(&visitor, &[]).await;
    act(&visitor, &key, "status").await;
    let home = visitor.get("/kt-bizstore").await;
    let before = home.value("bill-day");
    for by in ["day", "month"] {
        let home = visitor.get("/kt-bizstore").await;
        let moved = visitor.post("/kt-bizstore/clock", &[("ticket", &home.value("ticket")), ("by", by)]).await;
        assert_eq!(moved.status, 303);
    }
    let home = visitor.get("/kt-bizstore").await;
    let day = home.value("bill-day");
    assert!(day > before && day.ends_with("-01"), "{before} became {day}");
    let home = visitor.press("/kt-bizstore/bills", &[("ticket", &home.value("ticket")), ("bill-day", &day)]).await;
    assert!(home.text.contains("the answer conforms"), "{}", home.text);
    let page = act(&visitor, &key, "bills").await;
    assert!(page.text.contains("the answer conforms"), "{}", page.text);
    let page = act(&visitor, &key, "status").await;
    assert!(page.text.contains("the answer conforms"), "{}", page.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vendor_with_a_clock_of_its_own_is_not_blamed_for_refusing_tokens_from_another_day() {
    let reference = with(Vendor::Reference(&[])).await;
    let vendor = reference.stand("kt-bizstore");
    let address = vendor.vendor.as_ref().unwrap().endpoint().base().to_owned();
    let standing = with(Vendor::At(&address)).await;
    standing.stand("kt-bizstore").move_clock(jiff::SignedDuration::from_hours(24));
    let (_, page) = apply(&standing.visitor("en"), &[]).await;
    assert!(!page.text.contains("breaks the contract"), "{}", page.text);
    let entry = &standing.hall.log.newest(1, |_| true)[0];
    assert_eq!(entry.seen.exchange.response().unwrap().status, 401);
    assert_eq!(entry.verdict(), Verdict::Noted);
}

/// What a hostile vendor puts into every text of an answer.
const HOSTILE: &str = "<script>alert(1)</script>\u{202e}\u{1b}[31m\"'><img src=x onerror=alert(1)>";

#[tokio::test(flavor = "multi_thread")]
async fn what_a_hostile_vendor_sends_is_harmless() {
    let vendor = spawn_in_thread(|request, _| {
        let body = serde_json::json!({
            "mem-sq": HOSTILE, "status": HOSTILE, "reg-date": HOSTILE, "install-complete-date": HOSTILE,
            "service-manager": HOSTILE.repeat(1000), "service-engineer": request.headers.text("encoded-jwt"),
            "bill-date": HOSTILE, "pay-amt": HOSTILE, "service-info": "\u{7}",
        });
        let headers = Headers::from_iter([
            ("Content-Type", "application/json"),
            ("Location", "javascript:alert(document.domain)"),
        ]);
        let status = if request.method == "POST" { 201 } else { 200 };
        Reply::from(Response { headers, body: body.to_string().into_bytes(), ..Response::new(status) })
    })
    .unwrap();
    let standing = with(Vendor::At(vendor.base())).await;
    let visitor = standing.visitor("en");
    let (key, applied) = apply(&visitor, &[]).await;
    let mut pages = vec![applied.text];
    for button in ["status", "sign-on", "bills", "resign"] {
        pages.push(act(&visitor, &key, button).await.text);
    }
    let token = standing.hall.log.newest(1, |_| true)[0].seen.exchange.request.headers.text("encoded-jwt").unwrap();
    pages.push(visitor.get("/kt-bizstore").await.text);
    for page in &pages {
        assert!(!page.contains("<script>alert") && !page.contains("<img src=x"), "{page}");
        assert!(!page.contains('\u{202e}') && !page.contains('\u{1b}'), "{page}");
        assert!(!page.contains("href=\"javascript:"), "{page}");
        assert!(!page.contains(&token), "a token is shown");
    }
    assert!(pages[1].contains("undocumented"), "{}", pages[1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_presses_the_buttons() {
    let standing = with(Vendor::Reference(&[])).await;
    let mut visitor = standing.visitor("en");
    visitor.pretend("https://evil.example");
    let page = visitor.post("/kt-bizstore/apply", &[("mem-sq", "M1")]).await;
    assert_eq!(page.status, 403);
    assert_eq!(standing.hall.log.extent().0, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn customers_are_known_and_judged_on_after_a_restart() {
    let vendors = with(Vendor::Reference(&[])).await;
    let address = vendors.stand("kt-bizstore").vendor.as_ref().unwrap().endpoint().base().to_owned();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state.json");
    let before = kept(&[("kt-bizstore", &[], Vendor::At(&address))], Some(&file)).await;
    let visitor = before.visitor("en");
    let (key, _) = apply(&visitor, &[]).await;
    act(&visitor, &key, "status").await;
    before.end().await;
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(!text.contains("eyJ"), "no token is kept: {text}");
    let after = kept(&[("kt-bizstore", &[], Vendor::At(&address))], Some(&file)).await;
    let visitor = after.visitor("en");
    let home = visitor.get("/kt-bizstore").await;
    assert!(home.text.contains(&key), "{}", home.text);
    for button in ["status", "bills", "sign-on", "resign"] {
        let page = act(&visitor, &key, button).await;
        assert!(page.text.contains("the answer conforms"), "{button}: {}", page.text);
    }
    let scenario = visitor.get(&format!("/kt-bizstore/customers/{key}/scenario")).await;
    assert!(scenario.text.matches("stepId").count() >= 6, "{}", scenario.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_opens_the_api_in_a_browser_is_led_to_the_console() {
    let standing = with(Vendor::Nobody).await;
    let base = standing.stand("kt-bizstore").base.clone();
    let visitor = standing.visitor_at(&base, "en");
    let page = visitor.look("/", "text/html,*/*;q=0.8").await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("never calls the store") && page.text.contains("/kt-bizstore\""), "{}", page.text);
    assert_eq!(visitor.look("/favicon.ico", "image/webp,*/*").await.status, 404);
    assert_eq!(standing.hall.log.extent().0, 0, "nobody of the vendor's has called");
    let page = visitor.look("/", "*/*").await;
    assert_eq!(page.status, 404);
    assert!(page.text.contains("serves no interface to vendors"), "{}", page.text);
    assert_eq!(standing.hall.log.extent().0, 1);
}
