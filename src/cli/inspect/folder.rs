//! A folder, such as an operator's data folder: what is in it, kind by kind.

use std::collections::BTreeMap;
use std::fs::{self, DirEntry};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use super::kind::{self, Kind};
use super::sheet::Sheet;
use super::source::Source;
use super::{Found, Stop};
use crate::failure::Failure;
use crate::store::disk;

/// The most files that are looked into.
const MAX_FILES: usize = 10_000;
/// How deep folders in folders are looked into.
const MAX_DEPTH: usize = 4;
/// The largest file that is read for its kind, in bytes; of others only the beginning counts.
const MAX_FILE: u64 = 16 << 20;

/// What is in a folder. Symbolic links are not followed.
pub fn look(path: &Path) -> Result<Found, Failure> {
    let (folders, kinds) = (BTreeMap::new(), BTreeMap::new());
    let mut walk = Walk { root: path, count: 0, folders, kinds, stopped: Vec::new() };
    let entries = sorted(path).map_err(|error| disk(path, "list", &error))?;
    walk.entries(&entries, 0);
    let Walk { folders, kinds, stopped, .. } = walk;
    let counts = kinds.iter().map(|(kind, count)| Sheet::new().with("kind", *kind).with("files", *count));
    let folders =
        folders.into_iter().map(|(name, files)| Sheet::new().with("folder", name).with_list("files", files));
    let content = Sheet::new().with_list("kinds", counts).with_list("folders", folders);
    Ok(Found { kind: Kind::Folder, content, stopped })
}

struct Walk<'a> {
    root: &'a Path,
    count: usize,
    /// Files by the folder that they are in.
    folders: BTreeMap<String, Vec<Sheet>>,
    kinds: BTreeMap<&'static str, usize>,
    stopped: Vec<Stop>,
}

impl Walk<'_> {
    fn entries(&mut self, entries: &[DirEntry], depth: usize) {
        for entry in entries {
            if self.count >= MAX_FILES {
                if self.stopped.is_empty() {
                    self.stop(&entry.path(), format!("more than {MAX_FILES} files"));
                }
                return;
            }
            let path = entry.path();
            match entry.file_type() {
                Ok(kind) if kind.is_dir() && depth < MAX_DEPTH => match sorted(&path) {
                    Ok(below) => self.entries(&below, depth + 1),
                    Err(error) => self.stop(&path, error.to_string()),
                },
                Ok(kind) if kind.is_dir() => self.add(entry, "folder, not looked into"),
                Ok(kind) if kind.is_symlink() => self.add(entry, "symbolic link, not followed"),
                Ok(kind) if kind.is_file() => self.add(entry, of_file(&path)),
                _ => self.add(entry, "neither file nor folder"),
            }
        }
    }

    fn add(&mut self, entry: &DirEntry, is: &'static str) {
        *self.kinds.entry(is).or_default() += 1;
        let metadata = entry.metadata().ok();
        let mode =
            metadata.as_ref().map(|metadata| format!("{:04o}", metadata.permissions().mode() & 0o7777));
        self.count += 1;
        let file = Sheet::new()
            .with("name", entry.file_name().to_string_lossy().into_owned())
            .with("is", is)
            .with("bytes", metadata.as_ref().map(fs::Metadata::len))
            .with("mode", mode);
        let folder = entry.path().parent().map(|folder| self.name(folder)).unwrap_or_default();
        self.folders.entry(folder).or_default().push(file);
    }

    fn stop(&mut self, path: &Path, why: String) {
        let name = self.name(path);
        self.stopped.push(Stop::new(name, why));
    }

    fn name(&self, path: &Path) -> String {
        match path.strip_prefix(self.root) {
            Ok(below) if below.as_os_str().is_empty() => ".".to_owned(),
            below => below.unwrap_or(path).display().to_string(),
        }
    }
}

fn of_file(path: &Path) -> &'static str {
    match Source::open(path) {
        Ok(source) if source.len() == 0 => "empty file",
        Ok(source) if source.len() <= MAX_FILE || kind::is_told_by_begin(source.begin()) => {
            kind::of(&source).words()
        }
        Ok(_) => "large, not looked into",
        Err(_) => "cannot be read",
    }
}

fn sorted(path: &Path) -> std::io::Result<Vec<DirEntry>> {
    let entries = fs::read_dir(path)?.take(MAX_FILES + 1).collect::<Result<Vec<_>, _>>();
    let mut entries = entries?;
    entries.sort_by_key(DirEntry::file_name);
    Ok(entries)
}
