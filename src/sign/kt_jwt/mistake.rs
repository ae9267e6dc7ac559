//! The known mistakes of the recipe: wrong tokens, each with what the store's contract says about it.

use std::time::Duration;

use crate::sign::mistake::mistakes;
pub use crate::sign::mistake::{Treatment, UnknownMistake};

mistakes! {
    /// One way in which a token can be wrong, or at a limit.
    Mistake;

    /// The header is not sent at all.
    MissingToken = "missing-token", MustRefuse, "a call without a token",
        "Whoever finds the address could register, bill and delete customers.";
    /// One word without a dot.
    MalformedToken = "malformed-token", MustRefuse, "a value that is no token",
        "A check that passes on unreadable tokens is no check; a crash on one lets anybody stop the service.";
    /// The header is there and empty.
    MalformedEmpty = "malformed-empty", MustRefuse, "an empty token",
        "An empty value is how an unset variable arrives; it must not open the door.";
    /// Header and claims without the part for the signature.
    MalformedTwoParts = "malformed-two-parts", MustRefuse, "a token of two parts",
        "Code that takes the third part without looking fails here.";
    /// Three parts of characters that base64url does not have.
    MalformedNotBase64 = "malformed-not-base64", MustRefuse, "a token that is not base64url",
        "Code that decodes without looking fails here.";
    /// Header and claims are no JSON, but the signature over them is right.
    MalformedNotJson = "malformed-not-json", MustRefuse, "a well-signed token whose header is not JSON",
        "Code that reads members without looking fails here.";
    /// The claims are JSON `null`, and the signature is right.
    MalformedClaims = "malformed-claims", MustRefuse, "a well-signed token whose claims are not an object",
        "Code that reads `iat` without looking fails here.";
    /// Right in every way but the key.
    OtherKey = "other-key", MustRefuse, "a token signed with another key",
        "Without a check of the signature anybody can act as the store.";
    /// `iat` moved by one second after signing: everything else a verifier may look at is still right.
    ChangedPayload = "changed-payload", MustRefuse, "a token whose claims were changed after signing",
        "The signature must be checked over the claims as they arrived, not over claims built anew.";
    /// One character of the signature replaced.
    ChangedSignature = "changed-signature", MustRefuse, "a token with one character of its signature changed",
        "Every bit of the signature must count.";
    /// The third part is there and empty.
    NoSignature = "no-signature", MustRefuse, "a token with an empty signature",
        "A library that skips the check where there is nothing to check lets anybody in.";
    /// `alg` is `none` and there is no signature (RFC 8725, 2.1).
    AlgNone = "alg-none", MustRefuse, "an unsigned token with alg none",
        "The token itself must not choose that it is not checked.";
    /// `alg` is `nOnE`, which passes a filter for `none`.
    AlgNoneMixedCase = "alg-none-mixed-case", MustRefuse, "an unsigned token with alg nOnE",
        "A list of forbidden algorithms is passed by spelling; allow RS256 alone.";
    /// `alg` is HS256 and the secret is the text of the public key (RFC 8725, 2.1).
    Hs256PublicKey = "hs256-public-key", MustRefuse, "an HS256 token keyed with the public key's text",
        "The public key is no secret: a verifier that takes the algorithm from the token lets everybody sign.";
    /// The same without the line feed at the end of the text, as the key often stands in a setting.
    Hs256PublicKeyTrimmed = "hs256-public-key-trimmed", MustRefuse,
        "an HS256 token keyed with the public key's text without its last line feed",
        "The public key is no secret: a verifier that takes the algorithm from the token lets everybody sign.";
    /// The header brings a key of the sender's own (`jwk`), which verifies the signature.
    EmbeddedJwk = "embedded-jwk", MustRefuse, "a token that brings its own key",
        "A verifier that trusts the key inside the token lets everybody sign.";
    /// Signed with the demo key of jwt.io, whose public half is printed in KT's documents as the sample key.
    JwtIoKey = "jwt-io-key", MustRefuse, "a token signed with the public demo key of jwt.io",
        "The sample key of the documents has a published private half; the real key is to be requested from KT.";
    /// The sample token of the documents, of February 2021, word for word.
    SampleToken = "sample-token", MustRefuse, "the sample token of KT's documents",
        "A sample that was left in from a first test is a password that everybody knows.";
    /// `iat` 50 seconds ago, inside the window.
    TooOld50s = "too-old-50s", MustAccept, "a token of 50 seconds ago",
        "Tokens are valid for one minute; a narrower window refuses calls of the store that were under way.";
    /// `iat` 61 seconds ago. Documents say one minute and nothing of a tolerance.
    TooOld61s = "too-old-61s", ShouldRefuse, "a token of 61 seconds ago",
        "Tokens are valid for one minute.";
    /// `iat` 70 seconds ago, outside the window with a margin.
    TooOld70s = "too-old-70s", MustRefuse, "a token of 70 seconds ago",
        "The claims carry no expiry, so a general JWT library never expires them: the vendor must look at `iat`.";
    /// `iat` nine minutes ago: outside the one-minute rule, inside the README's ten minutes.
    TooOld9m = "too-old-9m", Classify, "a token of 9 minutes ago",
        "The document gives one minute, the README of its time speaks of ten.";
    /// `iat` an hour ago, outside every documented window.
    TooOld1h = "too-old-1h", MustRefuse, "a token of an hour ago",
        "A token that never ends is a password: whoever has seen one call can make any other.";
    /// `iat` an hour ahead.
    FromTheFuture = "from-the-future", AdviseRefuse, "a token from an hour ahead",
        "A token dated ahead would be accepted for that much longer.";
    /// `iat` two seconds ahead, as clocks differ.
    IatAhead2s = "iat-ahead-2s", AdviseAccept, "a token from 2 seconds ahead",
        "Clocks differ by seconds; without a leeway valid calls are refused now and then.";
    /// `iat` five seconds ahead, as clocks differ.
    IatAhead5s = "iat-ahead-5s", AdviseAccept, "a token from 5 seconds ahead",
        "Clocks differ by seconds; without a leeway valid calls are refused now and then.";
    /// The claims have a name only.
    NoIat = "no-iat", AdviseRefuse, "a token without iat",
        "Without `iat` the one-minute rule cannot be applied, so the token would be good for ever.";
    /// An `exp` in milliseconds, as some signers write it.
    ExpInMs = "exp-in-ms", Classify, "a token with an exp in milliseconds",
        "The documents know no `exp`; libraries read milliseconds as a year far ahead.";
    /// `Bearer ` in front of the token.
    BearerPrefix = "bearer-prefix", AdviseRefuse, "a token with `Bearer ` in front",
        "The documents define the header as the raw token.";
    /// The right token in the header `Authorization`, and none in `encoded-jwt`. Like those below it is for finding out
    /// why a vendor refuses what is right.
    AuthorizationBearer = "authorization-bearer", Classify, "the token as `Authorization: Bearer` instead of encoded-jwt",
        "The store sends the token in the header encoded-jwt alone.";
    /// An `exp` one minute ahead, in seconds.
    WithExp = "with-exp", Classify, "a token with exp",
        "The store's tokens have name and iat only; compare iat with the clock in place of asking for exp.";
    /// A `sub`.
    WithSub = "with-sub", Classify, "a token with sub",
        "The store's tokens have name and iat only, and name no customer.";
    /// `iat` in milliseconds.
    IatInMs = "iat-in-ms", Classify, "a token with iat in milliseconds",
        "iat counts seconds (RFC 7519, 2): compare it with the clock in seconds.";
    /// `iat` nine hours ahead: the clock of Korea taken for UTC.
    IatAhead9h = "iat-ahead-9h", Classify, "a token from nine hours ahead",
        "iat counts seconds since 1970 in UTC (RFC 7519, 2), whatever the zone; the vendor's clock is Korean time taken for UTC.";
}

impl Mistake {
    /// How long ago the token was issued, for those that are only too old, or nearly.
    pub fn age(self) -> Option<Duration> {
        let seconds = match self {
            Self::TooOld50s => 50,
            Self::TooOld61s => 61,
            Self::TooOld70s => 70,
            Self::TooOld9m => 9 * 60,
            Self::TooOld1h => 3600,
            _ => return None,
        };
        Some(Duration::from_secs(seconds))
    }
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
    }

    #[test]
    fn a_mistyped_name_gets_the_nearest() {
        let error = "alg-nnoe".parse::<Mistake>().expect_err("unknown");
        assert_eq!(error.nearest, Some("alg-none"));
        assert_eq!("?".parse::<Mistake>().expect_err("unknown").nearest, None);
    }
}
