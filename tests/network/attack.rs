//! A peer that does its worst to one operator while a ceremony runs: memory and processor time stay bounded, the
//! ceremony ends, and who misbehaved is named.
//!
//! The attacker has the identity of operator 4, or none that anybody knows. It attacks node 0. The real operator 4 does
//! not meet node 0, which bans that identity: its messages come through nodes 1 and 2.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use coram_ceremony::Ceremony;
use coram_ceremony::id::RosterHash;
use coram_ceremony::message::{Commit, Join};
use libp2p::PeerId;
use tokio::net::TcpSocket;

use crate::frames;
use crate::net::{Cost, Net, Node, PATIENCE};
use crate::peer::{BOARD, Dialled, Peer, Script, framed, identity, stranger};
use crate::proxy::{RUNTIME, Random};

/// Most memory that an operator under attack may have beyond one that is not, in bytes.
const MORE_MEMORY: u64 = 128 << 20;
/// Most processor time that an operator under attack may use beyond one that is not: half a core, while the attack goes on
/// and while the ceremony ends.
const MORE_CPU: f64 = 0.5;
/// What the two take together, where nothing else slows them down.
const USUAL: Duration = Duration::from_secs(8);
/// How long attacks go on before the ceremony can end.
const ATTACK: Duration = Duration::from_secs(4);
/// When connections that are refused are gone: before this side gives them up because nothing is said over them.
const SOON: Duration = Duration::from_secs(60);

/// A cluster whose nodes 0, 1 and 2 run and wait for operator 4.
struct Siege {
    net: Net,
    nodes: Vec<Node>,
    victim: PeerId,
    begun: Instant,
}

impl Siege {
    fn begin() -> Self {
        let net = Net::of_four();
        let three = |node: u16| -> Vec<String> {
            (0..3).filter(|other| *other != node).map(|other| net.address(other)).collect()
        };
        let nodes = (0..3).map(|node| {
            // As many open files as most systems allow.
            let mut command = std::process::Command::new("sh");
            let inner = net.dkg_of_few(node, &three(node));
            command
                .args(["-c", "ulimit -n 1024; exec \"$@\"", "sh"])
                .arg(inner.get_program())
                .args(inner.get_args());
            for (name, value) in inner.get_envs() {
                match value {
                    Some(value) => command.env(name, value),
                    None => command.env_remove(name),
                };
            }
            net.spawn(&format!("node{node}"), &mut command)
        });
        let nodes = nodes.collect();
        net.wait("the joins of three", PATIENCE, || {
            (0..3).all(|node| (1..=3).all(|author| net.has(node, "join", author)))
        });
        let victim = net.peer_id(0).parse().unwrap();
        Self { net, nodes, victim, begun: Instant::now() }
    }

    fn address(&self) -> String {
        self.net.address(0)
    }

    fn place(&self) -> SocketAddr {
        self.net.listens_at(0)
    }

    /// A peer with the identity of operator 4, connected to the victim.
    fn operator_4(&self) -> Peer {
        let peer = Peer::new(identity(&self.net.cluster.node(3)), BOARD);
        self.connect(&peer);
        peer
    }

    /// Connects a peer to the victim, as soon as it takes connections: it refuses more than some that are in the making at
    /// the same time.
    fn connect(&self, peer: &Peer) {
        self.net.wait("a handshake with the victim", PATIENCE, || {
            peer.dial(&self.address()).is_ok_and(|found| found == self.victim)
        });
    }

    fn ceremony(&self) -> Arc<Ceremony> {
        frames::ceremony(&self.net.cluster.definition())
    }

    /// Waits until the victim says that it dropped operator 4, for a reason with this in it.
    fn wait_until_dropped(&self, reason: &str) {
        self.net.wait(&format!("that operator 4 is named for {reason:?}"), PATIENCE, || {
            let mut dropped = self.net.told("node0", "dropped").into_iter();
            dropped.any(|event| {
                event["peer"]["index"] == 4 && event["reason"].as_str().unwrap().contains(reason)
            })
        });
    }

