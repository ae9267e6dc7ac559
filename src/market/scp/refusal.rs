//! What is wrong with a call, and the three forms in which the platform says so.
//!
//! None of these bodies is in the reference; all were seen on the live platform by a third party in May and June 2026: the
//! service's own error, the gateway's answer for a path that it does not know, and the gateway's refusal.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::model::List;
use super::question::Problem;
use super::settings::Settings;
use super::words::{ErrorLanguage, SignatureError, UnknownId, Unsigned, WrongMethod};
use crate::sign::scp;
use crate::wire::Request;

/// What is wrong with a call.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Trouble {
    /// A question of a browser's, which the platform never allows.
    #[error("OPTIONS is answered with 403 for every path, and no header that would let a browser call")]
    Options,
    #[error("{0}")]
    Signature(scp::Refusal),
    #[error("there is nothing at this path")]
    Path,
    #[error("{0} is answered to GET alone")]
    Method(&'static str),
    #[error("there is no version {0:?}; write \"product 1.0\"")]
    Version(String),
    #[error("{}", list(.0))]
    Parameters(Vec<(String, Problem)>),
    #[error("there is no page {page}; the last one is {last}")]
    PastEnd { page: u64, last: u64 },
    #[error("there is no {} {id:?}", list.item())]
    Unknown { list: List, id: String },
}

fn list(problems: &[(String, Problem)]) -> String {
    problems.iter().map(|(name, problem)| format!("{name}: {problem}")).collect::<Vec<_>>().join("; ")
}

/// The ids that an error carries, made from time and request, so that the same call has the same ones.
pub(crate) struct Ids {
    /// Of the request at the service.
    pub(crate) request: String,
    digest: ring::digest::Digest,
}

impl Ids {
    /// The ids of a request at a time.
    pub(crate) fn of(request: &Request, now: Timestamp) -> Self {
        let mut context = ring::digest::Context::new(&ring::digest::SHA256);
        context.update(&now.as_nanosecond().to_be_bytes());
        context.update(request.method.as_bytes());
        context.update(b" ");
        context.update(request.target.as_bytes());
        if let Some(signature) = request.headers.get(scp::SIGNATURE) {
            context.update(&signature.value);
        }
        let digest = context.finish();
        Self { request: id(&digest.as_ref()[..16]), digest }
    }

    /// Of the request on its way through the platform.
    fn global(&self) -> String {
        id(&self.digest.as_ref()[16..])
    }
}

/// `req-` and a UUID of version 4, as the platform has them.
fn id(bytes: &[u8]) -> String {
    let number = bytes.iter().take(16).fold(0_u128, |number, byte| (number << 8) | u128::from(*byte));
    let number = (number & !(0xf << 76) & !(0x3 << 62)) | (0x4 << 76) | (0x2 << 62);
    let part = |from: u32, digits: u32| (number >> (from * 4)) & ((1 << (digits * 4)) - 1);
    format!("req-{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", part(24, 8), part(20, 4), part(16, 4), part(12, 4), part(0, 12))
}

/// An error's status and body.
pub(crate) fn body(
    trouble: &Trouble,
    settings: &Settings,
    request: &Request,
    ids: &Ids,
    now: Timestamp,
) -> (u16, Value) {
    let korean = settings.error_language == ErrorLanguage::AsAsked && asks_for_korean(request);
    let path = || super::route::path(&request.target);
    match trouble {
        Trouble::Options => {
            let message = "Action definition is not found";
            let response = json!({ "access_level": "", "action_name": "", "caused_auths": [], "message": message });
            (403, service(403, "Forbidden", message.into(), response, ids))
        }
        Trouble::Signature(scp::Refusal::Missing { .. } | scp::Refusal::Empty { .. })
            if settings.unsigned == Unsigned::Status404 && is_unsigned(request) =>
        {
            (404, gateway(404, "Not Found", path(), ids, now))
        }
        Trouble::Signature(refusal) => (401, refused(refusal, settings, korean)),
        Trouble::Path => (404, gateway(404, "Not Found", path(), ids, now)),
        Trouble::Method(_) => match settings.wrong_method {
            WrongMethod::Status405 => (405, gateway(405, "Method Not Allowed", path(), ids, now)),
            WrongMethod::Status404 => (404, gateway(404, "Not Found", path(), ids, now)),
        },
        Trouble::Version(version) => {
            let detail = if korean {
                format!("Scp-Api-Version: {version:?} 버전은 없습니다")
            } else {
                format!("Scp-Api-Version: {trouble}")
            };
            (400, service(400, "ValidationError", json!([detail]), Value::Null, ids))
        }
        Trouble::Parameters(problems) => {
            let details: Vec<String> = problems
                .iter()
                .map(|(name, problem)| match korean {
                    true => format!("{name}: {}", in_korean(problem)),
                    false => format!("{name}: {problem}"),
                })
                .collect();
            (400, service(400, "ValidationError", details.into(), Value::Null, ids))
        }
        Trouble::PastEnd { .. } | Trouble::Unknown { .. } => {
            let code = match settings.unknown_id {
                UnknownId::NotFound => "NotFound",
                UnknownId::ResourceNotFound => "ResourceNotFound",
            };
            let detail =
                if korean { "요청한 대상을 찾을 수 없습니다".to_owned() } else { trouble.to_string() };
            (404, service(404, code, detail.into(), Value::Null, ids))
        }
    }
}

