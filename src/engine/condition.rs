//! Criteria: does what came hold what the scenario asks (Arazzo 1.0.1, "Criterion Object")?
//!
//! How values compare is in `compare.rs`. What cannot be evaluated does not hold, and `!` does not make it hold
//! either; `&&` and `||` ignore it where the other sides decide.

use std::borrow::Cow;

use serde_json::Value;
use serde_json_path::JsonPath;

use super::compare::{equal, ordered};
use super::encode::plain;
use super::evaluate::{Context, Found, Unevaluable};
use super::wording::{shortened, shortened_text, written};
use crate::scenario::expression::{Access, Comparison, Condition, Expression, Operand, Source};
use crate::scenario::plan::{Criterion, Test};
use crate::verdict::{Breach, Place};

/// How a criterion came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It holds.
    Holds,
    /// It does not hold.
    Fails {
        /// The expressions in it, as written, and what they are.
        observed: Vec<(String, String)>,
    },
    /// It cannot be evaluated on this answer.
    Unevaluable {
        /// Why.
        problem: String,
    },
}

impl Verdict {
    /// Whether it holds.
    pub fn holds(&self) -> bool {
        matches!(self, Self::Holds)
    }

    /// The breach that it is for the criterion; none when it holds.
    pub fn breach(self, criterion: &Criterion) -> Option<Breach> {
        let condition = criterion.text.clone();
        match self {
            Self::Holds => None,
            Self::Fails { observed } => Some(Breach::Criterion { condition, observed }),
            Self::Unevaluable { problem } => Some(Breach::Unevaluable { condition, problem }),
        }
    }
}

/// Tests one criterion.
pub fn test(criterion: &Criterion, context: Context<'_>) -> Verdict {
    match &criterion.test {
        Test::Simple(condition) => match holds(condition, context) {
            Ok(true) => Verdict::Holds,
            Ok(false) => {
                let mut observed = Vec::new();
                observe(condition, context, &mut observed);
                Verdict::Fails { observed }
            }
            Err(why) => Verdict::Unevaluable { problem: why.to_string() },
        },
        Test::Regex { context: looked_at, pattern } => {
            let text = match context.body_text(looked_at) {
                Some(text) => text,
                None => match context.evaluate(looked_at) {
                    Err(why) => return Verdict::Unevaluable { problem: why.to_string() },
                    Ok(Found::Missing) => return fails(looked_at, "missing".to_owned()),
                    Ok(Found::Value(value)) => Cow::Owned(plain(&value)),
                },
            };
            if pattern.is_match(&text) { Verdict::Holds } else { fails(looked_at, shortened_text(&text)) }
        }
        Test::JsonPath { context: looked_at, query } => match json(looked_at, context) {
            Err(why) => Verdict::Unevaluable { problem: why.to_string() },
            Ok(Found::Missing) => fails(looked_at, "missing".to_owned()),
            Ok(Found::Value(value)) => {
                if selects(query, &value) {
                    Verdict::Holds
                } else {
                    fails(looked_at, shortened(Some(&value)))
                }
            }
        },
    }
}

/// Whether a query selects anything.
///
/// A filter at the root looks at the members of an object (RFC 9535, 2.3.5). The specification's own examples mean the
/// object itself: `$[?count(@.pets) > 0]` is to hold for `{"pets": […]}` (Arazzo 1.0.1, "Criterion Object Example").
/// Both readings count, save where the filter itself speaks of the root, which the second reading would shift.
fn selects(query: &JsonPath, value: &Value) -> bool {
    if !query.query(value).is_empty() {
        return true;
    }
    let text = query.to_string();
    let at_root = text.strip_prefix("$[?").is_some_and(|filter| !filter.contains('$'));
    at_root && value.is_object() && !query.query(&Value::Array(vec![value.clone()])).is_empty()
}

/// Whether all criteria hold; those that cannot be evaluated do not.
pub fn all_hold(criteria: &[Criterion], context: Context<'_>) -> bool {
    criteria.iter().all(|criterion| test(criterion, context).holds())
}

fn fails(expression: &Expression, value: String) -> Verdict {
    Verdict::Fails { observed: vec![(written(expression), value)] }
}

/// The value of an expression; a body is read as JSON whatever its content type says.
fn json<'a>(expression: &Expression, context: Context<'a>) -> Result<Found<'a>, Unevaluable> {
    let found = context.evaluate(expression)?;
    if let (Some(Value::String(_)), Some(text)) = (found.value(), context.body_text(expression))
        && let Ok(value) = serde_json::from_str(&text)
    {
        return Ok(Found::Value(Cow::Owned(value)));
    }
    Ok(found)
}

