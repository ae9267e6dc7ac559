//! What a marketplace's documents allow as the answer to a call that was made wrong, or odd, on purpose.
//!
//! The cases of a certification are computed from interfaces ([`crate::spec`]), which say what is wrong with a call. How a
//! vendor may answer it is written elsewhere in the documents, and each marketplace knows it here.

use serde_json::Value;

use super::{every_mistake_of, koogallery, kt_bizstore};
use crate::sign::koogallery::{auth_token, v2};
use crate::sign::kt_jwt;
use crate::sign::mistake::{Named, Treatment};
use crate::spec::{Operation, StatusRange};
use crate::verdict::RequirementId;

/// A call that is made otherwise than the store makes it.
#[derive(Clone, Copy, Debug)]
pub struct Oddity<'a> {
    /// What is called.
    pub operation: &'a Operation,
    /// Kind of flaw, by the name that `x-storeproof.derived.flaw` of a scenario has for it.
    pub flaw: &'a str,
    /// The member or parameter that has it, where it is one.
    pub member: Option<&'a str>,
    /// Whether that member must be there.
    pub mandatory: bool,
    /// Whether the interface's own description refuses the call; else it is odd and nothing more.
    pub forbidden: bool,
}

/// The answers that are right.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expected {
    /// Each in words, such as `HTTP 200 with resultCode 000002`. Never empty.
    pub answers: Vec<String>,
    /// A condition that every right answer meets, with the rule that another one breaks; where the marketplace's judge
    /// does not look at it by itself.
    pub criterion: Option<(&'static str, RequirementId)>,
}

impl Expected {
    /// Answers in words, judged by the marketplace itself.
    pub(crate) fn answers<const N: usize>(answers: [&str; N]) -> Self {
        Self { answers: answers.map(str::to_owned).to_vec(), criterion: None }
    }
}

/// What the documents of a marketplace allow. Of one that nobody knows, what the interface describes.
pub fn expected(marketplace: Option<&str>, oddity: &Oddity<'_>) -> Expected {
    match marketplace {
        Some("koogallery") => koogallery::expected(oddity),
        Some("kt-bizstore") => kt_bizstore::expected(oddity),
        _ => {
            let described = oddity.operation.answers.iter().filter(|answer| answer.status != StatusRange::Default);
            let mut answers: Vec<String> = described.map(|answer| format!("HTTP {}", answer.status)).collect();
            answers.push("any HTTP 4xx".to_owned());
            Expected { answers, criterion: None }
        }
    }
}

/// What a marketplace writes into every body, or query, of an operation by itself, so that scenarios leave it out.
pub fn filled(marketplace: Option<&str>, operation: &Operation) -> Vec<(&'static str, Value)> {
    match marketplace {
        Some("koogallery") => koogallery::filled(operation),
        _ => Vec::new(),
    }
}

/// Whether a vendor that takes an odd value of this operation keeps it and shows it to others from then on: in the bills of
/// all customers, say. No case may leave such a value behind, or every other case would find it.
pub fn keeps(marketplace: Option<&str>, operation: &Operation) -> bool {
    marketplace == Some("kt-bizstore") && kt_bizstore::keeps(operation)
}

/// The mistakes of a recipe that a vendor must refuse however it is set, each with what it is and why.
///
/// Those whose treatment is a matter of a window that users set, or that documents contradict each other on, are not among
/// them.
pub fn refused_mistakes(recipe: &str) -> Vec<Named> {
    let must = |treatment| treatment == Treatment::MustRefuse;
    let named: Vec<&str> = match recipe {
        kt_jwt::RECIPE => {
            let hour = kt_jwt::Mistake::TooOld1h;
            let all = kt_jwt::Mistake::ALL.iter();
            let fixed = all.filter(|it| must(it.treatment()) && (it.age().is_none() || **it == hour));
            fixed.map(|it| it.name()).collect()
        }
        v2::RECIPE => {
            let settled = [v2::Mistake::Stale70s, v2::Mistake::TimestampInSeconds];
            let all = v2::Mistake::ALL.iter().filter(|it| must(it.treatment()) && !settled.contains(it));
            all.map(|it| it.name()).collect()
        }
        auth_token::RECIPE => {
            let all = auth_token::Mistake::ALL.iter();
            let fixed = all.filter(|it| must(it.treatment()) && **it != auth_token::Mistake::Hex);
            fixed.map(|it| it.name()).collect()
        }
        _ => Vec::new(),
    };
    let all = every_mistake_of(recipe).into_iter();
    all.filter(|mistake| named.contains(&mistake.name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_a_matter_of_settings_is_left_out() {
        let names = |recipe| refused_mistakes(recipe).into_iter().map(|it| it.name).collect::<Vec<_>>();
        let kt = names(kt_jwt::RECIPE);
        assert!(kt.contains(&"other-key") && kt.contains(&"too-old-1h"));
        assert!(!kt.contains(&"too-old-70s") && !kt.contains(&"too-old-9m") && !kt.contains(&"too-old-50s"));
        let v2 = names(v2::RECIPE);
        assert!(v2.contains(&"wrong-key") && !v2.contains(&"stale-70s") && !v2.contains(&"stale-50s"));
        assert!(!names(auth_token::RECIPE).is_empty() && names("odd").is_empty());
    }
}
