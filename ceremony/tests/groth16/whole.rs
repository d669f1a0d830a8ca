//! Ceremonies among honest operators.

use std::sync::{Arc, LazyLock};

use coram_ceremony::UnverifiedTranscript;
use coram_ceremony::keys::decryption_key;
use coram_ceremony::parameters::ExtractionRule;
use coram_ceremony::verify::report::{Anchor, Contributor};
use coram_ceremony::verify::{Expectations, ExpectedOperator, Options, Outcome as Became, Verdict};
use coram_cluster::bls::SecretKey;
use coram_cluster::lock::Lock;

use crate::common::{identity, seed};
use crate::kit::{judged, named, one, rejected, three};
use crate::strings::{ONE, OPERATORS, TWO, keys};
use crate::support::{Made, NOT_APPLICABLE, bytes, paths, transcript, verify};

/// Three validators whose keys are made of two polynomials of each dealer, a chunk for each.
fn batched() -> &'static Made {
    static MADE: LazyLock<Made> = LazyLock::new(|| {
        let keys = keys([&ONE]);
        let ceremony = named(Some(keys.digest()), 3, |parameters| {
            parameters.extraction = ExtractionRule::Batched;
        });
        Made::new(Arc::new(ceremony.unwrap().with_keys(keys).unwrap()))
    });
    &MADE
}

#[test]
fn locks_with_one_chunk_and_with_two_are_valid() {
    for made in [one(), three()] {
        let report = judged(made, &Options::default(), &[]);
        assert_eq!(report.with(Became::NotApplicable), NOT_APPLICABLE);
        assert!(report.statements.proved.iter().all(|statement| statement.holds));
        let json: Vec<Vec<u8>> = made.outcomes.iter().map(|outcome| outcome.lock_json().unwrap()).collect();
        assert!(json.iter().all(|json| *json == made.json));
    }
}

#[test]
fn the_report_says_who_contributed() {
    let report = judged(three(), &Options::default(), &[]);
    let ceremony = report.ceremony.as_ref().unwrap();
    let digests: Vec<_> = [&TWO, &ONE].map(|key| format!("0x{}", hex::encode(key.setup().digest()))).into();
    assert_eq!(ceremony.setups.iter().map(|setup| setup.digest.clone()).collect::<Vec<_>>(), digests);
    assert_eq!(ceremony.setups.iter().map(|setup| setup.validators).collect::<Vec<_>>(), [2, 1]);
    for setup in &ceremony.setups {
        let contributions = setup.contributions.as_ref().unwrap();
        let listed: Vec<(u8, usize, u16)> = contributions
            .iter()
            .map(|contribution| match &contribution.contributor {
                Contributor::Operator { index, address: None, peer_id } => {
                    assert_eq!(*peer_id, identity(*index).peer_id());
                    (contribution.phase, contribution.number, *index)
                }
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(listed, [(1, 1, 1), (1, 2, 2), (1, 3, 3), (2, 1, 1), (2, 2, 2), (2, 3, 3)]);
    }
    let json = serde_json::to_value(&report).unwrap();
    let contribution = &json["ceremony"]["setups"][1]["contributions"][4];
    assert_eq!((&contribution["phase"], &contribution["contributor"]), (&2.into(), &"operator".into()));
}

#[test]
fn what_rests_on_the_setup_says_so() {
    let report = judged(one(), &Options::default(), &[]);
    let statements = &report.statements;
    let of = |id: &str| statements.proved.iter().find(|statement| statement.id == id).unwrap();
    for id in ["setup", "sum-of-dealings", "shares-decrypt", "threshold"] {
        assert!(of(id).rests_on.contains(&"setup.anchored"), "{id}");
    }
    assert!(!of("order").rests_on.contains(&"setup.anchored"));
    assert!(statements.asserted.iter().any(|words| words.id == "string-rechecked"));
    assert!(statements.cannot_be_shown.iter().any(|words| words.id == "setup-collusion"));
}

#[test]
fn operators_who_are_known_anchor_what_they_contributed_to() {
    let report = judged(one(), &Options::default(), &[]);
    assert!(report.not_anchored.contains(&Anchor::Setup), "{}", report.headline);
    let operators = (1..=OPERATORS).map(|index| ExpectedOperator::Identity(identity(index).public_key()));
    let expectations = Expectations { operators: operators.collect(), ..Expectations::default() };
    let report = judged(one(), &Options { expectations, ..Options::default() }, &[]);
    assert_eq!(report.anchored, [Anchor::Operators, Anchor::Setup]);
}

/// Two keys of each polynomial: chunks are of batches, and three validators are a chunk of two keys and one of one key.
#[test]
fn keys_are_extracted_in_batches() {
    let made = batched();
    let report = judged(made, &Options::default(), &[]);
    let ceremony = report.ceremony.as_ref().unwrap();
    assert_eq!((ceremony.extraction, ceremony.polynomials, ceremony.keys_per_polynomial), ("batched", 2, 2));
    assert_eq!(ceremony.setups.iter().map(|setup| setup.validators).collect::<Vec<_>>(), [1]);
    let note = report.notes.iter().find(|note| note.id == "batched-extraction").unwrap();
    assert!(note.text.contains("of validators 0 to 1; 2, counted"), "{}", note.text);
    let proved = |id: &str| report.statements.proved.iter().find(|statement| statement.id == id);
    assert!(proved("batches-of-dealings").unwrap().holds && proved("sum-of-dealings").is_none());
    let chunks = |made: &Made| made.value()["pvss_transcript"]["deals"][0]["dealing"]["chunks"].clone();
    assert_eq!(chunks(made).as_array().unwrap().len(), 2);

    // The keys of one batch in each other's place: proofs and links still hold, and the keys are not those that were dealt.
    let mut lock = made.value();
    for member in ["distributed_public_key", "public_shares"] {
        let other = lock["distributed_validators"][1][member].clone();
        lock["distributed_validators"][1][member] = lock["distributed_validators"][0][member].take();
        lock["distributed_validators"][0][member] = other;
    }
    let report = verify(&bytes(&lock));
    assert_eq!(report.verdict, Verdict::Invalid);
    assert_eq!(report.check("deals.proofs").unwrap().outcome, Became::Passed);
    let place = |index: usize| format!("$.distributed_validators[{index}].distributed_public_key");
    assert_eq!(paths(&report, "keys.lock"), [place(0), place(1)]);
    // The rule is a part of the id, under this proof system too.
    rejected(made, &["transcript.ceremony-id"], |lock| {
        let parameters = &mut transcript(lock)["ceremony"]["parameters"];
        drop(parameters.as_object_mut().unwrap().remove("extraction"));
    });
}

#[test]
fn a_transcript_is_enough_to_judge_again() {
    for made in [one(), three(), batched()] {
        let lock = Lock::parse(&made.json).unwrap();
        let transcript = UnverifiedTranscript::read(lock.transcript().unwrap(), lock.definition()).unwrap();
        let replay = transcript.replay_phases().unwrap();
        assert_eq!(replay.sealed.lock_json().unwrap(), made.json);
        // Whoever kept the decryption key has its shares back.
        let key = decryption_key(&transcript.ceremony, &identity(2), &seed(2, 2));
        let shares = replay.dealt.open(&replay.roster, 2, &key).unwrap();
        let bytes = |shares: &[SecretKey]| shares.iter().map(|share| *share.to_bytes()).collect::<Vec<_>>();
        assert_eq!(bytes(shares.as_slice()), bytes(made.outcomes[1].shares()));
    }
}
