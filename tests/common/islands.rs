//! Network namespaces, one for each node, with nothing in them but loopback: what goes from one to another goes over a
//! line of the test, or not at all.
//!
//! A node listens at its own port in its own namespace. At the ports of the others, in the same namespace, a helper
//! listens, and carries what it gets over the line to them. So an address means the same node everywhere, whether a node
//! was given it or heard of it, and a line that is down is down for every way there.
//!
//! The helper is the test itself, started again in the namespace: a test file that has islands has this in it.
//!
//! ```ignore
//! #[test]
//! #[ignore = "a helper process of the other tests"]
//! fn island() {
//!     islands::serve();
//! }
//! ```
#![allow(dead_code, missing_docs, clippy::unwrap_used)] // each test file uses a part

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::io::{self, Read as _};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream, UdpSocket, UnixListener, UnixStream};
use tokio::sync::mpsc;

use crate::common::wait_until;
use crate::net::{Net, Transport};
use crate::proxy::{Cargo, Faults, Line, Proxy, RUNTIME};

const FOLDER: &str = "CORAM_TEST_ISLAND_FOLDER";
const OWN: &str = "CORAM_TEST_ISLAND_OWN";
const OTHERS: &str = "CORAM_TEST_ISLAND_OTHERS";
const LONGEST_DATAGRAM: usize = 65_507;

/// A port at which somebody is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Port {
    pub number: u16,
    pub transport: Transport,
}

impl Port {
    const fn cargo(self) -> Cargo {
        match self.transport {
            Transport::Tcp => Cargo::Streams,
            Transport::Quic => Cargo::Datagrams,
        }
    }

    const fn address(self) -> SocketAddr {
        SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), self.number)
    }

    fn to_text(self) -> String {
        let transport = if self.transport == Transport::Tcp { 't' } else { 'u' };
        format!("{transport}{}", self.number)
    }

    fn read(text: &str) -> Self {
        let transport = if text.starts_with('t') { Transport::Tcp } else { Transport::Quic };
        Self { number: text[1..].parse().unwrap(), transport }
    }
}

/// Islands, and the lines between them.
pub struct Islands {
    folder: PathBuf,
    islands: BTreeMap<String, Island>,
    lines: BTreeMap<(String, String), Vec<Proxy>>,
}

struct Island {
    helper: Child,
    ports: Vec<Port>,
}

impl Islands {
    /// An island for each node of a cluster, `node0` and so on, and for others by name; no lines yet. None where the system
    /// has no namespaces for us, which is said, and a failure if `CORAM_REQUIRE_NAMESPACES=1` is set.
    pub fn of(net: &Net, others: &[(&str, &[Port])]) -> Option<Self> {
        if !can_be_had() {
            let required = env::var_os("CORAM_REQUIRE_NAMESPACES").is_some_and(|value| value == "1");
            assert!(!required, "required, but there are no network namespaces for this user");
            println!("left out: there are no network namespaces for this user");
            return None;
        }
        let folder = net.cluster.path("lines");
        fs::create_dir(&folder).unwrap();
        let nodes = net.nodes().map(|node| {
            let port = Port { number: net.listens_at(node).port(), transport: net.transport };
            (format!("node{node}"), vec![port])
        });
        let others = others.iter().map(|(name, ports)| ((*name).to_owned(), ports.to_vec()));
        let members: BTreeMap<String, Vec<Port>> = nodes.chain(others).collect();
        let islands =
            members.keys().map(|name| (name.clone(), Island::start(&folder, name, &members))).collect();
        Some(Self { folder, islands, lines: BTreeMap::new() })
    }

    /// Lays a line between two islands.
    pub fn connect(&mut self, one: &str, other: &str, faults: Faults) {
        let mut proxies = Vec::new();
        for (from, to) in [(one, other), (other, one)] {
            for port in &self.islands[to].ports {
                let seed = faults.seed.wrapping_add(u64::from(port.number) << 16 | proxies.len() as u64);
                let front = line_socket(&self.folder, from, to, *port);
                let target = own_socket(&self.folder, to, *port);
                proxies.push(Proxy::unix(&front, &target, port.cargo(), Faults { seed, ..faults }));
            }
        }
        self.lines.insert(key(one, other), proxies);
    }

