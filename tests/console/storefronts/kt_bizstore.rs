//! KT Cloud Biz Store: apply, sign on, be billed, resign.

use std::net::SocketAddr;

use storeproof::transport::{Running, spawn_in_thread};
use storeproof::wire::{Headers, Reply, Request, Response};

use super::blemishes;
use crate::support::play;

#[test]
#[ignore = "needs a browser"]
fn a_customer_applies_signs_on_is_billed_and_leaves() {
    play(&["--vendor", "kt-bizstore=reference"], async |browser, _| {
        browser.open("/").await;
        browser.step("KT Cloud Biz Store").await;
        browser.shows("There are no customers yet").await;
        browser.sound("kt-home").await;
        browser.walk("kt-home").await;
        browser.step("Apply").await;
        browser.shows("applyCustomer: the answer conforms").await;
        browser.sound("kt-applied").await;
        browser.walk("kt-applied").await;
        let customer = browser.path().await;

        browser.step("Sign on (SSO)").await;
        browser.shows("Open the vendor's login page").await;
        let login = browser.script("return document.querySelector('a[rel~=external]').href").await;
        browser.visit(login.as_str().expect("an address")).await;
        browser.until("document.body.innerText.trim().length > 0").await;
        browser.picture("kt-login").await;
        // What the vendor's page lacks is not ours.
        browser.errors().await;

        browser.open(customer.split('?').next().unwrap_or_default()).await;
        browser.step("Ask for the status").await;
        browser.shows("set up (1)").await;
        browser.step("Ask for the bills").await;
        browser.shows("Charges of this customer, in won").await;
        browser.sound("kt-billed").await;
        browser.open("/kt-bizstore").await;
        browser.step("Ask for the bills").await;
        browser.shows("Bills through").await;
        browser.sound("kt-bills").await;
        browser.click("table a").await;
        browser.step("Resign").await;
        browser.shows("withdrawCustomer: the answer conforms").await;
        browser.step("Ask for the status").await;
        browser.shows("deleted").await;
        browser.sound("kt-left").await;
        assert_eq!(blemishes(browser).await, "");
        browser.errors().await;
    });
}

#[test]
#[ignore = "needs a browser"]
fn the_store_of_kt_is_read_in_three_languages() {
    play(&["--vendor", "kt-bizstore=reference"], async |browser, _| {
        for language in ["ko", "zh", "en"] {
            browser.open(&format!("/kt-bizstore?lang={language}")).await;
            browser.sound(&format!("kt-home-{language}")).await;
            browser.click("form[action='/kt-bizstore/apply'] button[type=submit]").await;
            browser.until("location.pathname.startsWith('/kt-bizstore/customers/')").await;
            browser.sound(&format!("kt-customer-{language}")).await;
        }
    });
}

/// A vendor that answers everything with what could harm a page.
fn hostile() -> Running {
    let answer = |request: Request, _: SocketAddr| {
        let long = "w".repeat(100_000);
        let evil = "</dd><script>window.harmed=1</script><img src=x onerror=window.harmed=2>\u{202e}gnp.exe\u{2066}";
        let headers = Headers::from_iter([
            ("Content-Type", "application/json; charset=utf-8"),
            ("Location", "javascript:window.harmed=3"),
            ("Set-Cookie", "storeproof=stolen; Path=/"),
        ]);
        let body = serde_json::json!({
            "status": evil, "service-manager": evil, "service-engineer": long, "reg-date": "<b>20280101",
            "install-complete-date": evil, "mem-sq": evil, "result": [{ "mem-sq": evil, "pay-amt": evil }],
            evil: { evil: [long] },
        });
        let status = if request.method == "POST" { 201 } else { 200 };
        Reply::from(Response { headers, body: body.to_string().into_bytes(), ..Response::new(status) })
    };
    spawn_in_thread(answer).expect("a port")
}

#[test]
#[ignore = "needs a browser"]
fn answers_of_a_hostile_vendor_are_harmless() {
    let vendor = hostile();
    play(&["--vendor", &format!("kt-bizstore={}", vendor.base())], async |browser, _| {
        browser.open("/kt-bizstore").await;
        browser.step("Apply").await;
        browser.until("location.pathname.startsWith('/kt-bizstore/customers/')").await;
        for (step, name) in [("Ask for the status", "status"), ("Ask for the bills", "bills")] {
            browser.step(step).await;
            browser.shows("the answer breaks the contract").await;
            browser.sound(&format!("kt-hostile-{name}")).await;
            let links =
                browser.script("return [...document.links].filter(link => !/^https?:/.test(link.href)).length").await;
            assert_eq!(links, 0, "{name}: a link leads to no page");
        }
        browser.open("/kt-bizstore").await;
        browser.step("Ask for the bills").await;
        browser.sound("kt-hostile-home").await;
        browser.open("/exchanges").await;
        browser.sound("kt-hostile-list").await;
        for number in 1..=3 {
            browser.open(&format!("/exchanges/{number}")).await;
            browser.sound(&format!("kt-hostile-exchange-{number}")).await;
            assert_eq!(browser.script("return window.harmed === undefined").await, true, "exchange {number}");
            let text = browser.text().await;
            assert!(!text.contains(['\u{202e}', '\u{2066}']), "exchange {number}");
        }
    });
}
