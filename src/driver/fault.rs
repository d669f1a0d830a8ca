//! The end of a ceremony in which somebody broke the rules.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use coram_ceremony::FaultFile;

use super::{Driver, names};
use crate::carrier::Carrier;
use crate::event::Event;
use crate::failure::{Exit, Failure};
use crate::next_attempt;
use crate::store::{disk, files};

/// How long whoever is connected has to take the evidence.
const EVIDENCE: Duration = Duration::from_secs(20);
/// How long to stay at least: others may be about to connect.
const STAY: Duration = Duration::from_secs(2);

impl Driver {
    /// Goes on serving peers until all that are connected have the evidence: an operator that was shown only one of two
    /// messages would wait for ever if everybody who knows better left at once.
    pub(super) fn hand_on_evidence(&mut self) -> Result<(), Failure> {
        let started = Instant::now();
        while started.elapsed() < EVIDENCE && !self.stop.load(Ordering::Relaxed) {
            let Carrier::Network(network) = &*self.carrier else { return Ok(()) };
            if started.elapsed() >= STAY && network.standing()?.connected_have_all {
                return Ok(());
            }
            self.import(Duration::from_millis(100))?;
        }
        Ok(())
    }

    /// Writes the fault file beside the attempt, and onto the board for everybody.
    pub(super) fn faulted(&self, fault: &FaultFile) -> Failure {
        let what = format!(
            "the ceremony is over: {} ({})",
            fault.breach(),
            names(&self.ceremony, &fault.culprits())
        );
        let failure = Failure::new(Exit::Faulted, "ceremony.fault", what);
        match self.write_fault(fault) {
            Ok(path) => failure.help(format!(
                "the proof is in {path}; anybody can check it with `coram verify`. {}",
                self.after_fault(&fault.culprits())
            )),
            Err(error) => failure.help(format!("the proof could not be written: {error}")),
        }
    }

    /// What the others can do after somebody broke the rules.
    fn after_fault(&self, culprits: &[u16]) -> String {
        let command = next_attempt::command(&self.ceremony);
        let without = next_attempt::option_without(&self.ceremony, culprits);
        let without = without.map(|option| format!("; without its dealing, with {option}"));
        format!(
            "Leave {} out by a new definition (`coram definition new`). If it was a mistake that is mended, all operators together go \
             on with: {command}{}",
            names(&self.ceremony, culprits),
            without.unwrap_or_default()
        )
    }

    fn write_fault(&self, fault: &FaultFile) -> Result<String, Failure> {
        let json = fault.to_json()?;
        let digest = coram_proofs::hash::TaggedHash::new("fault file").bytes(&json).digest();
        let file = format!("fault-{}.json", hex::encode(digest.get(..8).unwrap_or(&digest)));
        let path = self.attempt.folder().join(&file);
        match files::write_new(&path, &json, files::PUBLIC) {
            Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
                return Err(disk(&path, "write", &error));
            }
            _ => {}
        }
        if let Err(error) = self.carrier.put(&file, &json) {
            self.reporter.tell(Event::Warning { text: format!("the proof is not on the board: {error}") });
        }
        Ok(path.display().to_string())
    }
}
