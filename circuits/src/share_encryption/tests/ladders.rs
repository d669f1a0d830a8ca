//! Ladders never meet an exceptional case, and so fix every quotient.

use ark_ff::{AdditiveGroup, Field};

use super::forger::{Kind, forge};
use super::form::Form;
use super::ladder::{QUOTIENTS, ROWS, STEPS, step};
use super::*;
use crate::jubjub::{MONTGOMERY_A, MONTGOMERY_B};
use crate::r1cs::{Builder, Linear, LinearCombination, Synthesizer};

const RECIPIENTS: usize = 2;

/// The row `v' = ε v(P)` of a step, from 0 for the highest bit: the first of six, after four for `2P` and three for `3P`.
fn row_of_bit(step: usize) -> usize {
    4 + 3 + 6 * step
}

/// The row of a quotient.
fn row_of_quotient(quotient: usize) -> usize {
    match quotient {
        0 => 1,
        1 => 4,
        _ => row_of_bit((quotient - 2) / 2) + [1, 3][quotient % 2],
    }
}

fn inputs(statement: &Statement) -> (Form, Vec<Fr>) {
    let form = Form::inputs(RECIPIENTS, 1);
    let public = form.public_inputs(statement, &keys(RECIPIENTS));
    (form, public)
}

#[test]
fn no_quotient_of_a_ladder_is_free() {
    let (statement, witness) = statement(&keys(RECIPIENTS), 1, &scalar(3));
    let (form, public) = inputs(&statement);
    let bits = witness.scalar.bits();
    for index in 0..RECIPIENTS * QUOTIENTS {
        // The prover adds with another slope once, and correctly from there on.
        let forgery = forge(&form, &public, &bits, |step| {
            let chosen =
                step.clause == Clause::SharedSecrets && step.kind == Kind::Quotient && step.index == index;
            if chosen { field("another slope") } else { step.fitting }
        });
        let start = form.rows(Clause::SharedSecrets).start + index / QUOTIENTS * ROWS;
        let row = start + row_of_quotient(index % QUOTIENTS);
        assert_eq!(forgery.failures(&form), [(row, Clause::SharedSecrets)], "quotient {index}");
        // The lie would have paid: other pads, another sum.
        assert_ne!(forgery.public[5], statement.masked_sum);
    }
}

/// The bits of a scalar, with the signed bit number `k` of the scalar turned.
fn turn(bits: &[bool], k: usize) -> Vec<bool> {
    let mut turned = bits.to_vec();
    let digit = &mut turned[k / 4 * 4..][..4];
    // The others of a digit are bits of the magnitude times the sign: they stay if both change.
    if k % 4 == 3 {
        digit.iter_mut().for_each(|bit| *bit ^= true)
    } else {
        digit[k % 4] ^= true
    }
    turned
}

#[test]
fn a_ladder_goes_by_the_bits_of_the_tables() {
    let (statement, witness) = statement(&keys(RECIPIENTS), 1, &scalar(3));
    let (form, public) = inputs(&statement);
    let bits = witness.scalar.bits();
    for k in 0..STEPS {
        let other = forge(&form, &public, &turn(&bits, k), |step| step.fitting);
        let mut others = other.steps.iter().filter(|step| step.clause == Clause::SharedSecrets);
        let forgery = forge(&form, &public, &bits, |step| match step.clause {
            Clause::SharedSecrets => others.next().unwrap().fitting,
            _ => step.fitting,
        });
        let start = form.rows(Clause::SharedSecrets).start + row_of_bit(STEPS - 1 - k);
        let failing = (0..RECIPIENTS).map(|key| (start + key * ROWS, Clause::SharedSecrets));
        assert_eq!(forgery.failures(&form), failing.collect::<Vec<_>>(), "bit {k}");
    }
}

