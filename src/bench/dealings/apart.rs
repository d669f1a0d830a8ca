//! A cell, measured in a process of its own.

use std::io::Read as _;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use coram_ceremony::parameters::ExtractionRule;

use super::Plan;
use super::cell::{Cell, Measured, Outcome};
use crate::failure::{Exit, Failure};

/// How often one looks whether the process has ended.
const PATIENCE: Duration = Duration::from_millis(10);

/// Measures a cell in a process of its own, which is ended when it exceeds the bound.
pub fn measure(cell: &Cell, plan: &Plan) -> Result<Outcome, Failure> {
    let failed = |error: std::io::Error| Failure::new(Exit::Internal, "bench.process", error.to_string());
    let mut command = Command::new(std::env::current_exe().map_err(failed)?);
    command
        .args(["bench", "dealing", "--proof", cell.method.scheme.name()])
        .args(["--extraction", ExtractionRule::from(cell.method.extraction).name()])
        .args(["--operators", &cell.operators.to_string()])
        .args(["--threshold", &cell.threshold.to_string()])
        .args(["--validators", &cell.validators.to_string()])
        .args(["--runs", &plan.runs.to_string()])
        .env("RAYON_NUM_THREADS", plan.origin.threads.to_string())
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    let started = Instant::now();
    let mut process = command.spawn().map_err(failed)?;
    let output = process.stdout.take();
    let reader = thread::spawn(move || {
        let mut text = Vec::new();
        output.map_or(Ok(0), |mut output| output.read_to_end(&mut text)).map(|_| text)
    });
    let status = loop {
        if let Some(status) = process.try_wait().map_err(failed)? {
            break status;
        }
        if started.elapsed() > Duration::from_secs(plan.bound) {
            // If it has ended by itself by now, it was late all the same.
            let _ = process.kill();
            process.wait().map_err(failed)?;
            return Ok(Outcome::Exceeded);
        }
        thread::sleep(PATIENCE);
    };
    let text = reader.join().unwrap_or_else(|_| Ok(Vec::new())).map_err(failed)?;
    let measured = serde_json::from_slice::<Measured>(&text).ok().filter(|_| status.success());
    Ok(measured.map_or_else(|| Outcome::Failed { reason: status.to_string() }, Outcome::Measured))
}
