//! How messages travel between operators: over the network, or through a folder.

use std::time::Duration;

use coram_ceremony::Message;

use crate::failure::Failure;
use crate::network::Network;
use crate::store::folder::FolderBoard;

/// What connects an operator with others.
pub enum Carrier {
    /// A shared folder.
    Folder(FolderBoard),
    /// Peers.
    Network(Network),
}

impl Carrier {
    /// Bytes sent and received, if there is a network.
    pub fn traffic(&self) -> Result<Option<(u64, u64)>, Failure> {
        match self {
            Self::Folder(_) => Ok(None),
            Self::Network(network) => Ok(Some(network.standing()?.traffic)),
        }
    }

    /// Puts a file for everybody where everybody looks; over the network there is no such place.
    pub fn put(&self, name: &str, bytes: &[u8]) -> Result<(), Failure> {
        match self {
            Self::Folder(folder) => folder.put(name, bytes).map(|_| ()),
            Self::Network(_) => Ok(()),
        }
    }

    /// Hands out a message of ours that is on disk.
    pub fn publish(&mut self, message: &Message, board: &coram_ceremony::Board) -> Result<(), Failure> {
        match self {
            Self::Folder(folder) => folder.publish_missing(board),
            Self::Network(network) => network.publish(message),
        }
    }

    /// How long to wait between two looks at it; what comes over the network wakes us at once.
    pub const fn poll(&self) -> Duration {
        match self {
            Self::Folder(_) => Duration::from_millis(150),
            Self::Network(_) => Duration::from_millis(250),
        }
    }
}
