//! One ceremony for which a relay keeps a board.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use coram_ceremony::frame::{Answer, Request};
use libp2p::PeerId;

use super::Reply;
use super::shelf::{OnShelf, Shelf};
use crate::failure::Failure;
use crate::network::claims::Claims;
use crate::network::rate::Allowance;
use crate::network::relays;
use crate::network::replica::{Replica, Taken};
use crate::network::session::Session;
use crate::relay::metrics::{Metrics, Refusal};

/// How soon an operator is looked at again for whom nothing was due.
const LOOK: Duration = Duration::from_secs(1);
/// And while a message is so new that it is left to its author to push.
const LOOK_SOON: Duration = Duration::from_millis(50);
/// For so long a message is that new.
const FRESH: Duration = Duration::from_millis(200);

/// An operator, as the relay sees it.
struct Operator {
    /// When to see next what is due: there are many of them, and mostly nothing is.
    look_at: Instant,
    /// Kept over disconnections, or whoever connects again could ask as much again.
    allowance: Option<Allowance>,
    /// Only while it is connected, and has asked for something.
    session: Option<Session>,
}

/// A board in memory.
struct Live {
    replica: Replica,
    claims: Claims,
    /// When the last message came; none since it was loaded.
    arrived: Option<Instant>,
}

/// A ceremony with its board.
pub struct Kept {
    shelf: Arc<Shelf>,
    operators: BTreeMap<PeerId, Operator>,
    last_new: SystemTime,
    /// The board, from the first request on until nobody is there any more.
    live: Option<Live>,
}

impl Kept {
    /// A board that nobody has asked for yet.
    pub fn new(shelf: Arc<Shelf>, now: Instant) -> Self {
        let keys = shelf.ceremony().identities().iter().filter_map(relays::peer_id);
        let operators =
            keys.map(|peer| (peer, Operator { look_at: now, allowance: None, session: None })).collect();
        Self { operators, last_new: shelf.last_new(), shelf, live: None }
    }

    /// Where it is on disk.
    pub fn shelf(&self) -> &Shelf {
        &self.shelf
    }

    /// When the last message came.
    pub const fn last_new(&self) -> SystemTime {
        self.last_new
    }

    /// Who asked for the board.
    pub fn opener(&self) -> Option<PeerId> {
        self.shelf.opener()
    }

    /// Whether a peer is an operator of the ceremony.
    pub fn has_operator(&self, peer: &PeerId) -> bool {
        self.operators.contains_key(peer)
    }

    /// What to say to a request of an operator.
    ///
    /// # Errors
    ///
    /// The shelf's. Nobody is told that anything was taken then, and what was is found again.
    pub fn answer(
        &mut self,
        peer: PeerId,
        request: Request,
        now: Instant,
        metrics: &Metrics,
    ) -> Result<Reply, Failure> {
        let operators = self.shelf.ceremony().operators();
        let Some(operator) = self.operators.get_mut(&peer) else { return Ok(Reply::Answer(Answer::Unknown)) };
        let messages = if let Request::Push { messages, .. } = &request { messages.len() } else { 0 };
        let allowance = operator.allowance.get_or_insert_with(|| Allowance::new(operators, now));
        if !allowance.take(messages, now) {
            metrics.refused(Refusal::Rate);
            return Ok(Reply::Drop("it asks more often than any ceremony needs".to_owned()));
        }
        operator.look_at = now;
        let session = operator.session.get_or_insert_with(|| Session::new(now));
        let live = match &mut self.live {
            Some(live) => live,
            none => none.insert(load(&self.shelf)?),
        };
        Ok(match request {
            Request::Open { .. } => Reply::Answer(Answer::Took),
            Request::Sync { have, .. } => {
                session.lists(have);
                Reply::Answer(Answer::Have { ids: live.replica.board().have() })
            }
            Request::Offer { ids, .. } => {
                let board = live.replica.board();
                let lacks: Vec<_> = ids.iter().filter(|id| board.message(id).is_none()).copied().collect();
                session.shows(ids);
                let wanted = live.claims.grant(peer, &lacks, now);
                Reply::Answer(Answer::Want { lacks, now: wanted })
            }
            Request::Push { messages, .. } => {
                let taken = take(live, session, &messages, now, metrics);
                if live.arrived == Some(now) {
                    self.last_new = SystemTime::now();
                    self.operators.values_mut().for_each(|operator| operator.look_at = now);
                }
                match taken? {
                    Some(reason) => Reply::Drop(reason),
                    None => Reply::Answer(Answer::Took),
                }
            }
        })
    }

