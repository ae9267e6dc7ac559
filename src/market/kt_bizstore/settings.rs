//! What a user can set of this marketplace.
//!
//! The documents of KT Cloud Biz Store contradict themselves in places; where they do, every reading is accepted unless
//! the user insists on one. The reasons stand with the settings of the same names in
//! `specs/kt-bizstore/bizstore-2.1.2.yaml`.

use std::sync::Arc;
use std::time::Duration;

use crate::market::setting::{Kind, Setting, SettingError, Values};
use crate::sign::key::{SigningKey, VerifyingKey};
use crate::sign::kt_jwt;

/// The keys of the section `[kt-bizstore]`, besides those that every marketplace has.
pub const SETTINGS: &[Setting] = &[
    Setting {
        name: "signing-key",
        kind: Kind::KeyFile,
        default: "",
        what: "private key in PEM that signs tokens; without it the built-in test key (`storeproof keys kt-bizstore`)",
    },
    Setting {
        name: "token-window",
        kind: Kind::Time,
        default: "60s",
        what: "how old a token may be: a vendor accepts it until then and refuses it when it is older",
    },
    Setting {
        name: "iat-back-date",
        kind: Kind::Time,
        default: "3s",
        what: "how far the time of issue of a token is set back, for clocks that differ",
    },
    Setting {
        name: "bearer-also",
        kind: Kind::Flag,
        default: "false",
        what: "send the token as Authorization: Bearer too, on the three calls whose document lists that scheme",
    },
    Setting {
        name: "time-limit",
        kind: Kind::Time,
        default: "10s",
        what: "how long an answer may take; --timeout wins",
    },
    Setting {
        name: "deleted-answer",
        kind: Kind::Choice(&["either", "99", "401"]),
        default: "either",
        what: "how the status of a deleted customer is answered",
    },
    Setting {
        name: "bill-date-form",
        kind: Kind::Choice(&["either", "yyyy-mm-dd", "yyyymmdd"]),
        default: "either",
        what: "how bill-date is written",
    },
    Setting {
        name: "bill-by-customer",
        kind: Kind::Choice(&["either", "object", "array"]),
        default: "either",
        what: "what the charges of one customer are",
    },
    Setting {
        name: "rounding",
        kind: Kind::Choice(&["any", "up", "down", "half-up"]),
        default: "any",
        what: "how the charge for part of a month is rounded",
    },
];

/// What the user can set of this marketplace.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The key that signs tokens; `None` is the built-in test key.
    pub signing_key: Option<Arc<SigningKey>>,
    /// The public key against which captured tokens are examined; `None` is the public half of the key that signs.
    pub store_key: Option<Arc<VerifyingKey>>,
    /// How tokens are made.
    pub token: kt_jwt::Settings,
    /// How old a token may be, for the judge and for the reference vendor. `None` is the minute of the document, and a
    /// token of nine minutes is then told and not held against anybody, since the README speaks of ten.
    pub token_window: Option<Duration>,
    /// Whether the token is sent as `Authorization: Bearer` too, on the operations whose document attaches that
    /// scheme. Off by default: the scheme is a leftover, and `encoded-jwt` is what every text speaks of.
    pub bearer_also: bool,
    /// How long an answer may take; the document gives no limit.
    pub time_limit: Duration,
    /// Which of several documented readings are accepted.
    pub readings: Readings,
}

/// Which of several documented readings are accepted; `None` accepts each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Readings {
    /// The status of a deleted customer.
    pub deleted: Option<Deleted>,
    /// The form of `bill-date`.
    pub bill_date: Option<BillDate>,
    /// The charges of one customer.
    pub by_customer: Option<ByCustomer>,
    /// Charges for part of a month.
    pub rounding: Option<Rounding>,
}

/// How the status of a deleted customer is answered (document, edition of commit `09a061f`: either).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deleted {
    /// 200 with the code `99`.
    Code99,
    /// 401.
    Unauthorized,
}

