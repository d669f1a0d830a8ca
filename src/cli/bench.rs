//! `coram bench`: what things cost on this machine.

#[cfg(feature = "measurements")]
mod dealings;

use std::path::PathBuf;

use clap::{Args, Subcommand};

use coram_proofs::setup::Shape;

use crate::bench::ceremony::{self, Cell};
use crate::bench::setup;
use crate::bench::verify;
use crate::failure::{Exit, Failure};
use crate::printer::{notice, result};
use crate::sim::Transport;

#[derive(Debug, Args)]
struct Operators {
    /// Numbers of operators
    #[arg(
        long = "operators",
        id = "operators",
        value_name = "NUMBER",
        value_delimiter = ',',
        default_values_t = [4, 7, 10, 16],
        env = "CORAM_OPERATORS"
    )]
    numbers: Vec<u16>,
}

#[derive(Debug, Args)]
struct Validators {
    /// Numbers of validators
    #[arg(
        long = "validators",
        id = "validators",
        value_name = "NUMBER",
        value_delimiter = ',',
        default_values_t = [1, 16, 100],
        env = "CORAM_VALIDATORS"
    )]
    numbers: Vec<u32>,
}

/// What is measured.
#[derive(Debug, Subcommand)]
pub enum Command {
    Ceremony(Ceremony),
    #[cfg(feature = "measurements")]
    Dealings(Box<dealings::Dealings>),
    #[cfg(feature = "measurements")]
    #[command(hide = true)]
    Dealing(dealings::Dealing),
    Setup(Setup),
    Verify(Verify),
}

/// Measure whole ceremonies: time from the last Join to the lock, where it goes, and bytes sent
///
/// Runs `coram sim` for every combination of operators and validators, all operators on this machine, and reads the times off their events.
#[derive(Debug, Args)]
#[command(mut_arg("operators", |list| list.default_values(["4", "10", "16"])))]
#[command(mut_arg("validators", |list| list.default_values(["1", "100"])))]
pub struct Ceremony {
    #[command(flatten)]
    operators: Operators,
    #[command(flatten)]
    validators: Validators,
    /// How the operators exchange messages
    #[arg(long, value_name = "WAY", value_enum, default_value = "tcp", env = "CORAM_TRANSPORT")]
    transport: Transport,
    /// How often each ceremony is run; the one with the median time is shown
    #[arg(long, value_name = "NUMBER", default_value_t = 3, env = "CORAM_RUNS")]
    runs: usize,
    /// Give up on a ceremony after so many seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 600, env = "CORAM_TIMEOUT")]
    timeout: u64,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Measure setups for Groth16: what each step costs a contributor and a verifier, and how large the files are
///
/// The strings that are made have one contributor, whose secrets are forgotten; they are not kept.
#[derive(Debug, Args)]
pub struct Setup {
    #[command(flatten)]
    operators: Operators,
    /// Validators that one proof is about
    #[arg(
        long,
        value_name = "NUMBER",
        value_delimiter = ',',
        default_values_t = [1],
        env = "CORAM_VALIDATORS_PER_PROOF"
    )]
    validators_per_proof: Vec<u32>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Measure the verification of locks: time and memory, by this machine's processors
///
/// Each lock is verified by a process of its own, from its bytes, with nothing expected and no other file, as `coram verify` does.
#[derive(Debug, Args)]
pub struct Verify {
    /// The locks
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// How often each lock is verified; the median time is shown
    #[arg(long, value_name = "NUMBER", default_value_t = 5, env = "CORAM_RUNS")]
    runs: usize,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Runs `coram bench`.
pub fn run(command: &Command) -> Result<(), Failure> {
    match command {
        Command::Ceremony(arguments) => ceremonies(arguments),
        #[cfg(feature = "measurements")]
        Command::Dealings(arguments) => dealings::run(arguments),
        #[cfg(feature = "measurements")]
        Command::Dealing(arguments) => dealings::run_one(arguments),
        Command::Setup(arguments) => setups(arguments),
        Command::Verify(arguments) => verifications(arguments),
    }
}

fn verifications(arguments: &Verify) -> Result<(), Failure> {
    let measured = verify::measure(&arguments.files, arguments.runs)?;
    if arguments.json { print_json(&measured) } else { result(&verify::table(&measured)) }
}

fn setups(arguments: &Setup) -> Result<(), Failure> {
    let mut measured = Vec::new();
    for &operators in &arguments.operators.numbers {
        for &validators in &arguments.validators_per_proof {
            let setup = setup::measure(Shape::new(operators, validators)?)?;
            notice(&setup::row(&setup));
            measured.push(setup);
        }
    }
    if arguments.json { print_json(&measured) } else { result(&setup::table(&measured)) }
}

fn ceremonies(arguments: &Ceremony) -> Result<(), Failure> {
    let mut cells = Vec::new();
    for &validators in &arguments.validators.numbers {
        for &operators in &arguments.operators.numbers {
            let cell = Cell { operators, validators: validators.into(), transport: arguments.transport };
            let measured = ceremony::measure(cell, arguments.runs.max(1), arguments.timeout)?;
            notice(&ceremony::row(&measured));
            cells.push(measured);
        }
    }
    if arguments.json { print_json(&cells) } else { result(&ceremony::table(&cells)) }
}

fn print_json<T: serde::Serialize>(measured: &T) -> Result<(), Failure> {
    let json = serde_json::to_string_pretty(measured);
    let json = json.map_err(|error| Failure::new(Exit::Internal, "json", error.to_string()))?;
    result(&format!("{json}\n"))
}
