//! What is shown of a file: names and values, once for people and once for programs.

use std::borrow::Cow;
use std::fmt::Display;

use serde::ser::{SerializeMap as _, SerializeSeq as _};
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::cli::amount::eth;

/// A value that is shown.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    /// It is not there.
    Nothing,
    Flag(bool),
    Number(u64),
    Text(String),
    /// A number that people read in words.
    Said(u64, String),
    List(Vec<Item>),
    Sheet(Sheet),
}

/// Names with their values, in the order in which they are shown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sheet(pub Vec<(Cow<'static, str>, Item)>);

impl Sheet {
    /// Nothing yet.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds a value.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Item>) -> Self {
        self.0.push((name.into(), value.into()));
        self
    }

    /// Adds a value, if it is there.
    #[must_use]
    pub fn with_some(self, name: &'static str, value: Option<impl Into<Item>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// Adds a list.
    #[must_use]
    pub fn with_list<T: Into<Item>>(self, name: &'static str, values: impl IntoIterator<Item = T>) -> Self {
        self.with(name, list(values))
    }

    /// Puts the members of another behind.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }
}

/// A list of values.
pub fn list<T: Into<Item>>(values: impl IntoIterator<Item = T>) -> Item {
    Item::List(values.into_iter().map(Into::into).collect())
}

/// Bytes as hex with 0x; none if there are none.
pub fn hex0x(bytes: impl AsRef<[u8]>) -> Item {
    match bytes.as_ref() {
        [] => Item::Nothing,
        bytes => Item::Text(format!("0x{}", hex::encode(bytes))),
    }
}

/// Gwei, for people in ETH.
pub fn gwei(amount: u64) -> Item {
    Item::Said(amount, eth(amount))
}

/// Whatever has a text.
pub fn shown(value: impl Display) -> Item {
    Item::Text(value.to_string())
}

/// JSON out of a file, of a kind whose members hold no secret.
impl From<&Value> for Item {
    fn from(value: &Value) -> Self {
        match value {
            Value::Null => Self::Nothing,
            Value::Bool(flag) => Self::Flag(*flag),
            Value::Number(number) => {
                number.as_u64().map_or_else(|| Self::Text(number.to_string()), Self::Number)
            }
            Value::String(text) => Self::Text(text.clone()),
            Value::Array(values) => list(values),
            Value::Object(members) => {
                let members = members.iter().map(|(name, value)| (name.clone().into(), value.into()));
                Self::Sheet(Sheet(members.collect()))
            }
        }
    }
}

impl From<bool> for Item {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<u64> for Item {
    fn from(number: u64) -> Self {
        Self::Number(number)
    }
}

impl From<usize> for Item {
    fn from(number: usize) -> Self {
        Self::Number(number as u64)
    }
}

impl From<u16> for Item {
    fn from(number: u16) -> Self {
        Self::Number(number.into())
    }
}

impl From<u32> for Item {
    fn from(number: u32) -> Self {
        Self::Number(number.into())
    }
}

impl From<u8> for Item {
    fn from(number: u8) -> Self {
        Self::Number(number.into())
    }
}

impl From<&str> for Item {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Item {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Sheet> for Item {
    fn from(sheet: Sheet) -> Self {
        Self::Sheet(sheet)
    }
}

impl<T: Into<Item>> From<Option<T>> for Item {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Nothing, Into::into)
    }
}

/// A value as JSON, with at most so many entries of each list.
struct Limited<'a>(&'a Item, usize);

impl Serialize for Limited<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(item, limit) = *self;
        match item {
            Item::Nothing => serializer.serialize_none(),
            Item::Flag(flag) => serializer.serialize_bool(*flag),
            Item::Number(number) | Item::Said(number, _) => serializer.serialize_u64(*number),
            Item::Text(text) => serializer.serialize_str(text),
            Item::List(items) => {
                let mut list = serializer.serialize_seq(None)?;
                for item in items.iter().take(limit) {
                    list.serialize_element(&Limited(item, limit))?;
                }
                list.end()
            }
            Item::Sheet(sheet) => LimitedSheet(sheet, limit).serialize(serializer),
        }
    }
}

/// Names and values as JSON, with at most so many entries of each list.
pub struct LimitedSheet<'a>(pub &'a Sheet, pub usize);

impl Serialize for LimitedSheet<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(sheet, limit) = *self;
        let mut map = serializer.serialize_map(None)?;
        for (name, item) in &sheet.0 {
            map.serialize_entry(name, &Limited(item, limit))?;
            if let Some(more) = more(item, limit) {
                map.serialize_entry(&format!("{name}_not_shown"), &more)?;
            }
        }
        map.end()
    }
}

/// How many entries a list has beyond the limit, if any.
pub fn more(item: &Item, limit: usize) -> Option<usize> {
    match item {
        Item::List(items) => items.len().checked_sub(limit).filter(|more| *more > 0),
        _ => None,
    }
}
