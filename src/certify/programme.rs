//! What a certification plays, and which requirements that looks at; known before the first call.
//!
//! A requirement is looked at by the cases in which a fault of the reference vendor that breaks it shows
//! (`specs/<marketplace>/proofs.yaml`, which a test makes from what it has played), and by those that have a step of
//! their own for it (`x-storeproof.requirement`). That a case never complained about a rule which it does not look at
//! says nothing, and must not make a vendor ready.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Serialize;

use crate::scenario::plan::{Plan, SourceKind};
use crate::verdict::{Catalogue, Level, Requirement, RequirementId, matches};

/// What of the configuration chooses a programme.
#[derive(Clone, Debug)]
pub struct Choice {
    /// The marketplace.
    pub marketplace: String,
    /// The dialects that are played, the default first.
    pub dialects: Vec<String>,
    /// What of the product and its configuration matters, as name and value.
    pub traits: Vec<(String, String)>,
}

/// A case that could be played.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// What is played.
    pub plan: Arc<Plan>,
    /// Whether it was computed rather than written by hand.
    pub computed: bool,
    /// Why it is left out, as a phrase; none where it is played.
    pub left_out: Option<String>,
}

/// What a certification plays.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Programme {
    /// The marketplace.
    pub marketplace: String,
    /// The dialects that are played.
    pub dialects: Vec<String>,
    /// What chose them and the cases.
    pub traits: Vec<(String, String)>,
    /// The cases that are played, in their order.
    pub cases: Vec<Case>,
    /// Cases that are not, by the reason.
    pub left_out: BTreeMap<String, Vec<String>>,
    /// Every requirement of the marketplace, in the order of its catalogue.
    pub requirements: Vec<Scheduled>,
}

/// One case that is played.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Case {
    /// Its name.
    pub name: String,
    /// The title of its document.
    pub title: String,
    /// Whether it was computed.
    pub computed: bool,
}

/// One requirement, and what looks at it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Scheduled {
    /// The requirement.
    pub requirement: RequirementId,
    /// Its weight.
    pub level: Level,
    /// What looks at it.
    pub looked_at: LookedAt,
}

/// What looks at a requirement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case", tag = "by")]
pub enum LookedAt {
    /// These cases.
    Cases {
        /// Their names.
        cases: Vec<String>,
    },
    /// Somebody, who is to state it.
    Statement,
    /// The judge, in every case, where the vendor stands at a public address; or only where the vendor does what it is
    /// about.
    Judge,
    /// Nothing: it is not about this product.
    Nothing {
        /// Why, as a phrase.
        why: String,
    },
}

/// Says why products like the user's are not meant by these traits; `None` where they are.
pub(super) type Refuses<'a> = dyn Fn(&[(String, Vec<String>)]) -> Option<String> + 'a;

/// Makes the programme of a choice. `proofs` has the cases that look at each requirement, as patterns of names.
pub fn programme(
    choice: Choice,
    candidates: &[Candidate],
    catalogue: &Catalogue,
    proofs: &BTreeMap<String, Vec<String>>,
    refuses: &Refuses<'_>,
) -> Programme {
    let mut looking: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for candidate in candidates {
        for requirement in named(&candidate.plan) {
            looking.entry(requirement.as_str()).or_default().insert(&candidate.plan.name);
        }
    }
    for (requirement, patterns) in proofs {
        let proves = |name: &str| patterns.iter().any(|pattern| matches(pattern, name));
        let names = candidates.iter().map(|candidate| candidate.plan.name.as_str()).filter(|name| proves(name));
        looking.entry(requirement).or_default().extend(names);
    }
    let requirements = catalogue.iter().map(|requirement| {
        let cases = looking.get(requirement.id.as_str());
        let proven = proofs.contains_key(requirement.id.as_str());
        let looked_at = looked_at(requirement, &choice, candidates, cases, proven, refuses);
        Scheduled { requirement: requirement.id.clone(), level: requirement.level, looked_at }
    });
    let requirements = requirements.collect();
    let mut left_out: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut cases = Vec::new();
    for Candidate { plan, computed, left_out: why } in candidates {
        match why {
            Some(why) => left_out.entry(why.clone()).or_default().push(plan.name.clone()),
            None => cases.push(Case { name: plan.name.clone(), title: plan.title.clone(), computed: *computed }),
        }
    }
    let Choice { marketplace, dialects, traits } = choice;
    Programme { marketplace, dialects, traits, cases, left_out, requirements }
}

