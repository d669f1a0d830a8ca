//! The setups behind a ceremony's verifying keys: from what a file says of them to the keys.

use std::sync::Arc;

use coram_proofs::ProofSystemId;
use coram_proofs::groth16::{Key, Keys, MAX_CHUNKS};
use coram_proofs::setup::{Setup, SetupError, SetupRecord, Shape, UncheckedSetup};

use crate::ceremony::Ceremony;
use crate::error::CeremonyError;
use crate::limits::{Limits, MAX_SETUPS};

/// Checks that setups of these shapes, in this order, are what a ceremony needs, and no more: for its operators; the largest
/// chunks first; and as many polynomials as each dealer has, one for each validator or batch, fill chunks of all of these sizes, the
/// largest first, without rest.
///
/// # Errors
///
/// [`CeremonyError::SetupOperators`], [`CeremonyError::Chunks`].
pub(crate) fn check_shapes(
    limits: &Limits,
    shapes: impl Iterator<Item = (u16, u32)> + Clone,
) -> Result<(), CeremonyError> {
    let operators = limits.operators;
    let found =
        shapes.clone().map(|(recipients, _)| usize::from(recipients)).find(|found| *found != operators);
    if let Some(found) = found {
        return Err(CeremonyError::SetupOperators { found, operators });
    }
    let sizes = || shapes.clone().map(|(_, validators)| validators as usize);
    let descending = sizes().zip(sizes().skip(1)).all(|(size, next)| size > next);
    let (mut left, mut chunks, mut used) =
        (limits.polynomials, 0, descending && sizes().count() <= MAX_SETUPS);
    for size in sizes() {
        let number = left.checked_div(size).unwrap_or_default();
        used &= number > 0;
        chunks += number;
        left -= number * size;
    }
    if used && left == 0 && chunks <= MAX_CHUNKS {
        return Ok(());
    }
    let (polynomials, sizes) = (limits.polynomials, sizes().take(MAX_SETUPS).collect());
    Err(CeremonyError::Chunks { polynomials, sizes, max: MAX_CHUNKS })
}

/// Decodes a setup for the circuit of its shape, which is built here: its shape must have been checked.
pub(crate) fn decode(record: &SetupRecord) -> Result<UncheckedSetup, SetupError> {
    let shape = Shape::new(record.recipients, record.validators)?;
    record.decode(shape.circuit_digest()?)
}

/// The keys to verify with, of setups that were verified.
pub(crate) fn keys(setups: impl IntoIterator<Item = Setup>) -> Result<Keys, CeremonyError> {
    Ok(Keys::new(setups.into_iter().map(|setup| Arc::new(Key::verifying(setup))).collect())?)
}

impl Ceremony {
    /// The ceremony with the keys of setups that came from a file, which are verified here, all but the signatures of those
    /// who contributed: who they were does not matter, since the digest of the setups was agreed on. One whose proof system
    /// needs no setup stays as it is.
    ///
    /// # Errors
    ///
    /// [`CeremonyError::NoReference`] if there are none; [`CeremonyError::InvalidSetup`]; else as
    /// [`Self::with_keys`].
    pub fn with_setups(self, setups: &[SetupRecord]) -> Result<Self, CeremonyError> {
        match self.parameters().proof_system {
            ProofSystemId::Transparent => return Ok(self),
            ProofSystemId::Groth16 if setups.is_empty() => return Err(self.no_reference()),
            ProofSystemId::Groth16 => {}
        }
        check_shapes(self.limits(), setups.iter().map(|setup| (setup.recipients, setup.validators)))?;
        let verify = |(place, record)| {
            let verified = decode(record).and_then(UncheckedSetup::verify);
            verified.map_err(|error| CeremonyError::InvalidSetup { place, error })
        };
        let verified = setups.iter().enumerate().map(verify).collect::<Result<Vec<_>, _>>()?;
        self.with_keys(keys(verified)?)
    }
}
