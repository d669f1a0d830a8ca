//! What the outsider expects, against what the file says. What is not expected is not anchored.

use std::collections::BTreeSet;

use coram_cluster::definition::{Definition, Operator};
use coram_cluster::deposit;

use super::catalogue::CheckId;
use super::check::{Failure, Finding};
use super::options::{Expectations, ExpectedOperator};
use super::recorder::Recorder;
use super::report::Anchor;
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

/// Makes the checks of all expectations that can be compared without the transcript.
pub(super) fn check(
    recorder: &mut Recorder<'_>,
    expected: &Expectations,
    definition: &Definition,
    identities: &[Option<[u8; 33]>],
) -> Anchors {
    let operators = matched(expected, definition, identities);
    given(recorder, CheckId::ExpectOperators, !expected.operators.is_empty(), || {
        expect_operators(expected, definition, identities)
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
        (Anchor::Operators, all_operators && recorder.holds(CheckId::ExpectOperators)),
        (Anchor::Withdrawal, expected.withdrawal.is_some()),
        (Anchor::Network, expected.network.is_some()),
        (Anchor::Amounts, !expected.amounts.is_empty()),
        (Anchor::Threshold, expected.threshold.is_some()),
        (Anchor::Transcript, expected.transcript.is_some()),
    ];
    let of = |is: bool| {
        anchors.iter().filter(|(_, anchored)| *anchored == is).map(|(anchor, _)| *anchor).collect()
    };
    Anchors { anchored: of(true), not_anchored: of(false), operators }
}

/// Compares the transcript root, where one could be computed.
pub(super) fn check_transcript(
    recorder: &mut Recorder<'_>,
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
}

fn given(recorder: &mut Recorder<'_>, check: CheckId, given: bool, work: impl FnOnce() -> Finding) {
    if given {
        recorder.make(check, work);
    } else {
        recorder.note(check, Finding::not_applicable("none was given"));
    }
}

fn is_expected(expected: &ExpectedOperator, operator: &Operator, identity: Option<&[u8; 33]>) -> bool {
    match expected {
        ExpectedOperator::Address(address) => operator.address() == Some(address),
        ExpectedOperator::Identity(key) => identity == Some(key),
    }
}

/// The operators that an expectation names.
fn matched(
    expected: &Expectations,
    definition: &Definition,
    identities: &[Option<[u8; 33]>],
) -> BTreeSet<u16> {
    let operators = (1_u16..).zip(definition.operators());
    let named = operators.filter(|(index, operator)| {
        let identity = identity(identities, *index);
        expected.operators.iter().any(|expected| is_expected(expected, operator, identity))
    });
    named.map(|(index, _)| index).collect()
}

fn identity(identities: &[Option<[u8; 33]>], index: u16) -> Option<&[u8; 33]> {
    identities.get(usize::from(index).checked_sub(1)?)?.as_ref()
}

fn expect_operators(
    expected: &Expectations,
    definition: &Definition,
    identities: &[Option<[u8; 33]>],
) -> Finding {
    let missing = expected.operators.iter().filter(|expected| {
        let mut operators = (1_u16..).zip(definition.operators());
        !operators.any(|(index, operator)| is_expected(expected, operator, identity(identities, index)))
    });
    let failures = missing.map(|expected| {
        Failure::new("$.cluster_definition.operators", format!("{expected} is none of the operators"))
    });
    let named = matched(expected, definition, identities);
    Finding::judge(format!("operators {named:?} of {}", definition.operators().len()), failures.collect())
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

fn gwei(amounts: &BTreeSet<u64>) -> String {
    let amounts: Vec<String> = amounts.iter().map(u64::to_string).collect();
    format!("{} Gwei", amounts.join(", "))
}
