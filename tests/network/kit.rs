//! The kit that the network is tested with does what it says: a proxy that loses nothing would let every test of loss pass.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::time::{Duration, Instant};

use crate::common::wait_until;
use crate::islands::{Islands, Port};
use crate::net::{Net, Transport, free_port};
use crate::peer::{BOARD, Peer, Script, framed, stranger};
use crate::proxy::{Faults, Line, Proxy};

const LATENCY: Duration = Duration::from_millis(100);
/// Whoever answers does so before.
const PATIENCE: Duration = Duration::from_secs(20);

/// A server that sends back what it gets, for as long as the test runs.
fn echo_tcp() -> SocketAddr {
    echo_tcp_at(0)
}

fn echo_tcp_at(port: u16) -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || {
                let (mut from, mut to) = (stream.try_clone().unwrap(), stream);
                let _ = std::io::copy(&mut from, &mut to);
            });
        }
    });
    address
}

fn echo_udp() -> SocketAddr {
    echo_udp_at(0)
}

fn echo_udp_at(port: u16) -> SocketAddr {
    let socket = UdpSocket::bind(("127.0.0.1", port)).unwrap();
    let address = socket.local_addr().unwrap();
    std::thread::spawn(move || {
        let mut buffer = [0; 2048];
        while let Ok((count, from)) = socket.recv_from(&mut buffer) {
            let _ = socket.send_to(&buffer[..count], from);
        }
    });
    address
}

fn connect(proxy: &Proxy) -> TcpStream {
    let stream = TcpStream::connect(proxy.address()).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// Sends bytes and reads them back.
fn round_trip(stream: &mut TcpStream, bytes: &[u8]) -> std::io::Result<Duration> {
    let start = Instant::now();
    stream.write_all(bytes)?;
    let mut back = vec![0; bytes.len()];
    stream.read_exact(&mut back)?;
    assert_eq!(back, bytes, "in order");
    Ok(start.elapsed())
}

#[test]
fn a_stream_arrives_late_and_in_order() {
    let faults = Faults { latency: LATENCY, loss: 0.3, ..Faults::default() };
    let proxy = Proxy::tcp(echo_tcp(), faults);
    let mut stream = connect(&proxy);
    assert!(round_trip(&mut stream, b"hello").unwrap() >= 2 * LATENCY);
    let bytes: Vec<u8> = (0..1_000_000_u32).map(|number| (number % 251) as u8).collect();
    let mut writer = stream.try_clone().unwrap();
    let expected = bytes.clone();
    let sender = std::thread::spawn(move || writer.write_all(&bytes).unwrap());
    let mut back = vec![0; expected.len()];
    stream.read_exact(&mut back).unwrap();
    sender.join().unwrap();
    assert!(back == expected, "in order");
    assert!(proxy.lost() > 0, "chunks of which some had to be sent twice");
    // What has arrived is counted a moment later.
    wait_until("every byte is counted", || proxy.bytes() >= 2 * (5 + expected.len() as u64));
    assert_eq!(proxy.bytes(), 2 * (5 + expected.len() as u64));
}

#[test]
fn a_silent_line_delays_and_a_cut_line_resets() {
    let proxy = Proxy::tcp(echo_tcp(), Faults::default());
    let mut stream = connect(&proxy);
    round_trip(&mut stream, b"up").unwrap();
    proxy.set(Line::Silent);
    stream.write_all(b"later").unwrap();
    stream.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
    let mut back = [0; 5];
    assert!(stream.read_exact(&mut back).is_err(), "nothing arrives");
    proxy.set(Line::Up);
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.read_exact(&mut back).unwrap();
    assert_eq!(&back, b"later");

    proxy.set(Line::Cut);
    assert!(!matches!(stream.read(&mut back), Ok(1..)), "the connection is gone");
    assert!(round_trip(&mut connect(&proxy), b"new").is_err(), "and there are no new ones");
    proxy.set(Line::Up);
    round_trip(&mut connect(&proxy), b"up again").unwrap();
}

#[test]
fn connections_do_not_outlive_their_time() {
    let lifetime = Some(Duration::from_millis(200));
    let proxy = Proxy::tcp(echo_tcp(), Faults { lifetime, ..Faults::default() });
    let start = Instant::now();
    let mut stream = connect(&proxy);
    while round_trip(&mut stream, b"still there").is_ok() {
        assert!(start.elapsed() < PATIENCE, "it lives on");
    }
    assert!(start.elapsed() >= Duration::from_millis(90), "{:?}", start.elapsed());
}

#[test]
fn datagrams_are_lost_at_the_rate_asked_for_and_arrive_late() {
    let faults = Faults { latency: LATENCY, loss: 0.2, ..Faults::default() };
    let proxy = Proxy::udp(echo_udp(), faults);
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(2))).unwrap();
    let sender = socket.try_clone().unwrap();
    let start = Instant::now();
    let sent = std::thread::spawn(move || {
        for number in 0..500_u32 {
            sender.send_to(&number.to_le_bytes(), proxy.address()).unwrap();
            // Slowly: what a queue has no room for is lost too.
            std::thread::sleep(Duration::from_millis(1));
        }
        proxy
    });
    let mut buffer = [0; 4];
    socket.recv(&mut buffer).unwrap();
    assert!(start.elapsed() >= 2 * LATENCY, "{:?}", start.elapsed());
    let arrived = 1 + std::iter::from_fn(|| socket.recv(&mut buffer).ok()).count();
    let proxy = sent.join().unwrap();
    // Both ways: 0.8 * 0.8 of 500 is 320.
    assert!((260..380).contains(&arrived), "{arrived} of 500");

    proxy.set(Line::Silent);
    socket.send_to(b"lost", proxy.address()).unwrap();
    assert!(socket.recv(&mut buffer).is_err());
}

