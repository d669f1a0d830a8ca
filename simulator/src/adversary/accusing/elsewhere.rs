//! Accusations with messages of other ceremonies, under other terms, and in clusters that were invented for it.

use std::sync::Arc;

use coram_ceremony::message::Join;
use coram_ceremony::{Board, Ceremony, Engine, Kind, Message, Step};

use super::{Framer, HARMLESS, pick};
use crate::Failure;
use crate::accusation::{Accusation, Cleared, fault_file};
use crate::adversary::Entry;
use crate::cast::{Cast, Shape};
use crate::hand::Hand;

/// Adversaries of this module.
pub const ADVERSARIES: &[Entry] = &[
    Entry {
        name: "framed-with-another-attempt",
        what: "accuses with what an honest operator signed in an attempt before and in one after this: as second messages, and as what it \
               opened",
        stopped_by: "the attempt goes into the ceremony id, which is signed (protocol.md 9.1, 10.1)",
        shape: |operators| Shape { attempt: 1, ..Shape::of(operators) },
        make: || {
            Box::new(Framer {
                make: |hand, victim| {
                    let mut accusations = with_foreign(hand, victim, |shape| shape.attempt -= 1)?;
                    accusations.extend(with_foreign(hand, victim, |shape| shape.attempt += 1)?);
                    Ok(accusations)
                },
                tells: true,
            })
        },
        ..HARMLESS
    },
    Entry {
        name: "framed-with-another-ceremony",
        what: "accuses with what an honest operator signed as one of another cluster, as it is and with the id of this ceremony written over",
        stopped_by: "the definition goes into the ceremony id, which is signed (protocol.md 9.1, 10.1)",
        make: || {
            Box::new(Framer {
                make: |hand, victim| with_foreign(hand, victim, |shape| shape.validators += 1),
                tells: true,
            })
        },
        ..HARMLESS
    },
    Entry {
        name: "framed-under-other-terms",
        what: "accuses with true messages, in a file with another number of the attempt, other dealers, no Commits or another definition",
        stopped_by: "terms and definition hash to the ceremony id, which is signed (protocol.md 9.1)",
        make: || Box::new(Framer { make: under_other_terms, tells: true }),
        ..HARMLESS
    },
    Entry {
        name: "framed-in-an-invented-cluster",
        what: "invents operators who break the protocol in the place of an honest one, and accuses that one with what those signed",
        stopped_by: "fault files name identities and the hash of the definition (protocol.md 14)",
        make: || Box::new(Framer { make: in_an_invented_cluster, tells: true }),
        ..HARMLESS
    },
];

/// Where a message names its ceremony.
const CEREMONY: std::ops::Range<usize> = 0..32;

/// Not of this ceremony, or not signed by whom it names.
const FOREIGN: &[Cleared] = &[Cleared::Evidence, Cleared::Unread];

/// With the Join and the Commit of a ceremony of another form.
fn with_foreign(
    hand: &mut Hand,
    victim: u16,
    change: impl FnOnce(&mut Shape),
) -> Result<Vec<Accusation>, Failure> {
    let mut shape = hand.shape();
    change(&mut shape);
    let other = hand.cast().in_shape(shape)?;
    let name = format!("signed elsewhere by {victim}, {shape:?}");
    let commit = hand.recall(&name, |_| commit_in(&other, victim))?;
    let join = join_in(&other, victim)?;
    let spliced = |message: &[u8]| {
        let mut spliced = message.to_vec();
        spliced.splice(CEREMONY, *hand.ceremony().id().as_bytes());
        spliced
    };
    let mut accusations = Vec::new();
    let mut accuse = |fault, messages: &[Vec<u8>]| {
        accusations.push(Accusation::of(hand, fault, victim, messages, FOREIGN)?);
        Ok::<_, Failure>(())
    };
    for (kind, foreign) in [(Kind::Join, &join), (Kind::Commit, &commit)] {
        let own = pick(hand, |of, by| (of, by) == (kind, victim))?;
        for foreign in [foreign.clone(), spliced(foreign)] {
            accuse("equivocation", &[own.clone(), vec![foreign]].concat())?;
        }
    }
    let own = |kind| pick(hand, |of, by| (of, by) == (kind, victim));
    accuse("own_join", &[own(Kind::Join)?, vec![commit.clone()]].concat())?;
    accuse("own_join", &[vec![join.clone()], own(Kind::Commit)?].concat())?;
    accuse("commit_mismatch", &[vec![commit], own(Kind::Deal)?].concat())?;
    // The other way round: in a file about the other ceremony, what was signed in this one.
    let file =
        fault_file(&other.ceremony, "equivocation", &[victim], &[vec![join], own(Kind::Join)?].concat())?;
    accusations.push(Accusation { file: serde_json::to_vec(&file)?, cleared: FOREIGN });
    Ok(accusations)
}

