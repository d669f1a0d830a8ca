//! Two tables, with what is needed to read them.

use std::fmt::Write as _;

use super::GOAL;
use crate::{
    cell::Figures,
    clock::Summary,
    machine::Machine,
    plan::{Results, Row},
    scheme::Kind,
};

/// Everything as text.
pub fn print(machine: &Machine, results: &Results) -> String {
    let rows = sorted(results);
    [head(machine, results), times(&rows), remarks(&rows), comparisons(results, &rows), goal(results)]
        .join("\n")
}

/// The same sizes beside each other.
fn sorted(results: &Results) -> Vec<&Row> {
    let mut rows: Vec<&Row> = results.rows.iter().collect();
    rows.sort_by_key(|row| (row.shape.n, row.shape.t));
    rows
}

fn head(machine: &Machine, results: &Results) -> String {
    let packages: Vec<_> =
        machine.packages.iter().map(|(name, version)| format!("{name} {version}")).collect();
    let [unit, least, most] = results.unit.map(|unit| unit * 1e6);
    let m = results.rows.first().map_or(1, |row| row.shape.m);
    format!(
        "{}, {} processors, {} threads; load before the run {}. Coram {}; {}; {}.\n\
         One multiplication in G1 (`blst_p1_mult`): {unit:.1} us of processor time ({least:.1} to {most:.1}). Keys: m = {m}.\n",
        machine.processor,
        machine.processors,
        machine.threads,
        machine.load,
        machine.commit,
        packages.join(", "),
        machine.compiler,
    )
}

/// A table whose columns are as wide as they have to be.
fn table(left: usize, header: &[&str], rows: Vec<Vec<String>>) -> String {
    let mut widths: Vec<usize> = header.iter().map(|cell| cell.chars().count()).collect();
    for row in &rows {
        widths.iter_mut().zip(row).for_each(|(width, cell)| *width = (*width).max(cell.chars().count()));
    }
    let line = |cells: &mut dyn Iterator<Item = &str>| {
        let mut line = String::from("|");
        for (column, (cell, width)) in cells.zip(&widths).enumerate() {
            let padding = " ".repeat(width - cell.chars().count());
            let _ = if column < left {
                write!(line, " {cell}{padding} |")
            } else {
                write!(line, " {padding}{cell} |")
            };
        }
        line + "\n"
    };
    let mut out = line(&mut header.iter().copied());
    out += "|";
    for (column, width) in widths.iter().enumerate() {
        out += &if column < left { "-".repeat(width + 2) } else { "-".repeat(width + 1) + ":" };
        out += "|";
    }
    out += "\n";
    rows.iter().for_each(|row| out += &line(&mut row.iter().map(String::as_str)));
    out
}

fn times(rows: &[&Row]) -> String {
    let header =
        ["scheme", "BLS keys", "n", "t", "set up", "deal", "verify one", "verify all n", "bytes", "peak MiB"];
    let cells = rows.iter().map(|row| {
        let mut cells = start(row);
        cells.insert(1, row.kind.keys().to_owned());
        match &row.outcome {
            Ok(figures) => {
                cells.push(ms(figures.setup.wall));
                let Figures { deal, verify, verify_all, .. } = figures;
                cells.extend([deal, verify, verify_all].map(summary));
                cells.push(thousands(&figures.bytes.to_string()));
                cells.push(row.peak.map_or_else(|| "-".to_owned(), |peak| thousands(&peak.to_string())));
            }
            Err(_) => cells.extend(std::iter::repeat_n("-".to_owned(), 6)),
        }
        cells
    });
    let explanation = "Milliseconds. Wall time: median (fastest to slowest) of so many calls; then processor time of all threads \
        (median).\n\n";
    explanation.to_owned() + &table(2, &header, cells.collect())
}

