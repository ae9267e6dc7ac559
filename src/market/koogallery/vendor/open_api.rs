//! The vendor's calls of the store's open API, signed with AK/SK.

use jiff::Timestamp;

use super::fault::{Fault, Faults};
use crate::market::Ask;
use crate::sign::sdk_hmac::{self, Mistake};
use crate::wire::{Request, Response, Secret};

/// What the vendor needs to call the store.
#[derive(Debug)]
pub(crate) struct OpenApi {
    /// Host and port, which are signed.
    store: Option<String>,
    ak: String,
    sk: Secret,
}

impl OpenApi {
    pub(crate) fn new(store: Option<String>, ak: String, sk: Secret) -> Self {
        Self { store, ak, sk }
    }

    /// Whether there is a store to be called.
    pub(crate) fn is_known(&self) -> bool {
        self.store.is_some()
    }

    /// The request with its `Host`, on which everything else is built.
    pub(crate) fn request(&self, method: &str, target: String) -> Request {
        let mut request = Request::new(method, target);
        request.headers.push("Host", self.store.as_deref().unwrap_or_default());
        request.headers.push("Content-Type", "application/json");
        request
    }

    /// Signs a call, and sends it.
    pub(crate) fn send(
        &self,
        request: &Request,
        now: Timestamp,
        ask: &mut Ask<'_>,
        faults: &Faults,
    ) -> Option<Response> {
        let mistakes = [
            (Fault::AkSkMissingAuthorization, Mistake::MissingAuthorization),
            (Fault::AkSkWrongSecret, Mistake::WrongSecret),
            (Fault::AkSkUnknownAccessKey, Mistake::UnknownAccessKey),
            (Fault::AkSkChangedSignature, Mistake::ChangedSignature),
            (Fault::AkSkChangedBody, Mistake::ChangedBody),
            (Fault::AkSkChangedQuery, Mistake::ChangedQuery),
            (Fault::AkSkMissingDate, Mistake::MissingDate),
            (Fault::AkSkDateNotSigned, Mistake::DateNotSigned),
            (Fault::AkSkExpired, Mistake::Expired),
            (Fault::AkSkFuture, Mistake::Future),
            (Fault::AkSkHostWithoutPort, Mistake::HostWithoutPort),
            (Fault::AkSkNoTrailingSlash, Mistake::NoTrailingSlash),
            (Fault::AkSkFormEncoded, Mistake::FormEncoded),
            (Fault::AkSkQueryUnsorted, Mistake::QueryUnsorted),
            (Fault::AkSkEmptyObjectHashed, Mistake::EmptyObjectHashed),
            (Fault::AkSkBodyRewritten, Mistake::BodyRewritten),
            (Fault::AkSkBase64, Mistake::Base64),
            (Fault::AkSkLiteralLineFeeds, Mistake::LiteralLineFeeds),
            (Fault::AkSkDerivedKey, Mistake::DerivedKey),
            (Fault::AkSkOtherAlgorithm, Mistake::OtherAlgorithm),
        ];
        // Whoever hashes {} for nothing has nothing to get wrong in a call that has a body.
        let fits = |mistake| mistake != Mistake::EmptyObjectHashed || request.body.is_empty();
        let mistake = mistakes.into_iter().find(|(fault, mistake)| faults.has(*fault) && fits(*mistake));
        ask(match mistake {
            Some((_, mistake)) => sdk_hmac::forge(mistake, request, &self.ak, &self.sk, now),
            None => sdk_hmac::sign(request, &self.ak, &self.sk, now).request,
        })
    }
}
