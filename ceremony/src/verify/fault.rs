//! The verification of a fault file.

use coram_cluster::identity::peer_id;
use serde::Serialize;

use crate::fault::{Accusation, FaultFile, FaultRejected};
use crate::hex;
use crate::id::CeremonyId;

/// Version of the members of fault reports.
pub const FAULT_VERSION: u32 = 1;

/// What a fault file comes to. Its words are none of those for locks: whoever takes a fault file for a lock finds no `valid`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum FaultVerdict {
    /// The breach is proved.
    Proved,
    /// It is not, and nobody is accused.
    Rejected,
    /// A version that is not known here.
    Indeterminate,
}

/// What a fault file proves.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
pub struct FaultReport {
    /// Version of the members.
    #[cfg_attr(feature = "schema", schemars(extend("const" = FAULT_VERSION)))]
    pub report_version: u32,
    /// Whether anything is proved.
    pub verdict: FaultVerdict,
    /// What happened, or why nothing is proved.
    pub detail: String,
    /// The stable name of the breach, if one is proved.
    pub breach: Option<&'static str>,
    /// Who did it.
    pub culprits: Vec<Culprit>,
    /// The attempt in which it happened, if the breach is proved.
    pub ceremony: Option<CeremonyId>,
    /// The number of that attempt, from 0.
    pub attempt: Option<u32>,
    /// Hash of the definition of its cluster. The file brings its own definition: whether it is the cluster that one
    /// has in mind, this hash tells.
    pub definition_hash: Option<String>,
}

/// An operator who broke the protocol.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
pub struct Culprit {
    /// Its index in the definition, from 1.
    pub index: u16,
    /// The peer ID of its identity key.
    pub peer_id: String,
}

/// Checks a fault file, from anybody, with nothing else at hand.
#[must_use]
pub fn verify_fault(bytes: &[u8]) -> FaultReport {
    FaultReport::of(&FaultFile::check(bytes))
}

impl FaultReport {
    /// The report on what came of checking a fault file.
    #[must_use]
    pub fn of(checked: &Result<Accusation, FaultRejected>) -> Self {
        let report = |verdict, detail: String| Self {
            report_version: FAULT_VERSION,
            verdict,
            detail,
            breach: None,
            culprits: Vec::new(),
            ceremony: None,
            attempt: None,
            definition_hash: None,
        };
        match checked {
            Ok(accusation) => {
                let culprit =
                    |(index, key): &(u16, [u8; 33])| Culprit { index: *index, peer_id: peer_id(key) };
                Self {
                    breach: Some(accusation.breach.code()),
                    culprits: accusation.culprits.iter().map(culprit).collect(),
                    ceremony: Some(accusation.ceremony),
                    attempt: Some(accusation.attempt),
                    definition_hash: Some(hex::encode(&accusation.definition)),
                    ..report(FaultVerdict::Proved, accusation.breach.to_string())
                }
            }
            Err(error @ FaultRejected::Unknown { .. }) => {
                report(FaultVerdict::Indeterminate, error.to_string())
            }
            Err(error) => report(FaultVerdict::Rejected, error.to_string()),
        }
    }
}
