//! `coram sim`.

use clap::Args;

use crate::failure::Failure;

/// Sim
#[derive(Debug, Args)]
pub struct Sim {}

/// Runs the command.
pub fn run(_arguments: &Sim) -> Result<(), Failure> {
    Ok(())
}
