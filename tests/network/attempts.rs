//! Attempts that end without a lock, and what comes after: the next attempt, in the same folders, with what is left of the
//! one before all around it; and ceremonies in which not all operators deal.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use coram_ceremony::Ceremony;
use serde_json::{Value, json};

use crate::common::{coram, run};
use crate::frames;
use crate::net::{Net, Node, PATIENCE};
use crate::peer::{BOARD, Peer, Script, identity};

/// How long operators wait for the one who is away.
const ABSENCE: &str = "5";
/// What is told while others run.
const SOON: Duration = Duration::from_secs(60);

/// Operator 4 joins, is seen by operator 1 to have joined, and goes away.
fn join_and_leave(net: &Net, options: &[&str]) {
    let command = |node: u16, other: u16| {
        let mut command = net.dkg(node, &[net.address(other)]);
        command.args(options);
        command
    };
    let seen_by = net.spawn("node0", &mut command(0, 3));
    let away = net.spawn("node3", &mut command(3, 0));
    net.wait("operator 1 has the Join of operator 4", PATIENCE, || net.has(0, "join", 4));
    away.kill();
    seen_by.kill();
}

fn start(net: &Net, nodes: std::ops::Range<u16>, options: &[&str]) -> Vec<Node> {
    let start = |node: u16| {
        let mut command = net.dkg_of_few(node, &net.others(node));
        net.spawn(&format!("node{node}"), command.args(options))
    };
    nodes.map(start).collect()
}

fn attempt(net: &Net, number: u32) -> Ceremony {
    let first = frames::ceremony(&net.cluster.definition());
    Ceremony::new(first.definition().clone(), first.parameters().clone(), number).unwrap()
}

/// The messages of a kind on the disk of node 0, of the first attempt.
fn kept(net: &Net, kind: &str) -> Vec<Vec<u8>> {
    let folder = net.cluster.node(0).join("coram").join(hex::encode(attempt(net, 0).id().as_bytes()));
    let paths = fs::read_dir(folder.join("board")).unwrap().map(|entry| entry.unwrap().path());
    let is_kind = |path: &PathBuf| path.file_name().unwrap().to_string_lossy().starts_with(kind);
    paths.filter(is_kind).map(|path| fs::read(path).unwrap()).collect()
}

/// Operator 4 replays messages of the first attempt to a node that is in the second.
fn replay(net: &Net, node: u16, messages: Vec<Vec<u8>>, reason: &str) {
    assert!(!messages.is_empty());
    let peer = Peer::new(identity(&net.cluster.node(3)), BOARD);
    let victim = peer.dial(&net.address(node)).unwrap();
    let push = frames::push(*attempt(net, 1).id().as_bytes(), messages);
    let _ = peer.ask(victim, Script::bytes(push));
    net.wait(&format!("that node{node} names who replays, for {reason:?}"), SOON, || {
        let dropped = net.told(&format!("node{node}"), "dropped");
        dropped.iter().any(|event| event["peer"]["index"] == 4 && says(&event["reason"], reason))
    });
}

fn says(value: &Value, words: &str) -> bool {
    value.as_str().is_some_and(|text| text.contains(words))
}

/// The command that a process said to go on with.
fn said(net: &Net, name: &str, before: &str, after: &str) -> String {
    let log = net.log(name);
    let end = &log[log.rfind("error[").unwrap()..];
    let command = end.split(before).nth(1).and_then(|rest| rest.split(after).next());
    command.unwrap_or_else(|| panic!("no command in: {end}")).to_owned()
}

fn shell(command: &str) -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("exec {command}")]);
    shell.env("CORAM_TIMEOUT", PATIENCE.as_secs().to_string()).env("CORAM_LINGER", "2");
    shell
}

fn report(net: &Net) -> Value {
    net.cluster.common_lock();
    let report = run(coram().args(["verify", "--json"]).arg(net.cluster.lock(0)));
    let report: Value = serde_json::from_str(&report).unwrap();
    assert_eq!(report["verdict"], "valid", "{}", report["headline"]);
    report
}

fn note(report: &Value, id: &str) -> String {
    let notes = report["notes"].as_array().unwrap();
    let note = notes.iter().find(|note| note["id"] == id);
    note.unwrap_or_else(|| panic!("no {id} in {notes:?}"))["text"].as_str().unwrap().to_owned()
}

