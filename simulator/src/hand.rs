//! What an adversary can do: everything that its operators' keys and connections allow.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use coram_ceremony::board::Inserted;
use coram_ceremony::id::RosterHash;
use coram_ceremony::message::{Body, Join, Unverified};
use coram_ceremony::phase::Roster;
use coram_ceremony::{Board, Ceremony, Engine, Keys, Kind, Message, Step};
use coram_proofs::DecryptionKey;
use zeroize::Zeroizing;

use crate::Failure;
use crate::cast::{Cast, Shape};
use crate::forgeries::Forgeries;
use crate::network::Time;
use crate::random::Random;

/// A message from an operator of the adversary to an honest one.
#[derive(Debug)]
pub struct Outgoing {
    /// Over whose connection it goes, index from 1.
    pub from: u16,
    /// To whom.
    pub to: u16,
    /// Anything.
    pub bytes: Arc<[u8]>,
    /// How long it waits before it is sent, in ms.
    pub after: Time,
}

/// The operators of the adversary with all they know, which each learns at once: they act together.
///
/// Whatever an honest operator publishes is there at the moment in which it is sent (the adversary is *rushing*), and
/// what the adversary sends is never lost, only late: it chooses who gets what.
pub struct Hand {
    cast: Arc<Cast>,
    forgeries: Arc<Forgeries>,
    corrupted: Vec<u16>,
    cheaters: BTreeSet<u16>,
    random: Random,
    /// An honest program for each operator, to fall back on.
    puppets: BTreeMap<u16, Engine>,
    spoken: BTreeSet<(u16, Kind)>,
    outgoing: Vec<Outgoing>,
    alarms: Vec<Time>,
    now: Time,
}

impl Hand {
    pub(crate) fn new(
        cast: &Arc<Cast>,
        forgeries: &Arc<Forgeries>,
        corrupted: Vec<u16>,
        cheaters: BTreeSet<u16>,
        random: Random,
    ) -> Result<Self, Failure> {
        let mut puppets = BTreeMap::new();
        for &index in &corrupted {
            let board = Board::new(Arc::clone(&cast.ceremony));
            puppets.insert(index, Engine::new(cast.keys(index)?, board, "simulator")?);
        }
        Ok(Self {
            cast: Arc::clone(cast),
            forgeries: Arc::clone(forgeries),
            corrupted,
            cheaters,
            random,
            puppets,
            spoken: BTreeSet::new(),
            outgoing: Vec::new(),
            alarms: Vec::new(),
            now: 0,
        })
    }

    /// The cluster. An adversary takes from it the secrets of its own operators and of nobody else.
    #[must_use]
    pub fn cast(&self) -> &Arc<Cast> {
        &self.cast
    }

    /// The form of the ceremony.
    #[must_use]
    pub fn shape(&self) -> Shape {
        self.cast.shape
    }

    /// The ceremony.
    #[must_use]
    pub fn ceremony(&self) -> &Arc<Ceremony> {
        &self.cast.ceremony
    }

    /// The adversary's operators, in an order that chance has made.
    #[must_use]
    pub fn corrupted(&self) -> &[u16] {
        &self.corrupted
    }

    /// The adversary's operators that cheat; the others only help them.
    #[must_use]
    pub const fn cheaters(&self) -> &BTreeSet<u16> {
        &self.cheaters
    }

    /// Whether this operator cheats.
    #[must_use]
    pub fn cheats(&self, operator: u16) -> bool {
        self.cheaters.contains(&operator)
    }

    /// All others, ascending.
    #[must_use]
    pub fn honest(&self) -> Vec<u16> {
        (1..=self.ceremony().operators()).filter(|index| !self.corrupted.contains(index)).collect()
    }

    /// The honest operators in two groups, neither empty where there are two of them.
    pub fn halves(&mut self) -> [Vec<u16>; 2] {
        let mut honest = self.honest();
        self.random.shuffle(&mut honest);
        let second = honest.split_off(honest.len().div_ceil(2));
        [honest, second]
    }

    /// Chance, another in every run.
    pub fn random(&mut self) -> &mut Random {
        &mut self.random
    }

    /// Chance of which there are few kinds, 0 and 1, so that what is expensive need not be computed for every run.
    pub fn few(&mut self) -> u64 {
        self.random.draw() % 2
    }

    /// Everything that any of the adversary's operators has.
    ///
    /// # Errors
    ///
    /// If the adversary has no operators.
    pub fn board(&self) -> Result<&Board, Failure> {
        Ok(self.puppets.values().next().map(Engine::board).ok_or("an adversary without operators")?)
    }

    /// The roster, when all Joins are there and pass.
    ///
    /// # Errors
    ///
    /// If they are not.
    pub fn roster(&self) -> Result<Arc<Roster>, Failure> {
        let joins = self.board()?.all::<Join>().map_err(|missing| format!("no Joins of {missing:?}"))?;
        self.forgeries.roster(self.ceremony(), joins)
    }

    /// Something that is expensive to make and depends on the ceremony, the roster, this name and nothing else.
    ///
    /// # Errors
    ///
    /// Those of making it.
    pub fn recall(
        &self,
        name: &str,
        make: impl FnOnce(&Roster) -> Result<Vec<u8>, Failure>,
    ) -> Result<Vec<u8>, Failure> {
        self.forgeries.recall(&*self.roster()?, name, make)
    }

