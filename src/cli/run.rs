//! `storeproof run`: replays scenarios against a vendor and judges every answer.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal as _, Write};
use std::num::NonZeroUsize;
use std::sync::Arc;

use tokio::sync::watch;

use super::args::{self, SnapshotMode};
use super::config::Config;
use super::exit::Ended;
use super::reports::{Report, reports};
use super::reproduce::Rerun;
use super::select::{self, Selected};
use super::settings::{self, UsageError};
use crate::engine::{Event, Trouble};
use crate::market::{self, MARKETPLACES, Market};
use crate::report::{self, Background, Detail, Harmless, Layout, Progress, Reporter, Style};
use crate::run::snapshots::{Mode, Store};
use crate::run::{Fleet, Loader, Origin, RunRecord, files};
use crate::scenario::plan::Plan;
use crate::verdict::{Catalogue, KnownFailures};
use crate::wire::Secret;

/// Runs and reports; the human report, or the one that was asked for without a path, goes to `out`.
pub(super) fn run(arguments: &args::Run, out: &mut dyn Write) -> Result<Ended, UsageError> {
    let config = settings::configuration(&arguments.common)?;
    let jobs = settings::jobs(arguments.jobs, &config)?;
    let reports = reports(&arguments.report)?;
    let selected = selected(arguments, &config)?;
    if selected.is_empty() {
        note("nothing was selected: no scenario fits --filter and --marketplace");
        return Ok(Ended::NothingSelected);
    }
    let catalogue = Arc::new(super::every_requirement());
    let specs = arguments.common.specs.clone();
    let plans = plans(&selected, Loader::new(specs, Arc::clone(&catalogue)), arguments, &config)?;
    if plans.is_empty() {
        note("nothing was selected: no scenario is of that marketplace and dialect");
        return Ok(Ended::NothingSelected);
    }
    let plans = applying(plans, arguments, &config)?;
    if plans.is_empty() {
        note("nothing was selected: no case applies to the product");
        return Ok(Ended::NothingSelected);
    }
    known_inputs(&arguments.input, &plans)?;
    let snapshots = snapshots(arguments, &config);
    for (store, plan) in snapshots.iter().flat_map(|store| plans.iter().map(move |plan| (store, plan))) {
        store.case(plan.marketplace.as_deref(), &plan.name).check().map_err(UsageError::new)?;
    }
    // Generated values stand in snapshots, so that a fresh seed would change each of them.
    let taken = plans.iter().filter(|plan| takes_snapshots(plan)).count();
    let fresh = || if snapshots.is_some() && taken > 0 { 1 } else { super::fresh_seed() };
    let seed = arguments.seed.or(config.file.seed).unwrap_or_else(fresh);
    if snapshots.is_some() && arguments.snapshots.is_some() && taken == 0 {
        note("none of these cases takes a snapshot; a step that has `x-storeproof: { snapshot: {} }` does");
    }
    let known = known_failures(&config, &catalogue)?;
    let lanes = super::lanes::lanes(plans, arguments, &config)?;
    let names: Vec<&str> = lanes.lanes.iter().map(|lane| lane.vendor.as_str()).collect();
    let mut vendor = names.clone();
    vendor.dedup();
    let secrets: Vec<Secret> = lanes.lanes.iter().flat_map(|lane| lane.market.secrets()).collect();
    let fleet = Fleet {
        vendor: vendor.join(", "),
        cases: lanes.cases,
        lanes: lanes.lanes,
        catalogue: Arc::clone(&catalogue),
        snapshots,
        seed,
        inputs: settings::inputs(&arguments.input, &config)?,
        jobs,
        fail_fast: arguments.fail_fast,
        known,
        journal: None,
    };
    let whole = arguments.scenarios.is_empty() || arguments.filter.is_none();
    let rerun = Rerun::new(arguments, lanes.typed.as_deref(), fleet.seed);
    let background = Background { catalogue: &catalogue, secrets: &secrets, reproduce: &rerun };
    let (record, troubles) = play(fleet, jobs, arguments, &reports, background, out)?;
    for trouble in &troubles {
        note(trouble);
    }
    if whole && !record.interrupted {
        unreferenced(arguments, &config, &record)?;
    }
    Ok(ended(&record))
}

