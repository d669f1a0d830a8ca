//! A network that misbehaves: proxies on loopback that delay, lose, cut and count.
#![allow(dead_code, missing_docs, clippy::unwrap_used)] // each test file uses a part

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, UdpSocket, UnixListener, UnixStream};
use tokio::runtime::Runtime;
use tokio::sync::{mpsc, watch};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{Instant, sleep, sleep_until, timeout};

/// Where everything of a test runs that is not a process of its own.
pub static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
});

/// What TCP does about a lost segment: it waits, and sends it again.
const RETRANSMISSION: Duration = Duration::from_millis(250);
/// Bytes that are read at once.
const CHUNK: usize = 16 << 10;
/// Chunks under way in one direction of one connection.
const WINDOW: usize = 64;

/// What goes wrong on a line as long as it is up.
#[derive(Clone, Copy, Debug, Default)]
pub struct Faults {
    /// How long everything takes, in each direction.
    pub latency: Duration,
    /// The share of datagrams that are lost, or of chunks of a stream that have to be sent twice: from 0 to 1.
    pub loss: f64,
    /// A TCP connection is reset at a moment between half of this and all of it.
    pub lifetime: Option<Duration>,
    /// Where the random numbers start.
    pub seed: u64,
}

/// Whether a line is up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    Up,
    /// Nothing arrives, and nobody is told: connections stay open.
    Silent,
    /// Connections are reset, new ones too.
    Cut,
}

/// What a line carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cargo {
    /// Streams: what is lost is sent again.
    Streams,
    /// Datagrams, each after its length in two bytes, little-endian: what is lost is lost.
    Datagrams,
}

/// A proxy in front of one listener. Ended when dropped.
pub struct Proxy {
    address: Option<SocketAddr>,
    line: watch::Sender<Line>,
    counters: Arc<Counters>,
    task: JoinHandle<()>,
}

/// What went over a line, in both directions.
#[derive(Debug, Default)]
struct Counters {
    bytes: AtomicU64,
    lost: AtomicU64,
    connections: AtomicU64,
}

impl Proxy {
    /// For TCP.
    pub fn tcp(target: SocketAddr, faults: Faults) -> Self {
        let listener = RUNTIME.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        Self::start(Some(address), |path| tcp(listener, target, faults, path))
    }

    /// For UDP.
    pub fn udp(target: SocketAddr, faults: Faults) -> Self {
        let socket = RUNTIME.block_on(UdpSocket::bind("127.0.0.1:0")).unwrap();
        let address = socket.local_addr().unwrap();
        Self::start(Some(address), |path| udp(Arc::new(socket), target, faults, path))
    }

    /// Between two sockets of the file system.
    pub fn unix(front: &std::path::Path, target: &std::path::Path, cargo: Cargo, faults: Faults) -> Self {
        let listener = {
            let _runtime = RUNTIME.enter();
            UnixListener::bind(front).unwrap()
        };
        let target = target.to_owned();
        Self::start(None, |path| unix(listener, target, cargo, faults, path))
    }

