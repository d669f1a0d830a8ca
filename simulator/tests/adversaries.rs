//! A few runs against every adversary, with the same seeds every time.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;

use coram_simulator::adversary::{Entry, catalogue};
use coram_simulator::invariants::Inspector;
use coram_simulator::run::{Plan, Stage, run};
use coram_simulator::table::Series;
use coram_simulator::trace::Trace;

fn entry(name: &str) -> &'static Entry {
    catalogue().find(|entry| entry.name == name).unwrap()
}

#[test]
fn every_adversary_is_harmless_or_proved() {
    let entries: Vec<_> = catalogue().collect();
    let names: BTreeSet<_> = entries.iter().map(|entry| entry.name).collect();
    assert_eq!(names.len(), entries.len(), "two adversaries have one name");
    let series = Series { entries: &entries, operators: &[4], runs: 2 * entries.len(), seed: 1, threads: 2 };
    let results = series.hold(&Stage::new(1, true), &Inspector::default(), &|_| {});
    assert!(results.violations.is_empty(), "{:#?}", results.violations);
    assert_eq!(results.rows.values().map(|row| row.runs).sum::<usize>(), 2 * entries.len());
}

/// What engines remember together changes nothing but the time that a run takes.
#[test]
fn a_seed_replays_its_run_with_and_without_memory() {
    let plan = Plan { entry: entry("wrong-share"), operators: 4, seed: 11 };
    let (remembering, forgetting) = (Stage::new(1, true), Stage::new(1, false));
    let lines = |stage| run(stage, plan, Trace::kept()).unwrap().trace.lines().to_vec();
    let first = lines(&remembering);
    assert!(first.len() > 20, "{first:#?}");
    assert_eq!(lines(&remembering), first);
    assert_eq!(lines(&forgetting), first);
    let other = run(&remembering, Plan { seed: 12, ..plan }, Trace::kept()).unwrap();
    assert_ne!(other.trace.lines(), first);
}

/// The invariants can fail: an outcome that is not the expected one is a violation.
#[test]
fn an_unexpected_outcome_is_a_violation() {
    let stage = Stage::new(1, true);
    let ended =
        run(&stage, Plan { entry: entry("wrong-share"), operators: 4, seed: 1 }, Trace::default()).unwrap();
    let inspector = Inspector::default();
    assert!(inspector.inspect(entry("wrong-share"), &ended).violations.is_empty());
    assert_eq!(inspector.inspect(entry("nobody"), &ended).violations.len(), 1);
}
