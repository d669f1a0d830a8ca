//! How many connections there are, and from whom: in all, in the making, from one origin, of one peer. Peers that broke the
//! rules are kept out for a while.
//!
//! Whatever is counted is forgotten when it is zero again: identities cost nothing to make, and a table of all that were ever
//! seen would grow for ever.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fmt;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use libp2p::core::{Endpoint, transport::PortUse};
use libp2p::swarm::{
    ConnectionDenied, ConnectionId, FromSwarm, NetworkBehaviour, THandler, THandlerInEvent, THandlerOutEvent,
    ToSwarm, dummy,
};
use libp2p::{Multiaddr, PeerId};
use prometheus_client::encoding::EncodeLabelValue;

use super::metrics::Metrics;
use crate::network::origin::Origin;

/// Most connections whose handshake is not done.
const MAX_PENDING: usize = 512;
/// Most connections of one peer: one over TCP, one over QUIC, and those of a run before that are not known to be dead.
const MAX_PER_PEER: usize = 8;
/// How long a peer that broke the rules is kept out.
const BAN: Duration = Duration::from_secs(60);
/// Most peers that are kept out at once; beyond, the oldest is let in again.
const MAX_BANS: usize = 4096;

/// Why a connection is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelValue)]
pub enum Denial {
    /// As many connections as the relay takes.
    Connections,
    /// Too many handshakes at once.
    Pending,
    /// Too many from one origin.
    Origin,
    /// Too many of one peer.
    Peer,
    /// The peer broke the rules.
    Banned,
    /// A relay dials nobody.
    Outbound,
}

impl fmt::Display for Denial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connections => "too many connections",
            Self::Pending => "too many connections in the making",
            Self::Origin => "too many connections from this network",
            Self::Peer => "too many connections of this peer",
            Self::Banned => "the peer broke the rules",
            Self::Outbound => "a relay dials nobody",
        })
    }
}

impl std::error::Error for Denial {}

/// A connection, counted from the moment it is accepted.
#[derive(Clone, Copy, Debug)]
struct Counted {
    origin: Option<Origin>,
    /// None while its handshake lasts.
    peer: Option<PeerId>,
}

/// Refuses connections beyond its bounds.
pub struct Limits {
    max: usize,
    max_per_origin: usize,
    connections: BTreeMap<ConnectionId, Counted>,
    pending: usize,
    per_origin: BTreeMap<Origin, usize>,
    per_peer: BTreeMap<PeerId, usize>,
    bans: BTreeMap<PeerId, Instant>,
    metrics: Metrics,
}

impl Limits {
    /// Bounds on all connections, and on those from one origin.
    pub const fn new(max: usize, max_per_origin: usize, metrics: Metrics) -> Self {
        Self {
            max,
            max_per_origin,
            connections: BTreeMap::new(),
            pending: 0,
            per_origin: BTreeMap::new(),
            per_peer: BTreeMap::new(),
            bans: BTreeMap::new(),
            metrics,
        }
    }

    /// Where a connection comes from.
    pub fn origin_of(&self, id: ConnectionId) -> Option<Origin> {
        self.connections.get(&id).and_then(|counted| counted.origin)
    }

    /// Keeps a peer out for a while. Its connections are up to the caller.
    pub fn ban(&mut self, peer: PeerId, now: Instant) {
        self.bans.retain(|_, until| *until > now);
        if self.bans.len() >= MAX_BANS
            && let Some((first, _)) = self.bans.iter().min_by_key(|(_, until)| **until).map(|(p, u)| (*p, *u))
        {
            self.bans.remove(&first);
        }
        self.bans.insert(peer, now + BAN);
    }

    fn check_pending(&self, origin: Option<Origin>) -> Result<(), Denial> {
        let from_origin = origin.and_then(|origin| self.per_origin.get(&origin)).copied().unwrap_or(0);
        if self.connections.len() >= self.max {
            Err(Denial::Connections)
        } else if self.pending >= MAX_PENDING {
            Err(Denial::Pending)
        } else if from_origin >= self.max_per_origin {
            Err(Denial::Origin)
        } else {
            Ok(())
        }
    }

    fn check_peer(&self, peer: &PeerId, now: Instant) -> Result<(), Denial> {
        if self.bans.get(peer).is_some_and(|until| *until > now) {
            Err(Denial::Banned)
        } else if self.per_peer.get(peer).is_some_and(|count| *count >= MAX_PER_PEER) {
            Err(Denial::Peer)
        } else {
            Ok(())
        }
    }

    fn accept(&mut self, id: ConnectionId, origin: Option<Origin>) {
        self.connections.insert(id, Counted { origin, peer: None });
        self.pending += 1;
        if let Some(origin) = origin {
            *self.per_origin.entry(origin).or_default() += 1;
        }
    }

    fn establish(&mut self, id: ConnectionId, peer: PeerId) {
        let Some(counted) = self.connections.get_mut(&id) else { return };
        if counted.peer.replace(peer).is_none() {
            self.pending = self.pending.saturating_sub(1);
            *self.per_peer.entry(peer).or_default() += 1;
            self.metrics.connections.inc();
        }
    }

    fn forget(&mut self, id: ConnectionId) {
        let Some(Counted { origin, peer }) = self.connections.remove(&id) else { return };
        if let Some(origin) = origin {
            count_down(&mut self.per_origin, &origin);
        }
        match peer {
            None => self.pending = self.pending.saturating_sub(1),
            Some(peer) => {
                count_down(&mut self.per_peer, &peer);
                self.metrics.connections.dec();
            }
        }
    }

