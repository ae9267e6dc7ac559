//! Values of a document in which expressions may stand.

use serde_json::Value;

use super::parse::{Ends, Reader};
use super::{Expression, Piece, SyntaxError, SyntaxProblem, Template};
use crate::spec::document::escape;

/// What becomes of a text such as `$price` that begins like an expression and is none.
///
/// Text that cannot be meant as one, such as `$5.00`, is text everywhere, and a word close to one of the grammar's
/// (`$input.a`) is a mistake everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strictness {
    /// Any other word is a mistake: parameters and inputs.
    Refused,
    /// Any other word is text: payloads, which may hold whatever an API wants.
    Text,
}

impl Template {
    /// Reads a value. Every mistake comes with the JSON pointer, relative to `value`, of the text that holds it.
    pub fn parse(value: &Value, strictness: Strictness) -> Result<Self, Vec<(String, SyntaxError)>> {
        let mut mistakes = Vec::new();
        let template = read(value, strictness, "", &mut mistakes);
        if mistakes.is_empty() { Ok(template) } else { Err(mistakes) }
    }

    /// Calls `visit` with every expression inside, together with the JSON pointer of the text that holds it.
    pub fn visit(&mut self, visit: &mut impl FnMut(&str, &mut Expression)) {
        self.visit_below(&mut String::new(), visit);
    }

    fn visit_below(&mut self, pointer: &mut String, visit: &mut impl FnMut(&str, &mut Expression)) {
        let length = pointer.len();
        match self {
            Self::Literal(_) => {}
            Self::Expression(expression) => visit(pointer, expression),
            Self::Text(pieces) => {
                for piece in pieces {
                    if let Piece::Expression(expression) = piece {
                        visit(pointer, expression);
                    }
                }
            }
            Self::List(items) => {
                for (index, item) in items.iter_mut().enumerate() {
                    pointer.push_str(&format!("/{index}"));
                    item.visit_below(pointer, visit);
                    pointer.truncate(length);
                }
            }
            Self::Object(members) => {
                for (name, member) in members {
                    pointer.push('/');
                    pointer.push_str(&escape(name));
                    member.visit_below(pointer, visit);
                    pointer.truncate(length);
                }
            }
        }
    }
}

fn read(value: &Value, strictness: Strictness, pointer: &str, mistakes: &mut Vec<(String, SyntaxError)>) -> Template {
    match value {
        Value::String(text) => read_text(text, strictness).unwrap_or_else(|mistake| {
            mistakes.push((pointer.to_owned(), mistake));
            Template::Literal(value.clone())
        }),
        Value::Array(items) => {
            let items = items.iter().enumerate();
            let read = items.map(|(index, item)| read(item, strictness, &format!("{pointer}/{index}"), mistakes));
            let items: Vec<_> = read.collect();
            if items.iter().all(is_literal) { Template::Literal(value.clone()) } else { Template::List(items) }
        }
        Value::Object(members) => {
            let members: Vec<_> = members
                .iter()
                .map(|(name, member)| {
                    let pointer = format!("{pointer}/{}", escape(name));
                    (name.clone(), read(member, strictness, &pointer, mistakes))
                })
                .collect();
            if members.iter().all(|(_, member)| is_literal(member)) {
                Template::Literal(value.clone())
            } else {
                Template::Object(members)
            }
        }
        _ => Template::Literal(value.clone()),
    }
}

fn is_literal(template: &Template) -> bool {
    matches!(template, Template::Literal(_))
}

fn read_text(text: &str, strictness: Strictness) -> Result<Template, SyntaxError> {
    if text.starts_with('$') {
        match Expression::parse(text) {
            Ok(expression) => return Ok(Template::Expression(expression)),
            Err(mistake) if is_meant(text, &mistake, strictness) => return Err(mistake),
            Err(_) => {}
        }
    }
    let mut pieces = Vec::new();
    let mut plain = String::new();
    let mut at = 0;
    while let Some(brace) = text[at..].find("{$").map(|found| at + found) {
        plain.push_str(&text[at..brace]);
        at = brace;
        match embedded(&text[brace..]) {
            Ok((expression, length)) => {
                if !plain.is_empty() {
                    pieces.push(Piece::Text(std::mem::take(&mut plain)));
                }
                pieces.push(Piece::Expression(expression));
                at += length;
            }
            Err(mistake) if is_meant(&text[brace + 1..], &mistake, strictness) => {
                let before = text[..brace].chars().count();
                return Err(SyntaxError { offset: before + mistake.offset, ..mistake });
            }
            Err(_) => {
                plain.push('{');
                at += 1;
            }
        }
    }
    if pieces.is_empty() {
        return Ok(Template::Literal(Value::from(text)));
    }
    plain.push_str(&text[at..]);
    if !plain.is_empty() {
        pieces.push(Piece::Text(plain));
    }
    Ok(Template::Text(pieces))
}

