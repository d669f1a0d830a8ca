//! What is on a disk, as a value: taken from a folder, or put into one.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// A file or a folder; paths start at the disk's own folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Item {
    /// None for a folder.
    pub bytes: Option<Vec<u8>>,
    /// Its mode.
    pub mode: u32,
}

/// All that is on a disk.
pub type Contents = BTreeMap<PathBuf, Item>;

/// Names and paths of what is in a folder.
pub fn names(folder: &Path) -> Vec<(PathBuf, PathBuf)> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<_> = entries.map(|entry| (PathBuf::from(entry.file_name()), entry.path())).collect();
    names.sort();
    names
}

/// Reads all that is in a folder.
pub fn read_contents(root: &Path) -> Contents {
    let mut found = Contents::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for (_, path) in names(&folder) {
            let Ok(metadata) = fs::symlink_metadata(&path) else { continue };
            let bytes = if metadata.is_dir() {
                folders.push(path.clone());
                None
            } else {
                Some(fs::read(&path).unwrap_or_default())
            };
            let relative = path.strip_prefix(root).unwrap().to_owned();
            found.insert(relative, Item { bytes, mode: metadata.permissions().mode() & 0o777 });
        }
    }
    found
}

/// Puts contents into a folder.
pub fn write_contents(root: &Path, contents: &Contents) {
    for (path, item) in contents {
        let path = root.join(path);
        match &item.bytes {
            None => fs::create_dir(&path).unwrap(),
            Some(bytes) => fs::write(&path, bytes).unwrap(),
        }
        fs::set_permissions(&path, fs::Permissions::from_mode(item.mode)).unwrap();
    }
}
