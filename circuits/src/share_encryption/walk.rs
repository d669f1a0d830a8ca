//! The additions of all chains, natively and side by side, so that those of one window share an inversion.

use ark_bls12_381::Fr;
use ark_ff::Field;
use zeroize::Zeroizing;

use super::inversion::Inversion;
use super::table::Table;
use super::{EphemeralScalar, WINDOWS};
use crate::jubjub::{MONTGOMERY_A, MONTGOMERY_B};

/// Quotients of a chain.
pub(super) const QUOTIENTS: usize = WINDOWS - 1;

/// What the additions of a scalar's windows give.
pub(super) struct Walk {
    /// The slopes, base by base, each from the second highest window down.
    pub(super) slopes: Zeroizing<Vec<Fr>>,
    /// The Montgomery abscissa of each multiple.
    pub(super) abscissas: Zeroizing<Vec<Fr>>,
}

impl Walk {
    /// Adds up `s*P` for the base `P` of every table. In variable time.
    pub(super) fn new(tables: &[&Table], scalar: &EphemeralScalar) -> Self {
        let digits = scalar.digits();
        let addends = |window: usize| tables.iter().map(move |t| t.window(window).select(digits[window]));
        let mut sums: Zeroizing<Vec<(Fr, Fr)>> = Zeroizing::new(addends(WINDOWS - 1).collect());
        let mut slopes = Zeroizing::new(vec![Fr::default(); tables.len() * QUOTIENTS]);
        let mut inversion = Inversion::new(tables.len());
        for (step, window) in (0..WINDOWS - 1).rev().enumerate() {
            let denominators = addends(window).zip(sums.iter()).map(|(addend, sum)| addend.0 - sum.0);
            let inverses = inversion.invert(denominators);
            for (base, (u, v)) in addends(window).enumerate() {
                let (sum_u, sum_v) = sums[base];
                let slope = (v - sum_v) * inverses[base];
                let next_u = MONTGOMERY_B * slope.square() - MONTGOMERY_A - sum_u - u;
                sums[base] = (next_u, slope * (sum_u - next_u) - sum_v);
                slopes[base * QUOTIENTS + step] = slope;
            }
        }
        Self { slopes, abscissas: Zeroizing::new(sums.iter().map(|sum| sum.0).collect()) }
    }
}
