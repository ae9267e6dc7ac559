//! Values of a document in which expressions stand.

use serde_json::{Map, Value};

use super::encode::plain;
use super::evaluate::{Context, Found, Unevaluable};
use super::wording::written;
use crate::scenario::expression::{Expression, Piece, Side, Template};

impl Context<'_> {
    /// The value of a template.
    ///
    /// `None` when the template is one expression that refers to an input that was not given: whoever asked leaves
    /// the argument out. The same holds for the members of an object. Everything else that is missing is an error.
    pub fn resolve(&self, template: &Template) -> Result<Option<Value>, Unevaluable> {
        match template {
            Template::Literal(value) => Ok(Some(value.clone())),
            Template::Expression(expression) => match (self.evaluate(expression)?, expression) {
                (Found::Value(value), _) => Ok(Some(value.into_owned())),
                (Found::Missing, Expression::Inputs(_)) => Ok(None),
                (Found::Missing, _) => Err(Unevaluable::Missing { expression: written(expression) }),
            },
            Template::Text(pieces) => {
                let mut text = String::new();
                for piece in pieces {
                    match piece {
                        Piece::Text(piece) => text.push_str(piece),
                        Piece::Expression(expression) => match self.evaluate(expression)? {
                            Found::Value(value) => text.push_str(&plain(&value)),
                            Found::Missing => return Err(Unevaluable::Missing { expression: written(expression) }),
                        },
                    }
                }
                Ok(Some(Value::String(text)))
            }
            Template::List(items) => {
                // A place in a list cannot be left out without moving those behind it.
                let item = |item| self.resolve(item).map(Option::unwrap_or_default);
                items.iter().map(item).collect::<Result<Vec<_>, _>>().map(|items| Some(Value::Array(items)))
            }
            Template::Object(members) => {
                let mut object = Map::with_capacity(members.len());
                for (name, template) in members {
                    if let Some(value) = self.resolve(template)? {
                        object.insert(name.clone(), value);
                    }
                }
                Ok(Some(Value::Object(object)))
            }
        }
    }
}

/// Whether a template refers to what came out of calls, so that a missing value is the vendor's doing.
pub(super) fn depends_on_answers(template: &Template) -> bool {
    depends_on(template, |expression| {
        matches!(
            expression,
            Expression::Steps { .. }
                | Expression::Outputs(_)
                | Expression::Response(_)
                | Expression::Workflows { side: Side::Outputs, .. }
        )
    })
}

/// Whether a template holds such an expression.
pub(super) fn depends_on(template: &Template, refers: fn(&Expression) -> bool) -> bool {
    match template {
        Template::Literal(_) => false,
        Template::Expression(expression) => refers(expression),
        Template::Text(pieces) => {
            pieces.iter().any(|piece| matches!(piece, Piece::Expression(expression) if refers(expression)))
        }
        Template::List(items) => items.iter().any(|item| depends_on(item, refers)),
        Template::Object(members) => members.iter().any(|(_, template)| depends_on(template, refers)),
    }
}
