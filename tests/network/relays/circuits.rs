//! Two peers who reach each other through the relay alone.

use std::time::Duration;

use futures::StreamExt as _;
use libp2p::multiaddr::Protocol;
use libp2p::request_response::{self, ProtocolSupport};
use libp2p::swarm::{NetworkBehaviour, SwarmEvent};
use libp2p::{Multiaddr, PeerId, StreamProtocol, Swarm, SwarmBuilder, identify, noise, relay, tcp, yamux};
use tokio::time::timeout;

use super::kit::{PATIENCE, Relay};
use codec::Bytes;

/// More than a circuit of a relay with libp2p's own limits carries.
const LARGE: usize = 300_000;

#[derive(NetworkBehaviour)]
struct Behaviour {
    relay: relay::client::Behaviour,
    identify: identify::Behaviour,
    bytes: request_response::Behaviour<Bytes>,
}

/// Frames of any bytes.
mod codec {
    use std::io;

    use futures::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
    use libp2p::{StreamProtocol, request_response::Codec};

    #[derive(Clone, Default)]
    pub struct Bytes;

    async fn read<T: AsyncRead + Unpin + Send>(io: &mut T) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        io.take(super::LARGE as u64).read_to_end(&mut bytes).await?;
        Ok(bytes)
    }

    impl Codec for Bytes {
        type Protocol = StreamProtocol;
        type Request = Vec<u8>;
        type Response = Vec<u8>;

        async fn read_request<T: AsyncRead + Unpin + Send>(
            &mut self,
            _: &StreamProtocol,
            io: &mut T,
        ) -> io::Result<Vec<u8>> {
            read(io).await
        }

        async fn read_response<T: AsyncRead + Unpin + Send>(
            &mut self,
            _: &StreamProtocol,
            io: &mut T,
        ) -> io::Result<Vec<u8>> {
            read(io).await
        }

        async fn write_request<T: AsyncWrite + Unpin + Send>(
            &mut self,
            _: &StreamProtocol,
            io: &mut T,
            bytes: Vec<u8>,
        ) -> io::Result<()> {
            io.write_all(&bytes).await
        }

        async fn write_response<T: AsyncWrite + Unpin + Send>(
            &mut self,
            _: &StreamProtocol,
            io: &mut T,
            bytes: Vec<u8>,
        ) -> io::Result<()> {
            io.write_all(&bytes).await
        }
    }
}

fn client() -> Swarm<Behaviour> {
    let behaviour = |key: &libp2p::identity::Keypair, relay| Behaviour {
        relay,
        identify: identify::Behaviour::new(identify::Config::new("/test/1".to_owned(), key.public())),
        bytes: request_response::Behaviour::new(
            [(StreamProtocol::new("/test/bytes/1"), ProtocolSupport::Full)],
            request_response::Config::default(),
        ),
    };
    SwarmBuilder::with_new_identity()
        .with_tokio()
        .with_tcp(tcp::Config::default(), noise::Config::new, yamux::Config::default)
        .unwrap()
        .with_relay_client(noise::Config::new, yamux::Config::default)
        .unwrap()
        .with_behaviour(behaviour)
        .unwrap()
        .build()
}

/// The address of a peer that listens through the relay.
fn through(relay: &Relay, peer: PeerId) -> Multiaddr {
    let relay: Multiaddr = relay.address.parse().unwrap();
    relay.with(Protocol::P2pCircuit).with(Protocol::P2p(peer))
}

/// Asks for a reservation; whether it was granted.
async fn reserve(client: &mut Swarm<Behaviour>, relay: &Relay) -> bool {
    let address: Multiaddr = relay.address.parse().unwrap();
    client.listen_on(address.with(Protocol::P2pCircuit)).unwrap();
    loop {
        match client.select_next_some().await {
            SwarmEvent::NewListenAddr { address, .. } => {
                assert!(address.to_string().contains("/p2p-circuit/"), "{address}");
                return true;
            }
            SwarmEvent::ListenerClosed { .. } => return false,
            _ => {}
        }
    }
}

/// Answers every request with its own bytes.
async fn echo(mut client: Swarm<Behaviour>) {
    loop {
        if let SwarmEvent::Behaviour(BehaviourEvent::Bytes(request_response::Event::Message {
            message: request_response::Message::Request { request, channel, .. },
            ..
        })) = client.select_next_some().await
        {
            client.behaviour_mut().bytes.send_response(channel, request).unwrap();
        }
    }
}

