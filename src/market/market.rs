//! A marketplace as the user has set it.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::setting::{Setting, SettingError, Values};
use super::{CallError, Clients, Session, Vendor, VendorError, VendorOptions, koogallery, kt_bizstore, plain, scp};
use crate::sign::key::{KeyError, VerifyingKey};
use crate::spec::{Scope, embedded};
use crate::wire::{Request, Response, Secret};

/// The marketplaces that can be played.
pub const MARKETPLACES: &[&str] = &["kt-bizstore", "koogallery", "scp"];

/// How long an answer may take where neither the user nor a marketplace says.
const TIME_LIMIT: Duration = Duration::from_secs(10);

/// A marketplace with its settings: makes what plays it, and the vendor that it can be tried against.
#[derive(Clone, Debug)]
pub enum Market {
    /// No marketplace: plain Arazzo documents.
    Plain {
        /// How long an answer may take.
        time_limit: Duration,
    },
    /// KT Cloud Biz Store.
    KtBizstore(Arc<kt_bizstore::Settings>),
    /// Huawei Cloud KooGallery.
    KooGallery(Arc<koogallery::Store>),
    /// Samsung Cloud Platform.
    Scp(Arc<scp::Store>),
}

/// Why a token or a key cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum CredentialError {
    /// The calls of this marketplace carry no token that could be used on its own.
    #[error("the calls of {0} are signed one by one; there is no token to print")]
    NoToken(&'static str),
    /// Signing failed, or the mistake is unknown.
    #[error(transparent)]
    Call(#[from] CallError),
}

impl Market {
    /// The marketplace of this name, set as the user has it. `time_limit` wins over what is set.
    ///
    /// # Errors
    ///
    /// When a setting cannot be used.
    pub fn new(name: Option<&str>, values: &Values, time_limit: Option<Duration>) -> Result<Self, SettingError> {
        match name {
            Some("kt-bizstore") => {
                let mut settings = kt_bizstore::Settings::new(values)?;
                settings.time_limit = time_limit.unwrap_or(settings.time_limit);
                Ok(Self::KtBizstore(Arc::new(settings)))
            }
            Some("koogallery") => {
                let mut settings = koogallery::Settings::new(values)?;
                settings.time_limit = time_limit.or(settings.time_limit);
                Ok(Self::KooGallery(Arc::new(koogallery::Store::new(settings))))
            }
            Some("scp") => {
                let settings = scp::Settings::new(values)?;
                Ok(Self::Scp(Arc::new(scp::Store::new(settings))))
            }
            _ => Ok(Self::Plain { time_limit: time_limit.unwrap_or(TIME_LIMIT) }),
        }
    }

    /// The same marketplace behind a listener of this base address. Where clients sign the whole URL, its scheme is part
    /// of what they sign and stands nowhere in the request.
    #[must_use]
    pub fn serving(self, base: &str) -> Self {
        match self {
            Self::Scp(store) => Self::Scp(Arc::new(store.serving(base))),
            Self::KooGallery(store) => {
                // Calls of the kit tell vendors where the identity centres are, which are served here too.
                store.served_at(base);
                Self::KooGallery(store)
            }
            other => other,
        }
    }

    /// The same marketplace with the public key of the real store, against which tokens of real calls are examined. Where
    /// no public key is used nothing changes.
    ///
    /// # Errors
    ///
    /// When the text is no public key.
    pub fn trusting(self, pem: &str) -> Result<Self, KeyError> {
        let key = Arc::new(VerifyingKey::from_pem(pem)?);
        Ok(match self {
            Self::KtBizstore(settings) => {
                let settings = kt_bizstore::Settings { store_key: Some(key), ..(*settings).clone() };
                Self::KtBizstore(Arc::new(settings))
            }
            other => other,
        })
    }

    /// How long an answer may take.
    pub fn time_limit(&self) -> Duration {
        match self {
            Self::Plain { time_limit } => *time_limit,
            // The store waits for no answer of a vendor's.
            Self::Scp(_) => TIME_LIMIT,
            Self::KtBizstore(settings) => settings.time_limit,
            // A case of version 1.0 has more; what is too late for version 2.0 is judged, not cut off.
            Self::KooGallery(store) => store.settings.time_limit(koogallery::Interface::SaasV1),
        }
    }

    /// Plays one case.
    pub fn session(&self) -> Session {
        match self {
            Self::Plain { time_limit } => Session::Plain(plain::Session { time_limit: *time_limit }),
            Self::KtBizstore(settings) => {
                Session::KtBizstore(Box::new(kt_bizstore::Session::new(Arc::clone(settings))))
            }
            Self::KooGallery(store) => Session::KooGallery(Box::new(koogallery::Session::new(Arc::clone(store)))),
            Self::Scp(store) => Session::Scp(Box::new(scp::Session::new(Arc::clone(store)))),
        }
    }

    /// Why a case that is about products of these traits does not apply to the user's; `None` where it does.
    pub fn refuses(&self, applies: &[(String, Vec<String>)]) -> Option<String> {
        match self {
            Self::Plain { .. } | Self::KtBizstore(_) | Self::Scp(_) => None,
            Self::KooGallery(store) => store.settings.refuses(applies),
        }
    }

    /// Dialects that the user's product has besides those that are played by default, as its configuration says.
    pub fn further_dialects(&self) -> &'static [&'static str] {
        match self {
            Self::Plain { .. } | Self::KtBizstore(_) | Self::Scp(_) => &[],
            Self::KooGallery(store) => store.settings.further_dialects(),
        }
    }

    /// The dialects that are played of the one that the user names, and of what belongs to the product besides.
    pub fn dialects(&self, chosen: Option<&str>) -> Vec<String> {
        let name = match self {
            Self::Plain { .. } => return Vec::new(),
            Self::KtBizstore(_) => "kt-bizstore",
            Self::KooGallery(_) => "koogallery",
            Self::Scp(_) => "scp",
        };
        match chosen {
            Some(dialect) => vec![dialect.to_owned()],
            None => {
                let own = default_dialects(name).iter().chain(self.further_dialects());
                own.map(|&dialect| dialect.to_owned()).collect()
            }
        }
    }

    /// What of the product decides which cases and requirements apply, as the user has set it: name and value.
    pub fn traits(&self) -> Vec<(String, String)> {
        match self {
            Self::Plain { .. } | Self::KtBizstore(_) | Self::Scp(_) => Vec::new(),
            Self::KooGallery(store) => store.settings.traits(),
        }
    }

    /// The member of an answer's body that carries the store's result code, where it has one.
    pub fn result_code(&self) -> Option<&'static str> {
        match self {
            Self::Plain { .. } | Self::KtBizstore(_) | Self::Scp(_) => None,
            Self::KooGallery(_) => Some("resultCode"),
        }
    }

    /// Whether vendors call this marketplace.
    pub fn is_called(&self) -> bool {
        match self {
            Self::Plain { .. } | Self::KtBizstore(_) => false,
            Self::KooGallery(_) | Self::Scp(_) => true,
        }
    }

    /// The operation of this marketplace's own API that a request calls, by its address; `None` where it is none.
    pub fn called(&self, request: &Request) -> Option<&'static str> {
        match self {
            Self::Plain { .. } | Self::KtBizstore(_) => None,
            Self::KooGallery(_) => koogallery::called(request),
            Self::Scp(_) => scp::called(request),
        }
    }

    /// Whether an answer of a vendor's says that it does not take the caller for the marketplace.
    pub fn is_refusal(&self, response: &Response) -> bool {
        let refused = matches!(response.status, 401 | 403);
        match self {
            Self::Plain { .. } | Self::KtBizstore(_) | Self::Scp(_) => refused,
            Self::KooGallery(_) => refused || koogallery::is_refusal(response),
        }
    }

    /// Answers a call of a vendor's to this marketplace.
    pub fn answer(&self, request: &Request, now: Timestamp) -> Response {
        match self {
            Self::Plain { .. } => Response::new(404),
            Self::KtBizstore(_) => kt_bizstore::answer(request),
            Self::KooGallery(store) => store.answer(request, now),
            Self::Scp(store) => store.answer(request, now),
        }
    }

    /// The reference vendor, which trusts this marketplace.
    ///
    /// # Errors
    ///
    /// When a fault is unknown or a key cannot be used, or where there is no marketplace.
    pub fn vendor(&self, options: &VendorOptions) -> Result<Vendor, VendorError> {
        match self {
            Self::Plain { .. } => Err(VendorError::NoMarketplace),
            Self::KtBizstore(settings) => Vendor::kt_bizstore(settings, options),
            Self::KooGallery(store) => Vendor::koogallery(&store.settings, options),
            Self::Scp(_) => Err(VendorError::Client("Samsung Cloud Platform")),
        }
    }

    /// Whether vendors are clients and nothing else, so that their programs are what is tried.
    pub fn vendors_are_clients(&self) -> bool {
        match self {
            Self::Plain { .. } | Self::KtBizstore(_) | Self::KooGallery(_) => false,
            Self::Scp(_) => true,
        }
    }

    /// The reference client, which has the keys of this marketplace.
    ///
    /// # Errors
    ///
    /// When a fault is unknown, or vendors are no clients.
    pub fn clients(&self, faults: &[String]) -> Result<Clients, VendorError> {
        match self {
            Self::Plain { .. } | Self::KtBizstore(_) | Self::KooGallery(_) => Err(VendorError::NoMarketplace),
            Self::Scp(store) => Clients::scp(&store.settings, faults),
        }
    }

    /// The keys with which a vendor's program calls, by the ends of the names of their variables: `ACCESS_KEY`.
    pub fn client_keys(&self) -> Vec<(&'static str, Secret)> {
        match self {
            Self::Plain { .. } | Self::KtBizstore(_) | Self::KooGallery(_) => Vec::new(),
            Self::Scp(store) => {
                let scp::Settings { access_key, secret_key, .. } = &*store.settings;
                vec![("ACCESS_KEY", Secret::new(access_key.as_str())), ("SECRET_KEY", secret_key.clone())]
            }
        }
    }

    /// What a vendor has to know of the keys in use: public halves as PEM, and shared secrets by name. A secret of the
    /// user's is shown where `reveal` says so; a built-in test key is none.
    pub fn keys(&self, reveal: bool) -> String {
        match self {
            Self::Plain { .. } => String::new(),
            Self::KtBizstore(settings) => settings.key().public_pem(),
            Self::KooGallery(store) => store.settings.keys(reveal),
            Self::Scp(store) => store.settings.keys(reveal),
        }
    }

    /// Keys that no report may show, wherever a vendor puts them.
    pub fn secrets(&self) -> Vec<Secret> {
        match self {
            // What KT's store signs with never leaves it.
            Self::Plain { .. } | Self::KtBizstore(_) => Vec::new(),
            Self::KooGallery(store) => {
                let settings = &store.settings;
                vec![settings.access_key.clone(), settings.kit_access_key.clone(), settings.sk.clone()]
            }
            Self::Scp(store) => vec![store.settings.secret_key.clone()],
        }
    }

    /// A fresh token for one call, for use in `curl`; `None` where the mistake is to send none.
    ///
    /// # Errors
    ///
    /// Where a token cannot stand on its own, or the mistake is unknown.
    pub fn token(&self, tamper: Option<&str>, now: Timestamp) -> Result<Option<Secret>, CredentialError> {
        match self {
            Self::Plain { .. } => Err(CredentialError::NoToken("a plain Arazzo document")),
            Self::KooGallery(_) => Err(CredentialError::NoToken("KooGallery")),
            Self::Scp(_) => Err(CredentialError::NoToken("Samsung Cloud Platform")),
            Self::KtBizstore(settings) => Ok(kt_bizstore::token(settings, tamper, now)?),
        }
    }
}

