//! Every message of a proof, changed in every simple way.

use ark_bls12_381::{Fr, G1Affine};
use ark_ff::{One, Zero};

use super::system::System;
use crate::{group, transparent::Proof};

/// All points of a proof, in the order of its bytes.
pub(super) fn points(proof: &mut Proof) -> Vec<&mut G1Affine> {
    let opening = &mut proof.opening;
    proof
        .rows
        .iter_mut()
        .chain(&mut proof.constraint_rounds)
        .chain(&mut proof.values)
        .chain(&mut proof.product.announcements)
        .chain(&mut proof.assignment_rounds)
        .chain(opening.rounds.iter_mut().flatten())
        .chain([&mut opening.announcement])
        .collect()
}

/// All scalars of a proof, in the order of its bytes.
pub(super) fn scalars(proof: &mut Proof) -> Vec<&mut Fr> {
    let opening = &mut proof.opening;
    proof
        .product
        .responses
        .iter_mut()
        .chain([&mut opening.response, &mut opening.blinding_response])
        .collect()
}

fn count_points() -> usize {
    points(&mut System::get().honest()).len()
}

/// Rejected, and by both verifiers.
fn assert_rejected(change: impl Fn(&mut Proof), what: &str) {
    let system = System::get();
    let mut proof = system.honest();
    change(&mut proof);
    assert_ne!(proof.to_bytes(), system.honest().to_bytes(), "{what} changed nothing");
    assert_ne!(system.failures(&proof), [], "{what}");
}

#[test]
fn every_point_negated_is_rejected() {
    for index in 0..count_points() {
        assert_rejected(
            |proof| *points(proof)[index] = -*points(proof)[index],
            &format!("point {index} negated"),
        );
    }
}

#[test]
fn every_point_replaced_by_the_identity_is_rejected() {
    for index in 0..count_points() {
        assert_rejected(|proof| *points(proof)[index] = G1Affine::identity(), &format!("no point {index}"));
    }
}

#[test]
fn every_point_replaced_by_another_is_rejected() {
    for index in 0..count_points() {
        assert_rejected(|proof| *points(proof)[index] = group::generator(), &format!("point {index}"));
    }
}

#[test]
fn points_swapped_with_the_next_are_rejected() {
    for index in 1..count_points() {
        let swap = |proof: &mut Proof| {
            let mut points = points(proof);
            let (earlier, later) = points.split_at_mut(index);
            std::mem::swap(earlier[index - 1], later[0]);
        };
        assert_rejected(swap, &format!("points {} and {index}", index - 1));
    }
}

#[test]
fn every_scalar_changed_is_rejected() {
    let count = scalars(&mut System::get().honest()).len();
    for index in 0..count {
        assert_rejected(|proof| *scalars(proof)[index] += Fr::one(), &format!("scalar {index} plus one"));
        assert_rejected(|proof| *scalars(proof)[index] = Fr::zero(), &format!("scalar {index} zero"));
        let negate = |proof: &mut Proof| *scalars(proof)[index] = -*scalars(proof)[index];
        assert_rejected(negate, &format!("scalar {index} negated"));
    }
}

#[test]
fn scalars_swapped_with_the_next_are_rejected() {
    let count = scalars(&mut System::get().honest()).len();
    for index in 1..count {
        let swap = |proof: &mut Proof| {
            let mut scalars = scalars(proof);
            let (earlier, later) = scalars.split_at_mut(index);
            std::mem::swap(earlier[index - 1], later[0]);
        };
        assert_rejected(swap, &format!("scalars {} and {index}", index - 1));
    }
}

/// A message of another proof of the same statement, by the same prover.
#[test]
fn every_message_from_another_proof_is_rejected() {
    let system = System::get();
    let mut other = system.prove(&system.private, &[6; 32]);
    for index in 0..count_points() {
        let replacement = *points(&mut other)[index];
        assert_rejected(|proof| *points(proof)[index] = replacement, &format!("point {index}"));
    }
}

/// All combinations of identities and zeros that an all-zero proof is made of.
#[test]
fn a_proof_of_nothing_is_rejected() {
    assert_rejected(
        |proof| {
            points(proof).into_iter().for_each(|point| *point = G1Affine::identity());
            scalars(proof).into_iter().for_each(|scalar| *scalar = Fr::zero());
        },
        "nothing",
    );
}
