//! Calls of the vendor's to a buyer's identity centre, and what the vendor answers to the buyer's browser.

use std::collections::BTreeSet;

use super::super::identity::{self, CodeTrouble, Operation, Trouble};
use super::super::kit;
use super::super::memory::Memory;
use super::super::rule;
use super::super::store::{Books, Store};
use super::sent::Sent;
use super::{Case, transport};
use crate::verdict::{Breach, Finding, Judgement, Place, RequirementId};
use crate::wire::{Exchange, Request, Response, Visit, VisitEnd};

/// The operation by which the buyer's browser comes to the vendor's application.
pub(crate) const ARRIVE: &str = "arrive";

/// The same with a ticket of CAS.
pub(crate) const ARRIVE_BY_TICKET: &str = "arriveByTicket";

/// Whether a call is about one of these: clients, with the codes and tokens of each, and codes that were made up.
pub(crate) fn concerns(request: &Request, books: &Books, signing: &BTreeSet<String>) -> bool {
    if Operation::of(request).is_none() {
        return false;
    }
    let text = [request.target.as_bytes(), &request.body].concat();
    let text = String::from_utf8_lossy(&text);
    let header = request.headers.text("authorization").unwrap_or_default();
    let mentions = |name: &str| text.contains(name) || header.contains(name);
    let grants = &books.grants;
    let grants = [&grants.codes, &grants.access, &grants.refresh, &grants.tickets];
    signing.iter().any(|name| mentions(name))
        || grants.into_iter().flatten().any(|(name, grant)| signing.contains(&grant.client) && mentions(name))
}

/// The rule that a vendor breaks by not calling this operation.
pub(crate) fn awaited(operation: &str) -> Option<RequirementId> {
    match operation {
        "issueToken" | "getUserInfo" => Some(rule::OAUTH_CALLED),
        "validateTicket" => Some(rule::CAS_CALLED),
        _ => None,
    }
}

/// Judges a call. What was answered with success was right; what was refused is looked at again.
pub(crate) fn judge(operation: Operation, exchange: &Exchange, store: &Store, memory: &mut Memory) -> Judgement {
    let mut judgement = Judgement::default();
    let request = &exchange.request;
    if operation == Operation::UserInfo
        && !request.headers.text("accept").is_some_and(|media| media.contains("application/json"))
    {
        let because = "the page of userinfo makes it mandatory".to_owned();
        let breach = Breach::Missing { what: "Accept: application/json".to_owned(), because };
        judgement.find(Finding::new(rule::OAUTH_ACCEPT, Place::Header("Accept".to_owned()), breach));
    }
    // CAS refuses with HTTP 200 too.
    let good = |response: &&Response| match operation {
        Operation::ValidateTicket => response.text().contains("authenticationSuccess"),
        _ => response.status < 400,
    };
    if let Some(response) = exchange.response().filter(good) {
        if operation == Operation::Token {
            let fields = identity::form_of(request);
            store.books().grants.learn(&fields, &response.json().unwrap_or_default(), exchange.started);
            let named = |wanted: &str| fields.iter().find(|(name, _)| name == wanted).map(|(_, value)| value);
            let books = store.books();
            let grant = named("code").and_then(|code| books.grants.codes.get(code));
            if named("redirect_uri").is_none() && grant.is_some_and(|grant| grant.redirect.is_some()) {
                let met = "redirect_uri is left out of the exchange, which the store's page allows and that of OneAccess does not";
                judgement.read(rule::OAUTH_REDIRECT, Place::Body(String::new()), met);
            }
        }
        return judgement;
    }
    memory.login_refused = true;
    if let Err(trouble) = identity::check(store, operation, request, exchange.started) {
        // A code that the store itself had made up is refused rightly.
        let unknown = [Trouble::Code(CodeTrouble::Unknown), Trouble::Ticket(CodeTrouble::Unknown)];
        let made_up = unknown.contains(&trouble)
            && memory.made_up_codes.iter().any(|code| {
                request.target.contains(code.as_str())
                    || identity::form_of(request).iter().any(|(_, value)| value == code)
            });
        if !made_up {
            judgement.find(finding(operation, exchange, &trouble, store));
        }
    }
    judgement
}

