//! Sparse linear combinations of points, in variable time.

use ark_bls12_381::Fr;
use ark_ec::CurveGroup;
use ark_ff::{One, PrimeField, Zero};

use super::{point::Point, progress::Meter};
use crate::parallel;

/// Combinations that a thread computes at once, with one inversion.
const PIECE: usize = 64;

/// `count` combinations; `terms` appends those of one.
pub(super) fn combine_all<P: Point>(
    count: usize,
    terms: impl Fn(usize, &mut Vec<(P, Fr)>) + Sync + Send,
    meter: &Meter<'_>,
) -> Vec<P> {
    let pieces = parallel::map(count.div_ceil(PIECE), |piece| {
        let piece = piece * PIECE..count.min((piece + 1) * PIECE);
        let done = piece.len();
        let sums: Vec<P::Group> = piece
            .map(|index| {
                let mut list = Vec::new();
                terms(index, &mut list);
                combine(&list)
            })
            .collect();
        let sums = P::Group::normalize_batch(&sums);
        meter.advance(done);
        sums
    });
    pieces.concat()
}

/// `sum scalar·point`. Most coefficients of a circuit are one, minus one, or small.
fn combine<P: Point>(terms: &[(P, Fr)]) -> P::Group {
    let mut sum = P::Group::zero();
    let (mut points, mut scalars) = (Vec::new(), Vec::new());
    for (point, scalar) in terms {
        if scalar.is_one() {
            sum += point;
        } else if (-*scalar).is_one() {
            sum -= point;
        } else if let Some(small) = small(scalar) {
            sum += point.mul_bigint([small]);
        } else if let Some(small) = small(&-*scalar) {
            sum -= point.mul_bigint([small]);
        } else {
            points.push(*point);
            scalars.push(*scalar);
        }
    }
    sum + P::msm_here(&points, &scalars)
}

/// The scalar, if it is below 2^64.
fn small(scalar: &Fr) -> Option<u64> {
    match scalar.into_bigint().0 {
        [small, 0, 0, 0] => Some(small),
        _ => None,
    }
}
