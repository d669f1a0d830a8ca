//! What the probe tries, and what becomes of it.

use std::collections::BTreeMap;
use std::time::Duration;

use coram_ceremony::frame::{Answer, Request};
use libp2p::identity::Keypair;
use libp2p::{Multiaddr, PeerId};

use super::swarm::Profile;

/// One way to somebody: addresses, any of which will do.
#[derive(Clone, Debug)]
pub struct Way {
    /// Who should answer; none if that is to be seen.
    pub peer: Option<PeerId>,
    /// Where.
    pub addresses: Vec<Multiaddr>,
    /// The relay that it goes through.
    pub through: Option<PeerId>,
}

/// Whom to try.
pub struct Plan {
    /// Our identity.
    pub key: Keypair,
    /// How large the ceremony is.
    pub profile: Profile,
    /// The operators, without us: they are asked for the ceremony.
    pub operators: Vec<PeerId>,
    /// Relays, and where they are: they are asked for a reservation.
    pub relays: BTreeMap<PeerId, Multiaddr>,
    /// What to dial.
    pub ways: Vec<Way>,
    /// What operators are asked.
    pub question: Request,
}

/// What became of a way.
#[derive(Clone, Debug)]
pub enum Tried {
    /// Somebody answered, and proved to be this peer.
    Reached {
        /// Who.
        peer: PeerId,
        /// How long it took.
        took: Duration,
        /// Where.
        address: Multiaddr,
    },
    /// Somebody else answered.
    Other(PeerId),
    /// It failed.
    Failed(String),
    /// Nobody answered in time.
    Silent,
}

/// What a peer said, once it was reached.
#[derive(Clone, Debug, Default)]
pub struct Contact {
    /// What it calls itself.
    pub agent: Option<String>,
    /// Whether it speaks the protocol of boards; none if it did not say.
    pub keeps_boards: Option<bool>,
    /// Its answer to the question.
    pub answer: Option<Result<Answer, String>>,
    /// That it closed every connection, and there is none now.
    pub closed: bool,
    /// How often it was asked.
    pub asked: u8,
    /// Whether it lets others reach us through it.
    pub reservation: Option<Result<(), String>>,
}

/// What became of everything.
#[derive(Debug, Default)]
pub struct Results {
    /// Of the ways of the plan, in its order.
    pub ways: Vec<Tried>,
    /// Of those who were reached.
    pub contacts: BTreeMap<PeerId, Contact>,
    /// Operators that were found on the local network, and where.
    pub found: BTreeMap<PeerId, Multiaddr>,
}
