//! Cloud marketplaces on your own machine.
//!
//! storeproof plays the marketplace: it calls a SaaS vendor's endpoint exactly as the store would, judges every
//! answer against the documented contract, and says what the store would refuse and how to mend it.
//!
//! Data flows one way. `spec`, `sign`, `verdict`, `check`, `market`, `scenario` and `engine` are pure: text and
//! bytes in, values out, no clock, no socket, no file. `transport` knows sockets and no marketplace; `run` is where
//! the two meet; `serve` keeps marketplaces standing; `report` reads what happened and decides nothing. A test
//! (`tests/layering.rs`) holds that order.
//!
//! # In your own tests
//!
//! Most people use the program. A test in Rust can start a marketplace of its own instead ([`mock`]):
//!
//! ```
//! # fn sync(_catalogue: &str) {}
//! let scp = storeproof::mock::Marketplace::start("scp")?;
//! sync(scp.base()); // The program under test, which is to call this address and no other.
//! for entry in scp.received() {
//!     println!("{} was answered: {}", entry.seen.exchange.request.target, entry.verdict().word());
//! }
//! # Ok::<(), storeproof::mock::MockError>(())
//! ```

pub mod capture;
pub mod certify;
pub mod check;
pub mod cli;
pub mod engine;
pub mod evidence;
pub mod market;
pub mod mock;
pub mod report;
pub mod run;
pub mod scenario;
pub mod serve;
pub mod sign;
pub mod spec;
pub mod transport;
pub mod verdict;
pub mod wire;
pub mod words;
