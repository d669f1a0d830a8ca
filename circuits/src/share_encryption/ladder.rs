//! Multiplication of a point of the public inputs by the scalar, in the circuit.
//!
//! The scalar in signed bits is `s = sum ε[k] 2^k`, `k = 0..247`, `ε[k] = ±1` ([`Window::signed_bits`]). By E1 the top digit is
//! positive and its highest magnitude bit is one, so `ε[247] = ε[246] = 1`. The ladder starts with `A = 3Q` and goes down from
//! `k = 245` to 0:
//!
//! ```text
//! A_next = (A + εQ) + A        v' = ε v(Q)
//!                              λ1 (u(Q) - u(A)) = v' - v(A)                   slope from A to εQ
//!                              w = B λ1² - A_M - u(A) - u(Q)                  u(A + εQ)
//!                              (λ1 + λ2) (u(A) - w) = 2 v(A)                  slope λ2 from A to A + εQ
//!                              u(A_next) = B λ2² - A_M - u(A) - w
//!                              v(A_next) = λ2 (u(A) - u(A_next)) - v(A)
//! ```
//!
//! Six rows; the last step needs no `v`. The ordinate of `A + εQ` is never made: it is `λ1 (u(A) - w) - v(A)`, so the slope
//! from `A` to there is `λ2 = (v(A) - λ1 (u(A) - w) + v(A)) / (u(A) - w) = 2 v(A) / (u(A) - w) - λ1`.
//!
//! **No quotient has the denominator zero, and no sum is the identity.** `Q` has prime order `q > 2^251`, whoever chose it: a
//! [`Point`](crate::jubjub::Point) has no other. A multiple `cQ` with `q ∤ c` is neither the identity nor of order two, so it has
//! coordinates `u` and `v != 0`; and `u(aQ) = u(bQ)` only if `q` divides `a - b` or `a + b`. So, one after another:
//!
//! * *Doubling* `Q`: the denominator is `2 B v(Q)`, and `v(Q) != 0`, since `q` is odd. `2Q` is not the identity: `q ∤ 2`.
//! * *Adding* `Q` to `2Q`: `u(2Q) != u(Q)`, since `q` divides neither 1 nor 3. `3Q` is not the identity: `q ∤ 3`.
//! * *A step* from `A = aQ`. Here `a` is the number that the signed bits above `k` write: an integer, by E1, which holds for the same
//!   bits; `a >= 3`, since it starts at 3 and `2a ± 1 >= a`; and `2a + 1 < 2^248 < q`, since at most 247 signed bits write
//!   at most `2^247 - 1`.
//!   * *The first addition*: `u(Q) != u(A)`, since `0 < a - 1` and `a + 1 < q`. The middle `(a + ε)Q` is not the identity, since
//!     `0 < a + ε < q`.
//!   * *The second addition*: `u((a + ε)Q) != u(A)`, since their difference is `ε = ±1`, which `q` does not divide, and their sum
//!     `2a + ε` has `0 < 2a + ε < q`. For the same reason `A_next = (2a + ε)Q` is not the identity.
//!
//! So every quotient is determined, and by induction every `A` has its true coordinates, whatever a prover tries.
//!
//! **Why not from `Q`**, with `ε[246]` as the first step: `A = Q` meets `εQ` with `u(Q) - u(A) = 0`. For `ε = 1`, which E1 demands,
//! the row reads `0 λ1 = 0`: it holds for every λ1, and a dealer could make `K[i]` from it that nobody can compute.

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

/// Quotients of a ladder: two for `3Q` and two for each step.
pub(super) const QUOTIENTS: usize = 2 + 2 * STEPS;

/// Rows of [`abscissa`]: four for `2Q`, three for `3Q`, six for each step, five for the last.
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

/// `u(s*Q)`, from the signed bits of the steps.
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

/// `3Q`.
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

/// `u((A + εQ) + A)`, and the slope of the second addition.
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
