//! What the program tells people and programs: reports, expectations, events, notes. Anybody can write such a file.

use std::collections::BTreeMap;

use coram_ceremony::verify::Expectations;
use serde_json::{Map, Value};

use super::kind::Kind;
use super::sheet::{Item, Sheet, list};
use super::{Found, Stop};

/// How a note on a reference string begins.
pub const SETUP_NOTE: &str = "verified by coram ";
/// The most events that are kept; the others are counted.
const MAX_EVENTS: usize = 100_000;
/// The longest line that is an event, in bytes.
const MAX_LINE: usize = 1 << 16;
/// The most names of events that are counted.
const MAX_NAMES: usize = 1 << 16;

/// What is shown of a check.
const CHECK: [&str; 5] = ["outcome", "id", "title", "detail", "failures"];

/// Members of a file, in our order; of those that are not known here, the names.
fn picked(value: &Value, names: &[&'static str]) -> Sheet {
    let mut sheet = Sheet::new();
    for name in names {
        sheet = sheet.with_some(name, value.get(name).map(Item::from));
    }
    let other = value.as_object().into_iter().flatten().map(|(name, _)| name.clone());
    let mut other = other.filter(|name| !names.contains(&name.as_str())).peekable();
    if other.peek().is_some() { sheet.with_list("members_not_known_here", other) } else { sheet }
}

/// A report on a lock or on deposit data. It says what somebody's verifier found, or what somebody made up.
pub fn report(value: &Value) -> (Sheet, Vec<Stop>) {
    let mut value = value.clone();
    let checks = value.as_object_mut().and_then(|members| members.remove("checks"));
    let names = [
        "verdict",
        "headline",
        "report_version",
        "subject",
        "verifier",
        "inputs",
        "anchored",
        "not_anchored",
        "accepted",
        "notes",
        "cluster",
        "ceremony",
        "operators",
        "validators",
        "statements",
    ];
    let check = |check: &Value| {
        let pick = |name: &&'static str| ((*name).into(), check.get(name).map(Item::from).into());
        Sheet(CHECK.iter().map(pick).collect())
    };
    let checks = checks.as_ref().and_then(Value::as_array).into_iter().flatten().map(check);
    (picked(&value, &names).with("checks", list(checks)), Vec::new())
}

/// A report on a fault file.
pub fn fault_report(value: &Value) -> (Sheet, Vec<Stop>) {
    let names = [
        "verdict",
        "breach",
        "detail",
        "culprits",
        "ceremony",
        "attempt",
        "definition_hash",
        "report_version",
    ];
    (picked(value, &names), Vec::new())
}

/// Whether an object says what is expected of a lock, and nothing else.
pub fn are_expectations(members: &Map<String, Value>) -> bool {
    !members.is_empty() && members.keys().all(|name| Expectations::MEMBERS.contains(&name.as_str()))
}

/// Expectations of a lock.
pub fn expectations(value: &Value) -> (Sheet, Vec<Stop>) {
    (picked(value, Expectations::MEMBERS), Vec::new())
}

/// What a running ceremony leaves for `coram status`.
pub fn status(value: &Value) -> (Sheet, Vec<Stop>) {
    let names =
        ["pid", "started", "updated", "ended", "awaited", "operators", "relays", "listening", "traffic"];
    (picked(value, &names), Vec::new())
}

/// A note that a reference string was verified.
pub fn setup_note(text: &str) -> Found {
    let mut lines = text.lines();
    let by = lines.next().unwrap_or_default();
    let mut member = |name: &str| {
        let line = lines.next().unwrap_or_default();
        line.strip_prefix(name).map(|value| value.trim().to_owned())
    };
    let (file, setup) = (member("file "), member("setup "));
    let stopped = (file.is_none() || setup.is_none())
        .then(|| Stop::new("its lines", "a file and a setup are named there"));
    let content = Sheet::new().with("says", by).with("file_sha256", file).with("setup", setup);
    Found { kind: Kind::SetupNote, content, stopped: stopped.into_iter().collect() }
}

/// Whether the first line is an event.
pub fn are_events(bytes: &[u8]) -> bool {
    lines(bytes).next().is_some_and(|(_, line)| event(line).is_some())
}

/// The lines that are not empty, with their number from 0.
fn lines(bytes: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let lines = bytes.split(|byte| *byte == b'\n').enumerate();
    lines.filter(|(_, line)| !line.trim_ascii().is_empty())
}

/// Events, one to a line, if the first line is one.
pub fn events(bytes: &[u8]) -> Option<Found> {
    let first = event(lines(bytes).next()?.1)?;
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let (mut shown, mut stopped) = (Vec::new(), Vec::new());
    for (place, line) in lines(bytes) {
        let Some(members) = event(line) else {
            stopped.push(Stop::new(format!("line {}", place + 1), "no event"));
            break;
        };
        *counts.entry(text(&members, "event").chars().take(32).collect()).or_default() += 1;
        if shown.len() < MAX_EVENTS {
            shown.push(event_sheet(&members));
        }
        if counts.len() > MAX_NAMES {
            break;
        }
    }
    let counts = counts.into_iter().map(|(event, count)| (event.into(), count.into()));
    let content = Sheet::new()
        .with("ceremony", text(&first, "ceremony"))
        .with("counts", Sheet(counts.collect()))
        .with_list("events", shown);
    Some(Found { kind: Kind::Events, content, stopped })
}

fn event(line: &[u8]) -> Option<Map<String, Value>> {
    if line.len() > MAX_LINE {
        return None;
    }
    let members: Map<String, Value> = serde_json::from_slice(line).ok()?;
    ["time", "ceremony", "event"].iter().all(|name| members.contains_key(*name)).then_some(members)
}

fn text<'a>(members: &'a Map<String, Value>, name: &str) -> &'a str {
    members.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn event_sheet(members: &Map<String, Value>) -> Sheet {
    let rest = members.iter().filter(|(name, _)| !["time", "ceremony", "event"].contains(&name.as_str()));
    let rest: Vec<String> = rest.map(|(name, value)| format!("{name} {value}")).collect();
    Sheet::new()
        .with("time", text(members, "time"))
        .with("event", text(members, "event"))
        .with("says", rest.join(", "))
}
