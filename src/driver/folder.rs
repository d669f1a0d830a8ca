//! What comes in through a shared folder.

use coram_ceremony::{Engine, Inserted, Message, board::Disagreement};

use super::Driver;
use crate::carrier::Carrier;
use crate::event::Event;
use crate::failure::Failure;
use crate::network::Objection;
use crate::objections;
use crate::report::Reporter;
use crate::store::attempt::Attempt;

/// Files that are no messages are named up to this number.
const MAX_COMPLAINTS: usize = 20;

impl Driver {
    /// Takes in what is new in the folder, and puts there what it lacks.
    pub(super) fn import_from_folder(&mut self) -> Result<(), Failure> {
        let Self { carrier, engine, attempt, ceremony, complaints, reporter, .. } = self;
        let Carrier::Folder(folder) = &mut **carrier else { return Ok(()) };
        let mut intake = Intake { engine, attempt, reporter, foreign: Vec::new(), kept: Ok(()) };
        folder.poll(|path, bytes| match intake.take(bytes) {
            Inserted::New(id) | Inserted::Known(id) => Some(id),
            Inserted::Conflict(_) => Message::read(bytes, ceremony).ok().map(|message| message.id()),
            Inserted::Disagreement(_) => None,
            Inserted::Rejected(rejection) => {
                *complaints += 1;
                if *complaints <= MAX_COMPLAINTS {
                    let text = format!("ignored {}: {rejection}", path.display());
                    intake.reporter.tell(Event::Warning { text });
                }
                None
            }
        })?;
        folder.poll_foreign_joins(|bytes| {
            intake.take(bytes);
        });
        let Intake { foreign, kept, .. } = intake;
        kept?;
        folder.publish_missing(engine.board())?;
        for text in folder.warnings() {
            reporter.tell(Event::Warning { text });
        }
        for disagreement in foreign {
            // A Join in a folder may be a replay of one for another cluster of the same operators.
            let is_other_cluster = disagreement.is_other_cluster();
            let (operator, objection) = (disagreement.author, Objection::Terms(disagreement));
            if !is_other_cluster {
                self.note_objection(operator, objection);
            } else {
                let (text, _) = objections::say(&self.ceremony, operator, &objection);
                self.reporter.tell(Event::Notice { text });
            }
        }
        Ok(())
    }
}

/// Where bytes from the folder go.
struct Intake<'a> {
    engine: &'a mut Engine,
    attempt: &'a Attempt,
    reporter: &'a Reporter,
    foreign: Vec<Disagreement>,
    /// The first failure to write a message to disk.
    kept: Result<(), Failure>,
}

impl Intake<'_> {
    /// Offers bytes to the board; what is new on it is written to disk.
    fn take(&mut self, bytes: &[u8]) -> Inserted {
        let inserted = self.engine.insert(bytes);
        match &inserted {
            Inserted::New(id) => {
                if let Some(message) = self.engine.board().message(id) {
                    let (operator, kind) = (message.author(), message.kind());
                    self.reporter.tell(Event::Received { operator, kind, from: None });
                    keep(self.attempt, message, &mut self.kept);
                }
            }
            Inserted::Conflict(pair) => {
                keep(self.attempt, &pair.first, &mut self.kept);
                keep(self.attempt, &pair.second, &mut self.kept);
            }
            Inserted::Disagreement(disagreement) => self.foreign.push(disagreement.clone()),
            Inserted::Known(_) | Inserted::Rejected(_) => {}
        }
        inserted
    }
}

/// Writes a message to disk, unless that failed before.
fn keep(attempt: &Attempt, message: &Message, kept: &mut Result<(), Failure>) {
    if kept.is_ok() {
        *kept = attempt.keep(message);
    }
}
