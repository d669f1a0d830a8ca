//! The status for people.

use comfy_table::{Table, presets};
use coram_ceremony::{Ceremony, Kind};
use jiff::Timestamp;

use super::{Equivocation, Report, Row, Run};
use crate::driver::{name, names};
use crate::plain::Plain;
use crate::report::status::{Ended, Peer, Traffic, Working};
use crate::report::{particulars, place, time};

/// The whole status.
pub fn text(ceremony: &Ceremony, report: &Report, now: Timestamp) -> String {
    let mut text = format!("ceremony {}, attempt {}\n", report.ceremony, report.attempt);
    if let Some(particulars) = particulars(ceremony) {
        text += &format!("{particulars}\n");
    }
    for other in &report.other_attempts {
        text += &format!(
            "attempt {other} has begun in this folder too: `coram status --attempt {other}` shows it\n"
        );
    }
    text += &process(report, now);
    text += &format!("\n{}\n", table(report, now));
    for disagreement in report.disagreements.values() {
        text += &format!("{}\n", Plain(disagreement));
    }
    if let Some(Equivocation { author, kind }) = &report.equivocation {
        text += &format!(
            "{} signed two different {kind} messages: the ceremony is over, `coram dkg` writes the proof\n",
            name(ceremony, *author)
        );
        return text;
    }
    text += &match report.awaited_kind {
        Some(kind) => {
            let since = report.run.as_ref().and_then(|run| run.awaited_since.as_deref());
            let since = since.map(|since| format!(", since {}", moment(since, now))).unwrap_or_default();
            format!("awaited: {kind} of {}{since}\n", names(ceremony, &report.awaited_operators))
        }
        None => "all messages are there\n".to_owned(),
    };
    text
}

/// Whether a process works on the ceremony here, and how it is connected.
fn process(report: &Report, now: Timestamp) -> String {
    let Some(run) = &report.run else {
        return if report.running { "running\n".to_owned() } else { "not running here\n".to_owned() };
    };
    let mut text = match &run.ended {
        _ if report.running => format!("running since {}, process {}\n", moment(&run.started, now), run.pid),
        Some(Ended { time, code, what }) => {
            let code = code.as_ref().map(|code| format!("{code}: ")).unwrap_or_default();
            format!("stopped since {}: {}{}\n", moment(time, now), Plain(&code), Plain(what))
        }
        None => format!("stopped without a word; last heard of {}\n", moment(&run.updated, now)),
    };
    if let Some(Working { what, since, .. }) = &run.working {
        text += &format!("{}, since {}\n", Plain(what), moment(since, now));
    }
    text += &network(run, report.running, now);
    text
}

fn network(run: &Run, running: bool, now: Timestamp) -> String {
    let verb = if running { "listening" } else { "was listening" };
    let listening = run.listening.iter().map(|address| format!("{verb} on {}\n", Plain(address)));
    let relay = |(id, peer): (&String, &Peer)| {
        format!("relay {}: {}, last seen {}\n", Plain(id), connection(peer, running), seen(peer, now))
    };
    let traffic = |traffic: &Traffic| format!("{} bytes sent, {} received\n", traffic.sent, traffic.received);
    listening.chain(run.relays.iter().map(relay)).chain(run.traffic.iter().map(traffic)).collect()
}

fn table(report: &Report, now: Timestamp) -> String {
    // Over a folder nobody is connected.
    let networked =
        report.run.as_ref().is_some_and(|run| !run.listening.is_empty() || !run.relays.is_empty())
            || report
                .operators
                .iter()
                .filter_map(|row| row.connection.as_ref())
                .any(|peer| peer.address.is_some());
    let connection_heading = if report.running { "connection" } else { "last connection" };
    let mut headings = vec![""];
    headings.extend(Kind::ALL.map(Kind::name));
    if networked {
        headings.extend([connection_heading, "last seen"]);
    }
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(headings);
    for row in &report.operators {
        let mut cells = vec![row.name.clone()];
        cells.extend(Kind::ALL.map(|kind| state(row, kind.name()).to_owned()));
        if let Some(peer) = row.connection.as_ref().filter(|_| networked) {
            cells.extend([connection(peer, report.running), seen(peer, now)]);
        }
        table.add_row(cells);
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    let lines: Vec<String> = table.lines().map(|line| line.trim_end().to_owned() + "\n").collect();
    lines.concat()
}

fn state(row: &Row, kind: &'static str) -> &'static str {
    match (row.messages.contains(&kind), row.due.contains(&kind)) {
        (true, _) => "yes",
        (false, true) => "-",
        (false, false) => "n/a",
    }
}

/// The connection with a peer; of a process that does not run, the last one.
fn connection(peer: &Peer, running: bool) -> String {
    match (&peer.address, &peer.reason) {
        (_, Some(reason)) if running => format!("none: {}", Plain(reason)),
        (Some(address), _) => Plain(&place(address, peer.relayed)).to_string(),
        (None, _) => "none".to_owned(),
    }
}

fn seen(peer: &Peer, now: Timestamp) -> String {
    let Some(seen) = &peer.last_seen else { return "never".to_owned() };
    seen.parse().map_or_else(|_| Plain(seen).to_string(), |seen| time::ago(seen, now))
}

/// A moment, and how long ago it was, if it is one.
fn moment(text: &str, now: Timestamp) -> String {
    match text.parse() {
        Ok(then) => format!("{} ({})", Plain(text), time::ago(then, now)),
        Err(_) => Plain(text).to_string(),
    }
}
