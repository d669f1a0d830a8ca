//! Deposit-data files, beside a lock or alone: what the deposit contract checks, and what it does not.

mod alone;
mod content;

pub(super) use alone::verify_alone;

use std::collections::BTreeSet;

use coram_cluster::ClusterError;
use coram_cluster::bls::{self, PublicKey, Signature, SignedRoot};
use coram_cluster::deposit::{self, DepositRecord};
use coram_cluster::json;
use coram_cluster::lock::Lock;
use coram_cluster::network::Network;
use serde_json::Value;

use super::catalogue::CheckId;
use super::check::{Failure, Finding};
use super::inputs::NamedFile;
use super::options::Options;
use super::path;
use super::recorder::Recorder;
use crate::hex;

/// The checks of deposit-data files.
const CHECKS: [CheckId; 6] = [
    CheckId::DepositDataForm,
    CheckId::DepositDataNetwork,
    CheckId::DepositDataRoots,
    CheckId::DepositDataContent,
    CheckId::DepositDataSignatures,
    CheckId::DepositDataLock,
];

/// One deposit of a file, and where it stands.
struct Entry {
    path: String,
    record: DepositRecord,
}

impl Entry {
    fn member(&self, member: &str) -> String {
        format!("{}.{member}", self.path)
    }
}

/// Checks the files beside a lock, as far as there are any and the lock could be read.
pub(super) fn check_beside(recorder: &mut Recorder<'_>, options: &Options, lock: Option<&Lock>) {
    if options.deposit_files.is_empty() {
        for check in CHECKS {
            recorder.note(check, Finding::not_applicable("no deposit-data file was given"));
        }
        return;
    }
    if !recorder.can_make(CheckId::DepositDataForm) {
        return;
    }
    let entries = recorder.make_with(CheckId::DepositDataForm, || form(beside(options)));
    let Some(entries) = entries else { return };
    let fork_version = lock.map(|lock| lock.definition().fork_version());
    check(recorder, &entries, options, fork_version);
    if let Some(lock) = lock.filter(|_| recorder.can_make(CheckId::DepositDataLock)) {
        recorder.make(CheckId::DepositDataLock, || content::of_lock(&entries, lock));
    }
}

/// A file as JSON, and the path of its root.
type Root = (String, Result<Value, ClusterError>);

/// The files beside the subject.
fn beside(options: &Options) -> impl Iterator<Item = Root> {
    let strict = |file: &NamedFile| json::check(&file.bytes, deposit::FILE_MEMBERS);
    let files = options.deposit_files.iter().enumerate();
    files.map(move |(place, file)| (file.root("deposit_data", place), strict(file)))
}

/// Reads the entries of all files.
fn form(files: impl Iterator<Item = Root>) -> (Finding, Vec<Entry>) {
    let (mut entries, mut failures) = (Vec::new(), Vec::new());
    for (root, value) in files {
        match value.and_then(|value| deposit::read_records(&value)) {
            Ok(records) if records.is_empty() => {
                failures.push(Failure::new(&root, "there is no deposit in it"));
            }
            Ok(records) => {
                for (place, record) in records.into_iter().enumerate() {
                    match record {
                        Ok(record) => entries.push(Entry { path: format!("{root}[{place}]"), record }),
                        Err(error) => failures.push(path::failure_in(&root, &error)),
                    }
                }
            }
            Err(error) => failures.push(path::failure_in(&root, &error)),
        }
    }
    (Finding::judge(format!("{} deposits", entries.len()), failures), entries)
}

/// The checks that need no lock; `of_lock` is the fork version of the lock, if there is one.
fn check(recorder: &mut Recorder<'_>, entries: &[Entry], options: &Options, of_lock: Option<[u8; 4]>) {
    recorder.make(CheckId::DepositDataNetwork, || network(entries, options, of_lock));
    recorder.make(CheckId::DepositDataRoots, || roots(entries));
    recorder.make(CheckId::DepositDataContent, || content::check(entries));
    recorder.make(CheckId::DepositDataSignatures, || signatures(entries));
}

