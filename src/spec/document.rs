//! YAML and JSON text as a value that knows where each of its parts stands.
//!
//! Specs, scenarios and requirement files are all read through here. Typed models are made from [`Document::value`];
//! whoever finds something wrong with them has a JSON pointer, and [`Document::position`] turns it back into a line
//! and a column. YAML is the 1.2 core schema: what has no JSON (`.nan`, tags of one's own, keys that are lists) is
//! refused, as are duplicate keys, which most parsers swallow. `build.rs` compiles this file too, so it uses nothing
//! else of ours.

use std::borrow::Cow;
use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle, Span, Tag};
use serde_json::{Map, Number, Value};

/// A line and a column, both counted from 1; columns count characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// Line.
    pub line: usize,
    /// Column.
    pub column: usize,
}

/// Where a value stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Its key, for a member of a mapping; else the value itself.
    pub key: Position,
    /// The value.
    pub value: Position,
}

/// A parsed text with the position of every value in it.
#[derive(Clone, Debug, Default)]
pub struct Document {
    /// The text's value.
    pub value: Value,
    by_pointer: HashMap<String, Standing>,
}

/// Why a text is not a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentError {
    /// Where.
    pub position: Position,
    /// What, as a sentence without a full stop.
    pub problem: String,
}

impl std::fmt::Display for DocumentError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}, column {}: {}", self.position.line, self.position.column, self.problem)
    }
}

impl std::error::Error for DocumentError {}

/// Longest text that is read, in bytes.
pub const MOST_BYTES: usize = 8 * 1024 * 1024;
/// Deepest nesting.
const MOST_DEPTH: usize = 100;
/// Most values after aliases were replaced: a few lines of aliases can stand for billions of values.
const MOST_VALUES: usize = 500_000;

impl Document {
    /// Reads a text. UTF-8 with or without a byte order mark; anything else is an error that says where.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DocumentError> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        match std::str::from_utf8(bytes) {
            Ok(text) => Self::parse(text),
            Err(error) => {
                let before = &bytes[..error.valid_up_to()];
                let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
                let last_line = before.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
                let column = String::from_utf8_lossy(last_line).chars().count() + 1;
                Err(at(Position { line, column }, "the text is not UTF-8 from here on; save the file as UTF-8"))
            }
        }
    }

    /// Reads a text.
    pub fn parse(text: &str) -> Result<Self, DocumentError> {
        if text.len() > MOST_BYTES {
            let problem = format!("the text has {} bytes, more than the {MOST_BYTES} that are read", text.len());
            return Err(at(Position { line: 1, column: 1 }, problem));
        }
        Builder::default().build(text)
    }

    /// A document whose positions were found earlier; `build.rs` writes them beside the value.
    pub fn with_positions(value: Value, positions: impl IntoIterator<Item = (String, Standing)>) -> Self {
        Self { value, by_pointer: positions.into_iter().collect() }
    }

    /// Where the value at a JSON pointer stands; where there is none, its nearest parent.
    pub fn standing(&self, pointer: &str) -> Standing {
        let mut pointer = pointer;
        loop {
            if let Some(standing) = self.by_pointer.get(pointer) {
                return *standing;
            }
            match pointer.rfind('/') {
                Some(slash) => pointer = &pointer[..slash],
                None => return Standing { key: FIRST, value: FIRST },
            }
        }
    }

    /// Where the value at a JSON pointer begins.
    pub fn position(&self, pointer: &str) -> Position {
        self.standing(pointer).value
    }

    /// Every pointer with its standing, in no order.
    pub fn positions(&self) -> impl Iterator<Item = (&str, &Standing)> {
        self.by_pointer.iter().map(|(pointer, standing)| (pointer.as_str(), standing))
    }
}

const FIRST: Position = Position { line: 1, column: 1 };

/// A name as a segment of a JSON pointer (RFC 6901, 3).
pub fn escape(name: &str) -> Cow<'_, str> {
    if name.contains(['~', '/']) { name.replace('~', "~0").replace('/', "~1").into() } else { name.into() }
}

fn at(position: Position, problem: impl Into<String>) -> DocumentError {
    DocumentError { position, problem: problem.into() }
}

fn start(span: Span) -> Position {
    Position { line: span.start.line().max(1), column: span.start.col() + 1 }
}

/// A list or mapping that is still open.
enum Open {
    List(Vec<Value>),
    Mapping { members: Map<String, Value>, key: Option<(String, Position)> },
}

struct Frame {
    open: Open,
    anchor: usize,
    pointer: String,
    key_position: Position,
    begin: Position,
}

#[derive(Default)]
struct Builder {
    frames: Vec<Frame>,
    anchors: HashMap<usize, Value>,
    values: usize,
    result: Option<Value>,
    by_pointer: HashMap<String, Standing>,
}

