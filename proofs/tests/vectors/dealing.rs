//! Dealings, accepted and refused.

use coram_circuits::{Fr, share_encryption::pads};
use coram_proofs::{Backend, hash::TaggedHash, *};
use serde_json::{Value, json};

use super::{array, bytes, list, load, number, text};

const POINT: usize = 48;
const WORD: usize = 32;

fn keys(n: u16) -> Vec<DecryptionKey> {
    (1..=n).map(|index| DecryptionKey::derive(&[index as u8; 32], b"vectors")).collect()
}

fn setting(n: u16, threshold: u16, validators: u32) -> Setting {
    let recipients = Recipients::new(keys(n).iter().map(DecryptionKey::encryption_key).collect()).unwrap();
    Setting { ceremony: [1; 32], roster: [2; 32], role: Role::Member, threshold, validators, recipients }
}

fn scheme_of(setting: Setting) -> Scheme {
    Scheme::new(setting, &Backend::Transparent).unwrap()
}

fn setting_to_json(setting: &Setting) -> Value {
    let key = |index| hex::encode(setting.recipients.get(index).unwrap().to_bytes());
    json!({
        "ceremony": hex::encode(setting.ceremony),
        "roster": hex::encode(setting.roster),
        "role": setting.role as u8,
        "proof_system": ProofSystemId::Transparent.name(),
        "threshold": setting.threshold,
        "validators": setting.validators,
        "keys": (1..=setting.recipients.len() as u16).map(key).collect::<Vec<_>>(),
    })
}

fn setting_from_json(value: &Value) -> Setting {
    assert_eq!(text(value, "proof_system"), ProofSystemId::Transparent.name());
    assert_eq!(number(value, "role"), Role::Member as u64);
    let key = |text: &Value| {
        let bytes: [u8; 32] = hex::decode(text.as_str().unwrap()).unwrap().try_into().unwrap();
        EncryptionKey::from_bytes(&bytes).unwrap()
    };
    Setting {
        ceremony: array(value, "ceremony"),
        roster: array(value, "roster"),
        role: Role::Member,
        threshold: number(value, "threshold") as u16,
        validators: number(value, "validators") as u32,
        recipients: Recipients::new(list(value, "keys").iter().map(key).collect()).unwrap(),
    }
}

/// An accepted dealing with everything that a second implementation can compare.
fn accepted(comment: &str, setting: Setting, dealer: u16, seed: [u8; 32]) -> Value {
    let scheme = scheme_of(setting.clone());
    let dealing = scheme.deal(dealer, &seed).unwrap();
    let bytes = dealing.to_bytes();
    let challenges = Challenges::of(&scheme, dealer, &bytes);
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
        "setting": setting_to_json(&setting),
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
        "setting": setting_to_json(setting),
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

/// The name of an error's variant.
fn variant(error: &ProofError) -> String {
    format!("{error:?}").chars().take_while(|c| c.is_ascii_alphanumeric()).collect()
}

#[test]
fn dealings_are_judged_as_their_vectors_say() {
    let vectors = load("dealing", cases);
    // `reject-wrong-share` is made where a dealer can lie, by the unit tests.
    assert_eq!(vectors.len(), 25);
    for (name, vector) in vectors {
        let scheme = scheme_of(setting_from_json(&vector["setting"]));
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
    let challenges = Challenges::of(scheme, dealer, &dealing);
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
        let by_hand = decrypt(setting, &dealing, challenges.ctx, index, &key);
        for ((share, by_hand), expected) in
            opened.iter().zip(by_hand).zip(vector["shares"][position].as_array().unwrap())
        {
            assert_eq!(Some(hex::encode(*share.to_bytes()).as_str()), expected.as_str(), "{name}");
            assert_eq!(*share.to_bytes(), scalar_bytes(&by_hand), "{name}");
        }
    }
}

/// `ctx`, `b` and `e`, hashed here from the bytes of a dealing of one chunk.
struct Challenges {
    ctx: Fr,
    b: Fr,
    e: Fr,
}

impl Challenges {
    fn of(scheme: &Scheme, dealer: u16, dealing: &[u8]) -> Self {
        let setting = scheme.setting();
        let (n, m) = (setting.recipients.len(), setting.validators as usize);
        let (commitments, rest) = dealing.split_at(m * usize::from(setting.threshold) * POINT);
        let (ephemeral, rest) = rest.split_at(WORD);
        let (ciphertexts, rest) = rest.split_at(n * m * WORD);
        let ctx = TaggedHash::new("pad")
            .bytes(&setting.ceremony)
            .bytes(&setting.roster)
            .number(0) // role
            .number(u64::from(dealer))
            .number(n as u64)
            .number(u64::from(setting.threshold))
            .number(m as u64)
            .bytes(&scheme.relation_digest())
            .number(1) // proof system
            .number(0) // chunk
            .number(0) // its first validator
            .number(m as u64) // its end
            .bytes(ephemeral)
            .list(&commitments.chunks(POINT).collect::<Vec<_>>())
            .field();
        let ciphertexts: Vec<&[u8]> = ciphertexts.chunks(WORD).collect();
        let b = TaggedHash::new("blind").bytes(&scalar_bytes(&ctx)).list(&ciphertexts).field();
        let e = TaggedHash::new("link").bytes(&scalar_bytes(&b)).bytes(&rest[..POINT]).field();
        Self { ctx, b, e }
    }
}

/// `c - p` for every validator, with a multiplication by hand.
fn decrypt(setting: &Setting, dealing: &[u8], ctx: Fr, index: u16, key: &[u8; 32]) -> Vec<Fr> {
    use ark_ff::PrimeField;
    use jubjub::{AffinePoint, ExtendedPoint, Scalar};
    let (n, m) = (setting.recipients.len(), setting.validators as usize);
    let start = m * usize::from(setting.threshold) * POINT;
    let ephemeral: [u8; 32] = dealing[start..start + WORD].try_into().unwrap();
    let point = ExtendedPoint::from(AffinePoint::from_bytes(ephemeral).unwrap());
    let shared = AffinePoint::from(point * Scalar::from_bytes(key).unwrap());
    // u = (1 + y) / (1 - y) of the Edwards ordinate y, which the crate calls v.
    let y = Fr::from_le_bytes_mod_order(&shared.get_v().to_bytes());
    let one = Fr::from(1u64);
    let pads = pads(ctx, index, (one + y) / (one - y), m);
    let ciphertext = |j: usize| {
        let place = start + WORD + (j * n + usize::from(index) - 1) * WORD;
        Fr::from_be_bytes_mod_order(&dealing[place..place + WORD])
    };
    pads.iter().enumerate().map(|(j, pad)| ciphertext(j) - pad).collect()
}

fn scalar_bytes(scalar: &Fr) -> [u8; 32] {
    use ark_ff::{BigInteger, PrimeField};
    scalar.into_bigint().to_bytes_be().try_into().unwrap()
}
