//! Fault files: true ones, and false ones against honest operators.

use coram_ceremony::fault::FaultRejected;
use coram_ceremony::verify::{FaultVerdict, verify_fault};
use coram_ceremony::{FaultFile, Message};
use serde_json::{Value, json};

use super::{Findings, Inspector};
use crate::Failure;
use crate::run::Ended;

pub(super) fn check(inspector: &Inspector, ended: &Ended, findings: &mut Findings) {
    for (operator, _) in &ended.honest {
        for fault in operator.faults() {
            if fault.culprits().iter().any(|culprit| !ended.corrupted.contains(culprit)) {
                let index = operator.index();
                findings.violations.push(format!("operator {index} names an honest one: {}", fault.breach()));
            }
            match inspector.judge(fault) {
                Ok(()) => findings.proved += 1,
                Err(wrong) => findings.violations.push(wrong),
            }
        }
    }
    match false_witness(inspector, ended) {
        Ok(cleared) => findings.cleared += cleared,
        Err(wrong) => findings.violations.push(wrong.to_string()),
    }
}

impl Inspector {
    /// Whether a stranger finds in a fault file what the operator who wrote it says.
    fn judge(&self, fault: &FaultFile) -> Result<(), String> {
        let json = fault.to_json().map_err(|error| error.to_string())?;
        let expected = format!("{} by {:?}", fault.breach(), fault.culprits());
        let found = self.recall("fault", &json, || {
            let report = verify_fault(&json);
            let culprits: Vec<u16> = report.culprits.iter().map(|culprit| culprit.index).collect();
            if report.verdict == FaultVerdict::Proved {
                Ok(format!("{} by {culprits:?}", report.detail))
            } else {
                Err(format!("a fault file proves nothing to a stranger: {}", report.detail))
            }
        })?;
        if found == expected {
            Ok(())
        } else {
            Err(format!("a fault file says {expected}, and a stranger finds {found}"))
        }
    }
}

/// Accusations that fit any message, and one that true evidence against another does not carry.
const ACCUSATIONS: [&str; 3] = ["equivocation", "dealing", "commit_mismatch"];

/// Accuses an honest operator with all that was signed in the run, and with what proves another's breach.
fn false_witness(inspector: &Inspector, ended: &Ended) -> Result<usize, Failure> {
    let Some((witness, _)) = ended.honest.first() else { return Ok(0) };
    let Some((victim, _)) = ended.honest.last() else { return Ok(0) };
    let victim = victim.index();
    let mut cleared = 0;
    let all: Vec<Message> = witness.board().messages().cloned().collect();
    let of_victim: Vec<Message> = all
        .iter()
        .filter(|message| message.author() == victim || message.kind() == coram_ceremony::Kind::Join)
        .cloned()
        .collect();
    let of_others = witness.faults().first().map(|fault| fault.messages().to_vec());
    for messages in [Some(of_victim), of_others].into_iter().flatten() {
        for accusation in ACCUSATIONS {
            let file = accuse(witness.faults().first(), ended, accusation, victim, &messages)?;
            inspector.recall("accusation", &file, || match FaultFile::check(&file) {
                Ok(accusation) if accusation.culprits.iter().any(|(culprit, _)| *culprit == victim) => {
                    Err(format!("operator {victim} is honest and stands convicted of: {}", accusation.breach))
                }
                Ok(_) => Ok(String::new()),
                Err(FaultRejected::Form(why)) => Err(format!("a false accusation is not even read: {why}")),
                Err(rejected) => Ok(rejected.to_string()),
            })?;
            cleared += 1;
        }
    }
    Ok(cleared)
}

/// A fault file as anybody can write it: like a true one where there is one, with another breach, culprit and messages.
fn accuse(
    like: Option<&FaultFile>,
    ended: &Ended,
    fault: &str,
    victim: u16,
    messages: &[Message],
) -> Result<Vec<u8>, Failure> {
    let mut file = match like {
        Some(fault) => serde_json::from_slice(&fault.to_json()?)?,
        None => blank(ended)?,
    };
    let messages: Vec<Value> = messages
        .iter()
        .map(|message| Value::from(format!("0x{}", hex::encode(message.to_bytes()))))
        .collect();
    file["fault"] = fault.into();
    file["culprits"] = json!([victim]);
    file["summary"] = "trust me".into();
    file["messages"] = messages.into();
    Ok(serde_json::to_vec(&file)?)
}

fn blank(ended: &Ended) -> Result<Value, Failure> {
    let ceremony = &ended.cast.ceremony;
    let definition: Value = serde_json::from_slice(&ceremony.definition().to_json()?)?;
    let (terms, parameters) = (ceremony.terms(), ceremony.parameters());
    Ok(json!({
        "fault_version": 1,
        "protocol": "coram/v1",
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
    }))
}
