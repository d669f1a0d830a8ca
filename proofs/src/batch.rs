//! Random weights for equations that are checked together.

use ark_bls12_381::Fr;
use rand_chacha::ChaCha20Rng;
use rand_core::{RngCore, SeedableRng};

use crate::group::SHORT_BITS;

/// A stream of weights of 128 bits.
///
/// They come from a hash of every statement and every proof of the batch, so that nobody could know them before the
/// proofs were fixed, and every verifier draws the same.
pub(crate) struct Weights(ChaCha20Rng);

impl Weights {
    /// Starts the stream. `seed` depends on all that is verified.
    pub(crate) fn new(seed: [u8; 32]) -> Self {
        Self(ChaCha20Rng::from_seed(seed))
    }

    /// The next weight, never zero.
    pub(crate) fn draw(&mut self) -> Fr {
        let mut bytes = [0; SHORT_BITS / 8];
        while bytes.iter().all(|byte| *byte == 0) {
            self.0.fill_bytes(&mut bytes);
        }
        Fr::from(u128::from_be_bytes(bytes))
    }
}
