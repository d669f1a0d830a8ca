//! The loop of a relay.

mod exchange;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use coram_cluster::identity::IdentityKey;
use futures::StreamExt as _;
use libp2p::swarm::SwarmEvent;
use libp2p::{Multiaddr, Swarm, relay};
use prometheus_client::registry::Registry;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval, sleep_until};

use self::exchange::Exchange;
use super::addresses::{self, External};
use super::boards::Boards;
use super::home::Home;
use super::http::{self, Announcement, Pulse, Site};
use super::listeners::Listeners;
use super::metrics::Metrics;
use super::server::{Behaviour, BehaviourEvent};
use super::{BoardBounds, Bounds, Settings};
use crate::failure::{Exit, Failure};
use crate::printer;

/// How often the loop turns when nothing happens.
const TICK: Duration = Duration::from_secs(5);
/// How often it looks at what is due on boards. What peers send is acted on at once.
const BOARDS: Duration = Duration::from_millis(100);
/// How often boards that are too old are looked for, at most.
const SWEEP: Duration = Duration::from_secs(60);
/// How long a listener may take until it listens.
const LISTEN: Duration = Duration::from_secs(10);
/// A listener on all interfaces names them one by one; after so long without another, that is all of them.
const SETTLE: Duration = Duration::from_millis(150);

/// A relay that listens.
pub struct Service {
    swarm: Swarm<Behaviour>,
    key: IdentityKey,
    external: External,
    metrics: Metrics,
    exchange: Option<Exchange>,
    listeners: Listeners,
    announced: Vec<Multiaddr>,
    announcement: watch::Sender<Announcement>,
    pulse: Pulse,
    http: JoinHandle<()>,
    stop: Stop,
}

impl Service {
    /// Listens; prints where.
    pub async fn start(
        swarm: Swarm<Behaviour>,
        settings: &Settings,
        home: &Home,
        metrics: Metrics,
        registry: Registry,
    ) -> Result<Self, Failure> {
        let stop = Stop::new()?;
        let open = |bounds: &BoardBounds| {
            Boards::open(&home.boards(), *bounds, metrics.clone(), SystemTime::now()).map(Exchange::new)
        };
        let exchange = settings.boards.as_ref().map(open).transpose()?;
        let (announcement, receiver) = watch::channel(Announcement::default());
        let pulse = Pulse::new();
        let site = Site { announcement: receiver, registry: Arc::new(registry), pulse: pulse.clone() };
        let (address, http) = http::serve(settings.http, site).await?;
        tracing::info!(url = %format_args!("http://{address}/"), "http");
        let external = External { ip: settings.external_ip, hostname: settings.external_hostname.clone() };
        let mut service = Self {
            swarm,
            key: home.identity().clone(),
            external,
            metrics,
            exchange,
            listeners: Listeners::default(),
            announced: Vec::new(),
            announcement,
            pulse,
            http,
            stop,
        };
        service.listen(settings).await?;
        service.print_addresses(&settings.bounds)?;
        Ok(service)
    }

    /// Serves until the process is asked to stop.
    pub async fn run(mut self, boards: Option<BoardBounds>) -> Result<(), Failure> {
        let mut tick = ticks(if boards.is_some() { BOARDS } else { TICK });
        let mut sweep = ticks(boards.map_or(SWEEP, |bounds| SWEEP.min(bounds.age / 2).max(BOARDS)));
        loop {
            tokio::select! {
                event = self.swarm.select_next_some() => self.handle(event),
                _ = tick.tick() => self.speak(),
                _ = sweep.tick() => self.sweep(),
                () = self.stop.asked() => break,
            }
            self.pulse.beat();
        }
        self.http.abort();
        tracing::info!("stopped");
        Ok(())
    }

    fn sweep(&mut self) {
        if let Some(exchange) = &mut self.exchange {
            exchange.boards.sweep(SystemTime::now(), std::time::Instant::now());
        }
    }

    /// Listens on all addresses, and waits until every listener does.
    async fn listen(&mut self, settings: &Settings) -> Result<(), Failure> {
        let tcp = settings.tcp.iter().map(|socket| (*socket, addresses::tcp(*socket)));
        let quic = settings.udp.iter().map(|socket| (*socket, addresses::quic(*socket)));
        let mut wanted = 0;
        settings.tcp.iter().try_for_each(check_free)?;
        for (socket, address) in tcp.chain(quic) {
            let id = self
                .swarm
                .listen_on(address)
                .map_err(|error| cannot_listen(&format!("{socket}: {error}")))?;
            self.listeners.add(id);
            wanted += 1;
        }
        let deadline = Instant::now() + LISTEN;
        loop {
            let is_ready = self.listeners.count_ready() == wanted;
            let until = if is_ready { deadline.min(Instant::now() + SETTLE) } else { deadline };
            tokio::select! {
                event = self.swarm.select_next_some() => self.handle(event),
                () = sleep_until(until) => break,
            }
        }
        if self.listeners.count_ready() < wanted {
            return Err(cannot_listen("some of the addresses"));
        }
        if self.announced.is_empty() {
            let what =
                "no address to tell others: --p2p-external-ip is of another family than what is listened on";
            return Err(Failure::new(Exit::Usage, "relay.external-ip", what)
                .help("listen on an address of the same family too, with --p2p-tcp-address"));
        }
        Ok(())
    }

