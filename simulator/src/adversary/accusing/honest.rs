//! Accusations made of what honest operators signed in this ceremony: true, cut off, turned over, or signed again.

use coram_ceremony::Kind;
use coram_ceremony::message::{Attest, Body, Commit, Deal, Join, Seal, Unverified};

use super::{Framer, HARMLESS, cheater, one, pick, signed_by};
use crate::Failure;
use crate::accusation::{Accusation, Cleared};
use crate::adversary::Entry;
use crate::adversary::signatures::malleated;
use crate::hand::Hand;

/// Adversaries of this module.
pub const ADVERSARIES: &[Entry] = &[
    Entry {
        name: "framed-with-true-messages",
        what: "accuses an honest operator of every breach that there is, with what it truly signed and all that this is judged by",
        stopped_by: "what a fault file says counts for nothing: its messages are judged (protocol.md 14)",
        make: || Box::new(Framer { make: with_true_messages, tells: true }),
        ..HARMLESS
    },
    Entry {
        name: "framed-with-part-of-the-evidence",
        what: "accuses with true messages, and leaves out of the file what clears their author",
        stopped_by: "a message is judged only with what it names by hash (protocol.md 14)",
        make: || Box::new(Framer { make: with_part, tells: true }),
        ..HARMLESS
    },
    Entry {
        name: "framed-with-truncated-evidence",
        what: "accuses with messages that are cut off, with none, and with files that are cut off",
        stopped_by: "a signed message is whole, and so is a file (protocol.md 10.1, 14)",
        make: || Box::new(Framer { make: with_truncated, tells: true }),
        ..HARMLESS
    },
    Entry {
        name: "framed-with-malleated-messages",
        what: "accuses an honest operator of two messages of a kind: its own, and the same with a high S, or the same again",
        stopped_by: "messages are compared by their content, and a high S is no signature (protocol.md 10.1)",
        make: || Box::new(Framer { make: with_malleated, tells: true }),
        ..HARMLESS
    },
    Entry {
        name: "framed-with-re-signed-messages",
        what: "changes what an honest operator signed, signs it with its own key, and accuses with it alone and beside the true one",
        stopped_by: "the signature is the author's (protocol.md 10.1)",
        make: || Box::new(Framer { make: with_re_signed, tells: true }),
        ..HARMLESS
    },
];

const NOTHING_PROVED: &[Cleared] = &[Cleared::Unproved];

fn with_true_messages(hand: &mut Hand, victim: u16) -> Result<Vec<Accusation>, Failure> {
    let of = |kinds: &[Kind]| pick(hand, |kind, by| by == victim && kinds.contains(&kind));
    let joins = pick(hand, |kind, _| kind == Kind::Join)?;
    let claims = [
        ("encryption_key", of(&[Kind::Join])?),
        ("possession", of(&[Kind::Join])?),
        ("related_keys", joins.clone()),
        ("join_list", of(&[Kind::Commit])?),
        ("own_join", of(&[Kind::Join, Kind::Commit])?),
        ("commit_mismatch", of(&[Kind::Commit, Kind::Deal])?),
        ("dealing", [joins, of(&[Kind::Commit, Kind::Deal])?].concat()),
        (
            "partial_signature",
            pick(hand, |kind, by| kind < Kind::Attest || (kind == Kind::Attest && by == victim))?,
        ),
        ("partial_signature", pick(hand, |kind, by| kind < Kind::Seal || by == victim)?),
        ("lock_hash", pick(hand, |kind, by| kind < Kind::Seal || by == victim)?),
        ("node_signature", of(&[Kind::Seal])?),
        ("malformed_message", of(&Kind::ALL)?),
        ("equivocation", of(&Kind::ALL)?),
    ];
    let there = claims.iter().filter(|(_, messages)| !messages.is_empty());
    there.map(|(fault, messages)| Accusation::of(hand, fault, victim, messages, NOTHING_PROVED)).collect()
}

