//! `coram definition merge`: signatures that were made at the same time, brought together.

use std::path::PathBuf;

use clap::Args;
use coram_cluster::ClusterError;
use coram_cluster::definition::Definition;

use super::{exists, print_written, write_new};
use crate::cli::files::read_definition;
use crate::failure::{Exit, Failure};
use crate::printer;

/// Bring together copies of a definition that several people signed at the same time
///
/// All copies must have the same config hash. The result has every node record and every signature that is in one of them; two
/// copies with different ones in the same place are refused. The order of the copies does not matter.
#[derive(Debug, Args)]
pub struct Merge {
    /// The copies
    #[arg(value_name = "FILE", required = true, num_args = 2..)]
    copies: Vec<PathBuf>,
    /// The new file
    #[arg(long, env = "CORAM_OUTPUT", value_name = "FILE")]
    output: PathBuf,
}

/// Runs the command.
pub fn run(arguments: &Merge) -> Result<(), Failure> {
    if arguments.output.exists() {
        return Err(exists(&arguments.output));
    }
    let mut merged: Option<Definition> = None;
    for path in &arguments.copies {
        let copy = read_definition(path)?;
        match &mut merged {
            None => merged = Some(copy),
            Some(merged) => merged.merge_signatures(&copy).map_err(|error| {
                let what = format!("{} does not belong to the copies before it: {error}", path.display());
                Failure::new(Exit::Disagreement, "definition.copies-differ", what)
                    .help("`coram definition check` shows what is in each of them")
            })?,
        }
    }
    let Some(merged) = merged else { return Ok(()) };
    write_new(&arguments.output, &merged.to_json()?)?;
    print_missing(&merged);
    print_written(&arguments.output, &merged)
}

/// Says who still has to sign.
pub(super) fn print_missing(definition: &Definition) {
    match definition.shape() {
        Err(ClusterError::SignatureShape { missing }) => {
            let names: Vec<String> = missing.iter().map(ToString::to_string).collect();
            printer::notice(&format!("Signatures still missing: {}.", names.join(", ")));
        }
        Err(error) => printer::notice(&error.to_string()),
        Ok(_) => printer::notice(
            "No signature is missing. Now every operator should run `coram definition check`, and compare the definition hash with the others.",
        ),
    }
}