fn join_in(cast: &Cast, operator: u16) -> Result<Vec<u8>, Failure> {
    let board = Board::new(Arc::clone(&cast.ceremony));
    match Engine::new(cast.keys(operator)?, board, "simulator")?.next() {
        Step::Publish(message) => Ok(message.to_bytes()),
        _ => Err("an operator that does not join".into()),
    }
}

fn commit_in(cast: &Cast, operator: u16) -> Result<Vec<u8>, Failure> {
    let mut board = Board::new(Arc::clone(&cast.ceremony));
    for index in 1..=cast.ceremony.operators() {
        let _ = board.insert(&join_in(cast, index)?);
    }
    match Engine::new(cast.keys(operator)?, board, "simulator")?.next() {
        Step::Publish(message @ Message::Commit(_)) => Ok(message.to_bytes()),
        _ => Err("an operator that does not commit".into()),
    }
}

fn under_other_terms(hand: &mut Hand, victim: u16) -> Result<Vec<Accusation>, Failure> {
    let own = pick(hand, |kind, by| by == victim || kind == Kind::Join)?;
    let (definition, terms) = (hand.ceremony().definition().clone(), hand.ceremony().terms().clone());
    let mut changed = Vec::from([terms.parameters.clone(), terms.parameters.clone()]);
    if let [dealers, commits] = changed.as_mut_slice() {
        let _ = dealers.dealers.pop();
        commits.commits = false;
    }
    let mut others = vec![Ceremony::new(definition.clone(), terms.parameters.clone(), terms.attempt + 1)?];
    for parameters in changed {
        others.push(Ceremony::new(definition.clone(), parameters, terms.attempt)?);
    }
    let mut accusations = Vec::new();
    for other in others {
        let mut file = fault_file(&other, "dealing", &[victim], &own)?;
        accusations.push(Accusation { file: serde_json::to_vec(&file)?, cleared: FOREIGN });
        // And with the id that the messages name.
        file["ceremony"]["id"] = hand.ceremony().id().to_string().into();
        accusations.push(Accusation { file: serde_json::to_vec(&file)?, cleared: &[Cleared::Unread] });
    }
    let mut file = fault_file(hand.ceremony(), "dealing", &[victim], &own)?;
    file["cluster_definition"]["threshold"] = (hand.shape().threshold - 1).into();
    accusations.push(Accusation { file: serde_json::to_vec(&file)?, cleared: &[Cleared::Unread] });
    Ok(accusations)
}

fn in_an_invented_cluster(hand: &mut Hand, victim: u16) -> Result<Vec<Accusation>, Failure> {
    let invented = Arc::new(hand.cast().of_strangers()?);
    let id = invented.ceremony.id();
    let join = join_in(&invented, victim)?;
    let Message::Join(first) = Message::read(&join, &invented.ceremony)? else {
        return Err("no Join".into());
    };
    let body = Join { software: b"another".to_vec(), ..first.body().clone() };
    let mut second = coram_ceremony::message::Unverified {
        author: victim,
        roster: first.roster(),
        body,
        signature: [0; 64],
    };
    second.signature = invented.identity(victim)?.sign(second.id(id).as_bytes());
    let breach = [join, second.to_bytes(id)];
    let accuse = |ceremony: &Ceremony, cleared| -> Result<Accusation, Failure> {
        let file = fault_file(ceremony, "equivocation", &[victim], &breach)?;
        Ok(Accusation { file: serde_json::to_vec(&file)?, cleared })
    };
    // Proved, of somebody else; and no evidence at all under the definition of this cluster.
    Ok(vec![accuse(&invented.ceremony, &[Cleared::Strangers])?, accuse(hand.ceremony(), FOREIGN)?])
}
