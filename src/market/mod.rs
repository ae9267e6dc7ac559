//! The marketplaces: how each calls a vendor, judges the answer, and answers the vendor's own calls.
//!
//! Everything here is pure. A [`Market`] is one marketplace as the user has set it. It makes a [`Session`] for each
//! case, which signs what the engine composed, judges what came back, and remembers what it must (which customers it
//! registered, what was billed) to judge the next answer; and the reference [`Vendor`]. These enums are matched
//! exhaustively, so the compiler lists what a further marketplace has to fill.

mod client;
mod course;
mod draft;
mod expected;
pub mod fault;
pub mod koogallery;
pub mod kt_bizstore;
pub mod life;
#[expect(clippy::module_inception, reason = "the file holds the type that the module is about")]
mod market;
pub mod plain;
mod reference;
pub mod scp;
mod session;
pub mod setting;
mod signature;
mod state;

pub use client::{Act, Client, Clients};
pub use course::{Course, CourseJudgement, DECLINED, Ended, Task};
pub use draft::{CallError, Delivery, Draft, Expects};
pub use expected::{Expected, Oddity, expected, filled, keeps, refused_mistakes};
pub use market::{CredentialError, MARKETPLACES, Market, default_dialects, scope, settings, traits};
pub use reference::{Ask, Vendor, VendorError, VendorOptions, faults};
pub use session::Session;
pub use signature::{Carrier, Examined, recognised};
pub use state::{Misfit, Seeded};

use crate::sign::mistake::Named;

/// The known mistakes of a signature recipe, usable as `tamper`; `None` for a recipe that nobody knows.
pub fn known_mistakes(recipe: &str) -> Option<Vec<String>> {
    Some(mistakes_of(recipe)?.into_iter().map(|(name, _)| name.to_owned()).collect())
}

/// The mistakes of a recipe by which a marketplace, or a client of one, signs its calls, each with what it is.
fn mistakes_of(recipe: &str) -> Option<Vec<(&'static str, &'static str)>> {
    use crate::sign::koogallery::{auth_token, client_secret, v2};
    use crate::sign::{kt_jwt, scp};
    match recipe {
        kt_jwt::RECIPE
        | v2::RECIPE
        | v2::KIT_RECIPE
        | client_secret::RECIPE
        | auth_token::RECIPE
        | auth_token::KIT_RECIPE
        | scp::RECIPE => {
            Some(every_mistake_of(recipe).into_iter().map(|mistake| (mistake.name, mistake.what)).collect())
        }
        _ => None,
    }
}

/// The recipes by which messages of a marketplace are signed, those of its vendors' answers and calls too, and by which
/// values in them are encrypted.
pub fn recipes(marketplace: &str) -> &'static [&'static str] {
    use crate::sign::koogallery::{auth_token, body_sign, client_secret, credential, usage_push, v2};
    use crate::sign::{kt_jwt, scp, sdk_hmac};
    match marketplace {
        "kt-bizstore" => &[kt_jwt::RECIPE],
        "koogallery" => &[
            v2::RECIPE,
            auth_token::RECIPE,
            body_sign::RECIPE,
            usage_push::RECIPE,
            sdk_hmac::RECIPE,
            credential::RECIPE,
            v2::KIT_RECIPE,
            auth_token::KIT_RECIPE,
            client_secret::RECIPE,
        ],
        "scp" => &[scp::RECIPE],
        _ => &[],
    }
}

/// Every known mistake of a recipe, whoever makes it; nothing for a recipe that nobody knows.
pub fn every_mistake_of(recipe: &str) -> Vec<Named> {
    use crate::sign::koogallery::{auth_token, body_sign, client_secret, credential, usage_push, v2};
    use crate::sign::{kt_jwt, scp, sdk_hmac};
    match recipe {
        kt_jwt::RECIPE => kt_jwt::Mistake::ALL.iter().map(|mistake| mistake.named()).collect(),
        v2::RECIPE | v2::KIT_RECIPE => v2::Mistake::ALL.iter().map(|mistake| mistake.named()).collect(),
        auth_token::RECIPE | auth_token::KIT_RECIPE => {
            auth_token::Mistake::ALL.iter().map(|mistake| mistake.named()).collect()
        }
        body_sign::RECIPE => body_sign::Mistake::ALL.iter().map(|mistake| mistake.named()).collect(),
        usage_push::RECIPE => usage_push::Mistake::ALL.iter().map(|mistake| mistake.named()).collect(),
        sdk_hmac::RECIPE => sdk_hmac::Mistake::ALL.iter().map(|mistake| mistake.named()).collect(),
        scp::RECIPE => scp::Mistake::ALL.iter().map(|mistake| mistake.named()).collect(),
        client_secret::RECIPE => client_secret::Mistake::ALL.iter().map(|mistake| mistake.named()).collect(),
        credential::RECIPE => credential::Mistake::ALL.iter().map(|mistake| mistake.named()).collect(),
        _ => Vec::new(),
    }
}

/// The header of a marketplace's calls whose value `storeproof keys --token` can print afresh; `None` where each call is
/// signed for itself.
pub fn token_header(marketplace: &str) -> Option<&'static str> {
    (marketplace == "kt-bizstore").then_some(crate::sign::kt_jwt::HEADER)
}

/// Whether a marketplace calls its vendors; vendors of others are clients only.
pub fn calls_vendors(marketplace: &str) -> bool {
    marketplace != "scp"
}

/// The generators of inputs that a marketplace has; `None` for one that nobody knows.
pub fn known_generators(marketplace: &str) -> Option<Vec<String>> {
    let names = match marketplace {
        "kt-bizstore" => kt_bizstore::GENERATORS,
        "koogallery" => koogallery::GENERATORS,
        // The store sends nothing that would have to be made up.
        "scp" => &[],
        _ => return None,
    };
    Some(names.iter().map(|&name| name.to_owned()).collect())
}

/// The mistakes that a marketplace's calls can be sent with, each with what it is.
pub fn mistakes(marketplace: &str) -> Vec<(&'static str, &'static str)> {
    use crate::sign::koogallery::{auth_token, client_secret, v2};
    let recipes: &[&str] = match marketplace {
        "kt-bizstore" => &[crate::sign::kt_jwt::RECIPE],
        "koogallery" => &[v2::RECIPE, auth_token::RECIPE, client_secret::RECIPE],
        "scp" => &[crate::sign::scp::RECIPE],
        _ => &[],
    };
    recipes.iter().filter_map(|recipe| mistakes_of(recipe)).flatten().collect()
}

/// Every requirement that a marketplace's judge can find broken.
pub fn judged(marketplace: &str) -> Vec<crate::verdict::RequirementId> {
    match marketplace {
        "kt-bizstore" => kt_bizstore::judged(),
        "koogallery" => koogallery::judged(),
        "scp" => scp::judged(),
        _ => Vec::new(),
    }
}
