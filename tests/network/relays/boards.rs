//! Boards for operators who are not there together.

use std::path::PathBuf;
use std::sync::mpsc;
use std::time::Duration;

use coram_ceremony::engine::Step;
use coram_ceremony::{Board, Ceremony, Engine, Keys, Message, keys};
use libp2p::PeerId;
use libp2p::identity::Keypair;
use rustix::process::Signal;
use ssz::Encode as _;
use zeroize::Zeroizing;

use std::sync::Arc;

use super::kit::{PATIENCE, Relay};
use crate::common::{Cluster, coram, wait_until};
use crate::frames::{self, Asked, Id, read_request};
use crate::peer::{BOARD, Peer, Script, framed, identity, stranger};

/// Four operators, and the relay that they meet at.
struct Scene {
    cluster: Cluster,
    ceremony: Arc<Ceremony>,
}

impl Scene {
    fn new() -> Self {
        let cluster = Cluster::new(4, 3, 1);
        let ceremony = frames::ceremony(&cluster.definition());
        Self { cluster, ceremony }
    }

    fn data_dir(&self) -> PathBuf {
        self.cluster.path("relay")
    }

    fn relay(&self, arguments: &[&str]) -> Relay {
        Relay::start(&self.data_dir(), &[&["--boards"], arguments].concat())
    }

    fn id(&self) -> Id {
        *self.ceremony.id().as_bytes()
    }

    /// An operator, from 1, that is connected to the relay.
    fn operator(&self, index: u16, relay: &Relay) -> Visitor {
        Visitor::new(identity(&self.cluster.node(index - 1)), relay)
    }

    fn open(&self) -> Vec<u8> {
        let definition = self.ceremony.definition().to_json().unwrap();
        frames::open(self.id(), definition, self.ceremony.terms().as_ssz_bytes())
    }

    fn sync(&self) -> Vec<u8> {
        frames::sync(self.id(), Vec::new())
    }

    fn push(&self, message: &Message) -> Vec<u8> {
        frames::push(self.id(), vec![message.to_bytes()])
    }

    /// The Join of an operator, from 1.
    fn join(&self, index: u16) -> Message {
        let identity = frames::identity_key(&self.cluster.node(index - 1));
        let seed = Zeroizing::new([7; 32]);
        let decryption = keys::decryption_key(&self.ceremony, &identity, &seed);
        let keys = Keys::new(identity, decryption, Some(seed));
        let mut engine = Engine::new(keys, Board::new(Arc::clone(&self.ceremony)), "test").unwrap();
        match engine.next() {
            Step::Publish(message) => message,
            _ => panic!("a ceremony begins with a Join"),
        }
    }
}

/// A peer that is connected to the relay, and what the relay asks it.
struct Visitor {
    peer: Peer,
    relay: PeerId,
    asked: mpsc::Receiver<Asked>,
}

impl Visitor {
    fn new(identity: Keypair, relay: &Relay) -> Self {
        let (tell, asked) = mpsc::channel();
        // It has nothing, and wants all.
        let answer = move |_, request: Vec<u8>| {
            let asked = read_request(&request);
            let answer = match &asked {
                Asked::Sync(_) => frames::have(Vec::new()),
                Asked::Offer(ids) => frames::want(ids.clone(), ids.clone()),
                _ => frames::took(),
            };
            let _ = tell.send(asked);
            Some(Script::bytes(answer))
        };
        let peer = Peer::answering(identity, BOARD, Box::new(answer));
        let relay = peer.dial(&relay.address).unwrap();
        Self { peer, relay, asked }
    }

    fn ask(&self, request: &[u8]) -> Vec<u8> {
        self.peer.ask(self.relay, Script::bytes(request)).unwrap()
    }

    /// The reason of a refusal.
    fn refused(&self, request: &[u8]) -> String {
        let answer = self.ask(request);
        assert_eq!(answer.get(4), Some(&5), "{answer:?}");
        String::from_utf8_lossy(&answer[5..]).into_owned()
    }

    /// The next message that the relay hands on.
    fn handed(&self) -> Vec<Vec<u8>> {
        loop {
            if let Asked::Push(messages) = self.asked.recv_timeout(PATIENCE).unwrap() {
                return messages;
            }
        }
    }
}

fn unknown() -> Vec<u8> {
    framed(&[4])
}

#[test]
fn a_board_is_kept_over_a_restart_for_its_operators_alone() {
    let scene = Scene::new();
    let relay = scene.relay(&[]);
    let join = scene.join(1);
    let first = scene.operator(1, &relay);
    assert_eq!(first.ask(&scene.sync()), unknown());
    assert_eq!(first.ask(&scene.open()), frames::took());
    assert_eq!(first.ask(&scene.push(&join)), frames::took());
    drop(first);
    relay.stop(Signal::KILL);

    let relay = scene.relay(&[]);
    let second = scene.operator(2, &relay);
    assert_eq!(second.ask(&scene.sync()), frames::have(vec![*join.id().as_bytes()]));
    assert_eq!(second.handed(), [join.to_bytes()]);
    assert_eq!(relay.metric("coram_relay_ceremonies "), 1);
    assert!(relay.metric("coram_relay_boards_bytes ") > 1000);

    let other = Visitor::new(stranger(), &relay);
    for request in [scene.sync(), scene.push(&join), frames::offer(scene.id(), Vec::new())] {
        assert_eq!(other.ask(&request), unknown());
    }
    assert!(other.refused(&scene.open()).contains("not an operator"));
}

