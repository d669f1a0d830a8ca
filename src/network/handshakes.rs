//! How many connections anybody may have in the making.
//!
//! A handshake that is never finished takes up room until its time is over. If one party could take all of it, no operator
//! that has to come to us would ever get in.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fmt;
use std::task::{Context, Poll};

use libp2p::core::{Endpoint, transport::PortUse};
use libp2p::swarm::{
    ConnectionDenied, ConnectionId, FromSwarm, NetworkBehaviour, THandler, THandlerInEvent, THandlerOutEvent,
    ToSwarm, dummy,
};
use libp2p::{Multiaddr, PeerId};

use super::dial::is_relayed;
use super::origin::Origin;

/// Refuses connections in the making beyond so many from one origin.
pub struct Handshakes {
    most: usize,
    /// What is not finished, and from where.
    pending: BTreeMap<ConnectionId, Origin>,
}

/// Too many connections in the making from one origin.
#[derive(Debug)]
struct TooMany;

impl fmt::Display for TooMany {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("too many connections in the making from this network")
    }
}

impl std::error::Error for TooMany {}

impl Handshakes {
    /// At most so many from one origin.
    pub const fn new(most: usize) -> Self {
        Self { most, pending: BTreeMap::new() }
    }

    /// Counts a connection; false if there are too many.
    fn accept(&mut self, id: ConnectionId, origin: Option<Origin>) -> bool {
        let Some(origin) = origin else { return true };
        let has_room = self.pending.values().filter(|pending| **pending == origin).count() < self.most;
        if has_room {
            self.pending.insert(id, origin);
        }
        has_room
    }

    fn forget(&mut self, id: ConnectionId) {
        self.pending.remove(&id);
    }
}

impl NetworkBehaviour for Handshakes {
    type ConnectionHandler = dummy::ConnectionHandler;
    type ToSwarm = Infallible;

    fn handle_pending_inbound_connection(
        &mut self,
        id: ConnectionId,
        _: &Multiaddr,
        remote: &Multiaddr,
    ) -> Result<(), ConnectionDenied> {
        // Whoever comes through a relay comes over its one connection, and all have its address.
        let origin = if is_relayed(remote) { None } else { Origin::of(remote) };
        if self.accept(id, origin) { Ok(()) } else { Err(ConnectionDenied::new(TooMany)) }
    }

    fn handle_established_inbound_connection(
        &mut self,
        _: ConnectionId,
        _: PeerId,
        _: &Multiaddr,
        _: &Multiaddr,
    ) -> Result<THandler<Self>, ConnectionDenied> {
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
        Ok(dummy::ConnectionHandler)
    }

    fn on_swarm_event(&mut self, event: FromSwarm<'_>) {
        match event {
            FromSwarm::ConnectionEstablished(event) => self.forget(event.connection_id),
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
    use super::*;

    #[test]
    fn nobody_takes_all_the_room_and_what_is_over_takes_none() {
        let origin = |last: u8| Some(Origin::of_ip([192, 0, 2, last].into()));
        let id = ConnectionId::new_unchecked;
        let mut handshakes = Handshakes::new(2);
        assert!(handshakes.accept(id(1), origin(1)) && handshakes.accept(id(2), origin(1)));
        assert!(!handshakes.accept(id(3), origin(1)));
        assert!(handshakes.accept(id(4), origin(2)), "others have room");
        assert!(handshakes.accept(id(5), None));
        handshakes.forget(id(1));
        assert!(handshakes.accept(id(6), origin(1)));
        [2, 4, 5, 6].into_iter().for_each(|number| handshakes.forget(id(number)));
        assert!(handshakes.pending.is_empty());
    }
}
