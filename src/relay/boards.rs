//! Boards that a relay keeps, so that operators need never be online together.
//!
//! | file           | what is in it                                                          |
//! |----------------|------------------------------------------------------------------------|
//! | `admission.rs` | whether a board is opened                                              |
//! | `kept.rs`      | one ceremony: its operators, its board, what each of them has          |
//! | `shelf.rs`     | boards on disk, and how much room they have                            |
//! | `codec.rs`     | frames, within one amount of memory for all peers together             |
//!
//! A relay keeps what operators signed, after it verified that; it needs no secret of a ceremony, and has none. Only the
//! operators of a ceremony learn that it is kept. Everything here is about peers that are connected and known by name; what
//! is pure of it is told the time.

mod admission;
pub mod codec;
mod kept;
mod shelf;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use coram_ceremony::frame::{Answer, MAX_REASON, Request};
use coram_ceremony::id::CeremonyId;
use libp2p::PeerId;

use self::admission::{Admission, Opening};
use self::kept::Kept;
pub use self::kept::weight;
use self::shelf::Shelves;
use super::BoardBounds;
use super::metrics::{Metrics, Refusal};
use crate::failure::Failure;
use crate::network::origin::Origin;
use crate::network::rate::Bucket;

/// How often strangers may ask for anything: so often in a second, and so often at once.
const STRANGER: (f64, f64) = (5.0, 50.0);

/// What is done about a request.
#[derive(Debug)]
pub enum Reply {
    /// It is answered.
    Answer(Answer),
    /// No honest peer asks this: it is dropped, for this reason.
    Drop(String),
}

/// All boards that are kept.
pub struct Boards {
    bounds: BoardBounds,
    shelves: Shelves,
    kept: BTreeMap<CeremonyId, Kept>,
    admission: Admission,
    /// What peers that are operators of nothing here may ask. They are forgotten when they disconnect.
    strangers: BTreeMap<PeerId, Bucket>,
    metrics: Metrics,
}

impl Boards {
    /// Finds the boards of a run before; what is damaged is left where it is.
    pub fn open(
        folder: &Path,
        bounds: BoardBounds,
        metrics: Metrics,
        now: SystemTime,
    ) -> Result<Self, Failure> {
        let start = Instant::now();
        let (shelves, shelved) = Shelves::open(folder, &bounds)?;
        let kept =
            shelved.into_iter().map(|shelf| (shelf.ceremony().id(), Kept::new(shelf, start))).collect();
        let mut boards = Self {
            bounds,
            shelves,
            kept,
            admission: Admission::new(bounds),
            strangers: BTreeMap::new(),
            metrics,
        };
        boards.sweep(now, start);
        tracing::info!(ceremonies = boards.kept.len(), bytes = boards.shelves.bytes(), "boards");
        Ok(boards)
    }

    /// What to say to a request.
    pub fn answer(&mut self, peer: PeerId, origin: Option<Origin>, request: Request, now: Instant) -> Reply {
        let id = ceremony_of(&request);
        let reply = match self.kept.get_mut(&id).filter(|kept| kept.has_operator(&peer)) {
            Some(kept) => match kept.answer(peer, request, now, &self.metrics) {
                Ok(reply) => reply,
                Err(failure) => self.refuse_failed(id, &failure),
            },
            None => self.answer_stranger(peer, origin, request, now),
        };
        self.count();
        reply
    }

    /// The board cannot be read or written: full, or the disk fails.
    fn refuse_failed(&self, ceremony: CeremonyId, failure: &Failure) -> Reply {
        let is_full = failure.code == shelf::FULL;
        self.metrics.refused(if is_full { Refusal::Full } else { Refusal::Disk });
        if is_full {
            tracing::info!(%ceremony, "{}", failure.what);
            return refusal(&failure.what);
        }
        tracing::error!(%ceremony, "{failure}");
        refusal("the relay's disk fails")
    }

    /// A peer that is no operator of the ceremony, as far as is known.
    fn answer_stranger(
        &mut self,
        peer: PeerId,
        origin: Option<Origin>,
        request: Request,
        now: Instant,
    ) -> Reply {
        let bucket = self.strangers.entry(peer).or_insert_with(|| Bucket::new(STRANGER.0, STRANGER.1, now));
        if !bucket.take(1.0, now) {
            return Reply::Drop("it asks too often".to_owned());
        }
        let Request::Open { ceremony, definition, terms } = request else {
            // The same for a ceremony that is not kept and for one of others: who takes part in what is theirs to tell.
            self.metrics.refused(Refusal::NotKept);
            return Reply::Answer(Answer::Unknown);
        };
        if self.kept.contains_key(&ceremony) {
            self.metrics.refused(Refusal::Stranger);
            return refusal("not an operator of this ceremony");
        }
        let opening = Opening { peer, origin, ceremony, definition: &definition, terms: &terms };
        self.open_board(&opening, now)
    }

