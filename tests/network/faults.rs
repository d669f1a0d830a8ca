//! Lines that delay, lose and fall silent: the ceremony ends all the same.

use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::islands::Islands;
use crate::net::{Net, Node, Transport};
use crate::proxy::{Faults, Line};

/// What is asked for: 200 ms each way.
const LATENCY: Duration = Duration::from_millis(200);
const PARTITION: Duration = Duration::from_secs(60);
/// After a partition: dead connections are noticed, and peers are dialled again.
const RECOVERY: Duration = Duration::from_secs(120);
const PATIENCE: Duration = Duration::from_secs(240);

/// Who takes part waits longer than a test does; but if a line is down at the very end, not long for somebody who is gone.
const ENDURING: [&str; 4] = ["--timeout", "600", "--linger", "15"];

/// A cluster of four on islands, all lines laid.
fn on_islands(transport: Transport, faults: Faults) -> Option<(Net, Islands)> {
    let net = Net::new(4, 3, 1, transport);
    let mut islands = Islands::of(&net, &[])?;
    islands.connect_all(&net, faults);
    Some((net, islands))
}

fn start_all(net: &Net, islands: &Islands) -> Vec<Node> {
    let start = |node: u16| {
        let name = format!("node{node}");
        net.spawn(&name, &mut islands.on(&name, net.dkg(node, &net.others(node)).args(ENDURING)))
    };
    net.nodes().map(start).collect()
}

fn bad_lines(transport: Transport, faults: Faults) {
    let Some((net, islands)) = on_islands(transport, faults) else { return };
    let start = Instant::now();
    net.finish(start_all(&net, &islands), PATIENCE);
    net.check_locks();
    println!(
        "{transport:?}, {} ms each way, {} % lost, connections of {:?}: {:.1} s; {} lost, {} connections, {} bytes",
        faults.latency.as_millis(),
        faults.loss * 100.0,
        faults.lifetime,
        start.elapsed().as_secs_f64(),
        islands.lost(),
        islands.connections(),
        islands.bytes()
    );
    assert!(faults.loss == 0.0 || islands.lost() > 0, "nothing was lost");
}

#[test]
fn loss_and_delay_over_tcp() {
    bad_lines(Transport::Tcp, Faults { latency: LATENCY, loss: 0.1, seed: 1, ..Faults::default() });
}

#[test]
fn connections_that_break_again_and_again() {
    let lifetime = Some(Duration::from_secs(4));
    bad_lines(Transport::Tcp, Faults { latency: LATENCY, loss: 0.05, lifetime, seed: 2 });
}

#[test]
fn loss_and_delay_over_quic() {
    bad_lines(Transport::Quic, Faults { latency: LATENCY, loss: 0.1, seed: 3, ..Faults::default() });
}

/// Two and two, for a minute, from when the first has committed. Nobody can finish, and everybody does afterwards.
fn partition(transport: Transport, how: Line) {
    let latency = Duration::from_millis(20); // not over before it begins
    let Some((net, islands)) = on_islands(transport, Faults { latency, ..Faults::default() }) else { return };
    let across = |state| {
        for (one, other) in [(0, 2), (0, 3), (1, 2), (1, 3)] {
            islands.set(&format!("node{one}"), &format!("node{other}"), state);
        }
    };
    let mut nodes = start_all(&net, &islands);
    net.wait("a commit", PATIENCE, || net.nodes().any(|node| net.has(node, "commit", node + 1)));
    across(how);
    let start = Instant::now();
    while start.elapsed() < PARTITION {
        assert!(nodes.iter_mut().all(Node::is_running), "nobody gives up, and nobody is done{}", net.logs());
        sleep(Duration::from_millis(200));
    }
    assert!(net.nodes().all(|node| !net.has(node, "seal", node + 1)), "it was over before");
    across(Line::Up);
    let healed = Instant::now();
    net.finish(nodes, RECOVERY);
    net.check_locks();
    println!(
        "{transport:?}, {how:?} for {} s: ended {:.1} s after",
        PARTITION.as_secs(),
        healed.elapsed().as_secs_f64()
    );
}

/// All at the same time: they spend it waiting.
#[test]
fn a_partition_of_a_minute() {
    std::thread::scope(|scope| {
        scope.spawn(|| partition(Transport::Tcp, Line::Silent));
        scope.spawn(|| partition(Transport::Tcp, Line::Cut));
        scope.spawn(|| partition(Transport::Quic, Line::Silent));
    });
}
