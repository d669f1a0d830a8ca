//! Fault files: true ones, and false ones against honest operators.

use std::collections::BTreeSet;

use coram_ceremony::verify::{FaultVerdict, verify_fault};
use coram_ceremony::{FaultFile, Kind, Message};

use super::{Findings, Inspector};
use crate::Failure;
use crate::accusation::{Accusation, Cleared, fault_file};
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
    let honest: Result<BTreeSet<String>, Failure> = ended
        .honest
        .iter()
        .map(|(operator, _)| Ok(ended.cast.identity(operator.index())?.peer_id()))
        .collect();
    match honest.and_then(|honest| Ok((honest, false_witness(inspector, ended)?))) {
        Ok((honest, witnessed)) => {
            for accusation in ended.accusations.iter().chain(&witnessed) {
                // What is proved is in the file; who is honest, and why the file must fail, is not.
                let purpose = format!("accusation {honest:?} {:?}", accusation.cleared);
                match inspector.recall(&purpose, &accusation.file, || accusation.judge(&honest)) {
                    Ok(_) => findings.cleared += 1,
                    Err(wrong) => findings.violations.push(wrong),
                }
            }
        }
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
fn false_witness(inspector: &Inspector, ended: &Ended) -> Result<Vec<Accusation>, Failure> {
    let (Some((witness, _)), Some((victim, _))) = (ended.honest.first(), ended.honest.last()) else {
        return Ok(Vec::new());
    };
    let victim = victim.index();
    let accuse = |fault, messages: Vec<_>, cleared| -> Result<Accusation, Failure> {
        let file = fault_file(&ended.cast.ceremony, fault, &[victim], &messages)?;
        Ok(Accusation { file: serde_json::to_vec(&file)?, cleared })
    };
    let board = witness.board();
    let of_victim = |message: &&Message| message.author() == victim || message.kind() == Kind::Join;
    let own = board.messages().filter(of_victim).map(Message::to_bytes).collect();
    let mut accusations = vec![accuse("dealing", own, &[Cleared::Unproved, Cleared::OtherBreach])?];
    if let Some(fault) = witness.faults().first().filter(|fault| inspector.retells(fault.breach().code())) {
        let messages = fault.messages().iter().map(Message::to_bytes).collect();
        accusations.push(accuse(fault.breach().code(), messages, &[Cleared::OtherBreach])?);
    }
    Ok(accusations)
}
