//! The definition file: its members, in Charon's order for each version.

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use crate::address::Address;
use crate::definition::{
    Creator, Definition, MAX_DEPOSIT_AMOUNTS, MAX_OPERATORS, MAX_VALIDATORS, Operator, SharedAddresses,
    ValidatorAddresses,
};
use crate::error::ClusterError;
use crate::json::{Node, hex_text};
use crate::version::Version;

/// The members of a definition, all versions taken together.
pub const MEMBERS: &[&str] = &[
    "name",
    "creator",
    "operators",
    "uuid",
    "version",
    "timestamp",
    "num_validators",
    "threshold",
    "fee_recipient_address",
    "withdrawal_address",
    "validators",
    "dkg_algorithm",
    "fork_version",
    "deposit_amounts",
    "consensus_protocol",
    "target_gas_limit",
    "compounding",
    "config_hash",
    "definition_hash",
    "address",
    "enr",
    "config_signature",
    "enr_signature",
];

/// Takes a definition out of a document. The hashes are the stated ones.
pub(super) fn read(node: &Node<'_>) -> Result<Definition, ClusterError> {
    let version: Version = node.member("version")?.text()?.parse()?;
    let definition = Definition {
        name: optional_text(node, "name")?,
        uuid: node.member("uuid")?.text()?.to_owned(),
        version,
        timestamp: optional_text(node, "timestamp")?,
        num_validators: node.member("num_validators")?.number()?,
        threshold: node.member("threshold")?.number()?,
        dkg_algorithm: node.member("dkg_algorithm")?.text()?.to_owned(),
        fork_version: node.member("fork_version")?.array()?,
        creator: node.optional("creator")?.map_or_else(|| Ok(Creator::default()), |n| creator(&n))?,
        operators: node.member("operators")?.elements(MAX_OPERATORS, operator)?,
        validators: if version.has_validator_addresses() {
            node.member("validators")?.elements(MAX_VALIDATORS, validator)?
        } else {
            Vec::new()
        },
        shared_addresses: if version.has_validator_addresses() {
            SharedAddresses::default()
        } else {
            shared_addresses(node)?
        },
        deposit_amounts: match node.optional("deposit_amounts")? {
            Some(amounts) if version.has_deposit_amounts() => {
                Some(amounts.elements(MAX_DEPOSIT_AMOUNTS, Node::decimal)?)
            }
            _ => None,
        },
        consensus_protocol: if version.has_consensus_protocol() {
            optional_text(node, "consensus_protocol")?
        } else {
            String::new()
        },
        target_gas_limit: match node.optional("target_gas_limit")? {
            Some(limit) if version.has_gas_limit_and_compounding() => limit.number()?,
            _ => 0,
        },
        compounding: match node.optional("compounding")? {
            Some(compounding) if version.has_gas_limit_and_compounding() => compounding.boolean()?,
            _ => false,
        },
        config_hash: node.member("config_hash")?.array()?,
        definition_hash: node.member("definition_hash")?.array()?,
    };
    if version.has_validator_addresses() && definition.num_validators != definition.validators.len() as u64 {
        return Err(ClusterError::ValidatorCount {
            stated: definition.num_validators,
            listed: definition.validators.len(),
        });
    }
    // The hash tree knows every other limit.
    definition.computed_hash()?;
    Ok(definition)
}

fn optional_text(node: &Node<'_>, name: &str) -> Result<String, ClusterError> {
    node.optional(name)?.map_or_else(|| Ok(String::new()), |text| Ok(text.text()?.to_owned()))
}

fn optional_bytes(node: &Node<'_>, name: &str) -> Result<Vec<u8>, ClusterError> {
    node.optional(name)?.map_or_else(|| Ok(Vec::new()), |bytes| bytes.bytes())
}

/// An address that may be absent, which is also written as an empty string.
fn optional_address(node: &Node<'_>, name: &str) -> Result<Option<Address>, ClusterError> {
    let Some(address) = node.optional(name)? else { return Ok(None) };
    let text = address.text()?;
    if text.is_empty() { Ok(None) } else { Address::parse(address.path(), text).map(Some) }
}

fn address(node: &Node<'_>) -> Result<Address, ClusterError> {
    Address::parse(node.path(), node.text()?)
}

