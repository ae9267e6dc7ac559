//! The storefronts: a newcomer clicks through the life of a customer, against the built-in vendor.

mod koogallery;
mod kt_bizstore;
mod scp;

use super::support::Browser;

/// Exchanges that did not conform, as the list shows them.
async fn blemishes(browser: &Browser) -> String {
    browser.open("/exchanges").await;
    let rows = browser
        .script(
            "return [...document.querySelectorAll('.list tbody tr')].map(row => row.innerText)
                .filter(text => !text.includes('conforms')).join('\\n')",
        )
        .await;
    rows.as_str().unwrap_or_default().to_owned()
}
