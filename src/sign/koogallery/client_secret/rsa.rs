//! RSA as arithmetic: the vendor's public key applied, and the private key of the vendor that is played here.
//!
//! ring signs and verifies but neither encrypts nor opens; the store needs the first for a call, and the second only the
//! reference vendor and the doctor need, with a key that is published with the source. Nothing here runs in constant time.

use std::fmt;
use std::sync::OnceLock;

use num_bigint::BigUint;

use crate::sign::key::{KeyError, PrivateParts, VerifyingKey};

/// An RSA private key that opens secrets. It is the reference vendor's, and no secret of anybody.
pub struct PrivateKey {
    public: VerifyingKey,
    primes: [BigUint; 2],
    exponents: [BigUint; 2],
    coefficient: BigUint,
}

impl PrivateKey {
    /// The built-in application credential: what the reference vendor registers where nothing else is set.
    pub fn test() -> &'static Self {
        static KEY: OnceLock<PrivateKey> = OnceLock::new();
        KEY.get_or_init(|| Self::from_pem(Self::TEST_PEM).expect("a key of ours, which a test reads"))
    }

    /// Its PEM, with a sentence in front.
    pub const TEST_PEM: &str = include_str!("../../keys/kit.pem");

    /// Reads a private key in PEM, PKCS#8 or PKCS#1.
    pub(crate) fn from_pem(text: &str) -> Result<Self, KeyError> {
        let PrivateParts { public, primes, exponents, coefficient } = PrivateParts::from_pem(text)?;
        let number = |bytes: Vec<u8>| BigUint::from_bytes_be(&bytes);
        Ok(Self {
            public,
            primes: primes.map(number),
            exponents: exponents.map(number),
            coefficient: BigUint::from_bytes_be(&coefficient),
        })
    }

    /// The public half.
    pub fn public(&self) -> &VerifyingKey {
        &self.public
    }

    /// Length of the modulus in bytes.
    pub(super) fn length(&self) -> usize {
        length(&self.public)
    }

    /// RSADP of RFC 8017 (5.1.2) by the Chinese remainder theorem. The result is as long as the modulus.
    pub(super) fn raw(&self, bytes: &[u8]) -> Vec<u8> {
        let input = BigUint::from_bytes_be(bytes);
        let [p, q] = &self.primes;
        let [first, second] =
            [(p, &self.exponents[0]), (q, &self.exponents[1])].map(|(prime, exponent)| input.modpow(exponent, prime));
        // The difference is taken modulo p, where it cannot be negative.
        let difference = (first + p - (&second % p)) % p;
        let quotient = (&self.coefficient * difference) % p;
        filled(&(second + quotient * q), self.length())
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PrivateKey(public half {})", self.public.fingerprint())
    }
}

/// A public key whose private half nobody has, for secrets that no vendor can open.
pub(super) fn other() -> &'static VerifyingKey {
    static KEY: OnceLock<VerifyingKey> = OnceLock::new();
    KEY.get_or_init(|| {
        VerifyingKey::from_pem(include_str!("../../keys/kit-other.pem")).expect("a key of ours, which a test reads")
    })
}

/// Length of a key's modulus in bytes.
pub(super) fn length(key: &VerifyingKey) -> usize {
    key.components().0.len()
}

/// RSAEP of RFC 8017 (5.1.1). The result is as long as the modulus.
pub(super) fn public(key: &VerifyingKey, padded: &[u8]) -> Vec<u8> {
    let (modulus, exponent) = key.components();
    let [modulus, exponent, input] = [modulus, exponent, padded].map(BigUint::from_bytes_be);
    filled(&input.modpow(&exponent, &modulus), length(key))
}

fn filled(number: &BigUint, length: usize) -> Vec<u8> {
    let bytes = number.to_bytes_be();
    let mut whole = vec![0; length.saturating_sub(bytes.len())];
    whole.extend_from_slice(&bytes);
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_keys_are_as_long_as_the_store_asks_for() {
        for key in [PrivateKey::test().public(), other()] {
            assert_eq!(length(key) * 8, super::super::LEAST_BITS);
        }
        assert!(!format!("{:?}", PrivateKey::test()).contains("primes"));
    }
}
