//! Multiplication of a point of the public inputs by the scalar, in the circuit.
//!
//! The scalar in signed bits is `s = sum ε[k] 2^k`, `k = 0..247`, `ε[k] = ±1` ([`Window::signed_bits`]). By E1 the top digit is
//! positive and its highest magnitude bit is one, so `ε[247] = ε[246] = 1`. The ladder starts with `3P` and goes down from
//! `k = 245` to 0. A step with `ε = ε[k]` takes `aP = (U, V)` to `(2a + ε)P = (aP + εP) + aP`:
//!
//! ```text
//! v'                   = ε v(P)
//! λ1 (u(P) - U)        = v' - V                   λ1: the slope from aP to εP
//! W                    = B λ1² - A - U - u(P)     the abscissa of (a + ε)P
//! (λ1 + λ2) (U - W)    = 2 V                      λ2: the slope from aP to (a + ε)P
//! U_next               = B λ2² - A - U - W
//! V_next               = λ2 (U - U_next) - V
//! ```
//!
//! Six rows; the last step needs no `V_next`. The ordinate of `(a + ε)P` is never made: it is `λ1 (U - W) - V`, so
//! `λ2 = (V - λ1 (U - W) + V) / (U - W)`, which is the fourth row.
//!
//! **No quotient has the denominator zero, and no sum is the identity.** `P` has prime order `q > 2^251`, whoever chose it: a
//! [`Point`](crate::jubjub::Point) has no other. So `cP` with `q ∤ c` is neither the identity nor of order two: it has
//! coordinates, and its `v` is not zero. And `u(aP) = u(bP)` only if `q` divides `a - b` or `a + b`. One after another:
//!
//! * *Doubling* `P`: the denominator is `2 B v(P)`, and `v(P) != 0`, since `q` is odd. `2P` is not the identity: `q ∤ 2`.
//! * *Adding* `P` to `2P`: `u(P) != u(2P)`, since `q` divides neither 1 nor 3. `3P` is not the identity: `q ∤ 3`.
//! * *A step* from `aP`. Here `a` is the number that the signed bits above `k` write: an integer, by E1, which holds for the same
//!   bits; `a >= 3`, since it starts at 3 and `2a ± 1 > a`; and `a < 2^247`, since at most 247 signed bits write it, so
//!   `2a + 1 < 2^248 < q`.
//!   * *The first addition*: `u(P) != u(aP)`, since `0 < a - 1` and `a + 1 < q`. `(a + ε)P` is not the identity, since
//!     `0 < a + ε < q`.
//!   * *The second addition*: `u((a + ε)P) != u(aP)`, since the difference of `a + ε` and `a` is `ε = ±1`, which `q` does not divide, and
//!     their sum is `2a + ε` with `0 < 2a + ε < q`. For this reason, too, `(2a + ε)P` is not the identity.
//!
//! So every quotient is determined, and by induction every `(U, V)` is the point that it should be, whatever a prover tries.
//!
//! **Why not from `P`**, with `ε[246]` in the first step: there `u(P) - U = 0`. For `ε = 1`, which E1 demands, the row of λ1 reads
//! `0 λ1 = 0`: it holds for every λ1, and a dealer would choose `K[i]` at will.

use ark_bls12_381::Fr;
use ark_ff::{One, Zero};
use zeroize::Zeroizing;

use super::WINDOWS;
use super::addition::{next_u, next_v, slope};
use super::window::{BITS, Window};
use crate::jubjub::{MONTGOMERY_A, MONTGOMERY_B};
use crate::r1cs::{Linear, Synthesizer};

/// Signed bits below the two that are constant.
pub(super) const STEPS: usize = BITS * WINDOWS - 2;

/// Quotients of a ladder: two for `3P` and two for each step.
pub(super) const QUOTIENTS: usize = 2 + 2 * STEPS;

/// Rows of [`abscissa`]: four for `2P`, three for `3P`, six for each step, five for the last.
pub(super) const ROWS: usize = 4 + 3 + 6 * STEPS - 1;

/// The signed bits of the steps, `ε[245]` first.
pub(super) fn signed_bits<W: Linear>(windows: &[Window<W>]) -> Zeroizing<Vec<W>> {
    let mut bits = Zeroizing::new(Vec::with_capacity(BITS * windows.len()));
    for window in windows {
        bits.extend(window.signed_bits());
    }
    bits.truncate(STEPS);
    bits.reverse();
    bits
}

/// `u(s*P)`, from the signed bits of the steps.
pub(super) fn abscissa<S: Synthesizer>(
    cs: &mut S,
    point: &(S::Word, S::Word),
    signed_bits: &[S::Word],
) -> S::Word {
    let mut sum = triple(cs, point);
    for bit in &signed_bits[..STEPS - 1] {
        let (u, slope) = step(cs, &sum, point, bit);
        let v = next_v(cs, &sum, &u, &slope);
        sum = (u, v);
    }
    step(cs, &sum, point, &signed_bits[STEPS - 1]).0
}

/// `3P`.
fn triple<S: Synthesizer>(cs: &mut S, point: &(S::Word, S::Word)) -> (S::Word, S::Word) {
    let (u, v) = point;
    let square = cs.product(u, u, &S::Word::constant(Fr::zero()));
    let numerator =
        square.times(Fr::from(3u64)).plus(&u.times(MONTGOMERY_A + MONTGOMERY_A)).plus_constant(Fr::one());
    let tangent = cs.quotient(&numerator, &v.times(MONTGOMERY_B + MONTGOMERY_B));
    let twice_u = next_u(cs, u, u, &tangent);
    let twice_v = next_v(cs, point, &twice_u, &tangent);

    let twice = (twice_u, twice_v);
    let slope = slope(cs, &twice, point);
    let u = next_u(cs, &twice.0, u, &slope);
    let v = next_v(cs, &twice, &u, &slope);
    (u, v)
}

/// `u((2a + ε)P)` from `sum = aP`, and the slope of the second addition.
pub(super) fn step<S: Synthesizer>(
    cs: &mut S,
    sum: &(S::Word, S::Word),
    point: &(S::Word, S::Word),
    bit: &S::Word,
) -> (S::Word, S::Word) {
    let v = cs.product(bit, &point.1, &S::Word::constant(Fr::zero()));
    let first = slope(cs, sum, &(point.0.clone(), v));
    let middle = next_u(cs, &sum.0, &point.0, &first);
    let both = cs.quotient(&sum.1.times(Fr::from(2u64)), &sum.0.clone().minus(&middle));
    let second = both.minus(&first);
    let u = next_u(cs, &sum.0, &middle, &second);
    (u, second)
}
