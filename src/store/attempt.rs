//! One attempt on disk.
//!
//! ```text
//! coram/<ceremony id>/
//!   lock              held while a process works on the attempt
//!   decryption-key    64 hex characters; recovers the shares from the public lock
//!   dealing-seed      64 hex characters; destroyed when the ceremony has ended
//!   board/            one file for each message: <kind>-<author>-<hash>.ssz
//!   keystores.partial keystores that are being written; renamed when they are complete
//!   status.json       what `coram status` shows of the process that works on the attempt, or did last
//!   finishing         the outputs are being written, or are written
//!   delivered         every operator is known to have all messages
//!   keymanager        the address of the keymanager that may have some of the keys
//!   imported          that keymanager has all of them
//! ```
//!
//! Both secrets are on disk before the first message is made, and a message is on disk before it is sent. So whatever moment
//! a process is killed at, the next one makes the same messages again.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use coram_ceremony::{Board, Ceremony, Inserted, Keys, Message, keys, message::Rejection};
use coram_cluster::identity::IdentityKey;
use coram_proofs::DecryptionKey;
use zeroize::Zeroizing;

use super::data_dir::{DataDir, check_private};
use super::steps::{self, Step};
use super::{disk, files};
use crate::failure::{Exit, Failure};
use crate::network::replica::Keep;
use crate::next_attempt;

const SECRET_BYTES: usize = 32;
const LOCK_FILE: &str = "lock";
const FINISHING: &str = "finishing";
const DELIVERED: &str = "delivered";
const KEYMANAGER: &str = "keymanager";
const IMPORTED: &str = "imported";
/// The largest file with an address in it, in bytes.
const MAX_ADDRESS: u64 = 1 << 16;
const DEALING_SEED: &str = "dealing-seed";
/// The file with the attempt's decryption key.
pub const DECRYPTION_KEY: &str = "decryption-key";

/// An attempt's folder, held by this process alone.
#[derive(Debug)]
pub struct Attempt {
    folder: PathBuf,
    _lock: File,
}

/// The folder of an attempt, whether or not it exists.
pub fn folder(data_dir: &DataDir, ceremony: &Ceremony) -> PathBuf {
    data_dir.path().join("coram").join(hex::encode(ceremony.id().as_bytes()))
}

/// The messages of an attempt as a process left them, without touching anything.
pub fn read_board(folder: &Path, board: &mut Board) -> Result<(), Failure> {
    let path = folder.join("board");
    let entries = match fs::read_dir(&path) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(disk(&path, "list", &error)),
    };
    let limit = board.ceremony().limits().message() as u64;
    for entry in entries {
        let file = entry.map_err(|error| disk(&path, "list", &error))?.path();
        if file.extension().is_none_or(|extension| extension != "ssz") {
            continue;
        }
        let bytes = files::read_bounded(&file, limit).map_err(|error| disk(&file, "read", &error))?;
        // A third message of an equivocator may have been written beside the two that prove it: it adds nothing.
        if let Inserted::Rejected(rejection) = board.insert(&bytes)
            && !matches!(rejection, Rejection::Surplus { .. })
        {
            let what = format!("{} is damaged: {rejection}", file.display());
            return Err(Failure::new(Exit::Refused, "store.damaged", what)
                .help("restore the file; if it is not one of ours, remove it: peers will send it again"));
        }
    }
    Ok(())
}

/// How far an attempt has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It has not begun.
    Absent,
    /// Another process works on it.
    Held,
    /// It has begun.
    Begun,
    /// Its outputs are being written, or are written.
    Finishing,
}

/// How far the attempt of a folder has come, without touching anything.
pub fn state(folder: &Path) -> State {
    // Shared with others who only look, and let go at the end of this.
    let held = |file: File| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock));
    if !folder.is_dir() {
        State::Absent
    } else if File::open(folder.join(LOCK_FILE)).is_ok_and(held) {
        State::Held
    } else if folder.join(FINISHING).exists() {
        State::Finishing
    } else {
        State::Begun
    }
}

/// What opening an attempt fails with that another process works on.
pub fn held(folder: &Path) -> Failure {
    let what = format!("another process works on {}", folder.display());
    Failure::new(Exit::Refused, "store.locked", what).help("let it finish, or stop it first")
}

