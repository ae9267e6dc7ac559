//! Every place of an exchange at which foreign text can stand.

use crate::wire::{Exchange, Headers, Loss, TlsTrouble, Visit, VisitEnd};

/// One place.
pub(super) enum Leaf<'a> {
    /// Bytes.
    Bytes(&'a mut Vec<u8>),
    /// A text.
    Text(&'a mut String),
}

impl Leaf<'_> {
    /// Puts something else there, where something else is given.
    pub(super) fn change(self, other: impl FnOnce(&[u8]) -> Option<Vec<u8>>) {
        match self {
            Self::Bytes(bytes) => {
                if let Some(other) = other(bytes) {
                    *bytes = other;
                }
            }
            Self::Text(text) => {
                if let Some(other) = other(text.as_bytes()) {
                    // Forms of secrets are whole characters.
                    *text = String::from_utf8_lossy(&other).into_owned();
                }
            }
        }
    }
}

/// Visits every place of an exchange.
pub(super) fn each_leaf(exchange: &mut Exchange, act: &mut dyn FnMut(Leaf<'_>)) {
    let request = &mut exchange.request;
    act(Leaf::Text(&mut request.method));
    act(Leaf::Text(&mut request.target));
    headers(&mut request.headers, act);
    act(Leaf::Bytes(&mut request.body));
    match &mut exchange.answer {
        Ok(response) => {
            act(Leaf::Text(&mut response.reason));
            headers(&mut response.headers, act);
            act(Leaf::Bytes(&mut response.body));
        }
        Err(lost) => loss(lost, act),
    }
    act(Leaf::Bytes(&mut exchange.raw.sent));
    act(Leaf::Bytes(&mut exchange.raw.received));
    act(Leaf::Text(&mut exchange.peer.base));
    if let Some(tls) = &mut exchange.peer.tls {
        tls.trouble.iter_mut().for_each(|trouble| tls_trouble(trouble, act));
    }
}

/// Visits every place of a visit.
pub(super) fn each_leaf_of_visit(visit: &mut Visit, act: &mut dyn FnMut(Leaf<'_>)) {
    act(Leaf::Text(&mut visit.url));
    visit.hops.iter_mut().for_each(|hop| act(Leaf::Text(&mut hop.url)));
    match &mut visit.end {
        VisitEnd::Page { media_type, text } => {
            media_type.iter_mut().for_each(|media_type| act(Leaf::Text(media_type)));
            act(Leaf::Text(text));
        }
        VisitEnd::LeftOrigin { to } => act(Leaf::Text(to)),
        VisitEnd::Failed { why } => act(Leaf::Text(why)),
        VisitEnd::TooManyRedirects | VisitEnd::NotAUrl => {}
    }
}

fn headers(headers: &mut Headers, act: &mut dyn FnMut(Leaf<'_>)) {
    for header in headers.iter_mut() {
        act(Leaf::Text(&mut header.name));
        act(Leaf::Bytes(&mut header.value));
    }
}

fn loss(loss: &mut Loss, act: &mut dyn FnMut(Leaf<'_>)) {
    match loss {
        Loss::NoSuchHost { host: text }
        | Loss::NoConnection { detail: text }
        | Loss::ShortBody { expected: text, .. }
        | Loss::Malformed { problem: text, .. } => act(Leaf::Text(text)),
        Loss::Tls(trouble) => tls_trouble(trouble, act),
        Loss::Refused
        | Loss::ConnectTimeOut { .. }
        | Loss::ClosedBeforeAnswer
        | Loss::ClosedInHead
        | Loss::HeadTooLarge { .. }
        | Loss::BodyTooLarge { .. }
        | Loss::TimeOut { .. }
        | Loss::HungUp => {}
    }
}

fn tls_trouble(trouble: &mut TlsTrouble, act: &mut dyn FnMut(Leaf<'_>)) {
    match trouble {
        TlsTrouble::WrongName { name: text }
        | TlsTrouble::Version { detail: text }
        | TlsTrouble::Handshake { detail: text } => act(Leaf::Text(text)),
        TlsTrouble::Expired | TlsTrouble::NotYetValid | TlsTrouble::UnknownIssuer | TlsTrouble::NotTls => {}
    }
}
