//! Quotient, proof and verification are those of arkworks.

use ark_bls12_381::{Bls12_381, Fr};
use ark_groth16::{
    Groth16, ProvingKey, prepare_verifying_key, r1cs_to_qap::LibsnarkReduction, r1cs_to_qap::R1CSToQAP,
};
use ark_poly::GeneralEvaluationDomain;
use ark_std::{UniformRand, test_rng};
use coram_circuits::r1cs::{Builder, Matrices, Synthesizer};

use super::{
    super::{PairingSum, VerifyingKey, proof::Proof, prover::prove, quotient::quotient},
    arkworks::System,
};
use crate::{error::ProofError, group};

/// `x` is a bit, `y = x p + q`, `z = y / q`, `z y = r`: three public inputs, three private variables.
fn matrices() -> Matrices {
    let mut builder = Builder::new(3);
    let [p, q, r] = [0, 1, 2].map(|index| builder.public(index));
    let x = builder.bit();
    let minus_q = {
        use coram_circuits::r1cs::Linear;
        q.times(-Fr::from(1u64))
    };
    let y = builder.product(&x, &p, &minus_q);
    let z = builder.quotient(&y, &q);
    builder.enforce(&z, &y, &r);
    builder.finish().0
}

/// `p = 5`, `q = 3`, `x = 1`.
fn system(matrices: &Matrices) -> System<'_> {
    let (p, q) = (Fr::from(5u64), Fr::from(3u64));
    let y = p + q;
    let z = y / q;
    System { matrices, public: vec![p, q, z * y], private: vec![Fr::from(1u64), y, z] }
}

fn key(system: &System<'_>) -> ProvingKey<Bls12_381> {
    let mut rng = test_rng();
    let trapdoors = std::array::from_fn(|_| Fr::rand(&mut rng));
    system.key(trapdoors, &mut rng)
}

fn ours(key: &ProvingKey<Bls12_381>) -> VerifyingKey {
    VerifyingKey {
        alpha: key.vk.alpha_g1,
        beta: key.vk.beta_g2,
        delta: key.vk.delta_g2,
        inputs: key.vk.gamma_abc_g1.clone(),
    }
}

fn accepts(key: &VerifyingKey, proofs: &[(&[Fr], &Proof)]) -> bool {
    let mut sum = PairingSum::new(key.inputs.len());
    let weights = [3u64, 1 << 40, 77].map(Fr::from);
    for ((inputs, proof), weight) in proofs.iter().zip(weights) {
        sum.add(weight, inputs, proof);
    }
    sum.holds(key)
}

fn blinding() -> [Fr; 2] {
    [Fr::from(11u64), Fr::from(13u64)]
}

#[test]
fn the_quotient_is_that_of_arkworks() {
    let matrices = matrices();
    let system = system(&matrices);
    let expected = LibsnarkReduction::witness_map_from_matrices::<Fr, GeneralEvaluationDomain<Fr>>(
        &system.arkworks_matrices(),
        1 + matrices.public,
        matrices.constraints,
        &system.all(),
    );
    let found = quotient(&matrices, &system.inputs(), &system.private).unwrap();
    assert_eq!(*found, expected.unwrap());
    assert_eq!(found.last(), Some(&Fr::from(0u64)));
}

#[test]
fn the_proof_is_that_of_arkworks() {
    let matrices = matrices();
    let system = system(&matrices);
    let key = key(&system);
    let [r, s] = blinding();
    let expected = Groth16::<Bls12_381>::create_proof_with_reduction_and_matrices(
        &key,
        r,
        s,
        &system.arkworks_matrices(),
        1 + matrices.public,
        matrices.constraints,
        &system.all(),
    )
    .unwrap();
    let found = prove(&key, &matrices, &system.inputs(), &system.private, &blinding()).unwrap();
    assert_eq!((found.a, found.b, found.c), (expected.a, expected.b, expected.c));
    let prepared = prepare_verifying_key(&key.vk);
    assert!(Groth16::<Bls12_381>::verify_proof(&prepared, &expected, &system.public).unwrap());
}

#[test]
fn one_proof_and_many_are_accepted() {
    let matrices = matrices();
    let system = system(&matrices);
    let key = key(&system);
    let inputs = system.inputs();
    let one = prove(&key, &matrices, &inputs, &system.private, &blinding()).unwrap();
    let two = prove(&key, &matrices, &inputs, &system.private, &[Fr::from(1u64), Fr::from(2u64)]).unwrap();
    assert_ne!(one.to_bytes(), two.to_bytes());
    assert!(accepts(&ours(&key), &[(&inputs, &one)]));
    assert!(accepts(&ours(&key), &[(&inputs, &one), (&inputs, &two), (&inputs, &one)]));
}

