//! `coram verify`: a lock, deposit data or a fault file, judged from the files alone.
//!
//! | file           | what is in it                                    |
//! |----------------|--------------------------------------------------|
//! | `beside.rs`    | the files that are given beside the first one     |
//! | `keystores.rs` | the keystores in a folder                         |
//! | `expected.rs`  | what is expected, by options and by a file        |
//! | `elsewhere.rs` | files that are not judged alone                   |
//! | `fault.rs`     | fault files                                       |
//! | `outputs.rs`   | the report in every form                          |
//! | `text.rs`      | the report in words                               |

mod beside;
mod elsewhere;
mod expected;
mod fault;
mod keystores;
mod outputs;
mod text;

use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Args;
use coram_ceremony::verify::{
    CheckId, FileKind, NamedFile, Options, Outcome, Report, Subject, Verdict, schema, verify_observed,
};

use self::beside::Beside;
use self::expected::Expected;
use self::outputs::{Outputs, is_standard};
use super::files::read;
use super::network::CustomNetwork;
use crate::failure::{Exit, Failure};
use crate::printer;
use crate::setup::progress::Gauge;

/// Verify a cluster lock with its transcript, deposit data, or a fault file, from the files alone
///
/// Makes every check that is listed in the documentation and prints what became of each, with the values that were compared and the
/// time it took; then what is proved, what is only asserted and what no transcript can show; then the verdict. What is expected with
/// --expect and --expect-… is compared with the lock; for what is not expected, the file alone vouches.
///
/// Exit codes: 0 VALID, 3 INVALID, 4 INDETERMINATE, 2 if a file cannot be read. For a fault file: 6 if it proves that somebody broke
/// the protocol, 3 if it proves nothing, 4 if this version does not know its rules. A fault file is never taken for a lock of which something is expected.
#[derive(Debug, Args)]
pub struct Verify {
    /// The lock, deposit data, or a fault file; `-` for standard input
    #[arg(value_name = "FILE", required_unless_present = "schema")]
    file: Option<PathBuf>,
    /// Print the JSON Schema of what --json prints, and nothing else
    #[arg(long, exclusive = true)]
    schema: bool,
    /// Accept that a check does not pass, by its name; the report shows it
    #[arg(long, value_name = "CHECK", value_delimiter = ',', value_parser = acceptable)]
    accept: Vec<CheckId>,
    #[command(flatten)]
    outputs: Outputs,
    #[command(flatten)]
    beside: Beside,
    #[command(flatten)]
    expected: Expected,
    #[command(flatten)]
    custom_network: CustomNetwork,
}

/// Runs the command.
pub fn run(arguments: &Verify) -> Result<(), Failure> {
    match &arguments.file {
        Some(file) => arguments.verify(file),
        None => printer::result(&format!("{:#}\n", schema())),
    }
}

impl Verify {
    fn verify(&self, file: &Path) -> Result<(), Failure> {
        self.check(file)?;
        let bytes = read(file)?;
        let kind = FileKind::of(&bytes);
        match kind {
            FileKind::Fault => return self.fault(file, &bytes),
            FileKind::Definition => return Err(elsewhere::definition(file)),
            FileKind::Transcript => return Err(elsewhere::transcript(file)),
            FileKind::Lock | FileKind::DepositData => {}
        }
        let (options, started) = (self.options(file)?, Instant::now());
        let clock = || started.elapsed();
        let subject = match kind {
            FileKind::DepositData => Subject::DepositData,
            _ => Subject::Lock,
        };
        let (gauge, mut made) = (Gauge::on_terminal(), 0);
        let report = verify_observed(subject, &bytes, &options, &clock, &mut |_| {
            made += 1;
            if let Some(gauge) = &gauge {
                gauge.count("verifying", made, CheckId::ALL.len());
            }
        });
        drop(gauge);
        self.outputs.give(&report)?;
        exit(file, &report)
    }

    /// What can be said before anything is read.
    fn check(&self, file: &Path) -> Result<(), Failure> {
        let inputs: Vec<&Path> =
            [file].into_iter().chain(self.beside.paths()).chain(self.expected.file()).collect();
        if inputs.iter().filter(|path| is_standard(path)).count() > 1 {
            let what = "standard input can be only one of the files";
            return Err(Failure::new(Exit::Usage, "verify.inputs", what));
        }
        self.outputs.check(&inputs)
    }

    fn options(&self, file: &Path) -> Result<Options, Failure> {
        let network = self.custom_network.get()?;
        let expectations = self.expected.expectations(network.as_ref())?;
        let accept = self.accept.iter().copied().collect();
        let given = Options { name: file_name(file), network, expectations, accept, ..Options::default() };
        self.beside.read(given)
    }

    /// A fault file is valid if it proves a fault: whoever expects a lock must not take that for an answer.
    fn fault(&self, file: &Path, bytes: &[u8]) -> Result<(), Failure> {
        let beside = self.beside.paths().next().is_some() || !self.accept.is_empty();
        if beside || self.expected.is_any() || self.outputs.has_badge() {
            let what = format!("{} is a fault file: there is nothing to expect of it", shown(file));
            return Err(Failure::new(Exit::Usage, "fault.not-a-lock", what)
                .help("name the lock, or leave out everything but --json and --html"));
        }
        fault::run(file, bytes, &self.outputs)
    }
}

/// What the verdict comes to for whoever runs the program.
fn exit(file: &Path, report: &Report) -> Result<(), Failure> {
    let name = shown(file);
    let (invalid, indeterminate) = match report.subject {
        Subject::Lock => ("lock.invalid", "lock.indeterminate"),
        Subject::DepositData => ("deposit-data.invalid", "deposit-data.indeterminate"),
    };
    match report.verdict {
        Verdict::Valid => Ok(()),
        Verdict::Invalid => {
            let what = format!("{name} is INVALID: {}", names(&report.with(Outcome::Failed)));
            Err(Failure::new(Exit::Invalid, invalid, what)
                .help("do not deposit to these keys; the report says what each check stops"))
        }
        Verdict::Indeterminate => {
            let what = format!("{name} is INDETERMINATE: {}", names(&report.with(Outcome::Undecided)));
            Err(Failure::new(Exit::Indeterminate, indeterminate, what)
                .help("the report says why each of these checks could not be made"))
        }
    }
}

/// A file with its name, as the report shows it.
fn named(path: &Path) -> Result<NamedFile, Failure> {
    Ok(NamedFile { name: file_name(path), bytes: read(path)? })
}

/// The name without the folder; standard input has none.
fn file_name(path: &Path) -> Option<String> {
    let name = path.file_name().filter(|_| path != Path::new("-"));
    name.map(|name| name.to_string_lossy().into_owned())
}

fn acceptable(name: &str) -> Result<CheckId, String> {
    let check = CheckId::by_name(name).ok_or_else(|| "there is no check of that name".to_owned())?;
    if check.can_be_accepted() { Ok(check) } else { Err("nothing can be judged without it".to_owned()) }
}

/// The first few names of a list.
fn names(names: &[&str]) -> String {
    const SHOWN: usize = 8;
    match names.len().checked_sub(SHOWN) {
        None | Some(0) => names.join(", "),
        Some(more) => {
            format!("{} and {more} more", names.iter().take(SHOWN).copied().collect::<Vec<_>>().join(", "))
        }
    }
}

/// A file in messages.
fn shown(path: &Path) -> String {
    if path == Path::new("-") { "standard input".to_owned() } else { path.display().to_string() }
}
