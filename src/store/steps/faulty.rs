//! Disks that fail when they are told to, and forget what was not synced when the power goes.
//!
//! Everything below a folder that was named as a [`Disk`] is on one. The folder has what a process sees. Beside it the disk
//! keeps what is sure to be there after the power is lost: the bytes of each file and the names in each folder, as they
//! were when they were last synced.
//!
//! | file          | what is in it                                             |
//! |---------------|-----------------------------------------------------------|
//! | `contents.rs` | all that is on a disk, as a value                         |
//! | `synced.rs`   | what is sure to be there after the power is lost          |

mod contents;
mod synced;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustix::io::Errno;

use super::Step;
pub use contents::{Contents, Item, read_contents, write_contents};
use synced::Synced;

/// What goes wrong at a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// The process ends before it.
    Before,
    /// The process ends when half of the bytes are written.
    Middle,
    /// The process ends after it.
    After,
    /// There is no room from here on, until the process has ended.
    Full,
    /// There is room for half of the bytes.
    Short,
    /// It fails; what was to be synced is not.
    Fails,
}

impl Fault {
    /// All faults.
    pub const ALL: [Self; 6] =
        [Self::Before, Self::Middle, Self::After, Self::Full, Self::Short, Self::Fails];

    /// Whether it can happen at a step.
    pub fn fits(self, step: Step) -> bool {
        match self {
            Self::Before | Self::After | Self::Fails => true,
            Self::Middle | Self::Short => step == Step::Write,
            Self::Full => needs_room(step),
        }
    }

    /// What it is called.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Before => "process ends before the step",
            Self::Middle => "process ends when half is written",
            Self::After => "process ends after the step",
            Self::Full => "disk is full from here on",
            Self::Short => "room for half of the bytes",
            Self::Fails => "the step fails",
        }
    }

    /// Whether the process ends at once.
    pub const fn ends(self) -> bool {
        matches!(self, Self::Before | Self::Middle | Self::After)
    }
}

const fn needs_room(step: Step) -> bool {
    matches!(step, Step::MakeFolder | Step::Create | Step::Write)
}

/// What is found on a disk by whoever comes after a process that ended in the middle of its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum After {
    /// All that the process did: it was killed.
    Kill,
    /// What was synced, and nothing else.
    Power,
    /// All names, and of each file the bytes that were synced.
    PowerNames,
    /// Of each folder and each file, by chance, the one or the other.
    PowerChance,
}

impl After {
    /// All ways.
    pub const ALL: [Self; 4] = [Self::Kill, Self::Power, Self::PowerNames, Self::PowerChance];
}

/// A step that was taken, with the place that it was for.
pub type Taken = (Step, PathBuf);

struct State {
    root: PathBuf,
    synced: Synced,
    taken: Vec<Taken>,
    fault: Option<(usize, Fault)>,
    ended: bool,
    full: bool,
    /// Whether every state between two steps is wanted.
    records: bool,
    recorded: Vec<Contents>,
    /// What is found by whoever comes after the process.
    left: BTreeMap<After, Contents>,
    /// How many processes used the disk before.
    process: u64,
    /// How often random bytes were drawn.
    drawn: u64,
}

/// A disk. Forgotten when this is dropped.
pub struct Disk {
    root: PathBuf,
    state: Arc<Mutex<State>>,
}

