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
use crate::serve::{Authority, Bounds, Clock, Log, Marketplaces, Place, StateFile};
use crate::spec::embedded;
use crate::transport::{BindError, Browser, Client, Exposure, Running, Server, Site};

/// The console, beside the marketplaces, as `--listen` names it.
const CONSOLE: &str = "console";

/// Ports without `--listen`: the console's, then one for each marketplace in the order of [`MARKETPLACES`].
const FIRST_PORT: u16 = 7700;

/// Serves until Ctrl-C or SIGTERM; one line each on standard output says where.
pub(super) fn serve(arguments: &Serve, out: &mut dyn Write) -> Result<Ended, UsageError> {
    if let Some(specs) = &arguments.common.specs {
        return Err(UsageError(format!("--specs {}: serve knows the embedded specs only", specs.display())));
    }
    let config = settings::configuration(&arguments.common)?;
    let names = names(&arguments.marketplaces)?;
    let listen = addresses(&arguments.listen, &names)?;
    let typed = vendors(&arguments.vendor, &names)?;
    let exposure = if arguments.allow_remote { Exposure::Remote } else { Exposure::Loopback };
    // Before any port is taken and anything is started: a state that cannot be used ends it all.
    let state = match &arguments.state {
        Some(path) => Some(StateFile::open(path).map_err(|error| UsageError(format!("--state {error}")))?),
        None => None,
    };
    let mut servers = Vec::new();
    for name in &names {
        let listening = Listening::of(name, &listen, &config)?;
        servers
            .push(Server::bind(listening.address, exposure).map_err(|error| listening.refused(name, &error, &config))?);
    }
    let listening = Listening::of(CONSOLE, &listen, &config)?;
    let console = Site::bind(listening.address).map_err(|error| listening.refused(CONSOLE, &error, &config))?;
    let servers = over_tls(servers, arguments)?;
    // Reference vendors live as long as the marketplaces do.
    let mut running = Vec::new();
    let mut places = Vec::new();
    for (name, server) in names.into_iter().zip(servers) {
        let market = settings::market(Some(name), &config, None)?.serving(&server.base());
        let (vendor, built_in) = match vendor(name, &market, &server.base(), &typed, arguments, &config)? {
            Some((vendor, built_in)) => (Some(vendor), built_in),
            None => (None, None),
        };
        let (vendor_running, shared_clock) = built_in.unzip();
        running.extend(vendor_running);
        let catalogue = Arc::new(embedded::catalogue(name).clone());
        places.push(Place { name, market, server, vendor, catalogue, shared_clock });
    }
    let entries = usize::try_from(arguments.log_entries).unwrap_or(usize::MAX);
    let log = Log::new(Bounds { entries, ..Bounds::default() });
    let mut marketplaces = Marketplaces::new(places, console, log);
    if let Some(seed) = arguments.seed.or(config.file.seed) {
        marketplaces = marketplaces.with_seed(seed);
    }
    if let Some(state) = state {
        let state_has: std::collections::BTreeSet<String> = state.names().map(str::to_owned).collect();
        let kept_in = state.path().display().to_string();
        let trouble = |error: &_| super::talk(&format!("storeproof: {error}; it is tried again with the next change"));
        marketplaces =
            marketplaces.with_state(state, trouble).map_err(|error| UsageError(format!("--state {error}")))?;
        for stand in
            marketplaces.hall().stands.iter().filter(|stand| stand.same_clock && state_has.contains(stand.name))
        {
            super::talk(&format!(
                "storeproof: the built-in vendor of {} begins anew and knows nobody whom {kept_in} remembers",
                stand.name
            ));
        }
        for stand in marketplaces.hall().stands.iter().filter(|stand| !stand.clock.ahead().is_zero()) {
            let (name, ahead) = (stand.name, stand.clock.ahead());
            super::talk(&format!("storeproof: the clock of {name} is {ahead:#} off, as {kept_in} has it"));
        }
    }
    // On one core, handing requests from thread to thread only costs.
    let runtime = super::runtime(std::thread::available_parallelism().map_or(1, |cores| cores.get()))?;
    runtime.block_on(async {
        // Whoever reads the lines may send a signal at once.
        let mut end = End::listen()?;
        for (name, base) in marketplaces.serving() {
            writeln!(out, "{name:<11}  {base}").map_err(UsageError::new)?;
        }
        out.flush().map_err(UsageError::new)?;
        let until = async move {
            end.asked().await;
            tokio::spawn(async move {
                end.asked().await;
                super::abort();
            });
        };
        marketplaces.serve(until).await.map_err(UsageError::new)?;
        Ok(Ended::Well)
    })
}

