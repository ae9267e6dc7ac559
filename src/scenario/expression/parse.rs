//! The grammar of runtime expressions (Arazzo 1.0.1, "Runtime Expressions").
//!
//! The ABNF takes any characters for a name, so that `$steps.a.outputs.list[0].id` would name an output
//! `list[0].id`. Runners read it as an access into `list`, and so do we: what follows a name after `.` or in brackets
//! becomes a JSON pointer. Output names may themselves hold dots; who knows the declared names joins them again.

use super::{Access, Expression, Path, Side, Source, SyntaxError, SyntaxProblem};
use crate::spec::document::escape;

/// Where an expression ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ends {
    /// With the text.
    WithText,
    /// Before the brace that closes `{$…}`.
    BeforeBrace,
    /// Before white space, an operator or a bracket of a condition.
    InCondition,
}

/// A slip that published documents make often and that leaves one reading only.
#[derive(Clone, Debug, PartialEq)]
pub struct Repair {
    /// What is read.
    pub expression: Expression,
    /// Its text as it should be written.
    pub text: String,
}

/// First words of expressions with what must follow them.
pub(super) const WORDS: [&str; 12] = [
    "$url",
    "$method",
    "$statusCode",
    "$request",
    "$response",
    "$message",
    "$inputs",
    "$outputs",
    "$steps",
    "$workflows",
    "$sourceDescriptions",
    "$components",
];

const PARTS: [&str; 4] = ["header", "query", "path", "body"];

impl Expression {
    /// Reads a text that is one expression as a whole, such as `$response.body#/id`.
    pub fn parse(text: &str) -> Result<Self, SyntaxError> {
        let mut reader = Reader::new(text, Ends::WithText);
        let expression = reader.expression()?;
        if let Some(problem) = reader.trailing() {
            return Err(problem);
        }
        Ok(expression)
    }

    /// Reads a text that the grammar refuses for one of the slips that leave a single reading:
    /// `$response.headers.Name`, and `$steps.a.name` without `outputs`.
    pub fn repair(text: &str) -> Option<Repair> {
        let mut candidates = Vec::new();
        for message in ["$request.", "$response."] {
            if let Some(rest) = text.strip_prefix(message).and_then(|rest| rest.strip_prefix("headers.")) {
                candidates.push(format!("{message}header.{rest}"));
            }
        }
        if let Some((step, name)) = text.strip_prefix("$steps.").and_then(|rest| rest.split_once('.')) {
            candidates.push(format!("$steps.{step}.outputs.{name}"));
        }
        candidates.into_iter().find_map(|text| {
            let expression = Self::parse(&text).ok()?;
            Some(Repair { expression, text })
        })
    }
}

/// Reads one expression from the front of a text.
pub(super) struct Reader<'t> {
    text: &'t str,
    /// Bytes already read.
    at: usize,
    ends: Ends,
}

impl<'t> Reader<'t> {
    pub(super) fn new(text: &'t str, ends: Ends) -> Self {
        Self { text, at: 0, ends }
    }

    /// Bytes read so far.
    pub(super) fn consumed(&self) -> usize {
        self.at
    }

    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn error(&self, problem: SyntaxProblem) -> SyntaxError {
        self.error_at(self.at, problem)
    }

    fn error_at(&self, at: usize, problem: SyntaxProblem) -> SyntaxError {
        SyntaxError { offset: self.text[..at].chars().count(), problem, right: Vec::new() }
    }

    fn missing(&self, what: &'static str) -> SyntaxError {
        self.error(SyntaxProblem::Missing(what))
    }

    /// Whether the expression ends at this place whatever stands there.
    fn at_end(&self) -> bool {
        let rest = self.rest();
        let Some(first) = rest.chars().next() else { return true };
        match self.ends {
            Ends::WithText => false,
            Ends::BeforeBrace => first == '}',
            Ends::InCondition => {
                first.is_whitespace()
                    || matches!(first, '(' | ')' | '<' | '>' | '=' | '\'' | '"' | ',' | ']' | '}')
                    || ["!=", "&&", "||"].iter().any(|operator| rest.starts_with(operator))
            }
        }
    }

    /// What stands behind an expression that must be the whole text.
    fn trailing(&self) -> Option<SyntaxError> {
        let first = self.rest().chars().next()?;
        let expected = if first.is_whitespace() || matches!(first, '=' | '<' | '>' | '!' | '&' | '|') {
            "the expression ends before it (conditions stand in `condition` only)"
        } else {
            "the expression ends before it"
        };
        Some(self.error(SyntaxProblem::Unexpected { found: excerpt(self.rest()), expected }))
    }

