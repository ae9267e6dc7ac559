//! All cases of a run: side by side as far as asked for, each told when it ends.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Map, Value};
use tokio::sync::{mpsc, watch};

use super::desk::Desk;
use super::noted::{Noted, note};
use super::performer::Performer;
use super::play;
use super::snapshots::{CaseSnapshots, Compared, Origin, Store};
use crate::check::snapshot::{self, Comparison, Rule};
use crate::engine::{CaseRecord, Event, Options, Playback, StartError, StepRecord, Totals, Trouble};
use crate::evidence::{Entry, Journal};
use crate::market::Market;
use crate::scenario::plan::Plan;
use crate::transport::{Browser, Client, Mode};
use crate::verdict::{
    Blocked, Breach, Catalogue, Finding, KnownFailures, KnownTrouble, Level, Outcome, Place, RequirementId, Weighed,
};
use crate::wire::{KnownSecrets, Loss, Redactor};

/// What a run is made of.
pub struct Fleet {
    /// The cases, in the order in which they are played.
    pub cases: Vec<FleetCase>,
    /// The vendors that the cases are played against.
    pub lanes: Vec<Lane>,
    /// The rules that findings are held against.
    pub catalogue: Arc<Catalogue>,
    /// Snapshots, when they are taken.
    pub snapshots: Option<Store>,
    /// How the vendors are named in reports.
    pub vendor: String,
    /// Seed of all generated values.
    pub seed: u64,
    /// Inputs of the scenarios, by name; each case takes those that it declares.
    pub inputs: Map<String, Value>,
    /// How many cases run at one time.
    pub jobs: NonZeroUsize,
    /// Whether the run ends with the first case that breaks the contract.
    pub fail_fast: bool,
    /// Failures that are accepted for a time.
    pub known: KnownFailures,
    /// Notes everything that reaches the engine, so that it can be judged again.
    pub journal: Option<Arc<Journal>>,
}

/// One case of a run.
pub struct FleetCase {
    /// What is played.
    pub plan: Arc<Plan>,
    /// Against which of the fleet's lanes.
    pub lane: usize,
}

/// One marketplace and the vendor's endpoint that it plays against.
pub struct Lane {
    /// The marketplace.
    pub market: Market,
    /// Speaks to the vendor.
    pub client: Client,
    /// Opens its pages.
    pub browser: Browser,
    /// Takes the vendor's own calls, where the marketplace has an API for them.
    pub desk: Option<Desk>,
    /// Who does the vendor's tasks, where vendors are clients.
    pub performer: Option<Performer>,
    /// Variables of this process that the vendor's program gets.
    pub inherited: Vec<(OsString, OsString)>,
    /// The vendor as the user named it.
    pub vendor: String,
}

/// What came of a run.
#[derive(Debug, Default)]
pub struct RunRecord {
    /// The cases, in the order of the fleet.
    pub cases: Vec<Arc<CaseRecord>>,
    /// Counts over them.
    pub totals: Totals,
    /// Whether the user ended it before its time.
    pub interrupted: bool,
    /// Snapshots that the cases have referred to.
    pub referenced: BTreeSet<String>,
    /// Snapshot files that could not be read or written.
    pub troubles: Vec<String>,
    /// What is wrong with the list of known failures.
    pub known_troubles: Vec<KnownTrouble>,
}

impl RunRecord {
    /// What keeps the run from ending well although it is about no case.
    pub fn every_trouble(&self) -> Vec<Trouble> {
        let known = self.known_troubles.iter().cloned().map(Trouble::Known);
        known.chain(self.troubles.iter().cloned().map(Trouble::Snapshot)).collect()
    }
}

/// Why a run could not begin.
#[derive(Debug, thiserror::Error)]
#[error("{case}: {error}")]
pub struct FleetError {
    /// The case.
    pub case: String,
    /// What is wrong with it.
    #[source]
    pub error: StartError,
}

/// Calls that a vendor may let run out of time before the rest of the cases is left unplayed. Each takes the whole time
/// limit, so that a run of some thousand calls would take hours to say the same again.
const MOST_TIME_OUTS: usize = 24;

