//! What is wrong with a call to the identity centre, first things first.

use jiff::{SignedDuration, Timestamp};

use super::Operation;
use super::grants::Grant;
use crate::market::koogallery::kit;
use crate::market::koogallery::store::Store;
use crate::wire::Request;

/// How long a refresh token is good (CN `0070649443`).
const REFRESH: SignedDuration = SignedDuration::from_hours(30 * 24);

/// A call that is carried out.
#[derive(Debug)]
pub(crate) enum Call {
    /// The browser is sent back with a code.
    Authorize { tenant: String, redirect: String, state: Option<String> },
    /// A code is exchanged.
    Exchange { code: String, grant: Grant },
    /// A token is refreshed.
    Refresh { grant: Grant },
    /// The user is told.
    UserInfo { grant: Grant },
    /// The browser is sent on.
    Logout { redirect: Option<String> },
}

/// What is wrong with a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CodeTrouble {
    #[error("no code of this identity centre")]
    Unknown,
    #[error("a code that was exchanged before; a code is good once")]
    Used,
    #[error("a code whose time is over")]
    Expired,
    #[error("a code of another client")]
    OtherClient,
}

/// What is wrong with a call.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Trouble {
    #[error("{} was sent as {sent}; it is a {}", .0.what(), .0.route().0, sent = .1)]
    Method(Operation, String),
    #[error("client_id and client_secret stand in Authorization (HTTP Basic); they belong into the form")]
    Basic,
    #[error("the parameters stand in the address; they belong into the form")]
    InAddress,
    #[error("the body is {0}; it is application/x-www-form-urlencoded")]
    NotForm(String),
    #[error("the parameter {0} is missing")]
    Missing(&'static str),
    #[error("grant_type is {0:?}; it is authorization_code or refresh_token")]
    GrantType(String),
    #[error("there is no client {0:?}")]
    Client(String),
    #[error("client_secret is not that of the client")]
    Secret,
    #[error("{0}")]
    Code(CodeTrouble),
    #[error("redirect_uri is {}, and the code was sent to {expected:?}", .actual.as_deref().map_or_else(|| "missing".to_owned(), |it| format!("{it:?}")))]
    Redirect { expected: String, actual: Option<String> },
    #[error("no refresh token of this client, or one whose time is over")]
    RefreshToken,
    #[error("response_type is {0:?}; it is code")]
    ResponseType(String),
    #[error("redirect_uri {0:?} is no absolute address")]
    RedirectForm(String),
    #[error("there is no Authorization: Bearer with an access token")]
    NoBearer,
    #[error("the access token stands in the address; it belongs into Authorization: Bearer")]
    TokenInAddress,
    #[error("no access token of this identity centre, or one whose time is over")]
    AccessToken,
}

impl Trouble {
    /// Whether it is about the way in which the client's credentials are sent.
    pub(crate) fn is_of_form(&self) -> bool {
        matches!(self, Self::Basic | Self::InAddress | Self::NotForm(_))
    }
}

/// The fields of a form; nothing where the body is none.
pub(crate) fn form_of(request: &Request) -> Vec<(String, String)> {
    url::form_urlencoded::parse(&request.body).into_owned().collect()
}

fn query_of(request: &Request) -> Vec<(String, String)> {
    url::form_urlencoded::parse(request.query().unwrap_or_default().as_bytes()).into_owned().collect()
}

fn field(fields: &[(String, String)], name: &'static str) -> Result<String, Trouble> {
    optional(fields, name).ok_or(Trouble::Missing(name))
}

fn optional(fields: &[(String, String)], name: &str) -> Option<String> {
    fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone()).filter(|value| !value.is_empty())
}

/// What a call is, or what is wrong with it. Nothing is changed.
pub(crate) fn check(store: &Store, operation: Operation, request: &Request, now: Timestamp) -> Result<Call, Trouble> {
    if request.method != operation.route().0 {
        return Err(Trouble::Method(operation, request.method.clone()));
    }
    match operation {
        Operation::Authorize => authorize(store, request),
        Operation::Token => token(store, request, now),
        Operation::UserInfo => user_info(store, request, now),
        Operation::Logout => Ok(Call::Logout { redirect: optional(&query_of(request), "redirect_url") }),
    }
}

