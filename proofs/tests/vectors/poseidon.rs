//! The permutations and sponges that pads are made of, in both implementations of the field.

use ark_ff::{BigInteger, PrimeField};
use coram_circuits::{
    Fr,
    poseidon::{Field, Purpose, Width, permute, sponge},
};
use serde_json::{Value, json};

use super::{list, load, number, text};

fn to_text(scalar: &Fr) -> String {
    hex::encode(scalar.into_bigint().to_bytes_be())
}

fn from_text(value: &Value) -> Fr {
    Fr::from_be_bytes_mod_order(&hex::decode(value.as_str().unwrap()).unwrap())
}

fn texts(scalars: &[Fr]) -> Vec<String> {
    scalars.iter().map(to_text).collect()
}

fn permutation(width: Width) -> Value {
    let input: Vec<Fr> = (0..width.words() as u64).map(Fr::from).collect();
    let mut output = input.clone();
    permute(width, &mut output);
    json!({
        "comment": format!("The permutation of {} words", width.words()),
        "width": width.words(),
        "input": texts(&input),
        "output": texts(&output),
    })
}

fn sponge_case(purpose: Purpose, name: &str, outputs: usize) -> Value {
    let (key, message) = (Fr::from(7u64), -Fr::from(9u64));
    json!({
        "comment": format!("{outputs} words from key and message"),
        "purpose": name,
        "key": to_text(&key),
        "message": to_text(&message),
        "outputs": texts(&sponge(purpose, key, message, outputs)),
    })
}

fn cases() -> Vec<(String, Value)> {
    let mut cases = vec![
        ("permutation-3".to_owned(), permutation(Width::W3)),
        ("permutation-5".to_owned(), permutation(Width::W5)),
        ("sponge-blinder".to_owned(), sponge_case(Purpose::Blinder, "blinder", 1)),
    ];
    for outputs in [1, 2, 3, 9] {
        cases.push((format!("sponge-pad-{outputs}"), sponge_case(Purpose::Pad, "pad", outputs)));
    }
    cases
}

/// The vector's result, computed in `F`.
fn compute<F: Field>(vector: &Value) -> Vec<F> {
    let scalar = |member: &Value| F::from_fr(from_text(member));
    if let Some(input) = vector.get("input") {
        let width = if number(vector, "width") == 3 { Width::W3 } else { Width::W5 };
        let mut state: Vec<F> = input.as_array().unwrap().iter().map(scalar).collect();
        permute(width, &mut state);
        return state;
    }
    let purpose = if text(vector, "purpose") == "pad" { Purpose::Pad } else { Purpose::Blinder };
    sponge(purpose, scalar(&vector["key"]), scalar(&vector["message"]), list(vector, "outputs").len())
}

#[test]
fn pads_are_made_as_their_vectors_say() {
    let vectors = load("poseidon", cases);
    assert_eq!(vectors.len(), 7);
    for (name, vector) in vectors {
        let member = if vector.get("output").is_some() { "output" } else { "outputs" };
        let expected: Vec<Fr> = list(&vector, member).iter().map(from_text).collect();
        assert_eq!(compute::<Fr>(&vector), expected, "{name}");
        let expected: Vec<_> = expected.into_iter().map(jubjub::Fq::from_fr).collect();
        assert_eq!(compute::<jubjub::Fq>(&vector), expected, "{name}, in constant time");
    }
}
