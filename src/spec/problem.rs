//! What is wrong with a document, and where.

use std::fmt;

use super::{Document, DocumentError, Position};

/// Everything that is wrong with one document; never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpecProblems {
    problems: Vec<SpecProblem>,
}

/// One thing that is wrong, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpecProblem {
    /// JSON pointer to it, or to its nearest parent.
    pub pointer: String,
    /// Where that stands in the text.
    pub position: Position,
    /// What it is.
    pub trouble: SpecTrouble,
}

/// What can be wrong with a document.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SpecTrouble {
    /// The text is neither YAML nor JSON that we read.
    #[error("{0}")]
    Text(String),
    /// There is no `openapi` at the top.
    #[error("this is no OpenAPI document: it does not begin with `openapi: 3.0.x`")]
    NotOpenApi,
    /// A Swagger document.
    #[error("this is Swagger {0}, which is not read; convert it to OpenAPI 3.0")]
    Swagger(String),
    /// An edition of OpenAPI that we do not read.
    #[error("OpenAPI {0} is not read; 3.0 and 3.1 are")]
    Edition(String),
    /// A key that the object does not have.
    #[error("{key} is no member of {object}{}", nearby(near))]
    UnknownKey {
        /// The key.
        key: String,
        /// What it stands in: "an operation".
        object: String,
        /// Keys that may have been meant.
        near: Vec<String>,
    },
    /// A key that must be there.
    #[error("{object} lacks {key}")]
    MissingKey {
        /// The key, or keys of which one must be there.
        key: String,
        /// What lacks it: "an operation".
        object: String,
    },
    /// A value of the wrong type.
    #[error("{name} is {actual}, expected {expected}")]
    WrongType {
        /// What has it: its key.
        name: String,
        /// The right type with its article.
        expected: String,
        /// The type that stands there.
        actual: String,
    },
    /// A value outside of the list of those that are known.
    #[error("{name} is {actual}, expected {expected}")]
    WrongValue {
        /// What has it: its key.
        name: String,
        /// The right values.
        expected: String,
        /// The value.
        actual: String,
    },
    /// The document does not fit its model in another way.
    #[error("{0}")]
    Model(String),
    /// A reference to nothing.
    #[error("nothing stands at {reference}{}", nearby(near))]
    Unresolved {
        /// The reference as written.
        reference: String,
        /// References that may have been meant.
        near: Vec<String>,
    },
    /// A reference that leaves the document.
    #[error("the reference {reference} leads out of this document; put what it names here, and refer to it with `#/…`")]
    Foreign {
        /// The reference as written.
        reference: String,
    },
    /// References that only lead to each other.
    #[error("the reference {reference} only leads back to itself")]
    Endless {
        /// The reference as written.
        reference: String,
    },
    /// Two operations of one name.
    #[error("the operationId {id} stands here a second time; the first is on line {}", first.line)]
    DuplicateOperation {
        /// The name.
        id: String,
        /// Where the first stands.
        first: Position,
    },
    /// A name in the path template without its parameter.
    #[error("the path holds {{{name}}}, but no path parameter of that name is described")]
    PathParameter {
        /// The name.
        name: String,
    },
    /// A security scheme that is not defined.
    #[error("the security scheme {name} is not defined{}", nearby(near))]
    Scheme {
        /// The name.
        name: String,
        /// Names that may have been meant.
        near: Vec<String>,
    },
    /// A JSON Schema that cannot be applied.
    #[error("this schema cannot be applied: {0}")]
    Schema(String),
    /// A name outside of the list of those that are known.
    #[error("{name} is no {kind}{}", nearby(near))]
    UnknownName {
        /// What it should be the name of: "dialect".
        kind: String,
        /// The name.
        name: String,
        /// Names that may have been meant.
        near: Vec<String>,
    },
    /// A requirement that is defined twice.
    #[error("requirement {id} stands here a second time; the first is on line {}", first.line)]
    DuplicateRequirement {
        /// Its name.
        id: String,
        /// Where the first stands.
        first: Position,
    },
}

impl SpecProblems {
    /// Everything found, in the order of the text. `None` when nothing was.
    pub(crate) fn of(mut problems: Vec<SpecProblem>) -> Option<Self> {
        problems.sort_by_key(|problem| problem.position);
        problems.dedup();
        (!problems.is_empty()).then_some(Self { problems })
    }

    /// What was found, in the order of the text.
    pub fn iter(&self) -> impl Iterator<Item = &SpecProblem> {
        self.problems.iter()
    }

    /// One line a problem: `file:line:column: problem`.
    pub fn in_file(&self, file: &str) -> String {
        let lines: Vec<String> = self.problems.iter().map(|problem| format!("{file}:{problem}")).collect();
        lines.join("\n")
    }
}

impl fmt::Display for SpecProblems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for SpecProblems {}

impl From<DocumentError> for SpecProblems {
    fn from(error: DocumentError) -> Self {
        let trouble = SpecTrouble::Text(error.problem);
        Self { problems: vec![SpecProblem { pointer: String::new(), position: error.position, trouble }] }
    }
}

impl fmt::Display for SpecProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.position.line, self.position.column, self.trouble)
    }
}

/// Collects what is wrong with one document.
#[derive(Debug)]
pub(super) struct Collector<'a> {
    pub(super) document: &'a Document,
    pub(super) problems: Vec<SpecProblem>,
}

/// Most problems that are told of one document.
const MOST_PROBLEMS: usize = 200;

impl<'a> Collector<'a> {
    pub(super) fn new(document: &'a Document) -> Self {
        Self { document, problems: Vec::new() }
    }

    /// Something is wrong with the value at a pointer.
    pub(super) fn at_value(&mut self, pointer: &str, trouble: SpecTrouble) {
        self.push(pointer, self.document.standing(pointer).value, trouble);
    }

    /// Something is wrong with the key of the value at a pointer.
    pub(super) fn at_key(&mut self, pointer: &str, trouble: SpecTrouble) {
        self.push(pointer, self.document.standing(pointer).key, trouble);
    }

    /// Whether something was found wrong with the value at a pointer or a part of it.
    pub(super) fn knows(&self, pointer: &str) -> bool {
        let below =
            |known: &str| known.strip_prefix(pointer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        self.problems.iter().any(|problem| below(&problem.pointer))
    }

    fn push(&mut self, pointer: &str, position: Position, trouble: SpecTrouble) {
        if self.problems.len() < MOST_PROBLEMS {
            self.problems.push(SpecProblem { pointer: pointer.to_owned(), position, trouble });
        }
    }
}

/// Up to three of the names that are most like a mistyped one.
pub(super) fn near<'a>(name: &str, names: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let wanted = name.to_lowercase();
    let mut scored: Vec<(f64, &str)> = names
        .into_iter()
        .filter_map(|known| {
            let lower = known.to_lowercase();
            let distance = strsim::osa_distance(&wanted, &lower);
            let likeness = strsim::jaro_winkler(&wanted, &lower);
            (likeness > 0.85 || distance <= 1.max(wanted.chars().count() / 4)).then_some((likeness, known))
        })
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    scored.dedup_by(|a, b| a.1 == b.1);
    scored.into_iter().take(3).map(|(_, known)| known.to_owned()).collect()
}

fn nearby(names: &[String]) -> String {
    if names.is_empty() { String::new() } else { format!("; did you mean {}?", super::violation::either(names)) }
}
