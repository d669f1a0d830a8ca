//! Outputs in one file.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use common::{Cluster, coram, fails, mode, run};

const KEPT: [&str; 2] = ["charon-enr-private-key", "coram"];

fn zipped(cluster: &Cluster, node: u16) -> Command {
    let mut command = cluster.dkg(node);
    command.arg("--zipped");
    command
}

fn archive(cluster: &Cluster, node: u16) -> PathBuf {
    cluster.node(node).join("dkg.tar.gz")
}

/// Names, modes and bytes.
fn read(archive: &Path) -> BTreeMap<String, (u32, Vec<u8>)> {
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(File::open(archive).unwrap()));
    let mut found = BTreeMap::new();
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        let name = entry.path().unwrap().to_str().unwrap().to_owned();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        assert!(found.insert(name, (entry.header().mode().unwrap(), bytes)).is_none());
    }
    found
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn the_archive_is_a_data_folder_and_only_what_was_there_before_stays() {
    let cluster = Cluster::new(3, 2, 2);
    let others = [cluster.start(1), cluster.start(2)];
    let printed = run(&mut zipped(&cluster, 0));
    others.into_iter().for_each(|process| process.finish());
    let archive = archive(&cluster, 0);
    assert_eq!(printed.trim(), archive.to_str().unwrap());
    assert_eq!(mode(&archive), 0o600);
    assert_eq!(names(&cluster.node(0)), [KEPT[0], KEPT[1], "dkg.tar.gz"]);

    let contents = read(&archive);
    let modes: BTreeMap<&str, u32> =
        contents.iter().map(|(name, (mode, _))| (name.as_str(), *mode)).collect();
    let expected = [
        ("charon-enr-private-key", 0o600),
        ("cluster-lock.json", 0o444),
        ("deposit-data-1eth.json", 0o444),
        ("deposit-data.json", 0o444),
        ("validator_keys/keystore-0.json", 0o444),
        ("validator_keys/keystore-0.txt", 0o400),
        ("validator_keys/keystore-1.json", 0o444),
        ("validator_keys/keystore-1.txt", 0o400),
    ];
    assert_eq!(modes, BTreeMap::from(expected));
    assert_eq!(contents["cluster-lock.json"].1, fs::read(cluster.lock(1)).unwrap());

    // Again, with the option and without it: the ceremony has ended.
    let bytes = fs::read(&archive).unwrap();
    assert_eq!(run(&mut zipped(&cluster, 0)).trim(), archive.to_str().unwrap());
    assert_eq!(run(&mut cluster.dkg(0)).trim(), archive.to_str().unwrap());
    assert_eq!(fs::read(&archive).unwrap(), bytes);
    assert_eq!(names(&cluster.node(0)), [KEPT[0], KEPT[1], "dkg.tar.gz"]);
    // The decryption key can go, as ever.
    fs::remove_file(cluster.attempt(0).join("decryption-key")).unwrap();
    assert_eq!(run(&mut zipped(&cluster, 0)).trim(), archive.to_str().unwrap());

    // Unpacked by somebody else's tool where it was made.
    run(Command::new("tar").arg("-xzf").arg(&archive).arg("-C").arg(cluster.node(0)));
    run(coram().arg("verify").arg(cluster.lock(0)));
    assert_eq!(run(&mut cluster.dkg(0)).trim(), cluster.lock(0).to_str().unwrap());
    assert_eq!(names(&cluster.node(0).join("validator_keys")).len(), 4);
    assert_eq!(run(&mut zipped(&cluster, 0)).trim(), archive.to_str().unwrap());
    assert_eq!(names(&cluster.node(0)), [KEPT[0], KEPT[1], "dkg.tar.gz"]);
}

#[test]
fn an_archive_from_before_is_refused_before_anything_is_signed() {
    let cluster = Cluster::new(3, 2, 1);
    fs::write(archive(&cluster, 0), "keys of another cluster").unwrap();
    fails(&mut zipped(&cluster, 0), 7, "store.exists");
    fails(&mut cluster.dkg(0), 7, "store.exists");
    assert!(cluster.published("join", 1).is_empty());
}

#[test]
fn nothing_is_removed_that_is_not_in_the_archive() {
    let cluster = Cluster::new(3, 2, 1);
    cluster.complete();
    run(&mut zipped(&cluster, 0));
    run(Command::new("tar").arg("-xzf").arg(archive(&cluster, 0)).arg("-C").arg(cluster.node(0)));
    let mine = cluster.node(0).join("validator_keys/keystore-mine.json");
    fs::write(&mine, "{}").unwrap();
    let before = names(&cluster.node(0));
    fails(&mut zipped(&cluster, 0), 7, "store.exists");
    assert_eq!(names(&cluster.node(0)), before);
    assert!(mine.exists());

    // The archive of another ceremony.
    run(&mut zipped(&cluster, 1));
    let other = Cluster::new(3, 2, 1);
    other.complete();
    fs::copy(archive(&cluster, 1), archive(&other, 0)).unwrap();
    fails(&mut zipped(&other, 0), 7, "store.exists");
    assert!(other.lock(0).exists() && other.node(0).join("validator_keys/keystore-0.txt").exists());
}

#[test]
fn an_operator_killed_while_it_packs_goes_on() {
    let cluster = Cluster::new(3, 2, 2);
    cluster.complete();
    let keystores = |folder: &Path| fs::read(folder.join("validator_keys/keystore-0.txt")).unwrap();
    let password = keystores(&cluster.node(0));
    for pause in [20, 60, 100, 140, 180, 220, 260, 300, 400, 500] {
        let mut victim = zipped(&cluster, 0).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        sleep(Duration::from_millis(pause));
        victim.kill().unwrap();
        victim.wait().unwrap();
    }
    // Killed between two removals.
    run(&mut zipped(&cluster, 0));
    let attempt = cluster.attempt(0);
    let left = attempt.join("keystores.partial");
    fs::create_dir(&left).unwrap();
    fs::write(left.join("keystore-0.txt"), &password).unwrap();
    fs::write(attempt.join(".coram-half"), "half an archive").unwrap();
    fs::write(cluster.node(0).join(".coram-half"), "half a file").unwrap();
    run(Command::new("tar")
        .args(["--exclude", "cluster-lock.json", "-xzf"])
        .arg(archive(&cluster, 0))
        .arg("-C")
        .arg(cluster.node(0)));
    run(&mut zipped(&cluster, 0));
    assert_eq!(names(&cluster.node(0)), [KEPT[0], KEPT[1], "dkg.tar.gz"]);
    assert!(!left.exists() && !attempt.join(".coram-half").exists());

    let contents = read(&archive(&cluster, 0));
    assert_eq!(
        contents["validator_keys/keystore-0.txt"].1, password,
        "the same keystores, whatever happened"
    );
    assert_eq!(contents["cluster-lock.json"].1, fs::read(cluster.lock(1)).unwrap());
    let packed = fs::metadata(archive(&cluster, 0)).unwrap().permissions().mode();
    assert_eq!(packed & 0o777, 0o600);
}
