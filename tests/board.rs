//! A shared folder that others write to, a disk that stops, and data folders as people leave them.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use common::{Cluster, coram, fails, mode, run, text, wait_until};

fn set_mode(path: &std::path::Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

/// The ceremony's folder on the board.
fn ceremony_folder(cluster: &Cluster) -> PathBuf {
    cluster.published("join", 1)[0].parent().unwrap().to_owned()
}

#[test]
fn a_message_that_is_removed_or_replaced_is_put_back() {
    let cluster = Cluster::new(4, 3, 1);
    let first = cluster.start(0);
    wait_until("a join", || !cluster.published("join", 1).is_empty());
    let join = cluster.published("join", 1)[0].clone();
    let bytes = fs::read(&join).unwrap();

    fs::remove_file(&join).unwrap();
    wait_until("the join again", || !cluster.published("join", 1).is_empty());

    set_mode(&join, 0o644);
    fs::write(&join, "junk").unwrap();
    wait_until("the join under another name", || {
        cluster.published("join", 1).iter().any(|path| fs::read(path).unwrap() == bytes)
    });

    // Also one that was replaced while nobody was looking.
    first.kill();
    for path in cluster.published("join", 1) {
        set_mode(&path, 0o644);
        fs::write(&path, "more junk").unwrap();
    }
    cluster.complete();
    cluster.common_lock();
}

#[test]
fn an_operator_is_told_when_its_message_has_no_free_name() {
    let cluster = Cluster::new(4, 3, 1);
    let first = cluster.start(0);
    wait_until("a join", || !cluster.published("join", 1).is_empty());
    first.kill();
    let join = cluster.published("join", 1)[0].clone();
    set_mode(&join, 0o644);
    fs::write(&join, "junk").unwrap();
    for copy in 1..8 {
        let name = join.to_str().unwrap().replace(".ssz", &format!("-{copy}.ssz"));
        fs::write(name, "junk").unwrap();
    }
    let output = fails(cluster.dkg(0).args(["--timeout", "3"]), 5, "ceremony.timeout");
    let said = text(&output.stderr).matches("the join of operator 1 cannot be put").count();
    assert_eq!(said, 1, "{}", text(&output.stderr));
}

#[test]
fn whatever_else_is_on_the_board_does_no_harm() {
    let cluster = Cluster::new(4, 3, 1);
    let first = cluster.start(0);
    wait_until("a join", || !cluster.published("join", 1).is_empty());
    let (board, folder) = (cluster.board(), ceremony_folder(&cluster));

    for closed in ["lost+found", "0123456789abcdef"] {
        fs::create_dir(board.join(closed)).unwrap();
        set_mode(&board.join(closed), 0o000);
    }
    assert!(Command::new("mkfifo").arg(folder.join("join-2-fifo.ssz")).status().unwrap().success());
    symlink("/dev/zero", folder.join("join-2-zero.ssz")).unwrap();
    symlink(&folder, board.join("fedcba9876543210")).unwrap();
    fs::create_dir(folder.join("join-3-folder.ssz")).unwrap();
    fs::write(folder.join("deal-2-large.ssz"), vec![0; 8 << 20]).unwrap();
    for junk in 0..100 {
        fs::write(folder.join(format!("join-4-{junk:03}.ssz")), format!("junk {junk}")).unwrap();
        fs::write(folder.join(format!("{junk:03}\u{1b}[2J.ssz")), "junk").unwrap();
    }
    drop(first);

    let status = coram()
        .arg("status")
        .args(["--data-dir".as_ref(), cluster.node(0).as_os_str()])
        .args(["--definition-file".as_ref(), cluster.definition().as_os_str()])
        .args(["--board".as_ref(), board.as_os_str()])
        .output()
        .unwrap();
    assert!(status.status.success(), "{}", text(&status.stderr));
    let output = fails(cluster.dkg(1).args(["--timeout", "2"]), 5, "ceremony.timeout");
    assert!(
        !text(&output.stderr).contains('\u{1b}'),
        "names of strangers' files must not steer the terminal"
    );
}

#[test]
fn two_clusters_of_the_same_operators_share_a_board() {
    let cluster = Cluster::new(4, 3, 1);
    let first: Vec<_> = [0, 1].into_iter().map(|node| cluster.start(node)).collect();
    wait_until("joins of the first cluster", || !cluster.published("join", 2).is_empty());
    first.into_iter().for_each(common::Process::kill);

    let enr =
        |node| run(coram().args(["enr", "show", "--data-dir"]).arg(cluster.node(node))).trim().to_owned();
    let enrs: Vec<String> = (0..4).map(enr).collect();
    let address = "0x52908400098527886E0F7030069857D2E4169EE7";
    run(coram()
        .args(["definition", "new", "--network", "hoodi", "--name", "second", "--output-dir"])
        .arg(cluster.path("second"))
        .args(["--fee-recipient-addresses", address, "--withdrawal-addresses", address])
        .args(["--operator-enrs", &enrs.join(",")]));
    let start = |node: u16| {
        let mut command = coram();
        command.env("CORAM_TIMEOUT", "120").arg("dkg").arg("--data-dir").arg(cluster.node(node));
        command.arg("--definition-file").arg(cluster.path("second/cluster-definition.json"));
        command.arg("--board").arg(cluster.board()).stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().unwrap()
    };
    let mut second: Vec<_> = vec![start(0)];
    // Long enough that the Joins of the first cluster are looked at while this one waits for others.
    sleep(Duration::from_secs(12));
    second.extend((1..4).map(start));
    for mut process in second {
        assert_eq!(process.wait().unwrap().code(), Some(0));
    }
    cluster.common_lock();
}

#[test]
fn a_board_that_is_not_there_is_not_made() {
    let cluster = Cluster::new(4, 3, 1);
    fs::remove_dir(cluster.board()).unwrap();
    fails(&mut cluster.dkg(0), 2, "board.missing");
    assert!(!cluster.board().exists());
}

#[test]
fn a_data_folder_that_others_can_write_to_is_refused() {
    let cluster = Cluster::new(4, 3, 1);
    set_mode(&cluster.node(0), 0o777);
    fails(&mut cluster.dkg(0), 7, "store.permissions");
    assert!(cluster.published("join", 1).is_empty());
}

#[test]
fn what_a_ceremony_keeps_is_its_owners_alone_or_it_does_not_go_on() {
    let cluster = Cluster::new(4, 3, 1);
    let first = cluster.start(0);
    wait_until("a join", || !cluster.published("join", 1).is_empty());
    first.kill();
    let (attempt, coram) = (cluster.attempt(0), cluster.node(0).join("coram"));
    let board = attempt.join("board");
    for folder in [&coram, &attempt, &board] {
        assert_eq!(mode(folder), 0o700, "{}", folder.display());
        set_mode(folder, 0o720);
        fails(&mut cluster.dkg(0), 7, "store.permissions");
        set_mode(folder, 0o700);
    }
    for secret in ["dealing-seed", "decryption-key"].map(|name| attempt.join(name)) {
        assert_eq!(mode(&secret), 0o600, "{}", secret.display());
        set_mode(&secret, 0o640);
        fails(&mut cluster.dkg(0), 7, "secret.permissions");
        set_mode(&secret, 0o600);
    }
    let messages: Vec<_> = fs::read_dir(&board).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(!messages.is_empty() && messages.iter().all(|message| mode(message) == 0o600), "{messages:?}");
}

/// A command for which the first node's data folder is on another disk; none if this user cannot mount. `mount` is a script, in
/// which `$0` is the folder.
fn mounted(cluster: &Cluster, mount: &str, command: &Command) -> Option<Command> {
    let shell = |program: &std::ffi::OsStr| {
        let mut shell = Command::new("unshare");
        let script = format!("{mount} && exec \"$@\"");
        shell.args(["--user", "--map-root-user", "--mount", "sh", "-c", &script]).arg(cluster.node(0));
        shell.arg(program);
        shell
    };
    if !shell("true".as_ref()).output().is_ok_and(|output| output.status.success()) {
        println!("left out: this user cannot mount");
        return None;
    }
    let mut mounted = shell(command.get_program());
    mounted.args(command.get_args()).env("CORAM_TIMEOUT", "0");
    Some(mounted)
}

/// On a disk that is mounted for reading; modes do not keep root from writing.
#[test]
fn a_data_folder_that_cannot_be_written_to_is_refused() {
    let cluster = Cluster::new(4, 3, 1);
    let mount = "mount --bind \"$0\" \"$0\" && mount -o remount,ro,bind \"$0\"";
    let Some(mut command) = mounted(&cluster, mount, &cluster.dkg(0)) else { return };
    fails(&mut command, 7, "store.read-only");
    assert!(cluster.published("join", 1).is_empty() && !cluster.node(0).join("coram").exists());
}

/// There is room for the identity, and for the first messages, but not for all that will come.
#[test]
fn a_disk_without_room_for_the_whole_ceremony_is_refused_before_it_starts() {
    let cluster = Cluster::new(4, 3, 1);
    let mount = "cp -a \"$0\" \"$0.copy\" && mount -t tmpfs -o size=128k,mode=700 none \"$0\" && cp -a \"$0.copy/.\" \"$0\"";
    let Some(mut command) = mounted(&cluster, mount, &cluster.dkg(0)) else { return };
    let said = text(&fails(&mut command, 7, "store.read-only").stderr);
    assert!(said.contains("make room"), "{said}");
    assert!(cluster.published("join", 1).is_empty());
}

#[test]
fn a_data_folder_that_is_a_file_is_refused() {
    let cluster = Cluster::new(4, 3, 1);
    let file = cluster.path("file");
    fs::write(&file, "").unwrap();
    let mut command = coram();
    command.arg("dkg").arg("--data-dir").arg(&file).arg("--definition-file").arg(cluster.definition());
    command.arg("--board").arg(cluster.board());
    let said = text(&fails(&mut command, 2, "store.no-data-dir").stderr);
    assert!(said.contains("is not a folder"), "{said}");
}

#[test]
fn what_a_killed_process_left_of_the_shares_is_destroyed() {
    let cluster = Cluster::new(4, 3, 2);
    let processes: Vec<_> = (0..4).map(|node| cluster.start(node)).collect();
    wait_until("the first lock", || (0..4).any(|node| cluster.lock(node).exists()));
    processes.into_iter().for_each(common::Process::finish);

    // As after SIGKILL while keystores were written.
    let staging = cluster.attempt(0).join("keystores.partial");
    fs::create_dir(&staging).unwrap();
    fs::write(staging.join("keystore-0.json"), "{}").unwrap();
    fs::write(cluster.attempt(0).join(".coram-half"), "a secret").unwrap();
    run(&mut cluster.dkg(0));
    assert!(!staging.exists());
    assert!(!cluster.attempt(0).join(".coram-half").exists());
}

#[test]
fn after_the_decryption_key_was_destroyed_the_ceremony_is_still_known_to_be_complete() {
    let cluster = Cluster::new(4, 3, 1);
    cluster.complete();
    fs::remove_file(cluster.attempt(2).join("decryption-key")).unwrap();
    let path = run(&mut cluster.dkg(2));
    assert_eq!(path.trim(), cluster.lock(2).to_str().unwrap());
}

#[test]
fn any_timeout_can_be_given() {
    let cluster = Cluster::new(4, 3, 1);
    let mut process =
        cluster.dkg(0).args(["--timeout", "18446744073709551615"]).stderr(Stdio::null()).spawn().unwrap();
    wait_until("a join", || !cluster.published("join", 1).is_empty());
    process.kill().unwrap();
    process.wait().unwrap();
}
