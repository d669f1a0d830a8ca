//! Whether many points of the curve are all in the group: joint checks in place of one for each point.
//!
//! The curve has `h r` points, with the cofactor `h = 3 * 11^2 * 10177^2 * 859267^2 * 52437899^2`. With coefficients `w_ci` that are
//! independent and uniform in `{-1, 0, 1}`,
//!
//! ```text
//! Q_c = sum_i w_ci P_i,   c = 1 … 81;        all P_i count as members if all Q_c are
//! ```
//!
//! Let `P_j` be no member. Its image in the group of order `h`, which is the curve modulo the members, is not zero. Of the three values
//! of `w_cj`, the others given, at most one makes the image of `Q_c` zero: the images for two of them differ by `±` or `±2` times
//! that of `P_j`, which is not zero since `h` is odd. So `Q_c` is a member with probability at most 1/3, and all 81 are with at most
//! `3^-81 < 2^-128`. Wider coefficients would gain nothing where the image of `P_j` is of order 3.
//!
//! The coefficients come from a hash of the encodings of all points, so every verifier draws the same, and whoever looks for points
//! that pass has one try for each hash. Points outside of the group are computed with here and nowhere else.
//!
//! Sums are formed with buckets: the coefficients of a point in five combinations are one of 243 patterns, and those of its negative are
//! the opposite pattern. So each point goes into one of 121 buckets, and the buckets are summed up to the five combinations.

use ark_bls12_381::G1Affine;
use coram_circuits::hash::TaggedHash;
use rand_chacha::ChaCha20Rng;
use rand_core::{RngCore, SeedableRng};

use super::{POINT_LEN, backend::sums};
use crate::parallel;
use sums::{CurvePoint, CurveSums};

/// Below this many points single checks are as fast.
const JOINTLY_FROM: usize = 128;
/// Points that one core checks one by one, at a time.
const POINTS_ALONE: usize = 8;
/// The most points of one joint check: it takes some kB for each of them on every core.
pub(crate) const POINTS_TOGETHER: usize = 4096;
/// How many combinations are formed at a time: 81 in all.
const WIDTHS: [u32; 18] = [5, 4, 5, 4, 5, 4, 5, 4, 5, 4, 5, 4, 5, 4, 5, 4, 5, 4];

/// Of points that were decoded as points of the curve, those that are in the group; `None` in the place of others.
pub(super) fn check(
    encodings: &[&[u8; POINT_LEN]],
    mut on_curve: Vec<Option<G1Affine>>,
) -> Vec<Option<G1Affine>> {
    let pieces = on_curve.len().div_ceil(POINTS_TOGETHER).max(1);
    let len = on_curve.len().div_ceil(pieces).max(1);
    for (encodings, piece) in encodings.chunks(len).zip(on_curve.chunks_mut(len)) {
        let points: Vec<CurvePoint> = piece.iter().flatten().map(sums::curve_point).collect();
        let all_are = if points.len() < JOINTLY_FROM {
            are_members_each(&points)
        } else {
            are_members_jointly(&points, encodings)
        };
        if !all_are {
            let alone: Vec<&[CurvePoint]> = points.chunks(POINTS_ALONE).collect();
            let members = parallel::map(alone.len(), |index| sums::which_are_in_group(alone[index])).concat();
            keep(piece, members);
        }
    }
    on_curve
}

/// As [`check`], by a check for each point, on the calling thread.
pub(super) fn members(mut on_curve: Vec<Option<G1Affine>>) -> Vec<Option<G1Affine>> {
    let points: Vec<CurvePoint> = on_curve.iter().flatten().map(sums::curve_point).collect();
    keep(&mut on_curve, sums::which_are_in_group(&points));
    on_curve
}

/// Of those that are points, the members.
fn keep(points: &mut [Option<G1Affine>], members: Vec<bool>) {
    let decoded = points.iter_mut().filter(|point| point.is_some());
    decoded.zip(members).for_each(|(point, is_member)| *point = point.filter(|_| is_member));
}

/// The point, if it is in the group.
pub(super) fn member(point: G1Affine) -> Option<G1Affine> {
    sums::is_in_group(&sums::curve_point(&point)).then_some(point)
}

/// A check for each point, on all cores.
fn are_members_each(points: &[CurvePoint]) -> bool {
    let pieces: Vec<&[CurvePoint]> = points.chunks(POINTS_ALONE).collect();
    parallel::map(pieces.len(), |index| sums::are_in_group(pieces[index])).into_iter().all(|held| held)
}

