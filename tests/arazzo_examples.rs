//! Arazzo documents from files: the specification's own examples, documents that use everything, and documents that
//! are wrong in one way each.
//!
//! A wrong document's snapshot, beside it, is what its author reads. A file whose first line is `# strict` calls the
//! interface of a marketplace; the others are anybody's.

#![expect(clippy::disallowed_methods, reason = "tests read their fixtures and write into folders of their own")]

#[path = "fixtures/arazzo/library.rs"]
mod library;

use std::path::{Path, PathBuf};
use std::time::Duration;

use library::Folder;
use rstest::rstest;
use serde_json::{Value, json};
use storeproof::scenario::expression::{Expression, Path as ExpressionPath, Template};
use storeproof::scenario::plan::{Action, ActionKind, Extension, Goto, Plan, Spot, Step, Test, WorkflowRef};
use storeproof::scenario::{Severity, examine, lint, resolve};
use storeproof::spec::document::escape;
use storeproof::spec::{Document, ParameterPlace};

fn sources() -> Folder {
    Folder::new("tests/fixtures/arazzo/sources")
}

fn file_name(path: &Path) -> String {
    path.file_name().expect("a file has a name").to_string_lossy().into_owned()
}

#[rstest]
fn a_wrong_document_is_explained(#[files("tests/fixtures/arazzo/bad/*.yaml")] path: PathBuf) {
    let text = std::fs::read_to_string(&path).expect("the fixture is there");
    let name = file_name(&path);
    let shown = match Document::parse(&text) {
        Err(error) => format!("{name}: {error}\n"),
        Ok(document) => {
            let problems = resolve(&document, &name, &sources()).expect_err("the document is wrong");
            assert!(problems.has_errors());
            problems.render(&name, Some(&text))
        }
    };
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("fixtures/arazzo/bad");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name.trim_end_matches(".yaml"), shown));
}

fn spec_library() -> Folder {
    let store = "https://raw.githubusercontent.com/swagger-api/swagger-petstore/master/src/main/resources/openapi.yaml";
    let bnpl = "https://raw.githubusercontent.com/OAI/Arazzo-Specification/main/examples/1.0.0/bnpl-openapi.yaml";
    Folder::new("tests/fixtures/arazzo/spec-examples")
        .with("./animals.yaml", "../spec-sources/animals.yaml")
        .with(store, "../spec-sources/petstore.yaml")
        .with(bnpl, "bnpl-openapi.yaml")
}

/// The specification's own examples resolve. What is wrong in them by the specification's text is read as it was meant,
/// and each such place is a warning in the snapshot.
#[rstest]
fn an_example_of_the_specification_resolves(
    #[files("tests/fixtures/arazzo/spec-examples/*arazzo.yaml")] path: PathBuf,
) {
    let text = std::fs::read_to_string(&path).expect("the fixture is there");
    let name = file_name(&path);
    let document = Document::parse(&text).expect("the example is YAML");
    let library = spec_library();
    let plan = resolve(&document, &name, &library).unwrap_or_else(|problems| panic!("{problems}"));
    assert!(plan.workflows.iter().all(|workflow| !workflow.steps.is_empty()));

    let problems = lint(&document, &name, &library);
    assert!(problems.iter().all(|problem| problem.severity == Severity::Warning));
    let shown = if problems.is_empty() { "nothing to say\n".to_owned() } else { problems.render(&name, Some(&text)) };
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("fixtures/arazzo/spec-sources");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name.trim_end_matches(".yaml"), shown));
}

fn good(name: &str) -> (String, Plan) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/arazzo/good").join(name);
    let text = std::fs::read_to_string(path).expect("the fixture is there");
    let document = Document::parse(&text).expect("the fixture is YAML");
    let problems = lint(&document, name, &sources());
    assert!(problems.is_empty(), "{}", problems.render(name, Some(&text)));
    let plan = resolve(&document, name, &sources()).expect("the document is right");
    (text, plan)
}

fn step<'p>(plan: &'p Plan, id: &str) -> &'p Step {
    let steps = plan.workflows.iter().flat_map(|workflow| &workflow.steps);
    steps.into_iter().find(|step| step.id == id).expect("there is such a step")
}

