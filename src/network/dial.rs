//! Whom to dial, where, and when.
//!
//! Every peer is dialled at all addresses that are known for it until it is connected; the pause between two tries doubles. A peer that is
//! connected through a relay only is still dialled directly from time to time.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use libp2p::multiaddr::{Multiaddr, Protocol};
use libp2p::{
    PeerId,
    swarm::dial_opts::{DialOpts, PeerCondition},
};

/// Pause after the first try that failed.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
/// Longest pause between two tries.
const LAST_PAUSE: Duration = Duration::from_secs(20);
/// How often a peer that is connected through a relay is dialled directly.
const DIRECT: Duration = Duration::from_secs(60);
/// Most addresses that are remembered for one peer: peers announce their own.
const MAX_ADDRESSES: usize = 16;

/// Whether an address goes through a relay.
pub fn is_relayed(address: &Multiaddr) -> bool {
    address.iter().any(|part| part == Protocol::P2pCircuit)
}

/// Whether an address that a peer announces is of a form in which operators and relays are reached: a host, a port, perhaps a
/// relay. With any other it could have us look up names in chains, or keep a counter for each of endlessly many forms.
fn is_plain(address: &Multiaddr) -> bool {
    use Protocol::{Dns, Dns4, Dns6, Ip4, Ip6, P2p, P2pCircuit, QuicV1, Tcp, Udp};
    let parts: Vec<Protocol<'_>> = address.iter().take(8).collect();
    let (host, rest) = match parts.as_slice() {
        [host, Tcp(_), rest @ ..] | [host, Udp(_), QuicV1, rest @ ..] => (host, rest),
        _ => return false,
    };
    matches!(host, Ip4(_) | Ip6(_) | Dns(_) | Dns4(_) | Dns6(_))
        && matches!(rest, [] | [P2p(_)] | [P2p(_), P2pCircuit] | [P2p(_), P2pCircuit, P2p(_)])
}

/// What is known of one target.
#[derive(Debug)]
struct Target {
    /// Addresses that the operator named come first and are never forgotten.
    named: Vec<Multiaddr>,
    learned: Vec<Multiaddr>,
    pause: Duration,
    due: Instant,
    tried: bool,
}

impl Target {
    fn new(now: Instant) -> Self {
        Self { named: Vec::new(), learned: Vec::new(), pause: FIRST_PAUSE, due: now, tried: false }
    }

    fn addresses(&self) -> impl Iterator<Item = &Multiaddr> {
        self.named.iter().chain(&self.learned)
    }
}

/// How a target is connected now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// Not at all.
    None,
    /// Through a relay only.
    Relayed,
    /// Directly.
    Direct,
}

/// All targets.
#[derive(Debug, Default)]
pub struct Dialer {
    peers: BTreeMap<PeerId, Target>,
    /// Addresses without a peer ID: whoever answers must be an operator.
    nameless: BTreeMap<Multiaddr, Target>,
}

impl Dialer {
    /// An address that the operator named.
    pub fn name(&mut self, peer: Option<PeerId>, address: Multiaddr, now: Instant) {
        match peer {
            Some(peer) => {
                let target = self.peers.entry(peer).or_insert_with(|| Target::new(now));
                if !target.named.contains(&address) {
                    target.named.push(address);
                    target.due = now;
                }
            }
            None => {
                let target = self.nameless.entry(address.clone()).or_insert_with(|| Target::new(now));
                target.named = vec![address];
            }
        }
    }

    /// An address that was heard of: at most [`MAX_ADDRESSES`] are kept, the latest.
    pub fn learn(&mut self, peer: PeerId, address: Multiaddr, now: Instant) {
        if !is_plain(&address) {
            return;
        }
        let target = self.peers.entry(peer).or_insert_with(|| Target::new(now));
        if target.addresses().any(|known| *known == address) {
            return;
        }
        if target.learned.len() == MAX_ADDRESSES {
            target.learned.remove(0);
        }
        target.learned.push(address);
    }

