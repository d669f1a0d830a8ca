//! The definition in the lock: its hashes, its signatures, its operators.

use coram_cluster::ClusterError;
use coram_cluster::definition::{
    Definition, Shape, SignatureCheck, SignatureReport, SignatureStatus, Signer,
};
use coram_cluster::enr::Enr;
use coram_cluster::network::Network;

use super::catalogue::CheckId;
use super::check::{Failure, Finding};
use super::path;
use super::recorder::Recorder;
use crate::hex;

/// Makes the checks of the definition. Returns the operators' identity keys, as far as their records can be read.
pub(super) fn check(
    recorder: &mut Recorder<'_>,
    definition: &Definition,
    network: Option<&Network>,
) -> Vec<Option<[u8; 33]>> {
    let config = recorder.make(CheckId::DefinitionConfigHash, || config_hash(definition));
    recorder.make(CheckId::DefinitionHash, || match definition.computed_hash() {
        Ok(computed) => {
            let (stated, computed) = (hex::encode(&definition.definition_hash()), hex::encode(&computed));
            Finding::compare("$.cluster_definition.definition_hash", &stated, &computed)
        }
        Err(error) => Finding::judge("", vec![path::failure(&error, "$.cluster_definition")]),
    });
    if config {
        signatures(recorder, definition, network);
    }

    let mut identities = Vec::new();
    let enrs = recorder.make(CheckId::DefinitionEnrs, || enrs(definition, &mut identities));
    if enrs {
        recorder.make(CheckId::DefinitionIdentities, || distinct(&identities));
    }
    identities
}

fn config_hash(definition: &Definition) -> Finding {
    let stated = hex::encode(&definition.config_hash());
    let computed = match definition.verify_hashes() {
        Err(ClusterError::HashMismatch { what: "config hash", computed, .. }) => hex::encode(&computed),
        _ => stated.clone(),
    };
    Finding::compare("$.cluster_definition.config_hash", &stated, &computed)
}

fn enrs(definition: &Definition, identities: &mut Vec<Option<[u8; 33]>>) -> Finding {
    let mut failures = Vec::new();
    for (index, operator) in (1..).zip(definition.operators()) {
        let enr = Enr::parse(operator.enr());
        if let Err(error) = &enr {
            failures.push(Failure::new(path::operator(index) + ".enr", error));
        }
        identities.push(enr.ok().map(|enr| enr.public_key()));
    }
    Finding::judge(format!("{} node records", identities.len()), failures)
}

fn distinct(identities: &[Option<[u8; 33]>]) -> Finding {
    let mut failures = Vec::new();
    for (index, identity) in (1_u16..).zip(identities) {
        if let Some(first) =
            (1..index).zip(identities).find_map(|(first, known)| (known == identity).then_some(first))
        {
            let what = format!("operator {index} has the identity key of operator {first}");
            failures.push(Failure::new(path::operator(index) + ".enr", what));
        }
    }
    Finding::judge(format!("{} different keys", identities.len()), failures)
}

/// What the accounts signed, by who had to.
fn signatures(recorder: &mut Recorder<'_>, definition: &Definition, network: Option<&Network>) {
    let (operators, creator) = (CheckId::DefinitionOperatorSignatures, CheckId::DefinitionCreatorSignature);
    let (result, took) = recorder.time(|| report(definition, network));
    match result {
        Ok(report) => {
            let of_creator = |check: &&SignatureCheck| check.signer == Signer::Creator;
            let (of_creator, of_operators) = report.checks.iter().partition::<Vec<_>, _>(of_creator);
            recorder.note_timed(operators, judge(&of_operators, report.shape == Shape::Group), took);
            recorder.note(creator, judge(&of_creator, report.shape != Shape::Unsigned));
        }
        Err(finding) => {
            recorder.note_timed(operators, finding.clone(), took);
            recorder.note(creator, finding);
        }
    }
}

fn report(definition: &Definition, network: Option<&Network>) -> Result<SignatureReport, Finding> {
    let malformed =
        |error: &ClusterError| Finding::judge("", vec![path::failure(error, "$.cluster_definition")]);
    match definition.shape().map_err(|error| malformed(&error))? {
        Shape::Unsigned => Ok(SignatureReport { shape: Shape::Unsigned, checks: Vec::new() }),
        Shape::Solo | Shape::Group => {
            let unknown = "the chain id of this network is not known: describe the network";
            let network = network.ok_or_else(|| Finding::undecided(unknown))?;
            definition.verify_signatures(network).map_err(|error| malformed(&error))
        }
    }
}

fn judge(checks: &[&SignatureCheck], expected: bool) -> Finding {
    if !expected {
        return Finding::not_applicable("not signed: no account vouches for it");
    }
    let failure = |check: &&SignatureCheck| match check.status {
        SignatureStatus::Malformed(reason) => Some(Failure::new(signature_path(check.signer), reason)),
        _ => None,
    };
    let failures: Vec<Failure> = checks.iter().filter_map(failure).collect();
    let open = checks.iter().filter(|check| check.status == SignatureStatus::NeedsExecutionClient);
    let open: Vec<String> = open.map(|check| check.signer.to_string()).collect();
    if failures.is_empty() && !open.is_empty() {
        let open = open.join(", ");
        return Finding::undecided(format!(
            "not of an account with a key; a contract's? An execution client can tell: {open}"
        ));
    }
    let addresses = checks.iter().filter_map(|check| check.address.as_ref());
    let mut addresses: Vec<String> = addresses.map(|address| address.checksummed()).collect();
    addresses.dedup();
    Finding::judge(format!("signed by {}", addresses.join(", ")), failures)
}

fn signature_path(signer: Signer) -> String {
    match signer {
        Signer::Creator => "$.cluster_definition.creator.config_signature".to_owned(),
        Signer::OperatorConfig(index) => path::operator(index) + ".config_signature",
        Signer::OperatorEnr(index) => path::operator(index) + ".enr_signature",
    }
}
