//! Reduction modulo r of what is longer than an element of Fr: of sums of products, once and not for each product, and of hashes.

use ark_bls12_381::Fr;
use ark_ff::{BigInt, BigInteger, Field, PrimeField};

/// `sum a_i b_i + sum ± c_j`, before its reduction modulo r: nine limbs, so that 2^64 terms find room.
///
/// Elements are kept in Montgomery form, `x R` with `R = 2^256`, so a product stands for `x y R^2` and a single element `x R` enters as
/// `x R * R`.
#[derive(Clone, Copy, Debug, Default)]
pub struct WideSum([u64; 9]);

impl WideSum {
    /// Adds `a b`.
    #[inline(always)]
    pub fn add_product(&mut self, a: &Fr, b: &Fr) {
        let (a, b, sum) = (&a.0.0, &b.0.0, &mut self.0);
        let mut above = 0;
        for i in 0..4 {
            let mut carry = 0;
            for j in 0..4 {
                (sum[i + j], carry) = multiply_add(sum[i + j], a[i], b[j], carry);
            }
            (sum[i + 4], above) = multiply_add(sum[i + 4], 1, carry, above);
        }
        sum[8] += above;
    }

    /// Adds `a`.
    #[inline(always)]
    pub fn add(&mut self, a: &Fr) {
        let mut carry = 0;
        for (limb, a) in self.0[4..8].iter_mut().zip(&a.0.0) {
            (*limb, carry) = multiply_add(*limb, 1, *a, carry);
        }
        self.0[8] += carry;
    }

    /// The sum.
    #[must_use]
    #[inline]
    pub fn reduce(mut self) -> Fr {
        // What is above 2^512 = R^2 goes below: the loop runs twice at the most.
        while self.0[8] > 0 {
            let top = std::mem::take(&mut self.0[8]);
            let mut carry = 0;
            for (limb, factor) in self.0.iter_mut().zip(&Fr::R2.0) {
                (*limb, carry) = multiply_add(*limb, top, *factor, carry);
            }
            for limb in &mut self.0[4..] {
                (*limb, carry) = multiply_add(*limb, 1, carry, 0);
            }
        }
        // Montgomery: multiples of r make the lower half zero.
        let sum = &mut self.0;
        let mut above = 0;
        for i in 0..4 {
            let factor = sum[i].wrapping_mul(Fr::INV);
            let mut carry = 0;
            for j in 0..4 {
                (sum[i + j], carry) = multiply_add(sum[i + j], factor, Fr::MODULUS.0[j], carry);
            }
            (sum[i + 4], above) = multiply_add(sum[i + 4], 1, carry, above);
        }
        // Below 2^256 + r, which is less than 4 r.
        let mut value = BigInt([sum[4], sum[5], sum[6], sum[7]]);
        while above > 0 || value >= Fr::MODULUS {
            above -= u64::from(value.sub_with_borrow(&Fr::MODULUS));
        }
        Fr::new_unchecked(value)
    }
}

/// The residue of 64 big-endian bytes: `high 2^256 + low`.
#[must_use]
pub fn from_be_bytes(bytes: &[u8; 64]) -> Fr {
    let mut limbs = [0; 8];
    for (limb, chunk) in limbs.iter_mut().rev().zip(bytes.as_chunks::<8>().0) {
        *limb = u64::from_be_bytes(*chunk);
    }
    // As factors their halves may be above r, and count as `x / R`.
    let [a, b, c, d, high @ ..] = limbs;
    let [low, high] = [[a, b, c, d], high].map(|limbs| Fr::new_unchecked(BigInt(limbs)));
    let r = Fr::new_unchecked(Fr::R2);
    let mut sum = WideSum::default();
    sum.add_product(&low, &r);
    sum.add_product(&high, &r.square());
    sum.reduce()
}

/// `limb + a b + carry`, low and high.
#[inline(always)]
fn multiply_add(limb: u64, a: u64, b: u64, carry: u64) -> (u64, u64) {
    let sum = u128::from(limb) + u128::from(a) * u128::from(b) + u128::from(carry);
    (sum as u64, (sum >> 64) as u64)
}

#[cfg(test)]
mod tests {
    use ark_ff::{One, UniformRand, Zero};
    use ark_std::test_rng;

    use super::*;

    #[test]
    fn sums_are_those_of_the_field() {
        let mut rng = test_rng();
        let mut values: Vec<Fr> = (0..40).map(|_| Fr::rand(&mut rng)).collect();
        // The largest Montgomery form, r - 1, and others at the bounds.
        let mut limbs = Fr::MODULUS.0;
        limbs[0] -= 1;
        let largest = Fr::new_unchecked(BigInt(limbs));
        values.extend([Fr::zero(), Fr::one(), -Fr::one(), largest, -largest]);
        let (mut wide, mut expected) = (WideSum::default(), Fr::zero());
        for a in &values {
            for b in &values {
                wide.add_product(a, b);
                expected += *a * b;
                assert_eq!(wide.reduce(), expected);
            }
            wide.add(a);
            expected += a;
            assert_eq!(wide.reduce(), expected);
        }
    }

    #[test]
    fn bytes_are_read_as_arkworks_reads_them() {
        let mut bytes = [0; 64];
        for (byte, value) in bytes.iter_mut().zip(0_u8..) {
            *byte = value.wrapping_mul(37);
        }
        for bytes in [bytes, [0; 64], [u8::MAX; 64]] {
            assert_eq!(from_be_bytes(&bytes), Fr::from_be_bytes_mod_order(&bytes));
        }
    }

    #[test]
    fn a_full_accumulator_reduces() {
        let wide = WideSum([u64::MAX; 9]);
        // 2^576 - 1 = sum of (2^64 - 1) 2^(64 i), over R.
        let limb = Fr::from(u64::MAX);
        let shift = Fr::from(1u128 << 64);
        let expected = (0..9).rev().fold(Fr::zero(), |sum, _| sum * shift + limb);
        let r_squared = Fr::new_unchecked(Fr::R2);
        assert_eq!(r_squared, Fr::new(Fr::R));
        // The representative T stands for T / R^2 with R = 2^256.
        let r = Fr::new(Fr::R);
        assert_eq!(wide.reduce() * r * r, expected);
    }
}
