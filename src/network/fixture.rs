//! A ceremony of four operators and messages for it, for tests.

use std::sync::Arc;

use coram_ceremony::{Board, Ceremony, Engine, Keys, Message, Step, keys};
use coram_cluster::definition::DefinitionRequest;
use coram_cluster::{enr::Enr, identity::IdentityKey, network::Network};
use zeroize::Zeroizing;

use super::replica::{Keep, Replica};
use crate::failure::Failure;

/// A store that forgets.
struct Nowhere;

impl Keep for Nowhere {
    fn keep(&self, _: &Message) -> Result<(), Failure> {
        Ok(())
    }
}

/// The identity of an operator, index from 1.
pub fn identity(operator: u16) -> IdentityKey {
    IdentityKey::from_bytes(&[operator as u8; 32]).unwrap()
}

/// The ceremony.
pub fn ceremony() -> Arc<Ceremony> {
    let mut request = DefinitionRequest::new(
        Network::by_name("hoodi").unwrap(),
        "0194FDC2-FA2F-4CC0-81D3-FF12045B73C8".to_owned(),
        "2026-01-09T12:51:06Z".to_owned(),
    );
    request.num_validators = 1;
    request.fee_recipient_addresses = vec!["0x0000000000000000000000000000000000000001".to_owned()];
    request.withdrawal_addresses = request.fee_recipient_addresses.clone();
    request.operator_enrs = (1..=4).map(|index| Enr::new(&identity(index)).text().to_owned()).collect();
    let definition = request.create().unwrap();
    let parameters = Ceremony::default_parameters(&definition).unwrap();
    Arc::new(Ceremony::new(definition, parameters, 0).unwrap())
}

/// The Join of an operator, index from 1. Another `seed` makes another one: both together are an equivocation.
pub fn join(operator: u16, seed: u8) -> Message {
    let ceremony = ceremony();
    let decryption = keys::decryption_key(&ceremony, &identity(operator), &[seed; 32]);
    let keys = Keys::new(identity(operator), decryption, Some(Zeroizing::new([seed; 32])));
    let mut engine = Engine::new(keys, Board::new(ceremony), "test").unwrap();
    match engine.next() {
        Step::Publish(message) => message,
        other => panic!("{other:?}"),
    }
}

/// A replica whose board had these messages from the start.
pub fn replica(messages: &[Message]) -> Replica {
    let mut board = Board::new(ceremony());
    for message in messages {
        board.insert(&message.to_bytes());
    }
    Replica::new(board, Box::new(Nowhere))
}
