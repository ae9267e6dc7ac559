//! Calls that must be refused: wrong tokens, methods that no operation has, days that do not exist.

use std::time::Duration;

use serde_json::Value;

use super::super::memory::{Memory, Standing};
use super::super::rule;
use super::{Case, REFUSALS};
use crate::check::body::text_of;
use crate::check::calendar::{NoDate, date};
use crate::sign::kt_jwt::{Mistake, Treatment};
use crate::verdict::{Breach, Finding, Judgement, Place, RequirementId};
use crate::wire::Response;

/// A call with a token that is wrong, or at a limit. False when the answer is about something else than the token, and is
/// to be judged like that of any call.
pub(super) fn token(
    case: &Case<'_>,
    mistake: &str,
    response: &Response,
    memory: &mut Memory,
    judgement: &mut Judgement,
) -> bool {
    // The engine signs before it judges, so a name that nobody knows has already ended the case.
    let Ok(mistake) = mistake.parse::<Mistake>() else { return true };
    let operation = case.draft.operation.id.as_str();
    let accepted = (200..300).contains(&response.status);
    if memory.refused_valid && tells_why(mistake) {
        otherwise(mistake, response, judgement);
        return true;
    }
    let treatment = treatment(mistake, case.settings.token_window);
    let must_pass = matches!(treatment, Treatment::MustAccept | Treatment::AdviseAccept);
    if must_pass && (400..500).contains(&response.status) && !matches!(response.status, 401 | 403) {
        return false;
    }
    let requirement = match (mistake, operation) {
        // The one call whose header is marked optional and whose document lists no 401 of its own.
        (Mistake::MissingToken, "getBillByDay") => rule::AUTH_MISSING_BILL,
        (Mistake::TooOld61s | Mistake::TooOld9m, _) if treatment == Treatment::MustRefuse => {
            requirement_of(Mistake::TooOld70s)
        }
        _ if mistake.age().is_some() && treatment == Treatment::MustAccept => rule::AUTH_WINDOW,
        _ => requirement_of(mistake),
    };
    let to_refuse = matches!(treatment, Treatment::MustRefuse | Treatment::ShouldRefuse | Treatment::AdviseRefuse);
    // That somebody who has left cannot leave again says nothing of the token.
    let about_token = operation != "withdrawCustomer" || memory.serves(&case.mem_sq());
    let says_fail = (accepted && about_token).then(|| says_fail(response)).flatten().filter(|_| to_refuse);
    if let Some(said) = says_fail {
        let breach = Breach::Status { expected: vec!["401".to_owned()], actual: response.status };
        let cause = format!("{}; {}", despite(&said), carried(mistake));
        judgement.find(Finding::new(rule::AUTH_STATUS, Place::Status, breach).because(cause));
        return true;
    }
    let readme = memory.let_through.get(operation).is_some_and(|through| through.contains(&Mistake::TooOld9m));
    if accepted {
        remember(case, response, memory);
        let through = memory.let_through.entry(operation.to_owned()).or_default();
        // One hole, one finding: what gets through because something simpler did says nothing new.
        let explained = through.iter().copied().find(|earlier| explains(*earlier, mistake));
        through.push(mistake);
        if let Some(earlier) = explained.filter(|_| !must_pass) {
            let why = format!("{} is accepted, so it shows nothing more that this is accepted too", earlier.what());
            judgement.skip(requirement, why);
            return true;
        }
    }
    if response.status >= 500 {
        let breach = Breach::ServerError { actual: response.status };
        let cause = format!("{} is not handled; catch what the token library throws and answer 401", mistake.what());
        judgement.find(Finding::new(rule::AUTH_STATUS, Place::Status, breach).because(cause));
        return true;
    }
    let what = mistake.what().to_owned();
    match (treatment, accepted) {
        (Treatment::MustRefuse | Treatment::ShouldRefuse | Treatment::AdviseRefuse, true) => {
            let breach = Breach::Accepted { what, expected: vec!["401".to_owned()], actual: response.status };
            let finding = Finding::new(requirement, Place::Status, breach).so_that(mistake.consequence());
            let cause = "a token of 9 minutes ago is accepted too, and one of an hour ago is not: this looks like the ten \
                         minutes of the README; if KT agreed to that, set token-window = \"10m\"";
            judgement.find(if readme && mistake == Mistake::TooOld70s { finding.because(cause) } else { finding });
        }
        (Treatment::MustRefuse | Treatment::ShouldRefuse | Treatment::AdviseRefuse, false) => {
            refused_with(case, mistake, response, judgement);
        }
        (Treatment::Classify, _) => {
            let met = if accepted { "accepted" } else { "refused" };
            judgement.read(requirement, Place::Status, format!("{what} is {met}"));
        }
        (Treatment::MustAccept | Treatment::AdviseAccept, true) => {}
        (Treatment::MustAccept | Treatment::AdviseAccept, false) => {
            let breach = Breach::Refused { what, actual: response.status };
            let finding = Finding::new(requirement, Place::Status, breach).so_that(mistake.consequence());
            judgement.find(match (mistake.age(), case.settings.token_window) {
                (Some(_), Some(window)) => {
                    finding.because(format!("the setting token-window says that tokens are good for {window:?}"))
                }
                _ => finding,
            });
        }
    }
    true
}

