//! The files of `tests/vectors/frame`: frames for other implementations, and what is none.
//!
//! `UPDATE_VECTORS=1 cargo test --release --bin coram codec::vectors` writes them anew; a change there is a change of the protocol
//! between peers, and needs another name for it.

use std::fs;
use std::path::PathBuf;

use coram_ceremony::frame::{Answer, MAX_IDS, MAX_MESSAGES, MAX_REASON, Request};
use coram_ceremony::id::{CeremonyId, MessageId};
use futures::{executor::block_on, io::Cursor};
use libp2p::request_response::Codec as _;
use serde_json::{Value, json};

use super::{Codec, PROTOCOL};

fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/frame"))
}

fn ceremony() -> CeremonyId {
    CeremonyId::new(std::array::from_fn(|index| index as u8))
}

fn id(first: u8) -> MessageId {
    MessageId::new([first; 32])
}

fn hexes(ids: &[MessageId]) -> Vec<String> {
    ids.iter().map(|id| hex::encode(id.as_bytes())).collect()
}

fn request_meaning(request: &Request) -> Value {
    let hex_of = |ceremony: &CeremonyId| hex::encode(ceremony.as_bytes());
    match request {
        Request::Sync { ceremony, have } => {
            json!({"name": "Sync", "ceremony": hex_of(ceremony), "have": hexes(have)})
        }
        Request::Offer { ceremony, ids } => {
            json!({"name": "Offer", "ceremony": hex_of(ceremony), "ids": hexes(ids)})
        }
        Request::Push { ceremony, messages } => {
            let messages: Vec<String> = messages.iter().map(hex::encode).collect();
            json!({"name": "Push", "ceremony": hex_of(ceremony), "messages": messages})
        }
        Request::Open { ceremony, definition, terms } => json!({
            "name": "Open",
            "ceremony": hex_of(ceremony),
            "definition": hex::encode(definition),
            "terms": hex::encode(terms),
        }),
    }
}

fn answer_meaning(answer: &Answer) -> Value {
    match answer {
        Answer::Have { ids } => json!({"name": "Have", "ids": hexes(ids)}),
        Answer::Want { lacks, now } => json!({"name": "Want", "lacks": hexes(lacks), "now": hexes(now)}),
        Answer::Took => json!({"name": "Took"}),
        Answer::Other { ceremony, join } => json!({
            "name": "Other",
            "ceremony": hex::encode(ceremony.as_bytes()),
            "join": hex::encode(join),
        }),
        Answer::Unknown => json!({"name": "Unknown"}),
        Answer::Refused { reason } => json!({"name": "Refused", "reason": reason}),
    }
}

fn requests() -> Vec<(&'static str, &'static str, Request)> {
    let ceremony = ceremony();
    let sync = |have| Request::Sync { ceremony, have };
    let push = |messages| Request::Push { ceremony, messages };
    vec![
        ("sync-nothing", "an empty board", sync(Vec::new())),
        ("sync", "two messages", sync(vec![id(1), id(2)])),
        ("sync-any-order", "ids may come in any order, and twice", sync(vec![id(2), id(1), id(2)])),
        ("offer", "two messages", Request::Offer { ceremony, ids: vec![id(1), id(2)] }),
        ("push-nothing", "no message", push(Vec::new())),
        (
            "push",
            "one of no bytes, which is no message, but that is not the frame's concern",
            push(vec![Vec::new(), vec![0xaa, 0xbb, 0xcc]]),
        ),
        (
            "open",
            "JSON and SSZ, neither of which is the frame's concern",
            Request::Open { ceremony, definition: b"{}".to_vec(), terms: vec![0x05; 6] },
        ),
    ]
}

fn answers() -> Vec<(&'static str, &'static str, Answer)> {
    let refused = |reason: &str| Answer::Refused { reason: reason.to_owned() };
    vec![
        ("have-nothing", "an empty board", Answer::Have { ids: Vec::new() }),
        ("have", "two messages", Answer::Have { ids: vec![id(1), id(2)] }),
        (
            "want",
            "both are lacking, and one is to be sent now",
            Answer::Want { lacks: vec![id(1), id(2)], now: vec![id(2)] },
        ),
        ("want-nothing", "all are there", Answer::Want { lacks: Vec::new(), now: Vec::new() }),
        ("took", "a tag and nothing else", Answer::Took),
        (
            "other",
            "another ceremony, with a Join",
            Answer::Other { ceremony: ceremony(), join: vec![0xaa, 0xbb] },
        ),
        ("other-without-join", "no Join yet", Answer::Other { ceremony: ceremony(), join: Vec::new() }),
        ("unknown", "a tag and nothing else", Answer::Unknown),
        ("refused", "text follows the tag, without a length", refused("no room for another board")),
        ("refused-without-reason", "the text may be empty", refused("")),
        ("refused-longest", "as long as a reason may be", refused(&"é".repeat(MAX_REASON / 2))),
    ]
}

