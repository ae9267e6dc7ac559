//! The signature of a call, examined.

use jiff::Timestamp;

use super::store::Store;
use crate::market::Examined;
use crate::sign::scp;
use crate::wire::Request;

/// The signature of a request that arrived by `scheme`: `http` or `https`.
pub(crate) fn signature(store: &Store, request: &Request, scheme: &str, now: Timestamp) -> Examined {
    let explained = store.explain(request, scheme, now);
    let received = request.headers.text(scp::SIGNATURE);
    Examined::new(scp::RECIPE, received, explained.expected, explained.signed, &explained.diagnosis)
}
