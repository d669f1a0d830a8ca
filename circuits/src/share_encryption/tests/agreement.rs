//! Where the native check, the constraints and the recipient must agree.

use ::jubjub::ExtendedPoint;
use ark_bls12_381::Fr;
use ark_ff::{BigInteger, Field as _, PrimeField};

use super::forger::forge;
use super::*;
use crate::jubjub::{base, blinder_base, montgomery_u};
use crate::poseidon::Field;
use crate::{CircuitError, poseidon};

/// The smallest and the largest scalar, alternating signs, and a few others.
fn scalars() -> Vec<EphemeralScalar> {
    let patterns =
        [0x00, 0xff, 0x88, 0x77, 0x80, 0x08].map(|byte| EphemeralScalar::from_uniform_bytes(&[byte; 32]));
    patterns.into_iter().chain((0..4).map(scalar)).collect()
}

#[test]
fn a_true_statement_satisfies_both() {
    for (recipients, outputs) in [(1, 1), (4, 1), (3, 2), (2, 3), (2, 9)] {
        let keys = keys(recipients);
        let circuit = Circuit::new(&keys, outputs).unwrap();
        for scalar in scalars() {
            let (statement, _) = statement(&keys, outputs, &scalar);
            assert_eq!(check(&keys, outputs, &statement, &scalar), Ok(()));
            let private = circuit.assign(&statement, &scalar);
            assert_eq!(circuit.is_satisfied(&private, &circuit.public_inputs(&statement)), Ok(()));
        }
    }
}

#[test]
fn quotients_together_are_quotients_one_by_one() {
    let keys = keys(3);
    let circuit = Circuit::new(&keys, 2).unwrap();
    for scalar in scalars() {
        let (statement, _) = statement(&keys, 2, &scalar);
        let honest = forge(&circuit, &statement, &scalar.bits(), |step| step.fitting);
        assert_eq!(honest.private, *circuit.assign(&statement, &scalar));
        // The prover that tells no lies publishes the true R and y.
        assert_eq!(honest.public, circuit.public_inputs(&statement));
    }
}

#[test]
fn both_refuse_the_same_statements() {
    let keys = keys(2);
    let circuit = Circuit::new(&keys, 2).unwrap();
    let (statement, witness) = statement(&keys, 2, &scalar(1));
    let one = Fr::from(1u64);
    let wrong = [
        (Clause::Ephemeral, Statement { ephemeral: -statement.ephemeral, ..statement.clone() }),
        (Clause::Ephemeral, Statement { ephemeral: base(), ..statement.clone() }),
        (Clause::MaskedSum, Statement { ctx: statement.ctx + one, ..statement.clone() }),
        (Clause::MaskedSum, Statement { blind: statement.blind + one, ..statement.clone() }),
        (Clause::MaskedSum, Statement { challenge: statement.challenge + one, ..statement.clone() }),
        (Clause::MaskedSum, Statement { masked_sum: statement.masked_sum + one, ..statement.clone() }),
    ];
    for (clause, wrong) in wrong {
        assert_eq!(check(&keys, 2, &wrong, &witness.scalar), Err(clause));
        let private = circuit.assign(&wrong, &witness.scalar);
        assert_eq!(circuit.is_satisfied(&private, &circuit.public_inputs(&wrong)), Err(clause));
    }
}

#[test]
fn a_recipient_computes_the_same_pads_in_constant_time() {
    let (secret, s, ctx) = (scalar(7), scalar(8), field("ctx"));
    let dealt = pads(ctx, 3, shared_secret_u(&s, &secret.ephemeral_key()), 4);
    let product = ExtendedPoint::from(s.ephemeral_key().to_jubjub()) * secret.to_jubjub();
    let received = pads(bls12_381::Scalar::from_fr(ctx), 3, montgomery_u(&product), 4);
    assert_eq!(dealt.into_iter().map(bls12_381::Scalar::from_fr).collect::<Vec<_>>(), received);
}

#[test]
fn tables_and_group_law_give_the_same_secrets() {
    let keys = keys(3);
    let circuit = Circuit::new(&keys, 1).unwrap();
    for scalar in scalars() {
        let bases = keys.iter().copied().chain([blinder_base()]);
        let expected: Vec<Fr> = bases.map(|point| shared_secret_u(&scalar, &point)).collect();
        assert_eq!(*circuit.shared_secrets(&scalar), expected);
    }
}

