//! Honest provers are accepted, by both verifiers, and repeat themselves exactly when they should.

use std::collections::BTreeSet;

use coram_circuits::{
    Fr,
    jubjub::Point,
    share_encryption::{Circuit, EphemeralScalar, Statement, Witness, masked_sum},
};
use merlin::Transcript;

use super::{
    forger::Forger,
    messages::{points, scalars},
    system::{SEED, System, verify},
};
use crate::{
    encryption_key::DecryptionKey,
    fiat_shamir::{FiatShamir, scalar_bytes},
    group,
    transparent::{Dimensions, Proof, Setup, prover, reference},
};

#[test]
fn an_honest_proof_is_accepted_by_both_verifiers() {
    let system = System::get();
    assert_eq!(system.failures(&system.honest()), []);
}

#[test]
fn a_forger_that_does_not_lie_is_accepted() {
    let system = System::get();
    let mut forger = Forger::new(system);
    forger.commit_honestly();
    forger.run_constraints_honestly();
    forger.send_values_honestly();
    forger.run_assignment_honestly();
    assert_eq!(system.failures(&forger.close()), []);
}

#[test]
fn a_proof_survives_its_encoding() {
    let system = System::get();
    let bytes = system.honest().to_bytes();
    assert_eq!(bytes.len(), Proof::len(system.setup.dimensions));
    let decoded = Proof::from_bytes(system.setup.dimensions, &bytes).unwrap();
    assert_eq!(decoded.to_bytes(), bytes);
    assert_eq!(system.failures(&decoded), []);
}

#[test]
fn the_same_seed_gives_the_same_proof() {
    let system = System::get();
    assert_eq!(system.prove(&system.private, &SEED).to_bytes(), system.honest().to_bytes());
}

/// No scalar that depends on the witness goes out unblinded: under other nonces every message is another one, also
/// the commitments to rows of zeros.
#[test]
fn another_seed_changes_every_message() {
    let system = System::get();
    let (mut one, mut two) = (system.honest(), system.prove(&system.private, &[6; 32]));
    assert_eq!(system.failures(&two), []);
    let distinct: BTreeSet<_> =
        [&mut one, &mut two].into_iter().flat_map(points).map(|p| group::encode(p)).collect();
    assert_eq!(distinct.len(), 2 * points(&mut one).len());
    let distinct: BTreeSet<_> =
        [&mut one, &mut two].into_iter().flat_map(scalars).map(|s| scalar_bytes(s)).collect();
    assert_eq!(distinct.len(), 2 * scalars(&mut one).len());
}

#[test]
fn rows_of_zeros_are_blinded() {
    let system = System::get();
    let mut proof = system.prove(&vec![Fr::from(0u64); system.private.len()], &SEED);
    assert!(points(&mut proof).into_iter().all(|point| !ark_ec::AffineRepr::is_zero(point)));
}

#[test]
fn nonces_depend_on_the_statement_the_witness_and_the_seed() {
    use rand_core::RngCore;
    let drawn = |statement: &'static [u8], witness: u64, seed: u8| {
        let mut fs = Transcript::new(b"test");
        fs.append_message(b"statement", statement);
        fs.nonces(&[Fr::from(witness)], &[seed; 32]).next_u64()
    };
    assert_eq!(drawn(b"one", 1, 1), drawn(b"one", 1, 1));
    let all = [drawn(b"one", 1, 1), drawn(b"two", 1, 1), drawn(b"one", 2, 1), drawn(b"one", 1, 2)];
    assert_eq!(BTreeSet::from(all).len(), all.len());
}

/// The relation itself, for two recipients: its proof is much larger, so both verifiers see few of them.
#[test]
fn the_verifiers_agree_on_the_relation_of_share_encryption() {
    let keys: Vec<Point> =
        [1, 2].map(|seed| DecryptionKey::derive(&[seed; 32], b"test").encryption_key().0).to_vec();
    let circuit = Circuit::new(&keys, 1).unwrap();
    let setup = Setup::new(circuit.matrices());
    let scalar = EphemeralScalar::from_uniform_bytes(&[7; 32]);
    let [ctx, blind, challenge] = [1, 2, 3u64].map(Fr::from);
    let witness = Witness::new(&keys, 1, ctx, blind, &scalar);
    let masked_sum = masked_sum(challenge, witness.blinder, &witness.pads);
    let statement = Statement { ephemeral: scalar.ephemeral_key(), ctx, blind, challenge, masked_sum };
    let private = circuit.assign(&statement, &scalar);
    assert_eq!(private.len(), circuit.matrices().private);

    let fs = Transcript::new(b"test");
    let public = circuit.public_inputs(&statement);
    let mut proof = prover::prove(&setup, &mut fs.clone(), &public, &private, &SEED).unwrap();
    assert_eq!(verify(&setup, fs.clone(), &public, &proof), Ok(true));
    assert_eq!(reference::failures(&setup, &fs, &public, &proof), Some(vec![]));

    for index in 0..public.len() {
        let mut changed = public.clone();
        changed[index] += Fr::from(1u64);
        assert_eq!(verify(&setup, fs.clone(), &changed, &proof), Ok(false), "public input {index}");
    }
    proof.product.responses[0] += Fr::from(1u64);
    assert_eq!(verify(&setup, fs.clone(), &public, &proof), Ok(false));
    assert!(!reference::failures(&setup, &fs, &public, &proof).unwrap().is_empty());
}

/// The first round of the opening folds the slots onto the columns: they must find room, whatever the size.
#[test]
fn there_are_never_more_slots_than_columns() {
    use coram_circuits::r1cs::Matrices;
    let sizes = (0..18).flat_map(|bits| [1 << bits, (1 << bits) + 1]);
    for (constraints, private) in sizes.clone().flat_map(|c| sizes.clone().map(move |p| (c, p))) {
        let dimensions = Dimensions::of(&Matrices { constraints, private, public: 6, ..Matrices::default() });
        assert!(dimensions.slots() <= dimensions.columns(), "{dimensions:?}");
        assert!(1 << dimensions.private_bits() >= private.max(7), "{dimensions:?}");
        assert!(1 << dimensions.constraint_bits >= constraints, "{dimensions:?}");
    }
}
