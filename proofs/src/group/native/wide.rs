//! Eight points at once, on processors with AVX-512 IFMA: additions, subgroup checks, square roots.
//!
//! | file        | what is in it                                                  |
//! |-------------|----------------------------------------------------------------|
//! | `field.rs`  | eight elements of the base field                               |
//! | `sums.rs`   | additions of affine points                                     |
//! | `points.rs` | which points are in the subgroup                               |
//! | `roots.rs`  | square roots                                                   |
//! | `absent.rs` | the same names for other architectures, where nothing is called |

#[cfg(not(target_arch = "x86_64"))]
mod absent;
#[cfg(target_arch = "x86_64")]
mod field;
#[cfg(target_arch = "x86_64")]
mod points;
#[cfg(target_arch = "x86_64")]
mod roots;
#[cfg(target_arch = "x86_64")]
mod sums;
#[cfg(all(test, target_arch = "x86_64"))]
mod tests;

#[cfg(not(target_arch = "x86_64"))]
pub(super) use absent::{Sums, in_subgroup, roots};
#[cfg(target_arch = "x86_64")]
pub(super) use points::in_subgroup;
#[cfg(target_arch = "x86_64")]
pub(super) use roots::roots;
#[cfg(target_arch = "x86_64")]
pub(super) use sums::Sums;

/// What are worked off together.
pub(super) const LANES: usize = 8;
/// Fewer are worked off one by one.
const FROM: usize = 6;

/// Shows that the processor can.
#[derive(Clone, Copy)]
pub(super) struct Wide(());

impl Wide {
    /// Where the processor can, if it is worth it for so many.
    pub(super) fn for_many(count: usize) -> Option<Self> {
        (count >= FROM && available()).then_some(Self(()))
    }
}

#[cfg(target_arch = "x86_64")]
fn available() -> bool {
    is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512dq")
        && is_x86_feature_detected!("avx512ifma")
        && is_x86_feature_detected!("avx512vbmi")
}

#[cfg(not(target_arch = "x86_64"))]
const fn available() -> bool {
    false
}