fn expression(text: &str) -> Expression {
    Expression::parse(text).expect("is an expression")
}

#[test]
fn workflows_know_what_they_take_and_need() {
    let (_, plan) = good("everything.arazzo.yaml");
    assert_eq!((plan.title.as_str(), plan.marketplace.as_deref()), ("Everything that Arazzo has", None));
    let buy = &plan.workflows[0];
    assert_eq!(buy.depends_on, [WorkflowRef::Here(1), WorkflowRef::There(1, 0)]);
    assert_eq!(buy.spot, Spot { line: 11, column: 5 });
    let inputs = buy.inputs.as_ref().expect("there are inputs");
    assert_eq!(inputs.defaults, [("page".to_owned(), json!(1)), ("customer".to_owned(), json!({"name": "Kim"}))]);
    let validator = jsonschema::validator_for(inputs.schema.text()).expect("the schema stands alone");
    assert!(validator.is_valid(&json!({"user": "kim", "page": 2, "tree": {"child": {"child": {}}}})));
    assert!(!validator.is_valid(&json!({"user": "kim", "tree": {"child": 3}})));
    assert_eq!(
        buy.outputs,
        [
            (
                "id".to_owned(),
                Expression::Steps {
                    step: "order".to_owned(),
                    output: ExpressionPath { name: "order.id".to_owned(), pointer: String::new() }
                }
            ),
            ("sku".to_owned(), expression("$steps.order.outputs.lines#/0/sku")),
            ("prepared".to_owned(), expression("$workflows.prepare.outputs.status")),
        ]
    );
}

#[test]
fn steps_take_from_their_workflow_what_they_do_not_give_themselves() {
    let (_, plan) = good("everything.arazzo.yaml");
    let arguments = |id: &str| -> Vec<(String, Option<ParameterPlace>, Template)> {
        let arguments = step(&plan, id).arguments.iter();
        arguments.map(|one| (one.name.clone(), one.place, one.value.clone())).collect()
    };
    let header = Some(ParameterPlace::Header);
    let status = ("status".to_owned(), Some(ParameterPlace::Query), Template::Literal(json!("open")));
    // Header names are compared without case, so that the step's own `x-page` wins.
    assert_eq!(arguments("list"), [("x-page".to_owned(), header, Template::Literal(json!(2))), status.clone()]);
    assert_eq!(
        arguments("refresh"),
        [("X-Page".to_owned(), header, Template::Expression(expression("$inputs.page"))), status]
    );
    assert_eq!(arguments("log-in"), [("user".to_owned(), None, Template::Expression(expression("$inputs.user")))]);

    let order = step(&plan, "order");
    let names = |actions: &[Action]| actions.iter().map(|action| action.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&order.on_success), ["default", "done"]);
    assert_eq!(names(&order.on_failure), ["wait", "give-up", "again"]);
    assert!(matches!(order.on_success[0].kind, ActionKind::Goto(Goto::Step(2))));
    let ActionKind::Retry { after, limit, first } = &order.on_failure[0].kind else { panic!("it is a retry") };
    assert_eq!((*after, *limit, first), (Duration::from_millis(250), 3, &Some(Goto::Step(4))));
    let again = &order.on_failure[2].kind;
    assert!(matches!(again, ActionKind::Retry { after: Duration::ZERO, limit: 1, first: None }));
    let goto = &step(&plan, "show").on_success[0].kind;
    assert!(matches!(goto, ActionKind::Goto(Goto::Workflow(WorkflowRef::Here(1)))));
}

