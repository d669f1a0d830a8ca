//! Window additions never meet an exceptional case, and so fix every slope.

use super::chain::ROWS_OF_ABSCISSA;
use super::forger::{Kind, forge};
use super::form::Form;
use super::*;

/// Additions for one base.
const ADDITIONS: usize = WINDOWS - 1;

/// Counts exceptional additions over all scalars of `windows` digits of the set, in a group of the given order. In a group of
/// prime order every point is as good as any other, so points are represented by their logarithms.
fn exceptions(order: i64, windows: u32, digits: &[i64], top_digits: &[i64]) -> usize {
    let mut sums: Vec<i64> = top_digits.iter().map(|top| top * 16_i64.pow(windows - 1)).collect();
    let mut found = 0;
    for window in (0..windows - 1).rev() {
        let addends: Vec<i64> = digits.iter().map(|digit| digit * 16_i64.pow(window)).collect();
        let mut next = Vec::with_capacity(sums.len() * digits.len());
        for a in &sums {
            for b in &addends {
                let zero = |x: i64| x.rem_euclid(order) == 0;
                found += usize::from(zero(*b) || zero(a - b) || zero(a + b));
                next.push(a + b);
            }
        }
        sums = next;
    }
    found
}

#[test]
fn no_addition_is_exceptional_in_a_group_just_large_enough() {
    let digits: Vec<i64> = (0..16).map(|x| 2 * x - 15).collect();
    let top = [9, 11, 13, 15];
    // The smallest primes above 16^3 and 16^4.
    for (order, windows) in [(4_099, 3), (65_537, 4)] {
        assert_eq!(exceptions(order, windows, &digits, &top), 0);
    }
    // The test can fail: a group that is too small, digits that are even.
    assert_ne!(exceptions(1_021, 3, &digits, &top), 0);
    assert_ne!(exceptions(4_099, 3, &[-2, 0, 2], &top), 0);
}

#[test]
fn no_slope_is_free() {
    let form = Form::constants(&keys(2), 1);
    let (statement, witness) = statement(&keys(2), 1, &scalar(3));
    let public = form.public_inputs(&statement, &keys(2));
    let bits = witness.scalar.bits();
    let bases = [(Clause::Ephemeral, 1), (Clause::SharedSecrets, 2), (Clause::Blinder, 1)];
    for (clause, chains) in bases {
        for index in 0..chains * ADDITIONS {
            // The prover adds with another slope once, and correctly from there on.
            let forgery = forge(&form, &public, &bits, |step| {
                let chosen = step.clause == clause && step.kind == Kind::Quotient && step.index == index;
                if chosen { field("another slope") } else { step.fitting }
            });
            let row =
                form.rows(clause).start + index / ADDITIONS * ROWS_OF_ABSCISSA + 3 * (index % ADDITIONS);
            assert_eq!(forgery.failures(&form), [(row, clause)], "slope {index} of {clause}");
        }
    }
}

#[test]
fn every_base_is_multiplied_by_the_same_digits() {
    let form = Form::constants(&keys(2), 1);
    let (statement, witness) = statement(&keys(2), 1, &scalar(3));
    let public = form.public_inputs(&statement, &keys(2));
    let bits = witness.scalar.bits();
    for window in 0..ADDITIONS {
        // The sign makes another v in the look-up, a magnitude bit another u as well.
        for (bit, rows) in [(3, 1), (0, 2)] {
            let mut other_bits = bits.to_vec();
            other_bits[4 * window + bit] ^= true;
            let other = forge(&form, &public, &other_bits, |step| step.fitting);
            let mut others = other.steps.iter().filter(|step| step.clause == Clause::SharedSecrets);
            let forgery = forge(&form, &public, &bits, |step| match step.clause {
                Clause::SharedSecrets => others.next().unwrap().fitting,
                _ => step.fitting,
            });
            let addition = ADDITIONS - 1 - window;
            let failing = (0..keys(2).len()).flat_map(|key| {
                let row = form.rows(Clause::SharedSecrets).start + key * ROWS_OF_ABSCISSA + 3 * addition;
                (row..row + rows).map(|row| (row, Clause::SharedSecrets))
            });
            assert_eq!(forgery.failures(&form), failing.collect::<Vec<_>>(), "window {window}, bit {bit}");
        }
    }
}
