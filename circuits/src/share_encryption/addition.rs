//! The affine addition of Montgomery curves in rows.
//!
//! ```text
//! λ (u' - U) = v' - V
//! U_next     = B λ² - A - U - u'
//! V_next     = λ (U - U_next) - V
//! ```
//!
//! which is right unless `u' = U`. If the two points were equal or negatives, the first equation would hold for
//! every λ or none, and a dealer that could bring about `0 λ = 0` would choose the sum at will. Whoever adds says why that
//! cannot happen.

use crate::jubjub::{MONTGOMERY_A, MONTGOMERY_B};
use crate::r1cs::{Linear, Synthesizer};

/// λ, from the sum `(U, V)` and the addend `(u', v')`: one row.
pub(super) fn slope<S: Synthesizer>(
    cs: &mut S,
    sum: &(S::Word, S::Word),
    addend: &(S::Word, S::Word),
) -> S::Word {
    cs.quotient(&addend.1.clone().minus(&sum.1), &addend.0.clone().minus(&sum.0))
}

/// `U_next`: one row.
pub(super) fn next_u<S: Synthesizer>(cs: &mut S, sum_u: &S::Word, u: &S::Word, slope: &S::Word) -> S::Word {
    let rest = u.clone().plus(sum_u).plus_constant(MONTGOMERY_A);
    cs.product(&slope.times(MONTGOMERY_B), slope, &rest)
}

/// `V_next`: one row.
pub(super) fn next_v<S: Synthesizer>(
    cs: &mut S,
    sum: &(S::Word, S::Word),
    next_u: &S::Word,
    slope: &S::Word,
) -> S::Word {
    cs.product(slope, &sum.0.clone().minus(next_u), &sum.1)
}
