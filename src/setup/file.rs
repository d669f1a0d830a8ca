//! Files of a setup: read once from beginning to end, hashed meanwhile, and replaced by one process at a time.

use std::fs::{File, Metadata, OpenOptions, TryLockError};
use std::io::{self, BufRead as _, BufReader, Read};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;
use sha2::{Digest as _, Sha256};

use crate::failure::{Exit, Failure};
use crate::store::new_file::NewFile;
use crate::store::{disk, files};

/// Bytes that are read at once.
const BUFFER: usize = 1 << 20;

/// A file that is read from beginning to end, and hashed meanwhile.
pub struct Source {
    path: PathBuf,
    len: u64,
    reader: BufReader<Hashing>,
}

struct Hashing {
    file: Box<dyn Read>,
    hash: Sha256,
}

impl Read for Hashing {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(bytes)?;
        self.hash.update(bytes.get(..read).unwrap_or_default());
        Ok(read)
    }
}

impl Source {
    /// Opens a file.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        let (file, metadata) = open_file(path)?;
        Ok(Self::over(path, Box::new(file), metadata.len()))
    }

    /// What was read already of a file, or is no file.
    pub fn over(path: &Path, file: Box<dyn Read>, len: u64) -> Self {
        let reader = BufReader::with_capacity(BUFFER, Hashing { file, hash: Sha256::new() });
        Self { path: path.to_owned(), len, reader }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its size.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// The next bytes, as far as they were read.
    pub fn peek(&mut self) -> Result<&[u8], Failure> {
        let path = &self.path;
        self.reader.fill_buf().map_err(|error| disk(path, "read", &error))
    }

    /// Leaves out bytes that were peeked at.
    pub fn skip(&mut self, bytes: usize) {
        self.reader.consume(bytes);
    }

    /// A failure of what is in it, with its name before.
    pub fn wrong(&self, failure: impl Into<Failure>) -> Failure {
        let failure = failure.into();
        Failure { what: format!("{}: {}", self.path.display(), failure.what), ..failure }
    }

    /// Reads all of it, at most `limit` bytes, with its SHA-256: what is judged by the hash is what was hashed, even if the
    /// file changes meanwhile.
    pub fn read_all(mut self, limit: u64) -> Result<(Vec<u8>, [u8; 32]), Failure> {
        let mut bytes = Vec::new();
        let read = (&mut self.reader).take(limit + 1).read_to_end(&mut bytes);
        read.map_err(|error| disk(&self.path, "read", &error))?;
        if bytes.len() as u64 > limit {
            let what = format!("{} has more than {limit} bytes", self.path.display());
            return Err(Failure::new(Exit::Invalid, "file.size", what).help("name a reference string"));
        }
        Ok((bytes, self.sha256()))
    }

    /// The SHA-256 of what was read, which is all of it once it was read to its end.
    pub fn sha256(self) -> [u8; 32] {
        self.reader.into_inner().hash.finalize().into()
    }
}

impl Read for Source {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        self.reader.read(bytes)
    }
}

/// Opens a file that may lie in a folder that others can write to: opening a FIFO would block for ever.
pub fn open_file(path: &Path) -> Result<(File, Metadata), Failure> {
    let flags = OFlags::NONBLOCK.bits() as i32;
    let file = OpenOptions::new().read(true).custom_flags(flags).open(path);
    let (file, metadata) = file
        .and_then(|file| file.metadata().map(|metadata| (file, metadata)))
        .map_err(|error| cannot_read(path, &error))?;
    if !metadata.is_file() {
        let what = format!("{} is not a file", path.display());
        return Err(Failure::new(Exit::Usage, "file.read", what).help("name a file"));
    }
    Ok((file, metadata))
}

fn cannot_read(path: &Path, error: &io::Error) -> Failure {
    Failure::new(Exit::Usage, "file.read", format!("cannot read {}: {error}", path.display()))
        .help("check the path and its permissions")
}

