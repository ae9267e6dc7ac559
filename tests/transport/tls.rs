//! HTTPS: good certificates, bad ones, and the wrong protocol on either side.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use rstest::rstest;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, SupportedProtocolVersion};
use storeproof::transport::{
    Browser, Client, Endpoint, Exposure, Limits, Mode, Running, Server, Trust, spawn_in_thread,
};
use storeproof::wire::{Loss, Request, Tls, TlsTrouble, VisitEnd};

use crate::support::{RawVendor, limits, loss, response};

/// An authority that nobody but the test trusts.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

fn authority() -> Authority {
    authority_named("Test Authority")
}

fn authority_named(name: &str) -> Authority {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, name);
    let key = KeyPair::generate().unwrap();
    let pem = params.self_signed(&key).unwrap().pem();
    Authority { issuer: Issuer::new(params, key), pem }
}

const BOTH: &[&SupportedProtocolVersion] = &[&rustls::version::TLS12, &rustls::version::TLS13];

/// A vendor on TLS. `issuer` none makes a self-signed certificate.
fn vendor(
    name: &str,
    issuer: Option<&Authority>,
    versions: &[&'static SupportedProtocolVersion],
    change: impl FnOnce(&mut CertificateParams),
) -> Running {
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    change(&mut params);
    let key = KeyPair::generate().unwrap();
    let certificate = match issuer {
        Some(authority) => params.signed_by(&key, &authority.issuer).unwrap(),
        None => params.self_signed(&key).unwrap(),
    };
    serving(&certificate, &key, versions)
}

fn serving(certificate: &rcgen::Certificate, key: &KeyPair, versions: &[&'static SupportedProtocolVersion]) -> Running {
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_protocol_versions(versions)
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    let server = Server::bind("127.0.0.1:0".parse().unwrap(), Exposure::Loopback).unwrap();
    server.with_tls(Arc::new(config)).spawn_in_thread(|_, _| response(200, &[], "over TLS").into()).unwrap()
}

fn client(base: &str, authority: &Authority) -> Client {
    Client::new(Endpoint::parse(base).unwrap(), limits(), Trust::Ca(authority.pem.clone().into())).unwrap()
}

/// For tests in which no certificate comes that far.
pub(crate) fn client_with_any_ca(base: &str, limits: Limits) -> Client {
    Client::new(Endpoint::parse(base).unwrap(), limits, Trust::Ca(authority().pem.into())).unwrap()
}

fn localhost(vendor: &Running) -> String {
    format!("https://localhost:{}", vendor.address().port())
}

#[rstest]
#[case(&[&rustls::version::TLS13], "TLSv1.3")]
#[case(&[&rustls::version::TLS12], "TLSv1.2")]
#[tokio::test]
async fn both_versions_are_spoken_and_told(
    #[case] versions: &[&'static SupportedProtocolVersion],
    #[case] version: &str,
) {
    let authority = authority();
    let vendor = vendor("localhost", Some(&authority), versions, |_| {});
    let client = client(&localhost(&vendor), &authority);
    for reused in [false, true] {
        let exchange = client.send(Request::new("GET", "/"), Mode::Whole).await;
        assert_eq!(exchange.response().unwrap().body, b"over TLS");
        assert_eq!(exchange.peer.tls, Some(Tls { version: version.to_owned(), trouble: None }));
        assert_eq!(exchange.peer.reused, reused);
        assert!(exchange.raw.sent.starts_with(b"GET / HTTP/1.1\r\n") && exchange.raw.received.starts_with(b"HTTP"));
    }
    let exchange = client.send(Request::new("GET", "/"), Mode::HangUpAfterSending).await;
    assert_eq!(loss(&exchange), &Loss::HungUp);
}

#[tokio::test]
async fn an_address_may_stand_in_the_certificate() {
    let authority = authority();
    let vendor = vendor("127.0.0.1", Some(&authority), BOTH, |_| {});
    let exchange = client(vendor.base(), &authority).send(Request::new("GET", "/"), Mode::Whole).await;
    assert!(exchange.response().is_some(), "{:?}", exchange.answer);
}

#[tokio::test]
async fn each_trouble_with_a_certificate_has_its_name() {
    let authority = authority();
    let stranger = authority_named("Somebody Else");
    let pretender = self::authority();
    let expired = vendor("localhost", Some(&authority), BOTH, |params| {
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(2021, 1, 1);
    });
    let early = vendor("localhost", Some(&authority), BOTH, |params| {
        params.not_before = date_time_ymd(2500, 1, 1);
        params.not_after = date_time_ymd(2501, 1, 1);
    });
    let other_name = vendor("vendor.example", Some(&authority), BOTH, |_| {});
    let unknown = vendor("localhost", Some(&stranger), BOTH, |_| {});
    let self_signed = vendor("localhost", None, BOTH, |_| {});
    let pretended = vendor("localhost", Some(&pretender), BOTH, |_| {});
    let detail = "a signature was not made with the key of the one it names".to_owned();
    for (vendor, trouble) in [
        (expired, TlsTrouble::Expired),
        (early, TlsTrouble::NotYetValid),
        (other_name, TlsTrouble::WrongName { name: "localhost".to_owned() }),
        (unknown, TlsTrouble::UnknownIssuer),
        (self_signed, TlsTrouble::UnknownIssuer),
        (pretended, TlsTrouble::Handshake { detail }),
    ] {
        let exchange = client(&localhost(&vendor), &authority).send(Request::new("GET", "/"), Mode::Whole).await;
        assert_eq!(loss(&exchange), &Loss::Tls(trouble));
        assert!(exchange.raw.sent.is_empty(), "nothing is sent to whom we do not trust");
    }
}

#[tokio::test]
async fn an_authority_that_serves_with_its_own_certificate_is_refused() {
    let authority = authority();
    let vendor = vendor("localhost", None, BOTH, |params| params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained));
    let exchange = client(&localhost(&vendor), &authority).send(Request::new("GET", "/"), Mode::Whole).await;
    let Loss::Tls(TlsTrouble::Handshake { detail }) = loss(&exchange) else { panic!("{:?}", exchange.answer) };
    assert!(detail.contains("CA:TRUE"), "{detail}");
}

/// A certificate that `openssl req -x509` would make, and a vendor that presents it.
fn marked(name: &str, change: impl FnOnce(&mut CertificateParams)) -> (Running, Vec<u8>) {
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    change(&mut params);
    let key = KeyPair::generate().unwrap();
    let certificate = params.self_signed(&key).unwrap();
    (serving(&certificate, &key, BOTH), certificate.pem().into_bytes())
}

#[tokio::test]
async fn a_self_signed_certificate_that_was_handed_over_is_judged_by_name_and_dates_alone() {
    let past = |params: &mut CertificateParams| {
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(2021, 1, 1);
    };
    let wrong_name = TlsTrouble::WrongName { name: "localhost".to_owned() };
    for ((vendor, pem), expected) in [
        (marked("localhost", |_| {}), Ok(())),
        (marked("vendor.example", |_| {}), Err(wrong_name)),
        (marked("localhost", past), Err(TlsTrouble::Expired)),
    ] {
        let endpoint = Endpoint::parse(&localhost(&vendor)).unwrap();
        let client = Client::new(endpoint, limits(), Trust::Ca(pem)).unwrap();
        let exchange = client.send(Request::new("GET", "/"), Mode::Whole).await;
        assert_eq!(exchange.answer.map(|_| ()), expected.map_err(Loss::Tls));
    }
}

#[tokio::test]
async fn on_this_machine_trouble_can_be_noted_instead() {
    let authority = authority();
    let self_signed = vendor("localhost", None, BOTH, |_| {});
    let marked = vendor("localhost", None, BOTH, |params| params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained));
    let signed = vendor("localhost", Some(&authority), &[&rustls::version::TLS12], |_| {});
    for vendor in [self_signed, marked, signed] {
        let endpoint = Endpoint::parse(&localhost(&vendor)).unwrap();
        let client = Client::new(endpoint.clone(), limits(), Trust::Anyone).unwrap();
        for mode in [Mode::Whole, Mode::Whole, Mode::FreshConnection] {
            let exchange = client.send(Request::new("GET", "/"), mode).await;
            assert_eq!(exchange.response().unwrap().body, b"over TLS");
            assert_eq!(exchange.peer.tls.unwrap().trouble, Some(TlsTrouble::UnknownIssuer));
        }
        let visit = Browser::new(endpoint, limits(), &Trust::Anyone).unwrap().visit("/", "/", [""; 0]).await;
        assert!(matches!(visit.end, VisitEnd::Page { .. }), "{visit:?}");
    }
}

