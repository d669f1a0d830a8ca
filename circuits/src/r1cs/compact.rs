//! The matrices of a constraint system, laid out for many multiplications.
//!
//! Nothing is known of a row but its entries, and nothing is changed: rows that are equal are kept once, a row that is one variable is
//! not kept at all, and entries 1 and -1 are kept apart from those that have to be multiplied.

use std::{collections::BTreeMap, ops::Range};

use ark_bls12_381::Fr;
use ark_ff::{One, Zero};

use super::{Column, Matrices};
use crate::wide::WideSum;

/// The three matrices. A *column* is a private variable, or behind these the constant one and the public inputs. A *place* is a
/// column, or behind these a row that is kept.
#[derive(Clone, Debug, Default)]
pub struct CompactMatrices {
    private: usize,
    public: usize,
    /// Where the entries of each kept row end: those that are 1 or -1, and the others.
    ends: Vec<[u32; 2]>,
    /// Columns of entries 1 and -1, the latter with [`NEGATIVE`].
    units: Vec<u32>,
    /// Columns and values of the others.
    columns: Vec<u32>,
    values: Vec<Fr>,
    /// The place of each row of A, B and C.
    places: [Vec<u32>; 3],
}

/// Marks an entry -1.
const NEGATIVE: u32 = 1 << 31;

impl CompactMatrices {
    /// The matrices of a constraint system.
    #[must_use]
    pub fn new(matrices: &Matrices) -> Self {
        let mut compact = Self { private: matrices.private, public: matrices.public, ..Self::default() };
        let mut known = BTreeMap::new();
        for (index, matrix) in [&matrices.a, &matrices.b, &matrices.c].into_iter().enumerate() {
            let places = matrix.rows().map(|(columns, values)| compact.place(columns, values, &mut known));
            let places = places.collect();
            compact.places[index] = places;
        }
        compact
    }

    /// The place of a row, which is kept if no equal one is. Hashes of rows only find candidates.
    fn place(&mut self, columns: &[Column], values: &[Fr], known: &mut BTreeMap<u64, u32>) -> u32 {
        if let ([column], [value]) = (columns, values)
            && value.is_one()
        {
            return self.column(*column);
        }
        let start = [self.units.len(), self.columns.len()];
        for (column, value) in columns.iter().zip(values) {
            let column = self.column(*column);
            if value.is_one() {
                self.units.push(column);
            } else if (-*value).is_one() {
                self.units.push(column | NEGATIVE);
            } else {
                self.columns.push(column);
                self.values.push(*value);
            }
        }
        let row = self.ends.len();
        self.ends.push([self.units.len() as u32, self.columns.len() as u32]);
        let place = (self.first_row() + row) as u32;
        let other = *known.entry(self.hash(row)).or_insert(place);
        if other != place && self.entries(row) == self.entries(other as usize - self.first_row()) {
            self.ends.pop();
            self.units.truncate(start[0]);
            self.columns.truncate(start[1]);
            self.values.truncate(start[1]);
            return other;
        }
        place
    }

    fn column(&self, column: Column) -> u32 {
        let behind = |index: usize| (self.private + index) as u32;
        column.private().map(|index| index as u32).or_else(|| column.public().map(behind)).unwrap_or_default()
    }

    /// The entries of a kept row.
    fn entries(&self, row: usize) -> (&[u32], &[u32], &[Fr]) {
        let [first_unit, first] = row.checked_sub(1).map_or([0, 0], |before| self.ends[before]);
        let [last_unit, last] = self.ends[row];
        let products = first as usize..last as usize;
        (
            &self.units[first_unit as usize..last_unit as usize],
            &self.columns[products.clone()],
            &self.values[products],
        )
    }

    /// A hash of a kept row (FNV-1a).
    fn hash(&self, row: usize) -> u64 {
        let (units, columns, values) = self.entries(row);
        let columns = units.iter().chain([&u32::MAX]).chain(columns).map(|column| u64::from(*column));
        let words = columns.chain(values.iter().flat_map(|value| value.0.0));
        words.fold(0xcbf2_9ce4_8422_2325, |hash, word| {
            (hash ^ word).wrapping_mul(0x0100_0000_01b3).rotate_left(29)
        })
    }

    /// Number of columns: the place of the first kept row.
    #[must_use]
    pub fn first_row(&self) -> usize {
        self.private + 1 + self.public
    }