fn with_part(hand: &mut Hand, victim: u16) -> Result<Vec<Accusation>, Failure> {
    let other = hand.honest().last().copied().ok_or("nobody is honest")?;
    // Without one Join, one Commit, one Deal, one Attest of another; without all of one kind.
    let without = |left_out: Kind, fault| {
        let but_one = pick(hand, |kind, by| kind != left_out || by != other)?;
        let but_all = pick(hand, |kind, _| kind != left_out)?;
        let accuse = |messages: Vec<Vec<u8>>| Accusation::of(hand, fault, victim, &messages, NOTHING_PROVED);
        Ok::<_, Failure>([accuse(but_one)?, accuse(but_all)?])
    };
    Ok([
        without(Kind::Join, "dealing")?,
        without(Kind::Commit, "commit_mismatch")?,
        without(Kind::Deal, "partial_signature")?,
        without(Kind::Attest, "lock_hash")?,
    ]
    .into_iter()
    .flatten()
    .collect())
}

fn with_truncated(hand: &mut Hand, victim: u16) -> Result<Vec<Accusation>, Failure> {
    let mut accusations = vec![Accusation::of(hand, "malformed_message", victim, &[], NOTHING_PROVED)?];
    for message in pick(hand, |_, by| by == victim)? {
        for len in [0, 33, 71, 135, message.len() - 1] {
            let cut: Vec<u8> = message.iter().copied().take(len).collect();
            let cleared: &[Cleared] = &[Cleared::Evidence];
            accusations.push(Accusation::of(hand, "malformed_message", victim, &[cut], cleared)?);
        }
    }
    let whole = pick(hand, |_, by| by == victim)?;
    let mut file = Accusation::of(hand, "malformed_message", victim, &whole, &[Cleared::Unread])?;
    file.file.truncate(file.file.len() / 2);
    accusations.push(file);
    Ok(accusations)
}

fn with_malleated(hand: &mut Hand, victim: u16) -> Result<Vec<Accusation>, Failure> {
    let mut accusations = Vec::new();
    for message in pick(hand, |_, by| by == victim)? {
        let turned = malleated(&message)?;
        let mut accuse = |fault, messages: &[Vec<u8>], cleared| {
            accusations.push(Accusation::of(hand, fault, victim, messages, cleared)?);
            Ok::<_, Failure>(())
        };
        accuse("equivocation", &[message.clone(), turned.clone()], &[Cleared::Repeated])?;
        accuse("equivocation", &[message.clone(), message], &[Cleared::Repeated])?;
        accuse("malformed_message", &[turned], &[Cleared::Evidence])?;
    }
    Ok(accusations)
}

fn with_re_signed(hand: &mut Hand, victim: u16) -> Result<Vec<Accusation>, Failure> {
    let forged = [
        re_signed::<Join>(hand, victim, |join| join.software.push(b'!'))?,
        re_signed::<Commit>(hand, victim, |commit| commit.hash[0] ^= 1)?,
        re_signed::<Deal>(hand, victim, |deal| deal.dealing.reverse())?,
        re_signed::<Attest>(hand, victim, |attest| attest.root[0] ^= 1)?,
        re_signed::<Seal>(hand, victim, |seal| seal.lock_hash[0] ^= 1)?,
    ];
    let faults = ["possession", "commit_mismatch", "dealing", "partial_signature", "lock_hash"];
    let mut accusations = Vec::new();
    for ((forged, kind), fault) in forged.into_iter().zip(Kind::ALL).zip(faults) {
        let (Some(forged), Some(own)) = (forged, one(hand, kind, victim)?) else { continue };
        let before = pick(hand, |earlier, _| earlier < kind)?;
        let alone = [before, vec![forged.clone()]].concat();
        accusations.push(Accusation::of(hand, fault, victim, &alone, &[Cleared::Evidence])?);
        accusations.push(Accusation::of(hand, "equivocation", victim, &[own, forged], &[Cleared::Evidence])?);
    }
    Ok(accusations)
}

/// An honest operator's message with a change, under the cheater's signature.
fn re_signed<B: Body + Clone>(
    hand: &Hand,
    victim: u16,
    change: impl FnOnce(&mut B),
) -> Result<Option<Vec<u8>>, Failure> {
    let Some(own) = hand.board()?.get::<B>(victim) else { return Ok(None) };
    let mut body = own.body().clone();
    change(&mut body);
    let message = Unverified { author: victim, roster: own.roster(), body, signature: [0; 64] };
    signed_by(hand, cheater(hand)?, message).map(Some)
}