#[tokio::test]
async fn old_versions_are_named() {
    // The fatal alert "protocol_version" (RFC 8446, 6.2), as a server gives it that speaks nothing newer than 1.1.
    let vendor = RawVendor::new(|_, visitor| {
        let _ = std::io::Read::read(&mut visitor.stream, &mut [0; 4096]);
        visitor.say([21, 3, 2, 0, 2, 2, 70]);
        // Closing only after the client has keeps the connection from being reset before the alert is read.
        let _ = std::io::Read::read(&mut visitor.stream, &mut [0; 4096]);
    });
    let base = vendor.base.replace("http:", "https:");
    let exchange = client_with_any_ca(&base, limits()).send(Request::new("GET", "/"), Mode::Whole).await;
    assert!(matches!(loss(&exchange), Loss::Tls(TlsTrouble::Version { .. })), "{:?}", exchange.answer);
}

#[tokio::test]
async fn tls_to_a_plain_port_is_named() {
    let vendor = spawn_in_thread(|_, _| response(200, &[], "plain").into()).unwrap();
    let base = vendor.base().replace("http:", "https:");
    let exchange = client_with_any_ca(&base, limits()).send(Request::new("GET", "/"), Mode::Whole).await;
    assert_eq!(loss(&exchange), &Loss::Tls(TlsTrouble::NotTls));
}

