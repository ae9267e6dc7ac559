//! Who plays the marketplace: a session, or in tests a script.

use jiff::Timestamp;
use serde_json::Value;

use crate::market::{CallError, Course, CourseJudgement, Delivery, Draft, Session};
use crate::verdict::{Judgement, RequirementId};
use crate::wire::{Exchange, Request, Visit};

/// A session of a marketplace. The engine asks it through this type alone, so that a test can put a script in its place.
#[derive(Debug)]
pub(super) enum Player {
    /// The real thing.
    Session(Session),
    /// A test's.
    #[cfg(test)]
    Script(super::tests::Script),
}

impl Player {
    pub(super) fn into_session(self) -> Option<Session> {
        match self {
            Self::Session(session) => Some(session),
            #[cfg(test)]
            Self::Script(_) => None,
        }
    }

    pub(super) fn sign(&mut self, draft: &Draft, delivery: &Delivery) -> Result<Request, CallError> {
        match self {
            Self::Session(session) => session.sign(draft, delivery),
            #[cfg(test)]
            Self::Script(script) => script.sign(draft, delivery),
        }
    }

    pub(super) fn judge(&mut self, draft: &Draft, delivery: &Delivery, exchange: &Exchange) -> Judgement {
        match self {
            Self::Session(session) => session.judge(draft, delivery, exchange),
            #[cfg(test)]
            Self::Script(script) => script.judge(exchange),
        }
    }

    pub(super) fn judge_visit(&mut self, draft: &Draft, visit: &Visit) -> Judgement {
        match self {
            Self::Session(session) => session.judge_visit(draft, visit),
            #[cfg(test)]
            Self::Script(script) => script.judge_visit(visit),
        }
    }

    pub(super) fn probe(&mut self, now: Timestamp) -> Option<Request> {
        match self {
            Self::Session(session) => session.probe(now),
            #[cfg(test)]
            Self::Script(script) => script.probe(),
        }
    }

    pub(super) fn claims(&self, exchange: &Exchange) -> bool {
        match self {
            Self::Session(session) => session.claims(exchange),
            #[cfg(test)]
            Self::Script(_) => exchange.request.target.starts_with("/ours"),
        }
    }

    pub(super) fn judge_callback(&mut self, exchange: &Exchange) -> (Option<String>, Judgement) {
        match self {
            Self::Session(session) => session.judge_callback(exchange),
            #[cfg(test)]
            Self::Script(script) => (Some("called".to_owned()), script.judge(exchange)),
        }
    }

    pub(super) fn judge_course(&mut self, course: &Course<'_>) -> CourseJudgement {
        match self {
            Self::Session(session) => session.judge_course(course),
            #[cfg(test)]
            Self::Script(script) => script.judge_course(course),
        }
    }

    pub(super) fn is_complete(&self, course: &Course<'_>) -> bool {
        match self {
            Self::Session(session) => session.is_complete(course),
            #[cfg(test)]
            Self::Script(_) => course.calls().next_back().is_some_and(|(_, last)| last.answer.is_ok()),
        }
    }

    pub(super) fn missed(&self, operation: &str) -> Option<RequirementId> {
        match self {
            Self::Session(session) => session.missed(operation),
            #[cfg(test)]
            Self::Script(_) => self.awaited(operation),
        }
    }

    pub(super) fn reconsider(&self, exchange: &Exchange, judgement: &mut Judgement) {
        match self {
            Self::Session(session) => session.reconsider(exchange, judgement),
            #[cfg(test)]
            Self::Script(_) => {}
        }
    }

    pub(super) fn awaited(&self, operation: &str) -> Option<RequirementId> {
        match self {
            Self::Session(session) => session.awaited(operation),
            #[cfg(test)]
            Self::Script(_) => Some(RequirementId::known("MUST-CALL")),
        }
    }

    pub(super) fn generate(&mut self, generator: &str, now: Timestamp, random: &mut fastrand::Rng) -> Option<Value> {
        match self {
            Self::Session(session) => session.generate(generator, now, random),
            #[cfg(test)]
            Self::Script(_) => (generator == "number").then(|| Value::from(random.u32(..))),
        }
    }
}
