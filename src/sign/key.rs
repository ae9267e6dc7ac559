//! RSA keys: read from PEM with exact errors, and the keys that are built in.
//!
//! A store signs with a [`SigningKey`]; the vendor checks with the [`VerifyingKey`] that belongs to it.

use std::fmt;
use std::sync::{Arc, OnceLock};

use ring::rand::SystemRandom;
use ring::rsa::KeyPair as RsaKeyPair;
use ring::signature::{self, RsaParameters};
use spki::der::{self, Decode as _, Encode as _, Reader as _, asn1};
use spki::{ObjectIdentifier, SubjectPublicKeyInfoRef};

pub use super::pem::PemError;
use super::pem::{self, Block};

/// RSA keys below this size are refused, as RFC 7518 (3.3) asks for RS256.
pub const MINIMUM_BITS: usize = 2048;
/// Larger private keys are refused by the signing library.
pub const MAXIMUM_SIGNING_BITS: usize = 4096;

/// Object identifiers of key types (RFC 8017, RFC 5480, RFC 8410).
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const RSA_PSS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.10");
const ELLIPTIC_CURVE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");

/// Why a text is not the key that is needed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The text is no PEM, or damaged.
    #[error(transparent)]
    Pem(#[from] PemError),
    /// A public key where a private one is needed.
    #[error("it is a public key; signing needs the private key that belongs to it")]
    PublicKey,
    /// A private key where a public one is needed.
    #[error("it is a private key; give the public half (`openssl pkey -in FILE -pubout`)")]
    PrivateKey,
    /// A certificate where a private key is needed.
    #[error("it is a certificate; signing needs the private key that belongs to it")]
    CertificateForSigning,
    /// A certificate where a public key is needed.
    #[error("it is a certificate; give the public key inside it (`openssl x509 -in FILE -pubkey -noout`)")]
    CertificateForVerifying,
    /// The key is protected by a pass phrase.
    #[error("the key is encrypted with a pass phrase; store it without one (`openssl pkey -in FILE -out NEW`)")]
    Encrypted,
    /// A key in the form of the OpenSSH tools.
    #[error("the key is in OpenSSH's own form; convert it (`ssh-keygen -p -m PKCS8 -f FILE`)")]
    OpenSsh,
    /// A key of another type.
    #[error("it is {found}; RS256 needs an RSA key")]
    NotRsa {
        /// What it is, with its article.
        found: String,
    },
    /// A PEM block that holds no key.
    #[error("the block in line {line} is {label:?}, which is no key")]
    OtherBlock {
        /// Where it begins.
        line: usize,
        /// What it says it is.
        label: String,
    },
    /// The key is too short to be safe.
    #[error("the key has {bits} bits; RS256 needs at least {MINIMUM_BITS}")]
    TooSmall {
        /// Its size.
        bits: usize,
    },
    /// The key is longer than we can sign with.
    #[error("the key has {bits} bits; at most {MAXIMUM_SIGNING_BITS} are supported for signing")]
    TooLarge {
        /// Its size.
        bits: usize,
    },
    /// The content of the block is no key of its kind.
    #[error("the block {label} in line {line} is damaged: {problem}")]
    Damaged {
        /// Where the block begins.
        line: usize,
        /// What the block says it is.
        label: String,
        /// What the reader met.
        problem: String,
    },
}

/// Signing failed: the numbers of the private key do not fit each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the numbers of the private key do not fit each other")]
pub struct SignError;

/// An RSA private key. `Debug` shows the fingerprint of its public half only.
#[derive(Clone)]
pub struct SigningKey {
    pair: Arc<RsaKeyPair>,
    public: VerifyingKey,
}

impl SigningKey {
    /// Reads a private key in PEM, PKCS#8 (`PRIVATE KEY`) or PKCS#1 (`RSA PRIVATE KEY`), of 2048 to 4096 bits.
    ///
    /// The first block of the text counts. The key is tried out once, so that one whose numbers do not fit each other
    /// is refused here and not while signing.
    pub fn from_pem(text: &str) -> Result<Self, KeyError> {
        let key = Self::read(text)?;
        let trial = key.sign(b"trial").map_err(|error| error.to_string());
        let fits =
            trial.and_then(
                |signature| {
                    if key.public.verifies(b"trial", &signature) { Ok(()) } else { Err(SignError.to_string()) }
                },
            );
        match fits {
            Ok(()) => Ok(key),
            Err(problem) => Err(damaged(&pem::first_block(text)?, problem)),
        }
    }

