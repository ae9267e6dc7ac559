//! What a user can set of this marketplace.
//!
//! The reference is silent on much that a client meets: bounds of paging, how names are compared, how dates are read, the
//! bodies of most errors. Each such choice is a setting; its default is what the live service was seen to do, or else what
//! a sibling service of the platform does. The reasons stand with the settings of the same names in
//! `specs/scp/product-1.0.yaml`.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::catalogue::Catalogue;
use super::words::{
    Booleans, DateBounds, ErrorLanguage, Mode, NameMatch, Order, OverLimit, PageZero, PagingNumbers, PastEnd, PlusSign,
    Repeated, RequestIdHeader, ReversedDates, Rows, SignatureError, UnknownId, Unsigned, VersionLink, WrongMethod,
};
use crate::market::setting::{Kind, Setting, SettingError, Values};
use crate::wire::Secret;

const fn setting(name: &'static str, kind: Kind, default: &'static str, what: &'static str) -> Setting {
    Setting { name, kind, default, what }
}

const fn choice(name: &'static str, words: &'static [&'static str], what: &'static str) -> Setting {
    setting(name, Kind::Choice(words), words[0], what)
}

/// The keys of the section `[scp]`, besides those that every marketplace has.
pub const SETTINGS: &[Setting] = &[
    setting("access-key", Kind::Text, "SCPDEMO", "the access key with which clients sign"),
    setting("secret-key", Kind::Secret, "", "the secret key that belongs to it; without it the built-in test secret"),
    setting(
        "public-url",
        Kind::Text,
        "",
        "a second base address that clients may have signed, such as https://product.e.samsungsdscloud.com behind a proxy",
    ),
    setting("timestamp-window", Kind::TimeOr("off"), "5m", "how far Scp-Timestamp may be off, either way"),
    setting("environment", Kind::Text, "e", "the environment that is played: e, s or g; the label in the store's host"),
    choice("mode", Mode::WORDS, "what becomes of a request that the documents neither allow nor forbid"),
    choice("unsigned", Unsigned::WORDS, "the status of a request without a signature"),
    choice(
        "signature-error",
        SignatureError::WORDS,
        "the member in which HmacValidFail stands when a signature is wrong",
    ),
    choice("wrong-method", WrongMethod::WORDS, "the status of a method other than GET"),
    choice("unknown-id", UnknownId::WORDS, "the code with which an id is answered that does not exist"),
    setting("catalogue", Kind::File, "", "a catalogue of your own, in JSON or YAML; without it the built-in one"),
    choice("rows", Rows::WORDS, "which rows of the catalogue are served, by how well they are known"),
    choice("order", Order::WORDS, "the order of a list that is not sorted"),
    setting("default-limit", Kind::Count, "20", "how many items a page has where no limit is sent"),
    setting("max-limit", Kind::CountOr("none"), "none", "the greatest limit"),
    choice("over-limit", OverLimit::WORDS, "what becomes of a limit above the greatest one"),
    choice("page-zero", PageZero::WORDS, "what becomes of page 0, the first page being 1"),
    choice("past-end", PastEnd::WORDS, "how a page behind the last one is answered"),
    choice("repeated", Repeated::WORDS, "which value holds where a parameter that is no list is sent twice"),
    choice("name-match", NameMatch::WORDS, "how display_name and display_name_ko are compared"),
    choice("booleans", Booleans::WORDS, "which spellings a boolean may have in a query"),
    choice("date-bounds", DateBounds::WORDS, "whether the ends of a range of dates belong to it"),
    choice("reversed-dates", ReversedDates::WORDS, "how a range of dates is answered that ends before it begins"),
    choice("plus-sign", PlusSign::WORDS, "what a plus sign in a query stands for"),
    setting(
        "created-by-names",
        Kind::Text,
        "",
        "names that created_by and modified_by may be asked by: \"NAME=ID, NAME=ID\"",
    ),
    setting("text-booleans", Kind::Flag, "false", "whether booleans of an answer are the texts \"True\" and \"False\""),
    choice("paging-numbers", PagingNumbers::WORDS, "current_page and total_pages of a list of categories"),
    choice("error-language", ErrorLanguage::WORDS, "the language of error texts"),
    choice("request-id-header", RequestIdHeader::WORDS, "the header fields in which an answer carries its request id"),
    choice("version-link", VersionLink::WORDS, "where the list of versions points"),
    setting(
        "diagnosis",
        Kind::Flag,
        "true",
        "whether X-Storeproof-Diagnosis says in an answer what is wrong with the request",
    ),
];

/// What the user can set of this marketplace.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The access key of clients.
    pub access_key: String,
    /// The secret key of clients.
    pub secret_key: Secret,
    /// A second base address that clients may have signed.
    pub public_url: Option<String>,
    /// How far a timestamp may be off; `None` does not look at it.
    pub timestamp_window: Option<Duration>,
    /// The label in the store's host.
    pub environment: String,
    /// What becomes of a request that the documents neither allow nor forbid.
    pub mode: Mode,
    /// The status of a request without a signature.
    pub unsigned: Unsigned,
    /// Where a wrong signature is named.
    pub signature_error: SignatureError,
    /// The status of another method.
    pub wrong_method: WrongMethod,
    /// The code of an unknown id.
    pub unknown_id: UnknownId,
    /// The user's catalogue; `None` is the built-in one.
    pub catalogue: Option<Arc<Catalogue>>,
    /// Which of its rows are served.
    pub rows: Rows,
    /// The order of a list that is not sorted.
    pub order: Order,
    /// How many items a page has.
    pub default_limit: u64,
    /// The greatest limit.
    pub max_limit: Option<u64>,
    /// A limit above it.
    pub over_limit: OverLimit,
    /// Page 0.
    pub page_zero: PageZero,
    /// A page behind the last one.
    pub past_end: PastEnd,
    /// A parameter that stands twice.
    pub repeated: Repeated,
    /// How names are compared.
    pub name_match: NameMatch,
    /// How booleans are spelled.
    pub booleans: Booleans,
    /// Whether the ends of a range belong to it.
    pub date_bounds: DateBounds,
    /// A range that ends before it begins.
    pub reversed_dates: ReversedDates,
    /// A plus sign in a query.
    pub plus_sign: PlusSign,
    /// Ids by the names of people.
    pub created_by_names: BTreeMap<String, String>,
    /// Whether booleans of an answer are texts.
    pub text_booleans: bool,
    /// The numbers of a list of categories.
    pub paging_numbers: PagingNumbers,
    /// The language of error texts.
    pub error_language: ErrorLanguage,
    /// Where an answer carries its request id.
    pub request_id_header: RequestIdHeader,
    /// Where the list of versions points.
    pub version_link: VersionLink,
    /// Whether an answer says what is wrong with the request.
    pub diagnosis: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            access_key: "SCPDEMO".to_owned(),
            secret_key: Secret::new("storeproof-scp-test-secret-01"),
            public_url: None,
            timestamp_window: Some(Duration::from_secs(5 * 60)),
            environment: "e".to_owned(),
            mode: Mode::default(),
            unsigned: Unsigned::default(),
            signature_error: SignatureError::default(),
            wrong_method: WrongMethod::default(),
            unknown_id: UnknownId::default(),
            catalogue: None,
            rows: Rows::default(),
            order: Order::default(),
            default_limit: 20,
            max_limit: None,
            over_limit: OverLimit::default(),
            page_zero: PageZero::default(),
            past_end: PastEnd::default(),
            repeated: Repeated::default(),
            name_match: NameMatch::default(),
            booleans: Booleans::default(),
            date_bounds: DateBounds::default(),
            reversed_dates: ReversedDates::default(),
            plus_sign: PlusSign::default(),
            created_by_names: BTreeMap::new(),
            text_booleans: false,
            paging_numbers: PagingNumbers::default(),
            error_language: ErrorLanguage::default(),
            request_id_header: RequestIdHeader::default(),
            version_link: VersionLink::default(),
            diagnosis: true,
        }
    }
}

