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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::SharedAddresses;

    fn repeated(byte: u8) -> Address {
        Address::from_bytes([byte; 20])
    }

    fn base(version: Version) -> Definition {
        let operator = |(byte, enr): (u8, &str)| Operator {
            address: Some(repeated(byte)),
            enr: enr.to_owned(),
            config_signature: Vec::new(),
            enr_signature: Vec::new(),
        };
        let addresses = ValidatorAddresses { fee_recipient: repeated(0xaa), withdrawal: repeated(0xbb) };
        let records = [(0x11, "enr:-Iu4QNHNMf"), (0x22, "enr:-Iu4QABCDef"), (0x33, "enr:-Iu4QXYZghi")];
        Definition {
            name: "test-cluster-3of4".to_owned(),
            uuid: "f4c00e58-1a54-4e55-8d76-2b2a6d4c3f9a".to_owned(),
            version,
            timestamp: "2024-06-15T12:00:00Z".to_owned(),
            num_validators: 2,
            threshold: 3,
            dkg_algorithm: "default".to_owned(),
            fork_version: [0, 0, 0x10, 0x20],
            creator: Creator { address: Some(repeated(0x11)), config_signature: Vec::new() },
            operators: records.into_iter().map(operator).collect(),
            validators: vec![addresses.clone(), addresses],
            shared_addresses: SharedAddresses::default(),
            deposit_amounts: None,
            consensus_protocol: String::new(),
            target_gas_limit: 0,
            compounding: false,
            config_hash: [0; 32],
            definition_hash: [0; 32],
        }
    }

    fn hashes(mut definition: Definition) -> (String, String) {
        definition.set_hashes().unwrap();
        (hex::encode(definition.config_hash), hex::encode(definition.definition_hash))
    }

    #[test]
    fn config_hashes_are_charons() {
        let plain = |version| hashes(base(version)).0;
        assert_eq!(plain(Version::V1_5), "16612ab44e0e3605ab74f2d711afe6db71ab673967aa3be4ee565f3aa64415a9");
        assert_eq!(plain(Version::V1_7), "c0ade8b834d7731f4076d364472be55974a9cb23ed97cc828bf5661b1df1c564");
        let v1_10 = Definition {
            deposit_amounts: Some(vec![32_000_000_000]),
            consensus_protocol: "abft".to_owned(),
            target_gas_limit: 30_000_000,
            compounding: true,
            ..base(Version::V1_10)
        };
        assert_eq!(hashes(v1_10).0, "5e16fdd44a25d37ebce15ea9d2069ec9d0930ce8d3a0e9091f82edae5969b306");
    }

    #[test]
    fn v1_11_hashes_signatures_as_lists() {
        let mut definition = Definition {
            deposit_amounts: Some(vec![32_000_000_000]),
            consensus_protocol: "qbft".to_owned(),
            target_gas_limit: 60_000_000,
            ..base(Version::V1_11)
        };
        let (config, unsigned) = hashes(definition.clone());
        assert_eq!(config, "f44af60fc8175d4e838e049780f0d70d49a62e51465e376a9c484173a4c5e4f2");
        assert_eq!(unsigned, "e19749d8ec4f50b19fd4d0f00e9a7ef891af3fce0523624f17afc6a02efcf505");
        definition.operators[0].config_signature = vec![0x11; 65];
        definition.operators[0].enr_signature = vec![0x22; 130];
        definition.creator.config_signature = vec![0x33; 195];
        let (same, signed) = hashes(definition);
        assert_eq!(same, config);
        assert_eq!(signed, "1b6b11b617035bb2c4b4b3db5e509b39cfeb357c1a93848db4630d242dbdb909");
    }

    /// What is changed, whether it belongs to the configuration, and how.
    type Change = (&'static str, bool, fn(&mut Definition));

    #[test]
    fn the_config_hash_covers_what_all_agree_on_and_the_definition_hash_everything() {
        let (config, whole) = hashes(base(Version::V1_10));
        let changes: [Change; 18] = [
            ("name", true, |d| d.name.push('x')),
            ("uuid", true, |d| d.uuid.push('x')),
            ("version", true, |d| d.version = Version::V1_9),
            ("timestamp", true, |d| d.timestamp.push('x')),
            ("num_validators", true, |d| d.num_validators += 1),
            ("threshold", true, |d| d.threshold += 1),
            ("dkg_algorithm", true, |d| d.dkg_algorithm.push('x')),
            ("fork_version", true, |d| d.fork_version[0] ^= 1),
            ("creator", true, |d| d.creator.address = None),
            ("operator's address", true, |d| d.operators[1].address = None),
            ("operators' order", true, |d| d.operators.swap(0, 1)),
            ("validators", true, |d| d.validators[1].withdrawal = Address::from_bytes([1; 20])),
            ("deposit_amounts", true, |d| d.deposit_amounts = Some(vec![1])),
            ("consensus_protocol", true, |d| d.consensus_protocol.push('x')),
            ("target_gas_limit", true, |d| d.target_gas_limit += 1),
            ("compounding", true, |d| d.compounding = true),
            ("operator's record", false, |d| d.operators[1].enr.push('x')),
            ("operator's signature", false, |d| d.operators[1].enr_signature = vec![1; 65]),
        ];
        for (what, configuration, change) in changes {
            let mut definition = base(Version::V1_10);
            change(&mut definition);
            let (changed_config, changed_whole) = hashes(definition);
            assert_eq!(changed_config != config, configuration, "{what}");
            assert_ne!(changed_whole, whole, "{what}");
        }
    }

    #[test]
    fn limits_of_the_hash_tree_are_kept() {
        let changes: [fn(&mut Definition); 7] = [
            |d| d.name = "x".repeat(257),
            |d| d.uuid = "x".repeat(65),
            |d| d.timestamp = "x".repeat(33),
            |d| d.dkg_algorithm = "x".repeat(33),
            |d| d.consensus_protocol = "x".repeat(257),
            |d| d.operators[0].enr = "x".repeat(1025),
            |d| d.creator.config_signature = vec![0; 66],
        ];
        for change in changes {
            let mut definition = base(Version::V1_10);
            change(&mut definition);
            assert!(matches!(definition.computed_hash(), Err(ClusterError::TooLong { .. })));
        }
    }
}
