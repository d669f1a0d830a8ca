//! Operators who are never online together: each runs alone, in turn, and a relay keeps their board.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use crate::net::{KINDS, Net, free_port};
use crate::relay::Relay;

/// One turn is a few dealings at most.
const TURN: Duration = Duration::from_secs(90);

/// Who has what in a ceremony of turns, if nobody ever waits for anything but messages.
///
/// In its turn an operator publishes every message whose prerequisites are on the board: each kind when those of the
/// kind before are there from everybody. It is done when every Seal is there.
struct Model {
    operators: u16,
    board: BTreeSet<(usize, u16)>,
    done: BTreeSet<u16>,
}

impl Model {
    const fn new(operators: u16) -> Self {
        Self { operators, board: BTreeSet::new(), done: BTreeSet::new() }
    }

    fn is_complete(&self, kind: usize) -> bool {
        (0..self.operators).all(|author| self.board.contains(&(kind, author)))
    }

    fn turn(&mut self, operator: u16) {
        for kind in 0..KINDS.len() {
            if kind == 0 || self.is_complete(kind - 1) {
                self.board.insert((kind, operator));
            }
        }
        if self.is_complete(KINDS.len() - 1) {
            self.done.insert(operator);
        }
    }

    fn is_over(&self) -> bool {
        self.done.len() == usize::from(self.operators)
    }
}

/// The fewest turns, in any order of turns whatever: a kind is complete when everybody has had a turn since the kind
/// before was, where the turn that completed that one counts; and so for the locks.
const fn fewest_turns(operators: usize) -> usize {
    operators + KINDS.len() * (operators - 1)
}

#[test]
fn nobody_needs_to_be_there_when_others_are() {
    let net = Net::of_four();
    let relay = Relay::start(&net, free_port(), true, |command| command);
    let mut model = Model::new(net.operators());
    let (mut turns, start) = (0_usize, Instant::now());
    while !model.is_over() {
        let node = turns as u16 % net.operators();
        turns += 1;
        model.turn(node);
        let mut command = net.dkg::<&str>(node, &[]);
        command.args(["--once", "--p2p-relays", relay.address()]);
        let process = net.spawn(&format!("node{node}"), &mut command);
        let code = net.exit_code(process, TURN);
        let expected = if model.done.contains(&node) { 0 } else { 5 };
        assert_eq!(code, Some(expected), "turn {turns}, of node{node}{}", net.logs());
        for (kind, name) in KINDS.iter().enumerate() {
            let published = net.has(node, name, node + 1);
            let possible = model.board.contains(&(kind, node));
            assert_eq!(published, possible, "turn {turns}: the {name} of node{node}{}", net.logs());
        }
    }
    net.check_locks();
    let rounds = turns.div_ceil(usize::from(net.operators()));
    println!(
        "4 operators, never two at once: {turns} turns, {rounds} rounds, {:.1} s; fewest possible: {} turns",
        start.elapsed().as_secs_f64(),
        fewest_turns(4)
    );
    assert_eq!(turns, fewest_turns(4));
    for node in net.nodes() {
        assert!(net.all_connections(node).is_empty(), "they met");
    }
}
