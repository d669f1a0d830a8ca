//! Who signed a definition: EIP-712 signatures of the creator and the operators.
//!
//! A definition has one of three legal [`Shape`]s. An account can be a contract (a Safe, say), whose signature only
//! the contract can judge: what does not recover to the declared address is therefore neither a pass nor a failure
//! here, but needs an execution client that asks the contract (ERC-1271).

use std::fmt;

use crate::address::Address;
use crate::definition::{Creator, Definition, Operator};
use crate::eip712::{self, Message};
use crate::enr::Enr;
use crate::error::ClusterError;
use crate::ethereum::{self, EthereumKey};
use crate::network::Network;
use crate::ssz::{MAX_SIGNATURES, SIGNATURE_LEN};
use crate::version::Version;

/// Which of the legal combinations of signatures a definition has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Nobody signed: the definition says which nodes take part, and nobody vouches for it.
    Unsigned,
    /// The creator alone signed.
    Solo,
    /// The creator and every operator signed.
    Group,
}

impl Shape {
    /// `unsigned`, `solo` or `group`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unsigned => "unsigned",
            Self::Solo => "solo",
            Self::Group => "group",
        }
    }
}

/// One of the signatures that a definition can hold. Operators are counted from 1, as shares are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Signer {
    /// The creator, over the config hash.
    Creator,
    /// An operator, over the config hash.
    OperatorConfig(u16),
    /// An operator, over its node record.
    OperatorEnr(u16),
}

impl fmt::Display for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Creator => f.write_str("creator (config hash)"),
            Self::OperatorConfig(index) => write!(f, "operator {index} (config hash)"),
            Self::OperatorEnr(index) => write!(f, "operator {index} (node record)"),
        }
    }
}

/// What can be said about one signature without a connection to the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignatureStatus {
    /// There is none. In a definition of a legal shape there need not be one.
    Absent,
    /// It is the declared account's.
    Verified,
    /// It is not that of an account with a key at the declared address. Whether it is that of a contract there
    /// only an execution client can tell.
    NeedsExecutionClient,
    /// It is nobody's: the reason is a matter of form.
    Malformed(&'static str),
}

/// One signature, whose it should be, and what can be said about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignatureCheck {
    /// Which signature.
    pub signer: Signer,
    /// The declared account.
    pub address: Option<Address>,
    /// What can be said about it.
    pub status: SignatureStatus,
}

/// What can be said about all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignatureVerdict {
    /// Every signature that the shape requires verifies. For an unsigned definition that is none.
    Verified,
    /// Nothing is malformed, but at least one signature needs an execution client.
    NeedsExecutionClient,
    /// At least one signature is nobody's.
    Invalid,
}

/// The signatures of a definition of a legal shape: the creator's, then two for each operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignatureReport {
    /// The shape.
    pub shape: Shape,
    /// Every signature that the definition can hold, absent ones included.
    pub checks: Vec<SignatureCheck>,
}

impl SignatureReport {
    /// The signatures in one sentence. It is never better than the worst of them.
    #[must_use]
    pub fn verdict(&self) -> SignatureVerdict {
        let any = |test: fn(&SignatureStatus) -> bool| self.checks.iter().any(|check| test(&check.status));
        if any(|status| matches!(status, SignatureStatus::Malformed(_))) {
            SignatureVerdict::Invalid
        } else if any(|status| *status == SignatureStatus::NeedsExecutionClient) {
            SignatureVerdict::NeedsExecutionClient
        } else {
            SignatureVerdict::Verified
        }
    }

    /// Whose signatures need an execution client.
    #[must_use]
    pub fn needs_execution_client(&self) -> Vec<Signer> {
        let open = self.checks.iter().filter(|check| check.status == SignatureStatus::NeedsExecutionClient);
        open.map(|check| check.signer).collect()
    }

    /// Whose signatures are nobody's, and why.
    #[must_use]
    pub fn malformed(&self) -> Vec<(Signer, &'static str)> {
        let reason = |check: &SignatureCheck| match check.status {
            SignatureStatus::Malformed(reason) => Some((check.signer, reason)),
            _ => None,
        };
        self.checks.iter().filter_map(reason).collect()
    }
}

impl Definition {
    /// Checks every signature, over the config hash that the definition states.
    ///
    /// # Errors
    ///
    /// [`ClusterError::SignatureShape`] if signatures are missing that others make necessary,
    /// [`ClusterError::Network`] if `network` is not the definition's.
    pub fn verify_signatures(&self, network: &Network) -> Result<SignatureReport, ClusterError> {
        let checks = self.check_each_signature(network)?;
        Ok(SignatureReport { shape: self.shape()?, checks })
    }

