//! A board with its store: what a peer keeps of a ceremony and hands on to others.

use std::collections::BTreeMap;
use std::time::Instant;

use coram_ceremony::id::MessageId;
use coram_ceremony::{Board, Inserted, Kind, Message, board::Disagreement, message::Rejection};

use crate::failure::Failure;

/// Where messages are kept.
pub trait Keep: Send {
    /// Writes a message; it is on disk when this returns. Writing it again changes nothing.
    ///
    /// # Errors
    ///
    /// The disk's.
    fn keep(&self, message: &Message) -> Result<(), Failure>;
}

/// A board that is on disk: a message is verified, then written, then on the board, in this order.
pub struct Replica {
    board: Board,
    store: Box<dyn Keep>,
    /// When messages came that were not there from the start.
    arrived: BTreeMap<MessageId, Instant>,
}

/// What became of bytes from a peer.
#[derive(Debug)]
pub enum Taken {
    /// A message that was not here, conflicting ones included; it is on disk.
    New(Message),
    /// It was here, or adds nothing to what is.
    Known,
    /// An operator's Join for another ceremony.
    Foreign(Disagreement),
    /// Not a message of this ceremony. An honest peer, who verifies what it hands on, sends none.
    Bad(Rejection),
}

impl Replica {
    /// A board whose messages are in the store already.
    pub fn new(board: Board, store: Box<dyn Keep>) -> Self {
        Self { board, store, arrived: BTreeMap::new() }
    }

    /// The board.
    pub const fn board(&self) -> &Board {
        &self.board
    }

    /// Whether there is a message of every kind from everybody from whom one is due.
    pub fn is_full(&self) -> bool {
        Kind::ALL.into_iter().all(|kind| self.board.missing(kind).is_empty())
    }

    /// When a message came; none for those that were there from the start.
    pub fn arrival(&self, id: &MessageId) -> Option<Instant> {
        self.arrived.get(id).copied()
    }

    /// How often the board has grown: it only grows, so whoever looked at it at this age knows what is on it.
    pub fn age(&self) -> usize {
        self.arrived.len()
    }

    /// Takes in bytes from anywhere.
    ///
    /// # Errors
    ///
    /// The disk's. Then the message is not on the board either, and nobody is told that it was taken.
    pub fn take(&mut self, bytes: &[u8], now: Instant) -> Result<Taken, Failure> {
        let inserted = match self.board.examine(bytes) {
            Ok(message) => {
                self.store.keep(&message)?;
                self.board.add(message.clone());
                self.arrived.insert(message.id(), now);
                return Ok(Taken::New(message));
            }
            Err(inserted) => *inserted,
        };
        Ok(match inserted {
            Inserted::Disagreement(disagreement) => Taken::Foreign(disagreement),
            // Its author equivocated, and that is known; whoever handed it on may know another pair.
            Inserted::Rejected(Rejection::Surplus { .. }) => Taken::Known,
            Inserted::Rejected(rejection) => Taken::Bad(rejection),
            _ => Taken::Known,
        })
    }
}
