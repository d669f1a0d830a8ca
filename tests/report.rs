//! What an operator sees of a ceremony, on a terminal and elsewhere, and what programs read.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

mod common;
#[path = "common/terminal.rs"]
mod terminal;

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use common::{Cluster, coram, run, text, wait_until};
use rustix::process::{Pid, Signal, kill_process};
use terminal::Terminal;

/// Stopped when dropped.
struct Shown(Child);

impl Shown {
    fn start(command: &mut Command, terminal: &Terminal) -> Self {
        let output = terminal.program_end();
        Self(command.env("TERM", "xterm").stdout(Stdio::null()).stderr(output).spawn().unwrap())
    }

    fn interrupt(&mut self) -> Option<i32> {
        kill_process(Pid::from_child(&self.0), Signal::INT).unwrap();
        self.0.wait().unwrap().code()
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn row<'a>(lines: &'a [String], start: &str) -> Option<&'a String> {
    lines.iter().find(|line| line.starts_with(start))
}

#[test]
fn on_a_terminal_there_is_one_table_that_is_drawn_in_place() {
    let Some(terminal) = Terminal::open(100, 30) else {
        eprintln!("this system gives no pseudo-terminal: not tested");
        return;
    };
    let cluster = Cluster::new(4, 3, 1);
    let mut shown = Shown::start(cluster.dkg(0).env_remove("NO_COLOR"), &terminal);
    wait_until("a table", || row(&terminal.lines(), "awaited for").is_some());
    let lines = terminal.lines();
    assert!(row(&lines, "1 0x").unwrap().ends_with("J - - - -"), "{lines:#?}");
    assert!(row(&lines, "2 0x").unwrap().ends_with("never      ? - - - -"), "{lines:#?}");
    assert!(row(&lines, "awaited for").unwrap().contains("the join of operators 2 (0x"), "{lines:#?}");

    let other = cluster.start(1);
    wait_until("the other's join", || row(&terminal.lines(), "2 0x").unwrap().ends_with("J - - - -"));
    // A line that scrolls away above the table.
    let folder = fs::read_dir(cluster.board()).unwrap().next().unwrap().unwrap().path();
    fs::write(folder.join("join-3-00.ssz"), "junk").unwrap();
    wait_until("a notice", || terminal.written().contains("ignored "));
    // Ages grow although nothing happens.
    wait_until("an age", || row(&terminal.lines(), "2 0x").unwrap().contains(" s ago"));

    assert_eq!(shown.interrupt(), Some(130), "{}", terminal.written());
    wait_until("an end", || terminal.written().contains("nothing is lost"));
    let lines = terminal.lines();
    let headings: Vec<usize> =
        (0..lines.len()).filter(|index| lines[*index].starts_with("operator")).collect();
    assert_eq!(headings.len(), 1, "one table, not one for each time that it was drawn: {lines:#?}");
    let notice = lines.iter().position(|line| line.contains("ignored ")).unwrap();
    assert!(notice < headings[0], "{lines:#?}");
    let rows = &lines[headings[0] + 1..headings[0] + 6];
    assert!((1..=4).all(|index| rows[index - 1].starts_with(&format!("{index} 0x"))), "{lines:#?}");
    assert!(rows[4].starts_with("awaited"), "the last state stays: {lines:#?}");
    assert!(lines[headings[0] + 6].starts_with("error[interrupted]"), "{lines:#?}");
    assert!(
        terminal.written().matches("\u{1b}[6A").count() >= 2,
        "it was drawn again: {}",
        terminal.written()
    );
    assert!(terminal.written().contains("\u{1b}[33m"), "colours: {}", terminal.written());
    drop(other);
}

#[test]
fn without_colours_or_a_capable_terminal_there_are_none() {
    let Some(terminal) = Terminal::open(60, 8) else {
        eprintln!("this system gives no pseudo-terminal: not tested");
        return;
    };
    let cluster = Cluster::new(4, 3, 1);
    // NO_COLOR is set.
    let mut shown = Shown::start(&mut cluster.dkg(0), &terminal);
    wait_until("a table", || row(&terminal.lines(), "awaited for").is_some());
    let written = terminal.written();
    assert!(!written.contains("\u{1b}[33m") && !written.contains("\u{1b}[0m"), "{written}");
    let lines = terminal.lines();
    let table: Vec<&String> = lines.iter().skip_while(|line| !line.starts_with("operator")).collect();
    assert!(table.iter().all(|line| line.chars().count() <= 60), "{table:#?}");
    assert_eq!(shown.interrupt(), Some(130));

    for (name, value) in [("TERM", "dumb"), ("CORAM_LOG_FORMAT", "logfmt")] {
        let plain = Terminal::open(60, 8).unwrap();
        let mut command = cluster.dkg(1);
        command.env("TERM", "xterm").env(name, value).stdout(Stdio::null()).stderr(plain.program_end());
        let mut shown = Shown(command.spawn().unwrap());
        wait_until("a line", || plain.written().contains("waiting for the join of"));
        assert!(!plain.written().contains('\u{1b}'), "{name}: {}", plain.written());
        shown.interrupt();
    }
}