/// What asks a server to end: Ctrl-C, and SIGTERM, which supervisors and containers send.
struct End {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

impl End {
    #[cfg(unix)]
    fn listen() -> Result<Self, UsageError> {
        use tokio::signal::unix::{SignalKind, signal};
        let listen = |kind| signal(kind).map_err(UsageError::new);
        Ok(Self { interrupt: listen(SignalKind::interrupt())?, terminate: listen(SignalKind::terminate())? })
    }

    #[cfg(unix)]
    async fn asked(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }

    #[cfg(not(unix))]
    #[expect(clippy::unnecessary_wraps, reason = "elsewhere it can fail")]
    fn listen() -> Result<Self, UsageError> {
        Ok(Self {})
    }

    #[cfg(not(unix))]
    async fn asked(&mut self) {
        // Where Ctrl-C cannot be listened to, whoever started us ends us in another way.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

/// The same servers on HTTPS, where that is asked for; one line on standard error says whom to trust.
fn over_tls(servers: Vec<Server>, arguments: &Serve) -> Result<Vec<Server>, UsageError> {
    let Some(folder) = &arguments.https else { return Ok(servers) };
    let refused = |error: crate::serve::TlsError| match error {
        name @ crate::serve::TlsError::Name { .. } => UsageError(format!("--https-name: {name}")),
        other => UsageError(format!("--https: {other}")),
    };
    let authority = Authority::of_folder(folder, super::now()).map_err(refused)?;
    // Whoever listens on an address of this machine is called by it.
    let addresses = servers.iter().map(|server| server.address().ip()).filter(|address| !address.is_unspecified());
    let names: Vec<String> =
        arguments.https_name.iter().cloned().chain(addresses.map(|address| address.to_string())).collect();
    let config = authority.server(&names, super::now()).map_err(refused)?;
    super::talk(&format!(
        "storeproof: the marketplaces speak HTTPS; clients must trust {} (curl --cacert FILE, or the system's store)",
        authority.certificate().display()
    ));
    Ok(servers.into_iter().map(|server| server.with_tls(Arc::clone(&config))).collect())
}

/// The marketplaces to serve, as we write their names.
fn names(typed: &[String]) -> Result<Vec<&'static str>, UsageError> {
    typed.iter().try_for_each(|name| super::known_marketplace(name))?;
    let wanted = |name: &&&str| typed.is_empty() || typed.iter().any(|typed| typed == **name);
    Ok(MARKETPLACES.iter().filter(wanted).copied().collect())
}

/// What `--listen` says, by name.
fn addresses(typed: &[String], names: &[&'static str]) -> Result<BTreeMap<&'static str, SocketAddr>, UsageError> {
    let mut addresses = BTreeMap::new();
    for text in typed {
        let refuse = |problem: String| Err(UsageError(format!("--listen {text}: {problem}")));
        let Some((name, address)) = text.split_once('=') else {
            return refuse("write NAME=ADDRESS, such as scp=127.0.0.1:7703".to_owned());
        };
        let known = std::iter::once(CONSOLE).chain(MARKETPLACES.iter().copied()).find(|known| *known == name);
        let Some(known) = known else {
            let all = std::iter::once(CONSOLE).chain(MARKETPLACES.iter().copied()).collect::<Vec<_>>().join(", ");
            return refuse(format!("{name} is none of {all}"));
        };
        if known != CONSOLE && !names.contains(&known) {
            return refuse(format!("{name} is not served; name it behind `serve`"));
        }
        let Ok(address) = address.parse() else {
            return refuse(format!("{address:?} is no address such as 127.0.0.1:7702 or [::1]:0"));
        };
        if addresses.insert(known, address).is_some() {
            return refuse(format!("an address for {name} was given before"));
        }
    }
    Ok(addresses)
}

/// Where something listens, and who said so.
struct Listening {
    address: SocketAddr,
    said: Said,
}

/// Who said where to listen.
enum Said {
    /// `--listen`.
    Argument,
    /// `listen` of the section.
    Section,
    /// Nobody.
    Default,
}

impl Listening {
    /// `--listen`, the `listen` of its section, or its own port.
    fn of(name: &'static str, typed: &BTreeMap<&'static str, SocketAddr>, config: &Config) -> Result<Self, UsageError> {
        if let Some(address) = typed.get(name) {
            return Ok(Self { address: *address, said: Said::Argument });
        }
        if let Some(address) = lanes::listen(config, Some(name))? {
            return Ok(Self { address, said: Said::Section });
        }
        let place = MARKETPLACES.iter().position(|known| *known == name).map_or(0, |index| index + 1);
        let port = FIRST_PORT + u16::try_from(place).unwrap_or_default();
        Ok(Self { address: (Ipv4Addr::LOCALHOST, port).into(), said: Said::Default })
    }

    /// Why nothing listens there, pointing at who said so.
    fn refused(&self, name: &str, error: &BindError, config: &Config) -> UsageError {
        let port = self.address.port();
        let problem = match error {
            BindError::NotLoopback { address } if name == CONSOLE => format!(
                "{address} is reachable from other machines, and whoever presses a button of the console makes this \
                 machine send requests: it stays on 127.0.0.1:{port} or [::1]:{port}"
            ),
            BindError::NotLoopback { .. } => format!("{error}: add --allow-remote if that is meant"),
            BindError::Listen { .. } => {
                format!("{error}; is another storeproof running there? --listen {name}=127.0.0.1:0 takes a free port")
            }
        };
        let written = config.sections.get(name).and_then(|section| section.listen.as_ref());
        match (&self.said, written) {
            (Said::Section, Some(written)) => UsageError::new(config.error(written, problem)),
            (Said::Argument, _) => UsageError(format!("--listen {name}={}: {problem}", self.address)),
            _ => UsageError(format!("{name}: {problem}")),
        }
    }
}

/// What `--vendor` says, by marketplace; without a name it holds for all that are served.
fn vendors(typed: &[String], names: &[&'static str]) -> Result<BTreeMap<&'static str, (String, Meant)>, UsageError> {
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
                vendors.insert(*name, (vendor.to_owned(), Meant::This));
            }
            None => names.iter().for_each(|name| {
                vendors.insert(*name, (text.clone(), Meant::All));
            }),
        }
    }
    Ok(vendors)
}

/// Whether a vendor was named for one marketplace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meant {
    /// For this one.
    This,
    /// For all that are served.
    All,
}

/// What calls a vendor, and the built-in vendor with its clock where it is that.
type Called = ((Client, Browser), Option<(Running, Arc<Clock>)>);

/// What calls the vendor: `--vendor`, or the `vendor` of the section; nobody where neither is given, or where the
/// marketplace calls nobody.
fn vendor(
    name: &'static str,
    market: &Market,
    base: &str,
    typed: &BTreeMap<&'static str, (String, Meant)>,
    arguments: &Serve,
    config: &Config,
) -> Result<Option<Called>, UsageError> {
    let written = config.sections.get(name).and_then(|section| section.vendor.as_ref());
    if market.vendors_are_clients() {
        // A program of the section's is one for `run`.
        return match typed.get(name) {
            Some((vendor, Meant::This)) => {
                let problem = format!("--vendor {name}={vendor}: {name} calls nobody; its vendors call it, at {base}");
                Err(UsageError(problem))
            }
            _ => Ok(None),
        };
    }
    let vendor = match (typed.get(name), written) {
        (Some((typed, _)), _) => typed.clone(),
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
