//! What a running ceremony leaves in its attempt's folder for `coram status`.
//!
//! Nothing depends on the file but what people are shown. Whoever reads it takes it for what it may be: half of something else,
//! out of date, or written by anybody.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::time::rfc3339;
use super::view::{Link, View};
use crate::store::files;

/// The most bytes that are read or written.
const MAX_BYTES: u64 = 1 << 20;
/// The longest text that is written or shown, in characters.
const MAX_TEXT: usize = 512;
/// The most entries of a list that are shown.
const MAX_LIST: usize = 256;

/// What is in the file.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Status {
    /// The process that wrote it.
    pub pid: u32,
    /// When that began.
    pub started: String,
    /// When the file was written.
    pub updated: String,
    /// How the run ended; none if it runs, or was killed.
    pub ended: Option<Ended>,
    /// What is awaited.
    pub awaited: Option<Awaited>,
    /// What the process is at, if that takes long.
    pub working: Option<Working>,
    /// Connections by the operators' index, from 1.
    pub operators: BTreeMap<u16, Peer>,
    /// Connections by the relays' peer ID.
    pub relays: BTreeMap<String, Peer>,
    /// Where we can be reached.
    pub listening: Vec<String>,
    /// What went over the network; none without one.
    pub traffic: Option<Traffic>,
}

/// Bytes in all, with everything that transports add.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Traffic {
    /// To peers.
    pub sent: u64,
    /// From peers.
    pub received: u64,
}

/// The end of a run.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Ended {
    /// When.
    pub time: String,
    /// The stable code of the failure; none if there is a lock.
    pub code: Option<String>,
    /// What happened.
    pub what: String,
}

/// What a run waits for.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Awaited {
    /// The kind of message.
    pub kind: String,
    /// From whom.
    pub operators: Vec<u16>,
    /// Since when.
    pub since: String,
}

/// Work that takes long.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Working {
    /// Its name, as in events.
    pub work: String,
    /// What it is, for people, and how far.
    pub what: String,
    /// How many are done.
    pub done: u64,
    /// Of how many.
    pub total: u64,
    /// Since when.
    pub since: String,
}

/// A peer.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Peer {
    /// The address over which it was connected last.
    pub address: Option<String>,
    /// Whether through a relay.
    pub relayed: bool,
    /// When it last showed that it is there.
    pub last_seen: Option<String>,
    /// Why that connection ended, if it did.
    pub reason: Option<String>,
}

/// The file in an attempt's folder.
pub fn path(attempt: &Path) -> PathBuf {
    attempt.join("status.json")
}

/// Reads the file; none if there is none that makes sense.
pub fn read(attempt: &Path) -> Option<Status> {
    let bytes = files::read_foreign(&path(attempt), MAX_BYTES).ok()?;
    let mut status: Status = serde_json::from_slice(&bytes).ok()?;
    status.bound();
    Some(status)
}

/// Writes the file. A disk that fails will be noticed by what matters.
pub fn write(path: &Path, status: &Status) {
    if let Ok(json) = serde_json::to_vec(status)
        && json.len() as u64 <= MAX_BYTES
    {
        let _ = files::replace(path, &json, files::KEY);
    }
}

impl Status {
    /// What is known now.
    pub fn new(view: &View, ended: Option<Ended>, now: Timestamp) -> Self {
        Self {
            pid: std::process::id(),
            started: rfc3339(view.started),
            updated: rfc3339(now),
            ended,
            awaited: view.awaited.as_ref().map(|awaited| Awaited {
                kind: awaited.kind.name().to_owned(),
                operators: awaited.missing.clone(),
                since: rfc3339(awaited.since),
            }),
            working: view.work.as_ref().map(|underway| Working {
                work: underway.work.name().to_owned(),
                what: underway.work.sentence(underway.done, underway.total, None),
                done: underway.done as u64,
                total: underway.total as u64,
                since: rfc3339(underway.began),
            }),
            operators: view
                .operators
                .iter()
                .filter(|(index, _)| **index != view.me)
                .map(|(index, operator)| (*index, Peer::from(&operator.link)))
                .collect(),
            relays: view.relays.iter().map(|(id, link)| (cut(id), Peer::from(link))).collect(),
            traffic: view.traffic.map(|(sent, received)| Traffic { sent, received }),
            listening: view.listening.iter().map(|address| cut(address)).collect(),
        }
    }
}

/// Nobody has to read a book because somebody put one into the file.
impl Status {
    fn bound(&mut self) {
        let Self {
            pid: _,
            started,
            updated,
            ended,
            awaited,
            working,
            operators,
            relays,
            listening,
            traffic: _,
        } = self;
        [started, updated].into_iter().for_each(shorten);
        if let Some(Ended { time, code, what }) = ended {
            [time, what].into_iter().chain(code).for_each(shorten);
        }
        if let Some(Awaited { kind, operators, since }) = awaited {
            [kind, since].into_iter().for_each(shorten);
            operators.truncate(MAX_LIST);
        }
        if let Some(Working { work, what, done: _, total: _, since }) = working {
            [work, what, since].into_iter().for_each(shorten);
        }
        *relays =
            std::mem::take(relays).into_iter().take(MAX_LIST).map(|(id, peer)| (cut(&id), peer)).collect();
        for Peer { address, relayed: _, last_seen, reason } in
            operators.values_mut().chain(relays.values_mut())
        {
            [address, last_seen, reason].into_iter().flatten().for_each(shorten);
        }
        listening.truncate(MAX_LIST);
        listening.iter_mut().for_each(shorten);
    }
}

impl From<&Link> for Peer {
    fn from(link: &Link) -> Self {
        Self {
            address: link.connection.as_ref().map(|connection| cut(&connection.address)),
            relayed: link.connection.as_ref().is_some_and(|connection| connection.relayed),
            last_seen: link.seen.map(rfc3339),
            reason: link.gone.as_deref().map(cut),
        }
    }
}

fn shorten(text: &mut String) {
    *text = cut(text);
}

fn cut(text: &str) -> String {
    text.chars().take(MAX_TEXT).collect()
}
