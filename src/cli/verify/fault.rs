//! Fault files: proofs that an operator broke the protocol.

use std::fmt::Write as _;
use std::path::Path;

use coram_ceremony::verify::{FaultReport, FaultVerdict, verify_fault};

use super::outputs::{Outputs, Shown};
use super::shown;
use crate::failure::{Exit, Failure};
use crate::plain::Plain;

/// Checks a fault file and prints what it proves.
///
/// A proved fault is no success: whoever took the file for a lock must not go on as if it had been one.
pub fn run(path: &Path, bytes: &[u8], outputs: &Outputs) -> Result<(), Failure> {
    let report = verify_fault(bytes);
    outputs.give(&report)?;
    let name = shown(path);
    match report.verdict {
        FaultVerdict::Proved => Err(Failure::new(
            Exit::Faulted,
            "fault.proved",
            format!("{name} proves that an operator broke the protocol"),
        )),
        FaultVerdict::Rejected => Err(Failure::new(
            Exit::Invalid,
            "fault.rejected",
            format!("{name} proves nothing against anybody"),
        )),
        FaultVerdict::Indeterminate => Err(Failure::new(
            Exit::Indeterminate,
            "fault.indeterminate",
            format!("{name} cannot be judged by this version"),
        )
        .help("use a later version of coram")),
    }
}

impl Shown for FaultReport {
    fn text(&self, _: bool) -> String {
        render(self)
    }

    fn html(&self) -> String {
        coram_views::fault_page(self)
    }

    fn badge(&self) -> Option<String> {
        None
    }
}

fn render(report: &FaultReport) -> String {
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = writeln!(text, "Fault file\n");
    let mut row = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            let _ = writeln!(text, "  {name:<16} {}", Plain(&value));
        }
    };
    row("breach", report.breach.map(str::to_owned));
    row("detail", Some(report.detail.clone()));
    for culprit in &report.culprits {
        row("culprit", Some(format!("operator {}, peer {}", culprit.index, culprit.peer_id)));
    }
    row("ceremony", report.ceremony.map(|id| id.to_string()));
    row("attempt", report.attempt.map(|attempt| attempt.to_string()));
    row("definition hash", report.definition_hash.clone());
    let verdict = match report.verdict {
        FaultVerdict::Proved => {
            "PROVED: the messages in the file, signed by the culprits themselves, break the protocol. The file brings its own cluster \
             definition: compare the definition hash with that of the cluster that you have in mind."
        }
        FaultVerdict::Rejected => "REJECTED: nothing is proved, and nobody is accused.",
        FaultVerdict::Indeterminate => {
            "INDETERMINATE: the file follows rules that this version does not know."
        }
    };
    let _ = writeln!(text, "\n{verdict}");
    text
}
