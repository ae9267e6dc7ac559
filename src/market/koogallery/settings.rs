//! What a user can set of this marketplace.
//!
//! The documents of the three sites contradict each other and themselves; where they do, every reading is accepted
//! unless the user insists on one, and what the store sends follows the newest page. The reasons stand with the settings
//! of the same names in `specs/koogallery/`.

use std::time::Duration;

use crate::market::setting::{Kind, Setting, SettingError, Values};
use crate::sign::key::VerifyingKey;
use crate::sign::koogallery;
use crate::wire::Secret;

const fn setting(name: &'static str, kind: Kind, default: &'static str, what: &'static str) -> Setting {
    Setting { name, kind, default, what }
}

/// The keys of the section `[koogallery]`, besides those that every marketplace has.
pub const SETTINGS: &[Setting] = &[
    setting("access-key", Kind::Secret, "", "the key bound to the basic interface; without it the built-in test key"),
    setting("kit-access-key", Kind::Secret, "", "the key bound to the joint-operation kit, which must be another one"),
    setting(
        "open-api.ak",
        Kind::Text,
        "AKDEMO",
        "the access key with which the vendor signs its calls of the open API",
    ),
    setting("open-api.sk", Kind::Secret, "", "the secret key that belongs to it; without it the built-in test secret"),
    setting(
        "product.charging",
        Kind::Choice(&["any", "period", "one-time", "on-demand"]),
        "any",
        "how the product is charged; decides which cases apply",
    ),
    setting("product.upgradable", Kind::Flag, "true", "whether buyers can change specification or capacity"),
    setting(
        "product.kit",
        Kind::Choice(&["false", "true", "v2", "v1"]),
        "",
        "whether the vendor serves the joint-operation kit, and which; true is v2",
    ),
    setting("site", Kind::Choice(&["cn", "intl", "eu"]), "cn", "the site on which the product is sold"),
    setting(
        "kit.public-key",
        Kind::File,
        "",
        "the RSA public key in PEM that the vendor registered for clientSecret; without it that of the built-in test key",
    ),
    setting(
        "kit.secret-padding",
        Kind::Choice(&["oaep-sha256-mgf1-sha1", "oaep-sha256", "oaep-sha1", "pkcs1"]),
        "oaep-sha256-mgf1-sha1",
        "how clientSecret is padded",
    ),
    setting("kit.login", Kind::Text, "/login", "where the buyer's browser is let in, below the vendor's address"),
    setting("kit.code-lifetime", Kind::Time, "5m", "for how long a code of the identity centre is good"),
    setting("kit.token-lifetime", Kind::Time, "2h", "for how long an access token of the identity centre is good"),
    setting(
        "kit.redirect-uri",
        Kind::Choice(&["optional", "required"]),
        "optional",
        "whether redirect_uri must stand in the exchange of a code that was sent to one",
    ),
    setting(
        "kit.sync-time-digits",
        Kind::Choice(&["17", "14"]),
        "17",
        "how many digits currentSyncTime of the kit has",
    ),
    setting(
        "time-limit",
        Kind::Time,
        "",
        "how long an answer may take: 5s for saas-v2, 20s for saas-v1; --timeout wins",
    ),
    setting("timestamp-unit", Kind::Choice(&["ms", "s"]), "ms", "the unit of the timestamp in the query of saas-v2"),
    setting("timestamp-window", Kind::Time, "60s", "for how long a signed call of saas-v2 is good"),
    setting("wire-order", Kind::Choice(&["sorted", "unsorted"]), "sorted", "the order of a body's members on the wire"),
    setting("nested-order", Kind::Choice(&["sorted", "unsorted"]), "sorted", "the order of members inside productInfo"),
    setting(
        "signature-case",
        Kind::Choice(&["upper", "lower"]),
        "upper",
        "the case of the signature's hexadecimal digits",
    ),
    setting(
        "charset",
        Kind::Choice(&["utf8", "utf-8", "none"]),
        "utf8",
        "the charset named in the content type of a call",
    ),
    setting(
        "real-test-flag",
        Kind::Choice(&["absent", "0"]),
        "",
        "testFlag of real traffic: absent, and \"0\" on the site eu",
    ),
    setting("expire-time-digits", Kind::Choice(&["14", "17"]), "14", "how many digits expireTime has"),
    setting(
        "body-sign",
        Kind::Choice(&["optional", "required", "ignored"]),
        "",
        "whether answers must be signed: optional for saas-v2, required for saas-v1",
    ),
    setting(
        "credentials",
        Kind::Choice(&["either", "plain", "encrypted"]),
        "either",
        "whether userName and password of saas-v2 are encrypted",
    ),
    setting(
        "encrypt-type",
        Kind::Choice(&["1", "2"]),
        "1",
        "the encryption where an answer names none: 1 is AES-256, 2 AES-128",
    ),
    setting(
        "token-escaping",
        Kind::Choice(&["encoded", "raw"]),
        "encoded",
        "whether authToken of saas-v1 is percent-encoded",
    ),
    setting("empty-values", Kind::Choice(&["kept", "dropped"]), "kept", "empty parameters in the authToken of saas-v1"),
    setting("code-prefix", Kind::Choice(&["MKT", "CBC"]), "MKT", "the prefix of the open API's result codes"),
    setting("clock-window", Kind::Time, "15m", "how far the time of a signed call of the open API may be off"),
    setting(
        "usage-ak-sk",
        Kind::Choice(&["optional", "required", "refused"]),
        "optional",
        "whether the usage push carries an AK/SK signature besides its own",
    ),
    setting(
        "usage-value",
        Kind::Choice(&["either", "text", "number"]),
        "either",
        "whether usage_value is a text or a number",
    ),
];

