//! Eight additions of affine points or eight square roots at once, on processors with AVX-512 IFMA; nothing on others.

#[cfg(target_arch = "x86_64")]
mod field;
#[cfg(target_arch = "x86_64")]
mod roots;
#[cfg(target_arch = "x86_64")]
mod sums;

#[cfg(not(target_arch = "x86_64"))]
pub(super) use absent::{Sums, roots};
#[cfg(target_arch = "x86_64")]
pub(super) use roots::roots;
#[cfg(target_arch = "x86_64")]
pub(super) use sums::Sums;

/// Elements side by side.
pub(super) const LANES: usize = 8;

/// Fewer pairs are added one by one, as fewer roots are taken.
const FROM: usize = 6;

/// Whether so many are worked off eight at a time.
pub(super) fn serves(count: usize) -> bool {
    count >= FROM && available()
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

#[cfg(not(target_arch = "x86_64"))]
mod absent {
    use blst::{blst_fp, blst_p1_affine};

    use super::LANES;

    /// What no processor of this architecture does.
    #[derive(Default)]
    pub(in crate::group::native) struct Sums;

    impl Sums {
        pub(in crate::group::native) fn add_pairs(
            &mut self,
            _: &[blst_p1_affine],
            _: &[usize],
            _: &mut Vec<blst_p1_affine>,
        ) {
        }
    }

    pub(in crate::group::native) fn roots(elements: &[blst_fp; LANES]) -> [blst_fp; LANES] {
        *elements
    }
}

#[cfg(all(test, target_arch = "x86_64"))]
mod tests;
