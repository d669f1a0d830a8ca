//! Boards on disk.
//!
//! ```text
//! boards/<ceremony id>/
//!   definition.json            as it came
//!   terms.ssz
//!   opener                     peer ID of the operator who asked for the board
//!   <kind>-<author>-<hash>.ssz one file for each message, named as in an attempt
//! ```
//!
//! A folder is made as a whole: a relay that is killed leaves none without definition and terms. A message that is damaged is
//! removed, for peers will send it again; a folder whose ceremony cannot be read is left alone until somebody asks for that
//! ceremony, and then made anew.

#[cfg(test)]
pub mod tests;

use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use coram_ceremony::id::CeremonyId;
use coram_ceremony::{Board, Ceremony, Inserted, Message};
use libp2p::PeerId;

use super::admission::{self, Denied};
use crate::failure::{Exit, Failure};
use crate::network::replica::Keep;
use crate::plain::Plain;
use crate::relay::BoardBounds;
use crate::store::attempt::file_name;
use crate::store::{disk, files};

/// The code of a failure for want of room.
pub const FULL: &str = "relay.full";
const DEFINITION: &str = "definition.json";
const TERMS: &str = "terms.ssz";
const OPENER: &str = "opener";
const MESSAGE: &str = "ssz";

/// How much room there is, for one board and for all.
#[derive(Debug)]
struct Room {
    board: u64,
    all: u64,
    used: AtomicU64,
}

/// The folder of all boards.
#[derive(Debug)]
pub struct Shelves {
    folder: PathBuf,
    room: Arc<Room>,
}

/// One board's folder.
#[derive(Debug)]
pub struct Shelf {
    folder: PathBuf,
    ceremony: Arc<Ceremony>,
    opener: Option<PeerId>,
    used: AtomicU64,
    last_new: SystemTime,
    room: Arc<Room>,
}

impl Shelves {
    /// Opens or makes the folder; returns what is on the shelves.
    pub fn open(folder: &Path, bounds: &BoardBounds) -> Result<(Self, Vec<Arc<Shelf>>), Failure> {
        files::make_secret_folder(folder).map_err(|error| disk(folder, "make", &error))?;
        let room = Room { board: bounds.board_bytes, all: bounds.all_bytes, used: AtomicU64::new(0) };
        let shelves = Self { folder: folder.to_owned(), room: Arc::new(room) };
        let entries = fs::read_dir(folder).map_err(|error| disk(folder, "list", &error))?;
        let mut found = Vec::new();
        for entry in entries.flatten() {
            let path = entry.path();
            if entry.file_name().to_string_lossy().starts_with(files::TEMPORARY) {
                // What a killed relay left half-made.
                files::destroy_folder(&path).map_err(|error| disk(&path, "remove", &error))?;
                continue;
            }
            match shelves.read(&path) {
                Ok(shelf) => found.push(Arc::new(shelf)),
                Err(why) => {
                    tracing::warn!(folder = %path.display(), "left out, for it is no board: {}", Plain(&why));
                }
            }
        }
        Ok((shelves, found))
    }

    /// How many bytes all boards have.
    pub fn bytes(&self) -> u64 {
        self.room.used.load(Ordering::Relaxed)
    }

    fn read(&self, folder: &Path) -> Result<Shelf, String> {
        let name = folder.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let mut id = [0; 32];
        hex::decode_to_slice(name, &mut id).map_err(|_| "its name is no ceremony id".to_owned())?;
        let read = |name: &str| {
            files::read_bounded(&folder.join(name), self.room.board)
                .map_err(|error| format!("{name}: {error}"))
        };
        let (definition, terms) = (read(DEFINITION)?, read(TERMS)?);
        let ceremony =
            admission::read(CeremonyId::new(id), &definition, &terms).map_err(|denied| match denied {
                Denied::No(why, _) | Denied::Cheat(why) => why,
            })?;
        let opener = read(OPENER).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        let (bytes, last_new) = measure(folder).map_err(|error| error.to_string())?;
        self.room.used.fetch_add(bytes, Ordering::Relaxed);
        Ok(Shelf {
            folder: folder.to_owned(),
            ceremony: Arc::new(ceremony),
            opener: opener.and_then(|text| PeerId::from_str(&text).ok()),
            used: AtomicU64::new(bytes),
            last_new,
            room: Arc::clone(&self.room),
        })
    }

