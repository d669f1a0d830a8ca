//! More connections than it takes.

use std::io::Read as _;
use std::net::TcpStream;
use std::time::Duration;

use super::kit::Relay;
use crate::common::wait_until;

/// Connections that say nothing.
fn open(relay: &Relay, count: usize) -> Vec<TcpStream> {
    (0..count).map(|_| TcpStream::connect(relay.socket()).unwrap()).collect()
}

fn count_open(streams: &mut [TcpStream]) -> usize {
    streams.iter_mut().map(is_open).filter(|open| *open).count()
}

/// Waits until the relay has hung up on all but so many.
fn wait_until_left(streams: &mut [TcpStream], count: usize) {
    wait_until(&format!("{count} connections are left"), || count_open(streams) == count);
}

/// The relay says something first, or nothing; the end of the stream is that it hung up.
fn is_open(stream: &mut TcpStream) -> bool {
    stream.set_nonblocking(true).unwrap();
    loop {
        match stream.read(&mut [0; 256]) {
            Ok(0) => return false,
            Ok(_) => {}
            Err(error) => return error.kind() == std::io::ErrorKind::WouldBlock,
        }
    }
}

#[test]
fn connections_are_bounded() {
    let folder = tempfile::tempdir().unwrap();
    let relay = Relay::start(&folder.path().join("relay"), &["--max-connections", "5"]);
    let mut streams = open(&relay, 20);
    relay.wait_for("coram_relay_connections_denied_total{reason=\"Connections\"}", 15);
    wait_until_left(&mut streams, 5);
    drop(streams);
    wait_until("the places of those who left are free again", || {
        let mut streams = open(&relay, 3);
        std::thread::sleep(Duration::from_millis(300));
        count_open(&mut streams) == 3
    });
    assert_eq!(relay.get("/healthz").0, 200);
}

#[test]
fn connections_from_one_place_are_bounded() {
    let folder = tempfile::tempdir().unwrap();
    let relay = Relay::start(&folder.path().join("relay"), &["--max-connections-per-ip", "7"]);
    let mut streams = open(&relay, 20);
    relay.wait_for("coram_relay_connections_denied_total{reason=\"Origin\"}", 13);
    wait_until_left(&mut streams, 7);
}

/// Whoever connects and says nothing loses the connection after some seconds.
#[test]
fn silent_connections_are_closed() {
    let folder = tempfile::tempdir().unwrap();
    let relay = Relay::start(&folder.path().join("relay"), &[]);
    let mut streams = open(&relay, 1000);
    wait_until_left(&mut streams, 256);
    wait_until_left(&mut streams, 0);
    assert_eq!(relay.metric("coram_relay_connections "), 0);
}