impl Settings {
    /// Reads what the user has set.
    ///
    /// # Errors
    ///
    /// When a value is not of its kind, or the catalogue cannot be used.
    pub fn new(values: &Values) -> Result<Self, SettingError> {
        let mut settings = Self::default();
        settings.access_key = values.get("access-key").map_or(settings.access_key, str::to_owned);
        settings.secret_key = values.get("secret-key").map_or(settings.secret_key, Secret::new);
        if settings.access_key.is_empty() {
            return Err(SettingError::new("access-key", "an empty access key could not be told from a missing one"));
        }
        if settings.secret_key.expose().is_empty() {
            return Err(SettingError::new("secret-key", "an empty secret key would let everybody in"));
        }
        settings.public_url = values.get("public-url").filter(|url| !url.is_empty()).map(base_address).transpose()?;
        settings.timestamp_window = values.time_or("timestamp-window", "off")?.unwrap_or(settings.timestamp_window);
        settings.environment = values.get("environment").map(label).transpose()?.unwrap_or(settings.environment);
        settings.mode = values.choice("mode", Mode::CHOICES)?.unwrap_or_default();
        settings.unsigned = values.choice("unsigned", Unsigned::CHOICES)?.unwrap_or_default();
        settings.signature_error = values.choice("signature-error", SignatureError::CHOICES)?.unwrap_or_default();
        settings.wrong_method = values.choice("wrong-method", WrongMethod::CHOICES)?.unwrap_or_default();
        settings.unknown_id = values.choice("unknown-id", UnknownId::CHOICES)?.unwrap_or_default();
        settings.catalogue = match values.get("catalogue") {
            Some(text) => {
                Some(Arc::new(Catalogue::parse(text).map_err(|error| SettingError::new("catalogue", error))?))
            }
            None => None,
        };
        settings.rows = values.choice("rows", Rows::CHOICES)?.unwrap_or_default();
        settings.order = values.choice("order", Order::CHOICES)?.unwrap_or_default();
        settings.default_limit = values.count("default-limit")?.unwrap_or(settings.default_limit);
        settings.max_limit = values.count_or("max-limit", "none")?.unwrap_or(settings.max_limit);
        limits(&settings)?;
        settings.over_limit = values.choice("over-limit", OverLimit::CHOICES)?.unwrap_or_default();
        settings.page_zero = values.choice("page-zero", PageZero::CHOICES)?.unwrap_or_default();
        settings.past_end = values.choice("past-end", PastEnd::CHOICES)?.unwrap_or_default();
        settings.repeated = values.choice("repeated", Repeated::CHOICES)?.unwrap_or_default();
        settings.name_match = values.choice("name-match", NameMatch::CHOICES)?.unwrap_or_default();
        settings.booleans = values.choice("booleans", Booleans::CHOICES)?.unwrap_or_default();
        settings.date_bounds = values.choice("date-bounds", DateBounds::CHOICES)?.unwrap_or_default();
        settings.reversed_dates = values.choice("reversed-dates", ReversedDates::CHOICES)?.unwrap_or_default();
        settings.plus_sign = values.choice("plus-sign", PlusSign::CHOICES)?.unwrap_or_default();
        settings.created_by_names = names(values.get("created-by-names").unwrap_or_default())?;
        settings.text_booleans = values.flag("text-booleans")?.unwrap_or(settings.text_booleans);
        settings.paging_numbers = values.choice("paging-numbers", PagingNumbers::CHOICES)?.unwrap_or_default();
        settings.error_language = values.choice("error-language", ErrorLanguage::CHOICES)?.unwrap_or_default();
        settings.request_id_header = values.choice("request-id-header", RequestIdHeader::CHOICES)?.unwrap_or_default();
        settings.version_link = values.choice("version-link", VersionLink::CHOICES)?.unwrap_or_default();
        settings.diagnosis = values.flag("diagnosis")?.unwrap_or(settings.diagnosis);
        Ok(settings)
    }

