//! Chunked ElGamal (section 5 of the paper, without forward secrecy): `R_j = r_j·g`, `C[i][j] = r_j·y_i + s[i][j]·g`.

use ark_bls12_381::{Fr, G1Affine};
use ark_ff::PrimeField;

use super::{CHUNK_BITS, CHUNKS, Keys, Witness};
use crate::{group, parallel};

/// The encrypted shares of one key.
#[derive(Clone, Debug)]
pub(super) struct Ciphertext {
    /// `R_j`, one for each position of a chunk: all recipients have them in common.
    pub(super) randomizers: Vec<G1Affine>,
    /// `C[i][j]`, recipient by recipient.
    pub(super) chunks: Vec<G1Affine>,
}

impl Ciphertext {
    /// How many recipients there are.
    pub(super) fn recipients(&self) -> usize {
        self.chunks.len() / CHUNKS
    }

    /// Encrypts chunks.
    pub(super) fn new(keys: &Keys, witness: &Witness) -> Self {
        let randomizers = parallel::map(CHUNKS, |j| keys.generator.multiply(&witness.randomness[j]));
        let chunks = parallel::map(witness.chunks.len() * CHUNKS, |position| {
            let (i, j) = (position / CHUNKS, position % CHUNKS);
            let chunk = Fr::from(witness.chunks[i][j]);
            keys.tables[i].multiply(&witness.randomness[j]) + keys.generator.multiply(&chunk)
        });
        Self { randomizers: group::normalize(&randomizers), chunks: group::normalize(&chunks) }
    }
}

/// `s = sum_j B^(j-1) s_j`, `0 <= s_j < B`.
pub(super) fn chunks_of(share: &Fr) -> [i64; CHUNKS] {
    let limbs = share.into_bigint().0;
    std::array::from_fn(|j| {
        let (limb, shift) = (j * CHUNK_BITS / 64, j * CHUNK_BITS % 64);
        (limbs[limb] >> shift & ((1 << CHUNK_BITS) - 1)) as i64
    })
}
