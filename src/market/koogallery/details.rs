//! What a buyer sees of an instance: an answer's access data, decrypted as the store decrypts them.

use serde_json::Value;

use super::settings::{Credentials, Settings};
use crate::sign::koogallery::credential::{self, EncryptType};
use crate::wire::Secret;

/// Access data of one instance.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Details {
    /// The address that the buyer opens.
    pub front_end: Option<String>,
    /// The address for administration.
    pub admin: Option<String>,
    /// The first administrator's account.
    pub user: Option<Credential>,
    /// That account's first password.
    pub password: Option<Credential>,
    /// Notes for the buyer.
    pub memo: Option<String>,
}

/// A user name or a password as it stands in an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credential {
    /// As it is.
    Plain(Secret),
    /// It was encrypted so.
    Decrypted(EncryptType, Secret),
    /// It is encrypted, and cannot be decrypted with the access key; why.
    Unreadable(String),
}

/// The access data of an instance in an answer to a query (version 2.0 and 1.0), or to a creation of version 1.0, where
/// they stand at the top. `None` where the answer has none.
pub fn details(answer: &Value, instance: &str, settings: &Settings) -> Option<Details> {
    let listed = answer.get("info").and_then(Value::as_array);
    let entry = match listed {
        Some(entries) => entries.iter().find(|entry| entry["instanceId"] == *instance)?,
        None => answer,
    };
    let info = entry.get("appInfo").filter(|info| info.is_object())?;
    let declared = entry.get("encryptType").or_else(|| answer.get("encryptType")).and_then(Value::as_str);
    // Version 1.0 has its access data at the top, and always encrypts.
    let encrypted = declared.is_some() || listed.is_none() || settings.credentials == Some(Credentials::Encrypted);
    let text = |member: &str| info.get(member).and_then(Value::as_str).map(str::to_owned);
    let read = |member: &str| text(member).map(|value| credential(&value, declared, encrypted, settings));
    Some(Details {
        front_end: text("frontEndUrl"),
        admin: text("adminUrl"),
        user: read("userName"),
        password: read("password"),
        memo: text("memo"),
    })
}

fn credential(value: &str, declared: Option<&str>, encrypted: bool, settings: &Settings) -> Credential {
    let kind = declared.and_then(EncryptType::from_code).unwrap_or(settings.encrypt_type);
    match credential::decrypt_any(&settings.access_key, kind, value) {
        Ok((kind, plain)) => Credential::Decrypted(kind, plain),
        Err(why) if encrypted => Credential::Unreadable(why.to_string()),
        Err(_) => Credential::Plain(Secret::new(value)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn encrypted(kind: EncryptType, plain: &str) -> String {
        credential::encrypt(&Settings::default().access_key, kind, b"0123456789abcdef", plain)
    }

    #[test]
    fn both_versions_are_read() {
        let settings = Settings::default();
        let v2 = json!({ "resultCode": "000000", "info": [
            { "instanceId": "other" },
            { "instanceId": "i-1", "appInfo": { "frontEndUrl": "https://a.example", "userName": "minji", "password": "p1" } },
        ] });
        let read = details(&v2, "i-1", &settings).expect("has access data");
        assert_eq!(read.user, Some(Credential::Plain(Secret::new("minji"))));
        assert_eq!(details(&v2, "other", &settings), None);
        let v1 = json!({ "encryptType": "2", "instanceId": "i-1", "appInfo": {
            "userName": encrypted(EncryptType::Aes128, "minji"), "password": "no ciphertext",
        } });
        let read = details(&v1, "i-1", &settings).expect("has access data");
        assert_eq!(read.user, Some(Credential::Decrypted(EncryptType::Aes128, Secret::new("minji"))));
        assert!(matches!(read.password, Some(Credential::Unreadable(_))));
        assert_eq!(details(&json!([]), "i-1", &settings), None);
    }
}
