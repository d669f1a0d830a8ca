//! How operators reach each other, as options.

use std::net::{IpAddr, SocketAddr};

use clap::Args;
use libp2p::multiaddr::{Multiaddr, Protocol};

use crate::failure::{Exit, Failure};
use crate::network::Options;
use crate::network::relays::{RelayName, parse_address};

/// Where to listen, and whom to look for.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Network")]
pub struct NetworkOptions {
    /// Listen for TCP on this address; port 0 is any that is free
    #[arg(
        long,
        value_name = "IP:PORT",
        value_delimiter = ',',
        default_value = "0.0.0.0:0",
        env = "CORAM_P2P_TCP_ADDRESS"
    )]
    pub p2p_tcp_address: Vec<SocketAddr>,
    /// Listen for QUIC on this UDP address
    #[arg(long, value_name = "IP:PORT", value_delimiter = ',', env = "CORAM_P2P_UDP_ADDRESS")]
    pub p2p_udp_address: Vec<SocketAddr>,
    /// The IP address under which others reach our ports
    #[arg(long, value_name = "IP", env = "CORAM_P2P_EXTERNAL_IP")]
    pub p2p_external_ip: Option<IpAddr>,
    /// The host name under which others reach our ports
    #[arg(long, value_name = "NAME", env = "CORAM_P2P_EXTERNAL_HOSTNAME")]
    pub p2p_external_hostname: Option<String>,
    /// Relays: URLs that answer with a node record or multiaddrs, or multiaddrs with a peer ID
    #[arg(long, value_name = "URL|MULTIADDR", value_delimiter = ',', env = "CORAM_P2P_RELAYS")]
    pub p2p_relays: Vec<RelayName>,
    /// The address of an operator, such as /ip4/192.0.2.7/tcp/3610, with or without its peer ID
    #[arg(long, value_name = "MULTIADDR", value_delimiter = ',', value_parser = parse_address, env = "CORAM_PEER")]
    pub peer: Vec<Multiaddr>,
    /// Look for the operators on the local network
    #[arg(long, env = "CORAM_MDNS", value_parser = clap::builder::FalseyValueParser::new())]
    pub mdns: bool,
}

impl NetworkOptions {
    /// As the network takes them.
    pub fn resolve(&self) -> Result<Options, Failure> {
        if !self.p2p_udp_address.is_empty() && cfg!(not(feature = "quic")) {
            let what = "--p2p-udp-address is for QUIC, which this program was built without";
            return Err(Failure::new(Exit::Usage, "network.quic", what)
                .help("build it with the feature quic, or use TCP"));
        }
        Ok(Options {
            listen: self.listen(),
            external: self.external(),
            peers: self.peer.clone(),
            relays: self.p2p_relays.clone(),
            mdns: self.mdns,
        })
    }

    fn listen(&self) -> Vec<Multiaddr> {
        let tcp = self.p2p_tcp_address.iter().map(|address| tcp(base(address.ip()), address.port()));
        let quic = self.p2p_udp_address.iter().map(|address| quic(base(address.ip()), address.port()));
        tcp.chain(quic).collect()
    }

    /// The ports that were named, under the names by which others know us.
    fn external(&self) -> Vec<Multiaddr> {
        let host =
            self.p2p_external_hostname.iter().map(|name| Multiaddr::empty().with(Protocol::Dns(name.into())));
        let bases: Vec<Multiaddr> = self.p2p_external_ip.map(base).into_iter().chain(host).collect();
        let ports = |addresses: &[SocketAddr]| -> Vec<u16> {
            addresses.iter().map(SocketAddr::port).filter(|port| *port != 0).collect()
        };
        let (tcp_ports, udp_ports) = (ports(&self.p2p_tcp_address), ports(&self.p2p_udp_address));
        let mut external = Vec::new();
        for base in bases {
            external.extend(tcp_ports.iter().map(|port| tcp(base.clone(), *port)));
            external.extend(udp_ports.iter().map(|port| quic(base.clone(), *port)));
        }
        external
    }
}

fn base(ip: IpAddr) -> Multiaddr {
    ip.into()
}

fn tcp(base: Multiaddr, port: u16) -> Multiaddr {
    base.with(Protocol::Tcp(port))
}

fn quic(base: Multiaddr, port: u16) -> Multiaddr {
    base.with(Protocol::Udp(port)).with(Protocol::QuicV1)
}
