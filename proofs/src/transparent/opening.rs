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
    bases::{Bases, Half},
    generators::{FixedScalars, Generators},
    multilinear::inner_product,
};
use crate::{
    error::ProofError,
    fiat_shamir::FiatShamir,
    group::{self, GroupSum},
    parallel,
};

/// Halvings before the bases are formed, see [`Bases`].
const UNFORMED: usize = 4;

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

impl OpeningProof {
    pub(super) fn prove(
        fs: &mut Transcript,
        generators: &Generators,
        mut opening: Opening,
        mut public: PublicVector,
        nonces: &mut impl RngCore,
    ) -> Result<Self, ProofError> {
        let u = public.value_weight;
        let (x, a) = (&opening.columns[..opening.slots.len()], &public.columns[..public.slots.len()]);
        let (l_value, r_value) = (u * inner_product(x, &public.slots), u * inner_product(&opening.slots, a));
        let first = Round::send(
            fs,
            |l| generators.commit(&[], x, &l_value, l),
            |r| generators.commit(&opening.slots, &[], &r_value, r),
            nonces,
        )?;
        opening.blinding += first.blinding;
        fold(&mut opening.columns, &opening.slots, first.v_inverse);
        fold(&mut public.columns, &public.slots, first.v);
        let mut bases = Bases::start(generators, first.v);
        let mut rounds = vec![first.points];

        while opening.columns.len() > 1 {
            if rounds.len() > UNFORMED {
                bases.form();
            }
            let (x_left, x_right) = opening.columns.split_at(opening.columns.len() / 2);
            let (a_left, a_right) = public.columns.split_at(public.columns.len() / 2);
            let (l_value, r_value) = (u * inner_product(x_left, a_right), u * inner_product(x_right, a_left));
            let round = Round::send(
                fs,
                |l| bases.commit(Half::Right, x_left, &l_value, l),
                |r| bases.commit(Half::Left, x_right, &r_value, r),
                nonces,
            )?;
            opening.blinding += round.blinding;
            fold_half(&mut opening.columns, round.v_inverse);
            fold_half(&mut public.columns, round.v);
            bases.fold(round.v);
            rounds.push(round.points);
        }

        let nonce = Zeroizing::new([Fr::rand(nonces), Fr::rand(nonces)]);
        let [d, n] = nonce.each_ref();
        let value = u * public.columns[0] * d;
        let announcement = bases.commit(Half::Left, &[*d], &value, n).into_affine();
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

/// One round of the prover.
struct Round {
    /// `L, R`.
    points: [G1Affine; 2],
    v: Fr,
    v_inverse: Fr,
    /// What the round adds to the blinding: `v l + v^-1 r`.
    blinding: Fr,
}

impl Round {
    /// Sends `L` and `R`, made side by side from their blindings.
    fn send(
        fs: &mut Transcript,
        left: impl FnOnce(&Fr) -> G1Projective + Send,
        right: impl FnOnce(&Fr) -> G1Projective + Send,
        nonces: &mut impl RngCore,
    ) -> Result<Self, ProofError> {
        let blindings = Zeroizing::new([Fr::rand(nonces), Fr::rand(nonces)]);
        let [l, r] = blindings.each_ref();
        let (l_point, r_point) = parallel::join(|| left(l), || right(r));
        let points = group::normalize(&[l_point, r_point]);
        let points = [points[0], points[1]];
        let v = round_challenge(fs, &points)?;
        let v_inverse = v.inverse().ok_or(ProofError::ZeroChallenge)?;
        Ok(Self { points, v, v_inverse, blinding: v * l + v_inverse * r })
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

/// The scalar of each column's base in the last base, times `scale`: the product of the challenges of the halvings in
/// which the column was on the right, the first halving deciding on the most significant bit.
fn base_weights(halvings: &[Fr], scale: Fr) -> Vec<Fr> {
    halvings.iter().fold(vec![scale], |weights, v| weights.into_iter().flat_map(|w| [w, w * v]).collect())
}