impl Builder {
    fn build(mut self, text: &str) -> Result<Document, DocumentError> {
        let mut documents = 0;
        for event in Parser::new_from_str(text) {
            let (event, span) = event.map_err(|error| {
                let mark = error.marker();
                at(Position { line: mark.line().max(1), column: mark.col() + 1 }, error.info().to_owned())
            })?;
            match event {
                Event::DocumentStart(_) => {
                    documents += 1;
                    if documents > 1 {
                        return Err(at(start(span), "a second document begins here; one file holds one document"));
                    }
                }
                Event::Scalar(text, style, anchor, tag) => self.scalar(&text, style, anchor, tag.as_deref(), span)?,
                Event::SequenceStart(anchor, _) => self.open(Open::List(Vec::new()), anchor, span)?,
                Event::MappingStart(anchor, _) => {
                    self.open(Open::Mapping { members: Map::new(), key: None }, anchor, span)?;
                }
                Event::SequenceEnd | Event::MappingEnd => self.close()?,
                Event::Alias(anchor) => {
                    let Some(value) = self.anchors.get(&anchor).cloned() else {
                        return Err(at(start(span), "this alias refers to a value that contains it, or to none"));
                    };
                    self.values += count(&value);
                    self.value(value, span)?;
                }
                Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
            }
            if self.values > MOST_VALUES {
                return Err(at(start(span), format!("the document has more than {MOST_VALUES} values")));
            }
        }
        match self.result {
            Some(value) => Ok(Document { value, by_pointer: self.by_pointer }),
            None => Err(at(FIRST, "the file is empty")),
        }
    }

    /// Pointer and key position of the value that comes next.
    fn place(&self, span: Span) -> (String, Position) {
        match self.frames.last() {
            None => (String::new(), start(span)),
            Some(frame) => match &frame.open {
                Open::List(items) => (format!("{}/{}", frame.pointer, items.len()), start(span)),
                Open::Mapping { key: Some((key, position)), .. } => {
                    (format!("{}/{}", frame.pointer, escape(key)), *position)
                }
                Open::Mapping { key: None, .. } => (frame.pointer.clone(), start(span)),
            },
        }
    }

    fn expects_key(&self) -> bool {
        matches!(self.frames.last(), Some(Frame { open: Open::Mapping { key: None, .. }, .. }))
    }

    fn open(&mut self, open: Open, anchor: usize, span: Span) -> Result<(), DocumentError> {
        if self.expects_key() {
            return Err(at(start(span), "a list or mapping cannot be a key here"));
        }
        if self.frames.len() >= MOST_DEPTH {
            return Err(at(start(span), format!("nested deeper than {MOST_DEPTH} levels")));
        }
        self.values += 1;
        let (pointer, key_position) = self.place(span);
        self.frames.push(Frame { open, anchor, pointer, key_position, begin: start(span) });
        Ok(())
    }

    fn close(&mut self) -> Result<(), DocumentError> {
        let Some(frame) = self.frames.pop() else { return Ok(()) };
        let value = match frame.open {
            Open::List(items) => Value::Array(items),
            Open::Mapping { members, .. } => Value::Object(members),
        };
        if frame.anchor != 0 {
            self.anchors.insert(frame.anchor, value.clone());
        }
        self.insert(value, frame.pointer, Standing { key: frame.key_position, value: frame.begin })
    }

    fn scalar(
        &mut self,
        text: &str,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<&Tag>,
        span: Span,
    ) -> Result<(), DocumentError> {
        if self.expects_key() {
            return self.key(text, style, span);
        }
        self.values += 1;
        let value = resolve(text, style, tag).map_err(|problem| at(start(span), problem))?;
        if anchor != 0 {
            self.anchors.insert(anchor, value.clone());
        }
        self.value(value, span)
    }

    fn key(&mut self, text: &str, style: ScalarStyle, span: Span) -> Result<(), DocumentError> {
        if text == "<<" && style == ScalarStyle::Plain {
            return Err(at(start(span), "merge keys (`<<`) are not part of YAML 1.2; write the members out"));
        }
        if let Some(Frame { open: Open::Mapping { members, key }, .. }) = self.frames.last_mut() {
            if members.contains_key(text) {
                return Err(at(start(span), format!("the key {text:?} stands here a second time")));
            }
            *key = Some((text.to_owned(), start(span)));
        }
        Ok(())
    }

    fn value(&mut self, value: Value, span: Span) -> Result<(), DocumentError> {
        if self.expects_key() {
            return Err(at(start(span), "an alias cannot be a key here"));
        }
        let (pointer, key) = self.place(span);
        self.insert(value, pointer, Standing { key, value: start(span) })
    }

