//! What every command that plays cases does alike: what the arguments mean for the cases, whom they are played against,
//! and how what happens is told.

use std::collections::{BTreeMap, HashMap};
use std::io::{self, IsTerminal as _, Write};
use std::num::NonZeroUsize;
use std::sync::Arc;

use tokio::sync::watch;

use super::args::Playing;
use super::config::Config;
use super::evidence::Keeping;
use super::plans::wait_longer;
use super::reports::Report;
use super::select;
use super::settings::{self, UsageError};
use crate::engine::Event;
use crate::market::Market;
use crate::report::{Background, Detail, Harmless, Layout, Progress, Reporter, Reproduce, Style};
use crate::run::reduce::{Bench, Bounds, Source};
use crate::run::{Fleet, Loader, RunRecord, files};
use crate::scenario::plan::Plan;
use crate::transport::Running;
use crate::verdict::{Catalogue, KnownFailures};
use crate::wire::Secret;

/// Cases with everything that is settled before the first call.
pub(super) struct Prepared {
    pub(super) fleet: Fleet,
    /// What must be typed to reach the vendor again; nothing where the configuration names it.
    pub(super) typed: Option<String>,
    /// The recording, where one was asked for.
    pub(super) keeping: Option<Keeping>,
    jobs: NonZeroUsize,
    pub(super) secrets: Vec<Secret>,
    /// By what each case that breaks is made smaller after the run; nothing leaves them as they are.
    pub(super) reducing: Option<Reducing>,
    /// Reference vendors end when this is dropped.
    _running: Vec<Running>,
}

/// What is needed to make a case smaller.
pub(super) struct Reducing {
    pub(super) loader: Loader,
    /// By how much its steps may be retried more often than the scenario says.
    pub(super) patience: u32,
    /// Where the documents of cases are found.
    pub(super) sources: HashMap<String, Source>,
}

impl Prepared {
    /// Finds the vendors of these plans and their inputs.
    pub(super) fn new(
        plans: Vec<Arc<Plan>>,
        known: KnownFailures,
        seed: u64,
        playing: &Playing,
        config: &Config,
        catalogue: &Arc<Catalogue>,
    ) -> Result<Self, UsageError> {
        known_inputs(&playing.input, &plans)?;
        let jobs = settings::jobs(playing.jobs, config)?;
        let lanes = super::lanes::lanes(plans, playing, config)?;
        let mut vendor: Vec<&str> = lanes.lanes.iter().map(|lane| lane.vendor.as_str()).collect();
        vendor.dedup();
        let vendor = vendor.join(", ");
        let secrets = lanes.lanes.iter().flat_map(|lane| lane.market.secrets()).collect();
        let mut fleet = Fleet {
            vendor,
            cases: lanes.cases,
            lanes: lanes.lanes,
            catalogue: Arc::clone(catalogue),
            snapshots: None,
            seed,
            inputs: settings::inputs(&playing.input, config)?,
            jobs,
            fail_fast: playing.fail_fast,
            known,
            journal: None,
        };
        let keeping = Keeping::new(playing, config, &fleet)?;
        fleet.journal = keeping.as_ref().map(Keeping::journal);
        Ok(Self { fleet, keeping, typed: lanes.typed, jobs, secrets, reducing: None, _running: lanes.running })
    }

