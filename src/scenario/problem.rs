//! What is wrong with a scenario, where it stands, and what would be right.

use std::fmt;

use super::expression::SyntaxError;
use super::nearby::Nearby;
use crate::spec::Position;

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The scenario cannot be played.
    Error,
    /// It can, but the author should look at it.
    Warning,
}

/// One problem of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// How bad it is.
    pub severity: Severity,
    /// Where the value, or for a wrong key the key, begins.
    pub position: Position,
    /// JSON pointer to the value.
    pub pointer: String,
    /// Characters into the text that stands there, when the mistake is inside of it.
    pub offset: Option<usize>,
    /// What is wrong.
    pub what: What,
    /// Right names that differ by a slip from the wrong one, the closest first.
    pub nearby: Vec<String>,
    /// Right names in general, not more than a few.
    pub known: Vec<String>,
}

impl Problem {
    /// The problem and its mend in one line, without the place.
    pub fn sentence(&self) -> String {
        let mut text = self.what.to_string();
        if let Some(help) = self.help() {
            text.push_str("; ");
            text.push_str(&help);
        }
        text
    }

    /// `did you mean …`, or the list of right names.
    fn help(&self) -> Option<String> {
        let quoted = |names: &[String]| names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>();
        let close = quoted(&self.nearby);
        match close.as_slice() {
            [] if self.known.is_empty() => None,
            [] => Some(format!("known here: {}", quoted(&self.known).join(", "))),
            [one] => Some(format!("did you mean {one}?")),
            [first @ .., last] => Some(format!("did you mean {} or {last}?", first.join(", "))),
        }
    }
}

/// All problems of a document, in the order of its text. Never empty where it is an error.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems(Vec<Problem>);

impl Problems {
    /// Problems in any order; those that say the same of the same place are kept once.
    pub fn new(mut problems: Vec<Problem>) -> Self {
        problems.sort_by(|a, b| (a.position, a.severity, &a.pointer).cmp(&(b.position, b.severity, &b.pointer)));
        let mut seen: Vec<Problem> = Vec::with_capacity(problems.len());
        for problem in problems {
            let is_known = |known: &Problem| known.position == problem.position && known.what == problem.what;
            if !seen.iter().rev().take_while(|known| known.position == problem.position).any(is_known) {
                seen.push(problem);
            }
        }
        Self(seen)
    }

