//! Many runs, and what came of them.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::Failure;
use crate::adversary::Entry;
use crate::invariants::{Findings, Inspector};
use crate::run::{Plan, Stage, run};
use crate::trace::Trace;

/// What came of all runs against one adversary with one number of operators.
#[derive(Clone, Debug, Default)]
pub struct Row {
    /// Runs.
    pub runs: usize,
    /// How often each outcome came.
    pub outcomes: BTreeMap<String, usize>,
    /// Runs that ended with evidence, all of which a stranger accepted.
    pub proved: usize,
    /// False accusations of honest operators, all of which a stranger rejected.
    pub cleared: usize,
}

/// A run after which an invariant did not hold.
#[derive(Clone, Debug)]
pub struct Violation {
    /// The adversary.
    pub adversary: &'static str,
    /// How many operators.
    pub operators: u16,
    /// The seed that replays it.
    pub seed: u64,
    /// What did not hold.
    pub what: String,
}

impl Violation {
    /// The command that replays the run, which was held with so many casts.
    #[must_use]
    pub fn command(&self, casts: usize) -> String {
        let Self { adversary, operators, seed, .. } = self;
        format!(
            "cargo run --release -p coram-simulator -- --casts {casts} --adversary {adversary} --operators {operators} --seed {seed}"
        )
    }
}

/// Rows by adversary, in the order of the catalogue, and operators.
pub type Rows = BTreeMap<(usize, u16), Row>;

/// The results of many runs.
#[derive(Default)]
pub struct Results {
    /// What came of them.
    pub rows: Rows,
    /// What should not be.
    pub violations: Vec<Violation>,
}

/// Which runs to hold.
pub struct Series<'s> {
    /// The adversaries.
    pub entries: &'s [&'static Entry],
    /// The numbers of operators.
    pub operators: &'s [u16],
    /// Runs in all, spread evenly.
    pub runs: usize,
    /// The seed of the first run against each adversary; those that follow count up.
    pub seed: u64,
    /// How many at the same time.
    pub threads: usize,
}

impl Series<'_> {
    /// Holds all runs. `progress` is told after each how many are done.
    #[must_use]
    pub fn hold(&self, stage: &Stage, inspector: &Inspector, progress: &(dyn Fn(usize) + Sync)) -> Results {
        let results = Mutex::new(Results::default());
        let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for _ in 0..self.threads.max(1) {
                scope.spawn(|| {
                    while let Some((place, plan)) = self.plan(next.fetch_add(1, Ordering::Relaxed)) {
                        let findings = held(stage, inspector, plan);
                        results.lock().unwrap_or_else(PoisonError::into_inner).add(place, plan, findings);
                        progress(done.fetch_add(1, Ordering::Relaxed) + 1);
                    }
                });
            }
        });
        results.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    /// The run of this number, with the place of its adversary.
    fn plan(&self, number: usize) -> Option<(usize, Plan)> {
        let kinds = self.entries.len() * self.operators.len();
        if number >= self.runs || kinds == 0 {
            return None;
        }
        let (round, kind) = (number / kinds, number % kinds);
        let (place, size) = (kind / self.operators.len(), kind % self.operators.len());
        let (entry, operators) = (*self.entries.get(place)?, *self.operators.get(size)?);
        Some((place, Plan { entry, operators, seed: self.seed.wrapping_add(round as u64) }))
    }
}

fn held(stage: &Stage, inspector: &Inspector, plan: Plan) -> Result<Findings, Failure> {
    let ended = run(stage, plan, Trace::default())?;
    Ok(inspector.inspect(plan.entry, &ended))
}

impl Results {
    fn add(&mut self, place: usize, plan: Plan, findings: Result<Findings, Failure>) {
        let row = self.rows.entry((place, plan.operators)).or_default();
        row.runs += 1;
        let violations = match findings {
            Ok(findings) => {
                *row.outcomes.entry(findings.outcome).or_default() += 1;
                row.proved += usize::from(findings.proved > 0);
                row.cleared += findings.cleared;
                findings.violations
            }
            Err(error) => vec![format!("the run could not be held: {error}")],
        };
        let Plan { entry, operators, seed } = plan;
        let violation = |what| Violation { adversary: entry.name, operators, seed, what };
        self.violations.extend(violations.into_iter().map(violation));
    }
}

/// The catalogue in Markdown.
#[must_use]
pub fn list(entries: &[&Entry]) -> String {
    let mut lines = vec![
        "| adversary | what it does | honest operators end with | what stops it |".to_owned(),
        "|---|---|---|---|".to_owned(),
    ];
    lines.extend(entries.iter().map(|Entry { name, what, stopped_by, expected, .. }| {
        let expected: Vec<String> = expected.iter().map(ToString::to_string).collect();
        format!("| `{name}` | {what} | {} | {stopped_by} |", expected.join("; "))
    }));
    lines.join("\n") + "\n"
}

/// The table as text; in Markdown, if it is meant for a document.
#[must_use]
pub fn render(entries: &[&'static Entry], rows: &Rows, markdown: bool) -> String {
    let header = ["adversary", "n", "t", "runs", "outcome", "evidence verified", "accusations cleared"];
    let mut lines: Vec<[String; 7]> = vec![header.map(str::to_owned)];
    for (&(place, operators), row) in rows {
        let Some(entry) = entries.get(place) else { continue };
        let outcomes: Vec<String> = match row.outcomes.len() {
            1 => row.outcomes.keys().cloned().collect(),
            _ => row.outcomes.iter().map(|(outcome, count)| format!("{outcome} ({count})")).collect(),
        };
        lines.push([
            entry.name.to_owned(),
            operators.to_string(),
            (entry.shape)(operators).threshold.to_string(),
            row.runs.to_string(),
            outcomes.join("; "),
            if row.proved > 0 { row.proved.to_string() } else { "-".into() },
            row.cleared.to_string(),
        ]);
    }
    let width =
        |column: usize| lines.iter().filter_map(|line| Some(line.get(column)?.len())).max().unwrap_or(0);
    let widths: Vec<usize> = (0..header.len()).map(width).collect();
    let mut text = String::new();
    for (number, line) in lines.iter().enumerate() {
        let cells = line.iter().zip(&widths).map(|(cell, &width)| format!("{cell:<width$}"));
        let cells: Vec<String> = cells.collect();
        let row = if markdown { format!("| {} |", cells.join(" | ")) } else { cells.join("  ") };
        text.push_str(row.trim_end());
        text.push('\n');
        if markdown && number == 0 {
            let rules: Vec<String> = widths.iter().map(|&width| "-".repeat(width)).collect();
            text.push_str(&format!("| {} |\n", rules.join(" | ")));
        }
    }
    text
}
