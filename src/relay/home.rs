//! The relay's folder.
//!
//! ```text
//! .coram-relay/
//!   charon-enr-private-key    identity key, in Charon's form
//!   lock                      held while a relay runs
//!   boards/<ceremony id>/     see `boards/shelf.rs`
//! ```

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use coram_cluster::identity::IdentityKey;
use zeroize::Zeroizing;

use crate::failure::{Exit, Failure};
use crate::store::data_dir::{DataDir, IDENTITY_KEY, KEYSTORES, LOCK};
use crate::store::{disk, files};

/// What an operator's folder has, and a relay's has not.
const OPERATORS: [&str; 4] = [LOCK, KEYSTORES, "cluster-definition.json", "coram"];

/// The folder of a relay, held by this process alone.
pub struct Home {
    path: PathBuf,
    identity: IdentityKey,
    _lock: File,
}

impl Home {
    /// Opens or makes the folder, and the identity key in it.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        refuse_operators(path)?;
        files::make_secret_folder(path).map_err(|error| disk(path, "make", &error))?;
        let lock = take_lock(&path.join("lock"))?;
        files::sweep(path).map_err(|error| disk(path, "clean", &error))?;
        let key = path.join(IDENTITY_KEY);
        if !key.exists() {
            make_identity(&key)?;
        }
        let data_dir = DataDir::open(path)?;
        data_dir.check_private()?;
        data_dir.check_not_running()?;
        Ok(Self { path: path.to_owned(), identity: data_dir.identity()?, _lock: lock })
    }

    /// Where boards are kept.
    pub fn boards(&self) -> PathBuf {
        self.path.join("boards")
    }

    /// The identity key.
    pub const fn identity(&self) -> &IdentityKey {
        &self.identity
    }
}

/// A relay that posed as an operator would keep that operator's peers from it.
fn refuse_operators(path: &Path) -> Result<(), Failure> {
    let Some(found) = OPERATORS.iter().map(|name| path.join(name)).find(|path| path.exists()) else {
        return Ok(());
    };
    let what = format!("{} is an operator's: a relay needs an identity of its own", found.display());
    Err(Failure::new(Exit::Refused, "relay.operators-folder", what)
        .help("name another folder with --data-dir; the relay makes its key there"))
}

fn take_lock(path: &PathBuf) -> Result<File, Failure> {
    let lock = File::create(path).map_err(|error| disk(path, "make", &error))?;
    lock.try_lock().map_err(|error| match error {
        TryLockError::WouldBlock => {
            let what = format!("another relay holds {}", path.display());
            Failure::new(Exit::Refused, "store.locked", what)
                .help("stop it first, or name another --data-dir")
        }
        TryLockError::Error(error) => disk(path, "lock", &error),
    })?;
    Ok(lock)
}

fn make_identity(path: &Path) -> Result<(), Failure> {
    let mut secret = Zeroizing::new([0; 32]);
    let random = |error: String| Failure::new(Exit::Internal, "random", error);
    getrandom::fill(secret.as_mut()).map_err(|error| random(error.to_string()))?;
    let key = IdentityKey::from_bytes(&secret).map_err(|error| random(error.to_string()))?;
    match files::write_new(path, key.to_file_text().as_bytes(), files::KEY) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(disk(path, "write", &error)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_made_once_and_the_folder_held_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("relay");
        let home = Home::open(&path).unwrap();
        let peer = home.identity().peer_id();
        assert!(Home::open(&path).is_err_and(|failure| failure.code == "store.locked"));
        drop(home);
        assert_eq!(Home::open(&path).unwrap().identity().peer_id(), peer);
    }

    #[test]
    fn an_operators_folder_is_refused() {
        for name in OPERATORS {
            let folder = tempfile::tempdir().unwrap();
            std::fs::create_dir(folder.path().join(name)).unwrap();
            let refused = Home::open(folder.path()).err().unwrap();
            assert_eq!(refused.code, "relay.operators-folder");
            assert!(!folder.path().join(IDENTITY_KEY).exists());
        }
    }
}
