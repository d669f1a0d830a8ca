//! Builder registrations: a validator's wish, signed with its key, for blocks built by others.

use crate::ClusterError;
use crate::bls::{self, PublicKey, Signature, SignedRoot};
use crate::definition::Definition;
use crate::network::Network;
use crate::signing;
use crate::ssz;

/// The gas limit where a definition gives none.
pub const DEFAULT_GAS_LIMIT: u64 = 30_000_000;

/// What a registration's signature covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistrationMessage {
    /// Receives the fees of the validator's blocks.
    pub fee_recipient: [u8; 20],
    /// The gas limit that the validator asks for.
    pub gas_limit: u64,
    /// Unix seconds. Of two registrations the later one counts, so ceremonies take the network's genesis time: any
    /// registration that the validator makes later replaces it.
    pub timestamp: u64,
    /// The validator's public key.
    pub public_key: [u8; 48],
}

impl RegistrationMessage {
    /// The registration of the validator with this index, from 0, that a definition and a network prescribe.
    ///
    /// # Errors
    ///
    /// [`ClusterError::NoSuchValidator`] if the definition has no addresses for it.
    pub fn prescribed(
        definition: &Definition,
        network: &Network,
        index: usize,
        public_key: [u8; 48],
    ) -> Result<Self, ClusterError> {
        let addresses = definition.validators().get(index).ok_or(ClusterError::NoSuchValidator { index })?;
        Ok(Self {
            fee_recipient: addresses.fee_recipient().bytes(),
            gas_limit: gas_limit(definition),
            timestamp: network.genesis_time(),
            public_key,
        })
    }

    /// Its hash tree root.
    #[must_use]
    pub fn root(&self) -> [u8; 32] {
        ssz::container(&[
            ssz::array(&self.fee_recipient),
            ssz::number(self.gas_limit),
            ssz::number(self.timestamp),
            ssz::array(&self.public_key),
        ])
    }

    /// The 32 bytes that the validator key signs on the network with this genesis fork version.
    #[must_use]
    pub fn signing_root(&self, fork_version: [u8; 4]) -> [u8; 32] {
        signing::registration_root(self.root(), fork_version)
    }
}

/// A registration with its signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    /// What is signed.
    pub message: RegistrationMessage,
    /// The validator key's signature, not necessarily a valid one.
    pub signature: [u8; 96],
}

impl Registration {
    /// Checks the signature by the public key in the message.
    ///
    /// # Errors
    ///
    /// [`ClusterError::BlsPublicKey`] or [`ClusterError::BlsSignature`] if either is no point of prime order,
    /// [`ClusterError::BlsVerification`] if the signature is not the key's.
    pub fn verify(&self, fork_version: [u8; 4]) -> Result<(), ClusterError> {
        let key = PublicKey::from_bytes(&self.message.public_key)?;
        let (key, root, signature) = self.signed_root(key, fork_version)?;
        bls::verify(&key, &root, &signature)
    }

    /// What a batch needs to check it against a key that was decoded already.
    pub(crate) fn signed_root(
        &self,
        key: PublicKey,
        fork_version: [u8; 4],
    ) -> Result<SignedRoot, ClusterError> {
        Ok((key, self.message.signing_root(fork_version), Signature::from_bytes(&self.signature)?))
    }
}

/// The gas limit that a definition prescribes.
#[must_use]
pub fn gas_limit(definition: &Definition) -> u64 {
    match definition.target_gas_limit() {
        0 => DEFAULT_GAS_LIMIT,
        limit => limit,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bls::SecretKey;

    #[test]
    fn only_the_message_that_was_signed_verifies() {
        let secret = SecretKey::from_bytes(&[3; 32]).unwrap();
        let message = RegistrationMessage {
            fee_recipient: [1; 20],
            gas_limit: DEFAULT_GAS_LIMIT,
            timestamp: 1_742_213_400,
            public_key: secret.public_key().to_bytes(),
        };
        let fork_version = [0x10, 0, 9, 0x10];
        let signature = secret.sign(&message.signing_root(fork_version)).to_bytes();
        let registration = Registration { message, signature };
        assert_eq!(registration.verify(fork_version), Ok(()));
        assert_eq!(registration.verify([0; 4]), Err(ClusterError::BlsVerification));
        let changed = |change: fn(&mut Registration)| {
            let mut registration = registration.clone();
            change(&mut registration);
            registration.verify(fork_version)
        };
        assert_eq!(changed(|r| r.message.gas_limit += 1), Err(ClusterError::BlsVerification));
        assert_eq!(changed(|r| r.message.timestamp += 1), Err(ClusterError::BlsVerification));
        assert_eq!(changed(|r| r.message.fee_recipient[0] ^= 1), Err(ClusterError::BlsVerification));
        assert!(matches!(
            changed(|r| r.message.public_key = [0; 48]),
            Err(ClusterError::BlsPublicKey { .. })
        ));
        assert!(matches!(changed(|r| r.signature = [0; 96]), Err(ClusterError::BlsSignature { .. })));
    }
}