fn finding(operation: Operation, exchange: &Exchange, trouble: &Trouble, store: &Store) -> Finding {
    let request = &exchange.request;
    let fields = identity::form_of(request);
    let value = |name: &str| fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    let refreshing = value("grant_type") == Some("refresh_token");
    let body = |name: &str| Place::Body(format!("/{name}"));
    let status = exchange.response().map(|response| format!("{}: ", response.status)).unwrap_or_default();
    let (what, expected) = (operation.what().to_owned(), vec!["success".to_owned()]);
    let breach = Breach::Answered { what, expected, actual: format!("{status}{trouble}") };
    let (requirement, place) = match trouble {
        Trouble::Ticket(_) | Trouble::Missing("ticket") => (rule::CAS_TICKET, Place::Query("ticket".to_owned())),
        Trouble::Service(_) | Trouble::Missing("service") => (rule::CAS_SERVICE, Place::Query("service".to_owned())),
        Trouble::Method(operation, sent) => {
            let (what, expected) = (operation.what().to_owned(), operation.route().0.to_owned());
            let breach = Breach::Method { what, expected, actual: sent.clone() };
            return Finding::new(rule::OAUTH_CALL, Place::Status, breach);
        }
        _ if refreshing && (trouble.is_of_form() || matches!(trouble, Trouble::Missing(_) | Trouble::RefreshToken)) => {
            (rule::OAUTH_REFRESH, Place::Body(String::new()))
        }
        Trouble::Basic => (rule::OAUTH_FORM, Place::Header("Authorization".to_owned())),
        Trouble::InAddress => (rule::OAUTH_FORM, Place::Course),
        Trouble::NotForm(_) => (rule::OAUTH_FORM, Place::Header("Content-Type".to_owned())),
        Trouble::Client(_) => (rule::OAUTH_CLIENT, body("client_id")),
        Trouble::Secret => (rule::OAUTH_CLIENT, body("client_secret")),
        Trouble::Missing("client_id" | "client_secret") => (rule::OAUTH_CLIENT, Place::Body(String::new())),
        Trouble::Code(_) | Trouble::Missing("code") => (rule::OAUTH_CODE, body("code")),
        Trouble::Redirect { .. } => (rule::OAUTH_REDIRECT, body("redirect_uri")),
        Trouble::RefreshToken => (rule::OAUTH_REFRESH, body("refresh_token")),
        Trouble::NoBearer | Trouble::TokenInAddress | Trouble::AccessToken => {
            (rule::OAUTH_BEARER, Place::Header("Authorization".to_owned()))
        }
        Trouble::Missing(_) | Trouble::GrantType(_) | Trouble::ResponseType(_) | Trouble::RedirectForm(_) => {
            (rule::OAUTH_CALL, Place::Course)
        }
    };
    let finding = Finding::new(requirement, place, breach);
    match why(trouble, value("client_id"), value("client_secret"), store) {
        Some(why) => finding.because(why),
        None => finding,
    }
}

/// What most likely led to it.
fn why(trouble: &Trouble, client: Option<&str>, secret: Option<&str>, store: &Store) -> Option<String> {
    let books = store.books();
    Some(match trouble {
        Trouble::Basic => {
            "most OAuth libraries do so by themselves: set the client authentication to client_secret_post (form)"
                .to_owned()
        }
        Trouble::Client(sent) if books.grants.clients.values().any(|known| known.application == *sent) => {
            "that is the appId: client_id is clientId of applicationSync".to_owned()
        }
        Trouble::Client(_) => "client_id is clientId of the applicationSync of the tenant that signs in".to_owned(),
        Trouble::Secret => {
            let known = client.and_then(|client| books.grants.clients.get(client))?;
            let secret = secret.unwrap_or_default();
            let other = books.grants.clients.keys().any(|id| kit::secret_of(&store.settings, id).expose() == secret);
            if secret == known.encrypted || secret.len() > 256 {
                "it is the clientSecret of applicationSync as it came: decrypt it with your RSA private key first"
                    .to_owned()
            } else if other {
                "it is the secret of another client: look it up by the tenant that signs in".to_owned()
            } else {
                "it is not what clientSecret of applicationSync decrypts to".to_owned()
            }
        }
        Trouble::Code(CodeTrouble::Unknown) => "pass the code on as it came, decoded once".to_owned(),
        Trouble::Code(CodeTrouble::Used) => {
            "exchange each code once, also when the browser reloads the address or sends two requests".to_owned()
        }
        Trouble::Ticket(CodeTrouble::Unknown) => "pass the ticket on as it came, ST- in front included".to_owned(),
        Trouble::Ticket(CodeTrouble::Used) => "validate each ticket once, and keep a session of your own after it".to_owned(),
        Trouble::Service(_) => {
            "service is the whole address at which the browser arrived, its tenant included, without the ticket, and URL-encoded"
                .to_owned()
        }
        Trouble::Redirect { .. } => "send the very redirect_uri of the authorisation, byte for byte".to_owned(),
        _ => return None,
    })
}

