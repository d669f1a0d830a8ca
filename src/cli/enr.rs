//! `coram enr`: an operator's identity key, and its node record.

use std::io;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use coram_cluster::enr::Enr;
use coram_cluster::identity::IdentityKey;

use super::secret;
use crate::failure::{Exit, Failure};
use crate::printer;
use crate::store::data_dir::{DataDir, IDENTITY_KEY};
use crate::store::{disk, files};

/// Make or show an operator's node record (ENR)
#[derive(Debug, Subcommand)]
pub enum Command {
    New(New),
    Show(Show),
}

/// Make an identity key, and print its node record
///
/// Whoever writes the cluster definition needs the record of every operator; the key stays in its file.
#[derive(Debug, Args)]
pub struct New {
    /// Folder for the key file, `charon-enr-private-key`; made if it is not there
    #[arg(long, env = "CORAM_DATA_DIR", value_name = "FOLDER", default_value = ".charon")]
    data_dir: PathBuf,
}

/// Print a node record: this operator's, or one that is given
#[derive(Debug, Args)]
pub struct Show {
    /// The record to show, `enr:…`; that of the data folder's key if none is given
    #[arg(value_name = "ENR")]
    record: Option<String>,
    /// Folder with the key file
    #[arg(long, env = "CORAM_DATA_DIR", value_name = "FOLDER", default_value = ".charon")]
    data_dir: PathBuf,
    /// Print what is in the record too: public key, peer ID, addresses. Always so for a record that is given
    #[arg(long, short)]
    verbose: bool,
}

/// Runs the command.
pub fn run(command: &Command) -> Result<(), Failure> {
    match command {
        Command::New(new) => make(&new.data_dir),
        Command::Show(show) => self::show(show),
    }
}

fn make(data_dir: &Path) -> Result<(), Failure> {
    let key = IdentityKey::from_bytes(&*secret::random()?)
        .map_err(|error| Failure::new(Exit::Internal, "random", error.to_string()))?;
    files::make_secret_folder(data_dir).map_err(|error| disk(data_dir, "make", &error))?;
    let path = data_dir.join(IDENTITY_KEY);
    files::write_new(&path, key.to_file_text().as_bytes(), files::KEY).map_err(|error| {
        match error.kind() {
            io::ErrorKind::AlreadyExists => {
                let what = format!("{} is there already, and a key is never overwritten", path.display());
                Failure::new(Exit::Refused, "identity.exists", what)
                    .help("print its record with `coram enr show`, or name another folder with --data-dir")
            }
            _ => disk(&path, "write", &error),
        }
    })?;
    printer::notice(&format!(
        "The identity key is in {}. Make a backup: without it this operator can neither take part in the ceremony nor run \
         its node, and whoever has it can pose as this operator.",
        path.display()
    ));
    printer::result(&format!("{}\n", Enr::new(&key).text()))
}

fn show(show: &Show) -> Result<(), Failure> {
    match &show.record {
        Some(text) => printer::result(&details(&Enr::parse(text.trim())?)),
        None => {
            let enr = Enr::new(&DataDir::open(&show.data_dir)?.identity()?);
            let text = if show.verbose { details(&enr) } else { format!("{}\n", enr.text()) };
            printer::result(&text)
        }
    }
}

fn details(enr: &Enr) -> String {
    let port = |port: Option<u16>| port.map_or_else(|| "none".to_owned(), |port| port.to_string());
    let rows = [
        ("record", enr.text().to_owned()),
        ("public key", format!("0x{}", hex::encode(enr.public_key()))),
        ("peer ID", enr.peer_id()),
        ("sequence", enr.sequence().to_string()),
        ("IP address", enr.ip().map_or_else(|| "none".to_owned(), |ip| ip.to_string())),
        ("TCP port", port(enr.tcp())),
        ("UDP port", port(enr.udp())),
    ];
    rows.iter().map(|(name, value)| format!("{name:<12}{value}\n")).collect()
}
