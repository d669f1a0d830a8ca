//! `coram verify`: a lock or a fault file, judged from the file alone.

mod expected;
mod fault;
mod text;

use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Args;
use coram_ceremony::verify::{CheckId, FileKind, NamedFile, Options, Outcome, Report, Verdict, verify_lock};
use serde::Serialize;

use self::expected::Expected;
use super::files::read;
use super::network::CustomNetwork;
use crate::failure::{Exit, Failure};
use crate::printer;
use crate::setup::references;

/// Verify a cluster lock with its transcript, or a fault file, from the file alone
///
/// Makes every check that is listed in the documentation and prints what became of each, with the values that were compared and the
/// time it took; then what is proved, what is only asserted and what no transcript can show; then the verdict. What is expected with
/// --expect-… is compared with the lock; for what is not expected, the file alone vouches.
///
/// Exit codes: 0 VALID, 3 INVALID, 4 INDETERMINATE, 2 if a file cannot be read. For a fault file: 6 if it proves that somebody broke
/// the protocol, 3 if it proves nothing. A fault file is never taken for a lock of which something is expected.
#[derive(Debug, Args)]
pub struct Verify {
    /// The lock, or a fault file; `-` for standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
    /// The transcript, where it stands in a file beside the lock
    #[arg(long, env = "CORAM_TRANSCRIPT", value_name = "FILE")]
    transcript: Option<PathBuf>,
    /// The whole reference string of a setup, to be checked too: the transcript has no more of it than what its contributors proved
    #[arg(long, env = "CORAM_REFERENCE", value_name = "FILE", value_delimiter = ',')]
    reference: Vec<PathBuf>,
    /// Accept that a check does not pass, by its name; the report shows it
    #[arg(long, value_name = "CHECK", value_delimiter = ',', value_parser = acceptable)]
    accept: Vec<CheckId>,
    #[command(flatten)]
    expected: Expected,
    #[command(flatten)]
    custom_network: CustomNetwork,
}

/// Runs the command.
pub fn run(arguments: &Verify) -> Result<(), Failure> {
    let bytes = read(&arguments.file)?;
    match FileKind::of(&bytes) {
        FileKind::Fault => return arguments.fault(&bytes),
        FileKind::Definition => return Err(not_a_lock(&arguments.file)),
        FileKind::Lock | FileKind::Transcript | FileKind::DepositData => {}
    }
    let started = Instant::now();
    let report = verify_lock(&bytes, &arguments.options()?, &|| started.elapsed());
    if arguments.json {
        print_json(&report)?;
    } else {
        printer::result(&text::render(&report, printer::colours()))?;
    }
    arguments.exit(&report)
}

impl Verify {
    fn options(&self) -> Result<Options, Failure> {
        let network = self.custom_network.get()?;
        let expectations = self.expected.expectations(network.as_ref())?;
        let transcript = self.transcript.as_deref().map(named).transpose()?;
        let accept = self.accept.iter().copied().collect();
        let strings =
            self.reference.iter().map(|path| references::recheck(path)).collect::<Result<_, _>>()?;
        Ok(Options {
            name: file_name(&self.file),
            transcript,
            network,
            expectations,
            accept,
            strings,
            ..Options::default()
        })
    }

    fn exit(&self, report: &Report) -> Result<(), Failure> {
        let name = shown(&self.file);
        match report.verdict {
            Verdict::Valid => Ok(()),
            Verdict::Invalid => {
                let what = format!("{name} is INVALID: {}", names(&report.with(Outcome::Failed)));
                Err(Failure::new(Exit::Invalid, "lock.invalid", what)
                    .help("do not deposit to these keys; the report says what each check stops"))
            }
            Verdict::Indeterminate => {
                let what = format!("{name} is INDETERMINATE: {}", names(&report.with(Outcome::Undecided)));
                Err(Failure::new(Exit::Indeterminate, "lock.indeterminate", what)
                    .help("the report says why each of these checks could not be made"))
            }
        }
    }

    /// A fault file is valid if it proves a fault: whoever expects a lock must not take that for an answer.
    fn fault(&self, bytes: &[u8]) -> Result<(), Failure> {
        let beside = self.transcript.is_some() || !self.reference.is_empty() || !self.accept.is_empty();
        if beside || self.expected.is_any() {
            let what = format!("{} is a fault file: there is nothing to expect of it", shown(&self.file));
            return Err(Failure::new(Exit::Usage, "fault.not-a-lock", what)
                .help("name the lock, or leave out --transcript, --reference, --accept and --expect-…"));
        }
        fault::run(&self.file, bytes, self.json)
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

fn not_a_lock(path: &Path) -> Failure {
    let what = format!("{} is a cluster definition, not a lock", shown(path));
    Failure::new(Exit::Usage, "verify.definition", what).help("`coram definition check` explains it")
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

fn print_json(report: &impl Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(report);
    let text = text.map_err(|error| Failure::new(Exit::Internal, "json", error.to_string()))?;
    printer::result(&format!("{text}\n"))
}

/// A file in messages.
fn shown(path: &Path) -> String {
    if path == Path::new("-") { "standard input".to_owned() } else { path.display().to_string() }
}
