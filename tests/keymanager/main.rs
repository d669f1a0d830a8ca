//! Keys that go to a validator client over its keymanager API.
#![allow(missing_docs, clippy::unwrap_used)]

#[path = "../common/mod.rs"]
mod common;

mod hostile;
mod import;
mod node;
mod options;
mod server;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::{Cluster, mode};

const TOKEN: &str = "api-token-0x1234";

/// `coram dkg` of the first operator, with a keymanager.
fn dkg(cluster: &Cluster, address: &str) -> Command {
    let mut command = cluster.dkg(0);
    command.env("CORAM_KEYMANAGER_AUTH_TOKEN", TOKEN).args(["--keymanager-address", address]);
    command
}

/// Starts all operators but the first.
fn start_others(cluster: &Cluster) -> Vec<common::Process> {
    (1..cluster.operators).map(|node| cluster.start(node)).collect()
}

fn keystores(cluster: &Cluster) -> PathBuf {
    cluster.node(0).join("validator_keys")
}

/// The first operator's keys, as the lock says.
fn shares(cluster: &Cluster) -> Vec<String> {
    let lock: serde_json::Value = serde_json::from_slice(&fs::read(cluster.lock(1)).unwrap()).unwrap();
    let share = |validator: &serde_json::Value| validator["public_shares"][0].as_str().unwrap().to_owned();
    lock["distributed_validators"].as_array().unwrap().iter().map(share).collect()
}

/// Keystores and their passwords, readable by nobody else.
fn assert_kept(cluster: &Cluster, validators: usize) {
    let folder = keystores(cluster);
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 2 * validators);
    for index in 0..validators {
        assert_eq!(mode(&folder.join(format!("keystore-{index}.txt"))), 0o400);
    }
    assert!(cluster.lock(0).exists(), "what is not about the keymanager is done");
}

/// Nothing that holds a share, in whatever state, but the decryption key.
fn assert_no_keystores(cluster: &Cluster) {
    let mut folders = vec![cluster.node(0)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap().flatten() {
            let path = entry.path();
            let name = entry.file_name().into_string().unwrap();
            assert!(!name.contains("keystore") && !name.starts_with(".coram"), "{}", path.display());
            if Path::is_dir(&path) {
                folders.push(path);
            }
        }
    }
}
