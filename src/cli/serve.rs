//! `storeproof serve`: marketplaces that stay up, until Ctrl-C.

use std::collections::BTreeMap;
use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use super::args::Serve;
use super::config::Config;
use super::exit::Ended;
use super::lanes;
use super::settings::{self, UsageError};
use crate::market::{MARKETPLACES, Market};
use crate::run;
use crate::serve::{Clock, Log, Marketplaces, Place};
use crate::spec::embedded;
use crate::transport::{BindError, Browser, Client, Exposure, Running, Server, Site};

/// The console, beside the marketplaces, as `--listen` names it.
const CONSOLE: &str = "console";

/// Ports without `--listen`: the console's, then one for each marketplace in the order of [`MARKETPLACES`].
const FIRST_PORT: u16 = 7700;

/// Serves until Ctrl-C; one line each on standard output says where.
pub(super) fn serve(arguments: &Serve, out: &mut dyn Write) -> Result<Ended, UsageError> {
    let config = settings::configuration(&arguments.common)?;
    let names = names(&arguments.marketplaces)?;
    let listen = addresses(&arguments.listen)?;
    let typed = vendors(&arguments.vendor, &names)?;
    let exposure = if arguments.allow_remote { Exposure::Remote } else { Exposure::Loopback };
    // Reference vendors live as long as the marketplaces do.
    let mut running = Vec::new();
    let mut places = Vec::new();
    for name in names {
        let market = settings::market(Some(name), &config, None)?;
        let server = Server::bind(listening(name, &listen, &config)?, exposure).map_err(refused)?;
        let (vendor, built_in) = match vendor(name, &market, &server.base(), &typed, arguments, &config)? {
            Some((vendor, built_in)) => (Some(vendor), built_in),
            None => (None, None),
        };
        let (vendor_running, shared_clock) = built_in.unzip();
        running.extend(vendor_running);
        let catalogue = Arc::new(embedded::catalogue(name).clone());
        places.push(Place { name, market, server, vendor, catalogue, shared_clock });
    }
    let console = Site::bind(listening(CONSOLE, &listen, &config)?).map_err(refused)?;
    let runtime = super::runtime(std::thread::available_parallelism().map_or(2, |cores| cores.get()).max(2))?;
    runtime.block_on(async {
        let marketplaces = Marketplaces::new(places, console, Log::default());
        for (name, base) in marketplaces.serving() {
            writeln!(out, "{name:<11}  {base}").map_err(UsageError::new)?;
        }
        out.flush().map_err(UsageError::new)?;
        let until = async {
            // Where Ctrl-C cannot be listened to, whoever started us ends us in another way.
            if tokio::signal::ctrl_c().await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        marketplaces.serve(until).await.map_err(UsageError::new)?;
        Ok(Ended::Well)
    })
}

fn refused(error: BindError) -> UsageError {
    match error {
        BindError::NotLoopback { .. } => UsageError(format!("--listen: {error}: add --allow-remote if that is meant")),
        BindError::Listen { address, .. } => UsageError(format!(
            "{error}; is another storeproof running there? --listen NAME=ADDRESS takes another place ({address} is the \
             one that was tried)"
        )),
    }
}

/// The marketplaces to serve, as we write their names.
fn names(typed: &[String]) -> Result<Vec<&'static str>, UsageError> {
    typed.iter().try_for_each(|name| super::known_marketplace(name))?;
    let wanted = |name: &&&str| typed.is_empty() || typed.iter().any(|typed| typed == **name);
    Ok(MARKETPLACES.iter().filter(wanted).copied().collect())
}

