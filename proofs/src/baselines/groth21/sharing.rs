//! The proof of correct secret sharing (section 6.4 of the paper): the chunks of every recipient add up to its share of the
//! committed polynomial.
//!
//! With `R = sum_j B^(j-1) R_j`, `C_i = sum_j B^(j-1) C[i][j]`, `r = sum_j B^(j-1) r_j`, and `x`, `x'` challenges:
//!
//! ```text
//! prover     F = rho·g        A' = alpha·g        Y' = rho·sum_i x^i y_i + alpha·g
//!            z_r = x' r + rho                     z_a = x' sum_i x^i s_i + alpha
//!
//! (S1)  x' R + F                                   = z_r·g
//! (S2)  x' sum_k (sum_i x^i i^k) A_k + A'          = z_a·g
//! (S3)  x' sum_i x^i C_i + Y'                      = z_r·sum_i x^i y_i + z_a·g
//! ```

use ark_bls12_381::{Fr, G1Affine, G1Projective};
use merlin::Transcript;
use rand_chacha::ChaCha20Rng;

use super::{CHUNKS, Keys, Witness, ciphertext::Ciphertext, powers, radix, random};
use crate::{
    baselines::add_evaluations, batch::Weights, error::ProofError, fiat_shamir::FiatShamir, group,
    group::GroupSum, parallel,
};

/// `F, A', Y'` and `z_r, z_a`.
#[derive(Clone, Debug)]
pub(super) struct Proof {
    pub(super) points: [G1Affine; 3],
    pub(super) randomness: Fr,
    pub(super) share: Fr,
}

/// Proves that the chunks add up to the shares; challenges come from `fs`, which has absorbed the statement.
pub(super) fn prove(
    keys: &Keys,
    fs: &mut Transcript,
    witness: &Witness,
    rng: &mut ChaCha20Rng,
) -> Result<Proof, ProofError> {
    let powers = powers(fs.challenge(b"x")?, keys.points.len());
    let (rho, alpha) = (random(rng), random(rng));
    let terms = parallel::map(powers.len(), |i| keys.tables[i].multiply(&(powers[i] * rho)));
    let masked_keys: G1Projective = terms.into_iter().sum();
    let masked_share = keys.generator.multiply(&alpha);
    let points = [keys.generator.multiply(&rho), masked_share, masked_keys + masked_share];
    let points: [G1Affine; 3] = group::normalize(&points).try_into().map_err(|_| ProofError::Length)?;
    let challenge = absorb(fs, &points)?;
    let radix = radix();
    let randomness: Fr = witness.randomness.iter().zip(&radix).map(|(r, power)| *r * power).sum();
    let share = |chunks: &[i64; CHUNKS]| -> Fr {
        chunks.iter().zip(&radix).map(|(chunk, power)| Fr::from(*chunk) * power).sum()
    };
    let combined: Fr = witness.chunks.iter().zip(&powers).map(|(chunks, power)| share(chunks) * power).sum();
    Ok(Proof { points, randomness: challenge * randomness + rho, share: challenge * combined + alpha })
}

/// `x'`.
fn absorb(fs: &mut Transcript, points: &[G1Affine; 3]) -> Result<Fr, ProofError> {
    fs.append_points(b"F, A', Y'", points);
    fs.challenge(b"x'")
}

/// Adds (S1), (S2) and (S3), each with a weight of its own.
pub(super) fn add(
    proof: &Proof,
    fs: &mut Transcript,
    commitments: &[G1Affine],
    ciphertext: &Ciphertext,
    weights: &mut Weights,
    sum: &mut GroupSum,
) -> Result<(), ProofError> {
    let powers = powers(fs.challenge(b"x")?, ciphertext.recipients());
    let challenge = absorb(fs, &proof.points)?;
    let [s1, s2, s3] = [weights.draw(), weights.draw(), weights.draw()];
    proof.points.iter().zip([s1, s2, s3]).for_each(|(point, weight)| sum.add(weight, *point));
    let radix = radix();
    ciphertext
        .randomizers
        .iter()
        .zip(&radix)
        .for_each(|(point, power)| sum.add(s1 * challenge * power, *point));
    let scaled = |weight: Fr| powers.iter().map(move |power| weight * power).collect::<Vec<_>>();
    add_evaluations(commitments, &scaled(s2 * challenge), sum);
    for (chunks, weight) in ciphertext.chunks.chunks(CHUNKS).zip(scaled(s3 * challenge)) {
        chunks.iter().zip(&radix).for_each(|(point, power)| sum.add(weight * power, *point));
    }
    sum.fixed.iter_mut().zip(scaled(s3 * proof.randomness)).for_each(|(key, scalar)| *key -= scalar);
    sum.generator -= s1 * proof.randomness + (s2 + s3) * proof.share;
    Ok(())
}