/// How `bill-date` is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BillDate {
    /// `yyyy-mm-dd`, as the document has it.
    Dashed,
    /// `yyyymmdd`, as other fields and dialects have it.
    Compact,
}

/// What the charges of one customer are: typed as one, described as one a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByCustomer {
    /// One charge.
    Object,
    /// A list of them.
    Array,
}

/// How the charge for part of a month is rounded to whole won; no text of this edition says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    /// To the next whole won.
    Up,
    /// Won that are not whole are dropped.
    Down,
    /// To the nearest, halves up.
    HalfUp,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            signing_key: None,
            store_key: None,
            token: kt_jwt::Settings::default(),
            token_window: None,
            bearer_also: false,
            time_limit: Duration::from_secs(10),
            readings: Readings::default(),
        }
    }
}

impl Settings {
    /// Reads what the user has set.
    ///
    /// # Errors
    ///
    /// When a value is not of its kind, or the key is none that can sign.
    pub fn new(values: &Values) -> Result<Self, SettingError> {
        let mut settings = Self::default();
        if let Some(pem) = values.get("signing-key") {
            let key = SigningKey::from_pem(pem).map_err(|error| SettingError::new("signing-key", error))?;
            settings.signing_key = Some(Arc::new(key));
        }
        if let Some(back_date) = values.time("iat-back-date")? {
            settings.token.back_date = back_date;
        }
        settings.token_window = values.time("token-window")?;
        settings.bearer_also = values.flag("bearer-also")?.unwrap_or(settings.bearer_also);
        settings.time_limit = values.time("time-limit")?.unwrap_or(settings.time_limit);
        settings.readings = Readings {
            deleted: values
                .choice(
                    "deleted-answer",
                    &[("either", None), ("99", Some(Deleted::Code99)), ("401", Some(Deleted::Unauthorized))],
                )?
                .flatten(),
            bill_date: values
                .choice(
                    "bill-date-form",
                    &[("either", None), ("yyyy-mm-dd", Some(BillDate::Dashed)), ("yyyymmdd", Some(BillDate::Compact))],
                )?
                .flatten(),
            by_customer: values
                .choice(
                    "bill-by-customer",
                    &[("either", None), ("object", Some(ByCustomer::Object)), ("array", Some(ByCustomer::Array))],
                )?
                .flatten(),
            rounding: values
                .choice(
                    "rounding",
                    &[
                        ("any", None),
                        ("up", Some(Rounding::Up)),
                        ("down", Some(Rounding::Down)),
                        ("half-up", Some(Rounding::HalfUp)),
                    ],
                )?
                .flatten(),
        };
        Ok(settings)
    }

    /// The key against which captured tokens are examined.
    pub(crate) fn verifying_key(&self) -> &VerifyingKey {
        self.store_key.as_deref().unwrap_or_else(|| self.key().public())
    }

    /// The key that signs.
    pub fn key(&self) -> &SigningKey {
        self.signing_key.as_deref().unwrap_or_else(|| SigningKey::test())
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[test]
    fn every_default_is_of_its_kind_and_is_the_default() {
        let mut values = Values::default();
        for setting in SETTINGS.iter().filter(|setting| !setting.default.is_empty()) {
            values.set(setting.name, setting.default);
        }
        let settings = Settings::new(&values).expect("the defaults are right");
        let default = Settings::default();
        assert_eq!(settings.readings, default.readings);
        assert_eq!((settings.time_limit, settings.bearer_also), (default.time_limit, default.bearer_also));
        assert_eq!(settings.token, default.token);
        assert_eq!(settings.token_window, Some(kt_jwt::Window::default().age));
    }

    #[rstest]
    #[case("signing-key", "no key")]
    #[case("iat-back-date", "3")]
    #[case("bearer-also", "maybe")]
    #[case("deleted-answer", "404")]
    #[case("rounding", "half-even")]
    fn what_cannot_be_used_is_refused_by_name(#[case] name: &str, #[case] value: &str) {
        let mut values = Values::default();
        values.set(name, value);
        assert_eq!(Settings::new(&values).expect_err("is refused").name, name);
    }
}
