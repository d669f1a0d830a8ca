//! What operators and programs are shown, without a ceremony that takes place.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use std::thread::sleep;
use std::time::{Duration, Instant};

use coram_ceremony::{Ceremony, Kind};
use coram_cluster::definition::DefinitionRequest;
use coram_cluster::{enr::Enr, ethereum::EthereumKey, identity::IdentityKey, network::Network};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::screen::{Row, Screen, Size, Style, locked};
use super::status::{self, Status};
use super::ticker::{Intervals, USUAL};
use super::view::View;
use super::{LogFormat, ReportOptions, Reporter, json, lines, names, table};
use crate::event::{Event, Party};

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
            Event::Objection { operator: 4, what: text("operator 4 is elsewhere"), help: "ask it" },
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

/// What a reporter wrote.
#[derive(Clone, Default)]
struct Output(Arc<Mutex<Vec<u8>>>);

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        locked(&self.0).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Output {
    fn text(&self) -> String {
        String::from_utf8(locked(&self.0).clone()).unwrap()
    }

    fn wait_for(&self, what: &str) {
        let deadline = Instant::now() + Duration::from_secs(20);
        while !self.text().contains(what) {
            assert!(Instant::now() < deadline, "no {what:?} in {}", self.text());
            sleep(Duration::from_millis(5));
        }
    }
}

fn reporter(
    format: LogFormat,
    level: &str,
    intervals: Intervals,
    size: Option<fn() -> Size>,
) -> (Reporter, Output) {
    let options = ReportOptions { json_events: false, log_format: format, log_level: level.parse().unwrap() };
    let output = Output::default();
    let screen = Screen::to(output.clone(), size, false);
    (Reporter::on(screen, &options, ceremony(), 1, intervals).unwrap(), output)
}

#[test]
fn every_log_line_names_the_ceremony_and_the_peer_in_each_form() {
    let id = ceremony().id().to_string();
    let peer = names::peer_id(&ceremony(), 2).unwrap();
    for format in [LogFormat::Console, LogFormat::Json, LogFormat::Logfmt] {
        let (reporter, output) = reporter(format, "trace", USUAL, None);
        for (event, ..) in every_event() {
            reporter.tell(event);
        }
        reporter.finish();
        let text = output.text();
        assert!(!text.contains(['\u{1b}', '\u{9b}']), "{text}");
        // An operator's message of which the board has been told twice is told once.
        let lines: Vec<&str> =
            text.lines().filter(|line| line.contains("coram") || format == LogFormat::Console).collect();
        assert_eq!(lines.len(), every_event().len(), "{text}");
        let short = id.get(2..10).unwrap();
        let named = |line: &&str| line.contains(if format == LogFormat::Console { short } else { &id });
        assert!(lines.iter().all(named), "{text}");
        let seen = lines.iter().find(|line| line.contains(": seen")).unwrap();
        assert!(seen.contains(&peer) && seen.contains("operator"), "{seen}");
        if format == LogFormat::Json {
            for line in lines {
                let value: Value = serde_json::from_str(line).unwrap();
                assert!(value["message"].is_string() && value["level"].is_string(), "{line}");
            }
        }
    }
}

#[test]
fn libraries_are_heard_when_asked_for_and_named_with_the_ceremony() {
    for (level, heard) in [("info", false), ("info,library=debug", true), ("debug", true)] {
        let (reporter, output) = reporter(LogFormat::Console, level, USUAL, None);
        tracing::dispatcher::with_default(&reporter.inner.dispatch, || {
            let span = tracing::info_span!(target: "library", "dial", peer = "16Uiu2Peer");
            span.in_scope(|| tracing::debug!(target: "library", attempt = 3, "a line\u{1b}[2J of a library"));
        });
        let text = output.text();
        assert_eq!(
            text.contains("library: a line\\u{1b}[2J of a library attempt=3 peer=16Uiu2Peer"),
            heard,
            "{text}"
        );
        let ceremony = ceremony().id().to_string();
        assert!(!heard || text.contains(ceremony.get(2..10).unwrap()), "{text}");
    }
}

#[test]
fn who_is_missing_is_said_again_and_again_while_nothing_happens() {
    let intervals = Intervals { draw: Duration::from_millis(10), remind: Duration::from_millis(60), ..USUAL };
    let (reporter, output) = reporter(LogFormat::Console, "info", intervals, None);
    let waiting = || Event::Waiting { kind: Kind::Join, missing: vec![3, 4] };
    reporter.tell(waiting());
    reporter.tell(waiting());
    output.wait_for("since");
    let count = |text: &str| output.text().matches(text).count();
    assert_eq!(count("waiting for the join of operator 3 (0x") - count("since"), 1, "{}", output.text());
    let reminder = output.text().lines().find(|line| line.contains("since")).unwrap().to_owned();
    assert!(reminder.contains(", operator 4 (0x") && reminder.contains("INFO"), "{reminder}");
    // Once nobody is missing, nobody is named.
    for operator in [3, 4] {
        reporter.tell(Event::Received { operator, kind: Kind::Join, from: None });
    }
    let told = count("since");
    sleep(3 * intervals.remind);
    assert_eq!(count("since"), told, "{}", output.text());
    reporter.finish();
}

