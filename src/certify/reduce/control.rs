//! Plays a case against a reference vendor without faults, in no time: the clock jumps where the case waits.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};

use super::symptom::symptoms;
use crate::engine::{CaseRecord, Dispatch, Next, Options, Playback, Returned};
use crate::market::{Market, Vendor, VendorOptions};
use crate::scenario::plan::Plan;
use crate::verdict::{Catalogue, Outcome};
use crate::wire::{Caller, Exchange, Loss, Peer, Raw, ReplyKind, Request, Timing};

/// Where the vendor stands, and where it finds the store. Nothing is sent there.
const BASE: &str = "http://127.0.0.1:8080";
const STORE: &str = "http://127.0.0.1:7702";
/// How long a set-up takes: longer than a call, so that a case which does not wait for it is found out, and shorter than
/// any case waits.
const SET_UP: Duration = Duration::from_millis(500);
/// Most turns of a case.
const MOST_TURNS: usize = 10_000;

/// Whether a vendor without faults stands a case, as far as that can be told here: `None` where the marketplace has no
/// such vendor, or the case is not judged with it.
///
/// `seed` should be another than that of the run, whose orders the marketplace may remember.
pub fn holds(
    plan: &Arc<Plan>,
    market: &Market,
    catalogue: &Arc<Catalogue>,
    inputs: &Map<String, Value>,
    seed: u64,
    now: Timestamp,
) -> Option<bool> {
    let options = VendorOptions {
        public_key: None,
        setup_delay: SET_UP,
        deletion_delay: SET_UP,
        store: market.is_called().then(|| STORE.to_owned()),
        faults: Vec::new(),
    };
    let vendor = market.vendor(&options).ok()?;
    let limit = market.time_limit();
    let options = Options { seed, inputs: inputs.clone(), time_limit: limit, ..Options::default() };
    let playback = Playback::new(Arc::clone(plan), market.session(), Arc::clone(catalogue), options, now).ok()?;
    let record = Wire { vendor, market, limit, now, called: Vec::new() }.play(playback)?;
    match record.outcome {
        Outcome::NotJudged(_) => None,
        _ => Some(symptoms(&record).is_empty()),
    }
}

/// What stands between the engine and the vendor.
struct Wire<'a> {
    vendor: Vendor,
    market: &'a Market,
    /// How long an answer may take.
    limit: Duration,
    now: Timestamp,
    /// What the vendor has called since the engine was last told.
    called: Vec<Exchange>,
}

impl Wire<'_> {
    fn play(mut self, mut playback: Playback) -> Option<CaseRecord> {
        for _ in 0..MOST_TURNS {
            match playback.next(self.now) {
                Next::Send(dispatches) => {
                    let returned = dispatches.into_iter().map(|dispatch| self.deliver(dispatch)).collect();
                    for exchange in self.called.drain(..) {
                        playback.called(&exchange);
                    }
                    playback.received(returned, self.now);
                }
                Next::SleepUntil(when) => self.now = when,
                Next::Finish(record) => return Some(*record),
                // No vendor that is called does a task.
                Next::Perform(_) => return None,
            }
        }
        None
    }

    fn deliver(&mut self, dispatch: Dispatch) -> Returned {
        let mut exchange = self.exchange(dispatch.request);
        if dispatch.lose_answer && exchange.answer.is_ok() {
            exchange.answer = Err(Loss::HungUp);
        }
        // Nobody opens a page here.
        Returned { exchange, visit: None }
    }

    fn exchange(&mut self, mut request: Request) -> Exchange {
        request.headers.push_first("Host", BASE.trim_start_matches("http://"));
        let (now, market, called) = (self.now, self.market, &mut self.called);
        let reply = self.vendor.answer(&request, now, &mut |request| {
            let response = market.answer(&request, now);
            called.push(Exchange {
                request,
                answer: Ok(response.clone()),
                raw: Raw::default(),
                started: now,
                timing: Timing::default(),
                peer: peer(STORE),
                caller: Caller::Vendor,
            });
            Some(response)
        });
        let total = Duration::from_millis(1) + reply.after;
        let answer = match reply.kind {
            _ if total > self.limit => Err(Loss::TimeOut { limit: self.limit }),
            ReplyKind::Response(response) => Ok(response),
            // A vendor without faults does none of this.
            _ => Err(Loss::ClosedBeforeAnswer),
        };
        let passed = SignedDuration::try_from(total).unwrap_or(SignedDuration::ZERO);
        self.now = self.now.checked_add(passed).unwrap_or(self.now);
        let timing = Timing { total, ..Timing::default() };
        let (started, caller) = (self.now, Caller::Marketplace);
        Exchange { request, answer, raw: Raw::default(), started, timing, peer: peer(BASE), caller }
    }
}

fn peer(base: &str) -> Peer {
    Peer { base: base.to_owned(), loopback: true, ..Peer::default() }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::market::setting::Values;
    use crate::run::{Loader, Origin};
    use crate::spec::{Document, embedded};

    const NAME: &str = "kt-bizstore/life-cycle/first-to-last";

    fn held(change: impl Fn(&mut Value)) -> Option<bool> {
        let catalogue = Arc::new(embedded::catalogue("kt-bizstore").clone());
        let loader = Loader::new(None, Arc::clone(&catalogue));
        let file = embedded::scenarios().find(|file| file.name() == NAME).expect("is embedded");
        let mut value = file.document().value;
        change(&mut value);
        let document = Document::with_positions(value, []);
        let plan = loader.plan_at(&document, &Origin::Embedded(file.path), NAME).expect("is sound");
        let market = Market::new(Some("kt-bizstore"), &Values::default(), None).expect("the defaults are right");
        let now = "2026-03-10T03:00:00Z".parse().expect("a time");
        holds(&plan, &market, &catalogue, &Map::new(), 7, now)
    }

    #[test]
    fn a_whole_case_holds_and_one_that_does_not_wait_for_its_set_up_does_not() {
        assert_eq!(held(|_| {}), Some(true));
        let without_waiting = |document: &mut Value| {
            let steps = document["workflows"][0]["steps"].as_array_mut().expect("steps");
            let waiting = steps.iter_mut().find(|step| step.get("onFailure").is_some()).expect("one waits");
            waiting["onFailure"] = json!([]);
        };
        assert_eq!(held(without_waiting), Some(false));
    }

    #[test]
    fn a_marketplace_whose_vendors_are_clients_has_no_control() {
        let market = Market::new(Some("scp"), &Values::default(), None).expect("the defaults are right");
        let options = VendorOptions {
            public_key: None,
            setup_delay: SET_UP,
            deletion_delay: SET_UP,
            store: None,
            faults: Vec::new(),
        };
        assert!(market.vendor(&options).is_err());
    }
}
