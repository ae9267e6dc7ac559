//! Marketplaces inside your own tests: started by a test, on a port of their own, gone when the test ends.
//!
//! A [`Marketplace`] answers as the real store answers, judges what it was asked, and keeps both, so that a test can end
//! with [`Marketplace::assert_conforms`]. It is the marketplace of `storeproof serve`, with the same settings, without a
//! console:
//!
//! ```
//! # mod shop {
//! #     use storeproof::{sign::scp, transport::ask, wire::{Request, Secret}};
//! #     pub fn products(base: &str, secret: &str) -> Result<Vec<String>, u16> {
//! #         let request = Request::new("GET", "/v1/products?limit=3");
//! #         let now = std::time::SystemTime::now().try_into().expect("a time");
//! #         let signed = scp::sign(&request, base, "SCPDEMO", &Secret::new(secret), None, now);
//! #         let answer = ask(base, signed.request).ok_or(0_u16)?;
//! #         if answer.status != 200 { return Err(answer.status) }
//! #         let page = answer.json().map_err(|_| 200_u16)?;
//! #         let ids = page["products"].as_array().into_iter().flatten();
//! #         Ok(ids.filter_map(|product| Some(product["product_id"].as_str()?.to_owned())).collect())
//! #     }
//! # }
//! use storeproof::mock::Marketplace;
//!
//! let scp = Marketplace::builder("scp").set("secret-key", "known-to-both").start()?;
//!
//! // `shop` is the program under test. It has to take the store's address from its configuration.
//! let products = shop::products(scp.base(), "known-to-both");
//!
//! assert_eq!(products.map(|ids| ids.len()), Ok(3));
//! assert_eq!(scp.received().len(), 1);
//! scp.assert_conforms();
//! # Ok::<(), storeproof::mock::MockError>(())
//! ```
//!
//! What a store answers once in a month happens when a test says so ([`Marketplace::disturb`]), and its clock can be
//! moved ([`Marketplace::move_clock`]).
//!
//! Nothing here needs an async runtime, and everything can be used within one: the marketplace lives in a thread of its
//! own. Only [`Marketplace::wait_for`] blocks; [`Marketplace::arrived`] is the same for async tests.
//!
//! # On your own wiremock server
//!
//! With the feature `wiremock`, `Marketplace::mounted` is a responder for a `wiremock::MockServer` of your own, beside
//! other mocks of yours. `Mounted` says what is lost there.

#![expect(clippy::disallowed_methods, reason = "a test waits for at most so long, by the clock of this machine")]

mod arrivals;
mod builder;
mod marketplace;
#[cfg(feature = "wiremock")]
mod mounted;
mod told;

pub use crate::serve::{Entry, Seen, Verdict};
pub use crate::wire::disturbance::Disturbance;
pub use arrivals::TooFew;
pub use builder::{Builder, MockError};
pub use marketplace::Marketplace;
#[cfg(feature = "wiremock")]
pub use mounted::Mounted;
