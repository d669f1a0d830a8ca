//! The files of `tests/vectors/ceremony`: a whole ceremony from fixed seeds, and locks that must be rejected.
//!
//! Every version has to make the same messages and the same lock from the same seeds, and to judge the locks alike.
//! `UPDATE_VECTORS=1 cargo test -p coram-ceremony --test vectors` writes the files anew; a change in them is a change of the
//! protocol, and needs another version.
#![allow(clippy::unwrap_used)]

mod common;

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use coram_ceremony::verify::{Options, Outcome, Report, verify_lock};
use coram_ceremony::{Ceremony, Message};
use coram_cluster::definition::Definition;
use serde_json::{Value, json};

const ACCEPT: &str = "accept-three-of-four";

fn path(case: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/vectors/ceremony"))
        .join(case)
        .with_extension("json")
}

fn read(case: &str) -> Value {
    serde_json::from_slice(&fs::read(path(case)).unwrap()).unwrap()
}

fn updating() -> bool {
    std::env::var_os("UPDATE_VECTORS").is_some()
}

fn write(case: &str, value: &Value) {
    fs::create_dir_all(path(case).parent().unwrap()).unwrap();
    fs::write(path(case), serde_json::to_string_pretty(value).unwrap() + "\n").unwrap();
}

/// The whole ceremony: seeds, what follows from the definition, every message, the lock.
fn make() -> Value {
    let ceremony = common::ceremony(4, 3, 2);
    let mut messages = Vec::new();
    common::run_with(&ceremony, &[1, 2, 3, 4], |message: Message| {
        let bytes = message.to_bytes();
        messages.push(json!({
            "kind": message.kind().name(),
            "author": message.author(),
            "id": hex::encode(message.id().as_bytes()),
            "bytes": hex::encode(&bytes),
        }));
        vec![bytes]
    });
    let outcome = common::run(&ceremony).remove(0);
    let lock: Value = serde_json::from_slice(&outcome.lock_json().unwrap()).unwrap();
    let operators: Vec<Value> = (1..=4).map(|index| operator(&ceremony, index)).collect();
    json!({
        "comment": "four operators, any three of whom sign, two validators; every secret follows from the seeds",
        "expect": "accept",
        "definition": String::from_utf8(ceremony.definition().to_json().unwrap()).unwrap(),
        "attempt": ceremony.terms().attempt,
        "ceremony": hex::encode(ceremony.id().as_bytes()),
        "operators": operators,
        "messages": messages,
        "transcript_root": hex::encode(outcome.transcript().root().as_bytes()),
        "lock_hash": hex::encode(outcome.lock().hash().unwrap()),
        "shares": outcome.shares().iter().map(|share| hex::encode(*share.to_bytes())).collect::<Vec<_>>(),
        "lock": lock,
    })
}

/// What an operator starts from. `shares` in the file are those of operator 1.
fn operator(ceremony: &Ceremony, index: u16) -> Value {
    let identity = common::identity(index);
    let decryption_key =
        coram_ceremony::keys::decryption_key(ceremony, &identity, &common::seed(2, index)).to_bytes();
    json!({
        "index": index,
        "identity_key": hex::encode(*identity.to_bytes()),
        "encryption_seed": hex::encode(common::seed(2, index)),
        "decryption_key": hex::encode(*decryption_key),
        "dealing_seed": hex::encode(common::seed(3, index)),
        "software": "test",
    })
}

fn verify(lock: &Value) -> Report {
    verify_lock(lock.to_string().as_bytes(), &Options::default(), &|| Duration::ZERO)
}

#[test]
fn the_same_seeds_make_the_same_ceremony() {
    let made = make();
    if updating() {
        write(ACCEPT, &made);
    }
    let kept = read(ACCEPT);
    for member in made.as_object().unwrap().keys() {
        assert_eq!(made[member], kept[member], "{member}");
    }
}

#[test]
fn the_kept_ceremony_still_verifies() {
    let kept = read(ACCEPT);
    let definition = Definition::parse(kept["definition"].as_str().unwrap().as_bytes()).unwrap();
    let parameters = Ceremony::default_parameters(&definition).unwrap();
    let ceremony = Ceremony::new(definition, parameters, 0).unwrap();
    assert_eq!(kept["ceremony"], hex::encode(ceremony.id().as_bytes()));
    let report = verify(&kept["lock"]);
    assert_eq!(report.verdict.name(), "VALID", "{:?}", report.with(Outcome::Failed));
}

/// Name, why it is rejected, the pointer to what is changed, and the new value.
type Case = (&'static str, &'static str, &'static str, Value);

fn cases(lock: &Value) -> Vec<Case> {
    let at = |pointer: &str| lock.pointer(pointer).unwrap().clone();
    let first_byte = |pointer: &str| {
        let text = at(pointer).as_str().unwrap().to_owned();
        let byte = u8::from_str_radix(&text[2..4], 16).unwrap() ^ 1;
        Value::from(format!("0x{byte:02x}{}", &text[4..]))
    };
    vec![
        (
            "reject-public-share-of-another",
            "a public share is replaced by that of another operator",
            "/distributed_validators/0/public_shares/1",
            at("/distributed_validators/0/public_shares/2"),
        ),
        (
            "reject-deposit-signature-of-another-amount",
            "a deposit carries the signature of the other amount",
            "/distributed_validators/0/partial_deposit_data/0/signature",
            at("/distributed_validators/0/partial_deposit_data/1/signature"),
        ),
        (
            "reject-commit-changed",
            "a Commit's hash is changed",
            "/pvss_transcript/commits/2/hash",
            first_byte("/pvss_transcript/commits/2/hash"),
        ),
        (
            "reject-dealing-of-another-dealer",
            "a dealer shows the dealing of another",
            "/pvss_transcript/deals/1/dealing",
            at("/pvss_transcript/deals/0/dealing"),
        ),
        (
            "reject-other-attempt",
            "the transcript says that it is of another attempt",
            "/pvss_transcript/ceremony/attempt",
            Value::from(1),
        ),
        (
            "reject-encryption-key-of-another",
            "an operator announces the encryption key of another",
            "/pvss_transcript/joins/3/encryption_key",
            at("/pvss_transcript/joins/0/encryption_key"),
        ),
        (
            "reject-seal-of-another-lock",
            "a Seal names another lock hash",
            "/pvss_transcript/seals/0/lock_hash",
            first_byte("/pvss_transcript/seals/0/lock_hash"),
        ),
        (
            "undecided-unknown-protocol",
            "a later protocol: nothing can be said about it",
            "/pvss_transcript/protocol",
            Value::from("coram/v2"),
        ),
    ]
}

#[test]
fn changed_locks_are_judged_as_they_were() {
    let lock = read(ACCEPT)["lock"].clone();
    for (name, comment, pointer, value) in cases(&lock) {
        let mut changed = lock.clone();
        *changed.pointer_mut(pointer).unwrap() = value.clone();
        let report = verify(&changed);
        assert_ne!(report.verdict.name(), "VALID", "{name}");
        let judged = json!({
            "comment": comment,
            "base": format!("{ACCEPT}.json"),
            "set": { pointer: value },
            "expect": {
                "verdict": report.verdict.name(),
                "failed": report.with(Outcome::Failed),
            },
        });
        if updating() {
            write(name, &judged);
        }
        assert_eq!(judged, read(name), "{name}");
    }
}
