//! What `--p2p-relays` and `--peer` name, as addresses.

use std::io::Read as _;
use std::str::FromStr;
use std::time::Duration;

use coram_cluster::enr::Enr;
use libp2p::PeerId;
use libp2p::multiaddr::{Multiaddr, Protocol};

use crate::failure::{Exit, Failure};

/// Longest answer of a relay's URL, in bytes.
const MAX_ANSWER: u64 = 64 * 1024;
/// How long a relay's URL may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// Most addresses that are taken from one answer.
const MAX_ADDRESSES: usize = 16;

/// A relay as it was named: by URL, whose answer may change, or by its address.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RelayName {
    /// A URL that answers with a node record or a JSON list of multiaddrs.
    Url(String),
    /// A multiaddr that ends with the relay's peer ID.
    Address(Multiaddr),
}

impl FromStr for RelayName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.starts_with("http://") || text.starts_with("https://") {
            return Ok(Self::Url(text.to_owned()));
        }
        let address = parse_address(text)?;
        match peer_of(&address) {
            Some(_) => Ok(Self::Address(address)),
            None => Err("the address of a relay must end with /p2p/ and its peer ID".to_owned()),
        }
    }
}

/// Reads a multiaddr, as `--peer` takes it.
///
/// # Errors
///
/// What is wrong with it, in words.
pub fn parse_address(text: &str) -> Result<Multiaddr, String> {
    text.parse().map_err(|error| {
        format!(
            "{error}; an address looks like /ip4/192.0.2.7/tcp/3610 or /dns/host.example/tcp/3610/p2p/16Uiu2…"
        )
    })
}

/// The peer at the end of an address, if it names one.
pub fn peer_of(address: &Multiaddr) -> Option<PeerId> {
    match address.iter().last() {
        Some(Protocol::P2p(peer)) => Some(peer),
        _ => None,
    }
}

/// Where a relay is. Asks its URL if it was named by one.
///
/// # Errors
///
/// [`Exit::TimedOut`] if the URL does not answer, or with something else.
pub fn resolve(relay: &RelayName, definition_hash: &[u8; 32]) -> Result<Vec<Multiaddr>, Failure> {
    match relay {
        RelayName::Address(address) => Ok(vec![address.clone()]),
        RelayName::Url(url) => fetch(url, definition_hash)
            .and_then(|reply| reply.addresses())
            .map_err(|error| no_relay(url, &error)),
    }
}

/// What a relay's URL answered.
#[derive(Clone, Debug)]
pub struct Reply {
    text: String,
    /// The time there, as HTTP has it.
    pub date: Option<String>,
}

impl Reply {
    /// The addresses in it.
    ///
    /// # Errors
    ///
    /// Why there are none, in words.
    pub fn addresses(&self) -> Result<Vec<Multiaddr>, String> {
        read_answer(&self.text)
    }
}

/// A relay's URL that leads to no relay.
pub fn no_relay(url: &str, error: &str) -> Failure {
    Failure::new(Exit::TimedOut, "network.relay", format!("the relay {url} cannot be used: {error}"))
        .help("check the URL in --p2p-relays, and whether the relay is up")
}

/// Asks a relay's URL, with the header by which Charon's relays tell clusters apart.
///
/// # Errors
///
/// Why there is no answer that could be read, in words.
pub fn fetch(url: &str, definition_hash: &[u8; 32]) -> Result<Reply, String> {
    let agent: ureq::Agent =
        ureq::Agent::config_builder().timeout_global(Some(PATIENCE)).max_redirects(3).build().into();
    let answer = agent.get(url).header("Charon-Cluster", hex::encode(definition_hash)).call();
    let answer = answer.map_err(|error| error.to_string())?;
    let date = answer.headers().get("Date").and_then(|date| date.to_str().ok()).map(str::to_owned);
    let body = answer.into_body();
    let mut text = String::new();
    let read = body.into_reader().take(MAX_ANSWER + 1).read_to_string(&mut text);
    match read {
        Ok(len) if len as u64 <= MAX_ANSWER => Ok(Reply { text, date }),
        Ok(_) => Err(format!("its answer has more than {MAX_ANSWER} bytes")),
        Err(error) => Err(error.to_string()),
    }
}