#[test]
fn programs_read_every_event_as_a_line_of_json() {
    let cluster = Cluster::new(4, 3, 1);
    let others: Vec<_> = (1..4).map(|node| cluster.start(node)).collect();
    let output = cluster.dkg(0).arg("--json-events").output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    others.into_iter().for_each(|process| process.finish());
    let stdout = text(&output.stdout);
    let events: Vec<serde_json::Value> =
        stdout.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
    let ceremonies: BTreeSet<&str> = events.iter().map(|event| event["ceremony"].as_str().unwrap()).collect();
    assert_eq!(ceremonies.len(), 1);
    assert!(events.iter().all(|event| event["time"].as_str().unwrap().ends_with('Z')));
    let last = events.last().unwrap();
    assert_eq!(last["event"], "complete", "{stdout}");
    assert_eq!(last["lock"], cluster.lock(0).to_str().unwrap());
    let lock: serde_json::Value = serde_json::from_slice(&cluster.common_lock()).unwrap();
    assert_eq!(last["lock_hash"], lock["lock_hash"]);
    let count = |name: &str| events.iter().filter(|event| event["event"] == name).count();
    assert_eq!(count("published"), 5, "{stdout}");
    assert_eq!(count("received"), 15, "{stdout}");

    // Log lines are for people, each with the ceremony; nothing of a table is in them.
    let log = text(&output.stderr);
    let short = ceremonies.first().unwrap().get(2..10).unwrap();
    assert!(!log.contains('\u{1b}') && !log.contains("last seen"), "{log}");
    assert!(log.lines().all(|line| line.contains(short)), "{log}");
}

#[test]
fn status_tells_of_a_process_that_runs_and_of_one_that_stopped() {
    let cluster = Cluster::new(4, 3, 1);
    let status = |arguments: &[&str]| {
        let mut command = coram();
        command.arg("status").arg("--data-dir").arg(cluster.node(0));
        run(command.arg("--definition-file").arg(cluster.definition()).args(arguments))
    };
    let json = || serde_json::from_str::<serde_json::Value>(&status(&["--json"])).unwrap();
    assert!(status(&[]).contains("not running here"), "{}", status(&[]));

    let first = cluster.start(0);
    wait_until("a start", || status(&[]).contains("awaited: join of operator 2 (0x"));
    wait_until("what is awaited", || status(&[]).contains(", since 2"));
    assert!(status(&[]).contains("running since 2"), "{}", status(&[]));
    assert_eq!(json()["running"], true);
    assert!(json()["run"]["pid"].is_number() && json()["run"]["ended"].is_null(), "{}", json());
    // Whoever looks does not keep anybody from starting.
    first.kill();
    assert!(status(&[]).contains("stopped without a word; last heard of 2"), "{}", status(&[]));
    assert_eq!(json()["running"], false);

    let output = common::fails(cluster.dkg(0).args(["--timeout", "1"]), 5, "ceremony.timeout");
    assert!(
        status(&[]).contains("stopped since 2") && status(&[]).contains("ceremony.timeout"),
        "{}",
        text(&output.stderr)
    );

    // The file is anybody's.
    let file = cluster.attempt(0).join("status.json");
    fs::remove_file(&file).unwrap();
    fs::write(&file, "{\"started\":\"\\u001b[2J\",\"ended\":{\"what\":\"\\u009b2J\"}}").unwrap();
    assert!(!status(&[]).contains(['\u{1b}', '\u{9b}']), "{}", status(&[]));
    fs::write(&file, [0xff; 100]).unwrap();
    assert!(status(&[]).contains("not running here"));
}

/// The first event of this name on a program's standard output.
fn first_event(program: &mut Shown, name: &str) -> serde_json::Value {
    let output = BufReader::new(program.0.stdout.take().unwrap());
    let mut events =
        output.lines().map(|line| serde_json::from_str::<serde_json::Value>(&line.unwrap()).unwrap());
    events.find(|event| event["event"] == name).unwrap()
}

#[test]
fn connections_are_shown_while_they_last_and_after() {
    let Some(terminal) = Terminal::open(120, 30) else {
        eprintln!("this system gives no pseudo-terminal: not tested");
        return;
    };
    let cluster = Cluster::new(4, 3, 1);
    let network = |node: u16| {
        let mut command = coram();
        command.arg("dkg").arg("--data-dir").arg(cluster.node(node));
        command.arg("--definition-file").arg(cluster.definition());
        command.args(["--p2p-tcp-address", "127.0.0.1:0", "--timeout", "120"]);
        command
    };
    let mut other = network(1);
    other.arg("--json-events").stdout(Stdio::piped()).stderr(Stdio::null());
    let mut other = Shown(other.spawn().unwrap());
    let listening = first_event(&mut other, "listening");
    let address = listening["address"].as_str().unwrap();
    let mut shown = Shown::start(network(0).args(["--peer", address]), &terminal);

    let other_is = |what: &str| row(&terminal.lines(), "2 0x").is_some_and(|line| line.contains(what));
    wait_until("a connection", || other_is(address.split("/p2p/").next().unwrap()));
    wait_until("a message", || row(&terminal.lines(), "2 0x").unwrap().ends_with("J - - - -"));
    assert!(row(&terminal.lines(), "3 0x").unwrap().contains("not connected"), "{:#?}", terminal.lines());
    let status = || {
        let mut command = coram();
        command.arg("status").arg("--data-dir").arg(cluster.node(0));
        run(command.arg("--definition-file").arg(cluster.definition()))
    };
    wait_until("a status", || status().contains(address.split("/p2p/").next().unwrap()));
    assert!(
        status().contains("running since") && status().contains("listening on /ip4/127.0.0.1/tcp/"),
        "{}",
        status()
    );

    drop(other);
    wait_until("the end of the connection", || other_is("not connected: "));
    assert_eq!(shown.interrupt(), Some(130));
    let after = status();
    assert!(after.contains("stopped since") && after.contains("interrupted: "), "{after}");
    assert!(after.contains("last connection") && after.contains("was listening on"), "{after}");
    assert!(after.contains(" bytes sent, "), "{after}");
}
