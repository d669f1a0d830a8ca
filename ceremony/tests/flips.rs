//! Files with bits flipped at random: never VALID unless they mean the same, never a panic, and no more time and memory than an
//! honest file takes, give or take.
//!
//! `CORAM_FLIPS=50000 cargo test --release -p coram-ceremony --test flips -- --nocapture` tries more of them than every run can.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod common;

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use coram_ceremony::message::Join;
use coram_ceremony::verify::{
    FaultVerdict, NamedFile, Options, Verdict, verify_deposit_data, verify_fault, verify_lock,
};
use coram_ceremony::{Board, Engine, Message, Step};
use coram_cluster::definition::Definition;
use coram_cluster::lock::Lock;
use coram_cluster::{deposit, json};
use serde_json::Value;

/// How many files are tried where nothing else is said.
const FLIPS: usize = 2_000;
/// How long a file may take, in milliseconds, on a machine that does other things too. An honest one takes some 40.
const MILLIS: u128 = 10_000;
/// How much memory all of them may take, two at a time, in kilobytes. An honest lock of these takes 40 kB of text.
const KILOBYTES: u64 = 64 * 1024;
const THREADS: usize = 2;

/// What is flipped, and what it is judged as.
enum Kind {
    Lock,
    /// Beside a lock without one.
    Transcript {
        lock: Vec<u8>,
    },
    /// For itself, and beside a lock that its deposits are of.
    DepositData {
        lock: Vec<u8>,
    },
    Fault,
}

struct File {
    name: &'static str,
    kind: Kind,
    bytes: Vec<u8>,
}

fn base(name: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/mutations/base/");
    fs::read(format!("{folder}{name}.json")).unwrap()
}

fn files() -> Vec<File> {
    let lock = |name, file| File { name, kind: Kind::Lock, bytes: base(file) };
    let mut bare: Value = serde_json::from_slice(&base("lock")).unwrap();
    let transcript = bare.as_object_mut().unwrap().remove("pvss_transcript").unwrap();
    let bare = serde_json::to_vec(&bare).unwrap();
    vec![
        lock("lock", "lock"),
        lock("lock of two validators", "two-validators"),
        lock("lock under Groth16", "groth16"),
        File { name: "lock without transcript", kind: Kind::Lock, bytes: bare.clone() },
        File {
            name: "transcript beside a lock",
            kind: Kind::Transcript { lock: bare.clone() },
            bytes: serde_json::to_vec_pretty(&transcript).unwrap(),
        },
        File {
            name: "deposit-data file",
            kind: Kind::DepositData { lock: bare.clone() },
            bytes: deposit_data(),
        },
        File { name: "fault file", kind: Kind::Fault, bytes: fault() },
    ]
}

/// The first file of deposits of the lock.
fn deposit_data() -> Vec<u8> {
    let lock = Lock::parse(&base("lock")).unwrap();
    let deposits = lock.validators().iter().flat_map(|validator| &validator.deposits);
    deposit::files(&lock.definition().network().unwrap(), deposits).unwrap().swap_remove(0).1
}

/// Operator 2 signed two Joins.
fn fault() -> Vec<u8> {
    let ceremony = common::ceremony(3, 2, 1);
    let mut board = Board::new(Arc::clone(&ceremony));
    let Step::Publish(Message::Join(join)) = common::engine(&ceremony, 2).next() else { panic!("no Join") };
    let other = Join { software: b"other".to_vec(), ..join.body().clone() };
    board.insert(&join.to_bytes());
    board.insert(&common::forge(&ceremony, 2, join.roster(), other));
    match Engine::new(common::keys(&ceremony, 1), board, "test").unwrap().next() {
        Step::Faulted(file) => file.to_json().unwrap(),
        other => panic!("no fault: {other:?}"),
    }
}

impl File {
    /// Whether the verifier takes these bytes for right.
    fn is_accepted(&self, bytes: &[u8]) -> bool {
        let verify = |lock: &[u8], options: &Options| verify_lock(lock, options, &|| Duration::ZERO).verdict;
        match &self.kind {
            Kind::Lock => verify(bytes, &Options::default()) == Verdict::Valid,
            Kind::Transcript { lock } => {
                let transcript = Some(NamedFile { name: None, bytes: bytes.to_vec() });
                verify(lock, &Options { transcript, ..Options::default() }) == Verdict::Valid
            }
            Kind::DepositData { lock } => {
                let deposit_files = vec![NamedFile::from(bytes.to_vec())];
                let beside = verify(lock, &Options { deposit_files, ..Options::default() });
                assert_ne!(beside, Verdict::Valid, "the lock is without a transcript");
                verify_deposit_data(bytes, &Options::default(), &|| Duration::ZERO).verdict == Verdict::Valid
            }
            Kind::Fault => verify_fault(bytes).verdict == FaultVerdict::Proved,
        }
    }

