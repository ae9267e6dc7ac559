//! What a step calls: `operationId`, `operationPath` and `workflowId`.

use std::sync::Arc;

use super::Context;
use super::fields::Node;
use crate::scenario::expression::Expression;
use crate::scenario::nearby::nearby;
use crate::scenario::plan::{Target, WorkflowRef};
use crate::scenario::problem::What;
use crate::spec::{Caller, Interface, Operation};

/// An operation and the position of its source.
pub(super) type Found = (usize, Arc<Operation>);

impl<'d> Context<'d> {
    /// The target of a step; `None` when it was reported as wrong.
    pub(super) fn target(&self, step: &Node<'d>) -> Option<Target> {
        let fields = ["operationId", "operationPath", "workflowId"];
        let present: Vec<&str> = fields.into_iter().filter(|field| step.value.get(field).is_some()).collect();
        let [field] = present.as_slice() else {
            let found = if present.is_empty() { "none".to_owned() } else { present.join(" and ") };
            let fields = "operationId, operationPath and workflowId";
            self.error(step, What::ExactlyOne { object: "a step", fields, found });
            return None;
        };
        let (node, text) = self.text(step, field)?;
        if *field == "workflowId" {
            return self.workflow_ref(&node, text).map(Target::Workflow);
        }
        let (source, operation) = match *field {
            "operationId" => self.operation_id(&node, text)?,
            _ => self.operation_path(&node, text)?,
        };
        let interface = self.origins.get(source).and_then(|origin| origin.interface())?;
        let performed = step.get("x-storeproof").is_some_and(|node| node.get("exec").is_some());
        if interface.caller == Caller::Vendor && !performed {
            let what = What::WrongCaller {
                operation: operation.id.clone(),
                caller: "the vendor",
                mend: "a step waits for it with `x-storeproof: { await: … }`, or has the vendor's program call it with \
                       `x-storeproof: { exec: … }`",
            };
            self.error(&node, what);
            return None;
        }
        if interface.caller == Caller::Marketplace && performed {
            let what = What::WrongCaller {
                operation: operation.id.clone(),
                caller: "the marketplace",
                mend: "`exec` has the vendor's program call an operation that the vendor calls",
            };
            self.error(&node, what);
        }
        Some(Target::Operation(operation))
    }

    /// An operation by an `operationId`, qualified or not.
    pub(super) fn operation_id(&self, node: &Node<'d>, text: &str) -> Option<Found> {
        if text.starts_with('$') {
            let (source, id) = self.qualified(node, text)?;
            return self.operation_of(node, source, &id);
        }
        let found: Vec<Found> = self
            .interfaces()
            .filter_map(|(source, interface)| {
                interface.operation(text).map(|operation| (source, Arc::clone(operation)))
            })
            .collect();
        match found.as_slice() {
            [one] => Some(one.clone()),
            [] => self.unqualified_slip(node, text),
            _ => {
                let names: Vec<String> = found
                    .iter()
                    .filter_map(|(source, _)| {
                        Some(format!("$sourceDescriptions.{}.{text}", self.origins.get(*source)?.name))
                    })
                    .collect();
                let mut near = nearby("", names.iter().map(String::as_str));
                near.close = names;
                self.error_near(node, What::AmbiguousOperation(text.to_owned()), near);
                None
            }
        }
    }

    /// `name.operationId` where `$sourceDescriptions.name.operationId` is meant, or no operation at all.
    fn unqualified_slip(&self, node: &Node<'d>, text: &str) -> Option<Found> {
        if let Some((name, id)) = text.split_once('.')
            && let Some(source) = self.origins.iter().position(|origin| origin.name == name)
        {
            self.slip(node, "operationId", text, format!("`$sourceDescriptions.{text}`"));
            return self.operation_of(node, source, id);
        }
        if !self.misses_a_source() {
            let ids: Vec<&str> = self.interfaces().flat_map(|(_, interface)| ids(interface)).collect();
            let what = What::Unknown { kind: "operation", name: text.to_owned(), of: String::new() };
            self.error_near(node, what, nearby(text, ids));
        }
        None
    }

    fn operation_of(&self, node: &Node<'d>, source: usize, id: &str) -> Option<Found> {
        let origin = self.origins.get(source)?;
        let Some(interface) = origin.interface() else {
            if origin.plan().is_some() {
                let what = What::WrongChoice {
                    name: "source description of type openapi".to_owned(),
                    found: origin.name.clone(),
                };
                self.error(node, what);
            }
            return None;
        };
        if let Some(operation) = interface.operation(id) {
            return Some((source, Arc::clone(operation)));
        }
        let alike = |operation: &&Arc<Operation>| operation.id.eq_ignore_ascii_case(id);
        let mut others = interface.operations.iter().filter(alike);
        if let (false, Some(operation), None) = (self.is_strict(), others.next(), others.next()) {
            let read = format!("`{}`, which differs in case", operation.id);
            self.warn(node, What::ReadAs { found: format!("the operationId `{id}`"), read });
            return Some((source, Arc::clone(operation)));
        }
        let of = format!(" in source description {}", origin.name);
        self.error_near(node, What::Unknown { kind: "operation", name: id.to_owned(), of }, nearby(id, ids(interface)));
        None
    }

