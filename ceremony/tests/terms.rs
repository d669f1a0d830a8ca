//! With which definitions and parameters a ceremony can be held.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::sync::Arc;

use common::{definition, identity, run, seed};
use coram_ceremony::keys::decryption_key;
use coram_ceremony::parameters::{EncryptionKeys, ExtractionRule};
use coram_ceremony::{Ceremony, CeremonyError, Parameters};
use coram_cluster::ClusterError;
use coram_cluster::definition::{Definition, DefinitionRequest};
use coram_cluster::enr::Enr;
use coram_cluster::json;
use coram_cluster::lock::{Lock, check};
use coram_cluster::network::Network;
use coram_cluster::version::Version;
use coram_proofs::ProofSystemId;

fn with(change: impl FnOnce(&mut Parameters)) -> Result<Ceremony, CeremonyError> {
    let definition = definition(4, 3, 1);
    let mut parameters = Ceremony::default_parameters(&definition).unwrap();
    change(&mut parameters);
    Ceremony::new(definition, parameters, 0)
}

#[test]
fn dealers_are_an_ascending_list_of_enough_operators() {
    for dealers in [vec![1, 2, 3, 4], vec![1, 2, 3], vec![2, 3, 4]] {
        assert!(with(|parameters| parameters.dealers = dealers).is_ok());
    }
    for dealers in [vec![], vec![1, 2], vec![0, 1, 2], vec![2, 3, 5], vec![1, 3, 2], vec![1, 1, 2, 3]] {
        let refused = with(|parameters| parameters.dealers.clone_from(&dealers));
        assert!(matches!(refused, Err(CeremonyError::Dealers { .. })), "{dealers:?}");
    }
}

#[test]
fn a_known_network_has_one_genesis_time() {
    let refused = with(|parameters| parameters.genesis_time += 1);
    assert!(matches!(refused, Err(CeremonyError::GenesisTime { .. })));
}

#[test]
fn numbers_that_not_every_program_reads_are_refused() {
    let network = Network::custom("devnet", [1, 2, 3, 4], 4242, 1_700_000_000).unwrap();
    let with = |gas_limit: u64, genesis_time: u64| {
        let json = definition(4, 3, 1).to_json().unwrap();
        let mut file: serde_json::Value = serde_json::from_slice(&json).unwrap();
        file["target_gas_limit"] = gas_limit.into();
        file["fork_version"] = "0x01020304".into();
        let definition = Definition::read(&json::Node::root(&file)).unwrap();
        let refused = definition.check_for_ceremony(&network).err();
        (Ceremony::new(definition, Parameters::new(4, genesis_time), 0).err(), refused)
    };
    let largest = (1 << 53) - 1;
    assert!(matches!(with(largest, largest), (None, None)));
    let large = |what, number| Some(ClusterError::LargeNumber { what, number });
    let (ceremony, definition) = with(largest + 1, largest);
    assert_eq!(definition, large("gas limit", largest + 1));
    assert!(matches!(ceremony, Some(CeremonyError::Cluster(error)) if Some(&error) == definition.as_ref()));
    let (ceremony, _) = with(largest, largest + 1);
    let expected = large("genesis time", largest + 1);
    assert!(matches!(ceremony, Some(CeremonyError::Cluster(error)) if Some(&error) == expected.as_ref()));
}

#[test]
fn transparent_proofs_have_no_setup() {
    let refused = with(|parameters| parameters.setup = Some([0; 32]));
    assert!(matches!(refused, Err(CeremonyError::Setup { .. })));
}

#[test]
fn batches_are_refused_where_they_save_nothing() {
    let with = |dealers: &[u16], validators: u64| {
        let definition = definition(4, 3, validators);
        let mut parameters = Ceremony::default_parameters(&definition).unwrap();
        parameters.dealers = dealers.to_vec();
        parameters.extraction = ExtractionRule::Batched;
        Ceremony::new(definition, parameters, 0).map(|ceremony| ceremony.extraction())
    };
    for (dealers, validators) in [(&[1, 2, 3, 4][..], 1), (&[1, 2, 4], 8)] {
        let refused = with(dealers, validators).unwrap_err();
        assert!(matches!(refused, CeremonyError::Extraction { .. }), "{refused}");
    }
    let extraction = with(&[1, 2, 3, 4], 3).unwrap();
    assert_eq!((extraction.rows(), extraction.polynomials()), (2, 2));
    // The other mistakes have their own names.
    assert!(matches!(with(&[1, 2], 8).unwrap_err(), CeremonyError::Dealers { .. }));
}

fn of_shape(operators: u16, threshold: u64, validators: u64) -> Result<Ceremony, CeremonyError> {
    let definition = definition(operators, threshold, validators);
    let parameters = Ceremony::default_parameters(&definition).unwrap();
    Ceremony::new(definition, parameters, 0)
}

#[test]
fn shapes_that_cannot_be_proved_are_refused_before_anything_is_signed() {
    let largest = of_shape(4, 3, 32_768).unwrap_err();
    assert!(matches!(largest, CeremonyError::LockSize { .. }), "{largest}");
    let refused = of_shape(4, 3, 32_769).unwrap_err();
    assert!(
        matches!(refused, CeremonyError::Shares { operators: 4, validators: 32_769, max: 32_768 }),
        "{refused}"
    );
}