/// Where a result goes.
pub enum Place {
    /// To a new file.
    New(PathBuf),
    /// In the place of the file that was read.
    Old(Held),
}

impl Place {
    /// A new file, if one is named, or the one that is read. Found out before the work, not after it.
    pub fn new(file: &Path, output: Option<&Path>) -> Result<Self, Failure> {
        match output {
            Some(output) => Self::unused(output),
            None => Held::open(file).map(Self::Old),
        }
    }

    /// A file that does not exist yet.
    pub fn unused(path: &Path) -> Result<Self, Failure> {
        if path.exists() {
            return Err(exists(path));
        }
        let folder = files::parent(path);
        if !folder.is_dir() {
            let what = format!("there is no folder {}", folder.display());
            return Err(Failure::new(Exit::Usage, "file.write", what).help("make it, or name another place"));
        }
        Ok(Self::New(path.to_owned()))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        match self {
            Self::New(path) => path,
            Self::Old(held) => &held.path,
        }
    }

    /// Writes the result, all of it or nothing.
    pub fn write(self, write: impl FnOnce(&mut NewFile) -> Result<(), Failure>) -> Result<(), Failure> {
        let failed = |error: io::Error| disk(self.path(), "write", &error);
        let mut file = NewFile::new(self.path()).map_err(failed)?;
        write(&mut file)?;
        match &self {
            Self::New(path) => file.publish().map_err(|error| match error.kind() {
                io::ErrorKind::AlreadyExists => exists(path),
                _ => failed(error),
            }),
            Self::Old(held) => {
                held.check_unchanged()?;
                file.replace().map_err(failed)
            }
        }
    }
}

fn exists(path: &Path) -> Failure {
    let what = format!("{} is there already, and nothing is overwritten", path.display());
    Failure::new(Exit::Refused, "setup.exists", what).help("move it away, or name another place")
}

/// A file that this process alone is about to replace.
pub struct Held {
    path: PathBuf,
    file: File,
}

impl Held {
    fn open(path: &Path) -> Result<Self, Failure> {
        // A symbolic link stays one; what it points to is replaced.
        let path = path.canonicalize().map_err(|error| cannot_read(path, &error))?;
        let (file, _) = open_file(&path)?;
        file.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => {
                let what = format!("another process contributes to {}", path.display());
                Failure::new(Exit::Refused, "setup.locked", what).help("let it finish, then run again")
            }
            TryLockError::Error(error) => disk(&path, "lock", &error),
        })?;
        let held = Self { path, file };
        held.check_unchanged()?;
        Ok(held)
    }

    /// Two who contribute to one file after another must not lose one of the contributions.
    fn check_unchanged(&self) -> Result<(), Failure> {
        let id = |metadata: std::fs::Metadata| (metadata.dev(), metadata.ino());
        let (ours, there) = (self.file.metadata().map(id), std::fs::metadata(&self.path).map(id));
        if matches!((ours, there), (Ok(ours), Ok(there)) if ours == there) {
            return Ok(());
        }
        let what = format!("{} was replaced meanwhile", self.path.display());
        Err(Failure::new(Exit::Refused, "setup.replaced", what).help("run again, on the file as it is now"))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_fifo_in_the_place_of_a_file_keeps_nobody_waiting() {
        let folder = tempfile::tempdir().unwrap();
        let fifo = folder.path().join("powers");
        assert!(std::process::Command::new("mkfifo").arg(&fifo).status().unwrap().success());
        let (sender, receiver) = channel();
        std::thread::spawn(move || {
            let refused = [Source::open(&fifo).err(), Place::new(&fifo, None).err()];
            sender.send(refused.map(|failure| failure.map(|failure| failure.code)))
        });
        let refused = receiver.recv_timeout(Duration::from_secs(10)).unwrap();
        assert_eq!(refused, [Some("file.read"); 2]);
    }
}