    /// Gives one of the adversary's operators another decryption key, before it joins.
    ///
    /// # Errors
    ///
    /// If there is no such operator.
    pub fn decrypt_with(&mut self, author: u16, key: DecryptionKey) -> Result<(), Failure> {
        let mut board = Board::new(Arc::clone(self.ceremony()));
        for message in self.board()?.messages() {
            let _ = board.add(message.clone());
        }
        let keys = Keys::new(
            self.cast.identity(author)?.clone(),
            key,
            Some(Zeroizing::new(self.cast.dealing_seed(author))),
        );
        self.puppets.insert(author, Engine::new(keys, board, "simulator")?);
        Ok(())
    }

    /// What an honest operator in this one's place would publish now; `None` if it would not publish this kind.
    pub fn honestly(&mut self, author: u16, kind: Kind) -> Option<Message> {
        match self.puppets.get_mut(&author)?.next() {
            Step::Publish(message) if message.kind() == kind => Some(message),
            _ => None,
        }
    }

    /// The body that an honest operator would publish, with the roster that it would name.
    ///
    /// # Errors
    ///
    /// If it would not publish one.
    pub fn honest_body<B: Body + Clone>(&mut self, author: u16) -> Result<(RosterHash, B), Failure> {
        let message = self.honestly(author, B::KIND);
        let body = message.as_ref().and_then(B::of).map(|signed| (signed.roster(), signed.body().clone()));
        Ok(body.ok_or_else(|| format!("operator {author} would not publish its {}", B::KIND))?)
    }

    /// Any body, signed by one of the adversary's operators.
    ///
    /// # Errors
    ///
    /// If the operator is not the adversary's.
    pub fn sign<B: Body>(&self, author: u16, roster: RosterHash, body: B) -> Result<Vec<u8>, Failure> {
        if !self.corrupted.contains(&author) {
            return Err(format!("operator {author} is honest").into());
        }
        let mut message = Unverified { author, roster, body, signature: [0; 64] };
        let id = self.ceremony().id();
        message.signature = self.cast.identity(author)?.sign(message.id(id).as_bytes());
        Ok(message.to_bytes(id))
    }

    /// Puts a message on the boards of the adversary's operators, and sends it to nobody.
    pub fn take(&mut self, bytes: &[u8]) {
        for puppet in self.puppets.values_mut() {
            let _ = puppet.insert(bytes);
        }
    }

    /// Takes what was sent to one of the adversary's operators; gives it back, if it is an honest one's and was not known.
    pub(crate) fn learn(&mut self, bytes: &[u8]) -> Option<Message> {
        let mut learned = None;
        for puppet in self.puppets.values_mut() {
            if let Inserted::New(id) = puppet.insert(bytes) {
                learned = learned.or_else(|| puppet.board().message(&id).cloned());
            }
        }
        learned.filter(|message| !self.corrupted.contains(&message.author()))
    }

    /// Sends bytes to one operator.
    pub fn tell(&mut self, from: u16, to: u16, bytes: &[u8]) {
        self.tell_later(from, to, bytes, 0);
    }

    /// Sends bytes to one operator after some ms.
    pub fn tell_later(&mut self, from: u16, to: u16, bytes: &[u8], after: Time) {
        self.outgoing.push(Outgoing { from, to, bytes: bytes.into(), after });
    }

    /// Sends bytes to several operators.
    pub fn tell_all(&mut self, from: u16, to: &[u16], bytes: &[u8]) {
        to.iter().for_each(|&to| self.tell(from, to, bytes));
    }

    /// Does with a message what is done with an honest one: all get it.
    pub fn publish(&mut self, from: u16, bytes: &[u8]) {
        self.take(bytes);
        self.tell_all(from, &self.honest(), bytes);
    }

    /// Publishes what an honest operator would.
    pub fn publish_honestly(&mut self, author: u16, kind: Kind) {
        if let Some(message) = self.honestly(author, kind) {
            self.publish(author, &message.to_bytes());
        }
    }

    /// Calls the adversary again after some ms.
    pub fn wake_in(&mut self, after: Time) {
        self.alarms.push(after);
    }

    /// Virtual ms since the start.
    #[must_use]
    pub const fn now(&self) -> Time {
        self.now
    }

    pub(crate) const fn set_now(&mut self, now: Time) {
        self.now = now;
    }

    /// The next message that is due from one of the operators, once.
    pub(crate) fn due(&mut self) -> Option<(u16, Kind)> {
        let due = self.puppets.iter().find_map(|(&author, puppet)| {
            let kind = due(puppet.board(), author)?;
            (!self.spoken.contains(&(author, kind))).then_some((author, kind))
        });
        self.spoken.extend(due);
        due
    }

    pub(crate) fn take_outgoing(&mut self) -> Vec<Outgoing> {
        std::mem::take(&mut self.outgoing)
    }

    pub(crate) fn take_alarms(&mut self) -> Vec<Time> {
        std::mem::take(&mut self.alarms)
    }

    /// How the honest programs of the adversary's operators stand.
    pub(crate) fn puppets(&mut self) -> impl Iterator<Item = (u16, &mut Engine)> {
        self.puppets.iter_mut().map(|(&index, engine)| (index, engine))
    }
}

/// The kind that an operator should publish next: the first that is due from it, if all messages of earlier kinds are there.
fn due(board: &Board, author: u16) -> Option<Kind> {
    for kind in Kind::ALL {
        if board.ceremony().expects(kind, author) && !board.has(kind, author) {
            return Some(kind);
        }
        if !board.missing(kind).is_empty() {
            return None;
        }
    }
    None
}
