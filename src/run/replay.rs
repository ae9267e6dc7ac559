//! A run once more, from its journal: no vendor, no clock, no socket.
//!
//! Every input has its effect again, in the order in which it was noted. What was sent is made again from the plan and the
//! keys and must be what was recorded; what was received is what was recorded; findings and outcomes come of both anew.

use std::collections::BTreeMap;
use std::mem;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::desk;
use super::fleet::{self, RunRecord};
use super::load::Loader;
use crate::engine::{CaseRecord, Dispatch, Event, Next, Playback, Returned};
use crate::evidence::{Entry, Evidence, Lane, Pages, Revealer, Sent};
use crate::market::setting::{SettingError, Values};
use crate::market::{Market, Task};
use crate::scenario::plan::Plan;
use crate::spec::Document;
use crate::verdict::{Blocked, Catalogue, KnownFailures};
use crate::wire::disturbance::Disturbances;
use crate::wire::{Exchange, Header, Request, Secret};

/// The secret settings of each marketplace, by its name.
pub type Keys = BTreeMap<String, Values>;

/// Why evidence cannot be judged again here.
#[derive(Debug, thiserror::Error)]
pub enum NotReplayed {
    /// A key that the run used is not set.
    #[error(
        "the run was made with {setting} of {marketplace}, which is not set here; set it in storeproof.toml, as it was \
         for the run"
    )]
    NoKey {
        /// The marketplace.
        marketplace: String,
        /// The setting.
        setting: String,
    },
    /// The keys that are set are others.
    #[error(
        "the run was made with other keys of {marketplace} than those that are set here (or most of what was recorded was \
         changed)"
    )]
    OtherKeys {
        /// The marketplace.
        marketplace: String,
    },
    /// A setting cannot be used.
    #[error("the settings of {marketplace} cannot be used: {error}")]
    Setting {
        /// The marketplace.
        marketplace: String,
        /// What is wrong.
        #[source]
        error: SettingError,
    },
    /// A scenario cannot be played.
    #[error("the scenario of {case} cannot be played by itself: {problem}")]
    Plan {
        /// The case.
        case: String,
        /// What is wrong.
        problem: String,
    },
}

/// What does not fit what was recorded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// Another request is made.
    #[error("{case}: exchange {exchange} was recorded with another request than the case makes: its {what} differs")]
    Request {
        /// The case.
        case: String,
        /// Position of the exchange among those of the case.
        exchange: usize,
        /// What of it.
        what: String,
    },
    /// The marketplace answers otherwise.
    #[error("{marketplace} answers the vendor's call {call} otherwise than was recorded")]
    Answer {
        /// The marketplace.
        marketplace: String,
        /// Position of the call among the vendor's.
        call: usize,
    },
    /// The journal goes on where the case does not.
    #[error("{case}: the journal has {what}, and the case waits for something else")]
    Order {
        /// The case.
        case: String,
        /// What it has.
        what: &'static str,
    },
    /// The journal names what is not there.
    #[error("the journal refers to {what} {number}, which is not recorded")]
    Nothing {
        /// What.
        what: &'static str,
        /// Its number.
        number: usize,
    },
}

/// What came of playing a journal.
#[derive(Debug, Default)]
pub struct Replayed {
    /// The record of the run.
    pub record: RunRecord,
    /// What does not fit.
    pub unfit: Vec<Unfit>,
}

/// Plays the journal of evidence, whose cases are these plans.
///
/// # Errors
///
/// When it cannot be played here at all, which says nothing of what was recorded.
pub fn replay(
    evidence: &Evidence,
    plans: &[Arc<Plan>],
    keys: &Keys,
    catalogue: &Arc<Catalogue>,
    tell: &mut dyn FnMut(Event),
) -> Result<Replayed, NotReplayed> {
    let manifest = &evidence.manifest;
    let mut revealer = Revealer::new(&manifest.placeholder);
    let lanes = manifest.lanes.iter().map(|lane| Standing::new(lane, keys, &mut revealer));
    let lanes = lanes.collect::<Result<Vec<_>, _>>()?;
    let cases = manifest.cases.iter().zip(plans).map(|(case, plan)| Playing {
        plan: Arc::clone(plan),
        lane: case.lane,
        stage: Stage::NotBegun,
        ended: None,
    });
    let cases = cases.collect();
    let names = manifest.cases.iter().map(|case| case.name.as_str().into()).collect();
    tell(Event::RunStarted { seed: manifest.seed, cases: names, vendor: manifest.vendor.clone() });
    let mut replay = Replay {
        pages: &evidence.pages,
        catalogue,
        seed: manifest.seed,
        inputs: &manifest.inputs,
        lanes,
        cases,
        revealer,
        unfit: Vec::new(),
    };
    evidence.pages.entries.iter().for_each(|entry| replay.take(entry));
    // Who has changed something has left most of it as it was; with other keys hardly anything fits.
    let with_keys = replay.lanes.iter().zip(&manifest.lanes).filter(|(_, lane)| !lane.keys.is_empty());
    for (standing, _) in with_keys {
        if standing.answers.mostly_unfit() {
            return Err(NotReplayed::OtherKeys { marketplace: standing.name.clone() });
        }
    }
    Ok(replay.finish(evidence, tell))
}