    /// Lays lines between all nodes of a cluster.
    pub fn connect_all(&mut self, net: &Net, faults: Faults) {
        for one in net.nodes() {
            for other in net.nodes().filter(|other| *other > one) {
                self.connect(&format!("node{one}"), &format!("node{other}"), faults);
            }
        }
    }

    /// Takes a line down, or up again.
    pub fn set(&self, one: &str, other: &str, state: Line) {
        self.lines[&key(one, other)].iter().for_each(|proxy| proxy.set(state));
    }

    /// Takes all lines down, or up again.
    pub fn set_all(&self, state: Line) {
        self.lines.values().flatten().for_each(|proxy| proxy.set(state));
    }

    /// Bytes that all lines carried.
    pub fn bytes(&self) -> u64 {
        self.lines.values().flatten().map(Proxy::bytes).sum()
    }

    /// What was lost on all lines.
    pub fn lost(&self) -> u64 {
        self.lines.values().flatten().map(Proxy::lost).sum()
    }

    /// Connections on all lines, over all time.
    pub fn connections(&self) -> u64 {
        self.lines.values().flatten().map(Proxy::connections).sum()
    }

    /// The same command, in an island.
    pub fn on(&self, island: &str, command: &Command) -> Command {
        let mut inside = Command::new("nsenter");
        inside.args(["--user", "--net", "--preserve-credentials", "--target"]);
        inside.arg(self.islands[island].helper.id().to_string()).arg("--").arg(command.get_program());
        inside.args(command.get_args());
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => inside.env(name, value),
                None => inside.env_remove(name),
            };
        }
        inside
    }
}

impl Island {
    fn start(folder: &Path, name: &str, members: &BTreeMap<String, Vec<Port>>) -> Self {
        let text = |ports: &[Port]| ports.iter().map(|port| port.to_text()).collect::<Vec<_>>().join(",");
        let others = members.iter().filter(|(other, _)| *other != name);
        let others: Vec<String> = others.map(|(other, ports)| format!("{other}={}", text(ports))).collect();
        let ports = members[name].clone();
        let helper = Command::new("unshare")
            .args(["--user", "--map-root-user", "--net", "--"])
            .arg(env::current_exe().unwrap())
            .args(["--exact", "island", "--ignored", "--nocapture", "--test-threads=1"])
            .env(FOLDER, folder)
            .env(OWN, format!("{name}={}", text(&ports)))
            .env(OTHERS, others.join(" "))
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(fs::File::create(folder.join(format!("{name}.err"))).unwrap())
            .spawn()
            .unwrap();
        let mut island = Self { helper, ports };
        wait_until(&format!("the island of {name}"), || {
            let ended = island.helper.try_wait().unwrap();
            let errors = || fs::read_to_string(folder.join(format!("{name}.err"))).unwrap_or_default();
            assert!(ended.is_none(), "the helper of {name} has ended: {}", errors());
            folder.join(format!("{name}.ready")).exists()
        });
        island
    }
}

impl Drop for Island {
    fn drop(&mut self) {
        let _ = self.helper.kill();
        let _ = self.helper.wait();
    }
}

fn key(one: &str, other: &str) -> (String, String) {
    (one.min(other).to_owned(), one.max(other).to_owned())
}

fn can_be_had() -> bool {
    let probe = Command::new("unshare")
        .args(["--user", "--map-root-user", "--net", "--", "ip", "link", "set", "lo", "up"])
        .stderr(Stdio::null())
        .status();
    probe.is_ok_and(|status| status.success()) && Command::new("nsenter").arg("--version").output().is_ok()
}

/// Where whoever comes over a line is led to a port of an island.
fn own_socket(folder: &Path, island: &str, port: Port) -> PathBuf {
    folder.join(format!("{island}-{}", port.to_text()))
}

/// Where a line from one island to a port of another begins.
fn line_socket(folder: &Path, from: &str, to: &str, port: Port) -> PathBuf {
    folder.join(format!("{from}-{to}-{}", port.to_text()))
}

