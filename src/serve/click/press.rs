//! Plays a click against the stand's vendor, and writes down what came of it.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};

use super::scenario::{document_of, filled, interface_of, step_of};
use super::{Click, Clicked, Input};
use crate::engine::{CaseRecord, Next, Options, Playback};
use crate::market::CallError;
use crate::run::{Loader, deliver};
use crate::serve::judge::Lent;
use crate::serve::{Entry, Seen, Stand, Verdict};
use crate::spec::Document;
use crate::transport::Client;
use crate::verdict::{Blocked, Breach, Level, Outcome};
use crate::wire::{Caller, Exchange};

/// How far clocks are apart before a signature can be too old or too young for a vendor.
const APART: SignedDuration = SignedDuration::from_secs(3);

/// Why a vendor is excused.
const UNANSWERED: &str = "an answer of the store to the vendor was disturbed on purpose meanwhile";

/// Longest value of an answer that a later click can take, in bytes; ids are shorter.
const LONGEST: usize = 1024;

/// What came of a press.
#[derive(Clone, Debug)]
pub struct Pressed {
    /// What was clicked, with the values that it had.
    pub clicked: Clicked,
    /// Every exchange, in the order in which they began: the calls, the vendor's own calls, and the question whether it
    /// still lives.
    pub entries: Vec<Arc<Entry>>,
    /// How the step came out.
    pub outcome: Outcome,
}

impl Pressed {
    /// The last answer to the call itself, a question whether the vendor lives not counted.
    pub fn answer(&self) -> Option<&Arc<Entry>> {
        let called = |entry: &&Arc<Entry>| entry.seen.operation.as_deref() == Some(&self.clicked.click.operation);
        let calls = self.entries.iter().filter(|entry| entry.seen.exchange.caller == Caller::Marketplace);
        calls.filter(called).rfind(|entry| entry.seen.exchange.answer.is_ok())
    }
}

/// Why a press came to nothing.
#[derive(Clone, Debug, thiserror::Error)]
pub enum PressError {
    /// The marketplace was started without a vendor.
    #[error(
        "{marketplace} knows no vendor to call; start with --vendor {marketplace}=URL, or --vendor \
         {marketplace}=reference for the built-in one"
    )]
    NoVendor {
        /// The marketplace.
        marketplace: &'static str,
    },
    /// Nobody answered at the vendor's address.
    #[error("the vendor could not be reached: {why}")]
    Unreachable {
        /// How it failed.
        why: String,
        /// The exchange that failed.
        entries: Vec<Arc<Entry>>,
    },
    /// The click cannot be made: an operation, parameter or mistake that there is not.
    #[error("{0}")]
    Scenario(String),
    /// Something on our side.
    #[error("the call could not be made: {0}")]
    Harness(String),
}

impl Stand {
    /// Presses a button: calls the vendor, judges what comes back, and writes all of it into the log.
    ///
    /// One press is played after another. It is played to its end also where the caller goes away meanwhile.
    ///
    /// # Errors
    ///
    /// Where the call was not made or nobody answered; an answer that breaks the contract is no error.
    pub async fn press(self: &Arc<Self>, click: Click) -> Result<Pressed, PressError> {
        let stand = Arc::clone(self);
        let playing = tokio::spawn(async move { stand.in_turn(click).await });
        playing.await.unwrap_or_else(|_| Err(PressError::Harness("it ended with an error of storeproof's".to_owned())))
    }

    async fn in_turn(&self, click: Click) -> Result<Pressed, PressError> {
        let vendor = self.vendor.as_ref().ok_or(PressError::NoVendor { marketplace: self.name })?;
        let _turn = self.turn.lock().await;
        let spoilt = self.spoilt();
        let mut lent = self.judge.lend();
        if self.turned_back()
            && let Some(session) = &mut lent.session
        {
            session.turn_back();
        }
        let played = self.play(&mut lent, click, vendor, spoilt).await;
        for (exchange, operation, judgement) in lent.give_back() {
            let done = self.done_to(&exchange);
            self.note(operation, exchange, judgement, done);
        }
        // What the vendor answered can have become a part of the state.
        self.change();
        played
    }

