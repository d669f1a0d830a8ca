//! A committed value is the product of two others.
//!
//! ```text
//! statement  (C_A, C_B, C_AB)
//! witness    C_A = a U + ρ_A H,   C_B = b U + ρ_B H,   C_AB = ab U + ρ_AB H
//!
//! prover     n_1 … n_5 random;  α = n_1 U + n_2 H,   β = n_3 U + n_4 H,   δ = n_1 C_B + n_5 H
//! verifier   c
//! prover     z_1 = n_1 + c a,   z_2 = n_2 + c ρ_A,   z_3 = n_3 + c b,   z_4 = n_4 + c ρ_B,   z_5 = n_5 + c (ρ_AB - a ρ_B)
//! accept     α + c C_A  = z_1 U + z_2 H
//!            β + c C_B  = z_3 U + z_4 H
//!            δ + c C_AB = z_1 C_B + z_5 H
//! ```

use ark_bls12_381::{Fr, G1Affine};
use ark_ff::{AdditiveGroup, UniformRand};
use merlin::Transcript;
use rand_core::RngCore;
use zeroize::Zeroizing;

use super::{commitment::Committed, generators::Generators};
use crate::{
    error::ProofError,
    fiat_shamir::FiatShamir,
    group::{self, multiply},
};

/// The proof: `α, β, δ` and `z_1 … z_5`.
#[derive(Clone)]
pub(super) struct ProductProof {
    /// `α, β, δ`.
    pub(super) announcements: [G1Affine; 3],
    /// `z_1 … z_5`.
    pub(super) responses: [Fr; 5],
}

impl ProductProof {
    /// Proves that `product` holds the product of the values of `left` and `right`.
    pub(super) fn prove(
        fs: &mut Transcript,
        generators: &Generators,
        (left, right, product): (&Committed, &Committed, &Committed),
        nonces: &mut impl RngCore,
    ) -> Result<Self, ProofError> {
        let n: Zeroizing<[Fr; 5]> = Zeroizing::new(std::array::from_fn(|_| Fr::rand(nonces)));
        let alpha = generators.commit_value(&n[0], &n[1]);
        let beta = generators.commit_value(&n[2], &n[3]);
        let delta = multiply(&right.commitment, &n[0]) + generators.commit_value(&Fr::ZERO, &n[4]);
        let announcements: [G1Affine; 3] = affine([alpha, beta, delta]);
        let c = Self::challenge(fs, &announcements)?;
        let responses = [
            n[0] + c * left.value,
            n[1] + c * left.blinding,
            n[2] + c * right.value,
            n[3] + c * right.blinding,
            n[4] + c * (product.blinding - left.value * right.blinding),
        ];
        let proof = Self { announcements, responses };
        proof.finish(fs);
        Ok(proof)
    }

    /// The verifier's moves: draws the challenge and absorbs the responses.
    pub(super) fn replay(&self, fs: &mut Transcript) -> Result<Fr, ProofError> {
        let c = Self::challenge(fs, &self.announcements)?;
        self.finish(fs);
        Ok(c)
    }

    fn challenge(fs: &mut Transcript, announcements: &[G1Affine; 3]) -> Result<Fr, ProofError> {
        fs.append_points(b"product announcements", announcements);
        fs.challenge(b"product challenge")
    }

    fn finish(&self, fs: &mut Transcript) {
        fs.append_scalars(b"product responses", &self.responses);
    }
}

fn affine(points: [ark_bls12_381::G1Projective; 3]) -> [G1Affine; 3] {
    let mut out = [G1Affine::identity(); 3];
    out.copy_from_slice(&group::normalize(&points));
    out
}
