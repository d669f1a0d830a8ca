//! The loop between an engine, a store and whatever carries messages: the one place of the ceremony that knows time.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use coram_ceremony::{
    Board, Ceremony, Engine, FaultFile, Inserted, Kind, Message, Outcome, Step,
    engine::{Divergent, Refusal, Wait},
};

use crate::carrier::Carrier;
use crate::event::Event;
use crate::failure::{Exit, Failure};
use crate::network::{Incoming, Objection};
use crate::objections::{self, Objections};
use crate::report::{Reporter, known_as};
use crate::store::{attempt::Attempt, disk, files};

/// How long an operator that has signed nothing looks for messages of its own on the boards of others.
const LOOK: Duration = Duration::from_secs(5);
/// How long `--once` waits for peers that are slow.
const ONCE: Duration = Duration::from_secs(30);
/// How often it is told what has gone over the network.
const TRAFFIC: Duration = Duration::from_secs(10);
/// Files that are no messages are named up to this number.
const MAX_COMPLAINTS: usize = 20;

/// One operator's part in a ceremony.
pub struct Driver {
    pub ceremony: Arc<Ceremony>,
    pub engine: Engine,
    pub attempt: Arc<Attempt>,
    pub carrier: Carrier,
    pub reporter: Arc<Reporter>,
    /// Operators that run another ceremony.
    pub objections: Objections,
    /// How many files were named that are no messages.
    pub complaints: usize,
    /// When to give up waiting.
    pub deadline: Option<Instant>,
    /// Whether to end when nothing more can be done without others.
    pub once: bool,
    /// When it was told what has gone over the network.
    pub traffic_told: Instant,
    /// Set when the process is asked to stop.
    pub stop: Arc<AtomicBool>,
}

impl Driver {
    /// Runs until the ceremony ends, time is up, or the process is asked to stop.
    pub fn run(&mut self) -> Result<Outcome, Failure> {
        let result = self.take_steps();
        let told = self.tell_traffic(Duration::ZERO);
        result.and_then(|outcome| told.map(|()| outcome))
    }

    fn take_steps(&mut self) -> Result<Outcome, Failure> {
        let started = Instant::now();
        self.look_for_our_own()?;
        loop {
            // Before anything is signed, our own messages are adopted from wherever they are.
            self.import(Duration::ZERO)?;
            match self.engine.next() {
                Step::Publish(message) => self.publish(&message)?,
                Step::Wait(wait) => {
                    self.objections.check(self.engine.board(), false)?;
                    self.tell_waiting(&wait);
                    self.pause(&wait, started)?;
                }
                Step::Finished(outcome) => return Ok(*outcome),
                Step::Faulted(fault) => return Err(self.faulted(&fault)),
                Step::Refused(refusal) => return Err(refused(refusal)),
            }
        }
    }

    /// Goes on serving peers until every operator has all messages or can get them from a relay, for so long at most.
    /// Tells who still needs some.
    pub fn serve_others(&mut self, linger: Duration) -> Result<(), Failure> {
        self.serve_until_all_have_all(linger)?;
        self.tell_traffic(Duration::ZERO)
    }

    fn serve_until_all_have_all(&mut self, linger: Duration) -> Result<(), Failure> {
        let until = Instant::now() + linger;
        loop {
            let Carrier::Network(network) = &self.carrier else { return Ok(()) };
            let standing = network.standing()?;
            if standing.lacking.is_empty() {
                return self.attempt.set_delivered();
            }
            if standing.relay_has_all || self.attempt.is_delivered() {
                return Ok(());
            }
            if Instant::now() >= until || self.stop.load(Ordering::Relaxed) {
                self.reporter.tell(Event::StillNeeded { operators: standing.lacking });
                return Ok(());
            }
            self.import(Duration::from_millis(100))?;
        }
    }

    /// An operator whose board is empty may have lost it: its own messages are looked for with others before a new one is
    /// signed.
    fn look_for_our_own(&mut self) -> Result<(), Failure> {
        let until = Instant::now() + LOOK;
        while !self.engine.board().has(Kind::Join, self.engine.operator()) && Instant::now() < until {
            let Carrier::Network(network) = &self.carrier else { break };
            let standing = network.standing()?;
            if (standing.is_settled && !standing.is_behind) || self.stop.load(Ordering::Relaxed) {
                break;
            }
            self.import(Duration::from_millis(50))?;
        }
        Ok(())
    }

    /// Takes in what is new; waits for it, if nothing is, for so long at most.
    fn import(&mut self, patience: Duration) -> Result<(), Failure> {
        match &self.carrier {
            Carrier::Folder(_) => {
                thread::sleep(patience);
                self.import_from_folder()
            }
            Carrier::Network(_) => self.import_from_network(patience),
        }
    }