#[test]
fn payloads_keep_texts_and_criteria_their_types() {
    let (_, plan) = good("everything.arazzo.yaml");
    let order = step(&plan, "order");
    let payload = order.payload.as_ref().expect("there is a payload");
    assert_eq!(payload.content_type, "application/json; charset=utf-8");
    let Some(Template::Object(members)) = &payload.value else { panic!("it is an object") };
    assert_eq!(members[0].1, Template::Expression(expression("$inputs.customer#/name")));
    assert!(matches!(&members[1].1, Template::Text(pieces) if pieces.len() == 4));
    assert_eq!(members[2].1, Template::Literal(json!("$5.00")));
    let targets: Vec<&str> = payload.replacements.iter().map(|(target, _)| target.as_str()).collect();
    assert_eq!(targets, ["/lines/0/count", "/note"]);
    let tests: Vec<&Test> = order.criteria.iter().map(|criterion| &criterion.test).collect();
    assert!(matches!(
        tests.as_slice(),
        [Test::Simple(_), Test::Regex { .. }, Test::JsonPath { .. }, Test::JsonPath { .. }]
    ));
    let show = step(&plan, "show");
    assert_eq!(show.arguments[1].value, Template::Expression(expression("$steps.order.outputs.lines#/0/sku")));
}

#[test]
fn additions_of_our_own_are_read() {
    let (_, plan) = good("store.arazzo.yaml");
    assert_eq!((plan.marketplace.as_deref(), plan.dialect.as_deref()), (Some("demo-store"), Some("demo-2")));
    let inputs = plan.workflows[0].inputs.as_ref().expect("there are inputs");
    assert_eq!(inputs.generated, [("key".to_owned(), "customer-key".to_owned())]);
    let Extension { deliver, same_answer, await_call, snapshot, requirement, checks, exec: None, derived: None } =
        &step(&plan, "register").extension
    else {
        panic!("it has no task")
    };
    assert_eq!((deliver.copies, deliver.together, deliver.lose_answer, deliver.follow), (3, true, true, true));
    assert_eq!((deliver.tamper.as_deref(), deliver.clock_ms), (Some("too-old"), -61_000));
    assert_eq!(deliver.method.as_deref(), Some("PUT"));
    assert_eq!(same_answer[0], ("$response.body#/id".to_owned(), expression("$response.body#/id")));
    let await_call = await_call.as_ref().expect("a call is awaited");
    assert_eq!((await_call.operation.id.as_str(), await_call.within), ("queryOrder", Duration::from_secs(5)));
    let redact = &snapshot.as_ref().expect("there is a snapshot").redact;
    assert_eq!(redact[1], ("/at".to_owned(), "timestamp".to_owned()));
    assert_eq!(requirement.as_ref().map(|id| id.as_str()), Some("DEMO-AUTH"));
    assert_eq!(checks, &["month-to-date"]);
}

#[test]
fn what_the_vendors_program_is_to_do_is_read() {
    let (_, plan) = good("client.arazzo.yaml");
    assert_eq!((plan.marketplace.as_deref(), plan.dialect.as_deref()), (Some("demo-store"), Some("demo-calls")));
    let plain = step(&plan, "plain").extension.exec.as_ref().expect("there is a task");
    assert_eq!((plain.task.as_str(), plain.within), ("query-order", Duration::from_secs(30)));
    assert!(plain.command.is_empty() && plain.environment.is_empty() && plain.answers.is_empty());
    let exec = step(&plan, "disturbed").extension.exec.as_ref().expect("there is a task");
    assert_eq!(
        (exec.command.as_slice(), exec.within),
        (["python3", "client.py"].map(str::to_owned).as_slice(), Duration::from_secs(120))
    );
    assert_eq!(exec.environment[0], ("DEPTH".to_owned(), Template::Expression(expression("$inputs.depth"))));
    assert_eq!((exec.least, exec.most), (Some(2), Some(20)));
    let times: Vec<_> = exec.answers.iter().map(|rule| (rule.times, rule.operation.as_deref())).collect();
    assert_eq!(times, [(Some(2), None), (Some(1), Some("anotherOperation"))]);
}

#[test]
fn a_document_with_positions_from_elsewhere_resolves_alike() {
    let (text, plan) = good("everything.arazzo.yaml");
    let parsed = Document::parse(&text).expect("the fixture is YAML");
    let positions = parsed.positions().map(|(pointer, standing)| (pointer.to_owned(), *standing));
    let embedded = Document::with_positions(parsed.value.clone(), positions.collect::<Vec<_>>());
    let again = resolve(&embedded, &plan.name, &sources()).expect("the document is right");
    assert_eq!(format!("{again:?}"), format!("{plan:?}"));
    let bare = Document::with_positions(parsed.value.clone(), []);
    assert!(resolve(&bare, &plan.name, &sources()).is_ok());
}

