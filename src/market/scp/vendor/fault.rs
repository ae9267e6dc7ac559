//! The faults of the reference client: every known mistake of the signature under its own name, and those below.

use std::str::FromStr;

use crate::market::fault::{UnknownFault, faults};
use crate::sign::scp::Mistake;

/// The part of the contract that a fault breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Area {
    /// How a request is signed.
    Signature,
    /// Requests apart from their signature.
    Requests,
    /// The parameters of lists.
    Parameters,
    /// Reading lists page by page.
    Paging,
    /// What is made of answers that fail.
    Retries,
    /// How the program ends.
    Program,
}

impl Area {
    /// Its name in lists.
    pub fn name(self) -> &'static str {
        match self {
            Self::Signature => "signature",
            Self::Requests => "requests",
            Self::Parameters => "parameters",
            Self::Paging => "paging",
            Self::Retries => "retries",
            Self::Program => "program",
        }
    }
}

// rustfmt would take the indentation of the table away.
#[rustfmt::skip]
faults! {
    NoLanguage = "no-language", Requests, "requests carry no Accept-Language";
    VersionWithoutService = "version-without-service", Requests, "Scp-Api-Version is 1.0, without the service in front";
    OldPath = "old-path", Requests, "the path begins with the service, as on the older platform";
    PathSlash = "path-slash", Requests, "the path has a slash at its end";
    Post = "post", Requests, "lists are asked for with POST";
    BodyOnGet = "body-on-get", Requests, "GET carries an empty JSON object";
    LowerCaseId = "lower-case-id", Requests, "ids are sent in lower case";
    CallsNothing = "calls-nothing", Requests, "the program ends with exit code 0 and has called nothing";

    CommaList = "comma-list", Parameters, "several values of a filter are joined by commas";
    FirstValueOnly = "first-value-only", Parameters, "of several values of a filter only the first is sent";
    EncodedTwice = "encoded-twice", Parameters, "values are percent-encoded twice, and signed as they are sent";
    KoreanInEucKr = "korean-in-euc-kr", Parameters, "Hangul is escaped in EUC-KR instead of UTF-8";
    DateAsMilliseconds = "date-as-milliseconds", Parameters, "dates are sent as milliseconds since 1970";
    DatesExchanged = "dates-exchanged", Parameters, "the start and the end of a range are exchanged";
    SortWithBlank = "sort-with-blank", Parameters, "sort has a blank in place of the colon";
    SortInCamelCase = "sort-in-camel-case", Parameters, "the field to sort by is written as the older platform writes it";
    BooleanInKorean = "boolean-in-korean", Parameters, "true is sent as a Korean word";
    PageSentTwice = "page-sent-twice", Parameters, "page stands twice in the query";
    EmptyLimit = "empty-limit", Parameters, "limit is sent without a value where none is set";
    SizeForLimit = "size-for-limit", Parameters, "the length of a page is sent as size";

    PageZero = "page-zero", Paging, "lists are read from page 0, as scpv2-sdk 0.2.3 does";
    FirstPageSkipped = "first-page-skipped", Paging, "lists are read from page 2";
    FirstPageOnly = "first-page-only", Paging, "only the first page of a list is read";
    PageSkipped = "page-skipped", Paging, "the second page of a list is left out";
    LastPageSkipped = "last-page-skipped", Paging, "the last page of a list is left out";
    LimitChanges = "limit-changes", Paging, "the length of a page changes after the first";
    SortForgotten = "sort-forgotten", Paging, "sort is sent with the first page only";
    PageTwice = "page-twice", Paging, "every page is fetched twice";
    ReadsPastEnd = "reads-past-end", Paging, "lists are read until a page is empty";

    NeverRetries = "never-retries", Retries, "the first failure ends the program";
    FailedPageSkipped = "failed-page-skipped", Retries, "a page that fails is left out, and the program says that all is well";
    RetriesAtOnce = "retries-at-once", Retries, "failed calls are repeated without a pause";
    IgnoresRetryAfter = "ignores-retry-after", Retries, "failed calls are repeated after 200 ms whatever Retry-After says";
    RetriesForEver = "retries-for-ever", Retries, "failed calls are repeated every 100 ms without end";
    RetriesRefused = "retries-refused", Retries, "refused calls are repeated as well";
    RetriesWithOldSignature = "retries-with-old-signature", Retries, "a repetition has the headers of the first attempt";
    Impatient = "impatient", Retries, "an answer that takes longer than two seconds is given up, and the call repeated";
    ImpatientForGood = "impatient-for-good", Retries, "an answer that takes longer than two seconds ends the program";

    ExitsWith1 = "exits-with-1", Program, "the program ends with exit code 1 although all went well";
    CrashesWhenDone = "crashes-when-done", Program, "the program crashes although all went well";
    SwallowsErrors = "swallows-errors", Program, "the program ends with exit code 0 whatever happened";
    CrashesOnUnknown = "crashes-on-unknown", Program, "the program crashes on an id that does not exist";
    TraceOnUnknown = "trace-on-unknown", Program, "the program ends with a stack trace on an id that does not exist";
    HangsWhenDone = "hangs-when-done", Program, "the program does not end when it is done";
    HangsOnCut = "hangs-on-cut", Program, "the program waits for ever for the rest of an answer that was cut short";
}

/// What a client was told to do wrong: the signature, or anything else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Faulty {
    /// It signs with this mistake.
    Signs(Mistake),
    /// It has this fault.
    Does(Fault),
}

impl FromStr for Faulty {
    type Err = UnknownFault;

    fn from_str(name: &str) -> Result<Self, UnknownFault> {
        let does = name.parse().map(Self::Does);
        does.or_else(|_| {
            name.parse().map(Self::Signs).map_err(|_| UnknownFault::new(name, all().map(|(name, _)| name)))
        })
    }
}

/// Every fault with what it does.
pub fn all() -> impl Iterator<Item = (&'static str, &'static str)> {
    let signs = Mistake::ALL.iter().map(|mistake| (mistake.name(), mistake.what()));
    signs.chain(Fault::ALL.iter().map(|fault| (fault.name(), fault.what())))
}
