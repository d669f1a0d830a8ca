//! The curve before its subgroup: sums of points that are on the curve, and the check of membership.

use ark_bls12_381::G1Affine;
use blst::blst_p1_affine;

use super::{
    affine, to_blst,
    wide::{LANES, Wide, in_subgroup},
};

/// A point of the curve, in or out of the group.
pub(in super::super) type CurvePoint = blst_p1_affine;

/// See [`affine::AffineSums`], whose formulas hold on the whole curve: its order is odd, so no point has the ordinate zero.
#[derive(Default)]
pub(in super::super) struct CurveSums(affine::AffineSums);

impl CurveSums {
    /// Replaces each list of points by its sum. The lists stand one after another in `points`, and `lens` are their lengths: then
    /// one, or zero for an empty list.
    pub(in super::super) fn add_up(&mut self, points: &mut Vec<CurvePoint>, lens: &mut [usize]) {
        self.0.add_up(points, lens);
    }
}

pub(in super::super) fn curve_point(point: &G1Affine) -> CurvePoint {
    to_blst(point)
}

/// `-point`, or `point`.
pub(in super::super) fn negate_if(point: &CurvePoint, negative: bool) -> CurvePoint {
    let mut out = *point;
    // SAFETY: a live field element, read and written.
    unsafe { blst::blst_fp_cneg(&mut out.y, &point.y, negative) };
    out
}

/// Whether points of the curve are in the subgroup of order r.
pub(in super::super) fn are_in_group(points: &[CurvePoint]) -> bool {
    points.chunks(LANES).all(|eight| in_group(eight).all(|is_in_group| is_in_group))
}

/// Which points of the curve are in the subgroup of order r.
pub(in super::super) fn which_are_in_group(points: &[CurvePoint]) -> Vec<bool> {
    points.chunks(LANES).flat_map(in_group).collect()
}

/// Which of up to eight points are: in one go, and those of which that says nothing one by one, see [`in_subgroup`].
fn in_group(points: &[CurvePoint]) -> impl Iterator<Item = bool> {
    let sure = Wide::for_many(points.len()).zip(points.last()).map_or(0, |(wide, last)| {
        in_subgroup(wide, std::array::from_fn(|place| points.get(place).unwrap_or(last)))
    });
    points.iter().enumerate().map(move |(place, point)| sure >> place & 1 == 1 || is_in_group(point))
}

/// Whether a point of the curve is in the subgroup of order r.
pub(in super::super) fn is_in_group(point: &CurvePoint) -> bool {
    // SAFETY: a live point.
    unsafe { blst::blst_p1_affine_in_g1(point) }
}