/// The plan of a case, from its text in the evidence alone.
///
/// # Errors
///
/// When it names documents that are not embedded, or is no scenario.
pub fn plan_of(evidence: &Evidence, loader: &Loader, entry: &str, name: &str) -> Result<Arc<Plan>, NotReplayed> {
    let refuse = |problem: String| NotReplayed::Plan { case: name.to_owned(), problem };
    let text = evidence.documents.get(entry).map(String::as_str).unwrap_or_default();
    let document = if entry.ends_with(".json") {
        // As it was made: it stands in no file, and its values have no places.
        let value = serde_json::from_str(text).map_err(|error| refuse(error.to_string()))?;
        Document::with_positions(value, [])
    } else {
        Document::parse(text).map_err(|error| {
            refuse(format!("{entry}:{}:{}: {}", error.position.line, error.position.column, error.problem))
        })?
    };
    let plan = loader.plan_of(&document, name).map_err(|problems| refuse(problems.render(entry, Some(text))))?;
    if evidence.manifest.patience <= 1 {
        return Ok(plan);
    }
    let mut plan = Plan::clone(&plan);
    plan.be_patient(evidence.manifest.patience);
    Ok(Arc::new(plan))
}

/// A marketplace as it stood in the run.
struct Standing {
    name: String,
    market: Market,
    /// The same behind its listener.
    serving: Market,
    base: String,
    disturbances: Disturbances,
    /// Answers to the vendor's calls.
    answers: Fit,
}

/// How much was made again as it was recorded.
#[derive(Clone, Copy, Debug, Default)]
struct Fit {
    fits: usize,
    unfit: usize,
}

impl Fit {
    fn count(&mut self, fits: bool) {
        if fits { self.fits += 1 } else { self.unfit += 1 }
    }

    fn mostly_unfit(self) -> bool {
        self.unfit > self.fits
    }
}

impl Standing {
    fn new(lane: &Lane, keys: &Keys, revealer: &mut Revealer) -> Result<Self, NotReplayed> {
        let name = lane.marketplace.clone().unwrap_or_default();
        let mut values = Values::default();
        lane.settings.iter().for_each(|(setting, value)| values.set(setting, value.as_str()));
        for (setting, numbers) in &lane.keys {
            let key = keys
                .get(&name)
                .and_then(|keys| keys.get(setting))
                .ok_or_else(|| NotReplayed::NoKey { marketplace: name.clone(), setting: setting.clone() })?;
            values.set(setting, key);
            for (number, key) in numbers.iter().zip([key, key.trim()]) {
                revealer.learn(*number, &Secret::new(key));
            }
        }
        let market = Market::new(lane.marketplace.as_deref(), &values, lane.time_limit)
            .map_err(|error| NotReplayed::Setting { marketplace: name.clone(), error })?;
        if lane.public.as_ref().is_some_and(|public| *public != market.keys(false)) {
            return Err(NotReplayed::OtherKeys { marketplace: name });
        }
        let base = lane.store.clone().unwrap_or_default();
        let serving = market.clone().serving(&base);
        Ok(Self { name, market, serving, base, disturbances: Disturbances::new([], 0), answers: Fit::default() })
    }
}

/// A case of the run.
struct Playing {
    plan: Arc<Plan>,
    lane: usize,
    stage: Stage,
    ended: Option<CaseRecord>,
}

enum Stage {
    NotBegun,
    Playing { playback: Box<Playback>, sent: Vec<Dispatch>, task: Option<Box<Task>> },
    Ended,
}

struct Replay<'a> {
    pages: &'a Pages,
    catalogue: &'a Arc<Catalogue>,
    seed: u64,
    inputs: &'a Map<String, Value>,
    lanes: Vec<Standing>,
    cases: Vec<Playing>,
    revealer: Revealer,
    unfit: Vec<Unfit>,
}

