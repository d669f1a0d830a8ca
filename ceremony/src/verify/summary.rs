//! What the report says beside the checks.

use std::collections::BTreeMap;

use coram_cluster::definition::{Definition, Shape};
use coram_cluster::deposit;
use coram_cluster::identity::peer_id;
use coram_cluster::lock::Lock;
use coram_cluster::network::Network;
use coram_proofs::setup::{Contribution, OriginRecord, Setup};

use super::catalogue::CheckId;
use super::check::{Check, Outcome};
use super::expectations::Anchors;
use super::inputs::Input;
use super::path;
use super::report::{
    Anchor, CeremonySummary, Cluster, ContributionSummary, Contributor, Note, OperatorSummary, SetupSummary,
    ValidatorSummary, Verdict,
};
use crate::ceremony::Ceremony;
use crate::hex;
use crate::id::TranscriptRoot;
use crate::parameters::{EncryptionKeys, ExtractionRule};
use crate::transcript::UnverifiedTranscript;

pub(super) fn cluster(lock: &Lock, network: Option<&Network>) -> Cluster {
    let definition = lock.definition();
    let hash = |computed: Result<[u8; 32], _>| {
        computed.map_or_else(|_: coram_cluster::ClusterError| String::new(), |hash| hex::encode(&hash))
    };
    Cluster {
        name: definition.name().to_owned(),
        uuid: definition.uuid().to_owned(),
        version: definition.version().as_str(),
        network: network.map(|network| network.name().to_owned()),
        fork_version: hex::encode(&definition.fork_version()),
        operators: definition.operators().len(),
        threshold: definition.threshold(),
        tolerance: tolerance(definition.threshold(), definition.operators().len()),
        validators: lock.validators().len(),
        compounding: definition.compounding(),
        deposit_amounts: deposit::amounts_to_sign(definition),
        config_hash: hex::encode(&definition.config_hash()),
        definition_hash: hash(definition.computed_hash()),
        lock_hash: hash(lock.hash()),
    }
}

/// What a threshold of `t` of `n` means for whoever relies on the cluster.
fn tolerance(t: u64, n: usize) -> String {
    let Some(t) = usize::try_from(t).ok().filter(|t| (1..=n).contains(t)) else {
        return format!("{t} of {n} cannot be a threshold");
    };
    let signers = if t == n { format!("all {n} must sign") } else { format!("any {t} of {n} can sign") };
    let stops = match n - t + 1 {
        1 => "1 offline stops it".to_owned(),
        offline => format!("{offline} offline stop it"),
    };
    let collude = match t {
        1 => "each alone could sign without the others".to_owned(),
        _ if t == n => "only all together could sign".to_owned(),
        _ => format!("{t} together could sign without the others"),
    };
    format!("{signers}; {stops}; {collude}")
}

pub(super) fn ceremony(
    ceremony: &Ceremony,
    transcript_root: Option<TranscriptRoot>,
    setups: Vec<SetupSummary>,
) -> CeremonySummary {
    let (terms, parameters) = (ceremony.terms(), ceremony.parameters());
    CeremonySummary {
        id: ceremony.id(),
        kind: terms.kind.name(),
        protocol_version: terms.protocol,
        attempt: terms.attempt,
        transcript_root,
        proof_system: parameters.proof_system.name(),
        setup: parameters.setup.map(|digest| hex::encode(&digest)),
        setups,
        commits: parameters.commits,
        encryption_keys: parameters.encryption_keys.name(),
        dealers: parameters.dealers.clone(),
        genesis_time: parameters.genesis_time,
        extraction: parameters.extraction.name(),
        polynomials: ceremony.extraction().polynomials(),
        keys_per_polynomial: ceremony.extraction().rows(),
    }
}

/// Verified setups. Who contributed is shown only if their signatures were checked.
pub(super) fn setups(
    ceremony: &Ceremony,
    setups: &[Setup],
    checks: &[Check],
    rechecked: &BTreeMap<[u8; 32], Input>,
) -> Vec<SetupSummary> {
    let signed = checks
        .iter()
        .any(|check| check.id == CheckId::SetupSignatures.name() && check.outcome == Outcome::Passed);
    let summary = |setup: &Setup| SetupSummary {
        digest: hex::encode(&setup.digest()),
        operators: setup.shape().recipients().into(),
        validators: setup.shape().validators() as usize,
        powers_log: setup.record().powers_log,
        rechecked: rechecked.contains_key(&setup.digest()),
        contributions: signed
            .then(|| setup.contributions().iter().map(|one| contribution(ceremony, one)).collect()),
    };
    setups.iter().map(summary).collect()
}

