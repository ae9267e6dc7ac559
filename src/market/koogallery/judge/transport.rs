//! How an answer came: over TLS, from a domain name, in time, whole, and without what must not be told.

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

/// HTTPS, the host and the port. A vendor on this machine is judged as if a proxy with all of it stood in front.
pub(super) fn connection(case: &Case<'_>, judgement: &mut Judgement) {
    let peer = &case.exchange.peer;
    if peer.loopback {
        let why = "the vendor is on this machine; TLS and a domain name are taken to stand in front of it";
        let rules = [rule::HTTPS, rule::TLS, rule::HOST, rule::PORT];
        rules.into_iter().for_each(|requirement| judgement.skip_local(requirement, why));
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
    findings
}