fn holds(condition: &Condition, context: Context<'_>) -> Result<bool, Unevaluable> {
    match condition {
        Condition::Or(sides) => decide(sides, context, true),
        Condition::And(sides) => decide(sides, context, false),
        Condition::Not(inner) => holds(inner, context).map(|held| !held),
        Condition::Value(operand) => Ok(value(operand, context)?.value() == Some(&Value::Bool(true))),
        Condition::Compare { left, operator, right } => {
            let (left, right) = (value(left, context)?, value(right, context)?);
            let (left, right) = (left.value(), right.value());
            let order = || {
                ordered(left, right)
                    .ok_or_else(|| Unevaluable::NoOrder { left: shortened(left), right: shortened(right) })
            };
            Ok(match operator {
                Comparison::Equal => equal(left, right),
                Comparison::NotEqual => !equal(left, right),
                Comparison::Less => order()?.is_lt(),
                Comparison::LessOrEqual => order()?.is_le(),
                Comparison::Greater => order()?.is_gt(),
                Comparison::GreaterOrEqual => order()?.is_ge(),
            })
        }
    }
}

/// One side that is `deciding` decides; else one that cannot be evaluated leaves the whole open.
fn decide(sides: &[Condition], context: Context<'_>, deciding: bool) -> Result<bool, Unevaluable> {
    let mut open = None;
    for side in sides {
        match holds(side, context) {
            Ok(held) if held == deciding => return Ok(deciding),
            Ok(_) => {}
            Err(why) => open = open.or(Some(why)),
        }
    }
    open.map_or(Ok(!deciding), Err)
}

fn value<'a>(operand: &'a Operand, context: Context<'a>) -> Result<Found<'a>, Unevaluable> {
    match operand {
        Operand::Literal(value) => Ok(Found::Value(Cow::Borrowed(value))),
        Operand::Expression { expression, accesses, .. } => {
            let found = context.evaluate(expression)?;
            if accesses.is_empty() {
                return Ok(found);
            }
            Ok(match found {
                Found::Missing => Found::Missing,
                Found::Value(Cow::Borrowed(value)) => {
                    access(value, accesses).map_or(Found::Missing, |value| Found::Value(Cow::Borrowed(value)))
                }
                Found::Value(Cow::Owned(value)) => {
                    access(&value, accesses).map_or(Found::Missing, |value| Found::Value(Cow::Owned(value.clone())))
                }
            })
        }
    }
}

fn access<'v>(value: &'v Value, accesses: &[Access]) -> Option<&'v Value> {
    accesses.iter().try_fold(value, |value, access| match access {
        Access::Index(index) => value.as_array()?.get(*index),
        Access::Name(name) => value.as_object()?.get(name),
    })
}

/// Collects the expressions of a condition and what they are, each once.
fn observe(condition: &Condition, context: Context<'_>, observed: &mut Vec<(String, String)>) {
    each_operand(condition, &mut |operand| {
        if let Operand::Expression { text, .. } = operand
            && !observed.iter().any(|(known, _)| known == text)
        {
            let shown = match value(operand, context) {
                Ok(found) => shortened(found.value()),
                Err(why) => format!("unknown, as {why}"),
            };
            observed.push((text.clone(), shown));
        }
    });
}

fn each_operand<'c>(condition: &'c Condition, visit: &mut impl FnMut(&'c Operand)) {
    match condition {
        Condition::Or(sides) | Condition::And(sides) => {
            for side in sides {
                each_operand(side, visit);
            }
        }
        Condition::Not(inner) => each_operand(inner, visit),
        Condition::Value(operand) => visit(operand),
        Condition::Compare { left, right, .. } => {
            visit(left);
            visit(right);
        }
    }
}

/// The expressions that a criterion looks at, in order.
fn expressions(criterion: &Criterion) -> Vec<(&Expression, &[Access])> {
    match &criterion.test {
        Test::Regex { context, .. } | Test::JsonPath { context, .. } => vec![(context, &[])],
        Test::Simple(condition) => {
            let mut found = Vec::new();
            each_operand(condition, &mut |operand| {
                if let Operand::Expression { expression, accesses, .. } = operand {
                    found.push((expression, accesses.as_slice()));
                }
            });
            found
        }
    }
}

/// Whether a criterion decides on the status: it looks at it, or at whatever a regular expression is asked to see.
pub(super) fn decides_status(criterion: &Criterion) -> bool {
    matches!(criterion.test, Test::Regex { .. })
        || expressions(criterion).iter().any(|(expression, _)| matches!(expression, Expression::StatusCode))
}

