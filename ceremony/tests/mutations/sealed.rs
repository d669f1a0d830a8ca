//! Locks that all operators changed together: hashed and signed anew, so that no signature tells. With the transcript, or without
//! it, where what the transcript says of the lock would tell.

use std::sync::Arc;

use coram_ceremony::Ceremony;
use coram_ceremony::keys::decryption_key;
use coram_cluster::ClusterError;
use coram_cluster::bls::{self, SecretKey, combine_secrets};
use coram_cluster::definition::Definition;
use coram_cluster::deposit::DepositMessage;
use coram_cluster::json::Node;
use coram_cluster::lock::Lock;
use coram_cluster::registration::RegistrationMessage;
use coram_cluster::version::Version;
use coram_proofs::{Possession, PossessionContext};
use serde_json::{Value, json};

use crate::base::{Base, reseal, signed_definition};
use crate::common::{self, identity, seed};
use crate::corpus::{Mutation, Said, fails};
use crate::support::{flip, hex, resign, transcript, unhex};

pub fn all() -> Vec<Mutation> {
    let mut made = messages();
    made.extend(with_transcript());
    made.extend(without_transcript());
    made.extend(definitions());
    made
}

/// Messages whose authors signed something wrong.
fn messages() -> Vec<Mutation> {
    let mutation = |name: &str, comment: &str, failed: &[&'static str], tamper: &dyn Fn(&mut Value)| {
        Mutation::tampered(format!("signed/{name}"), Base::Lock, comment, &fails(failed), |lock| {
            tamper(transcript(lock));
            resign(lock);
        })
    };
    let copied = |name: &str, list: &'static str, member: &'static str, check: &'static str| {
        let comment = "an author says what another does";
        mutation(name, comment, &[check], &|transcript| {
            transcript[list][1][member] = transcript[list][2][member].clone();
        })
    };
    let mut made = vec![
        mutation(
            "encryption-key.of-small-order",
            "shares for it are open to all",
            &["joins.encryption-keys"],
            &|t| {
                let mut small = [0_u8; 32];
                small[0] = 1;
                t["joins"][1]["encryption_key"] = hex(&small);
            },
        ),
        mutation("encryption-key.not-on-the-curve", "no point", &["joins.encryption-keys"], &|t| {
            t["joins"][1]["encryption_key"] = hex(&[0xff; 32]);
        }),
        copied("possession.of-another", "joins", "possession", "joins.possession"),
        mutation("encryption-key.copied", "a key with its proof, of another", &["joins.possession"], &|t| {
            t["joins"][1]["possession"] = t["joins"][2]["possession"].clone();
            t["joins"][1]["encryption_key"] = t["joins"][2]["encryption_key"].clone();
        }),
        mutation("encryption-key.shared", "two operators know one key", &["joins.unrelated-keys"], &|t| {
            let ceremony = &Base::Lock.kept().ceremony;
            let shared = decryption_key(ceremony, &identity(3), &seed(2, 3));
            let context = PossessionContext {
                ceremony: *ceremony.id().as_bytes(),
                author: 2,
                identity: identity(2).public_key(),
            };
            t["joins"][1]["encryption_key"] = hex(&shared.encryption_key().to_bytes());
            t["joins"][1]["possession"] = hex(&Possession::prove(&shared, &context).to_bytes());
        }),
        // Commits, and all after them, name the list of Joins.
        mutation(
            "software",
            "another program than the dealings were made for",
            &["deals.openings", "deals.proofs"],
            &|t| {
                t["joins"][0]["software"] = json!("other");
            },
        ),
        mutation("commit.changed", "a dealer opens another dealing", &["deals.openings"], &|t| {
            flip(&mut t["commits"][2]["hash"]);
        }),
        copied("commit.copied", "commits", "hash", "deals.openings"),
        mutation("attest-root.changed", "an operator saw other dealings", &["attests.root"], &|t| {
            flip(&mut t["attests"][1]["root"]);
        }),
        mutation(
            "transcript-root.changed",
            "an operator saw another transcript",
            &["seals.transcript-root"],
            &|t| {
                flip(&mut t["seals"][0]["transcript_root"]);
            },
        ),
        mutation(
            "lock-hash.changed",
            "an operator sealed another lock",
            &["seals.lock-hash", "seals.node-signatures"],
            &|t| {
                t["seals"][1]["lock_hash"] = hex(&[5; 32]);
                t["seals"][1]["node_signature"] = hex(&identity(2).sign_recoverable(&[5; 32]));
            },
        ),
        copied("node-signature.of-another", "seals", "node_signature", "seals.node-signatures"),
        copied("seal-partials.of-another", "seals", "partials", "seals.partials"),
        copied("attestations.of-another", "attests", "attestations", "attests.partials"),
        copied("deposits.of-another", "attests", "deposits", "attests.partials"),
        copied("registrations.of-another", "attests", "registrations", "attests.partials"),
        mutation("attestation.no-point", "an operator sends no point", &["attests.partials"], &|t| {
            t["attests"][1]["attestations"][0] = hex(&[0; 96]);
        }),
        mutation(
            "deposits.exchanged",
            "an operator signs for the other amount",
            &["attests.partials"],
            &|t| {
                t["attests"][1]["deposits"].as_array_mut().unwrap().swap(0, 1);
            },
        ),
    ];
    // Their errors cancel in a sum.
    made.push(mutation(
        "attestations.exchanged",
        "two operators sign in each other's place",
        &["attests.partials"],
        &|t| {
            let first = t["attests"][0]["attestations"].take();
            t["attests"][0]["attestations"] = t["attests"][1]["attestations"].take();
            t["attests"][1]["attestations"] = first;
        },
    ));
    made.push(Mutation::tampered(
        "signed/node-signature.other-v",
        Base::Lock,
        "the form of V that Charon takes and no Seal has",
        &fails(&["seals.node-signatures"]),
        |lock| {
            let mut signature = unhex(&transcript(lock)["seals"][1]["node_signature"]);
            signature[64] += 27;
            lock["node_signatures"][1] = hex(&signature);
            transcript(lock)["seals"][1]["node_signature"] = hex(&signature);
            resign(lock);
        },
    ));
    made
}

