//! Wrong answers on purpose.

use std::fmt;

use super::deviation::{Deviation, compute};
use super::doctor::Known;
use super::mistake::Mistake;
use super::{HEADER, SIGN_TYPE, header};
use crate::sign::json::{Document, Order, Style};
use crate::wire::Headers;

/// A wrong answer.
#[derive(Clone, PartialEq, Eq)]
pub struct Forged {
    /// The header as it is spelled, and its value; `None` where none is sent.
    pub header: Option<(&'static str, String)>,
    /// The body to send: the given one, unless the mistake changes it.
    pub body: Vec<u8>,
}

impl Forged {
    /// The header alone as fields.
    pub fn headers(&self) -> Headers {
        self.header.iter().map(|(name, value)| (*name, value.as_str())).collect()
    }
}

impl fmt::Debug for Forged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Forged").field("header", &self.header.as_ref().map(|(name, _)| name)).finish_non_exhaustive()
    }
}

/// An answer with one mistake. Some show only where the body lets them: a body of one member is always sorted.
pub fn forge(mistake: Mistake, body: &[u8], known: &Known<'_>) -> Forged {
    let document = Document::parse(body);
    let made = |how: &[Deviation]| compute(body, document.as_ref(), known, how).unwrap_or_default();
    let right = made(&[]);
    let spelled = |name: &'static str, value: String| Forged { header: Some((name, value)), body: body.to_vec() };
    let deviating = |how| spelled(HEADER, header(&made(&[how])));
    match mistake {
        Mistake::MissingHeader => Forged { header: None, body: body.to_vec() },
        Mistake::NameCase => spelled("Body-sign", header(&right)),
        Mistake::NameLowerCase => spelled("body-sign", header(&right)),
        Mistake::NoQuotes => spelled(HEADER, format!("sign_type={SIGN_TYPE}, signature={right}")),
        Mistake::BareSignature => spelled(HEADER, right),
        Mistake::OtherSignType => spelled(HEADER, format!(r#"sign_type="HmacSHA256", signature="{right}""#)),
        Mistake::BlankAfterEquals => spelled(HEADER, format!(r#"sign_type="{SIGN_TYPE}", signature= "{right}""#)),
        Mistake::WrongKey => deviating(Deviation::SecondTestKey),
        Mistake::KeyAndTimeStamp => deviating(Deviation::KeyAndTimeStamp),
        Mistake::ChangedBody => Forged { body: changed(body), ..spelled(HEADER, header(&right)) },
        Mistake::LineFeedSent => Forged { body: [body, b"\n"].concat(), ..spelled(HEADER, header(&right)) },
        Mistake::LineFeedSigned => deviating(Deviation::LineFeedAdded),
        Mistake::SortedSigned => {
            let turned = document
                .as_ref()
                .map(|document| Style { order: Order::Descending, ..Style::AS_READ }.write(document).into_bytes());
            let turned = turned.unwrap_or_else(|| body.to_vec());
            let parsed = Document::parse(&turned);
            let signature = compute(&turned, parsed.as_ref(), known, &[Deviation::Sorted]).unwrap_or_default();
            Forged { header: Some((HEADER, header(&signature))), body: turned }
        }
        Mistake::BlanksSigned => deviating(Deviation::Spaced),
        Mistake::Hex => deviating(Deviation::Hex),
        Mistake::PlainSha256 => deviating(Deviation::PlainSha256),
    }
}

/// The member that [`Mistake::ChangedBody`] appends.
pub(super) const ADDED: &[u8] = br#","storeproof":"changed"}"#;

/// The body with a member more, or with a blank more where it is no object.
fn changed(body: &[u8]) -> Vec<u8> {
    match body.trim_ascii_end().strip_suffix(b"}") {
        Some(open) => [open, ADDED].concat(),
        None => [body, b" "].concat(),
    }
}
