//! JSON of which as much is read as there is.

use std::cell::RefCell;
use std::fmt;

use coram_cluster::json;
use coram_cluster::lock::MAX_BYTES;
use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::Stop;

/// JSON, and why it is not all that the file has.
pub struct Tree {
    pub value: Value,
    pub stopped: Option<Stop>,
}

/// Reads JSON, strictly if it can be read so. Of a file that breaks off, or in which a member stands twice, what can be read is
/// there too; of two members of one name it is the last, which Charon takes.
pub fn read(bytes: &[u8]) -> Tree {
    let strict = match json::check_bounded(bytes, &[], MAX_BYTES) {
        Ok(value) => return Tree { value, stopped: None },
        Err(error) => error,
    };
    let values = json::MAX_VALUES.max(bytes.len() / json::MIN_BYTES_PER_VALUE);
    let state = RefCell::new(State { path: Vec::new(), values });
    let mut value = Value::Null;
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let filled = Fill { slot: &mut value, state: &state }.deserialize(&mut reader);
    let stopped = match filled.and_then(|()| reader.end()) {
        Err(error) => Stop::new(state.into_inner().path(), error),
        Ok(()) => Stop::of(&strict, "$"),
    };
    Tree { value, stopped: Some(stopped) }
}

/// How far reading has come.
struct State {
    path: Vec<Step>,
    /// How many values may still come.
    values: usize,
}

enum Step {
    Member(String),
    Entry(usize),
}

impl State {
    fn path(&self) -> String {
        let mut path = "$".to_owned();
        for step in &self.path {
            match step {
                Step::Member(name) => {
                    path.push('.');
                    path.extend(name.chars().take(64));
                }
                Step::Entry(place) => path.push_str(&format!("[{place}]")),
            }
        }
        path
    }
}

/// Reads a value into its place, so that what was read stays there when the rest cannot be.
struct Fill<'a> {
    slot: &'a mut Value,
    state: &'a RefCell<State>,
}

impl Fill<'_> {
    fn put<E>(self, value: impl Into<Value>) -> Result<(), E> {
        *self.slot = value.into();
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Fill<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let left = self.state.borrow().values.checked_sub(1);
        self.state.borrow_mut().values = left.ok_or_else(|| de::Error::custom("too many values"))?;
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Fill<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        self.put(value)
    }

    fn visit_u64<E>(self, value: u64) -> Result<(), E> {
        self.put(value)
    }

    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        self.put(value)
    }

    fn visit_f64<E>(self, value: f64) -> Result<(), E> {
        self.put(value)
    }

    fn visit_str<E>(self, value: &str) -> Result<(), E> {
        self.put(value)
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.put(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let Self { slot, state } = self;
        *slot = Value::Array(Vec::new());
        let Value::Array(array) = slot else { return Ok(()) };
        loop {
            state.borrow_mut().path.push(Step::Entry(array.len()));
            let mut value = Value::Null;
            let next = items.next_element_seed(Fill { slot: &mut value, state });
            if matches!(next, Ok(Some(()))) || !value.is_null() {
                array.push(value);
            }
            let ended = next?.is_none();
            state.borrow_mut().path.pop();
            if ended {
                return Ok(());
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let Self { slot, state } = self;
        *slot = Value::Object(Map::new());
        let Value::Object(object) = slot else { return Ok(()) };
        while let Some(name) = members.next_key::<String>()? {
            state.borrow_mut().path.push(Step::Member(name.clone()));
            let mut value = Value::Null;
            let next = members.next_value_seed(Fill { slot: &mut value, state });
            object.insert(name, value);
            next?;
            state.borrow_mut().path.pop();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_breaks_off_is_read_up_to_there() {
        let whole = r#"{"a": {"b": [1, 2, {"c": "d"}]}, "e": true}"#;
        assert!(read(whole.as_bytes()).stopped.is_none());
        let tree = read(&whole.as_bytes()[..27]);
        assert_eq!(tree.value, json!({"a": {"b": [1, 2, {"c": null}]}}));
        assert_eq!(tree.stopped.unwrap().path, "$.a.b[2].c");
        for end in 0..whole.len() {
            let tree = read(&whole.as_bytes()[..end]);
            assert!(tree.stopped.is_some(), "{end}");
        }
    }

    #[test]
    fn the_last_of_two_members_counts() {
        let tree = read(br#"{"a": 1, "a": 2}"#);
        assert_eq!(tree.value, json!({"a": 2}));
        assert!(tree.stopped.unwrap().why.contains("$.a"));
    }

    #[test]
    fn what_is_nested_deeply_ends_early() {
        let tree = read("[".repeat(1_000_000).as_bytes());
        assert!(tree.stopped.is_some());
    }
}
