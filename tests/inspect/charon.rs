//! Files that Charon wrote.

use std::fs;

use serde_json::Value;

use crate::common::{charons_files, text};
use crate::{content, inspect, shown};

#[test]
fn definitions_and_locks_of_every_version() {
    let Some(folder) = charons_files() else { return };
    for version in 6..=11 {
        let path = folder.join(format!("cluster_definition_v1_{version}_0.json"));
        let file: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        let definition = content(&path, "cluster_definition");
        assert_eq!(definition["version"], format!("v1.{version}.0"));
        for member in ["uuid", "name", "threshold", "config_hash", "definition_hash", "num_validators"] {
            assert_eq!(definition[member], file[member], "v1.{version}: {member}");
        }
        let path = folder.join(format!("cluster_lock_v1_{version}_0.json"));
        let file: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        let lock = content(&path, "cluster_lock");
        assert_eq!(lock["lock_hash"], file["lock_hash"]);
        let validators = lock["validators"].as_array().unwrap();
        assert_eq!(validators.len(), file["distributed_validators"].as_array().unwrap().len());
        assert_eq!(validators[0]["registration"].is_null(), version == 6);
        assert!(lock["transcript"].as_str().unwrap().starts_with("none"));
    }
}

#[test]
fn every_file_is_of_a_kind() {
    let Some(folder) = charons_files() else { return };
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = shown(&path);
        assert!(!text.contains("nothing that is known here"), "{text}");
    }
    let text = shown(&folder.join("keystore-scrypt.json"));
    for part in ["scrypt", "aes-128-ctr", "SHA-256 "] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let password = fs::read_to_string(folder.join("keystore-scrypt.txt")).unwrap();
    assert!(!shown(&folder.join("keystore-scrypt.txt")).contains(password.trim()));
}

#[test]
fn several_files_are_one_answer() {
    let Some(folder) = charons_files() else { return };
    let [lock, deposits] = ["cluster_lock_v1_10_0.json", "deposit-data.json"].map(|name| folder.join(name));
    let (code, output) = inspect(&[&lock, &folder.join("nothing"), &deposits], &["--json"]);
    assert_eq!(code, Some(2), "a file that is not there");
    assert!(text(&output.stderr).contains("error[file.read]"));
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    let kinds: Vec<&str> =
        answer["files"].as_array().unwrap().iter().map(|file| file["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["cluster_lock", "deposit_data"]);
}
