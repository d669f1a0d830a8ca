//! What is measured, under one interface.

use std::{error::Error, fmt};

use clap::ValueEnum;
use coram_proofs::{Backend, baselines};
use serde::Serialize;

use crate::{
    clock::{Time, timed},
    commonware::Commonware,
    coram::Own,
    golden::GoldenEvrf,
};

/// Why something could not be measured.
pub type Failure = Box<dyn Error + Send + Sync>;

/// How many operators, shares that recover a key, and keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Shape {
    /// Operators; all of them deal, and all receive.
    pub n: u16,
    /// Shares that recover a key.
    pub t: u16,
    /// Keys.
    pub m: u32,
}

impl Shape {
    /// With `n - floor((n - 1) / 3)` for a threshold if none is given.
    pub fn new(n: u16, t: Option<u16>, m: u32) -> Self {
        Self { n, t: t.unwrap_or(n - (n - 1) / 3), m }
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "n = {}, t = {}, m = {}", self.n, self.t, self.m)
    }
}

/// A scheme set up for one [`Shape`], with the secrets of all operators.
pub trait Sharing: Send + Sync {
    /// The dealing of `dealer` (from 1) in a ceremony in which all deal.
    fn deal(&self, dealer: u16, seed: &[u8; 32]) -> Result<Vec<u8>, Failure>;

    /// The dealing that [`Sharing::verify`] takes, where it is not that of dealer 1 in the same ceremony.
    fn deal_alone(&self, _seed: &[u8; 32]) -> Result<Option<Vec<u8>>, Failure> {
        Ok(None)
    }

    /// Decodes and verifies one dealing of dealer 1.
    fn verify(&self, dealing: &[u8]) -> Result<(), Failure>;

    /// Decodes and verifies the dealings of all.
    fn verify_all(&self, dealings: &[(u16, Vec<u8>)]) -> Result<(), Failure>;

    /// That the figures are of something that works: a dealing that was changed is refused, and what the operators get fits
    /// the public result.
    fn check(&self, dealings: &[(u16, Vec<u8>)], alone: &[u8]) -> Result<(), Failure>;
}

/// What can be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// Coram under its transparent proof system.
    Coram,
    /// Coram under Groth16, with a reference string made from known secrets.
    Groth16,
    /// ElGamal in chunks of 16 bits, with the proofs of Groth (2021).
    Groth21,
    /// Commitments, and shares in the clear: the floor.
    Feldman,
    /// Golden on secp256k1, by Miden.
    GoldenEvrf,
    /// Golden on BLS12-381, by Commonware.
    Commonware,
}

impl Kind {
    /// What is measured if nothing is named: all that is quickly set up.
    pub const DEFAULT: [Self; 5] =
        [Self::Feldman, Self::Groth21, Self::Coram, Self::GoldenEvrf, Self::Commonware];

    /// What others wrote.
    pub const NEIGHBOURS: [Self; 2] = [Self::GoldenEvrf, Self::Commonware];

    /// The name in the tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Coram => "Coram, transparent",
            Self::Groth16 => "Coram, Groth16",
            Self::Groth21 => "Groth21, chunked ElGamal",
            Self::Feldman => "Feldman only (no secrecy)",
            Self::GoldenEvrf => "golden-evrf",
            Self::Commonware => "commonware Golden",
        }
    }

    /// The curve of the keys that come out of it, and whether they are BLS keys.
    pub fn keys(self) -> &'static str {
        match self {
            Self::GoldenEvrf => "no: secp256k1",
            _ => "yes",
        }
    }

    /// Sets it up, and says how long that took. For Groth16, making the reference string does not count.
    ///
    /// # Errors
    ///
    /// If the scheme does not take the numbers.
    pub fn set_up(self, shape: Shape, threads: usize) -> Result<(Box<dyn Sharing>, Time), Failure> {
        let Shape { n, t, m } = shape;
        let backend = match self {
            Self::Groth16 => crate::coram::groth16(shape)?,
            _ => Backend::Transparent,
        };
        let (sharing, time) = timed(|| -> Result<Box<dyn Sharing>, Failure> {
            Ok(match self {
                Self::Coram | Self::Groth16 => {
                    Box::new(Own::new(shape, baselines::Measured::coram(n, t, m, &backend)?))
                }
                Self::Groth21 => Box::new(Own::new(shape, baselines::Groth21::new(n, t, m)?)),
                Self::Feldman => Box::new(Own::new(shape, baselines::FeldmanOnly::new(n, t, m)?)),
                Self::GoldenEvrf => Box::new(GoldenEvrf::new(shape)?),
                Self::Commonware => Box::new(Commonware::new(shape, threads)?),
            })
        });
        Ok((sharing?, time))
    }
}

/// The first `count` parts of equal length, one for each key.
///
/// # Errors
///
/// If the bytes do not divide.
pub fn parts(bytes: &[u8], count: u32) -> Result<impl Iterator<Item = &[u8]>, Failure> {
    let count = count as usize;
    if bytes.is_empty() || !bytes.len().is_multiple_of(count) {
        return Err("dealings of several keys are not of one length".into());
    }
    Ok(bytes.chunks_exact(bytes.len() / count))
}
