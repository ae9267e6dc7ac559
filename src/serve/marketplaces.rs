//! Serves all marketplaces and the console until told to stop.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;
use tokio::task::JoinSet;

use super::{Clock, Hall, Log, Premises, Stand, StateError, StateFile, web};
use crate::market::Market;
use crate::transport::{Browser, Client, Server, Site, Stop};
use crate::verdict::Catalogue;

/// How long changes are gathered before the state is written again. A kill loses at most so much.
const PAUSE: Duration = Duration::from_millis(200);

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
    /// The clock that it shares with the vendor; none where the vendor has its own.
    pub shared_clock: Option<Arc<Clock>>,
}

/// Marketplaces whose ports are taken.
pub struct Marketplaces {
    hall: Arc<Hall>,
    servers: Vec<(Arc<Stand>, Server)>,
    console: Site,
    changed: Arc<Notify>,
    state: Option<(Arc<Mutex<StateFile>>, Trouble)>,
}

/// Told when the state cannot be written.
type Trouble = Box<dyn Fn(&StateError) + Send + Sync>;

/// Where something is served: its name and the base address.
pub type Serving = (&'static str, String);

/// Why marketplaces no longer stand.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The runtime could not take over a socket.
    #[error("a port cannot be served: {0}")]
    Socket(#[from] std::io::Error),
    /// What they remember could not be kept.
    #[error("the state could not be kept: {0}")]
    State(#[from] StateError),
}

impl Marketplaces {
    /// Marketplaces that share a log, and the console's port.
    pub fn new(places: Vec<Place>, console: Site, log: Log) -> Self {
        let (log, changed) = (Arc::new(log), Arc::<Notify>::default());
        let stand = |place: Place| {
            let Place { name, market, server, vendor, catalogue, shared_clock } = place;
            let premises = Premises { name, market, vendor, base: server.base(), catalogue, shared_clock };
            let stand = Stand::new(premises, Arc::clone(&log), Arc::clone(&changed));
            stand.console.get_or_init(|| console.base());
            (Arc::new(stand), server)
        };
        let servers: Vec<_> = places.into_iter().map(stand).collect();
        let stands = servers.iter().map(|(stand, _)| Arc::clone(stand)).collect();
        Self { hall: Arc::new(Hall::new(stands, log)), servers, console, changed, state: None }
    }

    /// Goes on from what is in this file, and keeps it up to date. `trouble` is told when it cannot be written; that is
    /// tried again with the next change.
    ///
    /// # Errors
    ///
    /// When what is in it is not theirs.
    pub fn with_state(
        self,
        file: StateFile,
        trouble: impl Fn(&StateError) + Send + Sync + 'static,
    ) -> Result<Self, StateError> {
        file.resume(&self.hall.stands)?;
        Ok(Self { state: Some((Arc::new(Mutex::new(file)), Box::new(trouble))), ..self })
    }

    /// Lets this seed decide where chance does; without it, 1 does.
    #[must_use]
    pub fn with_seed(self, seed: u64) -> Self {
        self.hall.stands.iter().for_each(|stand| stand.take_chances(seed));
        self
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

    /// Serves until `until` is done. Answers under way are then finished, streams end, and the state is written.
    ///
    /// # Errors
    ///
    /// See [`ServeError`].
    pub async fn serve(self, until: impl Future<Output = ()>) -> Result<(), ServeError> {
        let Self { hall, servers, console, changed, state } = self;
        let (state, trouble) = state.unzip();
        let keep = |trouble| {
            let state = state.clone()?;
            Some(tokio::spawn(keep(state, Arc::clone(&hall), changed, trouble)))
        };
        let keeping = trouble.and_then(keep);
        let mut serving = JoinSet::new();
        let mut stops: Vec<Stop> = vec![console.stop()];
        serving.spawn(console.serve(web::router(Arc::clone(&hall))));
        for (stand, server) in servers {
            stops.push(server.stop());
            let witness = Arc::clone(&stand);
            let server = server.with_witness(move |refused, peer| witness.refused(refused, peer));
            let answering = server.serve(move |request, peer| stand.answer(request, peer));
            serving.spawn(async { answering.await.map(|_| ()) });
        }
        let stop = || {
            hall.close();
            stops.iter().for_each(Stop::stop);
        };
        let ended = served(serving, until, stop).await;
        if let Some(keeping) = keeping {
            // It ends between two writes.
            let _ = keeping.await;
        }
        if let Some(state) = state {
            write(&state, &hall).await?;
        }
        Ok(ended?)
    }
}

/// Until all have ended, which they do when `until` is done.
async fn served(
    mut serving: JoinSet<std::io::Result<()>>,
    until: impl Future<Output = ()>,
    stop: impl Fn(),
) -> std::io::Result<()> {
    let mut until = std::pin::pin!(until);
    let mut ended = Ok(());
    let mut asked = false;
    loop {
        tokio::select! {
            () = &mut until, if !asked => {
                asked = true;
                stop();
            }
            served = serving.join_next() => match served {
                None => return ended,
                Some(Ok(served)) => {
                    if served.is_err() {
                        ended = served;
                    }
                    // One that ends by itself takes the others with it: half a hall would mislead.
                    stop();
                }
                Some(Err(_)) => stop(),
            },
        }
    }
}

/// Writes the state whenever it has changed, until the hall closes.
async fn keep(state: Arc<Mutex<StateFile>>, hall: Arc<Hall>, changed: Arc<Notify>, trouble: Trouble) {
    let mut closing = hall.closing();
    let mut well = true;
    while !*closing.borrow() {
        tokio::select! {
            () = changed.notified() => {}
            _ = closing.changed() => return,
        }
        let began = Instant::now();
        match write(&state, &hall).await {
            Ok(()) => well = true,
            // Once until it goes well again: a full disk is no news with every request.
            Err(error) if well => {
                trouble(&error);
                well = false;
            }
            Err(_) => {}
        }
        tokio::select! {
            // A large state must not keep a core busy for ever.
            () = tokio::time::sleep(PAUSE.max(began.elapsed() * 4)) => {}
            _ = closing.changed() => return,
        }
    }
}

async fn write(state: &Arc<Mutex<StateFile>>, hall: &Arc<Hall>) -> Result<(), StateError> {
    let (state, hall) = (Arc::clone(state), Arc::clone(hall));
    let writing = tokio::task::spawn_blocking(move || {
        // A thread that died over it has left the file whole, as everybody does.
        state.lock().unwrap_or_else(PoisonError::into_inner).write(&hall.stands).map(|_| ())
    });
    writing.await.unwrap_or(Ok(()))
}
