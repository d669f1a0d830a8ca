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
        let target = self.peers.entry(peer).or_insert_with(|| Target::new(now));
        if target.addresses().any(|known| *known == address) {
            return;
        }
        if target.learned.len() == MAX_ADDRESSES {
            target.learned.remove(0);
        }
        target.learned.push(address);
    }

    /// A peer was connected: when it is lost, it is dialled again at once.
    pub fn connected(&mut self, peer: &PeerId, now: Instant) {
        if let Some(target) = self.peers.get_mut(peer) {
            target.pause = FIRST_PAUSE;
            target.due = now;
            target.tried = true;
        }
    }

    /// Whether every target was tried once.
    pub fn tried_all(&self) -> bool {
        self.peers.values().all(|target| target.tried || target.addresses().next().is_none())
            && self.nameless.values().all(|target| target.tried)
    }

    /// A try failed.
    pub fn failed(&mut self, peer: Option<&PeerId>) {
        match peer {
            Some(peer) => {
                if let Some(target) = self.peers.get_mut(peer) {
                    target.tried = true;
                }
            }
            // Which of them it was is not said; they are few.
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
        let bare: Multiaddr = address.iter().filter(|part| !matches!(part, Protocol::P2p(_))).collect();
        if self.nameless.remove(&bare).is_some() {
            self.name(Some(peer), bare, now);
        }
    }
}
