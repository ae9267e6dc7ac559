//! A vendor on HTTPS, with a certificate that the system does not trust.

use std::io::{Read as _, Write as _};
use std::sync::{Arc, Mutex};

use rcgen::{CertificateParams, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use storeproof::transport::{Exposure, Running, Server};

use crate::support::{Folder, SHORT, honestly, reference};

/// The reference vendor at `https://localhost:…`, and its self-signed certificate in PEM.
fn vendor() -> (Running, String) {
    let key = KeyPair::generate().expect("a key");
    let params = CertificateParams::new(vec!["localhost".to_owned()]).expect("a name");
    let certificate = params.self_signed(&key).expect("a certificate");
    let secret = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("the provider has them")
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], secret)
        .expect("they belong together");
    let server = Server::bind("127.0.0.1:0".parse().expect("an address"), Exposure::Loopback).expect("a free port");
    let vendor = Mutex::new(reference(&[]));
    let running = server
        .with_tls(Arc::new(config))
        .spawn_in_thread(move |request, _| honestly(&mut vendor.lock().expect("no panic"), &request))
        .expect("a thread");
    (running, certificate.pem())
}

#[test]
fn a_certificate_that_is_named_is_trusted() {
    let folder = Folder::new();
    let (vendor, pem) = vendor();
    let address = format!("https://localhost:{}", vendor.address().port());
    folder.put("ca.pem", pem);
    let run = format!("run {SHORT} --vendor {address} --report json");
    let ran = folder.run(&format!("{run} --ca ca.pem")).ends(0);
    assert_eq!(ran.json()["cases"][0]["steps"][0]["exchanges"][0]["tls"], "TLSv1.3");
    folder.storeproof(run.split(' ')).env("STOREPROOF_CA", "ca.pem").ran().ends(0);
    let told = folder.run(&format!("run {SHORT} --vendor {address} --ca ca.pem")).ends(0).out;
    assert!(!told.contains("KT-HTTPS"), "nothing has to be imagined in front of TLS: {told}");
    // In the configuration the path is relative to the file.
    folder.put("below/storeproof.toml", "ca = \"../ca.pem\"\n");
    folder.run(&format!("{run} --config below/storeproof.toml")).ends(0);
    let below = folder.path("below");
    folder.storeproof(run.split(' ')).within(&below).ran().ends(0);
}

#[test]
fn a_certificate_that_nobody_vouches_for_breaks_the_contract() {
    let folder = Folder::new();
    let (vendor, _) = vendor();
    let ran = folder.run(&format!("run {SHORT} --vendor https://localhost:{}", vendor.address().port())).ends(1);
    let ran = ran.says("must  KT-TLS").says("the certificate was issued by nobody we trust");
    assert_eq!(ran.out.matches("  must  ").count(), 1, "one mistake is told once: {ran}");
}

#[test]
fn plain_http_on_a_tls_port_is_told_as_that() {
    // Most TLS servers say so with an alert in their own language (RFC 8446, 6); ours answers in plain HTTP.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address");
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(&[0x15, 3, 1, 0, 2, 2, 10]);
        }
    });
    let ran = Folder::new().run(&format!("run {SHORT} --vendor http://{address}")).ends(1);
    ran.says("must  HTTP-ANSWER").says("this port speaks TLS; try https://");
}

#[test]
fn files_that_hold_no_certificate_are_refused() {
    let folder = Folder::new();
    for (name, contents) in [("empty.pem", ""), ("text.pem", "no certificate"), ("bytes.pem", "\u{0}\u{1}")] {
        folder.put(name, contents);
        let ran = folder.run(&format!("run {SHORT} --vendor https://localhost:1 --ca {name}")).ends(2);
        assert!(ran.err.contains(name), "{ran}");
    }
    folder.run(&format!("run {SHORT} --vendor https://localhost:1 --ca .")).ends(2).talks_of(".: ");
}
