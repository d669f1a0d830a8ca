//! Completions, the manual page, and what every command has in common.

mod common;

use common::{coram, run, text};

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
