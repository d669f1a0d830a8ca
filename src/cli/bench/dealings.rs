//! `coram bench dealings`: what dealings cost.

use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::thread::available_parallelism;

use clap::Args;

use crate::bench::dealings::{self, Cell, Method, Plan, Record, Scheme, csv, growth, measure, plot, table};
use crate::bench::machine::Origin;
use crate::cli::terms::Extraction;
use crate::failure::{Exit, Failure};
use crate::printer::result;

use super::{Operators, Validators};

/// Measure dealings: constraints, bytes, time and memory, for all combinations of proof systems, rules of extraction, operators, thresholds and validators
///
/// Each combination is measured by a process of its own, the smallest first. The reference strings of Groth16 are made from secrets that
/// are known: for measurement only, and not part of what is measured.
#[derive(Debug, Args)]
#[command(mut_arg("operators", |list| list.default_values(["4", "7", "10"])))]
pub struct Dealings {
    /// Proof systems and baselines
    #[arg(
        long,
        value_name = "SYSTEM",
        value_enum,
        value_delimiter = ',',
        default_values = ["transparent", "groth16"],
        env = "CORAM_PROOF"
    )]
    proof: Vec<Scheme>,
    /// How keys are made of what is dealt. Batches are left out where they would give nothing, and of baselines
    #[arg(
        long,
        value_name = "RULE",
        value_enum,
        value_delimiter = ',',
        default_values = ["sum"],
        env = "CORAM_EXTRACTION"
    )]
    extraction: Vec<Extraction>,
    #[command(flatten)]
    operators: Operators,
    /// Thresholds; `auto` is two thirds of the operators, rounded up. Those above the number of operators are left out
    #[arg(
        long,
        value_name = "NUMBER",
        value_delimiter = ',',
        default_values = ["auto"],
        env = "CORAM_THRESHOLD"
    )]
    threshold: Vec<Threshold>,
    #[command(flatten)]
    validators: Validators,
    /// How often each step is taken at least, where it takes no longer than seconds; the median is shown
    #[arg(long, value_name = "NUMBER", default_value_t = 3, env = "CORAM_RUNS")]
    runs: usize,
    /// End a combination that takes longer than so many seconds, and leave out larger ones
    #[arg(long, value_name = "SECONDS", default_value_t = 300, env = "CORAM_BOUND")]
    bound: u64,
    /// Threads that loops are spread over [default: as many as there are processors]
    #[arg(long, value_name = "NUMBER", env = "CORAM_THREADS")]
    threads: Option<NonZeroUsize>,
    /// Keep what is measured in this file, one JSON object in a line, and measure nothing again that this program has measured on
    /// this machine
    #[arg(long, value_name = "FILE", env = "CORAM_RESUME")]
    resume: Option<PathBuf>,
    /// Measure nothing, and show all that this program has put into that file on this machine
    #[arg(long, requires = "resume", env = "CORAM_KEPT")]
    kept: bool,
    /// Print JSON
    #[arg(long, conflicts_with = "markdown")]
    json: bool,
    /// Print Markdown
    #[arg(long)]
    markdown: bool,
    /// Write comma-separated values to a file; with `-`, print them instead of a table
    #[arg(long, value_name = "FILE", env = "CORAM_CSV")]
    csv: Option<PathBuf>,
    /// Draw time and bytes over operators and over validators, as SVG
    #[arg(long, value_name = "FILE", env = "CORAM_PLOT")]
    plot: Option<PathBuf>,
}

/// Measure one dealing in this process
#[derive(Debug, Args)]
pub struct Dealing {
    #[arg(long, value_enum, env = "CORAM_PROOF")]
    proof: Scheme,
    #[arg(long, value_enum, env = "CORAM_EXTRACTION")]
    extraction: Extraction,
    #[arg(long, env = "CORAM_OPERATORS")]
    operators: u16,
    #[arg(long, env = "CORAM_THRESHOLD")]
    threshold: u16,
    #[arg(long, env = "CORAM_VALIDATORS")]
    validators: u32,
    #[arg(long, env = "CORAM_RUNS")]
    runs: usize,
}

