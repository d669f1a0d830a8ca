//! A libp2p peer that does as it likes: it says any bytes under any protocol name, at once or slowly, and answers as told.
#![allow(dead_code, missing_docs, clippy::unwrap_used)] // each test file uses a part

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::{AsyncReadExt as _, AsyncWriteExt as _, StreamExt as _};
use libp2p::identity::{Keypair, secp256k1};
use libp2p::request_response::{self, Codec, OutboundRequestId, ProtocolSupport};
use libp2p::swarm::dial_opts::{DialOpts, PeerCondition};
use libp2p::swarm::{ConnectionId, NetworkBehaviour, SwarmEvent};
use libp2p::{Multiaddr, PeerId, StreamProtocol, Swarm, identify, noise, ping, tcp, yamux};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use crate::proxy::RUNTIME;

/// The protocol of boards.
pub const BOARD: &str = "/coram/board/1";
/// Longest request or answer that is read, in bytes.
const MAX_READ: u64 = 64 << 20;
/// How long one request may take, answer included.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(120);

/// What is done on a substream, in order.
#[derive(Clone, Debug, Default)]
pub struct Script(Vec<Step>);

#[derive(Clone, Debug)]
enum Step {
    Send(Vec<u8>),
    Pause(Duration),
}

impl Script {
    /// All at once.
    pub fn bytes(bytes: impl Into<Vec<u8>>) -> Self {
        Self(vec![Step::Send(bytes.into())])
    }

    /// Says nothing for a while.
    pub fn pause(mut self, pause: Duration) -> Self {
        self.0.push(Step::Pause(pause));
        self
    }

    pub fn then(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.0.push(Step::Send(bytes.into()));
        self
    }

    /// Byte after byte, with a pause after each: a slow loris.
    pub fn slowly(bytes: &[u8], pause: Duration) -> Self {
        bytes.iter().fold(Self::default(), |script, byte| script.then([*byte]).pause(pause))
    }

    /// What it sends in all.
    fn sent(self) -> Vec<u8> {
        let sends = self.0.into_iter().filter_map(|step| match step {
            Step::Send(bytes) => Some(bytes),
            Step::Pause(_) => None,
        });
        sends.flatten().collect()
    }
}

/// One frame: its length, little-endian, then itself.
pub fn framed(frame: &[u8]) -> Vec<u8> {
    let mut bytes = u32::try_from(frame.len()).unwrap().to_le_bytes().to_vec();
    bytes.extend_from_slice(frame);
    bytes
}

/// Bytes as they are.
#[derive(Clone, Default)]
struct Raw;

impl Raw {
    async fn read<T: futures::AsyncRead + Unpin + Send>(io: &mut T) -> io::Result<Script> {
        let mut bytes = Vec::new();
        // One frame, or whatever there is: who speaks first does not always close its side before it listens.
        let mut length = [0; 4];
        io.read_exact(&mut length).await?;
        bytes.extend_from_slice(&length);
        let length = u64::from(u32::from_le_bytes(length)).min(MAX_READ);
        io.take(length).read_to_end(&mut bytes).await?;
        Ok(Script::bytes(bytes))
    }

    async fn write<T: futures::AsyncWrite + Unpin + Send>(io: &mut T, script: Script) -> io::Result<()> {
        for step in script.0 {
            match step {
                Step::Send(bytes) => {
                    io.write_all(&bytes).await?;
                    io.flush().await?;
                }
                Step::Pause(pause) => sleep(pause).await,
            }
        }
        Ok(())
    }
}

impl Codec for Raw {
    type Protocol = StreamProtocol;
    type Request = Script;
    type Response = Script;

    async fn read_request<T>(&mut self, _: &StreamProtocol, io: &mut T) -> io::Result<Script>
    where
        T: futures::AsyncRead + Unpin + Send,
    {
        Self::read(io).await
    }

    async fn read_response<T>(&mut self, _: &StreamProtocol, io: &mut T) -> io::Result<Script>
    where
        T: futures::AsyncRead + Unpin + Send,
    {
        Self::read(io).await
    }

    async fn write_request<T>(&mut self, _: &StreamProtocol, io: &mut T, script: Script) -> io::Result<()>
    where
        T: futures::AsyncWrite + Unpin + Send,
    {
        Self::write(io, script).await
    }

    async fn write_response<T>(&mut self, _: &StreamProtocol, io: &mut T, script: Script) -> io::Result<()>
    where
        T: futures::AsyncWrite + Unpin + Send,
    {
        Self::write(io, script).await
    }
}

#[derive(NetworkBehaviour)]
struct Behaviour {
    board: request_response::Behaviour<Raw>,
    identify: identify::Behaviour,
    ping: ping::Behaviour,
}

/// What a peer says when it is asked: the whole request, length included, to the answer.
pub type Answerer = Box<dyn FnMut(PeerId, Vec<u8>) -> Option<Script> + Send>;

