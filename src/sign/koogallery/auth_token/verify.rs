//! Checks a query as a strict vendor does.

use super::deviation::compute;
use super::{EmptyValues, Settings, TIME_STAMP, TOKEN, TokenForm};
use crate::sign::query::{decode, decode_form, pairs};
use crate::wire::Secret;

/// How an accepted query was read, where the documents leave a choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// How parameters without a value were signed; `None` where there are none.
    pub empty_values: Option<EmptyValues>,
    /// Whether the token stood in the query with its `+` as it is.
    pub form: TokenForm,
}

/// Why a query is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// There is no token.
    #[error("authToken is missing")]
    MissingToken,
    /// The token is empty.
    #[error("authToken is empty")]
    EmptyToken,
    /// There is no time, or an empty one.
    #[error("timeStamp is missing")]
    MissingTimeStamp,
    /// The token is for other parameters or by another key.
    #[error("authToken does not fit the parameters and the key")]
    Token,
}

impl Refusal {
    /// The `resultCode` that fits: `000002` for a missing time, `000001` for the rest.
    pub fn result_code(&self) -> &'static str {
        match self {
            Self::MissingTimeStamp => "000002",
            _ => "000001",
        }
    }
}

/// Names and values of a query, decoded as servers do (`+` is a blank), without the token.
pub fn parameters_of(query: &str) -> Vec<(String, String)> {
    let decoded = pairs(query).map(|(name, value)| (decode_form(name), decode_form(value)));
    decoded.filter(|(name, _)| name != TOKEN).collect()
}

/// The token as it arrived in its possible readings: with `+` as a blank, and with `+` as it is.
pub(super) fn token_of(query: &str) -> Option<(String, String)> {
    let (_, value) = pairs(query).find(|(name, _)| decode_form(name) == TOKEN)?;
    Some((decode_form(value), decode(value)))
}

/// Checks a query. Every documented reading is accepted: parameters without a value signed or left out, and a token
/// whose `+` was not escaped.
pub fn verify(query: &str, key: &Secret) -> Result<Accepted, Refusal> {
    let (token, raw) = token_of(query).ok_or(Refusal::MissingToken)?;
    if token.is_empty() {
        return Err(Refusal::EmptyToken);
    }
    let parameters = parameters_of(query);
    if !parameters.iter().any(|(name, value)| name == TIME_STAMP && !value.is_empty()) {
        return Err(Refusal::MissingTimeStamp);
    }
    let any_empty = parameters.iter().any(|(_, value)| value.trim().is_empty());
    for empty_values in [EmptyValues::Kept, EmptyValues::Dropped] {
        let settings = Settings { empty_values, form: TokenForm::Escaped };
        let right = compute(key.expose(), &parameters, &settings, &[]).token;
        for (form, found) in [(TokenForm::Escaped, &token), (TokenForm::Raw, &raw)] {
            if right.expose() == found {
                return Ok(Accepted { empty_values: any_empty.then_some(empty_values), form });
            }
        }
    }
    Err(Refusal::Token)
}

/// The time that a `timeStamp` means, `yyyyMMddHHmmssSSS` in UTC.
pub fn read_time_stamp(text: &str) -> Option<jiff::Timestamp> {
    let (second, millisecond) = text.split_at_checked(14).filter(|(_, rest)| rest.len() == 3)?;
    let time = jiff::civil::DateTime::strptime("%Y%m%d%H%M%S", second).ok()?;
    let time = time.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp();
    time.checked_add(jiff::SignedDuration::from_millis(millisecond.parse().ok()?)).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{query, sign, testing};
    use super::*;

    #[test]
    fn every_documented_reading_is_accepted_and_named() {
        let key = Secret::new("kg-demo-key-01");
        for empty_values in [EmptyValues::Kept, EmptyValues::Dropped] {
            let parameters = testing::parameters();
            let token = sign(&key, &parameters, &Settings { empty_values, form: TokenForm::Escaped }).token;
            let sent = query(&parameters, &token, TokenForm::Escaped);
            let accepted = Accepted { empty_values: Some(empty_values), form: TokenForm::Escaped };
            assert_eq!(verify(&sent, &key), Ok(accepted));
            assert_eq!(parameters_of(&sent), parameters);
        }
    }

    proptest! {
        #[test]
        fn what_was_signed_verifies(
            pairs in prop::collection::hash_map("[a-zA-Z]{1,8}", "\\PC{0,12}", 0..8),
            key in "\\PC{0,30}",
            raw: bool,
            dropped: bool,
        ) {
            let mut parameters: Vec<(String, String)> = pairs.into_iter().collect();
            parameters.retain(|(name, _)| name != TIME_STAMP && name != TOKEN);
            parameters.push((TIME_STAMP.to_owned(), "20260304050607890".to_owned()));
            let form = if raw { TokenForm::Raw } else { TokenForm::Escaped };
            let empty_values = if dropped { EmptyValues::Dropped } else { EmptyValues::Kept };
            let key = Secret::new(key);
            let token = sign(&key, &parameters, &Settings { empty_values, form }).token;
            prop_assert!(verify(&query(&parameters, &token, form), &key).is_ok());
        }

        #[test]
        fn a_changed_value_is_refused(at in any::<prop::sample::Index>(), more in "[a-z]{1,3}") {
            let key = Secret::new("k");
            let mut parameters = testing::parameters();
            let token = sign(&key, &parameters, &Settings::default()).token;
            let at = at.index(parameters.len());
            parameters[at].1.push_str(&more);
            prop_assert_eq!(verify(&query(&parameters, &token, TokenForm::Escaped), &key), Err(Refusal::Token));
        }

        #[test]
        fn no_query_panics(query in "(\\PC|authToken=|timeStamp=|&|%){0,20}") {
            prop_assert!(verify(&query, &Secret::new("k")).is_err());
        }
    }
}
