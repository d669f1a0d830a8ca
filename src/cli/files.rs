//! Reading files that people name.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use coram_cluster::definition::Definition;

use crate::failure::{Exit, Failure};
use crate::store::files;

/// The largest file that a command reads, in bytes.
pub const MAX_FILE: u64 = 256 << 20;

/// Reads a file; `-` is standard input.
pub fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    if path == Path::new("-") {
        let mut bytes = Vec::new();
        let read = std::io::stdin().take(MAX_FILE + 1).read_to_end(&mut bytes);
        read.map_err(|error| {
            Failure::new(Exit::Usage, "file.read", format!("cannot read standard input: {error}"))
        })?;
        if bytes.len() as u64 > MAX_FILE {
            return Err(Failure::new(Exit::Invalid, "file.size", "standard input has more than 256 MiB"));
        }
        return Ok(bytes);
    }
    files::read_bounded(path, MAX_FILE).map_err(|error| {
        Failure::new(Exit::Usage, "file.read", format!("cannot read {}: {error}", path.display()))
            .help("check the path and its permissions")
    })
}

/// Reads a definition file; its hashes have been recomputed.
pub fn read_definition(path: &Path) -> Result<Definition, Failure> {
    let bytes = read(path)?;
    Definition::parse(&bytes).map_err(|error| {
        Failure::new(Exit::Invalid, "definition.invalid", format!("{}: {error}", path.display()))
            .help("`coram definition check` says more; ask whoever sent the file for the original")
    })
}

/// The definition of a data folder, unless another is named.
pub fn definition_path(given: Option<&PathBuf>, data_dir: &Path) -> PathBuf {
    given.cloned().unwrap_or_else(|| data_dir.join("cluster-definition.json"))
}
