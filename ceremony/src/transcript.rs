//! The transcript: the messages of a finished ceremony, as a member of the lock.
//!
//! It is a projection of the board. What follows from other members (the terms in each Join, the list of Joins in each
//! Commit, the roster hash in every message) is not repeated; the messages are put together again from their
//! parts, and their signatures cover the whole. Whoever reads a transcript replays the ceremony.

mod dealing;
mod file;
mod read;
mod setup;

pub(crate) use file::{CeremonyFile, not_null};
pub use read::{Replay, ReplayError, SignedTranscript, TranscriptError, UnverifiedTranscript};
pub(crate) use setup::{SetupFile, read as read_setups, write as write_setups};

use coram_cluster::bls::Signature;
use coram_proofs::setup::SetupRecord;
use serde::{Serialize, Serializer};

use crate::ceremony::Ceremony;
use crate::error::CeremonyError;
use crate::id::{CeremonyId, TranscriptRoot};
use crate::limits::Limits;
use crate::message::{Attest, Commit, Deal, Join, Seal, Signed};
use crate::parameters::Terms;
use crate::phase::{Attested, Dealt, Roster};

/// Name of the member of the lock that holds the transcript.
pub const MEMBER: &str = "pvss_transcript";
/// Version of the layout of the member.
pub const VERSION: u32 = 1;
/// Name of the protocol and its hashes.
pub const PROTOCOL: &str = "coram/v1";

/// The messages of a ceremony that was judged to its end.
#[derive(Clone, Debug)]
pub struct Transcript {
    id: CeremonyId,
    terms: Terms,
    limits: Limits,
    root: TranscriptRoot,
    setups: Vec<SetupRecord>,
    joins: Vec<Signed<Join>>,
    commits: Vec<Signed<Commit>>,
    deals: Vec<Signed<Deal>>,
    attests: Vec<Signed<Attest>>,
    seals: Vec<Signed<Seal>>,
    attestation: Signature,
}

impl Transcript {
    /// Collects the messages that the phases were formed from.
    pub(crate) fn new(
        ceremony: &Ceremony,
        roster: &Roster,
        dealt: &Dealt,
        attested: &Attested,
        seals: Vec<Signed<Seal>>,
    ) -> Self {
        Self {
            id: ceremony.id(),
            terms: ceremony.terms().clone(),
            limits: *ceremony.limits(),
            root: attested.root(),
            setups: ceremony.setup_records(),
            joins: roster.joins().to_vec(),
            commits: dealt.commits().to_vec(),
            deals: dealt.deals().to_vec(),
            attests: attested.attests().to_vec(),
            seals,
            attestation: *attested.attestation(),
        }
    }

    /// The ceremony.
    #[must_use]
    pub const fn ceremony(&self) -> CeremonyId {
        self.id
    }

    /// The root that the Seals sign.
    #[must_use]
    pub const fn root(&self) -> TranscriptRoot {
        self.root
    }

    /// The Joins in index order.
    #[must_use]
    pub fn joins(&self) -> &[Signed<Join>] {
        &self.joins
    }

    /// The Seals in index order.
    #[must_use]
    pub fn seals(&self) -> &[Signed<Seal>] {
        &self.seals
    }

    /// The member of the lock.
    ///
    /// # Errors
    ///
    /// [`CeremonyError::Json`] if it cannot be written, for which there is no reason.
    pub fn to_value(&self) -> Result<serde_json::Value, CeremonyError> {
        serde_json::to_value(self).map_err(|error| CeremonyError::Json(error.to_string()))
    }

    /// The sum of the signatures of all validator keys on the attestation.
    #[must_use]
    pub const fn attestation(&self) -> &Signature {
        &self.attestation
    }
}

/// Writes the member of the lock.
impl Serialize for Transcript {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        file::TranscriptFile::from(self).serialize(serializer)
    }
}
