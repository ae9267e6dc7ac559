//! The named ways in which the reference vendor can misbehave.
//!
//! A fault whose name begins with `v1-` concerns version 1.0 alone. Those named `accept-…` and `v1-accept-…` let in calls
//! with the mistake of that name (see [`crate::sign::koogallery::v2::Mistake`] and
//! [`crate::sign::koogallery::auth_token::Mistake`]).

use crate::market::fault::faults;

/// The part of the contract that a fault breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Area {
    /// Which calls of version 2.0 are let in, and how others are refused.
    Signature,
    /// The same of version 1.0.
    Token,
    /// Reading calls.
    Requests,
    /// Opening instances.
    Creation,
    /// Telling what is known of instances.
    Query,
    /// Access data.
    Access,
    /// What was used, as a query tells it.
    UsageInfo,
    /// Giving an instance another end.
    Renewal,
    /// Freezing and unfreezing.
    Status,
    /// Releasing, and what comes after it.
    Release,
    /// Upgrading.
    Upgrade,
    /// Checking a change before a renewal.
    Check,
    /// Calls from debugging and probes.
    Tests,
    /// Order notifications.
    Notification,
    /// The form of every answer.
    Answers,
    /// The signature of an answer.
    BodySign,
    /// The signature of the vendor's own calls.
    OpenApi,
    /// Asking for orders.
    OrderQuery,
    /// Pushing usage.
    UsagePush,
    /// The joint-operation kit.
    Kit,
    /// Letting the buyer's people in.
    Login,
    /// HTTP itself, and time.
    Transport,
}

impl Area {
    /// Its name in lists: `usage push`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Signature => "signature",
            Self::Token => "token",
            Self::Requests => "requests",
            Self::Creation => "creation",
            Self::Query => "query",
            Self::Access => "access data",
            Self::UsageInfo => "usage information",
            Self::Renewal => "renewal",
            Self::Status => "status",
            Self::Release => "release",
            Self::Upgrade => "upgrade",
            Self::Check => "change check",
            Self::Tests => "test calls",
            Self::Notification => "notification",
            Self::Answers => "answers",
            Self::BodySign => "signature of answers",
            Self::OpenApi => "signature of the vendor's calls",
            Self::OrderQuery => "order query",
            Self::UsagePush => "usage push",
            Self::Kit => "joint-operation kit",
            Self::Login => "login",
            Self::Transport => "transport",
        }
    }
}