    fn open_board(&mut self, opening: &Opening<'_>, now: Instant) -> Reply {
        let opened_by_peer = self.kept.values().filter(|kept| kept.opener() == Some(opening.peer)).count();
        let admitted = self.admission.judge(opening, self.kept.len(), opened_by_peer, now);
        let ceremony = match admitted {
            Ok(ceremony) => ceremony,
            Err(admission::Denied::No(reason, kind)) => {
                self.metrics.refused(kind);
                return refusal(&reason);
            }
            Err(admission::Denied::Cheat(reason)) => return Reply::Drop(reason),
        };
        match self.shelves.add(ceremony, opening.definition, opening.terms, opening.peer) {
            Ok(shelf) => {
                tracing::info!(ceremony = %opening.ceremony, peer = %opening.peer, "board opened");
                self.kept.insert(opening.ceremony, Kept::new(shelf, now));
                Reply::Answer(Answer::Took)
            }
            Err(failure) => self.refuse_failed(opening.ceremony, &failure),
        }
    }

    /// What an operator answered to a request of ours.
    pub fn answered(&mut self, peer: PeerId, ceremony: CeremonyId, answer: Answer, now: Instant) {
        if let Some(kept) = self.kept.get_mut(&ceremony) {
            kept.answered(&peer, answer, now);
        }
    }

    /// A request of ours got no answer.
    pub fn failed(&mut self, peer: PeerId, ceremony: CeremonyId, now: Instant) {
        if let Some(kept) = self.kept.get_mut(&ceremony) {
            kept.failed(&peer, now);
        }
    }

    /// A peer has no connection any more.
    pub fn disconnected(&mut self, peer: &PeerId) {
        self.strangers.remove(peer);
        for kept in self.kept.values_mut() {
            kept.disconnected(peer);
        }
    }

    /// What is due to be asked of connected operators, as far as there is room for so many bytes.
    pub fn due(&mut self, now: Instant, mut room: usize) -> Vec<(CeremonyId, PeerId, Request)> {
        let mut due = Vec::new();
        for (id, kept) in &mut self.kept {
            for (peer, request) in kept.due(now, &mut room) {
                due.push((*id, peer, request));
            }
        }
        due
    }

    /// Forgets boards on which nothing new was posted for long, and whatever else is over.
    pub fn sweep(&mut self, now: SystemTime, instant: Instant) {
        let age = self.bounds.age;
        let expired = |kept: &Kept| now.duration_since(kept.last_new()).unwrap_or(Duration::ZERO) >= age;
        let over: Vec<CeremonyId> =
            self.kept.iter().filter(|(_, kept)| expired(kept)).map(|(id, _)| *id).collect();
        for id in over {
            let Some(kept) = self.kept.remove(&id) else { continue };
            match self.shelves.remove(kept.shelf()) {
                Ok(()) => tracing::info!(ceremony = %id, "board expired"),
                Err(failure) => tracing::error!(ceremony = %id, "{failure}"),
            }
        }
        self.kept.values_mut().for_each(Kept::rest);
        self.admission.sweep(instant);
        self.count();
    }

    fn count(&self) {
        self.metrics.ceremonies.set(i64::try_from(self.kept.len()).unwrap_or(i64::MAX));
        self.metrics.board_bytes.set(i64::try_from(self.shelves.bytes()).unwrap_or(i64::MAX));
    }
}

/// Which ceremony a request is about.
pub fn ceremony_of(request: &Request) -> CeremonyId {
    match request {
        Request::Sync { ceremony, .. }
        | Request::Offer { ceremony, .. }
        | Request::Push { ceremony, .. }
        | Request::Open { ceremony, .. } => *ceremony,
    }
}

/// A refusal; its reason is cut to what a frame has room for.
fn refusal(reason: &str) -> Reply {
    let mut end = reason.len().min(MAX_REASON);
    while !reason.is_char_boundary(end) {
        end -= 1;
    }
    let reason = reason.get(..end).unwrap_or_default().to_owned();
    Reply::Answer(Answer::Refused { reason })
}
