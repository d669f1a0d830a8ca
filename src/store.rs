//! Data folders, attempts and boards on disk.
//!
//! ```text
//! .charon/                                 an operator's data folder, laid out as Charon's
//!   charon-enr-private-key                 identity key
//!   cluster-definition.json
//!   coram/<ceremony id>/                   one attempt: see `attempt`
//!   cluster-lock.json, validator_keys/, deposit-data*.json       the result: see `outputs`
//!   dkg.tar.gz                             the result in one file, if that was asked for: see `archive`
//! ```

pub mod archive;
pub mod attempt;
pub mod attempts;
pub mod data_dir;
pub mod files;
pub mod folder;
pub mod new_file;
pub mod outputs;
pub mod steps;

use std::path::Path;

use coram_ceremony::Ceremony;

use crate::failure::{Exit, Failure};

/// A failure of the disk.
pub fn disk(path: &Path, what: &str, error: &std::io::Error) -> Failure {
    let failure =
        Failure::new(Exit::Internal, "store.io", format!("cannot {what} {}: {error}", path.display()));
    failure
        .help("check that the disk has room and that this user may write there; nothing is lost, run again")
}

/// About as many bytes as a ceremony leaves: the messages, once as they are and once in the lock, and the keystores.
pub fn room(ceremony: &Ceremony) -> u64 {
    const KEYSTORE: u64 = 4096;
    let messages = ceremony.limits().message() as u64 * u64::from(ceremony.operators());
    3 * messages + KEYSTORE * u64::from(ceremony.validators())
}
