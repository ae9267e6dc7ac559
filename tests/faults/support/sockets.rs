//! A case over real sockets, for what only they can carry.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use storeproof::engine::CaseRecord;
use storeproof::market::setting::Values;
use storeproof::market::{Market, VendorOptions};
use storeproof::run::{Desk, Fleet, FleetCase, Lane, reference};
use storeproof::transport::{Browser, Client, Endpoint, Limits, Trust};
use storeproof::verdict::KnownFailures;

/// Long enough for any answer on this machine, short enough to wait for one that never comes.
const LIMIT: Duration = Duration::from_millis(1500);

pub(crate) fn play(case: &str, faults: &[&str]) -> CaseRecord {
    let options = VendorOptions {
        public_key: None,
        setup_delay: Duration::from_millis(20),
        deletion_delay: Duration::from_millis(20),
        store: None,
        faults: faults.iter().map(|&name| name.to_owned()).collect(),
    };
    let market = Market::new(case.split('/').next(), &Values::default(), Some(LIMIT)).expect("the defaults are right");
    let desk =
        market.is_called().then(|| Desk::start(market.clone(), ([127, 0, 0, 1], 0).into()).expect("a free port"));
    let store = desk.as_ref().map(|desk| desk.base().to_owned());
    let options = VendorOptions { store: store.clone(), ..options };
    let vendor = market.vendor(&options).expect("the fault is known");
    let running = reference::start(vendor, store).expect("a free port");
    let endpoint = Endpoint::parse(running.base()).expect("an address");
    let limits = Limits { total: LIMIT, connect: LIMIT, ..Limits::default() };
    let lane = Lane {
        market,
        client: Client::new(endpoint.clone(), limits, Trust::System).expect("no TLS"),
        browser: Browser::new(endpoint, limits, &Trust::System).expect("no TLS"),
        desk,
        performer: None,
        inherited: Vec::new(),
        vendor: "reference".to_owned(),
    };
    let fleet = Fleet {
        cases: vec![FleetCase { plan: super::plan(case), lane: 0 }],
        lanes: vec![lane],
        catalogue: super::catalogue(case),
        snapshots: None,
        vendor: "reference".to_owned(),
        seed: 1,
        inputs: serde_json::Map::new(),
        jobs: NonZeroUsize::MIN,
        fail_fast: false,
        known: KnownFailures::default(),
        journal: None,
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let (_keep, interrupted) = tokio::sync::watch::channel(false);
    let record = runtime.block_on(Arc::new(fleet).run(interrupted, &mut |_| {})).expect("the case begins");
    let case = record.cases.first().expect("one case was played");
    CaseRecord::clone(case)
}
