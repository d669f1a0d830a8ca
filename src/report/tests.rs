//! What operators and programs are shown, without a ceremony that takes place.

mod shown;
mod told;

use std::sync::Arc;
use std::time::Duration;

use coram_ceremony::progress::Task;
use coram_ceremony::{Ceremony, Kind};
use coram_cluster::definition::DefinitionRequest;
use coram_cluster::{enr::Enr, ethereum::EthereumKey, identity::IdentityKey, network::Network};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::view::View;
use super::{json, lines, names};
use crate::event::{Event, Party};
use crate::work::Work;

fn ceremony() -> Arc<Ceremony> {
    let keys: Vec<(IdentityKey, EthereumKey)> = (1..=4)
        .map(|byte| {
            (IdentityKey::from_bytes(&[byte; 32]).unwrap(), EthereumKey::from_bytes(&[byte; 32]).unwrap())
        })
        .collect();
    let uuid = "8d0e0a3c-7d63-4b3c-9a43-5f0b5e1d2c3b".to_owned();
    let mut request = DefinitionRequest::new(
        Network::by_name("hoodi").unwrap(),
        uuid,
        "2026-07-01T10:00:00+00:00".to_owned(),
    );
    request.num_validators = 1;
    request.operator_enrs = keys.iter().map(|(identity, _)| Enr::new(identity).text().to_owned()).collect();
    request.operator_addresses = keys.iter().map(|(_, account)| account.address().to_string()).collect();
    request.creator_address = request.operator_addresses.first().cloned();
    request.fee_recipient_addresses = request.operator_addresses.iter().take(1).cloned().collect();
    request.withdrawal_addresses = request.fee_recipient_addresses.clone();
    let definition = request.create().unwrap();
    let parameters = Ceremony::default_parameters(&definition).unwrap();
    Arc::new(Ceremony::new(definition, parameters, 0).unwrap())
}

fn relay() -> Party {
    Party::Relay("16Uiu2HAmRelay".to_owned())
}

fn stranger() -> Party {
    Party::Stranger("evil\u{1b}[2J\u{9b}\n\"name\"".to_owned())
}

/// One of each, with what programs and people are told of it.
fn every_event() -> Vec<(Event, &'static str, Value, &'static str)> {
    let ceremony = ceremony();
    let account = |index| names::known_as(&ceremony, index);
    let operator = |index: u16| json!({ "index": index, "name": account(index) });
    let text = |text: &str| text.to_owned();
    let peer_2 = json!({ "kind": "operator", "index": 2, "id": names::peer_id(&ceremony, 2) });
    let relay_id = json!({ "kind": "relay", "id": "16Uiu2HAmRelay" });
    let stranger_id = json!({ "kind": "stranger", "id": "evil\u{1b}[2J\u{9b}\n\"name\"" });
    let address = "/ip4/10.0.0.2/tcp/3610";
    vec![
        (
            Event::Listening { address: text(address) },
            "listening",
            json!({ "address": address }),
            "listening on /ip4/10.0.0.2/tcp/3610",
        ),
        (
            Event::Connected { peer: Party::Operator(2), address: text(address), relayed: false },
            "connected",
            json!({ "peer": peer_2, "address": address, "relayed": false }),
            "operator 2 (0x",
        ),
        (
            Event::Disconnected { peer: relay(), reason: text("it left") },
            "disconnected",
            json!({ "peer": relay_id, "reason": "it left" }),
            "relay 16Uiu2HAmRelay: disconnected, it left",
        ),
        (Event::Seen { peer: Party::Operator(2) }, "seen", json!({ "peer": peer_2 }), ": seen"),
        (
            Event::Received { operator: 3, kind: Kind::Deal, from: Some(relay()) },
            "received",
            json!({ "operator": operator(3), "kind": "deal", "from": relay_id }),
            "): deal",
        ),
        (
            Event::Received { operator: 3, kind: Kind::Join, from: None },
            "received",
            json!({ "operator": operator(3), "kind": "join", "from": null }),
            "operator 3 (0x",
        ),
        (Event::Published { kind: Kind::Join }, "published", json!({ "kind": "join" }), "published our join"),
        (
            Event::Waiting { kind: Kind::Commit, missing: vec![2, 4] },
            "waiting",
            json!({ "kind": "commit", "missing": [operator(2), operator(4)] }),
            "waiting for the commit of operator 2 (0x",
        ),
        (
            Event::Objection { operator: 4, what: text("operator 4 is elsewhere"), help: text("ask it") },
            "objection",
            json!({ "operator": operator(4), "what": "operator 4 is elsewhere", "help": "ask it" }),
            "operator 4 is elsewhere; ask it",
        ),
        (
            Event::Dropped { peer: stranger(), reason: text("garbage") },
            "dropped",
            json!({ "peer": stranger_id, "reason": "garbage" }),
            "dropped stranger evil",
        ),
        (
            Event::Refused { peer: relay(), reason: text("full") },
            "refused",
            json!({ "peer": relay_id, "reason": "full" }),
            "relay 16Uiu2HAmRelay refuses: full",
        ),
        (
            Event::Divergence { operator: 2, kind: Kind::Commit, refers_to: "Joins" },
            "divergence",
            json!({ "operator": operator(2), "kind": "commit", "refers_to": "Joins" }),
            "refers to other Joins than are on this board",
        ),
        (
            Event::Traffic { sent: 5, received: 1 << 60 },
            "traffic",
            json!({ "sent": 5, "received": 1_u64 << 60 }),
            "5 bytes sent, 1152921504606846976 received",
        ),
        (
            Event::Progress { work: Work::Keystores, done: 0, total: 1000, took: None },
            "progress",
            json!({ "work": "write_keystores", "done": 0, "total": 1000, "took_ms": null }),
            "writing keystores: 0 of 1000",
        ),
        (
            Event::Progress {
                work: Work::Ceremony(Task::Partials),
                done: 9,
                total: 9,
                took: Some(Duration::from_millis(2100)),
            },
            "progress",
            json!({ "work": "verify_partials", "done": 9, "total": 9, "took_ms": 2100 }),
            "verifying partial signatures: all 9, done in 2.1 s",
        ),
        (Event::Notice { text: text("Zürich") }, "notice", json!({ "text": "Zürich" }), "Zürich"),
        (Event::Warning { text: text("odd") }, "warning", json!({ "text": "odd" }), "odd"),
        (
            Event::Complete { lock: text("/d/cluster-lock.json"), lock_hash: text("0xab") },
            "complete",
            json!({ "lock": "/d/cluster-lock.json", "lock_hash": "0xab" }),
            "the lock is complete: /d/cluster-lock.json, lock hash 0xab",
        ),
        (
            Event::StillNeeded { operators: vec![4] },
            "still_needed",
            json!({ "operators": [operator(4)] }),
            "still need the last messages",
        ),
        (
            Event::Failed { code: "interrupted", what: text("stopped") },
            "failed",
            json!({ "code": "interrupted", "what": "stopped" }),
            "interrupted: stopped",
        ),
    ]
}

