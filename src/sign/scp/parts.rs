//! Computes a signature by the rule, or with named deviations from it.

use std::borrow::Cow;

use jiff::Timestamp;

use super::OPEN_API;
use super::address::{Public, cut, is_absolute};
use super::deviation::{Axis, Deviation};
use super::forge::{INVENTED_ACCOUNT_ID, INVENTED_PROJECT_ID};
use super::keyed::{digest, key, written};
use super::rewriting::{
    Escape, List, Which, bracketed, decoded, encode_uri, escapes, lists, rewritten, sorted, values_replaced,
    without_brackets, without_empty,
};
use crate::sign::Intermediate;
use crate::sign::digest::{base64, hex, sha256};
use crate::wire::Request;

/// Everything that goes into a signature.
#[derive(Clone)]
pub(super) struct Parts<'a> {
    pub(super) method: Cow<'a, str>,
    /// Scheme, host and port.
    pub(super) origin: Cow<'a, str>,
    /// Path and query; with the path of the public address in front where that is tried.
    pub(super) target: Cow<'a, str>,
    pub(super) timestamp: Cow<'a, str>,
    pub(super) access_key: &'a str,
    pub(super) account_id: Cow<'a, str>,
    pub(super) client_type: &'a str,
    pub(super) body: &'a [u8],
    pub(super) secret_key: &'a str,
    /// The access key that may have been taken for the secret key.
    pub(super) known_access_key: &'a str,
    pub(super) known_account_id: &'a str,
    pub(super) known_project_id: &'a str,
}

/// The strings of one signature. A body that was signed may be any bytes.
pub(super) struct Computed {
    parts: Vec<Intermediate>,
    message: Vec<u8>,
    pub(super) signature: String,
}

impl Computed {
    pub(super) fn steps(self) -> Vec<Intermediate> {
        let mut steps = self.parts;
        steps.push(Intermediate::new("message", String::from_utf8_lossy(&self.message)));
        steps.push(Intermediate::new("signature", self.signature));
        steps
    }
}

impl<'a> Parts<'a> {
    /// The parts of a request whose URL begins with a base, unless its target is a URL already. The values of headers
    /// are filled in by the caller.
    pub(super) fn new(request: &'a Request, base: &'a str) -> Self {
        let (origin, target) = match is_absolute(&request.target) {
            true => cut(&request.target),
            false => (base, request.target.as_str()),
        };
        Self {
            method: Cow::Borrowed(&request.method),
            origin: Cow::Borrowed(origin),
            target: Cow::Borrowed(target),
            timestamp: Cow::Borrowed(""),
            access_key: "",
            account_id: Cow::Borrowed(""),
            client_type: OPEN_API,
            body: &request.body,
            secret_key: "",
            known_access_key: "",
            known_account_id: INVENTED_ACCOUNT_ID,
            known_project_id: INVENTED_PROJECT_ID,
        }
    }

    /// The same under another address, without or with its path in front.
    pub(super) fn under(&self, public: &'a Public, with_path: bool) -> Self {
        let path = if with_path { public.path.as_str() } else { "" };
        let target = [path, &*self.target].concat();
        Self { origin: Cow::Borrowed(&public.origin), target: Cow::Owned(target), ..self.clone() }
    }

    /// The signature with these deviations, none of them twice on one axis.
    pub(super) fn compute(&self, how: &[Deviation]) -> Computed {
        let on = |axis| Deviation::of_axis(how, axis);
        let parts = self.parts(how);
        let message = self.message(&parts, how);
        let exchanged = on(Axis::Key) == Some(Deviation::Exchanged);
        let secret = key(self.secret_key, self.known_access_key, on(Axis::Key));
        let (key, signed) = if exchanged { (&message, &secret) } else { (&secret, &message) };
        let digest = digest(key, signed, on(Axis::Digest));
        Computed { parts, signature: written(&digest, on(Axis::Written)), message }
    }