fn contribution(ceremony: &Ceremony, contribution: &Contribution) -> ContributionSummary {
    let contributor = match &contribution.origin {
        OriginRecord::Anonymous => Contributor::Anonymous,
        OriginRecord::Beacon { value, iterations_log } => {
            Contributor::Beacon { value: hex::encode(value), iterations_log: *iterations_log }
        }
        OriginRecord::Signed { identity, .. } => match ceremony.index_of(identity) {
            None => Contributor::Identity { peer_id: peer_id(identity) },
            Some(index) => {
                let operator = ceremony.definition().operators().get(usize::from(index).wrapping_sub(1));
                let address = operator.and_then(|operator| operator.address());
                let address = address.map(|address| address.checksummed());
                Contributor::Operator { index, address, peer_id: peer_id(identity) }
            }
        },
    };
    let Contribution { phase, number, .. } = *contribution;
    ContributionSummary { phase: path::phase(phase), number, contributor }
}

pub(super) fn operators(
    definition: &Definition,
    identities: &[Option<[u8; 33]>],
    transcript: Option<&UnverifiedTranscript>,
    anchors: &Anchors,
    checks: &[Check],
) -> Vec<OperatorSummary> {
    let passed =
        |id: CheckId| checks.iter().any(|check| check.id == id.name() && check.outcome == Outcome::Passed);
    let with_deals = transcript.filter(|_| passed(CheckId::DealSignatures));
    let with_joins = transcript.filter(|_| passed(CheckId::JoinSignatures));
    let numbered = (1_u16..).zip(definition.operators()).enumerate();
    let summary = |(place, (index, operator)): (usize, (u16, &coram_cluster::definition::Operator))| {
        let software = |transcript: &UnverifiedTranscript| {
            transcript.joins.get(place).map(|join| String::from_utf8_lossy(&join.body.software).into_owned())
        };
        OperatorSummary {
            index,
            address: operator.address().map(|address| address.checksummed()),
            peer_id: identities.get(place).and_then(Option::as_ref).map(peer_id),
            dealt: with_deals.map(|transcript| transcript.ceremony.is_dealer(index)),
            software: with_joins.and_then(software),
            anchored: anchors.operators.contains(&index),
        }
    };
    numbered.map(summary).collect()
}

pub(super) fn validators(lock: &Lock) -> Vec<ValidatorSummary> {
    let addresses = lock.definition().validators();
    let summary =
        |(index, validator): (usize, &coram_cluster::lock::DistributedValidator)| ValidatorSummary {
            public_key: hex::encode(&validator.public_key),
            withdrawal: addresses.get(index).map(|addresses| addresses.withdrawal().checksummed()),
            fee_recipient: addresses.get(index).map(|addresses| addresses.fee_recipient().checksummed()),
        };
    lock.validators().iter().enumerate().map(summary).collect()
}

/// What no check fails on and a reader must know.
pub(super) fn notes(definition: Option<&Definition>, transcript: Option<&UnverifiedTranscript>) -> Vec<Note> {
    let mut notes = Vec::new();
    let mut note = |id, text: &str| notes.push(Note { id, text: text.to_owned() });
    match definition.map(Definition::shape) {
        Some(Ok(Shape::Unsigned)) => note(
            "unsigned-definition",
            "No account signed the definition: the operators are identity keys that nobody vouches for.",
        ),
        Some(Ok(Shape::Solo)) => note(
            "operators-unsigned",
            "Only the creator signed the definition: the operators are identity keys that the creator named.",
        ),
        _ => {}
    }
    if let Some(transcript) = transcript {
        of_ceremony(&transcript.ceremony, &mut note);
    }
    notes
}

