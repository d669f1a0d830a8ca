//! The files of `tests/mutations`: locks that differ from an honest one in one place, and what must be said of them.
//!
//! The files are made here, from rules that say what must fail for which change; the verifier is not asked. Whether it agrees is
//! for `tests/mutations.rs` to find out, and for the page. `UPDATE_MUTATIONS=1 cargo test -p coram-ceremony --test mutations`
//! writes them anew, and then compares them with the verifier at once.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[path = "../common/mod.rs"]
mod common;
#[path = "../groth16/kit.rs"]
#[allow(dead_code, reason = "a part is used")]
mod kit;
#[path = "../groth16/strings.rs"]
#[allow(dead_code, reason = "a part is used")]
mod strings;
#[path = "../verify/support.rs"]
#[allow(dead_code, reason = "a part is used")]
mod support;

mod base;
mod batches;
mod by_hand;
mod changes;
mod corpus;
mod dealings;
mod everywhere;
mod expected;
mod rules;
mod sealed;
mod setups;
mod text;

use std::collections::{BTreeMap, BTreeSet};

use coram_ceremony::verify::CheckId;

use self::base::Base;
use self::corpus::Mutation;

/// Checks that nothing in a file can fail alone, or at all, and why.
const NEVER_ALONE: &[(&str, &str)] = &[
    ("transcript.present", "fails only where a second file is another transcript than the one in the lock"),
    ("setup.anchored", "never fails: no file can show that a stranger exists, so that it is undecided then"),
    ("setup.string", "is about a file beside the lock"),
    ("keys.lock", "another key than the sum has other shares than the lock's, or they do not give it"),
    ("keys.public-shares", "other shares of the same key make another aggregate than the Seals do"),
    ("attests.deposits", "there is one signature by a key on a message, and the other checks fix both"),
    ("attests.registrations", "there is one signature by a key on a message, and the other checks fix both"),
    (
        "seals.lock-hash",
        "from v1.7 on the same Seal's node signature is on that hash, or not that of the lock",
    ),
    (
        "seals.aggregate",
        "there is one sum of the right partial signatures, and `lock.aggregate-signature` verifies it",
    ),
];

fn all() -> BTreeMap<String, Mutation> {
    let mut files = BTreeMap::new();
    let made = everywhere::all().into_iter().chain(by_hand::all()).chain(dealings::all());
    for mutation in
        made.chain(sealed::all()).chain(setups::all()).chain(batches::all()).chain(expected::all())
    {
        let name = mutation.name.clone();
        assert!(files.insert(name.clone(), mutation).is_none(), "two files are called {name}");
    }
    files
}

#[test]
fn the_files_are_those_of_the_rules() {
    let made = all();
    if corpus::updating() {
        corpus::write(&made);
        let wrong: Vec<String> = made.values().filter_map(corpus::disagreement).collect();
        assert!(wrong.is_empty(), "{} files:\n{}", wrong.len(), wrong.join("\n"));
    }
    let kept = corpus::read();
    let (made_names, kept_names): (BTreeSet<_>, BTreeSet<_>) = (made.keys().collect(), kept.keys().collect());
    assert_eq!(made_names, kept_names);
    for (name, mutation) in &made {
        assert!(
            kept[name] == mutation.to_text(),
            "{name} is not what the rules make: run with UPDATE_MUTATIONS=1"
        );
    }
}

/// Neither a value of the lock nor a list or an object is without a file that differs only there.
#[test]
fn every_place_of_the_lock_has_a_file() {
    let kept = corpus::places(Base::Lock);
    let missing: Vec<String> =
        everywhere::places(Base::Lock).into_iter().filter(|place| !kept.contains(place)).collect();
    assert!(missing.is_empty(), "no file for {missing:?}");
    let kept = corpus::places(Base::Groth16);
    let places = everywhere::places(Base::Groth16).into_iter();
    let missing: Vec<String> =
        places.filter(|place| setups::is_of_a_setup(place) && !kept.contains(place)).collect();
    assert!(missing.is_empty(), "no file for {missing:?}");
}

/// A check that never fails alone could be left out, and no file would tell.
#[test]
fn every_check_is_the_only_one_to_reject_some_file() {
    let alone: BTreeSet<String> = all().into_values().filter_map(|mutation| mutation.only_check()).collect();
    let never: BTreeSet<&str> = NEVER_ALONE.iter().map(|(check, _)| *check).collect();
    let names = CheckId::ALL.iter().map(|check| check.name());
    for name in names.filter(|name| !corpus::is_of_files_beside(name)) {
        assert!(alone.contains(name) != never.contains(name), "{name}: alone {}", alone.contains(name));
    }
}
