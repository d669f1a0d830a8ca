//! New definitions, and who signs them.

mod clusters;

use clusters::{account, edited, enr, group_request, hoodi, request, signed};
use coram_cluster::ClusterError;
use coram_cluster::definition::{
    Definition, DefinitionRequest, Shape, SignatureStatus, SignatureVerdict, Signer, recommended_threshold,
    uuid_text,
};
use coram_cluster::network::Network;
use coram_cluster::version::Version;
use serde_json::json;

#[test]
fn defaults_are_charons() {
    let definition = request().create().unwrap();
    assert_eq!(definition.version(), Version::V1_10);
    assert_eq!((definition.num_validators(), definition.threshold()), (1, 3));
    assert_eq!((definition.target_gas_limit(), definition.compounding()), (60_000_000, false));
    assert_eq!((definition.dkg_algorithm(), definition.consensus_protocol()), ("default", ""));
    assert_eq!(definition.network(), Some(hoodi()));
    let bytes = definition.to_json().unwrap();
    assert_eq!(Definition::parse(&bytes), Ok(definition.clone()));
    let text = String::from_utf8(bytes).unwrap();
    assert!(text.contains("\n \"deposit_amounts\": null,\n"));
    assert!(
        text.starts_with("{\n \"creator\": {\n  \"address\": \"\",\n  \"config_signature\": \"\"\n },\n")
    );
    let report = definition.verify_signatures(&hoodi()).unwrap();
    assert_eq!((report.shape, report.verdict()), (Shape::Unsigned, SignatureVerdict::Verified));
    assert_eq!(definition.check_for_ceremony(&hoodi()).unwrap().len(), 4);
}

#[test]
fn the_recommended_threshold_is_two_thirds_rounded_up() {
    let table = [(3, 2), (4, 3), (5, 4), (6, 4), (7, 5), (8, 6), (9, 6), (10, 7), (13, 9)];
    for (operators, threshold) in table {
        assert_eq!(recommended_threshold(operators), threshold, "{operators}");
    }
}

#[test]
fn identifiers_look_like_charons() {
    assert_eq!(uuid_text(&[0xff; 16]), "FFFFFFFF-FFFF-4FFF-BFFF-FFFFFFFFFFFF");
    assert_eq!(uuid_text(&[0; 16]), "00000000-0000-4000-8000-000000000000");
}

#[test]
fn options_are_kept_as_they_are_given() {
    let mut request = request();
    request.version = Version::V1_11;
    request.name = "a <b> & c".into();
    request.num_validators = 2;
    request.threshold = Some(4);
    request.withdrawal_addresses = vec![clusters::WITHDRAWAL.into(), clusters::FEE_RECIPIENT.into()];
    request.deposit_amounts = vec![16, 8, 8];
    request.consensus_protocol = "qbft".into();
    request.target_gas_limit = 36_000_000;
    request.compounding = true;
    request.network = Network::custom("devnet", [9, 9, 9, 9], 77, 5).unwrap();
    let definition = request.create().unwrap();
    assert_eq!(definition.deposit_amounts(), [16_000_000_000, 8_000_000_000, 8_000_000_000]);
    assert_eq!(definition.validators()[0].withdrawal().text(), clusters::WITHDRAWAL);
    assert_eq!(definition.validators()[1].withdrawal().text(), clusters::FEE_RECIPIENT);
    assert_eq!(definition.validators()[1].fee_recipient().text(), clusters::FEE_RECIPIENT);
    let bytes = definition.to_json().unwrap();
    assert!(String::from_utf8(bytes.clone()).unwrap().contains(r"a \u003cb\u003e \u0026 c"));
    assert_eq!(Definition::parse(&bytes), Ok(definition));
}

/// The field that a request is refused for.
fn refused(change: impl FnOnce(&mut DefinitionRequest)) -> &'static str {
    let mut request = request();
    change(&mut request);
    match request.create() {
        Err(ClusterError::Request { field, .. }) => field,
        other => panic!("{other:?}"),
    }
}