/// A frame with so many equal entries at its end.
fn filled(side: &str, comment: &str, start: &[u8], entry: &[u8], times: usize) -> Value {
    json!({"side": side, "comment": comment, "frame": hex::encode(start), "entry": hex::encode(entry), "times": times})
}

fn written(side: &str, comment: &str, frame: &[u8]) -> Value {
    json!({"side": side, "comment": comment, "frame": hex::encode(frame)})
}

/// A request of a tag, the ceremony, an offset, and the rest.
fn listing(tag: u8, offset: u32, rest: &[u8]) -> Vec<u8> {
    [&[tag][..], ceremony().as_bytes(), &offset.to_le_bytes(), rest].concat()
}

fn offsets(offsets: &[u32]) -> Vec<u8> {
    offsets.iter().flat_map(|offset| offset.to_le_bytes()).collect()
}

fn bad_requests() -> Vec<(&'static str, Value)> {
    let bad = |name, comment, frame: Vec<u8>| (name, written("request", comment, &frame));
    let sync = Request::Sync { ceremony: ceremony(), have: vec![id(1), id(2)] }.to_bytes();
    let push = |list: &[u32], rest: &[u8]| listing(2, 36, &[&offsets(list)[..], rest].concat());
    let open =
        |first: u32, second: u32, rest: &[u8]| listing(3, first, &[&offsets(&[second])[..], rest].concat());
    let longest = (4 * (MAX_MESSAGES + 1)) as u32;
    vec![
        bad("request-empty", "no bytes", Vec::new()),
        bad("request-unknown-tag", "there is no request 4", listing(4, 36, &[])),
        bad("sync-tag-alone", "the container is missing", vec![0]),
        bad("sync-truncated", "the last byte is missing", sync[..sync.len() - 1].to_vec()),
        bad("sync-truncated-fixed-part", "two bytes of the offset", sync[..35].to_vec()),
        bad("sync-extended", "a byte after the last id", [&sync[..], &[0]].concat()),
        bad("sync-offset-low", "the list begins within the fixed part", listing(0, 35, &[1; 32])),
        bad("sync-offset-high", "a gap of a byte before the list", listing(0, 37, &[1; 33])),
        bad("sync-offset-beyond", "the list begins behind the end", listing(0, 100, &[1; 32])),
        (
            "sync-too-many-ids",
            filled(
                "request",
                "one more id than two messages of each kind from 255 operators",
                &listing(0, 36, &[]),
                &[0; 32],
                MAX_IDS + 1,
            ),
        ),
        (
            "offer-too-many-ids",
            filled("request", "the same in an Offer", &listing(1, 36, &[]), &[0; 32], MAX_IDS + 1),
        ),
        (
            "push-too-many-messages",
            filled(
                "request",
                "as many messages, each of no bytes: offsets alone",
                &listing(2, 36, &[]),
                &longest.to_le_bytes(),
                MAX_MESSAGES + 1,
            ),
        ),
        bad(
            "push-first-offset",
            "it says that there are two messages, and the list ends within the second offset",
            push(&[8], &[7; 3]),
        ),
        bad("push-offset-uneven", "the first offset is no multiple of 4", push(&[5], &[7; 3])),
        bad(
            "push-offsets-descend",
            "the second message begins before the first",
            push(&[12, 13, 12], &[7; 3]),
        ),
        bad("push-offset-beyond", "the second message begins behind the end", push(&[8, 12], &[7; 3])),
        bad("push-offset-zero", "an empty list has no offset", push(&[0], &[])),
        bad("open-offsets-descend", "the terms begin before the definition", open(40, 39, &[7; 4])),
        bad("open-gap", "two bytes before the definition that belong to nothing", open(42, 44, &[7; 4])),
    ]
}

