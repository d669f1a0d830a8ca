//! Whole ceremonies by separate processes on one folder.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::thread::sleep;
use std::time::Duration;

use common::{Cluster, coram, fails, mode, run, text, wait_until};

const KINDS: [&str; 5] = ["join", "commit", "deal", "attest", "seal"];

#[test]
fn an_operator_may_be_killed_between_any_two_of_its_messages() {
    let cluster = Cluster::new(4, 3, 2);
    let mut others = Vec::new();
    for node in [0, 1, 3] {
        others.push(cluster.start(node));
        sleep(Duration::from_millis(300));
    }
    for kind in KINDS {
        let victim = cluster.start(2);
        wait_until(kind, || !cluster.published(kind, 3).is_empty());
        victim.kill();
    }
    // Also at moments that no message marks.
    for pause in [10, 60, 150] {
        let victim = cluster.start(2);
        sleep(Duration::from_millis(pause));
        victim.kill();
    }
    cluster.start(2).finish();
    others.into_iter().for_each(|process| process.finish());

    cluster.common_lock();
    for kind in KINDS {
        assert_eq!(cluster.published(kind, 3).len(), 1, "one {kind}, whatever happened");
    }
    let report = run(coram().arg("verify").arg(cluster.lock(2)));
    assert!(report.contains("VALID") && !report.contains("INVALID"), "{report}");

    // Running again changes nothing, and says where the lock is.
    let lock = fs::read(cluster.lock(0)).unwrap();
    assert_eq!(run(&mut cluster.dkg(0)).trim(), cluster.lock(0).to_str().unwrap());
    assert_eq!(fs::read(cluster.lock(0)).unwrap(), lock);
}

#[test]
fn the_data_folder_is_as_charon_leaves_it() {
    let cluster = Cluster::new(4, 3, 2);
    cluster.complete();
    let node = cluster.node(1);
    for name in ["cluster-lock.json", "deposit-data.json", "deposit-data-1eth.json"] {
        assert_eq!(mode(&node.join(name)), 0o444, "{name}");
    }
    for index in 0..2 {
        assert_eq!(mode(&node.join(format!("validator_keys/keystore-{index}.json"))), 0o444);
        let json = fs::read(node.join(format!("validator_keys/keystore-{index}.json"))).unwrap();
        let keystore: serde_json::Value = serde_json::from_slice(&json).unwrap();
        assert_eq!(keystore["crypto"]["kdf"]["params"]["c"], 262_144);
        let password = node.join(format!("validator_keys/keystore-{index}.txt"));
        assert_eq!(mode(&password), 0o400);
        assert_eq!(fs::read_to_string(password).unwrap().len(), 32);
    }
    let attempt = cluster.attempt(1);
    assert_eq!(mode(&attempt.join("decryption-key")), 0o600);
    assert!(!attempt.join("dealing-seed").exists(), "the dealing seed is destroyed at the end");
    assert!(
        fs::read_dir(&node)
            .unwrap()
            .flatten()
            .all(|entry| !entry.file_name().to_string_lossy().starts_with(".coram"))
    );
}

