//! The known mistakes of vendors: wrong answers, each with what the store's contract says about it.

use crate::sign::mistake::mistakes;

mistakes! {
    /// One way in which the signature of an answer can be wrong, or unusual. "Refuse" is what the store does.
    Mistake;

    /// No header is sent.
    MissingHeader = "missing-header", MustRefuse, "an answer without Body-Sign",
        "Version 1.0 takes no unsigned answer.";
    /// `Body-sign`.
    NameCase = "name-case", MustRefuse, "an answer with its header spelled Body-sign",
        "The store compares the name with its case.";
    /// `body-sign`, as many servers and HTTP/2 write names.
    NameLowerCase = "name-lower-case", MustRefuse, "an answer with its header spelled body-sign",
        "The store compares the name with its case.";
    /// Values without quotes.
    NoQuotes = "no-quotes", MustRefuse, "an answer whose Body-Sign has no quotes",
        "The quotes are part of the documented form.";
    /// The bare signature.
    BareSignature = "bare-signature", MustRefuse, "an answer whose Body-Sign is the signature alone",
        "sign_type and signature are both part of the documented form.";
    /// `sign_type="HmacSHA256"`, as Java calls it.
    OtherSignType = "other-sign-type", MustRefuse, "an answer with sign_type HmacSHA256",
        "The documented value is HMAC-SHA256.";
    /// A blank after `signature=`.
    BlankAfterEquals = "blank-after-equals", MustAccept, "an answer with a blank after signature=",
        "Some pages print the header so.";
    /// Signed with another key.
    WrongKey = "wrong-key", MustRefuse, "an answer signed with another key", "The store knows one key of the vendor.";
    /// Signed with the key of requests.
    KeyAndTimeStamp = "key-and-timestamp", MustRefuse, "an answer signed with key and timeStamp",
        "Requests are keyed with key and timeStamp, answers with the key alone.";
    /// Something sent that was not signed.
    ChangedBody = "changed-body", MustRefuse, "an answer changed after signing", "The signature is for these bytes.";
    /// A line feed sent behind the signed body.
    LineFeedSent = "line-feed-sent", MustRefuse, "an answer with a line feed sent behind its signed body",
        "The signature is for the bytes that are sent; a println adds one.";
    /// A line feed signed and not sent.
    LineFeedSigned = "line-feed-signed", MustRefuse, "an answer with a line feed signed that is not sent",
        "The signature is for the bytes that are sent.";
    /// Sorted members signed, others sent.
    SortedSigned = "sorted-signed", MustRefuse, "an answer signed with its members sorted and sent unsorted",
        "Answers are signed as they are sent; only requests are sorted.";
    /// Signed by one serialiser and sent by another.
    BlanksSigned = "blanks-signed", MustRefuse, "an answer signed with blanks and sent without",
        "Two serialisers seldom write the same bytes: serialise once, sign that, send that.";
    /// The signature in hex.
    Hex = "hex", MustRefuse, "an answer with its signature in hex", "The documented form is base64.";
    /// Plain SHA-256.
    PlainSha256 = "plain-sha256", MustRefuse, "an answer signed with plain SHA-256",
        "Without the key anybody could sign.";
}
