//! What is known of the files of a setup, for people; and anything as JSON.

use std::fmt::{self, Write as _};

use serde::Serialize;

use crate::failure::{Exit, Failure};
use crate::plain::Plain;
use crate::printer;
use crate::setup::contributors::who;
use crate::setup::judge::{Report, ShapeReport};
use crate::setup::shapes::Row;

/// Prints JSON.
pub fn json(value: &impl Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(value);
    let text = text.map_err(|error| Failure::new(Exit::Internal, "json", error.to_string()))?;
    printer::result(&format!("{text}\n"))
}

/// A report in words.
pub fn render(report: &Report) -> String {
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = write_report(&mut text, report);
    text
}

fn write_report(text: &mut String, report: &Report) -> fmt::Result {
    let mut row = |name: &str, value: &dyn fmt::Display| writeln!(text, "{name:<14} {value}");
    row("file", &Plain(&report.file))?;
    row("is", &format_args!("{}, {}", report.kind, size(report.bytes as usize)))?;
    if let Some(sha256) = &report.sha256 {
        row("SHA-256", sha256)?;
    }
    row("powers", &format_args!("2^{}", report.powers_log))?;
    if let Some(ShapeReport { operators, validators, constraints, log }) = &report.shape {
        let shape = format!("{operators} operators, {validators} validators a proof");
        row("shape", &format_args!("{shape}; {constraints} constraints in 2^{log}"))?;
    }
    if let Some(digest) = &report.digest {
        row("digest", digest)?;
    }
    let phases = if report.shape.is_some() { 1..=2 } else { 1..=1 };
    for phase in phases {
        let title = if phase == 1 { "contributions to the powers" } else { "contributions to the key" };
        let mut of_phase = report.contributions.iter().filter(|one| one.phase == phase).peekable();
        writeln!(text, "\n{title}{}", if of_phase.peek().is_none() { ": none" } else { "" })?;
        for one in of_phase {
            writeln!(text, "  {:>3}  {}  {}", one.number, one.id, Plain(&who(&one.contributor)))?;
        }
    }
    let checked = if report.checked { "everything was checked" } else { "nothing was checked" };
    writeln!(text, "\n{checked}")?;
    let Some(anchored) = &report.anchored else { return Ok(()) };
    for (phase, names) in &anchored.missing_names {
        writeln!(text, "no contribution to the {phase} by {}", Plain(names))?;
    }
    match anchored.by.as_slice() {
        [] => writeln!(text, "NOT ANCHORED"),
        by => writeln!(text, "ANCHORED by {}", Plain(&by.join(", "))),
    }
}

/// The table of shapes.
pub fn shapes(rows: &[Row]) -> String {
    let mut text = format!(
        "{:>9}  {:>6}  {:>18}  {:>11}  {:>14}  {:>16}\n",
        "operators", "powers", "validators a proof", "constraints", "file of powers", "reference string"
    );
    for Row { shape, powers_bytes, reference_bytes } in rows {
        let ShapeReport { operators, validators, constraints, log } = shape;
        let (powers, reference) = (size(*powers_bytes), size(*reference_bytes));
        // Writing to a string does not fail.
        let _ = writeln!(
            text,
            "{operators:>9}  {:>6}  {:>18}  {constraints:>11}  {powers:>14}  {reference:>16}",
            format!("2^{log}"),
            format!("up to {validators}")
        );
    }
    text
}

/// A size in MB of a million bytes.
fn size(bytes: usize) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}