    /// Checks every signature that is there, as long as the others are still being collected.
    ///
    /// # Errors
    ///
    /// [`ClusterError::Network`] if `network` is not the definition's.
    pub fn check_each_signature(&self, network: &Network) -> Result<Vec<SignatureCheck>, ClusterError> {
        self.expect_network(network)?;
        let config_hash = &self.config_hash;
        let check = |signer, address: Option<&Address>, signature, message| SignatureCheck {
            signer,
            address: address.cloned(),
            status: status(self.version, network, address, signature, message),
        };
        let creator = &self.creator;
        let message = Message::CreatorConfigHash(config_hash);
        let mut checks =
            vec![check(Signer::Creator, creator.address.as_ref(), &creator.config_signature, message)];
        for (index, operator) in self.numbered() {
            let (address, config) = (operator.address.as_ref(), Message::OperatorConfigHash(config_hash));
            checks.push(check(Signer::OperatorConfig(index), address, &operator.config_signature, config));
            let enr = Message::Enr(&operator.enr);
            checks.push(check(Signer::OperatorEnr(index), address, &operator.enr_signature, enr));
        }
        Ok(checks)
    }

    /// Which of the legal combinations of signatures this is. The signatures are not verified.
    ///
    /// # Errors
    ///
    /// [`ClusterError::SignatureShape`] if it is none of them, naming who has to sign.
    pub fn shape(&self) -> Result<Shape, ClusterError> {
        let unsigned =
            |o: &Operator| o.address.is_none() && o.config_signature.is_empty() && o.enr_signature.is_empty();
        let creator_unsigned = self.creator.address.is_none() && self.creator.config_signature.is_empty();
        let mut missing = Vec::new();
        if self.creator.config_signature.is_empty() {
            missing.push(Signer::Creator);
        }
        if self.operators.iter().all(unsigned) {
            return match (creator_unsigned, missing.is_empty()) {
                (true, _) => Ok(Shape::Unsigned),
                (false, true) => Ok(Shape::Solo),
                (false, false) => Err(ClusterError::SignatureShape { missing }),
            };
        }
        for (index, operator) in self.numbered() {
            if operator.config_signature.is_empty() {
                missing.push(Signer::OperatorConfig(index));
            }
            if operator.enr_signature.is_empty() {
                missing.push(Signer::OperatorEnr(index));
            }
        }
        if missing.is_empty() { Ok(Shape::Group) } else { Err(ClusterError::SignatureShape { missing }) }
    }

    /// Signs as the operator with this share index (from 1): the config hash and the operator's node record, which
    /// `enr` supplies where the definition has none yet. The definition hash changes.
    ///
    /// # Errors
    ///
    /// [`ClusterError::NotTheSigner`] if the definition does not name this key's account,
    /// [`ClusterError::EnrMismatch`] if it holds another record, [`ClusterError::NoOperator`] if there is no such
    /// operator, [`ClusterError::Network`] if `network` is not the definition's.
    pub fn sign_as_operator(
        &mut self,
        index: u16,
        enr: Option<&Enr>,
        key: &EthereumKey,
        network: &Network,
    ) -> Result<(), ClusterError> {
        self.expect_network(network)?;
        self.verify_hashes()?;
        let config_hash = self.config_hash;
        let place = usize::from(index).checked_sub(1);
        let operator = place.and_then(|place| self.operators.get_mut(place));
        let operator = operator.ok_or(ClusterError::NoOperator(index))?;
        expect_account(Signer::OperatorConfig(index), operator.address.as_ref(), key)?;
        match enr {
            Some(enr) if operator.enr.is_empty() => operator.enr = enr.text().to_owned(),
            Some(enr) if enr.text() != operator.enr => return Err(ClusterError::EnrMismatch(index)),
            _ => {
                Enr::parse(&operator.enr)?;
            }
        }
        let chain = network.chain_id();
        let message = Message::OperatorConfigHash(&config_hash);
        operator.config_signature = key.sign(&eip712::digest(chain, message)).to_vec();
        operator.enr_signature = key.sign(&eip712::digest(chain, Message::Enr(&operator.enr))).to_vec();
        self.set_hashes()
    }

