//! Fault files as anybody can write them, against honest operators.

use std::collections::BTreeSet;

use coram_ceremony::fault::FaultRejected;
use coram_ceremony::verify::{FaultReport, FaultVerdict};
use coram_ceremony::{Ceremony, FaultFile};
use serde_json::{Value, json};

use crate::Failure;

/// A file in which an adversary accuses an honest operator, and why that proves nothing.
pub struct Accusation {
    /// The file.
    pub file: Vec<u8>,
    /// What a stranger must find: one of these.
    pub cleared: &'static [Cleared],
}

/// Why an accusation fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cleared {
    /// Its messages break no rule.
    Unproved,
    /// Its messages prove what another did, who is not honest.
    OtherBreach,
    /// One of its messages is not signed by the operator that it names, or is of another ceremony.
    Evidence,
    /// One of its messages is there twice.
    Repeated,
    /// It is not judged at all: it is no fault file, or there is no such ceremony.
    Unread,
    /// It is proved, against identities that nobody honest has, in a cluster that they invented.
    Strangers,
}

impl Accusation {
    /// Asks a stranger: what is found is what `coram verify` reports.
    ///
    /// # Errors
    ///
    /// If an operator with one of these identities stands convicted, or the accusation fails for another reason than it should.
    pub fn judge(&self, honest: &BTreeSet<String>) -> Result<String, String> {
        let checked = FaultFile::check(&self.file);
        let report = FaultReport::of(&checked);
        if let Some(culprit) = report.culprits.iter().find(|culprit| honest.contains(&culprit.peer_id)) {
            return Err(format!(
                "operator {} is honest and stands convicted: {}",
                culprit.index, report.detail
            ));
        }
        let found = match &checked {
            Ok(_) => Cleared::Strangers,
            Err(FaultRejected::Unproved) => Cleared::Unproved,
            Err(FaultRejected::OtherBreach { .. }) => Cleared::OtherBreach,
            Err(FaultRejected::Evidence { .. }) => Cleared::Evidence,
            Err(FaultRejected::Repeated { .. }) => Cleared::Repeated,
            Err(_) => Cleared::Unread,
        };
        let verdict = if found == Cleared::Strangers { FaultVerdict::Proved } else { FaultVerdict::Rejected };
        if !self.cleared.contains(&found) || report.verdict != verdict {
            return Err(format!(
                "an accusation should fail as {:?}, and a stranger finds {found:?}: {}",
                self.cleared, report.detail
            ));
        }
        Ok(report.detail)
    }
}

/// A fault file with any messages, whoever wrote them, and any accusation.
///
/// # Errors
///
/// If it cannot be written, for which there is no reason.
pub fn fault_file(
    ceremony: &Ceremony,
    fault: &str,
    culprits: &[u16],
    messages: &[Vec<u8>],
) -> Result<Value, Failure> {
    let definition: Value = serde_json::from_slice(&ceremony.definition().to_json()?)?;
    let (terms, parameters) = (ceremony.terms(), ceremony.parameters());
    let messages: Vec<String> =
        messages.iter().map(|message| format!("0x{}", hex::encode(message))).collect();
    Ok(json!({
        "fault_version": 1,
        "protocol": "coram/v1",
        "fault": fault,
        "culprits": culprits,
        "summary": "trust me",
        "cluster_definition": definition,
        "ceremony": {
            "id": ceremony.id().to_string(),
            "protocol_version": terms.protocol,
            "kind": terms.kind.name(),
            "attempt": terms.attempt,
            "parameters": {
                "proof_system": parameters.proof_system.name(),
                "commits": parameters.commits,
                "encryption_keys": parameters.encryption_keys.name(),
                "dealers": parameters.dealers,
                "genesis_time": parameters.genesis_time,
            },
        },
        "messages": messages,
    }))
}
