//! Multiplication of a constant point by the scalar, in the circuit.
//!
//! Digit `d` of window `w` adds `d 16^w P`, looked up in a table of constants: `u` is multilinear in the three magnitude bits,
//! `v` is such a polynomial times `1 - 2 sign`. The products of the bits are the same for every base, so they are made
//! once ([`Window`]), and a look-up costs no row.
//!
//! Windows are added from the top down by the affine addition of Montgomery curves,
//!
//! ```text
//! λ (u' - U) = v' - V
//! U_next     = B λ² - A - U - u'
//! V_next     = λ (U - U_next) - V
//! ```
//!
//! which is right unless `u' = U`. If the two points were equal or negatives, the first equation would hold for
//! every λ or none, and a dealer that could bring about `0 λ = 0` would choose the sum at will.
//!
//! **It cannot.** `P` has prime order `q > 2^251`. Let `aP` be the sum above window `w`, and `bP` the addend, `b = d 16^w`. By
//! E1, which holds for the same bits, `a` and `b` are integers with
//!
//! ```text
//! a >= 9 * 16^61 - 15 (16^60 + 16^59 + …) > 8 * 16^61,    0 < |b| <= 15 * 16^60 < 16^61,    a + |b| < 16^62 = 2^248
//! ```
//!
//! since the top digit is at least nine and no digit is zero. Hence `0 < a ± b < q`. So `aP` is not `±bP`, and their abscissas differ: λ is
//! determined. And `(a + b) P` is not the identity, so the sum has Montgomery coordinates again. Look-ups never meet the identity
//! either. Nothing here depends on who chose `P`, only on its order.

use ark_bls12_381::Fr;
use ark_ff::{One, Zero};
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::WINDOWS;
use super::table::{MAGNITUDES, Table, multilinear};
use crate::jubjub::{MONTGOMERY_A, MONTGOMERY_B};
use crate::r1cs::{Linear, Synthesizer};

/// The products of the bits of one digit.
#[derive(Zeroize, ZeroizeOnDrop)]
pub(super) struct Window<W: Linear> {
    /// The products of the magnitude bits in each subset; the empty product first.
    magnitude: [W; MAGNITUDES],
    /// The same, times `1 - 2 sign`.
    signed: [W; MAGNITUDES],
}

impl<W: Linear> Window<W> {
    /// Four bits and eleven products: 15 rows.
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

    /// The top digit is positive and its highest magnitude bit is one: 2 rows.
    pub(super) fn enforce_top<S: Synthesizer<Word = W>>(&self, cs: &mut S) {
        let one = W::constant(Fr::one());
        cs.enforce(&self.signed[0], &one, &one);
        cs.enforce(&self.magnitude[4], &one, &one);
    }

    fn look_up(&self, table: &Table, window: usize) -> (W, W) {
        let multiples = table.window(window);
        (
            combine(&multilinear(&multiples.u), &self.magnitude),
            combine(&multilinear(&multiples.v), &self.signed),
        )
    }
}

fn combine<W: Linear>(coefficients: &[Fr; MAGNITUDES], words: &[W; MAGNITUDES]) -> W {
    let mut sum = W::constant(Fr::zero());
    for (coefficient, word) in coefficients.iter().zip(words) {
        sum.add_scaled(*coefficient, word);
    }
    sum
}

/// The partial sum before the last addition, and that addition's addend and slope.
struct LastStep<W> {
    sum: (W, W),
    u: W,
    slope: W,
}

/// `u(s*P)`: 182 rows.
pub(super) fn abscissa<S: Synthesizer>(cs: &mut S, table: &Table, windows: &[Window<S::Word>]) -> S::Word {
    let LastStep { sum, u, slope } = all_but_last(cs, table, windows);
    next_u(cs, &sum.0, &u, &slope)
}

/// `s*P = (u, v)`: 183 rows. Both coordinates: with `u` alone, the negative would do as well.
pub(super) fn enforce_equal<S: Synthesizer>(
    cs: &mut S,
    table: &Table,
    windows: &[Window<S::Word>],
    expected: &(S::Word, S::Word),
) {
    let LastStep { sum, u, slope } = all_but_last(cs, table, windows);
    let rest = u.plus(&sum.0).plus_constant(MONTGOMERY_A);
    cs.enforce(&slope.times(MONTGOMERY_B), &slope, &rest.plus(&expected.0));
    cs.enforce(&slope, &sum.0.minus(&expected.0), &sum.1.plus(&expected.1));
}

fn all_but_last<S: Synthesizer>(cs: &mut S, table: &Table, windows: &[Window<S::Word>]) -> LastStep<S::Word> {
    let mut sum = windows[WINDOWS - 1].look_up(table, WINDOWS - 1);
    for window in (1..WINDOWS - 1).rev() {
        let (u, v) = windows[window].look_up(table, window);
        let slope = cs.quotient(&v.minus(&sum.1), &u.clone().minus(&sum.0));
        let next_u = next_u(cs, &sum.0, &u, &slope);
        let next_v = cs.product(&slope, &sum.0.minus(&next_u), &sum.1);
        sum = (next_u, next_v);
    }
    let (u, v) = windows[0].look_up(table, 0);
    let slope = cs.quotient(&v.minus(&sum.1), &u.clone().minus(&sum.0));
    LastStep { sum, u, slope }
}

/// `B λ² - A - U - u'`.
fn next_u<S: Synthesizer>(cs: &mut S, sum_u: &S::Word, u: &S::Word, slope: &S::Word) -> S::Word {
    let rest = u.clone().plus(sum_u).plus_constant(MONTGOMERY_A);
    cs.product(&slope.times(MONTGOMERY_B), slope, &rest)
}