#[derive(Clone, Copy, Debug)]
enum Threshold {
    /// Two thirds, rounded up.
    Auto,
    Of(u16),
}

impl FromStr for Threshold {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "auto" => Ok(Self::Auto),
            _ => text.parse().map(Self::Of).map_err(|_| "neither a number nor `auto`".to_owned()),
        }
    }
}

impl Threshold {
    fn among(self, operators: u16) -> Option<u16> {
        match self {
            Self::Auto => Some(operators - operators.saturating_sub(1) / 3),
            Self::Of(threshold) => Some(threshold).filter(|threshold| (1..=operators).contains(threshold)),
        }
    }
}

/// Runs `coram bench dealings`.
pub fn run(arguments: &Dealings) -> Result<(), Failure> {
    // Where the results go is asked before hours are spent on them.
    let is_shown = arguments.csv.as_deref() == Some(Path::new("-"));
    if is_shown && (arguments.json || arguments.markdown) {
        return Err(Failure::new(
            Exit::Usage,
            "bench.form",
            "--csv - is printed instead of JSON or Markdown",
        ));
    }
    for path in arguments.csv.iter().filter(|_| !is_shown).chain(&arguments.plot) {
        fs::OpenOptions::new()
            .append(true)
            .create(true)
            .open(path)
            .map_err(|error| unwritable(path, &error))?;
    }
    let threads = arguments.threads.or_else(|| available_parallelism().ok()).map_or(1, NonZeroUsize::get);
    let origin = Origin::here(threads)?;
    let records = match &arguments.resume {
        Some(path) if arguments.kept => dealings::kept(path, &origin)?,
        kept => dealings::run(&Plan {
            cells: cells(arguments),
            runs: arguments.runs.max(1),
            bound: arguments.bound,
            kept: kept.clone(),
            origin,
        })?,
    };
    if let Some(path) = &arguments.plot {
        fs::write(path, plot::svg(&records)?).map_err(|error| unwritable(path, &error))?;
    }
    match &arguments.csv {
        Some(_) if is_shown => return result(&csv::text(&records)),
        Some(path) => fs::write(path, csv::text(&records)).map_err(|error| unwritable(path, &error))?,
        None => (),
    }
    if arguments.json {
        return super::print_json(&Json { cells: &records, growth: growth::growth(&records) });
    }
    let form = if arguments.markdown { table::Form::Markdown } else { table::Form::Terminal };
    result(&table::text(&records, form))
}

/// Measures one cell in this process.
pub fn run_one(arguments: &Dealing) -> Result<(), Failure> {
    let Dealing { proof: scheme, extraction, operators, threshold, validators, runs } = *arguments;
    let cell = Cell { method: Method { scheme, extraction }, operators, threshold, validators };
    super::print_json(&measure::measure(&cell, runs)?)
}

#[derive(serde::Serialize)]
struct Json<'a> {
    cells: &'a [Record],
    growth: Vec<growth::Growth>,
}

/// All combinations, none larger than one that comes later.
fn cells(arguments: &Dealings) -> Vec<Cell> {
    let ascending = |numbers: &[u32]| {
        let mut numbers = numbers.to_vec();
        numbers.sort_unstable();
        numbers
    };
    let operators = ascending(&arguments.operators.numbers.iter().map(|n| u32::from(*n)).collect::<Vec<_>>());
    let rules = |&scheme| arguments.extraction.iter().map(move |&extraction| Method { scheme, extraction });
    let methods: Vec<Method> = arguments.proof.iter().flat_map(rules).collect();
    let mut cells: Vec<Cell> = Vec::new();
    for validators in ascending(&arguments.validators.numbers) {
        for operators in operators.iter().filter_map(|n| u16::try_from(*n).ok()) {
            for threshold in arguments.threshold.iter().filter_map(|threshold| threshold.among(operators)) {
                for &method in &methods {
                    let cell = Cell { method, operators, threshold, validators };
                    if cell.extraction().is_some() && !cells.contains(&cell) {
                        cells.push(cell);
                    }
                }
            }
        }
    }
    cells
}

fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(Exit::Internal, "bench.write", format!("cannot write {}: {error}", path.display()))
}