/// What of a product decides whether a case applies to it: settings, under the names by which scenarios call them.
pub const TRAITS: &[(&str, &[&str])] = &[
    ("charging", &["period", "one-time", "on-demand"]),
    ("upgradable", &["true"]),
    ("site", &["cn", "intl", "eu"]),
    ("kit", &["v2", "v1"]),
];

/// The interface that the store speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interface {
    /// Version 2.0: signed JSON by POST.
    SaasV2,
    /// Version 1.0: signed parameters by GET. Retired for products listed after 2024-04-27.
    SaasV1,
}

/// The site on which a product is sold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Site {
    /// China.
    #[default]
    Cn,
    /// International.
    Intl,
    /// Europe.
    Eu,
}

/// Which joint-operation kit a vendor serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kit {
    /// None.
    Absent,
    /// Version 2.0, signed in three headers.
    V2,
    /// Version 1.0, with `authToken` in a header. Retired for new listings.
    V1,
}

/// `testFlag` of real traffic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flag {
    /// Not sent.
    Absent,
    /// `"0"`.
    Zero,
}

/// Whether answers must be signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodySign {
    /// Their absence is noted; a header that is there must be right.
    Optional,
    /// They must.
    Required,
    /// The header is not looked at.
    Ignored,
}

/// How access data stand in an answer of version 2.0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credentials {
    /// As the tables have it.
    Plain,
    /// As one example has it.
    Encrypted,
}

