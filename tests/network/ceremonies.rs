//! Whole ceremonies over the network, by processes on loopback: TCP and QUIC, four operators and ten.

use std::time::Instant;

use crate::net::{Net, PATIENCE, Transport};

fn ceremony(operators: u16, threshold: u16, transport: Transport) {
    let net = Net::new(operators, threshold, 1, transport);
    let start = Instant::now();
    let costs = net.finish(net.start_all(), PATIENCE);
    let seconds = start.elapsed().as_secs_f64();
    net.check_locks();
    let part = if transport == Transport::Tcp { "/tcp/" } else { "/quic-v1" };
    for node in net.nodes() {
        let addresses = net.all_connections(node);
        assert!(!addresses.is_empty(), "{}", net.logs());
        assert!(addresses.iter().all(|address| address.contains(part)), "{addresses:?}");
    }
    println!("{operators} operators over {transport:?}: {seconds:.1} s; the first: {}", costs[0]);
}

#[test]
fn four_over_tcp() {
    ceremony(4, 3, Transport::Tcp);
}

#[test]
fn four_over_quic() {
    ceremony(4, 3, Transport::Quic);
}

#[test]
fn ten_over_tcp() {
    ceremony(10, 7, Transport::Tcp);
}

#[test]
fn ten_over_quic() {
    ceremony(10, 7, Transport::Quic);
}
