//! Operators who are killed at every point between two messages, and come back.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::net::{KINDS, Net, Node, PATIENCE};

/// Ceremonies in which an operator is killed until it was killed at every point: some points are hard to hit, since one
/// message follows right after another.
const CEREMONIES: usize = 15;

/// Kills one operator before its first message and right after each, and starts it again each time.
fn kill_at_every_point(victim: u16) {
    let mut points: BTreeSet<&str> = KINDS.into_iter().chain(["start", "outputs"]).collect();
    for ceremony in 1..=CEREMONIES {
        points = &points - &killed_in_one_ceremony(victim);
        if points.is_empty() {
            println!("operator {} was killed at every point, in {ceremony} ceremonies", victim + 1);
            return;
        }
    }
    panic!("operator {} was never killed right after: {points:?}", victim + 1);
}

/// The points at which the operator was killed: after a message and before the next was on its disk.
fn killed_in_one_ceremony(victim: u16) -> BTreeSet<&'static str> {
    let net = Net::of_four();
    let others = net.nodes().filter(|node| *node != victim);
    let others: Vec<Node> = others.map(|node| net.start(node, &net.others(node))).collect();
    let restart = || net.start(victim, &net.others(victim));
    let has = |kind: &str| net.has(victim, kind, victim + 1);
    let attempt = net.cluster.node(victim).join("coram");
    let outputs = net.cluster.node(victim).join("validator_keys");

    let mut points = BTreeSet::new();
    let mut kill_after = |point: &'static str, next: Option<&str>, is_there: &dyn Fn() -> bool| {
        if !next.is_some_and(has) {
            let node = restart();
            net.wait(point, PATIENCE, is_there);
            node.kill();
            points.extend((!next.is_some_and(has)).then_some(point));
        }
    };
    kill_after("start", Some("join"), &|| attempt.exists());
    for (kind, next) in KINDS.into_iter().zip(KINDS.into_iter().skip(1).map(Some).chain([None])) {
        kill_after(kind, next, &|| has(kind));
    }
    kill_after("outputs", None, &|| outputs.exists());
    // The others may have gone: they knew that it had everything. It does not know that they have.
    let last = net.spawn(&format!("node{victim}"), &mut net.dkg_of_few(victim, &net.others(victim)));
    net.finish(vec![last], PATIENCE);
    net.finish(others, PATIENCE);
    net.check_locks();
    points
}

#[test]
fn the_first_operator() {
    kill_at_every_point(0);
}

#[test]
fn the_second_operator() {
    kill_at_every_point(1);
}

#[test]
fn the_third_operator() {
    kill_at_every_point(2);
}

#[test]
fn the_fourth_operator() {
    kill_at_every_point(3);
}

/// Everybody is killed as soon as somebody has signed a message of the next kind.
#[test]
fn all_operators_at_once() {
    let net = Net::of_four();
    for kind in KINDS {
        let nodes = net.start_all();
        net.wait(kind, PATIENCE, || net.nodes().any(|node| net.has(node, kind, node + 1)));
        nodes.into_iter().for_each(Node::kill);
    }
    net.finish(net.start_all(), PATIENCE);
    net.check_locks();
}

/// At moments that no message marks, the same every time this runs.
#[test]
fn at_any_moment() {
    let net = Net::of_four();
    let mut pause = 40;
    for _ in 0..8 {
        let nodes = net.start_all();
        std::thread::sleep(Duration::from_millis(pause));
        nodes.into_iter().for_each(Node::kill);
        pause = pause * 3 / 2;
    }
    net.finish(net.start_all(), PATIENCE);
    net.check_locks();
}
