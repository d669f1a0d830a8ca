//! Setups, accepted and refused.

use std::sync::OnceLock;

use coram_proofs::setup::{
    Draft, OriginRecord, Phase, Setup, SetupError, SetupRecord, Shape,
    chosen::{self, Contributor, Signer},
    setups_digest,
};
use serde_json::{Value, json};

use super::{
    broken_setup,
    contribution::{
        self, Author, Chain, Choice, contribute_to_key, contribute_to_powers, honestly, identity, is_signed,
        signature_of,
    },
    load,
    record::{changed, difference, from_json, to_json},
    setting::variant,
    text,
};

/// Those who contributed to both phases.
pub const FIRST: Author = Author::Nobody { seed: 1 };
pub const SECOND: Author = Author::Signer { seed: 2, key: 7 };
pub const BEACON: Author = beacon(10);

pub const fn beacon(said: u8) -> Author {
    Author::Beacon { value: b"the hash of a block to come", said, done: 10 }
}

fn shape() -> Shape {
    Shape::new(2, 1).unwrap()
}

fn circuit() -> [u8; 32] {
    static DIGEST: OnceLock<[u8; 32]> = OnceLock::new();
    *DIGEST.get_or_init(|| shape().circuit_digest().unwrap())
}

/// The reference string of `accept`.
pub fn draft() -> &'static Draft {
    static DRAFT: OnceLock<Draft> = OnceLock::new();
    DRAFT.get_or_init(|| {
        let signer = Signer { identity: identity(7), sign: &|id| signature_of(7, id) };
        let contributors = [
            Contributor { seed: [1; 64], signer: None },
            Contributor { seed: [2; 64], signer: Some(signer) },
        ];
        chosen::draft(shape(), &contributors).unwrap()
    })
}

/// The setup of `accept-beacon`.
fn with_beacon() -> SetupRecord {
    let authors = [FIRST, SECOND, BEACON].map(|author| (author, honestly as Choice));
    contribute_to_key(&draft().record(), &circuit(), &authors)
}

fn accepted(comment: &str, record: &SetupRecord) -> Value {
    let circuit = circuit();
    let chain = |Chain { start, contributions }: Chain| {
        let name = |made: &contribution::Named| json!({ "context": hex::encode(made.context), "id": hex::encode(made.id) });
        let contributions: Vec<Value> = contributions.iter().map(name).collect();
        json!({ "start": hex::encode(start), "contributions": contributions })
    };
    let digest = record.verify(circuit).unwrap().digest();
    json!({
        "comment": comment,
        "expect": "accept",
        "setup": to_json(record),
        "circuit": hex::encode(circuit),
        "domain_log": shape().domain_log(),
        "seeds": [hex::encode([1; 64]), hex::encode([2; 64])],
        "identity_keys": [null, hex::encode([7; 32])],
        "powers": chain(contribution::powers(record)),
        "key": chain(contribution::key(record, &circuit)),
        "digest": hex::encode(digest),
        "setups_digest": hex::encode(setups_digest(&[digest])),
    })
}

/// The record that a transcript would carry, judged by what a transcript alone can show: section 23.3.
fn judge(setup: &Value) -> Result<Setup, (String, Value)> {
    let setup = from_json(setup).verify(circuit()).map_err(|error| describe(&error))?;
    for contribution in setup.contributions() {
        if let OriginRecord::Signed { identity, signature } = &contribution.origin
            && !is_signed(identity, &contribution.id, signature)
        {
            let (phase, number) = (phase(contribution.phase), contribution.number);
            return Err(("Signature".into(), json!({ "phase": phase, "contribution": number })));
        }
    }
    Ok(setup)
}

/// The name of an error, and the place.
fn describe(error: &SetupError) -> (String, Value) {
    match error {
        SetupError::Step { phase: of, contribution, step, problem } => {
            let at = json!({ "phase": phase(*of), "contribution": contribution, "step": step.name() });
            (variant(problem), at)
        }
        SetupError::AfterBeacon { phase: of, contribution } => {
            ("AfterBeacon".into(), json!({ "phase": phase(*of), "contribution": contribution }))
        }
        SetupError::NoContribution { phase: of } => ("NoContribution".into(), json!({ "phase": phase(*of) })),
        SetupError::Head { element } => ("Head".into(), json!({ "element": element.to_string() })),
        other => (variant(other), json!({})),
    }
}

fn phase(phase: Phase) -> &'static str {
    match phase {
        Phase::Powers => "powers",
        Phase::Key => "key",
    }
}

fn accepted_cases() -> [(&'static str, Value); 2] {
    [
        ("accept", accepted("Two contribute to both phases, the first anonymously", &draft().record())),
        ("accept-beacon", accepted("As `accept`, and then a beacon to the key", &with_beacon())),
    ]
}

fn cases() -> Vec<(String, Value)> {
    let accept = accepted_cases();
    let base = |name: &str| &accept.iter().find(|(case, _)| *case == name).unwrap().1["setup"];
    let reject = broken_setup::cases(&draft().record(), circuit()).into_iter().map(
        |(name, error, from, comment, record)| {
            let setup = to_json(&record);
            let (found, at) = judge(&setup).err().unwrap_or_default();
            assert_eq!(found, error, "{name}");
            let value = json!({
                "comment": comment,
                "expect": "reject",
                "error": error,
                "at": at,
                "base": from,
                "set": difference(base(from), &setup),
            });
            (format!("reject-{name}"), value)
        },
    );
    let accept = accept.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
    accept.chain(reject).collect()
}

fn vectors() -> &'static [(String, Value)] {
    static VECTORS: OnceLock<Vec<(String, Value)>> = OnceLock::new();
    VECTORS.get_or_init(|| load("setup", cases))
}

fn vector(name: &str) -> &'static Value {
    let (_, vector) = vectors().iter().find(|(case, _)| case == name).unwrap();
    vector
}

/// The setup of a vector that is accepted.
pub fn setup_of(name: &str) -> Setup {
    judge(&vector(name)["setup"]).unwrap()
}

#[test]
fn setups_are_judged_as_their_vectors_say() {
    assert_eq!(vectors().len(), 18);
    for (name, case) in vectors() {
        if text(case, "expect") == "accept" {
            setup_of(name);
            continue;
        }
        let base = vector(text(case, "base"));
        let (error, at) = judge(&changed(&base["setup"], &case["set"])).unwrap_err();
        assert_eq!((error.as_str(), &at), (text(case, "error"), &case["at"]), "{name}");
    }
}

#[test]
fn the_same_seeds_make_the_same_setup() {
    for (name, made) in accepted_cases() {
        assert_eq!(&made, vector(name), "{name}");
    }
}

/// The contributions of these authors are made here and in the crate alike.
#[test]
fn contributions_follow_from_the_protocol_alone() {
    let honest = draft().record();
    assert_eq!(contribute_to_powers(&honest, &[FIRST, SECOND]), honest.powers);
    assert_eq!(contribute_to_key(&honest, &circuit(), &[(FIRST, honestly), (SECOND, honestly)]), honest);
    let setup = honest.verify(circuit()).unwrap();
    let [powers, key] = [contribution::powers(&honest), contribution::key(&honest, &circuit())];
    let ids = [powers.contributions, key.contributions].into_iter().flatten().map(|made| made.id);
    assert!(setup.contributions().iter().map(|made| made.id).eq(ids));
}
