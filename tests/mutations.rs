//! The files of `tests/mutations`, judged by the program: each by a process of its own, as an outsider would.

#![allow(clippy::unwrap_used)]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use common::coram;
use serde_json::Value;

fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/mutations"))
}

/// A file, and the bytes of the lock that it is about.
struct Mutation {
    name: String,
    expect: Value,
    /// What `--expect` reads, if there is anything to expect.
    expectations: Option<Value>,
    lock: Vec<u8>,
}

#[test]
fn the_program_says_of_every_file_what_it_expects() {
    let mutations = read();
    assert!(mutations.len() > 500, "{} files", mutations.len());
    let next = AtomicUsize::new(0);
    let judge_some = || {
        let mut wrong = Vec::new();
        while let Some(mutation) = mutations.get(next.fetch_add(1, Ordering::Relaxed)) {
            wrong.extend(judge(mutation));
        }
        wrong
    };
    let wrong: Vec<String> = thread::scope(|scope| {
        let threads: Vec<_> = (0..2).map(|_| scope.spawn(judge_some)).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    assert!(wrong.is_empty(), "{} files:\n{}", wrong.len(), wrong.join("\n"));
}

/// Every file in the folders beside the one of the bases.
fn read() -> Vec<Mutation> {
    let folders = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    let folders = folders.filter(|path| path.is_dir() && !path.ends_with("base"));
    let files = folders.flat_map(|folder| fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()));
    let mut bases = BTreeMap::new();
    files.map(|path| mutation(&path, &mut bases)).collect()
}

fn mutation(path: &Path, bases: &mut BTreeMap<PathBuf, Vec<u8>>) -> Mutation {
    let file: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    let base = folder().join(file["base"].as_str().unwrap());
    let base = bases.entry(base).or_insert_with_key(|path| fs::read(path).unwrap());
    let lock = match file["change"].as_array() {
        Some(changes) => {
            let mut lock: Value = serde_json::from_slice(base).unwrap();
            changes.iter().for_each(|change| apply(&mut lock, change));
            serde_json::to_vec(&lock).unwrap()
        }
        None => edited(base, file["text"].as_array().unwrap()),
    };
    let name = path.strip_prefix(folder()).unwrap().display().to_string();
    let expectations = file.get("expectations").cloned();
    Mutation { name, expect: file["expect"].clone(), expectations, lock }
}

/// One operation of RFC 6902, of those that the files have.
fn apply(lock: &mut Value, change: &Value) {
    let path = change["path"].as_str().unwrap();
    let (parent, name) = path.rsplit_once('/').unwrap();
    match change["op"].as_str().unwrap() {
        "replace" => *lock.pointer_mut(path).unwrap() = change["value"].clone(),
        "remove" => drop(lock.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(name).unwrap()),
        "add" => {
            let members = lock.pointer_mut(parent).unwrap().as_object_mut().unwrap();
            members.insert(name.to_owned(), change["value"].clone());
        }
        other => panic!("{other}"),
    }
}

/// The text with bytes taken out and put in; places are those before any change, ascending.
fn edited(base: &[u8], edits: &[Value]) -> Vec<u8> {
    let mut text = Vec::new();
    let mut done = 0;
    for edit in edits {
        let number = |name: &str| usize::try_from(edit[name].as_u64().unwrap()).unwrap();
        text.extend(&base[done..number("at")]);
        text.extend(edit["insert"].as_str().unwrap().as_bytes());
        done = number("at") + number("remove");
    }
    text.extend(&base[done..]);
    text
}

/// How the program differs from a file, if it does.
fn judge(mutation: &Mutation) -> Option<String> {
    let Mutation { name, expect, expectations, lock } = mutation;
    let output = verify(lock, expectations.as_ref());
    let Ok(report) = serde_json::from_slice::<Value>(&output.stdout) else {
        return Some(format!("{name}: no report: {}", common::text(&output.stderr)));
    };
    let with = |outcome: &str| -> Value {
        let checks = report["checks"].as_array().unwrap().iter();
        checks.filter(|check| check["outcome"] == outcome).map(|check| check["id"].clone()).collect()
    };
    let (failed, undecided) = (with("failed"), with("undecided"));
    let verdict = report["verdict"].as_str().unwrap_or_default().to_lowercase();
    let code = match expect["verdict"].as_str().unwrap() {
        "valid" => 0,
        "invalid" => 3,
        _ => 4,
    };
    let same = expect["verdict"] == verdict.as_str()
        && expect["failed"] == failed
        && expect["undecided"] == undecided
        && output.status.code() == Some(code);
    let code = output.status.code();
    (!same).then(|| format!("{name}: exit code {code:?}, {verdict}; failed {failed}, undecided {undecided}"))
}

fn verify(lock: &[u8], expectations: Option<&Value>) -> Output {
    let mut command = coram();
    command.args(["verify", "--json", "-"]);
    let folder = tempfile::tempdir().unwrap();
    if let Some(expectations) = expectations {
        let path = folder.path().join("expectations.json");
        fs::write(&path, expectations.to_string()).unwrap();
        command.arg("--expect").arg(path);
    }
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(lock).unwrap();
    child.wait_with_output().unwrap()
}
