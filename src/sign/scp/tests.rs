//! What the doctor says, over everything that can be forged.

use jiff::SignedDuration;
use rstest::rstest;

use super::testing::{BASE, credentials, now, request};
use super::*;

/// Ids that are not the invented ones, so that a diagnosis must have them from here.
fn settings() -> Settings {
    Settings { account_id: Some("acc0acc0".to_owned()), ..Settings::default() }
}

fn forged(mistake: Mistake, request: &Request, base: &str) -> Request {
    let Credentials { access_key, mut secret_key } = credentials();
    if mistake == Mistake::SecretDecoded {
        secret_key = Secret::new(secret_key.expose().trim());
    }
    forge(mistake, request, base, &access_key, &secret_key, Some("acc0acc0"), now()).request
}

fn keys(mistake: Mistake) -> Credentials {
    let secret_key = Secret::new(credentials().secret_key.expose().trim());
    if mistake == Mistake::SecretDecoded { Credentials { secret_key, ..credentials() } } else { credentials() }
}

fn plain(target: &str, host: &str) -> Request {
    let mut request = Request::new("GET", target);
    request.headers.push("Host", host);
    request
}

fn sentences(found: &[Diagnosis]) -> Vec<String> {
    found.iter().map(ToString::to_string).collect()
}

#[rstest]
#[case(request(), BASE)]
#[case(plain("/v1/products", "product.store.example:7703"), BASE)]
#[case(
    plain("/v1/product-categories?limit=5&page=1", "product.e.samsungsdscloud.com"),
    "https://product.e.samsungsdscloud.com"
)]
fn every_forged_request_is_refused_and_named(#[case] request: Request, #[case] base: &str) {
    let scheme = base.split("://").next().expect("a scheme");
    let mut wrong = Vec::new();
    for mistake in Mistake::ALL {
        let shows = match mistake {
            Mistake::PortLeftOut => base == BASE,
            Mistake::DefaultPortSigned => base != BASE,
            _ => true,
        };
        let (request, keys) = (forged(*mistake, &request, base), keys(*mistake));
        let verdict = verify(&request, scheme, &keys, now(), &settings());
        assert_eq!(verdict.is_err(), shows, "{mistake}: {verdict:?}");
        let found = diagnose(&request, scheme, &keys, now(), &settings());
        let expected = shows.then_some(*mistake);
        if found.first().and_then(Diagnosis::mistake) != expected || found.len() != usize::from(shows) {
            wrong.push(format!("{mistake}: {found:?}"));
        }
        for sentence in sentences(&found) {
            assert!(sentence.len() > 40 && !sentence.contains('\n'), "{mistake}: {sentence}");
            assert!(!sentence.contains(keys.secret_key.expose().trim()), "{mistake}: {sentence}");
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A request and its base on which a deviation shows, other than [`request`].
fn telling(deviation: Deviation) -> (Request, &'static str) {
    use Deviation as D;
    let local = "127.0.0.1:7703";
    match deviation {
        D::QueryBeforeForm => (plain("/v1?a=b+c%3A", local), "http://127.0.0.1:7703"),
        D::PlusSigned => (plain("/v1?a=b%20c%3A%C3%A9", local), "http://127.0.0.1:7703"),
        D::BlankSigned => (plain("/v1?a=b+c%3A%C3%A9", local), "http://127.0.0.1:7703"),
        D::Component => (plain("/v1?a=b+c:%C3%A9", local), "http://127.0.0.1:7703"),
        D::ComponentJs => (plain("/v1?a=b%20c:!", local), "http://127.0.0.1:7703"),
        D::Quoted => (plain("/v1?a=b%20c:/!", local), "http://127.0.0.1:7703"),
        D::FormEncoded => (plain("/v1?a=b%20c:", local), "http://127.0.0.1:7703"),
        D::FormEncodedJava => (plain("/v1?a=b%20c:~*", local), "http://127.0.0.1:7703"),
        D::EncodedAsUri => (plain("/v1?a=%3A%C3%A9", local), "http://127.0.0.1:7703"),
        D::EncodedAsUriForm => (plain("/v1?a=%3A+%C3%A9", local), "http://127.0.0.1:7703"),
        D::EscapesUpper => (plain("/v1?a=%3a%c3%a9", local), "http://127.0.0.1:7703"),
        D::BooleanJson => (plain("/v1?a=True", local), "http://127.0.0.1:7703"),
        D::QuestionMark => (plain("/v1", local), "http://127.0.0.1:7703"),
        D::PathDecoded => (plain("/v1/a%20b?c=%3A", local), "http://127.0.0.1:7703"),
        D::SlashLeftOut => (plain("/v1/", local), "http://127.0.0.1:7703"),
        D::Localhost => (plain("/v1", local), "http://127.0.0.1:7703"),
        D::Loopback => (plain("/v1", "localhost:7703"), "http://localhost:7703"),
        D::HostLower => (plain("/v1", "LocalHost:7703"), "http://LocalHost:7703"),
        D::Port443 | D::Port80 => (plain("/v1", "h.example"), "http://h.example"),
        D::RegionLeftOut => (plain("/v1", "product.kr-west1.e.example"), "http://product.kr-west1.e.example"),
        D::SchemeHttp => (plain("/v1", "h.example"), "https://h.example"),
        D::MethodGet => (Request { method: "HEAD".to_owned(), ..request() }, BASE),
        D::MethodPost => (plain("/v1", local), "http://127.0.0.1:7703"),
        D::PlusLost => (plain("/v1?plus=3", local), "http://127.0.0.1:7703"),
        D::QuerySorted | D::QuerySortedWhole => (plain("/v1?b=1&a=2&a=1", local), "http://127.0.0.1:7703"),
        D::ListPythonDocumented => (plain("/v1?kind=a&x=1", local), "http://127.0.0.1:7703"),
        D::ListPythonAll => (plain("/v1?x=1", local), "http://127.0.0.1:7703"),
        D::ListBracketsLeftOut => (plain("/v1?product_id[]=VPC&product_id[]=DNS", local), "http://127.0.0.1:7703"),
        D::ListPython | D::ListTuple | D::ListBrackets | D::ListCommas | D::ListJson | D::ListJava | D::ListGo => {
            (plain("/v1?x=1&product_id=VPC&product_id=DNS", local), "http://127.0.0.1:7703")
        }
        _ => (request(), BASE),
    }
}

#[test]
fn every_deviation_is_found_again() {
    use Deviation as D;
    let mut credentials = credentials();
    let mut wrong = Vec::new();
    for deviation in Deviation::ALL {
        credentials.secret_key = Secret::new(match deviation {
            D::SecretTrimmed => " secret ",
            D::SecretHexDecoded => "00ff10ab",
            _ => "c2VjcmV0",
        });
        let account = match deviation {
            D::AccountLeftOut | D::AccountLast => Some("acc0acc0"),
            _ => None,
        };
        let (request, base) = telling(*deviation);
        let then = match deviation {
            // These show only where the signature has such a character.
            D::PlusLost | D::Base64Url => (0..64)
                .map(|away| now() - SignedDuration::from_millis(away))
                .find(|then| {
                    let parts = parts(&request, base, &credentials.access_key, &credentials.secret_key, account, *then);
                    parts.compute(&[]).signature.contains('+')
                })
                .expect("some signature has a plus sign"),
            _ => now(),
        };
        let mut parts = parts(&request, base, &credentials.access_key, &credentials.secret_key, account, then);
        parts.known_account_id = "acc0acc0";
        let mut refused = None;
        match deviation {
            D::ClientTypeDocumented => {
                parts.client_type = "OpenApi";
                refused = Some(Refusal::ClientType { found: "OpenApi".to_owned() });
            }
            D::TimestampMilliseconds => {
                parts.timestamp = "1735689600".into();
                refused = Some(Refusal::TimestampForm { found: "1735689600".to_owned(), form: OtherForm::Seconds });
            }
            _ => {}
        }
        let signed = signed(&request, &parts, parts.compute(&[*deviation]));
        let scheme = base.split("://").next().expect("a scheme");
        let explained = explain_message(&signed.request, scheme, &credentials, then, &settings());
        let expected = match (refused, deviation.documented_origin()) {
            (Some(refusal), _) => Diagnosis::Refused(refusal),
            (None, Some(signed)) => Diagnosis::OtherHost { signed, sent: base.to_owned() },
            (None, None) => Diagnosis::Deviates(vec![*deviation]),
        };
        if matches!(expected, Diagnosis::Deviates(_)) && explained.signed.as_ref() != Some(&signed.steps) {
            wrong.push(format!("{deviation:?}: another message"));
        }
        if explained.diagnosis != [expected] {
            wrong.push(format!("{deviation:?} on {}: {:?}", request.target, explained.diagnosis));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn sentences_name_the_cause_and_what_to_change() {
    let of = |mistake| {
        let request = forged(
            mistake,
            &plain("/v1/products?sort=created_at%3Aasc", "product.e.samsungsdscloud.com"),
            "https://product.e.samsungsdscloud.com",
        );
        sentences(&diagnose(&request, "https", &credentials(), now(), &settings())).concat()
    };
    assert_eq!(
        of(Mistake::DecodedUrl),
        "the signature matches if the URL is signed before it is escaped (: for %3A, a blank for %20, raw UTF-8); to \
         mend this, make the URL first, escaped and in order, then sign and send that one text"
    );
    assert_eq!(
        of(Mistake::MissingClientType),
        "the header Scp-ClientType is missing; send Openapi in it, and sign that word at the end of the message"
    );
    assert_eq!(
        of(Mistake::VersionOne),
        "the header X-Cmp-AccessKey belongs to version 1 of the platform (by the rule of version 1 the signature is \
         right); send Scp-Accesskey, Scp-Signature, Scp-Timestamp and Scp-ClientType: Openapi instead, and sign \
         without the project id"
    );
    assert_eq!(
        of(Mistake::TimestampInSeconds),
        "the header Scp-Timestamp is \"1735689600\", which is in seconds; it must be Unix time in milliseconds, 13 digits"
    );
}

#[test]
fn two_deviations_together_are_found() {
    use Deviation as D;
    let pairs = [
        [D::UrlDecoded, D::ClientTypeLeftOut],
        [D::QueryLeftOut, D::OriginLeftOut],
        [D::OriginLeftOut, D::LineFeeds],
        [D::UrlDecoded, D::Hex],
        [D::ListPython, D::HostWest1E],
        [D::ClientTypeOpenApi, D::Base64Url],
        [D::MethodLower, D::TimestampSeconds],
    ];
    for pair in pairs {
        let keys = credentials();
        let request = request();
        let parts = parts(&request, BASE, &keys.access_key, &keys.secret_key, None, now());
        let request = signed(&request, &parts, parts.compute(&pair)).request;
        let found = diagnose(&request, "http", &keys, now(), &settings());
        assert_eq!(found, [Diagnosis::Deviates(pair.to_vec())]);
        let sentence = found[0].to_string();
        assert!(sentence.contains(pair[0].what()) && sentence.contains(pair[1].mend()), "{sentence}");
    }
}

#[test]
fn deviations_under_the_public_address_are_found() {
    let keys = credentials();
    let settings = Settings { public_url: Some("https://front.example/scp/".to_owned()), ..settings() };
    for base in ["https://front.example", "https://front.example/scp"] {
        let request = forge(Mistake::EscapedTwice, &request(), base, &keys.access_key, &keys.secret_key, None, now());
        assert!(verify(&request.request, "http", &keys, now(), &settings).is_err());
        let explained = explain_message(&request.request, "http", &keys, now(), &settings);
        assert_eq!(explained.diagnosis, [Diagnosis::Deviates(vec![Deviation::UrlEscapedTwice])], "{base}");
        assert_eq!(explained.signed, Some(request.steps));
    }
}

#[test]
fn expected_and_signed_messages_stand_side_by_side() {
    let keys = credentials();
    let forged = forged(Mistake::DecodedUrl, &plain("/v1/products?sort=created_at%3Aasc", "h:1"), "http://h:1");
    let explained = explain_message(&forged, "http", &keys, now(), &settings());
    let shown = |steps: &[Intermediate]| -> Vec<(&str, String)> {
        steps.iter().take(6).map(|step| (step.name, step.value.clone())).collect()
    };
    let with = |url: &str| {
        let message = format!("GET{url}1735689600123SCPDEMO0001acc0acc0Openapi");
        let parts = [("method", "GET"), ("URL", url), ("timestamp", "1735689600123"), ("access key", "SCPDEMO0001")];
        let rest = [("account id", "acc0acc0"), ("client type", "Openapi"), ("message", message.as_str())];
        parts.into_iter().chain(rest).map(|(name, value)| (name, value.to_owned())).take(6).collect::<Vec<_>>()
    };
    assert_eq!(shown(&explained.expected), with("http://h:1/v1/products?sort=created_at%3Aasc"));
    assert_eq!(explained.signed.as_deref().map(shown), Some(with("http://h:1/v1/products?sort=created_at:asc")));
    let good = sign(&request(), BASE, &keys.access_key, &keys.secret_key, None, now());
    let explained = explain_message(&good.request, "http", &keys, now(), &settings());
    assert_eq!(explained, Explained { expected: good.steps, signed: None, diagnosis: Vec::new() });
}

#[test]
fn the_message_under_the_public_address_is_the_expected_one_where_it_fits() {
    let keys = credentials();
    let settings = Settings { public_url: Some("https://front.example/scp".to_owned()), ..settings() };
    for base in ["https://front.example", "https://front.example/scp", BASE] {
        let good = sign(&request(), base, &keys.access_key, &keys.secret_key, None, now());
        let explained = explain_message(&good.request, "http", &keys, now(), &settings);
        assert_eq!(explained, Explained { expected: good.steps, signed: None, diagnosis: Vec::new() });
    }
}

#[rstest]
#[case(8 * 3600 - 3, 8)]
#[case(9 * 3600, 9)]
#[case(-5 * 3600 + 3, -5)]
fn local_time_is_told_from_a_clock_that_is_wrong(#[case] seconds: i64, #[case] hours: i64) {
    let keys = credentials();
    let at = |seconds: i64| {
        let then = now() + SignedDuration::from_secs(seconds);
        let request = sign(&request(), BASE, &keys.access_key, &keys.secret_key, None, then).request;
        diagnose(&request, "http", &keys, now(), &settings())
    };
    assert_eq!(at(seconds), [Diagnosis::OtherZone { hours }]);
    assert!(matches!(at(seconds + 1200).as_slice(), [Diagnosis::Refused(Refusal::Expired { .. })]));
}

#[rstest]
#[case("scpdemo0001", true)]
#[case("\"SCPDEMO0001\"", true)]
#[case("SCPDEMO0002", true)]
#[case("AKDEMO", false)]
fn an_unknown_access_key_is_compared_with_the_configured_one(#[case] sent: &str, #[case] near: bool) {
    let keys = credentials();
    let request = sign(&request(), BASE, sent, &keys.secret_key, None, now()).request;
    let near = near.then(|| keys.access_key.clone());
    assert_eq!(
        diagnose(&request, "http", &keys, now(), &settings()),
        [Diagnosis::UnknownAccessKey { found: sent.to_owned(), near, fits: true }]
    );
}

#[test]
fn every_missing_header_is_named_with_what_was_sent_in_its_place() {
    let mut request = plain("/v1", "h");
    for name in ["X-Scp-Access-Key-Id", "SvSignature", "Timestamp"] {
        request.headers.push(name, "1");
    }
    let missing = |name, found: &str| Diagnosis::Misspelt { name, found: found.to_owned() };
    assert_eq!(
        diagnose(&request, "http", &credentials(), now(), &settings()),
        [
            missing(ACCESS_KEY, "X-Scp-Access-Key-Id"),
            missing(SIGNATURE, "SvSignature"),
            missing(TIMESTAMP, "Timestamp"),
            Diagnosis::Refused(Refusal::Missing { name: CLIENT_TYPE }),
        ]
    );
}

#[test]
fn a_wrong_client_type_does_not_hide_a_wrong_signature() {
    let keys = credentials();
    let request = request();
    let mut parts = parts(&request, BASE, &keys.access_key, &keys.secret_key, None, now());
    parts.client_type = "OpenApi";
    let wrong = signed(&request, &parts, parts.compute(&[Deviation::OriginLeftOut])).request;
    let refused = Diagnosis::Refused(Refusal::ClientType { found: "OpenApi".to_owned() });
    assert_eq!(
        diagnose(&wrong, "http", &keys, now(), &settings()),
        [refused, Diagnosis::Deviates(vec![Deviation::OriginLeftOut])]
    );
}

#[test]
fn a_signature_of_version_one_is_told_from_a_wrong_one() {
    let good = forged(Mistake::VersionOne, &request(), BASE);
    let header = "X-Cmp-AccessKey".to_owned();
    let of = |request: &Request| diagnose(request, "http", &credentials(), now(), &settings());
    assert_eq!(of(&good), [Diagnosis::VersionOne { header: header.clone(), fits: true }]);
    let longer = Request { target: format!("{}&x=1", good.target), ..good };
    assert_eq!(of(&longer), [Diagnosis::VersionOne { header, fits: false }]);
}

#[test]
fn other_orders_headers_and_nonsense_are_told() {
    let keys = credentials();
    let signed_for =
        |target: &str| sign(&plain(target, "h"), "http://h", &keys.access_key, &keys.secret_key, None, now());
    let of = |request: &Request| diagnose(request, "http", &keys, now(), &settings());
    let mut shuffled = signed_for("/v1?c=3&a=1&b=2").request;
    shuffled.target = "/v1?b=2&c=3&a=1".to_owned();
    assert_eq!(of(&shuffled), [Diagnosis::OtherOrder { signed: "c=3&a=1&b=2".to_owned() }]);

    let with_account = sign(&plain("/v1", "h"), "http://h", &keys.access_key, &keys.secret_key, Some("p-17"), now());
    let mut renamed = with_account.request;
    renamed.headers.remove(ACCOUNT_ID);
    renamed.headers.push("X-Project", "p-17");
    assert_eq!(of(&renamed), [Diagnosis::OtherHeader { name: "X-Project".to_owned() }]);

    let mut passed_on =
        sign(&plain("/v1", "h"), "https://front.example", &keys.access_key, &keys.secret_key, None, now());
    passed_on.request.headers.push("X-Forwarded-Host", "front.example, inner.example");
    assert_eq!(of(&passed_on.request), [Diagnosis::InFront { signed: "https://front.example".to_owned() }]);

    let mut nonsense = signed_for("/v1").request;
    nonsense.headers.set(SIGNATURE, "AAAA");
    assert_eq!(of(&nonsense), [Diagnosis::SignatureForm { length: 4 }]);
    nonsense.headers.set(SIGNATURE, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
    assert_eq!(of(&nonsense), [Diagnosis::Unexplained]);
}

#[test]
fn large_requests_are_not_examined_for_long() {
    let keys = credentials();
    let mut large = Request { body: vec![b'x'; 4 << 20], ..plain(&format!("/v1?a={}", "%20".repeat(20_000)), "h") };
    large = sign(&large, "http://h", &keys.access_key, &keys.secret_key, None, now()).request;
    large.headers.set(SIGNATURE, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
    assert_eq!(diagnose(&large, "http", &keys, now(), &settings()), [Diagnosis::Unexplained]);
}

#[test]
fn debug_hides_keys_and_signatures() {
    let keys = credentials();
    let signed = sign(&request(), BASE, &keys.access_key, &keys.secret_key, None, now());
    let verifier = Verifier::new(&keys, &settings());
    let shown = format!("{keys:?} {signed:?} {verifier:?}");
    assert!(!shown.contains(keys.secret_key.expose()), "{shown}");
    for step in signed.steps.iter().filter(|step| ["message", "signature"].contains(&step.name)) {
        assert!(!shown.contains(&step.value), "{}: {shown}", step.name);
    }
}