    /// The named parts in the order of the message.
    fn parts(&self, how: &[Deviation]) -> Vec<Intermediate> {
        use Deviation as D;
        let on = |axis| Deviation::of_axis(how, axis);
        let layout = on(Axis::Layout);
        let naver = layout == Some(D::NaverCloud);
        let method = match on(Axis::Method) {
            Some(D::MethodLower) => self.method.to_ascii_lowercase(),
            Some(D::MethodLeftOut) => String::new(),
            Some(D::MethodGet) => "GET".to_owned(),
            Some(D::MethodPost) => "POST".to_owned(),
            _ => self.method.to_ascii_uppercase(),
        };
        let url = if naver { self.target(how) } else { self.origin(how) + &self.target(how) };
        let client_type = match on(Axis::ClientType) {
            Some(D::ClientTypeLeftOut) => "",
            Some(D::ClientTypeOpenApi) => "OpenApi",
            Some(D::ClientTypeLower) => "openapi",
            Some(D::ClientTypeUpper) => "OPENAPI",
            Some(D::ClientTypeOpenAPI) => "OpenAPI",
            Some(D::ClientTypeDocumented) => OPEN_API,
            _ => self.client_type,
        };
        let account = match on(Axis::Account) {
            Some(D::AccountLeftOut) => "",
            Some(D::AccountInserted) => self.known_account_id,
            Some(D::ProjectInserted) => self.known_project_id,
            _ => &self.account_id,
        };
        let timestamp = self.timestamp(on(Axis::Time));
        let mut parts = vec![
            Intermediate::new("method", method),
            Intermediate::new("URL", url),
            Intermediate::new("timestamp", timestamp),
            Intermediate::new("access key", self.access_key),
            Intermediate::new("account id", account),
            Intermediate::new("client type", client_type),
        ];
        if on(Axis::Account) == Some(D::AccountLast) {
            parts.swap(4, 5);
        }
        match on(Axis::AccessKey) {
            Some(D::AccessKeyLeftOut) => parts[3].value.clear(),
            Some(D::AccessKeyFirst) => parts.swap(2, 3),
            Some(D::AccessKeyLast) => parts[3..].rotate_left(1),
            _ => {}
        }
        if naver {
            parts.truncate(4);
        }
        parts.retain(|part| !part.value.is_empty());
        parts
    }

    fn message(&self, parts: &[Intermediate], how: &[Deviation]) -> Vec<u8> {
        use Deviation as D;
        let layout = Deviation::of_axis(how, Axis::Layout);
        let separator = match layout {
            Some(D::LineFeeds | D::NaverCloud) => "\n",
            Some(D::Ampersands) => "&",
            Some(D::Commas) => ",",
            Some(D::Blanks) => " ",
            Some(D::Bars) => "|",
            Some(D::Colons) => ":",
            Some(D::LiteralLineFeeds) => "\\n",
            _ => "",
        };
        let body = Deviation::of_axis(how, Axis::Body).map(|deviation| match deviation {
            D::BodyHashLast | D::BodyHashAfterUrl => (deviation, hex(&sha256(self.body)).into_bytes()),
            D::BodyHashBase64Last => (deviation, base64(&sha256(self.body)).into_bytes()),
            _ => (deviation, self.body.to_vec()),
        });
        let mut pieces: Vec<&[u8]> = Vec::with_capacity(parts.len() + 1);
        for part in parts {
            pieces.push(part.value.as_bytes());
            if let Some((D::BodyAfterUrl | D::BodyHashAfterUrl, body)) = &body
                && part.name == "URL"
            {
                pieces.push(body);
            }
        }
        if let Some((D::BodyLast | D::BodyHashLast | D::BodyHashBase64Last, body)) = &body {
            pieces.push(body);
        }
        let mut message = pieces.join(separator.as_bytes());
        match layout {
            Some(D::LineFeedLast) => message.push(b'\n'),
            Some(D::NaverCloud) => {
                // Between method and path stands a blank.
                if let Some(line_feed) = message.iter_mut().find(|byte| **byte == b'\n') {
                    *line_feed = b' ';
                }
            }
            _ => {}
        }
        message
    }

    fn origin(&self, how: &[Deviation]) -> String {
        use Deviation as D;
        let on_host = Deviation::of_axis(how, Axis::Host);
        if let Some(origin) = on_host.and_then(D::documented_origin) {
            return origin.to_owned();
        }
        let (scheme, host) = self.origin.split_once("://").unwrap_or(("", &self.origin));
        let scheme = match Deviation::of_axis(how, Axis::Scheme) {
            Some(D::SchemeHttps) => "https",
            Some(D::SchemeHttp) => "http",
            _ => scheme,
        };
        let (name, port) = port_apart(host);
        let host = match on_host {
            Some(D::OriginLeftOut) => return String::new(),
            Some(D::SchemeLeftOut) => return host.to_owned(),
            Some(D::HostLeftOut) => String::new(),
            Some(D::PortLeftOut) => name.to_owned(),
            Some(D::Port443) if port.is_empty() => format!("{host}:443"),
            Some(D::Port80) if port.is_empty() => format!("{host}:80"),
            Some(D::HostLower) => host.to_ascii_lowercase(),
            Some(D::Localhost) if ["127.0.0.1", "[::1]", "0.0.0.0"].contains(&name) => format!("localhost{port}"),
            Some(D::Loopback) if name == "localhost" => format!("127.0.0.1{port}"),
            Some(D::RegionLeftOut) => match host.split_once('.') {
                Some((first, rest)) if rest.starts_with("kr-") => {
                    format!("{first}.{}", rest.split_once('.').map_or(rest, |(_, rest)| rest))
                }
                _ => host.to_owned(),
            },
            Some(other) => match (other.region(), host.split_once('.')) {
                (Some(region), Some((first, rest))) if !rest.starts_with("kr-") => format!("{first}.{region}.{rest}"),
                _ => host.to_owned(),
            },
            None => host.to_owned(),
        };
        [scheme, "://", &host].concat()
    }

