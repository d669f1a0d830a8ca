//! Every challenge depends on everything that was sent before it, and on nothing that comes after.

use ark_bls12_381::Fr;
use ark_ff::{One, Zero};
use merlin::Transcript;

use super::{
    messages::{points, scalars},
    system::{System, verify},
};
use crate::{
    error::ProofError,
    fiat_shamir::FiatShamir,
    group,
    transparent::{
        Dimensions, Generators, Proof, Setup, absorb_setup,
        closing::{Closing, ClosingChallenges, SumcheckPoint},
        opening::final_challenge,
        verifier,
    },
};

/// All challenges in the order in which the verifier draws them.
fn drawn(setup: &Setup, mut fs: Transcript, public: &[Fr], proof: &Proof) -> Vec<Fr> {
    let challenges = verifier::replay(setup, &mut fs, public, proof).unwrap();
    let (point, closing) = (challenges.point, challenges.closing);
    let mut all = [point.constraint_point, point.constraint_challenges].concat();
    all.push(challenges.product);
    all.extend(point.matrix_weights);
    all.extend(point.assignment_challenges);
    all.extend([closing.slot_base, closing.second_weight, closing.value_weight]);
    all.extend(proof.opening.replay(&mut fs).unwrap());
    all.push(final_challenge(&mut fs, &proof.opening.announcement).unwrap());
    all
}

fn honestly_drawn() -> Vec<Fr> {
    let system = System::get();
    drawn(&system.setup, system.statement(), &system.public, &system.honest())
}

/// Exactly the challenges from `first` on are others.
fn assert_change_from(first: usize, changed: &[Fr], what: &str) {
    let honest = honestly_drawn();
    assert_eq!(honest[..first], changed[..first], "{what} changes a challenge that was drawn before it");
    for (index, (a, b)) in honest.iter().zip(changed).enumerate().skip(first) {
        assert_ne!(a, b, "challenge {index} does not depend on {what}");
    }
}

/// For every point of a proof, in the order of the bytes, the number of challenges that are drawn before it is sent.
fn drawn_before_points(dimensions: Dimensions) -> Vec<usize> {
    let (constraints, assignments) = (dimensions.constraint_bits, dimensions.assignment_bits());
    let rows = vec![0; dimensions.rows()];
    let constraint_rounds = (constraints..2 * constraints).collect();
    let values_and_announcements = vec![2 * constraints; 4 + 3];
    // The product's challenge and r_A, r_B, r_C.
    let first = 2 * constraints + 4;
    let assignment_rounds = (first..first + assignments).collect();
    // η, ζ, u.
    let first = first + assignments + 3;
    let opening = (first..first + dimensions.opening_rounds()).flat_map(|round| [round, round]).collect();
    let announcement = vec![first + dimensions.opening_rounds()];
    [rows, constraint_rounds, values_and_announcements, assignment_rounds, opening, announcement].concat()
}

#[test]
fn every_challenge_depends_on_every_earlier_point_and_on_no_later_one() {
    let system = System::get();
    let before = drawn_before_points(system.setup.dimensions);
    assert_eq!(before.len(), points(&mut system.honest()).len());
    for (index, first) in before.into_iter().enumerate() {
        let mut proof = system.honest();
        *points(&mut proof)[index] = group::generator();
        let changed = drawn(&system.setup, system.statement(), &system.public, &proof);
        assert_change_from(first, &changed, &format!("point {index}"));
    }
}

#[test]
fn every_challenge_depends_on_the_earlier_responses() {
    let system = System::get();
    let after_product = 2 * system.setup.dimensions.constraint_bits + 1;
    for index in 0..5 {
        let mut proof = system.honest();
        *scalars(&mut proof)[index] += Fr::one();
        let changed = drawn(&system.setup, system.statement(), &system.public, &proof);
        assert_change_from(after_product, &changed, &format!("scalar {index}"));
    }
}

#[test]
fn every_challenge_depends_on_the_public_inputs() {
    let system = System::get();
    let proof = system.honest();
    for index in 0..system.public.len() {
        let mut public = system.public.clone();
        public[index] += Fr::one();
        assert_change_from(0, &drawn(&system.setup, system.statement(), &public, &proof), "a public input");
        assert_eq!(verify(&system.setup, system.statement(), &public, &proof), Ok(false));
    }
}

