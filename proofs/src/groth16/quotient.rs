//! The quotient `h = (a b - c) / Z` of the quadratic arithmetic program, as arkworks and libsnark define it.
//!
//! Row `k` of the constraint system is the point `omega^k` of a domain of size `N`, the next power of two from the number of rows and
//! public inputs. After the rows come one for the constant one and one for each public input, with `a = z_j` and `b = c = 0`: without them,
//! inputs that occur in no row's left factor would not be bound.

use ark_bls12_381::Fr;
use ark_ff::{FftField, Field, Zero};
use ark_poly::{EvaluationDomain, Radix2EvaluationDomain};
use coram_circuits::r1cs::{Matrices, SparseMatrix};
use zeroize::Zeroizing;

use crate::parallel;

/// The domain of a constraint system.
pub(crate) fn domain(matrices: &Matrices) -> Option<Radix2EvaluationDomain<Fr>> {
    Radix2EvaluationDomain::new(matrices.constraints + 1 + matrices.public)
}

/// The `N` coefficients of `h`; `public` starts with the constant one. The highest is zero if the system is satisfied. `None` if there
/// is no domain of that size.
pub(super) fn quotient(matrices: &Matrices, public: &[Fr], private: &[Fr]) -> Option<Zeroizing<Vec<Fr>>> {
    let domain = domain(matrices)?;
    let coset = domain.get_coset(Fr::GENERATOR)?;
    let on_coset = |matrix: &SparseMatrix, inputs: &[Fr]| {
        let mut values = evaluations(matrix, (public, private), inputs, domain.size());
        domain.ifft_in_place(&mut *values);
        coset.fft_in_place(&mut *values);
        values
    };
    let (mut a, (b, c)) = parallel::join(
        || on_coset(&matrices.a, public),
        || (on_coset(&matrices.b, &[]), on_coset(&matrices.c, &[])),
    );
    // Z is the constant g^N - 1 on the coset, which is not zero since the coset does not meet the domain.
    let inverse = domain.evaluate_vanishing_polynomial(Fr::GENERATOR).inverse().unwrap_or(Fr::zero());
    for ((a, b), c) in a.iter_mut().zip(b.iter()).zip(c.iter()) {
        *a = (*a * b - c) * inverse;
    }
    coset.ifft_in_place(&mut a);
    Some(a)
}

/// The product of a matrix with all variables, then `more`, then zeros, `size` in all. A list that grows would leave copies of
/// the witness behind.
fn evaluations(
    matrix: &SparseMatrix,
    (public, private): (&[Fr], &[Fr]),
    more: &[Fr],
    size: usize,
) -> Zeroizing<Vec<Fr>> {
    let product = Zeroizing::new(matrix.multiply(private, public));
    let mut values = Zeroizing::new(Vec::with_capacity(size));
    values.extend_from_slice(&product);
    values.extend_from_slice(more);
    values.resize(size, Fr::zero());
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evaluations_stand_in_one_place() {
        let (none, inputs) = (SparseMatrix::default(), [Fr::from(1u64), Fr::from(7u64)]);
        let values = evaluations(&none, (&inputs, &[]), &inputs, 8);
        assert_eq!((&values[..2], values.len(), values.capacity()), (&inputs[..], 8, 8));
    }
}
