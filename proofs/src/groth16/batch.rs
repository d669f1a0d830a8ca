//! Many proofs in one equation.
//!
//! ```text
//! prod_k e(w_k A_k, B_k) · e(-sum w_k alpha, beta) · e(-sum_k w_k sum_j z_kj IC_j, gamma) · e(-sum w_k C_k, delta) = 1
//! ```
//!
//! with a random weight `w_k` of 128 bits for each proof: a Miller loop for each, three in common, one final
//! exponentiation. All points are in groups of prime order, so if one of the proofs does not hold alone, the product is one for at
//! most one `w_k` modulo the order, whatever the others are.

use ark_bls12_381::{Fr, G1Affine, G1Projective, G2Affine};
use ark_ec::CurveGroup;
use ark_ff::Zero;

use super::{VerifyingKey, proof::Proof};
use crate::group::{self, g2, pairing};

/// The equation under construction.
pub(crate) struct PairingSum {
    /// `(w_k A_k, B_k)`.
    proofs: Vec<(G1Projective, G2Affine)>,
    /// `sum w_k`.
    weight: Fr,
    /// `sum_k w_k z_kj`, for the constant one and every public input.
    inputs: Vec<Fr>,
    /// `C_k` and `w_k`.
    last: (Vec<G1Affine>, Vec<Fr>),
}

impl PairingSum {
    /// No proofs yet, under a key with so many `IC_j`.
    pub(crate) fn new(inputs: usize) -> Self {
        let inputs = vec![Fr::zero(); inputs];
        Self { proofs: Vec::new(), weight: Fr::zero(), inputs, last: (Vec::new(), Vec::new()) }
    }

    /// Adds a proof of the statement with these inputs, the constant one first.
    pub(super) fn add(&mut self, weight: Fr, inputs: &[Fr], proof: &Proof) {
        // Inputs without an IC_j would not count, and a statement that nobody proved would pass.
        debug_assert_eq!(inputs.len(), self.inputs.len());
        self.proofs.push((group::multiply_short(&proof.a, &weight), proof.b));
        self.weight += weight;
        self.inputs.iter_mut().zip(inputs).for_each(|(sum, input)| *sum += weight * input);
        self.last.0.push(proof.c);
        self.last.1.push(weight);
    }

    /// Adds the proofs of another part of the batch, under the same key.
    pub(crate) fn merge(mut self, mut other: Self) -> Self {
        debug_assert_eq!(self.inputs.len(), other.inputs.len());
        self.proofs.append(&mut other.proofs);
        self.weight += other.weight;
        self.inputs.iter_mut().zip(&other.inputs).for_each(|(mine, theirs)| *mine += theirs);
        self.last.0.append(&mut other.last.0);
        self.last.1.append(&mut other.last.1);
        self
    }

    /// Whether the product is one.
    pub(super) fn holds(self, key: &VerifyingKey) -> bool {
        if key.inputs.len() != self.inputs.len() {
            return false;
        }
        let (firsts, seconds): (Vec<G1Projective>, Vec<G2Affine>) = self.proofs.into_iter().unzip();
        let mut pairs: Vec<_> = group::normalize(&firsts).into_iter().zip(seconds).collect();
        let alpha = group::multiply(&key.alpha, &self.weight);
        let inputs = group::msm_parallel(&key.inputs, &self.inputs);
        let last = group::msm_parallel(&self.last.0, &self.last.1);
        pairs.push((-alpha.into_affine(), key.beta));
        pairs.push((-inputs.into_affine(), g2::generator()));
        pairs.push((-last.into_affine(), key.delta));
        pairing::product_is_one(&pairs)
    }
}