fn network(entries: &[Entry], options: &Options, of_lock: Option<[u8; 4]>) -> Finding {
    let mut known: Vec<&Network> = Network::all().iter().collect();
    known.extend(options.network.iter().chain(&options.expectations.network));
    let by_name = |name: &str| {
        let name =
            Network::by_name(name).map_or_else(|| name.to_owned(), |network| network.name().to_owned());
        known.iter().find(|network| network.name() == name)
    };
    let by_version = |version: [u8; 4]| known.iter().find(|network| network.fork_version() == version);
    let first = of_lock.or_else(|| entries.first().map(|entry| entry.record.fork_version));
    let (mut failures, mut unknown, mut names) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
    for entry in entries {
        let DepositRecord { fork_version: version, network_name: name, .. } = &entry.record;
        let (named, versioned) = (by_name(name), by_version(*version));
        if let Some(first) = first.filter(|first| first != version) {
            let what = format!("{}, expected {}", hex::encode(version), hex::encode(&first));
            failures.push(Failure::new(entry.member("fork_version"), what));
        } else if named != versioned {
            let what = format!("the fork version {} is not that of {name:?}", hex::encode(version));
            failures.push(Failure::new(entry.member("network_name"), what));
        } else if named.is_none() {
            unknown.insert(name.as_str());
        }
        names.insert(name.as_str());
    }
    if failures.is_empty() && !unknown.is_empty() {
        return Finding::undecided(format!("the network {} is not known: describe it", list(&unknown)));
    }
    Finding::judge(list(&names), failures)
}

/// Names from the file, in quotes.
fn list(names: &BTreeSet<&str>) -> String {
    names.iter().map(|name| format!("{name:?}")).collect::<Vec<_>>().join(", ")
}

fn roots(entries: &[Entry]) -> Finding {
    let mut failures = Vec::new();
    for entry in entries {
        let DepositRecord { deposit, message_root, data_root, .. } = &entry.record;
        for (member, stated, computed) in [
            ("deposit_message_root", message_root, deposit.message.root()),
            ("deposit_data_root", data_root, deposit.data_root()),
        ] {
            if *stated != computed {
                let what = format!("{}, computed {}", hex::encode(stated), hex::encode(&computed));
                failures.push(Failure::new(entry.member(member), what));
            }
        }
    }
    Finding::judge(format!("{} roots", 2 * entries.len()), failures)
}

fn signatures(entries: &[Entry]) -> Finding {
    let deposits = || entries.iter().map(|entry| &entry.record.deposit);
    let keys: Vec<[u8; 48]> = deposits().map(|deposit| deposit.message.public_key).collect();
    let signatures: Vec<[u8; 96]> = deposits().map(|deposit| deposit.signature).collect();
    let points = PublicKey::from_bytes_all(&keys).into_iter().zip(Signature::from_bytes_all(&signatures));
    let (mut signed, mut places, mut failures) = (Vec::new(), Vec::new(), Vec::new());
    for (entry, (key, signature)) in entries.iter().zip(points) {
        match signed_root(entry, key, signature) {
            Ok(root) => {
                signed.push(root);
                places.push(entry);
            }
            Err(failure) => failures.push(failure),
        }
    }
    if bls::verify_batch(&signed).is_err() {
        let wrong = bls::find_invalid(&signed).into_iter().filter_map(|place| places.get(place));
        failures.extend(
            wrong.map(|entry| Failure::new(entry.member("signature"), ClusterError::BlsVerification)),
        );
    }
    Finding::judge(format!("{} signatures", entries.len()), failures)
}

/// What the entry says was signed, by the key and with the signature that were read from it.
fn signed_root(
    entry: &Entry,
    key: Result<PublicKey, ClusterError>,
    signature: Result<Signature, ClusterError>,
) -> Result<SignedRoot, Failure> {
    let key = key.map_err(|error| Failure::new(entry.member("pubkey"), error))?;
    let signature = signature.map_err(|error| Failure::new(entry.member("signature"), error))?;
    let DepositRecord { deposit, fork_version, .. } = &entry.record;
    Ok((key, deposit.message.signing_root(*fork_version), signature))
}
