//! Frames from strangers: what all of them send at the same time has one amount of memory.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use coram_ceremony::frame::Answer;
use futures::{AsyncRead, AsyncWrite};
use libp2p::{StreamProtocol, request_response};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::network::codec::{Codec, Received};

/// The largest frame, in bytes.
pub const MAX_FRAME: usize = 16 << 20;
/// Room for frames that are on their way in, all together, in bytes.
const MEMORY: usize = 256 << 20;
/// In pieces of so many bytes is memory given out: to what arrives, not to what was announced.
const PIECE: usize = 16 * 1024;

/// Reads and writes frames within one amount of memory.
#[derive(Clone, Debug)]
pub struct BoundedCodec {
    frames: Codec,
    memory: Arc<Semaphore>,
}

impl BoundedCodec {
    /// A codec; its clones share the memory.
    pub fn new() -> Self {
        Self { frames: Codec { limit: MAX_FRAME }, memory: Arc::new(Semaphore::new(MEMORY)) }
    }
}

/// A stream of which no more is read than there is memory for.
struct Metered<'a, T> {
    stream: &'a mut T,
    memory: Arc<Semaphore>,
    held: Option<OwnedSemaphorePermit>,
    left: usize,
}

impl<'a, T> Metered<'a, T> {
    fn new(stream: &'a mut T, memory: &Arc<Semaphore>) -> Self {
        Self { stream, memory: Arc::clone(memory), held: None, left: 0 }
    }

    /// Takes another piece of memory.
    fn take_piece(&mut self) -> io::Result<()> {
        let piece = Arc::clone(&self.memory).try_acquire_many_owned(PIECE as u32);
        // Whoever waited for memory would hold a stream meanwhile; it tries again later instead.
        let piece =
            piece.map_err(|_| io::Error::new(io::ErrorKind::OutOfMemory, "too many frames at once"))?;
        match &mut self.held {
            Some(held) => held.merge(piece),
            None => self.held = Some(piece),
        }
        self.left += PIECE;
        Ok(())
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for Metered<'_, T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        if self.left == 0 {
            self.take_piece()?;
        }
        let len = buffer.len().min(self.left);
        let buffer = buffer.get_mut(..len).unwrap_or_default();
        let read = Pin::new(&mut *self.stream).poll_read(context, buffer);
        if let Poll::Ready(Ok(bytes)) = &read {
            self.left -= (*bytes).min(self.left);
        }
        read
    }
}

impl request_response::Codec for BoundedCodec {
    type Protocol = StreamProtocol;
    type Request = Received;
    type Response = Answer;

    async fn read_request<T>(&mut self, protocol: &StreamProtocol, io: &mut T) -> io::Result<Received>
    where
        T: AsyncRead + Unpin + Send,
    {
        self.frames.read_request(protocol, &mut Metered::new(io, &self.memory)).await
    }

    async fn read_response<T>(&mut self, protocol: &StreamProtocol, io: &mut T) -> io::Result<Answer>
    where
        T: AsyncRead + Unpin + Send,
    {
        self.frames.read_response(protocol, &mut Metered::new(io, &self.memory)).await
    }

    async fn write_request<T>(
        &mut self,
        protocol: &StreamProtocol,
        io: &mut T,
        request: Received,
    ) -> io::Result<()>
    where
        T: AsyncWrite + Unpin + Send,
    {
        self.frames.write_request(protocol, io, request).await
    }

    async fn write_response<T>(
        &mut self,
        protocol: &StreamProtocol,
        io: &mut T,
        answer: Answer,
    ) -> io::Result<()>
    where
        T: AsyncWrite + Unpin + Send,
    {
        self.frames.write_response(protocol, io, answer).await
    }
}
