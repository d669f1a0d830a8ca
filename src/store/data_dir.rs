//! An operator's data folder, and the checks that could spoil the end if they were made at the end.

use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use coram_ceremony::Ceremony;
use coram_cluster::identity::IdentityKey;

use super::steps::{self, Step};
use super::{disk, files};
use crate::failure::{Exit, Failure};

/// The file with the identity key, named as Charon's.
pub const IDENTITY_KEY: &str = "charon-enr-private-key";
/// The lock file, named as Charon's.
pub const LOCK: &str = "cluster-lock.json";
/// The folder with the keystores, named as Charon's.
pub const KEYSTORES: &str = "validator_keys";
/// The outputs in one file, named as Charon's.
pub const ARCHIVE: &str = "dkg.tar.gz";
/// What every deposit file's name starts with.
pub const DEPOSIT_PREFIX: &str = "deposit-data";

/// Charon refreshes its lock on the identity key every second and takes one of five seconds for dead.
const CHARON_LOCK_SECONDS: u64 = 5;

/// An operator's data folder.
#[derive(Clone, Debug)]
pub struct DataDir(PathBuf);

impl DataDir {
    /// A folder that exists.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        if path.is_dir() {
            return Ok(Self(path.to_owned()));
        }
        let why = if path.exists() { "is not a folder" } else { "does not exist" };
        let what = format!("the data folder {} {why}", path.display());
        Err(Failure::new(Exit::Usage, "store.no-data-dir", what)
            .help("make one with `coram enr new`, or name another with --data-dir"))
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Reads the identity key, which nobody else may be able to read.
    pub fn identity(&self) -> Result<IdentityKey, Failure> {
        let path = self.0.join(IDENTITY_KEY);
        if !path.exists() {
            let what = format!("there is no identity key in {}", self.0.display());
            return Err(
                Failure::new(Exit::Usage, "identity.missing", what).help("make one with `coram enr new`")
            );
        }
        files::check_secret(&path).map_err(|error| {
            Failure::new(Exit::Refused, "identity.permissions", format!("{}: {error}", path.display()))
                .help(format!("run `chmod 600 {}`", path.display()))
        })?;
        let bytes = files::read_secret_bounded(&path, 1024).map_err(|error| disk(&path, "read", &error))?;
        let text = std::str::from_utf8(&bytes).map_err(|_| {
            Failure::new(Exit::Invalid, "identity.format", format!("{} is not text", path.display()))
        })?;
        Ok(IdentityKey::from_file_text(text)?)
    }

    /// The operator whose identity key is here, index from 1.
    pub fn operator(&self, ceremony: &Ceremony, identity: &IdentityKey) -> Result<u16, Failure> {
        ceremony.index_of(&identity.public_key()).ok_or_else(|| {
            let what = format!(
                "the definition does not know this identity: the key in {}, peer ID {}, is none of its operators'",
                self.0.display(),
                identity.peer_id()
            );
            Failure::new(Exit::Disagreement, "identity.not-an-operator", what).help(
                "compare `coram enr show` with `coram definition check`: name the data folder or the definition file that was meant",
            )
        })
    }

    /// Refuses a folder with a result in it, before a ceremony starts: nothing is ever overwritten.
    pub fn check_clean(&self) -> Result<(), Failure> {
        let Some(name) = self.results()?.into_iter().next() else { return Ok(()) };
        let what = format!("{} is there already", self.0.join(name).display());
        Err(Failure::new(Exit::Refused, "store.exists", what)
            .help("use another data folder, or move the earlier result away if its keys were never used"))
    }

    /// The names in this folder that a ceremony would write.
    fn results(&self) -> Result<Vec<String>, Failure> {
        let entries = std::fs::read_dir(&self.0).map_err(|error| disk(&self.0, "list", &error))?;
        let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let is_result = |name: &String| {
            [LOCK, KEYSTORES, ARCHIVE].contains(&name.as_str()) || name.starts_with(DEPOSIT_PREFIX)
        };
        let mut results: Vec<String> = names.filter(is_result).collect();
        results.sort();
        Ok(results)
    }

    /// Writes and removes a file of `bytes` bytes, to see that there will be room at the end.
    pub fn check_writable(&self, bytes: u64) -> Result<(), Failure> {
        let place = self.0.join(files::TEMPORARY);
        let probe = files::create(&place, files::KEY).and_then(|file| {
            let fill = || {
                let block = [0x5a; 1 << 16];
                for start in (0..bytes).step_by(block.len()) {
                    let len = block.len().min((bytes - start) as usize);
                    file.as_file().write_all(block.get(..len).unwrap_or(&block))?;
                }
                Ok(())
            };
            steps::take(Step::Write, file.path(), &place, fill)?;
            steps::take(Step::Sync, file.path(), &place, || file.as_file().sync_all())
        });
        probe.map_err(|error| {
            let what = format!("cannot write {bytes} bytes to {}: {error}", self.0.display());
            Failure::new(Exit::Refused, "store.read-only", what)
                .help("make room, give this user write permission, or name another folder with --data-dir")
        })
    }

    /// Bytes that this user can still write to the folder's disk.
    pub fn free_bytes(&self) -> Result<u64, Failure> {
        let found = rustix::fs::statvfs(&self.0).map_err(|error| disk(&self.0, "examine", &error.into()))?;
        Ok(found.f_bavail.saturating_mul(found.f_frsize))
    }

    /// Refuses a folder in which others could replace keys or boards.
    pub fn check_private(&self) -> Result<(), Failure> {
        check_private(&self.0)
    }

    /// Refuses an identity key that a running Charon holds: two programs with one identity would contradict each other.
    pub fn check_not_running(&self) -> Result<(), Failure> {
        let lock = self.0.join(format!("{IDENTITY_KEY}.lock"));
        let age = std::fs::metadata(&lock)
            .and_then(|metadata| metadata.modified())
            .ok()
            .and_then(|time| time.elapsed().ok());
        match age {
            Some(age) if age.as_secs() < CHARON_LOCK_SECONDS => {
                let what = format!(
                    "{} was refreshed {} s ago: Charon is running with this key",
                    lock.display(),
                    age.as_secs()
                );
                Err(Failure::new(Exit::Refused, "identity.in-use", what).help("stop Charon first"))
            }
            _ => Ok(()),
        }
    }
}

/// Refuses a folder in which others could replace files.
pub fn check_private(folder: &Path) -> Result<(), Failure> {
    let metadata = std::fs::metadata(folder).map_err(|error| disk(folder, "examine", &error))?;
    let mode = metadata.permissions().mode() & 0o777;
    if mode & 0o022 == 0 {
        return Ok(());
    }
    let what = format!("others can write to the folder {} (mode {mode:03o})", folder.display());
    Err(Failure::new(Exit::Refused, "store.permissions", what).help(format!(
        "run `chmod go-w {}`, and ask yourself who may have changed what is in it",
        folder.display()
    )))
}
