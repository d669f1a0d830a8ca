//! What can be done without the keys, and which ones fit.

use std::sync::Arc;

use coram_ceremony::engine::Step;
use coram_ceremony::verify::{Input, InputRole, Options, Outcome as Became};
use coram_ceremony::{Board, Ceremony, CeremonyError, Engine, Inserted};
use coram_cluster::json;
use coram_proofs::groth16::{Keys, MAX_CHUNKS};

use crate::common::{self, dump, honest_board, restart, run_with};
use crate::kit::{ceremony, named, one, three};
use crate::strings::{OF_STRANGERS, ONE, TWO, keys, verifying};

#[test]
fn the_terms_name_the_setups_or_there_are_none() {
    let refused = named(None, 1, |_| {}).unwrap_err();
    assert!(matches!(refused, CeremonyError::Setup { system: "groth16", .. }), "{refused}");
    let transparent = common::ceremony(3, 2, 1);
    let refused = Ceremony::clone(&transparent).with_keys(keys([&ONE])).unwrap_err();
    assert!(matches!(refused, CeremonyError::Setup { system: "transparent", .. }), "{refused}");
}

#[test]
fn a_ceremony_without_its_keys_can_be_named_and_carried_but_not_judged() {
    let full = ceremony(&keys([&ONE]), 1);
    let carried = Arc::new(named(Some(keys([&ONE]).digest()), 1, |_| {}).unwrap());
    assert_eq!(carried.id(), full.id());
    assert!(matches!(carried.backend(), Err(CeremonyError::NoReference { .. })));
    let mut board = Board::new(Arc::clone(&carried));
    let messages = honest_board(&full);
    assert!(messages.iter().all(|message| matches!(board.insert(message), Inserted::New(_))));
    assert_eq!(dump(&board), messages);
    let refused = Engine::new(common::keys(&carried, 1), board, "test").err().unwrap();
    assert!(matches!(refused, CeremonyError::NoReference { .. }), "{refused}");
    assert!(refused.to_string().contains(&hex::encode(keys([&ONE]).digest())), "{refused}");
    let transcript = crate::support::read(&one().value());
    let joins = transcript.check_signatures().unwrap().joins;
    let refused = coram_ceremony::phase::Roster::form(&carried, joins).err().unwrap();
    assert!(refused.to_string().contains("reference string"), "{refused}");
}

#[test]
fn other_keys_than_the_agreed_ones_are_refused() {
    let with = |agreed: &Keys, validators: u64, given: Keys| {
        named(Some(agreed.digest()), validators, |_| {}).unwrap().with_keys(given).err()
    };
    let one = keys([&ONE]);
    assert!(with(&one, 1, one.clone()).is_none());
    let other = with(&one, 1, keys([&OF_STRANGERS]));
    assert!(matches!(other, Some(CeremonyError::OtherSetup { .. })), "{other:?}");
    // Three validators are one chunk of two and one of one, or three of one; one of two leaves a rest.
    let (two, both) = (keys([&TWO]), keys([&TWO, &ONE]));
    assert!(with(&both, 3, both.clone()).is_none() && with(&one, 3, one.clone()).is_none());
    for (keys, validators) in [(&two, 3), (&two, 1), (&both, 2), (&both, 1)] {
        let refused = with(keys, validators, keys.clone());
        assert!(matches!(refused, Some(CeremonyError::Chunks { .. })), "{validators}: {refused:?}");
    }
    // Under batched extraction, chunks are of batches: three validators are two, and five are three.
    let with_batches = |validators: u64, keys: &Keys| {
        let batches = |parameters: &mut coram_ceremony::Parameters| {
            parameters.extraction = coram_ceremony::parameters::ExtractionRule::Batched;
        };
        named(Some(keys.digest()), validators, batches).unwrap().with_keys(keys.clone()).err()
    };
    assert!(with_batches(3, &two).is_none() && with_batches(5, &both).is_none());
    assert!(matches!(with_batches(5, &two), Some(CeremonyError::Chunks { polynomials: 3, .. })));
    let most = MAX_CHUNKS as u64;
    assert!(with(&one, most, one.clone()).is_none());
    assert!(matches!(with(&one, most + 1, one.clone()), Some(CeremonyError::Chunks { .. })));
    // As many operators as the setup has.
    let definition = common::definition(4, 3, 1);
    let parameters = one_parameters(&definition, &one);
    let four = Ceremony::new(definition, parameters, 0).unwrap().with_keys(one).err();
    assert!(matches!(four, Some(CeremonyError::SetupOperators { found: 3, operators: 4 })), "{four:?}");
}

fn one_parameters(
    definition: &coram_cluster::definition::Definition,
    keys: &Keys,
) -> coram_ceremony::Parameters {
    let mut parameters = Ceremony::default_parameters(definition).unwrap();
    parameters.proof_system = coram_proofs::ProofSystemId::Groth16;
    parameters.setup = Some(keys.digest());
    parameters
}

