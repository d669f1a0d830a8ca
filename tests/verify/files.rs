//! Files beside a lock, and deposit data alone.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::Command;

use serde_json::{Value, json};

use crate::common::{coram, fails, text};
use crate::kit::{Files, made, outcome, parsed, report, verify};

const DEPOSIT_FILES: [&str; 2] = ["deposit-data.json", "deposit-data-1eth.json"];
const KEYSTORE: [&str; 2] = ["validator_keys/keystore-0.json", "validator_keys/keystore-0.txt"];

fn deposits(files: &Files) -> [PathBuf; 2] {
    DEPOSIT_FILES.map(|name| files.made(name))
}

#[test]
fn deposit_data_is_for_the_keys_of_the_lock() {
    let files = Files::new();
    let [first, second] = deposits(&files);
    let both = ["--deposit-data", first.to_str().unwrap(), second.to_str().unwrap()];
    let (code, whole) = report(&files.lock(), &both);
    assert_eq!(code, Some(0), "{whole}");
    for check in ["form", "network", "roots", "content", "signatures", "lock"] {
        assert_eq!(outcome(&whole, &format!("deposit-data.{check}")), "passed", "{check}");
    }
    let roles: Vec<&Value> = whole["inputs"].as_array().unwrap().iter().map(|input| &input["role"]).collect();
    assert_eq!(roles, ["lock", "deposit_data", "deposit_data"]);

    // Somebody else's withdrawal address.
    let mut value: Value = serde_json::from_slice(&made()[DEPOSIT_FILES[0]]).unwrap();
    value[0]["withdrawal_credentials"] = format!("01{}", "00".repeat(31)).into();
    let stolen = files.put("stolen.json", value.to_string());
    let (code, stolen) = report(&files.lock(), &["--deposit-data", stolen.to_str().unwrap()]);
    assert_eq!((code, outcome(&stolen, "deposit-data.lock")), (Some(3), "failed"), "{stolen}");
    let (_, without) = report(&files.lock(), &[]);
    assert_eq!(outcome(&without, "deposit-data.lock"), "not_applicable");
}

/// Each validator is one item, however many of the amounts it has no deposit of: their product is no length of a report.
#[test]
fn validators_without_deposits_are_named_once() {
    const VALIDATORS: usize = 40;
    let files = Files::new();
    let [first, second] = deposits(&files);
    let lock = files.changed(|lock| {
        lock["cluster_definition"]["num_validators"] = VALIDATORS.into();
        for list in ["/cluster_definition/validators", "/distributed_validators"] {
            let list = lock.pointer_mut(list).unwrap().as_array_mut().unwrap();
            let first = list[0].clone();
            list.resize(VALIDATORS, first);
        }
    });
    let (_, report) = report(&lock, &["--deposit-data", first.to_str().unwrap(), second.to_str().unwrap()]);
    let checks = report["checks"].as_array().unwrap();
    let check = checks.iter().find(|check| check["id"] == "deposit-data.lock").unwrap();
    let failures = check["failures"].as_array().unwrap();
    assert_eq!(failures.len(), VALIDATORS - 1, "{check}");
    let what = failures[0]["what"].as_str().unwrap();
    assert!(what.contains("1000000000, 32000000000 Gwei"), "{what}");
}