    fn insert(&mut self, value: Value, pointer: String, standing: Standing) -> Result<(), DocumentError> {
        self.by_pointer.insert(pointer, standing);
        match self.frames.last_mut() {
            None => self.result = Some(value),
            Some(Frame { open: Open::List(items), .. }) => items.push(value),
            Some(Frame { open: Open::Mapping { members, key }, .. }) => {
                if let Some((key, _)) = key.take() {
                    members.insert(key, value);
                }
            }
        }
        Ok(())
    }
}

fn count(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(count).sum::<usize>(),
        Value::Object(members) => 1 + members.values().map(count).sum::<usize>(),
        _ => 1,
    }
}

/// A scalar by the core schema of YAML 1.2 (10.3.2).
fn resolve(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Result<Value, String> {
    match tag {
        Some(tag) if tag.is_yaml_core_schema() => match tag.suffix.as_str() {
            "str" => return Ok(Value::from(text)),
            "int" | "float" | "bool" | "null" => {}
            other => return Err(format!("the tag !!{other} is not supported")),
        },
        Some(tag) => return Err(format!("the tag {}{} is not supported", tag.handle, tag.suffix)),
        None if style != ScalarStyle::Plain => return Ok(Value::from(text)),
        None => {}
    }
    Ok(match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ => return number(text).map(|number| number.unwrap_or_else(|| Value::from(text))),
    })
}

