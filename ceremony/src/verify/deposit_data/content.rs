//! What the deposits say: by themselves, and beside a lock.

use std::collections::{BTreeMap, BTreeSet};

use coram_cluster::ClusterError;
use coram_cluster::deposit::{self, DepositMessage, MIN_AMOUNT};
use coram_cluster::lock::Lock;

use super::Entry;
use crate::hex;
use crate::verify::check::{Failure, Finding};
use crate::verify::expectations::gwei;
use crate::verify::path;

/// Whether each deposit pays out to an address and stakes what a validator can use, once.
pub(super) fn check(entries: &[Entry]) -> Finding {
    let (mut failures, mut old) = (Vec::new(), 0);
    let mut first_of_key: BTreeMap<&[u8; 48], &Entry> = BTreeMap::new();
    let mut seen: BTreeMap<(&[u8; 48], u64), &Entry> = BTreeMap::new();
    for entry in entries {
        let DepositMessage { public_key, withdrawal_credentials: credentials, amount } =
            &entry.record.deposit.message;
        let address = deposit::withdrawal_address(credentials);
        if address.is_none() && credentials[0] == 0 {
            old += 1;
        } else if address.is_none() {
            let what = format!("{} pay to no address", hex::encode(credentials));
            failures.push(Failure::new(entry.member("withdrawal_credentials"), what));
        }
        let limit = deposit::max_amount(address.is_some_and(|(_, compounding)| compounding));
        if !(MIN_AMOUNT..=limit).contains(amount) {
            let error = ClusterError::DepositAmount { amount: *amount, limit };
            failures.push(Failure::new(entry.member("amount"), error));
        }
        let first = *first_of_key.entry(public_key).or_insert(entry);
        if first.record.deposit.message.withdrawal_credentials != *credentials {
            let what = format!("other credentials for the same key stand at {}", first.path);
            failures.push(Failure::new(entry.member("withdrawal_credentials"), what));
        }
        if let Some(first) = seen.insert((public_key, *amount), entry) {
            let what = format!("a deposit of the same amount for the same key stands at {}", first.path);
            failures.push(Failure::new(&entry.path, what));
        }
    }
    if failures.is_empty() && old > 0 {
        let what = "deposits have credentials of the old kind, for a key: whose it is cannot be seen";
        return Finding::undecided(format!("{old} {what}"));
    }
    Finding::judge(format!("{} deposits", entries.len()), failures)
}

/// Whether the deposits are those of a lock: of its validators, as the definition prescribes them, and for each amount of all.
pub(super) fn of_lock(entries: &[Entry], lock: &Lock) -> Finding {
    let validators = lock.validators().iter().enumerate();
    let validators: BTreeMap<&[u8; 48], usize> =
        validators.map(|(index, validator)| (&validator.public_key, index)).collect();
    let prescribed = deposit::amounts_to_sign(lock.definition());
    let mut failures = Vec::new();
    let mut covered: BTreeMap<u64, BTreeSet<usize>> = BTreeMap::new();
    for entry in entries {
        let DepositMessage { public_key, withdrawal_credentials, amount } = &entry.record.deposit.message;
        let Some(index) = validators.get(public_key).copied() else {
            let what = format!("{} is no validator of the lock", hex::encode(public_key));
            failures.push(Failure::new(entry.member("pubkey"), what));
            continue;
        };
        if credentials(lock, index) != Some(*withdrawal_credentials) {
            let what = format!("{}, not those of the definition", hex::encode(withdrawal_credentials));
            failures.push(Failure::new(entry.member("withdrawal_credentials"), what));
        }
        if prescribed.contains(amount) {
            covered.entry(*amount).or_default().insert(index);
        } else {
            let what = format!("the definition prescribes no deposit of {amount} Gwei");
            failures.push(Failure::new(entry.member("amount"), what));
        }
    }
    // One for each validator: files of a few megabytes have room for millions of amounts that are missing.
    for index in 0..lock.validators().len() {
        let missing = covered.iter().filter(|(_, covered)| !covered.contains(&index));
        let missing: BTreeSet<u64> = missing.map(|(amount, _)| *amount).collect();
        if !missing.is_empty() {
            let what = format!("no deposit of {} for it is in the files", gwei(&missing));
            failures.push(Failure::new(path::validator(index), what));
        }
    }
    let amounts: Vec<u64> = covered.into_keys().collect();
    let validators = lock.validators().len();
    Finding::judge(
        format!("{validators} validators, {amounts:?} Gwei of the prescribed {prescribed:?}"),
        failures,
    )
}

/// The credentials that the definition prescribes.
fn credentials(lock: &Lock, index: usize) -> Option<[u8; 32]> {
    let addresses = lock.definition().validators().get(index)?;
    Some(deposit::withdrawal_credentials(&addresses.withdrawal().bytes(), lock.definition().compounding()))
}
