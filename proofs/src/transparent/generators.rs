//! The bases of the commitments.

use std::{
    slice,
    sync::{Arc, Mutex, OnceLock, PoisonError, Weak},
};

use ark_bls12_381::{Fr, G1Affine, G1Projective};

use super::dimensions::Dimensions;
use crate::group::{self, FixedBases};

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
    /// For the sums of a prover, made when the first one is asked for: a verifier has no use for them.
    tables: OnceLock<FixedBases>,
}

/// The places of `U` and `H`, and of the first `G`.
const VALUE: usize = 0;
const BLINDING: usize = 1;
const BEFORE_COLUMNS: usize = 2;

impl Generators {
    /// The generators for a layout; the first ones are the same for every layout. As long as anybody uses them, others get the
    /// same: deriving them is half of what there is to do before the first dealing.
    pub(super) fn of(dimensions: Dimensions) -> Arc<Self> {
        static USED: Mutex<Vec<Weak<Generators>>> = Mutex::new(Vec::new());
        let used = || USED.lock().unwrap_or_else(PoisonError::into_inner);
        let fits = |generators: &Arc<Self>| {
            generators.columns == dimensions.columns() && generators.slots().len() == dimensions.slots()
        };
        if let Some(known) = used().iter().filter_map(Weak::upgrade).find(fits) {
            return known;
        }
        // Not under the lock: all cores derive, and one that waits may take up a task that comes here too.
        let derived = Arc::new(Self::derive(dimensions));
        let mut used = used();
        used.retain(|generators| generators.strong_count() > 0);
        used.push(Arc::downgrade(&derived));
        derived
    }

    fn derive(dimensions: Dimensions) -> Self {
        let mut points = vec![hash(b"value", 0), hash(b"blinding", 0)];
        points.extend(hash_all(b"column", dimensions.columns()));
        points.extend(hash_all(b"slot", dimensions.slots()));
        Self { points: group::normalize(&points), columns: dimensions.columns(), tables: OnceLock::new() }
    }

    /// All points, in the order of [`FixedScalars`].
    pub(super) fn all(&self) -> &[G1Affine] {
        &self.points
    }

    /// `value·U + blinding·H`.
    pub(super) fn commit_value(&self, value: &Fr, blinding: &Fr) -> G1Projective {
        self.tables().sum(&[(VALUE, &[*value]), (BLINDING, &[*blinding])])
    }

    /// `sum columns_i G_i + blinding·H`.
    pub(super) fn commit_columns(&self, columns: &[Fr], blinding: &Fr) -> G1Projective {
        self.tables().sum(&[(BEFORE_COLUMNS, columns), (BLINDING, &[*blinding])])
    }

    /// `sum slots_i P_(first + i) + blinding·H`.
    pub(super) fn commit_slots(&self, first: usize, slots: &[Fr], blinding: &Fr) -> G1Projective {
        self.tables().sum(&[(BEFORE_COLUMNS + self.columns + first, slots), (BLINDING, &[*blinding])])
    }

    /// `sum columns_i G_i + sum slots_i P_i + value·U + blinding·H`.
    pub(super) fn commit(&self, columns: &[Fr], slots: &[Fr], value: &Fr, blinding: &Fr) -> G1Projective {
        self.tables().sum(&[
            (BEFORE_COLUMNS, columns),
            (BEFORE_COLUMNS + self.columns, slots),
            (VALUE, &[*value]),
            (BLINDING, &[*blinding]),
        ])
    }

    /// `sum_b weights_b (G_c + slot_fold·P_c)`, `c = first + b·step`, over all columns; beyond the slots there is no `P_c`.
    pub(super) fn sum_columns(&self, first: usize, weights: &[Fr], slot_fold: Fr) -> G1Projective {
        let on_slots: Vec<Fr> = weights.iter().map(|weight| slot_fold * weight).collect();
        let places = || (first..self.columns).step_by(self.columns / weights.len());
        let columns = places().zip(weights).map(|(c, weight)| (BEFORE_COLUMNS + c, slice::from_ref(weight)));
        let slots = places().zip(&on_slots).take_while(|(c, _)| *c < self.slots().len());
        let slots = slots.map(|(c, weight)| (BEFORE_COLUMNS + self.columns + c, slice::from_ref(weight)));
        self.tables().sum(&columns.chain(slots).collect::<Vec<_>>())
    }

    /// Not through `get_or_init`: the tables are made on all cores, and a thread that waits for the others may take up a
    /// task that asks for the tables too.
    fn tables(&self) -> &FixedBases {
        if let Some(tables) = self.tables.get() {
            return tables;
        }
        let tables = FixedBases::new(&self.points);
        self.tables.get_or_init(|| tables)
    }

    /// `U`.
    #[cfg(test)]
    pub(super) fn value(&self) -> &G1Affine {
        &self.points[0]
    }

    /// `H`.
    #[cfg(test)]
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
    pub(super) value: &'a mut Fr,
    pub(super) blinding: &'a mut Fr,
    pub(super) columns: &'a mut [Fr],
    pub(super) slots: &'a mut [Fr],
}

impl<'a> FixedScalars<'a> {
    /// Splits the scalars of [`Generators::all`]. `None` if there are too few.
    pub(super) fn split(scalars: &'a mut [Fr], columns: usize) -> Option<Self> {
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
    fn generators_in_use_are_shared_and_are_those_that_are_derived() {
        let first = Generators::of(SMALL);
        let again = Generators::of(Dimensions { row_bits: 3, constraint_bits: 2, ..SMALL });
        let larger = Generators::of(Dimensions { column_bits: 6, ..SMALL });
        assert!(Arc::ptr_eq(&first, &Generators::of(SMALL)));
        assert!(!Arc::ptr_eq(&first, &larger) && first.slots().len() != again.slots().len());
        for (shared, dimensions) in [(first, SMALL), (larger, Dimensions { column_bits: 6, ..SMALL })] {
            assert_eq!(shared.all(), Generators::derive(dimensions).all());
        }
    }

    #[test]
    fn a_larger_layout_extends_a_smaller_one() {
        let small = Generators::derive(SMALL);
        let large = Generators::derive(Dimensions { column_bits: 6, ..SMALL });
        assert_eq!(small.columns(), &large.columns()[..small.columns().len()]);
        assert_eq!(small.slots(), &large.slots()[..small.slots().len()]);
    }
}
