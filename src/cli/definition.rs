//! `coram definition`.

use clap::Subcommand;

use crate::failure::Failure;

/// definition
#[derive(Debug, Subcommand)]
pub enum Command {
    /// new
    New,
}

/// Runs the command.
pub fn run(_command: &Command) -> Result<(), Failure> {
    Ok(())
}
