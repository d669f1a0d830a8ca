//! The loop over an operator's connections, sessions and board.

mod boards;
mod connections;
mod relaying;

use std::collections::BTreeMap;
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use coram_ceremony::frame::Request;
use coram_ceremony::id::MessageId;
use coram_cluster::identity::IdentityKey;
use futures::StreamExt as _;
use libp2p::core::transport::TransportError;
use libp2p::identity::{Keypair, secp256k1};
use libp2p::metrics::Registry;
use libp2p::request_response::OutboundRequestId;
use libp2p::swarm::Swarm;
use libp2p::{Multiaddr, PeerId};
use ssz::Encode as _;
use tokio::sync::mpsc as async_mpsc;
use zeroize::Zeroizing;

use super::behaviour::{self, Behaviour, Profile};
use super::claims::Claims;
use super::dial::{Dialer, Link};
use super::rate::Allowance;
use super::reasons;
use super::relays;
use super::replica::Replica;
use super::session::Session;
use super::{AGENT, Command, Incoming, Objection, Options, Standing};
use crate::event::{Event, Party};
use crate::failure::{Exit, Failure};
use crate::report::Reporter;
use connections::Connections;
use relaying::Relaying;

/// How often what is due is done. Everything that happens is acted on at once.
const TICK: Duration = Duration::from_millis(50);
/// How long a peer that broke the rules is not connected.
const BAN: Duration = Duration::from_secs(60);

/// Everything that one operator's part of the network consists of.
struct Service {
    swarm: Swarm<Behaviour>,
    registry: Registry,
    me: u16,
    replica: Replica,
    /// Who may be connected.
    parties: BTreeMap<PeerId, Party>,
    connections: Connections,
    sessions: BTreeMap<PeerId, Session>,
    /// Whom a request was sent to.
    asked: BTreeMap<OutboundRequestId, PeerId>,
    claims: Claims,
    allowances: BTreeMap<PeerId, Allowance>,
    banned: BTreeMap<PeerId, Instant>,
    /// What we told the engine of each operator.
    objections: BTreeMap<u16, Objection>,
    dialer: Dialer,
    relaying: Relaying,
    incoming: mpsc::Sender<Incoming>,
    reporter: Arc<Reporter>,
    /// The disk's failure, which ends the service.
    failure: Option<Failure>,
}

/// The identity key as libp2p wants it.
pub fn keypair(identity: &IdentityKey) -> Result<Keypair, Failure> {
    let mut secret: Zeroizing<[u8; 32]> = identity.to_bytes();
    let secret = secp256k1::SecretKey::try_from_bytes(secret.as_mut_slice())
        .map_err(|error| Failure::new(Exit::Internal, "network.identity", error.to_string()))?;
    Ok(secp256k1::Keypair::from(secret).into())
}

/// Runs until the commands end or the disk fails.
pub fn run(
    key: Keypair,
    replica: Replica,
    options: Options,
    reporter: Arc<Reporter>,
    commands: async_mpsc::UnboundedReceiver<Command>,
    incoming: mpsc::Sender<Incoming>,
    started: &mpsc::SyncSender<Result<(), Failure>>,
) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            let failure = Failure::new(Exit::Internal, "network.runtime", error.to_string());
            // If nobody waits for the answer, nobody needs it.
            let _ = started.send(Err(failure));
            return;
        }
    };
    runtime.block_on(async move {
        let service = Service::new(key, replica, options, reporter, incoming);
        let mut service = match service {
            Ok(service) => service,
            Err(failure) => {
                let _ = started.send(Err(failure));
                return;
            }
        };
        let _ = started.send(Ok(()));
        service.serve(commands).await;
    });
    // Name look-ups and requests to relays' URLs may still be under way; nobody waits for them.
    runtime.shutdown_background();
}

