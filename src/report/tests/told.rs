//! What a reporter writes: log lines, reminders, the status file.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use std::thread::sleep;
use std::time::{Duration, Instant};

use coram_ceremony::Kind;
use serde_json::Value;

use super::super::screen::{Screen, Size, locked};
use super::super::status::{self, Status};
use super::super::ticker::{Intervals, USUAL};
use super::super::{LogFormat, LogOptions, ReportOptions, Reporter, names};
use super::{ceremony, every_event};
use crate::event::{Event, Party};

/// What a reporter wrote.
#[derive(Clone, Default)]
pub struct Output(Arc<Mutex<Vec<u8>>>);

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
    pub fn text(&self) -> String {
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
    let log = LogOptions { log_format: format, log_level: level.parse().unwrap() };
    let options = ReportOptions { json_events: false, log };
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
            let span = tracing::info_span!(target: "library", "dial", peer = "16Uiu2Peer", attempt = 0);
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
    // The engine may not have looked yet.
    let said = count("waiting for");
    reporter.tell(waiting());
    assert_eq!(count("waiting for"), said, "{}", output.text());
    let told = count("since");
    sleep(3 * intervals.remind);
    assert_eq!(count("since"), told, "{}", output.text());
    reporter.finish();
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
