//! The bases of the commitments.

use ark_bls12_381::{G1Affine, G1Projective};

use super::dimensions::Dimensions;
use crate::group;

/// Points of G1 between which nobody knows a linear relation: each is hashed to the curve from a label of its own.
///
/// | letter | points  | carries                                      |
/// |--------|---------|----------------------------------------------|
/// | `U`    | 1       | values                                       |
/// | `H`    | 1       | blindings                                    |
/// | `G`    | columns | a row of the private assignment              |
/// | `P`    | slots   | coefficients of the sumchecks' polynomials   |
///
/// They stand in one list in that order: `U, H, G_0, …, P_0, …`.
pub(super) struct Generators {
    points: Vec<G1Affine>,
    columns: usize,
}

/// Fixed points that precede `G`.
const BEFORE_COLUMNS: usize = 2;

impl Generators {
    /// Derives the generators for a layout. The first ones are the same for every layout.
    pub(super) fn derive(dimensions: Dimensions) -> Self {
        let mut points = vec![hash(b"value", 0), hash(b"blinding", 0)];
        points.extend(hash_all(b"column", dimensions.columns()));
        points.extend(hash_all(b"slot", dimensions.slots()));
        Self { points: group::normalize(&points), columns: dimensions.columns() }
    }

    /// All points, in the order of [`FixedScalars`].
    pub(super) fn all(&self) -> &[G1Affine] {
        &self.points
    }

    /// `U`.
    pub(super) fn value(&self) -> &G1Affine {
        &self.points[0]
    }

    /// `H`.
    pub(super) fn blinding(&self) -> &G1Affine {
        &self.points[1]
    }

    /// `G_0, …`.
    pub(super) fn columns(&self) -> &[G1Affine] {
        &self.points[BEFORE_COLUMNS..BEFORE_COLUMNS + self.columns]
    }

    /// `P_0, …`.
    pub(super) fn slots(&self) -> &[G1Affine] {
        &self.points[BEFORE_COLUMNS + self.columns..]
    }
}

/// The scalars of the generators in a sum, by letter.
pub(super) struct FixedScalars<'a> {
    pub(super) value: &'a mut ark_bls12_381::Fr,
    pub(super) blinding: &'a mut ark_bls12_381::Fr,
    pub(super) columns: &'a mut [ark_bls12_381::Fr],
    pub(super) slots: &'a mut [ark_bls12_381::Fr],
}

impl<'a> FixedScalars<'a> {
    /// Splits the scalars of [`Generators::all`]. `None` if there are too few.
    pub(super) fn split(scalars: &'a mut [ark_bls12_381::Fr], columns: usize) -> Option<Self> {
        let [value, blinding, rest @ ..] = scalars else { return None };
        let (columns, slots) = rest.split_at_mut_checked(columns)?;
        Some(Self { value, blinding, columns, slots })
    }
}

fn hash(purpose: &[u8], index: u32) -> G1Projective {
    group::hash_to_curve(&[b"coram/v1 transparent ".as_slice(), purpose].concat(), index)
}

fn hash_all(purpose: &[u8], count: usize) -> Vec<G1Projective> {
    crate::parallel::map(count, |index| hash(purpose, index as u32))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const SMALL: Dimensions = Dimensions { constraint_bits: 4, row_bits: 2, column_bits: 5 };

    #[test]
    fn no_two_generators_are_equal() {
        let generators = Generators::derive(SMALL);
        let distinct: BTreeSet<_> = generators.all().iter().map(group::encode).collect();
        assert_eq!(distinct.len(), generators.all().len());
        assert!(!distinct.contains(&group::encode(&group::generator())));
    }

    #[test]
    fn a_larger_layout_extends_a_smaller_one() {
        let small = Generators::derive(SMALL);
        let large = Generators::derive(Dimensions { column_bits: 6, ..SMALL });
        assert_eq!(small.columns(), &large.columns()[..small.columns().len()]);
        assert_eq!(small.slots(), &large.slots()[..small.slots().len()]);
    }
}
