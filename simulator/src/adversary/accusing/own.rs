//! Accusations made of what the adversary itself signed, beside what honest operators did: some of it was never shown to them.

use coram_ceremony::Kind;
use coram_ceremony::id::RosterHash;
use coram_ceremony::message::{Commit, Deal, Join, Seal};
use coram_ceremony::phase::commit_hash;

use super::{Framer, HARMLESS, cheater, pick};
use crate::Failure;
use crate::accusation::{Accusation, Cleared, fault_file};
use crate::adversary::dealings::{chosen::wrong_share, sign_commit, sign_deal};
use crate::adversary::restarts::other_join;
use crate::adversary::{Adversary, Entry, Expected};
use crate::hand::Hand;

/// Adversaries of this module.
pub const ADVERSARIES: &[Entry] = &[
    Entry {
        name: "framed-under-another-roster",
        what: "signs a second Join that nobody is shown, and accuses with honest messages and a roster in which it stands",
        stopped_by: "a dealing is judged under the roster that it names (protocol.md 14)",
        make: || Box::new(Framer { make: under_another_roster, tells: false }),
        ..HARMLESS
    },
    Entry {
        name: "framed-beside-other-dealings",
        what: "signs another Commit, another Deal and another Seal that nobody is shown, and holds honest Attests and Seals against them",
        stopped_by: "an Attest is judged with the dealings that it names, a Seal with its transcript (protocol.md 14)",
        make: || Box::new(Framer { make: beside_other_dealings, tells: false }),
        ..HARMLESS
    },
    Entry {
        name: "framed-as-sharing-a-key",
        what: "signs a Join with an honest operator's encryption key and proof, that nobody is shown, and accuses that one of sharing its key",
        stopped_by: "two operators share a key only if both proved to possess it (protocol.md 8, 14)",
        make: || Box::new(Framer { make: as_sharing_a_key, tells: false }),
        ..HARMLESS
    },
    Entry {
        name: "framed-in-a-batch",
        what: "deals falsely when all others have dealt, so that the batch fails, and accuses honest dealers of it",
        stopped_by: "when a batch fails, every dealing is verified alone, and only that counts (proofs.md 7)",
        expected: &[Expected::Fault(&["dealing"])],
        make: || Box::new(InABatch::default()),
        ..HARMLESS
    },
    Entry {
        name: "framed-by-retelling",
        what: "shows everybody two Joins, and passes the proof of it on with the name of an honest operator, or of both, or of another breach",
        stopped_by: "what happened and who did it are found from the messages, and must agree (protocol.md 14)",
        expected: &[Expected::Fault(&["equivocation"])],
        make: || Box::new(Retelling),
        ..HARMLESS
    },
];

fn under_another_roster(hand: &mut Hand, victim: u16) -> Result<Vec<Accusation>, Failure> {
    let own = cheater(hand)?;
    let other = vec![other_join(hand, own)?];
    let joins = pick(hand, |kind, by| kind == Kind::Join && by != own)?;
    let of_victim = pick(hand, |kind, by| by == victim && kind > Kind::Join)?;
    let commit_and_deal = pick(hand, |kind, by| by == victim && matches!(kind, Kind::Commit | Kind::Deal))?;
    let all_later = pick(hand, |kind, _| kind > Kind::Join)?;
    let shown = pick(hand, |kind, by| (kind, by) == (Kind::Join, own))?;
    let accuse =
        |fault, parts: &[&[Vec<u8>]], cleared| Accusation::of(hand, fault, victim, &parts.concat(), cleared);
    Ok(vec![
        accuse("dealing", &[&joins, &other, &commit_and_deal], &[Cleared::Unproved])?,
        accuse("join_list", &[&joins, &other, &of_victim], &[Cleared::Unproved])?,
        accuse(
            "partial_signature",
            &[&joins, &other, &all_later],
            &[Cleared::Unproved, Cleared::OtherBreach],
        )?,
        accuse("dealing", &[&joins, &shown, &other, &commit_and_deal], &[Cleared::OtherBreach])?,
    ])
}

fn beside_other_dealings(hand: &mut Hand, victim: u16) -> Result<Vec<Accusation>, Failure> {
    let own = cheater(hand)?;
    let roster = hand.roster()?;
    let dealing = hand.dealing_from(own, [own as u8; 32])?;
    let hash = commit_hash(hand.ceremony().id(), roster.hash(), own, &dealing);
    let board = hand.board()?;
    let commit = board.get::<Commit>(own).ok_or("no Commit")?.body().clone();
    let commits = board.get::<Deal>(own).ok_or("no Deal")?.body().commits;
    let seal = board.get::<Seal>(own).ok_or("no Seal")?.body().clone();
    let commit = hand.sign(own, roster.hash(), Commit { hash, ..commit })?;
    let deal = hand.sign(own, roster.hash(), Deal { commits, dealing })?;
    let mut transcript_root = seal.transcript_root;
    transcript_root[0] ^= 1;
    let seal = hand.sign(own, roster.hash(), Seal { transcript_root, ..seal })?;

    let replaced = |until: Kind, with: &[(Kind, &Vec<u8>)]| -> Result<Vec<Vec<u8>>, Failure> {
        let is_replaced = |kind: Kind, by| by == own && with.iter().any(|(of, _)| *of == kind);
        let rest = pick(hand, |kind, by| {
            (kind < until || (kind == until && by == victim)) && !is_replaced(kind, by)
        })?;
        Ok(rest.into_iter().chain(with.iter().map(|(_, message)| (*message).clone())).collect())
    };
    let both = [(Kind::Commit, &commit), (Kind::Deal, &deal)];
    let accuse = |fault, messages: Vec<Vec<u8>>| {
        let cleared: &[Cleared] = &[Cleared::Unproved, Cleared::OtherBreach];
        Accusation::of(hand, fault, victim, &messages, cleared)
    };
    Ok(vec![
        accuse("partial_signature", replaced(Kind::Attest, &both)?)?,
        accuse("partial_signature", replaced(Kind::Attest, &both[1..])?)?,
        accuse("commit_mismatch", replaced(Kind::Deal, &both[..1])?)?,
        accuse("lock_hash", replaced(Kind::Seal, &both)?)?,
        accuse("lock_hash", replaced(Kind::Seal, &[(Kind::Seal, &seal)])?)?,
    ])
}

