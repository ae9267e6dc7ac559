//! Calls of the kit whose signature is wrong, or at a limit.

use super::super::super::memory::Memory;
use super::super::super::rule;
use super::super::mistake::explains;
use super::super::{refused, result};
use super::{Heard, secret};
use crate::market::koogallery::kit::Call;
use crate::market::koogallery::kit::Edition;
use crate::sign::koogallery::{auth_token, v2};
use crate::sign::mistake::{Named, Treatment};
use crate::verdict::{Judgement, RequirementId};
use crate::wire::Response;

/// A mistake of either edition's recipe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mistake {
    V2(v2::Mistake),
    V1(auth_token::Mistake),
}

impl Mistake {
    fn of(edition: Edition, name: &str) -> Option<Self> {
        match edition {
            Edition::V2 => name.parse().ok().map(Self::V2),
            Edition::V1 => name.parse().ok().map(Self::V1),
        }
    }

    fn named(self) -> Named {
        match self {
            Self::V2(mistake) => mistake.named(),
            Self::V1(mistake) => mistake.named(),
        }
    }

    fn what(self) -> &'static str {
        self.named().what
    }

    /// How it is treated. A timestamp in seconds is documented by pages of the basic interface, and another writing of the
    /// right digest shows no hole.
    fn treatment(self) -> Treatment {
        match self {
            Self::V2(v2::Mistake::TimestampInSeconds | v2::Mistake::Base64) | Self::V1(auth_token::Mistake::Hex) => {
                Treatment::Classify
            }
            Self::V2(mistake) => mistake.treatment(),
            Self::V1(mistake) => mistake.treatment(),
        }
    }

    fn requirement(self) -> RequirementId {
        match self {
            Self::V2(mistake) => of_v2(mistake),
            Self::V1(mistake) => of_v1(mistake),
        }
    }

    /// Why accepting it matters, where the kit has reasons of its own.
    fn consequence(self) -> &'static str {
        use auth_token::Mistake as First;
        use v2::Mistake as Second;
        match self {
            Self::V2(Second::MissingSignature | Second::WrongKey) | Self::V1(First::MissingToken | First::WrongKey) => {
                "Anybody could make himself an administrator of a buyer's, or lock every user out."
            }
            Self::V2(Second::OtherInterfaceKey) => {
                "The kit has a key of its own; whoever knows that of the basic interface must not reach its users."
            }
            Self::V2(Second::OtherCanonical) => {
                "x-sign is made over the body itself, not over its digest; a vendor that accepts this refuses the store's calls."
            }
            other => other.named().consequence,
        }
    }
}

fn of_v2(mistake: v2::Mistake) -> RequirementId {
    use v2::Mistake as M;
    match mistake {
        M::MissingSignature | M::EmptySignature | M::MissingTimestamp | M::MissingNonce => rule::KIT_AUTH_MISSING,
        M::WrongKey | M::OtherInterfaceKey => rule::KIT_AUTH_KEY,
        M::OtherCase => rule::KIT_AUTH_CASE,
        M::UnsortedBody | M::UnsortedSigned | M::BlanksInBody | M::EscapesInBody => rule::KIT_AUTH_WIRE,
        M::Stale50s => rule::KIT_AUTH_VALID,
        M::Stale61s => rule::KIT_AUTH_STALE_61,
        M::Stale70s | M::Stale1h | M::NonNumericTimestamp | M::TimestampInSeconds => rule::KIT_AUTH_STALE,
        M::Future => rule::KIT_AUTH_FUTURE,
        M::ReplayedNonce => rule::KIT_AUTH_REPLAY,
        _ => rule::KIT_AUTH_SIGNATURE,
    }
}

fn of_v1(mistake: auth_token::Mistake) -> RequirementId {
    use auth_token::Mistake as M;
    match mistake {
        M::MissingToken | M::EmptyToken | M::MissingTimeStamp => rule::KIT_AUTH_MISSING,
        M::WrongKey => rule::KIT_AUTH_KEY,
        M::OldTimeStamp => rule::KIT_AUTH_REPLAY,
        M::RawPlus => rule::KIT_AUTH_VALID,
        _ => rule::KIT_AUTH_SIGNATURE,
    }
}

