//! What can be seen of relays and of the other operators.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, UdpSocket};
use std::process::Command;
use std::time::{Duration, Instant};

use super::patient::{Report, examine};
use crate::common::{Cluster, coram, run, wait_until};
use crate::frames::{have, other, sync};
use crate::net::{Net, PATIENCE, Transport, free_port, peer_id};
use crate::peer::{BOARD, Peer, Script, identity, stranger};
use crate::relay::Relay;

/// `coram doctor` of a node, with the arguments of `coram dkg` over the network.
fn doctor(cluster: &Cluster, node: u16) -> Command {
    let mut command = coram();
    command.arg("doctor").arg("--data-dir").arg(cluster.node(node));
    command.arg("--definition-file").arg(cluster.definition());
    command
}

/// A node that answers every request so.
fn node(cluster: &Cluster, node: u16, answer: Script) -> Peer {
    Peer::answering(identity(&cluster.node(node)), BOARD, Box::new(move |_, _| Some(answer.clone())))
}

fn findings(report: &Report, id: &str) -> String {
    report.check(id)["findings"].to_string()
}

/// Answers every HTTP request with the same, for as long as the test runs.
fn serve(body: Vec<u8>, date: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = stream.read(&mut [0; 4096]);
            let _ = write!(stream, "HTTP/1.1 200 OK\r\nConnection: close\r\nDate: {date}\r\n\r\n");
            let _ = stream.write_all(&body);
        }
    });
    url
}

#[test]
fn operators_that_run_the_ceremony_are_found_and_those_that_do_not_are_named() {
    let cluster = Cluster::new(4, 3, 1);
    let running: Vec<Peer> = [1, 2].map(|index| node(&cluster, index, Script::bytes(have(vec![])))).into();
    let away = format!("/ip4/127.0.0.1/tcp/{}/p2p/{}", free_port(), peer_id(&cluster.node(3)));
    // One is named without its peer ID.
    let first = running[0].listen().to_string();
    let first = first.split("/p2p/").next().unwrap();
    let peers = [first.to_owned(), running[1].listen().to_string(), away];
    let report = examine(doctor(&cluster, 0).args(["--peer", &peers.join(",")]));
    report.only_warns("peer.reachable");
    let reachable = &report.check("peer.reachable")["findings"];
    let results: Vec<&str> = (0..3).map(|place| reachable[place]["result"].as_str().unwrap()).collect();
    assert_eq!(results, ["pass", "pass", "warn"], "{reachable}");
    assert!(reachable[2]["found"].as_str().unwrap().contains("operator 4"), "{reachable}");
    assert!(reachable[2]["found"].as_str().unwrap().contains("nothing listens there"), "{reachable}");
    assert_eq!(report.result("peer.agrees"), "pass");
    assert_eq!(report.check("peer.agrees")["findings"].as_array().unwrap().len(), 2);
}

#[test]
fn whoever_asks_the_doctor_is_told_that_it_is_no_operator() {
    let cluster = Cluster::new(3, 2, 1);
    let slow = Script::default().pause(Duration::from_secs(2)).then(have(vec![]));
    let peer = node(&cluster, 1, slow);
    let address = peer.listen().to_string();
    let examination = std::thread::spawn({
        let mut command = doctor(&cluster, 0);
        move || examine(command.args(["--peer", &address]))
    });
    let me = identity(&cluster.node(0)).public().to_peer_id();
    wait_until("the doctor is connected", || peer.connections_to(&me) > 0);
    let answer = peer.ask(me, Script::bytes(sync([0; 32], vec![]))).unwrap();
    assert_eq!(answer[4], 5, "not refused");
    assert!(String::from_utf8_lossy(&answer).contains("coram doctor"));
    assert_eq!(examination.join().unwrap().result("peer.agrees"), "pass");
}

