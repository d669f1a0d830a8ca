//! Adversaries: what a group of fewer than `t` operators does instead of following the protocol, and how that must end.
//!
//! | module       | what is misused                                            |
//! |--------------|------------------------------------------------------------|
//! | [`honest`]   | nothing: the measure of all others                         |
//! | [`dealings`] | the content of dealings                                    |
//! | [`joins`]    | encryption keys and the proofs that they are possessed     |
//! | [`messages`] | what is sent to whom                                       |
//! | [`equivocation`] | two messages where there should be one                 |
//! | [`lies`]     | what messages say of others, of the ceremony and of the lock |
//! | [`signatures`] | signatures of messages, partial signatures               |
//! | [`silence`]  | when messages are sent, if they are                        |
//! | [`restarts`] | secrets that are others after a restart                    |
//! | [`replays`]  | messages of other ceremonies, garbage                      |
//! | [`nonces`]   | two signatures of one content                              |
//! | [`accusing`] | fault files against honest operators                       |
//! | [`colluding`] | several of these at once                                  |

pub mod accusing;
pub mod colluding;
pub mod dealings;
pub mod equivocation;
pub mod honest;
pub mod joins;
pub mod lies;
pub mod messages;
pub mod nonces;
pub mod replays;
pub mod restarts;
pub mod signatures;
pub mod silence;

use coram_ceremony::{Kind, Message};

use crate::Failure;
use crate::accusation::Accusation;
use crate::cast::Shape;
use crate::hand::Hand;

/// What the operators of an adversary do. By default each follows the protocol.
///
/// An error means that the adversary itself is wrong, and fails the run.
pub trait Adversary {
    /// A message of this kind is due from one of its operators: called once for each, when all messages of earlier kinds
    /// are there.
    ///
    /// # Errors
    ///
    /// If it cannot be done.
    fn publish(&mut self, hand: &mut Hand, author: u16, kind: Kind) -> Result<(), Failure> {
        hand.publish_honestly(author, kind);
        Ok(())
    }

    /// A message of an honest operator is known to the adversary now: called once for each, when it is first sent to anybody.
    ///
    /// # Errors
    ///
    /// If the adversary cannot do what it does then.
    fn observe(&mut self, _hand: &mut Hand, _message: &Message) -> Result<(), Failure> {
        Ok(())
    }

    /// The time that it asked for with [`Hand::wake_in`] has come.
    ///
    /// # Errors
    ///
    /// If the adversary cannot do what it does then.
    fn wake(&mut self, _hand: &mut Hand) -> Result<(), Failure> {
        Ok(())
    }

    /// Files in which it accuses honest operators before strangers: called when the ceremony has ended.
    ///
    /// # Errors
    ///
    /// If it has nothing to accuse them with.
    fn accuse(&mut self, _hand: &mut Hand) -> Result<Vec<Accusation>, Failure> {
        Ok(Vec::new())
    }
}

/// How all honest operators must stand in the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// With one and the same lock.
    Lock,
    /// With one and the same lock, in files in which signatures of the adversary's messages differ.
    OtherSignatures,
    /// With fault files for one of these breaches, by their codes, against cheaters and nobody else.
    Fault(&'static [&'static str]),
    /// Waiting for messages of this kind by operators of the adversary.
    Wait(Kind),
    /// Waiting since messages of this kind refer to others than they have.
    Diverge(Kind),
    /// Waiting for a Join of an operator that told them, under its signature, that it means another ceremony.
    Disagree,
    /// Stopped, since the sum of the dealings is no key to use.
    Refuse,
}

/// Which of the adversary's operators cheat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cheaters {
    /// Nobody is corrupted.
    None,
    /// One; up to `t - 2` others help it.
    One,
    /// All of up to `t - 1`.
    All,
    /// All of at least two and up to `t - 1`.
    Several,
}

/// A named adversary.
pub struct Entry {
    /// Its name: words and hyphens.
    pub name: &'static str,
    /// What it does, in a line.
    pub what: &'static str,
    /// What stops it, and where that is written down.
    pub stopped_by: &'static str,
    /// How the honest operators may end, all of them in the same way.
    pub expected: &'static [Expected],
    /// Who cheats.
    pub cheaters: Cheaters,
    /// The form of the ceremony that it attacks, for so many operators.
    pub shape: fn(u16) -> Shape,
    /// The adversary, for one run.
    pub make: fn() -> Box<dyn Adversary>,
}

/// All adversaries.
pub fn catalogue() -> impl Iterator<Item = &'static Entry> {
    let lists = [
        honest::ADVERSARIES,
        joins::ADVERSARIES,
        dealings::chosen::ADVERSARIES,
        dealings::parts::ADVERSARIES,
        dealings::elsewhere::ADVERSARIES,
        dealings::late::ADVERSARIES,
        messages::ADVERSARIES,
        nonces::ADVERSARIES,
        equivocation::ADVERSARIES,
        lies::ADVERSARIES,
        signatures::ADVERSARIES,
        silence::ADVERSARIES,
        replays::ADVERSARIES,
        restarts::ADVERSARIES,
        accusing::honest::ADVERSARIES,
        accusing::elsewhere::ADVERSARIES,
        accusing::own::ADVERSARIES,
        colluding::ADVERSARIES,
    ];
    lists.into_iter().flatten()
}

impl std::fmt::Display for Expected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Lock => f.write_str("the lock"),
            Self::OtherSignatures => f.write_str("the lock, under other signatures of the cheater"),
            Self::Fault(codes) => write!(f, "proof of {}", codes.join(" or ")),
            Self::Wait(kind) => write!(f, "waiting for a {kind}, with the names of the missing"),
            Self::Diverge(kind) => write!(f, "waiting, since a {kind} refers to other messages"),
            Self::Disagree => f.write_str("waiting for a Join, and told who means another ceremony"),
            Self::Refuse => f.write_str("refusing, since the sum is no key"),
        }
    }
}
