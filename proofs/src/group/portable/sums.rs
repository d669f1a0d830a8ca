//! The curve before its subgroup: sums of points that are on the curve, and the check of membership.

use ark_bls12_381::{G1Affine, G1Projective};
use ark_ec::CurveGroup;

/// A point of the curve, in or out of the group.
pub(in super::super) type CurvePoint = G1Affine;

/// Sums of points of the curve.
#[derive(Default)]
pub(in super::super) struct CurveSums;

impl CurveSums {
    /// Replaces each list of points by its sum. The lists stand one after another in `points`, and `lens` are their lengths: then
    /// one, or zero for an empty list.
    pub(in super::super) fn add_up(&mut self, points: &mut Vec<CurvePoint>, lens: &mut [usize]) {
        let mut rest = points.iter();
        let filled = lens.iter_mut().filter(|len| **len > 0);
        let sums: Vec<G1Projective> =
            filled.map(|len| rest.by_ref().take(std::mem::replace(len, 1)).sum()).collect();
        *points = G1Projective::normalize_batch(&sums);
    }
}

pub(in super::super) fn curve_point(point: &G1Affine) -> CurvePoint {
    *point
}

/// `-point`, or `point`.
pub(in super::super) fn negate_if(point: &CurvePoint, negative: bool) -> CurvePoint {
    if negative { -*point } else { *point }
}

/// Whether points of the curve are in the subgroup of order r.
pub(in super::super) fn are_in_group(points: &[CurvePoint]) -> bool {
    points.iter().all(is_in_group)
}

/// Which points of the curve are in the subgroup of order r.
pub(in super::super) fn which_are_in_group(points: &[CurvePoint]) -> Vec<bool> {
    points.iter().map(is_in_group).collect()
}

/// Whether a point of the curve is in the subgroup of order r.
pub(in super::super) fn is_in_group(point: &CurvePoint) -> bool {
    point.is_in_correct_subgroup_assuming_on_curve()
}
