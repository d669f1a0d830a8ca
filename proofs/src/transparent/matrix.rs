//! The matrices of the constraint system as multilinear polynomials.
//!
//! The full assignment is `z = (w, 0 … || 1, public, 0 …)`, two halves of equal length: the first coordinate of a point of the
//! second sumcheck chooses between the private and the public half.

use ark_bls12_381::Fr;
use ark_ff::{AdditiveGroup, Field, One};
use coram_circuits::r1cs::SparseMatrix;

use super::{
    Setup,
    closing::SumcheckPoint,
    multilinear::{eq_table, inner_product},
};
use crate::parallel;

/// `(1, public)`.
fn with_one(public: &[Fr]) -> Vec<Fr> {
    std::iter::once(Fr::one()).chain(public.iter().copied()).collect()
}

/// `A z, B z, C z`, padded with zeros to a power of two.
pub(super) fn multiply(setup: &Setup, private: &[Fr], public: &[Fr]) -> [Vec<Fr>; 3] {
    let public = with_one(public);
    matrices(setup).map(|matrix| {
        let mut product = matrix.multiply(private, &public);
        product.resize(1 << setup.dimensions.constraint_bits, Fr::ZERO);
        product
    })
}

/// `z`.
pub(super) fn assignment(setup: &Setup, private: &[Fr], public: &[Fr]) -> Vec<Fr> {
    let half = 1 << setup.dimensions.private_bits();
    let mut assignment = private.to_vec();
    assignment.resize(half, Fr::ZERO);
    assignment.extend(with_one(public));
    assignment.resize(2 * half, Fr::ZERO);
    assignment
}

/// `sum_x rows(x) (r_A A + r_B B + r_C C)(x, ·)` as a table over the columns of `z`.
pub(super) fn fold_rows(setup: &Setup, rows: &[Fr], weights: &[Fr; 3]) -> Vec<Fr> {
    let half = 1 << setup.dimensions.private_bits();
    let mut folded = vec![Fr::ZERO; 2 * half];
    let (private, public) = folded.split_at_mut(half);
    for (matrix, weight) in matrices(setup).into_iter().zip(weights) {
        matrix.add_transposed(*weight, rows, private, public);
    }
    folded
}

/// `K = (r_A A~ + r_B B~ + r_C C~)(r_x, r_y)`, one multiplication for each entry of the matrices.
pub(super) fn evaluate(setup: &Setup, point: &SumcheckPoint) -> Fr {
    let Some((public_half, private_point)) = point.assignment_challenges.split_first() else {
        return Fr::ZERO;
    };
    let rows = eq_table(&point.constraint_challenges, Fr::ONE);
    let columns = eq_table(private_point, Fr::ONE);
    // The table of `eq` starts alike in both halves, but for the factor of the first coordinate.
    let private: Vec<Fr> = columns.iter().map(|value| *value * (Fr::ONE - public_half)).collect();
    let public: Vec<Fr> =
        columns.iter().take(setup.matrices.public + 1).map(|value| *value * public_half).collect();
    let matrices = matrices(setup);
    let values = parallel::map(matrices.len(), |index| {
        inner_product(&matrices[index].multiply(&private, &public), &rows)
    });
    inner_product(&values, &point.matrix_weights)
}

/// `public~` at a point of the public half.
pub(super) fn public_value(point: &[Fr], public: &[Fr]) -> Fr {
    let eq_at = |index: usize| -> Fr {
        let bits = point.iter().rev().enumerate();
        bits.map(|(bit, value)| if index >> bit & 1 == 1 { *value } else { Fr::ONE - value }).product()
    };
    with_one(public).iter().enumerate().map(|(index, value)| *value * eq_at(index)).sum()
}

fn matrices(setup: &Setup) -> [&SparseMatrix; 3] {
    let matrices = &setup.matrices;
    [&matrices.a, &matrices.b, &matrices.c]
}
