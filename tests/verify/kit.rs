//! A small ceremony, and files with parts of what it left.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::OnceLock;

use serde_json::Value;

use crate::common::{coram, run};

/// What the first of three operators has after a small ceremony, by path. It is held once for all tests.
pub fn made() -> &'static BTreeMap<String, Vec<u8>> {
    static MADE: OnceLock<BTreeMap<String, Vec<u8>>> = OnceLock::new();
    MADE.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let output = folder.path().join("sim");
        run(coram()
            .args(["sim", "--operators", "3", "--threshold", "2", "--validators", "1", "--output"])
            .arg(&output));
        let node = output.join("node0");
        let names = ["cluster-lock.json", "deposit-data.json", "deposit-data-1eth.json"];
        let keystores = ["validator_keys/keystore-0.json", "validator_keys/keystore-0.txt"];
        let read = |name: &str| (name.to_owned(), fs::read(node.join(name)).unwrap());
        names.into_iter().chain(keystores).map(read).collect()
    })
}

/// The lock.
pub fn lock() -> &'static [u8] {
    &made()["cluster-lock.json"]
}

/// The same, as JSON.
pub fn parsed() -> Value {
    serde_json::from_slice(lock()).unwrap()
}

/// A folder with files in it.
pub struct Files(tempfile::TempDir);

impl Files {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn put(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }

    pub fn lock(&self) -> PathBuf {
        self.put("cluster-lock.json", lock())
    }

    /// One of the files that the ceremony left.
    pub fn made(&self, name: &str) -> PathBuf {
        self.put(name, &made()[name])
    }

    /// A lock that was changed.
    pub fn changed(&self, change: impl FnOnce(&mut Value)) -> PathBuf {
        let mut value = parsed();
        change(&mut value);
        self.put("changed.json", serde_json::to_vec(&value).unwrap())
    }

    /// A lock without its transcript, and that.
    pub fn parted(&self) -> (PathBuf, Value) {
        let mut transcript = Value::Null;
        let bare = self
            .changed(|lock| transcript = lock.as_object_mut().unwrap().remove("pvss_transcript").unwrap());
        (bare, transcript)
    }
}

pub fn verify(path: &Path, options: &[&str]) -> Output {
    coram().arg("verify").arg(path).args(options).output().unwrap()
}

pub fn report(path: &Path, options: &[&str]) -> (Option<i32>, Value) {
    let output = verify(path, &[options, &["--json"]].concat());
    (output.status.code(), serde_json::from_slice(&output.stdout).unwrap())
}

pub fn outcome<'a>(report: &'a Value, check: &str) -> &'a str {
    let checks = report["checks"].as_array().unwrap();
    let found =
        checks.iter().find(|found| found["id"] == check).unwrap_or_else(|| panic!("no check {check}"));
    found["outcome"].as_str().unwrap()
}
