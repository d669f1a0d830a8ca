//! What one peer has, and what to say to it next.
//!
//! Pure: told what was asked and answered, it says what to ask now. An author's messages are pushed by the author at once. Those of others
//! are offered a moment later, and pushed if they are wanted: most peers have them by then.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use coram_ceremony::Message;
use coram_ceremony::frame::{MAX_IDS, Request};
use coram_ceremony::id::MessageId;

use super::replica::Replica;

/// How often boards are compared even if nothing seems to have happened.
const COMPARE: Duration = Duration::from_secs(15);
/// When a peer in another ceremony that has not joined there yet is asked again: its Join will say on what we disagree.
const SOON: Duration = Duration::from_secs(1);
/// How long a message of somebody else is left to its author to push.
const LEAVE: Duration = Duration::from_millis(100);
/// When a message is offered again that a peer lacked and expected from another.
const OFFER_AGAIN: Duration = Duration::from_secs(2);
/// When a message is pushed again that a peer took and says it lacks: at first, and at most. Each time the pause doubles, or
/// whoever denies what it took would have us send it for ever.
const PUSH_AGAIN: Duration = Duration::from_secs(2);
const MAX_PUSH_AGAIN: Duration = Duration::from_secs(60);
/// How often it is looked what is due to a peer that lacks something, while nothing happens.
const LOOK: Duration = Duration::from_millis(40);
/// How long after a request that failed the next is made, at first.
const RETRY: Duration = Duration::from_millis(500);
/// And at most.
const MAX_RETRY: Duration = Duration::from_secs(30);
/// About how many bytes of messages are put into one frame.
pub const BUDGET: usize = 1 << 20;

/// How a peer stands to a ceremony.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stance {
    /// It has not answered yet.
    Unknown,
    /// It keeps a board for the ceremony.
    Takes,
    /// It keeps none, and can be asked to open one.
    Closed,
    /// It takes part in another ceremony, or refuses.
    Elsewhere,
}

/// A request that is under way.
#[derive(Debug)]
enum Asked {
    /// With the number of our messages that it names.
    Sync(usize),
    Offer(Vec<MessageId>),
    Push(Vec<MessageId>),
    Open,
}

/// What is known of one peer.
#[derive(Debug)]
pub struct Session {
    stance: Stance,
    has: BTreeSet<MessageId>,
    /// What it asked for.
    wants: BTreeSet<MessageId>,
    /// What it was offered, and when that can be done again.
    offered: BTreeMap<MessageId, Instant>,
    /// What it took, when that can be pushed again, and the pause after that.
    pushed: BTreeMap<MessageId, (Instant, Duration)>,
    asked: Option<Asked>,
    /// When that was asked.
    asked_at: Instant,
    /// Nothing is due before this, unless something happens or the board is not of this age any more.
    idle: Option<(usize, Instant)>,
    /// Whether it said that it opened a board for us.
    opened: bool,
    /// When boards are compared again.
    compare_at: Instant,
    /// Not before this is anything asked, after a failure.
    not_before: Instant,
    failures: u32,
    /// Whether it answered, or failed to, since it connected.
    settled: bool,
    /// How many messages we had when it last took note of them, in a Sync of ours that it answered.
    told: usize,
}

impl Session {
    /// A peer that just connected: boards are compared at once.
    pub fn new(now: Instant) -> Self {
        Self {
            stance: Stance::Unknown,
            has: BTreeSet::new(),
            wants: BTreeSet::new(),
            offered: BTreeMap::new(),
            pushed: BTreeMap::new(),
            asked: None,
            asked_at: now,
            idle: None,
            opened: false,
            compare_at: now,
            not_before: now,
            failures: 0,
            settled: false,
            told: 0,
        }
    }

    /// The peer connected again. What it had it is taken to have until it says otherwise.
    pub fn reconnected(&mut self, now: Instant) {
        let (has, pushed) = (std::mem::take(&mut self.has), std::mem::take(&mut self.pushed));
        *self = Self { has, pushed, ..Self::new(now) };
    }

