//! Dealings under Groth16, accepted and refused.

use std::sync::{Arc, OnceLock};

use ark_bls12_381::G2Affine;
use ark_ec::AffineRepr;
use ark_ff::{PrimeField, Zero};
use ark_serialize::{CanonicalDeserialize, CanonicalSerialize};
use coram_circuits::{Fr, share_encryption::ShapeCircuit};
use coram_proofs::{
    groth16::{Key, Keys},
    *,
};
use serde_json::{Value, json};

use super::{
    array,
    by_hand::{self, Challenges, Chunk, POINT, WORD, decrypt, holds, public_inputs, scalar_bytes},
    bytes, load, number,
    setting::{from_json, keys, setting, to_json, variant},
    setup, text,
};

/// Bytes of `D0 | y | proof`.
const CHUNK: usize = POINT + WORD + 192;

/// The setup of most vectors, and one with another verifying key.
const SETUP: &str = "accept";
const OTHER_SETUP: &str = "accept-beacon";

/// Dealers have the whole string.
fn dealer_scheme(setting: Setting) -> Scheme {
    static KEY: OnceLock<Arc<Key>> = OnceLock::new();
    let key = KEY.get_or_init(|| {
        let circuit = ShapeCircuit::new(2, 1).unwrap();
        Arc::new(setup::draft().clone().finish(circuit).unwrap().into_key())
    });
    Scheme::new(setting, &Backend::Groth16(Keys::new(vec![Arc::clone(key)]).unwrap())).unwrap()
}

/// Verifiers have what a transcript carries.
fn scheme_of(setting: Setting, setup: &str) -> Scheme {
    let key = Key::verifying(setup::setup_of(setup));
    Scheme::new(setting, &Backend::Groth16(Keys::new(vec![Arc::new(key)]).unwrap())).unwrap()
}

/// All chunks of a dealing: each is of one validator.
fn chunks<'a>(scheme: &'a Scheme, dealer: u16, dealing: &'a [u8]) -> Vec<Chunk<'a>> {
    let setting = scheme.setting();
    let chunk = |number: usize| {
        let start = by_hand::chunks(setting) + number * CHUNK;
        Chunk {
            setting,
            system: ProofSystemId::Groth16,
            relation: scheme.relation_digest(),
            dealer,
            dealing,
            number,
            validators: number..number + 1,
            bytes: start..start + CHUNK,
        }
    };
    (0..setting.validators as usize).map(chunk).collect()
}

/// An accepted dealing with everything that a second implementation can compare.
fn accepted(comment: &str, setting: Setting, dealer: u16, seed: [u8; 32]) -> Value {
    let scheme = dealer_scheme(setting.clone());
    let dealing = scheme.deal(dealer, &seed).unwrap().to_bytes();
    let chunks = chunks(&scheme, dealer, &dealing);
    let verified = [scheme.verify(dealer, scheme.decode(&dealing).unwrap()).unwrap()];
    let aggregate = Aggregate::new(&verified).unwrap();
    let n = setting.recipients.len() as u16;
    let validators = 0..setting.validators as usize;
    let public_shares = |j: usize| -> Vec<String> {
        (1..=n).map(|index| hex::encode(aggregate.public_share(index, j).unwrap())).collect()
    };
    let open = |(index, key): (u16, DecryptionKey)| -> Vec<String> {
        let shares = scheme.open(&verified, &aggregate, index, &key).unwrap();
        let opened: Vec<_> = shares.iter().map(|share| *share.to_bytes()).collect();
        let decrypt = |chunk| decrypt(chunk, Challenges::of(chunk).ctx, index, &key.to_bytes());
        let by_hand: Vec<_> = chunks.iter().flat_map(decrypt).map(|share| scalar_bytes(&share)).collect();
        assert_eq!(opened, by_hand);
        opened.iter().map(hex::encode).collect()
    };
    json!({
        "comment": comment,
        "expect": "accept",
        "setup": SETUP,
        "setting": to_json(&setting, ProofSystemId::Groth16),
        "relation": hex::encode(scheme.relation_digest()),
        "dealer": dealer,
        "seed": hex::encode(seed),
        "chunks": chunks.iter().map(chunk_to_json).collect::<Vec<_>>(),
        "validator_keys": validators.clone().map(|j| hex::encode(aggregate.validator_key(j).unwrap())).collect::<Vec<_>>(),
        "public_shares": validators.map(public_shares).collect::<Vec<_>>(),
        "decryption_keys": keys(n).iter().map(|key| hex::encode(*key.to_bytes())).collect::<Vec<_>>(),
        "shares": (1..).zip(keys(n)).map(open).collect::<Vec<_>>(),
        "dealing": hex::encode(&dealing),
    })
}