/// What of a product decides whether a case applies to it: names, each with the values that a scenario may give in
/// `info.x-storeproof.applies`.
pub fn traits(marketplace: &str) -> &'static [(&'static str, &'static [&'static str])] {
    match marketplace {
        "koogallery" => koogallery::TRAITS,
        _ => &[],
    }
}

/// What a requirement of a marketplace can be about less than all of it: its dialects, and the traits of a product.
pub fn scope(marketplace: &str) -> Scope {
    let words = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
    let interfaces = embedded::interface_texts().filter(|file| file.marketplace() == marketplace);
    let dialects = interfaces.filter_map(|file| Some(file.name().split_once('/')?.1.to_owned())).collect();
    let traits = traits(marketplace).iter().map(|&(name, values)| (name.to_owned(), words(values))).collect();
    Scope { dialects, traits }
}

/// The dialects that are played where the user names none; none means all.
pub fn default_dialects(marketplace: &str) -> &'static [&'static str] {
    match marketplace {
        "kt-bizstore" => &["bizstore-2.1.2"],
        "koogallery" => &["saas-v2", "order-notify"],
        "scp" => &["product-1.0"],
        _ => &[],
    }
}

/// The settings of a marketplace's section in `storeproof.toml`.
pub fn settings(marketplace: &str) -> &'static [Setting] {
    match marketplace {
        "kt-bizstore" => kt_bizstore::SETTINGS,
        "koogallery" => koogallery::SETTINGS,
        "scp" => scp::SETTINGS,
        _ => &[],
    }
}
