//! The key that an operator's node is known by: its file, its peer ID and its signatures.

use std::fmt;

use k256::ecdsa::signature::hazmat::PrehashVerifier;
use k256::ecdsa::{RecoveryId, Signature, SigningKey, VerifyingKey};
use zeroize::Zeroizing;

use crate::error::ClusterError;

/// A compressed secp256k1 point: what an ENR holds.
pub type PublicKey = [u8; 33];

/// The secp256k1 secret behind an ENR, which is also the node's libp2p identity.
///
/// # Security
///
/// Long-lived: erased when dropped, never printed, and used in constant time. Nonces are those of RFC 6979, so
/// signing twice gives the same bytes.
#[derive(Clone)]
pub struct IdentityKey(SigningKey);

impl IdentityKey {
    /// The key with this big-endian scalar.
    ///
    /// # Errors
    ///
    /// [`ClusterError::IdentityKey`] for zero and for numbers not below the group order.
    pub fn from_bytes(secret: &[u8; 32]) -> Result<Self, ClusterError> {
        let key = SigningKey::from_slice(secret);
        key.map(Self)
            .map_err(|_| ClusterError::IdentityKey("the number is zero or not below the group order"))
    }

    /// Reads the text of a `charon-enr-private-key` file: 64 hex digits, with white space around them tolerated.
    ///
    /// # Errors
    ///
    /// [`ClusterError::IdentityKey`] for any other text.
    pub fn from_file_text(text: &str) -> Result<Self, ClusterError> {
        let mut secret = Zeroizing::new([0; 32]);
        hex::decode_to_slice(text.trim(), secret.as_mut_slice())
            .map_err(|_| ClusterError::IdentityKey("the file must hold 64 hex digits and nothing else"))?;
        Self::from_bytes(&secret)
    }

    /// The text for the file: 64 lowercase hex digits, no newline.
    #[must_use]
    pub fn to_file_text(&self) -> Zeroizing<String> {
        Zeroizing::new(hex::encode(self.to_bytes().as_slice()))
    }

    /// The secret scalar, big-endian.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0.to_bytes().into())
    }

    /// The public key.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        compress(self.0.verifying_key())
    }

    /// Its libp2p peer ID.
    #[must_use]
    pub fn peer_id(&self) -> String {
        peer_id(&self.public_key())
    }

    /// Signs a digest: R, then S, which is at most half the group order.
    #[must_use]
    pub fn sign(&self, digest: &[u8; 32]) -> [u8; 64] {
        self.0.sign_prehash_recoverable(digest).0.to_bytes().into()
    }

    /// Signs a digest: R, low S, and V (0 or 1), from which the public key can be recovered.
    #[must_use]
    pub fn sign_recoverable(&self, digest: &[u8; 32]) -> [u8; 65] {
        recoverable(&self.0, digest)
    }
}

impl fmt::Debug for IdentityKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IdentityKey({})", self.peer_id())
    }
}

/// Checks an R, S signature of a digest.
///
/// S above half the group order is refused: whoever relays a message could turn its signature into a second one,
/// and make one message look like two.
///
/// # Errors
///
/// [`ClusterError::Signature`] if it is not the key's, and for anything malformed.
pub fn verify_signature(
    public_key: &PublicKey,
    digest: &[u8; 32],
    signature: &[u8; 64],
) -> Result<(), ClusterError> {
    let key = VerifyingKey::from_sec1_bytes(public_key).map_err(|_| ClusterError::Signature)?;
    let signature = Signature::from_slice(signature).map_err(|_| ClusterError::Signature)?;
    if signature.normalize_s() != signature {
        return Err(ClusterError::Signature);
    }
    key.verify_prehash(digest, &signature).map_err(|_| ClusterError::Signature)
}

/// Checks an R, S, V signature of a digest, as the node signatures of a lock are: S low, V one of 0, 1, 27, 28,
/// and the recovered key the given one.
///
/// # Errors
///
/// [`ClusterError::Signature`] if it is not the key's, and for anything malformed.
pub fn verify_recoverable(
    public_key: &PublicKey,
    digest: &[u8; 32],
    signature: &[u8; 65],
) -> Result<(), ClusterError> {
    let (rs, v) = split(signature);
    verify_signature(public_key, digest, rs)?;
    match recover(digest, rs, v) {
        Some(key) if compress(&key) == *public_key => Ok(()),
        _ => Err(ClusterError::Signature),
    }
}

/// The libp2p peer ID of a key: base58 of an identity multihash over the protobuf of a secp256k1 key.
#[must_use]
pub fn peer_id(public_key: &PublicKey) -> String {
    // Multihash: identity, 37 bytes. Protobuf: type secp256k1, 33 bytes.
    let mut multihash = vec![0x00, 0x25, 0x08, 0x02, 0x12, 0x21];
    multihash.extend_from_slice(public_key);
    bs58::encode(multihash).into_string()
}

pub(crate) fn compress(key: &VerifyingKey) -> PublicKey {
    let mut bytes = [0; 33];
    bytes.copy_from_slice(key.to_sec1_point(true).as_bytes());
    bytes
}

