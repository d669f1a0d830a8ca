//! New definitions: what `create dkg` of Charon asks for, with its defaults and its checks.

use std::collections::BTreeMap;

use crate::address::Address;
use crate::definition::{
    Creator, Definition, MAX_OPERATORS, MAX_VALIDATORS, Operator, SharedAddresses, ValidatorAddresses,
};
use crate::deposit;
use crate::enr::Enr;
use crate::error::ClusterError;
use crate::json;
use crate::network::Network;
use crate::version::Version;

/// The fewest operators that a definition is created for.
pub const MIN_OPERATORS: usize = 3;
/// The lowest threshold: with 1, each operator would have the whole key.
pub const MIN_THRESHOLD: u64 = 2;
/// The gas limit of builder registrations unless another is asked for.
pub const DEFAULT_TARGET_GAS_LIMIT: u64 = 60_000_000;
/// The consensus protocols that Charon has.
pub(super) const CONSENSUS_PROTOCOLS: [&str; 1] = ["qbft"];

/// What a new definition should say. [`Self::new`] gives Charon's defaults.
#[derive(Clone, Debug)]
pub struct DefinitionRequest {
    /// The network.
    pub network: Network,
    /// An identifier that no other definition has, such as [`uuid_text`] of 16 random bytes.
    pub uuid: String,
    /// Now, RFC 3339 with seconds and offset, such as `2025-01-09T12:51:06+02:00`.
    pub timestamp: String,
    /// v1.10.0, which everybody reads today, or v1.11.0.
    pub version: Version,
    /// A name for people.
    pub name: String,
    /// How many validators.
    pub num_validators: u64,
    /// `None` for [`recommended_threshold`].
    pub threshold: Option<u64>,
    /// One address for all validators, or one for each.
    pub fee_recipient_addresses: Vec<String>,
    /// One address for all validators, or one for each, in their EIP-55 form.
    pub withdrawal_addresses: Vec<String>,
    /// The key generation; `default` leaves it to the program.
    pub dkg_algorithm: String,
    /// Amounts in whole ETH, in the order given. None for the version's defaults.
    pub deposit_amounts: Vec<u64>,
    /// The operators' node records. None if addresses are given; the operators then add their own as they sign.
    pub operator_enrs: Vec<String>,
    /// The operators' accounts, in the order of the records if there are any. None if nobody is to sign.
    pub operator_addresses: Vec<String>,
    /// The creator's account, required if operators are to sign.
    pub creator_address: Option<String>,
    /// Empty, or a consensus protocol that Charon knows.
    pub consensus_protocol: String,
    /// The gas limit of builder registrations.
    pub target_gas_limit: u64,
    /// Whether the validators' rewards compound (withdrawal credentials `0x02`).
    pub compounding: bool,
}

impl DefinitionRequest {
    /// One validator, the recommended threshold, and Charon's other defaults. Operators and addresses are to be
    /// filled in.
    #[must_use]
    pub fn new(network: Network, uuid: String, timestamp: String) -> Self {
        Self {
            network,
            uuid,
            timestamp,
            version: Version::V1_10,
            name: String::new(),
            num_validators: 1,
            threshold: None,
            fee_recipient_addresses: Vec::new(),
            withdrawal_addresses: Vec::new(),
            dkg_algorithm: "default".to_owned(),
            deposit_amounts: Vec::new(),
            operator_enrs: Vec::new(),
            operator_addresses: Vec::new(),
            creator_address: None,
            consensus_protocol: String::new(),
            target_gas_limit: DEFAULT_TARGET_GAS_LIMIT,
            compounding: false,
        }
    }

    /// The definition, not signed yet.
    ///
    /// # Errors
    ///
    /// [`ClusterError::Request`] naming the field that is not as Charon wants it, [`ClusterError::Enr`],
    /// [`ClusterError::Address`] and [`ClusterError::TooLong`] for texts that are not what they should be,
    /// [`ClusterError::DuplicateEnr`] if two operators have one identity key.
    pub fn create(&self) -> Result<Definition, ClusterError> {
        let operators = self.operators()?;
        let threshold = self.checked_threshold(operators.len() as u64)?;
        let creator = Creator { address: self.creator()?, config_signature: Vec::new() };
        self.check_options()?;
        let mut definition = Definition {
            name: self.name.clone(),
            uuid: self.uuid.clone(),
            version: self.version,
            timestamp: self.timestamp.clone(),
            num_validators: self.num_validators,
            threshold,
            dkg_algorithm: self.dkg_algorithm.clone(),
            fork_version: self.network.fork_version(),
            creator,
            operators,
            validators: self.validators()?,
            shared_addresses: SharedAddresses::default(),
            deposit_amounts: self.gwei()?,
            consensus_protocol: self.consensus_protocol.clone(),
            target_gas_limit: self.target_gas_limit,
            compounding: self.compounding,
            config_hash: [0; 32],
            definition_hash: [0; 32],
        };
        definition.set_hashes()?;
        Ok(definition)
    }

    fn check_options(&self) -> Result<(), ClusterError> {
        if !matches!(self.version, Version::V1_10 | Version::V1_11) {
            return refuse("version", "new definitions are v1.10.0 or v1.11.0");
        }
        if self.uuid.is_empty() {
            return refuse("uuid", "it must not be empty");
        }
        let protocol = self.consensus_protocol.as_str();
        if !protocol.is_empty() && !CONSENSUS_PROTOCOLS.contains(&protocol) {
            return refuse("consensus-protocol", "only qbft is known");
        }
        if self.target_gas_limit == 0 {
            return refuse("target-gas-limit", "it must not be 0");
        }
        if self.target_gas_limit > json::MAX_NUMBER {
            return refuse("target-gas-limit", "it must be below 2^53");
        }
        Ok(())
    }

