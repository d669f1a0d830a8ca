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

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use coram_ceremony::id::CeremonyId;
use libp2p::PeerId;

use self::admission::{Admission, Opening};
use self::kept::Kept;
pub use self::kept::weight;
use self::shelf::Shelves;
use super::BoardBounds;
use super::metrics::{Metrics, Refusal};
use super::origin::Origin;
use crate::failure::Failure;
use crate::network::frame::{Answer, MAX_REASON, Request};
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

#[cfg(test)]
mod tests {
    use coram_ceremony::id::MessageId;
    use prometheus_client::registry::Registry;
    use ssz::Encode as _;

    use super::shelf::tests::{bounds, ceremony, join, operator};
    use super::*;

    fn boards(folder: &Path, now: SystemTime) -> Boards {
        Boards::open(folder, bounds(), Metrics::new(&mut Registry::default()), now).unwrap()
    }

    fn open(attempt: u32) -> Request {
        let ceremony = ceremony(attempt);
        let (definition, terms) = (ceremony.definition().to_json().unwrap(), ceremony.terms().as_ssz_bytes());
        Request::Open { ceremony: ceremony.id(), definition, terms }
    }

    fn ask(boards: &mut Boards, index: Option<u16>, request: Request) -> Reply {
        let peer = index.map_or_else(PeerId::random, |index| operator(&ceremony(0), index));
        boards.answer(peer, None, request, Instant::now())
    }

    fn push(messages: Vec<Vec<u8>>) -> Request {
        Request::Push { ceremony: ceremony(0).id(), messages }
    }

    fn sync() -> Request {
        Request::Sync { ceremony: ceremony(0).id(), have: Vec::new() }
    }

    fn has(reply: Reply) -> Option<Vec<MessageId>> {
        match reply {
            Reply::Answer(Answer::Have { ids }) => Some(ids),
            _ => None,
        }
    }

    fn took(reply: &Reply) -> bool {
        matches!(reply, Reply::Answer(Answer::Took))
    }

    #[test]
    fn what_one_operator_leaves_another_finds_after_a_restart() {
        let (folder, now) = (tempfile::tempdir().unwrap(), SystemTime::now());
        let mut first = boards(folder.path(), now);
        assert!(matches!(ask(&mut first, Some(1), sync()), Reply::Answer(Answer::Unknown)));
        assert!(took(&ask(&mut first, Some(1), open(0))));
        assert!(took(&ask(&mut first, Some(2), open(0))), "the second asks for what is there");
        assert!(took(&ask(&mut first, Some(1), push(vec![join(1)]))));
        drop(first);
        let mut second = boards(folder.path(), now);
        assert_eq!(has(ask(&mut second, Some(2), sync())).unwrap().len(), 1);
        assert_eq!((second.metrics.ceremonies.get(), second.metrics.messages_stored.get()), (1, 0));
        assert!(second.metrics.board_bytes.get() > 1000);
    }

