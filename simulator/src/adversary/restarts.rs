//! An operator that starts again in the middle of a ceremony, with other secrets than it had.

use coram_ceremony::Kind;
use coram_ceremony::id::RosterHash;
use coram_ceremony::message::{Body, Commit, Join, Unverified};
use coram_proofs::{DecryptionKey, Possession, PossessionContext};

use super::dealings::{sign_commit, sign_deal};
use super::equivocation::PROVED;
use super::{Adversary, Entry, Expected};
use crate::Failure;
use crate::cast::Shape;
use crate::hand::Hand;

/// Adversaries of this module.
pub const ADVERSARIES: &[Entry] = &[
    Entry {
        name: "restarted-with-another-encryption-key",
        what: "joins, commits, and joins again with a new encryption key and its proof before it opens",
        make: || Box::new(Restarted { before: Kind::Deal, with: another_encryption_key }),
        ..PROVED
    },
    Entry {
        name: "restarted-with-another-dealing-seed",
        what: "commits, and then commits to another dealing from a new seed and opens that",
        // The second opens to nothing that they have, for those who have the first Commit alone.
        expected: &[Expected::Fault(&["equivocation", "commit_mismatch"])],
        make: || Box::new(Restarted { before: Kind::Deal, with: another_dealing_seed }),
        ..PROVED
    },
    Entry {
        name: "restarted-with-another-identity",
        what: "joins, and goes on in its own name under an identity key that the definition does not name",
        stopped_by: "messages are signed by the identity of the definition (protocol.md 10.1); whoever is missing is named",
        expected: &[Expected::Wait(Kind::Commit)],
        make: || Box::new(Restarted { before: Kind::Commit, with: another_identity }),
        ..PROVED
    },
    Entry {
        name: "two-joins-with-other-keys",
        what: "without Commits: shows halves of the others Joins with different encryption keys, so that each half deals under a roster of its own",
        stopped_by: "two contents of one kind are proof; a dealing under another roster is evidence of nothing (protocol.md 13, 14)",
        shape: |operators| Shape { commits: false, ..Shape::of(operators) },
        make: || Box::new(TwoKeys),
        ..PROVED
    },
];

/// Starts again when a message of this kind is due.
struct Restarted {
    before: Kind,
    with: fn(&mut Hand, u16) -> Result<(), Failure>,
}

impl Adversary for Restarted {
    fn publish(&mut self, hand: &mut Hand, author: u16, kind: Kind) -> Result<(), Failure> {
        if kind == self.before && hand.cheats(author) {
            return (self.with)(hand, author);
        }
        hand.publish_honestly(author, kind);
        Ok(())
    }
}

/// A Join with another encryption key, which its author possesses.
pub(super) fn other_join(hand: &Hand, author: u16) -> Result<Vec<u8>, Failure> {
    let key = DecryptionKey::derive(&[author as u8; 32], b"another");
    let identity = *hand.ceremony().identity(author).ok_or("no such operator")?;
    let context = PossessionContext { ceremony: *hand.ceremony().id().as_bytes(), author, identity };
    let body = Join {
        terms: hand.ceremony().terms().clone(),
        encryption_key: key.encryption_key().to_bytes(),
        possession: Possession::prove(&key, &context).to_bytes(),
        software: b"simulator".to_vec(),
    };
    hand.sign(author, RosterHash::NONE, body)
}

fn another_encryption_key(hand: &mut Hand, author: u16) -> Result<(), Failure> {
    let join = other_join(hand, author)?;
    let deal = hand.honestly(author, Kind::Deal).ok_or("no Deal")?.to_bytes();
    hand.publish(author, &join);
    hand.publish(author, &deal);
    Ok(())
}

fn another_dealing_seed(hand: &mut Hand, author: u16) -> Result<(), Failure> {
    let roster = hand.roster()?;
    let dealing = hand.dealing_from(author, [author as u8; 32])?;
    let commit = sign_commit(hand, &roster, author, &dealing)?;
    let deal = sign_deal(hand, &roster, author, dealing)?;
    hand.publish(author, &commit);
    hand.publish(author, &deal);
    Ok(())
}

fn another_identity(hand: &mut Hand, author: u16) -> Result<(), Failure> {
    let (roster, commit) = hand.honest_body::<Commit>(author)?;
    let join = hand.board()?.get::<Join>(author).ok_or("no Join")?.body().clone();
    let other = hand.cast().of_strangers()?.identity(author)?.clone();
    let id = hand.ceremony().id();
    let sign = |digest: &[u8; 32]| other.sign(digest);
    let mut again = Unverified { author, roster: RosterHash::NONE, body: join, signature: [0; 64] };
    again.signature = sign(again.id(id).as_bytes());
    let mut next = Unverified { author, roster, body: commit, signature: [0; 64] };
    next.signature = sign(next.id(id).as_bytes());
    for message in [again.to_bytes(id), next.to_bytes(id)] {
        hand.tell_all(author, &hand.honest(), &message);
    }
    Ok(())
}

/// Joins twice, each time with a key that it possesses.
struct TwoKeys;

impl Adversary for TwoKeys {
    fn publish(&mut self, hand: &mut Hand, author: u16, kind: Kind) -> Result<(), Failure> {
        if kind != Kind::Join || !hand.cheats(author) {
            hand.publish_honestly(author, kind);
            return Ok(());
        }
        let second = other_join(hand, author)?;
        let first = hand.honestly(author, Join::KIND).ok_or("no Join")?.to_bytes();
        let [one, other] = hand.halves();
        hand.take(&first);
        hand.tell_all(author, &one, &first);
        hand.tell_all(author, &other, &second);
        Ok(())
    }
}