#[test]
fn a_peer_sends_and_answers_any_bytes() {
    let answerer = Box::new(|_, request: Vec<u8>| {
        (request.len() > 5).then(|| Script::bytes(framed(b"an answer")).pause(Duration::from_millis(50)))
    });
    let server = Peer::answering(stranger(), BOARD, answerer);
    let address = server.listen().to_string();
    let client = Peer::new(stranger(), BOARD);
    assert_eq!(client.dial(&address).unwrap(), server.id);
    let slowly = Script::slowly(&framed(b"a question"), Duration::from_millis(5));
    assert_eq!(client.ask(server.id, slowly).unwrap(), framed(b"an answer"));
    assert_eq!(server.seen().asked, [(client.id, framed(b"a question"))]);
    assert!(client.ask(server.id, Script::bytes(framed(b"?"))).is_err(), "it hangs up");

    // A second connection beside the first, and another protocol.
    client.dial(&address).unwrap();
    assert_eq!(client.connections_to(&server.id), 2);
    let other = Peer::new(stranger(), "/coram/board/2");
    other.dial(&address).unwrap();
    let error = other.ask(server.id, Script::bytes(framed(b"a question"))).unwrap_err();
    assert!(error.contains("protocol"), "{error}");
    drop(client);
    wait_until("the end of its connections", || {
        server.connections_to(&other.id) == 1 && server.seen().closed.len() >= 2
    });
}

const PORT: &str = "CORAM_TEST_PORT";
/// Set where nobody is expected to answer.
const IN_VAIN: &str = "CORAM_TEST_IN_VAIN";

fn asked_port() -> Option<u16> {
    std::env::var(PORT).ok()?.parse().ok()
}

/// In an island: sends back what it gets.
#[test]
#[ignore = "a helper process of the other tests"]
fn echo() {
    let Some(port) = asked_port() else { return };
    echo_tcp_at(port);
    echo_udp_at(port + 1);
    eprintln!("ready");
    std::thread::sleep(Duration::from_secs(600));
}

/// In an island: says who answers.
#[test]
#[ignore = "a helper process of the other tests"]
fn call() {
    let Some(port) = asked_port() else { return };
    let patience = if std::env::var_os(IN_VAIN).is_some() { Duration::from_millis(300) } else { PATIENCE };
    let stream = TcpStream::connect(("127.0.0.1", port));
    let answers = stream.and_then(|mut stream| {
        stream.set_read_timeout(Some(patience))?;
        round_trip(&mut stream, b"hello")
    });
    eprintln!("stream: {}", answers.is_ok());
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(patience)).unwrap();
    let mut buffer = [0; 4];
    let answers = (0..5_u32).filter(|number| {
        socket.send_to(&number.to_le_bytes(), ("127.0.0.1", port + 1)).unwrap();
        socket.recv(&mut buffer).is_ok_and(|_| buffer == number.to_le_bytes())
    });
    eprintln!("datagrams: {}", answers.count());
}

#[test]
fn islands_are_reached_over_lines_and_in_no_other_way() {
    let net = Net::new(4, 3, 1, Transport::Tcp);
    let number = free_port();
    let ports =
        [Port { number, transport: Transport::Tcp }, Port { number: number + 1, transport: Transport::Quic }];
    let Some(mut islands) = Islands::of(&net, &[("server", &ports)]) else { return };
    let command = |test: &str| {
        let mut command = std::process::Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", test, "--ignored", "--nocapture"]).env(PORT, number.to_string());
        command
    };
    let _server = net.spawn("server", &mut islands.on("server", &command("kit::echo")));
    wait_until("the server", || net.log("server").contains("ready"));
    let call = |islands: &Islands, node: &str, name: &str, in_vain: bool| {
        let mut command = command("kit::call");
        if in_vain {
            command.env(IN_VAIN, "1");
        }
        let caller = net.spawn(name, &mut islands.on(node, &command));
        assert_eq!(net.exit_code(caller, Duration::from_secs(120)), Some(0), "{}", net.logs());
        net.log(name)
    };
    islands.connect("node0", "server", Faults::default());
    let log = call(&islands, "node0", "first", false);
    assert!(log.contains("stream: true") && log.contains("datagrams: 5"), "{log}");
    let log = call(&islands, "node1", "second", true);
    assert!(log.contains("stream: false") && log.contains("datagrams: 0"), "no line, no way: {log}");
    islands.set("node0", "server", Line::Silent);
    let log = call(&islands, "node0", "third", true);
    assert!(log.contains("stream: false") && log.contains("datagrams: 0"), "{log}");
    islands.set("node0", "server", Line::Up);
    assert!(call(&islands, "node0", "fourth", false).contains("stream: true"));
}