    /// The real operator 4 comes, who does not know node 0, and the ceremony ends.
    fn end(self, attack: &str) {
        let known = [self.net.address(1), self.net.address(2)];
        self.end_by_way_of(&known, attack);
    }

    /// The real operator 4 comes, who knows these addresses, and the ceremony ends.
    fn end_by_way_of(mut self, known: &[String], attack: &str) {
        self.nodes.push(self.net.spawn("node3", &mut self.net.dkg_of_few(3, known)));
        let costs = self.net.finish(self.nodes, PATIENCE);
        let took = self.begun.elapsed();
        self.net.check_locks();
        report(attack, &costs[0], &costs[1], took);
    }
}

/// Prints and bounds what an attack cost, which took so long together with the rest of the ceremony.
fn report(attack: &str, victim: &Cost, other: &Cost, took: Duration) {
    println!("{attack}: {victim}; who is not attacked: {other}; took {:.1} s", took.as_secs_f64());
    let (memory, cpu) = (victim.memory.saturating_sub(other.memory), victim.cpu.saturating_sub(other.cpu));
    assert!(memory <= MORE_MEMORY, "{attack}: {} MiB more than others", memory >> 20);
    assert!(cpu <= took.max(USUAL).mul_f64(MORE_CPU), "{attack}: {} s more than others", cpu.as_secs_f64());
}

#[test]
fn garbage_instead_of_frames() {
    let siege = Siege::begin();
    let mut random = Random::new(1);
    // Strangers, below and above the handshake.
    for _ in 0..50 {
        let mut stream = TcpStream::connect(siege.place()).unwrap();
        let _ = stream.write_all(&random.bytes(2000));
    }
    siege.connect(&Peer::new(stranger(), BOARD));
    let peer = siege.operator_4();
    assert!(peer.ask(siege.victim, Script::bytes(framed(&random.bytes(500)))).is_err());
    siege.wait_until_dropped("its request is");
    assert!(
        peer.dial(&siege.address()).is_err() || peer.ask(siege.victim, Script::bytes(framed(&[0]))).is_err()
    );
    siege.end("garbage");
}

#[test]
fn frames_that_are_too_long() {
    let siege = Siege::begin();
    let peer = siege.operator_4();
    let mut bytes = u32::MAX.to_le_bytes().to_vec();
    bytes.resize(8 << 20, 0);
    assert!(peer.ask(siege.victim, Script::bytes(bytes)).is_err());
    siege.wait_until_dropped("bytes, of which");
    siege.end("frames of 4 GiB");
}

/// As many substreams on as many connections as it gets, each with a large frame that never ends.
#[test]
fn frames_that_never_end() {
    let siege = Siege::begin();
    let peer = siege.operator_4();
    for _ in 0..15 {
        let _ = peer.dial(&siege.address());
    }
    let mut frame = (1_u32 << 20).to_le_bytes().to_vec();
    frame.resize(1 << 20, 0);
    let asked: Vec<_> = (0..500)
        .map(|_| {
            let slowly = Script::bytes(frame.clone()).pause(Duration::from_millis(500)).then([0]);
            peer.start_asking(siege.victim, slowly.pause(Duration::from_secs(100)))
        })
        .collect();
    sleep(ATTACK);
    siege.end("500 frames that never end");
    drop(asked);
}

/// A connection from another address of loopback than that of the operators.
fn connect_from_elsewhere(place: SocketAddr) -> std::io::Result<TcpStream> {
    RUNTIME.block_on(async {
        let socket = TcpSocket::new_v4()?;
        socket.bind(([127, 0, 0, 2], 0).into())?;
        socket.connect(place).await?.into_std()
    })
}

