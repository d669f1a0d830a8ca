//! `coram setup verify`.

use std::path::PathBuf;

use clap::Args;
use coram_ceremony::verify::ExpectedSetup;

use super::text;
use crate::cli::files::read_definition;
use crate::failure::Failure;
use crate::printer;
use crate::setup::anchor::Expected;
use crate::setup::contributors::Operators;
use crate::setup::judge;

/// Check powers, a key or a reference string completely, and list who contributed
///
/// With --operators-of or --expect-setup it also says whether the setup is anchored: whether every operator of the definition, or
/// an expected contributor, has signed a contribution to each phase, or it is the expected setup.
///
/// Exit codes: 0 all is as it should be, 3 something is wrong with the file, 4 nothing is, but it is not anchored.
#[derive(Debug, Args)]
pub struct Verify {
    /// Powers, a key, or a reference string
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The cluster definition whose operators should all have contributed
    #[arg(long, value_name = "DEFINITION", env = "CORAM_OPERATORS_OF")]
    operators_of: Option<PathBuf>,
    /// The setup's digest (0x…), or the node record (enr:…) of somebody who contributed and whom you trust
    #[arg(long, env = "CORAM_EXPECT_SETUP", value_name = "SETUP", value_delimiter = ',', value_parser = expected_setup)]
    expect_setup: Vec<ExpectedSetup>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub fn run(arguments: &Verify) -> Result<(), Failure> {
    let operators = match &arguments.operators_of {
        Some(path) => Some(Operators::of(&read_definition(path)?)?),
        None => None,
    };
    let expected = Expected { operators, setup: arguments.expect_setup.clone() };
    let report = judge::run(&arguments.file, &expected)?;
    if arguments.json {
        text::json(&report)?;
    } else {
        printer::result(&text::render(&report))?;
    }
    report.failure().map_or(Ok(()), Err)
}

/// A digest or a node record.
pub fn expected_setup(text: &str) -> Result<ExpectedSetup, String> {
    ExpectedSetup::parse(text.trim()).map_err(|error| error.to_string())
}
