//! Transcripts with which one thing is wrong, and the checks that must say so: those and no others.
//!
//! Where a change would only break the author's signature, `resign` signs all messages anew, as if all operators acted
//! together: what then fails, fails for its own reason.

use std::sync::Arc;

use coram_ceremony::Ceremony;
use coram_ceremony::keys::decryption_key;
use coram_ceremony::verify::Outcome as Became;
use coram_proofs::{Possession, PossessionContext};
use serde_json::{Value, json};

use crate::common::{self, identity, seed};
use crate::support::{
    Made, bytes, flip, hex, made, paths, recommit, rejected, resign, transcript, turn_over, undecided, unhex,
    verify,
};

#[test]
fn transcript_version() {
    undecided("transcript.version", |lock| transcript(lock)["version"] = json!(2));
    undecided("transcript.version", |lock| transcript(lock)["protocol"] = json!("coram/v2"));
    rejected(&["transcript.version"], |lock| {
        transcript(lock).as_object_mut().unwrap().remove("version");
    });
    rejected(&["transcript.version"], |lock| *transcript(lock) = json!([]));
}

#[test]
fn transcript_form() {
    rejected(&["transcript.form"], |lock| transcript(lock)["more"] = json!(1));
    rejected(&["transcript.form"], |lock| {
        let join = transcript(lock)["joins"][0].as_object_mut().unwrap();
        let author = join.remove("author").unwrap();
        join.insert("Author".into(), author);
    });
    rejected(&["transcript.form"], |lock| {
        transcript(lock).as_object_mut().unwrap().remove("seals");
    });
    let report = rejected(&["transcript.form"], |lock| {
        let key = &mut transcript(lock)["joins"][3]["encryption_key"];
        *key = json!(key.as_str().unwrap().to_uppercase());
    });
    assert_eq!(paths(&report, "transcript.form"), ["$.pvss_transcript.joins[3].encryption_key"]);
}

#[test]
fn transcript_terms() {
    undecided("transcript.terms", |lock| transcript(lock)["ceremony"]["protocol_version"] = json!(2));
    undecided("transcript.terms", |lock| transcript(lock)["ceremony"]["kind"] = json!("reshare"));
    undecided("transcript.terms", |lock| {
        transcript(lock)["ceremony"]["parameters"]["proof_system"] = json!("later");
    });
    // What is not known may have other members.
    undecided("transcript.form", |lock| {
        transcript(lock)["ceremony"]["kind"] = json!("reshare");
        transcript(lock)["previous"] = json!({ "lock_hash": "0x00" });
    });
    undecided("transcript.form", |lock| {
        transcript(lock)["ceremony"]["protocol_version"] = json!(2);
        transcript(lock)["joins"] = json!({});
    });
    let report = rejected(&["transcript.terms"], |lock| {
        transcript(lock)["ceremony"]["parameters"]["dealers"] = json!([1, 2]);
    });
    assert_eq!(paths(&report, "transcript.terms"), ["$.pvss_transcript.ceremony.parameters.dealers"]);
    rejected(&["transcript.terms"], |lock| {
        transcript(lock)["ceremony"]["parameters"]["genesis_time"] = json!(1)
    });
}

#[test]
fn transcript_ceremony_id() {
    rejected(&["transcript.ceremony-id"], |lock| transcript(lock)["ceremony"]["attempt"] = json!(1));
    rejected(&["transcript.ceremony-id"], |lock| {
        transcript(lock)["ceremony"]["parameters"]["encryption_keys"] = json!("from_identity");
    });
    let report = rejected(&["transcript.ceremony-id"], |lock| flip(&mut transcript(lock)["ceremony"]["id"]));
    assert_eq!(paths(&report, "transcript.ceremony-id"), ["$.pvss_transcript.ceremony.id"]);
}

#[test]
fn transcript_messages() {
    for list in ["joins", "commits", "deals", "attests", "seals"] {
        let items = |lock: &mut Value| transcript(lock)[list].as_array().unwrap().clone();
        let report = rejected(&["transcript.messages"], |lock| {
            transcript(lock)[list].as_array_mut().unwrap().pop();
        });
        assert_eq!(paths(&report, "transcript.messages"), [format!("$.pvss_transcript.{list}")]);
        rejected(&["transcript.messages"], |lock| {
            let mut doubled = items(lock);
            doubled.push(doubled[0].clone());
            transcript(lock)[list] = json!(doubled);
        });
        rejected(&["transcript.messages"], |lock| {
            transcript(lock)[list].as_array_mut().unwrap().swap(1, 2);
        });
    }
    // The division of a dealing into its parts is fixed too.
    let report = rejected(&["transcript.messages"], |lock| {
        let commitments = &mut transcript(lock)["deals"][0]["dealing"]["commitments"];
        commitments[0] = hex(&unhex(&commitments[0])[..96]);
    });
    assert_eq!(paths(&report, "transcript.messages"), ["$.pvss_transcript.deals[0].dealing"]);
}