/// A node record, or a JSON list of multiaddrs that end with one peer ID.
fn read_answer(text: &str) -> Result<Vec<Multiaddr>, String> {
    let text = text.trim();
    if text.starts_with("enr:") {
        let enr = Enr::parse(text).map_err(|error| error.to_string())?;
        let addresses = addresses_of(&enr);
        return if addresses.is_empty() {
            Err("its record has no address".to_owned())
        } else {
            Ok(addresses)
        };
    }
    let list: Vec<String> = serde_json::from_str(text)
        .map_err(|_| "it answers neither with a record nor with a list of addresses")?;
    let addresses: Vec<Multiaddr> =
        list.iter().take(MAX_ADDRESSES).filter_map(|text| text.parse().ok()).collect();
    // One URL is one relay: whoever answers there should not be able to have us let in a crowd.
    let relay = addresses.iter().find_map(peer_of);
    let usable: Vec<Multiaddr> =
        addresses.into_iter().filter(|address| relay.is_some() && peer_of(address) == relay).collect();
    if usable.is_empty() { Err("none of its addresses can be used".to_owned()) } else { Ok(usable) }
}

/// The addresses in a node record, with its peer ID.
pub fn addresses_of(enr: &Enr) -> Vec<Multiaddr> {
    let (Some(ip), Some(peer)) = (enr.ip(), peer_id(&enr.public_key())) else { return Vec::new() };
    let base = Multiaddr::empty().with(Protocol::Ip4(ip));
    let tcp = enr.tcp().map(|port| base.clone().with(Protocol::Tcp(port)));
    let quic = enr.udp().map(|port| base.clone().with(Protocol::Udp(port)).with(Protocol::QuicV1));
    tcp.into_iter().chain(quic).map(|address| address.with(Protocol::P2p(peer))).collect()
}

/// The peer ID of an identity key; none if it is no point.
pub fn peer_id(key: &[u8; 33]) -> Option<PeerId> {
    let key = libp2p::identity::secp256k1::PublicKey::try_from_bytes(key).ok()?;
    Some(libp2p::identity::PublicKey::from(key).to_peer_id())
}

#[cfg(test)]
mod tests {
    use coram_cluster::identity::IdentityKey;

    use super::*;

    fn a_peer() -> PeerId {
        peer_id(&IdentityKey::from_bytes(&[7; 32]).unwrap().public_key()).unwrap()
    }

    #[test]
    fn peer_ids_are_those_of_the_definition() {
        let key = IdentityKey::from_bytes(&[7; 32]).unwrap();
        assert_eq!(a_peer().to_string(), key.peer_id());
    }

    #[test]
    fn a_relay_is_a_url_or_an_address_with_a_peer() {
        assert_eq!("https://r.example/".parse(), Ok(RelayName::Url("https://r.example/".to_owned())));
        let address = format!("/ip4/127.0.0.1/tcp/1/p2p/{}", a_peer());
        assert_eq!(address.parse::<RelayName>(), Ok(RelayName::Address(address.parse().unwrap())));
        assert!("/ip4/127.0.0.1/tcp/1".parse::<RelayName>().is_err());
        assert!("relay.example".parse::<RelayName>().is_err());
    }

    #[test]
    fn a_relay_answers_with_a_record_or_with_addresses() {
        let address = format!("/ip4/127.0.0.1/tcp/1/p2p/{}", a_peer());
        let list = format!(r#"["{address}", "/ip4/127.0.0.1/tcp/2", "junk"]"#);
        assert_eq!(read_answer(&list).unwrap(), [address.parse().unwrap()]);
        let other = format!("/ip4/127.0.0.1/tcp/3/p2p/{}", PeerId::random());
        let crowd = format!(r#"["/ip4/127.0.0.1/tcp/2", "{address}", "{other}"]"#);
        assert_eq!(read_answer(&crowd).unwrap(), [address.parse().unwrap()]);
        let record = Enr::new(&IdentityKey::from_bytes(&[7; 32]).unwrap());
        assert!(read_answer(record.text()).unwrap_err().contains("no address"));
        for junk in ["", "[]", "<html>", "enr:junk", r#"["junk"]"#, "{}"] {
            assert!(read_answer(junk).is_err(), "{junk}");
        }
    }
}
