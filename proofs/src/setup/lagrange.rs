//! From powers to the Lagrange basis, in the group.
//!
//! With `w` the root of unity of the domain of size `N`, `L_i` the polynomial that is one at `w^i` and zero on the rest of it:
//!
//! ```text
//! L_i(tau) = 1/N sum_k w^(-ik) tau^k
//! ```
//!
//! which is an inverse Fourier transform of the powers. Every butterfly multiplies one point by a root; all is public, so this
//! is in variable time.

use ark_bls12_381::Fr;
use ark_ec::CurveGroup;
use ark_ff::One;
use ark_poly::{EvaluationDomain, Radix2EvaluationDomain};

use super::{point::Point, progress::Meter};
use crate::parallel;

/// Butterflies that a thread computes at once, with one inversion.
const PIECE: usize = 256;

/// What [`lagrange`] reports to a meter in all, for `2^log` points.
pub(super) fn steps(log: u8) -> usize {
    usize::from(log) << (log - 1)
}

/// `L_i(tau)·P` in the order of the domain, from `tau^k·P`; the number of powers is a power of two.
pub(super) fn lagrange<P: Point>(powers: &[P], meter: &Meter<'_>) -> Vec<P> {
    let Some(domain) = Radix2EvaluationDomain::<Fr>::new(powers.len()) else {
        unreachable!("strings of powers are shorter than the field has roots of unity")
    };
    let log = powers.len().ilog2();
    let roots: Vec<Fr> = std::iter::successors(Some(Fr::one()), |root| Some(*root * domain.group_gen_inv))
        .take(powers.len() / 2)
        .collect();
    let reversed = |index: usize| index.reverse_bits() >> (usize::BITS - log);
    let mut points: Vec<P> = (0..powers.len()).map(|index| powers[reversed(index)]).collect();
    for stage in 0..log {
        // The last stage divides by N.
        let factor = if stage + 1 == log { domain.size_inv } else { Fr::one() };
        points = Stage { points: &points, roots: &roots, half: 1 << stage, factor }.run(meter);
    }
    points
}

/// One stage: butterflies over blocks of `2·half` points.
struct Stage<'a, P> {
    points: &'a [P],
    /// `w^(-k)`, `k = 0..N/2`.
    roots: &'a [Fr],
    half: usize,
    /// What every output is multiplied by.
    factor: Fr,
}

impl<P: Point> Stage<'_, P> {
    fn run(&self, meter: &Meter<'_>) -> Vec<P> {
        let butterflies = self.points.len() / 2;
        let pieces = parallel::map(butterflies.div_ceil(PIECE), |piece| {
            let piece = piece * PIECE..butterflies.min((piece + 1) * PIECE);
            let count = piece.len();
            let sums: Vec<P::Group> = piece.flat_map(|index| self.butterfly(index)).collect();
            let sums = P::Group::normalize_batch(&sums);
            meter.advance(count);
            sums
        });
        let mut points = vec![P::zero(); self.points.len()];
        for (index, pair) in pieces.iter().flat_map(|piece| piece.chunks_exact(2)).enumerate() {
            let (low, high) = self.places(index);
            points[low] = pair[0];
            points[high] = pair[1];
        }
        points
    }

    /// The two points that a butterfly combines.
    fn places(&self, index: usize) -> (usize, usize) {
        let low = index / self.half * 2 * self.half + index % self.half;
        (low, low + self.half)
    }

    fn butterfly(&self, index: usize) -> [P::Group; 2] {
        let (low, high) = self.places(index);
        let root = self.roots[index % self.half * (self.roots.len() / self.half)] * self.factor;
        let [low, high] =
            [(self.points[low], self.factor), (self.points[high], root)].map(|(point, scalar)| {
                if scalar.is_one() { point.into_group() } else { point.multiply(&scalar) }
            });
        [low + high, low - high]
    }
}
