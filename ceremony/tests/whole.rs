//! Whole ceremonies among honest operators.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::sync::{Arc, Mutex};

use common::{ceremony, ceremony_with, dump, engine, restart, run, run_with};
use coram_ceremony::progress::{Progress, Task};
use coram_ceremony::transcript::TranscriptError;
use coram_ceremony::{Kind, Message, Step, UnverifiedTranscript};
use coram_cluster::lock::{Lock, check};
use coram_cluster::network::Network;

#[test]
fn four_operators_make_one_lock() {
    let ceremony = ceremony(4, 3, 2);
    let outcomes = run(&ceremony);
    let json = outcomes[0].lock_json().unwrap();
    for (outcome, operator) in outcomes.iter().zip(1_u16..) {
        assert_eq!(outcome.lock_json().unwrap(), json, "operator {operator} has another lock");
        assert_eq!(outcome.operator(), operator);
        for (share, validator) in outcome.shares().iter().zip(outcome.lock().validators()) {
            let public = validator.public_shares[usize::from(operator) - 1];
            assert_eq!(share.public_key().to_bytes(), public);
        }
    }

    let lock = Lock::parse(&json).unwrap();
    let network = Network::by_name("hoodi").unwrap();
    for outcome in check::all(&lock, &network) {
        assert_eq!(outcome.result, Ok(()), "{outcome:?}");
    }
}

#[test]
fn any_threshold_of_shares_is_the_key() {
    let ceremony = ceremony(4, 3, 1);
    let outcomes = run(&ceremony);
    let key = outcomes[0].lock().validators()[0].public_key;
    for left_out in 1..=4 {
        let shares = outcomes.iter().filter(|outcome| outcome.operator() != left_out);
        let shares: Vec<_> =
            shares.map(|outcome| (outcome.operator(), outcome.shares()[0].clone())).collect();
        let secret = coram_cluster::bls::combine_secrets(&shares).unwrap();
        assert_eq!(secret.public_key().to_bytes(), key);
        let secret = coram_cluster::bls::combine_secrets(&shares[..2]).unwrap();
        assert_ne!(secret.public_key().to_bytes(), key);
    }
}

#[test]
fn what_takes_long_is_told_from_nothing_to_all() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let keep = Arc::clone(&told);
    let observed =
        (*ceremony(3, 2, 2)).clone().observed_by(move |progress| keep.lock().unwrap().push(progress));
    run(&Arc::new(observed));
    let told = told.lock().unwrap();
    // Two deposits and a registration for each validator, and its attestation; then its signature of the lock hash.
    let (signatures, partials) = (2 * 4, 3 * 2 * 4);
    for (task, total) in [
        (Task::Scheme, 1),
        (Task::Deal, 1),
        (Task::Read, 3),
        (Task::Dealings, 3),
        (Task::Sign, signatures),
        (Task::Partials, partials),
        (Task::Partials, 3 * 2),
        (Task::Combine, 1),
        (Task::Signatures, signatures),
    ] {
        for done in [0, total] {
            let count = told.iter().filter(|progress| **progress == Progress { task, done, total }).count();
            assert_eq!(count, 3, "{task:?}: {done} of {total} by each of three");
        }
    }
}

#[test]
fn an_outsider_replays_the_transcript() {
    let ceremony = ceremony(4, 3, 2);
    let outcomes = run(&ceremony);
    let json = outcomes[0].lock_json().unwrap();
    let lock = Lock::parse(&json).unwrap();
    let transcript = UnverifiedTranscript::read(lock.transcript().unwrap(), lock.definition()).unwrap();
    let sealed = transcript.replay().unwrap();
    assert_eq!(sealed.lock_json().unwrap(), json);
}

#[test]
fn a_transcript_has_one_text() {
    let ceremony = ceremony(3, 2, 1);
    let lock = Lock::parse(&run(&ceremony)[0].lock_json().unwrap()).unwrap();
    let mut transcript = lock.transcript().unwrap().clone();
    assert!(UnverifiedTranscript::read(&transcript, lock.definition()).is_ok());
    transcript["ceremony"]["parameters"]["setup"] = serde_json::Value::Null;
    let refused = UnverifiedTranscript::read(&transcript, lock.definition());
    assert!(
        matches!(&refused, Err(TranscriptError::Form { path, .. }) if path == "ceremony.parameters.setup"),
        "{refused:?}"
    );
}

