//! A case in which the vendor is a client, without sockets: the engine, the store and the reference client are pure, and
//! the clock jumps.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use storeproof::engine::{CaseRecord, Next, Options, Playback};
use storeproof::market::setting::Values;
use storeproof::market::{Act, Client, Clients, Ended, Market, Task};
use storeproof::scenario::plan::Plan;
use storeproof::verdict::Catalogue;
use storeproof::wire::disturbance::Disturbances;
use storeproof::wire::{Caller, Exchange, Loss, Peer, Raw, Reply, Request, Response, Timing};

const NOON: &str = "2026-03-10T03:00:00Z";
/// Where the store is. It has a port, so that clients can leave it out.
const STORE: &str = "http://127.0.0.1:7703";
/// How long a request is on its way.
const WAY: SignedDuration = SignedDuration::from_millis(1);

/// Plays a case with faults and settings.
pub(crate) fn play(
    plan: &Arc<Plan>,
    faults: &[&str],
    settings: &[(&str, &str)],
    seed: u64,
    catalogue: &Arc<Catalogue>,
) -> CaseRecord {
    let mut values = Values::default();
    for (name, value) in settings {
        values.set(name, *value);
    }
    let market =
        Market::new(plan.marketplace.as_deref(), &values, None).expect("the settings are right").serving(STORE);
    let faults: Vec<String> = faults.iter().map(|&name| name.to_owned()).collect();
    let clients = market.clients(&faults).expect("the fault is known");
    let options = Options { seed, ..Options::default() };
    let mut now: Timestamp = NOON.parse().expect("a time");
    let session = market.session();
    let mut playback =
        Playback::new(Arc::clone(plan), session, Arc::clone(catalogue), options, now).expect("it needs no inputs");
    loop {
        match playback.next(now) {
            Next::Perform(task) => {
                let mut stage = Stage {
                    market: &market,
                    disturbances: Disturbances::new(task.answers.iter().cloned(), seed),
                    until: now + SignedDuration::try_from(task.within).expect("short"),
                    now,
                };
                let ended = stage.perform(&clients, &task, &mut playback);
                now = stage.now;
                playback.performed(ended);
            }
            Next::Send(_) => panic!("this store calls nobody"),
            Next::SleepUntil(when) => now = when,
            Next::Finish(record) => return *record,
        }
    }
}

/// A client and the store.
struct Stage<'a> {
    market: &'a Market,
    disturbances: Disturbances,
    until: Timestamp,
    now: Timestamp,
}

impl Stage<'_> {
    fn perform(&mut self, clients: &Clients, task: &Task, playback: &mut Playback) -> Ended {
        let mut client: Client = clients.begin(task, STORE);
        loop {
            if self.now >= self.until {
                return Ended::TimedOut { limit: task.within, output: String::new() };
            }
            match client.next(self.now) {
                Act::Call { request, patience } => {
                    let answer = self.call(request, patience, playback);
                    client.received(answer);
                }
                Act::Wait(time) => self.now += SignedDuration::try_from(time).expect("short"),
                Act::Hang => self.now = self.until,
                Act::End { code: Some(code), output } => return Ended::Exited { code, output },
                Act::End { code: None, output } => return Ended::Killed { by: "signal 11".to_owned(), output },
            }
        }
    }

    fn call(&mut self, request: Request, patience: Duration, playback: &mut Playback) -> Result<Response, Loss> {
        self.now += WAY;
        let answer = self.market.answer(&request, self.now);
        let reply: Reply = self.disturbances.apply(self.market.called(&request), answer);
        let outcome = reply.outcome();
        let called = playback.called(&Exchange {
            request,
            answer: outcome.clone(),
            raw: Raw::default(),
            started: self.now,
            timing: Timing { total: reply.after, ..Timing::default() },
            peer: Peer { base: STORE.to_owned(), loopback: true, ..Peer::default() },
            caller: Caller::Vendor,
        });
        assert!(called, "every call belongs to the case");
        if reply.after > patience {
            self.now += SignedDuration::try_from(patience).expect("short");
            return Err(Loss::TimeOut { limit: patience });
        }
        self.now += SignedDuration::try_from(reply.after).expect("short") + WAY;
        // A client sees that the connection was closed, not why.
        outcome.map_err(|loss| if loss == Loss::HungUp { Loss::ClosedBeforeAnswer } else { loss })
    }
}
