//! A marketplace while a test runs.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jiff::SignedDuration;
use serde_json::Value;

use super::arrivals::{TooFew, block, reached};
use super::builder::{Builder, MockError};
use super::told;
use crate::market::{Misfit, Seeded};
use crate::serve::{Entry, Log, Stand, Verdict};
use crate::transport::Running;
use crate::verdict::Weighed;
use crate::wire::Redactor;
use crate::wire::disturbance::Disturbance;

/// A marketplace that answers on a port of its own until it is dropped.
///
/// See the [module](super) for what it is for.
#[derive(Debug)]
pub struct Marketplace {
    stand: Arc<Stand>,
    log: Arc<Log>,
    running: Running,
    /// The number of the last exchange that was forgotten.
    forgotten: AtomicU64,
}

impl Marketplace {
    /// The marketplace of this name, with every setting at its default. `storeproof list settings` names the
    /// marketplaces and their settings.
    ///
    /// # Errors
    ///
    /// When there is no such marketplace, or the system gives no port.
    pub fn start(name: &str) -> Result<Self, MockError> {
        Self::builder(name).start()
    }

    /// The same with settings of your own.
    pub fn builder(name: &str) -> Builder {
        Builder::new(name)
    }

    pub(super) fn new(stand: Arc<Stand>, log: Arc<Log>, running: Running) -> Self {
        Self { stand, log, running, forgotten: AtomicU64::new(0) }
    }

    /// Its base address, such as `http://127.0.0.1:40123`: what the program under test takes for the store's.
    pub fn base(&self) -> &str {
        self.running.base()
    }

    /// What was exchanged since the start or since [`forget`](Self::forget), the oldest first.
    ///
    /// An exchange stands here before its answer is sent: once a client has its answer, there is nothing to wait for.
    pub fn received(&self) -> Vec<Arc<Entry>> {
        let mut received = self.log.newest(usize::MAX, |_| true);
        received.reverse();
        received
    }

    /// Everything that was found wrong in what was received, whatever it weighs.
    pub fn findings(&self) -> Vec<Weighed> {
        self.received().iter().flat_map(|entry| entry.seen.findings.clone()).collect()
    }

    /// Blocks until so many requests have come since the start or since [`forget`](Self::forget), and hands them out.
    ///
    /// In an async test use [`arrived`](Self::arrived): blocking the thread may block the very program that is waited for.
    ///
    /// ```
    /// use std::time::Duration;
    /// use storeproof::mock::Marketplace;
    ///
    /// let scp = Marketplace::start("scp")?;
    /// let too_few = scp.wait_for(1, Duration::from_millis(10)).unwrap_err();
    /// assert_eq!(too_few.to_string(), "0 of 1 requests came within 10ms");
    /// # Ok::<(), storeproof::mock::MockError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When they did not come in time.
    pub fn wait_for(&self, count: u64, within: Duration) -> Result<Vec<Arc<Entry>>, TooFew> {
        match block(self.arrived(count), within) {
            Some(received) => Ok(received),
            None => Err(TooFew { wanted: count, came: self.count(), within }),
        }
    }

    /// Waits until so many requests have come, without end: set a limit with the means of your runtime.
    pub async fn arrived(&self, count: u64) -> Vec<Arc<Entry>> {
        reached(&self.log, self.forgotten.load(Ordering::Relaxed).saturating_add(count)).await;
        self.received()
    }

    /// Forgets what was received, as between two parts of a test. What the store knows stays.
    pub fn forget(&self) {
        self.forgotten.store(self.log.last(), Ordering::Relaxed);
        self.log.clear();
    }