/// The joint check of the points that are encoded in `encodings`.
fn are_members_jointly(points: &[CurvePoint], encodings: &[&[u8; POINT_LEN]]) -> bool {
    let seed = TaggedHash::new("subgroup").list(encodings).digest();
    let patterns = |index: usize| {
        let seed = TaggedHash::new("subgroup patterns").bytes(&seed).number(index as u64).digest();
        Patterns { width: WIDTHS[index], stream: ChaCha20Rng::from_seed(seed) }
    };
    // The patterns are the same on any number of cores.
    let parts = parallel::threads().clamp(1, WIDTHS.len());
    let held = parallel::map(parts, |part| {
        let blocks = (part..WIDTHS.len()).step_by(parts).map(patterns);
        sums::are_in_group(&combinations(points, blocks))
    });
    held.into_iter().all(|held| held)
}

/// Random combinations of the points, as many of each block as its patterns are wide.
fn combinations(points: &[CurvePoint], blocks: impl Iterator<Item = Patterns>) -> Vec<CurvePoint> {
    let mut sums = CurveSums::default();
    let mut blocks: Vec<Vec<CurvePoint>> = blocks.map(|patterns| fill(points, patterns, &mut sums)).collect();
    let (mut combinations, mut addends, mut lens) = (Vec::new(), Vec::new(), Vec::new());
    while !blocks.is_empty() {
        addends.clear();
        lens.clear();
        for buckets in &blocks {
            // Of the patterns k > 0 those above `inner` have the coefficient 1 in the next combination, the others 0. Without it,
            // `power + k` and `power - k` are `k` and `-k`.
            let inner = inner(buckets);
            let power = 2 * inner + 1;
            addends.extend(&buckets[inner..]);
            lens.push(buckets.len() - inner);
            for k in 1..=inner {
                let negative = sums::negate_if(&buckets[power - k - 1], true);
                addends.extend([buckets[k - 1], buckets[power + k - 1], negative]);
                lens.push(3);
            }
        }
        sums.add_up(&mut addends, &mut lens);
        let mut added = addends.iter().copied();
        for buckets in &mut blocks {
            combinations.extend(added.next());
            *buckets = added.by_ref().take(inner(buckets)).collect();
        }
        blocks.retain(|buckets| !buckets.is_empty());
    }
    combinations
}

/// The number of patterns that are left without the highest coefficient.
fn inner(buckets: &[CurvePoint]) -> usize {
    buckets.len() / 3
}

/// The buckets of the patterns `k = 1, 2, …`: the sum of the points with the pattern `k` less that of those with `-k`.
fn fill(points: &[CurvePoint], mut patterns: Patterns, sums: &mut CurveSums) -> Vec<CurvePoint> {
    let drawn: Vec<i32> = points.iter().map(|_| patterns.draw()).collect();
    let place = |pattern: i32| pattern.unsigned_abs() as usize;
    let mut lens = vec![0; 3_usize.pow(patterns.width).div_ceil(2)];
    drawn.iter().for_each(|pattern| lens[place(*pattern)] += 1);
    let mut next: Vec<usize> =
        lens.iter().scan(0, |sum, len| Some(std::mem::replace(sum, *sum + len))).collect();
    let mut sorted = vec![CurvePoint::default(); points.len()];
    for (point, pattern) in points.iter().zip(drawn) {
        let place = &mut next[place(pattern)];
        sorted[*place] = sums::negate_if(point, pattern < 0);
        *place += 1;
    }
    // Pattern 0 is in no combination.
    let mut sorted = sorted.split_off(lens[0]);
    let mut lens = lens.split_off(1);
    sums.add_up(&mut sorted, &mut lens);
    let mut filled = sorted.into_iter();
    let bucket = |len| if len == 0 { CurvePoint::default() } else { filled.next().unwrap_or_default() };
    lens.into_iter().map(bucket).collect()
}

/// Coefficients of a point in several combinations, as one number: `sum_i 3^i t_i` for `t_i = -1, 0, 1`.
struct Patterns {
    width: u32,
    stream: ChaCha20Rng,
}

impl Patterns {
    /// Uniform among the `3^width` patterns: words from the last multiple are left out.
    fn draw(&mut self) -> i32 {
        let count = 3_u32.pow(self.width);
        let end = u32::MAX - u32::MAX % count;
        let mut word = end;
        while word >= end {
            word = self.stream.next_u32();
        }
        (word % count) as i32 - (count / 2) as i32
    }
}

#[cfg(test)]
mod tests;
