//! A cluster whose operators meet over the network: addresses, processes, logs, and what they cost.
#![allow(dead_code, missing_docs, clippy::unwrap_used)] // each test file uses a part

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use coram_cluster::identity::IdentityKey;
use serde_json::Value;

use crate::common::{Cluster, coram, run};

/// The kinds of message, in order.
pub const KINDS: [&str; 5] = ["join", "commit", "deal", "attest", "seal"];
/// No ceremony of a test takes longer, unless it is made to.
pub const PATIENCE: Duration = Duration::from_secs(120);
/// How often a condition is looked at.
const POLL: Duration = Duration::from_millis(2);

/// The unit of times in `/proc`, on every Linux.
const TICKS_PER_SECOND: u64 = 100;

/// How operators reach each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Transport {
    Tcp,
    Quic,
}

/// A cluster with an address for each node. Nodes count from 0, operators from 1.
pub struct Net {
    pub cluster: Cluster,
    pub transport: Transport,
    ports: Vec<u16>,
}

impl Net {
    pub fn new(operators: u16, threshold: u16, validators: u16, transport: Transport) -> Self {
        let cluster = Cluster::new(operators, threshold, validators);
        Self { cluster, transport, ports: (0..operators).map(|_| free_port()).collect() }
    }

    /// Four operators of whom three sign, one validator, over TCP.
    pub fn of_four() -> Self {
        Self::new(4, 3, 1, Transport::Tcp)
    }

    pub fn operators(&self) -> u16 {
        self.cluster.operators
    }

    pub fn nodes(&self) -> std::ops::Range<u16> {
        0..self.cluster.operators
    }

    pub fn peer_id(&self, node: u16) -> String {
        peer_id(&self.cluster.node(node))
    }

