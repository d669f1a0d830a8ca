//! `coram setup new`.

use std::path::PathBuf;

use clap::Args;

use crate::failure::Failure;
use crate::setup::begin::{self, Begin};

/// Begin a phase: the powers, or with --powers the key of one shape
///
/// The powers are begun in no time. The key follows from powers that have contributions; they are verified, and what follows
/// from them is computed, which takes minutes for large shapes. That can be interrupted: finished parts are kept in a folder.
#[derive(Debug, Args)]
pub struct New {
    /// A file that does not exist yet
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Number of operators of the cluster
    #[arg(long, value_name = "NUMBER", env = "CORAM_OPERATORS")]
    operators: u16,
    /// How many validators one proof is for
    #[arg(long, value_name = "NUMBER", default_value_t = 1, env = "CORAM_VALIDATORS")]
    validators: u32,
    /// Make 2^LOG powers, to use them for other shapes too [default: as many as this one needs]
    #[arg(long, value_name = "LOG", env = "CORAM_SIZE", conflicts_with = "powers")]
    size: Option<u8>,
    /// Begin the key, from these powers
    #[arg(long, value_name = "FILE", env = "CORAM_POWERS")]
    powers: Option<PathBuf>,
    /// Where finished parts of the key are kept until it is whole [default: FILE.parts]
    #[arg(long, value_name = "FOLDER", env = "CORAM_CACHE", requires = "powers")]
    cache: Option<PathBuf>,
}

/// Runs the command.
pub fn run(arguments: &New) -> Result<(), Failure> {
    let New { file, operators, validators, size, powers, cache } = arguments;
    begin::run(&Begin {
        file,
        operators: *operators,
        validators: *validators,
        size: *size,
        powers: powers.as_deref(),
        cache: cache.as_deref(),
    })
}
