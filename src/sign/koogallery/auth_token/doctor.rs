//! Says what reproduces a token that does not verify.

use std::fmt;

use super::deviation::{Deviation, compute, explain};
use super::forge::ADDED;
use super::mistake::Mistake;
use super::verify::{parameters_of, token_of};
use super::{EmptyValues, Refusal, Settings, verify};
use crate::sign::Intermediate;
use crate::sign::digest::{differ_once, with_last_tried};
use crate::wire::Secret;

/// One explanation of a query that does not verify.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Diagnosis {
    /// It is refused for this reason, which needs no further explanation.
    Refused(Refusal),
    /// It matches with these deviations from the recipe; rarely more than one.
    Deviates(Vec<Deviation>),
    /// The token was escaped twice: its signs arrive as `%2B`, `%2F`, `%3D`.
    EscapedTwice,
    /// Only the beginning of the right token is there.
    Truncated {
        /// How many of its characters.
        length: usize,
    },
    /// One character of the token is wrong.
    ChangedToken,
    /// It matches another last character of this parameter's value.
    ChangedParameter {
        /// The parameter.
        name: String,
    },
    /// It matches without this parameter: it was added after signing, or the signer's list of parameters lacks it.
    NotSigned {
        /// The parameter.
        name: String,
    },
    /// It matches with the parameter that [`Mistake::RemovedParameter`] takes away.
    RemovedParameter,
}

impl Diagnosis {
    /// The mistake that makes such a call, where it is one of the recipe's.
    pub fn mistake(&self) -> Option<Mistake> {
        Some(match self {
            Self::Refused(Refusal::MissingToken) => Mistake::MissingToken,
            Self::Refused(Refusal::EmptyToken) => Mistake::EmptyToken,
            Self::Refused(Refusal::MissingTimeStamp) => Mistake::MissingTimeStamp,
            Self::Truncated { .. } => Mistake::TruncatedToken,
            Self::ChangedToken => Mistake::ChangedToken,
            Self::ChangedParameter { .. } => Mistake::ChangedParameter,
            Self::NotSigned { .. } => Mistake::AddedParameter,
            Self::RemovedParameter => Mistake::RemovedParameter,
            Self::Deviates(set) => match set.as_slice() {
                [Deviation::SecondTestKey] => Mistake::WrongKey,
                [Deviation::KeyAlone] => Mistake::KeyAlone,
                [Deviation::EncodedValues] => Mistake::EncodedValues,
                [Deviation::Unsorted] => Mistake::Unsorted,
                [Deviation::Descending] => Mistake::DescendingSort,
                [Deviation::TokenIncluded] => Mistake::TokenIncluded,
                [Deviation::Hex] => Mistake::Hex,
                _ => return None,
            },
            _ => return None,
        })
    }
}

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refusal) => refusal.fmt(f),
            Self::Deviates(set) => crate::sign::explain::sentence(f, set),
            Self::EscapedTwice => f.write_str("it matches if authToken is decoded once more: it was escaped twice"),
            Self::Truncated { length } => {
                write!(f, "only the first {length} characters of the right authToken are there")
            }
            Self::ChangedToken => f.write_str("one character of authToken is wrong, the others are right"),
            Self::ChangedParameter { name } => {
                write!(f, "{name} was changed after signing: it matches with another last character")
            }
            Self::NotSigned { name } => {
                write!(f, "it matches without {name}: all parameters but authToken are signed, also those that are new")
            }
            Self::RemovedParameter => {
                write!(f, "it matches with the parameter {}, which was removed after signing", ADDED.0)
            }
        }
    }
}

/// Explains why a query is refused, most telling explanation first; empty when it is accepted.
pub fn diagnose(query: &str, key: &Secret) -> Vec<Diagnosis> {
    match verify(query, key) {
        Ok(_) => Vec::new(),
        Err(Refusal::Token) => {
            let found = token(query, key);
            if found.is_empty() { vec![Diagnosis::Refused(Refusal::Token)] } else { found }
        }
        Err(refusal) => vec![Diagnosis::Refused(refusal)],
    }
}

/// The strings on the way to the token of this query, with these deviations from the recipe. What has no value is signed
/// as [`verify`] found it.
pub fn steps(query: &str, key: &Secret, how: &[Deviation]) -> Vec<Intermediate> {
    let empty_values = verify(query, key).ok().and_then(|accepted| accepted.empty_values).unwrap_or_default();
    let settings = Settings { empty_values, ..Settings::default() };
    compute(key.expose(), &parameters_of(query), &settings, how).steps
}

