//! Components of a commitment where they do not belong.
//!
//! All commitments are opened together, so what one of them carries on another one's generators counts for the other, if
//! both have the same weight. Each attack is shown twice: a verifier without the weight that stops it would accept.

use ark_bls12_381::Fr;
use ark_ff::{Field, One, UniformRand, Zero};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

use super::{
    forger::{Forger, Message},
    system::System,
};
use crate::{
    group,
    transparent::{
        proof::Proof,
        reference::{self, Equation, Rules},
        sumcheck,
    },
};

/// Every commitment has weight one.
const EQUAL_SLOTS: Rules = Rules { slot_base: Some(Fr::ONE), ..Rules::PROTOCOL };
/// The exponents count from 0: the first round shares its weight with the rows.
const FROM_ZERO: Rules = Rules { first_exponent: 0, ..Rules::PROTOCOL };
/// `u = 1`: values weigh as much as what they are compared with.
const EQUAL_VALUES: Rules = Rules { value_weight: Some(Fr::ONE), ..Rules::PROTOCOL };
const ALL_EQUAL: Rules = Rules { slot_base: Some(Fr::ONE), ..EQUAL_VALUES };

/// A column whose four entries occur in three different constraints, once each: changing all of them changes the sum over the
/// constraints linearly.
const COLUMN: usize = 29;

/// Runs `forge` once for each set of rules: it passes under `weak`, and is rejected under all `strong` ones and by the protocol.
fn assert_stopped(forge: impl Fn(Rules) -> Proof, weak: Rules, strong: &[Rules]) {
    let system = System::get();
    assert!(system.would_accept(weak, &forge(weak)), "the attack does not work at all");
    for rules in strong {
        assert!(!system.would_accept(*rules, &forge(*rules)));
    }
    assert_eq!(system.failures(&forge(Rules::PROTOCOL)), [Equation::Opening]);
}

/// A forger whose assignment does not satisfy constraint 5.
fn unsatisfied() -> Forger<'static> {
    let mut forger = Forger::new(System::get());
    forger.private[System::determined(5)] += Fr::one();
    forger.private.resize(1 << System::get().setup.dimensions.private_bits(), Fr::zero());
    forger
}

/// Adds `amount` to the column in every row of the table.
fn shift_column(private: &mut [Fr], amount: Fr) {
    let columns = System::get().setup.dimensions.columns();
    private.iter_mut().skip(COLUMN).step_by(columns).for_each(|entry| *entry += amount);
}

/// The first sumcheck ends wrong. When its challenges are known, a round of the second one repairs its first round.
#[test]
fn a_later_round_does_not_repair_an_earlier_one() {
    let forge = |rules| {
        let mut forger = unsatisfied();
        forger.commit_honestly();
        forger.run_constraints_honestly();
        let [a, b, c, ab] = forger.true_values();
        let at_constraint = reference::eq(&forger.tau, &forger.r_x);
        let missing = at_constraint * (ab - c - forger.forced_difference());
        forger.send_values([a, b, c, ab], |_| {});
        let weight = sumcheck::weights::<3>(&forger.r_x).0[0];
        let target = forger.rounds.len();
        forger.run_assignment(|round, message| {
            if round == target {
                *message.slot(0) += missing / weight;
            }
        });
        forger.close_under(rules)
    };
    assert_stopped(forge, EQUAL_SLOTS, &[FROM_ZERO, EQUAL_VALUES]);
}

/// The same within the first sumcheck: its last round carries what the first one lacks. The prover guesses nothing: the
/// challenge of the last round scales both alike.
#[test]
fn the_last_round_of_a_sumcheck_does_not_repair_its_first() {
    let forge = |rules| {
        let mut forger = unsatisfied();
        forger.commit_honestly();
        // What is missing before the last round is the sum itself times the challenges so far; so is the weight of slot 0.
        let missing = forger.constraint_sum();
        let mut shadow = unsatisfied();
        shadow.commit_honestly();
        shadow.run_constraints_honestly();
        let rounds = shadow.r_x.len();
        let earlier = &shadow.r_x[..rounds - 1];
        // λ of slot 0 is (1 - 2 r_0) r_1 … and the missing part is sum · r_0 r_1 …: both have all later challenges.
        let amount = missing * earlier[0] / (Fr::one() - earlier[0] - earlier[0]);
        forger.run_constraints(|round, message| {
            if round == rounds - 1 {
                *message.slot(0) += amount;
            }
        });
        forger.send_values_honestly();
        forger.run_assignment_honestly();
        forger.close_under(rules)
    };
    assert_stopped(forge, EQUAL_SLOTS, &[FROM_ZERO, EQUAL_VALUES]);
}

