//! Whole ceremonies, measured from the events of their operators.
//!
//! A phase ends when the last operator has published its message; what an operator does in it can begin only when the phase before has ended
//! for all. All operators share this machine's processors.

use std::path::Path;
use std::thread;

use coram_ceremony::Kind;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use crate::cli::files::read;
use crate::cli::terms::{Extraction, ProofSystem};
use crate::failure::{Exit, Failure};
use crate::sim::{self, EVENTS, Plan, Transport};

/// One combination that is measured.
#[derive(Clone, Copy, Debug)]
pub struct Cell {
    /// Number of operators, `n`.
    pub operators: u16,
    /// Number of validators, `m`.
    pub validators: u64,
    /// How operators exchange messages.
    pub transport: Transport,
}

/// What a ceremony cost. Times are in seconds.
#[derive(Clone, Debug, Serialize)]
pub struct Measured {
    operators: u16,
    validators: u64,
    transport: String,
    runs: usize,
    processors: usize,
    /// From the last Join to the last lock: the median over the runs; the rest belongs to the run that it was.
    join_to_lock: f64,
    fastest: f64,
    slowest: f64,
    /// To the last Commit: dealings are made and proved.
    commit: f64,
    /// To the last Deal: they are handed out.
    deal: f64,
    /// To the last Attest: all are verified, shares decrypted, partial signatures made.
    attest: f64,
    /// To the last Seal: partial signatures are verified and combined, the lock is made.
    seal: f64,
    /// To the last lock: seals are verified, keystores and files written, the lock read back and verified.
    outputs: f64,
    /// Bytes that an operator sent, all layers above IP counted; none through a folder.
    sent_least: Option<u64>,
    sent_most: Option<u64>,
    lock_bytes: usize,
}

/// Measures a cell, `runs` times.
pub fn measure(cell: Cell, runs: usize, timeout: u64) -> Result<Measured, Failure> {
    let mut measured = (0..runs).map(|_| once(cell, timeout)).collect::<Result<Vec<_>, _>>()?;
    measured.sort_by(|one, other| one.join_to_lock.total_cmp(&other.join_to_lock));
    let times: Vec<f64> = measured.iter().map(|run| run.join_to_lock).collect();
    let none = || Failure::new(Exit::Usage, "bench.runs", "nothing was run");
    let median = measured.get(runs / 2).ok_or_else(none)?;
    Ok(Measured {
        runs,
        fastest: times.first().copied().unwrap_or_default(),
        slowest: times.last().copied().unwrap_or_default(),
        ..median.clone()
    })
}

fn once(cell: Cell, timeout: u64) -> Result<Measured, Failure> {
    let folder = tempfile::tempdir()
        .map_err(|error| Failure::new(Exit::Internal, "bench.folder", error.to_string()))?;
    let done = sim::run(&Plan {
        operators: cell.operators,
        threshold: None,
        validators: cell.validators,
        dealers: None,
        extraction: Extraction::Sum,
        proof: ProofSystem::Transparent,
        references: Vec::new(),
        validators_per_proof: 1,
        network: "hoodi".to_owned(),
        transport: cell.transport,
        timeout,
        output: folder.path().join("sim"),
    })?;
    let events = done.folders.iter().map(|folder| read_events(folder)).collect::<Result<Vec<_>, _>>()?;
    let ends = |name: &str, kind: Option<Kind>| last(&events, name, kind);
    let published = |kind| ends("published", Some(kind));
    let [join, commit, deal, attest, seal] = Kind::ALL.map(published);
    let (join, commit, deal, attest, seal) = (join?, commit?, deal?, attest?, seal?);
    let lock = ends("complete", None)?;
    let sent: Option<Vec<u64>> = events.iter().map(|events| sent(events)).collect();
    let sent = sent.filter(|_| cell.transport != Transport::Folder);
    Ok(Measured {
        operators: cell.operators,
        validators: cell.validators,
        transport: format!("{:?}", cell.transport).to_lowercase(),
        runs: 1,
        processors: thread::available_parallelism().map_or(1, Into::into),
        join_to_lock: lock - join,
        fastest: lock - join,
        slowest: lock - join,
        commit: commit - join,
        deal: deal - commit,
        attest: attest - deal,
        seal: seal - attest,
        outputs: lock - seal,
        sent_least: sent.as_ref().and_then(|sent| sent.iter().min().copied()),
        sent_most: sent.as_ref().and_then(|sent| sent.iter().max().copied()),
        lock_bytes: done.lock_len,
    })
}

fn read_events(folder: &Path) -> Result<Vec<Value>, Failure> {
    let path = folder.join(EVENTS);
    let text = read(&path)?;
    let lines = text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines.map(|line| serde_json::from_slice(line).map_err(|error| unreadable(&path, &error))).collect()
}

fn unreadable(path: &Path, error: &serde_json::Error) -> Failure {
    Failure::new(Exit::Internal, "bench.events", format!("{}: {error}", path.display()))
}

/// The last moment at which any operator told of such an event for the first time, in seconds.
fn last(operators: &[Vec<Value>], name: &str, kind: Option<Kind>) -> Result<f64, Failure> {
    let of_operator = |events: &Vec<Value>| {
        let is_meant = |event: &&Value| {
            let is_kind =
                kind.is_none_or(|kind| event.get("kind").and_then(Value::as_str) == Some(kind.name()));
            event.get("event").and_then(Value::as_str) == Some(name) && is_kind
        };
        let time: Timestamp = events.iter().find(is_meant)?.get("time")?.as_str()?.parse().ok()?;
        Some(time.as_millisecond() as f64 / 1000.0)
    };
    let times: Option<Vec<f64>> = operators.iter().map(of_operator).collect();
    let what = || format!("an operator told of no event {name} {}", kind.map_or("", Kind::name));
    times
        .and_then(|times| times.into_iter().reduce(f64::max))
        .ok_or_else(|| Failure::new(Exit::Internal, "bench.events", what()))
}

/// What an operator said last that it had sent.
fn sent(events: &[Value]) -> Option<u64> {
    events.iter().rev().find_map(|event| event.get("sent")?.as_u64())
}

/// A cell for people.
pub fn row(measured: &Measured) -> String {
    let Measured { operators, validators, join_to_lock, .. } = measured;
    format!("n = {operators}, m = {validators}: {join_to_lock:.2} s from the last Join to the lock")
}

/// All cells, as Markdown.
pub fn table(cells: &[Measured]) -> String {
    let mut text = String::from(
        "| n | m | over | join to lock s (fastest–slowest) | commit | deal | attest | seal | outputs | sent per operator, bytes | lock, bytes |\n\
         |---|---|---|---|---|---|---|---|---|---|---|\n",
    );
    for cell in cells {
        let sent = match (cell.sent_least, cell.sent_most) {
            (Some(least), Some(most)) => format!("{least}–{most}"),
            _ => "-".to_owned(),
        };
        text += &format!(
            "| {} | {} | {} | {:.2} ({:.2}–{:.2}) | {:.2} | {:.2} | {:.2} | {:.2} | {:.2} | {sent} | {} |\n",
            cell.operators,
            cell.validators,
            cell.transport,
            cell.join_to_lock,
            cell.fastest,
            cell.slowest,
            cell.commit,
            cell.deal,
            cell.attest,
            cell.seal,
            cell.outputs,
            cell.lock_bytes
        );
    }
    let (runs, processors) = cells.first().map_or((0, 0), |cell| (cell.runs, cell.processors));
    text + &format!("\nAll operators on {processors} processors; the median of {runs} runs.\n")
}