/// Whom a peer found where it dialled, or why nobody; awaited with [`Peer::wait`].
pub type Dialled = oneshot::Receiver<Result<PeerId, String>>;

/// What a peer has seen.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// Connections that are open, by peer.
    pub open: BTreeMap<PeerId, usize>,
    /// Connections that were made, over all time.
    pub made: usize,
    /// Connections that ended, and why as far as known.
    pub closed: Vec<String>,
    /// Requests that others sent.
    pub asked: Vec<(PeerId, Vec<u8>)>,
}

enum Order {
    Listen(Multiaddr, oneshot::Sender<Multiaddr>),
    Dial(Multiaddr, oneshot::Sender<Result<PeerId, String>>),
    Ask(PeerId, Script, oneshot::Sender<Result<Vec<u8>, String>>),
}

/// A peer under an identity. Ended when dropped.
pub struct Peer {
    pub id: PeerId,
    orders: mpsc::UnboundedSender<Order>,
    seen: Arc<Mutex<Seen>>,
    task: JoinHandle<()>,
}

/// The identity of a data folder.
pub fn identity(data_dir: &Path) -> Keypair {
    let text = std::fs::read_to_string(data_dir.join("charon-enr-private-key")).unwrap();
    let secret = hex::decode(text.trim()).unwrap();
    let secret = secp256k1::SecretKey::try_from_bytes(secret).unwrap();
    secp256k1::Keypair::from(secret).into()
}

/// An identity that nobody knows.
pub fn stranger() -> Keypair {
    Keypair::generate_secp256k1()
}

impl Peer {
    /// A peer that never answers.
    pub fn new(identity: Keypair, protocol: &str) -> Self {
        Self::answering(identity, protocol, Box::new(|_, _| None))
    }

    /// A peer that answers what it is asked; `None` hangs up instead.
    pub fn answering(identity: Keypair, protocol: &str, answerer: Answerer) -> Self {
        let id = identity.public().to_peer_id();
        let (orders, inbox) = mpsc::unbounded_channel();
        let seen = Arc::new(Mutex::new(Seen::default()));
        let protocol = StreamProtocol::try_from_owned(protocol.to_owned()).unwrap();
        let _runtime = RUNTIME.enter();
        let driver = Driver {
            swarm: swarm(identity, protocol),
            seen: Arc::clone(&seen),
            answerer,
            listening: Vec::new(),
            dialled: BTreeMap::new(),
            asked: BTreeMap::new(),
        };
        Self { id, orders, seen, task: RUNTIME.spawn(driver.run(inbox)) }
    }

    /// Listens on a free port of loopback; the address has the peer's ID in it.
    pub fn listen(&self) -> Multiaddr {
        self.listen_on("127.0.0.1:0".parse().unwrap())
    }

    /// Listens on a port of loopback; the address has the peer's ID in it.
    pub fn listen_on(&self, at: std::net::SocketAddr) -> Multiaddr {
        let (reply, answer) = oneshot::channel();
        let address = format!("/ip4/{}/tcp/{}", at.ip(), at.port()).parse().unwrap();
        self.order(Order::Listen(address, reply));
        let address: Multiaddr = self.wait(answer);
        address.with_p2p(self.id).unwrap()
    }

    /// Connects, once more if there is a connection; the ID of whom it found there.
    pub fn dial(&self, address: &str) -> Result<PeerId, String> {
        self.wait(self.start_dialling(address))
    }

    /// Begins to connect.
    pub fn start_dialling(&self, address: &str) -> Dialled {
        let (reply, answer) = oneshot::channel();
        self.order(Order::Dial(address.parse().unwrap(), reply));
        answer
    }

    /// Sends a request on a substream of its own; the answer, length included.
    pub fn ask(&self, peer: PeerId, request: Script) -> Result<Vec<u8>, String> {
        self.wait(self.start_asking(peer, request))
    }

    /// Begins to send a request.
    pub fn start_asking(&self, peer: PeerId, request: Script) -> oneshot::Receiver<Result<Vec<u8>, String>> {
        let (reply, answer) = oneshot::channel();
        self.order(Order::Ask(peer, request, reply));
        answer
    }

    pub fn wait<T>(&self, answer: oneshot::Receiver<T>) -> T {
        let answer = RUNTIME.block_on(async { timeout(REQUEST_TIMEOUT, answer).await });
        answer.unwrap().unwrap()
    }

    pub fn seen(&self) -> Seen {
        self.seen.lock().unwrap().clone()
    }

    /// Connections to a peer that are open now.
    pub fn connections_to(&self, peer: &PeerId) -> usize {
        self.seen.lock().unwrap().open.get(peer).copied().unwrap_or_default()
    }

