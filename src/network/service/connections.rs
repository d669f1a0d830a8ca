//! Who is connected, over what.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use libp2p::core::ConnectedPoint;
use libp2p::swarm::{ConnectionId, SwarmEvent};
use libp2p::{Multiaddr, PeerId, identify, mdns};

use super::Service;
use crate::event::{Event, Party};
use crate::network::Objection;
use crate::network::behaviour::BehaviourEvent;
use crate::network::codec::PROTOCOL;
use crate::network::dial::Link;
use crate::network::rate::Bucket;
use crate::network::session::Session;

/// A connection that the other side closes sooner was not wanted.
const EARLY: Duration = Duration::from_secs(2);
/// After so many of those in a row the peer is taken not to know us.
const REFUSALS: u32 = 3;

/// How often a peer may be connected, and how often at once: many times what restarts and moves of address need.
const COMINGS_PER_SECOND: u32 = 5;
const COMINGS: u32 = 200;
/// How often the addresses that a peer announces are taken.
const ANNOUNCE: Duration = Duration::from_secs(10);

/// One connection.
#[derive(Debug)]
struct Connection {
    relayed: bool,
    since: Instant,
    we_dialled: bool,
}

/// What is known of one peer's connections.
#[derive(Debug, Default)]
struct Peer {
    open: BTreeMap<ConnectionId, Connection>,
    /// What it calls itself.
    agent: Option<String>,
    /// How often in a row it closed a connection that we had dialled, at once.
    early: u32,
    /// How often it may be connected: each time costs a handshake and two lines.
    comings: Option<Bucket>,
    /// When it may announce other addresses.
    announces_at: Option<Instant>,
}

/// All connections.
#[derive(Debug, Default)]
pub struct Connections(BTreeMap<PeerId, Peer>);

impl Connections {
    /// How a peer is connected.
    pub fn link(&self, peer: &PeerId) -> Link {
        let Some(peer) = self.0.get(peer) else { return Link::None };
        if peer.open.values().any(|connection| !connection.relayed) {
            Link::Direct
        } else if peer.open.is_empty() {
            Link::None
        } else {
            Link::Relayed
        }
    }

    /// Whether a peer is connected.
    pub fn is_connected(&self, peer: &PeerId) -> bool {
        self.link(peer) != Link::None
    }

    /// Who is connected.
    pub fn peers(&self) -> impl Iterator<Item = &PeerId> {
        self.0.iter().filter(|(_, peer)| !peer.open.is_empty()).map(|(id, _)| id)
    }

    /// What a peer calls itself.
    pub fn agent(&self, peer: &PeerId) -> Option<&str> {
        self.0.get(peer)?.agent.as_deref()
    }

    /// Whether a peer has told what it is.
    pub fn is_identified(&self, peer: &PeerId) -> bool {
        self.agent(peer).is_some()
    }

    /// Connections through relays to a peer that is connected directly.
    fn superfluous(&self, peer: &PeerId) -> Vec<ConnectionId> {
        if self.link(peer) != Link::Direct {
            return Vec::new();
        }
        let open = self.0.get(peer).into_iter().flat_map(|peer| &peer.open);
        open.filter(|(_, connection)| connection.relayed).map(|(id, _)| *id).collect()
    }
}

/// Where a peer is. Of one that comes through a relay, only the relay's address is known.
fn place(endpoint: &ConnectedPoint) -> Multiaddr {
    match endpoint {
        ConnectedPoint::Listener { local_addr, .. } if endpoint.is_relayed() => local_addr.clone(),
        _ => endpoint.get_remote_address().clone(),
    }
}

