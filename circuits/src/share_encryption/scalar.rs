//! The ephemeral scalar: 62 signed odd digits in base 16.
//!
//! ```text
//! s = sum_{w=0..61} d[w] 16^w,     d[w] in {±1, ±3, …, ±15},     d[61] in {9, 11, 13, 15}
//! ```
//!
//! With `d[w] = 2 x[w] - 15` the `x[w]` are ordinary hexadecimal digits, `0..=15`, and `s = 2 X - (16^62 - 1)` for the number `X` that
//! they write. So different digits give different `s`; the top digit means `X >= 12 * 16^61`, hence `2^247 < s < 2^248`, and `s` takes
//! `2^246` values. `2^248` is less than half the order of Jubjub's subgroup, so `s*B` fixes `s`.

use std::fmt;

use ::jubjub::{AffinePoint, ExtendedPoint};
use ark_ed_on_bls12_381::Fr as JubjubScalar;
use ark_ff::PrimeField;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::window::BITS;
use crate::jubjub::{Point, base};

/// Number of digits.
pub const WINDOWS: usize = 62;

/// The ephemeral scalar `s` of one dealing.
///
/// # Security
///
/// Whoever has it can decrypt every share of the dealing. It is used once and erased.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct EphemeralScalar {
    /// `d[0]` first.
    digits: [i8; WINDOWS],
}

impl EphemeralScalar {
    /// The scalar of 32 uniform bytes, uniform among all `2^246`. Digit `w` is the low (`w` even) or high half of byte `w/2`:
    /// three bits give the magnitude `1 + 2 (b0 + 2 b1 + 4 b2)`, the highest bit the sign. In the top digit the sign is
    /// cleared and `b2` is set. The last byte is not used.
    #[must_use]
    pub fn from_uniform_bytes(bytes: &[u8; 32]) -> Self {
        let mut digits = [0; WINDOWS];
        for (window, digit) in digits.iter_mut().enumerate() {
            let half = bytes[window / 2] >> (4 * (window % 2));
            let magnitude = 1 + 2 * (half & 7) as i8;
            *digit = magnitude - 2 * magnitude * (half >> 3 & 1) as i8;
        }
        let top = &mut digits[WINDOWS - 1];
        *top = 1 + 2 * (4 | (bytes[WINDOWS / 2 - 1] >> 4 & 3)) as i8;
        Self { digits }
    }

    /// The digits, lowest first.
    #[must_use]
    pub fn digits(&self) -> &[i8; WINDOWS] {
        &self.digits
    }

    /// `R = s*B`, in constant time.
    #[must_use]
    #[expect(clippy::expect_used, reason = "0 < s < order, so the product has the order of B")]
    pub fn ephemeral_key(&self) -> Point {
        let product = ExtendedPoint::from(base().to_jubjub()) * self.to_jubjub();
        Point::try_from(AffinePoint::from(product)).expect("a point of prime order")
    }

    /// `s` in the scalar field of the crate `jubjub`.
    #[must_use]
    pub fn to_jubjub(&self) -> ::jubjub::Fr {
        let sixteen = ::jubjub::Fr::from(16u64);
        self.digits.iter().rev().fold(::jubjub::Fr::zero(), |sum, &digit| {
            // 16 is added and taken away, so that the sign is not branched on.
            sum * sixteen + ::jubjub::Fr::from((digit + 16) as u64) - sixteen
        })
    }

    /// `s` in arkworks' scalar field of Jubjub.
    #[must_use]
    pub(super) fn to_arkworks(&self) -> JubjubScalar {
        let bytes = Zeroizing::new(self.to_jubjub().to_bytes());
        JubjubScalar::from_le_bytes_mod_order(bytes.as_slice())
    }

    /// Whether the digits are of the form that E1 demands.
    pub(super) fn is_well_formed(&self) -> bool {
        let odd = self.digits.iter().all(|digit| digit % 2 != 0 && (-15..=15).contains(digit));
        odd && self.digits[WINDOWS - 1] >= 9
    }

    /// The bits of the digits, lowest digit first: three of the magnitude, lowest first, and the sign.
    pub(super) fn bits(&self) -> Zeroizing<Vec<bool>> {
        let mut bits = Zeroizing::new(Vec::with_capacity(BITS * WINDOWS));
        for digit in &self.digits {
            let index = (digit.unsigned_abs() - 1) / 2;
            bits.extend((0..3).map(|k| index >> k & 1 == 1));
            bits.push(*digit < 0);
        }
        bits
    }

    /// Whether `ε[k]` is 1, for `s = sum ε[k] 2^k`, lowest first.
    pub(super) fn signed_bits(&self) -> Zeroizing<Vec<bool>> {
        let mut signed = self.bits();
        for bits in signed.chunks_exact_mut(BITS) {
            // The highest of a digit is its sign; the others are bits of the magnitude, times the sign.
            let negative = bits[BITS - 1];
            bits.iter_mut().for_each(|bit| *bit ^= negative);
            bits[BITS - 1] = !negative;
        }
        signed
    }

    #[cfg(test)]
    pub(super) fn from_digits(digits: [i8; WINDOWS]) -> Self {
        Self { digits }
    }
}

impl fmt::Debug for EphemeralScalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EphemeralScalar(..)")
    }
}