    /// Whether these bytes say what the file says: the case of a hex digit of a lock makes no difference, say.
    fn means_the_same(&self, bytes: &[u8]) -> bool {
        match &self.kind {
            Kind::Lock => Lock::parse(bytes).ok() == Lock::parse(&self.bytes).ok(),
            Kind::Transcript { .. } => value(bytes) == value(&self.bytes),
            Kind::DepositData { .. } => {
                deposit::parse_file(bytes).ok() == deposit::parse_file(&self.bytes).ok()
            }
            Kind::Fault => fault_members(bytes) == fault_members(&self.bytes),
        }
    }
}

fn value(bytes: &[u8]) -> Option<Value> {
    json::check(bytes, &[]).ok()
}

/// The definition as it is read, and the other members, but for the text for people, of which nothing is made.
fn fault_members(bytes: &[u8]) -> Option<(Definition, Value)> {
    let mut file = value(bytes)?;
    let members = file.as_object_mut()?;
    members.remove("summary")?;
    let definition = Definition::read(&json::Node::root(&members.remove("cluster_definition")?)).ok()?;
    Some((definition, file))
}

/// The same numbers on every run: SplitMix64.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit as u64).unwrap()
    }
}

/// One bit of it flipped, or, every fourth time, up to eight.
fn flipped(bytes: &[u8], trial: usize) -> Vec<u8> {
    let mut numbers = Numbers(trial as u64);
    let mut flipped = bytes.to_vec();
    let count = if trial.is_multiple_of(4) { 1 + numbers.below(8) } else { 1 };
    for _ in 0..count {
        let at = numbers.below(flipped.len());
        flipped[at] ^= 1 << numbers.below(8);
    }
    flipped
}

/// What came of some trials.
#[derive(Default)]
struct Tally {
    same: usize,
    slowest: u128,
    wrong: Vec<String>,
}

fn try_some(files: &[File], next: &AtomicUsize, trials: usize) -> Tally {
    let mut tally = Tally::default();
    loop {
        let trial = next.fetch_add(1, Ordering::Relaxed);
        if trial >= trials {
            return tally;
        }
        let file = &files[trial % files.len()];
        let bytes = flipped(&file.bytes, trial);
        let started = Instant::now();
        let accepted = file.is_accepted(&bytes);
        tally.slowest = tally.slowest.max(started.elapsed().as_millis());
        if accepted {
            tally.same += 1;
            if !file.means_the_same(&bytes) {
                let place =
                    bytes.iter().zip(&file.bytes).position(|(new, old)| new != old).unwrap_or_default();
                let near = &bytes[place.saturating_sub(20)..(place + 20).min(bytes.len())];
                let near = String::from_utf8_lossy(near);
                tally.wrong.push(format!("{}, trial {trial}, is taken for right: {near:?}", file.name));
            }
        }
    }
}

#[test]
fn flipped_bits_are_noticed_in_time_and_memory() {
    let files = files();
    for file in &files {
        let right = !matches!(file.name, "lock without transcript");
        assert_eq!(file.is_accepted(&file.bytes), right, "{}", file.name);
    }
    let trials = std::env::var("CORAM_FLIPS").map_or(FLIPS, |count| count.parse().unwrap());
    let next = AtomicUsize::new(0);
    let started = Instant::now();
    let tallies: Vec<Tally> = thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(|| try_some(&files, &next, trials))).collect();
        // A panic in one of them is a panic here.
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let slowest = tallies.iter().map(|tally| tally.slowest).max().unwrap();
    let same: usize = tallies.iter().map(|tally| tally.same).sum();
    let peak = peak_kilobytes();
    println!(
        "{trials} files in {} s: {same} mean the same and are accepted; the slowest took {slowest} ms; at most {peak:?} kB",
        started.elapsed().as_secs(),
    );
    let wrong: Vec<&String> = tallies.iter().flat_map(|tally| &tally.wrong).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    assert!(slowest < MILLIS, "{slowest} ms");
    assert!(peak.is_none_or(|peak| peak < KILOBYTES), "{peak:?} kB");
}

/// The most memory that this process ever had, where the system says.
fn peak_kilobytes() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