/// The secret key of a base's validator.
fn secret(base: Base, validator: usize) -> SecretKey {
    let shares: Vec<_> =
        base.kept().outcomes[..2].iter().map(|o| (o.operator(), o.shares()[validator].clone())).collect();
    combine_secrets(&shares).unwrap()
}

fn shares(base: Base, validator: usize) -> Vec<SecretKey> {
    base.kept().outcomes.iter().map(|outcome| outcome.shares()[validator].clone()).collect()
}

fn other_secret() -> SecretKey {
    SecretKey::from_bytes(&[7; 32]).unwrap()
}

fn key(secret: &SecretKey) -> Value {
    hex(&secret.public_key().to_bytes())
}

fn array<const N: usize>(value: &Value) -> [u8; N] {
    unhex(value).try_into().unwrap()
}

fn fork_version() -> [u8; 4] {
    Base::Lock.kept().ceremony.definition().fork_version()
}

/// Signs a deposit with its validator's key, whatever it says.
fn sign_deposit(deposit: &mut Value) {
    let message = DepositMessage {
        public_key: array(&deposit["pubkey"]),
        withdrawal_credentials: array(&deposit["withdrawal_credentials"]),
        amount: deposit["amount"].as_str().unwrap().parse().unwrap(),
    };
    let root = message.signing_root(fork_version());
    deposit["signature"] = hex(&secret(Base::Lock, 0).sign(&root).to_bytes());
}

/// Signs a registration with its validator's key, whatever it says.
fn sign_registration(registration: &mut Value) {
    let message = &registration["message"];
    let message = RegistrationMessage {
        fee_recipient: array(&message["fee_recipient"]),
        gas_limit: message["gas_limit"].as_u64().unwrap(),
        timestamp: message["timestamp"].as_u64().unwrap(),
        public_key: array(&message["pubkey"]),
    };
    let root = message.signing_root(fork_version());
    registration["signature"] = hex(&secret(Base::Lock, 0).sign(&root).to_bytes());
}

fn deposit(lock: &mut Value, place: usize) -> &mut Value {
    &mut lock["distributed_validators"][0]["partial_deposit_data"][place]
}

fn registration(lock: &mut Value) -> &mut Value {
    &mut lock["distributed_validators"][0]["builder_registration"]
}

/// What is wrong with the validator's deposits or registration, by name.
type Wrong = (&'static str, &'static str, &'static [&'static str], fn(&mut Value));

