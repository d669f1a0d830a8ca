//! Simulates ceremonies against every adversary of the catalogue, and prints what came of them.

use std::io::Write as _;
use std::process::ExitCode;
use std::thread::available_parallelism;
use std::time::Instant;

use clap::Parser;
use coram_simulator::Failure;
use coram_simulator::adversary::{Entry, catalogue};
use coram_simulator::invariants::Inspector;
use coram_simulator::run::{Plan, Stage, run};
use coram_simulator::table::{Results, Series, list, render};
use coram_simulator::trace::Trace;

/// Ceremonies against operators who cheat, on a network that does its worst.
#[derive(Parser)]
struct Arguments {
    /// Ceremonies in all, spread evenly over adversaries and numbers of operators.
    #[arg(long, default_value_t = 10_000)]
    runs: usize,
    /// Numbers of operators.
    #[arg(long, value_delimiter = ',', default_values_t = [4, 7])]
    operators: Vec<u16>,
    /// Only these adversaries.
    #[arg(long, value_delimiter = ',')]
    adversary: Vec<String>,
    /// Hold one run, that of this seed, and print all that happens in it. Takes one adversary and one number of operators.
    #[arg(long, conflicts_with = "runs")]
    seed: Option<u64>,
    /// The seed of the first run against each adversary.
    #[arg(long, default_value_t = 0)]
    first_seed: u64,
    /// How many clusters there are for each number of operators. A seed means another run with another number.
    #[arg(long, default_value_t = 3)]
    casts: usize,
    /// Compute everything anew for every operator.
    #[arg(long)]
    forget: bool,
    /// Print the table for a document.
    #[arg(long)]
    markdown: bool,
    /// Print the catalogue, and hold no ceremony.
    #[arg(long)]
    list: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match simulate(&arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

/// True if every invariant held.
fn simulate(arguments: &Arguments) -> Result<bool, Failure> {
    let entries = entries(&arguments.adversary)?;
    if arguments.operators.iter().any(|&operators| !(4..=16).contains(&operators)) {
        return Err("from 4 to 16 operators are simulated".into());
    }
    if arguments.list {
        print!("{}", list(&entries));
        return Ok(true);
    }
    let stage = Stage::new(arguments.casts, !arguments.forget);
    match (arguments.seed, entries.as_slice(), arguments.operators.as_slice()) {
        (None, ..) => Ok(hold_all(arguments, &stage, &entries)),
        (Some(seed), &[entry], &[operators]) => replay(&stage, Plan { entry, operators, seed }),
        _ => Err("one seed is for one --adversary and one number of --operators".into()),
    }
}

fn entries(names: &[String]) -> Result<Vec<&'static Entry>, Failure> {
    if names.is_empty() {
        return Ok(catalogue().collect());
    }
    let by_name = |name: &String| {
        let entry = catalogue().find(|entry| entry.name == name);
        entry.ok_or_else(|| Failure::from(format!("no adversary is called {name}: see --list")))
    };
    names.iter().map(by_name).collect()
}

/// Holds one run, and tells what happens.
fn replay(stage: &Stage, plan: Plan) -> Result<bool, Failure> {
    let ended = run(stage, plan, Trace::kept())?;
    for line in ended.trace.lines() {
        println!("{line}");
    }
    let findings = Inspector::default().inspect(plan.entry, &ended);
    println!("outcome: {}", findings.outcome);
    println!("evidence verified: {}; accusations cleared: {}", findings.proved, findings.cleared);
    for violation in &findings.violations {
        println!("VIOLATION: {violation}");
    }
    Ok(findings.violations.is_empty())
}

fn hold_all(arguments: &Arguments, stage: &Stage, entries: &[&'static Entry]) -> bool {
    let started = Instant::now();
    let (runs, operators) = (arguments.runs, arguments.operators.as_slice());
    let threads = available_parallelism().map_or(1, usize::from);
    let series = Series { entries, operators, runs, seed: arguments.first_seed, threads };
    let progress = |done: usize| {
        if done.is_multiple_of(100) || done == runs {
            let seconds = started.elapsed().as_secs_f64();
            eprint!("\r{done} of {runs} ceremonies in {seconds:.0} s");
            let _ = std::io::stderr().flush();
        }
    };
    let results = series.hold(stage, &Inspector::default(), &progress);
    eprintln!();
    print!("{}", render(entries, &results.rows, arguments.markdown));
    let adversaries = entries.len();
    println!("\n{adversaries} adversaries, {runs} ceremonies, {} violations", results.violations.len());
    complain(&results, arguments.casts);
    results.violations.is_empty()
}

fn complain(results: &Results, casts: usize) {
    for violation in results.violations.iter().take(20) {
        eprintln!(
            "{}, n = {}, seed {}: {}",
            violation.adversary, violation.operators, violation.seed, violation.what
        );
        eprintln!("    {}", violation.command(casts));
    }
}