#[test]
fn requests_that_charon_refuses_are_refused() {
    assert_eq!(refused(|r| r.operator_enrs.truncate(2)), "operator-enrs");
    assert_eq!(refused(|r| r.operator_enrs.clear()), "operator-enrs");
    assert_eq!(refused(|r| r.threshold = Some(1)), "threshold");
    assert_eq!(refused(|r| r.threshold = Some(5)), "threshold");
    assert_eq!(refused(|r| r.num_validators = 0), "num-validators");
    assert_eq!(refused(|r| r.num_validators = 65_537), "num-validators");
    assert_eq!(refused(|r| r.num_validators = u64::MAX), "num-validators");
    assert_eq!(refused(|r| r.target_gas_limit = 0), "target-gas-limit");
    assert_eq!(refused(|r| r.consensus_protocol = "abft".into()), "consensus-protocol");
    assert_eq!(refused(|r| r.uuid.clear()), "uuid");
    assert_eq!(refused(|r| r.version = Version::V1_9), "version");
    assert_eq!(refused(|r| r.fee_recipient_addresses.clear()), "fee-recipient-addresses");
    assert_eq!(refused(|r| r.withdrawal_addresses.push(clusters::WITHDRAWAL.into())), "withdrawal-addresses");
    assert_eq!(
        refused(|r| r.withdrawal_addresses = vec![clusters::WITHDRAWAL.to_lowercase()]),
        "withdrawal-addresses"
    );
    assert_eq!(refused(|r| r.fee_recipient_addresses = vec!["00".repeat(20)]), "fee-recipient-addresses");
    assert_eq!(refused(|r| r.operator_addresses = vec![clusters::WITHDRAWAL.into()]), "operator-addresses");
    assert_eq!(refused(|r| r.operator_addresses = vec![clusters::WITHDRAWAL.into(); 4]), "creator-address");
    assert_eq!(refused(|r| r.deposit_amounts = vec![u64::MAX]), "deposit-amounts");
    let zero = vec![format!("0x{}", "0".repeat(40))];
    let on = |network: &str| {
        let mut request = request();
        request.network = Network::by_name(network).unwrap();
        request.withdrawal_addresses.clone_from(&zero);
        request.create()
    };
    assert!(on("hoodi").is_ok());
    assert!(matches!(on("mainnet"), Err(ClusterError::Request { field: "withdrawal-addresses", .. })));
    assert!(matches!(on("gnosis"), Err(ClusterError::Request { field: "withdrawal-addresses", .. })));
}

#[test]
fn texts_of_requests_are_checked() {
    let error = |change: fn(&mut DefinitionRequest)| {
        let mut request = request();
        change(&mut request);
        request.create().unwrap_err()
    };
    assert!(matches!(error(|r| r.operator_enrs[2].push('x')), ClusterError::Enr(_)));
    assert!(matches!(
        error(|r| r.operator_enrs[3] = r.operator_enrs[1].clone()),
        ClusterError::DuplicateEnr { first: 2, second: 4, .. }
    ));
    // The same key in another text.
    assert!(matches!(
        error(|r| r.operator_enrs[3] = format!("{}=", r.operator_enrs[1])),
        ClusterError::DuplicateEnr { first: 2, second: 4, .. }
    ));
    assert!(matches!(error(|r| r.withdrawal_addresses = vec!["0x12".into()]), ClusterError::Address { .. }));
    assert!(matches!(error(|r| r.name = "x".repeat(257)), ClusterError::TooLong { .. }));
    assert!(matches!(error(|r| r.deposit_amounts = vec![33]), ClusterError::DepositAmount { .. }));
    assert!(matches!(error(|r| r.deposit_amounts = vec![16]), ClusterError::DepositTotal { .. }));
    assert!(matches!(error(|r| r.deposit_amounts = vec![1; 257]), ClusterError::TooLong { .. }));
}