    fn order(&self, order: Order) {
        assert!(self.orders.send(order).is_ok(), "the peer lives");
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn swarm(identity: Keypair, protocol: StreamProtocol) -> Swarm<Behaviour> {
    let config = request_response::Config::default()
        .with_request_timeout(REQUEST_TIMEOUT)
        .with_max_concurrent_streams(10_000);
    let identify = identify::Config::new("coram/test".to_owned(), identity.public());
    let behaviour = Behaviour {
        board: request_response::Behaviour::new([(protocol, ProtocolSupport::Full)], config),
        identify: identify::Behaviour::new(identify),
        ping: ping::Behaviour::default(),
    };
    libp2p::SwarmBuilder::with_existing_identity(identity)
        .with_tokio()
        .with_tcp(tcp::Config::default().nodelay(true), noise::Config::new, yamux::Config::default)
        .unwrap()
        .with_behaviour(|_| behaviour)
        .unwrap()
        .with_swarm_config(|config| config.with_idle_connection_timeout(REQUEST_TIMEOUT))
        .build()
}

struct Driver {
    swarm: Swarm<Behaviour>,
    seen: Arc<Mutex<Seen>>,
    answerer: Answerer,
    listening: Vec<oneshot::Sender<Multiaddr>>,
    dialled: BTreeMap<ConnectionId, oneshot::Sender<Result<PeerId, String>>>,
    asked: BTreeMap<OutboundRequestId, oneshot::Sender<Result<Vec<u8>, String>>>,
}

impl Driver {
    async fn run(mut self, mut inbox: mpsc::UnboundedReceiver<Order>) {
        loop {
            tokio::select! {
                order = inbox.recv() => match order {
                    Some(order) => self.obey(order),
                    None => return,
                },
                event = self.swarm.select_next_some() => self.handle(event),
            }
        }
    }

    fn obey(&mut self, order: Order) {
        match order {
            Order::Listen(address, reply) => {
                self.swarm.listen_on(address).unwrap();
                self.listening.push(reply);
            }
            Order::Dial(address, reply) => {
                let options = match address.iter().last() {
                    Some(libp2p::multiaddr::Protocol::P2p(peer)) => DialOpts::peer_id(peer)
                        .condition(PeerCondition::Always)
                        .addresses(vec![address])
                        .allocate_new_port()
                        .build(),
                    _ => DialOpts::unknown_peer_id().address(address).allocate_new_port().build(),
                };
                let connection = options.connection_id();
                match self.swarm.dial(options) {
                    Ok(()) => drop(self.dialled.insert(connection, reply)),
                    Err(error) => drop(reply.send(Err(error.to_string()))),
                }
            }
            Order::Ask(peer, script, reply) => {
                let request = self.swarm.behaviour_mut().board.send_request(&peer, script);
                self.asked.insert(request, reply);
            }
        }
    }

    fn handle(&mut self, event: SwarmEvent<BehaviourEvent>) {
        match event {
            SwarmEvent::NewListenAddr { address, .. } => {
                if let Some(reply) = self.listening.pop() {
                    let _ = reply.send(address);
                }
            }
            SwarmEvent::ConnectionEstablished { peer_id, connection_id, .. } => {
                let mut seen = self.seen.lock().unwrap();
                *seen.open.entry(peer_id).or_default() += 1;
                seen.made += 1;
                if let Some(reply) = self.dialled.remove(&connection_id) {
                    let _ = reply.send(Ok(peer_id));
                }
            }
            SwarmEvent::ConnectionClosed { peer_id, num_established, cause, .. } => {
                let mut seen = self.seen.lock().unwrap();
                seen.open.insert(peer_id, num_established as usize);
                seen.closed.push(format!("{peer_id}: {cause:?}"));
            }
            SwarmEvent::OutgoingConnectionError { connection_id, error, .. } => {
                if let Some(reply) = self.dialled.remove(&connection_id) {
                    let _ = reply.send(Err(error.to_string()));
                }
            }
            SwarmEvent::Behaviour(BehaviourEvent::Board(event)) => self.handle_board(event),
            _ => {}
        }
    }

    fn handle_board(&mut self, event: request_response::Event<Script, Script>) {
        match event {
            request_response::Event::Message { peer, message, .. } => match message {
                request_response::Message::Request { request, channel, .. } => {
                    let request = request.sent();
                    self.seen.lock().unwrap().asked.push((peer, request.clone()));
                    if let Some(answer) = (self.answerer)(peer, request) {
                        let _ = self.swarm.behaviour_mut().board.send_response(channel, answer);
                    }
                }
                request_response::Message::Response { request_id, response } => {
                    if let Some(reply) = self.asked.remove(&request_id) {
                        let _ = reply.send(Ok(response.sent()));
                    }
                }
            },
            request_response::Event::OutboundFailure { request_id, error, .. } => {
                if let Some(reply) = self.asked.remove(&request_id) {
                    let _ = reply.send(Err(error.to_string()));
                }
            }
            _ => {}
        }
    }
}
