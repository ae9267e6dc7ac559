//! Encrypted user names and passwords.

use rstest::rstest;
use serde_json::{Value, json};

use super::{NONE, Play, broken, words};
use crate::market::koogallery::{Credentials, Settings};
use crate::sign::koogallery::credential::{self, EncryptType, Mistake};

const IV: &[u8; 16] = b"abcDEF0123456789";

#[rstest]
#[case(Some("1"), EncryptType::Aes256, &[])]
#[case(Some("2"), EncryptType::Aes128, &[])]
#[case(None, EncryptType::Aes256, &["V1-ENCRYPT-TYPE"])]
#[case(None, EncryptType::Aes128, &["V1-CREDENTIALS-BITS"])]
#[case(Some("1"), EncryptType::Aes128, &["V1-CREDENTIALS-BITS"])]
#[case(Some("3"), EncryptType::Aes256, &["V1-ENCRYPT-TYPE"])]
fn credentials_of_v1_decrypt_as_declared(
    #[case] declared: Option<&str>,
    #[case] kind: EncryptType,
    #[case] expected: &[&str],
) {
    let mut play = Play::v1();
    let key = play.store.settings.access_key.clone();
    let value = credential::encrypt(&key, kind, IV, "park@vendor.example");
    let judgement = created(&mut play, declared, &value);
    assert_eq!(broken(&judgement), expected, "{judgement:#?}");
    assert!(!format!("{:?}", judgement.findings).contains("park@"));
}

fn created(play: &mut Play, declared: Option<&str>, user: &str) -> crate::verdict::Judgement {
    let order = play.generate("order-period");
    let members = play.creation(&order);
    let mut body = json!({
        "resultCode": "000000", "resultMsg": "m", "instanceId": format!("i-{order}"),
        "appInfo": { "frontEndUrl": "https://app.vendor.example/", "userName": user },
    });
    if let Some(code) = declared {
        body["encryptType"] = json!(code);
    }
    play.call("newInstance", members).answered(body)
}

#[test]
fn values_that_do_not_decrypt_say_why() {
    for mistake in Mistake::ALL {
        let mut play = Play::v1();
        let key = play.store.settings.access_key.clone();
        let value = credential::forge(*mistake, &key, EncryptType::Aes256, IV, "a name of more than one block");
        let judgement = created(&mut play, Some("1"), &value);
        let rule = if *mistake == Mistake::OtherLength { "V1-CREDENTIALS-BITS" } else { "V1-CREDENTIALS" };
        assert_eq!(broken(&judgement), [rule], "{mistake}: {judgement:#?}");
        assert!(words(&judgement).split('|').nth(1).is_some_and(|cause| cause.trim().len() > 10), "{mistake}");
        assert!(!words(&judgement).contains(&value), "{mistake}");
    }
}

#[test]
fn a_value_under_the_key_of_the_kit_is_told_as_one() {
    let mut play = Play::v1();
    let key = play.store.settings.kit_access_key.clone();
    let judgement = created(&mut play, Some("1"), &credential::encrypt(&key, EncryptType::Aes256, IV, "park"));
    assert_eq!(broken(&judgement), ["V1-CREDENTIALS"]);
    assert!(words(&judgement).contains("the key of the joint-operation kit"), "{judgement:#?}");
}

#[rstest]
#[case("null", &["CREDENTIALS-SANE"])]
#[case(" ", &["CREDENTIALS-SANE"])]
#[case("a\nb", &["CREDENTIALS-SANE"])]
#[case("$KEY", &["CREDENTIALS-SANE"])]
#[case("박민지", &[])]
fn decrypted_values_are_real(#[case] plain: &str, #[case] expected: &[&str]) {
    let mut play = Play::v1();
    let key = play.store.settings.access_key.clone();
    let value = credential::encrypt(&key, EncryptType::Aes256, IV, &plain.replace("$KEY", key.expose()));
    let judgement = created(&mut play, Some("1"), &value);
    assert_eq!(broken(&judgement), expected);
    assert!(!format!("{:?}", judgement.findings).contains(key.expose()));
}

#[test]
fn each_value_has_its_own_vector() {
    let mut play = Play::v1();
    let key = play.store.settings.access_key.clone();
    let value = |plain: &str| credential::encrypt(&key, EncryptType::Aes256, IV, plain);
    assert_eq!(broken(&created(&mut play, Some("1"), &value("park"))), NONE);
    // A stored ciphertext that is told again is no second value.
    assert_eq!(broken(&created(&mut play, Some("1"), &value("park"))), NONE);
    assert_eq!(broken(&created(&mut play, Some("1"), &value("choi"))), ["V1-CREDENTIALS-IV"]);
}

#[rstest]
#[case(None, None, "plain", &[])]
#[case(None, Some("1"), "cipher", &[])]
#[case(None, None, "cipher", &["QUERY-CREDENTIALS"])]
#[case(None, Some("2"), "cipher", &["QUERY-CREDENTIALS"])]
#[case(None, Some("1"), "plain", &["QUERY-CREDENTIALS"])]
#[case(Some(Credentials::Plain), Some("1"), "cipher", &["QUERY-CREDENTIALS"])]
#[case(Some(Credentials::Encrypted), None, "plain", &["QUERY-CREDENTIALS"])]
fn credentials_of_v2_are_plain_or_announced(
    #[case] wanted: Option<Credentials>,
    #[case] declared: Option<&str>,
    #[case] kind: &str,
    #[case] expected: &[&str],
) {
    let settings = Settings { credentials: wanted, ..Settings::default() };
    let mut play = Play::new("koogallery/saas-v2", settings);
    let (_, instance) = play.opened();
    let key = play.store.settings.access_key.clone();
    let user: Value = match kind {
        "plain" => json!("park"),
        _ => json!(credential::encrypt(&key, EncryptType::Aes256, IV, "park")),
    };
    let mut body = super::entries(&[&instance]);
    body["info"][0]["appInfo"]["userName"] = user;
    if let Some(code) = declared {
        body["info"][0]["encryptType"] = json!(code);
    }
    let judgement = play.call("queryInstance", json!({ "instanceId": instance })).answered(body);
    assert_eq!(broken(&judgement), expected, "{judgement:#?}");
}
