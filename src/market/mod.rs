//! The marketplaces: how each calls a vendor, judges the answer, and answers the vendor's own calls.
//!
//! Everything here is pure. A [`Market`] is one marketplace as the user has set it. It makes a [`Session`] for each
//! case, which signs what the engine composed, judges what came back, and remembers what it must (which customers it
//! registered, what was billed) to judge the next answer; and the reference [`Vendor`]. These enums are matched
//! exhaustively, so the compiler lists what a further marketplace has to fill.

mod draft;
pub mod kt_bizstore;
#[expect(clippy::module_inception, reason = "the file holds the type that the module is about")]
mod market;
pub mod plain;
mod reference;
mod session;
pub mod setting;

pub use draft::{CallError, Delivery, Draft, Expects};
pub use market::{CredentialError, MARKETPLACES, Market, settings};
pub use reference::{Ask, Vendor, VendorError, VendorOptions, faults};
pub use session::Session;

/// The known mistakes of a signature recipe, usable as `tamper`; `None` for a recipe that nobody knows.
pub fn known_mistakes(recipe: &str) -> Option<Vec<String>> {
    use crate::sign::kt_jwt;
    (recipe == kt_jwt::RECIPE).then(|| kt_jwt::Mistake::ALL.iter().map(|mistake| mistake.name().to_owned()).collect())
}

/// The header of a marketplace's calls whose value `storeproof keys --token` can print afresh; `None` where each call is
/// signed for itself.
pub fn token_header(marketplace: &str) -> Option<&'static str> {
    (marketplace == "kt-bizstore").then_some(crate::sign::kt_jwt::HEADER)
}

/// The generators of inputs that a marketplace has; `None` for one that nobody knows.
pub fn known_generators(marketplace: &str) -> Option<Vec<String>> {
    (marketplace == "kt-bizstore").then(|| kt_bizstore::GENERATORS.iter().map(|&name| name.to_owned()).collect())
}

/// The mistakes that a marketplace's calls can be sent with, each with what it is.
pub fn mistakes(marketplace: &str) -> Vec<(&'static str, &'static str)> {
    use crate::sign::kt_jwt::Mistake;
    match marketplace {
        "kt-bizstore" => Mistake::ALL.iter().map(|mistake| (mistake.name(), mistake.what())).collect(),
        _ => Vec::new(),
    }
}
