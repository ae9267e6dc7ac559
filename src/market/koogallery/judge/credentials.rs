//! User name and password: readable by the store, and real. What they are is never shown.

use serde_json::Value;

use super::super::memory::Memory;
use super::super::rule;
use super::super::settings::{Credentials, Interface};
use super::Case;
use crate::sign::koogallery::credential::{self, EncryptType, IV_LENGTH};
use crate::verdict::{Breach, Finding, Judgement, Place, RequirementId};
use crate::wire::Secret;

/// What one `appInfo` tells, in plain text.
#[derive(Default)]
pub(super) struct Told {
    pub(super) user: Option<Secret>,
    pub(super) password: Option<Secret>,
}

/// Judges `userName` and `password` of one `appInfo`, and returns what can be read of them.
pub(super) fn judge(
    case: &Case<'_>,
    info: &Value,
    at: &str,
    declared: Option<&str>,
    memory: &mut Memory,
    judgement: &mut Judgement,
) -> Told {
    let mut told = Told::default();
    let mut encrypted = false;
    for member in ["userName", "password"] {
        let Some(value) = info.get(member).and_then(Value::as_str) else { continue };
        let place = Place::Body(format!("{at}/{member}"));
        let read = Read { case, declared, value, place: place.clone() };
        let plain = match case.interface() {
            Interface::SaasV1 => read.encrypted(rule::V1_CREDENTIALS, rule::V1_CREDENTIALS_BITS, judgement),
            Interface::SaasV2 => read.either(judgement),
        };
        let shown_as_it_is = plain.as_ref().is_some_and(|plain| plain.expose() == value);
        if !shown_as_it_is {
            encrypted |= plain.is_some();
            vector(value, place.clone(), memory, judgement);
        }
        let Some(plain) = plain else { continue };
        sane(case, &plain, member, place, judgement);
        match member {
            "userName" => told.user = Some(plain),
            _ => told.password = Some(plain),
        }
    }
    if encrypted && declared.is_none() && case.interface() == Interface::SaasV1 {
        let known = judgement.findings.iter().any(|finding| finding.requirement == rule::V1_CREDENTIALS_BITS);
        if !known {
            let because = "without it the store takes 1, AES of 256 bits".to_owned();
            let breach = Breach::Missing { what: "encryptType".to_owned(), because };
            judgement.find(Finding::new(rule::V1_ENCRYPT_TYPE, Place::Body("/encryptType".to_owned()), breach));
        }
    }
    told
}

/// One value, and how it is declared.
struct Read<'a> {
    case: &'a Case<'a>,
    declared: Option<&'a str>,
    value: &'a str,
    place: Place,
}

