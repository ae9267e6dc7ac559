//! The known mistakes of the recipe: wrong calls, each with what the store's contract says about it.

use crate::sign::mistake::mistakes;

mistakes! {
    /// One way in which the token of a call can be wrong, or unusual.
    Mistake;

    /// No token is sent.
    MissingToken = "missing-token", MustRefuse, "a call without authToken",
        "Whoever finds the address could create and release instances.";
    /// The token is there and empty.
    EmptyToken = "empty-token", MustRefuse, "a call with an empty authToken",
        "An empty value is how an unset variable arrives; it must not open the door.";
    /// The first half of the right token.
    TruncatedToken = "truncated-token", MustRefuse, "a call with half an authToken",
        "A comparison that stops at the shorter text lets short tokens be guessed.";
    /// One character of the token replaced.
    ChangedToken = "changed-token", MustRefuse, "a call with one character of its authToken changed",
        "Every character of the token must count.";
    /// No time is sent; the key stands alone.
    MissingTimeStamp = "missing-timestamp", MustRefuse, "a call without timeStamp",
        "timeStamp is mandatory and part of the key; code that reads it without looking fails here.";
    /// Right in every way but the key.
    WrongKey = "wrong-key", MustRefuse, "a call signed with another key",
        "Without a check of the token anybody can act as the store.";
    /// The access key alone as the key of the HMAC.
    KeyAlone = "key-alone", MustRefuse, "a call signed with the key alone, without timeStamp behind it",
        "The key is followed by timeStamp; a vendor that accepts this one refuses the store's.";
    /// A value changed after signing.
    ChangedParameter = "changed-parameter", MustRefuse, "a call with a value changed after signing",
        "Every parameter is signed, so that nobody on the way can change the order.";
    /// A parameter added after signing.
    AddedParameter = "added-parameter", MustRefuse, "a call with a parameter added after signing",
        "A vendor that lists the parameters by hand does not see this one, and refuses calls in which the store adds one.";
    /// A parameter removed after signing.
    RemovedParameter = "removed-parameter", MustRefuse, "a call with a parameter removed after signing",
        "A parameter that may go missing unseen lets anybody change what the call means.";
    /// Values signed percent-encoded.
    EncodedValues = "encoded-values", MustRefuse, "a call signed over its encoded values",
        "The values are signed decoded; with blanks, signs or Chinese text the two differ.";
    /// The order of the query signed as it stands.
    Unsorted = "unsorted", MustRefuse, "a call signed over its unsorted parameters",
        "The parameters are sorted by name before they are signed.";
    /// Parameters sorted from Z to A.
    DescendingSort = "descending-sort", MustRefuse, "a call whose parameters were sorted descending",
        "The parameters are sorted ascending.";
    /// `authToken=` signed with the others.
    TokenIncluded = "token-included", MustRefuse, "a call signed with authToken among its parameters",
        "authToken itself is not signed.";
    /// The right token in hex.
    Hex = "hex", AdviseRefuse, "a call with its authToken in hex", "The documented form is base64.";
    /// The token with its `+` as it is, which servers read as a blank.
    RawPlus = "raw-plus", AdviseAccept, "a call whose authToken is not percent-encoded",
        "The documents print one so, and tell vendors to put + back where a blank arrived.";
    /// The time a day ago, with a right token.
    OldTimeStamp = "old-timestamp", AdviseRefuse, "a call of yesterday",
        "No window is documented, but a token that never ends is a password that every access log holds.";
}
