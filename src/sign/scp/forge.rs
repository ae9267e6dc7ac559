//! Wrong requests on purpose.

use jiff::Timestamp;

use super::mistake::Mistake;
use super::{Signed, sign};
use crate::wire::{Request, Secret};

/// A request with one mistake; the other arguments are those of [`sign`].
///
/// Some show only where the request lets them: without a port in the base there is none to leave out.
pub fn forge(
    _mistake: Mistake,
    request: &Request,
    base: &str,
    access_key: &str,
    secret_key: &Secret,
    account_id: Option<&str>,
    now: Timestamp,
) -> Signed {
    sign(request, base, access_key, secret_key, account_id, now)
}
