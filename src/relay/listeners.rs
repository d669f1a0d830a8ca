//! The listeners of a relay, and the addresses that each of them has.

use libp2p::Multiaddr;
use libp2p::core::transport::ListenerId;

/// Listeners, by the ids that the host gave them.
#[derive(Debug, Default)]
pub struct Listeners(Vec<(ListenerId, Vec<Multiaddr>)>);

impl Listeners {
    /// A listener that has no address yet.
    pub fn add(&mut self, id: ListenerId) {
        self.0.push((id, Vec::new()));
    }

    /// A listener got an address.
    pub fn add_address(&mut self, id: ListenerId, address: Multiaddr) {
        if let Some((_, addresses)) = self.0.iter_mut().find(|(other, _)| *other == id) {
            addresses.push(address);
        }
    }

    /// A listener lost an address.
    pub fn remove_address(&mut self, id: ListenerId, address: &Multiaddr) {
        if let Some((_, addresses)) = self.0.iter_mut().find(|(other, _)| *other == id) {
            addresses.retain(|other| other != address);
        }
    }

    /// A listener ended.
    pub fn remove(&mut self, id: ListenerId) {
        self.0.retain(|(other, _)| *other != id);
    }

    /// How many listeners there are that listen somewhere.
    pub fn count_ready(&self) -> usize {
        self.0.iter().filter(|(_, addresses)| !addresses.is_empty()).count()
    }

    /// All addresses.
    pub fn addresses(&self) -> Vec<Multiaddr> {
        self.0.iter().flat_map(|(_, addresses)| addresses).cloned().collect()
    }
}
