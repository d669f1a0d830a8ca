//! What dealings cost: proof systems, rules of extraction, operators, thresholds and validators in all combinations.
//!
//! | file            | what is in it                                             |
//! |-----------------|-----------------------------------------------------------|
//! | `cell.rs`       | a combination, and what came of it                        |
//! | `scheme.rs`     | what deals: proof systems and baselines                   |
//! | `measure.rs`    | a cell, measured in this process                          |
//! | `apart.rs`      | a cell, measured in a process of its own, and ended in time |
//! | `kept.rs`       | cells that an earlier run has measured                    |
//! | `transcript.rs` | bytes of a whole ceremony                                 |
//! | `growth.rs`     | exponents over `n` and over `m`                           |
//! | `table.rs`      | cells for people                                          |
//! | `csv.rs`        | cells for other programs                                  |
//! | `plot.rs`       | cells as a picture                                        |
//!
//! Each cell is measured by a process of its own: its memory is that of nothing else, and it can be ended.

mod apart;
pub mod cell;
pub mod csv;
pub mod growth;
mod kept;
pub mod measure;
pub mod plot;
mod scheme;
pub mod table;
mod transcript;

use std::path::{Path, PathBuf};

pub use cell::{Cell, Method, Outcome, Record};
pub use scheme::Scheme;

use super::machine::Origin;
use crate::failure::Failure;
use crate::printer::notice;
use kept::Kept;

/// What is to be measured.
#[derive(Debug)]
pub struct Plan {
    /// In the order in which they are measured: no cell is larger than one that comes later.
    pub cells: Vec<Cell>,
    /// How often each step is taken at least.
    pub runs: usize,
    /// A cell that takes more seconds is ended.
    pub bound: u64,
    /// Where finished cells are kept.
    pub kept: Option<PathBuf>,
    /// Where they come from.
    pub origin: Origin,
}

/// Measures all cells. What comes of one does not end the others.
pub fn run(plan: &Plan) -> Result<Vec<Record>, Failure> {
    let mut kept = Kept::open(plan.kept.as_deref())?;
    let mut records: Vec<Record> = Vec::new();
    for (number, cell) in (1..).zip(&plan.cells) {
        let place = format!("[{number}/{}] {cell}", plan.cells.len());
        let record = |outcome| Record {
            origin: plan.origin.clone(),
            cell: *cell,
            runs: plan.runs,
            bound: plan.bound,
            outcome,
        };
        let is_smaller_and_exceeded =
            |record: &&Record| matches!(record.outcome, Outcome::Exceeded) && record.cell.is_at_most(cell);
        let record = if let Some(smaller) = records.iter().find(is_smaller_and_exceeded) {
            record(Outcome::Skipped { exceeded: smaller.cell })
        } else if let Some(known) = kept.find(&record(Outcome::Exceeded)) {
            notice(&format!("{place}: kept from an earlier run"));
            known
        } else {
            notice(&format!("{place} …"));
            let record = record(apart::measure(cell, plan)?);
            kept.add(&record)?;
            record
        };
        notice(&format!("{place}: {}", record.outcome));
        records.push(record);
    }
    Ok(records)
}

/// The cells that are kept in a file, of this program on this machine.
pub fn kept(path: &Path, origin: &Origin) -> Result<Vec<Record>, Failure> {
    Ok(Kept::open(Some(path))?.all(origin))
}