#[test]
fn after_an_absence_the_next_attempt_succeeds_in_the_same_folders() {
    let net = Net::of_four();
    join_and_leave(&net, &[]);
    let first = |node: u16| {
        let mut command = net.dkg(node, &net.others(node));
        net.spawn(&format!("node{node}"), command.env("CORAM_TIMEOUT", ABSENCE))
    };
    let first: Vec<Node> = (0..3).map(first).collect();
    let codes: Vec<_> = first.into_iter().map(|node| net.exit_code(node, PATIENCE)).collect();
    assert_eq!(codes, [Some(5); 3], "{}", net.logs());
    let without = said(&net, "node0", "without the dealings that are missing, with ", ". Whoever never");
    assert_eq!(without, "--dealers 1,2,3");

    // What the program says is what is run. On the machine of operator 4 the first attempt still runs.
    let late = start(&net, 3..4, &[]).remove(0);
    let mut nodes: Vec<Node> = (0..3)
        .map(|node| {
            let name = format!("node{node}");
            let command = said(&net, &name, "all operators together go on with: ", "; without");
            assert!(command.ends_with("--attempt 1"), "{command}");
            net.spawn(&name, &mut shell(&command))
        })
        .collect();
    assert_eq!(net.exit_code(late, SOON), Some(8), "{}", net.logs());
    let log = net.log("node3");
    assert!(log.contains("has gone on to attempt 1, and this is attempt 0"), "{log}");
    let command = said(&net, "node3", "agreed to that, go on with: ", "\n");
    assert!(command.ends_with("--attempt 1"), "{command}");
    for node in 0..3 {
        let told = net.told(&format!("node{node}"), "objection");
        let behind = "is still in attempt 0, and this is attempt 1";
        assert!(told.iter().any(|event| says(&event["what"], behind)), "{}", net.logs());
    }

    // Messages of the first attempt, as if they were of the second.
    replay(&net, 0, kept(&net, "join"), "for attempt 0, which was abandoned: this is attempt 1");
    replay(&net, 1, kept(&net, "commit"), "of another attempt");
    assert!(nodes.iter_mut().all(Node::is_running), "the others go on{}", net.logs());

    // Two have closed their doors to operator 4, and get what it says from the third.
    let mut command = shell(&command.replace(&net.address(0), &net.address(2)));
    nodes.push(net.spawn("node3", &mut command));
    net.finish(nodes, PATIENCE);
    net.check_locks();
    let report = report(&net);
    assert_eq!(report["ceremony"]["attempt"], 1);
    assert_eq!(
        note(&report, "later-attempt").split('.').next().unwrap(),
        "1 attempt was abandoned before this one, number 0"
    );
    for node in net.nodes() {
        let files =
            fs::read_dir(net.cluster.node(node).join("coram")).unwrap().map(|entry| entry.unwrap().path());
        let files: Vec<_> = files.flat_map(|folder| fs::read_dir(folder).unwrap()).collect();
        let is_fault = |name: &str| name.starts_with("fault-");
        assert!(!files.into_iter().any(|file| is_fault(&file.unwrap().file_name().to_string_lossy())));
    }
}

#[test]
fn an_operator_that_does_not_deal_may_be_away_while_others_do() {
    let net = Net::of_four();
    let options = ["--dealers", "3,1,2"];
    join_and_leave(&net, &options);
    let mut nodes = start(&net, 0..3, &options);
    // All that is left to do is up to operator 4.
    net.wait("all three wait for the Attest of operator 4 alone", PATIENCE, || {
        (0..3).all(|node| {
            let waiting = net.told(&format!("node{node}"), "waiting");
            waiting.iter().any(|event| {
                event["kind"] == "attest"
                    && event["missing"].as_array().unwrap().len() == 1
                    && event["missing"][0]["index"] == 4
            })
        })
    });
    let mut status = coram();
    status.args(["status", "--dealers", "1,2,3", "--data-dir"]).arg(net.cluster.node(0));
    status.arg("--definition-file").arg(net.cluster.definition());
    let text = run(&mut status);
    assert!(text.contains("not all operators deal, only 1, 2, 3"), "{text}");
    let shown: Value = serde_json::from_str(&run(status.arg("--json"))).unwrap();
    assert_eq!((&shown["dealers"], &shown["other_attempts"]), (&json!([1, 2, 3]), &json!([])));
    nodes.extend(start(&net, 3..4, &options));
    net.finish(nodes, PATIENCE);
    let report = report(&net);
    assert_eq!(report["ceremony"]["dealers"], json!([1, 2, 3]));
    assert!(note(&report, "not-all-dealt").contains("that these do: 1, 2, 3."));
    let everything = net.everything();
    let by_operator_4: Vec<&str> =
        everything.keys().filter(|(_, _, author)| *author == 4).map(|(_, kind, _)| kind.as_str()).collect();
    assert_eq!(by_operator_4, ["attest", "join", "seal"]);
}
