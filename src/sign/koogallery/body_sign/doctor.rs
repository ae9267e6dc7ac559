//! Says what reproduces a signature that does not verify.

use std::fmt;

use super::deviation::{Deviation, compute, every_text, explain, other_bytes};
use super::difference::{Difference, between};
use super::forge::ADDED;
use super::mistake::Mistake;
use super::parse::Malformed;
use super::verify::read;
use super::{Refusal, SIGN_TYPE, verify};
use crate::sign::json::Document;
use crate::wire::{Headers, Secret};

/// What is known of the vendor and of the call that was answered.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// The access key bound to the interface.
    pub key: &'a Secret,
    /// The key bound to the other kind of interface, where there is one.
    pub other_interface_key: Option<&'a Secret>,
    /// `timeStamp` of the call, where it had one.
    pub time_stamp: Option<&'a str>,
}

/// One explanation of an answer that does not verify.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Diagnosis {
    /// It is refused for this reason, which needs no further explanation.
    Refused(Refusal),
    /// The whole value is the signature, without names and quotes.
    BareSignature,
    /// It matches with these deviations from the recipe; rarely more than one.
    Deviates(Vec<Deviation>),
    /// It matches another text of the same JSON: written once to be signed and once more to be sent.
    Rewritten {
        /// The deviations that make the signed text, and others beside them; empty where no single one makes it.
        how: Vec<Deviation>,
        /// In what the two texts differ; never empty.
        differs: Vec<Difference>,
    },
    /// It matches the body without a last member: something was added after signing.
    ChangedBody,
}

impl Diagnosis {
    /// The mistake that makes such an answer, where it is one of the recipe's.
    pub fn mistake(&self) -> Option<Mistake> {
        Some(match self {
            Self::Refused(Refusal::Missing) => Mistake::MissingHeader,
            Self::Refused(Refusal::Name { found }) if found == "body-sign" => Mistake::NameLowerCase,
            Self::Refused(Refusal::Name { .. }) => Mistake::NameCase,
            Self::Refused(Refusal::Malformed(Malformed::NoQuotes { .. })) => Mistake::NoQuotes,
            Self::Refused(Refusal::SignType { .. }) => Mistake::OtherSignType,
            Self::BareSignature => Mistake::BareSignature,
            Self::ChangedBody => Mistake::ChangedBody,
            Self::Deviates(set) | Self::Rewritten { how: set, .. } => match set.as_slice() {
                [Deviation::SecondTestKey] => Mistake::WrongKey,
                [Deviation::KeyAndTimeStamp] => Mistake::KeyAndTimeStamp,
                [Deviation::Trimmed] => Mistake::LineFeedSent,
                [Deviation::LineFeedAdded] => Mistake::LineFeedSigned,
                [Deviation::Sorted] => Mistake::SortedSigned,
                [Deviation::Spaced] => Mistake::BlanksSigned,
                [Deviation::Hex] => Mistake::Hex,
                [Deviation::PlainSha256] => Mistake::PlainSha256,
                _ => return None,
            },
            _ => return None,
        })
    }
}

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refusal) => refusal.fmt(f),
            Self::BareSignature => {
                write!(f, "the header holds the signature alone; it must be sign_type=\"{SIGN_TYPE}\", signature=\"…\"")
            }
            Self::Deviates(set) => crate::sign::explain::sentence(f, set),
            Self::Rewritten { how, differs } => {
                let others: Vec<Deviation> = how.iter().copied().filter(|how| !how.is_rewritten()).collect();
                if !others.is_empty() {
                    crate::sign::explain::sentence(f, &others)?;
                    f.write_str("; besides, ")?;
                }
                f.write_str("what was signed is the same JSON in another text: ")?;
                for (at, difference) in differs.iter().enumerate() {
                    f.write_str(if at > 0 { "; " } else { "" })?;
                    difference.fmt(f)?;
                }
                f.write_str(". Serialise once, sign those bytes, send those bytes")
            }
            Self::ChangedBody => f.write_str("the body was changed after signing: it matches without its last member"),
        }
    }
}

