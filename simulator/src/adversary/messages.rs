//! Messages that are true in themselves, sent to whom they should not be, or not at all.

use coram_ceremony::Kind;
use coram_ceremony::message::Join;

use super::{Adversary, Cheaters, Entry, Expected};
use crate::Failure;
use crate::cast::Shape;
use crate::hand::Hand;

/// Adversaries of this module.
pub const ADVERSARIES: &[Entry] = &[
    Entry {
        name: "two-joins",
        what: "shows one half of the others one Join and the other half another",
        stopped_by: "two contents of one kind are proof (protocol.md 13); no honest dealing is judged under another roster (protocol.md 14)",
        expected: &[Expected::Fault(&["equivocation"])],
        cheaters: Cheaters::One,
        shape: Shape::of,
        make: || Box::new(TwoJoins),
    },
    Entry {
        name: "withheld-deal",
        what: "sees all other dealings, and does not open its own",
        stopped_by: "whoever is missing is named; the attempt is counted (protocol.md 9.2, 11)",
        expected: &[Expected::Wait(Kind::Deal)],
        cheaters: Cheaters::All,
        shape: Shape::of,
        make: || Box::new(Withheld(Kind::Deal)),
    },
];

struct TwoJoins;

impl Adversary for TwoJoins {
    fn publish(&mut self, hand: &mut Hand, author: u16, kind: Kind) -> Result<(), Failure> {
        if kind != Kind::Join || !hand.cheats(author) {
            hand.publish_honestly(author, kind);
            return Ok(());
        }
        let (roster, first) = hand.honest_body::<Join>(author)?;
        let second = Join { software: b"another".to_vec(), ..first.clone() };
        let (first, second) = (hand.sign(author, roster, first)?, hand.sign(author, roster, second)?);
        let [one, other] = hand.halves();
        hand.take(&first);
        hand.tell_all(author, &one, &first);
        hand.tell_all(author, &other, &second);
        Ok(())
    }
}

/// Does not send its messages of one kind.
struct Withheld(Kind);

impl Adversary for Withheld {
    fn publish(&mut self, hand: &mut Hand, author: u16, kind: Kind) -> Result<(), Failure> {
        if kind != self.0 || !hand.cheats(author) {
            hand.publish_honestly(author, kind);
        }
        Ok(())
    }
}
