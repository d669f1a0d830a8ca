//! What deals.

use std::sync::Arc;

use clap::ValueEnum;
use coram_proofs::baselines::{FeldmanOnly, Groth21, SecretSharing};
use coram_proofs::groth16::{Keys, MAX_CHUNKS};
use coram_proofs::setup::{Shape, chosen};
use coram_proofs::{Backend, baselines};
use serde::{Deserialize, Serialize};

use super::Cell;
use crate::cli::terms::Extraction;
use crate::failure::{Exit, Failure};

/// No larger domain is chosen for Groth16 where a smaller one will do: the reference string of this one takes some 15 s.
const LARGEST_LOG: u8 = 17;

/// A proof system, or something to measure it against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Scheme {
    /// Coram's proof system that needs no setup
    Transparent,
    /// Coram's proof system with a reference string
    Groth16,
    /// Baseline: ElGamal in chunks of 16 bits with Groth's proofs of 2021; quick for one key
    Groth21,
    /// Baseline: shares in the clear beside Feldman's commitments; no secrecy, the floor of what anything can cost
    Feldman,
}

impl Scheme {
    /// Its name in tables and files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Transparent => "transparent",
            Self::Groth16 => "groth16",
            Self::Groth21 => "groth21",
            Self::Feldman => "feldman",
        }
    }

    /// Whether no ceremony can choose it.
    pub fn is_baseline(self) -> bool {
        matches!(self, Self::Groth21 | Self::Feldman)
    }
}

/// What has to be there before a ceremony, and is not measured.
pub enum Prepared {
    Coram { backend: Backend, proofs: u32 },
    Groth21,
    Feldman,
}

/// Makes the reference string, where one is needed: from secrets that are known, which takes seconds where a setup takes minutes. It
/// is like any other for dealers and verifiers.
pub fn prepare(cell: &Cell) -> Result<Prepared, Failure> {
    match cell.method.scheme {
        Scheme::Transparent => Ok(Prepared::Coram { backend: Backend::Transparent, proofs: 1 }),
        Scheme::Groth16 => {
            let shape = shape(cell)?;
            let contributor = chosen::Contributor { seed: [1; 64], signer: None };
            let key = chosen::reference(shape, &[contributor])?.into_key();
            let backend = Backend::Groth16(Keys::new(vec![Arc::new(key)]).map_err(|error| failed(&error))?);
            Ok(Prepared::Coram { backend, proofs: cell.polynomials() / shape.validators() })
        }
        Scheme::Groth21 => Ok(Prepared::Groth21),
        Scheme::Feldman => Ok(Prepared::Feldman),
    }
}

/// Builds what all dealings of a ceremony have in common.
pub fn build(cell: &Cell, prepared: &Prepared) -> Result<Box<dyn SecretSharing>, Failure> {
    let Cell { operators: n, threshold: t, validators: m, .. } = *cell;
    let built: Result<Box<dyn SecretSharing>, _> = match prepared {
        Prepared::Coram { backend, .. } => {
            let scheme = match cell.method.extraction {
                Extraction::Sum => baselines::Measured::coram(n, t, m, backend),
                Extraction::Batched => baselines::Measured::batched(n, t, m, backend),
            };
            scheme.map(|scheme| Box::new(scheme) as _)
        }
        Prepared::Groth21 => Groth21::new(n, t, m).map(|scheme| Box::new(scheme) as _),
        Prepared::Feldman => FeldmanOnly::new(n, t, m).map(|scheme| Box::new(scheme) as _),
    };
    built.map_err(|error| failed(&error))
}

/// Divides the polynomials into equal chunks so that the domains of all proofs together are smallest; of several ways, into the fewest.
fn shape(cell: &Cell) -> Result<Shape, Failure> {
    let all = cell.polynomials();
    let divisors = (1..=all.min(MAX_CHUNKS as u32)).filter(|proofs| all.is_multiple_of(*proofs));
    let shapes = divisors.filter_map(|proofs| Some((proofs, Shape::new(cell.operators, all / proofs).ok()?)));
    let cost = |(proofs, shape): &(u32, Shape)| {
        (shape.domain_log() > LARGEST_LOG, u64::from(*proofs) << shape.domain_log(), *proofs)
    };
    let best = shapes.min_by_key(cost).map(|(_, shape)| shape);
    best.ok_or_else(|| {
        Failure::new(Exit::Usage, "bench.shape", format!("{all} polynomials fit no reference string"))
    })
}

/// A dealing that fails is no result of a measurement.
pub fn failed(error: &dyn std::fmt::Display) -> Failure {
    Failure::new(Exit::Usage, "bench.dealings", error.to_string())
}
