//! Dealings, accepted and refused.

use coram_proofs::{Backend, *};
use serde_json::{Value, json};

use super::{
    array,
    by_hand::{self, Challenges, Chunk, POINT, WORD, decrypt, scalar_bytes},
    bytes, list, load, number,
    setting::{from_json, keys, setting, to_json, variant},
    text,
};

pub fn scheme_of(setting: Setting) -> Scheme {
    Scheme::new(setting, &Backend::Transparent).unwrap()
}

/// An accepted dealing with everything that a second implementation can compare.
fn accepted(comment: &str, setting: Setting, dealer: u16, seed: [u8; 32]) -> Value {
    let scheme = scheme_of(setting.clone());
    let dealing = scheme.deal(dealer, &seed).unwrap();
    let bytes = dealing.to_bytes();
    let challenges = Challenges::of(&whole(&scheme, dealer, &bytes));
    let verified = [scheme.verify(dealer, dealing).unwrap()];
    let aggregate = Aggregate::new(&verified).unwrap();
    let n = setting.recipients.len() as u16;
    let validators = 0..setting.validators as usize;
    let public_shares = |j: usize| -> Vec<String> {
        (1..=n).map(|index| hex::encode(aggregate.public_share(index, j).unwrap())).collect()
    };
    let open = |(index, key): (u16, DecryptionKey)| -> Vec<String> {
        let shares = scheme.open(&verified, &aggregate, index, &key).unwrap();
        shares.iter().map(|share| hex::encode(*share.to_bytes())).collect()
    };
    json!({
        "comment": comment,
        "expect": "accept",
        "setting": to_json(&setting, ProofSystemId::Transparent),
        "relation": hex::encode(scheme.relation_digest()),
        "dealer": dealer,
        "seed": hex::encode(seed),
        "ctx": hex::encode(scalar_bytes(&challenges.ctx)),
        "b": hex::encode(scalar_bytes(&challenges.b)),
        "e": hex::encode(scalar_bytes(&challenges.e)),
        "validator_keys": validators.clone().map(|j| hex::encode(aggregate.validator_key(j).unwrap())).collect::<Vec<_>>(),
        "public_shares": validators.map(public_shares).collect::<Vec<_>>(),
        "decryption_keys": keys(n).iter().map(|key| hex::encode(*key.to_bytes())).collect::<Vec<_>>(),
        "shares": (1..).zip(keys(n)).map(open).collect::<Vec<_>>(),
        "dealing": hex::encode(bytes),
    })
}

fn refused(comment: &str, setting: &Setting, dealer: u16, error: &str, dealing: &[u8]) -> Value {
    json!({
        "comment": comment,
        "expect": "reject",
        "error": error,
        "setting": to_json(setting, ProofSystemId::Transparent),
        "dealer": dealer,
        "dealing": hex::encode(dealing),
    })
}

