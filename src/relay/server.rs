//! The libp2p host of a relay: TCP and QUIC, noise, yamux; circuit relay, identify, ping, and boards if it keeps any.

use std::num::NonZeroU32;
use std::time::Duration;

use libp2p::identity::Keypair;
use libp2p::request_response::{self, ProtocolSupport};
use libp2p::swarm::{NetworkBehaviour, behaviour::toggle::Toggle};
use libp2p::{Swarm, SwarmBuilder, identify, noise, ping, relay, tcp, yamux};
use prometheus_client::registry::Registry;

use super::boards::codec::BoundedCodec;
use super::home::Home;
use super::limits::Limits;
use super::metrics::Metrics;
use super::{Bounds, Settings};
use crate::failure::{Exit, Failure};
use crate::network::codec::PROTOCOL;
use crate::network::{AGENT, behaviour, keypair};

/// How long a handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// How long a connection may do nothing. Reservations and circuits keep theirs open.
const IDLE: Duration = Duration::from_secs(60);
/// How long a request may take, both ways.
const REQUEST: Duration = Duration::from_secs(60);
/// Requests of one connection that are answered at the same time.
const REQUESTS: usize = 4;
/// Streams that a connection has room for beside its circuits.
const OTHER_STREAMS: usize = 64;
/// Most inbound streams of a connection whose protocol is not agreed.
const MAX_NEGOTIATING: usize = 32;

/// How often one peer, and one origin, may ask for something: so often at once, then once in so long.
struct Rate {
    peer: (NonZeroU32, Duration),
    origin: (NonZeroU32, Duration),
}

const fn number(number: u32) -> NonZeroU32 {
    match NonZeroU32::new(number) {
        Some(number) => number,
        None => NonZeroU32::MIN,
    }
}

/// An operator asks again whenever it is restarted; a hundred of them may be behind one address.
const RESERVATIONS: Rate =
    Rate { peer: (number(30), Duration::from_secs(10)), origin: (number(600), Duration::from_secs(1)) };

/// An operator that comes back asks for a circuit to each of the others.
const CIRCUITS: Rate =
    Rate { peer: (number(300), Duration::from_secs(1)), origin: (number(3000), Duration::from_millis(200)) };

/// What the relay does for its peers.
#[derive(NetworkBehaviour)]
pub struct Behaviour {
    /// First: whoever is refused costs the others nothing.
    pub limits: Limits,
    /// Circuits.
    pub relay: relay::Behaviour,
    /// Tells peers who we are and under which address we see them.
    pub identify: identify::Behaviour,
    /// Finds dead connections.
    pub ping: ping::Behaviour,
    /// Boards. A relay without them does not name the protocol.
    pub boards: Toggle<request_response::Behaviour<BoundedCodec>>,
}

/// Sets up the host, which listens nowhere yet.
pub fn build(
    home: &Home,
    settings: &Settings,
    metrics: &Metrics,
    registry: &mut Registry,
) -> Result<Swarm<Behaviour>, Failure> {
    let bounds = &settings.bounds;
    let internal = |error: String| Failure::new(Exit::Internal, "relay.host", error);
    let keypair = keypair(home.identity())?;
    let mut muxer = yamux::Config::default();
    let streams = bounds.circuits_per_peer.saturating_add(OTHER_STREAMS);
    muxer.set_max_num_streams(streams);

    let builder = SwarmBuilder::with_existing_identity(keypair)
        .with_tokio()
        .with_tcp(tcp::Config::default(), noise::Config::new, || muxer)
        .map_err(|error| internal(error.to_string()))?;
    #[cfg(feature = "quic")]
    let builder = builder.with_quic_config(|mut config| {
        config.handshake_timeout = HANDSHAKE;
        config.max_concurrent_stream_limit = u32::try_from(streams).unwrap_or(u32::MAX);
        config
    });
    Ok(builder
        .with_bandwidth_metrics(registry)
        .with_behaviour(|key| compose(key, settings, metrics))
        .map_err(|error| internal(error.to_string()))?
        .with_swarm_config(|config| {
            config.with_idle_connection_timeout(IDLE).with_max_negotiating_inbound_streams(MAX_NEGOTIATING)
        })
        .with_connection_timeout(HANDSHAKE)
        .build())
}

fn compose(key: &Keypair, settings: &Settings, metrics: &Metrics) -> Behaviour {
    let bounds = &settings.bounds;
    let mut relay = relay::Behaviour::new(key.public().to_peer_id(), relay_config(bounds));
    // Whether there is an address under which it can be reached is for its operator to know, not for peers to confirm.
    relay.set_status(Some(relay::Status::Enable));
    Behaviour {
        limits: Limits::new(bounds.connections, bounds.connections_per_origin, metrics.clone()),
        relay,
        identify: behaviour::identify(key, AGENT),
        ping: behaviour::ping(),
        boards: settings.boards.map(|_| boards()).into(),
    }
}

fn boards() -> request_response::Behaviour<BoundedCodec> {
    let config = request_response::Config::default()
        .with_request_timeout(REQUEST)
        .with_max_concurrent_streams(REQUESTS);
    let protocols = [(PROTOCOL, ProtocolSupport::Full)];
    request_response::Behaviour::with_codec(BoundedCodec::new(), protocols, config)
}

/// Not the library's defaults: 128 KiB and two minutes would cut a circuit in the middle of a dealing.
fn relay_config(bounds: &Bounds) -> relay::Config {
    relay::Config {
        max_reservations: bounds.reservations,
        max_reservations_per_peer: 4,
        reservation_duration: Duration::from_secs(60 * 60),
        reservation_rate_limiters: Vec::new(),
        max_circuits: bounds.circuits,
        max_circuits_per_peer: bounds.circuits_per_peer,
        max_circuit_duration: bounds.circuit_duration,
        max_circuit_bytes: bounds.circuit_bytes,
        circuit_src_rate_limiters: Vec::new(),
    }
    // By origin first: what it refuses leaves no trace in the table of peers, which strangers can fill with new identities.
    .reservation_rate_per_ip(RESERVATIONS.origin.0, RESERVATIONS.origin.1)
    .reservation_rate_per_peer(RESERVATIONS.peer.0, RESERVATIONS.peer.1)
    .circuit_src_per_ip(CIRCUITS.origin.0, CIRCUITS.origin.1)
    .circuit_src_per_peer(CIRCUITS.peer.0, CIRCUITS.peer.1)
}