impl Replay<'_> {
    /// Lets one input have its effect.
    fn take(&mut self, entry: &Entry) {
        match entry {
            Entry::Answered { lane, call } => self.answered(*lane, *call),
            Entry::Probed { lane, now } => match self.lanes.get(*lane) {
                Some(standing) => drop(standing.market.session().probe(*now)),
                None => self.unfit.push(Unfit::Nothing { what: "marketplace", number: *lane }),
            },
            Entry::Examined { case, .. }
            | Entry::Begun { case, .. }
            | Entry::Next { case, .. }
            | Entry::Received { case, .. }
            | Entry::Called { case, .. }
            | Entry::Disturbed { case }
            | Entry::Performed { case, .. }
            | Entry::Unattended { case }
            | Entry::Abandoned { case, .. }
            | Entry::Unplayed { case, .. } => {
                if *case < self.cases.len() {
                    self.of_case(*case, entry);
                } else {
                    self.unfit.push(Unfit::Nothing { what: "case", number: *case });
                }
            }
        }
    }

    fn of_case(&mut self, index: usize, entry: &Entry) {
        let mut entry = entry.clone();
        self.revealer.entry(&mut entry);
        let (plan, lane) = (Arc::clone(&self.cases[index].plan), self.cases[index].lane);
        let Some(standing) = self.lanes.get_mut(lane) else { return };
        let stage = mem::replace(&mut self.cases[index].stage, Stage::Ended);
        let wanders = |what| Unfit::Order { case: plan.name.clone(), what };
        self.cases[index].stage = match (entry, stage) {
            (Entry::Examined { now, .. }, Stage::NotBegun) => {
                let _ = fleet::playback(&plan, &standing.market, self.catalogue, self.seed, self.inputs, now);
                Stage::NotBegun
            }
            (Entry::Begun { now, .. }, Stage::NotBegun) => {
                match fleet::playback(&plan, &standing.market, self.catalogue, self.seed, self.inputs, now) {
                    Ok(playback) => Stage::Playing { playback: Box::new(playback), sent: Vec::new(), task: None },
                    Err(_) => Stage::NotBegun,
                }
            }
            (Entry::Unplayed { why, .. }, Stage::NotBegun) => {
                self.cases[index].ended = Some(fleet::not_judged(&plan, why));
                Stage::Ended
            }
            (Entry::Next { now, .. }, Stage::Playing { mut playback, sent, task }) => match playback.next(now) {
                Next::Send(sent) => Stage::Playing { playback, sent, task },
                Next::Perform(task) => Stage::Playing { playback, sent, task: Some(task) },
                Next::SleepUntil(_) => Stage::Playing { playback, sent, task },
                Next::Finish(record) => {
                    self.cases[index].ended = Some(*record);
                    Stage::Ended
                }
            },
            (Entry::Received { now, exchanges, .. }, Stage::Playing { mut playback, sent, task }) => {
                let back = self.back(index, &exchanges, &sent);
                playback.received(back, now);
                Stage::Playing { playback, sent: Vec::new(), task }
            }
            (Entry::Called { call, .. }, Stage::Playing { mut playback, sent, task }) => {
                match self.call(lane, call) {
                    Some(exchange) => {
                        playback.called(&exchange);
                    }
                    None => self.unfit.push(Unfit::Nothing { what: "call", number: call }),
                }
                Stage::Playing { playback, sent, task }
            }
            (Entry::Disturbed { .. }, Stage::Playing { playback, sent, task }) => {
                match &task {
                    Some(task) => {
                        standing.disturbances = Disturbances::new(task.answers.iter().cloned(), self.seed);
                    }
                    None => self.unfit.push(wanders("a task that has begun")),
                }
                Stage::Playing { playback, sent, task }
            }
            (Entry::Performed { ended, .. }, Stage::Playing { mut playback, sent, task }) => {
                playback.performed(ended);
                Stage::Playing { playback, sent, task }
            }
            (Entry::Unattended { .. }, Stage::Playing { mut playback, sent, task }) => {
                playback.unattended();
                Stage::Playing { playback, sent, task }
            }
            (Entry::Abandoned { now, why, .. }, Stage::Playing { mut playback, .. }) => {
                self.cases[index].ended = Some(*playback.abandon(why, now));
                Stage::Ended
            }
            (entry, stage) => {
                self.unfit.push(wanders(named(&entry)));
                stage
            }
        };
    }

    /// What came back for requests that the case has just made.
    fn back(&mut self, index: usize, exchanges: &[usize], sent: &[Dispatch]) -> Vec<Returned> {
        let case = self.cases[index].plan.name.clone();
        if exchanges.len() != sent.len() {
            self.unfit.push(Unfit::Order { case: case.clone(), what: "answers" });
        }
        // All that was made for one instant is known when the first answer to it comes.
        for (number, Dispatch { request, .. }) in exchanges.iter().zip(sent) {
            let recorded = self.pages.sent.get(&index).and_then(|sent| sent.get(*number));
            let numbers = recorded.map(|recorded| recorded.secrets.as_slice()).unwrap_or_default();
            numbers.iter().zip(&request.secrets).for_each(|(number, secret)| self.revealer.learn(*number, secret));
        }
        let mut back = Vec::new();
        for (position, number) in exchanges.iter().enumerate() {
            let Some(recorded) = self.pages.sent.get(&index).and_then(|sent| sent.get(*number)) else {
                self.unfit.push(Unfit::Nothing { what: "exchange", number: *number });
                continue;
            };
            let mut recorded: Sent = recorded.clone();
            if let Some(Dispatch { request, .. }) = sent.get(position) {
                recorded.exchange.request.secrets.clone_from(&request.secrets);
            }
            self.revealer.sent(&mut recorded);
            let made = sent.get(position).map(|dispatch| &dispatch.request);
            let differs = made.and_then(|made| difference(made, &recorded.exchange.request));
            if let Some(what) = differs {
                self.unfit.push(Unfit::Request { case: case.clone(), exchange: *number, what });
            }
            back.push(Returned { exchange: recorded.exchange, visit: recorded.visit });
        }
        back
    }

    fn call(&self, lane: usize, call: usize) -> Option<Exchange> {
        let mut exchange = self.pages.calls.get(&lane)?.get(call)?.clone();
        self.revealer.call(&mut exchange);
        Some(exchange)
    }

    /// The marketplace answers a call of the vendor's again.
    fn answered(&mut self, lane: usize, call: usize) {
        let exchange = self.call(lane, call);
        let (Some(exchange), Some(standing)) = (exchange, self.lanes.get_mut(lane)) else {
            self.unfit.push(Unfit::Nothing { what: "call", number: call });
            return;
        };
        let Standing { serving, base, disturbances, .. } = standing;
        let (made, _) = desk::answer(serving, base, disturbances, exchange.request.clone(), exchange.started);
        let fits = made.answer == exchange.answer;
        if !fits {
            self.unfit.push(Unfit::Answer { marketplace: standing.name.clone(), call });
        }
        standing.answers.count(fits);
    }

    /// Counts, and takes the weight off what is known, as a run does.
    fn finish(self, evidence: &Evidence, tell: &mut dyn FnMut(Event)) -> Replayed {
        let manifest = &evidence.manifest;
        let today = manifest.started.to_zoned(jiff::tz::TimeZone::UTC).date();
        let known = KnownFailures::new(manifest.known_failures.iter().cloned());
        let mut known = known.within(manifest.known_scope.clone().unwrap_or_default());
        let mut record = RunRecord { interrupted: manifest.interrupted, ..RunRecord::default() };
        for case in self.cases {
            let ended = case.ended.unwrap_or_else(|| fleet::not_judged(&case.plan, Blocked::Ended));
            let mut ended = Arc::new(ended);
            fleet::excuse(&mut ended, &mut known, today);
            fleet::count(&mut record.totals, &ended);
            record.cases.push(Arc::clone(&ended));
            tell(Event::CaseFinished(ended));
        }
        if !record.interrupted {
            record.known_troubles = known.troubles(today);
        }
        let elapsed = manifest.ended.duration_since(manifest.started).try_into().unwrap_or_default();
        tell(Event::RunFinished { totals: record.totals, interrupted: record.interrupted, elapsed });
        Replayed { record, unfit: self.unfit }
    }
}

