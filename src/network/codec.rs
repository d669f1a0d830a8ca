//! Frames on a stream: four bytes of length, little-endian, then the frame.

#[cfg(test)]
mod vectors;

use std::io;

use coram_ceremony::frame::{Answer, NoFrame, Request};
use futures::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use libp2p::{StreamProtocol, request_response};

/// The protocol that this version speaks. Another number is another protocol.
pub const PROTOCOL: StreamProtocol = StreamProtocol::new("/coram/board/1");

/// Reads and writes frames of a bounded size.
#[derive(Clone, Debug)]
pub struct Codec {
    /// Longest frame that is read, in bytes.
    pub limit: usize,
}

impl Codec {
    /// Reads a frame. Memory grows with what arrives, not with what was announced.
    async fn read<T: AsyncRead + Unpin + Send>(&self, io: &mut T) -> io::Result<Vec<u8>> {
        let mut len = [0; 4];
        io.read_exact(&mut len).await?;
        let len = u32::from_le_bytes(len);
        if len as usize > self.limit {
            let what = format!("a frame of {len} bytes, of which {} are allowed", self.limit);
            return Err(io::Error::new(io::ErrorKind::InvalidData, what));
        }
        let mut bytes = Vec::new();
        io.take(len.into()).read_to_end(&mut bytes).await?;
        if bytes.len() < len as usize {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(bytes)
    }

    async fn write<T: AsyncWrite + Unpin + Send>(io: &mut T, bytes: &[u8]) -> io::Result<()> {
        let len = u32::try_from(bytes.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
        io.write_all(&len.to_le_bytes()).await?;
        io.write_all(bytes).await?;
        io.close().await
    }
}

/// A request, or why what came instead is none. Request-response tells nobody of a request that cannot be read, and whoever
/// sends such would never be dropped.
pub type Received = Result<Request, String>;

fn invalid(error: NoFrame) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}

impl request_response::Codec for Codec {
    type Protocol = StreamProtocol;
    type Request = Received;
    type Response = Answer;

    async fn read_request<T>(&mut self, _: &StreamProtocol, io: &mut T) -> io::Result<Received>
    where
        T: AsyncRead + Unpin + Send,
    {
        let request = self.read(io).await.and_then(|bytes| Request::read(&bytes).map_err(invalid));
        match request {
            Err(error) if error.kind() == io::ErrorKind::InvalidData => Ok(Err(error.to_string())),
            request => request.map(Ok),
        }
    }

    async fn read_response<T>(&mut self, _: &StreamProtocol, io: &mut T) -> io::Result<Answer>
    where
        T: AsyncRead + Unpin + Send,
    {
        Answer::read(&self.read(io).await?).map_err(invalid)
    }

    async fn write_request<T>(&mut self, _: &StreamProtocol, io: &mut T, request: Received) -> io::Result<()>
    where
        T: AsyncWrite + Unpin + Send,
    {
        let request = request.map_err(|what| io::Error::new(io::ErrorKind::InvalidInput, what))?;
        Self::write(io, &request.to_bytes()).await
    }

    async fn write_response<T>(&mut self, _: &StreamProtocol, io: &mut T, answer: Answer) -> io::Result<()>
    where
        T: AsyncWrite + Unpin + Send,
    {
        Self::write(io, &answer.to_bytes()).await
    }
}
