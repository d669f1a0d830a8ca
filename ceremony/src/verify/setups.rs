//! The setups: that the verifying keys are those that were agreed on, and that nobody made them alone.

use std::collections::{BTreeMap, BTreeSet};

use coram_cluster::identity::verify_signature;
use coram_proofs::ProofSystemId;
use coram_proofs::setup::{OriginRecord, Phase, Setup, SetupError, UncheckedSetup, setups_digest};

use super::catalogue::CheckId;
use super::check::{Failure, Finding};
use super::inputs::Input;
use super::options::{ExpectedSetup, Options};
use super::path;
use super::recorder::Recorder;
use super::transcript::Read;
use crate::hex;
use crate::setups::{check_shapes, decode, keys};

/// The checks of setups, but for that of an expectation.
const CHECKS: [CheckId; 7] = [
    CheckId::SetupForm,
    CheckId::SetupDigest,
    CheckId::SetupPowers,
    CheckId::SetupKey,
    CheckId::SetupSignatures,
    CheckId::SetupAnchored,
    CheckId::SetupString,
];

/// Makes the checks of the setups. The ceremony gets their keys if they are the agreed ones. Returns the setups that
/// verify, if all do.
pub(super) fn check(recorder: &mut Recorder<'_>, read: &mut Read, options: &Options) -> Option<Vec<Setup>> {
    let parameters = read.transcript.ceremony.parameters();
    if parameters.proof_system == ProofSystemId::Transparent {
        for check in CHECKS {
            recorder.note(check, Finding::not_applicable("transparent proofs need no setup"));
        }
        return None;
    }
    let agreed = parameters.setup.unwrap_or_default();
    let decoded = form(recorder, read)?;
    let digests: Vec<_> = decoded.iter().map(UncheckedSetup::digest).collect();
    recorder.make(CheckId::SetupDigest, || {
        let (found, agreed) = (hex::encode(&setups_digest(&digests)), hex::encode(&agreed));
        Finding::compare(&read.path.member("setups"), &found, &agreed)
    });
    let setups = chains(recorder, read, decoded)?;
    recorder.make(CheckId::SetupSignatures, || signatures(read, &setups));
    if recorder.can_make(CheckId::SetupAnchored) {
        let expected = &options.expectations.setup;
        recorder.make(CheckId::SetupAnchored, || anchored(read, &setups, expected));
    }
    if recorder.holds(CheckId::SetupDigest) {
        recorder.make(CheckId::SetupString, || string(&setups, &options.strings));
        let keys = keys(setups.iter().cloned());
        if let Ok(ceremony) = keys.and_then(|keys| read.transcript.ceremony.clone().with_keys(keys)) {
            read.transcript.ceremony = ceremony;
        }
    }
    Some(setups)
}

/// Decodes all setups. What is wrong with one may belong to a later check: a second phase that was skipped, say.
fn form(recorder: &mut Recorder<'_>, read: &Read) -> Option<Vec<UncheckedSetup>> {
    let (limits, records) = (read.transcript.ceremony.limits(), &read.transcript.setups);
    let shapes = records.iter().map(|record| (record.recipients, record.validators));
    if let Err(error) = check_shapes(limits, shapes) {
        recorder.note(CheckId::SetupForm, Finding::failed(read.path.member("setups"), error));
        return None;
    }
    let (decoded, took) = recorder.time(|| records.iter().map(decode).collect::<Vec<_>>());
    let mut setups = Vec::new();
    let mut errors = Vec::new();
    for (place, result) in decoded.into_iter().enumerate() {
        match result {
            Ok(setup) => setups.push(setup),
            Err(error) => errors.push((place, error)),
        }
    }
    if errors.is_empty() {
        let detail = format!("{} setups", setups.len());
        recorder.note_timed(CheckId::SetupForm, Finding::passed(detail), took);
        return Some(setups);
    }
    for check in [CheckId::SetupForm, CheckId::SetupPowers, CheckId::SetupKey] {
        let failures = failures(read, &errors, check);
        if !failures.is_empty() {
            recorder.note_timed(check, Finding::judge("", failures), took);
        }
    }
    let stopped =
        Finding::undecided("a setup was not read to its end, since something is wrong with its chains");
    recorder.note(CheckId::SetupForm, stopped);
    None
}