    /// Number of private variables.
    #[must_use]
    pub fn private(&self) -> usize {
        self.private
    }

    /// Number of public inputs, without the constant one.
    #[must_use]
    pub fn public(&self) -> usize {
        self.public
    }

    /// Number of rows that are kept.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.ends.len()
    }

    /// The places of the rows of A, B and C.
    #[must_use]
    pub fn places(&self) -> [&[u32]; 3] {
        self.places.each_ref().map(Vec::as_slice)
    }

    /// The products of some of the kept rows with `z`, which has a value for each column.
    ///
    /// # Panics
    ///
    /// If there are fewer rows, or `z` is shorter.
    #[must_use]
    pub fn multiply(&self, rows: Range<usize>, z: &[Fr]) -> Vec<Fr> {
        let product = |row: usize| {
            let (units, columns, values) = self.entries(row);
            let mut sum = units.iter().fold(Fr::zero(), |sum, unit| match unit & NEGATIVE {
                0 => sum + z[*unit as usize],
                _ => sum - z[(unit & !NEGATIVE) as usize],
            });
            if !columns.is_empty() {
                let mut products = WideSum::default();
                columns
                    .iter()
                    .zip(values)
                    .for_each(|(column, value)| products.add_product(&z[*column as usize], value));
                sum += products.reduce();
            }
            sum
        };
        rows.map(product).collect()
    }

    /// The sum of all places' rows with these weights, a value for each column.
    ///
    /// # Panics
    ///
    /// If there is not a weight for each place.
    #[must_use]
    pub fn combine(&self, weights: &[Fr]) -> Vec<Fr> {
        let (columns, rows) = weights.split_at(self.first_row());
        let mut combined = columns.to_vec();
        for (row, weight) in rows.iter().enumerate() {
            let (units, columns, values) = self.entries(row);
            for unit in units {
                match unit & NEGATIVE {
                    0 => combined[*unit as usize] += weight,
                    _ => combined[(unit & !NEGATIVE) as usize] -= weight,
                }
            }
            for (column, value) in columns.iter().zip(values) {
                combined[*column as usize] += *weight * value;
            }
        }
        combined
    }
}

#[cfg(test)]
mod tests {
    use ark_ff::UniformRand;
    use ark_std::test_rng;

    use super::*;
    use crate::{
        jubjub::Point,
        share_encryption::{Circuit, EphemeralScalar},
    };

    fn circuit() -> Matrices {
        let key = |i: u8| -> Point { EphemeralScalar::from_uniform_bytes(&[i; 32]).ephemeral_key() };
        Circuit::new(&[key(1), key(2), key(3)], 2).unwrap().matrices().clone()
    }

    /// Against the matrices as they are, both ways.
    #[test]
    fn products_and_combinations_are_those_of_the_matrices() {
        let matrices = circuit();
        let compact = CompactMatrices::new(&matrices);
        let mut rng = test_rng();
        let z: Vec<Fr> = (0..compact.first_row()).map(|_| Fr::rand(&mut rng)).collect();
        let (private, public) = z.split_at(matrices.private);
        let by_place = [z.clone(), compact.multiply(0..compact.rows(), &z)].concat();
        let mut weights = vec![Fr::zero(); by_place.len()];
        let mut expected = vec![Fr::zero(); z.len()];
        for (matrix, places) in [&matrices.a, &matrices.b, &matrices.c].into_iter().zip(compact.places()) {
            let products: Vec<Fr> = places.iter().map(|place| by_place[*place as usize]).collect();
            assert_eq!(products, matrix.multiply(private, public));
            let row_weights: Vec<Fr> = places.iter().map(|_| Fr::rand(&mut rng)).collect();
            places.iter().zip(&row_weights).for_each(|(place, weight)| weights[*place as usize] += weight);
            let (private, public) = expected.split_at_mut(matrices.private);
            matrix.add_transposed(Fr::one(), &row_weights, private, public);
        }
        assert_eq!(compact.combine(&weights), expected);
    }

    #[test]
    fn equal_rows_are_kept_once() {
        let matrices = circuit();
        let compact = CompactMatrices::new(&matrices);
        assert!(compact.units.len() + compact.values.len() < matrices.entries() * 3 / 4);
        let rows: Vec<_> = (0..compact.rows()).map(|row| compact.entries(row)).collect();
        assert!(rows.iter().enumerate().all(|(index, row)| !rows[..index].contains(row)));
    }
}