#[test]
fn everybody_signs_and_the_signatures_verify() {
    let unsigned = group_request().create().unwrap();
    let definition = signed();
    assert_eq!(definition.config_hash(), unsigned.config_hash());
    assert_ne!(definition.definition_hash(), unsigned.definition_hash());
    assert_eq!(Definition::parse(&definition.to_json().unwrap()), Ok(definition.clone()));
    let report = definition.verify_signatures(&hoodi()).unwrap();
    assert_eq!((report.shape, report.verdict()), (Shape::Group, SignatureVerdict::Verified));
    assert_eq!(report.checks.len(), 9);
    assert!(report.checks.iter().all(|check| check.status == SignatureStatus::Verified));
}

#[test]
fn a_creator_can_sign_alone() {
    let mut request = request();
    request.creator_address = Some(account(0).address().checksummed());
    let mut definition = request.create().unwrap();
    let missing = vec![Signer::Creator];
    assert_eq!(definition.shape(), Err(ClusterError::SignatureShape { missing }));
    definition.sign_as_creator(&account(0), &hoodi()).unwrap();
    let report = definition.verify_signatures(&hoodi()).unwrap();
    assert_eq!((report.shape, report.verdict()), (Shape::Solo, SignatureVerdict::Verified));
}

#[test]
fn who_has_not_signed_is_named() {
    let mut definition = group_request().create().unwrap();
    for operator in [1, 2, 4] {
        let record = enr(operator);
        definition.sign_as_operator(operator.into(), Some(&record), &account(operator), &hoodi()).unwrap();
    }
    let missing = vec![Signer::Creator, Signer::OperatorConfig(3), Signer::OperatorEnr(3)];
    let error = definition.verify_signatures(&hoodi()).unwrap_err();
    assert_eq!(error, ClusterError::SignatureShape { missing });
    assert_eq!(
        error.to_string(),
        "partly signed: missing are creator (config hash), operator 3 (config hash), operator 3 (node record)"
    );
    // An address is a promise to sign; without it, an operator among others that sign is still missing.
    let definition = edited(&signed(), |file| file["operators"][2] = json!({"enr": enr(3).text()}));
    let missing = vec![Signer::OperatorConfig(3), Signer::OperatorEnr(3)];
    assert_eq!(definition.shape(), Err(ClusterError::SignatureShape { missing }));
}

#[test]
fn nobody_signs_for_another() {
    let mut definition = group_request().create().unwrap();
    let before = definition.clone();
    let (first, other) = (enr(1), enr(2));
    assert!(matches!(
        definition.sign_as_operator(1, Some(&first), &account(2), &hoodi()),
        Err(ClusterError::NotTheSigner { .. })
    ));
    assert!(matches!(
        definition.sign_as_creator(&account(1), &hoodi()),
        Err(ClusterError::NotTheSigner { .. })
    ));
    for index in [0, 5, u16::MAX] {
        let result = definition.sign_as_operator(index, Some(&first), &account(1), &hoodi());
        assert_eq!(result, Err(ClusterError::NoOperator(index)));
    }
    let mainnet = Network::by_name("mainnet").unwrap();
    assert!(matches!(
        definition.sign_as_operator(1, Some(&first), &account(1), &mainnet),
        Err(ClusterError::Network(_))
    ));
    assert!(matches!(definition.sign_as_operator(1, None, &account(1), &hoodi()), Err(ClusterError::Enr(_))));
    assert_eq!(definition, before);
    definition.sign_as_operator(1, Some(&first), &account(1), &hoodi()).unwrap();
    assert_eq!(
        definition.sign_as_operator(1, Some(&other), &account(1), &hoodi()),
        Err(ClusterError::EnrMismatch(1))
    );
    let mut unsigned = request().create().unwrap();
    assert!(matches!(
        unsigned.sign_as_operator(1, None, &account(1), &hoodi()),
        Err(ClusterError::NotTheSigner { .. })
    ));
}

#[test]
fn signing_does_not_repair_a_definition_that_was_changed() {
    let mut changed = edited(&group_request().create().unwrap(), |file| file["threshold"] = json!(2));
    assert!(matches!(changed.sign_as_creator(&account(0), &hoodi()), Err(ClusterError::HashMismatch { .. })));
}

