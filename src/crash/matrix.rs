//! Every fault at every step, and what comes of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use sha2::{Digest as _, Sha256};

use super::document::{self, subject};
use super::of_each;
use super::operators::{End, Place, World};
use super::turns::{TURNS, Turn};
use crate::store::steps::Step;
use crate::store::steps::faulty::{After, Contents, Disk, Fault, write_contents};

/// How often a ceremony is begun again after each fault: from each way in which the disk can be found, and when the power is
/// lost after the next process.
const RESTARTS: usize = After::ALL.len() + 1;
/// Of the cases, plain `cargo test` tries one in so many, at least.
const STRIDE: usize = 97;

/// How ceremonies ended that went on from the same disk and board.
type Known = Mutex<BTreeMap<[u8; 32], Result<End, String>>>;

/// One fault at one step.
struct Case {
    turn: &'static Turn,
    step: usize,
    fault: Fault,
}

fn turns() -> Vec<&'static Turn> {
    TURNS.turns.iter().chain([&TURNS.packing]).collect()
}

/// All that can go wrong.
fn cases() -> Vec<Case> {
    let of_turn = |turn: &'static Turn| {
        let steps = turn.taken.iter().enumerate();
        steps.flat_map(move |(step, (kind, _))| {
            let fitting = Fault::ALL.into_iter().filter(|fault| fault.fits(*kind));
            fitting.map(move |fault| Case { turn, step, fault })
        })
    };
    turns().into_iter().flat_map(of_turn).collect()
}

