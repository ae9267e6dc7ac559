//! Where the engine meets sockets, files and the clock.
//!
//! [`Loader`] turns names and files into plans, [`Fleet`] plays them against a vendor, several at one time where asked
//! for, and tells what happens as events. [`reduce::Bench`] makes what broke as small as it goes. The engine decides;
//! nothing here does.

mod desk;
pub mod files;
mod fleet;
mod load;
mod noted;
mod performer;
mod play;
pub mod reduce;
pub mod reference;
mod replay;
pub mod snapshots;

pub use desk::Desk;
pub use fleet::{Fleet, FleetCase, FleetError, Lane, RunRecord};
pub use load::{LoadError, Loader, Origin, interface_of};
pub use performer::{Performer, Program};
pub use play::deliver;
pub use replay::{Keys, NotReplayed, Replayed, Unfit, plan_of, replay};
