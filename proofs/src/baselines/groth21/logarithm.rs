//! Discrete logarithms of small numbers, by baby steps and giant steps.
//!
//! Chunks of an honest dealer are below `B = 2^16`: some sixteen giant steps. Of a dealer that cheated, the proof of chunking says no more than
//! that `D s` lies between `-Z` and `Z` for some `1 <= D < 256`, and a recipient that cannot find a chunk at once has to search all of
//! that: `255 · 2 Z / 2^21` giant steps with the larger table, sixteen million for one chunk at `n = 4`, and as many times more as
//! there are more recipients. That is the price of an approximate proof, and is not part of what is measured.

use ark_bls12_381::{Fr, G1Affine, G1Projective};
use ark_ec::AffineRepr;
use ark_ff::{Field, Zero};

use super::{BASE, chunking::Bounds, fixed_base::FixedBase};
use crate::group;

/// Giant steps that are taken before their affine forms are computed, with one inversion.
const BLOCK: usize = 1024;
/// Baby steps to either side for chunks of honest dealers.
const FEW: u32 = 1 << 11;
/// Baby steps to either side for chunks of others.
const MANY: u32 = 1 << 20;
/// The largest `D`.
const DIVISORS: u64 = 255;

/// `b·g` for `0 <= b <= half`, found by abscissa, so that each stands for its negative too.
#[derive(Debug)]
pub(super) struct Logarithms {
    half: u32,
    /// Abscissa, shortened, and `b`.
    steps: Vec<(u64, u32)>,
}

/// The part of the abscissa by which a point is found.
fn abscissa(point: &G1Affine) -> u64 {
    point.x().map_or(0, |x| x.0.0[0])
}

/// `point`, `point + step`, …; leaves `point` at the one after the last that was taken.
fn multiples(point: &mut G1Projective, step: G1Affine) -> impl Iterator<Item = G1Projective> {
    std::iter::repeat_with(move || {
        let next = *point + step;
        std::mem::replace(point, next)
    })
}

impl Logarithms {
    /// The table for chunks of honest dealers.
    pub(super) fn few() -> Self {
        Self::with(FEW)
    }

    /// The table for chunks of others: 16 MB.
    pub(super) fn many() -> Self {
        Self::with(MANY)
    }

    fn with(half: u32) -> Self {
        let generator = group::generator();
        let (mut point, mut steps) = (G1Projective::zero(), Vec::with_capacity(half as usize + 1));
        while steps.len() <= half as usize {
            let block = BLOCK.min(half as usize + 1 - steps.len());
            let points: Vec<_> = multiples(&mut point, generator).take(block).collect();
            steps.extend(group::normalize(&points).iter().map(abscissa).zip(steps.len() as u32..));
        }
        steps.sort_unstable();
        Self { half, steps }
    }

    /// The number `low <= s < high` for which `point = s·g`.
    fn between(&self, generator: &FixedBase, point: &G1Projective, low: i64, high: i64) -> Option<i64> {
        let stride = 2 * i64::from(self.half) + 1;
        let step = group::normalize(&[generator.multiply(&Fr::from(stride))])[0];
        let mut centre = low + i64::from(self.half);
        let mut at = *point - generator.multiply(&Fr::from(centre));
        while centre - i64::from(self.half) < high {
            let left = (high - centre + i64::from(self.half)).unsigned_abs().div_ceil(stride.unsigned_abs());
            let steps = left.min(BLOCK as u64);
            let block: Vec<_> = multiples(&mut at, -step).take(steps as usize).collect();
            for at in group::normalize(&block) {
                if let Some(found) = self.near(generator, point, &at, centre) {
                    return (low..high).contains(&found).then_some(found);
                }
                centre += stride;
            }
        }
        None
    }

    /// `centre ± b`, if `at = point - centre·g` is `± b·g`.
    fn near(&self, generator: &FixedBase, point: &G1Projective, at: &G1Affine, centre: i64) -> Option<i64> {
        let key = abscissa(at);
        let first = self.steps.partition_point(|(abscissa, _)| *abscissa < key);
        let candidates = self.steps.iter().skip(first).take_while(|(abscissa, _)| *abscissa == key);
        let signed = candidates.flat_map(|(_, b)| [centre + i64::from(*b), centre - i64::from(*b)]);
        signed.into_iter().find(|found| generator.multiply(&Fr::from(*found)) == *point)
    }

    /// The chunk `s` for which `point = s·g`, of an honest dealer.
    pub(super) fn chunk(&self, generator: &FixedBase, point: &G1Projective) -> Option<Fr> {
        self.between(generator, point, 0, BASE).map(Fr::from)
    }

    /// The chunk `s` for which `point = s·g`, of a dealer that cheated as far as the proof of chunking allows.
    pub(super) fn inflated_chunk(
        &self,
        generator: &FixedBase,
        point: &G1Projective,
        bounds: Bounds,
    ) -> Option<Fr> {
        self.fraction(generator, point, bounds.z, DIVISORS)
    }

    /// `s = z / D` for which `point = s·g`, with `|z| < bound` and `1 <= D <= divisors`.
    fn fraction(&self, generator: &FixedBase, point: &G1Projective, bound: i64, divisors: u64) -> Option<Fr> {
        (1..=divisors).map(Fr::from).find_map(|divisor| {
            let z = self.between(generator, &(*point * divisor), 1 - bound, bound)?;
            Some(Fr::from(z) * divisor.inverse()?)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn generator() -> FixedBase {
        FixedBase::new(&group::generator(), 8)
    }

    #[test]
    fn every_size_of_chunk_is_found() {
        let (table, generator) = (Logarithms::few(), generator());
        let half = i64::from(FEW);
        for chunk in [0, 1, 2, half - 1, half, half + 1, 2 * half, 2 * half + 1, 30_000, BASE - 2, BASE - 1] {
            let point = generator.multiply(&Fr::from(chunk));
            assert_eq!(table.chunk(&generator, &point), Some(Fr::from(chunk)));
        }
        for outside in [-1, BASE] {
            assert_eq!(table.chunk(&generator, &generator.multiply(&Fr::from(outside))), None);
        }
    }

    #[test]
    fn fractions_are_found_up_to_the_bounds() {
        let (table, generator) = (Logarithms::with(1 << 8), generator());
        let find = |s: Fr| table.fraction(&generator, &generator.multiply(&s), 1 << 20, 5);
        let third = Fr::from(3).inverse().unwrap();
        for s in [Fr::from(70_000), -Fr::from(12), third * Fr::from(1_000_003), -third] {
            assert_eq!(find(s), Some(s));
        }
        assert_eq!(find(Fr::from(1 << 20)), None);
        assert_eq!(find(Fr::from(7).inverse().unwrap()), None);
    }
}