fn chunk_to_json(chunk: &Chunk<'_>) -> Value {
    let challenges = Challenges::of(chunk);
    let inputs = public_inputs(chunk, &challenges);
    assert!(holds(&setup::setup_of(SETUP).record().verifying_key, &inputs, chunk.proof()));
    let texts =
        |scalars: &[Fr]| scalars.iter().map(|scalar| hex::encode(scalar_bytes(scalar))).collect::<Vec<_>>();
    json!({
        "validators": [chunk.validators.start, chunk.validators.end],
        "ctx": hex::encode(scalar_bytes(&challenges.ctx)),
        "b": hex::encode(scalar_bytes(&challenges.b)),
        "blinder": hex::encode(chunk.blinder()),
        "e": hex::encode(scalar_bytes(&challenges.e)),
        "masked_sum": hex::encode(chunk.masked_sum()),
        "public_inputs": texts(&inputs),
        "proof": hex::encode(chunk.proof()),
    })
}

/// What is shown to a verifier, and what the verifier has to say.
struct Shown<'a> {
    name: &'a str,
    comment: &'a str,
    error: Option<&'a str>,
    setup: &'a str,
    setting: Setting,
    dealer: u16,
    dealing: Vec<u8>,
}

impl Shown<'_> {
    fn to_json(&self) -> (String, Value) {
        let expect = if self.error.is_some() { "reject" } else { "accept" };
        let mut value = json!({
            "comment": self.comment,
            "expect": expect,
            "setup": self.setup,
            "setting": to_json(&self.setting, ProofSystemId::Groth16),
            "dealer": self.dealer,
            "dealing": hex::encode(&self.dealing),
        });
        if let Some(error) = self.error {
            value["error"] = error.into();
        }
        (format!("{expect}-{}", self.name), value)
    }
}

fn cases() -> Vec<(String, Value)> {
    let accept = [
        ("accept-one-chunk", accepted("One validator", setting(2, 2, 1), 1, [21; 32])),
        ("accept-two-chunks", accepted("Two validators, each in a chunk", setting(2, 2, 2), 2, [22; 32])),
    ];
    let accept = accept.into_iter().map(|(name, value)| (name.to_owned(), value));
    accept.chain(one_chunk().iter().chain(&two_chunks()).map(Shown::to_json)).collect()
}

/// What is made of a dealing of one chunk.
fn one_chunk() -> Vec<Shown<'static>> {
    let small = setting(2, 2, 1);
    let scheme = dealer_scheme(small.clone());
    let deal = |dealer: u16| scheme.deal(dealer, &[21; 32]).unwrap().to_bytes();
    let honest = deal(1);
    let masked_sum = by_hand::chunks(&small) + POINT;
    let a = masked_sum + WORD;
    let (b, c) = (a + 48, a + 144);
    let with = |change: &dyn Fn(&mut [u8])| {
        let mut dealing = honest.clone();
        change(&mut dealing);
        dealing
    };
    let shown = |name, comment, error, dealing| {
        let setting = small.clone();
        Shown { name, comment, error, setup: SETUP, setting, dealer: 1, dealing }
    };
    let invalid = Some("InvalidProof");
    let mut exchanged = setting(2, 2, 1);
    exchanged.recipients =
        Recipients::new(keys(2).iter().rev().map(DecryptionKey::encryption_key).collect()).unwrap();
    vec![
        shown(
            "a-and-b-negated",
            "Anybody can make another proof of the same statement",
            None,
            with(&|d| {
                d[a] ^= 0x20;
                d[b] ^= 0x20;
            }),
        ),
        shown("a-negated", "The sign of A", invalid, with(&|d| d[a] ^= 0x20)),
        shown(
            "b-outside-subgroup",
            "B and a point of the curve outside the subgroup",
            Some("PointOfG2"),
            with(&|d| {
                let sum = outside_subgroup(&d[b..c]);
                d[b..c].copy_from_slice(&sum);
            }),
        ),
        shown(
            "c-identity",
            "C is the identity",
            Some("Point"),
            with(&|d| {
                d[c..].fill(0);
                d[c] = 0xc0;
            }),
        ),
        shown(
            "masked-sum-plus-one",
            "y + 1",
            invalid,
            with(&|d| {
                let y = Fr::from_be_bytes_mod_order(&d[masked_sum..a]) + Fr::from(1u64);
                d[masked_sum..a].copy_from_slice(&scalar_bytes(&y));
            }),
        ),
        shown(
            "proof-of-another-dealer",
            "A, B and C are dealer 2's",
            invalid,
            with(&|d| {
                d[a..].copy_from_slice(&deal(2)[a..]);
            }),
        ),
        shown(
            "truncated",
            "The last byte is missing",
            Some("DealingLength"),
            honest[..honest.len() - 1].to_vec(),
        ),
        Shown {
            dealer: 2,
            ..shown("other-dealer", "Dealer 1's dealing, shown as dealer 2's", invalid, honest.clone())
        },
        Shown {
            setup: OTHER_SETUP,
            ..shown(
                "other-verifying-key",
                "Judged under another setup of this shape",
                invalid,
                honest.clone(),
            )
        },
        Shown {
            setting: exchanged,
            ..shown(
                "recipients-exchanged",
                "The keys of recipients 1 and 2 are exchanged",
                invalid,
                honest.clone(),
            )
        },
    ]
}