#[test]
fn operators_in_another_ceremony_or_version_are_named() {
    let cluster = Cluster::new(4, 3, 1);
    // What operator 2 would show: its Join for another attempt.
    let process = {
        let log = fs::File::create(cluster.path("log")).unwrap();
        let mut dkg = cluster.dkg(1);
        dkg.args(["--attempt", "1"]).stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap()
    };
    wait_until("operator 2 has joined", || !cluster.published("join", 2).is_empty());
    let mut process = process;
    process.kill().unwrap();
    process.wait().unwrap();
    fs::remove_dir_all(cluster.node(1).join("coram")).unwrap();
    let join = fs::read(&cluster.published("join", 2)[0]).unwrap();

    let peer = node(&cluster, 1, Script::bytes(other([9; 32], join)));
    let report = examine(doctor(&cluster, 0).args(["--peer", &peer.listen().to_string()]));
    assert_eq!((report.result("peer.agrees"), report.code), ("fail", 8), "{}", report.json);
    let found = findings(&report, "peer.agrees");
    assert!(found.contains("operator 2") && found.contains("to attempt 1, and this is attempt 0"), "{found}");
    assert!(report.stderr.contains("error[ceremony.disagreement]"), "{}", report.stderr);

    let peer = node(&cluster, 2, Script::bytes(other([9; 32], vec![])));
    let report = examine(doctor(&cluster, 0).args(["--peer", &peer.listen().to_string()]));
    assert_eq!((report.result("peer.agrees"), report.code), ("fail", 8), "{}", report.json);

    let peer = Peer::new(identity(&cluster.node(3)), "/coram/board/2");
    let report = examine(doctor(&cluster, 0).args(["--peer", &peer.listen().to_string()]));
    assert_eq!((report.result("peer.agrees"), report.code), ("fail", 8), "{}", report.json);
    let found = findings(&report, "peer.agrees");
    assert!(found.contains("operator 4") && found.contains("another version"), "{found}");
}

#[test]
fn a_stranger_in_an_operators_place_is_noticed() {
    let cluster = Cluster::new(3, 2, 1);
    let peer = Peer::new(stranger(), BOARD);
    let address = peer.listen().to_string();
    let place = address.split("/p2p/").next().unwrap();
    let named = format!("{place}/p2p/{}", peer_id(&cluster.node(1)));
    for address in [place, &named] {
        let report =
            examine(doctor(&cluster, 0).args(["--peer", address, "--p2p-tcp-address", "0.0.0.0:3610"]));
        report.only("peer.reachable", 5, "network.other-peer");
        assert!(findings(&report, "peer.reachable").contains(&peer.id.to_string()));
    }
}

#[test]
fn a_port_that_is_taken_is_noticed() {
    let net = Net::of_four();
    let taken = TcpListener::bind(net.listens_at(0)).unwrap();
    let (place, peers) = (net.listens_at(0).to_string(), net.others(0).join(","));
    let examine = || examine(doctor(&net.cluster, 0).args(["--p2p-tcp-address", &place, "--peer", &peers]));
    examine().only("network.listen", 7, "network.listen");
    drop(taken);
    assert_eq!(examine().result("network.listen"), "pass");
}

#[test]
fn operators_who_cannot_meet_are_named() {
    let cluster = Cluster::new(4, 3, 1);
    let report = examine(&mut doctor(&cluster, 0));
    report.only("network.ways", 5, "network.no-way");
    let found = findings(&report, "network.ways");
    assert!((2..=4).all(|index| found.contains(&format!("operator {index}"))), "{found}");

    // Somebody whom only others know can pass messages on.
    let address = format!("/ip4/127.0.0.1/tcp/{}/p2p/{}", free_port(), peer_id(&cluster.node(1)));
    let report = examine(doctor(&cluster, 0).args(["--peer", &address]));
    assert_eq!((report.result("network.ways"), report.code), ("warn", 0));
    // The others can be told of a port that is chosen.
    let report =
        examine(doctor(&cluster, 0).args(["--p2p-tcp-address", &format!("0.0.0.0:{}", free_port())]));
    assert_eq!((report.result("network.ways"), report.code), ("pass", 0));
}