    /// An operation by `{$sourceDescriptions.name.url}#/paths/~1pets/get`.
    fn operation_path(&self, node: &Node<'d>, text: &str) -> Option<Found> {
        let wrong = || {
            let what = What::WrongForm {
                name: "operationPath".to_owned(),
                found: format!("{text:?}"),
                expected: "like `{$sourceDescriptions.name.url}#/paths/~1pets~1{id}/get`".to_owned(),
            };
            self.error(node, what);
        };
        let Some((source, pointer)) = text.split_once('#') else {
            wrong();
            return None;
        };
        let plain = source.trim();
        let name = plain.trim_start_matches('{').trim_end_matches('}').strip_prefix("$sourceDescriptions.");
        let Some(name) = name else {
            wrong();
            return None;
        };
        let name = match name.strip_suffix(".url") {
            Some(name) if plain.starts_with('{') && plain.ends_with('}') => name,
            other => {
                let name = other.unwrap_or(name);
                self.slip(node, "operationPath", plain, format!("`{{$sourceDescriptions.{name}.url}}` in front of #"));
                name
            }
        };
        let source = self.origin(node, name)?;
        let interface = self.origins.get(source)?.interface()?;
        let segments: Vec<String> =
            pointer.split('/').skip(1).map(|segment| segment.replace("~1", "/").replace("~0", "~")).collect();
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        let (path, method) = match segments.as_slice() {
            ["paths", path, method] => (*path, Some(*method)),
            ["paths", path] => (*path, None),
            _ => {
                wrong();
                return None;
            }
        };
        let of_path: Vec<&Arc<Operation>> =
            interface.operations.iter().filter(|operation| operation.path == path).collect();
        let methods = || of_path.iter().map(|operation| operation.method.to_lowercase()).collect::<Vec<_>>();
        match (of_path.as_slice(), method) {
            ([], _) => {
                let of = format!(" in source description {name}");
                let paths = interface.operations.iter().map(|operation| operation.path.as_str());
                let what = What::Unknown { kind: "path", name: path.to_owned(), of };
                self.error_near(node, what, nearby(path, paths));
                None
            }
            ([only], None) if !self.is_strict() => {
                let read = format!("its only operation, {}", only.method.to_lowercase());
                self.warn(node, What::ReadAs { found: format!("the path {path} without a method"), read });
                Some((source, Arc::clone(only)))
            }
            (_, None) => {
                let expected = "followed by `/` and a method".to_owned();
                let what = What::WrongForm { name: "operationPath".to_owned(), found: format!("{text:?}"), expected };
                self.error_near(node, what, nearby("", methods().iter().map(String::as_str)));
                None
            }
            (_, Some(method)) => {
                let found = interface.at(path, method);
                if found.is_none() {
                    let owner = format!("the path {path}");
                    let what = What::Lacks { owner, kind: "operation", name: method.to_owned() };
                    self.error_near(node, what, nearby(method, methods().iter().map(String::as_str)));
                }
                found.map(|operation| (source, Arc::clone(operation)))
            }
        }
    }

    /// A workflow of this document by its id, or of another by `$sourceDescriptions.name.workflowId`.
    pub(super) fn workflow_ref(&self, node: &Node<'d>, text: &str) -> Option<WorkflowRef> {
        if !text.starts_with('$') {
            let found = self.outline.workflows.iter().position(|workflow| workflow.id == text);
            if found.is_none() {
                let ids = self.outline.workflows.iter().map(|workflow| workflow.id);
                let what = What::Unknown { kind: "workflow", name: text.to_owned(), of: String::new() };
                self.error_near(node, what, nearby(text, ids));
            }
            return found.map(WorkflowRef::Here);
        }
        let (source, id) = self.qualified(node, text)?;
        let origin = self.origins.get(source)?;
        let Some(plan) = origin.plan() else {
            if origin.kind.is_some() {
                let what = What::WrongChoice {
                    name: "source description of type arazzo".to_owned(),
                    found: origin.name.clone(),
                };
                self.error(node, what);
            }
            return None;
        };
        let found = plan.workflow(&id);
        if found.is_none() {
            let ids = plan.workflows.iter().map(|workflow| workflow.id.as_str());
            let of = format!(" in source description {}", origin.name);
            self.error_near(node, What::Unknown { kind: "workflow", name: id.clone(), of }, nearby(&id, ids));
        }
        found.map(|workflow| WorkflowRef::There(source, workflow))
    }

    /// `$sourceDescriptions.name.id` as the position of the source and the id.
    fn qualified(&self, node: &Node<'d>, text: &str) -> Option<(usize, String)> {
        match Expression::parse(text) {
            Ok(Expression::SourceDescriptions { source, reference }) => Some((self.origin(node, &source)?, reference)),
            Ok(_) => {
                let what = What::WrongForm {
                    name: node.pointer.rsplit('/').next().unwrap_or_default().to_owned(),
                    found: format!("`{text}`"),
                    expected: "an id, or `$sourceDescriptions.name.id`".to_owned(),
                };
                self.error(node, what);
                None
            }
            Err(error) => {
                self.syntax(node, error);
                None
            }
        }
    }

    fn interfaces(&self) -> impl Iterator<Item = (usize, &Arc<Interface>)> {
        self.origins.iter().enumerate().filter_map(|(index, origin)| Some((index, origin.interface()?)))
    }
}

fn ids(interface: &Interface) -> impl Iterator<Item = &str> {
    interface.operations.iter().map(|operation| operation.id.as_str())
}