fn of_ceremony(ceremony: &Ceremony, note: &mut impl FnMut(&'static str, &str)) {
    let parameters = ceremony.parameters();
    if !parameters.commits {
        note(
            "without-commits",
            "The ceremony ran without Commits: the last dealer could choose its dealing after it saw all others, and so steer the keys.",
        );
    }
    match parameters.encryption_keys {
        EncryptionKeys::Fresh => note(
            "keys-fresh",
            "Encryption keys were made for this ceremony alone. Where they were destroyed, no later theft opens the transcript.",
        ),
        EncryptionKeys::FromIdentity => note(
            "keys-from-identity",
            "Encryption keys follow from the identity keys: whoever steals t identity keys, at any time, reads the validator keys from this transcript.",
        ),
    }
    let attempt = ceremony.terms().attempt;
    if attempt > 0 {
        let before = match attempt {
            1 => "1 attempt was abandoned before this one, number 0.".to_owned(),
            _ => format!("{attempt} attempts were abandoned before this one, numbers 0 to {}.", attempt - 1),
        };
        note(
            "later-attempt",
            &format!("{before} Each was a chance to choose: who ends an attempt may have disliked its keys."),
        );
    }
    if parameters.dealers.len() < usize::from(ceremony.operators()) {
        let numbers = |numbers: Vec<u16>| numbers.iter().map(u16::to_string).collect::<Vec<_>>().join(", ");
        let others = (1..=ceremony.operators()).filter(|operator| !ceremony.is_dealer(*operator)).collect();
        note(
            "not-all-dealt",
            &format!(
                "Not all operators dealt. All agreed beforehand, each in its Join, that these do: {}. Nothing of these is in the keys, though they hold shares: {}.",
                numbers(parameters.dealers.clone()),
                numbers(others)
            ),
        );
    }
    if parameters.extraction == ExtractionRule::Batched {
        note("batched-extraction", &batches(ceremony));
    }
}

/// Which keys are made of the same polynomials, and what follows from it.
fn batches(ceremony: &Ceremony) -> String {
    const SHOWN: usize = 3;
    let (extraction, dealers) = (ceremony.extraction(), ceremony.parameters().dealers.len());
    let batch = |polynomial| {
        let keys = extraction.batch(polynomial);
        match keys.len() {
            1 => keys.start.to_string(),
            _ => format!("{} to {}", keys.start, keys.end - 1),
        }
    };
    let shown: Vec<String> = (0..extraction.polynomials()).take(SHOWN).map(batch).collect();
    let more = if extraction.polynomials() > SHOWN { ", and so on" } else { "" };
    format!(
        "Keys were extracted in batches: those of validators {}{more}, counted from 0, are made of one polynomial of each dealer, weighted by powers of the dealers' indices. If fewer than {} of the {dealers} dealers dealt at random and told nobody, the keys of a batch depend on each other: who learns one of them may compute others.",
        shown.join("; "),
        extraction.rows(),
    )
}

/// The checks that were accepted.
pub(super) fn accepted(checks: &[Check]) -> Vec<&'static str> {
    checks.iter().filter(|check| check.outcome == Outcome::Accepted).map(|check| check.id).collect()
}

/// The verdict in one sentence.
pub(super) fn headline(verdict: Verdict, checks: &[Check], not_anchored: &[Anchor]) -> String {
    let with = |outcome| -> Vec<&str> {
        checks.iter().filter(|check| check.outcome == outcome).map(|check| check.id).collect()
    };
    let accepted = with(Outcome::Accepted);
    let mut text = match verdict {
        Verdict::Valid if accepted.is_empty() => "VALID: every check that applies passed".to_owned(),
        Verdict::Valid => {
            "VALID except for what was accepted: every other check that applies passed".to_owned()
        }
        Verdict::Invalid => format!("INVALID: {}", some(&with(Outcome::Failed), "failed")),
        Verdict::Indeterminate => {
            format!(
                "INDETERMINATE: nothing failed, but {}",
                some(&with(Outcome::Undecided), "could not be decided")
            )
        }
    };
    if !accepted.is_empty() {
        text.push_str(&format!(", and {}", some(&accepted, "did not pass and was accepted")));
    }
    if !not_anchored.is_empty() {
        let names: Vec<&str> = not_anchored.iter().map(|anchor| anchor.name()).collect();
        text.push_str(&format!(". Not anchored, only said by the file: {}", names.join(", ")));
    }
    text + "."
}

/// The first few of a list, and how many more.
fn some(ids: &[&str], what: &str) -> String {
    const SHOWN: usize = 3;
    let shown: Vec<&str> = ids.iter().copied().take(SHOWN).collect();
    match ids.len().saturating_sub(SHOWN) {
        0 => format!("{} {what}", shown.join(", ")),
        more => format!("{} and {more} more {what}", shown.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::tolerance;

    #[test]
    fn a_threshold_is_explained() {
        for (t, n, words) in [
            (3, 4, "any 3 of 4 can sign; 2 offline stop it; 3 together could sign without the others"),
            (3, 3, "all 3 must sign; 1 offline stops it; only all together could sign"),
            (1, 2, "any 1 of 2 can sign; 2 offline stop it; each alone could sign without the others"),
            (0, 4, "0 of 4 cannot be a threshold"),
            (u64::MAX, 4, "18446744073709551615 of 4 cannot be a threshold"),
        ] {
            assert_eq!(tolerance(t, n), words);
        }
    }
}
