//! What happens in a ceremony, as its operator is told of it.

use std::time::Duration;

use coram_ceremony::Kind;

use crate::work::Work;

/// Whom an event is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Party {
    /// An operator of the definition, index from 1.
    Operator(u16),
    /// A relay that this operator named, by its peer ID.
    Relay(String),
    /// Anybody else, by its peer ID.
    Stranger(String),
}

/// One thing that happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// We can be reached at an address.
    Listening {
        /// A multiaddr; one of a relay has `/p2p-circuit` in it.
        address: String,
    },
    /// A peer is connected, over this address.
    Connected {
        /// Who.
        peer: Party,
        /// Its multiaddr.
        address: String,
        /// Whether through a relay.
        relayed: bool,
    },
    /// The last connection to a peer is gone.
    Disconnected {
        /// Who.
        peer: Party,
        /// Why, in a few words.
        reason: String,
    },
    /// A peer showed that it is there, without anything new.
    Seen {
        /// Who.
        peer: Party,
    },
    /// A message that we did not have is on our board.
    Received {
        /// Its author.
        operator: u16,
        /// Its kind.
        kind: Kind,
        /// Who handed it on; none if it was in a folder.
        from: Option<Party>,
    },
    /// Our own message is on disk and handed out.
    Published {
        /// Its kind.
        kind: Kind,
    },
    /// The ceremony waits for others. Told when that changes; reminding people is up to whoever shows it.
    Waiting {
        /// The awaited kind.
        kind: Kind,
        /// The operators, ascending, from whom it is awaited.
        missing: Vec<u16>,
    },
    /// An operator does not take part in our ceremony.
    Objection {
        /// Who.
        operator: u16,
        /// Why, in a sentence that names it.
        what: String,
        /// What mends it.
        help: String,
    },
    /// A peer broke the rules and was dropped for a while.
    Dropped {
        /// Who.
        peer: Party,
        /// What it did.
        reason: String,
    },
    /// A relay will not keep a board for us.
    Refused {
        /// Who.
        peer: Party,
        /// What it says.
        reason: String,
    },
    /// A message on our board refers to others than are on it, so that nothing can be done until boards are compared.
    Divergence {
        /// Its author.
        operator: u16,
        /// Its kind.
        kind: Kind,
        /// What it refers to, in the plural.
        refers_to: &'static str,
    },
    /// What has gone over the network so far, in bytes, with everything that transports add. Told now and then.
    Traffic {
        /// To peers.
        sent: u64,
        /// From peers.
        received: u64,
    },
    /// Work that takes long goes on. Told when it begins, now and then, and when it is done.
    Progress {
        /// What.
        work: Work,
        /// How many are done.
        done: usize,
        /// Of how many.
        total: usize,
        /// How long it took, when it is done.
        took: Option<Duration>,
    },
    /// Something that the operator should know.
    Notice {
        /// A sentence.
        text: String,
    },
    /// Something that the operator should look into.
    Warning {
        /// A sentence.
        text: String,
    },
    /// The lock is complete and on disk.
    Complete {
        /// Its path.
        lock: String,
        /// Its hash, with 0x.
        lock_hash: String,
    },
    /// The last messages were handed out; these operators do not have them all.
    StillNeeded {
        /// Whoever lacks some, ascending.
        operators: Vec<u16>,
    },
    /// This run ended without a lock. People read it on the last line of the command.
    Failed {
        /// The stable code of the failure.
        code: &'static str,
        /// What happened.
        what: String,
    },
}

impl Event {
    /// Its name for programs.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Listening { .. } => "listening",
            Self::Connected { .. } => "connected",
            Self::Disconnected { .. } => "disconnected",
            Self::Seen { .. } => "seen",
            Self::Received { .. } => "received",
            Self::Published { .. } => "published",
            Self::Waiting { .. } => "waiting",
            Self::Objection { .. } => "objection",
            Self::Dropped { .. } => "dropped",
            Self::Refused { .. } => "refused",
            Self::Divergence { .. } => "divergence",
            Self::Traffic { .. } => "traffic",
            Self::Progress { .. } => "progress",
            Self::Notice { .. } => "notice",
            Self::Warning { .. } => "warning",
            Self::Complete { .. } => "complete",
            Self::StillNeeded { .. } => "still_needed",
            Self::Failed { .. } => "failed",
        }
    }

    /// The peer that it is about or came from.
    pub const fn peer(&self) -> Option<&Party> {
        match self {
            Self::Connected { peer, .. }
            | Self::Disconnected { peer, .. }
            | Self::Seen { peer }
            | Self::Dropped { peer, .. }
            | Self::Refused { peer, .. } => Some(peer),
            Self::Received { from, .. } => from.as_ref(),
            _ => None,
        }
    }

    /// The operator whose doing it is.
    pub const fn operator(&self) -> Option<u16> {
        match self {
            Self::Received { operator, .. }
            | Self::Objection { operator, .. }
            | Self::Divergence { operator, .. } => Some(*operator),
            _ => match self.peer() {
                Some(Party::Operator(index)) => Some(*index),
                _ => None,
            },
        }
    }
}
