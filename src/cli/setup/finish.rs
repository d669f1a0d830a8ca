//! `coram setup finish`.

use std::path::PathBuf;

use clap::Args;

use crate::failure::Failure;
use crate::setup::finish;

/// Verify a key and make the reference string of it that `coram dkg` takes
///
/// A reference string takes no more contributions. Prints its digest, which operators compare and outsiders can expect.
#[derive(Debug, Args)]
pub struct Finish {
    /// The key, with all contributions
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Where the reference string goes: a file that does not exist yet
    #[arg(long, value_name = "REFERENCE", env = "CORAM_OUTPUT")]
    output: PathBuf,
}

/// Runs the command.
pub fn run(arguments: &Finish) -> Result<(), Failure> {
    finish::run(&arguments.file, &arguments.output)
}
