//! Batched extraction: keys, public shares and shares of several dealings, and what is no extraction.

use ark_ff::Field;
use coram_circuits::Fr;
use coram_proofs::*;
use serde_json::{Value, json};

use super::{
    by_hand::{Challenges, decrypt, scalar_bytes},
    dealing::{scheme_of, whole},
    list, load, number,
    setting::{from_json, keys, setting, to_json, variant},
    text,
};

/// The dealings of operators 1 to 4 that three have to agree with, all or without the last.
fn dealings(scheme: &Scheme, dealers: u16) -> Vec<(u16, [u8; 32], Vec<u8>)> {
    let deal = |dealer: u16| {
        let seed = [20 + dealer as u8; 32];
        (dealer, seed, scheme.deal(dealer, &seed).unwrap().to_bytes())
    };
    (1..=dealers).map(deal).collect()
}

fn verify(scheme: &Scheme, dealings: impl Iterator<Item = (u16, Vec<u8>)>) -> Vec<VerifiedDealing> {
    let decode = |(dealer, bytes): (u16, Vec<u8>)| (dealer, scheme.decode(&bytes).unwrap());
    scheme.verify_all(dealings.map(decode).collect()).unwrap()
}

fn case(comment: &str, expect: &str, dealers: u16, keys: u32) -> Value {
    let scheme = scheme_of(setting(4, 3, 2));
    let dealing = |(dealer, seed, bytes): (u16, [u8; 32], Vec<u8>)| json!({ "dealer": dealer, "seed": hex::encode(seed), "dealing": hex::encode(bytes) });
    json!({
        "comment": comment,
        "expect": expect,
        "setting": to_json(scheme.setting(), ProofSystemId::Transparent),
        "keys": keys,
        "rows": 2,
        "dealings": dealings(&scheme, dealers).into_iter().map(dealing).collect::<Vec<_>>(),
    })
}

fn accepted() -> Value {
    let mut value = case("Three keys of two polynomials, of which the last makes one", "accept", 4, 3);
    let scheme = scheme_of(setting(4, 3, 2));
    let dealt = dealings(&scheme, 4).into_iter().map(|(dealer, _, bytes)| (dealer, bytes));
    let verified = verify(&scheme, dealt);
    let aggregate = Aggregate::extract(&verified, Extraction::batched(3, 4, 3).unwrap()).unwrap();
    let public_shares = |j: usize| -> Vec<String> {
        (1..=4).map(|index| hex::encode(aggregate.public_share(index, j).unwrap())).collect()
    };
    let open = |(index, key): (u16, DecryptionKey)| -> Vec<String> {
        let shares = scheme.open(&verified, &aggregate, index, &key).unwrap();
        shares.iter().map(|share| hex::encode(*share.to_bytes())).collect()
    };
    let members = value.as_object_mut().unwrap();
    let keys_of = (0..3).map(|j| hex::encode(aggregate.validator_key(j).unwrap())).collect::<Vec<_>>();
    members.insert("validator_keys".to_owned(), json!(keys_of));
    members.insert("public_shares".to_owned(), json!((0..3).map(public_shares).collect::<Vec<_>>()));
    let secrets = keys(4).iter().map(|key| hex::encode(*key.to_bytes())).collect::<Vec<_>>();
    members.insert("decryption_keys".to_owned(), json!(secrets));
    members.insert("shares".to_owned(), json!((1..).zip(keys(4)).map(open).collect::<Vec<_>>()));
    value
}

