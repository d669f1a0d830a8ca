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
    points.chunks(LANES).all(|points| are_surely_in_group(points) || points.iter().all(is_in_group))
}

/// Whether up to eight points are, in one go. If not, they are to be looked at one by one, see [`in_subgroup`].
fn are_surely_in_group(points: &[CurvePoint]) -> bool {
    let (Some(wide), Some(last)) = (Wide::for_many(points.len()), points.last()) else { return false };
    let eight = std::array::from_fn(|place| points.get(place).unwrap_or(last));
    in_subgroup(wide, eight) == u8::MAX
}

/// Whether a point of the curve is in the subgroup of order r.
pub(in super::super) fn is_in_group(point: &CurvePoint) -> bool {
    // SAFETY: a live point.
    unsafe { blst::blst_p1_affine_in_g1(point) }
}
