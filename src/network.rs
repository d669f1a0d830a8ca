//! Boards between peers, over libp2p.
//!
//! | file           | what is in it                                                            |
//! |----------------|--------------------------------------------------------------------------|
//! | `codec.rs`     | frames on a stream                                                        |
//! | `behaviour.rs` | the protocols that an operator speaks                                     |
//! | `replica.rs`   | a board with its store                                                    |
//! | `session.rs`   | what one peer has, and what to say to it next                             |
//! | `claims.rs`    | which of several peers is asked for a message                             |
//! | `handshakes.rs` | how many connections anybody may have in the making                     |
//! | `origin.rs`    | where a peer comes from, as far as bounds are concerned                   |
//! | `rate.rs`      | how much one peer may ask                                                 |
//! | `dial.rs`      | whom to dial, where, and when                                             |
//! | `reasons.rs`  | why something could not be reached, in words                              |
//! | `relays.rs`    | relays and addresses as they are named on the command line                |
//! | `service.rs`   | the loop over all of it                                                   |
//!
//! The service runs in a thread of its own. Any peer hands on any author's message; what decides about messages is the engine, which hears of
//! them through [`Network::next`].

pub mod behaviour;
pub mod claims;
pub mod codec;
pub mod dial;
pub mod handshakes;
pub mod origin;
pub mod rate;
pub mod reasons;
pub mod relays;
pub mod replica;
pub mod session;

#[cfg(test)]
pub mod fixture;
mod service;

use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use coram_ceremony::Message;
use coram_ceremony::board::Disagreement;
use coram_cluster::identity::IdentityKey;
use libp2p::Multiaddr;
use tokio::sync::mpsc as async_mpsc;

use crate::failure::{Exit, Failure};
use crate::report::Reporter;
use relays::RelayName;
use replica::Replica;
pub use service::keypair;

/// How this program names itself to peers.
pub const AGENT: &str = concat!("coram/", env!("CARGO_PKG_VERSION"));

/// How an operator reaches others, and is reached.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Where to listen.
    pub listen: Vec<Multiaddr>,
    /// Under which addresses others reach us, beside those that are found out.
    pub external: Vec<Multiaddr>,
    /// Addresses of operators.
    pub peers: Vec<Multiaddr>,
    /// Relays.
    pub relays: Vec<RelayName>,
    /// Whether operators on the local network are looked for.
    pub mdns: bool,
}

/// What the engine should hear of.
#[derive(Debug)]
pub enum Incoming {
    /// A message that is new on our board, and on disk.
    Message(Message),
    /// An operator that is connected now does not take part in our ceremony.
    Objection {
        /// Index from 1.
        operator: u16,
        /// Why not.
        objection: Objection,
    },
    /// An operator that is connected now takes part in our ceremony.
    Agreement {
        /// Index from 1.
        operator: u16,
    },
}

/// Why an operator does not take part in our ceremony.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Objection {
    /// It joined under other terms.
    Terms(Disagreement),
    /// It is still in an attempt before ours, as its own Join says.
    EarlierAttempt {
        /// The number of that attempt.
        attempt: u32,
    },
    /// It takes part in another ceremony, and has shown no Join that would say which.
    Ceremony,
    /// It closes every connection of ours at once, as to somebody that is not in its definition.
    Identity {
        /// Whether the last was through a relay, which can close connections too.
        relayed: bool,
    },
    /// It speaks no protocol that we do; this is what it calls itself.
    Version {
        /// Its software.
        agent: String,
    },
}

/// Who has what.
#[derive(Clone, Debug, Default)]
pub struct Standing {
    /// Whether every named address was tried, and everybody who is connected has answered.
    pub is_settled: bool,
    /// Whether somebody who is connected has what we lack.
    pub is_behind: bool,
    /// Operators, ascending, that are not known to have everything that we have.
    pub lacking: Vec<u16>,
    /// Whether every operator or relay that is connected and takes messages knows that we have everything, if we have.
    pub all_know: bool,
    /// Whether a relay that is connected says that it has everything.
    pub relay_has_all: bool,
    /// Whether every operator or relay that is connected and takes messages is known to have everything.
    pub connected_have_all: bool,
    /// How many operators and relays with boards are connected and take messages.
    pub connected: usize,
    /// Bytes sent and received in all, with everything that transports add.
    pub traffic: (u64, u64),
}

/// What the service is asked to do.
#[derive(Debug)]
enum Command {
    Publish(Vec<u8>),
    Standing(mpsc::SyncSender<Standing>),
}

/// One operator's part of the network.
pub struct Network {
    commands: Option<async_mpsc::UnboundedSender<Command>>,
    incoming: mpsc::Receiver<Incoming>,
    thread: Option<JoinHandle<()>>,
}

impl Network {
    /// Starts to listen and to dial.
    ///
    /// # Errors
    ///
    /// Where nothing can be listened on, or the system has no network.
    pub fn start(
        identity: &IdentityKey,
        replica: Replica,
        options: Options,
        reporter: Arc<Reporter>,
    ) -> Result<Self, Failure> {
        let (commands, commands_out) = async_mpsc::unbounded_channel();
        let (incoming_in, incoming) = mpsc::channel();
        let (started_in, started) = mpsc::sync_channel(1);
        let key = service::keypair(identity)?;
        let thread = std::thread::Builder::new()
            .name("network".to_owned())
            .spawn(move || {
                service::run(key, replica, options, reporter, commands_out, incoming_in, &started_in);
            })
            .map_err(|error| Failure::new(Exit::Internal, "network.thread", error.to_string()))?;
        started.recv().unwrap_or_else(|_| Err(gone()))?;
        Ok(Self { commands: Some(commands), incoming, thread: Some(thread) })
    }

    /// Hands out a message of ours, which is on disk.
    pub fn publish(&self, message: &Message) -> Result<(), Failure> {
        self.command(Command::Publish(message.to_bytes()))
    }

    /// Waits for something to happen, for so long at most.
    ///
    /// # Errors
    ///
    /// [`Exit::Internal`] if the service has ended, which it does when the disk fails.
    pub fn next(&self, patience: Duration) -> Result<Option<Incoming>, Failure> {
        match self.incoming.recv_timeout(patience) {
            Ok(incoming) => Ok(Some(incoming)),
            Err(mpsc::RecvTimeoutError::Timeout) => Ok(None),
            Err(mpsc::RecvTimeoutError::Disconnected) => Err(gone()),
        }
    }

    /// Who has what.
    pub fn standing(&self) -> Result<Standing, Failure> {
        let (answer_in, answer) = mpsc::sync_channel(1);
        self.command(Command::Standing(answer_in))?;
        answer.recv().map_err(|_| gone())
    }

    fn command(&self, command: Command) -> Result<(), Failure> {
        self.commands.as_ref().ok_or_else(gone)?.send(command).map_err(|_| gone())
    }
}

impl Drop for Network {
    /// Closes all connections.
    fn drop(&mut self) {
        drop(self.commands.take());
        if let Some(thread) = self.thread.take() {
            // Whatever made it end has been told.
            let _ = thread.join();
        }
    }
}

fn gone() -> Failure {
    Failure::new(Exit::Internal, "network.ended", "the network service has ended; the reason stands above")
        .help("nothing is lost: run the same command again to go on")
}