fn note(text: impl std::fmt::Display) {
    super::talk(&format!("storeproof: {text}"));
}

fn selected(arguments: &args::Run, config: &Config) -> Result<Vec<Selected>, UsageError> {
    if let Some(name) = &arguments.marketplace {
        super::known_marketplace(name)?;
    }
    let words = match (arguments.scenarios.is_empty(), &arguments.marketplace) {
        (false, _) => arguments.scenarios.clone(),
        (true, Some(marketplace)) => vec![marketplace.clone()],
        (true, None) if !config.sections.is_empty() => config.sections.keys().map(|&name| name.to_owned()).collect(),
        (true, None) => {
            return Err(UsageError(format!(
                "name what to run: a marketplace (`storeproof run {} --vendor URL`), a scenario, or a file",
                MARKETPLACES[0]
            )));
        }
    };
    Ok(select::filter(select::scenarios(&words)?, arguments.filter.as_deref()))
}

fn plans(
    selected: &[Selected],
    loader: Loader,
    arguments: &args::Run,
    config: &Config,
) -> Result<Vec<Arc<Plan>>, UsageError> {
    if let Some(dialect) = &arguments.dialect {
        super::known_dialect(dialect)?;
    }
    let mut configured: BTreeMap<&str, String> = BTreeMap::new();
    for (marketplace, section) in &config.sections {
        let Some(written) = &section.dialect else { continue };
        let dialect = config.expand(written, &settings::environment).map_err(UsageError::new)?;
        super::known_dialect(&dialect).map_err(|error| UsageError::new(config.error(written, error.to_string())))?;
        configured.insert(marketplace, dialect);
    }
    let patience = match (arguments.patience, &config.file.patience) {
        (Some(patience), _) => patience,
        (None, Some(patience)) if *patience.get_ref() == 0 => {
            return Err(UsageError::new(
                config.error(patience, "with a patience of 0 nothing is waited for; write 1 or more"),
            ));
        }
        (None, Some(patience)) => *patience.get_ref(),
        (None, None) => 1,
    };
    let mut problems = Vec::new();
    let mut plans = Vec::new();
    let mut ours = Vec::new();
    for scenario in selected {
        match loader.plan(&scenario.origin, &scenario.name) {
            Ok(plan) => {
                if matches!(scenario.origin, Origin::Embedded(_)) {
                    ours.push(Arc::clone(&plan));
                }
                plans.push(plan);
            }
            Err(error) => problems.push(error.0),
        }
    }
    if !problems.is_empty() {
        return Err(UsageError(problems.join("\n")));
    }
    if arguments.dialect.is_none() {
        let left_out: Vec<&Arc<Plan>> = ours.iter().filter(|plan| is_beside_the_default(plan, &ours)).collect();
        plans.retain(|plan| {
            let marketplace = plan.marketplace.as_deref().unwrap_or_default();
            configured.contains_key(marketplace) || !left_out.iter().any(|left| Arc::ptr_eq(left, plan))
        });
    }
    plans.retain(|plan| {
        let fits = |wanted: Option<&String>, actual: &Option<String>| match (wanted, actual) {
            (Some(wanted), Some(actual)) => wanted == actual,
            _ => true,
        };
        let configured = plan.marketplace.as_deref().and_then(|name| configured.get(name));
        fits(arguments.marketplace.as_ref(), &plan.marketplace)
            && fits(arguments.dialect.as_ref().or(configured), &plan.dialect)
    });
    if patience > 1 {
        for plan in &mut plans {
            Arc::make_mut(plan).be_patient(patience);
        }
    }
    Ok(plans)
}

/// Whether a case of ours is left out because the user named no dialect, and other cases are of the default one. Who
/// names cases of another dialect alone gets them.
fn is_beside_the_default(plan: &Plan, all: &[Arc<Plan>]) -> bool {
    let defaults = market::default_dialects(plan.marketplace.as_deref().unwrap_or_default());
    let of_default = |plan: &Plan| plan.dialect.as_deref().is_some_and(|dialect| defaults.contains(&dialect));
    let same = |other: &&Arc<Plan>| other.marketplace == plan.marketplace;
    !of_default(plan) && all.iter().filter(same).any(|other| of_default(other))
}

