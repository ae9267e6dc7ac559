//! The list of exchanges, and each of them.

use super::support::play;

/// Signed with another secret, and a page that does not exist.
const WRONG: &str = "/v1/products?sort=created_at%3Aasc&limit=5";

#[test]
#[ignore = "needs a browser"]
fn an_exchange_appears_by_itself() {
    play(&[], async |browser, served| {
        browser.open("/").await;
        browser.shows("Nothing has been exchanged yet").await;
        // The first one brings the list, and every further one a row.
        browser.until("document.querySelector('.live').classList.contains('on')").await;
        served.ask_scp("/v1/products/VPC", None);
        browser.until("document.querySelectorAll('#exchanges tbody tr, .list tbody tr').length === 1").await;
        browser.until("document.querySelector('.live').classList.contains('on')").await;
        served.ask_scp(WRONG, Some("of-another"));
        browser.until("document.querySelectorAll('.list tbody tr').length === 2").await;
        // The newest stands first, and a screen reader is told of it.
        browser.until("document.querySelector('.list tbody tr').innerText.includes('401')").await;
        browser.until("document.querySelector('.live [role=status]').textContent.includes('ListProducts')").await;
        browser.sound("exchanges").await;
        browser.walk("exchanges").await;
        // Who pauses is not disturbed, and sees all the rest later.
        browser.press("Pause").await;
        served.ask_scp("/v1/product-categories", None);
        browser.shows("Paused").await;
        assert_eq!(browser.script("return document.querySelectorAll('.list tbody tr').length").await, 2);
        browser.press("Go on").await;
        browser.until("document.querySelectorAll('.list tbody tr').length === 3").await;
    });
}

#[test]
#[ignore = "needs a browser"]
fn a_wrong_signature_is_explained() {
    play(&[], async |browser, served| {
        assert_eq!(served.ask_scp(WRONG, Some("of-another")).status, 401);
        browser.open("/").await;
        browser.click(".list tbody tr a").await;
        browser.shows("To mend").await;
        let text = browser.text().await;
        for expected in ["breaks", "Why", "Source", "HmacValidFail", "created_at%3Aasc", "Scp-Signature"] {
            assert!(text.contains(expected), "{expected}: {text}");
        }
        assert!(!text.contains("storeproof-scp-test-secret-01"), "{text}");
        browser.sound("detail-wrong").await;
        browser.walk("detail-wrong").await;
    });
}

#[test]
#[ignore = "needs a browser"]
fn an_exchange_is_read_in_three_languages() {
    play(&[], async |browser, served| {
        served.ask_scp("/v1/products?display_name_ko=%EA%B0%80%EC%83%81%20%EC%84%9C%EB%B2%84", None);
        served.ask_scp(WRONG, Some("of-another"));
        for language in ["ko", "zh", "en"] {
            browser.open(&format!("/?lang={language}")).await;
            browser.sound(&format!("exchanges-{language}")).await;
            for number in [1, 2] {
                browser.open(&format!("/exchanges/{number}")).await;
                browser.sound(&format!("detail-{number}-{language}")).await;
            }
        }
    });
}

#[test]
#[ignore = "needs a browser"]
fn the_list_is_filtered() {
    play(&[], async |browser, served| {
        served.ask_scp("/v1/products/VPC", None);
        served.ask_scp(WRONG, Some("of-another"));
        served.ask_scp("/v1/product-categories", None);
        browser.open("/exchanges").await;
        browser.fill("input[name=text]", "VPC").await;
        browser.press("Filter").await;
        browser.until("document.querySelectorAll('.list tbody tr').length === 1").await;
        browser.press("Clear filter").await;
        browser.until("document.querySelectorAll('.list tbody tr').length === 3").await;
        browser.open("/exchanges?verdict=breaks").await;
        browser.until("document.querySelectorAll('.list tbody tr').length === 1").await;
        browser.fill("input[name=text]", "no such text").await;
        browser.press("Filter").await;
        browser.shows("No exchange fits this filter.").await;
        browser.sound("nothing-fits").await;
    });
}
