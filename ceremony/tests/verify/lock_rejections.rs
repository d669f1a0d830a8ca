//! Locks with which one thing is wrong, and the checks that must say so: those and no others.
//!
//! Where a change would spoil hashes and signatures, `reseal` makes them anew, as if all operators acted together: what
//! then fails, fails for its own reason.

use coram_ceremony::verify::{Outcome as Became, Verdict};
use coram_cluster::bls::{SecretKey, combine_secrets};
use coram_cluster::deposit::DepositMessage;
use coram_cluster::registration::RegistrationMessage;
use serde_json::{Value, json};

use crate::support::{flip, hex, made, paths, rejected, reseal, transcript, undecided, unhex, verify};

/// The secret key of a validator, from the shares of operators 1 to 3.
fn secret(validator: usize) -> SecretKey {
    let shares: Vec<_> =
        made().outcomes[..3].iter().map(|o| (o.operator(), o.shares()[validator].clone())).collect();
    combine_secrets(&shares).unwrap()
}

fn other_key() -> Value {
    hex(&SecretKey::from_bytes(&[7; 32]).unwrap().public_key().to_bytes())
}

fn array<const N: usize>(value: &Value) -> [u8; N] {
    unhex(value).try_into().unwrap()
}

/// Signs a deposit of the lock with its validator's key, whatever it says.
fn sign_deposit(deposit: &mut Value) {
    let message = DepositMessage {
        public_key: array(&deposit["pubkey"]),
        withdrawal_credentials: array(&deposit["withdrawal_credentials"]),
        amount: deposit["amount"].as_str().unwrap().parse().unwrap(),
    };
    let root = message.signing_root(made().ceremony.definition().fork_version());
    deposit["signature"] = hex(&secret(0).sign(&root).to_bytes());
}

fn sign_registration(registration: &mut Value) {
    let message = &registration["message"];
    let message = RegistrationMessage {
        fee_recipient: array(&message["fee_recipient"]),
        gas_limit: message["gas_limit"].as_u64().unwrap(),
        timestamp: message["timestamp"].as_u64().unwrap(),
        public_key: array(&message["pubkey"]),
    };
    let root = message.signing_root(made().ceremony.definition().fork_version());
    registration["signature"] = hex(&secret(0).sign(&root).to_bytes());
}

#[test]
fn json_with_two_readings() {
    let text = String::from_utf8(made().json.clone()).unwrap();
    let member = "\"lock_hash\":";
    let duplicate = text.replacen(member, "\"lock_hash\": \"0x00\", \"lock_hash\":", 1);
    let cased = text.replacen(member, "\"Lock_Hash\": \"0x00\", \"lock_hash\":", 1);
    let in_transcript = text.replacen("\"possession\":", "\"possession\": \"0x00\", \"possession\":", 1);
    let trailing = format!("{text} {{}}");
    for (text, path) in [
        (duplicate, "$.lock_hash"),
        (cased, "$.Lock_Hash"),
        (in_transcript, "$.pvss_transcript.joins[0].possession"),
        (trailing, "$"),
    ] {
        let report = verify(text.as_bytes());
        assert_eq!(report.with(Became::Failed), ["json.strict"]);
        assert_eq!(paths(&report, "json.strict"), [path]);
        assert_eq!(report.verdict, Verdict::Invalid);
    }
}

#[test]
fn json_that_is_larger_than_any_lock() {
    let values = format!("[{}0]", "0,".repeat(1_000_000));
    let deep = format!("{}{}", "[".repeat(30), "]".repeat(30));
    let members = String::from_utf8(made().json.clone()).unwrap();
    let in_transcript =
        members.replacen("\"pvss_transcript\":", &format!("\"more\": {deep}, \"pvss_transcript\":"), 1);
    for text in [values, deep, in_transcript] {
        assert_eq!(verify(text.as_bytes()).with(Became::Failed), ["json.strict"]);
    }
}

#[test]
fn definition_version() {
    for version in ["v1.12.0", "v1.5.0", "v2.0.0", "new"] {
        undecided("definition.version", |lock| lock["cluster_definition"]["version"] = json!(version));
    }
    rejected(&["definition.version"], |lock| lock["cluster_definition"]["version"] = json!(1));
}

#[test]
fn lock_form() {
    let report = rejected(&["lock.form"], |lock| {
        lock.as_object_mut().unwrap().remove("lock_hash");
    });
    assert_eq!(paths(&report, "lock.form"), ["$.lock_hash"]);
    let report = rejected(&["lock.form"], |lock| {
        lock["distributed_validators"][1]["partial_deposit_data"][0]["amount"] = json!(5);
    });
    assert_eq!(paths(&report, "lock.form"), ["$.distributed_validators[1].partial_deposit_data[0].amount"]);
}

#[test]
fn definition_config_hash() {
    let failing = ["definition.config-hash", "definition.hash", "lock.hash", "transcript.ceremony-id"];
    rejected(&failing, |lock| flip(&mut lock["cluster_definition"]["config_hash"]));
}

