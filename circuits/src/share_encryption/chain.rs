//! Multiplication of a constant point by the scalar, in the circuit.
//!
//! Digit `d` of window `w` adds `d 16^w P`, looked up in a table of constants ([`Window::look_up`]). Windows are added from the
//! top down, incompletely ([`addition`](super::addition)): a sum is right, and λ determined, unless the two points are equal or
//! negatives.
//!
//! **They are not.** `P` has prime order `q > 2^251`. Let `aP` be the sum above window `w`, and `bP` the addend, `b = d 16^w`. By
//! E1, which holds for the same bits, `a` and `b` are integers with
//!
//! ```text
//! a >= 9 * 16^61 - 15 (16^60 + 16^59 + …) > 8 * 16^61,    0 < |b| <= 15 * 16^60 < 16^61,    a + |b| < 16^62 = 2^248
//! ```
//!
//! since the top digit is at least nine and no digit is zero. Hence `0 < a ± b < q`. So `aP` is not `±bP`, and their abscissas differ: λ is
//! determined. And `(a + b) P` is not the identity, so the sum has Montgomery coordinates again. Look-ups never meet the identity
//! either. Nothing here depends on who chose `P`, only on its order.

use super::WINDOWS;
use super::addition::{next_u, next_v, slope};
use super::table::Table;
use super::window::Window;
use crate::jubjub::{MONTGOMERY_A, MONTGOMERY_B};
use crate::r1cs::{Linear, Synthesizer};

/// Rows of [`abscissa`]: three for each addition, two for the last.
pub(super) const ROWS_OF_ABSCISSA: usize = 3 * (WINDOWS - 1) - 1;

/// Rows of [`enforce_equal`]: three for each addition.
pub(super) const ROWS_OF_EQUALITY: usize = 3 * (WINDOWS - 1);

/// The partial sum before the last addition, and that addition's addend and slope.
struct LastStep<W> {
    sum: (W, W),
    u: W,
    slope: W,
}

/// `u(s*P)`.
pub(super) fn abscissa<S: Synthesizer>(cs: &mut S, table: &Table, windows: &[Window<S::Word>]) -> S::Word {
    let LastStep { sum, u, slope } = all_but_last(cs, table, windows);
    next_u(cs, &sum.0, &u, &slope)
}

/// `s*P = (u, v)`. Both coordinates: with `u` alone, the negative would do as well.
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
        let addend = windows[window].look_up(table, window);
        let slope = slope(cs, &sum, &addend);
        let next_u = next_u(cs, &sum.0, &addend.0, &slope);
        let next_v = next_v(cs, &sum, &next_u, &slope);
        sum = (next_u, next_v);
    }
    let addend = windows[0].look_up(table, 0);
    let slope = slope(cs, &sum, &addend);
    LastStep { sum, u: addend.0, slope }
}
