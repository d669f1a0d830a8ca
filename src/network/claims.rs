//! Which offered messages were asked for, and from whom: so that one that several peers have is sent once.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use coram_ceremony::id::MessageId;
use libp2p::PeerId;

use super::frame::MAX_IDS;

/// How long a peer has to send what was asked of it.
const PATIENCE: Duration = Duration::from_secs(3);
/// How long a peer that did not send a message is not asked for it again, if others offer it.
const DISTRUST: Duration = Duration::from_secs(30);

/// What was asked for.
#[derive(Debug, Default)]
pub struct Claims(BTreeMap<MessageId, (PeerId, Instant)>);

impl Claims {
    /// Of the messages that we lack and `peer` offers, those that it should send now.
    ///
    /// A peer that offers everything and sends nothing delays a message by [`PATIENCE`], once.
    pub fn grant(&mut self, peer: PeerId, lacking: &[MessageId], now: Instant) -> Vec<MessageId> {
        self.0.retain(|_, (_, at)| now.saturating_duration_since(*at) < DISTRUST);
        let mut granted = Vec::new();
        for id in lacking {
            let is_free = match self.0.get(id) {
                None => self.0.len() < MAX_IDS,
                Some((holder, at)) => *holder != peer && now.saturating_duration_since(*at) >= PATIENCE,
            };
            if is_free {
                self.0.insert(*id, (peer, now));
                granted.push(*id);
            }
        }
        granted
    }

    /// A peer is gone: others may send what it was asked for.
    pub fn release(&mut self, peer: &PeerId) {
        self.0.retain(|_, (holder, _)| holder != peer);
    }

    /// A message arrived.
    pub fn settle(&mut self, id: &MessageId) {
        self.0.remove(id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_asked_of_one_peer_and_of_another_if_that_one_is_silent() {
        let (first, second, start) = (PeerId::random(), PeerId::random(), Instant::now());
        let id = [MessageId::new([1; 32])];
        let mut claims = Claims::default();
        assert_eq!(claims.grant(first, &id, start), id);
        assert_eq!(claims.grant(second, &id, start), []);
        assert_eq!(claims.grant(first, &id, start + PATIENCE), []);
        assert_eq!(claims.grant(second, &id, start + PATIENCE), id);
        claims.release(&second);
        assert_eq!(claims.grant(first, &id, start + PATIENCE), id);
        assert_eq!(claims.grant(first, &id, start + PATIENCE + DISTRUST), id);
    }

    #[test]
    fn claims_are_bounded() {
        let mut claims = Claims::default();
        let ids: Vec<MessageId> = (0..2 * MAX_IDS as u64)
            .map(|number| {
                let mut id = [0; 32];
                id[..8].copy_from_slice(&number.to_le_bytes());
                MessageId::new(id)
            })
            .collect();
        assert_eq!(claims.grant(PeerId::random(), &ids, Instant::now()).len(), MAX_IDS);
    }
}
