//! `coram enr`: identity keys and node records.
#![allow(clippy::unwrap_used)] // helpers of tests are tests

mod common;

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;

use common::{coram, fails, mode, run, text};

/// The example of EIP-778.
const EIP_778: &str = "enr:-IS4QHCYrYZbAKWCBRlAy5zzaDZXJBGkcnh4MHcBFZntXNFrdvJjX04jRzjzCBOonrkTfj499SZuOh8R33Ls8RRcy5wBgmlkgnY0gmlwhH8AAAGJc2VjcDI1NmsxoQPKY0yuDUmstAHYpMa2_oxVtw0RW_QAdpzBQA8yWM0xOIN1ZHCCdl8";
/// A record of Charon's, with its peer ID.
const CHARONS: [&str; 2] = [
    "enr:-HW4QEp-BLhP30tqTGFbR9n2PdUKWP9qc0zphIRmn8_jpm4BYkgekztXQaPA_znRW8RvNYHo0pUwyPEwUGGeZu26XlKAgmlkgnY0iXNlY3AyNTZrMaEDG4TFVnsSZECZXT7VqroFZdceGDRgSBn_nBf16dXdB48",
    "16Uiu2HAmEWQnHq2jLKJypwVnVoQeFCULuyop6atvq2eWjYSUjzNi",
];

#[test]
fn a_new_key_is_charons_file_and_the_record_is_the_only_output() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("deep").join(".charon");
    let output = coram().args(["enr", "new", "--data-dir"]).arg(&data_dir).output().unwrap();
    assert!(output.status.success());
    let path = data_dir.join("charon-enr-private-key");
    let key = fs::read_to_string(&path).unwrap();
    assert!(key.len() == 64 && key.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')), "{key}");
    assert_eq!((mode(&path), mode(&data_dir)), (0o600, 0o700));

    let record = text(&output.stdout);
    assert!(
        record.starts_with("enr:-HW4Q") && record.ends_with('\n') && record.lines().count() == 1,
        "{record}"
    );
    let notice = text(&output.stderr);
    assert!(notice.contains(path.to_str().unwrap()) && notice.contains("backup"), "{notice}");
    assert!(!notice.contains(&key), "the key is printed");

    assert_eq!(run(coram().args(["enr", "show", "--data-dir"]).arg(&data_dir)), record);
    assert_eq!(run(coram().args(["enr", "show"]).env("CORAM_DATA_DIR", &data_dir)), record);
    let details = run(coram().args(["enr", "show", "--verbose", "--data-dir"]).arg(&data_dir));
    assert!(details.contains(record.trim()) && details.contains("peer ID     16Uiu2"), "{details}");
    assert_eq!(details, run(coram().args(["enr", "show", record.trim()])));
}

#[test]
fn a_key_is_never_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let new = || {
        let mut command = coram();
        command.args(["enr", "new", "--data-dir"]).arg(folder.path());
        command
    };
    let record = run(&mut new());
    let key = fs::read(folder.path().join("charon-enr-private-key")).unwrap();
    fails(&mut new(), 7, "identity.exists");
    assert_eq!(fs::read(folder.path().join("charon-enr-private-key")).unwrap(), key);
    assert_eq!(run(coram().args(["enr", "show", "--data-dir"]).arg(folder.path())), record);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "something was left behind");
}

#[test]
fn two_keys_differ() {
    let record =
        || run(coram().args(["enr", "new", "--data-dir"]).arg(tempfile::tempdir().unwrap().path().join("x")));
    assert_ne!(record(), record());
}

#[test]
fn a_key_that_others_can_read_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    run(coram().args(["enr", "new", "--data-dir"]).arg(folder.path()));
    let path = folder.path().join("charon-enr-private-key");
    for exposed in [0o640, 0o604, 0o622, 0o644] {
        fs::set_permissions(&path, Permissions::from_mode(exposed)).unwrap();
        let output =
            fails(coram().args(["enr", "show", "--data-dir"]).arg(folder.path()), 7, "identity.permissions");
        assert!(text(&output.stderr).contains("chmod 600"));
    }
    for kept in [0o600, 0o400] {
        fs::set_permissions(&path, Permissions::from_mode(kept)).unwrap();
        run(coram().args(["enr", "show", "--data-dir"]).arg(folder.path()));
    }
}

#[test]
fn a_key_that_is_none_is_refused_and_not_shown() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("charon-enr-private-key");
    let order = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
    for key in ["", "secret words", &"0".repeat(64), order, &"a".repeat(63)] {
        fs::write(&path, key).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
        let output = coram().args(["enr", "show", "--data-dir"]).arg(folder.path()).output().unwrap();
        assert_eq!(output.status.code(), Some(3));
        assert!(output.stdout.is_empty());
        assert!(key.is_empty() || !text(&output.stderr).contains(key));
    }
    fs::remove_file(&path).unwrap();
    let output = fails(coram().args(["enr", "show", "--data-dir"]).arg(folder.path()), 2, "identity.missing");
    assert!(text(&output.stderr).contains("coram enr new"));
}

#[test]
fn a_given_record_is_explained() {
    let details = run(coram().args(["enr", "show", EIP_778]));
    for line in [
        "public key  0x03ca634cae0d49acb401d8a4c6b6fe8c55b70d115bf400769cc1400f3258cd3138",
        "sequence    1",
        "IP address  127.0.0.1",
        "TCP port    none",
        "UDP port    30303",
    ] {
        assert!(details.lines().any(|found| found == line), "{line}\n{details}");
    }
    let details = run(coram().args(["enr", "show", CHARONS[0]]));
    assert!(details.contains(CHARONS[1]), "{details}");
}

#[test]
fn a_record_with_a_changed_letter_is_invalid() {
    let changed = CHARONS[0].replacen("QEp-", "QEq-", 1);
    let output = coram().args(["enr", "show", &changed]).output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    assert!(output.stdout.is_empty());
    assert!(text(&output.stderr).contains("signature"), "{}", text(&output.stderr));
}