#[test]
fn a_signature_for_something_else_needs_an_execution_client() {
    let other = |from: &str, to: &str| {
        edited(&signed(), |file| file["operators"][1][to] = file["operators"][1][from].clone())
    };
    for (definition, signer) in [
        (other("enr_signature", "config_signature"), Signer::OperatorConfig(2)),
        (other("config_signature", "enr_signature"), Signer::OperatorEnr(2)),
        (
            edited(&signed(), |file| {
                file["creator"]["config_signature"] = file["operators"][0]["config_signature"].clone();
            }),
            Signer::Creator,
        ),
        (
            edited(&signed(), |file| file["operators"][1]["enr"] = json!(enr(9).text())),
            Signer::OperatorEnr(2),
        ),
    ] {
        let report = definition.verify_signatures(&hoodi()).unwrap();
        assert_eq!(report.needs_execution_client(), [signer]);
        assert_eq!(report.verdict(), SignatureVerdict::NeedsExecutionClient);
    }
}

#[test]
fn signatures_of_no_wallet_are_malformed() {
    let signature = |text: String| {
        edited(&signed(), |file| file["operators"][0]["enr_signature"] = json!(text))
            .verify_signatures(&hoodi())
            .unwrap()
    };
    let report = signature("11".repeat(64));
    assert_eq!(report.malformed(), [(Signer::OperatorEnr(1), "it has not 65 bytes")]);
    assert_eq!(report.verdict(), SignatureVerdict::Invalid);
    let unnamed = edited(&signed(), |file| file["operators"][0]["address"] = json!(""));
    assert_eq!(unnamed.verify_signatures(&hoodi()).unwrap().malformed().len(), 2);
    let bare = edited(&signed(), |file| {
        let address = file["creator"]["address"].as_str().unwrap()[2..].to_owned();
        file["creator"]["address"] = json!(address);
    });
    let report = bare.verify_signatures(&hoodi()).unwrap();
    assert_eq!(report.malformed(), [(Signer::Creator, "the declared address does not start with 0x")]);
}

#[test]
fn v1_11_holds_the_signatures_of_several_owners() {
    let mut request = group_request();
    request.version = Version::V1_11;
    let definition = request.create().unwrap();
    let with = |length: usize| {
        edited(&definition, |file| {
            let signature = "11".repeat(length);
            for operator in file["operators"].as_array_mut().unwrap() {
                operator["config_signature"] = json!(signature);
                operator["enr_signature"] = json!(signature);
            }
            file["creator"]["config_signature"] = json!(signature);
        })
    };
    let report = with(3 * 65).verify_signatures(&hoodi()).unwrap();
    assert_eq!(report.verdict(), SignatureVerdict::NeedsExecutionClient);
    assert_eq!(report.needs_execution_client().len(), 9);
    let mut value: serde_json::Value = serde_json::from_slice(&definition.to_json().unwrap()).unwrap();
    for length in [64, 66, 33 * 65] {
        value["creator"]["config_signature"] = json!("11".repeat(length));
        let bytes = serde_json::to_vec(&value).unwrap();
        assert!(Definition::parse(&bytes).is_err(), "{length}");
    }
}

#[test]
fn copies_signed_at_the_same_time_are_merged() {
    let unsigned = group_request().create().unwrap();
    let mut merged = unsigned.clone();
    merged.sign_as_creator(&account(0), &hoodi()).unwrap();
    for operator in 1..=4 {
        let mut copy = unsigned.clone();
        let record = enr(operator);
        copy.sign_as_operator(operator.into(), Some(&record), &account(operator), &hoodi()).unwrap();
        merged.merge_signatures(&copy).unwrap();
    }
    assert_eq!(merged, signed());
    assert_eq!(merged.verify_hashes(), Ok(()));
    let mut copy = unsigned.clone();
    copy.sign_as_operator(2, Some(&enr(9)), &account(2), &hoodi()).unwrap();
    let before = merged.clone();
    assert_eq!(merged.merge_signatures(&copy), Err(ClusterError::SignatureConflict(Signer::OperatorEnr(2))));
    assert_eq!(merged, before);
    let other = request().create().unwrap();
    assert!(matches!(merged.merge_signatures(&other), Err(ClusterError::HashMismatch { .. })));
}
