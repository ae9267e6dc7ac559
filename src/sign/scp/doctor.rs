//! What is said of a request that is refused: the cause, and what to change.

use std::fmt;

use super::deviation::Deviation;
use super::mistake::Mistake;
use super::refusal::Refusal;
use super::timestamp::OtherForm;
use super::{ACCESS_KEY, ACCOUNT_ID, CLIENT_TYPE, OPEN_API, SIGNATURE, TIMESTAMP};

/// One explanation of a request that is refused. As text it is one sentence: what is wrong, then what to change.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Diagnosis {
    /// It is refused for this reason, which needs no further explanation.
    Refused(Refusal),
    /// A header is missing, and one with nearly its name arrived.
    Misspelt {
        /// The name that is asked for.
        name: &'static str,
        /// The name that arrived.
        found: String,
    },
    /// It is a request of the older platform.
    VersionOne {
        /// The first header of version 1.
        header: String,
        /// Whether its signature is right by the rule of version 1.
        fits: bool,
    },
    /// The access key is another one.
    UnknownAccessKey {
        /// The one that was sent.
        found: String,
        /// The configured one, where the two are nearly the same.
        near: Option<String>,
        /// Whether the signature fits the configured secret key.
        fits: bool,
    },
    /// It is signed rightly, at a time that is whole hours away: the time of a zone, counted as UTC.
    OtherZone {
        /// How many hours ahead of the clock; negative ones lie behind.
        hours: i64,
    },
    /// It is signed for an address of the platform and was sent to another one.
    OtherHost {
        /// The base URL that was signed.
        signed: &'static str,
        /// The base URL at which it arrived.
        sent: String,
    },
    /// It matches with these deviations from the recipe; rarely more than one.
    Deviates(Vec<Deviation>),
    /// One character of the signature is wrong.
    ChangedSignature,
    /// It matches without this parameter: it was added after signing.
    ChangedQuery {
        /// The parameter as it stands.
        parameter: String,
    },
    /// It matches with an empty list as Python prints it, which was not sent.
    EmptyList {
        /// The parameter as it was signed.
        parameter: String,
    },
    /// It matches another page of the same list.
    OtherPage {
        /// The parameter as it was signed.
        signed: String,
        /// The parameter as it was sent.
        sent: String,
    },
    /// It matches the same query in another order.
    OtherOrder {
        /// The query as it was signed.
        signed: String,
    },
    /// It matches a time close to the one that was sent: the clock was read twice.
    OtherTime {
        /// How many milliseconds later the sent time is; negative where it is earlier.
        later: i64,
    },
    /// It matches with the value of another header in front of the client type.
    OtherHeader {
        /// The header.
        name: String,
    },
    /// It matches under the host of `X-Forwarded-Host`: a proxy stands in front, and the client signed its address.
    InFront {
        /// The base URL that was signed.
        signed: String,
    },
    /// It is no signature at all.
    SignatureForm {
        /// How many characters it has.
        length: usize,
    },
    /// None of the known mistakes reproduces it.
    Unexplained,
}

impl Diagnosis {
    /// The mistake that makes such a request, where it is one of the recipe's.
    pub fn mistake(&self) -> Option<Mistake> {
        Some(match self {
            Self::Refused(refusal) => return of_refusal(refusal),
            Self::Misspelt { name, .. } => return missing(name),
            Self::VersionOne { .. } => Mistake::VersionOne,
            Self::UnknownAccessKey { .. } => Mistake::UnknownAccessKey,
            Self::OtherZone { hours } if *hours < 0 => Mistake::Expired,
            Self::OtherZone { .. } => Mistake::Future,
            Self::OtherHost { .. } | Self::InFront { .. } => Mistake::OtherHost,
            Self::Deviates(set) => return of_deviations(set),
            Self::ChangedSignature => Mistake::ChangedSignature,
            Self::ChangedQuery { .. } => Mistake::ChangedQuery,
            Self::EmptyList { .. } => Mistake::PythonList,
            Self::OtherPage { .. } => Mistake::OtherPage,
            Self::OtherOrder { .. } => Mistake::SortedQuery,
            Self::OtherTime { .. } => Mistake::TimestampReadTwice,
            Self::OtherHeader { .. } | Self::SignatureForm { .. } | Self::Unexplained => return None,
        })
    }
}

fn missing(name: &str) -> Option<Mistake> {
    Some(match name {
        ACCESS_KEY => Mistake::MissingAccessKey,
        SIGNATURE => Mistake::MissingSignature,
        TIMESTAMP => Mistake::MissingTimestamp,
        CLIENT_TYPE => Mistake::MissingClientType,
        _ => return None,
    })
}