/// What `--listen` says, by name.
fn addresses(typed: &[String]) -> Result<BTreeMap<&'static str, SocketAddr>, UsageError> {
    let mut addresses = BTreeMap::new();
    for text in typed {
        let Some((name, address)) = text.split_once('=') else {
            return Err(UsageError(format!("--listen {text}: write NAME=ADDRESS, such as scp=127.0.0.1:7703")));
        };
        let known = std::iter::once(CONSOLE).chain(MARKETPLACES.iter().copied()).find(|known| *known == name);
        let Some(known) = known else {
            let all = std::iter::once(CONSOLE).chain(MARKETPLACES.iter().copied()).collect::<Vec<_>>().join(", ");
            return Err(UsageError(format!("--listen {text}: {name} is none of {all}")));
        };
        let address = address
            .parse()
            .map_err(|_| UsageError(format!("--listen {text}: {address:?} is no address such as 127.0.0.1:7703")))?;
        addresses.insert(known, address);
    }
    Ok(addresses)
}

/// Where something listens: `--listen`, the `listen` of its section, or its own port.
fn listening(
    name: &'static str,
    typed: &BTreeMap<&'static str, SocketAddr>,
    config: &Config,
) -> Result<SocketAddr, UsageError> {
    if let Some(address) = typed.get(name) {
        return Ok(*address);
    }
    if let Some(address) = lanes::listen(config, Some(name))? {
        return Ok(address);
    }
    let place = MARKETPLACES.iter().position(|known| *known == name).map_or(0, |index| index + 1);
    let port = FIRST_PORT + u16::try_from(place).unwrap_or_default();
    Ok((Ipv4Addr::LOCALHOST, port).into())
}

/// What `--vendor` says, by marketplace; without a name it holds for all that are served.
fn vendors(typed: &[String], names: &[&'static str]) -> Result<BTreeMap<&'static str, String>, UsageError> {
    let mut vendors = BTreeMap::new();
    for text in typed {
        // An address may have `=` in its query, and then something else than a name in front of it.
        let named = text.split_once('=').filter(|(name, _)| !name.contains(['/', ':']));
        match named {
            Some((name, vendor)) => {
                super::known_marketplace(name)?;
                let Some(name) = names.iter().find(|served| **served == name) else {
                    return Err(UsageError(format!("--vendor {text}: {name} is not served; name it behind `serve`")));
                };
                vendors.insert(*name, vendor.to_owned());
            }
            None => names.iter().for_each(|name| {
                vendors.insert(*name, text.clone());
            }),
        }
    }
    Ok(vendors)
}

/// What calls a vendor, and the built-in vendor with its clock where it is that.
type Called = ((Client, Browser), Option<(Running, Arc<Clock>)>);

/// What calls the vendor: `--vendor`, or the `vendor` of the section; nobody where neither is given, or where the
/// marketplace calls nobody.
fn vendor(
    name: &'static str,
    market: &Market,
    base: &str,
    typed: &BTreeMap<&'static str, String>,
    arguments: &Serve,
    config: &Config,
) -> Result<Option<Called>, UsageError> {
    let written = config.sections.get(name).and_then(|section| section.vendor.as_ref());
    let vendor = match (typed.get(name), written) {
        (Some(typed), _) => typed.clone(),
        (None, Some(written)) => config.expand(written, &settings::environment).map_err(UsageError::new)?,
        (None, None) => return Ok(None),
    };
    // The built-in vendor calls the marketplace back where that listens.
    let store = market.is_called().then(|| base.to_owned());
    let built_in = match lanes::reference(&vendor, market, store.clone())? {
        Some(reference) => {
            // It goes by the marketplace's clock: whoever moves that moves both.
            let clock = Arc::<Clock>::default();
            let now = Arc::clone(&clock);
            let running = run::reference::start_by(reference, store, move || now.now()).map_err(UsageError::new)?;
            Some((running, clock))
        }
        None => None,
    };
    let address = built_in.as_ref().map_or(vendor.as_str(), |(running, _)| running.base()).to_owned();
    let ca = settings::ca(arguments.ca.as_deref(), config)?;
    lanes::callers(market, &address, ca.as_deref()).map(|callers| Some((callers, built_in)))
}
