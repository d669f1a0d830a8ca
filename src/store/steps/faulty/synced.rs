//! What is sure to be on a disk when the power is lost.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use super::After;
use super::contents::{Contents, Item, names};
use crate::store::files::TEMPORARY;

/// The number of a file or folder on its disk, which it keeps when its name changes.
type Number = u64;

/// A name that is sure to be there.
#[derive(Clone, Copy, Debug)]
struct Entry {
    number: Number,
    mode: u32,
    is_folder: bool,
}

/// What is sure to be there after the power is lost.
#[derive(Clone, Debug, Default)]
pub struct Synced {
    files: BTreeMap<Number, (Vec<u8>, u32)>,
    folders: BTreeMap<Number, BTreeMap<PathBuf, Entry>>,
    /// Numbers that were given to what is no longer there by its old one.
    retired: Number,
}

fn is_temporary(name: &Path) -> bool {
    name.to_string_lossy().starts_with(TEMPORARY)
}

fn entry(path: &Path) -> Option<Entry> {
    let metadata = fs::symlink_metadata(path).ok()?;
    let mode = metadata.permissions().mode() & 0o777;
    Some(Entry { number: metadata.ino(), mode, is_folder: metadata.is_dir() })
}

impl Synced {
    /// All that is in a folder.
    pub fn of(root: &Path) -> Self {
        let mut synced = Self::default();
        synced.take_all(root);
        synced
    }

    /// What is found in the folder after the power was lost. `chance` is what [`After::PowerChance`] depends on.
    pub fn found(&self, after: After, chance: usize, root: &Path) -> Contents {
        let mut found = Contents::new();
        if let Some(number) = entry_number(root) {
            self.walk(after, chance, root, number, Path::new(""), &mut found);
        }
        found
    }

    fn take_all(&mut self, folder: &Path) {
        self.take_folder(folder);
        for (_, path) in names(folder) {
            if path.is_dir() { self.take_all(&path) } else { self.take_file(&path) }
        }
    }

    /// The bytes of a file are synced.
    pub fn take_file(&mut self, file: &Path) {
        if let (Some(entry), Ok(bytes)) = (entry(file), fs::read(file)) {
            self.files.insert(entry.number, (bytes, entry.mode));
        }
    }

    /// The names in a folder are synced.
    pub fn take_folder(&mut self, folder: &Path) {
        let Some(number) = entry(folder).map(|entry| entry.number) else { return };
        let entries = names(folder).into_iter().filter_map(|(name, path)| Some((name, entry(&path)?)));
        self.folders.insert(number, entries.collect());
    }

    /// A file was made in a folder. It may have the number of one that was removed; what is sure to be there of that one
    /// gets another.
    pub fn retire_temporary(&mut self, folder: &Path) {
        for (_, path) in names(folder).into_iter().filter(|(name, _)| is_temporary(name)) {
            if let Some(number) = entry_number(&path) {
                self.retire(number);
            }
        }
    }

    fn retire(&mut self, number: Number) {
        self.retired += 1;
        let other = Number::MAX - self.retired;
        if let Some(file) = self.files.remove(&number) {
            self.files.insert(other, file);
        }
        if let Some(folder) = self.folders.remove(&number) {
            self.folders.insert(other, folder);
        }
        for entry in self.folders.values_mut().flat_map(BTreeMap::values_mut) {
            if entry.number == number {
                entry.number = other;
            }
        }
    }

    /// Goes through what is there, by the names that are sure, or by those that were there at last.
    fn walk(
        &self,
        after: After,
        chance: usize,
        path: &Path,
        number: Number,
        to: &Path,
        found: &mut Contents,
    ) {
        let is_synced = |what: &str| match after {
            After::Kill => false,
            After::Power => true,
            After::PowerNames => what == "bytes",
            After::PowerChance => toss(chance, what, to),
        };
        let sure = self.folders.get(&number);
        let entries: Vec<(PathBuf, Entry)> = if is_synced("names") {
            sure.into_iter().flatten().map(|(name, entry)| (name.clone(), *entry)).collect()
        } else {
            names(path).into_iter().filter_map(|(name, path)| Some((name, entry(&path)?))).collect()
        };
        for (name, entry) in entries {
            let (to, path) = (to.join(&name), path.join(&name));
            if entry.is_folder {
                found.insert(to.clone(), Item { bytes: None, mode: entry.mode });
                self.walk(after, chance, &path, entry.number, &to, found);
                continue;
            }
            let is_here = entry_number(&path) == Some(entry.number);
            let (bytes, mode) = match self.files.get(&entry.number) {
                _ if is_here && !is_synced("bytes") => (fs::read(&path).unwrap_or_default(), entry.mode),
                Some((bytes, mode)) => (bytes.clone(), *mode),
                None => (Vec::new(), entry.mode),
            };
            found.insert(to, Item { bytes: Some(bytes), mode });
        }
    }
}

fn entry_number(path: &Path) -> Option<Number> {
    entry(path).map(|entry| entry.number)
}

/// The same every time.
fn toss(chance: usize, what: &str, path: &Path) -> bool {
    use sha2::{Digest as _, Sha256};
    let hash = Sha256::new()
        .chain_update(chance.to_be_bytes())
        .chain_update(what)
        .chain_update(path.to_string_lossy().as_bytes())
        .finalize();
    hash[0] & 1 == 0
}