/// What the user can set of this marketplace.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The key bound to the basic interface.
    pub access_key: Secret,
    /// The key bound to the kit.
    pub kit_access_key: Secret,
    /// The access key of the vendor's calls of the open API.
    pub ak: String,
    /// The secret key of the vendor's calls of the open API.
    pub sk: Secret,
    /// How the product is charged, as `period`, `one-time` or `on-demand`; `None` plays every case.
    pub charging: Option<String>,
    /// Whether buyers can change specification or capacity.
    pub upgradable: bool,
    /// The site.
    pub site: Site,
    /// Which kit the vendor serves; `None` plays whichever is asked for.
    pub kit: Option<Kit>,
    /// The vendor's RSA public key for `clientSecret`.
    pub kit_public_key: VerifyingKey,
    /// How `clientSecret` is padded.
    pub secret_padding: koogallery::client_secret::Padding,
    /// Where the buyer's browser is let in, below the vendor's address.
    pub login: String,
    /// For how long a code of the identity centre is good.
    pub code_lifetime: Duration,
    /// For how long an access token of the identity centre is good.
    pub token_lifetime: Duration,
    /// Whether `redirect_uri` must stand in the exchange of a code that was sent to one.
    pub redirect_uri_required: bool,
    /// Whether `currentSyncTime` of the kit is sent without milliseconds, in 14 digits.
    pub short_sync_time: bool,
    /// How long an answer may take; `None` is the interface's own limit.
    pub time_limit: Option<Duration>,
    /// For how long a signed call is good.
    pub timestamp_window: Duration,
    /// Whether timestamps are in seconds, against every example.
    pub timestamp_in_seconds: bool,
    /// Whether the members of a body are sent in another order than sorted.
    pub unsorted_wire: bool,
    /// Whether the members inside `productInfo` are sent unsorted, and signed so.
    pub unsorted_nested: bool,
    /// How a signature of version 2.0 is written.
    pub signature: koogallery::v2::Settings,
    /// The content type of a call.
    pub content_type: &'static str,
    /// `testFlag` of real traffic.
    pub real_test_flag: Flag,
    /// Whether `expireTime` is sent with milliseconds, in 17 digits.
    pub long_expire_time: bool,
    /// Whether answers must be signed; `None` is the interface's own rule.
    pub body_sign: Option<BodySign>,
    /// How access data stand in an answer of version 2.0; `None` accepts both.
    pub credentials: Option<Credentials>,
    /// The encryption where an answer names none.
    pub encrypt_type: koogallery::credential::EncryptType,
    /// How `authToken` is made and written.
    pub auth_token: koogallery::auth_token::Settings,
    /// `MKT` or `CBC`.
    pub code_prefix: &'static str,
    /// How far the time of a signed call of the open API may be off.
    pub clock_window: Duration,
    /// Whether the usage push carries an AK/SK signature besides its own: `None` is optional.
    pub usage_ak_sk: Option<bool>,
    /// Whether `usage_value` is a text: `None` accepts both.
    pub usage_value_is_text: Option<bool>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            access_key: koogallery::test_key(),
            kit_access_key: koogallery::test_kit_key(),
            ak: "AKDEMO".to_owned(),
            sk: Secret::new("storeproof-koogallery-test-secret-01"),
            charging: None,
            upgradable: true,
            site: Site::default(),
            kit: None,
            kit_public_key: koogallery::client_secret::PrivateKey::test().public().clone(),
            secret_padding: koogallery::client_secret::Padding::default(),
            login: "/login".to_owned(),
            code_lifetime: Duration::from_secs(5 * 60),
            token_lifetime: Duration::from_secs(2 * 60 * 60),
            redirect_uri_required: false,
            short_sync_time: false,
            time_limit: None,
            timestamp_window: Duration::from_secs(60),
            timestamp_in_seconds: false,
            unsorted_wire: false,
            unsorted_nested: false,
            signature: koogallery::v2::Settings::default(),
            content_type: "application/json;charset=utf8",
            real_test_flag: Flag::Absent,
            long_expire_time: false,
            body_sign: None,
            credentials: None,
            encrypt_type: koogallery::credential::EncryptType::default(),
            auth_token: koogallery::auth_token::Settings::default(),
            code_prefix: "MKT",
            clock_window: Duration::from_secs(15 * 60),
            usage_ak_sk: None,
            usage_value_is_text: None,
        }
    }
}

