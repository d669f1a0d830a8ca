//! Where a peer comes from, as far as bounds are concerned.

use std::net::IpAddr;

use libp2p::Multiaddr;
use libp2p::multiaddr::Protocol;

/// An IPv4 address, or an IPv6 network of 64 bits: whoever has one address of such a network has them all, and would
/// never meet a bound on single addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Origin(u64);

impl Origin {
    /// The origin of an address.
    pub fn of_ip(ip: IpAddr) -> Self {
        let v6 = match ip {
            // No IPv6 network whose number begins with 32 zero bits is routed.
            IpAddr::V4(ip) => return Self(u64::from(u32::from(ip))),
            IpAddr::V6(ip) => ip,
        };
        match v6.to_ipv4_mapped() {
            Some(ip) => Self::of_ip(ip.into()),
            None => Self((u128::from(v6) >> 64) as u64),
        }
    }

    /// The origin of a peer that connects from this address; none if the address names no IP.
    pub fn of(address: &Multiaddr) -> Option<Self> {
        address.iter().find_map(|part| match part {
            Protocol::Ip4(ip) => Some(Self::of_ip(ip.into())),
            Protocol::Ip6(ip) => Some(Self::of_ip(ip.into())),
            _ => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(address: &str) -> Option<Origin> {
        Origin::of(&address.parse().unwrap())
    }

    #[test]
    fn an_ipv6_network_is_one_party_and_an_ipv4_address_too() {
        assert_eq!(origin("/ip6/2001:db8::1/tcp/1"), origin("/ip6/2001:db8::ffff:2/udp/2/quic-v1"));
        assert_ne!(origin("/ip6/2001:db8::1/tcp/1"), origin("/ip6/2001:db8:0:1::1/tcp/1"));
        assert_eq!(origin("/ip4/192.0.2.1/tcp/1"), origin("/ip6/::ffff:192.0.2.1/tcp/2"));
        assert_ne!(origin("/ip4/192.0.2.1/tcp/1"), origin("/ip4/192.0.2.2/tcp/1"));
        assert_eq!(origin("/dns/example.org/tcp/1"), None);
    }
}
