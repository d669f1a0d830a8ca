//! The keystores of one operator, beside a lock.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use coram_cluster::keystore::Keystore;
use coram_cluster::lock::Lock;

use super::catalogue::CheckId;
use super::check::{Failure, Finding};
use super::inputs::KeystoreFile;
use super::options::Options;
use super::path;
use super::recorder::Recorder;

/// A keystore that could be read.
struct Entry<'a> {
    /// The path of the file as a whole.
    root: String,
    /// The validator that it is for, from 0.
    validator: usize,
    keystore: Keystore,
    public_key: [u8; 48],
    password: Option<&'a str>,
}

/// Checks the keystores, if there are any.
pub(super) fn check(recorder: &mut Recorder<'_>, options: &Options, lock: Option<&Lock>) {
    let Some(files) = &options.keystores else {
        for check in [CheckId::KeystoresForm, CheckId::KeystoresKeys, CheckId::KeystoresSecrets] {
            recorder.note(check, Finding::not_applicable("no keystores were given"));
        }
        return;
    };
    if !recorder.can_make(CheckId::KeystoresForm) {
        return;
    }
    let Some(entries) = recorder.make_with(CheckId::KeystoresForm, || form(files)) else { return };
    let Some(lock) = lock.filter(|_| recorder.can_make(CheckId::KeystoresKeys)) else { return };
    if recorder.make(CheckId::KeystoresKeys, || keys(&entries, lock)) {
        recorder.make(CheckId::KeystoresSecrets, || secrets(&entries));
    }
}

fn form(files: &[KeystoreFile]) -> (Finding, Vec<Entry<'_>>) {
    let (mut entries, mut failures) = (Vec::new(), Vec::new());
    for (place, file) in files.iter().enumerate() {
        match read(file, place) {
            Ok(entry) => entries.push(entry),
            Err(failure) => failures.push(failure),
        }
    }
    (Finding::judge(format!("{} keystores", files.len()), failures), entries)
}

fn read(KeystoreFile { file, password }: &KeystoreFile, place: usize) -> Result<Entry<'_>, Failure> {
    let root = file.root("keystores", place);
    let keystore = Keystore::parse(&file.bytes).map_err(|error| path::failure_in(&root, &error))?;
    let public_key = keystore.public_key();
    let public_key =
        public_key.ok_or_else(|| Failure::new(format!("{root}.pubkey"), "it states no public key"))?;
    let validator = file.name.as_deref().map_or(Some(place), number);
    let validator = validator
        .ok_or_else(|| Failure::new(&root, "it is not named keystore-<i>.json after a validator"))?;
    let password = password.as_ref().map(|password| password.as_str());
    Ok(Entry { root, validator, keystore, public_key, password })
}

/// The number in `keystore-<i>.json`, whatever the folder. Charon names those with cheap encryption `keystore-insecure-<i>.json`.
fn number(name: &str) -> Option<usize> {
    let name = name.rsplit_once('/').map_or(name, |(_, name)| name);
    let rest = name.strip_prefix("keystore-")?;
    let digits = rest.strip_prefix("insecure-").unwrap_or(rest).strip_suffix(".json")?;
    let number: usize = digits.parse().ok()?;
    (number.to_string() == digits).then_some(number)
}

/// Whether there is one keystore for each validator, all of one operator: the one that most of them belong to.
fn keys(entries: &[Entry<'_>], lock: &Lock) -> Finding {
    let shares = Shares::of(lock);
    let operator = shares.most(entries);
    let (mut failures, mut seen) = (Vec::new(), BTreeSet::new());
    for entry in entries {
        if operator.is_none() || shares.owner(entry) != operator {
            failures.push(shares.stray(entry, operator));
        } else if !seen.insert(entry.validator) {
            let what = format!("it is the second keystore for validator {}", entry.validator);
            failures.push(Failure::new(&entry.root, what));
        }
    }
    let named: BTreeSet<usize> = entries.iter().map(|entry| entry.validator).collect();
    let missing = (0..lock.validators().len()).filter(|index| !named.contains(index));
    failures.extend(missing.map(|index| Failure::new(path::validator(index), "there is no keystore for it")));
    let count = entries.len();
    Finding::judge(format!("operator {}, {count} keystores", operator.unwrap_or_default()), failures)
}

/// Which validator, from 0, and operator, from 1, each public share of the lock belongs to.
struct Shares<'a>(BTreeMap<&'a [u8; 48], (usize, u16)>);

impl<'a> Shares<'a> {
    fn of(lock: &'a Lock) -> Self {
        let validators = lock.validators().iter().enumerate();
        let shares = validators.flat_map(|(index, validator)| {
            (1..).zip(&validator.public_shares).map(move |(operator, share)| (share, (index, operator)))
        });
        Self(shares.collect())
    }

    /// The operator whose share of its validator a keystore is for.
    fn owner(&self, entry: &Entry<'_>) -> Option<u16> {
        let (validator, operator) = self.0.get(&entry.public_key)?;
        (*validator == entry.validator).then_some(*operator)
    }

    /// The operator to whom most keystores belong, the first of them.
    fn most(&self, entries: &[Entry<'_>]) -> Option<u16> {
        let mut counts: BTreeMap<u16, usize> = BTreeMap::new();
        for operator in entries.iter().filter_map(|entry| self.owner(entry)) {
            *counts.entry(operator).or_default() += 1;
        }
        counts.into_iter().max_by_key(|(operator, count)| (*count, Reverse(*operator))).map(|(most, _)| most)
    }

    /// Why a keystore is none of the operator's.
    fn stray(&self, entry: &Entry<'_>, operator: Option<u16>) -> Failure {
        let Entry { root, validator, public_key, .. } = entry;
        let expected = match operator {
            Some(operator) => format!("operator {operator}'s share of validator {validator}"),
            None => format!("a share of validator {validator}"),
        };
        let what = match self.0.get(public_key) {
            Some((of, owner)) => format!("it is operator {owner}'s share of validator {of}, not {expected}"),
            None => format!("it is no public share of the lock, should be {expected}"),
        };
        Failure::new(format!("{root}.pubkey"), what)
    }
}

/// Opens all keystores. That a secret belongs to the stated key is checked by the opening.
fn secrets(entries: &[Entry<'_>]) -> Finding {
    let (mut failures, mut locked) = (Vec::new(), Vec::new());
    for Entry { root, keystore, password, .. } in entries {
        match password {
            None => locked.push(root.trim_end_matches(":$")),
            Some(password) => {
                failures.extend(keystore.decrypt(password).err().map(|error| Failure::new(root, error)));
            }
        }
    }
    if failures.is_empty() && !locked.is_empty() {
        return Finding::undecided(format!("there is no password for {}", locked.join(", ")));
    }
    Finding::judge(format!("{} shares", entries.len()), failures)
}
