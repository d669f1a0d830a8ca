//! What the outsider expects of deposits.

use std::collections::BTreeSet;

use super::{KeyDeposits, address, asked, keys};
use crate::hex;
use crate::verify::catalogue::CheckId;
use crate::verify::check::{Failure, Finding};
use crate::verify::deposit_data::Entry;
use crate::verify::expectations::gwei;
use crate::verify::options::Expectations;
use crate::verify::recorder::Recorder;

/// Compares what can be compared; what else is expected is undecided. `entries` are none if they could not be read.
pub(super) fn check(recorder: &mut Recorder<'_>, expected: &Expectations, entries: Option<&[Entry]>) {
    for (check, given) in [
        (CheckId::ExpectOperators, !expected.operators.is_empty()),
        (CheckId::ExpectThreshold, expected.threshold.is_some()),
        (CheckId::ExpectSetup, !expected.setup.is_empty()),
        (CheckId::ExpectTranscript, expected.transcript.is_some()),
    ] {
        asked(recorder, check, given, "a deposit-data file says nothing of it: a lock does");
    }
    type Compare = fn(&[Entry], &Expectations) -> Finding;
    let comparable: [(CheckId, bool, Compare); 3] = [
        (CheckId::ExpectWithdrawal, expected.withdrawal.is_some(), withdrawal),
        (CheckId::ExpectNetwork, expected.network.is_some(), network),
        (CheckId::ExpectAmounts, !expected.amounts.is_empty(), amounts),
    ];
    for (check, given, compare) in comparable {
        match entries.filter(|_| given) {
            Some(entries) => {
                recorder.make(check, || compare(entries, expected));
            }
            None => asked(recorder, check, given, "the deposits could not be read"),
        }
    }
}

fn withdrawal(entries: &[Entry], expected: &Expectations) -> Finding {
    let Some(expected) = &expected.withdrawal else { return Finding::not_applicable("none was given") };
    let failures = entries.iter().filter_map(|entry| {
        let credentials = &entry.record.deposit.message.withdrawal_credentials;
        let what = match address(credentials) {
            Some(stated) if stated == *expected => return None,
            Some(stated) => format!("{stated}, expected {expected}"),
            None => format!("{} pay to no address, expected {expected}", hex::encode(credentials)),
        };
        Some(Failure::new(entry.member("withdrawal_credentials"), what))
    });
    Finding::judge(expected.checksummed(), failures.collect())
}

fn network(entries: &[Entry], expected: &Expectations) -> Finding {
    let Some(expected) = &expected.network else { return Finding::not_applicable("none was given") };
    let expected = expected.fork_version();
    let wrong = entries.iter().filter(|entry| entry.record.fork_version != expected);
    let failures = wrong.map(|entry| {
        let (stated, expected) = (hex::encode(&entry.record.fork_version), hex::encode(&expected));
        Failure::new(entry.member("fork_version"), format!("{stated}, expected {expected}"))
    });
    Finding::judge(hex::encode(&expected), failures.collect())
}

/// Each key must have the expected amounts.
fn amounts(entries: &[Entry], expected: &Expectations) -> Finding {
    let expected: BTreeSet<u64> = expected.amounts.iter().copied().collect();
    let wrong = keys(entries).into_iter().filter(|of_key| of_key.amounts != expected);
    let failures = wrong.map(|KeyDeposits { first, amounts }| {
        Failure::new(first.member("amount"), format!("{}, expected {}", gwei(&amounts), gwei(&expected)))
    });
    Finding::judge(gwei(&expected), failures.collect())
}
