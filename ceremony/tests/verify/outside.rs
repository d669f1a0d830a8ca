//! What the outsider brings along: expectations, accepted checks, networks; and locks of other programs.

use std::collections::BTreeSet;

use coram_ceremony::message::Commit;
use coram_ceremony::verify::report::Anchor;
use coram_ceremony::verify::{
    CheckId, Culprit, Expectations, ExpectedOperator, FaultVerdict, Options, Outcome as Became, Verdict,
    verify_fault,
};
use coram_ceremony::{Message, Step};
use coram_cluster::address::Address;
use coram_cluster::network::Network;
use serde_json::{Value, json};

use crate::common::{self, identity};
use crate::support::{bytes, flip, made, transcript, verify, verify_with};

fn expecting(expectations: Expectations) -> Options {
    Options { expectations, ..Options::default() }
}

fn all_expected() -> Expectations {
    Expectations {
        operators: (1..=4).map(|i| ExpectedOperator::Identity(identity(i).public_key())).collect(),
        withdrawal: Some(Address::parse("", "0x0000000000000000000000000000000000000001").unwrap()),
        network: Network::by_name("hoodi"),
        amounts: vec![32_000_000_000, 1_000_000_000],
        threshold: Some(3),
        transcript: Some(*made().outcomes[0].transcript().root().as_bytes()),
        setup: Vec::new(),
    }
}

#[test]
fn what_is_expected_is_anchored() {
    let report = verify_with(&made().json, &expecting(all_expected()));
    assert_eq!(report.verdict, Verdict::Valid, "{}", report.headline);
    assert!(report.not_anchored.is_empty() && !report.headline.contains("anchored"), "{}", report.headline);
    assert!(report.operators.iter().all(|operator| operator.anchored));
}

#[test]
fn what_is_expected_in_vain_is_not_anchored_even_if_that_is_accepted() {
    let check = CheckId::by_name("expect.threshold").unwrap();
    let expectations = Expectations { threshold: Some(4), ..Expectations::default() };
    let options = Options { expectations, accept: [check].into(), ..Options::default() };
    let report = verify_with(&made().json, &options);
    assert!(report.not_anchored.contains(&Anchor::Threshold) && report.anchored.is_empty());
    assert!(report.headline.starts_with("VALID except for what was accepted"), "{}", report.headline);
}

#[test]
fn operators_are_anchored_only_if_all_are_expected() {
    let mut expected = all_expected();
    expected.operators.truncate(3);
    let report = verify_with(&made().json, &expecting(expected));
    assert_eq!(report.verdict, Verdict::Valid);
    assert_eq!(report.not_anchored, [Anchor::Operators]);
    assert!(!report.operators[3].anchored && report.operators[0].anchored);
}

#[test]
fn each_expectation_has_its_check() {
    type Change = fn(&mut Expectations);
    let changes: [(&str, Change); 6] = [
        ("expect.operators", |e| e.operators.push(ExpectedOperator::Identity(identity(9).public_key()))),
        ("expect.withdrawal", |e| {
            e.withdrawal = Address::parse("", "0x0000000000000000000000000000000000000002").ok();
        }),
        ("expect.network", |e| e.network = Network::by_name("mainnet")),
        ("expect.amounts", |e| e.amounts = vec![32_000_000_000]),
        ("expect.threshold", |e| e.threshold = Some(2)),
        ("expect.transcript", |e| e.transcript = Some([7; 32])),
    ];
    for (check, change) in changes {
        let mut expected = all_expected();
        change(&mut expected);
        let report = verify_with(&made().json, &expecting(expected));
        assert_eq!(report.with(Became::Failed), [check]);
        assert_eq!(report.verdict, Verdict::Invalid);
    }
    let address = ExpectedOperator::parse("0x52fdfc072182654f163f5f0f9a621d729566c74d").unwrap();
    let stranger = Expectations { operators: vec![address], ..Expectations::default() };
    assert_eq!(verify_with(&made().json, &expecting(stranger)).with(Became::Failed), ["expect.operators"]);
}

#[test]
fn a_check_can_be_accepted_by_name_and_the_report_shows_it() {
    let mut lock = made().value();
    flip(&mut lock["signature_aggregate"]);
    let id = CheckId::by_name("lock.aggregate-signature").unwrap();
    let accept = |ids: &[CheckId]| Options { accept: ids.iter().copied().collect(), ..Options::default() };
    assert_eq!(verify(&bytes(&lock)).with(Became::Failed), ["lock.aggregate-signature", "seals.aggregate"]);
    let report = verify_with(&bytes(&lock), &accept(&[id, CheckId::SealAggregate]));
    assert_eq!(report.accepted, ["lock.aggregate-signature", "seals.aggregate"]);
    assert_eq!(report.verdict, Verdict::Valid);
    assert!(report.headline.contains("lock.aggregate-signature"), "{}", report.headline);
    // What passes is not accepted, but passed.
    assert!(verify_with(&made().json, &accept(&[id])).accepted.is_empty());
}

