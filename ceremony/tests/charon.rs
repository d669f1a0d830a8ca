//! Locks that Charon's developers made, read in place: what has to be right about them is, and what is random in them is found.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::fs;
use std::path::Path;
use std::time::Duration;

use coram_ceremony::verify::{Options, Outcome, Report, verify_lock};

/// The file of a version, or `None` (said on standard error) where the folder is not there.
fn lock_of(version: u8) -> Option<Vec<u8>> {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/vectors/charon"));
    if !folder.is_dir() {
        let required = std::env::var_os("CORAM_REQUIRE_VECTORS").is_some_and(|value| value == "1");
        assert!(!required, "required, but {} is not there", folder.display());
        eprintln!("left out: {} is not there", folder.display());
        return None;
    }
    Some(fs::read(folder.join(format!("cluster_lock_v1_{version}_0.json"))).unwrap())
}

fn verify(lock: &[u8]) -> Report {
    verify_lock(lock, &Options::default(), &|| Duration::ZERO)
}

/// Those from v1.7 on, without the ones that an older lock does not have.
fn of_version(version: u8, checks: &[&'static str]) -> Vec<&'static str> {
    let since_v1_7 = |check: &str| check == "lock.node-signatures" || check.starts_with("registrations.");
    checks.iter().copied().filter(|check| version >= 7 || !since_v1_7(check)).collect()
}

/// Their keys, signatures, credentials, amounts and fee recipients are random bytes; hashes and node records are right. Nothing that
/// could be right is refused, and nothing that is random passes.
#[test]
fn in_locks_with_random_keys_hashes_and_records_are_right() {
    for version in 6..=11 {
        let Some(lock) = lock_of(version) else { return };
        let report = verify(&lock);
        let failed = [
            "lock.public-keys",
            // 32 bytes.
            "lock.node-signatures",
            "registrations.content",
            "deposits.credentials",
            "deposits.amounts",
        ];
        assert_eq!(report.with(Outcome::Failed), of_version(version, &failed), "v1.{version}");
        let undecided = [
            // Random bytes of the right length: a contract's for all that anybody can tell.
            "definition.operator-signatures",
            "definition.creator-signature",
            // There are no keys to make these with.
            "lock.distinct-keys",
            "lock.reconstruction",
            "lock.aggregate-signature",
            "registrations.signatures",
            "deposits.signatures",
            "transcript.present",
        ];
        assert_eq!(report.with(Outcome::Undecided), of_version(version, &undecided), "v1.{version}");
        let passed = [
            "json.strict",
            "definition.version",
            "lock.form",
            "definition.config-hash",
            "definition.hash",
            "definition.enrs",
            "definition.identities",
            "lock.validator-count",
            "lock.share-counts",
            "lock.hash",
            "registrations.timestamps",
            "deposits.public-keys",
        ];
        assert_eq!(report.with(Outcome::Passed), of_version(version, &passed), "v1.{version}");
    }
}