    fn read(text: &str) -> Result<Self, KeyError> {
        let block = pem::first_block(text)?;
        if block.encrypted {
            return Err(KeyError::Encrypted);
        }
        let pair = match block.label.as_str() {
            "PRIVATE KEY" => {
                let inner = pkcs8_rsa(&block)?;
                check_private_size(&block, &inner)?;
                RsaKeyPair::from_pkcs8(&block.der)
            }
            "RSA PRIVATE KEY" => {
                check_private_size(&block, &block.der)?;
                RsaKeyPair::from_der(&block.der)
            }
            "ENCRYPTED PRIVATE KEY" => return Err(KeyError::Encrypted),
            "PUBLIC KEY" | "RSA PUBLIC KEY" => return Err(KeyError::PublicKey),
            label if label.ends_with("CERTIFICATE") => return Err(KeyError::CertificateForSigning),
            _ => return Err(other_label(&block)),
        };
        let pair = pair.map_err(|rejected| damaged(&block, rejected))?;
        let public = VerifyingKey::from_pkcs1(pair.public().as_ref()).map_err(|problem| damaged(&block, problem))?;
        Ok(Self { pair: Arc::new(pair), public })
    }

    /// The built-in test key, with which a store of ours signs unless it is told otherwise.
    pub fn test() -> &'static Self {
        static KEY: OnceLock<SigningKey> = OnceLock::new();
        KEY.get_or_init(|| built_in(include_str!("keys/test.pem")))
    }

    /// A second test key: right in every way, except that no vendor knows it.
    pub fn other() -> &'static Self {
        static KEY: OnceLock<SigningKey> = OnceLock::new();
        KEY.get_or_init(|| built_in(include_str!("keys/other.pem")))
    }

    /// The public demo key of the jwt.io debugger. The sample token in KT's documents is signed with it, and everybody
    /// has its private half: a vendor that trusts it lets anybody in.
    pub fn jwt_io_demo() -> &'static Self {
        static KEY: OnceLock<SigningKey> = OnceLock::new();
        KEY.get_or_init(|| built_in(include_str!("keys/jwt-io-demo.pem")))
    }

    /// The public half.
    pub fn public(&self) -> &VerifyingKey {
        &self.public
    }

    /// The public half as PEM (`PUBLIC KEY`), the form in which it is handed to a vendor.
    pub fn public_pem(&self) -> String {
        self.public.to_pem()
    }

    /// The RSASSA-PKCS1-v1_5 signature with SHA-256 over these bytes; always the same for the same bytes.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        let mut signature = vec![0; self.pair.public().modulus_len()];
        self.pair
            .sign(&signature::RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature)
            .map_err(|_| SignError)?;
        Ok(signature)
    }
}

/// The numbers of a private key, big-endian, for what the signing library does not do.
pub(crate) struct PrivateParts {
    /// The public half.
    pub(crate) public: VerifyingKey,
    /// The two primes.
    pub(crate) primes: [Vec<u8>; 2],
    /// The private exponent modulo each prime less one.
    pub(crate) exponents: [Vec<u8>; 2],
    /// The inverse of the second prime modulo the first.
    pub(crate) coefficient: Vec<u8>,
}

impl PrivateParts {
    /// Reads a private key in PEM, PKCS#8 (`PRIVATE KEY`) or PKCS#1 (`RSA PRIVATE KEY`).
    pub(crate) fn from_pem(text: &str) -> Result<Self, KeyError> {
        let block = pem::first_block(text)?;
        let pkcs1 = match block.label.as_str() {
            "PRIVATE KEY" => pkcs8_rsa(&block)?,
            "RSA PRIVATE KEY" => block.der.clone(),
            _ => return Err(other_label(&block)),
        };
        // RFC 8017, A.1.2: version, n, e, d, p, q, d mod (p-1), d mod (q-1), q^-1 mod p.
        let parse = || -> der::Result<Vec<Vec<u8>>> {
            let mut reader = der::SliceReader::new(&pkcs1)?;
            let parts = reader.sequence(|inner| {
                (0..9).map(|_| Ok(asn1::UintRef::decode(inner)?.as_bytes().to_vec())).collect::<der::Result<_>>()
            })?;
            reader.finish(parts)
        };
        let parts = parse().map_err(|problem| damaged(&block, problem))?;
        let [_, modulus, exponent, _, p, q, of_p, of_q, coefficient]: [Vec<u8>; 9] =
            parts.try_into().map_err(|_| damaged(&block, "it has not nine numbers"))?;
        let public = VerifyingKey::from_components(&modulus, &exponent);
        let public = public.ok_or_else(|| damaged(&block, "modulus and exponent are no numbers"))?;
        Ok(Self { public, primes: [p, q], exponents: [of_p, of_q], coefficient })
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey(public half {})", self.public.fingerprint())
    }
}

