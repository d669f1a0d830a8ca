//! The bits of one digit of the scalar, and their products.
//!
//! ```text
//! d = (1 - 2 sign) (1 + 2 (b0 + 2 b1 + 4 b2)) = ε0 + 2 ε1 + 4 ε2 + 8 ε3
//! ε3 = 1 - 2 sign,    εk = (1 - 2 sign) (2 bk - 1),    k = 0, 1, 2
//! ```
//!
//! The products are the same for every base, so they are made once. With them a look-up in a table of constants costs no row,
//! and neither do the signed bits `εk = ±1`.

use ark_bls12_381::Fr;
use ark_ff::{One, Zero};
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::table::{MAGNITUDES, Table, multilinear};
use crate::r1cs::{Linear, Synthesizer};

/// Bits of a digit.
pub(super) const BITS: usize = 4;

/// The products of the bits of one digit.
#[derive(Zeroize, ZeroizeOnDrop)]
pub(super) struct Window<W: Linear> {
    /// The products of the magnitude bits in each subset; the empty product first.
    magnitude: [W; MAGNITUDES],
    /// The same, times `1 - 2 sign`.
    signed: [W; MAGNITUDES],
}

impl<W: Linear> Window<W> {
    /// Rows of a window.
    pub(super) const ROWS: usize = 15;

    /// Rows of [`enforce_top`](Self::enforce_top).
    pub(super) const ROWS_OF_TOP: usize = 2;

    /// Four bits and eleven products.
    pub(super) fn new<S: Synthesizer<Word = W>>(cs: &mut S) -> Self {
        let nothing = W::constant(Fr::zero());
        let [b0, b1, b2, negative] = std::array::from_fn(|_| cs.bit());
        let b01 = cs.product(&b0, &b1, &nothing);
        let b02 = cs.product(&b0, &b2, &nothing);
        let b12 = cs.product(&b1, &b2, &nothing);
        let b012 = cs.product(&b01, &b2, &nothing);
        let magnitude = [W::constant(Fr::one()), b0, b1, b01, b2, b02, b12, b012];

        let sign = W::constant(Fr::one()).minus(&negative.times(Fr::from(2u64)));
        let signed = std::array::from_fn(|subset| match subset {
            0 => sign.clone(),
            _ => cs.product(&sign, &magnitude[subset], &nothing),
        });
        Self { magnitude, signed }
    }

    /// The top digit is positive and its highest magnitude bit is one.
    pub(super) fn enforce_top<S: Synthesizer<Word = W>>(&self, cs: &mut S) {
        let one = W::constant(Fr::one());
        cs.enforce(&self.signed[0], &one, &one);
        cs.enforce(&self.magnitude[4], &one, &one);
    }

    /// `d 16^w P` for the table of `P` and `w = window`. No row: `u` is multilinear in the magnitude bits, `v` is such a
    /// polynomial times `1 - 2 sign`.
    pub(super) fn look_up(&self, table: &Table, window: usize) -> (W, W) {
        let multiples = table.window(window);
        (
            combine(&multilinear(&multiples.u), &self.magnitude),
            combine(&multilinear(&multiples.v), &self.signed),
        )
    }

    /// `ε0, ε1, ε2, ε3`. No row.
    pub(super) fn signed_bits(&self) -> [W; BITS] {
        std::array::from_fn(|k| match k {
            3 => self.signed[0].clone(),
            _ => self.signed[1 << k].times(Fr::from(2u64)).minus(&self.signed[0]),
        })
    }
}

fn combine<W: Linear>(coefficients: &[Fr; MAGNITUDES], words: &[W; MAGNITUDES]) -> W {
    let mut sum = W::constant(Fr::zero());
    for (coefficient, word) in coefficients.iter().zip(words) {
        sum.add_scaled(*coefficient, word);
    }
    sum
}
