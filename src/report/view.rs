//! What is known of a ceremony while it runs: who is connected, who has published what, who is awaited.

use std::collections::{BTreeMap, BTreeSet};

use coram_ceremony::{Board, Ceremony, Kind};
use jiff::{SignedDuration, Timestamp};

use crate::event::{Event, Party};
use crate::work::Underway;

/// The most addresses of our own, and the most relays, that are kept.
const MAX_LISTED: usize = 32;

/// How long after a peer was seen it is told that it was seen again.
const SEEN_AGAIN: SignedDuration = SignedDuration::from_secs(5);

/// A ceremony as one operator sees it.
#[derive(Clone, Debug)]
pub struct View {
    /// Our index, from 1.
    pub me: u16,
    /// When this run began.
    pub started: Timestamp,
    /// Operators by their index, from 1.
    pub operators: BTreeMap<u16, Operator>,
    /// Relays by their peer ID.
    pub relays: BTreeMap<String, Link>,
    /// Where we can be reached.
    pub listening: BTreeSet<String>,
    /// What is awaited; none while we compute.
    pub awaited: Option<Awaited>,
    /// What we are at, if that takes long.
    pub work: Option<Underway>,
    /// Bytes sent and received, if there is a network.
    pub traffic: Option<(u64, u64)>,
    /// Whether there is a lock.
    pub complete: bool,
    /// Whether anything happened that a table would show.
    pub begun: bool,
    /// Whether there is a network, and not only a folder.
    pub networked: bool,
    /// What was told last of what is awaited.
    told: Option<(Kind, Vec<u16>)>,
    /// A message that refers to others than are on the board, and to what in the plural.
    pub divergence: Option<(u16, Kind, &'static str)>,
}

/// One operator.
#[derive(Clone, Debug, Default)]
pub struct Operator {
    /// How we are connected to it.
    pub link: Link,
    /// The kinds of which we have its message.
    pub messages: BTreeSet<Kind>,
}

/// How we are connected to a peer.
#[derive(Clone, Debug, Default)]
pub struct Link {
    /// The last connection.
    pub connection: Option<Connection>,
    /// When it last showed that it is there.
    pub seen: Option<Timestamp>,
    /// Why that ended, if it did.
    pub gone: Option<String>,
    /// When it was told that the peer was seen.
    told: Option<Timestamp>,
}

impl Link {
    /// The connection that there is now.
    pub fn current(&self) -> Option<&Connection> {
        self.connection.as_ref().filter(|_| self.gone.is_none())
    }
}

/// A connection.
#[derive(Clone, Debug)]
pub struct Connection {
    /// Its multiaddr.
    pub address: String,
    /// Whether through a relay.
    pub relayed: bool,
}

/// What the ceremony waits for.
#[derive(Clone, Debug)]
pub struct Awaited {
    /// The kind.
    pub kind: Kind,
    /// From whom, ascending.
    pub missing: Vec<u16>,
    /// Since when this kind is awaited.
    pub since: Timestamp,
}

impl View {
    /// A ceremony of which nothing is known yet.
    pub fn new(ceremony: &Ceremony, me: u16, now: Timestamp) -> Self {
        Self {
            me,
            started: now,
            operators: (1..=ceremony.operators()).map(|index| (index, Operator::default())).collect(),
            relays: BTreeMap::new(),
            listening: BTreeSet::new(),
            awaited: None,
            work: None,
            traffic: None,
            complete: false,
            begun: false,
            networked: false,
            told: None,
            divergence: None,
        }
    }

    /// Takes in what an earlier run left on the board.
    pub fn resume(&mut self, board: &Board) {
        for message in board.messages() {
            self.has(message.author(), message.kind());
        }
    }

    /// What is told in place of an event, if anything: messages that came while the engine computed are not awaited any more,
    /// and of work that goes on it is told now and then.
    pub fn current(&mut self, mut event: Event, now: Timestamp) -> Option<Event> {
        if let Event::Progress { work, done, total, took: None } = event {
            self.begun = true;
            return Underway::follow(&mut self.work, (work, done, total), now);
        }
        if let Event::Waiting { kind, missing } = &mut event {
            missing.retain(|index| {
                !self.operators.get(index).is_some_and(|known| known.messages.contains(kind))
            });
        }
        Some(event)
    }

