//! The elements of the public inputs, of which a transcript has nothing to check them against.

use ark_ec::CurveGroup;

use super::{
    super::{Phase, Setup, SetupError, SetupRecord, Step, StepProblem},
    toy::{Toy, draft, powers},
};
use crate::{groth16::VerifyingKey, group};

fn verify(record: &SetupRecord, toy: &Toy) -> Result<Setup, SetupError> {
    let relation = toy.relation();
    record.decode_for(relation.shape, relation.digest)?.verify()
}

/// With `IC_j = k_j delta G1` the proof `alpha, beta, -sum x_j k_j G1` holds for every statement. Those who contributed
/// saw other elements, and their signatures are over contributions that name them.
#[test]
fn contributions_to_a_key_are_for_its_inputs_alone() {
    let toy = Toy::new(7);
    let draft = draft(&powers(6), &toy);
    let record = draft.record();
    verify(&record, &toy).unwrap();

    let delta = draft.key.heads()[0];
    for input in 0..draft.queries.inputs.len() {
        let mut key = draft.verifying_key();
        key.inputs[input] = group::multiply(&delta, &(input as u64 + 2).into()).into_affine();
        let forged = SetupRecord { verifying_key: VerifyingKey::to_bytes(&key), ..record.clone() };
        let expected = SetupError::Step {
            phase: Phase::Key,
            contribution: 1,
            step: Step::Delta,
            problem: StepProblem::NotProved,
        };
        assert_eq!(verify(&forged, &toy).unwrap_err(), expected, "IC_{input}");
    }
}
