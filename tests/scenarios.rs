//! Every embedded scenario can be played: each name in it exists, and it says what it is about.

use std::collections::BTreeSet;
use std::sync::Arc;

use storeproof::market::{MARKETPLACES, default_dialects};
use storeproof::run::{Loader, Origin};
use storeproof::scenario::plan::Plan;
use storeproof::spec::embedded;
use storeproof::verdict::Catalogue;

fn plans() -> Vec<(&'static str, Arc<Plan>)> {
    let load = |file: &'static embedded::Embedded| {
        let catalogue: Arc<Catalogue> = Arc::new(embedded::catalogue(file.marketplace()).clone());
        let loader = Loader::new(None, catalogue);
        let origin = Origin::Embedded(file.path);
        let (problems, text) = loader.lint(&origin, file.name()).expect("reads");
        assert!(!problems.has_errors() && text.is_empty(), "{text}");
        (file.marketplace(), loader.plan(&origin, file.name()).unwrap_or_else(|error| panic!("{error}")))
    };
    embedded::scenarios().map(load).collect()
}

#[test]
fn every_scenario_resolves_without_a_warning_and_tells_what_it_is_about() {
    let mut titles = BTreeSet::new();
    for (marketplace, plan) in plans() {
        assert_eq!(plan.marketplace.as_deref(), Some(marketplace), "{}", plan.name);
        assert!(plan.summary.as_ref().is_some_and(|text| text.len() > 20), "{} has no description", plan.name);
        assert!(titles.insert(plan.title.clone()), "{}: {:?} is the title of another one too", plan.name, plan.title);
    }
}

#[test]
fn every_marketplace_has_scenarios_of_the_dialects_that_are_played_by_default() {
    let plans = plans();
    for marketplace in MARKETPLACES {
        for dialect in default_dialects(marketplace) {
            let mut of_both =
                plans.iter().filter(|(known, plan)| known == marketplace && plan.dialect.as_deref() == Some(dialect));
            assert!(of_both.next().is_some(), "{marketplace} {dialect}");
        }
    }
}
