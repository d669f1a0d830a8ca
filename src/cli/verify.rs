//! `coram verify`.

use clap::Args;

use crate::failure::Failure;

/// Verify
#[derive(Debug, Args)]
pub struct Verify {}

/// Runs the command.
pub fn run(_arguments: &Verify) -> Result<(), Failure> {
    Ok(())
}
