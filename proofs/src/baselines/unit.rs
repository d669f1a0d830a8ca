//! The unit in which costs can be compared between machines.

use ark_bls12_381::Fr;
use ark_ff::Zero;
use coram_circuits::hash::TaggedHash;

use crate::group;

/// Multiplies the generator of G1 `count` times by a scalar of 255 bits, by `blst_p1_mult`: the time of one is the unit. Returns whether
/// no product is the identity, which is so.
#[must_use]
pub fn multiply_in_g1(count: usize) -> bool {
    let scalar: Fr = TaggedHash::new("measured unit").field();
    let generator = group::generator();
    (0..count).all(|_| !group::multiply(&generator, &scalar).is_zero())
}