/// Counts exceptional additions over all signed bits of so many steps, in a group of the given order, of ladders that start with
/// `start` times the point. In a group of prime order every point is as good as any other, so points are represented by their
/// logarithms.
fn exceptions(order: i64, start: i64, steps: u32) -> usize {
    let zero = |x: i64| x.rem_euclid(order) == 0;
    let exceptional = |a: i64, b: i64| zero(a) || zero(b) || zero(a - b) || zero(a + b);
    let (mut sums, mut found) = (vec![start], 0);
    for _ in 0..steps {
        found += (sums.iter().flat_map(|a| [(*a, 1), (*a, -1)]))
            .filter(|(a, bit)| exceptional(*a, *bit) || exceptional(a + bit, *a))
            .count();
        sums = sums.iter().flat_map(|a| [2 * a + 1, 2 * a - 1]).collect();
    }
    found
}

#[test]
fn no_ladder_is_exceptional_in_a_group_just_large_enough() {
    // The smallest primes above 2^8, 2^12 and 2^16; the two highest bits are constant.
    for (order, bits) in [(257, 8), (4_099, 12), (65_537, 16)] {
        assert_eq!(exceptions(order, 3, bits - 2), 0);
    }
    // The test can fail: a group that is too small, and ladders that start with the point itself.
    assert_ne!(exceptions(127, 3, 6), 0);
    assert_ne!(exceptions(65_537, 1, 15), 0);
    assert_ne!(exceptions(65_537, -1, 15), 0);
}

/// A step from `sum` with `ε = bit`, as a system of its own: the rows that fail if the prover takes `λ1 = slope` and makes all that
/// follows fit, and the abscissa that comes out.
fn lone_step(point: (Fr, Fr), sum: (Fr, Fr), bit: i64, slope: Fr) -> (Vec<usize>, Fr) {
    let mut builder = Builder::new(4);
    let [u, v, sum_u, sum_v] = [0, 1, 2, 3].map(|index| builder.public(index));
    let constant = LinearCombination::constant(Fr::from(bit));
    step(&mut builder, &(sum_u, sum_v), &(u, v), &constant);
    let (matrices, _) = builder.finish();

    let middle = MONTGOMERY_B * slope.square() - MONTGOMERY_A - sum.0 - point.0;
    let both = sum.1.double() / (sum.0 - middle);
    let next_u = MONTGOMERY_B * (both - slope).square() - MONTGOMERY_A - sum.0 - middle;
    let private = [Fr::from(bit) * point.1, slope, middle, both, next_u];
    let public = [point.0, point.1, sum.0, sum.1];
    (matrices.failing_rows(&private, &public).collect(), next_u)
}

/// Why ladders start with `3P`.
#[test]
fn a_ladder_that_starts_with_the_point_itself_can_be_forged() {
    let (point, negative) = (keys(1)[0].montgomery(), (-keys(1)[0]).montgomery());
    let slopes = ["a slope", "another slope"].map(field);
    for (sum, bit) in [(point, 1), (negative, -1)] {
        // 0 λ1 = 0: every row holds, whatever λ1 is, and what comes out is the prover's choice.
        let [one, other] = slopes.map(|slope| lone_step(point, sum, bit, slope));
        assert!(one.0.is_empty() && other.0.is_empty());
        assert_ne!(one.1, other.1);
    }
    for (sum, bit) in [(point, -1), (negative, 1)] {
        // The sum is the identity, 0 λ1 = ±2 v(P): nothing satisfies the row of λ1.
        assert!(slopes.iter().all(|slope| lone_step(point, sum, bit, *slope).0 == [1]));
    }
    // From 3P one slope satisfies the row of λ1, and no other.
    let triple = Point::new((keys(1)[0].edwards() * ark_ed_on_bls12_381::Fr::from(3u64)).into()).unwrap();
    let sum = triple.montgomery();
    for bit in [1, -1] {
        let slope = (Fr::from(bit) * point.1 - sum.1) / (point.0 - sum.0);
        assert!(lone_step(point, sum, bit, slope).0.is_empty());
        assert!(slopes.iter().all(|slope| lone_step(point, sum, bit, *slope).0 == [1]));
    }
}
