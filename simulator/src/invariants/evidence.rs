//! Fault files: true ones, and false ones against honest operators.

use coram_ceremony::fault::FaultRejected;
use coram_ceremony::verify::{FaultVerdict, verify_fault};
use coram_ceremony::{FaultFile, Kind, Message};
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

/// Accuses an honest operator: with its own messages and everybody's Joins, and with what proves another's breach.
fn false_witness(inspector: &Inspector, ended: &Ended) -> Result<usize, Failure> {
    let (Some((witness, _)), Some((victim, _))) = (ended.honest.first(), ended.honest.last()) else {
        return Ok(0);
    };
    let victim = victim.index();
    let of_victim = |message: &&Message| message.author() == victim || message.kind() == Kind::Join;
    let own: Vec<Message> = witness.board().messages().filter(of_victim).cloned().collect();
    let mut accusations: Vec<(&str, &[Message])> = vec![("dealing", own.as_slice())];
    if let Some(fault) = witness.faults().first() {
        accusations.push((fault.breach().code(), fault.messages()));
    }
    for (code, messages) in &accusations {
        let file = accuse(witness.faults().first(), ended, code, victim, messages)?;
        inspector.recall("accusation", &file, || judge_accusation(&file, victim))?;
    }
    Ok(accusations.len())
}

fn judge_accusation(file: &[u8], victim: u16) -> Result<String, String> {
    match FaultFile::check(file) {
        Ok(accusation) if accusation.culprits.iter().any(|(culprit, _)| *culprit == victim) => {
            Err(format!("operator {victim} is honest and stands convicted: {}", accusation.breach))
        }
        Ok(accusation) => {
            Err(format!("an accusation of operator {victim} convicts another: {}", accusation.breach))
        }
        Err(FaultRejected::Form(why)) => Err(format!("a false accusation is not even read: {why}")),
        Err(rejected) => Ok(rejected.to_string()),
    }
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