/// Explains why an answer is refused: every fault of the header's form, then what reproduces the signature. Empty for
/// a good one.
pub fn diagnose(headers: &Headers, body: &[u8], known: &Known<'_>) -> Vec<Diagnosis> {
    let mut found = Vec::new();
    let wrong = verify(headers, body, known.key);
    let Some((read, _)) = read(headers) else { return wrong.into_iter().map(Diagnosis::Refused).collect() };
    let signature = read.map(|read| read.signature).unwrap_or_default();
    let bare = wrong.iter().any(|refusal| {
        matches!(refusal, Refusal::Malformed(Malformed::PartMissing { part: "signature" })) && !signature.is_empty()
    });
    if bare {
        found.push(Diagnosis::BareSignature);
    }
    for refusal in wrong {
        match refusal {
            Refusal::Signature | Refusal::NotBase64 => {
                let explained = of_signature(&signature, body, known);
                if explained.is_empty() {
                    found.push(Diagnosis::Refused(refusal));
                }
                found.extend(explained);
            }
            Refusal::Malformed(_) if bare => {}
            other => found.push(Diagnosis::Refused(other)),
        }
    }
    found
}

/// The body that was signed in the place of the one that was sent, where the diagnosis knows it.
pub fn signed_body(headers: &Headers, body: &[u8], known: &Known<'_>, diagnosis: &Diagnosis) -> Option<Vec<u8>> {
    let document = Document::parse(body);
    match diagnosis {
        Diagnosis::Deviates(how) | Diagnosis::Rewritten { how, .. } if how.iter().any(|one| one.is_of_bytes()) => {
            how.iter().find(|one| one.is_of_bytes()).and_then(|one| other_bytes(*one, body, document.as_ref()))
        }
        Diagnosis::Rewritten { .. } => {
            let signature = read(headers)?.0?.signature;
            let signs = |text: &[u8]| compute(text, None, known, &[]).is_some_and(|made| made == signature);
            every_text(document.as_ref()?, body.len()).find(|text| signs(text))
        }
        _ => None,
    }
}

fn of_signature(signature: &str, body: &[u8], known: &Known<'_>) -> Vec<Diagnosis> {
    let document = Document::parse(body);
    let made = |set: &[Deviation]| compute(body, document.as_ref(), known, set);
    if let Some(set) = explain(body.len(), |set| made(set).is_some_and(|made| made == signature)) {
        let signed =
            set.iter().find(|one| one.is_rewritten()).and_then(|one| other_bytes(*one, body, document.as_ref()));
        let differs = signed.map(|signed| between(&signed, body)).unwrap_or_default();
        return vec![match differs.is_empty() {
            true => Diagnosis::Deviates(set),
            false => Diagnosis::Rewritten { how: set, differs },
        }];
    }
    let signs = |text: &[u8]| compute(text, None, known, &[]).is_some_and(|made| made == signature);
    let written = document.as_ref().and_then(|document| every_text(document, body.len()).find(|text| signs(text)));
    let differs = written.map(|written| between(&written, body)).unwrap_or_default();
    if !differs.is_empty() {
        return vec![Diagnosis::Rewritten { how: Vec::new(), differs }];
    }
    let unchanged = body.strip_suffix(ADDED).map(|open| [open, b"}"].concat());
    let unchanged = unchanged.or_else(|| without_last_member(document.as_ref()));
    let fits = |body: &Vec<u8>| compute(body, None, known, &[]).is_some_and(|made| made == signature);
    unchanged.filter(fits).map(|_| Diagnosis::ChangedBody).into_iter().collect()
}

fn without_last_member(document: Option<&Document>) -> Option<Vec<u8>> {
    let (_, fewer) = document?.members()?.split_last()?;
    Some(crate::sign::json::Style::AS_READ.write(&Document::Object(fewer.to_vec())).into_bytes())
}

#[cfg(test)]
mod tests {
    use super::super::{forge, sign};
    use super::*;
    use crate::sign::koogallery::body_sign::HEADER;
    use crate::sign::mistake::Treatment;

    const BODY: &[u8] = r#"{"resultCode":"000000","resultMsg":"成功 </a>","instanceId":"i-1"}"#.as_bytes();

    fn known<'a>(key: &'a Secret, kit: &'a Secret) -> Known<'a> {
        Known { key, other_interface_key: Some(kit), time_stamp: Some("20260304050607890") }
    }