#[test]
fn a_relays_url_that_leads_to_no_relay_is_noticed() {
    let cluster = Cluster::new(3, 2, 1);
    let now = "Sun, 06 Nov 1994 08:49:37 GMT";
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let bad = [
        ("refused", format!("http://127.0.0.1:{}/", free_port())),
        ("neither with a record nor", serve(b"<html>\x1b[2J</html>".to_vec(), now)),
        ("more than 65536 bytes", serve(vec![b'['; 8 << 20], now)),
        ("timeout", format!("http://{}/", silent.local_addr().unwrap())),
        ("timeout", format!("http://{}/second", silent.local_addr().unwrap())),
        ("timeout", format!("http://{}/third", silent.local_addr().unwrap())),
        ("no address", serve(cluster_record(&cluster), now)),
    ];
    let urls: Vec<&str> = bad.iter().map(|(_, url)| url.as_str()).collect();
    let started = Instant::now();
    let report = examine(doctor(&cluster, 0).args(["--p2p-relays", &urls.join(",")]));
    assert!(started.elapsed() < Duration::from_secs(25), "they are asked at the same time, each for 10 s");
    report.only("relay.answers", 5, "network.relay");
    assert_eq!((report.result("relay.reserves"), report.result("relay.boards")), ("skipped", "skipped"));
    for (place, (reason, url)) in bad.iter().enumerate() {
        let found = report.check("relay.answers")["findings"][place]["found"].as_str().unwrap();
        assert!(found.contains(reason) && found.contains(url), "{found} is not {reason}");
    }
    // Their clocks are looked at nevertheless.
    assert_eq!(report.result("clock.compared"), "warn");
    assert!(findings(&report, "clock.compared").contains("ahead"));
}

/// The node record of an operator, which has no address in it.
fn cluster_record(cluster: &Cluster) -> Vec<u8> {
    run(coram().args(["enr", "show", "--data-dir"]).arg(cluster.node(0))).into_bytes()
}

#[test]
fn a_relay_that_is_not_there_is_noticed() {
    let cluster = Cluster::new(3, 2, 1);
    let peer = Peer::new(stranger(), BOARD);
    // One is away, and one is no relay.
    let away = format!("/ip4/127.0.0.1/tcp/{}/p2p/{}", free_port(), peer.id);
    let list = serde_json::to_vec(std::slice::from_ref(&away)).unwrap();
    let url = serve(list, "Sun, 06 Nov 1994 08:49:37 GMT");
    for relay in [away, url, peer.listen().to_string()] {
        let report = examine(doctor(&cluster, 0).args(["--p2p-relays", &relay]));
        report.only("relay.reserves", 5, "network.relay");
        assert_eq!(report.result("relay.answers"), "pass");
    }
}

#[test]
fn running_operators_answer_and_are_not_disturbed() {
    let net = Net::of_four();
    let mut nodes: Vec<_> = (1..4).map(|node| net.start(node, &net.others(node))).collect();
    net.wait("three have joined", PATIENCE, || {
        (1..4).all(|node| (2..=4).all(|author| net.has(node, "join", author)))
    });
    let peers = net.others(0).join(",");
    let report = examine(doctor(&net.cluster, 0).args(["--peer", &peers]));
    assert_eq!((report.with("fail"), report.with("warn")), (vec![], vec![]), "{}", report.json);
    let findings = report.check("peer.agrees")["findings"].as_array().unwrap();
    assert!(
        findings.len() == 3 && findings.iter().all(|found| found["values"]["messages"] == 3),
        "{findings:?}"
    );

    let report = examine(doctor(&net.cluster, 0).args(["--no-commits", "--peer", &peers]));
    report.only("peer.agrees", 8, "ceremony.disagreement");
    let found = report.check("peer.agrees").to_string();
    assert!(found.contains("joined under other terms: commits is"), "{found}");

    nodes.push(net.start(0, &net.others(0)));
    net.finish(nodes, PATIENCE);
    net.check_locks();
    for node in 1..4 {
        let log = net.log(&format!("node{node}"));
        let is_blamed = |line: &&str| line.contains("another") || line.contains("does not know");
        assert_eq!(
            log.lines().find(is_blamed),
            None,
            "somebody took the doctor for an operator that disagrees"
        );
    }
}