impl Settings {
    /// Reads what the user has set.
    ///
    /// # Errors
    ///
    /// When a value is not of its kind, or the two keys are one.
    pub fn new(values: &Values) -> Result<Self, SettingError> {
        use koogallery::v2::{Depth, HexCase};
        let mut settings = Self::default();
        let secret = |name: &str| values.get(name).map(Secret::new);
        settings.access_key = secret("access-key").unwrap_or(settings.access_key);
        settings.kit_access_key = secret("kit-access-key").unwrap_or(settings.kit_access_key);
        if settings.access_key == settings.kit_access_key {
            let problem = "the store binds another key to each kind of interface; this is the access-key";
            return Err(SettingError::new("kit-access-key", problem));
        }
        settings.ak = values.get("open-api.ak").map_or(settings.ak, str::to_owned);
        settings.sk = secret("open-api.sk").unwrap_or(settings.sk);
        settings.charging = values.get("product.charging").filter(|word| *word != "any").map(str::to_owned);
        settings.upgradable = values.flag("product.upgradable")?.unwrap_or(settings.upgradable);
        let site = values.choice("site", &[("cn", Site::Cn), ("intl", Site::Intl), ("eu", Site::Eu)])?;
        settings.site = site.unwrap_or_default();
        settings.of_kit(values)?;
        settings.time_limit = values.time("time-limit")?;
        settings.timestamp_window = values.time("timestamp-window")?.unwrap_or(settings.timestamp_window);
        let flag = |name: &str, off: &str, on: &str, field: &mut bool| -> Result<(), SettingError> {
            *field = values.choice(name, &[(off, false), (on, true)])?.unwrap_or(*field);
            Ok(())
        };
        flag("timestamp-unit", "ms", "s", &mut settings.timestamp_in_seconds)?;
        flag("wire-order", "sorted", "unsorted", &mut settings.unsorted_wire)?;
        flag("nested-order", "sorted", "unsorted", &mut settings.unsorted_nested)?;
        flag("expire-time-digits", "14", "17", &mut settings.long_expire_time)?;
        flag("kit.sync-time-digits", "17", "14", &mut settings.short_sync_time)?;
        if settings.unsorted_nested {
            settings.signature.depth = Depth::Top;
        }
        let case = values.choice("signature-case", &[("upper", HexCase::Upper), ("lower", HexCase::Lower)])?;
        settings.signature.case = case.unwrap_or(settings.signature.case);
        let charset = [
            ("utf8", "application/json;charset=utf8"),
            ("utf-8", "application/json;charset=utf-8"),
            ("none", "application/json"),
        ];
        settings.content_type = values.choice("charset", &charset)?.unwrap_or(settings.content_type);
        let of_site = if settings.site == Site::Eu { Flag::Zero } else { Flag::Absent };
        let real = values.choice("real-test-flag", &[("absent", Flag::Absent), ("0", Flag::Zero)])?;
        settings.real_test_flag = real.unwrap_or(of_site);
        settings.body_sign = values.choice(
            "body-sign",
            &[("optional", BodySign::Optional), ("required", BodySign::Required), ("ignored", BodySign::Ignored)],
        )?;
        settings.credentials = values
            .choice(
                "credentials",
                &[("either", None), ("plain", Some(Credentials::Plain)), ("encrypted", Some(Credentials::Encrypted))],
            )?
            .flatten();
        if let Some(code) = values.get("encrypt-type") {
            settings.encrypt_type = koogallery::credential::EncryptType::from_code(code)
                .ok_or_else(|| SettingError::new("encrypt-type", format!("{code:?} is neither \"1\" nor \"2\"")))?;
        }
        let form =
            [("encoded", koogallery::auth_token::TokenForm::Escaped), ("raw", koogallery::auth_token::TokenForm::Raw)];
        settings.auth_token.form = values.choice("token-escaping", &form)?.unwrap_or(settings.auth_token.form);
        let empty = [
            ("kept", koogallery::auth_token::EmptyValues::Kept),
            ("dropped", koogallery::auth_token::EmptyValues::Dropped),
        ];
        settings.auth_token.empty_values =
            values.choice("empty-values", &empty)?.unwrap_or(settings.auth_token.empty_values);
        let prefix = values.choice("code-prefix", &[("MKT", "MKT"), ("CBC", "CBC")])?;
        settings.code_prefix = prefix.unwrap_or(settings.code_prefix);
        settings.clock_window = values.time("clock-window")?.unwrap_or(settings.clock_window);
        let both = [("optional", None), ("required", Some(true)), ("refused", Some(false))];
        settings.usage_ak_sk = values.choice("usage-ak-sk", &both)?.flatten();
        let value = [("either", None), ("text", Some(true)), ("number", Some(false))];
        settings.usage_value_is_text = values.choice("usage-value", &value)?.flatten();
        Ok(settings)
    }

