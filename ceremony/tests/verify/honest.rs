//! Locks with which nothing is wrong.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use coram_ceremony::verify::{
    CheckId, InputRole, Options, Outcome as Became, Subject, Verdict, verify_lock, verify_observed,
};
use coram_ceremony::{Ceremony, Parameters};

use sha2::Digest as _;

use crate::common;
use crate::support::{Made, NOT_APPLICABLE, made, verify, verify_with};

#[test]
fn everything_that_applies_passes() {
    let report = verify(&made().json);
    assert_eq!(report.verdict, Verdict::Valid, "{}", report.headline);
    let is_of_setup = |check: &&str| check.starts_with("setup.");
    let not_applicable = CheckId::ALL.iter().map(|check| check.name());
    let not_applicable: Vec<&str> =
        not_applicable.filter(|check| is_of_setup(check) || NOT_APPLICABLE.contains(check)).collect();
    assert_eq!(report.with(Became::NotApplicable), not_applicable);
    assert_eq!(report.with(Became::Passed).len(), CheckId::ALL.len() - not_applicable.len());
    assert!(report.statements.proved.iter().all(|statement| statement.holds));
    assert!(report.headline.contains("Not anchored"), "{}", report.headline);
}

#[test]
fn the_report_says_what_was_made_by_whom() {
    let made = made();
    let report = verify(&made.json);
    let digest = hex::encode(sha2::Sha256::digest(&made.json));
    let [input] = &report.inputs[..] else { panic!("{:?}", report.inputs) };
    assert_eq!((input.role, &input.sha256, input.bytes), (InputRole::Lock, &digest, made.json.len()));
    assert_eq!(
        (report.subject, report.verifier),
        (Subject::Lock, concat!("coram ", env!("CARGO_PKG_VERSION")))
    );
    let cluster = report.cluster.as_ref().unwrap();
    assert_eq!(
        cluster.tolerance,
        "any 3 of 4 can sign; 2 offline stop it; 3 together could sign without the others"
    );
    assert_eq!((cluster.operators, cluster.threshold, cluster.validators), (4, 3, 2));
    assert_eq!(cluster.network.as_deref(), Some("hoodi"));
    let ceremony = report.ceremony.as_ref().unwrap();
    assert_eq!(ceremony.id, made.ceremony.id());
    assert_eq!(ceremony.transcript_root, Some(made.outcomes[0].transcript().root()));
    assert_eq!(
        (ceremony.proof_system, ceremony.commits, ceremony.encryption_keys),
        ("transparent", true, "fresh")
    );
    assert!(
        report.operators.iter().all(|operator| operator.dealt == Some(true) && operator.address.is_none())
    );
    assert_eq!(report.operators[2].peer_id, Some(common::identity(3).peer_id()));
    assert_eq!(report.operators[2].software.as_deref(), Some("test"));
    assert_eq!(report.validators.len(), 2);
    let notes: Vec<&str> = report.notes.iter().map(|note| note.id).collect();
    assert_eq!(notes, ["unsigned-definition", "keys-fresh"]);
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!((&json["report_version"], &json["verdict"]), (&4.into(), &"valid".into()));
    assert_eq!(json["checks"][0]["id"], "json.strict");
}

#[test]
fn every_check_is_listed_once_in_order_whatever_the_file() {
    let all: Vec<&str> = CheckId::ALL.iter().map(|check| check.name()).collect();
    for bytes in [&made().json[..], b"", b"{}", b"[1]", &made().json[..5000]] {
        let listed: Vec<&str> = verify(bytes).checks.iter().map(|check| check.id).collect();
        assert_eq!(listed, all);
    }
}

