//! Simple conditions (Arazzo 1.0.1, "Criterion Object": literals and operators).
//!
//! Precedence follows the order of other languages: `!`, then comparisons, then `&&`, then `||`; brackets group.

use serde_json::Value;

use super::parse::{Ends, Reader, excerpt};
use super::{Access, Comparison, Condition, Expression, Operand, SyntaxError, SyntaxProblem};

/// Deepest nesting of brackets and negations.
const MOST_DEPTH: usize = 64;

impl Condition {
    /// Reads a condition such as `$statusCode == 200 && $response.body#/state != 'gone'`.
    ///
    /// The specification shows one condition wrapped in braces, `{$statusCode == 401}`; they are left out of account.
    pub fn parse(text: &str) -> Result<Self, SyntaxError> {
        let mut parser = Parser { text, at: 0, end: text.len(), depth: 0 };
        parser.skip_space();
        let trimmed = text.trim();
        if trimmed.starts_with('{') && trimmed.find('}') == Some(trimmed.len() - 1) {
            parser.at += 1;
            parser.end = parser.at + trimmed.len() - 2;
        }
        let condition = parser.or()?;
        parser.skip_space();
        if parser.rest().is_empty() { Ok(condition) } else { Err(parser.trailing()) }
    }

    /// Calls `visit` with every expression inside, and with its text as written.
    pub fn visit(&mut self, visit: &mut impl FnMut(&str, &mut Expression)) {
        let mut operand = |operand: &mut Operand| {
            if let Operand::Expression { expression, text, .. } = operand {
                visit(text, expression);
            }
        };
        match self {
            Self::Or(parts) | Self::And(parts) => parts.iter_mut().for_each(|part| part.visit(visit)),
            Self::Not(part) => part.visit(visit),
            Self::Compare { left, right, .. } => {
                operand(left);
                operand(right);
            }
            Self::Value(value) => operand(value),
        }
    }
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
    end: usize,
    depth: usize,
}

