//! The named ways in which the reference vendor can misbehave.
//!
//! For every check of the judge there is a fault that trips it, so that the checks themselves are tested. Each fault
//! is one mistake as real vendors make it; the behaviour stands where the faultless behaviour stands.

use crate::market::fault::faults;

/// The part of the contract that a fault breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Area {
    /// Which tokens are accepted, and how others are refused.
    Authentication,
    /// Registering customers and changing their state.
    Application,
    /// Handing over the login page.
    SingleSignOn,
    /// The status call.
    Status,
    /// Resigning and what follows.
    Resignation,
    /// The form of bills and the arithmetic of charges.
    Billing,
    /// The list of all customers' bills.
    BillByDay,
    /// The bill of one customer.
    BillByCustomer,
    /// Errors, unknown methods, and what they give away.
    Errors,
    /// HTTP itself, and time.
    Transport,
}

impl Area {
    /// Its name in lists: `single sign-on`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Authentication => "authentication",
            Self::Application => "application",
            Self::SingleSignOn => "single sign-on",
            Self::Status => "status",
            Self::Resignation => "resignation",
            Self::Billing => "billing",
            Self::BillByDay => "bill by day",
            Self::BillByCustomer => "bill by customer",
            Self::Errors => "errors",
            Self::Transport => "transport",
        }
    }
}

