//! The cases that are computed for a certification: from sound calls, and from the documented lives.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use crate::certify::derive::{self, Written};
use crate::certify::{Choice, Computed, deliver, walk};
use crate::cli::settings::UsageError;
use crate::run::{Loader, files};
use crate::scenario::plan::Plan;
use crate::spec::{Document, embedded};

/// Every computed case of a choice, resolved. `written` are the scenarios of its dialects that stand in files, by name.
pub(in crate::cli) fn computed(
    choice: &Choice,
    written: &[Arc<Plan>],
    loader: &Loader,
    seed: u64,
    walks: usize,
) -> Result<Vec<(Computed, Arc<Plan>)>, UsageError> {
    let played = Written::of(written.iter().map(AsRef::as_ref));
    let plans: BTreeMap<&str, &Arc<Plan>> = written.iter().map(|plan| (plan.name.as_str(), plan)).collect();
    let mut cases = Vec::new();
    for file in embedded::scenarios() {
        if let Some(plan) = plans.get(file.name()) {
            cases.extend(derive::cases(&file.document(), plan, &played));
        }
    }
    for dialect in &choice.dialects {
        cases.extend(deliver::deliveries(&choice.marketplace, dialect, &choice.traits));
        cases.extend(walk::walks(&choice.marketplace, dialect, &choice.traits, seed, walks));
    }
    let mut resolved = Vec::with_capacity(cases.len());
    for case in cases {
        let document = Document::with_positions(case.document.clone(), []);
        let plan = loader.plan_of(&document, &case.name).map_err(|problems| {
            // Interfaces of the user's own may lack what our cases call.
            UsageError(format!("{}: the case that is computed cannot be played: {problems}", case.name))
        })?;
        resolved.push((case, plan));
    }
    Ok(resolved)
}

/// Writes these cases below a folder, each where an embedded scenario of its name would stand below `scenarios/`.
#[expect(clippy::disallowed_methods, reason = "this is where folders for computed cases are made")]
pub(super) fn export<'c>(cases: impl IntoIterator<Item = &'c Computed>, folder: &Path) -> Result<usize, UsageError> {
    let mut written = 0;
    for case in cases {
        let path = folder.join(format!("{}.arazzo.yaml", case.name));
        let text = serde_saphyr::to_string(&case.document).map_err(UsageError::new)?;
        if let Some(above) = path.parent() {
            std::fs::create_dir_all(above)
                .map_err(|error| UsageError(format!("--export {}: {error}", folder.display())))?;
        }
        files::write(&path, text.as_bytes()).map_err(UsageError::new)?;
        written += 1;
    }
    Ok(written)
}
