//! The files of `tests/vectors`: dealings, setups, pads and proofs of possession that every version reads alike.
//!
//! An accepted dealing has to come out of its seed byte for byte, now and later. Nonces are derived too, so a change of the proof
//! system that kept its labels could answer two challenges with one nonce: such a change shows here, and needs other
//! labels. `UPDATE_VECTORS=1 cargo test -p coram-proofs` writes the files anew.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "vectors/broken_setup.rs"]
mod broken_setup;
#[path = "vectors/by_hand.rs"]
mod by_hand;
#[path = "vectors/contribution.rs"]
mod contribution;
#[path = "vectors/dealing.rs"]
mod dealing;
#[path = "vectors/extraction.rs"]
mod extraction;
#[path = "vectors/groth16.rs"]
mod groth16;
#[path = "vectors/poseidon.rs"]
mod poseidon;
#[path = "vectors/possession.rs"]
mod possession;
#[path = "vectors/record.rs"]
mod record;
#[path = "vectors/setting.rs"]
mod setting;
#[path = "vectors/setup.rs"]
mod setup;

use std::{fs, path::PathBuf};

use serde_json::Value;

/// A folder of vectors.
fn folder(name: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/vectors")).join(name)
}

/// Writes vectors, if that is asked for; reads the files of a folder by name.
fn load(name: &str, make: impl FnOnce() -> Vec<(String, Value)>) -> Vec<(String, Value)> {
    let folder = folder(name);
    if std::env::var_os("UPDATE_VECTORS").is_some() {
        fs::create_dir_all(&folder).unwrap();
        for (case, value) in make() {
            let text = serde_json::to_string_pretty(&value).unwrap();
            fs::write(folder.join(case).with_extension("json"), text + "\n").unwrap();
        }
    }
    let mut files: Vec<PathBuf> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let name = |path: &PathBuf| path.file_stem().unwrap().to_str().unwrap().to_owned();
    let read = |path: PathBuf| (name(&path), serde_json::from_slice(&fs::read(&path).unwrap()).unwrap());
    files.into_iter().map(read).collect()
}

fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value[member].as_str().unwrap_or_else(|| panic!("{member} is missing"))
}

fn bytes(value: &Value, member: &str) -> Vec<u8> {
    hex::decode(text(value, member)).unwrap()
}

fn array<const N: usize>(value: &Value, member: &str) -> [u8; N] {
    bytes(value, member).try_into().unwrap()
}

fn number(value: &Value, member: &str) -> u64 {
    value[member].as_u64().unwrap_or_else(|| panic!("{member} is missing"))
}

fn list<'a>(value: &'a Value, member: &str) -> &'a [Value] {
    value[member].as_array().unwrap_or_else(|| panic!("{member} is missing"))
}
