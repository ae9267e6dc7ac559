//! Every known mistake of every recipe goes through the program as text, and the program names it.

use rstest::rstest;
use storeproof::market::{MARKETPLACES, every_mistake_of, recipes};
use storeproof::sign::key::SigningKey;
use storeproof::sign::koogallery::{
    auth_token, body_sign, client_secret, credential, test_key, test_kit_key, usage_push, v2,
};
use storeproof::sign::{kt_jwt, scp, sdk_hmac};
use storeproof::wire::{Headers, Request, Response, Secret};

use crate::support::{NOW, SCP_SECRET, curl, doctor, doctor_with, now, raw, raw_answer};

/// Mistakes that one captured message does not show, each with the reason.
const UNSEEN: &[(&str, &str, &str)] = &[
    (kt_jwt::RECIPE, "too-old-50s", "inside the window: nothing is wrong"),
    (kt_jwt::RECIPE, "iat-ahead-2s", "inside the leeway: nothing is wrong"),
    (kt_jwt::RECIPE, "iat-ahead-5s", "inside the leeway: nothing is wrong"),
    (kt_jwt::RECIPE, "exp-in-ms", "the store's documents know no exp, so a strict vendor passes over it"),
    (kt_jwt::RECIPE, "with-exp", "the store's documents know no exp, so a strict vendor passes over it"),
    (kt_jwt::RECIPE, "with-sub", "the store's documents know no sub, so a strict vendor passes over it"),
    (auth_token::KIT_RECIPE, "raw-plus", "a header escapes nothing: the token is right"),
    (auth_token::KIT_RECIPE, "old-timestamp", "no window is documented: nothing is wrong"),
    (v2::KIT_RECIPE, "plain-inner", "the kit has no inner digest"),
    (v2::KIT_RECIPE, "upper-case-inner", "the kit has no inner digest"),
    (v2::KIT_RECIPE, "other-case", "both cases of hex are right"),
    (v2::KIT_RECIPE, "unsorted-body", "the signature is right whatever the order on the wire"),
    (v2::KIT_RECIPE, "blanks-in-body", "the signature is right whatever the blanks on the wire"),
    (v2::KIT_RECIPE, "escapes-in-body", "the signature is right whatever the escapes on the wire"),
    (v2::KIT_RECIPE, "stale-50s", "inside the window: nothing is wrong"),
    (v2::KIT_RECIPE, "replayed-nonce", "only who has kept the nonces of other messages can tell"),
    (v2::RECIPE, "other-case", "both cases of hex are right"),
    (v2::RECIPE, "unsorted-body", "the signature is right whatever the order on the wire"),
    (v2::RECIPE, "blanks-in-body", "the signature is right whatever the blanks on the wire"),
    (v2::RECIPE, "escapes-in-body", "the signature is right whatever the escapes on the wire"),
    (v2::RECIPE, "stale-50s", "inside the window: nothing is wrong"),
    (v2::RECIPE, "replayed-nonce", "only who has kept the nonces of other messages can tell"),
    (auth_token::RECIPE, "raw-plus", "the documents print one so: nothing is wrong"),
    (auth_token::RECIPE, "old-timestamp", "no window is documented: nothing is wrong"),
    (body_sign::RECIPE, "blank-after-equals", "the documents print one so: nothing is wrong"),
    (sdk_hmac::RECIPE, "unsigned-payload", "the client declares it: nothing is wrong"),
];

/// Mistakes that leave nothing of the recipe in the message: the marketplace must be named.
const NAMELESS: &[(&str, &str)] = &[(kt_jwt::RECIPE, "missing-token"), (auth_token::KIT_RECIPE, "missing-token")];

const BODY: &[u8] = r#"{"activity":"newInstance","businessId":"b-0001","memo":"云 <a/b>","n":1.5,"orderId":"CS00","productInfo":{"skuCode":"s","linearValue":2}}"#.as_bytes();

const BASE: &str = "http://product.store.example:7703";

fn post(target: String, body: Vec<u8>) -> Request {
    Request { body, headers: Headers::from_iter([("Host", "vendor.example:8443")]), ..Request::new("POST", target) }
}

fn token(mistake: Option<kt_jwt::Mistake>) -> String {
    let settings = kt_jwt::Settings::default();
    let value = match mistake {
        Some(mistake) => kt_jwt::forge(mistake, SigningKey::test(), now(), &settings).expect("is forged"),
        None => Some(kt_jwt::sign(SigningKey::test(), now(), &settings).expect("is signed").token),
    };
    let mut request = post("/customers/M12345".to_owned(), Vec::new());
    match (value, mistake) {
        (Some(value), Some(kt_jwt::Mistake::AuthorizationBearer)) => {
            request.headers.push("Authorization", format!("Bearer {}", value.expose()));
        }
        (Some(value), _) => request.headers.push(kt_jwt::HEADER, value.expose()),
        (None, _) => {}
    }
    raw(&request)
}