    async fn play(
        &self,
        lent: &mut Lent<'_>,
        click: Click,
        vendor: &Client,
        spoilt: u64,
    ) -> Result<Pressed, PressError> {
        let clicked = self.settled(lent, click)?;
        let document = Document::with_positions(document_of(&clicked), []);
        let loader = Loader::new(None, Arc::clone(&self.catalogue));
        let plan =
            loader.plan_of(&document, "a click").map_err(|problems| PressError::Scenario(sentences(&problems)))?;
        let Some(session) = lent.session.take() else {
            return Err(PressError::Harness("its session is missing".to_owned()));
        };
        if let Some(awaited) = &clicked.click.awaited
            && session.awaited(&awaited.operation).is_none()
        {
            lent.session = Some(session);
            let problem = format!("{} does not wait for {}", self.name, awaited.operation);
            return Err(PressError::Scenario(problem));
        }
        let options = Options { time_limit: self.market.time_limit(), ..Options::default() };
        let catalogue = Arc::clone(&self.catalogue);
        let mut playback = Playback::new(plan, session, catalogue, options, self.clock.now())
            .map_err(|error| PressError::Scenario(error.to_string()))?;
        let mut others = Vec::new();
        let record = loop {
            match playback.next(self.clock.now()) {
                Next::Send(dispatches) => {
                    let ahead = self.clock.ahead();
                    let mut returned = deliver(dispatches, vendor, self.browser.as_ref()).await;
                    for returned in &mut returned {
                        // The log and the judge have one clock, the marketplace's.
                        let started = &mut returned.exchange.started;
                        *started = started.checked_add(ahead).unwrap_or(*started);
                    }
                    // What the vendor asked before it answered belongs to this step.
                    while let Ok(exchange) = lent.calls.try_recv() {
                        take(&mut playback, exchange, &mut others);
                    }
                    playback.received(returned, self.clock.now());
                }
                Next::SleepUntil(when) => {
                    let wait = std::time::Duration::try_from(when.duration_since(self.clock.now())).unwrap_or_default();
                    tokio::select! {
                        biased;
                        () = tokio::time::sleep(wait) => {}
                        Some(exchange) = lent.calls.recv() => take(&mut playback, exchange, &mut others),
                    }
                }
                // A click is a call, and no task for a vendor's program.
                Next::Perform(task) => {
                    let why = format!("nobody here can do {}", task.name);
                    break *playback.abandon(Blocked::Harness(why), self.clock.now());
                }
                Next::Finish(record) => break *record,
            }
        };
        lent.session = playback.into_session();
        self.written(clicked, record, others, lent, self.spoilt() > spoilt)
    }

    /// The click with values for its inputs.
    fn settled(&self, lent: &mut Lent<'_>, click: Click) -> Result<Clicked, PressError> {
        let (interface, _) = interface_of(self.name, &click).map_err(PressError::Scenario)?;
        let now = self.clock.now();
        let mut random = fastrand::Rng::with_seed(seed(now));
        let mut inputs = Map::new();
        for (name, input) in &click.inputs {
            let value = match input {
                Input::Given(value) | Input::Made { value, .. } => value.clone(),
                Input::Generate(generator) => lent
                    .session
                    .as_mut()
                    .and_then(|session| session.generate(generator, now, &mut random))
                    .ok_or_else(|| PressError::Scenario(format!("{} generates no {generator:?}", self.name)))?,
            };
            inputs.insert(name.clone(), value);
        }
        let parameters = click.parameters.iter().map(|(name, value)| (name.clone(), filled(value, &inputs))).collect();
        let body = click.body.as_ref().map(|body| filled(body, &inputs));
        Ok(Clicked { interface, click, parameters, body, inputs, outputs: Map::new() })
    }

