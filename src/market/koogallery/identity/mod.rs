//! The identity centre of a buyer's enterprise: OAuth 2.0 as a vendor's application calls it.
//!
//! In life every buyer has one under an address of its own, which `tenantSync` tells as `domainName`, and the vendor's
//! client is told by `applicationSync`. Here the store serves all of them at its own address, so that a vendor is led here
//! by nothing but these two calls. A login begins with the buyer's browser at the vendor's application, with a code; the
//! vendor exchanges the code for a token ([`Operation::Token`]) and asks whose it is ([`Operation::UserInfo`]).
//!
//! [`check`] says what a call is, or what is wrong with it, [`answer`] answers it. Codes are good once, codes and tokens
//! end by the store's clock.
//!
//! Sources: support.huaweicloud.com `0070649442`, `0070649443`, `0070649448` to `0070649450`, `0070649145`; workspace guide
//! saascenter_usermanual_0158; RFC 6749 where the pages are silent (error codes, 5.2).

mod answer;
mod check;
mod grants;

pub(crate) use answer::answer;
pub(crate) use check::{CodeTrouble, Trouble, check, form_of};
pub(crate) use grants::{Client, Grants, Person};

use crate::wire::Request;

/// The operations of `specs/koogallery/oauth.yaml`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    /// Where the browser is sent to sign in.
    Authorize,
    /// Exchanges a code, or a refresh token, for an access token.
    Token,
    /// Says whose an access token is.
    UserInfo,
    /// Where the browser is sent to sign out.
    Logout,
}

impl Operation {
    /// Every one.
    const ALL: [Self; 4] = [Self::Authorize, Self::Token, Self::UserInfo, Self::Logout];

    /// Its `operationId`.
    pub(crate) fn id(self) -> &'static str {
        match self {
            Self::Authorize => "authorize",
            Self::Token => "issueToken",
            Self::UserInfo => "getUserInfo",
            Self::Logout => "logout",
        }
    }

    /// What it is called in sentences.
    pub(crate) fn what(self) -> &'static str {
        match self {
            Self::Authorize => "the authorisation",
            Self::Token => "the question for a token",
            Self::UserInfo => "the question for the user",
            Self::Logout => "the logout",
        }
    }

    /// Its method and path.
    pub(crate) fn route(self) -> (&'static str, &'static str) {
        match self {
            Self::Authorize => ("GET", "/api/v1/oauth2/authorize"),
            Self::Token => ("POST", "/api/v1/oauth2/token"),
            Self::UserInfo => ("GET", "/api/v1/oauth2/userinfo"),
            Self::Logout => ("GET", "/api/v1/logout"),
        }
    }

    /// The operation that a request calls, by its path.
    pub(crate) fn of(request: &Request) -> Option<Self> {
        let path = request.path().trim_end_matches('/');
        Self::ALL.into_iter().find(|operation| operation.route().1 == path)
    }
}
