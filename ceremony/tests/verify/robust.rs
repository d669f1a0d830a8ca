//! Files from liars and from broken disks: never a panic, never VALID.

use coram_ceremony::verify::Verdict;
use coram_cluster::lock::Lock;
use proptest::prelude::*;
use serde_json::Value;

use crate::support::{bytes, made, verify};

/// Every value of a document that is not an object or an array, or every one that is.
fn pointers(value: &Value, leaves: bool, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            if !leaves {
                found.push(at.to_owned());
            }
            members.iter().for_each(|(name, value)| pointers(value, leaves, &format!("{at}/{name}"), found));
        }
        Value::Array(items) => {
            if !leaves {
                found.push(at.to_owned());
            }
            items
                .iter()
                .enumerate()
                .for_each(|(i, value)| pointers(value, leaves, &format!("{at}/{i}"), found));
        }
        _ if leaves => found.push(at.to_owned()),
        _ => {}
    }
}

fn replacements() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        Just(Value::Bool(true)),
        Just(Value::from(-1)),
        Just(Value::from(0)),
        Just(Value::from(u64::MAX)),
        Just(Value::from("")),
        Just(Value::from("0x")),
        Just(Value::from("0x00")),
        Just(Value::from("\u{0}\u{202e}")),
        Just(Value::Array(vec![])),
        Just(Value::Object(serde_json::Map::new())),
        "0x[0-9a-f]{64}".prop_map(Value::from),
        "0x[0-9a-f]{96}".prop_map(Value::from),
        "0x[0-9a-f]{192}".prop_map(Value::from),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_replaced_value_is_noticed(place in any::<prop::sample::Index>(), leaves in any::<bool>(), new in replacements()) {
        let mut lock = made().value();
        let mut found = Vec::new();
        pointers(&lock, leaves, "", &mut found);
        let at = lock.pointer_mut(place.get::<String>(&found).as_str()).unwrap();
        let old = std::mem::replace(at, new);
        if *at != old && !(is_empty(&old) && is_empty(at)) {
            prop_assert_ne!(verify(&bytes(&lock)).verdict, Verdict::Valid, "{}", place.get(&found));
        }
    }

    #[test]
    fn a_removed_member_is_noticed(place in any::<prop::sample::Index>()) {
        let mut lock = made().value();
        let mut found = Vec::new();
        pointers(&lock, false, "", &mut found);
        let Some(members) = lock.pointer_mut(place.get::<String>(&found).as_str()).and_then(Value::as_object_mut) else { return Ok(()) };
        let names: Vec<String> = members.keys().cloned().collect();
        if names.is_empty() {
            return Ok(());
        }
        let old = members.remove(place.get(&names)).unwrap();
        if !is_empty(&old) {
            prop_assert_ne!(verify(&bytes(&lock)).verdict, Verdict::Valid);
        }
    }

    #[test]
    fn a_truncated_file_is_noticed(length in any::<prop::sample::Index>()) {
        let json = &made().json;
        prop_assert_eq!(verify(&json[..length.index(json.len())]).verdict, Verdict::Invalid);
    }

    #[test]
    fn a_flipped_bit_is_noticed_unless_the_text_means_the_same(at in any::<prop::sample::Index>(), bit in 0_u8..8) {
        let mut json = made().json.clone();
        let at = at.index(json.len());
        json[at] ^= 1_u8 << bit;
        let report = verify(&json);
        if report.verdict == Verdict::Valid {
            // The case of a hex digit, say, or the name of a member that is empty.
            prop_assert_eq!(Lock::parse(&json), Lock::parse(&made().json));
        }
    }

    #[test]
    fn any_bytes_get_a_report(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert_eq!(verify(&bytes).verdict, Verdict::Invalid);
    }
}

/// Charon reads what is absent, `null` and empty alike, and hashes it alike.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(set) => !set,
        Value::String(text) => text.is_empty() || text == "0x",
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.values().all(is_empty),
        Value::Number(_) => false,
    }
}
