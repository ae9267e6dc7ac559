//! The embedded specs are right, and a wrong document of the user's is refused at the place where it is wrong.

#![expect(clippy::disallowed_methods, reason = "tests read their fixtures and write into folders of their own")]

#[path = "specs/koogallery.rs"]
mod koogallery;
#[path = "specs/scp.rs"]
mod scp;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use rstest::rstest;
use serde_json::{Value, json};
use storeproof::market::setting::Kind;
use storeproof::market::{MARKETPLACES, scope, settings};
use storeproof::spec::document::MOST_BYTES;
use storeproof::spec::{Description, Document, Interface, Schema, SpecProblems, embedded, read_catalogue};
use storeproof::verdict::Level;

fn load(bytes: &[u8]) -> Result<Interface, SpecProblems> {
    Interface::from_document(&Document::from_bytes(bytes)?)
}

fn schemas(interface: &Interface) -> Vec<&Schema> {
    let mut schemas = Vec::new();
    for operation in &interface.operations {
        schemas.extend(operation.parameters.iter().filter_map(|parameter| parameter.schema.as_ref()));
        schemas.extend(operation.body.iter().flat_map(|body| &body.content).filter_map(|media| media.schema.as_ref()));
        for answer in &operation.answers {
            schemas.extend(answer.headers.iter().filter_map(|header| header.schema.as_ref()));
            schemas.extend(answer.content.iter().filter_map(|media| media.schema.as_ref()));
        }
    }
    schemas
}

#[test]
fn every_embedded_interface_loads() {
    let mut names = Vec::new();
    for file in embedded::interface_texts() {
        let document = file.document();
        let interface = Interface::from_document(&document).unwrap_or_else(|it| panic!("{}", it.in_file(file.path)));
        for schema in schemas(&interface) {
            assert_eq!(schema.check(), Ok(()), "{}: {}", file.path, schema.text());
        }
        let description = Description::of(&document).expect("is right").expect("is there");
        assert_eq!(description.marketplace, file.marketplace());
        assert_eq!(file.name(), format!("{}/{}", description.marketplace, description.dialect));
        assert!(embedded::interface(file.name()).is_some());
        for setting in &description.settings {
            assert!(!setting.default.is_null() && setting.reason.len() > 20, "{}: {}", file.path, setting.name);
        }
        serde_json::from_value::<openapiv3::OpenAPI>(document.value).expect("fits the typed model as it is");
        names.push(file.name());
    }
    for name in ["kt-bizstore/bizstore-2.1.2", "koogallery/saas-v2", "koogallery/saas-v1", "koogallery/order-notify"] {
        assert!(names.contains(&name), "{names:?}");
    }
    for name in [
        "koogallery/kit-v1",
        "koogallery/kit-v2",
        "koogallery/login",
        "koogallery/oauth",
        "koogallery/open-api",
        "scp/product-1.0",
    ] {
        assert!(names.contains(&name), "{names:?}");
    }
}

#[rstest]
#[case("kt-bizstore", "KT", 50)]
#[case("koogallery", "KG", 50)]
#[case("scp", "SCP", 25)]
fn every_catalogue_reads_and_every_rule_can_be_understood(
    #[case] marketplace: &str,
    #[case] prefix: &str,
    #[case] least: usize,
) {
    let common: Vec<_> = embedded::catalogue("common").iter().map(|it| it.id.clone()).collect();
    assert!(!common.is_empty());
    let catalogue = embedded::catalogue(marketplace);
    for requirement in catalogue.iter() {
        let id = requirement.id.as_str();
        assert!(id.starts_with(&format!("{prefix}-")) || common.contains(&requirement.id), "{id}");
        assert_eq!(id.starts_with(&format!("{prefix}-MANUAL-")), requirement.level == Level::Manual, "{id}");
        for text in [&requirement.rule, &requirement.why, &requirement.mend] {
            assert!(text.ends_with('.') && text.len() > 20, "{id}: {text}");
        }
    }
    assert!(catalogue.iter().count() > common.len() + least, "{marketplace} has rules of its own");
    assert!(common.iter().all(|id| catalogue.get(id).is_some()));
    let own: Vec<_> = embedded::catalogue("no-such-market").iter().map(|it| it.id.clone()).collect();
    assert_eq!(own, common);
}

