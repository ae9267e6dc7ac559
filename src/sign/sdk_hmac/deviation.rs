//! Computes a signature by the rule, or with named deviations from it.

use std::cell::OnceCell;

use super::canonical::{self, Plus, escape, joined, query_pairs, with_slash};
use super::{ALGORITHM, CONTENT_SHA256, DATE, UNSIGNED_PAYLOAD};
use crate::sign::Intermediate;
use crate::sign::digest::{base64, hex, hmac, sha256};
use crate::sign::explain::deviations;
use crate::sign::json::{Blanks, Document, Order, Style};
use crate::sign::koogallery::other_key;
use crate::sign::query::pairs;
use crate::wire::{Request, Secret};

/// What a deviation is about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Axis {
    Method,
    Path,
    Query,
    Host,
    Headers,
    Body,
    Text,
    Date,
    Key,
    Digest,
}

deviations! {
    /// One way in which a client deviates from the recipe, or one of the readings that it leaves open.
    Deviation on Axis;
    SecondTestKey: Key = "the secret key is storeproof's second test key";
    AccessKeyAsSecret: Key = "the key is the access key (AK) in the place of the secret key (SK)";
    MarketKey: Key = "the key is the access key of the marketplace's own calls (KooGallery's Key) in the place of the secret key (SK)";
    SecretTrimmed: Key = "the blanks around the configured secret key are left out";
    SecretWithLineFeed: Key = "a line feed follows the secret key, as when it is read from a file";
    SecretWithPrefix: Key = "the key is derived in the manner of AWS, from \"SDK\" and the secret key";
    SecretDerived: Key = "the key is derived from date and scope in the manner of AWS";
    HostWithoutPort: Host = "Host is signed without its port";
    HostWithPort80: Host = "Host is signed with port 80, which is not sent";
    HostWithPort443: Host = "Host is signed with port 443, which is not sent";
    MainlandHost: Host = "Host is signed as mkt.myhuaweicloud.com, the store's mainland host";
    MainlandFallbackHost: Host = "Host is signed as mkt.myhuaweicloud.cn, the fallback of the store's mainland host";
    InternationalHost: Host = "Host is signed as mkt-intl.myhuaweicloud.com, the store's international host";
    EuropeanHost: Host = "Host is signed as mkt.myhuaweicloud.eu, the store's European host";
    BuyersHost: Host = "Host is signed as mkp-api-cn.myhuaweicloud.com, the host of the buyers' API";
    PublicHost: Host = "Host is signed as the configured public address has it";
    PublicHostWithPort: Host = "Host is signed as the configured public address has it, with its port";
    NoTrailingSlash: Path = "the path is signed without the slash that is always added at its end";
    PathEscapedTwice: Path = "the path is escaped twice (%2520 for a blank)";
    PublicPath: Path = "the path of the configured public address stands in front of the path";
    PathAsSent: Path = "the path is signed as it stands in the request, without the slash at its end or other escapes";
    PathBySegment: Path = "an escaped slash in the path stays escaped";
    PathDecoded: Path = "the path is signed decoded instead of escaped";
    NoLeadingSlash: Path = "the path is signed without the slash at its beginning";
    PathWithQuery: Path = "the query is part of the signed path";
    PlusIsBlank: Query = "+ in the query is read as a blank and signed as %20 (form encoding)";
    FormEncoded: Query = "blanks in the query are signed as + (form encoding) instead of %20";
    QueryUnsorted: Query = "the query is signed in its own order instead of sorted by name and value";
    QueryAsSent: Query = "the query is signed exactly as it stands in the request";
    SortedEscaped: Query = "the query is sorted after escaping instead of before";
    ValuesUnsorted: Query = "repeated names in the query keep their own order instead of being sorted by value";
    QueryDecoded: Query = "the query is signed decoded instead of escaped";
    QueryEscapedTwice: Query = "the query is escaped twice (%2520 for a blank)";
    QueryLeftOut: Query = "the query is left out";
    EmptyWithoutEquals: Query = "names without a value are signed without =";
    SpecialsKept: Query = "the query is escaped as JavaScript's encodeURIComponent does, which leaves !'()* as they are";
    NoBlankLine: Headers = "the empty line between headers and their names is missing";
    HeadersUntrimmed: Headers = "the values of headers are signed with the blanks around them";
    HeadersSorted: Headers = "the signed headers are sorted by name, though their list is not";
    EmptyObjectHashed: Body = "the body is hashed as {} while nothing is sent";
    EmptyHash: Body = "the hash is that of an empty body while something is sent";
    QuotedEmptyHashed: Body = "the body is hashed as \"\" (an empty JSON text) while nothing is sent";
    NullHashed: Body = "the body is hashed as null while nothing is sent";
    BodyAsSent: Body = "the body that is sent is hashed, whatever X-Sdk-Content-Sha256 says";
    UnsignedPayload: Body = "UNSIGNED-PAYLOAD stands in the place of the hash while X-Sdk-Content-Sha256 is not sent";
    BodyTrimmed: Body = "the body is hashed without the blanks around it";
    BodyCompact: Body = "the body is hashed in compact form while it is sent with blanks";
    BodySpaced: Body = "the body is hashed with blanks after commas and colons while it is sent without";
    BodySorted: Body = "the body is hashed with its members sorted while it is sent unsorted";
    BodyQuoted: Body = "the body is hashed as a JSON text of its own, quoted and escaped, as JSON.stringify makes of a string";
    BodyItself: Body = "the body stands in the canonical request instead of its hash";
    HashUpper: Body = "the hash of the body is written in upper case";
    MethodLower: Method = "the method is signed in lower case";
    LiteralLineFeeds: Text = "the lines are joined by the two characters \\n instead of line feeds";
    CrLf: Text = "the lines are joined by CR LF instead of LF";
    CanonicalUnhashed: Text = "the canonical request itself stands in the string to sign instead of its hash";
    CanonicalHashUpper: Text = "the hash of the canonical request is written in upper case";
    CanonicalSigned: Text = "the canonical request is signed directly, without a string to sign";
    DateDay: Date = "only the day stands in the string to sign instead of the whole X-Sdk-Date";
    DateLeftOut: Date = "the date is left out of the string to sign";
    DateHeader: Date = "the header Date stands in the string to sign instead of X-Sdk-Date";
    Base64: Digest = "the signature is written in base64 instead of hex";
    HexUpper: Digest = "the signature is written in upper-case hex";
    PlainSha256: Digest = "the signature is plain SHA-256 instead of HMAC";
}

