//! Runtime expressions and templates against what is known so far (Arazzo 1.0.1, "Runtime Expressions").

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::HashMap;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::encode::plain;
use super::payload::is_json;
use crate::scenario::expression::{Expression, Path, Piece, Side, Source, Template};
use crate::scenario::plan::Plan;
use crate::spec::ParameterPlace;
use crate::wire::{Exchange, NotJson, Request, Response};

/// Values by name.
pub type Values = Map<String, Value>;

/// Outputs of the steps of a workflow, by step.
pub type StepOutputs = HashMap<String, Values>;

/// One Arazzo document, and how its workflows were played so far.
#[derive(Clone, Debug)]
pub struct Document {
    /// The document.
    pub plan: Arc<Plan>,
    /// The last playing of each workflow, in the order of the plan.
    pub runs: Vec<WorkflowRun>,
}

/// What the last playing of a workflow took and gave.
#[derive(Clone, Debug, Default)]
pub struct WorkflowRun {
    /// What went in.
    pub inputs: Arc<Values>,
    /// What came out.
    pub outputs: Values,
    /// Whether it ended well; `None` before it ended.
    pub well: Option<bool>,
}

/// One exchange as expressions see it. Bodies are parsed once, when an expression first asks for them.
#[derive(Debug)]
pub struct Message<'a> {
    exchange: &'a Exchange,
    arguments: &'a [(String, Value)],
    places: &'a [ParameterPlace],
    request_body: OnceCell<Result<Value, NotJson>>,
    response_body: OnceCell<Result<Value, NotJson>>,
}

impl<'a> Message<'a> {
    /// An exchange with the arguments that its call was made of, and where each of them travelled.
    pub fn new(exchange: &'a Exchange, arguments: &'a [(String, Value)], places: &'a [ParameterPlace]) -> Self {
        Self { exchange, arguments, places, request_body: OnceCell::new(), response_body: OnceCell::new() }
    }

    fn response(&self) -> Result<&'a Response, Unevaluable> {
        self.exchange.answer.as_ref().map_err(|loss| Unevaluable::NoAnswer { how: loss.to_string() })
    }

    fn argument(&self, place: ParameterPlace, name: &str) -> Option<&'a Value> {
        let at = self.places.iter().zip(self.arguments).find(|(at, (known, _))| **at == place && known == name)?;
        Some(&at.1.1)
    }
}

/// What expressions can refer to at one point of a scenario.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The exchange of the step; none before it was made, and for nested workflows.
    pub message: Option<&'a Message<'a>>,
    /// `$inputs`
    pub inputs: &'a Values,
    /// `$outputs`
    pub outputs: &'a Values,
    /// `$steps`
    pub steps: &'a StepOutputs,
    /// `$workflows`, `$sourceDescriptions`, `$components`
    pub document: &'a Document,
}

/// What an expression gave.
#[derive(Clone, Debug, PartialEq)]
pub enum Found<'a> {
    /// A value, `null` included.
    Value(Cow<'a, Value>),
    /// Nothing is there.
    Missing,
}

impl<'a> Found<'a> {
    fn borrowed(value: Option<&'a Value>) -> Self {
        value.map_or(Self::Missing, |value| Self::Value(Cow::Borrowed(value)))
    }

    fn owned(value: impl Into<Value>) -> Self {
        Self::Value(Cow::Owned(value.into()))
    }

    /// The value, if there is one.
    pub fn value(&self) -> Option<&Value> {
        match self {
            Self::Value(value) => Some(value),
            Self::Missing => None,
        }
    }

    /// The value itself, if there is one.
    pub fn into_value(self) -> Option<Value> {
        match self {
            Self::Value(value) => Some(value.into_owned()),
            Self::Missing => None,
        }
    }
}

