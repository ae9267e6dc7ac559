//! The typed plan of a scenario: everything resolved, nothing left that could be misspelt.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::expression::{Condition, Expression, Template};
use crate::spec::{Interface, Operation, Schema};
use crate::verdict::RequirementId;
use crate::wire::disturbance::Disturbance;

/// A resolved Arazzo document.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The case's name: the path below `scenarios/` without `.arazzo.yaml`, or the file as the user typed it.
    pub name: String,
    /// `info.title`.
    pub title: String,
    /// `info.summary` or `info.description`.
    pub summary: Option<String>,
    /// The marketplace whose interface is called; none for a plain document.
    pub marketplace: Option<String>,
    /// The dialect of that interface.
    pub dialect: Option<String>,
    /// What the vendor's product must be like for the case to apply: names of traits, each with the values that it may
    /// have (see `market::traits`). A case without any applies to every product.
    pub applies: Vec<(String, Vec<String>)>,
    /// The step from which cases are computed; there in those documents that are the ground of some.
    pub varies: Option<Varied>,
    /// Source descriptions by name.
    pub sources: Vec<Source>,
    /// Workflows in the order of the document.
    pub workflows: Vec<Workflow>,
    /// What `$components.…` gives when it is used as a value; references to components are resolved already.
    pub components: Vec<Component>,
}

/// A step by its position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Varied {
    /// Position of its workflow in [`Plan::workflows`].
    pub workflow: usize,
    /// Its own in that workflow.
    pub step: usize,
}

/// A component that an expression can name.
#[derive(Clone, Debug)]
pub struct Component {
    /// `inputs`, `parameters`, `successActions`, `failureActions`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// A parameter's `value`; of the others the object as written.
    pub value: Template,
}

impl Plan {
    /// Multiplies how often steps may be retried, and how long programs may take.
    pub fn be_patient(&mut self, patience: u32) {
        for step in self.workflows.iter_mut().flat_map(|workflow| &mut workflow.steps) {
            if let Some(exec) = &mut step.extension.exec {
                exec.within = exec.within.saturating_mul(patience);
            }
            for action in &mut step.on_failure {
                if let ActionKind::Retry { limit, .. } = &mut action.kind {
                    *limit = limit.saturating_mul(patience);
                }
            }
        }
    }

    /// The position of a workflow by its id.
    pub fn workflow(&self, id: &str) -> Option<usize> {
        self.workflows.iter().position(|workflow| workflow.id == id)
    }
}

/// One source description.
#[derive(Clone, Debug)]
pub struct Source {
    /// Its name.
    pub name: String,
    /// Its `url` as written.
    pub url: String,
    /// What it describes.
    pub kind: SourceKind,
}

/// What a source description describes.
#[derive(Clone, Debug)]
pub enum SourceKind {
    /// An OpenAPI document.
    OpenApi(Arc<Interface>),
    /// Another Arazzo document.
    Arazzo(Arc<Plan>),
}

/// A line and a column of the document, both counted from 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spot {
    /// Line.
    pub line: usize,
    /// Column.
    pub column: usize,
}

/// One workflow.
#[derive(Clone, Debug)]
pub struct Workflow {
    /// `workflowId`.
    pub id: String,
    /// `summary`.
    pub summary: Option<String>,
    /// Where it stands.
    pub spot: Spot,
    /// JSON Schema of the inputs; `None` takes none.
    pub inputs: Option<Inputs>,
    /// Workflows that must have ended well before.
    pub depends_on: Vec<WorkflowRef>,
    /// Parameters that hold for every step that does not give its own.
    pub parameters: Vec<Argument>,
    /// Steps in order.
    pub steps: Vec<Step>,
    /// Actions for every step that has none of the same name in `onSuccess`.
    pub success_actions: Vec<Action>,
    /// Actions for every step that has none of the same name in `onFailure`.
    pub failure_actions: Vec<Action>,
    /// Outputs by name.
    pub outputs: Vec<(String, Expression)>,
}

/// Inputs of a workflow.
#[derive(Clone, Debug)]
pub struct Inputs {
    /// The whole schema, with defaults inside.
    pub schema: Schema,
    /// `properties.<name>.default`.
    pub defaults: Vec<(String, Value)>,
    /// `properties.<name>.x-storeproof.generate`: name of a generator of the marketplace.
    pub generated: Vec<(String, String)>,
}

