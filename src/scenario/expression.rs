//! Runtime expressions (Arazzo 1.0.1, "Runtime Expressions") and conditions, as trees.
//!
//! [`Expression::parse`], [`Template::parse`] and [`Condition::parse`] make them from text; an error says at which
//! character it stands ([`SyntaxError`]).

mod condition;
mod display;
mod parse;
mod syntax_error;
mod template;

pub use parse::Repair;
pub use syntax_error::{SyntaxError, SyntaxProblem};
pub use template::Strictness;

/// A runtime expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Expression {
    /// `$url`
    Url,
    /// `$method`
    Method,
    /// `$statusCode`
    StatusCode,
    /// `$request.…`
    Request(Source),
    /// `$response.…`
    Response(Source),
    /// `$message.…`, part of the grammar; no HTTP exchange has one.
    Message(Source),
    /// `$inputs.name`, with the rest of the path behind the name.
    Inputs(Path),
    /// `$outputs.name`
    Outputs(Path),
    /// `$steps.step.outputs.name`
    Steps {
        /// The step's id.
        step: String,
        /// The output and what follows.
        output: Path,
    },
    /// `$workflows.workflow.inputs|outputs.name`
    Workflows {
        /// The workflow's id.
        workflow: String,
        /// Inputs or outputs.
        side: Side,
        /// The name and what follows.
        path: Path,
    },
    /// `$sourceDescriptions.name.reference`: an operationId or workflowId of that source, or its `url`.
    SourceDescriptions {
        /// The source's name.
        source: String,
        /// `url`, an operationId or a workflowId.
        reference: String,
    },
    /// `$components.kind.name`
    Components {
        /// `inputs`, `parameters`, `successActions`, `failureActions`.
        kind: String,
        /// The component's name.
        name: String,
    },
}

/// Which side of a workflow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// What went in.
    Inputs,
    /// What came out.
    Outputs,
}

/// A part of a message.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// `header.Name`
    Header(String),
    /// `query.name`
    Query(String),
    /// `path.name`
    PathParameter(String),
    /// `body` with an optional JSON pointer (`""` is the whole body).
    Body(String),
}

/// A name, then a JSON pointer into its value (`""` is the whole).
#[derive(Clone, Debug, PartialEq)]
pub struct Path {
    /// The input's or output's name.
    pub name: String,
    /// JSON pointer behind `#`, or made from further dotted or bracketed names.
    pub pointer: String,
}

/// A value of a document in which expressions may stand.
#[derive(Clone, Debug, PartialEq)]
pub enum Template {
    /// A value without expressions.
    Literal(serde_json::Value),
    /// A string that is one expression: its value keeps its type.
    Expression(Expression),
    /// A string with `{$…}` inside: pieces are joined as text.
    Text(Vec<Piece>),
    /// A list.
    List(Vec<Template>),
    /// An object, in order.
    Object(Vec<(String, Template)>),
}

/// A piece of a text with embedded expressions.
#[derive(Clone, Debug, PartialEq)]
pub enum Piece {
    /// As it stands.
    Text(String),
    /// `{$…}`
    Expression(Expression),
}

/// A simple condition (Arazzo 1.0.1, "Criterion Object").
///
/// Precedence from tight to loose: grouping, index and property access, `!`, comparisons, `&&`, `||`.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// `a || b`
    Or(Vec<Condition>),
    /// `a && b`
    And(Vec<Condition>),
    /// `!a`
    Not(Box<Condition>),
    /// `a == b` and its like; text is compared without case, as Arazzo asks.
    Compare {
        /// Left side.
        left: Operand,
        /// Operator.
        operator: Comparison,
        /// Right side.
        right: Operand,
    },
    /// A value alone: true when it is `true`.
    Value(Operand),
}

/// A comparison operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
}

/// One side of a comparison.
#[derive(Clone, Debug, PartialEq)]
pub enum Operand {
    /// A boolean, number, text or null.
    Literal(serde_json::Value),
    /// An expression with the accesses behind it (`[0]`, `.name`), in order.
    Expression {
        /// The expression.
        expression: Expression,
        /// Its text as written, for messages.
        text: String,
        /// Further accesses.
        accesses: Vec<Access>,
    },
}

/// An access into a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Access {
    /// `[0]`
    Index(usize),
    /// `.name`
    Name(String),
}
