//! Expressions back as text, in the form of the grammar: what stands behind a name is written as a JSON pointer.

use std::fmt::{Display, Formatter, Result};

use super::{Comparison, Expression, Path, Side, Source};

impl Display for Expression {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::Url => f.write_str("$url"),
            Self::Method => f.write_str("$method"),
            Self::StatusCode => f.write_str("$statusCode"),
            Self::Request(source) => write!(f, "$request.{source}"),
            Self::Response(source) => write!(f, "$response.{source}"),
            Self::Message(source) => write!(f, "$message.{source}"),
            Self::Inputs(path) => write!(f, "$inputs.{path}"),
            Self::Outputs(path) => write!(f, "$outputs.{path}"),
            Self::Steps { step, output } => write!(f, "$steps.{step}.outputs.{output}"),
            Self::Workflows { workflow, side, path } => write!(f, "$workflows.{workflow}.{side}.{path}"),
            Self::SourceDescriptions { source, reference } => write!(f, "$sourceDescriptions.{source}.{reference}"),
            Self::Components { kind, name } => write!(f, "$components.{kind}.{name}"),
        }
    }
}

impl Display for Source {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::Header(name) => write!(f, "header.{name}"),
            Self::Query(name) => write!(f, "query.{name}"),
            Self::PathParameter(name) => write!(f, "path.{name}"),
            Self::Body(pointer) if pointer.is_empty() => f.write_str("body"),
            Self::Body(pointer) => write!(f, "body#{pointer}"),
        }
    }
}

impl Display for Path {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str(&self.name)?;
        if self.pointer.is_empty() { Ok(()) } else { write!(f, "#{}", self.pointer) }
    }
}

impl Display for Side {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str(match self {
            Self::Inputs => "inputs",
            Self::Outputs => "outputs",
        })
    }
}

impl Display for Comparison {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str(match self {
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::Equal => "==",
            Self::NotEqual => "!=",
        })
    }
}
