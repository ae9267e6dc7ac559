//! Members that are missing, null, empty, of another type, too long, none of the listed values, or unknown.

use serde_json::{Value, json};

use super::body;
use super::ground::Ground;
use super::member::{At, Member};
use super::mutation::{Change, Flaw, Mutation};
use crate::spec::ParameterPlace;

/// Texts that are hardly ever among listed values; the first that a member has not, and has room for, is taken.
const UNLISTED: [&str; 3] = ["STOREPROOF", "9", "storeproof-none-of-these"];

/// Longest text that is written out for a member that is too long; a longer limit is not tried.
const LONGEST: usize = 8192;

pub(super) fn mutations(ground: &Ground<'_>) -> Vec<Mutation> {
    let mut all = Vec::new();
    for member in ground.members.iter().filter(|member| is_varied(member)) {
        all.extend(missing(ground, member));
        all.extend(null(ground, member));
        if !ground.may_be_odd(member) {
            continue;
        }
        all.extend(empty(ground, member));
        all.extend(types(ground, member));
        all.extend(length(ground, member));
        all.extend(unlisted(ground, member));
    }
    all.extend(extra(ground));
    all
}

/// Whether values can be put there. Objects in a query stand for parameters that are described together, and header
/// fields and cookies carry no business.
pub(super) fn is_varied(member: &Member) -> bool {
    match member.at {
        At::Body(_) => true,
        At::Parameter(ParameterPlace::Query | ParameterPlace::Path) => !member.is("object"),
        At::Parameter(_) => false,
    }
}

/// The change that gives a member a value, or takes it away.
pub(super) fn change(member: &Member, value: Option<Value>) -> Change {
    match &member.at {
        // A marketplace that fills a member in by itself leaves it out where the scenario says null.
        At::Body(pointer) => {
            let value = if value.is_none() && member.filled.is_some() { Some(Value::Null) } else { value };
            Change::Body(pointer.clone(), value)
        }
        At::Parameter(place) => {
            let value = if value.is_none() && member.filled.is_some() { Some(Value::Null) } else { value };
            let place = match place {
                ParameterPlace::Path => "path",
                ParameterPlace::Query => "query",
                ParameterPlace::Header => "header",
                ParameterPlace::Cookie => "cookie",
            };
            Change::Parameter { name: member.name.clone(), place, value }
        }
    }
}

/// A mutation that gives a member a value which its schema refuses; `None` where it does not.
pub(super) fn refused(
    ground: &Ground<'_>,
    member: &Member,
    kind: &'static str,
    id: String,
    what: String,
    value: Value,
) -> Option<Mutation> {
    let violation = member.refuses(&value)?;
    let why = format!("{} of {}: {}", violation.keyword, member.name, violation.problem);
    let flaw = Flaw { kind, member: Some(member), forbidden: true };
    Some(Mutation::new(ground, &flaw, (id, member.place()), (what, why), change(member, Some(value))))
}

fn missing(ground: &Ground<'_>, member: &Member) -> Option<Mutation> {
    let path = member.at == At::Parameter(ParameterPlace::Path);
    if !member.mandatory || path || !(member.given || member.filled.is_some()) {
        return None;
    }
    let flaw = Flaw { kind: "missing", member: Some(member), forbidden: true };
    let what = format!("{} is missing.", member.name);
    let why = format!("required: the table of {} calls {} mandatory", ground.operation.id, member.name);
    let names = (format!("without-{}", member.id()), member.place());
    Some(Mutation::new(ground, &flaw, names, (what, why), change(member, None)))
}

/// JSON's `null`, which a query has no word for.
fn null(ground: &Ground<'_>, member: &Member) -> Option<Mutation> {
    if !member.in_body() {
        return None;
    }
    let what = format!("{} is there and null.", member.name);
    let mut mutation = refused(ground, member, "null", format!("null-{}", member.id()), what, Value::Null)?;
    let At::Body(pointer) = &member.at else { return None };
    // A null in the payload is how a scenario leaves out what a marketplace fills in; this one is to arrive.
    mutation.change = Change::Text(body::text(ground, |members| body::put(members, pointer, Value::Null))?);
    Some(mutation)
}

