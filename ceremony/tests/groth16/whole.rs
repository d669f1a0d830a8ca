//! Ceremonies among honest operators.

use coram_ceremony::UnverifiedTranscript;
use coram_ceremony::keys::decryption_key;
use coram_ceremony::verify::report::{Anchor, Contributor};
use coram_ceremony::verify::{Expectations, ExpectedOperator, Options, Outcome as Became};
use coram_cluster::bls::SecretKey;
use coram_cluster::lock::Lock;

use crate::common::{identity, seed};
use crate::kit::{judged, one, three};
use crate::strings::{ONE, OPERATORS, TWO};
use crate::support::NOT_APPLICABLE;

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

#[test]
fn a_transcript_is_enough_to_judge_again() {
    for made in [one(), three()] {
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
