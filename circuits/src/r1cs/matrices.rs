//! The matrices of a constraint system, in compressed rows.

use ark_bls12_381::Fr;
use ark_ff::{BigInteger, One, PrimeField, Zero};

use super::{LinearCombination, Variable};
use crate::hash::TaggedHash;

/// The column of a variable: private variables count from 0 on their side; on the public side column 0 is the
/// constant one and public input `i` is column `i + 1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column(u32);

impl Column {
    /// Marks the public side.
    const PUBLIC: u32 = 1 << 31;

    /// The index among the private variables, if it is one.
    #[inline]
    #[must_use]
    pub fn private(self) -> Option<usize> {
        (self.0 & Self::PUBLIC == 0).then_some(self.0 as usize)
    }

    /// The index among (1, public inputs), if it is one of them.
    #[inline]
    #[must_use]
    pub fn public(self) -> Option<usize> {
        (self.0 & Self::PUBLIC != 0).then_some((self.0 & !Self::PUBLIC) as usize)
    }
}

impl From<Variable> for Column {
    fn from(variable: Variable) -> Self {
        match variable {
            Variable::One => Self(Self::PUBLIC),
            Variable::Public(index) => Self(Self::PUBLIC | (index + 1)),
            Variable::Private(index) => Self(index),
        }
    }
}

/// A matrix in compressed rows: row `k` is entries `row_ptr[k] .. row_ptr[k + 1]`.
#[derive(Clone, Debug)]
pub struct SparseMatrix {
    row_ptr: Vec<u32>,
    columns: Vec<Column>,
    values: Vec<Fr>,
}

impl Default for SparseMatrix {
    fn default() -> Self {
        Self { row_ptr: vec![0], columns: Vec::new(), values: Vec::new() }
    }
}

impl SparseMatrix {
    /// Appends a row.
    pub(super) fn push(&mut self, row: &LinearCombination) {
        for &(variable, coefficient) in row.terms() {
            self.columns.push(variable.into());
            self.values.push(coefficient);
        }
        self.row_ptr.push(self.columns.len() as u32);
    }

    /// Number of entries.
    #[must_use]
    pub fn entries(&self) -> usize {
        self.values.len()
    }

    /// The rows in order, each as columns and values of equal length.
    pub fn rows(&self) -> impl Iterator<Item = (&[Column], &[Fr])> {
        self.row_ptr.windows(2).map(|bounds| {
            let entries = bounds[0] as usize..bounds[1] as usize;
            (&self.columns[entries.clone()], &self.values[entries])
        })
    }

    /// `M z` for `z` = (`private`, `public`); `public` starts with the constant one. One value for each row.
    ///
    /// # Panics
    ///
    /// If either side is shorter than the matrix is wide; so does [`add_transposed`](Self::add_transposed).
    #[must_use]
    pub fn multiply(&self, private: &[Fr], public: &[Fr]) -> Vec<Fr> {
        self.rows().map(|(columns, values)| dot(columns, values, private, public)).collect()
    }

    /// Adds `factor * Mᵀ weights` to the two sides of a vector of columns. `public` starts with the constant one.
    pub fn add_transposed(&self, factor: Fr, weights: &[Fr], private: &mut [Fr], public: &mut [Fr]) {
        for ((columns, values), weight) in self.rows().zip(weights) {
            let weight = factor * weight;
            for (column, value) in columns.iter().zip(values) {
                match column.private() {
                    Some(index) => private[index] += weight * value,
                    None => public[(column.0 & !Column::PUBLIC) as usize] += weight * value,
                }
            }
        }
    }

    fn absorb_into(&self, hash: TaggedHash) -> TaggedHash {
        let mut bytes = Vec::new();
        self.rows().fold(hash.number(self.entries() as u64), |hash, (columns, values)| {
            bytes.clear();
            for (column, value) in columns.iter().zip(values) {
                bytes.extend_from_slice(&column.0.to_be_bytes());
                bytes.extend_from_slice(&value.into_bigint().to_bytes_be());
            }
            hash.bytes(&bytes)
        })
    }
}

fn dot(columns: &[Column], values: &[Fr], private: &[Fr], public: &[Fr]) -> Fr {
    let mut sum = Fr::zero();
    for (column, value) in columns.iter().zip(values) {
        let variable = match column.private() {
            Some(index) => private[index],
            None => public[(column.0 & !Column::PUBLIC) as usize],
        };
        sum += variable * value;
    }
    sum
}

/// A constraint system: `A z ∘ B z = C z`.
#[derive(Clone, Debug, Default)]
pub struct Matrices {
    /// The left factors.
    pub a: SparseMatrix,
    /// The right factors.
    pub b: SparseMatrix,
    /// The products.
    pub c: SparseMatrix,
    /// Number of private variables.
    pub private: usize,
    /// Number of public inputs, without the constant one.
    pub public: usize,
    /// Number of rows.
    pub constraints: usize,
}