/// Seconds beyond the window in which the difference of two clocks may still count.
const CLOCKS: u64 = 10;

/// How the contract treats a mistake. The window of a token is a minute unless the user says otherwise, and then what the
/// user says holds: the documents contradict each other there.
fn treatment(mistake: Mistake, window: Option<Duration>) -> Treatment {
    match (mistake.age(), window) {
        (Some(age), Some(window)) if age <= window => Treatment::MustAccept,
        (Some(age), Some(window)) if age.saturating_sub(window).as_secs() < CLOCKS => Treatment::ShouldRefuse,
        (Some(_), Some(_)) => Treatment::MustRefuse,
        _ => mistake.treatment(),
    }
}

/// Whether a token shows why a vendor refuses right ones: it is what such a vendor may wait for.
fn tells_why(mistake: Mistake) -> bool {
    matches!(
        mistake,
        Mistake::BearerPrefix
            | Mistake::AuthorizationBearer
            | Mistake::WithExp
            | Mistake::WithSub
            | Mistake::IatInMs
            | Mistake::IatAhead9h
    )
}

/// A call that the store never makes, made because the right one was refused.
fn otherwise(mistake: Mistake, response: &Response, judgement: &mut Judgement) {
    if (200..300).contains(&response.status) {
        let breach = Breach::Otherwise { how: mistake.what().to_owned(), actual: response.status };
        judgement.find(Finding::new(rule::AUTH_VALID, Place::Status, breach).because(mistake.consequence()));
    } else {
        let met = format!("{} is refused as well", mistake.what());
        judgement.read(rule::AUTH_VALID, Place::Status, met);
    }
}

/// A refusal that hides behind a status of success: the store believes the status.
pub(super) fn hidden(said: &str, response: &Response) -> Finding {
    let breach = Breach::Status { expected: vec!["4xx".to_owned()], actual: response.status };
    Finding::new(rule::HTTP_STATUS, Place::Status, breach).because(despite(said))
}

/// Why an error with a status of success is none.
fn despite(said: &str) -> String {
    format!("the body says {said}, but the status says success, and the store looks at the status alone")
}

/// What in a body says that the call failed, as words: `"result": "fail"`.
pub(super) fn says_fail(response: &Response) -> Option<String> {
    let value = response.json().ok()?;
    let object = value.as_object()?;
    object.iter().find_map(|(name, value)| {
        let text = text_of(value).to_ascii_lowercase();
        let failed = match name.to_ascii_lowercase().as_str() {
            "error" | "errors" => !matches!(text.as_str(), "" | "null" | "false" | "0" | "[]" | "{}"),
            "success" | "ok" => text == "false",
            "result" | "status" | "code" | "resultcode" | "result_code" | "statuscode" => {
                ["fail", "error", "unauthorized", "denied"].iter().any(|word| text.contains(word))
                    || text.parse::<u16>().is_ok_and(|code| (400..600).contains(&code))
            }
            _ => false,
        };
        failed.then(|| format!("\"{name}\": {value}"))
    })
}

