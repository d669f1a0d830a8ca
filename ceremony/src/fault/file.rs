//! The fault file as JSON.

use coram_cluster::definition::Definition;
use coram_proofs::setup::SetupRecord;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::evidence::{evidence, needs_setups};
use crate::board::Board;
use crate::breach::Breach;
use crate::error::CeremonyError;
use crate::hex::Bytes;
use crate::message::Message;
use crate::parameters::Terms;
use crate::transcript::{CeremonyFile, PROTOCOL, SetupFile, not_null, write_setups};

/// Version of the layout of fault files.
pub(super) const VERSION: u32 = 1;

/// A breach with its evidence.
#[derive(Clone, Debug)]
pub struct FaultFile {
    breach: Breach,
    definition: Definition,
    terms: Terms,
    setups: Vec<SetupRecord>,
    messages: Vec<Message>,
}

/// The members of a fault file. What happened and who did it are for people: they are recomputed, and must agree.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FaultMembers {
    pub(super) fault_version: u32,
    pub(super) protocol: String,
    pub(super) fault: String,
    pub(super) culprits: Vec<u16>,
    pub(super) summary: String,
    pub(super) cluster_definition: Value,
    pub(super) ceremony: CeremonyFile,
    /// The setups that the terms name; left out where the proof system has none, or nothing is judged by its proofs.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    pub(super) setups: Option<Vec<SetupFile>>,
    pub(super) messages: Vec<Bytes>,
}

impl FaultFile {
    /// Collects the evidence for a breach from the board on which it was found.
    pub(crate) fn new(board: &Board, breach: Breach) -> Self {
        let ceremony = board.ceremony();
        Self {
            setups: if needs_setups(&breach) { ceremony.setup_records() } else { Vec::new() },
            messages: evidence(board, &breach),
            breach,
            definition: ceremony.definition().clone(),
            terms: ceremony.terms().clone(),
        }
    }

    /// What happened.
    #[must_use]
    pub const fn breach(&self) -> &Breach {
        &self.breach
    }

    /// Who did it, ascending operator indices from 1.
    #[must_use]
    pub fn culprits(&self) -> Vec<u16> {
        self.breach.culprits()
    }

    /// The messages that prove it.
    #[must_use]
    pub fn messages(&self) -> &[Message] {
        &self.messages
    }

    /// The file. The same board gives the same bytes.
    ///
    /// # Errors
    ///
    /// [`CeremonyError::Json`] if it cannot be written, for which there is no reason.
    pub fn to_json(&self) -> Result<Vec<u8>, CeremonyError> {
        let json = |error: serde_json::Error| CeremonyError::Json(error.to_string());
        let members = FaultMembers {
            fault_version: VERSION,
            protocol: PROTOCOL.to_owned(),
            fault: self.breach.code().to_owned(),
            culprits: self.culprits(),
            summary: self.breach.to_string(),
            cluster_definition: serde_json::from_slice(&self.definition.to_json()?).map_err(json)?,
            ceremony: CeremonyFile::from(&self.terms),
            setups: write_setups(&self.setups),
            messages: self.messages.iter().map(|message| Bytes(message.to_bytes())).collect(),
        };
        serde_json::to_vec_pretty(&members).map_err(json)
    }
}
