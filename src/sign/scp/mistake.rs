//! The known mistakes of clients: wrong requests, each with what the platform's contract says about it.

use crate::sign::mistake::mistakes;

mistakes! {
    /// One way in which a signed request can be wrong.
    Mistake;

    /// No `Scp-Accesskey`.
    MissingAccessKey = "missing-access-key", MustRefuse, "a request without Scp-Accesskey",
        "The platform looks the secret key up by the access key.";
    /// No `Scp-Signature`.
    MissingSignature = "missing-signature", MustRefuse, "a request without Scp-Signature",
        "Every call of the open APIs is signed.";
    /// No `Scp-Timestamp`.
    MissingTimestamp = "missing-timestamp", MustRefuse, "a request without Scp-Timestamp",
        "The signature is for a time.";
    /// No `Scp-ClientType`.
    MissingClientType = "missing-client-type", MustRefuse, "a request without Scp-ClientType",
        "The header is required, and its value is signed.";
    /// `Scp-Signature` without a value.
    EmptySignature = "empty-signature", MustRefuse, "a request with an empty Scp-Signature",
        "An empty value is how an unset variable arrives.";
    /// `Scp-Timestamp` twice.
    RepeatedTimestamp = "repeated-timestamp", MustRefuse, "a request with two headers Scp-Timestamp",
        "Of two values nobody can say which one was signed.";
    /// The headers of the older platform, signed by its rule.
    VersionOne = "version-one", MustRefuse, "a request with the headers of version 1 (X-Cmp-*)",
        "Version 2 has other headers and signs no project id.";
    /// Access key and secret key exchanged.
    SwappedKeys = "swapped-keys", MustRefuse, "a request with access key and secret key exchanged",
        "The secret key then travels in a header and stands in every log.";
    /// Another access key.
    UnknownAccessKey = "unknown-access-key", MustRefuse, "a request with an unknown access key",
        "Access key and secret key are made together.";
    /// Signed with another secret key.
    WrongSecret = "wrong-secret", MustRefuse, "a request signed with another secret key",
        "Whoever does not know the secret key must not be let in.";
    /// The access key as the key of the HMAC.
    AccessKeyAsSecret = "access-key-as-secret", MustRefuse, "a request signed with the access key as the secret key",
        "The access key is known to whoever sees a request.";
    /// Key and message of the HMAC exchanged.
    KeyAndMessageExchanged = "key-and-message-exchanged", MustRefuse,
        "a request signed with key and message exchanged",
        "Libraries differ in the order of these arguments; the secret key is the key.";
    /// The secret key without the blanks around it.
    SecretTrimmed = "secret-trimmed", MustRefuse, "a request signed with the trimmed secret key",
        "The secret key is used exactly as it was handed out.";
    /// The secret key with a line feed, as it is read from a file.
    SecretWithLineFeed = "secret-with-line-feed", MustRefuse, "a request signed with a line feed after the secret key",
        "A key that is read from a file often ends in a line feed.";
    /// The secret key decoded as base64.
    SecretDecoded = "secret-decoded", MustRefuse, "a request signed with the secret key decoded as base64",
        "The text of the secret key is the key, whatever it looks like.";
    /// One character of the signature replaced.
    ChangedSignature = "changed-signature", MustRefuse, "a request with one character of its signature changed",
        "Every character of the signature counts.";
    /// A parameter added after signing.
    ChangedQuery = "changed-query", MustRefuse, "a request with a parameter added after signing",
        "The whole query is signed.";
    /// The signature of another page of the same list.
    OtherPage = "other-page", MustRefuse, "a request with the signature of another page",
        "Each page is another URL and needs a signature of its own.";
    /// Twenty minutes ago, as when the headers are computed once and kept.
    Expired = "expired", MustRefuse, "a request signed 20 minutes ago",
        "Headers that are computed once and kept grow old; compute them anew for every request.";
    /// Twenty minutes ahead, as with a wrong clock.
    Future = "future", MustRefuse, "a request signed 20 minutes ahead",
        "Scp-Timestamp counts from 1970 in UTC, whatever zone the machine is in.";
    /// The time in seconds, sent and signed.
    TimestampInSeconds = "timestamp-in-seconds", MustRefuse, "a request with its timestamp in seconds",
        "The documented unit is the millisecond; read as such the time lies in January 1970.";
    /// The time in seconds signed, in milliseconds sent.
    SecondsSigned = "seconds-signed", MustRefuse, "a request signed with seconds and sent with milliseconds",
        "The signed time is the text of the header.";
    /// Another reading of the clock signed than sent.
    TimestampReadTwice = "timestamp-read-twice", MustRefuse, "a request signed a few milliseconds before its timestamp",
        "The clock is read once, and the same text is signed and sent.";
    /// `OpenApi`, sent and signed, as version 1 has it.
    ClientTypeOpenApi = "client-type-open-api", MustRefuse, "a request with the client type OpenApi",
        "Version 1 wrote OpenApi, version 2 writes Openapi.";
    /// `openapi`, sent and signed.
    ClientTypeLower = "client-type-lower-case", MustRefuse, "a request with the client type openapi",
        "The client type is signed, so its case counts.";
    /// Another client type signed than sent.
    ClientTypeMixed = "client-type-mixed", MustRefuse, "a request sent with Openapi and signed with OpenApi",
        "The signed client type is the text of the header.";
    /// The client type left out of the message.
    ClientTypeNotSigned = "client-type-not-signed", MustRefuse, "a request signed without the client type",
        "The message ends in the client type; some public code leaves it out.";
    /// The access key left out of the message.
    AccessKeyNotSigned = "access-key-not-signed", MustRefuse, "a request signed without the access key",
        "The access key is part of the message.";
    /// The method in lower case.
    MethodLower = "lower-case-method", MustRefuse, "a request signed with its method in lower case",
        "The method is signed in upper case.";
    /// The project id signed, as in version 1.
    ProjectIdSigned = "project-id-signed", MustRefuse, "a request signed with a project id",
        "Version 1 signed the project id, version 2 knows none.";
    /// The account id signed and not sent.
    AccountIdWithoutHeader = "account-id-without-header", MustRefuse,
        "a request signed with an account id that is not sent",
        "The account id is signed only where Scp-AccountId is sent, or nobody could check it.";
    /// The account id sent and not signed.
    AccountIdNotSigned = "account-id-not-signed", MustRefuse, "a request that sends an account id and does not sign it",
        "Where Scp-AccountId is sent, its value stands in the message in front of the client type.";
    /// The body signed.
    BodySigned = "body-signed", MustRefuse, "a request signed with its body", "The body is not signed.";
    /// The hash of the body signed.
    BodyHashSigned = "body-hash-signed", MustRefuse, "a request signed with the hash of its body",
        "The body is not signed, and neither is its hash.";
    /// The query signed before it is escaped.
    DecodedUrl = "decoded-url", MustRefuse, "a request signed before its URL was escaped",
        "The URL is compared as it arrives, so it is escaped first and signed then.";
    /// The query signed as text, and sent as a form with `+` for blanks.
    QueryBeforeForm = "query-before-form", MustRefuse, "a request whose query was signed before it was encoded as a form",
        "HTTP libraries encode parameters when they send; sign the URL that they made.";
    /// A list signed as Python prints it, and sent by repeating its name.
    PythonList = "python-list", MustRefuse, "a request that signs a list as Python prints it",
        "scpv2-sdk 0.2.3 signs ['VPC', 'DNS'] and sends the name twice.";
    /// `True` signed, `true` sent.
    PythonBoolean = "python-boolean", MustRefuse, "a request that signs True and sends true",
        "The signed text is the one that is sent.";
    /// An escaped URL escaped once more.
    EscapedTwice = "escaped-twice", MustRefuse, "a request signed over a URL that was escaped twice",
        "encodeURI escapes the % of a URL that is escaped already; the live service answers 401.";
    /// `encodeURI` signed, each value escaped by itself sent.
    EncodedAsUri = "encoded-as-uri", MustRefuse, "a request that signs encodeURI of what it escapes otherwise",
        "encodeURI leaves : / ? & = + $ , ; @ # alone, encodeURIComponent and URLSearchParams escape them.";
    /// `+` signed for a blank, `%20` sent.
    PlusSigned = "plus-signed", MustRefuse, "a request that signs + and sends %20 for a blank",
        "Both are right, as long as the same one is signed and sent.";
    /// `%20` signed for a blank, `+` sent.
    PlusSent = "plus-sent", MustRefuse, "a request that signs %20 and sends + for a blank",
        "Both are right, as long as the same one is signed and sent.";
    /// Only path and query signed.
    PathOnly = "path-only", MustRefuse, "a request that signs its path alone",
        "The whole URL is signed, with scheme and host.";
    /// The URL without its scheme.
    WithoutScheme = "without-scheme", MustRefuse, "a request signed without https://",
        "The whole URL is signed, with its scheme.";
    /// The URL without its host.
    WithoutHost = "without-host", MustRefuse, "a request signed without its host", "The whole URL is signed, with its host.";
    /// The URL without its query.
    WithoutQuery = "without-query", MustRefuse, "a request signed without its query",
        "A query that is not signed could be changed by anybody.";
    /// The query sorted.
    SortedQuery = "sorted-query", MustRefuse, "a request signed with its query sorted",
        "The query is signed in the order in which it is sent.";
    /// Signed for the platform's host, and sent to another one.
    OtherHost = "other-host", MustRefuse, "a request signed for the platform's host and sent to another one",
        "The host that is signed is the one that the request goes to, unless a public URL is configured.";
    /// A region label in the signed host.
    RegionInHost = "region-in-host", MustRefuse, "a request signed with a region in its host",
        "The Product service is global: product.e.samsungsdscloud.com has no region label.";
    /// The port left out.
    PortLeftOut = "port-left-out", MustRefuse, "a request signed without the port of its URL",
        "A port that is written in the URL is signed.";
    /// A default port that is not sent.
    DefaultPortSigned = "default-port-signed", MustRefuse, "a request signed with a default port that its Host does not have",
        "HTTP libraries leave default ports out of Host; what is not written is not signed.";
    /// `https` signed, `http` sent, or the other way round.
    OtherScheme = "other-scheme", MustRefuse, "a request signed with the other of http and https",
        "The scheme is part of the signed URL.";
    /// A slash added to the path.
    TrailingSlash = "trailing-slash", MustRefuse, "a request signed with a slash at the end of its path",
        "The path is signed as it is sent.";
    /// The parts joined by line feeds.
    LineFeeds = "line-feeds", MustRefuse, "a request whose parts were joined by line feeds",
        "Nothing stands between the parts of the message.";
    /// The parts joined by ampersands.
    Ampersands = "ampersands", MustRefuse, "a request whose parts were joined by &",
        "Nothing stands between the parts of the message.";
    /// The parts joined by commas.
    Commas = "commas", MustRefuse, "a request whose parts were joined by commas",
        "Nothing stands between the parts of the message.";
    /// Signed by the rule of another Korean cloud.
    NaverCloud = "naver-cloud", MustRefuse, "a request signed in the manner of Naver Cloud",
        "Naver Cloud signs method, path, time and access key on lines; here it is one text with the whole URL.";
    /// The signature in hex.
    Hex = "hex", MustRefuse, "a request with its signature in hex", "The documented form is base64 of the 32 bytes.";
    /// The signature in base64 of its hex digits.
    Base64OfHex = "base64-of-hex", MustRefuse, "a request with base64 of the hex digits of its signature",
        "The documented form is base64 of the 32 bytes, not of their hex digits.";
    /// The signature in base64url.
    Base64Url = "base64-url", MustRefuse, "a request with its signature in base64url",
        "The documented alphabet is the ordinary one, with + and /.";
    /// The signature escaped for a URL.
    PercentEncoded = "percent-encoded", MustRefuse, "a request with its signature percent-encoded",
        "A header needs no escapes.";
    /// HMAC with SHA-1.
    HmacSha1 = "hmac-sha1", MustRefuse, "a request signed with HMAC-SHA1", "The algorithm is HMAC-SHA256.";
    /// HMAC with SHA-512.
    HmacSha512 = "hmac-sha512", MustRefuse, "a request signed with HMAC-SHA512", "The algorithm is HMAC-SHA256.";
    /// SHA-256 without a key.
    PlainSha256 = "plain-sha256", MustRefuse, "a request signed with plain SHA-256 of its message",
        "Without the key anybody could compute it.";
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
}
