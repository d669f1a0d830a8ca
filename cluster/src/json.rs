//! Strict JSON: one text has one reading.
//!
//! Charon's parser takes the last of two equal members, and matches member names without regard to case; others
//! take the first, or the exact one. A file that leaves room for that could be one cluster to one program and
//! another to the next, so [`check`] refuses it. [`to_go_json`] writes what Go's encoder writes.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fmt;
use std::io;

use serde::Serialize;
use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use serde_json::ser::{Formatter, PrettyFormatter, Serializer};

use crate::error::ClusterError;

/// The largest file that [`check`] reads, in bytes.
pub const MAX_BYTES: usize = 16 << 20;
/// The deepest nesting of arrays and objects.
pub const MAX_DEPTH: usize = 24;
/// The most values in one file; in a longer one, a value for each [`MIN_BYTES_PER_VALUE`] bytes. It bounds memory: a text
/// of `[[],[],…` grows sixteenfold when it is parsed.
pub const MAX_VALUES: usize = 1_000_000;
/// How long a value is on the average, at least, in a file of more than [`MAX_VALUES`]. In locks it is over 80 bytes.
pub const MIN_BYTES_PER_VALUE: usize = 64;

/// The largest number that every reader of JSON keeps as it is, `2^53 - 1`.
pub const MAX_NUMBER: u64 = (1 << 53) - 1;

/// Refuses a number that some programs would not read, or read as another one.
///
/// # Errors
///
/// [`ClusterError::LargeNumber`] above [`MAX_NUMBER`].
pub fn check_number(what: &'static str, number: u64) -> Result<(), ClusterError> {
    if number > MAX_NUMBER { Err(ClusterError::LargeNumber { what, number }) } else { Ok(()) }
}

/// Reads a JSON text of at most [`MAX_BYTES`]; see [`check_bounded`].
///
/// # Errors
///
/// As [`check_bounded`].
pub fn check(bytes: &[u8], known: &[&str]) -> Result<Value, ClusterError> {
    check_bounded(bytes, known, MAX_BYTES)
}

/// Reads a JSON text of at most `limit` bytes, no member of which can be taken for another one.
///
/// At every level, a member must not equal a sibling, nor, but for case, a sibling or one of the `known` names.
/// Members that are not known are kept.
///
/// # Errors
///
/// [`ClusterError::FileTooLarge`], [`ClusterError::Json`], [`ClusterError::TooDeep`],
/// [`ClusterError::DuplicateMember`] or [`ClusterError::AmbiguousMember`].
pub fn check_bounded(bytes: &[u8], known: &[&str], limit: usize) -> Result<Value, ClusterError> {
    if bytes.len() > limit {
        return Err(ClusterError::FileTooLarge { bytes: bytes.len(), limit });
    }
    let budget = Cell::new(MAX_VALUES.max(bytes.len() / MIN_BYTES_PER_VALUE));
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let syntax = |error: serde_json::Error| ClusterError::Json(error.to_string());
    let raw = RawSeed { budget: &budget }.deserialize(&mut reader).map_err(syntax)?;
    reader.end().map_err(syntax)?;
    let known: BTreeMap<String, &str> = known.iter().map(|name| (fold(name), *name)).collect();
    unambiguous(raw, &known, "$", 0)
}

/// JSON as it stands in the text: members in order, duplicates included.
enum Raw {
    Scalar(Value),
    Array(Vec<Raw>),
    Object(Vec<(String, Raw)>),
}

#[derive(Clone, Copy)]
struct RawSeed<'a> {
    budget: &'a Cell<usize>,
}