    #[test]
    fn every_forged_answer_is_explained() {
        let (key, kit) = (Secret::new("kg-demo-key-01"), Secret::new("kg-kit-key-02"));
        for mistake in Mistake::ALL {
            let forged = forge(*mistake, BODY, &known(&key, &kit));
            let found = diagnose(&forged.headers(), &forged.body, &known(&key, &kit));
            if mistake.treatment() == Treatment::MustAccept {
                assert_eq!(found, [], "{mistake}");
                continue;
            }
            assert_eq!(found.first().and_then(Diagnosis::mistake), Some(*mistake), "{mistake}: {found:?}");
        }
    }

    #[test]
    fn every_deviation_is_found_again() {
        let (key, kit) = (Secret::new(" kg-demo-key-02 "), Secret::new("kg-kit-key-02"));
        let body = " {\"z\": 1.50, \"n\": null, \"a\": \"中/<\", \"o\": {\"y\": 1.0, \"x\": \"\\u4e2d\"}}\n".as_bytes();
        let document = Document::parse(body);
        for deviation in Deviation::ALL {
            let signature = compute(body, document.as_ref(), &known(&key, &kit), &[*deviation]).expect("applies");
            let headers = Headers::from_iter([(HEADER, super::super::header(&signature))]);
            let found = diagnose(&headers, body, &known(&key, &kit));
            let [Diagnosis::Deviates(how) | Diagnosis::Rewritten { how, .. }] = found.as_slice() else {
                panic!("{deviation:?}: {found:?}")
            };
            assert_eq!(how, &[*deviation], "{found:?}");
        }
    }

    fn told(signed: &str, sent: &str) -> Vec<String> {
        let (key, kit) = (Secret::new("kg-demo-key-01"), Secret::new("kg-kit-key-02"));
        let headers = Headers::from_iter([(HEADER, sign(&key, signed.as_bytes()).value.expose().to_owned())]);
        let found = diagnose(&headers, sent.as_bytes(), &known(&key, &kit));
        found.iter().map(ToString::to_string).collect()
    }

    /// Both texts are described as they are: an acceptance test met hints that spoke of escapes where both had them.
    #[rstest::rstest]
    #[case::python_dumps_signed_compact(
        r#"{"resultCode":"000000","resultMsg":"\u6210\u529f"}"#,
        r#"{"resultCode": "000000", "resultMsg": "\u6210\u529f"}"#,
        "the signed body has no blanks, the sent one has a blank after each comma and colon"
    )]
    #[case::python_dumps_signed_unescaped(
        r#"{"resultCode": "000000", "resultMsg": "成功"}"#,
        r#"{"resultCode": "000000", "resultMsg": "\u6210\u529f"}"#,
        "characters beyond ASCII are \\uXXXX in the sent body and plain in the signed one"
    )]
    #[case::several(
        r#"{"resultMsg":"\u6210\/","resultCode":"000000"}"#,
        "{\"resultMsg\": \"成/\", \"resultCode\": \"000000\"}\n",
        "the signed body has no blanks, the sent one has a blank after each comma and colon; characters beyond ASCII are \
         \\uXXXX in the signed body and plain in the sent one; / is \\/ in the signed body and plain in the sent one; the \
         sent body has a line feed or blanks around the JSON, the signed one has none"
    )]
    #[case::of_a_combination(
        r#"{"resultCode": "000000", "resultMsg": "<\u6210\/"}"#,
        r#"{"resultMsg":"<成/","resultCode":"000000"}"#,
        "the signed body has a blank after each comma and colon, the sent one has no blanks; characters beyond ASCII are \
         \\uXXXX in the signed body and plain in the sent one; / is \\/ in the signed body and plain in the sent one; the \
         signed body has its members sorted by name, the sent one has not"
    )]
    fn another_text_of_the_same_json_is_told_by_what_differs(
        #[case] signed: &str,
        #[case] sent: &str,
        #[case] differs: &str,
    ) {
        let expected = format!(
            "what was signed is the same JSON in another text: {differs}. Serialise once, sign those bytes, send those bytes"
        );
        assert_eq!(told(signed, sent), [expected]);
    }

    #[test]
    fn a_bare_signature_of_other_bytes_is_told_twice() {
        let (key, kit) = (Secret::new("kg-demo-key-01"), Secret::new("kg-kit-key-02"));
        let signed = sign(&key, b"{}");
        let bare = signed.steps[1].value.clone();
        let found = diagnose(&Headers::from_iter([(HEADER, bare)]), b"{}\n", &known(&key, &kit));
        assert_eq!(found, [Diagnosis::BareSignature, Diagnosis::Deviates(vec![Deviation::Trimmed])]);
    }
}
