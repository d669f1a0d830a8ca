//! Changes to the text of a file, for what two equal JSON values can differ in: members that are there twice, case of names and of
//! hex digits, bytes before and behind.

use std::collections::BTreeMap;
use std::ops::Range;

use serde_json::{Value, json};

/// Bytes that are taken out at a place, and others that are put there.
pub struct Edit {
    /// The place, in bytes from the beginning of the base.
    pub at: usize,
    /// How many bytes are taken out.
    pub remove: usize,
    pub insert: String,
}

impl Edit {
    pub fn to_value(&self) -> Value {
        json!({ "at": self.at, "remove": self.remove, "insert": self.insert })
    }
}

/// The bytes with all changes; places are those before any change, ascending.
pub fn edit(bytes: &[u8], edits: &[Edit]) -> Vec<u8> {
    let mut edited = Vec::new();
    let mut done = 0;
    for Edit { at, remove, insert } in edits {
        edited.extend(&bytes[done..*at]);
        edited.extend(insert.as_bytes());
        done = at + remove;
    }
    edited.extend(&bytes[done..]);
    edited
}

/// Where a value stands in a text.
#[derive(Clone, Debug)]
pub struct Span {
    /// The value.
    pub value: Range<usize>,
    /// From its member name, if it has one, to its end.
    pub member: Range<usize>,
}

/// The places of all values, by their JSON pointers.
pub fn spans(text: &[u8]) -> BTreeMap<String, Span> {
    let mut scanner = Scanner { text, at: 0, found: BTreeMap::new() };
    scanner.value("", None);
    scanner.found
}

/// Reads JSON that is known to be well formed, without escapes in its names.
struct Scanner<'a> {
    text: &'a [u8],
    at: usize,
    found: BTreeMap<String, Span>,
}

impl Scanner<'_> {
    fn space(&mut self) {
        while self.text.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
    }

    fn peek(&mut self) -> u8 {
        self.space();
        self.text[self.at]
    }

    fn value(&mut self, pointer: &str, name: Option<usize>) {
        let start = {
            self.space();
            self.at
        };
        match self.peek() {
            b'{' => self.list(pointer, b'}', true),
            b'[' => self.list(pointer, b']', false),
            b'"' => drop(self.string()),
            _ => {
                while !matches!(self.text[self.at], b',' | b'}' | b']')
                    && !self.text[self.at].is_ascii_whitespace()
                {
                    self.at += 1;
                }
            }
        }
        let span = Span { value: start..self.at, member: name.unwrap_or(start)..self.at };
        self.found.insert(pointer.to_owned(), span);
    }

    fn list(&mut self, pointer: &str, end: u8, named: bool) {
        self.at += 1;
        for index in 0.. {
            if self.peek() == end {
                break;
            }
            let start = self.at;
            if named {
                let name = self.string();
                self.space();
                self.at += 1;
                self.value(&format!("{pointer}/{name}"), Some(start));
            } else {
                self.value(&format!("{pointer}/{index}"), None);
            }
            if self.peek() == b',' {
                self.at += 1;
            }
        }
        self.at += 1;
    }

    fn string(&mut self) -> String {
        let start = self.at + 1;
        self.at = start;
        while self.text[self.at] != b'"' {
            self.at += if self.text[self.at] == b'\\' { 2 } else { 1 };
        }
        self.at += 1;
        String::from_utf8_lossy(&self.text[start..self.at - 1]).into_owned()
    }
}
