//! Adversaries of the simulator's catalogue, the same code, against real processes: three honest operators run `coram dkg`,
//! and the fourth is the adversary's, over libp2p under the identity of that operator.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use coram_simulator::adversary::{Entry, Expected, catalogue};
use coram_simulator::cast::Cast;
use coram_simulator::live::{Deeds, Live};
use libp2p::PeerId;
use serde_json::Value;

use crate::common::{coram, run, text};
use crate::frames::{self, Asked, Id};
use crate::net::{Net, Node, PATIENCE, Transport};
use crate::peer::{BOARD, Peer, Script, identity};

/// The adversary's operator, index from 1, and its node, from 0.
const CHEATER: u16 = 4;
const NODE: u16 = 3;
/// Clusters at the same time.
const CLUSTERS: usize = 4;

const ADVERSARIES: [&str; 16] = [
    "two-joins",
    "two-joins-to-single-operators",
    "copied-encryption-key",
    "encryption-key-of-small-order",
    "software-that-writes-on-screens",
    "denied-join",
    "join-list-of-no-roster",
    "two-commits",
    "wrong-share",
    "unopened-commit",
    "one-partial-too-few",
    "wrong-node-signature",
    "two-seals",
    "rushing",
    "framed-beside-other-dealings",
    "framed-in-a-batch",
];

#[test]
fn adversaries_of_the_catalogue_meet_real_processes() {
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..CLUSTERS {
            scope.spawn(|| {
                while let Some(name) = ADVERSARIES.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let entry = catalogue().find(|entry| entry.name == *name).unwrap();
                    let begun = Instant::now();
                    let outcome = hold(entry);
                    println!("{name}: {outcome}, {:.1} s", begun.elapsed().as_secs_f64());
                }
            });
        }
    });
}

/// One ceremony against an adversary; how it ended, which is as expected.
fn hold(entry: &Entry) -> String {
    let shape = (entry.shape)(4);
    let net = Net::new(4, 3, shape.validators as u16, Transport::Tcp);
    let mut nodes = start_honest(&net);
    let mut bridge = Bridge::new(&net, entry);
    while nodes.iter_mut().any(Node::is_running) {
        assert!(bridge.begun.elapsed() < PATIENCE, "{} goes on and on{}", entry.name, net.logs());
        bridge.go_on();
    }
    let codes: Vec<_> = nodes.into_iter().map(|node| net.exit_code(node, PATIENCE)).collect();
    if codes == [Some(0); 3] && entry.expected.contains(&Expected::Lock) {
        return check_locks(&net, entry) + &check_accusations(&net, entry, &mut bridge.live);
    }
    let breaches = entry.expected.iter().find_map(|expected| match expected {
        Expected::Fault(breaches) => Some(*breaches),
        _ => None,
    });
    assert_eq!(codes, [Some(6); 3], "{}{}", entry.name, net.logs());
    check_faults(&net, entry, breaches.unwrap_or_default())
        + &check_accusations(&net, entry, &mut bridge.live)
}

fn start_honest(net: &Net) -> Vec<Node> {
    let start = |node: u16| {
        let known: Vec<String> =
            (0..NODE).filter(|other| *other != node).map(|other| net.address(other)).collect();
        net.spawn(&format!("node{node}"), &mut net.dkg_of_few(node, &known))
    };
    (0..NODE).map(start).collect()
}

/// All honest operators have one lock, which is VALID.
fn check_locks(net: &Net, entry: &Entry) -> String {
    let locks: BTreeSet<Vec<u8>> = (0..NODE).map(|node| fs::read(net.cluster.lock(node)).unwrap()).collect();
    assert_eq!(locks.len(), 1, "{}: different locks", entry.name);
    let report = run(coram().arg("verify").arg(net.cluster.lock(0)));
    assert!(report.contains("VALID") && !report.contains("INVALID"), "{}: {report}", entry.name);
    "one lock, VALID".to_owned()
}

/// No file of the adversary convicts anybody before `coram verify`.
fn check_accusations(net: &Net, entry: &Entry, live: &mut Live) -> String {
    let accusations = live.accuse().unwrap();
    let file = net.cluster.path("accusation.json");
    for accusation in &accusations {
        fs::write(&file, &accusation.file).unwrap();
        let judged = coram().arg("verify").arg(&file).output().unwrap();
        let said = text(&judged.stdout);
        assert_eq!(judged.status.code(), Some(3), "{}: {said}{}", entry.name, text(&judged.stderr));
        assert!(said.contains("REJECTED: nothing is proved"), "{}: {said}", entry.name);
    }
    assert_eq!(entry.name.starts_with("framed-"), !accusations.is_empty(), "{}", entry.name);
    format!(", {} accusations cleared", accusations.len())
}

