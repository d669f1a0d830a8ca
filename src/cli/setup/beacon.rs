//! `coram setup beacon`.

use clap::Args;

use super::Contributed;
use crate::failure::Failure;
use crate::setup::contribute::{self, By};

/// Close a phase with public randomness, such as the hash of a block that nobody could know before
///
/// The last contributor can choose among results; a beacon takes that choice away. Its secrets are public, so it stands for no
/// contributor. Nothing follows it in its phase. Prints the id of the contribution.
#[derive(Debug, Args)]
pub struct Beacon {
    #[command(flatten)]
    contributed: Contributed,
    /// The random value as it was published, in hex, 64 bytes at most
    #[arg(long, value_name = "HEX", env = "CORAM_VALUE", value_parser = bytes)]
    value: Bytes,
    /// The value is hashed 2^LOG times, 2^20 at most
    #[arg(long, value_name = "LOG", env = "CORAM_ITERATIONS_LOG")]
    iterations_log: u8,
}

/// A value of any length.
#[derive(Clone, Debug)]
struct Bytes(Vec<u8>);

/// Runs the command.
pub fn run(arguments: &Beacon) -> Result<(), Failure> {
    let Contributed { file, output } = &arguments.contributed;
    let by = By::Beacon { value: arguments.value.0.clone(), iterations_log: arguments.iterations_log };
    contribute::run(file, output.as_deref(), &by)
}

fn bytes(text: &str) -> Result<Bytes, String> {
    let digits = text.trim();
    let digits = digits.strip_prefix("0x").unwrap_or(digits);
    hex::decode(digits).map(Bytes).map_err(|_| "a value is 0x and hex digits, two for each byte".to_owned())
}
