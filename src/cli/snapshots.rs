//! `storeproof review`, `accept`, `reject`: what is to become of new and changed answers.

use std::io::{self, IsTerminal as _, Write};

use super::args::Snapshots;
use super::exit::Ended;
use super::review;
use super::settings::{self, UsageError};

/// Asks about each on a terminal; elsewhere lists them and fails while any is left.
pub(super) fn review(arguments: &Snapshots, out: &mut dyn Write) -> Result<Ended, UsageError> {
    let root = super::snapshot_root(&settings::configuration(&arguments.common)?);
    let coloured = super::coloured(arguments.common.color);
    let counts = if io::stdout().is_terminal() && io::stdin().is_terminal() {
        review::interactive(&root, coloured, &mut console::Term::stdout(), out)
    } else {
        review::list(&root, coloured, out)
    };
    let counts = counts.map_err(UsageError::new)?;
    Ok(if counts.pending > 0 { Ended::Unreviewed } else { Ended::Well })
}

/// Accepts all, or those that a text names.
pub(super) fn accept(arguments: &Snapshots, out: &mut dyn Write) -> Result<Ended, UsageError> {
    let root = super::snapshot_root(&settings::configuration(&arguments.common)?);
    review::accept(&root, arguments.pattern.as_deref(), out).map_err(UsageError::new)?;
    Ok(Ended::Well)
}

/// Throws away all, or those that a text names.
pub(super) fn reject(arguments: &Snapshots, out: &mut dyn Write) -> Result<Ended, UsageError> {
    let root = super::snapshot_root(&settings::configuration(&arguments.common)?);
    review::reject(&root, arguments.pattern.as_deref(), out).map_err(UsageError::new)?;
    Ok(Ended::Well)
}