impl Attempt {
    /// Opens or makes the folder of an attempt.
    ///
    /// Two processes on one attempt would not sign different messages, but would race for its files.
    pub fn open(data_dir: &DataDir, ceremony: &Ceremony) -> Result<Self, Failure> {
        let folder = folder(data_dir, ceremony);
        for path in [data_dir.path().join("coram"), folder.clone(), folder.join("board")] {
            files::make_secret_folder(&path).map_err(|error| disk(&path, "make", &error))?;
            check_private(&path)?;
        }
        let path = folder.join(LOCK_FILE);
        let lock = steps::take(Step::Create, &path, &path, || File::create(&path))
            .map_err(|error| disk(&path, "make", &error))?;
        lock_patiently(&lock).map_err(|error| match error {
            TryLockError::WouldBlock => held(&folder),
            TryLockError::Error(error) => disk(&path, "lock", &error),
        })?;
        for path in [data_dir.path(), &folder, &folder.join("board")] {
            files::sweep(path).map_err(|error| disk(path, "clean", &error))?;
        }
        // A killed process may have named secrets and messages that are not there for certain yet; from here on they are used.
        for path in [&folder, &folder.join("board")] {
            files::sync_folder(path).map_err(|error| disk(path, "sync", &error))?;
        }
        Ok(Self { folder, _lock: lock })
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The secrets of the attempt; made and synced if this is its start.
    pub fn keys(&self, ceremony: &Ceremony, identity: IdentityKey) -> Result<Keys, Failure> {
        let decryption = self.decryption_key(ceremony, &identity)?;
        let path = self.folder.join(DEALING_SEED);
        let seed = if self.is_finishing() {
            // All messages are there. What is left of the seed may be half destroyed.
            None
        } else if path.exists() {
            Some(read_secret(&path)?)
        } else if self.has_messages()? {
            // Never a second seed: what was dealt with the first could not be made again.
            None
        } else {
            Some(make_secret(&path)?)
        };
        Ok(Keys::new(identity, decryption, seed))
    }

    fn decryption_key(&self, ceremony: &Ceremony, identity: &IdentityKey) -> Result<DecryptionKey, Failure> {
        let path = self.folder.join(DECRYPTION_KEY);
        if path.exists() {
            let secret = read_secret(&path)?;
            return DecryptionKey::from_bytes(&secret).map_err(|error| {
                Failure::new(Exit::Refused, "store.damaged", format!("{}: {error}", path.display()))
            });
        }
        if self.is_finishing() || self.has_messages()? {
            let what = format!("{} is gone, but the attempt has begun", path.display());
            return Err(Failure::new(Exit::Refused, "store.secret-lost", what)
                .help(format!(
                    "restore the file from a backup; without it this attempt cannot be continued, and all operators together go on \
                     with a new one: {}",
                    next_attempt::command(ceremony)
                )));
        }
        let seed = random_secret(&path)?;
        let key = keys::decryption_key(ceremony, identity, &seed);
        write_secret(&path, &key.to_bytes())?;
        Ok(key)
    }

    fn has_messages(&self) -> Result<bool, Failure> {
        let path = self.folder.join("board");
        let mut entries = fs::read_dir(&path).map_err(|error| disk(&path, "list", &error))?;
        Ok(entries.any(|entry| entry.is_ok_and(|entry| entry.path().extension().is_some_and(|e| e == "ssz"))))
    }

    /// Writes a message; it is on disk when this returns.
    pub fn keep(&self, message: &Message) -> Result<(), Failure> {
        let path = self.folder.join("board").join(file_name(message));
        files::write_once(&path, &message.to_bytes(), files::KEY)
            .map_err(|error| disk(&path, "write", &error))
    }

    /// Whether the decryption key is there. Its owner may destroy it when the ceremony has ended.
    pub fn has_decryption_key(&self) -> bool {
        self.folder.join(DECRYPTION_KEY).exists()
    }

    /// Where keystores are made before they are complete.
    pub fn staging(&self) -> PathBuf {
        self.folder.join("keystores.partial")
    }

    /// Whether outputs of this attempt may be in the data folder.
    pub fn is_finishing(&self) -> bool {
        self.folder.join(FINISHING).exists()
    }

    /// Says that outputs are going to be written.
    pub fn start_finishing(&self) -> Result<(), Failure> {
        self.mark(FINISHING, b"")
    }

    /// Whether every operator is known to have all messages.
    pub fn is_delivered(&self) -> bool {
        self.folder.join(DELIVERED).exists()
    }

    /// Says that every operator has all messages: nobody needs us any more.
    pub fn set_delivered(&self) -> Result<(), Failure> {
        self.mark(DELIVERED, b"")
    }

    /// Says that keys are going to be sent to the keymanager at an address.
    pub fn start_import(&self, address: &str) -> Result<(), Failure> {
        self.mark(KEYMANAGER, address.as_bytes())
    }

    /// The address of the keymanager that may have some of the keys.
    pub fn keymanager(&self) -> Result<Option<String>, Failure> {
        let path = self.folder.join(KEYMANAGER);
        match files::read_bounded(&path, MAX_ADDRESS) {
            Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(disk(&path, "read", &error)),
        }
    }

    /// Says that the keymanager has all keys.
    pub fn finish_import(&self) -> Result<(), Failure> {
        self.mark(IMPORTED, b"")
    }

    /// Whether a keymanager has all keys.
    pub fn is_imported(&self) -> bool {
        self.folder.join(IMPORTED).exists()
    }

    /// Writes a file by which a later process knows how far this one came.
    fn mark(&self, name: &str, bytes: &[u8]) -> Result<(), Failure> {
        let path = self.folder.join(name);
        files::write_once(&path, bytes, files::KEY).map_err(|error| disk(&path, "write", &error))
    }

    /// Destroys the seed of our dealing: nobody needs it any more, and whoever had it could read every share of it.
    pub fn destroy_seed(&self) -> Result<(), Failure> {
        let path = self.folder.join(DEALING_SEED);
        files::destroy(&path).map_err(|error| disk(&path, "destroy", &error))
    }
}

/// Takes the lock. Whoever only looks whether it is held has it for a moment.
fn lock_patiently(lock: &File) -> Result<(), TryLockError> {
    for _ in 0..10 {
        match lock.try_lock() {
            Err(TryLockError::WouldBlock) => thread::sleep(Duration::from_millis(20)),
            other => return other,
        }
    }
    lock.try_lock()
}

/// A replica of the attempt's board writes what it takes in where the attempt does.
impl Keep for Arc<Attempt> {
    fn keep(&self, message: &Message) -> Result<(), Failure> {
        Attempt::keep(self, message)
    }
}

/// `<kind>-<author>-<hash>.ssz`. The whole hash: the two messages of an equivocator must not meet under one name.
pub fn file_name(message: &Message) -> String {
    format!("{}-{}-{}.ssz", message.kind(), message.author(), hex::encode(message.id().as_bytes()))
}

fn random_secret(path: &Path) -> Result<Zeroizing<[u8; SECRET_BYTES]>, Failure> {
    let mut secret = Zeroizing::new([0; SECRET_BYTES]);
    steps::random(path, &mut secret).map_err(|error| {
        Failure::new(Exit::Internal, "random", format!("the system gives no random bytes: {error}"))
    })?;
    Ok(secret)
}

fn make_secret(path: &Path) -> Result<Zeroizing<[u8; SECRET_BYTES]>, Failure> {
    let secret = random_secret(path)?;
    write_secret(path, &secret)?;
    Ok(secret)
}

fn write_secret(path: &Path, secret: &[u8; SECRET_BYTES]) -> Result<(), Failure> {
    let text = Zeroizing::new(hex::encode(secret));
    files::write_new(path, text.as_bytes(), files::KEY).map_err(|error| disk(path, "write", &error))
}

/// Reads a secret of 64 hex characters, which nobody else may be able to read.
pub fn read_secret(path: &Path) -> Result<Zeroizing<[u8; SECRET_BYTES]>, Failure> {
    files::check_secret(path).map_err(|error| {
        Failure::new(Exit::Refused, "secret.permissions", format!("{}: {error}", path.display()))
            .help(format!("run `chmod 600 {}`", path.display()))
    })?;
    let text = files::read_secret_bounded(path, 1024).map_err(|error| disk(path, "read", &error))?;
    let mut secret = Zeroizing::new([0; SECRET_BYTES]);
    hex::decode_to_slice(text.trim_ascii(), secret.as_mut()).map_err(|_| {
        let what = format!("{} does not hold 64 hex characters", path.display());
        Failure::new(Exit::Refused, "secret.format", what).help("restore the file from a backup")
    })?;
    Ok(secret)
}
