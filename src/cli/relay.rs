//! `coram relay`: a server through which operators reach each other.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use clap::builder::{FalseyValueParser, RangedU64ValueParser};

use crate::failure::{Exit, Failure};
use crate::relay::{self, BoardBounds, Bounds, Settings};
use crate::report::LogOptions;

/// Serve operators who cannot reach each other, or are not online together: a relay, trusted with nothing
///
/// Prints its addresses, one a line, when it listens, and serves until it is stopped. Operators name it with
/// --p2p-relays, by one of these addresses or by the URL of --http-address.
#[derive(Debug, Args)]
pub struct Relay {
    /// Folder of the relay, with its identity key, which is made if it is not there. Not that of an operator
    #[arg(long, value_name = "FOLDER", default_value = ".coram-relay", env = "CORAM_DATA_DIR")]
    data_dir: PathBuf,
    /// Address to listen on, TCP
    #[arg(
        long,
        value_name = "IP:PORT",
        value_delimiter = ',',
        default_value = "0.0.0.0:3610",
        env = "CORAM_P2P_TCP_ADDRESS"
    )]
    p2p_tcp_address: Vec<SocketAddr>,
    /// Address to listen on, UDP (QUIC)
    #[cfg(feature = "quic")]
    #[arg(long, value_name = "IP:PORT", value_delimiter = ',', env = "CORAM_P2P_UDP_ADDRESS")]
    p2p_udp_address: Vec<SocketAddr>,
    /// IP address under which others reach this relay
    #[arg(long, value_name = "IP", env = "CORAM_P2P_EXTERNAL_IP")]
    p2p_external_ip: Option<IpAddr>,
    /// Name under which others reach this relay
    #[arg(long, value_name = "NAME", env = "CORAM_P2P_EXTERNAL_HOSTNAME")]
    p2p_external_hostname: Option<String>,
    /// Address for HTTP: the relay's addresses, its record, metrics and health
    #[arg(long, value_name = "IP:PORT", default_value = "127.0.0.1:3640", env = "CORAM_HTTP_ADDRESS")]
    http_address: SocketAddr,
    /// Keep boards for ceremonies too, so that operators need never be online together
    #[arg(long, env = "CORAM_BOARDS", value_parser = FalseyValueParser::new())]
    boards: bool,
    #[command(flatten)]
    bounds: BoundsOptions,
    #[command(flatten)]
    board_bounds: BoardBoundsOptions,
    #[command(flatten)]
    log: LogOptions,
}

/// How much strangers can make the relay do.
#[derive(Clone, Debug, Args)]
struct BoundsOptions {
    /// Most peers that can be reached through the relay at once
    #[arg(long, value_name = "NUMBER", default_value_t = 512, env = "CORAM_MAX_RESERVATIONS")]
    max_reservations: usize,
    /// Most circuits between two peers at once
    #[arg(long, value_name = "NUMBER", default_value_t = 4096, env = "CORAM_MAX_CIRCUITS")]
    max_circuits: usize,
    /// Most circuits of one peer at once
    #[arg(long, value_name = "NUMBER", default_value_t = 128, env = "CORAM_MAX_CIRCUITS_PER_PEER")]
    max_circuits_per_peer: usize,
    /// Most that one circuit carries, both ways together; the peers then make another
    #[arg(long, value_name = "MIB", default_value_t = 1024, env = "CORAM_MAX_CIRCUIT_MIB",
          value_parser = RangedU64ValueParser::<u64>::new().range(1..=1 << 20))]
    max_circuit_mib: u64,
    /// Longest that one circuit lasts; the peers then make another
    #[arg(long, value_name = "MINUTES", default_value_t = 120, env = "CORAM_MAX_CIRCUIT_MINUTES",
          value_parser = RangedU64ValueParser::<u64>::new().range(1..=60 * 24 * 30))]
    max_circuit_minutes: u64,
    /// Most connections at once
    #[arg(long, value_name = "NUMBER", default_value_t = 4096, env = "CORAM_MAX_CONNECTIONS")]
    max_connections: usize,
    /// Most connections at once from one IPv4 address, or from one IPv6 network of 64 bits
    #[arg(long, value_name = "NUMBER", default_value_t = 256, env = "CORAM_MAX_CONNECTIONS_PER_IP")]
    max_connections_per_ip: usize,
}

