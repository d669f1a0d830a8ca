//! Provers of false statements, each lying in one place.

use ark_bls12_381::Fr;
use ark_ec::CurveGroup;
use ark_ff::One;

use super::{
    forger::Forger,
    system::{SEED, System},
};
use crate::{
    group,
    transparent::{product::ProductProof, reference::Equation},
};

#[test]
fn every_constraint_broken_alone_is_rejected() {
    let system = System::get();
    for constraint in 0..12 {
        let mut private = system.private.clone();
        private[System::determined(constraint)] += Fr::one();
        assert_eq!(system.setup.original.is_satisfied(&private, &system.public), Err(constraint));
        let proof = system.prove(&private, &SEED);
        assert_eq!(system.failures(&proof), [Equation::Opening], "constraint {constraint}");
    }
}

/// The prover runs the first sumcheck on an unsatisfied assignment and then states the `v_C` that its last equation asks for.
#[test]
fn a_value_of_c_that_saves_the_first_sumcheck_fails_in_the_second() {
    let system = System::get();
    let mut forger = unsatisfied(system);
    let [a, b, _, ab] = forger.true_values();
    forger.send_values([a, b, ab - forger.forced_difference(), ab], |_| {});
    forger.run_assignment_honestly();
    assert_eq!(system.failures(&forger.close()), [Equation::Opening]);
}

/// The same with `v_A`, and the product that belongs to it.
#[test]
fn a_value_of_a_that_saves_the_first_sumcheck_fails_in_the_second() {
    let system = System::get();
    let mut forger = unsatisfied(system);
    let [_, b, c, _] = forger.true_values();
    let ab = c + forger.forced_difference();
    forger.send_values([ab / b, b, c, ab], |_| {});
    forger.run_assignment_honestly();
    assert_eq!(system.failures(&forger.close()), [Equation::Opening]);
}

/// With `v_AB` alone both sumchecks are saved: what is left is the product.
#[test]
fn a_false_product_that_saves_both_sumchecks_fails_in_the_product_alone() {
    let system = System::get();
    let mut forger = unsatisfied(system);
    let [a, b, c, _] = forger.true_values();
    forger.send_values([a, b, c, c + forger.forced_difference()], |_| {});
    forger.run_assignment_honestly();
    assert_eq!(system.failures(&forger.close()), [Equation::Product]);
}

#[test]
fn each_announcement_of_the_product_changed_fails_in_its_equation_alone() {
    let equations = [Equation::LeftFactor, Equation::RightFactor, Equation::Product];
    for (index, equation) in equations.into_iter().enumerate() {
        let change = |product: &mut ProductProof| {
            let announcement = &mut product.announcements[index];
            *announcement = (*announcement + group::generator()).into_affine();
        };
        assert_eq!(failures_with(change), [equation]);
    }
}

#[test]
fn each_response_of_the_product_changed_fails_in_its_equations_alone() {
    let equations: [&[Equation]; 5] = [
        &[Equation::LeftFactor, Equation::Product],
        &[Equation::LeftFactor],
        &[Equation::RightFactor],
        &[Equation::RightFactor],
        &[Equation::Product],
    ];
    for (index, equations) in equations.into_iter().enumerate() {
        assert_eq!(
            failures_with(|product| product.responses[index] += Fr::one()),
            equations,
            "z_{}",
            index + 1
        );
    }
}

/// Two errors that would cancel if the equations were added up without weights.
#[test]
fn opposite_errors_in_two_equations_do_not_cancel() {
    let failures = failures_with(|product| {
        product.responses[1] += Fr::one();
        product.responses[3] -= Fr::one();
    });
    assert_eq!(failures, [Equation::LeftFactor, Equation::RightFactor]);
}

#[test]
fn the_last_responses_changed_fail_in_the_opening_alone() {
    let system = System::get();
    let mut proof = system.honest();
    proof.opening.response += Fr::one();
    assert_eq!(system.failures(&proof), [Equation::Opening]);
    let mut proof = system.honest();
    proof.opening.blinding_response += Fr::one();
    assert_eq!(system.failures(&proof), [Equation::Opening]);
}

/// The constant column of `z` is the verifier's. With two in its place, a constraint is satisfied that is not.
#[test]
fn the_constant_one_is_not_the_provers_to_choose() {
    let system = System::get();
    let mut forger = Forger::new(system);
    forger.one = Fr::from(2u64);
    let public = [forger.one].into_iter().chain(system.public.iter().copied()).collect::<Vec<_>>();
    solve(&mut forger.private, system, &public);
    assert_false_statement_is_rejected(system, forger);
}

/// The same for every public input: the forger has a witness for another statement.
#[test]
fn public_inputs_are_not_the_provers_to_choose() {
    let system = System::get();
    for index in 0..2 {
        let mut forger = Forger::new(system);
        forger.public[index] += Fr::one();
        let public = [Fr::one()].into_iter().chain(forger.public.iter().copied()).collect::<Vec<_>>();
        solve(&mut forger.private, system, &public);
        assert_false_statement_is_rejected(system, forger);
    }
}

/// Sets the determined variables so that every constraint holds with `public` in the place of `(1, public)`.
fn solve(private: &mut [Fr], system: &System, public: &[Fr]) {
    let matrices = &system.setup.original;
    let [a, b, c] = [&matrices.a, &matrices.b, &matrices.c].map(|matrix| matrix.multiply(private, public));
    for k in 0..12 {
        private[System::determined(k)] += a[k] * b[k] - c[k];
    }
}

fn assert_false_statement_is_rejected(system: &System, mut forger: Forger<'_>) {
    forger.commit_honestly();
    assert_eq!(forger.constraint_sum(), Fr::from(0u64), "the forger's own constraints hold");
    forger.run_constraints_honestly();
    forger.send_values_honestly();
    forger.run_assignment_honestly();
    assert_eq!(system.failures(&forger.close()), [Equation::Opening]);
}

/// A forger with an unsatisfied assignment, after its first sumcheck.
fn unsatisfied(system: &System) -> Forger<'_> {
    let mut forger = Forger::new(system);
    forger.private[System::determined(5)] += Fr::one();
    forger.commit_honestly();
    forger.run_constraints_honestly();
    forger
}

/// What fails if an otherwise honest prover changes its proof of the product. Changes of the responses are added
/// to them.
fn failures_with(change: impl FnOnce(&mut ProductProof)) -> Vec<Equation> {
    let system = System::get();
    let mut forger = Forger::new(system);
    forger.commit_honestly();
    forger.run_constraints_honestly();
    forger.send_values_and_product(forger.true_values(), |_| {}, change);
    forger.run_assignment_honestly();
    system.failures(&forger.close())
}
