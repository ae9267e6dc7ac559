//! One marketplace that stays up.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::Notify;

use super::judge::Judge;
use super::{Clock, Log, Seen, Storefront, fault, front};
use crate::market::{Market, Misfit, Seeded};
use crate::transport::{Browser, Client, Refused};
use crate::verdict::{Catalogue, Judgement, Weighed};
use crate::wire::disturbance::{Disturbance, Disturbances, Harm};
use crate::wire::{Caller, Exchange, Headers, Peer, Raw, Reply, Request, Response, Timing};

/// How much of the first line of what was no request is shown in lists, in bytes.
const LONGEST_LINE: usize = 512;

/// Decides where chance does, where the user has named no seed.
const FIRST_SEED: u64 = 1;

/// Most answers that were disturbed while a button is pressed, and whose calls the pressed case has.
const MOST_HANDED_OVER: usize = 256;

/// What a marketplace is made of.
pub struct Premises {
    /// Its name, such as `scp`.
    pub name: &'static str,
    /// The marketplace with its settings and its state.
    pub market: Market,
    /// What calls its vendor, and what opens the vendor's pages; none where the user has named no vendor.
    pub vendor: Option<(Client, Browser)>,
    /// Where it is served, such as `http://127.0.0.1:7703`.
    pub base: String,
    /// The rules that it judges by.
    pub catalogue: Arc<Catalogue>,
    /// The clock that it shares with the vendor; none where the vendor has its own.
    pub shared_clock: Option<Arc<Clock>>,
}

/// One marketplace that stays up: what it is, what it remembers, and whom it calls.
pub struct Stand {
    /// Its name, such as `scp`.
    pub name: &'static str,
    /// The marketplace with its settings and its state.
    pub market: Market,
    /// Its clock.
    pub clock: Arc<Clock>,
    /// Whether the vendor goes by the same clock.
    pub same_clock: bool,
    /// The vendor that it calls; none where the user has named none.
    pub vendor: Option<Client>,
    /// Opens the vendor's pages.
    pub browser: Option<Browser>,
    /// Where it is served, such as `http://127.0.0.1:7703`.
    pub base: String,
    /// The rules that it judges by.
    pub catalogue: Arc<Catalogue>,
    /// Where the console is, for people who look for it here.
    pub(super) console: OnceLock<String>,
    /// What the judge remembers of everything that was exchanged.
    pub(super) judge: Judge,
    /// What its customers and orders are, as its pages show them.
    pub(super) storefront: Storefront,
    /// Whose turn it is to press a button.
    pub(super) turn: tokio::sync::Mutex<()>,
    /// Which of its answers go wrong on purpose.
    disturbances: Mutex<Disturbances>,
    /// What decides where chance does.
    seed: AtomicU64,
    /// The latest time of a press.
    pressed: Mutex<Timestamp>,
    /// How many answers to the vendor were disturbed, ever.
    spoilt: AtomicU64,
    /// What was done to answers to calls that a case has now, by the time and target of the call.
    handed_over: Mutex<Vec<(Timestamp, String, String)>>,
    pub(super) log: Arc<Log>,
    /// Told whenever something happened that a state file may have to hold.
    changed: Arc<Notify>,
}

/// What a marketplace takes with it over a restart.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Kept {
    /// How far its clock is ahead, in milliseconds: its orders carry the times of that clock.
    ahead_ms: i64,
    /// What [`Market::state`] tells.
    market: Value,
    /// What the storefront shows.
    storefront: Value,
    /// What the judge remembers.
    judge: Value,
}

