//! More connections than it takes.

use std::io::Read as _;
use std::net::TcpStream;
use std::time::Duration;

use crate::kit::Relay;

/// Opens connections that say nothing; how many of them are still open after a while.
fn open(relay: &Relay, count: usize, kept: &mut Vec<TcpStream>) -> usize {
    for _ in 0..count {
        kept.push(TcpStream::connect(relay.socket()).unwrap());
    }
    std::thread::sleep(Duration::from_millis(500));
    kept.iter_mut().map(is_open).filter(|open| *open).count()
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
    let mut kept = Vec::new();
    assert_eq!(open(&relay, 20, &mut kept), 5);
    relay.wait_for("coram_relay_connections_denied_total{reason=\"Connections\"}", 15);
    kept.clear();
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(open(&relay, 3, &mut kept), 3, "the places of those who left are free again");
    assert_eq!(relay.get("/healthz").0, 200);
}

#[test]
fn connections_from_one_place_are_bounded() {
    let folder = tempfile::tempdir().unwrap();
    let relay = Relay::start(&folder.path().join("relay"), &["--max-connections-per-ip", "7"]);
    let mut kept = Vec::new();
    assert_eq!(open(&relay, 20, &mut kept), 7);
    relay.wait_for("coram_relay_connections_denied_total{reason=\"Origin\"}", 13);
}

/// Whoever connects and says nothing loses the connection after some seconds.
#[test]
fn silent_connections_are_closed() {
    let folder = tempfile::tempdir().unwrap();
    let relay = Relay::start(&folder.path().join("relay"), &[]);
    let mut kept = Vec::new();
    assert_eq!(open(&relay, 1000, &mut kept), 256);
    std::thread::sleep(Duration::from_secs(12));
    assert_eq!(kept.iter_mut().map(is_open).filter(|open| *open).count(), 0);
    assert_eq!(relay.metric("coram_relay_connections "), 0);
}
