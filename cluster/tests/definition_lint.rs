//! What a person is told about a definition.

mod clusters;

use clusters::{FEE_RECIPIENT, WITHDRAWAL, account, edited, enr, group_request, hoodi, request, signed};
use coram_cluster::definition::{Definition, DefinitionRequest, Severity};
use coram_cluster::network::Network;
use serde_json::{Value, json};

/// A code, and a change of a request that leads to it.
type RequestCase = (&'static str, fn(&mut DefinitionRequest));
/// A code, and a change of a file that leads to it.
type FileCase = (&'static str, Box<dyn Fn(&mut Value)>);

fn codes(definition: &Definition) -> Vec<&'static str> {
    definition.lint(None).iter().map(|finding| finding.code).collect()
}

#[test]
fn a_well_made_definition_has_no_findings() {
    assert_eq!(codes(&signed()), [""; 0]);
}

#[test]
fn each_oddity_of_a_request_is_found() {
    let cases: [RequestCase; 12] = [
        ("version-new", |r| r.version = coram_cluster::version::Version::V1_11),
        ("network-unknown", |r| r.network = Network::custom("x", [9; 4], 1, 1).unwrap()),
        ("network-retired", |r| r.network = Network::by_name("holesky").unwrap()),
        ("threshold-low", |r| r.threshold = Some(2)),
        ("threshold-high", |r| r.threshold = Some(4)),
        ("threshold-all", |r| r.threshold = Some(4)),
        ("fee-recipient-not-checksummed", |r| r.fee_recipient_addresses = vec![FEE_RECIPIENT.to_lowercase()]),
        ("deposit-amounts-repeated", |r| r.deposit_amounts = vec![16, 16]),
        ("deposit-amounts-large", |r| r.deposit_amounts = vec![32, 1]),
        ("compounding", |r| r.compounding = true),
        ("gas-limit-unusual", |r| r.target_gas_limit = 1),
        ("dkg-algorithm", |r| r.dkg_algorithm = "frost".into()),
    ];
    for (code, change) in cases {
        let mut request = request();
        assert!(!codes(&request.create().unwrap()).contains(&code), "{code}");
        change(&mut request);
        let found = codes(&request.create().unwrap());
        assert!(found.contains(&code), "{code}: {found:?}");
    }
}

#[test]
fn each_oddity_of_a_file_is_found() {
    let zero = format!("0x{}", "0".repeat(40));
    let cases: [FileCase; 18] = [
        ("hash-mismatch", Box::new(|f| f["name"] = json!("other"))),
        ("threshold-range", Box::new(|f| f["threshold"] = json!(5))),
        ("threshold-range", Box::new(|f| f["threshold"] = json!(0))),
        ("enr-missing", Box::new(|f| f["operators"][0]["enr"] = json!(""))),
        ("enr-malformed", Box::new(|f| f["operators"][0]["enr"] = json!("enr:"))),
        ("enr-duplicate", Box::new(|f| f["operators"][0]["enr"] = f["operators"][1]["enr"].clone())),
        ("partly-signed", Box::new(|f| f["operators"][0]["enr_signature"] = json!(""))),
        ("signature-malformed", Box::new(|f| f["operators"][0]["enr_signature"] = json!("00"))),
        (
            "signature-needs-execution-client",
            Box::new(|f| f["operators"][0]["enr_signature"] = json!("00".repeat(65))),
        ),
        (
            "operator-repeated",
            Box::new(|f| f["operators"][0]["address"] = f["operators"][1]["address"].clone()),
        ),
        ("withdrawal-to-operator", Box::new(|f| f["operators"][0]["address"] = json!(WITHDRAWAL))),
        ("withdrawal-zero", Box::new(move |f| f["validators"][0]["withdrawal_address"] = json!(zero))),
        (
            "fee-recipient-zero",
            Box::new(|f| f["validators"][0]["fee_recipient_address"] = json!("0".repeat(40))),
        ),
        (
            "withdrawal-not-checksummed",
            Box::new(|f| f["validators"][0]["withdrawal_address"] = json!(WITHDRAWAL.to_lowercase())),
        ),
        ("deposit-amounts", Box::new(|f| f["deposit_amounts"] = json!(["1"]))),
        ("gas-limit-large", Box::new(|f| f["target_gas_limit"] = json!(1_u64 << 53))),
        ("gas-limit-zero", Box::new(|f| f["target_gas_limit"] = json!(0))),
        ("consensus-protocol", Box::new(|f| f["consensus_protocol"] = json!("abft"))),
    ];
    for (code, edit) in cases {
        let found = codes(&edited(&signed(), edit));
        assert!(found.contains(&code), "{code}: {found:?}");
    }
}

#[test]
fn differing_validators_are_found() {
    let mut request = request();
    request.num_validators = 2;
    request.fee_recipient_addresses = vec![FEE_RECIPIENT.into(), WITHDRAWAL.into()];
    let found = codes(&request.create().unwrap());
    assert!(found.contains(&"fee-recipients-differ") && found.contains(&"fee-recipient-mixed"), "{found:?}");
    assert!(!found.contains(&"withdrawals-differ"));
    request.withdrawal_addresses = vec![FEE_RECIPIENT.into(), WITHDRAWAL.into()];
    let found = codes(&request.create().unwrap());
    assert!(found.contains(&"withdrawals-differ") && !found.contains(&"fee-recipient-mixed"), "{found:?}");
}

#[test]
fn unsigned_definitions_are_warned_about() {
    let definition = request().create().unwrap();
    assert_eq!(codes(&definition), ["unsigned"]);
    let mut small = request();
    small.operator_enrs.truncate(3);
    assert!(codes(&small.create().unwrap()).contains(&"operators-few"));
}

#[test]
fn networks_that_the_caller_describes_are_used() {
    let network = Network::custom("x", [9; 4], 1, 1).unwrap();
    let mut request = request();
    request.network = network.clone();
    let definition = request.create().unwrap();
    assert!(codes(&definition).contains(&"network-unknown"));
    let described: Vec<_> = definition.lint(Some(&network)).iter().map(|finding| finding.code).collect();
    assert_eq!(described, ["unsigned"]);
    assert!(definition.lint(Some(&hoodi())).iter().any(|finding| finding.code == "network-other"));
}

#[test]
fn the_worst_comes_first() {
    let definition = edited(&signed(), |file| {
        file["threshold"] = json!(9);
        file["compounding"] = json!(true);
        file["target_gas_limit"] = json!(0);
    });
    let severities: Vec<_> = definition.lint(None).iter().map(|finding| finding.severity).collect();
    assert!(severities.is_sorted_by(|one, next| one >= next));
    assert_eq!(severities.first(), Some(&Severity::Error));
    assert_eq!(severities.last(), Some(&Severity::Note));
}

#[test]
fn old_files_are_read_but_get_no_ceremony() {
    let definition = edited(&group_request().create().unwrap(), |file| file["version"] = json!("v1.5.0"));
    assert!(codes(&definition).contains(&"version-without-ceremony"));
}

#[test]
fn the_summary_says_who_and_how_many() {
    let mut request = group_request();
    request.num_validators = 3;
    request.withdrawal_addresses = vec![WITHDRAWAL.into(), WITHDRAWAL.into(), FEE_RECIPIENT.into()];
    request.operator_enrs = (1..=4).map(|operator| enr(operator).text().to_owned()).collect();
    let summary = request.create().unwrap().summary(None);
    assert_eq!((summary.threshold, summary.operators.len(), summary.tolerates_offline), (3, 4, 1));
    assert_eq!((summary.network.as_deref(), summary.chain_id), (Some("hoodi"), Some(560_048)));
    assert_eq!(summary.shape, None);
    assert_eq!(summary.operators[1].index, 2);
    assert_eq!(summary.operators[1].peer_id, Some(enr(2).peer_id()));
    assert_eq!(summary.operators[1].address, Some(account(2).address().checksummed()));
    let groups: Vec<_> = summary.validators.iter().map(|group| (group.first, group.count)).collect();
    assert_eq!(groups, [(0, 2), (2, 1)]);
    assert_eq!(summary.deposits_signed, [1_000_000_000, 32_000_000_000]);
    assert_eq!(summary.gas_limit, 60_000_000);
    assert_eq!(signed().summary(None).shape, Some("group"));
}
