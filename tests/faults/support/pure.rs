//! A case without sockets: the engine talks to the reference vendor directly, and the clock jumps.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use storeproof::engine::{CaseRecord, Dispatch, Next, Options, Playback, Returned};
use storeproof::market::setting::Values;
use storeproof::market::{Market, Vendor, VendorOptions};
use storeproof::scenario::plan::Plan;
use storeproof::verdict::Catalogue;
use storeproof::wire::{Caller, Exchange, Hop, Loss, Peer, Raw, ReplyKind, Request, Response, Timing, Visit, VisitEnd};

use super::place::Place;
use crate::table::Circumstances;

/// The fault breaks HTTP itself, which only a socket can carry.
pub(crate) struct NeedsSockets;

/// Noon in Korea, far from any day's or month's end.
const NOON: &str = "2026-03-10T03:00:00Z";
/// Where the vendor finds the store's own API.
const STORE: &str = "http://127.0.0.1:7702";

pub(crate) fn play(case: &str, faults: &[&str], seed: u64) -> CaseRecord {
    try_play(case, faults, seed).unwrap_or_else(|NeedsSockets| panic!("{faults:?} need sockets"))
}

/// The same with settings of the user. The reference vendor keeps to its faults and to no settings.
pub(crate) fn play_with(
    case: &str,
    faults: &[&str],
    settings: &[(&'static str, &'static str)],
    seed: u64,
) -> CaseRecord {
    try_play_with(case, faults, settings, NOON, seed).unwrap_or_else(|NeedsSockets| panic!("{faults:?} need sockets"))
}

/// The faultless vendor from another time on.
pub(crate) fn play_at(case: &str, time: &str) -> CaseRecord {
    try_play_with(case, &[], &[], time, 1).unwrap_or_else(|NeedsSockets| panic!("no fault needs no sockets"))
}

/// A plan that is no embedded scenario's.
pub(crate) fn play_plan(plan: Arc<Plan>, faults: &[&str], seed: u64) -> CaseRecord {
    let record = played(&plan, faults, &Circumstances::default(), NOON, seed, &super::catalogue(&plan.name));
    record.unwrap_or_else(|NeedsSockets| panic!("{faults:?} need sockets"))
}

pub(crate) fn try_play(case: &str, faults: &[&str], seed: u64) -> Result<CaseRecord, NeedsSockets> {
    try_play_with(case, faults, &[], NOON, seed)
}

/// A case of which the plan was made before, under these circumstances.
pub(crate) fn try_play_plan(
    plan: &Arc<Plan>,
    faults: &[&str],
    under: &Circumstances,
    catalogue: &Arc<Catalogue>,
) -> Result<CaseRecord, NeedsSockets> {
    played(plan, faults, under, NOON, 1, catalogue)
}

fn try_play_with(
    case: &str,
    faults: &[&str],
    settings: &[(&'static str, &'static str)],
    time: &str,
    seed: u64,
) -> Result<CaseRecord, NeedsSockets> {
    let under = Circumstances { settings: settings.to_vec(), ..Circumstances::default() };
    played(&super::plan(case), faults, &under, time, seed, &super::catalogue(case))
}

fn played(
    plan: &Arc<Plan>,
    faults: &[&str],
    under: &Circumstances,
    time: &str,
    seed: u64,
    catalogue: &Arc<Catalogue>,
) -> Result<CaseRecord, NeedsSockets> {
    if plan.marketplace.as_deref() == Some("scp") {
        return Ok(super::client::play(plan, faults, &under.settings, seed, catalogue));
    }
    let options = VendorOptions {
        public_key: None,
        setup_delay: Duration::from_millis(250),
        deletion_delay: Duration::from_millis(250),
        store: Some(STORE.to_owned()),
        faults: faults.iter().map(|&name| name.to_owned()).collect(),
    };
    let marketplace = plan.marketplace.as_deref();
    let market = Market::new(marketplace, &Values::default(), None).expect("the defaults are right");
    let mut values = Values::default();
    for (name, value) in &under.settings {
        values.set(name, *value);
    }
    let judging = Market::new(marketplace, &values, None).expect("the settings are right").serving(STORE);
    let limit = judging.time_limit();
    let mut vendor = Wire {
        vendor: market.vendor(&options).expect("the fault is known"),
        now: time.parse().expect("a time"),
        market: judging.clone(),
        called: Vec::new(),
        limit,
        place: under.place,
        bare_location: faults.contains(&"location-plain-http"),
        dead: false,
        reached: false,
    };
    let session = judging.session();
    let options = Options { seed, time_limit: limit, ..Options::default() };
    let (plan, catalogue) = (Arc::clone(plan), Arc::clone(catalogue));
    let mut playback = Playback::new(plan, session, catalogue, options, vendor.now).expect("the inputs are generated");
    loop {
        match playback.next(vendor.now) {
            Next::Send(dispatches) => {
                let mut returned = Vec::new();
                for dispatch in dispatches {
                    returned.push(vendor.deliver(dispatch)?);
                }
                for exchange in vendor.called.drain(..) {
                    playback.called(&exchange);
                }
                playback.received(returned, vendor.now);
            }
            Next::Perform(_) => panic!("this vendor is no client"),
            Next::SleepUntil(when) => vendor.now = when,
            Next::Finish(record) => return Ok(*record),
        }
    }
}

struct Wire {
    vendor: Vendor,
    market: Market,
    /// What the vendor has called since the engine was last told.
    called: Vec<Exchange>,
    /// How long an answer may take.
    limit: Duration,
    now: Timestamp,
    place: Place,
    /// Nothing in front of the vendor mends the addresses in its answers.
    bare_location: bool,
    dead: bool,
    reached: bool,
}