    /// Where a node listens.
    pub fn listens_at(&self, node: u16) -> SocketAddr {
        SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), self.ports[usize::from(node)])
    }

    /// The address of a node, for others.
    pub fn address(&self, node: u16) -> String {
        self.address_at(node, self.listens_at(node))
    }

    /// The address of a node that is reached at some other place.
    pub fn address_at(&self, node: u16, place: SocketAddr) -> String {
        format!("{}/p2p/{}", multiaddr(self.transport, place), self.peer_id(node))
    }

    /// The addresses of all nodes but this one.
    pub fn others(&self, node: u16) -> Vec<String> {
        self.nodes().filter(|other| *other != node).map(|other| self.address(other)).collect()
    }

    /// `coram dkg` of a node that knows only these addresses.
    pub fn dkg<A: AsRef<str>>(&self, node: u16, peers: &[A]) -> Command {
        self.dkg_in(&self.cluster.node(node), &self.cluster.definition(), self.listens_at(node), peers)
    }

    /// `coram dkg` in any data folder, with any definition, listening anywhere.
    pub fn dkg_in<A: AsRef<str>>(
        &self,
        data_dir: &Path,
        definition: &Path,
        listens_at: SocketAddr,
        peers: &[A],
    ) -> Command {
        let mut command = coram();
        command.env("CORAM_TIMEOUT", PATIENCE.as_secs().to_string());
        command.args(["dkg", "--json-events", "--data-dir"]).arg(data_dir);
        command.arg("--definition-file").arg(definition);
        match self.transport {
            Transport::Tcp => command.arg("--p2p-tcp-address"),
            Transport::Quic => command.arg("--p2p-udp-address"),
        };
        command.arg(listens_at.to_string());
        for peer in peers {
            command.arg("--peer").arg(peer.as_ref());
        }
        command
    }

    /// `coram dkg` of a node that does not wait long for those that it never meets.
    pub fn dkg_of_few<A: AsRef<str>>(&self, node: u16, peers: &[A]) -> Command {
        let mut command = self.dkg(node, peers);
        command.args(["--linger", "2"]);
        command
    }

    /// Starts a node that knows only these addresses.
    pub fn start<A: AsRef<str>>(&self, node: u16, peers: &[A]) -> Node {
        self.spawn(&format!("node{node}"), &mut self.dkg(node, peers))
    }

    /// Starts a command; its log is kept under a name, and added to if the name was used before.
    pub fn spawn(&self, name: &str, command: &mut Command) -> Node {
        Node::spawn(name, command, &self.log_path(name))
    }

    /// Starts all nodes, each of which knows all others.
    pub fn start_all(&self) -> Vec<Node> {
        self.nodes().map(|node| self.start(node, &self.others(node))).collect()
    }

    fn log_path(&self, name: &str) -> PathBuf {
        self.cluster.path(&format!("{name}.log"))
    }

    /// What a process of this name printed to standard error.
    pub fn log(&self, name: &str) -> String {
        read_text(&self.log_path(name))
    }

    /// What it printed to standard output.
    pub fn printed(&self, name: &str) -> String {
        read_text(&self.log_path(name).with_extension("out"))
    }

    /// The events that a process of this name told of, in order.
    pub fn events(&self, name: &str) -> Vec<Value> {
        let printed = self.printed(name);
        let lines = printed.lines().filter(|line| line.starts_with('{'));
        // The last line may be under way.
        lines.filter_map(|line| serde_json::from_str(line).ok()).collect()
    }

    /// The events of one kind.
    pub fn told(&self, name: &str, event: &str) -> Vec<Value> {
        self.events(name).into_iter().filter(|found| found["event"] == event).collect()
    }

    /// Over which addresses a node was connected to an operator, ever.
    pub fn connections(&self, node: u16, operator: u16) -> Vec<String> {
        let connected = self.told(&format!("node{node}"), "connected").into_iter();
        let to_it = connected.filter(|event| event["peer"]["index"] == operator);
        to_it.map(|event| event["address"].as_str().unwrap().to_owned()).collect()
    }

    /// All addresses over which a node was connected to operators.
    pub fn all_connections(&self, node: u16) -> Vec<String> {
        (1..=self.operators()).flat_map(|operator| self.connections(node, operator)).collect()
    }

    /// All logs, for a test that failed.
    pub fn logs(&self) -> String {
        let entries = fs::read_dir(self.cluster.folder.path()).unwrap().flatten();
        let mut paths: Vec<PathBuf> = entries
            .map(|entry| entry.path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "log"))
            .collect();
        paths.sort();
        let logs = paths.iter().map(|path| {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            format!("\n──── {name}\n{}", tail(&read_text(path)))
        });
        logs.collect()
    }

    /// Waits until something is so; shows all logs if it does not become so.
    pub fn wait(&self, what: &str, patience: Duration, mut so: impl FnMut() -> bool) {
        let deadline = Instant::now() + patience;
        while !so() {
            assert!(Instant::now() < deadline, "waited in vain: {what}{}", self.logs());
            sleep(POLL);
        }
    }

    /// Waits until all have ended well; what each cost.
    pub fn finish(&self, mut nodes: Vec<Node>, patience: Duration) -> Vec<Cost> {
        let deadline = Instant::now() + patience;
        loop {
            let mut running = Vec::new();
            for node in &mut nodes {
                if node.is_running() {
                    running.push(node.name.clone());
                } else {
                    assert_eq!(node.code(), Some(0), "{} failed{}", node.name, self.logs());
                }
            }
            if running.is_empty() {
                break;
            }
            assert!(Instant::now() < deadline, "{running:?} have not ended in time{}", self.logs());
            sleep(POLL);
        }
        nodes.iter().map(|node| node.cost).collect()
    }

    /// Waits until a process has ended, however: its exit code.
    pub fn exit_code(&self, mut node: Node, patience: Duration) -> Option<i32> {
        let deadline = Instant::now() + patience;
        while node.is_running() {
            assert!(Instant::now() < deadline, "{} has not ended in time{}", node.name, self.logs());
            sleep(POLL);
        }
        node.code()
    }

    /// All nodes have the same lock, and it is VALID. Its bytes.
    pub fn check_locks(&self) -> Vec<u8> {
        let lock = self.cluster.common_lock();
        let report = run(coram().arg("verify").arg(self.cluster.lock(0)));
        assert!(report.contains("VALID") && !report.contains("INVALID"), "{report}");
        self.check_one_message_each();
        lock
    }

    /// On all boards of all nodes and relays together there is no second message of a kind by an operator for one ceremony;
    /// and for that of the lock there is one of every kind by every operator.
    pub fn check_one_message_each(&self) {
        let everything = self.everything();
        for ((ceremony, kind, operator), hashes) in &everything {
            assert_eq!(hashes.len(), 1, "{kind}s of operator {operator} in ceremony {ceremony}");
        }
        let lock: Value = serde_json::from_slice(&fs::read(self.cluster.lock(0)).unwrap()).unwrap();
        let id =
            lock["pvss_transcript"]["ceremony"]["id"].as_str().unwrap().trim_start_matches("0x").to_owned();
        for operator in 1..=self.operators() {
            for kind in KINDS {
                let key = (id.clone(), kind.to_owned(), operator);
                assert!(everything.contains_key(&key), "the {kind} of operator {operator} in ceremony {id}");
            }
        }
    }

    /// The hashes of all messages on all disks of this test, by ceremony, kind and author.
    pub fn everything(&self) -> BTreeMap<(String, String, u16), BTreeSet<String>> {
        let mut found: BTreeMap<_, BTreeSet<String>> = BTreeMap::new();
        for path in files_below(self.cluster.folder.path()) {
            if let Some((kind, author, hash)) = message_name(&path) {
                let is_id =
                    |name: &&str| name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
                let mut folders = path.iter().filter_map(|part| part.to_str());
                let ceremony = folders.rfind(is_id).unwrap_or_default().to_owned();
                found.entry((ceremony, kind, author)).or_default().insert(hash);
            }
        }
        found
    }

    /// Whether a node has a message on its disk.
    pub fn has(&self, node: u16, kind: &str, author: u16) -> bool {
        self.count(node, kind, author) > 0
    }

    /// How many messages of a kind by an author a node has on its disk.
    pub fn count(&self, node: u16, kind: &str, author: u16) -> usize {
        let named = files_below(&self.cluster.node(node).join("coram"))
            .into_iter()
            .filter(|path| message_name(path).is_some_and(|(found, by, _)| found == kind && by == author));
        named.count()
    }

    /// How many messages a node has on its disk.
    pub fn board_size(&self, node: u16) -> usize {
        let below = files_below(&self.cluster.node(node).join("coram"));
        below.iter().filter(|path| message_name(path).is_some()).count()
    }
}

