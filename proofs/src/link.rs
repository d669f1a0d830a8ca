//! The link: the encrypted shares are those of the committed polynomials.
//!
//! ```text
//! y·G1 = D0 + sum_{l>=1} e^l (c_l·G1 - sum_k i^k A[j][k]),        l = (j - first) n + i
//! ```
//!
//! The proof shows that `y = p0 + sum e^l p_l` for the pads that `R` fixes. If one ciphertext did not decrypt to its committed share,
//! the two sides would be different polynomials in `e`, fixed before `e` was drawn. The numbering starts at 1: the
//! power `e^0` belongs to the blinder alone.

use std::ops::Range;

use ark_bls12_381::Fr;
use ark_ff::Zero;

use crate::{
    dealing::{Chunk, Dealing},
    group::GroupSum,
};

/// Adds `weight` times the equation of one chunk to `sum`.
pub(crate) fn add(
    dealing: &Dealing,
    chunk: &Chunk,
    validators: Range<usize>,
    challenge: Fr,
    weight: Fr,
    sum: &mut GroupSum,
) {
    sum.generator += weight * chunk.masked_sum;
    sum.add(-weight, chunk.blinder);
    let mut power = weight;
    for validator in validators {
        let commitments = dealing.commitments_of(validator);
        let mut scalars = vec![Fr::zero(); commitments.len()];
        for (index, ciphertext) in (1_u64..).zip(dealing.ciphertexts_of(validator)) {
            power *= challenge;
            sum.generator -= power * ciphertext;
            let mut term = power;
            for scalar in &mut scalars {
                *scalar += term;
                term *= Fr::from(index);
            }
        }
        scalars.into_iter().zip(commitments).for_each(|(scalar, point)| sum.add(scalar, *point));
    }
}
