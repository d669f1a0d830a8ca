//! From bytes to a lock: JSON, version, form.

use coram_cluster::json;
use coram_cluster::lock::{self, Lock};
use coram_cluster::version::Version;
use serde_json::Value;

use super::catalogue::CheckId;
use super::check::{Failure, Finding};
use super::inputs::NamedFile;
use super::path::{self, TranscriptPath};
use super::recorder::Recorder;

/// What was read.
pub(super) struct Files {
    pub(super) lock: Lock,
    /// The transcript that stood in a file of its own.
    pub(super) detached: Option<Value>,
}

/// Reads the lock, and the transcript beside it where there is one.
pub(super) fn read(recorder: &mut Recorder<'_>, bytes: &[u8], detached: Option<&NamedFile>) -> Option<Files> {
    let (value, detached) = recorder.make_with(CheckId::JsonStrict, || strict(bytes, detached))??;
    if !recorder.make(CheckId::DefinitionVersion, || version(&value)) {
        return None;
    }
    let lock = recorder.make_with(CheckId::LockForm, || match Lock::read(value) {
        Ok(lock) => (Finding::passed("all members are there"), Some(lock)),
        Err(error) => (Finding::judge("", vec![path::failure(&error, "$")]), None),
    })??;
    Some(Files { lock, detached })
}

type Values = (Value, Option<Value>);

fn strict(bytes: &[u8], detached: Option<&NamedFile>) -> (Finding, Option<Values>) {
    let mut failures = Vec::new();
    let value = json::check_bounded(bytes, lock::MEMBERS, lock::MAX_BYTES);
    let value = value.map_err(|error| failures.push(path::failure(&error, "$"))).ok();
    let beside = detached.map(|file| json::check_bounded(&file.bytes, &[], lock::MAX_BYTES)).transpose();
    let beside = beside.map_err(|error| {
        let Failure { path, what } = path::failure(&error, "$");
        let root = TranscriptPath::DETACHED.root();
        failures.push(Failure::new(root + path.strip_prefix('$').unwrap_or_default(), what));
    });
    let detail = match detached {
        None => format!("{} bytes", bytes.len()),
        Some(detached) => format!("{} bytes, and {} bytes of transcript", bytes.len(), detached.bytes.len()),
    };
    (Finding::judge(detail, failures), value.zip(beside.ok()))
}

/// Another version is no failure: a later verifier may know it.
fn version(value: &Value) -> Finding {
    let place = "$.cluster_definition.version";
    let stated = value.get("cluster_definition").and_then(|definition| definition.get("version"));
    let Some(stated) = stated.and_then(Value::as_str) else {
        return Finding::failed(place, "it is missing, or no text");
    };
    match stated.parse::<Version>() {
        Ok(version) if version.supports_ceremony() => Finding::passed(version.as_str()),
        Ok(version) => {
            Finding::undecided(format!("locks of version {} are not judged here", version.as_str()))
        }
        Err(error) => Finding::undecided(error.to_string()),
    }
}
