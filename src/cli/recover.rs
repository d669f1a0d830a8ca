//! `coram recover`.

use clap::Args;

use crate::failure::Failure;

/// Recover
#[derive(Debug, Args)]
pub struct Recover {}

/// Runs the command.
pub fn run(_arguments: &Recover) -> Result<(), Failure> {
    Ok(())
}