#[test]
fn every_challenge_depends_on_what_the_caller_has_absorbed() {
    let system = System::get();
    let mut elsewhere = system.statement();
    elsewhere.append_message(b"more", b"");
    let changed = drawn(&system.setup, elsewhere.clone(), &system.public, &system.honest());
    assert_change_from(0, &changed, "the caller's statement");
    assert_eq!(verify(&system.setup, elsewhere, &system.public, &system.honest()), Ok(false));
}

/// The same equations under another digest: nothing but the digest tells this proof that it is for another system.
#[test]
fn every_challenge_depends_on_the_digest_of_the_constraint_system() {
    let system = System::get();
    let mut digest = system.setup.digest;
    digest[31] ^= 1;
    let setup = changed_setup(digest, system.setup.dimensions);
    let changed = drawn(&setup, system.statement(), &system.public, &system.honest());
    assert_change_from(0, &changed, "the digest");
    assert_eq!(verify(&setup, system.statement(), &system.public, &system.honest()), Ok(false));
}

#[test]
fn the_first_challenge_depends_on_the_dimensions() {
    let system = System::get();
    let Dimensions { constraint_bits, row_bits, column_bits } = system.setup.dimensions;
    let others = [
        Dimensions { constraint_bits: constraint_bits + 1, row_bits, column_bits },
        Dimensions { constraint_bits, row_bits: row_bits + 1, column_bits },
        Dimensions { constraint_bits, row_bits, column_bits: column_bits + 1 },
        Dimensions { constraint_bits, row_bits: row_bits - 1, column_bits: column_bits + 1 },
    ];
    for dimensions in others {
        assert_ne!(
            first_challenge(&changed_setup(system.setup.digest, dimensions), &system.public),
            first_challenge(&system.setup, &system.public),
            "{dimensions:?}"
        );
    }
}

#[test]
fn public_inputs_cannot_slide_into_each_other() {
    let setup = &System::get().setup;
    let (zero, one) = (Fr::zero(), Fr::one());
    let lists: [&[Fr]; 5] = [&[], &[zero], &[zero, zero], &[one, zero], &[zero, one]];
    let drawn: std::collections::BTreeSet<_> =
        lists.iter().map(|list| first_challenge(setup, list)).collect();
    assert_eq!(drawn.len(), lists.len());
}

fn first_challenge(setup: &Setup, public: &[Fr]) -> Fr {
    let mut fs = System::get().statement();
    absorb_setup(setup, &mut fs, public);
    fs.challenge(b"test").unwrap()
}

fn changed_setup(digest: [u8; 32], dimensions: Dimensions) -> Setup {
    let matrices = &System::get().setup.original;
    Setup::from_parts(matrices, digest, dimensions, Generators::of(dimensions))
}

/// A matrix that differs in one entry is another system: by its digest, and by what is computed with it.
#[test]
fn a_proof_for_other_matrices_is_rejected() {
    let system = System::get();
    let mut matrices = system.setup.original.clone();
    std::mem::swap(&mut matrices.a, &mut matrices.b);
    assert_ne!(matrices.digest(), system.setup.digest);
    let generators = || Generators::of(system.setup.dimensions);
    let dimensions = system.setup.dimensions;
    let with_its_digest = Setup::from_parts(&matrices, matrices.digest(), dimensions, generators());
    let with_ours = Setup::from_parts(&matrices, system.setup.digest, dimensions, generators());
    for setup in [with_its_digest, with_ours] {
        assert_eq!(verify(&setup, system.statement(), &system.public, &system.honest()), Ok(false));
    }
}

/// `η` is inverted. Merlin never gives a zero that a test could provoke, so the closing is asked directly.
#[test]
fn a_zero_slot_base_is_refused_without_a_panic() {
    let dimensions = System::get().setup.dimensions;
    let ones = |count| vec![Fr::one(); count];
    let point = SumcheckPoint {
        constraint_point: ones(dimensions.constraint_bits),
        constraint_challenges: ones(dimensions.constraint_bits),
        matrix_weights: [Fr::one(); 3],
        assignment_challenges: ones(dimensions.assignment_bits()),
    };
    let closing = |slot_base| {
        let challenges = ClosingChallenges { slot_base, second_weight: Fr::one(), value_weight: Fr::one() };
        Closing::new(dimensions, &point, &challenges, Fr::one(), Fr::one()).map(|_| ())
    };
    assert_eq!(closing(Fr::zero()), Err(ProofError::ZeroChallenge));
    assert_eq!(closing(Fr::one()), Ok(()));
}
