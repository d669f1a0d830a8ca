//! Random weights for checking many equations as one.

use sha2::{Digest as _, Sha256};

/// `count` weights of 128 bits, each a hash of everything that is checked and of its own place.
///
/// Whoever chooses the equations would have to find false ones whose weighted sum happens to hold, and the
/// weights change with every bit of them: one try succeeds with probability 2^-128.
pub(super) fn weights<'a>(label: &str, statement: impl Iterator<Item = &'a [u8]>, count: usize) -> Vec<u128> {
    let mut hash = Sha256::new();
    hash.update(b"coram/v1/weights/");
    hash.update(label.as_bytes());
    hash.update((count as u64).to_be_bytes());
    for part in statement {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let seed: [u8; 32] = hash.finalize().into();
    (0..count as u64)
        .map(|place| {
            let digest: [u8; 32] =
                Sha256::new().chain_update(seed).chain_update(place.to_be_bytes()).finalize().into();
            let mut half = [0; 16];
            half.copy_from_slice(&digest[..16]);
            u128::from_be_bytes(half)
        })
        .collect()
}