impl Read<'_> {
    fn kind(&self) -> EncryptType {
        let assumed = self.case.store.settings.encrypt_type;
        self.declared.and_then(EncryptType::from_code).unwrap_or(assumed)
    }

    /// A value that must be encrypted.
    fn encrypted(
        &self,
        unreadable: RequirementId,
        other_length: RequirementId,
        judgement: &mut Judgement,
    ) -> Option<Secret> {
        let key = &self.case.store.settings.access_key;
        let kind = self.kind();
        let wrong = |requirement: RequirementId, problem: String, cause: String| {
            let expected = format!("16 characters of IV and base64 of {kind}");
            let breach = Breach::Value { expected, actual: problem, because: "the store decrypts it".to_owned() };
            Finding::new(requirement, self.place.clone(), breach).because(cause)
        };
        match credential::decrypt_any(key, kind, self.value) {
            Ok((fits, plain)) if fits == kind => Some(plain),
            Ok((fits, plain)) => {
                let cause = match self.declared {
                    Some(code) => format!("encryptType {code} is declared; write {} or encrypt so", fits.code()),
                    None => format!(
                        "no encryptType is declared, so that 1 is assumed; write encryptType \"{}\"",
                        fits.code()
                    ),
                };
                judgement.find(wrong(other_length, format!("encrypted with {fits}"), cause));
                Some(plain)
            }
            Err(reason) => {
                let found = credential::diagnose(key, kind, self.value);
                let cause = found.first().map_or_else(|| reason.to_string(), ToString::to_string);
                // Each kind of interface has a key of its own, and a vendor of both has two to mix up.
                let of_kit =
                    credential::decrypt_any(&self.case.store.settings.kit_access_key, kind, self.value).is_ok();
                let cause = match of_kit {
                    true => "it decrypts with the key of the joint-operation kit: take the one of the basic interface"
                        .to_owned(),
                    false => cause,
                };
                judgement.find(wrong(
                    unreadable,
                    format!("a value of {} characters that does not decrypt", self.value.chars().count()),
                    cause,
                ));
                None
            }
        }
    }

    /// Version 2.0: plain text by its tables, encrypted by one example.
    fn either(&self, judgement: &mut Judgement) -> Option<Secret> {
        let settings = &self.case.store.settings;
        if self.declared.is_some() {
            if settings.credentials == Some(Credentials::Plain) {
                judgement.find(self.unlike("plain text", "announced as encrypted"));
            }
            let plain = self.encrypted(rule::QUERY_CREDENTIALS, rule::QUERY_CREDENTIALS, judgement);
            if plain.is_some() {
                judgement.read(rule::QUERY_CREDENTIALS, self.place.clone(), "encrypted, as encryptType says");
            }
            return plain;
        }
        if let Ok((fits, plain)) = credential::decrypt_any(&settings.access_key, self.kind(), self.value) {
            let finding = self.unlike("plain text, or encryptType beside it", &format!("encrypted with {fits}"));
            let cause = "nothing announces the ciphertext, so that the buyer is shown it as it is";
            judgement.find(finding.because(cause));
            return Some(plain);
        }
        if settings.credentials == Some(Credentials::Encrypted) {
            judgement.find(self.unlike("encrypted, with encryptType beside it", "plain text"));
        } else {
            judgement.read(rule::QUERY_CREDENTIALS, self.place.clone(), "plain text");
        }
        Some(Secret::new(self.value))
    }

    fn unlike(&self, expected: &str, actual: &str) -> Finding {
        let because = match self.case.store.settings.credentials {
            None => "the store shows it to the buyer".to_owned(),
            Some(_) => "the setting credentials".to_owned(),
        };
        let breach = Breach::Value { expected: expected.to_owned(), actual: actual.to_owned(), because };
        Finding::new(rule::QUERY_CREDENTIALS, self.place.clone(), breach)
    }
}

/// One vector for two ciphertexts shows which of them are equal.
fn vector(value: &str, place: Place, memory: &mut Memory, judgement: &mut Judgement) {
    let Some((iv, ciphertext)) = value.split_at_checked(IV_LENGTH) else { return };
    let known = memory.vectors.entry(iv.to_owned()).or_insert_with(|| ciphertext.to_owned());
    if known != ciphertext {
        let because = "equal values are then seen to be equal; draw 16 letters and digits for each value".to_owned();
        let breach = Breach::Unwanted { what: "the IV of another value".to_owned(), because };
        judgement.find(Finding::new(rule::V1_CREDENTIALS_IV, place, breach));
    }
}

/// Real text, as far as one can tell.
fn sane(case: &Case<'_>, plain: &Secret, member: &str, place: Place, judgement: &mut Judgement) {
    let text = plain.expose();
    let settings = &case.store.settings;
    let nothing = ["null", "undefined", "none", "nil", "(null)", "nan"];
    let what = match text {
        _ if text.trim().is_empty() => "no text",
        _ if nothing.contains(&text.trim().to_ascii_lowercase().as_str()) => "a word for nothing",
        _ if text.chars().any(char::is_control) => "control characters",
        _ if [&settings.access_key, &settings.kit_access_key].contains(&plain) => "a key of the vendor's",
        _ if text.contains('\u{fffd}') => "broken characters",
        _ => return,
    };
    let because = format!("the buyer signs in with the {member} that stands here");
    let breach = Breach::Unwanted { what: format!("{what} in the place of a {member}"), because };
    let finding = Finding::new(rule::CREDENTIALS_SANE, place, breach);
    judgement.find(match what {
        "a word for nothing" | "no text" => {
            finding.because("a missing value was written all the same: leave the member out")
        }
        "control characters" => finding.because("binary data, or a value that was encrypted twice, was taken for text"),
        _ => finding,
    });
}
