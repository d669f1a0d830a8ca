//! What the outsider expects, against what the file says. What is not expected is not anchored.

use std::collections::BTreeSet;

use coram_cluster::definition::Definition;
use coram_cluster::deposit;
use coram_proofs::ProofSystemId;
use coram_proofs::setup::Setup;

use super::catalogue::CheckId;
use super::check::{Failure, Finding};
use super::options::{Expectations, ExpectedOperator, ExpectedSetup};
use super::recorder::Recorder;
use super::report::Anchor;
use super::setups;
use super::transcript::Read;
use crate::hex;
use crate::id::TranscriptRoot;

/// What of the file is anchored.
#[derive(Default)]
pub(super) struct Anchors {
    pub(super) anchored: Vec<Anchor>,
    pub(super) not_anchored: Vec<Anchor>,
    /// The operators that an expectation names, indices from 1.
    pub(super) operators: BTreeSet<u16>,
}

/// The operators of a definition, as far as they are known.
pub(super) struct Operators<'a> {
    definition: &'a Definition,
    identities: &'a [Option<[u8; 33]>],
    /// Whether the accounts signed: an address that did not is only a claim.
    signed: bool,
}

/// Makes the checks of all expectations that can be compared without the transcript.
pub(super) fn check(
    recorder: &mut Recorder<'_>,
    expected: &Expectations,
    definition: &Definition,
    identities: &[Option<[u8; 33]>],
) -> Anchors {
    let signed = recorder.passed(CheckId::DefinitionOperatorSignatures);
    let known = Operators { definition, identities, signed };
    let operators = known.anchored(&expected.operators);
    given(recorder, CheckId::ExpectOperators, !expected.operators.is_empty(), || {
        known.expect(&expected.operators)
    });
    given(recorder, CheckId::ExpectWithdrawal, expected.withdrawal.is_some(), || {
        withdrawal(expected, definition)
    });
    given(recorder, CheckId::ExpectNetwork, expected.network.is_some(), || network(expected, definition));
    given(recorder, CheckId::ExpectAmounts, !expected.amounts.is_empty(), || amounts(expected, definition));
    given(recorder, CheckId::ExpectThreshold, expected.threshold.is_some(), || {
        let expected = expected.threshold.unwrap_or_default().to_string();
        Finding::compare("$.cluster_definition.threshold", &definition.threshold().to_string(), &expected)
    });
    let all_operators = operators.len() == definition.operators().len();
    let anchors = [
        (Anchor::Operators, all_operators && recorder.passed(CheckId::ExpectOperators)),
        (Anchor::Withdrawal, recorder.passed(CheckId::ExpectWithdrawal)),
        (Anchor::Network, recorder.passed(CheckId::ExpectNetwork)),
        (Anchor::Amounts, recorder.passed(CheckId::ExpectAmounts)),
        (Anchor::Threshold, recorder.passed(CheckId::ExpectThreshold)),
    ];
    let of = |is: bool| {
        anchors.iter().filter(|(_, anchored)| *anchored == is).map(|(anchor, _)| *anchor).collect()
    };
    Anchors { anchored: of(true), not_anchored: of(false), operators }
}

/// Compares the transcript root, where one could be computed.
pub(super) fn check_transcript(
    recorder: &mut Recorder<'_>,
    anchors: &mut Anchors,
    expected: &Expectations,
    path: &str,
    root: Option<TranscriptRoot>,
) {
    match (&expected.transcript, root) {
        (None, _) => recorder.note(CheckId::ExpectTranscript, Finding::not_applicable("none was given")),
        (Some(expected), Some(root)) => {
            let finding = Finding::compare(path, &root.to_string(), &hex::encode(expected));
            recorder.note(CheckId::ExpectTranscript, finding);
        }
        (Some(_), None) => {}
    }
    let anchored = recorder.passed(CheckId::ExpectTranscript);
    let list = if anchored { &mut anchors.anchored } else { &mut anchors.not_anchored };
    list.push(Anchor::Transcript);
}

