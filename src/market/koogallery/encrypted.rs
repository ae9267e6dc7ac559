//! Encrypted values, examined: user names and passwords of an answer, and `clientSecret` of a call of the kit.
//!
//! No value is repeated: one that is not encrypted is what it must not be seen to be.

use serde_json::Value;

use super::store::Store;
use crate::market::{Carrier, Examined};
use crate::sign::koogallery::client_secret::{self, PrivateKey};
use crate::sign::koogallery::credential::{self, EncryptType};
use crate::wire::{Request, Response};

/// The members that are encrypted.
const MEMBERS: [&str; 2] = ["userName", "password"];

/// So many are examined; no real answer has more.
const MOST: usize = 32;

/// Every user name and password of an answer that is encrypted, or must be: version 1.0 has them so, version 2.0 where
/// `encryptType` says it.
pub(super) fn values(store: &Store, is_first: bool, response: &Response) -> Vec<Examined> {
    let Ok(body) = response.json() else { return Vec::new() };
    let declared = body.get("encryptType").map(|code| code.as_str().map_or_else(|| code.to_string(), str::to_owned));
    if !is_first && declared.is_none() {
        return Vec::new();
    }
    let kind = declared.as_deref().and_then(EncryptType::from_code).unwrap_or(store.settings.encrypt_type);
    let mut found = Vec::new();
    collect(&body, &mut found);
    let examine = |(member, value): (&'static str, &str)| {
        let diagnosis = credential::diagnose(&store.settings.access_key, kind, value);
        let mistake = diagnosis.iter().find_map(credential::Diagnosis::mistake).map(credential::Mistake::named);
        let mut examined = Examined::new(credential::RECIPE, None, Vec::new(), None, &diagnosis, mistake);
        (examined.carrier, examined.value) = (Carrier::Answer, Some(member));
        examined
    };
    found.into_iter().take(MOST).map(examine).collect()
}

/// `clientSecret` of a call, where its key can be opened here: where the vendor has registered no key of its own.
pub(super) fn secret(store: &Store, request: &Request) -> Option<Examined> {
    let key = PrivateKey::test();
    if store.settings.kit_public_key != *key.public() {
        return None;
    }
    let body: Value = serde_json::from_slice(&request.body).ok()?;
    let text = body.get(client_secret::MEMBER)?.as_str()?;
    let keys = [&store.settings.access_key, &store.settings.kit_access_key];
    let diagnosis = client_secret::diagnose(text, key, store.settings.secret_padding, &keys);
    let mistake = diagnosis.iter().find_map(client_secret::Diagnosis::mistake).map(client_secret::Mistake::named);
    let mut examined = Examined::new(client_secret::RECIPE, None, Vec::new(), None, &diagnosis, mistake);
    (examined.carrier, examined.value) = (Carrier::Request, Some(client_secret::MEMBER));
    Some(examined)
}

/// The members of every `appInfo`, wherever it stands: answers about several instances hold lists of them.
fn collect<'a>(value: &'a Value, found: &mut Vec<(&'static str, &'a str)>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        Value::Object(members) => {
            for (name, value) in members {
                if name == "appInfo" {
                    let texts = MEMBERS.iter().filter_map(|member| Some((*member, value.get(member)?.as_str()?)));
                    found.extend(texts);
                } else {
                    collect(value, found);
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::super::Settings;
    use super::*;

    fn examined(is_first: bool, body: &Value) -> Vec<(Option<&'static str>, usize)> {
        let response = Response { body: body.to_string().into_bytes(), ..Response::new(200) };
        let values = values(&Store::new(Settings::default()), is_first, &response);
        values.iter().map(|examined| (examined.value, examined.diagnosis.len())).collect()
    }

    #[test]
    fn what_must_be_encrypted_is_examined_and_never_shown() {
        let key = Settings::default().access_key;
        let good = credential::encrypt(&key, EncryptType::Aes256, b"abcDEF0123456789", "admin");
        let body = serde_json::json!({ "info": [{ "appInfo": { "userName": good, "password": "plain" } }] });
        assert_eq!(examined(true, &body), [(Some("userName"), 0), (Some("password"), 1)]);
        // Version 2.0 has plain text where nothing is declared.
        assert_eq!(examined(false, &body), []);
        let response = Response { body: body.to_string().into_bytes(), ..Response::new(200) };
        let told = format!("{:?}", values(&Store::new(Settings::default()), true, &response));
        assert!(!told.contains(&good), "{told}");
    }
}
