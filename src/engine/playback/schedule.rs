//! Which workflows of a document are played on their own, and in which order.
//!
//! Arazzo does not say which workflow of a document is the entry. We play every workflow, in the order of the document,
//! but for those that another workflow calls: these are parts, often with inputs that only their caller has. Where
//! workflows call each other in a circle the first of them is played. What a workflow depends on is played before it,
//! once. The workflows of other Arazzo documents are played only when they are called or depended on.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::engine::evaluate::{Document, WorkflowRun};
use crate::scenario::plan::{ActionKind, Goto, Plan, SourceKind, Target, Workflow, WorkflowRef};

/// Position of a document in [`Library`], and of a workflow in it.
pub(super) type WorkflowAt = (usize, usize);

/// The entry document, first, and all that it refers to.
#[derive(Debug)]
pub(super) struct Library {
    documents: Vec<Document>,
    /// For each document the positions of its Arazzo sources.
    links: Vec<Vec<Option<usize>>>,
}

impl Library {
    pub(super) fn new(plan: Arc<Plan>) -> Self {
        let mut library = Self { documents: Vec::new(), links: Vec::new() };
        library.add(plan);
        library
    }

    fn add(&mut self, plan: Arc<Plan>) -> usize {
        if let Some(known) = self.documents.iter().position(|document| Arc::ptr_eq(&document.plan, &plan)) {
            return known;
        }
        let at = self.documents.len();
        let runs = vec![WorkflowRun::default(); plan.workflows.len()];
        self.documents.push(Document { plan: Arc::clone(&plan), runs });
        self.links.push(Vec::new());
        let links = plan.sources.iter().map(|source| match &source.kind {
            SourceKind::OpenApi(_) => None,
            SourceKind::Arazzo(other) => Some(self.add(Arc::clone(other))),
        });
        self.links[at] = links.collect();
        at
    }

    pub(super) fn document(&self, at: usize) -> &Document {
        &self.documents[at]
    }

    pub(super) fn documents(&self) -> impl Iterator<Item = &Document> {
        self.documents.iter()
    }

    pub(super) fn run(&self, (document, workflow): WorkflowAt) -> &WorkflowRun {
        &self.documents[document].runs[workflow]
    }

    pub(super) fn run_mut(&mut self, (document, workflow): WorkflowAt) -> &mut WorkflowRun {
        &mut self.documents[document].runs[workflow]
    }

    pub(super) fn workflow(&self, (document, workflow): WorkflowAt) -> &Workflow {
        &self.documents[document].plan.workflows[workflow]
    }

    /// Where a reference of a document leads. `None` for one that a resolved plan cannot hold.
    pub(super) fn find(&self, document: usize, to: &WorkflowRef) -> Option<WorkflowAt> {
        let at = match to {
            WorkflowRef::Here(workflow) => (document, *workflow),
            WorkflowRef::There(source, workflow) => ((*self.links[document].get(*source)?)?, *workflow),
        };
        (at.1 < self.documents[at.0].plan.workflows.len()).then_some(at)
    }

    /// What a workflow calls: as a step, or by an action.
    fn called_by(&self, at: WorkflowAt) -> BTreeSet<WorkflowAt> {
        let workflow = self.workflow(at);
        let steps = workflow.steps.iter().filter_map(|step| match &step.target {
            Target::Workflow(to) => Some(to),
            Target::Operation(_) => None,
        });
        let actions = workflow.steps.iter().flat_map(|step| step.on_success.iter().chain(&step.on_failure)).filter_map(
            |action| match &action.kind {
                ActionKind::Goto(Goto::Workflow(to)) | ActionKind::Retry { first: Some(Goto::Workflow(to)), .. } => {
                    Some(to)
                }
                _ => None,
            },
        );
        steps.chain(actions).filter_map(|to| self.find(at.0, to)).collect()
    }

    /// A workflow and everything that is called from it, however deep.
    fn reached_from(&self, at: WorkflowAt) -> BTreeSet<WorkflowAt> {
        let mut reached = BTreeSet::from([at]);
        let mut open = vec![at];
        while let Some(at) = open.pop() {
            open.extend(self.called_by(at).into_iter().filter(|called| reached.insert(*called)));
        }
        reached
    }

    pub(super) fn dependencies(&self, at: WorkflowAt) -> impl Iterator<Item = WorkflowAt> {
        self.workflow(at).depends_on.iter().filter_map(move |to| self.find(at.0, to))
    }