impl Deviation {
    /// The documented host of the store that was signed, where it is not the one that the request went to.
    pub(super) fn documented_host(self) -> Option<&'static str> {
        Some(match self {
            Self::MainlandHost => "mkt.myhuaweicloud.com",
            Self::MainlandFallbackHost => "mkt.myhuaweicloud.cn",
            Self::InternationalHost => "mkt-intl.myhuaweicloud.com",
            Self::EuropeanHost => "mkt.myhuaweicloud.eu",
            Self::BuyersHost => "mkp-api-cn.myhuaweicloud.com",
            _ => return None,
        })
    }
}

/// Another address under which clients may have signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Public {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) path: String,
}

impl Public {
    pub(super) fn read(url: &str) -> Option<Self> {
        let url = url::Url::parse(url).ok()?;
        let (host, port) = (url.host_str()?.to_owned(), url.port_or_known_default()?);
        Some(Self { host, port, path: url.path().to_owned() })
    }
}

/// Everything that goes into a signature.
pub(super) struct Parts<'a> {
    request: &'a Request,
    names: &'a [String],
    secret_key: &'a str,
    access_key: Option<&'a str>,
    market_key: Option<&'a Secret>,
    public: Option<&'a Public>,
    /// Only the doctor looks into the body.
    document: OnceCell<Option<Document>>,
}

/// The strings of one signature. Headers may hold any bytes.
pub(super) struct Computed {
    canonical: Vec<u8>,
    to_sign: Vec<u8>,
    pub(super) signature: String,
}

