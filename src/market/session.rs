//! One marketplace playing one case.

use jiff::Timestamp;
use serde_json::Value;

use super::{CallError, Course, CourseJudgement, Delivery, Draft, Misfit, koogallery, kt_bizstore, plain, scp};
use crate::verdict::{Judgement, RequirementId};
use crate::wire::{Exchange, Request, Visit};

/// One marketplace playing one case.
#[derive(Debug)]
pub enum Session {
    /// No marketplace: a plain Arazzo document.
    Plain(plain::Session),
    /// KT Cloud Biz Store.
    KtBizstore(Box<kt_bizstore::Session>),
    /// Huawei Cloud KooGallery.
    KooGallery(Box<koogallery::Session>),
    /// Samsung Cloud Platform.
    Scp(Box<scp::Session>),
}

impl Session {
    /// What it remembers of business, as a value, so that a marketplace that stays up judges on after a restart. Secrets
    /// are not among it.
    pub fn remembered(&self) -> Value {
        match self {
            Self::Plain(_) | Self::Scp(_) => Value::Null,
            Self::KtBizstore(session) => session.remembered(),
            Self::KooGallery(session) => session.remembered(),
        }
    }

    /// Takes what [`Session::remembered`] once was.
    ///
    /// # Errors
    ///
    /// When it is no such value; nothing is then changed.
    pub fn remember(&mut self, remembered: &Value) -> Result<(), Misfit> {
        match self {
            _ if remembered.is_null() => Ok(()),
            Self::Plain(_) | Self::Scp(_) => Err(Misfit::new("", "this marketplace's judge remembers nothing")),
            Self::KtBizstore(session) => session.remember(remembered),
            Self::KooGallery(session) => session.remember(remembered),
        }
    }

    /// The store's clock was moved back: what was seen later than now is forgotten where it could be held against anybody.
    pub fn turn_back(&mut self) {
        match self {
            Self::Plain(_) | Self::Scp(_) | Self::KooGallery(_) => {}
            Self::KtBizstore(session) => session.turn_back(),
        }
    }

    /// Signs a draft for one delivery.
    pub fn sign(&mut self, draft: &Draft, delivery: &Delivery) -> Result<Request, CallError> {
        match self {
            Self::Plain(_) => plain::sign(draft, delivery),
            Self::KtBizstore(session) => session.sign(draft, delivery),
            Self::KooGallery(session) => session.sign(draft, delivery),
            Self::Scp(_) => Err(scp::Session::refuse(&draft.operation.id)),
        }
    }

    /// Judges what became of one delivery.
    pub fn judge(&mut self, draft: &Draft, delivery: &Delivery, exchange: &Exchange) -> Judgement {
        match self {
            Self::Plain(session) => session.judge(draft, exchange),
            Self::KtBizstore(session) => session.judge(draft, delivery, exchange),
            Self::KooGallery(session) => session.judge(draft, delivery, exchange),
            // No call was made.
            Self::Scp(_) => Judgement::default(),
        }
    }

    /// Judges a page that was opened from an answer's `Location`.
    pub fn judge_visit(&mut self, draft: &Draft, visit: &Visit) -> Judgement {
        match self {
            Self::Plain(_) | Self::Scp(_) => Judgement::default(),
            Self::KooGallery(session) => session.judge_visit(draft, visit),
            Self::KtBizstore(_) => kt_bizstore::judge_visit(visit),
        }
    }

    /// A harmless call that shows whether the vendor still lives; none where the marketplace has none.
    pub fn probe(&mut self, now: Timestamp) -> Option<Request> {
        match self {
            Self::Plain(_) | Self::Scp(_) => None,
            Self::KtBizstore(session) => session.probe(now),
            Self::KooGallery(session) => session.probe(now),
        }
    }

    /// Whether a call of the vendor's belongs to this case.
    pub fn claims(&self, exchange: &Exchange) -> bool {
        match self {
            Self::Plain(_) | Self::KtBizstore(_) => false,
            Self::KooGallery(session) => session.claims(exchange),
            // Calls say nothing of the case for which they are made.
            Self::Scp(_) => true,
        }
    }

    /// Judges a call that the vendor made to the marketplace, and names the operation that it called.
    pub fn judge_callback(&mut self, exchange: &Exchange) -> (Option<String>, Judgement) {
        match self {
            Self::Plain(_) | Self::KtBizstore(_) => (None, Judgement::default()),
            Self::KooGallery(session) => session.judge_callback(exchange),
            Self::Scp(session) => session.judge_callback(exchange),
        }
    }

    /// Takes back what a later answer of the vendor's has put right about one of its calls.
    pub fn reconsider(&self, exchange: &Exchange, judgement: &mut Judgement) {
        match self {
            Self::Plain(_) | Self::KtBizstore(_) | Self::Scp(_) => {}
            Self::KooGallery(session) => session.reconsider(exchange, judgement),
        }
    }

    /// The rule that a vendor breaks by not calling this operation; `None` where vendors call nothing.
    pub fn awaited(&self, operation: &str) -> Option<RequirementId> {
        match self {
            Self::Plain(_) | Self::KtBizstore(_) => None,
            Self::Scp(_) => Some(scp::CALLED),
            Self::KooGallery(session) => session.awaited(operation),
        }
    }

    /// The rule that the vendor has broken because this call did not come in time, where it is one to be told.
    pub fn missed(&self, operation: &str) -> Option<RequirementId> {
        match self {
            Self::Plain(_) | Self::KtBizstore(_) => None,
            Self::Scp(_) => Some(scp::CALLED),
            Self::KooGallery(session) => session.missed(operation),
        }
    }

    /// Judges what shows only in the order of the vendor's calls, and in how its program ended.
    pub fn judge_course(&mut self, course: &Course<'_>) -> CourseJudgement {
        match self {
            Self::Plain(_) | Self::KtBizstore(_) | Self::KooGallery(_) => CourseJudgement::default(),
            Self::Scp(_) => scp::judge_course(course),
        }
    }

    /// Whether the vendor's program has called all that its task asks for, so that its silence means that it is done.
    pub fn is_complete(&self, course: &Course<'_>) -> bool {
        match self {
            Self::Plain(_) | Self::KtBizstore(_) | Self::KooGallery(_) => {
                course.calls().next_back().is_some_and(|(_, last)| last.answer.is_ok())
            }
            Self::Scp(_) => scp::is_complete(course),
        }
    }

    /// A generated input, such as a new customer's key. `None` when there is no such generator.
    pub fn generate(&mut self, generator: &str, now: Timestamp, random: &mut fastrand::Rng) -> Option<Value> {
        match self {
            Self::Plain(_) | Self::Scp(_) => None,
            Self::KtBizstore(_) => kt_bizstore::generate(generator, now, random),
            Self::KooGallery(session) => session.generate(generator, now, random),
        }
    }
}