/// Sends a request through the relay; the answer.
async fn ask(client: &mut Swarm<Behaviour>, peer: PeerId, bytes: Vec<u8>) -> Result<Vec<u8>, String> {
    client.behaviour_mut().bytes.send_request(&peer, bytes);
    loop {
        match client.select_next_some().await {
            SwarmEvent::Behaviour(BehaviourEvent::Bytes(event)) => match event {
                request_response::Event::Message {
                    message: request_response::Message::Response { response, .. },
                    ..
                } => return Ok(response),
                request_response::Event::OutboundFailure { error, .. } => return Err(error.to_string()),
                _ => {}
            },
            SwarmEvent::OutgoingConnectionError { error, .. } => return Err(error.to_string()),
            _ => {}
        }
    }
}

async fn within<T>(future: impl Future<Output = T>) -> T {
    timeout(PATIENCE, future).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_peers_meet_on_a_circuit_that_carries_a_dealing() {
    let folder = tempfile::tempdir().unwrap();
    let relay = Relay::start(&folder.path().join("relay"), &[]);
    let (mut alice, mut bob) = (client(), client());
    let peer = *bob.local_peer_id();
    assert!(within(reserve(&mut bob, &relay)).await);
    let bob = tokio::spawn(echo(bob));
    alice.dial(through(&relay, peer)).unwrap();
    let bytes: Vec<u8> = (0..LARGE).map(|i| i as u8).collect();
    assert_eq!(within(ask(&mut alice, peer, bytes.clone())).await, Ok(bytes));
    relay.wait_for("coram_relay_circuits ", 1);
    assert!(
        relay.metric("libp2p_bandwidth_bytes_total{protocols=\"/ip4/tcp\",direction=\"Inbound\"")
            > 2 * LARGE as u64
    );
    bob.abort();
    drop(alice);
    relay.wait_for("coram_relay_circuits ", 0);
    relay.wait_for("coram_relay_connections ", 0);
}

#[cfg(feature = "quic")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_relay_on_quic_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let relay = Relay::start(&folder.path().join("relay"), &["--p2p-udp-address", "127.0.0.1:0"]);
    let addresses: Vec<String> = serde_json::from_str(&relay.get("/").1).unwrap();
    assert!(addresses.iter().any(|address| address.contains("/quic-v1/p2p/")), "{addresses:?}");
    let quic: Multiaddr =
        addresses.iter().find(|address| address.contains("/quic-v1/")).unwrap().parse().unwrap();
    let mut swarm = SwarmBuilder::with_new_identity()
        .with_tokio()
        .with_quic()
        .with_behaviour(|_| libp2p::ping::Behaviour::default())
        .unwrap()
        .build();
    swarm.dial(quic).unwrap();
    let connected = async {
        loop {
            match swarm.select_next_some().await {
                SwarmEvent::ConnectionEstablished { .. } => return,
                SwarmEvent::OutgoingConnectionError { error, .. } => panic!("{error}"),
                _ => {}
            }
        }
    };
    within(connected).await;
    let record = coram_cluster::enr::Enr::parse(&relay.get("/enr").1).unwrap();
    assert!(record.tcp().is_some() && record.udp().is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reservations_are_bounded() {
    let folder = tempfile::tempdir().unwrap();
    let relay = Relay::start(&folder.path().join("relay"), &["--max-reservations", "1"]);
    let (mut first, mut second) = (client(), client());
    assert!(within(reserve(&mut first, &relay)).await);
    assert!(!within(reserve(&mut second, &relay)).await);
    relay.wait_for("coram_relay_refused_total{reason=\"Reservation\"}", 1);
    drop(first);
    within(async {
        while !reserve(&mut client(), &relay).await {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    })
    .await; // the place of somebody who left is free again
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn circuits_are_bounded_in_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let relay = Relay::start(&folder.path().join("relay"), &["--max-circuit-mib", "1"]);
    let (mut alice, mut bob) = (client(), client());
    let peer = *bob.local_peer_id();
    assert!(within(reserve(&mut bob, &relay)).await);
    let bob = tokio::spawn(echo(bob));
    alice.dial(through(&relay, peer)).unwrap();
    let mut sent = 0;
    while within(ask(&mut alice, peer, vec![7; LARGE])).await.is_ok() {
        sent += 2 * LARGE;
        assert!(sent <= 1 << 20, "the circuit carries {sent} bytes");
    }
    assert!(sent > 0);
    bob.abort();
}
