//! A folder as a board: operators pass files by any means they like.
//!
//! ```text
//! BOARD/<ceremony id, 16 characters>/<kind>-<author>-<hash>.ssz      messages
//! BOARD/<ceremony id, 16 characters>/fault-<hash>.json               proofs of faults
//! ```
//!
//! Nothing in the folder is trusted, and whoever can write to it may put, change or remove anything: what counts is what is
//! found in files, whatever they are called. Each look is bounded: so many files for each kind and author, one file in memory at a
//! time, nothing but regular files. A message of ours that vanished or was replaced is put there again. Joins of other
//! ceremonies are read too, so that operators who disagree on the terms are told on what.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use coram_ceremony::id::MessageId;
use coram_ceremony::{Board, Ceremony, Inserted, Kind, Message};

use super::{attempt::file_name, files};
use crate::failure::{Exit, Failure};

/// The most entries of one folder that are looked at.
const MAX_ENTRIES: usize = 200_000;
/// The most files for one kind and author that are read: an honest author has one, an equivocator two that count.
const MAX_COPIES: usize = 16;
/// The most folders of other ceremonies that are looked into.
const MAX_FOREIGN: usize = 64;
/// How often these are.
const FOREIGN_POLL: Duration = Duration::from_secs(5);
/// When a file that was no message is read again: it may have been half copied.
const RETRY: Duration = Duration::from_secs(5);
/// Names that a message is published under if earlier ones are taken by other bytes.
const NAMES: u32 = 8;

/// A shared folder, as one operator uses it.
#[derive(Debug)]
pub struct FolderBoard {
    root: PathBuf,
    own: PathBuf,
    limit: u64,
    operators: u16,
    seen: BTreeMap<PathBuf, Seen>,
    foreign_seen: BTreeSet<(PathBuf, u64)>,
    foreign_at: Option<Instant>,
    /// Messages that could not be published, of which that was said.
    blocked: BTreeSet<MessageId>,
    warnings: Vec<String>,
}

/// What was found in a file.
#[derive(Debug)]
struct Seen {
    version: Version,
    at: Instant,
    /// The message in it.
    message: Option<MessageId>,
}

/// A file's size and time: when they change, the file is read again.
type Version = (u64, Option<SystemTime>);

impl FolderBoard {
    /// Opens the folder, and makes the ceremony's own in it, as open to others as the folder itself is.
    pub fn open(root: &Path, ceremony: &Ceremony) -> Result<Self, Failure> {
        check_root(root)?;
        let own = own_folder(root, ceremony);
        if !own.exists() {
            fs::create_dir_all(&own).map_err(|error| unusable(&own, "make", &error))?;
            let mode = fs::metadata(root).map(|metadata| metadata.permissions());
            // Where the disk has no modes, there is nothing to open.
            let _ = mode.and_then(|mode| fs::set_permissions(&own, mode));
        }
        Ok(Self {
            root: root.to_owned(),
            own,
            limit: ceremony.limits().message() as u64,
            operators: ceremony.operators(),
            seen: BTreeMap::new(),
            foreign_seen: BTreeSet::new(),
            foreign_at: None,
            blocked: BTreeSet::new(),
            warnings: Vec::new(),
        })
    }

    /// Hands over, one by one, the files of the ceremony's folder that are new or changed. `take` says which message was in
    /// it, if one was.
    pub fn poll(&mut self, mut take: impl FnMut(&Path, &[u8]) -> Option<MessageId>) -> Result<(), Failure> {
        let paths = candidates(&self.own, self.operators, MAX_COPIES);
        let paths = paths.map_err(|error| unusable(&self.own, "list", &error))?;
        self.seen.retain(|path, _| paths.binary_search(path).is_ok());
        for path in paths {
            let Ok(metadata) = fs::symlink_metadata(&path) else { continue };
            let version = (metadata.len(), metadata.modified().ok());
            if self.seen.get(&path).is_some_and(|seen| seen.is_current(version)) {
                continue;
            }
            // What cannot be read now may be being copied.
            let Ok(bytes) = files::read_foreign(&path, self.limit) else { continue };
            let message = take(&path, &bytes);
            self.seen.insert(path, Seen { version, at: Instant::now(), message });
        }
        Ok(())
    }

