//! The loop between an engine, a store and a board: the one place of the ceremony that knows time.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use coram_ceremony::{
    Board, Ceremony, Engine, FaultFile, Inserted, Kind, Message, Outcome, Step,
    board::Disagreement,
    engine::{Divergent, Refusal, Wait},
};

use crate::event::Event;
use crate::failure::{Exit, Failure};
use crate::report::Reporter;
use crate::store::{attempt::Attempt, disk, files, folder::FolderBoard};

/// How often the folder is looked at.
const POLL: Duration = Duration::from_millis(150);
/// How long an operator that joined under other terms has to join under ours: it may have corrected itself, or somebody may
/// have shown us what it has long abandoned.
const RECONSIDER: Duration = Duration::from_secs(10);
/// Files that are no messages are named up to this number.
const MAX_COMPLAINTS: usize = 20;

/// One operator's part in a ceremony on a folder.
pub struct Driver {
    pub ceremony: Arc<Ceremony>,
    pub engine: Engine,
    pub attempt: Attempt,
    pub folder: FolderBoard,
    /// Operators that joined under other terms, and when that was seen.
    pub disagreements: BTreeMap<u16, (Disagreement, Instant)>,
    /// How many files were named that are no messages.
    pub complaints: usize,
    /// When to give up waiting.
    pub deadline: Option<Instant>,
    /// Set when the process is asked to stop.
    pub stop: Arc<AtomicBool>,
    pub reporter: Arc<Reporter>,
}

impl Driver {
    /// Runs until the ceremony ends, time is up, or the process is asked to stop.
    pub fn run(&mut self) -> Result<Outcome, Failure> {
        loop {
            // Before anything is signed, our own messages are adopted from wherever they are.
            self.import()?;
            self.folder.publish_missing(self.engine.board())?;
            match self.engine.next() {
                Step::Publish(message) => self.publish(&message)?,
                Step::Wait(wait) => {
                    self.check_disagreements(&wait, RECONSIDER)?;
                    self.tell_waiting(&wait);
                    self.pause(&wait)?;
                }
                Step::Finished(outcome) => return Ok(*outcome),
                Step::Faulted(fault) => return Err(self.faulted(&fault)),
                Step::Refused(refusal) => return Err(refused(refusal)),
            }
        }
    }

    /// Takes in what is new in the folder.
    fn import(&mut self) -> Result<(), Failure> {
        let Self { folder, engine, attempt, ceremony, disagreements, complaints, reporter, .. } = self;
        let mut intake = Intake { engine, attempt, ceremony, disagreements, reporter, kept: Ok(()) };
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
        intake.kept
    }

    /// Writes a message of ours to disk, takes it in, and sends it, in this order.
    fn publish(&mut self, message: &Message) -> Result<(), Failure> {
        self.attempt.keep(message)?;
        self.engine.insert(&message.to_bytes());
        self.reporter.tell(Event::Published { kind: message.kind() });
        self.folder.publish_missing(self.engine.board())
    }

    /// An operator whose Join we await, and who joined under other terms and left it at that, will not come.
    fn check_disagreements(&self, wait: &Wait, patience: Duration) -> Result<(), Failure> {
        if wait.kind != Kind::Join {
            return Ok(());
        }
        let found = wait.missing.iter().find_map(|author| self.disagreements.get(author));
        let stands = |(disagreement, since): &&(Disagreement, Instant)| {
            since.elapsed() >= patience && (patience.is_zero() || !disagreement.is_other_cluster())
        };
        let Some((disagreement, _)) = found.filter(stands) else { return Ok(()) };
        let what = say_disagreement(&self.ceremony, disagreement);
        Err(Failure::new(Exit::Disagreement, "ceremony.disagreement", what)
            .help("agree on the definition file and the options, then run again"))
    }

    fn tell_waiting(&self, wait: &Wait) {
        self.reporter.tell(Event::Waiting { kind: wait.kind, missing: wait.missing.clone() });
        if let Some(divergent) = &wait.divergent {
            let Divergent { author: operator, kind, refers_to } = *divergent;
            self.reporter.tell(Event::Divergence { operator, kind, refers_to });
        }
    }

