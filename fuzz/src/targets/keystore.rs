//! Keystores (EIP-2335). What is decrypted is the key that the file states.

use coram_cluster::keystore::Keystore;
use serde_json::Value;

use crate::edits;
use crate::seeds::{PASSWORD, keystores};

/// The largest cost, in rounds or in bytes mixed, that a fuzzer has time for. Others are only checked against the bounds.
const AFFORDABLE: u64 = 1 << 16;

pub fn run(data: &[u8]) {
    let data = edits::read(data, keystores());
    let Ok(keystore) = Keystore::parse(&data) else { return };
    if cost(&data).is_none_or(|cost| cost > AFFORDABLE) {
        return;
    }
    if let Ok(secret) = keystore.decrypt(PASSWORD)
        && let Some(stated) = keystore.public_key()
    {
        assert_eq!(secret.public_key().to_bytes(), stated);
    }
}

fn cost(data: &[u8]) -> Option<u64> {
    let file: Value = serde_json::from_slice(data).ok()?;
    let parameters = file.pointer("/crypto/kdf/params")?;
    let number = |name: &str| parameters.get(name).and_then(Value::as_u64);
    match number("c") {
        Some(rounds) => Some(rounds),
        None => 128_u64.checked_mul(number("n")?)?.checked_mul(number("r")?)?.checked_mul(number("p")?),
    }
}
