//! Ethereum accounts: an account's key, and the account behind a signature.

use std::fmt;

use alloy_primitives::keccak256;
use k256::ecdsa::{SigningKey, VerifyingKey};
use zeroize::Zeroizing;

use crate::address::Address;
use crate::error::ClusterError;
use crate::identity;

/// The secret key of an externally owned account, with which an operator or a creator signs a definition.
///
/// # Security
///
/// Erased when dropped, never printed, and used in constant time.
#[derive(Clone)]
pub struct EthereumKey(SigningKey);

impl EthereumKey {
    /// The key with this big-endian scalar.
    ///
    /// # Errors
    ///
    /// [`ClusterError::EthereumKey`] for zero and for numbers not below the group order.
    pub fn from_bytes(secret: &[u8; 32]) -> Result<Self, ClusterError> {
        let key = SigningKey::from_slice(secret);
        key.map(Self)
            .map_err(|_| ClusterError::EthereumKey("the number is zero or not below the group order"))
    }

    /// Reads 64 hex digits, with or without `0x`, with white space around them tolerated.
    ///
    /// # Errors
    ///
    /// [`ClusterError::EthereumKey`] for any other text.
    pub fn from_text(text: &str) -> Result<Self, ClusterError> {
        let mut secret = Zeroizing::new([0; 32]);
        let digits = text.trim();
        hex::decode_to_slice(digits.strip_prefix("0x").unwrap_or(digits), secret.as_mut_slice())
            .map_err(|_| ClusterError::EthereumKey("it must be 64 hex digits"))?;
        Self::from_bytes(&secret)
    }

    /// The account's address.
    #[must_use]
    pub fn address(&self) -> Address {
        Address::from_bytes(account(self.0.verifying_key()))
    }

    /// Signs a digest as wallets do: R, low S, and V (27 or 28).
    #[must_use]
    pub fn sign(&self, digest: &[u8; 32]) -> [u8; 65] {
        let mut signature = identity::recoverable(&self.0, digest);
        signature[64] += 27;
        signature
    }
}

impl fmt::Debug for EthereumKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EthereumKey({})", self.address())
    }
}

/// The account that made an R, S, V signature of a digest; V is one of 0, 1, 27, 28.
///
/// S may be above half the group order, as for the EVM's `ecrecover`: where such signatures stand, a hash covers
/// them, so that there is nothing to gain from a second form.
#[must_use]
pub fn recover(digest: &[u8; 32], signature: &[u8; 65]) -> Option<[u8; 20]> {
    let (rs, v) = identity::split(signature);
    identity::recover(digest, rs, v).as_ref().map(account)
}

/// The last 20 bytes of the hash of the uncompressed point, without its tag.
fn account(key: &VerifyingKey) -> [u8; 20] {
    let point = key.to_sec1_point(false);
    let hash = keccak256(point.as_bytes().get(1..).unwrap_or_default());
    let mut address = [0; 20];
    address.copy_from_slice(&hash[12..]);
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    // The first account of the mnemonic "test test … junk" that development tools use.
    const SECRET: &str = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
    const ADDRESS: &str = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";

    #[test]
    fn address_is_ethereums() {
        let key = EthereumKey::from_text(SECRET).unwrap();
        assert_eq!(key.address().text(), ADDRESS);
        assert_eq!(EthereumKey::from_text(&SECRET[2..]).unwrap().address().text(), ADDRESS);
        assert_eq!(format!("{key:?}"), format!("EthereumKey({ADDRESS})"));
        for text in ["", "0x", "0x0x", &"0".repeat(64), &SECRET[1..]] {
            assert!(EthereumKey::from_text(text).is_err(), "{text}");
        }
    }

    #[test]
    fn signatures_recover_to_their_account_alone() {
        let key = EthereumKey::from_text(SECRET).unwrap();
        let mut signature = key.sign(&[7; 32]);
        assert!(matches!(signature[64], 27 | 28));
        assert_eq!(recover(&[7; 32], &signature), Some(key.address().bytes()));
        assert_ne!(recover(&[8; 32], &signature), Some(key.address().bytes()));
        signature[64] -= 27;
        assert_eq!(recover(&[7; 32], &signature), Some(key.address().bytes()));
        for v in [2, 26, 29, 31, 0xff] {
            signature[64] = v;
            assert_eq!(recover(&[7; 32], &signature), None);
        }
        assert_eq!(recover(&[7; 32], &[0; 65]), None);
        assert_eq!(recover(&[7; 32], &[0xff; 65]), None);
    }
}