fn cases() -> Vec<(String, Value)> {
    let accept = [
        ("accept-one-of-one", accepted("The smallest ceremony", setting(1, 1, 1), 1, [11; 32])),
        ("accept-two-of-three", accepted("One validator", setting(3, 2, 1), 2, [12; 32])),
        (
            "accept-three-of-four",
            accepted(
                "Two validators: the last number of pads for the narrow sponge",
                setting(4, 3, 2),
                4,
                [13; 32],
            ),
        ),
        ("accept-two-of-two", accepted("Three validators: the wide sponge", setting(2, 2, 3), 1, [14; 32])),
    ];
    let small = setting(2, 2, 1);
    let scheme = scheme_of(small.clone());
    let honest = scheme.deal(1, &[15; 32]).unwrap().to_bytes();
    let mut cases: Vec<(String, Value)> =
        accept.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let mut reject = |name: &str, comment: &str, error: &str, dealing: Vec<u8>| {
        cases.push((format!("reject-{name}"), refused(comment, &small, 1, error, &dealing)));
    };
    // A[0][0] A[0][1] R c_1 c_2 D0 y proof
    let ephemeral = 2 * POINT;
    let ciphertext = ephemeral + WORD;
    let blinder = ciphertext + 2 * WORD;
    let sum = blinder + POINT;
    let proof = sum + WORD;
    let with = |change: &dyn Fn(&mut [u8])| {
        let mut dealing = honest.clone();
        change(&mut dealing);
        dealing
    };
    let order = hex::decode("73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001").unwrap();
    let plus_order = |scalar: &mut [u8]| {
        let mut carry = 0;
        for (byte, addend) in scalar.iter_mut().zip(&order).rev() {
            let sum = u16::from(*byte) + u16::from(*addend) + carry;
            *byte = sum as u8;
            carry = sum >> 8;
        }
        assert_eq!(carry, 0);
    };
    let identity = |point: &mut [u8]| {
        point.fill(0);
        point[0] = 0xc0;
    };
    // (0, 2) has order three.
    let order_three = |point: &mut [u8]| {
        point.fill(0);
        point[0] = 0x80;
    };
    reject("truncated", "The last byte is missing", "DealingLength", honest[..honest.len() - 1].to_vec());
    reject("extended", "One byte more", "DealingLength", [&honest[..], &[0]].concat());
    reject(
        "commitment-missing",
        "One commitment for a threshold of two",
        "DealingLength",
        honest[POINT..].to_vec(),
    );
    reject(
        "commitment-of-order-three",
        "A point of the curve outside the subgroup",
        "Commitment",
        with(&|d| order_three(&mut d[POINT..2 * POINT])),
    );
    reject(
        "commitment-not-compressed",
        "The flag of the compressed form is missing",
        "Commitment",
        with(&|d| d[0] ^= 0x80),
    );
    reject(
        "commitment-negated",
        "Another statement, for which nothing is proved",
        "InvalidProof",
        with(&|d| d[0] ^= 0x20),
    );
    reject(
        "ephemeral-key-identity",
        "The identity of Jubjub",
        "EphemeralKey",
        with(&|d| {
            d[ephemeral..ciphertext].fill(0);
            d[ephemeral] = 1;
        }),
    );
    reject(
        "ephemeral-key-of-order-two",
        "(0, -1)",
        "EphemeralKey",
        with(&|d| {
            d[ephemeral..ciphertext].copy_from_slice(&(-jubjub::Fq::one()).to_bytes());
        }),
    );
    reject(
        "ephemeral-key-negated",
        "The pads are the same, the statement is not",
        "InvalidProof",
        with(&|d| d[ciphertext - 1] ^= 0x80),
    );
    reject(
        "ciphertext-plus-order",
        "A scalar that is not canonical",
        "Ciphertext",
        with(&|d| plus_order(&mut d[ciphertext..ciphertext + WORD])),
    );
    reject(
        "ciphertexts-swapped",
        "The shares of operators 1 and 2 exchanged",
        "InvalidProof",
        with(&|d| {
            let (one, two) = d[ciphertext..blinder].split_at_mut(WORD);
            one.swap_with_slice(two);
        }),
    );
    reject("blinder-identity", "D0 is the identity", "Blinder", with(&|d| identity(&mut d[blinder..sum])));
    reject(
        "masked-sum-plus-order",
        "A scalar that is not canonical",
        "MaskedSum",
        with(&|d| plus_order(&mut d[sum..proof])),
    );
    reject(
        "proof-point-of-order-three",
        "The first row commitment",
        "Point",
        with(&|d| order_three(&mut d[proof..proof + POINT])),
    );
    reject(
        "proof-scalar-plus-order",
        "The last response",
        "Scalar",
        with(&|d| {
            let start = d.len() - WORD;
            plus_order(&mut d[start..]);
        }),
    );
    reject(
        "proof-response-changed",
        "The last response",
        "InvalidProof",
        with(&|d| *d.last_mut().unwrap() ^= 1),
    );

    let elsewhere = |change: fn(&mut Setting)| {
        let mut setting = small.clone();
        change(&mut setting);
        scheme_of(setting).deal(1, &[15; 32]).unwrap().to_bytes()
    };
    reject(
        "other-ceremony",
        "An honest dealing for another ceremony",
        "InvalidProof",
        elsewhere(|s| s.ceremony = [3; 32]),
    );
    reject(
        "other-roster",
        "An honest dealing for another roster",
        "InvalidProof",
        elsewhere(|s| s.roster = [3; 32]),
    );
    let copied = refused("Dealer 1's dealing, shown as dealer 2's", &small, 2, "InvalidProof", &honest);
    cases.push(("reject-other-dealer".into(), copied));
    let nobody = refused("A dealer that does not exist", &small, 3, "Index", &honest);
    cases.push(("reject-no-dealer".into(), nobody));
    cases
}