/// Drops the cases that are about other products than the user's, and says so once for each reason.
fn applying(plans: Vec<Arc<Plan>>, arguments: &args::Run, config: &Config) -> Result<Vec<Arc<Plan>>, UsageError> {
    let mut markets: BTreeMap<Option<String>, Market> = BTreeMap::new();
    let mut dropped: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut applying = Vec::new();
    for plan in plans {
        if !markets.contains_key(&plan.marketplace) {
            let market = settings::market(plan.marketplace.as_deref(), config, arguments.timeout)?;
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

fn takes_snapshots(plan: &Plan) -> bool {
    plan.workflows.iter().flat_map(|workflow| &workflow.steps).any(|step| step.extension.snapshot.is_some())
}

fn known_failures(config: &Config, catalogue: &Catalogue) -> Result<KnownFailures, UsageError> {
    let entries = settings::known_failures(config)?;
    for (entry, written) in entries.iter().zip(&config.file.known_failure) {
        if catalogue.get(&entry.requirement).is_none() {
            let known: Vec<&str> = catalogue.iter().map(|requirement| requirement.id.as_str()).collect();
            let hint =
                select::nearest(entry.requirement.as_str(), &known).map(|near| format!("; did you mean {near}?"));
            let problem = format!("{} is no requirement{}", entry.requirement, hint.unwrap_or_default());
            return Err(UsageError::new(config.error(&written.requirement, problem)));
        }
    }
    Ok(KnownFailures::new(entries))
}

/// Snapshots stand beside the configuration; without one they are off unless asked for.
fn snapshots(arguments: &args::Run, config: &Config) -> Option<Store> {
    let asked = arguments.snapshots.map(|mode| match mode {
        SnapshotMode::Check => Mode::Check,
        SnapshotMode::Review => Mode::Review,
        SnapshotMode::Accept => Mode::Accept,
        SnapshotMode::Off => Mode::Off,
    });
    let mode = asked.or_else(|| config.path.as_ref().map(|_| Mode::Review))?;
    let mode = if settings::in_ci() { mode.in_ci() } else { mode };
    (mode != Mode::Off).then(|| Store::new(super::snapshot_root(config), mode))
}

fn unreferenced(arguments: &args::Run, config: &Config, record: &RunRecord) -> Result<(), UsageError> {
    let complete = arguments.filter.is_none() && record.totals.not_judged + record.totals.declined == 0;
    let Some(store) = snapshots(arguments, config).filter(|_| complete) else { return Ok(()) };
    for (name, source) in store.unreferenced(&record.referenced).map_err(UsageError::new)? {
        let source = source.unwrap_or_default();
        let played = record.cases.iter().any(|case| *case.name == *source);
        // A scenario file of the user's that was not part of this run may still stand somewhere.
        let belongs = played
            || !select::is_file_name(&source)
                && (arguments.scenarios.is_empty()
                    || arguments
                        .scenarios
                        .iter()
                        .any(|word| name.starts_with(&format!("snapshots/{}/", word.trim_end_matches('/')))));
        if belongs {
            note(format!("{name} belongs to no step any more; remove it"));
        }
    }
    Ok(())
}

/// Plays, tells the reporters, writes the report files.
fn play(
    fleet: Fleet,
    jobs: NonZeroUsize,
    arguments: &args::Run,
    reports: &[Report],
    background: Background<'_>,
    out: &mut dyn Write,
) -> Result<(RunRecord, Vec<String>), UsageError> {
    let mut buffers: Vec<Vec<u8>> = reports.iter().map(|_| Vec::new()).collect();
    let style = if super::coloured(arguments.common.color) { Style::Coloured } else { Style::Plain };
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
                detail: if arguments.verbose { Detail::Steps } else { Detail::Cases },
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
        runtime.block_on(fleet.run(interruptions()?, &mut tell))
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
    let mut troubles = record.troubles.clone();
    troubles.extend(record.known_troubles.iter().map(ToString::to_string));
    Ok((record, troubles))
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

/// What the run means for whoever started it.
fn ended(record: &RunRecord) -> Ended {
    let known = record.known_troubles.iter().cloned().map(Trouble::Known);
    let snapshots = record.troubles.iter().cloned().map(Trouble::Snapshot);
    let troubles: Vec<Trouble> = known.chain(snapshots).collect();
    Ended::from(report::verdict(&record.totals, record.interrupted, &troubles))
}
