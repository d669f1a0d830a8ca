//! From all Seals to the finished lock.

use coram_cluster::bls::{self, Signature};
use coram_cluster::lock::Lock;

use super::attested::Attested;
use super::dealt::Dealt;
use super::roster::Roster;
use crate::breach::Obstacle;
use crate::ceremony::Ceremony;
use crate::error::CeremonyError;
use crate::message::{Seal, Signed};
use crate::transcript::Transcript;

/// A ceremony that ended well: the lock, and the transcript that shows how its keys were made.
#[derive(Clone, Debug)]
pub struct Sealed {
    lock: Lock,
    transcript: Transcript,
}

impl Sealed {
    /// Verifies the Seals of all operators, in index order, and completes the lock.
    ///
    /// # Errors
    ///
    /// What [`Attested::verify_seals`] finds, and a failure if Seals are missing.
    pub fn new(
        ceremony: &Ceremony,
        roster: &Roster,
        dealt: &Dealt,
        attested: &Attested,
        seals: Vec<Signed<Seal>>,
    ) -> Result<Self, Obstacle> {
        if !seals.iter().map(Signed::author).eq(1..=ceremony.operators()) {
            return Err(Obstacle::Failure(CeremonyError::Incomplete { what: "Seals" }));
        }
        let partials = attested.verify_seals(ceremony, roster, &seals)?;
        let lock = complete(attested.lock().clone(), &seals, partials)?;
        let transcript = Transcript::new(ceremony, roster, dealt, attested, seals);
        Ok(Self { lock, transcript })
    }

    /// The lock, without the transcript.
    #[must_use]
    pub const fn lock(&self) -> &Lock {
        &self.lock
    }

    /// The lock file, with the transcript in it.
    ///
    /// # Errors
    ///
    /// [`CeremonyError::Cluster`] if it cannot be written, for which there is no reason.
    pub fn lock_json(&self) -> Result<Vec<u8>, CeremonyError> {
        Ok(self.lock.to_json(Some(&self.transcript.to_value()?))?)
    }

    /// The transcript.
    #[must_use]
    pub const fn transcript(&self) -> &Transcript {
        &self.transcript
    }
}

/// Adds the sum of all partial signatures on the lock hash, and the node signatures.
fn complete(
    lock: Lock,
    seals: &[Signed<Seal>],
    partials: Vec<Vec<Signature>>,
) -> Result<Lock, CeremonyError> {
    let partials: Vec<Signature> = partials.into_iter().flatten().collect();
    let aggregate = bls::aggregate(&partials)?;
    let nodes: Vec<[u8; 65]> = seals.iter().map(|seal| seal.body().node_signature).collect();
    Ok(lock.seal(&aggregate, &nodes))
}
