//! What is around a body: the method, the path, the content type and its charset.

use super::ground::Ground;
use super::mutation::{Change, Flaw, Mutation};

/// Methods that are tried where the path does not have them.
const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/// Content types that no call of the stores has.
const CONTENT_TYPES: [(&str, &str); 3] =
    [("plain-text", "text/plain"), ("xml", "application/xml"), ("form", "application/x-www-form-urlencoded")];

/// Charsets that the body, which is UTF-8, is not in.
const CHARSETS: [(&str, &str); 4] =
    [("gbk", "gbk"), ("euc-kr", "euc-kr"), ("utf-16", "utf-16"), ("unknown-charset", "storeproof")];

pub(super) fn mutations(ground: &Ground<'_>) -> Vec<Mutation> {
    let mut all = methods(ground);
    all.push(path(ground));
    if ground.payload().is_some() {
        all.extend(content_types(ground));
        all.extend(charsets(ground));
    }
    all
}

fn methods(ground: &Ground<'_>) -> Vec<Mutation> {
    let there = ground.methods();
    let flaw = Flaw { kind: "method", member: None, forbidden: true };
    let path = ground.operation.path.split('#').next().unwrap_or_default();
    let others = METHODS.iter().filter(|method| !there.contains(method));
    let mutation = |method: &&str| {
        let what = format!("The method is {method}.");
        let why = format!("the path {path} has {} and no {method}", listed(&there));
        let names = (format!("method-{}", method.to_ascii_lowercase()), format!("method {method}"));
        Mutation::new(ground, &flaw, names, (what, why), Change::Deliver("method", (*method).to_owned()))
    };
    others.map(mutation).collect()
}

/// The names of a list, each once, in their order.
fn listed(names: &[&str]) -> String {
    let mut once: Vec<&str> = Vec::new();
    for name in names {
        if !once.contains(name) {
            once.push(name);
        }
    }
    once.join(", ")
}

fn path(ground: &Ground<'_>) -> Mutation {
    const MORE: &str = "/storeproof";
    let flaw = Flaw { kind: "path", member: None, forbidden: true };
    let what = format!("The path has {MORE} behind, where nothing is.");
    let why =
        format!("the interface has no path {}{MORE}", ground.operation.path.split('#').next().unwrap_or_default());
    let names = ("another-path".to_owned(), format!("path {MORE}"));
    Mutation::new(ground, &flaw, names, (what, why), Change::Deliver("path", MORE.to_owned()))
}

fn content_types(ground: &Ground<'_>) -> Vec<Mutation> {
    let flaw = Flaw { kind: "content-type", member: None, forbidden: true };
    let at = "header Content-Type".to_owned();
    let mutation = |(word, media): &(&str, &str)| {
        let what = format!("The content type says {media}; the body is the JSON of a sound call.");
        let why = format!("the operation describes application/json, and {media} is no JSON");
        let change = Change::ContentType((*media).to_owned());
        Mutation::new(ground, &flaw, ((*word).to_owned(), at.clone()), (what, why), change)
    };
    CONTENT_TYPES.iter().map(mutation).collect()
}

fn charsets(ground: &Ground<'_>) -> Vec<Mutation> {
    let at = "header Content-Type".to_owned();
    let wrong = Flaw { kind: "charset", member: None, forbidden: true };
    let mut all: Vec<Mutation> = CHARSETS
        .iter()
        .map(|(word, charset)| {
            let what = format!("The content type says charset={charset}; the body is UTF-8.");
            let why = "JSON is UTF-8 whatever the header says (RFC 8259, section 8.1)".to_owned();
            let change = Change::ContentType(format!("application/json;charset={charset}"));
            Mutation::new(ground, &wrong, ((*word).to_owned(), at.clone()), (what, why), change)
        })
        .collect();
    let right = Flaw { kind: "charset", member: None, forbidden: false };
    let what = "The content type says charset=UTF-8, in capitals and behind a blank.".to_owned();
    let why = "that is what the body is; names of charsets have no case (RFC 9110, section 8.3.2)".to_owned();
    let change = Change::ContentType("application/json; charset=UTF-8".to_owned());
    all.push(Mutation::new(ground, &right, ("utf-8".to_owned(), at), (what, why), change).sound());
    all
}
