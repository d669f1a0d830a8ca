//! `coram sim`: a ceremony without operators.

mod common;

use common::{coram, fails, run, text};

#[test]
fn variables_for_another_ceremony_do_not_change_this_one() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("sim");
    run(coram()
        .args([
            "sim",
            "--operators",
            "3",
            "--threshold",
            "2",
            "--validators",
            "3",
            "--extraction",
            "batched",
            "--output",
        ])
        .arg(&output)
        .env("CORAM_DEFINITION_FILE", "/nowhere")
        .env("CORAM_ATTEMPT", "3")
        .env("CORAM_NO_COMMITS", "1"));
    let report = run(coram().args(["verify", "--json"]).arg(output.join("node0/cluster-lock.json")));
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    let ceremony = &report["ceremony"];
    assert_eq!((&ceremony["attempt"], &ceremony["commits"]), (&0.into(), &true.into()), "{ceremony}");
    // Three keys of two polynomials of every dealer.
    assert_eq!(
        (&ceremony["extraction"], &ceremony["polynomials"]),
        (&"batched".into(), &2.into()),
        "{ceremony}"
    );
    assert_eq!(report["verdict"], "valid", "{}", report["headline"]);
}

#[test]
fn not_all_operators_need_to_deal() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("sim");
    let mut command = coram();
    command.args(["sim", "--operators", "3", "--threshold", "2", "--dealers", "3", "--output"]).arg(&output);
    fails(&mut command, 2, "terms.dealers");
    assert!(!output.exists());
    run(coram()
        .args(["sim", "--operators", "3", "--threshold", "2", "--folder", "--dealers", "3,1", "--output"])
        .arg(&output));
    let lock = output.join("node1/cluster-lock.json");
    let text = run(coram().arg("verify").arg(&lock));
    assert!(text.contains("dealers") && text.contains("that these do: 1, 3."), "{text}");
    let shown = run(coram().args(["inspect", "--json"]).arg(&lock));
    assert!(shown.replace([' ', '\n'], "").contains("\"dealers\":[1,3]"), "{shown}");
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
    let output = folder.path().join("sim");
    command.args(["sim", "--extraction", "batched", "--output"]).arg(&output);
    fails(&mut command, 2, "terms.extraction");
    assert!(!output.exists());
    let mut command = coram();
    command.args(["sim", "--network", "foo", "--output"]).arg(folder.path().join("sim"));
    fails(&mut command, 2, "network.unknown");
    let mut command = coram();
    command.args(["sim", "--reference", "reference", "--output"]).arg(folder.path().join("sim"));
    fails(&mut command, 2, "terms.proof");
}
