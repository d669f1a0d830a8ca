//! The matrices of the constraint system as multilinear polynomials.
//!
//! The full assignment is `z = (w, 0 … || 1, public, 0 …)`, two halves of equal length: the first coordinate of a point of the
//! second sumcheck chooses between the private and the public half.

use ark_bls12_381::Fr;
use ark_ff::{AdditiveGroup, Field, One};
use coram_circuits::wide::WideSum;
use zeroize::Zeroizing;

use super::{
    Setup,
    closing::SumcheckPoint,
    multilinear::{eq_table, eq_table_start, inner_product},
};
use crate::parallel;

/// `(1, public)`.
fn with_one(public: &[Fr]) -> Vec<Fr> {
    std::iter::once(Fr::one()).chain(public.iter().copied()).collect()
}

/// `A z, B z, C z`, padded with zeros to a power of two.
pub(super) fn multiply(setup: &Setup, private: &[Fr], public: &[Fr]) -> [Vec<Fr>; 3] {
    let z = Zeroizing::new([private, &with_one(public)].concat());
    let values = Zeroizing::new(values_of(setup, &z));
    setup.matrices.places().map(|places| {
        let mut product = Vec::with_capacity(1 << setup.dimensions.constraint_bits);
        product.extend(places.iter().map(|place| values[*place as usize]));
        product.resize(1 << setup.dimensions.constraint_bits, Fr::ZERO);
        product
    })
}

/// The value of each place for a value of each column.
fn values_of(setup: &Setup, z: &[Fr]) -> Vec<Fr> {
    const PIECE: usize = 1024;
    let rows = setup.matrices.rows();
    let mut values = Vec::with_capacity(z.len() + rows);
    values.extend_from_slice(z);
    let pieces = parallel::map(rows.div_ceil(PIECE), |piece| {
        Zeroizing::new(setup.matrices.multiply(piece * PIECE..rows.min((piece + 1) * PIECE), z))
    });
    pieces.iter().for_each(|piece| values.extend_from_slice(piece));
    values
}

/// `z`.
pub(super) fn assignment(setup: &Setup, private: &[Fr], public: &[Fr]) -> Vec<Fr> {
    let half = 1 << setup.dimensions.private_bits();
    // Room for all of it at once, so that no copy of the secret part stays behind.
    let mut assignment = Vec::with_capacity(2 * half);
    assignment.extend_from_slice(private);
    assignment.resize(half, Fr::ZERO);
    assignment.extend(with_one(public));
    assignment.resize(2 * half, Fr::ZERO);
    assignment
}

/// `sum_x rows(x) (r_A A + r_B B + r_C C)(x, ·)` as a table over the columns of `z`.
pub(super) fn fold_rows(setup: &Setup, rows: &[Fr], weights: &[Fr; 3]) -> Vec<Fr> {
    let matrices = &setup.matrices;
    let mut by_place = vec![Fr::ZERO; matrices.first_row() + matrices.rows()];
    for (places, weight) in matrices.places().into_iter().zip(weights) {
        places.iter().zip(rows).for_each(|(place, row)| by_place[*place as usize] += *weight * row);
    }
    let mut folded = matrices.combine(&by_place);
    let public = folded.split_off(matrices.private());
    let half = 1 << setup.dimensions.private_bits();
    folded.resize(half, Fr::ZERO);
    folded.extend(public);
    folded.resize(2 * half, Fr::ZERO);
    folded
}

/// `K = (r_A A~ + r_B B~ + r_C C~)(r_x, r_y)`. The table of `eq` at `r_x` is the product of two short ones: rows are summed up in
/// blocks by the second, blocks by the first.
pub(super) fn evaluate(setup: &Setup, point: &SumcheckPoint) -> Fr {
    const BLOCK_BITS: usize = 7;
    let Some((public_half, private_point)) = point.assignment_challenges.split_first() else {
        return Fr::ZERO;
    };
    let matrices = &setup.matrices;
    // The table of `eq` starts alike in both halves, but for the factor of the first coordinate.
    let mut z = eq_table_start(private_point, Fr::ONE - public_half, matrices.private());
    z.extend(eq_table_start(private_point, *public_half, matrices.public() + 1));
    let values = values_of(setup, &z);

    let bits = point.constraint_challenges.len().saturating_sub(BLOCK_BITS);
    let (blocks, in_block) = point.constraint_challenges.split_at(bits);
    let (blocks, in_block) = (eq_table(blocks, Fr::ONE), eq_table(in_block, Fr::ONE));
    let sums = parallel::map(blocks.len(), |block| {
        let of_matrix = matrices.places().map(|places| {
            let mut sum = WideSum::default();
            let places = places.iter().skip(block * in_block.len());
            places.zip(&in_block).for_each(|(place, eq)| sum.add_product(eq, &values[*place as usize]));
            sum.reduce()
        });
        inner_product(&of_matrix, &point.matrix_weights)
    });
    inner_product(&blocks, &sums)
}

/// `public~` at a point of the public half.
pub(super) fn public_value(point: &[Fr], public: &[Fr]) -> Fr {
    let public = with_one(public);
    inner_product(&public, &eq_table_start(point, Fr::ONE, public.len()))
}