    fn start<F: Future<Output = ()> + Send + 'static>(
        address: Option<SocketAddr>,
        run: impl FnOnce(Path) -> F,
    ) -> Self {
        let (line, state) = watch::channel(Line::Up);
        let counters = Arc::new(Counters::default());
        let task = RUNTIME.spawn(run(Path { line: state, counters: Arc::clone(&counters) }));
        Self { address, line, counters, task }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address.unwrap()
    }

    /// Takes the line down, or up again.
    pub fn set(&self, line: Line) {
        self.line.send_replace(line);
    }

    /// Bytes that were carried, in both directions.
    pub fn bytes(&self) -> u64 {
        self.counters.bytes.load(Ordering::Relaxed)
    }

    /// Datagrams that were dropped, or chunks of a stream that came late.
    pub fn lost(&self) -> u64 {
        self.counters.lost.load(Ordering::Relaxed)
    }

    /// Connections, or for UDP sources, that there were.
    pub fn connections(&self) -> u64 {
        self.counters.connections.load(Ordering::Relaxed)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The state of the line, as those who carry something see it.
#[derive(Clone)]
struct Path {
    line: watch::Receiver<Line>,
    counters: Arc<Counters>,
}

impl Path {
    fn is_up(&self) -> bool {
        *self.line.borrow() == Line::Up
    }

    async fn until(&mut self, line: Line) {
        // The sender outlives all tasks, which it ends.
        let _ = self.line.wait_for(|state| *state == line).await;
    }

    fn carried(&self, bytes: usize) {
        self.counters.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    fn lost(&self) {
        self.counters.lost.fetch_add(1, Ordering::Relaxed);
    }

    fn connected(&self) -> u64 {
        self.counters.connections.fetch_add(1, Ordering::Relaxed)
    }
}

async fn tcp(listener: TcpListener, target: SocketAddr, faults: Faults, path: Path) {
    let mut connections = JoinSet::new();
    loop {
        let Ok((client, _)) = listener.accept().await else { return };
        let path = path.clone();
        connections.spawn(async move {
            // What is dropped is reset, as by a network that lost it.
            let _ = client.set_zero_linger().and_then(|()| client.set_nodelay(true));
            let connect = async {
                let server = TcpStream::connect(target).await?;
                server.set_zero_linger()?;
                server.set_nodelay(true)?;
                Ok(server.into_split())
            };
            carry(client.into_split(), connect, Cargo::Streams, faults, path).await;
        });
        while connections.try_join_next().is_some() {}
    }
}

async fn unix(listener: UnixListener, target: std::path::PathBuf, cargo: Cargo, faults: Faults, path: Path) {
    let mut connections = JoinSet::new();
    loop {
        let Ok((client, _)) = listener.accept().await else { return };
        let (path, target) = (path.clone(), target.clone());
        connections.spawn(async move {
            let connect = async { Ok(UnixStream::connect(target).await?.into_split()) };
            carry(client.into_split(), connect, cargo, faults, path).await;
        });
        while connections.try_join_next().is_some() {}
    }
}

/// One connection, until an end closes it, it has lived long enough, or the line is cut.
async fn carry<R, W>(
    (from_client, to_client): (R, W),
    connect: impl Future<Output = io::Result<(R, W)>>,
    cargo: Cargo,
    faults: Faults,
    mut path: Path,
) where
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
{
    let mut random = Random::new(faults.seed.wrapping_add(path.connected() << 32));
    let lifetime = faults.lifetime.map(|all| all.mul_f64(0.5 + random.unit() / 2.0));
    let mut state = path.clone();
    let through = async {
        if cargo == Cargo::Streams {
            path.until(Line::Up).await;
        }
        let (from_server, to_server) = connect.await?;
        let there = pump(from_client, to_server, cargo, faults, random.fork(), path.clone());
        let back = pump(from_server, to_client, cargo, faults, random.fork(), path.clone());
        tokio::try_join!(there, back).map(drop)
    };
    tokio::select! {
        _ = timeout(lifetime.unwrap_or(Duration::MAX), through) => {}
        () = state.until(Line::Cut) => {}
    }
}

/// One direction of a connection. What was written first arrives first.
async fn pump(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    cargo: Cargo,
    faults: Faults,
    mut random: Random,
    path: Path,
) -> io::Result<()> {
    let (sender, mut receiver) = mpsc::channel::<(Instant, Vec<u8>)>(WINDOW);
    let read = async {
        loop {
            let piece = read_piece(&mut from, cargo).await?;
            if piece.is_empty() {
                drop(sender);
                return Ok::<_, io::Error>(());
            }
            let mut due = Instant::now() + faults.latency;
            let is_lost = random.unit() < faults.loss;
            if is_lost || (cargo == Cargo::Datagrams && !path.is_up()) {
                path.lost();
                match cargo {
                    Cargo::Streams => due += RETRANSMISSION,
                    Cargo::Datagrams => continue,
                }
            }
            if sender.send((due, piece)).await.is_err() {
                return Err(io::ErrorKind::BrokenPipe.into());
            }
        }
    };
    let mut line = path.clone();
    let write = async {
        while let Some((due, piece)) = receiver.recv().await {
            sleep_until(due).await;
            if cargo == Cargo::Streams {
                line.until(Line::Up).await;
            }
            to.write_all(&piece).await?;
            path.carried(piece.len());
        }
        to.shutdown().await
    };
    tokio::try_join!(read, write).map(drop)
}

/// What is carried or lost as one; nothing at the end.
async fn read_piece(from: &mut (impl AsyncRead + Unpin), cargo: Cargo) -> io::Result<Vec<u8>> {
    if cargo == Cargo::Datagrams {
        return read_datagram(from).await;
    }
    let mut buffer = vec![0; CHUNK];
    let count = from.read(&mut buffer).await?;
    buffer.truncate(count);
    Ok(buffer)
}

/// A datagram with its length before it; nothing at the end.
async fn read_datagram(from: &mut (impl AsyncRead + Unpin)) -> io::Result<Vec<u8>> {
    let mut length = [0; 2];
    if from.read(&mut length[..1]).await? == 0 {
        return Ok(Vec::new());
    }
    from.read_exact(&mut length[1..]).await?;
    let mut datagram = length.to_vec();
    datagram.resize(2 + usize::from(u16::from_le_bytes(length)), 0);
    from.read_exact(&mut datagram[2..]).await?;
    Ok(datagram)
}

async fn udp(front: Arc<UdpSocket>, target: SocketAddr, faults: Faults, path: Path) {
    let mut tasks = JoinSet::new();
    let mut clients: BTreeMap<SocketAddr, mpsc::Sender<Vec<u8>>> = BTreeMap::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        // An error is about an earlier datagram that found nobody.
        let Ok((count, client)) = front.recv_from(&mut buffer).await else { continue };
        let sender = clients.entry(client).or_insert_with(|| {
            let (sender, receiver) = mpsc::channel(1024);
            let random = Random::new(faults.seed.wrapping_add(path.connected() << 32));
            tasks.spawn(carry_datagrams(
                receiver,
                Arc::clone(&front),
                client,
                target,
                faults,
                random,
                path.clone(),
            ));
            sender
        });
        // A full queue loses datagrams, as queues do.
        let _ = sender.try_send(buffer[..count].to_vec());
    }
}

/// All datagrams between one source and the target.
async fn carry_datagrams(
    mut receiver: mpsc::Receiver<Vec<u8>>,
    front: Arc<UdpSocket>,
    client: SocketAddr,
    target: SocketAddr,
    faults: Faults,
    mut random: Random,
    path: Path,
) {
    let back = Arc::new(UdpSocket::bind("127.0.0.1:0").await.unwrap());
    let mut buffer = vec![0; 1 << 16];
    let mut under_way = JoinSet::new();
    loop {
        let (datagram, socket, to) = tokio::select! {
            datagram = receiver.recv() => {
                let Some(datagram) = datagram else { return };
                (datagram, Arc::clone(&back), target)
            }
            received = back.recv_from(&mut buffer) => {
                let Ok((count, _)) = received else { continue };
                (buffer[..count].to_vec(), Arc::clone(&front), client)
            }
        };
        while under_way.try_join_next().is_some() {}
        if !path.is_up() || random.unit() < faults.loss {
            path.lost();
            continue;
        }
        path.carried(datagram.len());
        under_way.spawn(async move {
            sleep(faults.latency).await;
            let _ = socket.send_to(&datagram, to).await;
        });
    }
}

/// Numbers that look random and are the same every time: splitmix64.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0 to less than 1.
    pub fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.next() as u8).collect()
    }

    const fn fork(&mut self) -> Self {
        Self(self.next())
    }
}