fn token(query: &str, key: &Secret) -> Vec<Diagnosis> {
    let Some((token, raw)) = token_of(query) else { return Vec::new() };
    let parameters = parameters_of(query);
    let kept = Settings { empty_values: EmptyValues::Kept, ..Settings::default() };
    let make = |parameters: &[(String, String)], how: &[Deviation]| {
        compute(key.expose(), parameters, &kept, how).token.expose().to_owned()
    };
    // A blank in a token can only have been `+`.
    let equals = |right: &str| right == token || right == raw;
    let right = make(&parameters, &[]);

    if token.contains('%') && crate::sign::query::decode(&token) == right {
        return vec![Diagnosis::EscapedTwice];
    }
    if token.len() >= 8 && (right.starts_with(&token) || right.starts_with(&raw)) {
        return vec![Diagnosis::Truncated { length: token.len() }];
    }
    if differ_once(&right, &token) || differ_once(&right, &raw) {
        return vec![Diagnosis::ChangedToken];
    }
    // That one particular parameter is not signed says more than that the last one is not.
    let by_place = |set: &[Deviation]| matches!(set, [Deviation::FirstLeftOut | Deviation::LastLeftOut]);
    let single = explain(query.len(), |set| set.len() == 1 && !by_place(set) && equals(&make(&parameters, set)));
    let mut found: Vec<_> = single.map(Diagnosis::Deviates).into_iter().collect();
    if found.is_empty() {
        found.extend(not_signed(&parameters, |fewer| equals(&make(fewer, &[]))));
    }
    if found.is_empty() {
        let mut more = parameters.clone();
        more.push((ADDED.0.to_owned(), ADDED.1.to_owned()));
        found.extend(equals(&make(&more, &[])).then_some(Diagnosis::RemovedParameter));
    }
    if found.is_empty() {
        found.extend(changed(&parameters, |other| equals(&make(other, &[]))));
    }
    if found.is_empty() {
        found.extend(explain(query.len(), |set| equals(&make(&parameters, set))).map(Diagnosis::Deviates));
    }
    found
}

/// So many parameters are looked at one by one; no real call has more.
const MOST_SEARCHED: usize = 32;

/// The one parameter without which the token fits.
fn not_signed(parameters: &[(String, String)], fits: impl Fn(&[(String, String)]) -> bool) -> Option<Diagnosis> {
    (0..parameters.len().min(MOST_SEARCHED)).find_map(|at| {
        let mut fewer = parameters.to_vec();
        let (name, _) = fewer.remove(at);
        // Without its time the key changes too, which is an explanation of its own.
        (name != super::TIME_STAMP && fits(&fewer)).then_some(Diagnosis::NotSigned { name })
    })
}

/// The one parameter that fits with another last character.
fn changed(parameters: &[(String, String)], fits: impl Fn(&[(String, String)]) -> bool) -> Option<Diagnosis> {
    (0..parameters.len().min(MOST_SEARCHED)).find_map(|at| {
        let mut other = parameters.to_vec();
        let value = std::mem::take(&mut other[at].1);
        let mut tried = with_last_tried(&value);
        let found = tried.any(|value| {
            other[at].1 = value;
            fits(&other)
        });
        found.then(|| Diagnosis::ChangedParameter { name: parameters[at].0.clone() })
    })
}

#[cfg(test)]
mod tests {
    use super::super::{TokenForm, forge, query, testing};
    use super::*;
    use crate::sign::mistake::Treatment;

    #[test]
    fn every_forged_call_is_explained() {
        let key = Secret::new("kg-demo-key-01");
        for mistake in Mistake::ALL {
            let forged = forge(*mistake, &key, &testing::parameters(), &Settings::default());
            let found = diagnose(&forged.query, &key);
            let accepted = matches!(mistake.treatment(), Treatment::MustAccept | Treatment::AdviseAccept);
            if accepted || *mistake == Mistake::OldTimeStamp {
                assert_eq!(found, [], "{mistake}");
                continue;
            }
            assert_eq!(found.first().and_then(Diagnosis::mistake), Some(*mistake), "{mistake}: {found:?}");
            assert_eq!(found.len(), 1, "{mistake}: {found:?}");
        }
    }

    #[test]
    fn every_deviation_is_found_again() {
        let key = Secret::new(" kg-demo-key-01 ");
        let mut parameters = testing::parameters();
        parameters.push(("testFlag".to_owned(), "1".to_owned()));
        parameters.push(("Zone".to_owned(), "a+b%20".to_owned()));
        for deviation in Deviation::ALL {
            if matches!(deviation, Deviation::EmptyKept | Deviation::EmptyDropped) {
                continue; // Both are documented readings.
            }
            let token = compute(key.expose(), &parameters, &Settings::default(), &[*deviation]).token;
            let found = diagnose(&query(&parameters, &token, TokenForm::Escaped), &key);
            let expected = match deviation {
                Deviation::FirstLeftOut => Diagnosis::NotSigned { name: "activity".to_owned() },
                Deviation::LastLeftOut => Diagnosis::NotSigned { name: "Zone".to_owned() },
                other => Diagnosis::Deviates(vec![*other]),
            };
            assert_eq!(found, [expected], "{deviation:?}");
        }
    }

    #[test]
    fn an_unsigned_parameter_is_named() {
        let key = Secret::new("kg-demo-key-01");
        let parameters = testing::parameters();
        let fewer: Vec<_> = parameters.iter().filter(|(name, _)| name != "orderId").cloned().collect();
        let token = compute(key.expose(), &fewer, &Settings::default(), &[]).token;
        let found = diagnose(&query(&parameters, &token, TokenForm::Escaped), &key);
        assert_eq!(found, [Diagnosis::NotSigned { name: "orderId".to_owned() }]);
    }

    #[test]
    fn a_token_escaped_twice_is_named() {
        let key = Secret::new("kg-demo-key-01");
        let parameters = testing::parameters();
        let token = compute(key.expose(), &parameters, &Settings::default(), &[]).token;
        let twice = Secret::new(super::super::escape(token.expose()));
        assert_eq!(diagnose(&query(&parameters, &twice, TokenForm::Escaped), &key), [Diagnosis::EscapedTwice]);
    }
}
