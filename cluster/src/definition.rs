//! The cluster definition: what the operators agree on before a ceremony.
//!
//! [`Definition`] is the meaning and `json` is the file. Texts that hashes cover (addresses, ENRs, timestamp)
//! are kept as they were read.

mod create;
mod hash;
mod json;
mod lint;
mod roster;
mod signatures;
mod summary;

use crate::address::Address;
use crate::error::ClusterError;
use crate::json::{self as strict, Node};
use crate::network::Network;
use crate::version::Version;

/// The members of a definition, all versions taken together, for [`crate::json::check`].
pub use json::MEMBERS;

pub use create::{
    DEFAULT_TARGET_GAS_LIMIT, DefinitionRequest, MIN_OPERATORS, MIN_THRESHOLD, recommended_threshold,
    uuid_text,
};
pub use lint::{Finding, Severity};
pub use signatures::{Shape, SignatureCheck, SignatureReport, SignatureStatus, SignatureVerdict, Signer};
pub use summary::{OperatorSummary, Summary, ValidatorGroup};

/// The most operators that a definition can list.
pub const MAX_OPERATORS: usize = 256;
/// The most validators that a definition can list.
pub const MAX_VALIDATORS: usize = 65_536;
/// The most deposit amounts that a definition can list.
pub const MAX_DEPOSIT_AMOUNTS: usize = 256;

/// One operator. Its place in the definition, from 0, is its node index; its share index is one more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operator {
    pub(crate) address: Option<Address>,
    pub(crate) enr: String,
    pub(crate) config_signature: Vec<u8>,
    pub(crate) enr_signature: Vec<u8>,
}

impl Operator {
    /// The Ethereum address that signs for it; none in an unsigned definition.
    #[must_use]
    pub const fn address(&self) -> Option<&Address> {
        self.address.as_ref()
    }

    /// The node record exactly as it stands in the file.
    #[must_use]
    pub fn enr(&self) -> &str {
        &self.enr
    }

    /// Its signature over the config hash; empty when it did not sign.
    #[must_use]
    pub fn config_signature(&self) -> &[u8] {
        &self.config_signature
    }

    /// Its signature over the node record; empty when it did not sign.
    #[must_use]
    pub fn enr_signature(&self) -> &[u8] {
        &self.enr_signature
    }
}

/// Who wrote the definition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Creator {
    pub(crate) address: Option<Address>,
    pub(crate) config_signature: Vec<u8>,
}

impl Creator {
    /// The Ethereum address that signs for the creator, if there is one.
    #[must_use]
    pub const fn address(&self) -> Option<&Address> {
        self.address.as_ref()
    }

    /// The creator's signature over the config hash; empty when there is none.
    #[must_use]
    pub fn config_signature(&self) -> &[u8] {
        &self.config_signature
    }
}

/// Where one validator's rewards and stake go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValidatorAddresses {
    pub(crate) fee_recipient: Address,
    pub(crate) withdrawal: Address,
}

impl ValidatorAddresses {
    /// Receives the priority fees of proposed blocks.
    #[must_use]
    pub const fn fee_recipient(&self) -> &Address {
        &self.fee_recipient
    }

    /// Receives the stake and its rewards.
    #[must_use]
    pub const fn withdrawal(&self) -> &Address {
        &self.withdrawal
    }
}

/// v1.4 has one pair of addresses for all validators, and either may be absent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SharedAddresses {
    pub(crate) fee_recipient: Option<Address>,
    pub(crate) withdrawal: Option<Address>,
}

/// A cluster definition. Its fields are within the limits of their hash trees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Definition {
    pub(crate) name: String,
    pub(crate) uuid: String,
    pub(crate) version: Version,
    pub(crate) timestamp: String,
    pub(crate) num_validators: u64,
    pub(crate) threshold: u64,
    pub(crate) dkg_algorithm: String,
    pub(crate) fork_version: [u8; 4],
    pub(crate) creator: Creator,
    pub(crate) operators: Vec<Operator>,
    pub(crate) validators: Vec<ValidatorAddresses>,
    pub(crate) shared_addresses: SharedAddresses,
    /// `None` is written as `null`, `Some(vec![])` as `[]`.
    pub(crate) deposit_amounts: Option<Vec<u64>>,
    pub(crate) consensus_protocol: String,
    pub(crate) target_gas_limit: u64,
    pub(crate) compounding: bool,
    pub(crate) config_hash: [u8; 32],
    pub(crate) definition_hash: [u8; 32],
}

impl Definition {
    /// Reads a definition file, strictly, and compares both of its hashes with recomputed ones.
    ///
    /// # Errors
    ///
    /// Whatever [`crate::json::check`] and [`Self::read`] report; [`ClusterError::HashMismatch`] when a hash
    /// does not belong to the content.
    pub fn parse(bytes: &[u8]) -> Result<Self, ClusterError> {
        let value = strict::check(bytes, MEMBERS)?;
        let definition = Self::read(&Node::root(&value))?;
        definition.verify_hashes()?;
        Ok(definition)
    }

