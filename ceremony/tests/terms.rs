//! With which definitions and parameters a ceremony can be held.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::sync::Arc;

use common::{definition, identity, run, seed};
use coram_ceremony::keys::decryption_key;
use coram_ceremony::parameters::EncryptionKeys;
use coram_ceremony::{Ceremony, CeremonyError, Parameters};
use coram_cluster::definition::DefinitionRequest;
use coram_cluster::enr::Enr;
use coram_cluster::lock::{Lock, check};
use coram_cluster::network::Network;
use coram_cluster::version::Version;

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
fn transparent_proofs_have_no_setup() {
    let refused = with(|parameters| parameters.setup = Some([0; 32]));
    assert!(matches!(refused, Err(CeremonyError::Setup { .. })));
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