fn texts(rows: &[Row]) -> Vec<&str> {
    rows.iter().map(|row| row.text.as_str()).collect()
}

#[test]
fn the_table_shows_who_is_connected_and_who_is_awaited() {
    let ceremony = ceremony();
    let at = |seconds: i64| Timestamp::new(1_800_000_000 + seconds, 0).unwrap();
    let mut view = View::new(&ceremony, 1, at(0));
    let relayed = "/ip4/10.0.0.9/tcp/1/p2p/16Uiu2HAm1234567890/p2p-circuit/p2p/16Uiu2HAmTarget".to_owned();
    let events = [
        Event::Published { kind: Kind::Join },
        Event::Connected {
            peer: Party::Operator(2),
            address: "/ip4/10.0.0.2/tcp/3610".to_owned(),
            relayed: false,
        },
        Event::Received { operator: 2, kind: Kind::Join, from: Some(Party::Operator(2)) },
        Event::Connected { peer: Party::Operator(3), address: relayed, relayed: true },
        Event::Disconnected { peer: Party::Operator(4), reason: "timed\u{1b}[2J out 界".to_owned() },
        Event::Connected { peer: relay(), address: "/ip4/10.0.0.9/tcp/1".to_owned(), relayed: false },
        Event::Waiting { kind: Kind::Join, missing: vec![3, 4] },
    ];
    for event in &events {
        view.apply(event, at(0));
    }
    let rows = table::rows(&ceremony, &view, at(75), (200, 24));
    let texts = texts(&rows);
    assert_eq!(texts.len(), 7, "{texts:#?}");
    assert!(texts[0].starts_with("operator") && texts[0].ends_with("J C D A S"), "{texts:#?}");
    assert!(texts[1].starts_with("1 0x") && texts[1].contains("(we)") && texts[1].ends_with("J - - - -"));
    assert!(texts[2].contains("  /ip4/10.0.0.2/tcp/3610  ") && texts[2].ends_with("75 s ago   J - - - -"));
    assert!(texts[3].contains("via relay 16Uiu2…567890"), "{texts:#?}");
    assert!(texts[4].contains("not connected: timed\\u{1b}[2J out ?"), "{texts:#?}");
    assert!(texts[4].ends_with("? - - - -"), "{texts:#?}");
    assert!(texts[5].starts_with("awaited for 75 s: the join of operators 3 (0x"), "{texts:#?}");
    assert_eq!(texts[6], "relays connected: 1 of 1");
    assert_eq!(rows[3].style, Style::Yellow);
    assert_eq!(rows[2].style, Style::Plain);
}

#[test]
fn the_table_keeps_within_the_terminal_and_to_those_who_are_awaited() {
    let ceremony = ceremony();
    let now = Timestamp::now();
    let mut view = View::new(&ceremony, 1, now);
    view.apply(&Event::Waiting { kind: Kind::Deal, missing: vec![4] }, now);
    for (columns, lines) in [(200, 24), (40, 6), (20, 5), (7, 4), (1, 3), (0, 2), (80, 1)] {
        let rows = table::rows(&ceremony, &view, now, (columns, lines));
        assert!(rows.len() < lines.max(2), "{lines}: {rows:?}");
        assert!(rows.iter().all(|row| row.text.chars().count() <= columns), "{columns}: {rows:?}");
    }
    let rows = table::rows(&ceremony, &view, now, (80, 5));
    let texts = texts(&rows);
    assert_eq!(texts.len(), 4, "{texts:#?}");
    assert!(texts[1].starts_with("4 0x"), "who is awaited is shown first: {texts:#?}");
    assert_eq!(texts[2], "… and 3 more");
    assert!(texts[3].starts_with("awaited"), "{texts:#?}");
    // Over a folder nobody is connected to anybody.
    assert!(!texts[0].contains("connection"), "{texts:#?}");
}