/// Whether a vendor that lets one mistake through can be expected to let the other through for the same reason.
fn explains(earlier: Mistake, later: Mistake) -> bool {
    use Mistake::{
        AlgNone, AlgNoneMixedCase, ChangedPayload, ChangedSignature, EmbeddedJwk, FromTheFuture, Hs256PublicKey,
        Hs256PublicKeyTrimmed, JwtIoKey, MalformedToken, MissingToken, NoIat, NoSignature, OtherKey, SampleToken,
        TooOld1h, TooOld9m, TooOld61s, TooOld70s,
    };
    match earlier {
        // Nothing is looked at.
        MissingToken => matches!(later, MalformedToken),
        // Anything at all is taken for a token.
        MalformedToken => !matches!(later, MissingToken),
        // The signature is not checked, or not with the store's key.
        OtherKey => matches!(
            later,
            ChangedPayload
                | ChangedSignature
                | NoSignature
                | AlgNone
                | AlgNoneMixedCase
                | Hs256PublicKey
                | Hs256PublicKeyTrimmed
                | EmbeddedJwk
                | JwtIoKey
                | SampleToken
        ),
        JwtIoKey => matches!(later, SampleToken),
        // Such tokens have an empty signature too.
        NoSignature => matches!(later, AlgNone | AlgNoneMixedCase),
        AlgNone => matches!(later, AlgNoneMixedCase),
        Hs256PublicKey => matches!(later, Hs256PublicKeyTrimmed),
        TooOld70s => matches!(later, TooOld61s),
        // The time is not looked at.
        TooOld1h => matches!(later, FromTheFuture | NoIat | TooOld9m | TooOld70s | TooOld61s),
        _ => false,
    }
}

/// 401 is documented for status, application and resignation; for bills only the catalogue has it, beside 403, and
/// its words do not tell the two apart.
fn refused_with(case: &Case<'_>, mistake: Mistake, response: &Response, judgement: &mut Judgement) {
    let is_bill = matches!(case.draft.operation.id.as_str(), "getBillByDay" | "getBillByCustomer");
    match response.status {
        401 => {}
        403 if is_bill => judgement.read(rule::AUTH_STATUS, Place::Status, "403 for a refused token"),
        actual => {
            let breach = Breach::Status { expected: vec!["401".to_owned()], actual };
            let cause = carried(mistake);
            judgement.find(Finding::new(rule::AUTH_STATUS, Place::Status, breach).because(cause));
        }
    }
}

fn carried(mistake: Mistake) -> String {
    match mistake {
        Mistake::MissingToken => "the call carried no token".to_owned(),
        other => format!("the call carried {}", other.what()),
    }
}

/// What a vendor accepted it has done: what follows is judged against that, not reported again.
fn remember(case: &Case<'_>, response: &Response, memory: &mut Memory) {
    let today = case.today();
    let customer = memory.customer(&case.mem_sq());
    match case.draft.operation.id.as_str() {
        "applyCustomer" if !customer.active() => {
            customer.standing = Standing::Applied;
            customer.created += u32::from(response.status == 201);
            customer.resigned_on = None;
        }
        "withdrawCustomer" if customer.standing != Standing::Unknown => {
            customer.standing = Standing::Resigning;
            customer.resigned_on = Some(today);
            customer.created = 0;
        }
        _ => {}
    }
}

/// A method that the path does not have.
pub(super) fn method(case: &Case<'_>, response: &Response, judgement: &mut Judgement) {
    let method = &case.draft.request.method;
    match response.status {
        405 => {}
        status if (400..500).contains(&status) => {
            judgement.read(rule::METHOD, Place::Status, format!("{status} for a method that the path does not have"));
        }
        actual => {
            let breach = Breach::Accepted {
                what: format!("the method {method} on {}", case.draft.operation.path),
                expected: vec!["405".to_owned()],
                actual,
            };
            let finding = Finding::new(rule::METHOD, Place::Status, breach);
            judgement.find(match says_fail(response) {
                Some(said) => finding.because(despite(&said)),
                None => finding,
            });
        }
    }
}

/// A bill of a day that no calendar has, or that is written in another form.
pub(super) fn bad_date(asked: &str, response: &Response, judgement: &mut Judgement) {
    if let (Ok((_, form)), false) = (date(asked), response.status >= 400) {
        judgement.read(rule::BILL_BAD_DATE, Place::Status, format!("a day written {form} is understood"));
        return;
    }
    let what = match date(asked) {
        Err(NoDate::Day) => format!("the day {asked}, which does not exist,"),
        _ => format!("{asked:?}, which is no day yyyy-mm-dd,"),
    };
    match response.status {
        400 => {}
        status if REFUSALS.contains(&status) && status != 401 => {
            judgement.read(rule::BILL_BAD_DATE, Place::Status, format!("{status} for a day that does not exist"));
        }
        status if (400..500).contains(&status) && status != 401 => {
            judgement.read(rule::BILL_BAD_DATE, Place::Status, format!("{status} for a day that does not exist"));
        }
        // A valid token that is refused has been reported.
        401 => {}
        200 if response.json().is_ok_and(|value| value.as_array().is_some_and(Vec::is_empty)) => {
            judgement.read(rule::BILL_BAD_DATE, Place::Status, "an empty list for a day that does not exist");
        }
        actual => {
            let breach = Breach::Accepted { what, expected: vec!["400".to_owned()], actual };
            let cause = match computed_for(response) {
                _ if says_fail(response).is_some() => despite(&says_fail(response).unwrap_or_default()),
                Some(day) => format!("the charges are those of {day:?}: parse the day strictly"),
                None => "most date parsers roll an impossible day over into the next month unless they are told to be strict"
                    .to_owned(),
            };
            judgement.find(Finding::new(rule::BILL_BAD_DATE, Place::Status, breach).because(cause));
        }
    }
}

