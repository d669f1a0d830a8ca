//! Dealings that are chosen when those of others are known, and dealings of others.

use coram_ceremony::Kind;
use coram_ceremony::message::{Commit, Deal};

use super::{PROVED, sign_commit, sign_deal, without_commits};
use crate::Failure;
use crate::adversary::dealings::parts::{Parts, replace};
use crate::adversary::{Adversary, Entry, Expected};
use crate::hand::Hand;
use crate::points;

/// Adversaries of this module.
pub const ADVERSARIES: &[Entry] = &[
    Entry {
        name: "unopened-commit",
        what: "sees all other dealings, and then opens another dealing than it had committed to",
        stopped_by: "a Commit opens to one dealing (protocol.md 11)",
        expected: &[Expected::Fault(&["commit_mismatch"])],
        make: || Box::new(Late { copies: false }),
        ..PROVED
    },
    Entry {
        name: "chosen-after-commits",
        what: "sees all other Commits, and commits to that of several dealings whose hash it likes best beside them",
        stopped_by: "Commits tell nothing of dealings (protocol.md 10.3)",
        expected: &[Expected::Lock],
        make: || Box::new(AfterCommits::default()),
        ..PROVED
    },
    Entry {
        name: "copied-commit",
        what: "copies another's Commit, and its dealing when that is opened",
        stopped_by: "the author goes into the commit hash (protocol.md 10.3)",
        expected: &[Expected::Fault(&["commit_mismatch"])],
        make: || Box::new(Late { copies: true }),
        ..PROVED
    },
    Entry {
        name: "copied-dealing",
        what: "without Commits: deals last, and shows another's dealing as its own",
        stopped_by: "the dealer's index goes into every pad and proof (protocol.md 6.2)",
        shape: without_commits,
        make: || Box::new(Last(|_, copied, _| Ok(copied.to_vec()))),
        ..PROVED
    },
    Entry {
        name: "copied-proof",
        what: "without Commits: deals last, with the shares, the blinder and the proof of another",
        stopped_by: "commitments go into every pad and into the proof's state (protocol.md 6.2)",
        shape: without_commits,
        make: || Box::new(Last(with_copied_proof)),
        ..PROVED
    },
    Entry {
        name: "rogue-commitment",
        what: "without Commits: deals last, with a commitment from which all others' are subtracted, so that the key would be its own",
        stopped_by: "a dealing that verifies shows that its dealer knows its polynomial (proofs.md 3.3)",
        shape: without_commits,
        make: || Box::new(Last(with_rogue_commitment)),
        ..PROVED
    },
    Entry {
        name: "chosen-last",
        what: "without Commits: deals last, and takes of several dealings the one that makes the key that it likes best",
        stopped_by: "nothing: hence Commits; the report says that there were none (protocol.md 21)",
        expected: &[Expected::Lock],
        shape: without_commits,
        make: || Box::new(Last(best_of_several)),
        ..PROVED
    },
];

/// Opens a dealing that it chose when others had opened theirs.
struct Late {
    /// Commits to and shows the dealing of another.
    copies: bool,
}

impl Adversary for Late {
    fn publish(&mut self, hand: &mut Hand, author: u16, kind: Kind) -> Result<(), Failure> {
        let waits = kind == Kind::Deal || (kind == Kind::Commit && self.copies);
        if waits && hand.cheats(author) {
            hand.wake_in(LOOK);
        } else {
            hand.publish_honestly(author, kind);
        }
        Ok(())
    }

    fn wake(&mut self, hand: &mut Hand) -> Result<(), Failure> {
        for author in hand.cheaters().clone() {
            if !hand.board()?.has(Kind::Commit, author) {
                commit_like_another(hand, author)?;
            } else if !hand.board()?.has(Kind::Deal, author) {
                self.deal(hand, author)?;
            }
        }
        Ok(())
    }
}

impl Late {
    fn deal(&self, hand: &mut Hand, author: u16) -> Result<(), Failure> {
        let Some(theirs) = opened(hand)? else {
            hand.wake_in(LOOK);
            return Ok(());
        };
        let dealing = if self.copies { theirs } else { hand.dealing_from(author, [author as u8; 32])? };
        let bytes = sign_deal(hand, &*hand.roster()?, author, dealing)?;
        hand.publish(author, &bytes);
        Ok(())
    }
}

/// Commits when all others have.
#[derive(Default)]
struct AfterCommits(Vec<u8>);

impl Adversary for AfterCommits {
    fn publish(&mut self, hand: &mut Hand, author: u16, kind: Kind) -> Result<(), Failure> {
        match kind {
            Kind::Commit if hand.cheats(author) => hand.wake_in(LOOK),
            Kind::Deal if hand.cheats(author) => {
                let deal = sign_deal(hand, &*hand.roster()?, author, self.0.clone())?;
                hand.publish(author, &deal);
            }
            _ => hand.publish_honestly(author, kind),
        }
        Ok(())
    }

