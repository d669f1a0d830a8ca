//! Proofs of possession of encryption keys, and keys that are none.

use coram_proofs::{DecryptionKey, EncryptionKey, Possession, PossessionContext};
use serde_json::{Value, json};

use super::{array, load, number, text};

const CONTEXT: PossessionContext = PossessionContext { ceremony: [1; 32], author: 3, identity: [2; 33] };

fn case(comment: &str, expect: &str, key: [u8; 32], context: &PossessionContext, proof: [u8; 64]) -> Value {
    json!({
        "comment": comment,
        "expect": expect,
        "ceremony": hex::encode(context.ceremony),
        "author": context.author,
        "identity": hex::encode(context.identity),
        "encryption_key": hex::encode(key),
        "proof": hex::encode(proof),
    })
}

fn cases() -> Vec<(String, Value)> {
    let secret = DecryptionKey::derive(&[7; 32], b"vectors");
    let key = secret.encryption_key().to_bytes();
    let proof = Possession::prove(&secret, &CONTEXT).to_bytes();
    let mut accepted = case("Made from the decryption key", "accept", key, &CONTEXT, proof);
    accepted["decryption_key"] = hex::encode(*secret.to_bytes()).into();
    let mut cases = vec![("accept".to_owned(), accepted)];
    let mut reject = |name: &str, comment: &str, key, context: &PossessionContext, proof| {
        cases.push((format!("reject-{name}"), case(comment, "reject", key, context, proof)));
    };
    let other = PossessionContext { author: 4, ..CONTEXT };
    reject("other-author", "A proof copied by operator 4", key, &other, proof);
    let other = PossessionContext { ceremony: [9; 32], ..CONTEXT };
    reject("other-ceremony", "A proof from another ceremony", key, &other, proof);
    let other = PossessionContext { identity: [9; 33], ..CONTEXT };
    reject("other-identity", "A proof of another identity", key, &other, proof);
    let stranger = DecryptionKey::derive(&[8; 32], b"vectors").encryption_key().to_bytes();
    reject("other-key", "The key of somebody else", stranger, &CONTEXT, proof);
    let mut changed = proof;
    changed[32] ^= 1;
    reject("response-changed", "The lowest bit of z", key, &CONTEXT, changed);
    reject(
        "response-plus-order",
        "z and the order of the group: not canonical",
        key,
        &CONTEXT,
        plus_order(proof),
    );
    let mut negated = proof;
    negated[31] ^= 0x80;
    reject("announcement-negated", "The sign of T", key, &CONTEXT, negated);
    let order_two = (-jubjub::Fq::one()).to_bytes();
    reject("key-of-order-two", "(0, -1): no encryption key", order_two, &CONTEXT, proof);
    let mut identity = [0; 32];
    identity[0] = 1;
    reject("key-identity", "The identity: no encryption key", identity, &CONTEXT, proof);
    cases
}

/// Adds the order of Jubjub's subgroup to `z`: `-1` and one.
fn plus_order(mut proof: [u8; 64]) -> [u8; 64] {
    let mut carry = 1;
    for (byte, addend) in proof[32..].iter_mut().zip((-jubjub::Scalar::one()).to_bytes()) {
        let sum = u16::from(*byte) + u16::from(addend) + carry;
        *byte = sum as u8;
        carry = sum >> 8;
    }
    assert_eq!(carry, 0);
    proof
}

#[test]
fn possessions_are_judged_as_their_vectors_say() {
    let vectors = load("possession", cases);
    assert_eq!(vectors.len(), 10);
    for (name, vector) in vectors {
        let context = PossessionContext {
            ceremony: array(&vector, "ceremony"),
            author: number(&vector, "author") as u16,
            identity: array(&vector, "identity"),
        };
        let proof = Possession::from_bytes(array(&vector, "proof"));
        let key = EncryptionKey::from_bytes(&array(&vector, "encryption_key"));
        let holds = key.and_then(|key| proof.verify(&key, &context)).is_ok();
        assert_eq!(holds, text(&vector, "expect") == "accept", "{name}");
        if vector.get("decryption_key").is_some() {
            let secret = DecryptionKey::from_bytes(&array(&vector, "decryption_key")).unwrap();
            assert_eq!(hex::encode(secret.encryption_key().to_bytes()), text(&vector, "encryption_key"));
            assert_eq!(Possession::prove(&secret, &context), proof);
        }
    }
}