#[test]
fn shares_come_back_from_the_lock_and_the_decryption_key_alone() {
    let cluster = Cluster::new(4, 3, 2);
    cluster.complete();
    let (node, attempt) = (cluster.node(1), cluster.attempt(1));
    let elsewhere = cluster.path("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    run(coram()
        .arg("recover")
        .arg(cluster.lock(3))
        .arg("--decryption-key")
        .arg(attempt.join("decryption-key"))
        .arg("--output-dir")
        .arg(&elsewhere));
    for index in 0..2 {
        let public_key = |folder: &std::path::Path| -> serde_json::Value {
            let json = fs::read(folder.join(format!("validator_keys/keystore-{index}.json"))).unwrap();
            serde_json::from_slice::<serde_json::Value>(&json).unwrap()["pubkey"].clone()
        };
        assert_eq!(public_key(&elsewhere), public_key(&node));
    }

    // A decryption key of nobody, and a lock that was changed.
    let stranger = cluster.path("stranger");
    fs::write(&stranger, format!("{:02x}{}", 5, "00".repeat(31))).unwrap();
    fs::set_permissions(&stranger, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let recover = |lock: &std::path::Path, key: &std::path::Path| {
        let mut command = coram();
        command
            .arg("recover")
            .arg(lock)
            .arg("--decryption-key")
            .arg(key)
            .arg("--output-dir")
            .arg(cluster.path("new"));
        command
    };
    fails(&mut recover(&cluster.lock(0), &stranger), 3, "recover.other-key");
    let mut changed: serde_json::Value = serde_json::from_slice(&cluster.common_lock()).unwrap();
    let hash = changed["pvss_transcript"]["commits"][0]["hash"].as_str().unwrap().to_owned();
    changed["pvss_transcript"]["commits"][0]["hash"] =
        format!("0x{}", hash[2..].chars().rev().collect::<String>()).into();
    let path = cluster.path("changed.json");
    fs::write(&path, changed.to_string()).unwrap();
    let output = recover(&path, &attempt.join("decryption-key")).output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{}", text(&output.stderr));
}

#[test]
fn whoever_is_missing_is_named_when_time_is_up() {
    let cluster = Cluster::new(4, 3, 1);
    let running = [cluster.start(0), cluster.start(1)];
    wait_until("two joins", || [1, 2].iter().all(|author| !cluster.published("join", *author).is_empty()));
    let output = fails(cluster.dkg(2).args(["--timeout", "2"]), 5, "ceremony.timeout");
    assert!(text(&output.stderr).contains("the join of operator 4 (0x"), "{}", text(&output.stderr));

    let status = run(coram()
        .arg("status")
        .arg("--data-dir")
        .arg(cluster.node(3))
        .arg("--definition-file")
        .arg(cluster.definition())
        .arg("--board")
        .arg(cluster.board()));
    assert!(status.contains("awaited: join of operator 4"), "{status}");
    drop(running);
    cluster.complete();
    cluster.common_lock();
}

#[test]
fn operators_who_disagree_are_told_on_what() {
    let cluster = Cluster::new(4, 3, 2);
    let others = [cluster.start(0), cluster.start(1), cluster.start(3)];
    wait_until("all joins", || [1, 2, 4].iter().all(|author| !cluster.published("join", *author).is_empty()));
    for (options, difference) in [
        (&["--no-commits"][..], "commits is true there, false here"),
        (&["--extraction", "batched"], "extraction is sum there, batched here"),
    ] {
        let output = fails(cluster.dkg(2).args(options), 8, "ceremony.disagreement");
        let said = text(&output.stderr);
        assert!(said.contains(&format!("joined under other terms: {difference}")), "{said}");
    }
    drop(others);
}

#[test]
fn a_folder_with_a_result_or_an_exposed_key_is_refused_before_anything_is_signed() {
    let cluster = Cluster::new(4, 3, 1);
    fs::write(cluster.node(0).join("deposit-data-8eth.json"), "[]").unwrap();
    fails(&mut cluster.dkg(0), 7, "store.exists");
    fs::set_permissions(
        cluster.node(1).join("charon-enr-private-key"),
        std::os::unix::fs::PermissionsExt::from_mode(0o644),
    )
    .unwrap();
    fails(&mut cluster.dkg(1), 7, "identity.permissions");
    fs::write(cluster.node(2).join("charon-enr-private-key.lock"), "{}").unwrap();
    fails(&mut cluster.dkg(2), 7, "identity.in-use");
    assert!(!cluster.board().exists() || cluster.published("join", 1).is_empty());
}

#[test]
fn two_processes_cannot_work_on_one_data_folder() {
    let cluster = Cluster::new(4, 3, 1);
    let first = cluster.start(0);
    wait_until("a join", || !cluster.published("join", 1).is_empty());
    fails(&mut cluster.dkg(0), 7, "store.locked");
    // Two attempts at a time would both write their results there.
    fails(cluster.dkg(0).args(["--attempt", "1"]), 7, "store.locked");
    drop(first);
}

#[test]
fn an_operator_whose_secrets_are_gone_never_signs_a_second_message() {
    let cluster = Cluster::new(4, 3, 1);
    let first = cluster.start(0);
    wait_until("a join", || !cluster.published("join", 1).is_empty());
    first.kill();
    // A lost disk: the shared board still has the Join.
    fs::remove_dir_all(cluster.node(0).join("coram")).unwrap();
    fails(&mut cluster.dkg(0), 7, "ceremony.refused");
    assert_eq!(cluster.published("join", 1).len(), 1);
    // The next attempt is another ceremony.
    let processes: Vec<_> = (0..4)
        .map(|node| {
            cluster
                .dkg(node)
                .args(["--attempt", "1"])
                .stdout(std::process::Stdio::null())
                .stderr(std::process::Stdio::null())
                .spawn()
                .unwrap()
        })
        .collect();
    for mut process in processes {
        assert!(process.wait().unwrap().success());
    }
    let lock: serde_json::Value = serde_json::from_slice(&cluster.common_lock()).unwrap();
    assert_eq!(lock["pvss_transcript"]["ceremony"]["attempt"], 1);
}

#[test]
fn equivocation_ends_the_ceremony_with_a_proof() {
    let cluster = Cluster::new(4, 3, 1);
    // A second copy of an identity, on a machine of its own, with a board of its own.
    let copy = cluster.path("copy");
    fs::create_dir(&copy).unwrap();
    fs::copy(cluster.node(3).join("charon-enr-private-key"), copy.join("charon-enr-private-key")).unwrap();
    let elsewhere = cluster.path("other-board");
    fs::create_dir(&elsewhere).unwrap();
    let mut command = coram();
    command.arg("dkg").arg("--data-dir").arg(&copy).arg("--definition-file").arg(cluster.definition());
    command.arg("--board").arg(&elsewhere).stdout(Stdio::null()).stderr(Stdio::null());
    let mut process = command.spawn().unwrap();
    let is_message = |path: &Path| path.extension().is_some_and(|extension| extension == "ssz");
    let elsewhere_has = || -> Vec<PathBuf> {
        let folders = fs::read_dir(&elsewhere).unwrap().flatten();
        let files = folders.flat_map(|folder| fs::read_dir(folder.path()).unwrap().flatten());
        files.map(|file| file.path()).filter(|path| is_message(path)).collect()
    };
    wait_until("a join elsewhere", || !elsewhere_has().is_empty());
    process.kill().unwrap();
    process.wait().unwrap();

    let honest = cluster.start(3);
    wait_until("a join", || !cluster.published("join", 4).is_empty());
    honest.kill();
    let target = fs::read_dir(cluster.board()).unwrap().next().unwrap().unwrap().path();
    for message in elsewhere_has() {
        fs::copy(&message, target.join(message.file_name().unwrap())).unwrap();
    }
    let output = fails(&mut cluster.dkg(0), 6, "ceremony.fault");
    assert!(
        text(&output.stderr).contains("operator 4 signed two different join messages"),
        "{}",
        text(&output.stderr)
    );
    let fault = fs::read_dir(&target)
        .unwrap()
        .flatten()
        .map(|entry| entry.path())
        .find(|path| path.extension().is_some_and(|extension| extension == "json"))
        .unwrap();
    let output = coram().arg("verify").arg(&fault).output().unwrap();
    assert_eq!(output.status.code(), Some(6), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("operator 4"), "{}", text(&output.stdout));
    let framed = fs::read_to_string(&fault)
        .unwrap()
        .replace("\"culprits\": [\n    4\n  ]", "\"culprits\": [\n    2\n  ]");
    fs::write(cluster.path("framed.json"), framed).unwrap();
    let output = coram().arg("verify").arg(cluster.path("framed.json")).output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{}", text(&output.stdout));
}
