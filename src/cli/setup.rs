//! `coram setup`: the reference string of Groth16, made by everybody together.

mod beacon;
mod contribute;
mod finish;
mod list;
mod new;
mod text;
mod verify;

use std::path::PathBuf;

use clap::{Args, Subcommand};

pub use self::verify::expected_setup;
use crate::failure::Failure;
use crate::store::new_file;

/// Make, check or show a reference string for `coram dkg --proof groth16`
///
/// Two phases: the powers, which serve circuits of any shape up to their size, and the key of one shape. In each, every operator
/// contributes, one after another, to a file that they hand on. Whoever knows the secrets of all contributors of a phase can forge
/// proofs; one contributor who forgets its own is enough. See docs/setup.md.
#[derive(Debug, Subcommand)]
pub enum Command {
    New(new::New),
    Contribute(contribute::Contribute),
    Beacon(beacon::Beacon),
    Verify(verify::Verify),
    Finish(finish::Finish),
    List(list::List),
}

/// Runs the command.
pub fn run(command: &Command) -> Result<(), Failure> {
    new_file::remove_on_interrupt()?;
    match command {
        Command::New(arguments) => new::run(arguments),
        Command::Contribute(arguments) => contribute::run(arguments),
        Command::Beacon(arguments) => beacon::run(arguments),
        Command::Verify(arguments) => verify::run(arguments),
        Command::Finish(arguments) => finish::run(arguments),
        Command::List(arguments) => list::run(arguments),
    }
}

/// The file that a contribution goes into.
#[derive(Debug, Args)]
struct Contributed {
    /// The powers, or the key
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Write the result to a new file, instead of replacing the one that was read
    #[arg(long, env = "CORAM_OUTPUT", value_name = "FILE")]
    output: Option<PathBuf>,
}