    fn print_addresses(&self, bounds: &Bounds) -> Result<(), Failure> {
        let multiaddrs = self.announcement.borrow().multiaddrs.clone();
        let peer = self.swarm.local_peer_id();
        tracing::info!(%peer, connections = bounds.connections, reservations = bounds.reservations, "relay");
        printer::result(&multiaddrs.iter().map(|address| format!("{address}\n")).collect::<String>())
    }

    fn handle(&mut self, event: SwarmEvent<BehaviourEvent>) {
        self.metrics.record_swarm(&event);
        match event {
            SwarmEvent::NewListenAddr { listener_id, address } => {
                self.listeners.add_address(listener_id, address);
                self.announce();
            }
            SwarmEvent::ExpiredListenAddr { listener_id, address } => {
                self.listeners.remove_address(listener_id, &address);
                self.announce();
            }
            SwarmEvent::ListenerClosed { listener_id, reason, .. } => {
                self.listeners.remove(listener_id);
                tracing::error!(?reason, "a listener ended");
                self.announce();
            }
            SwarmEvent::ListenerError { error, .. } => tracing::warn!(%error, "a listener failed"),
            SwarmEvent::Behaviour(BehaviourEvent::Relay(event)) => self.handle_relay(&event),
            SwarmEvent::Behaviour(BehaviourEvent::Boards(event)) => self.on_board_event(event),
            SwarmEvent::ConnectionClosed { peer_id, num_established: 0, .. } => {
                self.on_disconnected(&peer_id);
            }
            SwarmEvent::IncomingConnectionError { send_back_addr, error, .. } => {
                tracing::debug!(address = %send_back_addr, %error, "connection refused");
            }
            _ => {}
        }
    }

    fn handle_relay(&self, event: &relay::Event) {
        self.metrics.record_relay(event);
        match event {
            relay::Event::ReservationReqAccepted { src_peer_id: peer, renewed: false } => {
                tracing::info!(%peer, "reservation");
            }
            relay::Event::ReservationReqDenied { src_peer_id: peer, status } => {
                tracing::debug!(%peer, ?status, "reservation refused");
            }
            relay::Event::CircuitReqAccepted { src_peer_id, dst_peer_id } => {
                tracing::info!(from = %src_peer_id, to = %dst_peer_id, "circuit");
            }
            relay::Event::CircuitReqDenied { src_peer_id, dst_peer_id, status } => {
                tracing::debug!(from = %src_peer_id, to = %dst_peer_id, ?status, "circuit refused");
            }
            relay::Event::CircuitClosed { src_peer_id, dst_peer_id, error } => {
                tracing::info!(from = %src_peer_id, to = %dst_peer_id, ?error, "circuit closed");
            }
            _ => {}
        }
    }

    /// Tells others where the relay is now: HTTP clients, and peers with a reservation.
    fn announce(&mut self) {
        let announced = self.external.announce(&self.listeners.addresses());
        for gone in self.announced.iter().filter(|address| !announced.contains(address)) {
            self.swarm.remove_external_address(gone);
        }
        for new in announced.iter().filter(|address| !self.announced.contains(address)) {
            self.swarm.add_external_address(new.clone());
        }
        let record = addresses::record(&self.key, &announced).map(|enr| enr.text().to_owned());
        let multiaddrs = addresses::with_peer(&announced, *self.swarm.local_peer_id());
        self.announcement.send_replace(Announcement { multiaddrs, record });
        self.announced = announced;
    }
}

/// Ticks; those that were missed are not made up for.
fn ticks(every: Duration) -> Interval {
    let mut ticks = interval(every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

/// Refuses an address on which somebody listens. The host would share it with another process of the same user, and peers
/// would reach either of them as it happens.
fn check_free(socket: &SocketAddr) -> Result<(), Failure> {
    std::net::TcpListener::bind(socket)
        .map(drop)
        .map_err(|error| cannot_listen(&format!("{socket}: {error}")))
}

fn cannot_listen(what: &str) -> Failure {
    Failure::new(Exit::Usage, "relay.listen", format!("cannot listen on {what}"))
        .help("give other addresses with --p2p-tcp-address and --p2p-udp-address")
}

/// Ctrl-C and SIGTERM.
struct Stop {
    interrupt: Signal,
    terminate: Signal,
}

impl Stop {
    fn new() -> Result<Self, Failure> {
        let failed = |error: std::io::Error| Failure::new(Exit::Internal, "signals", error.to_string());
        Ok(Self {
            interrupt: signal(SignalKind::interrupt()).map_err(failed)?,
            terminate: signal(SignalKind::terminate()).map_err(failed)?,
        })
    }

    async fn asked(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