fn bad_answers() -> Vec<(&'static str, Value)> {
    let bad = |name, comment, frame: Vec<u8>| (name, written("answer", comment, &frame));
    let want = |first: u32, second: u32, rest: &[u8]| [&[1][..], &offsets(&[first, second]), rest].concat();
    let other = Answer::Other { ceremony: ceremony(), join: Vec::new() }.to_bytes();
    vec![
        bad("answer-empty", "no bytes", Vec::new()),
        bad("answer-unknown-tag", "there is no answer 6", vec![6]),
        bad("have-uneven", "an id and a half", [&[0][..], &offsets(&[4]), &[1; 48]].concat()),
        (
            "have-too-many-ids",
            filled(
                "answer",
                "one more id than a board has",
                &[&[0][..], &offsets(&[4])].concat(),
                &[0; 32],
                MAX_IDS + 1,
            ),
        ),
        bad("want-offsets-descend", "the second list begins before the first", want(8, 7, &[1; 32])),
        bad("want-gap", "32 bytes before the first list that belong to nothing", want(40, 40, &[1; 32])),
        (
            "want-too-many-ids",
            filled(
                "answer",
                "each list is bounded, the second here",
                &want(8, 8, &[]),
                &[0; 32],
                MAX_IDS + 1,
            ),
        ),
        bad("took-extended", "a byte after the tag", vec![2, 0]),
        bad("other-truncated", "the last byte of the offset is missing", other[..other.len() - 1].to_vec()),
        bad("unknown-extended", "a byte after the tag", vec![4, 0]),
        (
            "refused-overlong",
            filled("answer", "a byte more than a reason may have", &[5], b"x", MAX_REASON + 1),
        ),
        bad("refused-not-text", "not UTF-8", vec![5, 0xff]),
    ]
}

fn make() -> Vec<(String, Value)> {
    let mut files = Vec::new();
    let mut accept = |side: &str, name: &str, comment: &str, frame: Vec<u8>, meaning: Value| {
        let mut file = written(side, comment, &frame);
        file["expect"] = json!("accept");
        file["meaning"] = meaning;
        files.push((format!("accept-{name}"), file));
    };
    for (name, comment, request) in requests() {
        accept("request", name, comment, request.to_bytes(), request_meaning(&request));
    }
    for (name, comment, answer) in answers() {
        accept("answer", name, comment, answer.to_bytes(), answer_meaning(&answer));
    }
    for (name, mut file) in bad_requests().into_iter().chain(bad_answers()) {
        file["expect"] = json!("reject");
        files.push((format!("reject-{name}"), file));
    }
    files.sort_by(|(one, _), (other, _)| one.cmp(other));
    files
}

/// The files as they are, by name.
fn load() -> Vec<(String, Value)> {
    if std::env::var_os("UPDATE_VECTORS").is_some() {
        fs::create_dir_all(folder()).unwrap();
        for (case, value) in make() {
            let text = serde_json::to_string_pretty(&value).unwrap();
            fs::write(folder().join(case).with_extension("json"), text + "\n").unwrap();
        }
    }
    let paths = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    let name = |path: &PathBuf| path.file_stem().unwrap().to_str().unwrap().to_owned();
    let read = |path: PathBuf| (name(&path), serde_json::from_slice(&fs::read(&path).unwrap()).unwrap());
    let mut files: Vec<(String, Value)> = paths.map(read).collect();
    files.sort_by(|(one, _), (other, _)| one.cmp(other));
    files
}

fn frame(file: &Value) -> Vec<u8> {
    let bytes = |member: &str| hex::decode(file[member].as_str().unwrap_or_default()).unwrap();
    let times = file["times"].as_u64().unwrap_or_default() as usize;
    [bytes("frame"), bytes("entry").repeat(times)].concat()
}

/// What comes off a stream, and the same frame encoded again.
fn read(side: &str, frame: &[u8]) -> Option<(Value, Vec<u8>)> {
    let mut codec = Codec { limit: 1 << 20 };
    let len = u32::try_from(frame.len()).unwrap().to_le_bytes();
    let mut stream = Cursor::new([&len[..], frame].concat());
    if side == "request" {
        let request = block_on(codec.read_request(&PROTOCOL, &mut stream)).ok()?.ok()?;
        Some((request_meaning(&request), request.to_bytes()))
    } else {
        let answer = block_on(codec.read_response(&PROTOCOL, &mut stream)).ok()?;
        Some((answer_meaning(&answer), answer.to_bytes()))
    }
}

#[test]
fn frames_are_read_and_written_as_in_the_files() {
    let files = load();
    for (case, file) in &files {
        let bytes = frame(file);
        let result = read(file["side"].as_str().unwrap(), &bytes);
        match file["expect"].as_str().unwrap() {
            "accept" => assert_eq!(result, Some((file["meaning"].clone(), bytes)), "{case}"),
            _ => assert_eq!(result, None, "{case}"),
        }
    }
    assert!(files == make(), "tests/vectors/frame is not what is made here: run with UPDATE_VECTORS=1");
    // Lists that are too long differ from the longest by one entry.
    let most = filled("request", "", &listing(0, 36, &[]), &[0; 32], MAX_IDS);
    assert!(read("request", &frame(&most)).is_some());
}
