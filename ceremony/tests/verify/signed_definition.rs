//! Locks whose definition is signed by Ethereum accounts.

use std::sync::{Arc, OnceLock};

use coram_ceremony::Ceremony;
use coram_ceremony::verify::{CheckId, Expectations, ExpectedOperator, Options, Outcome as Became, Verdict};
use coram_cluster::definition::{Definition, DefinitionRequest};
use coram_cluster::enr::Enr;
use coram_cluster::ethereum::EthereumKey;
use coram_cluster::network::Network;
use serde_json::{Value, json};

use crate::common::identity;
use crate::support::{Made, bytes, flip, hex, paths, unhex, verify, verify_with};

fn account(number: u8) -> EthereumKey {
    EthereumKey::from_bytes(&[number; 32]).unwrap()
}

fn definition() -> Definition {
    let network = Network::by_name("hoodi").unwrap();
    let mut request = DefinitionRequest::new(network.clone(), "a uuid".into(), "2025-01-09T12:51:06Z".into());
    request.threshold = Some(3);
    request.fee_recipient_addresses = vec![account(9).address().checksummed()];
    request.withdrawal_addresses = vec![account(8).address().checksummed()];
    request.operator_enrs = (1..=4).map(|i| Enr::new(&identity(i)).text().to_owned()).collect();
    request.operator_addresses = (1..=4).map(|i| account(i).address().checksummed()).collect();
    request.creator_address = Some(account(5).address().checksummed());
    let mut definition = request.create().unwrap();
    for i in 1..=4 {
        definition.sign_as_operator(i, None, &account(u8::try_from(i).unwrap()), &network).unwrap();
    }
    definition.sign_as_creator(&account(5), &network).unwrap();
    definition
}

fn made() -> &'static Made {
    static MADE: OnceLock<Made> = OnceLock::new();
    MADE.get_or_init(|| {
        let definition = definition();
        let parameters = Ceremony::default_parameters(&definition).unwrap();
        Made::new(Arc::new(Ceremony::new(definition, parameters, 0).unwrap()))
    })
}

/// The definition hash covers signatures: changing one breaks it, the lock hash, and the ceremony id.
const DOWNSTREAM: [&str; 2] = ["lock.hash", "transcript.ceremony-id"];

#[track_caller]
fn rejected(failing: &[&str], tamper: impl FnOnce(&mut Value)) -> Vec<String> {
    let mut lock = made().value();
    tamper(&mut lock["cluster_definition"]);
    let report = verify(&bytes(&lock));
    let mut expected = vec!["definition.hash"];
    expected.extend(failing);
    expected.extend(DOWNSTREAM);
    assert_eq!(report.with(Became::Failed), expected);
    failing.first().map(|check| paths(&report, check)).unwrap_or_default()
}

#[test]
fn signatures_of_all_accounts_pass() {
    let report = verify(&made().json);
    assert_eq!(report.verdict, Verdict::Valid, "{}", report.headline);
    for check in ["definition.operator-signatures", "definition.creator-signature"] {
        assert_eq!(report.check(check).unwrap().outcome, Became::Passed);
    }
    assert_eq!(report.operators[1].address, Some(account(2).address().checksummed()));
    assert!(!report.notes.iter().any(|note| note.id == "unsigned-definition"));
}

#[test]
fn operators_can_be_expected_by_address() {
    let operators = (1..=4).map(|i| ExpectedOperator::Address(account(i).address())).collect();
    let expectations = Expectations { operators, ..Expectations::default() };
    let report = verify_with(&made().json, &Options { expectations, ..Options::default() });
    assert_eq!(report.verdict, Verdict::Valid, "{}", report.headline);
    assert!(report.operators.iter().all(|operator| operator.anchored));
}

#[test]
fn definition_operator_signatures() {
    let shorter = |signature: &mut Value| *signature = hex(&unhex(signature)[..64]);
    let found = rejected(&["definition.operator-signatures"], |definition| {
        shorter(&mut definition["operators"][1]["config_signature"]);
        shorter(&mut definition["operators"][3]["enr_signature"]);
    });
    let path = |place: &str| format!("$.cluster_definition.operators{place}");
    assert_eq!(found, [path("[1].config_signature"), path("[3].enr_signature")]);
    // A signature that is missing beside others.
    rejected(&["definition.operator-signatures", "definition.creator-signature"], |definition| {
        definition["operators"][1]["enr_signature"] = json!("");
    });
}

#[test]
fn definition_creator_signature() {
    let found = rejected(&["definition.creator-signature"], |definition| {
        let signature = &mut definition["creator"]["config_signature"];
        *signature = hex(&unhex(signature)[..64]);
    });
    assert_eq!(found, ["$.cluster_definition.creator.config_signature"]);
}

#[test]
fn what_may_be_a_contracts_signature_is_not_decided() {
    let mut lock = made().value();
    flip(&mut lock["cluster_definition"]["operators"][2]["config_signature"]);
    let report = verify(&bytes(&lock));
    let check = report.check("definition.operator-signatures").unwrap();
    assert_eq!(check.outcome, Became::Undecided);
    assert!(check.detail.contains("operator 3"), "{}", check.detail);

    // Nor does an address anchor an operator that did not sign, even where somebody accepts that.
    let operators = (1..=4).map(|i| ExpectedOperator::Address(account(i).address())).collect();
    let expectations = Expectations { operators, ..Expectations::default() };
    let accept = [CheckId::DefinitionOperatorSignatures].into();
    let report = verify_with(&bytes(&lock), &Options { expectations, accept, ..Options::default() });
    assert_eq!(report.check("expect.operators").unwrap().outcome, Became::Undecided);
    assert!(report.operators.iter().all(|operator| !operator.anchored));
}

/// A whole ceremony of a cluster with a contract wallet among its operators.
#[test]
fn a_cluster_with_a_contract_wallet_is_indeterminate() {
    let network = Network::by_name("hoodi").unwrap();
    let definition = definition();
    let mut file: Value = serde_json::from_slice(&definition.to_json().unwrap()).unwrap();
    flip(&mut file["creator"]["config_signature"]);
    let stated = Definition::read(&coram_cluster::json::Node::root(&file)).unwrap();
    file["definition_hash"] = hex(&stated.computed_hash().unwrap());
    let definition = Definition::parse(&serde_json::to_vec(&file).unwrap()).unwrap();
    assert!(!definition.verify_signatures(&network).unwrap().needs_execution_client().is_empty());

    let parameters = Ceremony::default_parameters(&definition).unwrap();
    let made = Made::new(Arc::new(Ceremony::new(definition, parameters, 0).unwrap()));
    let report = verify(&made.json);
    assert_eq!(report.verdict, Verdict::Indeterminate);
    assert_eq!(report.with(Became::Undecided), ["definition.creator-signature"]);
    assert!(report.statements.proved.iter().all(|statement| statement.holds));
}
