//! Signs answers, and breaks them where a fault says so: members, content types, bytes, and HTTP itself.
//!
//! The vendor makes a good answer first; what stands here spoils it on its way out. Faults in what an answer says are
//! not here but where it is made.

mod members;
mod seal;

use std::time::Duration;

use serde_json::{Value, json};

pub(crate) use seal::Seal;

use super::answer;
use super::call::{Activity, Call, Edition};
use super::error::Refused;
use super::fault::{Fault, Faults};
use super::service::{SLOW, SLOWER};
use crate::check::{body, oddity};
use crate::wire::{Headers, Reply, ReplyKind, Request, Response};

/// How much a huge body has.
const HUGE: u64 = 100 * 1024 * 1024;

/// What a forgotten handler prints, as frameworks do in their development mode.
const STACK_TRACE: &str = "java.lang.IllegalStateException: unexpected\n\
    \tat example.vendor.ProduceController.handle(ProduceController.java:42)\n\
    \tat org.example.web.Dispatcher.dispatch(Dispatcher.java:117)";

/// An answer on its way out.
pub(crate) struct Delivery<'a> {
    pub(crate) edition: Edition,
    pub(crate) request: &'a Request,
    pub(crate) seal: &'a Seal,
    pub(crate) faults: &'a Faults,
}

/// The error page of a framework.
pub(crate) fn error_page(status: u16) -> Response {
    let headers = Headers::from_iter([("Content-Type", "text/html;charset=UTF-8")]);
    let body = format!("<!doctype html>\n<html><body><h1>HTTP {status}</h1></body></html>");
    Response { headers, body: body.into_bytes(), ..Response::new(status) }
}

/// Whether the vendor's code fails over what is odd about a request, before it has looked at what the request is about.
pub(crate) fn stumbles(request: &Request, faults: &Faults) -> bool {
    let body = request.body.as_slice();
    let members: Value = serde_json::from_slice(body).unwrap_or_default();
    let ids = ["orderId", "orderLineId", "businessId", "instanceId"];
    let odd_id = || ids.iter().any(|name| members[*name].as_str().is_some_and(|text| !text.is_ascii()));
    let odd_number = || members["productInfo"]["linearValue"].as_f64().is_some_and(|value| value < 1.0);
    let media = request.headers.text("content-type").unwrap_or_default();
    let found = |fault| match fault {
        Fault::OddText500 => odd_id(),
        Fault::OddNumber500 => odd_number(),
        Fault::Nested500 => oddity::depth(body) > 64,
        Fault::Large500 => body.len() > 32 * 1024,
        Fault::MemberTwice500 => body::twice_in(body).is_some(),
        Fault::ContentType500 => !body.is_empty() && !media.starts_with("application/json"),
        Fault::OtherPath500 => request.path().len() > 1,
        _ => false,
    };
    faults.iter().any(found)
}

impl Delivery<'_> {
    /// Sends what was done.
    pub(crate) fn send(&self, call: &Call, mut body: Value) -> Reply {
        let faults = self.faults;
        for fault in faults.iter() {
            members::spoil(call, fault, &mut body);
        }
        let response = self.formed(&body);
        let asked = call.activity == Activity::Query;
        let after = match call.activity {
            Activity::Create if faults.has(Fault::CreateBlocks) => SLOW,
            Activity::Query if faults.has(Fault::Slow) => SLOW,
            _ if faults.has(Fault::Slower) => SLOWER,
            _ => Duration::ZERO,
        };
        let broken = if asked { faults.iter().find_map(|fault| broken_http(fault, &response)) } else { None };
        let dies = call.activity == Activity::Release && faults.has(Fault::DiesAfterRelease);
        let kind = broken.unwrap_or(if dies { ReplyKind::Die } else { ReplyKind::Response(response) });
        Reply { after, kind }
    }

    /// Sends why nothing was done.
    pub(crate) fn refuse(&self, refused: &Refused) -> Reply {
        let faults = self.faults;
        let authentication = refused.is_authentication();
        let dies = match authentication {
            true => Fault::DiesOfBadSignature,
            false => Fault::DiesOfBadCall,
        };
        if faults.has(dies) && (authentication || matches!(refused, Refused::Parameter(_) | Refused::Activity)) {
            return ReplyKind::Die.into();
        }
        if *refused == Refused::Crash {
            return error_page(500).into();
        }
        if *refused == Refused::Elsewhere {
            return error_page(404).into();
        }
        let mut body = answer::result(refused.code(self.edition, faults), &refused.to_string());
        if faults.has(Fault::MessageStackTrace) {
            body["resultMsg"] = json!(STACK_TRACE);
        }
        if faults.has(Fault::MessageKey) {
            body["resultMsg"] = json!(format!("{refused}; the key is {}", self.seal.key.expose()));
        }
        let mut response = self.formed(&body);
        let v1 = self.edition == Edition::V1;
        let told = [
            (Fault::Refusal401, !v1, 401),
            (Fault::Refusal403, !v1, 403),
            (Fault::Refusal500, !v1, 500),
            (Fault::V1Refusal401, v1, 401),
            (Fault::V1Refusal500, v1, 500),
        ];
        if let Some((_, _, status)) = told.iter().find(|(fault, fits, _)| authentication && *fits && faults.has(*fault))
        {
            response.status = *status;
        }
        if authentication && faults.has(if v1 { Fault::V1RefusalHtml } else { Fault::RefusalHtml }) {
            response = Response { status: 200, ..error_page(200) };
        }
        if faults.has(Fault::BodySignNotOnRefusals) {
            response.headers.remove(crate::sign::koogallery::body_sign::HEADER);
        }
        response.into()
    }

    /// The answer with this body, formed and signed.
    fn formed(&self, body: &Value) -> Response {
        let mut response = answer::json(body, self.faults);
        for fault in self.faults.iter() {
            form(fault, body, &mut response);
        }
        self.seal.sign(self.edition, self.request, &mut response, self.faults);
        for fault in self.faults.iter() {
            typed(fault, &mut response);
        }
        response
    }
}

