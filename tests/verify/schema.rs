//! What `--json` prints, against the published schema, by an implementation of JSON Schema that is not ours.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::json;

use crate::common::independent::{PROGRAMS, can_run};
use crate::common::{charons_files, text};
use crate::kit::{Files, verify};

#[test]
fn another_implementation_finds_every_report_in_the_published_schema() {
    if !can_run() {
        return;
    }
    let files = Files::new();
    let reports = files.path("reports");
    fs::create_dir(&reports).unwrap();
    let print = |name: &str, path: &Path, options: &[&str], code: i32| {
        let output = verify(path, &[options, &["--json"]].concat());
        assert_eq!(output.status.code(), Some(code), "{name}: {}", text(&output.stderr));
        fs::write(reports.join(name), output.stdout).unwrap();
    };
    print("valid.json", &files.lock(), &["--expect-threshold", "2"], 0);
    print("accepted.json", &files.lock(), &["--expect-threshold", "3", "--accept", "expect.threshold"], 0);
    let (bare, transcript) = files.parted();
    print("indeterminate.json", &bare, &[], 4);
    let beside = files.put("transcript.json", transcript.to_string());
    print("detached.json", &bare, &["--transcript", beside.to_str().unwrap()], 0);
    let changed = files.changed(|lock| lock["cluster_definition"]["name"] = "another".into());
    print("invalid.json", &changed, &[], 3);
    print("unreadable.json", &files.put("junk.json", "{"), &[], 3);
    let deposits = files.made("deposit-data.json");
    print("deposits.json", &deposits, &[], 0);
    files.made("validator_keys/keystore-0.json");
    let keystores = files.path("validator_keys");
    let beside =
        [["--deposit-data", deposits.to_str().unwrap()], ["--keystores", keystores.to_str().unwrap()]];
    print("beside.json", &files.lock(), &beside.concat(), 4); // no password
    let fault = json!({ "fault_version": 1, "protocol": "coram/v1" });
    print("rejected.json", &files.put("fault.json", fault.to_string()), &[], 3);
    if let Some(charons) = charons_files() {
        print("charons.json", &charons.join("cluster_lock_v1_10_0.json"), &[], 3);
    }
    let output = Command::new("node").arg("schema.js").arg(&reports).current_dir(PROGRAMS).output().unwrap();
    let printed = text(&output.stdout);
    assert!(output.status.success(), "{printed}{}", text(&output.stderr));
}