/// The peer ID of a data folder.
pub fn peer_id(data_dir: &Path) -> String {
    let text = fs::read_to_string(data_dir.join("charon-enr-private-key")).unwrap();
    IdentityKey::from_file_text(&text).unwrap().peer_id()
}

/// A place as a multiaddr without a peer ID.
pub fn multiaddr(transport: Transport, place: SocketAddr) -> String {
    match transport {
        Transport::Tcp => format!("/ip4/{}/tcp/{}", place.ip(), place.port()),
        Transport::Quic => format!("/ip4/{}/udp/{}/quic-v1", place.ip(), place.port()),
    }
}

/// A port of loopback that nobody uses, for TCP and UDP, and that this process never gives away twice. It is below those
/// that the system gives to whoever asks for any.
pub fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    loop {
        let start = (std::process::id() % 199) as u16 * 100;
        let port = 11_000 + (start + NEXT.fetch_add(1, Ordering::Relaxed)) % 21_000;
        let place = (Ipv4Addr::LOCALHOST, port);
        if TcpListener::bind(place).is_ok() && UdpSocket::bind(place).is_ok() {
            return port;
        }
    }
}

/// The most memory that a process has had, and the time of processors that it has used.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cost {
    /// Peak resident set, in bytes.
    pub memory: u64,
    /// User and system time.
    pub cpu: Duration,
}

impl std::fmt::Display for Cost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.1} MiB at most, {:.2} s of CPU", self.memory as f64 / 1048576.0, self.cpu.as_secs_f64())
    }
}

impl Cost {
    /// Of a process that runs; none if it has ended.
    fn of(pid: u32) -> Option<Self> {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        let kibibytes: u64 = peak.trim().strip_suffix(" kB")?.trim().parse().ok()?;
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // After the name, which is in parentheses: state is the first field, user time the 12th, system time the 13th.
        let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
        let ticks = fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?;
        Some(Self { memory: kibibytes << 10, cpu: Duration::from_millis(ticks * 1000 / TICKS_PER_SECOND) })
    }
}

/// A process that runs. Ended when dropped.
pub struct Node {
    pub name: String,
    child: Child,
    cost: Cost,
}

impl Node {
    /// Starts a command with its standard error in a file, and its standard output in one beside it.
    pub fn spawn(name: &str, command: &mut Command, log: &Path) -> Self {
        let open = |path: &Path| File::options().create(true).append(true).open(path).unwrap();
        command.stdout(open(&log.with_extension("out"))).stderr(open(log)).stdin(Stdio::null());
        Self { name: name.to_owned(), child: command.spawn().unwrap(), cost: Cost::default() }
    }

    /// SIGKILL.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to end, as Ctrl-C does.
    pub fn interrupt(&self) {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    }

    pub fn is_running(&mut self) -> bool {
        self.measure();
        self.child.try_wait().unwrap().is_none()
    }

    /// The exit code, once it has ended.
    fn code(&mut self) -> Option<i32> {
        self.child.wait().unwrap().code()
    }

    /// What it has cost so far.
    pub fn cost(&mut self) -> Cost {
        self.measure();
        self.cost
    }

    fn measure(&mut self) {
        if let Some(cost) = Cost::of(self.child.id()) {
            self.cost = cost;
        }
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read_text(path: &Path) -> String {
    String::from_utf8_lossy(&fs::read(path).unwrap_or_default()).into_owned()
}

/// The last lines of a log.
fn tail(log: &str) -> String {
    const LINES: usize = 60;
    let lines: Vec<&str> = log.lines().collect();
    lines[lines.len().saturating_sub(LINES)..].join("\n")
}

/// Kind, author and hash from `<kind>-<author>-<hash>.ssz`.
fn message_name(path: &Path) -> Option<(String, u16, String)> {
    let mut parts = path.file_name()?.to_str()?.strip_suffix(".ssz")?.splitn(3, '-');
    let (kind, author, hash) = (parts.next()?, parts.next()?, parts.next()?);
    KINDS.contains(&kind).then_some(())?;
    Some((kind.to_owned(), author.parse().ok()?, hash.to_owned()))
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files_below(&path));
        } else {
            found.push(path);
        }
    }
    found
}