/// A requirement is about dialects and products that its marketplace has.
#[test]
fn every_embedded_catalogue_is_right() {
    for marketplace in ["common"].iter().chain(MARKETPLACES) {
        let path = format!("specs/{marketplace}/requirements.yaml");
        let document = embedded::document(&path).expect("it is embedded");
        let read = read_catalogue(&document, &scope(marketplace)).unwrap_or_else(|it| panic!("{}", it.in_file(&path)));
        let known = embedded::catalogue(marketplace);
        assert!(read.iter().all(|requirement| known.get(&requirement.id) == Some(requirement)), "{path}");
    }
}

/// What a document shows as an example is what it describes, in both directions.
#[test]
fn every_example_of_a_body_fits_its_own_schema() {
    let mut seen = Vec::new();
    for file in embedded::interface_texts() {
        let document = file.document().value;
        let interface = embedded::interface(file.name()).expect("is embedded");
        for operation in &interface.operations {
            let path = operation.path.replace('~', "~0").replace('/', "~1");
            let place = format!("/paths/{path}/{}", operation.method.to_ascii_lowercase());
            let mut fits = |place: String, schema: Option<&Schema>| {
                if let Some(example) = document.pointer(&format!("{place}/example")) {
                    assert_eq!(schema.expect("is described").validate(example), [], "{}{place}", file.path);
                    seen.push((file.name(), operation.id.clone()));
                }
            };
            for media in operation.body.iter().flat_map(|body| &body.content) {
                let media_type = media.media_type.replace('/', "~1");
                fits(format!("{place}/requestBody/content/{media_type}"), media.schema.as_ref());
            }
            for answer in &operation.answers {
                for media in &answer.content {
                    let media_type = media.media_type.replace('/', "~1");
                    fits(format!("{place}/responses/{}/content/{media_type}", answer.status), media.schema.as_ref());
                }
            }
        }
    }
    assert_eq!(seen.iter().filter(|(file, _)| *file == "koogallery/saas-v2").count(), 7, "{seen:?}");
    assert_eq!(seen.iter().filter(|(file, _)| *file == "koogallery/open-api").count(), 3, "{seen:?}");
    assert_eq!(seen.iter().filter(|(file, _)| *file == "scp/product-1.0").count(), 5, "{seen:?}");
}

fn kt() -> std::sync::Arc<Interface> {
    embedded::interface("kt-bizstore/bizstore-2.1.2").expect("is embedded")
}

#[test]
fn the_five_operations_of_kt_are_all_there() {
    let interface = kt();
    let operations: Vec<_> =
        interface.operations.iter().map(|it| (it.id.as_str(), it.method.as_str(), it.path.as_str())).collect();
    assert_eq!(
        operations,
        [
            ("getStatus", "GET", "/status/{mem-sq}"),
            ("applyCustomer", "POST", "/customers/{mem-sq}"),
            ("withdrawCustomer", "DELETE", "/customers/{mem-sq}"),
            ("getBillByDay", "GET", "/bill-list/date/{bill-day}"),
            ("getBillByCustomer", "GET", "/bill-list/customer/{mem-sq}"),
        ]
    );
    for operation in &interface.operations {
        assert_eq!(operation.signatures, ["kt-jwt"], "{}", operation.id);
        assert_eq!(operation.parameters.len(), 1, "{}", operation.id);
        assert!(!operation.body.as_ref().is_some_and(|body| body.required));
        for status in [400, 401, 403, 404, 405, 406, 500] {
            assert!(operation.answer(status).is_some_and(|answer| answer.content.is_empty()), "{status}");
        }
    }
    for status in [200, 201] {
        let answer = interface.operation("applyCustomer").and_then(|it| it.answer(status)).expect("is described");
        assert_eq!((answer.headers[0].name.as_str(), answer.headers[0].required), ("Location", true));
        assert_eq!(answer.content[0].media_type, "text/html");
    }
}

