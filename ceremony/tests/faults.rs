//! Operators who break the protocol, and files that accuse those who do not.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::sync::{Arc, OnceLock};

use common::{
    before, ceremony, ceremony_with, engine, forge, honest_board, identity, kind_of, restart, run_from,
    run_with, seed,
};
use coram_ceremony::board::Inserted;
use coram_ceremony::breach::SignedObject;
use coram_ceremony::engine::Refusal;
use coram_ceremony::fault::FaultRejected;
use coram_ceremony::id::{CommitsHash, RosterHash};
use coram_ceremony::message::{Body, Join, Rejection, Signed};
use coram_ceremony::phase::{commit_hash, commits_hash, roster_hash};
use coram_ceremony::{Board, Breach, Ceremony, FaultFile, Keys, Kind, Message, Step};
use coram_proofs::{DecryptionKey, Possession, PossessionContext};
use zeroize::Zeroizing;

/// What operator 2 does instead of sending a message that it should.
type Cheat<'c> = &'c dyn Fn(&Ceremony, &Message) -> Option<Vec<Vec<u8>>>;

/// All messages of an honest ceremony, made once for each number of validators.
fn complete(ceremony: &Arc<Ceremony>) -> Vec<Vec<u8>> {
    static BOARDS: [OnceLock<Vec<Vec<u8>>>; 2] = [OnceLock::new(), OnceLock::new()];
    BOARDS[ceremony.validators() as usize - 1].get_or_init(|| honest_board(ceremony)).clone()
}

/// The honest messages of all kinds before this one.
fn prefix(ceremony: &Arc<Ceremony>, kind: Kind) -> Vec<Vec<u8>> {
    if kind == Kind::Join { Vec::new() } else { before(kind, &complete(ceremony)) }
}

/// Runs a ceremony in which operator 2 cheats, from where all is honest up to this kind. Every other operator must end with the same proof against operator 2
/// alone, and the file must convince a stranger. Returns the breach.
fn proved(ceremony: &Arc<Ceremony>, kind: Kind, cheat: Cheat<'_>) -> Breach {
    let steps = run_from(ceremony, &[1, 2, 3, 4], &prefix(ceremony, kind), |message| {
        let honest = vec![message.to_bytes()];
        if message.author() == 2 { cheat(ceremony, &message).unwrap_or(honest) } else { honest }
    });
    let files = steps.into_iter().enumerate().filter(|(place, _)| *place != 1).map(|(_, step)| match step {
        Step::Faulted(file) => *file,
        other => panic!("no fault: {other:?}"),
    });
    let files: Vec<FaultFile> = files.collect();
    let json = files[0].to_json().unwrap();
    for file in &files {
        assert_eq!(file.culprits(), [2], "{}", file.breach());
        assert_eq!(file.to_json().unwrap(), json);
    }
    let accusation = FaultFile::check(&json).unwrap();
    assert_eq!(accusation.breach, *files[0].breach());
    assert_eq!(accusation.culprits, [(2, identity(2).public_key())]);
    assert_eq!((accusation.ceremony, accusation.attempt), (ceremony.id(), 0));
    accusation.breach
}

/// Replaces the body of one kind of message, signed properly.
fn instead<B: Body + Clone>(
    ceremony: &Ceremony,
    message: &Message,
    change: impl Fn(&mut B),
) -> Option<Vec<Vec<u8>>> {
    let signed: &Signed<B> = B::of(message)?;
    let mut body = signed.body().clone();
    change(&mut body);
    Some(vec![forge(ceremony, signed.author(), signed.roster(), body)])
}

use coram_ceremony::message::{Attest, Commit, Deal, Seal};

