//! Events as JSON, one object a line, for programs.

use coram_ceremony::Ceremony;
pub use coram_views::ascii;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::names::{known_as, party_id};
use super::time;
use crate::event::{Event, Party};

/// What every line has, and then the fields of its event.
#[derive(Serialize)]
struct Line {
    time: String,
    ceremony: String,
    event: &'static str,
    #[serde(flatten)]
    fields: Value,
}

/// One event as a line, without its end.
pub fn line(ceremony: &Ceremony, event: &Event, now: Timestamp) -> String {
    of(&Line {
        time: time::rfc3339(now),
        ceremony: ceremony.id().to_string(),
        event: event.name(),
        fields: fields(ceremony, event),
    })
}

/// A value as one line.
pub fn of(value: &impl Serialize) -> String {
    ascii(&serde_json::to_string(value).unwrap_or_default())
}

fn fields(ceremony: &Ceremony, event: &Event) -> Value {
    let operator = |index: u16| json!({ "index": index, "name": known_as(ceremony, index) });
    let operators = |indices: &[u16]| indices.iter().map(|index| operator(*index)).collect::<Value>();
    let peer = |party: &Party| peer(ceremony, party);
    match event {
        Event::Listening { address } => json!({ "address": address }),
        Event::Connected { peer: who, address, relayed } => {
            json!({ "peer": peer(who), "address": address, "relayed": relayed })
        }
        Event::Disconnected { peer: who, reason }
        | Event::Dropped { peer: who, reason }
        | Event::Refused { peer: who, reason } => {
            json!({ "peer": peer(who), "reason": reason })
        }
        Event::Seen { peer: who } => json!({ "peer": peer(who) }),
        Event::Received { operator: author, kind, from } => {
            json!({ "operator": operator(*author), "kind": kind.name(), "from": from.as_ref().map(peer) })
        }
        Event::Published { kind } => json!({ "kind": kind.name() }),
        Event::Waiting { kind, missing } => json!({ "kind": kind.name(), "missing": operators(missing) }),
        Event::Objection { operator: who, what, help } => {
            json!({ "operator": operator(*who), "what": what, "help": help })
        }
        Event::Divergence { operator: who, kind, refers_to } => {
            json!({ "operator": operator(*who), "kind": kind.name(), "refers_to": refers_to })
        }
        Event::Traffic { sent, received } => json!({ "sent": sent, "received": received }),
        Event::Progress { work, done, total, took } => {
            let took_ms = took.map(|took| took.as_millis() as u64);
            json!({ "work": work.name(), "done": done, "total": total, "took_ms": took_ms })
        }
        Event::Notice { text } | Event::Warning { text } => json!({ "text": text }),
        Event::Complete { lock, lock_hash } => json!({ "lock": lock, "lock_hash": lock_hash }),
        Event::StillNeeded { operators: who } => json!({ "operators": operators(who) }),
        Event::Failed { code, what } => json!({ "code": code, "what": what }),
    }
}

fn peer(ceremony: &Ceremony, party: &Party) -> Value {
    let id = party_id(ceremony, party);
    match party {
        Party::Operator(index) => json!({ "kind": "operator", "index": index, "id": id }),
        Party::Relay(_) => json!({ "kind": "relay", "id": id }),
        Party::Stranger(_) => json!({ "kind": "stranger", "id": id }),
    }
}
