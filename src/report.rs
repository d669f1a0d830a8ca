//! Shows the events of a ceremony to people.

use std::sync::Arc;

use coram_ceremony::Ceremony;

use crate::driver::{name, names};
use crate::event::{Event, Party};
use crate::printer::notice;

/// Tells an operator what happens. Can be used from any thread.
pub struct Reporter {
    ceremony: Arc<Ceremony>,
}

impl Reporter {
    /// Lines on standard error.
    pub fn new(ceremony: Arc<Ceremony>) -> Self {
        Self { ceremony }
    }

    /// Tells of an event.
    pub fn tell(&self, event: Event) {
        if let Some(line) = line(&self.ceremony, &event) {
            notice(&line);
        }
    }
}

/// A peer for people.
fn party(ceremony: &Ceremony, party: &Party) -> String {
    match party {
        Party::Operator(index) => name(ceremony, *index),
        Party::Relay(peer) => format!("relay {peer}"),
        Party::Stranger(peer) => format!("stranger {peer}"),
    }
}

fn line(ceremony: &Ceremony, event: &Event) -> Option<String> {
    Some(match event {
        Event::Listening { address } => format!("listening on {address}"),
        Event::Connected { peer, address, .. } => format!("{}: connected, {address}", party(ceremony, peer)),
        Event::Disconnected { peer, reason } => format!("{}: disconnected, {reason}", party(ceremony, peer)),
        Event::Seen { .. } => return None,
        Event::Received { operator, kind, .. } => format!("{}: {kind}", name(ceremony, *operator)),
        Event::Published { kind } => format!("published our {kind}"),
        Event::Waiting { kind, missing } => format!("waiting for the {kind} of {}", names(ceremony, missing)),
        Event::Disagreement { operator, field, theirs, ours } => {
            format!("{} joined under other terms: {field} is {theirs} there, {ours} here", name(ceremony, *operator))
        }
        Event::Dropped { peer, reason } => format!("dropped {}: {reason}", party(ceremony, peer)),
        Event::Notice { text } => text.clone(),
        Event::Complete { lock, lock_hash } => format!("the lock is complete: {lock}, hash {lock_hash}"),
        Event::StillNeeded { operators } => {
            format!("{} still need the last messages", names(ceremony, operators))
        }
    })
}
