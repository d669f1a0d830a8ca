//! A folder as a board: operators pass files by any means they like.
//!
//! ```text
//! BOARD/<ceremony id, 16 characters>/<kind>-<author>-<hash>.ssz      messages
//! BOARD/<ceremony id, 16 characters>/fault-<hash>.json               proofs of faults
//! ```
//!
//! Nothing in the folder is trusted. Files that are not messages of the ceremony are named once and left alone; Joins
//! of other ceremonies are read too, so that operators who disagree on the terms are told on what.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use coram_ceremony::{Board, Ceremony, Message};

use super::{attempt::file_name, disk, files};
use crate::failure::Failure;

/// The most files of one folder that are looked at; an honest ceremony of 255 operators needs 1,275.
const MAX_FILES: usize = 20_000;

/// A file's size and time: when they change, the file is read again.
type Version = (u64, Option<SystemTime>);

/// A shared folder, as one operator uses it.
#[derive(Debug)]
pub struct FolderBoard {
    root: PathBuf,
    own: PathBuf,
    limit: u64,
    seen: BTreeMap<PathBuf, Version>,
    published: BTreeSet<String>,
}

/// The content of a file that was not there, or was another, when the folder was looked at last.
#[derive(Debug)]
pub struct Found {
    /// Where it is.
    pub path: PathBuf,
    /// What is in it; bounded by the largest message.
    pub bytes: Vec<u8>,
}

impl FolderBoard {
    /// Opens the folder, and makes the ceremony's own in it.
    pub fn open(root: &Path, ceremony: &Ceremony) -> Result<Self, Failure> {
        let own = own_folder(root, ceremony);
        fs::create_dir_all(&own).map_err(|error| disk(&own, "make", &error))?;
        let limit = ceremony.limits().message() as u64;
        Ok(Self { root: root.to_owned(), own, limit, seen: BTreeMap::new(), published: BTreeSet::new() })
    }

    /// The ceremony's folder.
    pub fn path(&self) -> &Path {
        &self.own
    }

    /// Everything new: in the ceremony's folder, and Joins in those of other ceremonies.
    pub fn poll(&mut self) -> Result<Vec<Found>, Failure> {
        let mut candidates = list(&self.own, |name| name.ends_with(".ssz"))?;
        for folder in list(&self.root, |_| true)? {
            if folder != self.own && folder.is_dir() {
                candidates.extend(list(&folder, |name| name.starts_with("join-") && name.ends_with(".ssz"))?);
            }
        }
        Ok(candidates.into_iter().filter_map(|path| self.read_if_new(path)).collect())
    }

    fn read_if_new(&mut self, path: PathBuf) -> Option<Found> {
        let metadata = fs::metadata(&path).ok().filter(fs::Metadata::is_file)?;
        let version = (metadata.len(), metadata.modified().ok());
        if self.seen.get(&path) == Some(&version) {
            return None;
        }
        // A file that cannot be read may be one that is being copied: it is looked at again when it changes.
        self.seen.insert(path.clone(), version);
        let bytes = files::read_bounded(&path, self.limit).ok()?;
        Some(Found { path, bytes })
    }

    /// Puts every message of a board into the folder, ours and those that others missed.
    pub fn publish_all(&mut self, board: &Board) -> Result<(), Failure> {
        board.messages().try_for_each(|message| self.publish(message))
    }

    fn publish(&mut self, message: &Message) -> Result<(), Failure> {
        let name = file_name(message);
        if self.published.contains(&name) {
            return Ok(());
        }
        self.put(&name, &message.to_bytes())?;
        self.published.insert(name);
        Ok(())
    }

    /// Puts a file into the ceremony's folder unless one of that name is there.
    pub fn put(&self, name: &str, bytes: &[u8]) -> Result<(), Failure> {
        let path = self.own.join(name);
        match files::write_new(&path, bytes, files::PUBLIC) {
            Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
                Err(disk(&path, "write", &error))
            }
            _ => Ok(()),
        }
    }
}

/// Takes the ceremony's messages in a shared folder into a board, and changes nothing on disk.
pub fn read(root: &Path, board: &mut Board) -> Result<(), Failure> {
    let own = own_folder(root, board.ceremony());
    let limit = board.ceremony().limits().message() as u64;
    if own.is_dir() {
        for path in list(&own, |name| name.ends_with(".ssz"))? {
            if let Ok(bytes) = files::read_bounded(&path, limit) {
                board.insert(&bytes);
            }
        }
    }
    Ok(())
}

fn own_folder(root: &Path, ceremony: &Ceremony) -> PathBuf {
    let id = hex::encode(ceremony.id().as_bytes());
    root.join(id.get(..16).unwrap_or(&id))
}

/// The entries of a folder whose names are wanted, in order.
fn list(folder: &Path, wanted: impl Fn(&str) -> bool) -> Result<Vec<PathBuf>, Failure> {
    let entries = fs::read_dir(folder).map_err(|error| disk(folder, "list", &error))?;
    let named = entries.take(MAX_FILES).filter_map(|entry| {
        let entry = entry.ok()?;
        wanted(entry.file_name().to_str()?).then(|| entry.path())
    });
    let mut paths: Vec<PathBuf> = named.collect();
    paths.sort();
    Ok(paths)
}