/// Another value of any public input, or another key: no longer accepted, alone or among others.
#[test]
fn every_input_and_every_element_of_the_key_counts() {
    let matrices = matrices();
    let system = system(&matrices);
    let key = key(&system);
    let inputs = system.inputs();
    let proof = prove(&key, &matrices, &inputs, &system.private, &blinding()).unwrap();
    for index in 0..inputs.len() {
        let mut other = inputs.clone();
        other[index] += Fr::from(1u64);
        assert!(!accepts(&ours(&key), &[(&other, &proof)]), "input {index}");
        assert!(!accepts(&ours(&key), &[(&inputs, &proof), (&other, &proof)]), "input {index}");
    }
    type Change = (&'static str, fn(&mut VerifyingKey));
    let changes: [Change; 4] = [
        ("alpha", |key| key.alpha = -key.alpha),
        ("beta", |key| key.beta = -key.beta),
        ("delta", |key| key.delta = -key.delta),
        ("an input's point", |key| key.inputs.swap(1, 2)),
    ];
    for (name, change) in changes {
        let mut other = ours(&key);
        change(&mut other);
        assert!(!accepts(&other, &[(&inputs, &proof)]), "{name}");
    }
}

#[test]
fn every_element_of_a_proof_counts() {
    let matrices = matrices();
    let system = system(&matrices);
    let key = key(&system);
    let inputs = system.inputs();
    let honest = || prove(&key, &matrices, &inputs, &system.private, &blinding()).unwrap();
    let changes: [fn(&mut Proof); 3] =
        [|proof| proof.a = -proof.a, |proof| proof.b = -proof.b, |proof| proof.c = -proof.c];
    for change in changes {
        let mut proof = honest();
        change(&mut proof);
        assert!(!accepts(&ours(&key), &[(&inputs, &proof)]));
        assert!(!accepts(&ours(&key), &[(&inputs, &honest()), (&inputs, &proof)]));
    }
}

/// Two proofs whose errors cancel when they are added with one weight.
#[test]
fn errors_of_two_proofs_do_not_cancel() {
    let matrices = matrices();
    let system = system(&matrices);
    let key = key(&system);
    let inputs = system.inputs();
    let honest = || prove(&key, &matrices, &inputs, &system.private, &blinding()).unwrap();
    let (mut one, mut two) = (honest(), honest());
    one.c = (one.c + group::generator()).into();
    two.c = (two.c - group::generator()).into();
    let with = |weights: [u64; 2]| {
        let mut sum = PairingSum::new(inputs.len());
        sum.add(Fr::from(weights[0]), &inputs, &one);
        sum.add(Fr::from(weights[1]), &inputs, &two);
        sum.holds(&ours(&key))
    };
    assert!(with([7, 7]), "with equal weights the attack works");
    assert!(!with([7, 8]));
}

/// arkworks takes more inputs than the key has points for, and ignores the rest.
#[test]
fn a_key_for_another_number_of_inputs_accepts_nothing() {
    let matrices = matrices();
    let system = system(&matrices);
    let key = key(&system);
    let inputs = system.inputs();
    let proof = prove(&key, &matrices, &inputs, &system.private, &blinding()).unwrap();
    let mut shorter = ours(&key);
    shorter.inputs.pop();
    let mut sum = PairingSum::new(inputs.len());
    sum.add(Fr::from(1u64), &inputs, &proof);
    assert!(!sum.holds(&shorter));
}

#[test]
fn a_witness_that_breaks_a_row_gives_no_proof() {
    let matrices = matrices();
    let system = system(&matrices);
    let key = key(&system);
    for index in 0..system.private.len() {
        let mut private = system.private.clone();
        private[index] += Fr::from(1u64);
        let proof = prove(&key, &matrices, &system.inputs(), &private, &blinding()).unwrap();
        assert!(!accepts(&ours(&key), &[(&system.inputs(), &proof)]), "variable {index}");
    }
}

#[test]
fn a_proving_key_of_another_circuit_is_refused() {
    let matrices = matrices();
    let system = system(&matrices);
    let mut key = key(&system);
    key.l_query.pop();
    let refused = prove(&key, &matrices, &system.inputs(), &system.private, &blinding());
    assert_eq!(refused.err(), Some(ProofError::ProvingKey));
}

#[test]
fn proofs_are_decoded_with_all_checks() {
    let matrices = matrices();
    let system = system(&matrices);
    let proof = prove(&key(&system), &matrices, &system.inputs(), &system.private, &blinding()).unwrap();
    let bytes = proof.to_bytes();
    assert_eq!(bytes.len(), Proof::LEN);
    assert_eq!(Proof::from_bytes(&bytes).unwrap().to_bytes(), bytes);
    assert_eq!(Proof::from_bytes(&bytes[1..]).err(), Some(ProofError::Length));
    assert_eq!(Proof::from_bytes(&[&bytes[..], &[0]].concat()).err(), Some(ProofError::Length));
    let identity = |range: std::ops::Range<usize>| {
        let mut bytes = bytes.clone();
        bytes[range.clone()].fill(0);
        bytes[range.start] = 0xc0;
        Proof::from_bytes(&bytes).err()
    };
    assert_eq!(identity(0..48), Some(ProofError::Point));
    assert_eq!(identity(48..144), Some(ProofError::PointOfG2));
    assert_eq!(identity(144..192), Some(ProofError::Point));
    for (index, expected) in [(47, ProofError::Point), (143, ProofError::PointOfG2), (191, ProofError::Point)]
    {
        // Some neighbour of the abscissa is on no point of the subgroup.
        let refused = (1..=255_u8).find_map(|change| {
            let mut bytes = bytes.clone();
            bytes[index] ^= change;
            Proof::from_bytes(&bytes).err()
        });
        assert_eq!(refused, Some(expected));
    }
}
