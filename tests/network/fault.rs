//! An operator that breaks the rules in front of some is proved guilty to all.

use std::fs;

use crate::common::{coram, text};
use crate::net::{Net, PATIENCE};

#[test]
fn equivocation_before_two_halves_of_the_network_is_proved_to_both() {
    let net = Net::of_four();
    // Operator 4 runs twice, with other secrets, and shows each Join to one operator alone.
    let copy = net.cluster.path("copy");
    fs::create_dir(&copy).unwrap();
    fs::copy(net.cluster.node(3).join("charon-enr-private-key"), copy.join("charon-enr-private-key"))
        .unwrap();
    let nobody: [&str; 0] = [];
    for (victim, folder) in [(0, net.cluster.node(3)), (1, copy)] {
        let shown_to = net.start(victim, &nobody);
        let mut command = coram();
        command
            .arg("dkg")
            .arg("--data-dir")
            .arg(&folder)
            .arg("--definition-file")
            .arg(net.cluster.definition());
        command.args(["--p2p-tcp-address", "127.0.0.1:0", "--peer", &net.address(victim)]);
        let liar = net.spawn(&format!("liar{victim}"), &mut command);
        net.wait("the victim has the Join of operator 4", PATIENCE, || net.has(victim, "join", 4));
        drop((shown_to, liar));
    }
    // Operator 3 was shown neither; it meets the others when they meet each other.
    let nodes: Vec<_> = (0..3).map(|node| net.start(node, &net.others(node))).collect();
    let codes: Vec<_> = nodes.into_iter().map(|node| net.exit_code(node, PATIENCE)).collect();
    assert_eq!(codes, [Some(6); 3], "{}", net.logs());
    for node in 0..3 {
        let log = net.log(&format!("node{node}"));
        assert!(log.contains("--attempt 1; without its dealing, with --dealers 1,2,3"), "{log}");
        assert_eq!(net.count(node, "join", 4), 2, "node{node} lacks a half of the proof");
        let attempt =
            fs::read_dir(net.cluster.node(node).join("coram")).unwrap().next().unwrap().unwrap().path();
        let fault = fs::read_dir(attempt)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .find(|path| path.file_name().unwrap().to_string_lossy().starts_with("fault-"))
            .unwrap();
        let judged = coram().arg("verify").arg(fault).output().unwrap();
        assert_eq!(judged.status.code(), Some(6), "{}", text(&judged.stderr));
        assert!(text(&judged.stdout).contains("operator 4"), "{}", text(&judged.stdout));
    }
}