    /// Writes a case into the log.
    fn written(
        &self,
        mut clicked: Clicked,
        record: CaseRecord,
        others: Vec<Exchange>,
        lent: &mut Lent<'_>,
        spoilt: bool,
    ) -> Result<Pressed, PressError> {
        let step = Arc::new(step_of(&clicked));
        let mut seen: Vec<Seen> = Vec::new();
        let deliver = &clicked.click.deliver;
        let copies = deliver.copies.unwrap_or(1).max(if deliver.lose_answer { 2 } else { 1 });
        for record in record.steps {
            let record = Arc::unwrap_or_clone(record);
            let first = seen.len();
            let (mut own, mut sent) = (first, 0);
            for exchange in record.exchanges {
                let of_vendor = exchange.caller == Caller::Vendor;
                sent += u32::from(!of_vendor);
                // What follows the copies only asks whether the vendor still lives.
                let ours = !of_vendor && sent <= copies;
                let called = self.market.called(&exchange.request).map(str::to_owned);
                let operation = if ours { record.operation.clone() } else { called };
                let disturbance = self.done_to(&exchange);
                own = if ours { seen.len() } else { own };
                seen.push(Seen {
                    marketplace: self.name,
                    operation,
                    exchange,
                    findings: Vec::new(),
                    readings: Vec::new(),
                    skipped: Vec::new(),
                    disturbance,
                    refused: None,
                    step: ours.then(|| Arc::clone(&step)),
                });
            }
            for mut weighed in record.findings {
                let at = weighed.exchange.take().map_or(own, |at| first + at);
                if let Some(seen) = seen.get_mut(at) {
                    seen.findings.push(weighed);
                }
            }
            if let Some(seen) = seen.get_mut(own) {
                seen.readings = record.readings;
                seen.skipped = record.skipped;
            }
        }
        let excused = self.excuse(&mut seen) | (spoilt && excuse_unanswered(&mut seen));
        for exchange in others {
            let judged = lent.session.as_mut().map(|session| session.judge_callback(&exchange));
            let (operation, judgement) = judged.unwrap_or_default();
            let disturbance = self.done_to(&exchange);
            seen.push(Seen { disturbance, ..self.seen(operation, exchange, judgement) });
        }
        let answer = seen.iter().filter(|seen| seen.step.is_some()).rev().find_map(|seen| seen.exchange.response());
        let body: Option<Value> = answer.and_then(|answer| serde_json::from_slice(&answer.body).ok());
        for (name, pointer) in &clicked.click.outputs {
            let value = body.as_ref().and_then(|body| body.pointer(pointer.as_str()?));
            let value = value.filter(|value| value.as_str().is_none_or(|text| text.len() <= LONGEST));
            clicked.outputs.extend(value.map(|value| (name.clone(), value.clone())));
        }
        seen.sort_by_key(|seen| seen.exchange.started);
        let entries: Vec<Arc<Entry>> = seen.into_iter().map(|seen| self.log.add(seen)).collect();
        self.storefront.fold(&clicked, &entries, self.clock.now());
        self.change();
        match record.outcome {
            Outcome::NotJudged(Blocked::Unreachable(why)) => Err(PressError::Unreachable { why, entries }),
            Outcome::NotJudged(Blocked::Harness(why)) if entries.is_empty() => Err(PressError::Harness(why)),
            Outcome::Breaks if excused && !entries.iter().any(|entry| entry.verdict() == Verdict::Breaks) => {
                let why = match spoilt {
                    true => UNANSWERED.to_owned(),
                    false => "the marketplace's clock was moved, and the vendor has a clock of its own".to_owned(),
                };
                Ok(Pressed { clicked, entries, outcome: Outcome::NotJudged(Blocked::Harness(why)) })
            }
            outcome => Ok(Pressed { clicked, entries, outcome }),
        }
    }
}

impl Stand {
    /// A vendor with a clock of its own refuses what was signed at another time, and rightly. Whoever moves the
    /// marketplace's clock is told so, and nothing is held against the vendor. False where clocks go together.
    fn excuse(&self, seen: &mut [Seen]) -> bool {
        let ahead = self.clock.ahead();
        if self.same_clock || ahead.abs() < APART {
            return false;
        }
        let refused = |seen: &&mut Seen| seen.exchange.response().is_some_and(|answer| self.market.is_refusal(answer));
        for weighed in seen.iter_mut().filter(refused).flat_map(|seen| &mut seen.findings) {
            weighed.level = weighed.level.min(Level::Advice);
            weighed.finding.remark.get_or_insert_with(|| {
                format!("the marketplace's clock was moved by {ahead:#}, and the vendor has a clock of its own")
            });
        }
        true
    }
}

/// A vendor whose question was not answered, on purpose, can neither ask the store nor do what it needs the answer for.
/// What it then owes is told and not held against it. False where nothing of that kind was found.
fn excuse_unanswered(seen: &mut [Seen]) -> bool {
    let mut excused = false;
    let findings = seen.iter_mut().flat_map(|seen| &mut seen.findings);
    let owed = |breach: &Breach| matches!(breach, Breach::Missing { .. } | Breach::Answered { .. });
    for weighed in findings.filter(|weighed| owed(&weighed.finding.breach)) {
        weighed.level = weighed.level.min(Level::Advice);
        weighed.finding.remark.get_or_insert_with(|| UNANSWERED.to_owned());
        excused = true;
    }
    excused
}

/// Hands a call of the vendor's to the case; what is none of its is kept for later.
fn take(playback: &mut Playback, exchange: Exchange, others: &mut Vec<Exchange>) {
    if !playback.called(&exchange) {
        others.push(exchange);
    }
}

/// No two presses have the same values.
fn seed(now: Timestamp) -> u64 {
    let bytes = now.as_nanosecond().to_le_bytes();
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |seed, byte| (seed ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

/// What is wrong with a document that was made here: its places are nobody's.
fn sentences(problems: &crate::scenario::Problems) -> String {
    problems.iter().map(|problem| problem.sentence()).collect::<Vec<_>>().join("; ")
}

impl From<CallError> for PressError {
    fn from(error: CallError) -> Self {
        Self::Harness(error.to_string())
    }
}
