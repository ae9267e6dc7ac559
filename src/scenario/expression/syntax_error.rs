//! What is wrong with the text of an expression or a condition.

/// A mistake in an expression, with its place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{problem}")]
pub struct SyntaxError {
    /// Characters of the text before the mistake.
    pub offset: usize,
    /// The mistake.
    pub problem: SyntaxProblem,
    /// The words that would be right here, the likeliest first; empty where there is no such list.
    pub right: Vec<&'static str>,
}

/// Kinds of mistake.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SyntaxProblem {
    /// A text where only an expression can stand.
    #[error("this is no runtime expression: one begins with $")]
    NotAnExpression,
    /// `$word` that the grammar does not know.
    #[error("`${0}` is no runtime expression")]
    UnknownWord(String),
    /// `$response.word` that the grammar does not know.
    #[error("`{word}` is no part of ${message}; there are header, query, path and body")]
    UnknownPart {
        /// `request`, `response` or `message`.
        message: String,
        /// The word.
        word: String,
    },
    /// `$steps.x.word` or `$workflows.x.word` with another word than the grammar has.
    #[error("`{found}` stands where {expected} must follow")]
    WrongSide {
        /// What stands there.
        found: String,
        /// What must.
        expected: &'static str,
    },
    /// The text ends too early.
    #[error("{0} is missing here")]
    Missing(&'static str),
    /// Something stands where nothing or something else must.
    #[error("`{found}` is not expected here; {expected}")]
    Unexpected {
        /// The text at this place, shortened.
        found: String,
        /// What would be right.
        expected: &'static str,
    },
    /// A JSON pointer that RFC 6901 does not allow.
    #[error("the JSON pointer is wrong: {0}")]
    Pointer(&'static str),
    /// `{$…` without its end.
    #[error("the closing brace of this expression is missing")]
    Unclosed,
    /// A word or sign of other languages.
    #[error("`{found}` is not part of a condition; write {right}")]
    Foreign {
        /// What stands there.
        found: String,
        /// What Arazzo has for it.
        right: &'static str,
    },
    /// A bare word in a condition.
    #[error("`{0}` is neither a literal nor an expression; text stands in single quotes")]
    BareWord(String),
    /// A text literal without its end.
    #[error("the text that begins here has no closing single quote")]
    UnclosedText,
    /// `a == b == c`.
    #[error("comparisons cannot be chained; join them with &&")]
    Chained,
    /// The negation or grouping on one side of a comparison.
    #[error("a condition cannot be compared; write `!( … )` or `!=` to negate a comparison")]
    ComparedCondition,
    /// Brackets or negations deeper than anyone writes by hand.
    #[error("nested deeper than {0} levels")]
    TooDeep(usize),
}
