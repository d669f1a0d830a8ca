//! The additions of all bases, natively and side by side, so that those of one window share an inversion.

use ark_bls12_381::Fr;
use ark_ff::{Field, batch_inversion};
use zeroize::Zeroizing;

use super::table::Table;
use super::{EphemeralScalar, WINDOWS};
use crate::jubjub::{MONTGOMERY_A, MONTGOMERY_B};

/// What the additions of a scalar's windows give.
pub(super) struct Walk {
    /// The slopes, base by base, each from the second highest window down.
    pub(super) slopes: Zeroizing<Vec<Fr>>,
    /// The Montgomery abscissa of each multiple.
    pub(super) abscissas: Zeroizing<Vec<Fr>>,
}

impl Walk {
    /// Adds up `s*P` for the base `P` of every table. In variable time.
    pub(super) fn new(tables: &[Table], scalar: &EphemeralScalar) -> Self {
        let digits = scalar.digits();
        let addends = |window: usize| tables.iter().map(move |t| t.window(window).select(digits[window]));
        let mut sums: Zeroizing<Vec<(Fr, Fr)>> = Zeroizing::new(addends(WINDOWS - 1).collect());
        let mut slopes = Zeroizing::new(vec![Fr::default(); tables.len() * (WINDOWS - 1)]);
        let mut inverses = Zeroizing::new(Vec::with_capacity(tables.len()));
        for (step, window) in (0..WINDOWS - 1).rev().enumerate() {
            inverses.clear();
            inverses.extend(addends(window).zip(sums.iter()).map(|(addend, sum)| addend.0 - sum.0));
            batch_inversion(&mut inverses);
            for (base, (u, v)) in addends(window).enumerate() {
                let (sum_u, sum_v) = sums[base];
                let slope = (v - sum_v) * inverses[base];
                let next_u = MONTGOMERY_B * slope.square() - MONTGOMERY_A - sum_u - u;
                sums[base] = (next_u, slope * (sum_u - next_u) - sum_v);
                slopes[base * (WINDOWS - 1) + step] = slope;
            }
        }
        Self { slopes, abscissas: Zeroizing::new(sums.iter().map(|sum| sum.0).collect()) }
    }
}
