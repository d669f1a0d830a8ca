//! Every seed and every case that was found, through its target, without a fuzzer.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::*;

/// The files of a target below one of the folders.
fn files(folder: &str, target: &str) -> BTreeMap<PathBuf, Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder).join(target);
    let Ok(entries) = fs::read_dir(&folder) else { return BTreeMap::new() };
    entries.map(|entry| entry.unwrap().path()).map(|path| (path.clone(), fs::read(path).unwrap())).collect()
}

fn feed_all(folder: &str) -> usize {
    let mut count = 0;
    for target in TARGETS {
        for (path, bytes) in files(folder, target.name) {
            assert!(bytes.len() <= target.max_len, "{} is longer than {}", path.display(), target.max_len);
            println!("{}", path.display());
            (target.run)(&bytes);
            count += 1;
        }
    }
    count
}

#[test]
fn every_seed_holds() {
    assert!(feed_all("seeds") > 100);
}

#[test]
fn every_case_that_was_found_holds() {
    feed_all("found");
}

/// `UPDATE_SEEDS=1 cargo test --release -p coram-fuzz seeds` writes them anew.
#[test]
fn seeds_are_what_the_generator_makes() {
    for (target, seeds) in seeds::all().unwrap() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds").join(target);
        let made: BTreeMap<_, _> =
            seeds.into_iter().map(|seed| (folder.join(seed.name), seed.bytes)).collect();
        if std::env::var_os("UPDATE_SEEDS").is_some() {
            fs::create_dir_all(&folder).unwrap();
            files("seeds", target).keys().for_each(|path| fs::remove_file(path).unwrap());
            made.iter().for_each(|(path, bytes)| fs::write(path, bytes).unwrap());
        }
        assert!(made == files("seeds", target), "{target}: other seeds than there are files");
    }
}

/// `cargo fuzz run` finds a target by its binary, and folders by its name.
#[test]
fn every_target_has_a_binary_and_no_folder_is_for_nothing() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manifest = fs::read_to_string(root.join("Cargo.toml")).unwrap();
    for name in names() {
        assert!(
            manifest.contains(&format!("name = \"{name}\"\npath = \"fuzz_targets/{name}.rs\"")),
            "{name}"
        );
        let main = fs::read_to_string(root.join("fuzz_targets").join(name).with_extension("rs")).unwrap();
        assert!(main.contains(&format!("main!(\"{name}\")")), "{name}");
    }
    let known: BTreeSet<_> = names().into_iter().collect();
    for folder in ["seeds", "found"] {
        for entry in fs::read_dir(root.join(folder)).unwrap() {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            assert!(known.contains(name.as_str()) || entry.path().is_file(), "{folder}/{name}");
        }
    }
}
