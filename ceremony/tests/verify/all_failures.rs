//! Several things that are wrong under one check are all named, each by its place.

use coram_ceremony::verify::{Outcome as Became, Report};
use serde_json::{Value, json};

use crate::support::{bytes, details, flip, hex, made, paths, resign, transcript, verify};

/// The report on a lock that was changed, in which a check must fail at these places and no others.
#[track_caller]
fn places(check: &str, expected: &[&str], change: impl FnOnce(&mut Value)) -> Report {
    let mut lock = made().value();
    change(&mut lock);
    let report = verify(&bytes(&lock));
    assert_eq!(report.check(check).unwrap().outcome, Became::Failed, "{}", details(&report));
    assert_eq!(paths(&report, check), expected, "{}", details(&report));
    report
}

fn validators(lock: &mut Value) -> &mut Value {
    &mut lock["distributed_validators"]
}

#[test]
fn points_that_are_none() {
    let expected = [
        "$.distributed_validators[0].public_shares[1]",
        "$.distributed_validators[0].public_shares[3]",
        "$.distributed_validators[1].distributed_public_key",
    ];
    places("lock.public-keys", &expected, |lock| {
        let validators = validators(lock);
        validators[0]["public_shares"][1] = hex(&[0; 48]);
        validators[0]["public_shares"][3] = hex(&[0; 48]);
        validators[1]["distributed_public_key"] = hex(&[0; 48]);
    });
}

#[test]
fn shares_and_keys_that_repeat() {
    let expected = [
        "$.distributed_validators[1].distributed_public_key",
        "$.distributed_validators[0].public_shares[2]",
        "$.distributed_validators[0].public_shares[3]",
    ];
    places("lock.distinct-keys", &expected, |lock| {
        let validators = validators(lock);
        let share = validators[0]["public_shares"][0].clone();
        validators[0]["public_shares"][2] = share.clone();
        validators[0]["public_shares"][3] = share;
        validators[1]["distributed_public_key"] = validators[0]["distributed_public_key"].clone();
    });
}

#[test]
fn shares_that_do_not_fit() {
    let expected =
        ["$.distributed_validators[0].public_shares[3]", "$.distributed_validators[1].public_shares[2]"];
    places("lock.reconstruction", &expected, |lock| {
        let validators = validators(lock);
        let [first, second] =
            [0, 1].map(|validator: usize| validators[validator]["public_shares"][3].clone());
        validators[0]["public_shares"][3] = second;
        validators[1]["public_shares"][0] = first;
    });
    let expected = ["$.distributed_validators[0].public_shares", "$.distributed_validators[1].public_shares"];
    places("lock.share-counts", &expected, |lock| {
        for validator in 0..2 {
            validators(lock)[validator]["public_shares"].as_array_mut().unwrap().pop();
        }
    });
}

#[test]
fn deposits_and_registrations() {
    let deposit = |member: &str| {
        [(0, 1), (1, 0)].map(|(validator, place)| {
            format!("$.distributed_validators[{validator}].partial_deposit_data[{place}].{member}")
        })
    };
    for (check, member) in [
        ("deposits.public-keys", "pubkey"),
        ("deposits.credentials", "withdrawal_credentials"),
        ("deposits.signatures", "signature"),
    ] {
        let expected = deposit(member);
        places(check, &expected.each_ref().map(String::as_str), |lock| {
            for (validator, place) in [(0, 1), (1, 0)] {
                let deposits = &mut validators(lock)[validator]["partial_deposit_data"];
                if member == "signature" {
                    deposits[place]["signature"] = deposits[1 - place]["signature"].clone();
                } else {
                    flip(&mut deposits[place][member]);
                }
            }
        });
    }
    let of_both = |member: &str| [0, 1].map(|index| format!("$.distributed_validators[{index}].{member}"));
    let expected = of_both("builder_registration.signature");
    places("registrations.signatures", &expected.each_ref().map(String::as_str), |lock| {
        let validators = validators(lock);
        let first = validators[0]["builder_registration"]["signature"].take();
        let second = std::mem::replace(&mut validators[1]["builder_registration"]["signature"], first);
        validators[0]["builder_registration"]["signature"] = second;
    });
    let expected = of_both("builder_registration.message.timestamp");
    places("registrations.timestamps", &expected.each_ref().map(String::as_str), |lock| {
        for validator in 0..2 {
            validators(lock)[validator]["builder_registration"]["message"]["timestamp"] = json!(1);
        }
    });
    let expected = of_both("partial_deposit_data");
    places("deposits.amounts", &expected.each_ref().map(String::as_str), |lock| {
        for validator in 0..2 {
            validators(lock)[validator]["partial_deposit_data"].as_array_mut().unwrap().pop();
        }
    });
}

#[test]
fn signatures_of_operators() {
    places("lock.node-signatures", &["$.node_signatures[0]", "$.node_signatures[2]"], |lock| {
        let first = lock["node_signatures"][0].take();
        lock["node_signatures"][0] = lock["node_signatures"][2].take();
        lock["node_signatures"][2] = first;
    });
    let partials = ["attestations[0]", "attestations[1]", "registrations[1]"]
        .map(|member| format!("$.pvss_transcript.attests[1].{member}"));
    places("attests.partials", &partials.each_ref().map(String::as_str), |lock| {
        let attests = &mut transcript(lock)["attests"];
        let other = attests[2]["attestations"][1].clone();
        attests[1]["attestations"][0] = hex(&[0; 96]);
        attests[1]["attestations"][1] = other;
        attests[1]["registrations"][1] = attests[2]["registrations"][1].clone();
        resign(lock);
    });
    let partials = [0, 1].map(|index| format!("$.pvss_transcript.seals[3].partials[{index}]"));
    places("seals.partials", &partials.each_ref().map(String::as_str), |lock| {
        let seals = &mut transcript(lock)["seals"];
        seals[3]["partials"] = seals[0]["partials"].clone();
        resign(lock);
    });
}
