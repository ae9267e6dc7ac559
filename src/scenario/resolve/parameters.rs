//! Parameters of workflows and steps, held against the operation or workflow that takes them.

use super::Context;
use super::fields::Node;
use super::inputs::Taken;
use super::references::Scope;
use crate::scenario::expression::{Expression, Strictness, Template};
use crate::scenario::nearby::nearby;
use crate::scenario::plan::{Argument, Target, WorkflowRef};
use crate::scenario::problem::What;
use crate::spec::{Operation, ParameterPlace};

/// A parameter that was read, with its node.
#[derive(Clone)]
pub(super) struct Given<'d> {
    pub(super) argument: Argument,
    node: Node<'d>,
}

impl<'d> Given<'d> {
    /// Where it stands.
    pub(super) fn node(&self) -> &Node<'d> {
        &self.node
    }
}

/// Headers that OpenAPI 3.0.3 ("Parameter Object") takes out of the parameters: every request may carry them.
const FREE_HEADERS: [&str; 3] = ["accept", "content-type", "authorization"];

impl<'d> Context<'d> {
    /// The parameters of a workflow or step; `target` is the step's.
    pub(super) fn parameters(&self, owner: &Node<'d>, target: Option<&Target>, scope: Scope) -> Vec<Given<'d>> {
        let mut read: Vec<Given<'d>> = Vec::new();
        for node in self.list(owner, "parameters") {
            let Some(argument) = self.parameter(&node, target, scope) else { continue };
            if read.iter().any(|given| is_same(&given.argument, &argument)) {
                self.error(&node, What::Duplicate { kind: "parameter", name: argument.name.clone() });
                continue;
            }
            read.push(Given { argument, node });
        }
        read
    }

    /// Components that nothing refers to are read for their shape only.
    pub(super) fn parameter(&self, node: &Node<'d>, target: Option<&Target>, scope: Scope) -> Option<Argument> {
        let component = match self.reusable(node, "parameters", &["reference", "value"])? {
            Some(component) => component,
            None => node.clone(),
        };
        self.mapping(&component, "a Parameter Object", &["name", "in", "value"])?;
        let (_, name) = self.required_text(&component, "the parameter", "name")?;
        let place = match self.text(&component, "in") {
            Some((_, "path")) => Some(ParameterPlace::Path),
            Some((_, "query")) => Some(ParameterPlace::Query),
            Some((_, "header")) => Some(ParameterPlace::Header),
            Some((_, "cookie")) => Some(ParameterPlace::Cookie),
            Some((node, other)) => {
                let what =
                    What::WrongChoice { name: "place of a parameter (`in`)".to_owned(), found: other.to_owned() };
                self.error_near(&node, what, nearby(other, ["path", "query", "header", "cookie"]));
                return None;
            }
            None => None,
        };
        match (target, place) {
            (Some(Target::Operation(_)), None) if component.value.get("in").is_none() => {
                self.error(node, What::MissingField { object: "the parameter of an operation", field: "in" });
                return None;
            }
            (Some(Target::Workflow(_)), Some(_)) => {
                let what = What::Irrelevant { field: "in", with: "a step that calls a workflow".to_owned() };
                self.error_if_strict(node, what, Default::default());
            }
            _ => {}
        }
        // The value beside a reference wins.
        let Some(value) = node.get("value").or_else(|| component.get("value")) else {
            self.error(node, What::MissingField { object: "the parameter", field: "value" });
            return None;
        };
        let value = self.template(&value, Strictness::Refused, scope);
        let place = if matches!(target, Some(Target::Workflow(_))) { None } else { place };
        Some(Argument { name: name.to_owned(), place, value, spot: self.spot(node) })
    }

    /// The component behind a Reusable Object; `Some(None)` for anything else.
    pub(super) fn reusable(&self, node: &Node<'d>, kind: &'static str, keys: &[&str]) -> Option<Option<Node<'d>>> {
        if node.value.get("reference").is_none() {
            return Some(None);
        }
        self.mapping(node, "a Reusable Object", keys)?;
        let (reference, text) = self.text(node, "reference")?;
        match Expression::parse(text) {
            Ok(Expression::Components { kind: found, name }) if found == kind => {
                self.component(&reference, kind, &name).map(Some)
            }
            Ok(_) => {
                let what = What::WrongForm {
                    name: "reference".to_owned(),
                    found: format!("`{text}`"),
                    expected: format!("`$components.{kind}.` and a name"),
                };
                self.error(&reference, what);
                None
            }
            Err(error) => {
                self.syntax(&reference, error);
                None
            }
        }
    }

