//! `storeproof run`: replays scenarios against a vendor and judges every answer.

use std::io::Write;
use std::sync::Arc;

use super::args::{self, SnapshotMode};
use super::config::Config;
use super::exit::Ended;
use super::known;
use super::plans;
use super::playing::{Prepared, Reducing, applying, note};
use super::reports::reports;
use super::reproduce::Rerun;
use super::select::{self, Selected};
use super::settings::{self, UsageError};
use crate::market::MARKETPLACES;
use crate::report;
use crate::run::reduce::Source;
use crate::run::snapshots::{Mode, Store};
use crate::run::{Loader, RunRecord};
use crate::scenario::plan::Plan;
use crate::verdict::KnownFailures;

/// Runs and reports; the human report, or the one that was asked for without a path, goes to `out`.
pub(super) fn run(arguments: &args::Run, out: &mut dyn Write) -> Result<Ended, UsageError> {
    let playing = &arguments.playing;
    let config = settings::configuration(&playing.common)?;
    let reports = reports(&playing.report, playing.lang)?;
    let words = words(arguments, &config)?;
    let all = select::scenarios(&words)?;
    let found: Vec<String> = all.iter().map(|one| one.name.clone()).collect();
    let selected = select::filter(all, playing.filter.as_deref());
    if selected.is_empty() {
        note("nothing was selected: no scenario fits --filter and --marketplace");
        return Ok(Ended::NothingSelected);
    }
    let catalogue = Arc::new(super::every_requirement());
    let loader = Loader::new(playing.common.specs.clone(), Arc::clone(&catalogue));
    let plans = plans::plans(&selected, &loader, arguments.marketplace.as_ref(), playing, &config)?;
    if plans.is_empty() {
        note("nothing was selected: no scenario is of that marketplace and dialect");
        return Ok(Ended::NothingSelected);
    }
    let plans = applying(plans, playing, &config)?;
    if plans.is_empty() {
        note("nothing was selected: no case applies to the product");
        return Ok(Ended::NothingSelected);
    }
    let snapshots = snapshots(arguments, &config);
    for (store, plan) in snapshots.iter().flat_map(|store| plans.iter().map(move |plan| (store, plan))) {
        store.case(plan.marketplace.as_deref(), &plan.name).check().map_err(UsageError::new)?;
    }
    // Generated values stand in snapshots, so that a fresh seed would change each of them.
    let taken = plans.iter().filter(|plan| takes_snapshots(plan)).count();
    let fresh = || if snapshots.is_some() && taken > 0 { 1 } else { super::fresh_seed() };
    let seed = playing.seed.or(config.file.seed).unwrap_or_else(fresh);
    if snapshots.is_some() && arguments.snapshots.is_some() && taken == 0 {
        note("none of these cases takes a snapshot; a step that has `x-storeproof: { snapshot: {} }` does");
    }
    let scope = known::scope(&words, found, &plans, None);
    let known = KnownFailures::new(known::list(playing, &config, &catalogue)?.entries).within(scope);
    let mut prepared = Prepared::new(plans, known, seed, playing, &config, &catalogue)?;
    prepared.fleet.snapshots = snapshots;
    if arguments.reduce {
        let source = |one: &Selected| (one.name.clone(), Source::At(one.origin.clone()));
        let sources = selected.iter().map(source).collect();
        prepared.reducing = Some(Reducing { loader, patience: plans::patience(playing, &config)?, sources });
    }
    let mut command = vec!["run".to_owned()];
    command.extend_from_slice(&arguments.scenarios);
    command.extend(arguments.marketplace.iter().flat_map(|name| ["--marketplace".to_owned(), name.clone()]));
    let rerun = Rerun::new(command, playing, prepared.typed.as_deref(), seed);
    let record = prepared.play(playing, &reports, &rerun, &mut |_| Vec::new(), out)?;
    let whole = arguments.scenarios.is_empty() || playing.filter.is_none();
    if whole && !record.interrupted {
        unreferenced(arguments, &config, &record)?;
    }
    Ok(Ended::from(report::verdict(&record.totals, record.interrupted, &record.every_trouble(), None)))
}

/// The names and folders that are asked for.
fn words(arguments: &args::Run, config: &Config) -> Result<Vec<String>, UsageError> {
    if let Some(name) = &arguments.marketplace {
        super::known_marketplace(name)?;
    }
    Ok(match (arguments.scenarios.is_empty(), &arguments.marketplace) {
        (false, _) => arguments.scenarios.clone(),
        (true, Some(marketplace)) => vec![marketplace.clone()],
        (true, None) if !config.sections.is_empty() => config.sections.keys().map(|&name| name.to_owned()).collect(),
        (true, None) => {
            return Err(UsageError(format!(
                "name what to run: a marketplace (`storeproof run {} --vendor URL`), a scenario, or a file",
                MARKETPLACES[0]
            )));
        }
    })
}

fn takes_snapshots(plan: &Plan) -> bool {
    plan.workflows.iter().flat_map(|workflow| &workflow.steps).any(|step| step.extension.snapshot.is_some())
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
    let complete = arguments.playing.filter.is_none() && record.totals.not_judged + record.totals.declined == 0;
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