/// The helper in an island: serves until its standard input ends, which is when the test does.
pub fn serve() {
    let Some(folder) = env::var_os(FOLDER).map(PathBuf::from) else { return };
    let up = Command::new("ip").args(["link", "set", "lo", "up"]).status().unwrap();
    assert!(up.success());
    let read = |text: &str| -> (String, Vec<Port>) {
        let (name, ports) = text.split_once('=').unwrap();
        (name.to_owned(), ports.split(',').filter(|port| !port.is_empty()).map(Port::read).collect())
    };
    let (own, ports) = read(&env::var(OWN).unwrap());
    for port in ports {
        let listener = {
            let _runtime = RUNTIME.enter();
            UnixListener::bind(own_socket(&folder, &own, port)).unwrap()
        };
        RUNTIME.spawn(lead_in(listener, port));
    }
    for (other, ports) in env::var(OTHERS).unwrap().split_whitespace().map(read) {
        for port in ports {
            let line = line_socket(&folder, &own, &other, port);
            match port.transport {
                Transport::Tcp => {
                    let listener = RUNTIME.block_on(TcpListener::bind(port.address())).unwrap();
                    RUNTIME.spawn(lead_out_streams(listener, line));
                }
                Transport::Quic => {
                    let socket = RUNTIME.block_on(UdpSocket::bind(port.address())).unwrap();
                    RUNTIME.spawn(lead_out_datagrams(Arc::new(socket), line));
                }
            }
        }
    }
    fs::write(folder.join(format!("{own}.ready")), "").unwrap();
    let _ = io::stdin().read(&mut [0]);
}

/// From lines to a port here.
async fn lead_in(listener: UnixListener, port: Port) {
    while let Ok((mut line, _)) = listener.accept().await {
        tokio::spawn(async move {
            match port.transport {
                Transport::Tcp => {
                    let mut served = TcpStream::connect(port.address()).await?;
                    served.set_nodelay(true)?;
                    copy_bidirectional(&mut line, &mut served).await.map(drop)
                }
                Transport::Quic => {
                    let socket = Arc::new(UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await?);
                    let (from, to) = line.into_split();
                    let back = tokio::spawn(collect(Arc::clone(&socket), to));
                    let result = distribute(from, socket, port.address()).await;
                    back.abort();
                    result
                }
            }
        });
    }
}

/// From a port here to a line, which need not be there.
async fn lead_out_streams(listener: TcpListener, line: PathBuf) {
    while let Ok((mut client, _)) = listener.accept().await {
        let line = line.clone();
        tokio::spawn(async move {
            client.set_nodelay(true)?;
            let mut line = UnixStream::connect(line).await?;
            copy_bidirectional(&mut client, &mut line).await.map(drop)
        });
    }
}

/// From a port here to a line, one connection for each source.
async fn lead_out_datagrams(socket: Arc<UdpSocket>, line: PathBuf) {
    let mut sources: BTreeMap<SocketAddr, mpsc::Sender<Vec<u8>>> = BTreeMap::new();
    let mut buffer = vec![0; LONGEST_DATAGRAM];
    loop {
        let Ok((count, source)) = socket.recv_from(&mut buffer).await else { continue };
        if sources.get(&source).is_none_or(mpsc::Sender::is_closed) {
            let Ok(line) = UnixStream::connect(&line).await else { continue };
            let (from, mut to) = line.into_split();
            let (sender, mut receiver) = mpsc::channel::<Vec<u8>>(1024);
            tokio::spawn(distribute(from, Arc::clone(&socket), source));
            tokio::spawn(async move {
                while let Some(datagram) = receiver.recv().await {
                    to.write_all(&datagram).await?;
                }
                Ok::<_, io::Error>(())
            });
            sources.insert(source, sender);
        }
        // A full queue loses datagrams, as queues do.
        let _ = sources[&source].try_send(with_length(&buffer[..count]));
    }
}

/// From a socket to a line.
async fn collect(socket: Arc<UdpSocket>, mut to: OwnedWriteHalf) -> io::Result<()> {
    let mut buffer = vec![0; LONGEST_DATAGRAM];
    loop {
        let Ok((count, _)) = socket.recv_from(&mut buffer).await else { continue };
        to.write_all(&with_length(&buffer[..count])).await?;
    }
}

/// From a line to whom it is for.
async fn distribute(mut from: OwnedReadHalf, socket: Arc<UdpSocket>, to: SocketAddr) -> io::Result<()> {
    let mut buffer = vec![0; LONGEST_DATAGRAM];
    loop {
        let length = usize::from(from.read_u16_le().await?);
        from.read_exact(&mut buffer[..length]).await?;
        let _ = socket.send_to(&buffer[..length], to).await;
    }
}

fn with_length(datagram: &[u8]) -> Vec<u8> {
    let mut bytes = (datagram.len() as u16).to_le_bytes().to_vec();
    bytes.extend_from_slice(datagram);
    bytes
}