#[test]
fn without_a_transcript_no_lock_is_valid() {
    let mut lock = made().value();
    transcript(&mut lock).take();
    let everything: BTreeSet<CheckId> = CheckId::ALL.iter().copied().collect();
    for accept in [BTreeSet::new(), everything] {
        let report = verify_with(&bytes(&lock), &Options { accept, ..Options::default() });
        assert_eq!(report.verdict, Verdict::Indeterminate);
        assert_eq!(report.with(Became::Undecided), ["transcript.present"]);
        assert!(report.statements.proved.iter().filter(|s| s.id != "deposits").all(|s| !s.holds));
    }
    // An expected root cannot be compared.
    let expected = expecting(all_expected());
    assert_eq!(
        verify_with(&bytes(&lock), &expected).with(Became::Undecided),
        ["transcript.present", "expect.transcript"]
    );
}

#[test]
fn two_different_transcripts_are_none() {
    let mut other = made().value();
    flip(&mut transcript(&mut other)["attestation"]);
    let detached = bytes(&other["pvss_transcript"]);
    let report =
        verify_with(&made().json, &Options { transcript: Some(detached.into()), ..Options::default() });
    assert_eq!(report.with(Became::Failed), ["transcript.present"]);
    let report =
        verify_with(&made().json, &Options { transcript: Some(b"{".to_vec().into()), ..Options::default() });
    assert_eq!(report.with(Became::Failed), ["json.strict"]);
}

#[test]
fn locks_of_charon_are_judged_as_far_as_they_go() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/vectors/charon");
    let Ok(entries) = std::fs::read_dir(folder) else {
        let required = std::env::var_os("CORAM_REQUIRE_VECTORS").is_some_and(|value| value == "1");
        assert!(!required, "required, but {folder} is not there");
        println!("left out: there are no files of Charon in {folder}");
        return;
    };
    let mut count = 0;
    for entry in entries {
        let path = entry.unwrap().path();
        if !path.file_name().unwrap().to_string_lossy().starts_with("cluster_lock") {
            continue;
        }
        let report = verify(&std::fs::read(&path).unwrap());
        println!("{path:?}: {}", report.headline);
        // Golden files of Charon's encoder: their hashes are real, their signatures and keys are random bytes.
        for check in ["json.strict", "lock.form", "definition.config-hash", "definition.hash", "lock.hash"] {
            assert_eq!(report.check(check).unwrap().outcome, Became::Passed, "{path:?} {check}");
        }
        assert_eq!(report.check("transcript.present").unwrap().outcome, Became::Undecided);
        count += 1;
    }
    assert!(count >= 6, "{count} locks");
}

#[test]
fn no_file_accuses_without_evidence() {
    for bytes in [&b""[..], b"{}", b"[]", &made().json] {
        let report = verify_fault(bytes);
        assert_eq!(report.verdict, FaultVerdict::Rejected);
        assert!(report.culprits.is_empty() && report.breach.is_none());
    }
    let later = br#"{"fault_version": 2, "protocol": "coram/v1"}"#;
    assert_eq!(verify_fault(later).verdict, FaultVerdict::Indeterminate);
}

#[test]
fn a_fault_file_accuses_whom_its_messages_prove_guilty() {
    let ceremony = common::ceremony(4, 3, 1);
    let steps = common::run_with(&ceremony, &[1, 2, 3, 4], |message| {
        let mut sent = vec![message.to_bytes()];
        if let Message::Commit(commit) = &message
            && commit.author() == 2
        {
            let other = Commit { hash: [1; 32], ..commit.body().clone() };
            sent.push(common::forge(&ceremony, 2, commit.roster(), other));
        }
        sent
    });
    let Step::Faulted(file) = &steps[0] else { panic!("{:?}", steps[0]) };
    let file = file.to_json().unwrap();
    let report = verify_fault(&file);
    assert_eq!(
        (report.verdict, report.breach),
        (FaultVerdict::Proved, Some("equivocation")),
        "{}",
        report.detail
    );
    let culprit = Culprit { index: 2, peer_id: identity(2).peer_id() };
    assert_eq!(report.culprits, [culprit]);
    assert_eq!(report.ceremony, Some(ceremony.id()));
    // Another name on the same evidence accuses nobody.
    let mut other: Value = serde_json::from_slice(&file).unwrap();
    other["culprits"] = json!([3]);
    let report = verify_fault(&bytes(&other));
    assert_eq!((report.verdict, report.culprits), (FaultVerdict::Rejected, vec![]));
    // And it is no lock.
    assert_eq!(verify(&file).with(Became::Failed), ["lock.form"]);
}
