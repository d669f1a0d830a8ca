//! Locks whose keys were extracted in batches: four dealers, any three of whom sign, so two keys of each polynomial.

use std::sync::OnceLock;

use coram_ceremony::Ceremony;
use coram_ceremony::keys::decryption_key;
use coram_ceremony::parameters::ExtractionRule;
use coram_ceremony::verify::{Outcome as Became, Report, Verdict};
use serde_json::{Value, json};

use crate::chosen_dealings::{FAIR, OTHER_KEYS, deal};
use crate::common::{self, identity, seed};
use crate::support::{
    Made, bytes, details, made, paths, read, rejected, rejected_of, transcript, undecided, undecided_of,
    verify,
};

/// Three validators, for whom each dealer deals two polynomials.
fn batched() -> &'static Made {
    static MADE: OnceLock<Made> = OnceLock::new();
    let change = |parameters: &mut coram_ceremony::Parameters| {
        parameters.extraction = ExtractionRule::Batched;
    };
    MADE.get_or_init(|| Made::new(common::ceremony_with(4, 3, 3, change)))
}

fn parameters(lock: &mut Value) -> &mut Value {
    &mut transcript(lock)["ceremony"]["parameters"]
}

/// Puts the id into a transcript that its terms now give.
fn rename(made: &Made, rule: ExtractionRule, lock: &mut Value) {
    let mut parameters = made.ceremony.parameters().clone();
    parameters.extraction = rule;
    let ceremony = Ceremony::new(made.ceremony.definition().clone(), parameters, 0).unwrap();
    transcript(lock)["ceremony"]["id"] = json!(ceremony.id().to_string());
}

fn holds(report: &Report, statement: &str) -> Option<bool> {
    report.statements.proved.iter().find(|proved| proved.id == statement).map(|proved| proved.holds)
}

#[test]
fn a_lock_of_batches_verifies_and_the_report_says_which_keys_belong_together() {
    let made = batched();
    let report = verify(&made.json);
    assert_eq!(report.verdict, Verdict::Valid, "{}", details(&report));
    let ceremony = report.ceremony.as_ref().unwrap();
    assert_eq!((ceremony.extraction, ceremony.polynomials, ceremony.keys_per_polynomial), ("batched", 2, 2));
    let note = report.notes.iter().find(|note| note.id == "batched-extraction").unwrap();
    assert!(note.text.contains("of validators 0 to 1; 2, counted"), "{}", note.text);
    assert!(note.text.contains("fewer than 2 of the 4 dealers"), "{}", note.text);
    assert_eq!(
        (holds(&report, "batches-of-dealings"), holds(&report, "sum-of-dealings")),
        (Some(true), None)
    );
    assert_eq!(
        made.value()["pvss_transcript"]["deals"][0]["dealing"]["commitments"].as_array().unwrap().len(),
        2
    );
    let limits = made.ceremony.limits();
    assert!(made.json.len() as u64 <= limits.lock_bytes());

    let sums = verify(&crate::support::made().json);
    let ceremony = sums.ceremony.as_ref().unwrap();
    assert_eq!((ceremony.extraction, ceremony.polynomials, ceremony.keys_per_polynomial), ("sum", 2, 1));
    assert_eq!((holds(&sums, "batches-of-dealings"), holds(&sums, "sum-of-dealings")), (None, Some(true)));
}

/// As `coram recover` does.
#[test]
fn shares_of_batches_are_recovered_from_the_lock() {
    let made = batched();
    let phases = read(&made.value()).replay_phases().unwrap();
    for outcome in &made.outcomes {
        let operator = outcome.operator();
        let key = decryption_key(&made.ceremony, &identity(operator), &seed(2, operator));
        let shares = phases.dealt.open(&phases.roster, operator, &key).unwrap();
        let bytes = |shares: &[coram_cluster::bls::SecretKey]| {
            shares.iter().map(|share| share.public_key().to_bytes()).collect::<Vec<_>>()
        };
        assert_eq!((shares.as_slice().len(), bytes(shares.as_slice())), (3, bytes(outcome.shares())));
    }
}

