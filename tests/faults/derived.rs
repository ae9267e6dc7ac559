//! Cases that are computed from grounds: the faultless vendor bears them all, their proofs are true of the bytes that are
//! sent, they resolve whatever the interface is like, and what is written out is what is played.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use proptest::prelude::*;
use rstest::rstest;
use serde_json::{Value, json};
use storeproof::certify::Computed;
use storeproof::certify::derive::{self, Written};
use storeproof::engine::StepRecord;
use storeproof::scenario::plan::{FLAWS, Plan};
use storeproof::scenario::{Library, resolve};
use storeproof::spec::{Document, Interface, Operation, ParameterPlace, embedded};
use storeproof::verdict::Outcome;
use storeproof::wire::Request;

use crate::{reported, support};

/// Names of the grounds of a marketplace.
fn grounds(marketplace: &str) -> Vec<&'static str> {
    let files = embedded::scenarios().filter(|file| file.marketplace() == marketplace);
    files.map(|file| file.name()).filter(|name| name.contains("/sound/")).collect()
}

/// All computed cases of a marketplace, those included that a written scenario makes needless.
fn all(marketplace: &str) -> impl Iterator<Item = Computed> {
    grounds(marketplace).into_iter().flat_map(|ground| support::derived(ground, &Written::default()))
}