impl Wire {
    fn deliver(&mut self, dispatch: Dispatch) -> Result<Returned, NeedsSockets> {
        let mut exchange = self.exchange(dispatch.request)?;
        let location = exchange.response().and_then(|response| response.headers.text("location"));
        let visit = match location.filter(|_| dispatch.follow) {
            Some(location) => Some(self.visit(&location, &exchange)?),
            None => None,
        };
        if dispatch.lose_answer && exchange.answer.is_ok() {
            exchange.answer = Err(Loss::HungUp);
        }
        Ok(Returned { exchange, visit })
    }

    fn exchange(&mut self, mut request: Request) -> Result<Exchange, NeedsSockets> {
        request.headers.push_first("Host", self.place.host());
        let mut total = Duration::from_millis(1);
        let answer = if let Some(trouble) = self.place.trouble() {
            Err(Loss::Tls(trouble))
        } else if self.dead {
            Err(if self.reached { Loss::Refused } else { Loss::ClosedBeforeAnswer })
        } else {
            let (now, market, called) = (self.now, &self.market, &mut self.called);
            let reply = self.vendor.answer(&request, now, &mut |request| {
                let response = market.answer(&request, now);
                called.push(Exchange {
                    request,
                    answer: Ok(response.clone()),
                    raw: Raw::default(),
                    started: now,
                    timing: Timing::default(),
                    peer: Peer { base: STORE.to_owned(), loopback: true, ..Peer::default() },
                    caller: Caller::Vendor,
                });
                Some(response)
            });
            total += reply.after;
            match reply.kind {
                _ if total > self.limit => Err(Loss::TimeOut { limit: self.limit }),
                ReplyKind::Response(mut response) => {
                    if !self.bare_location {
                        self.place.in_front(&mut response);
                    }
                    Ok(response)
                }
                ReplyKind::Close => Err(Loss::ClosedBeforeAnswer),
                ReplyKind::Hang => Err(Loss::TimeOut { limit: self.limit }),
                ReplyKind::Die => {
                    self.dead = true;
                    Err(Loss::ClosedBeforeAnswer)
                }
                ReplyKind::Raw(_) | ReplyKind::Endless { .. } => return Err(NeedsSockets),
            }
        };
        self.reached |= answer.is_ok();
        self.now = self.now.checked_add(jiff::SignedDuration::try_from(total).expect("short")).expect("in range");
        let timing = Timing { total, ..Timing::default() };
        let peer = self.place.peer();
        Ok(Exchange {
            request,
            answer,
            raw: Raw::default(),
            started: self.now,
            timing,
            peer,
            caller: Caller::Marketplace,
        })
    }

    /// The browser at the store, which sees it as it sees the vendor's calls.
    fn ask_store(&mut self, request: Request) -> Response {
        let response = self.market.answer(&request, self.now);
        self.called.push(Exchange {
            request,
            answer: Ok(response.clone()),
            raw: Raw::default(),
            started: self.now,
            timing: Timing::default(),
            peer: Peer { base: STORE.to_owned(), loopback: true, ..Peer::default() },
            caller: Caller::Vendor,
        });
        response
    }

    /// Opens a page as the browser does, as far as the reference vendor needs it.
    fn visit(&mut self, location: &str, from: &Exchange) -> Result<Visit, NeedsSockets> {
        let mut visit = Visit { url: location.to_owned(), hops: Vec::new(), end: VisitEnd::NotAUrl };
        let mut cookies: Vec<String> = Vec::new();
        let base = url::Url::parse(self.place.base()).expect("a URL").join(&from.request.target).expect("a URL");
        let Ok(mut url) = base.join(location) else { return Ok(visit) };
        for _ in 0..11 {
            let target = format!("{}{}", url.path(), url.query().map(|query| format!("?{query}")).unwrap_or_default());
            if url.origin() == url::Url::parse(STORE).expect("a URL").origin() {
                // The vendor sends the browser to the store, which sends it back.
                let response = self.ask_store(Request::new("GET", target));
                visit.hops.push(Hop { url: url.to_string(), status: response.status });
                match response.headers.text("location").and_then(|location| url.join(&location).ok()) {
                    Some(next) => url = next,
                    None => {
                        visit.end = VisitEnd::Page { media_type: response.media_type(), text: response.text() };
                        return Ok(visit);
                    }
                }
                continue;
            }
            if url.origin() != base.origin() {
                visit.end = VisitEnd::LeftOrigin { to: url.to_string() };
                return Ok(visit);
            }
            let mut request = Request::new("GET", target);
            if !cookies.is_empty() {
                request.headers.push("Cookie", cookies.join("; "));
            }
            let exchange = self.exchange(request)?;
            let Ok(response) = exchange.answer else {
                visit.end = VisitEnd::Failed { why: "the connection was closed".to_owned() };
                return Ok(visit);
            };
            visit.hops.push(Hop { url: url.to_string(), status: response.status });
            for cookie in response.headers.all("set-cookie") {
                cookies.push(cookie.text().split(';').next().unwrap_or_default().to_owned());
            }
            let location = response.headers.text("location").filter(|_| (300..400).contains(&response.status));
            match location.and_then(|location| url.join(&location).ok()) {
                Some(next) => url = next,
                None => {
                    visit.end = VisitEnd::Page { media_type: response.media_type(), text: response.text() };
                    return Ok(visit);
                }
            }
        }
        visit.end = VisitEnd::TooManyRedirects;
        Ok(visit)
    }
}
