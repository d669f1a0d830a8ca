//! Two messages of one kind by one author: to halves of the network, to single operators, before and after the end.

use coram_ceremony::message::{Attest, Body, Commit, Deal, Join, Seal};
use coram_ceremony::phase::roster_hash;
use coram_ceremony::{Kind, Message};

use super::{Adversary, Cheaters, Entry, Expected};
use crate::Failure;
use crate::cast::Shape;
use crate::hand::Hand;

/// Adversaries of this module.
pub const ADVERSARIES: &[Entry] = &[
    Entry {
        name: "two-joins-to-single-operators",
        what: "shows one operator another Join than all others, so that it alone has another roster",
        make: || Box::new(Two { kind: Kind::Join, to: Audience::One }),
        ..PROVED
    },
    Entry {
        name: "many-joins",
        what: "shows every operator another Join",
        make: || Box::new(Two { kind: Kind::Join, to: Audience::Each }),
        ..PROVED
    },
    Entry {
        name: "two-commits",
        what: "shows one half of the others one Commit and the other half another",
        // One of the two it cannot open, which shows first where both are not there yet.
        expected: &[Expected::Fault(&["equivocation", "commit_mismatch"])],
        make: || Box::new(Two { kind: Kind::Commit, to: Audience::Half }),
        ..PROVED
    },
    Entry {
        name: "two-deals",
        what: "shows halves of the others Deals that name other Commits",
        make: || Box::new(Two { kind: Kind::Deal, to: Audience::Half }),
        ..PROVED
    },
    Entry {
        name: "two-attests",
        what: "shows one operator an Attest of other dealings than all others",
        make: || Box::new(Two { kind: Kind::Attest, to: Audience::One }),
        ..PROVED
    },
    Entry {
        name: "two-seals",
        what: "seals the lock for one half of the others and another transcript for the other half",
        stopped_by: "all Seals single out the messages that count; who sees both before it seals does not (protocol.md 11)",
        expected: &[Expected::Lock, Expected::Fault(&["equivocation"])],
        make: || Box::new(Two { kind: Kind::Seal, to: Audience::Half }),
        ..PROVED
    },
    Entry {
        name: "second-join-at-the-end",
        what: "signs a second Join when all have sealed, for those who have not yet read all Seals",
        stopped_by: "all Seals single out the messages that count (protocol.md 11)",
        expected: &[Expected::Lock],
        make: || Box::new(AtTheEnd),
        ..PROVED
    },
    Entry {
        name: "denied-join",
        what: "commits under a roster with another Join of its own than the one that it showed",
        stopped_by: "a Commit lists its author's own Join (protocol.md 11)",
        expected: &[Expected::Fault(&["own_join"])],
        make: || Box::new(OtherJoins { own: true, is_hashed: true }),
        ..PROVED
    },
    Entry {
        name: "other-join-of-another",
        what: "commits under a roster with a Join of an honest operator that this one never signed",
        stopped_by: "it proves nothing and accuses nobody; whose message refers to what is named (protocol.md 11)",
        expected: &[Expected::Diverge(Kind::Commit)],
        make: || Box::new(OtherJoins { own: false, is_hashed: true }),
        ..PROVED
    },
    Entry {
        name: "join-list-of-no-roster",
        what: "commits with a list of Joins that does not hash to the roster that it names",
        stopped_by: "the list hashes to the roster (protocol.md 11)",
        expected: &[Expected::Fault(&["join_list"])],
        make: || Box::new(OtherJoins { own: true, is_hashed: false }),
        ..PROVED
    },
];

/// What entries have in common that end with two contents of a kind.
pub(super) const PROVED: Entry = Entry {
    name: "",
    what: "",
    stopped_by: "two contents of one kind are proof (protocol.md 13)",
    expected: &[Expected::Fault(&["equivocation"])],
    cheaters: Cheaters::One,
    shape: Shape::of,
    make: || Box::new(AtTheEnd),
};

/// Who gets another message than the rest.
#[derive(Clone, Copy)]
enum Audience {
    Half,
    One,
    Each,
}

