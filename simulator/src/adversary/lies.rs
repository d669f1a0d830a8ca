//! Messages that say what is not so: other roots, another lock, other terms, or nothing that has the form of a message.

use coram_ceremony::Kind;
use coram_ceremony::id::{CeremonyId, RosterHash};
use coram_ceremony::message::{Attest, Body, Deal, Join, Seal, Unverified};
use coram_ceremony::parameters::{EncryptionKeys, Terms};
use coram_cluster::identity::IdentityKey;

use super::{Adversary, Cheaters, Entry, Expected};
use crate::Failure;
use crate::cast::Shape;
use crate::hand::Hand;

/// An adversary that says something else in its messages of one kind.
macro_rules! lie {
    ($name:literal, $what:literal, $stopped_by:literal, $expected:expr, $body:ty, $change:expr) => {
        Entry {
            name: $name,
            what: $what,
            stopped_by: $stopped_by,
            expected: &[$expected],
            cheaters: Cheaters::One,
            shape: Shape::of,
            make: || Box::new(Liar::<$body>($change)),
        }
    };
}

/// An adversary that joins another ceremony.
macro_rules! other_terms {
    ($name:literal, $what:literal, $change:expr) => {
        Entry {
            name: $name,
            what: $what,
            stopped_by: "terms go into the ceremony id; whoever means others is named (protocol.md 13)",
            expected: &[Expected::Disagree],
            cheaters: Cheaters::One,
            shape: Shape::of,
            make: || Box::new(OtherTerms($change)),
        }
    };
}

/// Adversaries of this module.
pub const ADVERSARIES: &[Entry] = &[
    lie!(
        "other-commits-in-a-deal",
        "opens its dealing and says that there were other Commits",
        "every Deal names the same Commits; it accuses nobody (protocol.md 11)",
        Expected::Diverge(Kind::Deal),
        Deal,
        |deal, _| deal.commits[31] ^= 1
    ),
    lie!(
        "other-dealings-root",
        "attests other dealings than there are",
        "every Attest names the same dealings; it accuses nobody (protocol.md 11)",
        Expected::Diverge(Kind::Attest),
        Attest,
        |attest, _| attest.root[31] ^= 1
    ),
    lie!(
        "other-transcript-root",
        "seals another transcript than there is",
        "every Seal names the same transcript; it accuses nobody (protocol.md 11)",
        Expected::Diverge(Kind::Seal),
        Seal,
        |seal, _| seal.transcript_root[31] ^= 1
    ),
    lie!(
        "other-lock",
        "seals this transcript and another lock",
        "the lock follows from the transcript (protocol.md 12.2)",
        Expected::Fault(&["lock_hash"]),
        Seal,
        |seal, identity| {
            seal.lock_hash[0] ^= 1;
            seal.node_signature = identity.sign_recoverable(&seal.lock_hash);
        }
    ),
    lie!(
        "wrong-node-signature",
        "signs another lock hash as a node than the one that it seals",
        "the node signature is on the lock hash of the same message (protocol.md 11)",
        Expected::Fault(&["node_signature"]),
        Seal,
        |seal, identity| seal.node_signature = identity.sign_recoverable(&[1; 32])
    ),
    lie!(
        "node-signature-in-another-encoding",
        "writes 27 or 28 where its node signature should end with 0 or 1",
        "one encoding: V is 0 or 1 (protocol.md 10.2)",
        Expected::Fault(&["node_signature"]),
        Seal,
        |seal, _| seal.node_signature[64] += 27
    ),
    lie!(
        "one-partial-too-few",
        "attests with a signature less than there are duties",
        "lengths follow from the definition (protocol.md 10.2)",
        Expected::Fault(&["malformed_message"]),
        Attest,
        |attest, _| {
            let _ = attest.deposits.pop();
        }
    ),
    lie!(
        "dealing-beyond-all-bounds",
        "signs a Deal that is larger than any can be",
        "bounds follow from the definition, and are checked before anything is read (protocol.md 9.3)",
        Expected::Wait(Kind::Deal),
        Deal,
        |deal, _| deal.dealing.resize(1 << 20, 7)
    ),
    lie!(
        "terms-that-are-not-the-ceremonys",
        "joins this ceremony with the terms of another attempt",
        "terms hash to the ceremony id (protocol.md 10.2)",
        Expected::Fault(&["malformed_message"]),
        Join,
        |join, _| join.terms.attempt += 1
    ),
    lie!(
        "software-that-writes-on-screens",
        "names its software by what terminals obey",
        "short, printable text (protocol.md 10.2)",
        Expected::Fault(&["malformed_message"]),
        Join,
        |join, _| join.software = b"\x1b[2Jall is well".to_vec()
    ),
    Entry {
        name: "another-lock-for-each",
        what: "seals another lock for every operator",
        stopped_by: "the lock follows from the transcript; two contents are proof (protocol.md 12.2, 13)",
        expected: &[Expected::Fault(&["lock_hash", "equivocation"])],
        cheaters: Cheaters::One,
        shape: Shape::of,
        make: || Box::new(AnotherLockForEach),
    },
    other_terms!("another-version", "speaks another version of the protocol", |terms| terms.protocol += 1),
    other_terms!("later-attempt", "joins a later attempt", |terms| terms.attempt += 1),
    other_terms!("other-dealers", "joins with another list of dealers", |terms| {
        let _ = terms.parameters.dealers.pop();
    }),
    other_terms!("other-key-policy", "joins with keys from identities", |terms| {
        terms.parameters.encryption_keys = EncryptionKeys::FromIdentity;
    }),
    other_terms!("other-genesis-time", "joins for a network that began at another time", |terms| {
        terms.parameters.genesis_time += 1;
    }),
    other_terms!("without-commits", "joins a ceremony without Commits", |terms| {
        terms.parameters.commits = false;
    }),
];