fn call(mistake: Option<v2::Mistake>) -> String {
    let (key, kit) = (test_key(), test_kit_key());
    let delivery = v2::Delivery {
        scheme: v2::Scheme::Query,
        key: &key,
        other_interface_key: Some(&kit),
        body: BODY,
        nonce: "0123456789ABCDEF0123456789ABCDEF",
        previous_nonce: Some("FEDCBA9876543210FEDCBA9876543210"),
        now: now(),
        settings: v2::Settings::default(),
    };
    let signed = mistake.map_or_else(|| v2::sign(&delivery), |mistake| v2::forge(mistake, &delivery));
    raw(&post(format!("/produce?{}", signed.query()), signed.body))
}

fn kit_call(mistake: Option<v2::Mistake>, body: &[u8]) -> String {
    let (basic, key) = (test_key(), test_kit_key());
    let delivery = v2::Delivery {
        scheme: v2::Scheme::Kit,
        key: &key,
        other_interface_key: Some(&basic),
        body,
        nonce: "0123456789ABCDEF0123456789ABCDEF",
        previous_nonce: Some("FEDCBA9876543210FEDCBA9876543210"),
        now: now(),
        settings: v2::Settings::default(),
    };
    let signed = mistake.map_or_else(|| v2::sign(&delivery), |mistake| v2::forge(mistake, &delivery));
    let mut request = post("/produce/produceAPI/v2/applicationSync".to_owned(), signed.body.clone());
    for (name, value) in signed.fields() {
        request.headers.push(name, value);
    }
    raw(&request)
}

fn secret(mistake: Option<client_secret::Mistake>) -> String {
    let (basic_key, kit_key) = (test_key(), test_kit_key());
    let key = client_secret::PrivateKey::test().public();
    let padding = client_secret::Padding::default();
    let seed = &[7; client_secret::SEED_LENGTH];
    let plain = "0123456789abcdef0123456789abcdef";
    let given = client_secret::Given { key, basic_key: &basic_key, kit_key: &kit_key, padding, seed, plain };
    let text = match mistake {
        Some(mistake) => client_secret::forge(mistake, &given),
        None => client_secret::encrypt(key, padding, seed, plain),
    };
    kit_call(None, serde_json::json!({ "clientId": "c", "clientSecret": text }).to_string().as_bytes())
}

fn parameters() -> Vec<(String, String)> {
    let pairs = [
        ("activity", "newInstance"),
        ("orderId", "CS00 1"),
        ("customerName", "云商店 & Sons=50%+"),
        ("email", ""),
        ("saasExtendParams", "W3sibmFtZSI6ImEi+/=="),
        ("timeStamp", "20260304050607123"),
        ("businessId", "b-0001"),
    ];
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec()
}

fn first_call(mistake: Option<auth_token::Mistake>) -> Request {
    let (key, settings) = (test_key(), auth_token::Settings::default());
    let query = match mistake {
        Some(mistake) => auth_token::forge(mistake, &key, &parameters(), &settings).query,
        None => {
            let signed = auth_token::sign(&key, &parameters(), &settings);
            auth_token::query(&parameters(), &signed.token, settings.form)
        }
    };
    Request {
        headers: Headers::from_iter([("Host", "vendor.example")]),
        ..Request::new("GET", format!("/produce?{query}"))
    }
}

fn first_kit_call(mistake: Option<auth_token::Mistake>) -> String {
    let (key, settings) = (test_kit_key(), auth_token::KIT);
    let (query, token) = match mistake {
        Some(mistake) => {
            let forged = auth_token::forge(mistake, &key, &parameters(), &settings);
            (forged.query, forged.token)
        }
        None => {
            let signed = auth_token::sign(&key, &parameters(), &settings);
            (auth_token::query(&parameters(), &signed.token, settings.form), Some(signed.token))
        }
    };
    let members = auth_token::parameters_of(&query).into_iter().map(|(name, value)| (name, value.into()));
    let body = serde_json::Value::Object(members.collect()).to_string();
    let mut request = post("/produce/produceAPI/tenantSync".to_owned(), body.into_bytes());
    if let Some(token) = token {
        request.headers.push(auth_token::TOKEN, token.expose());
    }
    raw(&request)
}

