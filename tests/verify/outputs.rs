//! Reports in every form, and the files that they are written to.

use std::fs;
use std::os::unix::fs::symlink;

use crate::common::{coram, fails, text};
use crate::kit::{Files, made, parsed, report, verify};
use serde_json::{Value, json};

#[test]
fn a_report_is_a_page_and_a_picture_too() {
    let files = Files::new();
    let (page, badge) = (files.path("report.html"), files.path("badge.svg"));
    let outputs = ["--html", page.to_str().unwrap(), "--badge", badge.to_str().unwrap()];
    let output = verify(&files.lock(), &outputs);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("\nVALID: "), "the text too");
    let (page, badge) = (fs::read_to_string(&page).unwrap(), fs::read_to_string(&badge).unwrap());
    let (_, report) = report(&files.lock(), &[]);
    let root = report["ceremony"]["transcript_root"].as_str().unwrap();
    assert!(
        page.starts_with("<!DOCTYPE html>") && page.contains(root) && page.contains("<strong>VALID</strong>")
    );
    for check in report["checks"].as_array().unwrap() {
        assert!(page.contains(&format!("id=\"check-{}\"", check["id"].as_str().unwrap())), "{check}");
    }
    assert!(badge.starts_with("<svg ") && badge.contains("3 operators, any 2 of them can sign"), "{badge}");

    // A new page takes the place of an old one, and is written whatever the verdict is.
    let changed = files.changed(|lock| lock["lock_hash"] = format!("0x{}", "00".repeat(32)).into());
    assert_eq!(verify(&changed, &outputs).status.code(), Some(3));
    let page = fs::read_to_string(files.path("report.html")).unwrap();
    assert!(page.contains("<strong>INVALID</strong>"));
    assert!(fs::read_to_string(files.path("badge.svg")).unwrap().contains("INVALID"));
}

#[test]
fn a_page_can_be_printed_instead_of_the_text() {
    let files = Files::new();
    let page = text(&verify(&files.lock(), &["--html", "-"]).stdout);
    assert!(page.starts_with("<!DOCTYPE html>") && page.ends_with("</html>"), "{page}");
    assert!(text(&verify(&files.lock(), &["--badge", "-"]).stdout).starts_with("<svg "));
    for together in [["--html", "-", "--json"].as_slice(), &["--html", "-", "--badge", "-"]] {
        fails(coram().arg("verify").arg(files.lock()).args(together), 2, "verify.outputs");
    }
}

/// U+009B begins escape sequences, as ESC [ does, and JSON does not ask for it to be escaped.
#[test]
fn nothing_in_a_file_steers_the_terminal() {
    const NAME: &str = "\u{1b}[2J\u{9b}31m\u{202e}\u{7f}\u{1f600}";
    let files = Files::new();
    let lock = files.changed(|lock| lock["cluster_definition"]["name"] = NAME.into());
    for options in [&[][..], &["--json"], &["--html", "-"]] {
        let output = verify(&lock, options);
        let shown = text(&output.stdout);
        let steers = |c: char| c.is_control() && c != '\n' || c == '\u{202e}';
        assert!(!shown.contains(steers), "{options:?}");
    }
    let (_, report) = report(&lock, &[]);
    assert_eq!(report["cluster"]["name"], NAME, "and a program finds what stands there");
}

#[test]
fn nothing_but_a_page_or_a_picture_is_overwritten() {
    let files = Files::new();
    let lock = files.lock();
    let keystore = files.made("validator_keys/keystore-0.json");
    let link = files.path("link.html");
    symlink(&lock, &link).unwrap();
    for path in [&lock, &keystore, &link, &files.path("")] {
        for output in ["--html", "--badge"] {
            fails(coram().arg("verify").arg(&lock).arg(output).arg(path), 7, "verify.overwrites");
        }
    }
    assert!(fs::read(&lock).unwrap() == made()["cluster-lock.json"]);
    let one = files.path("one");
    fails(
        coram().arg("verify").arg(&lock).arg("--html").arg(&one).arg("--badge").arg(&one),
        2,
        "verify.outputs",
    );
    let nowhere = files.path("nowhere/report.html");
    fails(coram().arg("verify").arg(&lock).arg("--html").arg(nowhere), 1, "verify.write");
}

