//! A cluster definition.

use coram_cluster::definition::{Definition, MEMBERS, OperatorSummary, Summary, ValidatorGroup};
use coram_cluster::json::Node;
use serde_json::Value;

use super::sheet::{Item, Sheet, gwei, hex0x};
use super::{Context, Stop, unknown};

/// A definition that stands in a file of its own.
pub fn look(value: &Value, context: &mut Context) -> (Sheet, Vec<Stop>) {
    read(&Node::root(value), context)
}

/// A definition, which those who look at later files are told of; as far as it can be read.
pub fn read(node: &Node<'_>, context: &mut Context) -> (Sheet, Vec<Stop>) {
    match Definition::read(node) {
        Ok(definition) => {
            let sheet = sheet(&definition);
            context.definitions.push(definition);
            (sheet, Vec::new())
        }
        Err(error) => (unknown::members(node.value(), MEMBERS), vec![Stop::of(&error, node.path())]),
    }
}

fn sheet(definition: &Definition) -> Sheet {
    let summary = definition.summary(None);
    let Summary { name, uuid, version, timestamp, fork_version, network, chain_id, .. } = &summary;
    Sheet::new()
        .with("name", name.as_str())
        .with("uuid", uuid.as_str())
        .with("version", *version)
        .with("timestamp", timestamp.as_str())
        .with("network", network.clone())
        .with("chain_id", *chain_id)
        .with("fork_version", fork_version.as_str())
        .with("config_hash", summary.config_hash.as_str())
        .with("definition_hash", summary.definition_hash.as_str())
        .with("threshold", summary.threshold)
        .with("tolerates_offline", summary.tolerates_offline)
        .with("signatures", signatures(&summary))
        .with("creator", creator(definition))
        .with_list("operators", operators(definition, &summary))
        .with("num_validators", summary.num_validators)
        .with_list("validators", summary.validators.iter().map(group))
        .with_list("deposit_amounts", summary.deposit_amounts.iter().map(|amount| gwei(*amount)))
        .with_list("deposits_signed", summary.deposits_signed.iter().map(|amount| gwei(*amount)))
        .with("compounding", summary.compounding)
        .with("gas_limit", summary.gas_limit)
        .with("consensus_protocol", summary.consensus_protocol.as_str())
        .with("dkg_algorithm", summary.dkg_algorithm.as_str())
}

/// Who signed, by what is there.
fn signatures(summary: &Summary) -> &'static str {
    match summary.shape {
        Some("group") => "of the creator and every operator",
        Some("solo") => "of the creator alone",
        Some(_) => "of nobody",
        None => "of some of those who have to sign",
    }
}

fn creator(definition: &Definition) -> Item {
    let creator = definition.creator();
    let address = creator.address().map(|address| address.checksummed());
    let sheet = Sheet::new().with("address", address);
    Item::Sheet(sheet.with("config_signature", hex0x(creator.config_signature())))
}

fn operators(definition: &Definition, summary: &Summary) -> Vec<Sheet> {
    let one = |(summary, operator): (&OperatorSummary, &coram_cluster::definition::Operator)| {
        Sheet::new()
            .with("index", summary.index)
            .with("address", summary.address.clone())
            .with("peer_id", summary.peer_id.clone())
            .with("enr", summary.enr.as_str())
            .with("config_signature", hex0x(operator.config_signature()))
            .with("enr_signature", hex0x(operator.enr_signature()))
    };
    summary.operators.iter().zip(definition.operators()).map(one).collect()
}

fn group(group: &ValidatorGroup) -> Sheet {
    let ValidatorGroup { first, count, fee_recipient, withdrawal } = group;
    Sheet::new()
        .with("first", *first)
        .with("count", *count)
        .with("fee_recipient", fee_recipient.as_str())
        .with("withdrawal", withdrawal.as_str())
}
