//! Proof of possession of an encryption key: a Schnorr proof on Jubjub.
//!
//! ```text
//! statement  ek, and where the key is used: ceremony, author, identity
//! witness    x with ek = x·B
//!
//! prover     k from a hash of (statement, x);  T = k·B
//! verifier   c = Hq(statement, T): 64 bytes of hash, read LITTLE-endian, mod q
//! prover     z = k + c x
//! accept     z·B = T + c·ek
//! ```
//!
//! The proof is `(T, z)`. Without it, an operator could announce a multiple of another's key, or a key with a known relation to
//! `H`, the base of the blinders; without its context, it could copy the proof together with the key.

use coram_circuits::{hash::TaggedHash, jubjub::base};
use ff::PrimeField as _;
use jubjub::{AffinePoint, Scalar};

use crate::{
    encryption_key::{DecryptionKey, EncryptionKey, constant_time, secret_scalar},
    error::ProofError,
};

/// Where an encryption key is used. All of it is hashed into the challenge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PossessionContext {
    /// The ceremony's id.
    pub ceremony: [u8; 32],
    /// The operator's index, from 1.
    pub author: u16,
    /// The operator's identity: its compressed secp256k1 key.
    pub identity: [u8; 33],
}

/// A proof that an operator knows the secret of its encryption key. 64 bytes: `T`, then `z` little-endian.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Possession([u8; 64]);

impl Possession {
    /// Proves possession of `key`. The same arguments give the same proof.
    #[must_use]
    pub fn prove(key: &DecryptionKey, context: &PossessionContext) -> Self {
        let public = key.encryption_key();
        let k = secret_scalar(
            bind(TaggedHash::new("possession nonce"), &public, context).bytes(&*key.to_bytes()),
        );
        let announcement = AffinePoint::from(constant_time(&base()) * k).to_bytes();
        let z = k + challenge(&public, context, &announcement) * key.scalar();
        let mut bytes = [0; 64];
        bytes[..32].copy_from_slice(&announcement);
        bytes[32..].copy_from_slice(&z.to_bytes());
        Self(bytes)
    }

    /// Reads a proof; whether it holds is for [`Possession::verify`] to say.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 64]) -> Self {
        Self(bytes)
    }

    /// The 64 bytes of the proof.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; 64] {
        self.0
    }

    /// Checks the proof for `key` in `context`.
    ///
    /// # Errors
    ///
    /// [`ProofError::Possession`] if the equation does not hold, or an encoding is not canonical.
    pub fn verify(&self, key: &EncryptionKey, context: &PossessionContext) -> Result<(), ProofError> {
        let (announcement, z) = self.parts().ok_or(ProofError::Possession)?;
        let c = challenge(key, context, &announcement.to_bytes());
        let holds = constant_time(&base()) * z
            == jubjub::ExtendedPoint::from(announcement) + constant_time(&key.0) * c;
        if holds { Ok(()) } else { Err(ProofError::Possession) }
    }

    /// `T` and `z`, canonical.
    fn parts(&self) -> Option<(AffinePoint, Scalar)> {
        let (announcement, z) = self.0.split_first_chunk::<32>()?;
        let announcement = Option::from(AffinePoint::from_bytes(*announcement))?;
        let z = Option::from(Scalar::from_repr(z.try_into().ok()?))?;
        Some((announcement, z))
    }
}

fn bind(hash: TaggedHash, key: &EncryptionKey, context: &PossessionContext) -> TaggedHash {
    hash.bytes(&context.ceremony)
        .number(u64::from(context.author))
        .bytes(&context.identity)
        .bytes(&key.to_bytes())
}

fn challenge(key: &EncryptionKey, context: &PossessionContext, announcement: &[u8; 32]) -> Scalar {
    Scalar::from_bytes_wide(&bind(TaggedHash::new("possession"), key, context).bytes(announcement).wide())
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONTEXT: PossessionContext = PossessionContext { ceremony: [1; 32], author: 3, identity: [2; 33] };

    fn key() -> DecryptionKey {
        DecryptionKey::derive(&[9; 32], b"test")
    }

    #[test]
    fn an_honest_proof_holds() {
        let proof = Possession::prove(&key(), &CONTEXT);
        assert_eq!(
            Possession::from_bytes(proof.to_bytes()).verify(&key().encryption_key(), &CONTEXT),
            Ok(())
        );
    }

    #[test]
    fn a_proof_does_not_hold_elsewhere() {
        let proof = Possession::prove(&key(), &CONTEXT);
        let public = key().encryption_key();
        let elsewhere = [
            PossessionContext { ceremony: [3; 32], ..CONTEXT },
            PossessionContext { author: 4, ..CONTEXT },
            PossessionContext { identity: [3; 33], ..CONTEXT },
        ];
        for context in elsewhere {
            assert_eq!(proof.verify(&public, &context), Err(ProofError::Possession), "{context:?}");
        }
        let other = DecryptionKey::derive(&[8; 32], b"test").encryption_key();
        assert_eq!(proof.verify(&other, &CONTEXT), Err(ProofError::Possession));
    }

    #[test]
    fn every_changed_bit_is_noticed() {
        let public = key().encryption_key();
        let bytes = Possession::prove(&key(), &CONTEXT).to_bytes();
        for bit in 0..bytes.len() * 8 {
            let mut changed = bytes;
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(Possession::from_bytes(changed).verify(&public, &CONTEXT).is_err(), "bit {bit}");
        }
    }
}