/// An RSA public key.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifyingKey {
    /// `RSAPublicKey` of RFC 8017, the form in which the verifying library takes it.
    pkcs1: Vec<u8>,
}

impl VerifyingKey {
    /// Reads a public key in PEM: SubjectPublicKeyInfo (`PUBLIC KEY`) or PKCS#1 (`RSA PUBLIC KEY`), from 2048 bits.
    pub fn from_pem(text: &str) -> Result<Self, KeyError> {
        let block = pem::first_block(text)?;
        match block.label.as_str() {
            "PUBLIC KEY" => {
                let info = SubjectPublicKeyInfoRef::from_der(&block.der).map_err(|problem| damaged(&block, problem))?;
                check_algorithm(&info.algorithm.oid)?;
                let inner = info.subject_public_key.as_bytes().unwrap_or_default();
                check_public_size(&block, inner)?;
                Self::from_pkcs1(inner).map_err(|problem| damaged(&block, problem))
            }
            "RSA PUBLIC KEY" => {
                check_public_size(&block, &block.der)?;
                Self::from_pkcs1(&block.der).map_err(|problem| damaged(&block, problem))
            }
            label if label.ends_with("CERTIFICATE") => Err(KeyError::CertificateForVerifying),
            label if label.ends_with("PRIVATE KEY") => Err(KeyError::PrivateKey),
            _ => Err(other_label(&block)),
        }
    }

    /// A key from modulus and exponent, big-endian, as a JWK carries them.
    pub(crate) fn from_components(modulus: &[u8], exponent: &[u8]) -> Option<Self> {
        let (modulus, exponent) = (asn1::UintRef::new(modulus).ok()?, asn1::UintRef::new(exponent).ok()?);
        let length = (modulus.encoded_len().ok()? + exponent.encoded_len().ok()?).ok()?;
        let mut pkcs1 = Vec::new();
        der::Header::new(der::Tag::Sequence, length).ok()?.encode_to_vec(&mut pkcs1).ok()?;
        modulus.encode_to_vec(&mut pkcs1).ok()?;
        exponent.encode_to_vec(&mut pkcs1).ok()?;
        Self::from_pkcs1(&pkcs1).ok()
    }

    fn from_pkcs1(der: &[u8]) -> der::Result<Self> {
        public_parts(der)?;
        Ok(Self { pkcs1: der.to_vec() })
    }

    /// Modulus and exponent, big-endian without leading zeros.
    pub(crate) fn components(&self) -> (&[u8], &[u8]) {
        public_parts(&self.pkcs1).expect("the key was parsed when it was made")
    }

    /// The key as SubjectPublicKeyInfo.
    fn to_spki(&self) -> Vec<u8> {
        let key = asn1::BitStringRef::from_bytes(&self.pkcs1).expect("a key is shorter than 256 MiB");
        let algorithm = spki::AlgorithmIdentifierRef { oid: RSA, parameters: Some(asn1::Null.into()) };
        SubjectPublicKeyInfoRef { algorithm, subject_public_key: key }.to_der().expect("its parts are well-formed")
    }

    /// The key as PEM (`PUBLIC KEY`), lines of 64 characters, with a line feed at the end.
    pub fn to_pem(&self) -> String {
        pem::encode("PUBLIC KEY", &self.to_spki())
    }

    /// SHA-256 of the SubjectPublicKeyInfo, in lower-case hex.
    pub fn fingerprint(&self) -> String {
        let digest = ring::digest::digest(&ring::digest::SHA256, &self.to_spki());
        digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Whether this is an RSASSA-PKCS1-v1_5 signature with SHA-256 over these bytes.
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        self.verifies_with(&signature::RSA_PKCS1_2048_8192_SHA256, message, signature)
    }

    /// The same for another padding or digest, to tell which one a signer has used.
    pub(crate) fn verifies_with(&self, how: &'static RsaParameters, message: &[u8], signature: &[u8]) -> bool {
        signature::UnparsedPublicKey::new(how, &self.pkcs1).verify(message, signature).is_ok()
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifyingKey({})", self.fingerprint())
    }
}

fn built_in(pem: &str) -> SigningKey {
    SigningKey::read(pem).expect("the built-in keys are well-formed; a test reads each")
}