fn violations(operation: &str, body: &Value) -> Vec<(String, String)> {
    violations_of("kt-bizstore/bizstore-2.1.2", operation, body)
}

/// Places and keywords of what is wrong with an answer of status 200.
fn violations_of(interface: &str, operation: &str, body: &Value) -> Vec<(String, String)> {
    let interface = embedded::interface(interface).expect("is embedded");
    let answer = interface.operation(operation).and_then(|it| it.answer(200)).expect("is described");
    let schema = answer.content[0].schema.as_ref().expect("is described");
    schema.validate(body).into_iter().map(|it| (it.pointer, it.keyword)).collect()
}

/// The object with one member set or, by `null`, taken out.
fn with(mut object: Value, change: (&str, Value)) -> Value {
    let members = object.as_object_mut().expect("is an object");
    match change {
        (name, Value::Null) => drop(members.remove(name)),
        (name, value) => drop(members.insert(name.to_owned(), value)),
    }
    object
}

fn status() -> Value {
    json!({
        "mem-sq": "M12345", "license-start-date": "20210428", "reg-date": "20210428",
        "install-complete-date": "99999999", "status": "0",
        "service-manager": "박민지(010-0000-1234,minji.park@vendor.example)",
        "service-engineer": "Jun-ho Lee(010-0000-5678,junho.lee@vendor.example)"
    })
}

#[rstest]
#[case(("status", json!("1")))]
#[case(("status", json!("98")))]
#[case(("status", json!("99")))]
#[case(("mem-sq", json!(12345)))]
#[case(("reg-date", json!(20_210_428)))]
#[case(("install-complete-date", json!(99_999_999)))]
#[case(("license-start-date", Value::Null))]
#[case(("service-manager", json!("")))]
#[case(("more", json!("than documented")))]
fn a_documented_reading_of_a_status_is_accepted(#[case] change: (&str, Value)) {
    assert_eq!(violations("getStatus", &with(status(), change)), []);
}

#[rstest]
#[case(("status", json!(1)), "/status", "type")]
#[case(("status", json!("2")), "/status", "enum")]
#[case(("status", Value::Null), "", "required")]
#[case(("mem-sq", Value::Null), "", "required")]
#[case(("mem-sq", json!(["M12345"])), "/mem-sq", "type")]
#[case(("reg-date", json!(true)), "/reg-date", "type")]
#[case(("license-start-date", json!({})), "/license-start-date", "type")]
#[case(("install-complete-date", json!(1.5)), "/install-complete-date", "type")]
#[case(("service-engineer", Value::Null), "", "required")]
fn a_wrong_status_is_refused(#[case] change: (&str, Value), #[case] pointer: &str, #[case] keyword: &str) {
    assert_eq!(violations("getStatus", &with(status(), change)), [(pointer.to_owned(), keyword.to_owned())]);
}

fn bill() -> Value {
    json!({
        "mem-sq": "M12345", "bill-date": "2021-05-06", "service-info": "2", "free-period": "20210501~20210507",
        "license-count": "10", "usage-pay-amt": 8000, "onetime-pay-amt": 2000, "pay-amt": 10_000,
        "install-complete-date": "2021-04-28", "contract-discount-period": "20210301~20220228"
    })
}

#[rstest]
#[case(("bill-date", json!("20210506")))]
#[case(("install-complete-date", Value::Null))]
#[case(("usage-pay-amt", Value::Null))]
#[case(("onetime-pay-amt", json!(0)))]
#[case(("free-period", json!("")))]
#[case(("pay-amt", json!(i32::MAX)))]
fn a_documented_reading_of_a_charge_is_accepted(#[case] change: (&str, Value)) {
    let bill = with(bill(), change);
    assert_eq!(violations("getBillByDay", &json!([bill])), []);
    assert_eq!(violations("getBillByCustomer", &bill), []);
    assert_eq!(violations("getBillByCustomer", &json!([bill, bill])), []);
}