fn cases() -> Vec<(String, Value)> {
    let mut dealer_missing = case("Two rows are too many for three dealers", "reject", 3, 3);
    let mut other_count = case("Two polynomials make three or four keys", "reject", 4, 5);
    for value in [&mut dealer_missing, &mut other_count] {
        value.as_object_mut().unwrap().insert("error".to_owned(), json!("Extraction"));
    }
    [
        ("accept-three-of-four", accepted()),
        ("reject-dealer-missing", dealer_missing),
        ("reject-other-count", other_count),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

#[test]
fn keys_are_extracted_as_their_vectors_say() {
    let vectors = load("extraction", cases);
    assert_eq!(vectors.len(), 3);
    for (name, vector) in vectors {
        let scheme = scheme_of(from_json(&vector["setting"], ProofSystemId::Transparent));
        let dealing = |value: &Value| (number(value, "dealer") as u16, super::bytes(value, "dealing"));
        let dealt: Vec<_> = list(&vector, "dealings").iter().map(dealing).collect();
        let verified = verify(&scheme, dealt.iter().cloned());
        // As many rows as all four operators make.
        let extraction = Extraction::batched(number(&vector, "keys") as u32, 4, 3).unwrap();
        assert_eq!(extraction.rows() as u64, number(&vector, "rows"), "{name}");
        match (text(&vector, "expect"), Aggregate::extract(&verified, extraction)) {
            ("accept", Ok(aggregate)) => check_accepted(&vector, &scheme, &dealt, &verified, &aggregate),
            ("reject", Err(error)) => assert_eq!(variant(&error), text(&vector, "error"), "{name}"),
            (_, result) => panic!("{name}: {:?}", result.map(|_| ())),
        }
    }
}

fn check_accepted(
    vector: &Value,
    scheme: &Scheme,
    dealt: &[(u16, Vec<u8>)],
    verified: &[VerifiedDealing],
    aggregate: &Aggregate,
) {
    for (value, (dealer, bytes)) in list(vector, "dealings").iter().zip(dealt) {
        assert_eq!(scheme.deal(*dealer, &super::array(value, "seed")).unwrap().to_bytes(), *bytes);
    }
    let rows = number(vector, "rows") as usize;
    let shares: Vec<Vec<Fr>> = (1..)
        .zip(list(vector, "decryption_keys"))
        .map(|(index, key)| {
            let key: [u8; 32] = hex::decode(key.as_str().unwrap()).unwrap().try_into().unwrap();
            let opened =
                scheme.open(verified, aggregate, index, &DecryptionKey::from_bytes(&key).unwrap()).unwrap();
            let by_hand = by_hand(scheme, dealt, (index, &key), opened.len(), rows);
            let bytes: Vec<_> = by_hand.iter().map(scalar_bytes).collect();
            assert_eq!(opened.iter().map(|share| *share.to_bytes()).collect::<Vec<_>>(), bytes);
            assert_eq!(
                json!(bytes.iter().map(hex::encode).collect::<Vec<_>>()),
                vector["shares"][usize::from(index) - 1]
            );
            by_hand
        })
        .collect();
    for (j, key) in list(vector, "validator_keys").iter().enumerate() {
        assert_eq!(json!(hex::encode(aggregate.validator_key(j).unwrap())), *key);
        let public = |index| hex::encode(aggregate.public_share(index, j).unwrap());
        assert_eq!(json!((1..=4).map(public).collect::<Vec<_>>()), vector["public_shares"][j]);
        // Shares of any three operators give one and the same secret.
        let of = |indices: [usize; 3]| interpolate(indices.map(|index| (index as u64, shares[index - 1][j])));
        assert_eq!(of([1, 2, 3]), of([2, 3, 4]));
    }
}

/// `sum over dealers i of i^k (c - p)` of polynomial `b`, for each key `b h + k`.
fn by_hand(
    scheme: &Scheme,
    dealt: &[(u16, Vec<u8>)],
    (index, key): (u16, &[u8; 32]),
    keys: usize,
    rows: usize,
) -> Vec<Fr> {
    let share = |j: usize| -> Fr {
        let of_dealer = |(dealer, bytes): &(u16, Vec<u8>)| {
            let chunk = whole(scheme, *dealer, bytes);
            let dealt = decrypt(&chunk, Challenges::of(&chunk).ctx, index, key);
            Fr::from(*dealer).pow([(j % rows) as u64]) * dealt[j / rows]
        };
        dealt.iter().map(of_dealer).sum()
    };
    (0..keys).map(share).collect()
}

/// The value at 0 of the polynomial through some points.
fn interpolate(points: [(u64, Fr); 3]) -> Fr {
    let factor = |at: u64| {
        let others = points.iter().map(|(other, _)| *other).filter(move |other| *other != at);
        others.map(|other| Fr::from(other) / (Fr::from(other) - Fr::from(at))).product::<Fr>()
    };
    points.iter().map(|(at, value)| factor(*at) * value).sum()
}
