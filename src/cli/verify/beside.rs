//! The files that are given beside the first one.

use std::path::{Path, PathBuf};

use clap::Args;
use coram_ceremony::verify::{Input, InputRole, Options};

use super::{file_name, keystores, named};
use crate::failure::Failure;
use crate::setup::references::{self, Rechecked};

/// Files that are verified together with the lock.
#[derive(Debug, Args)]
#[command(next_help_heading = "Files beside the lock")]
pub struct Beside {
    /// The transcript, where it does not stand in the lock
    #[arg(long, env = "CORAM_TRANSCRIPT", value_name = "FILE")]
    transcript: Option<PathBuf>,
    /// Deposit data that should be for the keys of the lock
    #[arg(long, env = "CORAM_DEPOSIT_DATA", value_name = "FILE", value_delimiter = ',', num_args = 1..)]
    deposit_data: Vec<PathBuf>,
    /// The folder with one operator's keystores and their passwords, keystore-0.json, keystore-0.txt, …: whether they open, and hold
    /// its shares of the keys of the lock
    #[arg(long, env = "CORAM_KEYSTORES", value_name = "FOLDER")]
    keystores: Option<PathBuf>,
    /// The whole reference string of a setup: the transcript has no more of it than what its contributors proved
    #[arg(long, env = "CORAM_REFERENCE", value_name = "FILE", value_delimiter = ',')]
    reference: Vec<PathBuf>,
}

impl Beside {
    /// All of them, as they were named.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        let Self { transcript, deposit_data, keystores, reference } = self;
        let single = transcript.iter().chain(keystores);
        single.chain(deposit_data).chain(reference).map(PathBuf::as_path)
    }

    /// Reads them.
    pub fn read(&self, given: Options) -> Result<Options, Failure> {
        Ok(Options {
            transcript: self.transcript.as_deref().map(named).transpose()?,
            deposit_files: self.deposit_data.iter().map(|path| named(path)).collect::<Result<_, _>>()?,
            keystores: self.keystores.as_deref().map(keystores::read).transpose()?,
            strings: self.reference.iter().map(|path| rechecked(path)).collect::<Result<_, _>>()?,
            ..given
        })
    }
}

/// A reference string that is checked here, and too large to be handed on, with the digest of its setup.
fn rechecked(path: &Path) -> Result<([u8; 32], Input), Failure> {
    let Rechecked { digest, sha256, bytes } = references::recheck(path)?;
    let (role, name) = (InputRole::ReferenceString, file_name(path));
    Ok((digest, Input { role, name, sha256: hex::encode(sha256), bytes }))
}
