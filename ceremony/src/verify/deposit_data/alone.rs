//! A deposit-data file as the subject of a report, without a lock.

mod expected;

use std::collections::{BTreeMap, BTreeSet};

use coram_cluster::address::Address;
use coram_cluster::{deposit, json};

use super::{Entry, beside, check, form};
use crate::hex;
use crate::verify::catalogue::CheckId;
use crate::verify::check::Finding;
use crate::verify::options::Options;
use crate::verify::recorder::Recorder;
use crate::verify::report::{self, Anchor, Note, Report, Subject, ValidatorSummary, Verdict};
use crate::verify::statements::Statements;
use crate::verify::{inputs, path, summary};

/// What is anchored of deposits, by which expectation.
const ANCHORS: [(Anchor, CheckId); 3] = [
    (Anchor::Withdrawal, CheckId::ExpectWithdrawal),
    (Anchor::Network, CheckId::ExpectNetwork),
    (Anchor::Amounts, CheckId::ExpectAmounts),
];

/// Makes the checks of a deposit-data file without its lock; all others do not apply.
pub(in crate::verify) fn verify_alone(mut recorder: Recorder<'_>, bytes: &[u8], options: &Options) -> Report {
    let entries = read(&mut recorder, bytes, options);
    if let Some(entries) = &entries {
        check(&mut recorder, entries, options, None);
    }
    expected::check(&mut recorder, &options.expectations, entries.as_deref());
    without_lock(&mut recorder, options);
    report(recorder, bytes, entries.as_deref().unwrap_or_default(), options)
}

fn read(recorder: &mut Recorder<'_>, bytes: &[u8], options: &Options) -> Option<Vec<Entry>> {
    let value =
        recorder.make_with(CheckId::JsonStrict, || match json::check(bytes, deposit::FILE_MEMBERS) {
            Ok(value) => (Finding::passed(format!("{} bytes", bytes.len())), Some(value)),
            Err(error) => (Finding::judge("", vec![path::failure(&error, "$")]), None),
        })??;
    let subject = ("$".to_owned(), Ok(value));
    recorder.make_with(CheckId::DepositDataForm, || form(std::iter::once(subject).chain(beside(options))))
}

/// All other checks are about locks.
fn without_lock(recorder: &mut Recorder<'_>, options: &Options) {
    let no_lock = "there is no lock to compare it with";
    for check in [CheckId::KeystoresForm, CheckId::KeystoresKeys, CheckId::KeystoresSecrets] {
        asked(recorder, check, options.keystores.is_some(), no_lock);
    }
    asked(recorder, CheckId::TranscriptPresent, options.transcript.is_some(), no_lock);
    asked(recorder, CheckId::SetupString, !options.strings.is_empty(), no_lock);
    let of_deposits = |check: &CheckId| *check != CheckId::DepositDataLock && super::CHECKS.contains(check);
    for check in CheckId::ALL.iter().filter(|check| !of_deposits(check)) {
        recorder.note(*check, Finding::not_applicable("this is no lock"));
    }
}

/// What was asked for and cannot be answered is undecided; what was not asked for does not apply.
fn asked(recorder: &mut Recorder<'_>, check: CheckId, given: bool, why_not: &str) {
    let finding = if given { Finding::undecided(why_not) } else { Finding::not_applicable("none was given") };
    recorder.note(check, finding);
}

/// The deposits of one key.
struct KeyDeposits<'a> {
    first: &'a Entry,
    amounts: BTreeSet<u64>,
}

/// The keys in the order in which they occur.
fn keys(entries: &[Entry]) -> Vec<KeyDeposits<'_>> {
    let mut places: BTreeMap<&[u8; 48], usize> = BTreeMap::new();
    let mut keys: Vec<KeyDeposits<'_>> = Vec::new();
    for entry in entries {
        let message = &entry.record.deposit.message;
        let place = *places.entry(&message.public_key).or_insert(keys.len());
        if place == keys.len() {
            keys.push(KeyDeposits { first: entry, amounts: BTreeSet::new() });
        }
        if let Some(key) = keys.get_mut(place) {
            key.amounts.insert(message.amount);
        }
    }
    keys
}

/// The address to which credentials pay.
fn address(credentials: &[u8; 32]) -> Option<Address> {
    deposit::withdrawal_address(credentials).map(|(address, _)| Address::from_bytes(address))
}

fn validators(entries: &[Entry]) -> Vec<ValidatorSummary> {
    let summary = |KeyDeposits { first, .. }: KeyDeposits<'_>| {
        let message = &first.record.deposit.message;
        ValidatorSummary {
            public_key: hex::encode(&message.public_key),
            withdrawal: address(&message.withdrawal_credentials).map(|address| address.checksummed()),
            fee_recipient: None,
        }
    };
    keys(entries).into_iter().map(summary).collect()
}

fn report(recorder: Recorder<'_>, bytes: &[u8], entries: &[Entry], options: &Options) -> Report {
    let of = |is: bool| -> Vec<Anchor> {
        let anchors = ANCHORS.iter().filter(|(_, check)| recorder.passed(*check) == is);
        anchors.map(|(anchor, _)| *anchor).collect()
    };
    let (anchored, not_anchored) = (of(true), of(false));
    let checks = recorder.finish();
    let verdict = Verdict::of(&checks);
    let alone = "A deposit-data file shows nothing of who holds the keys or how they were made: verify the lock, with this file beside it.";
    Report {
        report_version: report::VERSION,
        subject: Subject::DepositData,
        verifier: report::VERIFIER,
        inputs: inputs::list(Subject::DepositData, bytes, options),
        verdict,
        headline: summary::headline(verdict, &checks, &not_anchored)
            + " A deposit-data file says nothing of who holds the keys.",
        anchored,
        not_anchored,
        accepted: summary::accepted(&checks),
        notes: vec![Note { id: "deposits-alone", text: alone.to_owned() }],
        cluster: None,
        ceremony: None,
        operators: Vec::new(),
        validators: validators(entries),
        statements: Statements::of_deposits(&checks),
        checks,
    }
}