    /// Takes an event in; false if it says only what was told before.
    pub fn apply(&mut self, event: &Event, now: Timestamp) -> bool {
        match event {
            Event::Listening { address } => {
                self.networked = true;
                return !self.listening.contains(address)
                    && self.listening.len() < MAX_LISTED
                    && self.listening.insert(address.clone());
            }
            Event::Connected { peer, address, relayed } => {
                let connection = Connection { address: address.clone(), relayed: *relayed };
                self.link(peer, |link| {
                    (link.connection, link.seen, link.gone) = (Some(connection), Some(now), None);
                });
            }
            Event::Disconnected { peer, reason } => {
                self.link(peer, |link| link.gone = Some(reason.clone()));
            }
            Event::Seen { peer } => return self.see(peer, now),
            Event::Received { operator, kind, from } => {
                match from {
                    Some(peer) => self.link(peer, |link| link.seen = Some(now)),
                    None => self.seen_in_folder(*operator, now),
                }
                self.has(*operator, *kind);
            }
            Event::Published { kind } => self.has(self.me, *kind),
            Event::Waiting { kind, missing } => return self.wait(*kind, missing, now),
            Event::Divergence { operator, kind, refers_to } => {
                let divergence = (*operator, *kind, *refers_to);
                return self.divergence.replace(divergence) != Some(divergence);
            }
            Event::Traffic { sent, received } => {
                let traffic = Some((*sent, *received));
                return std::mem::replace(&mut self.traffic, traffic) != traffic;
            }
            Event::Failed { .. } => self.work = None,
            Event::Complete { .. } => (self.awaited, self.work, self.complete) = (None, None, true),
            _ => {}
        }
        true
    }

    fn wait(&mut self, kind: Kind, missing: &[u16], now: Timestamp) -> bool {
        self.begun = true;
        self.work = None;
        if missing.is_empty() {
            return false;
        }
        let same_kind = self.awaited.as_ref().filter(|awaited| awaited.kind == kind);
        let since = same_kind.map_or(now, |awaited| awaited.since);
        self.awaited = Some(Awaited { kind, missing: missing.to_vec(), since });
        let told = Some((kind, missing.to_vec()));
        std::mem::replace(&mut self.told, told.clone()) != told
    }

    fn has(&mut self, operator: u16, kind: Kind) {
        self.begun = true;
        self.divergence = None;
        if let Some(operator) = self.operators.get_mut(&operator) {
            operator.messages.insert(kind);
        }
        if let Some(awaited) = self.awaited.as_mut().filter(|awaited| awaited.kind == kind) {
            awaited.missing.retain(|missing| *missing != operator);
        }
        // What comes next is ours to compute, until the engine says otherwise.
        self.awaited = self.awaited.take().filter(|awaited| !awaited.missing.is_empty());
    }

    /// Whether that is worth telling: a peer that sends something a thousand times a second is still only there.
    fn see(&mut self, peer: &Party, now: Timestamp) -> bool {
        let mut told = false;
        self.link(peer, |link| {
            told = link.told.is_none_or(|told| now.duration_since(told) >= SEEN_AGAIN);
            link.seen = Some(now);
            link.told = if told { Some(now) } else { link.told };
        });
        told
    }

    fn seen_in_folder(&mut self, operator: u16, now: Timestamp) {
        if let Some(operator) = self.operators.get_mut(&operator) {
            operator.link.seen = Some(now);
        }
    }

    /// Changes the link to a peer; strangers have none.
    fn link(&mut self, peer: &Party, change: impl FnOnce(&mut Link)) {
        (self.begun, self.networked) = (true, true);
        let room = self.relays.len() < MAX_LISTED;
        match peer {
            Party::Operator(index) => {
                if let Some(operator) = self.operators.get_mut(index) {
                    change(&mut operator.link);
                }
            }
            Party::Relay(id) if room || self.relays.contains_key(id) => {
                change(self.relays.entry(id.clone()).or_default());
            }
            Party::Relay(_) | Party::Stranger(_) => {}
        }
    }
}
