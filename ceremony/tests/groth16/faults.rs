//! What a fault file needs under Groth16.

use std::sync::Arc;

use coram_ceremony::breach::SignedObject;
use coram_ceremony::fault::FaultRejected;
use coram_ceremony::message::{Attest, Body, Commit, Deal};
use coram_ceremony::phase::{commit_hash, commits_hash};
use coram_ceremony::verify::{FaultVerdict, verify_fault};
use coram_ceremony::{Breach, Ceremony, CeremonyError, FaultFile, Kind, Message, Step};
use coram_proofs::{Backend, Scheme};
use serde_json::{Value, json};

use crate::common::{before, forge, honest_board, run_from, seed};
use crate::kit::{ceremony, one, roster, setup_value};
use crate::strings::{OF_STRANGERS, OPERATORS, keys};
use crate::support::Made;

/// A ceremony from where all are honest up to some kind; operator 2 then sends something else. The first operator's step.
fn cheated(kind: Kind, cheat: impl Fn(&Message) -> Option<Vec<u8>>) -> Step {
    let ceremony = &one().ceremony;
    let honest = if kind == Kind::Join { Vec::new() } else { before(kind, &honest_board(ceremony)) };
    let all: Vec<u16> = (1..=OPERATORS).collect();
    let mut steps = run_from(ceremony, &all, &honest, |message| {
        let honest = message.to_bytes();
        vec![if message.author() == 2 { cheat(&message).unwrap_or(honest) } else { honest }]
    });
    steps.remove(0)
}

fn fault(step: Step) -> FaultFile {
    match step {
        Step::Faulted(file) => *file,
        other => panic!("no fault: {other:?}"),
    }
}

/// Operator 2 commits to, and opens, a dealing under other keys than the agreed ones.
fn false_dealing() -> FaultFile {
    let ceremony = &one().ceremony;
    let roster = roster(one());
    let scheme = Scheme::new(roster.scheme().setting().clone(), &Backend::Groth16(keys([&OF_STRANGERS])));
    let dealing = scheme.unwrap().deal(2, &seed(3, 2)).unwrap().to_bytes();
    let (mut board, mut commits) = (Vec::new(), Vec::new());
    for bytes in before(Kind::Deal, &honest_board(ceremony)) {
        let mut message = Message::read(&bytes, ceremony).unwrap();
        if let (Message::Commit(commit), 2) = (&message, message.author()) {
            let hash = commit_hash(ceremony.id(), roster.hash(), 2, &dealing);
            let cheat = forge(ceremony, 2, roster.hash(), Commit { hash, ..commit.body().clone() });
            message = Message::read(&cheat, ceremony).unwrap();
        }
        if message.kind() == Kind::Commit {
            commits.push(message.id());
        }
        board.push(message.to_bytes());
    }
    let commits = *commits_hash(ceremony.id(), roster.hash(), &commits).as_bytes();
    board.push(forge(ceremony, 2, roster.hash(), Deal { commits, dealing }));
    fault(run_from(ceremony, &[1, 3], &board, |message| vec![message.to_bytes()]).remove(0))
}

fn value(file: &FaultFile) -> Value {
    serde_json::from_slice(&file.to_json().unwrap()).unwrap()
}

fn check(file: &Value) -> Result<Breach, FaultRejected> {
    let bytes = serde_json::to_vec(file).unwrap();
    let checked = FaultFile::check(&bytes).map(|accusation| accusation.breach);
    let proved = verify_fault(&bytes).verdict == FaultVerdict::Proved;
    assert_eq!(proved, checked.is_ok());
    checked
}