/// What is made of a dealing of two chunks.
fn two_chunks() -> Vec<Shown<'static>> {
    let two = setting(2, 2, 2);
    let honest = dealer_scheme(two.clone()).deal(1, &[22; 32]).unwrap().to_bytes();
    let (ephemeral, first) = (by_hand::ephemeral_key(&two), by_hand::chunks(&two));
    let mut swapped = honest.clone();
    swapped[first..].rotate_left(CHUNK);
    let mut moved = swapped.clone();
    moved[..ephemeral].rotate_left(ephemeral / 2);
    moved[ephemeral + WORD..first].rotate_left(2 * WORD);
    let shown = |name, comment, dealing| {
        let (error, setting) = (Some("InvalidProof"), two.clone());
        Shown { name, comment, error, setup: SETUP, setting, dealer: 1, dealing }
    };
    vec![
        shown("chunks-exchanged", "D0, y and proof of both chunks are exchanged", swapped),
        shown("validators-exchanged", "So are commitments and encrypted shares", moved),
    ]
}

/// A point of the curve, not of the subgroup, whose multiple in the subgroup is `point`'s.
fn outside_subgroup(point: &[u8]) -> Vec<u8> {
    let point = G2Affine::deserialize_compressed(point).unwrap();
    let candidates = (1u64..).filter_map(|x| G2Affine::get_point_from_x_unchecked(x.into(), false));
    let stray = candidates.map(|stray| stray.mul_bigint(Fr::MODULUS)).find(|stray| !stray.is_zero());
    let sum = G2Affine::from(stray.unwrap() + point);
    assert!(sum.is_on_curve() && !sum.is_in_correct_subgroup_assuming_on_curve());
    let mut bytes = Vec::new();
    sum.serialize_compressed(&mut bytes).unwrap();
    bytes
}

#[test]
fn dealings_under_a_setup_are_judged_as_their_vectors_say() {
    let vectors = load("groth16", cases);
    assert_eq!(vectors.len(), 14);
    for (name, vector) in vectors {
        let setting = from_json(&vector["setting"], ProofSystemId::Groth16);
        let dealer = number(&vector, "dealer") as u16;
        let scheme = scheme_of(setting.clone(), text(&vector, "setup"));
        let decoded = scheme.decode(&bytes(&vector, "dealing"));
        let result = decoded.and_then(|dealing| scheme.verify(dealer, dealing)).map(|_| ());
        match result {
            Ok(()) => assert_eq!(text(&vector, "expect"), "accept", "{name}"),
            Err(error) => assert_eq!(text(&vector, "error"), variant(&error), "{name}"),
        }
        if vector.get("seed").is_some() {
            let made = accepted(text(&vector, "comment"), setting, dealer, array(&vector, "seed"));
            assert_eq!(made, vector, "{name}");
        }
    }
}