    /// What an operator answered.
    pub fn answered(&mut self, peer: &PeerId, answer: Answer, now: Instant) {
        let Some(operator) = self.operators.get_mut(peer) else { return };
        let Some(session) = &mut operator.session else { return };
        operator.look_at = now;
        match answer {
            Answer::Have { ids } => session.synced(ids),
            Answer::Want { lacks, now: wants } => session.wanted(&lacks, &wants, now),
            Answer::Took => session.took(now),
            // It goes on with another attempt, or has ended.
            Answer::Other { .. } | Answer::Unknown | Answer::Refused { .. } => session.elsewhere(now, false),
        }
    }

    /// A request to an operator failed.
    pub fn failed(&mut self, peer: &PeerId, now: Instant) {
        if let Some(session) = self.operators.get_mut(peer).and_then(|operator| operator.session.as_mut()) {
            session.failed(now);
        }
    }

    /// An operator is gone.
    pub fn disconnected(&mut self, peer: &PeerId) {
        if let Some(operator) = self.operators.get_mut(peer)
            && operator.session.take().is_some()
            && let Some(live) = &mut self.live
        {
            live.claims.release(peer);
        }
    }

    /// What is due to be asked of operators that are there, while there is room for more bytes under way.
    pub fn due(&mut self, now: Instant, room: &mut usize) -> Vec<(PeerId, Request)> {
        let Some(live) = &self.live else { return Vec::new() };
        let mut due = Vec::new();
        let is_fresh = live.arrived.is_some_and(|arrived| now < arrived + FRESH);
        for (peer, operator) in &mut self.operators {
            if *room == 0 || now < operator.look_at {
                continue;
            }
            let Some(session) = &mut operator.session else { continue };
            // A peer that says it keeps no board is elsewhere, and is never asked to open one.
            let never = || Request::Sync { ceremony: live.replica.board().ceremony().id(), have: Vec::new() };
            match session.next(&live.replica, None, now, never) {
                Some(request) => {
                    *room = room.saturating_sub(weight(&request));
                    due.push((*peer, request));
                }
                None => operator.look_at = now + if is_fresh { LOOK_SOON } else { LOOK },
            }
        }
        due
    }

    /// Lets go of the board in memory if nobody is there.
    pub fn rest(&mut self) {
        if self.operators.values().all(|operator| operator.session.is_none()) {
            self.live = None;
        }
    }
}

/// How many bytes a request keeps in memory until it is answered.
pub fn weight(request: &Request) -> usize {
    match request {
        Request::Sync { have: ids, .. } | Request::Offer { ids, .. } => 32 * ids.len(),
        Request::Push { messages, .. } => messages.iter().map(Vec::len).sum(),
        Request::Open { definition, terms, .. } => definition.len() + terms.len(),
    }
}

fn load(shelf: &Arc<Shelf>) -> Result<Live, Failure> {
    let store = Box::new(OnShelf(Arc::clone(shelf)));
    Ok(Live { replica: Replica::new(shelf.load()?, store), claims: Claims::default(), arrived: None })
}

/// Verifies messages and writes them to disk, up to the first that is none; what is wrong with that.
fn take(
    live: &mut Live,
    session: &mut Session,
    messages: &[Vec<u8>],
    now: Instant,
    metrics: &Metrics,
) -> Result<Option<String>, Failure> {
    for bytes in messages {
        match live.replica.take(bytes, now)? {
            Taken::New(message) => {
                live.arrived = Some(now);
                live.claims.settle(&message.id());
                session.shows([message.id()]);
                metrics.messages_stored.inc();
                tracing::info!(
                    ceremony = %live.replica.board().ceremony().id(),
                    author = message.author(),
                    kind = %message.kind(),
                    "message kept"
                );
            }
            Taken::Known => {}
            Taken::Foreign(disagreement) => {
                let author = disagreement.author;
                return Ok(Some(format!("it sent a Join of operator {author} for another ceremony")));
            }
            Taken::Bad(rejection) => {
                return Ok(Some(format!("it sent what is no message of the ceremony: {rejection}")));
            }
        }
    }
    Ok(None)
}
