//! Setups with which one thing is wrong, and the checks that must say so.
//!
//! Whatever is changed in a setup changes its digest; `agree` lets all operators agree on the changed one, so that only what
//! is wrong with it is left.

use coram_ceremony::verify::{Outcome as Became, Verdict};
use serde_json::{Value, json};

use crate::common::{self, identity};
use crate::kit::{agree, one, rejected, setup, setup_value, three};
use crate::strings::{ALL, OF_STRANGERS, ONE, keys};
use crate::support::{self, Made, bytes, flip, hex, paths, transcript, unhex, verify};

const G1: usize = 48;
const G2: usize = 96;

/// An element of the verifying key: `alpha | beta | delta | IC_0 | …`.
fn element(setup: &Value, at: usize, len: usize) -> Vec<u8> {
    unhex(&setup["verifying_key"])[at..at + len].to_vec()
}

fn replace_element(setup: &mut Value, at: usize, element: &[u8]) {
    let mut key = unhex(&setup["verifying_key"]);
    key[at..at + element.len()].copy_from_slice(element);
    setup["verifying_key"] = hex(&key);
}

/// Some point of the group of a step's element that has nothing to do with it.
fn other_point(setup: &Value, element_of_step: &str) -> Value {
    match element_of_step {
        "proof" => hex(&element(setup, G1, G2)),
        _ => hex(&element(setup, G1 + 2 * G2 + G1, G1)),
    }
}

#[test]
fn setup_form() {
    let form = ["setup.form"];
    for (member, value) in [("recipients", json!(4)), ("validators", json!(2)), ("powers_log", json!(3))] {
        rejected(one(), &form, |lock| setup(lock, 0)[member] = value);
    }
    let report = rejected(one(), &form, |lock| setup(lock, 0)["powers_log"] = json!(200));
    assert_eq!(paths(&report, "setup.form"), ["$.pvss_transcript.setups[0].powers_log"]);
    // One size is missing, the wrong order, one that is not used.
    let changes: [fn(&mut Vec<Value>); 3] =
        [|setups| drop(setups.pop()), |setups| setups.swap(0, 1), |setups| setups.push(setups[1].clone())];
    for change in changes {
        let report =
            rejected(three(), &form, |lock| change(transcript(lock)["setups"].as_array_mut().unwrap()));
        assert_eq!(paths(&report, "setup.form"), ["$.pvss_transcript.setups"]);
    }
    // Points that are none, and identities.
    let mut infinity = [0; G2];
    infinity[0] = 0xc0;
    for step in ["tau", "alpha", "beta"] {
        for (member, len) in [("after", G1), ("own", G1), ("proof", G2)] {
            let place = [format!("$.pvss_transcript.setups[0].powers[1].{step}.{member}")];
            for wrong in [vec![0xff; len], infinity[..len].to_vec()] {
                let report = rejected(one(), &form, |lock| {
                    setup(lock, 0)["powers"][1][step][member] = hex(&wrong);
                });
                assert_eq!(paths(&report, "setup.form"), place);
            }
        }
    }
    for (at, len) in [(0, G1), (G1, G2), (G1 + G2, G2), (G1 + 2 * G2, G1)] {
        let report = rejected(one(), &form, |lock| replace_element(setup(lock, 0), at, &infinity[..len]));
        assert_eq!(paths(&report, "setup.form"), ["$.pvss_transcript.setups[0].verifying_key"]);
    }
    rejected(one(), &form, |lock| {
        let key = &mut setup(lock, 0)["verifying_key"];
        *key = hex(&unhex(key)[..G1 + 2 * G2 + G1]);
    });
    rejected(one(), &form, |lock| {
        let key = &mut setup(lock, 0)["key"][2];
        *key = json!({ "delta": key["delta"], "beacon": { "value": hex(&[7; 65]), "iterations_log": 1 } });
    });
    rejected(one(), &form, |lock| {
        let contribution = setup(lock, 0)["key"][2].clone();
        setup(lock, 0)["key"] = json!(vec![contribution; 257]);
    });
}

