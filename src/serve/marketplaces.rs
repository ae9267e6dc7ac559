//! Serves all marketplaces and the console until told to stop.

use std::sync::Arc;

use super::{Hall, Log, Stand, web};
use crate::market::Market;
use crate::transport::{Browser, Client, Server, Site, Stop};
use crate::verdict::Catalogue;

/// One marketplace that is to be served.
pub struct Place {
    /// Its name.
    pub name: &'static str,
    /// The marketplace as the user has set it.
    pub market: Market,
    /// The port of its API, taken already, so that a vendor can be told of it.
    pub server: Server,
    /// What calls its vendor, and what opens the vendor's pages.
    pub vendor: Option<(Client, Browser)>,
    /// The rules that it judges by.
    pub catalogue: Arc<Catalogue>,
}

/// Marketplaces whose ports are taken.
pub struct Marketplaces {
    hall: Arc<Hall>,
    servers: Vec<(Arc<Stand>, Server)>,
    console: Site,
}

/// Where something is served: its name and the base address.
pub type Serving = (&'static str, String);

impl Marketplaces {
    /// Marketplaces that share a log, and the console's port.
    pub fn new(places: Vec<Place>, console: Site, log: Log) -> Self {
        let log = Arc::new(log);
        let stand = |place: Place| {
            let Place { name, market, server, vendor, catalogue } = place;
            let stand = Stand::new(name, market, vendor, server.base(), catalogue, Arc::clone(&log));
            (Arc::new(stand), server)
        };
        let servers: Vec<_> = places.into_iter().map(stand).collect();
        let stands = servers.iter().map(|(stand, _)| Arc::clone(stand)).collect();
        Self { hall: Arc::new(Hall { stands, log }), servers, console }
    }

    /// Everything that is served, the console first.
    pub fn serving(&self) -> Vec<Serving> {
        let console = ("console", self.console.base());
        let others = self.servers.iter().map(|(stand, server)| (stand.name, server.base()));
        std::iter::once(console).chain(others).collect()
    }

    /// The marketplaces themselves.
    pub fn hall(&self) -> &Arc<Hall> {
        &self.hall
    }

    /// Serves until `until` is done; answers under way are then finished.
    ///
    /// # Errors
    ///
    /// When the runtime cannot take over a socket.
    pub async fn serve(self, until: impl Future<Output = ()>) -> std::io::Result<()> {
        let mut serving = tokio::task::JoinSet::new();
        let mut stops: Vec<Stop> = vec![self.console.stop()];
        let console = self.console.serve(web::router(self.hall));
        serving.spawn(console);
        for (stand, server) in self.servers {
            stops.push(server.stop());
            let answering = server.serve(move |request, peer| stand.answer(request, peer));
            serving.spawn(async { answering.await.map(|_| ()) });
        }
        let mut until = std::pin::pin!(until);
        let mut ended = Ok(());
        let mut asked = false;
        loop {
            tokio::select! {
                () = &mut until, if !asked => {
                    asked = true;
                    stops.iter().for_each(Stop::stop);
                }
                served = serving.join_next() => match served {
                    None => return ended,
                    Some(Ok(served)) => {
                        if served.is_err() {
                            ended = served;
                        }
                        // One that ends by itself takes the others with it: half a hall would mislead.
                        stops.iter().for_each(Stop::stop);
                    }
                    Some(Err(_)) => stops.iter().for_each(Stop::stop),
                },
            }
        }
    }
}