#[test]
fn the_scalar_is_the_sum_of_its_digits() {
    for scalar in scalars() {
        // s = 2 X - (16^62 - 1), where d = 2 x - 15.
        let digits = scalar.digits().iter().rev();
        let x = digits.fold(Fr::from(0u64), |x, d| x * Fr::from(16u64) + Fr::from((d + 15) as u64 / 2));
        let s = x + x - (Fr::from(2u64).pow([248]) - Fr::from(1u64));
        assert_eq!(s.into_bigint().to_bytes_le(), scalar.to_jubjub().to_bytes());
        let bits = s.into_bigint().num_bits();
        assert_eq!((bits, s.into_bigint().is_odd()), (248, true));
    }
}

#[test]
fn every_free_bit_of_the_seed_counts() {
    let zeros = EphemeralScalar::from_uniform_bytes(&[0; 32]);
    let differs = |bit: usize| {
        let mut bytes = [0; 32];
        bytes[bit / 8] |= 1 << (bit % 8);
        EphemeralScalar::from_uniform_bytes(&bytes) != zeros
    };
    // All but the two highest of the top digit, and the last byte.
    let counting: Vec<usize> = (0..256).filter(|bit| differs(*bit)).collect();
    assert_eq!(counting, (0..246).collect::<Vec<_>>());
}

#[test]
fn masked_sum_numbers_pads_validator_by_validator_from_one() {
    let [p0, a, b, c, d]: [Fr; 5] = std::array::from_fn(|k| Fr::from(1 + k as u64));
    let e = Fr::from(10u64);
    // Recipient 1 has pads a, c for validators 1, 2; recipient 2 has b, d.
    assert_eq!(masked_sum(e, p0, &[vec![a, c], vec![b, d]]), Fr::from(54_321u64));
}

#[test]
fn rows_of_the_clauses() {
    let circuit = Circuit::new(&keys(4), 2).unwrap();
    let rows = Clause::ALL.map(|clause| circuit.rows(clause).len());
    let pad = 240 + 12;
    assert_eq!(rows, [62 * 15 + 2, 183, 4 * 182, 182 + pad, 4 * pad, 4 * 2]);
    assert_eq!(circuit.clause(rows.iter().sum::<usize>() - 1), Some(Clause::MaskedSum));
    assert_eq!(circuit.clause(rows.iter().sum()), None);
}

#[test]
fn row_counts_stay_below_powers_of_two() {
    for (recipients, outputs, bound) in
        [(4, 1, 1 << 12), (10, 1, 1 << 13), (50, 1, 1 << 15), (10, 16, 1 << 14)]
    {
        let rows = Circuit::new(&keys(recipients), outputs).unwrap().matrices().constraints;
        assert!(rows < bound, "{recipients} recipients, {outputs} outputs: {rows}");
    }
}

#[test]
fn shapes_outside_the_limits_are_refused() {
    let limit = MAX_RECIPIENTS;
    assert_eq!(Circuit::new(&[], 1).err(), Some(CircuitError::Recipients { found: 0, limit }));
    let many = vec![base(); limit + 1];
    assert_eq!(Circuit::new(&many, 1).err(), Some(CircuitError::Recipients { found: limit + 1, limit }));
    let limit = MAX_PADS / 2;
    assert_eq!(Circuit::new(&keys(2), 0).err(), Some(CircuitError::Outputs { found: 0, limit }));
    assert_eq!(
        Circuit::new(&keys(2), limit + 1).err(),
        Some(CircuitError::Outputs { found: limit + 1, limit })
    );
}

#[test]
fn secrets_are_not_printed() {
    let (_, witness) = statement(&keys(1), 1, &scalar(1));
    assert_eq!(format!("{:?} {:?}", witness.scalar, witness), "EphemeralScalar(..) Witness(..)");
}

#[test]
fn the_narrower_width_is_the_cheaper_one() {
    let rows = |width: poseidon::Width, outputs: usize| {
        let full = poseidon::FULL_ROUNDS * width.words();
        3 * (full + width.partial_rounds()) * outputs.div_ceil(width.words() - 1)
    };
    for outputs in 1..200 {
        let cheaper =
            [poseidon::Width::W3, poseidon::Width::W5].into_iter().min_by_key(|w| rows(*w, outputs));
        assert_eq!(cheaper, Some(poseidon::Width::for_outputs(outputs)), "{outputs}");
    }
}