fn remarks(rows: &[&Row]) -> String {
    let mut out = String::new();
    for row in rows {
        if let Some(remark) = row.outcome.as_ref().err() {
            let _ = writeln!(out, "- {}, n = {}: not measured. {remark}.", row.kind.name(), row.shape.n);
        }
        if let Some(remark) = &row.instead {
            let _ = writeln!(out, "- * {}, n = {}: {remark}.", row.kind.name(), row.shape.n);
        }
    }
    out
}

fn comparisons(results: &Results, rows: &[&Row]) -> String {
    let header = [
        "scheme",
        "n",
        "t",
        "deal, units",
        "verify one, units",
        "verify all, units a dealing",
        "deal",
        "verify one",
        "verify all n",
        "bytes",
    ];
    let cells = rows.iter().filter_map(|row| {
        let figures = row.outcome.as_ref().ok()?;
        let units = |seconds: f64| thousands(&format!("{:.0}", seconds / results.unit[0]));
        let mut cells = start(row);
        cells.push(units(figures.deal.cpu));
        cells.push(units(figures.verify.cpu));
        cells.push(units(figures.verify_all.cpu / f64::from(row.shape.n)));
        match results.ratios(row) {
            Some(ratios) => {
                let times = [ratios.deal, ratios.verify, ratios.verify_all];
                cells.extend(times.map(|[wall, cpu]| format!("{} / {}", factor(wall), factor(cpu))));
                cells.push(factor(ratios.bytes));
            }
            None => cells.extend(std::iter::repeat_n("-".to_owned(), 4)),
        }
        Some(cells)
    });
    let explanation = "In units of one multiplication in G1 (processor time), then as a multiple of what Coram's transparent system \
        takes: wall / processor time.\n\n";
    explanation.to_owned() + &table(1, &header, cells.collect())
}

/// Whether the goal is reached, where there is what it speaks of.
fn goal(results: &Results) -> String {
    let mut out = String::new();
    let of_goal = |row: &&Row| row.shape.n == 10 && row.shape.m == 1 && Kind::NEIGHBOURS.contains(&row.kind);
    for row in results.rows.iter().filter(of_goal) {
        let Some(ratios) = results.ratios(row) else { continue };
        let verdict = |[wall, cpu]: [f64; 2]| {
            let reached = if wall >= GOAL { "reached" } else { "missed" };
            format!("{} times as fast ({} by processor time): {reached}", factor(wall), factor(cpu))
        };
        let _ = writeln!(
            out,
            "- Against {} at n = 10, goal {GOAL:.0}: dealing {}; verifying all dealings {}.",
            row.kind.name(),
            verdict(ratios.deal),
            verdict(ratios.verify_all),
        );
    }
    out
}

fn start(row: &Row) -> Vec<String> {
    let mark = if row.instead.is_some() { "*" } else { "" };
    vec![row.kind.name().to_owned(), format!("{}{mark}", row.shape.n), row.shape.t.to_string()]
}

fn summary(summary: &Summary) -> String {
    let Summary { runs, wall, least, most, cpu } = summary;
    let range = if *runs == 1 { String::new() } else { format!(" ({} to {})", ms(*least), ms(*most)) };
    format!("{}{range} of {runs}; {}", ms(*wall), ms(*cpu))
}

fn ms(seconds: f64) -> String {
    let ms = seconds * 1e3;
    let digits = if ms < 10.0 { 2 } else { usize::from(ms < 1000.0) };
    thousands(&format!("{ms:.digits$}"))
}

fn factor(ratio: f64) -> String {
    let digits = if ratio < 0.1 {
        3
    } else if ratio < 10.0 {
        2
    } else {
        usize::from(ratio < 100.0)
    };
    thousands(&format!("{ratio:.digits$}"))
}

/// Commas between thousands.
fn thousands(number: &str) -> String {
    let (whole, fraction) =
        number.split_once('.').map_or((number, None), |(whole, rest)| (whole, Some(rest)));
    let mut out = String::new();
    for (position, digit) in whole.chars().enumerate() {
        if position > 0 && (whole.len() - position) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    fraction.map_or_else(|| out.clone(), |fraction| format!("{out}.{fraction}"))
}
