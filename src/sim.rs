//! A whole ceremony on this machine.
//!
//! | file           | what is in it                              |
//! |----------------|--------------------------------------------|
//! | `operators.rs` | operators who do not exist, and their cluster |
//! | `ways.rs`      | how they reach each other                   |
//! | `setup.rs`     | the reference string, if their proofs need one |
//! | `processes.rs` | a process for each                          |
//! | `watch.rs`     | what they are at, and how long it took      |

mod operators;
mod processes;
mod setup;
mod watch;
mod ways;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::ValueEnum;
use coram_ceremony::Ceremony;
use coram_cluster::definition::Definition;
use coram_cluster::lock::Lock;

use crate::cli::files::read;
use crate::cli::terms::{Extraction, ProofSystem};
use crate::failure::{Exit, Failure};
use crate::printer::notice;
use crate::store::data_dir::LOCK;
use processes::Processes;

/// The file in a data folder with the events of its operator.
pub const EVENTS: &str = "events.jsonl";

/// How operators exchange messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Transport {
    /// libp2p over TCP
    Tcp,
    /// libp2p over QUIC
    Quic,
    /// A shared folder
    Folder,
}

/// What is to be simulated.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Number of operators, `n`.
    pub operators: u16,
    /// Shares that sign together, `t`; two thirds of the operators, rounded up, if none is given.
    pub threshold: Option<u64>,
    /// Number of validators, `m`.
    pub validators: u64,
    /// The operators that deal, by index from 1; all, if none are given.
    pub dealers: Option<Vec<u16>>,
    /// How keys are made of what is dealt.
    pub extraction: Extraction,
    /// How dealings are proved.
    pub proof: ProofSystem,
    /// Reference strings, if the operators need not make them themselves.
    pub references: Vec<PathBuf>,
    /// How many polynomials one proof is for, where they make them: validators, or batches of them.
    pub validators_per_proof: u64,
    /// The network's name.
    pub network: String,
    /// How operators exchange messages.
    pub transport: Transport,
    /// When to give up, in seconds.
    pub timeout: u64,
    /// A folder that does not exist yet.
    pub output: PathBuf,
}

/// What is left of a simulation.
#[derive(Clone, Debug)]
pub struct Done {
    /// The data folders, by operator.
    pub folders: Vec<PathBuf>,
    /// Size of the lock, in bytes.
    pub lock_len: usize,
    /// Its hash.
    pub lock_hash: [u8; 32],
    /// What took long, by its name in events, and the seconds of the operator that took longest for it.
    pub parts: Vec<(String, f64)>,
    /// How long all took.
    pub elapsed: Duration,
}

/// Runs `coram dkg` for every operator of a new cluster, to the end.
///
/// # Errors
///
/// The first failure of an operator, which ends all; and locks that differ.
pub fn run(plan: &Plan) -> Result<Done, Failure> {
    let output = &plan.output;
    if output.exists() {
        let what = format!("{} is there already", output.display());
        return Err(
            Failure::new(Exit::Refused, "store.exists", what).help("name a folder that does not exist yet")
        );
    }
    let started = Instant::now();
    let operators = operators::make_operators(plan)?;
    let definition = operators::make_definition(plan, &operators)?;
    let polynomials = polynomials(plan, &definition)?;
    operators::write_folders(output, &operators, &definition)?;
    let mut ways = ways::ways(plan, &operators)?;
    notice(&format!(
        "{} operators, threshold {}, {} validators: definition 0x{}",
        operators.len(),
        definition.threshold(),
        plan.validators,
        hex::encode(definition.computed_hash()?)
    ));
    let deadline = started + Duration::from_secs(plan.timeout);
    let mut terms = proof_options(plan, polynomials, deadline)?;
    if let Some(dealers) = &plan.dealers {
        let dealers: Vec<String> = dealers.iter().map(u16::to_string).collect();
        terms.extend(["--dealers".into(), dealers.join(",").into()]);
    }
    if plan.extraction == Extraction::Batched {
        terms.extend(["--extraction".into(), "batched".into()]);
    }
    ways.iter_mut().for_each(|way| way.extend_from_slice(&terms));
    Processes::start(output, &ways, plan.timeout)?.wait()?;
    let folders: Vec<PathBuf> = (0..operators.len()).map(|index| node(output, index)).collect();
    let lock = common_lock(&folders)?;
    let lock_hash = Lock::parse(&lock)?.hash()?;
    let parts = watch::parts(&folders)?;
    Ok(Done { folders, lock_len: lock.len(), lock_hash, parts, elapsed: started.elapsed() })
}

/// How many polynomials each operator deals.
fn polynomials(plan: &Plan, definition: &Definition) -> Result<u64, Failure> {
    let mut parameters = Ceremony::default_parameters(definition)?;
    parameters.extraction = plan.extraction.into();
    if let Some(dealers) = &plan.dealers {
        parameters.dealers = dealers.clone();
        parameters.dealers.sort_unstable();
    }
    let ceremony = Ceremony::new(definition.clone(), parameters, 0)?;
    Ok(ceremony.extraction().polynomials() as u64)
}

/// The options that say how dealings are proved. Operators who need a reference string make it first.
fn proof_options(plan: &Plan, polynomials: u64, deadline: Instant) -> Result<Vec<OsString>, Failure> {
    if plan.proof == ProofSystem::Transparent {
        return Ok(Vec::new());
    }
    let mut options: Vec<OsString> = vec!["--proof".into(), "groth16".into()];
    let references = if plan.references.is_empty() {
        setup::make(plan, polynomials, deadline)?
    } else {
        // These operators were made up after it.
        options.extend(["--accept".into(), "setup.anchored".into()]);
        plan.references.clone()
    };
    options.extend(references.into_iter().flat_map(|reference| ["--reference".into(), reference.into()]));
    Ok(options)
}

/// The data folder of operator `index`, from 0.
fn node(output: &Path, index: usize) -> PathBuf {
    output.join(format!("node{index}"))
}

/// All operators must have the same bytes.
fn common_lock(folders: &[PathBuf]) -> Result<Vec<u8>, Failure> {
    let mut locks = folders.iter().map(|folder| read(&folder.join(LOCK)));
    let first =
        locks.next().ok_or_else(|| Failure::new(Exit::Usage, "sim.empty", "there are no operators"))??;
    for lock in locks {
        if lock? != first {
            return Err(Failure::new(
                Exit::Internal,
                "sim.locks-differ",
                "the operators have different locks",
            )
            .help("this is a mistake of the program: keep the folder and report it"));
        }
    }
    Ok(first)
}