    #[test]
    fn a_stranger_learns_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let mut boards = boards(folder.path(), SystemTime::now());
        ask(&mut boards, Some(1), open(0));
        for request in [sync(), push(vec![join(1)])] {
            assert!(matches!(ask(&mut boards, None, request), Reply::Answer(Answer::Unknown)));
        }
        let refused = ask(&mut boards, None, open(0));
        assert!(matches!(refused, Reply::Answer(Answer::Refused { .. })));
        assert_eq!(has(ask(&mut boards, Some(1), sync())), Some(Vec::new()));
    }

    #[test]
    fn whoever_sends_what_does_not_verify_is_dropped_and_nothing_of_it_kept() {
        let folder = tempfile::tempdir().unwrap();
        let mut boards = boards(folder.path(), SystemTime::now());
        ask(&mut boards, Some(1), open(0));
        let mut changed = join(1);
        *changed.last_mut().unwrap() ^= 1;
        for garbage in [vec![7; 100], changed, Vec::new()] {
            let reply = ask(&mut boards, Some(2), push(vec![garbage]));
            assert!(matches!(reply, Reply::Drop(_)), "{reply:?}");
        }
        assert_eq!(has(ask(&mut boards, Some(1), sync())), Some(Vec::new()));
    }

    #[test]
    fn whoever_floods_is_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let mut boards = boards(folder.path(), SystemTime::now());
        ask(&mut boards, Some(1), open(0));
        let (peer, now) = (PeerId::random(), Instant::now());
        let flood = (0..1000).map(|_| boards.answer(peer, None, sync(), now));
        assert!(flood.filter(|reply| matches!(reply, Reply::Drop(_))).count() > 0);
        let flood = (0..1000).map(|_| ask(&mut boards, Some(1), sync()));
        assert!(flood.filter(|reply| matches!(reply, Reply::Drop(_))).count() > 0);
        boards.disconnected(&peer);
        assert!(!boards.strangers.contains_key(&peer));
    }

    #[test]
    fn a_message_is_offered_to_an_operator_who_is_there_and_not_to_one_who_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let mut boards = boards(folder.path(), SystemTime::now());
        let start = Instant::now();
        let [one, two] = [1, 2].map(|index| operator(&ceremony(0), index));
        boards.answer(one, None, open(0), start);
        boards.answer(two, None, sync(), start);
        for (id, peer, _) in boards.due(start, 1 << 20) {
            boards.answered(peer, id, Answer::Have { ids: Vec::new() }, start);
        }
        boards.answer(one, None, push(vec![join(1)]), start);
        let offered_to = |due: Vec<(CeremonyId, PeerId, Request)>| -> Vec<PeerId> {
            due.iter().filter(|(_, _, ask)| matches!(ask, Request::Offer { .. })).map(|due| due.1).collect()
        };
        assert_eq!(offered_to(boards.due(start, 1 << 20)), [], "its author may push it itself");
        let later = start + Duration::from_millis(150);
        assert_eq!(offered_to(boards.due(later, 1 << 20)), [two]);
        boards.disconnected(&two);
        boards.disconnected(&one);
        assert!(boards.due(later + Duration::from_secs(60), 1 << 20).is_empty());
    }

    #[test]
    fn boards_are_forgotten_when_nothing_new_came_for_long() {
        let (folder, now) = (tempfile::tempdir().unwrap(), SystemTime::now());
        let mut boards = boards(folder.path(), now);
        ask(&mut boards, Some(1), open(0));
        let age = bounds().age;
        boards.sweep(now + age / 2, Instant::now());
        assert_eq!(boards.kept.len(), 1);
        boards.sweep(SystemTime::now() + age, Instant::now());
        assert_eq!((boards.kept.len(), boards.shelves.bytes()), (0, 0));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        assert!(took(&ask(&mut boards, Some(1), open(0))), "it can be opened again");
    }

    #[test]
    fn boards_are_bounded_in_number_and_room() {
        let folder = tempfile::tempdir().unwrap();
        let bounds = BoardBounds { ceremonies: 2, ..bounds() };
        let metrics = Metrics::new(&mut Registry::default());
        let mut boards = Boards::open(folder.path(), bounds, metrics.clone(), SystemTime::now()).unwrap();
        let kept = (0..3).filter(|attempt| took(&ask(&mut boards, Some(1), open(*attempt)))).count();
        assert_eq!(kept, 2);
        drop(boards);
        let used = metrics.board_bytes.get() as u64;
        let bounds = BoardBounds { all_bytes: used + join(1).len() as u64 + 10, ..bounds };
        let mut boards = Boards::open(folder.path(), bounds, metrics, SystemTime::now()).unwrap();
        assert!(took(&ask(&mut boards, Some(1), push(vec![join(1)]))));
        let reply = ask(&mut boards, Some(1), push(vec![join(2)]));
        let Reply::Answer(Answer::Refused { reason }) = reply else { panic!("{reply:?}") };
        assert!(reason.contains("no room"), "{reason}");
    }
}