impl Stand {
    /// A marketplace that writes into this log, and says when its state has changed.
    pub fn new(premises: Premises, log: Arc<Log>, changed: Arc<Notify>) -> Self {
        let Premises { name, market, vendor, base, catalogue, shared_clock } = premises;
        let judge = Judge::new(market.clone());
        let (vendor, browser) = vendor.unzip();
        let same_clock = shared_clock.is_some();
        let clock = shared_clock.unwrap_or_default();
        let storefront = Storefront::new(&market, clock.now());
        Self {
            name,
            market,
            clock,
            same_clock,
            vendor,
            browser,
            base,
            catalogue,
            console: OnceLock::new(),
            judge,
            storefront,
            turn: tokio::sync::Mutex::default(),
            disturbances: Mutex::new(Disturbances::new([], FIRST_SEED)),
            seed: AtomicU64::new(FIRST_SEED),
            pressed: Mutex::new(Timestamp::MIN),
            spoilt: AtomicU64::new(0),
            handed_over: Mutex::default(),
            log,
            changed,
        }
    }

    /// Answers a call of the vendor's, judges it, and writes both down.
    pub fn answer(&self, request: Request, _peer: SocketAddr) -> Reply {
        let now = self.clock.now();
        let operation = self.market.called(&request);
        let console = self.console.get().map_or("", String::as_str);
        if let Some(page) = front::page(self.name, console, operation.is_some(), &request) {
            return Reply::from(page);
        }
        let disturbance = self.disturbances().draw(operation);
        // A late answer can be too late.
        self.spoilt.fetch_add(u64::from(disturbance.is_some()), Ordering::Relaxed);
        let exchange = |request, answer| Exchange {
            request,
            answer,
            raw: Raw::default(),
            started: now,
            timing: Timing::default(),
            peer: Peer { base: self.base.clone(), loopback: true, ..Peer::default() },
            caller: Caller::Vendor,
        };
        let done = disturbance.as_ref().map(fault::told);
        let reply = match disturbance {
            Some(disturbance) if disturbance.harm != Harm::None => {
                // Whoever gets no whole answer must try again, and neither the store nor its judge must then have seen
                // the call before. What is wrong with the request itself stays wrong.
                let response = self.market.rehearse(&request, now);
                let exchange = exchange(request, Ok(response.clone()));
                let (named, judgement) = self.market.session().judge_callback(&exchange);
                let reply = disturbance.apply(response);
                let exchange = Exchange { answer: reply.outcome(), ..exchange };
                self.note(named.or_else(|| operation.map(str::to_owned)), exchange, judgement, done);
                reply
            }
            disturbance => {
                let response = self.market.answer(&request, now);
                let exchange = exchange(request, Ok(response.clone()));
                let target = done.as_ref().map(|_| exchange.request.target.clone());
                match self.judge.judge(exchange) {
                    Some((exchange, named, judgement)) => {
                        self.note(named.or_else(|| operation.map(str::to_owned)), exchange, judgement, done);
                    }
                    None => self.hand_over(target.zip(done).map(|(target, done)| (now, target, done))),
                }
                match disturbance {
                    Some(disturbance) => disturbance.apply(response),
                    None => Reply::from(response),
                }
            }
        };
        self.change();
        reply
    }

    /// Writes down what came and was no request: whoever sends it sees the call here and not only an answer that nobody
    /// of the store has given.
    pub fn refused(&self, refused: Refused, _peer: SocketAddr) {
        let Refused { received, status, why } = refused;
        let line = received.split(|byte| matches!(byte, b'\r' | b'\n')).next().unwrap_or_default();
        let line = String::from_utf8_lossy(&line[..line.len().min(LONGEST_LINE)]);
        let mut words = line.split(' ').filter(|word| !word.is_empty());
        let method = words.next().filter(|word| word.bytes().all(|byte| byte.is_ascii_alphabetic())).unwrap_or("–");
        let request = Request::new(method, words.next().filter(|_| method != "–").unwrap_or_default());
        let headers = Headers::from_iter([("Content-Type", "text/plain; charset=utf-8")]);
        let answer = Ok(Response { headers, body: format!("{why}\n").into_bytes(), ..Response::new(status) });
        let exchange = Exchange {
            request,
            answer,
            raw: Raw { received_total: 0, sent: received, received: Vec::new() },
            started: self.clock.now(),
            timing: Timing::default(),
            peer: Peer { base: self.base.clone(), loopback: true, ..Peer::default() },
            caller: Caller::Vendor,
        };
        let seen = self.seen(None, exchange, Judgement::default());
        self.log.add(Seen { refused: Some(why), ..seen });
    }

