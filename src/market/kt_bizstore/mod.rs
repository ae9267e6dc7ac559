//! KT Cloud Biz Store.
//!
//! The store calls the vendor and never the other way round: five operations in the base interface 2.1.2, each with a
//! fresh RS256 token in the header `encoded-jwt`. Progress of a set-up and charges are polled.
//!
//! What we imitate: the base dialect `bizstore-2.1.2`. What we do not: the store's relay of the login page to the
//! customer's browser (we open `Location` instead), and its fixed IP address.

mod answer;
mod call;
mod expected;
mod generate;
mod judge;
mod life;
mod memory;
mod rule;
mod settings;
mod signature;
pub mod vendor;

pub use answer::answer;
pub use call::Session;
pub(crate) use call::token;
pub(crate) use expected::{expected, keeps};
pub use generate::{GENERATORS, generate};
pub(crate) use life::LIVES;
pub use settings::{BillDate, ByCustomer, Deleted, Readings, Rounding, SETTINGS, Settings};
pub(crate) use signature::{is_signed, signature, signed_at};

use crate::verdict::Judgement;
use crate::wire::Visit;

/// Judges a login page that was opened from `Location`.
pub(crate) fn judge_visit(visit: &Visit) -> Judgement {
    judge::page(visit)
}

/// Every requirement that is judged here, those of the recipe's mistakes included.
pub fn judged() -> Vec<crate::verdict::RequirementId> {
    let mut all = rule::ALL.to_vec();
    for mistake in crate::sign::kt_jwt::Mistake::ALL {
        let requirement = judge::requirement_of(*mistake);
        if !all.contains(&requirement) {
            all.push(requirement);
        }
    }
    all
}
