//! What a relay says over HTTP.
//!
//! | path       | answer                                                                                      |
//! |------------|---------------------------------------------------------------------------------------------|
//! | `/`        | its multiaddrs, a JSON list: what `--p2p-relays` expects behind a URL, as Charon's relay has it |
//! | `/enr`     | its node record, if it announces an IPv4 address and a TCP port                             |
//! | `/metrics` | what it counted, for Prometheus                                                             |
//! | `/healthz` | 200 while it listens and its loop turns                                                     |

mod socket;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use prometheus_client::registry::Registry;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use self::socket::BoundedListener;
use crate::failure::{Exit, Failure};

/// After so long without a turn, the loop counts as stuck.
const STUCK: Duration = Duration::from_secs(30);
const PROMETHEUS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// What others are told about where the relay is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Announcement {
    /// Its multiaddrs, with its peer ID.
    pub multiaddrs: Vec<String>,
    /// Its node record, if it has the addresses that one needs.
    pub record: Option<String>,
}

/// When the loop turned last.
#[derive(Clone, Debug)]
pub struct Pulse {
    start: Instant,
    last: Arc<AtomicU64>,
}

impl Pulse {
    /// A pulse that begins now.
    pub fn new() -> Self {
        Self { start: Instant::now(), last: Arc::default() }
    }

    /// The loop turned.
    pub fn beat(&self) {
        self.last.store(self.start.elapsed().as_secs(), Ordering::Relaxed);
    }

    fn age(&self) -> Duration {
        let last = Duration::from_secs(self.last.load(Ordering::Relaxed));
        self.start.elapsed().saturating_sub(last)
    }
}

/// What is answered from.
#[derive(Clone)]
pub struct Site {
    /// Where the relay is.
    pub announcement: watch::Receiver<Announcement>,
    /// What it counted.
    pub registry: Arc<Registry>,
    /// Whether it is alive.
    pub pulse: Pulse,
}

/// Serves until the task is aborted; returns where.
pub async fn serve(address: SocketAddr, site: Site) -> Result<(SocketAddr, JoinHandle<()>), Failure> {
    let failed = |error: std::io::Error| {
        Failure::new(Exit::Usage, "relay.http-address", format!("cannot listen on {address}: {error}"))
            .help("give another address with --http-address")
    };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let router = Router::new()
        .route("/", get(multiaddrs))
        .route("/enr", get(record))
        .route("/metrics", get(metrics))
        .route("/healthz", get(health))
        .with_state(site);
    let task = tokio::spawn(async move {
        if let Err(error) = axum::serve(BoundedListener::new(listener), router).await {
            tracing::error!(%error, "http ended");
        }
    });
    Ok((address, task))
}

async fn multiaddrs(State(site): State<Site>) -> Json<Vec<String>> {
    Json(site.announcement.borrow().multiaddrs.clone())
}

async fn record(State(site): State<Site>) -> Response {
    match &site.announcement.borrow().record {
        Some(record) => record.clone().into_response(),
        None => {
            let why =
                "no record: this relay announces no IPv4 address with a TCP port; its multiaddrs are at /\n";
            (StatusCode::NOT_FOUND, why).into_response()
        }
    }
}

async fn metrics(State(site): State<Site>) -> Response {
    let mut text = String::new();
    match prometheus_client::encoding::text::encode(&mut text, &site.registry) {
        Ok(()) => ([(header::CONTENT_TYPE, PROMETHEUS)], text).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

async fn health(State(site): State<Site>) -> Response {
    let stuck = site.pulse.age();
    if stuck > STUCK {
        let why = format!("the loop has not turned for {} s\n", stuck.as_secs());
        return (StatusCode::SERVICE_UNAVAILABLE, why).into_response();
    }
    if site.announcement.borrow().multiaddrs.is_empty() {
        return (StatusCode::SERVICE_UNAVAILABLE, "not listening\n").into_response();
    }
    "ok\n".into_response()
}
