//! Where a relay listens, and what it tells others about that.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use coram_cluster::enr::Enr;
use coram_cluster::identity::IdentityKey;
use libp2p::multiaddr::Protocol;
use libp2p::{Multiaddr, PeerId};

/// The multiaddr of a TCP socket.
pub fn tcp(socket: SocketAddr) -> Multiaddr {
    Multiaddr::from(socket.ip()).with(Protocol::Tcp(socket.port()))
}

/// The multiaddr of a QUIC socket.
pub fn quic(socket: SocketAddr) -> Multiaddr {
    Multiaddr::from(socket.ip()).with(Protocol::Udp(socket.port())).with(Protocol::QuicV1)
}

/// The names under which others reach the relay, if its operator gave any.
#[derive(Clone, Debug, Default)]
pub struct External {
    /// An IP address.
    pub ip: Option<IpAddr>,
    /// A host name.
    pub hostname: Option<String>,
}

impl External {
    /// What others are told, given where the relay listens: under the external names if there are any, with the ports that
    /// are listened on; otherwise wherever it listens, loopback only if that is all. Sorted, without the peer ID.
    pub fn announce(&self, listening: &[Multiaddr]) -> Vec<Multiaddr> {
        let mut announced: Vec<Multiaddr> = match self.hosts().as_slice() {
            [] => {
                let public: Vec<_> =
                    listening.iter().filter(|address| !is_loopback(address)).cloned().collect();
                if public.is_empty() { listening.to_vec() } else { public }
            }
            hosts => hosts
                .iter()
                .flat_map(|host| listening.iter().filter_map(|address| with_host(address, host)))
                .collect(),
        };
        announced.sort();
        announced.dedup();
        announced
    }

    fn hosts(&self) -> Vec<Protocol<'static>> {
        let ip = self.ip.map(Protocol::from);
        let name = self.hostname.clone().map(|name| Protocol::Dns(name.into()));
        ip.into_iter().chain(name).collect()
    }
}

/// An address with another host. None where the families differ: an IPv6 port is no port of the IPv4 address.
fn with_host(address: &Multiaddr, host: &Protocol<'static>) -> Option<Multiaddr> {
    let mut parts = address.iter();
    let same_family = matches!(
        (parts.next()?, host),
        (Protocol::Ip4(_), Protocol::Ip4(_)) | (Protocol::Ip6(_), Protocol::Ip6(_)) | (_, Protocol::Dns(_))
    );
    same_family.then(|| std::iter::once(host.clone()).chain(parts.map(Protocol::acquire)).collect())
}

fn is_loopback(address: &Multiaddr) -> bool {
    match address.iter().next() {
        Some(Protocol::Ip4(ip)) => ip.is_loopback(),
        Some(Protocol::Ip6(ip)) => ip.is_loopback(),
        _ => false,
    }
}

/// Addresses with the peer ID at the end, as texts: whoever dials one knows whom to expect there.
pub fn with_peer(addresses: &[Multiaddr], peer: PeerId) -> Vec<String> {
    addresses.iter().map(|address| address.clone().with(Protocol::P2p(peer)).to_string()).collect()
}

/// The node record of a relay, if it announces an IPv4 address with a TCP port: a record without them leads nobody here.
pub fn record(key: &IdentityKey, announced: &[Multiaddr]) -> Option<Enr> {
    let sockets: Vec<(Ipv4Addr, Protocol<'_>)> = announced
        .iter()
        .filter_map(|address| {
            let mut parts = address.iter();
            match (parts.next()?, parts.next()?) {
                (Protocol::Ip4(ip), port) => Some((ip, port)),
                _ => None,
            }
        })
        .collect();
    let (ip, tcp) = sockets.iter().find_map(|(ip, port)| match port {
        Protocol::Tcp(tcp) => Some((*ip, *tcp)),
        _ => None,
    })?;
    let udp = sockets.iter().find_map(|(other, port)| match port {
        Protocol::Udp(udp) if *other == ip => Some(*udp),
        _ => None,
    });
    Some(Enr::at(key, ip, tcp, udp))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(texts: &[&str]) -> Vec<Multiaddr> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    const LISTENING: [&str; 4] = [
        "/ip4/127.0.0.1/tcp/3610",
        "/ip4/10.0.0.7/tcp/3610",
        "/ip4/10.0.0.7/udp/3611/quic-v1",
        "/ip6/fd00::7/tcp/3612",
    ];

    #[test]
    fn sockets_become_multiaddrs() {
        assert_eq!(tcp(([127, 0, 0, 1], 7).into()).to_string(), "/ip4/127.0.0.1/tcp/7");
        let v6: SocketAddr = "[::1]:7".parse().unwrap();
        assert_eq!(quic(v6).to_string(), "/ip6/::1/udp/7/quic-v1");
    }

    #[test]
    fn loopback_is_announced_only_if_there_is_nothing_else() {
        let nobody = External::default();
        assert_eq!(nobody.announce(&parse(&LISTENING)), parse(&LISTENING[1..]));
        assert_eq!(nobody.announce(&parse(&LISTENING[..1])), parse(&LISTENING[..1]));
        assert_eq!(nobody.announce(&[]), []);
    }

    #[test]
    fn external_names_replace_what_is_listened_on() {
        let ip = External { ip: Some([192, 0, 2, 1].into()), hostname: None };
        let expected = ["/ip4/192.0.2.1/tcp/3610", "/ip4/192.0.2.1/udp/3611/quic-v1"];
        assert_eq!(ip.announce(&parse(&LISTENING)), parse(&expected));
        let name = External { ip: None, hostname: Some("relay.example.org".to_owned()) };
        let announced = name.announce(&parse(&LISTENING));
        assert!(announced.contains(&"/dns/relay.example.org/udp/3611/quic-v1".parse().unwrap()));
        assert!(announced.iter().all(|address| address.to_string().starts_with("/dns/relay.example.org/")));
    }

    #[test]
    fn a_record_has_an_ipv4_address_and_a_tcp_port() {
        let key = IdentityKey::from_bytes(&[1; 32]).unwrap();
        let enr = record(&key, &parse(&LISTENING[1..])).unwrap();
        assert_eq!((enr.ip(), enr.tcp(), enr.udp()), (Some([10, 0, 0, 7].into()), Some(3610), Some(3611)));
        assert_eq!(record(&key, &parse(&LISTENING[2..])), None);
    }
}
