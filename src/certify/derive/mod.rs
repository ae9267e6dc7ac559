//! Cases that nobody has written: one sound call, made wrong in every way that its interface rules out, and odd in ways
//! that it does not.
//!
//! A `Ground` is a scenario with one sound call and what must stand before and behind it; `info.x-storeproof.varies`
//! names that call. What can be wrong with it is read from the compiled interface (members, limits, lists of values,
//! methods of the path, the recipe of its signature), so that a user's own edition of it changes the cases. Each
//! `Mutation` is one call with one flaw and carries its proof: the keyword of the schema that refuses it, the limit and
//! what was sent, and the answers that the marketplace's documents allow ([`crate::market::expected`]). What a schema allows and
//! programs stumble over all the same (text in other scripts, deep nesting, a member twice) says so, and any answer in
//! good order is right.
//!
//! Mutations of one kind make one case, a plain Arazzo document. They stand before the sound call, which is kept: that it
//! still works shows that what was refused left nothing behind. A kind that is sound itself (a member that nobody knows)
//! takes the place of the sound call, since a vendor must carry it out.
//!
//! Only calls of the marketplace can be varied: of a store whose vendors are clients nothing is derived.

mod authentication;
mod body;
mod document;
mod ground;
mod member;
mod members;
mod mutation;
mod transport;
mod values;

use std::collections::BTreeSet;

use super::Computed;
use crate::scenario::plan::{FLAWS, Plan};
use crate::spec::Document;
use ground::Ground;
use mutation::Mutation;

/// Most calls of one case. An interface of a hundred members would make thousands, and a vendor is asked no more than this.
const MOST_CALLS: usize = 100;

/// The wrong signatures that scenarios play already, by operation and mistake: they are not computed a second time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written(BTreeSet<(String, String)>);

impl Written {
    /// What these scenarios play.
    pub fn of<'a>(plans: impl IntoIterator<Item = &'a Plan>) -> Self {
        let steps = plans.into_iter().flat_map(|plan| &plan.workflows).flat_map(|workflow| &workflow.steps);
        let pairs = steps.filter_map(|step| {
            let operation = step.target.operation()?;
            Some((operation.id.clone(), step.extension.deliver.tamper.clone()?))
        });
        Self(pairs.collect())
    }

    fn has(&self, operation: &str, mistake: &str) -> bool {
        self.0.contains(&(operation.to_owned(), mistake.to_owned()))
    }
}

/// The cases that are computed from a ground, one for each kind of flaw that its call can have. `plan` is the document,
/// resolved. Empty for a scenario that is no ground.
///
/// A case is named after its ground, with `derived` in the place of `sound` and the kind behind:
/// `koogallery/sound/new-instance` gives `koogallery/derived/new-instance/missing`. The same ground and interface always
/// give the same cases.
pub fn cases(document: &Document, plan: &Plan, written: &Written) -> Vec<Computed> {
    let Some(ground) = Ground::of(&document.value, plan) else { return Vec::new() };
    let mut all: Vec<Mutation> = Vec::new();
    all.extend(authentication::mutations(&ground, written));
    all.extend(members::mutations(&ground));
    all.extend(values::mutations(&ground));
    all.extend(transport::mutations(&ground));
    all.extend(body::mutations(&ground));
    let cases = FLAWS.iter().filter_map(|kind| {
        let of_kind: Vec<Mutation> = all.extract_if(.., |mutation| mutation.flaw == *kind).collect();
        (!of_kind.is_empty()).then(|| document::case(&ground, kind, of_kind))
    });
    cases.collect()
}