#[rstest]
fn the_faultless_vendor_bears_every_computed_case(
    #[values(1, 2)] seed: u64,
    #[values("kt-bizstore", "koogallery")] marketplace: &str,
) {
    let mut wrong = Vec::new();
    for case in all(marketplace) {
        let record = support::pure::play_plan(support::plan_of(&case), &[], seed);
        if record.outcome != Outcome::Conforms || reported(&record) != BTreeMap::new() {
            let found = record.steps.iter().flat_map(|step| {
                let found = step.findings.iter().map(|found| &found.finding);
                found.map(|finding| format!("    {}: {} {}", step.id, finding.requirement, finding.breach))
            });
            wrong.push(format!("{} {:?}\n{}", case.name, record.outcome, found.collect::<Vec<_>>().join("\n")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_operation_of_a_store_that_calls_has_a_ground() {
    for marketplace in ["kt-bizstore", "koogallery"] {
        let varied: BTreeSet<(Option<String>, String)> = grounds(marketplace)
            .into_iter()
            .map(|ground| {
                let plan = support::plan(ground);
                let varied = plan.varies.expect("a ground names a step");
                let step = &plan.workflows[varied.workflow].steps[varied.step];
                (plan.dialect.clone(), step.target.operation().expect("a call").id.clone())
            })
            .collect();
        let mut wanted = BTreeSet::new();
        for scenario in embedded::scenarios().filter(|file| file.marketplace() == marketplace) {
            let plan = support::plan(scenario.name());
            // Calls of the kit have their flaws written out, and a browser's arrival is no call that could have any.
            if plan
                .dialect
                .as_deref()
                .is_some_and(|dialect| dialect.starts_with("kit-") || dialect.starts_with("login"))
            {
                continue;
            }
            let steps = plan.workflows.iter().flat_map(|workflow| &workflow.steps);
            wanted.extend(steps.filter_map(|step| Some((plan.dialect.clone(), step.target.operation()?.id.clone()))));
        }
        assert_eq!(varied, wanted, "{marketplace}");
    }
}

#[test]
fn every_kind_of_flaw_is_computed_for_some_call() {
    let kinds: BTreeSet<String> = ["kt-bizstore", "koogallery"]
        .into_iter()
        .flat_map(all)
        .map(|case| case.name.rsplit('/').next().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(kinds, FLAWS.iter().map(|flaw| (*flaw).to_owned()).collect());
}

/// What was sent in a step.
fn sent(step: &StepRecord) -> &Request {
    &step.exchanges.first().expect("a computed step is a call").request
}

/// Whether an interface's description refuses the bytes of a call for what they say.
fn is_refused(operation: &Operation, request: &Request) -> bool {
    let media = operation.body.as_ref().and_then(|body| body.content.first());
    if let Some(schema) = media.and_then(|media| media.schema.as_ref()) {
        return match serde_json::from_slice::<Value>(&request.body) {
            Ok(value) => !schema.validate(&value).is_empty(),
            Err(_) => true,
        };
    }
    let query: Vec<(String, String)> =
        url::form_urlencoded::parse(request.query().unwrap_or_default().as_bytes()).into_owned().collect();
    let of_query = operation.parameters.iter().filter(|parameter| parameter.place == ParameterPlace::Query);
    of_query.filter(|parameter| parameter.name != "others").any(|parameter| {
        let Some((_, value)) = query.iter().find(|(name, _)| *name == parameter.name) else {
            return parameter.required;
        };
        let schema = parameter.schema.as_ref().expect("our parameters have schemas");
        !schema.validate(&Value::from(value.as_str())).is_empty()
    })
}

/// The proof of a computed call is held against the bytes that went out, by the schema of the whole operation.
#[rstest]
fn every_proof_is_true_of_what_is_sent(#[values("kt-bizstore", "koogallery")] marketplace: &str) {
    let mut seen = BTreeMap::new();
    for case in all(marketplace) {
        let plan = support::plan_of(&case);
        let operations: BTreeMap<&str, &Arc<Operation>> = plan.workflows[0]
            .steps
            .iter()
            .filter_map(|step| step.target.operation().map(|operation| (step.id.as_str(), operation)))
            .collect();
        let record = support::pure::play_plan(Arc::clone(&plan), &[], 1);
        for step in &record.steps {
            let Some(derived) = &step.derived else { continue };
            let refused = is_refused(operations[step.id.as_str()], sent(step));
            let whole = derived.at.starts_with("path ") || derived.at.starts_with("method ");
            let expected = match derived.flaw.as_str() {
                _ if whole => continue,
                "missing" | "null" | "empty" | "type" | "length" | "enum" | "broken-json" => true,
                "extra" | "text" | "size" | "content-type" | "charset" | "authentication" | "duplicate-keys" => false,
                "nesting" => continue,
                _ => !derived.why.starts_with("the schema of"),
            };
            assert_eq!(refused, expected, "{} {}: {}", case.name, step.id, derived.why);
            *seen.entry(derived.flaw.clone()).or_insert(0) += 1;
        }
    }
    assert!(seen.len() > 8, "{seen:?}");
}

/// A long value is one over its limit and no more, so that a limit that is off by one shows.
#[test]
fn long_values_are_one_over_their_limit() {
    let plan = support::plan("koogallery/derived/new-instance/length");
    let record = support::pure::play_plan(plan, &[], 1);
    let step = record.steps.iter().find(|step| step.id == "long-order-id").expect("it is computed");
    let body: Value = serde_json::from_slice(&sent(step).body).expect("JSON");
    assert_eq!(body["orderId"].as_str().map(str::len), Some(65));
    let derived = step.derived.as_ref().expect("it is proved");
    assert_eq!((derived.flaw.as_str(), derived.at.as_str()), ("length", "/orderId"));
    assert_eq!(derived.why, "maxLength of orderId: has 65 characters, more than 64");
}

#[rstest]
fn what_is_written_out_is_what_is_played(#[values("kt-bizstore", "koogallery")] marketplace: &str) {
    for case in all(marketplace) {
        let text = serde_saphyr::to_string(&case.document).expect("YAML");
        let read = Document::parse(&text).unwrap_or_else(|error| panic!("{}: {error}", case.name));
        assert_eq!(read.value, case.document, "{}", case.name);
    }
}

#[test]
fn signatures_that_a_scenario_plays_are_not_computed_again() {
    let written = support::plan("kt-bizstore/authentication/status");
    let names = |written: &Written| {
        let cases = support::derived("kt-bizstore/sound/get-status", written);
        cases.into_iter().map(|case| case.name).collect::<Vec<_>>()
    };
    let authentication = "kt-bizstore/derived/get-status/authentication".to_owned();
    assert!(names(&Written::default()).contains(&authentication));
    assert!(!names(&Written::of([&*written])).contains(&authentication));
    assert!(names(&Written::of([&*support::plan("kt-bizstore/authentication/apply")])).contains(&authentication));
}

#[test]
fn a_scenario_that_names_no_step_is_no_ground() {
    assert_eq!(support::derived("kt-bizstore/registration/repeated", &Written::default()), Vec::new());
}

/// A library with one interface, whatever its address.
struct Shelf(Arc<Interface>);

impl Library for Shelf {
    fn interface(&self, _: &str) -> Result<Arc<Interface>, String> {
        Ok(Arc::clone(&self.0))
    }

    fn plan(&self, url: &str) -> Result<Arc<Plan>, String> {
        Err(url.to_owned())
    }
}

fn schema() -> impl Strategy<Value = Value> {
    prop_oneof![
        (0_usize..9, 0_usize..200).prop_map(|(least, most)| json!({
            "type": "string", "minLength": least, "maxLength": least + most
        })),
        proptest::collection::vec("[a-z\u{ac00}$]{0,12}", 1..4)
            .prop_map(|words| json!({ "type": "string", "enum": words.into_iter().collect::<BTreeSet<_>>() })),
        Just(json!({ "type": "string", "pattern": "^[0-9]{8}$" })),
        Just(json!({ "type": "string", "pattern": "^[0-9]{14}([0-9]{3})?$" })),
        Just(json!({ "type": "string", "format": "date" })),
        Just(json!({ "type": "string", "nullable": true })),
        Just(json!({ "type": "integer", "minimum": 1 })),
        Just(json!({ "type": "number" })),
        Just(json!({ "type": "boolean" })),
        Just(json!({ "type": "object", "properties": { "inner": { "type": "string", "maxLength": 3 } } })),
        Just(json!({ "anyOf": [{ "type": "string" }, { "type": "integer" }] })),
        Just(json!({})),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever the members of an interface are called and like, its cases are documents that can be played.
    #[test]
    fn every_computed_document_resolves(
        members in proptest::collection::btree_map("[a-zA-Z\u{ac00}$~/. _-]{1,12}", (schema(), any::<bool>(), any::<bool>()), 0..6),
        method in prop_oneof![Just("post"), Just("put"), Just("get")],
    ) {
        let properties: BTreeMap<&String, &Value> = members.iter().map(|(name, (schema, _, _))| (name, schema)).collect();
        let required: Vec<&String> = members.iter().filter(|(_, (_, must, _))| *must).map(|(name, _)| name).collect();
        let mut object = json!({ "type": "object", "properties": properties });
        if !required.is_empty() {
            object["required"] = json!(required);
        }
        let given = members.iter().filter(|(_, (_, _, given))| *given);
        let payload: BTreeMap<&String, Value> = given
            .map(|(name, (schema, _, _))| (name, if schema["type"] == "object" { json!({ "inner": "x" }) } else { json!("x") }))
            .collect();
        let interface = Document::with_positions(json!({
            "openapi": "3.0.3",
            "info": { "title": "Shop", "version": "1" },
            "paths": { "/orders/{key}": { method: {
                "operationId": "order",
                "parameters": [{ "name": "key", "in": "path", "required": true, "schema": { "type": "string" } }],
                "requestBody": { "required": true, "content": { "application/json": { "schema": object } } },
                "responses": { "200": { "description": "ordered" } }
            } } }
        }), []);
        let interface = Arc::new(Interface::from_document(&interface).map_err(|it| TestCaseError::fail(it.in_file("shop")))?);
        let ground = Document::with_positions(json!({
            "arazzo": "1.0.1",
            "info": { "title": "An order", "version": "1", "x-storeproof": { "varies": "order" } },
            "sourceDescriptions": [{ "name": "shop", "url": "../shop.yaml", "type": "openapi" }],
            "workflows": [{ "workflowId": "order", "steps": [{
                "stepId": "order",
                "operationId": "order",
                "parameters": [{ "name": "key", "in": "path", "value": "k" }],
                "requestBody": { "contentType": "application/json", "payload": payload }
            }] }]
        }), []);
        let shelf = Shelf(interface);
        let plan = resolve(&ground, "shop/sound/order", &shelf).map_err(|it| TestCaseError::fail(it.to_string()))?;
        let cases = derive::cases(&ground, &plan, &Written::default());
        prop_assert!(!cases.is_empty());
        let mut names = BTreeSet::new();
        for case in cases {
            let document = Document::with_positions(case.document.clone(), []);
            let plan = resolve(&document, &case.name, &shelf)
                .map_err(|it| TestCaseError::fail(format!("{}: {it}", case.name)))?;
            let proved = plan.workflows[0].steps.iter().filter(|step| step.extension.derived.is_some()).count();
            prop_assert!(proved > 0 && proved <= 100, "{} has {proved} calls", case.name);
            prop_assert!(names.insert(case.name.clone()), "{} is there twice", case.name);
            prop_assert_eq!(&case.document["sourceDescriptions"][0]["url"], "../../shop.yaml");
        }
    }
}
