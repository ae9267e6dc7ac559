//! The body of an application (`customer-body`), as the store sends it.
//!
//! Every member is optional, and so is the body. The published schema declares codes as text with numbers in the list,
//! so text and numbers are both taken.

use serde_json::{Map, Value};

use super::calendar;
use super::error::CallRefused;
use super::fault::{Fault, Faults};
use crate::check::oddity;

/// A plan that a customer can apply for (`service-info`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Plan {
    /// `2`
    Standard,
    /// `3`
    Premium,
    /// `4`
    Public,
    /// `5`
    Enterprise,
}

impl Plan {
    /// Its code.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Standard => "2",
            Self::Premium => "3",
            Self::Public => "4",
            Self::Enterprise => "5",
        }
    }

    /// Won for each user and month; invented but for the first, which is that of the published examples.
    pub(crate) fn price(self) -> u32 {
        match self {
            Self::Standard => 6_000,
            Self::Premium => 8_000,
            Self::Public => 7_000,
            Self::Enterprise => 12_000,
        }
    }
}

/// What the store says about the licence (`license-states-cd`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LicenseState {
    /// `0`
    InUse,
    /// `1`
    Terminated,
    /// `2`
    Suspended,
}

/// A body as far as it could be understood.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Application {
    /// The plan.
    pub(crate) plan: Option<Plan>,
    /// Code of `onetime-type`: 0, 1 or 2.
    pub(crate) onetime: Option<u32>,
    /// Years of the contract; 0 for none.
    pub(crate) years: Option<u32>,
    /// The discount period, when it is a period that exists. KT's own example is none.
    pub(crate) discount: Option<String>,
    /// The day of the application at the store, when it is a day that exists.
    pub(crate) license_start: Option<String>,
    /// The state.
    pub(crate) state: Option<LicenseState>,
}

const MEMBERS: [&str; 6] = [
    "service-info",
    "onetime-type",
    "contract-period",
    "contract-discount-period",
    "license-start-date",
    "license-states-cd",
];

impl Application {
    /// Reads a body. Members that are not documented are ignored; codes that are not documented are refused.
    pub(crate) fn read(body: &[u8], faults: &Faults) -> Result<Self, CallRefused> {
        if body.iter().all(u8::is_ascii_whitespace) {
            return if faults.has(Fault::ApplyRequiresBody) {
                Err(CallRefused::Told(500))
            } else {
                Ok(Self::default())
            };
        }
        let bad = |reason: String| Err(CallRefused::BadRequest(reason));
        let nested = oddity::depth(body) > 64 && faults.has(Fault::ApplyNested500);
        if nested || (body.len() > 32 * 1024 && faults.has(Fault::ApplyLarge500)) {
            return Err(CallRefused::Told(500));
        }
        let members = match serde_json::from_slice(body) {
            Ok(Value::Object(members)) => members,
            Err(_) if faults.has(Fault::ApplyBadJsonAccepted) => return Ok(Self::default()),
            _ if faults.has(Fault::ApplyBadJson500) => return Err(CallRefused::Told(500)),
            Ok(_) => return bad("the body is JSON, but no object".to_owned()),
            Err(error) => return bad(format!("the body is not JSON: {error}")),
        };
        if faults.has(Fault::ApplyRefusesUnknownMembers)
            && let Some(unknown) = members.keys().find(|name| !MEMBERS.contains(&name.as_str()))
        {
            return bad(format!("{unknown} is not known"));
        }
        let plan = code(&members, "service-info", |code| match code {
            "2" => Some(Plan::Standard),
            "3" => Some(Plan::Premium),
            "4" => Some(Plan::Public),
            "5" => Some(Plan::Enterprise),
            _ => None,
        })?;
        let state = code(&members, "license-states-cd", |code| match code {
            "0" => Some(LicenseState::InUse),
            "1" => Some(LicenseState::Terminated),
            "2" if faults.has(Fault::SuspendTerminates) => Some(LicenseState::Terminated),
            "2" => Some(LicenseState::Suspended),
            _ => None,
        })?;
        if state == Some(LicenseState::Suspended) && faults.has(Fault::SuspendRefused) {
            return bad("license-states-cd 2 is not known".to_owned());
        }
        Ok(Self {
            plan,
            state,
            onetime: code(&members, "onetime-type", |code| code.parse().ok().filter(|code| *code <= 2))?,
            years: code(&members, "contract-period", |code| code.parse().ok().filter(|years| *years <= 99))?,
            discount: text(&members, "contract-discount-period").filter(|text| calendar::from_period(text).is_some()),
            license_start: text(&members, "license-start-date").filter(|text| calendar::from_compact(text).is_some()),
        })
    }
}

/// A member as text; numbers are written out, anything else counts as absent.
fn text(members: &Map<String, Value>, name: &str) -> Option<String> {
    match members.get(name)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn code<T>(
    members: &Map<String, Value>,
    name: &str,
    read: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, CallRefused> {
    match (members.get(name), text(members, name)) {
        (None | Some(Value::Null), _) => Ok(None),
        (Some(_), Some(text)) if text.is_empty() => Ok(None),
        (Some(found), text) => match text.as_deref().and_then(read) {
            Some(value) => Ok(Some(value)),
            None => Err(CallRefused::BadRequest(format!("{name} is {found}, which is no documented code"))),
        },
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(body: &str) -> Result<Application, CallRefused> {
        Application::read(body.as_bytes(), &Faults::default())
    }

    #[test]
    fn codes_are_taken_as_text_and_as_numbers() {
        let text = read(r#"{"service-info":"3","onetime-type":"1","contract-period":"2","license-states-cd":"2"}"#);
        let numbers = read(r#"{"service-info":3,"onetime-type":1,"contract-period":2,"license-states-cd":2}"#);
        assert_eq!(text, numbers);
        let application = text.expect("understood");
        assert_eq!((application.plan, application.state), (Some(Plan::Premium), Some(LicenseState::Suspended)));
    }

    #[test]
    fn nothing_is_required_and_the_published_example_period_is_left_out() {
        assert_eq!(read(""), Ok(Application::default()));
        assert_eq!(read(r#"{"contract-discount-period":"20210301~202010501","x":[]}"#), Ok(Application::default()));
    }

    #[test]
    fn what_cannot_be_understood_is_refused_with_its_reason() {
        for (body, reason) in [
            ("{", "the body is not JSON"),
            ("[]", "no object"),
            (r#"{"service-info":"1"}"#, "service-info is \"1\""),
            (r#"{"license-states-cd":{}}"#, "license-states-cd is {}"),
        ] {
            let error = read(body).expect_err("refused");
            assert!(error.status() == 400 && error.to_string().contains(reason), "{error}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(body in proptest::collection::vec(any::<u8>(), 0..60)) {
            let _ = Application::read(&body, &Faults::default());
        }
    }
}