#[test]
fn setup_digest() {
    // Another setup, with which nothing is wrong.
    let other = crate::strings::make(1, &ALL, &[ALL[0], ALL[1], ALL[2], ALL[0]]);
    let other = Made::new(crate::kit::ceremony(&keys([&other]), 1));
    let report = rejected(one(), &["setup.digest"], |lock| *setup(lock, 0) = setup_value(&other, 0));
    assert_eq!(paths(&report, "setup.digest"), ["$.pvss_transcript.setups"]);
    // Chunks of one would hold all three validators too.
    rejected(three(), &["setup.digest"], |lock| {
        transcript(lock)["setups"].as_array_mut().unwrap().remove(0);
    });
    for undecided in ["deals.openings", "deals.proofs", "keys.lock", "attests.root"] {
        assert_eq!(report.check(undecided).unwrap().outcome, Became::Undecided, "{undecided}");
    }
    assert_eq!(report.check("joins.unrelated-keys").unwrap().outcome, Became::Passed);
}

#[test]
fn setup_powers() {
    let failing = ["setup.powers"];
    for step in ["tau", "alpha", "beta"] {
        for member in ["after", "own", "proof"] {
            let report = rejected(one(), &failing, |lock| {
                let other = other_point(setup(lock, 0), member);
                setup(lock, 0)["powers"][1][step][member] = other;
                agree(lock);
            });
            let path = &paths(&report, "setup.powers")[0];
            assert!(path.starts_with("$.pvss_transcript.setups[0].powers[1]."), "{path}");
        }
    }
    // Without the agreement both checks say so.
    rejected(one(), &["setup.digest", "setup.powers"], |lock| {
        let other = other_point(setup(lock, 0), "after");
        setup(lock, 0)["powers"][1]["tau"]["after"] = other;
    });
    // A contribution that repeats another's, in its place and out of it; left out; in another order.
    let report = rejected(one(), &failing, |lock| {
        setup(lock, 0)["powers"][2] = setup(lock, 0)["powers"][1].clone();
    });
    assert_eq!(paths(&report, "setup.powers"), ["$.pvss_transcript.setups[0].powers[2].tau.own"]);
    rejected(one(), &failing, |lock| {
        let list = setup(lock, 0)["powers"].as_array_mut().unwrap();
        list.remove(1);
        agree(lock);
    });
    rejected(one(), &failing, |lock| {
        setup(lock, 0)["powers"].as_array_mut().unwrap().swap(0, 1);
        agree(lock);
    });
    // The proof of knowledge of another step.
    let report = rejected(one(), &failing, |lock| {
        let contribution = &mut setup(lock, 0)["powers"][0];
        contribution["alpha"] = contribution["beta"].take();
        contribution["beta"] = setup_value(one(), 0)["powers"][0]["alpha"].clone();
        agree(lock);
    });
    assert_eq!(paths(&report, "setup.powers"), ["$.pvss_transcript.setups[0].powers[0].alpha.proof"]);
    // Nobody, and nothing.
    rejected(one(), &failing, |lock| setup(lock, 0)["powers"] = json!([]));
    let report = rejected(one(), &failing, |lock| {
        let generator = generator();
        setup(lock, 0)["powers"][2]["tau"]["own"] = hex(&generator);
    });
    assert_eq!(paths(&report, "setup.powers"), ["$.pvss_transcript.setups[0].powers[2].tau.own"]);
    // What follows a beacon, and a beacon that is none.
    rejected(one(), &failing, |lock| beacon(&mut setup(lock, 0)["powers"][1]));
    let report = rejected(one(), &failing, |lock| {
        beacon(&mut setup(lock, 0)["powers"][2]);
        agree(lock);
    });
    assert_eq!(paths(&report, "setup.powers").len(), 1);
    // Of several setups, the one that is wrong is named.
    let report = rejected(three(), &failing, |lock| {
        let other = other_point(setup(lock, 1), "proof");
        setup(lock, 1)["powers"][0]["beta"]["proof"] = other;
        agree(lock);
    });
    assert_eq!(paths(&report, "setup.powers"), ["$.pvss_transcript.setups[1].powers[0].beta.proof"]);
}

/// The generator of G1.
fn generator() -> Vec<u8> {
    hex::decode(
        "97f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb",
    )
    .unwrap()
}

/// Says that a contribution comes from public randomness.
fn beacon(contribution: &mut Value) {
    let members = contribution.as_object_mut().unwrap();
    members.remove("identity");
    members.remove("signature");
    members.insert("beacon".into(), json!({ "value": "0x07", "iterations_log": 3 }));
}

