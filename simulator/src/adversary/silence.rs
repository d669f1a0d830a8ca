//! True messages that come late, last, to few, or not at all.

use std::collections::BTreeSet;

use coram_ceremony::{Kind, Message};

use super::{Adversary, Cheaters, Entry, Expected};
use crate::Failure;
use crate::cast::Shape;
use crate::hand::Hand;

/// Adversaries of this module.
pub const ADVERSARIES: &[Entry] = &[
    Entry {
        name: "withheld-join",
        what: "sees who joins, and does not join",
        expected: &[Expected::Wait(Kind::Join)],
        make: || Box::new(Withheld(Kind::Join)),
        ..NAMED
    },
    Entry {
        name: "withheld-commit",
        what: "sees all other Commits, and does not commit",
        expected: &[Expected::Wait(Kind::Commit)],
        make: || Box::new(Withheld(Kind::Commit)),
        ..NAMED
    },
    Entry {
        name: "withheld-attest",
        what: "knows its shares, and does not attest",
        expected: &[Expected::Wait(Kind::Attest)],
        make: || Box::new(Withheld(Kind::Attest)),
        ..NAMED
    },
    Entry {
        name: "withheld-seal",
        what: "has a lock itself, and keeps its Seal from all others",
        expected: &[Expected::Wait(Kind::Seal)],
        make: || Box::new(Withheld(Kind::Seal)),
        ..NAMED
    },
    Entry {
        name: "rushing",
        what: "sends every message when those of all honest operators are there, and none before",
        stopped_by: "Commits before Deals: it cannot choose any more (protocol.md 11)",
        expected: &[Expected::Lock],
        make: || Box::new(Last::default()),
        ..NAMED
    },
    Entry {
        name: "told-to-one",
        what: "shows each of its messages to one honest operator only",
        stopped_by: "operators hand on what they have (protocol.md 13)",
        expected: &[Expected::Lock],
        make: || Box::new(ToOne),
        ..NAMED
    },
    Entry {
        name: "late",
        what: "says nothing for minutes before each of its messages",
        stopped_by: "waiting has no end of its own (protocol.md 11)",
        expected: &[Expected::Lock],
        make: || Box::new(Late),
        ..NAMED
    },
];

const NAMED: Entry = Entry {
    name: "",
    what: "",
    stopped_by: "whoever is missing is named; the attempt is counted (protocol.md 9.2, 11)",
    expected: &[],
    cheaters: Cheaters::All,
    shape: Shape::of,
    make: || Box::new(ToOne),
};

/// Keeps its messages of one kind.
struct Withheld(Kind);

impl Adversary for Withheld {
    fn publish(&mut self, hand: &mut Hand, author: u16, kind: Kind) -> Result<(), Failure> {
        match hand.honestly(author, kind) {
            // It has what it keeps from others.
            Some(message) if kind == self.0 && hand.cheats(author) => hand.take(&message.to_bytes()),
            _ => hand.publish_honestly(author, kind),
        }
        Ok(())
    }
}

/// Holds every message back until those of all honest operators are there.
#[derive(Default)]
struct Last(BTreeSet<(Kind, u16)>);

impl Adversary for Last {
    fn publish(&mut self, hand: &mut Hand, author: u16, kind: Kind) -> Result<(), Failure> {
        self.0.insert((kind, author));
        self.release(hand)
    }

    fn observe(&mut self, hand: &mut Hand, _: &Message) -> Result<(), Failure> {
        self.release(hand)
    }
}

impl Last {
    fn release(&mut self, hand: &mut Hand) -> Result<(), Failure> {
        let Some(&(kind, author)) = self.0.first() else { return Ok(()) };
        let (honest, board) = (hand.honest(), hand.board()?);
        let is_due = |index: u16| board.ceremony().expects(kind, index) && !board.has(kind, index);
        if honest.into_iter().any(is_due) {
            return Ok(());
        }
        self.0.remove(&(kind, author));
        hand.publish_honestly(author, kind);
        self.release(hand)
    }
}

/// Tells one what all should know.
struct ToOne;

impl Adversary for ToOne {
    fn publish(&mut self, hand: &mut Hand, author: u16, kind: Kind) -> Result<(), Failure> {
        let Some(message) = hand.honestly(author, kind) else { return Ok(()) };
        let honest = hand.honest();
        let to = hand.random().choose(&honest).copied().ok_or("nobody is honest")?;
        hand.take(&message.to_bytes());
        hand.tell(author, to, &message.to_bytes());
        Ok(())
    }
}

/// How long, in ms: less than the time in which a run ends where nothing changes.
const SILENCE: u64 = 120_000;

/// Says everything late.
struct Late;

impl Adversary for Late {
    fn publish(&mut self, hand: &mut Hand, author: u16, kind: Kind) -> Result<(), Failure> {
        let Some(message) = hand.honestly(author, kind) else { return Ok(()) };
        let bytes = message.to_bytes();
        hand.take(&bytes);
        for to in hand.honest() {
            let after = hand.random().between(SILENCE / 2, SILENCE);
            hand.tell_later(author, to, &bytes, after);
        }
        Ok(())
    }
}
