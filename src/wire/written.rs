//! How bytes, times and answers stand in JSON: texts as texts, so that people can read what was exchanged, and whatever is
//! no text in base64, so that every byte comes back.

/// Bytes: a text where they are UTF-8, else `{"base64": …}`.
pub(super) mod bytes {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    #[serde(untagged)]
    enum Written<'a> {
        Text(std::borrow::Cow<'a, str>),
        Other(Other),
    }

    #[derive(Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Other {
        base64: String,
    }

    pub(in super::super) fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        let written = match std::str::from_utf8(bytes) {
            Ok(text) => Written::Text(text.into()),
            Err(_) => Written::Other(Other { base64: STANDARD.encode(bytes) }),
        };
        written.serialize(to)
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        match Written::deserialize(from)? {
            Written::Text(text) => Ok(text.into_owned().into_bytes()),
            Written::Other(other) => STANDARD.decode(other.base64).map_err(D::Error::custom),
        }
    }
}

/// An answer: the response, or `{"lost": …}`.
pub(super) mod answer {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::super::{Loss, Response};

    #[derive(Deserialize)]
    #[serde(rename_all = "kebab-case")]
    enum Read {
        Response(Response),
        Lost(Loss),
    }

    #[derive(Serialize)]
    #[serde(rename_all = "kebab-case")]
    enum Written<'a> {
        Response(&'a Response),
        Lost(&'a Loss),
    }

    pub(in super::super) fn serialize<S: Serializer>(
        answer: &Result<Response, Loss>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        match answer {
            Ok(response) => Written::Response(response).serialize(to),
            Err(loss) => Written::Lost(loss).serialize(to),
        }
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Result<Response, Loss>, D::Error> {
        Ok(match Read::deserialize(from)? {
            Read::Response(response) => Ok(response),
            Read::Lost(loss) => Err(loss),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::Timestamp;
    use proptest::prelude::*;
    use rstest::rstest;

    use super::super::{
        Caller, Exchange, Headers, Hop, Loss, Peer, Raw, Request, Response, Timing, Tls, TlsTrouble, Visit, VisitEnd,
    };

    fn headers() -> impl Strategy<Value = Headers> {
        proptest::collection::vec((".{0,8}", any::<Vec<u8>>()), 0..4).prop_map(Headers::from_iter)
    }

    fn answer() -> impl Strategy<Value = Result<Response, Loss>> {
        let whole = (any::<u16>(), ".*", headers(), any::<Vec<u8>>())
            .prop_map(|(status, reason, headers, body)| Ok(Response { status, reason, headers, body }));
        let limit = any::<Duration>().prop_map(|limit| Err(Loss::TimeOut { limit }));
        let short = (any::<u64>(), ".*").prop_map(|(got, expected)| Err(Loss::ShortBody { got, expected }));
        let broken = (".*", any::<Option<usize>>()).prop_map(|(problem, at)| Err(Loss::Malformed { problem, at }));
        let name = ".*".prop_map(|name| Err(Loss::Tls(TlsTrouble::WrongName { name })));
        prop_oneof![whole, limit, short, broken, name, Just(Err(Loss::HungUp)), Just(Err(Loss::Refused))]
    }

    fn exchange() -> impl Strategy<Value = Exchange> {
        let request = ("[A-Z]{0,7}", ".*", headers(), any::<Vec<u8>>());
        let raw = (any::<Vec<u8>>(), any::<Vec<u8>>(), any::<u64>());
        let timing = (any::<Duration>(), any::<Option<Duration>>(), any::<Duration>());
        let peer = (".*", any::<bool>(), any::<bool>(), any::<bool>());
        (request, answer(), raw, timing, peer, any::<bool>(), 0..4_102_444_800_000_000_i64).prop_map(
            |(request, answer, raw, timing, peer, ours, started)| Exchange {
                request: Request {
                    method: request.0,
                    target: request.1,
                    headers: request.2,
                    body: request.3,
                    secrets: Vec::new(),
                },
                answer,
                raw: Raw { sent: raw.0, received: raw.1, received_total: raw.2 },
                started: Timestamp::from_microsecond(started).expect("before the year 2100"),
                timing: Timing { connected: timing.0, first_byte: timing.1, total: timing.2 },
                peer: Peer {
                    base: peer.0,
                    loopback: peer.1,
                    tls: peer.2.then(|| Tls { version: "TLSv1.3".to_owned(), trouble: Some(TlsTrouble::Expired) }),
                    reused: peer.2,
                    resent: peer.3,
                },
                caller: if ours { Caller::Marketplace } else { Caller::Vendor },
            },
        )
    }

    proptest! {
        #[test]
        fn every_byte_of_an_exchange_comes_back(exchange in exchange()) {
            let text = serde_json::to_string(&exchange).expect("is written");
            let back: Exchange = serde_json::from_str(&text).expect("is read");
            prop_assert_eq!(&back.request, &exchange.request);
            prop_assert_eq!(&back.answer, &exchange.answer);
            prop_assert_eq!(format!("{back:?}"), format!("{exchange:?}"));
            prop_assert_eq!(serde_json::to_string(&back).expect("is written"), text);
        }
    }

    #[rstest]
    #[case(VisitEnd::Page { media_type: None, text: "<p>".to_owned() })]
    #[case(VisitEnd::LeftOrigin { to: "https://vendor.example/".to_owned() })]
    #[case(VisitEnd::TooManyRedirects)]
    #[case(VisitEnd::NotAUrl)]
    #[case(VisitEnd::Failed { why: "it was late".to_owned() })]
    fn visits_come_back(#[case] end: VisitEnd) {
        let hops = vec![Hop { url: "/a".to_owned(), status: 302 }];
        let visit = Visit { url: "/".to_owned(), hops, end };
        let text = serde_json::to_string(&visit).expect("is written");
        assert_eq!(serde_json::from_str::<Visit>(&text).expect("is read"), visit);
    }

    #[test]
    fn secrets_of_a_request_are_never_written() {
        let secrets = vec![super::super::Secret::new("canary-1")];
        let text = serde_json::to_string(&Request { secrets, ..Request::new("GET", "/") }).expect("is written");
        assert_eq!(text, r#"{"method":"GET","target":"/","headers":[],"body":""}"#);
    }

    #[test]
    fn what_is_no_text_is_base64_and_nothing_else_is_taken() {
        let response = Response { body: vec![0xff, 0], ..Response::new(200) };
        let text = serde_json::to_string(&response).expect("is written");
        assert!(text.ends_with(r#""body":{"base64":"/wA="}}"#), "{text}");
        for wrong in [r#"{"base64":"/w"}"#, r#"{"base64":"","more":1}"#, "[1]", "null"] {
            let text = text.replace(r#"{"base64":"/wA="}"#, wrong);
            assert!(serde_json::from_str::<Response>(&text).is_err(), "{wrong}");
        }
    }
}
