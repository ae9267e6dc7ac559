//! User name and password of an instance's first account, plain or encrypted.

use super::fault::{Fault, Faults};
use super::store::id_of;
use crate::sign::koogallery::credential::{EncryptType, IV_LENGTH, Mistake, encrypt, forge};
use crate::wire::Secret;

/// Encrypts values, each with a vector of its own.
#[derive(Debug)]
pub(crate) struct Credentials {
    access_key: Secret,
    kind: EncryptType,
    /// How many vectors were drawn.
    drawn: u64,
    /// How many passwords were made, for the fault that makes one each time.
    asked: u64,
}

impl Credentials {
    pub(crate) fn new(access_key: Secret, kind: EncryptType) -> Self {
        Self { access_key, kind, drawn: 0, asked: 0 }
    }

    /// The value of `encryptType`.
    pub(crate) fn code(&self, faults: &Faults) -> &'static str {
        if faults.has(Fault::EncryptTypeOther) { self.kind.other().code() } else { self.kind.code() }
    }

    /// User name and password of an instance, not encrypted.
    pub(crate) fn of(&mut self, instance: &str, faults: &Faults) -> (String, String) {
        self.asked += 1;
        let turn = if faults.has(Fault::PasswordEachTime) { self.asked.to_string() } else { String::new() };
        let name = if faults.has(Fault::AccountEachTime) { self.asked.to_string() } else { String::new() };
        let short: String = instance.chars().filter(char::is_ascii_alphanumeric).take(8).collect();
        let password = id_of(&["password of the reference vendor", instance, &turn]);
        (format!("admin-{short}{name}@vendor.example"), format!("Pw-{}", &password[..20]))
    }

    /// A value as it is told.
    pub(crate) fn encrypted(&mut self, plain: &str, faults: &Faults) -> String {
        if !faults.has(Fault::SameIv) {
            self.drawn += 1;
        }
        // A mock's chance has to repeat itself.
        let digits = id_of(&["vector of the reference vendor", &self.drawn.to_string()]);
        let mut iv = [b'0'; IV_LENGTH];
        iv.copy_from_slice(&digits.as_bytes()[..IV_LENGTH]);
        let mistakes = [
            (Fault::CredentialPlainText, Mistake::PlainText),
            (Fault::CredentialOtherLength, Mistake::OtherLength),
            (Fault::CredentialWrongKey, Mistake::WrongKey),
            (Fault::CiphertextUndecryptable, Mistake::WrongKey),
            (Fault::CredentialKeyDirectly, Mistake::KeyDirectly),
            (Fault::CredentialLastBlockOnly, Mistake::LastBlockOnly),
            (Fault::CredentialNull, Mistake::Null),
            (Fault::CredentialBlankForPlus, Mistake::BlankForPlus),
            (Fault::CredentialHex, Mistake::Hex),
            (Fault::CredentialNoIv, Mistake::NoIv),
            (Fault::CredentialIvInside, Mistake::IvInside),
        ];
        let plain = if faults.has(Fault::CredentialNullWord) { "null" } else { plain };
        match mistakes.into_iter().find(|(fault, _)| faults.has(*fault)) {
            Some((_, mistake)) => forge(mistake, &self.access_key, self.kind, &iv, plain),
            None => encrypt(&self.access_key, self.kind, &iv, plain),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::sign::koogallery::credential::decrypt;

    #[test]
    fn values_decrypt_and_each_has_a_vector_of_its_own() {
        let key = Secret::new("kg-demo-key-01");
        let (mut credentials, faults) = (Credentials::new(key.clone(), EncryptType::Aes128), Faults::default());
        let (name, password) = credentials.of("i-1", &faults);
        assert_eq!(credentials.of("i-1", &faults), (name.clone(), password.clone()));
        assert_ne!(credentials.of("i-2", &faults).1, password);
        let values: Vec<String> = (0..3).map(|_| credentials.encrypted(&name, &faults)).collect();
        assert_eq!(values.iter().collect::<HashSet<_>>().len(), 3);
        for value in values {
            assert!(value.len() <= 128);
            assert_eq!(decrypt(&key, EncryptType::Aes128, &value).expect("decrypts").expose(), name);
        }
    }
}