    /// A peer was connected.
    pub fn connected(&mut self, peer: &PeerId) {
        self.failed(Some(peer));
    }

    /// A connected peer answered: when it is lost, it is dialled again soon. One that only lets itself be connected is
    /// not, or we would do nothing but connect to whoever closes our connections; nor is one that closes after each answer
    /// dialled without a pause.
    pub fn answered(&mut self, peer: &PeerId, now: Instant) {
        if let Some(target) = self.peers.get_mut(peer) {
            target.pause = FIRST_PAUSE;
            target.due = now + FIRST_PAUSE;
        }
    }

    /// Whether every target was tried once.
    pub fn tried_all(&self) -> bool {
        self.peers.values().all(|target| target.tried || target.addresses().next().is_none())
            && self.nameless.values().all(|target| target.tried)
    }

    /// A try failed.
    pub fn failed(&mut self, peer: Option<&PeerId>) {
        match peer.and_then(|peer| self.peers.get_mut(peer)) {
            Some(target) => target.tried = true,
            // Nobody answered there, or a stranger did. At which of the addresses is not said; they are few.
            None => self.nameless.values_mut().for_each(|target| target.tried = true),
        }
    }

    /// What to dial now.
    pub fn due(&mut self, now: Instant, link: impl Fn(&PeerId) -> Link) -> Vec<DialOpts> {
        let mut dials = Vec::new();
        for (peer, target) in &mut self.peers {
            let link = link(peer);
            if now < target.due || link == Link::Direct {
                continue;
            }
            let wanted = |address: &&Multiaddr| link == Link::None || !is_relayed(address);
            let addresses: Vec<Multiaddr> = target.addresses().filter(wanted).cloned().collect();
            target.due = now + if link == Link::Relayed { DIRECT } else { target.pause };
            target.pause = (2 * target.pause).min(LAST_PAUSE);
            if addresses.is_empty() {
                continue;
            }
            let condition = match link {
                Link::Relayed => PeerCondition::NotDialing,
                _ => PeerCondition::DisconnectedAndNotDialing,
            };
            dials.push(DialOpts::peer_id(*peer).addresses(addresses).condition(condition).build());
        }
        for (address, target) in &mut self.nameless {
            if now >= target.due {
                target.due = now + target.pause;
                target.pause = (2 * target.pause).min(LAST_PAUSE);
                dials.push(DialOpts::unknown_peer_id().address(address.clone()).build());
            }
        }
        dials
    }