fn answer(mistake: Option<body_sign::Mistake>) -> String {
    let (key, kit) = (test_key(), test_kit_key());
    let known = body_sign::Known { key: &key, other_interface_key: Some(&kit), time_stamp: Some("20260304050607123") };
    let body = br#"{"resultCode":"000000","resultMsg":"success","instanceId":"i-1"}"#;
    let mut response = Response { body: body.to_vec(), ..Response::new(200) };
    response.headers.push("Content-Type", "application/json");
    match mistake {
        Some(mistake) => {
            let forged = body_sign::forge(mistake, body, &known);
            for header in &forged.headers() {
                response.headers.push(header.name.as_str(), header.value.clone());
            }
            response.body = forged.body;
        }
        None => response.headers.push(body_sign::HEADER, body_sign::sign(&key, body).value.expose()),
    }
    format!("{}\r\n\r\n{}", raw(&first_call(None)), raw_answer(&response))
}

/// An answer with a user name that has one mistake, and a right signature.
fn credentials(mistake: Option<credential::Mistake>) -> String {
    let (key, kind, iv) = (test_key(), credential::EncryptType::Aes256, b"abcDEF0123456789");
    let plain = "administrator-云@vendor.example, a name that is long enough for its base64 to hold plus signs, and then some more of it";
    let value = match mistake {
        Some(mistake) => credential::forge(mistake, &key, kind, iv, plain),
        None => credential::encrypt(&key, kind, iv, plain),
    };
    let body =
        serde_json::json!({ "resultCode": "000000", "encryptType": "1", "appInfo": { "userName": value } }).to_string();
    let mut response = Response { body: body.clone().into_bytes(), ..Response::new(200) };
    response.headers.push(body_sign::HEADER, body_sign::sign(&key, body.as_bytes()).value.expose());
    format!("{}\r\n\r\n{}", raw(&first_call(None)), raw_answer(&response))
}

fn push(mistake: Option<usage_push::Mistake>) -> String {
    let body = r#"{"usage_records":[{"instance_id":"i-1","usage_value":"1.5"}],"y":"中"}"#.as_bytes();
    let (key, nonce) = (test_key(), "abcdef0123456789");
    let signed = match mistake {
        Some(mistake) => usage_push::forge(mistake, &key, body, nonce, now()),
        None => usage_push::sign(&key, body, nonce, now()),
    };
    let mut request = post("/api/mkp-openapi-public/global/v1/isv/usage-data".to_owned(), body.to_vec());
    for header in &signed.headers() {
        request.headers.push(header.name.as_str(), header.value.clone());
    }
    raw(&request)
}

fn ak_sk(mistake: Option<sdk_hmac::Mistake>) -> String {
    let secret = Secret::new("storeproof-koogallery-test-secret-01");
    let mut request =
        post("/api/a%20b/%E4%BA%91?z=1&a=b%20c%2Bd&name=&m=2&m=10".to_owned(), br#"{"usage_records": []}"#.to_vec());
    request.headers.push("Content-Type", "application/json");
    raw(&match mistake {
        Some(mistake) => sdk_hmac::forge(mistake, &request, "AKDEMO", &secret, now()),
        None => sdk_hmac::sign(&request, "AKDEMO", &secret, now()).request,
    })
}

fn open_api(mistake: Option<scp::Mistake>) -> String {
    let target = "/v1/a%20b/products?sort=created_at%3Aasc&product_id=VPC&product_id=D%2FS&display_name_ko=%EB%84%A4&kind=a+b%20c&page=2&flag=true&empty=";
    // A default port can only be left out where none is written.
    let base = if mistake == Some(scp::Mistake::DefaultPortSigned) { "http://product.store.example" } else { BASE };
    let mut request = Request { body: b"{\"a\": 1}".to_vec(), ..Request::new("POST", target) };
    request.headers.push("Host", base.trim_start_matches("http://"));
    let secret = Secret::new(secret_of(mistake.map(scp::Mistake::name)));
    let signed = match mistake {
        Some(mistake) => scp::forge(mistake, &request, base, "SCPDEMO0001", &secret, None, now()),
        None => scp::sign(&request, base, "SCPDEMO0001", &secret, None, now()),
    };
    curl(&signed.request, base)
}

/// With blanks around it the secret key is no base64.
fn secret_of(mistake: Option<&str>) -> &'static str {
    if mistake == Some(scp::Mistake::SecretDecoded.name()) { SCP_SECRET.trim() } else { SCP_SECRET }
}

