//! The relay server: circuits between operators who cannot reach each other, and boards for those who are not there together.
//!
//! | file            | what is in it                                                            |
//! |-----------------|--------------------------------------------------------------------------|
//! | `home.rs`       | its folder, held by one process, and its identity key                    |
//! | `addresses.rs`  | where it listens, and what it tells others                               |
//! | `listeners.rs`  | the listeners and their addresses                                        |
//! | `limits.rs`     | how many connections, from whom                                          |
//! | `server.rs`     | the libp2p host                                                          |
//! | `service.rs`    | the loop                                                                 |
//! | `boards.rs`     | boards of ceremonies                                                     |
//! | `http.rs`       | addresses, record, metrics and health over HTTP; `http/socket.rs` bounds |
//! | `metrics.rs`    | what is counted                                                          |
//!
//! A relay is trusted with nothing: what goes through it is encrypted between the operators, and every message carries
//! its author's signature. It can only delay. It serves strangers, so whatever they can make it keep or do is bounded.

mod addresses;
mod boards;
mod home;
mod http;
mod limits;
mod listeners;
mod metrics;
mod server;
mod service;

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use prometheus_client::registry::Registry;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use self::home::Home;
use self::metrics::Metrics;
use self::service::Service;
use crate::failure::{Exit, Failure};
use crate::report::{LogOptions, log};

/// How long open connections may take to end when the relay is stopped.
const FAREWELL: Duration = Duration::from_secs(2);
/// Open files beside the connections of peers: listeners, HTTP, the disk.
const OTHER_FILES: u64 = 256;

/// What a relay is told to do.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Its folder.
    pub data_dir: PathBuf,
    /// Where to listen, TCP.
    pub tcp: Vec<SocketAddr>,
    /// Where to listen, QUIC.
    pub udp: Vec<SocketAddr>,
    /// The address under which others reach it.
    pub external_ip: Option<IpAddr>,
    /// The name under which others reach it.
    pub external_hostname: Option<String>,
    /// Where to listen, HTTP.
    pub http: SocketAddr,
    /// How much strangers can make it do.
    pub bounds: Bounds,
    /// How much it keeps for operators, if it keeps boards.
    pub boards: Option<BoardBounds>,
    /// What is logged, and how.
    pub log: LogOptions,
}

/// How much strangers can make a relay do.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Peers that can be reached through it.
    pub reservations: usize,
    /// Circuits at once.
    pub circuits: usize,
    /// Circuits of one peer at once.
    pub circuits_per_peer: usize,
    /// What a circuit carries, in bytes, both ways together.
    pub circuit_bytes: u64,
    /// How long a circuit lasts.
    pub circuit_duration: Duration,
    /// Connections at once.
    pub connections: usize,
    /// Connections at once from one IPv4 address or IPv6 network of 64 bits.
    pub connections_per_origin: usize,
}

/// How much a relay keeps for operators.
#[derive(Clone, Copy, Debug)]
pub struct BoardBounds {
    /// Boards at once.
    pub ceremonies: usize,
    /// Boards at once that one operator asked for.
    pub per_operator: usize,
    /// Requests for new boards from one origin in an hour.
    pub openings_per_hour: u32,
    /// One board, in bytes.
    pub board_bytes: u64,
    /// All boards, in bytes.
    pub all_bytes: u64,
    /// How long a board is kept after its last new message.
    pub age: Duration,
}

/// Serves until the process is asked to stop.
pub fn run(settings: &Settings) -> Result<(), Failure> {
    log::start(&settings.log);
    raise_file_limit(settings.bounds.connections as u64);
    let home = Home::open(&settings.data_dir)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|error| {
        Failure::new(Exit::Internal, "relay.runtime", format!("cannot start threads: {error}"))
    })?;
    let served = runtime.block_on(async {
        let mut registry = Registry::default();
        let metrics = Metrics::new(&mut registry);
        let swarm = server::build(&home, settings, &metrics, &mut registry)?;
        let service = Service::start(swarm, settings, &home, metrics, registry).await?;
        service.run(settings.boards).await
    });
    runtime.shutdown_timeout(FAREWELL);
    served
}

/// Lets the process have as many open files as it promises connections: the customary 1024 would run out first, and a
/// relay that cannot accept connections cannot even refuse them.
fn raise_file_limit(connections: u64) {
    let wanted = connections + OTHER_FILES;
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let enough = |limit: Option<u64>| limit.is_none_or(|limit| limit >= wanted);
    if enough(current) {
        return;
    }
    let raised = maximum.map_or(wanted, |maximum| maximum.min(wanted));
    let set = setrlimit(Resource::Nofile, Rlimit { current: Some(raised), maximum });
    if set.is_err() || !enough(Some(raised)) {
        let limit = if set.is_err() { current } else { Some(raised) };
        tracing::warn!(
            open_files = limit,
            wanted,
            "fewer files can be open than --max-connections needs: raise the limit (ulimit -n)"
        );
    }
}
