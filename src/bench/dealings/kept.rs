//! Cells that an earlier run has measured, one JSON object in a line.

use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};

use super::cell::{Outcome, Record};
use crate::bench::machine::Origin;
use crate::failure::{Exit, Failure};
use crate::printer::notice;

/// A file of finished cells, or none.
pub struct Kept {
    known: Vec<Record>,
    file: Option<(PathBuf, File)>,
}

impl Kept {
    /// Reads what is there; makes the file if it is not. A line that cannot be read was cut off, and is measured again.
    pub fn open(path: Option<&Path>) -> Result<Self, Failure> {
        let Some(path) = path else { return Ok(Self { known: Vec::new(), file: None }) };
        let file = OpenOptions::new().read(true).append(true).create(true).open(path);
        let mut file = file.map_err(|error| failed(path, &error))?;
        let lines = BufReader::new(&file).lines().collect::<Result<Vec<_>, _>>();
        let lines = lines.map_err(|error| failed(path, &error))?;
        let known: Vec<Record> = lines.iter().filter_map(|line| serde_json::from_str(line).ok()).collect();
        if known.len() < lines.len() {
            let unreadable = lines.len() - known.len();
            notice(&format!("{}: {unreadable} lines are no cells, and are not used", path.display()));
            // What was cut off ends here, and does not swallow what comes.
            writeln!(file).map_err(|error| failed(path, &error))?;
        }
        Ok(Self { known, file: Some((path.to_owned(), file)) })
    }

    /// What is known of the cell of `wanted`: from the same program on the same machine, under the same terms.
    pub fn find(&self, wanted: &Record) -> Option<Record> {
        let is_it = |known: &&Record| {
            let is_same =
                known.origin == wanted.origin && known.cell == wanted.cell && known.runs == wanted.runs;
            is_same
                && match known.outcome {
                    Outcome::Measured(_) => true,
                    // It would exceed a lower bound, too.
                    Outcome::Exceeded => known.bound >= wanted.bound,
                    Outcome::Skipped { .. } | Outcome::Failed { .. } => false,
                }
        };
        self.known.iter().rev().find(is_it).cloned()
    }

    /// All that is known from the same program on the same machine; of several of one cell, the last.
    pub fn all(&self, origin: &Origin) -> Vec<Record> {
        let mut found: Vec<Record> = Vec::new();
        for record in self.known.iter().rev().filter(|record| record.origin == *origin) {
            if found.iter().all(|later| later.cell != record.cell) {
                found.push(record.clone());
            }
        }
        found.sort_by_key(|Record { cell, .. }| {
            (cell.validators, cell.operators, cell.threshold, cell.method)
        });
        found
    }

    /// Keeps a cell.
    pub fn add(&mut self, record: &Record) -> Result<(), Failure> {
        let Some((path, file)) = &mut self.file else { return Ok(()) };
        let line = serde_json::to_string(record)
            .map_err(|error| Failure::new(Exit::Internal, "json", error.to_string()))?;
        writeln!(file, "{line}").and_then(|()| file.sync_data()).map_err(|error| failed(path, &error))
    }
}

fn failed(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(Exit::Internal, "bench.kept", format!("{}: {error}", path.display()))
}
