//! What the probe speaks.

use std::time::Duration;

use libp2p::connection_limits::{self, ConnectionLimits};
use libp2p::identity::Keypair;
use libp2p::swarm::{NetworkBehaviour, Swarm, behaviour::toggle::Toggle};
use libp2p::{SwarmBuilder, identify, mdns, noise, ping, relay, request_response, tcp, yamux};

use crate::failure::{Exit, Failure};
use crate::network::behaviour;
use crate::network::codec::Codec;

/// How the probe names itself to peers.
const AGENT: &str = concat!("coram-doctor/", env!("CARGO_PKG_VERSION"));
/// A connection that serves for nothing any more is closed after this.
const IDLE: Duration = Duration::from_secs(10);
/// Most connections that others open, through relays.
const INCOMING: u32 = 16;

/// What the probe speaks: what an operator does, so that peers hear nothing strange.
#[derive(NetworkBehaviour)]
pub struct Behaviour {
    limits: connection_limits::Behaviour,
    /// Boards, of which it has none.
    pub boards: request_response::Behaviour<Codec>,
    identify: identify::Behaviour,
    ping: ping::Behaviour,
    relay: relay::client::Behaviour,
    mdns: Toggle<mdns::tokio::Behaviour>,
}

/// What a swarm is made for.
#[derive(Clone, Copy, Debug)]
pub struct Profile {
    /// Longest message of the ceremony, in bytes.
    pub message: usize,
    /// Whether operators on the local network are looked for.
    pub mdns: bool,
}

/// A swarm that listens nowhere.
///
/// # Errors
///
/// The system's, if it has no network.
pub fn swarm(key: Keypair, profile: &Profile) -> Result<Swarm<Behaviour>, Failure> {
    let builder = SwarmBuilder::with_existing_identity(key)
        .with_tokio()
        .with_tcp(tcp::Config::default().nodelay(true), noise::Config::new, yamux::Config::default)
        .map_err(unavailable)?;
    #[cfg(feature = "quic")]
    let builder = builder.with_quic();
    let builder = builder
        .with_dns()
        .map_err(unavailable)?
        .with_relay_client(noise::Config::new, yamux::Config::default)
        .map_err(unavailable)?
        .with_behaviour(|key, relay| behaviour(key, relay, profile))
        .map_err(unavailable)?;
    Ok(builder.with_swarm_config(|config| config.with_idle_connection_timeout(IDLE)).build())
}

type Boxed = Box<dyn std::error::Error + Send + Sync>;

fn behaviour(key: &Keypair, relay: relay::client::Behaviour, profile: &Profile) -> Result<Behaviour, Boxed> {
    let peer = key.public().to_peer_id();
    let limits = ConnectionLimits::default()
        .with_max_pending_incoming(Some(INCOMING))
        .with_max_established_incoming(Some(INCOMING));
    let mdns =
        profile.mdns.then(|| mdns::tokio::Behaviour::new(mdns::Config::default(), peer)).transpose()?;
    Ok(Behaviour {
        limits: connection_limits::Behaviour::new(limits),
        boards: behaviour::boards(profile.message),
        identify: behaviour::identify(key, AGENT),
        ping: behaviour::ping(),
        relay,
        mdns: mdns.into(),
    })
}

fn unavailable(error: impl std::fmt::Display) -> Failure {
    Failure::new(Exit::Internal, "network.unavailable", format!("the network cannot be used: {error}"))
        .help("without a network, operators can pass files through a folder: --board")
}
