//! Locks of all versions, and of networks that are in no table.

use std::sync::Arc;

use coram_ceremony::verify::{Options, Outcome as Became, Verdict};
use coram_ceremony::{Ceremony, Parameters};
use coram_cluster::ClusterError;
use coram_cluster::definition::{Definition, DefinitionRequest};
use coram_cluster::enr::Enr;
use coram_cluster::json::Node;
use coram_cluster::network::Network;
use serde_json::{Value, json};

use crate::common::{self, identity};
use crate::support::{Made, hex, verify, verify_with};

/// The definition of the other tests in another version, hashed anew.
fn in_version(version: &str) -> Definition {
    let definition = common::definition(4, 3, 1);
    let mut file: Value = serde_json::from_slice(&definition.to_json().unwrap()).unwrap();
    file["version"] = json!(version);
    loop {
        let definition = Definition::read(&Node::root(&file)).unwrap();
        match definition.verify_hashes() {
            Err(ClusterError::HashMismatch { what: "config hash", computed, .. }) => {
                file["config_hash"] = hex(&computed);
            }
            Err(ClusterError::HashMismatch { computed, .. }) => file["definition_hash"] = hex(&computed),
            result => {
                result.unwrap();
                return definition;
            }
        }
    }
}

#[test]
fn locks_of_all_versions_are_valid() {
    for version in ["v1.6.0", "v1.7.0", "v1.8.0", "v1.9.0", "v1.11.0"] {
        let definition = in_version(version);
        let parameters = Ceremony::default_parameters(&definition).unwrap();
        let made = Made::new(Arc::new(Ceremony::new(definition, parameters, 0).unwrap()));
        let report = verify(&made.json);
        assert_eq!(report.verdict, Verdict::Valid, "{version}: {}", report.headline);
        let of = |check: &str| report.check(check).unwrap().outcome;
        // Before v1.7 only the Seals show that all operators accepted the lock.
        let expected = if version == "v1.6.0" { Became::NotApplicable } else { Became::Passed };
        for check in ["lock.node-signatures", "registrations.signatures", "attests.registrations"] {
            assert_eq!(of(check), expected, "{version} {check}");
        }
        for check in ["seals.node-signatures", "deposits.amounts", "attests.deposits"] {
            assert_eq!(of(check), Became::Passed, "{version} {check}");
        }
    }
}

#[test]
fn a_network_that_is_in_no_table_has_to_be_described() {
    let network = Network::custom("devnet", [9, 9, 9, 9], 4242, 1_700_000_000).unwrap();
    let mut request = DefinitionRequest::new(network.clone(), "a uuid".into(), "2025-01-09T12:51:06Z".into());
    request.threshold = Some(3);
    request.fee_recipient_addresses = vec!["0x52fdfc072182654f163f5f0f9a621d729566c74d".into()];
    request.withdrawal_addresses = vec!["0x0000000000000000000000000000000000000001".into()];
    request.operator_enrs = (1..=4).map(|i| Enr::new(&identity(i)).text().to_owned()).collect();
    let definition = request.create().unwrap();
    let parameters = Parameters::new(4, network.genesis_time());
    let made = Made::new(Arc::new(Ceremony::new(definition, parameters, 0).unwrap()));

    let report = verify(&made.json);
    assert_eq!(report.verdict, Verdict::Indeterminate);
    assert_eq!(report.with(Became::Undecided), ["registrations.timestamps"]);

    let described = Options { network: Some(network), ..Options::default() };
    let report = verify_with(&made.json, &described);
    assert_eq!(report.verdict, Verdict::Valid, "{}", report.headline);
    assert_eq!(report.cluster.unwrap().network.as_deref(), Some("devnet"));

    // Whoever describes it with another genesis sees that the ceremony had another.
    let other = Network::custom("devnet", [9, 9, 9, 9], 4242, 1_700_000_001).unwrap();
    let report = verify_with(&made.json, &Options { network: Some(other), ..Options::default() });
    assert_eq!(report.with(Became::Failed), ["registrations.timestamps"]);
}