fn of_refusal(refusal: &Refusal) -> Option<Mistake> {
    Some(match refusal {
        Refusal::VersionOne { .. } => Mistake::VersionOne,
        Refusal::Missing { name } => return missing(name),
        Refusal::Empty { name: SIGNATURE } => Mistake::EmptySignature,
        Refusal::Repeated { name: TIMESTAMP } => Mistake::RepeatedTimestamp,
        Refusal::Swapped => Mistake::SwappedKeys,
        Refusal::UnknownAccessKey { .. } => Mistake::UnknownAccessKey,
        Refusal::ClientType { found } if found == "OpenApi" => Mistake::ClientTypeOpenApi,
        Refusal::ClientType { found } if found == "openapi" => Mistake::ClientTypeLower,
        Refusal::TimestampForm { form: OtherForm::Seconds, .. } => Mistake::TimestampInSeconds,
        Refusal::Expired { signed_at, now } if signed_at < now => Mistake::Expired,
        Refusal::Expired { .. } => Mistake::Future,
        _ => return None,
    })
}

fn of_deviations(set: &[Deviation]) -> Option<Mistake> {
    use Deviation as D;
    let [one] = set else {
        return match set {
            [D::QueryLeftOut, D::OriginLeftOut] => Some(Mistake::PathOnly),
            _ => None,
        };
    };
    Some(match one {
        D::UrlDecoded | D::PathDecoded => Mistake::DecodedUrl,
        D::QueryBeforeForm => Mistake::QueryBeforeForm,
        D::UrlEscapedTwice => Mistake::EscapedTwice,
        D::PlusSigned => Mistake::PlusSigned,
        D::BlankSigned => Mistake::PlusSent,
        D::EncodedAsUri | D::EncodedAsUriForm => Mistake::EncodedAsUri,
        D::ListPython | D::ListPythonDocumented | D::ListPythonAll => Mistake::PythonList,
        D::BooleanPython => Mistake::PythonBoolean,
        D::QueryLeftOut => Mistake::WithoutQuery,
        D::QuerySorted | D::QuerySortedWhole => Mistake::SortedQuery,
        D::OriginLeftOut => Mistake::PathOnly,
        D::SchemeLeftOut => Mistake::WithoutScheme,
        D::HostLeftOut => Mistake::WithoutHost,
        D::SchemeHttps | D::SchemeHttp => Mistake::OtherScheme,
        D::PortLeftOut => Mistake::PortLeftOut,
        D::Port443 | D::Port80 => Mistake::DefaultPortSigned,
        D::ClientTypeLeftOut => Mistake::ClientTypeNotSigned,
        D::ClientTypeOpenApi => Mistake::ClientTypeMixed,
        D::AccountLeftOut => Mistake::AccountIdNotSigned,
        D::AccountInserted => Mistake::AccountIdWithoutHeader,
        D::ProjectInserted => Mistake::ProjectIdSigned,
        D::MethodLower => Mistake::MethodLower,
        D::AccessKeyLeftOut => Mistake::AccessKeyNotSigned,
        D::TimestampSeconds => Mistake::SecondsSigned,
        D::TimestampRounded => Mistake::TimestampReadTwice,
        D::LineFeeds => Mistake::LineFeeds,
        D::Ampersands => Mistake::Ampersands,
        D::Commas => Mistake::Commas,
        D::NaverCloud => Mistake::NaverCloud,
        D::TrailingSlash => Mistake::TrailingSlash,
        D::Hex => Mistake::Hex,
        D::Base64OfHex => Mistake::Base64OfHex,
        D::Base64Url => Mistake::Base64Url,
        D::PercentEncoded => Mistake::PercentEncoded,
        D::HmacSha1 => Mistake::HmacSha1,
        D::HmacSha512 => Mistake::HmacSha512,
        D::PlainSha256 => Mistake::PlainSha256,
        D::SecondTestKey => Mistake::WrongSecret,
        D::AccessKeyAsSecret => Mistake::AccessKeyAsSecret,
        D::Exchanged => Mistake::KeyAndMessageExchanged,
        D::SecretTrimmed => Mistake::SecretTrimmed,
        D::SecretWithLineFeed => Mistake::SecretWithLineFeed,
        D::SecretDecoded => Mistake::SecretDecoded,
        D::BodyLast | D::BodyAfterUrl => Mistake::BodySigned,
        D::BodyHashLast | D::BodyHashBase64Last | D::BodyHashAfterUrl => Mistake::BodyHashSigned,
        other if other.region().is_some() => Mistake::RegionInHost,
        other if other.documented_origin().is_some() => Mistake::OtherHost,
        _ => return None,
    })
}

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refusal) => match mend(refusal) {
                "" => refusal.fmt(f),
                mend => write!(f, "{refusal}; {mend}"),
            },
            Self::Misspelt { name, found } => {
                write!(f, "the header {name} is missing, and {found} arrived; send the value as {name}")
            }
            Self::VersionOne { header, fits } => {
                let right = if *fits { " (by the rule of version 1 the signature is right)" } else { "" };
                write!(
                    f,
                    "the header {header} belongs to version 1 of the platform{right}; send {ACCESS_KEY}, {SIGNATURE}, {TIMESTAMP} and {CLIENT_TYPE}: {OPEN_API} instead, and sign without the project id"
                )
            }
            Self::UnknownAccessKey { found, near, fits } => {
                write!(f, "the access key {found:?} in {ACCESS_KEY} is unknown")?;
                if let Some(near) = near {
                    write!(f, ", and nearly the configured one, {near:?}")?;
                }
                match fits {
                    true => f.write_str(
                        ", while the signature fits the secret key; send the access key that belongs to that secret key",
                    ),
                    false => f.write_str("; use the pair of access key and secret key that is configured here"),
                }
            }
            Self::OtherZone { hours } => {
                let (away, side) = (hours.abs(), if *hours < 0 { "behind" } else { "ahead of" });
                let plural = if away == 1 { "" } else { "s" };
                write!(
                    f,
                    "{TIMESTAMP} is {away} hour{plural} {side} the platform's clock, as local time (UTC{hours:+}) is when it is counted as UTC; count the milliseconds since 1970 in UTC"
                )
            }
            Self::OtherHost { signed, sent } => write!(
                f,
                "the URL is signed for {signed} and the request was sent to {sent}; sign the URL that the request is sent to, or configure {signed} as public-url where that is meant"
            ),
            Self::Deviates(set) => {
                for (at, deviation) in set.iter().enumerate() {
                    write!(f, "{} {}", if at == 0 { "the signature matches if" } else { ", and if" }, deviation.what())?;
                }
                for (at, deviation) in set.iter().enumerate() {
                    let mend = deviation.mend();
                    if !set[..at].iter().any(|earlier| earlier.mend() == mend) {
                        write!(f, "{} {mend}", if at == 0 { "; to mend this," } else { "; and" })?;
                    }
                }
                Ok(())
            }
            Self::ChangedSignature => f.write_str(
                "one character of the signature is wrong, the others are right; send the signature as it was computed",
            ),
            Self::ChangedQuery { parameter } => write!(
                f,
                "the query was changed after signing, as it matches without {parameter}; add every parameter before signing"
            ),
            Self::EmptyList { parameter } => write!(
                f,
                "the signature matches if {parameter} is signed, which was not sent, as scpv2-sdk 0.2.3 does with an empty list; leave empty lists out before signing"
            ),
            Self::OtherPage { signed, sent } => write!(
                f,
                "the signature matches a request with {signed}, and {sent} was sent; sign each page anew, as the URL is another one"
            ),
            Self::OtherOrder { signed } => write!(
                f,
                "the signature matches if the parameters are signed in another order ({signed}); to mend this, make the URL once, then sign and send that one text"
            ),
            Self::OtherTime { later } => {
                let (away, side) = (later.abs(), if *later < 0 { "before" } else { "after" });
                write!(
                    f,
                    "{TIMESTAMP} is {away} ms {side} the time that was signed; read the clock once, and sign and send the same text"
                )
            }
            Self::OtherHeader { name } => write!(
                f,
                "the signature matches if the value of {name} stands in the message in front of the client type; leave it out, as only {ACCOUNT_ID} belongs there"
            ),
            Self::InFront { signed } => write!(
                f,
                "the URL is signed for {signed}, the address of a proxy that passed the request on with another Host; configure {signed} as public-url, or let the proxy keep Host"
            ),
            Self::SignatureForm { length } => write!(
                f,
                "{SIGNATURE} has {length} characters and is no base64 of 32 bytes; send the HMAC-SHA256 of the message in base64, 44 characters"
            ),
            Self::Unexplained => f.write_str(
                "the signature does not fit, and no known mistake reproduces it; compare the message that you sign, character by character, with the expected one, check that the secret key is the one that belongs to the access key, and that an account id is signed exactly where Scp-AccountId carries the same",
            ),
        }
    }
}

