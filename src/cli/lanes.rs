//! Whom a run speaks to: one vendor's endpoint for each marketplace of the cases.

use std::ffi::OsString;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::args::Playing;
use super::config::Config;
use super::settings::{self, UsageError};
use crate::market::{Market, Vendor, VendorOptions};
use crate::run::{self, Desk, FleetCase, Lane, Performer};
use crate::scenario::plan::Plan;
use crate::transport::{Browser, Client, Endpoint, Limits, Running, TrustError};

/// The vendors of a run. Reference vendors live as long as this.
pub(super) struct Lanes {
    pub(super) lanes: Vec<Lane>,
    pub(super) cases: Vec<FleetCase>,
    /// What must be typed to reach the vendor again; nothing when the configuration names it.
    pub(super) typed: Option<String>,
    /// Reference vendors end when this is dropped.
    pub(super) running: Vec<Running>,
}

/// Prepares an endpoint for each marketplace of these plans.
pub(super) fn lanes(plans: Vec<Arc<Plan>>, playing: &Playing, config: &Config) -> Result<Lanes, UsageError> {
    let mut names: Vec<Option<String>> = Vec::new();
    let mut cases = Vec::new();
    for plan in plans {
        let lane = names.iter().position(|name| *name == plan.marketplace).unwrap_or_else(|| {
            names.push(plan.marketplace.clone());
            names.len() - 1
        });
        cases.push(FleetCase { plan, lane });
    }
    let mut lanes = Lanes { lanes: Vec::new(), cases, typed: playing.vendor.clone(), running: Vec::new() };
    for name in &names {
        let market = settings::market(name.as_deref(), config, playing.timeout)?;
        let desk = desk(&market, config, name.as_deref())?;
        let store = desk.as_ref().map(|desk| desk.base().to_owned());
        let (vendor, found) = vendor(name.as_deref(), &market, store.clone(), playing, config)?;
        let reference = matches!(found, Found::Running(_) | Found::Performer(Performer::Reference(_)));
        if names.len() > 1 && !reference && playing.vendor.is_some() {
            let problem = "--vendor names one vendor, and the cases are of several marketplaces; \
                           choose one with --marketplace, or name each vendor in storeproof.toml";
            return Err(UsageError(problem.to_owned()));
        }
        let (base, performer) = match found {
            Found::Address => (vendor.clone(), None),
            Found::Running(running) => {
                let base = running.base().to_owned();
                lanes.running.push(running);
                (base, None)
            }
            // Nothing is ever sent to a vendor that is a client.
            Found::Performer(performer) => (store.unwrap_or_default(), Some(performer)),
        };
        lanes.lanes.push(lane(market, desk, vendor, &base, performer, playing, config)?);
    }
    Ok(lanes)
}

fn lane(
    market: Market,
    desk: Option<Desk>,
    vendor: String,
    base: &str,
    performer: Option<Performer>,
    playing: &Playing,
    config: &Config,
) -> Result<Lane, UsageError> {
    let ca = settings::ca(playing.ca.as_deref(), config)?;
    let (client, browser) = callers(&market, base, ca.as_deref())?;
    let browser = match &desk {
        Some(desk) => browser.with_store(desk.base()),
        None => browser,
    };
    let inherited = if performer.is_some() { inherited() } else { Vec::new() };
    Ok(Lane { market, client, browser, desk, performer, inherited, vendor })
}

/// What speaks to a vendor at this address, and what opens its pages.
pub(super) fn callers(market: &Market, base: &str, ca: Option<&Path>) -> Result<(Client, Browser), UsageError> {
    let endpoint = Endpoint::parse(base).map_err(|error| UsageError(format!("--vendor {base}: {error}")))?;
    let total = market.time_limit();
    // The vendor would be blamed for being slower than nothing.
    if total < Duration::from_millis(1) {
        return Err(UsageError("--timeout: no vendor answers within less than 1ms".to_owned()));
    }
    let limits = Limits { total, connect: total.min(Limits::default().connect), ..Limits::default() };
    let trust = settings::trust(ca)?;
    let untrusted = |error: TrustError| match ca {
        Some(file) => UsageError(format!("{}: {error}", file.display())),
        None => UsageError::new(error),
    };
    let browser = Browser::new(endpoint.clone(), limits, &trust).map_err(untrusted)?;
    let client = Client::new(endpoint, limits, trust).map_err(untrusted)?;
    Ok((client, browser))
}

