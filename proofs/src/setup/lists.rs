//! The powers themselves.
//!
//! ```text
//! tau^i G1, i = 0..2N-2        tau^i G2, alpha tau^i G1, beta tau^i G1, i = 0..N-1        beta G2
//! ```

use std::io::{Read, Write};

use ark_bls12_381::{Fr, G1Affine, G2Affine};
use ark_ec::CurveGroup;
use ark_ff::Field;
use coram_circuits::hash::TaggedHash;
use zeroize::Zeroizing;

use super::{
    SetupError,
    point::{self, Point},
    progress::Meter,
};
use crate::group::{self, g2};

/// Powers of size `N`, unchecked.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Lists {
    pub(super) tau_g1: Vec<G1Affine>,
    pub(super) tau_g2: Vec<G2Affine>,
    pub(super) alpha_g1: Vec<G1Affine>,
    pub(super) beta_g1: Vec<G1Affine>,
    pub(super) beta_g2: G2Affine,
}

/// The secrets of a contribution.
pub(super) struct Secrets {
    pub(super) tau: Zeroizing<Fr>,
    pub(super) alpha: Zeroizing<Fr>,
    pub(super) beta: Zeroizing<Fr>,
}

impl Lists {
    /// Those of `tau = alpha = beta = 1`.
    pub(super) fn start(log: u8) -> Self {
        let size = 1_usize << log;
        Self {
            tau_g1: vec![group::generator(); 2 * size - 1],
            tau_g2: vec![g2::generator(); size],
            alpha_g1: vec![group::generator(); size],
            beta_g1: vec![group::generator(); size],
            beta_g2: g2::generator(),
        }
    }

    /// Number of points of powers of size `2^log`.
    pub(super) fn count(log: u8) -> usize {
        5 << log
    }

    /// Bytes of powers of size `2^log`.
    pub(super) fn encoded_len(log: u8) -> usize {
        let size = 1_usize << log;
        G1Affine::LEN * (4 * size - 1) + G2Affine::LEN * (size + 1)
    }

    /// `N`.
    pub(super) fn size(&self) -> usize {
        self.tau_g2.len()
    }

    /// Binary logarithm of `N`.
    pub(super) fn log(&self) -> u8 {
        self.size().ilog2() as u8
    }

    /// Those of a smaller size: all families begin alike.
    pub(super) fn truncated(&self, log: u8) -> Self {
        let size = self.size().min(1_usize << log);
        Self {
            tau_g1: self.tau_g1[..2 * size - 1].to_vec(),
            tau_g2: self.tau_g2[..size].to_vec(),
            alpha_g1: self.alpha_g1[..size].to_vec(),
            beta_g1: self.beta_g1[..size].to_vec(),
            beta_g2: self.beta_g2,
        }
    }

    /// Multiplies secrets onto every element, natively in constant time.
    pub(super) fn multiply(&mut self, secrets: &Secrets, meter: &Meter<'_>) {
        let one = Zeroizing::new(Fr::from(1u64));
        let times = |factor: &Zeroizing<Fr>| {
            let (tau, factor) = (secrets.tau.clone(), factor.clone());
            move |range: std::ops::Range<usize>| powers(&factor, &tau, range)
        };
        point::multiply_each(&mut self.tau_g1, times(&one), meter);
        point::multiply_each(&mut self.tau_g2, times(&one), meter);
        point::multiply_each(&mut self.alpha_g1, times(&secrets.alpha), meter);
        point::multiply_each(&mut self.beta_g1, times(&secrets.beta), meter);
        self.beta_g2 = self.beta_g2.multiply(&secrets.beta).into_affine();
        meter.advance(1);
    }

    pub(super) fn read(reader: &mut impl Read, log: u8, meter: &Meter<'_>) -> Result<Self, SetupError> {
        let size = 1_usize << log;
        let lists = Self {
            tau_g1: point::read(reader, 2 * size - 1, "the powers of tau in G1", meter)?,
            tau_g2: point::read(reader, size, "the powers of tau in G2", meter)?,
            alpha_g1: point::read(reader, size, "the powers with alpha", meter)?,
            beta_g1: point::read(reader, size, "the powers with beta", meter)?,
            beta_g2: read_one(reader, meter)?,
        };
        Ok(lists)
    }

    pub(super) fn write(&self, writer: &mut impl Write, meter: &Meter<'_>) -> Result<(), SetupError> {
        point::write(writer, &self.tau_g1, meter)?;
        point::write(writer, &self.tau_g2, meter)?;
        point::write(writer, &self.alpha_g1, meter)?;
        point::write(writer, &self.beta_g1, meter)?;
        point::write(writer, &[self.beta_g2], meter)
    }

    pub(super) fn absorb_into(&self, hash: TaggedHash) -> TaggedHash {
        let hash = point::absorb(hash, &self.tau_g1);
        let hash = point::absorb(hash, &self.tau_g2);
        let hash = point::absorb(hash, &self.alpha_g1);
        let hash = point::absorb(hash, &self.beta_g1);
        point::absorb(hash, &[self.beta_g2])
    }
}

/// `factor tau^i` for every `i` of a range, in one place: a list that grows would leave copies of secrets behind.
fn powers(factor: &Fr, tau: &Fr, range: std::ops::Range<usize>) -> Zeroizing<Vec<Fr>> {
    let mut powers = Zeroizing::new(Vec::with_capacity(range.len()));
    let mut next = Zeroizing::new(*factor * tau.pow([range.start as u64]));
    for _ in range {
        powers.push(*next);
        *next *= tau;
    }
    powers
}

fn read_one(reader: &mut impl Read, meter: &Meter<'_>) -> Result<G2Affine, SetupError> {
    let part = "beta in G2";
    let points: Vec<G2Affine> = point::read(reader, 1, part, meter)?;
    points.first().copied().ok_or(SetupError::Truncated { part })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_of_a_secret_stand_in_one_place() {
        let (factor, tau) = (Fr::from(5u64), Fr::from(3u64));
        let found = powers(&factor, &tau, 2..7);
        let expected: Vec<Fr> = [45u64, 135, 405, 1215, 3645].map(Fr::from).to_vec();
        assert_eq!((found.to_vec(), found.capacity()), (expected, 5));
    }
}