/// Changes the bytes of an answer before it is signed.
fn form(fault: Fault, body: &Value, response: &mut Response) {
    match fault {
        Fault::AnswerBom => drop(response.body.splice(..0, "\u{feff}".bytes())),
        Fault::AnswerBrokenJson => {
            response.body.pop();
            response.body.extend_from_slice(b",}");
        }
        Fault::AnswerEmpty => response.body.clear(),
        Fault::AnswerHtml => {
            response.body = b"<!doctype html><html><body>OK</body></html>".to_vec();
            response.headers.set("Content-Type", "text/html;charset=UTF-8");
        }
        Fault::AnswerHtml500 => *response = error_page(500),
        Fault::AnswerWrapped => response.body = json!({ "data": body }).to_string().into_bytes(),
        Fault::AnswerList => response.body = json!([body]).to_string().into_bytes(),
        Fault::AnswerGbk => {
            let mut changed = body.clone();
            changed["resultMsg"] = json!("OK");
            let text = changed.to_string();
            let (front, back) = text.split_once("\"OK\"").unwrap_or((&text, ""));
            // 成功 in GBK, which is no UTF-8.
            response.body = [front.as_bytes(), b"\"\xb3\xc9\xb9\xa6\"", back.as_bytes()].concat();
        }
        _ => {}
    }
}

/// Changes status and content type.
fn typed(fault: Fault, response: &mut Response) {
    match fault {
        Fault::AnswerStatus201 => response.status = 201,
        Fault::AnswerStatus500 => response.status = 500,
        Fault::AnswerStatus302 => {
            response.status = 302;
            response.headers.push("Location", "https://www.vendor.example/login");
        }
        Fault::AnswerTypeHtml => response.headers.set("Content-Type", "text/html;charset=UTF-8"),
        Fault::AnswerTypePlain => response.headers.set("Content-Type", "text/plain;charset=UTF-8"),
        Fault::AnswerTypeMissing => response.headers.remove("Content-Type"),
        Fault::AnswerCharsetLatin1 => response.headers.set("Content-Type", "application/json;charset=ISO-8859-1"),
        _ => {}
    }
}

/// HTTP that is broken below the answer.
fn broken_http(fault: Fault, response: &Response) -> Option<ReplyKind> {
    let length = response.body.len();
    let with_length = |length: usize| Some(ReplyKind::Raw(raw(response, &format!("Content-Length: {length}"))));
    match fault {
        Fault::Closes => Some(ReplyKind::Close),
        Fault::Hangs => Some(ReplyKind::Hang),
        Fault::ShortBody => with_length(length + 100),
        Fault::LongBody => with_length(length / 2),
        Fault::BadChunk => {
            let bare = Response { body: b"xyz\r\n{\r\n0\r\n\r\n".to_vec(), ..response.clone() };
            Some(ReplyKind::Raw(raw(&bare, "Transfer-Encoding: chunked")))
        }
        Fault::Garbage => Some(ReplyKind::Raw(b"\x16\x03\x01\x00\xff no HTTP here\r\n\r\n".to_vec())),
        Fault::HugeBody => {
            let bare = Response { body: Vec::new(), ..response.clone() };
            let head = raw(&bare, &format!("Content-Length: {HUGE}"));
            Some(ReplyKind::Endless { head, chunk: vec![b' '; 64 * 1024], limit: HUGE })
        }
        _ => None,
    }
}

/// An answer as bytes, with this field about its length.
fn raw(response: &Response, length: &str) -> Vec<u8> {
    let mut bytes = format!("HTTP/1.1 {} OK\r\n{length}\r\n", response.status).into_bytes();
    for header in response.headers.iter() {
        bytes.extend_from_slice(header.name.as_bytes());
        bytes.extend_from_slice(b": ");
        bytes.extend_from_slice(&header.value);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(&response.body);
    bytes
}