impl Service {
    fn new(
        key: Keypair,
        replica: Replica,
        options: Options,
        reporter: Arc<Reporter>,
        incoming: mpsc::Sender<Incoming>,
    ) -> Result<Self, Failure> {
        let now = Instant::now();
        let ceremony = Arc::clone(replica.board().ceremony());
        let profile = Profile {
            operators: ceremony.operators(),
            message: ceremony.limits().message(),
            mdns: options.mdns,
            agent: AGENT.to_owned(),
        };
        let mut registry = Registry::default();
        let own = key.public().to_peer_id();
        let swarm = behaviour::swarm(key, &profile, &mut registry)?;
        let mut service = Self {
            swarm,
            registry,
            me: 0,
            replica,
            parties: BTreeMap::new(),
            connections: Connections::default(),
            sessions: BTreeMap::new(),
            asked: BTreeMap::new(),
            claims: Claims::default(),
            allowances: BTreeMap::new(),
            banned: BTreeMap::new(),
            objections: BTreeMap::new(),
            dialer: Dialer::default(),
            relaying: Relaying::new(options.relays),
            incoming,
            reporter,
            failure: None,
        };
        for (index, key) in (1..).zip(ceremony.identities()) {
            let Some(peer) = relays::peer_id(key) else { continue };
            if peer == own {
                service.me = index;
            } else {
                service.admit(peer, Party::Operator(index));
            }
        }
        service.learn_records(now);
        for address in options.peers {
            let peer = relays::peer_of(&address);
            if peer == Some(own) {
                continue;
            }
            service.dialer.name(peer, address, now);
        }
        for address in options.external {
            service.swarm.add_external_address(address);
        }
        for address in &options.listen {
            service.swarm.listen_on(address.clone()).map_err(|error| cannot_listen(address, &error))?;
        }
        Ok(service)
    }

    /// Lets a peer connect.
    fn admit(&mut self, peer: PeerId, party: Party) {
        self.swarm.behaviour_mut().allowed.allow_peer(peer);
        self.parties.insert(peer, party);
    }

    /// The addresses in the definition's node records.
    fn learn_records(&mut self, now: Instant) {
        let ceremony = Arc::clone(self.replica.board().ceremony());
        for operator in ceremony.definition().operators() {
            let Ok(enr) = coram_cluster::enr::Enr::parse(operator.enr()) else { continue };
            let Some(peer) = relays::peer_id(&enr.public_key()) else { continue };
            if self.parties.contains_key(&peer) {
                for address in relays::addresses_of(&enr) {
                    self.dialer.name(Some(peer), address, now);
                }
            }
        }
    }

    async fn serve(&mut self, mut commands: async_mpsc::UnboundedReceiver<Command>) {
        let mut tick = tokio::time::interval(TICK);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        while self.failure.is_none() {
            tokio::select! {
                event = self.swarm.select_next_some() => self.on_event(event),
                command = commands.recv() => match command {
                    Some(command) => self.on_command(command),
                    None => return,
                },
                _ = tick.tick() => self.on_tick(),
            }
            self.speak();
        }
        if let Some(failure) = &self.failure {
            self.reporter.tell(Event::Warning { text: failure.to_string() });
        }
    }

    fn on_command(&mut self, command: Command) {
        match command {
            Command::Publish(bytes) => self.take(&bytes, None),
            Command::Standing(answer) => {
                // Whoever asked may have gone.
                let _ = answer.send(self.standing());
            }
        }
    }

    fn on_tick(&mut self) {
        let now = Instant::now();
        let over: Vec<PeerId> =
            self.banned.iter().filter(|(_, until)| now >= **until).map(|(peer, _)| *peer).collect();
        for peer in over {
            self.banned.remove(&peer);
            self.swarm.behaviour_mut().allowed.allow_peer(peer);
        }
        self.tend_relays(now);
        let dials = self.dialer.due(now, |peer| {
            // Whoever is banned is left alone like whoever needs no other connection.
            if self.banned.contains_key(peer) { Link::Direct } else { self.connections.link(peer) }
        });
        for dial in dials {
            // Failures come as events too.
            let _ = self.swarm.dial(dial);
        }
    }