/// A workflow of this document or of another source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WorkflowRef {
    /// Position in [`Plan::workflows`].
    Here(usize),
    /// Position of the source in [`Plan::sources`], position of the workflow there.
    There(usize, usize),
}

/// One step.
#[derive(Clone, Debug)]
pub struct Step {
    /// `stepId`.
    pub id: String,
    /// `description`.
    pub description: Option<String>,
    /// Where it stands.
    pub spot: Spot,
    /// What it calls.
    pub target: Target,
    /// Its parameters, merged with the workflow's.
    pub arguments: Vec<Argument>,
    /// Its request body.
    pub payload: Option<Payload>,
    /// `successCriteria`; empty when the step gives none.
    pub criteria: Vec<Criterion>,
    /// `onSuccess`, then those of the workflow's `successActions` that it does not override by name.
    pub on_success: Vec<Action>,
    /// `onFailure`, then those of the workflow's `failureActions` that it does not override by name.
    pub on_failure: Vec<Action>,
    /// Outputs by name.
    pub outputs: Vec<(String, Expression)>,
    /// `x-storeproof`.
    pub extension: Extension,
}

/// What a step calls.
#[derive(Clone, Debug)]
pub enum Target {
    /// An operation of an interface.
    Operation(Arc<Operation>),
    /// Another workflow.
    Workflow(WorkflowRef),
}

impl Target {
    /// The operation, where it is one.
    pub fn operation(&self) -> Option<&Arc<Operation>> {
        match self {
            Self::Operation(operation) => Some(operation),
            Self::Workflow(_) => None,
        }
    }
}

/// A parameter with its value.
#[derive(Clone, Debug)]
pub struct Argument {
    /// Its name.
    pub name: String,
    /// Where it travels; `None` for an input of a workflow.
    pub place: Option<crate::spec::ParameterPlace>,
    /// Its value.
    pub value: Template,
    /// Where it stands.
    pub spot: Spot,
}

/// A request body.
#[derive(Clone, Debug)]
pub struct Payload {
    /// `contentType`, or the operation's first.
    pub content_type: String,
    /// The payload; `None` sends none.
    pub value: Option<Template>,
    /// `replacements`: JSON pointer and value, applied in order.
    pub replacements: Vec<(String, Template)>,
}

/// One success criterion.
#[derive(Clone, Debug)]
pub struct Criterion {
    /// The condition as written.
    pub text: String,
    /// Where it stands.
    pub spot: Spot,
    /// How it is tested.
    pub test: Test,
}

/// How a criterion is tested.
#[derive(Clone, Debug)]
pub enum Test {
    /// A simple condition.
    Simple(Condition),
    /// The context's value as text matches.
    Regex {
        /// What is looked at.
        context: Expression,
        /// The pattern.
        pattern: regex::Regex,
    },
    /// The query on the context's value gives at least one node.
    JsonPath {
        /// What is looked at.
        context: Expression,
        /// The query.
        query: serde_json_path::JsonPath,
    },
}

/// What to do after a step.
#[derive(Clone, Debug)]
pub struct Action {
    /// Its name.
    pub name: String,
    /// All must hold for the action to apply.
    pub criteria: Vec<Criterion>,
    /// What is done.
    pub kind: ActionKind,
}

/// Kinds of action.
#[derive(Clone, Debug)]
pub enum ActionKind {
    /// The workflow ends; after success well, after failure not.
    End,
    /// Go on with a step of this workflow, or with another workflow.
    Goto(Goto),
    /// Do the step again (failure only).
    Retry {
        /// Time to wait before; the answer's `Retry-After` wins.
        after: Duration,
        /// How often at most.
        limit: u32,
        /// A step or workflow to run before the retry.
        first: Option<Goto>,
    },
}

/// Where to go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Goto {
    /// Position of a step in this workflow.
    Step(usize),
    /// Another workflow.
    Workflow(WorkflowRef),
}