const WRONG: [Wrong; 8] = [
    ("deposit-key", "a deposit funds another key", &["deposits.public-keys"], |lock| {
        deposit(lock, 1)["pubkey"] = key(&other_secret());
    }),
    ("deposit-credentials", "a deposit can be withdrawn by a thief", &["deposits.credentials"], |lock| {
        let mut thief = [0x66; 32];
        thief[..12].copy_from_slice(&[2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        deposit(lock, 1)["withdrawal_credentials"] = hex(&thief);
    }),
    ("deposit-amount", "a deposit is of another amount, and signed", &["deposits.amounts"], |lock| {
        deposit(lock, 0)["amount"] = json!("9000000000");
        sign_deposit(deposit(lock, 0));
    }),
    ("deposit-missing", "a deposit is left out", &["deposits.amounts"], |lock| {
        let deposits = lock["distributed_validators"][0]["partial_deposit_data"].as_array_mut();
        drop(deposits.unwrap().pop());
    }),
    ("deposit-signature", "a deposit has the signature of the other", &["deposits.signatures"], |lock| {
        deposit(lock, 0)["signature"] = deposit(lock, 1)["signature"].clone();
    }),
    (
        "registration-gas-limit",
        "a registration is for another gas limit, and signed",
        &["registrations.content"],
        |lock| {
            registration(lock)["message"]["gas_limit"] = json!(1);
            sign_registration(registration(lock));
        },
    ),
    (
        "registration-timestamp",
        "a registration is from the future, and signed",
        &["registrations.timestamps"],
        |lock| {
            registration(lock)["message"]["timestamp"] = json!(4_000_000_000_u64);
            sign_registration(registration(lock));
        },
    ),
    (
        "registration-signature",
        "a registration has the signature of a deposit",
        &["registrations.signatures"],
        |lock| {
            registration(lock)["signature"] = deposit(lock, 1)["signature"].clone();
        },
    ),
];

/// All operators seal a lock that is not the one that the ceremony signed.
fn with_transcript() -> Vec<Mutation> {
    let mutation = |name: &str, comment: &str, failed: Vec<&'static str>, tamper: &dyn Fn(&mut Value)| {
        Mutation::tampered(format!("sealed/{name}"), Base::Lock, comment, &fails(&failed), |lock| {
            tamper(lock);
            reseal(Base::Lock, lock);
        })
    };
    let mut made: Vec<Mutation> = WRONG
        .iter()
        .map(|(name, comment, own, tamper)| {
            let from_ceremony =
                if name.starts_with("deposit") { "attests.deposits" } else { "attests.registrations" };
            // The partial signatures are on the hash of the lock that follows from the transcript.
            let failed = own.iter().copied().chain([from_ceremony, "seals.partials"]).collect();
            mutation(name, comment, failed, tamper)
        })
        .collect();
    let of_share = |more: &[&'static str]| [more, &["keys.public-shares", "seals.partials"]].concat();
    made.push(mutation(
        "share-of-nobody",
        "the public share of an operator is another key",
        of_share(&["lock.reconstruction", "lock.aggregate-signature"]),
        &|lock| lock["distributed_validators"][0]["public_shares"][2] = key(&other_secret()),
    ));
    made.push(mutation(
        "share-twice",
        "two operators have one public share",
        of_share(&["lock.distinct-keys", "lock.reconstruction", "lock.aggregate-signature"]),
        &|lock| {
            let shares = &mut lock["distributed_validators"][0]["public_shares"];
            shares[2] = shares[0].clone();
        },
    ));
    made.push(mutation(
        "share-no-point",
        "a public share is no point",
        of_share(&["lock.public-keys"]),
        &|lock| {
            flip(&mut lock["distributed_validators"][0]["public_shares"][2]);
        },
    ));
    made.push(Mutation::tampered(
        "sealed/by-some-only",
        Base::Lock,
        "two operators seal a lock without a deposit; the third sealed the true one",
        &fails(&["lock.node-signatures", "deposits.amounts", "attests.deposits", "seals.lock-hash"]),
        |lock| {
            let honest = lock.clone();
            drop(lock["distributed_validators"][0]["partial_deposit_data"].as_array_mut().unwrap().pop());
            reseal(Base::Lock, lock);
            lock["node_signatures"][2] = honest["node_signatures"][2].clone();
            transcript(lock)["seals"][2] = honest["pvss_transcript"]["seals"][2].clone();
        },
    ));
    made.push(Mutation::tampered(
        "sealed/by-nobody",
        Base::Lock,
        "somebody without a key changed the credentials and recomputed the lock hash",
        &fails(&[
            "lock.aggregate-signature",
            "lock.node-signatures",
            "deposits.credentials",
            "attests.deposits",
            "seals.lock-hash",
        ]),
        |lock| {
            deposit(lock, 0)["withdrawal_credentials"] = hex(&[1; 32]);
            lock["lock_hash"] = hex(&Lock::read(lock.clone()).unwrap().hash().unwrap());
        },
    ));
    made
}

/// Takes the transcript away, and signs the lock as it now is by these shares and all operators' identity keys.
fn seal_bare(lock: &mut Value, signers: &[SecretKey]) {
    lock.as_object_mut().unwrap().remove("pvss_transcript");
    let hash = Lock::read(lock.clone()).unwrap().hash().unwrap();
    lock["lock_hash"] = hex(&hash);
    let nodes = (1..=3).map(|operator| hex(&identity(operator).sign_recoverable(&hash)));
    lock["node_signatures"] = nodes.collect();
    let partials: Vec<_> = signers.iter().map(|signer| signer.sign(&hash)).collect();
    lock["signature_aggregate"] = hex(&bls::aggregate(&partials).unwrap().to_bytes());
}

/// Nothing shows how the keys were made, so that each thing that is wrong with the lock stands alone.
fn without_transcript() -> Vec<Mutation> {
    let of = |base: Base,
              name: &str,
              comment: &str,
              check: &'static str,
              tamper: &dyn Fn(&mut Value) -> Vec<SecretKey>| {
        let said = Said { failed: vec![check], undecided: vec!["transcript.present"] };
        Mutation::tampered(format!("bare/{name}"), base, comment, &said, |lock| {
            let signers = tamper(lock);
            seal_bare(lock, &signers);
        })
    };
    let one = |name: &str, comment: &str, check, tamper: &dyn Fn(&mut Value) -> Vec<SecretKey>| {
        of(Base::Lock, name, comment, check, tamper)
    };
    let mut made: Vec<Mutation> = WRONG
        .iter()
        .map(|(name, comment, own, tamper)| {
            one(name, comment, own[0], &|lock| {
                tamper(lock);
                shares(Base::Lock, 0)
            })
        })
        .collect();
    let share = |lock: &mut Value, place: usize, value: Value| {
        lock["distributed_validators"][0]["public_shares"][place] = value;
    };
    made.extend([
        one("share-of-nobody", "a share that belongs to no key", "lock.reconstruction", &|lock| {
            share(lock, 2, key(&other_secret()));
            [&shares(Base::Lock, 0)[..2], &[other_secret()]].concat()
        }),
        of(
            Base::Two,
            "lower-threshold",
            "two can sign, the definition says three",
            "lock.reconstruction",
            &|lock| {
                let definition = &mut lock["cluster_definition"];
                definition["threshold"] = json!(3);
                let read = Definition::read(&Node::root(definition)).unwrap();
                let Err(ClusterError::HashMismatch { computed, .. }) = read.verify_hashes() else {
                    panic!("no mismatch")
                };
                definition["config_hash"] = hex(&computed);
                rehash(definition);
                [shares(Base::Two, 0), shares(Base::Two, 1)].concat()
            },
        ),
        one("share-missing", "an operator has no share", "lock.share-counts", &|lock| {
            drop(lock["distributed_validators"][0]["public_shares"].as_array_mut().unwrap().pop());
            shares(Base::Lock, 0)[..2].to_vec()
        }),
        one("share-no-point", "a public share is no point", "lock.public-keys", &|lock| {
            flip(&mut lock["distributed_validators"][0]["public_shares"][2]);
            shares(Base::Lock, 0)
        }),
        one("aggregate-without-one", "an operator did not sign", "lock.aggregate-signature", &|_| {
            shares(Base::Lock, 0)[..2].to_vec()
        }),
        of(Base::Two, "validator-twice", "two deposits for one key", "lock.distinct-keys", &|lock| {
            lock["distributed_validators"][1] = lock["distributed_validators"][0].clone();
            [shares(Base::Two, 0), shares(Base::Two, 0)].concat()
        }),
        of(Base::Two, "validator-missing", "fewer validators than agreed", "lock.validator-count", &|lock| {
            drop(lock["distributed_validators"].as_array_mut().unwrap().pop());
            shares(Base::Two, 0)
        }),
    ]);
    let said = Said { failed: vec!["lock.node-signatures"], undecided: vec!["transcript.present"] };
    let comment = "an operator did not accept this lock";
    made.push(Mutation::tampered("bare/node-signature-of-another", Base::Lock, comment, &said, |lock| {
        lock.as_object_mut().unwrap().remove("pvss_transcript");
        lock["node_signatures"][1] = lock["node_signatures"][2].clone();
    }));
    let said = Said {
        failed: vec!["definition.enrs"],
        undecided: vec!["definition.operator-signatures", "transcript.present"],
    };
    let comment = "a record that its key did not sign";
    made.push(Mutation::tampered("bare/enr-broken", Base::Lock, comment, &said, |lock| {
        let enr = lock["cluster_definition"]["operators"][1]["enr"].as_str().unwrap().to_owned();
        lock["cluster_definition"]["operators"][1]["enr"] = json!(enr.replacen("HW", "HX", 1));
        rehash(&mut lock["cluster_definition"]);
        seal_bare(lock, &shares(Base::Lock, 0));
    }));
    let said = Said { failed: vec!["definition.identities"], undecided: vec!["transcript.present"] };
    made.push(Mutation::tampered(
        "bare/operator-twice",
        Base::Two,
        "one party that is two operators",
        &said,
        |lock| {
            let operators = &mut lock["cluster_definition"]["operators"];
            operators[2]["enr"] = operators[1]["enr"].clone();
            rehash(&mut lock["cluster_definition"]);
            seal_bare(lock, &[shares(Base::Two, 0), shares(Base::Two, 1)].concat());
            let hash = array(&lock["lock_hash"]);
            lock["node_signatures"][2] = hex(&identity(2).sign_recoverable(&hash));
        },
    ));
    made
}

/// States the definition hash anew.
fn rehash(definition: &mut Value) {
    let read = Definition::read(&Node::root(definition)).unwrap();
    definition["definition_hash"] = hex(&read.computed_hash().unwrap());
}

/// Whole ceremonies for definitions with which something is wrong, which all operators agreed to.
fn definitions() -> Vec<Mutation> {
    let mutation = |name: &str, base: Base, comment: &str, said: Said, tamper: &dyn Fn(&mut Value)| {
        Mutation::tampered(format!("ceremony/{name}"), base, comment, &said, |lock| {
            let definition = &mut lock["cluster_definition"];
            tamper(definition);
            rehash(definition);
            let definition = Definition::read(&Node::root(definition)).unwrap();
            let parameters = Ceremony::default_parameters(&definition).unwrap();
            let ceremony = Arc::new(Ceremony::new(definition, parameters, 0).unwrap());
            *lock = serde_json::from_slice(&common::run(&ceremony)[0].lock_json().unwrap()).unwrap();
        })
    };
    let shorter = |signature: &mut Value| *signature = hex(&unhex(signature)[..64]);
    let (operators, creator) = ("definition.operator-signatures", "definition.creator-signature");
    vec![
        mutation(
            "config-hash",
            Base::Two,
            "the operators agreed to a hash that is not that of the configuration",
            fails(&["definition.config-hash"]),
            &|definition| flip(&mut definition["config_hash"]),
        ),
        mutation(
            "operator-signature-short",
            Base::Lock,
            "no account's signature",
            fails(&[operators]),
            &|definition| {
                shorter(&mut definition["operators"][1]["config_signature"]);
            },
        ),
        mutation(
            "creator-signature-short",
            Base::Lock,
            "no account's signature",
            fails(&[creator]),
            &|definition| {
                shorter(&mut definition["creator"]["config_signature"]);
            },
        ),
        mutation(
            "operator-of-contract",
            Base::Lock,
            "v1.11, where a signature may be that of a contract wallet, as long as two of an account",
            crate::corpus::undecided(&[operators]),
            &|definition| {
                let of_v1_11 = signed_definition(Version::V1_11).to_json().unwrap();
                *definition = serde_json::from_slice(&of_v1_11).unwrap();
                let signature = &mut definition["operators"][1]["config_signature"];
                *signature = hex(&[unhex(signature), unhex(signature)].concat());
            },
        ),
        mutation(
            "creator-of-contract",
            Base::Lock,
            "the signature may be that of a contract wallet",
            crate::corpus::undecided(&[creator]),
            &|definition| flip(&mut definition["creator"]["config_signature"]),
        ),
    ]
}