impl Matrices {
    /// Number of entries of the three matrices.
    #[must_use]
    pub fn entries(&self) -> usize {
        self.a.entries() + self.b.entries() + self.c.entries()
    }

    /// `H("r1cs"; private, public, rows, A, B, C)`, a matrix being its number of entries, then one part for each
    /// row: the column (4 bytes, the highest bit set on the public side) and the value (32 bytes) of each entry, big-endian.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        let dimensions = [self.private, self.public, self.constraints];
        let hash = dimensions.iter().fold(TaggedHash::new("r1cs"), |hash, &size| hash.number(size as u64));
        [&self.a, &self.b, &self.c].iter().fold(hash, |hash, matrix| matrix.absorb_into(hash)).digest()
    }

    /// Checks every row. `public` is without the constant one.
    ///
    /// # Errors
    ///
    /// The first row that does not hold; row 0 if a length is wrong.
    pub fn is_satisfied(&self, private: &[Fr], public: &[Fr]) -> Result<(), usize> {
        self.failing_rows(private, public).next().map_or(Ok(()), Err)
    }

    /// All rows that do not hold; every row if a length is wrong. `public` is without the constant one.
    pub fn failing_rows(&self, private: &[Fr], public: &[Fr]) -> impl Iterator<Item = usize> {
        let fits = private.len() == self.private && public.len() == self.public;
        let public: Vec<Fr> = std::iter::once(Fr::one()).chain(public.iter().copied()).collect();
        let rows = self.a.rows().zip(self.b.rows()).zip(self.c.rows()).enumerate();
        rows.filter_map(move |(row, ((a, b), c))| {
            let value = |(columns, values)| dot(columns, values, private, &public);
            (!fits || value(a) * value(b) != value(c)).then_some(row)
        })
    }
}

#[cfg(test)]
mod tests {
    use ark_ff::UniformRand;
    use ark_std::test_rng;

    use super::*;
    use crate::r1cs::{Builder, Linear, Synthesizer};

    /// `(x + 2 y + 3) x = p`, and `x` is a bit.
    fn small(factor: u64) -> Matrices {
        let mut builder = Builder::new(2);
        let (y, product) = (builder.public(0), builder.public(1));
        let x = builder.bit();
        let sum = x.clone().plus(&y.times(Fr::from(factor))).plus_constant(Fr::from(3u64));
        builder.enforce(&sum, &x, &product);
        builder.finish().0
    }

    fn values(list: &[u64]) -> Vec<Fr> {
        list.iter().map(|&x| Fr::from(x)).collect()
    }

    #[test]
    fn rows_hold_or_are_named() {
        let matrices = small(2);
        let satisfied = |x: u64, y: u64, p: u64| matrices.is_satisfied(&values(&[x]), &values(&[y, p]));
        assert_eq!(satisfied(1, 5, 14), Ok(()));
        assert_eq!(satisfied(0, 5, 0), Ok(()));
        assert_eq!(satisfied(1, 5, 15), Err(1));
        assert_eq!(satisfied(2, 5, 30), Err(0));
    }

    #[test]
    fn a_wrong_number_of_variables_satisfies_nothing() {
        let matrices = small(2);
        assert_eq!(matrices.is_satisfied(&values(&[1, 1]), &values(&[5, 14])), Err(0));
        assert_eq!(matrices.is_satisfied(&[], &values(&[5, 14])), Err(0));
        assert_eq!(matrices.is_satisfied(&values(&[1]), &values(&[5])), Err(0));
    }

    #[test]
    fn the_transpose_is_the_adjoint() {
        let rng = &mut test_rng();
        let mut random = |len: usize| (0..len).map(|_| Fr::rand(rng)).collect::<Vec<_>>();
        let (private, public, weights, factor) = (random(1), random(3), random(2), random(1)[0]);
        let inner = |x: &[Fr], y: &[Fr]| x.iter().zip(y).map(|(x, y)| *x * y).sum::<Fr>();
        let matrix = small(2).a;
        let (mut private_side, mut public_side) = (values(&[0]), values(&[0, 0, 0]));
        matrix.add_transposed(factor, &weights, &mut private_side, &mut public_side);
        let expected = factor * inner(&weights, &matrix.multiply(&private, &public));
        assert_eq!(inner(&private_side, &private) + inner(&public_side, &public), expected);
    }

    #[test]
    fn the_digest_covers_values_columns_and_dimensions() {
        let digest = small(2).digest();
        assert_eq!(digest, small(2).digest());
        assert_ne!(digest, small(3).digest());

        let mut public = small(2);
        public.public += 1;
        assert_ne!(digest, public.digest());

        let mut exchanged = small(2);
        std::mem::swap(&mut exchanged.a, &mut exchanged.b);
        assert_ne!(digest, exchanged.digest());

        let mut column = small(2);
        column.c.columns[1] = Variable::Public(0).into();
        assert_ne!(digest, column.digest());

        // The same entries in other rows.
        let mut moved = small(2);
        moved.a.row_ptr[1] += 1;
        assert_ne!(digest, moved.digest());
    }
}
