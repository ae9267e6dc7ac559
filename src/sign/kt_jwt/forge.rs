//! Wrong tokens on purpose.

use jiff::Timestamp;

use super::mistake::Mistake;
use super::{HEADER_JSON, NAME, Settings, claims_json, encode, hmac, sign, sign_texts};
use crate::sign::key::{SignError, SigningKey};
use crate::wire::Secret;

/// The sample token printed in KT's documents (2.1.2), signed with the demo key of jwt.io in February 2021.
pub const SAMPLE_TOKEN: &str = "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.\
    eyJuYW1lIjoia3QgY2xvdWQgYml6IHN0b3JlIiwiaWF0IjoxNjEzMjM5MDIyfQ.\
    Aj4dRXjzLyobZQTpxOO3p66Dq5mrBPKCb5XtD-gmhxI128la6p_CdKzLI7X2j_eFFRXQL2zf8Q7tZ2NcTJ8Pz7nq1xitp77JsBLCNBjvOqKwEmIf\
    9R3kci2uJinkGj-xiGq3gplBOZ0jeBKv60Lt1nmKZ-LvmFh_Kf3WMTwFDOVlrwPgvXYMK4qyyCRG3JGFTjMQNX7JrNnoUfU9D8lDDsAI21fksmSU_\
    SHEVJnc172VfXOt2UMb4eAcBP3Sk8x6MEwGXQXKp2ltEhh3NNMgY7VaKD7iPEg1--D_9g_7XuVmAqkUhm3ZcAo6dKgdXA9t99xh8TY3cbsY_QEv4d\
    yqbQ";

/// Which character of the encoded signature [`Mistake::ChangedSignature`] replaces. Not the last one, whose low bits
/// are padding.
pub(crate) const CHANGED_CHARACTER: usize = 100;

