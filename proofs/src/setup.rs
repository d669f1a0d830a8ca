//! Setups of Groth16 by several parties: sound if one contributor to each phase was honest.
//!
//! Over secret numbers `tau, alpha, beta, delta` that nobody knows:
//!
//! ```text
//! powers (phase 1), of size N = 2^d:   tau^i G1, i = 0..2N-2      tau^i G2, alpha tau^i G1, beta tau^i G1, i = 0..N-1      beta G2
//! key (phase 2), of a circuit:         A_j = a_j(tau) G1      B_j = b_j(tau) G1, G2      H_i = tau^i Z(tau)/delta G1, i = 0..N-2
//!                                      L_j = (beta a_j + alpha b_j + c_j)(tau)/delta G1       of private variables
//!                                      IC_j = (beta a_j + alpha b_j + c_j)(tau) G1            of the constant one and public inputs
//! ```
//!
//! Each contributor multiplies secrets of its own onto what it found and forgets them (Bowe, Gabizon, Miers 2017): the
//! product is unknown to everybody as long as one forgot. Powers serve every circuit that fits; only the key is made anew.
//!
//! * [`SetupRecord`], [`Setup`]: what a transcript carries, and what it is once verified; start there
//! * [`Shape`]: what circuit a setup is for
//! * [`Powers`], [`Draft`]: what contributors work on, in the first phase and in the second; out of files as
//!   [`UncheckedPowers`] and [`UncheckedReference`]
//! * [`Reference`]: a whole reference string, to prove with
//! * [`SetupError`]: by name, what can be wrong
//!
//! Nothing here draws randomness, checks a secp256k1 signature or opens a file: seeds, signatures, readers and writers are
//! handed in.

mod beacon;
mod belonging;
mod chain;
mod checking;
#[cfg(any(test, feature = "chosen-dealings"))]
pub mod chosen;
mod combine;
mod consistency;
mod contribute;
mod draft;
mod encoding;
mod error;
mod file;
mod knowledge;
mod lagrange;
mod lists;
mod parts;
mod phase;
mod point;
mod powers;
mod progress;
mod queries;
mod record;
mod reference;
mod relation;
mod shape;
#[cfg(test)]
mod tests;
mod verified;

pub use beacon::{MAX_BEACON_LEN, MAX_ITERATIONS_LOG};
pub use contribute::Pending;
pub use draft::Draft;
pub use error::{Element, Family, Head, Query, SetupError, StepProblem};
pub use file::UncheckedReference;
pub use parts::Parts;
pub use phase::{Phase, Step};
pub use powers::{Powers, UncheckedPowers};
pub use progress::{Observer, Progress, Task};
pub use record::{KeyRecord, OriginRecord, PowersRecord, SetupRecord, StepRecord};
pub use reference::Reference;
pub use shape::Shape;
pub use verified::{Contribution, Setup, UncheckedSetup, setups_digest};

/// The most contributions to a phase.
pub const MAX_CONTRIBUTIONS: usize = 256;

/// Binary logarithm of the smallest size of powers.
pub const MIN_LOG: u8 = 3;

/// Binary logarithm of the largest size of powers: 576 MiB.
pub const MAX_LOG: u8 = 20;