#[rstest]
#[case(("pay-amt", Value::Null), "", "required")]
#[case(("pay-amt", json!("10000")), "/pay-amt", "type")]
#[case(("pay-amt", json!(9999.5)), "/pay-amt", "type")]
#[case(("pay-amt", json!(-2_147_483_649_i64)), "/pay-amt", "minimum")]
#[case(("pay-amt", json!(2_147_483_648_u64)), "/pay-amt", "maximum")]
#[case(("license-count", json!(10)), "/license-count", "type")]
#[case(("service-info", json!("1")), "/service-info", "enum")]
#[case(("service-info", json!(2)), "/service-info", "type")]
#[case(("bill-date", json!(20_210_506)), "/bill-date", "type")]
#[case(("free-period", Value::Null), "", "required")]
#[case(("mem-sq", json!(12_345)), "/mem-sq", "type")]
fn a_wrong_charge_is_refused(#[case] change: (&str, Value), #[case] pointer: &str, #[case] keyword: &str) {
    let bill = with(bill(), change);
    let expected = |above: &str| [(format!("{above}{pointer}"), keyword.to_owned())];
    assert_eq!(violations("getBillByDay", &json!([bill])), expected("/0"));
    assert_eq!(violations("getBillByCustomer", &bill), expected(""));
    assert_eq!(violations("getBillByCustomer", &json!([self::bill(), bill])), expected("/1"));
}

#[rstest]
#[case("getBillByDay", json!({"items": []}), &[("", "type")])]
#[case("getBillByDay", json!([]), &[])]
#[case("getBillByCustomer", json!(null), &[("", "type")])]
#[case("withdrawCustomer", json!({"success": true, "description": null}), &[])]
#[case("withdrawCustomer", json!({"success": "false", "description": "unknown customer"}), &[])]
#[case("withdrawCustomer", json!({"success": null, "description": ""}), &[("/success", "type")])]
#[case("withdrawCustomer", json!({"success": 1, "description": ""}), &[("/success", "type")])]
#[case("withdrawCustomer", json!({}), &[("", "required"), ("", "required")])]
fn bodies_of_another_shape_are_judged(#[case] operation: &str, #[case] body: Value, #[case] expected: &[(&str, &str)]) {
    let found = violations(operation, &body);
    let found: Vec<_> = found.iter().map(|(pointer, keyword)| (pointer.as_str(), keyword.as_str())).collect();
    assert_eq!(found, expected);
}

#[test]
fn what_the_store_sends_fits_its_own_description() {
    let interface = kt();
    let body = interface.operation("applyCustomer").and_then(|it| it.body.as_ref()).expect("is described");
    let schema = body.content[0].schema.as_ref().expect("is described");
    let sent = json!({
        "service-info": "2", "onetime-type": "1", "contract-period": "1", "license-states-cd": "0",
        "contract-discount-period": "20210301~20220228", "license-start-date": "20210428"
    });
    assert_eq!(schema.validate(&sent), []);
    assert_eq!(schema.validate(&json!({})), []);
    assert_eq!(schema.validate(&json!({"service-info": 2}))[0].keyword, "type");
}

#[rstest]
fn a_sound_document_loads(#[files("tests/fixtures/openapi/sound/*.yaml")] path: PathBuf) {
    let bytes = std::fs::read(&path).expect("reads");
    let interface = load(&bytes).unwrap_or_else(|problems| panic!("{problems}"));
    assert_eq!(interface.title, "Shop");
    assert!(!interface.operations.is_empty());
    assert!(schemas(&interface).iter().all(|schema| schema.check().is_ok()));
}

#[rstest]
fn a_broken_document_is_refused_where_it_is_broken(#[files("tests/fixtures/openapi/broken/*.yaml")] path: PathBuf) {
    let bytes = std::fs::read(&path).expect("reads");
    let problems = load(&bytes).expect_err("is refused");
    let name = path.file_stem().and_then(|stem| stem.to_str()).expect("has a name").to_owned();
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots/openapi"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name.clone(), problems.in_file(&format!("{name}.yaml"))));
}

