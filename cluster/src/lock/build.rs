//! Making a lock at the end of a ceremony.
//!
//! 1. [`ValidatorMessages`] says what each validator key has to sign;
//! 2. [`Lock::build`] takes the validators with those signatures, and knows the lock hash;
//! 3. [`Lock::seal`] adds the signatures on the lock hash.

use super::check;
use super::{DistributedValidator, Lock};
use crate::ClusterError;
use crate::bls::{PublicKey, Signature};
use crate::definition::Definition;
use crate::deposit::{self, Deposit, DepositMessage};
use crate::network::Network;
use crate::registration::{Registration, RegistrationMessage};

/// What one validator key has to sign before the lock hash is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValidatorMessages {
    /// Its deposits, in ascending order of their amounts.
    pub deposits: Vec<DepositMessage>,
    /// Its builder registration; none in v1.6.
    pub registration: Option<RegistrationMessage>,
}

impl ValidatorMessages {
    /// What a definition and a network prescribe for the validator with this index, from 0.
    ///
    /// # Errors
    ///
    /// [`ClusterError::NoSuchValidator`] if the definition has no addresses for it.
    pub fn prescribed(
        definition: &Definition,
        network: &Network,
        index: usize,
        public_key: &PublicKey,
    ) -> Result<Self, ClusterError> {
        let key = public_key.to_bytes();
        let registration = RegistrationMessage::prescribed(definition, network, index, key)?;
        Ok(Self {
            deposits: deposit::messages(definition, index, key)?,
            registration: definition.version().has_registrations().then_some(registration),
        })
    }

    /// The signing roots: of the deposits in order, then of the registration.
    #[must_use]
    pub fn signing_roots(&self, fork_version: [u8; 4]) -> Vec<[u8; 32]> {
        let deposits = self.deposits.iter().map(|message| message.signing_root(fork_version));
        deposits.chain(self.registration.iter().map(|message| message.signing_root(fork_version))).collect()
    }
}

impl DistributedValidator {
    /// A validator with what it signed; `signatures` in the order of [`ValidatorMessages::signing_roots`].
    ///
    /// # Errors
    ///
    /// [`ClusterError::ListLength`] for another number of signatures.
    pub fn new(
        public_key: &PublicKey,
        public_shares: &[PublicKey],
        messages: ValidatorMessages,
        signatures: &[Signature],
    ) -> Result<Self, ClusterError> {
        let expected = messages.deposits.len() + usize::from(messages.registration.is_some());
        if signatures.len() != expected {
            return Err(ClusterError::ListLength { what: "signatures", length: signatures.len(), expected });
        }
        let mut signatures = signatures.iter().map(Signature::to_bytes);
        let deposits = messages.deposits.into_iter().zip(&mut signatures);
        Ok(Self {
            public_key: public_key.to_bytes(),
            public_shares: public_shares.iter().map(PublicKey::to_bytes).collect(),
            deposits: deposits.map(|(message, signature)| Deposit { message, signature }).collect(),
            registration: messages
                .registration
                .zip(signatures.next())
                .map(|(message, signature)| Registration { message, signature }),
        })
    }
}

impl Lock {
    /// A lock without the signatures on its hash.
    ///
    /// # Errors
    ///
    /// [`ClusterError::LockVersion`] for a definition before v1.6, [`ClusterError::ListLength`] if validators or shares
    /// are not as many as the definition says, and what [`Self::hash`] reports.
    pub fn build(
        definition: Definition,
        validators: Vec<DistributedValidator>,
    ) -> Result<Self, ClusterError> {
        if !definition.version().supports_ceremony() {
            return Err(ClusterError::LockVersion(definition.version()));
        }
        let mut lock = Self {
            definition,
            validators,
            signature_aggregate: Vec::new(),
            node_signatures: Vec::new(),
            stated_hash: [0; 32],
            transcript: None,
        };
        check::first(check::validator_count(&lock))?;
        check::first(check::share_counts(&lock))?;
        lock.stated_hash = lock.hash()?;
        Ok(lock)
    }

    /// Adds the signatures on the lock hash: the sum of those of all shares of all validators, and each operator's
    /// with its identity key, in operator order. A v1.6 lock keeps no node signatures.
    #[must_use]
    pub fn seal(mut self, aggregate: &Signature, node_signatures: &[[u8; 65]]) -> Self {
        self.signature_aggregate = aggregate.to_bytes().to_vec();
        if self.definition.version().has_registrations() {
            self.node_signatures = node_signatures.iter().map(|signature| signature.to_vec()).collect();
        }
        self
    }
}