static DISKS: Mutex<BTreeMap<PathBuf, Arc<Mutex<State>>>> = Mutex::new(BTreeMap::new());

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Disk {
    /// Makes a folder a disk; what is in it is synced.
    pub fn new(root: &Path) -> Self {
        let state = State {
            root: root.to_owned(),
            synced: Synced::of(root),
            taken: Vec::new(),
            fault: None,
            ended: false,
            full: false,
            records: false,
            recorded: Vec::new(),
            left: BTreeMap::new(),
            process: 0,
            drawn: 0,
        };
        let state = Arc::new(Mutex::new(state));
        locked(&DISKS).insert(root.to_owned(), Arc::clone(&state));
        Self { root: root.to_owned(), state }
    }

    /// Says how many processes used the disk before: each has other secrets, and the same again in another run.
    pub fn used_by(self, processes: u64) -> Self {
        locked(&self.state).process = processes;
        self
    }

    /// Lets something go wrong at a step, counted from 0.
    pub fn fault(&self, step: usize, fault: Fault) {
        locked(&self.state).fault = Some((step, fault));
    }

    /// Keeps every state between two steps from now on.
    pub fn record(&self) {
        locked(&self.state).records = true;
    }

    /// The states before each step.
    pub fn recorded(&self) -> Vec<Contents> {
        std::mem::take(&mut locked(&self.state).recorded)
    }

    /// The steps that were taken.
    pub fn taken(&self) -> Vec<Taken> {
        locked(&self.state).taken.clone()
    }

    /// What is found after the process ended at its fault; without one, after it ended by itself.
    pub fn left(&self, after: After) -> Contents {
        let state = locked(&self.state);
        match state.left.get(&after) {
            Some(contents) => contents.clone(),
            None => state.after(after),
        }
    }

    /// Lets the next process begin, for which nothing goes wrong, on the disk as this one left it.
    pub fn restart(&self) {
        let mut state = locked(&self.state);
        state.process += 1;
        state.taken.clear();
        state.left.clear();
        (state.fault, state.ended, state.full) = (None, false, false);
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        locked(&DISKS).remove(&self.root);
    }
}

/// The disk that a file is on.
fn disk_of(file: &Path) -> Option<Arc<Mutex<State>>> {
    let disks = locked(&DISKS);
    file.ancestors().find_map(|folder| disks.get(folder).cloned())
}

/// Random bytes for a file; on a disk, such that can be had again in another run, and never twice in one.
pub fn random(place: &Path, bytes: &mut [u8; 32]) -> Result<(), getrandom::Error> {
    use sha2::{Digest as _, Sha256};
    let Some(disk) = disk_of(place) else { return getrandom::fill(bytes) };
    let mut disk = locked(&disk);
    disk.drawn += 1;
    let hash = Sha256::new()
        .chain_update(disk.process.to_be_bytes())
        .chain_update(disk.drawn.to_be_bytes())
        .chain_update(place.file_name().unwrap_or_default().as_encoded_bytes());
    bytes.copy_from_slice(&hash.finalize());
    Ok(())
}

/// Takes a step.
pub fn take<T>(
    step: Step,
    file: &Path,
    place: &Path,
    action: impl FnOnce() -> io::Result<T>,
) -> io::Result<T> {
    let Some(disk) = disk_of(place) else { return action() };
    let mut disk = locked(&disk);
    let fault = disk.begin(step, place)?;
    match fault {
        Some(Fault::Before) => return Err(disk.end()),
        Some(Fault::Full) => return Err(disk.fill()),
        Some(Fault::Fails) => return Err(Errno::IO.into()),
        // Of a file that is packed, half is not to be had.
        Some(Fault::Middle) => return Err(disk.end()),
        Some(Fault::Short) => return Err(Errno::NOSPC.into()),
        Some(Fault::After) | None => {}
    }
    let done = action()?;
    disk.done(step, file);
    if fault == Some(Fault::After) { Err(disk.end()) } else { Ok(done) }
}

