//! Cells for people: on a terminal, and as Markdown.

use comfy_table::{CellAlignment, Table, presets};

use super::growth::{self, Growth};
use super::{Method, Outcome, Record, Scheme};
use crate::bench::machine::Time;
use crate::cli::terms::Extraction;

/// All cells and their growth.
#[derive(Clone, Copy, Debug)]
pub enum Form {
    /// With lines, for a terminal.
    Terminal,
    /// As Markdown.
    Markdown,
}

const COLUMNS: [&str; 17] = [
    "scheme",
    "n",
    "t",
    "m",
    "proofs",
    "constraints",
    "dealing B",
    "of it proof",
    "ceremony B",
    "build",
    "deal",
    "verify one",
    "verify all n",
    "of all, one",
    "decrypt",
    "keys",
    "peak MiB, deal/verify",
];

const GROWTH_COLUMNS: [(&str, &str); 8] = [
    ("build", "build"),
    ("deal", "deal"),
    ("verify one", "verify_one"),
    ("verify all n", "verify_all"),
    ("decrypt", "decrypt"),
    ("keys", "keys"),
    ("dealing B", "dealing_bytes"),
    ("ceremony B", "transcript_bytes"),
];

/// Writes the tables, with what has to be known to read them.
pub fn text(records: &[Record], form: Form) -> String {
    let mut text = table(&COLUMNS.map(str::to_owned), records.iter().map(row).collect(), form);
    text += &legend(records);
    let growth = growth::growth(records);
    if !growth.is_empty() {
        let names = GROWTH_COLUMNS.map(|(name, _)| name);
        let header: Vec<String> =
            ["scheme", "over", "cells"].iter().chain(&names).map(|name| (*name).to_owned()).collect();
        text += "\nGrowth: the exponent e of c x^e, by least squares in logarithms; of times, that of processor time.\n\n";
        text += &table(&header, growth.iter().map(growth_row).collect(), form);
    }
    text
}

fn row(record: &Record) -> Vec<String> {
    let cell = record.cell;
    let mut row = vec![
        cell.method.name(),
        cell.operators.to_string(),
        cell.threshold.to_string(),
        cell.validators.to_string(),
    ];
    let Some(measured) = record.measured() else {
        let mark = match &record.outcome {
            Outcome::Exceeded => format!("longer than {} s", record.bound),
            Outcome::Skipped { .. } => "left out".to_owned(),
            outcome => outcome.to_string(),
        };
        row.push(mark);
        row.resize(COLUMNS.len(), String::new());
        return row;
    };
    let time = |time: Time| format!("{} ({})", milliseconds(time.wall), units(time.cpu / measured.unit));
    let each = measured.verify_all.cpu / measured.unit / f64::from(cell.operators);
    let mebibytes = |bytes: Option<u64>| bytes.map_or("-".to_owned(), |bytes| (bytes >> 20).to_string());
    row.extend([
        measured.proofs.map_or("-".to_owned(), |proofs| proofs.to_string()),
        measured.constraints.map_or("-".to_owned(), grouped),
        grouped(measured.dealing_bytes),
        grouped(measured.dealing_bytes.saturating_sub(cell.plain_bytes())),
        grouped(measured.transcript_bytes),
        time(measured.build),
        time(measured.deal),
        time(measured.verify_one),
        time(measured.verify_all),
        format!("({})", units(each)),
        time(measured.decrypt),
        measured.keys.map_or("-".to_owned(), time),
        format!("{}/{}", mebibytes(measured.peak_deal), mebibytes(measured.peak_verify)),
    ]);
    row
}

fn growth_row(growth: &Growth) -> Vec<String> {
    let (over, other) = (growth.over.name(), growth.over.other().name());
    let (from, to) = growth.range;
    let mut row = vec![
        growth.method.name(),
        format!("{over} = {from} to {to}, {other} = {}", growth.other),
        growth.points.to_string(),
    ];
    row.extend(GROWTH_COLUMNS.map(|(_, name)| {
        growth.exponents.get(name).map_or("-".to_owned(), |exponent| format!("{exponent:.2}"))
    }));
    row
}

/// What the figures are.
fn legend(records: &[Record]) -> String {
    let Some(record) = records.first() else { return "\nNothing was measured.\n".to_owned() };
    let origin = &record.origin;
    let mut units: Vec<f64> = records.iter().filter_map(Record::measured).map(|one| one.unit).collect();
    units.sort_by(f64::total_cmp);
    let unit = units.get(units.len() / 2).copied().unwrap_or_default();
    let mut text = format!(
        "\n{}, threads: {}; commit {}. Times are milliseconds on the clock, in brackets processor time in multiplications in G1 by blst \
         ({:.1} us each in this run). Medians: of all dealers, and of {} runs of the other steps at least, where they take no longer than \
         seconds; building is done once. A dealer verifies its own dealing, which is part of dealing; verifying and decrypting start \
         from bytes. \"Keys\" are the public keys and public shares of all validators, made of verified dealings. \"Of all, one\" is verifying all, divided by n. \"Proof\" is what a dealing has beside commitments and a scalar for \
         each share. \"Ceremony B\" is all messages of a ceremony in which all operators deal, with one deposit and one registration a \
         validator. Peaks are of the whole process.\n",
        origin.processor,
        origin.threads,
        origin.commit,
        unit * 1e6,
        record.runs
    );
    let has = |is: fn(&Method) -> bool| records.iter().any(|record| is(&record.cell.method));
    if has(|method| method.extraction == Extraction::Batched) {
        text += "Batched: n - t + 1 keys of each dealt polynomial, if all deal; all else is the sum of one polynomial of each dealer.\n";
    }
    if has(|method| method.scheme == Scheme::Groth16) {
        text += "The reference strings of groth16 are made from secrets that are known, for measurement only; making them is not \
                 measured here (coram bench setup).\n";
    }
    if has(|method| method.scheme.is_baseline()) {
        text += "Baselines are for measurement only: no ceremony can choose one.\n";
    }
    if records.iter().any(|record| matches!(record.outcome, Outcome::Skipped { .. })) {
        text += "A cell is left out where a smaller one of the same kind took longer than the bound.\n";
    }
    text
}

fn table(header: &[String], rows: Vec<Vec<String>>, form: Form) -> String {
    match form {
        Form::Markdown => {
            let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
            let rule: Vec<String> =
                (0..header.len()).map(|column| if column == 0 { "---" } else { "--:" }.to_owned()).collect();
            line(header) + &line(&rule) + &rows.iter().map(|row| line(row)).collect::<String>()
        }
        Form::Terminal => {
            let mut table = Table::new();
            table.load_style(presets::UTF8_BORDERS_ONLY).set_header(header).add_rows(rows);
            table
                .column_iter_mut()
                .skip(1)
                .for_each(|column| column.set_cell_alignment(CellAlignment::Right));
            format!("{table}\n")
        }
    }
}

/// Three figures, or all before the point.
fn milliseconds(seconds: f64) -> String {
    let value = seconds * 1e3;
    match value {
        100.0.. => grouped(value.round() as usize),
        10.0.. => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

fn units(value: f64) -> String {
    if value < 10.0 { format!("{value:.1}") } else { grouped(value.round() as usize) }
}

/// With a comma between thousands.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let first = digits.len() % 3;
    let mut text = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && position % 3 == first {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
