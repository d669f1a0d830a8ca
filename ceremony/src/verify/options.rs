//! What the outsider brings along.

mod file;

use std::collections::{BTreeMap, BTreeSet};

use coram_cluster::ClusterError;
use coram_cluster::address::Address;
use coram_cluster::enr::Enr;
use coram_cluster::network::Network;

use super::catalogue::CheckId;
use super::inputs::{Input, KeystoreFile, NamedFile};
use crate::hex;

/// What is known from outside of the file. The default is nothing at all.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The name of the file that is judged, without its folder, if it has one.
    pub name: Option<String>,
    /// The transcript, where it stands in a file beside the lock.
    pub transcript: Option<NamedFile>,
    /// Deposit-data files beside the lock, or beside the one that is judged.
    pub deposit_files: Vec<NamedFile>,
    /// The keystores of one operator, all of them.
    pub keystores: Option<Vec<KeystoreFile>>,
    /// The cluster's network, where it is not in the table of networks. A network that is expected need not be given again.
    pub network: Option<Network>,
    /// What the lock should say. What is not expected is not anchored.
    pub expectations: Expectations,
    /// Checks whose failure is accepted; the report shows them.
    pub accept: BTreeSet<CheckId>,
    /// The whole reference strings that were rechecked, by the digest of their setup.
    pub strings: BTreeMap<[u8; 32], Input>,
}

/// What somebody who did not make the lock expects of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expectations {
    /// Operators who should be in the cluster. Others may be too; they are not anchored then.
    pub operators: Vec<ExpectedOperator>,
    /// Where the stake of every validator should be withdrawn to.
    pub withdrawal: Option<Address>,
    /// The network.
    pub network: Option<Network>,
    /// Amounts of the deposits of each validator, in Gwei, in any order.
    pub amounts: Vec<u64>,
    /// How many operators must sign together.
    pub threshold: Option<u64>,
    /// The root of the transcript.
    pub transcript: Option<[u8; 32]>,
    /// The setups, by digest, or who contributed to them.
    pub setup: Vec<ExpectedSetup>,
}

/// An operator as an outsider knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExpectedOperator {
    /// By its Ethereum account, which must have signed the definition.
    Address(Address),
    /// By its identity key, compressed secp256k1, which signs every message of the transcript.
    Identity([u8; 33]),
}

impl ExpectedOperator {
    /// Reads an address (`0x…`) or a node record (`enr:…`), of which only the key counts.
    ///
    /// # Errors
    ///
    /// [`ClusterError::Address`] or [`ClusterError::Enr`].
    pub fn parse(text: &str) -> Result<Self, ClusterError> {
        if text.starts_with("enr:") {
            return Ok(Self::Identity(Enr::parse(text)?.public_key()));
        }
        Address::parse("expected operator", text).map(Self::Address)
    }
}

impl std::fmt::Display for ExpectedOperator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Address(address) => write!(f, "{}", address.checksummed()),
            Self::Identity(key) => f.write_str(&coram_cluster::identity::peer_id(key)),
        }
    }
}

/// What an outsider knows of the setups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExpectedSetup {
    /// The digest of all setups of the ceremony, which is its parameter, or of one of them.
    Digest([u8; 32]),
    /// The identity key, compressed secp256k1, of somebody who contributed to both phases of every setup.
    Identity([u8; 33]),
}

impl ExpectedSetup {
    /// Reads a digest (`0x…`) or a node record (`enr:…`), of which only the key counts.
    ///
    /// # Errors
    ///
    /// [`ClusterError::WrongType`] or [`ClusterError::Enr`].
    pub fn parse(text: &str) -> Result<Self, ClusterError> {
        if text.starts_with("enr:") {
            return Ok(Self::Identity(Enr::parse(text)?.public_key()));
        }
        hex::decode_array(text).map(Self::Digest).ok_or_else(|| ClusterError::WrongType {
            path: "expected setup".to_owned(),
            expected: "0x and 64 lowercase hex digits, or a node record",
        })
    }
}

impl std::fmt::Display for ExpectedSetup {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Digest(digest) => f.write_str(&hex::encode(digest)),
            Self::Identity(key) => f.write_str(&coram_cluster::identity::peer_id(key)),
        }
    }
}
