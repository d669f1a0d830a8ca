//! Cells for other programs: comma-separated values (RFC 4180, ended by line feeds), times in seconds.

use coram_ceremony::parameters::ExtractionRule;

use super::{Outcome, Record};

const START: [&str; 13] = [
    "scheme",
    "extraction",
    "operators",
    "threshold",
    "validators",
    "outcome",
    "baseline",
    "commit",
    "program",
    "processor",
    "threads",
    "runs",
    "bound_s",
];

const END: [&str; 5] = ["proofs", "constraints", "unit_cpu_s", "peak_deal_bytes", "peak_verify_bytes"];

const TIMES: [&str; 6] = ["build", "deal", "verify_one", "verify_all", "decrypt", "keys"];
const SIZES: [&str; 2] = ["dealing_bytes", "transcript_bytes"];

/// A line for each cell, below the names of the columns. What was not measured is empty.
pub fn text(records: &[Record]) -> String {
    let times = TIMES.iter().flat_map(|name| [format!("{name}_wall_s"), format!("{name}_cpu_s")]);
    let mut header: Vec<String> =
        START.iter().chain(&END).chain(&SIZES).map(|name| (*name).to_owned()).collect();
    header.extend(times);
    let mut text = header.join(",") + "\n";
    for record in records {
        let mut line = row(record);
        line.resize(header.len(), String::new());
        text += &(line.iter().map(|value| quoted(value)).collect::<Vec<_>>().join(",") + "\n");
    }
    text
}

fn row(record: &Record) -> Vec<String> {
    let Record { origin, cell, runs, bound, outcome } = record;
    let name = match outcome {
        Outcome::Measured(_) => "measured",
        Outcome::Exceeded => "exceeded",
        Outcome::Skipped { .. } => "skipped",
        Outcome::Failed { .. } => "failed",
    };
    let mut row = vec![
        cell.method.scheme.name().to_owned(),
        ExtractionRule::from(cell.method.extraction).name().to_owned(),
        cell.operators.to_string(),
        cell.threshold.to_string(),
        cell.validators.to_string(),
        name.to_owned(),
        cell.method.scheme.is_baseline().to_string(),
        origin.commit.clone(),
        origin.program.clone(),
        origin.processor.clone(),
        origin.threads.to_string(),
        runs.to_string(),
        bound.to_string(),
    ];
    let Some(measured) = record.measured() else { return row };
    let number = |value: Option<u64>| value.map_or(String::new(), |value| value.to_string());
    row.extend([
        number(measured.proofs.map(u64::from)),
        number(measured.constraints.map(|constraints| constraints as u64)),
        measured.unit.to_string(),
        number(measured.peak_deal),
        number(measured.peak_verify),
    ]);
    row.extend(measured.sizes().map(|(_, bytes)| bytes.to_string()));
    row.extend(measured.times().iter().flat_map(|(_, time)| match time {
        Some(time) => [time.wall, time.cpu].map(|seconds| seconds.to_string()),
        None => Default::default(),
    }));
    row
}

fn quoted(value: &str) -> String {
    if value.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", value.replace('"', "\"\""))
    } else {
        value.to_owned()
    }
}