pub(crate) fn recoverable(key: &SigningKey, digest: &[u8; 32]) -> [u8; 65] {
    let (signature, recovery) = key.sign_prehash_recoverable(digest);
    let mut bytes = [0; 65];
    bytes[..64].copy_from_slice(&signature.to_bytes());
    bytes[64] = recovery.to_byte();
    bytes
}

pub(crate) fn split(signature: &[u8; 65]) -> (&[u8; 64], u8) {
    let [rs @ .., v] = signature;
    (rs, *v)
}

/// The key that made an R, S signature, of either S, if V is one of 0, 1, 27, 28.
pub(crate) fn recover(digest: &[u8; 32], rs: &[u8; 64], v: u8) -> Option<VerifyingKey> {
    let parity = match v {
        0 | 1 => v,
        27 | 28 => v - 27,
        _ => return None,
    };
    let signature = Signature::from_slice(rs).ok()?;
    VerifyingKey::recover_from_prehash(digest, &signature, RecoveryId::from_byte(parity)?).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(byte: u8) -> IdentityKey {
        IdentityKey::from_bytes(&[byte; 32]).unwrap()
    }

    /// The signature over the same digest with S replaced by its negative.
    fn other_half(signature: &[u8; 64]) -> [u8; 64] {
        let signature = Signature::from_slice(signature).unwrap();
        let (r, s) = signature.split_scalars();
        Signature::from_scalars(r, -s).unwrap().to_bytes().into()
    }

    #[test]
    fn file_text_is_charons() {
        let key = key(0xab);
        assert_eq!(key.to_file_text().as_str(), "ab".repeat(32));
        for text in ["ab".repeat(32), format!(" {}\n", "AB".repeat(32))] {
            assert_eq!(IdentityKey::from_file_text(&text).unwrap().public_key(), key.public_key());
        }
        for text in ["", "ab", &format!("0x{}", "ab".repeat(32)), &"ab".repeat(33), &"zz".repeat(32)] {
            assert!(IdentityKey::from_file_text(text).is_err(), "{text}");
        }
    }

    #[test]
    fn secrets_are_below_the_group_order_and_not_zero() {
        let order = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
        let below = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364140";
        assert!(IdentityKey::from_bytes(&[0; 32]).is_err());
        assert!(IdentityKey::from_file_text(order).is_err());
        assert!(IdentityKey::from_file_text(below).is_ok());
    }

    #[test]
    fn secrets_are_not_printed() {
        let key = key(0xab);
        assert!(!format!("{key:?}").contains("abab"));
    }

    #[test]
    fn signatures_verify_for_their_key_and_digest_alone() {
        let (key, digest) = (key(1), [7; 32]);
        let signature = key.sign(&digest);
        assert_eq!(verify_signature(&key.public_key(), &digest, &signature), Ok(()));
        assert_eq!(signature, key.sign(&digest));
        assert!(verify_signature(&key.public_key(), &[8; 32], &signature).is_err());
        assert!(verify_signature(&self::key(2).public_key(), &digest, &signature).is_err());
        assert!(verify_signature(&[0; 33], &digest, &signature).is_err());
        assert!(verify_signature(&key.public_key(), &digest, &[0; 64]).is_err());
        assert!(verify_signature(&key.public_key(), &digest, &[0xff; 64]).is_err());
    }

    #[test]
    fn the_other_half_of_a_signature_is_refused() {
        let (key, digest) = (key(1), [7; 32]);
        let high = other_half(&key.sign(&digest));
        assert!(verify_signature(&key.public_key(), &digest, &high).is_err());
        let low = key.sign_recoverable(&digest);
        let mut recoverable = [0; 65];
        recoverable[..64].copy_from_slice(&high);
        recoverable[64] = low[64] ^ 1;
        // It does recover to the key: only the rule about S refuses it.
        let (rs, v) = split(&recoverable);
        assert_eq!(recover(&digest, rs, v).map(|k| compress(&k)), Some(key.public_key()));
        assert!(verify_recoverable(&key.public_key(), &digest, &recoverable).is_err());
    }

    #[test]
    fn recoverable_signatures_carry_the_right_parity() {
        for byte in 1..9 {
            let (key, digest) = (key(byte), [byte; 32]);
            let mut signature = key.sign_recoverable(&digest);
            assert!(signature[64] <= 1);
            assert_eq!(signature[..64], key.sign(&digest));
            assert_eq!(verify_recoverable(&key.public_key(), &digest, &signature), Ok(()));
            signature[64] += 27;
            assert_eq!(verify_recoverable(&key.public_key(), &digest, &signature), Ok(()));
            signature[64] = 55 - signature[64];
            assert!(verify_recoverable(&key.public_key(), &digest, &signature).is_err());
            signature[64] = 2;
            assert!(verify_recoverable(&key.public_key(), &digest, &signature).is_err());
        }
    }

    proptest! {
        #[test]
        fn nothing_panics_or_verifies(
            key in any::<[u8; 33]>(), digest: [u8; 32], signature in any::<[u8; 65]>(), text: String,
        ) {
            let (rs, _) = split(&signature);
            prop_assert!(verify_signature(&key, &digest, rs).is_err());
            prop_assert!(verify_recoverable(&key, &digest, &signature).is_err());
            prop_assert!(verify_signature(&self::key(1).public_key(), &digest, rs).is_err());
            prop_assert!(IdentityKey::from_file_text(&text).is_err());
        }
    }
}
