//! Expressions and templates as they stand in fields.

use serde_json::Value;

use super::fields::{Node, describe};
use super::references::Scope;
use super::{Context, NOTHING};
use crate::scenario::expression::{Expression, Strictness, SyntaxError, Template};
use crate::scenario::nearby::Nearby;
use crate::scenario::problem::What;

/// Deepest chain of components that refer to components.
const MOST_COMPONENTS: usize = 8;

impl<'d> Context<'d> {
    /// Reports what cannot be read.
    pub(super) fn syntax(&self, node: &Node<'_>, error: SyntaxError) {
        let offset = error.offset;
        self.error_inside(node, offset, What::Syntax(error), Nearby::default());
    }

    /// A value in which expressions may stand.
    pub(super) fn template(&self, node: &Node<'d>, strictness: Strictness, scope: Scope) -> Template {
        self.template_below(node, strictness, scope, 0)
    }

    fn template_below(&self, node: &Node<'d>, strictness: Strictness, scope: Scope, depth: usize) -> Template {
        let inside = |pointer: &str| {
            let value = node.value.pointer(pointer).unwrap_or(&NOTHING);
            Node { value, pointer: format!("{}{pointer}", node.pointer) }
        };
        let mut template = match Template::parse(node.value, strictness) {
            Ok(template) => template,
            Err(mistakes) => {
                for (pointer, error) in mistakes {
                    self.syntax(&inside(&pointer), error);
                }
                return Template::Literal(node.value.clone());
            }
        };
        // A parameter of the components stands for its value.
        if let Template::Expression(Expression::Components { kind, name }) = &template
            && kind == "parameters"
            && depth < MOST_COMPONENTS
        {
            let value = self.component(node, kind, name).and_then(|component| component.get("value"));
            return match value {
                Some(value) => self.template_below(&value, strictness, scope, depth + 1),
                None => Template::Literal(Value::Null),
            };
        }
        template.visit(&mut |pointer, expression| {
            let node = inside(pointer);
            let offset = node.text().and_then(|text| offset_of(text, expression));
            self.check(&node, offset, expression, scope);
        });
        template
    }

    /// A field that is one expression: an output, a context.
    pub(super) fn expression(&self, node: &Node<'d>, scope: Scope) -> Option<Expression> {
        let Some(text) = node.text() else {
            let what = What::WrongType {
                name: node.label(),
                expected: "a runtime expression such as `$response.body#/id`".to_owned(),
                found: describe(node.value),
            };
            self.error(node, what);
            return None;
        };
        let inner = text.strip_prefix('{').and_then(|text| text.strip_suffix('}')).unwrap_or(text);
        let mut expression = match Expression::parse(inner) {
            Ok(expression) => expression,
            Err(error) => match self.mend_expression(inner, scope) {
                Some(repair) => {
                    let read = format!("`{}`", repair.text);
                    self.warn(node, What::ReadAs { found: format!("`{inner}`"), read });
                    repair.expression
                }
                None => {
                    let before = usize::from(inner.len() != text.len());
                    self.syntax(node, SyntaxError { offset: before + error.offset, ..error });
                    return None;
                }
            },
        };
        self.check(node, None, &mut expression, scope);
        Some(expression)
    }

    /// The outputs of a step or workflow.
    pub(super) fn outputs(&self, node: &Node<'d>, scope: Scope) -> Vec<(String, Expression)> {
        let outputs = self.map(node, "outputs").into_iter();
        outputs.filter_map(|(name, output)| Some((name.to_owned(), self.expression(&output, scope)?))).collect()
    }
}

/// Where in a text an expression that was read from it begins, in characters.
fn offset_of(text: &str, expression: &Expression) -> Option<usize> {
    // The printed form may differ behind the first dot only.
    let printed = expression.to_string();
    let begin = printed.split(['#', '[']).next().unwrap_or(&printed);
    let found = text.find(begin)?;
    (found > 0).then(|| text[..found].chars().count())
}
