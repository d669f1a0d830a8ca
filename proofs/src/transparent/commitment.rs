//! Pedersen commitments to single values and to rows of values.

use ark_bls12_381::{Fr, G1Affine, G1Projective};
use ark_ec::CurveGroup;

use zeroize::Zeroize;

use super::generators::Generators;
use crate::group::{msm, multiply};

/// A value with the opening of its commitment, on the prover's side.
pub(super) struct Committed {
    pub(super) value: Fr,
    pub(super) blinding: Fr,
    pub(super) commitment: G1Affine,
}

impl Committed {
    pub(super) fn new(generators: &Generators, value: Fr, blinding: Fr) -> Self {
        Self { value, blinding, commitment: commit(generators, &value, &blinding).into_affine() }
    }
}

impl Drop for Committed {
    fn drop(&mut self) {
        self.value.zeroize();
        self.blinding.zeroize();
    }
}

/// `value·U + blinding·H`.
pub(super) fn commit(generators: &Generators, value: &Fr, blinding: &Fr) -> G1Projective {
    multiply(generators.value(), value) + multiply(generators.blinding(), blinding)
}

/// `sum values_i bases_i + blinding·H`.
pub(super) fn commit_vector(
    generators: &Generators,
    bases: &[G1Affine],
    values: &[Fr],
    blinding: &Fr,
) -> G1Projective {
    msm(&bases[..values.len()], values) + multiply(generators.blinding(), blinding)
}
