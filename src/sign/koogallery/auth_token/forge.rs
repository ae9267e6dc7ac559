//! Wrong calls on purpose.

use std::fmt;

use super::deviation::{Deviation, compute};
use super::mistake::Mistake;
use super::{Parameters, Settings, TIME_STAMP, TokenForm, escaped, query, sign};
use crate::sign::Intermediate;
use crate::sign::digest::with_last_changed;
use crate::wire::Secret;

/// The parameter that [`Mistake::AddedParameter`] adds.
pub(super) const ADDED: (&str, &str) = ("storeproof", "added");

/// A wrong query, and the strings on the way to its token.
#[derive(Clone, PartialEq, Eq)]
pub struct Forged {
    /// The whole query, escaped, without `?`.
    pub query: String,
    /// The token that it carries, where it carries one.
    pub token: Option<Secret>,
    /// As [`super::Signed::steps`].
    pub steps: Vec<Intermediate>,
}

impl fmt::Debug for Forged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Forged").field("token", &self.token).field("steps", &self.steps).finish_non_exhaustive()
    }
}

/// The query of a call with one mistake.
///
/// Some mistakes show only where the parameters let them: without a character that needs escaping there is nothing to
/// encode wrongly, and without `+` in the token nothing to leave raw.
pub fn forge(mistake: Mistake, key: &Secret, parameters: &Parameters, settings: &Settings) -> Forged {
    let key = key.expose();
    let with = |sent: &Parameters, signed: super::Signed, form: TokenForm| Forged {
        query: query(sent, &signed.token, form),
        token: Some(signed.token),
        steps: signed.steps,
    };
    let deviating = |how| with(parameters, compute(key, parameters, settings, &[how]), settings.form);
    let right = || compute(key, parameters, settings, &[]);
    let with_token = |change: &dyn Fn(&str) -> String| {
        let right = right();
        let token = Secret::new(change(right.token.expose()));
        with(parameters, super::Signed { token, ..right }, settings.form)
    };
    match mistake {
        Mistake::MissingToken => Forged { query: escaped(parameters), token: None, steps: right().steps },
        Mistake::EmptyToken => with_token(&|_| String::new()),
        Mistake::TruncatedToken => with_token(&|whole| whole[..whole.len() / 2].to_owned()),
        Mistake::ChangedToken => with_token(&|whole| {
            let other = if whole.starts_with('A') { "B" } else { "A" };
            format!("{other}{}", &whole[1..])
        }),
        Mistake::MissingTimeStamp => {
            let without: Vec<_> = parameters.iter().filter(|(name, _)| name != TIME_STAMP).cloned().collect();
            let signed = compute(key, &without, settings, &[]);
            with(&without, signed, settings.form)
        }
        Mistake::WrongKey => deviating(Deviation::SecondTestKey),
        Mistake::KeyAlone => deviating(Deviation::KeyAlone),
        Mistake::ChangedParameter => with(&changed(parameters), right(), settings.form),
        Mistake::AddedParameter => {
            let mut more = parameters.to_vec();
            more.push((ADDED.0.to_owned(), ADDED.1.to_owned()));
            with(&more, right(), settings.form)
        }
        Mistake::RemovedParameter => {
            // The flag is optional, so a vendor that does not check the token has no reason to refuse.
            let mut more = parameters.to_vec();
            more.retain(|(name, _)| name != ADDED.0);
            more.push((ADDED.0.to_owned(), ADDED.1.to_owned()));
            with(parameters, compute(key, &more, settings, &[]), settings.form)
        }
        Mistake::EncodedValues => deviating(Deviation::EncodedValues),
        Mistake::Unsorted => {
            let mut turned = parameters.to_vec();
            turned.sort_by(|a, b| a.0.cmp(&b.0));
            turned.rotate_left(1.min(parameters.len()));
            let signed = compute(key, &turned, settings, &[Deviation::Unsorted]);
            with(&turned, signed, settings.form)
        }
        Mistake::DescendingSort => deviating(Deviation::Descending),
        Mistake::TokenIncluded => deviating(Deviation::TokenIncluded),
        Mistake::Hex => deviating(Deviation::Hex),
        Mistake::RawPlus => with(parameters, right(), TokenForm::Raw),
        Mistake::OldTimeStamp => {
            let old = aged(parameters);
            let signed = sign(&Secret::new(key), &old, settings);
            with(&old, signed, settings.form)
        }
    }
}

/// One value changed: the business id, which is another on every call anyway, or else the last value.
fn changed(parameters: &Parameters) -> Vec<(String, String)> {
    let mut changed = parameters.to_vec();
    let at = changed.iter().position(|(name, _)| name == "businessId");
    if let Some(at) = at.or_else(|| changed.len().checked_sub(1)) {
        changed[at].1 = with_last_changed(&changed[at].1);
    }
    changed
}

/// The parameters with the time a day earlier, where it has the documented form.
fn aged(parameters: &Parameters) -> Vec<(String, String)> {
    let mut aged = parameters.to_vec();
    for (name, value) in &mut aged {
        let Some((second, millisecond)) = value.split_at_checked(14) else { continue };
        if name == TIME_STAMP
            && let Ok(time) = jiff::civil::DateTime::strptime("%Y%m%d%H%M%S", second)
            && let Ok(before) = time.checked_sub(jiff::Span::new().days(1))
        {
            *value = format!("{}{millisecond}", before.strftime("%Y%m%d%H%M%S"));
        }
    }
    aged
}

#[cfg(test)]
mod tests {
    use super::super::{testing, verify};
    use super::*;
    use crate::sign::mistake::Treatment;

    #[test]
    fn a_strict_vendor_treats_every_mistake_as_the_contract_asks() {
        let key = Secret::new("kg-demo-key-01");
        for mistake in Mistake::ALL {
            let forged = forge(*mistake, &key, &testing::parameters(), &Settings::default());
            let accepted = verify(&forged.query, &key).is_ok();
            let expected = match mistake {
                // No window is documented, so only advice can come of it.
                Mistake::OldTimeStamp => true,
                other => matches!(other.treatment(), Treatment::MustAccept | Treatment::AdviseAccept),
            };
            assert_eq!(accepted, expected, "{mistake}");
        }
    }

    #[test]
    fn the_time_of_yesterday_keeps_its_form() {
        let aged = aged(&[("timeStamp".to_owned(), "20260301000000123".to_owned())]);
        assert_eq!(aged[0].1, "20260228000000123");
    }
}
