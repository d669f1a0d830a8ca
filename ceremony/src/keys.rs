//! What an operator keeps secret during a ceremony.

use coram_cluster::identity::IdentityKey;
use coram_proofs::DecryptionKey;
use coram_proofs::hash::TaggedHash;
use zeroize::Zeroizing;

use crate::ceremony::Ceremony;
use crate::parameters::EncryptionKeys;

/// An operator's secrets for one attempt.
///
/// # Security
///
/// Zeroized on drop, never printed. All randomness of the attempt follows from the two seeds behind it, so that doing
/// a step again gives the same bytes; they must be on disk before the Join is published.
pub struct Keys {
    pub(crate) identity: IdentityKey,
    pub(crate) decryption: DecryptionKey,
    pub(crate) dealing_seed: Option<Zeroizing<[u8; 32]>>,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys(redacted)")
    }
}

impl Keys {
    /// Collects keys that exist. The dealing seed is destroyed when all Seals are there; after that it is `None`.
    #[must_use]
    pub const fn new(
        identity: IdentityKey,
        decryption: DecryptionKey,
        dealing_seed: Option<Zeroizing<[u8; 32]>>,
    ) -> Self {
        Self { identity, decryption, dealing_seed }
    }
}

/// The decryption key of an attempt, as its parameters want it: from the seed, which must be fresh random bytes kept for
/// this attempt alone, or from the identity key.
#[must_use]
pub fn decryption_key(ceremony: &Ceremony, identity: &IdentityKey, seed: &[u8; 32]) -> DecryptionKey {
    let context = ceremony.id();
    match ceremony.parameters().encryption_keys {
        EncryptionKeys::Fresh => DecryptionKey::derive(seed, context.as_ref()),
        EncryptionKeys::FromIdentity => {
            let secret = identity.to_bytes();
            let seed = Zeroizing::new(TaggedHash::new("encryption seed").bytes(secret.as_ref()).digest());
            DecryptionKey::derive(&seed, context.as_ref())
        }
    }
}