struct State {
    /// By lane, the case in which its vendor stopped answering, until it answers again.
    died_in: Vec<Mutex<Option<Arc<str>>>>,
    /// By lane, why its vendor was out of reach for a case, until it answers.
    out_of_reach: Vec<Mutex<Option<String>>>,
    /// By lane, whether its vendor was ever reached.
    reached: Vec<AtomicBool>,
    /// By lane, how many calls its vendor let run out of time.
    time_outs: Vec<AtomicUsize>,
    /// By lane, whose turn it is where calls of vendors cannot be told apart: one case at a time.
    turns: Vec<tokio::sync::Mutex<()>>,
    /// What must be in no snapshot.
    secrets: Mutex<KnownSecrets>,
    ended: AtomicBool,
    next: AtomicUsize,
}

impl State {
    /// Tells what happens while a case is played. It is known here before the request is sent: what it names as secret is
    /// hidden in whatever comes back.
    fn tell(&self, event: Event, sender: &mpsc::UnboundedSender<Told>) {
        if let Event::Sending { secrets } = &event {
            let mut known = self.secrets.lock().unwrap_or_else(PoisonError::into_inner);
            secrets.iter().for_each(|secret| known.meet(secret));
        }
        let _ = sender.send(Told::Event(event));
    }
}

enum Told {
    Event(Event),
    Case { index: usize, record: Arc<CaseRecord>, referenced: BTreeSet<String>, troubles: Vec<String> },
}

impl Fleet {
    /// Plays all cases and tells what happens.
    ///
    /// `interrupted` turns true when the user wants the run to end: what was done is told, the rest is not judged.
    ///
    /// # Errors
    ///
    /// When a case cannot begin (an input is missing or of the wrong type). Nothing was sent then.
    pub async fn run(
        self: &Arc<Self>,
        interrupted: watch::Receiver<bool>,
        tell: &mut dyn FnMut(Event),
    ) -> Result<RunRecord, FleetError> {
        let started = play::now();
        let today = started.to_zoned(jiff::tz::TimeZone::UTC).date();
        let mut known = self.known.clone();
        let fleet = Arc::clone(self);
        if let Some(journal) = &fleet.journal {
            journal.begin(started);
            for (index, lane) in fleet.lanes.iter().enumerate() {
                lane.desk.iter().for_each(|desk| desk.keep(journal, index));
            }
        }
        // Inputs are checked for every case before the first call.
        for (index, case) in fleet.cases.iter().enumerate() {
            let now = play::now();
            let examined = || Entry::Examined { case: index, now };
            let playback = note(fleet.journal.as_deref(), examined, || fleet.playback(case, now));
            playback.map_err(|error| FleetError { case: case.plan.name.clone(), error })?;
        }
        let names = fleet.cases.iter().map(|case| case.plan.name.as_str().into()).collect();
        tell(Event::RunStarted { seed: fleet.seed, cases: names, vendor: fleet.vendor.clone() });
        let state = Arc::new(State {
            died_in: fleet.lanes.iter().map(|_| Mutex::default()).collect(),
            out_of_reach: fleet.lanes.iter().map(|_| Mutex::default()).collect(),
            reached: fleet.lanes.iter().map(|_| AtomicBool::new(false)).collect(),
            time_outs: fleet.lanes.iter().map(|_| AtomicUsize::new(0)).collect(),
            turns: fleet.lanes.iter().map(|_| tokio::sync::Mutex::default()).collect(),
            secrets: Mutex::default(),
            ended: AtomicBool::new(false),
            next: AtomicUsize::new(0),
        });
        let (sender, mut receiver) = mpsc::unbounded_channel();
        let workers: Vec<_> = (0..fleet.jobs.get().min(fleet.cases.len().max(1)))
            .map(|_| {
                let work = work(Arc::clone(&fleet), Arc::clone(&state), interrupted.clone(), sender.clone());
                tokio::spawn(work)
            })
            .collect();
        drop(sender);
        let mut record = RunRecord::default();
        let mut cases: Vec<Option<Arc<CaseRecord>>> = vec![None; fleet.cases.len()];
        while let Some(told) = receiver.recv().await {
            match told {
                Told::Event(event) => tell(event),
                Told::Case { index, record: mut case, referenced, troubles } => {
                    excuse(&mut case, &mut known, today);
                    count(&mut record.totals, &case);
                    record.referenced.extend(referenced);
                    record.troubles.extend(troubles);
                    cases[index] = Some(Arc::clone(&case));
                    tell(Event::CaseFinished(case));
                }
            }
        }
        for worker in workers {
            // A worker that panicked has said so; its case is missing and the run does not conform.
            let _ = worker.await;
        }
        for (index, case) in cases.iter_mut().enumerate().filter(|(_, case)| case.is_none()) {
            let mut blocked = Arc::new(not_judged(&fleet.cases[index].plan, Blocked::Ended));
            excuse(&mut blocked, &mut known, today);
            count(&mut record.totals, &blocked);
            *case = Some(Arc::clone(&blocked));
            tell(Event::CaseFinished(blocked));
        }
        record.cases = cases.into_iter().flatten().collect();
        record.interrupted = *interrupted.borrow();
        if !record.interrupted {
            record.known_troubles = known.troubles(today);
        }
        record.every_trouble().into_iter().for_each(|trouble| tell(Event::Troubled(trouble)));
        let ended = play::now();
        if let Some(journal) = &fleet.journal {
            journal.end(ended, record.interrupted);
            // What is called from here on belongs to no case of this run.
            fleet.lanes.iter().filter_map(|lane| lane.desk.as_ref()).for_each(Desk::keep_no_more);
        }
        let elapsed = Duration::try_from(ended.duration_since(started)).unwrap_or_default();
        tell(Event::RunFinished { totals: record.totals, interrupted: record.interrupted, elapsed });
        Ok(record)
    }

