//! Every signature that must be refused.

use super::Written;
use super::ground::Ground;
use super::mutation::{Change, Flaw, Mutation};
use crate::market;

/// The mistakes of the recipe by which the call is signed, without those that a scenario makes on this operation already.
pub(super) fn mutations(ground: &Ground<'_>, written: &Written) -> Vec<Mutation> {
    let Some(recipe) = ground.operation.signatures.first() else { return Vec::new() };
    let flaw = Flaw { kind: "authentication", member: None, forbidden: true };
    let mistakes = market::refused_mistakes(recipe).into_iter();
    let left = mistakes.filter(|mistake| !written.has(&ground.operation.id, mistake.name));
    let mutation = |mistake: crate::sign::mistake::Named| {
        let what = format!("This is {}.", mistake.what);
        let why = format!("the recipe {recipe} rules it out: {}", mistake.consequence);
        let names = (mistake.name.to_owned(), format!("signature {recipe}"));
        Mutation::new(ground, &flaw, names, (what, why), Change::Deliver("tamper", mistake.name.to_owned()))
    };
    left.map(mutation).collect()
}
