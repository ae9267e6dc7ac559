//! Where a value stands in the raw text of a JSON body.
//!
//! Findings name a value by JSON pointer; a reader wants to see it in the bytes that came. serde_json keeps no
//! positions, so this scanner walks the text along the pointer. It never fails: where the text is no JSON, or the value
//! is missing, it gives the nearest value around that place.

use std::ops::Range;

/// The part of a text that a JSON pointer leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Located {
    /// Bytes of the value.
    pub(crate) span: Range<usize>,
    /// Whether it is the value itself, not one around a value that is missing.
    pub(crate) exact: bool,
}

/// Finds the value of a JSON pointer, or the nearest one around it. `None` when the text does not begin as JSON.
pub(crate) fn locate(text: &[u8], pointer: &str) -> Option<Located> {
    let start = blanks(text, 0);
    let mut span = start..value_end(text, start)?;
    for segment in pointer.split('/').skip(1) {
        let segment = segment.replace("~1", "/").replace("~0", "~");
        match child(text, span.start, &segment) {
            Some(found) => span = found,
            None => return Some(Located { span, exact: false }),
        }
    }
    Some(Located { span, exact: true })
}

/// The element or member of this name in the container that begins at `start`.
fn child(text: &[u8], start: usize, segment: &str) -> Option<Range<usize>> {
    let object = match text.get(start)? {
        b'{' => true,
        b'[' => false,
        _ => return None,
    };
    let index: Option<usize> = segment.parse().ok();
    let mut at = blanks(text, start + 1);
    let mut found = None;
    let mut position = 0;
    while !matches!(text.get(at)?, b'}' | b']') {
        let mut matches = index == Some(position);
        if object {
            let end = string_end(text, at)?;
            let key: Option<String> = serde_json::from_slice(&text[at..end]).ok();
            matches = key.as_deref() == Some(segment);
            at = blanks(text, end);
            if text.get(at) != Some(&b':') {
                break;
            }
            at = blanks(text, at + 1);
        }
        let Some(end) = value_end(text, at) else { break };
        if matches {
            // A name that is given twice: parsers take the last.
            found = Some(at..end);
            if !object {
                break;
            }
        }
        at = blanks(text, end);
        if text.get(at) != Some(&b',') {
            break;
        }
        at = blanks(text, at + 1);
        position += 1;
    }
    found
}

fn blanks(text: &[u8], at: usize) -> usize {
    at + text[at.min(text.len())..].iter().take_while(|byte| b" \t\r\n".contains(byte)).count()
}

/// The end of the string that begins at `at` with its quotation mark.
fn string_end(text: &[u8], at: usize) -> Option<usize> {
    if text.get(at) != Some(&b'"') {
        return None;
    }
    let mut escaped = false;
    for (offset, byte) in text[at + 1..].iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return Some(at + offset + 2),
            _ => {}
        }
    }
    None
}

/// The end of the value that begins at `at`; a container that is not closed goes to the end of the text.
fn value_end(text: &[u8], at: usize) -> Option<usize> {
    match text.get(at)? {
        b'"' => string_end(text, at),
        b'{' | b'[' => {
            let mut depth = 0_usize;
            let mut at = at;
            while let Some(byte) = text.get(at) {
                match byte {
                    b'"' => {
                        at = string_end(text, at).unwrap_or(text.len());
                        continue;
                    }
                    b'{' | b'[' => depth += 1,
                    b'}' | b']' => depth -= 1,
                    _ => {}
                }
                at += 1;
                if depth == 0 {
                    break;
                }
            }
            Some(at)
        }
        _ => {
            let length = text[at..].iter().take_while(|byte| !b",]} \t\r\n".contains(byte)).count();
            (length > 0).then_some(at + length)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;
    use serde_json::Value;

    #[rstest]
    #[case(r#"[{"a":1},{"a" : "x,\"]", "b":[true]}]"#, "/1/a", r#""x,\"]""#, true)]
    #[case(r#"[{"a":1},{"a" : "x", "b":[true]}]"#, "/1/b/0", "true", true)]
    #[case(r#" {"a/b":{"~":2}}"#, "/a~1b/~0", "2", true)]
    #[case(r#"{"a":1,"a":2}"#, "/a", "2", true)]
    #[case(r#"{"\u0061":1}"#, "/a", "1", true)]
    #[case(r#"{"a":{"b":1}}"#, "/a/c", r#"{"b":1}"#, false)]
    #[case(r#"{"a":{"b":1"#, "/a/b", "1", true)]
    #[case(r#"17"#, "/a", "17", false)]
    #[case(r#"17 "#, "", "17", true)]
    fn values_are_found_in_the_text(
        #[case] text: &str,
        #[case] pointer: &str,
        #[case] value: &str,
        #[case] exact: bool,
    ) {
        let located = locate(text.as_bytes(), pointer).expect("something is found");
        assert_eq!((&text[located.span], located.exact), (value, exact));
    }

    fn json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            ".*".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                prop::collection::vec((".{0,4}", inner), 0..5).prop_map(|members| members.into_iter().collect()),
            ]
        })
    }

    fn each(value: &Value, pointer: &str, visit: &mut dyn FnMut(&str, &Value)) {
        visit(pointer, value);
        match value {
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    each(item, &format!("{pointer}/{index}"), visit);
                }
            }
            Value::Object(members) => {
                for (name, item) in members {
                    each(item, &format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1")), visit);
                }
            }
            _ => {}
        }
    }

    proptest! {
        #[test]
        fn every_value_of_any_document_is_found(document in json(), pretty: bool) {
            let text = if pretty { format!("{document:#}") } else { document.to_string() };
            each(&document, "", &mut |pointer, value| {
                let located = locate(text.as_bytes(), pointer).expect("it is there");
                assert!(located.exact, "{pointer}");
                let parsed: Value = serde_json::from_str(&text[located.span]).expect("a whole value");
                assert_eq!(&parsed, value, "{pointer}");
            });
        }

        #[test]
        fn any_bytes_end_in_a_span_inside_them(text: Vec<u8>, json in "[\\[\\]{}\":,\\\\a0 ]{0,40}", pointer in "(/[a0~]{0,2}){0,3}") {
            for text in [text.as_slice(), json.as_bytes()] {
                if let Some(located) = locate(text, &pointer) {
                    prop_assert!(located.span.start <= located.span.end && located.span.end <= text.len());
                }
            }
        }
    }
}
