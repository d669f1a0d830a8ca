//! What can be seen on this machine alone.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::patient::{doctor, examine};
use crate::common::{Cluster, coram, fails, run, text, wait_until};
use crate::keymanager::{Answer, Server};

/// The error and the exit code with which `coram dkg` ends in the same place.
fn dkg_agrees(dkg: &mut Command, code: i32, error: &str) {
    fails(dkg.env("CORAM_TIMEOUT", "0"), code, error);
}

fn chmod(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

#[test]
fn in_a_good_folder_nothing_is_wrong() {
    let cluster = Cluster::new(4, 3, 2);
    let before: Vec<_> = fs::read_dir(cluster.node(0)).unwrap().map(|entry| entry.unwrap().path()).collect();
    let report = examine(&mut doctor(&cluster, 0));
    assert_eq!(
        (report.code, report.with("fail"), report.with("warn")),
        (0, vec![], vec![]),
        "{}",
        report.json
    );
    for id in ["definition.signatures", "identity.operator", "folder.room", "board.usable", "machine.random"]
    {
        assert_eq!(report.result(id), "pass");
    }
    let value = |id: &str, name: &str| report.check(id)["findings"][0]["values"][name].clone();
    assert_eq!(value("identity.operator", "operator"), 1);
    assert_eq!(value("definition.terms", "threshold"), 3);
    assert!(value("folder.room", "free_bytes").as_u64() > value("folder.room", "needed_bytes").as_u64());
    let definition: Value = serde_json::from_slice(&fs::read(cluster.definition()).unwrap()).unwrap();
    assert_eq!(value("definition.readable", "definition_hash"), definition["definition_hash"]);

    // Nothing is left behind, and in words it is the same.
    let after: Vec<_> = fs::read_dir(cluster.node(0)).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(before, after);
    assert_eq!(fs::read_dir(cluster.board()).unwrap().count(), 0);
    let words = run(&mut doctor(&cluster, 0));
    assert!(
        words.contains("nothing stands in the way of the ceremony") && !words.contains('\u{1b}'),
        "{words}"
    );
    for check in report.json["checks"].as_array().unwrap() {
        assert!(words.contains(check["id"].as_str().unwrap()), "{check}");
    }
}

#[test]
fn what_is_wrong_with_the_key_is_said() {
    let cluster = Cluster::new(3, 2, 1);
    let key = cluster.node(0).join("charon-enr-private-key");
    chmod(&key, 0o644);
    let report = examine(&mut doctor(&cluster, 0));
    report.only("identity.key", 7, "identity.permissions");
    assert_eq!(report.result("identity.operator"), "skipped");
    dkg_agrees(&mut cluster.dkg(0), 7, "identity.permissions");

    chmod(&key, 0o600);
    fs::write(&key, "no key").unwrap();
    examine(&mut doctor(&cluster, 0)).only("identity.key", 3, "key.form");
    dkg_agrees(&mut cluster.dkg(0), 3, "key.form");
    fs::remove_file(&key).unwrap();
    examine(&mut doctor(&cluster, 0)).only("identity.key", 2, "identity.missing");
    dkg_agrees(&mut cluster.dkg(0), 2, "identity.missing");

    run(coram().args(["enr", "new", "--data-dir"]).arg(cluster.node(0)));
    examine(&mut doctor(&cluster, 0)).only("identity.operator", 8, "identity.not-an-operator");
    dkg_agrees(&mut cluster.dkg(0), 8, "identity.not-an-operator");

    let lock = cluster.node(1).join("charon-enr-private-key.lock");
    fs::write(&lock, "{}").unwrap();
    examine(&mut doctor(&cluster, 1)).only("identity.unused", 7, "identity.in-use");
    fs::write(&lock, "{}").unwrap();
    dkg_agrees(&mut cluster.dkg(1), 7, "identity.in-use");
}

#[test]
fn what_is_wrong_with_the_folder_is_said() {
    let cluster = Cluster::new(3, 2, 1);
    chmod(&cluster.node(0), 0o777);
    examine(&mut doctor(&cluster, 0)).only("folder.private", 7, "store.permissions");
    dkg_agrees(&mut cluster.dkg(0), 7, "store.permissions");
    chmod(&cluster.node(0), 0o700);

    for name in ["cluster-lock.json", "validator_keys", "deposit-data-32eth.json"] {
        let path = cluster.node(0).join(name);
        fs::write(&path, "").unwrap();
        examine(&mut doctor(&cluster, 0)).only("folder.clean", 7, "store.exists");
        dkg_agrees(&mut cluster.dkg(0), 7, "store.exists");
        fs::remove_file(path).unwrap();
    }

    let nowhere = cluster.path("nowhere");
    let file = cluster.path("account0");
    for folder in [nowhere, file] {
        let mut command = coram();
        command
            .arg("doctor")
            .arg("--definition-file")
            .arg(cluster.definition())
            .arg("--data-dir")
            .arg(&folder);
        let report = examine(command.arg("--board").arg(cluster.board()));
        report.only("folder.exists", 2, "store.no-data-dir");
        assert_eq!(report.result("definition.signatures"), "pass", "what can be checked is checked");
        assert_eq!(report.result("folder.clean"), "skipped");
    }
}

/// As on a disk that is full: a process that may not write larger files.
#[test]
fn a_disk_without_room_is_noticed() {
    let cluster = Cluster::new(3, 2, 1);
    let limited = |command: &Command| {
        let mut shell = Command::new("bash");
        shell.args(["-c", "trap '' XFSZ; ulimit -f 64; exec \"$@\"", "bash"]).arg(command.get_program());
        shell.args(command.get_args()).env("CORAM_TIMEOUT", "0");
        shell
    };
    examine(&mut limited(&doctor(&cluster, 0))).only("folder.room", 7, "store.read-only");
    fails(&mut limited(&cluster.dkg(0)), 7, "store.read-only");
}

#[test]
fn few_open_files_are_a_warning() {
    let cluster = Cluster::new(4, 3, 1);
    let mut shell = Command::new("bash");
    let doctor = doctor(&cluster, 0);
    shell.args(["-c", "ulimit -n 70; exec \"$@\"", "bash"]).arg(doctor.get_program()).args(doctor.get_args());
    examine(&mut shell).only_warns("machine.files");
}

#[test]
fn what_is_wrong_with_the_definition_is_said() {
    let cluster = Cluster::new(4, 3, 1);
    let original = fs::read_to_string(cluster.definition()).unwrap();
    let change = |text: String| {
        // Definitions are written to be read only.
        let _ = fs::remove_file(cluster.definition());
        fs::write(cluster.definition(), text).unwrap();
    };

    change(original.replace("\"threshold\": 3", "\"threshold\": 2"));
    let report = examine(&mut doctor(&cluster, 0));
    report.only("definition.readable", 3, "definition.invalid");
    assert_eq!(report.result("definition.signatures"), "skipped");
    assert_eq!(report.result("identity.key"), "pass");
    dkg_agrees(&mut cluster.dkg(0), 3, "definition.invalid");

    // Operator 4's signatures are those of another account: a contract's, or wrong.
    let mut definition: Value = serde_json::from_str(&original).unwrap();
    for field in ["config_signature", "enr_signature"] {
        definition["operators"][3][field] = definition["operators"][0][field].clone();
    }
    change(definition.to_string());
    let report = examine(&mut doctor(&cluster, 0));
    let complaint = report.check("definition.readable")["findings"][0]["found"].as_str().unwrap();
    definition["definition_hash"] = complaint.rsplit(' ').next().unwrap().into();
    change(definition.to_string());
    let code = "definition.operator-signatures";
    examine(&mut doctor(&cluster, 0)).only("definition.signatures", 4, code);
    dkg_agrees(&mut cluster.dkg(0), 4, code);
    examine(doctor(&cluster, 0).args(["--accept", code])).only_warns("definition.signatures");

    fs::remove_file(cluster.definition()).unwrap();
    examine(&mut doctor(&cluster, 0)).only("definition.readable", 2, "file.read");
    dkg_agrees(&mut cluster.dkg(0), 2, "file.read");

    change(original);
    examine(doctor(&cluster, 0).args(["--dealers", "1"])).only("definition.terms", 2, "terms.dealers");
    dkg_agrees(cluster.dkg(0).args(["--dealers", "1"]), 2, "terms.dealers");
}

#[test]
fn an_unsigned_definition_and_odd_numbers_are_warnings() {
    let cluster = Cluster::new(3, 3, 1);
    let report = examine(&mut doctor(&cluster, 0));
    report.only_warns("definition.sound");
    let findings = report.check("definition.sound")["findings"].to_string();
    assert!(findings.contains("threshold-all") && findings.contains("operators-few"), "{findings}");

    let records: Vec<String> = (0..4)
        .map(|node| run(coram().args(["enr", "new", "--data-dir"]).arg(cluster.path(&format!("new{node}")))))
        .map(|record| record.trim().to_owned())
        .collect();
    let account = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";
    run(coram()
        .args(["definition", "new", "--network", "hoodi", "--name", "unsigned", "--output-dir"])
        .arg(cluster.path("unsigned"))
        .args(["--fee-recipient-addresses", account, "--withdrawal-addresses", account])
        .args(["--operator-enrs", &records.join(",")]));
    let mut command = coram();
    command.arg("doctor").arg("--data-dir").arg(cluster.path("new0")).arg("--board").arg(cluster.board());
    command.arg("--definition-file").arg(cluster.path("unsigned/cluster-definition.json"));
    examine(&mut command).only_warns("definition.signatures");
}

#[test]
fn a_shared_folder_that_cannot_be_used_is_noticed() {
    let cluster = Cluster::new(3, 2, 1);
    let examine_board = |board: &Path| {
        let mut command = coram();
        command.arg("doctor").arg("--data-dir").arg(cluster.node(0)).arg("--board").arg(board);
        examine(command.arg("--definition-file").arg(cluster.definition()))
    };
    examine_board(&cluster.path("nowhere")).only("board.usable", 2, "board.missing");
    examine_board(&cluster.definition()).only("board.usable", 2, "board.missing");
    // Where nobody can make a file, not even root.
    if Path::new("/proc/self").exists() {
        examine_board(Path::new("/proc")).only("board.usable", 7, "board.access");
    }
}

#[test]
fn the_state_of_the_attempt_is_shown() {
    let cluster = Cluster::new(3, 2, 1);
    let state = |report: &super::patient::Report| {
        report.check("folder.attempt")["findings"][0]["values"]["state"].as_str().map(str::to_owned)
    };
    assert_eq!(state(&examine(&mut doctor(&cluster, 0))).as_deref(), Some("absent"));

    let process = cluster.start(0);
    wait_until("operator 1 has joined", || !cluster.published("join", 1).is_empty());
    let report = examine(&mut doctor(&cluster, 0));
    report.only("folder.attempt", 7, "store.locked");
    dkg_agrees(&mut cluster.dkg(0), 7, "store.locked");
    process.kill();

    let report = examine(&mut doctor(&cluster, 0));
    assert_eq!((state(&report).as_deref(), report.code), (Some("begun"), 0));
    assert_eq!(report.check("folder.attempt")["findings"][0]["values"]["messages"], 1);

    cluster.complete();
    let report = examine(&mut doctor(&cluster, 0));
    assert_eq!((state(&report).as_deref(), report.code), (Some("finishing"), 0));
    assert_eq!((report.result("folder.attempt"), report.result("folder.clean")), ("warn", "pass"));
    // For another attempt, the same result stands in the way.
    examine(doctor(&cluster, 0).args(["--attempt", "1"])).only("folder.clean", 7, "store.exists");
}

#[test]
fn the_report_in_words_ends_with_what_stands_in_the_way() {
    let cluster = Cluster::new(3, 2, 1);
    chmod(&cluster.node(0), 0o777);
    let output = doctor(&cluster, 0).output().unwrap();
    let words = text(&output.stdout);
    let line = words.lines().find(|line| line.contains("folder.private")).unwrap();
    assert!(line.starts_with("fail"), "{line}");
    assert!(words.contains("help: run `chmod go-w"), "{words}");
    assert_eq!(words.lines().last(), Some("the ceremony would fail: folder.private"));
    assert_eq!(output.status.code(), Some(7));
}

#[test]
fn a_keymanager_that_does_not_take_keys_is_noticed() {
    let cluster = Cluster::new(3, 2, 1);
    let server = Server::start();
    let examine = |address: &str| {
        let mut command = doctor(&cluster, 0);
        command.env("CORAM_KEYMANAGER_AUTH_TOKEN", "a-token").args(["--keymanager-address", address]);
        examine(&mut command)
    };
    assert_eq!(examine(&server.address()).result("keymanager.answers"), "pass");
    server.answer(Answer::Text(401, "no".to_owned()), Answer::Well);
    let report = examine(&server.address());
    assert_eq!(report.with("fail"), ["keymanager.answers"], "{}", report.json);
    assert!(!report.json.to_string().contains("a-token"));
    let error = report.check("keymanager.answers")["findings"][0]["error"].as_str().unwrap().to_owned();
    let mut dkg = cluster.dkg(0);
    dkg.env("CORAM_KEYMANAGER_AUTH_TOKEN", "a-token").args(["--keymanager-address", &server.address()]);
    dkg_agrees(&mut dkg, report.code, &error);

    // Nothing listens there; and who listens could read the keys on the way.
    let away = examine("http://127.0.0.1:1");
    away.only("keymanager.answers", away.code, "keymanager.unreachable");
    examine("http://192.0.2.1:7500").only("keymanager.answers", 7, "keymanager.plain-http");
}