/// Why an expression has no value at all, as opposed to a missing one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unevaluable {
    /// No call was made at this point.
    #[error("no call was made here")]
    NoCall,
    /// There is no answer to look at.
    #[error("there is no answer ({how})")]
    NoAnswer {
        /// How it was lost.
        how: String,
    },
    /// A value inside of the body is asked for, and the body is not JSON.
    #[error("the body of the {side} is not JSON: {why}")]
    NotJson {
        /// `request` or `response`.
        side: &'static str,
        /// What is wrong with it.
        why: NotJson,
    },
    /// HTTP has no `$message`.
    #[error("an HTTP exchange has no $message")]
    NoMessage,
    /// A source or component of this name does not exist.
    #[error("the document has no {what}")]
    Unknown {
        /// Which.
        what: String,
    },
    /// The expression names an operation or workflow, which is no value.
    #[error("{what} is no value")]
    NoValue {
        /// What it names.
        what: String,
    },
    /// A value in a text, list or template is not there.
    #[error("{expression} is missing")]
    Missing {
        /// The expression.
        expression: String,
    },
    /// Values of these kinds have no order.
    #[error("{left} and {right} cannot be ordered")]
    NoOrder {
        /// The left side, shortened.
        left: String,
        /// The right side, shortened.
        right: String,
    },
}

