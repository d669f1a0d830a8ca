//! The board: all messages of one ceremony, at most one of each kind from each author.
//!
//! A board only grows, and nothing on it depends on the order in which messages arrived. Messages may arrive before
//! whatever they refer to; they are kept, and judged when that is there. A second, different message of one kind by one
//! author is kept too: the pair proves that the author equivocated. Third ones add nothing and are not kept, so that a
//! board holds at most two messages for each author and kind, each within [`crate::limits`].

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::ceremony::Ceremony;
use crate::id::MessageId;
use crate::message::{
    Body, Commit, ForeignTerms, Kind, Message, Rejection, Signed, UnverifiedMessage, foreign_join,
};
use crate::parameters::{Difference, WireTerms};

/// What became of bytes that were offered to a board.
#[derive(Clone, Debug)]
pub enum Inserted {
    /// A new message.
    New(MessageId),
    /// A message with this content is here already.
    Known(MessageId),
    /// A new message, different from another of its kind by its author: together they prove equivocation.
    Conflict(Equivocation),
    /// An operator of this cluster joined under other terms.
    Disagreement(Disagreement),
    /// No message of this ceremony. Nothing was kept.
    Rejected(Rejection),
}

/// Two different messages of one kind that one operator signed.
#[derive(Clone, Debug)]
pub struct Equivocation {
    /// The one with the smaller hash.
    pub first: Message,
    /// The other.
    pub second: Message,
}

/// An operator means another ceremony, and said so under its signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disagreement {
    /// The operator, index from 1.
    pub author: u16,
    /// The first thing on which its terms differ from ours.
    pub difference: Difference,
}

impl Disagreement {
    /// Whether it is about the definition: then the operator may as well be in two clusters, and its Join for the other is
    /// no sign that it will not join here. Whoever replays such a Join must not end a ceremony.
    #[must_use]
    pub fn is_other_cluster(&self) -> bool {
        self.difference.field == crate::parameters::DEFINITION_HASH
    }
}

/// What one author sent of one kind.
#[derive(Clone, Debug)]
enum Slot {
    One(Message),
    Two(Equivocation),
}

impl Slot {
    fn messages(&self) -> impl Iterator<Item = &Message> {
        let (first, second) = match self {
            Self::One(message) => (message, None),
            Self::Two(pair) => (&pair.first, Some(&pair.second)),
        };
        std::iter::once(first).chain(second)
    }
}

/// All messages of one ceremony that we know.
#[derive(Clone, Debug)]
pub struct Board {
    ceremony: Arc<Ceremony>,
    slots: BTreeMap<(Kind, u16), Slot>,
    /// Where each message is.
    places: BTreeMap<MessageId, (Kind, u16)>,
}

impl Board {
    /// An empty board.
    #[must_use]
    pub const fn new(ceremony: Arc<Ceremony>) -> Self {
        Self { ceremony, slots: BTreeMap::new(), places: BTreeMap::new() }
    }

    /// The ceremony whose messages it takes.
    #[must_use]
    pub const fn ceremony(&self) -> &Arc<Ceremony> {
        &self.ceremony
    }

    /// Offers bytes from anywhere.
    pub fn insert(&mut self, bytes: &[u8]) -> Inserted {
        match self.examine(bytes) {
            Ok(message) => self.add(message),
            Err(inserted) => *inserted,
        }
    }

    /// Says what would become of bytes, for whoever has to do something between a message's verification and its
    /// insertion, such as writing it to disk.
    ///
    /// # Errors
    ///
    /// What [`Board::insert`] would return for anything but a message that the board takes: those are returned, and can be
    /// given to [`Board::add`].
    pub fn examine(&self, bytes: &[u8]) -> Result<Message, Box<Inserted>> {
        let unverified = match UnverifiedMessage::decode(bytes, &self.ceremony) {
            Ok(unverified) => unverified,
            Err(rejection) => return Err(Box::new(self.explain(bytes, rejection))),
        };
        let id = unverified.id();
        let (kind, author) = (unverified.kind(), unverified.author());
        match self.slots.get(&(kind, author)) {
            Some(slot) if slot.messages().any(|message| message.id() == id) => {
                return Err(Box::new(Inserted::Known(id)));
            }
            Some(Slot::Two(_)) => {
                return Err(Box::new(Inserted::Rejected(Rejection::Surplus { kind, author })));
            }
            _ => {}
        }
        unverified.verify(&self.ceremony).map_err(|rejection| Box::new(Inserted::Rejected(rejection)))
    }

    /// Adds a message of this ceremony.
    pub fn add(&mut self, message: Message) -> Inserted {
        let id = message.id();
        let key = (message.kind(), message.author());
        match self.slots.remove(&key) {
            None => {
                self.places.insert(id, key);
                self.slots.insert(key, Slot::One(message));
                Inserted::New(id)
            }
            Some(Slot::One(other)) if other.id() == id => {
                self.slots.insert(key, Slot::One(other));
                Inserted::Known(id)
            }
            Some(Slot::One(other)) => {
                let (first, second) = if other.id() < id { (other, message) } else { (message, other) };
                let pair = Equivocation { first, second };
                self.places.insert(id, key);
                self.slots.insert(key, Slot::Two(pair.clone()));
                Inserted::Conflict(pair)
            }
            Some(full @ Slot::Two(_)) => {
                self.slots.insert(key, full);
                let (kind, author) = key;
                Inserted::Rejected(Rejection::Surplus { kind, author })
            }
        }
    }

