//! `storeproof vendor`: the reference vendor on its own, until it is stopped.

use std::io::Write;

use super::args::Vendor;
use super::exit::Ended;
use super::settings::{self, UsageError};
use crate::market;
use crate::run::{files, reference};
use crate::transport::{BindError, Exposure, Server};

/// Serves until Ctrl-C; one line on standard output says where.
pub(super) fn vendor(arguments: &Vendor, out: &mut dyn Write) -> Result<Ended, UsageError> {
    super::known_marketplace(&arguments.marketplace)?;
    let public_key = match &arguments.public_key {
        None => None,
        Some(path) => {
            let text = files::text(path).map_err(UsageError::new)?;
            Some((path, text))
        }
    };
    let options = market::VendorOptions {
        public_key: public_key.as_ref().map(|(_, text)| text.clone()),
        setup_delay: arguments.setup_delay,
        deletion_delay: arguments.deletion_delay,
        store: arguments.store.clone(),
        faults: arguments.fault.clone(),
    };
    let config = settings::configuration(&arguments.common)?;
    let market = settings::market(Some(&arguments.marketplace), &config, None)?;
    let vendor = market.vendor(&options).map_err(|error| match &public_key {
        Some((path, _)) if error.is_key() => UsageError(format!("{}: {error}", path.display())),
        _ => UsageError::new(error),
    })?;
    let exposure = if arguments.allow_remote { Exposure::Remote } else { Exposure::Loopback };
    let runtime = super::runtime(1)?;
    runtime.block_on(async {
        let server = Server::bind(arguments.listen, exposure).map_err(|error| match error {
            BindError::NotLoopback { .. } => {
                UsageError(format!("--listen: {error}: add --allow-remote if that is meant"))
            }
            other => UsageError::new(other),
        })?;
        writeln!(out, "{}  {}", arguments.marketplace, server.base())
            .and_then(|()| out.flush())
            .map_err(UsageError::new)?;
        let stop = server.stop();
        tokio::select! {
            _ = server.serve(reference::handler(vendor, arguments.store.clone())) => {}
            _ = tokio::signal::ctrl_c() => stop.stop(),
        }
        Ok(Ended::Well)
    })
}