fn looked_at(
    requirement: &Requirement,
    choice: &Choice,
    candidates: &[Candidate],
    looking: Option<&BTreeSet<&str>>,
    proven: bool,
    refuses: &Refuses<'_>,
) -> LookedAt {
    let of_others = !requirement.dialects.is_empty()
        && !requirement.dialects.iter().any(|dialect| choice.dialects.contains(dialect));
    if of_others {
        return LookedAt::Nothing { why: format!("of {} only", requirement.dialects.join(", ")) };
    }
    let traits: Vec<(String, Vec<String>)> = requirement.applies.clone().into_iter().collect();
    if let Some(product) = refuses(&traits) {
        return LookedAt::Nothing { why: format!("does not apply to {product}") };
    }
    if requirement.level == Level::Manual {
        return LookedAt::Statement;
    }
    let of = |candidate: &&Candidate| looking.is_some_and(|names| names.contains(candidate.plan.name.as_str()));
    let mut whys = Vec::new();
    let mut cases = Vec::new();
    for candidate in candidates.iter().filter(of) {
        match &candidate.left_out {
            None => cases.push(candidate.plan.name.clone()),
            Some(why) if !whys.contains(why) => whys.push(why.clone()),
            Some(_) => {}
        }
    }
    match (cases.is_empty(), whys.is_empty()) {
        (false, _) => LookedAt::Cases { cases },
        // A case that the user has left out does not make the rule another product's.
        (true, false) if whys.iter().any(|why| why == FILTERED) => LookedAt::Cases { cases },
        (true, false) => LookedAt::Nothing { why: whys.join("; ") },
        // One that is said to be about a dialect of this programme, and whose cases have gone (with the interface of the
        // user's own, say), is not looked at; that must not make a vendor ready.
        (true, true) if proven && !requirement.dialects.is_empty() => LookedAt::Cases { cases },
        (true, true) if proven => LookedAt::Nothing { why: format!("not of {}", choice.dialects.join(", ")) },
        (true, true) => LookedAt::Judge,
    }
}

/// Why a case is left out that `--filter` does not name.
pub const FILTERED: &str = "left out by --filter";

/// The requirements that a plan has steps of their own for, those of documents that it names too.
fn named(plan: &Plan) -> Vec<&RequirementId> {
    let steps = plan.workflows.iter().flat_map(|workflow| &workflow.steps);
    let mut named: Vec<&RequirementId> = steps.filter_map(|step| step.extension.requirement.as_ref()).collect();
    for source in &plan.sources {
        if let SourceKind::Arazzo(plan) = &source.kind {
            named.extend(self::named(plan));
        }
    }
    named
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verdict::Provenance;

    fn looked_at(dialects: &[&str]) -> LookedAt {
        let requirement = Requirement {
            id: RequirementId::known("SHOP-RULE"),
            level: Level::Must,
            rule: String::new(),
            why: String::new(),
            source: String::new(),
            provenance: Provenance::Documented,
            dialects: dialects.iter().map(|&dialect| dialect.to_owned()).collect(),
            applies: BTreeMap::new(),
            calls: Vec::new(),
            if_called: None,
            may_be_stated: false,
            code: None,
            mend: String::new(),
        };
        let choice = Choice { marketplace: "shop".to_owned(), dialects: vec!["shop-2".to_owned()], traits: Vec::new() };
        let catalogue = Catalogue::new([requirement]).unwrap();
        let proofs = BTreeMap::from([("SHOP-RULE".to_owned(), vec!["shop/gone".to_owned()])]);
        let programme = programme(choice, &[], &catalogue, &proofs, &|_| None);
        programme.requirements[0].looked_at.clone()
    }

    #[test]
    fn a_rule_of_this_dialect_whose_cases_have_gone_is_not_looked_at() {
        assert_eq!(looked_at(&["shop-2"]), LookedAt::Cases { cases: Vec::new() });
        assert!(matches!(looked_at(&["shop-1"]), LookedAt::Nothing { .. }));
    }
}
