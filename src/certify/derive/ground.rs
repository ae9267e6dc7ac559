//! A scenario with one sound call, and what its interface says about that call.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::member::{At, Member, members_of};
use crate::market;
use crate::scenario::plan::{Plan, SourceKind, Varied};
use crate::spec::{Operation, ParameterPlace};

/// The ground of computed cases.
pub(super) struct Ground<'a> {
    /// The document as it stands.
    pub(super) document: &'a Value,
    /// The same, resolved.
    pub(super) plan: &'a Plan,
    /// Where the sound call stands.
    pub(super) varied: Varied,
    /// The sound call as it stands.
    pub(super) step: &'a Value,
    /// What it calls.
    pub(super) operation: &'a Arc<Operation>,
    /// Everything that the operation takes, and that the call gives.
    pub(super) members: Vec<Member>,
    /// Whether odd values that a vendor takes would stand in the way of other cases.
    pub(super) keeps: bool,
}

impl<'a> Ground<'a> {
    /// Reads a ground; `None` for a document that is none.
    pub(super) fn of(document: &'a Value, plan: &'a Plan) -> Option<Self> {
        let varied = plan.varies?;
        let operation = plan.workflows.get(varied.workflow)?.steps.get(varied.step)?.target.operation()?;
        let step = document.pointer(&format!("/workflows/{}/steps/{}", varied.workflow, varied.step))?;
        let filled = market::filled(plan.marketplace.as_deref(), operation);
        let members = members_of(operation, step, &filled);
        let keeps = market::keeps(plan.marketplace.as_deref(), operation);
        Some(Self { document, plan, varied, step, operation, members, keeps })
    }

    /// Whether a member may have an odd value: where it would be kept, or is the key of what is created, it stays as it is,
    /// since nothing behind would take it away again.
    pub(super) fn may_be_odd(&self, member: &Member) -> bool {
        let creates = matches!(self.operation.method.as_str(), "POST" | "PUT");
        let kept = self.keeps && member.in_body();
        let names = creates && member.at == At::Parameter(ParameterPlace::Path);
        !kept && !names
    }

    /// The object in the body of the sound call.
    pub(super) fn payload(&self) -> Option<&'a Map<String, Value>> {
        self.step.pointer("/requestBody/payload")?.as_object()
    }

    /// Methods that the operation's path has, its own and those of other operations.
    pub(super) fn methods(&self) -> Vec<&str> {
        let path = |operation: &'a Operation| operation.path.split('#').next().unwrap_or_default();
        let interfaces = self.plan.sources.iter().filter_map(|source| match &source.kind {
            SourceKind::OpenApi(interface) => Some(interface),
            SourceKind::Arazzo(_) => None,
        });
        let operations = interfaces.flat_map(|interface| interface.operations.iter().map(Arc::as_ref));
        let same = operations.filter(|operation| path(operation) == path(self.operation));
        same.map(|operation| operation.method.as_str()).collect()
    }

    /// The name of a case of this ground.
    pub(super) fn name_of(&self, kind: &str) -> String {
        let derived = match self.plan.name.split_once("/sound/") {
            Some((before, behind)) => format!("{before}/derived/{behind}"),
            None => format!("{}/derived", self.plan.name),
        };
        format!("{derived}/{kind}")
    }
}
