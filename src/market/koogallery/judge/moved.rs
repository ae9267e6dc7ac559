//! What a call that was carried out has moved in the life of instances.

use super::super::life;
use super::super::memory::{Instance, Memory};
use super::sent::Sent;
use super::{Case, effect};
use crate::verdict::{Judgement, Move};

/// Where an instance stood before a call, by its id; in a creation the id is told by the answer only.
pub(super) type Before = Vec<(Option<String>, Option<&'static str>)>;

/// Where the instances of a call stand; one that was never told stands nowhere yet.
pub(super) fn before(case: &Case<'_>, sent: &Sent, memory: &Memory) -> Before {
    if case.operation() == "newInstance" {
        let creation = memory.creations.get(&effect::key(case, sent));
        let id = creation.and_then(|creation| creation.instance.clone());
        let state = match &id {
            Some(id) => state(id, memory),
            // A creation whose answer was lost may have opened it.
            None => creation.is_none_or(|creation| !creation.lost).then_some(life::NONE),
        };
        return vec![(id, state)];
    }
    let ids = sent.instance().split(',').map(str::trim).filter(|id| memory.instances.contains_key(*id));
    ids.map(|id| (Some(id.to_owned()), state(id, memory))).collect()
}

fn state(id: &str, memory: &Memory) -> Option<&'static str> {
    memory.instances.get(id).and_then(Instance::state)
}

/// Notes how they moved, or that the call was carried out where they stand. What the debugging console opens has no life.
pub(super) fn note(case: &Case<'_>, sent: &Sent, before: &Before, memory: &Memory, judgement: &mut Judgement) {
    if sent.test() {
        return;
    }
    let Some(by) = life::by(case.operation(), sent.text("status").or_else(|| sent.text("instanceStatus"))) else {
        return;
    };
    for (id, from) in before {
        let id = match id {
            Some(id) => Some(id),
            None => memory.creations.get(&effect::key(case, sent)).and_then(|creation| creation.instance.as_ref()),
        };
        let to = id.and_then(|id| state(id, memory));
        let (Some(from), Some(to)) = (*from, to) else { continue };
        // A query moves nothing, save that it shows the end of the opening.
        if from != to || effect::changes(case.operation()) {
            judgement.moves.push(Move { from, by, to });
        }
    }
}
