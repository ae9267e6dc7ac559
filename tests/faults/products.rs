//! Every rule has a case that would show it broken, for every product that it is about.
//!
//! A certification says of a rule without such a case that it does not apply. Where that is so although the rule speaks
//! of the product, `tests/fixtures/unshown.tsv` says why: requirement, dialect, products (`*` for all, or traits with
//! blanks between), reason.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rstest::rstest;
use storeproof::market;
use storeproof::scenario::plan::Plan;
use storeproof::spec::embedded;
use storeproof::verdict::Level;

use crate::{support, sweep};

const UNSHOWN: &str = include_str!("../fixtures/unshown.tsv");

/// A product: each trait with its value.
type Product = Vec<(&'static str, String)>;

/// Every product that a marketplace tells apart.
fn products(marketplace: &str) -> Vec<Product> {
    let mut products: Vec<Product> = vec![Vec::new()];
    for (name, values) in market::traits(marketplace) {
        let mut values: Vec<String> = values.iter().map(|&value| value.to_owned()).collect();
        if values == ["true"] {
            values.push("false".to_owned());
        }
        let with = |product: &Product, value: &String| {
            let mut product = product.clone();
            product.push((name, value.clone()));
            product
        };
        products = products.iter().flat_map(|product| values.iter().map(move |value| with(product, value))).collect();
    }
    products
}

fn fits(applies: &BTreeMap<String, Vec<String>>, product: &Product) -> bool {
    product.iter().all(|(name, value)| applies.get(*name).is_none_or(|values| values.contains(value)))
}

/// The dialect of a case and the products that it is about.
type About = (String, BTreeMap<String, Vec<String>>);

/// The same for every case of a marketplace, the computed ones too.
fn abouts(marketplace: &str) -> BTreeMap<String, About> {
    let plans = sweep::cases(marketplace).into_iter().chain(sweep::computed(marketplace, &[]));
    let about = |plan: Arc<Plan>| {
        let applies = plan.applies.iter().cloned().collect();
        (plan.name.clone(), (plan.dialect.clone().unwrap_or_default(), applies))
    };
    plans.map(about).collect()
}

/// What the list excuses: requirement and dialect, with the products.
fn unshown() -> impl Iterator<Item = (&'static str, &'static str, Vec<(&'static str, &'static str)>)> {
    let lines = UNSHOWN.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| {
        let columns: Vec<&str> = line.split('\t').collect();
        let [requirement, dialect, products, reason] = columns[..] else { panic!("{line:?} has four columns") };
        assert!(!reason.is_empty());
        let traits = products.split(' ').filter(|part| *part != "*");
        (requirement, dialect, traits.map(|part| part.split_once('=').expect("name=value")).collect())
    })
}

#[rstest]
fn every_rule_has_a_case_for_every_product_that_it_is_about(
    #[values("kt-bizstore", "koogallery", "scp")] marketplace: &str,
) {
    let proofs = embedded::proofs(marketplace);
    let common = embedded::catalogue("common");
    let abouts = abouts(marketplace);
    let dialects: BTreeSet<&String> = abouts.values().map(|(dialect, _)| dialect).collect();
    let products = products(marketplace);
    let excused: Vec<_> = unshown().collect();
    let mut used = BTreeSet::new();
    let mut missing = BTreeSet::new();
    let judged = embedded::catalogue(marketplace).iter().filter(|requirement| {
        let elsewhere = support::ELSEWHERE.iter().any(|(rule, _)| *rule == requirement.id.as_str());
        requirement.level != Level::Manual && common.get(&requirement.id).is_none() && !elsewhere
    });
    for requirement in judged {
        let id = requirement.id.as_str();
        let cases: Vec<&About> = proofs.get(id).into_iter().flatten().filter_map(|case| abouts.get(case)).collect();
        for dialect in
            dialects.iter().filter(|it| requirement.dialects.is_empty() || requirement.dialects.contains(*it))
        {
            for product in products.iter().filter(|product| fits(&requirement.applies, product)) {
                if cases.iter().any(|(of, applies)| of == *dialect && fits(applies, product)) {
                    continue;
                }
                let excuse = excused.iter().position(|(rule, of, traits)| {
                    let meant =
                        |(name, value): &(&str, &str)| product.iter().any(|(one, it)| one == name && it == value);
                    *rule == id && of == *dialect && traits.iter().all(meant)
                });
                match excuse {
                    Some(position) => _ = used.insert(position),
                    None => _ = missing.insert(format!("{id} of {dialect} for {product:?}")),
                }
            }
        }
    }
    assert!(missing.is_empty(), "no case shows\n{}", missing.into_iter().collect::<Vec<_>>().join("\n"));
    let own = embedded::catalogue(marketplace);
    for (position, (rule, dialect, traits)) in excused.iter().enumerate() {
        let ours = own.iter().any(|requirement| requirement.id.as_str() == *rule);
        assert!(!ours || used.contains(&position), "{rule} of {dialect} is shown for {traits:?} after all");
    }
}