#[test]
fn definition_hash() {
    rejected(&["definition.hash"], |lock| flip(&mut lock["cluster_definition"]["definition_hash"]));
}

#[test]
fn definition_enrs() {
    let failing = ["definition.hash", "definition.enrs", "lock.hash"];
    let report = rejected(&failing, |lock| {
        let enr = &mut lock["cluster_definition"]["operators"][2]["enr"];
        let mut text = enr.as_str().unwrap().to_owned();
        let last = if text.pop() == Some('A') { 'B' } else { 'A' };
        text.push(last);
        *enr = json!(text);
    });
    assert_eq!(paths(&report, "definition.enrs"), ["$.cluster_definition.operators[2].enr"]);
}

#[test]
fn definition_identities() {
    let failing = ["definition.hash", "definition.identities", "lock.hash"];
    let report = rejected(&failing, |lock| {
        let operators = &mut lock["cluster_definition"]["operators"];
        operators[3]["enr"] = operators[1]["enr"].clone();
    });
    assert_eq!(paths(&report, "definition.identities"), ["$.cluster_definition.operators[3].enr"]);
}

#[test]
fn lock_validator_count() {
    rejected(&["lock.validator-count", "lock.aggregate-signature", "seals.partials"], |lock| {
        lock["distributed_validators"].as_array_mut().unwrap().pop();
        reseal(lock);
    });
}

#[test]
fn lock_share_counts() {
    let failing = ["lock.share-counts", "lock.aggregate-signature", "seals.partials"];
    let report = rejected(&failing, |lock| {
        lock["distributed_validators"][1]["public_shares"].as_array_mut().unwrap().pop();
        reseal(lock);
    });
    assert_eq!(paths(&report, "lock.share-counts"), ["$.distributed_validators[1].public_shares"]);
}

#[test]
fn lock_hash() {
    rejected(&["lock.hash"], |lock| flip(&mut lock["lock_hash"]));
}

#[test]
fn lock_public_keys() {
    let failing = ["lock.public-keys", "keys.public-shares", "seals.partials"];
    let report = rejected(&failing, |lock| {
        flip(&mut lock["distributed_validators"][1]["public_shares"][2]);
        reseal(lock);
    });
    assert_eq!(paths(&report, "keys.public-shares"), ["$.distributed_validators[1].public_shares[2]"]);
}

#[test]
fn lock_distinct_keys() {
    let failing = [
        "lock.distinct-keys",
        "lock.reconstruction",
        "lock.aggregate-signature",
        "keys.public-shares",
        "seals.partials",
    ];
    let report = rejected(&failing, |lock| {
        let shares = &mut lock["distributed_validators"][0]["public_shares"];
        shares[3] = shares[0].clone();
        reseal(lock);
    });
    assert_eq!(paths(&report, "keys.public-shares"), ["$.distributed_validators[0].public_shares[3]"]);
}

#[test]
fn lock_reconstruction() {
    let failing = ["lock.reconstruction", "lock.aggregate-signature", "keys.public-shares", "seals.partials"];
    rejected(&failing, |lock| {
        lock["distributed_validators"][0]["public_shares"][3] = other_key();
        reseal(lock);
    });
}

#[test]
fn lock_aggregate_signature() {
    rejected(&["lock.aggregate-signature", "seals.aggregate"], |lock| {
        let partial = transcript(lock)["seals"][0]["partials"][0].clone();
        lock["signature_aggregate"] = partial;
    });
}

#[test]
fn lock_node_signatures() {
    let report = rejected(&["lock.node-signatures", "seals.node-signatures"], |lock| {
        let signatures = &mut lock["node_signatures"];
        signatures[1] = signatures[2].clone();
    });
    assert_eq!(paths(&report, "lock.node-signatures"), ["$.node_signatures[1]"]);
    assert_eq!(paths(&report, "seals.node-signatures"), ["$.node_signatures[1]"]);
    // Charon accepts either form of V; the Seal has one.
    rejected(&["seals.node-signatures"], |lock| {
        let mut signature = unhex(&lock["node_signatures"][1]);
        signature[64] += 27;
        lock["node_signatures"][1] = hex(&signature);
    });
}

#[test]
fn registration_signatures() {
    let failing = ["registrations.signatures", "attests.registrations", "seals.partials"];
    let report = rejected(&failing, |lock| {
        let other = lock["distributed_validators"][1]["builder_registration"]["signature"].clone();
        lock["distributed_validators"][0]["builder_registration"]["signature"] = other;
        reseal(lock);
    });
    assert_eq!(paths(&report, "attests.registrations"), ["$.distributed_validators[0].builder_registration"]);
}

#[test]
fn a_fee_recipient_without_0x_is_refused_as_charon_does() {
    // No hash covers the prefix, so whoever passes a lock on can take it away; Charon would not load it.
    rejected(&["registrations.signatures"], |lock| {
        let address = &mut lock["cluster_definition"]["validators"][0]["fee_recipient_address"];
        *address = json!(address.as_str().unwrap().trim_start_matches("0x"));
    });
}

