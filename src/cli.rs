//! The command line: one file for each subcommand.

mod amount;
mod bench;
mod definition;
pub mod dkg;
mod doctor;
mod enr;
pub mod files;
mod inspect;
pub mod network;
mod outputs;
mod p2p;
mod recover;
mod relay;
pub mod secret;
mod setup;
mod shell;
mod sim;
mod status;
pub mod terms;
mod verify;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::{failure::Failure, printer};

/// Distributed key generation for Ethereum validators, in public: every dealing is published, encrypted and proved, and the
/// lock carries a transcript that anybody can verify
///
/// Results go to standard output, everything else to standard error. Options can also be given as environment variables
/// `CORAM_…`, except for those by which one says yes to something (--accept, --creator, --in-place) or asks for another form of
/// the output (--json, --verbose).
///
/// Exit codes: 0 ok, 1 internal error, 2 usage, 3 invalid, 4 indeterminate, 5 timed out, 6 aborted with proof of a fault,
/// 7 refused, 8 peers disagree, 130 interrupted.
#[derive(Debug, Parser)]
#[command(name = "coram", version, propagate_version = true)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

// What a command is for stands with its arguments: a text here would hide the longer one there.
#[derive(Debug, Subcommand)]
enum Command {
    /// Make or show an operator's node record (ENR) and its identity key
    #[command(subcommand)]
    Enr(enr::Command),
    /// Make, sign or check a cluster definition
    #[command(subcommand)]
    Definition(definition::Command),
    Dkg(dkg::Dkg),
    Doctor(Box<doctor::Doctor>),
    Status(status::Status),
    /// Make, check or show a reference string for `coram dkg --proof groth16`
    #[command(subcommand)]
    Setup(setup::Command),
    Sim(sim::Sim),
    /// Measure what things cost on this machine
    #[command(subcommand)]
    Bench(bench::Command),
    Verify(verify::Verify),
    Inspect(inspect::Inspect),
    Recover(recover::Recover),
    Relay(relay::Relay),
    Completions(shell::Completions),
    Man(shell::Man),
}

/// Runs a command; prints its failure.
pub fn run(arguments: Arguments) -> ExitCode {
    secret::guard_memory();
    let result = match arguments.command {
        Command::Enr(command) => enr::run(&command),
        Command::Definition(command) => definition::run(&command),
        Command::Dkg(command) => dkg::run(&command),
        Command::Doctor(command) => doctor::run(&command),
        Command::Status(command) => status::run(&command),
        Command::Setup(command) => setup::run(&command),
        Command::Sim(command) => sim::run(&command),
        Command::Bench(command) => bench::run(&command),
        Command::Verify(command) => verify::run(&command),
        Command::Inspect(command) => inspect::run(&command),
        Command::Recover(command) => recover::run(&command),
        Command::Relay(command) => relay::run(&command),
        Command::Completions(command) => shell::completions(&command),
        Command::Man(man) => shell::man(&man),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => report(&failure),
    }
}

fn report(failure: &Failure) -> ExitCode {
    printer::notice(&failure.to_string());
    if let Some(help) = &failure.help {
        printer::notice(&format!("  help: {help}"));
    }
    failure.exit.into()
}
