//! Sums over points that stay the same, without tables.

use ark_bls12_381::{Fr, G1Affine, G1Projective};
use ark_ec::VariableBaseMSM;

/// The points themselves.
pub(crate) struct FixedBases(Vec<G1Affine>);

impl FixedBases {
    pub(crate) fn new(points: &[G1Affine]) -> Self {
        Self(points.to_vec())
    }

    /// `sum scalar·point` over lists of scalars, each with the index of the point that its first scalar belongs to.
    pub(crate) fn sum(&self, terms: &[(usize, &[Fr])]) -> G1Projective {
        terms
            .iter()
            .map(|(first, scalars)| G1Projective::msm_unchecked(&self.0[*first..][..scalars.len()], scalars))
            .sum()
    }
}