/// What to change, to follow a semicolon; empty where the refusal says it.
fn mend(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::Missing { name: ACCESS_KEY } => "send the access key in it",
        Refusal::Missing { name: SIGNATURE } => {
            "send in it base64 of HMAC-SHA256 over method, URL, timestamp, access key and client type"
        }
        Refusal::Missing { name: TIMESTAMP } => "send in it the signed time, in milliseconds since 1970",
        Refusal::Missing { name: CLIENT_TYPE } => "send Openapi in it, and sign that word at the end of the message",
        Refusal::Missing { .. } => "send it, as it is part of the signed URL",
        Refusal::Empty { .. } => "look for a variable that is not set",
        Refusal::Repeated { .. } => "send it once, with the value that was signed",
        Refusal::NotAscii { .. } => "send printable ASCII alone, without line feeds and other control characters",
        Refusal::Swapped => "exchange the two, and have the secret key replaced, as it has been sent in clear text",
        Refusal::UnknownAccessKey { .. } => "use the pair of access key and secret key that is configured here",
        Refusal::Signature => "sign method, URL, timestamp, access key and client type exactly as they are sent",
        Refusal::Expired { .. } => {
            "compute timestamp and signature anew for every request, and set the machine's clock"
        }
        Refusal::VersionOne { .. } | Refusal::ClientType { .. } | Refusal::TimestampForm { .. } => "",
    }
}
