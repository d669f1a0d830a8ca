//! What the documents say of the code.
#![allow(clippy::unwrap_used)] // helpers of tests are tests

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The Rust files of all crates.
fn sources() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> = ["circuits", "proofs", "cluster", "ceremony", "src"]
        .iter()
        .map(|name| Path::new(ROOT).join(name))
        .collect();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    found
}

/// The names of functions in a Rust file.
fn functions(source: &str) -> impl Iterator<Item = &str> {
    source.split("fn ").skip(1).filter_map(|rest| rest.split(['(', '<']).next())
}

/// What stands between backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// Soundness is a table of conditions; a renamed test or file must not leave one behind that nothing breaks.
#[test]
fn the_tests_and_files_in_the_table_of_conditions_exist() {
    let sources = sources();
    let texts: Vec<String> = sources.iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    let functions: BTreeSet<&str> = texts.iter().flat_map(|text| functions(text)).collect();
    let is_file = |name: &str| {
        let name = name.split_once('/').filter(|(short, _)| short.len() <= 2).map_or(name, |(_, rest)| rest);
        sources.iter().any(|path| path.ends_with(name))
    };

    let document = fs::read_to_string(Path::new(ROOT).join("docs/proofs.md")).unwrap();
    let section = document.split("\n## ").find(|section| section.starts_with("10. ")).unwrap();
    let rows: Vec<Vec<&str>> = section
        .lines()
        .filter(|line| line.starts_with("| "))
        .map(|line| line.split(" | ").collect())
        .collect();
    let mut wrong = Vec::new();
    let mut tests = 0;
    for row in rows.iter().filter(|row| !row[0].contains("condition")) {
        let files = row[1..].iter().flat_map(|cell| quoted(cell)).filter(|name| name.ends_with(".rs"));
        wrong.extend(files.filter(|name| !is_file(name)));
        // Single letters are points and abbreviations.
        let names: Vec<&str> =
            quoted(row[2]).filter(|name| name.len() > 1 && !name.ends_with(".rs")).collect();
        tests += names.len();
        wrong.extend(names.into_iter().filter(|name| !functions.contains(name)));
    }
    assert!(wrong.is_empty(), "{wrong:?}");
    assert!(rows.len() > 50 && tests > 100, "{} rows, {tests} tests: the table was not found", rows.len());
}
