//! What no processor of this architecture does: there is no [`Wide`] to call it with.

use blst::{blst_fp, blst_p1_affine};

use super::{LANES, Wide};

#[derive(Default)]
pub(in crate::group::native) struct Sums;

impl Sums {
    pub(in crate::group::native) fn add_pairs(
        &mut self,
        _: Wide,
        _: &[blst_p1_affine],
        _: &[usize],
        _: &mut Vec<blst_p1_affine>,
    ) {
    }
}

pub(in crate::group::native) const fn in_subgroup(_: Wide, _: [&blst_p1_affine; LANES]) -> u8 {
    0
}

pub(in crate::group::native) const fn roots(_: Wide, elements: &[blst_fp; LANES]) -> [blst_fp; LANES] {
    *elements
}