    fn import_from_network(&mut self, mut patience: Duration) -> Result<(), Failure> {
        loop {
            let Carrier::Network(network) = &self.carrier else { return Ok(()) };
            let Some(incoming) = network.next(patience)? else { return Ok(()) };
            patience = Duration::ZERO;
            match incoming {
                // It is on disk already.
                Incoming::Message(message) => {
                    self.engine.insert(&message.to_bytes());
                }
                Incoming::Objection { operator, objection } => self.note_objection(operator, objection),
                Incoming::Agreement { operator } => self.objections.withdraw(operator),
            }
        }
    }

    fn note_objection(&mut self, operator: u16, objection: Objection) {
        if self.objections.note(operator, objection.clone()) {
            let (what, help) = objections::say(&self.ceremony, operator, &objection);
            self.reporter.tell(Event::Objection { operator, what, help });
        }
    }

    fn import_from_folder(&mut self) -> Result<(), Failure> {
        let Self {
            carrier: Carrier::Folder(folder), engine, attempt, ceremony, complaints, reporter, ..
        } = self
        else {
            return Ok(());
        };
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

    /// Writes a message of ours to disk, takes it in, and sends it, in this order.
    fn publish(&mut self, message: &Message) -> Result<(), Failure> {
        self.attempt.keep(message)?;
        self.engine.insert(&message.to_bytes());
        self.carrier.publish(message, self.engine.board())?;
        self.reporter.tell(Event::Published { kind: message.kind() });
        Ok(())
    }

    fn tell_waiting(&self, wait: &Wait) {
        self.reporter.tell(Event::Waiting { kind: wait.kind, missing: wait.missing.clone() });
        if let Some(divergent) = &wait.divergent {
            let Divergent { author: operator, kind, refers_to } = *divergent;
            self.reporter.tell(Event::Divergence { operator, kind, refers_to });
        }
    }

    /// Tells what has gone over the network, unless it was told so little ago.
    fn tell_traffic(&mut self, after: Duration) -> Result<(), Failure> {
        let Carrier::Network(network) = &self.carrier else { return Ok(()) };
        if self.traffic_told.elapsed() >= after {
            self.traffic_told = Instant::now();
            let (sent, received) = network.standing()?.traffic;
            self.reporter.tell(Event::Traffic { sent, received });
        }
        Ok(())
    }

    fn pause(&mut self, wait: &Wait, started: Instant) -> Result<(), Failure> {
        let whom = || names(&self.ceremony, &wait.missing);
        if self.stop.load(Ordering::Relaxed) {
            let what = format!("stopped while waiting for the {} of {}", wait.kind, whom());
            return Err(Failure::new(Exit::Interrupted, "interrupted", what)
                .help("nothing is lost: run the same command again to go on"));
        }
        if self.deadline.is_some_and(|deadline| Instant::now() >= deadline) {
            self.objections.check(self.engine.board(), true)?;
            let what = format!("time is up, and the {} of {} is missing", wait.kind, whom());
            return Err(Failure::new(Exit::TimedOut, "ceremony.timeout", what)
                .help("nothing is lost: run the same command again when they are back"));
        }
        if self.once && self.nothing_is_under_way(started)? {
            self.objections.check(self.engine.board(), true)?;
            let what =
                format!("all that can be done now is done; the {} of {} is awaited", wait.kind, whom());
            return Err(Failure::new(Exit::TimedOut, "ceremony.awaiting", what)
                .help("run the same command again when they have had their turn"));
        }
        self.tell_traffic(TRAFFIC)?;
        self.import(self.carrier.poll())
    }

    /// Whether nothing more can be expected unless somebody else does something: with `--once` that is the end.
    fn nothing_is_under_way(&self, started: Instant) -> Result<bool, Failure> {
        let Carrier::Network(network) = &self.carrier else { return Ok(true) };
        if started.elapsed() >= ONCE {
            return Ok(true);
        }
        let standing = network.standing()?;
        Ok(standing.is_settled
            && standing.connected > 0
            && !standing.is_behind
            && standing.connected_have_all)
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
        if let Err(error) = self.carrier.put(&file, &json) {
            self.reporter.tell(Event::Warning { text: format!("the proof is not on the board: {error}") });
        }
        Ok(path.display().to_string())
    }
}

/// Where bytes from the folder go.
struct Intake<'a> {
    engine: &'a mut Engine,
    attempt: &'a Attempt,
    reporter: &'a Reporter,
    foreign: Vec<coram_ceremony::board::Disagreement>,
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
    format!("operator {operator} ({})", known_as(ceremony, operator))
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
