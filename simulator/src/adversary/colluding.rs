//! Several adversaries at once, each with an operator of its own.

use coram_ceremony::{Kind, Message};

use super::{Adversary, Cheaters, Entry, Expected};
use crate::Failure;
use crate::accusation::Accusation;
use crate::cast::Shape;
use crate::hand::Hand;

/// Adversaries of this module.
pub const ADVERSARIES: &[Entry] = &[
    Entry {
        name: "colluding-at-the-end",
        what: "one shows two Seals, the others sign the lock hash wrongly",
        stopped_by: "each by what stops it alone",
        expected: &[Expected::Fault(&["partial_signature", "equivocation"])],
        cheaters: Cheaters::Several,
        shape: Shape::of,
        make: || Colluding::of(&["two-seals", "wrong-partial-on-the-lock"]),
    },
    Entry {
        name: "colluding-at-dealing",
        what: "one deals a wrong share, another opens what it had not committed to, others show two Deals",
        stopped_by: "each by what stops it alone",
        expected: &[Expected::Fault(&["dealing", "commit_mismatch", "equivocation"])],
        cheaters: Cheaters::Several,
        shape: Shape::of,
        make: || Colluding::of(&["wrong-share", "unopened-commit", "two-deals"]),
    },
    Entry {
        name: "colluding-in-vain",
        what: "one rushes, others replay and send garbage and malleated signatures: all that breaks no rule",
        stopped_by: "each by what stops it alone",
        expected: &[Expected::Lock],
        cheaters: Cheaters::Several,
        shape: Shape::of,
        make: || Colluding::of(&["told-to-one", "malleated-signatures", "garbage", "unplaceable-flood"]),
    },
];

/// Lets the cheater in place `i` do what the adversary in place `i` does, round and round; whatever is observed, all see.
struct Colluding(Vec<Box<dyn Adversary>>);

impl Colluding {
    fn of(names: &[&str]) -> Box<dyn Adversary> {
        let named = |name: &&str| super::catalogue().find(|entry| entry.name == *name);
        Box::new(Self(names.iter().filter_map(named).map(|entry| (entry.make)()).collect()))
    }
}

impl Adversary for Colluding {
    fn publish(&mut self, hand: &mut Hand, author: u16, kind: Kind) -> Result<(), Failure> {
        let place = hand.corrupted().iter().position(|&index| index == author).unwrap_or_default();
        let place = place % self.0.len().max(1);
        self.0.get_mut(place).ok_or("nobody colludes")?.publish(hand, author, kind)
    }

    fn observe(&mut self, hand: &mut Hand, message: &Message) -> Result<(), Failure> {
        self.0.iter_mut().try_for_each(|one| one.observe(hand, message))
    }

    fn accuse(&mut self, hand: &mut Hand) -> Result<Vec<Accusation>, Failure> {
        let files: Result<Vec<_>, _> = self.0.iter_mut().map(|one| one.accuse(hand)).collect();
        Ok(files?.into_iter().flatten().collect())
    }

    fn wake(&mut self, hand: &mut Hand) -> Result<(), Failure> {
        self.0.iter_mut().try_for_each(|one| one.wake(hand))
    }
}
