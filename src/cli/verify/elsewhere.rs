//! Files that are not judged alone: where they belong.

use std::path::Path;

use super::outputs::is_standard;
use super::shown;
use crate::failure::{Exit, Failure};
use crate::plain::Plain;

/// The lock's name in a data folder.
const LOCK: &str = "cluster-lock.json";

/// A cluster definition.
pub fn definition(path: &Path) -> Failure {
    let what = format!("{} is a cluster definition, not a lock", shown(path));
    Failure::new(Exit::Usage, "verify.definition", what).help("`coram definition check` explains it")
}

/// A transcript without its lock: the keys that it should explain stand in the lock.
pub fn transcript(path: &Path) -> Failure {
    let what = format!("{} is a transcript: it is verified with the lock that it belongs to", shown(path));
    let lock = path.with_file_name(LOCK);
    let is_beside = !is_standard(path) && lock.is_file();
    let lock = if is_beside { word(&lock) } else { "LOCK".to_owned() };
    Failure::new(Exit::Usage, "verify.transcript", what)
        .help(format!("`coram verify {lock} --transcript {}`", word(path)))
}

/// A path as a shell takes it.
fn word(path: &Path) -> String {
    let name = path.display().to_string();
    let is_simple = |c: char| c.is_ascii_alphanumeric() || "/._-+=@%".contains(c);
    let word = if name.chars().all(is_simple) { name } else { format!("'{}'", name.replace('\'', r"'\''")) };
    Plain(&word).to_string()
}