#[test]
fn a_fault_file_has_a_page_and_no_picture() {
    let files = Files::new();
    let fault = files.put("fault.json", r#"{"fault_version": 1, "protocol": "coram/v1"}"#);
    let output = verify(&fault, &["--html", "-"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(text(&output.stdout).contains("<strong>REJECTED</strong>"));
    fails(coram().arg("verify").arg(&fault).args(["--badge", "-"]), 2, "fault.not-a-lock");
}

#[test]
fn the_schema_is_printed() {
    let output = coram().args(["verify", "--schema"]).output().unwrap();
    assert!(output.status.success());
    assert_eq!(text(&output.stdout), include_str!("../../docs/report.schema.json"));
    assert_eq!(coram().args(["verify", "--schema", "--json"]).output().unwrap().status.code(), Some(2));
    assert_eq!(coram().arg("verify").output().unwrap().status.code(), Some(2), "no file");
}

#[test]
fn expectations_can_stand_in_a_file() {
    let files = Files::new();
    let definition = parsed()["cluster_definition"].clone();
    let (_, honest) = report(&files.lock(), &[]);
    let operator = |index: usize| definition["operators"][index]["address"].clone();
    let expectations = json!({
        "operators": [operator(0), operator(1), operator(2)],
        "withdrawal": definition["validators"][0]["withdrawal_address"],
        "network": "hoodi",
        "amounts_gwei": [1_000_000_000_u64, 32_000_000_000_u64],
        "threshold": 2,
        "transcript": honest["ceremony"]["transcript_root"],
    });
    let put = |value: &Value| files.put("expect.json", value.to_string());
    let path = put(&expectations);
    let expect = ["--expect", path.to_str().unwrap()];
    let (code, anchored) = report(&files.lock(), &expect);
    assert_eq!((code, &anchored["not_anchored"]), (Some(0), &json!([])), "{anchored}");

    // What is expected twice has to be the same.
    for option in [["--expect-threshold", "2"], ["--expect-amount", "32,1"], ["--expect-network", "hoodi"]] {
        assert_eq!(report(&files.lock(), &[expect, option].concat()).0, Some(0), "{option:?}");
    }
    for option in [["--expect-threshold", "3"], ["--expect-amount", "32"], ["--expect-network", "mainnet"]] {
        let output = verify(&files.lock(), &[expect, option].concat());
        assert_eq!(output.status.code(), Some(2), "{option:?}");
        assert!(text(&output.stderr).contains("expect.contradiction"), "{option:?}");
    }
    // Operators add up.
    put(&json!({ "operators": [operator(0), operator(1)] }));
    let third = operator(2);
    let (_, all) = report(&files.lock(), &[expect, ["--expect-operator", third.as_str().unwrap()]].concat());
    assert!(all["anchored"].as_array().unwrap().contains(&json!("operators")), "{all}");

    put(&json!({ "operator": [] }));
    fails(coram().arg("verify").arg(files.lock()).args(expect), 2, "expect.file");
    fails(coram().args(["verify", "-", "--expect", "-"]), 2, "verify.inputs");
}

#[test]
fn a_transcript_alone_is_told_where_it_belongs() {
    let files = Files::new();
    let (_, transcript) = files.parted();
    let path = files.put("transcript.json", transcript.to_string());
    let alone = fails(coram().arg("verify").arg(&path), 2, "verify.transcript");
    let help = format!("coram verify LOCK --transcript {}", path.display());
    assert!(text(&alone.stderr).contains(&help), "{}", text(&alone.stderr));
    let lock = files.lock();
    let beside = fails(coram().arg("verify").arg(&path), 2, "verify.transcript");
    let help = format!("coram verify {} --transcript {}", lock.display(), path.display());
    assert!(text(&beside.stderr).contains(&help), "{}", text(&beside.stderr));
}