#[test]
fn a_transcript_of_another_cluster() {
    let other = Made::new(common::ceremony(4, 2, 2));
    rejected(&["transcript.ceremony-id"], |lock| *transcript(lock) = other.value()["pvss_transcript"].take());
}

/// A second attempt of the same operators at the same definition.
fn second_attempt() -> Made {
    let first = &made().ceremony;
    let ceremony = Ceremony::new(first.definition().clone(), first.parameters().clone(), 1).unwrap();
    Made::new(Arc::new(ceremony))
}

#[test]
fn a_transcript_of_another_attempt() {
    let failing = [
        "keys.lock",
        "keys.public-shares",
        "attests.deposits",
        "attests.registrations",
        "seals.lock-hash",
        "seals.node-signatures",
    ];
    let other = second_attempt();
    let report = rejected(&failing, |lock| *transcript(lock) = other.value()["pvss_transcript"].take());
    assert_eq!(paths(&report, "keys.lock").len(), 2);
}

#[test]
fn every_kind_must_be_signed() {
    for list in ["joins", "commits", "deals", "attests", "seals"] {
        let check = format!("{list}.signatures");
        let report = rejected(&[&check], |lock| flip(&mut transcript(lock)[list][2]["signature"]));
        assert_eq!(paths(&report, &check), [format!("$.pvss_transcript.{list}[2].signature")]);
        rejected(&[&check], |lock| {
            let items = &mut transcript(lock)[list];
            items[0]["signature"] = items[1]["signature"].clone();
        });
    }
    // All that fail are named.
    let report = rejected(&["attests.signatures", "seals.signatures"], |lock| {
        flip(&mut transcript(lock)["attests"][0]["signature"]);
        flip(&mut transcript(lock)["attests"][3]["signature"]);
        flip(&mut transcript(lock)["seals"][1]["signature"]);
    });
    assert_eq!(paths(&report, "attests.signatures").len(), 2);
}

#[test]
fn a_signature_with_a_high_s_is_none() {
    rejected(&["joins.signatures"], |lock| {
        let signature = &mut transcript(lock)["joins"][0]["signature"];
        *signature = hex(&turn_over(&unhex(signature)));
    });
}

#[test]
fn commits_that_name_other_joins() {
    // Signed by its author, but over another list of Joins than stands in the transcript.
    rejected(&["commits.signatures"], |lock| {
        let other = second_attempt().value();
        transcript(lock)["commits"][1]["signature"] =
            other["pvss_transcript"]["commits"][1]["signature"].clone();
    });
}

#[test]
fn join_encryption_keys() {
    let mut small_order = [0_u8; 32];
    small_order[0] = 1;
    let report = rejected(&["joins.encryption-keys"], |lock| {
        transcript(lock)["joins"][1]["encryption_key"] = hex(&small_order);
        resign(lock);
    });
    assert_eq!(paths(&report, "joins.encryption-keys"), ["$.pvss_transcript.joins[1].encryption_key"]);
}

#[test]
fn join_possession() {
    let report = rejected(&["joins.possession"], |lock| {
        let joins = &mut transcript(lock)["joins"];
        joins[1]["possession"] = joins[2]["possession"].clone();
        resign(lock);
    });
    assert_eq!(paths(&report, "joins.possession"), ["$.pvss_transcript.joins[1].possession"]);
    // A key of another operator, with its proof.
    rejected(&["joins.possession"], |lock| {
        let joins = &mut transcript(lock)["joins"];
        joins[1]["possession"] = joins[2]["possession"].clone();
        joins[1]["encryption_key"] = joins[2]["encryption_key"].clone();
        resign(lock);
    });
}

