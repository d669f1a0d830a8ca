//! Eight additions of affine points at once, on processors with AVX-512 IFMA; nothing on others.

#[cfg(target_arch = "x86_64")]
mod field;
#[cfg(target_arch = "x86_64")]
mod sums;

#[cfg(not(target_arch = "x86_64"))]
pub(super) use absent::Sums;
#[cfg(target_arch = "x86_64")]
pub(super) use sums::Sums;

/// Fewer pairs are added one by one.
const FROM: usize = 6;

/// Whether so many pairs are added eight at a time.
pub(super) fn serves(pairs: usize) -> bool {
    pairs >= FROM && available()
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
    use blst::blst_p1_affine;

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
}

#[cfg(all(test, target_arch = "x86_64"))]
mod tests;
