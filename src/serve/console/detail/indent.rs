//! JSON with a line for each value, and otherwise as it was written: numbers, escapes and repeated names stay.

/// Deeper values are not moved in any further.
const DEEPEST: usize = 32;

/// The text with line feeds and blanks between its parts; `None` for what is no JSON.
pub(super) fn indented(text: &str) -> Option<String> {
    serde_json::from_str::<serde::de::IgnoredAny>(text).ok()?;
    let mut written = String::with_capacity(text.len() * 2);
    let mut depth = 0_usize;
    let (mut in_text, mut escaped) = (false, false);
    let line = |written: &mut String, depth: usize| {
        written.push('\n');
        written.extend(std::iter::repeat_n("  ", depth.min(DEEPEST)));
    };
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        if in_text {
            written.push(character);
            (in_text, escaped) = (escaped || character != '"', !escaped && character == '\\');
            continue;
        }
        match character {
            ' ' | '\t' | '\r' | '\n' => {}
            '"' => {
                in_text = true;
                written.push(character);
            }
            '{' | '[' => {
                written.push(character);
                while characters.next_if(|next| next.is_ascii_whitespace()).is_some() {}
                match characters.next_if(|next| matches!(next, '}' | ']')) {
                    Some(end) => written.push(end),
                    None => {
                        depth += 1;
                        line(&mut written, depth);
                    }
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                line(&mut written, depth);
                written.push(character);
            }
            ',' => {
                written.push(character);
                line(&mut written, depth);
            }
            ':' => written.push_str(": "),
            other => written.push(other),
        }
    }
    Some(written)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn everything_but_blanks_stays_as_it_was_written() {
        let text = r#"{"a":1.50,"a":[ ],"b":{"c":"x,\"{:\\","d":[1,{}]}}"#;
        let expected = "{\n  \"a\": 1.50,\n  \"a\": [],\n  \"b\": {\n    \"c\": \"x,\\\"{:\\\\\",\n    \"d\": [\n      1,\n      {}\n    ]\n  }\n}";
        assert_eq!(indented(text).as_deref(), Some(expected));
        assert_eq!(indented("{"), None);
    }

    proptest! {
        #[test]
        fn the_value_stays_the_same(text in "\\PC{0,20}", number: f64) {
            let value = serde_json::json!({ "text": [text, { "number": number }, [], {}] });
            let written = indented(&value.to_string()).unwrap();
            prop_assert_eq!(serde_json::from_str::<serde_json::Value>(&written).unwrap(), value);
        }
    }
}
