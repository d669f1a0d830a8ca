//! Operators who mean another ceremony, and peers whom nobody knows: they are told on what and how to mend it, and the
//! ceremony of the others goes on.

use std::net::TcpListener;
use std::process::Command;
use std::time::Duration;

use crate::common::make_identity;
use crate::net::{Net, Node, PATIENCE, free_port};
use crate::peer::{Peer, identity};

/// A refusal does not take as long as a ceremony.
const SOON: Duration = Duration::from_secs(90);
/// Exit code of those who disagree.
const DISAGREEMENT: i32 = 8;

/// The nodes 0, 1 and 2 of four, who wait for the Join of operator 4.
fn three_of(net: &Net) -> Vec<Node> {
    let nodes = (0..3).map(|node| net.start(node, &net.others(node))).collect();
    net.wait("the joins of three", PATIENCE, || {
        (0..3).all(|node| (1..=3).all(|author| net.has(node, "join", author)))
    });
    nodes
}

/// Runs a command that the others must refuse; all words are in what it is told.
fn is_refused(net: &Net, name: &str, command: &mut Command, words: &[&str]) {
    let node = net.spawn(name, command);
    assert_eq!(net.exit_code(node, SOON), Some(DISAGREEMENT), "{}", net.logs());
    let log = net.log(name);
    for word in words {
        assert!(log.contains(word), "nothing about {word:?} in: {log}");
    }
    let end = log.rfind("error[").unwrap_or_else(|| panic!("no error in: {log}"));
    assert!(log[end..].lines().count() > 1, "how to mend it: {log}");
    println!("── {name}\n{}", &log[end..]);
}

/// Waits until a node tells that operator 4 does not take part, for a reason with this in it.
fn objects(net: &Net, node: u16, reason: &str) {
    net.wait(&format!("that node{node} tells of {reason:?}"), SOON, || {
        let mut told = net.told(&format!("node{node}"), "objection").into_iter();
        told.any(|event| event["operator"]["index"] == 4 && event["what"].as_str().unwrap().contains(reason))
    });
}

/// The right operator 4 takes its place; everybody ends well.
fn goes_on(net: &Net, mut nodes: Vec<Node>) {
    assert!(nodes.iter_mut().all(Node::is_running), "the others go on{}", net.logs());
    nodes.push(net.start(3, &net.others(3)));
    net.finish(nodes, PATIENCE);
    net.check_locks();
}

#[test]
fn other_parameters() {
    let net = Net::of_four();
    let others = three_of(&net);
    let mut command = net.dkg(3, &net.others(3));
    command.arg("--no-commits");
    is_refused(&net, "other", &mut command, &["commits is true there, false here"]);
    objects(&net, 0, "commits is false there, true here");
    goes_on(&net, others);
}

#[test]
fn another_definition() {
    let net = Net::of_four();
    let folders: Vec<_> = net.nodes().map(|node| net.cluster.node(node)).collect();
    let other = net.cluster.define("other-definition.json", &folders, 3, 2);
    let others = three_of(&net);
    let mut command = net.dkg_in(&net.cluster.node(3), &other, net.listens_at(3), &net.others(3));
    is_refused(&net, "other", &mut command, &["definition hash"]);
    goes_on(&net, others);
}

#[test]
fn an_identity_of_nobody() {
    let net = Net::of_four();
    let others = three_of(&net);
    let stranger = net.cluster.path("stranger");
    make_identity(&stranger);
    let place = ([127, 0, 0, 1], free_port()).into();
    let mut command = net.dkg_in(&stranger, &net.cluster.definition(), place, &net.others(3));
    is_refused(&net, "stranger", &mut command, &["the definition does not know this identity"]);
    goes_on(&net, others);
}

#[test]
fn an_identity_that_only_its_own_definition_knows() {
    let net = Net::of_four();
    let stranger = net.cluster.path("stranger");
    make_identity(&stranger);
    let mut folders: Vec<_> = net.nodes().map(|node| net.cluster.node(node)).collect();
    folders[3] = stranger.clone();
    let other = net.cluster.define("other-definition.json", &folders, 3, 1);
    let others = three_of(&net);
    let place = ([127, 0, 0, 1], free_port()).into();
    let mut command = net.dkg_in(&stranger, &other, place, &net.others(3));
    is_refused(&net, "stranger", &mut command, &["definition", "operator 1", "operator 2", "operator 3"]);
    goes_on(&net, others);
}

#[test]
fn another_version_of_the_protocol() {
    let net = Net::of_four();
    let peers: Vec<Peer> =
        (1..4).map(|node| Peer::new(identity(&net.cluster.node(node)), "/coram/board/2")).collect();
    let addresses: Vec<String> = peers.iter().map(|peer| peer.listen().to_string()).collect();
    is_refused(
        &net,
        "node0",
        &mut net.dkg(0, &addresses),
        &["version", "operator 2", "operator 3", "operator 4"],
    );
}

/// Fewer than sign together cannot end a ceremony by saying that they mean another.
#[test]
fn one_peer_of_another_version_ends_nothing() {
    let net = Net::of_four();
    let other = Peer::new(identity(&net.cluster.node(3)), "/coram/board/2");
    other.listen_on(net.listens_at(3));
    let mut others = three_of(&net);
    for node in 0..3 {
        objects(&net, node, "another version of the protocol");
    }
    assert!(others.iter_mut().all(Node::is_running));
    drop(other);
    net.wait("its port is free", SOON, || TcpListener::bind(net.listens_at(3)).is_ok());
    goes_on(&net, others);
}
