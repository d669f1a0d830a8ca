//! An honest operator: an engine, and the disk that it is started from again after a crash.

use std::sync::Arc;

use coram_ceremony::board::{Disagreement, Inserted};
use coram_ceremony::breach::Breach;
use coram_ceremony::engine::{Refusal, Wait};
use coram_ceremony::id::MessageId;
use coram_ceremony::{Board, Engine, FaultFile, Message, Outcome, Step};

use crate::Failure;
use crate::cast::Cast;

/// How an operator stands.
#[derive(Debug)]
pub enum Ending {
    /// It has the lock.
    Locked(Box<Outcome>),
    /// It has proof that somebody broke the protocol.
    Faulted(Box<FaultFile>),
    /// It cannot go on.
    Refused(Refusal),
    /// It waits.
    Waiting(Wait),
}

/// An honest operator.
pub struct Operator {
    index: u16,
    cast: Arc<Cast>,
    engine: Engine,
    /// What is on disk: every message, before it is inserted.
    disk: Vec<Vec<u8>>,
    /// All breaches for which it ever wrote a fault file.
    faults: Vec<FaultFile>,
    disagreements: Vec<Disagreement>,
}

impl Operator {
    /// An operator of a cast, from 1, with an empty disk.
    ///
    /// # Errors
    ///
    /// If there is no such operator.
    pub fn new(cast: &Arc<Cast>, index: u16) -> Result<Self, Failure> {
        let engine = engine(cast, index, &[])?;
        Ok(Self {
            index,
            cast: Arc::clone(cast),
            engine,
            disk: Vec::new(),
            faults: Vec::new(),
            disagreements: Vec::new(),
        })
    }

    /// Its index, from 1.
    #[must_use]
    pub const fn index(&self) -> u16 {
        self.index
    }

    /// What it knows.
    #[must_use]
    pub const fn board(&self) -> &Board {
        self.engine.board()
    }

    /// All fault files that it wrote.
    #[must_use]
    pub fn faults(&self) -> &[FaultFile] {
        &self.faults
    }

    /// Whoever told it, under its signature, that it means another ceremony.
    #[must_use]
    pub fn disagreements(&self) -> &[Disagreement] {
        &self.disagreements
    }

    /// Takes bytes from the network. True if they are news.
    pub fn receive(&mut self, bytes: &[u8]) -> bool {
        match self.engine.insert(bytes) {
            Inserted::New(_) | Inserted::Conflict(_) => {
                self.disk.push(bytes.to_vec());
                true
            }
            Inserted::Disagreement(disagreement) => {
                if !self.disagreements.contains(&disagreement) {
                    self.disagreements.push(disagreement);
                }
                false
            }
            Inserted::Known(_) | Inserted::Rejected(_) => false,
        }
    }

    /// Publishes what it can. Each message is on disk when this returns.
    pub fn advance(&mut self) -> Vec<Message> {
        let mut published = Vec::new();
        loop {
            match self.engine.next() {
                Step::Publish(message) => {
                    let bytes = message.to_bytes();
                    self.disk.push(bytes.clone());
                    let _ = self.engine.insert(&bytes);
                    published.push(message);
                }
                Step::Faulted(fault) => {
                    self.note(*fault);
                    return published;
                }
                Step::Wait(_) | Step::Finished(_) | Step::Refused(_) => return published,
            }
        }
    }

    fn note(&mut self, fault: FaultFile) {
        let is_known = |breach: &Breach| self.faults.iter().any(|known| known.breach() == breach);
        if !is_known(fault.breach()) {
            self.faults.push(fault);
        }
    }

    /// Loses all but its disk, and is started again.
    ///
    /// # Errors
    ///
    /// If the engine does not start, for which there is no reason.
    pub fn restart(&mut self) -> Result<(), Failure> {
        self.engine = engine(&self.cast, self.index, &self.disk)?;
        Ok(())
    }

    /// The ids of all that it has.
    #[must_use]
    pub fn have(&self) -> Vec<MessageId> {
        self.board().have()
    }

    /// How it stands when nothing more arrives.
    ///
    /// # Errors
    ///
    /// If it still had something to say.
    pub fn ending(&mut self) -> Result<Ending, Failure> {
        match self.engine.next() {
            Step::Finished(outcome) => Ok(Ending::Locked(outcome)),
            Step::Faulted(fault) => Ok(Ending::Faulted(fault)),
            Step::Refused(refusal) => Ok(Ending::Refused(refusal)),
            Step::Wait(wait) => Ok(Ending::Waiting(wait)),
            Step::Publish(message) => {
                Err(format!("operator {} did not publish {message:?}", self.index).into())
            }
        }
    }
}

fn engine(cast: &Cast, index: u16, disk: &[Vec<u8>]) -> Result<Engine, Failure> {
    let mut board = Board::new(Arc::clone(&cast.ceremony));
    for message in disk {
        let _ = board.insert(message);
    }
    Ok(Engine::new(cast.keys(index)?, board, "simulator")?)
}
