//! The circuit that a key is for, as a quadratic arithmetic program.
//!
//! The domain has a place for each row, then one for the constant one and each public input, where `a_j` alone is one: so the
//! `a_j` of the public inputs are independent. `a_j(w^i)` is the entry of row `i` in column `j` of matrix `A`, and so with `b` and
//! `c`; column 0 is the constant one, then come public inputs, then private variables.

use ark_bls12_381::Fr;
use ark_ff::{One, Zero};
use ark_poly::{EvaluationDomain, Radix2EvaluationDomain};
use coram_circuits::{
    r1cs::{Matrices, SparseMatrix},
    share_encryption::ShapeCircuit,
};

use super::{SetupError, Shape, shape::domain_log};

/// A circuit.
#[derive(Clone, Copy)]
pub(super) struct Relation<'a> {
    pub(super) shape: Shape,
    pub(super) digest: [u8; 32],
    pub(super) matrices: &'a Matrices,
}

impl<'a> Relation<'a> {
    pub(super) fn new(circuit: &'a ShapeCircuit) -> Result<Self, SetupError> {
        let (recipients, validators) = (circuit.recipients() as u16, circuit.outputs() as u32);
        let shape = Shape::new(recipients, validators)?;
        Ok(Self { shape, digest: circuit.digest(), matrices: circuit.matrices() })
    }

    /// Binary logarithm of the size of the domain.
    pub(super) fn domain_log(&self) -> u8 {
        domain_log(self.matrices.constraints + self.public())
    }

    /// Columns of the constant one and the public inputs.
    pub(super) fn public(&self) -> usize {
        self.matrices.public + 1
    }

    /// Columns.
    pub(super) fn variables(&self) -> usize {
        self.public() + self.matrices.private
    }

    /// Entries of `a`, by column: places in the domain with values.
    pub(super) fn columns_of_a(&self) -> Vec<Vec<(usize, Fr)>> {
        let mut columns = self.columns(&self.matrices.a);
        for (input, column) in columns.iter_mut().take(self.public()).enumerate() {
            column.push((self.matrices.constraints + input, Fr::one()));
        }
        columns
    }

    /// Entries of a matrix, by column.
    pub(super) fn columns(&self, matrix: &SparseMatrix) -> Vec<Vec<(usize, Fr)>> {
        let mut columns = vec![Vec::new(); self.variables()];
        for (row, (entries, values)) in matrix.rows().enumerate() {
            for (column, value) in entries.iter().zip(values) {
                let place = column.public().or_else(|| Some(column.private()? + self.public()));
                if let Some(column) = place.and_then(|place| columns.get_mut(place)) {
                    column.push((row, *value));
                }
            }
        }
        columns
    }

    /// Coefficients of `sum weight_j a_j(X)`.
    pub(super) fn combination_of_a(&self, weights: &[Fr]) -> Vec<Fr> {
        let mut values = self.evaluations(&self.matrices.a, weights);
        values.extend_from_slice(&weights[..self.public()]);
        self.coefficients(values)
    }

    /// Coefficients of `sum weight_j m_j(X)` for the polynomials of a matrix.
    pub(super) fn combination(&self, matrix: &SparseMatrix, weights: &[Fr]) -> Vec<Fr> {
        self.coefficients(self.evaluations(matrix, weights))
    }

    fn evaluations(&self, matrix: &SparseMatrix, weights: &[Fr]) -> Vec<Fr> {
        let (public, private) = weights.split_at(self.public());
        matrix.multiply(private, public)
    }

    fn coefficients(&self, mut values: Vec<Fr>) -> Vec<Fr> {
        values.resize(1 << self.domain_log(), Fr::zero());
        let Some(domain) = Radix2EvaluationDomain::<Fr>::new(values.len()) else {
            unreachable!("domains are smaller than the field has roots of unity")
        };
        domain.ifft_in_place(&mut values);
        values
    }
}
