//! What engines in one process remember together, so that a simulation of thousands of ceremonies judges the same messages once.
//!
//! A phase is a function of the ceremony and of the messages that it is formed from, signatures included; a dealing, an
//! operator's shares and what they sign are functions of the operator's secrets besides. All of that goes into the key
//! under which a result is kept. So an engine that remembers takes the steps that it would take without, only sooner.
//!
//! A ceremony remembers nothing unless [`Ceremony::remembering`] was called, which the program never does; without the
//! feature `memoized` it cannot be called.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use sha2::{Digest as _, Sha256};

use crate::breach::{Breach, Obstacle};
use crate::ceremony::Ceremony;
use crate::message::{Attest, Body, Kind, Seal, Signed};
use crate::phase::{Attested, Dealt, Roster, Sealed, Shares};

/// Most results of one sort. When there are more, all are forgotten.
const MAX_RESULTS: usize = 4096;

/// Results of earlier computations, for all ceremonies that are given it.
#[derive(Default)]
pub struct Memory {
    pub(crate) joins: Table<()>,
    pub(crate) rosters: Table<Roster>,
    pub(crate) dealt: Table<Dealt>,
    pub(crate) attested: Table<Attested>,
    pub(crate) sealed: Table<Sealed>,
    pub(crate) dealings: Table<Vec<u8>>,
    pub(crate) shares: Table<Shares>,
    pub(crate) attests: Table<Attest>,
    pub(crate) seals: Table<Seal>,
}

impl std::fmt::Debug for Memory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Memory")
    }
}

/// What was formed, or what stood in the way.
type Kept<T> = Result<Arc<T>, Judged>;

/// Results of one sort by their keys.
pub(crate) struct Table<T>(Mutex<BTreeMap<[u8; 32], Kept<T>>>);

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self(Mutex::new(BTreeMap::new()))
    }
}

/// An obstacle that messages alone are the reason for. Failures are not remembered.
#[derive(Clone)]
enum Judged {
    Breach(Breach),
    Divergence { author: u16, kind: Kind, refers_to: &'static str },
}

impl Judged {
    fn of(obstacle: &Obstacle) -> Option<Self> {
        match obstacle {
            Obstacle::Breach(breach) => Some(Self::Breach(breach.clone())),
            &Obstacle::Divergence { author, kind, refers_to } => {
                Some(Self::Divergence { author, kind, refers_to })
            }
            Obstacle::Failure(_) => None,
        }
    }
}

impl From<Judged> for Obstacle {
    fn from(judged: Judged) -> Self {
        match judged {
            Judged::Breach(breach) => Self::Breach(breach),
            Judged::Divergence { author, kind, refers_to } => Self::Divergence { author, kind, refers_to },
        }
    }
}

impl<T> Table<T> {
    fn get(&self, key: &[u8; 32]) -> Option<Kept<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    fn keep(&self, key: [u8; 32], result: Kept<T>) {
        let mut results = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if results.len() >= MAX_RESULTS {
            results.clear();
        }
        results.insert(key, result);
    }
}

/// Everything that a result depends on, as a hash; nothing, where nothing is remembered.
pub(crate) struct Key(Option<Sha256>);

impl Key {
    /// Starts with the ceremony's id, which its terms and its definition are the content of.
    pub(crate) fn new(ceremony: &Ceremony) -> Self {
        Self(ceremony.memory().map(|_| Sha256::new().chain_update(ceremony.id())))
    }

    /// All messages that this phase was formed from.
    pub(crate) fn of_dealt(ceremony: &Ceremony, roster: &Roster, dealt: &Dealt) -> Self {
        Self::new(ceremony).messages(roster.joins()).messages(dealt.commits()).messages(dealt.deals())
    }

    pub(crate) fn number(self, number: u16) -> Self {
        self.bytes(&number.to_be_bytes())
    }

    pub(crate) fn bytes(self, bytes: &[u8]) -> Self {
        let len = (bytes.len() as u64).to_be_bytes();
        Self(self.0.map(|hash| hash.chain_update(len).chain_update(bytes)))
    }

    /// The signatures belong to it: the transcript has them, and one content can have several.
    pub(crate) fn messages<B: Body>(self, messages: &[Signed<B>]) -> Self {
        if self.0.is_none() {
            return self;
        }
        let start = self.number(messages.len() as u16);
        messages
            .iter()
            .fold(start, |key, message| key.bytes(message.id().as_ref()).bytes(message.signature()))
    }

    fn digest(self) -> Option<[u8; 32]> {
        self.0.map(|hash| hash.finalize().into())
    }
}

/// What was formed under this key before, or is formed now.
pub(crate) fn recall<T>(
    ceremony: &Ceremony,
    table: fn(&Memory) -> &Table<T>,
    key: Key,
    form: impl FnOnce() -> Result<T, Obstacle>,
) -> Result<Arc<T>, Obstacle> {
    let Some((memory, key)) = ceremony.memory().zip(key.digest()) else { return form().map(Arc::new) };
    if let Some(known) = table(memory).get(&key) {
        return known.map_err(Obstacle::from);
    }
    let formed = form().map(Arc::new);
    let judged = match &formed {
        Ok(formed) => Some(Ok(Arc::clone(formed))),
        Err(obstacle) => Judged::of(obstacle).map(Err),
    };
    if let Some(judged) = judged {
        table(memory).keep(key, judged);
    }
    formed
}

/// As [`recall`], for what fails in another way. How it fails is not remembered.
pub(crate) fn recall_own<T, E>(
    ceremony: &Ceremony,
    table: fn(&Memory) -> &Table<T>,
    key: Key,
    make: impl FnOnce() -> Result<T, E>,
) -> Result<Arc<T>, E> {
    let Some((memory, key)) = ceremony.memory().zip(key.digest()) else { return make().map(Arc::new) };
    if let Some(Ok(known)) = table(memory).get(&key) {
        return Ok(known);
    }
    let made = Arc::new(make()?);
    table(memory).keep(key, Ok(Arc::clone(&made)));
    Ok(made)
}
