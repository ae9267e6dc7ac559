//! Samsung Cloud Platform: the catalogue, and the checker of signatures.

use crate::support::play;

#[test]
#[ignore = "needs a browser"]
fn the_catalogue_is_searched_in_three_languages() {
    play(&[], async |browser, _| {
        browser.open("/").await;
        browser.step("Samsung Cloud Platform").await;
        browser.until("document.querySelectorAll('#products tbody tr').length > 50").await;
        browser.sound("scp-home").await;
        browser.walk("scp-home").await;
        browser.fill("input[name=text]", "vpc").await;
        browser.step("Search").await;
        browser.until("document.querySelectorAll('#products tbody tr').length < 20").await;
        assert!(browser.text().await.contains("VPC"));
        for language in ["ko", "zh", "en"] {
            browser.open(&format!("/scp?text=virtual&lang={language}")).await;
            browser.sound(&format!("scp-home-{language}")).await;
        }
    });
}

#[test]
#[ignore = "needs a browser"]
fn a_pasted_request_is_checked() {
    play(&[], async |browser, served| {
        // Signed before it was escaped, as the public client for Python does it.
        let authority = served.base("scp").trim_start_matches("http://").to_owned();
        let signed = served.signed_scp("/v1/products?sort=created_at:asc");
        let pasted = format!("GET /v1/products?sort=created_at%3Aasc HTTP/1.1\nHost: {authority}\n{signed}\n");
        browser.open("/scp").await;
        browser.fill("form.checker textarea", &pasted).await;
        browser.step("Examine").await;
        browser.shows("The signature is refused:").await;
        browser.shows("signed before it is escaped").await;
        browser.shows("was signed").await;
        browser.sound("scp-checked").await;
        browser.walk("scp-checked").await;
        // The same over an address that was signed as it was sent.
        browser.open("/scp").await;
        browser.fill("form.checker textarea", &pasted.replace("%3A", ":")).await;
        browser.step("Examine").await;
        browser.shows("The signature is right.").await;
    });
}
