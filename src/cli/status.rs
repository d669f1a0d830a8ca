//! `coram status`.

use clap::Args;

use crate::failure::Failure;

/// Status
#[derive(Debug, Args)]
pub struct Status {}

/// Runs the command.
pub fn run(_arguments: &Status) -> Result<(), Failure> {
    Ok(())
}