impl<'a> Context<'a> {
    /// The value of an expression, with its type.
    pub fn evaluate(&self, expression: &Expression) -> Result<Found<'a>, Unevaluable> {
        match expression {
            Expression::Url => Ok(Found::owned(url(self.message()?.exchange))),
            Expression::Method => Ok(Found::owned(self.message()?.exchange.request.method.as_str())),
            Expression::StatusCode => Ok(Found::owned(self.message()?.response()?.status)),
            Expression::Request(source) => self.request(source),
            Expression::Response(source) => self.response(source),
            Expression::Message(_) => Err(Unevaluable::NoMessage),
            Expression::Inputs(path) => Ok(at(self.inputs, path)),
            Expression::Outputs(path) => Ok(at(self.outputs, path)),
            Expression::Steps { step, output } => {
                Ok(self.steps.get(step).map_or(Found::Missing, |outputs| at(outputs, output)))
            }
            Expression::Workflows { workflow, side, path } => {
                let index = self
                    .document
                    .plan
                    .workflow(workflow)
                    .ok_or_else(|| Unevaluable::Unknown { what: format!("workflow {workflow}") })?;
                let run = self.document.runs.get(index);
                Ok(run.map_or(Found::Missing, |run| match side {
                    Side::Inputs => at(&run.inputs, path),
                    Side::Outputs => at(&run.outputs, path),
                }))
            }
            Expression::SourceDescriptions { source, reference } => {
                let sources = &self.document.plan.sources;
                let known = sources
                    .iter()
                    .find(|known| known.name == *source)
                    .ok_or_else(|| Unevaluable::Unknown { what: format!("source description {source}") })?;
                match reference.as_str() {
                    "url" => Ok(Found::owned(known.url.as_str())),
                    "name" => Ok(Found::owned(known.name.as_str())),
                    _ => Err(Unevaluable::NoValue { what: written(expression) }),
                }
            }
            Expression::Components { kind, name } => {
                let components = &self.document.plan.components;
                let known = components
                    .iter()
                    .find(|known| known.kind == *kind && known.name == *name)
                    .ok_or_else(|| Unevaluable::Unknown { what: format!("component {kind}.{name}") })?;
                // A component that refers to components could refer to itself.
                if depends_on(&known.value, |expression| matches!(expression, Expression::Components { .. })) {
                    return Err(Unevaluable::NoValue { what: written(expression) });
                }
                match &known.value {
                    Template::Literal(value) => Ok(Found::borrowed(Some(value))),
                    template => Ok(self.resolve(template)?.map_or(Found::Missing, Found::owned)),
                }
            }
        }
    }

    fn message(&self) -> Result<&'a Message<'a>, Unevaluable> {
        self.message.ok_or(Unevaluable::NoCall)
    }

    fn request(&self, source: &Source) -> Result<Found<'a>, Unevaluable> {
        let message = self.message()?;
        let request = &message.exchange.request;
        Ok(match source {
            Source::Header(name) => request.headers.text(name).map_or(Found::Missing, Found::owned),
            Source::PathParameter(name) => Found::borrowed(message.argument(ParameterPlace::Path, name)),
            Source::Query(name) => match message.argument(ParameterPlace::Query, name) {
                Some(value) => Found::borrowed(Some(value)),
                // Signing may have added some that are no arguments.
                None => query(request, name).map_or(Found::Missing, Found::owned),
            },
            Source::Body(pointer) => {
                let body = Body { side: "request", bytes: &request.body, media_type: media_type(request) };
                body.at(pointer, &message.request_body)?
            }
        })
    }

    fn response(&self, source: &Source) -> Result<Found<'a>, Unevaluable> {
        let message = self.message()?;
        let response = message.response()?;
        Ok(match source {
            Source::Header(name) => response.headers.text(name).map_or(Found::Missing, Found::owned),
            // The grammar allows them, but an answer has neither query nor path.
            Source::Query(_) | Source::PathParameter(_) => Found::Missing,
            Source::Body(pointer) => {
                let body = Body { side: "response", bytes: &response.body, media_type: response.media_type() };
                body.at(pointer, &message.response_body)?
            }
        })
    }

    /// The whole body as text when the expression is one, for criteria that look at text; bytes that are no UTF-8
    /// become U+FFFD. `None` for every other expression, and where there is no answer.
    pub(super) fn body_text(&self, expression: &Expression) -> Option<Cow<'a, str>> {
        let exchange = self.message?.exchange;
        let bytes = match expression {
            Expression::Request(Source::Body(pointer)) if pointer.is_empty() => &exchange.request.body,
            Expression::Response(Source::Body(pointer)) if pointer.is_empty() => &exchange.response()?.body,
            _ => return None,
        };
        Some(String::from_utf8_lossy(bytes))
    }

    /// The value of a template.
    ///
    /// `None` when the template is one expression that refers to an input that was not given: whoever asked leaves
    /// the argument out. The same holds for the members of an object. Everything else that is missing is an error.
    pub fn resolve(&self, template: &Template) -> Result<Option<Value>, Unevaluable> {
        match template {
            Template::Literal(value) => Ok(Some(value.clone())),
            Template::Expression(expression) => match (self.evaluate(expression)?, expression) {
                (Found::Value(value), _) => Ok(Some(value.into_owned())),
                (Found::Missing, Expression::Inputs(_)) => Ok(None),
                (Found::Missing, _) => Err(Unevaluable::Missing { expression: written(expression) }),
            },
            Template::Text(pieces) => {
                let mut text = String::new();
                for piece in pieces {
                    match piece {
                        Piece::Text(piece) => text.push_str(piece),
                        Piece::Expression(expression) => match self.evaluate(expression)? {
                            Found::Value(value) => text.push_str(&plain(&value)),
                            Found::Missing => return Err(Unevaluable::Missing { expression: written(expression) }),
                        },
                    }
                }
                Ok(Some(Value::String(text)))
            }
            Template::List(items) => {
                // A place in a list cannot be left out without moving those behind it.
                let item = |item| self.resolve(item).map(Option::unwrap_or_default);
                items.iter().map(item).collect::<Result<Vec<_>, _>>().map(|items| Some(Value::Array(items)))
            }
            Template::Object(members) => {
                let mut object = Map::with_capacity(members.len());
                for (name, template) in members {
                    if let Some(value) = self.resolve(template)? {
                        object.insert(name.clone(), value);
                    }
                }
                Ok(Some(Value::Object(object)))
            }
        }
    }
}