/// Writes bytes.
pub fn write(
    file: &Path,
    place: &Path,
    bytes: &[u8],
    mut action: impl FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<()> {
    let Some(disk) = disk_of(file) else { return action(bytes) };
    let mut disk = locked(&disk);
    let fault = disk.begin(Step::Write, place)?;
    let half = &bytes[..bytes.len() / 2];
    match fault {
        Some(Fault::Before) => Err(disk.end()),
        Some(Fault::Full) => Err(disk.fill()),
        Some(Fault::Fails) => Err(Errno::IO.into()),
        Some(Fault::Middle) => action(half).and_then(|()| Err(disk.end())),
        Some(Fault::Short) => action(half).and_then(|()| Err(Errno::NOSPC.into())),
        Some(Fault::After) => action(bytes).and_then(|()| Err(disk.end())),
        None => action(bytes),
    }
}

impl State {
    fn begin(&mut self, step: Step, place: &Path) -> io::Result<Option<Fault>> {
        if self.ended {
            return Err(io::Error::other("the process has ended"));
        }
        if self.full && needs_room(step) {
            return Err(Errno::NOSPC.into());
        }
        if self.records {
            self.recorded.push(read_contents(&self.root));
        }
        let number = self.taken.len();
        self.taken.push((step, place.strip_prefix(&self.root).unwrap_or(place).to_owned()));
        Ok(self.fault.filter(|(at, _)| *at == number).map(|(_, fault)| fault))
    }

    fn end(&mut self) -> io::Error {
        self.ended = true;
        self.left = After::ALL.into_iter().map(|after| (after, self.after(after))).collect();
        io::Error::other("the process ends here")
    }

    fn fill(&mut self) -> io::Error {
        self.full = true;
        Errno::NOSPC.into()
    }

    /// Notes what is sure to be there now.
    fn done(&mut self, step: Step, file: &Path) {
        match step {
            Step::Create if file.is_dir() => self.synced.retire_temporary(file),
            Step::Sync => self.synced.take_file(file),
            Step::SyncFolder => self.synced.take_folder(file),
            _ => {}
        }
    }

    fn after(&self, after: After) -> Contents {
        match after {
            After::Kill => read_contents(&self.root),
            _ => self.synced.found(after, self.taken.len(), &self.root),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::store::files;

    /// What is found under a name, after each way to end.
    fn found(root: &Path, name: &str, step: usize, fault: Fault) -> Vec<Option<Vec<u8>>> {
        let folder = tempfile::tempdir_in(root).unwrap();
        let disk = Disk::new(folder.path());
        disk.fault(step, fault);
        let _ = files::write_new(&folder.path().join(name), b"bytes", files::KEY);
        let item = |after| disk.left(after).get(Path::new(name)).and_then(|item| item.bytes.clone());
        [After::Kill, After::Power].map(item).to_vec()
    }

    #[test]
    fn a_file_is_there_when_its_name_is_synced() {
        let root = tempfile::tempdir().unwrap();
        let whole = Some(b"bytes".to_vec());
        // Create, mode, write, sync, name, sync of the folder.
        for step in 0..4 {
            assert_eq!(found(root.path(), "file", step, Fault::After), [None, None], "{step}");
        }
        assert_eq!(found(root.path(), "file", 4, Fault::After), [whole.clone(), None]);
        assert_eq!(found(root.path(), "file", 5, Fault::Before), [whole.clone(), None]);
        assert_eq!(found(root.path(), "file", 5, Fault::After), [whole.clone(), whole]);
    }

    /// Bytes that are given their name before they are synced can be gone when the name is there.
    #[test]
    fn bytes_that_were_not_synced_are_lost() {
        let folder = tempfile::tempdir().unwrap();
        let disk = Disk::new(folder.path());
        files::replace(&folder.path().join("file"), b"bytes", files::KEY).unwrap();
        files::sync_folder(folder.path()).unwrap();
        let bytes = |after| disk.left(after)[Path::new("file")].bytes.clone();
        assert_eq!(bytes(After::Kill), Some(b"bytes".to_vec()));
        assert_eq!(bytes(After::Power), Some(Vec::new()));
        assert_eq!(bytes(After::PowerNames), Some(Vec::new()));
    }

    #[test]
    fn what_was_removed_comes_back_unless_that_was_synced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, "bytes").unwrap();
        let disk = Disk::new(folder.path());
        files::remove(&path).unwrap();
        assert!(disk.left(After::Power).contains_key(Path::new("file")));
        files::sync_folder(folder.path()).unwrap();
        assert!(disk.left(After::Power).is_empty());
    }
}