/// How much the relay keeps for operators.
#[derive(Clone, Debug, Args)]
struct BoardBoundsOptions {
    /// With --boards: most ceremonies at once
    #[arg(long, value_name = "NUMBER", default_value_t = 1000, env = "CORAM_MAX_CEREMONIES")]
    max_ceremonies: usize,
    /// With --boards: most ceremonies at once that one operator asked for
    #[arg(long, value_name = "NUMBER", default_value_t = 16, env = "CORAM_MAX_CEREMONIES_PER_OPERATOR")]
    max_ceremonies_per_operator: usize,
    /// With --boards: most requests in an hour to open one, from one IPv4 address or IPv6 network of 64 bits
    #[arg(long, value_name = "NUMBER", default_value_t = 60, env = "CORAM_MAX_OPENINGS_PER_HOUR")]
    max_openings_per_hour: u32,
    /// With --boards: room for the messages of one ceremony
    #[arg(long, value_name = "MIB", default_value_t = 64, env = "CORAM_MAX_BOARD_MIB",
          value_parser = RangedU64ValueParser::<u64>::new().range(1..=1 << 20))]
    max_board_mib: u64,
    /// With --boards: room for the messages of all ceremonies
    #[arg(long, value_name = "MIB", default_value_t = 1024, env = "CORAM_MAX_BOARDS_MIB",
          value_parser = RangedU64ValueParser::<u64>::new().range(1..=1 << 20))]
    max_boards_mib: u64,
    /// With --boards: how long a board is kept after its last new message; parts of a day as well, such as 0.5
    #[arg(long, value_name = "DAYS", default_value = "14", env = "CORAM_BOARD_DAYS", value_parser = days)]
    board_days: Duration,
}

/// A number of days.
fn days(text: &str) -> Result<Duration, String> {
    const DAY: f64 = 86_400.0;
    const MOST: f64 = 3650.0;
    match text.parse::<f64>() {
        Ok(days) if days > 0.0 && days <= MOST => {
            Duration::try_from_secs_f64(days * DAY).map_err(|error| error.to_string())
        }
        _ => Err(format!("not a number of days above 0 and up to {MOST}")),
    }
}

/// Runs `coram relay`.
pub fn run(arguments: &Relay) -> Result<(), Failure> {
    relay::run(&settings(arguments)?)
}

fn settings(arguments: &Relay) -> Result<Settings, Failure> {
    let Relay { data_dir, p2p_tcp_address, p2p_external_ip, p2p_external_hostname, http_address, .. } =
        arguments;
    if let Some(name) = p2p_external_hostname
        && !is_hostname(name)
    {
        let what = format!("--p2p-external-hostname {name} is not the name of a host");
        return Err(Failure::new(Exit::Usage, "relay.hostname", what)
            .help("give a name such as relay.example.org, without scheme and port"));
    }
    let bounds = &arguments.bounds;
    Ok(Settings {
        data_dir: data_dir.clone(),
        tcp: p2p_tcp_address.clone(),
        #[cfg(feature = "quic")]
        udp: arguments.p2p_udp_address.clone(),
        #[cfg(not(feature = "quic"))]
        udp: Vec::new(),
        external_ip: *p2p_external_ip,
        external_hostname: p2p_external_hostname.clone(),
        http: *http_address,
        bounds: Bounds {
            reservations: bounds.max_reservations,
            circuits: bounds.max_circuits,
            circuits_per_peer: bounds.max_circuits_per_peer,
            circuit_bytes: bounds.max_circuit_mib << 20,
            circuit_duration: Duration::from_secs(60 * bounds.max_circuit_minutes),
            connections: bounds.max_connections,
            connections_per_origin: bounds.max_connections_per_ip,
        },
        boards: arguments.boards.then(|| board_bounds(&arguments.board_bounds)),
        log: arguments.log.clone(),
    })
}

fn board_bounds(options: &BoardBoundsOptions) -> BoardBounds {
    BoardBounds {
        ceremonies: options.max_ceremonies,
        per_operator: options.max_ceremonies_per_operator,
        openings_per_hour: options.max_openings_per_hour,
        board_bytes: options.max_board_mib << 20,
        all_bytes: options.max_boards_mib << 20,
        age: options.board_days,
    }
}

/// Whether a text can stand in a multiaddr as the name of a host.
fn is_hostname(name: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    };
    name.len() <= 253 && name.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_have_parts_and_an_end() {
        assert_eq!(days("0.5"), Ok(Duration::from_secs(43_200)));
        for wrong in ["0", "-1", "NaN", "inf", "4000", "a week"] {
            assert!(days(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn names_of_hosts_are_told_from_urls() {
        for name in ["relay.example.org", "relay", "xn--bcher-kva.example", "10.0.0.1"] {
            assert!(is_hostname(name), "{name}");
        }
        for name in ["", "https://relay.example.org", "relay.example.org:3610", "a..b", "a b", "a/tcp/1"] {
            assert!(!is_hostname(name), "{name}");
        }
    }
}
