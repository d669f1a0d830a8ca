//! An adversary of the catalogue against real programs: whoever runs them hands on what they send, and sends what it says.

use std::sync::Arc;

use coram_ceremony::id::MessageId;

use crate::Failure;
use crate::accusation::Accusation;
use crate::adversary::{Adversary, Entry};
use crate::cast::Cast;
use crate::hand::{Hand, Outgoing};
use crate::network::Time;
use crate::random::Random;

/// An adversary with all its operators, outside of any simulation.
pub struct Live {
    hand: Hand,
    adversary: Box<dyn Adversary>,
}

/// What an adversary does.
#[derive(Debug, Default)]
pub struct Deeds {
    /// What it sends.
    pub outgoing: Vec<Outgoing>,
    /// After so many ms it wants [`Live::wake`] to be called.
    pub alarms: Vec<Time>,
}

impl Live {
    /// The adversary of an entry, with these operators, all of which cheat.
    ///
    /// # Errors
    ///
    /// If there is no such operator.
    pub fn new(entry: &Entry, cast: &Arc<Cast>, corrupted: &[u16], seed: u64) -> Result<Self, Failure> {
        let cheaters = corrupted.iter().copied().collect();
        let random = Random::new(seed, entry.name);
        let hand = Hand::new(cast, &Arc::default(), corrupted.to_vec(), cheaters, random)?;
        Ok(Self { hand, adversary: (entry.make)() })
    }

    /// Begins. To be called once, before anything else, when the honest operators can be reached.
    ///
    /// # Errors
    ///
    /// If the adversary could not do what it does.
    pub fn begin(&mut self) -> Result<Deeds, Failure> {
        self.act(0, |_, _| Ok(()))
    }

    /// Takes bytes that an honest operator sent to one of its operators, so many ms after the beginning.
    ///
    /// # Errors
    ///
    /// If the adversary could not do what it does then.
    pub fn learn(&mut self, now: Time, bytes: &[u8]) -> Result<Deeds, Failure> {
        let learned = self.hand.learn(bytes);
        self.act(now, |adversary, hand| learned.map_or(Ok(()), |message| adversary.observe(hand, &message)))
    }

    /// A time has come that it asked for.
    ///
    /// # Errors
    ///
    /// If the adversary could not do what it does then.
    pub fn wake(&mut self, now: Time) -> Result<Deeds, Failure> {
        self.act(now, |adversary, hand| adversary.wake(hand))
    }

    /// Accuses honest operators, when the ceremony has ended.
    ///
    /// # Errors
    ///
    /// If it has nothing to accuse them with.
    pub fn accuse(&mut self) -> Result<Vec<Accusation>, Failure> {
        self.adversary.accuse(&mut self.hand)
    }

    /// The ids of all that its operators have.
    ///
    /// # Errors
    ///
    /// If it has no operators.
    pub fn have(&self) -> Result<Vec<MessageId>, Failure> {
        Ok(self.hand.board()?.have())
    }

    fn act(
        &mut self,
        now: Time,
        act: impl FnOnce(&mut dyn Adversary, &mut Hand) -> Result<(), Failure>,
    ) -> Result<Deeds, Failure> {
        self.hand.set_now(now);
        act(self.adversary.as_mut(), &mut self.hand)?;
        while let Some((author, kind)) = self.hand.due() {
            self.adversary.publish(&mut self.hand, author, kind)?;
        }
        Ok(Deeds { outgoing: self.hand.take_outgoing(), alarms: self.hand.take_alarms() })
    }
}
