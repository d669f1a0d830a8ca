//! `coram setup list`.

use std::path::PathBuf;

use clap::Args;

use super::text;
use crate::failure::Failure;
use crate::printer;
use crate::setup::{judge, shapes};

/// Show what a file of a setup is, without checking it; or which shapes there are
///
/// Without a file: for numbers of operators and sizes of powers, the most validators that one proof can be for, and how large
/// the files are. One file of powers serves all shapes up to its size.
#[derive(Debug, Args)]
pub struct List {
    /// Powers, a key, or a reference string
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// Numbers of operators
    #[arg(long, value_name = "NUMBER", value_delimiter = ',', default_values_t = [3, 4, 7, 10, 16], env = "CORAM_OPERATORS")]
    operators: Vec<u16>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub fn run(arguments: &List) -> Result<(), Failure> {
    match &arguments.file {
        Some(file) => {
            let report = judge::describe(file)?;
            if arguments.json { text::json(&report) } else { printer::result(&text::render(&report)) }
        }
        None => {
            let shapes = shapes::table(&arguments.operators);
            if arguments.json { text::json(&shapes) } else { printer::result(&text::shapes(&shapes)) }
        }
    }
}
