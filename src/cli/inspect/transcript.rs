//! The transcript of a ceremony, in a lock or in a file of its own.

use coram_ceremony::UnverifiedTranscript;
use coram_ceremony::message::{Body, Unverified};
use coram_ceremony::transcript::TranscriptError;
use coram_cluster::definition::Definition;
use serde_json::Value;

use super::sheet::{Item, Sheet, list, shown};
use super::{Stop, setup};

/// A transcript, as far as it can be read. The hashes of its messages follow from the definition: of a transcript that stands alone,
/// they are known if that was in one of the files before it.
pub fn look(value: &Value, path: &str, definitions: &[Definition]) -> (Sheet, Vec<Stop>) {
    let is_alone = path == "$";
    let mut stopped = Vec::new();
    let mut read = None;
    // The last is that of the lock which the transcript stands in.
    let candidates =
        if is_alone { definitions } else { definitions.last().map_or(&[][..], std::slice::from_ref) };
    for definition in candidates {
        match UnverifiedTranscript::read(value, definition) {
            Ok(transcript) => read = Some(transcript),
            Err(TranscriptError::Ceremony { .. } | TranscriptError::Terms(_)) if is_alone => {}
            Err(error) => stopped = vec![stop(&error, path)],
        }
    }
    if read.is_some() {
        stopped.clear();
    }
    let unhashed = if stopped.is_empty() {
        "not hashed: their hashes follow from the definition; name it, or the lock, before the transcript"
    } else {
        "not hashed: the transcript could not be read whole"
    };
    (sheet(value, read.as_ref(), unhashed), stopped)
}

fn stop(error: &TranscriptError, path: &str) -> Stop {
    let place = match error {
        TranscriptError::Form { path, .. } | TranscriptError::Shape { path, .. } if path != "." => {
            format!(".{path}")
        }
        TranscriptError::Ceremony { .. } => ".ceremony.id".to_owned(),
        _ => String::new(),
    };
    Stop::new(format!("{path}{place}"), error)
}

fn sheet(value: &Value, read: Option<&UnverifiedTranscript>, unhashed: &str) -> Sheet {
    let member = |name: &str| value.get(name).map(Item::from);
    let each = |name: &str, show: fn(&Value) -> Sheet| {
        list(value.get(name).and_then(Value::as_array).into_iter().flatten().map(show))
    };
    let sheet = Sheet::new()
        .with("version", member("version"))
        .with("protocol", member("protocol"))
        .with("ceremony", value.get("ceremony").map(ceremony))
        .with_some("attestation", member("attestation"));
    let sheet = match read {
        Some(read) => sheet
            .with_list("setups", read.setups.iter().map(setup::record_sheet))
            .with("messages", messages(read)),
        None => sheet.with("setups", each("setups", setup::claimed)).with("messages", unhashed),
    };
    sheet
        .with("joins", each("joins", join))
        .with("commits", each("commits", commit))
        .with("deals", each("deals", deal))
        .with("attests", each("attests", attest))
        .with("seals", each("seals", seal))
}

/// Every message, in the order in which they were published.
fn messages(read: &UnverifiedTranscript) -> Item {
    let UnverifiedTranscript { joins, commits, deals, attests, seals, .. } = read;
    let rows = rows(read, joins)
        .chain(rows(read, commits))
        .chain(rows(read, deals))
        .chain(rows(read, attests))
        .chain(rows(read, seals));
    list(rows)
}

fn rows<'a, B: Body>(
    read: &'a UnverifiedTranscript,
    messages: &'a [Unverified<B>],
) -> impl Iterator<Item = Sheet> + 'a {
    messages.iter().map(move |message| {
        let ceremony = read.ceremony.id();
        Sheet::new()
            .with("kind", B::KIND.name())
            .with("author", message.author)
            .with("bytes", message.to_bytes(ceremony).len())
            .with("hash", shown(message.id(ceremony)))
    })
}

fn picked(value: &Value, names: &[&'static str]) -> Sheet {
    let pick = |name: &&'static str| ((*name).into(), value.get(name).map(Item::from).into());
    Sheet(names.iter().map(pick).collect())
}

/// Which ceremony it says it is of.
pub fn ceremony(value: &Value) -> Sheet {
    const PARAMETERS: [&str; 6] =
        ["proof_system", "setup", "commits", "encryption_keys", "dealers", "genesis_time"];
    let parameters = value.get("parameters").unwrap_or(&Value::Null);
    let extraction = parameters.get("extraction").map(Item::from);
    picked(value, &["id", "protocol_version", "kind", "attempt"])
        .with("parameters", picked(parameters, &PARAMETERS).with_some("extraction", extraction))
}

fn join(value: &Value) -> Sheet {
    picked(value, &["author", "encryption_key", "possession", "software", "signature"])
}

fn commit(value: &Value) -> Sheet {
    picked(value, &["author", "hash", "signature"])
}

fn deal(value: &Value) -> Sheet {
    let dealing = value.get("dealing").unwrap_or(&Value::Null);
    let parts = Sheet::new()
        .with("commitments", sizes(dealing.get("commitments")))
        .with("ephemeral", dealing.get("ephemeral").map(Item::from))
        .with("ciphertexts", sizes(dealing.get("ciphertexts")))
        .with_some("blinder", dealing.get("blinder").map(Item::from))
        .with_some("masked_sum", dealing.get("masked_sum").map(Item::from))
        .with_some("proof", dealing.get("proof").map(|proof| sizes(Some(proof))))
        .with_some(
            "chunks",
            dealing.get("chunks").and_then(Value::as_array).map(|chunks| list(chunks.iter().map(chunk))),
        );
    picked(value, &["author"]).with("dealing", parts).and(picked(value, &["signature"]))
}

fn chunk(value: &Value) -> Sheet {
    picked(value, &["blinder", "masked_sum"]).with("proof", sizes(value.get("proof")))
}

fn attest(value: &Value) -> Sheet {
    picked(value, &["author", "root"])
        .with("attestations", sizes(value.get("attestations")))
        .with("deposits", sizes(value.get("deposits")))
        .with("registrations", sizes(value.get("registrations")))
        .and(picked(value, &["signature"]))
}

fn seal(value: &Value) -> Sheet {
    picked(value, &["author", "lock_hash", "transcript_root", "node_signature"])
        .with("partials", sizes(value.get("partials")))
        .and(picked(value, &["signature"]))
}

/// What is too long to be read by people: how many, and how large.
fn sizes(value: Option<&Value>) -> Item {
    let bytes = |value: &Value| value.as_str().map(|text| text.trim_start_matches("0x").len() / 2);
    match value {
        Some(Value::Array(items)) => {
            let all: usize = items.iter().filter_map(bytes).sum();
            Sheet::new().with("count", items.len()).with("bytes", all).into()
        }
        Some(value) => bytes(value).map(|bytes| Item::Said(bytes as u64, format!("{bytes} bytes"))).into(),
        None => Item::Nothing,
    }
}
