//! One ceremony for which a relay keeps a board.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Instant, SystemTime};

use libp2p::PeerId;

use super::Reply;
use super::shelf::{OnShelf, Shelf};
use crate::failure::Failure;
use crate::network::claims::Claims;
use crate::network::frame::{Answer, Request};
use crate::network::rate::Allowance;
use crate::network::relays;
use crate::network::replica::{Replica, Taken};
use crate::network::session::Session;
use crate::relay::metrics::{Metrics, Refusal};

/// An operator, as the relay sees it.
struct Operator {
    /// Kept over disconnections, or whoever connects again could ask as much again.
    allowance: Option<Allowance>,
    /// Only while it is connected, and has asked for something.
    session: Option<Session>,
}

/// A board in memory.
struct Live {
    replica: Replica,
    claims: Claims,
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
    pub fn new(shelf: Arc<Shelf>) -> Self {
        let keys = shelf.ceremony().identities().iter().filter_map(relays::peer_id);
        let operators = keys.map(|peer| (peer, Operator { allowance: None, session: None })).collect();
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
                if taken.as_ref().is_ok_and(|taken| taken.any_new) {
                    self.last_new = SystemTime::now();
                }
                match taken?.bad {
                    Some(reason) => Reply::Drop(reason),
                    None => Reply::Answer(Answer::Took),
                }
            }
        })
    }

    /// What an operator answered; the reason to drop it, if no honest peer answers that.
    pub fn answered(&mut self, peer: &PeerId, answer: Answer, now: Instant) -> Option<String> {
        let session = self.operators.get_mut(peer)?.session.as_mut()?;
        match answer {
            Answer::Have { ids } => session.synced(ids),
            Answer::Want { lacks, now: wants } => session.wanted(&lacks, &wants, now),
            Answer::Took => session.took(now),
            // It goes on with another attempt, or has ended.
            Answer::Other { .. } | Answer::Unknown | Answer::Refused { .. } => session.elsewhere(now),
        }
        None
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
        for (peer, operator) in &mut self.operators {
            let Some(session) = operator.session.as_mut().filter(|_| *room > 0) else { continue };
            // A peer that says it keeps no board is elsewhere, and is never asked to open one.
            let never = || Request::Sync { ceremony: live.replica.board().ceremony().id(), have: Vec::new() };
            if let Some(request) = session.next(&live.replica, None, now, never) {
                *room = room.saturating_sub(weight(&request));
                due.push((*peer, request));
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
    Ok(Live { replica: Replica::new(shelf.load()?, store), claims: Claims::default() })
}

/// What became of messages.
struct TakenIn {
    any_new: bool,
    /// What was wrong with one of them.
    bad: Option<String>,
}

/// Verifies messages and writes them to disk, up to the first that is none.
fn take(
    live: &mut Live,
    session: &mut Session,
    messages: &[Vec<u8>],
    now: Instant,
    metrics: &Metrics,
) -> Result<TakenIn, Failure> {
    let mut taken = TakenIn { any_new: false, bad: None };
    for bytes in messages {
        match live.replica.take(bytes, now)? {
            Taken::New(message) => {
                taken.any_new = true;
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
                taken.bad = Some(format!("it sent a Join of operator {author} for another ceremony"));
                break;
            }
            Taken::Bad(rejection) => {
                taken.bad = Some(format!("it sent what is no message of the ceremony: {rejection}"));
                break;
            }
        }
    }
    Ok(taken)
}