#[test]
fn the_live_part_is_drawn_in_place_and_lines_go_above_it() {
    let row = |text: &str| Row { text: text.to_owned(), style: Style::Bold };
    let output = Output::default();
    let mut screen = Screen::to(output.clone(), Some(|| (10, 24)), false);
    let mut written = 0;
    let mut step = |screen: &mut Screen, what: &dyn Fn(&mut Screen)| {
        what(screen);
        let text = output.text().split_off(written);
        written += text.len();
        text
    };
    assert_eq!(step(&mut screen, &|screen| screen.print("first")), "first\n");
    assert_eq!(
        step(&mut screen, &|screen| screen.draw(vec![row("a"), row("b")])),
        "a\u{1b}[K\nb\u{1b}[K\n\u{1b}[J"
    );
    assert_eq!(
        step(&mut screen, &|screen| screen.print("above")),
        "\r\u{1b}[2A\u{1b}[Jabove\na\u{1b}[K\nb\u{1b}[K\n"
    );
    assert_eq!(step(&mut screen, &|screen| screen.draw(vec![row("c")])), "\r\u{1b}[2Ac\u{1b}[K\n\u{1b}[J");
    // Something that writes to the same terminal.
    let aside = step(&mut screen, &|screen| screen.aside(|| ()));
    assert_eq!(aside, "\r\u{1b}[1A\u{1b}[Jc\u{1b}[K\n");
    assert_eq!(step(&mut screen, &Screen::finish), "");
    assert_eq!(step(&mut screen, &|screen| screen.print("below")), "below\n");

    // The terminal was made narrower, and broke a line of ours in three.
    let mut screen = Screen::to(output.clone(), Some(|| (10, 24)), true);
    screen.draw(vec![row(&"x".repeat(25))]);
    let text = step(&mut screen, &|screen| screen.draw(vec![row("d")]));
    assert!(text.ends_with("\r\u{1b}[3A\u{1b}[1md\u{1b}[0m\u{1b}[K\n\u{1b}[J"), "{text:?}");
}

#[test]
fn what_the_table_shows_is_no_line_beside_it() {
    let intervals = Intervals { draw: Duration::from_millis(5), ..USUAL };
    let (reporter, output) = reporter(LogFormat::Console, "info", intervals, Some(|| (100, 24)));
    reporter.tell(Event::Received { operator: 3, kind: Kind::Join, from: None });
    reporter.tell(Event::Warning { text: "look at this".to_owned() });
    output.wait_for("J - - - -");
    reporter.finish();
    let text = output.text();
    assert!(!text.contains("): join") && text.contains("WARN"), "{text}");
    // Afterwards there is no table that would show it.
    reporter.tell(Event::Received { operator: 4, kind: Kind::Join, from: None });
    assert!(output.text().ends_with("): join\n"), "{}", output.text());
}

#[test]
fn the_status_file_is_read_back_and_garbage_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let intervals = Intervals { draw: Duration::from_millis(5), write: Duration::from_millis(5), ..USUAL };
    let (reporter, _) = reporter(LogFormat::Console, "info", intervals, None);
    reporter.keep_status(folder.path());
    reporter.tell(Event::Listening { address: "/ip4/10.0.0.1/tcp/3610".to_owned() });
    reporter.tell(Event::Connected {
        peer: Party::Operator(2),
        address: "/ip4/1.2.3.4".to_owned(),
        relayed: false,
    });
    reporter.tell(Event::Waiting { kind: Kind::Deal, missing: vec![3] });
    let read = || status::read(folder.path()).unwrap();
    let deadline = Instant::now() + Duration::from_secs(20);
    while read().awaited.is_none() && Instant::now() < deadline {
        sleep(Duration::from_millis(5));
    }
    assert_eq!(read().pid, std::process::id());
    assert_eq!(read().awaited.unwrap().operators, [3]);
    assert_eq!(read().operators[&2].address.as_deref(), Some("/ip4/1.2.3.4"));
    assert_eq!(read().listening, ["/ip4/10.0.0.1/tcp/3610"]);
    assert!(read().ended.is_none());
    reporter.tell(Event::Failed { code: "interrupted", what: "stopped".to_owned() });
    reporter.finish();
    assert_eq!(read().ended.unwrap().code.as_deref(), Some("interrupted"));

    let long = format!("{{\"pid\":1,\"listening\":[\"{}\"]}}", "x".repeat(1 << 19));
    let many = serde_json::to_string(&Status {
        relays: (0..2000).map(|index| (index.to_string(), status::Peer::default())).collect(),
        ..Status::default()
    })
    .unwrap();
    for (bytes, makes_sense) in [
        ("", false),
        ("[\"x\"]", false),
        ("{\"pid\":\"x\"}", false),
        ("{}", true),
        (&long, true),
        (&many, true),
    ] {
        std::fs::write(status::path(folder.path()), bytes).unwrap();
        let status = status::read(folder.path());
        assert_eq!(status.is_some(), makes_sense, "{:?}", bytes.get(..20));
        let shown = serde_json::to_string(&status).unwrap();
        assert!(shown.len() < 50_000, "{}", shown.len());
    }
    std::fs::write(status::path(folder.path()), " ".repeat(2 << 20)).unwrap();
    assert!(status::read(folder.path()).is_none());
}