#[test]
fn text_that_cannot_be_read_is_refused_with_a_place() {
    let problems = load(b"openapi: 3.0.3\ninfo: {title: \xec\xed}\n").expect_err("is refused");
    assert_eq!(
        problems.in_file("latin.yaml"),
        "latin.yaml:2:15: the text is not UTF-8 from here on; save the file as UTF-8"
    );
    let huge = " ".repeat(MOST_BYTES + 1);
    let problems = load(huge.as_bytes()).expect_err("is refused").to_string();
    assert!(problems.starts_with("1:1: the text has 8388609 bytes"), "{problems}");
}

/// Thousands of definitions, each a part of the one before: no stack is that deep.
#[test]
fn a_long_chain_of_definitions_neither_ends_the_program_nor_is_lost() {
    let mut definitions = serde_json::Map::new();
    for index in 0..5000 {
        let next = json!({"$ref": format!("#/components/schemas/S{}", index + 1)});
        definitions.insert(format!("S{index}"), json!({"type": "object", "properties": {"next": next}}));
    }
    definitions.insert("S5000".to_owned(), json!({"type": "object"}));
    let response = json!({"description": "d", "content": {"application/json": {
        "schema": {"$ref": "#/components/schemas/S0"}
    }}});
    let document = json!({
        "openapi": "3.0.3", "info": {"title": "t", "version": "1"},
        "paths": {"/a": {"get": {"responses": {"200": response}}}}, "components": {"schemas": definitions}
    });
    let interface = load(document.to_string().as_bytes()).expect("loads");
    let schema = interface.operations[0].answers[0].content[0].schema.clone().expect("is described");
    assert_eq!(schema.validate(&json!({"next": {"next": 1}}))[0].pointer, "/next/next");
}

proptest! {
    /// Whatever stands in place of a part of a sound document, it is loaded or refused, never worse.
    #[test]
    fn no_document_makes_it_panic(place in 0_usize..200, kind in 0_usize..7) {
        let text = include_str!("fixtures/openapi/sound/shop-3.0.yaml");
        let mut document = Document::parse(text).expect("parses");
        let mut pointers: Vec<String> = document.positions().map(|(pointer, _)| pointer.to_owned()).collect();
        pointers.sort();
        let pointer = &pointers[place % pointers.len()];
        let other = [
            json!(null), json!("text"), json!(-1.5), json!([{}]), json!({}), json!({"$ref": "#/info"}),
            json!({"$ref": "#/components/schemas/Order"}),
        ][kind].clone();
        if let Some(value) = document.value.pointer_mut(pointer) {
            *value = other;
        }
        if let Ok(interface) = Interface::from_document(&document) {
            for schema in schemas(&interface) {
                schema.validate(&json!({"item": "x", "parts": [{"item": 1}]}));
            }
        }
    }
}

#[test]
fn every_contradictory_or_missing_fact_is_a_setting_with_the_documented_default() {
    for marketplace in MARKETPLACES {
        let known = settings(marketplace);
        let mut documented = BTreeSet::new();
        for file in embedded::interface_texts().filter(|file| file.marketplace() == *marketplace) {
            let description = Description::of(&file.document()).expect("is right").expect("is there");
            for written in description.settings {
                let setting = known.iter().find(|setting| setting.name == written.name);
                let setting = setting.unwrap_or_else(|| panic!("{}: {} is no setting", file.path, written.name));
                let default = match &written.default {
                    Value::String(text) => text.clone(),
                    other => other.to_string(),
                };
                // An empty one depends on the interface, whose document says what it is.
                if !setting.default.is_empty() {
                    assert_eq!(default, setting.default, "{}: {}", file.path, written.name);
                }
                assert!(!written.reason.is_empty());
                documented.insert(written.name);
            }
        }
        for setting in known.iter().filter(|setting| matches!(setting.kind, Kind::Choice(_))) {
            assert!(
                documented.contains(setting.name),
                "no document of {marketplace} says why {} is open",
                setting.name
            );
        }
    }
}
