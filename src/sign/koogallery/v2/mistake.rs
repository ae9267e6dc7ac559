//! The known mistakes of the recipe: wrong calls, each with what the store's contract says about it.

use crate::sign::mistake::mistakes;

mistakes! {
    /// One way in which the signature of a call can be wrong, or unusual.
    Mistake;

    /// No signature is sent.
    MissingSignature = "missing-signature", MustRefuse, "a call without a signature",
        "Whoever finds the address could create and release instances.";
    /// The signature is there and empty.
    EmptySignature = "empty-signature", MustRefuse, "a call with an empty signature",
        "An empty value is how an unset variable arrives; it must not open the door.";
    /// The first half of the right signature.
    TruncatedSignature = "truncated-signature", MustRefuse, "a call with half a signature",
        "A comparison that stops at the shorter text lets short signatures be guessed.";
    /// One digit of the signature replaced.
    ChangedSignature = "changed-signature", MustRefuse, "a call with one digit of its signature changed",
        "Every digit of the signature must count.";
    /// No timestamp is sent.
    MissingTimestamp = "missing-timestamp", MustRefuse, "a call without a timestamp",
        "Code that reads the time without looking fails here; the documented answer is 000002.";
    /// No nonce is sent.
    MissingNonce = "missing-nonce", MustRefuse, "a call without a nonce",
        "Code that reads the nonce without looking fails here; the documented answer is 000002.";
    /// Right in every way but the key.
    WrongKey = "wrong-key", MustRefuse, "a call signed with another key",
        "Without a check of the signature anybody can act as the store.";
    /// Signed with the key of the other kind of interface.
    OtherInterfaceKey = "other-interface-key", MustRefuse,
        "a call signed with the key of the other kind of interface",
        "Basic interface and kit have a key each; one must not open the other.";
    /// A member of the body changed after signing.
    ChangedBody = "changed-body", MustRefuse, "a call whose body was changed after signing",
        "The body must be part of what is checked, or anybody on the way can change the order.";
    /// The timestamp moved by a millisecond after signing.
    ChangedTimestamp = "changed-timestamp", MustRefuse, "a call whose timestamp was changed after signing",
        "A timestamp that is not checked with the signature lets old calls be sent again for ever.";
    /// The nonce changed after signing.
    ChangedNonce = "changed-nonce", MustRefuse, "a call whose nonce was changed after signing",
        "A nonce that is not checked with the signature stops no replay.";
    /// Plain SHA-256 of the payload where its HMAC belongs.
    PlainInner = "plain-inner", MustRefuse, "a call whose inner digest is plain SHA-256",
        "The inner digest is an HMAC; a vendor that accepts this one will refuse the store's.";
    /// The inner digest in upper case.
    UpperCaseInner = "upper-case-inner", MustRefuse, "a call whose inner digest is written in upper case",
        "The inner digest is signed as text, so its case changes the result; the store writes lower case.";
    /// Signed the way of the other kind of interface.
    OtherCanonical = "other-canonical", MustRefuse, "a call signed the way of the other kind of interface",
        "The basic interface hashes the body first, the kit does not; a vendor of both needs both.";
    /// Members sorted from Z to A, as some English pages say.
    DescendingSort = "descending-sort", MustRefuse, "a call whose members were sorted descending",
        "Some pages say so, but their examples and the store's sample sort ascending.";
    /// The payload with blanks after commas and colons.
    BlanksSigned = "blanks-signed", MustRefuse, "a call signed over a body with blanks",
        "The payload is compact; a vendor whose serialiser adds blanks refuses the store's calls.";
    /// The body's members out of order, and signed as they stand.
    UnsortedSigned = "unsorted-signed", AdviseRefuse, "a call signed over its unsorted body as it stands",
        "The documented payload is sorted; a vendor that signs what it received agrees only while the store sends sorted bodies.";
    /// The right signature in base64.
    Base64 = "base64", AdviseRefuse, "a call with its signature in base64",
        "The documented form is hex.";
    /// The right signature in the case that the settings do not choose.
    OtherCase = "other-case", MustAccept, "a call with its signature in the other case of hex",
        "Newer examples are in upper case, older ones in lower case: compare without regard to case.";
    /// The body's members out of order, signed by the documented rule.
    UnsortedBody = "unsorted-body", AdviseAccept, "a call with an unsorted body, signed as documented",
        "The documented rule sorts before it signs, so the order on the wire must not matter.";
    /// A body with blanks, signed by the documented rule.
    BlanksInBody = "blanks-in-body", AdviseAccept, "a call with blanks in its body, signed as documented",
        "The documented rule writes the body anew, so blanks on the wire must not matter.";
    /// A body with escapes for what is not ASCII, signed by the documented rule.
    EscapesInBody = "escapes-in-body", AdviseAccept, "a call with \\uXXXX escapes in its body, signed as documented",
        "The documented rule writes the body anew, so escapes on the wire must not matter.";
    /// The time in seconds, sent and signed.
    TimestampInSeconds = "timestamp-in-seconds", MustRefuse, "a call with its timestamp in seconds",
        "Some pages say seconds, every example has milliseconds; read as milliseconds it is decades old.";
    /// Letters for a timestamp, with a right signature.
    NonNumericTimestamp = "non-numeric-timestamp", MustRefuse, "a well-signed call whose timestamp is no number",
        "Code that parses without looking answers HTTP 500; the documented answer is 000002.";
    /// 50 seconds ago, inside the window.
    Stale50s = "stale-50s", MustAccept, "a call of 50 seconds ago",
        "Calls are valid for 60 seconds; a narrower window refuses calls of the store that were under way.";
    /// 61 seconds ago. Documents say 60 and nothing of a tolerance.
    Stale61s = "stale-61s", ShouldRefuse, "a call of 61 seconds ago", "Calls are valid for 60 seconds.";
    /// 70 seconds ago, outside the window with a margin.
    Stale70s = "stale-70s", MustRefuse, "a call of 70 seconds ago",
        "Calls are valid for 60 seconds; a signature without end is a password that every log holds.";
    /// An hour ago.
    Stale1h = "stale-1h", MustRefuse, "a call of an hour ago",
        "A signature that never ends is a password: whoever has seen one call can repeat it.";
    /// An hour ahead.
    Future = "future", AdviseRefuse, "a call from an hour ahead",
        "A call dated ahead would be accepted for that much longer. The store's own sample does not look.";
    /// The nonce of the delivery before, with a right signature.
    ReplayedNonce = "replayed-nonce", AdviseRefuse, "a call with a nonce that was used before",
        "The documents ask the vendor to keep nonces, so that a recorded call cannot be repeated.";
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn names_are_unique_and_lead_back() {
        let names: HashSet<_> = Mistake::ALL.iter().map(|mistake| mistake.name()).collect();
        assert_eq!(names.len(), Mistake::ALL.len());
        for mistake in Mistake::ALL {
            assert_eq!(mistake.name().parse(), Ok(*mistake));
        }
        assert_eq!("wrong-kye".parse::<Mistake>().expect_err("unknown").nearest, Some("wrong-key"));
    }
}
