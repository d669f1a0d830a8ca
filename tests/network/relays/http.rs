//! What it says over HTTP, and what it does not put up with.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use coram_cluster::enr::Enr;

use super::kit::{PATIENCE, Relay};

#[test]
fn it_says_where_it_is_and_how_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let relay = Relay::start(&folder.path().join("relay"), &[]);
    let (status, list) = relay.get("/");
    assert_eq!(status, 200);
    let list: Vec<String> = serde_json::from_str(&list).unwrap();
    assert_eq!(list, [relay.address.as_str()]);

    let (status, record) = relay.get("/enr");
    assert_eq!(status, 200);
    let record = Enr::parse(&record).unwrap();
    assert_eq!(record.peer_id(), relay.peer_id());
    assert_eq!((record.ip(), record.tcp()), (Some([127, 0, 0, 1].into()), Some(relay.socket().port())));

    assert_eq!(relay.get("/healthz"), (200, "ok\n".to_owned()));
    let (status, metrics) = relay.get("/metrics");
    assert_eq!(status, 200);
    for name in ["coram_relay_connections", "coram_relay_circuits", "libp2p_swarm_new_listen_addr_total"] {
        assert!(metrics.contains(name), "{name} is not in {metrics}");
    }
    assert_eq!(relay.get("/charon-enr-private-key").0, 404);
    assert!(relay.raw(b"POST / HTTP/1.1\r\nhost: relay\r\nconnection: close\r\n\r\n").contains(" 405 "));
}

#[test]
fn it_says_what_its_operator_says_about_where_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("relay");
    let relay = Relay::start(&data_dir, &["--p2p-external-ip", "192.0.2.7"]);
    let port = relay.socket().port();
    assert!(relay.address.starts_with(&format!("/ip4/192.0.2.7/tcp/{port}/p2p/")));
    let record = Enr::parse(&relay.get("/enr").1).unwrap();
    assert_eq!((record.ip(), record.tcp()), (Some([192, 0, 2, 7].into()), Some(port)));
    drop(relay);

    let relay = Relay::start(&data_dir, &["--p2p-external-hostname", "relay.example.org"]);
    assert!(relay.address.starts_with("/dns/relay.example.org/tcp/"));
    let (status, why) = relay.get("/enr");
    assert!(status == 404 && why.contains("IPv4"), "{why}");
}

#[test]
fn what_is_too_large_is_cut_off() {
    let folder = tempfile::tempdir().unwrap();
    let relay = Relay::start(&folder.path().join("relay"), &[]);
    let header = format!("GET / HTTP/1.1\r\nhost: relay\r\nx: {}\r\n\r\n", "x".repeat(1 << 20));
    assert!(!relay.raw(header.as_bytes()).contains(" 200 "));
    let body = format!("GET / HTTP/1.1\r\nhost: relay\r\ncontent-length: {}\r\n\r\n", 1_u64 << 40);
    let begun = Instant::now();
    relay.raw(&[body.as_bytes(), &[0; 1 << 20]].concat());
    assert!(begun.elapsed() < PATIENCE);
    assert_eq!(relay.get("/healthz").0, 200);
}

#[test]
fn slow_clients_are_cut_off_and_do_not_keep_others_out() {
    let folder = tempfile::tempdir().unwrap();
    let relay = Relay::start(&folder.path().join("relay"), &[]);
    // More than are served at once, and none of them ever finishes its request.
    let mut slow: Vec<TcpStream> = (0..80)
        .map(|_| {
            let mut stream = TcpStream::connect(relay.http).unwrap();
            stream.write_all(b"GET / HTTP/1.1\r\nhost:").unwrap();
            stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
            stream
        })
        .collect();
    assert_eq!(relay.get("/healthz").0, 200, "served when the slow ones are gone");
    let mut rest = Vec::new();
    let _ = slow[0].read_to_end(&mut rest);
    assert!(rest.is_empty() || !rest.starts_with(b"HTTP/1.1 200"));
}