    /// Hands over Joins in the folders of other ceremonies, each once, every few seconds. What cannot be read is somebody
    /// else's.
    pub fn poll_foreign_joins(&mut self, mut take: impl FnMut(&[u8])) {
        if self.foreign_at.is_some_and(|at| at.elapsed() < FOREIGN_POLL) {
            return;
        }
        self.foreign_at = Some(Instant::now());
        for folder in foreign_folders(&self.root, &self.own) {
            for path in candidates(&folder, self.operators, 2).unwrap_or_default() {
                let is_join = file_text(&path).is_some_and(|name| name.starts_with(Kind::Join.name()));
                let len = fs::symlink_metadata(&path).map_or(0, |metadata| metadata.len());
                if !is_join || self.foreign_seen.contains(&(path.clone(), len)) {
                    continue;
                }
                if let Ok(bytes) = files::read_foreign(&path, self.limit) {
                    take(&bytes);
                    self.foreign_seen.insert((path, len));
                }
            }
        }
    }

    /// Puts every message of a board into the folder that no file in it holds: ours, those that others missed, and those
    /// that were removed or replaced.
    pub fn publish_missing(&mut self, board: &Board) -> Result<(), Failure> {
        let there: BTreeSet<MessageId> = self.seen.values().filter_map(|seen| seen.message).collect();
        for message in board.messages().filter(|message| !there.contains(&message.id())) {
            if !self.publish(message)? && self.blocked.insert(message.id()) {
                self.warnings.push(format!(
                    "the {} of operator {} cannot be put into {}: other files have all of its names; remove those",
                    message.kind(),
                    message.author(),
                    self.own.display()
                ));
            }
        }
        Ok(())
    }

    /// What people should look into and have not been told, each once.
    pub fn warnings(&mut self) -> Vec<String> {
        std::mem::take(&mut self.warnings)
    }

    /// Under the first name that is free or holds the message already; false if every one is taken.
    fn publish(&self, message: &Message) -> Result<bool, Failure> {
        let (name, bytes) = (file_name(message), message.to_bytes());
        for copy in 0..NAMES {
            let name = if copy == 0 { name.clone() } else { name.replace(".ssz", &format!("-{copy}.ssz")) };
            if self.put(&name, &bytes)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Puts a file into the ceremony's folder; false if other bytes are there under its name.
    pub fn put(&self, name: &str, bytes: &[u8]) -> Result<bool, Failure> {
        let path = self.own.join(name);
        match files::write_shared(&path, bytes) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                Ok(files::read_foreign(&path, bytes.len() as u64).is_ok_and(|found| found == bytes))
            }
            Err(error) => Err(unusable(&path, "write", &error)),
        }
    }
}

impl Seen {
    /// Whether there is nothing to be gained from reading the file again.
    fn is_current(&self, version: Version) -> bool {
        self.version == version && (self.message.is_some() || self.at.elapsed() < RETRY)
    }
}

/// Takes the messages in a shared folder into a board, and changes nothing on disk. Calls `disagree` for Joins under other
/// terms.
pub fn read(root: &Path, board: &mut Board, mut disagree: impl FnMut(Inserted)) -> Result<(), Failure> {
    check_root(root)?;
    let own = own_folder(root, board.ceremony());
    let (limit, operators) = (board.ceremony().limits().message() as u64, board.ceremony().operators());
    for folder in std::iter::once(own.clone()).chain(foreign_folders(root, &own)) {
        for path in candidates(&folder, operators, MAX_COPIES).unwrap_or_default() {
            if let Ok(bytes) = files::read_foreign(&path, limit)
                && let disagreement @ Inserted::Disagreement(_) = board.insert(&bytes)
            {
                disagree(disagreement);
            }
        }
    }
    Ok(())
}