    /// Reads what is set of the kit.
    fn of_kit(&mut self, values: &Values) -> Result<(), SettingError> {
        use koogallery::client_secret::{LEAST_BITS, Padding};
        let kits = [("false", Kit::Absent), ("true", Kit::V2), ("v2", Kit::V2), ("v1", Kit::V1)];
        self.kit = values.choice("product.kit", &kits)?;
        let paddings = [
            ("oaep-sha256-mgf1-sha1", Padding::OaepSha256Mgf1Sha1),
            ("oaep-sha256", Padding::OaepSha256),
            ("oaep-sha1", Padding::OaepSha1),
            ("pkcs1", Padding::Pkcs1),
        ];
        self.secret_padding = values.choice("kit.secret-padding", &paddings)?.unwrap_or(self.secret_padding);
        self.login = values.get("kit.login").map_or(std::mem::take(&mut self.login), str::to_owned);
        self.code_lifetime = values.time("kit.code-lifetime")?.unwrap_or(self.code_lifetime);
        self.token_lifetime = values.time("kit.token-lifetime")?.unwrap_or(self.token_lifetime);
        let redirect = values.choice("kit.redirect-uri", &[("optional", false), ("required", true)])?;
        self.redirect_uri_required = redirect.unwrap_or(self.redirect_uri_required);
        if let Some(pem) = values.get("kit.public-key") {
            let wrong = |problem: String| SettingError::new("kit.public-key", problem);
            let key = VerifyingKey::from_pem(pem).map_err(|error| wrong(error.to_string()))?;
            let bits = key.components().0.len() * 8;
            if bits < LEAST_BITS {
                return Err(wrong(format!("the key has {bits} bits; the store takes none below {LEAST_BITS}")));
            }
            self.kit_public_key = key;
        }
        Ok(())
    }

