//! Contributions of forgers who know their secrets, and prove something else than what they show.

use ark_bls12_381::{Fr, G1Affine};
use ark_ec::CurveGroup;
use ark_ff::{AdditiveGroup, Field};

use super::{
    super::{
        Draft, OriginRecord, Phase, SetupError, Step, StepProblem,
        chain::{Chain, Link},
        knowledge::{Knowledge, Place},
    },
    toy::{QUIET, honest, powers, toy, verify},
};
use crate::group::{self, g2, pairing};

/// Appends a contribution to the key, made by `step` out of its context and of what was there.
fn append(chain: &Chain, step: impl FnOnce(&[u8; 32], &G1Affine) -> Knowledge) -> Option<SetupError> {
    let mut chain = chain.clone();
    chain.append_with(OriginRecord::Anonymous, |context, heads| vec![step(context, &heads[0])]);
    chain.verify().err()
}

fn secret() -> Fr {
    Fr::from(3u64).pow([12345])
}

fn not_proved() -> Option<SetupError> {
    let problem = StepProblem::NotProved;
    Some(SetupError::Step { phase: Phase::Key, contribution: 3, step: Step::Delta, problem })
}

/// A step with a proof made for another place than the one in which it is shown.
fn proved_for(step: Step, context: &[u8; 32], before: &G1Affine) -> Knowledge {
    Knowledge::new(Place { step, context }, &secret(), before)
}

#[test]
fn an_honest_step_is_accepted() {
    let chain = honest().key;
    assert_eq!(append(&chain, |context, before| proved_for(Step::Delta, context, before)), None);
}

#[test]
fn a_proof_for_another_step_is_refused() {
    let chain = honest().key;
    for step in [Step::Tau, Step::Alpha, Step::Beta] {
        assert_eq!(append(&chain, |context, before| proved_for(step, context, before)), not_proved());
    }
}

#[test]
fn a_proof_for_another_place_is_refused() {
    let chain = honest().key;
    let elsewhere = chain.links()[1].context;
    let other_phase = honest().powers.links()[1].context;
    for context in [elsewhere, other_phase] {
        assert_eq!(append(&chain, |_, before| proved_for(Step::Delta, &context, before)), not_proved());
    }
}

#[test]
fn alphas_proof_does_not_serve_for_tau() {
    let mut chain = honest().powers;
    chain.append_with(OriginRecord::Anonymous, |context, heads| {
        let made = |step, before| Knowledge::new(Place { step, context }, &secret(), before);
        // Each step is right in itself, the first but for the name in its proof.
        let other = |step, before| Knowledge::new(Place { step, context }, &secret().square(), before);
        let third = |step, before| Knowledge::new(Place { step, context }, &secret().double(), before);
        vec![made(Step::Alpha, &heads[0]), other(Step::Alpha, &heads[1]), third(Step::Beta, &heads[2])]
    });
    let (phase, contribution, step) = (Phase::Powers, 3, Step::Tau);
    let problem = StepProblem::NotProved;
    assert_eq!(chain.verify().err(), Some(SetupError::Step { phase, contribution, step, problem }));
}

/// `after` by another secret than the one that is proved.
#[test]
fn a_secret_that_was_not_applied_is_refused() {
    let chain = honest().key;
    let refused = append(&chain, |context, before| {
        let mut step = proved_for(Step::Delta, context, before);
        step.after = step.own;
        step
    });
    let problem = StepProblem::NotApplied;
    let expected = SetupError::Step { phase: Phase::Key, contribution: 3, step: Step::Delta, problem };
    assert_eq!(refused, Some(expected));
}

/// Errors in the two equations of a step that cancel when both have one weight.
#[test]
fn errors_do_not_cancel() {
    let chain = honest().key;
    let shift = group::generator();
    let refused = append(&chain, |context, before| {
        let place = Place { step: Step::Delta, context };
        let own = (group::multiply(&group::generator(), &secret()) + shift).into_affine();
        let after = (group::multiply(before, &secret()) - shift).into_affine();
        let proof = g2::multiply(&place.base(&own), &secret()).into_affine();
        let step = Knowledge { after, own, proof };
        let with = |weights| pairing::product_is_one(&step.pairs(place, before, weights));
        assert!(with((Fr::from(7u64), Fr::from(7u64))), "with equal weights the attack works");
        assert!(!with((Fr::from(7u64), Fr::from(8u64))));
        step
    });
    assert_eq!(refused, not_proved());
}

/// Two secrets whose product is one: both are proved, and nothing was contributed.
#[test]
fn secrets_that_cancel_leave_delta_at_gamma() {
    let mut draft = honest();
    let start = Draft::start_for(&powers(5), &toy().relation(), &(), QUIET).unwrap();
    (draft.key, draft.queries) = (start.key, start.queries);
    for x in [secret(), secret().inverse().unwrap()] {
        draft.key.append_with(OriginRecord::Anonymous, |context, heads| {
            vec![Knowledge::new(Place { step: Step::Delta, context }, &x, &heads[0])]
        });
    }
    assert_eq!(draft.key.verify(), Ok(()));
    assert_eq!(verify(&draft.record()).err(), Some(SetupError::DeltaIsGamma));
}

impl Chain {
    /// Appends whatever `make` makes out of context and heads.
    pub(in super::super) fn append_with(
        &mut self,
        origin: OriginRecord,
        make: impl FnOnce(&[u8; 32], &[G1Affine]) -> Vec<Knowledge>,
    ) {
        let context = self.next_context(&origin).unwrap();
        let steps = make(&context, &self.heads());
        self.push(Link::new(context, origin, steps));
    }
}
