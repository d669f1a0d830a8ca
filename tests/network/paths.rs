//! Operators who cannot reach each other: served by one whom both reach, and by a relay.

use crate::islands::{Islands, Port};
use crate::net::{Net, Node, PATIENCE, Transport, free_port};
use crate::proxy::Faults;
use crate::relay::Relay;

/// Runs a ceremony in which the nodes of each pair reach each other, and no others do.
fn over(pairs: &[(u16, u16)], transport: Transport) {
    let net = Net::new(4, 3, 1, transport);
    let mut islands = Islands::of(&net, &[]);
    for (one, other) in pairs {
        if let Some(islands) = &mut islands {
            islands.connect(&format!("node{one}"), &format!("node{other}"), Faults::default());
        }
    }
    let start = |node: u16| -> Node {
        // Of a pair, one knows the other.
        let known = pairs.iter().filter(|(one, _)| *one == node).map(|(_, other)| net.address(*other));
        let mut command = net.dkg_of_few(node, &known.collect::<Vec<_>>());
        if let Some(islands) = &islands {
            command = islands.on(&format!("node{node}"), &command);
        }
        net.spawn(&format!("node{node}"), &mut command)
    };
    let nodes = net.nodes().map(start).collect();
    net.finish(nodes, PATIENCE);
    net.check_locks();
    for one in net.nodes() {
        for other in net.nodes().filter(|other| *other != one) {
            let can = pairs.contains(&(one, other)) || pairs.contains(&(other, one));
            let met = net.connections(one, other + 1);
            assert_eq!(!met.is_empty(), can, "node{one} and node{other}: {met:?}{}", net.logs());
        }
    }
}

#[test]
fn two_who_cannot_reach_each_other_are_served_by_a_third() {
    over(&[(0, 2), (1, 2), (3, 2)], Transport::Tcp);
}

#[test]
fn a_chain_of_acquaintances_is_enough() {
    over(&[(0, 1), (2, 1), (3, 2)], Transport::Quic);
}

/// Everybody reaches the relay, and nobody anybody else.
fn over_a_relay(boards: bool) {
    let net = Net::of_four();
    let port = Port { number: free_port(), transport: Transport::Tcp };
    let mut islands = Islands::of(&net, &[("relay", &[port])]);
    for node in net.nodes() {
        if let Some(islands) = &mut islands {
            islands.connect("relay", &format!("node{node}"), Faults::default());
        }
    }
    let place = |island: &str, command: std::process::Command| match &islands {
        Some(islands) => islands.on(island, &command),
        None => command,
    };
    let relay = Relay::start(&net, port.number, boards, |command| place("relay", command));
    let nodes = net.nodes().map(|node| {
        let mut command = net.dkg::<&str>(node, &[]);
        command.arg("--p2p-relays").arg(relay.address());
        net.spawn(&format!("node{node}"), &mut place(&format!("node{node}"), command))
    });
    let nodes = nodes.collect();
    net.finish(nodes, PATIENCE);
    net.check_locks();
    if islands.is_some() {
        for node in net.nodes() {
            let addresses = net.all_connections(node);
            assert!(addresses.iter().all(|address| address.contains("/p2p-circuit")), "{addresses:?}");
            assert!(boards || !addresses.is_empty(), "{}", net.logs());
        }
    }
}

#[test]
fn whoever_reaches_only_a_relay_is_reached_through_it() {
    over_a_relay(false);
}

#[test]
fn a_relay_with_boards_serves_them_too() {
    over_a_relay(true);
}
