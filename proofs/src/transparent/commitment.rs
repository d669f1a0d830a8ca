//! Pedersen commitments to single values.

use ark_bls12_381::{Fr, G1Affine};
use ark_ec::CurveGroup;
use zeroize::Zeroize;

use super::generators::Generators;

/// A value with the opening of its commitment, on the prover's side.
pub(super) struct Committed {
    pub(super) value: Fr,
    pub(super) blinding: Fr,
    pub(super) commitment: G1Affine,
}

impl Committed {
    pub(super) fn new(generators: &Generators, value: Fr, blinding: Fr) -> Self {
        Self { value, blinding, commitment: generators.commit_value(&value, &blinding).into_affine() }
    }
}

impl Drop for Committed {
    fn drop(&mut self) {
        self.value.zeroize();
        self.blinding.zeroize();
    }
}