/// Tries cases out. Whatever fault it is, the ceremony ends with the lock.
fn try_out(cases: &[Case]) {
    let known = Known::default();
    let ends =
        of_each(cases, |case| case.try_out(&known).map_err(|wrong| format!("{}: {wrong}", case.name())));
    let wrong: Vec<String> = ends.into_iter().filter_map(Result::err).collect();
    println!("{} faults, {} restarts, {} wrong", cases.len(), cases.len() * RESTARTS, wrong.len());
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

/// `cargo test --release --bin coram crash -- --ignored --nocapture`
#[test]
#[ignore = "takes minutes: every fault at every step"]
fn whatever_step_a_disk_fails_at_nothing_is_lost_and_nothing_is_signed_twice() {
    let [write_points, faults] = tables();
    println!("{write_points}\n{faults}");
    try_out(&cases());
}

/// One in so many of all, and those that found something wrong when the matrix was made.
#[test]
fn nothing_is_lost_and_nothing_is_signed_twice_at_some_steps() {
    let all = cases().into_iter().enumerate();
    let some: Vec<Case> = all
        .filter(|(number, case)| number % STRIDE == STRIDE - 1 || case.found_something())
        .map(|(_, case)| case)
        .collect();
    assert_eq!(some.iter().filter(|case| case.found_something()).count(), FOUND.len());
    try_out(&some);
}

#[test]
fn the_document_has_every_write_point_and_every_fault() {
    let kinds: BTreeSet<Step> = turns().iter().flat_map(|turn| &turn.taken).map(|(step, _)| *step).collect();
    assert_eq!(kinds.len(), 8, "not every kind of step was taken: {kinds:?}");
    let [write_points, faults] = tables();
    document::hold("write points", &write_points);
    document::hold("faults", &faults);
    let all = cases().len();
    let tried = format!(
        "all {all} faults were tried out, with {} restarts: each ended with the lock",
        all * RESTARTS
    );
    document::says(
        &tried,
        "the steps are others; let the ignored test try all of them, and say how it ended",
    );
}

fn tables() -> [String; 2] {
    [document::matrix(&turns(), RESTARTS), document::faults(&turns(), RESTARTS)]
}

/// Where something was wrong: a seed that is half destroyed was taken for a damaged one; the folder of keystores kept the mode
/// that it was made with; a message was sent whose name a killed process had given and nobody had synced.
const FOUND: [(&str, &str, Step, Fault); 3] = [
    ("outputs", "`dealing-seed`", Step::Sync, Fault::After),
    ("outputs", "`validator_keys`", Step::Name, Fault::After),
    ("join", "own message", Step::Name, Fault::After),
];

impl Case {
    fn name(&self) -> String {
        let (step, place) = &self.turn.taken[self.step];
        format!("{} {}, {step:?} {}, {:?}", self.turn.phase, self.step, subject(place), self.fault)
    }

    fn found_something(&self) -> bool {
        let (step, place) = &self.turn.taken[self.step];
        FOUND.contains(&(self.turn.phase, subject(place).as_str(), *step, self.fault))
    }

    /// Lets the fault happen, and goes on from every way in which the disk can be found.
    fn try_out(&self, known: &Known) -> Result<(), String> {
        let world = &TURNS.world;
        let place = Place::new(&self.turn.board);
        write_contents(&place.disk(), &self.turn.disk);
        let disk = Disk::new(&place.disk());
        disk.fault(self.step, self.fault);
        let stopped = world.run(&place, self.turn.options).err();
        self.check_stopped(stopped.map(|failure| failure.code))?;
        let (sent, board) = (world.sent(&place), world.board_contents(&place));
        for after in After::ALL {
            let contents = disk.left(after);
            let end = world
                .check_promises(&contents, &sent)
                .and_then(|()| self.go_on(world, &contents, &board, known));
            end.map_err(|wrong| format!("{after:?}: {wrong}"))?;
        }
        disk.restart();
        self.lose_power_later(world, &place, &disk, known)
            .map_err(|wrong| format!("power lost after the next process: {wrong}"))
    }

    /// A process that is to end does; one whose disk fails says so.
    fn check_stopped(&self, code: Option<&str>) -> Result<(), String> {
        let said = document::code(&self.turn.taken[self.step].1);
        match code {
            None => Err("nobody noticed".to_owned()),
            Some(code) if self.fault.ends() || code == said => Ok(()),
            Some(code) => Err(format!("stopped with {code}")),
        }
    }

    /// The next process goes on with what the last one left, and the power is lost after it: what it found may not have been on
    /// the disk for certain.
    fn lose_power_later(
        &self,
        world: &World,
        place: &Place,
        disk: &Disk,
        known: &Known,
    ) -> Result<(), String> {
        match world.run(place, self.turn.options) {
            Err(failure) if failure.code != "ceremony.awaiting" => return Err(failure.to_string()),
            _ => {}
        }
        let found = disk.left(After::Power);
        world.check_promises(&found, &world.sent(place))?;
        self.go_on(world, &found, &world.board_contents(place), known)
    }

    /// Goes on from a disk to the lock, unless another case led to the same one.
    fn go_on(&self, world: &World, disk: &Contents, board: &Contents, known: &Known) -> Result<(), String> {
        let key = digest(disk, board, self.turn.options);
        let before = known.lock().unwrap().get(&key).cloned();
        let end = before.unwrap_or_else(|| {
            let (place, end) = world.go_on_from(disk, board, 2, self.turn.options);
            let checked = world.check_end(&place, &end).map(|()| end);
            known.lock().unwrap().insert(key, checked.clone());
            checked
        });
        match end? {
            End::Lock => Ok(()),
            End::Refused(code, what) => Err(format!("refused: {code}: {what}")),
        }
    }
}

fn digest(disk: &Contents, board: &Contents, options: &[&str]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for (path, item) in disk.iter().chain(board) {
        // What nobody depends on, and has the time in it.
        if path.ends_with("status.json") {
            continue;
        }
        let bytes = item.bytes.as_deref().unwrap_or_default();
        hash.update(format!("{}|{:o}|{:?}|", path.display(), item.mode, item.bytes.as_ref().map(Vec::len)));
        hash.update(bytes);
    }
    hash.update(options.concat());
    hash.finalize().into()
}