    /// Signs as the creator. The definition hash changes.
    ///
    /// # Errors
    ///
    /// [`ClusterError::NotTheSigner`] if the definition does not name this key's account as the creator,
    /// [`ClusterError::Network`] if `network` is not the definition's.
    pub fn sign_as_creator(&mut self, key: &EthereumKey, network: &Network) -> Result<(), ClusterError> {
        self.expect_network(network)?;
        self.verify_hashes()?;
        expect_account(Signer::Creator, self.creator.address.as_ref(), key)?;
        let digest = eip712::digest(network.chain_id(), Message::CreatorConfigHash(&self.config_hash));
        self.creator.config_signature = key.sign(&digest).to_vec();
        self.set_hashes()
    }

    /// Takes over the node records and signatures that `other`, a copy with the same config hash, has and this one
    /// lacks, so that operators can sign copies at the same time.
    ///
    /// # Errors
    ///
    /// [`ClusterError::HashMismatch`] if the config hashes differ, [`ClusterError::SignatureConflict`] if both have
    /// a signature or a record, and not the same. The definition is then unchanged.
    pub fn merge_signatures(&mut self, other: &Self) -> Result<(), ClusterError> {
        super::hash::compare("config hash", other.config_hash, self.config_hash)?;
        let mut merged = self.clone();
        let Creator { config_signature, .. } = &other.creator;
        take_over(Signer::Creator, &mut merged.creator.config_signature, config_signature)?;
        for ((index, theirs), ours) in other.numbered().zip(&mut merged.operators) {
            let (config, enr) = (Signer::OperatorConfig(index), Signer::OperatorEnr(index));
            take_over(config, &mut ours.config_signature, &theirs.config_signature)?;
            take_over(enr, &mut ours.enr_signature, &theirs.enr_signature)?;
            if ours.enr.is_empty() {
                ours.enr.clone_from(&theirs.enr);
            } else if !theirs.enr.is_empty() && ours.enr != theirs.enr {
                return Err(ClusterError::SignatureConflict(enr));
            }
        }
        merged.set_hashes()?;
        *self = merged;
        Ok(())
    }

    /// The operators with their share indices, from 1.
    fn numbered(&self) -> impl Iterator<Item = (u16, &Operator)> {
        (1_u16..).zip(&self.operators)
    }

    /// Refuses a network that is not the definition's: its chain id would make every signature look wrong.
    pub(super) fn expect_network(&self, network: &Network) -> Result<(), ClusterError> {
        if network.fork_version() == self.fork_version {
            return Ok(());
        }
        let (ours, theirs) = (hex::encode(self.fork_version), hex::encode(network.fork_version()));
        let name = network.name();
        Err(ClusterError::Network(format!(
            "the definition's fork version is 0x{ours}, that of {name} is 0x{theirs}"
        )))
    }
}

fn take_over(signer: Signer, ours: &mut Vec<u8>, theirs: &[u8]) -> Result<(), ClusterError> {
    if ours.is_empty() {
        *ours = theirs.to_vec();
    } else if !theirs.is_empty() && ours != theirs {
        return Err(ClusterError::SignatureConflict(signer));
    }
    Ok(())
}

fn expect_account(signer: Signer, declared: Option<&Address>, key: &EthereumKey) -> Result<(), ClusterError> {
    let account = key.address();
    if declared == Some(&account) {
        return Ok(());
    }
    let declared = declared.map_or_else(|| "no account".to_owned(), Address::checksummed);
    Err(ClusterError::NotTheSigner { signer, declared, account: account.checksummed() })
}

fn status(
    version: Version,
    network: &Network,
    address: Option<&Address>,
    signature: &[u8],
    message: Message<'_>,
) -> SignatureStatus {
    use SignatureStatus::{Absent, Malformed, NeedsExecutionClient, Verified};
    if signature.is_empty() {
        return Absent;
    }
    let Some(address) = address else { return Malformed("no address is declared for it") };
    if !address.has_prefix() {
        return Malformed("the declared address does not start with 0x");
    }
    if let Ok(signature) = signature.try_into() {
        let digest = eip712::digest(network.chain_id(), message);
        return if ethereum::recover(&digest, signature) == Some(address.bytes()) {
            Verified
        } else {
            NeedsExecutionClient
        };
    }
    let whole =
        signature.len().is_multiple_of(SIGNATURE_LEN) && signature.len() <= MAX_SIGNATURES * SIGNATURE_LEN;
    match (version.has_signature_lists(), whole) {
        (true, true) => NeedsExecutionClient,
        (true, false) => Malformed("its length is not a multiple of 65, or more than 32 times 65"),
        (false, _) => Malformed("it has not 65 bytes"),
    }
}