impl Computed {
    pub(super) fn steps(&self) -> Vec<Intermediate> {
        vec![
            Intermediate::new("canonical request", String::from_utf8_lossy(&self.canonical)),
            Intermediate::new("string to sign", String::from_utf8_lossy(&self.to_sign)),
            Intermediate::new("signature", &self.signature),
        ]
    }
}

impl<'a> Parts<'a> {
    pub(super) fn new(request: &'a Request, names: &'a [String], secret_key: &'a Secret) -> Self {
        let secret_key = secret_key.expose();
        Self { request, names, secret_key, access_key: None, market_key: None, public: None, document: OnceCell::new() }
    }

    /// With keys that may have been taken for the secret key.
    pub(super) fn with_other_keys(self, access_key: &'a str, market_key: Option<&'a Secret>) -> Self {
        Self { access_key: Some(access_key), market_key, ..self }
    }

    /// With another address under which clients may have signed.
    pub(super) fn with_public(self, public: Option<&'a Public>) -> Self {
        Self { public, ..self }
    }

    /// The signature with these deviations, none of them twice on one axis.
    pub(super) fn compute(&self, how: &[Deviation]) -> Computed {
        let has = |deviation| how.contains(&deviation);
        let line = if has(Deviation::LiteralLineFeeds) {
            "\\n"
        } else if has(Deviation::CrLf) {
            "\r\n"
        } else {
            "\n"
        };
        let canonical = self.canonical(line, how);
        let hash = hex(&sha256(&canonical));
        let hash = if has(Deviation::CanonicalUnhashed) {
            canonical.clone()
        } else if has(Deviation::CanonicalHashUpper) {
            hash.to_ascii_uppercase().into_bytes()
        } else {
            hash.into_bytes()
        };
        let date = self.request.headers.text(DATE).unwrap_or_default();
        let date = date.trim();
        let to_sign = if has(Deviation::CanonicalSigned) {
            canonical.clone()
        } else if has(Deviation::DateLeftOut) {
            [ALGORITHM.as_bytes(), line.as_bytes(), &hash].concat()
        } else {
            let other = self.request.headers.text("Date").unwrap_or_default();
            let date = match how {
                _ if has(Deviation::DateDay) => date.get(..8).unwrap_or(date),
                _ if has(Deviation::DateHeader) => &other,
                _ => date,
            };
            [ALGORITHM, line, date, line].concat().into_bytes().into_iter().chain(hash).collect()
        };
        let key = self.key(date, how);
        let digest = if has(Deviation::PlainSha256) { sha256(&to_sign) } else { hmac(&key, &to_sign) };
        let signature = if has(Deviation::Base64) {
            base64(&digest)
        } else if has(Deviation::HexUpper) {
            hex(&digest).to_ascii_uppercase()
        } else {
            hex(&digest)
        };
        Computed { canonical, to_sign, signature }
    }

    fn canonical(&self, line: &str, how: &[Deviation]) -> Vec<u8> {
        let has = |deviation| how.contains(&deviation);
        let method = match has(Deviation::MethodLower) {
            true => self.request.method.to_ascii_lowercase(),
            false => self.request.method.to_ascii_uppercase(),
        };
        let mut names = self.names.to_vec();
        if has(Deviation::HeadersSorted) {
            names.sort();
        }
        let host = self.host(how);
        let mut headers =
            canonical::headers(&self.request.headers, &names, host.as_deref(), !has(Deviation::HeadersUntrimmed));
        if line != "\n" {
            let mut other = Vec::with_capacity(headers.len());
            for byte in headers {
                if byte == b'\n' { other.extend_from_slice(line.as_bytes()) } else { other.push(byte) }
            }
            headers = other;
        }
        let headers = match has(Deviation::NoBlankLine) {
            true => headers.strip_suffix(line.as_bytes()).unwrap_or(&headers),
            false => &headers,
        };
        let (path, query) = (self.path(how), self.query(how));
        [method.as_bytes(), &path, query.as_bytes(), headers, names.join(";").as_bytes(), &self.body_hash(how)]
            .join(line.as_bytes())
    }