/// Verifies both chains of every setup, and that they lead to the verifying key.
fn chains(recorder: &mut Recorder<'_>, read: &Read, decoded: Vec<UncheckedSetup>) -> Option<Vec<Setup>> {
    let (verified, took) =
        recorder.time(|| decoded.into_iter().map(UncheckedSetup::verify).collect::<Vec<_>>());
    let mut setups = Vec::new();
    let mut errors = Vec::new();
    for (place, result) in verified.into_iter().enumerate() {
        match result {
            Ok(setup) => setups.push(setup),
            Err(error) => errors.push((place, error)),
        }
    }
    let count = |phase| setups.iter().map(|setup| of_phase(setup, phase).count()).sum::<usize>();
    let detail = |phase| format!("{} contributions", count(phase));
    let finding = Finding::judge(detail(Phase::Powers), failures(read, &errors, CheckId::SetupPowers));
    recorder.note_timed(CheckId::SetupPowers, finding, took);
    if recorder.holds(CheckId::SetupPowers) {
        let finding = Finding::judge(detail(Phase::Key), failures(read, &errors, CheckId::SetupKey));
        recorder.note(CheckId::SetupKey, finding);
    }
    errors.is_empty().then_some(setups)
}

/// The errors, each by the place of its setup, that are for this check to report.
fn failures(read: &Read, errors: &[(usize, SetupError)], check: CheckId) -> Vec<Failure> {
    let errors = errors.iter().filter(|(_, error)| check_of(error) == check);
    let place =
        |place: usize, error| read.path.member(&format!("setups[{place}]{}", path::setup_member(error)));
    errors.map(|(setup, error)| Failure::new(place(*setup, error), error)).collect()
}

/// The check that an error belongs to.
fn check_of(error: &SetupError) -> CheckId {
    use coram_proofs::setup::StepProblem::{Identity, NotAPoint};
    let of = |phase: &Phase| match phase {
        Phase::Powers => CheckId::SetupPowers,
        Phase::Key => CheckId::SetupKey,
    };
    match error {
        SetupError::Step { problem: NotAPoint(_) | Identity(_), .. } => CheckId::SetupForm,
        SetupError::Step { phase, .. }
        | SetupError::AfterBeacon { phase, .. }
        | SetupError::NoContribution { phase } => of(phase),
        SetupError::DeltaIsGamma | SetupError::Head { .. } | SetupError::Circuit { .. } => CheckId::SetupKey,
        _ => CheckId::SetupForm,
    }
}

fn of_phase(setup: &Setup, phase: Phase) -> impl Iterator<Item = &coram_proofs::setup::Contribution> {
    setup.contributions().iter().filter(move |contribution| contribution.phase == phase)
}

/// Checks the signature of every contribution that has one.
fn signatures(read: &Read, setups: &[Setup]) -> Finding {
    let mut failures = Vec::new();
    let mut count = 0;
    for (place, setup) in setups.iter().enumerate() {
        for contribution in setup.contributions() {
            let OriginRecord::Signed { identity, signature } = &contribution.origin else { continue };
            count += 1;
            if verify_signature(identity, &contribution.id, signature).is_err() {
                let list = path::contribution(contribution.phase, contribution.number);
                let place = read.path.member(&format!("setups[{place}]{list}.signature"));
                let what = "the signature is not that of the identity key on this contribution";
                failures.push(Failure::new(place, what));
            }
        }
    }
    Finding::judge(format!("{count} signatures"), failures)
}

/// The identity keys that contributed to a phase.
fn signers(setup: &Setup, phase: Phase) -> BTreeSet<[u8; 33]> {
    let identity = |origin: &OriginRecord| match origin {
        OriginRecord::Signed { identity, .. } => Some(*identity),
        OriginRecord::Anonymous | OriginRecord::Beacon { .. } => None,
    };
    of_phase(setup, phase).filter_map(|contribution| identity(&contribution.origin)).collect()
}