    /// Says to every peer what is due.
    fn speak(&mut self) {
        let now = Instant::now();
        for (peer, session) in &mut self.sessions {
            if !self.connections.is_connected(peer) {
                continue;
            }
            let replica = &self.replica;
            let request = session.next(replica, Some(self.me), now, || open_request(replica));
            if let Some(request) = request {
                let id = self.swarm.behaviour_mut().boards.send_request(peer, Ok(request));
                self.asked.insert(id, *peer);
            }
        }
    }

    /// Closes a peer's connections for a while, and names it: what it did, no honest peer does.
    fn drop_peer(&mut self, peer: PeerId, reason: String) {
        self.banned.insert(peer, Instant::now() + BAN);
        self.swarm.behaviour_mut().allowed.disallow_peer(peer);
        self.reporter.tell(Event::Dropped { peer: self.party(&peer), reason });
    }

    fn party(&self, peer: &PeerId) -> Party {
        self.parties.get(peer).cloned().unwrap_or_else(|| Party::Stranger(peer.to_string()))
    }

    fn standing(&self) -> Standing {
        let lacking = self.parties.iter().filter_map(|(peer, party)| match party {
            Party::Operator(index) => {
                let has_all = self.sessions.get(peer).is_some_and(|session| session.has_all(&self.replica));
                (!has_all).then_some(*index)
            }
            _ => None,
        });
        let mut lacking: Vec<u16> = lacking.collect();
        lacking.sort_unstable();
        // Whoever takes no messages of ours is waited for by nobody.
        let taking = || {
            let connected = self.sessions.iter().filter(|(peer, _)| self.connections.is_connected(peer));
            connected.filter(|(_, session)| !session.is_elsewhere())
        };
        let is_relay = |peer: &PeerId| matches!(self.parties.get(peer), Some(Party::Relay(_)));
        Standing {
            is_settled: self.dialer.tried_all()
                && self.relaying.is_settled()
                && self.connections.peers().all(|peer| self.is_settled(peer)),
            is_behind: taking().any(|(_, session)| session.has_more(&self.replica)),
            lacking,
            all_know: taking().all(|(_, session)| session.knows_that_we_have_all(&self.replica)),
            relay_has_all: taking().any(|(peer, session)| is_relay(peer) && session.has_all(&self.replica)),
            connected_have_all: taking().all(|(_, session)| session.has_all(&self.replica)),
            connected: taking().count(),
            traffic: traffic(&self.registry),
        }
    }

    /// Whether nothing is to be expected of a connected peer that it has not said. A relay may keep no boards.
    fn is_settled(&self, peer: &PeerId) -> bool {
        match self.sessions.get(peer) {
            Some(session) => session.is_settled(),
            None => self.connections.is_identified(peer),
        }
    }
}

/// Asks a relay to keep a board for our ceremony.
fn open_request(replica: &Replica) -> Request {
    let ceremony = replica.board().ceremony();
    Request::Open {
        ceremony: ceremony.id(),
        // A definition that was read can be written.
        definition: ceremony.definition().to_json().unwrap_or_default(),
        terms: ceremony.terms().as_ssz_bytes(),
    }
}

fn cannot_listen(address: &Multiaddr, error: &TransportError<std::io::Error>) -> Failure {
    let what = format!("cannot listen on {}", reasons::transport_error(address, error));
    Failure::new(Exit::Refused, "network.listen", what)
        .help("another program may use the port: choose another with --p2p-tcp-address or --p2p-udp-address")
}

/// Bytes sent and received, from the counters of the transports.
fn traffic(registry: &Registry) -> (u64, u64) {
    let mut text = String::new();
    if prometheus_client::encoding::text::encode(&mut text, registry).is_err() {
        return (0, 0);
    }
    let sum = |direction: &str| {
        let lines =
            text.lines().filter(|line| line.starts_with("libp2p_bandwidth") && line.contains(direction));
        lines.filter_map(|line| line.rsplit(' ').next()?.parse::<u64>().ok()).sum()
    };
    (sum("Outbound"), sum("Inbound"))
}

/// The ids that are not on a board.
fn lacking(replica: &Replica, ids: &[MessageId]) -> Vec<MessageId> {
    ids.iter().filter(|id| replica.board().message(id).is_none()).copied().collect()
}