#[test]
fn every_event_is_one_line_of_json_and_one_sentence() {
    let ceremony = ceremony();
    let now = Timestamp::new(1_800_000_000, 7_000_000).unwrap();
    for (event, name, fields, sentence) in every_event() {
        let line = json::line(&ceremony, &event, now);
        assert!(line.bytes().all(|byte| matches!(byte, b' '..=b'~')), "{line}");
        let mut value: Value = serde_json::from_str(&line).unwrap();
        let object = value.as_object_mut().unwrap();
        assert_eq!(object.remove("time").unwrap(), "2027-01-15T08:00:00.007Z");
        assert_eq!(object.remove("ceremony").unwrap(), ceremony.id().to_string());
        assert_eq!(object.remove("event").unwrap(), name);
        assert_eq!(value, fields, "{name}");
        let told = lines::sentence(&ceremony, &event);
        assert!(told.contains(sentence), "{told}");
    }
}

#[test]
fn work_that_goes_on_is_told_at_its_beginning_and_its_end_and_not_all_the_time() {
    let mut view = View::new(&ceremony(), 1, Timestamp::now());
    let mut tell = |done| {
        let event = Event::Progress { work: Work::Keystores, done, total: 4, took: None };
        let told = view.current(event, Timestamp::now());
        (told, view.work.as_ref().map(|work| work.done))
    };
    assert!(matches!(tell(0), (Some(Event::Progress { done: 0, took: None, .. }), Some(0))));
    assert!(matches!(tell(2), (None, Some(2))));
    assert!(matches!(tell(1), (None, Some(2))), "threads may be late");
    assert!(matches!(tell(4), (Some(Event::Progress { done: 4, took: Some(_), .. }), None)));
    assert!(matches!(tell(3), (None, None)), "what is late is no new beginning");
}

#[test]
fn a_peer_that_is_seen_all_the_time_is_told_of_now_and_then() {
    let at = |seconds: i64| Timestamp::new(1_800_000_000 + seconds, 0).unwrap();
    let mut view = View::new(&ceremony(), 1, at(0));
    let seen = |peer| Event::Seen { peer };
    let told: Vec<i64> =
        (0..12).filter(|second| view.apply(&seen(Party::Operator(2)), at(*second))).collect();
    assert_eq!(told, [0, 5, 10]);
    assert_eq!(view.operators[&2].link.seen, Some(at(11)));
    assert!(!view.apply(&seen(stranger()), at(12)), "whoever comes by is nobody's business");
}

#[test]
fn the_page_has_every_event_with_its_members() {
    let page = include_str!("../../docs/events.md");
    for (_, name, fields, _) in every_event() {
        let row = page.lines().find(|line| line.starts_with(&format!("| `{name}` |"))).expect(name);
        for member in fields.as_object().unwrap().keys() {
            assert!(row.contains(&format!("`{member}`")), "{name} without {member}");
        }
    }
}
