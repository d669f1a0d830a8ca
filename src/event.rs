//! What happens in a ceremony, as its operator is told of it.

use coram_ceremony::Kind;

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
    /// An operator runs another ceremony.
    Disagreement {
        /// Who.
        operator: u16,
        /// On what.
        field: String,
        /// What it has.
        theirs: String,
        /// What we have.
        ours: String,
    },
    /// A peer broke the rules and was dropped for a while.
    Dropped {
        /// Who.
        peer: Party,
        /// What it did.
        reason: String,
    },
    /// Something that the operator should know.
    Notice {
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
}
