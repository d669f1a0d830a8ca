//! A definition in plain terms: who, how many of how many, on which network, with what money.

use serde::Serialize;

use crate::definition::{Definition, recommended_threshold};
use crate::deposit;
use crate::enr::Enr;
use crate::network::Network;
use crate::registration;

/// What a definition says, for people. It holds no judgement; see [`Definition::lint`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Its name; may be empty.
    pub name: String,
    /// Its identifier.
    pub uuid: String,
    /// The version of its format.
    pub version: &'static str,
    /// When it was created; may be empty.
    pub timestamp: String,
    /// `0x` and hex.
    pub config_hash: String,
    /// `0x` and hex.
    pub definition_hash: String,
    /// `0x` and hex.
    pub fork_version: String,
    /// The network's name, if it is known.
    pub network: Option<String>,
    /// The network's chain id, if it is known.
    pub chain_id: Option<u64>,
    /// `unsigned`, `solo` or `group`; none for a definition that is partly signed.
    pub shape: Option<&'static str>,
    /// The creator's account, in its EIP-55 form.
    pub creator: Option<String>,
    /// How many operators act together.
    pub threshold: u64,
    /// `ceil(2n/3)`.
    pub recommended_threshold: u64,
    /// How many operators can be offline while the validators go on.
    pub tolerates_offline: u64,
    /// The operators in order.
    pub operators: Vec<OperatorSummary>,
    /// How many validators.
    pub num_validators: u64,
    /// Runs of validators with the same addresses.
    pub validators: Vec<ValidatorGroup>,
    /// The amounts in Gwei as given; empty for the defaults.
    pub deposit_amounts: Vec<u64>,
    /// The amounts in Gwei that deposits are signed for, ascending.
    pub deposits_signed: Vec<u64>,
    /// Whether the validators' rewards compound.
    pub compounding: bool,
    /// The gas limit of the builder registrations.
    pub gas_limit: u64,
    /// As it stands in the definition.
    pub consensus_protocol: String,
    /// As it stands in the definition.
    pub dkg_algorithm: String,
}

/// One operator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OperatorSummary {
    /// Its share index, from 1.
    pub index: u16,
    /// Its account, in its EIP-55 form.
    pub address: Option<String>,
    /// Its node record, as it stands in the definition.
    pub enr: String,
    /// Its peer ID, if the record is valid.
    pub peer_id: Option<String>,
    /// Whether both of its signatures are there. They are not verified here.
    pub signed: bool,
}

/// Validators, one after another, with the same addresses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ValidatorGroup {
    /// The index of the first, from 0.
    pub first: usize,
    /// How many.
    pub count: usize,
    /// In its EIP-55 form.
    pub fee_recipient: String,
    /// In its EIP-55 form.
    pub withdrawal: String,
}

impl Definition {
    /// The definition in plain terms; `network` where it is not one of the table.
    #[must_use]
    pub fn summary(&self, network: Option<&Network>) -> Summary {
        let network = network.cloned().or_else(|| self.network());
        let hex = |bytes: &[u8]| format!("0x{}", hex::encode(bytes));
        let operators = self.operators.len() as u64;
        Summary {
            name: self.name.clone(),
            uuid: self.uuid.clone(),
            version: self.version.as_str(),
            timestamp: self.timestamp.clone(),
            config_hash: hex(&self.config_hash),
            definition_hash: hex(&self.definition_hash),
            fork_version: hex(&self.fork_version),
            network: network.as_ref().map(|network| network.name().to_owned()),
            chain_id: network.as_ref().map(Network::chain_id),
            shape: self.shape().ok().map(super::Shape::as_str),
            creator: self.creator.address.as_ref().map(|address| address.checksummed()),
            threshold: self.threshold,
            recommended_threshold: recommended_threshold(operators),
            tolerates_offline: operators.saturating_sub(self.threshold),
            operators: (1_u16..).zip(&self.operators).map(operator).collect(),
            num_validators: self.num_validators,
            validators: self.validator_groups(),
            deposit_amounts: self.deposit_amounts().to_vec(),
            deposits_signed: deposit::amounts_to_sign(self),
            compounding: self.compounding,
            gas_limit: registration::gas_limit(self),
            consensus_protocol: self.consensus_protocol.clone(),
            dkg_algorithm: self.dkg_algorithm.clone(),
        }
    }

    fn validator_groups(&self) -> Vec<ValidatorGroup> {
        let runs = self.validators.chunk_by(|one, next| one == next);
        let starts = runs.clone().scan(0, |start, run| {
            let first = *start;
            *start += run.len();
            Some(first)
        });
        let group = |(first, run): (usize, &[super::ValidatorAddresses])| {
            let pair = run.first()?;
            Some(ValidatorGroup {
                first,
                count: run.len(),
                fee_recipient: pair.fee_recipient.checksummed(),
                withdrawal: pair.withdrawal.checksummed(),
            })
        };
        starts.zip(runs).filter_map(group).collect()
    }
}

fn operator((index, operator): (u16, &super::Operator)) -> OperatorSummary {
    OperatorSummary {
        index,
        address: operator.address.as_ref().map(|address| address.checksummed()),
        enr: operator.enr.clone(),
        peer_id: Enr::parse(&operator.enr).ok().map(|enr| enr.peer_id()),
        signed: !operator.config_signature.is_empty() && !operator.enr_signature.is_empty(),
    }
}