    /// Remembers what was done to an answer until the case that has the call writes it down.
    fn hand_over(&self, done: Option<(Timestamp, String, String)>) {
        let mut handed_over = self.handed_over();
        handed_over.extend(done);
        // A case that ended in an unusual way never asks.
        let surplus = handed_over.len().saturating_sub(MOST_HANDED_OVER);
        handed_over.drain(..surplus);
    }

    /// What was done to the answer to a call that was handed to a case.
    pub(super) fn done_to(&self, exchange: &Exchange) -> Option<String> {
        let mut handed_over = self.handed_over();
        let same = |(when, target, _): &(Timestamp, String, String)| {
            *when == exchange.started && *target == exchange.request.target
        };
        let at = handed_over.iter().position(same)?;
        Some(handed_over.swap_remove(at).2)
    }

    /// Writes down an exchange.
    pub(super) fn note(
        &self,
        operation: Option<String>,
        exchange: Exchange,
        judgement: Judgement,
        disturbance: Option<String>,
    ) {
        self.log.add(Seen { disturbance, ..self.seen(operation, exchange, judgement) });
    }

    /// An exchange that no button began, with what was found.
    pub(super) fn seen(&self, operation: Option<String>, exchange: Exchange, judgement: Judgement) -> Seen {
        let weighed = |finding: crate::verdict::Finding| Weighed {
            level: self.catalogue.level(&finding.requirement),
            finding,
            exchange: None,
        };
        Seen {
            marketplace: self.name,
            operation,
            exchange,
            findings: judgement.findings.into_iter().map(weighed).collect(),
            readings: judgement.readings,
            skipped: judgement.skipped,
            disturbance: None,
            refused: None,
            step: None,
        }
    }

    /// Forgets everything: state, what the judge remembers, disturbances, and how the clock was moved. The log stays.
    /// Whoever has pressed a button is waited for.
    pub async fn reset(&self) {
        let _turn = self.turn.lock().await;
        self.market.reset();
        self.judge.forget();
        self.storefront.reset();
        self.disturb([]);
        self.handed_over().clear();
        self.clock.move_to(SignedDuration::ZERO);
        self.change();
    }

    /// Puts objects into the marketplace's state; see [`Market::seed`].
    ///
    /// # Errors
    ///
    /// When one does not fit; none of them is then there.
    pub fn seed(&self, objects: &Value) -> Result<Seeded, Misfit> {
        let seeded = self.market.seed(objects)?;
        self.change();
        Ok(seeded)
    }

    /// Moves the clock so far ahead of this machine's.
    pub fn move_clock(&self, ahead: SignedDuration) {
        self.clock.move_to(ahead);
        self.change();
    }

    /// The rules by which answers go wrong on purpose, and which of them is next.
    pub fn disturbances(&self) -> MutexGuard<'_, Disturbances> {
        self.disturbances.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the clock stands before the last press; the next press is asked anew.
    pub(super) fn turned_back(&self) -> bool {
        let mut pressed = self.pressed.lock().unwrap_or_else(PoisonError::into_inner);
        let before = std::mem::replace(&mut *pressed, self.clock.now());
        // A computer's clock that is set right now and then is no journey.
        before.duration_since(*pressed) > SignedDuration::from_secs(1)
    }

    /// How many answers to the vendor were disturbed so far.
    pub(super) fn spoilt(&self) -> u64 {
        self.spoilt.load(Ordering::Relaxed)
    }

    /// Takes these rules in the place of all others. Chance begins anew from the seed.
    pub fn disturb(&self, rules: impl IntoIterator<Item = Disturbance>) {
        *self.disturbances() = Disturbances::new(rules, self.chance());
    }