impl<'t> Parser<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..self.end]
    }

    fn skip_space(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    fn take(&mut self, token: &str) -> bool {
        self.skip_space();
        let found = self.rest().starts_with(token);
        if found {
            self.at += token.len();
        }
        found
    }

    fn error(&self, problem: SyntaxProblem) -> SyntaxError {
        SyntaxError { offset: self.text[..self.at].chars().count(), problem, right: Vec::new() }
    }

    fn foreign(&self, found: &str, right: &'static str) -> SyntaxError {
        self.error(SyntaxProblem::Foreign { found: found.to_owned(), right })
    }

    fn or(&mut self) -> Result<Condition, SyntaxError> {
        let mut parts = vec![self.and()?];
        while self.take("||") {
            parts.push(self.and()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Condition::Or(parts) })
    }

    fn and(&mut self) -> Result<Condition, SyntaxError> {
        let mut parts = vec![self.comparison()?];
        while self.take("&&") {
            parts.push(self.comparison()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Condition::And(parts) })
    }

    fn comparison(&mut self) -> Result<Condition, SyntaxError> {
        let begin = self.at;
        let left = self.unary()?;
        let Some(operator) = self.operator()? else { return Ok(left) };
        let Condition::Value(left) = left else {
            self.at = begin;
            self.skip_space();
            return Err(self.error(SyntaxProblem::ComparedCondition));
        };
        self.skip_space();
        let begin = self.at;
        let Condition::Value(right) = self.unary()? else {
            self.at = begin;
            return Err(self.error(SyntaxProblem::ComparedCondition));
        };
        let end = self.at;
        self.skip_space();
        if self.operator()?.is_some() {
            self.at = end;
            self.skip_space();
            return Err(self.error(SyntaxProblem::Chained));
        }
        Ok(Condition::Compare { left, operator, right })
    }

    fn operator(&mut self) -> Result<Option<Comparison>, SyntaxError> {
        self.skip_space();
        let rest = self.rest();
        for (sign, right) in
            [("===", "=="), ("!==", "!="), ("<>", "!="), ("=>", ">="), ("=<", "<="), ("=~", "type: regex")]
        {
            if rest.starts_with(sign) {
                return Err(self.foreign(sign, right));
            }
        }
        let operators = [
            ("<=", Comparison::LessOrEqual),
            (">=", Comparison::GreaterOrEqual),
            ("==", Comparison::Equal),
            ("!=", Comparison::NotEqual),
            ("<", Comparison::Less),
            (">", Comparison::Greater),
        ];
        for (sign, operator) in operators {
            if self.take(sign) {
                return Ok(Some(operator));
            }
        }
        if rest.starts_with('=') { Err(self.foreign("=", "==")) } else { Ok(None) }
    }

    /// A value, a negation or a group.
    fn unary(&mut self) -> Result<Condition, SyntaxError> {
        self.skip_space();
        self.depth += 1;
        if self.depth > MOST_DEPTH {
            return Err(self.error(SyntaxProblem::TooDeep(MOST_DEPTH)));
        }
        let condition = if !self.rest().starts_with("!=") && self.take("!") {
            Condition::Not(Box::new(self.unary()?))
        } else if self.take("(") {
            let inner = self.or()?;
            self.skip_space();
            if !self.take(")") {
                return Err(if self.rest().is_empty() {
                    self.error(SyntaxProblem::Missing("the closing bracket"))
                } else {
                    self.trailing()
                });
            }
            inner
        } else {
            Condition::Value(self.operand()?)
        };
        self.depth -= 1;
        Ok(condition)
    }

    fn operand(&mut self) -> Result<Operand, SyntaxError> {
        let rest = self.rest();
        match rest.chars().next() {
            None => Err(self.error(SyntaxProblem::Missing("a literal or an expression"))),
            Some('$') => self.expression(),
            Some('{') if rest.starts_with("{$") => {
                self.at += 1;
                let operand = self.expression()?;
                if self.take("}") { Ok(operand) } else { Err(self.error(SyntaxProblem::Unclosed)) }
            }
            Some('\'') => self.string(),
            Some('"' | '“' | '”' | '‘' | '’' | '`') => {
                Err(self.foreign(&rest.chars().take(1).collect::<String>(), "text in single quotes"))
            }
            Some('0'..='9' | '-' | '+' | '.') => self.number(),
            Some(char) if char.is_alphabetic() || char == '_' => self.word(),
            Some(_) => Err(self.error(SyntaxProblem::Unexpected {
                found: excerpt(rest),
                expected: "a literal or an expression must stand here",
            })),
        }
    }

    fn expression(&mut self) -> Result<Operand, SyntaxError> {
        let before = self.text[..self.at].chars().count();
        let moved = |error: SyntaxError| SyntaxError { offset: before + error.offset, ..error };
        let mut reader = Reader::new(self.rest(), Ends::InCondition);
        let expression = reader.expression().map_err(moved)?;
        let mut accesses: Vec<Access> = Vec::new();
        // Behind a fragment no access can be told from the pointer, except in brackets.
        while let Some(access) = reader.access().map_err(moved)? {
            accesses.push(access);
        }
        let text = self.rest()[..reader.consumed()].to_owned();
        self.at += reader.consumed();
        Ok(Operand::Expression { expression, text, accesses })
    }

    /// `'it''s'`
    fn string(&mut self) -> Result<Operand, SyntaxError> {
        let rest = self.rest();
        let mut value = String::new();
        let mut chars = rest.char_indices().skip(1).peekable();
        while let Some((at, char)) = chars.next() {
            if char != '\'' {
                value.push(char);
            } else if chars.next_if(|(_, next)| *next == '\'').is_some() {
                value.push('\'');
            } else {
                self.at += at + 1;
                return Ok(Operand::Literal(Value::from(value)));
            }
        }
        Err(self.error(SyntaxProblem::UnclosedText))
    }

    fn number(&mut self) -> Result<Operand, SyntaxError> {
        let rest = self.rest();
        let mut length = 0;
        for (at, char) in rest.char_indices() {
            let sign_of_exponent = matches!(char, '+' | '-') && (at == 0 || rest[..at].ends_with(['e', 'E']));
            if !char.is_ascii_alphanumeric() && char != '.' && !sign_of_exponent {
                break;
            }
            length = at + char.len_utf8();
        }
        let text = &rest[..length];
        match serde_json::from_str::<serde_json::Number>(text) {
            Ok(number) => {
                self.at += length;
                Ok(Operand::Literal(Value::Number(number)))
            }
            Err(_) => Err(self.error(SyntaxProblem::Unexpected {
                found: if text.is_empty() { excerpt(rest) } else { excerpt(text) },
                expected: "a number is written as in JSON, and text in single quotes",
            })),
        }
    }

    fn word(&mut self) -> Result<Operand, SyntaxError> {
        let rest = self.rest();
        let length =
            rest.find(|char: char| !(char.is_alphanumeric() || matches!(char, '_' | '-' | '.'))).unwrap_or(rest.len());
        let word = &rest[..length];
        let literal = match word {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            "null" => Value::Null,
            "True" | "TRUE" => return Err(self.foreign(word, "true")),
            "False" | "FALSE" => return Err(self.foreign(word, "false")),
            "None" | "nil" | "undefined" | "NULL" | "Null" => return Err(self.foreign(word, "null")),
            "not" | "NOT" => return Err(self.foreign(word, "!")),
            _ => {
                let dollar = format!("${word}");
                let mut error = self.error(SyntaxProblem::BareWord(word.to_owned()));
                let begins = |known: &&str| dollar == **known || dollar.starts_with(&format!("{known}."));
                error.right = super::parse::WORDS.iter().filter(|known| begins(known)).copied().collect();
                return Err(error);
            }
        };
        self.at += length;
        Ok(Operand::Literal(literal))
    }

    /// Why the condition cannot go on as it does.
    fn trailing(&self) -> SyntaxError {
        let rest = self.rest();
        let word: String = rest.chars().take_while(|char| char.is_alphanumeric()).collect();
        match word.as_str() {
            "and" | "AND" | "And" => return self.foreign(&word, "&&"),
            "or" | "OR" | "Or" => return self.foreign(&word, "||"),
            "is" | "eq" | "equals" => return self.foreign(&word, "=="),
            "ne" => return self.foreign(&word, "!="),
            "matches" => return self.foreign(&word, "type: regex"),
            _ => {}
        }
        for (sign, right) in [("&", "&&"), ("|", "||"), ("\"", "text in single quotes")] {
            if rest.starts_with(sign) {
                return self.foreign(sign, right);
            }
        }
        let expected = match rest.chars().next() {
            Some('.' | '[') => "an access follows an expression only, not a literal or a group",
            Some(')') => "no bracket is open",
            _ => "an operator (== != < <= > >= && ||) must stand here",
        };
        self.error(SyntaxProblem::Unexpected { found: excerpt(rest), expected })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    /// A condition with all of its brackets.
    fn shape(condition: &Condition) -> String {
        let operand = |operand: &Operand| match operand {
            Operand::Literal(value) => value.to_string(),
            Operand::Expression { expression, accesses, .. } => {
                let mut text = expression.to_string();
                for access in accesses {
                    match access {
                        Access::Index(index) => text.push_str(&format!("[{index}]")),
                        Access::Name(name) => text.push_str(&format!(".{name}")),
                    }
                }
                text
            }
        };
        let join = |parts: &[Condition], sign: &str| parts.iter().map(shape).collect::<Vec<_>>().join(sign);
        match condition {
            Condition::Or(parts) => format!("({})", join(parts, " || ")),
            Condition::And(parts) => format!("({})", join(parts, " && ")),
            Condition::Not(part) => format!("!{}", shape(part)),
            Condition::Compare { left, operator, right } => {
                format!("({} {operator} {})", operand(left), operand(right))
            }
            Condition::Value(value) => operand(value),
        }
    }

    #[rstest]
    #[case("$statusCode == 200", "($statusCode == 200)")]
    #[case("$statusCode==200||$statusCode==201", "(($statusCode == 200) || ($statusCode == 201))")]
    #[case("{$statusCode == 401}", "($statusCode == 401)")]
    #[case("{$statusCode} == 401", "($statusCode == 401)")]
    #[case("true || false && !null", "(true || (false && !null))")]
    #[case("(true || false) && !(null)", "((true || false) && !null)")]
    #[case("!($inputs.a < 1)", "!($inputs.a < 1)")]
    #[case("($inputs.a) >= -1.5e3", "($inputs.a >= -1500.0)")]
    #[case("$response.body#/a~1b/c<=3", "($response.body#/a~1b/c <= 3)")]
    #[case("$response.body#/links[0].self != null", "($response.body#/links[0].self != null)")]
    #[case("$response.body.links[0].self!=null", "($response.body#/links/0/self != null)")]
    #[case("$response.header.X-Rate-Limit>1", "($response.header.X-Rate-Limit > 1)")]
    #[case("$response.header.ETag!='a'&&true", "(($response.header.ETag != \"a\") && true)")]
    #[case("'it''s ü' == $inputs.a-b_c", "(\"it's ü\" == $inputs.a-b_c)")]
    #[case("($response.body#/a)", "$response.body#/a")]
    #[case(" $method == 'POST' ", "($method == \"POST\")")]
    fn conditions_are_read_by_precedence(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(shape(&Condition::parse(text).expect("is read")), expected);
    }

    #[rstest]
    #[case("$statusCode = 200", 12, "`=` is not part of a condition; write ==")]
    #[case("$statusCode === 200", 12, "`===` is not part of a condition; write ==")]
    #[case("$statusCode <> 200", 12, "`<>` is not part of a condition; write !=")]
    #[case("$statusCode == 200 and true", 19, "`and` is not part of a condition; write &&")]
    #[case("true or false", 5, "`or` is not part of a condition; write ||")]
    #[case("not true", 0, "`not` is not part of a condition; write !")]
    #[case("true & false", 5, "`&` is not part of a condition; write &&")]
    #[case("$method == \"GET\"", 11, "`\"` is not part of a condition; write text in single quotes")]
    #[case("$method == GET", 11, "`GET` is neither a literal nor an expression; text stands in single quotes")]
    #[case("$method == 'GET", 11, "the text that begins here has no closing single quote")]
    #[case("$inputs.a == True", 13, "`True` is not part of a condition; write true")]
    #[case("", 0, "a literal or an expression is missing here")]
    #[case("true &&", 7, "a literal or an expression is missing here")]
    #[case("(true", 5, "the closing bracket is missing here")]
    #[case("true)", 4, "`)` is not expected here; no bracket is open")]
    #[case("1 < 2 < 3", 6, "comparisons cannot be chained; join them with &&")]
    #[case("!$inputs.a == 1", 0, "a condition cannot be compared; write `!( … )` or `!=` to negate a comparison")]
    #[case("ü", 0, "`ü` is neither a literal nor an expression; text stands in single quotes")]
    #[case("'ü' == $input.a", 7, "`$input` is no runtime expression")]
    #[case("1.2.3 == 1", 0, "`1.2.3` is not expected here; a number is written as in JSON, and text in single quotes")]
    #[case("true false", 5, "`false` is not expected here; an operator (== != < <= > >= && ||) must stand here")]
    #[case("== 1", 0, "`== 1` is not expected here; a literal or an expression must stand here")]
    #[case("$response.body#a == 1", 15, "the JSON pointer is wrong: it is empty or begins with /")]
    fn mistakes_are_named_where_they_stand(#[case] text: &str, #[case] offset: usize, #[case] message: &str) {
        let error = Condition::parse(text).expect_err("is refused");
        assert_eq!((error.offset, error.to_string().as_str()), (offset, message));
    }

    #[test]
    fn an_expression_without_its_dollar_is_recognised() {
        let error = Condition::parse("statusCode == 200").expect_err("is refused");
        assert_eq!(error.right, ["$statusCode"]);
    }

    #[test]
    fn deep_nesting_ends_in_an_error() {
        for text in ["(".repeat(100_000), "!".repeat(100_000)] {
            let error = Condition::parse(&text).expect_err("is refused");
            assert_eq!(error.problem, SyntaxProblem::TooDeep(MOST_DEPTH));
        }
    }

    /// A condition as it may be written, with blanks or without, and the shape that it must be read as.
    fn written() -> impl Strategy<Value = (String, String)> {
        let blank = || prop_oneof![Just(""), Just(" "), Just("  ")];
        let literal = prop_oneof![
            any::<i32>().prop_map(|number| (number.to_string(), number.to_string())),
            any::<bool>().prop_map(|flag| (flag.to_string(), flag.to_string())),
            "[ -~가]{0,8}".prop_map(|text| (format!("'{}'", text.replace('\'', "''")), json!(text).to_string())),
        ];
        let side = prop_oneof![
            Just("$statusCode"),
            Just("$response.body#/a/0"),
            Just("$inputs.mem-sq"),
            Just("$steps.one.outputs.x")
        ];
        let operator = prop_oneof![Just("=="), Just("!="), Just("<"), Just("<="), Just(">"), Just(">=")];
        let comparison = (side, operator, literal, blank()).prop_map(|(side, operator, (text, value), blank)| {
            // A blank ends the expression on the left; what follows an operator needs none.
            (format!("{side} {operator}{blank}{text}"), format!("({side} {operator} {value})"))
        });
        comparison.prop_recursive(4, 24, 3, move |inner| {
            let several = proptest::collection::vec(inner.clone(), 2..4);
            prop_oneof![
                inner.prop_map(|(text, shape)| (format!("!({text})"), format!("!{shape}"))),
                (several, any::<bool>(), blank()).prop_map(|(parts, all, blank)| {
                    let sign = if all { "&&" } else { "||" };
                    let texts: Vec<String> = parts.iter().map(|(text, _)| format!("({blank}{text}{blank})")).collect();
                    let shapes: Vec<&str> = parts.iter().map(|(_, shape)| shape.as_str()).collect();
                    let text = texts.join(&format!("{blank}{sign}{blank}"));
                    (text, format!("({})", shapes.join(&format!(" {sign} "))))
                }),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_as_its_brackets_say((text, expected) in written()) {
            let read = Condition::parse(&text);
            prop_assert_eq!(read.as_ref().map(shape), Ok(expected), "{}", text);
        }

        #[test]
        fn no_text_makes_it_panic(text in "([ ()!<>=&|'\"{}\\[\\].#$/~a-ü0-9-]|\\$inputs\\.|\\$statusCode){0,30}") {
            let _ = Condition::parse(&text);
        }

        #[test]
        fn any_text_can_be_a_literal(text in ".{0,20}") {
            let condition = Condition::parse(&format!("'{}'", text.replace('\'', "''")));
            prop_assert_eq!(condition, Ok(Condition::Value(Operand::Literal(json!(text)))));
        }
    }
}
