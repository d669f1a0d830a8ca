//! The opening: one blinded inner-product argument for a vector commitment.
//!
//! ```text
//! statement  C, a = (a_x || a_s), u          Q = u U
//! witness    C = <x, G> + <s, P> + (<x, a_x> + <s, a_s>) Q + ρ H
//!
//! round 0    left (x, G, a_x), right (s, P, a_s): the slots are folded onto the first columns
//! round i    left and right halves of what is left
//!            L = <x_L, G_R> + <x_L, a_R> Q + l H,   R = <x_R, G_L> + <x_R, a_L> Q + r H
//!            v <- verifier, 128 bits
//!            x' = x_L + v^-1 x_R,   a' = a_L + v a_R,   G' = G_L + v G_R,   C' = C + v L + v^-1 R
//! last       one x, one a, one G:   D = d (G + a Q) + n H;   c <- verifier;   z = d + c x,   z' = n + c ρ
//! accept     c C + D = z (G + a Q) + z' H
//! ```
//!
//! Every L and R has a blinding of its own and the last scalar is shown by a Schnorr proof, so nothing about `x` or `s` leaks.

use ark_bls12_381::{Fr, G1Affine, G1Projective};
use ark_ec::CurveGroup;
use ark_ff::{Field, UniformRand};
use merlin::Transcript;
use rand_core::RngCore;
use zeroize::{Zeroize, Zeroizing};

use super::{
    generators::{FixedScalars, Generators},
    multilinear::inner_product,
};
use crate::{
    error::ProofError,
    fiat_shamir::FiatShamir,
    group::{self, GroupSum, msm, multiply, multiply_short},
    parallel,
};

/// The proof: `L, R` of every round, `D`, `z, z'`.
#[derive(Clone)]
pub(super) struct OpeningProof {
    /// `(L, R)` of every round.
    pub(super) rounds: Vec<[G1Affine; 2]>,
    /// `D`.
    pub(super) announcement: G1Affine,
    /// `z`.
    pub(super) response: Fr,
    /// `z'`.
    pub(super) blinding_response: Fr,
}

/// What the prover knows of the commitment `C`.
pub(super) struct Opening {
    /// `x`, one entry a column.
    pub(super) columns: Vec<Fr>,
    /// `s`, one entry a slot.
    pub(super) slots: Vec<Fr>,
    /// `ρ`.
    pub(super) blinding: Fr,
}

impl Drop for Opening {
    fn drop(&mut self) {
        self.columns.zeroize();
        self.slots.zeroize();
        self.blinding.zeroize();
    }
}

/// The public vector `a` and the weight `u` of the value base.
pub(super) struct PublicVector {
    /// `a_x`, one entry a column.
    pub(super) columns: Vec<Fr>,
    /// `a_s`, one entry a slot; there are no more slots than columns.
    pub(super) slots: Vec<Fr>,
    /// `u`.
    pub(super) value_weight: Fr,
}

/// One side of a fold.
struct Side<'a> {
    x: &'a [Fr],
    a: &'a [Fr],
    bases: &'a [G1Affine],
}

impl OpeningProof {
    pub(super) fn prove(
        fs: &mut Transcript,
        generators: &Generators,
        mut opening: Opening,
        mut public: PublicVector,
        nonces: &mut impl RngCore,
    ) -> Result<Self, ProofError> {
        let value_base = multiply(generators.value(), &public.value_weight).into_affine();
        let prover = RoundProver { generators, value_base };
        let mut bases = generators.columns().to_vec();
        let mut rounds = Vec::new();

        let slots = opening.slots.len();
        let left = Side { x: &opening.columns[..slots], a: &public.columns[..slots], bases: &bases[..slots] };
        let right = Side { x: &opening.slots, a: &public.slots, bases: generators.slots() };
        let (points, v, v_inverse, blinding) = prover.round(fs, &left, &right, nonces)?;
        rounds.push(points);
        opening.blinding += blinding;
        fold(&mut opening.columns, &opening.slots, v_inverse);
        fold(&mut public.columns, &public.slots, v);
        fold_bases(&mut bases, generators.slots(), v);

        while bases.len() > 1 {
            let half = bases.len() / 2;
            let (x_left, x_right) = opening.columns.split_at(half);
            let (a_left, a_right) = public.columns.split_at(half);
            let (g_left, g_right) = bases.split_at(half);
            let left = Side { x: x_left, a: a_left, bases: g_left };
            let right = Side { x: x_right, a: a_right, bases: g_right };
            let (points, v, v_inverse, blinding) = prover.round(fs, &left, &right, nonces)?;
            rounds.push(points);
            opening.blinding += blinding;
            fold_half(&mut opening.columns, v_inverse);
            fold_half(&mut public.columns, v);
            let folded = bases.split_off(half);
            fold_bases(&mut bases, &folded, v);
        }

        let nonce = Zeroizing::new([Fr::rand(nonces), Fr::rand(nonces)]);
        let [d, n] = nonce.each_ref();
        let base = (bases[0] + multiply(&value_base, &public.columns[0])).into_affine();
        let announcement = (multiply(&base, d) + multiply(generators.blinding(), n)).into_affine();
        let c = final_challenge(fs, &announcement)?;
        Ok(Self {
            rounds,
            announcement,
            response: *d + c * opening.columns[0],
            blinding_response: *n + c * opening.blinding,
        })
    }

