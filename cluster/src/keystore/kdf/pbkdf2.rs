//! PBKDF2 with HMAC-SHA-256 (RFC 8018), where it has to be as fast as it can: the cost of a keystore is this function.
//!
//! An HMAC of 32 bytes is two compressions, one after the other, from states that depend on the password alone. The general
//! form of HMAC copies, pads and wipes a hash for each, which takes a third as long again.

use sha2::block_api::compress256;
use sha2::{Digest as _, Sha256};
use zeroize::{Zeroize as _, Zeroizing};

/// Bytes that SHA-256 takes in at a time.
const BLOCK: usize = 64;
/// Bits of what HMAC hashes for 32 bytes: a block of key, and these.
const BITS: u64 = 8 * (BLOCK as u64 + 32);
/// SHA-256 before its first block (FIPS 180-4).
const START: State =
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];

type State = [u32; 8];

/// `U_1 xor … xor U_rounds` with `U_1 = HMAC(password, salt ‖ 1)` and `U_k = HMAC(password, U_{k-1})`: the first 32 bytes
/// of the key.
pub(super) fn derive(password: &[u8], salt: &[u8], rounds: u32) -> Zeroizing<[u8; 32]> {
    let key = padded(password);
    let inner = Zeroizing::new(after(&key, 0x36));
    let outer = Zeroizing::new(after(&key, 0x5c));

    let mut block = Zeroizing::new([0; BLOCK]);
    block[32] = 0x80;
    block[BLOCK - 8..].copy_from_slice(&BITS.to_be_bytes());

    let first = Zeroizing::new(masked(&key, 0x36));
    let hash =
        Sha256::new().chain_update(first.as_slice()).chain_update(salt).chain_update(1_u32.to_be_bytes());
    block[..32].copy_from_slice(&hash.finalize());
    let mut state = Zeroizing::new(*outer);
    compress256(&mut state, core::slice::from_ref(&*block));

    let mut sum = state.clone();
    for _ in 1..rounds {
        for from in [&inner, &outer] {
            fill(&mut block, &state);
            *state = **from;
            compress256(&mut state, core::slice::from_ref(&*block));
        }
        sum.iter_mut().zip(*state).for_each(|(sum, word)| *sum ^= word);
    }
    fill(&mut block, &sum);
    let mut derived = Zeroizing::new([0; 32]);
    derived.copy_from_slice(&block[..32]);
    derived
}

/// The key of HMAC: the password, or its hash if it is longer than a block.
fn padded(password: &[u8]) -> Zeroizing<[u8; BLOCK]> {
    let mut key = Zeroizing::new([0; BLOCK]);
    match key.get_mut(..password.len()) {
        Some(start) => start.copy_from_slice(password),
        None => {
            let mut hash = Sha256::digest(password);
            key[..32].copy_from_slice(&hash);
            hash.as_mut_slice().zeroize();
        }
    }
    key
}

fn masked(key: &[u8; BLOCK], mask: u8) -> [u8; BLOCK] {
    key.map(|byte| byte ^ mask)
}

/// The state after the block of key.
fn after(key: &[u8; BLOCK], mask: u8) -> State {
    let block = Zeroizing::new(masked(key, mask));
    let mut state = START;
    compress256(&mut state, core::slice::from_ref(&*block));
    state
}

/// Writes a digest before the padding of a block.
fn fill(block: &mut [u8; BLOCK], digest: &State) {
    for (bytes, word) in block.chunks_exact_mut(4).zip(digest) {
        bytes.copy_from_slice(&word.to_be_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_pbkdf2() {
        let long = [b'x'; BLOCK + 1];
        let passwords: [&[u8]; 4] = [b"", b"password", long.split_last().unwrap().1, &long];
        let salts: [&[u8]; 3] = [b"", b"salt", &[7; 256]];
        for password in passwords {
            for salt in salts {
                for rounds in [1, 2, 3, 1000] {
                    let mut expected = [0; 32];
                    pbkdf2::pbkdf2_hmac::<Sha256>(password, salt, rounds, &mut expected);
                    assert_eq!(*derive(password, salt, rounds), expected, "{} {rounds}", password.len());
                }
            }
        }
    }
}