/// The marketplace's own API, where vendors call one.
fn desk(market: &Market, config: &Config, marketplace: Option<&str>) -> Result<Option<Desk>, UsageError> {
    if !market.is_called() {
        return Ok(None);
    }
    let listen = listen(config, marketplace)?.unwrap_or_else(|| SocketAddr::from((Ipv4Addr::LOCALHOST, 0)));
    let desk = Desk::start(market.clone(), listen).map_err(UsageError::new)?;
    super::talk(&format!("storeproof: {} serves its API at {}", marketplace.unwrap_or("the store"), desk.base()));
    Ok(Some(desk))
}

/// Where the marketplace's own API listens by its section.
pub(super) fn listen(config: &Config, marketplace: Option<&str>) -> Result<Option<SocketAddr>, UsageError> {
    let section = marketplace.and_then(|name| config.sections.get(name));
    let Some(written) = section.and_then(|section| section.listen.as_ref()) else { return Ok(None) };
    let text = config.expand(written, &settings::environment).map_err(UsageError::new)?;
    let problem = || format!("{text:?} is no address such as \"127.0.0.1:7702\"");
    text.parse().map(Some).map_err(|_| UsageError::new(config.error(written, problem())))
}

/// What a vendor's program needs of our environment to run at all; it gets nothing else of it.
fn inherited() -> Vec<(OsString, OsString)> {
    const NEEDED: [&str; 5] = ["PATH", "HOME", "LANG", "TMPDIR", "SystemRoot"];
    NEEDED.into_iter().filter_map(|name| Some((name.into(), settings::environment(name)?.into()))).collect()
}

/// Where the vendor is.
enum Found {
    /// At the address that the user named.
    Address,
    /// In this process.
    Running(Running),
    /// Where it calls from, and nowhere else.
    Performer(Performer),
}

/// The vendor as the user named it, and the reference vendor where it is that.
fn vendor(
    marketplace: Option<&str>,
    market: &Market,
    store: Option<String>,
    playing: &Playing,
    config: &Config,
) -> Result<(String, Found), UsageError> {
    let section = marketplace.and_then(|name| config.sections.get(name));
    let typed = match (&playing.vendor, section.and_then(|section| section.vendor.as_ref())) {
        (Some(typed), _) => typed.clone(),
        (None, Some(address)) => config.expand(address, &settings::environment).map_err(UsageError::new)?,
        (None, None) if market.vendors_are_clients() => {
            return Ok(("your program, started by hand".to_owned(), Found::Performer(Performer::Somebody)));
        }
        (None, None) => {
            let problem = "name the vendor: --vendor URL (your endpoint's base address), or --vendor reference to see \
                           a run that conforms";
            return Err(UsageError(problem.to_owned()));
        }
    };
    if market.vendors_are_clients() {
        let performer = performer(marketplace, market, &typed)?;
        return Ok((typed, Found::Performer(performer)));
    }
    let found = match reference(&typed, market, store.clone())? {
        Some(vendor) => Found::Running(run::reference::start(vendor, store).map_err(UsageError::new)?),
        None => Found::Address,
    };
    Ok((typed, found))
}

/// What performs the calls of a vendor that is a client.
fn performer(marketplace: Option<&str>, market: &Market, typed: &str) -> Result<Performer, UsageError> {
    if let Some(faults) = faults(typed) {
        let refused = |error| UsageError(format!("--vendor {typed}: {error}"));
        return market.clients(&faults).map(Performer::Reference).map_err(refused);
    }
    let Some(("exec", command)) = typed.split_once(':') else {
        let name = marketplace.unwrap_or("this marketplace");
        return Err(UsageError(format!(
            "--vendor {typed}: vendors of {name} are clients and have no address. Name the program that calls: \
             --vendor 'exec:PROGRAM ARGUMENTS', or --vendor reference to see a run that conforms, or leave it out and \
             start your program yourself when asked to"
        )));
    };
    let words = shlex::split(command).filter(|words| !words.is_empty());
    let problem = || format!("--vendor {typed}: this is no command; write it as in a shell, without its operators");
    words.map(Performer::Program).ok_or_else(|| UsageError(problem()))
}

/// The faults of the built-in vendor, where `reference` or `reference:FAULT,…` is what the user typed.
fn faults(typed: &str) -> Option<Vec<String>> {
    match typed.split_once(':') {
        None if typed == "reference" => Some(Vec::new()),
        Some(("reference", faults)) => Some(faults.split(',').map(str::to_owned).collect()),
        _ => None,
    }
}

/// The reference vendor, where that is what the user typed.
pub(super) fn reference(typed: &str, market: &Market, store: Option<String>) -> Result<Option<Vendor>, UsageError> {
    let Some(faults) = faults(typed) else { return Ok(None) };
    let delay = Duration::from_millis(150);
    let options = VendorOptions { public_key: None, setup_delay: delay, deletion_delay: delay, store, faults };
    market.vendor(&options).map(Some).map_err(|error| UsageError(format!("--vendor {typed}: {error}")))
}