#[test]
fn join_unrelated_keys() {
    let ceremony = &made().ceremony;
    let report = rejected(&["joins.unrelated-keys"], |lock| {
        let shared = decryption_key(ceremony, &identity(3), &seed(2, 3));
        let context = PossessionContext {
            ceremony: *ceremony.id().as_bytes(),
            author: 2,
            identity: identity(2).public_key(),
        };
        let join = &mut transcript(lock)["joins"][1];
        join["encryption_key"] = hex(&shared.encryption_key().to_bytes());
        join["possession"] = hex(&Possession::prove(&shared, &context).to_bytes());
        resign(lock);
    });
    let expected = ["$.pvss_transcript.joins[1].encryption_key", "$.pvss_transcript.joins[2].encryption_key"];
    assert_eq!(paths(&report, "joins.unrelated-keys"), expected);
}

#[test]
fn deal_openings() {
    let report = rejected(&["deals.openings"], |lock| {
        flip(&mut transcript(lock)["commits"][2]["hash"]);
        resign(lock);
    });
    assert_eq!(paths(&report, "deals.openings"), ["$.pvss_transcript.deals[2].dealing"]);
}

#[test]
fn deal_encoding() {
    type Spoil = fn(&mut Value);
    let members: [(&str, Spoil); 5] = [
        ("commitments[1]", |dealing| {
            let mut bytes = unhex(&dealing["commitments"][1]);
            bytes[47] ^= 1;
            dealing["commitments"][1] = hex(&bytes);
        }),
        ("ephemeral", |dealing| dealing["ephemeral"] = hex(&[0; 32])),
        ("ciphertexts[0]", |dealing| {
            let mut bytes = unhex(&dealing["ciphertexts"][0]);
            bytes[..32].fill(0xff);
            dealing["ciphertexts"][0] = hex(&bytes);
        }),
        ("blinder", |dealing| dealing["blinder"] = hex(&[0; 48])),
        ("masked_sum", |dealing| dealing["masked_sum"] = hex(&[0xff; 32])),
    ];
    for (member, spoil) in members {
        let report = rejected(&["deals.encoding"], |lock| {
            spoil(&mut transcript(lock)["deals"][3]["dealing"]);
            recommit(lock);
        });
        let path = format!("$.pvss_transcript.deals[3].dealing.{member}");
        assert_eq!(paths(&report, "deals.encoding"), [path]);
    }
}

#[test]
fn deal_proofs() {
    let spoil: [fn(&mut Value); 4] = [
        |dealing| flip(&mut dealing["proof"]),
        |dealing| flip_low(&mut dealing["masked_sum"]),
        |dealing| flip_low(&mut dealing["ciphertexts"][1]),
        |dealing| dealing["blinder"] = json!(dealing["commitments"][0].as_str().unwrap()[..98]),
    ];
    for spoil in spoil {
        let report = rejected(&["deals.proofs"], |lock| {
            spoil(&mut transcript(lock)["deals"][3]["dealing"]);
            recommit(lock);
        });
        assert_eq!(paths(&report, "deals.proofs"), ["$.pvss_transcript.deals[3].dealing.proof"]);
    }
    // Every culprit is named.
    let report = rejected(&["deals.proofs"], |lock| {
        flip_low(&mut transcript(lock)["deals"][0]["dealing"]["masked_sum"]);
        flip_low(&mut transcript(lock)["deals"][2]["dealing"]["masked_sum"]);
        recommit(lock);
    });
    assert_eq!(paths(&report, "deals.proofs").len(), 2);
}

/// Flips the lowest bit of the first scalar, whichever end it is at: it stays canonical.
fn flip_low(scalars: &mut Value) {
    let mut bytes = unhex(scalars);
    bytes[16] ^= 1;
    *scalars = hex(&bytes);
}

#[test]
fn a_dealing_of_another_dealer() {
    let report = rejected(&["deals.proofs"], |lock| {
        let dealing = transcript(lock)["deals"][0]["dealing"].clone();
        transcript(lock)["deals"][1]["dealing"] = dealing;
        recommit(lock);
    });
    assert_eq!(paths(&report, "deals.proofs"), ["$.pvss_transcript.deals[1].dealing.proof"]);
}

#[test]
fn keys_lock() {
    // The keys of another lock of these operators, with all that belongs to it.
    let failing = [
        "keys.lock",
        "keys.public-shares",
        "attests.deposits",
        "attests.registrations",
        "seals.lock-hash",
        "seals.node-signatures",
    ];
    let mut other = second_attempt().value();
    let report = rejected(&failing, |lock| {
        other["pvss_transcript"] = transcript(lock).take();
        *lock = other;
    });
    let keys = [0, 1].map(|j| format!("$.distributed_validators[{j}].distributed_public_key"));
    assert_eq!(paths(&report, "keys.lock"), keys);
    assert_eq!(paths(&report, "keys.public-shares").len(), 8);
}