    fn take(&mut self, prefix: &str) -> bool {
        let found = self.rest().starts_with(prefix);
        if found {
            self.at += prefix.len();
        }
        found
    }

    /// Takes characters while they belong to what is read.
    fn take_while(&mut self, mut belongs: impl FnMut(char) -> bool) -> &'t str {
        let begin = self.at;
        while !self.at_end() {
            match self.rest().chars().next() {
                Some(next) if belongs(next) => self.at += next.len_utf8(),
                _ => break,
            }
        }
        &self.text[begin..self.at]
    }

    pub(super) fn expression(&mut self) -> Result<Expression, SyntaxError> {
        if !self.take("$") {
            let dollar = format!("${}", self.rest());
            let begins = |known: &&str| dollar == **known || dollar.starts_with(&format!("{known}."));
            let right = WORDS.iter().filter(|known| begins(known)).copied().collect();
            return Err(SyntaxError { right, ..self.error(SyntaxProblem::NotAnExpression) });
        }
        let word = self.take_while(|char| char.is_alphanumeric() || char == '_');
        match word {
            "url" => Ok(Expression::Url),
            "method" => Ok(Expression::Method),
            "statusCode" => Ok(Expression::StatusCode),
            "request" => self.source(word).map(Expression::Request),
            "response" => self.source(word).map(Expression::Response),
            "message" => self.source(word).map(Expression::Message),
            "inputs" => {
                self.dot("`.` and the name of an input")?;
                self.path("the name of an input").map(Expression::Inputs)
            }
            "outputs" => {
                self.dot("`.` and the name of an output")?;
                self.path("the name of an output").map(Expression::Outputs)
            }
            "steps" => self.step(),
            "workflows" => self.workflow(),
            "sourceDescriptions" => {
                self.dot("`.` and the name of a source description")?;
                let source = self.id("the name of a source description")?;
                self.dot("`.url`, or `.` and an operationId or workflowId")?;
                let reference = self.remainder("`url`, an operationId or a workflowId")?;
                Ok(Expression::SourceDescriptions { source, reference })
            }
            "components" => {
                self.dot("`.` and a kind of component")?;
                let kind = self.id("a kind of component")?;
                self.dot("`.` and the name of a component")?;
                let name = self.remainder("the name of a component")?;
                Ok(Expression::Components { kind, name })
            }
            _ => {
                let mut error = self.error_at(0, SyntaxProblem::UnknownWord(word.to_owned()));
                error.right = nearest_words(word);
                Err(error)
            }
        }
    }

    fn dot(&mut self, what: &'static str) -> Result<(), SyntaxError> {
        if self.take(".") {
            return Ok(());
        }
        Err(match self.rest().chars().next() {
            Some(_) if !self.at_end() => {
                self.error(SyntaxProblem::Unexpected { found: excerpt(self.rest()), expected: "a `.` must follow" })
            }
            _ => self.missing(what),
        })
    }

    /// A step's, workflow's or source's id: up to the next dot.
    fn id(&mut self, what: &'static str) -> Result<String, SyntaxError> {
        let id = self.take_while(is_name);
        if id.is_empty() { Err(self.missing(what)) } else { Ok(id.to_owned()) }
    }

    /// A name that goes on to the end of the expression, dots included.
    fn remainder(&mut self, what: &'static str) -> Result<String, SyntaxError> {
        let rest = self.take_while(|char| !char.is_whitespace() && char != '{' && char != '}');
        if rest.is_empty() { Err(self.missing(what)) } else { Ok(rest.to_owned()) }
    }

    fn step(&mut self) -> Result<Expression, SyntaxError> {
        self.dot("`.` and a stepId")?;
        let step = self.id("a stepId")?;
        self.dot("`.outputs.` and the name of an output")?;
        let begin = self.at;
        let side = self.take_while(is_name);
        if side != "outputs" {
            return Err(self.wrong_side(begin, side, "`outputs`", vec!["outputs"]));
        }
        self.dot("`.` and the name of an output")?;
        let output = self.path("the name of an output")?;
        Ok(Expression::Steps { step, output })
    }

    fn workflow(&mut self) -> Result<Expression, SyntaxError> {
        self.dot("`.` and a workflowId")?;
        let workflow = self.id("a workflowId")?;
        self.dot("`.inputs.` or `.outputs.` and a name")?;
        let begin = self.at;
        let side = match self.take_while(is_name) {
            "inputs" => Side::Inputs,
            "outputs" => Side::Outputs,
            other => return Err(self.wrong_side(begin, other, "`inputs` or `outputs`", vec!["inputs", "outputs"])),
        };
        self.dot("`.` and the name of an input or output")?;
        let path = self.path("the name of an input or output")?;
        Ok(Expression::Workflows { workflow, side, path })
    }

    fn wrong_side(&self, at: usize, found: &str, expected: &'static str, right: Vec<&'static str>) -> SyntaxError {
        let problem = if found.is_empty() {
            SyntaxProblem::Missing(expected)
        } else {
            SyntaxProblem::WrongSide { found: found.to_owned(), expected }
        };
        SyntaxError { right, ..self.error_at(at, problem) }
    }

    fn source(&mut self, message: &str) -> Result<Source, SyntaxError> {
        self.dot("`.header.`, `.query.`, `.path.` or `.body`")?;
        let begin = self.at;
        match self.take_while(|char| char.is_alphanumeric() || char == '_' || char == '-') {
            "header" => {
                self.dot("`.` and the name of a header")?;
                let name = self.take_while(is_token);
                if name.is_empty() {
                    Err(self.missing("the name of a header"))
                } else {
                    Ok(Source::Header(name.to_owned()))
                }
            }
            "query" => {
                self.dot("`.` and the name of a query parameter")?;
                self.remainder("the name of a query parameter").map(Source::Query)
            }
            "path" => {
                self.dot("`.` and the name of a path parameter")?;
                self.remainder("the name of a path parameter").map(Source::PathParameter)
            }
            "body" => self.pointer().map(Source::Body),
            "" => Err(self.missing("header, query, path or body")),
            word => {
                let problem = SyntaxProblem::UnknownPart { message: message.to_owned(), word: word.to_owned() };
                let right = PARTS.into_iter().filter(|part| strsim::jaro_winkler(part, word) > 0.8).collect();
                Err(SyntaxError { right, ..self.error_at(begin, problem) })
            }
        }
    }

    fn path(&mut self, what: &'static str) -> Result<Path, SyntaxError> {
        let name = self.id(what)?;
        Ok(Path { name, pointer: self.pointer()? })
    }

    /// `.name`, `[0]` and `['name']` in any number, then a fragment; all as one JSON pointer.
    fn pointer(&mut self) -> Result<String, SyntaxError> {
        let mut pointer = String::new();
        while let Some(access) = self.access()? {
            pointer.push('/');
            match access {
                Access::Index(index) => pointer.push_str(&index.to_string()),
                Access::Name(name) => pointer.push_str(&escape(&name)),
            }
        }
        if self.take("#") {
            pointer.push_str(self.fragment()?);
        }
        Ok(pointer)
    }

    /// One access behind a value.
    pub(super) fn access(&mut self) -> Result<Option<Access>, SyntaxError> {
        if self.take(".") {
            let name = self.take_while(is_name);
            return if name.is_empty() {
                Err(self.missing("the name of a property"))
            } else {
                Ok(Some(Access::Name(name.to_owned())))
            };
        }
        if !self.rest().starts_with('[') {
            return Ok(None);
        }
        let begin = self.at;
        let inside = &self.rest()[1..];
        let Some(end) = inside.find(']') else { return Err(self.missing("the closing bracket")) };
        let (inside, _) = inside.split_at(end);
        self.at += end + 2;
        let quoted = ['\'', '"'].iter().find_map(|quote| inside.strip_prefix(*quote)?.strip_suffix(*quote));
        if let Some(name) = quoted {
            return Ok(Some(Access::Name(name.to_owned())));
        }
        match inside.trim().parse() {
            Ok(index) => Ok(Some(Access::Index(index))),
            Err(_) => Err(self.error_at(
                begin,
                SyntaxProblem::Unexpected {
                    found: format!("[{inside}]"),
                    expected: "brackets hold a position counted from 0, or a name in quotes",
                },
            )),
        }
    }

    /// The text behind `#` (RFC 6901): empty, or tokens that each begin with `/`.
    fn fragment(&mut self) -> Result<&'t str, SyntaxError> {
        let begin = self.at;
        let in_condition = self.ends == Ends::InCondition;
        let pointer = self.take_while(|char| !(in_condition && char == '['));
        if !pointer.is_empty() && !pointer.starts_with('/') {
            return Err(self.error_at(begin, SyntaxProblem::Pointer("it is empty or begins with /")));
        }
        if let Some(wrong) = pointer.match_indices('~').find(|(at, _)| !pointer[at + 1..].starts_with(['0', '1'])) {
            let problem = SyntaxProblem::Pointer("~ is followed by 0 (for ~) or 1 (for /)");
            return Err(self.error_at(begin + wrong.0, problem));
        }
        Ok(pointer)
    }
}

