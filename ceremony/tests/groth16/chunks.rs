//! Dealings in chunks, as a transcript shows them.

use std::sync::LazyLock;

use coram_ceremony::phase::commit_hash;
use coram_ceremony::verify::Report;
use coram_proofs::groth16::Keys;
use coram_proofs::{Backend, Scheme};
use serde_json::{Value, json};

use crate::common::seed;
use crate::kit::{ceremony, members, one, rejected, roster, three};
use crate::strings::{OF_STRANGERS, ONE, TWO, keys};
use crate::support::{Made, flip, hex, paths, recommit, transcript};

/// Two validators, two chunks of one.
fn two() -> &'static Made {
    static MADE: LazyLock<Made> = LazyLock::new(|| Made::new(ceremony(&keys([&ONE]), 2)));
    &MADE
}

fn chunks(lock: &mut Value, deal: usize) -> &mut Value {
    &mut transcript(lock)["deals"][deal]["dealing"]["chunks"]
}

/// Tampers with the chunks, and lets every dealer commit to what it now deals.
#[track_caller]
fn not_proved(made: &Made, tamper: impl FnOnce(&mut Value)) -> Report {
    let report = rejected(made, &["deals.proofs"], |lock| {
        tamper(lock);
        recommit(lock);
    });
    let path = &paths(&report, "deals.proofs")[0];
    assert!(path.starts_with("$.pvss_transcript.deals[1].dealing"), "{path}");
    report
}

#[test]
fn chunks_keep_their_places() {
    for made in [two(), three()] {
        not_proved(made, |lock| chunks(lock, 1).as_array_mut().unwrap().swap(0, 1));
        // Another dealer's, in the same place; one's own, in another.
        not_proved(made, |lock| chunks(lock, 1)[0] = chunks(lock, 0)[0].clone());
        not_proved(made, |lock| chunks(lock, 1)[1] = chunks(lock, 1)[0].clone());
        for member in ["blinder", "masked_sum", "proof"] {
            not_proved(made, |lock| chunks(lock, 1)[0][member] = chunks(lock, 0)[0][member].clone());
        }
    }
    // Of another ceremony of the same dealer.
    not_proved(one(), |lock| {
        let mut other = two().value();
        chunks(lock, 1)[0] = chunks(&mut other, 1)[0].clone();
    });
}

#[test]
fn a_proof_is_three_points() {
    type Spoil = fn(&mut Vec<u8>);
    let spoils: [Spoil; 5] = [
        |proof| proof[47] ^= 1,
        |proof| proof[48 + 95] ^= 1,
        |proof| proof[191] ^= 1,
        |proof| proof[..48].copy_from_slice(&infinity::<48>()),
        |proof| proof[48..144].copy_from_slice(&infinity::<96>()),
    ];
    for spoil in spoils {
        not_proved(one(), |lock| {
            let proof = &mut chunks(lock, 1)[0]["proof"];
            let mut bytes = crate::support::unhex(proof);
            spoil(&mut bytes);
            *proof = hex(&bytes);
        });
    }
    // A is not C, though both are points of G1.
    not_proved(one(), |lock| {
        let proof = &mut chunks(lock, 1)[0]["proof"];
        let bytes = crate::support::unhex(proof);
        *proof = hex(&[&bytes[144..], &bytes[48..144], &bytes[..48]].concat());
    });
    let report = rejected(three(), &["deals.encoding"], |lock| {
        chunks(lock, 1)[1]["blinder"] = hex(&[0; 48]);
        recommit(lock);
    });
    assert_eq!(paths(&report, "deals.encoding"), ["$.pvss_transcript.deals[1].dealing.chunks[1].blinder"]);
    let report = rejected(three(), &["deals.encoding"], |lock| {
        chunks(lock, 2)[0]["masked_sum"] = hex(&[0xff; 32]);
        recommit(lock);
    });
    assert_eq!(paths(&report, "deals.encoding"), ["$.pvss_transcript.deals[2].dealing.chunks[0].masked_sum"]);
}

fn infinity<const N: usize>() -> [u8; N] {
    let mut point = [0; N];
    point[0] = 0xc0;
    point
}

/// A dealing of operator 2 under these keys, in the very setting of a finished ceremony.
fn dealt_under(made: &Made, keys: Keys) -> Vec<u8> {
    let setting = roster(made).scheme().setting().clone();
    let scheme = Scheme::new(setting, &Backend::Groth16(keys)).unwrap();
    scheme.deal(2, &seed(3, 2)).unwrap().to_bytes()
}