/// Whether a template refers to what came out of calls, so that a missing value is the vendor's doing.
pub(super) fn depends_on_answers(template: &Template) -> bool {
    depends_on(template, |expression| {
        matches!(
            expression,
            Expression::Steps { .. }
                | Expression::Outputs(_)
                | Expression::Response(_)
                | Expression::Workflows { side: Side::Outputs, .. }
        )
    })
}

fn depends_on(template: &Template, refers: fn(&Expression) -> bool) -> bool {
    match template {
        Template::Literal(_) => false,
        Template::Expression(expression) => refers(expression),
        Template::Text(pieces) => {
            pieces.iter().any(|piece| matches!(piece, Piece::Expression(expression) if refers(expression)))
        }
        Template::List(items) => items.iter().any(|item| depends_on(item, refers)),
        Template::Object(members) => members.iter().any(|(_, template)| depends_on(template, refers)),
    }
}

fn at<'a>(values: &'a Values, path: &Path) -> Found<'a> {
    Found::borrowed(values.get(&path.name).and_then(|value| value.pointer(&path.pointer)))
}

/// A body of either side.
struct Body<'a> {
    side: &'static str,
    bytes: &'a [u8],
    media_type: Option<String>,
}

impl<'a> Body<'a> {
    /// The value at a pointer. The whole of a body that does not claim to be JSON is its text; an empty one is missing.
    fn at(&self, pointer: &str, parsed: &'a OnceCell<Result<Value, NotJson>>) -> Result<Found<'a>, Unevaluable> {
        if pointer.is_empty() {
            if self.bytes.is_empty() {
                return Ok(Found::Missing);
            }
            if self.media_type.as_deref().is_some_and(|media_type| !is_json(media_type)) {
                return Ok(Found::owned(String::from_utf8_lossy(self.bytes).into_owned()));
            }
        }
        let json = parsed.get_or_init(|| {
            // The parser of answers says where a body stops being JSON; requests are read by the same rules.
            Response { body: self.bytes.to_vec(), ..Response::default() }.json()
        });
        match json {
            Ok(value) => Ok(Found::borrowed(value.pointer(pointer))),
            // Without a content type nothing claims that the body is JSON.
            Err(_) if pointer.is_empty() && self.media_type.is_none() => {
                Ok(Found::owned(String::from_utf8_lossy(self.bytes).into_owned()))
            }
            Err(why) => Err(Unevaluable::NotJson { side: self.side, why: why.clone() }),
        }
    }
}

fn media_type(request: &Request) -> Option<String> {
    let value = request.headers.text("content-type")?;
    let essence = value.split(';').next()?.trim().to_ascii_lowercase();
    (!essence.is_empty()).then_some(essence)
}

fn query(request: &Request, name: &str) -> Option<String> {
    let pairs = url::form_urlencoded::parse(request.query()?.as_bytes());
    pairs.into_iter().find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
}

/// The address that was called: origin of the base, then the target, which holds the base's path already.
fn url(exchange: &Exchange) -> String {
    let base = exchange.peer.base.as_str();
    let authority = base.find("://").map_or(0, |at| at + 3);
    let end = base[authority..].find(['/', '?', '#']).map_or(base.len(), |at| authority + at);
    format!("{}{}", &base[..end], exchange.request.target)
}

/// An expression as a document writes it.
pub fn written(expression: &Expression) -> String {
    let source = |source: &Source| match source {
        Source::Header(name) => format!("header.{name}"),
        Source::Query(name) => format!("query.{name}"),
        Source::PathParameter(name) => format!("path.{name}"),
        Source::Body(pointer) if pointer.is_empty() => "body".to_owned(),
        Source::Body(pointer) => format!("body#{pointer}"),
    };
    let path = |path: &Path| {
        if path.pointer.is_empty() { path.name.clone() } else { format!("{}#{}", path.name, path.pointer) }
    };
    match expression {
        Expression::Url => "$url".to_owned(),
        Expression::Method => "$method".to_owned(),
        Expression::StatusCode => "$statusCode".to_owned(),
        Expression::Request(from) => format!("$request.{}", source(from)),
        Expression::Response(from) => format!("$response.{}", source(from)),
        Expression::Message(from) => format!("$message.{}", source(from)),
        Expression::Inputs(name) => format!("$inputs.{}", path(name)),
        Expression::Outputs(name) => format!("$outputs.{}", path(name)),
        Expression::Steps { step, output } => format!("$steps.{step}.outputs.{}", path(output)),
        Expression::Workflows { workflow, side, path: name } => {
            let side = match side {
                Side::Inputs => "inputs",
                Side::Outputs => "outputs",
            };
            format!("$workflows.{workflow}.{side}.{}", path(name))
        }
        Expression::SourceDescriptions { source, reference } => format!("$sourceDescriptions.{source}.{reference}"),
        Expression::Components { kind, name } => format!("$components.{kind}.{name}"),
    }
}

/// How many characters of a value a finding shows.
const SHOWN: usize = 100;

/// A value as findings show it: JSON, cut after 100 characters.
pub(super) fn shortened(value: Option<&Value>) -> String {
    let Some(value) = value else { return "missing".to_owned() };
    shortened_text(&value.to_string())
}

/// A text as findings show it, cut after 100 characters.
pub(super) fn shortened_text(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}… ({} bytes)", &text[..end], text.len()),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::super::testing::{answered, lost, plan, response};
    use super::*;
    use crate::scenario::plan::Component;
    use crate::wire::Loss;

