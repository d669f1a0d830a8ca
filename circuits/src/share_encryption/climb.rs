//! The ladders of all keys, natively and side by side, so that those of one bit share their inversions.

use ark_bls12_381::Fr;
use ark_ff::{AdditiveGroup, Field, One};
use zeroize::{Zeroize, Zeroizing};

use super::EphemeralScalar;
use super::inversion::Inversion;
use super::ladder::{QUOTIENTS, STEPS};
use crate::jubjub::{MONTGOMERY_A, MONTGOMERY_B, Point};

/// The ladder of one key.
#[derive(Zeroize)]
struct Rung {
    /// `P`.
    point: (Fr, Fr),
    /// `aP`.
    sum: (Fr, Fr),
    /// From `aP` to `εP`.
    slope: Fr,
    /// `u((a + ε)P)`.
    middle: Fr,
}

/// The ladders up to some quotient.
struct Climb {
    rungs: Zeroizing<Vec<Rung>>,
    /// Key by key.
    quotients: Zeroizing<Vec<Fr>>,
    /// Quotients of each key so far.
    done: usize,
    inversion: Inversion,
}

/// The quotients of the ladders of all keys, key by key. In variable time.
pub(super) fn quotients(keys: &[Point], scalar: &EphemeralScalar) -> Zeroizing<Vec<Fr>> {
    let mut climb = Climb::new(keys);
    climb.triple();
    let bits = scalar.signed_bits();
    for positive in bits.iter().rev().skip(bits.len() - STEPS) {
        climb.step(*positive);
    }
    climb.quotients
}

impl Climb {
    fn new(keys: &[Point]) -> Self {
        let rungs = keys.iter().map(|key| {
            let point = key.montgomery();
            Rung { point, sum: point, slope: Fr::default(), middle: Fr::default() }
        });
        Self {
            rungs: Zeroizing::new(rungs.collect()),
            quotients: Zeroizing::new(vec![Fr::default(); keys.len() * QUOTIENTS]),
            done: 0,
            inversion: Inversion::new(keys.len()),
        }
    }

    fn triple(&mut self) {
        let tangent = |Rung { point: (u, v), .. }: &Rung| {
            let numerator = (u.double() + u + MONTGOMERY_A.double()) * u + Fr::one();
            (numerator, MONTGOMERY_B.double() * v)
        };
        self.divide(tangent, |rung, slope| rung.sum = third_point(rung.sum, rung.point.0, slope));
        let chord = |Rung { point, sum, .. }: &Rung| (point.1 - sum.1, point.0 - sum.0);
        self.divide(chord, |rung, slope| rung.sum = third_point(rung.sum, rung.point.0, slope));
    }

    fn step(&mut self, positive: bool) {
        let chord = |Rung { point: (u, v), sum, .. }: &Rung| {
            let v = if positive { *v } else { -*v };
            (v - sum.1, *u - sum.0)
        };
        self.divide(chord, |rung, slope| {
            rung.slope = slope;
            rung.middle = third_point(rung.sum, rung.point.0, slope).0;
        });
        let back = |Rung { sum, middle, .. }: &Rung| (sum.1.double(), sum.0 - middle);
        self.divide(back, |rung, both| {
            rung.sum = third_point(rung.sum, rung.middle, both - rung.slope);
        });
    }

    /// One quotient of every key, from numerator and denominator.
    fn divide(&mut self, fraction: impl Fn(&Rung) -> (Fr, Fr), next: impl Fn(&mut Rung, Fr)) {
        let denominators = self.rungs.iter().map(|rung| fraction(rung).1);
        let inverses = self.inversion.invert(denominators);
        let places = self.quotients.iter_mut().skip(self.done).step_by(QUOTIENTS);
        for ((rung, inverse), place) in self.rungs.iter_mut().zip(inverses).zip(places) {
            *place = fraction(rung).0 * inverse;
            next(rung, *place);
        }
        self.done += 1;
    }
}

/// The sum of the point `sum` and another with the abscissa `u`, on a line of this slope.
fn third_point(sum: (Fr, Fr), u: Fr, slope: Fr) -> (Fr, Fr) {
    let next_u = MONTGOMERY_B * slope.square() - MONTGOMERY_A - sum.0 - u;
    (next_u, slope * (sum.0 - next_u) - sum.1)
}