    fn pause(&self, wait: &Wait) -> Result<(), Failure> {
        if self.stop.load(Ordering::Relaxed) {
            let what = format!(
                "stopped while waiting for the {} of {}",
                wait.kind,
                names(&self.ceremony, &wait.missing)
            );
            return Err(Failure::new(Exit::Interrupted, "interrupted", what)
                .help("nothing is lost: run the same command again to go on"));
        }
        if self.deadline.is_some_and(|deadline| Instant::now() >= deadline) {
            let what = format!(
                "time is up, and the {} of {} is missing",
                wait.kind,
                names(&self.ceremony, &wait.missing)
            );
            return Err(Failure::new(Exit::TimedOut, "ceremony.timeout", what)
                .help("nothing is lost: run the same command again when they are back"));
        }
        thread::sleep(POLL);
        Ok(())
    }

    /// Writes the fault file beside the attempt, and onto the board for everybody.
    fn faulted(&self, fault: &FaultFile) -> Failure {
        let what = format!(
            "the ceremony is over: {} ({})",
            fault.breach(),
            names(&self.ceremony, &fault.culprits())
        );
        let failure = Failure::new(Exit::Faulted, "ceremony.fault", what);
        match self.write_fault(fault) {
            Ok(path) => failure.help(format!(
                "the proof is in {path}; anybody can check it with `coram verify`. All operators can try again with --attempt {}; \
                 to leave somebody out, make a new definition",
                u64::from(self.ceremony.terms().attempt) + 1
            )),
            Err(error) => failure.help(format!("the proof could not be written: {error}")),
        }
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
        if let Err(error) = self.folder.put(&file, &json) {
            self.reporter.tell(Event::Warning { text: format!("the proof is not on the board: {error}") });
        }
        Ok(path.display().to_string())
    }
}

/// Where bytes from the folder go.
struct Intake<'a> {
    engine: &'a mut Engine,
    attempt: &'a Attempt,
    ceremony: &'a Ceremony,
    disagreements: &'a mut BTreeMap<u16, (Disagreement, Instant)>,
    reporter: &'a Reporter,
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
            Inserted::Disagreement(disagreement) => {
                note_disagreement(self.ceremony, self.reporter, self.disagreements, disagreement);
            }
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

fn note_disagreement(
    ceremony: &Ceremony,
    reporter: &Reporter,
    disagreements: &mut BTreeMap<u16, (Disagreement, Instant)>,
    disagreement: &Disagreement,
) {
    let known = disagreements.get(&disagreement.author).is_some_and(|(known, _)| known == disagreement);
    if !known {
        reporter.tell(Event::Objection {
            operator: disagreement.author,
            what: say_disagreement(ceremony, disagreement),
            help: "agree on the definition file and the options, then run again",
        });
        disagreements.insert(disagreement.author, (disagreement.clone(), Instant::now()));
    }
}

/// What an operator joined for, and what we mean.
pub fn say_disagreement(ceremony: &Ceremony, disagreement: &Disagreement) -> String {
    let Disagreement { author, difference } = disagreement;
    let who = name(ceremony, *author);
    format!(
        "{who} joined under other terms: {} is {} there, {} here",
        difference.field, difference.theirs, difference.ours
    )
}

fn refused(refusal: Refusal) -> Failure {
    let what = refusal.to_string();
    match refusal {
        Refusal::Failure(_) => Failure::new(Exit::Invalid, "ceremony.failed", what),
        _ => Failure::new(Exit::Refused, "ceremony.refused", what)
            .help("all operators go on with a new attempt: run with --attempt and the next number"),
    }
}

/// An operator for people: its index, and its account or peer ID.
pub fn name(ceremony: &Ceremony, operator: u16) -> String {
    let index = usize::from(operator).saturating_sub(1);
    let address = ceremony.definition().operators().get(index).and_then(|operator| operator.address());
    let known_as = address
        .map(ToString::to_string)
        .or_else(|| ceremony.identity(operator).map(coram_cluster::identity::peer_id));
    format!("operator {operator} ({})", known_as.unwrap_or_default())
}

/// Operators for people.
pub fn names(ceremony: &Ceremony, operators: &[u16]) -> String {
    let names: Vec<String> = operators.iter().map(|operator| name(ceremony, *operator)).collect();
    names.join(", ")
}

/// The kind of message that a board waits for, with those who have not published it; none when everything is there.
pub fn awaited(board: &Board) -> Option<(Kind, BTreeSet<u16>)> {
    Kind::ALL.into_iter().find_map(|kind| {
        let missing: BTreeSet<u16> = board.missing(kind).into_iter().collect();
        (!missing.is_empty()).then_some((kind, missing))
    })
}