/// Two operators as fault files list them.
fn ascending(one: u16, other: u16) -> [u16; 2] {
    [one.min(other), one.max(other)]
}

fn as_sharing_a_key(hand: &mut Hand, victim: u16) -> Result<Vec<Accusation>, Failure> {
    let own = cheater(hand)?;
    let copied = hand.board()?.get::<Join>(victim).ok_or("no Join")?.body().clone();
    let copy = hand.sign(own, RosterHash::NONE, copied)?;
    let messages = [pick(hand, |kind, by| (kind, by) == (Kind::Join, victim))?, vec![copy]].concat();
    let both = fault_file(hand.ceremony(), "related_keys", &ascending(own, victim), &messages)?;
    Ok(vec![
        Accusation { file: serde_json::to_vec(&both)?, cleared: &[Cleared::OtherBreach] },
        Accusation::of(hand, "related_keys", victim, &messages, &[Cleared::OtherBreach])?,
        Accusation::of(hand, "possession", victim, &messages, &[Cleared::OtherBreach])?,
    ])
}

/// How often it looks whether all have dealt, in ms.
const LOOK: u64 = 500;

/// Commits to a false dealing, and opens it last.
#[derive(Default)]
struct InABatch {
    dealing: Vec<u8>,
}

impl Adversary for InABatch {
    fn publish(&mut self, hand: &mut Hand, author: u16, kind: Kind) -> Result<(), Failure> {
        match kind {
            Kind::Commit if hand.cheats(author) => {
                let roster = hand.roster()?;
                self.dealing = wrong_share(hand, &roster, author)?;
                let commit = sign_commit(hand, &roster, author, &self.dealing)?;
                hand.publish(author, &commit);
            }
            Kind::Deal if hand.cheats(author) => hand.wake_in(LOOK),
            _ => hand.publish_honestly(author, kind),
        }
        Ok(())
    }

    fn wake(&mut self, hand: &mut Hand) -> Result<(), Failure> {
        let author = cheater(hand)?;
        let board = hand.board()?;
        if hand.honest().into_iter().any(|index| !board.has(Kind::Deal, index)) {
            hand.wake_in(LOOK);
        } else if !board.has(Kind::Deal, author) {
            let deal = sign_deal(hand, &*hand.roster()?, author, self.dealing.clone())?;
            hand.publish(author, &deal);
        }
        Ok(())
    }

    fn accuse(&mut self, hand: &mut Hand) -> Result<Vec<Accusation>, Failure> {
        let own = cheater(hand)?;
        let victim = hand.honest().first().copied().ok_or("nobody is honest")?;
        let is_of = |kind: Kind, by: u16, others: &[u16]| {
            kind == Kind::Join || (kind < Kind::Attest && others.contains(&by))
        };
        let all = pick(hand, |kind, _| kind < Kind::Attest)?;
        let of_both = pick(hand, |kind, by| is_of(kind, by, &[victim, own]))?;
        let of_victim = pick(hand, |kind, by| is_of(kind, by, &[victim]))?;
        let pair = fault_file(hand.ceremony(), "dealing", &ascending(own, victim), &all)?;
        Ok(vec![
            Accusation::of(hand, "dealing", victim, &all, &[Cleared::OtherBreach])?,
            Accusation::of(hand, "dealing", victim, &of_both, &[Cleared::OtherBreach])?,
            Accusation::of(hand, "dealing", victim, &of_victim, &[Cleared::Unproved])?,
            Accusation { file: serde_json::to_vec(&pair)?, cleared: &[Cleared::OtherBreach] },
        ])
    }
}

/// Breaks the protocol before everybody, and says that it was another.
struct Retelling;

impl Adversary for Retelling {
    fn publish(&mut self, hand: &mut Hand, author: u16, kind: Kind) -> Result<(), Failure> {
        if kind == Kind::Join && hand.cheats(author) {
            let second = other_join(hand, author)?;
            hand.publish_honestly(author, kind);
            hand.publish(author, &second);
        } else {
            hand.publish_honestly(author, kind);
        }
        Ok(())
    }

    fn accuse(&mut self, hand: &mut Hand) -> Result<Vec<Accusation>, Failure> {
        let own = cheater(hand)?;
        let proof = pick(hand, |kind, by| (kind, by) == (Kind::Join, own))?;
        let mut accusations = Vec::new();
        for victim in hand.honest() {
            let pair = ascending(own, victim);
            let told: [(&str, &[u16]); 5] = [
                ("equivocation", &[victim]),
                ("equivocation", &pair),
                ("equivocation", &[]),
                ("possession", &[victim]),
                ("possession", &[own]),
            ];
            for (fault, culprits) in told {
                let file = fault_file(hand.ceremony(), fault, culprits, &proof)?;
                accusations
                    .push(Accusation { file: serde_json::to_vec(&file)?, cleared: &[Cleared::OtherBreach] });
            }
        }
        Ok(accusations)
    }
}
