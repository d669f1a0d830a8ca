//! Config hash and definition hash: one tree, with and without node records, signatures and the config hash.

use crate::address::Address;
use crate::definition::{
    Creator, Definition, MAX_DEPOSIT_AMOUNTS, MAX_OPERATORS, MAX_VALIDATORS, Operator, ValidatorAddresses,
};
use crate::error::ClusterError;
use crate::ssz::{self, Root};
use crate::version::Version;

/// What a hash covers.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Coverage {
    /// The configuration alone: of operators and creator, only addresses.
    Config,
    /// Everything, the stated config hash included.
    Definition,
}

/// The hash of the configuration.
pub(super) fn config_hash(definition: &Definition) -> Result<Root, ClusterError> {
    root(definition, Coverage::Config)
}

/// The hash of the whole definition, over the config hash that it states.
pub(super) fn definition_hash(definition: &Definition) -> Result<Root, ClusterError> {
    root(definition, Coverage::Definition)
}

/// Compares a stated hash with the recomputed one.
pub(super) fn compare(what: &'static str, stated: Root, computed: Root) -> Result<(), ClusterError> {
    if stated == computed { Ok(()) } else { Err(ClusterError::HashMismatch { what, stated, computed }) }
}

fn root(definition: &Definition, coverage: Coverage) -> Result<Root, ClusterError> {
    let version = definition.version;
    let mut fields = vec![
        ssz::byte_list("uuid", definition.uuid.as_bytes(), 64)?,
        ssz::byte_list("name", definition.name.as_bytes(), 256)?,
        ssz::byte_list("version", version.as_str().as_bytes(), 16)?,
        ssz::byte_list("timestamp", definition.timestamp.as_bytes(), 32)?,
        ssz::number(definition.num_validators),
        ssz::number(definition.threshold),
    ];
    if !version.has_validator_addresses() {
        let shared = &definition.shared_addresses;
        fields.extend(address(shared.fee_recipient.as_ref(), version)?);
        fields.extend(address(shared.withdrawal.as_ref(), version)?);
    }
    fields.push(ssz::byte_list("dkg_algorithm", definition.dkg_algorithm.as_bytes(), 32)?);
    fields.push(ssz::fixed_bytes("fork_version", &definition.fork_version, 4)?);
    let operators: Result<Vec<Root>, _> =
        definition.operators.iter().map(|o| operator(o, version, coverage)).collect();
    fields.push(ssz::list("operators", &operators?, MAX_OPERATORS)?);
    fields.push(creator(&definition.creator, version, coverage)?);
    if version.has_validator_addresses() {
        fields.push(validators(definition)?);
    }
    if version.has_deposit_amounts() {
        fields.push(ssz::number_list("deposit_amounts", definition.deposit_amounts(), MAX_DEPOSIT_AMOUNTS)?);
    }
    if version.has_consensus_protocol() {
        fields.push(ssz::byte_list("consensus_protocol", definition.consensus_protocol.as_bytes(), 256)?);
    }
    if version.has_gas_limit_and_compounding() {
        fields.push(ssz::number(definition.target_gas_limit));
        fields.push(ssz::boolean(definition.compounding));
    }
    if coverage == Coverage::Definition {
        fields.push(definition.config_hash);
    }
    Ok(ssz::container(&fields))
}

fn operator(operator: &Operator, version: Version, coverage: Coverage) -> Result<Root, ClusterError> {
    let mut fields = Vec::from_iter(address(operator.address.as_ref(), version)?);
    if coverage == Coverage::Definition {
        fields.push(ssz::byte_list("enr", operator.enr.as_bytes(), 1024)?);
        fields.extend(signature(&operator.config_signature, version)?);
        fields.extend(signature(&operator.enr_signature, version)?);
    }
    Ok(ssz::container(&fields))
}

fn creator(creator: &Creator, version: Version, coverage: Coverage) -> Result<Root, ClusterError> {
    let mut fields = Vec::from_iter(address(creator.address.as_ref(), version)?);
    if coverage == Coverage::Definition {
        fields.extend(signature(&creator.config_signature, version)?);
    }
    Ok(ssz::container(&fields))
}

fn validators(definition: &Definition) -> Result<Root, ClusterError> {
    let pair = |v: &ValidatorAddresses| {
        let root = |address: &Address| ssz::fixed_bytes("address", &address.bytes(), 20);
        Ok(ssz::container(&[root(&v.fee_recipient)?, root(&v.withdrawal)?]))
    };
    let roots: Result<Vec<Root>, ClusterError> = definition.validators.iter().map(pair).collect();
    ssz::list("validators", &roots?, MAX_VALIDATORS)
}

/// An absent address is hashed as zeros; up to v1.4 it has no leaf at all.
fn address(address: Option<&Address>, version: Version) -> Result<Option<Root>, ClusterError> {
    match address {
        None if !version.has_validator_addresses() => Ok(None),
        None => Ok(Some([0; 32])),
        Some(address) => ssz::fixed_bytes("address", &address.bytes(), 20).map(Some),
    }
}

/// An absent signature is hashed as zeros, or as an empty list; up to v1.4 it has no leaf at all.
fn signature(bytes: &[u8], version: Version) -> Result<Option<Root>, ClusterError> {
    if version.has_signature_lists() {
        ssz::signature_list("signature", bytes).map(Some)
    } else if bytes.is_empty() && !version.has_validator_addresses() {
        Ok(None)
    } else {
        ssz::fixed_bytes("signature", bytes, ssz::SIGNATURE_LEN).map(Some)
    }
}