/// The characters of base64url by value.
pub(crate) const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The header's value with one mistake; `None` where the mistake is to send no header.
///
/// Mistakes of time count from `now` in whole seconds, without the setting that dates `iat` back.
pub fn forge(
    mistake: Mistake,
    key: &SigningKey,
    now: Timestamp,
    settings: &Settings,
) -> Result<Option<Secret>, SignError> {
    let issued_at = settings.issued_at(now);
    let claims = claims_json(NAME, issued_at);
    let signed = |header: &str, claims: &str| sign_texts(key, header, claims).map(|signed| signed.token);
    let shifted = |seconds: i64| signed(HEADER_JSON, &claims_json(NAME, now.as_second().saturating_add(seconds)));
    let text = |value: &str| Secret::new(value);

    let value = match mistake {
        Mistake::MissingToken => return Ok(None),
        Mistake::MalformedToken => text("this-is-no-token"),
        Mistake::MalformedEmpty => text(""),
        Mistake::MalformedTwoParts => Secret::new(format!("{}.{}", encode(HEADER_JSON), encode(&claims))),
        Mistake::MalformedNotBase64 => text("!!!!.????.####"),
        Mistake::MalformedNotJson => signed("RS256", "kt cloud biz store")?,
        Mistake::MalformedClaims => signed(HEADER_JSON, "null")?,
        Mistake::OtherKey => sign(SigningKey::other(), now, settings)?.token,
        Mistake::JwtIoKey => sign(SigningKey::jwt_io_demo(), now, settings)?.token,
        Mistake::SampleToken => text(SAMPLE_TOKEN),
        Mistake::ChangedPayload => {
            let whole = signed(HEADER_JSON, &claims)?;
            let signature = last_part(&whole);
            let changed = encode(claims_json(NAME, issued_at.saturating_sub(1)));
            Secret::new(format!("{}.{changed}.{signature}", encode(HEADER_JSON)))
        }
        Mistake::ChangedSignature => {
            let whole = signed(HEADER_JSON, &claims)?;
            let (input, signature) = whole.expose().rsplit_once('.').unwrap_or_default();
            Secret::new(format!("{input}.{}", with_other_character(signature)))
        }
        Mistake::NoSignature => Secret::new(format!("{}.{}.", encode(HEADER_JSON), encode(&claims))),
        Mistake::AlgNone => unsigned("none", &claims),
        Mistake::AlgNoneMixedCase => unsigned("nOnE", &claims),
        Mistake::Hs256PublicKey => hs256(&key.public_pem(), &claims),
        Mistake::Hs256PublicKeyTrimmed => hs256(key.public_pem().trim_end(), &claims),
        Mistake::EmbeddedJwk => {
            let (modulus, exponent) = SigningKey::other().public().components();
            let jwk = format!(r#"{{"kty":"RSA","n":"{}","e":"{}"}}"#, encode(modulus), encode(exponent));
            let header = format!(r#"{{"alg":"RS256","typ":"JWT","jwk":{jwk}}}"#);
            sign_texts(SigningKey::other(), &header, &claims)?.token
        }
        Mistake::TooOld50s => shifted(-50)?,
        Mistake::TooOld61s => shifted(-61)?,
        Mistake::TooOld70s => shifted(-70)?,
        Mistake::TooOld9m => shifted(-9 * 60)?,
        Mistake::TooOld1h => shifted(-3600)?,
        Mistake::FromTheFuture => shifted(3600)?,
        Mistake::IatAhead2s => shifted(2)?,
        Mistake::IatAhead5s => shifted(5)?,
        Mistake::NoIat => signed(HEADER_JSON, &format!(r#"{{"name":"{NAME}"}}"#))?,
        Mistake::ExpInMs => {
            let expiry = issued_at.saturating_add(60).saturating_mul(1000);
            signed(HEADER_JSON, &format!(r#"{{"name":"{NAME}","iat":{issued_at},"exp":{expiry}}}"#))?
        }
        Mistake::AuthorizationBearer => signed(HEADER_JSON, &claims)?,
        Mistake::WithExp => {
            let expiry = issued_at.saturating_add(60);
            signed(HEADER_JSON, &format!(r#"{{"name":"{NAME}","iat":{issued_at},"exp":{expiry}}}"#))?
        }
        Mistake::WithSub => signed(HEADER_JSON, &format!(r#"{{"name":"{NAME}","iat":{issued_at},"sub":"{NAME}"}}"#))?,
        Mistake::IatInMs => signed(HEADER_JSON, &claims_json(NAME, issued_at.saturating_mul(1000)))?,
        Mistake::IatAhead9h => signed(HEADER_JSON, &claims_json(NAME, issued_at.saturating_add(9 * 3600)))?,
        Mistake::BearerPrefix => Secret::new(format!("Bearer {}", signed(HEADER_JSON, &claims)?.expose())),
    };
    Ok(Some(value))
}

fn unsigned(algorithm: &str, claims: &str) -> Secret {
    Secret::new(format!("{}.{}.", encode(format!(r#"{{"alg":"{algorithm}","typ":"JWT"}}"#)), encode(claims)))
}

fn hs256(secret: &str, claims: &str) -> Secret {
    let input = format!("{}.{}", encode(r#"{"alg":"HS256","typ":"JWT"}"#), encode(claims));
    Secret::new(format!("{input}.{}", encode(hmac(secret.as_bytes(), input.as_bytes()))))
}

fn last_part(token: &Secret) -> String {
    token.expose().rsplit('.').next().unwrap_or_default().to_owned()
}

/// The signature with one character replaced by the next of the alphabet.
fn with_other_character(signature: &str) -> String {
    let change = |(at, found): (usize, u8)| {
        if at != CHANGED_CHARACTER {
            return char::from(found);
        }
        let value = ALPHABET.iter().position(|known| *known == found).unwrap_or_default();
        char::from(ALPHABET[(value + 1) % ALPHABET.len()])
    };
    signature.bytes().enumerate().map(change).collect()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::super::{Claims, Refusal, Treatment, Window, verify};
    use super::*;

    fn now() -> Timestamp {
        "2026-03-04T05:06:07.89Z".parse().expect("a time")
    }

    fn verified(mistake: Mistake) -> Result<Claims, Refusal> {
        let value = forge(mistake, SigningKey::test(), now(), &Settings::default()).expect("forged");
        verify(value.as_ref().map(Secret::expose), SigningKey::test().public(), now(), &Window::default())
    }

    #[test]
    fn a_strict_vendor_treats_every_mistake_as_the_contract_asks() {
        for mistake in Mistake::ALL {
            let accepted = verified(*mistake).is_ok();
            match mistake.treatment() {
                Treatment::MustRefuse | Treatment::ShouldRefuse | Treatment::AdviseRefuse => {
                    assert!(!accepted, "{mistake}");
                }
                Treatment::MustAccept | Treatment::AdviseAccept => assert!(accepted, "{mistake}"),
                Treatment::Classify => {}
            }
        }
    }

    #[rstest]
    #[case(Mistake::MissingToken, Refusal::Missing)]
    #[case(Mistake::MalformedEmpty, Refusal::Empty)]
    #[case(Mistake::MalformedToken, Refusal::Parts { count: 1 })]
    #[case(Mistake::MalformedTwoParts, Refusal::Parts { count: 2 })]
    #[case(Mistake::OtherKey, Refusal::Signature)]
    #[case(Mistake::ChangedPayload, Refusal::Signature)]
    #[case(Mistake::ChangedSignature, Refusal::Signature)]
    #[case(Mistake::AlgNone, Refusal::Algorithm { found: Some("none".into()) })]
    #[case(Mistake::Hs256PublicKey, Refusal::Algorithm { found: Some("HS256".into()) })]
    #[case(Mistake::TooOld61s, Refusal::TooOld { age: 61 })]
    #[case(Mistake::FromTheFuture, Refusal::FromTheFuture { ahead: 3600 })]
    #[case(Mistake::NoIat, Refusal::NoIat)]
    #[case(Mistake::BearerPrefix, Refusal::BearerPrefix)]
    fn a_mistake_is_refused_for_its_own_reason(#[case] mistake: Mistake, #[case] expected: Refusal) {
        assert_eq!(verified(mistake).expect_err("refused"), expected);
    }

    #[test]
    fn no_two_mistakes_are_the_same_token() {
        let forged = Mistake::ALL.iter().map(|mistake| {
            let value = forge(*mistake, SigningKey::test(), now(), &Settings::default()).expect("forged");
            value.map(|value| value.expose().to_owned())
        });
        let all: std::collections::HashSet<_> = forged.collect();
        assert_eq!(all.len(), Mistake::ALL.len());
    }
}