/// A round puts a part of a later round's message onto the later round's slot; the later one takes it back.
#[test]
fn an_earlier_round_carries_nothing_for_a_later_one() {
    let forge = |rules| {
        let mut forger = Forger::new(System::get());
        forger.commit_honestly();
        forger.run_constraints(|round, message| match round {
            0 => *message.slot(3) += Fr::from(77u64),
            1 => *message.slot(3) -= Fr::from(77u64),
            _ => {}
        });
        forger.send_values_honestly();
        forger.run_assignment_honestly();
        forger.close_under(rules)
    };
    assert_stopped(forge, EQUAL_SLOTS, &[FROM_ZERO, EQUAL_VALUES]);
}

/// Rows carry a part of every round's message.
#[test]
fn rows_carry_nothing_for_the_rounds() {
    let slots = System::get().setup.dimensions.slots();
    for slot in [0, 2, slots - 1] {
        let forge = |rules| {
            let mut forger = Forger::new(System::get());
            // The weights of the rows add up to one.
            forger.commit(|rows| rows.iter_mut().for_each(|row| *row.slot(slot) += Fr::from(77u64)));
            let take_back = |round, message: &mut Message| {
                if round == if slot < 12 { slot / 3 } else { 4 + (slot - 12) / 2 } {
                    *message.slot(slot) -= Fr::from(77u64);
                }
            };
            forger.run_constraints(take_back);
            forger.send_values_honestly();
            forger.run_assignment(take_back);
            forger.close_under(rules)
        };
        assert_stopped(forge, EQUAL_SLOTS, &[EQUAL_VALUES]);
    }
}

/// The first round is sent when `τ` is known. If it had the weight of the rows, its components on `G` would be added to every
/// row: an assignment chosen after `τ`, for which the sum over all constraints vanishes although one does not hold.
#[test]
fn the_first_round_does_not_change_the_rows() {
    let forge = |rules| {
        let mut forger = unsatisfied();
        forger.commit_honestly();
        let at_zero = forger.constraint_sum();
        shift_column(&mut forger.private, Fr::one());
        let slope = forger.constraint_sum() - at_zero;
        let amount = -at_zero / slope;
        shift_column(&mut forger.private, amount - Fr::one());
        assert_eq!(forger.constraint_sum(), Fr::zero());
        forger.run_constraints(|round, message| {
            if round == 0 {
                *message.column(COLUMN) += amount;
            }
        });
        forger.send_values_honestly();
        forger.run_assignment_honestly();
        forger.close_under(rules)
    };
    assert_stopped(forge, FROM_ZERO, &[EQUAL_VALUES]);
    assert_stopped(forge, EQUAL_SLOTS, &[EQUAL_VALUES]);
}

/// A round of the second sumcheck changes the assignment, when `r_x` and a convenient `v_C` are fixed.
#[test]
fn a_later_round_does_not_change_the_rows() {
    let forge = |rules| {
        let mut forger = unsatisfied();
        forger.commit_honestly();
        forger.run_constraints_honestly();
        let [a, b, c, ab] = forger.true_values();
        let convenient = ab - forger.forced_difference();
        forger.send_values([a, b, convenient, ab], |_| {});
        // The sum over M z has to grow by r_C (v_C' - v_C).
        let mut column = vec![Fr::zero(); forger.private.len()];
        shift_column(&mut column, Fr::one());
        let slope: Fr = forger.folded_matrix().iter().zip(&column).map(|(m, z)| *m * z).sum();
        let amount = forger.r_abc[2] * (convenient - c) / slope;
        shift_column(&mut forger.private, amount);
        let first = forger.rounds.len();
        forger.run_assignment(|round, message| {
            if round == first {
                *message.column(COLUMN) += amount;
            }
        });
        forger.close_under(rules)
    };
    assert_stopped(forge, EQUAL_SLOTS, &[FROM_ZERO, EQUAL_VALUES]);
}

