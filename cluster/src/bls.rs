//! BLS signatures on BLS12-381 as Ethereum's consensus layer uses them: public keys in G1 (48 bytes), signatures
//! in G2 (96 bytes), messages of 32 bytes, hashed with `BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_`.
//!
//! Two back ends offer the same few curve operations: [`native`] on `blst`, where everything done with a secret
//! takes the same time whatever the secret; and [`portable`] on arkworks for wasm, where no secret is at home.
//! A test compares them. What is built on top stands here once: types, verification, interpolation.
//!
//! A [`PublicKey`] and a [`Signature`] are points of the prime-order subgroup other than the identity: a value
//! that exists was checked.

#[cfg(not(target_arch = "wasm32"))]
mod native;
#[cfg(any(test, target_arch = "wasm32"))]
mod portable;

mod interpolation;
mod verification;
mod weights;

#[cfg(not(target_arch = "wasm32"))]
use native as backend;
#[cfg(target_arch = "wasm32")]
use portable as backend;

#[cfg(test)]
pub(crate) use interpolation::split;
pub use interpolation::{combine, combine_all, combine_keys, combine_secrets, shares_fit, stray_shares};
pub use verification::{
    SignedRoot, aggregate, aggregate_keys, fast_aggregate_verify, find_invalid, first_invalid, verify,
    verify_batch,
};

use crate::ClusterError;
use core::cmp::Ordering;
use core::fmt;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// The domain separation tag of Ethereum's signatures (proof-of-possession scheme).
const DST: &[u8] = b"BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_";

/// A public key: of a validator, or of one operator's share of it.
#[derive(Clone, Copy)]
pub struct PublicKey {
    bytes: [u8; 48],
    point: backend::G1,
}

impl PublicKey {
    /// Decodes a compressed point.
    ///
    /// # Errors
    ///
    /// [`ClusterError::BlsPublicKey`] unless `bytes` is the canonical encoding of a point of prime order. The
    /// identity would verify anything, and a point outside the subgroup breaks every sum it enters.
    pub fn from_bytes(bytes: &[u8; 48]) -> Result<Self, ClusterError> {
        let point = backend::G1::decode(bytes)
            .ok_or_else(|| ClusterError::BlsPublicKey { bytes: hex::encode(bytes) })?;
        Ok(Self { bytes: *bytes, point })
    }

    /// Decodes many, on all processors where there are several; each has its own result.
    #[must_use]
    pub fn from_bytes_all(bytes: &[[u8; 48]]) -> Vec<Result<Self, ClusterError>> {
        backend::map(bytes, Self::from_bytes)
    }

    /// The compressed point, 48 bytes.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; 48] {
        self.bytes
    }

    fn from_point(point: backend::G1) -> Self {
        Self { bytes: point.encode(), point }
    }
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl Eq for PublicKey {}

impl PartialOrd for PublicKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for PublicKey {
    fn cmp(&self, other: &Self) -> Ordering {
        self.bytes.cmp(&other.bytes)
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", hex::encode(self.bytes))
    }
}

/// A validator's key with the operators' public shares of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyShares {
    /// The validator's key, `f(0) * G1`.
    pub key: PublicKey,
    /// The public shares `f(i) * G1`; place `i - 1` holds that of share index `i`.
    pub shares: Vec<PublicKey>,
}

/// A signature, or a sum of signatures.
#[derive(Clone, Copy)]
pub struct Signature {
    bytes: [u8; 96],
    point: backend::G2,
}

impl Signature {
    /// Decodes a compressed point.
    ///
    /// # Errors
    ///
    /// [`ClusterError::BlsSignature`] unless `bytes` is the canonical encoding of a point of prime order.
    pub fn from_bytes(bytes: &[u8; 96]) -> Result<Self, ClusterError> {
        let point = backend::G2::decode(bytes)
            .ok_or_else(|| ClusterError::BlsSignature { bytes: hex::encode(bytes) })?;
        Ok(Self { bytes: *bytes, point })
    }

    /// Decodes many, on all processors where there are several; each has its own result.
    #[must_use]
    pub fn from_bytes_all(bytes: &[[u8; 96]]) -> Vec<Result<Self, ClusterError>> {
        backend::map(bytes, Self::from_bytes)
    }

    /// The compressed point, 96 bytes.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; 96] {
        self.bytes
    }

    fn from_point(point: backend::G2) -> Self {
        Self { bytes: point.encode(), point }
    }
}

impl PartialEq for Signature {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl Eq for Signature {}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signature({})", hex::encode(self.bytes))
    }
}

/// A secret key: one operator's share of a validator key, or (recovered) the key itself. Overwritten when dropped.
#[derive(Clone)]
pub struct SecretKey(backend::Secret);

impl SecretKey {
    /// Decodes 32 bytes, big-endian.
    ///
    /// # Errors
    ///
    /// [`ClusterError::BlsSecretKey`] for zero and for numbers not below the group order.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, ClusterError> {
        backend::Secret::decode(bytes).map(Self).ok_or(ClusterError::BlsSecretKey)
    }

    /// 32 bytes, big-endian.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        self.0.encode()
    }

    /// `s * G1`.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        PublicKey::from_point(self.0.public_key())
    }

    /// `s * H(message)`; the message is a signing root or a lock hash.
    #[must_use]
    pub fn sign(&self, message: &[u8; 32]) -> Signature {
        Signature::from_point(self.0.sign(message))
    }
}

/// Signs many messages, each with its own key, on all processors where there are several.
#[must_use]
pub fn sign_all(items: &[(&SecretKey, [u8; 32])]) -> Vec<Signature> {
    backend::map(items, |(key, message)| key.sign(message))
}

impl PartialEq for SecretKey {
    fn eq(&self, other: &Self) -> bool {
        self.to_bytes().ct_eq(&*other.to_bytes()).into()
    }
}

impl Eq for SecretKey {}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(..)")
    }
}

#[cfg(test)]
mod tests;
