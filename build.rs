//! Tells the program which commit it is built from: measurements are of a state of the source.

use std::path::Path;
use std::process::Command;

/// What the program is built from.
const SOURCES: [&str; 9] = [
    "Cargo.toml",
    "Cargo.lock",
    "build.rs",
    "src",
    "circuits/src",
    "proofs/src",
    "cluster/src",
    "ceremony/src",
    "views/src",
];

/// Names the commit, for builds that have no repository or shall not depend on one.
const VARIABLE: &str = "CORAM_COMMIT";

fn main() {
    println!("cargo::rerun-if-env-changed={VARIABLE}");
    for path in SOURCES {
        println!("cargo::rerun-if-changed={path}");
    }
    // Every commit and every checkout add a line to it.
    if let Some(log) = git(&["rev-parse", "--git-path", "logs/HEAD"]).filter(|log| Path::new(log).exists()) {
        println!("cargo::rerun-if-changed={log}");
    }
    let commit = std::env::var(VARIABLE).ok().or_else(commit).unwrap_or_else(|| "unknown".to_owned());
    println!("cargo::rustc-env={VARIABLE}={commit}");
}

/// The commit that is checked out; with a mark if the sources are not those of it. None where this folder is not the top of a repository:
/// another project's commit would say nothing.
fn commit() -> Option<String> {
    let is_top = git(&["rev-parse", "--show-prefix"])?.is_empty();
    let commit = git(&["rev-parse", "HEAD"]).filter(|_| is_top)?;
    let changes = git(&[&["--no-optional-locks", "status", "--porcelain", "--"], &SOURCES[..]].concat())?;
    Some(if changes.is_empty() { commit } else { format!("{commit}-changed") })
}

/// What git prints; none if it fails or is not there.
fn git(arguments: &[&str]) -> Option<String> {
    let output =
        Command::new("git").args(arguments).output().ok().filter(|output| output.status.success())?;
    Some(String::from_utf8(output.stdout).ok()?.trim().to_owned())
}
