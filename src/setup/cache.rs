//! What was finished of a key that is being begun, so that an interruption costs little.
//!
//! One file for each part, named by its digest. The library checks every part that it is handed: whoever changes one only makes
//! it be computed again.

use std::fs;
use std::path::{Path, PathBuf};

use coram_proofs::setup::Parts;

use crate::failure::Failure;
use crate::printer::notice;
use crate::store::{disk, files};

/// The largest part, in bytes: powers of the largest size in G2.
const MAX_PART: u64 = 192 << coram_proofs::setup::MAX_LOG;

/// A folder with finished parts.
pub struct Cache {
    folder: PathBuf,
    /// Whether it is there for this key alone, and goes when that is whole.
    own: bool,
}

impl Cache {
    /// The folder that is named, or one beside the key.
    pub fn new(key: &Path, named: Option<&Path>) -> Result<Self, Failure> {
        let mut beside = key.as_os_str().to_owned();
        beside.push(".parts");
        let cache = match named {
            Some(folder) => Self { folder: folder.to_owned(), own: false },
            None => Self { folder: beside.into(), own: true },
        };
        fs::create_dir_all(&cache.folder).map_err(|error| disk(&cache.folder, "make", &error))?;
        Ok(cache)
    }

    /// The key is whole: a folder of its own is not needed any more. What is no part of ours stays, and so does the folder then.
    pub fn clear(self) {
        let entries = if self.own { fs::read_dir(&self.folder) } else { return };
        for entry in entries.into_iter().flatten().flatten() {
            if is_digest(&entry.file_name().to_string_lossy()) {
                // What is left is in nobody's way.
                let _ = fs::remove_file(entry.path());
            }
        }
        let _ = fs::remove_dir(&self.folder);
    }

    fn path(&self, digest: &[u8; 32]) -> PathBuf {
        self.folder.join(hex::encode(digest))
    }
}

fn is_digest(name: &str) -> bool {
    name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

impl Parts for Cache {
    fn load(&self, digest: &[u8; 32]) -> Option<Vec<u8>> {
        // A folder that is named may be one of many users.
        files::read_foreign(&self.path(digest), MAX_PART).ok()
    }

    fn keep(&self, digest: &[u8; 32], bytes: &[u8]) {
        let path = self.path(digest);
        if let Err(error) = files::replace(&path, bytes, files::OPEN) {
            notice(&format!("warning: a finished part cannot be kept in {}: {error}", path.display()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_a_file_of_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::new(&folder.path().join("key"), Some(folder.path())).unwrap();
        let [kept, linked, fifo] = [[1; 32], [2; 32], [3; 32]];
        cache.keep(&kept, b"a part");
        assert_eq!(cache.load(&kept).unwrap(), b"a part");
        std::os::unix::fs::symlink(cache.path(&kept), cache.path(&linked)).unwrap();
        let made = std::process::Command::new("mkfifo").arg(cache.path(&fifo)).status();
        assert!(made.unwrap().success());
        assert_eq!((cache.load(&linked), cache.load(&fifo)), (None, None));
    }
}