#[test]
fn attest_root() {
    let report = rejected(&["attests.root"], |lock| {
        flip(&mut transcript(lock)["attests"][1]["root"]);
        resign(lock);
    });
    assert_eq!(paths(&report, "attests.root"), ["$.pvss_transcript.attests[1].root"]);
}

#[test]
fn attest_partials() {
    for list in ["attestations", "deposits", "registrations"] {
        let report = rejected(&["attests.partials"], |lock| {
            let attests = &mut transcript(lock)["attests"];
            attests[1][list][1] = attests[2][list][1].clone();
            resign(lock);
        });
        assert_eq!(paths(&report, "attests.partials"), [format!("$.pvss_transcript.attests[1].{list}[1]")]);
    }
    // Two operators whose errors cancel in a sum, and one that sends no point.
    let report = rejected(&["attests.partials"], |lock| {
        let attests = &mut transcript(lock)["attests"];
        let swapped = attests[0]["deposits"][3].clone();
        attests[0]["deposits"][3] = attests[3]["deposits"][3].clone();
        attests[3]["deposits"][3] = swapped;
        attests[2]["attestations"][0] = hex(&[0; 96]);
        resign(lock);
    });
    let expected = [(0, "deposits[3]"), (2, "attestations[0]"), (3, "deposits[3]")]
        .map(|(i, member)| format!("$.pvss_transcript.attests[{i}].{member}"));
    assert_eq!(paths(&report, "attests.partials"), expected);
}

#[test]
fn attest_attestation() {
    let report = rejected(&["attests.attestation"], |lock| {
        let partial = transcript(lock)["attests"][0]["attestations"][0].clone();
        transcript(lock)["attestation"] = partial;
    });
    assert_eq!(paths(&report, "attests.attestation"), ["$.pvss_transcript.attestation"]);
}

#[test]
fn seal_transcript_root() {
    let report = rejected(&["seals.transcript-root"], |lock| {
        flip(&mut transcript(lock)["seals"][0]["transcript_root"]);
        resign(lock);
    });
    assert_eq!(paths(&report, "seals.transcript-root"), ["$.pvss_transcript.seals[0].transcript_root"]);
}

#[test]
fn seal_lock_hash() {
    let report = rejected(&["seals.lock-hash", "seals.node-signatures"], |lock| {
        let seal = &mut transcript(lock)["seals"][1];
        seal["lock_hash"] = hex(&[5; 32]);
        seal["node_signature"] = hex(&identity(2).sign_recoverable(&[5; 32]));
        resign(lock);
    });
    assert_eq!(paths(&report, "seals.lock-hash"), ["$.pvss_transcript.seals[1].lock_hash"]);
}

#[test]
fn seal_node_signatures() {
    let report = rejected(&["seals.node-signatures"], |lock| {
        let mut signature = unhex(&transcript(lock)["seals"][1]["node_signature"]);
        signature[64] += 27;
        lock["node_signatures"][1] = hex(&signature);
        transcript(lock)["seals"][1]["node_signature"] = hex(&signature);
        resign(lock);
    });
    assert_eq!(paths(&report, "seals.node-signatures"), ["$.pvss_transcript.seals[1].node_signature"]);
}

#[test]
fn seal_partials() {
    let report = rejected(&["seals.partials"], |lock| {
        let seals = &mut transcript(lock)["seals"];
        seals[3]["partials"][1] = seals[0]["partials"][1].clone();
        resign(lock);
    });
    assert_eq!(paths(&report, "seals.partials"), ["$.pvss_transcript.seals[3].partials[1]"]);
}

#[test]
fn a_seal_of_a_message_too_many() {
    // Lists inside messages have the lengths that the definition says.
    let report = rejected(&["seals.signatures"], |lock| {
        let seal = &mut transcript(lock)["seals"][0]["partials"];
        let first = seal[0].clone();
        seal.as_array_mut().unwrap().push(first);
    });
    assert_eq!(paths(&report, "seals.signatures"), ["$.pvss_transcript.seals[0]"]);
}

#[test]
fn what_needs_a_failed_check_names_it() {
    let mut lock = made().value();
    flip(&mut transcript(&mut lock)["joins"][0]["signature"]);
    let report = verify(&bytes(&lock));
    for check in ["joins.encryption-keys", "deals.proofs", "seals.aggregate"] {
        let check = report.check(check).unwrap();
        assert_eq!(check.outcome, Became::Undecided);
        assert!(check.detail.contains("joins.signatures"), "{}", check.detail);
    }
}
