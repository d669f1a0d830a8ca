//! `coram enr`.

use clap::Subcommand;

use crate::failure::Failure;

/// enr
#[derive(Debug, Subcommand)]
pub enum Command {
    /// new
    New,
}

/// Runs the command.
pub fn run(_command: &Command) -> Result<(), Failure> {
    Ok(())
}
