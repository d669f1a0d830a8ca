//! What a relay counts, in Prometheus' terms. Every label has a fixed set of values: one that strangers could choose would
//! grow the table for ever.

use std::sync::Arc;

use libp2p::metrics::{Metrics as Libp2pMetrics, Recorder as _};
use libp2p::relay;
use libp2p::swarm::SwarmEvent;
use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue};
use prometheus_client::metrics::{counter::Counter, family::Family, gauge::Gauge};
use prometheus_client::registry::{Registry, Unit};

use super::limits::Denial;

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct DenialLabels {
    reason: Denial,
}

/// Why something that a peer asked for was not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelValue)]
pub enum Refusal {
    /// A reservation: too many, or too often.
    Reservation,
    /// A circuit: too many, too often, or to a peer that is not there.
    Circuit,
    /// No board is kept for the ceremony, or the asker is none of its operators.
    NotKept,
    /// A board was asked for by somebody who is no operator of the ceremony.
    Stranger,
    /// Too many boards.
    TooMany,
    /// Too often.
    Rate,
    /// The ceremony is too large.
    Large,
    /// The board, or the relay, is full.
    Full,
    /// What was sent cannot be read.
    Malformed,
    /// The disk failed.
    Disk,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RefusalLabels {
    reason: Refusal,
}

/// The counters of a relay.
#[derive(Clone)]
pub struct Metrics {
    /// Connections that are established.
    pub connections: Gauge,
    denials: Family<DenialLabels, Counter>,
    circuits: Gauge,
    refusals: Family<RefusalLabels, Counter>,
    /// Peers that were dropped for what they sent.
    pub dropped: Counter,
    /// Ceremonies for which boards are kept.
    pub ceremonies: Gauge,
    /// What all boards have on disk, in bytes.
    pub board_bytes: Gauge,
    /// Messages that came, verified, and were written to disk.
    pub messages_stored: Counter,
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
            dropped: Counter::default(),
            ceremonies: Gauge::default(),
            board_bytes: Gauge::default(),
            messages_stored: Counter::default(),
            libp2p,
        };
        let ours = registry.sub_registry_with_prefix("coram_relay");
        ours.register("connections", "Connections that are established", metrics.connections.clone());
        ours.register("connections_denied", "Connections refused, by reason", metrics.denials.clone());
        ours.register("circuits", "Circuits between two peers that are open", metrics.circuits.clone());
        ours.register("refused", "Requests of peers refused, by reason", metrics.refusals.clone());
        ours.register("dropped", "Peers dropped for what they sent", metrics.dropped.clone());
        ours.register("ceremonies", "Ceremonies for which boards are kept", metrics.ceremonies.clone());
        let text = "What all boards have on disk";
        ours.register_with_unit("boards", text, Unit::Bytes, metrics.board_bytes.clone());
        let text = "Messages verified and written to disk";
        ours.register("messages_stored", text, metrics.messages_stored.clone());
        metrics
    }

    /// Counts a connection that was refused.
    pub fn denied(&self, reason: Denial) {
        self.denials.get_or_create(&DenialLabels { reason }).inc();
    }

    /// Counts a request that was refused.
    pub fn refused(&self, reason: Refusal) {
        self.refusals.get_or_create(&RefusalLabels { reason }).inc();
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
        match event {
            relay::Event::CircuitReqAccepted { .. } => _ = self.circuits.inc(),
            relay::Event::CircuitClosed { .. } => _ = self.circuits.dec(),
            relay::Event::CircuitReqDenied { .. } => self.refused(Refusal::Circuit),
            relay::Event::ReservationReqDenied { .. } => self.refused(Refusal::Reservation),
            _ => {}
        }
    }
}
