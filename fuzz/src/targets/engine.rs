//! Two honest operators, and a third that does what a fuzzer says: what they get, in which order, how often, and what the third signs.
//!
//! ```text
//! input = (what, operator, number, arguments …) …
//! what  = 0 operator says what it has to say         | 1 operator gets message `number` of all that were sent
//!       | 2 operator gets all of them                | 3 the cheater says what an honest operator would
//!       | 4 the cheater signs message `number`, edited: script of `edits.rs` (length (1), bytes)
//!       | 5 operator gets bytes (length (1), bytes)  | 6 operator gets message `number` of the next attempt
//!       | 7 operator is started again from its disk  | 8 the cheater commits to its dealing, edited: script
//!       | 9 the cheater opens that                   | 10 the cheater learns all
//! ```
//!
//! In the end everything that was sent reaches everybody.

use std::sync::{Arc, Mutex, PoisonError};

use coram_ceremony::engine::Refusal;
use coram_ceremony::id::RosterHash;
use coram_ceremony::message::Commit;
use coram_ceremony::{FaultFile, Message};
use coram_simulator::cast::{Cast, Casts};
use coram_simulator::operator::{Ending, Operator};

use super::board;
use crate::objects::{self, CHEATER, SHAPE};
use crate::{edits, signing};

/// Most steps of an input.
const MOST_STEPS: usize = 64;
/// Most messages that are sent.
const MOST_SENT: usize = 64;
/// After so many inputs everything that engines remember of earlier ones is forgotten: every input makes rosters of its own.
const MEMORY: usize = 64;

pub fn run(data: &[u8]) {
    let cast = cast();
    let mut world = World::new(&cast);
    world.follow(data);
    world.settle();
    world.check();
}

/// The operators, with what engines computed for the inputs before.
fn cast() -> Arc<Cast> {
    static CASTS: Mutex<Option<(usize, Casts)>> = Mutex::new(None);
    let mut casts = CASTS.lock().unwrap_or_else(PoisonError::into_inner);
    let kept = casts.take().filter(|(uses, _)| *uses < MEMORY);
    let (uses, made) = kept.unwrap_or_else(|| (0, objects::casts()));
    let cast = made.get(SHAPE, 0);
    *casts = Some((uses + 1, made));
    cast.unwrap_or_else(|error| panic!("no cast: {error}"))
}

struct World {
    cast: Arc<Cast>,
    honest: [Operator; 2],
    cheater: Operator,
    /// Everything that anybody sent.
    sent: Vec<Vec<u8>>,
    /// What the cheater committed to last.
    dealing: Vec<u8>,
}

impl World {
    fn new(cast: &Arc<Cast>) -> Self {
        let operator = |index| match Operator::new(cast, index) {
            Ok(operator) => operator,
            Err(error) => panic!("operator {index} does not start: {error}"),
        };
        Self {
            cast: Arc::clone(cast),
            honest: [operator(1), operator(2)],
            cheater: operator(CHEATER),
            sent: Vec::new(),
            dealing: Vec::new(),
        }
    }

    fn follow(&mut self, mut data: &[u8]) {
        for _ in 0..MOST_STEPS {
            let Some(([what, operator, number], rest)) = data.split_first_chunk() else { return };
            data = rest;
            let number = usize::from(*number);
            let [first, second] = &mut self.honest;
            let operator = if operator % 2 == 0 { first } else { second };
            match what % 11 {
                0 => send(&mut self.sent, operator.advance()),
                1 => {
                    if let Some(message) = pick(&self.sent, number) {
                        receive(operator, message);
                    }
                }
                2 => self.sent.iter().for_each(|message| receive(operator, message)),
                3 => send(&mut self.sent, self.cheater.advance()),
                4 => self.edit(number, argument(&mut data)),
                5 => receive(operator, argument(&mut data)),
                6 => {
                    if let Some(message) = pick(&objects::held_elsewhere().messages, number) {
                        receive(operator, message);
                    }
                }
                7 => assert!(operator.restart().is_ok()),
                8 => self.commit(argument(&mut data)),
                9 => self.open(),
                _ => self.sent.iter().for_each(|message| receive(&mut self.cheater, message)),
            }
        }
    }

