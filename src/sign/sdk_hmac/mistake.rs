//! The known mistakes of clients: wrong requests, each with what the store's contract says about it.

use crate::sign::mistake::mistakes;

mistakes! {
    /// One way in which a signed request can be wrong, or unusual.
    Mistake;

    /// No `Authorization`.
    MissingAuthorization = "missing-authorization", MustRefuse, "a request without Authorization",
        "Every call of the open APIs is signed.";
    /// Signed with another secret key.
    WrongSecret = "wrong-secret", MustRefuse, "a request signed with another secret key",
        "Five failures in a row lock an access key for five minutes.";
    /// Another access key.
    UnknownAccessKey = "unknown-access-key", MustRefuse, "a request with an unknown access key",
        "Access key and secret key are handed out together.";
    /// One digit of the signature replaced.
    ChangedSignature = "changed-signature", MustRefuse, "a request with one digit of its signature changed",
        "Every digit of the signature counts.";
    /// The body changed after signing.
    ChangedBody = "changed-body", MustRefuse, "a request whose body was changed after signing",
        "The hash of the body is signed.";
    /// A parameter added after signing.
    ChangedQuery = "changed-query", MustRefuse, "a request with a parameter added after signing",
        "The whole query is signed.";
    /// No `X-Sdk-Date`.
    MissingDate = "missing-date", MustRefuse, "a request without X-Sdk-Date", "The signature is for a time.";
    /// `X-Sdk-Date` not among the signed headers.
    DateNotSigned = "date-not-signed", MustRefuse, "a request whose X-Sdk-Date is not signed",
        "A date that is not signed can be changed by whoever repeats the request.";
    /// Sixteen minutes ago, as when the date is computed once and kept.
    Expired = "expired", MustRefuse, "a request signed 16 minutes ago",
        "The gateway allows fifteen minutes; compute the date anew for every request.";
    /// Sixteen minutes ahead, as with a wrong clock or zone.
    Future = "future", MustRefuse, "a request signed 16 minutes ahead",
        "The gateway allows fifteen minutes in either direction; X-Sdk-Date is in UTC.";
    /// The host without its port.
    HostWithoutPort = "host-without-port", MustRefuse, "a request signed without the port of its Host",
        "The header is signed as it is sent.";
    /// The path without the slash at its end.
    NoTrailingSlash = "no-trailing-slash", MustRefuse, "a request whose path was signed without a slash at its end",
        "The canonical path always ends in a slash.";
    /// The path escaped twice.
    PathEscapedTwice = "path-escaped-twice", MustRefuse, "a request whose path was escaped twice",
        "The canonical path is decoded before it is escaped.";
    /// Blanks signed as `+`.
    FormEncoded = "form-encoded", MustRefuse, "a request whose query was signed form-encoded",
        "A blank is %20 in the canonical query.";
    /// The query in its own order.
    QueryUnsorted = "query-unsorted", MustRefuse, "a request whose query was not sorted",
        "The canonical query is sorted by name and value.";
    /// The hash of `{}` for an empty body.
    EmptyObjectHashed = "empty-object-hashed", MustRefuse, "a request without body, signed over {}",
        "What is hashed is what is sent.";
    /// The body written twice, by two serialisers.
    BodyRewritten = "body-rewritten", MustRefuse, "a request signed over its body in compact form and sent with blanks",
        "What is hashed is what is sent: serialise once.";
    /// `UNSIGNED-PAYLOAD`, declared.
    UnsignedPayload = "unsigned-payload", MustAccept, "a request with an unsigned body",
        "The SDKs do not sign bodies that are not JSON, and say so in X-Sdk-Content-Sha256.";
    /// The signature in base64.
    Base64 = "base64", MustRefuse, "a request with its signature in base64", "The documented form is lower-case hex.";
    /// Two characters instead of line feeds.
    LiteralLineFeeds = "literal-line-feeds", MustRefuse, "a request signed with \\n in two characters for line feeds",
        "The lines are joined by line feeds.";
    /// The key derived as AWS does.
    DerivedKey = "derived-key", MustRefuse, "a request signed with a key derived from the date",
        "Unlike in AWS's version 4 the secret key itself is used.";
    /// The derived algorithm of the same SDK.
    OtherAlgorithm = "other-algorithm", MustRefuse, "a request signed with V11-HMAC-SHA256",
        "The store documents SDK-HMAC-SHA256 alone.";
}
