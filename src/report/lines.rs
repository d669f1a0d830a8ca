//! Events as sentences, and how much they matter.

use std::time::Duration;

use coram_ceremony::Ceremony;
use tracing::Level;

use super::names::party;
use crate::driver::{name, names};
use crate::event::Event;

/// Work that took less is not worth a line.
const BRIEF: Duration = Duration::from_secs(1);

/// What people are told of an event.
pub fn sentence(ceremony: &Ceremony, event: &Event) -> String {
    match event {
        Event::Listening { address } => format!("listening on {address}"),
        Event::Connected { peer, address, relayed } => {
            let how = if *relayed { "connected through a relay" } else { "connected" };
            format!("{}: {how}, {address}", party(ceremony, peer))
        }
        Event::Disconnected { peer, reason } => format!("{}: disconnected, {reason}", party(ceremony, peer)),
        Event::Seen { peer } => format!("{}: seen", party(ceremony, peer)),
        Event::Received { operator, kind, .. } => format!("{}: {kind}", name(ceremony, *operator)),
        Event::Published { kind } => format!("published our {kind}"),
        Event::Waiting { kind, missing } => format!("waiting for the {kind} of {}", names(ceremony, missing)),
        Event::Objection { what, help, .. } => format!("{what}; {help}"),
        Event::Dropped { peer, reason } => format!("dropped {}: {reason}", party(ceremony, peer)),
        Event::Refused { peer, reason } => format!("{} refuses: {reason}", party(ceremony, peer)),
        Event::Divergence { operator, kind, refers_to } => format!(
            "the {kind} of {} refers to other {refers_to} than are on this board: compare the boards",
            name(ceremony, *operator)
        ),
        Event::Traffic { sent, received } => format!("{sent} bytes sent, {received} received"),
        Event::Progress { work, done, total, took } => work.sentence(*done, *total, *took),
        Event::Notice { text } | Event::Warning { text } => text.clone(),
        Event::Complete { lock, lock_hash } => format!("the lock is complete: {lock}, lock hash {lock_hash}"),
        Event::StillNeeded { operators } => {
            format!("{} still need the last messages", names(ceremony, operators))
        }
        Event::Failed { code, what } => format!("{code}: {what}"),
    }
}

/// How much an event matters. What a live table shows is no line of its own beside it.
pub fn level(event: &Event, beside_table: bool) -> Level {
    match event {
        Event::Objection { .. }
        | Event::Dropped { .. }
        | Event::Refused { .. }
        | Event::Divergence { .. }
        | Event::Warning { .. }
        | Event::StillNeeded { .. } => Level::WARN,
        Event::Progress { took, .. } if took.is_none_or(|took| took < BRIEF) => Level::DEBUG,
        Event::Progress { .. } | Event::Notice { .. } | Event::Complete { .. } => Level::INFO,
        Event::Listening { .. }
        | Event::Connected { .. }
        | Event::Disconnected { .. }
        | Event::Received { .. }
        | Event::Published { .. }
        | Event::Waiting { .. } => {
            if beside_table {
                Level::DEBUG
            } else {
                Level::INFO
            }
        }
        // The command says it in full when it ends.
        Event::Failed { .. } | Event::Traffic { .. } => Level::DEBUG,
        Event::Seen { .. } => Level::TRACE,
    }
}
