//! Request bodies and the replacements in them.

use super::Context;
use super::fields::Node;
use super::references::Scope;
use crate::scenario::expression::{Strictness, Template};
use crate::scenario::nearby::nearby;
use crate::scenario::plan::{Payload, Target};
use crate::scenario::problem::What;
use crate::spec::Operation;

impl<'d> Context<'d> {
    pub(super) fn payload(&self, step: &Node<'d>, target: Option<&Target>, scope: Scope) -> Option<Payload> {
        let operation = match target? {
            Target::Operation(operation) => operation,
            Target::Workflow(_) => {
                if let Some(body) = step.get("requestBody") {
                    let with = "a step that calls a workflow".to_owned();
                    self.error(&body, What::Irrelevant { field: "requestBody", with });
                }
                return None;
            }
        };
        let Some(body) = step.get("requestBody") else {
            if operation.body.as_ref().is_some_and(|body| body.required) {
                let owner = format!("operation `{}`", operation.id);
                self.warn(step, What::MissingValue { owner, kind: "a body in", name: "requestBody".to_owned() });
            }
            return None;
        };
        self.mapping(&body, "a Request Body Object", &["contentType", "payload", "replacements"])?;
        if operation.body.is_none() {
            let with = format!("operation `{}`, which describes no body", operation.id);
            self.error(&body, What::Irrelevant { field: "requestBody", with });
        }
        let content_type = self.content_type(&body, operation)?;
        let value = body.get("payload").map(|payload| self.template(&payload, Strictness::Text, scope));
        let replacements = self.replacements(&body, &content_type, value.as_ref(), scope);
        Some(Payload { content_type, value, replacements })
    }

    fn content_type(&self, body: &Node<'d>, operation: &Operation) -> Option<String> {
        let described = operation.body.as_ref().map(|body| body.content.as_slice()).unwrap_or_default();
        let known = || described.iter().map(|media| media.media_type.as_str());
        let Some((node, wanted)) = self.text(body, "contentType") else {
            if body.value.get("contentType").is_some() {
                return None;
            }
            // A range names no type that could be sent.
            let first = known().find(|known| !known.contains('*'));
            return Some(first.unwrap_or("application/json").to_owned());
        };
        if !described.is_empty() && !known().any(|known| covers(known, wanted)) {
            let owner = format!("operation `{}`", operation.id);
            let what = What::Lacks { owner, kind: "content type", name: wanted.to_owned() };
            self.error_near(&node, what, nearby(wanted, known()));
        }
        Some(wanted.to_owned())
    }

    fn replacements(
        &self,
        body: &Node<'d>,
        content_type: &str,
        payload: Option<&Template>,
        scope: Scope,
    ) -> Vec<(String, Template)> {
        let mut read = Vec::new();
        for node in self.list(body, "replacements") {
            if self.mapping(&node, "a Payload Replacement Object", &["target", "value"]).is_none() {
                continue;
            }
            let target = node.get("target");
            if target.is_none() {
                self.error(&node, What::MissingField { object: "the replacement", field: "target" });
            }
            let value = node.get("value").map(|value| self.template(&value, Strictness::Text, scope));
            if value.is_none() {
                self.error(&node, What::MissingField { object: "the replacement", field: "value" });
            }
            let (Some((target, pointer)), Some(value)) = (self.text(&node, "target"), value) else { continue };
            if content_type.contains("xml") || pointer.starts_with("//") {
                self.error(
                    &target,
                    What::Unsupported("XPath targets are not supported; use a JSON body and a JSON pointer"),
                );
            } else if !is_pointer(pointer) {
                let what = What::WrongForm {
                    name: "target".to_owned(),
                    found: format!("{pointer:?}"),
                    expected: "a JSON pointer such as /order/id".to_owned(),
                };
                self.error(&target, what);
            } else if let Some(payload) = payload {
                self.target_in(&target, pointer, payload);
                read.push((pointer.to_owned(), value));
            } else {
                self.error(&target, What::Unsupported("there is no `payload` in which anything could be replaced"));
            }
        }
        read
    }

    /// A target must be found in the payload, as far as the payload is known already.
    fn target_in(&self, node: &Node<'d>, pointer: &str, payload: &Template) {
        let mut at = payload;
        let segments: Vec<String> =
            pointer.split('/').skip(1).map(|segment| segment.replace("~1", "/").replace("~0", "~")).collect();
        for (index, segment) in segments.iter().enumerate() {
            let known: Vec<String> = match at {
                Template::Expression(_) | Template::Text(_) => return,
                Template::Literal(value) => {
                    let rest: String = pointer
                        .splitn(index + 2, '/')
                        .nth(index + 1)
                        .map(|rest| format!("/{rest}"))
                        .unwrap_or_default();
                    // A text is read as JSON when it is sent; what is inside is not known here.
                    if value.is_string() || value.pointer(&rest).is_some() {
                        return;
                    }
                    value.as_object().into_iter().flat_map(|members| members.keys().cloned()).collect()
                }
                Template::List(items) => match segment.parse::<usize>().ok().and_then(|index| items.get(index)) {
                    Some(item) => {
                        at = item;
                        continue;
                    }
                    None => Vec::new(),
                },
                Template::Object(members) => match members.iter().find(|(name, _)| name == segment) {
                    Some((_, member)) => {
                        at = member;
                        continue;
                    }
                    None => members.iter().map(|(name, _)| name.clone()).collect(),
                },
            };
            let owner = "the payload".to_owned();
            let what = What::Lacks { owner, kind: "value at", name: pointer.to_owned() };
            self.error_near(node, what, nearby(segment, known.iter().map(String::as_str)));
            return;
        }
    }
}

/// Whether a text is a JSON pointer (RFC 6901).
pub(super) fn is_pointer(text: &str) -> bool {
    (text.is_empty() || text.starts_with('/'))
        && !text.match_indices('~').any(|(at, _)| !text[at + 1..].starts_with(['0', '1']))
}

/// Whether a described media type or range covers another; parameters such as `charset` do not count.
fn covers(described: &str, wanted: &str) -> bool {
    let essence = |text: &str| text.split(';').next().unwrap_or_default().trim().to_lowercase();
    let (described, wanted) = (essence(described), essence(wanted));
    described == "*/*"
        || described == wanted
        || described.strip_suffix('*').is_some_and(|begin| begin.ends_with('/') && wanted.starts_with(begin))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn media_types_are_compared_without_their_parameters() {
        assert!(covers("application/json", "application/JSON; charset=utf-8"));
        assert!(covers("application/*", "application/json"));
        assert!(covers("*/*", "text/plain"));
        assert!(!covers("application/json", "application/json-patch"));
    }

    #[test]
    fn pointers_follow_rfc_6901() {
        assert!(is_pointer("") && is_pointer("/a~0/~1"));
        assert!(!is_pointer("a") && !is_pointer("/~2") && !is_pointer("/~"));
    }
}