    /// Whether the peer keeps no board for the ceremony, and will not be asked to open one now.
    pub const fn is_elsewhere(&self) -> bool {
        matches!(self.stance, Stance::Elsewhere)
    }

    /// Whether it answered, or failed to, since it connected.
    pub const fn is_settled(&self) -> bool {
        self.settled
    }

    /// Whether the peer is known to have a message.
    pub fn has(&self, id: &MessageId) -> bool {
        self.has.contains(id)
    }

    /// Whether the peer is known to have the whole board.
    pub fn has_all(&self, replica: &Replica) -> bool {
        replica.board().messages().all(|message| self.has(&message.id()))
    }

    /// Whether the peer has been told of everything, if there is nothing more to come. It waits for us until it has.
    pub fn knows_that_we_have_all(&self, replica: &Replica) -> bool {
        !replica.is_full() || self.told >= replica.board().have().len()
    }

    /// Whether the peer says that it has what the board lacks.
    pub fn has_more(&self, replica: &Replica) -> bool {
        self.has.iter().any(|id| replica.board().message(id).is_none())
    }

    /// What to ask now, if anything; one request at a time is under way. `author` is whose messages are ours to push, and
    /// `open` makes the request by which a peer without a board is asked to open one.
    pub fn next(
        &mut self,
        replica: &Replica,
        author: Option<u16>,
        now: Instant,
        open: impl FnOnce() -> Request,
    ) -> Option<Request> {
        if self.asked.is_some() || now < self.not_before {
            return None;
        }
        self.asked_at = now;
        if now >= self.compare_at {
            return Some(self.sync(replica, now));
        }
        match self.stance {
            Stance::Closed => {
                self.asked = Some(Asked::Open);
                Some(open())
            }
            Stance::Takes => self.send(replica, author, now),
            Stance::Unknown | Stance::Elsewhere => None,
        }
    }

    /// A session is asked after everything that happens to any other: looking through the board each time would let one peer
    /// keep us busy.
    fn send(&mut self, replica: &Replica, author: Option<u16>, now: Instant) -> Option<Request> {
        let age = replica.age();
        if self.idle.is_some_and(|(then, until)| then == age && now < until) {
            return None;
        }
        let request = self.push(replica, author, now).or_else(|| self.offer(replica, now));
        let request =
            request.or_else(|| (!self.knows_that_we_have_all(replica)).then(|| self.sync(replica, now)));
        if request.is_none() {
            self.idle = Some((age, if self.has_all(replica) { self.compare_at } else { now + LOOK }));
        }
        request
    }

    fn sync(&mut self, replica: &Replica, now: Instant) -> Request {
        self.compare_at = now + COMPARE;
        let have = replica.board().have();
        self.asked = Some(Asked::Sync(have.len()));
        Request::Sync { ceremony: replica.board().ceremony().id(), have }
    }

    fn push(&mut self, replica: &Replica, author: Option<u16>, now: Instant) -> Option<Request> {
        let is_due = |message: &&Message| {
            let id = message.id();
            let is_wanted = self.wants.contains(&id) || author == Some(message.author());
            is_wanted && !self.has(&id) && self.pushed.get(&id).is_none_or(|(again, _)| now >= *again)
        };
        let (mut ids, mut messages, mut room) = (Vec::new(), Vec::new(), BUDGET);
        for message in replica.board().messages().filter(is_due) {
            let bytes = message.to_bytes();
            if bytes.len() > room && !messages.is_empty() {
                break;
            }
            room = room.saturating_sub(bytes.len());
            ids.push(message.id());
            messages.push(bytes);
        }
        if messages.is_empty() {
            return None;
        }
        self.asked = Some(Asked::Push(ids));
        Some(Request::Push { ceremony: replica.board().ceremony().id(), messages })
    }