#[test]
fn dealings_are_judged_as_their_vectors_say() {
    let vectors = load("dealing", cases);
    // `reject-wrong-share` is made where a dealer can lie, by the unit tests.
    assert_eq!(vectors.len(), 25);
    for (name, vector) in vectors {
        let scheme = scheme_of(from_json(&vector["setting"], ProofSystemId::Transparent));
        let dealer = number(&vector, "dealer") as u16;
        let decoded = scheme.decode(&bytes(&vector, "dealing"));
        let result = decoded.and_then(|dealing| scheme.verify(dealer, dealing));
        match (text(&vector, "expect"), result) {
            ("accept", Ok(verified)) => check_accepted(&name, &vector, &scheme, verified),
            ("reject", Err(error)) => assert_eq!(variant(&error), text(&vector, "error"), "{name}"),
            (_, result) => panic!("{name}: {:?}", result.map(|_| ())),
        }
    }
}

fn check_accepted(name: &str, vector: &Value, scheme: &Scheme, verified: VerifiedDealing) {
    let dealer = verified.dealer();
    let dealing = verified.dealing().to_bytes();
    assert_eq!(hex::encode(scheme.relation_digest()), text(vector, "relation"), "{name}");
    let again = scheme.deal(dealer, &array(vector, "seed")).unwrap();
    assert_eq!(hex::encode(again.to_bytes()), text(vector, "dealing"), "{name}");
    let chunk = whole(scheme, dealer, &dealing);
    let challenges = Challenges::of(&chunk);
    for (member, value) in [("ctx", challenges.ctx), ("b", challenges.b), ("e", challenges.e)] {
        assert_eq!(hex::encode(scalar_bytes(&value)), text(vector, member), "{name}: {member}");
    }

    let setting = scheme.setting();
    let aggregate = Aggregate::new(std::slice::from_ref(&verified)).unwrap();
    for (j, key) in list(vector, "validator_keys").iter().enumerate() {
        assert_eq!(Some(hex::encode(aggregate.validator_key(j).unwrap()).as_str()), key.as_str(), "{name}");
        for (index, share) in (1..).zip(vector["public_shares"][j].as_array().unwrap()) {
            let public = hex::encode(aggregate.public_share(index, j).unwrap());
            assert_eq!(Some(public.as_str()), share.as_str(), "{name}");
        }
    }
    let keys = list(vector, "decryption_keys");
    assert_eq!(keys.len(), setting.recipients.len());
    for (position, key) in keys.iter().enumerate() {
        let index = position as u16 + 1;
        let key: [u8; 32] = hex::decode(key.as_str().unwrap()).unwrap().try_into().unwrap();
        let secret = DecryptionKey::from_bytes(&key).unwrap();
        let opened = scheme.open(std::slice::from_ref(&verified), &aggregate, index, &secret).unwrap();
        let by_hand = decrypt(&chunk, challenges.ctx, index, &key);
        for ((share, by_hand), expected) in
            opened.iter().zip(by_hand).zip(vector["shares"][position].as_array().unwrap())
        {
            assert_eq!(Some(hex::encode(*share.to_bytes()).as_str()), expected.as_str(), "{name}");
            assert_eq!(*share.to_bytes(), scalar_bytes(&by_hand), "{name}");
        }
    }
}

/// All that a dealing of the transparent system says about pads.
pub fn whole<'a>(scheme: &'a Scheme, dealer: u16, dealing: &'a [u8]) -> Chunk<'a> {
    let setting = scheme.setting();
    Chunk {
        setting,
        system: ProofSystemId::Transparent,
        relation: scheme.relation_digest(),
        dealer,
        dealing,
        number: 0,
        validators: 0..setting.validators as usize,
        bytes: by_hand::chunks(setting)..dealing.len(),
    }
}