    /// The seed that decides where chance does.
    pub fn chance(&self) -> u64 {
        self.seed.load(Ordering::Relaxed)
    }

    /// Lets chance begin anew from this seed.
    pub(crate) fn take_chances(&self, seed: u64) {
        self.seed.store(seed, Ordering::Relaxed);
        let rules: Vec<Disturbance> = self.disturbances().rules().map(|(rule, _)| rule.clone()).collect();
        self.disturb(rules);
    }

    /// What is to be kept over a restart.
    pub(super) fn kept(&self) -> Kept {
        let ahead_ms = i64::try_from(self.clock.ahead().as_millis()).unwrap_or_default();
        Kept {
            ahead_ms,
            market: self.market.state(),
            storefront: self.storefront.state(),
            judge: self.judge.remembered(),
        }
    }

    /// Goes on from what was kept.
    ///
    /// # Errors
    ///
    /// When it is not of this marketplace; nothing is then changed.
    pub(super) fn resume(&self, kept: &Value) -> Result<(), Misfit> {
        let kept: Kept = Misfit::typed(kept)?;
        let (market, storefront) = (self.market.state(), self.storefront.state());
        let taken = self.market.restore(&kept.market).map_err(|misfit| misfit.below("/market"));
        let taken = taken
            .and_then(|()| self.storefront.restore(&kept.storefront).map_err(|misfit| misfit.below("/storefront")))
            // The judge knows the orders of the market's state.
            .and_then(|()| self.judge.remember(&kept.judge).map_err(|misfit| misfit.below("/judge")));
        if taken.is_ok() && self.same_clock {
            // The built-in vendor ended with the process that it was in, and knows nothing of what it was told there.
            self.judge.forget();
        }
        if let Err(misfit) = taken {
            // What was there a moment ago is their own.
            let _ = self.market.restore(&market);
            let _ = self.storefront.restore(&storefront);
            return Err(misfit);
        }
        self.clock.move_to(SignedDuration::from_millis(kept.ahead_ms));
        Ok(())
    }

    /// Says that the state has changed, or may have.
    pub(super) fn change(&self) {
        self.changed.notify_one();
    }