/// Where a criterion looks first in the answer; the course of the case when it looks elsewhere.
pub(super) fn place(criterion: &Criterion) -> Place {
    let place = |(expression, accesses): &(&Expression, &[Access])| match expression {
        Expression::StatusCode => Some(Place::Status),
        Expression::Response(Source::Header(name)) => Some(Place::Header(name.clone())),
        Expression::Response(Source::Body(pointer)) => {
            let mut pointer = pointer.clone();
            for access in *accesses {
                pointer.push('/');
                match access {
                    Access::Index(index) => pointer.push_str(&index.to_string()),
                    Access::Name(name) => pointer.push_str(&name.replace('~', "~0").replace('/', "~1")),
                }
            }
            Some(Place::Body(pointer))
        }
        _ => None,
    };
    expressions(criterion).iter().find_map(place).unwrap_or(Place::Course)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;
    use rstest::rstest;
    use serde_json::json;

    use super::super::evaluate::{Document, Message, StepOutputs, Values};
    use super::super::testing::{answered, compare, jsonpath, literal, lost, operand, plan, regex, response, simple};
    use super::*;
    use crate::wire::{Exchange, Loss};

    fn status() -> Expression {
        Expression::StatusCode
    }

    fn body(pointer: &str) -> Expression {
        Expression::Response(Source::Body(pointer.to_owned()))
    }

    fn judge(criterion: &Criterion, exchange: &Exchange, inputs: &Values) -> Verdict {
        let document = Document { plan: Arc::new(plan(Vec::new())), runs: Vec::new() };
        let (outputs, steps) = (Values::new(), StepOutputs::new());
        let message = Message::new(exchange, &[], &[]);
        test(
            criterion,
            Context { message: Some(&message), inputs, outputs: &outputs, steps: &steps, document: &document },
        )
    }

    fn on(status: u16, text: &str, criterion: &Criterion) -> Verdict {
        judge(criterion, &answered("GET", "/", response(status, text)), &Values::new())
    }

    fn between(left: Value, operator: Comparison, right: Value) -> Result<bool, ()> {
        let document = Document { plan: Arc::new(plan(Vec::new())), runs: Vec::new() };
        let (values, steps) = (Values::new(), StepOutputs::new());
        let context = Context { message: None, inputs: &values, outputs: &values, steps: &steps, document: &document };
        let condition = Condition::Compare { left: literal(left), operator, right: literal(right) };
        holds(&condition, context).map_err(|_| ())
    }

    #[rstest]
    #[case(json!("Active"), json!("aCTIVE"), true)]
    #[case(json!("STRASSE É"), json!("strasse é"), true)]
    #[case(json!(200), json!(200.0), true)]
    #[case(json!(98), json!("98"), true)]
    #[case(json!("1.50"), json!(1.5), true)]
    #[case(json!("98"), json!("098"), false)]
    #[case(json!(0), json!(""), false)]
    #[case(json!(0), json!("inf"), false)]
    #[case(json!(0), json!(false), false)]
    #[case(json!("true"), json!(true), false)]
    #[case(json!(null), json!(null), true)]
    #[case(json!(null), json!("null"), false)]
    #[case(json!(null), json!(0), false)]
    #[case(json!(9_007_199_254_740_993_u64), json!(9_007_199_254_740_992_u64), false)]
    #[case(json!(u64::MAX), json!("18446744073709551615"), true)]
    #[case(json!([1, "A"]), json!([1.0, "a"]), true)]
    #[case(json!([1]), json!(["1"]), false)]
    #[case(json!({"a": 1, "b": 2}), json!({"b": 2, "a": 1}), true)]
    #[case(json!({"a": null}), json!({"b": null}), false)]
    fn equality_across_types(#[case] left: Value, #[case] right: Value, #[case] expected: bool) {
        assert_eq!(between(left.clone(), Comparison::Equal, right.clone()), Ok(expected));
        assert_eq!(between(right.clone(), Comparison::Equal, left.clone()), Ok(expected));
        assert_eq!(between(left, Comparison::NotEqual, right), Ok(!expected));
    }

    #[rstest]
    #[case(json!(2), Comparison::Less, json!(10), Ok(true))]
    #[case(json!("2"), Comparison::Less, json!(10), Ok(true))]
    #[case(json!("2"), Comparison::Less, json!("10"), Ok(false))]
    #[case(json!("b"), Comparison::Greater, json!("A"), Ok(true))]
    #[case(json!(2), Comparison::LessOrEqual, json!(2.0), Ok(true))]
    #[case(json!(2), Comparison::GreaterOrEqual, json!(3), Ok(false))]
    #[case(json!(null), Comparison::Less, json!(3), Err(()))]
    #[case(json!(true), Comparison::Less, json!(3), Err(()))]
    #[case(json!("x"), Comparison::Less, json!(3), Err(()))]
    #[case(json!([1]), Comparison::Less, json!([2]), Err(()))]
    fn order(#[case] left: Value, #[case] op: Comparison, #[case] right: Value, #[case] expected: Result<bool, ()>) {
        assert_eq!(between(left, op, right), expected);
    }

    #[test]
    fn a_failing_criterion_shows_what_it_saw() {
        let criterion = simple(
            "$statusCode == 200 && $response.body#/state == 'ok'",
            Condition::And(vec![
                compare(status(), Comparison::Equal, json!(200)),
                compare(body("/state"), Comparison::Equal, json!("ok")),
            ]),
        );
        assert_eq!(on(200, r#"{"state":"OK"}"#, &criterion), Verdict::Holds);
        let observed = vec![
            ("$statusCode".to_owned(), "500".to_owned()),
            ("$response.body#/state".to_owned(), "missing".to_owned()),
        ];
        assert_eq!(on(500, "{}", &criterion), Verdict::Fails { observed });
    }

    #[test]
    fn missing_equals_null_and_nothing_else() {
        let missing = |operator, right| simple("", compare(body("/gone"), operator, right));
        assert!(on(200, "{}", &missing(Comparison::Equal, json!(null))).holds());
        assert!(!on(200, "{}", &missing(Comparison::NotEqual, json!(null))).holds());
        assert!(!on(200, "{}", &missing(Comparison::Equal, json!(""))).holds());
        assert!(on(200, "{}", &missing(Comparison::NotEqual, json!("x"))).holds());
        assert!(matches!(on(200, "{}", &missing(Comparison::Less, json!(1))), Verdict::Unevaluable { .. }));
    }

    #[test]
    fn what_cannot_be_evaluated_holds_neither_way() {
        let inside = || compare(body("/a"), Comparison::Equal, json!(1));
        let is_200 = || compare(status(), Comparison::Equal, json!(200));
        let open = |condition| on(200, "<p>", &simple("", condition));
        assert!(matches!(open(inside()), Verdict::Unevaluable { .. }));
        assert!(matches!(open(Condition::Not(Box::new(inside()))), Verdict::Unevaluable { .. }));
        assert!(matches!(open(Condition::And(vec![inside(), is_200()])), Verdict::Unevaluable { .. }));
        assert!(open(Condition::Or(vec![inside(), is_200()])).holds());
        let never = Condition::Not(Box::new(is_200()));
        assert!(matches!(open(Condition::And(vec![inside(), never])), Verdict::Fails { .. }));
    }

    #[test]
    fn a_value_alone_holds_when_it_is_true() {
        let alone = |pointer: &str| simple("", Condition::Value(operand(body(pointer), Vec::new())));
        let text = r#"{"yes":true,"no":false,"text":"true","one":1}"#;
        assert!(on(200, text, &alone("/yes")).holds());
        for pointer in ["/no", "/text", "/one", "/gone"] {
            assert!(!on(200, text, &alone(pointer)).holds(), "{pointer}");
        }
    }

    #[test]
    fn accesses_go_into_values() {
        let accesses = vec![Access::Name("l".to_owned()), Access::Index(1), Access::Name("x/y".to_owned())];
        let criterion = simple(
            "",
            Condition::Compare {
                left: operand(body(""), accesses),
                operator: Comparison::Equal,
                right: literal(json!(7)),
            },
        );
        assert!(on(200, r#"{"l":[0,{"x/y":7}]}"#, &criterion).holds());
        assert!(!on(200, r#"{"l":[0]}"#, &criterion).holds());
        assert_eq!(place(&criterion), Place::Body("/l/1/x~1y".to_owned()));
    }

    #[rstest]
    #[case(status(), "^20[01]$", 200, "", true)]
    #[case(status(), "^20[01]$", 404, "", false)]
    #[case(body(""), "\"a\": 1", 200, "{\"a\": 1}", true)]
    #[case(body("/a"), "^1$", 200, "{\"a\": 1}", true)]
    #[case(body("/b"), ".*", 200, "{\"a\": 1}", false)]
    #[case(body(""), "sorry", 200, "no JSON, sorry", true)]
    fn regular_expressions_see_text(
        #[case] context: Expression,
        #[case] pattern: &str,
        #[case] code: u16,
        #[case] text: &str,
        #[case] expected: bool,
    ) {
        let criterion = regex(context, pattern);
        assert_eq!(on(code, text, &criterion).holds(), expected);
        assert!(decides_status(&criterion));
    }

    #[rstest]
    #[case("$[?count(@.pets[*]) > 0]", r#"{"x":{"pets":[1]}}"#, true)]
    #[case("$[?count(@.pets[*]) > 0]", r#"{"x":{"pets":[]}}"#, false)]
    #[case("$[?count(@.pets) > 0]", r#"{"pets":[1]}"#, true)]
    #[case("$[?count(@.pets) > 0]", r#"{"pet":[1]}"#, false)]
    #[case("$[?@.state == 'ready']", r#"{"state":"ready"}"#, true)]
    #[case("$[?@.state == 'ready']", r#"{"state":"waiting"}"#, false)]
    #[case("$[?@.state == 'ready']", r#"[{"state":"waiting"},{"state":"ready"}]"#, true)]
    #[case("$[?@[0].state == 'ready']", r#"[{"state":"ready"}]"#, false)]
    #[case("$[?$.token == 'a']", r#"{"token":"b"}"#, false)]
    #[case("$[?$.token && $.token != null]", r#"{"token":"b"}"#, true)]
    #[case("$[?$.token && $.token != null]", r#"{"token":null}"#, false)]
    #[case("$[?$.token && $.token != null]", r#"{"error":"b"}"#, false)]
    #[case("$[0].state", r#"{"state":"ready"}"#, false)]
    #[case("$.a", r#"{"a":null}"#, true)]
    #[case("$.b", r#"{"a":null}"#, false)]
    fn json_paths_need_a_node(#[case] query: &str, #[case] text: &str, #[case] expected: bool) {
        let criterion = jsonpath(body(""), query);
        assert_eq!(on(200, text, &criterion).holds(), expected);
        assert!(!decides_status(&criterion));
    }

    #[test]
    fn json_paths_on_other_content_types_and_broken_bodies() {
        let criterion = jsonpath(body(""), "$.a");
        let mut answer = response(200, r#"{"a":1}"#);
        answer.headers.set("content-type", "text/plain");
        assert!(judge(&criterion, &answered("GET", "/", answer), &Values::new()).holds());
        assert!(matches!(on(200, "<p>", &criterion), Verdict::Unevaluable { .. }));
    }

    #[test]
    fn a_lost_answer_cannot_be_evaluated() {
        let criterion = simple("$statusCode == 200", compare(status(), Comparison::Equal, json!(200)));
        let verdict = judge(&criterion, &lost("GET", "/", Loss::ClosedBeforeAnswer), &Values::new());
        let Some(Breach::Unevaluable { condition, problem }) = verdict.breach(&criterion) else { panic!() };
        assert_eq!(condition, "$statusCode == 200");
        assert!(problem.contains("closed before an answer"), "{problem}");
        assert!(decides_status(&criterion));
        assert_eq!(place(&criterion), Place::Status);
    }

    fn values() -> impl Strategy<Value = Value> {
        prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            (-20_i64..20).prop_map(Value::from),
            (-20_i64..20).prop_map(|number| Value::from(number.to_string())),
            (-4.0_f64..4.0).prop_map(Value::from),
            "[a-cA-C]{0,2}".prop_map(Value::from),
            Just(json!([1, "a"])),
            Just(json!({"a": 1})),
        ]
    }

    proptest! {
        #[test]
        fn comparisons_agree_with_each_other(left in values(), right in values()) {
            use Comparison::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
            let ask = |operator| between(left.clone(), operator, right.clone());
            let turned = |operator| between(right.clone(), operator, left.clone());
            prop_assert_eq!(ask(Equal), turned(Equal));
            prop_assert_eq!(ask(Equal), ask(NotEqual).map(|held| !held));
            prop_assert_eq!(ask(Less), turned(Greater));
            prop_assert_eq!(ask(LessOrEqual), turned(GreaterOrEqual));
            if let Ok(less) = ask(Less) {
                // Exactly one of the three holds for what has an order.
                let held = [less, ask(Equal).unwrap(), ask(Greater).unwrap()];
                prop_assert_eq!(held.iter().filter(|held| **held).count(), 1);
                prop_assert_eq!(ask(LessOrEqual), ask(Greater).map(|held| !held));
            }
            prop_assert_eq!(between(left.clone(), Equal, left.clone()), Ok(true));
        }

        #[test]
        fn text_is_compared_without_case(text in "[a-zA-Zäöü가-힣 ]{0,12}") {
            let (upper, lower) = (json!(text.to_uppercase()), json!(text.to_lowercase()));
            prop_assert_eq!(between(upper, Comparison::Equal, lower), Ok(true));
        }
    }
}