/// Compares the setups, where the proof system has some. Operators who are known, and all contributed, anchor them too.
pub(super) fn check_setups(
    recorder: &mut Recorder<'_>,
    anchors: &mut Anchors,
    expected: &[ExpectedSetup],
    read: Option<&Read>,
    setups: Option<&[Setup]>,
) {
    let system = read.map(|read| read.transcript.ceremony.parameters().proof_system);
    if expected.is_empty() {
        recorder.note(CheckId::ExpectSetup, Finding::not_applicable("none was given"));
    } else if system == Some(ProofSystemId::Transparent) {
        let reason = "transparent proofs need no setup";
        recorder.note(CheckId::ExpectSetup, Finding::not_applicable(reason));
    } else if let Some((read, setups)) = read.zip(setups).filter(|_| recorder.can_make(CheckId::ExpectSetup))
    {
        recorder.make(CheckId::ExpectSetup, || setups::expect(read, setups, expected));
    }
    if system != Some(ProofSystemId::Groth16) {
        return;
    }
    let by_operators =
        anchors.anchored.contains(&Anchor::Operators) && recorder.passed(CheckId::SetupAnchored);
    let list = match by_operators || recorder.passed(CheckId::ExpectSetup) {
        true => &mut anchors.anchored,
        false => &mut anchors.not_anchored,
    };
    list.push(Anchor::Setup);
}

fn given(recorder: &mut Recorder<'_>, check: CheckId, given: bool, work: impl FnOnce() -> Finding) {
    if given {
        recorder.make(check, work);
    } else {
        recorder.note(check, Finding::not_applicable("none was given"));
    }
}

impl Operators<'_> {
    /// The index, from 1, of an expected operator.
    fn find(&self, expected: &ExpectedOperator) -> Option<u16> {
        let place = match expected {
            ExpectedOperator::Address(address) => {
                self.definition.operators().iter().position(|operator| operator.address() == Some(address))
            }
            ExpectedOperator::Identity(key) => {
                self.identities.iter().position(|known| known.as_ref() == Some(key))
            }
        };
        u16::try_from(place? + 1).ok()
    }

    fn vouches(&self, expected: &ExpectedOperator) -> bool {
        self.signed || matches!(expected, ExpectedOperator::Identity(_))
    }

    /// The operators that an expectation names and that are shown to be those.
    fn anchored(&self, expected: &[ExpectedOperator]) -> BTreeSet<u16> {
        expected
            .iter()
            .filter(|expected| self.vouches(expected))
            .filter_map(|expected| self.find(expected))
            .collect()
    }

    fn expect(&self, expected: &[ExpectedOperator]) -> Finding {
        let missing = expected.iter().filter(|expected| self.find(expected).is_none());
        let failures: Vec<Failure> = missing
            .map(|expected| {
                Failure::new("$.cluster_definition.operators", format!("{expected} is none of the operators"))
            })
            .collect();
        let claimed: Vec<String> =
            expected.iter().filter(|expected| !self.vouches(expected)).map(ToString::to_string).collect();
        if failures.is_empty() && !claimed.is_empty() {
            let claimed = claimed.join(", ");
            return Finding::undecided(format!("named, but their signatures are not verified: {claimed}"));
        }
        let (named, all) = (self.anchored(expected), self.definition.operators().len());
        Finding::judge(format!("operators {named:?} of {all}"), failures)
    }
}

fn withdrawal(expected: &Expectations, definition: &Definition) -> Finding {
    let Some(expected) = &expected.withdrawal else { return Finding::not_applicable("none was given") };
    let validators = definition.validators().iter().enumerate();
    let wrong = validators.filter(|(_, validator)| validator.withdrawal() != expected);
    let failures = wrong.map(|(index, validator)| {
        let place = format!("$.cluster_definition.validators[{index}].withdrawal_address");
        Failure::new(place, format!("{}, expected {expected}", validator.withdrawal()))
    });
    Finding::judge(expected.checksummed(), failures.collect())
}

fn network(expected: &Expectations, definition: &Definition) -> Finding {
    let Some(expected) = &expected.network else { return Finding::not_applicable("none was given") };
    let (stated, expected) = (hex::encode(&definition.fork_version()), hex::encode(&expected.fork_version()));
    Finding::compare("$.cluster_definition.fork_version", &stated, &expected)
}

fn amounts(expected: &Expectations, definition: &Definition) -> Finding {
    let expected: BTreeSet<u64> = expected.amounts.iter().copied().collect();
    let stated: BTreeSet<u64> = deposit::amounts_to_sign(definition).into_iter().collect();
    Finding::compare("$.cluster_definition.deposit_amounts", &gwei(&stated), &gwei(&expected))
}

/// Amounts in words.
pub(super) fn gwei(amounts: &BTreeSet<u64>) -> String {
    let amounts: Vec<String> = amounts.iter().map(u64::to_string).collect();
    format!("{} Gwei", amounts.join(", "))
}
