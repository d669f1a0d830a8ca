//! How this operator and the others can find each other.

use std::collections::BTreeMap;
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::thread;

use coram_ceremony::frame::Request;
use coram_ceremony::{Board, Ceremony};
use coram_cluster::enr::Enr;
use jiff::Timestamp;
use libp2p::PeerId;
use libp2p::multiaddr::{Multiaddr, Protocol};

use super::probe::probe;
use super::report::Finding;
use super::swarm::Profile;
use super::tries::{Plan, Results, Way};
use super::{Facts, Found, Subject, found};
use crate::driver::name;
use crate::failure::{Exit, Failure};
use crate::network::relays::{RelayName, addresses_of, fetch, no_relay, peer_id, peer_of};
use crate::network::{Options, keypair};
use crate::store::attempt::State;

/// What was found out about the network, all at once.
pub struct Gathered {
    /// The relays, as they were named, and where they are.
    pub relays: Vec<Relay>,
    /// The other operators.
    pub operators: BTreeMap<PeerId, u16>,
    /// What was dialled.
    pub ways: Vec<Way>,
    /// What became of it.
    pub results: Result<Results, Failure>,
}

/// A relay that was named.
pub struct Relay {
    /// As it was named.
    pub name: RelayName,
    /// Where it is.
    pub addresses: Result<Vec<Multiaddr>, Failure>,
    /// When its URL was asked, what time it said to have, and when that arrived.
    pub clock: Option<(Timestamp, String, Timestamp)>,
}

impl Relay {
    /// Its name for people.
    pub fn text(&self) -> String {
        match &self.name {
            RelayName::Url(url) => url.clone(),
            RelayName::Address(address) => address.to_string(),
        }
    }
}

/// Why the network is left alone, if it is.
pub fn left_alone(subject: &Subject<'_>, facts: &Facts) -> Option<Finding> {
    if subject.board.is_some() {
        return Some(Finding::skipped("the operators use a shared folder, by --board"));
    }
    let held = facts.attempt == Some(State::Held);
    held.then(|| Finding::skipped("a process that works on the attempt has our ports and our identity"))
}

/// `network.listen`.
pub fn listen(subject: &Subject<'_>, facts: &Facts) -> Found {
    if let Some(skipped) = left_alone(subject, facts) {
        return found(Ok(skipped));
    }
    let bound = subject.network.listen.iter().map(|address| match bind(address) {
        Ok(()) => Finding::pass(format!("{address}: free")),
        Err(error) => {
            Failure::new(Exit::Refused, "network.listen", format!("cannot listen on {address}: {error}"))
                .help("another program may use the port, or the address is not this machine's: choose another with --p2p-tcp-address or --p2p-udp-address")
                .into()
        }
    });
    Some(bound.collect())
}

/// Takes an address for a moment.
fn bind(address: &Multiaddr) -> std::io::Result<()> {
    let mut parts = address.iter();
    let ip = match parts.next() {
        Some(Protocol::Ip4(ip)) => ip.into(),
        Some(Protocol::Ip6(ip)) => ip.into(),
        _ => return Ok(()),
    };
    match parts.next() {
        Some(Protocol::Tcp(port)) => TcpListener::bind(SocketAddr::new(ip, port)).map(drop),
        Some(Protocol::Udp(port)) => UdpSocket::bind(SocketAddr::new(ip, port)).map(drop),
        _ => Ok(()),
    }
}

/// Whether others can know where we listen: a relay passes them on, or the port was chosen and not this machine's alone.
fn can_be_found(options: &Options) -> bool {
    let is_known = |address: &Multiaddr| {
        let is_local = address.iter().any(|part| match part {
            Protocol::Ip4(ip) => ip.is_loopback(),
            Protocol::Ip6(ip) => ip.is_loopback(),
            _ => false,
        });
        !is_local && address.iter().any(|part| matches!(part, Protocol::Tcp(1..) | Protocol::Udp(1..)))
    };
    options.mdns
        || !options.relays.is_empty()
        || !options.external.is_empty()
        || options.listen.iter().any(is_known)
}

/// `network.ways`.
pub fn ways(subject: &Subject<'_>, facts: &Facts) -> Found {
    let (ceremony, _) = facts.ceremony.as_ref()?;
    if let Some(skipped) = left_alone(subject, facts) {
        return found(Ok(skipped));
    }
    let gathered = facts.network.as_ref()?;
    let options = subject.network;
    let nameless = options.peers.iter().filter(|address| peer_of(address).is_none()).count();
    let everybody = options.mdns || !options.relays.is_empty();
    let mut without: Vec<u16> = gathered
        .operators
        .iter()
        .filter(|(peer, _)| !everybody && !gathered.ways.iter().any(|way| way.peer == Some(**peer)))
        .map(|(_, index)| *index)
        .collect();
    without.sort_unstable();
    if without.len() <= nameless {
        return found(Ok(Finding::pass(
            "each of the others has an address, or can be found through a relay",
        )));
    }
    let names: Vec<String> = without.iter().map(|index| name(ceremony, *index)).collect();
    let what = format!("no way is known to {}", names.join(", "));
    const HELP: &str = "agree on a relay (--p2p-relays), or give addresses (--peer)";
    found(Ok(if can_be_found(options) {
        Finding::pass(format!("{what}; they have to come to us, where we listen"))
    } else if without.len() < gathered.operators.len() {
        let what =
            format!("{what}, and they do not know where we listen: somebody else must pass messages on");
        Finding::warn(what, HELP)
    } else {
        let what = format!("{what}, and nobody can know where we listen");
        Failure::new(Exit::TimedOut, "network.no-way", what).help(HELP).into()
    }))
}