/// What it says instead of the truth.
type Change<B> = fn(&mut B, &IdentityKey);

/// Signs something else than an honest operator would.
struct Liar<B>(Change<B>);

impl<B: Body + Clone> Adversary for Liar<B> {
    fn publish(&mut self, hand: &mut Hand, author: u16, kind: Kind) -> Result<(), Failure> {
        if kind != B::KIND || !hand.cheats(author) {
            hand.publish_honestly(author, kind);
            return Ok(());
        }
        let (roster, mut body) = hand.honest_body::<B>(author)?;
        (self.0)(&mut body, hand.cast().identity(author)?);
        let bytes = hand.sign(author, roster, body)?;
        hand.publish(author, &bytes);
        Ok(())
    }
}

/// A lock hash for each operator.
struct AnotherLockForEach;

impl Adversary for AnotherLockForEach {
    fn publish(&mut self, hand: &mut Hand, author: u16, kind: Kind) -> Result<(), Failure> {
        if kind != Kind::Seal || !hand.cheats(author) {
            hand.publish_honestly(author, kind);
            return Ok(());
        }
        let (roster, honest) = hand.honest_body::<Seal>(author)?;
        for (to, number) in hand.honest().into_iter().zip(1..) {
            let mut lock_hash = honest.lock_hash;
            lock_hash[0] ^= number;
            let node_signature = hand.cast().identity(author)?.sign_recoverable(&lock_hash);
            let seal = Seal { lock_hash, node_signature, ..honest.clone() };
            let bytes = hand.sign(author, roster, seal)?;
            hand.tell(author, to, &bytes);
        }
        Ok(())
    }
}

/// Joins under other terms.
struct OtherTerms(fn(&mut Terms));

impl Adversary for OtherTerms {
    fn publish(&mut self, hand: &mut Hand, author: u16, kind: Kind) -> Result<(), Failure> {
        if kind != Kind::Join || !hand.cheats(author) {
            hand.publish_honestly(author, kind);
            return Ok(());
        }
        let (_, mut body) = hand.honest_body::<Join>(author)?;
        (self.0)(&mut body.terms);
        let bytes = hand.sign_in(body.terms.id(), author, RosterHash::NONE, body)?;
        hand.tell_all(author, &hand.honest(), &bytes);
        Ok(())
    }
}

impl Hand {
    /// Any body, signed by one of the adversary's operators as a message of some ceremony.
    ///
    /// # Errors
    ///
    /// If the operator is not the adversary's.
    pub fn sign_in<B: Body>(
        &self,
        ceremony: CeremonyId,
        author: u16,
        roster: RosterHash,
        body: B,
    ) -> Result<Vec<u8>, Failure> {
        if !self.corrupted().contains(&author) {
            return Err(format!("operator {author} is honest").into());
        }
        let mut message = Unverified { author, roster, body, signature: [0; 64] };
        message.signature = self.cast().identity(author)?.sign(message.id(ceremony).as_bytes());
        Ok(message.to_bytes(ceremony))
    }
}
