//! Wrong calls on purpose.

use super::deviation::Deviation;
use super::mistake::Mistake;
use super::{Delivery, HexCase, Settings, Signed, sign, signed};
use crate::sign::digest::with_last_changed;
use crate::sign::json::{Blanks, Document, Escapes, Order, Style};
use crate::wire::Secret;

/// The nonce of [`Mistake::ReplayedNonce`] where the delivery names none before it.
pub const REPLAYED_NONCE: &str = "5EEDBEEF5EEDBEEF5EEDBEEF5EEDBEEF";

/// The member that [`Mistake::ChangedBody`] adds to a body without a `businessId` to change.
pub(super) const ADDED_MEMBER: &str = "storeproof";

/// A call with one mistake.
///
/// A mistake of a body shows only where the body lets it: one without members beyond ASCII has none to escape.
pub fn forge(mistake: Mistake, delivery: &Delivery<'_>) -> Signed {
    let right = || sign(delivery);
    let deviating = |how| {
        let now = delivery.now.as_millisecond().to_string();
        signed(delivery, now, delivery.nonce, delivery.body, &[how])
    };
    let moved = |seconds: i64| {
        let then = delivery.now.as_millisecond().saturating_add(seconds * 1000);
        signed(delivery, then.to_string(), delivery.nonce, delivery.body, &[])
    };
    let with_body = |body: Vec<u8>, how: &[Deviation]| {
        signed(delivery, delivery.now.as_millisecond().to_string(), delivery.nonce, &body, how)
    };
    let with_signature = |change: &dyn Fn(&str) -> String| {
        let right = right();
        let changed = right.signature.as_ref().map(|signature| Secret::new(change(signature.expose())));
        Signed { signature: changed, ..right }
    };
    match mistake {
        Mistake::MissingSignature => Signed { signature: None, ..right() },
        Mistake::EmptySignature => with_signature(&|_| String::new()),
        Mistake::TruncatedSignature => with_signature(&|whole| whole[..whole.len() / 2].to_owned()),
        Mistake::ChangedSignature => with_signature(&|whole| {
            let other = if whole.starts_with('0') { "1" } else { "0" };
            format!("{other}{}", &whole[1..])
        }),
        Mistake::MissingTimestamp => Signed { timestamp: None, ..right() },
        Mistake::MissingNonce => Signed { nonce: None, ..right() },
        Mistake::WrongKey => deviating(Deviation::SecondTestKey),
        Mistake::OtherInterfaceKey => deviating(Deviation::OtherInterfaceKey),
        Mistake::ChangedBody => Signed { body: changed(delivery.body), ..right() },
        Mistake::ChangedTimestamp => {
            let sent = delivery.now.as_millisecond().saturating_sub(1).to_string();
            Signed { timestamp: Some(sent), ..right() }
        }
        Mistake::ChangedNonce => Signed { nonce: Some(with_last_changed(delivery.nonce)), ..right() },
        Mistake::PlainInner => deviating(Deviation::InnerSha256),
        Mistake::UpperCaseInner => deviating(Deviation::InnerUpper),
        Mistake::OtherCanonical => deviating(Deviation::OtherCanonical),
        Mistake::DescendingSort => deviating(Deviation::Descending),
        Mistake::BlanksSigned => deviating(Deviation::Spaced),
        Mistake::UnsortedSigned => with_body(unsorted(delivery.body), &[Deviation::AsReceived]),
        Mistake::Base64 => deviating(Deviation::Base64),
        Mistake::OtherCase => {
            let case = match delivery.settings.case {
                HexCase::Upper => HexCase::Lower,
                HexCase::Lower => HexCase::Upper,
            };
            sign(&Delivery { settings: Settings { case, ..delivery.settings }, ..*delivery })
        }
        Mistake::UnsortedBody => with_body(unsorted(delivery.body), &[]),
        Mistake::BlanksInBody => {
            with_body(rewritten(delivery.body, Style { blanks: Blanks::Spaced, ..Style::AS_READ }), &[])
        }
        Mistake::EscapesInBody => {
            with_body(rewritten(delivery.body, Style { escapes: Escapes::NonAscii, ..Style::AS_READ }), &[])
        }
        Mistake::TimestampInSeconds => {
            signed(delivery, delivery.now.as_second().to_string(), delivery.nonce, delivery.body, &[])
        }
        Mistake::NonNumericTimestamp => signed(delivery, "now".to_owned(), delivery.nonce, delivery.body, &[]),
        Mistake::Stale50s => moved(-50),
        Mistake::Stale61s => moved(-61),
        Mistake::Stale70s => moved(-70),
        Mistake::Stale1h => moved(-3600),
        Mistake::Future => moved(3600),
        Mistake::ReplayedNonce => {
            sign(&Delivery { nonce: delivery.previous_nonce.unwrap_or(REPLAYED_NONCE), ..*delivery })
        }
    }
}