#[test]
fn registration_content() {
    // A gas limit is what its signer says; a fee recipient is what the definition says, so that signature fails too.
    rejected(&["registrations.content", "attests.registrations", "seals.partials"], |lock| {
        let registration = &mut lock["distributed_validators"][0]["builder_registration"];
        registration["message"]["gas_limit"] = json!(1);
        sign_registration(registration);
        reseal(lock);
    });
    let failing =
        ["registrations.signatures", "registrations.content", "attests.registrations", "seals.partials"];
    let report = rejected(&failing, |lock| {
        let registration = &mut lock["distributed_validators"][0]["builder_registration"];
        registration["message"]["fee_recipient"] = hex(&[9; 20]);
        sign_registration(registration);
        reseal(lock);
    });
    assert_eq!(
        paths(&report, "registrations.content"),
        ["$.distributed_validators[0].builder_registration.message.fee_recipient"]
    );
}

#[test]
fn registration_timestamps() {
    rejected(&["registrations.timestamps", "attests.registrations", "seals.partials"], |lock| {
        let registration = &mut lock["distributed_validators"][0]["builder_registration"];
        registration["message"]["timestamp"] = json!(4_000_000_000_u64);
        sign_registration(registration);
        reseal(lock);
    });
}

#[test]
fn deposit_public_keys() {
    let failing = ["deposits.public-keys", "attests.deposits", "seals.partials"];
    rejected(&failing, |lock| {
        lock["distributed_validators"][0]["partial_deposit_data"][1]["pubkey"] = other_key();
        reseal(lock);
    });
}

#[test]
fn deposit_credentials() {
    // The signature is verified over the prescribed credentials.
    let failing = ["deposits.credentials", "deposits.signatures", "attests.deposits", "seals.partials"];
    let report = rejected(&failing, |lock| {
        let deposit = &mut lock["distributed_validators"][0]["partial_deposit_data"][1];
        let mut thief = [0x66; 32];
        thief[..12].copy_from_slice(&[1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        deposit["withdrawal_credentials"] = hex(&thief);
        sign_deposit(deposit);
        reseal(lock);
    });
    assert_eq!(
        paths(&report, "deposits.credentials"),
        ["$.distributed_validators[0].partial_deposit_data[1].withdrawal_credentials"]
    );
    assert_eq!(paths(&report, "attests.deposits"), ["$.distributed_validators[0].partial_deposit_data[1]"]);
}

#[test]
fn deposit_amounts() {
    let failing = ["deposits.amounts", "attests.deposits", "seals.partials"];
    rejected(&failing, |lock| {
        let deposit = &mut lock["distributed_validators"][0]["partial_deposit_data"][0];
        deposit["amount"] = json!("2000000000");
        sign_deposit(deposit);
        reseal(lock);
    });
    rejected(&failing, |lock| {
        lock["distributed_validators"][0]["partial_deposit_data"].as_array_mut().unwrap().pop();
        reseal(lock);
    });
}

#[test]
fn deposit_signatures() {
    rejected(&["deposits.signatures", "attests.deposits", "seals.partials"], |lock| {
        let deposits = &mut lock["distributed_validators"][0]["partial_deposit_data"];
        deposits[0]["signature"] = deposits[1]["signature"].clone();
        reseal(lock);
    });
}

#[test]
fn a_lock_that_was_changed_after_it_was_sealed() {
    // Somebody who holds no key recomputes what needs none.
    let failing = [
        "lock.aggregate-signature",
        "lock.node-signatures",
        "deposits.credentials",
        "attests.deposits",
        "seals.lock-hash",
    ];
    let report = rejected(&failing, |lock| {
        let deposit = &mut lock["distributed_validators"][0]["partial_deposit_data"][0];
        deposit["withdrawal_credentials"] = hex(&[1; 32]);
        let hash = coram_cluster::lock::Lock::read(lock.clone()).unwrap().hash().unwrap();
        lock["lock_hash"] = hex(&hash);
    });
    assert_eq!(paths(&report, "seals.lock-hash").len(), 4);
}

#[test]
fn a_lock_sealed_by_some_operators_only() {
    // Three operators change the lock and seal it: the fourth's Seal is for another.
    let failing = ["lock.node-signatures", "deposits.amounts", "attests.deposits", "seals.lock-hash"];
    let mut honest = made().value();
    let report = rejected(&failing, |lock| {
        lock["distributed_validators"][0]["partial_deposit_data"].as_array_mut().unwrap().pop();
        reseal(lock);
        lock["node_signatures"][3] = honest["node_signatures"][3].take();
        transcript(lock)["seals"][3] = transcript(&mut honest)["seals"][3].take();
    });
    assert_eq!(paths(&report, "seals.lock-hash"), ["$.pvss_transcript.seals[3].lock_hash"]);
}