/// The day of which a list has charges.
fn computed_for(response: &Response) -> Option<String> {
    Some(text_of(response.json().ok()?.get(0)?.get("bill-date").filter(|day| *day != &Value::Null)?))
}

/// What most often makes a vendor refuse valid tokens, told from the answer where it shows.
///
/// `used` says whether the vendor had accepted the very same token before.
pub(super) fn why_refused(response: &Response, used: bool) -> String {
    let text = format!("{} {}", response.headers.text("www-authenticate").unwrap_or_default(), response.text())
        .to_ascii_lowercase();
    let replay = ["replay", "reuse", "used before", "already used"].iter().any(|word| text.contains(word));
    let cause = if used || replay {
        "this token had been used a moment before; the documents do not forbid that. Two calls within one second carry the \
         same token, since it holds nothing but the second"
    } else if text.contains("bearer") {
        "the answer speaks of a Bearer token: the store sends the raw token in the header encoded-jwt, without \
         Authorization and without `Bearer `"
    } else if text.contains("expire") || text.contains("iat") || text.contains("future") || text.contains("early") {
        "the answer speaks of time: compare the server's clock with a time server, and allow a few seconds of skew"
    } else if text.contains("signature") || text.contains("key") {
        "the answer speaks of the signature: the vendor must know the public key of the store that calls; print it \
         with `storeproof keys kt-bizstore`"
    } else {
        "check that the vendor reads the header encoded-jwt, verifies with RS256 and the public key that \
         `storeproof keys kt-bizstore` prints, and takes `iat` as seconds, and that it accepts one token more than once; \
         the case authentication/bill-by-day tries what else it may wait for"
    };
    cause.to_owned()
}

/// Which requirement a mistake tests.
pub(crate) fn requirement_of(mistake: Mistake) -> RequirementId {
    let id = match mistake {
        Mistake::MissingToken => "KT-AUTH-MISSING",
        Mistake::MalformedToken
        | Mistake::MalformedEmpty
        | Mistake::MalformedTwoParts
        | Mistake::MalformedNotBase64
        | Mistake::MalformedNotJson
        | Mistake::MalformedClaims => "KT-AUTH-MALFORMED",
        Mistake::OtherKey | Mistake::EmbeddedJwk => "KT-AUTH-KEY",
        Mistake::ChangedPayload | Mistake::ChangedSignature | Mistake::NoSignature => "KT-AUTH-PAYLOAD",
        Mistake::AlgNone | Mistake::AlgNoneMixedCase => "KT-AUTH-NONE",
        Mistake::Hs256PublicKey | Mistake::Hs256PublicKeyTrimmed => "KT-AUTH-HS256",
        Mistake::JwtIoKey | Mistake::SampleToken => "KT-AUTH-DEMO-KEY",
        Mistake::TooOld61s => "KT-AUTH-WINDOW-61",
        Mistake::TooOld50s | Mistake::TooOld70s | Mistake::TooOld1h => "KT-AUTH-WINDOW",
        Mistake::TooOld9m => "KT-AUTH-WINDOW-10M",
        Mistake::FromTheFuture => "KT-AUTH-FUTURE",
        Mistake::IatAhead2s | Mistake::IatAhead5s => "KT-AUTH-SKEW",
        Mistake::NoIat => "KT-AUTH-IAT",
        Mistake::ExpInMs => "KT-AUTH-EXP",
        Mistake::AuthorizationBearer | Mistake::WithExp | Mistake::WithSub | Mistake::IatInMs | Mistake::IatAhead9h => {
            "KT-AUTH-VALID"
        }
        Mistake::BearerPrefix => "KT-AUTH-BEARER",
    };
    RequirementId::known(id)
}
