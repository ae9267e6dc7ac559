//! How an answer came: over TLS, from a domain name, in time, whole, and without what must not be told.

use std::sync::LazyLock;

use regex::Regex;
use url::Host;

use super::super::rule;
use super::super::settings::Interface;
use super::Case;
use super::sent::Sent;
use crate::check::{leak, location, message};
use crate::verdict::{Breach, Finding, Judgement, Place, RequirementId};
use crate::wire::{Loss, Response, Secret};

/// How long the debugging console waits, whatever the interface (V2 FAQ, INTL `topic_0070649120`).
const CONSOLE: std::time::Duration = std::time::Duration::from_secs(20);

/// Errors of databases, and places inside the server, as common systems write them.
static INSIDE: LazyLock<Regex> = LazyLock::new(|| {
    let signs = [
        r"SQLSTATE\[|\bORA-\d{5}\b|SQLSyntaxErrorException|SQLIntegrityConstraintViolation|error in your SQL syntax",
        r"Duplicate entry '|violates unique constraint|org\.(hibernate|springframework)\.|com\.mysql\.|psycopg2\.|sqlalchemy\.",
        r"(^|[\s:'(])/(home|var/www|usr/src|usr/local|srv|opt|app/src)/[\w./-]+",
        r"[A-Z]:\\+(Users|inetpub|Program Files|www)\\",
    ];
    Regex::new(&signs.join("|")).expect("the patterns are constants and a test compiles them")
});

/// HTTPS, the host and the port. A vendor on this machine is judged as if a proxy with all of it stood in front.
pub(super) fn connection(case: &Case<'_>, judgement: &mut Judgement) {
    let peer = &case.exchange.peer;
    if peer.loopback {
        let why = "the vendor is on this machine; TLS and a domain name are taken to stand in front of it";
        [rule::HTTPS, rule::HOST, rule::PORT].into_iter().for_each(|requirement| judgement.skip(requirement, why));
        return;
    }
    let wrong = |requirement: RequirementId, problem: &str, expected: &str| {
        let (problem, expected) = (problem.to_owned(), expected.to_owned());
        Finding::new(requirement, Place::Connection, Breach::Url { problem, expected, actual: peer.base.clone() })
    };
    match &peer.tls {
        None => judgement.find(wrong(rule::HTTPS, "a plain http address", "https")),
        Some(tls) => judgement.findings.extend(
            tls.trouble.clone().map(|trouble| Finding::new(rule::TLS, Place::Connection, Breach::Tls { trouble })),
        ),
    }
    let Ok(url) = location::absolute(&peer.base) else { return };
    if matches!(url.host(), Some(Host::Ipv4(_) | Host::Ipv6(_))) {
        judgement.find(wrong(rule::HOST, "an IP address", "a domain name"));
    }
    if url.scheme() == "https" && url.port().is_some() {
        judgement.find(wrong(rule::PORT, "on another port than 443", "port 443"));
    }
}

/// The answer came in time.
pub(super) fn time(case: &Case<'_>, sent: &Sent) -> Option<Finding> {
    let limit = case.store.settings.time_limit(case.interface());
    let actual = case.exchange.timing.total;
    message::time(&too_late(case, sent, actual), limit, actual)
}

/// The rule that an answer breaks that takes this long.
fn too_late(case: &Case<'_>, sent: &Sent, actual: std::time::Duration) -> RequirementId {
    match case.interface() {
        _ if case.operation() == "newInstance" && !sent.test() => rule::CREATE_NOT_BLOCKING,
        Interface::SaasV2 if actual <= CONSOLE => rule::ANSWER_TIME,
        _ => rule::ANSWER_TIME_CONSOLE,
    }
}

/// An answer that never came whole.
pub(super) fn lost(case: &Case<'_>, sent: &Sent, loss: &Loss) -> Option<Finding> {
    let breach = Breach::Lost { loss: loss.clone() };
    Some(match loss {
        // Nothing to hold against the vendor: it was never reached, or we hung up ourselves.
        Loss::HungUp => return None,
        unreachable if unreachable.unreachable() => return None,
        Loss::Tls(trouble) => Finding::new(rule::TLS, Place::Connection, Breach::Tls { trouble: trouble.clone() }),
        Loss::TimeOut { limit } => Finding::new(too_late(case, sent, *limit), Place::Time, breach),
        _ => Finding::new(rule::HTTP_ANSWER, Place::Connection, breach),
    })
}

/// The answer gives nothing away.
pub(super) fn leaks(case: &Case<'_>, response: &Response) -> Vec<Finding> {
    let mut findings = leak::answer(&rule::ANSWER_LEAK, &case.exchange.request, response);
    let mut find = |place: Place, what: &str, because: &str| {
        let breach = Breach::Unwanted { what: what.to_owned(), because: because.to_owned() };
        findings.push(Finding::new(rule::ANSWER_LEAK, place, breach));
    };
    let text = response.text();
    let settings = &case.store.settings;
    let keys: [&Secret; 3] = [&settings.access_key, &settings.kit_access_key, &settings.sk];
    for key in keys.into_iter().filter(|key| key.expose().len() >= 8) {
        if text.contains(key.expose()) {
            find(Place::Body(String::new()), "a key", "whoever reads the answer can act as the store");
        }
        for header in response.headers.iter().filter(|header| header.text().contains(key.expose())) {
            find(Place::Header(header.name.clone()), "a key", "whoever reads the answer can act as the store");
        }
    }
    // Addresses and notes for the buyer are the vendor's own affair; a message is where exceptions end up.
    let json: Option<serde_json::Value> = serde_json::from_slice(&response.body).ok();
    let message =
        json.as_ref().map(|value| value.get("resultMsg").and_then(|message| message.as_str()).unwrap_or_default());
    if INSIDE.is_match(message.unwrap_or(&text)) {
        let place = if json.is_some() { "/resultMsg" } else { "" };
        let because = "it shows the inside of the server to whoever calls it";
        find(Place::Body(place.to_owned()), "an error of a database, or a path of the server", because);
    }
    findings
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::INSIDE;

    #[rstest]
    #[case("Duplicate entry 'CS1' for key 'order_id'", true)]
    #[case("SQLSTATE[23000]: Integrity constraint violation", true)]
    #[case("cannot open /var/www/html/config.php", true)]
    #[case("org.hibernate.exception.ConstraintViolationException", true)]
    #[case("C:\\inetpub\\app\\web.config is missing", true)]
    #[case("orderId is missing", false)]
    #[case("see https://vendor.example/home/help", false)]
    #[case("success", false)]
    fn the_inside_of_a_server_is_told_from_prose(#[case] text: &str, #[case] found: bool) {
        assert_eq!(INSIDE.is_match(text), found);
    }
}