/// Looks up the relays, and tries everything and everybody; none where there is nobody to be, or no ceremony to ask for.
pub fn gather(subject: &Subject<'_>, facts: &Facts) -> Option<Gathered> {
    if left_alone(subject, facts).is_some() {
        return None;
    }
    let (ceremony, _) = facts.ceremony.as_ref()?;
    let identity = facts.identity.as_ref()?;
    let me = peer_id(&identity.public_key());
    let operators: BTreeMap<PeerId, u16> = (1..)
        .zip(ceremony.identities())
        .filter_map(|(index, key)| Some((peer_id(key)?, index)))
        .filter(|(peer, _)| Some(*peer) != me)
        .collect();
    let relays = look_up(&subject.network.relays, &ceremony.terms().definition);
    let places = places(&relays);
    let ways = all_ways(subject.network, ceremony, &operators, &places);
    let results = keypair(identity).and_then(|key| {
        probe(Plan {
            key,
            profile: Profile { message: ceremony.limits().message(), mdns: subject.network.mdns },
            operators: operators.keys().copied().collect(),
            relays: places.iter().filter_map(|(peer, all)| Some((*peer, all.first()?.clone()))).collect(),
            ways: ways.clone(),
            question: question(ceremony, facts.board.as_ref()),
        })
    });
    Some(Gathered { relays, operators, ways, results })
}

/// What we have, so that nobody thinks that we lack it.
fn question(ceremony: &Ceremony, board: Option<&Board>) -> Request {
    let have = board.into_iter().flat_map(Board::messages).map(coram_ceremony::Message::id).collect();
    Request::Sync { ceremony: ceremony.id(), have }
}

/// Asks all URLs at the same time.
fn look_up(names: &[RelayName], definition_hash: &[u8; 32]) -> Vec<Relay> {
    thread::scope(|scope| {
        let asked: Vec<_> =
            names.iter().map(|name| (name, scope.spawn(|| look_up_one(name, definition_hash)))).collect();
        let lost = |name: &RelayName| Relay {
            name: name.clone(),
            addresses: Err(Failure::new(Exit::Internal, "network.thread", "the look-up has ended")),
            clock: None,
        };
        asked.into_iter().map(|(name, thread)| thread.join().unwrap_or_else(|_| lost(name))).collect()
    })
}

fn look_up_one(name: &RelayName, definition_hash: &[u8; 32]) -> Relay {
    let url = match name {
        RelayName::Address(address) => {
            return Relay { name: name.clone(), addresses: Ok(vec![address.clone()]), clock: None };
        }
        RelayName::Url(url) => url,
    };
    let before = Timestamp::now();
    let reply = fetch(url, definition_hash);
    let after = Timestamp::now();
    let date = reply.as_ref().ok().and_then(|reply| reply.date.clone());
    let addresses = reply.and_then(|reply| reply.addresses()).map_err(|error| no_relay(url, &error));
    Relay { name: name.clone(), addresses, clock: date.map(|date| (before, date, after)) }
}

/// The addresses of each relay.
fn places(relays: &[Relay]) -> BTreeMap<PeerId, Vec<Multiaddr>> {
    let mut places: BTreeMap<PeerId, Vec<Multiaddr>> = BTreeMap::new();
    for address in relays.iter().filter_map(|relay| relay.addresses.as_ref().ok()).flatten() {
        if let Some(peer) = peer_of(address) {
            places.entry(peer).or_default().push(address.clone());
        }
    }
    places
}

/// Relays, operators by their addresses, operators through each relay.
fn all_ways(
    options: &Options,
    ceremony: &Ceremony,
    operators: &BTreeMap<PeerId, u16>,
    relays: &BTreeMap<PeerId, Vec<Multiaddr>>,
) -> Vec<Way> {
    let mut direct: BTreeMap<Option<PeerId>, Vec<Multiaddr>> = BTreeMap::new();
    for operator in ceremony.definition().operators() {
        let Ok(enr) = Enr::parse(operator.enr()) else { continue };
        let peer = peer_id(&enr.public_key()).filter(|peer| operators.contains_key(peer));
        if peer.is_some() {
            direct.entry(peer).or_default().extend(addresses_of(&enr));
        }
    }
    for address in &options.peers {
        direct.entry(peer_of(address)).or_default().push(address.clone());
    }
    let nameless = direct.remove(&None).unwrap_or_default();
    let to_relays =
        relays.iter().map(|(relay, all)| Way { peer: Some(*relay), addresses: all.clone(), through: None });
    let named = direct.into_iter().map(|(peer, addresses)| Way { peer, addresses, through: None });
    let nameless =
        nameless.into_iter().map(|address| Way { peer: None, addresses: vec![address], through: None });
    let circuit = |relay: &PeerId, all: &[Multiaddr], peer: &PeerId| -> Option<Way> {
        let address = all.first()?.clone().with(Protocol::P2pCircuit).with(Protocol::P2p(*peer));
        Some(Way { peer: Some(*peer), addresses: vec![address], through: Some(*relay) })
    };
    let relayed = relays
        .iter()
        .flat_map(|(relay, all)| operators.keys().filter_map(move |peer| circuit(relay, all, peer)));
    let ways = to_relays.chain(named).chain(nameless).chain(relayed);
    ways.filter(|way| !way.addresses.is_empty()).collect()
}