// rustfmt would take the indentation of the table away.
#[rustfmt::skip]
faults! {
    SignatureUnchecked = "signature-unchecked", Signature, "signature, timestamp and nonce are never looked at";
    AcceptMissingSignature = "accept-missing-signature", Signature, "calls without a signature are accepted";
    AcceptEmptySignature = "accept-empty-signature", Signature, "calls with an empty signature are accepted";
    AcceptTruncatedSignature = "accept-truncated-signature", Signature, "half a signature is accepted";
    AcceptChangedSignature = "accept-changed-signature", Signature, "a signature with one digit changed is accepted";
    AcceptMissingTimestamp = "accept-missing-timestamp", Signature, "calls without a timestamp are accepted";
    AcceptMissingNonce = "accept-missing-nonce", Signature, "calls without a nonce are accepted";
    AcceptWrongKey = "accept-wrong-key", Signature, "calls signed with another key are accepted";
    AcceptOtherInterfaceKey = "accept-other-interface-key", Signature, "calls signed with the kit's key are accepted";
    AcceptChangedBody = "accept-changed-body", Signature, "calls whose body was changed after signing are accepted";
    AcceptChangedTimestamp = "accept-changed-timestamp", Signature, "the timestamp is not part of what is checked";
    AcceptChangedNonce = "accept-changed-nonce", Signature, "the nonce is not part of what is checked";
    AcceptPlainInner = "accept-plain-inner", Signature, "an inner digest of plain SHA-256 is accepted";
    AcceptUpperCaseInner = "accept-upper-case-inner", Signature, "an inner digest in capital letters is accepted";
    AcceptOtherCanonical = "accept-other-canonical", Signature, "calls signed the way of the kit are accepted";
    AcceptDescendingSort = "accept-descending-sort", Signature, "calls signed over descending members are accepted";
    AcceptBlanksSigned = "accept-blanks-signed", Signature, "calls signed over a body with blanks are accepted";
    AcceptUnsortedSigned = "accept-unsorted-signed", Signature, "calls signed over their body as it stands are accepted";
    AcceptBase64 = "accept-base64", Signature, "a signature in base64 is accepted";
    AcceptTimestampInSeconds = "accept-timestamp-in-seconds", Signature, "a timestamp in seconds is accepted";
    AcceptNonNumericTimestamp = "accept-non-numeric-timestamp", Signature, "a timestamp that is no number is accepted";
    AcceptStale61s = "accept-stale-61s", Signature, "calls are good for 66 seconds";
    AcceptStale70s = "accept-stale-70s", Signature, "calls are good for 90 seconds";
    AcceptStale1h = "accept-stale-1h", Signature, "calls are good for ever";
    AcceptFuture = "accept-future", Signature, "calls from any time ahead are accepted";
    AcceptReplayedNonce = "accept-replayed-nonce", Signature, "nonces are not kept";
    RefuseValid = "refuse-valid", Signature, "every call of version 2.0 but notifications is refused as wrongly signed";
    RefuseUpperCase = "refuse-upper-case", Signature, "a signature in capital hexadecimal digits is refused";
    RefuseLowerCase = "refuse-lower-case", Signature, "a signature in small hexadecimal digits is refused";
    RefuseMilliseconds = "refuse-milliseconds", Signature, "a timestamp of more than ten digits is refused";
    RefuseStale50s = "refuse-stale-50s", Signature, "calls are good for 30 seconds only";
    RefuseAhead = "refuse-ahead", Signature, "a timestamp ahead of the vendor's clock is refused, however little";
    RequireDescending = "require-descending", Signature, "members are signed from Z to A, as a page has it";
    RequirePlainInner = "require-plain-inner", Signature, "the inner digest is plain SHA-256";
    RequireSeconds = "require-seconds", Signature, "the timestamp is read as seconds";
    RefuseUnsorted = "refuse-unsorted", Signature, "members are signed in the order in which they came";
    RefuseBlanks = "refuse-blanks", Signature, "a body with blanks on the wire is refused";
    RefuseEscapes = "refuse-escapes", Signature, "a body with escapes on the wire is refused";
    RefuseRewritten = "refuse-rewritten", Signature, "the bytes of the body are signed as they came";
    RefuseNonAscii = "refuse-non-ascii", Signature, "the signed text is written with escapes for Chinese";
    RefuseSlash = "refuse-slash", Signature, "the signed text is written with slashes escaped";
    RefuseAmpersand = "refuse-ampersand", Signature, "the signed text is written with ampersands escaped";
    RefuseNested = "refuse-nested", Signature, "an object in the body is signed as something else";
    RefuseUnknownMember = "refuse-unknown-member", Signature, "only members that the vendor knows are signed";
    MissingSignature500 = "missing-signature-500", Signature, "a call without a signature ends in HTTP 500";
    MissingTimestamp500 = "missing-timestamp-500", Signature, "a call without a timestamp ends in HTTP 500";
    MissingNonce500 = "missing-nonce-500", Signature, "a call without a nonce ends in HTTP 500";
    TimestampNotNumeric500 = "timestamp-not-numeric-500", Signature, "a timestamp that is no number ends in HTTP 500";
    RefusalCode3 = "refusal-code-000003", Signature, "wrong signatures are answered with 000003";
    RefusalCode5 = "refusal-code-000005", Signature, "wrong signatures are answered with 000005";
    RefusalCodesSwapped = "refusal-codes-swapped", Signature, "000001 and 000002 are taken for each other";
    RefusalSuccess = "refusal-success", Signature, "wrong signatures are answered with 000000, and nothing is done";
    Refusal401 = "refusal-401", Signature, "wrong signatures are answered with HTTP 401";
    Refusal403 = "refusal-403", Signature, "wrong signatures are answered with HTTP 403";
    Refusal500 = "refusal-500", Signature, "wrong signatures are answered with HTTP 500";
    RefusalHtml = "refusal-html", Signature, "wrong signatures are answered with an HTML page";
    VerifyAfterwards = "verify-afterwards", Signature, "the signature is checked when the work is done";
    DiesOfBadSignature = "dies-of-bad-signature", Signature, "the server ends at a call that fails authentication";

    V1TokenUnchecked = "v1-token-unchecked", Token, "authToken and timeStamp are never looked at";
    V1AcceptMissingToken = "v1-accept-missing-token", Token, "calls without authToken are accepted";
    V1AcceptEmptyToken = "v1-accept-empty-token", Token, "calls with an empty authToken are accepted";
    V1AcceptTruncatedToken = "v1-accept-truncated-token", Token, "half a token is accepted";
    V1AcceptChangedToken = "v1-accept-changed-token", Token, "a token with one character changed is accepted";
    V1AcceptMissingTimestamp = "v1-accept-missing-timestamp", Token, "calls without timeStamp are accepted";
    V1AcceptWrongKey = "v1-accept-wrong-key", Token, "calls signed with another key are accepted";
    V1AcceptKeyAlone = "v1-accept-key-alone", Token, "tokens made with the key alone are accepted";
    V1AcceptChangedParameter = "v1-accept-changed-parameter", Token, "a value changed after signing is accepted";
    V1AcceptAddedParameter = "v1-accept-added-parameter", Token, "a parameter added after signing is accepted";
    V1AcceptRemovedParameter = "v1-accept-removed-parameter", Token, "a parameter removed after signing is not missed";
    V1AcceptEncodedValues = "v1-accept-encoded-values", Token, "tokens over encoded values are accepted";
    V1AcceptUnsorted = "v1-accept-unsorted", Token, "tokens over unsorted parameters are accepted";
    V1AcceptDescendingSort = "v1-accept-descending-sort", Token, "tokens over descending parameters are accepted";
    V1AcceptTokenIncluded = "v1-accept-token-included", Token, "tokens over a list with authToken in it are accepted";
    V1AcceptHex = "v1-accept-hex", Token, "a token in hexadecimal digits is accepted";
    V1AcceptOldTimestamp = "v1-accept-old-timestamp", Token, "a timeStamp of any time is accepted";
    V1RefuseValid = "v1-refuse-valid", Token, "every call of version 1.0 is refused as wrongly signed";
    V1RequireKeyAlone = "v1-require-key-alone", Token, "tokens are made with the key alone";
    V1RequireHex = "v1-require-hex", Token, "tokens are written in hexadecimal digits";
    V1TokenRemoval500 = "v1-token-removal-500", Token, "taking authToken out of the parameters throws: every call ends in HTTP 500";
    V1LocalTime = "v1-local-time", Token, "timeStamp is compared with the local time of China";
    V1DecodesTwice = "v1-decodes-twice", Token, "the token is decoded twice, so that its plus signs become blanks";
    V1RefuseRawPlus = "v1-refuse-raw-plus", Token, "a token that is not percent-encoded is refused";
    V1SignsEncoded = "v1-signs-encoded", Token, "values with blanks and signs are signed as they stand in the address";
    V1ReadsLatin1 = "v1-reads-latin-1", Token, "Chinese text in the address is read as Latin-1";
    V1ListsParameters = "v1-lists-parameters", Token, "only parameters that the vendor knows are signed";
    V1DropsEmpty = "v1-drops-empty", Token, "parameters without a value are left out of the token";
    V1SignsUnsorted = "v1-signs-unsorted", Token, "parameters are signed in the order of the address";
    V1MissingToken500 = "v1-missing-token-500", Token, "a call without authToken ends in HTTP 500";
    V1MissingTimestamp500 = "v1-missing-timestamp-500", Token, "a call without timeStamp ends in HTTP 500";
    V1RefusalCode3 = "v1-refusal-code-000003", Token, "wrong tokens are answered with 000003";
    V1RefusalSuccess = "v1-refusal-success", Token, "wrong tokens are answered with 000000, and nothing is done";
    V1Refusal401 = "v1-refusal-401", Token, "wrong tokens are answered with HTTP 401";
    V1Refusal500 = "v1-refusal-500", Token, "wrong tokens are answered with HTTP 500";
    V1RefusalHtml = "v1-refusal-html", Token, "wrong tokens are answered with an HTML page";
    V1VerifyAfterwards = "v1-verify-afterwards", Token, "the token is checked when the work is done";

    RefuseCharsetUtf8 = "refuse-charset-utf8", Requests, "a content type with charset=utf8 is answered with HTTP 415";
    RefuseWithoutTestFlag = "refuse-without-test-flag", Requests, "calls without testFlag are refused";
    RefuseTestFlag0 = "refuse-test-flag-0", Requests, "calls with testFlag 0 are refused";
    RefuseTestFlag1 = "refuse-test-flag-1", Requests, "calls with testFlag 1 are refused";
    UnknownActivity500 = "unknown-activity-500", Requests, "an activity that is not known ends in HTTP 500";
    UnknownActivitySuccess = "unknown-activity-success", Requests, "an activity that is not known is answered with success";
    UnknownActivityCreates = "unknown-activity-creates", Requests, "an activity that is not known is taken for newInstance";
    MissingActivity500 = "missing-activity-500", Requests, "a call without activity ends in HTTP 500";
    Missing500 = "missing-member-500", Requests, "a mandatory member that is missing ends in HTTP 500";
    MissingAccepted = "missing-member-accepted", Requests, "mandatory members may be missing";
    Empty500 = "empty-member-500", Requests, "a mandatory member that is empty ends in HTTP 500";
    EmptyAccepted = "empty-member-accepted", Requests, "mandatory members may be empty";
    Long500 = "long-member-500", Requests, "a member that is too long ends in HTTP 500";
    WrongType500 = "wrong-type-500", Requests, "a member that is no text ends in HTTP 500";
    WrongTypeAccepted = "wrong-type-accepted", Requests, "members of any type are taken for text";
    QueryNotServed = "query-not-served", Requests, "queryInstance is an activity that is not known";
    StatusNotServed = "status-not-served", Requests, "changing the status is an activity that is not known";
    AddressPerActivity = "address-per-activity", Requests, "everything but newInstance is served at another address";
    BrokenJson500 = "broken-json-500", Requests, "a body that is no JSON ends in HTTP 500";
    NullAccepted = "null-accepted", Requests, "mandatory members may be null";
    OddText500 = "odd-text-500", Requests, "text beyond ASCII in an id ends in HTTP 500";
    OddNumber500 = "odd-number-500", Requests, "a capacity that is no number of seats ends in HTTP 500";
    Nested500 = "nested-500", Requests, "a body that is nested deeply ends in HTTP 500";
    Large500 = "large-500", Requests, "a body of more than 32 KiB ends in HTTP 500";
    MemberTwice500 = "member-twice-500", Requests, "a body with a member twice ends in HTTP 500";
    ContentType500 = "content-type-500", Requests, "another content type than JSON ends in HTTP 500";
    OtherPath500 = "other-path-500", Requests, "a path behind the address ends in HTTP 500";
    GetAccepted = "get-accepted", Requests, "calls of version 2.0 are accepted by GET";
    DiesOfBadCall = "dies-of-bad-call", Requests, "the server ends at a call with a wrong member";

    CreateCrashes = "create-500", Creation, "every creation ends in HTTP 500";
    CreateNewIdOnResend = "create-new-id-on-resend", Creation, "each delivery of an order opens another instance";
    CreateKeyedByBusinessId = "create-keyed-by-business-id", Creation, "instances are kept by businessId, which becomes their id";
    CreateKeyedByBuyer = "create-keyed-by-buyer", Creation, "all orders of a buyer get one instance";
    CreateKeyedByOrder = "create-keyed-by-order", Creation, "all lines of an order get one instance";
    CreateRaceMakesTwo = "create-race-makes-two", Creation, "deliveries that arrive at once open two instances";
    CreateIdRewritten = "create-id-rewritten", Creation, "the id of an instance is written in another way each time";
    CreateResendRefused = "create-resend-refused", Creation, "a repeated creation is answered with 000103";
    CreateBlocks = "create-blocks", Creation, "a creation is answered after six seconds, when everything is done";
    CreateIdMissing = "create-id-missing", Creation, "the answer to a creation has no instanceId";
    CreateIdNull = "create-id-null", Creation, "instanceId of a creation is null";
    CreateIdEmpty = "create-id-empty", Creation, "instanceId of a creation is empty";
    CreateIdNumber = "create-id-number", Creation, "instanceId of a creation is a number";
    CreateIdLong = "create-id-long", Creation, "instanceId of a creation has 65 characters";
    CreateLost = "create-lost", Creation, "a creation is answered with success and rolled back";
    CreateRemembersFailure = "create-remembers-failure", Creation, "an order whose query failed once fails for ever";
    CreateAgainAfterRelease = "create-again-after-release", Creation, "a creation repeated after the release opens a new instance";
    CreateAgainRevives = "create-again-revives", Creation, "a creation repeated after the release takes the released instance back into use";
    CreateFourthOpensAnother = "create-fourth-opens-another", Creation, "the fourth delivery of an order opens another instance";
    AsyncNeverFinishes = "async-never-finishes", Creation, "creations are answered with 000004 and never finished";
    UnknownOrderOpened = "unknown-order-opened", Creation, "an order that the store does not know is opened";
    V1CreateKeyedByCustomer = "v1-create-keyed-by-customer", Creation, "all orders of a customer get one instance";
    V1CreateIgnoresProduct = "v1-create-ignores-product", Creation, "all products of a pay-per-use order get one instance";
    V1AppInfoMissing = "v1-app-info-missing", Creation, "the answer to a creation has no appInfo";
    V1ResendWithoutAppInfo = "v1-resend-without-app-info", Creation, "only the first delivery is answered with appInfo";
    V1SupervisionRefused = "v1-supervision-refused", Creation, "the third delivery of an order is refused";
    V1ContactBreaks = "v1-contact-breaks", Creation, "an encrypted phone or e-mail ends in HTTP 500";
    V1ExtendParamsEvaluated = "v1-extend-params-evaluated", Creation, "saasExtendParams with null, true or quotes end in HTTP 500";
    V1QuantitiesRefused = "v1-quantities-refused", Creation, "quantities of more than four digits are refused";
    V1TrialRefused = "v1-trial-refused", Creation, "a creation with trialFlag is refused";

    QueryNotSplit = "query-not-split", Query, "several ids are taken for one";
    QueryMemberOf100 = "query-member-of-100", Query, "a query longer than 100 characters is refused";
    QueryHundredOneCrashes = "query-hundred-one-500", Query, "a query for more than a hundred ids ends in HTTP 500";
    QueryMissesLast = "query-misses-last", Query, "the last entry is missing";
    QueryOnlyFirst = "query-only-first", Query, "only the first instance is told";
    QueryEntryTwice = "query-entry-twice", Query, "every entry is told twice";
    QueryTellsAll = "query-tells-all", Query, "instances that were not asked for are told too";
    QueryOtherId = "query-other-id", Query, "ids are told in capital letters";
    QueryInfoEmpty = "query-info-empty", Query, "info is always empty";
    QueryInfoMissing = "query-info-missing", Query, "info is missing";
    QueryInfoObject = "query-info-object", Query, "info is an object instead of a list";
    QueryPendingUnknown = "query-pending-unknown", Query, "creations take their time, and instances are unknown until then";
    QueryPendingUnfinished = "query-pending-unfinished", Query, "creations take their time, and access data are told that do not work yet";
    QueryUnknownMadeUp = "query-unknown-made-up", Query, "an entry is made up for an instance that nobody has";
    QueryUnknownCrashes = "query-unknown-500", Query, "a query for an instance that nobody has ends in HTTP 500";
    QueryMixedCrashes = "query-mixed-500", Query, "a query for known and unknown instances ends in HTTP 500";
    UnknownInstanceCode5 = "unknown-instance-000005", Query, "instances that nobody has are answered with 000005";

    AppInfoMissing = "app-info-missing", Access, "appInfo is missing";
    FrontEndUrlMissing = "front-end-url-missing", Access, "frontEndUrl is missing";
    FrontEndUrlEmpty = "front-end-url-empty", Access, "frontEndUrl is empty";
    FrontEndUrlRelative = "front-end-url-relative", Access, "frontEndUrl is a path";
    FrontEndUrlWithoutScheme = "front-end-url-without-scheme", Access, "frontEndUrl has no scheme";
    FrontEndUrlFtp = "front-end-url-ftp", Access, "frontEndUrl is an FTP address";
    FrontEndUrlHttp = "front-end-url-http", Access, "frontEndUrl is a plain http address";
    FrontEndUrlLong = "front-end-url-long", Access, "frontEndUrl has 513 characters";
    AdminUrlRelative = "admin-url-relative", Access, "adminUrl is a path";
    UserNameLong = "user-name-long", Access, "userName has 129 characters";
    UserNameNullWord = "user-name-null-word", Access, "userName is the word null";
    UserNameControl = "user-name-control", Access, "userName holds a control character";
    PasswordLong = "password-long", Access, "password has 129 characters";
    PasswordEmpty = "password-empty", Access, "password is empty";
    PasswordEachTime = "password-each-time", Access, "each query makes another password";
    AccountEachTime = "account-each-time", Access, "each query makes another account";
    MemoLong = "memo-long", Access, "memo has 1025 characters";
    MemoRawChinese = "memo-raw-chinese", Access, "Chinese text is written without escapes";
    CiphertextUnannounced = "ciphertext-unannounced", Access, "version 2.0 tells ciphertext without encryptType";
    CiphertextUndecryptable = "ciphertext-undecryptable", Access, "version 2.0 tells ciphertext of another key";
    EncryptTypeMissing = "encrypt-type-missing", Access, "encryptType is missing beside ciphertext";
    EncryptTypeOther = "encrypt-type-other", Access, "encryptType names the other length of key";
    EncryptTypeNumber = "encrypt-type-number", Access, "encryptType is a number";
    EncryptTypeUndocumented = "encrypt-type-undocumented", Access, "encryptType is 3";
    SameIv = "same-iv", Access, "all values are encrypted with one vector";
    CredentialPlainText = "credential-plain-text", Access, "user name and password are not encrypted";
    CredentialOtherLength = "credential-other-length", Access, "values are encrypted with the other length of key";
    CredentialWrongKey = "credential-wrong-key", Access, "values are encrypted with another key";
    CredentialKeyDirectly = "credential-key-directly", Access, "values are encrypted with the Key itself";
    CredentialLastBlockOnly = "credential-last-block-only", Access, "only the last block of a ciphertext is told";
    CredentialNull = "credential-null", Access, "the vector is followed by the word null";
    CredentialNullWord = "credential-null-word", Access, "the word null is encrypted in place of a value";
    CredentialBlankForPlus = "credential-blank-for-plus", Access, "ciphertext has blanks for plus signs";
    CredentialHex = "credential-hex", Access, "ciphertext is written in hexadecimal digits";
    CredentialNoIv = "credential-no-iv", Access, "ciphertext has no vector in front";
    CredentialIvInside = "credential-iv-inside", Access, "the vector stands inside the base64";

    UsageInfoMissing = "usage-info-missing", UsageInfo, "usageInfo of pay-per-use is missing";
    UsageInfoObject = "usage-info-object", UsageInfo, "usageInfo is an object instead of a list";
    UsageInfoValueMissing = "usage-info-value-missing", UsageInfo, "usageValue is missing";
    UsageInfoTimeMissing = "usage-info-time-missing", UsageInfo, "statisticalTime is missing";
    UsageInfoNegative = "usage-info-negative", UsageInfo, "usageValue is negative";
    UsageInfoFiveDecimals = "usage-info-five-decimals", UsageInfo, "usageValue has five decimals";
    UsageInfoUnit = "usage-info-unit", UsageInfo, "usageValue is followed by a unit";
    UsageInfoFalls = "usage-info-falls", UsageInfo, "usageValue falls from query to query";
    UsageInfoTime14 = "usage-info-time-14", UsageInfo, "statisticalTime has 14 digits";
    UsageInfoTimeImpossible = "usage-info-time-impossible", UsageInfo, "statisticalTime is on 30 February";
    UsageInfoLocalTime = "usage-info-local-time", UsageInfo, "statisticalTime is in the local time of China";
    UsageInfoWithoutRelated = "usage-info-without-related", UsageInfo, "entries of a package do not say for which instance";
    DashboardUrlRelative = "dashboard-url-relative", UsageInfo, "dashboardUrl is a path";

    RefreshRefused = "refresh-refused", Renewal, "every renewal is refused";
    SceneTrialRefused = "scene-trial-to-formal-refused", Renewal, "the scene TRIAL_TO_FORMAL is refused";
    SceneRenewalRefused = "scene-renewal-refused", Renewal, "the scene RENEWAL is refused";
    SceneUnsubscribeRefused = "scene-unsubscribe-refused", Renewal, "the scene UNSUBSCRIBE_RENEWAL_PERIOD is refused";
    SceneChangeRefused = "scene-renewal-change-refused", Renewal, "the scene RENEWAL_CHANGE is refused";
    SceneUnknownAccepted = "scene-unknown-accepted", Renewal, "a scene that is not known is taken for a renewal";
    ExpireTime14Refused = "expire-time-14-refused", Renewal, "expireTime of 14 digits is refused";
    ExpireTime17Refused = "expire-time-17-refused", Renewal, "expireTime of 17 digits is refused";
    ExpireTimeWrongAccepted = "expire-time-wrong-accepted", Renewal, "expireTime on a day that does not exist is accepted";
    ExpireTimeWrongCrashes = "expire-time-wrong-500", Renewal, "expireTime on a day that does not exist ends in HTTP 500";
    ExpiryNotMoved = "expiry-not-moved", Renewal, "a renewal is answered with success and does nothing";
    RefreshAddsTerm = "refresh-adds-term", Renewal, "a renewal adds a year, each time that it is delivered";
    RefreshTwiceRefused = "refresh-twice-refused", Renewal, "a repeated renewal is refused";
    RefreshFrozenRefused = "refresh-frozen-refused", Renewal, "a frozen instance cannot be renewed";
    RefreshWithProductRefused = "refresh-with-product-refused", Renewal, "a renewal with productId is refused";
    RefreshWithoutProductRefused = "refresh-without-product-refused", Renewal, "a renewal without productId is refused";
    RefreshUnknownSuccess = "refresh-unknown-success", Renewal, "the renewal of an instance that nobody has succeeds";
    V1RefreshEmptyProductRefused = "v1-refresh-empty-product-refused", Renewal, "a renewal with an empty productId is refused";
    V1RefreshTrialRefused = "v1-refresh-trial-refused", Renewal, "a renewal with trialToFormal is refused";
    V1RefreshWithoutTrialRefused = "v1-refresh-without-trial-refused", Renewal, "a renewal without trialToFormal is refused";

    FreezeRefused = "freeze-refused", Status, "an instance in use cannot be frozen";
    FreezeIgnored = "freeze-ignored", Status, "freezing is answered with success and does nothing";
    FreezeTwiceRefused = "freeze-twice-refused", Status, "a frozen instance cannot be frozen again";
    FreezeForgets = "freeze-forgets", Status, "a frozen instance is deleted";
    FreezeOthersToo = "freeze-others-too", Status, "all instances of the buyer are frozen, and get another account";
    UnfreezeRefused = "unfreeze-refused", Status, "a frozen instance cannot be unfrozen";
    UnfreezeTwiceRefused = "unfreeze-twice-refused", Status, "an instance in use cannot be unfrozen";
    UnfreezeNewAccount = "unfreeze-new-account", Status, "unfreezing makes another account";
    StatusUnknownAccepted = "status-unknown-accepted", Status, "every status but FREEZE is taken for unfreezing";
    StatusUnknownSuccess = "status-unknown-success", Status, "the change of status of an instance that nobody has succeeds";
    StatusByUseRefused = "status-by-use-refused", Status, "instances that are charged by use cannot be frozen";
    V1ExpireRefused = "v1-expire-refused", Status, "expireInstance is refused";
    V1ExpireTwiceRefused = "v1-expire-twice-refused", Status, "a repeated expireInstance is refused";
    V1ExpireUnknownSuccess = "v1-expire-unknown-success", Status, "expireInstance of an instance that nobody has succeeds";

    ReleaseRefused = "release-refused", Release, "no instance can be released";
    ReleaseFrozenRefused = "release-frozen-refused", Release, "a frozen instance cannot be released";
    ReleaseWithOrderRefused = "release-with-order-refused", Release, "a release with orderId is refused";
    ReleaseWithoutOrderRefused = "release-without-order-refused", Release, "a release without orderId is refused";
    ReleaseTwiceRefused = "release-twice-refused", Release, "a repeated release is answered with 000005";
    ReleaseTwiceRevives = "release-twice-revives", Release, "a repeated release takes the instance back into use";
    ReleasedRenewalRevives = "released-renewal-revives", Release, "the renewal of a released instance is refused, and takes it back into use";
    ForgottenAfterCalls = "forgotten-after-calls", Release, "an instance is forgotten after a dozen calls about it";
    ReleaseForgets = "release-forgets", Release, "nothing is known of a released instance any more, its order included";
    ReleaseUnknownSuccess = "release-unknown-success", Release, "the release of an instance that nobody has succeeds";
    ReleaseStillTold = "release-still-told", Release, "a released instance is told like one in use";
    ReleaseOthersToo = "release-others-too", Release, "all instances of the buyer are released";
    ReleaseInProgress = "release-in-progress", Release, "a release is answered with 000004";
    ReleasedAccepted = "released-accepted", Release, "a released instance can be renewed, unfrozen and upgraded";

    UpgradeRefused = "upgrade-refused", Upgrade, "every upgrade is refused";
    UpgradeAfterRenewalRefused = "upgrade-after-renewal-refused", Upgrade, "an upgrade is refused once the instance was renewed";
    UpgradeTwiceRefused = "upgrade-twice-refused", Upgrade, "a repeated upgrade is refused";
    UpgradeCountsTwice = "upgrade-counts-twice", Upgrade, "an upgrade adds seats, each time that it is delivered";
    UpgradeNewInstance = "upgrade-new-instance", Upgrade, "an upgrade gives the instance another id";
    UpgradeNewAccount = "upgrade-new-account", Upgrade, "an upgrade makes another account";
    UpgradeUnknownSuccess = "upgrade-unknown-success", Upgrade, "the upgrade of an instance that nobody has succeeds";

    CheckAlwaysYes = "check-always-yes", Check, "a change to less than is in use is possible";
    CheckRefusesAll = "check-refuses-all", Check, "no change is possible";
    CheckChanges = "check-changes", Check, "the check carries the change out, with another account";
    CheckUnknownSuccess = "check-unknown-success", Check, "an instance that nobody has can change";

    TestUnverified = "test-unverified", Tests, "calls with testFlag 1 are not verified";
    TestLeavesTrace = "test-leaves-trace", Tests, "calls with testFlag 1 are treated like real ones";
    TestChangesReal = "test-changes-real", Tests, "calls with testFlag 1 change real instances";
    TestInProgress = "test-in-progress", Tests, "creations with testFlag 1 are answered with 000004";
    TestReplayFails = "test-replay-fails", Tests, "a case with testFlag 1 passes once only";
    TestUnknownRefused = "test-unknown-refused", Tests, "made-up orders and instances are refused with testFlag 1";

    NotifyUnverified = "notify-unverified", Notification, "notifications are not verified";
    NotifyRefuseValid = "notify-refuse-valid", Notification, "notifications are refused as wrongly signed";
    NotifyRefused = "notify-500", Notification, "a notification ends in HTTP 500";
    NotifyCodeShort = "notify-code-short", Notification, "a notification is answered with the code 0";
    NotifyTwiceRefused = "notify-twice-refused", Notification, "a repeated notification is refused";
    NotifyWantsTestFlag = "notify-wants-test-flag", Notification, "a notification without testFlag is refused";
    NotifyOtherTypesRefused = "notify-other-types-refused", Notification, "a notification of anything but a purchase is refused";
    NotifyUnknownSuccess = "notify-unknown-success", Notification, "a notification of an unknown order is taken";
    NotifyWithoutQuery = "notify-without-query", Notification, "the order of a notification is never asked for";

    AnswerStatus201 = "answer-status-201", Answers, "answers have HTTP status 201";
    AnswerStatus302 = "answer-status-302", Answers, "answers redirect to a login page";
    AnswerStatus500 = "answer-status-500", Answers, "answers have HTTP status 500";
    AnswerHtml = "answer-html", Answers, "answers are HTML pages";
    AnswerHtml500 = "answer-html-500", Answers, "answers are error pages in HTML";
    AnswerTypeHtml = "answer-type-html", Answers, "the content type of answers is text/html";
    AnswerTypePlain = "answer-type-plain", Answers, "the content type of answers is text/plain";
    AnswerTypeMissing = "answer-type-missing", Answers, "answers have no content type";
    AnswerCharsetLatin1 = "answer-charset-latin-1", Answers, "answers name the charset ISO-8859-1";
    AnswerGbk = "answer-gbk", Answers, "resultMsg is Chinese text in GBK";
    AnswerBom = "answer-bom", Answers, "a byte order mark stands in front of the body";
    AnswerBrokenJson = "answer-broken-json", Answers, "the body is no JSON";
    AnswerEmpty = "answer-empty", Answers, "the body is empty";
    AnswerWrapped = "answer-wrapped", Answers, "everything stands in a member data";
    AnswerList = "answer-list", Answers, "the body is a list";
    CodeMissing = "code-missing", Answers, "resultCode is missing";
    CodeNumber = "code-number", Answers, "resultCode is the number 0";
    CodeShort = "code-short", Answers, "resultCode is 0";
    CodeWord = "code-word", Answers, "resultCode is SUCCESS";
    CodeUndocumented = "code-undocumented", Answers, "resultCode is 000009";
    MessageMissing = "message-missing", Answers, "resultMsg is missing";
    MessageLong = "message-long", Answers, "resultMsg has 256 characters";
    MessageNumber = "message-number", Answers, "resultMsg is a number";
    MessageStackTrace = "message-stack-trace", Answers, "resultMsg of a refusal is a stack trace";
    MessageKey = "message-key", Answers, "resultMsg of a refusal tells the access key";
    NullMembers = "null-members", Answers, "optional members without a value are null";

    BodySignMissing = "body-sign-missing", BodySign, "Body-Sign is missing";
    BodySignNotOnRefusals = "body-sign-not-on-refusals", BodySign, "refusals have no Body-Sign";
    BodySignNameCase = "body-sign-name-case", BodySign, "the header is spelled Body-sign";
    BodySignNameLowerCase = "body-sign-name-lower-case", BodySign, "the header is spelled body-sign";
    BodySignNoQuotes = "body-sign-no-quotes", BodySign, "the header has no quotes";
    BodySignBareSignature = "body-sign-bare-signature", BodySign, "the header is the signature alone";
    BodySignOtherSignType = "body-sign-other-sign-type", BodySign, "sign_type is HmacSHA256";
    BodySignWrongKey = "body-sign-wrong-key", BodySign, "answers are signed with another key";
    BodySignKeyAndTimestamp = "body-sign-key-and-timestamp", BodySign, "answers are signed with key and time";
    BodySignChangedBody = "body-sign-changed-body", BodySign, "answers are changed after signing";
    BodySignLineFeedSent = "body-sign-line-feed-sent", BodySign, "a line feed is sent behind the signed body";
    BodySignLineFeedSigned = "body-sign-line-feed-signed", BodySign, "a line feed is signed and not sent";
    BodySignSortedSigned = "body-sign-sorted-signed", BodySign, "sorted members are signed, others sent";
    BodySignBlanksSigned = "body-sign-blanks-signed", BodySign, "a body with blanks is signed, one without sent";
    BodySignHex = "body-sign-hex", BodySign, "the signature is in hexadecimal digits";
    BodySignPlainSha256 = "body-sign-plain-sha256", BodySign, "the signature is plain SHA-256";

    AkSkMissingAuthorization = "ak-sk-missing-authorization", OpenApi, "the vendor's calls are not signed";
    AkSkWrongSecret = "ak-sk-wrong-secret", OpenApi, "calls are signed with another secret key";
    AkSkUnknownAccessKey = "ak-sk-unknown-access-key", OpenApi, "calls name another access key";
    AkSkChangedSignature = "ak-sk-changed-signature", OpenApi, "one digit of the signature is wrong";
    AkSkChangedBody = "ak-sk-changed-body", OpenApi, "the body is changed after signing";
    AkSkChangedQuery = "ak-sk-changed-query", OpenApi, "a parameter is added after signing";
    AkSkMissingDate = "ak-sk-missing-date", OpenApi, "X-Sdk-Date is missing";
    AkSkDateNotSigned = "ak-sk-date-not-signed", OpenApi, "X-Sdk-Date is not signed";
    AkSkExpired = "ak-sk-expired", OpenApi, "X-Sdk-Date is 16 minutes old";
    AkSkFuture = "ak-sk-future", OpenApi, "X-Sdk-Date is 16 minutes ahead";
    AkSkHostWithoutPort = "ak-sk-host-without-port", OpenApi, "the host is signed without its port";
    AkSkNoTrailingSlash = "ak-sk-no-trailing-slash", OpenApi, "the path is signed without a slash at its end";
    AkSkFormEncoded = "ak-sk-form-encoded", OpenApi, "blanks of the query are signed as plus signs";
    AkSkQueryUnsorted = "ak-sk-query-unsorted", OpenApi, "the query is signed unsorted";
    AkSkEmptyObjectHashed = "ak-sk-empty-object-hashed", OpenApi, "the hash of {} is signed for no body";
    AkSkBodyRewritten = "ak-sk-body-rewritten", OpenApi, "the body is signed compact and sent indented";
    AkSkBase64 = "ak-sk-base64", OpenApi, "the signature is in base64";
    AkSkLiteralLineFeeds = "ak-sk-literal-line-feeds", OpenApi, "lines are joined by a backslash and an n";
    AkSkDerivedKey = "ak-sk-derived-key", OpenApi, "the key is derived from the date";
    AkSkOtherAlgorithm = "ak-sk-other-algorithm", OpenApi, "the algorithm is named V11-HMAC-SHA256";

    OrderNeverQueried = "order-never-queried", OrderQuery, "orders are never asked for";
    OrderQueriedLate = "order-queried-late", OrderQuery, "the order of a creation is asked for when the instance is queried";
    OrderQueriedOften = "order-queried-often", OrderQuery, "each order is asked for ten times";
    OrderOtherId = "order-other-id", OrderQuery, "the line is asked for as if it were the order";
    OrderFirstLineOnly = "order-first-line-only", OrderQuery, "the first line of the order is asked for, whichever is opened";
    OrderOtherLine = "order-other-line", OrderQuery, "another line is asked for";
    OrderWithoutLine = "order-without-line", OrderQuery, "orders are asked for without their line";
    OrderMoreParameters = "order-more-parameters", OrderQuery, "the order query has a parameter that nobody knows";
    OrderQueriedByPost = "order-queried-by-post", OrderQuery, "orders are asked for by POST";
    OrderQueriedElsewhere = "order-queried-elsewhere", OrderQuery, "orders are asked for at another path";
    OrderFailureIgnored = "order-failure-ignored", OrderQuery, "when the order query fails, an instance of default size is opened";
    OrderPrefixFixed = "order-prefix-fixed", OrderQuery, "only codes that begin with MKT are understood";
    OrderNullBreaks = "order-null-breaks", OrderQuery, "a buyer without e-mail ends in HTTP 500";
    OrderMoreBreaks = "order-more-breaks", OrderQuery, "an order with extendParams ends in HTTP 500";
    OrderMocksRefused = "order-mocks-refused", OrderQuery, "mock orders are refused for the form of their id";
    UpgradeWithoutQuery = "upgrade-without-query", OrderQuery, "the order of an upgrade is never asked for";
    RefreshWithoutQuery = "refresh-without-query", OrderQuery, "the order of a renewal is never asked for";

    UsageNeverPushed = "usage-never-pushed", UsagePush, "usage is never pushed";
    PushMissingSignature = "push-missing-signature", UsagePush, "the push has no signature of its own";
    PushMissingTs = "push-missing-ts", UsagePush, "the push has no ts";
    PushMissingNonce = "push-missing-nonce", UsagePush, "the push has no nonce";
    PushWrongKey = "push-wrong-key", UsagePush, "the push is signed with another key";
    PushChangedNonce = "push-changed-nonce", UsagePush, "the nonce of the push is not the one that was signed";
    PushDescendingSort = "push-descending-sort", UsagePush, "the push is signed over descending members";
    PushBlanksSigned = "push-blanks-signed", UsagePush, "the push is signed over a body with blanks";
    PushBodyDigest = "push-body-digest", UsagePush, "the push is signed over the digest of its body";
    PushNonceFirst = "push-nonce-first", UsagePush, "the push is signed with nonce before ts";
    PushUnnamed = "push-unnamed", UsagePush, "the push is signed over bare values";
    PushHex = "push-hex", UsagePush, "the signature of the push is in hexadecimal digits";
    PushTsInSeconds = "push-ts-in-seconds", UsagePush, "ts of the push is in seconds";
    UsageWithoutAkSk = "usage-without-ak-sk", UsagePush, "the push is not signed with AK/SK";
    UsageNonceReused = "usage-nonce-reused", UsagePush, "every push has the same nonce";
    UsageNonceLong = "usage-nonce-long", UsagePush, "the nonce of a push has 65 characters";
    UsageEmptyList = "usage-empty-list", UsagePush, "the push has no records";
    UsageTooMany = "usage-too-many", UsagePush, "the push has 1001 records";
    UsageOtherNames = "usage-other-names", UsagePush, "members of the push are written without underscores";
    UsageWithoutSn = "usage-without-sn", UsagePush, "records have no metering_sn";
    UsageWithoutRecordTime = "usage-without-record-time", UsagePush, "records have no record_time";
    UsageSnReused = "usage-sn-reused", UsagePush, "every record has the same metering_sn";
    UsageSnLong = "usage-sn-long", UsagePush, "metering_sn has 65 characters";
    UsageOtherInstance = "usage-other-instance", UsagePush, "records name the package, or the order where there is none";
    UsageWithoutPackage = "usage-without-package", UsagePush, "records do not name the package that they draw down";
    UsagePackageOther = "usage-package-other", UsagePush, "records name the order where the package belongs";
    UsageTimesDashed = "usage-times-dashed", UsagePush, "times are written with dashes and colons";
    UsageTimesLocal = "usage-times-local", UsagePush, "times are in the local time of China, with a Z behind";
    UsageRangeReversed = "usage-range-reversed", UsagePush, "begin_time and end_time are exchanged";
    UsageRangeEmpty = "usage-range-empty", UsagePush, "begin_time is end_time";
    UsageBeforeOpening = "usage-before-opening", UsagePush, "begin_time is an hour before the opening";
    UsageAhead = "usage-ahead", UsagePush, "records are pushed half an hour before their end";
    UsageFromOpening = "usage-from-opening", UsagePush, "every record begins at the opening";
    PushTsOld = "push-ts-old", UsagePush, "ts of the push is an hour old";
    UsageLate = "usage-late", UsagePush, "records are of three hours ago";
    UsageOld = "usage-old", UsagePush, "begin_time is more than 21 days ago";
    UsagePeriodRepeated = "usage-period-repeated", UsagePush, "every push is about the first second";
    UsageAfterRelease = "usage-after-release", UsagePush, "a released instance is metered on";
    UsageValueZero = "usage-value-zero", UsagePush, "usage_value is 0";
    UsageValueNegative = "usage-value-negative", UsagePush, "usage_value is negative";
    UsageValueFiveDecimals = "usage-value-five-decimals", UsagePush, "usage_value has five decimals";
    UsageValueNumber = "usage-value-number", UsagePush, "usage_value is a number";
    UsageFailedDropped = "usage-failed-dropped", UsagePush, "a push that failed is not repeated";
    UsageJudgedByStatus = "usage-judged-by-status", UsagePush, "a push is taken for good by its status alone";
    UsageOldCall = "usage-old-call", UsagePush, "usage is pushed with the older call";
    UsageOldWithoutProduct = "usage-old-without-product", UsagePush, "usage is pushed with the older call and without product_id";

    KitSignatureUnchecked = "kit-signature-unchecked", Kit, "x-sign, x-timestamp and x-nonce are never looked at";
    KitAcceptMissingSignature = "kit-accept-missing-signature", Kit, "calls of the kit without x-sign are accepted";
    KitAcceptMissingNonce = "kit-accept-missing-nonce", Kit, "calls of the kit without x-nonce are accepted";
    KitAcceptWrongKey = "kit-accept-wrong-key", Kit, "calls of the kit signed with another key are accepted";
    KitAcceptOtherInterfaceKey = "kit-accept-other-interface-key", Kit, "calls of the kit signed with the key of the basic interface are accepted";
    KitAcceptChangedBody = "kit-accept-changed-body", Kit, "calls of the kit whose body was changed after signing are accepted";
    KitAcceptOtherCanonical = "kit-accept-other-canonical", Kit, "calls of the kit signed the way of the basic interface are accepted";
    KitAcceptStale61s = "kit-accept-stale-61s", Kit, "calls of the kit are good for 66 seconds";
    KitAcceptStale70s = "kit-accept-stale-70s", Kit, "calls of the kit are good for 90 seconds";
    KitAcceptFuture = "kit-accept-future", Kit, "calls of the kit from any time ahead are accepted";
    KitAcceptReplayedNonce = "kit-accept-replayed-nonce", Kit, "nonces of the kit are not kept";
    KitRefuseValid = "kit-refuse-valid", Kit, "every call of the kit is refused as wrongly signed";
    KitRefuseStale50s = "kit-refuse-stale-50s", Kit, "calls of the kit are good for 30 seconds only";
    KitRefuseLowerCase = "kit-refuse-lower-case", Kit, "x-sign in small hexadecimal digits is refused";
    KitRefuseRewritten = "kit-refuse-rewritten", Kit, "the bytes of the kit's bodies are signed as they came";
    KitRefuseNonAscii = "kit-refuse-non-ascii", Kit, "bodies of the kit with Chinese are signed with escapes";
    KitRefuseNested = "kit-refuse-nested", Kit, "lists in bodies of the kit are signed as something else";
    KitRefusalCode5 = "kit-refusal-code-000005", Kit, "wrong signatures of the kit are answered with 000005";
    KitRefusal500 = "kit-refusal-500", Kit, "wrong signatures of the kit end in HTTP 500";
    KitDecryptsFirst = "kit-decrypts-first", Kit, "clientSecret is decrypted before the signature is verified";
    KitSecretUnchecked = "kit-secret-unchecked", Kit, "a clientSecret that does not decrypt is taken as it is";
    KitSecretSwallowed = "kit-secret-swallowed", Kit, "the error of a decryption is logged and answered with success";
    KitSecretMgf1Sha256 = "kit-secret-mgf1-sha256", Kit, "clientSecret is decrypted with SHA-256 for MGF1 too";
    KitSecretSha1 = "kit-secret-sha1", Kit, "clientSecret is decrypted with the default of the library, SHA-1";
    KitSecretCode5 = "kit-secret-code-000005", Kit, "a clientSecret that does not decrypt is answered with 000005";
    KitSecret500 = "kit-secret-500", Kit, "a clientSecret that does not decrypt ends in HTTP 500";
    KitNotServed = "kit-not-served", Kit, "the paths of the kit are not served";
    KitAtTheRoot = "kit-departments-not-served", Kit, "the path of allOrgSync is not served";
    KitCrashes = "kit-500", Kit, "every call of the kit ends in HTTP 500";
    KitModifyRefused = "kit-modify-refused", Kit, "flag 2 is refused";
    KitCancelRefused = "kit-cancel-refused", Kit, "flag 3 of authSync is refused";
    KitRepeatedRefused = "kit-repeated-refused", Kit, "what is known already is refused";
    KitDeleteUnknownRefused = "kit-delete-unknown-refused", Kit, "deleting what is not known is refused";
    KitDeleteChecksInstance = "kit-delete-checks-instance", Kit, "deleting for an instance that is not known is refused";
    KitTestRefused = "kit-test-refused", Kit, "calls of the kit without an instance are refused, also in tests";
    KitClocksCompared = "kit-clocks-compared", Kit, "timeStamp of the body must be within a minute of x-timestamp";
    KitClockUtc = "kit-clock-utc", Kit, "timeStamp of the body is read as UTC and refused as too far ahead";
    KitSyncTime14 = "kit-sync-time-14", Kit, "currentSyncTime of 17 digits is refused";
    KitSyncTime17 = "kit-sync-time-17", Kit, "currentSyncTime of 14 digits is refused";
    KitAdminRefused = "kit-admin-refused", Kit, "users with the role admin are refused";
    KitUsersOptional = "kit-users-optional", Kit, "users without e-mail are refused";
    KitOrgListText = "kit-org-list-text", Kit, "orgInfoList is taken as a text only";
    KitOrgListOnly = "kit-org-list-only", Kit, "orgInfoList as a text is refused";
    KitMissingAccepted = "kit-missing-member-accepted", Kit, "mandatory members of the kit may be missing";
    KitMissing500 = "kit-missing-member-500", Kit, "a mandatory member of the kit that is missing ends in HTTP 500";
    KitEmptyAccepted = "kit-empty-member-accepted", Kit, "mandatory members of the kit may be empty";
    KitValuesUnchecked = "kit-values-unchecked", Kit, "a flag or role that is not documented is taken for another";
    KitLong500 = "kit-long-member-500", Kit, "a member of the kit that is too long ends in HTTP 500";
    KitBrokenJson500 = "kit-broken-json-500", Kit, "a body of the kit that is no JSON ends in HTTP 500";
    KitFirstDecodes = "kit-v1-decodes", Kit, "values of the kit of version 1 are URL-decoded before they are signed";
    KitFirstNoExtension = "kit-v1-no-extension", Kit, "users of the kit of version 1 with an extension are refused";
    KitUnknownRefused = "kit-unknown-member-refused", Kit, "members of the kit that are not known are refused";

    LoginNotServed = "login-not-served", Login, "nothing is served where the buyer's browser lands";
    LoginCrashes = "login-500", Login, "every login ends in HTTP 500";
    OauthNeverCalled = "oauth-never-called", Login, "whoever brings a code is let in, and nobody is asked whose it is";
    OauthNoUserInfo = "oauth-no-userinfo", Login, "the user behind a token is never asked for";
    OauthBasic = "oauth-basic", Login, "the client's credentials are sent by HTTP Basic";
    OauthInAddress = "oauth-in-address", Login, "the client's credentials are sent in the address";
    OauthJson = "oauth-json", Login, "the client's credentials are sent as JSON";
    OauthSecretEncrypted = "oauth-secret-encrypted", Login, "client_secret is clientSecret as it came";
    OauthAppId = "oauth-app-id", Login, "client_id is the appId";
    OauthCodeTwice = "oauth-code-twice", Login, "each code is exchanged twice";
    OauthCodeChanged = "oauth-code-changed", Login, "the code is changed on its way";
    OauthNoGrantType = "oauth-no-grant-type", Login, "grant_type is left out";
    OauthGet = "oauth-get", Login, "a token is asked for by GET";
    OauthOtherRedirect = "oauth-other-redirect", Login, "redirect_uri of the exchange is not that of the authorisation";
    OauthNoRedirect = "oauth-no-redirect", Login, "redirect_uri is left out of the exchange";
    OauthNoResponseType = "oauth-no-response-type", Login, "the authorisation has no response_type";
    OauthRefreshes = "oauth-refreshes", Login, "every token is refreshed at once, as it should be done";
    OauthRefreshBasic = "oauth-refresh-basic", Login, "tokens are refreshed with HTTP Basic";
    OauthTokenInAddress = "oauth-token-in-address", Login, "the access token is sent in the address";
    OauthNoAccept = "oauth-no-accept", Login, "the user is asked for without Accept";
    OauthBadCode500 = "oauth-bad-code-500", Login, "a code that is no good ends in HTTP 500";

    Slow = "slow", Transport, "a query is answered after six seconds";
    Slower = "slower", Transport, "every call is answered after twenty-one seconds";
    Closes = "closes", Transport, "a query is answered with a closed connection";
    Hangs = "hangs", Transport, "a query is never answered";
    ShortBody = "short-body", Transport, "the body of a query's answer is shorter than announced";
    LongBody = "long-body", Transport, "the body of a query's answer is longer than announced";
    BadChunk = "bad-chunk", Transport, "a query's answer has a chunk whose length is no number";
    Garbage = "garbage", Transport, "a query is answered with bytes that are no HTTP";
    HugeBody = "huge-body", Transport, "a query is answered with 100 MiB";
    DiesAfterRelease = "dies-after-release", Transport, "the server ends at a release";
}

/// The faults that a vendor was told to have.
pub(crate) type Faults = crate::market::fault::Faults<Fault>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn areas_stand_together() {
        assert!(Fault::ALL.is_sorted_by_key(|fault| fault.area()));
    }
}
