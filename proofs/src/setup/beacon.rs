//! Secrets that follow from public randomness.
//!
//! ```text
//! d = SHA-256(… SHA-256(value) …), 2^k times         x = Hr("setup beacon"; name of the step, context, d)
//! ```
//!
//! A beacon's secrets are public. What it is good for: the last honest contributor makes the string random, but whoever
//! comes after it may choose among strings. A value that nobody knew before its predecessor was fixed, such as the hash of
//! a block to come, takes that choice away.

use ark_bls12_381::Fr;
use coram_circuits::hash::TaggedHash;
use sha2::{Digest, Sha256};

use super::{SetupError, knowledge::Place, phase::Phase, record::OriginRecord};

/// The most bytes of a beacon's value.
pub const MAX_BEACON_LEN: usize = 64;

/// The binary logarithm of the largest number of times that a beacon's value is hashed.
pub const MAX_ITERATIONS_LOG: u8 = 20;

/// Refuses beacons outside the limits.
pub(super) fn check(phase: Phase, origin: &OriginRecord) -> Result<(), SetupError> {
    match origin {
        OriginRecord::Beacon { value, iterations_log }
            if value.len() > MAX_BEACON_LEN || *iterations_log > MAX_ITERATIONS_LOG =>
        {
            let (length, iterations_log) = (value.len(), *iterations_log);
            Err(SetupError::Beacon { phase, length, iterations_log })
        }
        _ => Ok(()),
    }
}

/// The end of the chain of hashes.
pub(super) struct Beacon([u8; 32]);

impl Beacon {
    /// Hashes a value within the limits.
    pub(super) fn new(value: &[u8], iterations_log: u8) -> Self {
        let first: [u8; 32] = Sha256::digest(value).into();
        Self((1..1_u32 << iterations_log).fold(first, |hash, _| Sha256::digest(hash).into()))
    }

    /// That of a contribution, if it comes from one.
    pub(super) fn of(phase: Phase, origin: &OriginRecord) -> Result<Option<Self>, SetupError> {
        check(phase, origin)?;
        Ok(match origin {
            OriginRecord::Beacon { value, iterations_log } => Some(Self::new(value, *iterations_log)),
            OriginRecord::Anonymous | OriginRecord::Signed { .. } => None,
        })
    }

    /// `x` of a step.
    pub(super) fn secret(&self, place: Place<'_>) -> Fr {
        let hash = TaggedHash::new("setup beacon").bytes(place.step.name().as_bytes());
        hash.bytes(place.context).bytes(&self.0).field()
    }
}
