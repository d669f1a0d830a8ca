//! Secret polynomials and Feldman commitments to them.

use ark_bls12_381::{Fr, G1Affine};
use ark_ff::Zero;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::group;

/// `f(X) = a_0 + a_1 X + … + a_{t-1} X^{t-1}`, one dealer's contribution to one key.
#[derive(Zeroize, ZeroizeOnDrop)]
pub(crate) struct Polynomial(Vec<Fr>);

impl Polynomial {
    /// A polynomial from its coefficients, `a_0` first.
    pub(crate) fn new(coefficients: Vec<Fr>) -> Self {
        Self(coefficients)
    }

    /// `f(i)`.
    pub(crate) fn evaluate(&self, index: u16) -> Fr {
        self.0.iter().rev().fold(Fr::zero(), |value, coefficient| value * Fr::from(index) + coefficient)
    }

    /// `A_k = a_k·G1`, natively in constant time.
    pub(crate) fn commit(&self) -> Vec<G1Affine> {
        let points: Vec<_> = self.0.iter().map(|a| group::multiply(&group::generator(), a)).collect();
        group::normalize(&points)
    }
}

/// `sum_k i^k A_k`: the public share of `index`.
pub(crate) fn evaluate_commitments(commitments: &[G1Affine], index: u16) -> ark_bls12_381::G1Projective {
    let start = ark_bls12_381::G1Projective::zero();
    commitments
        .iter()
        .rev()
        .fold(start, |value, commitment| group::multiply_index(&value, index) + commitment)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn committed_and_secret_evaluations_agree() {
        let polynomial = Polynomial::new([3, 1, 4, 1, 5].map(Fr::from).to_vec());
        let commitments = polynomial.commit();
        for index in [1, 2, 9, 255] {
            let expected = group::multiply(&group::generator(), &polynomial.evaluate(index));
            assert_eq!(evaluate_commitments(&commitments, index), expected);
        }
    }
}
