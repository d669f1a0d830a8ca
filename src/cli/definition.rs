//! `coram definition`: what the operators agree on before a ceremony.

mod check;
mod collect;
mod new;
mod report;
mod sign;

use std::io;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use coram_cluster::definition::{Definition, Finding};
use coram_cluster::network::Network;

use crate::failure::{Exit, Failure};
use crate::printer;
use crate::store::{disk, files};

/// Make, sign or check a cluster definition
#[derive(Debug, Subcommand)]
pub enum Command {
    New(Box<new::New>),
    Sign(sign::Sign),
    Merge(collect::Merge),
    Check(check::Check),
}

/// Runs the command.
pub fn run(command: &Command) -> Result<(), Failure> {
    match command {
        Command::New(arguments) => new::run(arguments),
        Command::Sign(arguments) => sign::run(arguments),
        Command::Merge(arguments) => collect::run(arguments),
        Command::Check(arguments) => check::run(arguments),
    }
}

/// Where a changed definition goes.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Destination {
    /// Write the result to a new file
    #[arg(long, env = "CORAM_OUTPUT", value_name = "FILE")]
    output: Option<PathBuf>,
    /// Replace the definition file by the result, in one step
    #[arg(long)]
    in_place: bool,
}

impl Destination {
    /// Writes the definition that was read from `source`, and prints where it is and its hashes.
    fn write(&self, source: &Path, definition: &Definition) -> Result<(), Failure> {
        let bytes = definition.to_json()?;
        let path = match &self.output {
            Some(path) => {
                write_new(path, &bytes)?;
                path
            }
            None => {
                replace(source, &bytes).map_err(|error| disk(source, "replace", &error))?;
                source
            }
        };
        print_written(path, definition)
    }
}

fn write_new(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    files::write_new(path, bytes, files::PUBLIC).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => exists(path),
        _ => disk(path, "write", &error),
    })
}

fn exists(path: &Path) -> Failure {
    let what = format!("{} is there already, and nothing is overwritten", path.display());
    Failure::new(Exit::Refused, "definition.exists", what).help("move it away, or name another place")
}

/// Puts new bytes in the place of a file: whoever reads it finds the old ones or the new ones, also after a crash.
fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    // A symbolic link stays one; what it points to is replaced.
    let path = path.canonicalize()?;
    let folder = path.parent().unwrap_or(Path::new("/"));
    let mut file = tempfile::NamedTempFile::with_prefix_in(".coram-", folder)?;
    file.as_file().set_permissions(std::fs::Permissions::from_mode(files::PUBLIC))?;
    io::Write::write_all(&mut file, bytes)?;
    file.as_file().sync_all()?;
    file.persist(&path).map_err(|error| error.error)?;
    files::sync_folder(folder)
}

/// Prints the result of every command that writes a definition.
fn print_written(path: &Path, definition: &Definition) -> Result<(), Failure> {
    printer::result(&format!(
        "file             {}\nconfig hash      0x{}\ndefinition hash  0x{}\n",
        path.display(),
        hex::encode(definition.config_hash()),
        hex::encode(definition.definition_hash()),
    ))
}

/// Prints what a person should know about a definition, as far as it is wanted.
fn print_findings(definition: &Definition, network: Option<&Network>, wanted: impl Fn(&Finding) -> bool) {
    for finding in definition.lint(network).iter().filter(|finding| wanted(finding)) {
        printer::notice(&format!(
            "{}[{}]: {}",
            report::severity(finding.severity),
            finding.code,
            finding.text
        ));
        printer::notice(&format!("  help: {}", finding.advice));
    }
}
