//! Points of prime order on Jubjub, the twisted Edwards curve over the scalar field of BLS12-381:
//!
//! ```text
//! -x² + y² = 1 + d x² y²        Edwards form,      d = -10240/10241
//! B v² = u³ + A u² + u          Montgomery form,   A = 40962, B = -40964
//! u = (1 + y) / (1 - y),  v = u / x
//! ```
//!
//! `u` is the same for a point and its negative; `v` changes its sign. `v` is not rescaled, so `B` stays in the
//! equation. Both are defined for every point of prime order but the identity.
//!
//! The crate `jubjub` calls the Edwards coordinates `u` and `v`. Here those letters always mean Montgomery
//! coordinates; [`montgomery_u`] takes a point of that crate to the right one.

mod bases;
mod point;

pub use bases::{base, blinder_base};
pub(crate) use point::to_jubjub_base;
pub use point::{MONTGOMERY_A, MONTGOMERY_B, Point, montgomery_u};