    /// The problems.
    pub fn iter(&self) -> impl Iterator<Item = &Problem> {
        self.0.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether one of them keeps the scenario from being played.
    pub fn has_errors(&self) -> bool {
        self.0.iter().any(|problem| problem.severity == Severity::Error)
    }

    /// All problems for a person: `file:line:column`, the line with a caret below, what is wrong, what would be right.
    ///
    /// `text` is the document's text; without it the lines are left out.
    pub fn render(&self, file: &str, text: Option<&str>) -> String {
        let lines: Vec<&str> = text.map(|text| text.lines().collect()).unwrap_or_default();
        let frames: Vec<String> = self.0.iter().map(|problem| frame(problem, file, &lines)).collect();
        frames.join("\n")
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { "\n" };
            let Position { line, column } = problem.position;
            write!(f, "{separator}line {line}, column {column}: {}", problem.sentence())?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

/// Longest part of a line that is shown.
const MOST_SHOWN: usize = 120;

fn frame(problem: &Problem, file: &str, lines: &[&str]) -> String {
    let position = caret(problem, lines);
    let column = position.column;
    let line = position.line.checked_sub(1).and_then(|index| lines.get(index));
    let word = match problem.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let mut text = format!("{file}:{}:{column}: {word}: {}\n", position.line, problem.what);
    if let Some(line) = line {
        let number = position.line.to_string();
        let margin = " ".repeat(number.len());
        // A long line is shown from shortly before the caret.
        let skipped = if column > MOST_SHOWN - 20 { column - 40 } else { 0 };
        let printable = |char: char| if char.is_control() { ' ' } else { char };
        let shown: String = line.chars().skip(skipped).take(MOST_SHOWN).map(printable).collect();
        text.push_str(&format!("{number} | {}\n", shown.trim_end()));
        text.push_str(&format!("{margin} | {}^\n", " ".repeat(column.saturating_sub(1 + skipped))));
    }
    if let Some(help) = problem.help() {
        text.push_str(&format!("  help: {help}\n"));
    }
    text
}

/// The place of the mistake itself inside of the text that holds it.
fn caret(problem: &Problem, lines: &[&str]) -> Position {
    let Position { line, column } = problem.position;
    let rest = |line: usize, column: usize| -> Option<Vec<char>> {
        Some(lines.get(line.checked_sub(1)?)?.trim_end().chars().skip(column.saturating_sub(1)).collect())
    };
    let (Some(mut offset), Some(first)) = (problem.offset, rest(line, column)) else { return problem.position };
    if matches!(first.first(), Some('\'' | '"')) {
        // A quoted text begins behind its quote.
        return Position { line, column: column + 1 + offset.min(first.len().saturating_sub(2)) };
    }
    // A text over several lines: each end of a line counts as one character, and what indents the next one as none.
    let (mut line, mut column, mut length) = (line, column, first.len());
    while offset > length {
        let Some(next) = rest(line + 1, 1) else { break };
        offset -= length + 1;
        line += 1;
        let indent = next.iter().take_while(|char| char.is_whitespace()).count();
        column = indent + 1;
        length = next.len() - indent;
    }
    Position { line, column: column + offset.min(length) }
}

/// Kinds of problem, from the shape of the document to what can never work.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum What {
    /// A value of another type than needed.
    #[error("{name} must be {expected}, and is {found}")]
    WrongType {
        /// The field in backticks, or what it is.
        name: String,
        /// The right type.
        expected: String,
        /// The type that stands there, with the value where it is short.
        found: String,
    },
    /// A text that is none of the possible ones.
    #[error("`{found}` is no {name}")]
    WrongChoice {
        /// The field.
        name: String,
        /// What stands there.
        found: String,
    },
    /// A value of the right type and a wrong form.
    #[error("`{name}` is {found}: it must be {expected}")]
    WrongForm {
        /// The field.
        name: String,
        /// What stands there.
        found: String,
        /// The right form.
        expected: String,
    },
    /// A name of characters that expressions could not refer to.
    #[error("{name:?} cannot be a name in `{field}`; letters, digits, `.`, `-` and `_` can")]
    WrongName {
        /// The field that holds names.
        field: String,
        /// The name.
        name: String,
    },
    /// A field that must be there.
    #[error("{object} has no `{field}`, which it must have")]
    MissingField {
        /// What it is missing in.
        object: &'static str,
        /// The field.
        field: &'static str,
    },
    /// A list that must hold something.
    #[error("`{0}` must have at least one entry")]
    Empty(&'static str),
    /// A key that means nothing.
    #[error("`{key}` is no field of {object}")]
    UnknownKey {
        /// The key.
        key: String,
        /// What it stands in.
        object: &'static str,
    },
    /// `x-storeproof` where we look for none.
    #[error("`x-storeproof` means nothing in {0}; it belongs to `info`, to steps and to properties of inputs")]
    ExtensionElsewhere(&'static str),
    /// A field that another one rules out.
    #[error("`{field}` does not go with {with}")]
    Irrelevant {
        /// The field.
        field: &'static str,
        /// What it does not go with.
        with: String,
    },
    /// Not exactly one of several fields.
    #[error("{object} must have exactly one of {fields}, and has {found}")]
    ExactlyOne {
        /// What they belong to.
        object: &'static str,
        /// The fields.
        fields: &'static str,
        /// Those that it has.
        found: String,
    },
    /// A name that stands twice.
    #[error("{kind} `{name}` stands here a second time")]
    Duplicate {
        /// Kind of thing.
        kind: &'static str,
        /// Its name.
        name: String,
    },
    /// A version of Arazzo that is not read.
    #[error("Arazzo {0} is not supported; 1.0.0 and 1.0.1 are")]
    Version(String),
    /// Something that cannot be played.
    #[error("{0}")]
    Unsupported(&'static str),
    /// A source that could not be read.
    #[error("the source description `{name}` cannot be used: {why}")]
    Source {
        /// Its name.
        name: String,
        /// Why.
        why: String,
    },
    /// Name of something that is not there.
    #[error("there is no {kind} `{name}`{of}")]
    Unknown {
        /// Kind of thing.
        kind: &'static str,
        /// The name.
        name: String,
        /// Where it was looked for, such as ` in step apply`; may be empty.
        of: String,
    },
    /// Something that its place has not.
    #[error("{owner} has no {kind} `{name}`")]
    Lacks {
        /// Who should have it, such as ``step `apply` ``.
        owner: String,
        /// Kind of thing.
        kind: &'static str,
        /// The name.
        name: String,
    },
    /// An operationId that more than one source has.
    #[error("the operationId `{0}` is in more than one source description")]
    AmbiguousOperation(String),
    /// An operation that the vendor calls, used as a call of the marketplace, or the other way round.
    #[error("`{operation}` is called by {caller}; {mend}")]
    WrongCaller {
        /// The operation.
        operation: String,
        /// Who calls it.
        caller: &'static str,
        /// What to write.
        mend: &'static str,
    },
    /// A parameter of the path that gets no value.
    #[error("the path of `{operation}` needs the parameter `{name}`, which gets no value")]
    MissingPathParameter {
        /// The operation.
        operation: String,
        /// The parameter.
        name: String,
    },
    /// A required parameter, body or input that gets no value.
    #[error("{owner} needs {kind} `{name}`, which gets no value")]
    MissingValue {
        /// What needs it.
        owner: String,
        /// Kind of thing.
        kind: &'static str,
        /// Its name.
        name: String,
    },
    /// Workflows that wait for each other.
    #[error("these workflows wait for each other: {0}")]
    DependsOnCycle(String),
    /// Workflows whose steps call each other.
    #[error("these workflows call each other, and only an action can end that: {0}")]
    CallCycle(String),
    /// `$ref`s that lead back to themselves.
    #[error("this reference leads back to itself: {0}")]
    ReferenceCycle(String),
    /// A schema that is no JSON Schema.
    #[error("the schema is no valid JSON Schema: {0}")]
    Schema(String),
    /// A value that does not fit its schema.
    #[error("{subject} does not fit the input's schema: {why}")]
    Misfit {
        /// What does not fit: `the default`, `the value`.
        subject: &'static str,
        /// Why.
        why: String,
    },
    /// An expression or condition that cannot be read.
    #[error("{0}")]
    Syntax(SyntaxError),
    /// A rule for answers that go wrong, which cannot be meant.
    #[error("this answer cannot be made: {0}")]
    Disturbance(String),
    /// A pattern that is no regular expression.
    #[error("the regular expression is wrong: {0}")]
    Regex(String),
    /// A query that is no JSONPath.
    #[error("the JSONPath is wrong: {0}")]
    JsonPath(String),
    /// An expression that has no value at this place.
    #[error("`{expression}` has no value here: {why}")]
    NeverSet {
        /// The expression.
        expression: String,
        /// Why.
        why: String,
    },
    /// A step that nothing leads to.
    #[error("step `{step}` is never reached: {why}")]
    Unreachable {
        /// The step.
        step: String,
        /// Why.
        why: String,
    },
    /// A slip that leaves one reading only; what is read instead.
    #[error("{found} is read as {read}")]
    ReadAs {
        /// What stands there.
        found: String,
        /// What is read.
        read: String,
    },
}

impl What {
    /// The names that go with it, for those that carry their own.
    pub(super) fn own_names(&self) -> Nearby {
        match self {
            Self::Syntax(error) => {
                Nearby { close: error.right.iter().map(|word| (*word).to_owned()).collect(), known: Vec::new() }
            }
            _ => Nearby::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(line: usize, column: usize, offset: Option<usize>) -> Problem {
        Problem {
            severity: Severity::Error,
            position: Position { line, column },
            pointer: String::new(),
            offset,
            what: What::Empty("steps"),
            nearby: Vec::new(),
            known: vec!["a".to_owned(), "b".to_owned()],
        }
    }

    #[test]
    fn the_caret_stands_below_the_mistake() {
        let text = "x: y\nkey: 'ab c'\n";
        let problems = Problems::new(vec![problem(2, 6, Some(3))]);
        assert_eq!(
            problems.render("f.yaml", Some(text)),
            "f.yaml:2:10: error: `steps` must have at least one entry\n\
             2 | key: 'ab c'\n  \
               |          ^\n  help: known here: `a`, `b`\n"
        );
        assert_eq!(
            problems.render("f.yaml", None),
            "f.yaml:2:6: error: `steps` must have at least one entry\n  help: known here: `a`, `b`\n"
        );
    }

    #[test]
    fn places_outside_of_the_text_and_long_lines_do_no_harm() {
        let long = format!("{}x", " ".repeat(5000));
        for (line, column) in [(0, 0), (9, 9), (1, 5001), (1, 9000)] {
            let shown = Problems::new(vec![problem(line, column, Some(7))]).render("f", Some(&long));
            assert!(shown.lines().all(|line| line.chars().count() < 200), "{shown}");
        }
    }

    #[test]
    fn the_same_is_said_once_and_in_order() {
        let problems = Problems::new(vec![problem(2, 1, None), problem(1, 1, None), problem(2, 1, None)]);
        let lines: Vec<_> = problems.iter().map(|problem| problem.position.line).collect();
        assert_eq!(lines, [1, 2]);
    }
}
