//! The loop between an engine, a store and whatever carries messages: the one place of the ceremony that knows time.
//!
//! | file        | what is in it                                        |
//! |-------------|------------------------------------------------------|
//! | `folder.rs` | what comes in through a shared folder                |
//! | `fault.rs`  | the end of a ceremony in which somebody broke the rules |
//! | `serve.rs`  | after the end, without secrets: messages for those who lack some |

mod fault;
mod folder;
mod serve;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use coram_ceremony::{
    Board, Ceremony, Engine, Kind, Message, Outcome, Step,
    engine::{Divergent, Refusal, Wait},
};

use crate::carrier::Carrier;
use crate::event::Event;
use crate::failure::{Exit, Failure};
use crate::network::{Incoming, Objection};
use crate::next_attempt;
use crate::objections::{self, Objections};
use crate::report::{Reporter, known_as};
use crate::store::attempt::Attempt;
pub use serve::Server;

/// How long an operator that has signed nothing looks for messages of its own on the boards of others.
const LOOK: Duration = Duration::from_secs(5);
/// How long `--once` waits for peers that are slow.
const ONCE: Duration = Duration::from_secs(30);
/// How often it is told what has gone over the network.
const TRAFFIC: Duration = Duration::from_secs(10);

/// One operator's part in a ceremony.
pub struct Driver {
    pub ceremony: Arc<Ceremony>,
    pub engine: Engine,
    pub attempt: Arc<Attempt>,
    pub carrier: Box<Carrier>,
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
                    self.objections.check(self.engine.board(), Instant::now(), false)?;
                    self.tell_waiting(&wait);
                    self.pause(&wait, started)?;
                }
                Step::Finished(outcome) => return Ok(*outcome),
                Step::Faulted(fault) => {
                    let failure = self.faulted(&fault);
                    if let Err(error) = self.hand_on_evidence() {
                        self.reporter.tell(Event::Warning { text: error.to_string() });
                    }
                    return Err(failure);
                }
                Step::Refused(refusal) => return Err(self.refused(refusal)),
            }
        }
    }

    /// An operator whose board is empty may have lost it: its own messages are looked for with others before a new one is
    /// signed.
    fn look_for_our_own(&mut self) -> Result<(), Failure> {
        let until = Instant::now() + LOOK;
        while !self.engine.board().has(Kind::Join, self.engine.operator()) && Instant::now() < until {
            let Carrier::Network(network) = &*self.carrier else { break };
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
        match &*self.carrier {
            Carrier::Folder(_) => {
                thread::sleep(patience);
                self.import_from_folder()
            }
            Carrier::Network(_) => self.import_from_network(patience),
        }
    }

    fn import_from_network(&mut self, mut patience: Duration) -> Result<(), Failure> {
        loop {
            let Carrier::Network(network) = &*self.carrier else { return Ok(()) };
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
        if self.objections.note(operator, objection.clone(), Instant::now()) {
            let (what, help) = objections::say(&self.ceremony, operator, &objection);
            self.reporter.tell(Event::Objection { operator, what, help });
        }
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
        if self.traffic_told.elapsed() >= after
            && let Some((sent, received)) = self.carrier.traffic()?
        {
            self.traffic_told = Instant::now();
            self.reporter.tell(Event::Traffic { sent, received });
        }
        Ok(())
    }

    fn pause(&mut self, wait: &Wait, started: Instant) -> Result<(), Failure> {
        let ceremony = Arc::clone(&self.ceremony);
        let whom = || names(&ceremony, &wait.missing);
        if self.stop.load(Ordering::Relaxed) {
            let what = format!("stopped while waiting for the {} of {}", wait.kind, whom());
            return Err(Failure::new(Exit::Interrupted, "interrupted", what)
                .help("nothing is lost: run the same command again to go on"));
        }
        if self.deadline.is_some_and(|deadline| Instant::now() >= deadline) {
            self.objections.check(self.engine.board(), Instant::now(), true)?;
            let what = format!("time is up, and the {} of {} is missing", wait.kind, whom());
            return Err(Failure::new(Exit::TimedOut, "ceremony.timeout", what).help(self.after_absence(wait)));
        }
        if self.once && self.nothing_is_under_way(started)? {
            // The network may have taken in messages, before it said so, that the engine has not heard of.
            let known = self.engine.board().messages().count();
            self.import(Duration::ZERO)?;
            if self.engine.board().messages().count() > known {
                return Ok(());
            }
            self.objections.check(self.engine.board(), Instant::now(), true)?;
            let what =
                format!("all that can be done now is done; the {} of {} is awaited", wait.kind, whom());
            return Err(Failure::new(Exit::TimedOut, "ceremony.awaiting", what)
                .help("run the same command again when they have had their turn"));
        }
        self.tell_traffic(TRAFFIC)?;
        self.import(self.carrier.poll())
    }

    /// What those can do who wait for somebody in vain.
    fn after_absence(&self, wait: &Wait) -> String {
        let again = "nothing is lost: run the same command again when they are back";
        // From the others something is due in any attempt.
        let without = next_attempt::option_without(&self.ceremony, &wait.missing)
            .filter(|_| matches!(wait.kind, Kind::Commit | Kind::Deal));
        let without = without.map(|option| format!("; without the dealings that are missing, with {option}"));
        format!(
            "{again}. If this attempt cannot be saved, all operators together go on with: {}{}. Whoever never comes back can only be \
             left out by a new definition",
            next_attempt::command(&self.ceremony),
            without.unwrap_or_default()
        )
    }

    fn refused(&self, refusal: Refusal) -> Failure {
        let what = refusal.to_string();
        let (exit, code) = match refusal {
            Refusal::Failure(_) => (Exit::Invalid, "ceremony.failed"),
            _ => (Exit::Refused, "ceremony.refused"),
        };
        let command = next_attempt::command(&self.ceremony);
        Failure::new(exit, code, what)
            .help(format!("all operators together go on with a new attempt: {command}"))
    }

    /// Whether nothing more can be expected unless somebody else does something: with `--once` that is the end.
    fn nothing_is_under_way(&self, started: Instant) -> Result<bool, Failure> {
        let Carrier::Network(network) = &*self.carrier else { return Ok(true) };
        if started.elapsed() >= ONCE {
            return Ok(true);
        }
        let standing = network.standing()?;
        Ok(standing.is_settled
            && standing.connected > 0
            && !standing.is_behind
            && standing.connected_have_all)
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
