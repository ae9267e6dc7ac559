//! Whether what was played is what this storeproof plays under the same names.
//!
//! Evidence is judged by its own scenarios, and whoever changes those has changed what is asked for. So each is held
//! against the one that is known here: the embedded ones, and of a certification those that are computed and the list
//! of what could have been played.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;

use super::chosen;
use crate::certify::FILTERED;
use crate::cli::certify::{computed, other_product};
use crate::evidence::{Certification, Evidence};
use crate::run::{Loader, Origin, plan_of};
use crate::scenario::plan::Plan;
use crate::spec::embedded;
use crate::verdict::Catalogue;

/// More walks than anybody makes; an archive must not have us compute without end.
const MOST_WALKS: usize = 10_000;

/// A line for each scenario that is another one here.
pub(super) fn others(evidence: &Evidence, catalogue: &Arc<Catalogue>) -> Vec<String> {
    let manifest = &evidence.manifest;
    let mut lines = Vec::new();
    let cases = manifest.cases.iter().map(|case| (&case.name, &case.document));
    let candidates = manifest.certification.iter().flat_map(|certification| &certification.candidates);
    let left_out = candidates.map(|candidate| (&candidate.name, &candidate.document));
    for (name, entry) in cases.chain(left_out).collect::<BTreeSet<_>>() {
        let known = embedded::scenario(name).map(|file| file.text);
        if known.is_some_and(|known| evidence.documents.get(entry).is_none_or(|text| text != known)) {
            lines.push(format!("{name}: its scenario is another than the one of this storeproof"));
        }
    }
    if let Some(certification) = &manifest.certification {
        match of_certification(evidence, certification, catalogue) {
            Ok(more) => lines.extend(more),
            Err(problem) => lines.push(problem),
        }
    }
    lines
}

/// What of a certification does not follow from its settings and its seed.
fn of_certification(
    evidence: &Evidence,
    certification: &Certification,
    catalogue: &Arc<Catalogue>,
) -> Result<Vec<String>, String> {
    let (market, choice) = chosen(evidence, certification).map_err(|error| error.to_string())?;
    if certification.walks > MOST_WALKS {
        return Err(format!("{} walks are more than anybody makes", certification.walks));
    }
    let loader = Loader::new(None, Arc::clone(catalogue));
    let mut written: Vec<Arc<Plan>> = Vec::new();
    for file in embedded::scenarios().filter(|file| file.marketplace() == certification.marketplace) {
        let plan = loader.plan(&Origin::Embedded(file.path), file.name()).map_err(|error| error.to_string())?;
        if plan.dialect.as_ref().is_some_and(|dialect| choice.dialects.contains(dialect)) {
            written.push(plan);
        }
    }
    let computed = computed::computed(&choice, &written, &loader, evidence.manifest.seed, certification.walks)
        .map_err(|error| error.to_string())?;
    let mut computed: BTreeMap<String, Value> =
        computed.into_iter().map(|(case, _)| (case.name, case.document)).collect();
    let mut expected: BTreeSet<String> = written.iter().map(|plan| plan.name.clone()).collect();
    let played: BTreeSet<&str> = evidence.manifest.cases.iter().map(|case| case.name.as_str()).collect();
    let mut lines = Vec::new();
    for candidate in &certification.candidates {
        let name = &candidate.name;
        let same = if candidate.computed {
            let text = evidence.documents.get(&candidate.document);
            let recorded: Option<Value> = text.and_then(|text| serde_json::from_str(text).ok());
            computed.remove(name).is_some_and(|document| recorded == Some(document))
        } else {
            expected.remove(name)
        };
        if !same {
            lines.push(format!("{name}: it is no case of this certification, or another than is computed here"));
        }
        let plan = plan_of(evidence, &loader, &candidate.document, name).map_err(|error| error.to_string())?;
        let product = other_product(&market, &plan);
        let rightly = match (played.contains(name.as_str()), candidate.left_out.as_deref()) {
            (true, None) => product.is_none(),
            (false, Some(FILTERED)) => true,
            (false, Some(why)) => product.as_deref() == Some(why),
            (true, Some(_)) | (false, None) => false,
        };
        if !rightly {
            lines.push(format!("{name}: whether it was played does not follow from the settings"));
        }
    }
    let missing = expected.into_iter().chain(computed.into_keys());
    lines.extend(missing.map(|name| format!("{name}: it belongs to this certification and is not in it")));
    Ok(lines)
}
