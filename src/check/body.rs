//! JSON bodies and their shape.

use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::message;
use crate::spec::Schema;
use crate::verdict::{Breach, Finding, Place, RequirementId};
use crate::wire::{NotJson, Response};

/// The body as JSON, or the finding that it is none.
pub fn json(requirement: &RequirementId, response: &Response) -> Result<Value, Box<Finding>> {
    response.json().map_err(|problem| {
        let cause = cause(&problem, response);
        let finding = Finding::new(requirement.clone(), Place::Body(String::new()), Breach::NotJson(problem));
        Box::new(match cause {
            Some(cause) => finding.because(cause),
            None => finding,
        })
    })
}

fn cause(problem: &NotJson, response: &Response) -> Option<&'static str> {
    let body = response.body.trim_ascii_start();
    if let Some(cause) = message::compressed(response) {
        Some(cause)
    } else if body.starts_with(b"\xef\xbb\xbf") {
        Some("the body begins with a byte order mark, which JSON does not allow (RFC 8259, 8.1)")
    } else if body.starts_with(b"<") {
        Some("the body is HTML: most likely the error page of the framework or of a proxy in front of it")
    } else if body.starts_with(b"'") || body.starts_with(b"{'") {
        Some("strings are in single quotes: a language's own notation was printed instead of JSON")
    } else if matches!(problem, NotJson::Syntax { .. }) && (body.ends_with(b",}") || body.ends_with(b",]")) {
        Some("there is a comma behind the last member")
    } else {
        None
    }
}

/// A value as the text that it would be in a path or a message: strings without quotes.
pub fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The first member that an object of the body has twice, as a JSON pointer. Readers disagree on which of the two
/// counts (RFC 8259, 4), so the store and the vendor may read two different answers.
pub fn twice(response: &Response) -> Option<String> {
    twice_in(&response.body)
}

/// The same of any bytes.
pub fn twice_in(body: &[u8]) -> Option<String> {
    let mut found = None;
    let mut reader = serde_json::Deserializer::from_slice(body);
    let seed = Members { at: String::new(), found: &mut found };
    // What is no JSON is found elsewhere.
    let _ = seed.deserialize(&mut reader);
    found
}

/// Walks through a body and notes the first member that is there twice.
struct Members<'a> {
    at: String,
    found: &'a mut Option<String>,
}

impl<'de> DeserializeSeed<'de> for Members<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Members<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut seen = HashSet::new();
        while let Some(name) = map.next_key::<String>()? {
            let at = format!("{}/{}", self.at, name.replace('~', "~0").replace('/', "~1"));
            if !seen.insert(name) && self.found.is_none() {
                *self.found = Some(at.clone());
            }
            map.next_value_seed(Members { at, found: &mut *self.found })?;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let mut index = 0;
        while items
            .next_element_seed(Members { at: format!("{}/{index}", self.at), found: &mut *self.found })?
            .is_some()
        {
            index += 1;
        }
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

/// An object whose members are all there, in another place or under other names: told once, and not as one missing
/// member after the other.
pub fn disguise(value: &Value, members: &[&str]) -> Option<String> {
    let object = value.as_object()?;
    let knows = |value: &Value| {
        let object = value.get(0).unwrap_or(value).as_object();
        object.is_some_and(|object| {
            members.iter().filter(|&&member| object.contains_key(member)).count() * 2 > members.len()
        })
    };
    if knows(value) {
        return None;
    }
    if let Some((name, _)) = object.iter().find(|(_, inner)| knows(inner)) {
        return Some(format!("everything is wrapped in a member `{name}`"));
    }
    let plain = |name: &str| name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    let renamed: Vec<(&&str, &String)> = members
        .iter()
        .filter_map(|member| Some((member, object.keys().find(|name| plain(name) == plain(member) && name != member)?)))
        .collect();
    let (member, name) = *renamed.first()?;
    // A short name without a hyphen is spelled alike in every style.
    let alike = members.iter().filter(|&&member| object.contains_key(member)).count();
    (renamed.len() >= 2 && renamed.len() + alike >= members.len() - 1)
        .then(|| format!("the members have other names, such as `{name}` in place of `{member}`"))
}

/// The value fits the schema; `requirement` names the rule for each place that does not.
pub fn shape(schema: &Schema, value: &Value, requirement: impl Fn(&str, &str) -> RequirementId) -> Vec<Finding> {
    schema
        .validate(value)
        .into_iter()
        .map(|violation| {
            let requirement = requirement(&violation.pointer, &violation.keyword);
            let place = Place::Body(violation.pointer);
            let (keyword, problem) = (violation.keyword, violation.problem);
            let (expected, actual) = (violation.expected, violation.actual);
            Finding::new(requirement, place, Breach::Schema { keyword, problem, expected, actual })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case(r#"{"a":1,"b":{"a":2}}"#, None)]
    #[case(r#"{"a":1,"a":2}"#, Some("/a"))]
    #[case(r#"[{"x":[]},{"b/c":null,"d":true,"b/c":1.5}]"#, Some("/1/b~1c"))]
    #[case(r#"{"a":1,"a":"#, Some("/a"))]
    #[case("nothing", None)]
    fn a_member_that_is_there_twice_is_found(#[case] text: &str, #[case] found: Option<&str>) {
        let response = Response { body: text.into(), ..Response::new(200) };
        assert_eq!(twice(&response).as_deref(), found);
    }

    #[rstest::rstest]
    #[case(serde_json::json!({"mem-sq": 1, "reg-date": 1, "status": 1}), None)]
    #[case(serde_json::json!({"mem-sq": 1, "reg-date": 1}), None)]
    #[case(serde_json::json!({"data": {"mem-sq": 1, "reg-date": 1, "status": 1}, "code": 0}), Some("wrapped in a member `data`"))]
    #[case(serde_json::json!({"bills": [{"mem-sq": 1, "reg-date": 1, "status": 1}]}), Some("wrapped in a member `bills`"))]
    #[case(serde_json::json!({"memSq": 1, "regDate": 1, "status": 1}), Some("`memSq` in place of `mem-sq`"))]
    #[case(serde_json::json!({"mem_sq": 1, "reg_date": 1, "status": 1}), Some("`mem_sq` in place of `mem-sq`"))]
    #[case(serde_json::json!({"error": "no such customer"}), None)]
    fn a_body_in_disguise_is_recognised(#[case] value: Value, #[case] found: Option<&str>) {
        let told = disguise(&value, &["mem-sq", "reg-date", "status"]);
        assert_eq!(told.is_some(), found.is_some(), "{told:?}");
        assert!(told.unwrap_or_default().ends_with(found.unwrap_or_default()));
    }

    #[test]
    fn a_body_that_is_no_json_says_what_it_looks_like() {
        let body = |body: &[u8]| {
            let response = Response { body: body.to_vec(), ..Response::new(200) };
            json(&RequirementId::known("TEST"), &response).expect_err("is found").cause.unwrap_or_default()
        };
        assert!(body(b"<html>").contains("HTML"));
        assert!(body(b"\xef\xbb\xbf{}").contains("byte order mark"));
        assert!(body(b"{'a': 1}").contains("single quotes"));
        assert!(body(b"[1,]").contains("comma"));
        assert!(body(b"\x1f\x8b\x08\0").contains("1f 8b"));
        assert_eq!(body(b"nothing"), "");
    }
}
