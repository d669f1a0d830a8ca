//! The odd multiples of a point that digits select.

use ark_bls12_381::Fr;
use ark_ec::AffineRepr;
use ark_ed_on_bls12_381::EdwardsProjective;
use ark_ff::batch_inversion;

use super::WINDOWS;
use crate::jubjub::Point;

/// Magnitudes that a digit can have: 1, 3, …, 15.
pub(super) const MAGNITUDES: usize = 8;

/// For each window `w` the Montgomery coordinates of `(2k + 1) 16^w P`, `k = 0..7`.
pub(super) struct Table {
    windows: Vec<Multiples>,
}

/// The eight multiples of one window.
pub(super) struct Multiples {
    pub(super) u: [Fr; MAGNITUDES],
    pub(super) v: [Fr; MAGNITUDES],
}

impl Table {
    /// Computes the table, with one inversion in all.
    pub(super) fn new(point: &Point) -> Self {
        let multiples = odd_multiples(point);
        // u = (Z + Y) / (Z - Y) and v = u Z / X. Neither denominator is zero at a point of prime order.
        let mut inverses: Vec<Fr> = multiples.iter().flat_map(|p| [p.z - p.y, p.x]).collect();
        batch_inversion(&mut inverses);
        let coordinates: Vec<(Fr, Fr)> = multiples
            .iter()
            .zip(inverses.chunks_exact(2))
            .map(|(p, inverse)| {
                let u = (p.z + p.y) * inverse[0];
                (u, u * p.z * inverse[1])
            })
            .collect();
        let window = |points: &[(Fr, Fr)]| Multiples {
            u: std::array::from_fn(|k| points[k].0),
            v: std::array::from_fn(|k| points[k].1),
        };
        Self { windows: coordinates.chunks_exact(MAGNITUDES).map(window).collect() }
    }

    /// The multiples of window `w`.
    pub(super) fn window(&self, window: usize) -> &Multiples {
        &self.windows[window]
    }
}

impl Multiples {
    /// `d 16^w P` for the digit `d`.
    pub(super) fn select(&self, digit: i8) -> (Fr, Fr) {
        let index = usize::from((digit.unsigned_abs() - 1) / 2);
        let v = self.v[index];
        (self.u[index], if digit < 0 { -v } else { v })
    }
}

fn odd_multiples(point: &Point) -> Vec<EdwardsProjective> {
    let mut multiples = Vec::with_capacity(WINDOWS * MAGNITUDES);
    let mut unit = point.edwards().into_group();
    for _ in 0..WINDOWS {
        let twice = unit + unit;
        let mut multiple = unit;
        for _ in 0..MAGNITUDES {
            multiples.push(multiple);
            multiple += twice;
        }
        unit = twice + twice;
        unit = unit + unit;
        unit = unit + unit;
    }
    multiples
}

/// The coefficients of the polynomial in three bits that takes the value `values[b0 + 2 b1 + 4 b2]`; the coefficient with
/// index `k` belongs to the product of the bits that are set in `k`.
pub(super) fn multilinear(values: &[Fr; MAGNITUDES]) -> [Fr; MAGNITUDES] {
    let mut coefficients = *values;
    for bit in [1, 2, 4] {
        for index in (0..MAGNITUDES).filter(|index| index & bit != 0) {
            let lower = coefficients[index ^ bit];
            coefficients[index] -= lower;
        }
    }
    coefficients
}
