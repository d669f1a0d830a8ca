//! What a file is, by its content.

use coram_ceremony::message::UnplacedMessage;
use coram_ceremony::transcript;
use serde_json::Value;

use super::source::Source;
use super::tree::{self, Tree};
use super::{Context, Found, Sheet, Stop};
use super::{
    archive, definition, deposits, fault, keystore, lock, message, notes, record, secret, setup,
    transcript as shown, unknown,
};

/// The kinds of file that can be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Definition,
    Lock,
    Transcript,
    Fault,
    DepositData,
    Keystore,
    NodeRecord,
    Secret,
    Message,
    Setup,
    SetupNote,
    Report,
    FaultReport,
    Expectations,
    Events,
    Status,
    Archive,
    Folder,
    Unknown,
}

impl Kind {
    /// Its name for programs.
    pub const fn name(self) -> &'static str {
        self.names().0
    }

    /// Its name for people.
    pub const fn words(self) -> &'static str {
        self.names().1
    }

    const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Definition => ("cluster_definition", "cluster definition"),
            Self::Lock => ("cluster_lock", "cluster lock"),
            Self::Transcript => ("transcript", "transcript of a ceremony"),
            Self::Fault => ("fault", "fault file"),
            Self::DepositData => ("deposit_data", "deposit data"),
            Self::Keystore => ("keystore", "keystore"),
            Self::NodeRecord => ("node_record", "node record"),
            Self::Secret => ("secret", "secret"),
            Self::Message => ("message", "message of a ceremony"),
            Self::Setup => ("setup", "file of a setup"),
            Self::SetupNote => ("setup_note", "note that a reference string was verified"),
            Self::Report => ("report", "report of `coram verify`"),
            Self::FaultReport => ("fault_report", "report of `coram verify` on a fault file"),
            Self::Expectations => ("expectations", "expectations of a lock"),
            Self::Events => ("events", "events of a ceremony"),
            Self::Status => ("status", "what `coram status` shows of a process"),
            Self::Archive => ("archive", "packed files"),
            Self::Folder => ("folder", "folder"),
            Self::Unknown => ("unknown", "nothing that is known here"),
        }
    }
}

/// Finds out what a file is, and what is in it.
pub fn look(source: &Source, context: &mut Context) -> Found {
    match guess(source) {
        Guess::Setup => setup::look(source),
        Guess::Archive => archive::look(source),
        Guess::Large => unknown::large(source),
        Guess::Secret(found) => found,
        Guess::Record(text) => record::look(text),
        Guess::SetupNote(text) => notes::setup_note(text),
        Guess::Json(bytes) => json(bytes, context),
        Guess::Message(unplaced, bytes) => Found::whole(Kind::Message, message::sheet(&unplaced, bytes)),
        Guess::Unknown(bytes) => unknown::look(bytes),
    }
}

/// The kind of a file, and nothing of what is in it.
pub fn of(source: &Source) -> Kind {
    match guess(source) {
        Guess::Setup => Kind::Setup,
        Guess::Archive => Kind::Archive,
        Guess::Secret(_) => Kind::Secret,
        Guess::Record(_) => Kind::NodeRecord,
        Guess::SetupNote(_) => Kind::SetupNote,
        Guess::Json(bytes) if notes::are_events(bytes) => Kind::Events,
        Guess::Json(bytes) => of_json(&tree::read(bytes).value),
        Guess::Message(..) => Kind::Message,
        Guess::Large | Guess::Unknown(_) => Kind::Unknown,
    }
}

/// Whether the rest of a file need not be read to know what it is.
pub fn is_told_by_begin(begin: &[u8]) -> bool {
    setup::is_begin(begin) || archive::is_begin(begin)
}

/// What a file is, before JSON in it is read.
enum Guess<'a> {
    Setup,
    Archive,
    /// Too large to be read whole.
    Large,
    Secret(Found),
    Record(&'a str),
    SetupNote(&'a str),
    Json(&'a [u8]),
    Message(UnplacedMessage, usize),
    Unknown(&'a [u8]),
}

fn guess(source: &Source) -> Guess<'_> {
    let begin = source.begin();
    if setup::is_begin(begin) {
        return Guess::Setup;
    }
    if archive::is_begin(begin) {
        return Guess::Archive;
    }
    let Some(bytes) = source.bytes() else { return Guess::Large };
    if let Some(found) = secret::look(bytes) {
        return Guess::Secret(found);
    }
    match std::str::from_utf8(bytes).map(str::trim) {
        Ok(text) if text.starts_with("enr:") => Guess::Record(text),
        Ok(text) if text.starts_with(notes::SETUP_NOTE) => Guess::SetupNote(text),
        _ if is_json(begin) => Guess::Json(bytes),
        _ => match UnplacedMessage::decode(bytes) {
            Ok(unplaced) => Guess::Message(unplaced, bytes.len()),
            Err(_) => Guess::Unknown(bytes),
        },
    }
}

fn is_json(begin: &[u8]) -> bool {
    matches!(begin.trim_ascii_start().first(), Some(b'{' | b'['))
}

fn json(bytes: &[u8], context: &mut Context) -> Found {
    if let Some(found) = notes::events(bytes) {
        return found;
    }
    let Tree { value, stopped } = tree::read(bytes);
    let kind = of_json(&value);
    let (content, why) = read(kind, &value, context);
    // What breaks off lacks members, which is no second thing to say.
    let stopped = stopped.map_or(why, |stop| vec![stop]);
    Found { kind, content, stopped }
}

/// The kind of a JSON text, by its members.
fn of_json(value: &Value) -> Kind {
    let has = |name: &str| value.get(name).is_some();
    let all = |names: &[&str]| names.iter().all(|name| has(name));
    match value {
        // What has validators is a lock, whatever else is in it: as `coram verify` has it.
        Value::Object(_) if has("distributed_validators") => Kind::Lock,
        Value::Object(_) if has("fault_version") => Kind::Fault,
        Value::Object(_) if all(&["verdict", "checks"]) => Kind::Report,
        Value::Object(_) if all(&["verdict", "report_version"]) => Kind::FaultReport,
        Value::Object(_) if has("cluster_definition") => Kind::Lock,
        Value::Object(_) if has("operators") && (has("version") || has("creator") || has("config_hash")) => {
            Kind::Definition
        }
        Value::Object(_) if has("joins") || has("deals") || is_protocol(value) => Kind::Transcript,
        Value::Object(_) if has("crypto") => Kind::Keystore,
        Value::Object(_) if all(&["pid", "started", "updated"]) => Kind::Status,
        Value::Object(members) if notes::are_expectations(members) => Kind::Expectations,
        Value::Array(records) if deposits::is_one(records.first()) => Kind::DepositData,
        _ => Kind::Unknown,
    }
}

fn is_protocol(value: &Value) -> bool {
    value.get("protocol").and_then(Value::as_str) == Some(transcript::PROTOCOL)
}

/// What is in a JSON text of a kind, and where reading it stopped.
fn read(kind: Kind, value: &Value, context: &mut Context) -> (Sheet, Vec<Stop>) {
    match kind {
        Kind::Definition => definition::look(value, context),
        Kind::Lock => lock::look(value, context),
        Kind::Transcript => shown::look(value, "$", &context.definitions),
        Kind::Fault => fault::look(value, context),
        Kind::DepositData => deposits::look(value),
        Kind::Keystore => keystore::look(value),
        Kind::Report => notes::report(value),
        Kind::FaultReport => notes::fault_report(value),
        Kind::Expectations => notes::expectations(value),
        Kind::Status => notes::status(value),
        _ => (unknown::json(value), Vec::new()),
    }
}