    /// Signs a message as the cheater's after some changes; in the name of others it is sent as it is.
    fn edit(&mut self, number: usize, script: &[u8]) {
        let Some(message) = pick(&self.sent, number) else { return };
        let mut message = edits::edit(message, script);
        if let Ok(key) = self.cast.identity(CHEATER) {
            signing::sign(&mut message, key);
        }
        self.put(message);
    }

    fn commit(&mut self, script: &[u8]) {
        let Ok(dealing) = objects::dealing(CHEATER) else { return };
        let Some((roster, like)) = self.any_commit() else { return };
        self.dealing = edits::edit(&dealing, script);
        if let Ok(message) = objects::commit_to(&self.cast, roster, &like, &self.dealing) {
            self.put(message);
        }
    }

    fn open(&mut self) {
        let Some((roster, _)) = self.any_commit() else { return };
        let dealing = std::mem::take(&mut self.dealing);
        if let Ok(message) = objects::open(&self.cast, self.honest[0].board(), roster, dealing) {
            self.put(message);
        }
    }

    /// The roster of some Commit that the first operator has, and what it says.
    fn any_commit(&self) -> Option<(RosterHash, Commit)> {
        let commit = self.honest[0].board().each::<Commit>().next()?;
        Some((commit.roster(), commit.body().clone()))
    }

    fn put(&mut self, message: Vec<u8>) {
        if self.sent.len() < MOST_SENT {
            self.sent.push(message);
        }
    }

    /// Lets everybody have everything, until nobody has anything to say.
    fn settle(&mut self) {
        loop {
            let before = self.sent.len();
            for operator in &mut self.honest {
                self.sent.iter().for_each(|message| receive(operator, message));
                send(&mut self.sent, operator.advance());
            }
            if self.sent.len() == before {
                return;
            }
        }
    }

    fn check(&mut self) {
        let mut locks = Vec::new();
        let mut has_fault = false;
        for operator in &mut self.honest {
            let index = operator.index();
            board::check(operator.board());
            for fault in operator.faults() {
                check_fault(index, fault);
            }
            match operator.ending() {
                Ok(Ending::Locked(outcome)) => locks.push(outcome.lock().hash()),
                Ok(Ending::Faulted(fault)) => {
                    has_fault = true;
                    check_fault(index, &fault);
                }
                Ok(Ending::Refused(refusal @ (Refusal::OwnBreach(_) | Refusal::OtherSecrets { .. }))) => {
                    panic!("operator {index} is told of a breach of its own: {refusal}")
                }
                Ok(Ending::Refused(_) | Ending::Waiting(_)) => {}
                Err(error) => panic!("{error}"),
            }
        }
        assert!(locks.windows(2).all(|pair| pair[0] == pair[1]), "two locks");
        assert!(locks.is_empty() || !has_fault, "a lock and a fault");
    }
}

/// The bytes that belong to a step.
fn argument<'d>(data: &mut &'d [u8]) -> &'d [u8] {
    let Some((length, rest)) = data.split_first() else { return &[] };
    let (argument, rest) = rest.split_at(usize::from(*length).min(rest.len()));
    *data = rest;
    argument
}

fn pick(messages: &[Vec<u8>], number: usize) -> Option<&Vec<u8>> {
    messages.get(number.checked_rem(messages.len())?)
}

fn send(sent: &mut Vec<Vec<u8>>, messages: Vec<Message>) {
    sent.extend(messages.iter().map(Message::to_bytes));
}

fn receive(operator: &mut Operator, bytes: &[u8]) {
    let known = operator.have().len();
    assert!(operator.receive(bytes) == (operator.have().len() > known));
}

/// A fault file of an honest operator names the cheater alone, and convinces a stranger.
fn check_fault(operator: u16, fault: &FaultFile) {
    let what = fault.breach();
    assert_eq!(fault.culprits(), [CHEATER], "operator {operator}: {what}");
    match fault.to_json().map(|file| FaultFile::check(&file)) {
        Ok(Ok(accusation)) => {
            let culprits: Vec<u16> = accusation.culprits.iter().map(|(index, _)| *index).collect();
            assert_eq!((culprits, &accusation.breach), (vec![CHEATER], what));
        }
        other => panic!("operator {operator} accuses without proof, {what}: {other:?}"),
    }
}