/// A number, or `None` for text that merely looks like one.
fn number(text: &str) -> Result<Option<Value>, String> {
    if let Some(digits) = text.strip_prefix("0o") {
        return Ok(u64::from_str_radix(digits, 8).ok().map(Value::from));
    }
    if let Some(digits) = text.strip_prefix("0x") {
        return Ok(u64::from_str_radix(digits, 16).ok().map(Value::from));
    }
    let unsigned = text.trim_start_matches(['-', '+']);
    if text.len() - unsigned.len() > 1 {
        return Ok(None);
    }
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return Err(format!("{text} is no number that JSON has"));
    }
    let begins = unsigned.chars().next();
    let is_number_text = begins.is_some_and(|first| first.is_ascii_digit() || first == '.')
        && unsigned.chars().any(|char| char.is_ascii_digit())
        && unsigned.chars().all(|char| matches!(char, '0'..='9' | '.' | 'e' | 'E' | '+' | '-'));
    if !is_number_text {
        return Ok(None);
    }
    let plain = text.strip_prefix('+').unwrap_or(text);
    if unsigned.chars().all(|char| char.is_ascii_digit()) {
        if let Ok(integer) = plain.parse::<i64>() {
            return Ok(Some(Value::from(integer)));
        }
        if let Ok(integer) = plain.parse::<u64>() {
            return Ok(Some(Value::from(integer)));
        }
    }
    Ok(plain.parse::<f64>().ok().and_then(Number::from_f64).map(Value::Number))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn value(text: &str) -> Value {
        Document::parse(text).expect("parses").value
    }

    fn problem(text: &str) -> String {
        Document::parse(text).expect_err("is refused").to_string()
    }

    #[test]
    fn scalars_follow_the_core_schema_of_yaml_1_2() {
        assert_eq!(
            value(
                "[1, -2, +3, 0o17, 0x1f, 1.5, 1e3, true, null, ~, yes, 0123, 2021-01-02, '1', \"\\n\", 1.2.3, -x, e5]"
            ),
            json!([
                1,
                -2,
                3,
                15,
                31,
                1.5,
                1000.0,
                true,
                null,
                null,
                "yes",
                123,
                "2021-01-02",
                "1",
                "\n",
                "1.2.3",
                "-x",
                "e5"
            ])
        );
        assert_eq!(value("a: !!str 12\nb: |\n  x\n  y\n"), json!({"a": "12", "b": "x\ny\n"}));
        assert_eq!(value("200: ok\n"), json!({"200": "ok"}));
    }

    #[test]
    fn positions_are_those_of_the_text() {
        let document = Document::parse("a:\n  - b: 1\n    c/d: [x,  y]\n").expect("parses");
        assert_eq!(document.position("/a/0/b"), Position { line: 2, column: 8 });
        assert_eq!(document.standing("/a/0/c~1d").key, Position { line: 3, column: 5 });
        assert_eq!(document.position("/a/0/c~1d/1"), Position { line: 3, column: 15 });
        // What is not there is looked for at its nearest parent.
        assert_eq!(document.position("/a/0/b/z/z"), Position { line: 2, column: 8 });
    }

    #[test]
    fn what_most_parsers_swallow_is_refused() {
        assert_eq!(problem("a: 1\na: 2\n"), "line 2, column 1: the key \"a\" stands here a second time");
        assert!(problem("a: &x [*x]\n").contains("refers to a value that contains it"));
        assert!(problem("a: 1\n---\nb: 2\n").contains("second document"));
        assert!(problem("? [a]\n: 1\n").contains("cannot be a key"));
        assert!(problem("a: .nan\n").contains("no number that JSON has"));
        assert!(problem("a: !mine 1\n").contains("!mine"));
        assert!(problem("<<: {a: 1}\n").contains("merge keys"));
        assert_eq!(problem(""), "line 1, column 1: the file is empty");
    }

    #[test]
    fn aliases_cannot_stand_for_billions_of_values() {
        let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for level in 1..9 {
            let before = format!("*a{}, ", level - 1).repeat(10);
            text.push_str(&format!("a{level}: &a{level} [{before}]\n"));
        }
        assert!(problem(&text).contains("more than 500000 values"));
        assert!(problem(&"[".repeat(200)).contains("nested deeper"));
    }

    #[test]
    fn text_that_is_no_utf8_says_where() {
        let error = Document::from_bytes(b"a: 1\nb: \xff\n").expect_err("is refused");
        assert_eq!(error.position, Position { line: 2, column: 4 });
        assert_eq!(Document::from_bytes(b"\xef\xbb\xbfa: 1").expect("parses").value, json!({"a": 1}));
    }

    /// A value to write, whose positions are known from the writing.
    fn any_value() -> impl Strategy<Value = Value> {
        let text = "[ -~\u{e9}가😀]{0,6}";
        let scalar = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            text.prop_map(Value::from),
        ];
        scalar.prop_recursive(4, 32, 4, move |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 1..4).prop_map(Value::from),
                proptest::collection::hash_map(text, inner, 1..4)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    /// Writes a value in block style below what stands there, or in flow style where `flow` says so. Lists and mappings
    /// in block style begin with their first entry.
    fn write(value: &Value, indent: usize, flow: bool, out: &mut String) {
        let begin = |out: &mut String| {
            if out.ends_with('\n') {
                out.push_str(&" ".repeat(indent));
            }
        };
        match value {
            Value::Array(items) if !flow => {
                for item in items {
                    begin(out);
                    out.push_str("- ");
                    write(item, indent + 2, flow, out);
                }
            }
            Value::Object(members) if !flow => {
                for (key, value) in members {
                    begin(out);
                    out.push_str(&format!("{}:", Value::from(key.as_str())));
                    out.push_str(if value.is_array() || value.is_object() { "\n" } else { " " });
                    write(value, indent + 2, flow, out);
                }
            }
            _ => out.push_str(&format!("{value}\n")),
        }
    }

    /// What stands at a position.
    fn behind(text: &str, position: Position) -> String {
        text.lines().nth(position.line - 1).unwrap_or_default().chars().skip(position.column - 1).collect()
    }

    /// Every value's position points at its text, and so does its key's.
    fn points_at_itself(document: &Document, text: &str, value: &Value, pointer: &str) {
        let at = document.standing(pointer);
        let stands = behind(text, at.value);
        let key = |name: &str| Value::from(name).to_string();
        match value {
            Value::Array(items) => {
                assert!(stands.starts_with('-') || stands.starts_with('['), "{pointer}: {stands:?} in {text}");
                for (index, item) in items.iter().enumerate() {
                    points_at_itself(document, text, item, &format!("{pointer}/{index}"));
                }
            }
            Value::Object(members) => {
                let first = members.keys().next().map(|name| key(name)).unwrap_or_default();
                assert!(stands.starts_with('{') || stands.starts_with(&first), "{pointer}: {stands:?} in {text}");
                for (name, member) in members {
                    let below = format!("{pointer}/{}", escape(name));
                    let stands = behind(text, document.standing(&below).key);
                    assert!(stands.starts_with(&key(name)), "{below}: {stands:?} in {text}");
                    points_at_itself(document, text, member, &below);
                }
            }
            scalar => assert!(stands.starts_with(&scalar.to_string()), "{pointer}: {stands:?} in {text}"),
        }
    }

    proptest! {
        #[test]
        fn every_position_points_at_its_text(value in any_value(), flow in any::<bool>(), before in "(# é\n|\n){0,3}") {
            let mut text = before;
            write(&value, 0, flow, &mut text);
            let document = Document::parse(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
            prop_assert_eq!(&document.value, &value, "{}", text);
            points_at_itself(&document, &text, &value, "");
        }

        #[test]
        fn any_json_reads_back_as_itself(number in any::<i64>(), text in any::<String>(), flag in any::<bool>()) {
            let expected = json!({"n": number, "t": text, "l": [flag, null]});
            let document = Document::parse(&expected.to_string()).expect("JSON is YAML");
            prop_assert_eq!(document.value, expected);
        }

        #[test]
        fn no_text_makes_it_panic(text in ".{0,80}") {
            let _ = Document::parse(&text);
        }
    }
}