impl<'de> DeserializeSeed<'de> for RawSeed<'_> {
    type Value = Raw;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Raw, D::Error> {
        let left = self.budget.get().checked_sub(1).ok_or_else(|| de::Error::custom("too many values"))?;
        self.budget.set(left);
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for RawSeed<'_> {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Raw, E> {
        Ok(Raw::Scalar(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Raw, E> {
        Ok(Raw::Scalar(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Raw, E> {
        Ok(Raw::Scalar(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Raw, E> {
        Ok(Raw::Scalar(value.into()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Raw, E> {
        Ok(Raw::Scalar(value.into()))
    }

    fn visit_unit<E>(self) -> Result<Raw, E> {
        Ok(Raw::Scalar(Value::Null))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Raw, A::Error> {
        let mut array = Vec::new();
        while let Some(item) = items.next_element_seed(self)? {
            array.push(item);
        }
        Ok(Raw::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Raw, A::Error> {
        let mut object = Vec::new();
        while let Some(name) = members.next_key::<String>()? {
            object.push((name, members.next_value_seed(self)?));
        }
        Ok(Raw::Object(object))
    }
}

fn unambiguous(
    raw: Raw,
    known: &BTreeMap<String, &str>,
    path: &str,
    depth: usize,
) -> Result<Value, ClusterError> {
    if depth > MAX_DEPTH {
        return Err(ClusterError::TooDeep { path: path.to_owned(), limit: MAX_DEPTH });
    }
    match raw {
        Raw::Scalar(value) => Ok(value),
        Raw::Array(items) => {
            let items = items.into_iter().enumerate();
            items.map(|(i, item)| unambiguous(item, known, &item_path(path, i), depth + 1)).collect()
        }
        Raw::Object(members) => {
            let mut object = serde_json::Map::new();
            let mut siblings: BTreeMap<String, String> = BTreeMap::new();
            for (name, raw) in members {
                let path = member_path(path, &name);
                let folded = fold(&name);
                if let Some(known) = known.get(&folded)
                    && *known != name
                {
                    return Err(ClusterError::AmbiguousMember { path, other: (*known).to_owned() });
                }
                if let Some(sibling) = siblings.get(&folded) {
                    return Err(if *sibling == name {
                        ClusterError::DuplicateMember { path }
                    } else {
                        ClusterError::AmbiguousMember { path, other: shown(sibling) }
                    });
                }
                let value = unambiguous(raw, known, &path, depth + 1)?;
                siblings.insert(folded, name.clone());
                object.insert(name, value);
            }
            Ok(Value::Object(object))
        }
    }
}

/// Case folding at least as coarse as that of Go's parser, for which the Kelvin sign is a `k` and the long s an `s`.
fn fold(name: &str) -> String {
    name.chars().flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect()
}

fn item_path(path: &str, index: usize) -> String {
    format!("{path}[{index}]")
}

fn member_path(path: &str, name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !name.is_empty() && name.len() <= 64 && name.chars().all(plain) {
        format!("{path}.{name}")
    } else {
        format!("{path}[\"{}\"]", shown(name))
    }
}

/// A name from a stranger, short and without control characters.
fn shown(name: &str) -> String {
    name.chars().take(64).flat_map(char::escape_debug).collect()
}

/// A place in a JSON document, for reading members with errors that say where.
#[derive(Clone, Debug)]
pub struct Node<'a> {
    path: String,
    value: &'a Value,
}

impl<'a> Node<'a> {
    /// The whole document.
    #[must_use]
    pub fn root(value: &'a Value) -> Self {
        Self { path: "$".to_owned(), value }
    }

    /// Where it stands, such as `$.operators[2].enr`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The JSON itself.
    #[must_use]
    pub const fn value(&self) -> &'a Value {
        self.value
    }

    /// A member of an object.
    ///
    /// # Errors
    ///
    /// [`ClusterError::WrongType`] if this is no object, [`ClusterError::MissingMember`] if it lacks the member.
    pub fn member(&self, name: &str) -> Result<Self, ClusterError> {
        let path = member_path(&self.path, name);
        let members = self.value.as_object().ok_or_else(|| self.wrong_type("an object"))?;
        match members.get(name) {
            Some(value) => Ok(Self { path, value }),
            None => Err(ClusterError::MissingMember { path }),
        }
    }

    /// A member that may be absent or `null`, which is the same to Go's parser.
    ///
    /// # Errors
    ///
    /// [`ClusterError::WrongType`] if this is no object.
    pub fn optional(&self, name: &str) -> Result<Option<Self>, ClusterError> {
        match self.member(name) {
            Ok(node) if node.value.is_null() => Ok(None),
            Ok(node) => Ok(Some(node)),
            Err(ClusterError::MissingMember { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Refuses members of an object other than these.
    ///
    /// # Errors
    ///
    /// [`ClusterError::WrongType`] if this is no object, [`ClusterError::UnknownMember`] for the first other member.
    pub fn only(&self, names: &[&str]) -> Result<(), ClusterError> {
        let members = self.value.as_object().ok_or_else(|| self.wrong_type("an object"))?;
        match members.keys().find(|name| !names.contains(&name.as_str())) {
            Some(name) => Err(ClusterError::UnknownMember { path: member_path(&self.path, name) }),
            None => Ok(()),
        }
    }

    /// The elements of an array.
    ///
    /// # Errors
    ///
    /// [`ClusterError::WrongType`] if this is no array.
    pub fn items(&self) -> Result<Vec<Self>, ClusterError> {
        let items = self.value.as_array().ok_or_else(|| self.wrong_type("an array"))?;
        let node = |(i, value)| Self { path: item_path(&self.path, i), value };
        Ok(items.iter().enumerate().map(node).collect())
    }

    /// The elements of an array of at most `limit`, each read by `read`.
    ///
    /// # Errors
    ///
    /// [`ClusterError::WrongType`] if this is no array, [`ClusterError::TooLong`] if it is a longer one, or the first error
    /// of `read`.
    pub fn elements<T>(
        &self,
        limit: usize,
        read: impl Fn(&Self) -> Result<T, ClusterError>,
    ) -> Result<Vec<T>, ClusterError> {
        let items = self.items()?;
        if items.len() > limit {
            return Err(ClusterError::TooLong { what: self.path().to_owned(), length: items.len(), limit });
        }
        items.iter().map(read).collect()
    }

    /// A string.
    ///
    /// # Errors
    ///
    /// [`ClusterError::WrongType`] if it is something else.
    pub fn text(&self) -> Result<&'a str, ClusterError> {
        self.value.as_str().ok_or_else(|| self.wrong_type("a string"))
    }

    /// A non-negative whole number below 2^64.
    ///
    /// # Errors
    ///
    /// [`ClusterError::WrongType`] if it is something else.
    pub fn number(&self) -> Result<u64, ClusterError> {
        self.value.as_u64().ok_or_else(|| self.wrong_type("a whole number from 0 to 2^64 - 1"))
    }

    /// A number written as a string of decimal digits, as amounts in Gwei are.
    ///
    /// # Errors
    ///
    /// [`ClusterError::WrongType`] if it is something else.
    pub fn decimal(&self) -> Result<u64, ClusterError> {
        let text = self.value.as_str().filter(|text| text.bytes().all(|digit| digit.is_ascii_digit()));
        let number = text.and_then(|text| text.parse().ok());
        number.ok_or_else(|| self.wrong_type("a string of decimal digits below 2^64"))
    }

    /// A truth value.
    ///
    /// # Errors
    ///
    /// [`ClusterError::WrongType`] if it is something else.
    pub fn boolean(&self) -> Result<bool, ClusterError> {
        self.value.as_bool().ok_or_else(|| self.wrong_type("true or false"))
    }

    /// Bytes in hex of either case, with or without `0x`; no digits for no bytes.
    ///
    /// # Errors
    ///
    /// [`ClusterError::WrongType`] if it is something else.
    pub fn bytes(&self) -> Result<Vec<u8>, ClusterError> {
        let text = self.text()?;
        hex::decode(text.strip_prefix("0x").unwrap_or(text)).map_err(|_| self.wrong_type("hex digits"))
    }

    /// Exactly `N` bytes in hex.
    ///
    /// # Errors
    ///
    /// [`ClusterError::WrongType`] if it is no hex, [`ClusterError::WrongLength`] if it has another length.
    pub fn array<const N: usize>(&self) -> Result<[u8; N], ClusterError> {
        let bytes = self.bytes()?;
        bytes.as_slice().try_into().map_err(|_| ClusterError::WrongLength {
            what: self.path.clone(),
            length: bytes.len(),
            expected: N,
        })
    }

    /// The error for a value that is not what it should be.
    #[must_use]
    pub fn wrong_type(&self, expected: &'static str) -> ClusterError {
        ClusterError::WrongType { path: self.path.clone(), expected }
    }
}

/// Bytes as Charon writes them: `0x` and lowercase digits, but nothing at all for no bytes.
#[must_use]
pub fn hex_text(bytes: &[u8]) -> String {
    if bytes.is_empty() { String::new() } else { format!("0x{}", hex::encode(bytes)) }
}

/// Writes what Go's `MarshalIndent` writes with an indent of one space: no newline at the end, and `<`, `>`, `&`
/// and the two Unicode line separators escaped.
///
/// # Errors
///
/// [`ClusterError::Json`] if the value cannot be serialized.
pub fn to_go_json<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, ClusterError> {
    let mut bytes = Vec::new();
    let mut writer = Serializer::with_formatter(&mut bytes, GoFormatter(PrettyFormatter::with_indent(b" ")));
    value.serialize(&mut writer).map_err(|error| ClusterError::Json(error.to_string()))?;
    Ok(bytes)
}

struct GoFormatter(PrettyFormatter<'static>);

impl Formatter for GoFormatter {
    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, writer: &mut W, text: &str) -> io::Result<()> {
        let mut written = 0;
        for (at, c) in text.char_indices() {
            let escape = match c {
                '<' => "\\u003c",
                '>' => "\\u003e",
                '&' => "\\u0026",
                '\u{2028}' => "\\u2028",
                '\u{2029}' => "\\u2029",
                _ => continue,
            };
            writer.write_all(&text.as_bytes()[written..at])?;
            writer.write_all(escape.as_bytes())?;
            written = at + c.len_utf8();
        }
        writer.write_all(&text.as_bytes()[written..])
    }

    fn begin_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_array(writer)
    }

    fn end_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array(writer)
    }

    fn begin_array_value<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(writer, first)
    }

    fn end_array_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array_value(writer)
    }

    fn begin_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object(writer)
    }

    fn end_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(writer, first)
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object_value(writer)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    const KNOWN: &[&str] = &["enr", "name", "threshold", "operators", "kdf", "address"];

    fn error(text: &str) -> ClusterError {
        check(text.as_bytes(), KNOWN).unwrap_err()
    }

    #[test]
    fn duplicates_are_found_at_every_level() {
        let duplicate = |path: &str| ClusterError::DuplicateMember { path: path.to_owned() };
        assert_eq!(error(r#"{"name":1,"name":1}"#), duplicate("$.name"));
        assert_eq!(
            error(r#"{"operators":[{},{"enr":"a","x":1,"enr":"b"}]}"#),
            duplicate("$.operators[1].enr")
        );
        assert_eq!(error(r#"{"new":{"new":[[{"a b":1,"a b":2}]]}}"#), duplicate(r#"$.new.new[0][0]["a b"]"#));
        // The same name, written differently.
        assert_eq!(error(r#"{"name":1,"n\u0061me":1}"#), duplicate("$.name"));
    }

    #[test]
    fn members_that_differ_only_in_case_are_found() {
        let ambiguous = |path: &str, other: &str| ClusterError::AmbiguousMember {
            path: path.into(),
            other: other.into(),
        };
        assert_eq!(error(r#"{"Name":1}"#), ambiguous("$.Name", "name"));
        assert_eq!(error(r#"{"name":1,"NAME":1}"#), ambiguous("$.NAME", "name"));
        assert_eq!(error(r#"{"operators":[{"eNr":""}]}"#), ambiguous("$.operators[0].eNr", "enr"));
        assert_eq!(error(r#"{"new":1,"New":1}"#), ambiguous("$.New", "new"));
        // Go folds the Kelvin sign to k and the long s to s.
        assert_eq!(error("{\"\u{212a}df\":1}"), ambiguous("$[\"\u{212a}df\"]", "kdf"));
        assert_eq!(error("{\"addre\u{17f}s\":1}"), ambiguous("$[\"addre\u{17f}s\"]", "address"));
        assert_eq!(error(r#"{"\u212adf":1}"#), ambiguous("$[\"\u{212a}df\"]", "kdf"));
        assert_eq!(error("{\"\u{e4}\":1,\"\u{c4}\":1}"), ambiguous("$[\"\u{c4}\"]", "\u{e4}"));
    }

    #[test]
    fn what_is_unambiguous_is_read() {
        let text = br#" {"name":"x","other":{"name":null},"list":[{"name":1},{"name":-2.5}]} "#;
        let value = json!({"name": "x", "other": {"name": null}, "list": [{"name": 1}, {"name": -2.5}]});
        assert_eq!(check(text, KNOWN), Ok(value));
    }

    #[test]
    fn sizes_and_depths_are_bounded() {
        let nested = |depth: usize| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
        assert!(check(nested(MAX_DEPTH).as_bytes(), KNOWN).is_ok());
        assert!(matches!(error(&nested(MAX_DEPTH + 1)), ClusterError::TooDeep { limit: MAX_DEPTH, .. }));
        assert!(matches!(error(&nested(100_000)), ClusterError::Json(_)));
        assert_eq!(check_bounded(b"[1]", KNOWN, 2), Err(ClusterError::FileTooLarge { bytes: 3, limit: 2 }));
        assert!(check_bounded(b"[1]", KNOWN, 3).is_ok());
        let many = format!("[{}1]", "1,".repeat(MAX_VALUES));
        assert!(
            matches!(error(&many), ClusterError::Json(message) if message.starts_with("too many values"))
        );
        // A long file may have as many as are long enough.
        let long = |values: usize, len: usize| {
            let value = format!("\"{}\",", "0".repeat(len - 3));
            let text = format!("[{}1]", value.repeat(values - 2));
            check_bounded(text.as_bytes(), KNOWN, text.len())
        };
        assert!(long(2 * MAX_VALUES, MIN_BYTES_PER_VALUE + 1).is_ok());
        assert!(long(2 * MAX_VALUES, MIN_BYTES_PER_VALUE - 1).is_err());
    }

    #[test]
    fn other_texts_are_not_json() {
        for text in ["", "{", "{} {}", "[1,]", "\u{feff}{}", "{'a':1}", "NaN", "01", r#""\ud800""#, "nul"] {
            assert!(matches!(error(text), ClusterError::Json(_)), "{text}");
        }
        assert!(matches!(check(b"\"\xff\"", KNOWN), Err(ClusterError::Json(_))));
    }

    #[test]
    fn nodes_say_where_they_are_and_what_they_expect() {
        let value = json!({"a": [{"b": 1}], "n": null, "d": "12", "h": "0X12", "s": "+1", "e": "", "f": 1.0});
        let root = Node::root(&value);
        let b = root.member("a").unwrap().items().unwrap()[0].member("b").unwrap();
        assert_eq!((b.path(), b.number()), ("$.a[0].b", Ok(1)));
        assert_eq!(b.text(), Err(ClusterError::WrongType { path: "$.a[0].b".into(), expected: "a string" }));
        assert_eq!(root.member("x").unwrap_err(), ClusterError::MissingMember { path: "$.x".into() });
        assert!(root.optional("x").unwrap().is_none());
        assert!(root.optional("n").unwrap().is_none());
        assert!(b.optional("x").is_err());
        assert_eq!(root.member("d").unwrap().decimal(), Ok(12));
        assert_eq!(root.member("d").unwrap().bytes(), Ok(vec![0x12]));
        assert!(root.member("h").unwrap().bytes().is_err());
        assert!(root.member("s").unwrap().decimal().is_err());
        assert!(root.member("e").unwrap().decimal().is_err());
        assert_eq!(root.member("e").unwrap().bytes(), Ok(Vec::new()));
        assert!(root.member("d").unwrap().array::<2>().is_err());
        assert!(root.member("f").unwrap().number().is_err());
    }

    #[test]
    fn texts_are_written_as_go_writes_them() {
        let value =
            json!({"a": [], "b": {}, "c": ["<>&\u{2028}\u{2029}\u{7f}\u{e9}\"\\\u{8}\u{c}\n\r\t\u{1}"]});
        let text = String::from_utf8(to_go_json(&value).unwrap()).unwrap();
        let expected = concat!(
            "{\n \"a\": [],\n \"b\": {},\n \"c\": [\n  \"",
            r"\u003c\u003e\u0026\u2028\u2029",
            "\u{7f}\u{e9}",
            r#"\"\\\b\f\n\r\t\u0001"#,
            "\"\n ]\n}"
        );
        assert_eq!(text, expected);
    }

    #[test]
    fn bytes_are_written_with_prefix_unless_there_are_none() {
        assert_eq!(hex_text(&[]), "");
        assert_eq!(hex_text(&[0, 0xab]), "0x00ab");
    }

    proptest! {
        #[test]
        fn nothing_panics(bytes: Vec<u8>, text: String) {
            let _ = check(&bytes, KNOWN);
            let _ = check(text.as_bytes(), KNOWN);
        }

        #[test]
        fn what_is_written_is_read(name: String, text: String, number: u64) {
            let value = json!({ name: [text, number] });
            prop_assert_eq!(check(&to_go_json(&value).unwrap(), &[]), Ok(value));
        }
    }
}
