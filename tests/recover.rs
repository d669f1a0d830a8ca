//! `coram recover`: shares from the public lock and one operator's key.
#![allow(clippy::unwrap_used)] // helpers of tests are tests

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::{Cluster, coram, fails, run, text};

fn recover(lock: &Path, data_dir: &Path, output: &Path) -> Command {
    let mut command = coram();
    command.arg("recover").arg(lock).env("CORAM_DATA_DIR", data_dir).env("CORAM_OUTPUT_DIR", output);
    command
}

/// The public keys of the keystores of an operator with one validator.
fn public_key(folder: &Path) -> serde_json::Value {
    let json = fs::read(folder.join("validator_keys/keystore-0.json")).unwrap();
    serde_json::from_slice::<serde_json::Value>(&json).unwrap()["pubkey"].clone()
}

#[test]
fn the_key_is_found_in_the_data_folder() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    run(coram().args(["sim", "--operators", "3", "--threshold", "2", "--output"]).arg(path("sim")));
    let (node, lock) = (path("sim/node1"), path("sim/node0/cluster-lock.json"));
    let printed = run(&mut recover(&lock, &node, &path("again")));
    assert_eq!(printed.trim(), path("again/validator_keys").to_str().unwrap());
    assert_eq!(public_key(&path("again")), public_key(&node));

    let attempt: PathBuf = fs::read_dir(node.join("coram")).unwrap().next().unwrap().unwrap().path();
    fs::rename(attempt.join("decryption-key"), path("backup")).unwrap();
    let output = fails(&mut recover(&lock, &node, &path("third")), 2, "recover.no-key");
    assert!(text(&output.stderr).contains("--decryption-key"), "{}", text(&output.stderr));
    assert!(!path("third").exists());
    // A variable that names a folder does not exclude the option.
    run(recover(&lock, &node, &path("third")).arg("--decryption-key").arg(path("backup")));
    assert_eq!(public_key(&path("third")), public_key(&node));
}

#[test]
fn a_key_that_was_derived_from_the_identity_needs_no_file() {
    let cluster = Cluster::new(3, 2, 1);
    let started: Vec<_> = (0..3)
        .map(|node| cluster.dkg(node).args(["--encryption-key", "from-identity"]).spawn().unwrap())
        .collect();
    for mut child in started {
        assert!(child.wait().unwrap().success());
    }
    let node = cluster.node(2);
    fs::remove_dir_all(node.join("coram")).unwrap();
    run(&mut recover(&cluster.lock(0), &node, &cluster.path("again")));
    assert_eq!(public_key(&cluster.path("again")), public_key(&node));
}
