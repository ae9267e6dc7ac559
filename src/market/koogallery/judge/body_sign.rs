//! The signature of an answer, over the bytes that were sent.

use super::super::memory::Memory;
use super::super::rule;
use super::super::settings::{BodySign, Interface};
use super::Case;
use super::sent::Sent;
use crate::sign::koogallery::auth_token;
use crate::sign::koogallery::body_sign::{Diagnosis, HEADER, Known, Refusal, diagnose};
use crate::verdict::{Breach, Finding, Judgement, Place, RequirementId};
use crate::wire::Response;

/// Judges `Body-Sign`. Version 1.0 requires it; for version 2.0 the documents disagree, and it must be right if it is there.
pub(super) fn judge(case: &Case<'_>, sent: &Sent, response: &Response, memory: &mut Memory, judgement: &mut Judgement) {
    let interface = case.interface();
    let wanted = case.store.settings.body_sign(interface);
    if wanted == BodySign::Ignored {
        return;
    }
    let parameters = auth_token::parameters_of(case.exchange.request.query().unwrap_or_default());
    let time_stamp =
        parameters.iter().find(|(name, _)| name == auth_token::TIME_STAMP).map(|(_, value)| value.as_str());
    let known = Known {
        key: &case.store.settings.access_key,
        other_interface_key: Some(&case.store.settings.kit_access_key),
        time_stamp,
    };
    let mut told: Vec<RequirementId> = Vec::new();
    for diagnosis in diagnose(&response.headers, &response.body, &known) {
        if matches!(diagnosis, Diagnosis::Refused(Refusal::Missing)) {
            missing(case, sent, wanted, memory, judgement);
            return;
        }
        let requirement = match (interface, &diagnosis) {
            (Interface::SaasV2, _) => rule::V2_BODY_SIGN_VALUE,
            (_, Diagnosis::Refused(Refusal::Name { .. })) => rule::V1_BODY_SIGN_NAME,
            (
                _,
                Diagnosis::Refused(Refusal::Signature)
                | Diagnosis::Deviates(_)
                | Diagnosis::Rewritten { .. }
                | Diagnosis::ChangedBody,
            ) => rule::V1_BODY_SIGN_VALUE,
            _ => rule::V1_BODY_SIGN_FORM,
        };
        // One header, one finding a rule; the first says the most.
        if told.contains(&requirement) {
            continue;
        }
        told.push(requirement.clone());
        let name = response.headers.get(HEADER).map_or(HEADER, |header| header.name.as_str()).to_owned();
        let problem = diagnosis.to_string();
        let breach = Breach::Signature { of: "the answer".to_owned(), problem };
        let finding = Finding::new(requirement, Place::Header(name), breach);
        judgement.find(match &diagnosis {
            Diagnosis::Refused(Refusal::Signature) => finding.because(
                "no known mistake reproduces it: most likely the key is another one, or the answer was changed on the \
                 way, as a proxy does that compresses or rewrites",
            ),
            Diagnosis::Refused(Refusal::Name { .. }) => finding.because(
                "many servers, and every proxy that speaks HTTP/2, write names in small letters; judged as it stood on \
                 the wire",
            ),
            _ => finding,
        });
    }
}

fn missing(case: &Case<'_>, sent: &Sent, wanted: BodySign, memory: &mut Memory, judgement: &mut Judgement) {
    // The page of the notification knows no signature of the answer.
    if case.operation() == "orderNotify" {
        return;
    }
    let requirement = match (case.interface(), wanted) {
        (Interface::SaasV1, BodySign::Required) => rule::V1_BODY_SIGN,
        (Interface::SaasV2, BodySign::Required) => rule::V2_BODY_SIGN_VALUE,
        (Interface::SaasV1, _) => return,
        (Interface::SaasV2, _) => {
            if std::mem::replace(&mut memory.unsigned_told, true) {
                return;
            }
            rule::V2_BODY_SIGN
        }
    };
    let place = Place::Header(HEADER.to_owned());
    let finding = Finding::new(requirement, place, Breach::HeaderMissing { name: HEADER.to_owned() });
    let refused = case.delivery.tamper.is_some() || super::sent::Flaw::of(case, sent).is_some();
    judgement.find(match refused {
        true => finding.because("the call was wrong on purpose: answers that refuse are signed like all others"),
        false => finding,
    });
}