/// Handshakes, byte by byte, on many connections. The real operator 4 reaches nobody but the victim, who does not know
/// where it is: there is room for it all the same.
#[test]
fn handshakes_that_never_end() {
    let siege = Siege::begin();
    let place = siege.place();
    let over = Arc::new(AtomicBool::new(false));
    let stop = Arc::clone(&over);
    let lorises = std::thread::spawn(move || {
        // What every connection begins with; its length first.
        let hello: Vec<u8> = [&[19][..], b"/multistream/1.0.0\n"].concat();
        let mut streams: Vec<(TcpStream, usize)> = Vec::new();
        while !stop.load(Ordering::Relaxed) {
            while streams.len() < 400 {
                let Ok(stream) = connect_from_elsewhere(place) else { break };
                streams.push((stream, 0));
            }
            streams.retain_mut(|(stream, sent)| {
                let is_open = !matches!(stream.read(&mut [0; 64]), Ok(0));
                let next = hello[*sent % hello.len()];
                *sent += 1;
                is_open && stream.write_all(&[next]).is_ok()
            });
            sleep(Duration::from_millis(200));
        }
    });
    sleep(ATTACK);
    let known = [siege.address()];
    siege.end_by_way_of(&known, "400 handshakes, byte by byte");
    over.store(true, Ordering::Relaxed);
    lorises.join().unwrap();
}

#[test]
fn a_flood_of_messages_that_nobody_signed() {
    let siege = Siege::begin();
    let ceremony = siege.ceremony();
    let peer = siege.operator_4();
    let key = frames::identity_key(&siege.net.cluster.node(3));
    let forged = |number: u32| {
        let mut joins = vec![[0; 32]; 4];
        joins[0][..4].copy_from_slice(&number.to_le_bytes());
        let commit = Commit { hash: [1; 32], joins };
        let message = frames::signed(&ceremony, 4, &key, RosterHash::new([2; 32]), commit);
        frames::with_a_bad_signature(message)
    };
    let id = *ceremony.id().as_bytes();
    let flood: Vec<_> = (0..100)
        .map(|push| {
            let messages = (0..50).map(|message| forged(push * 50 + message)).collect();
            peer.start_asking(siege.victim, Script::bytes(frames::push(id, messages)))
        })
        .collect();
    siege.wait_until_dropped("is not signed by it");
    drop(flood);
    siege.end("5000 forged messages");
}

/// What it signs twice it cannot deny: the ceremony ends for everybody, with a proof.
#[test]
fn a_flood_of_messages_that_it_signed() {
    let siege = Siege::begin();
    let ceremony = siege.ceremony();
    let peer = siege.operator_4();
    let key = frames::identity_key(&siege.net.cluster.node(3));
    let join = |number: u32| {
        let join = Join {
            terms: ceremony.terms().clone(),
            encryption_key: [7; 32],
            possession: [8; 64],
            software: format!("software {number}").into_bytes(),
        };
        frames::signed(&ceremony, 4, &key, RosterHash::NONE, join)
    };
    let id = *ceremony.id().as_bytes();
    let flood: Vec<_> = (0..40)
        .map(|push| {
            let messages = (0..50).map(|message| join(push * 50 + message)).collect();
            peer.start_asking(siege.victim, Script::bytes(frames::push(id, messages)))
        })
        .collect();
    let Siege { net, nodes, begun, .. } = siege;
    let mut costs = Vec::new();
    for mut node in nodes {
        let name = node.name.clone();
        net.wait(&format!("the end of {name}"), PATIENCE, || !node.is_running());
        costs.push(node.cost());
        assert_eq!(net.exit_code(node, PATIENCE), Some(6), "{}", net.logs());
        let log = net.log(&name);
        let end = log.lines().find(|line| line.starts_with("error[ceremony.fault]"));
        assert!(end.is_some_and(|line| line.contains("(operator 4 (0x")), "{}", net.logs());
    }
    assert_eq!(net.count(0, "join", 4), 2, "two are proof enough");
    report("2000 signed messages", &costs[0], &costs[1], begun.elapsed());
    drop(flood);
}

