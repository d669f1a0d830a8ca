//! Changes to JSON values, RFC 6902.

use serde_json::{Map, Value, json};

/// What has to be done to the first value for it to become the second.
pub fn difference(from: &Value, to: &Value) -> Vec<Value> {
    let mut changes = Vec::new();
    collect(from, to, "", &mut changes);
    changes
}

fn collect(from: &Value, to: &Value, at: &str, changes: &mut Vec<Value>) {
    match (from, to) {
        _ if from == to => {}
        (Value::Object(from), Value::Object(to)) => members(from, to, at, changes),
        (Value::Array(from), Value::Array(to)) if from.len() == to.len() => {
            for (index, (from, to)) in from.iter().zip(to).enumerate() {
                collect(from, to, &format!("{at}/{index}"), changes);
            }
        }
        _ => changes.push(json!({ "op": "replace", "path": at, "value": to })),
    }
}

fn members(from: &Map<String, Value>, to: &Map<String, Value>, at: &str, changes: &mut Vec<Value>) {
    for (name, from) in from {
        let path = format!("{at}/{name}");
        match to.get(name) {
            Some(to) => collect(from, to, &path, changes),
            None => changes.push(json!({ "op": "remove", "path": path })),
        }
    }
    for (name, value) in to.iter().filter(|(name, _)| !from.contains_key(*name)) {
        changes.push(json!({ "op": "add", "path": format!("{at}/{name}"), "value": value }));
    }
}

/// Makes a change as [`difference`] writes it.
pub fn apply(value: &mut Value, change: &Value) {
    let path = change["path"].as_str().unwrap();
    if change["op"] == "replace" {
        *value.pointer_mut(path).unwrap() = change["value"].clone();
        return;
    }
    let (parent, name) = path.rsplit_once('/').unwrap();
    let members = value.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    match change["op"].as_str().unwrap() {
        "remove" => drop(members.remove(name).unwrap()),
        "add" => drop(members.insert(name.to_owned(), change["value"].clone())),
        other => panic!("{other}"),
    }
}