/// Sends a second message of one kind to some.
struct Two {
    kind: Kind,
    to: Audience,
}

impl Adversary for Two {
    fn publish(&mut self, hand: &mut Hand, author: u16, kind: Kind) -> Result<(), Failure> {
        if kind != self.kind || !hand.cheats(author) {
            hand.publish_honestly(author, kind);
            return Ok(());
        }
        match kind {
            Kind::Join => self.show(hand, author, other_join),
            Kind::Commit => self.show(hand, author, |commit: &Commit, number| {
                let mut hash = commit.hash;
                hash[0] ^= number;
                Commit { hash, ..commit.clone() }
            }),
            Kind::Deal => self.show(hand, author, |deal: &Deal, number| {
                let mut commits = deal.commits;
                commits[0] ^= number;
                Deal { commits, ..deal.clone() }
            }),
            Kind::Attest => self.show(hand, author, |attest: &Attest, number| {
                let mut root = attest.root;
                root[0] ^= number;
                Attest { root, ..attest.clone() }
            }),
            Kind::Seal => self.show(hand, author, |seal: &Seal, number| {
                let mut transcript_root = seal.transcript_root;
                transcript_root[0] ^= number;
                Seal { transcript_root, ..seal.clone() }
            }),
        }
    }
}

impl Two {
    fn show<B: Body + Clone>(
        &self,
        hand: &mut Hand,
        author: u16,
        other: impl Fn(&B, u8) -> B,
    ) -> Result<(), Failure> {
        let (roster, first) = hand.honest_body::<B>(author)?;
        let [mut those, others] = hand.halves();
        let mut rest = others;
        if !matches!(self.to, Audience::Half) {
            rest.extend(those.split_off(1.min(those.len())));
        }
        let honest = hand.sign(author, roster, first.clone())?;
        hand.take(&honest);
        hand.tell_all(author, &those, &honest);
        for (to, place) in rest.into_iter().zip(1..) {
            let number = if matches!(self.to, Audience::Each) { place } else { 1 };
            let second = hand.sign(author, roster, other(&first, number))?;
            hand.tell(author, to, &second);
        }
        Ok(())
    }
}

fn other_join(join: &Join, number: u8) -> Join {
    Join { software: format!("another {number}").into_bytes(), ..join.clone() }
}

/// Waits until all have sealed.
struct AtTheEnd;

impl Adversary for AtTheEnd {
    fn observe(&mut self, hand: &mut Hand, message: &Message) -> Result<(), Failure> {
        let honest = hand.honest();
        let board = hand.board()?;
        let all_sealed = honest.iter().all(|&index| board.has(Kind::Seal, index));
        if message.kind() != Kind::Seal || !all_sealed {
            return Ok(());
        }
        for author in hand.cheaters().clone() {
            let Some(join) = hand.board()?.get::<Join>(author).cloned() else { continue };
            let second = hand.sign(author, join.roster(), other_join(join.body(), 1))?;
            hand.tell_all(author, &honest, &second);
        }
        Ok(())
    }
}

/// Commits under another list of Joins than there are.
struct OtherJoins {
    /// Its own Join is another, or that of an honest operator.
    own: bool,
    /// Whether it names the roster that follows from the list.
    is_hashed: bool,
}

impl Adversary for OtherJoins {
    fn publish(&mut self, hand: &mut Hand, author: u16, kind: Kind) -> Result<(), Failure> {
        if kind != Kind::Commit || !hand.cheats(author) {
            hand.publish_honestly(author, kind);
            return Ok(());
        }
        let (mut roster, mut body) = hand.honest_body::<Commit>(author)?;
        let honest = hand.honest().first().copied().ok_or("nobody is honest")?;
        let denied = if self.own { author } else { honest };
        let listed = body.joins.get_mut(usize::from(denied) - 1).ok_or("a short list of Joins")?;
        listed[0] ^= 1;
        if self.is_hashed {
            roster = roster_hash(hand.ceremony().id(), &body.joins);
        }
        let bytes = hand.sign(author, roster, body)?;
        hand.publish(author, &bytes);
        Ok(())
    }
}
