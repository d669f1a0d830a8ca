//! What it costs to verify a lock from nothing but its file.
//!
//! Each lock is verified by a process of its own: what an earlier one left in memory would count for the next.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use coram_ceremony::verify::{Options, verify_lock};
use serde::{Deserialize, Serialize};

use super::memory;
use crate::cli::files::read;
use crate::failure::{Exit, Failure};

/// What verifying a lock cost. Times are in seconds, sizes in bytes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Measured {
    file: PathBuf,
    verdict: String,
    operators: usize,
    validators: usize,
    /// None for a lock without a transcript.
    proof_system: Option<String>,
    lock_bytes: usize,
    runs: usize,
    processors: usize,
    /// Of one verification.
    median: f64,
    fastest: f64,
    slowest: f64,
    /// Most memory that was resident while the process verified, the program itself included.
    peak_memory: Option<u64>,
}

/// Measures locks, each in a process of its own.
pub fn measure(files: &[PathBuf], runs: usize) -> Result<Vec<Measured>, Failure> {
    match files {
        [file] => Ok(vec![measure_here(file, runs)?]),
        files => files.iter().map(|file| measure_apart(file, runs)).collect(),
    }
}

fn measure_here(file: &Path, runs: usize) -> Result<Measured, Failure> {
    let bytes = read(file)?;
    let options = Options::default();
    let mut times = Vec::new();
    let mut report = None;
    for _ in 0..runs.max(1) {
        let started = Instant::now();
        report = Some(verify_lock(&bytes, &options, &|| started.elapsed()));
        times.push(started.elapsed().as_secs_f64());
    }
    let peak_memory = memory::peak();
    times.sort_by(f64::total_cmp);
    let no_lock =
        || Failure::new(Exit::Invalid, "bench.lock", format!("{} cannot be read as a lock", file.display()));
    let report = report.ok_or_else(no_lock)?;
    let cluster = report.cluster.as_ref().ok_or_else(no_lock)?;
    Ok(Measured {
        file: file.to_owned(),
        verdict: report.verdict.to_string(),
        operators: cluster.operators,
        validators: cluster.validators,
        proof_system: report.ceremony.as_ref().map(|ceremony| ceremony.proof_system.to_owned()),
        lock_bytes: bytes.len(),
        runs: times.len(),
        processors: std::thread::available_parallelism().map_or(1, Into::into),
        median: times.get(times.len() / 2).copied().unwrap_or_default(),
        fastest: times.first().copied().unwrap_or_default(),
        slowest: times.last().copied().unwrap_or_default(),
        peak_memory,
    })
}

fn measure_apart(file: &Path, runs: usize) -> Result<Measured, Failure> {
    let failed = |what: String| Failure::new(Exit::Internal, "bench.process", what);
    let program = std::env::current_exe().map_err(|error| failed(error.to_string()))?;
    let runs = runs.to_string();
    let arguments = ["bench", "verify", "--json", "--runs", &runs, "--"].map(OsStr::new);
    let output = Command::new(program)
        .args(arguments)
        .arg(file)
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| failed(error.to_string()))?;
    let what = || failed(format!("{} was not measured", file.display()));
    if !output.status.success() {
        return Err(what());
    }
    let measured: Vec<Measured> = serde_json::from_slice(&output.stdout).map_err(|_| what())?;
    measured.into_iter().next().ok_or_else(what)
}

/// Locks, as Markdown.
pub fn table(locks: &[Measured]) -> String {
    let mut text = String::from(
        "| n | m | proof system | lock, bytes | verdict | ms (fastest–slowest) | peak MiB |\n\
         |--:|--:|---|--:|---|--:|--:|\n",
    );
    for lock in locks {
        text += &format!(
            "| {} | {} | {} | {} | {} | {:.0} ({:.0}–{:.0}) | {} |\n",
            lock.operators,
            lock.validators,
            lock.proof_system.as_deref().unwrap_or("-"),
            lock.lock_bytes,
            lock.verdict,
            lock.median * 1000.0,
            lock.fastest * 1000.0,
            lock.slowest * 1000.0,
            lock.peak_memory.map_or("-".to_owned(), |bytes| format!("{:.0}", bytes as f64 / 1048576.0))
        );
    }
    let (runs, processors) = locks.first().map_or((0, 0), |lock| (lock.runs, lock.processors));
    text + &format!("\n{processors} processors; the median of {runs} runs.\n")
}
