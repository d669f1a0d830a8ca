//! Setups as they stand in a transcript (section 15.1), and how one differs from another.

use coram_proofs::setup::*;
use serde_json::{Map, Value, json};

use super::{array, bytes, list, number};

pub fn to_json(record: &SetupRecord) -> Value {
    let powers = |made: &PowersRecord| {
        let steps = [("tau", &made.tau), ("alpha", &made.alpha), ("beta", &made.beta)];
        contribution_to_json(&steps, &made.origin)
    };
    let key = |made: &KeyRecord| contribution_to_json(&[("delta", &made.delta)], &made.origin);
    json!({
        "recipients": record.recipients,
        "validators": record.validators,
        "powers_log": record.powers_log,
        "powers": record.powers.iter().map(powers).collect::<Vec<_>>(),
        "key": record.key.iter().map(key).collect::<Vec<_>>(),
        "verifying_key": hex::encode(&record.verifying_key),
    })
}

fn contribution_to_json(steps: &[(&str, &StepRecord)], origin: &OriginRecord) -> Value {
    let mut members = Map::new();
    for (name, StepRecord { after, own, proof }) in steps {
        let step = json!({
            "after": hex::encode(after),
            "own": hex::encode(own),
            "proof": hex::encode(proof),
        });
        members.insert((*name).to_owned(), step);
    }
    match origin {
        OriginRecord::Anonymous => {}
        OriginRecord::Signed { identity, signature } => {
            members.insert("identity".into(), hex::encode(identity).into());
            members.insert("signature".into(), hex::encode(signature).into());
        }
        OriginRecord::Beacon { value, iterations_log } => {
            let beacon = json!({ "value": hex::encode(value), "iterations_log": iterations_log });
            members.insert("beacon".into(), beacon);
        }
    }
    Value::Object(members)
}

pub fn from_json(value: &Value) -> SetupRecord {
    let powers = |made: &Value| PowersRecord {
        tau: step(&made["tau"]),
        alpha: step(&made["alpha"]),
        beta: step(&made["beta"]),
        origin: origin(made),
    };
    let key = |made: &Value| KeyRecord { delta: step(&made["delta"]), origin: origin(made) };
    SetupRecord {
        recipients: number(value, "recipients") as u16,
        validators: number(value, "validators") as u32,
        powers_log: number(value, "powers_log") as u8,
        powers: list(value, "powers").iter().map(powers).collect(),
        key: list(value, "key").iter().map(key).collect(),
        verifying_key: bytes(value, "verifying_key"),
    }
}

fn step(value: &Value) -> StepRecord {
    StepRecord { after: array(value, "after"), own: array(value, "own"), proof: array(value, "proof") }
}

fn origin(value: &Value) -> OriginRecord {
    match (value.get("identity"), value.get("beacon")) {
        (None, None) => OriginRecord::Anonymous,
        (Some(_), None) => {
            OriginRecord::Signed { identity: array(value, "identity"), signature: array(value, "signature") }
        }
        (None, Some(beacon)) => OriginRecord::Beacon {
            value: bytes(beacon, "value"),
            iterations_log: number(beacon, "iterations_log") as u8,
        },
        _ => panic!("a contribution has two origins"),
    }
}

/// What has to be set in `base` to make `other` of it, by JSON pointers.
pub fn difference(base: &Value, other: &Value) -> Map<String, Value> {
    let mut set = Map::new();
    collect(base, other, "", &mut set);
    set
}

fn collect(base: &Value, other: &Value, pointer: &str, set: &mut Map<String, Value>) {
    match (base, other) {
        (Value::Object(a), Value::Object(b)) if a.keys().eq(b.keys()) => {
            a.keys().for_each(|name| collect(&a[name], &b[name], &format!("{pointer}/{name}"), set));
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            (0..a.len()).for_each(|index| collect(&a[index], &b[index], &format!("{pointer}/{index}"), set));
        }
        _ if base == other => {}
        _ => {
            set.insert(pointer.to_owned(), other.clone());
        }
    }
}

/// `base` with other values at some pointers.
pub fn changed(base: &Value, set: &Value) -> Value {
    let mut value = base.clone();
    for (pointer, other) in set.as_object().unwrap() {
        *value.pointer_mut(pointer).unwrap() = other.clone();
    }
    value
}
