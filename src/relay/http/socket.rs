//! Sockets of HTTP clients, bounded: how many there are, how long each lasts, how much it may send. A client that sends its
//! request a byte a minute, or for ever, holds one of them for a short while and nothing else.

use std::future::Future as _;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::serve::Listener;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, Sleep, sleep_until};

/// Most clients at once; others wait until one of them is done.
const MAX_CLIENTS: usize = 64;
/// How long one client is served. Every answer is made at once; this is for its way.
const LIFETIME: Duration = Duration::from_secs(10);
/// Most that one client may send, in bytes: some requests in a row, with the headers that proxies add.
const MAX_REQUESTS: usize = 64 * 1024;
/// How long to wait when the system has no socket to give.
const OUT_OF_SOCKETS: Duration = Duration::from_millis(200);

/// Accepts bounded sockets.
pub struct BoundedListener {
    listener: TcpListener,
    clients: Arc<Semaphore>,
}

impl BoundedListener {
    /// Takes over a listener.
    pub fn new(listener: TcpListener) -> Self {
        Self { listener, clients: Arc::new(Semaphore::new(MAX_CLIENTS)) }
    }
}

impl Listener for BoundedListener {
    type Io = BoundedSocket;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            // The semaphore is never closed.
            let Ok(place) = Arc::clone(&self.clients).acquire_owned().await else { continue };
            match self.listener.accept().await {
                Ok((stream, address)) => return (BoundedSocket::new(stream, place), address),
                Err(error) => {
                    tracing::debug!(%error, "http: no socket");
                    tokio::time::sleep(OUT_OF_SOCKETS).await;
                }
            }
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.listener.local_addr()
    }
}

/// A client's socket, which fails when its time or its bytes are used up.
pub struct BoundedSocket {
    stream: TcpStream,
    until: Pin<Box<Sleep>>,
    bytes_left: usize,
    _place: OwnedSemaphorePermit,
}

impl BoundedSocket {
    fn new(stream: TcpStream, place: OwnedSemaphorePermit) -> Self {
        let until = Box::pin(sleep_until(Instant::now() + LIFETIME));
        Self { stream, until, bytes_left: MAX_REQUESTS, _place: place }
    }

    /// Fails when time is up; otherwise sees to it that the task is woken then.
    fn check_time(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        match self.until.as_mut().poll(context) {
            Poll::Ready(()) => Err(io::ErrorKind::TimedOut.into()),
            Poll::Pending => Ok(()),
        }
    }
}

impl AsyncRead for BoundedSocket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.check_time(context)?;
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        let bytes = buffer.filled().len() - before;
        match self.bytes_left.checked_sub(bytes) {
            Some(left) => self.bytes_left = left,
            None => return Poll::Ready(Err(io::Error::other("the client sent too much"))),
        }
        read
    }
}

impl AsyncWrite for BoundedSocket {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.check_time(context)?;
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
