//! Bodies that are no JSON, or JSON of a shape that programs stumble over.

use serde_json::{Map, Value, json};

use super::ground::Ground;
use super::member::At;
use super::mutation::{Change, Flaw, Mutation};
use crate::market;

/// How deeply the lists of a nested body stand in each other. Readers that go down by calling themselves end somewhere above
/// a thousand.
const DEPTH: usize = 2000;

/// The generator of a text that is large beside a body of some hundred characters, and small beside what servers and
/// proxies take by default.
const LARGE: &str = "text-65536";

/// A member that no table has.
const REMARK: &str = "storeproofRemark";

pub(super) fn mutations(ground: &Ground<'_>) -> Vec<Mutation> {
    if ground.payload().is_none() {
        return Vec::new();
    }
    let mut all = broken(ground);
    all.extend(twice(ground));
    all.extend(nested(ground));
    all.extend(large(ground));
    all
}

/// The body of the sound call as the store sends it, written out; what a scenario leaves to expressions stays one.
/// `None` where the call has no object in its body.
pub(super) fn text(ground: &Ground<'_>, edit: impl FnOnce(&mut Map<String, Value>)) -> Option<String> {
    let mut members = ground.payload()?.clone();
    for member in &ground.members {
        if let (At::Body(_), Some(value)) = (&member.at, &member.filled) {
            members.entry(member.name.clone()).or_insert_with(|| value.clone());
        }
    }
    members.sort_keys();
    edit(&mut members);
    Some(embedded(&Value::Object(members)).to_string())
}

/// Puts a value at a JSON pointer whose parent is there, or at the top.
pub(super) fn put(members: &mut Map<String, Value>, pointer: &str, value: Value) {
    let mut segments =
        pointer.split('/').skip(1).map(|segment| segment.replace("~1", "/").replace("~0", "~")).peekable();
    let mut at = members;
    while let Some(segment) = segments.next() {
        if segments.peek().is_none() {
            at.insert(segment, value);
            return;
        }
        match at.get_mut(&segment) {
            Some(Value::Object(inner)) => at = inner,
            _ => return,
        }
    }
}

/// A value whose expressions stand inside of text: `$inputs.order` as `{$inputs.order}`.
fn embedded(value: &Value) -> Value {
    match value {
        Value::String(text) if text.starts_with('$') => Value::String(format!("{{{text}}}")),
        Value::Array(items) => items.iter().map(embedded).collect(),
        Value::Object(members) => members.iter().map(|(name, member)| (name.clone(), embedded(member))).collect(),
        other => other.clone(),
    }
}

/// Texts that are no JSON, and JSON that is no object.
fn broken(ground: &Ground<'_>) -> Vec<Mutation> {
    let Some(whole) = text(ground, |_| {}) else { return Vec::new() };
    let cut = whole.trim_end_matches('}').trim_end_matches('"').to_owned();
    let mut no_json = vec![
        ("cut-off", cut, "The body ends in the middle.", "the object has no end (RFC 8259, section 4)"),
        (
            "trailing-text",
            format!("{whole}}}"),
            "A brace too many stands behind.",
            "nothing may follow (RFC 8259, section 2)",
        ),
        ("form", "storeproof=1&more=2".to_owned(), "The body is a form.", "no value begins so (RFC 8259, section 3)"),
    ];
    // Where a body need not be there, one without anything in it is none.
    if ground.operation.body.as_ref().is_some_and(|body| body.required) {
        no_json.push(("blank", " ".to_owned(), "The body is a blank.", "there is no value (RFC 8259, section 2)"));
    }
    let no_object = [
        ("list", format!("[{whole}]"), "The body is a list.", "the description asks for an object"),
        ("text", "\"storeproof\"".to_owned(), "The body is a text.", "the description asks for an object"),
        ("null", "null".to_owned(), "The body is null.", "the description asks for an object"),
    ];
    let mutation = |kind: &'static str, rule: &str, (word, text, what, why): (&str, String, &str, &str)| {
        let flaw = Flaw { kind, member: None, forbidden: true };
        let names = (format!("body-{word}"), "body".to_owned());
        Mutation::new(ground, &flaw, names, (what.to_owned(), format!("{rule}: {why}")), Change::Text(text))
    };
    let mut all: Vec<Mutation> = no_json.into_iter().map(|one| mutation("broken-json", "JSON", one)).collect();
    all.extend(no_object.into_iter().map(|one| mutation("type", "type", one)));
    all
}

/// Each member of the call a second time: another value in front of the right one, or the same where it would be kept.
fn twice(ground: &Ground<'_>) -> Vec<Mutation> {
    let flaw = Flaw { kind: "duplicate-keys", member: None, forbidden: false };
    let why = "readers of JSON disagree on which of two members counts (RFC 8259, section 4)";
    let top = ground.members.iter().filter(|member| matches!(&member.at, At::Body(at) if at.matches('/').count() == 1));
    let given = top.filter(|member| member.given && member.is("string"));
    let mutations = given.filter_map(|member| {
        let whole = text(ground, |_| {})?;
        let (value, with) = match ground.keeps {
            true => (embedded(ground.payload()?.get(&member.name)?), "both times with the right value"),
            false => (json!("storeproof"), "first with another value"),
        };
        let body = format!("{{{}:{value},{}", json!(member.name), whole.strip_prefix('{')?);
        let what = format!("{} stands there twice, {with}.", member.name);
        let names = (format!("twice-{}", member.id()), member.place());
        Some(Mutation::new(ground, &flaw, names, (what, why.to_owned()), Change::Text(body)))
    });
    mutations.collect()
}

fn nested(ground: &Ground<'_>) -> Option<Mutation> {
    const MARK: &str = "storeproof-nested";
    let whole = text(ground, |members| {
        members.insert(REMARK.to_owned(), json!(MARK));
    })?;
    let deep = format!("{}{}", "[".repeat(DEPTH), "]".repeat(DEPTH));
    let body = whole.replace(&json!(MARK).to_string(), &deep);
    let flaw = Flaw { kind: "nesting", member: None, forbidden: false };
    let what = format!("A member that no page lists holds {DEPTH} lists, each inside the one before.");
    let why = "JSON has no limit; a reader may set one (RFC 8259, section 9), and must not end of it".to_owned();
    let names = ("deeply-nested".to_owned(), format!("/{REMARK}"));
    Some(Mutation::new(ground, &flaw, names, (what, why), Change::Text(body)))
}

fn large(ground: &Ground<'_>) -> Option<Mutation> {
    let generators = market::known_generators(ground.plan.marketplace.as_deref()?)?;
    if !generators.iter().any(|known| known == LARGE) {
        return None;
    }
    let flaw = Flaw { kind: "size", member: None, forbidden: false };
    let what = "A member that no page lists holds 65,536 characters.".to_owned();
    let why = "the tables give members limits, and the body none".to_owned();
    let names = ("large-body".to_owned(), format!("/{REMARK}"));
    Some(Mutation::new(ground, &flaw, names, (what, why), Change::Generated(REMARK.to_owned(), LARGE)))
}
