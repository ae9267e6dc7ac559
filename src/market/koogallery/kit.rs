//! What the store fills into its calls of the joint-operation kit.
//!
//! A scenario says what a call is about: the tenant, the application, the users, the department. The store adds its own
//! clock (`timeStamp`, `currentSyncTime`: UTC+8, while `x-timestamp` counts milliseconds since 1970), `testFlag`, and the
//! application's secret, which it encrypts for the vendor.

use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use serde_json::{Map, Value};

use super::settings::Settings;
use crate::sign::koogallery::{auth_token, client_secret, v2};
use crate::spec::Operation;
use crate::wire::Secret;

/// The version of the kit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Edition {
    /// Signed in three headers, with lists in its bodies.
    V2,
    /// With `authToken` in a header, and lists as texts.
    V1,
}

impl Edition {
    /// The edition of an operation; `None` where it is no call of the kit.
    pub(crate) fn of(operation: &Operation) -> Option<Self> {
        match operation.signatures.first()?.as_str() {
            v2::KIT_RECIPE => Some(Self::V2),
            auth_token::KIT_RECIPE => Some(Self::V1),
            _ => None,
        }
    }

    /// What the store appends to the production address before the name of a call.
    pub(crate) fn path(self) -> &'static str {
        match self {
            Self::V2 => "/produceAPI/v2/",
            Self::V1 => "/produceAPI/",
        }
    }
}

/// The calls of the kit, by the last part of their paths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Call {
    /// The buyer's enterprise.
    Tenant,
    /// The application's credentials.
    Application,
    /// Who may use it.
    Users,
    /// One department.
    Department,
    /// All departments.
    Departments,
}

impl Call {
    /// Every one.
    pub(crate) const ALL: [Self; 5] =
        [Self::Tenant, Self::Application, Self::Users, Self::Department, Self::Departments];

    /// Its `operationId`, which is also the end of its path.
    pub(crate) fn id(self) -> &'static str {
        match self {
            Self::Tenant => "tenantSync",
            Self::Application => "applicationSync",
            Self::Users => "authSync",
            Self::Department => "singleOrgSync",
            Self::Departments => "allOrgSync",
        }
    }

    /// The call of this `operationId`.
    pub(crate) fn of(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|call| call.id() == id)
    }
}

/// The secret of a client: the same for the same client and store, so that a call that is sent again hands over the same.
pub(crate) fn secret_of(settings: &Settings, client: &str) -> Secret {
    client_secret::of_client(&settings.kit_access_key, client)
}

/// A time on the store's clock in bodies of the kit: UTC+8, `yyyyMMddHHmmss`, with milliseconds unless short.
pub(crate) fn clock(now: Timestamp, short: bool) -> String {
    const CHINA: Offset = Offset::constant(8);
    let local = now.to_zoned(TimeZone::fixed(CHINA));
    local.strftime(if short { "%Y%m%d%H%M%S" } else { "%Y%m%d%H%M%S%3f" }).to_string()
}

/// What is needed to fill a call.
pub(crate) struct Fill<'a> {
    pub(crate) settings: &'a Settings,
    pub(crate) now: Timestamp,
    /// Random characters, at least as many as an encryption takes.
    pub(crate) seed: &'a str,
    /// The mistake that the secret is to have.
    pub(crate) wrong_secret: Option<client_secret::Mistake>,
}

/// A filled call.
pub(crate) struct Filled {
    pub(crate) members: Map<String, Value>,
    /// The application's secret in clear, which no report may show.
    pub(crate) secret: Option<Secret>,
}

impl Fill<'_> {
    /// The members of a call. One that the scenario gives stays as it is, also as null.
    pub(crate) fn members(&self, operation: &str, given: &Map<String, Value>) -> Filled {
        let mut members = given.clone();
        members.entry("timeStamp").or_insert_with(|| Value::from(clock(self.now, false)));
        members.entry("testFlag").or_insert_with(|| Value::from(0));
        let call = Call::of(operation);
        if call == Some(Call::Users) {
            let time = clock(self.now, self.settings.short_sync_time);
            members.entry("currentSyncTime").or_insert_with(|| Value::from(time));
        }
        let secret = members.get("clientId").and_then(Value::as_str).map(|client| secret_of(self.settings, client));
        if let Some(secret) = secret.as_ref().filter(|_| call == Some(Call::Application)) {
            members.entry(client_secret::MEMBER).or_insert_with(|| Value::from(self.encrypted(secret)));
        }
        Filled { members, secret }
    }

    fn encrypted(&self, secret: &Secret) -> String {
        let mut seed = [0; client_secret::SEED_LENGTH];
        seed.iter_mut().zip(self.seed.bytes()).for_each(|(place, byte)| *place = byte);
        let settings = self.settings;
        match self.wrong_secret {
            None => client_secret::encrypt(&settings.kit_public_key, settings.secret_padding, &seed, secret.expose()),
            Some(mistake) => client_secret::forge(
                mistake,
                &client_secret::Given {
                    key: &settings.kit_public_key,
                    basic_key: &settings.access_key,
                    kit_key: &settings.kit_access_key,
                    padding: settings.secret_padding,
                    seed: &seed,
                    plain: secret.expose(),
                },
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn filled(operation: &str, given: &Value, settings: &Settings) -> Filled {
        let now = "2022-04-20T03:41:17.642Z".parse().expect("a time");
        let seed = "0123456789ABCDEF0123456789ABCDEF";
        let fill = Fill { settings, now, seed, wrong_secret: None };
        fill.members(operation, given.as_object().expect("an object"))
    }

    #[test]
    fn bodies_have_the_clock_of_china() {
        let settings = Settings { short_sync_time: true, ..Settings::default() };
        let filled = filled("authSync", &json!({}), &settings).members;
        let expected = json!({"timeStamp": "20220420114117642", "testFlag": 0, "currentSyncTime": "20220420114117"});
        assert_eq!(Value::Object(filled), expected);
    }

    #[test]
    fn the_secret_is_encrypted_for_the_vendor_and_the_same_for_the_same_client() {
        let settings = Settings::default();
        let Filled { members, secret } = filled("applicationSync", &json!({"clientId": "c-1"}), &settings);
        let text = members["clientSecret"].as_str().expect("text");
        let key = client_secret::PrivateKey::test();
        let opened = client_secret::decrypt(key, settings.secret_padding, text).expect("opens");
        assert_eq!(Some(opened), secret);
        assert_eq!(secret, Some(secret_of(&settings, "c-1")));
        assert_ne!(secret, Some(secret_of(&settings, "c-2")));
    }

    #[test]
    fn what_a_scenario_gives_stays() {
        let given = json!({"timeStamp": "1", "testFlag": 1, "clientId": "c", "clientSecret": null});
        let filled = filled("applicationSync", &given, &Settings::default()).members;
        assert_eq!(Value::Object(filled), given);
    }
}
