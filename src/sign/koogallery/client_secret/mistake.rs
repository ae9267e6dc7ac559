//! Wrong secrets on purpose.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{Padding, SEED_LENGTH, encrypt, encrypt_bytes, rsa};
use crate::sign::digest::hex;
use crate::sign::key::VerifyingKey;
use crate::sign::koogallery::credential;
use crate::sign::mistake::mistakes;
use crate::wire::Secret;

mistakes! {
    /// One way in which a client secret can be wrong, or encrypted otherwise.
    Mistake;

    /// Not encrypted at all.
    Plain = "secret-plain", MustRefuse, "a clientSecret that is not encrypted",
        "A vendor that takes any text for the secret has not decrypted it, and every login of the buyer fails later.";
    /// Encrypted with the public key of somebody else.
    OtherKey = "secret-other-key", MustRefuse, "a clientSecret encrypted with another public key",
        "What does not decrypt is no secret: when the error is swallowed, every login of the buyer fails later.";
    /// Half of the ciphertext.
    Cut = "secret-cut", MustRefuse, "a clientSecret of which only the first half is there",
        "A column that is too short cuts the base64 of 512 characters; what is left does not decrypt.";
    /// AES with the key of the basic interface, as version 1.0 encrypts phone and mail.
    BasicKey = "secret-basic-key", MustRefuse,
        "a clientSecret encrypted with AES and the key of the basic interface",
        "AES belongs to phone and mail of version 1.0; the secret is encrypted with the vendor's RSA public key.";
    /// AES with the kit's own key.
    KitKey = "secret-kit-key", MustRefuse, "a clientSecret encrypted with AES and the key of the kit",
        "The kit's key signs calls and encrypts nothing.";
    /// OAEP with SHA-256 for the mask too.
    Mgf1Sha256 = "secret-mgf1-sha256", Classify, "a clientSecret whose mask (MGF1) is made with SHA-256 too",
        "Libraries with one hash option open this, and not what Java writes as OAEPWithSHA-256AndMGF1Padding.";
    /// OAEP with SHA-1 throughout.
    Sha1 = "secret-oaep-sha1", Classify, "a clientSecret padded by OAEP with SHA-1",
        "It is the default of many libraries, and not what the store sends.";
    /// PKCS#1 v1.5.
    Pkcs1 = "secret-pkcs1", Classify, "a clientSecret padded by PKCS#1 v1.5",
        "The page asks for OAEP; Java's plain `RSA` is PKCS#1 v1.5.";
    /// The right ciphertext in hex.
    Hex = "secret-hex", Classify, "a clientSecret in hexadecimal digits", "The store writes the ciphertext in base64.";
}

/// What a secret is made of.
#[derive(Clone, Copy, Debug)]
pub struct Given<'a> {
    /// The vendor's public key.
    pub key: &'a VerifyingKey,
    /// The key of the basic interface.
    pub basic_key: &'a Secret,
    /// The key of the kit.
    pub kit_key: &'a Secret,
    /// How the store pads.
    pub padding: Padding,
    /// Random bytes, new for each delivery.
    pub seed: &'a [u8; SEED_LENGTH],
    /// The secret itself.
    pub plain: &'a str,
}

/// A client secret with one mistake.
pub fn forge(mistake: Mistake, given: &Given<'_>) -> String {
    let Given { key, basic_key, kit_key, padding, seed, plain } = *given;
    let padded = |padding| encrypt(key, padding, seed, plain);
    let bytes = || encrypt_bytes(key, padding, seed, plain.as_bytes());
    let aes = |key: &Secret| {
        let vector: [u8; credential::IV_LENGTH] = std::array::from_fn(|at| b'a' + seed[at] % 26);
        credential::encrypt(key, credential::EncryptType::default(), &vector, plain)
    };
    match mistake {
        Mistake::Plain => plain.to_owned(),
        Mistake::OtherKey => encrypt(rsa::other(), padding, seed, plain),
        Mistake::Cut => {
            let whole = bytes();
            STANDARD.encode(&whole[..whole.len() / 2])
        }
        Mistake::BasicKey => aes(basic_key),
        Mistake::KitKey => aes(kit_key),
        Mistake::Mgf1Sha256 => padded(Padding::OaepSha256),
        Mistake::Sha1 => padded(Padding::OaepSha1),
        Mistake::Pkcs1 => padded(Padding::Pkcs1),
        Mistake::Hex => hex(&bytes()),
    }
}