/// The login page of the store's own, for vendors that have none (CN `0070649442`).
const UNIFIED: &str = "https://macroverse.huaweicloud.com/unified-login";

/// Where the browser of somebody who has not signed in was led.
pub(crate) fn visited(visit: &Visit, memory: &Memory) -> Judgement {
    let mut judgement = Judgement::default();
    match &visit.end {
        VisitEnd::LeftOrigin { to } if to.starts_with(UNIFIED) => {
            for expected in ["ind=UNOP", "appId="] {
                if !to.contains(expected) {
                    let (problem, expected) =
                        ("not the login page of this application".to_owned(), expected.to_owned());
                    let breach = Breach::Url { problem, expected, actual: to.clone() };
                    judgement.find(Finding::new(rule::OAUTH_CALL, Place::Course, breach));
                }
            }
        }
        VisitEnd::LeftOrigin { to } => {
            let met = format!("the browser is sent to {to}, where it is not followed");
            judgement.read(rule::OAUTH_ARRIVE, Place::Course, met);
        }
        VisitEnd::Page { .. } if !memory.login_refused => {
            let Some(last) = visit.hops.last().filter(|hop| hop.status >= 400) else { return judgement };
            let breach = Breach::Page { url: last.url.clone(), status: last.status };
            let cause = "the tenant, the client and the user were told by the kit just before";
            judgement.find(Finding::new(rule::OAUTH_ARRIVE, Place::Course, breach).because(cause));
        }
        VisitEnd::TooManyRedirects => {
            let what = "more than ten redirects".to_owned();
            let because = "the browser gives up, and nobody can sign in".to_owned();
            judgement.find(Finding::new(rule::OAUTH_ARRIVE, Place::Course, Breach::Unwanted { what, because }));
        }
        _ => {}
    }
    judgement
}

/// What the vendor answers to the browser of a buyer's.
pub(super) fn arrived(case: &Case<'_>, memory: &Memory) -> Judgement {
    let mut judgement = Judgement::default();
    let sent = Sent::default();
    let response = match &case.exchange.answer {
        Ok(response) => response,
        Err(loss) => {
            judgement.findings.extend(transport::lost(case, &sent, loss));
            return judgement;
        }
    };
    judgement.findings.extend(transport::leaks(case, response));
    let made_up = memory.made_up_codes.iter().any(|code| case.exchange.request.target.contains(code.as_str()));
    let breach = Breach::Status { expected: vec!["2xx".to_owned(), "3xx".to_owned()], actual: response.status };
    match response.status {
        500.. if made_up => {
            let cause = "the code is one that the identity centre does not know: show the login page again";
            judgement.find(Finding::new(rule::OAUTH_ERROR, Place::Status, breach).because(cause));
        }
        // What is wrong with the vendor's own calls is told there.
        _ if made_up || memory.login_refused => {}
        404 | 405 => {
            let cause = "nothing is served where the browser lands: name the path of the application with the setting kit.login";
            judgement.find(Finding::new(rule::OAUTH_ARRIVE, Place::Status, breach).because(cause));
        }
        400.. => {
            let cause = "the tenant, the client and the user were told by the kit just before";
            judgement.find(Finding::new(rule::OAUTH_ARRIVE, Place::Status, breach).because(cause));
        }
        _ => {}
    }
    judgement
}
