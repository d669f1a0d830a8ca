//! Other ways to deal, to measure Coram's against. **For measurement only**: no ceremony can choose one, and the recipients'
//! keys are known to whoever builds one.
//!
//! | type            | what it is                                                 | what it lacks                        |
//! |-----------------|------------------------------------------------------------|--------------------------------------|
//! | [`Measured`]    | a [`Scheme`](crate::Scheme) of either proof system         |                                      |
//! | [`Groth21`]     | chunked ElGamal, with a proof of the chunks' rough size    | forward secrecy, which the paper has |
//! | [`FeldmanOnly`] | commitments, and the shares in the clear: the floor        | secrecy                              |
//!
//! All of them share `m` keys among `n` recipients, any `t` of whom recover a key; all shares are scalars of BLS12-381 and all commitments are
//! in G1, so what they make are BLS keys. All compute on the same cores, with the same group
//! operations. A dealing is made from a seed and travels as bytes: verifying and decrypting include decoding.

mod coram;
mod feldman;
mod groth21;
#[cfg(test)]
mod tests;
mod unit;

use std::collections::BTreeSet;

use ark_bls12_381::G1Affine;
use ark_ff::Zero;
use coram_circuits::hash::TaggedHash;

pub use ark_bls12_381::Fr;
pub use coram::Measured;
pub use feldman::FeldmanOnly;
pub use groth21::Groth21;
pub use unit::multiply_in_g1;

use crate::{
    aggregate::Aggregate,
    batch::Weights,
    error::ProofError,
    fiat_shamir::scalar_bytes,
    group::{self, GroupSum},
    parallel,
    polynomial::Polynomial,
    setting::{MAX_RECIPIENTS, MAX_VALIDATORS},
};

/// Makes the keys of dealings that it holds.
pub type Combination<'s> = Box<dyn Fn() -> Result<Aggregate, ProofError> + 's>;

/// Publicly verifiable secret sharing of `m` BLS keys, as it is measured: dealings are bytes.
pub trait SecretSharing: Send + Sync {
    /// What the scheme is called in a table.
    fn name(&self) -> &str;

    /// Rows of the constraint system of a proof; none where there is no circuit.
    fn constraints(&self) -> Option<usize> {
        None
    }

    /// The dealing of `dealer`, from 1. The same arguments give the same bytes.
    ///
    /// # Errors
    ///
    /// [`ProofError::Index`] if there is no such dealer.
    fn deal(&self, dealer: u16, seed: &[u8; 32]) -> Result<Vec<u8>, ProofError>;

    /// Decodes and verifies a dealing of `dealer`.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    fn verify(&self, dealer: u16, dealing: &[u8]) -> Result<(), ProofError>;

    /// Decodes and verifies dealings together, of distinct dealers.
    ///
    /// # Errors
    ///
    /// What is wrong with the first that does not verify alone; [`ProofError::Dealers`] if two are of one dealer.
    fn verify_all(&self, dealings: &[(u16, Vec<u8>)]) -> Result<(), ProofError>;

    /// What makes public keys and public shares of verified dealings, which are decoded before; none for schemes that leave that to others.
    ///
    /// # Errors
    ///
    /// What is wrong with the first that cannot be decoded.
    fn combination<'s>(
        &'s self,
        _dealings: &[(u16, Vec<u8>)],
    ) -> Result<Option<Combination<'s>>, ProofError> {
        Ok(None)
    }

    /// The shares of recipient `index` (from 1) in a verified dealing, polynomial by polynomial, checked against the commitments. The dealing is
    /// decoded and not verified again.
    ///
    /// # Errors
    ///
    /// [`ProofError::Index`] if there is no such recipient; [`ProofError::Share`] if a share is not the committed one.
    fn decrypt(&self, index: u16, dealer: u16, dealing: &[u8]) -> Result<Vec<Fr>, ProofError>;
}

/// How many recipients, shares that recover a key, and keys.
#[derive(Clone, Copy, Debug)]
struct Numbers {
    n: usize,
    t: usize,
    m: usize,
}

