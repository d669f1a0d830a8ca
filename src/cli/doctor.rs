//! `coram doctor`: what would make a ceremony fail.

use std::path::PathBuf;

use clap::Args;

use super::outputs::OutputOptions;
use super::p2p::NetworkOptions;
use super::terms::{ACCEPTABLE, TermsOptions};
use crate::doctor::{Subject, examine, text};
use crate::failure::{Exit, Failure};
use crate::printer;

/// Find out what would make the ceremony fail, before anybody waits for it
///
/// Takes the options of `coram dkg`, and tests what that would do with them; changes nothing. Exit code: 0 if nothing failed,
/// warnings or not; else that of the first check that failed.
#[derive(Debug, Args)]
pub struct Doctor {
    /// This operator's folder, laid out as Charon's
    #[arg(long, value_name = "FOLDER", default_value = ".charon", env = "CORAM_DATA_DIR")]
    data_dir: PathBuf,
    /// A folder through which the operators exchange messages
    #[arg(long, value_name = "FOLDER", env = "CORAM_BOARD")]
    board: Option<PathBuf>,
    #[command(flatten)]
    network: NetworkOptions,
    #[command(flatten)]
    terms: TermsOptions,
    #[command(flatten)]
    outputs: OutputOptions,
    /// Accept a check that cannot be decided here, or a keymanager without TLS, by its name
    #[arg(long, value_name = "CHECK", value_delimiter = ',', value_parser = ACCEPTABLE)]
    accept: Vec<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Runs `coram doctor`.
pub fn run(arguments: &Doctor) -> Result<(), Failure> {
    let network = arguments.network.resolve()?;
    let delivery = arguments.outputs.delivery(&arguments.accept);
    let report = examine(&Subject {
        data_dir: &arguments.data_dir,
        terms: &arguments.terms,
        accept: &arguments.accept,
        board: arguments.board.as_deref(),
        network: &network,
        delivery: &delivery,
    });
    if arguments.json {
        let json = serde_json::to_string_pretty(&report);
        let json = json.map_err(|error| Failure::new(Exit::Internal, "json", error.to_string()))?;
        printer::result(&format!("{json}\n"))?;
    } else {
        printer::result(&text::render(&report, printer::colours()))?;
    }
    report.failure().map_or(Ok(()), Err)
}