/// The expression in `{$…}` at the front of a text, and the length of both braces with it in bytes.
fn embedded(text: &str) -> Result<(Expression, usize), SyntaxError> {
    let mut reader = Reader::new(&text[1..], Ends::BeforeBrace);
    let expression = reader.expression().map_err(|error| SyntaxError { offset: error.offset + 1, ..error })?;
    let end = 1 + reader.consumed();
    let problem = match text[end..].chars().next() {
        Some('}') => return Ok((expression, end + 1)),
        Some(_) if text[end..].contains('}') => SyntaxProblem::Unexpected {
            found: super::parse::excerpt(&text[end..]),
            expected: "the expression ends before it and } must follow",
        },
        _ => SyntaxProblem::Unclosed,
    };
    Err(SyntaxError { offset: text[..end].chars().count(), problem, right: Vec::new() })
}

/// Whether a text that begins with `$` and cannot be read was meant as an expression.
fn is_meant(text: &str, mistake: &SyntaxError, strictness: Strictness) -> bool {
    let begins_a_word = text[1..].starts_with(|char: char| char.is_ascii_alphabetic());
    match (&mistake.problem, strictness) {
        _ if !begins_a_word => false,
        (SyntaxProblem::UnknownWord(_), Strictness::Text) => !mistake.right.is_empty(),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn template(value: Value) -> Template {
        Template::parse(&value, Strictness::Refused).expect("is read")
    }

    fn expression(text: &str) -> Expression {
        Expression::parse(text).expect("is read")
    }

    #[test]
    fn a_whole_expression_keeps_its_type_and_embedded_ones_become_text() {
        assert_eq!(template(json!("$inputs.id")), Template::Expression(expression("$inputs.id")));
        assert_eq!(
            template(json!("a {$inputs.id}{$statusCode} {b} $inputs.c")),
            Template::Text(vec![
                Piece::Text("a ".to_owned()),
                Piece::Expression(expression("$inputs.id")),
                Piece::Expression(Expression::StatusCode),
                Piece::Text(" {b} $inputs.c".to_owned()),
            ])
        );
        assert_eq!(
            template(json!({"a": [1, "$inputs.id"], "b": {"c": "d"}})),
            Template::Object(vec![
                (
                    "a".to_owned(),
                    Template::List(vec![Template::Literal(json!(1)), Template::Expression(expression("$inputs.id"))])
                ),
                ("b".to_owned(), Template::Literal(json!({"c": "d"}))),
            ])
        );
    }

    #[test]
    fn prices_stay_text_everywhere_and_other_words_in_payloads_only() {
        for text in ["$", "$5", "$5.00", "${x}", "{$5}", "a{$ b}"] {
            assert_eq!(template(json!(text)), Template::Literal(json!(text)));
        }
        let payload = Template::parse(&json!(["$schema", "{$price}"]), Strictness::Text);
        assert_eq!(payload, Ok(Template::Literal(json!(["$schema", "{$price}"]))));
        assert!(Template::parse(&json!("$schema"), Strictness::Refused).is_err());
        // Close to a word of the grammar: a typing mistake rather than a text.
        assert!(Template::parse(&json!("$input.id"), Strictness::Text).is_err());
    }

    #[test]
    fn mistakes_come_with_pointer_and_offset() {
        let value =
            json!({"a/b": ["x", "ü {$inputs.}"], "c": "{$inputs.a b}", "d": "{$inputs.a", "e": "{$inputs.a == 1}"});
        let mistakes = Template::parse(&value, Strictness::Text).expect_err("is refused");
        let mistakes: Vec<_> =
            mistakes.iter().map(|(pointer, error)| (pointer.as_str(), error.offset, error.to_string())).collect();
        assert_eq!(
            mistakes,
            [
                ("/a~1b/1", 11, "the name of an input is missing here".to_owned()),
                ("/c", 10, "` b}` is not expected here; the expression ends before it and } must follow".to_owned()),
                ("/d", 10, "the closing brace of this expression is missing".to_owned()),
                ("/e", 10, "` == 1}` is not expected here; the expression ends before it and } must follow".to_owned()),
            ]
        );
    }

    #[test]
    fn every_expression_is_visited_with_its_pointer() {
        let mut seen = Vec::new();
        template(json!({"a": ["$url", "{$method}-{$statusCode}"]})).visit(&mut |pointer, expression| {
            seen.push(format!("{pointer} {expression}"));
        });
        assert_eq!(seen, ["/a/0 $url", "/a/1 $method", "/a/1 $statusCode"]);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[{}$.#/~\\[\\]a-ü0-9]{0,20}(\\{\\$inputs)?[{}$.#/~a-ü]{0,9}") {
            let _ = Template::parse(&Value::from(text.clone()), Strictness::Text);
            let _ = Template::parse(&Value::from(text), Strictness::Refused);
        }
    }
}