#[test]
fn an_operator_that_does_not_know_us_is_named() {
    let net = Net::of_four();
    // Its definition has somebody else in our place.
    let stranger = run(coram().args(["enr", "new", "--data-dir"]).arg(net.cluster.path("else")));
    let show = |node| run(coram().args(["enr", "show", "--data-dir"]).arg(net.cluster.node(node)));
    let records: Vec<String> = std::iter::once(stranger).chain((1..4).map(show)).collect();
    let records: Vec<&str> = records.iter().map(|record| record.trim()).collect();
    let account = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";
    run(coram()
        .args(["definition", "new", "--network", "hoodi", "--name", "other", "--output-dir"])
        .arg(net.cluster.path("other"))
        .args(["--fee-recipient-addresses", account, "--withdrawal-addresses", account])
        .args(["--operator-enrs", &records.join(",")]));
    let definition = net.cluster.path("other/cluster-definition.json");
    let mut dkg = net.dkg_in(&net.cluster.node(1), &definition, net.listens_at(1), &[] as &[&str]);
    let _node = net.spawn("node1", &mut dkg);
    net.wait("operator 2 has joined", PATIENCE, || net.board_size(1) > 0);
    let report = examine(doctor(&net.cluster, 0).args(["--peer", &net.address(1)]));
    report.only("peer.agrees", 8, "ceremony.disagreement");
    let found = report.check("peer.agrees").to_string();
    assert!(found.contains("does not know our identity"), "{found}");
}

#[test]
fn relays_are_tried_and_operators_through_them() {
    let net = Net::of_four();
    let relay = Relay::start(&net, free_port(), false, |command| command);
    let mut dkg = net.dkg(1, &[] as &[&str]);
    let _node = net.spawn("node1", dkg.args(["--p2p-relays", relay.address()]));
    net.wait("operator 2 has joined", PATIENCE, || net.has(1, "join", 2));
    let url = serve(serde_json::to_vec(&[relay.address()]).unwrap(), "Sun, 06 Nov 1994 08:49:37 GMT");
    let tried = |relays: &str| examine(doctor(&net.cluster, 0).args(["--p2p-relays", relays]));
    // The reservation of operator 2 may take a moment.
    let mut report = tried(&url);
    net.wait("operator 2 is reached through the relay", PATIENCE, || {
        report = tried(&url);
        report.result("peer.agrees") == "pass"
    });
    for id in ["relay.answers", "relay.reserves", "network.ways"] {
        assert_eq!(report.result(id), "pass", "{}", report.json);
    }
    let found = report.check("peer.reachable")["findings"][0]["found"].as_str().unwrap();
    assert!(found.contains("operator 2") && found.contains("through a relay"), "{found}");
    assert_eq!(
        (report.result("peer.reachable"), report.code),
        ("warn", 0),
        "operators 3 and 4 are not there"
    );

    // One relay that works is enough.
    let away = format!("/ip4/127.0.0.1/tcp/{}/p2p/{}", free_port(), peer_id(&net.cluster.node(3)));
    let report = tried(&format!("{},{away}", relay.address()));
    assert_eq!((report.result("relay.reserves"), report.code), ("warn", 0), "{}", report.json);
}

#[test]
fn over_quic_it_is_the_same() {
    let net = Net::new(4, 3, 1, Transport::Quic);
    let _node = net.start(1, &net.others(1));
    net.wait("operator 2 has joined", PATIENCE, || net.has(1, "join", 2));
    let port = UdpSocket::bind("127.0.0.1:0").unwrap();
    let place = port.local_addr().unwrap().to_string();
    let report =
        examine(doctor(&net.cluster, 0).args(["--peer", &net.address(1), "--p2p-udp-address", &place]));
    report.only("network.listen", 7, "network.listen");
    assert_eq!(report.result("peer.agrees"), "pass", "{}", report.json);
}