    fn path(name: &str, pointer: &str) -> Path {
        Path { name: name.to_owned(), pointer: pointer.to_owned() }
    }

    fn body(pointer: &str) -> Source {
        Source::Body(pointer.to_owned())
    }

    struct World {
        exchange: Exchange,
        arguments: Vec<(String, Value)>,
        places: Vec<ParameterPlace>,
        inputs: Values,
        outputs: Values,
        steps: StepOutputs,
        document: Document,
    }

    impl World {
        fn new() -> Self {
            let object = |value: Value| value.as_object().unwrap().clone();
            let mut exchange = answered("POST", "/api/a/5?q=1&signed=a%20b", response(201, r#"{"a":{"b":[10,null]}}"#));
            exchange.peer.base = "https://vendor.example/api".to_owned();
            exchange.request.headers.push("X-Own", "mine");
            exchange.request.body = br#"{"user":{"id":"u"}}"#.to_vec();
            let mut document = plan(Vec::new());
            document.workflows.push(super::super::testing::workflow("w", Vec::new()));
            document.components.push(Component {
                kind: "parameters".to_owned(),
                name: "p".to_owned(),
                value: Template::Text(vec![
                    Piece::Text("p-".to_owned()),
                    Piece::Expression(Expression::Inputs(path("n", ""))),
                ]),
            });
            let run = WorkflowRun {
                inputs: Arc::new(object(json!({"i": "in"}))),
                outputs: object(json!({"o": {"x": "out"}})),
                well: Some(true),
            };
            Self {
                exchange,
                arguments: vec![("id".to_owned(), json!(5)), ("q".to_owned(), json!(1))],
                places: vec![ParameterPlace::Path, ParameterPlace::Query],
                inputs: object(json!({"n": 7, "deep": {"l": [true]}, "null": null})),
                outputs: object(json!({"out": "o"})),
                steps: HashMap::from([("s".to_owned(), object(json!({"y": [1, 2]})))]),
                document: Document { plan: Arc::new(document), runs: vec![run] },
            }
        }

        fn with<T>(&self, ask: impl FnOnce(Context<'_>) -> T) -> T {
            let message = Message::new(&self.exchange, &self.arguments, &self.places);
            ask(Context {
                message: Some(&message),
                inputs: &self.inputs,
                outputs: &self.outputs,
                steps: &self.steps,
                document: &self.document,
            })
        }

        fn value(&self, expression: &Expression) -> Result<Option<Value>, Unevaluable> {
            self.with(|context| context.evaluate(expression).map(Found::into_value))
        }
    }

    #[rstest]
    #[case(Expression::Url, json!("https://vendor.example/api/a/5?q=1&signed=a%20b"))]
    #[case(Expression::Method, json!("POST"))]
    #[case(Expression::StatusCode, json!(201))]
    #[case(Expression::Request(Source::Header("x-OWN".into())), json!("mine"))]
    #[case(Expression::Request(Source::PathParameter("id".into())), json!(5))]
    #[case(Expression::Request(Source::Query("q".into())), json!(1))]
    #[case(Expression::Request(Source::Query("signed".into())), json!("a b"))]
    #[case(Expression::Request(body("/user/id")), json!("u"))]
    #[case(Expression::Response(Source::Header("content-TYPE".into())), json!("application/json"))]
    #[case(Expression::Response(body("")), json!({"a": {"b": [10, null]}}))]
    #[case(Expression::Response(body("/a/b/0")), json!(10))]
    #[case(Expression::Response(body("/a/b/1")), json!(null))]
    #[case(Expression::Inputs(path("n", "")), json!(7))]
    #[case(Expression::Inputs(path("deep", "/l/0")), json!(true))]
    #[case(Expression::Inputs(path("null", "")), json!(null))]
    #[case(Expression::Outputs(path("out", "")), json!("o"))]
    #[case(Expression::Steps { step: "s".into(), output: path("y", "/1") }, json!(2))]
    #[case(Expression::Workflows { workflow: "w".into(), side: Side::Inputs, path: path("i", "") }, json!("in"))]
    #[case(Expression::Workflows { workflow: "w".into(), side: Side::Outputs, path: path("o", "/x") }, json!("out"))]
    #[case(Expression::SourceDescriptions { source: "api".into(), reference: "url".into() }, json!("./api.yaml"))]
    #[case(Expression::Components { kind: "parameters".into(), name: "p".into() }, json!("p-7"))]
    fn expressions_keep_their_types(#[case] expression: Expression, #[case] expected: Value) {
        assert_eq!(World::new().value(&expression), Ok(Some(expected)), "{}", written(&expression));
    }

    #[rstest]
    #[case(Expression::Response(body("/a/c")))]
    #[case(Expression::Response(body("/a/b/2")))]
    #[case(Expression::Response(Source::Header("X-None".into())))]
    #[case(Expression::Response(Source::Query("q".into())))]
    #[case(Expression::Request(Source::PathParameter("q".into())))]
    #[case(Expression::Request(Source::Query("none".into())))]
    #[case(Expression::Inputs(path("none", "")))]
    #[case(Expression::Steps { step: "none".into(), output: path("y", "") })]
    #[case(Expression::Steps { step: "s".into(), output: path("y", "/9") })]
    fn missing_is_not_null(#[case] expression: Expression) {
        assert_eq!(World::new().value(&expression), Ok(None));
    }

    #[test]
    fn bodies_that_are_no_json() {
        let mut world = World::new();
        let plain = |world: &mut World, content_type: Option<&str>, text: &str| {
            let mut answer = response(200, text);
            answer.headers.remove("content-type");
            if let Some(content_type) = content_type {
                answer.headers.push("Content-Type", content_type);
            }
            world.exchange.answer = Ok(answer);
        };
        let whole = Expression::Response(body(""));
        let inside = Expression::Response(body("/a"));
        plain(&mut world, Some("text/html"), "<p>");
        assert_eq!(world.value(&whole), Ok(Some(json!("<p>"))));
        assert!(matches!(world.value(&inside), Err(Unevaluable::NotJson { side: "response", .. })));
        plain(&mut world, Some("application/json"), "<p>");
        assert!(matches!(world.value(&whole), Err(Unevaluable::NotJson { .. })));
        plain(&mut world, None, "<p>");
        assert_eq!(world.value(&whole), Ok(Some(json!("<p>"))));
        plain(&mut world, None, r#"{"a":1}"#);
        assert_eq!(world.value(&whole), Ok(Some(json!({"a": 1}))));
        plain(&mut world, Some("text/plain"), r#"{"a":1}"#);
        assert_eq!(world.value(&inside), Ok(Some(json!(1))));
        plain(&mut world, Some("application/json"), "");
        assert_eq!(world.value(&whole), Ok(None));
        assert_eq!(world.value(&inside), Err(Unevaluable::NotJson { side: "response", why: NotJson::Empty }));
    }

    #[test]
    fn a_lost_answer_and_a_call_not_made_are_errors() {
        let mut world = World::new();
        world.exchange = lost("GET", "/a", Loss::ClosedBeforeAnswer);
        assert!(matches!(world.value(&Expression::StatusCode), Err(Unevaluable::NoAnswer { .. })));
        assert_eq!(world.value(&Expression::Method), Ok(Some(json!("GET"))));
        let result = world
            .with(|context| Context { message: None, ..context }.evaluate(&Expression::Method).map(Found::into_value));
        assert_eq!(result, Err(Unevaluable::NoCall));
        assert_eq!(world.value(&Expression::Message(body(""))), Err(Unevaluable::NoMessage));
    }

    #[test]
    fn templates_keep_types_and_join_texts() {
        let world = World::new();
        let input = |name: &str| Expression::Inputs(path(name, ""));
        let template = Template::Object(vec![
            ("z".to_owned(), Template::Expression(input("n"))),
            ("gone".to_owned(), Template::Expression(input("none"))),
            (
                "a".to_owned(),
                Template::List(vec![
                    Template::Text(vec![
                        Piece::Text("n=".to_owned()),
                        Piece::Expression(input("n")),
                        Piece::Text(" d=".to_owned()),
                        Piece::Expression(input("deep")),
                    ]),
                    Template::Literal(json!({"k": [1]})),
                ]),
            ),
        ]);
        let value = world.with(|context| context.resolve(&template)).unwrap().unwrap();
        assert_eq!(value.to_string(), r#"{"z":7,"a":["n=7 d={\"l\":[true]}",{"k":[1]}]}"#);
    }

    #[test]
    fn a_missing_value_in_a_template_is_named() {
        let world = World::new();
        let output = Expression::Steps { step: "s".to_owned(), output: path("none", "/x") };
        let missing = Err(Unevaluable::Missing { expression: "$steps.s.outputs.none#/x".to_owned() });
        let whole = Template::Expression(output);
        assert_eq!(world.with(|context| context.resolve(&whole)), missing);
        assert!(depends_on_answers(&whole));
        let text = Template::Text(vec![Piece::Expression(Expression::Inputs(path("none", "")))]);
        assert!(world.with(|context| context.resolve(&text)).is_err());
        assert!(!depends_on_answers(&text));
    }

    #[test]
    fn a_component_that_names_itself_is_no_value() {
        let mut world = World::new();
        let itself = Expression::Components { kind: "parameters".to_owned(), name: "loop".to_owned() };
        let document = Arc::make_mut(&mut world.document.plan);
        document.components.push(Component {
            kind: "parameters".to_owned(),
            name: "loop".to_owned(),
            value: Template::Text(vec![Piece::Expression(itself.clone())]),
        });
        assert!(matches!(world.value(&itself), Err(Unevaluable::NoValue { .. })));
    }

    #[test]
    fn long_values_are_cut_between_characters() {
        let text = "가".repeat(200);
        let shown = shortened_text(&text);
        assert_eq!(shown.chars().take(100).collect::<String>(), "가".repeat(100));
        assert!(shown.ends_with("… (600 bytes)"));
        assert_eq!(shortened(None), "missing");
        assert_eq!(shortened(Some(&Value::Null)), "null");
    }
}
