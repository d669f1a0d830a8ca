//! Which reference strings an operator has verified before: `coram/setups/<SHA-256 of the file>` in the data folder.
//!
//! A note counts for one file, one setup and one version of the program, if nobody else can have written it: with a string that
//! was not verified, a dealer would make proofs that reveal its shares. Anything else in its place counts for nothing.

use std::path::PathBuf;

use coram_proofs::setup::Setup;

use crate::failure::Failure;
use crate::setup::contributors::hex0x;
use crate::store::data_dir::DataDir;
use crate::store::{disk, files};

/// Counts changes of what is verified.
const VERSION: &str = concat!("verified by coram ", env!("CARGO_PKG_VERSION"), ", checks 1");
/// The largest note, in bytes.
const MAX_NOTE: u64 = 1024;

/// The notes of an operator.
#[derive(Clone, Debug)]
pub struct Verified(PathBuf);

impl Verified {
    /// Those in a data folder.
    pub fn of(data_dir: &DataDir) -> Self {
        Self(data_dir.path().join("coram").join("setups"))
    }

    /// Whether a file with this hash, for this setup, was verified.
    pub fn knows(&self, sha256: &[u8; 32], setup: &Setup) -> bool {
        let read = files::read_own(&self.path(sha256), MAX_NOTE);
        read.is_ok_and(|bytes| bytes == note(sha256, setup).as_bytes())
    }

    /// Notes that it was.
    ///
    /// # Errors
    ///
    /// What the disk says.
    pub fn remember(&self, sha256: &[u8; 32], setup: &Setup) -> Result<(), Failure> {
        files::make_secret_folder(&self.0).map_err(|error| disk(&self.0, "make", &error))?;
        let path = self.path(sha256);
        files::replace(&path, note(sha256, setup).as_bytes(), files::KEY)
            .map_err(|error| disk(&path, "write", &error))
    }

    fn path(&self, sha256: &[u8; 32]) -> PathBuf {
        self.0.join(hex::encode(sha256))
    }
}

fn note(sha256: &[u8; 32], setup: &Setup) -> String {
    format!("{VERSION}\nfile {}\nsetup {}\n", hex0x(sha256), hex0x(&setup.digest()))
}