#[test]
fn a_proof_under_another_string_than_the_agreed_one() {
    // The agreed one gives the very dealing of the lock.
    let again = members(&dealt_under(one(), keys([&ONE])), 1);
    assert_eq!(transcript(&mut one().value())["deals"][1]["dealing"], again);
    not_proved(one(), |lock| {
        transcript(lock)["deals"][1]["dealing"] = members(&dealt_under(one(), keys([&OF_STRANGERS])), 1);
    });
    not_proved(three(), |lock| {
        let other = dealt_under(three(), keys([&TWO, &OF_STRANGERS]));
        transcript(lock)["deals"][1]["dealing"] = members(&other, 3);
    });
    // Three chunks of one, where a chunk of two and one of one are due.
    let report = rejected(three(), &["deals.encoding"], |lock| {
        transcript(lock)["deals"][1]["dealing"] = members(&dealt_under(three(), keys([&ONE])), 3);
        recommit(lock);
    });
    assert_eq!(paths(&report, "deals.encoding"), ["$.pvss_transcript.deals[1].dealing"]);
}

#[test]
fn a_wrong_share_in_any_chunk() {
    let fair = [vec![1, 2], vec![3, 4], vec![5, 6]];
    for wrong in 0..3 {
        let mut encrypted = fair.clone();
        encrypted[wrong][0] += 1;
        rejected(three(), &["deals.links"], |lock| {
            let scheme_of = roster(three());
            let dealing = scheme_of.scheme().deal_chosen(2, &seed(5, 2), &fair, &encrypted).unwrap();
            let dealing = dealing.to_bytes();
            transcript(lock)["deals"][1]["dealing"] = members(&dealing, 3);
            recommit(lock);
        });
    }
}

#[test]
fn a_dealing_has_the_form_of_its_proof_system() {
    let messages = ["transcript.messages"];
    let flat = |dealing: &mut Value| {
        let chunk = dealing["chunks"][0].clone();
        for member in ["blinder", "masked_sum", "proof"] {
            dealing[member] = chunk[member].clone();
        }
    };
    let report = rejected(one(), &messages, |lock| {
        let dealing = &mut transcript(lock)["deals"][2]["dealing"];
        flat(dealing);
        dealing.as_object_mut().unwrap().remove("chunks");
    });
    assert_eq!(paths(&report, "transcript.messages"), ["$.pvss_transcript.deals[2].dealing"]);
    rejected(one(), &messages, |lock| flat(&mut transcript(lock)["deals"][2]["dealing"]));
    rejected(one(), &messages, |lock| {
        let blinder = chunks(lock, 0)[0]["blinder"].clone();
        transcript(lock)["deals"][0]["dealing"]["blinder"] = blinder;
    });
    rejected(one(), &messages, |lock| *chunks(lock, 0) = json!([]));
    rejected(one(), &messages, |lock| *chunks(lock, 0) = json!(vec![chunks(lock, 0)[0].clone(); 129]));
    rejected(one(), &["transcript.form"], |lock| *chunks(lock, 0) = Value::Null);
    rejected(one(), &["transcript.form"], |lock| chunks(lock, 0)[0]["more"] = json!(1));
    rejected(one(), &["transcript.form"], |lock| chunks(lock, 0)[0]["proof"] = hex(&[0; 191]));
    let transparent = Made::new(crate::common::ceremony(3, 2, 1));
    rejected(&transparent, &messages, |lock| {
        let chunk = chunks(&mut one().value(), 0).clone();
        *chunks(lock, 0) = chunk;
    });
    rejected(&transparent, &messages, |lock| {
        drop(transcript(lock)["deals"][0]["dealing"].as_object_mut().unwrap().remove("proof"));
    });
}

#[test]
fn a_changed_chunk_is_another_dealing_than_was_committed_to() {
    for member in ["masked_sum", "blinder", "proof"] {
        rejected(one(), &["deals.signatures"], |lock| flip(&mut chunks(lock, 0)[0][member]));
    }
    let lock = one().value();
    let read = crate::support::read(&lock);
    let deal = &read.deals[0];
    let hash = commit_hash(read.ceremony.id(), deal.roster, deal.author, &deal.body.dealing);
    assert_eq!(lock["pvss_transcript"]["commits"][0]["hash"], hex(&hash));
}