#[test]
fn no_ceremony_ends_with_a_lock_that_nobody_reads() {
    // A small lock, to see that it is counted rightly.
    let ceremony = Arc::new(of_shape(4, 3, 2).unwrap());
    let json = run(&ceremony)[0].lock_json().unwrap();
    let values = count(&serde_json::from_slice(&json).unwrap());
    let (limits, one_more) = (*ceremony.limits(), *of_shape(4, 3, 3).unwrap().limits());
    assert!(values <= limits.lock_values() && json.len() as u64 <= limits.lock_bytes());
    // As it stands in protocol.md: n = 4, t = 3, m = 2, g = 2, h = 1.
    let of_validator: u64 = 398 + 496 * 2 + 552 + 4 * (540 + 96 * 3 + 64 * 4 + 204 * 3);
    assert_eq!(limits.lock_bytes(), 2 * of_validator + 65_536 + 4 * (81_920 + 68 * 4));
    // Whatever does not grow with the validators is generously counted; what does, is counted to the value.
    let json_of_three = run(&Arc::new(of_shape(4, 3, 3).unwrap()))[0].lock_json().unwrap();
    let values_of_three = count(&serde_json::from_slice(&json_of_three).unwrap());
    assert_eq!(values_of_three - values, one_more.lock_values() - limits.lock_values());
    let (grows, counted) =
        ((json_of_three.len() - json.len()) as u64, one_more.lock_bytes() - limits.lock_bytes());
    assert!((grows..grows + grows / 16).contains(&counted), "{grows} bytes, counted as {counted}");

    // No shape that is allowed has more values than are read, and the largest would be read.
    for (n, m) in [(2, 65_536), (3, 43_690), (4, 32_768), (7, 14_000), (10, 10_000), (100, 100), (255, 20)] {
        for deposits in [1, 2, 4, 256] {
            let (threshold, registrations) = (2 * n / 3 + 1, 1);
            let limits = coram_ceremony::limits::Limits {
                system: ProofSystemId::Transparent,
                operators: n,
                threshold: threshold.min(n),
                validators: m,
                polynomials: m,
                deposits,
                registrations,
            };
            let read = limits.lock_bytes() as usize * 15 / 16 / json::MIN_BYTES_PER_VALUE;
            assert!(limits.lock_values() <= read.max(json::MAX_VALUES), "{limits:?}");
        }
    }
    let refused = of_shape(10, 7, 10_200).unwrap_err();
    assert!(matches!(refused, CeremonyError::LockSize { validators: 10_200, .. }), "{refused}");
    assert!(of_shape(10, 7, 10_000).is_ok() && of_shape(4, 3, 30_000).is_ok());
}

/// How many values a reader of JSON counts.
fn count(value: &serde_json::Value) -> usize {
    1 + match value {
        serde_json::Value::Array(items) => items.iter().map(count).sum(),
        serde_json::Value::Object(members) => members.values().map(count).sum(),
        _ => 0,
    }
}

#[test]
fn attempts_are_different_ceremonies() {
    let first = with(|_| {}).unwrap();
    let second = Ceremony::new(definition(4, 3, 1), first.parameters().clone(), 1).unwrap();
    assert_ne!(first.id(), second.id());
    assert_eq!(first.id(), with(|_| {}).unwrap().id());
    let key =
        |ceremony: &Ceremony| decryption_key(ceremony, &identity(1), &[1; 32]).encryption_key().to_bytes();
    assert_ne!(key(&first), key(&second));
}

#[test]
fn encryption_keys_come_from_where_the_parameters_say() {
    let key = |ceremony: &Ceremony, operator: u16, purpose: u8| {
        decryption_key(ceremony, &identity(operator), &seed(purpose, 1)).encryption_key().to_bytes()
    };
    let fresh = with(|_| {}).unwrap();
    assert_ne!(key(&fresh, 1, 2), key(&fresh, 1, 3));
    assert_eq!(key(&fresh, 1, 2), key(&fresh, 2, 2));
    let derived = with(|parameters| parameters.encryption_keys = EncryptionKeys::FromIdentity).unwrap();
    assert_eq!(key(&derived, 1, 2), key(&derived, 1, 3));
    assert_ne!(key(&derived, 1, 2), key(&derived, 2, 2));
}

#[test]
fn a_custom_network_with_its_own_amounts() {
    let network = Network::custom("devnet", [1, 2, 3, 4], 4242, 1_700_000_000).unwrap();
    let mut request =
        DefinitionRequest::new(network.clone(), "0194FDC2".into(), "2025-01-09T12:51:06Z".into());
    request.version = Version::V1_11;
    request.compounding = true;
    request.deposit_amounts = vec![32, 8, 32];
    request.num_validators = 2;
    request.threshold = Some(2);
    request.fee_recipient_addresses = vec!["0x52fdfc072182654f163f5f0f9a621d729566c74d".into()];
    request.withdrawal_addresses = vec!["0x0000000000000000000000000000000000000001".into()];
    request.operator_enrs = (1..=3).map(|i| Enr::new(&identity(i)).text().to_owned()).collect();
    let definition = request.create().unwrap();

    let unknown = Ceremony::default_parameters(&definition);
    assert!(matches!(unknown, Err(CeremonyError::UnknownNetwork { .. })));
    let parameters = Parameters::new(3, network.genesis_time());
    let ceremony = Arc::new(Ceremony::new(definition, parameters, 0).unwrap());
    let lock = Lock::parse(&run(&ceremony)[0].lock_json().unwrap()).unwrap();
    for outcome in check::all(&lock, &network) {
        assert_eq!(outcome.result, Ok(()), "{outcome:?}");
    }
    let deposits = &lock.validators()[1].deposits;
    let amounts: Vec<u64> = deposits.iter().map(|deposit| deposit.message.amount).collect();
    assert_eq!(amounts, [8_000_000_000, 32_000_000_000]);
}