/// A message of a recipe with a mistake, by names.
pub(crate) fn message(recipe: &str, mistake: Option<&str>) -> String {
    fn of<M: std::str::FromStr<Err: std::fmt::Debug>>(name: Option<&str>) -> Option<M> {
        name.map(|name| name.parse().expect("is known"))
    }
    match recipe {
        kt_jwt::RECIPE => token(of(mistake)),
        v2::RECIPE => call(of(mistake)),
        v2::KIT_RECIPE => kit_call(of(mistake), BODY),
        client_secret::RECIPE => secret(of(mistake)),
        auth_token::KIT_RECIPE => first_kit_call(of(mistake)),
        auth_token::RECIPE => raw(&first_call(of(mistake))),
        body_sign::RECIPE => answer(of(mistake)),
        usage_push::RECIPE => push(of(mistake)),
        sdk_hmac::RECIPE => ak_sk(of(mistake)),
        scp::RECIPE => open_api(of(mistake)),
        credential::RECIPE => credentials(of(mistake)),
        other => panic!("{other} has no messages here"),
    }
}

fn marketplace_of(recipe: &str) -> &'static str {
    MARKETPLACES.iter().find(|name| recipes(name).contains(&recipe)).expect("belongs to one")
}

#[rstest]
fn every_mistake_is_named(
    #[values(
        kt_jwt::RECIPE,
        v2::RECIPE,
        v2::KIT_RECIPE,
        client_secret::RECIPE,
        auth_token::KIT_RECIPE,
        auth_token::RECIPE,
        body_sign::RECIPE,
        usage_push::RECIPE,
        sdk_hmac::RECIPE,
        scp::RECIPE,
        credential::RECIPE
    )]
    recipe: &str,
) {
    let mut wrong = Vec::new();
    for mistake in every_mistake_of(recipe) {
        let text = message(recipe, Some(mistake.name));
        let secret = secret_of(Some(mistake.name));
        let mut told = doctor_with(secret, &["--at", NOW], &text);
        let nameless = NAMELESS.contains(&(recipe, mistake.name));
        if nameless != (told.code == 4) {
            wrong.push(format!("{}: whether its fields show the marketplace is listed otherwise", mistake.name));
        }
        if told.code == 4 {
            told = doctor(&["--at", NOW, "--marketplace", marketplace_of(recipe)], &text);
        }
        let words = told.words();
        let named = told.code == 1
            && words.contains(&format!("{recipe} cause"))
            && words.contains(&format!("mistake {}: {} why {}", mistake.name, mistake.what, mistake.consequence));
        let silent = told.code == 0 && words.contains("RIGHT") && !words.contains("WRONG");
        let listed = UNSEEN.iter().any(|(of, name, _)| (*of, *name) == (recipe, mistake.name));
        if (listed && !silent) || (!listed && !named) {
            wrong.push(format!("{} (exit code {}):\n{}{}", mistake.name, told.code, told.out, told.talk));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_recipe_is_in_the_table_and_faultless_messages_are_right() {
    let all = MARKETPLACES.iter().flat_map(|name| recipes(name));
    for recipe in all {
        let told = doctor(&["--at", NOW], &message(recipe, None));
        let words = told.words();
        assert!(
            told.code == 0 && words.contains("RIGHT") && words.contains(recipe),
            "{recipe}: {}{}",
            told.out,
            told.talk
        );
        assert!(!words.contains("WRONG") && !words.contains("mistake"), "{recipe}: {}", told.out);
    }
}

#[test]
fn the_lists_of_exceptions_name_what_there_is() {
    let listed = UNSEEN
        .iter()
        .map(|(recipe, name, _)| (recipe, name))
        .chain(NAMELESS.iter().map(|(recipe, name)| (recipe, name)));
    for (recipe, name) in listed {
        assert!(every_mistake_of(recipe).iter().any(|mistake| mistake.name == *name), "{recipe} {name}");
    }
}

/// What a recipe is keyed with is in no output, whatever the mistake is.
#[test]
fn no_key_is_printed() {
    for (recipe, mistake) in
        [(scp::RECIPE, "secret-trimmed"), (auth_token::RECIPE, "key-alone"), (v2::RECIPE, "descending-sort")]
    {
        for arguments in [vec!["--at", NOW], vec!["--at", NOW, "--json"]] {
            let told = doctor(&arguments, &message(recipe, Some(mistake)));
            for key in [
                test_key(),
                test_kit_key(),
                Secret::new(SCP_SECRET.trim()),
                Secret::new("storeproof-koogallery-test-secret-01"),
            ] {
                assert!(!told.out.contains(key.expose()), "{recipe}: {}", told.out);
            }
        }
    }
}