    fn path(&self, how: &[Deviation]) -> Vec<u8> {
        let wire = self.request.path();
        let of = |deviation: &Deviation| match deviation {
            Deviation::NoTrailingSlash => {
                let path = canonical::path(wire);
                Some(path.strip_suffix('/').filter(|path| !path.is_empty()).unwrap_or(&path).to_owned().into_bytes())
            }
            Deviation::PathEscapedTwice => Some(canonical::path_escaped_twice(wire).into_bytes()),
            Deviation::PathAsSent => Some(wire.as_bytes().to_vec()),
            Deviation::PathBySegment => Some(canonical::path_by_segment(wire).into_bytes()),
            Deviation::PublicPath => {
                let front = self.public.map_or("", |public| public.path.trim_end_matches('/'));
                Some(canonical::path(&[front, wire].concat()).into_bytes())
            }
            Deviation::PathDecoded => Some(with_slash(crate::sign::query::decode(wire)).into_bytes()),
            Deviation::NoLeadingSlash => Some(canonical::path(wire).trim_start_matches('/').as_bytes().to_vec()),
            Deviation::PathWithQuery => {
                Some([&canonical::path(wire), "?", self.request.query().unwrap_or_default()].concat().into_bytes())
            }
            _ => None,
        };
        how.iter().find_map(of).unwrap_or_else(|| canonical::path(wire).into_bytes())
    }

    fn query(&self, how: &[Deviation]) -> String {
        let wire = self.request.query().unwrap_or_default();
        let escaped = |(name, value): &(Vec<u8>, Vec<u8>)| (escape(name), escape(value));
        let by_name = || {
            let mut pairs = query_pairs(wire, Plus::Sign);
            pairs.sort_by(|a, b| a.0.cmp(&b.0));
            pairs
        };
        let sorted = || {
            let mut pairs = query_pairs(wire, Plus::Sign);
            pairs.sort();
            pairs
        };
        let lossy = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let of = |deviation: &Deviation| match deviation {
            Deviation::PlusIsBlank => Some(canonical::query(wire, Plus::Blank)),
            Deviation::FormEncoded => Some(canonical::query(wire, Plus::Blank).replace("%20", "+")),
            Deviation::QueryUnsorted => Some(joined(query_pairs(wire, Plus::Sign).iter().map(escaped))),
            Deviation::QueryAsSent => Some(wire.to_owned()),
            Deviation::SortedEscaped => {
                let mut pairs: Vec<_> = query_pairs(wire, Plus::Sign).iter().map(escaped).collect();
                pairs.sort();
                Some(joined(pairs))
            }
            Deviation::ValuesUnsorted => Some(joined(by_name().iter().map(escaped))),
            Deviation::QueryDecoded => Some(joined(sorted().iter().map(|(name, value)| (lossy(name), lossy(value))))),
            Deviation::QueryEscapedTwice => {
                let twice = |(name, value): (&str, &str)| (escape(name.as_bytes()), escape(value.as_bytes()));
                let mut pairs: Vec<_> = pairs(wire).map(twice).collect();
                pairs.sort();
                Some(joined(pairs))
            }
            Deviation::QueryLeftOut => Some(String::new()),
            Deviation::EmptyWithoutEquals => {
                let bare = |(name, value): &(Vec<u8>, Vec<u8>)| match value.is_empty() {
                    true => escape(name),
                    false => format!("{}={}", escape(name), escape(value)),
                };
                Some(sorted().iter().map(bare).collect::<Vec<_>>().join("&"))
            }
            Deviation::SpecialsKept => {
                let mut query = canonical::query(wire, Plus::Sign);
                for (code, kept) in [("%21", "!"), ("%27", "'"), ("%28", "("), ("%29", ")"), ("%2A", "*")] {
                    query = query.replace(code, kept);
                }
                Some(query)
            }
            _ => None,
        };
        how.iter().find_map(of).unwrap_or_else(|| canonical::query(wire, Plus::Sign))
    }

