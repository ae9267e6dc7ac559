//! What ties a computed case to its ground: `info.x-storeproof.varies` names the step of the ground that is varied, and
//! `x-storeproof.derived` of a computed step says what is wrong with it and how that is known.

use std::sync::Arc;

use super::Context;
use super::fields::{Node, describe};
use crate::scenario::nearby::nearby;
use crate::scenario::plan::{Derived, FLAWS, Step, Target, Varied, Workflow};
use crate::scenario::problem::What;

const KEYS: [&str; 4] = ["flaw", "at", "why", "answers"];

impl<'d> Context<'d> {
    /// The step that computed cases vary, by its id; the first of that id where several workflows have one.
    pub(super) fn varies(&self, extension: &Node<'d>, workflows: &[Workflow]) -> Option<Varied> {
        let (node, id) = self.text(extension, "varies")?;
        let all =
            || workflows.iter().enumerate().flat_map(|(at, workflow)| workflow.steps.iter().map(move |it| (at, it)));
        let Some((workflow, step)) = all().find(|(_, step)| step.id == id) else {
            let what = What::Unknown { kind: "step", name: id.to_owned(), of: String::new() };
            self.error_near(&node, what, nearby(id, all().map(|(_, step)| step.id.as_str())));
            return None;
        };
        if !is_sent(step) {
            let with = format!("step `{id}`, which sends no call of the marketplace");
            self.error(&node, What::Irrelevant { field: "varies", with });
        }
        let step = workflows.get(workflow)?.steps.iter().position(|step| step.id == id)?;
        Some(Varied { workflow, step })
    }

    /// The proof of a computed step.
    pub(super) fn derived(&self, extension: &Node<'d>) -> Option<Arc<Derived>> {
        let node = extension.get("derived")?;
        self.mapping(&node, "`derived`", &KEYS)?;
        let flaw = self.required_text(&node, "`derived`", "flaw");
        if let Some((node, flaw)) = &flaw
            && !FLAWS.contains(flaw)
        {
            let what = What::Unknown { kind: "flaw", name: (*flaw).to_owned(), of: String::new() };
            self.error_near(node, what, nearby(flaw, FLAWS.iter().copied()));
        }
        let at = self.required_text(&node, "`derived`", "at");
        let why = self.required_text(&node, "`derived`", "why");
        let mut answers = Vec::new();
        for item in self.required_list(&node, "`derived`", "answers") {
            match item.text() {
                Some(text) => answers.push(text.to_owned()),
                None => {
                    let expected = "an answer in words".to_owned();
                    self.error(&item, What::WrongType { name: item.label(), expected, found: describe(item.value) });
                }
            }
        }
        let text = |read: Option<(Node<'d>, &str)>| read.map(|(_, text)| text.to_owned());
        Some(Arc::new(Derived { flaw: text(flaw)?, at: text(at)?, why: text(why)?, answers }))
    }
}

/// Whether a step is a call that the marketplace makes.
fn is_sent(step: &Step) -> bool {
    matches!(step.target, Target::Operation(_)) && step.extension.exec.is_none()
}
