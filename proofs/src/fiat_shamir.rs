//! Merlin, spelled in this crate's own types.
//!
//! The state is always called `fs`: the word transcript belongs to the ceremony's record. Merlin prefixes every
//! message with its label and length.

use ark_bls12_381::{Fr, G1Affine};
use ark_ff::{PrimeField, Zero};
use coram_circuits::wide;
use merlin::{Transcript, TranscriptRng};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use zeroize::Zeroizing;

use crate::{error::ProofError, group};

/// What the proofs of this crate do to the Fiat–Shamir state.
pub(crate) trait FiatShamir {
    /// Appends a number as eight big-endian bytes.
    fn append_number(&mut self, label: &'static [u8], value: usize);

    /// Appends a scalar as 32 big-endian bytes.
    fn append_scalar(&mut self, label: &'static [u8], value: &Fr);

    /// Appends scalars, after their number.
    fn append_scalars(&mut self, label: &'static [u8], values: &[Fr]);

    /// Appends the compressed form of a point.
    fn append_point(&mut self, label: &'static [u8], point: &G1Affine);

    /// Appends points, after their number.
    fn append_points(&mut self, label: &'static [u8], points: &[G1Affine]);

    /// Draws a challenge: 64 bytes, reduced.
    ///
    /// # Errors
    ///
    /// [`ProofError::ZeroChallenge`]: zero has no inverse and makes equations vacuous. No honest proof ever meets it.
    fn challenge(&mut self, label: &'static [u8]) -> Result<Fr, ProofError>;

    /// Draws `count` challenges.
    ///
    /// # Errors
    ///
    /// As [`FiatShamir::challenge`].
    fn challenges(&mut self, label: &'static [u8], count: usize) -> Result<Vec<Fr>, ProofError>;

    /// Draws a challenge below 2^128, for the multiplication of points.
    ///
    /// # Errors
    ///
    /// As [`FiatShamir::challenge`].
    fn short_challenge(&mut self, label: &'static [u8]) -> Result<Fr, ProofError>;

    /// Nonces bound to everything appended so far, to the witness and to a secret seed.
    ///
    /// The same statement, witness and seed give the same nonces, so that a proof made again is the same proof; if any
    /// of them differs, the nonces are unrelated, so no two proofs ever share one.
    fn nonces(&self, witness: &[Fr], seed: &[u8; 32]) -> TranscriptRng;
}

/// The canonical 32 big-endian bytes of a scalar.
pub(crate) fn scalar_bytes(value: &Fr) -> [u8; 32] {
    let mut bytes = [0; 32];
    for (bytes, limb) in bytes.chunks_exact_mut(8).zip(value.into_bigint().0.iter().rev()) {
        bytes.copy_from_slice(&limb.to_be_bytes());
    }
    bytes
}

fn nonzero(value: Fr) -> Result<Fr, ProofError> {
    if value.is_zero() { Err(ProofError::ZeroChallenge) } else { Ok(value) }
}

impl FiatShamir for Transcript {
    fn append_number(&mut self, label: &'static [u8], value: usize) {
        self.append_message(label, &(value as u64).to_be_bytes());
    }

    fn append_scalar(&mut self, label: &'static [u8], value: &Fr) {
        self.append_message(label, &scalar_bytes(value));
    }

    fn append_scalars(&mut self, label: &'static [u8], values: &[Fr]) {
        self.append_number(label, values.len());
        values.iter().for_each(|value| self.append_scalar(label, value));
    }

    fn append_point(&mut self, label: &'static [u8], point: &G1Affine) {
        self.append_message(label, &group::encode(point));
    }

    fn append_points(&mut self, label: &'static [u8], points: &[G1Affine]) {
        self.append_number(label, points.len());
        points.iter().for_each(|point| self.append_point(label, point));
    }

    fn challenge(&mut self, label: &'static [u8]) -> Result<Fr, ProofError> {
        let mut bytes = [0; 64];
        self.challenge_bytes(label, &mut bytes);
        nonzero(wide::from_be_bytes(&bytes))
    }

    fn challenges(&mut self, label: &'static [u8], count: usize) -> Result<Vec<Fr>, ProofError> {
        (0..count).map(|_| self.challenge(label)).collect()
    }

    fn short_challenge(&mut self, label: &'static [u8]) -> Result<Fr, ProofError> {
        let mut short = [0; group::SHORT_BITS / 8];
        self.challenge_bytes(label, &mut short);
        nonzero(Fr::from(u128::from_be_bytes(short)))
    }

    fn nonces(&self, witness: &[Fr], seed: &[u8; 32]) -> TranscriptRng {
        let bytes: Zeroizing<Vec<u8>> = Zeroizing::new(witness.iter().flat_map(scalar_bytes).collect());
        self.build_rng()
            .rekey_with_witness_bytes(b"witness", &bytes)
            .finalize(&mut ChaCha20Rng::from_seed(*seed))
    }
}

#[cfg(test)]
mod tests {
    use ark_ff::BigInteger;

    use super::*;

    #[test]
    fn a_challenge_of_zero_is_refused() {
        assert_eq!(nonzero(Fr::zero()), Err(ProofError::ZeroChallenge));
        assert_eq!(nonzero(Fr::from(1u64)), Ok(Fr::from(1u64)));
    }

    #[test]
    fn lists_cannot_slide_into_each_other() {
        let challenge = |lists: &[&[u64]]| {
            let mut fs = Transcript::new(b"test");
            for list in lists {
                let scalars: Vec<_> = list.iter().map(|value| Fr::from(*value)).collect();
                fs.append_scalars(b"list", &scalars);
            }
            fs.challenge(b"challenge").unwrap()
        };
        assert_ne!(challenge(&[&[1, 2], &[3]]), challenge(&[&[1], &[2, 3]]));
        assert_ne!(challenge(&[&[1, 2]]), challenge(&[&[1, 2], &[]]));
    }

    #[test]
    fn short_challenges_have_128_bits() {
        let mut fs = Transcript::new(b"test");
        let longest = (0..64)
            .map(|_| {
                let challenge = fs.short_challenge(b"challenge").unwrap();
                challenge.into_bigint().num_bits() as usize
            })
            .max();
        assert!(longest.is_some_and(|bits| (120..=group::SHORT_BITS).contains(&bits)));
    }
}
