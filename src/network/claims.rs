//! Which offered messages were asked for, and from whom: so that one that several peers have is sent once.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use coram_ceremony::frame::MAX_IDS;
use coram_ceremony::id::MessageId;
use libp2p::PeerId;

/// How long a peer has to send what was asked of it.
const PATIENCE: Duration = Duration::from_secs(3);
/// How long a peer that did not send a message is not asked for it again, if others offer it.
const DISTRUST: Duration = Duration::from_secs(30);
/// How often claims that are over are looked for.
const SWEEP: Duration = Duration::from_secs(1);

/// What was asked for.
#[derive(Debug, Default)]
pub struct Claims {
    claims: BTreeMap<MessageId, Claim>,
    /// How many messages each peer was asked for.
    counts: BTreeMap<PeerId, usize>,
    swept: Option<Instant>,
}

/// Who was asked for one message.
#[derive(Debug)]
struct Claim {
    since: Instant,
    holders: BTreeSet<PeerId>,
}

impl Claim {
    /// Whether another peer should be asked: with every [`PATIENCE`] that passes twice as many as before. If it were one after
    /// the other, peers that offer everything and send nothing could take turns for ever.
    fn has_room(&self, now: Instant) -> bool {
        let waits = now.saturating_duration_since(self.since).as_secs() / PATIENCE.as_secs();
        self.holders.len() < 1_usize << waits.min(16)
    }
}

impl Claims {
    /// Of the messages that we lack and `peer` offers, those that it should send now.
    ///
    /// Each peer has an allowance of its own: one that offers what does not exist keeps no other from being asked.
    pub fn grant(&mut self, peer: PeerId, lacking: &[MessageId], now: Instant) -> Vec<MessageId> {
        self.sweep(now);
        let mut granted = Vec::new();
        let count = self.counts.entry(peer).or_default();
        for id in lacking {
            if *count >= MAX_IDS {
                break;
            }
            let claim =
                self.claims.entry(*id).or_insert_with(|| Claim { since: now, holders: BTreeSet::new() });
            if claim.has_room(now) && claim.holders.insert(peer) {
                *count += 1;
                granted.push(*id);
            }
        }
        granted
    }

    /// Forgets what was asked for long ago.
    fn sweep(&mut self, now: Instant) {
        if self.swept.is_some_and(|swept| now.saturating_duration_since(swept) < SWEEP) {
            return;
        }
        self.swept = Some(now);
        let counts = &mut self.counts;
        self.claims.retain(|_, claim| {
            let is_current = now.saturating_duration_since(claim.since) < DISTRUST;
            if !is_current {
                claim.holders.iter().for_each(|holder| uncount(counts, holder));
            }
            is_current
        });
    }

    /// A peer is gone: others may send what it was asked for.
    pub fn release(&mut self, peer: &PeerId) {
        self.counts.remove(peer);
        self.claims.retain(|_, claim| {
            claim.holders.remove(peer);
            !claim.holders.is_empty()
        });
    }

    /// A message arrived.
    pub fn settle(&mut self, id: &MessageId) {
        let claim = self.claims.remove(id);
        for holder in claim.iter().flat_map(|claim| &claim.holders) {
            uncount(&mut self.counts, holder);
        }
    }
}

fn uncount(counts: &mut BTreeMap<PeerId, usize>, peer: &PeerId) {
    if let Some(count) = counts.get_mut(peer) {
        *count = count.saturating_sub(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(from: u64, count: usize) -> Vec<MessageId> {
        let name = |number: u64| {
            let mut id = [0; 32];
            id[..8].copy_from_slice(&number.to_le_bytes());
            MessageId::new(id)
        };
        (from..).take(count).map(name).collect()
    }

    #[test]
    fn a_message_is_asked_of_one_peer_and_of_another_if_that_one_is_silent() {
        let (first, second, start) = (PeerId::random(), PeerId::random(), Instant::now());
        let id = ids(1, 1);
        let mut claims = Claims::default();
        assert_eq!(claims.grant(first, &id, start), id);
        assert_eq!(claims.grant(second, &id, start), []);
        assert_eq!(claims.grant(first, &id, start + PATIENCE), []);
        assert_eq!(claims.grant(second, &id, start + PATIENCE), id);
        claims.release(&second);
        claims.release(&first);
        assert_eq!(claims.grant(first, &id, start + PATIENCE), id);
        assert_eq!(claims.grant(first, &id, start + PATIENCE + DISTRUST), id);
    }

    #[test]
    fn peers_that_send_nothing_do_not_take_turns_for_ever() {
        let (start, id, honest) = (Instant::now(), ids(1, 1), PeerId::random());
        let hostile: Vec<PeerId> = (0..66).map(|_| PeerId::random()).collect();
        let mut claims = Claims::default();
        let asked = (0..).step_by(100).map(|millis| start + Duration::from_millis(millis)).find(|now| {
            // They are always the first.
            hostile.iter().for_each(|peer| drop(claims.grant(*peer, &id, *now)));
            claims.grant(honest, &id, *now) == id
        });
        assert!(asked.unwrap() - start < DISTRUST);
    }

    #[test]
    fn claims_are_bounded_for_each_peer() {
        let (hostile, honest, start) = (PeerId::random(), PeerId::random(), Instant::now());
        let mut claims = Claims::default();
        assert_eq!(claims.grant(hostile, &ids(0, 2 * MAX_IDS), start).len(), MAX_IDS);
        assert!(claims.grant(hostile, &ids(1 << 20, MAX_IDS), start).is_empty());
        let real = ids(1 << 40, MAX_IDS);
        assert_eq!(claims.grant(honest, &real, start), real);
        real.iter().for_each(|id| claims.settle(id));
        assert_eq!(claims.grant(honest, &ids(1 << 50, MAX_IDS), start).len(), MAX_IDS);
        assert_eq!(claims.claims.len(), 2 * MAX_IDS);
        claims.grant(honest, &[], start + DISTRUST);
        assert!(claims.claims.is_empty() && claims.counts.values().all(|count| *count == 0));
    }
}