/// More questions than any ceremony needs.
#[test]
fn a_flood_of_questions() {
    let siege = Siege::begin();
    let id = *siege.ceremony().id().as_bytes();
    let peer = siege.operator_4();
    let question = frames::sync(id, vec![[9; 32]; 900]);
    let start = Instant::now();
    while siege.net.told("node0", "dropped").is_empty() && start.elapsed() < PATIENCE {
        let asked: Vec<_> =
            (0..8).map(|_| peer.start_asking(siege.victim, Script::bytes(question.clone()))).collect();
        for answer in asked {
            let _ = peer.wait(answer);
        }
    }
    siege.wait_until_dropped("more often");
    siege.end("questions");
}

/// Offers of messages that there are not: whoever waits for them would never ask others for those that there are. Node 0
/// has only one honest acquaintance, who hands on what the others say.
#[test]
fn offers_that_are_not_kept() {
    let net = Net::of_four();
    let start =
        |node: u16, known: &[String]| net.spawn(&format!("node{node}"), &mut net.dkg_of_few(node, known));
    let mut nodes = vec![start(0, &[net.address(1)])];
    let peer = Peer::new(identity(&net.cluster.node(3)), BOARD);
    let id = *frames::ceremony(&net.cluster.definition()).id().as_bytes();
    let victim: PeerId = net.peer_id(0).parse().unwrap();
    net.wait("that node0 listens", PATIENCE, || peer.dial(&net.address(0)).is_ok());
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut random = Random::new(2);
            while !over.load(Ordering::Relaxed) {
                let ids = (0..900).map(|_| random.bytes(32).try_into().unwrap()).collect();
                if peer.ask(victim, Script::bytes(frames::offer(id, ids))).is_err() {
                    let _ = peer.dial(&net.address(0));
                }
                sleep(Duration::from_millis(300));
            }
        });
        sleep(Duration::from_secs(2));
        let begun = Instant::now();
        nodes.push(start(1, &[net.address(2), net.address(3)]));
        nodes.extend([2, 3].map(|node| start(node, &[])));
        while nodes.iter_mut().any(Node::is_running) && begun.elapsed() < PATIENCE {
            sleep(Duration::from_millis(50));
        }
        over.store(true, Ordering::Relaxed);
        println!("offers that are not kept: ended after {:.1} s", begun.elapsed().as_secs_f64());
    });
    net.finish(nodes, Duration::from_secs(1));
    net.check_locks();
}

/// Waits until each dial has succeeded or failed.
fn all_answered(peer: &Peer, dials: Vec<Dialled>) {
    for dial in dials {
        let _ = peer.wait(dial);
    }
}

/// By strangers, before and after the handshake.
#[test]
fn a_thousand_connections() {
    let siege = Siege::begin();
    let peer = Peer::new(stranger(), BOARD);
    let dials: Vec<_> = (0..1000).map(|_| peer.start_dialling(&siege.address())).collect();
    sleep(ATTACK);
    let mut idle: Vec<TcpStream> = Vec::new();
    let start = Instant::now();
    while idle.len() < 1000 && start.elapsed() < PATIENCE {
        let stream = TcpStream::connect_timeout(&siege.place(), Duration::from_secs(5));
        idle.extend(stream.ok());
    }
    assert_eq!(idle.len(), 1000, "connections{}", siege.net.logs());
    println!(
        "a thousand dials, {} of them with a handshake, and a thousand idle connections",
        peer.seen().made
    );
    all_answered(&peer, dials);
    siege.net.wait("strangers do not stay", SOON, || peer.connections_to(&siege.victim) == 0);
    siege.end("a thousand connections, twice");
    drop(idle);
}

/// By an operator, who may be connected.
#[test]
fn a_thousand_connections_of_an_operator() {
    let siege = Siege::begin();
    let peer = siege.operator_4();
    let dials: Vec<_> = (0..1000).map(|_| peer.start_dialling(&siege.address())).collect();
    sleep(ATTACK);
    all_answered(&peer, dials);
    // Its side of a connection may be there a moment before it hears that there are too many.
    siege.net.wait("a few connections at most", SOON, || peer.connections_to(&siege.victim) <= 8);
    let open = peer.connections_to(&siege.victim);
    println!("of {} connections that an operator made, {open} are open", peer.seen().made);
    siege.end("a thousand connections of an operator");
}