#[test]
fn two_messages_of_any_kind() {
    let ceremony = ceremony(4, 3, 1);
    // When all are sealed, it is too late for conflicts.
    for kind in [Kind::Join, Kind::Commit, Kind::Deal, Kind::Attest] {
        let twice = |ceremony: &Ceremony, message: &Message| {
            let other = match message {
                Message::Join(_) => {
                    instead::<Join>(ceremony, message, |body| body.software = b"other".to_vec())
                }
                Message::Commit(_) => instead::<Commit>(ceremony, message, |body| body.hash[0] ^= 1),
                Message::Deal(_) => instead::<Deal>(ceremony, message, |body| body.dealing[100] ^= 1),
                Message::Attest(_) => instead::<Attest>(ceremony, message, |body| body.root[0] ^= 1),
                Message::Seal(_) | Message::Malformed(_) => None,
            };
            let other = other?.into_iter().chain([message.to_bytes()]);
            (message.kind() == kind).then(|| other.collect())
        };
        assert_eq!(proved(&ceremony, kind, &twice), Breach::Equivocation { author: 2, kind });
    }
}

#[test]
fn a_body_of_another_form() {
    let ceremony = ceremony(4, 3, 1);
    let cheats: [(Kind, Cheat<'_>); 4] = [
        (Kind::Join, &|ceremony, message| instead::<Join>(ceremony, message, |body| body.software = vec![7])),
        (Kind::Commit, &|ceremony, message| {
            instead::<Commit>(ceremony, message, |body| body.joins.truncate(3))
        }),
        (Kind::Attest, &|ceremony, message| {
            instead::<Attest>(ceremony, message, |body| body.deposits.truncate(1))
        }),
        (Kind::Seal, &|ceremony, message| instead::<Seal>(ceremony, message, |body| body.partials.clear())),
    ];
    for (expected, cheat) in cheats {
        let breach = proved(&ceremony, expected, cheat);
        assert!(matches!(breach, Breach::Malformed { author: 2, kind, .. } if kind == expected), "{breach}");
    }
}

#[test]
fn encryption_keys_that_are_none() {
    let ceremony = ceremony(4, 3, 1);
    // The identity, and a point of order two: (0, 1) and (0, -1) on Jubjub.
    let mut identity_point = [0; 32];
    identity_point[0] = 1;
    let mut order_two: [u8; 32] = [0; 32];
    order_two.copy_from_slice(&hex("00000000fffffffffe5bfeff02a4bd5305d8a10908d83933487d9d2953a7ed73"));
    for key in [identity_point, order_two, [0xff; 32]] {
        let breach = proved(&ceremony, Kind::Join, &|ceremony, message| {
            instead::<Join>(ceremony, message, |body| body.encryption_key = key)
        });
        assert_eq!(breach, Breach::EncryptionKey { author: 2 });
    }
}

fn hex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

/// A Join with a proof of possession made by operator 2 for whatever context it likes.
fn join_with(
    ceremony: &Ceremony,
    message: &Message,
    key: &DecryptionKey,
    context: &PossessionContext,
) -> Option<Vec<Vec<u8>>> {
    instead::<Join>(ceremony, message, |body| {
        body.encryption_key = key.encryption_key().to_bytes();
        body.possession = Possession::prove(key, context).to_bytes();
    })
}

#[test]
fn possession_of_another_operator_or_ceremony() {
    let ceremony = ceremony(4, 3, 1);
    let key = DecryptionKey::derive(&[9; 32], b"");
    let context = PossessionContext {
        ceremony: *ceremony.id().as_bytes(),
        author: 2,
        identity: identity(2).public_key(),
    };
    let wrong = [
        PossessionContext { ceremony: [0; 32], ..context },
        PossessionContext { author: 1, ..context },
        PossessionContext { identity: identity(1).public_key(), ..context },
    ];
    for context in wrong {
        let breach =
            proved(&ceremony, Kind::Join, &|ceremony, message| join_with(ceremony, message, &key, &context));
        assert_eq!(breach, Breach::Possession { author: 2 });
    }
}

#[test]
fn two_operators_with_one_key() {
    let ceremony = ceremony(4, 3, 1);
    let key = DecryptionKey::derive(&[9; 32], b"");
    let steps = run_with(&ceremony, &[1, 2, 3, 4], |message| {
        let author = message.author();
        let context = PossessionContext {
            ceremony: *ceremony.id().as_bytes(),
            author,
            identity: identity(author).public_key(),
        };
        let honest = vec![message.to_bytes()];
        if author == 2 || author == 3 {
            join_with(&ceremony, &message, &key, &context).unwrap_or(honest)
        } else {
            honest
        }
    });
    let Step::Faulted(file) = &steps[0] else { panic!("{:?}", steps[0]) };
    assert_eq!(*file.breach(), Breach::RelatedKeys { first: 2, second: 3 });
    assert_eq!(file.messages().len(), 2);
    let accusation = FaultFile::check(&file.to_json().unwrap()).unwrap();
    assert_eq!(accusation.breach.culprits(), [2, 3]);
}

#[test]
fn commits_that_lie_about_joins() {
    let ceremony = ceremony(4, 3, 1);
    let breach = proved(&ceremony, Kind::Commit, &|ceremony, message| {
        instead::<Commit>(ceremony, message, |body| body.joins[2][0] ^= 1)
    });
    assert_eq!(breach, Breach::JoinList { author: 2 });

    let breach = proved(&ceremony, Kind::Commit, &|ceremony, message| {
        let mut body = <Commit as Body>::of(message)?.body().clone();
        body.joins[1][0] ^= 1;
        let roster = roster_hash(ceremony.id(), &body.joins);
        Some(vec![forge(ceremony, 2, roster, body)])
    });
    assert_eq!(breach, Breach::OwnJoin { author: 2 });
}

#[test]
fn a_deal_that_was_not_committed_to() {
    let ceremony = ceremony(4, 3, 1);
    let breach = proved(&ceremony, Kind::Commit, &|ceremony, message| {
        instead::<Deal>(ceremony, message, |body| body.dealing[0] ^= 1)
    });
    assert_eq!(breach, Breach::CommitMismatch { author: 2 });
}

/// Operator 2 commits to its dealing with something changed, and opens that.
fn false_dealing(ceremony: &Arc<Ceremony>, change: fn(&mut Vec<u8>)) -> Breach {
    let honest = prefix(ceremony, Kind::Attest);
    let deal = honest.iter().find(|message| kind_of(message) == 3 && message[33] == 2).unwrap();
    let deal = Message::read(deal, ceremony).unwrap();
    let Message::Deal(deal) = deal else { panic!("{deal:?}") };
    let mut dealing = deal.body().dealing.clone();
    change(&mut dealing);

    // All Commits are the honest ones but that of operator 2, so all Deals name others than the honest ones do.
    let mut board = Vec::new();
    let mut commits = Vec::new();
    for bytes in before(Kind::Deal, &honest) {
        let message = Message::read(&bytes, ceremony).unwrap();
        let hash = commit_hash(ceremony.id(), deal.roster(), 2, &dealing);
        let cheat = instead::<Commit>(ceremony, &message, |body| body.hash = hash);
        let cheat = cheat.filter(|_| message.author() == 2).map_or(bytes, |mut cheat| cheat.remove(0));
        if message.kind() == Kind::Commit {
            commits.push(Message::read(&cheat, ceremony).unwrap().id());
        }
        board.push(cheat);
    }
    let commits = *commits_hash(ceremony.id(), deal.roster(), &commits).as_bytes();
    board.push(forge(ceremony, 2, deal.roster(), Deal { commits, dealing }));

    let steps = run_from(ceremony, &[1, 3, 4], &board, |message| vec![message.to_bytes()]);
    let Step::Faulted(file) = &steps[0] else { panic!("{:?}", steps[0]) };
    assert_eq!(file.culprits(), [2], "{}", file.breach());
    FaultFile::check(&file.to_json().unwrap()).unwrap().breach
}

#[test]
fn a_false_dealing() {
    let ceremony = ceremony(4, 3, 1);
    // A coefficient's commitment, a ciphertext, the last byte of the proof, and a byte too many.
    let changes: [fn(&mut Vec<u8>); 4] = [
        |dealing| dealing[47] ^= 1,
        |dealing| dealing[3 * 48 + 32 + 31] ^= 1,
        |dealing| *dealing.last_mut().unwrap() ^= 1,
        |dealing| dealing.push(0),
    ];
    for change in changes {
        let breach = false_dealing(&ceremony, change);
        assert!(matches!(breach, Breach::Dealing { author: 2, .. }), "{breach}");
    }
}

#[test]
fn a_wrong_partial_signature() {
    let ceremony = ceremony(4, 3, 2);
    let partial = |object, validator| Breach::Partial { author: 2, object, validator };
    let cheats: [(Kind, Breach, Cheat<'_>); 5] = [
        (Kind::Attest, partial(SignedObject::Attestation, 1), &|ceremony, message| {
            instead::<Attest>(ceremony, message, |body| body.attestations[1] = body.attestations[0])
        }),
        (Kind::Attest, partial(SignedObject::Deposit(1), 0), &|ceremony, message| {
            instead::<Attest>(ceremony, message, |body| body.deposits[1] = body.deposits[0])
        }),
        (Kind::Attest, partial(SignedObject::Registration, 1), &|ceremony, message| {
            instead::<Attest>(ceremony, message, |body| body.registrations[1] = [0; 96])
        }),
        (Kind::Seal, partial(SignedObject::Lock, 1), &|ceremony, message| {
            instead::<Seal>(ceremony, message, |body| body.partials[1] = body.partials[0])
        }),
        (Kind::Seal, Breach::LockHash { author: 2 }, &|ceremony, message| {
            instead::<Seal>(ceremony, message, |body| {
                body.lock_hash[0] ^= 1;
                body.node_signature = identity(2).sign_recoverable(&body.lock_hash);
            })
        }),
    ];
    for (kind, expected, cheat) in cheats {
        assert_eq!(proved(&ceremony, kind, cheat), expected);
    }
}

#[test]
fn a_wrong_node_signature() {
    let ceremony = ceremony(4, 3, 1);
    let cheats: [Cheat<'_>; 2] = [
        &|ceremony, message| {
            instead::<Seal>(ceremony, message, |body| {
                body.node_signature = identity(3).sign_recoverable(&body.lock_hash);
            })
        },
        &|ceremony, message| instead::<Seal>(ceremony, message, |body| body.node_signature[64] += 27),
    ];
    for cheat in cheats {
        assert_eq!(proved(&ceremony, Kind::Seal, cheat), Breach::NodeSignature { author: 2 });
    }
}

#[test]
fn another_transcript_or_other_dealings_prove_nothing() {
    let ceremony = ceremony(4, 3, 1);
    let cheats: [(Kind, &str, Cheat<'_>); 4] = [
        (Kind::Commit, "Joins", &|ceremony, message| {
            let mut body = <Commit as Body>::of(message)?.body().clone();
            body.joins[2][0] ^= 1;
            let roster = roster_hash(ceremony.id(), &body.joins);
            Some(vec![forge(ceremony, 2, roster, body)])
        }),
        (Kind::Deal, "Commits", &|ceremony, message| {
            instead::<Deal>(ceremony, message, |body| body.commits = *CommitsHash::NONE.as_bytes())
        }),
        (Kind::Attest, "dealings", &|ceremony, message| {
            instead::<Attest>(ceremony, message, |body| body.root[0] ^= 1)
        }),
        (Kind::Seal, "messages", &|ceremony, message| {
            instead::<Seal>(ceremony, message, |body| body.transcript_root[0] ^= 1)
        }),
    ];
    for (kind, refers_to, cheat) in cheats {
        let steps = run_from(&ceremony, &[1, 2, 3, 4], &prefix(&ceremony, kind), |message| {
            let honest = vec![message.to_bytes()];
            if message.author() == 2 { cheat(&ceremony, &message).unwrap_or(honest) } else { honest }
        });
        let Step::Wait(wait) = &steps[0] else { panic!("{:?}", steps[0]) };
        let divergent = wait.divergent.as_ref().unwrap();
        assert_eq!((divergent.author, divergent.kind, divergent.refers_to), (2, kind, refers_to));
    }
}

#[test]
fn honest_operators_are_cleared() {
    let ceremony = ceremony(4, 3, 1);
    let honest = prefix(&ceremony, Kind::Seal);
    let honest: Vec<Message> = honest.iter().map(|bytes| Message::read(bytes, &ceremony).unwrap()).collect();

    // An honest Deal is held against a roster in which a colluder's other Join stands.
    let Message::Join(join) = honest.iter().find(|m| m.kind() == Kind::Join && m.author() == 3).unwrap()
    else {
        panic!("no Join")
    };
    let key = DecryptionKey::derive(&[8; 32], b"");
    let context = PossessionContext {
        ceremony: *ceremony.id().as_bytes(),
        author: 3,
        identity: identity(3).public_key(),
    };
    let mut body = join.body().clone();
    body.encryption_key = key.encryption_key().to_bytes();
    body.possession = Possession::prove(&key, &context).to_bytes();
    let other_join = forge(&ceremony, 3, RosterHash::NONE, body);
    let framed: Vec<Vec<u8>> = honest
        .iter()
        .filter(|m| m.kind() == Kind::Join || (m.kind() < Kind::Attest && m.author() == 2))
        .map(|m| if m.kind() == Kind::Join && m.author() == 3 { other_join.clone() } else { m.to_bytes() })
        .collect();
    assert_eq!(framed.len(), 6);
    assert!(matches!(accuse(&ceremony, "dealing", &framed), Err(FaultRejected::Unproved)));

    // All that honest operators signed, and any part of it, breaks no rule whatever the file says.
    let all: Vec<Vec<u8>> = honest.iter().map(Message::to_bytes).collect();
    let accusations = ["equivocation", "dealing", "partial_signature", "lock_hash", "commit_mismatch"];
    for (left_out, fault) in accusations.into_iter().cycle().take(all.len()).enumerate() {
        let mut part = all.clone();
        part.remove(left_out);
        let verdict = accuse(&ceremony, fault, &part);
        assert!(matches!(verdict, Err(FaultRejected::Unproved)), "{verdict:?}");
    }

    // The same message twice is not two messages, and neither is one with its signature turned over.
    let deal = honest.iter().find(|m| m.kind() == Kind::Deal && m.author() == 2).unwrap().to_bytes();
    let twice = accuse(&ceremony, "equivocation", &[deal.clone(), deal.clone()]);
    assert!(matches!(twice, Err(FaultRejected::Repeated { place: 1 })), "{twice:?}");
    let turned = accuse(&ceremony, "equivocation", &[deal.clone(), turn_over(&deal)]);
    assert!(matches!(turned, Err(FaultRejected::Repeated { place: 1 })), "{turned:?}");
    let turned = accuse(&ceremony, "dealing", &[turn_over(&deal)]);
    let expected = Rejection::Signature { kind: Kind::Deal, author: 2 };
    assert!(matches!(turned, Err(FaultRejected::Evidence { place: 0, rejection }) if rejection == expected));

    // What another proved against operator 2 cannot be turned against operator 3.
    let mut body = <Deal as Body>::of(&Message::read(&deal, &ceremony).unwrap()).unwrap().body().clone();
    body.dealing[0] ^= 1;
    let roster = Message::read(&deal, &ceremony).unwrap().roster();
    let second = forge(&ceremony, 2, roster, body);
    assert!(accuse(&ceremony, "equivocation", &[deal.clone(), second.clone()]).is_ok());
    let json = fault_json(&ceremony, "equivocation", 3, &[deal, second]);
    assert!(matches!(FaultFile::check(&json), Err(FaultRejected::OtherBreach { .. })));
}

/// Replaces S by the group order less S, which verifies as well.
fn turn_over(message: &[u8]) -> Vec<u8> {
    use k256::ecdsa::Signature;
    let at = 32 + 1 + 2 + 32 + 4;
    let (r, s) = Signature::from_slice(&message[at..at + 64]).unwrap().split_scalars();
    let turned = Signature::from_scalars(r, -s).unwrap();
    let mut bytes = message.to_vec();
    bytes[at..at + 64].copy_from_slice(&turned.to_bytes());
    bytes
}

fn accuse(ceremony: &Ceremony, fault: &str, messages: &[Vec<u8>]) -> Result<Breach, FaultRejected> {
    FaultFile::check(&fault_json(ceremony, fault, 2, messages)).map(|accusation| accusation.breach)
}

/// A fault file as anybody can write it.
fn fault_json(ceremony: &Ceremony, fault: &str, culprit: u16, messages: &[Vec<u8>]) -> Vec<u8> {
    let definition: serde_json::Value =
        serde_json::from_slice(&ceremony.definition().to_json().unwrap()).unwrap();
    let parameters = ceremony.parameters();
    let value = serde_json::json!({
        "fault_version": 1,
        "protocol": "coram/v1",
        "fault": fault,
        "culprits": [culprit],
        "summary": "trust me",
        "cluster_definition": definition,
        "ceremony": {
            "id": ceremony.id().to_string(),
            "protocol_version": 1,
            "kind": "dkg",
            "attempt": 0,
            "parameters": {
                "proof_system": "transparent",
                "commits": parameters.commits,
                "encryption_keys": "fresh",
                "dealers": parameters.dealers,
                "genesis_time": parameters.genesis_time,
            },
        },
        "messages": messages.iter().map(|m| format!("0x{}", hex_text(m))).collect::<Vec<_>>(),
    });
    serde_json::to_vec(&value).unwrap()
}

fn hex_text(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn what_everybody_sealed_stays() {
    let ceremony = ceremony(4, 3, 1);
    let all = complete(&ceremony);
    let join = Message::read(&all[1], &ceremony).unwrap();
    let second =
        instead::<Join>(&ceremony, &join, |body| body.software = b"too late".to_vec()).unwrap().remove(0);
    let mut late = restart(&ceremony, 3, &[]);
    let Step::Finished(expected) = restart(&ceremony, 3, &all).next() else { panic!("not finished") };

    // Operator 2 has finished, and signs another Join for those who have not.
    late.insert(&second);
    all.iter().take(19).for_each(|message| drop(late.insert(message)));
    assert!(matches!(late.next(), Step::Faulted(file) if file.culprits() == [2]));
    late.insert(&all[19]);
    let Step::Finished(outcome) = late.next() else { panic!("not finished") };
    assert_eq!(outcome.lock_json().unwrap(), expected.lock_json().unwrap());
}

#[test]
fn secrets_that_are_gone_stop_an_operator() {
    let ceremony = ceremony(4, 3, 1);
    let with = |keys: Keys, messages: &[Vec<u8>]| {
        let mut board = Board::new(Arc::clone(&ceremony));
        messages.iter().for_each(|message| drop(board.insert(message)));
        coram_ceremony::Engine::new(keys, board, "test").unwrap()
    };
    let complete = complete(&ceremony);

    // Another encryption key than the Join announced.
    let other =
        Keys::new(identity(3), DecryptionKey::derive(&[8; 32], b""), Some(Zeroizing::new(seed(3, 3))));
    let step = with(other, &before(Kind::Commit, &complete)).next();
    let expected = |kind, secret| Step::Refused(Refusal::OtherSecrets { kind, secret });
    assert_eq!(format!("{step:?}"), format!("{:?}", expected(Kind::Join, "encryption key")));

    // Another dealing seed than the Commit was made with, when all other Commits are there.
    let commits = before(Kind::Deal, &complete);
    let decryption = coram_ceremony::keys::decryption_key(&ceremony, &identity(3), &seed(2, 3));
    let other = Keys::new(identity(3), decryption.clone(), Some(Zeroizing::new([7; 32])));
    let step = with(other, &commits).next();
    assert_eq!(format!("{step:?}"), format!("{:?}", expected(Kind::Commit, "dealing seed")));
    let none = Keys::new(identity(3), decryption.clone(), None);
    let step = with(none, &commits).next();
    assert!(matches!(step, Step::Refused(Refusal::NoSeed { kind: Kind::Deal })), "{step:?}");

    // After its Deal, the seed has done its work.
    let none = Keys::new(identity(3), decryption, None);
    assert!(matches!(with(none, &complete).next(), Step::Finished(_)));
    // Our own earlier message is missing while a later one is known: it was signed, so it is not signed again.
    let without_join: Vec<_> =
        complete.iter().filter(|m| !(kind_of(m) == 1 && m[33] == 3)).cloned().collect();
    let step = with(common::keys(&ceremony, 3), &without_join).next();
    assert!(matches!(&step, Step::Wait(wait) if wait.kind == Kind::Join && wait.missing == [3]), "{step:?}");
}

#[test]
fn other_terms_are_named() {
    let ours = ceremony(4, 3, 1);
    let theirs = ceremony_with(4, 3, 1, |parameters| parameters.dealers = vec![1, 2, 3]);
    let Step::Publish(join) = engine(&theirs, 2).next() else { panic!("no Join") };
    let mut board = Board::new(Arc::clone(&ours));
    let Inserted::Disagreement(disagreement) = board.insert(&join.to_bytes()) else { panic!("accepted") };
    assert_eq!((disagreement.author, disagreement.difference.field), (2, "dealers"));
    assert_eq!(disagreement.difference.theirs, "[1, 2, 3]");
    assert!(board.have().is_empty());

    // Nobody but operator 2 can make us believe so.
    let mut forged = join.to_bytes();
    let last = forged.len() - 1;
    forged[last] ^= 1;
    assert!(matches!(board.insert(&forged), Inserted::Rejected(Rejection::OtherCeremony { .. })));

    // What is left of an earlier attempt is nobody's disagreement; a later attempt is.
    let definition = ours.definition().clone();
    let second = Arc::new(Ceremony::new(definition, ours.parameters().clone(), 1).unwrap());
    let Step::Publish(later) = engine(&second, 2).next() else { panic!("no Join") };
    assert!(
        matches!(board.insert(&later.to_bytes()), Inserted::Disagreement(d) if d.difference.field == "attempt")
    );
    let Step::Publish(earlier) = engine(&ours, 2).next() else { panic!("no Join") };
    let mut board = Board::new(second);
    let rejection = Rejection::EarlierAttempt { author: 2, theirs: 0, ours: 1 };
    assert!(matches!(board.insert(&earlier.to_bytes()), Inserted::Rejected(found) if found == rejection));
    let mut forged = earlier.to_bytes();
    *forged.last_mut().unwrap() ^= 1;
    assert!(matches!(board.insert(&forged), Inserted::Rejected(Rejection::OtherCeremony { .. })));
    assert!(board.have().is_empty());
}

/// A Join by operator 2 with some bytes of its terms replaced, for the ceremony that these terms make, properly signed.
fn join_of_terms(ceremony: &Arc<Ceremony>, change: impl Fn(&mut Vec<u8>)) -> Vec<u8> {
    use coram_proofs::hash::TaggedHash;
    use ssz::Encode as _;
    let Step::Publish(Message::Join(join)) = engine(ceremony, 2).next() else { panic!("no Join") };
    let mut terms = join.body().terms.as_ssz_bytes();
    change(&mut terms);
    // Fixed part of the terms: 2 + 1 + 4 + 32, then two offsets; there is no previous lock.
    let number =
        |at: usize, len: usize| terms[at..at + len].iter().rev().fold(0, |n, b| n << 8 | u64::from(*b));
    let id = TaggedHash::new("ceremony").number(number(0, 2)).number(number(2, 1)).number(number(3, 4));
    let id = id.bytes(&terms[7..39]).bytes(&terms[47..]).bytes(&[]).digest();

    let mut body = 104_u32.to_le_bytes().to_vec();
    body.extend(join.body().encryption_key);
    body.extend(join.body().possession);
    body.extend((104 + terms.len() as u32).to_le_bytes());
    body.extend(terms);
    body.extend(b"newer");
    let message = TaggedHash::new("message").bytes(&id).number(1).number(2).bytes(&[0; 32]).bytes(&body);
    let signature = identity(2).sign(&message.digest());
    let header: [&[u8]; 6] = [&id, &[1], &[2, 0], &[0; 32], &135_u32.to_le_bytes(), &signature];
    [header.concat(), body].concat()
}

#[test]
fn terms_of_a_newer_version_are_named() {
    let ceremony = ceremony(4, 3, 1);
    let named = |bytes: &[u8]| match Board::new(Arc::clone(&ceremony)).insert(bytes) {
        Inserted::Disagreement(disagreement) => {
            assert_eq!(disagreement.author, 2);
            Some((disagreement.difference.field, disagreement.difference.theirs))
        }
        Inserted::Rejected(Rejection::OtherCeremony { .. }) => None,
        other => panic!("{other:?}"),
    };
    let unknown = |number: u8| format!("number {number}, unknown to this version");
    type Change<'c> = &'c dyn Fn(&mut Vec<u8>);
    let cases: [(&str, String, Change<'_>); 5] = [
        ("protocol version", "2".into(), &|terms| terms[0] = 2),
        ("kind of ceremony", unknown(9), &|terms| terms[2] = 9),
        ("proof system", unknown(8), &|terms| terms[47] = 8),
        ("encryption keys", unknown(7), &|terms| terms[47 + 6] = 7),
        // Another form, in another protocol.
        ("protocol version", "3".into(), &|terms| {
            terms[0] = 3;
            terms.push(1);
        }),
    ];
    for (field, theirs, change) in cases {
        let join = join_of_terms(&ceremony, change);
        assert_eq!(named(&join), Some((field, theirs)));
        // Nobody but operator 2 can make us believe so.
        let mut forged = join;
        *forged.last_mut().unwrap() ^= 1;
        assert_eq!(named(&forged), None);
    }
    // Another form without another protocol is nothing.
    let shapeless = join_of_terms(&ceremony, |terms| {
        terms[3] = 1;
        terms[39] ^= 1;
    });
    assert_eq!(named(&shapeless), None);
}

#[test]
fn a_divergent_join_is_asked_for_and_ends_the_attempt() {
    let ceremony = ceremony(4, 3, 1);
    let mut views = [1_u16, 4].map(|i| restart(&ceremony, i, &[]));
    let joins: Vec<Vec<u8>> = (1..=4)
        .map(|i| match engine(&ceremony, i).next() {
            Step::Publish(join) => join.to_bytes(),
            other => panic!("{other:?}"),
        })
        .collect();
    let join = Message::read(&joins[1], &ceremony).unwrap();
    let other =
        instead::<Join>(&ceremony, &join, |body| body.software = b"two faces".to_vec()).unwrap().remove(0);
    for (place, join) in joins.iter().enumerate() {
        views[0].insert(join);
        views[1].insert(if place == 1 { &other } else { join });
    }
    // Operators 1 and 4 commit under different rosters; each learns from the other's Commit that there is a Join
    // which it has not seen, asks for it, and holds the proof.
    let commits = [0, 1].map(|view| match views[view].next() {
        Step::Publish(commit) => commit.to_bytes(),
        step => panic!("{step:?}"),
    });
    views[0].insert(&commits[0]);
    views[0].insert(&commits[1]);
    let wanted = views[0].board().wanted();
    assert_eq!(wanted, [Message::read(&other, &ceremony).unwrap().id()]);
    assert!(views[1].board().message(&wanted[0]).is_some());
    assert!(matches!(views[0].insert(&other), Inserted::Conflict(_)));
    assert!(matches!(views[0].next(), Step::Faulted(file) if file.culprits() == [2]));
}
