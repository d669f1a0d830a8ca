//! What a relay counts, in Prometheus' terms. Every label has a fixed set of values: one that strangers could choose would
//! grow the table for ever.

use libp2p::metrics::{Metrics as Libp2pMetrics, Recorder as _};
use libp2p::relay;
use libp2p::swarm::SwarmEvent;
use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue};
use prometheus_client::metrics::{counter::Counter, family::Family, gauge::Gauge};
use prometheus_client::registry::Registry;
use std::sync::Arc;

use super::limits::Denial;

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct DenialLabels {
    reason: Denial,
}

/// What a peer asks of a circuit relay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelValue)]
enum Service {
    Reservation,
    Circuit,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ServiceLabels {
    service: Service,
}

/// The counters of a relay.
#[derive(Clone)]
pub struct Metrics {
    /// Connections that are established.
    pub connections: Gauge,
    denials: Family<DenialLabels, Counter>,
    circuits: Gauge,
    refusals: Family<ServiceLabels, Counter>,
    libp2p: Arc<Libp2pMetrics>,
}

impl Metrics {
    /// Registers all counters.
    pub fn new(registry: &mut Registry) -> Self {
        let libp2p = Arc::new(Libp2pMetrics::new(registry));
        let metrics = Self {
            connections: Gauge::default(),
            denials: Family::default(),
            circuits: Gauge::default(),
            refusals: Family::default(),
            libp2p,
        };
        let ours = registry.sub_registry_with_prefix("coram_relay");
        ours.register("connections", "Connections that are established", metrics.connections.clone());
        ours.register("connections_denied", "Connections refused, by reason", metrics.denials.clone());
        ours.register("circuits", "Circuits between two peers that are open", metrics.circuits.clone());
        let text = "Reservations and circuits refused";
        ours.register("refused", text, metrics.refusals.clone());
        metrics
    }

    /// Counts a connection that was refused.
    pub fn denied(&self, reason: Denial) {
        self.denials.get_or_create(&DenialLabels { reason }).inc();
    }

    /// Counts what the swarm did. Events about addresses that peers claim to have are left out: their form, which strangers
    /// choose, would be a label.
    pub fn record_swarm<E>(&self, event: &SwarmEvent<E>) {
        match event {
            SwarmEvent::ConnectionEstablished { .. }
            | SwarmEvent::ConnectionClosed { .. }
            | SwarmEvent::IncomingConnection { .. }
            | SwarmEvent::IncomingConnectionError { .. }
            | SwarmEvent::NewListenAddr { .. }
            | SwarmEvent::ExpiredListenAddr { .. }
            | SwarmEvent::ListenerClosed { .. }
            | SwarmEvent::ListenerError { .. } => self.libp2p.record(event),
            _ => {}
        }
    }

    /// Counts what the relay server did.
    pub fn record_relay(&self, event: &relay::Event) {
        self.libp2p.record(event);
        let refused = |service| self.refusals.get_or_create(&ServiceLabels { service }).inc();
        match event {
            relay::Event::CircuitReqAccepted { .. } => _ = self.circuits.inc(),
            relay::Event::CircuitClosed { .. } => _ = self.circuits.dec(),
            relay::Event::CircuitReqDenied { .. } => _ = refused(Service::Circuit),
            relay::Event::ReservationReqDenied { .. } => _ = refused(Service::Reservation),
            _ => {}
        }
    }
}