fn empty(ground: &Ground<'_>, member: &Member) -> Option<Mutation> {
    if !member.is("string") {
        return None;
    }
    let what = format!("{} is there and empty.", member.name);
    if member.at == At::Parameter(ParameterPlace::Path) {
        let flaw = Flaw { kind: "empty", member: Some(member), forbidden: true };
        let why = format!("required: the path {} needs a value there", ground.operation.path);
        let names = (format!("empty-{}", member.id()), member.place());
        return Some(Mutation::new(ground, &flaw, names, (what, why), change(member, Some(json!("")))));
    }
    refused(ground, member, "empty", format!("empty-{}", member.id()), what, json!(""))
}

/// Values of every other type. In a query and a path all values are text.
fn types(ground: &Ground<'_>, member: &Member) -> Vec<Mutation> {
    let others = [
        ("text", json!("storeproof"), "a text"),
        ("number", json!(17), "a number"),
        ("boolean", json!(true), "a boolean"),
        ("list", json!(["storeproof"]), "a list"),
        ("object", json!({ "id": "storeproof" }), "an object"),
    ];
    let wrong = others.into_iter().filter(|(_, value, _)| member.in_body() && is_of_another_type(member, value));
    let mutations = wrong.filter_map(|(word, value, a)| {
        let what = format!("{} is {a}.", member.name);
        refused(ground, member, "type", format!("{word}-for-{}", member.id()), what, value)
    });
    mutations.collect()
}

fn is_of_another_type(member: &Member, value: &Value) -> bool {
    let of_type = match value {
        Value::String(_) => member.is("string"),
        Value::Number(_) => member.is("number") || member.is("integer"),
        Value::Bool(_) => member.is("boolean"),
        Value::Array(_) => member.is("array"),
        Value::Object(_) => member.is("object"),
        Value::Null => true,
    };
    // A schema that names no type allows them all.
    member.has("type") && !of_type
}

/// One character more than there is room for.
fn length(ground: &Ground<'_>, member: &Member) -> Option<Mutation> {
    let limit = member.limit("maxLength").filter(|limit| *limit < LONGEST)?;
    if member.has("enum") || member.has("pattern") {
        return None;
    }
    let long = "s".repeat(limit + 1);
    let what = format!("{} is {} characters long, one more than the table allows.", member.name, limit + 1);
    refused(ground, member, "length", format!("long-{}", member.id()), what, json!(long))
}

fn unlisted(ground: &Ground<'_>, member: &Member) -> Option<Mutation> {
    let listed = member.keywords.get("enum")?.as_array()?;
    let room = member.limit("maxLength").unwrap_or(usize::MAX);
    let fits = |text: &&&str| text.len() <= room && !listed.iter().any(|one| one.as_str() == Some(**text));
    let value = UNLISTED.iter().find(fits)?;
    let what = format!("{} is {value:?}, which is none of the documented values.", member.name);
    refused(ground, member, "enum", format!("other-{}", member.id()), what, json!(value))
}

/// A member, or parameter, that no table has: later editions add some, so that a vendor must bear it.
fn extra(ground: &Ground<'_>) -> Option<Mutation> {
    const NAME: &str = "storeproofRemark";
    const TEXT: &str = "a member that the store may add one day";
    let flaw = Flaw { kind: "extra", member: None, forbidden: false };
    let in_query = ground.members.iter().any(|member| member.at == At::Parameter(ParameterPlace::Query));
    let (at, change) = if ground.payload().is_some() {
        let pointer = format!("/{NAME}");
        (pointer.clone(), Change::Body(pointer, Some(json!(TEXT))))
    } else if in_query && takes_others(ground) {
        let change = Change::Parameter { name: OTHERS.to_owned(), place: "query", value: Some(json!({ NAME: TEXT })) };
        (format!("query {NAME}"), change)
    } else {
        return None;
    };
    let what = "A member that no page lists is there.".to_owned();
    let why = format!("the description of {} rules out no further members; it is sound", ground.operation.id);
    let mutation = Mutation::new(ground, &flaw, ("unknown-member".to_owned(), at), (what, why), change);
    // Where the document only advises to bear it, the vendor may refuse, and the sound call is still needed.
    Some(if mutation.expected.criterion.is_some() { mutation } else { mutation.sound() })
}

/// The parameter by which an interface describes all that its table does not list.
const OTHERS: &str = "others";

fn takes_others(ground: &Ground<'_>) -> bool {
    ground.members.iter().any(|member| member.name == OTHERS && member.is("object"))
}
