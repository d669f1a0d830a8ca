//! Small clusters to make definitions of.
#![allow(dead_code, clippy::unwrap_used)]

use coram_cluster::definition::{Definition, DefinitionRequest};
use coram_cluster::enr::Enr;
use coram_cluster::ethereum::EthereumKey;
use coram_cluster::identity::IdentityKey;
use coram_cluster::json::{self, Node};
use coram_cluster::network::Network;
use serde_json::Value;

pub const FEE_RECIPIENT: &str = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";
pub const WITHDRAWAL: &str = "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359";

pub fn hoodi() -> Network {
    Network::by_name("hoodi").unwrap()
}

pub fn identity(operator: u8) -> IdentityKey {
    IdentityKey::from_bytes(&[operator; 32]).unwrap()
}

pub fn enr(operator: u8) -> Enr {
    Enr::new(&identity(operator))
}

/// The account of an operator; 0 is the creator's.
pub fn account(operator: u8) -> EthereumKey {
    EthereumKey::from_bytes(&[operator + 100; 32]).unwrap()
}

/// Four operators, one validator, nobody signs.
pub fn request() -> DefinitionRequest {
    let mut request = DefinitionRequest::new(hoodi(), "UUID".into(), "2025-01-09T12:51:06+02:00".into());
    request.operator_enrs = (1..=4).map(|operator| enr(operator).text().to_owned()).collect();
    request.fee_recipient_addresses = vec![FEE_RECIPIENT.into()];
    request.withdrawal_addresses = vec![WITHDRAWAL.into()];
    request
}

/// The same, and everybody is to sign. The operators' records are still missing.
pub fn group_request() -> DefinitionRequest {
    let mut request = request();
    request.operator_enrs.clear();
    request.operator_addresses = (1..=4).map(|operator| account(operator).address().checksummed()).collect();
    request.creator_address = Some(account(0).address().checksummed());
    request
}

/// Signed by everybody.
pub fn signed() -> Definition {
    let mut definition = group_request().create().unwrap();
    definition.sign_as_creator(&account(0), &hoodi()).unwrap();
    for operator in 1..=4 {
        let enr = enr(operator);
        definition.sign_as_operator(operator.into(), Some(&enr), &account(operator), &hoodi()).unwrap();
    }
    definition
}

/// The definition with its file changed. Its hashes are those from before.
pub fn edited(definition: &Definition, edit: impl FnOnce(&mut Value)) -> Definition {
    let mut value: Value = serde_json::from_slice(&definition.to_json().unwrap()).unwrap();
    edit(&mut value);
    let text = serde_json::to_vec(&value).unwrap();
    let value = json::check(&text, coram_cluster::definition::MEMBERS).unwrap();
    Definition::read(&Node::root(&value)).unwrap()
}