    /// Takes a definition out of strictly read JSON. Its hashes are those that the file states:
    /// call [`Self::verify_hashes`] before relying on them.
    ///
    /// # Errors
    ///
    /// A missing or mistyped member, an unknown version, a number of validators that is not the length of their
    /// list, and anything longer than its hash tree admits.
    pub fn read(node: &Node<'_>) -> Result<Self, ClusterError> {
        json::read(node)
    }

    /// The file, byte for byte as Charon writes it: an indent of one space, no newline at the end.
    ///
    /// # Errors
    ///
    /// [`ClusterError::Json`] if the serializer fails, which it has no reason to.
    pub fn to_json(&self) -> Result<Vec<u8>, ClusterError> {
        strict::to_go_json(self)
    }

    /// Compares the stated config hash and definition hash with the content.
    ///
    /// # Errors
    ///
    /// [`ClusterError::HashMismatch`] naming the first that differs.
    pub fn verify_hashes(&self) -> Result<(), ClusterError> {
        let config_hash = hash::config_hash(self)?;
        hash::compare("config hash", self.config_hash, config_hash)?;
        hash::compare("definition hash", self.definition_hash, hash::definition_hash(self)?)
    }

    /// Recomputes both hashes after the content was changed.
    pub(crate) fn set_hashes(&mut self) -> Result<(), ClusterError> {
        self.config_hash = hash::config_hash(self)?;
        self.definition_hash = hash::definition_hash(self)?;
        Ok(())
    }

    /// The hash of the content, with the config hash that the definition states, as the lock covers it.
    ///
    /// # Errors
    ///
    /// [`ClusterError::TooLong`] for a field beyond its limit, which no definition that was read has.
    pub fn computed_hash(&self) -> Result<[u8; 32], ClusterError> {
        hash::definition_hash(self)
    }

    /// A name for people; may be empty.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The identifier that its creator chose.
    #[must_use]
    pub fn uuid(&self) -> &str {
        &self.uuid
    }

    /// The version of the format, for the definition and for its lock.
    #[must_use]
    pub const fn version(&self) -> Version {
        self.version
    }

    /// When it was created, RFC 3339; opaque, may be empty.
    #[must_use]
    pub fn timestamp(&self) -> &str {
        &self.timestamp
    }

    /// How many validators the ceremony makes keys for.
    #[must_use]
    pub const fn num_validators(&self) -> u64 {
        self.num_validators
    }

    /// How many operators must act together. Nothing but its type was checked on reading.
    #[must_use]
    pub const fn threshold(&self) -> u64 {
        self.threshold
    }

    /// The key generation that the creator asked for, such as `default`.
    #[must_use]
    pub fn dkg_algorithm(&self) -> &str {
        &self.dkg_algorithm
    }

    /// The genesis fork version of the network.
    #[must_use]
    pub const fn fork_version(&self) -> [u8; 4] {
        self.fork_version
    }

    /// The network of the table, if the fork version is one of its.
    #[must_use]
    pub fn network(&self) -> Option<Network> {
        Network::by_fork_version(self.fork_version)
    }

    /// Who wrote the definition.
    #[must_use]
    pub const fn creator(&self) -> &Creator {
        &self.creator
    }

    /// The operators in order; share index `i` belongs to `operators()[i - 1]`.
    #[must_use]
    pub fn operators(&self) -> &[Operator] {
        &self.operators
    }

    /// The validators' addresses in order; from v1.5 on as many as [`Self::num_validators`].
    #[must_use]
    pub fn validators(&self) -> &[ValidatorAddresses] {
        &self.validators
    }

    /// The deposit amounts in Gwei as given, repetitions included; empty when none were given.
    #[must_use]
    pub fn deposit_amounts(&self) -> &[u64] {
        self.deposit_amounts.as_deref().unwrap_or_default()
    }

    /// The preferred consensus protocol; empty when none was given.
    #[must_use]
    pub fn consensus_protocol(&self) -> &str {
        &self.consensus_protocol
    }

    /// The gas limit for builder registrations; 0 when none was given.
    #[must_use]
    pub const fn target_gas_limit(&self) -> u64 {
        self.target_gas_limit
    }

    /// Whether withdrawal credentials compound (`0x02`).
    #[must_use]
    pub const fn compounding(&self) -> bool {
        self.compounding
    }

    /// The hash of what all agree on: everything but node records and signatures.
    #[must_use]
    pub const fn config_hash(&self) -> [u8; 32] {
        self.config_hash
    }

    /// The hash of everything.
    #[must_use]
    pub const fn definition_hash(&self) -> [u8; 32] {
        self.definition_hash
    }
}