#[test]
fn a_message_reaches_operators_who_are_there_at_once() {
    let scene = Scene::new();
    let relay = scene.relay(&[]);
    let (author, reader) = (scene.operator(1, &relay), scene.operator(2, &relay));
    author.ask(&scene.open());
    reader.ask(&scene.sync());
    let join = scene.join(1);
    let begun = std::time::Instant::now();
    author.ask(&scene.push(&join));
    assert_eq!(reader.handed(), [join.to_bytes()]);
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    assert_eq!(relay.metric("coram_relay_messages_stored_total "), 1);
}

#[test]
fn whoever_sends_garbage_is_dropped_and_kept_out() {
    let scene = Scene::new();
    let relay = scene.relay(&[]);
    let honest = scene.operator(1, &relay);
    honest.ask(&scene.open());
    let forged = frames::push(scene.id(), vec![frames::with_a_bad_signature(scene.join(1).to_bytes())]);
    let requests = [forged, frames::push(scene.id(), vec![vec![7; 300]]), framed(&[9, 9, 9])];
    for (index, request) in (2..).zip(requests) {
        let liar = scene.operator(index, &relay);
        assert!(liar.peer.ask(liar.relay, Script::bytes(request)).is_err());
        wait_until("the connection is closed", || liar.peer.connections_to(&liar.relay) == 0);
        relay.wait_for("coram_relay_dropped_total ", u64::from(index) - 1);
        // The handshake is done before it is known who that is; then the connection ends.
        let _ = liar.peer.dial(&relay.address);
        wait_until("the connection is closed again", || liar.peer.connections_to(&liar.relay) == 0);
        assert!(relay.log().contains(&liar.peer.id.to_string()), "{}", relay.log());
    }
    assert_eq!(honest.ask(&scene.sync()), frames::have(Vec::new()), "nothing of it was kept");
    assert!(relay.metric("coram_relay_connections_denied_total{reason=\"Banned\"}") >= 1);
}

#[test]
fn boards_are_bounded() {
    let scene = Scene::new();
    let relay = scene.relay(&["--max-ceremonies", "0"]);
    assert!(scene.operator(1, &relay).refused(&scene.open()).contains("as many boards"));
    assert!(relay.metric("coram_relay_refused_total{reason=\"TooMany\"}") == 1);
    drop(relay);
    let relay = scene.relay(&["--max-openings-per-hour", "0"]);
    assert!(scene.operator(1, &relay).refused(&scene.open()).contains("try again later"));
    drop(relay);

    let relay = scene.relay(&[]);
    let operator = scene.operator(1, &relay);
    let mut frame = u32::MAX.to_le_bytes().to_vec();
    frame.extend([0; 64]);
    assert!(operator.peer.ask(operator.relay, Script::bytes(frame)).is_err());
    relay.wait_for("coram_relay_dropped_total ", 1);
}

#[test]
fn a_board_is_forgotten_when_nothing_new_comes() {
    let scene = Scene::new();
    let relay = scene.relay(&["--board-days", "0.00008"]);
    scene.operator(1, &relay).ask(&scene.open());
    assert_eq!(relay.metric("coram_relay_ceremonies "), 1);
    let boards = scene.data_dir().join("boards");
    assert_eq!(std::fs::read_dir(&boards).unwrap().count(), 1);
    relay.wait_for("coram_relay_ceremonies ", 0);
    assert_eq!(std::fs::read_dir(&boards).unwrap().count(), 0);
}

#[test]
fn a_relay_without_boards_does_not_speak_of_them() {
    let scene = Scene::new();
    let relay = Relay::start(&scene.data_dir(), &[]);
    let operator = scene.operator(1, &relay);
    assert!(operator.peer.ask(operator.relay, Script::bytes(scene.open())).is_err());
    assert!(!scene.data_dir().join("boards").exists());
}

#[test]
fn what_is_damaged_on_disk_stops_nobody() {
    let scene = Scene::new();
    let boards = scene.data_dir().join("boards");
    std::fs::create_dir_all(boards.join("00".repeat(32))).unwrap();
    std::fs::write(boards.join("00".repeat(32)).join("definition.json"), "{").unwrap();
    std::fs::set_permissions(scene.data_dir(), std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    let relay = scene.relay(&[]);
    assert!(relay.log().contains("left out"), "{}", relay.log());
    assert_eq!(scene.operator(1, &relay).ask(&scene.open()), frames::took());
}

/// Four real operators who can reach nothing but the relay, one after the other, until all have the lock.
#[test]
fn operators_who_are_never_there_together_make_their_keys() {
    let scene = Scene::new();
    let relay = scene.relay(&[]);
    let relays = format!("http://{}/", relay.http);
    let mut turns = 0;
    let all_done = || (0..4).all(|node| scene.cluster.lock(node).exists());
    while !all_done() {
        for node in 0..4 {
            let mut turn = coram();
            turn.args(["dkg", "--once", "--timeout", "60", "--p2p-tcp-address", "127.0.0.1:0", "--data-dir"]);
            turn.arg(scene.cluster.node(node)).args(["--p2p-relays", &relays, "--definition-file"]);
            turn.arg(scene.cluster.definition());
            let output = turn.output().unwrap();
            let code = output.status.code();
            assert!(matches!(code, Some(0 | 5)), "{}", String::from_utf8_lossy(&output.stderr));
        }
        turns += 1;
        assert!(turns <= 7, "{}", relay.log());
    }
    println!("{turns} rounds of turns");
    scene.cluster.common_lock();
    assert_eq!(relay.metric("coram_relay_messages_stored_total "), 20);
}
