//! A run against every adversary, with the same seed every time; and that the invariants after it can fail.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;

use coram_simulator::accusation::{Accusation, Cleared};
use coram_simulator::adversary::{Entry, catalogue};
use coram_simulator::invariants::Inspector;
use coram_simulator::run::{Ended, Plan, Stage, run};
use coram_simulator::table::{Row, Series};
use coram_simulator::trace::Trace;

fn entry(name: &str) -> &'static Entry {
    catalogue().find(|entry| entry.name == name).unwrap()
}

#[test]
fn every_adversary_is_harmless_or_proved() {
    let entries: Vec<_> = catalogue().collect();
    let names: BTreeSet<_> = entries.iter().map(|entry| entry.name).collect();
    assert_eq!(names.len(), entries.len(), "two adversaries have one name");
    let series = Series { entries: &entries, operators: &[4], runs: entries.len(), seed: 1, threads: 2 };
    let results = series.hold(&Stage::new(1, true), &Inspector::sparing(), &|_| {});
    assert!(results.violations.is_empty(), "{:#?}", results.violations);
    assert_eq!(results.rows.values().map(|row| row.runs).sum::<usize>(), entries.len());
    let accused = |row: &&Row| row.cleared > row.runs + row.proved;
    assert!(results.rows.values().filter(accused).count() >= 14, "adversaries accuse honest operators");
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

/// The invariants can fail: on an outcome that is not the expected one, on two locks, on an honest operator who is named, on
/// an adversary that is larger than it may be.
#[test]
fn invariants_that_do_not_hold_are_violations() {
    let (stage, inspector) = (Stage::new(2, true), Inspector::default());
    let held =
        |name, seed| run(&stage, Plan { entry: entry(name), operators: 4, seed }, Trace::default()).unwrap();
    let violations = |name: &str, ended: &Ended| inspector.inspect(entry(name), ended).violations;

    let mut false_dealing = held("wrong-share", 1);
    assert_eq!(violations("wrong-share", &false_dealing), [""; 0]);
    assert_eq!(violations("nobody", &false_dealing).len(), 1);
    false_dealing.corrupted.clear();
    let found = violations("wrong-share", &false_dealing);
    assert_eq!(found.iter().filter(|what| what.contains("is false: ")).count(), 1, "{found:#?}");
    assert!(found.iter().filter(|what| what.contains("names an honest one")).count() + 1 == found.len());
    false_dealing.corrupted = (1..=3).collect();
    let found = violations("wrong-share", &false_dealing).concat();
    assert!(found.contains("larger than it may be"), "{found}");

    // The same operators of two clusters.
    let mut mixed = held("nobody", 1);
    let others = (2..).map(|seed| held("nobody", seed));
    let mut other =
        others.into_iter().find(|other| other.cast.ceremony.id() != mixed.cast.ceremony.id()).unwrap();
    assert_eq!(violations("nobody", &mixed), [""; 0]);
    mixed.honest.append(&mut other.honest);
    assert!(violations("nobody", &mixed).concat().contains("different locks"));
}

/// A stranger who convicts an honest operator is noticed, and an accusation that fails for no good reason too.
#[test]
fn accusations_that_hold_are_violations() {
    let (stage, inspector) = (Stage::new(1, true), Inspector::default());
    let plan = Plan { entry: entry("framed-by-retelling"), operators: 4, seed: 1 };
    let mut ended = run(&stage, plan, Trace::default()).unwrap();
    assert_eq!(inspector.inspect(plan.entry, &ended).violations, [""; 0]);

    let cheater = *ended.cheaters.first().unwrap();
    let truth = || Accusation {
        file: ended.honest[0].0.faults()[0].to_json().unwrap(),
        cleared: &[Cleared::Unproved],
    };
    let honest = BTreeSet::from([ended.cast.identity(cheater).unwrap().peer_id()]);
    assert!(truth().judge(&honest).unwrap_err().contains("stands convicted"));
    let (truth, other) = (truth(), Accusation { file: b"{}".to_vec(), cleared: &[Cleared::OtherBreach] });
    ended.accusations.extend([truth, other]);
    let violations = inspector.inspect(plan.entry, &ended).violations;
    assert_eq!(violations.len(), 2, "{violations:#?}");
    assert!(violations.iter().all(|what| what.contains("should fail as")), "{violations:#?}");
}

/// With as many operators as the threshold, the adversary has what determines every share.
#[test]
fn views_that_determine_a_share_are_violations() {
    let (stage, inspector) = (Stage::new(1, true), Inspector::default());
    let plan = Plan { entry: entry("nobody"), operators: 4, seed: 1 };
    let mut ended = run(&stage, plan, Trace::default()).unwrap();
    assert_eq!(inspector.inspect(plan.entry, &ended).violations, [""; 0]);
    ended.corrupted = (2..=3).collect();
    assert_eq!(inspector.inspect(plan.entry, &ended).violations, [""; 0]);
    ended.corrupted.push(4);
    let violations = inspector.inspect(plan.entry, &ended).violations;
    assert!(
        violations.iter().any(|what| what.contains("as many points as there are coefficients")),
        "{violations:#?}"
    );
}
