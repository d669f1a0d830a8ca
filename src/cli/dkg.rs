//! `coram dkg`.

use clap::Args;

use crate::failure::Failure;

/// Dkg
#[derive(Debug, Args)]
pub struct Dkg {}

/// Runs the command.
pub fn run(_arguments: &Dkg) -> Result<(), Failure> {
    Ok(())
}