    fn offer(&mut self, replica: &Replica, now: Instant) -> Option<Request> {
        let is_due = |id: &MessageId| {
            let is_left = replica.arrival(id).is_some_and(|at| now < at + LEAVE);
            !self.has(id) && !is_left && self.offered.get(id).is_none_or(|again| now >= *again)
        };
        let ids: Vec<MessageId> = replica.board().have().into_iter().filter(is_due).collect();
        if ids.is_empty() {
            return None;
        }
        self.asked = Some(Asked::Offer(ids.clone()));
        Some(Request::Offer { ceremony: replica.board().ceremony().id(), ids })
    }

    /// The peer listed what it has, in a request or in an answer.
    pub fn lists(&mut self, have: Vec<MessageId>) {
        self.stance = Stance::Takes;
        self.has = have.into_iter().collect();
        self.settled = true;
        self.idle = None;
    }

    /// The peer offered or sent messages, so it has them. More than a board holds are not remembered.
    pub fn shows(&mut self, ids: impl IntoIterator<Item = MessageId>) {
        for id in ids {
            if self.has.len() >= MAX_IDS {
                return;
            }
            self.has.insert(id);
        }
    }

    /// Our Sync was answered.
    pub fn synced(&mut self, have: Vec<MessageId>) {
        match self.asked.take() {
            Some(Asked::Sync(told)) => {
                self.failures = 0;
                self.told = told;
                self.lists(have);
            }
            _ => self.misfits(),
        }
    }

    /// Our Offer was answered.
    pub fn wanted(&mut self, lacks: &[MessageId], wants: &[MessageId], now: Instant) {
        let Some(Asked::Offer(ids)) = self.asked.take() else { return self.misfits() };
        let (lacks, wants): (BTreeSet<_>, BTreeSet<_>) = (lacks.iter().collect(), wants.iter().collect());
        for id in ids {
            if wants.contains(&id) {
                self.wants.insert(id);
            } else if !lacks.contains(&id) {
                self.has.insert(id);
            }
            self.offered.insert(id, now + OFFER_AGAIN);
        }
        self.failures = 0;
        self.idle = None;
    }

    /// Our Push or Open was taken.
    pub fn took(&mut self, now: Instant) {
        match self.asked.take() {
            Some(Asked::Push(ids)) => {
                for id in ids {
                    self.wants.remove(&id);
                    self.has.insert(id);
                    let pause = self.pushed.get(&id).map_or(PUSH_AGAIN, |(_, pause)| *pause);
                    self.pushed.insert(id, (now + pause, (2 * pause).min(MAX_PUSH_AGAIN)));
                }
                self.idle = None;
            }
            Some(Asked::Open) => {
                self.stance = Stance::Unknown;
                self.opened = true;
                self.compare_at = now;
            }
            _ => return self.misfits(),
        }
        self.failures = 0;
    }

    /// The peer keeps no board for the ceremony. One that says so although it opened one, or was just asked to, is left alone
    /// for a while.
    pub fn closed(&mut self) {
        if std::mem::take(&mut self.opened) || matches!(self.asked.take(), Some(Asked::Open)) {
            return self.misfits();
        }
        self.has.clear();
        self.stance = Stance::Closed;
    }

    /// The peer takes part in another ceremony, or refuses this one: it is asked again later, and later still if it goes on;
    /// soon at first, if it is about to say more.
    pub fn elsewhere(&mut self, now: Instant, soon: bool) {
        self.failed(now);
        self.has.clear();
        self.stance = Stance::Elsewhere;
        self.settled = true;
        self.compare_at = now + if soon { SOON } else { COMPARE };
    }

    /// A request got no answer. Once may be a connection that gave way to another, and says nothing about the peer.
    pub fn failed(&mut self, now: Instant) {
        self.asked = None;
        self.failures = self.failures.saturating_add(1);
        self.settled |= self.failures > 1;
        self.not_before = now + RETRY.saturating_mul(1 << self.failures.min(6)).min(MAX_RETRY);
    }

    /// An answer to something else than we asked. If the next request followed at once, whoever answers so would have us ask
    /// for ever, without a pause.
    fn misfits(&mut self) {
        self.elsewhere(self.asked_at, false);
    }
}

#[cfg(test)]
mod tests;