/// `x-storeproof` of a step.
#[derive(Clone, Debug, Default)]
pub struct Extension {
    /// How the marketplace delivers the call.
    pub deliver: Deliver,
    /// Expressions that must have one value over all copies, with their text.
    pub same_answer: Vec<(String, Expression)>,
    /// A callback that the vendor must make.
    pub await_call: Option<Await>,
    /// How the answer is compared with its snapshot.
    pub snapshot: Option<SnapshotRule>,
    /// The requirement that the step's criteria stand for.
    pub requirement: Option<RequirementId>,
    /// Rules of the marketplace that are of interest at this step only, by name (see the market's `mod.rs`).
    pub checks: Vec<String>,
    /// What the vendor's program is to do; there exactly where the vendor calls the step's operation.
    pub exec: Option<Exec>,
    /// Why a computed call is wrong, or odd and right.
    pub derived: Option<Arc<Derived>>,
}

/// Kinds of flaw that a computed call can have. What is only odd (an unknown member, a text in another script, a value at
/// a limit) is among them: a vendor that cannot bear it is as little ready as one that takes what is wrong.
pub const FLAWS: &[&str] = &[
    "authentication",
    "missing",
    "null",
    "empty",
    "type",
    "length",
    "enum",
    "extra",
    "number",
    "date",
    "text",
    "method",
    "path",
    "content-type",
    "charset",
    "broken-json",
    "duplicate-keys",
    "nesting",
    "size",
];

/// The proof that goes with a computed call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Derived {
    /// One of [`FLAWS`].
    pub flaw: String,
    /// What has it: a JSON pointer into the body, or a word and a name such as `query instanceId`, `header Content-Type`,
    /// `path mem-sq`.
    pub at: String,
    /// Why it is a flaw, or why it is none: the rule, its limit and what was sent.
    pub why: String,
    /// The answers that the documents allow, in words, such as `HTTP 200 with resultCode 000002`.
    pub answers: Vec<String>,
}

/// What the vendor's program is to do while the marketplace answers.
#[derive(Clone, Debug)]
pub struct Exec {
    /// Name of the task.
    pub task: String,
    /// The program and its words, started without a shell; empty leaves it to the user which program that is.
    pub command: Vec<String>,
    /// Variables for the program, by name.
    pub environment: Vec<(String, Template)>,
    /// The time that it has.
    pub within: Duration,
    /// What goes wrong with the marketplace's answers to the step's operation, in the order of the calls.
    pub answers: Vec<Disturbance>,
    /// How often the step's operation must be called at least.
    pub least: Option<u32>,
    /// How often it may be called at most.
    pub most: Option<u32>,
}

/// How a call is delivered.
#[derive(Clone, Debug)]
pub struct Deliver {
    /// How often the same call is sent; each copy is signed anew.
    pub copies: u32,
    /// Whether all copies are sent at one instant.
    pub together: bool,
    /// Whether the first copy's answer is dropped: the marketplace hangs up and delivers again.
    pub lose_answer: bool,
    /// One of the recipe's known mistakes.
    pub tamper: Option<String>,
    /// Shifts the marketplace's clock for this delivery, in milliseconds.
    pub clock_ms: i64,
    /// Another method than the operation's.
    pub method: Option<String>,
    /// What is put behind the operation's path, so that nothing is there.
    pub path: Option<String>,
    /// Whether a `Location` in the answer is opened as the customer's browser would.
    pub follow: bool,
    /// When each further copy comes by the store's schedule, counted from the first one. Nobody waits for that: each is
    /// sent at once and signed with the time that it is, since the vendor's own clock cannot be moved.
    pub after: Vec<Duration>,
}

impl Default for Deliver {
    fn default() -> Self {
        Self {
            copies: 1,
            together: false,
            lose_answer: false,
            tamper: None,
            clock_ms: 0,
            method: None,
            path: None,
            follow: false,
            after: Vec::new(),
        }
    }
}

/// A callback that must come.
#[derive(Clone, Debug)]
pub struct Await {
    /// The operation that the vendor must call.
    pub operation: Arc<Operation>,
    /// Within this time after the answer.
    pub within: Duration,
}

/// How a snapshot of a step is taken.
#[derive(Clone, Debug, Default)]
pub struct SnapshotRule {
    /// JSON pointer and the form of the value that is replaced.
    pub redact: Vec<(String, String)>,
}