    /// The verifier: adds `weight · (c C + D - z (G + a Q) - z' H)` to `sum`, but for the term in `C`, whose
    /// scalar `weight · c` is returned.
    pub(super) fn verify(
        &self,
        fs: &mut Transcript,
        mut public: PublicVector,
        weight: Fr,
        sum: &mut GroupSum,
    ) -> Result<Fr, ProofError> {
        let challenges = self.replay(fs)?;
        let c = final_challenge(fs, &self.announcement)?;
        let mut inverses = challenges.clone();
        ark_ff::batch_inversion(&mut inverses);

        let scale = weight * c;
        for (([left, right], v), v_inverse) in self.rounds.iter().zip(&challenges).zip(&inverses) {
            sum.add(scale * v, *left);
            sum.add(scale * v_inverse, *right);
        }
        sum.add(weight, self.announcement);

        let (slot_fold, halvings) = challenges.split_first().ok_or(ProofError::Length)?;
        fold(&mut public.columns, &public.slots, *slot_fold);
        let columns = public.columns.len();
        halvings.iter().for_each(|v| fold_half(&mut public.columns, *v));

        let base_weight = -weight * self.response;
        let weights = base_weights(halvings, base_weight);
        let fixed = FixedScalars::split(&mut sum.fixed, columns).ok_or(ProofError::Length)?;
        *fixed.value += base_weight * public.columns[0] * public.value_weight;
        *fixed.blinding -= weight * self.blinding_response;
        fixed.columns.iter_mut().zip(&weights).for_each(|(scalar, s)| *scalar += s);
        fixed.slots.iter_mut().zip(&weights).for_each(|(scalar, s)| *scalar += *slot_fold * s);
        Ok(scale)
    }

    /// The challenges of the rounds.
    pub(super) fn replay(&self, fs: &mut Transcript) -> Result<Vec<Fr>, ProofError> {
        self.rounds.iter().map(|points| round_challenge(fs, points)).collect()
    }
}

/// What stays the same over the rounds.
struct RoundProver<'a> {
    generators: &'a Generators,
    /// `Q`.
    value_base: G1Affine,
}

impl RoundProver<'_> {
    /// Sends `L` and `R`; returns them, `v`, `v^-1` and what they add to the blinding: `v l + v^-1 r`.
    fn round(
        &self,
        fs: &mut Transcript,
        left: &Side<'_>,
        right: &Side<'_>,
        nonces: &mut impl RngCore,
    ) -> Result<([G1Affine; 2], Fr, Fr, Fr), ProofError> {
        let blindings = Zeroizing::new([Fr::rand(nonces), Fr::rand(nonces)]);
        let [l, r] = blindings.each_ref();
        let (l_point, r_point) = parallel::join(|| self.cross(left, right, l), || self.cross(right, left, r));
        let points = group::normalize(&[l_point, r_point]);
        let points = [points[0], points[1]];
        let v = round_challenge(fs, &points)?;
        let v_inverse = v.inverse().ok_or(ProofError::ZeroChallenge)?;
        Ok((points, v, v_inverse, v * l + v_inverse * r))
    }

    /// `<x of one side, bases of the other> + <x of one side, a of the other> Q + blinding H`.
    fn cross(&self, of: &Side<'_>, other: &Side<'_>, blinding: &Fr) -> G1Projective {
        msm(other.bases, of.x)
            + multiply(&self.value_base, &inner_product(of.x, other.a))
            + multiply(self.generators.blinding(), blinding)
    }
}

fn round_challenge(fs: &mut Transcript, points: &[G1Affine; 2]) -> Result<Fr, ProofError> {
    fs.append_points(b"opening round", points);
    fs.short_challenge(b"opening round challenge")
}

pub(super) fn final_challenge(fs: &mut Transcript, announcement: &G1Affine) -> Result<Fr, ProofError> {
    fs.append_point(b"opening announcement", announcement);
    fs.challenge(b"opening challenge")
}

/// `left += weight · right`, where `right` may be shorter.
fn fold(left: &mut [Fr], right: &[Fr], weight: Fr) {
    left.iter_mut().zip(right).for_each(|(left, right)| *left += weight * right);
}

/// Folds the second half of a vector onto its first.
fn fold_half(values: &mut Vec<Fr>, weight: Fr) {
    let mut right = values.split_off(values.len() / 2);
    fold(values, &right, weight);
    right.zeroize();
}

/// `left += weight · right`, where `right` may be shorter, for a weight below 2^128.
fn fold_bases(left: &mut [G1Affine], right: &[G1Affine], weight: Fr) {
    let folded = parallel::map(right.len(), |index| multiply_short(&right[index], &weight) + left[index]);
    left[..right.len()].copy_from_slice(&group::normalize(&folded));
}

/// The scalar of each column's base in the last base, times `scale`: the product of the challenges of the halvings in
/// which the column was on the right, the first halving deciding on the most significant bit.
fn base_weights(halvings: &[Fr], scale: Fr) -> Vec<Fr> {
    halvings.iter().fold(vec![scale], |weights, v| weights.into_iter().flat_map(|w| [w, w * v]).collect())
}
