//! What peers of the protocol say, written out a second time: as `docs/protocol.md` has it, and not as the program does.
#![allow(dead_code, missing_docs, clippy::unwrap_used)] // each test file uses a part

use std::path::Path;
use std::sync::Arc;

use coram_ceremony::id::RosterHash;
use coram_ceremony::message::{Body, Unverified};
use coram_ceremony::{Ceremony, Parameters};
use coram_cluster::definition::Definition;
use coram_cluster::identity::IdentityKey;
use coram_cluster::network::Network;
use ssz::{Decode as _, Encode};
use ssz_derive::{Decode, Encode};

pub type Id = [u8; 32];

#[derive(Encode, Decode)]
struct Ids {
    ceremony: Id,
    ids: Vec<Id>,
}

#[derive(Encode, Decode)]
struct Messages {
    ceremony: Id,
    messages: Vec<Vec<u8>>,
}

#[derive(Encode, Decode)]
struct NewBoard {
    ceremony: Id,
    definition: Vec<u8>,
    terms: Vec<u8>,
}

#[derive(Encode, Decode)]
struct Have {
    ids: Vec<Id>,
}

#[derive(Encode, Decode)]
struct Want {
    lacks: Vec<Id>,
    now: Vec<Id>,
}

#[derive(Encode, Decode)]
struct Other {
    ceremony: Id,
    join: Vec<u8>,
}

/// A frame with its length.
fn frame(tag: u8, content: &impl Encode) -> Vec<u8> {
    let mut bytes = vec![tag];
    content.ssz_append(&mut bytes);
    crate::peer::framed(&bytes)
}

pub fn sync(ceremony: Id, ids: Vec<Id>) -> Vec<u8> {
    frame(0, &Ids { ceremony, ids })
}

pub fn offer(ceremony: Id, ids: Vec<Id>) -> Vec<u8> {
    frame(1, &Ids { ceremony, ids })
}

pub fn push(ceremony: Id, messages: Vec<Vec<u8>>) -> Vec<u8> {
    frame(2, &Messages { ceremony, messages })
}

pub fn open(ceremony: Id, definition: Vec<u8>, terms: Vec<u8>) -> Vec<u8> {
    frame(3, &NewBoard { ceremony, definition, terms })
}

/// The answer to a Sync.
pub fn have(ids: Vec<Id>) -> Vec<u8> {
    frame(0, &Have { ids })
}

/// The answer to an Offer.
pub fn want(lacks: Vec<Id>, now: Vec<Id>) -> Vec<u8> {
    frame(1, &Want { lacks, now })
}

/// The answer to a Push.
pub fn took() -> Vec<u8> {
    crate::peer::framed(&[2])
}

/// What somebody in another ceremony answers.
pub fn other(ceremony: Id, join: Vec<u8>) -> Vec<u8> {
    frame(3, &Other { ceremony, join })
}

/// What a peer asks, as far as a test needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    Sync(Vec<Id>),
    Offer(Vec<Id>),
    Push(Vec<Vec<u8>>),
    Open,
    Else(Vec<u8>),
}

/// Reads a request with its length.
pub fn read_request(bytes: &[u8]) -> Asked {
    let asked = match bytes.get(4..) {
        Some([0, rest @ ..]) => Ids::from_ssz_bytes(rest).map(|content| Asked::Sync(content.ids)),
        Some([1, rest @ ..]) => Ids::from_ssz_bytes(rest).map(|content| Asked::Offer(content.ids)),
        Some([2, rest @ ..]) => Messages::from_ssz_bytes(rest).map(|content| Asked::Push(content.messages)),
        Some([3, rest @ ..]) => NewBoard::from_ssz_bytes(rest).map(|_| Asked::Open),
        _ => return Asked::Else(bytes.to_vec()),
    };
    asked.unwrap_or_else(|_| Asked::Else(bytes.to_vec()))
}

/// The ceremony of a definition file, with the parameters that `coram dkg` has by default.
pub fn ceremony(definition: &Path) -> Arc<Ceremony> {
    let definition = Definition::parse(&std::fs::read(definition).unwrap()).unwrap();
    let network = Network::by_fork_version(definition.fork_version()).unwrap();
    let operators = u16::try_from(definition.operators().len()).unwrap();
    let parameters = Parameters::new(operators, network.genesis_time());
    Arc::new(Ceremony::new(definition, parameters, 0).unwrap())
}

/// The identity key of a data folder.
pub fn identity_key(data_dir: &Path) -> IdentityKey {
    let text = std::fs::read_to_string(data_dir.join("charon-enr-private-key")).unwrap();
    IdentityKey::from_file_text(&text).unwrap()
}

/// A message that its author signed, whatever it says.
pub fn signed<B: Body>(
    ceremony: &Ceremony,
    author: u16,
    key: &IdentityKey,
    roster: RosterHash,
    body: B,
) -> Vec<u8> {
    let mut message = Unverified { author, roster, body, signature: [0; 64] };
    message.signature = key.sign(message.id(ceremony.id()).as_bytes());
    message.to_bytes(ceremony.id())
}

/// The message with a signature that is not its author's.
pub fn with_a_bad_signature(mut message: Vec<u8>) -> Vec<u8> {
    // The signature comes last of what has a fixed length: before it are ceremony, kind, author, roster, and the offset of
    // the body.
    let signature = 32 + 1 + 2 + 32 + 4;
    message[signature + 5] ^= 1;
    message
}