#[test]
fn a_dealer_needs_the_whole_string_before_it_signs_anything() {
    let verifying = Keys::new(vec![verifying(&ONE)]).unwrap();
    assert_eq!(verifying.digest(), keys([&ONE]).digest());
    let with = |keys: &Keys| {
        let ceremony = named(Some(keys.digest()), 1, |parameters| parameters.dealers = vec![1, 2]).unwrap();
        Arc::new(ceremony.with_keys(keys.clone()).unwrap())
    };
    let (dealers, others) = (with(&keys([&ONE])), with(&verifying));
    let board = Board::new(Arc::clone(&others));
    let refused = Engine::new(common::keys(&others, 2), board, "test").err().unwrap();
    assert!(matches!(refused, CeremonyError::NoProvingKey { operator: 2, validators: 1 }), "{refused}");
    // Who does not deal needs only the setup.
    let mut sent = Vec::new();
    let mut third = restart(&others, 3, &[]);
    let steps = run_with(&dealers, &[1, 2, 3], |message| {
        sent.push(message.to_bytes());
        vec![message.to_bytes()]
    });
    assert!(steps.iter().all(|step| matches!(step, Step::Finished(_))), "{steps:?}");
    sent.iter().for_each(|message| drop(third.insert(message)));
    assert!(matches!(third.next(), Step::Finished(_)));
}

#[test]
fn the_room_in_a_lock_is_reckoned_generously() {
    for made in [one(), three()] {
        let limits = made.ceremony.limits();
        assert!(made.json.len() as u64 <= limits.lock_bytes());
        assert!(count(&made.value()) <= limits.lock_values());
        // As it stands in protocol.md: n = 3, t = 2, g = 2, h = 1.
        let m = limits.validators as u64;
        let of_validator: u64 = 398 + 496 * 2 + 552 + 3 * (540 + 96 * 2 + 64 * 3 + 204 * 3);
        let of_operator = 666 * m + 16_384 + 68 * 3;
        let expected = m * of_validator + 65_536 + 3 * of_operator + m * (705_689 + 192 * 3);
        assert_eq!(limits.lock_bytes(), expected);
        let dealing = made.ceremony.limits().dealing();
        assert!(dealing >= 48 * 2 * limits.validators + 32 + 32 * 3 * limits.validators + 272 * MAX_CHUNKS);
    }
    // All of them would be read.
    let limits = one().ceremony.limits();
    for (n, m) in [(2, 65_536), (4, 32_768), (10, 10_000), (100, 100), (255, 20), (3, 1)] {
        let limits = coram_ceremony::limits::Limits {
            operators: n,
            threshold: n,
            validators: m,
            polynomials: m,
            ..*limits
        };
        let read = limits.lock_bytes() as usize * 15 / 16 / json::MIN_BYTES_PER_VALUE;
        assert!(limits.lock_values() <= read.max(json::MAX_VALUES), "{limits:?}");
    }
}

/// How many values a reader of JSON counts.
fn count(value: &serde_json::Value) -> usize {
    1 + match value {
        serde_json::Value::Array(items) => items.iter().map(count).sum(),
        serde_json::Value::Object(members) => members.values().map(count).sum(),
        _ => 0,
    }
}

#[test]
fn every_contribution_and_every_chunk_has_room() {
    // Their text, as it stands in a lock.
    let text = String::from_utf8(one().json.clone()).unwrap();
    let part = |from: &str, to: &str| {
        let start = text.find(from).unwrap();
        text[start..].find(to).unwrap() as u64
    };
    let (powers, key) = (part("\"powers\": [", "\"powers_log\""), part("\"key\": [", "\"powers\": ["));
    let verifying_key = part("\"verifying_key\"", "}");
    let contributions = 256 * (powers / 3 + key / 3);
    let room = 705_689 + 192 * 3;
    assert!(contributions + verifying_key < room && room < 5 * (contributions + verifying_key) / 4);
    let chunk = part("\"chunks\": [", "\"ciphertexts\"");
    assert!(chunk <= 666, "{chunk}");
}

#[test]
fn a_lock_whose_strings_are_at_hand_was_rechecked() {
    use crate::kit::judged;
    let digests = [&TWO, &ONE].map(|key| key.setup().digest());
    let input = Input {
        role: InputRole::ReferenceString,
        name: Some("reference".to_owned()),
        sha256: String::new(),
        bytes: 0,
    };
    let options = |strings: &[[u8; 32]]| Options {
        strings: strings.iter().map(|digest| (*digest, input.clone())).collect(),
        ..Options::default()
    };
    let report = judged(three(), &options(&digests), &[]);
    assert_eq!(report.check("setup.string").unwrap().outcome, Became::Passed);
    assert!(report.ceremony.unwrap().setups.iter().all(|setup| setup.rechecked));
    assert_eq!(report.inputs[1..], [input.clone(), input.clone()]);
    let report = judged(three(), &options(&digests[1..]), &["setup.string"]);
    assert!(report.check("setup.string").unwrap().detail.contains("chunks of 2"));
    // A string of another setup is not what was asked for; without any, nothing was asked.
    judged(three(), &options(&[[7; 32]]), &["setup.string"]);
    let report = judged(three(), &options(&[]), &[]);
    let check = report.check("setup.string").unwrap();
    assert_eq!(check.outcome, Became::NotApplicable);
    assert!(check.detail.contains("from the lock alone"), "{}", check.detail);
}