    /// The workflows to play, in order. An error names a workflow that depends on itself.
    pub(super) fn schedule(&self) -> Result<Vec<WorkflowAt>, String> {
        let all = || (0..self.documents[0].plan.workflows.len()).map(|workflow| (0, workflow));
        let parts: BTreeSet<WorkflowAt> =
            all().flat_map(|at| self.called_by(at).into_iter().filter(move |called| *called != at)).collect();
        let mut reached = BTreeSet::new();
        for at in all().filter(|at| !parts.contains(at)) {
            reached.extend(self.reached_from(at));
        }
        let mut entries: BTreeSet<WorkflowAt> = all().filter(|at| !parts.contains(at)).collect();
        for at in all() {
            if reached.insert(at) {
                entries.insert(at);
                reached.extend(self.reached_from(at));
            }
        }
        let mut order = Order { library: self, order: Vec::new(), seen: BTreeSet::new(), open: Vec::new() };
        for at in entries {
            order.add(at)?;
        }
        Ok(order.order)
    }
}

/// Puts dependencies before what depends on them.
struct Order<'a> {
    library: &'a Library,
    order: Vec<WorkflowAt>,
    seen: BTreeSet<WorkflowAt>,
    open: Vec<WorkflowAt>,
}

impl Order<'_> {
    fn add(&mut self, at: WorkflowAt) -> Result<(), String> {
        if self.open.contains(&at) {
            return Err(self.library.workflow(at).id.clone());
        }
        if self.seen.contains(&at) {
            return Ok(());
        }
        self.open.push(at);
        for dependency in self.library.dependencies(at) {
            self.add(dependency)?;
        }
        // A part that is called can have dependencies too. They are played before the caller, unless they are the caller.
        for part in self.library.reached_from(at) {
            for dependency in self.library.dependencies(part) {
                if !self.open.contains(&dependency) {
                    self.add(dependency)?;
                }
            }
        }
        self.open.pop();
        if self.seen.insert(at) {
            self.order.push(at);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::{action, calling, plan, step, workflow};
    use super::*;
    use crate::scenario::plan::{Source, Step};

    fn going(id: &str, to: usize) -> Step {
        let goto = ActionKind::Goto(Goto::Workflow(WorkflowRef::Here(to)));
        Step { on_success: vec![action(goto, Vec::new())], ..step(id) }
    }

    fn depending(id: &str, on: &[usize]) -> Workflow {
        Workflow { depends_on: on.iter().map(|at| WorkflowRef::Here(*at)).collect(), ..workflow(id, vec![step("s")]) }
    }

    fn order(workflows: Vec<Workflow>) -> Result<Vec<usize>, String> {
        let library = Library::new(Arc::new(plan(workflows)));
        library.schedule().map(|order| order.into_iter().map(|at| at.1).collect())
    }

    #[test]
    fn parts_are_not_played_on_their_own() {
        let part = || workflow("part", vec![step("s")]);
        let workflows =
            vec![part(), workflow("main", vec![calling("c", 0)]), part(), workflow("b", vec![going("g", 2)])];
        assert_eq!(order(workflows), Ok(vec![1, 3]));
    }

    #[test]
    fn circles_are_entered_at_their_first() {
        let workflows = vec![
            workflow("a", vec![going("g", 1)]),
            workflow("b", vec![going("g", 0)]),
            workflow("self", vec![going("g", 2)]),
        ];
        assert_eq!(order(workflows), Ok(vec![0, 2]));
    }

    #[test]
    fn dependencies_come_first_and_once() {
        let workflows = vec![depending("a", &[2]), depending("b", &[0, 2]), depending("c", &[])];
        assert_eq!(order(workflows), Ok(vec![2, 0, 1]));
        assert_eq!(order(vec![depending("a", &[1]), depending("b", &[0])]), Err("a".to_owned()));
    }

    #[test]
    fn dependencies_of_parts_are_played_before_the_caller() {
        let main = workflow("main", vec![calling("c", 1)]);
        assert_eq!(order(vec![main.clone(), depending("part", &[2]), depending("d", &[])]), Ok(vec![2, 0]));
        assert_eq!(order(vec![main, depending("part", &[0])]), Ok(vec![0]));
    }

    #[test]
    fn other_documents_are_played_when_they_are_depended_on() {
        let other = Arc::new(plan(vec![depending("x", &[]), depending("y", &[0])]));
        let mut entry =
            plan(vec![Workflow { depends_on: vec![WorkflowRef::There(1, 1)], ..workflow("main", vec![step("s")]) }]);
        let kind = SourceKind::Arazzo(other);
        entry.sources.push(Source { name: "other".to_owned(), url: "./other.yaml".to_owned(), kind });
        let library = Library::new(Arc::new(entry));
        assert_eq!(library.schedule(), Ok(vec![(1, 0), (1, 1), (0, 0)]));
        assert_eq!(library.find(0, &WorkflowRef::There(0, 0)), None);
        assert_eq!(library.find(0, &WorkflowRef::There(1, 7)), None);
    }
}
