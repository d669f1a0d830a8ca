//! The definition, and the terms that follow from it and the options.

use coram_cluster::definition::{Severity, Shape};

use super::report::Finding;
use super::{Facts, Found, Subject, found};
use crate::cli::terms::judge_signatures;
use crate::failure::{Exit, Failure};

/// Findings of the lint that other checks report.
const REPORTED: [&str; 4] =
    ["hash-mismatch", "unsigned", "signature-needs-execution-client", "signature-malformed"];

/// `definition.readable`.
pub fn readable(subject: &Subject<'_>, facts: &mut Facts) -> Found {
    let read = subject.terms.definition(subject.data_dir);
    found(read.map(|definition| {
        let [config_hash, hash] = [definition.config_hash(), definition.definition_hash()]
            .map(|hash| format!("0x{}", hex::encode(hash)));
        let path = subject.terms.definition_path(subject.data_dir);
        let finding = Finding::pass(format!("{}: definition hash {hash}", path.display()))
            .value("path", path.display().to_string())
            .value("name", definition.name())
            .value("config_hash", config_hash)
            .value("definition_hash", hash);
        facts.definition = Some(definition);
        finding
    }))
}

/// `definition.terms`.
pub fn terms(subject: &Subject<'_>, facts: &mut Facts) -> Found {
    let definition = facts.definition.clone()?;
    let set_up = subject.terms.ceremony_of(definition, subject.data_dir);
    found(set_up.map(|(ceremony, network)| {
        let (threshold, operators, validators) =
            (ceremony.threshold(), ceremony.operators(), ceremony.validators());
        let finding = Finding::pass(format!(
            "ceremony {}, attempt {}: any {threshold} of {operators} sign, {validators} validators, {}",
            ceremony.id(),
            ceremony.terms().attempt,
            network.name()
        ))
        .value("ceremony", ceremony.id().to_string())
        .value("attempt", ceremony.terms().attempt)
        .value("threshold", threshold)
        .value("operators", operators)
        .value("validators", validators)
        .value("network", network.name());
        facts.ceremony = Some((ceremony, network));
        finding
    }))
}

/// `definition.signatures`.
pub fn signatures(subject: &Subject<'_>, facts: &Facts) -> Found {
    let (ceremony, network) = facts.ceremony.as_ref()?;
    let judge = || -> Result<Vec<Finding>, Failure> {
        let accepted = judge_signatures(ceremony, network, subject.accept)?;
        if ceremony.definition().shape()? == Shape::Unsigned {
            let help = "compare the definition hash with the other operators by another channel";
            return Ok(vec![Finding::warn("nobody signed the definition", help)]);
        }
        if accepted.is_empty() {
            return Ok(vec![Finding::pass("all signatures are those of the declared accounts")]);
        }
        let help = "be sure that an execution client has judged it";
        Ok(accepted.into_iter().map(|acceptance| Finding::warn(acceptance, help)).collect())
    };
    Some(judge().unwrap_or_else(|failure| vec![failure.into()]))
}

/// `definition.sound`.
pub fn sound(facts: &Facts) -> Found {
    let (ceremony, network) = facts.ceremony.as_ref()?;
    let findings = ceremony.definition().lint(Some(network)).into_iter();
    let mine = findings.filter(|finding| !REPORTED.contains(&finding.code));
    let judged = mine.filter_map(|finding| {
        let text = format!("{}: {}", finding.code, finding.text);
        match finding.severity {
            Severity::Note => None,
            Severity::Warning => Some(Finding::warn(text, finding.advice)),
            Severity::Error => {
                Some(Failure::new(Exit::Invalid, "definition.unfit", text).help(finding.advice).into())
            }
        }
    });
    Some(judged.collect())
}