#[test]
fn a_false_proof_is_evidence_with_the_setups_of_the_terms() {
    let file = false_dealing();
    assert_eq!(file.culprits(), [2]);
    let honest = value(&file);
    assert_eq!(honest["setups"], json!([setup_value(one(), 0)]));
    assert!(matches!(check(&honest).unwrap(), Breach::Dealing { author: 2, .. }));

    let mut without = honest.clone();
    without.as_object_mut().unwrap().remove("setups");
    let rejected = check(&without).unwrap_err();
    assert!(matches!(rejected, FaultRejected::Ceremony(CeremonyError::NoReference { .. })), "{rejected}");

    let strangers = Made::new(ceremony(&keys([&OF_STRANGERS]), 1));
    let mut other = honest.clone();
    other["setups"] = json!([setup_value(&strangers, 0)]);
    let rejected = check(&other).unwrap_err();
    assert!(matches!(rejected, FaultRejected::Ceremony(CeremonyError::OtherSetup { .. })), "{rejected}");

    // One that does not verify, two, none in a list, and one in another form.
    let mut spoiled = honest.clone();
    let step = &mut spoiled["setups"][0]["key"][0]["delta"];
    step["after"] = step["own"].clone();
    let own = spoiled["setups"][0]["key"][1]["delta"]["own"].clone();
    spoiled["setups"][0]["key"][0]["delta"]["after"] = own;
    let rejected = check(&spoiled).unwrap_err();
    assert!(
        matches!(rejected, FaultRejected::Ceremony(CeremonyError::InvalidSetup { place: 0, .. })),
        "{rejected}"
    );
    let mut twice = honest.clone();
    twice["setups"] = json!([honest["setups"][0], honest["setups"][0]]);
    assert!(matches!(check(&twice), Err(FaultRejected::Ceremony(CeremonyError::Chunks { .. }))));
    for form in [json!([]), Value::Null, json!([{}])] {
        let mut changed = honest.clone();
        changed["setups"] = form;
        assert!(matches!(check(&changed), Err(FaultRejected::Form(_))));
    }
}

#[test]
fn honest_dealers_are_cleared_whatever_setup_an_accuser_brings() {
    let ceremony: &Arc<Ceremony> = &one().ceremony;
    let board = honest_board(ceremony);
    let evidence: Vec<Value> = board
        .iter()
        .map(|bytes| (bytes, Message::read(bytes, ceremony).unwrap()))
        .filter(|(_, message)| {
            message.kind() == Kind::Join || (message.kind() < Kind::Attest && message.author() == 2)
        })
        .map(|(bytes, _)| crate::support::hex(bytes))
        .collect();
    assert_eq!(evidence.len(), 5);
    let mut file = value(&false_dealing());
    file["messages"] = json!(evidence);
    assert!(matches!(check(&file), Err(FaultRejected::Unproved)));
    let strangers = Made::new(crate::kit::ceremony(&keys([&OF_STRANGERS]), 1));
    file["setups"] = json!([setup_value(&strangers, 0)]);
    let rejected = check(&file).unwrap_err();
    assert!(matches!(rejected, FaultRejected::Ceremony(CeremonyError::OtherSetup { .. })), "{rejected}");
    // With terms that name the other setup, the messages are of another ceremony.
    file["ceremony"] = strangers.value()["pvss_transcript"]["ceremony"].clone();
    assert!(check(&file).is_err());
}

#[test]
fn a_wrong_partial_signature_needs_the_setups_and_a_conflict_does_not() {
    let ceremony = &one().ceremony;
    let file = fault(cheated(Kind::Attest, |message| {
        let mut body = <Attest as Body>::of(message)?.body().clone();
        body.attestations[0] = body.deposits[0];
        Some(forge(ceremony, 2, message.roster(), body))
    }));
    let expected = Breach::Partial { author: 2, object: SignedObject::Attestation, validator: 0 };
    assert_eq!(check(&value(&file)).unwrap(), expected);
    let mut without = value(&file);
    without.as_object_mut().unwrap().remove("setups");
    assert!(check(&without).is_err());

    let malformed = fault(cheated(Kind::Attest, |message| {
        let mut body = <Attest as Body>::of(message)?.body().clone();
        body.deposits.clear();
        Some(forge(ceremony, 2, message.roster(), body))
    }));
    assert!(value(&malformed).get("setups").is_none());
    assert!(matches!(check(&value(&malformed)).unwrap(), Breach::Malformed { author: 2, .. }));
    // Where none are needed, those of the terms do no harm, and others do.
    let mut with = value(&malformed);
    with["setups"] = json!([setup_value(one(), 0)]);
    assert!(check(&with).is_ok());
}