    /// Dialects of the kit that the vendor serves, and of the login that follows.
    pub fn further_dialects(&self) -> &'static [&'static str] {
        match self.kit {
            None | Some(Kit::Absent) => &[],
            Some(Kit::V2) => &["kit-v2", "login"],
            Some(Kit::V1) => &["kit-v1"],
        }
    }

    /// Why a case about products of these traits does not apply to this one; `None` where it does.
    pub fn refuses(&self, applies: &[(String, Vec<String>)]) -> Option<String> {
        let wanted = |name: &str, actual: &str| {
            applies.iter().all(|(one, values)| one != name || values.iter().any(|value| value == actual))
        };
        let site = match self.site {
            Site::Cn => "cn",
            Site::Intl => "intl",
            Site::Eu => "eu",
        };
        match self.charging.as_deref() {
            Some("period") if !wanted("charging", "period") => return Some("a product charged by period".to_owned()),
            Some("one-time") if !wanted("charging", "one-time") => return Some("a product charged once".to_owned()),
            Some(other) if !wanted("charging", other) => return Some("a product charged by use".to_owned()),
            _ => {}
        }
        if !self.upgradable && !wanted("upgradable", "false") {
            return Some("a product that buyers cannot change".to_owned());
        }
        let kit = match self.kit {
            None => true,
            Some(Kit::Absent) => wanted("kit", "none"),
            Some(Kit::V2) => wanted("kit", "v2"),
            Some(Kit::V1) => wanted("kit", "v1"),
        };
        if !kit {
            return Some(match self.kit {
                Some(Kit::V2) => "a vendor with the joint-operation kit V2.0".to_owned(),
                Some(Kit::V1) => "a vendor with the joint-operation kit V1.0".to_owned(),
                _ => "a vendor without the joint-operation kit".to_owned(),
            });
        }
        (!wanted("site", site)).then(|| format!("a product on the site {site}"))
    }

    /// What of the product decides which cases apply, by the names of [`TRAITS`].
    pub(crate) fn traits(&self) -> Vec<(String, String)> {
        let site = match self.site {
            Site::Cn => "cn",
            Site::Intl => "intl",
            Site::Eu => "eu",
        };
        let charging = self.charging.as_deref().unwrap_or("any");
        let kit = match self.kit {
            None => "any",
            Some(Kit::Absent) => "none",
            Some(Kit::V2) => "v2",
            Some(Kit::V1) => "v1",
        };
        let upgradable = if self.upgradable { "true" } else { "false" };
        let traits = [("charging", charging), ("upgradable", upgradable), ("site", site), ("kit", kit)];
        traits.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    /// The keys in use, a line each. What the user has set is a secret, and shown where `reveal` says so.
    pub(crate) fn keys(&self, reveal: bool) -> String {
        let built_in = Self::default();
        let shown = |secret: &Secret, built_in: &Secret| match (secret == built_in, reveal) {
            (true, _) => format!("{} (built in, for tests)", secret.expose()),
            (false, true) => secret.expose().to_owned(),
            (false, false) => "[set; --reveal shows it]".to_owned(),
        };
        [
            ("access-key", shown(&self.access_key, &built_in.access_key)),
            ("kit-access-key", shown(&self.kit_access_key, &built_in.kit_access_key)),
            ("open-api.ak", self.ak.clone()),
            ("open-api.sk", shown(&self.sk, &built_in.sk)),
        ]
        .map(|(name, value)| format!("{name:<15} {value}\n"))
        .concat()
            + &self.kit_key(&built_in)
    }

    /// The key for `clientSecret`. Of the built-in one the private half is given too: a vendor needs it to try the kit.
    fn kit_key(&self, built_in: &Self) -> String {
        if self.kit_public_key != built_in.kit_public_key {
            return format!("{:<15} {}\n", "kit.public-key", "[the vendor's own]");
        }
        let (_, pem) = koogallery::client_secret::PrivateKey::TEST_PEM.split_once("\n\n").unwrap_or_default();
        format!("{:<15} the private half, built in, for tests:\n{pem}", "kit.public-key")
    }

    /// How long an answer of this interface may take: 5 s by the general requirements of version 2.0, 20 s by the FAQ
    /// of version 1.0.
    pub fn time_limit(&self, interface: Interface) -> Duration {
        self.time_limit.unwrap_or(Duration::from_secs(match interface {
            Interface::SaasV2 => 5,
            Interface::SaasV1 => 20,
        }))
    }

    /// Whether answers of this interface must be signed.
    pub fn body_sign(&self, interface: Interface) -> BodySign {
        self.body_sign.unwrap_or(match interface {
            Interface::SaasV2 => BodySign::Optional,
            Interface::SaasV1 => BodySign::Required,
        })
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn with(name: &str, value: &str) -> Result<Settings, SettingError> {
        let mut values = Values::default();
        values.set(name, value);
        Settings::new(&values)
    }

    #[rstest]
    #[case("true", &["kit-v2", "login"], None)]
    #[case("v2", &["kit-v2", "login"], None)]
    #[case("v1", &["kit-v1"], Some("a vendor with the joint-operation kit V1.0"))]
    #[case("false", &[], Some("a vendor without the joint-operation kit"))]
    fn the_kit_of_the_vendor_decides_its_cases(
        #[case] kit: &str,
        #[case] dialects: &[&str],
        #[case] refused: Option<&str>,
    ) {
        let settings = with("product.kit", kit).expect("is a choice");
        assert_eq!(settings.further_dialects(), dialects);
        assert_eq!(settings.refuses(&[("kit".to_owned(), vec!["v2".to_owned()])]).as_deref(), refused);
        assert_eq!(Settings::default().refuses(&[("kit".to_owned(), vec!["v2".to_owned()])]), None);
        assert_eq!(settings.refuses(&[]), None);
    }

    #[test]
    fn a_public_key_is_as_long_as_the_store_asks_for() {
        let short = crate::sign::key::SigningKey::test().public_pem();
        let problem = with("kit.public-key", &short).expect_err("2048 bits").to_string();
        assert_eq!(problem, "the key has 2048 bits; the store takes none below 3072");
        assert!(with("kit.public-key", "no key").is_err());
        let own = with("kit.public-key", include_str!("../../sign/keys/kit-other.pem")).expect("3072 bits");
        assert!(own.keys(false).contains("[the vendor's own]"));
        assert!(Settings::default().keys(false).contains("BEGIN PRIVATE KEY"));
    }

    #[rstest]
    #[case(None, true, Site::Cn, None)]
    #[case(Some("period"), true, Site::Intl, None)]
    #[case(Some("one-time"), true, Site::Cn, Some("a product charged once"))]
    #[case(Some("on-demand"), true, Site::Cn, Some("a product charged by use"))]
    #[case(Some("period"), false, Site::Cn, Some("a product that buyers cannot change"))]
    #[case(None, true, Site::Eu, Some("a product on the site eu"))]
    fn cases_about_other_products_are_refused(
        #[case] charging: Option<&str>,
        #[case] upgradable: bool,
        #[case] site: Site,
        #[case] expected: Option<&str>,
    ) {
        let settings = Settings { charging: charging.map(str::to_owned), upgradable, site, ..Settings::default() };
        let trait_of =
            |name: &str, values: &[&str]| (name.to_owned(), values.iter().map(|&it| it.to_owned()).collect());
        let applies =
            [trait_of("charging", &["period"]), trait_of("upgradable", &["true"]), trait_of("site", &["cn", "intl"])];
        assert_eq!(settings.refuses(&applies).as_deref(), expected);
        assert_eq!(settings.refuses(&[]), None);
    }
}