fn own_folder(root: &Path, ceremony: &Ceremony) -> PathBuf {
    let id = hex::encode(ceremony.id().as_bytes());
    root.join(id.get(..16).unwrap_or(&id))
}

fn check_root(root: &Path) -> Result<(), Failure> {
    if root.is_dir() {
        return Ok(());
    }
    let what = format!("there is no folder {}", root.display());
    Err(Failure::new(Exit::Usage, "board.missing", what).help(
        "name the shared folder with --board; if it is on a drive, mount it, and if it is new, make it first",
    ))
}

/// Refuses a shared folder that cannot be read or written.
pub fn check_usable(root: &Path) -> Result<(), Failure> {
    check_root(root)?;
    fs::read_dir(root).map_err(|error| unusable(root, "list", &error))?;
    let probe = tempfile::NamedTempFile::with_prefix_in(files::TEMPORARY, root);
    probe.map(drop).map_err(|error| unusable(root, "write to", &error))
}

fn unusable(path: &Path, what: &str, error: &std::io::Error) -> Failure {
    Failure::new(Exit::Refused, "board.access", format!("cannot {what} {}: {error}", path.display()))
        .help("every operator must be able to read and write in the shared folder and in the folders that others make there")
}

/// The files of a folder that may hold messages, in order: at most `copies` for each kind and author.
fn candidates(folder: &Path, operators: u16, copies: usize) -> std::io::Result<Vec<PathBuf>> {
    let mut counts: BTreeMap<(Kind, u16), usize> = BTreeMap::new();
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder)?.take(MAX_ENTRIES) {
        let path = entry?.path();
        let Some(key) =
            file_text(&path).and_then(parse_name).filter(|(_, author)| (1..=operators).contains(author))
        else {
            continue;
        };
        let count = counts.entry(key).or_default();
        *count += 1;
        if *count <= copies {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

/// Kind and author from `<kind>-<author>-<anything>.ssz`.
fn parse_name(name: &str) -> Option<(Kind, u16)> {
    let mut parts = name.strip_suffix(".ssz")?.splitn(3, '-');
    let (kind, author, _) = (parts.next()?, parts.next()?, parts.next()?);
    let kind = Kind::ALL.into_iter().find(|known| known.name() == kind)?;
    Some((kind, author.parse().ok()?))
}

fn file_text(path: &Path) -> Option<&str> {
    path.file_name()?.to_str()
}

/// The folders of other ceremonies: real ones, named like ceremonies.
fn foreign_folders(root: &Path, own: &Path) -> Vec<PathBuf> {
    let is_id =
        |name: &str| name.len() == 16 && name.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let entries = fs::read_dir(root).into_iter().flatten().take(MAX_ENTRIES).flatten();
    let mut folders: Vec<PathBuf> = entries
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
        .map(|entry| entry.path())
        .filter(|path| path != own && file_text(path).is_some_and(is_id))
        .take(MAX_FOREIGN)
        .collect();
    folders.sort();
    folders
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_kind_and_author() {
        assert_eq!(parse_name("join-1-00.ssz"), Some((Kind::Join, 1)));
        assert_eq!(parse_name("seal-255-0011-3.ssz"), Some((Kind::Seal, 255)));
        for junk in ["join-1.ssz", "join-x-0.ssz", "joint-1-0.ssz", "join-1-0.json", "join--1-0.ssz"] {
            assert_eq!(parse_name(junk), None, "{junk}");
        }
    }

    #[test]
    fn junk_does_not_hide_messages() {
        let folder = tempfile::tempdir().unwrap();
        for junk in 0..40 {
            fs::write(folder.path().join(format!("join-1-{junk:02}.ssz")), "junk").unwrap();
            fs::write(folder.path().join(format!("other-{junk}.ssz")), "junk").unwrap();
        }
        fs::write(folder.path().join("join-2-aa.ssz"), "a message").unwrap();
        let found = candidates(folder.path(), 4, MAX_COPIES).unwrap();
        assert_eq!(found.len(), MAX_COPIES + 1);
        assert!(found.contains(&folder.path().join("join-2-aa.ssz")));
    }
}
