//! A hall of marketplaces with vendors, on free ports.

use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use storeproof::market::setting::Values;
use storeproof::market::{Market, VendorOptions};
use storeproof::run;
use storeproof::serve::{Clock, Hall, Log, Marketplaces, Place, ServeError, Stand, StateFile};
use storeproof::spec::embedded;
use storeproof::transport::{Browser, Client, Endpoint, Exposure, Limits, Mode, Running, Server, Site, Trust};
use storeproof::wire::Request;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// Marketplaces that stand until this is dropped.
pub(crate) struct Standing {
    pub(crate) hall: Arc<Hall>,
    /// Where the console is.
    console: String,
    serving: JoinHandle<Result<(), ServeError>>,
    _vendors: Vec<Running>,
    stop: oneshot::Sender<()>,
}

impl Standing {
    pub(crate) fn stand(&self, name: &str) -> Arc<Stand> {
        Arc::clone(self.hall.stand(name).unwrap())
    }
}

/// What a marketplace's vendor is.
pub(crate) enum Vendor<'a> {
    /// The built-in one with these faults.
    Reference(&'a [&'a str]),
    /// At this address.
    At(&'a str),
    /// None.
    Nobody,
}

/// A marketplace's name, its settings, and its vendor.
pub(crate) type Wanted<'a> = (&'static str, &'a [(&'a str, &'a str)], Vendor<'a>);

/// Marketplaces with these settings and vendors.
pub(crate) async fn standing(marketplaces: &[Wanted<'_>]) -> Standing {
    kept(marketplaces, None).await
}

/// The same, with what they remember in this file.
pub(crate) async fn kept(marketplaces: &[Wanted<'_>], file: Option<&Path>) -> Standing {
    let mut places = Vec::new();
    let mut vendors = Vec::new();
    for (name, settings, vendor) in marketplaces {
        let mut values = Values::default();
        settings.iter().for_each(|(setting, value)| values.set(setting, *value));
        let market = Market::new(Some(name), &values, None).unwrap();
        let server = Server::bind((Ipv4Addr::LOCALHOST, 0).into(), Exposure::Loopback).unwrap();
        let mut shared_clock = None;
        let address = match vendor {
            Vendor::Nobody => None,
            Vendor::At(address) => Some((*address).to_owned()),
            Vendor::Reference(faults) => {
                let store = market.is_called().then(|| server.base());
                let options = VendorOptions {
                    public_key: None,
                    setup_delay: Duration::ZERO,
                    deletion_delay: Duration::ZERO,
                    store: store.clone(),
                    faults: faults.iter().map(|&fault| fault.to_owned()).collect(),
                };
                let clock = Arc::<Clock>::default();
                let now = Arc::clone(&clock);
                let vendor = market.vendor(&options).unwrap();
                let running = run::reference::start_by(vendor, store, move || now.now()).unwrap();
                shared_clock = Some(clock);
                let base = running.base().to_owned();
                vendors.push(running);
                Some(base)
            }
        };
        let vendor = address.map(|address| {
            let endpoint = Endpoint::parse(&address).unwrap();
            let limits = Limits { total: market.time_limit(), ..Limits::default() };
            let browser = Browser::new(endpoint.clone(), limits, &Trust::System).unwrap();
            (Client::new(endpoint, limits, Trust::System).unwrap(), browser)
        });
        let catalogue = Arc::new(embedded::catalogue(name).clone());
        places.push(Place { name, market, server, vendor, catalogue, shared_clock });
    }
    let console = Site::bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
    let mut marketplaces = Marketplaces::new(places, console, Log::default());
    if let Some(file) = file {
        let file = StateFile::open(file).unwrap();
        marketplaces = marketplaces.with_state(file, |error| panic!("{error}")).unwrap();
    }
    let (hall, console) = (Arc::clone(marketplaces.hall()), marketplaces.serving()[0].1.clone());
    let (stop, stopped) = oneshot::channel::<()>();
    let until = async {
        let _ = stopped.await;
    };
    let serving = tokio::spawn(marketplaces.serve(until));
    Standing { hall, console, serving, _vendors: vendors, stop }
}

/// Somebody at the console, whose browser runs no scripts.
pub(crate) struct Visitor {
    client: Client,
    origin: String,
    language: &'static str,
}

/// A page as it came.
pub(crate) struct Page {
    pub(crate) status: u16,
    /// Where it leads, for an answer that leads elsewhere.
    pub(crate) location: Option<String>,
    pub(crate) text: String,
}

impl Standing {
    /// Ends all of them, and keeps what they remember.
    pub(crate) async fn end(self) {
        let _ = self.stop.send(());
        self.serving.await.unwrap().unwrap();
    }

    pub(crate) fn visitor(&self, language: &'static str) -> Visitor {
        self.visitor_at(&self.console, language)
    }

    /// Somebody who opens another address.
    pub(crate) fn visitor_at(&self, base: &str, language: &'static str) -> Visitor {
        let endpoint = Endpoint::parse(base).unwrap();
        let client = Client::new(endpoint, Limits::default(), Trust::System).unwrap();
        Visitor { client, origin: self.console.clone(), language }
    }
}

impl Visitor {
    /// Comes from a page of this origin from now on.
    pub(crate) fn pretend(&mut self, origin: &str) {
        self.origin = origin.to_owned();
    }

    pub(crate) async fn get(&self, path: &str) -> Page {
        self.send(Request::new("GET", path)).await
    }

    /// Asks for a page of these types.
    pub(crate) async fn look(&self, path: &str, accept: &str) -> Page {
        let mut request = Request::new("GET", path);
        request.headers.push("Accept", accept);
        self.send(request).await
    }

    /// Sends a form as a browser does, from the console's own page.
    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let mut request = Request::new("POST", path);
        request.headers.push("Content-Type", "application/x-www-form-urlencoded");
        request.headers.push("Origin", self.origin.as_str());
        request.body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish().into_bytes();
        self.send(request).await
    }

    /// Sends a form and follows it to the page that shows what came of it.
    pub(crate) async fn press(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let answer = self.post(path, fields).await;
        assert_eq!(answer.status, 303, "{path}: {}", answer.text);
        let location = answer.location.unwrap();
        let page = self.get(location.split('#').next().unwrap()).await;
        assert_eq!(page.status, 200, "{location}: {}", page.text);
        page
    }

    async fn send(&self, mut request: Request) -> Page {
        request.headers.push("Accept-Language", self.language);
        let exchange = self.client.send(request, Mode::Whole).await;
        let response = exchange.answer.unwrap();
        Page { status: response.status, location: response.headers.text("location"), text: response.text() }
    }
}

impl Page {
    /// The value of a field that goes along unseen or is filled in.
    pub(crate) fn value(&self, name: &str) -> String {
        let at = self.text.find(&format!("name=\"{name}\"")).unwrap_or_else(|| panic!("no {name} in {}", self.text));
        let rest = &self.text[at..];
        let value = rest.split("value=\"").nth(1).unwrap();
        value.split('"').next().unwrap().to_owned()
    }
}
