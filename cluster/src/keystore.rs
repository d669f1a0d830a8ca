//! EIP-2335 keystores: one operator's share of one validator key, under a password.
//!
//! `dk = KDF(password, salt)` (32 bytes); the secret is encrypted with AES-128-CTR under `dk[0..16]`; the checksum
//! `SHA-256(dk[16..32] || ciphertext)` tells a wrong password. Salt, initialization vector and UUID are the
//! caller's fresh random bytes.
//!
//! [`encrypt`] writes the file byte for byte as Charon writes it; the `pubkey` in it is the **public share**, by
//! which validator clients know the key. Charon names it `validator_keys/keystore-<i>.json` (mode 0444), `i` being the
//! validator's index from 0, with the password beside it in `keystore-<i>.txt` (mode 0400, no newline).

mod json;
mod kdf;

pub use kdf::Kdf;

use crate::ClusterError;
use crate::bls::SecretKey;
use aes::Aes128;
use ctr::Ctr128BE;
use ctr::cipher::{KeyIvInit as _, StreamCipher as _};
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// The largest keystore file that is read, in bytes.
pub const MAX_BYTES: usize = 64 << 10;

/// A keystore as it was read: well-formed, with a cost that is not outrageous, not decrypted.
#[derive(Clone, Debug)]
pub struct Keystore {
    kdf: Kdf,
    salt: Vec<u8>,
    iv: [u8; 16],
    ciphertext: [u8; 32],
    checksum: [u8; 32],
    public_key: Option<[u8; 48]>,
}

impl Keystore {
    /// Reads a keystore file of at most [`MAX_BYTES`].
    ///
    /// # Errors
    ///
    /// [`ClusterError::KeystoreFunction`] for functions that EIP-2335 does not name, [`ClusterError::KeystoreCost`] for
    /// a key derivation that would take more memory or time than any honest file asks for, and what [`crate::json`]
    /// reports.
    pub fn parse(bytes: &[u8]) -> Result<Self, ClusterError> {
        json::read(bytes)
    }

    /// The public key that the file states, if it does.
    #[must_use]
    pub fn public_key(&self) -> Option<[u8; 48]> {
        self.public_key
    }

    /// The secret.
    ///
    /// # Errors
    ///
    /// [`ClusterError::KeystorePassword`] if the password is wrong or the file was damaged,
    /// [`ClusterError::BlsSecretKey`] if what was encrypted is no key, [`ClusterError::KeystorePublicKey`] if the key
    /// is not the one that the file states.
    pub fn decrypt(&self, password: &str) -> Result<SecretKey, ClusterError> {
        let key = self.kdf.derive(password, &self.salt)?;
        if !bool::from(checksum(&key, &self.ciphertext).ct_eq(&self.checksum)) {
            return Err(ClusterError::KeystorePassword);
        }
        let mut secret = Zeroizing::new(self.ciphertext);
        apply_cipher(&key, &self.iv, &mut secret);
        let secret = SecretKey::from_bytes(&secret)?;
        match self.public_key {
            Some(stated) if stated != secret.public_key().to_bytes() => {
                Err(ClusterError::KeystorePublicKey {
                    stated: hex::encode(stated),
                    decrypted: hex::encode(secret.public_key().to_bytes()),
                })
            }
            _ => Ok(secret),
        }
    }
}

/// Reads and decrypts a keystore file.
///
/// # Errors
///
/// As [`Keystore::parse`] and [`Keystore::decrypt`].
pub fn decrypt(bytes: &[u8], password: &str) -> Result<SecretKey, ClusterError> {
    Keystore::parse(bytes)?.decrypt(password)
}

/// Writes a keystore file. `salt`, `iv` and `uuid` must be fresh random bytes: two secrets under one password, salt
/// and initialization vector would reveal their difference.
///
/// # Errors
///
/// [`ClusterError::KeystoreCost`] for a key derivation that would not be read again.
pub fn encrypt(
    share: &SecretKey,
    password: &str,
    salt: &[u8; 32],
    iv: &[u8; 16],
    uuid: &[u8; 16],
    kdf: Kdf,
) -> Result<Vec<u8>, ClusterError> {
    let key = kdf.derive(password, salt)?;
    let mut ciphertext = *share.to_bytes();
    apply_cipher(&key, iv, &mut ciphertext);
    let keystore = Keystore {
        kdf,
        salt: salt.to_vec(),
        iv: *iv,
        ciphertext,
        checksum: checksum(&key, &ciphertext),
        public_key: Some(share.public_key().to_bytes()),
    };
    json::write(&keystore, uuid)
}

/// A keystore's password as Charon makes it: 16 random bytes as 32 lowercase hex characters.
#[must_use]
pub fn password(random: &[u8; 16]) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(32));
    for byte in random {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

fn checksum(key: &[u8; 32], ciphertext: &[u8; 32]) -> [u8; 32] {
    Sha256::new().chain_update(&key[16..]).chain_update(ciphertext).finalize().into()
}

/// Encrypts and decrypts alike.
fn apply_cipher(key: &[u8; 32], iv: &[u8; 16], secret: &mut [u8; 32]) {
    let mut half = Zeroizing::new([0; 16]);
    half.copy_from_slice(&key[..16]);
    Ctr128BE::<Aes128>::new((&*half).into(), iv.into()).apply_keystream(secret);
}

#[cfg(test)]
mod tests;