    /// The host to sign where it is not the one that was received.
    fn host(&self, how: &[Deviation]) -> Option<String> {
        let received = self.request.headers.text("host").unwrap_or_default();
        let bare = |host: &str| match host.rsplit_once(':') {
            Some((bare, port)) if !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) => bare.to_owned(),
            _ => host.to_owned(),
        };
        let of = |deviation: &Deviation| match deviation {
            Deviation::HostWithoutPort => Some(bare(&received)),
            Deviation::HostWithPort80 => Some(format!("{}:80", bare(&received))),
            Deviation::HostWithPort443 => Some(format!("{}:443", bare(&received))),
            Deviation::PublicHost => self.public.map(|public| public.host.clone()),
            Deviation::PublicHostWithPort => self.public.map(|public| format!("{}:{}", public.host, public.port)),
            other => other.documented_host().map(str::to_owned),
        };
        how.iter().find_map(of)
    }

    fn body_hash(&self, how: &[Deviation]) -> Vec<u8> {
        let body = self.request.body.as_slice();
        let rewritten = |style: Style| {
            let document = self.document.get_or_init(|| Document::parse(body));
            document.as_ref().map_or_else(|| body.to_vec(), |document| style.write(document).into_bytes())
        };
        let hash = |bytes: &[u8]| Some(hex(&sha256(bytes)).into_bytes());
        let of = |deviation: &Deviation| match deviation {
            Deviation::EmptyObjectHashed if body.is_empty() => hash(b"{}"),
            Deviation::QuotedEmptyHashed if body.is_empty() => hash(b"\"\""),
            Deviation::NullHashed if body.is_empty() => hash(b"null"),
            Deviation::EmptyHash => hash(b""),
            Deviation::BodyAsSent => hash(body),
            Deviation::UnsignedPayload => Some(UNSIGNED_PAYLOAD.as_bytes().to_vec()),
            Deviation::BodyTrimmed => hash(body.trim_ascii()),
            Deviation::BodyCompact => hash(&rewritten(Style::AS_READ)),
            Deviation::BodySpaced => hash(&rewritten(Style { blanks: Blanks::Spaced, ..Style::AS_READ })),
            Deviation::BodySorted => hash(&rewritten(Style { order: Order::AscendingDeep, ..Style::AS_READ })),
            Deviation::BodyQuoted => {
                let text = String::from_utf8_lossy(body);
                hash(serde_json::Value::from(text.as_ref()).to_string().as_bytes())
            }
            Deviation::BodyItself => Some(body.to_vec()),
            Deviation::HashUpper => Some(hex(&sha256(body)).to_ascii_uppercase().into_bytes()),
            _ => None,
        };
        let declared = || self.request.headers.get(CONTENT_SHA256).map(|header| header.value.trim_ascii().to_vec());
        how.iter().find_map(of).or_else(declared).or_else(|| hash(body)).unwrap_or_default()
    }

    fn key(&self, date: &str, how: &[Deviation]) -> Vec<u8> {
        let of = |deviation: &Deviation| match deviation {
            Deviation::SecondTestKey => Some(other_key().expose().as_bytes().to_vec()),
            Deviation::AccessKeyAsSecret => self.access_key.map(|key| key.as_bytes().to_vec()),
            Deviation::MarketKey => self.market_key.map(|key| key.expose().as_bytes().to_vec()),
            Deviation::SecretTrimmed => Some(self.secret_key.trim().as_bytes().to_vec()),
            Deviation::SecretWithLineFeed => Some(format!("{}\n", self.secret_key).into_bytes()),
            Deviation::SecretWithPrefix => Some(format!("SDK{}", self.secret_key).into_bytes()),
            Deviation::SecretDerived => {
                let day = date.get(..8).unwrap_or(date);
                Some(hmac(format!("SDK{}", self.secret_key).as_bytes(), day.as_bytes()))
            }
            _ => None,
        };
        how.iter().find_map(of).unwrap_or_else(|| self.secret_key.as_bytes().to_vec())
    }
}

pub(super) fn explain(size: usize, fits: impl Fn(&[Deviation]) -> bool) -> Option<Vec<Deviation>> {
    crate::sign::explain::explain(Deviation::ALL, Deviation::axis, size, fits)
}