    /// Makes a shelf for a ceremony.
    ///
    /// # Errors
    ///
    /// [`FULL`] if there is no room; the disk's.
    pub fn add(
        &self,
        ceremony: Ceremony,
        definition: &[u8],
        terms: &[u8],
        opener: PeerId,
    ) -> Result<Arc<Shelf>, Failure> {
        let name = hex::encode(ceremony.id().as_bytes());
        let folder = self.folder.join(&name);
        let made = self.folder.join(format!("{}{name}", files::TEMPORARY));
        let opener_text = opener.to_string();
        let bytes = (definition.len() + terms.len() + opener_text.len()) as u64;
        let shelf = Shelf {
            folder: folder.clone(),
            ceremony: Arc::new(ceremony),
            opener: Some(opener),
            used: AtomicU64::new(0),
            last_new: SystemTime::now(),
            room: Arc::clone(&self.room),
        };
        shelf.take_room(bytes)?;
        let make = || {
            // A folder of this name that is not on the shelves is one that could not be read.
            files::destroy_folder(&folder)?;
            files::destroy_folder(&made)?;
            files::make_secret_folder(&made)?;
            files::write_new(&made.join(DEFINITION), definition, files::KEY)?;
            files::write_new(&made.join(TERMS), terms, files::KEY)?;
            files::write_new(&made.join(OPENER), opener_text.as_bytes(), files::KEY)?;
            fs::rename(&made, &folder)?;
            files::sync_folder(&self.folder)
        };
        make().map_err(|error| {
            shelf.give_back(bytes);
            disk(&folder, "make", &error)
        })?;
        Ok(Arc::new(shelf))
    }

    /// Removes a board from disk.
    pub fn remove(&self, shelf: &Shelf) -> Result<(), Failure> {
        remove_folder(&shelf.folder).map_err(|error| disk(&shelf.folder, "remove", &error))?;
        shelf.give_back(shelf.used.load(Ordering::Relaxed));
        Ok(())
    }
}

impl Shelf {
    /// The ceremony.
    pub const fn ceremony(&self) -> &Arc<Ceremony> {
        &self.ceremony
    }

    /// Who asked for the board, if that is still known.
    pub const fn opener(&self) -> Option<PeerId> {
        self.opener
    }

    /// When the last message had come, when the shelf was found or made.
    pub const fn last_new(&self) -> SystemTime {
        self.last_new
    }

    /// Reads all messages.
    pub fn load(&self) -> Result<Board, Failure> {
        let mut board = Board::new(Arc::clone(&self.ceremony));
        let limit = self.ceremony.limits().message() as u64;
        let entries = fs::read_dir(&self.folder).map_err(|error| disk(&self.folder, "list", &error))?;
        for path in entries.flatten().map(|entry| entry.path()) {
            if path.extension().is_none_or(|extension| extension != MESSAGE) || path.ends_with(TERMS) {
                continue;
            }
            let inserted = files::read_bounded(&path, limit).map(|bytes| board.insert(&bytes));
            let is_good = matches!(inserted, Ok(Inserted::New(_) | Inserted::Conflict(_)));
            if !is_good {
                tracing::warn!(file = %path.display(), "a damaged message is removed: peers will send it again");
                let bytes = fs::metadata(&path).map_or(0, |metadata| metadata.len());
                fs::remove_file(&path).map_err(|error| disk(&path, "remove", &error))?;
                self.give_back(bytes);
            }
        }
        Ok(board)
    }

    fn take_room(&self, bytes: u64) -> Result<(), Failure> {
        let used = self.used.load(Ordering::Relaxed).saturating_add(bytes);
        let all = self.room.used.load(Ordering::Relaxed).saturating_add(bytes);
        let what = if used > self.room.board {
            "the board of this ceremony is full"
        } else if all > self.room.all {
            "the relay has no room for more messages"
        } else {
            self.used.store(used, Ordering::Relaxed);
            self.room.used.store(all, Ordering::Relaxed);
            return Ok(());
        };
        Err(Failure::new(Exit::Refused, FULL, what))
    }

    fn give_back(&self, bytes: u64) {
        self.used.fetch_sub(bytes.min(self.used.load(Ordering::Relaxed)), Ordering::Relaxed);
        self.room.used.fetch_sub(bytes.min(self.room.used.load(Ordering::Relaxed)), Ordering::Relaxed);
    }
}

/// A shelf as the store of a replica.
pub struct OnShelf(pub Arc<Shelf>);

impl Keep for OnShelf {
    fn keep(&self, message: &Message) -> Result<(), Failure> {
        let path = self.0.folder.join(file_name(message));
        let bytes = message.to_bytes();
        self.0.take_room(bytes.len() as u64)?;
        files::write_new(&path, &bytes, files::KEY).map_err(|error| {
            self.0.give_back(bytes.len() as u64);
            disk(&path, "write", &error)
        })
    }
}

/// How many bytes a board's files have, and when the newest message came; when it was opened if there is none.
fn measure(folder: &Path) -> std::io::Result<(u64, SystemTime)> {
    let (mut bytes, mut newest) = (0, SystemTime::UNIX_EPOCH);
    for entry in fs::read_dir(folder)? {
        let metadata = entry?.metadata()?;
        bytes += metadata.len();
        newest = newest.max(metadata.modified()?);
    }
    Ok((bytes, newest))
}

/// Removes a folder of files that are no secrets.
fn remove_folder(folder: &Path) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        fs::remove_file(entry?.path())?;
    }
    fs::remove_dir(folder)
}