fn authorize(store: &Store, request: &Request) -> Result<Call, Trouble> {
    let fields = query_of(request);
    let client = field(&fields, "client_id")?;
    let redirect = field(&fields, "redirect_uri")?;
    let kind = field(&fields, "response_type")?;
    if kind != "code" {
        return Err(Trouble::ResponseType(kind));
    }
    let books = store.books();
    let tenant = books.grants.clients.get(&client).map(|known| known.tenant.clone());
    let tenant = tenant.ok_or(Trouble::Client(client))?;
    if url::Url::parse(&redirect).is_err() {
        return Err(Trouble::RedirectForm(redirect));
    }
    Ok(Call::Authorize { tenant, redirect, state: optional(&fields, "state") })
}

fn token(store: &Store, request: &Request, now: Timestamp) -> Result<Call, Trouble> {
    let basic =
        request.headers.text("authorization").is_some_and(|value| value.to_ascii_lowercase().starts_with("basic"));
    if basic {
        return Err(Trouble::Basic);
    }
    let media = request.headers.text("content-type").unwrap_or_default().to_ascii_lowercase();
    let fields = form_of(request);
    if optional(&query_of(request), "client_id").is_some() || optional(&query_of(request), "grant_type").is_some() {
        return Err(Trouble::InAddress);
    }
    if !media.starts_with("application/x-www-form-urlencoded") {
        let media = if media.is_empty() { "without a content type".to_owned() } else { media };
        return Err(Trouble::NotForm(media));
    }
    let kind = field(&fields, "grant_type")?;
    let client = field(&fields, "client_id")?;
    let secret = field(&fields, "client_secret")?;
    let books = store.books();
    if !books.grants.clients.contains_key(&client) {
        return Err(Trouble::Client(client));
    }
    if kit::secret_of(&store.settings, &client).expose() != secret {
        return Err(Trouble::Secret);
    }
    match kind.as_str() {
        "authorization_code" => {
            let code = field(&fields, "code")?;
            let grant = books.grants.codes.get(&code).ok_or(Trouble::Code(CodeTrouble::Unknown))?;
            let trouble = match () {
                () if grant.client != client => Some(CodeTrouble::OtherClient),
                () if grant.used => Some(CodeTrouble::Used),
                () if !is_fresh(grant, store.settings.code_lifetime, now) => Some(CodeTrouble::Expired),
                () => None,
            };
            if let Some(trouble) = trouble {
                return Err(Trouble::Code(trouble));
            }
            let redirect = optional(&fields, "redirect_uri");
            let needed = redirect.is_some() || store.settings.redirect_uri_required;
            if let Some(expected) =
                grant.redirect.clone().filter(|expected| needed && redirect.as_ref() != Some(expected))
            {
                return Err(Trouble::Redirect { expected, actual: redirect });
            }
            Ok(Call::Exchange { code, grant: grant.clone() })
        }
        "refresh_token" => {
            let token = field(&fields, "refresh_token")?;
            let grant = books.grants.refresh.get(&token).filter(|grant| grant.client == client);
            let grant = grant.filter(|grant| now.duration_since(grant.issued) < REFRESH);
            grant.map(|grant| Call::Refresh { grant: grant.clone() }).ok_or(Trouble::RefreshToken)
        }
        _ => Err(Trouble::GrantType(kind)),
    }
}

fn user_info(store: &Store, request: &Request, now: Timestamp) -> Result<Call, Trouble> {
    let header = request.headers.text("authorization").unwrap_or_default();
    let bearer = header.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    let Some((_, token)) = bearer else {
        return Err(match optional(&query_of(request), "access_token") {
            Some(_) => Trouble::TokenInAddress,
            None => Trouble::NoBearer,
        });
    };
    let books = store.books();
    let grant = books.grants.access.get(token.trim());
    let grant = grant.filter(|grant| is_fresh(grant, store.settings.token_lifetime, now));
    grant.map(|grant| Call::UserInfo { grant: grant.clone() }).ok_or(Trouble::AccessToken)
}

fn is_fresh(grant: &Grant, lifetime: std::time::Duration, now: Timestamp) -> bool {
    let age = now.duration_since(grant.issued);
    SignedDuration::try_from(lifetime).is_ok_and(|lifetime| age < lifetime)
}
