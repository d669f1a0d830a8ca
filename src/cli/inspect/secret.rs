//! Secrets. They are not shown, and no hash of them either; what is public and follows from them is.

use coram_cluster::enr::Enr;
use coram_cluster::identity::IdentityKey;
use coram_proofs::DecryptionKey;
use zeroize::Zeroizing;

use super::Found;
use super::kind::Kind;
use super::sheet::{Item, Sheet, hex0x};

/// Digits of a password, as Charon makes them.
const PASSWORD: usize = 32;
/// Digits of a key.
const KEY: usize = 64;

/// A file that has hex digits and nothing else, as many as a key or a password has.
pub fn look(bytes: &[u8]) -> Option<Found> {
    let digits = bytes.trim_ascii();
    if !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    let content = match digits.len() {
        KEY => key(digits)?,
        PASSWORD => Sheet::new().with("looks_like", "the password of a keystore: 32 hex digits, not shown"),
        _ => return None,
    };
    Some(Found::whole(Kind::Secret, content))
}

/// An identity key, a decryption key and a seed look alike.
fn key(digits: &[u8]) -> Option<Sheet> {
    let mut secret = Zeroizing::new([0; KEY / 2]);
    hex::decode_to_slice(digits, secret.as_mut()).ok()?;
    let identity = IdentityKey::from_bytes(&secret).ok().map(|key| {
        let enr = Enr::new(&key);
        Sheet::new()
            .with("enr", enr.text())
            .with("peer_id", enr.peer_id())
            .with("public_key", hex0x(enr.public_key()))
    });
    let encryption =
        DecryptionKey::from_bytes(&secret).ok().map(|key| hex0x(key.encryption_key().to_bytes()));
    let words = "64 hex digits, not shown: an identity key, a decryption key or a seed";
    let sheet = Sheet::new().with("looks_like", words);
    let sheet = sheet.with("if_an_identity_key", identity.map(Item::Sheet));
    let encryption = encryption.map(|key| Sheet::new().with("encryption_key", key));
    Some(sheet.with("if_a_decryption_key", encryption.map(Item::Sheet)))
}