    /// The keys in use, a line each. What the user has set is a secret, and shown where `reveal` says so.
    pub(crate) fn keys(&self, reveal: bool) -> String {
        let secret = match (self.secret_key == Self::default().secret_key, reveal) {
            (true, _) => format!("{} (built in, for tests)", self.secret_key.expose()),
            (false, true) => self.secret_key.expose().to_owned(),
            (false, false) => "[set; --reveal shows it]".to_owned(),
        };
        format!("access-key  {}\nsecret-key  {secret}\n", self.access_key)
    }
}

/// A base address, without the slash behind it.
fn base_address(text: &str) -> Result<String, SettingError> {
    let refuse = |problem: &str| {
        let problem = format!("{text:?} {problem}; write one such as \"https://product.e.samsungsdscloud.com\"");
        SettingError::new("public-url", problem)
    };
    let url = url::Url::parse(text).map_err(|_| refuse("is no base address"))?;
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return Err(refuse("is no http or https address"));
    }
    if url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() {
        return Err(refuse("is more than scheme, host, port and path"));
    }
    Ok(text.trim_end_matches('/').to_owned())
}

/// The label of an environment, which becomes part of a host name.
fn label(text: &str) -> Result<String, SettingError> {
    let fits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    fits.then(|| text.to_owned())
        .ok_or_else(|| SettingError::new("environment", format!("{text:?} is no label of small letters and digits")))
}

/// A page has an item, or paging would never end.
fn limits(settings: &Settings) -> Result<(), SettingError> {
    match settings {
        Settings { default_limit: 0, .. } => Err(SettingError::new("default-limit", "a page has at least one item")),
        Settings { max_limit: Some(0), .. } => Err(SettingError::new("max-limit", "a page has at least one item")),
        Settings { max_limit: Some(most), default_limit, .. } if most < default_limit => {
            let problem = format!("{most} is less than default-limit, which is {default_limit}");
            Err(SettingError::new("max-limit", problem))
        }
        _ => Ok(()),
    }
}

/// Reads `NAME=ID, NAME=ID`.
fn names(text: &str) -> Result<BTreeMap<String, String>, SettingError> {
    let entries = text.split(',').map(str::trim).filter(|entry| !entry.is_empty());
    let pair = |entry: &str| match entry.split_once('=') {
        Some((name, id)) if !name.trim().is_empty() && !id.trim().is_empty() => {
            Ok((name.trim().to_owned(), id.trim().to_owned()))
        }
        _ => Err(SettingError::new("created-by-names", format!("{entry:?} is not of the form NAME=ID"))),
    };
    entries.map(pair).collect()
}
