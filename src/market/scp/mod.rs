//! Samsung Cloud Platform (SCP), version 2: the Product API.
//!
//! Here the store calls nobody. Vendors are clients: their programs read which categories and products the platform
//! lists, over four signed operations, and [`Store`] answers them. What a session judges is therefore the vendor's
//! requests, not its answers.
//!
//! What we imitate: the four operations and the list of versions, the signature over the URL as it arrives, paging, filters
//! and sort, and the three forms of errors that were seen on the live platform. What we do not: the other services of the
//! platform, temporary keys and their tokens, permissions, and rate limits, about which nothing is published.

mod answer;
mod call;
mod catalogue;
mod judge;
mod listing;
mod model;
mod moment;
mod query;
mod question;
mod refusal;
mod route;
mod rule;
mod settings;
mod shelves;
mod signature;
mod store;
mod table;
#[cfg(test)]
mod tests;
pub mod vendor;
mod words;

pub use call::Session;
pub use catalogue::{Catalogue, CatalogueError};
pub(crate) use judge::course::{is_complete, judge as judge_course};
pub use listing::Item;
pub(crate) use rule::COURSE_CALLED as CALLED;
pub use settings::{SETTINGS, Settings};
pub(crate) use signature::{is_signed, signature, signed_at};
pub use store::Store;
pub use words::{
    Booleans, DateBounds, ErrorLanguage, Mode, NameMatch, Order, OverLimit, PageZero, PagingNumbers, PastEnd, PlusSign,
    Repeated, RequestIdHeader, ReversedDates, Rows, SignatureError, UnknownId, Unsigned, VersionLink, WrongMethod,
};

/// The header of an answer that says what is wrong with the request; it is ours alone.
pub const DIAGNOSIS: &str = "X-Storeproof-Diagnosis";

/// The operation that a request calls, where it is one.
pub(crate) fn called(request: &crate::wire::Request) -> Option<&'static str> {
    route::Route::of(request).map(|route| route.operation())
}

/// Every requirement that is judged here.
pub fn judged() -> Vec<crate::verdict::RequirementId> {
    rule::ALL.to_vec()
}
