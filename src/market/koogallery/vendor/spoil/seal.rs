//! `Body-Sign`, the signature of an answer over its very bytes.

use crate::sign::koogallery::auth_token;
use crate::sign::koogallery::body_sign::{self, HEADER, Known, Mistake};
use crate::wire::{Request, Response, Secret};

use super::super::call::Edition;
use super::super::fault::{Fault, Faults};

/// What answers are signed with.
#[derive(Debug)]
pub(crate) struct Seal {
    pub(crate) key: Secret,
    pub(crate) kit_key: Secret,
    /// Whether answers of version 2.0 are signed as well.
    pub(crate) signs_v2: bool,
}

impl Seal {
    /// Signs an answer, rightly or with the mistake that a fault makes.
    pub(super) fn sign(&self, edition: Edition, request: &Request, response: &mut Response, faults: &Faults) {
        if edition == Edition::V2 && !self.signs_v2 {
            return;
        }
        let mistakes = [
            (Fault::BodySignMissing, Mistake::MissingHeader),
            (Fault::BodySignNameCase, Mistake::NameCase),
            (Fault::BodySignNameLowerCase, Mistake::NameLowerCase),
            (Fault::BodySignNoQuotes, Mistake::NoQuotes),
            (Fault::BodySignBareSignature, Mistake::BareSignature),
            (Fault::BodySignOtherSignType, Mistake::OtherSignType),
            (Fault::BodySignWrongKey, Mistake::WrongKey),
            (Fault::BodySignKeyAndTimestamp, Mistake::KeyAndTimeStamp),
            (Fault::BodySignChangedBody, Mistake::ChangedBody),
            (Fault::BodySignLineFeedSent, Mistake::LineFeedSent),
            (Fault::BodySignLineFeedSigned, Mistake::LineFeedSigned),
            (Fault::BodySignSortedSigned, Mistake::SortedSigned),
            (Fault::BodySignBlanksSigned, Mistake::BlanksSigned),
            (Fault::BodySignHex, Mistake::Hex),
            (Fault::BodySignPlainSha256, Mistake::PlainSha256),
        ];
        let Some((_, mistake)) = mistakes.into_iter().find(|(fault, _)| faults.has(*fault)) else {
            response.headers.push(HEADER, body_sign::sign(&self.key, &response.body).value.expose());
            return;
        };
        let parameters = auth_token::parameters_of(request.query().unwrap_or_default());
        let stamp = parameters.iter().find(|(name, _)| name == auth_token::TIME_STAMP || name == "timestamp");
        let time_stamp = stamp.map(|(_, value)| value.as_str());
        let known = Known { key: &self.key, other_interface_key: Some(&self.kit_key), time_stamp };
        let forged = body_sign::forge(mistake, &response.body, &known);
        for header in forged.headers().iter() {
            response.headers.push(header.name.as_str(), header.value.clone());
        }
        response.body = forged.body;
    }
}