impl Numbers {
    fn new(n: u16, t: u16, m: u32) -> Result<Self, ProofError> {
        let recipients = usize::from(n);
        let fits = (1..=MAX_RECIPIENTS).contains(&recipients)
            && (1..=n).contains(&t)
            && (1..=MAX_VALIDATORS).contains(&m);
        if fits {
            Ok(Self { n: recipients, t: usize::from(t), m: m as usize })
        } else {
            Err(ProofError::Parameters { recipients, threshold: t, validators: m })
        }
    }

    /// Refuses what is not the index of a dealer or recipient.
    fn check_index(self, index: u16) -> Result<(), ProofError> {
        if (1..=self.n).contains(&usize::from(index)) { Ok(()) } else { Err(ProofError::Index(index)) }
    }

    /// The `m` polynomials that `dealer` deals, for any scheme that leaves their choice to this module.
    fn polynomials(self, dealer: u16, seed: &[u8; 32]) -> Vec<Polynomial> {
        let hash = TaggedHash::new("measured coefficient").bytes(seed).number(u64::from(dealer));
        let coefficient = |index: usize| hash.clone().number(index as u64).field();
        parallel::map(self.m, |key| {
            Polynomial::new((key * self.t..(key + 1) * self.t).map(coefficient).collect())
        })
    }
}

/// Refuses two dealings of one dealer.
fn check_distinct(dealings: &[(u16, Vec<u8>)]) -> Result<(), ProofError> {
    let dealers: BTreeSet<u16> = dealings.iter().map(|(dealer, _)| *dealer).collect();
    if dealers.len() == dealings.len() { Ok(()) } else { Err(ProofError::Dealers) }
}

/// Weights that nobody could know before `dealings` were fixed, for the equations of the dealing at `position`.
fn weights(seed: &[u8; 32], position: usize) -> Weights {
    Weights::new(TaggedHash::new("measured weights").bytes(seed).number(position as u64).digest())
}

/// A hash of all dealings of a batch.
fn batch_seed(dealings: &[(u16, &[u8])]) -> [u8; 32] {
    let start = TaggedHash::new("measured batch");
    let add = |hash: TaggedHash, (dealer, bytes): &(u16, &[u8])| hash.number(u64::from(*dealer)).bytes(bytes);
    dealings.iter().fold(start, add).digest()
}

/// Adds `sum_i w_i (sum_k i^k A_k)`, for recipients `i = 1, 2, …`: `t` terms, however many recipients there are.
fn add_evaluations(commitments: &[G1Affine], weights: &[Fr], sum: &mut GroupSum) {
    let mut scalars = vec![Fr::zero(); commitments.len()];
    for (index, weight) in (1_u64..).zip(weights) {
        let mut term = *weight;
        for scalar in &mut scalars {
            *scalar += term;
            term *= Fr::from(index);
        }
    }
    scalars.into_iter().zip(commitments).for_each(|(scalar, point)| sum.add(scalar, *point));
}

/// Checks the shares of one recipient against the commitments, `t` for each key: `s_j·G1 = sum_k i^k A[j][k]`, with random
/// weights; one by one only when that fails.
fn check_shares(index: u16, shares: &[Fr], commitments: &[G1Affine], t: usize) -> Result<(), ProofError> {
    let hash = shares.iter().fold(TaggedHash::new("measured shares"), |hash, s| hash.bytes(&scalar_bytes(s)));
    let mut weights = Weights::new(hash.digest());
    let mut sum = GroupSum::new(0);
    let keys = || shares.iter().zip(commitments.chunks(t));
    for (share, commitments) in keys() {
        let mut weight = weights.draw();
        sum.generator -= weight * share;
        for point in commitments {
            sum.add(weight, *point);
            weight *= Fr::from(index);
        }
    }
    if sum.vanishes(&[]) {
        return Ok(());
    }
    let differs = |(share, commitments): (&Fr, &[G1Affine])| {
        group::multiply(&group::generator(), share)
            != crate::polynomial::evaluate_commitments(commitments, index)
    };
    let validator = keys().position(differs).unwrap_or_default();
    Err(ProofError::Share { recipient: index, validator })
}