/// Judges the answer to a call with a wrong signature.
pub(super) fn judge(
    heard: &Heard<'_, '_>,
    name: &str,
    response: &Response,
    memory: &mut Memory,
    judgement: &mut Judgement,
) {
    let Some(mistake) = Mistake::of(heard.edition, name) else { return };
    let mut requirement = mistake.requirement();
    let treatment = mistake.treatment();
    let refuse = matches!(treatment, Treatment::MustRefuse | Treatment::ShouldRefuse | Treatment::AdviseRefuse);
    if refuse && is_right(heard, mistake) {
        judgement.skip(requirement, format!("{}: for a call of the kit that is no difference", mistake.what()));
        return;
    }
    let nonce = nonce(heard);
    if mistake == REPLAYED && !nonce.as_ref().is_some_and(|nonce| memory.kit.nonces.contains(nonce)) {
        judgement.skip(requirement, "no call of this case with that nonce was accepted before");
        return;
    }
    let with_secret = heard.call == Call::Application && secret::is_unreadable(heard);
    if response.status != 200 {
        let (rule, what) = match with_secret {
            true => (rule::KIT_AUTH_FIRST, format!("{} and a clientSecret that does not decrypt", mistake.what())),
            false => (rule::KIT_AUTH_STATUS, mistake.what().to_owned()),
        };
        refused::thrown(&rule, &what, response, judgement);
        return;
    }
    let Some(answer) = result::read(heard.case, response, &rule::KIT_AUTH_STATUS, judgement) else { return };
    if answer.code != result::SUCCESS {
        if refuse {
            refused_with(heard, mistake, with_secret, &answer, memory, judgement);
        } else if matches!(treatment, Treatment::MustAccept | Treatment::AdviseAccept)
            && matches!(answer.code.as_str(), result::AUTHENTICATION | result::PARAMETER)
        {
            let finding = answer.instead(mistake.what(), &[result::SUCCESS], requirement);
            judgement.find(finding.because(mistake.consequence()));
        } else if treatment == Treatment::Classify {
            judgement.read(requirement, result::place(), format!("{} is refused", mistake.what()));
        }
        return;
    }
    if !refuse {
        if treatment == Treatment::Classify {
            judgement.read(requirement, result::place(), format!("{} is accepted", mistake.what()));
        }
        return;
    }
    let through = memory.kit.let_through.entry(heard.call).or_default();
    // One hole, one finding: what gets through because something simpler did says nothing new.
    let earlier = through.iter().find(|earlier| explains(earlier, mistake.named().name)).copied();
    through.insert(mistake.named().name);
    if let Some(earlier) = earlier.and_then(|name| Mistake::of(heard.edition, name)) {
        let why = format!("{} is accepted, so it shows nothing more that this is accepted too", earlier.what());
        judgement.skip(requirement, why);
        return;
    }
    if with_secret {
        // Neither was looked at; without a check of the signature it does not matter which comes first.
        requirement = rule::KIT_AUTH_KEY;
    }
    let expected = [result::AUTHENTICATION, result::PARAMETER];
    judgement.find(answer.instead(mistake.what(), &expected, requirement).because(mistake.consequence()));
}

/// 000001 and 000002 refuse a call for its signature; any other code shows that something else was looked at.
fn refused_with(
    heard: &Heard<'_, '_>,
    mistake: Mistake,
    with_secret: bool,
    answer: &result::Answer,
    memory: &mut Memory,
    judgement: &mut Judgement,
) {
    if with_secret {
        let usual = memory.kit.refused_with.contains(&answer.code);
        if answer.code != result::AUTHENTICATION && !usual {
            let what = format!("{} and a clientSecret that does not decrypt", mistake.what());
            let cause = "the secret is decrypted before the signature is verified: whoever finds the address reaches the RSA \
                         code, and can ask it as often as he likes";
            judgement.find(answer.instead(what, &[result::AUTHENTICATION], rule::KIT_AUTH_FIRST).because(cause));
        }
        return;
    }
    memory.kit.refused_with.insert(answer.code.clone());
    if !matches!(answer.code.as_str(), result::AUTHENTICATION | result::PARAMETER) {
        let expected = [result::AUTHENTICATION, result::PARAMETER];
        let finding = answer.instead(mistake.what(), &expected, rule::KIT_AUTH_CODE);
        judgement.find(match answer.code.as_str() {
            "000101" if heard.call == Call::Application => finding.because(
                "000101 is about clientSecret: the signature is verified after it was decrypted, or not at all",
            ),
            _ => finding,
        });
    }
}

/// A call with a nonce that was used before.
const REPLAYED: Mistake = Mistake::V2(v2::Mistake::ReplayedNonce);

/// The nonce of a call of version 2.
pub(super) fn nonce(heard: &Heard<'_, '_>) -> Option<String> {
    let received = v2::Received::from_request(v2::Scheme::Kit, &heard.case.exchange.request);
    received.nonce.map(std::borrow::Cow::into_owned)
}

/// Whether a call is right in spite of its mistake: the kit of version 2 has no inner digest that could be wrong, and that
/// of version 1 no address in which a token could stand unescaped.
fn is_right(heard: &Heard<'_, '_>, mistake: Mistake) -> bool {
    let settings = &heard.case.store.settings;
    let request = &heard.case.exchange.request;
    match mistake {
        REPLAYED | Mistake::V1(auth_token::Mistake::OldTimeStamp) => false,
        Mistake::V2(_) => {
            let received = v2::Received::from_request(v2::Scheme::Kit, request);
            let window = v2::Window { age: settings.timestamp_window, ..v2::Window::default() };
            let now = heard.case.delivery.now;
            v2::verify(&received, &settings.kit_access_key, &settings.signature, now, &window).is_ok()
        }
        Mistake::V1(_) => auth_token::query_of_kit(request)
            .is_some_and(|query| auth_token::verify(&query, &settings.kit_access_key).is_ok()),
    }
}
