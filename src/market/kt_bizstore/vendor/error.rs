//! How the reference vendor refuses: statuses with a reason in JSON.
//!
//! The documents give statuses and no bodies for errors; ours say in a sentence what is wrong, so that whoever reads a
//! report need not guess.

use serde_json::json;

use super::fault::{Fault, Faults};
use crate::sign::kt_jwt::Refusal;
use crate::wire::{Headers, Response};

/// Why the reference vendor refuses a call.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CallRefused {
    /// 401: the token is missing or bad.
    #[error("the token is refused: {0}")]
    Token(#[from] Refusal),
    /// 401: the token was used before; only where the vendor was told to keep them.
    #[error("the token was used before")]
    TokenReused,
    /// 401: the customer's record is gone, the documented alternative to the code 99.
    #[error("the customer no longer exists")]
    CustomerGone,
    /// 400: the request cannot be understood.
    #[error("{0}")]
    BadRequest(String),
    /// 400: a day that does not exist, or is not written `yyyy-mm-dd`.
    #[error("{text:?} is no day in the form yyyy-mm-dd")]
    NoSuchDay {
        /// What was asked for.
        text: String,
    },
    /// 404: nobody has registered this customer.
    #[error("there is no such customer")]
    UnknownCustomer,
    /// 404: there is nothing at this address.
    #[error("there is nothing at this address")]
    NoSuchPath,
    /// 405: the address is there, the method is not.
    #[error("this address offers {allow} only")]
    Method {
        /// Value of the header `Allow`.
        allow: &'static str,
    },
    /// 406: the customer is on a free trial (response catalogue of the documents).
    #[error("the customer is on a free trial")]
    FreeTrial,
    /// Any status, where the vendor was told to give a wrong one.
    #[error("the call failed")]
    Told(u16),
}

impl CallRefused {
    /// The status that goes with it.
    pub(crate) fn status(&self) -> u16 {
        match self {
            Self::Token(_) | Self::TokenReused | Self::CustomerGone => 401,
            Self::BadRequest(_) | Self::NoSuchDay { .. } => 400,
            Self::UnknownCustomer | Self::NoSuchPath => 404,
            Self::Method { .. } => 405,
            Self::FreeTrial => 406,
            Self::Told(status) => *status,
        }
    }

    /// The answer. `token` is what came in the header, for the fault that repeats it.
    pub(crate) fn answer(&self, faults: &Faults, token: Option<&str>) -> Response {
        let status = match self {
            Self::Token(refusal) => refused_with(refusal, faults),
            _ if faults.has(Fault::Error200) => 200,
            Self::Method { .. } if faults.has(Fault::Method200) => 200,
            Self::Method { .. } if faults.has(Fault::Method404) => 404,
            Self::Method { .. } if faults.has(Fault::Method500) => 500,
            Self::FreeTrial if faults.has(Fault::Trial403) => 403,
            Self::FreeTrial if faults.has(Fault::Trial409) => 409,
            other => other.status(),
        };
        let mut response = Response::new(status);
        match self {
            // RFC 9110, 11.6.1: a 401 names what it asks for.
            Self::Token(_) | Self::TokenReused | Self::CustomerGone if status == 401 => {
                response.headers.push("WWW-Authenticate", "encoded-jwt");
            }
            Self::Token(_) if status == 302 => response.headers.push("Location", "/login"),
            Self::Method { allow } if !faults.has(Fault::MethodWithoutAllow) => response.headers.push("Allow", *allow),
            _ => {}
        }
        response.headers.push("Content-Type", "application/json; charset=utf-8");
        let mut body = json!({ "error": word(status), "reason": self.to_string() });
        if faults.has(Fault::ErrorEchoesToken) {
            body["token"] = json!(token);
        }
        if faults.has(Fault::ErrorSourcePath) {
            body["where"] = json!("/srv/vendor/src/main/java/Auth.java:31");
        }
        if faults.has(Fault::ErrorSql) {
            body["detail"] = json!("You have an error in your SQL syntax near 'M1'");
        }
        if faults.has(Fault::ErrorStackTrace) {
            body["trace"] = json!(STACK_TRACE);
        }
        response.body = body.to_string().into_bytes();
        if faults.has(Fault::ErrorHtml) {
            response.headers = Headers::from_iter([("Content-Type", "text/html")]);
            response.body = format!("<html><body><h1>{status} {}</h1></body></html>", word(status)).into_bytes();
        }
        response
    }
}

/// What a forgotten handler prints, as frameworks do in their development mode.
const STACK_TRACE: &str = "java.lang.IllegalStateException: unexpected\n\
    \tat example.vendor.CustomerController.handle(CustomerController.java:42)\n\
    \tat org.example.web.Dispatcher.dispatch(Dispatcher.java:117)";

fn refused_with(refusal: &Refusal, faults: &Faults) -> u16 {
    let own = match refusal {
        Refusal::Missing => faults.has(Fault::MissingToken500),
        Refusal::Signature => faults.has(Fault::OtherKey500),
        other => is_malformed(other) && faults.has(Fault::MalformedToken500),
    };
    if own {
        return 500;
    }
    let told = [
        (Fault::Refusal200, 200),
        (Fault::Refusal302, 302),
        (Fault::Refusal400, 400),
        (Fault::Refusal403, 403),
        (Fault::Refusal404, 404),
    ];
    told.into_iter().find(|(fault, _)| faults.has(*fault)).map_or(401, |(_, status)| status)
}

/// Whether a token is refused because it cannot be read.
pub(crate) fn is_malformed(refusal: &Refusal) -> bool {
    matches!(refusal, Refusal::Empty | Refusal::Parts { .. } | Refusal::NotBase64 { .. } | Refusal::NotJson { .. })
}

fn word(status: u16) -> &'static str {
    match status {
        400 => "bad request",
        401 => "unauthorized",
        403 => "forbidden",
        404 => "not found",
        405 => "method not allowed",
        406 => "not acceptable",
        409 => "conflict",
        500.. => "internal server error",
        _ => "refused",
    }
}
