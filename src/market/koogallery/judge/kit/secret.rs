//! Calls with a `clientSecret` that the vendor cannot decrypt, or should not have to.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::super::super::memory::Memory;
use super::super::super::rule;
use super::super::{refused, result};
use super::Heard;
use crate::sign::koogallery::client_secret::{MEMBER, Mistake};
use crate::sign::mistake::Treatment;
use crate::verdict::{Breach, Finding, Judgement, Place};
use crate::wire::Response;

/// The code of the published sample for a secret that does not decrypt; elsewhere it is about the buyer's phone.
const SAMPLE: &str = "000101";

/// Whether the secret of a call is no ciphertext of the vendor's key, whoever made the call.
pub(super) fn is_unreadable(heard: &Heard<'_, '_>) -> bool {
    let length = heard.case.store.settings.kit_public_key.components().0.len();
    let text = heard.text(MEMBER);
    heard.sent.has(MEMBER) && STANDARD.decode(text).map_or(0, |bytes| bytes.len()) != length
}

/// Judges the answer to a call with a wrong secret and a right signature.
pub(super) fn judge(
    heard: &Heard<'_, '_>,
    name: &str,
    response: &Response,
    memory: &mut Memory,
    judgement: &mut Judgement,
) {
    let Ok(mistake) = name.parse::<Mistake>() else { return };
    if response.status != 200 {
        refused::thrown(&rule::KIT_SECRET_WRONG, mistake.what(), response, judgement);
        return;
    }
    let Some(answer) = result::read(heard.case, response, &rule::KIT_SECRET_WRONG, judgement) else { return };
    let accepted = answer.code == result::SUCCESS;
    if accepted {
        memory.kit.let_through.entry(heard.call).or_default().insert(mistake.name());
    }
    if mistake.treatment() == Treatment::Classify {
        let met = if accepted { "accepted" } else { "refused" };
        let place = Place::Body(format!("/{MEMBER}"));
        judgement.read(rule::KIT_SECRET_DECRYPT, place, format!("{} is {met}", mistake.what()));
        return;
    }
    let expected = [SAMPLE, result::PARAMETER];
    match answer.code.as_str() {
        result::SUCCESS => {
            let finding = answer.instead(mistake.what(), &expected, rule::KIT_SECRET_WRONG);
            let through = &memory.kit.let_through;
            let plain = through.get(&heard.call).is_some_and(|names| names.contains(Mistake::Plain.name()));
            if mistake != Mistake::Plain && plain {
                let why = "a clientSecret that is not encrypted is accepted, so that this shows nothing more";
                judgement.skip(rule::KIT_SECRET_WRONG, why);
            } else {
                judgement.find(finding.because(mistake.consequence()));
            }
        }
        SAMPLE | result::PARAMETER => {}
        result::AUTHENTICATION => {
            let cause = "000001 says that the call is not the store's, and its signature is right";
            judgement.find(answer.instead(mistake.what(), &expected, rule::KIT_SECRET_CODE).because(cause));
        }
        _ => judgement.find(answer.instead(mistake.what(), &expected, rule::KIT_SECRET_CODE)),
    }
}

/// Names 000101 by what it says of applicationSync; its table has the meaning of purchases only.
pub(super) fn name_code(finding: &mut Finding) {
    let Breach::Answered { expected, actual, .. } = &mut finding.breach else { return };
    for text in expected.iter_mut().chain(std::iter::once(actual)).filter(|text| text.starts_with(SAMPLE)) {
        *text = format!("{SAMPLE} (clientSecret does not decrypt, as the published sample has it)");
    }
}

/// What most likely keeps a vendor from opening what the store sends.
pub(super) fn why(memory: &Memory) -> String {
    let opens = |mistake: Mistake| memory.kit.let_through.values().any(|names| names.contains(mistake.name()));
    let met = [Mistake::Mgf1Sha256, Mistake::Sha1, Mistake::Pkcs1, Mistake::Hex].into_iter().find(|it| opens(*it));
    let right = "decrypt with RSA, OAEP, SHA-256 for the label and SHA-1 for MGF1 (Java's RSA/ECB/OAEPWithSHA-256AndMGF1Padding \
                 does so by itself; elsewhere name both hashes)";
    let key = "the private key must belong to kit.public-key; `storeproof keys koogallery` prints the one in use where none is set";
    match met {
        Some(mistake) => format!("{} is accepted instead: {right}", mistake.what()),
        None => format!("{right}; the text is base64; {key}"),
    }
}
