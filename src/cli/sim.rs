//! `coram sim`: a whole ceremony on this machine.

use std::path::PathBuf;

use clap::Args;

use super::terms::{Extraction, ProofSystem, reference_without_proof};
use crate::failure::Failure;
use crate::printer::{notice, result};
use crate::sim::{self, Plan, Transport};
use crate::store::data_dir::LOCK;

/// Run a whole ceremony on this machine, one process for each operator
///
/// Makes identities and Ethereum accounts, a definition that all of them sign, and runs `coram dkg` for every operator: over libp2p on the
/// loopback interface, or on a folder. Under Groth16 the operators make the reference string before, by `coram setup`. Lays out
/// `FOLDER/node<i>/` as data folders. Prints the paths of the locks.
#[derive(Debug, Args)]
pub struct Sim {
    /// Number of operators
    #[arg(long, value_name = "NUMBER", default_value_t = 4, env = "CORAM_OPERATORS")]
    operators: u16,
    /// Shares that sign together [default: two thirds of the operators, rounded up]
    #[arg(long, value_name = "NUMBER", env = "CORAM_THRESHOLD")]
    threshold: Option<u64>,
    /// Number of validators
    #[arg(long, value_name = "NUMBER", default_value_t = 1, env = "CORAM_VALIDATORS")]
    validators: u64,
    /// The operators that deal, by index from 1, at least as many as the threshold [default: all]
    #[arg(long, value_name = "INDEX", value_delimiter = ',', env = "CORAM_DEALERS")]
    dealers: Option<Vec<u16>>,
    /// How validator keys are made of what the dealers deal
    #[arg(long, value_name = "RULE", value_enum, default_value = "sum", env = "CORAM_EXTRACTION")]
    extraction: Extraction,
    /// How dealings are proved
    #[arg(long, value_name = "SYSTEM", value_enum, default_value = "transparent", env = "CORAM_PROOF")]
    proof: ProofSystem,
    /// Reference strings for Groth16 [default: the operators make them, each in a process of its own]
    #[arg(long, value_name = "FILE", value_delimiter = ',', env = "CORAM_REFERENCE")]
    reference: Vec<PathBuf>,
    /// How many validators, or batches of them, one proof is for, in reference strings that are made
    #[arg(long, value_name = "NUMBER", default_value_t = 1, env = "CORAM_VALIDATORS_PER_PROOF")]
    validators_per_proof: u64,
    /// A folder that does not exist yet
    #[arg(long, value_name = "FOLDER", env = "CORAM_OUTPUT")]
    output: PathBuf,
    /// The network: mainnet, hoodi, sepolia, gnosis, chiado; goerli and holesky, which are closed
    #[arg(long, value_name = "NAME", default_value = "hoodi", env = "CORAM_NETWORK")]
    network: String,
    /// How the operators exchange messages
    #[arg(long, value_name = "WAY", value_enum, default_value = "tcp", env = "CORAM_TRANSPORT")]
    transport: Transport,
    /// The operators exchange messages through a folder, `FOLDER/board/`: the same as --transport folder
    #[arg(long, env = "CORAM_FOLDER", value_parser = clap::builder::FalseyValueParser::new())]
    folder: bool,
    /// Give up after so many seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 600, env = "CORAM_TIMEOUT")]
    timeout: u64,
}

/// What took less is not worth a line, in seconds.
const WORTH_A_LINE: f64 = 0.1;

/// Runs `coram sim`.
pub fn run(arguments: &Sim) -> Result<(), Failure> {
    if arguments.proof == ProofSystem::Transparent && !arguments.reference.is_empty() {
        return Err(reference_without_proof());
    }
    let plan = Plan {
        operators: arguments.operators,
        threshold: arguments.threshold,
        validators: arguments.validators,
        dealers: arguments.dealers.clone(),
        extraction: arguments.extraction,
        proof: arguments.proof,
        references: arguments.reference.clone(),
        validators_per_proof: arguments.validators_per_proof,
        network: arguments.network.clone(),
        transport: if arguments.folder { Transport::Folder } else { arguments.transport },
        timeout: arguments.timeout,
        output: arguments.output.clone(),
    };
    let done = sim::run(&plan)?;
    for (work, seconds) in done.parts.iter().filter(|(_, seconds)| *seconds >= WORTH_A_LINE) {
        notice(&format!("{work}: {seconds:.1} s"));
    }
    let locks: Vec<PathBuf> = done.folders.iter().map(|folder| folder.join(LOCK)).collect();
    notice(&format!(
        "{} identical locks of {} bytes, lock hash 0x{}, after {:.1} s",
        locks.len(),
        done.lock_len,
        hex::encode(done.lock_hash),
        done.elapsed.as_secs_f64()
    ));
    if let Some(path) = locks.first() {
        notice(&format!("verify with: coram verify {}", path.display()));
    }
    result(&locks.iter().map(|path| format!("{}\n", path.display())).collect::<String>())
}
