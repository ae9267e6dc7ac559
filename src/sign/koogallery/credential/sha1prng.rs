//! The stream of Java's `SHA1PRNG`, seeded once before the first output.

use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};

/// Length of a state and of one block of output.
const BLOCK: usize = 20;

pub(super) fn sha1(bytes: &[u8]) -> [u8; BLOCK] {
    let mut block = [0; BLOCK];
    block.copy_from_slice(digest(&SHA1_FOR_LEGACY_USE_ONLY, bytes).as_ref());
    block
}

/// The first bytes of the stream for this seed.
pub(super) fn bytes(seed: &[u8], length: usize) -> Vec<u8> {
    let mut state = sha1(seed);
    let mut stream = Vec::with_capacity(length + BLOCK);
    while stream.len() < length {
        let output = sha1(&state);
        advance(&mut state, &output);
        stream.extend_from_slice(&output);
    }
    stream.truncate(length);
    stream
}

/// State plus output plus one. Java adds signed bytes and shifts the sum arithmetically, so that the carry can be
/// negative; a plain addition of large numbers gives another stream.
fn advance(state: &mut [u8; BLOCK], output: &[u8; BLOCK]) {
    let mut carry = 1_i32;
    let mut changed = false;
    for (byte, added) in state.iter_mut().zip(output) {
        let sum = i32::from(byte.cast_signed()) + i32::from(added.cast_signed()) + carry;
        let [low, ..] = sum.to_le_bytes();
        changed |= *byte != low;
        *byte = low;
        carry = sum >> 8;
    }
    if !changed {
        state[0] = state[0].wrapping_add(1);
    }
}