/// Whether a request does not even try to be signed.
pub(crate) fn is_unsigned(request: &Request) -> bool {
    request.headers.get(scp::SIGNATURE).is_none()
}

/// The service's own error.
fn service(status: u16, code: &str, detail: Value, response: Value, ids: &Ids) -> Value {
    json!({ "errors": [{
        "code": code,
        "detail": detail,
        "global_request_id": ids.global(),
        "links": [],
        "related_resources": [],
        "request_id": ids.request,
        "response": response,
        "status": status,
        "title": code,
    }] })
}

/// The gateway's answer for what it has no route to.
fn gateway(status: u16, error: &str, path: &str, ids: &Ids, now: Timestamp) -> Value {
    let timestamp = now.strftime("%Y-%m-%dT%H:%M:%S.%3f+00:00").to_string();
    json!({ "timestamp": timestamp, "path": path, "status": status, "error": error, "requestId": ids.request })
}

/// The gateway's refusal.
fn refused(refusal: &scp::Refusal, settings: &Settings, korean: bool) -> Value {
    let message = match refusal {
        // Whoever uses the older platform's client learns it from the body, too.
        scp::Refusal::VersionOne { .. } => refusal.to_string(),
        _ if korean => "서명을 확인할 수 없습니다".to_owned(),
        scp::Refusal::Missing { .. } | scp::Refusal::Empty { .. } | scp::Refusal::Repeated { .. } => {
            refusal.to_string()
        }
        scp::Refusal::Expired { .. } => "The time of the request is too far away.".to_owned(),
        _ => "The signature of the request could not be verified.".to_owned(),
    };
    let (name, message) = match settings.signature_error {
        SignatureError::Name => ("HmacValidFail", message),
        SignatureError::Message => ("Request was rejected by gateway", format!("HmacValidFail: {message}")),
    };
    json!({ "status": "UNAUTHORIZED", "name": name, "message": message })
}

/// Whether Korean is what a request asks for first.
fn asks_for_korean(request: &Request) -> bool {
    request.headers.get("Accept-Language").is_some_and(|header| {
        let first = header.value.split(|byte| matches!(byte, b',' | b';')).next().unwrap_or_default();
        let primary = first.split(|byte| *byte == b'-').next().unwrap_or_default();
        primary.trim_ascii().eq_ignore_ascii_case(b"ko")
    })
}

fn in_korean(problem: &Problem) -> String {
    match problem {
        Problem::Unreadable(_) => "값을 읽을 수 없습니다".to_owned(),
        Problem::Empty | Problem::Number(_) => "1 이상의 정수여야 합니다".to_owned(),
        Problem::Below(value) => format!("{value}은(는) 1보다 작습니다"),
        Problem::Above { value, most } => format!("{value}은(는) {most}보다 큽니다"),
        Problem::Boolean(_) => "true 또는 false여야 합니다".to_owned(),
        Problem::Date(_) => "날짜 형식이 올바르지 않습니다".to_owned(),
        Problem::SortForm(_) | Problem::SortField(_) | Problem::SortDirection(_) => {
            "정렬 조건이 올바르지 않습니다".to_owned()
        }
        Problem::Repeated(_) => "값은 하나여야 합니다".to_owned(),
        Problem::Reversed(start) => format!("{start}보다 이릅니다"),
    }
}
