//! Products of pairings through arkworks.

use ark_bls12_381::{Bls12_381, G1Affine, G2Affine};
use ark_ec::pairing::Pairing;
use ark_ff::Zero;

/// Whether `prod e(P, Q)` is one.
pub(in super::super) fn product_is_one(pairs: &[(G1Affine, G2Affine)]) -> bool {
    let (firsts, seconds): (Vec<G1Affine>, Vec<G2Affine>) = pairs.iter().copied().unzip();
    // The target group is written additively.
    Bls12_381::multi_pairing(firsts, seconds).is_zero()
}