    fn deny(&self, denial: Denial) -> ConnectionDenied {
        self.metrics.denied(denial);
        ConnectionDenied::new(denial)
    }
}

fn count_down<K: Ord>(counts: &mut BTreeMap<K, usize>, key: &K) {
    if let Some(count) = counts.get_mut(key) {
        *count -= 1;
        if *count == 0 {
            counts.remove(key);
        }
    }
}

impl NetworkBehaviour for Limits {
    type ConnectionHandler = dummy::ConnectionHandler;
    type ToSwarm = Infallible;

    fn handle_pending_inbound_connection(
        &mut self,
        id: ConnectionId,
        _: &Multiaddr,
        remote: &Multiaddr,
    ) -> Result<(), ConnectionDenied> {
        let origin = Origin::of(remote);
        self.check_pending(origin).map_err(|denial| self.deny(denial))?;
        self.accept(id, origin);
        Ok(())
    }

    fn handle_established_inbound_connection(
        &mut self,
        _: ConnectionId,
        peer: PeerId,
        _: &Multiaddr,
        _: &Multiaddr,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        self.check_peer(&peer, Instant::now()).map_err(|denial| self.deny(denial))?;
        Ok(dummy::ConnectionHandler)
    }

    fn handle_established_outbound_connection(
        &mut self,
        _: ConnectionId,
        _: PeerId,
        _: &Multiaddr,
        _: Endpoint,
        _: PortUse,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        Err(self.deny(Denial::Outbound))
    }

    fn on_swarm_event(&mut self, event: FromSwarm<'_>) {
        match event {
            FromSwarm::ConnectionEstablished(event) => self.establish(event.connection_id, event.peer_id),
            FromSwarm::ConnectionClosed(event) => self.forget(event.connection_id),
            FromSwarm::ListenFailure(event) => self.forget(event.connection_id),
            _ => {}
        }
    }

    fn on_connection_handler_event(&mut self, _: PeerId, _: ConnectionId, event: THandlerOutEvent<Self>) {
        match event {}
    }

    fn poll(&mut self, _: &mut Context<'_>) -> Poll<ToSwarm<Self::ToSwarm, THandlerInEvent<Self>>> {
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use prometheus_client::registry::Registry;

    use super::*;

    fn limits(max: usize, max_per_origin: usize) -> Limits {
        Limits::new(max, max_per_origin, Metrics::new(&mut Registry::default()))
    }

    fn origin(last: u8) -> Option<Origin> {
        Some(Origin::of_ip([192, 0, 2, last].into()))
    }

    fn id(number: usize) -> ConnectionId {
        ConnectionId::new_unchecked(number)
    }

    #[test]
    fn connections_are_bounded_in_all_and_by_origin() {
        let mut limits = limits(3, 2);
        for number in 0..2 {
            assert_eq!(limits.check_pending(origin(1)), Ok(()));
            limits.accept(id(number), origin(1));
        }
        assert_eq!(limits.check_pending(origin(1)), Err(Denial::Origin));
        limits.accept(id(2), origin(2));
        assert_eq!(limits.check_pending(origin(2)), Err(Denial::Connections));
        limits.forget(id(0));
        assert_eq!(limits.check_pending(origin(1)), Ok(()));
    }

    #[test]
    fn handshakes_are_bounded() {
        let mut limits = limits(MAX_PENDING + 2, MAX_PENDING + 2);
        (0..MAX_PENDING).for_each(|number| limits.accept(id(number), origin(1)));
        assert_eq!(limits.check_pending(origin(2)), Err(Denial::Pending));
        limits.establish(id(7), PeerId::random());
        assert_eq!(limits.check_pending(origin(2)), Ok(()));
    }

    #[test]
    fn one_peer_has_few_connections() {
        let (mut limits, peer, now) = (limits(100, 100), PeerId::random(), Instant::now());
        for number in 0..MAX_PER_PEER {
            assert_eq!(limits.check_peer(&peer, now), Ok(()));
            limits.accept(id(number), origin(1));
            limits.establish(id(number), peer);
        }
        assert_eq!(limits.check_peer(&peer, now), Err(Denial::Peer));
        assert_eq!(limits.check_peer(&PeerId::random(), now), Ok(()));
    }

    #[test]
    fn nothing_is_remembered_of_whoever_is_gone() {
        let mut limits = limits(100, 100);
        for number in 0..50 {
            limits.accept(id(number), origin(number as u8));
            if number % 2 == 0 {
                limits.establish(id(number), PeerId::random());
            }
        }
        (0..50).for_each(|number| limits.forget(id(number)));
        assert!(limits.connections.is_empty() && limits.per_origin.is_empty() && limits.per_peer.is_empty());
        assert_eq!((limits.pending, limits.metrics.connections.get()), (0, 0));
    }

    #[test]
    fn a_ban_ends() {
        let (mut limits, peer, now) = (limits(1, 1), PeerId::random(), Instant::now());
        limits.ban(peer, now);
        assert_eq!(limits.check_peer(&peer, now), Err(Denial::Banned));
        assert_eq!(limits.check_peer(&peer, now + BAN), Ok(()));
        (0..2 * MAX_BANS).for_each(|_| limits.ban(PeerId::random(), now));
        assert!(limits.bans.len() <= MAX_BANS);
    }
}
