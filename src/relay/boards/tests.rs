//! Boards, as peers see them.

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
