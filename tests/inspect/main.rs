//! `coram inspect`: what is in a file, without judging it.
#![allow(missing_docs, clippy::unwrap_used)] // helpers of tests are tests

mod broken;
mod ceremony;
mod charon;
#[path = "../common/mod.rs"]
mod common;
mod hostile;
mod setup;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use common::{coram, text};
use serde_json::Value;

/// `coram inspect`, with its exit code.
fn inspect(paths: &[&Path], options: &[&str]) -> (Option<i32>, Output) {
    let output = coram().arg("inspect").args(paths).args(options).output().unwrap();
    (output.status.code(), output)
}

/// What people are shown of a file, of which all can be shown.
fn shown(path: &Path) -> String {
    let (code, output) = inspect(&[path], &[]);
    assert_eq!(code, Some(0), "{}: {}", path.display(), text(&output.stderr));
    let shown = text(&output.stdout);
    assert!(shown.contains("shown, not verified: `coram verify` judges"), "{shown}");
    shown
}

/// What programs are told of one file, and the exit code.
fn told(path: &Path) -> (Option<i32>, Value) {
    let (code, output) = inspect(&[path], &["--json"]);
    let told: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{}: {error}: {}", path.display(), text(&output.stderr)));
    assert_eq!(told["verified"], false);
    (code, told["files"][0].clone())
}

/// What is in a file of a kind, of which all can be shown.
fn content(path: &Path, kind: &str) -> Value {
    let (code, mut told) = told(path);
    assert_eq!((code, told["kind"].as_str()), (Some(0), Some(kind)), "{}: {told}", path.display());
    assert_eq!(told["stopped"], Value::Array(Vec::new()));
    told["content"].take()
}

/// A folder with files in it.
struct Files(tempfile::TempDir);

impl Files {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn put(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, bytes).unwrap();
        path
    }
}