    /// An address without a peer ID turned out to be this peer's.
    pub fn identified(&mut self, address: &Multiaddr, peer: PeerId, now: Instant) {
        let mut bare = address.clone();
        if matches!(bare.iter().last(), Some(Protocol::P2p(_))) {
            bare.pop();
        }
        if self.nameless.remove(&bare).is_some() {
            self.name(Some(peer), bare, now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(port: u16) -> Multiaddr {
        format!("/ip4/127.0.0.1/tcp/{port}").parse().unwrap()
    }

    fn circuit(peer: PeerId) -> Multiaddr {
        format!("/ip4/127.0.0.1/tcp/9/p2p/{}/p2p-circuit/p2p/{peer}", PeerId::random()).parse().unwrap()
    }

    #[test]
    fn pauses_grow_until_a_peer_answers() {
        let (peer, start) = (PeerId::random(), Instant::now());
        let mut dialer = Dialer::default();
        dialer.name(Some(peer), address(1), start);
        let dials = |dialer: &mut Dialer, at: u64| {
            dialer.due(start + Duration::from_millis(at), |_| Link::None).len()
        };
        assert_eq!([0, 100, 500, 1000, 1500].map(|at| dials(&mut dialer, at)), [1, 0, 1, 0, 1]);
        dialer.connected(&peer);
        assert_eq!(dials(&mut dialer, 1600), 0);
        dialer.answered(&peer, start);
        assert_eq!([1600, 2100].map(|at| dials(&mut dialer, at)), [1, 1]);
    }

    #[test]
    fn whoever_is_connected_through_a_relay_is_still_dialled_directly() {
        let (peer, start) = (PeerId::random(), Instant::now());
        let mut dialer = Dialer::default();
        dialer.name(Some(peer), circuit(peer), start);
        assert!(dialer.due(start, |_| Link::Relayed).is_empty());
        dialer.learn(peer, address(2), start);
        assert_eq!(dialer.due(start + DIRECT, |_| Link::Relayed).len(), 1);
        assert!(dialer.due(start + 3 * DIRECT, |_| Link::Direct).is_empty());
    }

    #[test]
    fn a_peer_cannot_fill_the_memory_with_addresses() {
        let (peer, start) = (PeerId::random(), Instant::now());
        let mut dialer = Dialer::default();
        dialer.name(Some(peer), address(1), start);
        (2..1000).for_each(|port| dialer.learn(peer, address(port), start));
        let target = &dialer.peers[&peer];
        assert_eq!((target.named.len(), target.learned.len()), (1, MAX_ADDRESSES));
    }

    #[test]
    fn an_address_without_a_name_gets_one() {
        let (peer, start) = (PeerId::random(), Instant::now());
        let mut dialer = Dialer::default();
        dialer.name(None, address(1), start);
        assert!(!dialer.tried_all());
        dialer.identified(&address(1).with(Protocol::P2p(peer)), peer, start);
        dialer.connected(&peer);
        assert!(dialer.tried_all() && dialer.nameless.is_empty());
    }

    #[test]
    fn a_stranger_at_an_address_without_a_name_does_not_leave_it_untried() {
        let start = Instant::now();
        let mut dialer = Dialer::default();
        dialer.name(None, address(1), start);
        dialer.failed(Some(&PeerId::random()));
        assert!(dialer.tried_all());
    }

    #[test]
    fn an_address_through_a_relay_without_a_name_gets_one() {
        let (peer, start) = (PeerId::random(), Instant::now());
        let mut dialer = Dialer::default();
        let bare = address(1).with(Protocol::P2p(PeerId::random())).with(Protocol::P2pCircuit);
        dialer.name(None, bare.clone(), start);
        dialer.identified(&bare.with(Protocol::P2p(peer)), peer, start);
        assert!(dialer.nameless.is_empty() && dialer.peers.contains_key(&peer));
    }

    #[test]
    fn a_peer_that_closes_after_each_answer_is_not_dialled_without_a_pause() {
        let (peer, start) = (PeerId::random(), Instant::now());
        let mut dialer = Dialer::default();
        dialer.name(Some(peer), address(1), start);
        let dials = (0..100).filter(|step| {
            let now = start + Duration::from_millis(50 * step);
            let is_dialled = !dialer.due(now, |_| Link::None).is_empty();
            dialer.connected(&peer);
            if is_dialled {
                dialer.answered(&peer, now);
            }
            is_dialled
        });
        assert_eq!(dials.count(), 10);
    }

    #[test]
    fn only_addresses_of_known_forms_are_learned() {
        let (peer, start) = (PeerId::random(), Instant::now());
        let mut dialer = Dialer::default();
        let known = ["/dns/host.example/tcp/1", "/ip6/::1/udp/1/quic-v1", "/ip4/10.0.0.1/tcp/1"];
        let unknown =
            ["/dnsaddr/host.example", "/ip4/10.0.0.1/tcp/1/ws", "/ip4/10.0.0.1/udp/1", "/tcp/1", ""];
        for text in known.iter().chain(&unknown) {
            dialer.learn(peer, text.parse().unwrap(), start);
        }
        dialer.learn(peer, circuit(peer), start);
        dialer.learn(peer, circuit(peer).with(Protocol::P2pCircuit).with(Protocol::P2p(peer)), start);
        assert_eq!(dialer.peers[&peer].learned.len(), known.len() + 1);
    }
}
