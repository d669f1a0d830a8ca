//! A combination that is measured, and what came of it.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Scheme;
use crate::bench::machine::{Origin, Time};
use crate::cli::terms::Extraction;

/// What deals, and how keys are made of what it deals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Method {
    /// What deals.
    pub scheme: Scheme,
    /// One key of each polynomial, or several.
    pub extraction: Extraction,
}

impl Method {
    /// What it is called in tables and pictures.
    pub fn name(self) -> String {
        match self.extraction {
            Extraction::Sum => self.scheme.name().to_owned(),
            Extraction::Batched => format!("{}, batched", self.scheme.name()),
        }
    }
}

/// What deals, and for how many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    /// What deals.
    #[serde(flatten)]
    pub method: Method,
    /// `n`: all of them deal, and all are recipients.
    pub operators: u16,
    /// `t`.
    pub threshold: u16,
    /// `m`.
    pub validators: u32,
}

impl Cell {
    /// Whether `other` is of the same method and at least as large in every direction.
    pub fn is_at_most(&self, other: &Self) -> bool {
        self.method == other.method
            && self.operators <= other.operators
            && self.threshold <= other.threshold
            && self.validators <= other.validators
    }

    /// The keys that are made; none if batches would give nothing, or no ceremony can make them of what the scheme deals.
    pub fn extraction(&self) -> Option<coram_proofs::Extraction> {
        let Self { method: Method { scheme, extraction }, operators, threshold, validators } = *self;
        match extraction {
            Extraction::Sum => Some(coram_proofs::Extraction::sum(validators)),
            Extraction::Batched if scheme.is_baseline() => None,
            Extraction::Batched => coram_proofs::Extraction::batched(validators, operators, threshold),
        }
    }

    /// How many polynomials everybody deals.
    pub fn polynomials(&self) -> u32 {
        self.extraction().map_or(self.validators, |extraction| extraction.polynomials() as u32)
    }

    /// Bytes of the commitments and of a scalar for each share, which every dealing has.
    pub fn plain_bytes(&self) -> usize {
        let (n, t) = (usize::from(self.operators), usize::from(self.threshold));
        self.polynomials() as usize * (48 * t + 32 * n)
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { method, operators, threshold, validators } = self;
        write!(f, "{}, n = {operators}, t = {threshold}, m = {validators}", method.name())
    }
}

/// A cell, where it was measured, and what came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    #[serde(flatten)]
    pub origin: Origin,
    #[serde(flatten)]
    pub cell: Cell,
    /// How often each step was to be taken at least.
    pub runs: usize,
    /// Seconds after which the cell was to be ended.
    pub bound: u64,
    #[serde(flatten)]
    pub outcome: Outcome,
}

impl Record {
    /// What was measured, if anything was.
    pub fn measured(&self) -> Option<&Measured> {
        if let Outcome::Measured(measured) = &self.outcome { Some(measured) } else { None }
    }
}

/// What came of a cell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// It was measured to the end.
    Measured(Measured),
    /// It took longer than the bound, and was ended.
    Exceeded,
    /// A smaller one took longer than the bound.
    Skipped {
        /// The smaller one.
        exceeded: Cell,
    },
    /// It cannot be measured, or the process ended.
    Failed {
        /// Why.
        reason: String,
    },
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Measured(Measured { deal, verify_all, .. }) => {
                write!(f, "dealt in {:.3} s, all verified in {:.3} s", deal.wall, verify_all.wall)
            }
            Self::Exceeded => f.write_str("ended, since it took longer than the bound"),
            Self::Skipped { exceeded } => {
                write!(f, "left out, since a smaller one exceeded the bound ({exceeded})")
            }
            Self::Failed { reason } => write!(f, "failed: {reason}"),
        }
    }
}

/// What a cell costs. Times are in seconds, sizes in bytes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// Proofs of a dealing; none where there is no circuit.
    pub proofs: Option<u32>,
    /// Rows of the constraint system of one proof.
    pub constraints: Option<usize>,
    /// Of one dealing.
    pub dealing_bytes: usize,
    /// Of all messages of a ceremony; see [`transcript`](super::transcript).
    pub transcript_bytes: usize,
    /// Processor time of one multiplication in G1 by `blst`.
    pub unit: f64,
    /// What all dealings of a ceremony have in common: circuit, matrices, generators. Once, since a ceremony does it once.
    pub build: Time,
    /// One dealing: the median of all dealers.
    pub deal: Time,
    /// One dealing, from its bytes.
    pub verify_one: Time,
    /// The dealings of all operators together, from their bytes.
    pub verify_all: Time,
    /// The shares of one operator in one dealing.
    pub decrypt: Time,
    /// Public keys and public shares of all validators, of dealings that are verified; none for a baseline.
    pub keys: Option<Time>,
    /// Most memory that was resident while it built and dealt, the program itself included.
    pub peak_deal: Option<u64>,
    /// Most memory that was resident while all were verified, on top of what dealing has left.
    pub peak_verify: Option<u64>,
}

impl Measured {
    /// The steps that take time, by their names in files.
    pub fn times(&self) -> [(&'static str, Option<Time>); 6] {
        [
            ("build", Some(self.build)),
            ("deal", Some(self.deal)),
            ("verify_one", Some(self.verify_one)),
            ("verify_all", Some(self.verify_all)),
            ("decrypt", Some(self.decrypt)),
            ("keys", self.keys),
        ]
    }

    /// What is sent, by its name in files.
    pub fn sizes(&self) -> [(&'static str, usize); 2] {
        [("dealing_bytes", self.dealing_bytes), ("transcript_bytes", self.transcript_bytes)]
    }
}