#[test]
fn every_check_has_a_test_that_it_rejects_something() {
    let tests = [
        include_str!("chosen_dealings.rs"),
        include_str!("deposit_data.rs"),
        include_str!("keystores.rs"),
        include_str!("lock_rejections.rs"),
        include_str!("outside.rs"),
        include_str!("signed_definition.rs"),
        include_str!("../groth16/anchored.rs"),
        include_str!("../groth16/keys.rs"),
        include_str!("../groth16/setups.rs"),
        include_str!("transcript_rejections.rs"),
    ];
    for check in CheckId::ALL {
        let named = format!("\"{check}\"");
        // The signatures of all kinds of message are tested by one loop over the kinds.
        let in_loop = check.name().ends_with("s.signatures");
        assert!(in_loop || tests.iter().any(|test| test.contains(&named)), "{check} is in no test");
    }
}

#[test]
fn the_observer_sees_each_check_once() {
    let mut bare = made().value();
    bare.as_object_mut().unwrap().remove("pvss_transcript").unwrap();
    let bare = serde_json::to_vec(&bare).unwrap();
    for (subject, bytes) in [
        (Subject::Lock, &made().json[..]),
        (Subject::Lock, &bare),
        (Subject::Lock, b"{}"),
        (Subject::DepositData, b"[]"),
    ] {
        let mut seen = BTreeSet::new();
        let clock = || Duration::ZERO;
        let report = verify_observed(subject, bytes, &Options::default(), &clock, &mut |check| {
            assert!(seen.insert(check.id), "{} twice", check.id);
        });
        assert_eq!(seen.len(), report.checks.len());
    }
}

#[test]
fn verification_is_fast() {
    let json = &made().json;
    let start = std::time::Instant::now();
    let report = verify_lock(json, &Options::default(), &|| start.elapsed());
    let took = start.elapsed();
    let sum: u64 = report.checks.iter().map(|check| check.micros).sum();
    println!("n=4 m=2: {took:?}, of which checks {sum} us");
    assert!(u128::from(sum) <= took.as_micros());
    assert!(took < Duration::from_secs(5), "{took:?}");
}

fn with(change: impl FnOnce(&mut Parameters)) -> Made {
    Made::new(common::ceremony_with(4, 3, 1, change))
}

#[test]
fn a_ceremony_without_commits_says_so_beside_the_verdict() {
    let report = verify(&with(|parameters| parameters.commits = false).json);
    assert_eq!(report.verdict, Verdict::Valid, "{}", report.headline);
    assert!(report.notes.iter().any(|note| note.id == "without-commits"));
    assert_eq!(report.check("commits.signatures").unwrap().outcome, Became::NotApplicable);
    let order = report.statements.proved.iter().find(|statement| statement.id == "order").unwrap();
    assert!(!order.holds);
}

#[test]
fn fewer_dealers_and_a_later_attempt_are_noted() {
    let definition = common::definition(4, 3, 1);
    let mut parameters = Ceremony::default_parameters(&definition).unwrap();
    parameters.dealers = vec![1, 2, 4];
    let made = Made::new(Arc::new(Ceremony::new(definition, parameters, 2).unwrap()));
    let report = verify(&made.json);
    assert_eq!(report.verdict, Verdict::Valid, "{}", report.headline);
    assert_eq!(report.operators[2].dealt, Some(false));
    let notes: Vec<&str> = report.notes.iter().map(|note| note.id).collect();
    assert_eq!(notes, ["unsigned-definition", "keys-fresh", "later-attempt", "not-all-dealt"]);
}

#[test]
fn a_transcript_may_stand_beside_the_lock() {
    let mut lock = made().value();
    let transcript = lock["pvss_transcript"].take();
    let detached = serde_json::to_vec(&transcript).unwrap();
    let options = Options { transcript: Some(detached.clone().into()), ..Options::default() };
    let report = verify_with(&serde_json::to_vec(&lock).unwrap(), &options);
    assert_eq!(report.verdict, Verdict::Valid, "{}", report.headline);
    assert_eq!((report.inputs[1].role, report.inputs[1].bytes), (InputRole::Transcript, detached.len()));
    // The same twice is one transcript.
    assert_eq!(verify_with(&made().json, &options).verdict, Verdict::Valid);
}
