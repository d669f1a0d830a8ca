//! A cluster whose operators all sit in one process.

#![allow(dead_code, reason = "each test binary uses a part")]

use std::sync::Arc;

use coram_ceremony::id::RosterHash;
use coram_ceremony::keys::decryption_key;
use coram_ceremony::message::{Body, Unverified};
use coram_ceremony::{Board, Ceremony, Engine, Keys, Kind, Message, Outcome, Parameters, Step};
use coram_cluster::definition::{Definition, DefinitionRequest};
use coram_cluster::enr::Enr;
use coram_cluster::identity::IdentityKey;
use coram_cluster::network::Network;
use zeroize::Zeroizing;

/// A seed that depends on what it is for.
pub fn seed(purpose: u8, operator: u16) -> [u8; 32] {
    let mut seed = [purpose; 32];
    seed[..2].copy_from_slice(&operator.to_be_bytes());
    seed
}

pub fn identity(operator: u16) -> IdentityKey {
    IdentityKey::from_bytes(&seed(1, operator)).unwrap()
}

pub fn definition(operators: u16, threshold: u64, validators: u64) -> Definition {
    let network = Network::by_name("hoodi").unwrap();
    let mut request = DefinitionRequest::new(
        network,
        "0194FDC2-FA2F-4CC0-81D3-FF12045B73C8".into(),
        "2025-01-09T12:51:06Z".into(),
    );
    request.name = "test".into();
    request.num_validators = validators;
    request.threshold = Some(threshold);
    request.fee_recipient_addresses = vec!["0x52fdfc072182654f163f5f0f9a621d729566c74d".into()];
    request.withdrawal_addresses = vec!["0x0000000000000000000000000000000000000001".into()];
    request.operator_enrs = (1..=operators).map(|i| Enr::new(&identity(i)).text().to_owned()).collect();
    request.create().unwrap()
}

pub fn ceremony(operators: u16, threshold: u64, validators: u64) -> Arc<Ceremony> {
    ceremony_with(operators, threshold, validators, |_| {})
}

pub fn ceremony_with(
    operators: u16,
    threshold: u64,
    validators: u64,
    change: impl FnOnce(&mut Parameters),
) -> Arc<Ceremony> {
    let definition = definition(operators, threshold, validators);
    let mut parameters = Ceremony::default_parameters(&definition).unwrap();
    change(&mut parameters);
    Arc::new(Ceremony::new(definition, parameters, 0).unwrap())
}

pub fn keys(ceremony: &Ceremony, operator: u16) -> Keys {
    let identity = identity(operator);
    let decryption = decryption_key(ceremony, &identity, &seed(2, operator));
    Keys::new(identity, decryption, Some(Zeroizing::new(seed(3, operator))))
}

pub fn engine(ceremony: &Arc<Ceremony>, operator: u16) -> Engine {
    restart(ceremony, operator, &[])
}

/// An engine that reads its board from disk.
pub fn restart(ceremony: &Arc<Ceremony>, operator: u16, messages: &[Vec<u8>]) -> Engine {
    let mut board = Board::new(Arc::clone(ceremony));
    for message in messages {
        board.insert(message);
    }
    Engine::new(keys(ceremony, operator), board, "test").unwrap()
}

/// Everything on a board, as bytes.
pub fn dump(board: &Board) -> Vec<Vec<u8>> {
    board.messages().map(Message::to_bytes).collect()
}

/// A message that any operator could sign, with a body that it should not have.
pub fn forge<B: Body>(ceremony: &Ceremony, author: u16, roster: RosterHash, body: B) -> Vec<u8> {
    let mut message = Unverified { author, roster, body, signature: [0; 64] };
    message.signature = identity(author).sign(message.id(ceremony.id()).as_bytes());
    message.to_bytes(ceremony.id())
}

/// Lets the operators take turns, everybody seeing everything, until nobody has anything to say. `tamper` may change
/// what an operator sends.
pub fn run_with(
    ceremony: &Arc<Ceremony>,
    operators: &[u16],
    tamper: impl FnMut(Message) -> Vec<Vec<u8>>,
) -> Vec<Step> {
    run_from(ceremony, operators, &[], tamper)
}

/// Like [`run_with`], from a board that everybody has.
pub fn run_from(
    ceremony: &Arc<Ceremony>,
    operators: &[u16],
    board: &[Vec<u8>],
    mut tamper: impl FnMut(Message) -> Vec<Vec<u8>>,
) -> Vec<Step> {
    let mut engines: Vec<Engine> = operators.iter().map(|i| restart(ceremony, *i, board)).collect();
    loop {
        let mut sent = Vec::new();
        let mut steps = Vec::new();
        for engine in &mut engines {
            let step = engine.next();
            if let Step::Publish(message) = step {
                let _ = engine.insert(&message.to_bytes());
                sent.extend(tamper(message));
            } else {
                steps.push(step);
            }
        }
        if steps.len() == engines.len() && sent.is_empty() {
            return steps;
        }
        for engine in &mut engines {
            for message in &sent {
                let _ = engine.insert(message);
            }
        }
    }
}

/// The messages of a whole ceremony among honest operators, by kind and author.
pub fn honest_board(ceremony: &Arc<Ceremony>) -> Vec<Vec<u8>> {
    let mut one = engine(ceremony, 1);
    let all: Vec<u16> = (1..=ceremony.operators()).collect();
    run_with(ceremony, &all, |message| {
        one.insert(&message.to_bytes());
        vec![message.to_bytes()]
    });
    dump(one.board())
}

/// The messages of kinds before this one.
pub fn before(kind: Kind, board: &[Vec<u8>]) -> Vec<Vec<u8>> {
    board.iter().filter(|message| kind_of(message) < kind.number()).cloned().collect()
}

/// The number of a message's kind, as it stands in its bytes.
pub fn kind_of(message: &[u8]) -> u8 {
    message[32]
}

pub fn run(ceremony: &Arc<Ceremony>) -> Vec<Outcome> {
    let all: Vec<u16> = (1..=ceremony.operators()).collect();
    let steps = run_with(ceremony, &all, |message| vec![message.to_bytes()]);
    steps
        .into_iter()
        .map(|step| match step {
            Step::Finished(outcome) => *outcome,
            other => panic!("not finished: {other:?}"),
        })
        .collect()
}