/// The phases of setups to which a key did not contribute, in words.
fn missed(setups: &[Setup], key: &[u8; 33]) -> Vec<String> {
    let phases = setups.iter().flat_map(|setup| [(setup, Phase::Powers), (setup, Phase::Key)]);
    phases
        .filter(|(setup, phase)| !signers(setup, *phase).contains(key))
        .map(|(setup, phase)| phase_of(setup, phase))
        .collect()
}

fn phase_of(setup: &Setup, phase: Phase) -> String {
    format!("phase {} of the setup for chunks of {}", path::phase(phase), setup.shape().validators())
}

/// Contributors whom nobody knows may all be one, so that only two things count: whether those who would be betrayed took part
/// themselves, and what the outsider knows.
fn anchored(read: &Read, setups: &[Setup], expected: &[ExpectedSetup]) -> Finding {
    if is_expected_digest(read, setups, expected) {
        return Finding::passed("the digest is the expected one");
    }
    let in_both = expected.iter().find(|expected| match expected {
        ExpectedSetup::Identity(key) => missed(setups, key).is_empty(),
        ExpectedSetup::Digest(_) => false,
    });
    if let Some(key) = in_both {
        return Finding::passed(format!("the expected {key} contributed to both phases of every setup"));
    }
    let identities = read.transcript.ceremony.identities();
    let phases = setups.iter().flat_map(|setup| [(setup, Phase::Powers), (setup, Phase::Key)]);
    let mut missing = Vec::new();
    for (setup, phase) in phases {
        let signers = signers(setup, phase);
        let without = (1_u16..).zip(identities).filter(|(_, identity)| !signers.contains(*identity));
        let without: Vec<u16> = without.map(|(index, _)| index).collect();
        if !without.is_empty() {
            missing.push(format!("{} is without operators {without:?}", phase_of(setup, phase)));
        }
    }
    if missing.is_empty() {
        let count = identities.len();
        return Finding::passed(format!("all {count} operators contributed to both phases of every setup"));
    }
    Finding::undecided(format!("setup not anchored: {}", missing.join("; ")))
}

/// Whether the digest of all setups is expected, or that of each one.
fn is_expected_digest(read: &Read, setups: &[Setup], expected: &[ExpectedSetup]) -> bool {
    let is_expected = |digest| expected.contains(&ExpectedSetup::Digest(digest));
    read.transcript.ceremony.parameters().setup.is_some_and(is_expected)
        || setups.iter().all(|setup| is_expected(setup.digest()))
}

fn string(setups: &[Setup], rechecked: &BTreeMap<[u8; 32], Input>) -> Finding {
    if rechecked.is_empty() {
        return Finding::not_applicable(
            "no reference string was given: from the lock alone, the chains of contributions were checked; the rest of the \
             string was checked by every operator's software before it joined",
        );
    }
    let missing: Vec<String> = setups
        .iter()
        .filter(|setup| !rechecked.contains_key(&setup.digest()))
        .map(|setup| setup.shape().validators().to_string())
        .collect();
    match missing.len() {
        0 => Finding::passed(format!("{} reference strings", setups.len())),
        _ => Finding::undecided(format!("not given: the strings for chunks of {}", missing.join(", "))),
    }
}

/// Compares the setups with what is expected of them.
pub(super) fn expect(read: &Read, setups: &[Setup], expected: &[ExpectedSetup]) -> Finding {
    let agreed = read.transcript.ceremony.parameters().setup;
    let why_not = |expected: &ExpectedSetup| match expected {
        ExpectedSetup::Digest(digest) => {
            let found = agreed == Some(*digest) || setups.iter().any(|setup| setup.digest() == *digest);
            (!found).then(|| format!("no setup has the digest {expected}"))
        }
        ExpectedSetup::Identity(key) => {
            let missed = missed(setups, key);
            (!missed.is_empty()).then(|| format!("{expected} did not contribute to {}", missed.join(", ")))
        }
    };
    let failures = expected.iter().filter_map(why_not);
    let failures = failures.map(|what| Failure::new(read.path.member("setups"), what)).collect();
    Finding::judge(format!("{} expectations", expected.len()), failures)
}
