//! The protocols that an operator speaks, and its swarm.

use std::time::Duration;

use libp2p::allow_block_list::{self, AllowedPeers};
use libp2p::connection_limits::{self, ConnectionLimits};
use libp2p::identity::Keypair;
use libp2p::metrics::Registry;
use libp2p::request_response::{self, ProtocolSupport};
use libp2p::swarm::{NetworkBehaviour, Swarm, behaviour::toggle::Toggle};
use libp2p::{SwarmBuilder, dcutr, identify, mdns, noise, ping, relay, tcp, yamux};

use super::codec::{Codec, PROTOCOL};
use super::handshakes::Handshakes;
use crate::failure::{Exit, Failure};

/// How long a request may take, both ways: no longer for whoever sends it byte by byte.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(60);
/// A line that is slower than this, in bytes a second, is too slow for long messages.
const SLOWEST_LINE: usize = 32 * 1024;
/// Requests that are under way over one connection, both ways. An honest peer has one at a time; each may fill a frame.
const STREAMS: usize = 4;
/// Streams of one connection beside those that circuits through a relay need. Each may fill a window of 256 KiB.
const OTHER_STREAMS: usize = 64;
/// Connections that are being set up by others at the same time: each costs a handshake.
const PENDING_INCOMING: u32 = 128;
/// And by one of them: who sets up many and finishes none must leave room for operators.
const PENDING_FROM_ORIGIN: usize = 32;
/// Connections of one peer: two by simultaneous dialling, over TCP and QUIC, and through relays.
const PER_PEER: u32 = 8;
/// A connection without streams is kept; pings tell whether the other side is there.
const IDLE: Duration = Duration::from_secs(24 * 3600);
/// How often a peer is asked whether it is there.
const PING: Duration = Duration::from_secs(10);

/// Room in a frame for what is not messages: ids and lengths.
const FRAME_OVERHEAD: usize = 256 * 1024;

/// What an operator speaks.
#[derive(NetworkBehaviour)]
pub struct Behaviour {
    // The first three refuse connections before the others hear of them.
    handshakes: Handshakes,
    limits: connection_limits::Behaviour,
    /// Who may be connected at all.
    pub allowed: allow_block_list::Behaviour<AllowedPeers>,
    /// Boards.
    pub boards: request_response::Behaviour<Codec>,
    /// Addresses and versions.
    pub identify: identify::Behaviour,
    ping: ping::Behaviour,
    relay: relay::client::Behaviour,
    dcutr: dcutr::Behaviour,
    mdns: Toggle<mdns::tokio::Behaviour>,
}

/// What a swarm is made for.
#[derive(Clone, Debug)]
pub struct Profile {
    /// Operators of the ceremony.
    pub operators: u16,
    /// Longest message of the ceremony, in bytes.
    pub message: usize,
    /// Whether operators on the local network are looked for.
    pub mdns: bool,
    /// How this program names itself to peers.
    pub agent: String,
}

/// The request-response behaviour for boards whose messages have at most so many bytes.
pub fn boards(message: usize) -> request_response::Behaviour<Codec> {
    let limit = message.max(super::session::BUDGET) + FRAME_OVERHEAD;
    let config = request_response::Config::default()
        .with_request_timeout(REQUEST_TIMEOUT + Duration::from_secs((limit / SLOWEST_LINE) as u64))
        .with_max_concurrent_streams(STREAMS);
    let protocols = [(PROTOCOL, ProtocolSupport::Full)];
    request_response::Behaviour::with_codec(Codec { limit }, protocols, config)
}

/// What a peer tells others about itself.
pub fn identify(key: &Keypair, agent: &str) -> identify::Behaviour {
    let config =
        identify::Config::new("/coram/1".to_owned(), key.public()).with_agent_version(agent.to_owned());
    identify::Behaviour::new(config)
}

/// Pings, by which a dead connection is noticed.
pub fn ping() -> ping::Behaviour {
    ping::Behaviour::new(ping::Config::new().with_interval(PING))
}

/// A swarm that listens nowhere yet. Traffic is counted in the registry.
///
/// # Errors
///
/// The system's, if it has no TLS randomness, no name resolution, or no multicast where that is asked for.
pub fn swarm(key: Keypair, profile: &Profile, registry: &mut Registry) -> Result<Swarm<Behaviour>, Failure> {
    let muxer = || {
        let mut muxer = yamux::Config::default();
        // To each operator two circuits in each direction.
        muxer.set_max_num_streams(OTHER_STREAMS + 4 * usize::from(profile.operators));
        muxer
    };
    let builder = SwarmBuilder::with_existing_identity(key)
        .with_tokio()
        .with_tcp(tcp::Config::default().nodelay(true), noise::Config::new, muxer)
        .map_err(unavailable)?;
    #[cfg(feature = "quic")]
    let builder = builder.with_quic();
    let builder = builder
        .with_dns()
        .map_err(unavailable)?
        .with_relay_client(noise::Config::new, muxer)
        .map_err(unavailable)?
        .with_bandwidth_metrics(registry)
        .with_behaviour(|key, relay| behaviour(key, relay, profile))
        .map_err(unavailable)?;
    Ok(builder.with_swarm_config(|config| config.with_idle_connection_timeout(IDLE)).build())
}

type Boxed = Box<dyn std::error::Error + Send + Sync>;

fn behaviour(key: &Keypair, relay: relay::client::Behaviour, profile: &Profile) -> Result<Behaviour, Boxed> {
    let peer = key.public().to_peer_id();
    let operators = u32::from(profile.operators);
    let limits = ConnectionLimits::default()
        .with_max_pending_incoming(Some(PENDING_INCOMING))
        .with_max_pending_outgoing(Some(64 + 4 * operators))
        .with_max_established_per_peer(Some(PER_PEER))
        .with_max_established(Some(64 + PER_PEER * operators));
    let mdns =
        if profile.mdns { Some(mdns::tokio::Behaviour::new(mdns::Config::default(), peer)?) } else { None };
    Ok(Behaviour {
        handshakes: Handshakes::new(PENDING_FROM_ORIGIN),
        limits: connection_limits::Behaviour::new(limits),
        allowed: allow_block_list::Behaviour::default(),
        boards: boards(profile.message),
        identify: identify(key, &profile.agent),
        ping: ping(),
        relay,
        dcutr: dcutr::Behaviour::new(peer),
        mdns: mdns.into(),
    })
}

fn unavailable(error: impl std::fmt::Display) -> Failure {
    Failure::new(Exit::Internal, "network.unavailable", format!("the network cannot be used: {error}"))
        .help("without a network, operators can pass files through a folder: --board")
}
