//! Marketplaces on HTTPS.

use serde_json::json;
use storeproof::transport::Trust;
use storeproof::wire::{Loss, Request, TlsTrouble};

use crate::support::{Folder, Served, order_query};

fn ask(served: &Served, base: &str, trust: Trust) -> Result<u16, Loss> {
    let host = base.split_once("//").expect("an address").1;
    let client = crate::support::client(base, trust);
    let query = order_query(host, "MOCKONDEMAND");
    let exchange = served.runtime.block_on(client.send(query, storeproof::transport::Mode::FreshConnection));
    exchange.answer.map(|response| response.status)
}

#[test]
fn who_trusts_the_authority_is_served_and_nobody_else() {
    let folder = Folder::new();
    let served = folder.serve("koogallery --https tls");
    let base = served.base("koogallery").to_owned();
    assert!(base.starts_with("https://127.0.0.1:") && served.base("console").starts_with("http://"), "{base}");
    let ca = Trust::Ca(folder.text("tls/ca.pem").into_bytes());
    assert_eq!(ask(&served, &base, ca.clone()), Ok(200));
    assert_eq!(ask(&served, &base.replace("127.0.0.1", "localhost"), ca.clone()), Ok(200));
    assert!(matches!(ask(&served, &base, Trust::System), Err(Loss::Tls(TlsTrouble::UnknownIssuer))));
    let address = base.replace("https://", "http://");
    let client = crate::support::client(&address, Trust::System);
    let mode = storeproof::transport::Mode::FreshConnection;
    let plain = served.runtime.block_on(client.send(Request::new("GET", "/told"), mode)).answer.expect("is told why");
    assert_eq!((plain.status, plain.text().as_str()), (400, "this port speaks TLS: use https://\n"));
    let seen = &served.get("/exchanges?text=told")["exchanges"][0];
    assert_eq!((&seen["refused"], &seen["verdict"]), (&json!("this port speaks TLS: use https://"), &json!("breaks")));
    assert_eq!(served.get("/marketplaces")["marketplaces"][0]["base"], base);
    let ran = served.stopped();
    assert_eq!(ran.code, Some(0));
    let line = "storeproof: the marketplaces speak HTTPS; clients must trust tls/ca.pem";
    assert!(ran.err.starts_with(line) && ran.err.lines().count() == 1, "{}", ran.err);

    // The authority stays, so that whoever trusts it still does.
    let pem = folder.text("tls/ca.pem");
    let served = folder.serve("koogallery --https tls --https-name store.test");
    assert_eq!(folder.text("tls/ca.pem"), pem);
    assert_eq!(ask(&served, served.base("koogallery"), ca), Ok(200));
}

#[test]
fn the_built_in_vendor_calls_back_over_https() {
    let served = Folder::new().serve("koogallery --https tls --vendor reference");
    let buy = json!({
        "operation": "newInstance",
        "inputs": { "order": { "generate": "order-period" } },
        "body": { "orderId": "$inputs.order", "orderLineId": "{$inputs.order}-000001" },
    });
    let made = served.post("/koogallery/calls", &buy).is(200);
    assert_eq!(made["outcome"], "conforms", "{made:#}");
    let asked = served.get("/exchanges?caller=vendor&operation=queryOrder");
    assert_eq!(asked["exchanges"][0]["verdict"], "conforms");
}

/// Clients of Samsung Cloud Platform sign the whole URL, its scheme included.
#[test]
fn a_signature_is_held_against_the_scheme_that_is_served() {
    let folder = Folder::new();
    for (words, scheme) in [("scp --https tls", "https"), ("scp", "http")] {
        let served = folder.serve(words);
        let base = served.base("scp").to_owned();
        assert!(base.starts_with(&format!("{scheme}://")), "{base}");
        let trust = if scheme == "https" { Trust::Ca(folder.text("tls/ca.pem").into_bytes()) } else { Trust::System };
        for (signed, expected) in [("https", scheme == "https"), ("http", scheme == "http")] {
            let address = format!("{signed}://{}", base.split_once("//").expect("an address").1);
            let secret = storeproof::wire::Secret::new("storeproof-scp-test-secret-01");
            let request = Request::new("GET", "/v1/products");
            let now = jiff::Timestamp::now();
            let request = storeproof::sign::scp::sign(&request, &address, "SCPDEMO", &secret, None, now).request;
            let status = served.send_with("scp", request, trust.clone()).answer.expect("an answer").status;
            assert_eq!(status == 200, expected, "signed for {signed}, served by {scheme}: {status}");
        }
    }
}

#[test]
fn what_cannot_be_used_is_told() {
    let folder = Folder::new();
    let free = "--listen koogallery=127.0.0.1:0 --listen console=127.0.0.1:0";
    for (words, told) in [
        ("--https tls --https-name http://store.test", "--https-name: \"http://store.test\" is no host name"),
        ("--https-name store.test", "--https"),
        ("--https file", "--https: file"),
    ] {
        folder.put("file", "");
        let ran = folder.refused(&format!("koogallery {free} {words}"));
        assert_eq!(ran.code, Some(2), "{words}");
        assert!(ran.err.contains(told), "{told} is not in {}", ran.err);
    }
    std::fs::remove_file(folder.path("tls/ca-key.pem")).expect("was made");
    let ran = folder.refused(&format!("koogallery {free} --https tls"));
    assert!(ran.err.contains("tls/ca.pem is there and tls/ca-key.pem is not"), "{}", ran.err);
}