/// The rule is a part of the id, and the id of everything that was signed and proved.
#[test]
fn a_lock_of_batches_is_none_of_sums() {
    let to_sums = |lock: &mut Value| drop(parameters(lock).as_object_mut().unwrap().remove("extraction"));
    let to_batches = |lock: &mut Value| parameters(lock)["extraction"] = json!("batched");
    rejected_of(batched(), &["transcript.ceremony-id"], to_sums);
    rejected(&["transcript.ceremony-id"], to_batches);
    // Under the id of the other rule, dealings have another number of polynomials.
    let report = rejected_of(batched(), &["transcript.messages"], |lock| {
        to_sums(lock);
        rename(batched(), ExtractionRule::Sum, lock);
    });
    assert_eq!(paths(&report, "transcript.messages"), ["$.pvss_transcript.deals[0].dealing"]);
    rejected(&["transcript.messages"], |lock| {
        to_batches(lock);
        rename(made(), ExtractionRule::Batched, lock);
    });
}

#[test]
fn a_rule_that_is_unknown_is_undecided_and_sums_have_no_name() {
    undecided("transcript.terms", |lock| parameters(lock)["extraction"] = json!("later"));
    undecided_of(batched(), "transcript.form", |lock| {
        parameters(lock)["extraction"] = json!("later");
        transcript(lock)["deals"][0]["dealing"]["more"] = json!(1);
    });
    for other in [json!("sum"), json!(null), json!(2)] {
        let report = rejected(&["transcript.form"], |lock| parameters(lock)["extraction"] = other);
        assert_eq!(paths(&report, "transcript.form"), ["$.pvss_transcript.ceremony.parameters.extraction"]);
    }
    let report = rejected_of(batched(), &["transcript.terms"], |lock| {
        parameters(lock)["dealers"] = json!([1, 2, 3]);
    });
    assert_eq!(paths(&report, "transcript.terms"), ["$.pvss_transcript.ceremony.parameters.extraction"]);
}

#[test]
fn dealings_make_as_many_keys_as_the_rule_says() {
    for list in ["commitments", "ciphertexts"] {
        let items =
            |lock: &mut Value| transcript(lock)["deals"][1]["dealing"][list].as_array().unwrap().clone();
        rejected_of(batched(), &["transcript.messages"], |lock| {
            let one = items(lock)[..1].to_vec();
            transcript(lock)["deals"][1]["dealing"][list] = json!(one);
        });
        rejected_of(batched(), &["transcript.messages"], |lock| {
            let three = [items(lock), items(lock)[..1].to_vec()].concat();
            transcript(lock)["deals"][1]["dealing"][list] = json!(three);
        });
    }
}

/// The keys of one batch exchanged: each is made of the right polynomials, with the weights of the other.
#[test]
fn keys_with_other_weights_than_their_row_are_refused() {
    let mut lock = batched().value();
    let validators = &mut lock["distributed_validators"];
    let (one, two) = (validators[0].clone(), validators[1].clone());
    for member in ["distributed_public_key", "public_shares"] {
        validators[0][member] = two[member].clone();
        validators[1][member] = one[member].clone();
    }
    let report = verify(&bytes(&lock));
    assert_eq!(report.verdict, Verdict::Invalid);
    for check in ["keys.lock", "keys.public-shares"] {
        assert_eq!(report.check(check).unwrap().outcome, Became::Failed, "{check}");
    }
    let place = |index: usize| format!("$.distributed_validators[{index}].distributed_public_key");
    assert_eq!(paths(&report, "keys.lock"), [place(0), place(1)]);
    assert_eq!(holds(&report, "batches-of-dealings"), Some(false));
}

/// What is right in the first row of a batch can be wrong in the second.
#[test]
fn every_key_of_a_batch_is_checked() {
    let failing = [&OTHER_KEYS[..], &["attests.root"]].concat();
    rejected_of(batched(), &failing, |lock| deal(batched(), lock, &FAIR, &FAIR));
    // 1 * 3 + 2 * 9 + 3 * 1 + 4 * (-6) = 0
    let mut chosen = FAIR;
    chosen[3][0][2] = -6;
    let report = rejected_of(batched(), &["keys.threshold"], |lock| deal(batched(), lock, &chosen, &chosen));
    assert_eq!(paths(&report, "keys.threshold"), ["$.distributed_validators[1]"]);
    // 0 * 1 + 1 * 7 + 2 * (-5) + 3 * 1 = 0: the rows give the same key.
    let mut chosen = FAIR;
    (chosen[2][0][0], chosen[3][0][0]) = (-5, 1);
    let report = rejected_of(batched(), &["keys.distinct"], |lock| deal(batched(), lock, &chosen, &chosen));
    assert_eq!(paths(&report, "keys.distinct"), ["$.distributed_validators[1]"]);
}
