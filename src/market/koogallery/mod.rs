//! Huawei Cloud KooGallery (云商店), SaaS products.
//!
//! The store calls one HTTPS address of the vendor and says in `activity` what it wants: open an instance, ask for its
//! access data, renew, freeze, upgrade, release it. Version 2.0 sends a signed JSON body by POST, version 1.0 signed
//! parameters by GET. What was bought stands in no call of version 2.0: the vendor asks the store's order query, which
//! [`Store`] answers, and pay-per-use products push what was used.
//!
//! The joint-operation kit (`kit`) tells the vendor of a buyer's enterprise and its people by calls of its own, and the
//! enterprise's identity centre (`identity`) lets them sign in.
//!
//! What we imitate: the production interface V2.0 and V1.0, the order notification, the order query with its mock
//! orders, both usage pushes, on the sites cn, intl and eu; the kit V2.0 and V1.0, OAuth and CAS. What we do not: License
//! products, and the console's asynchronous checks of usage records. The store's retries over hours are played at once.

mod answer;
mod call;
mod details;
mod encrypted;
mod expected;
mod generate;
mod identity;
mod judge;
mod kit;
mod life;
mod memory;
mod order;
mod rule;
mod seed;
mod settings;
mod signature;
mod state;
mod store;
mod usage;
pub mod vendor;

pub use call::Session;
pub use details::{Credential, Details, details};
pub(crate) use expected::{expected, filled};
pub use generate::GENERATORS;
pub(crate) use life::LIVES;
pub use order::{Buyer, Charging, Order, OrderLine, OrderType, Period, Product};
pub use settings::{BodySign, Credentials, Flag, Interface, Kit, SETTINGS, Settings, Site, TRAITS};
pub(crate) use signature::{captured, is_signed, is_signed_answer, signature, signatures, signed_at};
pub use store::Store;

/// The operation of the open API that a request calls, by its path.
pub(crate) fn called(request: &crate::wire::Request) -> Option<&'static str> {
    let of_centre = || identity::Operation::of(request).map(identity::Operation::id);
    answer::Operation::of(request).map(answer::Operation::id).or_else(of_centre)
}

/// Whether an answer refuses the caller: 000001, or 000002, which the published sample gives for a timestamp that is off.
pub(crate) fn is_refusal(response: &crate::wire::Response) -> bool {
    let body: serde_json::Value = serde_json::from_slice(&response.body).unwrap_or_default();
    matches!(body["resultCode"].as_str(), Some("000001" | "000002"))
}

/// Every requirement that is judged here, those of the recipes' mistakes included.
pub fn judged() -> Vec<crate::verdict::RequirementId> {
    rule::ALL.to_vec()
}