#[test]
fn deposit_data_alone_says_nothing_of_who_holds_the_keys() {
    let files = Files::new();
    let [first, second] = deposits(&files);
    let (code, alone) = report(&first, &["--deposit-data", second.to_str().unwrap()]);
    assert_eq!((code, &alone["subject"], &alone["cluster"]), (Some(0), &json!("deposit_data"), &Value::Null));
    let output = verify(&first, &["--html", files.path("page.html").to_str().unwrap()]);
    let words = text(&output.stdout);
    assert!(words.contains("VALID") && words.contains("who holds the keys"), "{words}");
    let page = fs::read_to_string(files.path("page.html")).unwrap();
    for shown in
        ["This deposit data is <strong>VALID", "<title>VALID: deposit data", "What no deposit data can show"]
    {
        assert!(page.contains(shown), "{shown}");
    }

    let mut value: Value = serde_json::from_slice(&made()[DEPOSIT_FILES[0]]).unwrap();
    value[0]["amount"] = 31_000_000_000_u64.into();
    let changed = files.put("changed.json", value.to_string());
    let output = verify(&changed, &[]);
    assert_eq!(output.status.code(), Some(3));
    assert!(text(&output.stderr).contains("error[deposit-data.invalid]"), "{}", text(&output.stderr));
    let expected = ["--expect-withdrawal", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"];
    assert_eq!(report(&first, &expected).0, Some(3));
}

fn keystore(files: &Files) {
    for name in KEYSTORE {
        files.made(name);
    }
}

fn with_keystores(files: &Files) -> (Option<i32>, Value) {
    report(&files.lock(), &["--keystores", files.path("validator_keys").to_str().unwrap()])
}

#[test]
fn keystores_hold_the_shares_of_one_operator() {
    let files = Files::new();
    keystore(&files);
    // What else is in the folder does not matter.
    files.put("validator_keys/notes.txt", "");
    let (code, whole) = with_keystores(&files);
    for check in ["form", "keys", "secrets"] {
        assert_eq!(outcome(&whole, &format!("keystores.{check}")), "passed", "{check}: {whole}");
    }
    assert_eq!((code, &whole["inputs"][1]["name"]), (Some(0), &json!("validator_keys/keystore-0.json")));

    files.put(KEYSTORE[1], "another password");
    let (code, closed) = with_keystores(&files);
    assert_eq!((code, outcome(&closed, "keystores.secrets")), (Some(3), "failed"));
    fs::remove_file(files.path(KEYSTORE[1])).unwrap();
    let (code, unknown) = with_keystores(&files);
    assert_eq!((code, outcome(&unknown, "keystores.secrets")), (Some(4), "undecided"));

    let mut keystore: Value = serde_json::from_slice(&made()[KEYSTORE[0]]).unwrap();
    keystore["pubkey"] = parsed()["distributed_validators"][0]["distributed_public_key"].clone();
    files.put(KEYSTORE[0], keystore.to_string());
    let (code, other) = with_keystores(&files);
    assert_eq!((code, outcome(&other, "keystores.keys")), (Some(3), "failed"));
}

/// A folder of somebody else's must not make the program wait, or read what it was not given.
#[test]
fn keystores_are_regular_files_of_a_sensible_size() {
    let files = Files::new();
    let lock = files.lock();
    let folder = files.path("validator_keys");
    let refused = || {
        let output = fails(coram().arg("verify").arg(&lock).arg("--keystores").arg(&folder), 2, "file.read");
        assert!(text(&output.stderr).contains("keystore-0."), "{}", text(&output.stderr));
    };
    keystore(&files);
    for name in KEYSTORE {
        let path = files.path(name);
        fs::remove_file(&path).unwrap();
        assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
        refused();
        fs::remove_file(&path).unwrap();
        symlink("/dev/zero", &path).unwrap();
        refused();
        fs::remove_file(&path).unwrap();
        files.put(name, vec![b' '; 1 << 17]);
        refused();
        files.made(name);
    }
    fs::remove_dir_all(&folder).unwrap();
    fails(coram().arg("verify").arg(&lock).arg("--keystores").arg(&folder), 2, "file.read");
    fs::create_dir(&folder).unwrap();
    fails(coram().arg("verify").arg(&lock).arg("--keystores").arg(&folder), 2, "verify.keystores");
}

/// A folder of somebody else's must not take all memory.
#[test]
fn keystores_together_are_of_a_sensible_size() {
    let files = Files::new();
    let lock = files.lock();
    let folder = files.path("validator_keys");
    fs::create_dir(&folder).unwrap();
    for number in 0..4097 {
        // Nothing of it is on disk.
        let file = fs::File::create(folder.join(format!("keystore-{number}.json"))).unwrap();
        file.set_len(1 << 16).unwrap();
    }
    let output = fails(coram().arg("verify").arg(&lock).arg("--keystores").arg(&folder), 2, "file.read");
    assert!(text(&output.stderr).contains("more than 256 MiB"), "{}", text(&output.stderr));
}
