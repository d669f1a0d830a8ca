//! All attempts in a data folder.

use std::fs;
use std::path::{Path, PathBuf};

use coram_ceremony::message::{Join, UnplacedMessage};
use coram_ceremony::{Ceremony, Kind};

use super::attempt::{self, State};
use super::{data_dir::DataDir, disk, files};
use crate::failure::Failure;

/// The most folders that are looked into.
const MAX_FOLDERS: usize = 1000;
/// The largest file with a Join in it, in bytes.
const MAX_JOIN: u64 = 1 << 16;

/// The numbers, ascending, of other attempts at a ceremony that have begun in a data folder.
pub fn begun(data_dir: &DataDir, ceremony: &Ceremony) -> Result<Vec<u32>, Failure> {
    let folders = others(data_dir, ceremony)?;
    let mut numbers: Vec<u32> = folders.iter().filter_map(|folder| number(folder, ceremony)).collect();
    numbers.sort_unstable();
    numbers.dedup();
    Ok(numbers)
}

/// Refuses to work on a data folder beside a process that works on another attempt there: both would write their results to it.
///
/// Whoever calls this holds its own attempt already, so that of two that begin at the same time not both go on.
pub fn check_alone(data_dir: &DataDir, ceremony: &Ceremony) -> Result<(), Failure> {
    match others(data_dir, ceremony)?.into_iter().find(|folder| attempt::state(folder) == State::Held) {
        Some(folder) => Err(attempt::held(&folder)),
        None => Ok(()),
    }
}

/// The folders of all attempts but one, of other ceremonies too.
fn others(data_dir: &DataDir, ceremony: &Ceremony) -> Result<Vec<PathBuf>, Failure> {
    let (root, own) = (data_dir.path().join("coram"), attempt::folder(data_dir, ceremony));
    let entries = match fs::read_dir(&root) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(disk(&root, "list", &error)),
    };
    let folders = entries.filter_map(|entry| Some(entry.ok()?.path()));
    Ok(folders.filter(|path| *path != own && path.is_dir()).take(MAX_FOLDERS).collect())
}

/// The number of the attempt in a folder, if it is one at this ceremony: whoever has begun has a Join, which says so.
fn number(folder: &Path, ceremony: &Ceremony) -> Option<u32> {
    let is_join = |path: &PathBuf| {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        name.is_some_and(|name| name.starts_with(Kind::Join.name()) && name.ends_with(".ssz"))
    };
    let paths = fs::read_dir(folder.join("board")).ok()?.filter_map(|entry| Some(entry.ok()?.path()));
    let terms = paths.filter(is_join).find_map(|path| {
        let bytes = files::read_bounded(&path, MAX_JOIN).ok()?;
        Some(UnplacedMessage::decode(&bytes).ok()?.body::<Join>().ok()?.terms)
    })?;
    (terms.definition == ceremony.terms().definition).then_some(terms.attempt)
}
