//! Completions, the manual page, and what every command has in common.

#![allow(clippy::unwrap_used)] // helpers of tests are tests

mod common;

use std::fs::File;
use std::process::Stdio;

use common::{coram, fails, run, text};

#[test]
fn completions_know_the_commands() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = run(coram().args(["completions", shell]));
        for word in ["definition", "merge", "expect-operator", "ethereum-key-file"] {
            assert!(script.contains(word), "{shell} does not complete {word}");
        }
    }
}

#[test]
fn the_manual_page_is_roff() {
    let page = run(coram().arg("man"));
    assert!(page.contains(".TH coram 1"), "{page}");
    assert!(page.contains("Exit codes"), "{page}");
    let page = run(coram().args(["man", "definition", "sign"]));
    assert!(page.contains(".TH coram-definition-sign 1") && page.contains("ethereum\\-key\\-file"), "{page}");
    assert_eq!(coram().args(["man", "nonsense"]).output().unwrap().status.code(), Some(2));
}

#[test]
fn a_wrong_command_line_is_a_usage_error() {
    for line in [
        "",
        "nonsense",
        "enr",
        "verify",
        "definition new",
        "verify a b",
        "definition sign --in-place --output x",
    ] {
        let output = coram().args(line.split_whitespace()).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{line}");
        assert!(output.stdout.is_empty(), "{line}: {}", text(&output.stdout));
    }
}

#[test]
fn a_result_that_does_not_arrive_is_a_failure() {
    let full = File::options().write(true).open("/dev/full").unwrap();
    let output = coram().args(["completions", "bash"]).stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("error[output.write]"), "{}", text(&output.stderr));
}

#[test]
fn a_reader_that_has_read_enough_is_no_failure() {
    let mut child =
        coram().args(["completions", "bash"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), String::new()));
}

#[test]
fn names_of_files_neither_steer_the_terminal_nor_begin_a_line() {
    let name = "\u{1b}[2J\nerror[fault.proved]: \u{202e}x";
    let output = fails(coram().args(["verify", name]), 2, "file.read");
    let message = text(&output.stderr);
    assert!(!message.contains('\u{1b}') && !message.contains('\u{202e}'), "{message:?}");
    assert!(!message.lines().any(|line| line.starts_with("error[fault")), "{message}");
}

#[test]
#[cfg(target_os = "linux")]
fn a_crash_leaves_no_core_dump() {
    use std::os::unix::fs::MetadataExt as _;
    use std::os::unix::process::CommandExt as _;

    let mut command = coram();
    command.args(["verify", "-"]).stdin(Stdio::piped()).stdout(Stdio::null());
    let is_root = rustix::process::geteuid().is_root();
    if is_root {
        // To see that its memory is nobody's but root's, it has to belong to somebody else.
        command.uid(65534);
    }
    let Ok(mut child) = command.spawn() else {
        println!("left out: other users cannot start {}", env!("CARGO_BIN_EXE_coram"));
        return;
    };
    let file = |name: &str| format!("/proc/{}/{name}", child.id());
    // It waits for its standard input.
    common::wait_until("core dumps are off", || {
        let limits = std::fs::read_to_string(file("limits")).unwrap();
        limits.lines().any(|line| {
            line.strip_prefix("Max core file size")
                .is_some_and(|rest| rest.split_whitespace().take(2).eq(["0", "0"]))
        })
    });
    common::wait_until("its memory is root's alone", || std::fs::metadata(file("mem")).unwrap().uid() == 0);
    child.kill().unwrap();
    child.wait().unwrap();
}
