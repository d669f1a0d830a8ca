//! Linear combinations of group elements that must be the identity.

use ark_bls12_381::{Fr, G1Affine};
use ark_ff::Zero;

use super::{generator, msm_parallel};

/// A sum of terms `scalar·point` that is zero if everything put into it holds.
///
/// Each equation enters with a random weight of its own, so a sum of many is zero only if each is, except with
/// probability 2^-128. Terms on fixed points (the generators of the commitments, the generator of G1) are added up by
/// position and cost one multiplication for a whole batch.
pub(crate) struct GroupSum {
    /// Scalar of the generator of G1.
    pub(crate) generator: Fr,
    /// Scalars of the fixed points, in the order of the slice given to [`GroupSum::vanishes`].
    pub(crate) fixed: Vec<Fr>,
    points: Vec<G1Affine>,
    scalars: Vec<Fr>,
}

impl GroupSum {
    /// An empty sum over `fixed` fixed points.
    pub(crate) fn new(fixed: usize) -> Self {
        Self {
            generator: Fr::zero(),
            fixed: vec![Fr::zero(); fixed],
            points: Vec::new(),
            scalars: Vec::new(),
        }
    }

    /// Adds `scalar·point`.
    pub(crate) fn add(&mut self, scalar: Fr, point: G1Affine) {
        self.points.push(point);
        self.scalars.push(scalar);
    }

    /// Adds another sum over the same fixed points.
    pub(crate) fn merge(mut self, mut other: Self) -> Self {
        debug_assert_eq!(self.fixed.len(), other.fixed.len());
        self.generator += other.generator;
        self.fixed.iter_mut().zip(&other.fixed).for_each(|(mine, theirs)| *mine += theirs);
        self.points.append(&mut other.points);
        self.scalars.append(&mut other.scalars);
        self
    }

    /// Whether the sum is the identity.
    pub(crate) fn vanishes(mut self, fixed: &[G1Affine]) -> bool {
        debug_assert_eq!(self.fixed.len(), fixed.len());
        self.points.extend_from_slice(fixed);
        self.scalars.append(&mut self.fixed);
        self.add(self.generator, generator());
        msm_parallel(&self.points, &self.scalars).is_zero()
    }
}
