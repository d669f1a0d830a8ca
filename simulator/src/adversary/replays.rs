//! Messages of other ceremonies, messages that nobody can place, and what has the form of no message.

use coram_ceremony::id::RosterHash;
use coram_ceremony::message::{Join, Unverified};
use coram_ceremony::{Board, Engine, Kind, Message, Step};
use std::sync::Arc;

use super::{Adversary, Cheaters, Entry, Expected};
use crate::Failure;
use crate::cast::Shape;
use crate::hand::Hand;

/// Adversaries of this module.
pub const ADVERSARIES: &[Entry] = &[
    Entry {
        name: "abandoned-attempt-replayed",
        what: "replays what all operators signed in an attempt that was abandoned",
        stopped_by: "the attempt goes into the ceremony id (protocol.md 9.1, 13)",
        shape: |operators| Shape { attempt: 1, ..Shape::of(operators) },
        make: || Box::new(Noise(|hand| joins_of(hand, |shape| shape.attempt -= 1))),
        ..HARMLESS
    },
    Entry {
        name: "later-attempt-replayed",
        what: "shows what all operators signed in another attempt than this one, as if it were a later one",
        stopped_by: "whoever replays another's Join speaks for nobody (protocol.md 13)",
        make: || Box::new(Noise(|hand| joins_of(hand, |shape| shape.attempt += 1))),
        ..HARMLESS
    },
    Entry {
        name: "other-ceremony-replayed",
        what: "replays what the same operators signed as another cluster",
        stopped_by: "the definition goes into the ceremony id (protocol.md 9.1)",
        make: || Box::new(Noise(|hand| joins_of(hand, |shape| shape.validators += 1))),
        ..HARMLESS
    },
    Entry {
        name: "spliced-into-this-ceremony",
        what: "writes the id of this ceremony over that of another in messages that all operators signed there",
        stopped_by: "the ceremony id is signed (protocol.md 10.1)",
        make: || {
            Box::new(Noise(|hand| {
                let id = *hand.ceremony().id().as_bytes();
                let spliced = |mut message: Vec<u8>| {
                    message.splice(..32, id);
                    message
                };
                Ok(joins_of(hand, |shape| shape.attempt += 1)?.into_iter().map(spliced).collect())
            }))
        },
        ..HARMLESS
    },
    Entry {
        name: "forged-in-anothers-name",
        what: "signs second messages in the names of all honest operators with its own key",
        stopped_by: "the signature is the author's (protocol.md 10.1)",
        make: || Box::new(Noise(forged)),
        ..HARMLESS
    },
    Entry {
        name: "garbage",
        what: "sends random bytes, parts of messages, and messages with random bits changed",
        stopped_by: "what does not decode is dropped and accuses nobody (protocol.md 10.1)",
        make: || Box::new(Noise(garbage)),
        ..HARMLESS
    },
    Entry {
        name: "unplaceable-flood",
        what: "sends hundreds of well-formed messages of kinds, authors and ceremonies that there are not",
        stopped_by: "one of this kind is due from its author; else it is dropped (protocol.md 10.1)",
        make: || Box::new(Noise(unplaceable)),
        ..HARMLESS
    },
];

const HARMLESS: Entry = Entry {
    name: "",
    what: "",
    stopped_by: "",
    expected: &[Expected::Lock],
    cheaters: Cheaters::All,
    shape: Shape::of,
    make: || Box::new(Noise(garbage)),
};

/// Follows the protocol, and with each of its messages sends others.
struct Noise(fn(&mut Hand) -> Result<Vec<Vec<u8>>, Failure>);

impl Adversary for Noise {
    fn publish(&mut self, hand: &mut Hand, author: u16, kind: Kind) -> Result<(), Failure> {
        if matches!(kind, Kind::Join | Kind::Commit | Kind::Seal) && hand.cheats(author) {
            for bytes in (self.0)(hand)? {
                hand.tell_all(author, &hand.honest(), &bytes);
            }
        }
        hand.publish_honestly(author, kind);
        Ok(())
    }
}

/// The Joins that all operators, honest ones too, did sign in a ceremony of another form.
fn joins_of(hand: &mut Hand, change: impl FnOnce(&mut Shape)) -> Result<Vec<Vec<u8>>, Failure> {
    let mut shape = hand.shape();
    change(&mut shape);
    let cast = hand.cast().in_shape(shape)?;
    let mut joins = Vec::new();
    for index in hand.honest() {
        let board = Board::new(Arc::clone(&cast.ceremony));
        if let Step::Publish(message) = Engine::new(cast.keys(index)?, board, "simulator")?.next() {
            joins.push(message.to_bytes());
        }
    }
    Ok(joins)
}

/// The message of an honest operator that the adversary has, or else its own Join.
fn some_message(hand: &mut Hand) -> Result<Vec<u8>, Failure> {
    let messages: Vec<Message> = hand.board()?.messages().cloned().collect();
    if let Some(message) = hand.random().choose(&messages) {
        return Ok(message.to_bytes());
    }
    let author = hand.corrupted().first().copied().ok_or("an adversary without operators")?;
    let (_, join) = hand.honest_body::<Join>(author)?;
    hand.sign(author, RosterHash::NONE, join)
}

fn forged(hand: &mut Hand) -> Result<Vec<Vec<u8>>, Failure> {
    let own = hand.corrupted().first().copied().ok_or("an adversary without operators")?;
    let key = hand.cast().identity(own)?.clone();
    let id = hand.ceremony().id();
    let mut messages = Vec::new();
    for author in hand.honest() {
        let body = Join {
            terms: hand.ceremony().terms().clone(),
            encryption_key: [7; 32],
            possession: [8; 64],
            software: Vec::new(),
        };
        let mut message = Unverified { author, roster: RosterHash::NONE, body, signature: [0; 64] };
        message.signature = key.sign(message.id(id).as_bytes());
        messages.push(message.to_bytes(id));
    }
    Ok(messages)
}

fn garbage(hand: &mut Hand) -> Result<Vec<Vec<u8>>, Failure> {
    let message = some_message(hand)?;
    let random = hand.random();
    let mut all = vec![Vec::new(), vec![0xff; 1 << 16]];
    for _ in 0..10 {
        let length = random.below(2000);
        all.push((0..length).map(|_| random.draw() as u8).collect());
        all.push(message.iter().copied().take(random.below(message.len())).collect());
        let mut changed = message.clone();
        let place = random.below(changed.len());
        if let Some(byte) = changed.get_mut(place) {
            *byte ^= 1 << random.below(8);
        }
        all.push(changed);
        all.push([message.as_slice(), &[0]].concat());
    }
    Ok(all)
}

/// Where kind and author are in a message: after the ceremony.
const KIND: usize = 32;
const AUTHOR: usize = 33;

fn unplaceable(hand: &mut Hand) -> Result<Vec<Vec<u8>>, Failure> {
    let message = some_message(hand)?;
    let random = hand.random();
    let altered = |place: usize, value: u8| {
        let mut changed = message.clone();
        if let Some(byte) = changed.get_mut(place) {
            *byte = value;
        }
        changed
    };
    let mut all = vec![altered(KIND, 0), altered(KIND, 6), altered(AUTHOR, 0), altered(AUTHOR, 200)];
    for _ in 0..200 {
        let mut changed = message.clone();
        let ceremony = (0..32).map(|_| random.draw() as u8);
        changed.splice(..32, ceremony);
        all.push(changed);
    }
    Ok(all)
}
