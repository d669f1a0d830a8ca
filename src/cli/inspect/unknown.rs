//! What a file looks like that is nothing that is known, or of which something is missing. Values are shown only of members that are
//! known to hold no secret.

use serde_json::Value;

use super::kind::Kind;
use super::sheet::{Item, Sheet, list};
use super::source::Source;
use super::{Found, Stop};

/// How many names of members are shown.
const NAMES: usize = 32;
const ZIP: &[u8] = b"PK\x03\x04";

/// Bytes that are no file of any kind.
pub fn look(bytes: &[u8]) -> Found {
    let content = match std::str::from_utf8(bytes) {
        _ if bytes.is_empty() => Sheet::new().with("looks_like", "an empty file"),
        Ok(text) => Sheet::new().with("looks_like", sort_of_text(text)).with("lines", text.lines().count()),
        Err(_) if bytes.starts_with(ZIP) => Sheet::new().with("looks_like", "a zip archive"),
        Err(_) => Sheet::new().with("looks_like", "binary data"),
    };
    Found::whole(Kind::Unknown, content)
}

/// `coram verify` writes pages and badges from its reports: a browser shows them.
fn sort_of_text(text: &str) -> &'static str {
    match text.trim_start() {
        text if text.starts_with("<!DOCTYPE html>") => "a page (HTML)",
        text if text.starts_with("<svg") => "a picture (SVG)",
        _ => "text",
    }
}

/// A file that is larger than any that is read whole.
pub fn large(source: &Source) -> Found {
    let looks = if source.begin().is_ascii() { "a large text" } else { "large binary data" };
    let why = "larger than 256 MiB, or changed meanwhile";
    let content = Sheet::new().with("looks_like", looks);
    Found { kind: Kind::Unknown, content, stopped: vec![Stop::new("$", why)] }
}

/// JSON with members that no kind has.
pub fn json(value: &Value) -> Sheet {
    match value {
        Value::Object(members) => {
            let names = members.iter().take(NAMES).map(|(name, value)| format!("{name}: {}", sort(value)));
            let sheet = Sheet::new().with("looks_like", "a JSON object").with("members", members.len());
            sheet.with_list("names", names)
        }
        Value::Array(items) => {
            let sheet = Sheet::new().with("looks_like", "a JSON array").with("entries", items.len());
            sheet.with("first", items.first().map(sort))
        }
        _ => Sheet::new().with("looks_like", "JSON"),
    }
}

/// What kind of JSON a value is.
const fn sort(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// The members of a broken file, as far as they are known.
pub fn members(value: &Value, known: &[&str]) -> Sheet {
    members_but(value, known, &[])
}

/// The members of a broken file, as far as they are known, but for some that are shown elsewhere.
pub fn members_but(value: &Value, known: &[&str], but: &[&str]) -> Sheet {
    let Value::Object(members) = value else { return Sheet::new() };
    let shown = members.iter().filter(|(name, _)| !but.contains(&name.as_str()));
    let (shown, other): (Vec<_>, Vec<_>) = shown.partition(|(name, _)| known.contains(&name.as_str()));
    let sheet =
        Sheet(shown.into_iter().map(|(name, value)| (name.clone().into(), outline(value, known))).collect());
    if other.is_empty() {
        return sheet;
    }
    sheet.with_list("members_not_known_here", other.into_iter().take(NAMES).map(|(name, _)| name.clone()))
}

fn outline(value: &Value, known: &[&str]) -> Item {
    match value {
        Value::Object(_) => Item::Sheet(members(value, known)),
        Value::Array(items) => list(items.iter().map(|item| outline(item, known))),
        scalar => scalar.into(),
    }
}