#[test]
fn restarts_change_nothing() {
    let ceremony = ceremony(3, 2, 1);
    let expected = run(&ceremony)[0].lock_json().unwrap();
    // Every operator forgets all but its board after each message that it sends or receives.
    let mut boards: Vec<Vec<Vec<u8>>> = vec![Vec::new(); 3];
    let mut finished = Vec::new();
    while finished.len() < 3 {
        finished.clear();
        for operator in 1..=3_u16 {
            let place = usize::from(operator) - 1;
            match restart(&ceremony, operator, &boards[place]).next() {
                Step::Publish(message) => {
                    // Killed before it could write, it makes the same message again.
                    let again = restart(&ceremony, operator, &boards[place]).next();
                    let Step::Publish(again) = again else { panic!("{again:?}") };
                    assert_eq!(again.to_bytes(), message.to_bytes());
                    boards.iter_mut().for_each(|board| board.push(message.to_bytes()));
                }
                Step::Wait(_) => {}
                Step::Finished(outcome) => finished.push(outcome.lock_json().unwrap()),
                other => panic!("{other:?}"),
            }
        }
    }
    assert!(finished.iter().all(|json| *json == expected));
}

#[test]
fn order_and_repetition_do_not_matter() {
    let ceremony = ceremony(4, 3, 1);
    let outcomes = run(&ceremony);
    let expected = outcomes[0].lock_json().unwrap();
    let mut full = engine(&ceremony, 1);
    run_with(&ceremony, &[1, 2, 3, 4], |message| {
        full.insert(&message.to_bytes());
        vec![message.to_bytes()]
    });
    let messages = dump(full.board());
    assert_eq!(messages.len(), 20);
    let backwards: Vec<_> = messages.iter().rev().cloned().collect();
    let doubled: Vec<_> = messages.iter().chain(&backwards).cloned().collect();
    for order in [messages.clone(), backwards, doubled] {
        // From the whole board at once, every operator has the outcome, the one who was away included.
        let step = restart(&ceremony, 3, &order).next();
        let Step::Finished(outcome) = step else { panic!("{step:?}") };
        assert_eq!(outcome.lock_json().unwrap(), expected);
    }

    // Messages of later kinds arrive first; the operator still contributes in order.
    let of_others = full.board().messages().filter(|message| message.author() != 3);
    let mut of_others: Vec<Vec<u8>> = of_others.map(Message::to_bytes).collect();
    of_others.reverse();
    let mut late = restart(&ceremony, 3, &of_others);
    for kind in Kind::ALL {
        let Step::Publish(message) = late.next() else { panic!("no {kind}") };
        assert_eq!(message.kind(), kind);
        assert!(messages.contains(&message.to_bytes()));
        late.insert(&message.to_bytes());
    }
    assert!(matches!(late.next(), Step::Finished(_)));
}

#[test]
fn whoever_is_missing_is_named() {
    let ceremony = ceremony(4, 3, 1);
    for step in run_with(&ceremony, &[1, 2, 4], |message| vec![message.to_bytes()]) {
        let Step::Wait(wait) = step else { panic!("{step:?}") };
        assert_eq!((wait.kind, wait.missing, wait.divergent), (Kind::Join, vec![3], None));
    }
    // Operator 2 leaves after its Commit.
    let silent = |message: Message| match (message.author(), message.kind()) {
        (2, Kind::Deal) => vec![],
        _ => vec![message.to_bytes()],
    };
    let steps = run_with(&ceremony, &[1, 2, 3, 4], silent);
    let Step::Wait(wait) = &steps[0] else { panic!("{:?}", steps[0]) };
    assert_eq!((wait.kind, &wait.missing), (Kind::Deal, &vec![2]));
}

#[test]
fn only_listed_dealers_deal() {
    let ceremony = ceremony_with(4, 3, 1, |parameters| parameters.dealers = vec![1, 2, 4]);
    let mut kinds = Vec::new();
    let steps = run_with(&ceremony, &[1, 2, 3, 4], |message| {
        kinds.push((message.author(), message.kind()));
        vec![message.to_bytes()]
    });
    assert!(steps.iter().all(|step| matches!(step, Step::Finished(_))), "{steps:?}");
    let of_three: Vec<Kind> =
        kinds.iter().filter(|(author, _)| *author == 3).map(|(_, kind)| *kind).collect();
    assert_eq!(of_three, [Kind::Join, Kind::Attest, Kind::Seal]);
    assert_eq!(kinds.len(), 18);
}

#[test]
fn commits_can_be_left_out_by_agreement() {
    let ceremony = ceremony_with(4, 3, 1, |parameters| parameters.commits = false);
    let outcomes = run(&ceremony);
    let json = outcomes[0].lock_json().unwrap();
    let lock = Lock::parse(&json).unwrap();
    let transcript = UnverifiedTranscript::read(lock.transcript().unwrap(), lock.definition()).unwrap();
    assert!(transcript.commits.is_empty() && !transcript.ceremony.parameters().commits);
    assert_eq!(transcript.replay().unwrap().lock_json().unwrap(), json);
}