impl Service {
    pub(super) fn on_event(&mut self, event: SwarmEvent<BehaviourEvent>) {
        match event {
            SwarmEvent::Behaviour(BehaviourEvent::Boards(event)) => self.on_board_event(event),
            SwarmEvent::Behaviour(BehaviourEvent::Identify(identify::Event::Received {
                peer_id,
                info,
                ..
            })) => self.on_identified(peer_id, info),
            SwarmEvent::Behaviour(BehaviourEvent::Ping(event)) => match event.result {
                Ok(_) => self.reporter.tell(Event::Seen { peer: self.party(&event.peer) }),
                Err(_) => {
                    self.swarm.close_connection(event.connection);
                }
            },
            SwarmEvent::Behaviour(BehaviourEvent::Mdns(mdns::Event::Discovered(found))) => {
                for (peer, address) in found {
                    if self.parties.contains_key(&peer) {
                        self.dialer.learn(peer, address, Instant::now());
                    }
                }
            }
            SwarmEvent::ConnectionEstablished { peer_id, connection_id, endpoint, .. } => {
                self.on_connected(peer_id, connection_id, &endpoint);
            }
            SwarmEvent::ConnectionClosed { peer_id, connection_id, cause, .. } => {
                let reason = cause.map_or_else(|| "closed".to_owned(), |cause| cause.to_string());
                self.on_closed(peer_id, connection_id, reason);
            }
            SwarmEvent::OutgoingConnectionError { peer_id, error, .. } => {
                self.dialer.failed(peer_id.as_ref());
                tracing::debug!(peer = ?peer_id, %error, "cannot connect");
            }
            SwarmEvent::IncomingConnectionError { send_back_addr, error, .. } => {
                tracing::debug!(address = %send_back_addr, %error, "refused a connection");
            }
            SwarmEvent::NewListenAddr { listener_id, address } => self.on_listening(listener_id, address),
            SwarmEvent::ListenerClosed { listener_id, reason, .. } => {
                let reason = reason.err().map_or_else(|| "closed".to_owned(), |error| error.to_string());
                self.on_listener_closed(listener_id, &reason);
            }
            _ => {}
        }
    }

    fn on_connected(&mut self, peer: PeerId, id: ConnectionId, endpoint: &ConnectedPoint) {
        let now = Instant::now();
        let (address, relayed) = (place(endpoint), endpoint.is_relayed());
        let before = self.connections.link(&peer);
        let connection = Connection { relayed, since: now, we_dialled: endpoint.is_dialer() };
        let known = self.connections.0.entry(peer).or_default();
        known.open.insert(id, connection);
        let comings =
            known.comings.get_or_insert_with(|| Bucket::new(COMINGS_PER_SECOND.into(), COMINGS.into(), now));
        if !comings.take(1.0, now) {
            self.drop_peer(peer, "it connects again and again".to_owned());
            return;
        }
        self.dialer.connected(&peer);
        if endpoint.is_dialer() {
            self.dialer.identified(&address, peer, now);
        }
        if before == Link::None {
            // A relay's protocols are not known before it has told them, once.
            let is_operator = matches!(self.parties.get(&peer), Some(Party::Operator(_)));
            if is_operator || self.sessions.contains_key(&peer) {
                self.open_session(peer, now);
            }
            self.on_relay_connected(&peer, now);
        }
        if before == Link::None || (before == Link::Relayed && !relayed) {
            let peer = self.party(&peer);
            self.reporter.tell(Event::Connected { peer, address: address.to_string(), relayed });
        }
        for id in self.connections.superfluous(&peer) {
            self.swarm.close_connection(id);
        }
    }

    fn open_session(&mut self, peer: PeerId, now: Instant) {
        self.sessions
            .entry(peer)
            .and_modify(|session| session.reconnected(now))
            .or_insert_with(|| Session::new(now));
    }

    fn on_closed(&mut self, peer: PeerId, id: ConnectionId, reason: String) {
        let is_settled = self.sessions.get(&peer).is_some_and(Session::is_settled);
        let Some(known) = self.connections.0.get_mut(&peer) else { return };
        let closed = known.open.remove(&id);
        let relayed = closed.as_ref().is_some_and(|closed| closed.relayed);
        let is_early = closed.is_some_and(|closed| closed.we_dialled && closed.since.elapsed() < EARLY);
        known.early = if is_settled { 0 } else { known.early + u32::from(is_early) };
        let does_not_know_us = known.early >= REFUSALS;
        if known.open.is_empty() {
            self.claims.release(&peer);
            self.reporter.tell(Event::Disconnected { peer: self.party(&peer), reason });
        }
        if does_not_know_us && !self.banned.contains_key(&peer) {
            self.objects(&peer, Objection::Identity { relayed });
        }
    }

    fn on_identified(&mut self, peer: PeerId, info: identify::Info) {
        let now = Instant::now();
        let Some(known) = self.connections.0.get_mut(&peer) else { return };
        known.agent = Some(info.agent_version.chars().take(64).collect());
        match self.parties.get(&peer) {
            Some(Party::Operator(_)) => {
                if known.announces_at.is_some_and(|at| now < at) {
                    return;
                }
                known.announces_at = Some(now + ANNOUNCE);
                for address in info.listen_addrs {
                    self.dialer.learn(peer, address, now);
                }
            }
            Some(Party::Relay(_)) => {
                self.dialer.answered(&peer, now);
                if info.protocols.contains(&PROTOCOL) && !self.sessions.contains_key(&peer) {
                    self.open_session(peer, now);
                }
            }
            _ => {}
        }
    }
}