    fn wake(&mut self, hand: &mut Hand) -> Result<(), Failure> {
        for author in hand.cheaters().clone() {
            let (honest, board) = (hand.honest(), hand.board()?);
            if honest.into_iter().any(|index| !board.has(Kind::Commit, index)) {
                hand.wake_in(LOOK);
            } else if !board.has(Kind::Commit, author) {
                self.0 = best_of_several(hand, &[], author)?;
                let commit = sign_commit(hand, &*hand.roster()?, author, &self.0)?;
                hand.publish(author, &commit);
            }
        }
        Ok(())
    }
}

/// How often a patient adversary looks, in ms.
const LOOK: u64 = 500;

/// The dealing of the first honest operator, when all honest ones are there.
fn opened(hand: &Hand) -> Result<Option<Vec<u8>>, Failure> {
    let board = hand.board()?;
    let deals: Vec<_> = hand.honest().into_iter().map(|index| board.get::<Deal>(index)).collect();
    let all: Option<Vec<_>> = deals.into_iter().collect();
    Ok(all.and_then(|deals| deals.first().map(|deal| deal.body().dealing.clone())))
}

/// Commits to the hash that another committed to.
fn commit_like_another(hand: &mut Hand, author: u16) -> Result<(), Failure> {
    let victim = hand.honest().first().copied().ok_or("nobody is honest")?;
    let copied = hand.board()?.get::<Commit>(victim).map(|commit| commit.body().hash);
    let Some(hash) = copied else {
        hand.wake_in(LOOK);
        return Ok(());
    };
    let (roster, body) = hand.honest_body::<Commit>(author)?;
    let bytes = hand.sign(author, roster, Commit { hash, ..body })?;
    hand.publish(author, &bytes);
    Ok(())
}

/// What a dealer makes who deals last: of its own honest dealing and another's.
type Choice = fn(&mut Hand, &[u8], u16) -> Result<Vec<u8>, Failure>;

/// In a ceremony without Commits: waits for all honest dealings.
struct Last(Choice);

impl Adversary for Last {
    fn publish(&mut self, hand: &mut Hand, author: u16, kind: Kind) -> Result<(), Failure> {
        if kind == Kind::Deal && hand.cheats(author) {
            hand.wake_in(LOOK);
        } else {
            hand.publish_honestly(author, kind);
        }
        Ok(())
    }

    fn wake(&mut self, hand: &mut Hand) -> Result<(), Failure> {
        for author in hand.cheaters().clone() {
            if hand.board()?.has(Kind::Deal, author) {
                continue;
            }
            let Some(theirs) = opened(hand)? else {
                hand.wake_in(LOOK);
                continue;
            };
            let dealing = (self.0)(hand, &theirs, author)?;
            let bytes = sign_deal(hand, &*hand.roster()?, author, dealing)?;
            hand.publish(author, &bytes);
        }
        Ok(())
    }
}

/// Its own commitments, and everything else of another.
fn with_copied_proof(hand: &mut Hand, copied: &[u8], author: u16) -> Result<Vec<u8>, Failure> {
    let mut dealing = hand.honest_dealing(author)?;
    let rest = 48 * usize::from(hand.shape().threshold)..dealing.len();
    let theirs = copied.get(rest.clone()).ok_or("a short dealing")?;
    replace(&mut dealing, rest, theirs);
    Ok(dealing)
}

/// `A[0][0]` less those of all others.
fn with_rogue_commitment(hand: &mut Hand, _: &[u8], author: u16) -> Result<Vec<u8>, Failure> {
    let mut dealing = hand.honest_dealing(author)?;
    let place = Parts::of(hand).commitment(0, 0);
    let honest = hand.honest();
    let others = hand.board()?.each::<Deal>().filter(|deal| honest.contains(&deal.author()));
    let others: Vec<Vec<u8>> =
        others.filter_map(|deal| deal.body().dealing.get(place.clone()).map(<[u8]>::to_vec)).collect();
    let rogue = points::minus(&dealing, place.clone(), &others)?;
    replace(&mut dealing, place, &rogue);
    Ok(dealing)
}

/// The one whose first commitment has the smallest encoding.
fn best_of_several(hand: &mut Hand, _: &[u8], author: u16) -> Result<Vec<u8>, Failure> {
    let dealings: Result<Vec<_>, _> = (0..3).map(|number| hand.dealing_from(author, [number; 32])).collect();
    Ok(dealings?.into_iter().min().ok_or("no dealings")?)
}
