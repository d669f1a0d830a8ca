//! Files of a setup, of which only the beginning is read, and what a transcript carries of them.

use std::io::Cursor;
use std::path::Path;

use coram_proofs::setup::{OriginRecord, SetupRecord};
use serde_json::Value;

use super::kind::Kind;
use super::sheet::{Item, Sheet, list};
use super::source::Source;
use super::{Found, Stop};
use crate::setup::contributors::{Operators, contributor, who};
use crate::setup::judge::{self, Report, ShapeReport};
use crate::setup::{self, KEY, POWERS, REFERENCE};

/// Whether this is how a file of a setup begins.
pub fn is_begin(begin: &[u8]) -> bool {
    [POWERS, KEY, REFERENCE].iter().any(|magic| begin.starts_with(magic))
}

/// What a file says that it is: its points are not looked at.
pub fn look(source: &Source) -> Found {
    let described = match source.path() {
        Some(path) => judge::describe(path),
        None => {
            let bytes = source.bytes().unwrap_or_default().to_vec();
            let len = bytes.len() as u64;
            judge::describe_source(setup::Source::over(Path::new("-"), Box::new(Cursor::new(bytes)), len))
        }
    };
    match described {
        Ok(report) => Found::whole(Kind::Setup, sheet(&report)),
        Err(failure) => {
            let content = Sheet::new().with("begins_with", first_line(source.begin()));
            Found { kind: Kind::Setup, content, stopped: vec![Stop::new("its beginning", failure.what)] }
        }
    }
}

fn first_line(begin: &[u8]) -> String {
    let line = begin.split(|byte| *byte == b'\n').next().unwrap_or_default();
    String::from_utf8_lossy(line.get(..64).unwrap_or(line)).into_owned()
}

fn sheet(report: &Report) -> Sheet {
    let shape = |shape: &ShapeReport| {
        let ShapeReport { operators, validators, constraints, log } = shape;
        Sheet::new()
            .with("operators", *operators)
            .with("validators", *validators)
            .with("constraints", *constraints)
            .with("domain_log", *log)
    };
    let contributions = report.contributions.iter().map(|entry| {
        Sheet::new()
            .with("phase", entry.phase)
            .with("number", entry.number)
            .with("by", who(&entry.contributor))
            .with("id", entry.id.as_str())
    });
    Sheet::new()
        .with("is", report.kind)
        .with("powers_log", report.powers_log)
        .with("shape", report.shape.as_ref().map(shape))
        .with("digest", report.digest.clone())
        .with_list("contributions", contributions)
}

/// What a transcript carries of a setup.
pub fn record_sheet(record: &SetupRecord) -> Sheet {
    let by = |origin: &OriginRecord| who(&contributor(origin, &Operators::default()));
    Sheet::new()
        .with("operators", record.recipients)
        .with("validators", record.validators)
        .with("powers_log", record.powers_log)
        .with_list("contributions_to_powers", record.powers.iter().map(|one| by(&one.origin)))
        .with_list("contributions_to_key", record.key.iter().map(|one| by(&one.origin)))
        .with("verifying_key_bytes", record.verifying_key.len())
}

/// The same, where the transcript cannot be read whole.
pub fn claimed(value: &Value) -> Sheet {
    let number = |name: &str| value.get(name).map(Item::from);
    let origins = |name: &str| {
        let items = value.get(name).and_then(Value::as_array).into_iter().flatten();
        list(items.map(|item| {
            Sheet::new()
                .with("identity", item.get("identity").map(Item::from))
                .with("beacon", item.get("beacon").map(Item::from))
        }))
    };
    Sheet::new()
        .with("operators", number("recipients"))
        .with("validators", number("validators"))
        .with("powers_log", number("powers_log"))
        .with("contributions_to_powers", origins("powers"))
        .with("contributions_to_key", origins("key"))
}
