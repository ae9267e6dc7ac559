//! A hall of marketplaces with vendors, on free ports.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use storeproof::market::setting::Values;
use storeproof::market::{Market, VendorOptions};
use storeproof::run;
use storeproof::serve::{Hall, Log, Marketplaces, Place, Stand};
use storeproof::spec::embedded;
use storeproof::transport::{Browser, Client, Endpoint, Exposure, Limits, Running, Server, Site, Trust};
use tokio::sync::oneshot;

/// Marketplaces that stand until this is dropped.
pub(crate) struct Standing {
    pub(crate) hall: Arc<Hall>,
    _vendors: Vec<Running>,
    _stop: oneshot::Sender<()>,
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
    let mut places = Vec::new();
    let mut vendors = Vec::new();
    for (name, settings, vendor) in marketplaces {
        let mut values = Values::default();
        settings.iter().for_each(|(setting, value)| values.set(setting, *value));
        let market = Market::new(Some(name), &values, None).unwrap();
        let server = Server::bind((Ipv4Addr::LOCALHOST, 0).into(), Exposure::Loopback).unwrap();
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
                let running = run::reference::start(market.vendor(&options).unwrap(), store).unwrap();
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
        places.push(Place { name, market, server, vendor, catalogue });
    }
    let console = Site::bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
    let marketplaces = Marketplaces::new(places, console, Log::default());
    let hall = Arc::clone(marketplaces.hall());
    let (stop, stopped) = oneshot::channel::<()>();
    tokio::spawn(marketplaces.serve(async {
        let _ = stopped.await;
    }));
    Standing { hall, _vendors: vendors, _stop: stop }
}