    /// Lets answers go wrong on purpose, by a rule that comes behind those that are there. See
    /// [`disturbance`](crate::wire::disturbance) for what rules can say.
    ///
    /// A request whose answer is spoilt is not carried out, so that the client's next try is no repetition.
    ///
    /// ```
    /// # fn get(base: &str) -> Option<u16> {
    /// #     let request = storeproof::wire::Request::new("GET", "/");
    /// #     storeproof::transport::ask(base, request).map(|answer| answer.status)
    /// # }
    /// use storeproof::mock::{Disturbance, Marketplace};
    ///
    /// let scp = Marketplace::start("scp")?;
    /// let busy: Disturbance = serde_json::from_str(r#"{ "status": 503, "headers": { "Retry-After": "1" } }"#)?;
    /// scp.disturb(busy);
    /// scp.disturb(serde_json::from_str(r#"{ "close": true }"#)?);
    ///
    /// assert_eq!(get(scp.base()), Some(503));
    /// assert_eq!(get(scp.base()), None);
    /// assert_eq!(get(scp.base()), Some(200));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn disturb(&self, disturbance: Disturbance) {
        self.stand.disturbances().add(disturbance);
    }

    /// Puts an end to all disturbances.
    pub fn undisturb(&self) {
        self.stand.disturbances().clear();
    }

    /// Puts objects into what the store knows, such as orders, in the form in which the store's documents show them.
    ///
    /// # Errors
    ///
    /// When one does not fit, or the store remembers nothing.
    pub fn seed(&self, objects: &Value) -> Result<Seeded, Misfit> {
        self.stand.seed(objects)
    }

    /// Moves its clock so far ahead of this machine's, whatever it was before; behind it where that is negative.
    pub fn move_clock(&self, ahead: SignedDuration) {
        self.stand.move_clock(ahead);
    }

    /// Holds when requests came and the store would have refused none of them.
    ///
    /// # Panics
    ///
    /// When one of them breaks the contract: the message says what is wrong, where, why the store cares and what to
    /// change. When nothing came at all, as then nothing was shown. When more came than is kept
    /// ([`Builder::keep`]), as what made room is not known to conform.
    #[track_caller]
    pub fn assert_conforms(&self) {
        if let Err(problem) = self.conforms() {
            panic!("{problem}");
        }
    }

    /// What [`assert_conforms`](Self::assert_conforms) panics with.
    fn conforms(&self) -> Result<(), String> {
        let (name, base) = (self.stand.name, self.base());
        let received = self.received();
        if received.is_empty() {
            return Err(format!("{name} received nothing at {base}: does the program under test call this address?"));
        }
        let kept = received.len() as u64;
        if kept < self.count() {
            return Err(format!(
                "{name} received {} requests and kept the last {kept}: keep more of them, or forget between parts of the test",
                self.count()
            ));
        }
        let broken: Vec<_> = received.iter().filter(|entry| entry.verdict() == Verdict::Breaks).collect();
        if broken.is_empty() {
            return Ok(());
        }
        let mut text = format!("{name} would refuse {} of {kept} requests:\n", broken.len());
        let secrets = self.stand.market.secrets();
        for entry in broken {
            let redactor = Redactor::new(secrets.iter().chain(&entry.seen.exchange.request.secrets));
            let _ = write!(text, "\n{}", told::told(entry, &self.stand.catalogue, &redactor));
        }
        Err(text)
    }

    /// How many requests came since the start or since they were forgotten.
    fn count(&self) -> u64 {
        self.log.last().saturating_sub(self.forgotten.load(Ordering::Relaxed))
    }

    /// A responder that answers as this marketplace on a [`wiremock::MockServer`]. Both write to one list:
    /// [`received`](Self::received) has what came either way.
    #[cfg(feature = "wiremock")]
    pub fn mounted(&self) -> super::Mounted {
        super::Mounted::new(Arc::clone(&self.stand))
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::sign::sdk_hmac;
    use crate::transport::ask;
    use crate::wire::{Request, Response, Secret};

    const ORDER: &str = "/api/mkp-openapi-public/global/v1/order/query?orderId=MOCKPERIODYEARNEW";

    /// Asks for an order as a vendor does whose clock is right.
    fn query(store: &Marketplace, secret: &str) -> Response {
        let mut request = Request::new("GET", ORDER);
        request.headers.push("Host", store.base().trim_start_matches("http://"));
        let signed = sdk_hmac::sign(&request, "AKDEMO", &Secret::new(secret), Timestamp::now());
        ask(store.base(), signed.request).expect("an answer")
    }

    fn koogallery() -> Marketplace {
        Marketplace::builder("koogallery").set("open-api.sk", "known-to-both").start().expect("it starts")
    }

    #[test]
    fn a_call_that_is_right_conforms_and_is_kept() {
        let store = koogallery();
        assert_eq!(query(&store, "known-to-both").status, 200);
        let received = store.wait_for(1, Duration::ZERO).expect("it came before its answer");
        assert_eq!(received.len(), 1);
        assert_eq!(received[0].seen.operation.as_deref(), Some("queryOrder"));
        store.assert_conforms();
    }

    #[test]
    fn what_the_store_would_refuse_is_told_without_the_key() {
        let store = koogallery();
        assert_eq!(query(&store, "known-to-nobody").status, 401);
        assert!(!store.findings().is_empty());
        let problem = store.conforms().expect_err("it is refused");
        let (first, _) = problem.split_once('\n').expect("more lines");
        assert_eq!(first, "koogallery would refuse 1 of 1 requests:");
        for word in ["GET /api/mkp-openapi-public", "answered with 401, queryOrder", "problem", "to mend", "why"] {
            assert!(problem.contains(word), "{word}: {problem}");
        }
        assert!(!problem.contains("known-to-both"), "{problem}");
    }

    #[test]
    fn nothing_received_and_something_forgotten_prove_nothing() {
        let store = Marketplace::builder("koogallery").set("open-api.sk", "known-to-both").keep(1).start();
        let store = store.expect("it starts");
        assert!(store.conforms().expect_err("nothing came").contains("received nothing at http://127.0.0.1:"));
        query(&store, "known-to-both");
        query(&store, "known-to-both");
        assert!(store.conforms().expect_err("one made room").contains("received 2 requests and kept the last 1"));
        store.forget();
        assert!(store.received().is_empty());
        query(&store, "known-to-both");
        store.assert_conforms();
    }

    #[test]
    fn a_clock_that_is_moved_refuses_what_is_signed_now() {
        let store = koogallery();
        store.move_clock(SignedDuration::from_hours(2));
        assert_eq!(query(&store, "known-to-both").status, 401);
        store.move_clock(SignedDuration::ZERO);
        assert_eq!(query(&store, "known-to-both").status, 200);
    }

    #[test]
    fn requests_are_waited_for_from_other_threads_and_within_a_runtime() {
        let store = koogallery();
        std::thread::scope(|scope| {
            let asking = scope.spawn(|| query(&store, "known-to-both").status);
            assert_eq!(store.wait_for(1, Duration::from_secs(60)).map(|received| received.len()), Ok(1));
            assert_eq!(asking.join().expect("it ends"), 200);
        });
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        runtime.block_on(async {
            assert_eq!(store.arrived(1).await.len(), 1);
            assert_eq!(
                store.wait_for(2, Duration::from_millis(1)).map(|received| received.len()),
                Err(TooFew { wanted: 2, came: 1, within: Duration::from_millis(1) })
            );
        });
    }

    #[test]
    fn the_port_is_free_when_it_is_dropped() {
        let store = koogallery();
        let address = store.running.address();
        drop(store);
        assert!(crate::transport::Server::bind(address, crate::transport::Exposure::Loopback).is_ok());
    }

    #[test]
    fn what_cannot_be_started_says_what_there_is() {
        let problem = |builder: Builder| builder.start().expect_err("it does not start").to_string();
        assert!(
            problem(Marketplace::builder("koo")).starts_with("koo is no marketplace; there is kt-bizstore, koogallery")
        );
        let unknown = problem(Marketplace::builder("koogallery").set("open-api.key", "x"));
        assert!(unknown.starts_with("koogallery has no setting \"open-api.key\"; it has "), "{unknown}");
        let unfit = problem(Marketplace::builder("koogallery").set("site", "mars"));
        assert!(unfit.starts_with("setting site: \"mars\" is none of"), "{unfit}");
    }

    #[test]
    fn answers_go_wrong_on_purpose_and_blame_nobody() {
        let rule = |text: &str| serde_json::from_str::<Disturbance>(text).expect("a rule");
        let chance = rule(r#"{ "close": true, "times": "all", "probability": 0.5 }"#);
        let store = |seed| {
            let store = Marketplace::builder("koogallery").set("open-api.sk", "known-to-both");
            store.disturb(chance.clone()).seed(seed).start().expect("it starts")
        };
        let lost = |store: &Marketplace| {
            let request = || Request::new("GET", "/nothing");
            (0..20).map(|_| ask(store.base(), request()).is_none()).collect::<Vec<bool>>()
        };
        let first = lost(&store(1));
        assert_eq!(first, lost(&store(1)));
        assert_ne!(first, lost(&store(2)));
        let store = store(1);
        store.undisturb();
        store.disturb(rule(r#"{ "operation": "queryOrder", "status": 503 }"#));
        assert_eq!(query(&store, "known-to-both").status, 503);
        assert_eq!(query(&store, "known-to-both").status, 200);
        assert!(store.received()[0].seen.disturbance.is_some());
        store.assert_conforms();
    }
}