// rustfmt would take the indentation of the table away.
#[rustfmt::skip]
faults! {
    AcceptMissingToken = "accept-missing-token", Authentication, "a call without a token is accepted";
    AcceptMalformedToken = "accept-malformed-token", Authentication, "values that are no readable token are accepted";
    AcceptOtherKey = "accept-other-key", Authentication, "tokens of storeproof's second test key are accepted";
    AcceptChangedPayload = "accept-changed-payload", Authentication,
        "the signature is checked over claims built anew from `iat`, not over those that arrived";
    AcceptChangedSignature = "accept-changed-signature", Authentication,
        "a signature with one wrong character is accepted";
    AcceptNoSignature = "accept-no-signature", Authentication, "an RS256 token with an empty signature is accepted";
    AcceptAlgNone = "accept-alg-none", Authentication, "unsigned tokens with alg `none` are accepted";
    AcceptAlgNoneMixedCase = "accept-alg-none-mixed-case", Authentication,
        "unsigned tokens with alg `nOnE` are accepted, `none` is not";
    AcceptHs256PublicKey = "accept-hs256-public-key", Authentication,
        "HS256 tokens keyed with the public key's text are accepted";
    AcceptHs256PublicKeyTrimmed = "accept-hs256-public-key-trimmed", Authentication,
        "HS256 tokens keyed with the public key's text without its last line feed are accepted";
    AcceptEmbeddedJwk = "accept-embedded-jwk", Authentication, "a token is checked with the key that it brings along";
    AcceptJwtIoKey = "accept-jwt-io-key", Authentication, "tokens of the public demo key of jwt.io are accepted";
    AcceptSampleToken = "accept-sample-token", Authentication,
        "the sample token of KT's documents is accepted word for word";
    AcceptTooOld61s = "accept-too-old-61s", Authentication, "tokens are accepted for 65 seconds";
    AcceptTooOld70s = "accept-too-old-70s", Authentication, "tokens are accepted for 90 seconds";
    AcceptTooOld9m = "accept-too-old-9m", Authentication, "tokens are accepted for ten minutes, as the README has it";
    AcceptTooOld1h = "accept-too-old-1h", Authentication, "tokens never expire";
    AcceptFromTheFuture = "accept-from-the-future", Authentication, "tokens from any time ahead are accepted";
    AcceptNoIat = "accept-no-iat", Authentication, "tokens without `iat` are accepted";
    AcceptBearerPrefix = "accept-bearer-prefix", Authentication, "`Bearer ` in front of the token is skipped";
    SignatureUnchecked = "signature-unchecked", Authentication, "the signature is not checked, the time is";
    TokenUnchecked = "token-unchecked", Authentication,
        "any value of the header is accepted, only its absence is refused";
    UncheckedStatus = "unchecked-status", Authentication, "the status call asks for no token";
    UncheckedApply = "unchecked-apply", Authentication, "the apply call asks for no token";
    UncheckedResign = "unchecked-resign", Authentication, "the resign call asks for no token";
    UncheckedBillByDay = "unchecked-bill-by-day", Authentication, "the bill by day asks for no token";
    UncheckedBillByCustomer = "unchecked-bill-by-customer", Authentication, "the bill by customer asks for no token";
    RefuseTooOld50s = "refuse-too-old-50s", Authentication, "tokens are accepted for 30 seconds only";
    RefuseIatAhead = "refuse-iat-ahead", Authentication, "tokens from one second ahead are refused";
    RefuseExp = "refuse-exp", Authentication, "tokens with `exp` are refused";
    RefuseReusedToken = "refuse-reused-token", Authentication,
        "a token is accepted once; a second call in the same second is refused";
    RefuseValid = "refuse-valid", Authentication, "every token is refused";
    RefuseValidOnBillByDay = "refuse-valid-on-bill-by-day", Authentication,
        "every token is refused on the bill by day";
    ClockAhead = "clock-ahead", Authentication, "the vendor's clock is five minutes ahead, so every token is too old";
    ClockBehind = "clock-behind", Authentication,
        "the vendor's clock is five minutes behind, so every token is from the future";
    RequireBearer = "require-bearer", Authentication, "the token is only accepted behind `Bearer `";
    RequireAuthorization = "require-authorization", Authentication,
        "the token is looked for in the header Authorization";
    RequireExp = "require-exp", Authentication, "tokens without `exp` are refused";
    RequireSub = "require-sub", Authentication, "tokens without `sub` are refused";
    IatAsMilliseconds = "iat-as-milliseconds", Authentication, "`iat` is read as milliseconds";
    IatAsKoreanTime = "iat-as-korean-time", Authentication,
        "`iat` is compared with Korean time taken for UTC, nine hours ahead";
    MissingToken500 = "missing-token-500", Authentication, "a missing token gives status 500";
    MalformedToken500 = "malformed-token-500", Authentication, "an unreadable token gives status 500";
    MalformedTokenDies = "malformed-token-dies", Authentication, "an unreadable token ends the whole server";
    OtherKey500 = "other-key-500", Authentication, "a signature that does not fit gives status 500";
    Refusal200 = "refusal-200", Authentication, "bad tokens get status 200 with an error in the body";
    Refusal302 = "refusal-302", Authentication, "bad tokens get a redirect to a login page";
    Refusal400 = "refusal-400", Authentication, "bad tokens get status 400";
    Refusal403 = "refusal-403", Authentication, "bad tokens get status 403";
    Refusal404 = "refusal-404", Authentication, "bad tokens get status 404";
    ApplyFirst200 = "apply-first-200", Application, "the first application gets 200 instead of 201";
    ApplyFirst202 = "apply-first-202", Application, "the first application gets 202 instead of 201";
    ApplyFirst302 = "apply-first-302", Application, "the first application gets 302 instead of 201";
    ApplyForgets = "apply-forgets", Application, "the application gets 201, but the customer is not kept";
    ApplyDuplicates = "apply-duplicates", Application,
        "every application of a known customer adds that customer to the bill by day once more";
    ApplyRequiresBody = "apply-requires-body", Application, "an application without a body gets status 500";
    ApplyRefusesUnknownMembers = "apply-refuses-unknown-members", Application,
        "an application with a member that is not documented gets status 400";
    Apply500 = "apply-500", Application, "every application gets status 500";
    ApplyKorean500 = "apply-korean-500", Application, "a customer key with Korean text gets status 500";
    ApplyLong500 = "apply-long-500", Application, "a customer key of more than 64 bytes gets status 500";
    ApplyBadJson500 = "apply-bad-json-500", Application, "a body that is not JSON gets status 500";
    ApplyNested500 = "apply-nested-500", Application, "a body that is nested deeply gets status 500";
    ApplyLarge500 = "apply-large-500", Application, "a body of more than 32 KiB gets status 500";
    ApplyBadJsonAccepted = "apply-bad-json-accepted", Application, "a body that is not JSON is taken for none";
    TrialAccepted = "trial-accepted", Application,
        "customers on a free trial are registered instead of refused with 406";
    Trial403 = "trial-403", Application, "customers on a free trial get 403 instead of 406";
    Trial409 = "trial-409", Application, "customers on a free trial get 409 instead of 406";
    Reapply200 = "reapply-200", Application,
        "an application after resigning gets 200 and brings the customer back without registering";
    Reapply409 = "reapply-409", Application, "an application after resigning gets 409";
    RaceBoth201 = "race-both-201", Application, "of two applications within a second both get 201";
    RaceTwoCustomers = "race-two-customers", Application,
        "of two applications within a second each makes a customer of its own";
    KeyTruncated = "key-truncated", Application, "customer keys are cut after 20 characters";
    KeyUpperCased = "key-upper-cased", Application, "customer keys are turned into upper case";
    KeyMojibake = "key-mojibake", Application, "customer keys are read as Latin-1";
    KeyDecodedTwice = "key-decoded-twice", Application, "customer keys are percent-decoded twice";
    KeyPlusAsBlank = "key-plus-as-blank", Application, "a plus sign in a customer key is read as a blank";
    KeyTrimmed = "key-trimmed", Application, "blanks around a customer key are cut off";
    KeySlash404 = "key-slash-404", Application, "a customer key with a slash in it gets status 404";
    KeyCaseIgnored = "key-case-ignored", Application,
        "customer keys that differ in case only are taken for one customer";
    KeyFormRefused = "key-form-refused", Application, "a customer key that is not M and digits gets status 400";
    KeyPadded = "key-padded", Application, "customer keys come back with blanks in front";
    SuspendRefused = "suspend-refused", Application, "the state code 2 (suspended) gets status 400";
    SuspendTwiceRefused = "suspend-twice-refused", Application, "suspending a suspended customer gets 409";
    SuspendTerminates = "suspend-terminates", Application,
        "the state codes are read as in another dialect: 2 terminates";
    TerminateCodeIgnored = "terminate-code-ignored", Application, "the state code 1 (terminated) changes nothing";
    ApplyKnown201 = "apply-known-201", SingleSignOn, "every application gets 201, also that of a known customer";
    ApplyKnown302 = "apply-known-302", SingleSignOn, "a known customer gets 302 instead of 200";
    ApplyKnown409 = "apply-known-409", SingleSignOn, "a known customer gets 409 instead of 200";
    ApplyKnown500 = "apply-known-500", SingleSignOn, "a known customer gets status 500";
    SignOnResets = "sign-on-resets", SingleSignOn, "a sign-on registers the customer anew";
    LocationMissing = "location-missing", SingleSignOn, "the header Location is missing";
    LocationMissingWhenKnown = "location-missing-when-known", SingleSignOn,
        "the header Location is missing for a known customer";
    LocationEmpty = "location-empty", SingleSignOn, "the header Location is empty";
    LocationRelative = "location-relative", SingleSignOn, "Location is a path without scheme and host";
    LocationWithoutScheme = "location-without-scheme", SingleSignOn, "Location begins with `//`";
    LocationPlainHttp = "location-plain-http", SingleSignOn,
        "Location begins with `http://` although the vendor is reached by HTTPS";
    LocationForeignHost = "location-foreign-host", SingleSignOn, "Location leads to another host";
    LocationNotAUrl = "location-not-a-url", SingleSignOn, "Location is no URL";
    LocationTwice = "location-twice", SingleSignOn, "the header Location is sent twice with different values";
    LocationPlaceholder = "location-placeholder", SingleSignOn, "Location is the example of the document, word for word";
    LocationBlank = "location-blank", SingleSignOn, "Location has a blank in it";
    LocationOtherPort = "location-other-port", SingleSignOn, "Location leads to another port of the same host";
    LocationOtherCustomer = "location-other-customer", SingleSignOn, "Location opens the page of another customer";
    Page404 = "page-404", SingleSignOn, "the login page answers 404";
    Page500 = "page-500", SingleSignOn, "the login page answers 500";
    PageEmpty = "page-empty", SingleSignOn, "the login page is empty";
    PageJson = "page-json", SingleSignOn, "the login page is JSON";
    PageLoops = "page-loops", SingleSignOn, "the login page redirects to itself for ever";
    PageLeavesOrigin = "page-leaves-origin", SingleSignOn, "the login page redirects to another host";
    PageForgetsSession = "page-forgets-session", SingleSignOn,
        "the page behind the login does not accept the cookie that the login has set";
    PageStaysAfterResign = "page-stays-after-resign", SingleSignOn,
        "the login page of a customer who has resigned still opens";
    ApplyJson = "apply-json", SingleSignOn, "the apply answer is JSON instead of HTML";
    ApplyNoContentType = "apply-no-content-type", SingleSignOn, "the apply answer has no content type";
    ApplyNoCharset = "apply-no-charset", SingleSignOn, "the apply answer names no charset";
    ApplyEucKr = "apply-euc-kr", SingleSignOn, "the apply answer is EUC-KR although declared UTF-8";
    ApplyEmptyBody = "apply-empty-body", SingleSignOn, "the apply answer has no body";
    StatusWithoutMemSq = "status-without-mem-sq", Status, "status lacks `mem-sq`";
    StatusWithoutRegDate = "status-without-reg-date", Status, "status lacks `reg-date`";
    StatusWithoutInstallCompleteDate = "status-without-install-complete-date", Status,
        "status lacks `install-complete-date`";
    StatusWithoutStatus = "status-without-status", Status, "status lacks `status`";
    StatusWithoutServiceManager = "status-without-service-manager", Status, "status lacks `service-manager`";
    StatusWithoutServiceEngineer = "status-without-service-engineer", Status, "status lacks `service-engineer`";
    StatusCodeNumber = "status-code-number", Status, "`status` is a number instead of text";
    StatusCodeNull = "status-code-null", Status, "`status` is null";
    StatusCodeUndocumented = "status-code-undocumented", Status, "`status` is `2`, which is no documented code";
    StatusCodeWord = "status-code-word", Status, "`status` is a word (`installed`) instead of a code";
    StatusDateImpossible = "status-date-impossible", Status, "`reg-date` is 31 February";
    StatusDateNineDigits = "status-date-nine-digits", Status, "`reg-date` has nine digits";
    StatusDateDashed = "status-date-dashed", Status, "`reg-date` is written yyyy-mm-dd";
    StatusDateNull = "status-date-null", Status, "`reg-date` is null";
    StatusDateAhead = "status-date-ahead", Status, "`reg-date` is a day in the next year";
    StatusLicenseStartOther = "status-license-start-other", Status,
        "`license-start-date` is another day than the one that was sent";
    StatusLicenseStartImpossible = "status-license-start-impossible", Status,
        "`license-start-date` is a day that does not exist";
    StatusMemSqOther = "status-mem-sq-other", Status, "`mem-sq` is that of another customer";
    StatusContactForm = "status-contact-form", Status,
        "`service-manager` is a bare name instead of name(phone,e-mail)";
    StatusEngineerForm = "status-engineer-form", Status,
        "`service-engineer` is an object instead of name(phone,e-mail)";
    StatusInstallDateEarly = "status-install-date-early", Status,
        "`install-complete-date` is a real day while installing";
    StatusInstallDateStays = "status-install-date-stays", Status,
        "`install-complete-date` stays 99999999 when installed";
    StatusInstallDateEmpty = "status-install-date-empty", Status, "`install-complete-date` is empty when installed";
    StatusInstallDateImpossible = "status-install-date-impossible", Status,
        "`install-complete-date` is a day that does not exist";
    StatusInstallDateBefore = "status-install-date-before", Status,
        "`install-complete-date` is a day before the application";
    StatusNeverInstalls = "status-never-installs", Status, "the installation never ends";
    StatusGoesBack = "status-goes-back", Status, "every second status of an installed customer is `0` again";
    StatusArray = "status-array", Status, "status is an array of one object";
    Status201 = "status-201", Status, "status comes with status code 201";
    StatusHtml = "status-html", Status, "status is an HTML page";
    StatusTextPlain = "status-text-plain", Status, "status is JSON declared as text/plain";
    StatusNoContentType = "status-no-content-type", Status, "status has no content type";
    StatusBom = "status-bom", Status, "status begins with a byte order mark";
    StatusBrokenJson = "status-broken-json", Status, "status is JSON with a comma too many";
    StatusEmptyBody = "status-empty-body", Status, "status has an empty body";
    StatusEucKr = "status-euc-kr", Status, "status is EUC-KR although JSON is UTF-8";
    StatusTwoContentTypes = "status-two-content-types", Status, "status has two content types that contradict each other";
    StatusGzip = "status-gzip", Status, "status is compressed although nobody asked for it";
    StatusMemberTwice = "status-member-twice", Status, "status has the member `status` twice";
    StatusCamelCase = "status-camel-case", Status, "the members of status are written in camelCase";
    StatusWrapped = "status-wrapped", Status, "status is wrapped in a member `data`";
    StatusUnknown200 = "status-unknown-200", Status, "the status of an unknown customer is made up with 200";
    StatusRegisters = "status-registers", Status, "asking for the status of an unknown customer registers the customer";
    StatusForgets = "status-forgets", Status, "a customer is forgotten once the status was asked for twelve times";
    StatusUnknown500 = "status-unknown-500", Status, "the status of an unknown customer gets status 500";
    Resign204 = "resign-204", Resignation, "resigning gets 204 without a body";
    Resign202 = "resign-202", Resignation, "resigning gets 202";
    ResignRefused = "resign-refused", Resignation, "resigning gets status 500";
    ResignSuccessFalse = "resign-success-false", Resignation, "resigning works, but `success` is false";
    ResignWithoutSuccess = "resign-without-success", Resignation, "the resign answer lacks `success`";
    ResignWithoutDescription = "resign-without-description", Resignation, "the resign answer lacks `description`";
    ResignSuccessNull = "resign-success-null", Resignation, "`success` is null";
    ResignSuccessWord = "resign-success-word", Resignation, "`success` is the word `ok`";
    ResignHtml = "resign-html", Resignation, "the resign answer is HTML";
    ResignIgnored = "resign-ignored", Resignation, "resigning changes nothing";
    ResignForgets = "resign-forgets", Resignation, "a customer who has resigned is forgotten: status gets 404";
    ResignNeverEnds = "resign-never-ends", Resignation, "the status stays 98 for ever";
    ResignLocksOut = "resign-locks-out", Resignation,
        "after a resignation every call gets 401, for other customers too";
    ResignCodeUndocumented = "resign-code-undocumented", Resignation, "the status after resigning is `2`";
    ResignCodeZero = "resign-code-zero", Resignation, "the status after resigning is `0`";
    ResignStatusLate = "resign-status-late", Resignation, "status is `1` for a moment after resigning";
    ResignComesBack = "resign-comes-back", Resignation, "every second status while deleting is `1` again";
    ResignBackdated = "resign-backdated", Resignation, "a resignation counts from the end of the month before";
    ResignStillBilled = "resign-still-billed", Resignation, "a customer who has resigned is billed on as before";
    ResignVanishesFromBills = "resign-vanishes-from-bills", Resignation,
        "a customer who has resigned is missing in the bill of the same month";
    ResignTwiceRevives = "resign-twice-revives", Resignation, "resigning twice brings the customer back";
    ResignSuspendedFails = "resign-suspended-fails", Resignation, "a suspended customer cannot resign: success is false";
    ResignTwice500 = "resign-twice-500", Resignation, "resigning twice gets status 500";
    ResignUnknown200 = "resign-unknown-200", Resignation,
        "resigning an unknown customer gets 200 with `success` true";
    ResignUnknown500 = "resign-unknown-500", Resignation, "resigning an unknown customer gets status 500";
    BillWithoutMemSq = "bill-without-mem-sq", Billing, "bills lack `mem-sq`";
    BillWithoutBillDate = "bill-without-bill-date", Billing, "bills lack `bill-date`";
    BillWithoutServiceInfo = "bill-without-service-info", Billing, "bills lack `service-info`";
    BillWithoutFreePeriod = "bill-without-free-period", Billing, "bills lack `free-period`";
    BillWithoutLicenseCount = "bill-without-license-count", Billing, "bills lack `license-count`";
    BillWithoutPayAmt = "bill-without-pay-amt", Billing, "bills lack `pay-amt`";
    BillMemSqOther = "bill-mem-sq-other", Billing, "`mem-sq` in bills is that of another customer";
    BillMemSqNumber = "bill-mem-sq-number", Billing, "`mem-sq` in bills is a number";
    BillAmountFloat = "bill-amount-float", Billing, "`pay-amt` has a fraction";
    BillAmountText = "bill-amount-text", Billing, "`pay-amt` is text";
    BillAmountNegative = "bill-amount-negative", Billing, "`pay-amt` is negative";
    BillAmountNull = "bill-amount-null", Billing, "`pay-amt` is null";
    BillAmountHuge = "bill-amount-huge", Billing, "`pay-amt` is more than 32 bits hold";
    BillUsageText = "bill-usage-text", Billing, "`usage-pay-amt` is text";
    BillWrongSum = "bill-wrong-sum", Billing, "`pay-amt` is one won more than its parts";
    BillSumWithoutOnetime = "bill-sum-without-onetime", Billing, "`pay-amt` leaves out the one-time fee";
    BillSumOfCount = "bill-sum-of-count", Billing,
        "`pay-amt` is `license-count` plus the one-time fee, as the document has it word for word";
    BillLicenseCountNumber = "bill-license-count-number", Billing, "`license-count` is a number instead of text";
    BillServiceInfoUndocumented = "bill-service-info-undocumented", Billing,
        "`service-info` is `9`, which is no documented code";
    BillServiceInfoOther = "bill-service-info-other", Billing,
        "`service-info` is another plan than the one applied for";
    BillServiceInfoName = "bill-service-info-name", Billing, "`service-info` is a word instead of a code";
    BillDateImpossible = "bill-date-impossible", Billing, "`bill-date` is 31 February";
    BillDateOther = "bill-date-other", Billing, "`bill-date` is another day than the one asked for";
    BillPeriodReversed = "bill-period-reversed", Billing, "`free-period` ends before it begins";
    BillPeriodNineDigits = "bill-period-nine-digits", Billing, "`free-period` ends in a date of nine digits";
    BillPeriodOneDate = "bill-period-one-date", Billing, "`free-period` is a single date";
    BillDiscountReversed = "bill-discount-reversed", Billing, "`contract-discount-period` ends before it begins";
    BillDiscountImpossible = "bill-discount-impossible", Billing,
        "`contract-discount-period` begins on a day that does not exist";
    BillInstallDateImpossible = "bill-install-date-impossible", Billing,
        "`install-complete-date` in bills is a day that does not exist";
    BillInstallDateWhileInstalling = "bill-install-date-while-installing", Billing,
        "`install-complete-date` in bills is there while installing";
    BillDaily = "bill-daily", Billing, "the bill by day shows that day alone, not the month to date";
    BillFalls = "bill-falls", Billing, "the figure falls from day to day";
    BillNotReset = "bill-not-reset", Billing, "the figure goes on over the end of the month";
    BillNotProrated = "bill-not-prorated", Billing, "a whole month is charged from the first day";
    BillFromTheFirst = "bill-from-the-first", Billing, "days of the month before joining are charged";
    BillMonthOf30 = "bill-month-of-30", Billing, "every month is charged as one of 30 days";
    BillAheadAsToday = "bill-ahead-as-today", Billing, "bills of days ahead have the figures of today";
    BillPlanAlwaysStandard = "bill-plan-always-standard", Billing, "`service-info` is `2` whatever was applied for";
    BillFreePeriodCharged = "bill-free-period-charged", Billing, "days of the free period are charged";
    BillWhileInstalling = "bill-while-installing", Billing,
        "days are charged although the installation has not ended";
    BillSuspendedCharged = "bill-suspended-charged", Billing, "days of suspension are charged";
    BillStaysSuspended = "bill-stays-suspended", Billing, "a customer who was suspended once is never charged again";
    BillOnetimeEveryMonth = "bill-onetime-every-month", Billing, "the one-time fee is charged again every month";
    BillBeforeJoining = "bill-before-joining", Billing, "the bill of a day before joining has an entry";
    BillBeforeJoiningCharged = "bill-before-joining-charged", Billing,
        "the bill of a day before joining has an entry with a charge";
    DayObject = "day-object", BillByDay, "the bill by day is an object instead of an array";
    DayWrapped = "day-wrapped", BillByDay, "the bill by day is an array inside an object";
    DayNull = "day-null", BillByDay, "the bill by day is null where nobody is billed";
    DayEmpty = "day-empty", BillByDay, "the bill by day is always empty";
    DayMissesLast = "day-misses-last", BillByDay, "the bill by day lacks the customer who joined last";
    DayOnlyFirst = "day-only-first", BillByDay, "the bill by day has its first customer only";
    DayTwice = "day-twice", BillByDay, "the bill by day has every customer twice";
    DayTwiceAfterReturn = "day-twice-after-return", BillByDay,
        "who left and came back has a bill for each time";
    DayCamelCase = "day-camel-case", BillByDay, "the members of bills by day are written in camelCase";
    DayBadDate200 = "day-bad-date-200", BillByDay, "a day that does not exist gets 200";
    DayBadDateEmpty = "day-bad-date-empty", BillByDay, "a day that does not exist gets an empty list";
    DayBadDate500 = "day-bad-date-500", BillByDay, "a day that does not exist gets status 500";
    DayBadDateDies = "day-bad-date-dies", BillByDay, "a day that does not exist ends the whole server";
    DayBadForm200 = "day-bad-form-200", BillByDay, "a date of another form gets 200";
    DayToday400 = "day-today-400", BillByDay, "the bill of today gets status 400";
    DayFuture500 = "day-future-500", BillByDay, "a day ahead gets status 500";
    DayFutureEmpty = "day-future-empty", BillByDay, "a day ahead gets an empty list";
    DayHtml = "day-html", BillByDay, "the bill by day is declared as HTML";
    DayBrokenJson = "day-broken-json", BillByDay, "the bill by day is JSON cut off in the middle";
    DayLeavesOutSuspended = "day-leaves-out-suspended", BillByDay, "the bill by day lacks suspended customers";
    CustomerBillOther = "customer-bill-other", BillByCustomer, "the bill by customer is that of another customer";
    CustomerBillDisagrees = "customer-bill-disagrees", BillByCustomer,
        "the bill by customer differs from the bill by day on the same day";
    CustomerBillAhead = "customer-bill-ahead", BillByCustomer, "the bill by customer is a list that goes on into the future";
    CustomerBillDayTwice = "customer-bill-day-twice", BillByCustomer, "the bill by customer is a list that has a day twice";
    CustomerBillUnknown200 = "customer-bill-unknown-200", BillByCustomer,
        "the bill of an unknown customer is made up with 200";
    CustomerBillUnknownCharged = "customer-bill-unknown-charged", BillByCustomer,
        "an unknown customer is charged";
    CustomerBillUnknown500 = "customer-bill-unknown-500", BillByCustomer,
        "the bill of an unknown customer gets status 500";
    CustomerBillText = "customer-bill-text", BillByCustomer, "the bill by customer is text that contains JSON";
    CustomerBillNull = "customer-bill-null", BillByCustomer, "the bill by customer is null";
    Method200 = "method-200", Errors, "a method that is not offered gets 200";
    Method404 = "method-404", Errors, "a method that is not offered gets 404";
    Path500 = "path-500", Errors, "a path that nothing is on gets status 500";
    Method500 = "method-500", Errors, "a method that is not offered gets status 500";
    MethodWithoutAllow = "method-without-allow", Errors, "status 405 comes without Allow";
    ErrorHtml = "error-html", Errors, "errors are HTML pages";
    Error200 = "error-200", Errors, "errors get status 200 with the error in the body";
    ErrorStackTrace = "error-stack-trace", Errors, "errors show a stack trace";
    ErrorEchoesToken = "error-echoes-token", Errors, "errors repeat the token";
    ErrorSourcePath = "error-source-path", Errors, "errors name a source file of the server";
    ErrorSql = "error-sql", Errors, "errors show what the database said";
    Slow = "slow", Transport, "status is answered late";
    SlowApply = "slow-apply", Transport, "an application is answered late";
    SlowBill = "slow-bill", Transport, "bills are answered late";
    StatusHangs = "status-hangs", Transport, "status is never answered, the connection stays open";
    StatusCloses = "status-closes", Transport, "the connection is closed instead of answering status";
    StatusShortBody = "status-short-body", Transport, "the body of status is shorter than its declared length";
    StatusLongBody = "status-long-body", Transport, "the body of status is longer than its declared length";
    StatusBadChunk = "status-bad-chunk", Transport, "the body of status has a broken chunk";
    StatusGarbage = "status-garbage", Transport, "status is answered with bytes that are no HTTP";
    StatusEndlessHeaders = "status-endless-headers", Transport, "status is answered with header fields without end";
    StatusHugeBody = "status-huge-body", Transport, "status is answered with 100 MB";
    StatusTwoLengths = "status-two-lengths", Transport, "status is answered with two different lengths";
    ApplyCloses = "apply-closes", Transport,
        "the connection is closed instead of answering an application, which was carried out";
    ResignCloses = "resign-closes", Transport,
        "the connection is closed instead of answering a resignation, which was carried out";
    DayHugeBody = "day-huge-body", Transport, "the bill by day is 100 MB";
    DayShortBody = "day-short-body", Transport, "the body of the bill by day is shorter than its declared length";
    DiesAfterResign = "dies-after-resign", Transport, "the whole server ends after a resignation";}

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
