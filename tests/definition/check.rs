//! `coram definition check`.

use std::fs;

use serde_json::Value;

use crate::common::{charons_files, coram, fails, run, text};
use crate::people::{FEE_RECIPIENT, People, WITHDRAWAL, check, check_json, codes, edit, write_with_its_hash};

#[test]
fn a_changed_definition_is_explained_and_invalid() {
    let people = People::new();
    let path = people.group("made");
    edit(&path, WITHDRAWAL, FEE_RECIPIENT);
    let output = check(&path);
    assert_eq!(output.status.code(), Some(3));
    let words = text(&output.stdout);
    assert!(words.contains("error[hash-mismatch]: config hash") && words.contains(FEE_RECIPIENT), "{words}");
    assert!(text(&output.stderr).contains("error[definition.invalid]"));
}

#[test]
fn a_signature_that_may_be_a_contracts_is_neither_good_nor_bad() {
    let people = People::new();
    let path = people.group("made");
    run(people.sign(0, &path).args(["--creator", "--in-place"]));
    (1..=3).for_each(|person| drop(run(people.sign(person, &path).arg("--in-place"))));
    // Operator 4 is a contract wallet, for which one of its owners signed.
    let mut definition = serde_json::from_slice::<Value>(&fs::read(&path).unwrap()).unwrap();
    definition["operators"][3]["enr"] = people.record(4).into();
    for field in ["config_signature", "enr_signature"] {
        definition["operators"][3][field] = definition["operators"][0][field].clone();
    }
    let altered = people.path("contract.json");
    write_with_its_hash(&altered, definition);

    let (code, report) = check_json(&altered);
    assert_eq!((code, report["verdict"].as_str()), (Some(4), Some("indeterminate")), "{report}");
    let statuses: Vec<&str> = report["signatures"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["status"].as_str().unwrap())
        .collect();
    assert_eq!(statuses.iter().filter(|status| **status == "verified").count(), 7);
    assert_eq!(statuses.iter().filter(|status| **status == "needs-execution-client").count(), 2);
    assert!(text(&check(&altered).stdout).contains("needs an execution client"));
}

#[test]
fn a_text_cannot_steer_the_terminal() {
    let people = People::new();
    let mut command = people.new_definition("made");
    run(command.args(["--operator-enrs", &people.records(), "--name", "good\u{1b}[2Jbad\u{202e}"]));
    let output = check(&people.path("made").join("cluster-definition.json"));
    assert!(!output.stdout.contains(&0x1b) && !text(&output.stdout).contains('\u{202e}'));
    assert!(text(&output.stdout).contains(r"good\u{1b}[2Jbad\u{202e}"));

    let path = people.path("twice.json");
    fs::write(&path, r#"{"\u001b[2Jname": 1, "\u001b[2Jname": 2}"#).unwrap();
    let output = fails(coram().args(["definition", "check"]).arg(&path), 3, "definition.invalid");
    assert!(
        !output.stderr.contains(&0x1b) && text(&output.stderr).contains(r"\u{1b}[2Jname"),
        "{}",
        text(&output.stderr)
    );
}

#[test]
fn what_is_no_definition_is_refused() {
    let people = People::new();
    let path = people.path("file.json");
    let definition = fs::read_to_string(people.group("made")).unwrap();
    let twice = definition.replacen('{', "{\"name\": \"other\", \"name\": \"another\",", 1);
    let folded = definition.replacen('{', "{\"Threshold\": 1,", 1);
    for content in ["", "{}", "[]", "\u{0}", &definition[..200], &twice, &folded, &"[".repeat(100_000)] {
        fs::write(&path, content).unwrap();
        fails(coram().args(["definition", "check"]).arg(&path), 3, "definition.invalid");
        fails(people.sign(1, &path).arg("--in-place"), 3, "definition.invalid");
    }
    fails(coram().args(["definition", "check"]).arg(people.path("nowhere")), 2, "file.read");
}

#[test]
fn charons_definitions_are_judged() {
    let Some(files) = charons_files() else { return };
    // Exit code and a finding, by file. In the files with a version in their name, signatures are random bytes.
    let expected = [
        ("cluster_definition_v1_6_0.json", 3, "threshold-range"),
        ("cluster_definition_v1_7_0.json", 3, "threshold-range"),
        ("cluster_definition_v1_8_0.json", 3, "threshold-range"),
        ("cluster_definition_v1_9_0.json", 3, "threshold-range"),
        ("cluster_definition_v1_10_0.json", 3, "threshold-range"),
        ("cluster_definition_v1_11_0.json", 3, "threshold-range"),
        ("example-definition-001.json", 3, "version-without-ceremony"),
        ("example-definition-002.json", 3, "version-without-ceremony"),
        ("example-definition-003.json", 3, "version-without-ceremony"),
        ("example-definition-004.json", 0, "unsigned"),
        ("example-definition-006.json", 0, "unsigned"),
    ];
    for (name, code, finding) in expected {
        let (found, report) = check_json(&files.join(name));
        assert_eq!(found, Some(code), "{name}: {report}");
        assert!(codes(&report).contains(&finding), "{name}: {report}");
        assert!(!codes(&report).contains(&"hash-mismatch"), "{name}: {report}");
    }
    // Whose signatures random bytes of the right length are, only the chain can tell.
    for version in [6, 7, 8, 9, 10, 11] {
        let (_, report) = check_json(&files.join(format!("cluster_definition_v1_{version}_0.json")));
        let mut signatures = report["signatures"].as_array().unwrap().iter();
        assert!(signatures.all(|line| line["status"] == "needs-execution-client"), "v1.{version}: {report}");
    }
    // Real accounts: a creator and two operators.
    let (_, report) = check_json(&files.join("example-definition-001.json"));
    let signatures = report["signatures"].as_array().unwrap();
    assert!(signatures.len() >= 5 && signatures.iter().all(|line| line["status"] == "verified"), "{report}");
}
