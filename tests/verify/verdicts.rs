//! What a verdict rests on, and the exit codes.

use std::io::Write as _;
use std::process::Stdio;

use crate::common::{charons_files, coram, fails, text};
use crate::kit::{Files, lock, outcome, parsed, report, verify};

#[test]
fn a_valid_lock_is_explained() {
    let files = Files::new();
    let output = verify(&files.lock(), &[]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(output.stderr.is_empty(), "{}", text(&output.stderr));
    let words = text(&output.stdout);
    let last = words.lines().last().unwrap();
    assert!(last.starts_with("VALID: ") && last.contains("Not anchored"), "{last}");
    assert!(!words.contains('\u{1b}'), "colours without a terminal");
    let (_, report) = report(&files.lock(), &[]);
    for check in report["checks"].as_array().unwrap() {
        let id = check["id"].as_str().unwrap();
        assert!(words.contains(&format!(" {id} ")), "{id} is not listed");
    }
    for heading in ["Proved", "Asserted by the operators, not proved", "What no transcript can show"] {
        assert!(words.lines().any(|line| line == heading), "{heading}");
    }
    assert!(words.contains(parsed()["lock_hash"].as_str().unwrap()));
}

#[test]
fn the_report_is_json_on_request() {
    let files = Files::new();
    let (code, report) = report(&files.lock(), &[]);
    assert_eq!((code, report["verdict"].as_str()), (Some(0), Some("valid")));
    assert_eq!(report["report_version"], 4);
    assert_eq!(report["anchored"].as_array().unwrap().len(), 0);
    assert!(report["checks"].as_array().unwrap().iter().all(|check| check["micros"].is_u64()));
}

#[test]
fn a_lock_can_come_from_standard_input() {
    let mut child = coram()
        .args(["verify", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(lock()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("\nVALID: "));
}

#[test]
fn what_is_expected_is_compared() {
    let files = Files::new();
    let definition = parsed()["cluster_definition"].clone();
    let operator =
        |index: usize, field: &str| definition["operators"][index][field].as_str().unwrap().to_owned();
    // By account or by record, as one knows them.
    let operators = [operator(0, "enr"), operator(1, "address"), operator(2, "enr")].join(",");
    let withdrawal = definition["validators"][0]["withdrawal_address"].as_str().unwrap();
    let (_, honest) = report(&files.lock(), &[]);
    let root = honest["ceremony"]["transcript_root"].as_str().unwrap().to_owned();
    let (code, anchored) = report(
        &files.lock(),
        &[
            "--expect-operator",
            &operators,
            "--expect-withdrawal",
            withdrawal,
            "--expect-network",
            "hoodi",
            "--expect-amount",
            "32,1.0",
            "--expect-threshold",
            "2",
            "--expect-transcript",
            &root,
        ],
    );
    assert_eq!((code, anchored["not_anchored"].as_array().unwrap().len()), (Some(0), 0), "{anchored}");

    let zero = format!("0x{}", "00".repeat(32));
    for (expectation, check) in [
        (["--expect-operator", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"], "expect.operators"),
        (["--expect-withdrawal", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"], "expect.withdrawal"),
        (["--expect-network", "mainnet"], "expect.network"),
        (["--expect-amount", "32"], "expect.amounts"),
        (["--expect-threshold", "3"], "expect.threshold"),
        (["--expect-transcript", &zero], "expect.transcript"),
    ] {
        let (code, report) = report(&files.lock(), &expectation);
        assert_eq!((code, outcome(&report, check)), (Some(3), "failed"), "{expectation:?}");
    }
}

#[test]
fn expectations_that_are_none_are_usage_errors() {
    let files = Files::new();
    for expectation in [
        ["--expect-operator", "somebody"],
        ["--expect-withdrawal", "0x12"],
        ["--expect-network", "hodi"],
        ["--expect-amount", "many"],
        ["--expect-transcript", "0x12"],
        ["--accept", "lock.hahs"],
        // Nothing can be judged without it.
        ["--accept", "transcript.present"],
        ["--transcript", "/nowhere"],
    ] {
        let output = verify(&files.lock(), &expectation);
        assert_eq!(output.status.code(), Some(2), "{expectation:?}");
        assert!(output.stdout.is_empty(), "{expectation:?}");
    }
    fails(coram().args(["verify", "/nowhere"]), 2, "file.read");
}

#[test]
fn a_changed_lock_is_invalid_and_the_check_is_named() {
    let files = Files::new();
    let changed = files.changed(|lock| {
        lock["cluster_definition"]["validators"][0]["withdrawal_address"] =
            "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed".into();
    });
    let output = verify(&changed, &[]);
    assert_eq!(output.status.code(), Some(3));
    let words = text(&output.stdout);
    assert!(words.contains("FAILED    definition.config-hash") && words.contains("It stops: "), "{words}");
    assert!(words.lines().last().unwrap().starts_with("INVALID: "), "{words}");
    let message = text(&output.stderr);
    assert!(
        message.contains("error[lock.invalid]") && message.contains("definition.config-hash"),
        "{message}"
    );

    // Accepting one check by its name leaves the others, and is shown.
    let (code, report) = report(&changed, &["--accept", "definition.config-hash"]);
    assert_eq!((code, outcome(&report, "definition.config-hash")), (Some(3), "accepted"), "{report}");
}

#[test]
fn a_check_can_be_accepted_by_its_name() {
    let files = Files::new();
    let expectation = ["--expect-network", "mainnet"];
    assert_eq!(verify(&files.lock(), &expectation).status.code(), Some(3));
    let accepted = [&expectation[..], &["--accept", "expect.network"]].concat();
    let (code, report) = report(&files.lock(), &accepted);
    assert_eq!((code, report["verdict"].as_str()), (Some(0), Some("valid")), "{report}");
    assert_eq!(report["accepted"], serde_json::json!(["expect.network"]));
    let words = text(&verify(&files.lock(), &accepted).stdout);
    assert!(words.contains("ACCEPTED  expect.network"), "{words}");
}

#[test]
fn a_transcript_can_stand_beside_the_lock() {
    let files = Files::new();
    let (bare, mut transcript) = files.parted();
    let (code, without) = report(&bare, &[]);
    assert_ne!(code, Some(0), "{without}");
    let beside = files.put("transcript.json", serde_json::to_vec(&transcript).unwrap());
    let (code, with) = report(&bare, &["--transcript", beside.to_str().unwrap()]);
    assert_eq!((code, with["verdict"].as_str()), (Some(0), Some("valid")), "{with}");
    transcript["seals"].as_array_mut().unwrap().pop();
    let shortened = files.put("shortened.json", serde_json::to_vec(&transcript).unwrap());
    assert_eq!(report(&bare, &["--transcript", shortened.to_str().unwrap()]).0, Some(3));
}

#[test]
fn a_lock_of_two_readings_is_invalid() {
    let files = Files::new();
    let content = String::from_utf8(lock().to_vec()).unwrap();
    for member in ["\"lock_hash\": \"0x00\",", "\"Lock_Hash\": \"0x00\",", "\"x\": 1, \"X\": 2,"] {
        let path = files.put("twice.json", content.replacen('{', &format!("{{{member}"), 1));
        let (code, report) = report(&path, &[]);
        assert_eq!((code, outcome(&report, "json.strict")), (Some(3), "failed"), "{member}");
    }
    for content in ["", "{}", "null", "\u{0}", &content[..content.len() / 2], &"[".repeat(100_000)] {
        let output = verify(&files.put("junk.json", content), &[]);
        assert_eq!(output.status.code(), Some(3), "{}", text(&output.stderr));
        assert!(text(&output.stdout).lines().last().unwrap().starts_with("INVALID"));
    }
}

#[test]
fn a_fault_file_is_no_lock() {
    let files = Files::new();
    let fault = files.put("fault.json", r#"{"fault_version": 1, "protocol": "coram/v1"}"#);
    let output = verify(&fault, &[]);
    assert_eq!(output.status.code(), Some(3));
    assert!(text(&output.stdout).contains("REJECTED"), "{}", text(&output.stdout));
    let (code, report) = report(&fault, &[]);
    assert_eq!((code, report["verdict"].as_str()), (Some(3), Some("rejected")), "{report}");
    let later = files.put("later.json", r#"{"fault_version": 2, "protocol": "coram/v1"}"#);
    assert_eq!(verify(&later, &[]).status.code(), Some(4));
    // Whoever expects something of a lock must not be answered about something else.
    for expectation in [["--expect-network", "hoodi"], ["--accept", "lock.hash"]] {
        fails(coram().arg("verify").arg(&fault).args(expectation), 2, "fault.not-a-lock");
    }
    // A lock stays one, also if it calls itself a fault: no check covers a member that nobody reads.
    let (code, report) = self::report(&files.changed(|lock| lock["fault_version"] = 1.into()), &[]);
    assert_eq!((code, report["verdict"].as_str()), (Some(0), Some("valid")), "{report}");
}

#[test]
fn a_definition_is_no_lock() {
    let files = Files::new();
    let definition = serde_json::to_vec(&parsed()["cluster_definition"]).unwrap();
    let output =
        fails(coram().arg("verify").arg(files.put("definition.json", definition)), 2, "verify.definition");
    assert!(text(&output.stderr).contains("coram definition check"));
}

#[test]
fn a_name_cannot_steer_the_terminal() {
    let files = Files::new();
    let changed = files.changed(|lock| lock["cluster_definition"]["name"] = "\u{1b}[2J\u{202e}VALID".into());
    let output = verify(&changed, &[]);
    assert_eq!(output.status.code(), Some(3));
    assert!(!output.stdout.contains(&0x1b) && !text(&output.stdout).contains('\u{202e}'));
}

#[test]
fn a_lock_without_a_transcript_is_never_valid() {
    let Some(files) = charons_files() else { return };
    for version in ["6", "7", "8", "9", "10", "11"] {
        let path = files.join(format!("cluster_lock_v1_{version}_0.json"));
        let (code, report) = report(&path, &[]);
        assert_eq!(code, Some(3), "v1.{version}: its keys are random bytes");
        assert_eq!(outcome(&report, "lock.hash"), "passed", "v1.{version}");
        assert_ne!(outcome(&report, "transcript.present"), "passed", "v1.{version}");
    }
}
