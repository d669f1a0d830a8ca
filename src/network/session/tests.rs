//! What hostile and honest peers get out of a session.

use std::time::{Duration, Instant};

use coram_ceremony::frame::{MAX_IDS, Request};
use coram_ceremony::id::MessageId;

use super::super::fixture::{ceremony, join, replica};
use super::super::replica::Replica;
use super::Session;

/// A session of operator 1, whose Join is on the board beside that of operator 2.
struct Talk {
    session: Session,
    replica: Replica,
    now: Instant,
}

impl Talk {
    fn new() -> Self {
        let (replica, now) = (replica(&[join(1, 1), join(2, 1)]), Instant::now());
        Self { session: Session::new(now), replica, now }
    }

    /// With a peer that has nothing.
    fn with_empty_peer() -> Self {
        let mut talk = Self::new();
        assert!(matches!(talk.next(), Some(Request::Sync { .. })));
        talk.session.synced(Vec::new());
        talk
    }

    fn next(&mut self) -> Option<Request> {
        let open = || Request::Open { ceremony: ceremony().id(), definition: Vec::new(), terms: Vec::new() };
        self.session.next(&self.replica, Some(1), self.now, open)
    }

    /// How many requests of some kind a peer gets out of us in a minute that reacts to each as it is told.
    fn count(&mut self, of: fn(&Request) -> bool, react: impl Fn(&mut Session, Request, Instant)) -> usize {
        let mut count = 0;
        for _ in 0..6000 {
            self.now += Duration::from_millis(10);
            if let Some(request) = self.next() {
                count += usize::from(of(&request));
                react(&mut self.session, request, self.now);
            }
        }
        count
    }
}

const fn is_push(request: &Request) -> bool {
    matches!(request, Request::Push { .. })
}

const fn any(_: &Request) -> bool {
    true
}

fn id(number: u64) -> MessageId {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&number.to_le_bytes());
    MessageId::new(bytes)
}

#[test]
fn our_own_messages_are_pushed_and_those_of_others_offered() {
    let mut talk = Talk::with_empty_peer();
    assert!(
        matches!(talk.next(), Some(Request::Push { messages, .. }) if messages == [join(1, 1).to_bytes()])
    );
    talk.session.took(talk.now);
    assert!(matches!(talk.next(), Some(Request::Offer { ids, .. }) if ids == [join(2, 1).id()]));
    talk.session.wanted(&[join(2, 1).id()], &[join(2, 1).id()], talk.now);
    assert!(
        matches!(talk.next(), Some(Request::Push { messages, .. }) if messages == [join(2, 1).to_bytes()])
    );
    talk.session.took(talk.now);
    assert!(talk.next().is_none() && talk.session.has_all(&talk.replica));
}

#[test]
fn answers_that_do_not_fit_do_not_make_us_ask_without_a_pause() {
    let count = |react: fn(&mut Session, Request, Instant)| Talk::with_empty_peer().count(any, react);
    assert!(count(|session, _, _| session.synced(Vec::new())) < 20);
    assert!(count(|session, _, now| session.took(now)) < 20);
    assert!(count(|session, _, now| session.wanted(&[], &[], now)) < 20);
}

#[test]
fn a_relay_that_never_keeps_the_board_that_it_opened_is_left_alone() {
    let asked = Talk::new().count(any, |session, request, now| match request {
        Request::Open { .. } => session.took(now),
        _ => session.closed(),
    });
    assert!(asked < 20, "{asked}");
    let asked = Talk::new().count(any, |session, _, _| session.closed());
    assert!(asked < 20, "{asked}");
}

#[test]
fn whoever_denies_what_it_took_is_not_sent_it_all_the_time() {
    let pushes = Talk::new().count(is_push, |session, request, now| match request {
        Request::Sync { .. } => session.synced(Vec::new()),
        Request::Offer { ids, .. } => session.wanted(&ids, &ids, now),
        _ => {
            session.took(now);
            session.lists(Vec::new());
        }
    });
    assert!(pushes < 20, "{pushes}");
    let pushes = Talk::new().count(is_push, |session, request, now| match request {
        Request::Sync { .. } => session.synced(Vec::new()),
        Request::Offer { ids, .. } => session.wanted(&ids, &ids, now),
        _ => {
            session.took(now);
            session.reconnected(now);
        }
    });
    assert!(pushes < 20, "{pushes}");
}

#[test]
fn whoever_lost_what_it_took_gets_it_again() {
    let mut talk = Talk::with_empty_peer();
    assert!(talk.next().as_ref().is_some_and(is_push));
    talk.session.took(talk.now);
    talk.session.reconnected(talk.now);
    talk.session.lists(Vec::new());
    let pushes = talk.count(is_push, |session, request, now| match request {
        Request::Sync { .. } => session.synced(Vec::new()),
        Request::Offer { ids, .. } => session.wanted(&ids, &[], now),
        _ => session.took(now),
    });
    assert!(pushes > 0);
}

#[test]
fn a_peer_that_changes_its_mind_all_the_time_is_asked_ever_more_rarely() {
    let asked = Talk::with_empty_peer().count(any, |session, _, now| {
        session.elsewhere(now, false);
        session.lists(Vec::new());
    });
    assert!(asked < 20, "{asked}");
}

#[test]
fn a_peer_cannot_fill_the_memory_with_names_of_messages() {
    let mut talk = Talk::with_empty_peer();
    for round in 0..10 {
        talk.session.shows((0..MAX_IDS as u64).map(|number| id(round * MAX_IDS as u64 + number)));
    }
    assert_eq!(talk.session.has.len(), MAX_IDS);
}

#[test]
fn one_request_that_failed_says_nothing_about_a_peer() {
    let mut talk = Talk::new();
    assert!(talk.next().is_some());
    talk.session.failed(talk.now);
    assert!(!talk.session.is_settled());
    talk.now += Duration::from_secs(20);
    assert!(talk.next().is_some());
    talk.session.failed(talk.now);
    assert!(talk.session.is_settled());
}

#[test]
fn what_is_new_is_handed_out_although_nothing_was_due() {
    let mut talk = Talk::new();
    let all = talk.replica.board().have();
    assert!(matches!(talk.next(), Some(Request::Sync { .. })));
    talk.session.synced(all);
    assert!(talk.next().is_none());
    talk.replica.take(&join(1, 2).to_bytes(), talk.now).unwrap();
    assert!(talk.next().as_ref().is_some_and(is_push));
}
