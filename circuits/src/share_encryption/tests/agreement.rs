//! Where the native check, the constraints and the recipient must agree.

use ::jubjub::ExtendedPoint;
use ark_bls12_381::Fr;
use ark_ff::{BigInteger, Field as _, PrimeField};

use super::forger::forge;
use super::form::Form;
use super::*;
use crate::jubjub::{base, blinder_base, montgomery_u};
use crate::poseidon::{self, Field};

/// The smallest and the largest scalar, alternating signs, and a few others.
fn scalars() -> Vec<EphemeralScalar> {
    let patterns =
        [0x00, 0xff, 0x88, 0x77, 0x80, 0x08].map(|byte| EphemeralScalar::from_uniform_bytes(&[byte; 32]));
    patterns.into_iter().chain((0..4).map(scalar)).collect()
}

#[test]
fn a_true_statement_satisfies_all() {
    for (recipients, outputs) in [(1, 1), (4, 1), (3, 2), (2, 3), (2, 9)] {
        let keys = keys(recipients);
        let forms = Form::both(&keys, outputs);
        for scalar in scalars() {
            let (statement, _) = statement(&keys, outputs, &scalar);
            assert_eq!(check(&keys, outputs, &statement, &scalar), Ok(()));
            for form in &forms {
                let private = form.assign(&statement, &keys, &scalar);
                assert_eq!(form.is_satisfied(&private, &form.public_inputs(&statement, &keys)), Ok(()));
            }
        }
    }
}

#[test]
fn quotients_together_are_quotients_one_by_one() {
    let keys = keys(3);
    for form in Form::both(&keys, 2) {
        for scalar in scalars() {
            let (statement, _) = statement(&keys, 2, &scalar);
            let public = form.public_inputs(&statement, &keys);
            let honest = forge(&form, &public, &scalar.bits(), |step| step.fitting);
            assert_eq!(honest.private, form.assign(&statement, &keys, &scalar));
            // The prover that tells no lies publishes the true R and y.
            assert_eq!(honest.public, public);
        }
    }
}

#[test]
fn both_forms_make_the_same_secrets_and_pads() {
    let keys = keys(3);
    let forms = Form::both(&keys, 2);
    for scalar in scalars() {
        let (statement, _) = statement(&keys, 2, &scalar);
        // All variables but those of E3, of which the last of each recipient is its shared secret.
        let [constants, inputs] = forms.each_ref().map(|form| {
            let public = form.public_inputs(&statement, &keys);
            let steps = forge(form, &public, &scalar.bits(), |step| step.fitting).steps;
            let (of_secrets, others): (Vec<_>, Vec<_>) =
                steps.into_iter().partition(|step| step.clause == Clause::SharedSecrets);
            let secrets: Vec<Fr> = (of_secrets.chunks(of_secrets.len() / keys.len()))
                .filter_map(|chain| chain.last().map(|step| step.fitting))
                .collect();
            (secrets, others.into_iter().map(|step| step.fitting).collect::<Vec<Fr>>())
        });
        assert_eq!(constants.0, keys.iter().map(|key| shared_secret_u(&scalar, key)).collect::<Vec<_>>());
        assert!(constants == inputs);
    }
}

#[test]
fn all_refuse_the_same_statements() {
    let keys = keys(2);
    let forms = Form::both(&keys, 2);
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
        for form in &forms {
            let private = form.assign(&wrong, &keys, &witness.scalar);
            assert_eq!(form.is_satisfied(&private, &form.public_inputs(&wrong, &keys)), Err(clause));
        }
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
