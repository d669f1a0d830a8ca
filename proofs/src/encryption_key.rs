//! Encryption keys: one for each operator and attempt, on Jubjub.

use std::fmt;

use coram_circuits::{
    hash::TaggedHash,
    jubjub::{Point, base},
};
use ff::PrimeField as _;
use jubjub::{AffinePoint, ExtendedPoint, Scalar};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::error::ProofError;

/// The public key under which an operator receives its shares: `ek = x·B`, a point of prime order other than the
/// identity.
#[derive(Clone, PartialEq, Eq)]
pub struct EncryptionKey(pub(crate) Point);

impl EncryptionKey {
    /// Decodes the 32 canonical bytes of a key.
    ///
    /// # Errors
    ///
    /// [`ProofError::EncryptionKey`]. With a key of small order, everybody could read the shares; with one
    /// outside the subgroup, a decryption would leak bits of the decryption key.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, ProofError> {
        Point::from_bytes(bytes).map(Self).map_err(|_| ProofError::EncryptionKey)
    }

    /// The 32 bytes of the key.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; 32] {
        self.0.to_bytes()
    }
}

impl fmt::Debug for EncryptionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EncryptionKey(")?;
        self.to_bytes().iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
        f.write_str(")")
    }
}

/// The secret `x` of an [`EncryptionKey`]. Everything done with it is constant time.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct DecryptionKey([u8; 32]);

impl DecryptionKey {
    /// Derives a key from a secret seed and the context in which it is used.
    #[must_use]
    pub fn derive(seed: &[u8; 32], context: &[u8]) -> Self {
        Self(secret_scalar(TaggedHash::new("decryption key").bytes(seed).bytes(context)).to_bytes())
    }

    /// Reads a key from its 32 bytes, little-endian.
    ///
    /// # Errors
    ///
    /// [`ProofError::DecryptionKey`] if they are zero or not below the order of the group.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, ProofError> {
        let canonical = bool::from(Scalar::from_repr(*bytes).is_some());
        if canonical && bytes.iter().any(|byte| *byte != 0) {
            Ok(Self(*bytes))
        } else {
            Err(ProofError::DecryptionKey)
        }
    }

    /// The 32 bytes of the key, little-endian.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0)
    }

    /// `ek = x·B`.
    #[must_use]
    pub fn encryption_key(&self) -> EncryptionKey {
        // x is neither zero nor a multiple of the order, so x·B is a point again.
        let point = AffinePoint::from(constant_time(&base()) * self.scalar());
        EncryptionKey(Point::from_bytes(&point.to_bytes()).unwrap_or_else(|_| base()))
    }

    /// `x`.
    pub(crate) fn scalar(&self) -> Scalar {
        Scalar::from_repr(self.0).unwrap_or_else(Scalar::zero)
    }
}

impl fmt::Debug for DecryptionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DecryptionKey(<redacted>)")
    }
}

/// A point in the representation whose arithmetic is constant time.
pub(crate) fn constant_time(point: &Point) -> ExtendedPoint {
    // Both libraries share one encoding, and a `Point` encodes a point of the curve.
    AffinePoint::from_bytes(point.to_bytes()).unwrap_or(AffinePoint::identity()).into()
}

/// A non-zero scalar of Jubjub from a hash over secrets.
pub(crate) fn secret_scalar(hash: TaggedHash) -> Scalar {
    let candidates = (0_u64..).map(|attempt| {
        let wide = Zeroizing::new(hash.clone().number(attempt).wide());
        Scalar::from_bytes_wide(&wide)
    });
    candidates.into_iter().find(|scalar| *scalar != Scalar::zero()).unwrap_or_else(Scalar::one)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_survive_their_encoding() {
        let secret = DecryptionKey::derive(&[7; 32], b"context");
        let again = DecryptionKey::from_bytes(&secret.to_bytes()).unwrap();
        assert_eq!(secret.encryption_key(), again.encryption_key());
        let public = secret.encryption_key();
        assert_eq!(EncryptionKey::from_bytes(&public.to_bytes()).unwrap(), public);
        assert_ne!(public.to_bytes(), base().to_bytes());
    }

    #[test]
    fn the_context_separates_keys() {
        let one = DecryptionKey::derive(&[7; 32], b"one");
        let two = DecryptionKey::derive(&[7; 32], b"two");
        assert_ne!(one.to_bytes(), two.to_bytes());
    }

    #[test]
    fn zero_and_unreduced_secrets_are_refused() {
        assert_eq!(DecryptionKey::from_bytes(&[0; 32]).err(), Some(ProofError::DecryptionKey));
        assert_eq!(DecryptionKey::from_bytes(&[0xff; 32]).err(), Some(ProofError::DecryptionKey));
    }

    #[test]
    fn keys_of_small_order_and_outside_the_subgroup_are_refused() {
        let base: AffinePoint = AffinePoint::from_bytes(base().to_bytes()).unwrap();
        // (0, -1) has order two; (i, 0) has order four.
        let order_two = AffinePoint::from_raw_unchecked(jubjub::Fq::zero(), -jubjub::Fq::one());
        let mixed = AffinePoint::from(ExtendedPoint::from(base) + ExtendedPoint::from(order_two));
        assert!(!bool::from(mixed.is_small_order()) && !bool::from(mixed.is_torsion_free()));
        for bad in [AffinePoint::identity(), order_two, mixed] {
            assert_eq!(EncryptionKey::from_bytes(&bad.to_bytes()).err(), Some(ProofError::EncryptionKey));
        }
    }

    #[test]
    fn secrets_are_not_printed() {
        let secret = DecryptionKey::derive(&[7; 32], b"context");
        assert_eq!(format!("{secret:?}"), "DecryptionKey(<redacted>)");
    }
}