    fn checked_threshold(&self, operators: u64) -> Result<u64, ClusterError> {
        let threshold = self.threshold.unwrap_or_else(|| recommended_threshold(operators));
        if threshold < MIN_THRESHOLD || threshold > operators {
            return refuse("threshold", "it must be at least 2 and at most the number of operators");
        }
        Ok(threshold)
    }

    fn operators(&self) -> Result<Vec<Operator>, ClusterError> {
        let (enrs, addresses) = (&self.operator_enrs, &self.operator_addresses);
        let count = enrs.len().max(addresses.len());
        if count < MIN_OPERATORS {
            return refuse("operator-enrs", "there must be at least 3 operators, by records or by addresses");
        }
        if count > MAX_OPERATORS {
            return refuse("operator-enrs", "there can be at most 256 operators");
        }
        if !enrs.is_empty() && !addresses.is_empty() && enrs.len() != addresses.len() {
            return refuse("operator-addresses", "there must be as many as there are records");
        }
        let parsed: Result<Vec<Enr>, _> = enrs.iter().map(|enr| Enr::parse(enr)).collect();
        distinct_keys(&parsed?)?;
        let operator = |place: usize| {
            let address =
                addresses.get(place).map(|text| prefixed("operator-addresses", text)).transpose()?;
            let enr = enrs.get(place).cloned().unwrap_or_default();
            Ok(Operator { address, enr, config_signature: Vec::new(), enr_signature: Vec::new() })
        };
        (0..count).map(operator).collect()
    }

    fn creator(&self) -> Result<Option<Address>, ClusterError> {
        match &self.creator_address {
            Some(text) => prefixed("creator-address", text).map(Some),
            None if self.operator_addresses.is_empty() => Ok(None),
            None => refuse("creator-address", "where operators sign, the creator has to sign too"),
        }
    }

    fn validators(&self) -> Result<Vec<ValidatorAddresses>, ClusterError> {
        let count = usize::try_from(self.num_validators).unwrap_or(usize::MAX);
        if count == 0 || count > MAX_VALIDATORS {
            return refuse("num-validators", "it must be from 1 to 65536");
        }
        let fee_recipients = per_validator("fee-recipient-addresses", &self.fee_recipient_addresses, count)?;
        let withdrawals = per_validator("withdrawal-addresses", &self.withdrawal_addresses, count)?;
        let pair = |(fee_recipient, withdrawal): (&String, &String)| {
            Ok(ValidatorAddresses {
                fee_recipient: prefixed("fee-recipient-addresses", fee_recipient)?,
                withdrawal: self.withdrawal(withdrawal)?,
            })
        };
        fee_recipients.zip(withdrawals).map(pair).collect()
    }

    /// The stake is paid out there, so a mistyped address must not pass.
    fn withdrawal(&self, text: &str) -> Result<Address, ClusterError> {
        let address = prefixed("withdrawal-addresses", text)?;
        if !address.is_checksummed() {
            let expected = address.checksummed();
            let reason = format!("{text} is not in its EIP-55 form, which would be {expected}");
            return Err(ClusterError::Request { field: "withdrawal-addresses", reason });
        }
        if address.is_zero() && self.network.is_production() {
            return refuse("withdrawal-addresses", "what is paid to the zero address is lost");
        }
        Ok(address)
    }

    fn gwei(&self) -> Result<Option<Vec<u64>>, ClusterError> {
        if self.deposit_amounts.is_empty() {
            return Ok(None);
        }
        let amounts: Option<Vec<u64>> =
            self.deposit_amounts.iter().map(|eth| eth.checked_mul(deposit::ETH)).collect();
        let Some(amounts) = amounts else { return refuse("deposit-amounts", "an amount is out of range") };
        deposit::check_amounts(&amounts, self.compounding)?;
        Ok(Some(amounts))
    }
}

/// The threshold that keeps a cluster safe and live with up to a third of its operators faulty: `ceil(2n/3)`.
#[must_use]
pub const fn recommended_threshold(operators: u64) -> u64 {
    operators.saturating_mul(2).div_ceil(3)
}

/// 16 random bytes as Charon writes identifiers: upper case, 8-4-4-4-12, marked as a version 4 UUID.
#[must_use]
pub fn uuid_text(random: &[u8; 16]) -> String {
    let mut bytes = *random;
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let digits = hex::encode_upper(bytes);
    [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]].join("-")
}

/// Refuses two operators with one identity key: whoever has it would hold two shares.
pub(super) fn distinct_keys(enrs: &[Enr]) -> Result<(), ClusterError> {
    let mut seen = BTreeMap::new();
    for (second, enr) in (1_u16..).zip(enrs) {
        if let Some(first) = seen.insert(enr.public_key(), second) {
            return Err(ClusterError::DuplicateEnr { first, second, peer_id: enr.peer_id() });
        }
    }
    Ok(())
}

fn per_validator<'a>(
    field: &'static str,
    addresses: &'a [String],
    validators: usize,
) -> Result<impl Iterator<Item = &'a String>, ClusterError> {
    if addresses.len() != 1 && addresses.len() != validators {
        return refuse(field, "one address is needed for all validators, or one for each");
    }
    Ok(addresses.iter().cycle().take(validators))
}

fn prefixed(field: &'static str, text: &str) -> Result<Address, ClusterError> {
    let address = Address::parse(field, text)?;
    if address.has_prefix() { Ok(address) } else { refuse(field, "addresses start with 0x") }
}

fn refuse<T>(field: &'static str, reason: &str) -> Result<T, ClusterError> {
    Err(ClusterError::Request { field, reason: reason.to_owned() })
}