fn creator(node: &Node<'_>) -> Result<Creator, ClusterError> {
    Ok(Creator {
        address: optional_address(node, "address")?,
        config_signature: optional_bytes(node, "config_signature")?,
    })
}

fn operator(node: &Node<'_>) -> Result<Operator, ClusterError> {
    Ok(Operator {
        address: optional_address(node, "address")?,
        enr: optional_text(node, "enr")?,
        config_signature: optional_bytes(node, "config_signature")?,
        enr_signature: optional_bytes(node, "enr_signature")?,
    })
}

fn validator(node: &Node<'_>) -> Result<ValidatorAddresses, ClusterError> {
    Ok(ValidatorAddresses {
        fee_recipient: address(&node.member("fee_recipient_address")?)?,
        withdrawal: address(&node.member("withdrawal_address")?)?,
    })
}

fn shared_addresses(node: &Node<'_>) -> Result<SharedAddresses, ClusterError> {
    Ok(SharedAddresses {
        fee_recipient: optional_address(node, "fee_recipient_address")?,
        withdrawal: optional_address(node, "withdrawal_address")?,
    })
}

fn text_of(address: Option<&Address>) -> &str {
    address.map_or("", Address::text)
}

impl Serialize for Definition {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let version = self.version;
        // The count is an upper bound; JSON uses it only to tell an empty object.
        let mut file = serializer.serialize_struct("Definition", 19)?;
        if !self.name.is_empty() {
            file.serialize_field("name", &self.name)?;
        }
        file.serialize_field("creator", &self.creator)?;
        file.serialize_field("operators", &self.operators)?;
        file.serialize_field("uuid", &self.uuid)?;
        file.serialize_field("version", version.as_str())?;
        if !self.timestamp.is_empty() {
            file.serialize_field("timestamp", &self.timestamp)?;
        }
        file.serialize_field("num_validators", &self.num_validators)?;
        file.serialize_field("threshold", &self.threshold)?;
        if version.has_validator_addresses() {
            file.serialize_field("validators", &self.validators)?;
        } else {
            if let Some(address) = &self.shared_addresses.fee_recipient {
                file.serialize_field("fee_recipient_address", address.text())?;
            }
            if let Some(address) = &self.shared_addresses.withdrawal {
                file.serialize_field("withdrawal_address", address.text())?;
            }
        }
        file.serialize_field("dkg_algorithm", &self.dkg_algorithm)?;
        file.serialize_field("fork_version", &hex_text(&self.fork_version))?;
        if version.has_deposit_amounts() {
            let texts = |amounts: &Vec<u64>| amounts.iter().map(u64::to_string).collect::<Vec<_>>();
            file.serialize_field("deposit_amounts", &self.deposit_amounts.as_ref().map(texts))?;
        }
        if version.has_consensus_protocol() {
            file.serialize_field("consensus_protocol", &self.consensus_protocol)?;
        }
        if version.has_gas_limit_and_compounding() {
            file.serialize_field("target_gas_limit", &self.target_gas_limit)?;
            file.serialize_field("compounding", &self.compounding)?;
        }
        file.serialize_field("config_hash", &hex_text(&self.config_hash))?;
        file.serialize_field("definition_hash", &hex_text(&self.definition_hash))?;
        file.end()
    }
}

impl Serialize for Creator {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut file = serializer.serialize_struct("Creator", 2)?;
        file.serialize_field("address", text_of(self.address.as_ref()))?;
        file.serialize_field("config_signature", &hex_text(&self.config_signature))?;
        file.end()
    }
}

impl Serialize for Operator {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut file = serializer.serialize_struct("Operator", 4)?;
        file.serialize_field("address", text_of(self.address.as_ref()))?;
        file.serialize_field("enr", &self.enr)?;
        file.serialize_field("config_signature", &hex_text(&self.config_signature))?;
        file.serialize_field("enr_signature", &hex_text(&self.enr_signature))?;
        file.end()
    }
}

impl Serialize for ValidatorAddresses {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut file = serializer.serialize_struct("ValidatorAddresses", 2)?;
        file.serialize_field("fee_recipient_address", self.fee_recipient.text())?;
        file.serialize_field("withdrawal_address", self.withdrawal.text())?;
        file.end()
    }
}