    /// The arguments of a step: its own, then those of the workflow that it does not give itself.
    pub(super) fn arguments(
        &self,
        step: &Node<'d>,
        target: Option<&Target>,
        of_workflow: &[Given<'d>],
        scope: Scope,
    ) -> Vec<Argument> {
        let own = self.parameters(step, target, scope);
        match target {
            Some(Target::Operation(operation)) => self.operation_arguments(step, operation, own, of_workflow),
            Some(Target::Workflow(workflow)) => self.workflow_arguments(step, workflow, own, of_workflow),
            None => Vec::new(),
        }
    }

    fn operation_arguments(
        &self,
        step: &Node<'d>,
        operation: &Operation,
        own: Vec<Given<'d>>,
        of_workflow: &[Given<'d>],
    ) -> Vec<Argument> {
        let wanted = wanted(operation);
        let mut arguments: Vec<Argument> = Vec::new();
        for Given { mut argument, node } in own {
            let Some(place) = argument.place else { continue };
            if !knows(&wanted, &argument.name, place) {
                if let Some(name) = self.respelled(&wanted, &argument, place) {
                    let read = format!("`{name}`, which is spelled otherwise");
                    self.warn(&node, What::ReadAs { found: format!("the parameter `{}`", argument.name), read });
                    argument.name = name;
                } else {
                    self.unknown_parameter(&node, operation, &wanted, &argument.name, place);
                }
            }
            arguments.push(argument);
        }
        for Given { argument, node } in of_workflow {
            let Some(place) = argument.place else {
                self.error(node, What::MissingField { object: "the parameter of an operation", field: "in" });
                continue;
            };
            let is_known = knows(&wanted, &argument.name, place);
            // A workflow's parameter holds for all steps; one that a store's operation does not know is left out.
            if !arguments.iter().any(|given| is_same(given, argument)) && (is_known || !self.is_strict()) {
                arguments.push(argument.clone());
            }
        }
        self.missing_parameters(step, operation, &wanted, &arguments);
        arguments
    }

    fn unknown_parameter(
        &self,
        node: &Node<'d>,
        operation: &Operation,
        wanted: &[Wanted<'_>],
        name: &str,
        place: ParameterPlace,
    ) {
        let at = node.get("name").unwrap_or_else(|| node.clone());
        let of_place = wanted.iter().filter(|one| one.place == place).map(|one| one.name);
        let mut near = nearby(name, of_place);
        if near.known.is_empty() {
            near = nearby(name, wanted.iter().map(|one| one.name));
        }
        let owner = format!("operation `{}`", operation.id);
        let what = What::Lacks { owner, kind: kind(place), name: name.to_owned() };
        if place == ParameterPlace::Path {
            self.error_near(&at, what, near);
        } else {
            self.error_if_strict(&at, what, near);
        }
    }

    /// The parameter's name in the operation where the two differ in case, `-` and `_` only.
    fn respelled(&self, wanted: &[Wanted<'_>], argument: &Argument, place: ParameterPlace) -> Option<String> {
        let plain = |name: &str| name.replace(['-', '_'], "").to_lowercase();
        let alike = |one: &&Wanted<'_>| one.place == place && plain(one.name) == plain(&argument.name);
        let mut found = wanted.iter().filter(alike);
        let (Some(one), None, false) = (found.next(), found.next(), self.is_strict()) else { return None };
        Some(one.name.to_owned())
    }

    fn missing_parameters(&self, step: &Node<'d>, operation: &Operation, wanted: &[Wanted<'_>], given: &[Argument]) {
        for one in wanted {
            let has = |argument: &Argument| argument.place == Some(one.place) && one.is(&argument.name);
            if given.iter().any(has) {
                continue;
            }
            let name = one.name.to_owned();
            if one.place == ParameterPlace::Path {
                self.error(step, What::MissingPathParameter { operation: operation.id.clone(), name });
            } else if one.required && !self.is_strict() && !is_free(one.name, one.place) {
                // A store's scenarios leave parameters out on purpose, and its signatures add their own headers.
                let owner = format!("operation `{}`", operation.id);
                self.warn(step, What::MissingValue { owner, kind: kind(one.place), name });
            }
        }
    }

    fn workflow_arguments(
        &self,
        step: &Node<'d>,
        workflow: &WorkflowRef,
        own: Vec<Given<'d>>,
        of_workflow: &[Given<'d>],
    ) -> Vec<Argument> {
        let Some(taken) = self.taken(workflow) else { return Vec::new() };
        let is_known = |name: &str| taken.names.open || taken.names.names.iter().any(|known| known == name);
        let mut arguments: Vec<Argument> = Vec::new();
        for Given { argument, node } in own {
            if !is_known(&argument.name) {
                let at = node.get("name").unwrap_or_else(|| node.clone());
                let near = nearby(&argument.name, taken.names.names.iter().map(String::as_str));
                let what = What::Lacks { owner: taken.owner.clone(), kind: "input", name: argument.name.clone() };
                self.error_near(&at, what, near);
            }
            self.fitting(&node, &taken, &argument);
            arguments.push(argument);
        }
        for Given { argument, .. } in of_workflow {
            let is_given = arguments.iter().any(|given| given.name == argument.name);
            if is_known(&argument.name) && !taken.names.open && !is_given {
                arguments.push(Argument { place: None, ..argument.clone() });
            }
        }
        for name in &taken.names.required {
            let is_given = arguments.iter().any(|argument| argument.name == *name);
            if !is_given && !taken.is_settled(name) {
                let what = What::MissingValue { owner: taken.owner.clone(), kind: "input", name: name.clone() };
                self.error(step, what);
            }
        }
        arguments
    }

    fn fitting(&self, node: &Node<'d>, taken: &Taken<'_>, argument: &Argument) {
        let Template::Literal(value) = &argument.value else { return };
        if let Some(why) = taken.misfit(&argument.name, value) {
            let at = node.get("value").unwrap_or_else(|| node.clone());
            self.error(&at, What::Misfit { subject: "the value", why });
        }
    }
}

/// A parameter that an operation takes.
struct Wanted<'o> {
    name: &'o str,
    place: ParameterPlace,
    required: bool,
}

impl Wanted<'_> {
    fn is(&self, name: &str) -> bool {
        match self.place {
            ParameterPlace::Header => self.name.eq_ignore_ascii_case(name),
            _ => self.name == name,
        }
    }
}

/// The parameters of an operation, and those of its path that it forgets to describe.
fn wanted(operation: &Operation) -> Vec<Wanted<'_>> {
    let described = operation.parameters.iter();
    let mut wanted: Vec<Wanted<'_>> = described
        .map(|parameter| Wanted { name: &parameter.name, place: parameter.place, required: parameter.required })
        .collect();
    for part in operation.path.split('{').skip(1) {
        let Some((name, _)) = part.split_once('}') else { continue };
        if !wanted.iter().any(|one| one.place == ParameterPlace::Path && one.name == name) {
            wanted.push(Wanted { name, place: ParameterPlace::Path, required: true });
        }
    }
    // What is described for a path without being in it is never asked for.
    wanted.retain(|one| one.place != ParameterPlace::Path || operation.path.contains(&format!("{{{}}}", one.name)));
    wanted
}

fn knows(wanted: &[Wanted<'_>], name: &str, place: ParameterPlace) -> bool {
    is_free(name, place) || wanted.iter().any(|one| one.place == place && one.is(name))
}

fn is_free(name: &str, place: ParameterPlace) -> bool {
    place == ParameterPlace::Header && FREE_HEADERS.iter().any(|free| free.eq_ignore_ascii_case(name))
}

fn is_same(one: &Argument, other: &Argument) -> bool {
    let same_name = match one.place {
        Some(ParameterPlace::Header) => one.name.eq_ignore_ascii_case(&other.name),
        _ => one.name == other.name,
    };
    one.place == other.place && same_name
}

fn kind(place: ParameterPlace) -> &'static str {
    match place {
        ParameterPlace::Path => "path parameter",
        ParameterPlace::Query => "query parameter",
        ParameterPlace::Header => "header parameter",
        ParameterPlace::Cookie => "cookie parameter",
    }
}
