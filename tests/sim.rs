//! `coram sim`: a ceremony without operators.

mod common;

use common::{coram, fails, run, text};

#[test]
fn variables_for_another_ceremony_do_not_change_this_one() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("sim");
    run(coram()
        .args(["sim", "--operators", "3", "--threshold", "2", "--output"])
        .arg(&output)
        .env("CORAM_DEFINITION_FILE", "/nowhere")
        .env("CORAM_ATTEMPT", "3")
        .env("CORAM_NO_COMMITS", "1"));
    let report = run(coram().args(["verify", "--json"]).arg(output.join("node0/cluster-lock.json")));
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    assert_eq!(report["ceremony"]["attempt"], 0, "{}", report["ceremony"]);
}

#[test]
fn what_is_wrong_with_the_command_line_is_said_in_its_own_words() {
    let folder = tempfile::tempdir().unwrap();
    for (option, value) in [("--operators", "2"), ("--threshold", "1"), ("--validators", "0")] {
        let mut command = coram();
        command.args(["sim", option, value, "--output"]).arg(folder.path().join("sim"));
        let output = fails(&mut command, 2, "sim.request");
        assert!(text(&output.stderr).contains(option), "{}", text(&output.stderr));
    }
    let mut command = coram();
    command.args(["sim", "--network", "foo", "--output"]).arg(folder.path().join("sim"));
    fails(&mut command, 2, "network.unknown");
    let mut command = coram();
    command.args(["sim", "--reference", "reference", "--output"]).arg(folder.path().join("sim"));
    fails(&mut command, 2, "terms.proof");
}
