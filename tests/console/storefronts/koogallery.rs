//! KooGallery: buy, look at the details, release; and the seller console's debugging page.

use std::net::SocketAddr;

use storeproof::transport::spawn_in_thread;
use storeproof::wire::{Headers, Reply, Request, Response};

use super::blemishes;
use crate::support::play;

#[test]
#[ignore = "needs a browser"]
fn a_product_is_bought_looked_at_and_released() {
    play(&["--vendor", "koogallery=reference"], async |browser, _| {
        browser.open("/").await;
        browser.step("KooGallery").await;
        browser.shows("Nothing was bought yet").await;
        browser.sound("kg-home").await;
        browser.walk("kg-home").await;
        browser.step("Buy").await;
        browser.shows("newInstance: the answer conforms").await;
        browser.sound("kg-bought").await;
        browser.click("#purchases tbody a").await;
        browser.step("Resource details").await;
        browser.shows("queryInstance: the answer conforms").await;
        browser.shows("Front end").await;
        browser.sound("kg-details").await;
        browser.walk("kg-details").await;
        for button in ["Renew", "Freeze", "Unfreeze", "Release"] {
            browser.step(button).await;
            browser.shows("the answer conforms").await;
        }
        browser.shows("released").await;
        browser.sound("kg-released").await;
        assert_eq!(blemishes(browser).await, "");
    });
}

#[test]
#[ignore = "needs a browser"]
fn a_case_of_the_debugging_page_is_saved_and_run_again() {
    play(&["--vendor", "koogallery=reference"], async |browser, _| {
        browser.open("/koogallery").await;
        browser.step("Open the debugging page").await;
        browser.sound("kg-debugging").await;
        browser.walk("kg-debugging").await;
        browser.open("/koogallery/debugging?activity=newInstance").await;
        browser.step("Run").await;
        browser.step("Save as a case").await;
        browser.step("Run all cases").await;
        browser.until("document.querySelectorAll('#saved tbody tr').length === 1").await;
        browser.sound("kg-cases").await;
    });
}

#[test]
#[ignore = "needs a browser"]
fn the_store_of_huawei_is_read_in_three_languages() {
    play(&["--vendor", "koogallery=reference"], async |browser, _| {
        for language in ["ko", "zh", "en"] {
            browser.open(&format!("/koogallery?lang={language}")).await;
            browser.click("form[action='/koogallery/buy'] button[type=submit]").await;
            browser.until("document.querySelector('#purchases tbody a')").await;
            browser.sound(&format!("kg-home-{language}")).await;
            browser.click("#purchases tbody a").await;
            browser.until("location.pathname.startsWith('/koogallery/purchases/')").await;
            browser.click("button[value=details]").await;
            browser.until("document.querySelector('#access')").await;
            browser.sound(&format!("kg-purchase-{language}")).await;
            browser.open("/koogallery/debugging").await;
            browser.sound(&format!("kg-debugging-{language}")).await;
        }
    });
}

#[test]
#[ignore = "needs a browser"]
fn access_data_of_a_hostile_vendor_are_harmless() {
    let answer = |_: Request, _: SocketAddr| {
        let evil = "</dd><script>window.harmed=1</script><img src=x onerror=window.harmed=2>\u{202e}gnp.exe\u{2066}";
        let access = serde_json::json!({
            "frontEndUrl": "javascript:window.harmed=3", "adminUrl": "http://vendor.example/<script>",
            "userName": evil, "password": "w".repeat(50_000), "memo": evil,
        });
        let body = serde_json::json!({
            "resultCode": "000000", "resultMsg": evil, "instanceId": "i-1",
            "info": [{ "instanceId": "i-1", "appInfo": access, "usageInfo": evil }], "appInfo": access,
        });
        let headers = Headers::from_iter([("Content-Type", "application/json")]);
        Reply::from(Response { headers, body: body.to_string().into_bytes(), ..Response::new(200) })
    };
    let vendor = spawn_in_thread(answer).expect("a port");
    play(&["--vendor", &format!("koogallery={}", vendor.base())], async |browser, _| {
        browser.open("/koogallery").await;
        browser.step("Buy").await;
        browser.sound("kg-hostile-home").await;
        browser.click("#purchases tbody a").await;
        browser.step("Resource details").await;
        browser.shows("queryInstance").await;
        browser.sound("kg-hostile-details").await;
        assert_eq!(browser.script("return window.harmed === undefined").await, true);
        assert!(!browser.text().await.contains(['\u{202e}', '\u{2066}']));
        let links =
            browser.script("return [...document.links].filter(link => !/^https?:/.test(link.href)).length").await;
        assert_eq!(links, 0, "a link leads to no page");
    });
}