/// A component on `U` in a round commitment is worth as much as a value, unless values have a weight of their own.
#[test]
fn rounds_carry_no_values() {
    let forge = |rules| {
        let mut forger = unsatisfied();
        forger.commit_honestly();
        forger.run_constraints_honestly();
        let [_, _, c, ab] = forger.true_values();
        let at_constraint = reference::eq(&forger.tau, &forger.r_x);
        let missing = at_constraint * (ab - c - forger.forced_difference());
        forger.send_values_honestly();
        let first = forger.rounds.len();
        forger.run_assignment(|round, message| {
            if round == first {
                *message.value() -= missing;
            }
        });
        forger.close_under(rules)
    };
    assert_stopped(forge, ALL_EQUAL, &[EQUAL_SLOTS, EQUAL_VALUES, FROM_ZERO]);
}

/// Components on `U` in the rows are taken back by a round.
#[test]
fn rows_carry_no_values() {
    let forge = |rules| {
        let mut forger = Forger::new(System::get());
        forger.commit(|rows| rows.iter_mut().for_each(|row| *row.value() += Fr::from(77u64)));
        forger.run_constraints(|round, message| {
            if round == 0 {
                *message.value() -= Fr::from(77u64);
            }
        });
        forger.send_values_honestly();
        forger.run_assignment_honestly();
        forger.close_under(rules)
    };
    // With values and the first round weighing as much as the rows, the attack passes.
    assert_stopped(forge, ALL_EQUAL, &[EQUAL_VALUES]);
    // Opposite components cancel whatever `u` is, if rows and rounds weigh alike; the statement is true all the same.
    assert!(System::get().would_accept(EQUAL_SLOTS, &forge(EQUAL_SLOTS)));
}

/// A commitment to a value with a component on a slot whose weight is known: the slot pays for the value.
#[test]
fn values_carry_nothing_for_the_rounds() {
    let forge = |rules| {
        let mut forger = Forger::new(System::get());
        forger.commit_honestly();
        forger.run_constraints_honestly();
        let weight = sumcheck::weights::<3>(&forger.r_x).0[0];
        // Only C_C is not pinned down by the proof of the product.
        forger.send_values(forger.true_values(), |values| {
            *values[2].slot(0) += Fr::from(77u64);
            *values[2].value() += weight * Fr::from(77u64);
        });
        forger.run_assignment_honestly();
        forger.close_under(rules)
    };
    assert_stopped(forge, ALL_EQUAL, &[EQUAL_SLOTS, EQUAL_VALUES]);
}

/// A point that is no generator, such as the generator of validator keys, is taken back by another message.
#[test]
fn messages_have_no_component_on_any_other_point() {
    let forge = |rules| {
        let mut forger = Forger::new(System::get());
        forger.commit(|rows| rows.iter_mut().for_each(|row| row.alien = group::generator()));
        forger.run_constraints(|round, message| {
            if round == 0 {
                message.alien = -group::generator();
            }
        });
        forger.send_values_honestly();
        forger.run_assignment_honestly();
        forger.close_under(rules)
    };
    assert_stopped(forge, EQUAL_SLOTS, &[EQUAL_VALUES]);
}

/// Junk that nothing makes up for, on every kind of generator in every message.
#[test]
fn no_message_has_a_component_where_it_does_not_belong() {
    let system = System::get();
    let dimensions = system.setup.dimensions;
    let mut random = ChaCha20Rng::from_seed([8; 32]);
    let rounds = dimensions.rounds();
    let places: [fn(&mut Message) -> &mut Fr; 4] =
        [|m| m.value(), |m| m.column(3), |m| m.slot(1), |m| m.slot(27)];
    for (kind, place) in places.into_iter().enumerate() {
        for target in 0..4 + rounds + 4 {
            let amount = Fr::rand(&mut random);
            let on_own_slot = match (kind, target) {
                (0, value) if value >= 4 + rounds => true,
                (1, row) if row < 4 => true,
                (2, 4) => true,
                (3, last) => last == 3 + rounds,
                _ => false,
            };
            if on_own_slot {
                continue;
            }
            let add = |index: usize, message: &mut Message| {
                if index == target {
                    *place(message) += amount;
                }
            };
            let mut forger = Forger::new(system);
            forger.commit(|rows| rows.iter_mut().enumerate().for_each(|(row, message)| add(row, message)));
            forger.run_constraints(|round, message| add(4 + round, message));
            forger.send_values(forger.true_values(), |values| {
                values.iter_mut().enumerate().for_each(|(value, message)| add(4 + rounds + value, message));
            });
            forger.run_assignment(|round, message| add(4 + round, message));
            assert!(!system.accepts(&forger.close()), "generator {kind}, message {target}");
        }
    }
}