    /// Says what an operator's Join for another ceremony disagrees on, rather than only that it is another's.
    fn explain(&self, bytes: &[u8], rejection: Rejection) -> Inserted {
        if let Rejection::OtherCeremony { .. } = rejection
            && let Some((author, theirs)) = foreign_join(bytes, &self.ceremony)
        {
            if let ForeignTerms::Read(theirs) = &theirs
                && self.is_earlier_attempt(theirs)
            {
                let (theirs, ours) = (theirs.attempt, self.ceremony.terms().attempt);
                return Inserted::Rejected(Rejection::EarlierAttempt { author, theirs, ours });
            }
            if let Some(difference) = self.difference(&theirs) {
                return Inserted::Disagreement(Disagreement { author, difference });
            }
        }
        Inserted::Rejected(rejection)
    }

    fn difference(&self, theirs: &ForeignTerms) -> Option<Difference> {
        let ours = self.ceremony.terms();
        match theirs {
            ForeignTerms::Read(theirs) => ours.difference_from(theirs),
            ForeignTerms::OtherProtocol(theirs) => {
                let (ours, theirs) = (ours.protocol.to_string(), theirs.to_string());
                Some(Difference { field: "protocol version", ours, theirs })
            }
        }
    }

    /// What is left of an attempt that was abandoned does no harm and is nobody's disagreement.
    fn is_earlier_attempt(&self, theirs: &WireTerms) -> bool {
        let ours = self.ceremony.terms();
        theirs.definition == ours.definition && theirs.attempt < ours.attempt
    }

    /// The only message with the body `B` that this author sent; none if it is missing, malformed or one of two.
    #[must_use]
    pub fn get<B: Body>(&self, author: u16) -> Option<&Signed<B>> {
        match self.slots.get(&(B::KIND, author))? {
            Slot::One(message) => B::of(message),
            Slot::Two(_) => None,
        }
    }

    /// The messages with the body `B` that are there, by author.
    pub fn each<B: Body>(&self) -> impl Iterator<Item = &Signed<B>> {
        self.ceremony.authors(B::KIND).into_iter().filter_map(|author| self.get(author))
    }

    /// The messages with the body `B` of all authors from whom one is due, in index order.
    ///
    /// # Errors
    ///
    /// The authors whose message is missing.
    pub fn all<B: Body>(&self) -> Result<Vec<Signed<B>>, Vec<u16>> {
        let authors = self.ceremony.authors(B::KIND);
        let there: Vec<Signed<B>> = self.each().cloned().collect();
        if there.len() == authors.len() {
            return Ok(there);
        }
        Err(authors.into_iter().filter(|&author| self.get::<B>(author).is_none()).collect())
    }

    /// Whether any message of this kind by this author is there, malformed and conflicting ones included.
    #[must_use]
    pub fn has(&self, kind: Kind, author: u16) -> bool {
        self.slots.contains_key(&(kind, author))
    }

    /// The authors, ascending, from whom a message of this kind is due and not there.
    #[must_use]
    pub fn missing(&self, kind: Kind) -> Vec<u16> {
        let authors = self.ceremony.authors(kind).into_iter();
        authors.filter(|&author| !self.has(kind, author)).collect()
    }

    /// The first proof of equivocation, by kind and author.
    #[must_use]
    pub fn equivocation(&self) -> Option<&Equivocation> {
        self.slots.values().find_map(|slot| match slot {
            Slot::One(_) => None,
            Slot::Two(pair) => Some(pair),
        })
    }

    /// All well-formed messages with the body `B` that this author sent: at most two, the one with the smaller hash first.
    pub(crate) fn every<B: Body>(&self, author: u16) -> impl Iterator<Item = &Signed<B>> {
        self.slots.get(&(B::KIND, author)).into_iter().flat_map(Slot::messages).filter_map(B::of)
    }

    /// All messages, by kind and author, conflicting ones included.
    pub fn messages(&self) -> impl Iterator<Item = &Message> {
        self.slots.values().flat_map(Slot::messages)
    }

    /// The hashes of all messages: what to tell a peer that asks what there is.
    #[must_use]
    pub fn have(&self) -> Vec<MessageId> {
        self.messages().map(Message::id).collect()
    }

    /// The message with this hash.
    #[must_use]
    pub fn message(&self, id: &MessageId) -> Option<&Message> {
        let slot = self.slots.get(self.places.get(id)?)?;
        slot.messages().find(|message| message.id() == *id)
    }

    /// The messages that a peer lacks which has those named.
    #[must_use]
    pub fn missing_from(&self, theirs: &[MessageId]) -> Vec<&Message> {
        let theirs: std::collections::BTreeSet<_> = theirs.iter().collect();
        self.messages().filter(|message| !theirs.contains(&message.id())).collect()
    }

    /// Joins that some Commit names and that are not here: proof of equivocation, if a peer has them.
    #[must_use]
    pub fn wanted(&self) -> Vec<MessageId> {
        let named = self.each::<Commit>().flat_map(|commit| commit.body().joins.iter().copied());
        let mut wanted: Vec<MessageId> = named.map(MessageId::new).collect();
        wanted.sort_unstable();
        wanted.dedup();
        wanted.retain(|id| self.message(id).is_none());
        wanted
    }
}
