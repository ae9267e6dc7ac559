//! From selected scenarios to the plans that are played: loaded, of the dialect that the vendor speaks, and as patient as
//! the user wants them.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::args::Playing;
use super::config::Config;
use super::select::Selected;
use super::settings::{self, UsageError};
use crate::market;
use crate::run::{Loader, Origin};
use crate::scenario::plan::Plan;

/// The plans of these scenarios. `marketplace` keeps only those of one.
pub(super) fn plans(
    selected: &[Selected],
    loader: &Loader,
    marketplace: Option<&String>,
    playing: &Playing,
    config: &Config,
) -> Result<Vec<Arc<Plan>>, UsageError> {
    if let Some(dialect) = &playing.dialect {
        super::known_dialect(dialect)?;
    }
    let configured = configured_dialects(config)?;
    let patience = patience(playing, config)?;
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
    if playing.dialect.is_none() {
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
        fits(marketplace, &plan.marketplace) && fits(playing.dialect.as_ref().or(configured), &plan.dialect)
    });
    plans.iter_mut().for_each(|plan| wait_longer(plan, patience));
    Ok(plans)
}

/// The dialects that the configuration names, by marketplace.
pub(super) fn configured_dialects(config: &Config) -> Result<BTreeMap<&'static str, String>, UsageError> {
    let mut configured = BTreeMap::new();
    for (marketplace, section) in &config.sections {
        let Some(written) = &section.dialect else { continue };
        let dialect = config.expand(written, &settings::environment).map_err(UsageError::new)?;
        super::known_dialect(&dialect).map_err(|error| UsageError::new(config.error(written, error.to_string())))?;
        configured.insert(*marketplace, dialect);
    }
    Ok(configured)
}

/// By how much a step may be retried more often than its scenario says.
pub(super) fn patience(playing: &Playing, config: &Config) -> Result<u32, UsageError> {
    match (playing.patience, &config.file.patience) {
        (Some(patience), _) => Ok(patience),
        (None, Some(patience)) if *patience.get_ref() == 0 => {
            Err(UsageError::new(config.error(patience, "with a patience of 0 nothing is waited for; write 1 or more")))
        }
        (None, Some(patience)) => Ok(*patience.get_ref()),
        (None, None) => Ok(1),
    }
}

/// Has every step of a plan wait for so many times as long.
pub(super) fn wait_longer(plan: &mut Arc<Plan>, patience: u32) {
    if patience == 1 {
        return;
    }
    Arc::make_mut(plan).be_patient(patience);
}

/// Whether a case of ours is left out because the user named no dialect, and other cases are of the default one. Who
/// names cases of another dialect alone gets them.
fn is_beside_the_default(plan: &Plan, all: &[Arc<Plan>]) -> bool {
    let defaults = market::default_dialects(plan.marketplace.as_deref().unwrap_or_default());
    let of_default = |plan: &Plan| plan.dialect.as_deref().is_some_and(|dialect| defaults.contains(&dialect));
    let same = |other: &&Arc<Plan>| other.marketplace == plan.marketplace;
    !of_default(plan) && all.iter().filter(same).any(|other| of_default(other))
}