fn rewritten(body: &[u8], style: Style) -> Vec<u8> {
    Document::parse(body).map_or_else(|| body.to_vec(), |document| style.write(&document).into_bytes())
}

/// The body with its members in descending order, which is out of order whenever there are two.
fn unsorted(body: &[u8]) -> Vec<u8> {
    rewritten(body, Style { order: Order::Descending, ..Style::AS_READ })
}

/// The body with something changed that a vendor who does not check the signature has no reason to refuse: the
/// business id, which is another on every call anyway, or one more member.
fn changed(body: &[u8]) -> Vec<u8> {
    let Some(Document::Object(mut members)) = Document::parse(body) else {
        return [body, b" "].concat();
    };
    match members.iter_mut().find(|(name, _)| name == "businessId") {
        Some((_, Document::Text(text))) => *text = with_last_changed(text),
        _ => {
            let at = members.partition_point(|(name, _)| name.as_str() < ADDED_MEMBER);
            members.insert(at, (ADDED_MEMBER.to_owned(), Document::Text("changed".to_owned())));
        }
    }
    Style::AS_READ.write(&Document::Object(members)).into_bytes()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::super::{Received, Refusal, Scheme, Window, testing, verify};
    use super::*;
    use crate::sign::mistake::Treatment;

    fn verified(mistake: Mistake, scheme: Scheme) -> Result<(), Refusal> {
        let key = Secret::new("kg-demo-key-01");
        let forged = forge(mistake, &Delivery { scheme, ..testing::delivery(&key) });
        let received = Received::of(&forged);
        verify(&received, &key, &Settings::default(), testing::now(), &Window::default()).map(|_| ())
    }

    #[rstest]
    fn a_strict_vendor_treats_every_mistake_as_the_contract_asks(#[values(Scheme::Query, Scheme::Kit)] scheme: Scheme) {
        for mistake in Mistake::ALL {
            let accepted = verified(*mistake, scheme).is_ok();
            let expected = match (mistake, scheme) {
                // Only the memory of nonces can tell; the kit has no inner digest to get wrong.
                (Mistake::ReplayedNonce, _) | (Mistake::PlainInner | Mistake::UpperCaseInner, Scheme::Kit) => true,
                _ => matches!(mistake.treatment(), Treatment::MustAccept | Treatment::AdviseAccept),
            };
            assert_eq!(accepted, expected, "{mistake}");
        }
    }

    #[rstest]
    #[case(Mistake::MissingSignature, Refusal::MissingSignature, "000001")]
    #[case(Mistake::EmptySignature, Refusal::EmptySignature, "000001")]
    #[case(Mistake::WrongKey, Refusal::Signature, "000001")]
    #[case(Mistake::MissingTimestamp, Refusal::MissingTimestamp, "000002")]
    #[case(Mistake::MissingNonce, Refusal::MissingNonce, "000002")]
    #[case(Mistake::NonNumericTimestamp, Refusal::TimestampForm, "000002")]
    #[case(Mistake::Stale61s, Refusal::Stale { age: 61_000 }, "000002")]
    #[case(Mistake::Future, Refusal::FromTheFuture { ahead: 3_600_000 }, "000002")]
    fn a_mistake_is_refused_for_its_own_reason(
        #[case] mistake: Mistake,
        #[case] expected: Refusal,
        #[case] code: &str,
    ) {
        let refusal = verified(mistake, Scheme::Query).expect_err("refused");
        assert_eq!((refusal.result_code(), refusal), (code, expected));
    }

    #[test]
    fn no_two_mistakes_send_the_same() {
        let key = Secret::new("kg-demo-key-01");
        let sent = |mistake: &Mistake| {
            let forged = forge(*mistake, &testing::delivery(&key));
            (forged.query(), forged.body)
        };
        let all: std::collections::HashSet<_> = Mistake::ALL.iter().map(sent).collect();
        assert_eq!(all.len(), Mistake::ALL.len());
    }

    #[test]
    fn a_changed_body_gets_a_member_more_where_there_is_no_business_id() {
        assert_eq!(
            changed(br#"{"activity":"q","testFlag":"1"}"#),
            br#"{"activity":"q","storeproof":"changed","testFlag":"1"}"#
        );
        assert_eq!(changed(br#"{"businessId":"b-9"}"#), br#"{"businessId":"b-A"}"#);
        assert_eq!(changed(b"x"), b"x ");
    }
}
