//! What operators are at while they are at it, and how long each part took.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::EVENTS;
use crate::cli::files::read;
use crate::failure::Failure;
use crate::printer::notice;
use crate::report::status;

/// How often it is told what an operator is at.
const TELL: Duration = Duration::from_secs(10);

/// Tells now and then what one operator is at; the others are at much the same.
pub struct Watch {
    folder: PathBuf,
    told: Instant,
    last: String,
}

impl Watch {
    /// Watches the operator with this data folder.
    pub fn new(folder: PathBuf) -> Self {
        Self { folder, told: Instant::now(), last: String::new() }
    }

    /// Tells, if it is time and there is something new.
    pub fn look(&mut self) {
        if self.told.elapsed() < TELL {
            return;
        }
        self.told = Instant::now();
        let working = attempt(&self.folder).and_then(|attempt| status::read(&attempt)?.working);
        if let Some(working) = working.filter(|working| working.what != self.last) {
            notice(&format!("operator 1: {}", working.what));
            self.last = working.what;
        }
    }
}

/// The folder of the only attempt.
fn attempt(folder: &Path) -> Option<PathBuf> {
    let mut entries = fs::read_dir(folder.join("coram")).ok()?;
    entries.find_map(|entry| entry.ok().map(|entry| entry.path()).filter(|path| path.is_dir()))
}

/// What took an operator long, by its name in events, in order: the seconds that the slowest operator took for it in all.
pub fn parts(folders: &[PathBuf]) -> Result<Vec<(String, f64)>, Failure> {
    let mut parts: Vec<(String, f64)> = Vec::new();
    for folder in folders {
        let mut own: Vec<(String, f64)> = Vec::new();
        for line in read(&folder.join(EVENTS))?.split(|byte| *byte == b'\n') {
            let Some((work, seconds)) = done(line) else { continue };
            match own.iter_mut().find(|(name, _)| *name == work) {
                Some((_, sum)) => *sum += seconds,
                None => own.push((work, seconds)),
            }
        }
        for (work, seconds) in own {
            match parts.iter_mut().find(|(name, _)| *name == work) {
                Some((_, slowest)) => *slowest = slowest.max(seconds),
                None => parts.push((work, seconds)),
            }
        }
    }
    Ok(parts)
}

/// Work that an event says is done, with the seconds that it took.
fn done(line: &[u8]) -> Option<(String, f64)> {
    let event: Value = serde_json::from_slice(line).ok()?;
    let took = event.get("took_ms")?.as_f64()? / 1000.0;
    Some((event.get("work")?.as_str()?.to_owned(), took))
}