/// What of a request differs from the one that is made; nothing but what the transport adds may.
fn difference(made: &Request, recorded: &Request) -> Option<String> {
    if made.method != recorded.method {
        return Some("method".to_owned());
    }
    // The base address stands before it.
    if !recorded.target.ends_with(&made.target) {
        return Some("target".to_owned());
    }
    let differs = |name: &str| {
        // Blanks around a value are none of it (RFC 9110, 5.5).
        let value = |header: &Header| header.value.trim_ascii().to_vec();
        let of = |request: &Request| request.headers.all(name).map(value).collect::<Vec<_>>();
        of(made) != of(recorded)
    };
    if let Some(header) = made.headers.iter().find(|header| differs(&header.name)) {
        return Some(format!("header {}", header.name));
    }
    (made.body != recorded.body).then(|| "body".to_owned())
}

fn named(entry: &Entry) -> &'static str {
    match entry {
        Entry::Examined { .. } => "an examination",
        Entry::Begun { .. } => "a beginning",
        Entry::Next { .. } => "a question for what to do",
        Entry::Received { .. } => "answers",
        Entry::Answered { .. } | Entry::Called { .. } => "a call of the vendor's",
        Entry::Disturbed { .. } => "a task that has begun",
        Entry::Performed { .. } | Entry::Unattended { .. } => "the end of a task",
        Entry::Abandoned { .. } | Entry::Unplayed { .. } => "an end",
        Entry::Probed { .. } => "a probe",
    }
}