#[tokio::test]
async fn plain_http_to_a_tls_port_is_named() {
    // Most TLS servers say so with an alert in their own language (RFC 8446, 6); ours answers in plain HTTP.
    let vendor = RawVendor::new(|_, visitor| {
        visitor.request();
        visitor.say([0x15, 3, 1, 0, 2, 2, 10]);
    });
    let exchange = crate::support::client(&vendor.base).send(Request::new("GET", "/"), Mode::Whole).await;
    let Loss::Malformed { problem, at: Some(0) } = loss(&exchange) else { panic!("{:?}", exchange.answer) };
    assert!(problem.contains("try https://"), "{problem}");
}

#[tokio::test]
async fn a_closed_door_during_the_handshake_is_no_silence() {
    let vendor = RawVendor::new(|_, _| {});
    let base = vendor.base.replace("http:", "https:");
    let exchange = client_with_any_ca(&base, limits()).send(Request::new("GET", "/"), Mode::Whole).await;
    assert!(matches!(loss(&exchange), Loss::Tls(TlsTrouble::Handshake { .. })), "{:?}", exchange.answer);
}

#[tokio::test]
async fn the_browser_trusts_the_same_authorities() {
    let authority = authority();
    let vendor = vendor("localhost", Some(&authority), BOTH, |_| {});
    let endpoint = Endpoint::parse(&localhost(&vendor)).unwrap();
    let trust = Trust::Ca(authority.pem.into());
    let browser = Browser::new(endpoint.clone(), limits(), &trust).unwrap();
    let visit = browser.visit("/", "/", [""; 0]).await;
    assert_eq!(visit.end, VisitEnd::Page { media_type: None, text: "over TLS".to_owned() });

    let stranger = Trust::Ca(self::authority().pem.into());
    let visit = Browser::new(endpoint, limits(), &stranger).unwrap().visit("/", "/", [""; 0]).await;
    assert!(matches!(visit.end, VisitEnd::Failed { ref why } if why.contains("certificate")), "{visit:?}");
}
