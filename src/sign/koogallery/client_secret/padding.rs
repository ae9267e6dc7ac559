//! OAEP with its two hashes apart, and PKCS#1 v1.5, both ways.

use ring::digest::{Algorithm, SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};

use super::{Padding, SEED_LENGTH};

/// Hash of the label and hash of the mask; `None` where there is neither.
fn hashes(padding: Padding) -> Option<(&'static Algorithm, &'static Algorithm)> {
    match padding {
        Padding::OaepSha256Mgf1Sha1 => Some((&SHA256, &SHA1_FOR_LEGACY_USE_ONLY)),
        Padding::OaepSha256 => Some((&SHA256, &SHA256)),
        Padding::OaepSha1 => Some((&SHA1_FOR_LEGACY_USE_ONLY, &SHA1_FOR_LEGACY_USE_ONLY)),
        Padding::Pkcs1 => None,
    }
}

/// Pads a message to the length of the modulus; one that is too long for it is cut off.
pub(super) fn pad(padding: Padding, length: usize, seed: &[u8; SEED_LENGTH], message: &[u8]) -> Vec<u8> {
    let Some((label, mask)) = hashes(padding) else { return pad_pkcs1(length, seed, message) };
    let hash = label.output_len();
    let message = &message[..message.len().min(length.saturating_sub(2 * hash + 2))];
    // DB of RFC 8017, 7.1.1: the label's hash, zeros, a one and the message.
    let mut block = digest(label, b"").as_ref().to_vec();
    block.resize(length.saturating_sub(hash + 1 + message.len() + 1), 0);
    block.push(1);
    block.extend_from_slice(message);
    let mut seed = seed[..hash].to_vec();
    mix(&mut block, &generate(mask, &seed, length));
    mix(&mut seed, &generate(mask, &block, hash));
    [&[0], seed.as_slice(), &block].concat()
}

fn pad_pkcs1(length: usize, seed: &[u8; SEED_LENGTH], message: &[u8]) -> Vec<u8> {
    let message = &message[..message.len().min(length.saturating_sub(11))];
    // Padding bytes are never zero.
    let filler = seed.iter().map(|byte| byte | 1).cycle();
    let mut block = vec![0, 2];
    block.extend(filler.take(length.saturating_sub(3 + message.len())));
    block.push(0);
    block.extend_from_slice(message);
    block
}

/// The message inside a padded block; `None` where it is not padded so.
pub(super) fn unpad(padding: Padding, padded: &[u8]) -> Option<Vec<u8>> {
    let Some((label, mask)) = hashes(padding) else { return unpad_pkcs1(padded) };
    let hash = label.output_len();
    let (seed, block) = padded.strip_prefix(&[0])?.split_at_checked(hash)?;
    let (mut seed, mut block) = (seed.to_vec(), block.to_vec());
    let unmask = generate(mask, &block, hash);
    mix(&mut seed, &unmask);
    let unmask = generate(mask, &seed, block.len());
    mix(&mut block, &unmask);
    let rest = block.strip_prefix(digest(label, b"").as_ref())?;
    let one = rest.iter().position(|byte| *byte != 0).filter(|at| rest[*at] == 1)?;
    Some(rest[one + 1..].to_vec())
}

fn unpad_pkcs1(padded: &[u8]) -> Option<Vec<u8>> {
    let rest = padded.strip_prefix(&[0, 2])?;
    let zero = rest.iter().position(|byte| *byte == 0).filter(|at| *at >= 8)?;
    Some(rest[zero + 1..].to_vec())
}

/// MGF1 of RFC 8017, B.2.1.
fn generate(hash: &'static Algorithm, seed: &[u8], length: usize) -> Vec<u8> {
    let mut mask = Vec::with_capacity(length + hash.output_len());
    let mut counter = 0_u32;
    while mask.len() < length {
        mask.extend_from_slice(digest(hash, &[seed, &counter.to_be_bytes()].concat()).as_ref());
        counter = counter.wrapping_add(1);
    }
    mask.truncate(length);
    mask
}

fn mix(bytes: &mut [u8], mask: &[u8]) {
    bytes.iter_mut().zip(mask).for_each(|(byte, mask)| *byte ^= mask);
}
