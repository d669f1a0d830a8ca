//! The verifier's moves: the prover's, replayed on public data.

use ark_bls12_381::{Fr, G1Affine};
use merlin::Transcript;

use super::{
    Setup, absorb_setup,
    closing::{Closing, ClosingChallenges, SumcheckPoint},
    matrix,
    proof::Proof,
    prover::closing_challenges,
};
use crate::{batch::Weights, error::ProofError, fiat_shamir::FiatShamir, group::GroupSum};

/// All challenges of a proof but those of its opening.
pub(super) struct Challenges {
    pub(super) point: SumcheckPoint,
    /// The challenge of the product proof.
    pub(super) product: Fr,
    pub(super) closing: ClosingChallenges,
}

/// Draws the challenges in the order of the prover.
pub(super) fn replay(
    setup: &Setup,
    fs: &mut Transcript,
    public: &[Fr],
    proof: &Proof,
) -> Result<Challenges, ProofError> {
    absorb_setup(setup, fs, public);
    fs.append_points(b"rows", &proof.rows);
    let constraint_point = fs.challenges(b"constraint point", setup.dimensions.constraint_bits)?;
    let constraint_challenges = replay_rounds(fs, b"constraint round", &proof.constraint_rounds)?;
    fs.append_points(b"values", &proof.values);
    let product = proof.product.replay(fs)?;
    let matrix_weights =
        [fs.challenge(b"weight of A")?, fs.challenge(b"weight of B")?, fs.challenge(b"weight of C")?];
    let assignment_challenges = replay_rounds(fs, b"assignment round", &proof.assignment_rounds)?;
    let closing = closing_challenges(fs)?;
    let point =
        SumcheckPoint { constraint_point, constraint_challenges, matrix_weights, assignment_challenges };
    Ok(Challenges { point, product, closing })
}

fn replay_rounds(
    fs: &mut Transcript,
    label: &'static [u8],
    commitments: &[G1Affine],
) -> Result<Vec<Fr>, ProofError> {
    commitments
        .iter()
        .map(|commitment| {
            fs.append_point(label, commitment);
            fs.challenge(label)
        })
        .collect()
}

/// Adds to `sum` the proof's four equations, each with a random weight of its own; the proof holds if the sum is
/// zero. `fs` has absorbed the statement.
pub(super) fn verify(
    setup: &Setup,
    fs: &mut Transcript,
    public: &[Fr],
    proof: &Proof,
    weights: &mut Weights,
    sum: &mut GroupSum,
) -> Result<(), ProofError> {
    let challenges = replay(setup, fs, public, proof)?;
    add_product(proof, challenges.product, weights, sum);

    let point = &challenges.point;
    let matrix_value = matrix::evaluate(setup, point);
    let (_, private_point) = point.assignment_challenges.split_first().ok_or(ProofError::Length)?;
    let public_value = matrix::public_value(private_point, public);
    let closing = Closing::new(setup.dimensions, point, &challenges.closing, matrix_value, public_value)?;

    let (rows, rounds, constant) = (closing.rows, closing.rounds, closing.constant);
    let value_weight = closing.public.value_weight;
    let scale = proof.opening.verify(fs, closing.public, weights.draw(), sum)?;
    let mut add = |weights: &[Fr], points: &mut dyn Iterator<Item = &G1Affine>| {
        points.zip(weights).for_each(|(point, weight)| sum.add(scale * weight, *point));
    };
    add(&rows, &mut proof.rows.iter());
    add(&rounds, &mut proof.constraint_rounds.iter().chain(&proof.assignment_rounds));
    add(&closing.values.map(|weight| value_weight * weight), &mut proof.values.iter());
    sum.fixed[0] += scale * value_weight * constant;
    Ok(())
}

/// The three equations of [`super::product`].
fn add_product(proof: &Proof, c: Fr, weights: &mut Weights, sum: &mut GroupSum) {
    let [c_a, c_b, _, c_ab] = proof.values;
    let [alpha, beta, delta] = proof.product.announcements;
    let [z_1, z_2, z_3, z_4, z_5] = proof.product.responses;
    let [w_1, w_2, w_3] = [weights.draw(), weights.draw(), weights.draw()];
    // α + c C_A - z_1 U - z_2 H,   β + c C_B - z_3 U - z_4 H,   δ + c C_AB - z_1 C_B - z_5 H
    sum.add(w_1, alpha);
    sum.add(w_1 * c, c_a);
    sum.add(w_2, beta);
    sum.add(w_2 * c - w_3 * z_1, c_b);
    sum.add(w_3, delta);
    sum.add(w_3 * c, c_ab);
    let [value, blinding, ..] = sum.fixed.as_mut_slice() else { return };
    *value -= w_1 * z_1 + w_2 * z_3;
    *blinding -= w_1 * z_2 + w_2 * z_4 + w_3 * z_5;
}