    fn target(&self, how: &[Deviation]) -> String {
        use Deviation as D;
        let (path, query) = match self.target.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (&*self.target, None),
        };
        let path = match Deviation::of_axis(how, Axis::Path) {
            Some(D::TrailingSlash) if !path.ends_with('/') => format!("{path}/"),
            Some(D::SlashLeftOut) => path.strip_suffix('/').unwrap_or(path).to_owned(),
            Some(D::SlashDoubled) => format!("/{path}"),
            Some(D::PathDecoded) => decoded(path, false),
            Some(D::VersionLeftOut) => path.strip_prefix("/v1").unwrap_or(path).to_owned(),
            _ => path.to_owned(),
        };
        let whole = || match query {
            Some(query) => format!("{path}?{query}"),
            None => path.clone(),
        };
        let Some(deviation) = Deviation::of_axis(how, Axis::Query) else { return whole() };
        let with = |query: &dyn Fn(&str) -> String| match self.target.split_once('?') {
            Some((_, wire)) => format!("{path}?{}", query(wire)),
            None => path.clone(),
        };
        let escaped = |escape| with(&|query| rewritten(query, escape));
        let listed = |list, which| with(&|query| lists(query, list, which));
        match deviation {
            D::UrlDecoded => decoded(&whole(), false),
            D::QueryBeforeForm => escaped(Escape::None),
            D::UrlEscapedTwice => encode_uri(&whole()),
            D::EncodedAsUri => encode_uri(&decoded(&whole(), false)),
            D::EncodedAsUriForm => with(&|query| encode_uri(&decoded(query, true))),
            D::FormEncoded => escaped(Escape::Form),
            D::FormEncodedJava => escaped(Escape::FormJava),
            D::Component => escaped(Escape::Component),
            D::ComponentJs => escaped(Escape::ComponentJs),
            D::Quoted => escaped(Escape::Quote),
            D::PlusSigned => with(&|query| query.replace("%20", "+")),
            D::BlankSigned => with(&|query| query.replace('+', "%20")),
            D::EscapesLower => escapes(&whole(), false),
            D::EscapesUpper => escapes(&whole(), true),
            D::ListPython => listed(List::Python, Which::Repeated),
            D::ListPythonDocumented => listed(List::Python, Which::Documented),
            D::ListPythonAll => listed(List::Python, Which::All),
            D::ListCommas => listed(List::Commas, Which::Repeated),
            D::ListJson => listed(List::Json, Which::Repeated),
            D::ListJava => listed(List::Java, Which::Repeated),
            D::ListGo => listed(List::Go, Which::Repeated),
            D::ListTuple => listed(List::Tuple, Which::Repeated),
            D::ListBrackets => with(&bracketed),
            D::ListBracketsLeftOut => with(&without_brackets),
            D::BooleanPython => with(&|query| values_replaced(query, [("true", "True"), ("false", "False")])),
            D::BooleanJson => with(&|query| values_replaced(query, [("True", "true"), ("False", "false")])),
            D::QueryLeftOut => path,
            D::QuerySorted => with(&|query| sorted(query, false)),
            D::QuerySortedWhole => with(&|query| sorted(query, true)),
            D::EmptyLeftOut => match query.map(without_empty) {
                Some(query) if !query.is_empty() => format!("{path}?{query}"),
                _ => path,
            },
            D::QuestionMark if query.is_none() => format!("{path}?"),
            _ => whole(),
        }
    }

    fn timestamp(&self, deviation: Option<Deviation>) -> String {
        use Deviation as D;
        let text = &*self.timestamp;
        let milliseconds = text.len() == 13 && text.bytes().all(|byte| byte.is_ascii_digit());
        match deviation {
            Some(D::TimestampSeconds) if milliseconds => text[..10].to_owned(),
            Some(D::TimestampRounded) if milliseconds => format!("{}000", &text[..10]),
            Some(D::TimestampMilliseconds) if !milliseconds => format!("{text}000"),
            Some(D::TimestampIso) if milliseconds => {
                let time = text.parse().ok().and_then(|value| Timestamp::from_millisecond(value).ok());
                time.map(|time| format!("{time:.3}")).unwrap_or_default()
            }
            Some(D::TimestampLeftOut) => String::new(),
            _ => text.to_owned(),
        }
    }
}

/// A host and its port with the colon; no port where none is written.
fn port_apart(host: &str) -> (&str, &str) {
    match host.rfind(':') {
        Some(at) if host[at + 1..].bytes().all(|byte| byte.is_ascii_digit()) => host.split_at(at),
        _ => (host, ""),
    }
}
