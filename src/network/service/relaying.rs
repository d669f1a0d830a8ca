//! Relays that the operator named: where they are, and our reservations with them.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use libp2p::PeerId;
use libp2p::core::transport::ListenerId;
use libp2p::multiaddr::{Multiaddr, Protocol};
use tokio::sync::mpsc;

use super::Service;
use crate::event::{Event, Party};
use crate::failure::Failure;
use crate::network::relays::{self, RelayName, peer_of};

/// How long after a failure a relay's URL is asked again, or a reservation is.
const AGAIN: Duration = Duration::from_secs(15);

/// What is known of the relays.
pub struct Relaying {
    /// Relays whose address is not known, and when to find it out; none while that is under way.
    unresolved: BTreeMap<RelayName, Option<Instant>>,
    /// Relays that were looked up at least once, or need not be.
    tried: usize,
    total: usize,
    /// An address of each relay, with its peer ID.
    addresses: BTreeMap<PeerId, Multiaddr>,
    /// When to ask for a reservation, or the one that was asked for.
    reservations: BTreeMap<PeerId, Reservation>,
    found_in: mpsc::UnboundedSender<(RelayName, Result<Vec<Multiaddr>, Failure>)>,
    found: mpsc::UnboundedReceiver<(RelayName, Result<Vec<Multiaddr>, Failure>)>,
}

#[derive(Debug)]
enum Reservation {
    Due(Instant),
    Asked(ListenerId),
}

impl Relaying {
    /// Relays as they were named.
    pub fn new(names: Vec<RelayName>) -> Self {
        let (found_in, found) = mpsc::unbounded_channel();
        let now = Instant::now();
        let unresolved: BTreeMap<RelayName, Option<Instant>> =
            names.into_iter().map(|name| (name, Some(now))).collect();
        let (addresses, reservations) = (BTreeMap::new(), BTreeMap::new());
        Self { tried: 0, total: unresolved.len(), unresolved, addresses, reservations, found_in, found }
    }

    /// Whether every relay was looked up once.
    pub fn is_settled(&self) -> bool {
        self.tried >= self.total
    }
}

impl Service {
    /// Looks up relays, takes in what was found, and asks for reservations.
    pub(super) fn tend_relays(&mut self, now: Instant) {
        let definition = self.replica.board().ceremony().terms().definition;
        for (name, due) in &mut self.relaying.unresolved {
            if due.is_some_and(|due| now >= due) {
                *due = None;
                let (name, found) = (name.clone(), self.relaying.found_in.clone());
                tokio::task::spawn_blocking(move || {
                    let answer = relays::resolve(&name, &definition);
                    // The service may have ended.
                    let _ = found.send((name, answer));
                });
            }
        }
        while let Ok((name, answer)) = self.relaying.found.try_recv() {
            self.on_resolved(name, answer, now);
        }
        let due: Vec<PeerId> = self
            .relaying
            .reservations
            .iter()
            .filter(|(_, state)| matches!(state, Reservation::Due(due) if now >= *due))
            .map(|(peer, _)| *peer)
            .collect();
        for relay in due {
            self.reserve(relay, now);
        }
    }

    fn on_resolved(&mut self, name: RelayName, answer: Result<Vec<Multiaddr>, Failure>, now: Instant) {
        if self.relaying.tried < self.relaying.total {
            self.relaying.tried += 1;
        }
        let addresses = match answer {
            Ok(addresses) => addresses,
            Err(failure) => {
                self.reporter.tell(Event::Notice { text: failure.to_string() });
                self.relaying.unresolved.insert(name, Some(now + AGAIN));
                return;
            }
        };
        self.relaying.unresolved.remove(&name);
        for address in addresses {
            let Some(relay) = peer_of(&address) else { continue };
            // A relay's URL may answer with anything. Operators are not reached through operators, nor through ourselves.
            let is_operator = matches!(self.parties.get(&relay), Some(Party::Operator(_)));
            if is_operator || relay == *self.swarm.local_peer_id() {
                let text = format!("{address} is no relay: an operator of this cluster has its identity");
                self.reporter.tell(Event::Warning { text });
                continue;
            }
            if !self.parties.contains_key(&relay) {
                self.admit(relay, Party::Relay(relay.to_string()));
            }
            self.dialer.name(Some(relay), address.clone(), now);
            if !self.relaying.addresses.contains_key(&relay) {
                self.name_circuits(&address, now);
                self.relaying.addresses.insert(relay, address);
            }
        }
    }

    /// Every operator may be reached through the relay.
    fn name_circuits(&mut self, relay: &Multiaddr, now: Instant) {
        let operators = self.parties.iter().filter(|(_, party)| matches!(party, Party::Operator(_)));
        for peer in operators.map(|(peer, _)| *peer).collect::<Vec<_>>() {
            let address = relay.clone().with(Protocol::P2pCircuit).with(Protocol::P2p(peer));
            self.dialer.name(Some(peer), address, now);
        }
    }

    /// A relay is connected: others should be able to reach us through it.
    pub(super) fn on_relay_connected(&mut self, peer: &PeerId, now: Instant) {
        if self.relaying.addresses.contains_key(peer) {
            self.relaying.reservations.entry(*peer).or_insert(Reservation::Due(now));
        }
    }

    fn reserve(&mut self, relay: PeerId, now: Instant) {
        let Some(address) = self.relaying.addresses.get(&relay) else { return };
        if !self.connections.is_connected(&relay) {
            self.relaying.reservations.remove(&relay);
            return;
        }
        let state = match self.swarm.listen_on(address.clone().with(Protocol::P2pCircuit)) {
            Ok(listener) => Reservation::Asked(listener),
            Err(error) => {
                tracing::debug!(%relay, %error, "cannot listen through the relay");
                Reservation::Due(now + AGAIN)
            }
        };
        self.relaying.reservations.insert(relay, state);
    }

    pub(super) fn on_listening(&mut self, _: ListenerId, address: Multiaddr) {
        self.reporter.tell(Event::Listening { address: address.to_string() });
    }

    /// A reservation was refused or is lost.
    pub(super) fn on_listener_closed(&mut self, listener: ListenerId, reason: &str) {
        let lost = self
            .relaying
            .reservations
            .iter()
            .find(|(_, state)| matches!(state, Reservation::Asked(asked) if *asked == listener))
            .map(|(relay, _)| *relay);
        if let Some(relay) = lost {
            tracing::debug!(%relay, reason, "the reservation is gone");
            self.relaying.reservations.insert(relay, Reservation::Due(Instant::now() + AGAIN));
        }
    }
}