fn damaged(block: &Block, problem: impl fmt::Display) -> KeyError {
    KeyError::Damaged { line: block.line, label: block.label.clone(), problem: problem.to_string() }
}

fn other_label(block: &Block) -> KeyError {
    match block.label.as_str() {
        "OPENSSH PRIVATE KEY" => KeyError::OpenSsh,
        "EC PRIVATE KEY" | "EC PARAMETERS" => KeyError::NotRsa { found: "an elliptic-curve key".to_owned() },
        "DSA PRIVATE KEY" => KeyError::NotRsa { found: "a DSA key".to_owned() },
        label => KeyError::OtherBlock { line: block.line, label: label.to_owned() },
    }
}

fn check_algorithm(found: &ObjectIdentifier) -> Result<(), KeyError> {
    let name = match *found {
        RSA => return Ok(()),
        RSA_PSS => "an RSA key for PSS only".to_owned(),
        ELLIPTIC_CURVE => "an elliptic-curve key".to_owned(),
        ED25519 => "an Ed25519 key".to_owned(),
        other => format!("a key of type {other}"),
    };
    Err(KeyError::NotRsa { found: name })
}

/// The `RSAPrivateKey` inside a PKCS#8 block.
fn pkcs8_rsa(block: &Block) -> Result<Vec<u8>, KeyError> {
    let parse = || -> der::Result<(ObjectIdentifier, Vec<u8>)> {
        let mut reader = der::SliceReader::new(&block.der)?;
        reader.sequence(|inner| {
            let _version = asn1::UintRef::decode(inner)?;
            let algorithm = spki::AlgorithmIdentifierRef::decode(inner)?;
            let key = asn1::OctetStringRef::decode(inner)?;
            // Attributes may follow; they say nothing about the key.
            inner.read_slice(inner.remaining_len())?;
            Ok((algorithm.oid, key.as_bytes().to_vec()))
        })
    };
    let (oid, key) = parse().map_err(|problem| damaged(block, problem))?;
    check_algorithm(&oid)?;
    Ok(key)
}

/// The size is read before the library sees the key: its own refusal would not say how large the key is.
fn check_private_size(block: &Block, pkcs1: &[u8]) -> Result<(), KeyError> {
    let parse = || -> der::Result<usize> {
        let mut reader = der::SliceReader::new(pkcs1)?;
        reader.sequence(|inner| {
            let _version = asn1::UintRef::decode(inner)?;
            let modulus = asn1::UintRef::decode(inner)?;
            inner.read_slice(inner.remaining_len())?;
            Ok(bits(modulus.as_bytes()))
        })
    };
    match parse().map_err(|problem| damaged(block, problem))? {
        bits if bits < MINIMUM_BITS => Err(KeyError::TooSmall { bits }),
        bits if bits > MAXIMUM_SIGNING_BITS => Err(KeyError::TooLarge { bits }),
        _ => Ok(()),
    }
}

fn check_public_size(block: &Block, pkcs1: &[u8]) -> Result<(), KeyError> {
    let (modulus, _) = public_parts(pkcs1).map_err(|problem| damaged(block, problem))?;
    match bits(modulus) {
        bits if bits < MINIMUM_BITS => Err(KeyError::TooSmall { bits }),
        _ => Ok(()),
    }
}

fn public_parts(pkcs1: &[u8]) -> der::Result<(&[u8], &[u8])> {
    let mut reader = der::SliceReader::new(pkcs1)?;
    let parts = reader
        .sequence(|inner| Ok((asn1::UintRef::decode(inner)?.as_bytes(), asn1::UintRef::decode(inner)?.as_bytes())))?;
    reader.finish(parts)
}

