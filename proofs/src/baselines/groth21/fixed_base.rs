//! Multiples of a point that is multiplied many times.

use ark_bls12_381::{Fr, G1Affine, G1Projective};
use ark_ff::{AdditiveGroup, PrimeField, Zero};

use crate::group;

/// Bits of a scalar.
const SCALAR_BITS: usize = 255;

/// Tables of `d 2^(w i)·P` for windows `i` of `w` bits and digits `1 <= d <= 2^(w-1)`; a multiplication takes one addition for each
/// window and no doubling. In variable time: whoever measures a scheme with it measures it at its best.
#[derive(Debug)]
pub(super) struct FixedBase {
    window: usize,
    multiples: Vec<Vec<G1Affine>>,
}

impl FixedBase {
    /// Tables for windows of `window` bits.
    pub(super) fn new(point: &G1Affine, window: usize) -> Self {
        let windows = SCALAR_BITS / window + 1;
        let mut base = G1Projective::from(*point);
        let shifted = |_| {
            let shifted = base;
            (0..window).for_each(|_| {
                base.double_in_place();
            });
            shifted
        };
        let bases: Vec<_> = (0..windows).map(shifted).collect();
        let bases = group::normalize(&bases);
        let half = 1 << (window - 1);
        let sums = bases.iter().flat_map(|base| {
            let mut sum = G1Projective::zero();
            (0..half).map(move |_| {
                sum += base;
                sum
            })
        });
        let sums: Vec<_> = sums.collect();
        let multiples = group::normalize(&sums).chunks(half).map(<[_]>::to_vec).collect();
        Self { window, multiples }
    }

    /// `scalar·P`.
    pub(super) fn multiply(&self, scalar: &Fr) -> G1Projective {
        let limbs = scalar.into_bigint().0;
        let (mut sum, mut carry) = (G1Projective::zero(), 0);
        for (index, multiples) in self.multiples.iter().enumerate() {
            let digit = bits(&limbs, index * self.window, self.window) + carry;
            carry = usize::from(digit > multiples.len());
            // Digits of more than half a window are negative, and carry one to the next.
            let magnitude = if carry == 1 { (1 << self.window) - digit } else { digit };
            if let Some(multiple) = magnitude.checked_sub(1).and_then(|position| multiples.get(position)) {
                if carry == 1 { sum -= multiple } else { sum += multiple }
            }
        }
        sum
    }
}

/// `count` bits of a number from position `start` on.
fn bits(limbs: &[u64; 4], start: usize, count: usize) -> usize {
    let (limb, shift) = (start / 64, start % 64);
    let low = limbs.get(limb).map_or(0, |limb| limb >> shift);
    let high = limbs.get(limb + 1).map_or(0, |limb| limb.checked_shl(64 - shift as u32).unwrap_or(0));
    ((low | high) & ((1 << count) - 1)) as usize
}

#[cfg(test)]
mod tests {
    use ark_ff::{One, UniformRand};
    use ark_std::test_rng;

    use super::*;

    #[test]
    fn products_are_those_of_any_multiplication() {
        let mut rng = test_rng();
        let point = group::normalize(&[G1Projective::rand(&mut rng)])[0];
        for window in [5, 6, 8] {
            let table = FixedBase::new(&point, window);
            let edges = [Fr::zero(), Fr::one(), -Fr::one(), Fr::from(128), Fr::from(u64::MAX)];
            for scalar in edges.into_iter().chain((0..20).map(|_| Fr::rand(&mut rng))) {
                assert_eq!(table.multiply(&scalar), point * scalar, "{window} bits, {scalar}");
            }
        }
    }
}