#[test]
fn outputs_may_come_from_later_steps_where_the_flow_leads_back() {
    let (_, plan) = good("loops.arazzo.yaml");
    assert_eq!(plan.workflows[0].steps.len(), 4);
}

/// Looking up ids and judging the flow step by step would take minutes here.
#[test]
fn a_document_of_twenty_thousand_steps_resolves() {
    let document = |count: usize| {
        let steps: Vec<_> = (0..count)
            .map(|index| {
                let before = index.saturating_sub(1);
                json!({
                    "stepId": format!("s{index}"),
                    "operationId": "listOrders",
                    "parameters": if index == 0 { json!([]) } else { json!([
                        {"name": "status", "in": "query", "value": format!("$steps.s{before}.outputs.o")}
                    ]) },
                    "outputs": {"o": "$statusCode"}
                })
            })
            .collect();
        let value = json!({
            "arazzo": "1.0.1",
            "info": {"title": "Long", "version": "1"},
            "sourceDescriptions": [{"name": "shop", "url": "shop.openapi.yaml", "type": "openapi"}],
            "workflows": [{"workflowId": "w", "steps": steps}]
        });
        Document::with_positions(value, [])
    };
    let plan = resolve(&document(20_000), "long", &sources()).expect("the document is right");
    assert_eq!(plan.workflows[0].steps.len(), 20_000);
}

/// Every place of the documents that use everything, for the test that breaks them.
fn pointers(value: &Value, pointer: String, all: &mut Vec<String>) {
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                pointers(item, format!("{pointer}/{index}"), all);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                pointers(member, format!("{pointer}/{}", escape(name)), all);
            }
        }
        _ => {}
    }
    all.push(pointer);
}

#[rstest]
fn whatever_is_broken_it_is_explained(
    #[values("everything.arazzo.yaml", "store.arazzo.yaml")] name: &str,
    #[values(json!(null), json!(7), json!("x"), json!("$steps.a"), json!([1]), json!({"x": {}}))] instead: Value,
) {
    let (text, _) = good(name);
    let document = Document::parse(&text).expect("the fixture is YAML");
    let mut all = Vec::new();
    pointers(&document.value, String::new(), &mut all);
    assert!(all.len() > 40);
    let library = sources();
    let mut refused = 0;
    for pointer in &all {
        let mut value = document.value.clone();
        *value.pointer_mut(pointer).expect("the place is there") = instead.clone();
        let positions = document.positions().map(|(pointer, standing)| (pointer.to_owned(), *standing));
        let broken = Document::with_positions(value, positions.collect::<Vec<_>>());
        let (plan, problems) = examine(&broken, name, &library);
        assert!(plan.is_some() || problems.has_errors(), "{pointer} is broken without a word");
        refused += usize::from(problems.has_errors());
        problems.render(name, Some(&text));
    }
    assert!(refused * 2 > all.len(), "{refused} of {} are refused", all.len());
}

#[rstest]
#[case("callbacks.openapi.yaml", "store.openapi.yaml")]
#[case("store.openapi.yaml", "callbacks.openapi.yaml")]
fn a_case_is_of_the_interface_that_the_marketplace_calls(#[case] first: &str, #[case] second: &str) {
    let source = |name: &str, url: &str| json!({"name": name, "url": url, "type": "openapi"});
    let document = json!({
        "arazzo": "1.0.1", "info": {"title": "t", "version": "1"},
        "sourceDescriptions": [source("a", first), source("b", second)],
        "workflows": [{"workflowId": "w", "steps": [{"stepId": "s", "operationId": "register"}]}],
    });
    let document = Document::parse(&document.to_string()).expect("reads");
    let plan = resolve(&document, "case", &sources()).expect("resolves");
    assert_eq!(plan.marketplace.as_deref(), Some("demo-store"));
    assert_eq!(plan.dialect.as_deref(), Some("demo-1"));
}