fn bits(number: &[u8]) -> usize {
    match number.iter().position(|byte| *byte != 0) {
        None => 0,
        Some(at) => (number.len() - at) * 8 - number[at].leading_zeros() as usize,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    macro_rules! fixture {
        ($name:literal) => {
            include_str!(concat!("../../tests/fixtures/keys/", $name))
        };
    }

    #[test]
    fn built_in_keys_are_three_different_good_keys() {
        let texts =
            [include_str!("keys/test.pem"), include_str!("keys/other.pem"), include_str!("keys/jwt-io-demo.pem")];
        let read = texts.map(|text| SigningKey::from_pem(text).expect("a good key").public().fingerprint());
        let built_in = [SigningKey::test(), SigningKey::other(), SigningKey::jwt_io_demo()];
        assert_eq!(read, built_in.map(|key| key.public().fingerprint()));
        assert_ne!(read[0], read[1]);
        // As published with the sample of KT's documents.
        assert_eq!(read[2], "37c2309b6c001277c1b3f534d48489b0d5ff9b1d82f1447b66b6d3a0a59d88b0");
    }

    #[test]
    fn both_forms_of_a_key_are_the_same_key() {
        let pkcs1 = SigningKey::from_pem(fixture!("test-pkcs1.pem")).expect("PKCS#1");
        assert_eq!(pkcs1.public(), SigningKey::test().public());
        for text in [fixture!("test-public.pem"), fixture!("test-public-pkcs1.pem")] {
            assert_eq!(&VerifyingKey::from_pem(text).expect("a public key"), pkcs1.public());
        }
        assert_eq!(pkcs1.public_pem(), fixture!("test-public.pem"));
    }

    #[test]
    fn a_key_of_modulus_and_exponent_is_the_same_key() {
        let key = SigningKey::test().public();
        let (modulus, exponent) = key.components();
        assert_eq!(exponent, [1, 0, 1]);
        assert_eq!(VerifyingKey::from_components(modulus, exponent).as_ref(), Some(key));
    }

    #[rstest]
    #[case::public(fixture!("test-public.pem"), KeyError::PublicKey)]
    #[case::public_pkcs1(fixture!("test-public-pkcs1.pem"), KeyError::PublicKey)]
    #[case::certificate(fixture!("certificate.pem"), KeyError::CertificateForSigning)]
    #[case::encrypted_pkcs8(fixture!("encrypted-pkcs8.pem"), KeyError::Encrypted)]
    #[case::encrypted_pkcs1(fixture!("encrypted-pkcs1.pem"), KeyError::Encrypted)]
    #[case::openssh(fixture!("openssh.pem"), KeyError::OpenSsh)]
    #[case::ec(fixture!("ec-sec1.pem"), KeyError::NotRsa { found: "an elliptic-curve key".into() })]
    #[case::ec_pkcs8(fixture!("ec-pkcs8.pem"), KeyError::NotRsa { found: "an elliptic-curve key".into() })]
    #[case::ed25519(fixture!("ed25519.pem"), KeyError::NotRsa { found: "an Ed25519 key".into() })]
    #[case::small(fixture!("small.pem"), KeyError::TooSmall { bits: 1024 })]
    #[case::empty("", KeyError::Pem(PemError::NoBlock))]
    fn what_is_no_signing_key_is_refused_by_its_name(#[case] text: &str, #[case] expected: KeyError) {
        assert_eq!(SigningKey::from_pem(text).expect_err("refused"), expected);
    }

    #[rstest]
    #[case::private(fixture!("test-pkcs1.pem"), KeyError::PrivateKey)]
    #[case::certificate(fixture!("certificate.pem"), KeyError::CertificateForVerifying)]
    #[case::ec(fixture!("ec-public.pem"), KeyError::NotRsa { found: "an elliptic-curve key".into() })]
    #[case::small(fixture!("small-public.pem"), KeyError::TooSmall { bits: 1024 })]
    fn what_is_no_verifying_key_is_refused_by_its_name(#[case] text: &str, #[case] expected: KeyError) {
        assert_eq!(VerifyingKey::from_pem(text).expect_err("refused"), expected);
    }

    #[test]
    fn a_cut_or_changed_file_says_where() {
        let text = fixture!("test-pkcs1.pem");
        let (head, _) = text.split_at(text.len() / 2);
        assert!(matches!(SigningKey::from_pem(head), Err(KeyError::Pem(PemError::NoEnd { line: 1, .. }))));
        let without_line: String =
            text.lines().enumerate().filter(|(at, _)| *at != 10).map(|(_, line)| format!("{line}\n")).collect();
        let error = SigningKey::from_pem(&without_line).expect_err("damaged");
        assert!(matches!(error, KeyError::Damaged { line: 1, .. }), "{error}");
    }

    #[test]
    fn debug_shows_no_number_of_a_key() {
        assert_eq!(
            format!("{:?}", SigningKey::test()),
            format!("SigningKey(public half {})", SigningKey::test().public().fingerprint())
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn a_changed_byte_never_panics_and_never_gives_another_key(at in 0usize..1190, bit in 0u8..8) {
            let mut block = pem::first_block(fixture!("test-pkcs1.pem")).expect("a block");
            let at = at % block.der.len();
            block.der[at] ^= 1 << bit;
            if let Ok(key) = SigningKey::from_pem(&pem::encode("RSA PRIVATE KEY", &block.der)) {
                prop_assert_eq!(key.public(), SigningKey::test().public());
            }
        }
    }
}