#[test]
fn setup_key() {
    let failing = ["setup.key"];
    for member in ["after", "own", "proof"] {
        let report = rejected(one(), &failing, |lock| {
            let other = other_point(setup(lock, 0), member);
            setup(lock, 0)["key"][1]["delta"][member] = other;
            agree(lock);
        });
        let path = &paths(&report, "setup.key")[0];
        assert!(path.starts_with("$.pvss_transcript.setups[0].key[1].delta."), "{path}");
    }
    // alpha, beta and delta of the verifying key are the heads of the chains.
    let elements = [(0, G1 + 2 * G2, G1), (G1, G1 + G2, G2), (G1 + G2, G1, G2)];
    for (at, another, len) in elements {
        let report = rejected(one(), &failing, |lock| {
            let other = element(setup(lock, 0), another, len);
            replace_element(setup(lock, 0), at, &other);
            agree(lock);
        });
        assert_eq!(paths(&report, "setup.key"), ["$.pvss_transcript.setups[0].verifying_key"]);
    }
    // The points for the inputs are those that every contributor to the key began with.
    let inputs = 7 + 2 * 3;
    for input in 0..inputs {
        let report = rejected(one(), &failing, |lock| {
            let at = |input: usize| G1 + 2 * G2 + input % inputs * G1;
            let another = element(setup(lock, 0), at(input + 1), G1);
            replace_element(setup(lock, 0), at(input), &another);
            agree(lock);
        });
        assert_eq!(paths(&report, "setup.key"), ["$.pvss_transcript.setups[0].key[0].delta.proof"]);
    }
    // A phase 2 that was skipped: nobody contributed, or the key does not show it.
    let report = rejected(one(), &failing, |lock| setup(lock, 0)["key"] = json!([]));
    assert_eq!(paths(&report, "setup.key"), ["$.pvss_transcript.setups[0].key"]);
    let report = rejected(one(), &failing, |lock| {
        let gamma = "93e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e\
                     024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8";
        replace_element(setup(lock, 0), G1 + G2, &hex::decode(gamma).unwrap());
    });
    assert!(report.check("setup.key").unwrap().failures[0].what.contains("second phase was skipped"));
    // A contribution to the key of another shape, which begins where this one does.
    rejected(three(), &failing, |lock| {
        setup(lock, 1)["key"] = setup(lock, 0)["key"].clone();
        agree(lock);
    });
    // Contributions to a key after other powers.
    rejected(one(), &failing, |lock| {
        let other = coram_proofs::setup::SetupRecord::clone(OF_STRANGERS.setup().record());
        assert_ne!(other.powers, ONE.setup().record().powers);
        setup(lock, 0)["key"][2]["delta"]["proof"] = hex(&other.key[2].delta.proof);
        agree(lock);
    });
    rejected(one(), &failing, |lock| setup(lock, 0)["key"][2] = setup(lock, 0)["key"][0].clone());
    rejected(one(), &failing, |lock| beacon(&mut setup(lock, 0)["key"][0]));
}

#[test]
fn setup_signatures() {
    for list in ["powers", "key"] {
        for contribution in 0..3 {
            let report = rejected(one(), &["setup.signatures"], |lock| {
                flip(&mut setup(lock, 0)[list][contribution]["signature"]);
            });
            let place = format!("$.pvss_transcript.setups[0].{list}[{contribution}].signature");
            assert_eq!(paths(&report, "setup.signatures"), [place]);
        }
        // Another's signature over it; one's own over another contribution; a high S.
        rejected(one(), &["setup.signatures"], |lock| {
            let contributions = ONE.setup().contributions();
            let place = if list == "powers" { 1 } else { 4 };
            let signature = identity(3).sign(&contributions[place].id);
            setup(lock, 0)[list][1]["signature"] = hex(&signature);
        });
        rejected(one(), &["setup.signatures"], |lock| {
            let other = if list == "powers" { "key" } else { "powers" };
            setup(lock, 0)[list][1]["signature"] = setup(lock, 0)[other][1]["signature"].clone();
        });
        rejected(one(), &["setup.signatures"], |lock| {
            let signature = &mut setup(lock, 0)[list][0]["signature"];
            *signature = hex(&support::turn_over(&unhex(signature)));
        });
        // Under another's name, it is another contribution.
        let check = format!("setup.{list}");
        rejected(one(), &[&check], |lock| {
            let key = identity(2).public_key();
            let contributions = ONE.setup().contributions();
            setup(lock, 0)[list][0]["identity"] = hex(&key);
            setup(lock, 0)[list][0]["signature"] = hex(&identity(2).sign(&contributions[0].id));
            agree(lock);
        });
        rejected(one(), &[&check], |lock| {
            let members = setup(lock, 0)[list][0].as_object_mut().unwrap();
            members.remove("identity");
            members.remove("signature");
            agree(lock);
        });
    }
}