/// Every honest operator has a fault file that names the cheater and nobody else, and that a stranger accepts.
fn check_faults(net: &Net, entry: &Entry, breaches: &[&str]) -> String {
    let mut found = BTreeSet::new();
    for node in 0..NODE {
        let files = fault_files(net, node);
        assert!(!files.is_empty(), "{}: node{node} has no fault file", entry.name);
        for file in files {
            let fault: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
            assert_eq!(fault["culprits"], serde_json::json!([CHEATER]), "{}", entry.name);
            let breach = fault["fault"].as_str().unwrap().to_owned();
            assert!(breaches.contains(&breach.as_str()), "{}: {breach}", entry.name);
            let judged = coram().arg("verify").arg(file).output().unwrap();
            assert_eq!(judged.status.code(), Some(6), "{}: {}", entry.name, text(&judged.stderr));
            assert!(text(&judged.stdout).contains("operator 4"), "{}", text(&judged.stdout));
            found.insert(breach);
        }
    }
    format!("proof of {}", found.into_iter().collect::<Vec<_>>().join(" and "))
}

fn fault_files(net: &Net, node: u16) -> Vec<PathBuf> {
    let attempt = fs::read_dir(net.cluster.node(node).join("coram")).unwrap().next().unwrap().unwrap().path();
    let files = fs::read_dir(attempt).unwrap().map(|entry| entry.unwrap().path());
    files.filter(|path| path.file_name().unwrap().to_string_lossy().starts_with("fault-")).collect()
}

/// The adversary's operator on the network: what it is pushed goes to the adversary, and what that says is pushed to others.
struct Bridge {
    live: Live,
    peer: Peer,
    /// The honest nodes, from 0.
    honest: Vec<PeerId>,
    ceremony: Id,
    pushed: Receiver<Vec<u8>>,
    have: Arc<Mutex<BTreeSet<Id>>>,
    begun: Instant,
    /// What is to be done when.
    planned: Vec<(Instant, Due)>,
}

/// What is done when its time has come.
enum Due {
    Push(PeerId, Vec<u8>),
    Wake,
}

impl Bridge {
    fn new(net: &Net, entry: &Entry) -> Self {
        let ceremony = frames::ceremony(&net.cluster.definition());
        let keys = net.nodes().map(|node| frames::identity_key(&net.cluster.node(node))).collect();
        let cast = Arc::new(Cast::of(Arc::clone(&ceremony), keys));
        let have: Arc<Mutex<BTreeSet<Id>>> = Arc::default();
        let (sender, pushed) = channel();
        let known = Arc::clone(&have);
        let answer = Box::new(move |_, request: Vec<u8>| match frames::read_request(&request) {
            Asked::Sync(_) => {
                Some(Script::bytes(frames::have(known.lock().unwrap().iter().copied().collect())))
            }
            Asked::Offer(ids) => {
                let known = known.lock().unwrap();
                let lacks: Vec<Id> = ids.into_iter().filter(|id| !known.contains(id)).collect();
                Some(Script::bytes(frames::want(lacks.clone(), lacks)))
            }
            Asked::Push(messages) => {
                messages.into_iter().for_each(|message| drop(sender.send(message)));
                Some(Script::bytes(frames::took()))
            }
            Asked::Open => Some(Script::bytes(frames::took())),
            Asked::Else(_) => None,
        });
        let peer = Peer::answering(identity(&net.cluster.node(NODE)), BOARD, answer);
        let honest = (0..NODE).map(|node| {
            let expected: PeerId = net.peer_id(node).parse().unwrap();
            net.wait(&format!("a handshake with node{node}"), PATIENCE, || {
                peer.dial(&net.address(node)).is_ok_and(|found| found == expected)
            });
            expected
        });
        let honest = honest.collect();
        let live = Live::new(entry, &cast, &[CHEATER], 1).unwrap();
        let (ceremony, begun) = (*ceremony.id().as_bytes(), Instant::now());
        let mut bridge = Self { live, peer, honest, ceremony, pushed, have, begun, planned: Vec::new() };
        let deeds = bridge.live.begin().unwrap();
        bridge.plan(deeds);
        bridge
    }

    fn now(&self) -> u64 {
        self.begun.elapsed().as_millis() as u64
    }

    /// Hands over what was pushed, and does what is due.
    fn go_on(&mut self) {
        if let Ok(message) = self.pushed.recv_timeout(Duration::from_millis(10)) {
            let deeds = self.live.learn(self.now(), &message).unwrap();
            self.plan(deeds);
        }
        let now = Instant::now();
        let (due, later): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.planned).into_iter().partition(|(at, _)| *at <= now);
        self.planned = later;
        for (_, what) in due {
            match what {
                // Whether it is answered, the outcome tells.
                Due::Push(to, bytes) => {
                    let push = frames::push(self.ceremony, vec![bytes]);
                    drop(self.peer.start_asking(to, Script::bytes(push)));
                }
                Due::Wake => {
                    let deeds = self.live.wake(self.now()).unwrap();
                    self.plan(deeds);
                }
            }
        }
    }

    fn plan(&mut self, deeds: Deeds) {
        let now = Instant::now();
        for sent in deeds.outgoing {
            let to = self.honest[usize::from(sent.to) - 1];
            self.planned.push((now + Duration::from_millis(sent.after), Due::Push(to, sent.bytes.to_vec())));
        }
        for alarm in deeds.alarms {
            self.planned.push((now + Duration::from_millis(alarm), Due::Wake));
        }
        let have = self.live.have().unwrap();
        self.have.lock().unwrap().extend(have.iter().map(|id| *id.as_bytes()));
    }
}
