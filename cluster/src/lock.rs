//! The cluster lock: the result of a ceremony, which every node of the cluster loads.
//!
//! [`Lock`] is the meaning, `json` the file, [`check`] what can be verified about it. A lock that was read is
//! well-formed and nothing else: its points may be no points, and its hash may be any.

mod build;
pub mod check;
mod hash;
mod json;

pub use build::ValidatorMessages;
pub use json::MEMBERS;

use crate::ClusterError;
use crate::definition::Definition;
use crate::deposit::Deposit;
use crate::json::{self as strict, Node};
use crate::registration::Registration;
use serde_json::Value;

/// The largest lock file that is read, in bytes. Most of it is the transcript.
pub const MAX_BYTES: usize = 256 << 20;
/// The member that holds the transcript of the ceremony. Charon and its tools pass over it, and no hash covers it.
pub const TRANSCRIPT_MEMBER: &str = "pvss_transcript";

/// One validator of the cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DistributedValidator {
    /// The validator's public key.
    pub public_key: [u8; 48],
    /// The operators' public shares; place `i - 1` holds that of share index `i`.
    pub public_shares: Vec<[u8; 48]>,
    /// The deposits in ascending order of their amounts. Up to v1.7 there is one, and it may be missing.
    pub deposits: Vec<Deposit>,
    /// The builder registration; none in v1.6.
    pub registration: Option<Registration>,
}

/// A cluster lock.
#[derive(Clone, Debug, PartialEq)]
pub struct Lock {
    definition: Definition,
    validators: Vec<DistributedValidator>,
    signature_aggregate: Vec<u8>,
    node_signatures: Vec<Vec<u8>>,
    stated_hash: [u8; 32],
    transcript: Option<Value>,
}

impl Lock {
    /// Reads a lock file of at most [`MAX_BYTES`], strictly. Nothing in it is verified: see [`check`].
    ///
    /// # Errors
    ///
    /// Whatever [`crate::json::check`] and [`Definition::read`] report, a missing or mistyped member, and
    /// [`ClusterError::LockVersion`] for versions before v1.6.
    pub fn parse(bytes: &[u8]) -> Result<Self, ClusterError> {
        Self::read(strict::check_bounded(bytes, MEMBERS, MAX_BYTES)?)
    }

    /// Takes a lock out of strictly read JSON. Nothing in it is verified.
    ///
    /// # Errors
    ///
    /// As [`Self::parse`], but for what the strict reading reports.
    pub fn read(mut value: Value) -> Result<Self, ClusterError> {
        let transcript = value.as_object_mut().and_then(|members| members.remove(TRANSCRIPT_MEMBER));
        json::read(&Node::root(&value), transcript.filter(|transcript| !transcript.is_null()))
    }

    /// The file, byte for byte as Charon writes it in the definition's version, with `transcript` as one more
    /// member at the end. The lock hash in it is computed, not copied.
    ///
    /// # Errors
    ///
    /// As [`Self::hash`].
    pub fn to_json(&self, transcript: Option<&Value>) -> Result<Vec<u8>, ClusterError> {
        json::write(self, transcript)
    }

    /// The lock hash, computed from the definition (with its stated config hash) and the validators. It covers
    /// neither signatures of the lock nor the transcript.
    ///
    /// # Errors
    ///
    /// [`ClusterError::TooLong`] for lists beyond the limits of the hash tree, which no lock that was read has;
    /// [`ClusterError::NoRegistration`] if a validator lacks one that its version requires.
    pub fn hash(&self) -> Result<[u8; 32], ClusterError> {
        hash::lock_hash(&self.definition, &self.validators)
    }

    /// The lock hash as it stands in the file.
    #[must_use]
    pub const fn stated_hash(&self) -> [u8; 32] {
        self.stated_hash
    }

    /// What the operators agreed on.
    #[must_use]
    pub const fn definition(&self) -> &Definition {
        &self.definition
    }

    /// The validators in the definition's order.
    #[must_use]
    pub fn validators(&self) -> &[DistributedValidator] {
        &self.validators
    }

    /// The sum of all operators' signatures on the lock hash, with their shares of all validators: 96 bytes, if it is
    /// what it should be.
    #[must_use]
    pub fn signature_aggregate(&self) -> &[u8] {
        &self.signature_aggregate
    }

    /// The operators' signatures on the lock hash with their identity keys, 65 bytes each if they are what they should
    /// be; none in v1.6.
    #[must_use]
    pub fn node_signatures(&self) -> &[Vec<u8>] {
        &self.node_signatures
    }

    /// The transcript that stood in the file.
    #[must_use]
    pub const fn transcript(&self) -> Option<&Value> {
        self.transcript.as_ref()
    }
}

#[cfg(test)]
mod tests;