    fn handed_over(&self) -> MutexGuard<'_, Vec<(Timestamp, String, String)>> {
        self.handed_over.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Stand {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stand").field("name", &self.name).field("base", &self.base).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::market::setting::Values;
    use crate::serve::Verdict;
    use crate::sign::koogallery::usage_push;
    use crate::spec::embedded;
    use crate::wire::{Loss, ReplyKind, Secret};

    fn stand(log: &Arc<Log>) -> Stand {
        let market = Market::new(Some("koogallery"), &Values::default(), None).expect("the defaults are right");
        let premises = Premises {
            name: "koogallery",
            market,
            vendor: None,
            base: "http://127.0.0.1:7702".to_owned(),
            catalogue: Arc::new(embedded::catalogue("koogallery").clone()),
            shared_clock: None,
        };
        Stand::new(premises, Arc::clone(log), Arc::default())
    }

    /// A push of one record that is right in every way, and was never made before.
    fn push(stand: &Stand, sn: &str) -> Request {
        let now = stand.clock.now();
        let text = |seconds: i64| {
            let time = now - SignedDuration::from_secs(seconds);
            time.strftime("%Y%m%dT%H%M%SZ").to_string()
        };
        let record = json!({
            "instance_id": "i-1", "record_time": text(1), "begin_time": text(600), "end_time": text(300),
            "usage_value": "1.5", "metering_sn": sn,
        });
        let mut request = Request::new("POST", "/api/mkp-openapi-public/global/v1/isv/usage-data");
        request.body = json!({ "usage_records": [record] }).to_string().into_bytes();
        let key = crate::sign::koogallery::test_key();
        request.headers = usage_push::sign(&Secret::new(key.expose()), &request.body, sn, now).headers();
        request.headers.push("Content-Type", "application/json");
        request
    }

    fn anyone() -> SocketAddr {
        ([127, 0, 0, 1], 9).into()
    }

    fn open(stand: &Stand) {
        let opened = stand.clock.now() - SignedDuration::from_hours(1);
        let instance = json!({ "instanceId": "i-1", "orderId": "CS1", "chargingMode": "ON_DEMAND", "opened": opened });
        stand.seed(&json!({ "instances": [instance] })).expect("fits");
    }

    /// The vendor never learnt that its push was taken, so it pushes again: that is no duplicate.
    #[test]
    fn a_vendor_is_not_blamed_for_trying_again_after_an_answer_that_we_broke() {
        for harm in [json!({"status": 503}), json!({"close": true}), json!({"cut": true}), json!({"malformed": true})] {
            let log = Arc::<Log>::default();
            let stand = stand(&log);
            open(&stand);
            stand.disturb([serde_json::from_value(harm.clone()).expect("a rule")]);
            let request = push(&stand, "sn-1");
            let broken = stand.answer(request.clone(), anyone());
            let whole = stand.answer(request, anyone());
            assert_ne!(broken, whole, "{harm}");
            assert!(matches!(whole.kind, ReplyKind::Response(response) if response.status == 200), "{harm}");
            let entries = log.newest(2, |_| true);
            for entry in &entries {
                assert_eq!(entry.verdict(), Verdict::Conforms, "{harm}: {:?}", entry.seen.findings);
                assert_eq!(entry.seen.operation.as_deref(), Some("pushUsage"));
            }
            assert!(entries[0].seen.disturbance.is_none() && entries[1].seen.disturbance.is_some(), "{harm}");
        }
    }

    #[test]
    fn a_request_that_is_wrong_is_told_although_its_answer_is_disturbed() {
        let log = Arc::<Log>::default();
        let stand = stand(&log);
        open(&stand);
        stand.disturb([serde_json::from_value(json!({ "close": true })).expect("a rule")]);
        let mut request = push(&stand, "sn-1");
        request.headers.remove(usage_push::SIGNATURE);
        assert_eq!(stand.answer(request, anyone()).kind, ReplyKind::Close);
        let entry = log.get(1).expect("is there");
        assert_eq!(entry.verdict(), Verdict::Breaks);
        assert_eq!(entry.seen.exchange.answer, Err(Loss::HungUp), "the log holds what was sent");
    }

    #[tokio::test]
    async fn a_push_that_is_answered_twice_in_full_is_a_duplicate() {
        let log = Arc::<Log>::default();
        let stand = stand(&log);
        open(&stand);
        stand.answer(push(&stand, "sn-1"), anyone());
        stand.answer(push(&stand, "sn-1"), anyone());
        assert_eq!(log.get(2).expect("is there").verdict(), Verdict::Breaks);
        // After a reset nobody remembers the first.
        stand.reset().await;
        open(&stand);
        stand.answer(push(&stand, "sn-1"), anyone());
        assert_eq!(log.get(3).expect("is there").verdict(), Verdict::Conforms);
    }

    #[test]
    fn what_was_kept_is_gone_on_from() {
        let log = Arc::<Log>::default();
        let stand = stand(&log);
        open(&stand);
        stand.move_clock(SignedDuration::from_hours(2));
        let kept = serde_json::to_value(stand.kept()).expect("JSON");
        let after = self::stand(&log);
        after.resume(&kept).expect("its own");
        assert_eq!(after.clock.ahead(), SignedDuration::from_hours(2));
        assert_eq!(after.market.state(), stand.market.state());
        let misfit = after.resume(&json!({ "market": { "orders": 5 } })).expect_err("no orders");
        assert_eq!(misfit.pointer, "/market/orders");
        assert_eq!(after.market.state(), stand.market.state(), "untouched");
    }
}
