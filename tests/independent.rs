//! A finished ceremony, judged by implementations other than ours: the programs in `tests/independent/`,
//! which stand on libraries from npm and share no code with this workspace.
//!
//! Needs Node and `npm ci` in `tests/independent/`; the tests fetch nothing themselves. Without them they are
//! left out, or fail where `CORAM_REQUIRE_INDEPENDENT=1` is set.
#![allow(clippy::unwrap_used)]

mod common;

use std::path::Path;
use std::process::Command;

use common::independent::{PROGRAMS, can_run};
use common::{charons_files, coram, run, text};

#[test]
fn other_implementations_accept_a_ceremony_and_refuse_tampered_copies() {
    if !can_run() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("sim");
    run(coram()
        .args(["sim", "--operators", "4", "--threshold", "3", "--validators", "2", "--output"])
        .arg(&output));
    judge("check.js", &output);
    judge("refuse.js", &output);
}

/// The judges are judged too: by files that Charon's developers made.
#[test]
fn the_other_implementations_agree_with_published_files() {
    if !can_run() {
        return;
    }
    if let Some(files) = charons_files() {
        judge("golden.js", files);
    }
}

/// The checks that Obol's SDK makes too come out as ours on every changed lock, or the program says why not.
#[test]
fn the_other_implementations_agree_on_changed_locks() {
    if can_run() {
        judge("mutations.js", Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/mutations")));
    }
}

/// Runs one of the programs on a folder. It prints every check, and what failed.
fn judge(program: &str, directory: &Path) {
    let output = Command::new("node").arg(program).arg(directory).current_dir(PROGRAMS).output().unwrap();
    let printed = text(&output.stdout);
    assert!(output.status.success(), "{program}:\n{printed}{}", text(&output.stderr));
    print!("{printed}");
}
