//! An EIP-2335 keystore: what stands outside of the encryption. No password is ever asked for.

use coram_cluster::keystore::Keystore;
use serde_json::Value;

use super::Stop;
use super::sheet::{Item, Sheet};

/// A keystore, as far as it can be read.
pub fn look(value: &Value) -> (Sheet, Vec<Stop>) {
    let at = |path: &str| {
        value.pointer(path).filter(|value| !value.is_object() && !value.is_array()).map(Item::from)
    };
    let sheet = Sheet::new()
        .with("public_key", at("/pubkey"))
        .with("path", at("/path"))
        .with("uuid", at("/uuid"))
        .with("version", at("/version"))
        .with("description", at("/description"))
        .with("kdf", at("/crypto/kdf/function"))
        .with_some("rounds", at("/crypto/kdf/params/c"))
        .with_some("prf", at("/crypto/kdf/params/prf"))
        .with_some("n", at("/crypto/kdf/params/n"))
        .with_some("r", at("/crypto/kdf/params/r"))
        .with_some("p", at("/crypto/kdf/params/p"))
        .with("cipher", at("/crypto/cipher/function"))
        .with("checksum", at("/crypto/checksum/function"))
        .with("secret", "encrypted under a password, not opened");
    let read = serde_json::to_vec(value).map_err(|error| Stop::new("$", error));
    let read = read.and_then(|bytes| Keystore::parse(&bytes).map_err(|error| Stop::of(&error, "$")));
    (sheet, read.err().into_iter().collect())
}