/// Characters of ids and names before an access.
fn is_name(char: char) -> bool {
    !char.is_whitespace()
        && !char.is_control()
        && !matches!(char, '.' | '[' | ']' | '#' | '{' | '}')
        && !matches!(char, '=' | '<' | '>' | '(' | ')' | '|' | '&' | ',' | '\'' | '"')
}

/// Characters of a header name (RFC 9110, 5.6.2).
fn is_token(char: char) -> bool {
    char.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(char)
}

/// The words that may have been meant, the likeliest first.
fn nearest_words(word: &str) -> Vec<&'static str> {
    let mut near: Vec<_> = WORDS
        .into_iter()
        .map(|known| (strsim::jaro_winkler(&known[1..].to_lowercase(), &word.to_lowercase()), known))
        .filter(|(closeness, _)| *closeness > 0.83)
        .collect();
    near.sort_by(|a, b| b.0.total_cmp(&a.0));
    near.into_iter().map(|(_, known)| known).take(2).collect()
}

/// The beginning of a text, for a message.
pub(super) fn excerpt(text: &str) -> String {
    let mut shown: String = text.chars().take(16).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn path(name: &str, pointer: &str) -> Path {
        Path { name: name.to_owned(), pointer: pointer.to_owned() }
    }

    #[rstest]
    #[case("$url", Expression::Url)]
    #[case("$method", Expression::Method)]
    #[case("$statusCode", Expression::StatusCode)]
    #[case("$request.header.accept", Expression::Request(Source::Header("accept".to_owned())))]
    #[case("$request.path.id", Expression::Request(Source::PathParameter("id".to_owned())))]
    #[case("$request.query.filter.name", Expression::Request(Source::Query("filter.name".to_owned())))]
    #[case("$request.body#/user/uuid", Expression::Request(Source::Body("/user/uuid".to_owned())))]
    #[case("$response.body", Expression::Response(Source::Body(String::new())))]
    #[case("$response.body#", Expression::Response(Source::Body(String::new())))]
    #[case("$response.body#/a~1b/~0/ü b", Expression::Response(Source::Body("/a~1b/~0/ü b".to_owned())))]
    #[case("$response.body.links.self", Expression::Response(Source::Body("/links/self".to_owned())))]
    #[case("$response.body[0].id", Expression::Response(Source::Body("/0/id".to_owned())))]
    #[case("$response.body['a/b']#/c", Expression::Response(Source::Body("/a~1b/c".to_owned())))]
    #[case("$response.header.X-Rate-Limit", Expression::Response(Source::Header("X-Rate-Limit".to_owned())))]
    #[case("$message.header.id", Expression::Message(Source::Header("id".to_owned())))]
    #[case("$inputs.x-api-key", Expression::Inputs(path("x-api-key", "")))]
    #[case("$inputs.customer.firstName", Expression::Inputs(path("customer", "/firstName")))]
    #[case("$outputs.bar#/name", Expression::Outputs(path("bar", "/name")))]
    #[case(
        "$steps.some-step.outputs.list[0].id",
        Expression::Steps { step: "some-step".to_owned(), output: path("list", "/0/id") }
    )]
    #[case(
        "$workflows.foo.inputs.username",
        Expression::Workflows { workflow: "foo".to_owned(), side: Side::Inputs, path: path("username", "") }
    )]
    #[case(
        "$workflows.foo.outputs.mapped#/name",
        Expression::Workflows { workflow: "foo".to_owned(), side: Side::Outputs, path: path("mapped", "/name") }
    )]
    #[case(
        "$sourceDescriptions.pet-coupons.findPet.byTag",
        Expression::SourceDescriptions { source: "pet-coupons".to_owned(), reference: "findPet.byTag".to_owned() }
    )]
    #[case(
        "$components.successActions.my.org.notify",
        Expression::Components { kind: "successActions".to_owned(), name: "my.org.notify".to_owned() }
    )]
    fn the_whole_grammar_is_read(#[case] text: &str, #[case] expected: Expression) {
        assert_eq!(Expression::parse(text), Ok(expected));
    }

    #[rstest]
    #[case("statusCode", 0, "this is no runtime expression: one begins with $", "$statusCode")]
    #[case("$statuscode", 0, "`$statuscode` is no runtime expression", "$statusCode")]
    #[case("$input.a", 0, "`$input` is no runtime expression", "$inputs")]
    #[case("$inputs", 7, "`.` and the name of an input is missing here", "")]
    #[case("$inputs.", 8, "the name of an input is missing here", "")]
    #[case("$inputs[0]", 7, "`[0]` is not expected here; a `.` must follow", "")]
    #[case("$response", 9, "`.header.`, `.query.`, `.path.` or `.body` is missing here", "")]
    #[case(
        "$response.headers.Location",
        10,
        "`headers` is no part of $response; there are header, query, path and body",
        "header"
    )]
    #[case("$steps.a.b", 9, "`b` stands where `outputs` must follow", "outputs")]
    #[case("$steps.a.outputs", 16, "`.` and the name of an output is missing here", "")]
    #[case("$workflows.a.steps.b", 13, "`steps` stands where `inputs` or `outputs` must follow", "inputs")]
    #[case("$response.body#id", 15, "the JSON pointer is wrong: it is empty or begins with /", "")]
    #[case("$response.body#/ü~2", 17, "the JSON pointer is wrong: ~ is followed by 0 (for ~) or 1 (for /)", "")]
    #[case(
        "$response.body[a]",
        14,
        "`[a]` is not expected here; brackets hold a position counted from 0, or a name in quotes",
        ""
    )]
    #[case("$response.body[0", 14, "the closing bracket is missing here", "")]
    #[case(
        "$statusCode == 200",
        11,
        "` == 200` is not expected here; the expression ends before it (conditions stand in `condition` only)",
        ""
    )]
    fn mistakes_are_named_where_they_stand(
        #[case] text: &str,
        #[case] offset: usize,
        #[case] message: &str,
        #[case] right: &str,
    ) {
        let error = Expression::parse(text).expect_err("is refused");
        assert_eq!((error.offset, error.to_string().as_str()), (offset, message));
        assert_eq!(error.right.first().copied().unwrap_or_default(), right);
    }

    #[test]
    fn slips_with_one_reading_are_repaired() {
        let text = |slip| Expression::repair(slip).map(|repair| repair.text);
        assert_eq!(text("$response.headers.Location").as_deref(), Some("$response.header.Location"));
        assert_eq!(text("$steps.a.b").as_deref(), Some("$steps.a.outputs.b"));
        assert_eq!(text("$statuscode"), None);
    }

    fn name() -> impl Strategy<Value = String> {
        "[A-Za-z0-9_-]{1,8}"
    }

    fn pointer() -> impl Strategy<Value = String> {
        proptest::collection::vec("([a-z0-9 .ü\\[\\]{}=]|~0|~1){0,5}", 0..3)
            .prop_map(|tokens| tokens.into_iter().map(|token| format!("/{token}")).collect())
    }

    fn source() -> impl Strategy<Value = Source> {
        prop_oneof![
            "[A-Za-z0-9!#$%&'*+.^_`|~-]{1,10}".prop_map(Source::Header),
            "[A-Za-z0-9_.-]{1,10}".prop_map(Source::Query),
            "[A-Za-z0-9_.-]{1,10}".prop_map(Source::PathParameter),
            pointer().prop_map(Source::Body),
        ]
    }

    fn any_path() -> impl Strategy<Value = Path> {
        (name(), pointer()).prop_map(|(name, pointer)| Path { name, pointer })
    }

    fn expression() -> impl Strategy<Value = Expression> {
        prop_oneof![
            Just(Expression::Url),
            Just(Expression::Method),
            Just(Expression::StatusCode),
            source().prop_map(Expression::Request),
            source().prop_map(Expression::Response),
            source().prop_map(Expression::Message),
            any_path().prop_map(Expression::Inputs),
            any_path().prop_map(Expression::Outputs),
            (name(), any_path()).prop_map(|(step, output)| Expression::Steps { step, output }),
            (name(), any::<bool>(), any_path()).prop_map(|(workflow, inputs, path)| Expression::Workflows {
                workflow,
                side: if inputs { Side::Inputs } else { Side::Outputs },
                path
            }),
            (name(), "[A-Za-z0-9_.-]{1,10}")
                .prop_map(|(source, reference)| Expression::SourceDescriptions { source, reference }),
            (name(), "[A-Za-z0-9_.-]{1,10}").prop_map(|(kind, name)| Expression::Components { kind, name }),
        ]
    }

    proptest! {
        #[test]
        fn what_is_printed_reads_back(expression in expression()) {
            prop_assert_eq!(Expression::parse(&expression.to_string()), Ok(expression));
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\$?(url|steps|inputs|response|request)?[.\\[\\]#~/'\"{}$a-zü0-9]{0,20}") {
            let _ = Expression::parse(&text);
            let _ = Expression::repair(&text);
        }
    }
}