/// All texts and numbers in a setup, by pointer.
fn leaves(value: &Value, path: String, found: &mut Vec<String>) {
    match value {
        Value::Array(items) => {
            let items = items.iter().enumerate();
            items.for_each(|(place, item)| leaves(item, format!("{path}/{place}"), found));
        }
        Value::Object(members) => {
            members.iter().for_each(|(name, member)| leaves(member, format!("{path}/{name}"), found));
        }
        _ => found.push(path),
    }
}

#[test]
fn nothing_in_a_setup_can_be_changed() {
    let original = setup_value(one(), 0);
    let mut pointers = Vec::new();
    leaves(&original, String::new(), &mut pointers);
    assert_eq!(pointers.len(), 4 + 3 * (3 * 3 + 2) + 3 * (3 + 2));
    let others = setup_value(&Made::new(crate::kit::ceremony(&keys([&OF_STRANGERS]), 1)), 0);
    for pointer in &pointers {
        let mut changes = vec![match original.pointer(pointer).unwrap() {
            Value::Number(number) => json!(number.as_u64().unwrap() + 1),
            text => {
                let mut text = text.clone();
                flip(&mut text);
                text
            }
        }];
        // What is right in another setup, too.
        changes.extend(others.pointer(pointer).filter(|value| value.is_string()).cloned());
        for change in changes {
            let mut lock = one().value();
            *setup(&mut lock, 0).pointer_mut(pointer).unwrap() = change;
            let report = verify(&bytes(&lock));
            assert_eq!(report.verdict, Verdict::Invalid, "{pointer}: {}", report.headline);
        }
    }
}

#[test]
fn setups_stand_where_the_proof_system_needs_some() {
    let report = rejected(one(), &["transcript.form"], |lock| {
        transcript(lock).as_object_mut().unwrap().remove("setups");
    });
    assert_eq!(paths(&report, "transcript.form"), ["$.pvss_transcript.setups"]);
    for none in [json!([]), Value::Null] {
        rejected(one(), &["transcript.form"], |lock| transcript(lock)["setups"] = none);
    }
    let transparent = Made::new(common::ceremony(3, 2, 1));
    for setups in [json!([setup_value(one(), 0)]), json!([]), Value::Null] {
        let report = rejected(&transparent, &["transcript.form"], |lock| transcript(lock)["setups"] = setups);
        assert_eq!(paths(&report, "transcript.form"), ["$.pvss_transcript.setups"]);
    }
}

#[test]
fn a_setup_has_one_text() {
    type Change = fn(&mut Value);
    let changes: [Change; 9] = [
        |setup| setup["more"] = json!(1),
        |setup| setup["powers"][0]["more"] = json!(1),
        |setup| setup["powers"][0]["tau"]["more"] = json!(1),
        |setup| setup["powers"][0]["tau"]["after"] = hex(&[0; 47]),
        |setup| setup["key"][0]["beacon"] = Value::Null,
        |setup| setup["key"][0]["beacon"] = json!({ "value": "0x", "iterations_log": 0 }),
        |setup| drop(setup["key"][0].as_object_mut().unwrap().remove("identity")),
        |setup| drop(setup["powers"][0].as_object_mut().unwrap().remove("signature")),
        |setup| {
            let key = &mut setup["verifying_key"];
            *key = json!(key.as_str().unwrap().to_uppercase());
        },
    ];
    for change in changes {
        let report = rejected(one(), &["transcript.form"], |lock| change(setup(lock, 0)));
        let path = &paths(&report, "transcript.form")[0];
        assert!(path.starts_with("$.pvss_transcript.setups[0]"), "{path}");
    }
}

#[test]
fn transparent_locks_have_no_checks_of_setups() {
    let transparent = Made::new(common::ceremony(3, 2, 1));
    let report = verify(&bytes(&transparent.value()));
    for check in &report.checks {
        let of_setup = check.id.starts_with("setup.") || check.id == "expect.setup";
        assert!(!of_setup || check.outcome == Became::NotApplicable, "{}", check.id);
    }
    assert!(report.statements.proved.iter().all(|statement| statement.id != "setup"));
    assert!(report.ceremony.unwrap().setups.is_empty());
}