    /// Plays, tells the reporters, writes the report files. What comes `after` the cases is told before the end of the
    /// run.
    pub(super) fn play(
        self,
        playing: &Playing,
        reports: &[Report],
        reproduce: &dyn Reproduce,
        after: &mut dyn FnMut(&RunRecord) -> Vec<Event>,
        out: &mut dyn Write,
    ) -> Result<RunRecord, UsageError> {
        let Self { fleet, mut keeping, jobs, secrets, reducing, _running, .. } = self;
        keeping.iter_mut().try_for_each(|keeping| keeping.plays(&fleet))?;
        let fleet = Arc::new(fleet);
        let catalogue = Arc::clone(&fleet.catalogue);
        let background = Background { catalogue: &catalogue, secrets: &secrets, reproduce };
        let mut buffers: Vec<Vec<u8>> = reports.iter().map(|_| Vec::new()).collect();
        let style = if super::coloured(playing.common.color) { Style::Coloured } else { Style::Plain };
        let mut progress = io::stderr().is_terminal().then(Progress::on_stderr);
        let runtime = super::runtime(jobs.get())?;
        let mut written: io::Result<()> = Ok(());
        let record = {
            // Outlives what writes through it.
            let mut harmless;
            let mut standard: Option<Box<dyn Reporter + '_>> = None;
            let mut reporters: Vec<Box<dyn Reporter + '_>> = Vec::new();
            // What a vendor sent must not be a command for the runner that reads our annotations.
            let mut out: Option<&mut dyn Write> = Some(if reports.iter().any(Report::is_beside) {
                harmless = Harmless::new(&mut *out);
                &mut harmless
            } else {
                &mut *out
            });
            for (report, buffer) in reports.iter().zip(&mut buffers) {
                let buffered = report.path.is_some() || report.is_beside();
                let target: &mut dyn Write = match (buffered, out.take()) {
                    (false, Some(out)) => out,
                    (_, kept) => {
                        out = kept;
                        buffer
                    }
                };
                let layout = Layout {
                    style: if buffered { Style::Plain } else { style },
                    detail: if playing.verbose { Detail::Steps } else { Detail::Cases },
                    width: if buffered { 100 } else { super::width() },
                };
                let reporter = report.reporter(target, layout, background);
                if buffered { reporters.push(reporter) } else { standard = Some(reporter) }
            }
            // Reporters write with blocking calls. They hold up no exchange: one case waits between two of them at most,
            // and several are played in other threads.
            let mut tell = |event: Event| {
                if let Some(progress) = &mut progress {
                    let _ = progress.event(&event);
                }
                let mut tell = || -> io::Result<()> {
                    if let Event::TaskLeft { what, .. } = &event {
                        note(what);
                    }
                    for reporter in &mut reporters {
                        reporter.event(&event)?;
                    }
                    standard.as_mut().map_or(Ok(()), |reporter| reporter.event(&event))
                };
                let told = match &progress {
                    Some(progress) => progress.suspend(&mut tell),
                    None => tell(),
                };
                if written.is_ok() {
                    written = told;
                }
            };
            let mut end = None;
            let interrupted = interruptions()?;
            let played = runtime.block_on(fleet.run(interrupted.clone(), &mut |event| match event {
                Event::RunFinished { .. } => end = Some(event),
                event => tell(event),
            }));
            if let Ok(record) = &played {
                if let Some(reducing) = &reducing {
                    let bench = Bench {
                        fleet: &fleet,
                        loader: &reducing.loader,
                        source: &|name| reducing.sources.get(name).cloned(),
                        adjust: &|plan| wait_longer(plan, reducing.patience),
                        bounds: Bounds::default(),
                    };
                    runtime.block_on(bench.reduce(&record.cases, interrupted, &mut tell));
                }
                after(record).into_iter().chain(end).for_each(&mut tell);
            }
            played
        };
        let record = record.map_err(UsageError::new)?;
        for (_, buffer) in reports.iter().zip(&buffers).filter(|(report, _)| report.is_beside()) {
            if written.is_ok() {
                written = out.write_all(buffer).and_then(|()| out.flush());
            }
        }
        match written {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => return Err(UsageError::new(error)),
            _ => {}
        }
        for (report, buffer) in reports.iter().zip(&buffers) {
            if let Some(path) = &report.path {
                files::write(path, buffer).map_err(UsageError::new)?;
            }
        }
        for trouble in record.every_trouble() {
            note(trouble);
        }
        if let Some(keeping) = keeping {
            keeping.write(&record, &catalogue)?;
        }
        Ok(record)
    }
}

/// Talk on standard error.
pub(super) fn note(text: impl std::fmt::Display) {
    super::talk(&format!("storeproof: {text}"));
}

/// Drops the cases that are about other products than the user's, and says so once for each reason.
pub(super) fn applying(
    plans: Vec<Arc<Plan>>,
    playing: &Playing,
    config: &Config,
) -> Result<Vec<Arc<Plan>>, UsageError> {
    let mut markets: BTreeMap<Option<String>, Market> = BTreeMap::new();
    let mut dropped: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut applying = Vec::new();
    for plan in plans {
        if !markets.contains_key(&plan.marketplace) {
            let market = settings::market(plan.marketplace.as_deref(), config, playing.timeout)?;
            markets.insert(plan.marketplace.clone(), market);
        }
        match markets.get(&plan.marketplace).and_then(|market| market.refuses(&plan.applies)) {
            Some(product) => dropped.entry(product).or_default().push(plan.name.clone()),
            None => applying.push(plan),
        }
    }
    for (product, names) in dropped {
        let cases = if names.len() == 1 { "1 case does" } else { &format!("{} cases do", names.len()) };
        note(format!("{cases} not apply to {product}: {}", names.join(", ")));
    }
    Ok(applying)
}

/// Refuses an input that no case of the run takes: most likely it is mistyped, and another value would be played.
fn known_inputs(arguments: &[String], plans: &[Arc<Plan>]) -> Result<(), UsageError> {
    if arguments.is_empty() {
        return Ok(());
    }
    let inputs = plans.iter().flat_map(|plan| &plan.workflows).filter_map(|workflow| workflow.inputs.as_ref());
    let schemas = inputs.filter_map(|inputs| inputs.schema.text().get("properties")?.as_object());
    let known: Vec<&str> = schemas.flat_map(|properties| properties.keys()).map(String::as_str).collect();
    for argument in arguments {
        let name = argument.split_once('=').map_or(argument.as_str(), |(name, _)| name);
        if argument.contains('=') && !known.contains(&name) {
            let near = select::nearest(name, &known).map(|near| format!("; did you mean {near}?"));
            let hint = near.unwrap_or_default();
            return Err(UsageError(format!("--input {name}: no case of this run has an input of that name{hint}")));
        }
    }
    Ok(())
}

/// Turns true at the first Ctrl-C; the second ends the process and does not wait for the reports. A thread of its own
/// listens, because a reporter may wait for whoever reads what it writes.
fn interruptions() -> Result<watch::Receiver<bool>, UsageError> {
    let (end, interrupted) = watch::channel(false);
    let runtime = super::runtime(1)?;
    let listen = async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            let _ = end.send(true);
        }
        if tokio::signal::ctrl_c().await.is_ok() {
            super::abort();
        }
    };
    let thread = std::thread::Builder::new().name("interruptions".to_owned());
    thread.spawn(move || runtime.block_on(listen)).map_err(UsageError::new)?;
    Ok(interrupted)
}