    fn playback(&self, case: &FleetCase, now: Timestamp) -> Result<Playback, StartError> {
        self.playback_with(&case.plan, &self.lanes[case.lane].market, self.seed, now)
    }

    /// A case of this run by a seed.
    pub(super) fn playback_with(
        &self,
        plan: &Arc<Plan>,
        market: &Market,
        seed: u64,
        now: Timestamp,
    ) -> Result<Playback, StartError> {
        playback(plan, market, &self.catalogue, seed, &self.inputs, now)
    }
}

/// A case of a run, prepared.
pub(super) fn playback(
    plan: &Arc<Plan>,
    market: &Market,
    catalogue: &Arc<Catalogue>,
    mut seed: u64,
    inputs: &Map<String, Value>,
    now: Timestamp,
) -> Result<Playback, StartError> {
    // Each case has a seed of its own, so that its values do not depend on which cases ran before.
    for byte in plan.name.bytes() {
        seed = (seed ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    let options = Options { seed, inputs: inputs.clone(), time_limit: market.time_limit(), ..Options::default() };
    Playback::new(Arc::clone(plan), market.session(), Arc::clone(catalogue), options, now)
}

async fn work(
    fleet: Arc<Fleet>,
    state: Arc<State>,
    mut interrupted: watch::Receiver<bool>,
    sender: mpsc::UnboundedSender<Told>,
) {
    loop {
        if *interrupted.borrow() || state.ended.load(Ordering::Relaxed) {
            return;
        }
        let index = state.next.fetch_add(1, Ordering::Relaxed);
        let Some(case) = fleet.cases.get(index) else { return };
        let name: Arc<str> = case.plan.name.as_str().into();
        let _ = sender.send(Told::Event(Event::CaseStarted { name: Arc::clone(&name) }));
        let (record, snapshots) = one(&fleet, &state, index, &name, &mut interrupted, &sender).await;
        if fleet.fail_fast && record.outcome == Outcome::Breaks {
            state.ended.store(true, Ordering::Relaxed);
        }
        let (referenced, troubles) = snapshots.unwrap_or_default();
        let _ = sender.send(Told::Case { index, record: Arc::new(record), referenced, troubles });
    }
}

type Snapshots = Option<(BTreeSet<String>, Vec<String>)>;

async fn one(
    fleet: &Fleet,
    state: &State,
    index: usize,
    name: &Arc<str>,
    interrupted: &mut watch::Receiver<bool>,
    sender: &mpsc::UnboundedSender<Told>,
) -> (CaseRecord, Snapshots) {
    let case = &fleet.cases[index];
    let (plan, lane) = (&case.plan, &fleet.lanes[case.lane]);
    let journal = fleet.journal.as_deref();
    let unplayed = |why: Blocked| {
        let noted = why.clone();
        note(journal, || Entry::Unplayed { case: index, why: noted }, || (not_judged(plan, why), None))
    };
    let tell = |event: Event| state.tell(event, sender);
    let _turn = match &lane.performer {
        Some(_) => Some(state.turns[case.lane].lock().await),
        None => None,
    };
    let died_in = || state.died_in[case.lane].lock().unwrap_or_else(PoisonError::into_inner);
    let killer = died_in().clone();
    if let Some(killer) = killer {
        // It may have been started again meanwhile.
        if dead(lane, case.lane, journal, &tell).await {
            return unplayed(Blocked::DiedIn { case: killer.to_string() });
        }
        *died_in() = None;
    }
    let time_outs = &state.time_outs[case.lane];
    match time_outs.load(Ordering::Relaxed) {
        0..MOST_TIME_OUTS => {}
        calls => return unplayed(Blocked::Slow { calls }),
    }
    let out_of_reach = || state.out_of_reach[case.lane].lock().unwrap_or_else(PoisonError::into_inner);
    let why = out_of_reach().clone();
    if let Some(why) = why {
        // A vendor that never answered is not asked again for every case; one that did may be back.
        if !state.reached[case.lane].load(Ordering::Relaxed) && !is_begun_anew(lane)
            || dead(lane, case.lane, journal, &tell).await
        {
            return unplayed(Blocked::Unreachable(why));
        }
        *out_of_reach() = None;
    }
    let now = play::now();
    let playback = match note(journal, || Entry::Begun { case: index, now }, || fleet.playback(case, now)) {
        Ok(playback) => playback,
        Err(error) => return unplayed(Blocked::Harness(error.to_string())),
    };
    let playing = Noted { playback, case: index, journal };
    let played = play::case(name, playing, lane, fleet.seed, interrupted, &mut |event| tell(event)).await;
    let mut record = played.record;
    match &record.outcome {
        Outcome::NotJudged(Blocked::Unreachable(why)) => *out_of_reach() = Some(why.clone()),
        // The program was started, and said nothing of the others.
        Outcome::NotJudged(Blocked::Declined { .. }) => {}
        _ => state.reached[case.lane].store(true, Ordering::Relaxed),
    }
    let exchanges = record.steps.iter().flat_map(|step| &step.exchanges);
    let ran_out = exchanges.filter(|exchange| matches!(exchange.answer, Err(Loss::TimeOut { .. })));
    time_outs.fetch_add(ran_out.count(), Ordering::Relaxed);
    if played.died {
        died_in().get_or_insert_with(|| Arc::clone(name));
    }
    let snapshots = fleet.snapshots.as_ref().map(|store| {
        let mut snapshots = store.case(plan.marketplace.as_deref(), &plan.name);
        let mut known = state.secrets.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = record.steps.iter().any(|step| step.snapshot.is_some());
        let base = lane.client.endpoint().base();
        let troubles = if kept { compare(&mut record, &mut snapshots, base, known.redactor()) } else { Vec::new() };
        (snapshots.referenced().clone(), troubles)
    });
    (record, snapshots)
}

/// Whether each task starts the vendor's program anew, so that one which called nothing says nothing of the next.
fn is_begun_anew(lane: &Lane) -> bool {
    matches!(lane.performer, Some(Performer::Program(_) | Performer::Reference(_)))
}

/// Whether nobody answers, whatever it would be. Of a vendor that is a client nobody can say.
async fn dead(lane: &Lane, number: usize, journal: Option<&Journal>, tell: &(dyn Fn(Event) + Sync)) -> bool {
    if lane.performer.is_some() {
        return false;
    }
    let now = play::now();
    let probe = || lane.market.session().probe(now);
    match note(journal, || Entry::Probed { lane: number, now }, probe) {
        Some(request) => {
            tell(Event::Sending { secrets: request.secrets.clone() });
            lane.client.send(request, Mode::FreshConnection).await.answer.is_err_and(|loss| loss.unreachable())
        }
        None => true,
    }
}

/// Compares every answer of the case with its reviewed snapshot; a difference is a finding at its step.
fn compare(record: &mut CaseRecord, snapshots: &mut CaseSnapshots, base: &str, redactor: &Redactor) -> Vec<String> {
    let mut troubles = Vec::new();
    let mut unreviewed = false;
    let mut steps = std::mem::take(&mut record.steps);
    for step in &mut steps {
        let Some(snapshot) = step.snapshot.as_ref().filter(|_| !step.superseded) else { continue };
        let Some((at, exchange)) = step.exchanges.iter().enumerate().find(|(_, exchange)| exchange.answer.is_ok())
        else {
            continue;
        };
        let Some(response) = exchange.response() else { continue };
        let rules = match Rule::all(&snapshot.redact) {
            Ok(rules) => rules,
            Err(error) => {
                troubles.push(format!("{}: step {}: {error}", record.name, step.id));
                continue;
            }
        };
        let taken = snapshot::take(response, Some(base), &rules, redactor);
        let origin = Origin {
            source: record.name.to_string(),
            line: step.spot.line,
            expression: step.operation.clone().unwrap_or_else(|| step.id.clone()),
            description: step.description.clone(),
        };
        let mut found: Vec<(Place, Breach, Level)> =
            taken.findings.into_iter().map(|(place, breach)| (place, breach, Level::Must)).collect();
        match snapshots.compare(&step.id, &taken.contents, &origin) {
            Ok(Compared::Off | Compared::Same | Compared::Accepted { .. }) => {}
            Ok(Compared::Unreviewed { name, comparison }) => {
                unreviewed = true;
                let diff = match comparison {
                    Comparison::Same => String::new(),
                    Comparison::New => snapshot::diff("", &taken.contents),
                    Comparison::Changed { diff } => diff,
                };
                // Whether it stands in the way is the outcome's affair; the finding says what is new.
                found.push((Place::Course, Breach::Snapshot { name, diff }, Level::Advice));
            }
            Err(error) => troubles.push(error.to_string()),
        }
        if !found.is_empty() {
            let step = Arc::make_mut(step);
            step.findings.extend(found.into_iter().map(|(place, breach, level)| Weighed {
                finding: Finding::new(snapshot::REQUIREMENT, place, breach),
                level,
                exchange: Some(at),
            }));
        }
    }
    let broken =
        steps.iter().any(|step| !step.superseded && step.findings.iter().any(|weighed| weighed.level == Level::Must));
    record.steps = steps;
    match record.outcome {
        Outcome::Conforms if broken => record.outcome = Outcome::Breaks,
        Outcome::Conforms if unreviewed => record.outcome = Outcome::Unreviewed,
        _ => {}
    }
    troubles
}

/// Takes the weight off findings that are known and still accepted; a case with no others conforms.
pub(super) fn excuse(case: &mut Arc<CaseRecord>, known: &mut KnownFailures, today: Date) {
    if known.is_empty() {
        return;
    }
    if matches!(case.outcome, Outcome::NotJudged(_)) {
        known.pass_over(&case.name);
        return;
    }
    let counts = |step: &StepRecord, weighed: &Weighed| !step.superseded && weighed.level == Level::Must;
    let broken: Vec<RequirementId> = case
        .steps
        .iter()
        .flat_map(|step| step.findings.iter().filter(|weighed| counts(step, weighed)))
        .map(|weighed| weighed.finding.requirement.clone())
        .collect();
    let excused = known.meet(&case.name, &broken, today);
    if excused.is_empty() {
        return;
    }
    let case = Arc::make_mut(case);
    let mut left = false;
    for step in &mut case.steps {
        let step = Arc::make_mut(step);
        let superseded = step.superseded;
        for weighed in &mut step.findings {
            let entry = excused.iter().find(|entry| entry.requirement == weighed.finding.requirement);
            if let (Level::Must, Some(entry)) = (weighed.level, entry) {
                weighed.level = Level::Advice;
                weighed.finding.known = Some(Box::new(entry.clone()));
                weighed.finding.remark = Some(format!("a known failure, accepted: {}", entry.terms()));
            } else if weighed.level == Level::Must && !superseded {
                left = true;
            }
        }
    }
    if !left && case.outcome == Outcome::Breaks {
        case.outcome = Outcome::Conforms;
    }
}

pub(super) fn not_judged(plan: &Plan, blocked: Blocked) -> CaseRecord {
    CaseRecord {
        name: plan.name.as_str().into(),
        title: plan.title.clone(),
        marketplace: plan.marketplace.clone(),
        dialect: plan.dialect.clone(),
        outcome: Outcome::NotJudged(blocked),
        steps: Vec::new(),
        elapsed: Duration::ZERO,
    }
}

pub(super) fn count(totals: &mut Totals, case: &CaseRecord) {
    match case.outcome {
        Outcome::Conforms => totals.conform += 1,
        Outcome::Breaks => totals.break_ += 1,
        Outcome::Unreviewed => totals.unreviewed += 1,
        Outcome::NotJudged(Blocked::Declined { .. }) => totals.declined += 1,
        Outcome::NotJudged(_) => totals.not_judged += 1,
    }
    totals.steps += case.steps.len();
    totals.exchanges += case.steps.iter().map(|step| step.exchanges.len()).sum::<usize>();
}
