//! Strict JSON. What it accepts means the same to another parser, and survives being written as Go writes it.

use coram_ceremony::verify::FileKind;
use coram_cluster::json::{check, to_go_json};
use serde_json::Value;

pub fn run(data: &[u8]) {
    let _ = FileKind::of(data);
    let known = [coram_cluster::definition::MEMBERS, coram_cluster::lock::MEMBERS].concat();
    let Ok(value) = check(data, &known) else { return };
    match serde_json::from_slice::<Value>(data) {
        Ok(other) => assert!(is_same(&value, &other)),
        Err(error) => panic!("another parser refuses it: {error}"),
    }
    let Ok(written) = to_go_json(&value) else { panic!("{value} cannot be written") };
    assert!(check(&written, &known).is_ok_and(|again| is_same(&again, &value)));
}

/// Whether two values are the same but for numbers that are not whole or too large: nothing reads those, and they are rounded.
fn is_same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| is_same(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|(name, one)| other.get(name).is_some_and(|other| is_same(one, other)))
        }
        (Value::Number(one), Value::Number(other)) => (one.is_f64() && other.is_f64()) || one == other,
        (one, other) => one == other,
    }
}
