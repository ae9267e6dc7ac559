//! What stands around every page.

use super::support::play;

#[test]
#[ignore = "needs a browser"]
fn the_console_opens() {
    play(&[], async |browser, served| {
        assert_eq!(served.ask_scp("/v1/products?limit=2", None).status, 200);
        browser.open("/").await;
        browser.shows("storeproof").await;
        assert_eq!(browser.path().await, "/");
    });
}
